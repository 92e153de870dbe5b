"""What an operator may keep as a rule."""

import pytest
from django.core.exceptions import ValidationError

from projects.models.moderation import ModerationRule, is_expression

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "", "   "])
def test_what_is_no_expression_is_not_kept(pattern):
    with pytest.raises(ValidationError):
        ModerationRule(name="x", pattern=pattern).full_clean()


def test_what_is_one_is_kept_under_its_name():
    is_expression("gun|\u67aa")
    rule = ModerationRule(name="weapons", pattern="gun")
    rule.full_clean()

    assert str(rule) == "weapons"
