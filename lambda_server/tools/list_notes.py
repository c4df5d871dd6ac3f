"""List the caller's notes."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import BaseModel, Field

from lambda_server.tools.notebook import LARGEST_PAGE, LeftOut, NoteView, in_notebook

LONGEST_CURSOR = 300


class NotePage(BaseModel):
    """Some of the caller's notes."""

    notes: list[NoteView] = Field(description="The notes, the newest first")
    next_cursor: str | None = Field(description="Hand it to list_notes for the next page; null after the last")


async def list_notes(
    context: Context[Any, Any],
    limit: Annotated[int, Field(description="How many at most", ge=1, le=LARGEST_PAGE)] = 20,
    cursor: Annotated[str, Field(description="Where the last page ended", max_length=LONGEST_CURSOR), LeftOut] = "",
) -> NotePage:
    """List your own notes, the newest first, page by page."""
    page = await in_notebook(context, lambda notes, owner: notes.list(owner, limit, cursor))
    return NotePage(notes=[NoteView.of(note) for note in page.notes], next_cursor=page.cursor)
