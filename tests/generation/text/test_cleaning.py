import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.text.cleaning import CleanedPrompt, LostText, clean_prompt
from generation.text.cleaning_rules import LostKind

# What reaches the odd corners of the rules and of HTML: pieces that are glued at random.
PIECES = st.sampled_from(
    [*"<>&;#@/.,:-_'\"!?%+\\ \n\u00a0", "<b", "</", "<!--", "<![", "<!doctype ", "<?xml ", "<script>", "&#x", "&#",
     "&amp;", "＆lt;", "http://", "www:", ".com", ".png", "a1b2", "12:30 ", "中文", "猫", "ｆｕｌｌ", "\ud800",
     "\udc00", "\x00", "\u0301", "1e99", "9" * 12, "shipping", "page 3", "cat", "É"]
)  # fmt: skip


def lost_fragments(prompt: str) -> dict[LostKind, tuple[str, ...]]:
    return {lost.kind: lost.fragments for lost in clean_prompt(prompt).lost}


def test_every_golden_prompt_is_cleaned_as_the_reference_does(reference_root: Path):
    cases = json.loads((reference_root / "vae/t5_clean.json").read_text("utf-8"))["cases"]

    cleaned = {case["input"]: clean_prompt(case["input"]).text for case in cases}

    assert len(cases) == 78
    assert cleaned == {case["input"]: case["text_preprocessing"] for case in cases}


def test_a_plain_prompt_loses_nothing():
    assert clean_prompt("A Cat walks in the RAIN.") == CleanedPrompt(
        text="a cat walks in the rain.", lost=(), emptied=False
    )


def test_a_chinese_prompt_is_emptied_and_says_which_characters_were_lost():
    cleaned = clean_prompt("一只猫在雨中行走")

    assert cleaned.text == ""
    assert cleaned.emptied
    assert cleaned.lost == (LostText(kind=LostKind.IDEOGRAPHS, fragments=("一只猫在雨中行走",)),)


def test_a_mixed_prompt_keeps_its_english_words():
    cleaned = clean_prompt("中文提示词 a panda 熊猫")

    assert cleaned.text == "a panda"
    assert not cleaned.emptied
    assert cleaned.lost == (LostText(kind=LostKind.IDEOGRAPHS, fragments=("中文提示词", "熊猫")),)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_an_empty_prompt_is_not_called_emptied(prompt):
    assert clean_prompt(prompt) == CleanedPrompt(text="", lost=(), emptied=False)


@pytest.mark.parametrize("prompt", ["--", "#", "...", "free shipping"])
def test_a_prompt_of_which_nothing_is_left_is_emptied(prompt):
    assert clean_prompt(prompt).emptied


@pytest.mark.parametrize(
    ("prompt", "kind", "fragments"),
    [
        ("see www.Foo.com/bar and foo.org!", LostKind.LINKS, ("www.foo.com/bar", "foo.org")),
        ("@Nick says hi", LostKind.NAMES, ("@nick",)),
        ("a <cat> walks", LostKind.MARKUP, ("<cat>",)),
        ("open cat_photo.jpg now", LostKind.FILE_NAMES, ("cat_photo.jpg",)),
        ("a 1920x1080 poster of jc6640", LostKind.NUMBERS, ("jc6640", "1920x1080")),
        ("page 12 of the book", LostKind.PHRASES, ("page 12",)),
    ],
)
def test_lost_words_are_told_by_kind(prompt, kind, fragments):
    assert lost_fragments(prompt) == {kind: fragments}


def test_ideographs_written_as_entities_are_lost_too():
    assert lost_fragments("a &#29483; sits") == {LostKind.IDEOGRAPHS: ("猫",)}


def test_comparison_signs_are_not_taken_for_markup():
    assert clean_prompt("5 < 6 and 7 > 3") == CleanedPrompt(text="5 < 6 and 7 > 3", lost=(), emptied=False)


def test_kinds_come_in_the_order_of_their_enum():
    kinds = [lost.kind for lost in clean_prompt("page 3 @nick 中 foo.com a.png").lost]

    assert kinds == [
        LostKind.IDEOGRAPHS, LostKind.LINKS, LostKind.NAMES, LostKind.FILE_NAMES, LostKind.PHRASES,
    ]  # fmt: skip


@given(st.text(st.characters()))
def test_any_unicode_is_cleaned_without_raising_into_text_that_can_be_encoded(prompt):
    cleaned = clean_prompt(prompt)

    assert cleaned.text == cleaned.text.strip()
    cleaned.text.encode()


@given(st.lists(PIECES, max_size=40).map("".join))
def test_scraps_of_markup_and_surrogates_are_cleaned_without_raising(prompt):
    clean_prompt(prompt).text.encode()


@pytest.mark.parametrize("reference", ["&#" + "1" * 5000 + "x", "&amp;#" + "1" * 5000, "＆#" + "9" * 5000])
def test_a_character_reference_with_thousands_of_digits_does_not_raise(reference):
    clean_prompt(reference)


def test_markup_that_the_parser_rejects_loses_its_tags_only():
    assert clean_prompt("a cat <![x[ sits <b>here</b>").text == "a cat <! x sits here"


def test_deeply_nested_markup_is_read():
    assert clean_prompt("<i>" * 1000 + "deep").text == "deep"


def test_a_prompt_with_more_markup_than_can_be_parsed_loses_its_tags_only():
    prompt = "<b>word</b> " * 10_000

    cleaned = clean_prompt(prompt)

    assert cleaned.text == " ".join(["word"] * 10_000)
    assert len(cleaned.lost[0].fragments) == 20_000


@pytest.mark.parametrize(
    "piece",
    ["a cat walks. ", "a.", "a-b", ".co", "a.com_", "a.co@", "http:", "www.", " ", "\n", " . ", "1", "1.", "a1", "1a1",
     "<", "<a ", '<a b="', "<!--", "</", "<![", "&", "&#1", "@a", "#1", "-_", "中", "\ud800", "free ", "1:11 ",
     "\u0301"],
)  # fmt: skip
def test_time_grows_no_faster_than_a_hostile_prompt(piece):
    prompt = "x" + piece * (60_000 // len(piece)) + "é@"

    started = time.process_time()
    clean_prompt(prompt)

    # Quadratic patterns take minutes here; linear ones well under a second, on a busy machine a few.
    assert time.process_time() - started < 15


def test_a_megabyte_of_prose_is_cleaned_in_seconds():
    prompt = "A cat walks along the beach at sunset; the camera follows, slowly. " * 15_000

    started = time.process_time()
    cleaned = clean_prompt(prompt)

    # Linear work takes seconds; work that grows with the square would take hours.
    assert time.process_time() - started < 60
    assert cleaned.text.startswith("a cat walks along")


def test_cleaning_imports_without_torch_or_transformers():
    code = (
        "import sys; sys.modules.update(torch=None, transformers=None); "
        "from generation.text.cleaning import clean_prompt; print(clean_prompt('A Cat').text)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "a cat\n"
