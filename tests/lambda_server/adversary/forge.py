"""A token made as a case describes it: what differs from a good one in header, claims, signature and writing."""

import base64
import json
from collections.abc import Mapping
from string import Template
from typing import Any

from tests.lambda_server.adversary.signing import sign
from tests.lambda_server.adversary.transforms import TRANSFORMS
from tests.lambda_server.adversary.world import World

FIELDS = {
    "header", "header_insert", "header_text", "claims", "claims_insert", "claims_text", "claims_hex",
    "alg", "key", "secret", "transform", "text",
}  # fmt: skip


def forge(spec: Mapping[str, Any], world: World) -> str:
    """The token; an empty description makes a good one."""
    unknown = spec.keys() - FIELDS
    assert not unknown, f"forge does not know {unknown}"
    if "text" in spec:
        return str(fill(spec["text"], world))
    alg = spec.get("alg", "RS256")
    header = merged({"kid": world.kid, "alg": alg}, spec.get("header", {}), world)
    claims = merged(world.claims(), spec.get("claims", {}), world)
    head = written(spec, "header", header, world)
    body = bytes.fromhex(spec["claims_hex"]) if "claims_hex" in spec else written(spec, "claims", claims, world)
    segments = f"{segment(head)}.{segment(body)}"
    key = world.keys[spec.get("key", "issuer")]
    signature = b"" if alg.lower() == "none" else sign(alg, key, segments.encode(), fill(spec.get("secret"), world))
    token = f"{segments}.{segment(signature)}"
    for name in spec.get("transform", []):
        token = TRANSFORMS[name](token)
    return token


def written(spec: Mapping[str, Any], part: str, value: dict[str, Any], world: World) -> bytes:
    """Header or claims as bytes: as JSON, with text inserted at the end of the object, or another text altogether."""
    if f"{part}_text" in spec:
        return str(fill(spec[f"{part}_text"], world)).encode()
    text = json.dumps(value, ensure_ascii=False)
    inserted = spec.get(f"{part}_insert")
    return (f"{text[:-1]}, {fill(inserted, world)}}}" if inserted else text).encode()


def merged(good: dict[str, Any], changes: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The good values with the changes; null takes one away."""
    kept = good | {name: fill(value, world) for name, value in changes.items()}
    return {name: value for name, value in kept.items() if value is not None}


def fill(value: Any, world: World) -> Any:
    """A value of a case: ${words} and times put in, repetitions and nestings written out."""
    if isinstance(value, str):
        return Template(value).substitute(world.words) if "$" in value else value
    if isinstance(value, list):
        return [fill(item, world) for item in value]
    if not isinstance(value, dict):
        return value
    if "now" in value:
        return world.now + (value.get("live", value["now"]) if world.live else value["now"])
    if "repeat" in value:
        return fill(value["repeat"], world) * value["times"]
    if "nest" in value:
        return json.loads("[" * value["nest"] + "]" * value["nest"])
    return {name: fill(item, world) for name, item in value.items()}


def segment(raw: bytes) -> str:
    """Base64url without padding. Source: RFC 7515 §2."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
