"""Does the camera do what the words say: prompts on photos, judged by feature tracks."""

from collections.abc import Callable, Sequence
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


def try_words(
    pipeline: VideoPipeline, photos: Sequence[Photo], seeds: Sequence[int], *, on_trial: Callable[[WordTrial], None]
) -> tuple[WordTrial, ...]:
    """Ask for every camera move on every photo with every seed; a second each.

    Args:
        pipeline: To judge.
        photos: Never trained on.
        seeds: Of the noise.
        on_trial: Told of each as it is there.
    """
    trials = []
    for photo in photos:
        for seed in seeds:
            for words, wanted in WORDS.items():
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


def zoom_share(pipeline: VideoPipeline, photo: Photo, *, seconds: int, seed: int) -> float:
    """Share of frame pairs of a slow zoom in whose content moves outward."""
    return outward_share(make_clip(pipeline, request_for(photo, ("slow zoom in",), seconds=seconds, seed=seed)))


def share_obeyed(trials: Sequence[WordTrial], words: str | None = None) -> float:
    """Share of the trials that did as told; of one prompt's, or of all."""
    chosen = [trial for trial in trials if words is None or trial.words == words]
    return sum(trial.is_obeyed for trial in chosen) / max(1, len(chosen))
