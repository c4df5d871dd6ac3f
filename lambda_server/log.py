"""Log lines as JSON objects, one per line, on stderr (CloudWatch keeps both streams)."""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# They write a line or more per request, some with what callers sent.
TALKATIVE = ("mcp", "mangum", "httpx2", "httpcore2", "asyncio", "sse_starlette", "uvicorn")

LONGEST_EXCERPT = 64
LONGEST_MESSAGE = 2000
# A JWT or the beginning of one; also where a library's exception quotes it.
TOKEN_LIKE = re.compile(r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*")


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line, whatever a stranger wrote; what looks like a token is taken out."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger and message, then the record's own fields."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage()[:LONGEST_MESSAGE],
            **({"request_id": request_id.get()} if request_id.get() else {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return TOKEN_LIKE.sub("[token]", json.dumps(line, default=str))


def configure(level: str) -> None:
    """Send everything through one handler; the libraries speak from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def excerpt(value: object) -> str:
    """What a stranger sent, in printable ASCII and at a length that a log line can bear."""
    if isinstance(value, list | dict):
        return f"{type(value).__name__} of {len(value)}"  # however deep it is
    whole = ascii(value[: LONGEST_EXCERPT + 1] if isinstance(value, str) else value)
    return whole if len(whole) <= LONGEST_EXCERPT else f"{whole[:LONGEST_EXCERPT]}…"
