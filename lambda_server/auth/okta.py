"""Requests to Okta: one client for the life of the process, answers bounded in size and time."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx2

from lambda_server.auth.errors import CheckUnavailable
from lambda_server.settings import LOOPBACK

TIMEOUT = httpx2.Timeout(5.0, connect=3.0)  # seconds; well inside the function's own limit
LARGEST_ANSWER = 256 * 1024  # bytes; two or three keys take two kilobytes


def okta_client(issuer: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    """A client for the issuer; the environment's proxy is honoured, except for an issuer on this machine."""
    return httpx2.AsyncClient(transport=transport, timeout=TIMEOUT, trust_env=urlsplit(issuer).hostname not in LOOPBACK)


async def ask(client: httpx2.AsyncClient, request: httpx2.Request) -> dict[str, Any]:
    """
    Send the request; return the JSON object that Okta answered with status 200.

    Raises:
        CheckUnavailable: no answer, another status, an answer that is too large or no JSON object.
    """
    where = f"{request.method} {request.url}"
    try:
        response = await client.send(request, stream=True)
        try:
            body = await _read(response, where)
        finally:
            await response.aclose()
    except httpx2.HTTPError as error:
        raise CheckUnavailable(f"{where}: {type(error).__name__} {error}".rstrip()) from error
    return _json_object(body, where)


async def _read(response: httpx2.Response, where: str) -> bytes:
    if response.status_code != 200:
        raise CheckUnavailable(f"{where} answered {response.status_code}")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise CheckUnavailable(f"{where} answered more than {LARGEST_ANSWER} bytes")
    return bytes(body)


def _json_object(body: bytes, where: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CheckUnavailable(f"{where} did not answer with JSON") from error
    if not isinstance(answer, dict):
        raise CheckUnavailable(f"{where} did not answer with a JSON object")
    return answer
