"""The models one can ask for by name: the ``starter``, six released variants of MAGI-1, and ``tiny``.

The starter comes with this repository; tiny has random weights.

A preset is a complete frozen value: architecture, sampling and execution as MAGI's own configuration files ship them
(spec dit §1), plus where its weights come from and what they need. To add one, write a function or constant here that
makes the value and put it in ``PRESETS``; nothing else lists names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from generation.config import DiTConfig, ExecutionConfig, SamplingConfig, VAEConfig
from generation.errors import ConfigError


class WeightsOrigin(StrEnum):
    """Where the weights of a preset come from."""

    # Downloaded once (generation.weights.catalog knows from where).
    RELEASED = "released"
    # In this repository: nothing to fetch.
    SHIPPED = "shipped"
    # Drawn from ``weights_seed``: nothing to fetch, and nothing but noise to see.
    RANDOM = "random"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What it takes to run a preset, as its makers state it."""

    # The transformer's weights in the preset's dtypes, in bytes (spec dit §2.3).
    dit_bytes: int
    # Machines the makers recommend.
    recommended: str
    # The least memory of one GPU with which it is known to run, in GiB; 0: no GPU needed.
    least_gpu_gib: int
    # What to change to get by with the least.
    least_conditions: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """One model under one name, ready to run."""

    name: str
    dit: DiTConfig
    vae: VAEConfig
    sampling: SamplingConfig
    execution: ExecutionConfig
    # The size in pixels it was meant for, and the default length.
    width: int
    height: int
    seconds: int
    requirements: Requirements
    origin: WeightsOrigin
    # The folder name under which MAGI released the weights; empty for weights that are not a release.
    release: str = ""
    # Seed of the weights when they are random.
    weights_seed: int = 0
    # GPUs over which the makers split one video.
    processes: int = 1
    # Step counts the weights were made for; others run, but nobody vouches for them.
    step_choices: tuple[int, ...] = ()
    # The only captions the weights were taught; empty where they read free text.
    captions: tuple[str, ...] = ()
    # Whether the weights were taught, besides those, that things move left, right, up and down.
    moves_things: bool = False

    def __post_init__(self) -> None:
        """Check what the parts cannot check alone.

        Raises:
            ConfigError: Naming the first contradiction.
        """
        if self.width % 16 or self.height % 16 or min(self.width, self.height) < 16:
            raise ConfigError(
                f"preset {self.name!r}: sides must be positive multiples of 16, got {self.width} x {self.height}"
            )
        if self.dit.latent_channels != self.vae.latent_channels:
            raise ConfigError(
                f"preset {self.name!r}: transformer and autoencoder must share latent_channels, got "
                f"{self.dit.latent_channels} and {self.vae.latent_channels}"
            )
        one_pass = self.dit.distilled or self.dit.fp8
        if self.sampling.guidance_passes != (1 if one_pass else 3):
            raise ConfigError(
                f"preset {self.name!r}: guidance_passes must be {1 if one_pass else 3} for "
                f"{'distilled or fp8' if one_pass else 'base'} weights, got {self.sampling.guidance_passes}"
            )
        if (self.origin is WeightsOrigin.RELEASED) != bool(self.release):
            raise ConfigError(f"preset {self.name!r}: release must name the released folder, and only then")


MAGI_VAE = VAEConfig(name="magi")

_DIT_4_5B = DiTConfig(
    name="magi_4_5b",
    num_layers=34,
    hidden_size=3072,
    ffn_hidden_size=12288,
    num_heads=24,
    num_kv_heads=8,
    head_dim=128,
)

_DIT_24B = DiTConfig(
    name="magi_24b",
    num_layers=48,
    hidden_size=6144,
    ffn_hidden_size=16384,
    num_heads=48,
    num_kv_heads=8,
    head_dim=128,
    duplicate_latents=True,
    latent_scale=0.1,
    gated_ffn=True,
)

# Distilled weights know these step counts (the 12-step schedule mixes two of them).
_DISTILLED_STEPS = (8, 12, 16, 32, 64)


