"""Requests to Okta: one client for the life of the process, answers bounded in size and time."""

from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2

from lambda_server.auth.errors import CheckUnavailable
from lambda_server.auth.reasons import Reason
from lambda_server.auth.strict_json import BadJson, read_object
from lambda_server.settings import LOOPBACK

TIMEOUT = httpx2.Timeout(5.0, connect=3.0)  # seconds; well inside the function's own limit
LONGEST_SECONDS = 6.0  # for a whole answer, however slowly it drips
LARGEST_ANSWER = 64 * 1024  # bytes; two or three keys take two kilobytes
HEADERS = {"accept": "application/json", "accept-encoding": "identity"}


def okta_client(issuer: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    """A client for the issuer; the environment's proxy is honoured, except for an issuer on this machine."""
    trust_env = urlsplit(issuer).hostname not in LOOPBACK
    return httpx2.AsyncClient(
        transport=transport, timeout=TIMEOUT, trust_env=trust_env, headers=HEADERS, follow_redirects=False
    )


async def ask(
    client: httpx2.AsyncClient, request: httpx2.Request, longest_seconds: float | None = None
) -> dict[str, Any]:
    """
    Send the request; return the JSON object that Okta answered with status 200.

    Args:
        longest_seconds: until the whole answer is there; as long as any may take, if left out.

    Raises:
        CheckUnavailable: no whole answer in time, another status (a redirect too), an answer that is compressed,
            too large or no JSON object.
    """
    where = f"{request.method} {request.url}"
    try:
        with anyio.fail_after(LONGEST_SECONDS if longest_seconds is None else longest_seconds):
            body = await _send(client, request, where)
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise CheckUnavailable(Reason.OKTA_TIMEOUT, f"{where}: {type(error).__name__}") from None
    except httpx2.HTTPError as error:
        raise CheckUnavailable(Reason.OKTA_UNREACHABLE, f"{where}: {type(error).__name__}") from None
    try:
        return read_object(body)
    except BadJson as error:
        raise CheckUnavailable(Reason.OKTA_JSON, f"{where}: {error.fault}") from None


async def _send(client: httpx2.AsyncClient, request: httpx2.Request, where: str) -> bytes:
    response = await client.send(request, stream=True)
    try:
        return await _read(response, where)
    finally:
        await response.aclose()


async def _read(response: httpx2.Response, where: str) -> bytes:
    if response.status_code != 200:
        raise CheckUnavailable(Reason.OKTA_STATUS, f"{where} answered {response.status_code}")
    if "content-encoding" in response.headers:  # a few bytes could unfold to any number
        raise CheckUnavailable(Reason.OKTA_ENCODED, f"{where} answered in another encoding than was asked for")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise CheckUnavailable(Reason.OKTA_TOO_LARGE, f"{where} answered more than {LARGEST_ANSWER} bytes")
    return bytes(body)
