"""Reading settings from the environment: typed, checked, and refused when unknown or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """The variables of the process, read by name."""

    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """A text, or the default."""
        return self.values.get(name, "") or default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Yes or no.

        Raises:
            ImproperlyConfigured: If it is neither.
        """
        value = self.values.get(name)
        if value is None:
            return default
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        raise ImproperlyConfigured(f"{name} must be one of {', '.join((*_TRUE, *_FALSE[:-1]))}, got {value!r}")

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number in ``low..high``.

        Raises:
            ImproperlyConfigured: If it is none.
        """
        value = self.values.get(name, "")
        if not value:
            return default
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ImproperlyConfigured(f"{name} must be a whole number in {low}..{high}, got {value!r}")
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of a few words.

        Raises:
            ImproperlyConfigured: If it is another.
        """
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, got {value!r}")
        return value

    def words(self, name: str) -> list[str]:
        """Words separated by commas."""
        return [word.strip() for word in self.values.get(name, "").split(",") if word.strip()]
