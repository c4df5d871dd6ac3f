"""Browser sessions: a person who has signed in is not asked again."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from local_cloud.okta import people
from local_cloud.okta.errors import PageError
from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.oauth.forms import page_params
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

COOKIE = "idx"
CSRF_COOKIE = "okta_csrf"
SESSION_SECONDS = 2 * 3600


def check_sign_in(org: Org, form: dict[str, str]) -> Row | None:
    """Who has signed in with a form; None for a wrong password, an unknown name, and who may not."""
    name = form.get("identifier", "").strip()
    user = people.find_user(org, name)
    known = people.check_password(user, form.get("password", ""))
    if not known or user is None or user["status"] != "ACTIVE" or user["profile"]["login"].lower() != name.lower():
        return None
    return org.store.put("users", user["id"], {**user, "lastLogin": org.clock.timestamp()})


def start(org: Org, request: Request, user: Row, response: Response) -> Row:
    """Begin a session in place of the browser's present one, and put its cookie on the response."""
    org.store.expire("sessions", org.now())
    end(org, request)
    cookie, now = new_secret(), int(org.now())
    _set_cookie(request, response, COOKIE, cookie)
    row = {"id": digest(cookie), "user": user["id"], "auth_time": now, "expires": now + SESSION_SECONDS}
    return org.store.put("sessions", row["id"], row)


def end(org: Org, request: Request) -> None:
    """Forget the browser's session."""
    org.store.remove("sessions", digest(request.cookies.get(COOKIE, "")))


def find(org: Org, request: Request) -> Row | None:
    """The session of the browser, while it lasts and its person is active."""
    row = org.store.get("sessions", digest(request.cookies.get(COOKIE, "")))
    if row is None or row["expires"] <= org.now():
        return None
    user = org.store.get("users", row["user"])
    return row if user is not None and user["status"] == "ACTIVE" else None


async def own_form(request: Request) -> dict[str, str]:
    """
    Read a form that must come from a page of ours.

    Raises:
        PageError: it comes from elsewhere, or the browser keeps no cookies.
    """
    form = await page_params(request)
    if not is_own_form(request, form.get("csrf", "")):
        raise PageError("Your session has expired", "Go back to the application and sign in again.", 403)
    return form


def csrf_token(request: Request) -> str:
    """The value that a form of this browser must send back."""
    return request.cookies.get(CSRF_COOKIE) or new_secret()


def give_csrf(request: Request, response: Response, token: str) -> None:
    """Put the form's value on the response as a cookie."""
    _set_cookie(request, response, CSRF_COOKIE, token)


def is_own_form(request: Request, token: str) -> bool:
    """Whether a form came from a page that this browser was given."""
    expected = request.cookies.get(CSRF_COOKIE, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())


def _set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
