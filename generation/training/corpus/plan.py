"""Planning a clip: everything about it but the pixels, in plain numbers drawn from (seed, index)."""

from dataclasses import dataclass

import numpy as np

from generation.training.corpus.camera import CameraPath, camera_path, draw_action, plan_actions, to_screen
from generation.training.corpus.canvas import CanvasRecipe, canvas_recipe
from generation.training.corpus.cast import ACTING_VERBS, SpritePart, Stage, cast_sprites
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraAction, CameraMove, ClipTruth, Speed, SpriteTruth
from generation.training.corpus.palette import FAMILIES
from generation.training.corpus.randomness import balanced_pick, draws, pick

_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, kw_only=True, slots=True)
class Appearance:
    """How the canvas is laid under the scene and what the lens does to it."""

    # Canvas pixels per shorter side of the picture, before zoom.
    scale: float
    # Canvas place of the scene's origin, in pixels.
    origin: tuple[float, float]
    # Rows of the scene-to-canvas turn: quarter turns and mirror images.
    turn: tuple[tuple[int, int], tuple[int, int]]
    # Rows (red, green, blue, constant) that make each output channel.
    colour: tuple[tuple[float, float, float, float], ...]
    black_and_white: bool
    # The camera sees past the canvas's edge, where its mirror image begins.
    leaves_canvas: bool
    # Extra halvings of the canvas: a soft lens.
    softness: float
    vignette: float
    grain: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipPlan:
    """A clip before it is painted."""

    index: int
    canvas: int
    canvas_size: int
    appearance: Appearance
    camera: CameraPath
    parts: tuple[SpritePart, ...]
    truth: ClipTruth


def plan_clip(config: CorpusConfig, index: int) -> ClipPlan:
    """Plan sample ``index``; about a millisecond, no pixels."""
    rng = draws(config.seed, "plan", index)
    count = balanced_pick(config.seed, "sprite count", index, config.sprite_counts)
    first = _first_camera(rng, config, index, count)
    change_at, camera_changes = 0, count == 0 or rng.random() < 0.5
    if config.seconds > 1 and rng.random() < config.change_share:
        change_at = int(rng.integers(1, config.seconds))
    actions = plan_actions(rng, first, config.seconds, change_at if camera_changes else 0)
    path = camera_path(rng, actions, config.frames)
    short = min(config.height, config.width)
    stage = Stage(
        camera=path, half_width=config.width / short / 2, half_height=config.height / short / 2, seconds=config.seconds
    )
    parts: tuple[SpritePart, ...] = ()
    if count:
        leads = [(verb, speed) for verb in ACTING_VERBS for speed in Speed]
        lead = leads[balanced_pick(config.seed, "lead", index, [1.0] * len(leads))]
        parts = cast_sprites(rng, stage, count, lead, 0 if camera_changes else change_at)
    canvas = index // config.clips_per_canvas + int(rng.integers(config.pool_size))
    recipe = canvas_recipe(config.seed, canvas, config.background)
    appearance = _draw_appearance(rng, config, recipe, stage)
    word = "black and white" if appearance.black_and_white else pick(rng, FAMILIES[recipe.palette.family].words)
    truth = ClipTruth(
        camera=actions,
        sprites=tuple(_sprite_truth(part, stage) for part in parts),
        background=recipe.kind,
        palette_word=word,
        camera_path=tuple(
            zip(path.x.tolist(), path.y.tolist(), path.zoom.tolist(), np.degrees(path.roll).tolist(), strict=True)
        ),
    )
    return ClipPlan(
        index=index,
        canvas=canvas,
        canvas_size=config.canvas_size,
        appearance=appearance,
        camera=path,
        parts=parts,
        truth=truth,
    )


def _first_camera(rng: np.random.Generator, config: CorpusConfig, index: int, sprites: int) -> CameraAction:
    mix: CameraMix = config.camera
    options = [(move, speed) for move in CameraMove for speed in Speed]
    weights = [getattr(mix, move.value) * getattr(mix, speed.value) for move, speed in options]
    move, speed = options[balanced_pick(config.seed, "camera", index, weights)]
    if sprites and rng.random() < mix.hold_share_with_sprites:
        move = CameraMove.HOLD
    return draw_action(rng, move, speed)


