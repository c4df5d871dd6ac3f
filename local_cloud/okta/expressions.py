"""
Okta Expression Language, as far as the local Okta goes: attributes, literals, `+`, and functions of strings and groups.

Source: https://developer.okta.com/docs/reference/okta-expression-language/
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from local_cloud.okta.servers import SUBJECT
from local_cloud.okta.store import Row
from local_cloud.okta.user_schema import ATTRIBUTES

MOST_GROUPS, DEEPEST = 100, 10
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>[+(),]))"""
)
_REFERENCES = {
    *("appuser.userName", "app.clientId", "app.id", "app.name", "app.label", "user.id"),
    *(f"user.{name}" for name in ATTRIBUTES),
}


class UnknownExpression(Exception):
    """An expression that the local Okta cannot evaluate; the message names the part."""


class CannotEvaluate(Exception):
    """An expression that Okta takes and cannot evaluate."""


@dataclass(frozen=True)
class Facts:
    """What an expression may speak of; no person for client credentials."""

    app: Row
    user: Row | None
    groups: list[Row]


Value = Callable[[Facts], Any]


def read_expression(text: str) -> Value:
    """
    Turn an expression into what evaluates it.

    Raises:
        UnknownExpression: it is not one of the forms that are emulated.
    """
    if text == SUBJECT:
        return lambda facts: facts.user["profile"]["login"] if facts.user else facts.app["id"]
    reader = _Reader(_tokens(text))
    value = reader.sum()
    reader.expect("")
    return value


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise UnknownExpression(text[at:].strip())
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


class _Reader:
    """Reads the tokens of one expression from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._depth = [*tokens, ""], 0

    def sum(self) -> Value:
        """One term, or several with `+` between them, from left to right."""
        terms = [self._term()]
        while self._tokens[0] == "+":
            self._take()
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda facts: reduce(_plus, (term(facts) for term in terms))

    def expect(self, sign: str) -> None:
        """Take a sign, or the end."""
        if self._tokens[0] != sign:
            raise UnknownExpression(self._tokens[0] or "the end")
        self._take()

    def _take(self) -> str:
        return self._tokens.pop(0) if len(self._tokens) > 1 else ""

    def _term(self) -> Value:
        token = self._take()
        literal = _literal(token)
        if literal is not None:
            return lambda facts: literal[0]
        if self._tokens[0] == "(":
            return self._call(token)
        if token not in _REFERENCES:
            raise UnknownExpression(token or "the end")
        return lambda facts: _attribute(facts, token)

    def _call(self, name: str) -> Value:
        wanted, function = FUNCTIONS.get(name, (0, None))
        self._depth += 1
        if function is None or self._depth > DEEPEST:
            raise UnknownExpression(name)
        self.expect("(")
        given = [self.sum()]
        while self._tokens[0] == ",":
            self._take()
            given.append(self.sum())
        self.expect(")")
        self._depth -= 1
        if len(given) != wanted:
            raise UnknownExpression(f"{name} with {len(given)} arguments")
        return lambda facts: function(facts, *(value(facts) for value in given))


def _literal(word: str) -> tuple[Any] | None:
    if word[:1] in ("'", '"'):
        return (word[1:-1],)
    if word.isdecimal():
        return (int(word),)
    return (word == "true",) if word in ("true", "false") else None


def _attribute(facts: Facts, path: str) -> Any:
    kind, _, name = path.partition(".")
    if kind == "app":
        return facts.app["id"] if name in ("clientId", "id") else facts.app.get(name)
    if facts.user is None:
        return None
    profile = facts.user["profile"]
    if kind == "appuser":
        return profile["login"]
    return facts.user["id"] if name == "id" else profile.get(name)


def _plus(left: Any, right: Any) -> Any:
    """Numbers are added; beside a text everything is text. Source: Spring Expression Language, operators."""
    if left is None or right is None:
        return None
    if _is_number(left) and _is_number(right):
        return left + right
    if not isinstance(left, str) and not isinstance(right, str):
        raise CannotEvaluate(f"{_text(left)} + {_text(right)}")
    return _text(left) + _text(right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Functions of strings know nothing of an attribute that is not set."""
    return lambda facts, *given: None if None in given else function(*(_text(value) for value in given))


def _of_groups(test: Callable[[str, str], bool]) -> Callable[..., list[str] | None]:
    """The names of the person's groups; the first argument is where the groups come from, the last one how many."""

    def matching(facts: Facts, source: Any, wanted: Any, limit: Any) -> list[str] | None:
        if not _is_number(limit) or not 1 <= limit <= MOST_GROUPS:
            raise CannotEvaluate(limit)
        if source != "OKTA" or facts.user is None:
            return None
        names = [group["profile"]["name"] for group in facts.groups]
        return [name for name in names if test(name, _text(wanted))][:limit] or None

    return matching


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "String.append": (2, _of_text(lambda text, more: text + more)),
    "String.len": (1, _of_text(len)),
    "String.removeSpaces": (1, _of_text(lambda text: text.replace(" ", ""))),
    "String.replace": (3, _of_text(lambda text, old, new: text.replace(old, new))),
    "String.replaceFirst": (3, _of_text(lambda text, old, new: text.replace(old, new, 1))),
    "String.startsWith": (2, _of_text(lambda text, start: text.startswith(start))),
    "String.stringContains": (2, _of_text(lambda text, part: part in text)),
    "String.substringAfter": (2, _of_text(lambda text, sign: text.partition(sign)[2])),
    "String.substringBefore": (2, _of_text(lambda text, sign: text.partition(sign)[0])),
    "String.toLowerCase": (1, _of_text(lambda text: text.lower())),
    "String.toUpperCase": (1, _of_text(lambda text: text.upper())),
    "Groups.contains": (3, _of_groups(lambda name, wanted: wanted in name)),
    "Groups.endsWith": (3, _of_groups(lambda name, wanted: name.endswith(wanted))),
    "Groups.startsWith": (3, _of_groups(lambda name, wanted: name.startswith(wanted))),
}  # fmt: skip
