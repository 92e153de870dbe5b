"""An enhancer behind an OpenAI-compatible address: two short questions of words and a picture, joined (spec vae §7)."""

import base64
import logging
from dataclasses import dataclass
from difflib import SequenceMatcher

import httpx

from projects.enhancing.result import Enhanced, Span

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 8.0
_MOST_CHARACTERS = 1500
# What endpoints answer whose model takes words only.
_REFUSED = (400, 404, 413, 415, 422)
_STILL = (
    "You describe the first frame of a film shot. In at most 60 English words, name the subjects and surroundings as "
    "concretely as the wish allows, or as they are seen where a picture of that frame comes along: what there is, the "
    "light, the framing. No motion, no feelings, no figures of speech, no opening phrase."
)
_MOTION = (
    "You describe what happens in a film shot of a few seconds. In at most 80 English words, say how the subjects move "
    "and change, cover everything that the wish asks for, and add plausible detail only where it is thin. Nothing new "
    "enters unless asked. End with what the camera does: as the wish says, else that it stays still on the subject."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Where to ask."""

    url: str
    key: str
    model: str


class EnhancerDown(Exception):  # noqa: N818 - an outcome
    """The endpoint did not answer in time, or not with words."""


def enhance_remotely(
    text: str, endpoint: Endpoint, *, picture: bytes | None = None, client: httpx.Client | None = None
) -> Enhanced:
    """Ask a language model for a better prompt.

    Args:
        text: The person's words, in any language.
        endpoint: Whom to ask.
        picture: What the shot begins with, in WebP, for models that see; it goes to them.
        client: For tests; otherwise one is made.

    Raises:
        EnhancerDown: If it takes longer than 8 s, refuses, or answers with something else.
    """
    own = client or httpx.Client(timeout=_TIMEOUT_SECONDS)
    try:
        still, motion = _answers(own, endpoint, text, picture)
    except (httpx.HTTPError, KeyError, IndexError, TypeError, ValueError) as error:
        logger.warning("the enhancer did not help: %s", error)
        raise EnhancerDown(str(error)) from error
    finally:
        if client is None:
            own.close()
    better = f"{still} {motion}".strip()[:_MOST_CHARACTERS]
    return Enhanced(text=better, additions=added_spans(text, better), model=endpoint.model)


def added_spans(before: str, after: str) -> tuple[Span, ...]:
    """Which characters of a text are not of the one before it, whole words at a time."""
    old, new = before.split(), after.split(" ")
    kept: set[int] = set()
    matcher = SequenceMatcher(
        None, [word.casefold() for word in old], [word.casefold() for word in new], autojunk=False
    )
    for block in matcher.get_matching_blocks():
        kept.update(range(block.b, block.b + block.size))
    spans: list[Span] = []
    at = 0
    for number, word in enumerate(new):
        if number not in kept and word:
            if spans and spans[-1].stop >= at - 1:
                spans[-1] = Span(start=spans[-1].start, stop=at + len(word))
            else:
                spans.append(Span(start=at, stop=at + len(word)))
        at += len(word) + 1
    return tuple(spans)


def _answers(client: httpx.Client, endpoint: Endpoint, text: str, picture: bytes | None) -> tuple[str, str]:
    try:
        still = _ask(client, endpoint, _STILL, _wish(text, picture))
    except httpx.HTTPStatusError as error:
        if picture is None or error.response.status_code not in _REFUSED:
            raise
        # It does not see; words are something, too.
        picture = None
        still = _ask(client, endpoint, _STILL, text)
    return still, _ask(client, endpoint, _MOTION, _wish(text, picture))


def _wish(text: str, picture: bytes | None) -> str | list[dict[str, object]]:
    """Words alone as they are: not every endpoint knows of parts."""
    if picture is None:
        return text
    address = f"data:image/webp;base64,{base64.b64encode(picture).decode()}"
    return [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": address}}]


def _ask(client: httpx.Client, endpoint: Endpoint, question: str, wish: str | list[dict[str, object]]) -> str:
    answer = client.post(
        f"{endpoint.url.rstrip('/')}/chat/completions",
        headers={"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {},
        json={
            "model": endpoint.model,
            "temperature": 0.7,
            "messages": [{"role": "system", "content": question}, {"role": "user", "content": wish}],
        },
    )
    answer.raise_for_status()
    words = str(answer.json()["choices"][0]["message"]["content"]).strip()
    if not words:
        raise ValueError("an empty answer")
    return " ".join(words.split())
