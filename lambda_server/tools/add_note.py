"""Add a note of the caller's."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import Field

from lambda_server.tools.notebook import LeftOut, NoteView, Text, in_notebook

LONGEST_KEY = 100


async def add_note(
    context: Context[Any, Any],
    text: Text,
    key: Annotated[
        str,
        Field(description="A word of your own: adding again with it makes no second note", max_length=LONGEST_KEY),
        LeftOut,
    ] = "",
) -> NoteView:
    """Keep a note that only you can see; with a `key` it can be repeated safely."""
    return NoteView.of(await in_notebook(context, lambda notes, owner: notes.add(owner, text, key)))
