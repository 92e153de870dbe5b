"""Prompts as the model was trained to read them: lower-cased, without links, codes, markup or Chinese characters.

The rules are the reference's, oddities included (spec vae §5.3), because the embeddings of a prompt depend on every
character. What they took out is handed back beside the text, so that nobody wonders why half a prompt was ignored.
No torch here: the web process cleans too, to warn while a prompt is being typed.
"""

import html
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_plus

import ftfy
from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from generation.text.cleaning_rules import (
    ADDRESS_RULES,
    CODE_RULES,
    EDGE_RULES,
    KEPT,
    MAX_WORD_JOINERS,
    OVERLONG_REFERENCE,
    SYMBOL_RULES,
    TAG,
    WORD_JOINER,
    LostKind,
    Rule,
)

# HTML parsing takes time by tags x characters; every prompt of up to 4000 characters is within this, whatever it says.
_MAX_HTML_WORK = 20_000_000

# What each kind of loss has taken out so far.
_Lost: TypeAlias = dict[LostKind, list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LostText:
    """Words of one kind that cleaning took out, lower-cased, in the order they stood."""

    kind: LostKind
    fragments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanedPrompt:
    """What the text encoder reads, and what it does not."""

    text: str
    # At most one entry per kind, in the order of :class:`LostKind`.
    lost: tuple[LostText, ...]
    # The prompt said something, and nothing of it is left: the clip would be made without any text.
    emptied: bool


def clean_prompt(prompt: str) -> CleanedPrompt:
    """Clean a prompt twice, as the reference does before its text encoder.

    Never raises, whatever characters the prompt holds, lone surrogates included. Cleaning a third time may change
    the text again.

    Args:
        prompt: What the person wrote, any length.

    Source:
        Spec vae §5.3; the rules came with DeepFloyd's T5 wrapper.
    """
    lost: _Lost = {kind: [] for kind in LostKind}
    text = _clean_once(_clean_once(prompt, lost), lost)
    return CleanedPrompt(
        text=text,
        lost=tuple(LostText(kind=kind, fragments=tuple(words)) for kind, words in lost.items() if words),
        emptied=not text and bool(prompt.strip()),
    )


def clean_once(prompt: str) -> str:
    """Clean a prompt a single time: half of what the encoder reads, for comparing with the reference."""
    return _clean_once(prompt, {kind: [] for kind in LostKind})


def _clean_once(text: str, lost: _Lost) -> str:
    text = unquote_plus(text).strip().lower()
    text = text.replace("<person>", "person")
    text = _apply(ADDRESS_RULES, text, lost)
    text = _text_of_html(text, lost)
    text = _apply(SYMBOL_RULES, text, lost)
    text = _separate_joined_words(text)
    text = _unescape(_unescape(ftfy.fix_text(text))).strip()
    text = _apply(CODE_RULES, text, lost)
    return _apply(EDGE_RULES, text, lost).strip()


def _apply(rules: tuple[Rule, ...], text: str, lost: _Lost) -> str:
    for rule in rules:
        cleaned = rule.pattern.sub(rule.replacement, text)
        if rule.lost is not None and cleaned != text:
            matches = rule.pattern.finditer(text)
            lost[rule.lost].extend(match[0].strip() for match in matches if match.lastgroup != KEPT)
        text = cleaned
    return text


def _text_of_html(text: str, lost: _Lost) -> str:
    """The text between tags, entities decoded; scripts and styles are dropped."""
    if "<" not in text and "&" not in text:
        return text
    text = OVERLONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text)
    tags = TAG.findall(text)
    if text.count("<") * len(text) > _MAX_HTML_WORK:
        lost[LostKind.MARKUP].extend(tags)
        return TAG.sub("", text)
    parsed = _parse_html(text)
    lost[LostKind.MARKUP].extend(tag for tag in tags if tag not in parsed)
    return parsed


def _parse_html(text: str) -> str:
    try:
        # The leading tag adds no text; with it the parser does not take a lone word for a file name and warn.
        return BeautifulSoup("<html>" + text, "html.parser").text
    except ParserRejectedMarkup:
        return TAG.sub("", text)


def _separate_joined_words(text: str) -> str:
    if len(WORD_JOINER.findall(text)) > MAX_WORD_JOINERS:
        return WORD_JOINER.sub(" ", text)
    return text


def _unescape(text: str) -> str:
    return html.unescape(OVERLONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))
