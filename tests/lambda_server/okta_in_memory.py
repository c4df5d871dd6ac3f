"""An issuer as an HTTP transport: keys, introspection, tokens signed by keys made for the tests."""

import time
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import anyio.lowlevel
import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

HOST = "abc123.execute-api.us-east-1.amazonaws.com"
URL = f"https://{HOST}/mcp"
ISSUER = "https://example.okta.com/oauth2/aus1"
CLIENT_ID = "0oa1"
SERVICE_ID = "0oa-service"
ENVIRONMENT = {
    "MCP_URL": URL,
    "OKTA_ISSUER": ISSUER,
    "OKTA_CLIENT_IDS": CLIENT_ID,
    "OKTA_SERVICE_CLIENT_IDS": SERVICE_ID,
    "BASE_SCOPES": "mcp:read",
    "TOKEN_CHECK": "jwt",
    "LOG_LEVEL": "INFO",
}

REGISTRY = JWSRegistry(algorithms=["RS256"], strict_check_header=False)


@cache
def key(kid: str) -> RSAKey:
    """A key pair with that id, made once per test run."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)


class OktaInMemory(httpx2.AsyncBaseTransport):
    """Answers `/v1/keys` and `/v1/introspect`, counts what it was asked, and can be broken."""

    def __init__(self) -> None:
        self.kids = ["k1"]
        self.clock = time.time()
        self.asked: list[httpx2.Request] = []
        self.instead: httpx2.Response | httpx2.HTTPError | None = None
        self.broken = ("keys", "introspect")  # where it answers so
        self.hangs = False
        self.revoked: set[str] = set()

    def now(self) -> float:
        """The clock that server and issuer share."""
        return self.clock

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        await request.aread()
        await anyio.lowlevel.checkpoint()  # as on a network, others run meanwhile
        self.asked.append(request)
        if self.hangs:
            await anyio.sleep_forever()
        if self.instead is not None and request.url.path.endswith(self.broken):
            return self._fail(self.instead)
        if request.url == f"{ISSUER}/v1/keys" and request.method == "GET":
            return httpx2.Response(200, json=self.key_set())
        if request.url == f"{ISSUER}/v1/introspect" and request.method == "POST":
            return httpx2.Response(200, json=self.introspect(parse_qs(request.content.decode())))
        return httpx2.Response(404)

    @staticmethod
    def _fail(instead: httpx2.Response | httpx2.HTTPError) -> httpx2.Response:
        if isinstance(instead, httpx2.HTTPError):
            raise instead
        return instead

    def introspections(self) -> list[httpx2.Request]:
        """What it was asked about tokens."""
        return [request for request in self.asked if request.url.path.endswith("/introspect")]

    def key_set(self) -> dict[str, Any]:
        """The public keys, as Okta publishes them."""
        return {"keys": [key(kid).as_dict(private=False) for kid in self.kids]}

    def introspect(self, form: dict[str, list[str]]) -> dict[str, Any]:
        """Okta's answer to a public client: active only where this issuer signed it, and for this client."""
        token = form["token"][0]
        claims = self.read(token)
        if token in self.revoked or claims["exp"] <= self.clock or form["client_id"] != [claims["cid"]]:
            return {"active": False}
        words = {"active": True, "token_type": "Bearer", "username": claims["sub"]}
        same = {name: claims[name] for name in ("exp", "iat", "sub", "aud", "iss", "jti", "uid") if name in claims}
        return words | same | {"client_id": claims["cid"], "scope": " ".join(claims["scp"])}

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of its keys signed; of any other, claims that have expired."""
        for kid in self.kids:
            with suppress(JoseError):
                return jwt.decode(token, key(kid), registry=REGISTRY).claims
        return {"exp": 0}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good reader's token, with changes; None takes a claim away."""
        good = {
            "ver": 1,
            "jti": "AT.1",
            "iss": ISSUER,
            "aud": URL,
            "iat": int(self.clock),
            "exp": int(self.clock) + 3600,
            "cid": CLIENT_ID,
            "uid": "00u1",
            "scp": ["mcp:read"],
            "sub": "reader@example.com",
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, *, kid: str = "k1", header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A signed token."""
        protected = {"kid": kid, "alg": "RS256"} | (header or {})
        return jwt.encode(protected, self.claims(**changes), key(kid), default_type=None, algorithms=["RS256"])
