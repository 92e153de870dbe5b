"""What a model is, how a video is sampled, and where it runs: three kinds of configuration, never mixed.

Architecture (:class:`DiTConfig`, :class:`VAEConfig`) is fixed by the weights, :class:`SamplingConfig` is chosen per
request, :class:`ExecutionConfig` per machine. All are frozen and checked once, when made. Variants stand in
:mod:`generation.presets`; MAGI's own JSON files are read by :mod:`generation.magi_config`.
"""

from dataclasses import dataclass
from enum import StrEnum

from generation.errors import ConfigError

# What a model can be computed in.
DTYPES = ("float32", "bfloat16", "float16")
# More than any processor has; the library crashes at many thousands.
MAX_THREADS = 1024


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as the sentence it guards
    if not holds:
        raise ConfigError(message)


def _require_positive(owner: str, **fields: float) -> None:
    for name, value in fields.items():
        _require(value > 0, f"{owner}.{name} must be positive, got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class DiTConfig:
    """The diffusion transformer's architecture (spec dit §1.1; MAGI's names in :mod:`generation.magi_config`)."""

    name: str
    num_layers: int
    hidden_size: int
    ffn_hidden_size: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    # Channels of the latents a caller sees; the transformer sees them twice with duplicate_latents.
    latent_channels: int = 16
    duplicate_latents: bool = False
    # Latents are multiplied by this on the way in, velocities divided by it on the way out.
    latent_scale: float = 1.0
    patch_size: int = 2
    chunk_latent_frames: int = 6
    condition_ratio: float = 0.25
    text_dim: int = 4096
    text_max_tokens: int = 800
    # Rows of the null caption that count as text for an unconditioned chunk.
    null_text_tokens: int = 50
    gated_ffn: bool = False
    # Tokens are told where they stand in the frame and in the chunk, which rotary positions alone do not say.
    absolute_places: bool = False
    norm_eps: float = 1e-6
    # Self- and cross-attention outputs are cut in this many slices and interleaved before the output projection.
    attention_interleave: int = 8
    # Trained for several step sizes: the step size is embedded beside the timestep.
    distilled: bool = False
    # Inner layers hold e4m3 weights with static scales.
    fp8: bool = False

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        owner = f"DiT {self.name!r}"
        _require_positive(
            owner, num_layers=self.num_layers, hidden_size=self.hidden_size, ffn_hidden_size=self.ffn_hidden_size,
            num_heads=self.num_heads, num_kv_heads=self.num_kv_heads, head_dim=self.head_dim,
            latent_channels=self.latent_channels, latent_scale=self.latent_scale, patch_size=self.patch_size,
            chunk_latent_frames=self.chunk_latent_frames, condition_ratio=self.condition_ratio,
            text_dim=self.text_dim, text_max_tokens=self.text_max_tokens, norm_eps=self.norm_eps,
            attention_interleave=self.attention_interleave,
        )  # fmt: skip
        _require(
            self.num_heads % self.num_kv_heads == 0,
            f"{owner}: num_heads must be a multiple of num_kv_heads, got {self.num_heads} and {self.num_kv_heads}",
        )
        _require(
            self.hidden_size == self.num_heads * self.head_dim,
            f"{owner}: hidden_size must be num_heads x head_dim, got {self.hidden_size} and "
            f"{self.num_heads} x {self.head_dim}",
        )
        _require(
            self.head_dim % 8 == 0,
            f"{owner}: head_dim must be a multiple of 8 (rotary bands are head_dim / 8), got {self.head_dim}",
        )
        _require(
            self.hidden_size % self.attention_interleave == 0,
            f"{owner}: hidden_size must be a multiple of attention_interleave, got {self.hidden_size} and "
            f"{self.attention_interleave}",
        )
        _require(
            1 <= self.null_text_tokens <= self.text_max_tokens and self.text_max_tokens >= 2,
            f"{owner}: null_text_tokens must be in 1..text_max_tokens, got {self.null_text_tokens}",
        )
        _require(
            not self.fp8 or self.num_layers > 2,
            f"{owner}: fp8 keeps the first and last layer, so it needs more than 2 layers, got {self.num_layers}",
        )

    @property
    def model_channels(self) -> int:
        """Channels the patch embedding sees."""
        return self.latent_channels * (2 if self.duplicate_latents else 1)

    @property
    def condition_size(self) -> int:
        """Width of the timestep condition that drives the gates."""
        return int(self.hidden_size * self.condition_ratio)

    @property
    def release_subfolder(self) -> str:
        """The folder inside a release's own folder that holds weights of this kind (spec dit §2.1)."""
        return "inference_weight" + (".fp8" if self.fp8 else "") + (".distill" if self.distilled else "")

    def chunk_tokens(self, latent_height: int, latent_width: int) -> int:
        """Tokens of one chunk at a latent size."""
        return self.chunk_latent_frames * (latent_height // self.patch_size) * (latent_width // self.patch_size)


@dataclass(frozen=True, kw_only=True, slots=True)
class VAEConfig:
    """The video autoencoder's architecture (spec vae §1.2)."""

    name: str
    video_size: int = 256
    video_length: int = 16
    patch_size: int = 8
    patch_length: int = 4
    latent_channels: int = 16
    embed_dim: int = 1024
    depth: int = 24
    num_heads: int = 16
    mlp_ratio: float = 4.0
    qkv_bias: bool = True
    # Queries, keys and values are normalised per head, and no norm stands before attention.
    normalise_qkv: bool = True
    # A linear to four channels per pixel instead of a bare pixel shuffle: for codes whose patch has more pixels
    # than the width has channels.
    final_projection: bool = False
    # A norm after that linear, as released. It erases how bright each patch is, which a small model does not get back.
    final_projection_norm: bool = True
    # Pixels that the decoder makes along each side of one that the encoder sees: 2 doubles every picture.
    decoder_scale: int = 1
    # Latents are multiplied by this for the transformer.
    latent_scale: float = 0.18215

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        owner = f"VAE {self.name!r}"
        _require_positive(
            owner, video_size=self.video_size, video_length=self.video_length, patch_size=self.patch_size,
            patch_length=self.patch_length, latent_channels=self.latent_channels, embed_dim=self.embed_dim,
            depth=self.depth, num_heads=self.num_heads, mlp_ratio=self.mlp_ratio, latent_scale=self.latent_scale,
            decoder_scale=self.decoder_scale,
        )  # fmt: skip
        _require(
            self.embed_dim % self.num_heads == 0,
            f"{owner}: embed_dim must be a multiple of num_heads, got {self.embed_dim} and {self.num_heads}",
        )
        _require(
            self.video_size % self.patch_size == 0 and self.video_length % self.patch_length == 0,
            f"{owner}: the native size must be whole patches, got {self.video_length} frames of {self.video_size} px "
            f"for patches of {self.patch_length} x {self.patch_size}",
        )
        _require(
            self.final_projection or self.embed_dim >= self.patch_length * self.patch_size**2,
            f"{owner}: embed_dim must be at least patch_length x patch_size^2 = "
            f"{self.patch_length * self.patch_size**2} for a pixel shuffle, got {self.embed_dim}; "
            "set final_projection otherwise",
        )

        _require(
            self.decoder_scale == 1 or self.final_projection,
            f"{owner}: decoder_scale must be 1 without final_projection, got {self.decoder_scale}",
        )

    @property
    def pixels_per_cell(self) -> int:
        """Pixels of a finished frame along each side of one latent cell."""
        return self.patch_size * self.decoder_scale

    @property
    def native_grid(self) -> tuple[int, int, int]:
        """The grid (t, h, w) for which the position table is stored."""
        side = self.video_size // self.patch_size
        return (self.video_length // self.patch_length, side, side)


class NoisePolicy(StrEnum):
    """How the starting noise of a clip is drawn."""

    # One draw per chunk from (seed, chunk index): a chunk's noise does not depend on the clip's length.
    PER_CHUNK = "per_chunk"
    # One draw for the whole clip, as released.
    SINGLE_DRAW = "single_draw"


class ChunkPolicy(StrEnum):
    """How seconds, prefixes and tiles map to frames."""

    # Frame counts, drifted first frame, 32-frame prefixes and tile borders as released.
    REFERENCE = "reference"
    # A take of n seconds is 24 n frames; chunks join without seams and never change once emitted.
    SEAMLESS = "seamless"


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingConfig:
    """How one video is denoised (spec dit §1.2, §6, §7). Timesteps: 0 = noise, 1 = clean."""

    num_steps: int = 64
    # Chunks denoised together; each chunk passes through this many stages.
    window_size: int = 4
    # 3 passes (text, context, none) or 1 (guidance distilled into the weights).
    guidance_passes: int = 3
    # Scale k holds from guidance_timesteps[k] up to the next one.
    guidance_timesteps: tuple[float, ...] = (0.0, 0.0217, 0.1, 0.3, 0.999)
    context_guidance: tuple[float, ...] = (1.5, 1.5, 1.5, 1.0, 1.0)
    text_guidance: tuple[float, ...] = (7.5, 7.5, 7.5, 0.0, 0.0)
    # How many chunks a chunk may look back, itself included, by stage from noise to clean; empty: no limit.
    attention_span_by_stage: tuple[int, ...] = (5, 4, 3, 2)
    # The same for a clean chunk; -1: the last entry of attention_span_by_stage.
    clean_attention_span: int = 1
    clean_timestep: float = 0.9999
    # One-pass models mix in a chunk's own view of itself above this timestep (strictly) ...
    near_clean_threshold: float = 0.3
    # ... with this weight on the view that sees the context; 1 turns it off.
    near_clean_context_weight: float = 0.7
    # Sixteenths of a quarter taken by the three steps of the 12-step schedule: (2, 1, 1) or (1, 1, 2).
    twelve_step_intervals: tuple[int, int, int] = (2, 1, 1)
    noise_policy: NoisePolicy = NoisePolicy.PER_CHUNK
    chunk_policy: ChunkPolicy = ChunkPolicy.SEAMLESS
    # Leave out guidance passes whose weight is zero for every chunk of the window.
    skip_zero_weight_passes: bool = True

    def __post_init__(self) -> None:
        """Check every field and every pair that can contradict.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        _require_positive("sampling", num_steps=self.num_steps, window_size=self.window_size)
        _require(
            self.num_steps % self.window_size == 0,
            f"num_steps must be a multiple of window_size, got {self.num_steps} and {self.window_size}",
        )
        _require(self.guidance_passes in (1, 3), f"guidance_passes must be 1 or 3, got {self.guidance_passes}")
        counts = {len(self.guidance_timesteps), len(self.context_guidance), len(self.text_guidance)}
        _require(
            len(counts) == 1 and counts != {0},
            "guidance_timesteps, context_guidance and text_guidance must have the same length of at least 1, got "
            f"{len(self.guidance_timesteps)}, {len(self.context_guidance)} and {len(self.text_guidance)}",
        )
        _require(
            list(self.guidance_timesteps) == sorted(self.guidance_timesteps) and self.guidance_timesteps[0] <= 0,
            f"guidance_timesteps must rise from 0, got {self.guidance_timesteps}",
        )
        spans = self.attention_span_by_stage
        _require(all(span >= 1 for span in spans), f"attention spans must be at least 1, got {spans}")
        _require(
            not spans or self.num_steps % len(spans) == 0,
            f"num_steps must be a multiple of the number of attention spans, got {self.num_steps} and {len(spans)}",
        )
        _require(
            self.clean_attention_span == -1 or self.clean_attention_span >= 1,
            f"clean_attention_span must be at least 1, or -1 for the last stage's, got {self.clean_attention_span}",
        )
        for name in ("clean_timestep", "near_clean_threshold", "near_clean_context_weight"):
            value = getattr(self, name)
            _require(0 <= value <= 1, f"{name} must be in [0, 1], got {value}")
        _require(
            self.twelve_step_intervals in ((2, 1, 1), (1, 1, 2)),
            f"twelve_step_intervals must be (2, 1, 1) or (1, 1, 2), got {self.twelve_step_intervals}",
        )

    @property
    def steps_per_stage(self) -> int:
        """Denoising steps between two clean chunks."""
        return self.num_steps // self.window_size


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionConfig:
    """Where and in which precision a model runs; never changes what is generated beyond rounding."""

    device: str = "cpu"
    # One of DTYPES.
    dtype: str = "float32"
    # Round the inner layers' weights to e4m3 when they are loaded, and their inputs as they come.
    fp8: bool = False
    text_device: str = "cpu"
    # CPU threads of one worker; 0 leaves the library's choice.
    threads: int = 0
    compile: bool = False

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        _require(
            self.dtype in DTYPES,
            f"dtype must be one of {', '.join(DTYPES)}, got {self.dtype!r}",
        )
        _require(0 <= self.threads <= MAX_THREADS, f"threads must be in 0..{MAX_THREADS}, got {self.threads}")
        for name in ("device", "text_device"):
            value = getattr(self, name)
            _require(
                value.split(":")[0] in ("cpu", "cuda", "mps", "meta"),
                f"{name} must be cpu, cuda, cuda:N or mps, got {value!r}",
            )
