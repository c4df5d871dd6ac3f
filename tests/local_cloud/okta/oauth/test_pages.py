"""The pages themselves: structure, labels, headers. What they look like is seen in tests/browser."""

from html.parser import HTMLParser

import httpx2
import pytest

from tests.local_cloud.okta.oauth.world import World
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


class Outline(HTMLParser):
    """What assistive technology goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.labelled: set[str] = set()
        self.fields: dict[str, dict[str, str | None]] = {}
        self.lang: str | None = None
        self.title = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note headings, labels and the fields that a person fills in."""
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = found.get("lang")
        if tag == "label":
            self.labelled.add(str(found.get("for")))
        if tag == "input" and found.get("type") != "hidden":
            self.fields[str(found.get("id"))] = found

    def handle_data(self, data: str) -> None:
        """Note the title."""
        if self.tags and self.tags[-1] == "title" and not self.title:
            self.title = data


async def pages(world: World) -> dict[str, httpx2.Response]:
    """Each page once."""
    login = world.sign_in(world.custom)
    async with world.org.browser() as browser:
        return {
            "sign-in": await login.ask(browser),
            "error": await world.sign_in(world.custom, redirect_uri="https://elsewhere.example").ask(browser),
            "device": await browser.get("/activate"),
            "signed-out": await browser.get("/login/signout"),
            "form-post": await world.sign_in(world.custom, response_mode="form_post", prompt="none").ask(browser),
        }


@requirement("okta:pages")
async def test_each_page_can_be_read_and_used_without_a_mouse(world: World) -> None:
    """Language, title, one heading, one main part, a label for each field (WCAG 2.2: 2.4.2, 3.1.1, 3.3.2)."""
    titles = set()
    for page in (await pages(world)).values():
        outline = Outline(page.text)
        assert outline.lang == "en"
        assert [outline.tags.count(tag) for tag in ("main", "h1")] == [1, 1]
        assert set(outline.fields) <= outline.labelled
        titles.add(outline.title)

    assert len(titles) == 5


@requirement("okta:pages")
async def test_each_page_is_kept_by_nobody_and_framed_by_nobody(world: World) -> None:
    """No cache, no frame, no script but the one that is named (CSP 3; RFC 9700 §4.16)."""
    for name, page in (await pages(world)).items():
        policy = page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert ("script-src" in policy) is (name == "form-post")


async def test_fields_say_what_they_are_for(world: World) -> None:
    """Password managers and phones fill in the right thing (WCAG 2.2: 1.3.5)."""
    page = (await pages(world))["sign-in"]
    fields = Outline(page.text).fields

    assert fields["identifier"]["autocomplete"] == "username"
    assert fields["password"]["autocomplete"] == "current-password"
    assert fields["password"]["type"] == "password"
