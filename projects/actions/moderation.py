"""What nobody may ask for here: the rules of the operator's file, then those in the admin's table."""

from django.conf import settings

from projects.models import ModerationRule
from projects.rules.moderation import forbidden_rule, rule_of


def why_forbidden(text: str) -> str:
    """The name of the first rule that forbids a text; empty if none does."""
    rows = ModerationRule.objects.filter(is_active=True)
    return forbidden_rule(text, (*settings.MODERATION_RULES, *(rule_of(row.name, row.pattern) for row in rows)))