def _draw_appearance(rng: np.random.Generator, config: CorpusConfig, recipe: CanvasRecipe, stage: Stage) -> Appearance:
    turn = np.eye(2, dtype=np.int64)
    if rng.random() < 0.5:
        turn = np.array([[-1, 0], [0, 1]])
    for _ in range(0 if recipe.upright else int(rng.integers(4))):
        turn = np.array([[0, -1], [1, 0]]) @ turn
    low, high = _ground_covered(stage, turn)
    # Large objects and small ones: the same canvas is seen from near and from far, but its pixels are never much
    # larger than the clip's, and the camera stays on it where it can.
    short, side = min(config.height, config.width), config.canvas_size
    largest = side / float((high - low).max())
    smallest = 0.7 * short * float(np.exp(stage.camera.zoom.max()))
    wanted = short * float(np.exp(rng.uniform(np.log(1.6 if recipe.upright else 1.0), np.log(5.0))))
    scale = max(min(wanted, largest), smallest)
    room_low, room_high = -low * scale, side - high * scale
    origin = np.where(
        room_low <= room_high, room_low + rng.random(2) * (room_high - room_low), (room_low + room_high) / 2
    )
    colour, black_and_white = _draw_colour(rng)
    return Appearance(
        scale=scale,
        origin=(float(origin[0]), float(origin[1])),
        turn=((int(turn[0, 0]), int(turn[0, 1])), (int(turn[1, 0]), int(turn[1, 1]))),
        colour=colour,
        black_and_white=black_and_white,
        leaves_canvas=bool((room_low > room_high + 1e-6).any()),
        softness=float(rng.uniform(0.5, 1.6)) if rng.random() < config.soft_share else 0.0,
        vignette=float(rng.uniform(0.15, 0.5)) if rng.random() < config.vignette_share else 0.0,
        grain=float(rng.uniform(0.008, 0.03)) if rng.random() < config.grain_share else 0.0,
    )


def _ground_covered(stage: Stage, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest turned scene place that any frame shows, ``(2,)`` each."""
    path = stage.camera
    reach = np.exp(-path.zoom)
    cosine, sine = np.cos(path.roll) * reach, np.sin(path.roll) * reach
    places = []
    for corner_x in (-stage.half_width, stage.half_width):
        for corner_y in (-stage.half_height, stage.half_height):
            x = path.x + cosine * corner_x - sine * corner_y
            y = path.y + sine * corner_x + cosine * corner_y
            places.append(turn @ np.stack((x, y)))
    ground = np.concatenate(places, axis=1)
    return ground.min(axis=1), ground.max(axis=1)


def _draw_colour(rng: np.random.Generator) -> tuple[tuple[tuple[float, float, float, float], ...], bool]:
    """A mild change of hue, saturation, contrast and brightness, so that a canvas never looks quite the same."""
    black_and_white = bool(rng.random() < 0.04)
    saturation = 0.0 if black_and_white else float(np.exp(rng.normal(-0.25, 0.3)))
    angle = np.radians(rng.normal(0.0, 6.0))
    # A turn about the grey axis changes the hue alone.
    axis = np.full(3, 1 / np.sqrt(3))
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    hue = np.cos(angle) * np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * np.outer(axis, axis)
    grey = np.tile(_LUMA, (3, 1))
    contrast = float(rng.uniform(0.85, 1.15))
    matrix = contrast * (saturation * np.eye(3) + (1 - saturation) * grey) @ hue
    offset = np.full((3, 1), 0.5 * (1 - contrast) + rng.normal(0.0, 0.03))
    rows = np.concatenate((matrix, offset), axis=1)
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in rows), black_and_white


def _sprite_truth(part: SpritePart, stage: Stage) -> SpriteTruth:
    x, y = to_screen(stage.camera, part.path.x, part.path.y)
    radius = float(part.path.radius[0])
    return SpriteTruth(
        shape=part.shape,
        pattern=part.pattern,
        colour=part.colour,
        other_colour=part.other_colour,
        size_word="small" if radius < 0.1 else "large" if radius > 0.17 else "",
        actions=part.actions,
        partner=part.partner,
        positions=tuple(
            zip((x / (2 * stage.half_width) + 0.5).tolist(), (y / (2 * stage.half_height) + 0.5).tolist(), strict=True)
        ),
        radii=tuple((part.path.radius * np.exp(stage.camera.zoom)).tolist()),
    )
