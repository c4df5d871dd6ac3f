"""Members of a request that the data plane does not honour, unless their value says nothing."""

from collections.abc import Collection, Mapping
from typing import Any


def lacking_field(wanted: Mapping[str, Any], honoured: Collection[str], neutral: Mapping[str, Any]) -> str | None:
    """
    The first member that would be kept and not obeyed; None when there is none.

    Args:
        neutral: the values that ask for nothing beyond what is done anyway; so does an empty value.
    """
    for name, value in wanted.items():
        if name not in honoured and not _is_empty(value) and value != neutral.get(name):
            return f"{name} = {value!r}"
    return None


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_empty(member) for member in value.values())
    return value in (None, "", False) or value == []
