"""A blocking client's way into an application of this process."""

import asyncio
import threading
import weakref
from typing import Any

import httpx2


class InProcess(httpx2.BaseTransport):
    """One event loop, in which one request after the other is answered, whatever thread it comes from."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx2.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        weakref.finalize(self, self._loop.close)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""

        async def answer() -> httpx2.Response:
            found = await self._transport.handle_async_request(request)
            return httpx2.Response(found.status_code, headers=found.headers, content=await found.aread())

        with self._lock:
            return self._loop.run_until_complete(answer())
