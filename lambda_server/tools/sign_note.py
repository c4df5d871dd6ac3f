"""Sign a note: the server's log keeps it, under the caller's name."""

import logging
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel, Field

from lambda_server.tools.caller import caller

logger = logging.getLogger("lambda_server.notes")
logger.setLevel(logging.INFO)  # whatever LOG_LEVEL says: the log is where the note is kept

LONGEST_NOTE = 2000


class Receipt(BaseModel):
    """What was kept, so that the caller can find it, and hold it against the log."""

    id: str = Field(description="The note's id in the server's log")
    text: str = Field(description="The note as it was kept")
    signed_by: str = Field(description="The person's Okta login, from the checked token")
    signed_at: str = Field(description="When (UTC)")
    sha256: str = Field(description="The SHA-256 of the text's UTF-8 bytes, in hexadecimal")


async def sign_note(
    text: Annotated[str, Field(description="What to note", min_length=1, max_length=LONGEST_NOTE)],
) -> Receipt:
    """Write a note into the server's log, under the caller's name and for all who read the log; return its receipt."""
    access = caller()
    receipt = Receipt(
        id=str(uuid4()),
        text=text,
        signed_by=access.subject or access.client_id,
        signed_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        sha256=sha256(text.encode()).hexdigest(),
    )
    logger.info("note", extra={"fields": receipt.model_dump()})
    return receipt
