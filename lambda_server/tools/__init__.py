"""The table of contents: each tool, and the scopes that it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp_types import ToolAnnotations

from lambda_server.scopes import MCP_READ, MCP_WRITE
from lambda_server.tools.sign_note import sign_note
from lambda_server.tools.whoami import whoami

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)


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
    Tool(sign_note, title="Sign a note", needs=(MCP_READ, MCP_WRITE), annotations=ADDS),
)
