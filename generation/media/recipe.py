"""What a movie says about how it was made: a recipe that can be read back and run again, and labels beside it."""

import json
from dataclasses import dataclass

from generation.contract.requests import GenerationRequest
from generation.errors import MediaError, RequestError
from generation.media.containers import open_clip
from generation.media.limits import ClipLimits
from generation.media.sources import MediaSource

# The key that players and file managers show.
RECIPE_TAG = "comment"

_FIELDS = ("preset", "weights_hash", "software")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """All that is needed to make a clip again: the same recipe on the same software gives the same clip."""

    request: GenerationRequest
    preset: str
    weights_hash: str
    # Name and version.
    software: str

    def to_json(self) -> str:
        """The recipe as one line of JSON."""
        data = {name: getattr(self, name) for name in _FIELDS}
        return json.dumps(data | {"request": json.loads(self.request.to_json())}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read back what :meth:`to_json` wrote.

        Raises:
            MediaError: If the text is not such a recipe.
        """
        try:
            data = json.loads(text)
            request = GenerationRequest.from_json(json.dumps(data["request"]))
            values = {name: data[name] for name in _FIELDS}
        except (ValueError, TypeError, KeyError, RecursionError, RequestError) as error:
            raise MediaError(f"not a recipe: {error}") from error
        if not all(isinstance(value, str) for value in values.values()):
            raise MediaError(f"a recipe must name its {', '.join(_FIELDS)} as text")
        return cls(
            request=request,
            preset=values["preset"],
            weights_hash=values["weights_hash"],
            software=values["software"],
        )

    @property
    def tags(self) -> dict[str, str]:
        """The recipe as a movie's tags; labels may be added to them."""
        return {RECIPE_TAG: self.to_json()}


def read_tags(source: MediaSource, *, limits: ClipLimits = ClipLimits()) -> dict[str, str]:  # noqa: B008 - frozen
    """All text that a clip carries about itself, whoever made it.

    Raises:
        MediaError: If it is no readable clip.
    """
    with open_clip(source, limits) as clip:
        return dict(clip.container.metadata)


def read_recipe(source: MediaSource, *, limits: ClipLimits = ClipLimits()) -> Recipe:  # noqa: B008 - frozen
    """The recipe that a movie carries.

    Raises:
        MediaError: If it is no readable clip or carries none.
    """
    tags = read_tags(source, limits=limits)
    if RECIPE_TAG not in tags:
        raise MediaError("the clip carries no recipe; it was made or stripped elsewhere")
    return Recipe.from_json(tags[RECIPE_TAG])
