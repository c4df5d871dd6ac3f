"""
A small honest authorization server: what a client can see of Okta's, and nothing else.

Source: docs/facts/okta.md §1, 2, 4, 5, 6: no down-scoping, rotation, exact redirect URIs, no `iss`, no registration.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

RESERVED = {"openid", "profile", "email", "offline_access"}


@dataclass
class Grant:
    """One sign-in: who, which scopes, and its living tokens."""

    person: str
    scopes: str
    access: set[str] = field(default_factory=set)
    refresh: str | None = None
    spent: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)


class FakeOkta:
    """The server's memory, and the knobs that a test turns."""

    def __init__(self, origin: str, client_id: str, redirect_uris: list[str], people: dict[str, set[str]]) -> None:
        self.origin = origin
        self.issuer = f"{origin}/oauth2/aus1"
        self.client_id = client_id
        self.redirect_uris = redirect_uris
        self.people = people
        self.audience = ""  # the server's URL
        self.lifetime_seconds = 3600
        self.asked: list[str] = []
        self.resources: list[str | None] = []
        self.refreshes = 0
        self.registrations = 0
        self.status: int | None = None
        self.token_body: bytes | None = None
        self.elsewhere: dict[str, str] = {}  # members of the metadata that lead away
        self.published = ["openid", "profile", "email", "offline_access", "mcp:read", "mcp:write"]
        self.device_grant = True
        self.device_interval = 5
        self.device_answers: list[str] = []
        self.device_person = "reader"
        self.declined = 0  # so many sign-ins end with the person saying no
        self.device_troubles: list[Response | None] = []  # in place of the answers to the first polls
        self.services: dict[str, tuple[RSAPublicKey, set[str]]] = {}
        self.assertions: list[dict[str, object]] = []
        self._device_scopes = ""
        self._codes: dict[str, tuple[Grant, str, str]] = {}
        self.grants: list[Grant] = []

    def scopes_of(self, access_token: str) -> set[str] | None:
        """The scopes of a living access token."""
        found = next((grant for grant in self.grants if access_token in grant.access), None)
        return set(found.scopes.split()) if found else None

    def expire_access_tokens(self) -> None:
        """Let every access token run out now, whatever the client believes."""
        for grant in self.grants:
            grant.access.clear()

    def app(self) -> Starlette:
        """The ASGI application."""
        base = "/oauth2/aus1/v1"
        return Starlette(
            routes=[
                Route("/.well-known/oauth-authorization-server/oauth2/aus1", self.metadata),
                Route(f"{base}/authorize", self.authorize),
                Route(f"{base}/token", self.token, methods=["POST"]),
                Route(f"{base}/device/authorize", self.device, methods=["POST"]),
                Route(f"{base}/revoke", self.revoke, methods=["POST"]),
                Route("/oauth2/v1/clients", self.register, methods=["POST"]),
            ]
        )

    async def metadata(self, request: Request) -> Response:
        """RFC 8414 metadata in Okta's form."""
        if self.status:
            return JSONResponse({}, self.status)
        base = f"{self.issuer}/v1"
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "revocation_endpoint": f"{base}/revoke",
                "device_authorization_endpoint": f"{base}/device/authorize",
                "registration_endpoint": f"{self.origin}/oauth2/v1/clients",
                "scopes_supported": self.published,
                "code_challenge_methods_supported": ["S256"],
                **self.elsewhere,
            }
        )

    async def register(self, request: Request) -> Response:
        """Registration needs an admin's token."""
        self.registrations += 1
        return JSONResponse({"errorCode": "E0000005"}, 401)

    async def authorize(self, request: Request) -> Response:
        """Sign the person in whom the browser's header names, by the rules."""
        query = request.query_params
        if query.get("client_id") != self.client_id or query.get("redirect_uri") not in self.redirect_uris:
            return HTMLResponse("bad client or redirect_uri", 400)
        self.asked.append(query["scope"])
        self.resources.append(query.get("resource"))
        person = request.headers["x-person"]
        wanted = set(query["scope"].split()) - RESERVED
        if query.get("code_challenge_method") != "S256":
            return self.redirect(query, error="invalid_request", error_description="PKCE is required.")
        if person not in self.people:
            return self.redirect(
                query, error="access_denied", error_description="User is not assigned to the client application."
            )
        if self.declined:
            self.declined -= 1
            words = "The resource owner or authorization server denied the request."
            return self.redirect(query, error="access_denied", error_description=words)
        if not wanted <= self.people[person]:
            return self.redirect(
                query, error="access_denied", error_description="Policy evaluation failed for this request."
            )
        code = secrets.token_urlsafe()
        self._codes[code] = (Grant(person, query["scope"]), query["code_challenge"], query["redirect_uri"])
        return self.redirect(query, code=code)

    @staticmethod
    def redirect(query: object, **values: str) -> Response:
        """Back to the client, with its state."""
        pairs = values | {"state": query["state"]}  # type: ignore[index]
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(pairs)}", 302)  # type: ignore[index]

    async def token(self, request: Request) -> Response:
        """Code or refresh token for tokens."""
        form = await request.form()
        if self.status:
            return JSONResponse({}, self.status)
        if self.token_body is not None:
            return Response(self.token_body, media_type="application/json")
        if form["grant_type"] == "client_credentials":
            return self.by_assertion(form)
        if form.get("client_id") != self.client_id:
            return JSONResponse({"error": "invalid_client"}, 401)
        if str(form["grant_type"]).endswith(":device_code"):
            if self.device_troubles and (trouble := self.device_troubles.pop(0)):
                return trouble
            return self.by_device(str(form["device_code"]))
        grant = self.by_code(form) if form["grant_type"] == "authorization_code" else self.by_refresh(form)
        if grant is None:
            words = "The refresh token is invalid or expired."
            return JSONResponse({"error": "invalid_grant", "error_description": words}, 400)
        return self.issue(grant)

    def by_code(self, form: object) -> Grant | None:
        """RFC 7636 §4.6; a code works once."""
        grant, challenge, uri = self._codes.pop(str(form["code"]), (None, "", ""))  # type: ignore[index]
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()  # type: ignore[index]
        proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge
        if grant is None or not proven or form["redirect_uri"] != uri:  # type: ignore[index]
            return None
        self.grants.append(grant)
        return grant

    def by_refresh(self, form: object) -> Grant | None:
        """A rotated token that comes again ends the whole grant."""
        token = str(form["refresh_token"])  # type: ignore[index]
        self.refreshes += 1
        for grant in self.grants:
            if token in grant.spent:
                grant.refresh = None
                grant.access.clear()
            if token == grant.refresh:
                grant.spent.add(token)
                return grant
        return None

    async def device(self, request: Request) -> Response:
        """RFC 8628 §3.1 and §3.2, for an app that has the grant."""
        form = await request.form()
        if not self.device_grant or form.get("client_id") != self.client_id:
            words = "The client is not authorized to use the provided grant type."
            return JSONResponse({"error": "unauthorized_client", "error_description": words}, 400)
        self._device_scopes = str(form["scope"])
        uri = f"{self.origin}/activate"
        code = {"device_code": "device-1", "user_code": "ABCD-EFGH", "verification_uri": uri}
        return JSONResponse(
            {
                **code,
                "verification_uri_complete": f"{uri}?user_code=ABCDEFGH",
                "expires_in": 600,
                "interval": self.device_interval,
            }
        )

    def by_device(self, code: str) -> Response:
        """RFC 8628 §3.5: the answers that the test prepared, then tokens by the rules."""
        error = self.device_answers.pop(0) if self.device_answers else None
        wanted = set(self._device_scopes.split()) - RESERVED
        if error is None and not wanted <= self.people[self.device_person]:
            error = "access_denied"
        if error or code != "device-1":
            words = "Policy evaluation failed for this request."
            return JSONResponse({"error": error or "invalid_grant", "error_description": words}, 400)
        self.grants.append(Grant(self.device_person, self._device_scopes))
        return self.issue(self.grants[-1])

    def by_assertion(self, form: object) -> Response:
        """RFC 7523 §3: signature, issuer, subject, audience, and scopes by the rules."""
        assertion = str(form["client_assertion"])  # type: ignore[index]
        client = str(jwt.decode(assertion, options={"verify_signature": False})["sub"])
        key, allowed = self.services[client]
        audience = f"{self.issuer}/v1/token"
        try:
            claims = jwt.decode(assertion, key, ["RS256"], audience=audience, issuer=client, subject=client)
        except jwt.PyJWTError:
            words = "The client_assertion signature is invalid."
            return JSONResponse({"error": "invalid_client", "error_description": words}, 401)
        self.assertions.append({**jwt.get_unverified_header(assertion), **claims})
        scopes = str(form["scope"])  # type: ignore[index]
        if not set(scopes.split()) <= allowed:
            words = "Policy evaluation failed for this request."
            return JSONResponse({"error": "access_denied", "error_description": words}, 400)
        self.grants.append(Grant(client, scopes))
        return self.issue(self.grants[-1])

    def issue(self, grant: Grant) -> Response:
        """New tokens of the grant."""
        claims = {"aud": self.audience, "sub": grant.person, "jti": secrets.token_urlsafe()}
        access = jwt.encode(claims, secrets.token_hex(32), "HS256")
        grant.access.add(access)
        body = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime_seconds}
        if "offline_access" in grant.scopes.split():
            grant.refresh = f"RT.{secrets.token_urlsafe()}"
            body["refresh_token"] = grant.refresh
        return JSONResponse(body | {"scope": grant.scopes}, headers={"Cache-Control": "no-store"})

    async def revoke(self, request: Request) -> Response:
        """RFC 7009."""
        form = await request.form()
        token = str(form["token"])
        for grant in self.grants:
            grant.access.discard(token)
            if grant.refresh == token:
                grant.refresh = None
                grant.access.clear()
        return Response(status_code=200)
