"""The consent page in a real browser. Source: Okta, request user consent; WCAG 2.2."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.authorization import READER, Client
from tests.browser.window import Window, text_of
from tests.local_cloud.okta.sign_in import PASSWORDS
from tests.requirements import requirement

WISH = "Read what is in the notes"


@pytest.fixture(autouse=True, scope="module")
def asking(client: Client) -> Iterator[None]:
    """The scope wants consent, and so does the app; it has a long name without a space."""
    org = client.org

    async def ask() -> None:
        scopes = (await org.call("GET", f"{org.server_path}/scopes", params={"q": "mcp:read"})).json()
        scope = {**scopes[0], "consent": "REQUIRED", "description": WISH}
        (await org.call("PUT", f"{org.server_path}/scopes/{scope['id']}", scope)).raise_for_status()
        await client.change(consent_method="REQUIRED")
        app = (await org.call("GET", f"/api/v1/apps/{org.client['id']}")).json()
        renamed = {**app, "label": f"mcp-okta-{'notes' * 12}"}
        (await org.call("PUT", f"/api/v1/apps/{app['id']}", renamed)).raise_for_status()

    org.run(ask)
    yield


def asked(window: Window, client: Client, **extra: str) -> None:
    """Sign in and come to the consent page."""
    window.page.goto(client.address(prompt="consent", **extra))
    if window.page.get_by_label("Password").count():
        window.press(READER, "Tab", PASSWORDS[READER], "Enter")
    window.page.wait_for_selector("button[name=decision]")


@requirement("browser:consent")
def test_a_person_allows_with_the_keyboard(window: Window, client: Client) -> None:
    """The page says who asks for what, in the scope's own words; Tab and Enter allow (Okta, user consent)."""
    asked(window, client, state="yes")
    window.keep("consent")
    page = text_of(window.page)
    window.press("Tab")
    stop = window.focus()
    window.press("Enter")

    assert WISH in page
    assert "mcp-okta-notes" in page
    assert stop == ("Allow access", True)
    assert set(window.answer_at(client.callback)) == {"code", "state"}


@requirement("browser:consent")
def test_a_person_declines_with_the_keyboard(window: Window, client: Client) -> None:
    """The client is told `access_denied` and its state, and nothing else (RFC 6749 §4.1.2.1)."""
    asked(window, client, state="no")
    window.press("Tab", "Tab")
    stop = window.focus()
    window.press("Enter")
    answer = window.answer_at(client.callback)

    assert stop == ("Cancel", True)
    assert (answer["error"], answer["state"]) == ("access_denied", "no")
    assert "code" not in answer


@requirement("browser:consent")
def test_what_was_allowed_is_not_asked_again(window: Window, client: Client) -> None:
    """Consent is kept for the person, the app and the scope, until the client asks for it anew (Okta, user consent)."""
    asked(window, client)
    window.page.get_by_role("button", name="Allow access").click()
    assert "code" in window.answer_at(client.callback)
    window.page.goto(client.address(state="later"))

    assert window.answer_at(client.callback)["state"] == "later"


@requirement("browser:readable")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_consent_page_can_be_read_in_a_narrow_window(
    open_window: Callable[..., Window], client: Client, scheme: str
) -> None:
    """320 pixels, a name that does not break, both schemes (WCAG 1.4.3, 1.4.10)."""
    window = open_window(color_scheme=scheme, viewport={"width": 320, "height": 640})
    asked(window, client)
    window.keep(f"consent-narrow-{scheme}")
    needed, given = window.room()

    assert needed <= given
    assert window.faint_texts() == []
