"""Log lines as JSON objects, one per line, on stderr (CloudWatch keeps both streams)."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from lambda_server.errors import ServerError

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

OURS = "lambda_server"
LONGEST_EXCERPT = 64
LONGEST_MESSAGE = 2000
# A JWT or the beginning of one; longer than what is left of an Okta id (20 characters) in which "eyJ" stands by chance.
TOKEN_LIKE = re.compile(r"eyJ[A-Za-z0-9_-]{17,}(?:\.[A-Za-z0-9_-]*)*")

# Where a value goes. Source: Python, printf-style String Formatting.
FILLED_IN = re.compile(r"%(?:\([^)]*\))?[-#0 +]*[0-9*]*(?:\.[0-9*]+)?[a-zA-Z]")
# Where a message that was filled in before may quote something: asyncio's tasks and callbacks, and what they raised.
QUOTED = re.compile(r"[\n\"'(<\[{]")


class JsonLines(logging.Formatter):
    """
    A record as one JSON object on one line, whatever a stranger wrote; what looks like a token is taken out.

    Args:
        quote: write what libraries and exceptions quote, too: for an author, who is the caller as well.
    """

    def __init__(self, *, quote: bool = False) -> None:
        super().__init__()
        self._quote = quote

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger and message, then the record's own fields."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record)[:LONGEST_MESSAGE],
            **({"request_id": request_id.get()} if request_id.get() else {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return TOKEN_LIKE.sub("[token]", json.dumps(line, default=str))

    def formatException(self, ei: Any) -> str:
        """What was raised, and where; its text only where it is ours, since the others quote what callers sent."""
        return super().formatException(ei) if self._quote else "\n".join(described(ei[1]))

    def _message(self, record: logging.LogRecord) -> str:
        """The libraries fill in what callers sent: of theirs, the words alone, as far as they quote nothing."""
        if self._quote or record.name.partition(".")[0] == OURS:
            return record.getMessage()
        return QUOTED.split(FILLED_IN.sub("…", str(record.msg)), maxsplit=1)[0]


def described(error: BaseException | None, seen: set[int] | None = None) -> Iterator[str]:
    """An exception and what led to it: its frames, its type, and the text of our own and the code of AWS's errors."""
    seen = set() if seen is None else seen
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield "".join(traceback.format_tb(error.__traceback__)) + named(error)
        for inner in getattr(error, "exceptions", ()):
            yield from described(inner, seen)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def named(error: BaseException) -> str:
    """Its type, and what of its text cannot be a caller's."""
    if isinstance(error, ServerError):
        return f"{type(error).__name__}: {error}"
    answer = getattr(error, "response", None)  # botocore's ClientError
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return f"{type(error).__name__}: {code}" if code else type(error).__name__


def configure(level: str, *, quote: bool = False) -> None:
    """
    Send everything through one handler; the libraries speak from WARNING on, whatever the level.

    At DEBUG, the AWS SDK writes whole requests: texts, and the signature of the function's role.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(quote=quote))
    own = logging.getLogger(OURS)
    own.setLevel(level)
    logging.basicConfig(level=max(logging.WARNING, own.level), handlers=[handler], force=True)


def excerpt(value: object) -> str:
    """What a stranger sent, in printable ASCII and at a length that a log line can bear."""
    if isinstance(value, list | dict):
        return f"{type(value).__name__} of {len(value)}"  # however deep it is
    whole = ascii(value[: LONGEST_EXCERPT + 1] if isinstance(value, str) else value)
    return whole if len(whole) <= LONGEST_EXCERPT else f"{whole[:LONGEST_EXCERPT]}…"
