"""The diffusion transformer: the velocity of a window of chunks, each with its own time, text and reach.

- Chunks are denoised together at different timesteps; a chunk looks back, never ahead.
- Keys and values of finished chunks come from a cache, so that the cost does not grow with the clip.
- Self- and cross-attention run side by side; gates follow the branches, norms follow the gates.
- Rotary positions on time, height and width with learned frequencies.
- Optional SwiGLU, step-size embedding for distilled weights and e4m3 inner layers: see
  :class:`generation.config.DiTConfig`.

Source:
    MAGI-1, arXiv:2505.13211, and its released weights; our words in :mod:`generation.config`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.config import DiTConfig
from generation.errors import RequestError, StateError
from generation.model.attention import AttentionPlan, plan_attention
from generation.model.block import Block, BlockContext
from generation.model.embeddings import PatchEmbedding, PlaceEmbedding, TextEmbedding, TimestepEmbedding
from generation.model.inference import run_block
from generation.model.kv_cache import KVCache
from generation.model.patchify import unpatchify
from generation.model.precision import LayerNorm, Linear, at_least_float32
from generation.model.rope import RotaryFrequencies
from generation.model.window import ChunkWindow


class DiT(nn.Module):
    """The transformer of one architecture; weights are unwritten until loaded or initialised.

    Args:
        config: The architecture.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbedding(config.model_channels, config.hidden_size, config.patch_size)
        self.place_embed = (
            PlaceEmbedding(config.chunk_latent_frames, config.hidden_size) if config.absolute_places else None
        )
        self.timestep_embed = TimestepEmbedding(config.condition_size)
        self.text_embed = TextEmbedding(
            text_dim=config.text_dim,
            max_tokens=config.text_max_tokens,
            hidden_size=config.hidden_size,
            condition_size=config.condition_size,
        )
        self.rope = RotaryFrequencies(config.head_dim)
        self.blocks = nn.ModuleList(Block(config, layer=layer) for layer in range(config.num_layers))
        self.final_norm = LayerNorm(config.hidden_size, eps=config.norm_eps, one_plus=True)
        self.final_proj = Linear(config.hidden_size, config.patch_size**2 * config.model_channels)

    @property
    def dtype(self) -> torch.dtype:
        """Dtype of the residual stream; islands of float32 stand in :mod:`generation.model.precision`."""
        block: Block = self.blocks[0]  # type: ignore[assignment]  # nn.ModuleList is not generic
        return block.gates.weight.dtype

    @property
    def null_text(self) -> Tensor:
        """Text that stands for no prompt, ``(text_max_tokens, text_dim)``; its first rows are used."""
        return self.text_embed.null_text

    def make_kv_cache(self, latent_height: int, latent_width: int) -> KVCache:
        """An empty cache for clips of one size."""
        return KVCache(
            num_layers=self.config.num_layers,
            chunk_tokens=self.config.chunk_tokens(latent_height, latent_width),
            num_kv_heads=self.config.num_kv_heads,
            head_dim=self.config.head_dim,
            dtype=self.dtype,
            device=self.null_text.device,
        )

    def forward(self, window: ChunkWindow, kv_cache: KVCache | None = None, *, write_chunks: int = 0) -> Tensor:
        """Predict the velocity of every chunk of a window.

        Args:
            window: Consecutive chunks; see :class:`generation.model.window.ChunkWindow`.
            kv_cache: Keys and values of earlier chunks, for batch size 1; without it the window must not look
                before its first chunk, and the forward can be differentiated.
            write_chunks: So many leading chunks of the window are written to the cache, replacing what it held.

        Returns:
            Velocity from noise towards data, ``(B, C, T, H, W)``, at least float32.

        Raises:
            RequestError: If the latents do not fit the architecture or the number of chunks.
            StateError: If keys are wanted that neither window nor cache holds.
        """
        self._check_latents(window)
        batch, _, frames, height, width = window.latents.shape
        grid = (frames, height // self.config.patch_size, width // self.config.patch_size)
        plan = plan_attention(window, chunk_tokens=self.config.chunk_tokens(height, width), write_chunks=write_chunks)
        _check_cache(plan, kv_cache, batch)
        context = BlockContext(
            condition=F.silu(self._condition(window).to(self.dtype)),
            text=self.text_embed(window.text.embeddings).to(self.dtype),
            table=self.rope(grid, window.first_chunk * self.config.chunk_latent_frames),
            plan=plan,
            kv_cache=kv_cache,
        )
        hidden = self._tokens(window.latents, grid)
        hidden = self._run_blocks(hidden, context)
        patches = self.final_proj(self.final_norm(hidden.to(at_least_float32(hidden.dtype))))
        # Models that see the latents twice predict them twice; the first copy counts.
        velocity = unpatchify(patches, self.config.patch_size, grid)[:, : self.config.latent_channels]
        return velocity / self.config.latent_scale

    def _run_blocks(self, hidden: Tensor, context: BlockContext) -> Tensor:
        in_place = hidden.device.type == "cpu" and not (torch.is_grad_enabled() or torch.compiler.is_compiling())
        for block in self.blocks:
            if in_place:
                run_block(block, hidden, context)  # type: ignore[arg-type]  # nn.ModuleList is not generic
            else:
                hidden = block(hidden, context)
        return hidden

    def _tokens(self, latents: Tensor, grid: tuple[int, int, int]) -> Tensor:
        scaled = latents * self.config.latent_scale
        if self.config.duplicate_latents:
            scaled = torch.cat([scaled, scaled], dim=1)
        tokens: Tensor = self.patch_embed(scaled)
        if self.place_embed is not None:
            tokens = tokens + self.place_embed(grid)
        return tokens.to(self.dtype)

    def _condition(self, window: ChunkWindow) -> Tensor:
        condition: Tensor = self.timestep_embed(window.timesteps, self.dtype)
        if window.step_size is not None:
            step_sizes = torch.full_like(window.timesteps, window.step_size)
            condition = condition + self.timestep_embed(step_sizes, self.dtype)
        return condition + self.text_embed.condition(null=window.null_condition)

    def _check_latents(self, window: ChunkWindow) -> None:
        config, shape = self.config, tuple(window.latents.shape)
        expected = (config.latent_channels, window.num_chunks * config.chunk_latent_frames)
        if len(shape) != 5 or shape[1:3] != expected:
            raise RequestError(
                f"latents of {window.num_chunks} chunks must be (B, {expected[0]}, {expected[1]}, H, W), got {shape}"
            )
        if shape[3] % config.patch_size or shape[4] % config.patch_size:
            raise RequestError(
                f"latent height and width must be multiples of {config.patch_size}, got {shape[3]} x {shape[4]}"
            )
        if tuple(window.timesteps.shape) != (shape[0], window.num_chunks):
            raise RequestError(
                f"timesteps must be ({shape[0]}, {window.num_chunks}), got {tuple(window.timesteps.shape)}"
            )


def _check_cache(plan: AttentionPlan, kv_cache: KVCache | None, batch: int) -> None:
    start, stop = plan.cached_chunks
    written_start, written_stop = plan.written_chunks
    if kv_cache is None:
        if start < stop or written_start < written_stop:
            raise StateError(
                f"chunks {start} to {stop} are read and {written_stop - written_start} written without a kv cache"
            )
        return
    if batch != 1 or kv_cache.chunk_tokens != plan.chunk_tokens:
        raise StateError(
            f"the kv cache holds batch size 1 and {kv_cache.chunk_tokens} tokens per chunk, got batch size {batch} and "
            f"{plan.chunk_tokens} tokens"
        )
    kv_cache.require(start, stop)
    if written_start < written_stop:
        kv_cache.require_adjacent(written_start)
