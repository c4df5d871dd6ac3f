"""The HTTP client below a session: it answers in the server's place where that fails, and knows why."""

import secrets
from typing import Any

import httpx2
from mcp.shared.exceptions import MCPError

from client.challenge import needs_more_scope, refused
from client.errors import ClientError, NotAllowed, ServerError, network_error, place
from client.outputs import Outputs
from client.token_answer import json_object

FAILED_HERE = -32099  # of the range that JSON-RPC leaves to implementations


class AnsweringClient(httpx2.AsyncClient):
    """
    An HTTP client that never raises: an exception would cancel the whole SDK session and come out as a group.

    Each failure becomes a JSON-RPC error that names it, and `explain` finds it again on the other side.
    """

    def __init__(self, outputs: Outputs, **options: Any) -> None:
        super().__init__(**options)
        self._outputs = outputs
        self._failures: dict[str, ClientError] = {}
        self.connecting: bool = True
        self._broken: ClientError | None = None

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send the request; answer in the server's place where that fails."""
        try:
            if self._broken is not None:
                raise self._broken
            return await self._checked(await super().send(request, **options))
        except httpx2.TransportError as error:
            return self._answer(request, network_error(error, request.url))
        except ClientError as error:
            return self._answer(request, error)

    async def _checked(self, response: httpx2.Response) -> httpx2.Response:
        is_json = response.headers.get("content-type", "").lower().startswith("application/json")
        if is_json or response.status_code >= 400:
            await response.aread()
        if response.status_code == 401 or needs_more_scope(response):
            raise refused(self._outputs, response)
        if response.status_code >= 400 and not (is_json and _is_rpc_error(response)):
            raise _status_error(response)
        return response

    def _answer(self, request: httpx2.Request, failure: ClientError) -> httpx2.Response:
        # While connecting, the SDK takes an error for an older server and tries again: no second browser for that.
        if self.connecting and not isinstance(failure, ServerError):
            self._broken = failure
        key = secrets.token_hex(8)
        self._failures[key] = failure
        error = {"code": FAILED_HERE, "message": failure.message, "data": {"failure": key}}
        return httpx2.Response(500, json={"jsonrpc": "2.0", "id": None, "error": error}, request=request)

    def explain(self, error: MCPError) -> ClientError:
        """The failure behind the SDK's error; an error of the server itself is a `ServerError`."""
        key = error.data.get("failure") if error.code == FAILED_HERE and isinstance(error.data, dict) else None
        if key in self._failures:
            return self._failures.pop(key)
        return ServerError(f"{self._outputs.url} answered: {error.message} ({error.code})", "mcp-okta tools")


def _is_rpc_error(response: httpx2.Response) -> bool:
    return isinstance(json_object(response).get("error"), dict)


def _status_error(response: httpx2.Response) -> ClientError:
    where = place(response.request.url)
    if response.status_code == 403:
        return NotAllowed(f"{where} refuses this client: status 403", "ask whoever deployed the server")
    if response.status_code == 404:
        return ServerError(f"{where} does not exist: status 404", "mcp-okta outputs")
    return ServerError(f"{where} answered {response.status_code}", "wait a minute, then try again")
