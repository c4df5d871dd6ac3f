"""
`filter` and `search`: clauses `attribute eq|sw|co "value"` joined by `and`; anything else is refused.

Source: https://developer.okta.com/docs/api/#filter
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from local_cloud.okta.errors import invalid_filter
from local_cloud.okta.store import Row

_CLAUSE = re.compile(r'\s*([A-Za-z][\w.]*)\s+(eq|sw|co)\s+"([^"\\]*)"\s*')
_JOIN = re.compile(r"and\b", re.IGNORECASE)
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda have, want: have == want,
    "sw": lambda have, want: have.startswith(want),
    "co": lambda have, want: want in have,
}


def matching(rows: Iterable[Row], expression: str | None, attributes: tuple[str, ...]) -> Iterator[Row]:
    """
    The rows that satisfy every clause; all of them without an expression.

    Args:
        attributes: the attributes that this list can be filtered by.

    Raises:
        OktaError: E0000031 for an expression of another form, or another attribute.
    """
    clauses = [] if expression is None else _parse(expression, attributes)
    for row in rows:
        if all(_TESTS[test](_value(row, name), want.lower()) for name, test, want in clauses):
            yield row


def _parse(expression: str, attributes: tuple[str, ...]) -> list[tuple[str, str, str]]:
    clauses, position = [], 0
    while True:
        clause = _CLAUSE.match(expression, position)
        if clause is None:
            raise invalid_filter(f"not a clause that the local Okta evaluates: {expression[position:]!r}")
        if clause[1] not in attributes:
            raise invalid_filter(f"cannot filter by {clause[1]!r}; known: {', '.join(attributes)}")
        clauses.append((clause[1], clause[2], clause[3]))
        position = clause.end()
        if position == len(expression):
            return clauses
        join = _JOIN.match(expression, position)
        if join is None:
            raise invalid_filter(f"clauses can be joined by 'and' only: {expression[position:]!r}")
        position = join.end()


def _value(row: Row, attribute: str) -> str:
    value: Any = row
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value).lower()
