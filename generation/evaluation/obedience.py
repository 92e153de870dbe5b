"""Does the camera do what the words say: prompts on photos, judged by feature tracks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from generation.evaluation.camera_motion import CameraMotion, in_order, measure_motion, outward_share
from generation.evaluation.clips import Photo, make_clip, request_for
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.labels import CameraMove

WORDS = MappingProxyType(
    {
        "pan left": CameraMove.PAN_LEFT,
        "pan right": CameraMove.PAN_RIGHT,
        "tilt up": CameraMove.TILT_UP,
        "tilt down": CameraMove.TILT_DOWN,
        "zoom in": CameraMove.ZOOM_IN,
        "zoom out": CameraMove.ZOOM_OUT,
        "roll clockwise": CameraMove.ROLL_CLOCKWISE,
        "roll counterclockwise": CameraMove.ROLL_COUNTERCLOCKWISE,
    }
)
# The same said otherwise: as people write, not as labels.
WORDINGS = MappingProxyType(
    {
        "The camera pans to the left.": CameraMove.PAN_LEFT,
        "leftward pan": CameraMove.PAN_LEFT,
        "the camera turns right": CameraMove.PAN_RIGHT,
        "rightward pan": CameraMove.PAN_RIGHT,
        "the camera looks up": CameraMove.TILT_UP,
        "upward tilt": CameraMove.TILT_UP,
        "The camera tilts downward.": CameraMove.TILT_DOWN,
        "the camera looks down": CameraMove.TILT_DOWN,
        "the camera moves closer": CameraMove.ZOOM_IN,
        "push in": CameraMove.ZOOM_IN,
        "the camera pulls back": CameraMove.ZOOM_OUT,
        "zoom-out": CameraMove.ZOOM_OUT,
        "The camera rotates clockwise.": CameraMove.ROLL_CLOCKWISE,
        "the camera rolls anticlockwise": CameraMove.ROLL_COUNTERCLOCKWISE,
    }
)
# What one second does, and the next one.
_TURNS = (
    ("pan left", "pan right"), ("tilt up", "zoom in"), ("zoom out", "roll clockwise"), ("pan right", "tilt down"),
)  # fmt: skip
_SPEEDS = ("slow {}", "{}", "fast {}")


@dataclass(frozen=True, kw_only=True, slots=True)
class WordTrial:
    """One clip of one second."""

    photo: str
    words: str
    seed: int
    wanted: CameraMove
    motion: CameraMotion

    @property
    def is_obeyed(self) -> bool:
        """Whether the strongest move is the one that was asked for."""
        return self.motion.move is self.wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeedTrial:
    """The same move, slow, unsaid and fast."""

    photo: str
    words: str
    seed: int
    # In units of a slow move, in this order.
    strengths: tuple[float, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether slow is slower and fast is faster."""
        return in_order(self.strengths)


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnTrial:
    """One clip of two seconds with words of their own."""

    photo: str
    words: tuple[str, str]
    wanted: tuple[CameraMove, CameraMove]
    got: tuple[CameraMove, CameraMove]
    # Whether the first second is the same, byte for byte, as with its words for the whole clip.
    is_beginning_kept: bool

    @property
    def is_obeyed(self) -> bool:
        """Whether the second second does what its own words say."""
        return self.got[1] is self.wanted[1]


def try_words(
    pipeline: VideoPipeline,
    photos: Sequence[Photo],
    seeds: Sequence[int],
    *,
    words_of: Mapping[str, CameraMove] = WORDS,
    on_trial: Callable[[WordTrial], None],
) -> tuple[WordTrial, ...]:
    """Ask for every camera move on every photo with every seed; a second each.

    Args:
        pipeline: To judge.
        photos: Never trained on.
        seeds: Of the noise.
        words_of: What is asked for, and the move that it means.
        on_trial: Told of each as it is there.
    """
    trials = []
    for photo in photos:
        for seed in seeds:
            for words, wanted in words_of.items():
                frames = make_clip(pipeline, request_for(photo, (words,), seconds=1, seed=seed))
                trial = WordTrial(
                    photo=photo.path.name, words=words, seed=seed, wanted=wanted, motion=measure_motion(frames)
                )
                on_trial(trial)
                trials.append(trial)
    return tuple(trials)


def try_speeds(
    pipeline: VideoPipeline, photos: Sequence[Photo], words: Sequence[str], *, seed: int
) -> tuple[SpeedTrial, ...]:
    """Ask for moves slowly, without a word on speed, and fast.

    Args:
        pipeline: To judge.
        photos: Never trained on.
        words: Some of :data:`WORDS`.
        seed: Of the noise.
    """
    trials = []
    for photo in photos:
        for word in words:
            clips = [
                make_clip(pipeline, request_for(photo, (speed.format(word),), seconds=1, seed=seed))
                for speed in _SPEEDS
            ]
            strengths = tuple(measure_motion(clip).strengths[WORDS[word]] for clip in clips)
            trials.append(SpeedTrial(photo=photo.path.name, words=word, seed=seed, strengths=strengths))
    return tuple(trials)


def try_turns(pipeline: VideoPipeline, photos: Sequence[Photo], *, seed: int) -> tuple[TurnTrial, ...]:
    """Give the two seconds of a clip words of their own.

    Args:
        pipeline: To judge.
        photos: Never trained on.
        seed: Of the noise.
    """
    trials = []
    for photo in photos:
        for first, then in _TURNS:
            frames = make_clip(pipeline, request_for(photo, (first, then), seconds=2, seed=seed))
            steady = make_clip(pipeline, request_for(photo, (first,), seconds=2, seed=seed))
            seconds = frames.reshape(2, -1, *frames.shape[1:])
            trials.append(
                TurnTrial(
                    photo=photo.path.name,
                    words=(first, then),
                    wanted=(WORDS[first], WORDS[then]),
                    got=(measure_motion(seconds[0]).move, measure_motion(seconds[1]).move),
                    is_beginning_kept=bool((seconds[0] == steady[: len(seconds[0])]).all()),
                )
            )
    return tuple(trials)


def zoom_share(pipeline: VideoPipeline, photo: Photo, *, seconds: int, seed: int) -> float:
    """Share of frame pairs of a slow zoom in whose content moves outward."""
    return outward_share(make_clip(pipeline, request_for(photo, ("slow zoom in",), seconds=seconds, seed=seed)))


def share_obeyed(trials: Sequence[WordTrial], words: str | None = None) -> float:
    """Share of the trials that did as told; of one prompt's, or of all."""
    chosen = [trial for trial in trials if words is None or trial.words == words]
    return sum(trial.is_obeyed for trial in chosen) / max(1, len(chosen))
