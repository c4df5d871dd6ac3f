"""
The Runtime API of one execution environment, on a loopback port of its own.

Source: AWS, Lambda runtime API: next, response, error, init/error.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

PREFIX = "/2018-06-01/runtime/"
BODY_LIMIT = 6 * 1024 * 1024


@dataclass
class Invocation:
    """One event on its way through the environment; the answer is (ok, body)."""

    request_id: str
    payload: bytes
    deadline_milliseconds: int
    function_arn: str
    answer: asyncio.Future[tuple[bool, bytes]] = field(repr=False)


class RuntimeApi:
    """What the runtime client talks to: hands out one event at a time and takes its answer."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.init_error: str | None = None
        self._events: asyncio.Queue[Invocation] = asyncio.Queue()
        self._current: Invocation | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def start(self) -> str:
        """Listen; the answer is the value of AWS_LAMBDA_RUNTIME_API."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=64 * 1024)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._server:
            self._server.close()
        for writer in self._connections:
            writer.close()

    def give(self, invocation: Invocation) -> None:
        """Hand an event to the runtime client."""
        self._events.put_nowait(invocation)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ValueError):
            return  # the environment went away, is being stopped, or is not a runtime client
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, headers = _parse(head)
        length = int(headers.get("content-length", "0"))
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", ""):
            body = await _read_chunks(reader)
        else:
            body = await reader.readexactly(length)
        status, extra, answer = await self._answer(method, target.removeprefix(PREFIX), headers, body)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(answer)}", *extra]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + answer)
        await writer.drain()
        return True

    async def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[str, list[str], bytes]:
        if (method, path) == ("GET", "invocation/next"):
            return await self._next()
        if (method, path) == ("POST", "init/error"):
            self.init_error = _error_text(body)
            self.ready.set()
            return _accepted()
        current = self._current
        if current is None or method != "POST" or not path.startswith(f"invocation/{current.request_id}/"):
            return "404 Not Found", [], b"{}"
        return self._finish(current, path.rsplit("/", 1)[1], body)

    async def _next(self) -> tuple[str, list[str], bytes]:
        self.ready.set()
        self._current = event = await self._events.get()
        headers = [
            "Content-Type: application/json",
            f"Lambda-Runtime-Aws-Request-Id: {event.request_id}",
            f"Lambda-Runtime-Deadline-Ms: {event.deadline_milliseconds}",
            f"Lambda-Runtime-Invoked-Function-Arn: {event.function_arn}",
            f"Lambda-Runtime-Trace-Id: {_trace_id(event.request_id)}",
        ]
        return "200 OK", headers, event.payload

    def _finish(self, current: Invocation, kind: str, body: bytes) -> tuple[str, list[str], bytes]:
        self._current = None
        if len(body) > BODY_LIMIT:
            text = f"Exceeded maximum allowed payload size ({BODY_LIMIT} bytes)."
            _resolve(current, False, json.dumps({"errorMessage": text}).encode())
            return "413 Payload Too Large", [], b"{}"
        _resolve(current, kind == "response", body)
        return _accepted()


def _resolve(invocation: Invocation, ok: bool, body: bytes) -> None:
    if not invocation.answer.done():
        invocation.answer.set_result((ok, body))


def _trace_id(request_id: str) -> str:
    return f"Root=1-{request_id[:8]}-{request_id.replace('-', '')[:24]};Sampled=0"


def _accepted() -> tuple[str, list[str], bytes]:
    return "202 Accepted", ["Content-Type: application/json"], b'{"status":"OK"}\n'


def _parse(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines)
    return method, target, {name.strip().lower(): value.strip() for name, value in pairs}


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readuntil(b"\r\n")
    await reader.readuntil(b"\r\n")
    return bytes(body)


def _error_text(body: bytes) -> str:
    try:
        error: Any = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return f"{error.get('errorType', 'Error')}: {error.get('errorMessage', '')}"
