r"""The substitutions of prompt cleaning as tables, numbered as the steps of spec vae §5.3.

Every pattern runs in time linear in the prompt, also on hostile text. Where the obvious pattern would not, a
lookbehind pins it to the first place in a run where it can match: if it fails there, it fails in the whole run. The
obvious patterns stand in the test, which compares the two.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class LostKind(StrEnum):
    """What sort of words cleaning took out of a prompt; the interface keys its text on it."""

    # Chinese characters and kanji: the model never saw them.
    IDEOGRAPHS = "ideographs"
    # Addresses of web pages.
    LINKS = "links"
    # Words in angle brackets, taken for HTML tags.
    MARKUP = "markup"
    # @names, and what follows the @ of an e-mail address.
    NAMES = "names"
    FILE_NAMES = "file_names"
    # Long numbers, article codes such as jc6640, sizes such as 1920x1080, IP addresses.
    NUMBERS = "numbers"
    # Web shop phrases: "free shipping", "click for details", "jpg image", "page 12".
    PHRASES = "phrases"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One substitution; ``lost`` says what to call the words it takes out, None if it takes none worth telling."""

    pattern: re.Pattern[str]
    replacement: str = ""
    lost: LostKind | None = None


# Name of the group of a pattern that is put back, where a match takes nothing out.
KEPT = "kept"

_EXTENSION = r"(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)"
_HOST = r"[a-zA-Z0-9.\-]"
_DOMAIN_AND_PATH = r"\.(?:com|co|ru|net|org|edu|gov|it)[\w/-]*\b/?(?!@)"
# Most ideographs of the Unicode blocks that cleaning deletes, hiragana, katakana and hangul not among them.
_IDEOGRAPHS = "[\u31c0-\u31ef\u31f0-\u31ff\u3200-\u32ff\u3300-\u33ff\u3400-\u4dbf\u4dc0-\u4dff\u4e00-\u9fff]+"
_DASHES = "[\u002d\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d]+"  # noqa: E501


def _address_rule(scheme: str) -> Rule:
    """Delete ``scheme:`` with its slashes, and hosts with their path.

    The last alternative keeps a run of host characters in which no host can end, up to a scheme at most; without it
    every word of the run would be tried again.
    """
    start = rf"{scheme}:(?:/{{1,3}}|[a-zA-Z0-9%])"
    # Nothing follows the last run, so it need not be possessive; Python 3.11.2 takes possessive groups wrongly.
    hostless = rf"(?P<{KEPT}>[a-zA-Z0-9]*+[.\-](?:(?!\b{scheme}:){_HOST})*)"
    pattern = rf"\b(?:{start}|{_HOST}+{_DOMAIN_AND_PATH}|{hostless})"
    return Rule(pattern=re.compile(pattern), replacement=rf"\g<{KEPT}>", lost=LostKind.LINKS)


# Steps 3 and 4; "www:" with a colon is the reference's own spelling.
ADDRESS_RULES = (_address_rule("https?"), _address_rule("www"))

# Steps 6 to 18, after HTML became text.
SYMBOL_RULES = (
    Rule(pattern=re.compile(r"@\w+"), lost=LostKind.NAMES),
    Rule(pattern=re.compile(_IDEOGRAPHS), lost=LostKind.IDEOGRAPHS),
    Rule(pattern=re.compile(_DASHES), replacement="-"),
    Rule(pattern=re.compile("[`´«»“”¨]"), replacement='"'),
    Rule(pattern=re.compile("[‘’]"), replacement="'"),
    Rule(pattern=re.compile("&quot;?")),
    Rule(pattern=re.compile("&amp")),
    Rule(pattern=re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"), replacement=" ", lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\d:\d\d\s+$"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\\n"), replacement=" "),
    Rule(pattern=re.compile(r"#\d{1,3}\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"#\d{5,}\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\b\d{6,}\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(rf"(?<!\S)\S+\.{_EXTENSION}"), lost=LostKind.FILE_NAMES),
    Rule(pattern=re.compile(r"[\"']{2,}"), replacement='"'),
    Rule(pattern=re.compile(r"\.{2,}"), replacement=" "),
    Rule(pattern=re.compile(r"[#®•©™&@·º½¾¿¡§~)(\]\[}{|\\/*]+"), replacement=" "),
    Rule(pattern=re.compile(r"(?<!\s)\s+\.\s+"), replacement=" "),
)

# Step 19: words joined by more than this many of these become separate words.
WORD_JOINER = re.compile("[-_]")
MAX_WORD_JOINERS = 3

# Steps 21 to 25, after the text was repaired.
CODE_RULES = (
    Rule(pattern=re.compile(r"\b[a-zA-Z]{1,3}\d{3,15}\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\b[a-zA-Z]+\d+[a-zA-Z]+\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\b\d+[a-zA-Z]+\d+\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"(?:worldwide\s+)?(?:free\s+)?shipping"), lost=LostKind.PHRASES),
    Rule(pattern=re.compile(r"(?:free\s)?download(?:\sfree)?"), lost=LostKind.PHRASES),
    Rule(pattern=re.compile(r"\bclick\b\s(?:for|on)\s\w+"), lost=LostKind.PHRASES),
    # No boundary after the extension: "epson" becomes "on", as in the reference.
    Rule(pattern=re.compile(rf"\b{_EXTENSION}(?:\simages?)?"), lost=LostKind.PHRASES),
    Rule(pattern=re.compile(r"\bpage\s+\d+\b"), lost=LostKind.PHRASES),
    Rule(
        pattern=re.compile(r"\b\d*[a-zA-Z]+\d+[a-zA-Z]+\d[a-zA-Z\d]*\b"),
        replacement=" ",
        lost=LostKind.NUMBERS,
    ),
    # The second sign is a Cyrillic letter.
    Rule(pattern=re.compile(r"\b\d+(?:\.\d*)?[xх×]\d+(?:\.\d*)?\b"), lost=LostKind.NUMBERS),
    Rule(pattern=re.compile(r"\b\s+:\s+"), replacement=": "),
    Rule(pattern=re.compile(r"(\D[,./])\b"), replacement=r"\1 "),
    Rule(pattern=re.compile(r"\s+"), replacement=" "),
)

# Step 27.
EDGE_RULES = (
    Rule(pattern=re.compile(r"^[\"'](.+)[\"']$", re.DOTALL), replacement=r"\1"),
    Rule(pattern=re.compile(r"^['_,\-:;]")),
    Rule(pattern=re.compile(r"['_,\-:+]$")),
    Rule(pattern=re.compile(r"^\.\S+$"), lost=LostKind.PHRASES),
)

# A tag as a person would see it; only tells what HTML parsing took out, and stands in where it cannot be parsed.
TAG = re.compile(r"<[^<>]+>")
# More decimal digits than Python turns into a number; no such character exists.
OVERLONG_REFERENCE = re.compile(r"&#[0-9]{1000,}")
