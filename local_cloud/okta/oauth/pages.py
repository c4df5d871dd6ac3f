"""The pages that a person sees: sign-in, consent, messages, and the form that carries an answer to the client."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

TEMPLATES = Path(__file__).parent / "templates"
SIGN_IN_FAILED = "Unable to sign in"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def sign_in_page(
    app_label: str, action: str, csrf: str, request: str, identifier: str = "", problem: str = ""
) -> HTMLResponse:
    """
    Ask who it is.

    Args:
        request: the query of the authorization request, which the form carries along.
        problem: what went wrong the last time.
    """
    focus = {"focus_identifier": "autofocus", "focus_password": ""}
    if identifier:
        focus = {"focus_identifier": "", "focus_password": "autofocus"}
    values = {"app": app_label, "action": action, "csrf": csrf, "request": request, "identifier": identifier}
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    content = _fill("sign_in", values, problem=alert, **focus)
    return _page("Sign in", content, 401 if problem else 200)


def message_page(heading: str, message: str, status: int) -> HTMLResponse:
    """Tell a person what is wrong."""
    return _page(heading, _fill("message", {"heading": heading, "message": message}), status)


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
    return _page(
        "Returning", _fill("form_post", {"action": action}, fields=hidden), 200, "; script-src 'unsafe-inline'"
    )


def _fill(template: str, values: Mapping[str, str], **markup: str) -> str:
    escaped = {name: escape(value) for name, value in values.items()}
    return Template((TEMPLATES / f"{template}.html").read_text()).substitute(escaped, **markup)


def _page(title: str, content: str, status: int, scripts: str = "") -> HTMLResponse:
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY + scripts,
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    markup = Template((TEMPLATES / "shell.html").read_text()).substitute(title=escape(title), content=content)
    return HTMLResponse(markup, status, headers)