def _magi_4_5b(release: str, *, distilled: bool, fp8: bool) -> Preset:
    """A variant of the small model: 720 x 720, one GPU, text encoder on the CPU."""
    name = "magi_" + release.lower().replace(".", "_").replace("_quant", "_fp8")
    return Preset(
        name=name,
        dit=replace(_DIT_4_5B, name=name, distilled=distilled, fp8=fp8),
        vae=MAGI_VAE,
        sampling=SamplingConfig(num_steps=64, guidance_passes=1 if distilled else 3),
        execution=ExecutionConfig(device="cuda", dtype="bfloat16", text_device="cpu"),
        width=720,
        height=720,
        seconds=4,
        requirements=Requirements(
            dit_bytes=5_140_000_000 if fp8 else 8_960_000_000,
            recommended="1 x RTX 4090, or any GPU with 24 GB",
            least_gpu_gib=12 if fp8 else 24,
            least_conditions="window_size 1" if fp8 else "",
        ),
        origin=WeightsOrigin.RELEASED,
        release=release,
        step_choices=_DISTILLED_STEPS if distilled else (64,),
    )


def _magi_24b(release: str, *, distilled: bool, fp8: bool) -> Preset:
    """A variant of the large model: 1280 x 720 over eight GPUs."""
    name = "magi_" + release.lower().replace("_quant", "_fp8")
    return Preset(
        name=name,
        dit=replace(_DIT_24B, name=name, distilled=distilled, fp8=fp8),
        vae=MAGI_VAE,
        sampling=SamplingConfig(num_steps=16 if distilled else 32, guidance_passes=1 if distilled else 3),
        execution=ExecutionConfig(device="cuda", dtype="bfloat16", text_device="cuda"),
        width=1280,
        height=720,
        seconds=4,
        requirements=Requirements(
            dit_bytes=26_500_000_000 if fp8 else 47_900_000_000,
            recommended="4 x H100 or H800, or 8 x RTX 4090" if fp8 else "8 x H100 or H800",
            least_gpu_gib=24 if fp8 else 80,
            least_conditions="8 GPUs, pp_size 2 and cp_size 4" if fp8 else "8 GPUs",
        ),
        origin=WeightsOrigin.RELEASED,
        release=release,
        processes=8,
        step_choices=_DISTILLED_STEPS if distilled else (32, 64),
    )


STARTER_VAE = VAEConfig(
    name="starter",
    video_size=64,
    video_length=16,
    patch_size=8,
    patch_length=4,
    latent_channels=16,
    embed_dim=192,
    depth=4,
    num_heads=3,
    normalise_qkv=False,
    final_projection=True,
    final_projection_norm=False,
    decoder_scale=2,
    latent_scale=1.0,
)

STARTER_DIT = DiTConfig(
    name="starter",
    num_layers=12,
    hidden_size=192,
    ffn_hidden_size=512,
    num_heads=3,
    num_kv_heads=3,
    head_dim=64,
    text_dim=192,
    text_max_tokens=64,
    null_text_tokens=4,
    gated_ffn=True,
    absolute_places=True,
)

_STARTER_TEXT_GUIDANCE = 2.5

_STARTER_MOVES = (
    "pan left",
    "pan right",
    "tilt up",
    "tilt down",
    "zoom in",
    "zoom out",
    "roll clockwise",
    "roll counterclockwise",
)


def _starter() -> Preset:
    """The small model of this repository: a real picture moves as told, on any laptop's CPU."""
    return Preset(
        name="starter",
        # The distilled twin: one pass, told how far a step goes.
        dit=replace(STARTER_DIT, distilled=True),
        # Its latent scale stands beside the weights.
        vae=STARTER_VAE,
        # What is finished is clean: one chunk in flight. Trained on two seconds at once, it bears a third, which keeps
        # the colours of a camera at rest (docs/experiments.md, Ten seconds).
        # The guidance is in the weights: its teacher's words were guided, and only while the picture took shape.
        sampling=SamplingConfig(
            num_steps=8,
            window_size=1,
            guidance_passes=1,
            context_guidance=(1.0,) * 5,
            text_guidance=(*(_STARTER_TEXT_GUIDANCE,) * 3, 1.0, 1.0),
            attention_span_by_stage=(3,),
            near_clean_context_weight=1.0,
        ),
        execution=ExecutionConfig(),
        width=256,
        height=256,
        seconds=3,
        requirements=Requirements(dit_bytes=14_862_000, recommended="any CPU", least_gpu_gib=0),
        origin=WeightsOrigin.SHIPPED,
        step_choices=(4, 8, 16, 32, 64),
        moves_things=True,
        captions=("static shot", *(speed + move for move in _STARTER_MOVES for speed in ("", "slow ", "fast "))),
    )


