"""API Gateway's events in, answers out: one event loop and one lifespan for the life of the process (ADR 0002)."""

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any, Protocol

from mangum import Mangum
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_server.audit import TOO_LATE, Call
from lambda_server.log import request_id

MARGIN_SECONDS = 0.5  # between our 504 and the moment that Lambda would kill the process
SERVER_ERROR = -32000  # of the range that JSON-RPC leaves to implementations
TIME_IS_OVER = "The server ran out of time; the call may or may not have taken effect."


class Context(Protocol):
    """What we use of Lambda's context object."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda kills the process."""
        ...


class Gateway:
    """A Lambda handler around an ASGI application."""

    def __init__(self, app: ASGIApp, margin_seconds: float = MARGIN_SECONDS) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)  # where Mangum looks for it
        self._lifespan = Lifespan(app)
        try:
            self._loop.run_until_complete(self._lifespan.start())
        except BaseException:
            self._close_loop()
            raise
        self._mangum = Mangum(Deadline(app, margin_seconds), lifespan="off")

    def __call__(self, event: Any, context: Context) -> dict[str, Any]:
        """Answer one event."""
        token = request_id.set(context.aws_request_id)
        try:
            return self._mangum(event, context)  # type: ignore[arg-type]
        finally:
            request_id.reset(token)

    def close(self) -> None:
        """Leave the lifespan and the loop, as a test must and Lambda never does."""
        self._loop.run_until_complete(self._lifespan.stop())
        self._close_loop()

    def _close_loop(self) -> None:
        self._loop.close()
        asyncio.set_event_loop(None)


class Lifespan:
    """The application's lifespan, entered once, in a task of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Enter it; whatever it raises is raised here."""
        self._inbox.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.create_task(self._run())
        started = asyncio.create_task(self._started.wait())
        await asyncio.wait({self._task, started}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Leave it."""
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        await self._app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._inbox.get, self._send)

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._started.set()


class Deadline:
    """Answers 504 while there is still time to, whatever the application is waiting for."""

    def __init__(self, app: ASGIApp, margin_seconds: float) -> None:
        self._app = app
        self._margin_seconds = margin_seconds
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or answer that the time is over."""
        answer = Answer(send)
        task = asyncio.create_task(_serve(self._app, scope, receive, answer))
        seconds = scope["aws.context"].get_remaining_time_in_millis() / 1000 - self._margin_seconds
        await asyncio.wait({task}, timeout=max(0.0, seconds))
        if task.done():
            task.result()
            return
        # Not awaited: a call that blocks in a thread would hold the answer back.
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        task.cancel()
        call = Call.of(scope)
        call.outcome = TOO_LATE
        call.close(504)  # now: whatever blocks may outlive the process
        await answer.replace(JSONResponse(too_late(scope["aws.event"]), 504), scope, receive)


async def _serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


class Answer:
    """The application's answer, held until it is whole, so that another can still take its place."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        """Take the application's next message; those of one that is too late go nowhere."""
        if self._replaced:
            return
        self._messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            for held in self._messages:
                await self._send(held)

    async def replace(self, response: JSONResponse, scope: Scope, receive: Receive) -> None:
        """Send this instead."""
        self._replaced = True
        await response(scope, receive, self._send)


def too_late(event: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON-RPC error for the request in the event. Source: JSON-RPC 2.0 §5 (the id is the request's, or null)."""
    return {"jsonrpc": "2.0", "id": _request_id(event), "error": {"code": SERVER_ERROR, "message": TIME_IS_OVER}}


def _request_id(event: Mapping[str, Any]) -> str | int | None:
    """The id, where it can be told and sent back; whatever the body holds, there is an answer."""
    body = event.get("body") or ""
    try:
        request = json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
        number = request.get("id") if isinstance(request, dict) else None
        json.dumps(number, ensure_ascii=False).encode()
    except (ValueError, RecursionError, MemoryError):
        return None
    return number if isinstance(number, str | int) else None
