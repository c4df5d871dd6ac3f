"""A stack's `services`, with one more key in it and nothing less."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.errors import CliError, NoRepository
from cli.outputs import LOCAL
from cli.root import find_root

FIRST_SCOPES = ["mcp:read"]


class UnreadableServices(CliError):
    """The stack's `services` cannot be added to."""


def services_of(stack: str | None) -> tuple[str | None, dict[str, Any]]:
    """
    The stack, `local` unless another is named, and its services; nothing where there is no repository.

    Raises:
        UnreadableServices: they are no JSON object, or a secret.
        WrongSettings: the configuration cannot be read.
    """
    try:
        root = find_root()
    except NoRepository:
        return stack, {}
    from environments.config import stack_config

    stack = stack or LOCAL
    return stack, parse(stack_config(root, stack).get("mcp-okta:services", ""), root / f"Pulumi.{stack}.yaml")


def parse(value: Any, file: Path) -> dict[str, Any]:
    """
    The entries in that value.

    Raises:
        UnreadableServices: they are no JSON object.
    """
    try:
        found = json.loads(value) if isinstance(value, str) and value else value or {}
    except ValueError:
        found = None
    if value is None or not isinstance(found, dict) or not all(isinstance(item, dict) for item in found.values()):
        raise UnreadableServices(
            f"mcp-okta:services in {file} is not a JSON object of services", "mend it, then make the key"
        )
    return found


def with_key(
    services: Mapping[str, Any], name: str, public: Mapping[str, str], scopes: list[str] | None
) -> dict[str, Any]:
    """The services with this key added; one that has keys already keeps them until they are taken out."""
    known = services.get(name, {})
    entry = {"scopes": scopes or known.get("scopes") or FIRST_SCOPES, "keys": [*known.get("keys", []), public]}
    return {**services, name: entry}


def setting(stack: str | None, services: Mapping[str, Any]) -> str:
    """The command that writes them into the stack's configuration."""
    named = f" --stack {stack}" if stack else ""
    return f"pulumi config set{named} services {shlex.quote(json.dumps(services))}"
