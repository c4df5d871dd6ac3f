"""The table of contents: each resource or template, the scopes that it needs, and what completes its variables."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambda_server.resources.note import complete_id, note
from lambda_server.scopes import MCP_READ

Completer = Callable[[Mapping[str, Any], str], Awaitable[list[str]]]  # the server's state, and what was typed


@dataclass(frozen=True)
class Resource:
    """
    A URI or URI template, the function that reads it, how it is shown to people, and all scopes that it needs.

    The scopes for reading are those for completing, too.
    """

    uri: str
    function: Callable[..., Any]
    title: str
    needs: tuple[str, ...]
    mime_type: str = "text/plain"
    completes: Mapping[str, Completer] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return self.uri


RESOURCES = (Resource("note://{id}", note, title="A note of mine", needs=(MCP_READ,), completes={"id": complete_id}),)
