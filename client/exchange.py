"""The way to Okta for the requests of a flow: metadata, tokens, revocation."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2

from client.errors import network_error
from client.sdk_logs import quiet_sdk_logs

Exchange = Callable[[httpx2.Request], Awaitable[httpx2.Response]]

TIMEOUT = httpx2.Timeout(60, connect=10)


@asynccontextmanager
async def to_okta(network: httpx2.AsyncBaseTransport) -> AsyncGenerator[Exchange]:
    """A way to Okta over this network, for as long as the block."""
    quiet_sdk_logs()
    async with httpx2.AsyncClient(transport=network, timeout=TIMEOUT) as http:
        yield exchange_over(http)


def exchange_over(http: httpx2.AsyncClient) -> Exchange:
    """Send the flow's own requests over `http`, with failures in our words."""

    async def exchange(request: httpx2.Request) -> httpx2.Response:
        try:
            return await http.send(request, follow_redirects=False)
        except httpx2.TransportError as error:
            raise network_error(error, request.url) from error

    return exchange
