"""The way to Okta for the requests of a flow, and to nobody else: metadata, tokens, revocation."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2

from client.errors import BadAnswer, network_error, place
from client.outputs import Outputs
from client.sdk_logs import quiet_sdk_logs

Exchange = Callable[[httpx2.Request], Awaitable[httpx2.Response]]

TIMEOUT = httpx2.Timeout(60, connect=10)


@asynccontextmanager
async def to_okta(outputs: Outputs, network: httpx2.AsyncBaseTransport) -> AsyncGenerator[Exchange]:
    """A way to Okta over this network, for as long as the block."""
    quiet_sdk_logs()
    async with httpx2.AsyncClient(transport=network, timeout=TIMEOUT) as http:
        yield exchange_over(http, outputs)


def exchange_over(http: httpx2.AsyncClient, outputs: Outputs) -> Exchange:
    """
    Send the flow's own requests over `http`, with failures in our words.

    Every request of every flow passes here, so here is where its address is checked: metadata may come from the
    server or its issuer; what carries a secret goes to the issuer.
    """

    async def exchange(request: httpx2.Request) -> httpx2.Response:
        known = (outputs.issuer, outputs.url) if request.method == "GET" else (outputs.issuer,)
        check_address(request.url, *known)
        try:
            return await http.send(request, follow_redirects=False)
        except httpx2.TransportError as error:
            raise network_error(error, request.url) from error

    return exchange


def check_address(address: httpx2.URL | str, *known: str) -> None:
    """
    Accept only an address at one of the known origins, which are https or loopback (`Outputs.from_mapping`).

    Raises:
        BadAnswer: a server named another one.

    Source: CWE-918; RFC 9700 §4.4; RFC 6454 §4.
    """
    origins = {origin(url) for url in known}
    if origin(address) not in origins:
        raise BadAnswer(
            f"a server named {place(address)}, which is not at {' or '.join(sorted(origins))}; nothing was sent there",
            "compare the url and the issuer with whoever deployed the server: mcp-okta outputs --json",
        )


def origin(address: httpx2.URL | str) -> str:
    """Scheme, host and port, without the port that is the scheme's own."""
    url = httpx2.URL(address)
    return f"{url.scheme}://{url.netloc.decode()}"
