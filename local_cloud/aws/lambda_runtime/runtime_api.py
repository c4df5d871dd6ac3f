"""
The Runtime API of one execution environment, on a loopback port of its own.

Source: AWS, Lambda runtime API: next, response, error, init/error.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from local_cloud.aws.lambda_runtime.exchange import BODY_LIMIT, HEAD_LIMIT, Call, read_call, render

PREFIX = "/2018-06-01/runtime/"
_JSON = "Content-Type: application/json"
_ACCEPTED = render("202 Accepted", b'{"status":"OK"}\n', _JSON)
_UNKNOWN = render("404 Not Found", b'{"errorType":"NotFound"}', _JSON)
_TOO_LARGE = render("413 Payload Too Large", b'{"errorType":"RequestEntityTooLarge"}', _JSON)


@dataclass
class Invocation:
    """One event on its way through the environment; the answer is (whether the handler returned, body)."""

    request_id: str
    payload: bytes
    deadline_milliseconds: int
    function_arn: str
    answer: asyncio.Future[tuple[bool, bytes]] = field(repr=False)
    client_context: str | None = None


class RuntimeApi:
    """
    What the runtime client talks to: hands out one event at a time and takes its answer.

    Args:
        idle: called when the client asks for an event and there is none.
    """

    def __init__(self, idle: Callable[[], None]) -> None:
        self.ready = asyncio.Event()
        self.init_error: bytes | None = None
        self.overrun = False
        self._idle = idle
        self._events: asyncio.Queue[Invocation] = asyncio.Queue()
        self._current: Invocation | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listen; the answer is the value of AWS_LAMBDA_RUNTIME_API."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def give(self, invocation: Invocation) -> None:
        """Hand an event to the runtime client."""
        self._events.put_nowait(invocation)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                writer.write(await self._answer(await read_call(reader, writer)))
                await writer.drain()
        except (EOFError, asyncio.LimitOverrunError, asyncio.CancelledError, ConnectionError, ValueError):
            return  # the environment went away, is being stopped, or is not a runtime client
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, call: Call) -> bytes:
        method, path, current = call.method, call.path.removeprefix(PREFIX), self._current
        if (method, path) == ("GET", "invocation/next"):
            return await self._next()
        if (method, path) == ("POST", "init/error"):
            self.init_error = call.body or b""
            self.ready.set()
            return _ACCEPTED
        kind = path.removeprefix(f"invocation/{current.request_id}/") if current else path
        if current is None or method != "POST" or kind not in ("response", "error"):
            return _UNKNOWN
        return self._finish(current, kind, call.body)

    async def _next(self) -> bytes:
        self.ready.set()
        if self._events.empty():
            self._idle()
        self._current = event = await self._events.get()
        return render(
            "200 OK",
            event.payload,
            _JSON,
            f"Lambda-Runtime-Aws-Request-Id: {event.request_id}",
            f"Lambda-Runtime-Deadline-Ms: {event.deadline_milliseconds}",
            f"Lambda-Runtime-Invoked-Function-Arn: {event.function_arn}",
            f"Lambda-Runtime-Trace-Id: {_trace_id(event.request_id)}",
            *([f"Lambda-Runtime-Client-Context: {event.client_context}"] if event.client_context else []),
        )

    def _finish(self, current: Invocation, kind: str, body: bytes | None) -> bytes:
        self._current = None
        if body is None:
            self.overrun = True  # the client ends after this answer
            text = f"Response payload size exceeded maximum allowed payload size ({BODY_LIMIT} bytes)."
            error = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": text}
            _resolve(current, False, json.dumps(error).encode())
            return _TOO_LARGE
        _resolve(current, kind == "response", body)
        return _ACCEPTED


def _resolve(invocation: Invocation, returned: bool, body: bytes) -> None:
    if not invocation.answer.done():
        invocation.answer.set_result((returned, body))


def _trace_id(request_id: str) -> str:
    return f"Root=1-{request_id[:8]}-{request_id.replace('-', '')[:24]};Sampled=0"
