"""The forest of shots: what hangs from what, what may, and where a new card has room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Deeper lines are refused: nobody makes them by hand, and every walk is bounded by it.
DEEPEST = 500
GAP_X, GAP_Y = 96.0, 48.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Where a card lies."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: "Box", *, gap: float = 0.0) -> bool:
        """Whether two cards overlap, or lie closer than the gap."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )


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


def free_place(beside: Box, width: float, height: float, others: Iterable[Box]) -> Box:
    """A place for a new child: right of its parent, level with it, moved down until nothing is touched."""
    taken = sorted(others, key=lambda box: box.y)
    place = Box(x=beside.x + beside.width + GAP_X, y=beside.y, width=width, height=height)
    for box in taken:
        if place.touches(box, gap=GAP_Y / 2):
            place = Box(x=place.x, y=box.y + box.height + GAP_Y, width=width, height=height)
    return place
