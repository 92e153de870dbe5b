"""Guided velocities: all forwards of one step and how they are mixed, with clean chunks in the cache."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.model.dit import DiT
from generation.model.kv_cache import KVCache
from generation.model.window import ChunkWindow, PackedText
from generation.sampling.velocity import NoisyWindow, VelocityPasses
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare
from generation.verification.record import Record
from generation.verification.tolerances import FLOAT32
from generation.verification.transformer.checkpoints import load_golden_transformer
from generation.verification.transformer.forwards import compare_shape, golden_key_ranges, golden_mask, golden_step_size


class GivenTexts:
    """The texts of a golden step, in the place of a clip's.

    Args:
        case: The case.
        name: Of the step.
        first_chunk: Index of the first chunk of its latents.
    """

    def __init__(self, case: GoldenCase, name: str, first_chunk: int) -> None:
        self._first_chunk = first_chunk
        self._told, self._null = (_valid_rows(case, f"{name}.y_{kind}", f"{name}.mask_{kind}") for kind in _KINDS)

    def conditional(self, chunks: range) -> PackedText:
        """What chunks in flight are told."""
        return _packed([self._told[chunk - self._first_chunk] for chunk in chunks])

    def null(self, count: int) -> PackedText:
        """Null texts: here every chunk has one of its own, and passes that leave chunks out leave out the oldest."""
        return _packed(self._null[-count:])

    def of_pass(self, chunks: int, *, null: bool) -> PackedText:
        """Texts of the first chunks of the step, the one that has just become clean included."""
        return _packed((self._null if null else self._told)[:chunks])


_KINDS = ("cond", "null")


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldenStep:
    """The inputs of one guided velocity."""

    # (1, C, T, H, W) and (1, chunks); a chunk that has just become clean comes first, if there is one.
    latents: Tensor
    timesteps: Tensor
    key_ranges: tuple[tuple[int, int], ...]
    first_chunk: int
    clean_chunks: int
    texts: GivenTexts
    sampling: SamplingConfig
    step_size: float | None

    def window(self, chunks: int, *, null: bool) -> ChunkWindow:
        """The step's first chunks as one pass of the released code sees them."""
        frames = self.latents.shape[2] // len(self.key_ranges)
        return ChunkWindow(
            latents=self.latents[:, :, : chunks * frames],
            timesteps=self.timesteps[:, :chunks],
            text=self.texts.of_pass(chunks, null=null),
            first_chunk=self.first_chunk,
            key_ranges=self.key_ranges[:chunks],
            null_condition=null,
            step_size=self.step_size,
        )

    @property
    def noisy(self) -> NoisyWindow:
        """The chunks in flight."""
        frames = self.latents.shape[2] // len(self.key_ranges) * self.clean_chunks
        return NoisyWindow(
            latents=self.latents[:, :, frames:],
            timesteps=tuple(self.timesteps[0, self.clean_chunks :].tolist()),
            key_ranges=self.key_ranges[self.clean_chunks :],
            first_chunk=self.first_chunk + self.clean_chunks,
            step_size=self.step_size,
        )


@torch.no_grad()
def check_guidance(case: GoldenCase) -> Iterator[Comparison]:
    """Mix the velocities of every step of a case, with and without leaving out passes of zero weight."""
    model = load_golden_transformer(case.file(case.record.text("ckpt")))
    for name, description in case.record.named_records("cases").items():
        yield from _check_step(case, name, description, model)


def _check_step(case: GoldenCase, name: str, description: Record, model: DiT) -> Iterator[Comparison]:
    expected = case.tensor(f"{name}.velocity")
    for skip in (True, False):
        step = read_step(case, name, description, model, skip_zero_weight_passes=skip)
        if skip:
            yield compare_shape(f"{name}, shape", step.window(len(step.key_ranges), null=True), description)
        cache = filled_cache(case, name, model, step)
        velocity = guided_velocity(model, step, cache)
        # The chunk that has just become clean has no velocity.
        noisy = expected[:, :, expected.shape[2] - velocity.shape[2] :]
        label = f"{name}.velocity" if skip else f"{name}.velocity, all passes run"
        yield compare(label, velocity, noisy, FLOAT32)
    yield from _compare_written(case, name, model, step)


