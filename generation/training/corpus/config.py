"""How a procedural corpus is mixed and how large its clips are."""

from dataclasses import dataclass, fields

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as the sentence it guards
    if not holds:
        raise ConfigError(message)


def _check_weights(owner: str, weights: dict[str, float]) -> None:
    for name, weight in weights.items():
        _require(0 <= weight < float("inf"), f"{owner}.{name} must be 0 or more, got {weight}")
    _require(sum(weights.values()) > 0, f"{owner} must have at least one weight above 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class BackgroundMix:
    """How often each kind of canvas is painted, relative to the others."""

    leaves: float = 4.0
    noise: float = 1.0
    ridges: float = 1.0
    cells: float = 1.2
    sky: float = 0.8
    swirls: float = 1.0
    fractal: float = 0.6
    landscape: float = 1.2
    # Share of the canvases (landscapes aside) that a second pattern partly covers.
    mixed_share: float = 0.3

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        names = [field.name for field in fields(self) if field.name != "mixed_share"]
        _check_weights("background", {name: getattr(self, name) for name in names})
        _require(0 <= self.mixed_share <= 1, f"background.mixed_share must be in [0, 1], got {self.mixed_share}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraMix:
    """How often each camera move opens a clip; equal by default, and kept equal within every 120 samples."""

    hold: float = 1.0
    pan_left: float = 1.0
    pan_right: float = 1.0
    tilt_up: float = 1.0
    tilt_down: float = 1.0
    zoom_in: float = 1.0
    zoom_out: float = 1.0
    roll_clockwise: float = 1.0
    roll_counterclockwise: float = 1.0
    shake: float = 1.0
    slow: float = 1.0
    normal: float = 1.0
    fast: float = 1.0
    # Share of the clips with sprites in which the camera is made to hold, so that verbs are seen by themselves.
    hold_share_with_sprites: float = 0.35

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        speeds = {name: getattr(self, name) for name in ("slow", "normal", "fast")}
        moves = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in (*speeds, "hold_share_with_sprites"):
            del moves[name]
        _check_weights("camera", speeds)
        _check_weights("camera", moves)
        share = self.hold_share_with_sprites
        _require(0 <= share <= 1, f"camera.hold_share_with_sprites must be in [0, 1], got {share}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CorpusConfig:
    """A procedural corpus: sample i of it is always the same bytes."""

    height: int = 64
    width: int = 64
    # At 24 frames per second; 1 is a still picture.
    frames: int = FRAMES_PER_SECOND
    seed: int = 0
    # Side of a canvas, a power of two; at least 4 times the longer side leaves room for the camera.
    canvas_size: int = 512
    # A clip shows one of this many neighbouring canvases ...
    pool_size: int = 64
    # ... and the neighbourhood moves on by one canvas every so many samples.
    clips_per_canvas: int = 64
    background: BackgroundMix = BackgroundMix()
    camera: CameraMix = CameraMix()
    # Weights of 0, 1, 2 and 3 sprites.
    sprite_counts: tuple[float, float, float, float] = (0.45, 0.33, 0.15, 0.07)
    # Share of the clips of at least two seconds in which an action is made to change at a second's boundary, besides
    # those in which one must end anyway: together 16 % of the clips of 2 seconds, 25 % of 3,
    # 28 % of 4.
    change_share: float = 0.12
    # Captions name the camera work alone, always in the same words: the fewest steps until words are obeyed.
    plain_captions: bool = False
    # Shares of the clips with film grain, dark corners and a soft lens.
    grain_share: float = 0.08
    vignette_share: float = 0.15
    soft_share: float = 0.12

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the first field that is wrong.
        """
        for name in ("height", "width"):
            value = getattr(self, name)
            _require(8 <= value <= 4096, f"{name} must be in 8..4096 pixels, got {value}")
        for name in ("frames", "pool_size", "clips_per_canvas"):
            _require(getattr(self, name) >= 1, f"{name} must be at least 1, got {getattr(self, name)}")
        _require(self.seed >= 0, f"seed must be 0 or more, got {self.seed}")
        side = self.canvas_size
        _require(
            64 <= side <= 4096 and side & (side - 1) == 0 and side >= max(self.height, self.width),
            f"canvas_size must be a power of two in 64..4096 and at least the longer side, got {side} for "
            f"{self.width} x {self.height}",
        )
        _check_weights("sprite_counts", {str(count): weight for count, weight in enumerate(self.sprite_counts)})
        _require(len(self.sprite_counts) == 4, f"sprite_counts must have 4 weights, got {len(self.sprite_counts)}")
        for name in ("change_share", "grain_share", "vignette_share", "soft_share"):
            _require(0 <= getattr(self, name) <= 1, f"{name} must be in [0, 1], got {getattr(self, name)}")

    @property
    def seconds(self) -> int:
        """Seconds that the clip touches; the last one may be cut short."""
        return -(-self.frames // FRAMES_PER_SECOND)
