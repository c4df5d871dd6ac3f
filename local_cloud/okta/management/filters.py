"""
`filter` and `search`: clauses `attribute eq|sw|co "value"` joined by `and`; anything else is refused.

Source: https://developer.okta.com/docs/api/#filter, #operators; the pages of listGroups, listApplications, listUsers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from local_cloud.okta.calls import Call
from local_cloud.okta.errors import OktaError, invalid_filter
from local_cloud.okta.store import Row

# The attributes of a list, each with its operators; those without any Okta has, and the local Okta lacks.
Attributes = Mapping[str, tuple[str, ...]]
EQUAL, BEGINS, HAS = ("eq",), ("eq", "sw"), ("eq", "sw", "co")
LACKING: tuple[str, ...] = ()
# Operators of Okta's `search` that are not evaluated here.
UNEVALUATED = ("ne", "gt", "ge", "lt", "le", "pr")

_CLAUSE = re.compile(r'\s*([A-Za-z][\w.]*)\s+([A-Za-z]+)\s+"([^"\\]*)"\s*')
_JOIN = re.compile(r"and\b", re.IGNORECASE)
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda have, want: have == want,
    "sw": lambda have, want: have.startswith(want),
    "co": lambda have, want: want in have,
}


def matching(call: Call, rows: Iterable[Row], parameter: str, known: Attributes) -> Iterator[Row]:
    """
    The rows that satisfy every clause of the parameter; all of them without it. A `search` does not heed case.

    Raises:
        OktaError: E0000031 for an expression of another form, or another attribute or operator.
    """
    expression = call.query.get(parameter)
    clauses = [] if expression is None else _parse(expression, parameter, known)
    cased = str.lower if parameter == "search" else str
    for row in rows:
        if all(_TESTS[test](cased(_value(row, name)), cased(want)) for name, test, want in clauses):
            yield row


def _parse(expression: str, parameter: str, known: Attributes) -> list[tuple[str, str, str]]:
    clauses, position = [], 0
    while True:
        clause = _CLAUSE.match(expression, position)
        if clause is None:
            raise invalid_filter(f"not a clause that the local Okta evaluates: {expression[position:]!r}")
        name, test = clause[1], clause[2].lower()
        if test not in known.get(name, ()):
            raise _refusal(name, test, parameter, known)
        clauses.append((name, test, clause[3]))
        position = clause.end()
        if position == len(expression):
            return clauses
        join = _JOIN.match(expression, position)
        if join is None:
            raise invalid_filter(f"clauses can be joined by 'and' only: {expression[position:]!r}")
        position = join.end()


def _refusal(name: str, test: str, parameter: str, known: Attributes) -> OktaError:
    if name not in known:
        return invalid_filter(f"cannot {parameter} by {name!r}; known: {', '.join(known)}")
    if known[name] == LACKING:
        return invalid_filter(f"the local Okta does not {parameter} by {name!r}")
    if parameter == "search" and test in UNEVALUATED:
        return invalid_filter(f"the local Okta does not evaluate {test!r}; known: {', '.join(known[name])}")
    return invalid_filter(f"{name!r} cannot be compared by {test!r}; known: {', '.join(known[name])}")


def _value(row: Row, attribute: str) -> str:
    value: Any = row
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value)
