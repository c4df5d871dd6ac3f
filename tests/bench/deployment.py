"""A deployed environment of its own for a measurement, and people who sign in to it."""

import base64
import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from cli.demo.browser import read_form
from tests.journeys.checkout import Checkout, make_checkout
from tests.journeys.sign_in import password_of

# Beyond what a measurement sends: throttling is not what is measured.
CONFIG = {"throttleRate": "10000", "throttleBurst": "5000"}


@dataclass(frozen=True)
class Deployment:
    """A deployed stack `local`, by its checkout and its outputs."""

    checkout: Checkout
    outputs: dict[str, Any]


@contextmanager
def deployment(**config: str) -> Iterator[Deployment]:
    """Deploy in a temporary folder, with this configuration; everything is stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="mcp-okta-bench-") as folder:
        checkout = make_checkout(Path(folder))
        settings = "".join(f"  mcp-okta:{key}: '{value}'\n" for key, value in (CONFIG | config).items())
        (checkout.root / "Pulumi.local.yaml").write_text(f"config:\n{settings}")
        try:
            checkout.ok("up", "--yes", timeout=600)
            yield Deployment(checkout, checkout.outputs())
        finally:
            checkout.run("local", "down")


async def sign_in(outputs: dict[str, Any], login: str, scope: str) -> dict[str, Any]:
    """
    Sign one person in with a browser of their own: authorization request, form, code, tokens.

    Source: RFC 6749 §4.1, RFC 7636.
    """
    verifier = secrets.token_urlsafe(48)
    redirect_uri, issuer = outputs["redirect_uris"][0], outputs["issuer"]
    async with httpx2.AsyncClient(timeout=60) as browser:
        page = await browser.get(f"{issuer}/v1/authorize", params=_request(outputs, redirect_uri, scope, verifier))
        action, fields = read_form(page.text)
        fields |= {"identifier": login, "password": password_of(login)}
        answer = await browser.post(urljoin(str(page.url), action), data=fields)
        code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form = {**grant, "client_id": outputs["client_id"], "code_verifier": verifier}
        tokens = await browser.post(f"{issuer}/v1/token", data=form)
        return tokens.raise_for_status().json()


def _request(outputs: dict[str, Any], redirect_uri: str, scope: str, verifier: str) -> dict[str, str]:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {
        "client_id": outputs["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope,
        "state": secrets.token_urlsafe(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
