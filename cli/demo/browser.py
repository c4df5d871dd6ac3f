"""A browser without a screen: it fills in Okta's real sign-in form and follows the redirects."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

from cli.demo.errors import DemoError


class _Form(HTMLParser):
    """The page's first form: where it posts to, and its prefilled fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the form's action and its inputs."""
        attributes = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action") or ""
        if tag == "input" and attributes.get("name"):
            self.fields[str(attributes["name"])] = attributes.get("value") or ""


def read_form(page: str) -> tuple[str, dict[str, str]]:
    """
    Find the form of a sign-in page: its action and its fields with their values.

    Raises:
        DemoError: the page holds no form.
    """
    form = _Form()
    form.feed(page)
    if form.action is None:
        raise DemoError("Okta's page holds no sign-in form")
    return form.action, form.fields


class ScriptedBrowser:
    """One person at one browser, with the cookies of their session."""

    def __init__(self, login: str, password: str) -> None:
        self.login = login
        self._password = password
        self._http = httpx2.AsyncClient(follow_redirects=True, timeout=20)

    async def __call__(self, url: str) -> None:
        """Open the authorization URL; sign in if Okta asks; end at the client's loopback page."""
        answer = await self._http.get(url)
        if 'name="password"' in answer.text:
            action, fields = read_form(answer.text)
            fields |= {"identifier": self.login, "password": self._password}
            await self._http.post(urljoin(str(answer.url), action), data=fields)

    async def close(self) -> None:
        """Close the browser's connections."""
        await self._http.aclose()
