"""How far back each chunk looks, and which clean chunks must therefore still be known: integers only.

An attention span counts chunks and includes the chunk itself, so a chunk ``c`` with span ``s`` sees the range
``[c + 1 - s, c + 1)`` on the clip's axis: never a younger chunk. A noisy chunk's span depends on how far along it is; a
clean chunk has one of its own, usually 1, so that its keys depend on nothing but itself.

Shot transitions are spans: 1 in the noisiest quarter starts a new shot with the same identity, 1 in the cleanest
quarter keeps the layout and changes the details (arXiv:2505.13211, §2.6).
"""

from dataclasses import dataclass
from typing import TypeAlias

from generation.config import SamplingConfig
from generation.sampling.window import Stage

# What a prefix chunk sees in the released code when no span is set at all.
PREFIX_SPAN_WITHOUT_LIMIT = 8

# Chunks [start, stop) on the clip's axis.
KeyRange: TypeAlias = tuple[int, int]


def _back(chunk: int, span: int | None) -> KeyRange:
    return (0 if span is None else max(0, chunk + 1 - span), chunk + 1)


def attention_span(sampling: SamplingConfig, schedule_index: int) -> int | None:
    """Span of a noisy chunk, itself included; None without a limit.

    Args:
        sampling: Its spans divide the schedule evenly, from noise to clean.
        schedule_index: Step of the chunk's own schedule, in 0..num_steps - 1.
    """
    spans = sampling.attention_span_by_stage
    if not spans:
        return None
    return spans[schedule_index // (sampling.num_steps // len(spans))]


def clean_attention_span(sampling: SamplingConfig, *, in_prefix: bool) -> int | None:
    """Span of a clean chunk, itself included; None without a limit.

    Without any limit for noisy chunks, generated clean chunks have none either, whatever ``clean_attention_span``
    says, while prefix chunks keep theirs (spec dit §6.4).
    """
    spans = sampling.attention_span_by_stage
    span = sampling.clean_attention_span
    if spans:
        return spans[-1] if span == -1 else span
    if not in_prefix:
        return None
    return PREFIX_SPAN_WITHOUT_LIMIT if span == -1 else span


def key_range(sampling: SamplingConfig, *, chunk: int, schedule_index: int) -> KeyRange:
    """Chunks ``[start, stop)`` that a noisy chunk sees, itself last."""
    return _back(chunk, attention_span(sampling, schedule_index))


def key_ranges(sampling: SamplingConfig, stage: Stage, step: int) -> tuple[KeyRange, ...]:
    """What every chunk of a stage sees in one of its steps, oldest chunk first."""
    return tuple(
        key_range(sampling, chunk=chunk, schedule_index=block * sampling.steps_per_stage + step)
        for chunk, block in zip(stage.chunks, stage.blocks, strict=True)
    )


def clean_key_range(sampling: SamplingConfig, *, chunk: int, num_prefix_chunks: int) -> KeyRange:
    """Chunks ``[start, stop)`` that a clean chunk sees while its keys are made, itself last."""
    return _back(chunk, clean_attention_span(sampling, in_prefix=chunk < num_prefix_chunks))


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanReach:
    """Which clean chunks a stage and all stages after it depend on."""

    # Keys and values of chunks [keys_start, stage.first_chunk) are read, now or later.
    keys_start: int
    # To make those keys again, clean passes must begin here.
    replay_start: int


def clean_reach(sampling: SamplingConfig, stage: Stage, *, total_chunks: int, num_layers: int) -> CleanReach:
    """Find the oldest clean chunks that still matter.

    The keys of a clean chunk depend on the ``span - 1`` chunks before it, through every layer but the first: keys of
    layer 1 come from the chunk's latents alone, those of layer 2 from what layer 1 saw, and so on. Making a chunk's
    keys again, bit for bit, therefore takes ``(num_layers - 1) (span - 1)`` chunks before it. With the usual span of 1
    that is none. Chunks at the far end of a replay come out wrong in their higher layers, but only right layers reach a
    key that a noisy chunk reads.

    Args:
        sampling: The spans.
        stage: The stage about to run.
        total_chunks: Chunks of the clip, prefix included.
        num_layers: Of the transformer.

    Returns:
        Two starts, never above ``stage.first_chunk`` and never falling from stage to stage. Both equal it where
        nothing clean is read any more.
    """
    first = stage.first_chunk
    read_start = min(_starts_to_come(sampling, stage, total_chunks=total_chunks))
    if read_start >= first:
        return CleanReach(keys_start=first, replay_start=first)
    # Prefix chunks differ from this only where there is no limit, and then everything matters.
    span = clean_attention_span(sampling, in_prefix=False)
    if span is None:
        return CleanReach(keys_start=0, replay_start=0)
    keys_start = min(read_start, first - span)
    replay_start = min(keys_start, read_start - (num_layers - 1) * (span - 1))
    return CleanReach(keys_start=max(0, keys_start), replay_start=max(0, replay_start))


def _starts_to_come(sampling: SamplingConfig, stage: Stage, *, total_chunks: int) -> list[int]:
    """The oldest chunk that each chunk in flight, and the next one to enter, will ever look at."""
    steps = sampling.steps_per_stage
    remaining = [(chunk, block * steps) for chunk, block in zip(stage.chunks, stage.blocks, strict=True)]
    if stage.stop_chunk < total_chunks:
        remaining.append((stage.stop_chunk, 0))
    return [
        min(key_range(sampling, chunk=chunk, schedule_index=index)[0] for index in range(start, sampling.num_steps))
        for chunk, start in remaining
    ]
