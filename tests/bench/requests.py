"""The tool call that is measured, as HTTP and as the event that the function gets."""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

from local_cloud.aws.front_door.events import Visit, make_event

BODY = json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami", "arguments": {}}}
).encode()


def headers(token: str) -> dict[str, str]:
    """What a client of the 2025-11-25 era sends."""
    return {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
    }


def is_answered(status: int, body: bytes | str) -> bool:
    """Whether the answer holds the tool's result."""
    return status == 200 and "structuredContent" in json.loads(body).get("result", {})


class Caller:
    """One connection that is kept, with as little client around it as there can be."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._path, self._headers = parts.path, headers(token)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)

    def __call__(self) -> None:
        """Call the tool once."""
        self._connection.request("POST", self._path, BODY, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if not is_answered(answer.status, body):
            raise RuntimeError(f"the call was answered {answer.status}: {body[:200]!r}")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def event(url: str, token: str) -> dict[str, Any]:
    """The same call as the event that an HTTP API makes of it."""
    parts = urlsplit(url)
    sent = {**headers(token), "host": parts.netloc, "content-length": str(len(BODY))}
    visit = Visit(
        request_id="bench",
        api_id="bench",
        method="POST",
        path=parts.path,
        decoded_path=parts.path,
        query="",
        protocol="HTTP/1.1",
        domain=parts.netloc,
        port=parts.port or 80,
        source_ip="127.0.0.1",
        headers=tuple(sent.items()),
    )
    return make_event(visit, f"POST {parts.path}", {}, BODY)


class Context:
    """Lambda's context object, as far as the handler uses it."""

    aws_request_id = "bench"

    def __init__(self, seconds: float = 29) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda would kill the process."""
        return int((self._end - time.monotonic()) * 1000)
