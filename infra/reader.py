"""Reads the stack's configuration as text and turns it into values; what is wrong is kept, not raised."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from infra.clouds import is_loopback

NAMESPACE = "mcp-okta"
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
NAME_LIMIT = 41  # `mcp-okta-` and the environment: at most 50 characters, what every cloud object may have

# Pulumi.yaml declares the same keys with the same defaults (a test compares them).
DEFAULTS = {
    "access": "",
    "createGroups": "false",
    "branch": "",
    "branchOf": "",
    "stackId": "",
    "memory": "1024",
    "timeout": "29",
    "throttleRate": "50",
    "throttleBurst": "100",
    "logRetentionDays": "14",
    "logLevel": "INFO",
    "tokenCheck": "jwt",
    "accessTokenMinutes": "60",
    "redirectPorts": "8765,8766,8767",
    "extraRedirectUris": "",
    "allowedOrigins": "",
    "pythonVersion": "",
    "architecture": "",
    "reservedConcurrency": "",
    "deviceLogin": "false",
    "services": "",
}

Value = TypeVar("Value")
Parser = Callable[[str], Value]


@dataclass
class Reader:
    """The keys of one stack, and the problems found in them so far."""

    config: Mapping[str, str] = field(repr=False)  # the plugins' tokens may be among it
    problems: list[str] = field(default_factory=list)

    def text(self, key: str) -> str:
        """The key's text, without space around it; the default where the stack says nothing."""
        return str(self.config.get(f"{NAMESPACE}:{key}", DEFAULTS[key])).strip()

    def read(self, key: str, parse: Parser[Value]) -> Value:
        """The key's value; with a problem, that of its default."""
        try:
            return parse(self.text(key))
        except ValueError as error:
            self.problems.append(f"{key}: {error}")
            return parse(DEFAULTS[key])

    def read_word(self, key: str, otherwise: str, allowed: Sequence[str]) -> str:
        """One of the allowed words; `otherwise`, which must be one of them too, where the key is empty."""
        text = self.text(key) or otherwise
        if text not in allowed:
            self.problems.append(f"{key}: {text!r} is not one of {', '.join(allowed)}")
        return text

    def read_optional(self, key: str, parse: Parser[Value]) -> Value | None:
        """The key's value, or None where the key is empty."""
        return self.read(key, lambda text: parse(text) if text else None)

    def refuse_unknown(self) -> None:
        """A key that is not ours is a typing error, and would otherwise be ignored without a word."""
        for name in sorted(self.config):
            namespace, _, key = name.partition(":")
            if namespace == NAMESPACE and key not in DEFAULTS:
                close = difflib.get_close_matches(key, DEFAULTS, n=1)
                self.problems.append(f"{key}: no such key" + (f"; did you mean {close[0]}?" if close else ""))


def environment_name(text: str) -> str:
    """
    The stack's name, if every cloud object may be called after it.

    Source: AWS IAM, name requirements: roles whose names differ in case alone are one.
    """
    if not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{NAME_LIMIT - 1}}}", text):
        raise ValueError(f"{text!r} is not 1 to {NAME_LIMIT} letters, digits, `-` or `_`")
    if text != text.lower():
        raise ValueError(
            f"{text!r} has capital letters, which AWS does not tell from small ones; call it {text.lower()!r}"
        )
    return text


def identifier(text: str) -> str:
    """Eight hexadecimal digits, or nothing."""
    if not re.fullmatch(r"([0-9a-f]{8})?", text):
        raise ValueError(f"{text!r} is not 8 hexadecimal digits")
    return text


def whole_number(lowest: int, highest: int) -> Parser[int]:
    """A parser for a whole number of a range."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not lowest <= int(text) <= highest:
            raise ValueError(f"{text!r} is not a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def choice(*allowed: str) -> Parser[str]:
    """A parser for one word of a list."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")
        return text

    return parse


def retention(text: str) -> int:
    """A number of days that CloudWatch Logs offers."""
    if text not in map(str, RETENTION_DAYS):
        raise ValueError(
            f"{text!r} is not a number of days that CloudWatch Logs offers: {', '.join(map(str, RETENTION_DAYS))}"
        )
    return int(text)


def listed(parse: Parser[Value]) -> Parser[tuple[Value, ...]]:
    """A parser for values with commas between; none may come twice."""

    def parse_all(text: str) -> tuple[Value, ...]:
        values = tuple(parse(part.strip()) for part in text.split(",")) if text else ()
        if len(set(values)) != len(values):
            raise ValueError(f"{text!r} names something twice")
        return values

    return parse_all


def at_least_one(parse: Parser[tuple[Value, ...]]) -> Parser[tuple[Value, ...]]:
    """The same parser, for a list that may not be empty."""

    def parse_some(text: str) -> tuple[Value, ...]:
        if not text:
            raise ValueError("names nothing")
        return parse(text)

    return parse_some


def redirect_uri(text: str) -> str:
    """
    An absolute redirect URI that Okta can compare as a string.

    Source: RFC 8252 §7 (private-use scheme, claimed https, loopback); docs/facts/okta.md §6: exact match, no wildcard.
    """
    parts = urlsplit(text)
    private = bool(re.fullmatch(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", parts.scheme))
    web = parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(text)))
    if not (web or private) or parts.fragment or "*" in text or any(character.isspace() for character in text):
        raise ValueError(f"{text!r} is not an https, loopback http or reverse-domain URI without `#` and `*`")
    return text


def origin(text: str) -> str:
    """
    A web origin as a browser sends it.

    Source: RFC 6454 §6.2: scheme, host and port, nothing behind.
    """
    parts = urlsplit(text)
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or text != f"{parts.scheme}://{parts.netloc}".lower()
        or "*" in text
    ):
        raise ValueError(f"{text!r} is not an origin like https://app.example.com")
    return text
