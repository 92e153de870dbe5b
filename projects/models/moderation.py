"""Rules of an operator for what nobody may ask for, beside those in a file."""

from django.core.exceptions import ValidationError
from django.db import models

from projects.rules.moderation import rule_of


def is_expression(pattern: str) -> None:
    """Check a pattern.

    Raises:
        ValidationError: If it is no regular expression.
    """
    try:
        rule_of("", pattern)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class ModerationRule(models.Model):
    """A name that people are told, and what it forbids."""

    name = models.CharField(max_length=100, unique=True, help_text="What people are told when a prompt is refused.")
    pattern = models.CharField(
        max_length=1000, validators=(is_expression,), help_text="A regular expression; upper and lower case are alike."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which they are tried."""

        ordering = ("name",)

    def __str__(self) -> str:
        """Its name."""
        return self.name