def read_step(
    case: GoldenCase, name: str, description: Record, model: DiT, *, skip_zero_weight_passes: bool
) -> GoldenStep:
    """Collect the inputs of one guided velocity.

    Raises:
        CaseError: If the case lacks one of them.
    """
    latents = case.tensor(f"{name}.x")
    first_chunk = description.integer("slice_point")
    # Some cases ask for the nearly clean chunk's own view at 0.5, some go without it where it would be on.
    mixes = description.flag("distill_nearly_clean_chunk", default=False)
    share = description.raw("env_prev_chunks_scale") if "env_prev_chunks_scale" in description else None
    sampling = SamplingConfig(
        num_steps=description.integer("num_steps"),
        window_size=1,
        attention_span_by_stage=(),
        guidance_passes=description.integer("cfg_number"),
        near_clean_context_weight=0.7 if share is None else float(str(share)),
        near_clean_threshold=0.0 if mixes else 1.0,
        skip_zero_weight_passes=skip_zero_weight_passes,
    )
    return GoldenStep(
        latents=latents,
        timesteps=case.tensor(f"{name}.t"),
        key_ranges=golden_key_ranges(case, f"{name}.kv_range", model.config, batch=1, like=latents.shape),
        first_chunk=first_chunk,
        clean_chunks=int(description.flag("fwd_extra_1st_chunk")),
        texts=GivenTexts(case, name, first_chunk),
        sampling=sampling,
        step_size=golden_step_size(description) if description.flag("distill", default=False) else None,
    )


def guided_velocity(model: DiT, step: GoldenStep, cache: KVCache) -> Tensor:
    """The velocity of the chunks in flight; the chunk that has just become clean is written to the cache first."""
    three_passes = step.sampling.guidance_passes == 3
    # Every pass of the released code has that chunk in its own batch: the text pass sees it under its own condition.
    fork = cache.fork()
    if step.clean_chunks:
        model(step.window(1, null=three_passes), cache, write_chunks=1)

    def text_keys() -> KVCache:
        model(step.window(1, null=False), fork, write_chunks=1)
        return fork

    passes = VelocityPasses(model, step.sampling, step.texts)
    return passes.velocity(step.noisy, cache, text_keys=text_keys if step.clean_chunks else None)


def filled_cache(case: GoldenCase, name: str, model: DiT, step: GoldenStep) -> KVCache:
    """A cache with the given keys and values of the chunks before the step's."""
    height, width = step.latents.shape[3:]
    cache = model.make_kv_cache(height, width)
    tokens = cache.chunk_tokens
    for chunk in range(step.first_chunk):
        for layer in range(model.config.num_layers):
            held = case.tensor(f"{name}.cache_in_layer{layer}")[None, chunk * tokens : (chunk + 1) * tokens]
            keys, values = held.chunk(2, dim=-1)
            cache.write(layer, chunk, keys, values)
    return cache


def _compare_written(case: GoldenCase, name: str, model: DiT, step: GoldenStep) -> Iterator[Comparison]:
    """What the released code leaves in its cache: keys of all chunks of the pass that updates it."""
    written = [
        match for match in case.matching(r"(.+)\.cache_out_layer(\d+)_from_slice_point") if match.group(1) == name
    ]
    if not written:
        return
    cache = filled_cache(case, name, model, step)
    chunks = len(step.key_ranges)
    model(step.window(chunks, null=step.sampling.guidance_passes == 3), cache, write_chunks=chunks)
    for match in written:
        expected = case.tensor(match[0])
        stop = step.first_chunk + expected.shape[0] // cache.chunk_tokens
        held = torch.cat(cache.read(int(match[2]), step.first_chunk, stop), dim=-1)[0]
        yield compare(match[0], held, expected, FLOAT32)


def _valid_rows(case: GoldenCase, rows: str, mask: str) -> list[Tensor]:
    return [part[0, valid[0]] for part, valid in zip(case.tensor(rows), golden_mask(case, mask), strict=True)]


def _packed(rows: list[Tensor]) -> PackedText:
    return PackedText(embeddings=torch.cat(rows), lengths=tuple(len(part) for part in rows))
