"""Change a note of the caller's."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import Field

from lambda_server.tools.notebook import LARGEST_VERSION, NoteId, NoteView, Text, in_notebook


async def update_note(
    context: Context[Any, Any],
    id: NoteId,
    text: Text,
    version: Annotated[int, Field(description="The version that you read", ge=1, le=LARGEST_VERSION)],
) -> NoteView:
    """Replace the text of one of your notes, unless it was changed since you read that version."""
    return NoteView.of(await in_notebook(context, lambda notes, owner: notes.update(owner, id, text, version)))
