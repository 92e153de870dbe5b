"""Which chunks are denoised together, and how far along each of them is: integers only.

Chunks are counted on the clip's own axis, on which whole prefix chunks come first. One chunk enters per stage and
stays for ``window_size`` stages, so the chunk that entered ``k`` stages ago is in its block ``k`` of the schedule::

    stage        0    1    2    3    4    5    6    7    8       (6 chunks, window of 4)
    chunk 0      0    1    2    3  clean
    chunk 1           0    1    2    3  clean
    chunk 2                0    1    2    3  clean
    chunk 3                     0    1    2    3  clean
    chunk 4                          0    1    2    3  clean
    chunk 5                               0    1    2    3
"""

from dataclasses import dataclass

from generation.errors import RequestError


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of a clip: the time between two clean chunks."""

    index: int
    # Chunks [first_chunk, stop_chunk) are in flight.
    first_chunk: int
    stop_chunk: int
    # Per chunk, oldest and cleanest first, which block of its schedule it is in; falls by 1 from chunk to chunk.
    blocks: tuple[int, ...]
    # The oldest chunk is clean when the stage ends.
    finishes_chunk: bool
    # The youngest chunk is pure noise when the stage begins.
    starts_chunk: bool

    @property
    def chunks(self) -> range:
        """The chunks in flight."""
        return range(self.first_chunk, self.stop_chunk)


def num_stages(num_chunks: int, window_size: int) -> int:
    """Stages from the first noise to the last clean chunk."""
    return num_chunks + window_size - 1


def stage_at(index: int, *, num_chunks: int, window_size: int, first_chunk: int) -> Stage:
    """The chunks in flight in one stage.

    Args:
        index: Of the stage, from 0.
        num_chunks: Chunks to generate, at least 1; whole prefix chunks do not count.
        window_size: Chunks in flight once the window is full, at least 1.
        first_chunk: Index of the first generated chunk: how many whole chunks the prefix has.

    Raises:
        RequestError: If nothing is to be generated, or the clip has no such stage.

    Source:
        Spec dit §6.3.
    """
    if num_chunks < 1 or window_size < 1 or first_chunk < 0:
        raise RequestError(
            f"a clip must generate at least 1 chunk, got {num_chunks} in a window of {window_size} "
            f"after {first_chunk} clean chunks"
        )
    if not 0 <= index < num_stages(num_chunks, window_size):
        raise RequestError(f"stage must be in 0..{num_stages(num_chunks, window_size) - 1}, got {index}")
    oldest = max(0, index - window_size + 1)
    youngest = min(num_chunks - 1, index)
    blocks = tuple(index - entered for entered in range(oldest, youngest + 1))
    return Stage(
        index=index,
        first_chunk=first_chunk + oldest,
        stop_chunk=first_chunk + youngest + 1,
        blocks=blocks,
        finishes_chunk=blocks[0] == window_size - 1,
        starts_chunk=blocks[-1] == 0,
    )


def plan_stages(num_chunks: int, window_size: int, first_chunk: int = 0) -> tuple[Stage, ...]:
    """All stages of a clip in order.

    Raises:
        RequestError: If nothing is to be generated.
    """
    return tuple(
        stage_at(index, num_chunks=num_chunks, window_size=window_size, first_chunk=first_chunk)
        for index in range(max(1, num_stages(num_chunks, window_size)))
    )


def released_num_chunks(latent_frames: int, prefix_frames: int, chunk_frames: int) -> int:
    """How many chunks the released code generates for a clip.

    Args:
        latent_frames: Latent frames asked for (video frames / 4).
        prefix_frames: Latent frames given; they are counted on top of those asked for.
        chunk_frames: Latent frames of a chunk.

    Returns:
        Generated chunks; whole prefix chunks do not count. An image costs one chunk more than it shows.

    Source:
        Spec dit §5.
    """
    return -(-(latent_frames + prefix_frames) // chunk_frames) - prefix_frames // chunk_frames
