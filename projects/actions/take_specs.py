"""What exactly a worker is to make: written down once, when what the take starts from is there."""

from dataclasses import asdict
from typing import Any

from django.conf import settings

from generation.contract.messages import CutVideo, TakeSpec
from generation.contract.requests import FRAMES_PER_SECOND
from generation.presets import Preset, Quality, find_preset, offers_of
from projects.enhancing.captions import in_captions
from projects.models import Asset, Chunk, Take
from projects.models.asset import AssetKind
from projects.models.take import TakeStatus
from projects.rules.cuts import MOST_CHUNKS, Second, origin_at, origin_of_redo, seconds_needed

# A line of continuations is followed back no further than models can look.
_MOST_ANCESTORS = MOST_CHUNKS


class OriginGone(Exception):  # noqa: N818 - an outcome
    """What the take starts from will never be there."""


def spec_of(take: Take) -> TakeSpec | None:
    """The take's specification; None while what it starts from is still being made.

    Raises:
        OriginGone: If it never will be.
    """
    remaining = take.duration_s - take.shared_seconds
    plain: dict[str, Any] = {
        "preset": str(take.settings.get("preset") or settings.PRESET),
        "prompts": tuple(_prompt(take, second) for second in range(take.shared_seconds + 1, take.duration_s + 1)),
        "seconds": remaining,
        "width": take.width,
        "height": take.height,
        "seed": take.seed,
        "num_steps": steps_of(take, find_preset(str(take.settings.get("preset") or settings.PRESET))),
    }
    if take.shared_seconds:
        seconds = seconds_of(take)
        latents = origin_of_redo(seconds, take.shared_seconds, before=_before(take))
        return TakeSpec(**plain, latents=latents)
    if take.parent_take_id:
        return _continuation(take, plain)
    if take.source_asset is not None:
        return _from_asset(take, take.source_asset, plain)
    return TakeSpec(**plain)


def _from_asset(take: Take, asset: Asset, plain: dict[str, Any]) -> TakeSpec:
    """From a picture; or on from the end of a clip, by its stored latents where there are any of this size."""
    if asset.kind != AssetKind.CLIP:
        return TakeSpec(**plain, image_key=asset.blob.key)
    made_by = Take.objects.filter(asset=asset, width=take.width, height=take.height).first()
    seconds = seconds_of(made_by) if made_by else []
    if made_by is not None and seconds:
        latents, _ = origin_at(seconds, len(seconds) * FRAMES_PER_SECOND, before=_before(made_by))
        return TakeSpec(**plain, latents=latents)
    return TakeSpec(**plain, video=CutVideo(init_key=asset.blob.key, fragment_keys=(), frames=asset.frames))


def steps_of(take: Take, preset: Preset) -> int:
    """The denoising steps that a take was asked with, so that trying it again makes the same.

    Takes of older studios, and of files from elsewhere, may name a quality that the preset does not offer: theirs is
    its own.
    """
    offers = offers_of(preset)
    steps = take.settings.get("num_steps")
    if steps in [offer.num_steps for offer in offers]:
        return int(steps)
    by_word = {offer.quality.value: offer.num_steps for offer in offers}
    return by_word.get(str(take.settings.get("quality")), by_word[Quality.STANDARD])


def spec_to_json(spec: TakeSpec) -> dict[str, Any]:
    """The specification as it is kept in the row."""
    return asdict(spec)


def seconds_of(take: Take) -> list[Second]:
    """The finished seconds of a take, from its first without a gap."""
    rows = Chunk.objects.filter(take=take).order_by("index")
    return [
        Second(latents_key=row.latents_key, init_key=row.init_key, fragment_key=row.fragment_key)
        for number, row in enumerate(rows)
        if row.index == number
    ]


def _continuation(take: Take, plain: dict[str, Any]) -> TakeSpec | None:
    parent = take.parent_take
    if parent is None:
        raise OriginGone
    is_over = parent.status not in (TakeStatus.QUEUED, TakeStatus.RUNNING)
    seconds = seconds_of(parent)
    if take.parent_frames is None and not is_over:
        return None
    frames = take.parent_frames or len(seconds) * FRAMES_PER_SECOND
    needed = seconds_needed(frames)
    if len(seconds) < needed or not needed:
        if is_over:
            raise OriginGone
        return None
    latents, video = origin_at(seconds, frames, before=_before(parent))
    if video is not None and not all(second.fragment_key for second in seconds[:needed]):
        return None
    return TakeSpec(**plain, latents=latents, video=video)


def _before(take: Take) -> list[Second]:
    """Whole seconds right before a take's first, along the line it continues; none where a cut splits a second."""
    found: list[Second] = []
    current = take
    for _ in range(_MOST_ANCESTORS):
        parent = current.parent_take
        if parent is None:
            break
        seconds = seconds_of(parent)
        frames = current.parent_frames or len(seconds) * FRAMES_PER_SECOND
        whole, rest = divmod(frames, FRAMES_PER_SECOND)
        if rest or whole > len(seconds):
            break
        found = [*seconds[:whole], *found]
        current = parent
    return found[-MOST_CHUNKS:]


def _prompt(take: Take, second: int) -> str:
    """The words of one second: its own, else the enhanced ones, else the person's."""
    own = str(take.settings.get("second_prompts", {}).get(str(second), "")).strip()
    if own:
        return _heard(take, own)
    whole = take.enhanced_prompt.strip() or take.prompt.strip()
    # A shot may speak in some seconds only; the others keep what was said last.
    return whole or _heard(take, next(text for text in reversed(_said(take)) if text))


def _heard(take: Take, words: str) -> str:
    """A second's own words, as a model that knows a few captions hears them where its person wants help."""
    preset = find_preset(str(take.settings.get("preset") or settings.PRESET))
    if not preset.captions or not take.settings.get("enhance"):
        return words
    return in_captions(words, preset.captions, moves_things=preset.moves_things).text


def _said(take: Take) -> list[str]:
    """All words of single seconds, in order."""
    second_prompts = take.settings.get("second_prompts", {})
    return [str(second_prompts[key]).strip() for key in sorted(second_prompts, key=int)]
