"""The pages that a person sees, and the form that carries an answer to the client."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

TEMPLATES = Path(__file__).parent / "templates"
SIGN_IN_FAILED = "Unable to sign in"
# Submits the form that carries an answer to the client; the only script of any page.
SUBMIT = "document.forms[0].submit()"


def sign_in_page(
    app_label: str, action: str, csrf: str, request: str, identifier: str = "", problem: str = ""
) -> HTMLResponse:
    """
    Ask who it is.

    Args:
        request: what the form carries along: the query of the authorization request, or the code of a device.
        problem: what went wrong the last time.
    """
    focus = {"focus_identifier": "autofocus", "focus_password": ""}
    if identifier:
        focus = {"focus_identifier": "", "focus_password": "autofocus"}
    values = {"app": app_label, "action": action, "csrf": csrf, "request": request, "identifier": identifier}
    content = _fill("sign_in", values, **_problem(problem), **focus)
    return _page("Sign in", content, 401 if problem else 200)


def activate_page(action: str, csrf: str, user_code: str, problem: str = "") -> HTMLResponse:
    """Ask for the code that a device shows."""
    values = {"action": action, "csrf": csrf, "user_code": user_code}
    return _page(
        "Activate your device", _fill("activate", values, **_problem(problem, "hint")), 400 if problem else 200
    )


def message_page(heading: str, message: str, status: int) -> HTMLResponse:
    """Tell a person what is wrong, or done."""
    role = 'role="alert"' if status >= 400 else 'role="status"'
    return _page(heading, _fill("message", {"heading": heading, "message": message}, role=role), status)


def consent_page(app_label: str, action: str, csrf: str, request: str, person: str, wishes: list[str]) -> HTMLResponse:
    """Ask whether the app may; each wish is a scope in words."""
    values = {"app": app_label, "action": action, "csrf": csrf, "request": request, "person": person}
    items = "\n".join(f"<li>{escape(wish)}</li>" for wish in wishes)
    return _page("Allow access", _fill("consent", values, scopes=items), 200)


def form_post_page(action: str, fields: Mapping[str, str]) -> HTMLResponse:
    """Carry an answer to the client in a form that submits itself. Source: OAuth 2.0 Form Post Response Mode."""
    hidden = "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    content = _fill("form_post", {"action": action}, fields=hidden, script=SUBMIT)
    return _page("Returning to the application", content, 200, f"; script-src '{_hash(SUBMIT)}'")


def _problem(text: str, hint: str = "") -> dict[str, str]:
    if not text:
        return {"problem": "", "invalid": f'aria-describedby="{hint}"' if hint else ""}
    marked = f'aria-invalid="true" aria-describedby="{f"problem {hint}".strip()}"'
    return {"problem": f'<p class="problem" id="problem" role="alert">{escape(text)}</p>', "invalid": marked}


def _fill(template: str, values: Mapping[str, str], **markup: str) -> str:
    escaped = {name: escape(value) for name, value in values.items()}
    return Template(_read(f"{template}.html")).substitute(escaped, **markup)


def _page(title: str, content: str, status: int, scripts: str = "") -> HTMLResponse:
    style = _read("style.css")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy + scripts,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    markup = Template(_read("shell.html")).substitute(title=escape(title), style=style, content=content)
    return HTMLResponse(markup, status, headers)


@cache
def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _hash(inline: str) -> str:
    """What lets a page's own style or script pass its Content-Security-Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}"
