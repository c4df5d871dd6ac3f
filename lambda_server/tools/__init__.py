"""The table of contents: each tool, and the scopes that it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp_types import ToolAnnotations

from lambda_server.scopes import MCP_READ, MCP_WRITE
from lambda_server.tools.add_note import add_note
from lambda_server.tools.delete_note import delete_note
from lambda_server.tools.list_notes import list_notes
from lambda_server.tools.update_note import update_note
from lambda_server.tools.whoami import whoami

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
REPLACES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


@dataclass(frozen=True)
class Tool:
    """
    A function, how it is shown to people, and all scopes that a call of it needs.

    A tool that writes names the read scope too: a client that asks for just the challenge's scopes keeps what it had.
    """

    function: Callable[..., Any]
    title: str
    needs: tuple[str, ...]
    annotations: ToolAnnotations

    @property
    def name(self) -> str:
        """Its name on the wire."""
        return self.function.__name__


TOOLS = (
    Tool(whoami, title="Who am I", needs=(MCP_READ,), annotations=READS),
    Tool(list_notes, title="List my notes", needs=(MCP_READ,), annotations=READS),
    Tool(add_note, title="Add a note", needs=(MCP_READ, MCP_WRITE), annotations=ADDS),
    Tool(update_note, title="Change a note", needs=(MCP_READ, MCP_WRITE), annotations=REPLACES),
    Tool(delete_note, title="Delete a note", needs=(MCP_READ, MCP_WRITE), annotations=REPLACES),
)
