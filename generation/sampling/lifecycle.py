"""What happens to a clip at the borders of its stages: chunks enter as noise, leave clean, and fall out of reach."""

from dataclasses import replace

import torch
from torch import Tensor

from generation.config import ChunkPolicy, DiTConfig, NoisePolicy
from generation.errors import StateError
from generation.sampling.noise import draw_chunk_noise, draw_clip_noise
from generation.sampling.report import CleanChunk
from generation.sampling.state import SamplerState
from generation.sampling.visibility import CleanReach, clean_reach
from generation.sampling.window import Stage, stage_at


def stage_of(state: SamplerState, index: int | None = None) -> Stage:
    """The stage that a state is about to run, or the one with an index.

    Raises:
        StateError: If the clip has no such stage left.
    """
    index = state.stage if index is None else index
    if index >= state.num_stages:
        raise StateError(f"a clip must have a stage left to run, got one whose {state.num_chunks} chunks are all clean")
    return stage_at(
        index,
        num_chunks=state.num_chunks,
        window_size=state.sampling.window_size,
        first_chunk=state.num_prefix_chunks,
    )


def reach_of(state: SamplerState, stage: Stage, config: DiTConfig) -> CleanReach:
    """Which clean chunks a stage of this clip and the stages after it depend on."""
    return clean_reach(state.sampling, stage, total_chunks=state.total_chunks, num_layers=config.num_layers)


def oldest_needed(state: SamplerState, stage_index: int, config: DiTConfig) -> int:
    """The oldest clean chunk that must be known before a stage; all are forgotten once the clip is finished."""
    if stage_index == state.num_stages:
        return state.total_chunks
    return reach_of(state, stage_of(state, stage_index), config).replay_start


def impose_prefix(latents: Tensor, prefix: Tensor) -> Tensor:
    """Put prefix frames back at the head of the oldest chunk in flight.

    Args:
        latents: ``(1, C, T, H, W)``, left as they are.
        prefix: ``(1, C, P, H, W)`` with P <= T; 0 frames leave nothing to do.
    """
    if not prefix.shape[2]:
        return latents
    return torch.cat([prefix.to(latents), latents[:, :, prefix.shape[2] :]], dim=2)


def enter_chunk(state: SamplerState, stage: Stage, config: DiTConfig) -> Tensor:
    """Latents of all chunks of a stage: those in flight, and the one that enters as noise.

    Returns:
        ``(1, C, T, H, W)`` float32 on the CPU.
    """
    if not stage.starts_chunk:
        return state.latents
    frames = config.chunk_latent_frames
    chunk = stage.stop_chunk - 1
    shape = (1, config.latent_channels, frames, *state.latents.shape[3:])
    if state.noise.shape[2]:
        noise = state.noise[:, :, :frames]
    elif state.sampling.noise_policy is NoisePolicy.SINGLE_DRAW:
        whole = (*shape[:2], state.total_chunks * frames, *shape[3:])
        noise = draw_clip_noise(state.seed, whole)[:, :, chunk * frames : (chunk + 1) * frames]
    else:
        noise = draw_chunk_noise(state.seed, chunk - state.num_prefix_chunks, shape)
    return torch.cat([state.latents, noise], dim=2)


def end_stage(
    state: SamplerState, stage: Stage, latents: Tensor, config: DiTConfig
) -> tuple[SamplerState, CleanChunk | None]:
    """Take the finished chunk out of the window, if there is one.

    Args:
        state: With which the stage began.
        stage: Which ends.
        latents: ``(1, C, T, H, W)`` of all its chunks, on the CPU.
        config: Chunk length and depth.

    Returns:
        The state before the next stage, and the chunk that became clean.
    """
    frames = config.chunk_latent_frames
    following = stage.index + 1
    clean, clean_chunk, prefix = state.clean, None, state.prefix
    if stage.finishes_chunk:
        # Copies, so that neither the window stays alive nor a caller reaches into the state.
        finished, latents = latents[:, :, :frames].clone(), latents[:, :, frames:].clone()
        exact = impose_prefix(finished, prefix)
        emitted = _emitted(state, finished=finished, exact=exact).clone()
        clean_chunk = CleanChunk(index=stage.first_chunk - state.num_prefix_chunks, latents=emitted)
        clean, prefix = (*clean, exact), prefix[:, :, :0].clone()
    clean_start = max(state.clean_start, oldest_needed(state, following, config))
    after = replace(
        state,
        stage=following,
        latents=latents,
        clean=clean[clean_start - state.clean_start :],
        clean_start=clean_start,
        prefix=prefix,
        noise=state.noise[:, :, frames:] if stage.starts_chunk else state.noise,
    )
    return after, clean_chunk


def _emitted(state: SamplerState, *, finished: Tensor, exact: Tensor) -> Tensor:
    """What a caller gets to see of a finished chunk.

    The prefix frames of a chunk in flight are put back before every forward, but the last step moves them once more.
    The released code emits them moved where the prefix is an image, and leaves them out where it is a video (spec dit
    §7.6). Ours emits the whole chunk with the exact frames, so that every chunk is a full second.
    """
    if state.sampling.chunk_policy is ChunkPolicy.SEAMLESS:
        return exact
    if state.prefix_frames == 1:
        return finished
    return finished[:, :, state.prefix.shape[2] :]
