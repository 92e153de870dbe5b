"""Single forwards of the transformer: without a cache, and several that share one."""

import re
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from generation.config import DiTConfig
from generation.model.dit import DiT
from generation.model.kv_cache import KVCache
from generation.model.window import ChunkWindow, PackedText
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_facts
from generation.verification.record import CaseError, Record
from generation.verification.tolerances import FLOAT32
from generation.verification.transformer.checkpoints import load_golden_transformer

# Said of a forward only in the words that describe the case.
WITHOUT_WRITING = re.compile(r"(\w+) has update_kv_cache False")


def check_forwards(case: GoldenCase) -> Iterator[Comparison]:
    """Run every forward of a case, in order: later ones read what earlier ones left in the cache.

    All of it twice: as models are run, and by the plain blocks that gradients go through.
    """
    model = load_golden_transformer(case.file(case.record.text("ckpt")))
    for plain in (False, True):
        yield from _check_in_order(case, model, plain=plain)


def _check_in_order(case: GoldenCase, model: DiT, *, plain: bool) -> Iterator[Comparison]:
    record, suffix = case.record, ", plain blocks" if plain else ""
    readers = set(WITHOUT_WRITING.findall(record.text_or("what", "")))
    caches: dict[tuple[int, int], KVCache] = {}
    for name, forward in record.named_records("cases").items():
        window = golden_window(case, f"{name}.", forward, model.config)
        yield compare_shape(f"{name}, shape{suffix}", window, forward)
        label, expected = name.partition("_")[0], case.tensor(f"{name}.out")
        if not touches_cache(forward):
            yield compare(f"{name}.out{suffix}", run_forward(model, window, plain=plain), expected, FLOAT32)
            continue
        size = (window.latents.shape[3], window.latents.shape[4])
        cache = caches.setdefault(size, model.make_kv_cache(*size))
        written = 0 if label in readers else written_chunks(window, forward)
        velocity = run_forward(model, window, cache, write_chunks=written, plain=plain)
        yield compare(f"{name}.out{suffix}", velocity, expected, FLOAT32)
        for comparison in _compare_cache(case, {name, label}, model, cache):
            yield replace(comparison, what=comparison.what + suffix)


def run_forward(
    model: DiT, window: ChunkWindow, cache: KVCache | None = None, *, write_chunks: int = 0, plain: bool
) -> Tensor:
    """One forward, as models are run or by the plain blocks, which are taken where gradients are kept."""
    with torch.set_grad_enabled(plain):
        velocity: Tensor = model(window, cache, write_chunks=write_chunks)
    return velocity.detach()


def compare_shape(what: str, window: ChunkWindow, forward: Record) -> Comparison:
    """Compare how many chunks of how many frames a window has with what its description says."""
    chunks = window.num_chunks
    counts = {
        "batch": window.latents.shape[0],
        "chunk_width": window.latents.shape[2] // chunks,
        "denoising_range_num": chunks,
        "range_num": window.first_chunk + chunks,
    }
    said = [name for name in counts if name in forward]
    return compare_facts(
        what, [(name, counts[name]) for name in said], [(name, forward.integer(name)) for name in said]
    )


def golden_window(case: GoldenCase, prefix: str, forward: Record, config: DiTConfig) -> ChunkWindow:
    """The inputs of one forward as a window.

    Args:
        case: Holds ``x``, ``t``, ``y``, ``mask``, ``kv_range`` and perhaps ``caption_dropout``.
        prefix: Of their names.
        forward: Its description.
        config: Of the model.

    Raises:
        CaseError: If a tensor is missing, or elements of the batch see different chunks.
    """
    latents, timesteps = case.tensor(f"{prefix}x"), case.tensor(f"{prefix}t")
    dropout = f"{prefix}caption_dropout"
    return ChunkWindow(
        latents=latents,
        timesteps=timesteps,
        text=golden_text(case, f"{prefix}y", f"{prefix}mask"),
        first_chunk=forward.integer("slice_point"),
        key_ranges=golden_key_ranges(case, f"{prefix}kv_range", config, batch=latents.shape[0], like=latents.shape),
        null_condition=dropout in case.tensor_names and bool(case.tensor(dropout).any()),
        step_size=golden_step_size(forward) if forward.flag("distill", default=config.distilled) else None,
    )


def golden_text(case: GoldenCase, rows: str, mask: str) -> PackedText:
    """Text of all chunks, ``(B * chunks, 1, N, text_dim)``, without the rows that the mask leaves out."""
    valid = golden_mask(case, mask).flatten(0, 1)
    return PackedText(embeddings=case.tensor(rows).flatten(0, 1)[valid], lengths=tuple(valid.sum(1).tolist()))


def golden_mask(case: GoldenCase, name: str) -> Tensor:
    """Which rows of a text count.

    Raises:
        CaseError: If the mask holds anything but 0 and 1.
    """
    mask = case.tensor(name)
    if bool(((mask != 0) & (mask != 1)).any()):
        raise CaseError(f"{name} must hold 0 and 1 only, got {sorted(set(mask.flatten().tolist()))}")
    return mask.bool()


def golden_key_ranges(
    case: GoldenCase, name: str, config: DiTConfig, *, batch: int, like: torch.Size
) -> tuple[tuple[int, int], ...]:
    """Key ranges in chunks, the same for every element of the batch.

    Args:
        case: Holds them in tokens, ``(B * chunks, 2)``, each element counting on from the one before.
        name: Of the tensor.
        config: Of the model.
        batch: Elements.
        like: Shape of the latents.
    """
    chunk_tokens = config.chunk_tokens(like[3], like[4])
    tokens = case.tensor(name).view(batch, -1, 2)
    own = tokens - torch.arange(batch).view(-1, 1, 1) * chunk_tokens * tokens.shape[1]
    if bool((own != own[:1]).any()) or bool((own % chunk_tokens).any()):
        raise CaseError(f"{name} must hold the same whole chunks for every element, got {tokens.tolist()}")
    return tuple((start // chunk_tokens, stop // chunk_tokens) for start, stop in own[0].tolist())


def golden_step_size(forward: Record) -> float:
    """What a distilled model embeds beside the timestep (spec dit §3.1)."""
    num_steps = forward.integer("num_steps")
    interval = forward.number("distill_interval") if num_steps == 12 else 16 / num_steps
    return 4 / interval * 2


def touches_cache(forward: Record) -> bool:
    """Whether the released code reads or writes its cache in a forward (spec dit §3.4)."""
    return (
        forward.integer("slice_point") > 0
        or forward.flag("fwd_extra_1st_chunk", default=False)
        or forward.flag("extract_prefix_video_feature", default=False)
    )


def written_chunks(window: ChunkWindow, forward: Record) -> int:
    """How many chunks the released code writes: all, but for the last where a nearly clean chunk was appended."""
    return window.num_chunks - forward.flag("distill_nearly_clean_chunk", default=False)


def _compare_cache(case: GoldenCase, labels: set[str], model: DiT, cache: KVCache) -> Iterator[Comparison]:
    for match in case.matching(r"(\w+)\.cache_layer(\d+)_(?:first(\d+)chunks|chunks(\d+)to(\d+))"):
        label, layer, count, start, last = match.groups()
        if label not in labels:
            continue
        if int(layer) >= model.config.num_layers:
            raise CaseError(f"{match[0]}: the model has {model.config.num_layers} layers")
        chunks = (0, int(count)) if count else (int(start), int(last) + 1)
        held = torch.cat(cache.read(int(layer), *chunks), dim=-1)[0]
        yield compare(match[0], held, case.tensor(match[0]), FLOAT32)
