"""
Which route an HTTP API chooses for a request.

Source: API Gateway, Working with routes for HTTP APIs, "Routing API requests".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


@dataclass(frozen=True)
class Match:
    """The chosen route and what its path variables matched."""

    route: Any
    parameters: dict[str, str]


def choose_route(routes: Iterable[Any], method: str, path: str) -> Match | None:
    """The most specific route: full match, then greedy, then `$default`; an exact method before ANY."""
    ranked: list[tuple[tuple[int, int], Match]] = []
    for route in routes:
        if route.route_key == "$default":
            ranked.append(((3, 0), Match(route, {})))
            continue
        route_method, _, template = route.route_key.partition(" ")
        parameters = _match(template, path)
        if parameters is not None and route_method in ("ANY", method):
            rank = 2 if "+}" in template else 1 if "{" in template else 0
            ranked.append(((rank, route_method == "ANY"), Match(route, parameters)))
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def _match(template: str, path: str) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    wanted, given = template.strip("/").split("/"), path.strip("/").split("/")
    for index, part in enumerate(wanted):
        if part.startswith("{") and part.endswith("+}"):
            rest = "/".join(given[index:])
            return parameters | {part[1:-2]: rest} if rest else None
        if index >= len(given) or not given[index]:
            return None if index >= len(given) or part else parameters
        if part.startswith("{") and part.endswith("}"):
            parameters[part[1:-1]] = given[index]
        elif part != given[index]:
            return None
    return parameters if len(wanted) == len(given) else None
