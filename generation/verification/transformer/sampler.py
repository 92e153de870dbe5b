"""Whole clips, sampled again: every step's window, every recorded state, every chunk that comes out."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.noise import draw_clip_noise
from generation.sampling.report import StepReport
from generation.sampling.timesteps import make_timesteps
from generation.sampling.visibility import clean_key_range
from generation.sampling.window import Stage, plan_stages, released_num_chunks
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_fact, compare_facts
from generation.verification.record import Record
from generation.verification.tolerances import BFLOAT16, EXACT, FLOAT32, Tolerance
from generation.verification.transformer.clips import GoldenClip, golden_text_lengths, load_golden_clip
from generation.verification.transformer.schedules import released_intervals

# A pixel side over a latent side, and video frames over latent frames.
SPACE_FACTOR = 8
TIME_FACTOR = 4


def check_clip(case: GoldenCase, *, skip_zero_weight_passes: bool = True) -> Iterator[Comparison]:
    """Sample a clip again and compare all that is recorded of it.

    Args:
        case: The clip.
        skip_zero_weight_passes: False runs every pass of the guidance, as the released code does.
    """
    clip = load_golden_clip(case, skip_zero_weight_passes=skip_zero_weight_passes)
    tolerance = FLOAT32 if clip.config.execution.dtype == "float32" else BFLOAT16
    yield from _compare_start(case, clip)
    reports: list[StepReport] = []
    chunks = list(clip.sampler.run(clip.start, on_step=reports.append))
    yield from _compare_steps(case, clip, reports, tolerance)
    shapes = [[chunk.index, list(chunk.latents.shape)] for chunk in chunks]
    yield compare_fact("yields", shapes, case.record.raw("yields"))
    for chunk in chunks:
        yield compare(f"yield.{chunk.index}", chunk.latents, case.tensor(f"yield.{chunk.index}"), tolerance)
    if "final_xs" in case.tensor_names:
        yield compare("final_xs", final_state(case.tensor("noise"), reports), case.tensor("final_xs"), tolerance)


def step_facts(clip: GoldenClip, report: StepReport) -> dict[str, object]:
    """One step in the words of the released code's record of it.

    Source:
        Spec dit §6.3, §6.4, §7.1 to §7.3.
    """
    sampling, offset = clip.config.sampling, clip.start.num_prefix_chunks
    stage = plan_stages(clip.start.num_chunks, sampling.window_size, offset)[report.stage]
    extra = report.step == 0 and report.first_chunk > offset
    ranges, timesteps = list(report.key_ranges), list(report.timesteps)
    if extra:
        ranges.insert(0, clean_key_range(sampling, chunk=report.first_chunk - 1, num_prefix_chunks=offset))
        timesteps.insert(0, torch.tensor(sampling.clean_timestep).item())
    intervals = released_intervals(sampling.num_steps, sampling.twelve_step_intervals)
    return {
        "stage": report.stage,
        "denoise_idx": report.step,
        "chunk_start": report.first_chunk,
        "chunk_end": report.stop_chunk,
        "t_start": stage.blocks[-1],
        "t_end": stage.blocks[0] + 1,
        "t": timesteps,
        "kv_range_chunks": [list(pair) for pair in ranges],
        "slice_point": report.first_chunk - extra,
        "fwd_extra_1st_chunk": extra,
        "denoising_range_num": report.num_chunks + extra,
        "near_clean_flag": report.timesteps[0] > sampling.near_clean_threshold,
        "distill_interval": intervals[report.step],
        "prefix_extract_call": report.stage == report.step == 0 and offset > 0,
        "y_used_tokens": _text_lengths(clip, stage, clean_chunks=int(extra)),
        "yielded": _yielded(report, stage, sampling, offset),
    }


def final_state(noise: Tensor, reports: list[StepReport]) -> Tensor:
    """All latents of a clip where its last steps left them; whole prefix chunks stay noise (spec dit §7.2)."""
    # Later steps overwrite what earlier ones left of the same chunk.
    left = {
        chunk: latents
        for report in reports
        for chunk, latents in zip(
            range(report.first_chunk, report.stop_chunk), report.latents.chunk(report.num_chunks, dim=2), strict=True
        )
    }
    first = min(left)
    given = noise[:, :, : first * left[first].shape[2]]
    return torch.cat([given, *(left[chunk] for chunk in sorted(left))], dim=2)


def _compare_start(case: GoldenCase, clip: GoldenClip) -> Iterator[Comparison]:
    record, config, state = case.record, clip.config, clip.start
    noise, chunk_frames = case.tensor("noise"), config.dit.chunk_latent_frames
    latent_frames = config.num_frames // TIME_FACTOR
    new_chunks = released_num_chunks(latent_frames, state.prefix_frames, chunk_frames)
    yield compare_fact("chunk_num", state.num_prefix_chunks + new_chunks, record.integer("chunk_num"))
    size = [config.height // SPACE_FACTOR, config.width // SPACE_FACTOR]
    whole = [1, config.dit.latent_channels, record.integer("chunk_num") * chunk_frames, *size]
    yield compare_fact("latent_size", whole, record.integers("latent_size"))
    yield compare("noise", draw_clip_noise(record.integer("torch_manual_seed"), tuple(whole)), noise, FLOAT32)
    if "t_schedule" in case.tensor_names:
        timesteps = make_timesteps(config.sampling.num_steps, config.sampling.twelve_step_intervals)
        yield compare("t_schedule", timesteps, case.tensor("t_schedule"), EXACT)
    held = [len(clip.texts.rows[row]) for row in clip.texts.prompt_of_chunk]
    stated = golden_text_lengths(case).tolist()
    # One prompt stands for all chunks.
    yield compare_facts("text lengths", held, stated * len(held) if len(stated) == 1 else stated[-len(held) :])


def _compare_steps(
    case: GoldenCase, clip: GoldenClip, reports: list[StepReport], tolerance: Tolerance
) -> Iterator[Comparison]:
    steps = case.record.records("steps")
    yield compare_fact("number of steps", len(reports), len(steps))
    for number, (golden, report) in enumerate(zip(steps, reports, strict=False)):
        yield _compare_facts(f"step {number}", {"step": number, **step_facts(clip, report)}, golden)
        for name, found in (("x_after", report.latents), ("velocity", report.velocity)):
            recorded = f"step{number:03d}.{name}"
            if recorded in case.tensor_names:
                yield compare(recorded, found, case.tensor(recorded), tolerance)


def _compare_facts(what: str, found: Mapping[str, object], golden: Record) -> Comparison:
    # A record may say less than we know, never more.
    return compare_facts(
        what, [(name, found.get(name)) for name in golden.names], [(name, golden.raw(name)) for name in golden.names]
    )


def _text_lengths(clip: GoldenClip, stage: Stage, *, clean_chunks: int) -> list[int]:
    """Rows of text per chunk: clean chunks and those without a prompt have the null text's."""
    null, most = clip.config.dit.null_text_tokens, clip.config.dit.text_max_tokens
    texts: ChunkTexts = clip.texts
    told = [texts.conditional_rows(chunk - clip.start.num_prefix_chunks) for chunk in stage.chunks]
    return [null] * clean_chunks + [null if rows is None else min(len(rows), most) for rows in told]


def _yielded(report: StepReport, stage: Stage, sampling: SamplingConfig, offset: int) -> int | None:
    is_last = report.step == sampling.steps_per_stage - 1
    return report.first_chunk - offset if is_last and stage.finishes_chunk else None
