"""JSON as strictly as a token deserves: two readers of the same bytes must not understand two things."""

import json
from typing import Any, NoReturn


class BadJson(ValueError):
    """The bytes are no JSON object that everybody reads alike; `fault` says what is wrong."""

    def __init__(self, fault: str) -> None:
        self.fault = fault


def read_object(raw: bytes) -> dict[str, Any]:
    """
    The JSON object in the bytes.

    Raises:
        BadJson: `json` (no UTF-8, no JSON, NaN, a number or a nesting beyond reason), `duplicate` (a name twice),
            `object` (something else than an object).

    Source: RFC 8259 §4, §8.1; RFC 7519 §4 (names must be unique); RFC 8725 §2.6, §3.7 (UTF-8 only).
    """
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except BadJson:
        raise
    except (ValueError, RecursionError):
        raise BadJson("json") from None
    if not isinstance(value, dict):
        raise BadJson("object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("duplicate")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise BadJson("json")
