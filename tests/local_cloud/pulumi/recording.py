"""The recording of the real plugin: its requests, its inputs and outputs, its property tables."""

import json
import re
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "vectors/okta-plugin"
Exchange = tuple[str, str, Any]


def properties() -> dict[str, dict[str, dict[str, Any]]]:
    """The real plugin's properties by resource type."""
    return json.loads((VECTORS / "okta-plugin-properties.json").read_text())


def resources() -> list[dict[str, Any]]:
    """The resources of the recorded state, in the order in which they may be created."""
    found = json.loads((VECTORS / "okta-plugin-state.json").read_text())
    return sorted(found, key=lambda resource: int(re.sub(r"\D", "", resource["id"])) if resource["id"] != "00g1" else 9)


def exchanges(phase: str) -> list[Exchange]:
    """The requests of one phase, in order."""
    lines = (json.loads(line) for line in (VECTORS / "okta-plugin-traffic.jsonl").read_text().splitlines())
    return [(line["method"], line["path"], ordered(line["body"])) for line in lines if line["phase"] == phase]


def of_resource(phase: str, resource: dict[str, Any]) -> list[Exchange]:
    """The requests of one phase that are about one resource, in order; creations are told apart by their body."""
    return [one for one in exchanges(phase) if owner(one) == label(resource)]


def label(resource: dict[str, Any]) -> str:
    """What tells a resource from others in a request."""
    inputs = resource["inputs"]
    if resource["type"] == "okta:app/groupAssignment:GroupAssignment":
        return f"{inputs['appId']}/{inputs['groupId']}"
    return str(resource["id"])


CREATED = {"x": "id3", "svc": "id5", "mcp:read": "id6", "mcp:write": "id7", "dept": "id8", "p": "id10", "r": "id11"}


def owner(exchange: Exchange) -> str | None:
    """The resource that a request is about; None for those about the org."""
    method, path, body = exchange
    if path in ("/api/v1/authorizationServers", "/api/v1/groups"):
        return "id1" if path.endswith("Servers") else "id2"
    if method == "POST" and "lifecycle" not in path and "internal" not in path:
        return CREATED[body.get("label") or body["name"]]
    assignment = re.fullmatch("/api/v1/apps/(.*)/groups/(.*)", path)
    if assignment:
        return "/".join(assignment.groups())
    if "/policies/pol1" in path:
        return path.split("/")[4]
    found = re.findall(r"id\d+", path)
    return found[-1] if found else None


def ordered(value: Any) -> Any:
    """The body with its sets in one order; redirect URIs are a list and keep theirs."""
    if isinstance(value, dict):
        return {name: item if name == "redirect_uris" else ordered(item) for name, item in value.items()}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return [ordered(item) for item in value] if isinstance(value, list) else value


def without_secrets(outputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs, but for those that the state encrypts, and for nulls."""
    return {name: value for name, value in outputs.items() if value is not None and not _is_secret(value)}


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and "ciphertext" in value


def without_defaults_notes(inputs: Any) -> Any:
    """The inputs without the real plugin's own note about which of them it filled in."""
    if isinstance(inputs, dict):
        return {name: without_defaults_notes(item) for name, item in inputs.items() if name != "__defaults"}
    return [without_defaults_notes(item) for item in inputs] if isinstance(inputs, list) else inputs
