"""People of a deployed stack: who they are at Okta, and their calls, each with tokens and a browser of their own."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import anyio
import httpx2

from cli.demo.browser import ScriptedBrowser, read_form
from client.outputs import Outputs
from client.session import open_session
from client.tokens import FileTokens
from tests.journeys.checkout import Checkout
from tests.journeys.sign_in import password_of

Work = Callable[[httpx2.Client], Any]


@dataclass(frozen=True)
class Person:
    """Somebody at a machine of their own, who signs in there when it takes that."""

    outputs: dict[str, Any]
    login: str
    password: str = field(repr=False)
    folder: Path

    @classmethod
    def seeded(cls, outputs: dict[str, Any], login: str, folder: Path) -> "Person":
        """One of the local Okta's own people."""
        return cls(outputs, login, password_of(login), folder)

    @property
    def tokens(self) -> FileTokens:
        """Where this person's tokens are."""
        return FileTokens(self.folder / self.login)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool in a session of its own."""
        return anyio.run(functools.partial(self._call, tool, arguments))

    async def _call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        browser = ScriptedBrowser(self.login, self.password)
        try:
            async with open_session(Outputs.from_mapping(self.outputs), self.tokens, browser) as session:
                return await session.call_tool(tool, arguments)
        finally:
            await browser.close()


@contextmanager
def management(checkout: Checkout) -> Iterator[httpx2.Client]:
    """The Management API of the checkout's local Okta."""
    status = checkout.status()
    headers = {"Authorization": f"SSWS {status['okta_api_token']}"}
    with httpx2.Client(base_url=status["okta_url"], headers=headers, timeout=20) as org:
        yield org


def group_id(org: httpx2.Client, name: str) -> str:
    """The id of a group."""
    found = org.get("/api/v1/groups", params={"q": name}).raise_for_status().json()
    return str(next(group["id"] for group in found if group["profile"]["name"] == name))


def add_person(org: httpx2.Client, login: str, password: str, group: str) -> str:
    """Create a person in a group; the id. Source: Okta, Users API, create a user in a group."""
    body = {
        "profile": {"login": login, "email": login, "firstName": "Ada", "lastName": "Added"},
        "credentials": {"password": {"value": password}},
        "groupIds": [group_id(org, group)],
    }
    return str(org.post("/api/v1/users?activate=true", json=body).raise_for_status().json()["id"])


def enter_code(page_url: str, login: str) -> str:
    """Open Okta's page for devices, compare the code, sign in; the last page's text. Source: RFC 8628 §3.3."""
    with httpx2.Client(follow_redirects=True, timeout=20) as browser:
        page = browser.get(page_url)
        for typed in ({}, {"identifier": login, "password": password_of(login)}):
            action, fields = read_form(page.text)
            page = browser.post(urljoin(str(page.url), action), data=fields | typed)
        return page.text
