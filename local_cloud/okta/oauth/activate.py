"""
The page at which a person lets a device in: its code, who they are, what it may, and the result.

Source: RFC 8628 §3.3, §5.4; https://developer.okta.com/docs/guides/device-authorization-grant/main/
"""

from starlette.requests import Request
from starlette.responses import Response

from local_cloud.okta.errors import OAuthError
from local_cloud.okta.grant_types import DEVICE
from local_cloud.okta.oauth import consent, devices, sessions
from local_cloud.okta.oauth.decisions import check_access
from local_cloud.okta.oauth.forms import page_params
from local_cloud.okta.oauth.issuers import find_issuer
from local_cloud.okta.oauth.pages import SIGN_IN_FAILED, activate_page, consent_page, message_page, sign_in_page
from local_cloud.okta.oauth.wording import DENIED
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

BAD_CODE = "Invalid code. Try again."
DONE = "Device activated", "Follow the instructions on your device for next steps."
REFUSED = "Device not activated", "You can close this page."


async def ask_code(org: Org, server: Row, request: Request) -> Response:
    """Ask for the code on the device's screen; one that came with the address is filled in, to be compared."""
    return _ask_code(request, (await page_params(request)).get("user_code", ""))


async def take_code(org: Org, server: Row, request: Request) -> Response:
    """Take the code, and go on to whoever is at the browser."""
    form = await sessions.own_form(request)
    code = form.get("user_code", "")
    waiting, session = _waiting(org, code), sessions.find(org, request)
    if waiting is None:
        return _ask_code(request, code, BAD_CODE)
    if session is None:
        return _ask_who(request, waiting, code)
    return _consider(org, request, waiting, code, session)


async def sign_in(org: Org, server: Row, request: Request) -> Response:
    """Take the sign-in form; it carries the code along."""
    form = await sessions.own_form(request)
    code = form.get("request", "")
    waiting = _waiting(org, code)
    if waiting is None:
        return _ask_code(request, code, BAD_CODE)
    user = sessions.check_sign_in(org, form)
    if user is None:
        return _ask_who(request, waiting, code, form.get("identifier", ""), SIGN_IN_FAILED)
    cookie = Response()
    session = sessions.start(org, request, user, cookie)
    response = _consider(org, request, waiting, code, session)
    response.headers.append("set-cookie", cookie.headers["set-cookie"])
    return response


async def decide(org: Org, server: Row, request: Request) -> Response:
    """Take the consent form."""
    form = await sessions.own_form(request)
    code = form.get("request", "")
    waiting, session = _waiting(org, code), sessions.find(org, request)
    if waiting is None:
        return _ask_code(request, code, BAD_CODE)
    if session is None:
        return _ask_who(request, waiting, code)
    if form.get("decision") != "allow":
        devices.deny(org, waiting[0], DENIED)
        return message_page(*REFUSED, 200)
    return _consider(org, request, waiting, code, session, agreed=True)


Waiting = tuple[Row, Row, Row]


def _waiting(org: Org, code: str) -> Waiting | None:
    row = devices.waiting(org, code)
    issuer = find_issuer(org, row["server"]) if row else None
    app = org.store.get("apps", row["client"]) if row else None
    return None if row is None or issuer is None or app is None or app["status"] != "ACTIVE" else (row, issuer, app)


def _consider(
    org: Org, request: Request, waiting: Waiting, code: str, session: Row, *, agreed: bool = False
) -> Response:
    row, issuer, app = waiting
    wanted, who = tuple(row["scopes"]), session["user"]
    try:
        rule, scopes = check_access(org, issuer, app, DEVICE, wanted, who, by_default=row.get("by_default", False))
    except OAuthError as error:
        devices.deny(org, row, error.description)
        return message_page(REFUSED[0], error.description, 403)
    if agreed:
        consent.record(org, issuer, app, scopes, who)
    missing = consent.missing(org, issuer, app, scopes, who)
    if missing:
        return _ask_consent(org, request, app, code, session, missing)
    devices.approve(org, row, session, scopes, rule)
    return message_page(*DONE, 200)


def _ask_code(request: Request, code: str, problem: str = "") -> Response:
    csrf = sessions.csrf_token(request)
    response = activate_page("/activate", csrf, code, problem)
    sessions.give_csrf(request, response, csrf)
    return response


def _ask_who(request: Request, waiting: Waiting, code: str, identifier: str = "", problem: str = "") -> Response:
    csrf = sessions.csrf_token(request)
    response = sign_in_page(waiting[2]["label"], "/activate/signin", csrf, code, identifier, problem)
    sessions.give_csrf(request, response, csrf)
    return response


def _ask_consent(org: Org, request: Request, app: Row, code: str, session: Row, wanted: list[Row]) -> Response:
    csrf, user = sessions.csrf_token(request), org.store.get("users", session["user"])
    person = user["profile"]["firstName"] if user else ""
    response = consent_page(app["label"], "/activate/consent", csrf, code, person, consent.wishes(wanted))
    sessions.give_csrf(request, response, csrf)
    return response
