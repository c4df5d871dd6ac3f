"""Browser sessions: a person who has signed in is not asked again."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

COOKIE = "idx"
CSRF_COOKIE = "okta_csrf"
SESSION_SECONDS = 2 * 3600


def start(org: Org, user: Row, response: Response) -> Row:
    """Begin a session and put its cookie on the response."""
    org.store.expire("sessions", org.now())
    cookie, now = new_secret(), int(org.now())
    _set_cookie(response, COOKIE, cookie)
    row = {"id": digest(cookie), "user": user["id"], "auth_time": now, "expires": now + SESSION_SECONDS}
    return org.store.put("sessions", row["id"], row)


def find(org: Org, request: Request) -> Row | None:
    """The session of the browser, while it lasts and its person is active."""
    row = org.store.get("sessions", digest(request.cookies.get(COOKIE, "")))
    if row is None or row["expires"] <= org.now():
        return None
    user = org.store.get("users", row["user"])
    return row if user is not None and user["status"] == "ACTIVE" else None


def csrf_token(request: Request) -> str:
    """The value that a form of this browser must send back."""
    return request.cookies.get(CSRF_COOKIE) or new_secret()


def give_csrf(response: Response, token: str) -> None:
    """Put the form's value on the response as a cookie."""
    _set_cookie(response, CSRF_COOKIE, token)


def is_own_form(request: Request, token: str) -> bool:
    """Whether a form came from a page that this browser was given."""
    expected = request.cookies.get(CSRF_COOKIE, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())


def _set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", httponly=True, samesite="lax")