def _tiny() -> Preset:
    """All the code in seconds on a CPU: what tests and first tries run. Its videos are noise."""
    dit = DiTConfig(
        name="tiny",
        num_layers=3,
        hidden_size=128,
        ffn_hidden_size=256,
        num_heads=4,
        num_kv_heads=2,
        head_dim=32,
        text_dim=64,
        text_max_tokens=128,
    )
    vae = VAEConfig(name="tiny", video_size=64, embed_dim=256, depth=2, num_heads=4, mlp_ratio=2.0)
    return Preset(
        name="tiny",
        dit=dit,
        vae=vae,
        sampling=SamplingConfig(num_steps=8),
        execution=ExecutionConfig(),
        width=64,
        height=64,
        seconds=2,
        requirements=Requirements(dit_bytes=2_300_000, recommended="any CPU", least_gpu_gib=0),
        origin=WeightsOrigin.RANDOM,
        weights_seed=1,
        step_choices=(4, 8, 16),
    )


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            _starter(),
            _magi_4_5b("4.5B_base", distilled=False, fp8=False),
            _magi_4_5b("4.5B_distill", distilled=True, fp8=False),
            _magi_4_5b("4.5B_distill_quant", distilled=True, fp8=True),
            _magi_24b("24B_base", distilled=False, fp8=False),
            _magi_24b("24B_distill", distilled=True, fp8=False),
            _magi_24b("24B_distill_quant", distilled=True, fp8=True),
            _tiny(),
        )
    }
)


def find_preset(name: str) -> Preset:
    """The preset of a name.

    Raises:
        ConfigError: Listing the names there are.
    """
    if name not in PRESETS:
        raise ConfigError(f"there is no preset {name!r}; choose one of {', '.join(PRESETS)}")
    return PRESETS[name]


class Quality(StrEnum):
    """How carefully a clip is denoised, from quick to careful: each word is a step count of the preset.

    Noise is drawn per chunk, whatever the count, so what was tried as a draft keeps its motion when it is made finely
    with the same seed.
    """

    DRAFT = "draft"
    STANDARD = "standard"
    FINE = "fine"


# Of the steps that a preset takes by itself.
_SHARE_OF_STEPS = {Quality.DRAFT: Fraction(1, 2), Quality.STANDARD: Fraction(1), Quality.FINE: Fraction(2)}


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityOffer:
    """A quality that a preset can be asked for."""

    quality: Quality
    num_steps: int
    # Denoising time of a second of video, as a multiple of the standard one.
    relative_cost: float


def offers_of(preset: Preset) -> tuple[QualityOffer, ...]:
    """What a preset offers: ``standard`` always, the others where its weights were made for so many steps."""
    own, found = preset.sampling.num_steps, []
    for quality, share in _SHARE_OF_STEPS.items():
        steps = own * share
        if quality is Quality.STANDARD or steps in preset.step_choices:
            found.append(QualityOffer(quality=quality, num_steps=int(steps), relative_cost=float(share)))
    return tuple(found)


def stage_cost(preset: Preset, *, num_steps: int = 0, window_size: int = 0) -> float:
    """How long a stage takes, as a multiple of a stage with the preset's own settings.

    Args:
        preset: The model.
        num_steps: Steps of a chunk; 0 are the preset's own.
        window_size: Chunks in flight; 0 is the preset's own.
    """
    own = preset.sampling
    steps = (num_steps or own.num_steps) / (window_size or own.window_size)
    return steps / own.steps_per_stage
