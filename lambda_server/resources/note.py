"""A note of the caller's as a resource, and the ids that complete its template."""

import re
from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from lambda_server.errors import NoNotebook, NotesError, NoteUnknown
from lambda_server.notes import ID
from lambda_server.tools.notebook import open_notebook

MOST_VALUES = 100  # MCP completion


async def note(context: Context[Any, Any], id: str) -> str:
    """
    The text of one of your notes.

    Raises:
        ResourceNotFoundError: the caller has no such note, whoever else may.
        ResourceError: with the words for the caller.
    """
    if re.fullmatch(ID, id) is None:
        raise ResourceNotFoundError("you have no such note")
    try:
        found = await open_notebook(
            context.request_context.lifespan_context, lambda notes, owner: notes.read(owner, id)
        )
    except NoteUnknown as error:
        raise ResourceNotFoundError(str(error)) from None
    except NotesError as error:
        raise ResourceError(str(error)) from None
    return found.text


async def complete_id(state: Mapping[str, Any], typed: str) -> list[str]:
    """
    The ids of the caller's newest notes that begin so; none for who has no notes.

    Raises:
        NotesUnavailable: the table does not answer.

    Source: MCP completion: 100 values at most, the best first.
    """
    try:
        page = await open_notebook(state, lambda notes, owner: notes.list(owner, MOST_VALUES))
    except NoNotebook:
        return []
    return [found.id for found in page.notes if found.id.startswith(typed)]
