"""What others ask of generation and what they get back, in plain values (standard library only).

Both the command line and the product build a :class:`GenerationRequest`; it is checked when made, so nothing heavy is
loaded for a request that cannot be served. Everything here survives a round trip through JSON.
"""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from generation.errors import RequestError

MAX_SECONDS = 10
MAX_PROMPT_CHARACTERS = 4000
MAX_SIDE_PIXELS = 4096
MAX_SEED = 2**63 - 1
FRAMES_PER_SECOND = 24


class Fit(StrEnum):
    """How a picture of another shape is brought to the clip's size."""

    STRETCH = "stretch"  # as released
    CROP = "crop"  # cover, then cut the middle
    PAD = "pad"  # contain, then centre on black


class ClipEnd(StrEnum):
    """Which part of a given clip is continued."""

    FIRST = "first"  # as released
    LAST = "last"


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlTokens:
    """Learned tokens put before the text of every chunk (spec dit §4)."""

    high_quality: bool = True
    # Tells a chunk how many chunks remain, itself included, up to 8.
    duration: bool = True
    static_first_frames: bool = False
    dynamic_first_frames: bool = False
    borderness: bool = False
    three_d_model: bool = False
    two_d_anime: bool = False
    # Puts caption, logo, transition and border tokens into the null text, to steer away from them.
    negative: bool = False


def _check_prompt(index: int, prompt: object) -> None:
    if not isinstance(prompt, str) or not prompt.strip():
        raise RequestError(f"prompt {index + 1} must say what happens, got nothing; write a few words")
    if len(prompt) > MAX_PROMPT_CHARACTERS:
        raise RequestError(
            f"prompt {index + 1} must have at most {MAX_PROMPT_CHARACTERS} characters, got {len(prompt)}; shorten it"
        )
    try:
        prompt.encode()
    except UnicodeEncodeError:
        raise RequestError(f"prompt {index + 1} must be valid Unicode, got a lone surrogate; retype it") from None


def _check_integer(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RequestError(f"{name} must be a whole number in {low}..{high}, got {value!r}")


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRequest:
    """One clip to make: from text, from an image, or continuing a video."""

    # One prompt for the whole clip, or one per second.
    prompts: tuple[str, ...]
    seconds: int
    width: int
    height: int
    seed: int = 1234
    # At most one of the two.
    image_path: str | None = None
    video_path: str | None = None
    fit: Fit = Fit.STRETCH
    clip_end: ClipEnd = ClipEnd.LAST
    # How much of a given clip is read, in whole seconds.
    prefix_seconds: int = 2
    controls: ControlTokens = ControlTokens()

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            RequestError: Naming the first field that is wrong.
        """
        _check_integer("seconds", self.seconds, 1, MAX_SECONDS)
        _check_integer("width", self.width, 16, MAX_SIDE_PIXELS)
        _check_integer("height", self.height, 16, MAX_SIDE_PIXELS)
        _check_integer("seed", self.seed, 0, MAX_SEED)
        _check_integer("prefix_seconds", self.prefix_seconds, 1, MAX_SECONDS)
        if len(self.prompts) not in (1, self.seconds):
            raise RequestError(
                f"prompts must be one for the clip or one per second ({self.seconds}), got {len(self.prompts)}"
            )
        for index, prompt in enumerate(self.prompts):
            _check_prompt(index, prompt)
        if self.image_path and self.video_path:
            raise RequestError("a clip starts from an image or continues a video, got both; leave one out")

    @property
    def num_frames(self) -> int:
        """Frames of the finished clip: 24 for every second, whatever it starts from."""
        return self.seconds * FRAMES_PER_SECOND

    def prompt_of_second(self, second: int) -> str:
        """The prompt that holds in a second, counted from 0."""
        return self.prompts[second if len(self.prompts) > 1 else 0]

    def to_json(self) -> str:
        """The request as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "GenerationRequest":
        """Read back what :meth:`to_json` wrote.

        Raises:
            RequestError: If the text is not such a request.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            unknown = sorted(set(data) - {field.name for field in fields(cls)})
            if unknown:
                raise RequestError(f"a request has no field {', '.join(unknown)}")
            return cls(
                **{
                    **data,
                    "prompts": tuple(data["prompts"]),
                    "fit": Fit(data.get("fit", Fit.STRETCH)),
                    "clip_end": ClipEnd(data.get("clip_end", ClipEnd.LAST)),
                    "controls": ControlTokens(**data.get("controls", {})),
                }
            )
        except (ValueError, TypeError, KeyError) as error:
            raise RequestError(f"not a generation request: {error}") from error
