"""Ask the model to go through the caller's notes."""

from typing import Annotated

from pydantic import Field

LONGEST_TOPIC = 200


async def review_notes(
    topic: Annotated[
        str, Field(description="What to look for; everything, if left out", max_length=LONGEST_TOPIC)
    ] = "",
) -> str:
    """Go through your notes: what they say, what is still to be done, and which of them could go."""
    about = f" that have to do with {topic!r}" if topic else ""
    return (
        f"Read my notes{about} with the tool list_notes, page by page until there is no next_cursor. "
        "Sum them up in a few sentences, list what is still to be done, and name by id those that are out of date. "
        "Change and delete nothing before I say so."
    )
