"""A person at a browser, and a native app: fetch the sign-in page, send its form, take the answer, get tokens."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.local_cloud.okta.org import CALLBACK, OktaOrg

PASSWORDS = {
    "reader@example.com": "Reader-1!",
    "editor@example.com": "Editor-1!",
    "outsider@example.com": "Outsider-1!",
}


class SignInForm(HTMLParser):
    """The one form of a page: where it goes, and what it holds already."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the form's action and the values of its fields."""
        found = dict(attrs)
        if tag == "form":
            self.action = found.get("action") or ""
        if tag == "input" and found.get("name"):
            self.fields[str(found["name"])] = found.get("value") or ""


@dataclass
class Login:
    """One authorization request, with the PKCE verifier that belongs to it."""

    org: OktaOrg
    scope: str = "openid profile offline_access mcp:read"
    extra: dict[str, Any] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=secrets.token_urlsafe)

    @property
    def base(self) -> str:
        """The server's own path."""
        return urlsplit(self.org.server["issuer"]).path

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the authorization request; a None in `extra` leaves one out."""
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        params = {
            "client_id": self.org.client["id"],
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": self.scope,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "resource": "http://127.0.0.1:9000/mcp",
            **self.extra,
        }
        return {name: value for name, value in params.items() if value is not None}

    async def ask(self, browser: httpx2.AsyncClient) -> httpx2.Response:
        """Send the authorization request."""
        return await browser.get(f"{self.base}/v1/authorize", params=self.params)

    async def enter(
        self, browser: httpx2.AsyncClient, page: httpx2.Response, name: str, password: str
    ) -> httpx2.Response:
        """Fill in the form and send it."""
        form = SignInForm(page.text)
        return await browser.post(form.action, data={**form.fields, "identifier": name, "password": password})

    async def answer(self, browser: httpx2.AsyncClient, name: str) -> dict[str, str]:
        """Sign in and read what arrives at the callback."""
        page = await self.ask(browser)
        return answer_of(await self.enter(browser, page, name, PASSWORDS[name]))

    async def ask_and_enter(self, browser: httpx2.AsyncClient, name: str = "reader@example.com") -> httpx2.Response:
        """Sign in, and take what comes next: an answer to the client, or another page."""
        return await self.enter(browser, await self.ask(browser), name, PASSWORDS[name])

    async def tokens(self, browser: httpx2.AsyncClient, name: str) -> dict[str, Any]:
        """Sign in and exchange the code."""
        response = await self.exchange(browser, (await self.answer(browser, name))["code"])
        assert response.status_code == 200, response.text
        return response.json()

    async def exchange(self, browser: httpx2.AsyncClient, code: str, /, **extra: Any) -> httpx2.Response:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        }
        return await self.post(browser, "token", **{**form, **extra})

    async def post(self, browser: httpx2.AsyncClient, endpoint: str, **form: Any) -> httpx2.Response:
        """Send a form to an endpoint of the server as the app."""
        fields = {"client_id": self.org.client["id"], **form}
        return await browser.post(f"{self.base}/v1/{endpoint}", data={k: v for k, v in fields.items() if v is not None})


def answer_of(response: httpx2.Response) -> dict[str, str]:
    """What a redirect carries to the client."""
    assert response.status_code == 302, response.text
    location = urlsplit(response.headers["location"])
    return dict(parse_qsl(location.query or location.fragment))
