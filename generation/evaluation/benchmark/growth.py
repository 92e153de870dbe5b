"""Whether a long clip gets slower or larger while it grows; with bounded attention spans it must not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from statistics import median

from generation.config import DiTConfig, SamplingConfig
from generation.evaluation.benchmark.figures import Figure, at_most
from generation.evaluation.benchmark.machine import forget_peak, peak_bytes
from generation.evaluation.benchmark.random_models import random_dit, random_texts, random_vae
from generation.evaluation.benchmark.timing import Spent, spent_by
from generation.model.dit import DiT
from generation.pipeline.clip import Clip
from generation.pipeline.sizes import FrameSize
from generation.presets import find_preset
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from generation.vae.codec import FrameCodec

MOST_SLOWER = 1.05
MOST_MEBIBYTES = 64
MEBIBYTE = 1024**2
WEIGHTS = "benchmark"


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthSizes:
    """The clip, and which of its chunks, counted from 1, are compared."""

    # Keys of one chunk must be large enough that keeping them all would show.
    config: DiTConfig
    sampling: SamplingConfig
    # Of the latents, in cells.
    side: int
    # At least 3: two chunks are made before the first that is timed.
    early: int
    late: int
    last: int
    # So many chunks from ``early`` and from ``late`` on are timed, so many times.
    neighbours: int
    rounds: int

    @property
    def goes_on_after(self) -> tuple[int, int]:
        """Chunks whose states are needed: a stage is run unmeasured before the first that is timed."""
        return self.early - 2, self.late - 2


FULL = GrowthSizes(
    config=DiTConfig(
        name="growth",
        num_layers=4,
        hidden_size=256,
        ffn_hidden_size=512,
        num_heads=4,
        num_kv_heads=4,
        head_dim=64,
        text_dim=64,
    ),
    sampling=SamplingConfig(num_steps=4),
    side=16,
    early=4,
    late=30,
    last=60,
    neighbours=4,
    rounds=7,
)
QUICK = replace(
    FULL, config=replace(FULL.config, num_layers=2), side=4, early=3, late=5, last=7, neighbours=1, rounds=1
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What a clip takes once a chunk is clean."""

    # Latents, keys and values that the next stage needs.
    held_bytes: int
    # Most memory of the process since the clip began; None where nobody counts it.
    peak_bytes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LongClip:
    """A clip that was made; both by the number of the chunk, from 1."""

    memory_after: dict[int, Memory]
    # Only where the clip will go on: states that are kept are no growth of the clip's.
    state_after: dict[int, SamplerState]


def measure_growth(sizes: GrowthSizes) -> Iterator[Figure]:
    """Make one long clip, decode it, and time some of its chunks again in turn.

    Returns:
        Growth of held tensors and of the process's peak, what keeping all keys would have cost, and the time of a
        late chunk over that of an early one.
    """
    # The window must still be full when the last chunk compared becomes clean, so the clip is longer than that.
    num_chunks = sizes.last + sizes.sampling.window_size
    model, texts = random_dit(sizes.config), random_texts(num_chunks, sizes.config.text_dim)
    clip = make_clip(model, texts, sizes)
    span = f"chunk {sizes.early} to {sizes.last}"
    early, last = clip.memory_after[sizes.early], clip.memory_after[sizes.last]
    yield Figure(
        name=f"growth, {span}: latents and keys held",
        value=(last.held_bytes - early.held_bytes) / MEBIBYTE,
        unit="MiB",
        limit=at_most(MOST_MEBIBYTES),
    )
    if early.peak_bytes is not None and last.peak_bytes is not None:
        yield Figure(
            name=f"growth, {span}: peak memory of the process",
            value=(last.peak_bytes - early.peak_bytes) / MEBIBYTE,
            unit="MiB",
            limit=at_most(MOST_MEBIBYTES),
        )
    yield Figure(
        name=f"growth, {span}: if all keys were kept",
        value=(sizes.last - sizes.early) * key_bytes(sizes) / MEBIBYTE,
        unit="MiB",
    )
    pairs = timed_pairs(model, texts, sizes, clip.state_after)
    compared = f"chunk {sizes.late} / chunk {sizes.early}"
    walls = [late.wall / early.wall for early, late in pairs]
    yield Figure(name=f"growth: time of {compared}", value=median(walls), limit=at_most(MOST_SLOWER))
    processors = [late.processor / early.processor for early, late in pairs]
    yield Figure(name=f"growth: processor time of {compared}", value=median(processors), limit=at_most(MOST_SLOWER))


def key_bytes(sizes: GrowthSizes) -> int:
    """Keys and values of one chunk in float32."""
    config = sizes.config
    per_token = 2 * config.num_layers * config.num_kv_heads * config.head_dim * 4
    return config.chunk_tokens(sizes.side, sizes.side) * per_token


def make_clip(model: DiT, texts: ChunkTexts, sizes: GrowthSizes) -> LongClip:
    """Make and decode a clip up to the last chunk compared, dropping its frames."""
    vae = random_vae(find_preset("tiny").vae)
    sampler = Sampler(model, sizes.sampling, texts, weights_hash=WEIGHTS)
    pixels = sizes.side * vae.config.pixels_per_cell
    clip = Clip(
        sampler=sampler,
        codec=FrameCodec(vae, sizes.sampling.chunk_policy),
        texts=texts,
        state=sampler.start(num_chunks=texts.num_chunks, latent_height=sizes.side, latent_width=sizes.side, seed=0),
        context=None,
        size=FrameSize.of(pixels, pixels, multiple=vae.config.pixels_per_cell * sizes.config.patch_size),
    )
    made = LongClip(memory_after={}, state_after={})
    forget_peak()
    for number, chunk in enumerate(islice(clip, sizes.last), start=1):
        held = chunk.state.nbytes + sampler.kept_bytes
        made.memory_after[number] = Memory(held_bytes=held, peak_bytes=peak_bytes())
        if number in sizes.goes_on_after:
            made.state_after[number] = chunk.state
    return made


def timed_pairs(
    model: DiT, texts: ChunkTexts, sizes: GrowthSizes, state_after: dict[int, SamplerState]
) -> list[tuple[Spent, Spent]]:
    """Time late chunks right beside early ones, by going on from stored states.

    Returns:
        What an early and a late chunk took, for every neighbour in every round.
    """
    pairs: list[tuple[Spent, Spent]] = []
    for turn in range(sizes.rounds):
        # The chunk before is made unmeasured: it leaves its keys in the sampler, as in a clip that runs through.
        early, late = (_Continued(model, texts, sizes.sampling, state_after[chunk]) for chunk in sizes.goes_on_after)
        early.advance()
        late.advance()
        for neighbour in range(sizes.neighbours):
            if (turn + neighbour) % 2:
                late_spent, early_spent = spent_by(late.advance), spent_by(early.advance)
            else:
                early_spent, late_spent = spent_by(early.advance), spent_by(late.advance)
            pairs.append((early_spent, late_spent))
    return pairs


class _Continued:
    """A clip that goes on from somewhere, a chunk per call."""

    def __init__(self, model: DiT, texts: ChunkTexts, sampling: SamplingConfig, state: SamplerState) -> None:
        self._sampler = Sampler(model, sampling, texts, weights_hash=WEIGHTS)
        self._state = state

    def advance(self) -> None:
        """Run one stage, which is one chunk once the window is full."""
        self._state, _ = self._sampler.advance(self._state)
