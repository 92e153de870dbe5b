"""Patterns written for speed against the obvious ones they stand for."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generation.text.cleaning_rules import ADDRESS_RULES, CODE_RULES, EDGE_RULES, SYMBOL_RULES, Rule

HOST_AND_PATH = r"[a-zA-Z0-9.\-]+\.(?:com|co|ru|net|org|edu|gov|it)[\w/-]*\b/?(?!@)"
EXTENSION = r"(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)"


def rule_with(rules: tuple[Rule, ...], part: str) -> Rule:
    (rule,) = [rule for rule in rules if part in rule.pattern.pattern]
    return rule


TWINS = [
    (ADDRESS_RULES[0], rf"\b(?:https?:(?:/{{1,3}}|[a-zA-Z0-9%])|{HOST_AND_PATH})"),
    (ADDRESS_RULES[1], rf"\b(?:www:(?:/{{1,3}}|[a-zA-Z0-9%])|{HOST_AND_PATH})"),
    (rule_with(SYMBOL_RULES, "@\\w"), r"@[\w\d]+\b"),
    (rule_with(SYMBOL_RULES, "\\S+\\."), rf"\S+\.{EXTENSION}"),
    (rule_with(SYMBOL_RULES, "\\s+\\."), r"\s+\.\s+"),
    (rule_with(CODE_RULES, "\\d[a-zA-Z\\d]*"), r"\b\d*[a-zA-Z]+\d+[a-zA-Z]+\d+[a-zA-Z\d]*\b"),
    (rule_with(CODE_RULES, "×"), r"\b\d+\.?\d*[xх×]\d+\.?\d*\b"),
]
PIECES = st.sampled_from(
    ["a", "é", ".", "-", "com", ".com", ".co", "http:", "https:/", "http", "www:", "@", "/", " ", "_", "1", "x", ".png",
     "%", ":", "×", "c", "5", "\n"]
)  # fmt: skip


@pytest.mark.parametrize(("rule", "obvious"), TWINS, ids=[twin[1][:24] for twin in TWINS])
@given(text=st.lists(PIECES, max_size=14).map("".join))
@example(text="a.com_b.c.org")
@example(text="é-foo.com")
@example(text="http:a.b.com")
@example(text="a.b-http:x.ru")
@example(text="a.b.c-d https://x.y.gov/z@")
def test_a_fast_pattern_deletes_what_the_obvious_one_does(rule, obvious, text):
    replacement = "" if rule in ADDRESS_RULES else rule.replacement

    assert rule.pattern.sub(rule.replacement, text) == re.sub(obvious, replacement, text)


def test_every_rule_compiles_once_and_without_capturing_more_than_it_puts_back():
    for rule in (*ADDRESS_RULES, *SYMBOL_RULES, *CODE_RULES, *EDGE_RULES):
        assert rule.pattern.groups == rule.replacement.count("\\")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epson", "on"),
        ("mp4 images", ""),
        ("worldwide  free shipping", ""),
        ("a key : value", "a key: value"),
        ("1,000 and a,b", "1,000 and a, b"),
    ],
)
def test_codes_and_phrases_go_as_in_the_reference(text, expected):
    for rule in CODE_RULES:
        text = rule.pattern.sub(rule.replacement, text)

    assert text == expected
