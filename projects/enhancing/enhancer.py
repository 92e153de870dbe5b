"""The studio's enhancer: the endpoint that the settings name, else rules; a person's words are never lost to it.

A model that was taught a few captions only hears one of them, whoever enhances.
"""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from generation.presets import find_preset
from projects.enhancing.captions import in_captions
from projects.enhancing.remote import Endpoint, EnhancerDown, enhance_remotely
from projects.enhancing.result import Enhanced
from projects.enhancing.rules import enhance_by_rules

DOWN = "enhancer_down"


def enhance(text: str, picture: Callable[[], bytes | None] = lambda: None) -> Enhanced:
    """A better prompt for the studio's model; by rules, with a warning, where the endpoint is down.

    Args:
        text: The person's words.
        picture: What the shot begins with, in WebP; made only if somebody looks at it.
    """
    preset = find_preset(settings.PRESET)
    if preset.captions:
        return in_captions(text, preset.captions, moves_things=preset.moves_things)
    if not settings.ENHANCER_URL:
        return enhance_by_rules(text)
    endpoint = Endpoint(url=settings.ENHANCER_URL, key=settings.ENHANCER_KEY, model=settings.ENHANCER_MODEL)
    try:
        return enhance_remotely(text, endpoint, picture=picture() if settings.ENHANCER_SEES else None)
    except EnhancerDown:
        return replace(enhance_by_rules(text), warning=DOWN)
