"""The gate's own answer in the place of the application's."""

from typing import Any

import pytest
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecurityMiddleware

from lambda_server.audit import Audit, Call
from lambda_server.auth.challenge import Challenges
from lambda_server.auth.gate import Gate
from lambda_server.settings import Settings


class Everybody:
    """A verifier that knows everybody."""

    async def verify(self, token: str) -> AccessToken:
        """Let them in."""
        return AccessToken(token="", client_id="0oa1", scopes=[], subject="reader@example.com")


@pytest.mark.anyio
async def test_an_answer_in_pieces_is_replaced_by_one_refusal(settings: Settings) -> None:
    """ASGI: one start per request, however many pieces the application sends."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        Call.of(scope).wanted = ("mcp:write",)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    gate = Gate(app, Everybody(), Challenges(settings), TransportSecurityMiddleware(), Audit("test"))
    scope = {"type": "http", "method": "POST", "headers": [(b"authorization", b"Bearer x")], "query_string": b""}
    await gate(scope, None, send)  # type: ignore[arg-type]

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 403
