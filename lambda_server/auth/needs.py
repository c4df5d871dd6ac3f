"""What each tool, prompt and resource needs, and which of them a request is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate
from mcp_types import INVALID_PARAMS, METHOD_NOT_FOUND

Table = Mapping[str, tuple[str, ...]]

# What each of the others is about: the kind of thing, and the parameter that names it.
GUARDED_METHODS = {
    "tools/call": ("tools", "name"),
    "prompts/get": ("prompts", "name"),
    "resources/read": ("resources", "uri"),
    "resources/subscribe": ("resources", "uri"),
    "resources/unsubscribe": ("resources", "uri"),
}
COMPLETED = {"ref/prompt": ("prompts", "name"), "ref/resource": ("resources", "uri")}


@dataclass(frozen=True)
class Target:
    """What a request is about."""

    kind: str
    name: str

    @classmethod
    def of(cls, method: str, params: Mapping[str, Any]) -> "Target":
        """
        Read it from the parsed request; a completion is about the prompt or the resource that it refers to.

        Raises:
            MCPError: no such method, or nothing is named.
        """
        found = GUARDED_METHODS.get(method)
        if method == "completion/complete":
            reference = params.get("ref")
            params = reference if isinstance(reference, dict) else {}
            found = COMPLETED.get(str(params.get("type")))
            if found is None:
                raise MCPError(INVALID_PARAMS, f"Invalid params: ref must be one of {', '.join(COMPLETED)}")
        if found is None:
            raise MCPError(METHOD_NOT_FOUND, "Method not found", method)
        kind, key = found
        name = params.get(key)
        if not isinstance(name, str):
            raise MCPError(INVALID_PARAMS, f"Invalid params: {key} must be a string")
        return cls(kind, name)


@dataclass(frozen=True)
class Needs:
    """The scopes that each thing needs: tools and prompts by name, resources by URI or URI template."""

    tools: Table = field(default_factory=dict)
    prompts: Table = field(default_factory=dict)
    resources: Table = field(default_factory=dict)

    def find(self, target: Target) -> tuple[str, ...] | None:
        """All scopes that the thing needs; None where nothing of that name is declared."""
        if target.kind == "resources":
            return self.resources.get(target.name) or next(_matching(self.resources, target.name), None)
        return (self.tools if target.kind == "tools" else self.prompts).get(target.name)


def _matching(resources: Table, uri: str) -> Iterator[tuple[str, ...]]:
    """The scopes of the templates that the URI matches, all of them together where several do."""
    found = [scopes for name, scopes in resources.items() if UriTemplate.parse(name).match(uri) is not None]
    if found:
        yield tuple(dict.fromkeys(scope for scopes in found for scope in scopes))
