"""What each tool, prompt and resource needs, and which of them a request is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate
from mcp_types import INVALID_PARAMS, METHOD_NOT_FOUND

Table = Mapping[str, tuple[str, ...]]
KINDS = ("tools", "prompts", "resources")

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


class Declared(Protocol):
    """An entry of a table of contents."""

    @property
    def name(self) -> str:
        """What it is asked for by."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """All scopes that it needs."""
        ...


@dataclass(frozen=True)
class Need:
    """What was declared about the thing that a request is about."""

    name: str  # as declared: the template, where the request names a URI that it matches
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Needs:
    """The scopes that each thing needs: tools and prompts by name, resources by URI or URI template."""

    tools: Table = field(default_factory=dict)
    prompts: Table = field(default_factory=dict)
    resources: Table = field(default_factory=dict)
    twice: tuple[str, ...] = ()  # what more than one entry is about

    @classmethod
    def of(cls, **entries: Iterable[Declared]) -> "Needs":
        """Read the tables of contents, by kind."""
        named = {kind: list(entries.get(kind, ())) for kind in KINDS}
        seen = [f"{kind.removesuffix('s')} {one.name}" for kind in KINDS for one in named[kind]]
        tables = {kind: {one.name: one.needs for one in named[kind]} for kind in KINDS}
        return cls(**tables, twice=tuple(dict.fromkeys(name for name in seen if seen.count(name) > 1)))

    def table(self, kind: str) -> Table:
        """The scopes of one kind."""
        return {"tools": self.tools, "prompts": self.prompts, "resources": self.resources}[kind]

    def find(self, target: Target) -> Need | None:
        """What the thing needs; None where nothing of that name is declared."""
        table = self.table(target.kind)
        names = _answering(table, target.name) if target.kind == "resources" else [target.name]
        declared = [name for name in names if name in table]
        if not declared:
            return None
        return Need(declared[0], tuple(dict.fromkeys(scope for name in declared for scope in table[name])))


def _answering(resources: Table, uri: str) -> list[str]:
    """The resource of that URI, else all templates that might answer: a URI can look like one and match another."""
    if uri in resources and "{" not in uri:
        return [uri]
    return [name for name in resources if name == uri or UriTemplate.parse(name).match(uri) is not None]
