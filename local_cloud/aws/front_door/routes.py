"""
Which route an HTTP API chooses for a request.

Source: API Gateway, Working with routes for HTTP APIs, "Routing API requests".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

DEFAULT = "$default"
_EXACT, _VARIABLE, _GREEDY, _ANYTHING = range(4)


@dataclass(frozen=True)
class Match:
    """The chosen route and what its path variables matched."""

    route: Any
    parameters: dict[str, str]


def choose_route(routes: Iterable[Any], method: str, path: str) -> Match | None:
    """The most specific route: full match, then greedy, then `$default`; for the same path a method before ANY."""
    ranked: list[tuple[tuple[list[int], bool], Match]] = []
    for route in routes:
        if route.route_key == DEFAULT:
            ranked.append((([_ANYTHING], True), Match(route, {})))
            continue
        wanted, _, template = route.route_key.partition(" ")
        parameters = match_path(template, path)
        if parameters is not None and wanted in ("ANY", method):
            ranked.append(((_specificity(template), wanted == "ANY"), Match(route, parameters)))
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def _specificity(template: str) -> list[int]:
    kinds = [_kind(part) for part in template.split("/")[1:]]
    # A full match goes before every greedy one, however long the greedy one's fixed part is.
    return [max(kinds) if max(kinds) == _GREEDY else _EXACT, *kinds]


def _kind(part: str) -> int:
    if not (part.startswith("{") and part.endswith("}")):
        return _EXACT
    return _GREEDY if part.endswith("+}") else _VARIABLE


def match_path(template: str, path: str) -> dict[str, str] | None:
    """The values of the template's variables, or None; a trailing slash counts, and no variable is empty."""
    wanted, given = template.split("/"), path.split("/")
    if not _same_length(wanted, given):
        return None
    parameters: dict[str, str] = {}
    for index, part in enumerate(wanted):
        kind = _kind(part)
        value = "/".join(given[index:]) if kind == _GREEDY else given[index]
        if (kind == _EXACT and part != value) or (kind != _EXACT and not value):
            return None
        if kind != _EXACT:
            parameters[part.strip("{+}")] = value
    return parameters


def _same_length(wanted: list[str], given: list[str]) -> bool:
    greedy = _kind(wanted[-1]) == _GREEDY
    return len(given) >= len(wanted) if greedy else len(given) == len(wanted)
