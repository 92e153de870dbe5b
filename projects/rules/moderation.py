"""Words that an operator does not allow, as named rules. People are told the rule's name, never the list."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A name that people may read, and what it forbids."""

    name: str
    pattern: re.Pattern[str]


def read_rules(path: str) -> tuple[Rule, ...]:
    """Rules of a file: ``name: regular expression`` per line, ``#`` begins a comment; no path, no rules.

    Raises:
        ValueError: Naming the line that is none.
    """
    if not path:
        return ()
    rules = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        name, colon, pattern = line.partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not colon or not name.strip() or not pattern.strip():
            raise ValueError(f"line {number} of {path} must be 'name: regular expression', got {line!r}")
        try:
            rules.append(rule_of(name, pattern))
        except ValueError as error:
            raise ValueError(f"line {number} of {path}: {error}") from error
    return tuple(rules)


def rule_of(name: str, pattern: str) -> Rule:
    """A rule; upper and lower case are alike.

    Raises:
        ValueError: If the pattern is empty or no regular expression.
    """
    if not pattern.strip():
        raise ValueError("a pattern must not be empty: it would forbid everything")
    try:
        return Rule(name=name.strip(), pattern=re.compile(pattern.strip(), re.IGNORECASE))
    except re.error as error:
        raise ValueError(f"a pattern must be a regular expression: {error}") from error


def forbidden_rule(text: str, rules: tuple[Rule, ...]) -> str:
    """The name of the first rule that forbids a text; empty if none does."""
    return next((rule.name for rule in rules if rule.pattern.search(text)), "")
