"""Checks of single values in a body; each refuses with the name of the field, as Okta does."""

from collections.abc import Iterable, Mapping
from typing import Any

from local_cloud.okta.errors import invalid, wrong_type

LONGEST_TEXT = 1024
NOT_EMULATED = "The local Okta does not emulate this setting"
# What Okta computes: a client that sends back what it has read sends them too, and Okta does not look at them.
COMPUTED = ("id", "created", "lastUpdated", "_links", "_embedded")


def only(given: Mapping[str, Any], names: Iterable[str], path: str = "", **shown: Any) -> None:
    """
    Refuse what would be dropped in silence; a member that is null or empty asks for nothing.

    Args:
        names: the members that are looked at, or that Okta computes.
        path: where the object is in the body.
        shown: members that have one value here, and may be sent back with it.

    Raises:
        OktaError: E0000001 with the member's name.
    """
    known = set(names)
    for name, value in given.items():
        if name in known or value in (None, {}, [], "") or (name in shown and _agrees(value, shown[name])):
            continue
        raise invalid(f"{path}.{name}" if path else name, NOT_EMULATED)


def text(body: Mapping[str, Any], name: str, *, at_most: int = 255, field: str | None = None) -> str:
    """A text that must be there and not be blank."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid(field or name, "The field cannot be left blank")
    return _within(value, at_most, field or name)


def optional_text(
    body: Mapping[str, Any], name: str, default: str | None = None, *, at_most: int = LONGEST_TEXT
) -> str | None:
    """A text that may be absent or null."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise invalid(name, "The field must be a string")
    return _within(value, at_most, name)


def choice(body: Mapping[str, Any], name: str, values: Iterable[str], default: str | None = None) -> str:
    """One of the given words."""
    value = body.get(name, default)
    allowed = list(values)
    if value not in allowed:
        raise invalid(name, f"The value must be one of {', '.join(allowed)}")
    return value


def flag(body: Mapping[str, Any], name: str, default: bool) -> bool:
    """True or false."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise invalid(name, "The field must be a boolean")
    return value


def switch(query: Mapping[str, str], name: str, default: bool) -> bool:
    """A query parameter that is true or false."""
    value = query.get(name, str(default).lower())
    if value not in ("true", "false"):
        raise wrong_type(name)
    return value == "true"


def whole(body: Mapping[str, Any], name: str, low: int, high: int, default: int, *, field: str | None = None) -> int:
    """A whole number within bounds."""
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise invalid(field or name, f"The value must be a whole number from {low} to {high}")
    return value


def texts(body: Mapping[str, Any], name: str, *, field: str | None = None) -> list[str]:
    """A list of texts; an absent one is empty."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise invalid(field or name, "The field must be a list of strings")
    return list(dict.fromkeys(value))


def section(body: Mapping[str, Any], name: str, *, field: str | None = None) -> dict[str, Any]:
    """An object inside the body; an absent one is empty."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid(field or name, "The field must be an object")
    return value


def _agrees(value: Any, shown: Any) -> bool:
    if isinstance(value, dict) and isinstance(shown, dict):
        return all(_agrees(part, shown.get(name)) for name, part in value.items())
    return value is None or bool(value == shown)


def _within(value: str, at_most: int, field: str) -> str:
    if len(value) > at_most:
        raise invalid(field, f"The field cannot exceed {at_most} characters")
    return value
