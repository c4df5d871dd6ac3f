"""Whether an address of the local cloud answers, and as whom."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from local_cloud.hosts import OurHosts
from local_cloud.state import State


def build_control(identity: dict[str, Any], apis: Any) -> Starlette:
    """The daemon's own endpoint: who it is, and the URL of each HTTP API by its name."""

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({**identity, "apis": apis()})

    return Starlette(routes=[Route("/health", health)], middleware=[Middleware(OurHosts)])


def ask_health(state: State, seconds: float = 3) -> dict[str, Any] | None:
    """What the daemon of this state says of itself; None if it does not answer, or another one does."""
    answer = _get(f"{state.control_url}/health", seconds)
    if answer is None or answer[0] != 200:
        return None
    try:
        document = json.loads(answer[1])
    except ValueError:
        return None
    ours = isinstance(document, dict) and (document.get("boot_id"), document.get("root")) == (state.boot_id, state.root)
    return document if ours else None


def is_healthy(state: State, seconds: float = 3) -> bool:
    """Whether the daemon of this state and both clouds answer."""
    clouds = (state.okta_url, state.aws_endpoint_url)
    return ask_health(state, seconds) is not None and all(answers(url, seconds) for url in clouds)


def answers(url: str, seconds: float = 3) -> bool:
    """Whether anybody answers there in HTTP, with whatever status."""
    return _get(f"{url}/", seconds) is not None


def _get(url: str, seconds: float) -> tuple[int, bytes] | None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
