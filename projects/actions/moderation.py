"""What nobody may ask for here: the rules of the operator's file, then those in the admin's table."""

from typing import Any

from django.conf import settings

from projects.models import ModerationRule
from projects.models.take import TakePhase, TakeStatus
from projects.rules.moderation import forbidden_rule, rule_of


def why_forbidden(text: str) -> str:
    """The name of the first rule that forbids a text; empty if none does."""
    rows = ModerationRule.objects.filter(is_active=True)
    return forbidden_rule(text, (*settings.MODERATION_RULES, *(rule_of(row.name, row.pattern) for row in rows)))


def first_state(rule: str) -> dict[str, Any]:
    """Fields of a new take: in line, or blocked by a rule.

    Args:
        rule: Name of the rule that forbids its words; empty if none does.
    """
    if not rule:
        return {"status": TakeStatus.QUEUED, "phase": TakePhase.WAITING}
    return {
        "status": TakeStatus.BLOCKED,
        "phase": TakePhase.NONE,
        "error_code": "prompt_policy",
        "error_params": {"rule": rule},
    }
