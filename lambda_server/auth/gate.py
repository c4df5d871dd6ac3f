"""The door of the MCP endpoint: host and origin, then the token; behind it, refusals for want of scope."""

import logging

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecurityMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_server.audit import NO_TOKEN, WRONG_HOST, WRONG_ORIGIN, Audit, Call
from lambda_server.auth.bearer import read_bearer
from lambda_server.auth.challenge import Challenges, unavailable
from lambda_server.auth.errors import CheckUnavailable, RefusedToken
from lambda_server.auth.verifier import Verifier

logger = logging.getLogger(__name__)


class Gate:
    """An ASGI application that lets through requests with a good token, and writes the audit line of each."""

    def __init__(
        self,
        app: ASGIApp,
        verifier: Verifier,
        challenges: Challenges,
        doors: TransportSecurityMiddleware,
        audit: Audit,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._challenges = challenges
        self._doors = doors
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        call, status = self._audit.open(scope), 500

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._serve(call, scope, receive, watch)
        finally:
            call.close(status)

    async def _serve(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refuse_door(call, scope) or await self._refuse_token(call, scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def forbid(message: Message) -> None:
            if not call.wanted:
                await send(message)
            elif message["type"] == "http.response.start":
                await self._challenges.insufficient_scope(call.wanted)(scope, receive, send)

        await self._app(scope, receive, forbid)

    async def _refuse_door(self, call: Call, scope: Scope) -> Response | None:
        """A refusal where Host or Origin is not exactly ours. Source: MCP transports, DNS rebinding."""
        refusal = await self._doors.validate_request(Request(scope))
        if refusal is not None:
            call.outcome = WRONG_HOST if refusal.status_code == 421 else WRONG_ORIGIN
        return refusal

    async def _refuse_token(self, call: Call, scope: Scope) -> Response | None:
        """A refusal where there is no good token; with one, the caller is written into the scope."""
        try:
            token = read_bearer(scope)
            if token is None:
                call.outcome = NO_TOKEN
                return self._challenges.no_token()
            admit(await self._verifier.verify(token), call, scope)
        except (RefusedToken, CheckUnavailable) as error:
            call.outcome, call.reason = error.code, error.reason
            fields = {"reason": error.reason, "detail": error.detail}
            logger.warning("token not accepted", extra={"fields": fields})
            return self._challenges.invalid_token() if isinstance(error, RefusedToken) else unavailable()
        return None


def admit(access: AccessToken, call: Call, scope: Scope) -> None:
    """Write who calls where the SDK's `get_access_token` and the audit line find it."""
    scope["user"] = AuthenticatedUser(access)
    call.subject, call.client_id, call.scopes = access.subject, access.client_id, tuple(access.scopes)
    call.uid = access.claims.get("uid") if access.claims else None
