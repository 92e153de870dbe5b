"""The forest of shots: what hangs from what, and what may."""

from collections.abc import Iterable, Mapping

# Deeper lines are refused: nobody makes them by hand, and every walk is bounded by it.
DEEPEST = 500


def would_cycle(parents: Mapping[str, str | None], child: str, parent: str) -> bool:
    """Whether hanging ``child`` from ``parent`` would make it its own ancestor, or the line too deep.

    Args:
        parents: Of every card, the card it hangs from.
        child: Which card is moved.
        parent: What it shall hang from.
    """
    current: str | None = parent
    for _ in range(DEEPEST):
        if current is None:
            return False
        if current == child:
            return True
        current = parents.get(current)
    return True


def path_to(parents: Mapping[str, str | None], node: str) -> list[str]:
    """From the root to a card, both included."""
    line = [node]
    while (above := parents.get(line[-1])) is not None and len(line) < DEEPEST and above not in line:
        line.append(above)
    return line[::-1]


def shot_numbers(cards: Iterable[tuple[str, bool, str | None]]) -> dict[str, str]:
    """What shots are called on the canvas: their depth, and a letter within it in order of making, as in ``2a``.

    Args:
        cards: In order of making; of each its id, whether it is a shot, and the card it hangs from.
    """
    parents: dict[str, str | None] = {}
    shots: dict[str, None] = {}
    for card, is_shot, parent in cards:
        parents[card] = parent
        if is_shot:
            shots[card] = None
    used: dict[int, int] = {}
    numbers = {}
    for card in shots:
        depth = sum(above in shots for above in path_to(parents, card))
        index = used.get(depth, 0)
        used[depth] = index + 1
        numbers[card] = f"{depth}{_letters(index)}"
    return numbers


def _letters(index: int) -> str:
    head, letter = index // 26, chr(ord("a") + index % 26)
    return letter if head == 0 else _letters(head - 1) + letter
