"""
The statements of a policy document, and what in them may be one or several.

Source: IAM, Grammar of the IAM JSON policy language.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def statements(document: str) -> Iterator[Mapping[str, Any]]:
    """The statements, of which a single one needs no list."""
    yield from listed(json.loads(document).get("Statement", []))


def listed(value: Any) -> list[Any]:
    """What may be one or a list, as a list."""
    return value if isinstance(value, list) else [value]
