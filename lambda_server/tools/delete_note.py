"""Delete a note of the caller's."""

from typing import Any

from mcp.server.mcpserver import Context
from pydantic import BaseModel, Field

from lambda_server.tools.notebook import NoteId, in_notebook


class Deletion(BaseModel):
    """What became of the note."""

    id: str = Field(description="The id that was given")
    deleted: bool = Field(description="False where you have no such note (any more)")


async def delete_note(context: Context[Any, Any], id: NoteId) -> Deletion:
    """Delete one of your notes for good."""
    deleted = await in_notebook(context, lambda notes, owner: notes.delete(owner, id))
    return Deletion(id=id, deleted=deleted)
