"""The caller's own notes, as the tools see them."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from lambda_server.errors import NotesError
from lambda_server.notes import Note, Notes
from lambda_server.tools.caller import caller

LONGEST_NOTE = 2000
LARGEST_PAGE = 50

T = TypeVar("T")
Text = Annotated[str, Field(description="The note's text", min_length=1, max_length=LONGEST_NOTE)]
NoteId = Annotated[str, Field(description="The note's id, from list_notes or add_note", pattern="^[0-9a-f]{32}$")]


class NoteView(BaseModel):
    """A note as a caller sees it."""

    id: str = Field(description="The note's id")
    text: str = Field(description="The note's text")
    created: str = Field(description="When it was added (UTC)")
    updated: str = Field(description="When it was last changed (UTC)")
    version: int = Field(description="How often it was written; update_note needs it")

    @classmethod
    def of(cls, note: Note) -> "NoteView":
        """The view of a note."""
        return cls.model_validate(vars(note))


def owner() -> str:
    """
    The Okta id of the person who calls, which never changes and cannot be chosen by a caller.

    Raises:
        ToolError: the caller is no person.
    """
    uid = (caller().claims or {}).get("uid")
    if not isinstance(uid, str) or not uid:
        raise ToolError("notes belong to people; a service has none")
    return uid


async def in_notebook(context: Context[Any, Any], work: Callable[[Notes, str], T]) -> T:
    """
    Work on the caller's notes, in a thread, since the AWS SDK blocks.

    Raises:
        ToolError: with the words for the caller.
    """
    notes: Notes | None = context.request_context.lifespan_context["notes"]
    if notes is None:
        raise ToolError("this server keeps no notes: it was started without NOTES_TABLE")
    person = owner()
    try:
        return await run_sync(work, notes, person)
    except NotesError as error:
        raise ToolError(str(error)) from None
