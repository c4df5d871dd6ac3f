"""The caller's own notes, as tools, prompts and resources see them."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, BeforeValidator, Field

from lambda_server.audit import NOTES_UNAVAILABLE, blame
from lambda_server.errors import NoNotebook, NotesError, NotesUnavailable
from lambda_server.notes import ID, Note, Notes
from lambda_server.tools.caller import caller

LONGEST_NOTE = 2000
LARGEST_PAGE = 50
LARGEST_VERSION = 10**9  # beyond what anybody writes, within what DynamoDB counts

T = TypeVar("T")
# Plain `str` with a default, for the SDK reads JSON in the texts of all other parameters: "null" would be none at all.
LeftOut = BeforeValidator(lambda value: "" if value is None else value)
Text = Annotated[str, Field(description="The note's text", min_length=1, max_length=LONGEST_NOTE)]
NoteId = Annotated[str, Field(description="The note's id, from list_notes or add_note", pattern=f"^{ID}$")]


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


async def in_notebook(context: Context[Any, Any], work: Callable[[Notes, str], T]) -> T:
    """
    Work on the caller's notes, for a tool.

    Raises:
        ToolError: with the words for the caller.
    """
    try:
        return await open_notebook(context.request_context.lifespan_context, work)
    except NotesError as error:
        raise ToolError(str(error)) from None


async def open_notebook(state: Mapping[str, Any], work: Callable[[Notes, str], T]) -> T:
    """
    Work on the caller's notes, in a thread, since the AWS SDK blocks.

    Args:
        state: what the server keeps for its life; `notes` among it.

    Raises:
        NotesError: with the words for the caller.
    """
    notes: Notes | None = state["notes"]
    if notes is None:
        raise NoNotebook("this server keeps no notes: it was started without NOTES_TABLE")
    try:
        return await run_sync(work, notes, owner())
    except NotesUnavailable:
        blame(NOTES_UNAVAILABLE)
        raise


def owner() -> str:
    """
    The Okta id of the person who calls, which never changes and cannot be chosen by a caller.

    Raises:
        NoNotebook: the caller is no person.
    """
    uid = (caller().claims or {}).get("uid")
    if not isinstance(uid, str) or not uid:
        raise NoNotebook("notes belong to people; a service has none")
    return uid
