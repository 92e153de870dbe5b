"""Named rules of an operator."""

import pytest

from projects.rules.moderation import forbidden_rule, read_rules


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules"
    path.write_text("# no real people\nreal-person likeness: \\bpresident\\b\n\nweapons: gun|枪\n", encoding="utf-8")
    return read_rules(str(path))


@pytest.mark.parametrize(
    ("text", "rule"), [("The President smiles", "real-person likeness"), ("一把枪", "weapons"), ("presidential", "")]
)
def test_a_text_is_forbidden_by_the_first_rule_that_matches(rules, text, rule):
    assert forbidden_rule(text, rules) == rule


def test_without_a_file_everything_is_allowed():
    assert forbidden_rule("gun", read_rules("")) == ""


@pytest.mark.parametrize("line", ["no colon", ": x", "name:", "name: ("])
def test_a_wrong_line_is_named(tmp_path, line):
    path = tmp_path / "rules"
    path.write_text(f"fine: x\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match="line 2"):
        read_rules(str(path))
