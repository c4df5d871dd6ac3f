"""The scopes, named once: tools say which they need, the Pulumi program creates them in Okta. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """A scope of the authorization server; title and description are what a consent page would show."""

    name: str
    title: str
    description: str


MCP_READ = "mcp:read"
MCP_WRITE = "mcp:write"

SCOPES = (
    Scope(MCP_READ, "Read", "Call the tools that only read."),
    Scope(MCP_WRITE, "Write", "Call the tools that change or record something."),
)

SCOPE_NAMES = tuple(scope.name for scope in SCOPES)
