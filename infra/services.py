"""Programs that call without a person: `services` maps each caller's name to its scopes and its public keys."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
LEAST_BITS = 2048  # RFC 7518 §3.3
PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")  # RFC 7518 §6.3.2, §6.4
EXAMPLE = '{"NAME": {"scopes": ["SCOPE"], "keys": [PUBLIC-JWK]}}'


@dataclass(frozen=True)
class Service:
    """One caller: what it may ask for, and the public keys of which it holds the private half."""

    name: str
    scopes: tuple[str, ...]
    keys: tuple[Mapping[str, str], ...]


def parse_services(text: str, known: Sequence[str]) -> tuple[tuple[Service, ...], list[str]]:
    """The callers that the JSON text describes, and what is wrong with it; scopes come in the order of `known`."""
    if not text:
        return (), []
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs)
    except (json.JSONDecodeError, RecursionError) as error:
        return (), [f"is not JSON ({error})"]
    if not isinstance(pairs, _Pairs):
        return (), [f"is not a JSON object like {EXAMPLE}"]
    names = [name for name, _ in pairs]
    problems = [f"names {name!r} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    problems += [problem for name, entry in pairs for problem in entry_problems(name, entry, known)]
    if problems:
        return (), problems
    return tuple(_service(name, dict(entry), known) for name, entry in pairs), []


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, in order, repeated ones too."""


def _service(name: str, entry: dict[str, Any], known: Sequence[str]) -> Service:
    keys = tuple({member: dict(key)[member] for member in ("kty", "kid", "e", "n")} for key in entry["keys"])
    return Service(name, tuple(scope for scope in known if scope in entry["scopes"]), keys)


def entry_problems(name: str, entry: object, known: Sequence[str]) -> list[str]:
    """What is wrong with one caller."""
    if not NAME.fullmatch(name):
        return [f"names {name!r}, which is not 1 to 20 lower-case letters, digits and `-`, beginning with a letter"]
    if not isinstance(entry, _Pairs) or sorted(member for member, _ in entry) != ["keys", "scopes"]:
        return [f"gives {name!r} something that is not like {EXAMPLE}"]
    members = dict(entry)
    problems = scopes_problems(members["scopes"], known) + keys_problems(members["keys"])
    return [f"gives {name!r} {problem}" for problem in problems]


def scopes_problems(scopes: object, known: Sequence[str]) -> list[str]:
    """What is wrong with a caller's scopes."""
    if not isinstance(scopes, list) or not scopes or not all(isinstance(scope, str) for scope in scopes):
        return ["`scopes` that are not a list of scopes"]
    return [
        f"the unknown scope {scope!r} (known: {', '.join(known)})"
        for scope in dict.fromkeys(scopes)
        if scope not in known
    ]


def keys_problems(keys: object) -> list[str]:
    """
    What is wrong with a caller's public keys.

    Source: RFC 7517 §4, RFC 7518 §3.3 and §6.3; Okta takes RSA keys for private_key_jwt and tells them apart by `kid`.
    """
    if not isinstance(keys, list) or not keys or not all(isinstance(key, _Pairs) for key in keys):
        return ["`keys` that are not a list of public JWKs; `mcp-okta service-key NAME` makes one"]
    found = [dict(key) for key in keys]
    kids = [key.get("kid") for key in found]
    problems = ["two keys of the same `kid`"] if len(set(map(str, kids))) != len(kids) else []
    return problems + [problem for key in found for problem in key_problems(key)]


def key_problems(key: Mapping[str, Any]) -> list[str]:
    """What is wrong with one public key; its values are never repeated, since they may be private."""
    if any(member in key for member in PRIVATE):
        return ["a private key, which must never be in a configuration: give the public half and make a new pair"]
    if key.get("kty") != "RSA" or not all(isinstance(key.get(member), str) and key[member] for member in "ne"):
        return ["a key that is not an RSA JWK with `n` and `e`"]
    if not isinstance(key.get("kid"), str) or not key["kid"].strip():
        return ["a key without a `kid`"]
    bits = modulus_bits(key["n"])
    return [f"a key of {bits} bits; RSA keys must have {LEAST_BITS} or more"] if bits < LEAST_BITS else []


def modulus_bits(text: str) -> int:
    """The length of a modulus in base64url; 0 for anything else."""
    try:
        return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)).bit_length()
    except (binascii.Error, ValueError):
        return 0
