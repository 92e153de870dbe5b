"""Prompts, cleaned."""

from collections.abc import Iterator

from generation.text.cleaning import clean_once, clean_prompt
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare_facts
from generation.verification.record import Record


def check_cleaning(case: GoldenCase) -> Iterator[Comparison]:
    """Clean every prompt of a case once and twice."""
    pairs = case.record.records("cases")
    for name, cleaned in (("clean_once", clean_once), ("text_preprocessing", _clean_twice)):
        wanted = [pair for pair in pairs if name in pair]
        if wanted:
            yield _compare_pairs(
                f"{len(wanted)} pairs {name}", wanted, [cleaned(pair.text("input")) for pair in wanted], name
            )
    if "lower_strip" in case.record:
        plain = case.record.records("lower_strip")
        # The path without cleaning, which the pipeline never takes.
        found = [pair.text("input").lower().strip() for pair in plain]
        yield _compare_pairs(f"{len(plain)} pairs lower_strip", plain, found, "output")


def _clean_twice(prompt: str) -> str:
    return clean_prompt(prompt).text


def _compare_pairs(what: str, pairs: list[Record], found: list[str], name: str) -> Comparison:
    return compare_facts(what, found, [pair.text(name) for pair in pairs])
