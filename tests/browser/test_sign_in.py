"""The sign-in page in a real browser. Source: issue 4 (pages); WCAG 2.2; OAuth 2.0 and OpenID Connect as named."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.authorization import READER, Client
from tests.browser.window import Window, contrast, text_of
from tests.local_cloud.okta.sign_in import PASSWORDS
from tests.requirements import requirement


@requirement("browser:keyboard")
def test_a_person_signs_in_with_the_keyboard_alone(window: Window, client: Client) -> None:
    """The first field has the focus; Tab leads on, Enter sends (WCAG 2.1.1); the client gets code and state."""
    window.page.goto(client.address(state="abc"))
    window.keep("sign-in")
    window.press(READER, "Tab", PASSWORDS[READER], "Enter")

    assert set(window.answer_at(client.callback)) == {"code", "state"}
    assert window.answer_at(client.callback)["state"] == "abc"


@requirement("browser:focus")
def test_the_focus_goes_from_field_to_field_and_can_be_seen(window: Window, client: Client) -> None:
    """Order of the page, each stop with an outline (WCAG 2.4.3, 2.4.7)."""
    window.page.goto(client.address())
    stops = [window.focus()]
    for _ in range(2):
        window.press("Tab")
        stops.append(window.focus())
    window.keep("sign-in-focus")

    assert stops == [("identifier", True), ("password", True), ("Sign in", True)]


@requirement("browser:labels")
def test_every_field_has_a_name_that_is_read_out(window: Window, client: Client) -> None:
    """Heading, labels, button and language, as assistive technology sees them (WCAG 1.3.1, 3.1.1, 3.3.2, 4.1.2)."""
    window.page.goto(client.address())

    assert window.page.get_attribute("html", "lang") == "en"
    assert window.page.title().startswith("Sign in")
    assert window.page.get_by_label("Username", exact=True).get_attribute("autocomplete") == "username"
    assert window.page.get_by_label("Password", exact=True).get_attribute("autocomplete") == "current-password"
    snapshot = window.page.locator("main").aria_snapshot()
    for line in ('heading "Sign in" [level=1]', 'textbox "Username"', 'textbox "Password"', 'button "Sign in"'):
        assert line in snapshot


@requirement("browser:wrong-password")
@pytest.mark.parametrize("login", [READER, "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_name_look_the_same(window: Window, client: Client, login: str) -> None:
    """The refusal is announced, the name stays, and the password field waits (WCAG 3.3.1; OWASP, authentication)."""
    window.page.goto(client.address())
    window.press(login, "Tab", "wrong", "Enter")
    window.page.wait_for_selector("[role=alert]")
    window.keep("sign-in-refused")

    assert window.page.get_by_role("alert").inner_text() == "Unable to sign in"
    assert window.page.get_by_label("Username").input_value() == login
    assert window.page.get_by_label("Password").input_value() == ""
    assert window.focus()[0] == "password"
    assert window.origins == {client.org.url}


def test_after_a_wrong_password_the_right_one_signs_in(window: Window, client: Client) -> None:
    """The authorization request survives the refusal (RFC 6749 §4.1.1)."""
    window.page.goto(client.address(state="kept"))
    window.press(READER, "Tab", "wrong", "Enter")
    window.page.wait_for_selector("[role=alert]")
    window.press(PASSWORDS[READER], "Enter")

    assert window.answer_at(client.callback)["state"] == "kept"


@requirement("browser:session")
def test_a_person_who_is_signed_in_is_not_asked_again(window: Window, client: Client) -> None:
    """The session cookie serves, unless the client wants a fresh sign-in (OpenID Connect Core §3.1.2.1)."""
    window.page.goto(client.address())
    window.press(READER, "Tab", PASSWORDS[READER], "Enter")
    assert "code" in window.answer_at(client.callback)
    window.page.goto(client.address(state="second"))
    assert window.answer_at(client.callback)["state"] == "second"
    window.page.goto(client.address(prompt="login"))

    assert window.page.get_by_role("heading").inner_text() == "Sign in"
    cookies = [cookie for cookie in window.context.cookies(client.org.url) if cookie["name"] == "idx"]
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Lax")]


@requirement("browser:error-page")
@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:8765/callback"},
        {"redirect_uri": "https://evil.example.com/callback"},
        {"redirect_uri": None},
        {"client_id": "0oaNobody"},
    ],
    ids=["another port", "another host", "none", "unknown client"],
)
def test_what_cannot_be_trusted_with_an_answer_gets_none(
    window: Window, client: Client, changed: dict[str, Any]
) -> None:
    """An error page, and the browser never leaves the org (RFC 6749 §3.1.2.4; docs/facts/okta.md §2)."""
    response = window.page.goto(client.address(**changed))
    window.keep("error")

    assert response is not None
    assert response.status == 400
    assert window.origins == {client.org.url}
    assert window.page.locator("a, form").count() == 0
    assert window.page.get_by_role("heading").inner_text() == "400 Bad Request"
    assert ("client_id" if "client_id" in changed else "redirect_uri") in text_of(window.page)


@requirement("browser:response-modes")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_the_answer_travels_as_the_client_asked(window: Window, client: Client, mode: str) -> None:
    """Query, fragment or form (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode)."""
    window.page.goto(client.address(response_mode=mode, state="m"))
    window.press(READER, "Tab", PASSWORDS[READER], "Enter")

    assert set(window.answer_at(client.callback)) == {"code", "state"}
    assert bool(window.posted) == (mode == "form_post")
    assert ("#" in window.page.url) == (mode == "fragment")
    assert ("?" in window.page.url) == (mode == "query")


@requirement("browser:no-script")
@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_no_script_is_needed(open_window: Callable[..., Window], client: Client, mode: str) -> None:
    """Without scripts the form that carries the answer has a button (Form Post Response Mode §2)."""
    window = open_window(java_script_enabled=False)
    window.page.goto(client.address(response_mode=mode))
    window.page.get_by_label("Username").fill(READER)
    window.page.get_by_label("Password").fill(PASSWORDS[READER])
    window.page.get_by_role("button", name="Sign in").click()
    if mode == "form_post":
        window.keep("form-post")
        window.page.get_by_role("button", name="Continue").click()

    assert "code" in window.answer_at(client.callback)


@requirement("browser:readable")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_by_day_and_by_night(
    open_window: Callable[..., Window], client: Client, scheme: str
) -> None:
    """Contrast of 4.5 at least, and dark means dark (WCAG 1.4.3; CSS prefers-color-scheme)."""
    window = open_window(color_scheme=scheme)
    window.page.goto(client.address())
    window.press(READER, "Tab", "wrong", "Enter")
    window.page.wait_for_selector("[role=alert]")
    window.keep(f"sign-in-{scheme}")
    paper = window.page.evaluate("() => getComputedStyle(document.body).backgroundColor")

    assert window.faint_texts() == []
    assert (contrast(paper, "rgb(0, 0, 0)") < contrast(paper, "rgb(255, 255, 255)")) == (scheme == "dark")


def test_the_measure_of_contrast_finds_what_is_faint(window: Window) -> None:
    """Black on white is 21, and grey on white is seen to be too little (WCAG 2.2, contrast ratio)."""
    window.page.set_content('<body style="background:#fff"><p style="color:#999">faint</p><p>black</p></body>')

    assert round(contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)"), 1) == 21.0
    assert window.faint_texts() == ["faint"]


@requirement("browser:reflow")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("narrow", {"viewport": {"width": 320, "height": 480}}),
        ("zoomed", {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}),
    ],
)
def test_nothing_scrolls_sideways(
    open_window: Callable[..., Window], client: Client, name: str, settings: dict[str, Any]
) -> None:
    """320 pixels wide, and 1280 by 800 at 200 % (WCAG 1.4.4, 1.4.10)."""
    window = open_window(**settings)
    window.page.goto(client.address())
    window.keep(f"sign-in-{name}")
    needed, given = window.room()

    assert needed <= given
    assert window.page.get_by_role("button", name="Sign in").is_visible()
