"""
The authorization endpoint and its two forms: checks, sign-in and consent where they are needed, a code.

The forms carry the authorization request along, and every step checks it anew.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/ (authorize).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local_cloud.okta import people
from local_cloud.okta.errors import OAuthError, PageError, RedirectError
from local_cloud.okta.oauth import consent, sessions
from local_cloud.okta.oauth.checks import Ask, check_client, check_redirect_uri, check_request
from local_cloud.okta.oauth.codes import check_access, issue_code
from local_cloud.okta.oauth.forms import parse, read_form
from local_cloud.okta.oauth.pages import SIGN_IN_FAILED, consent_page, form_post_page, sign_in_page
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

FRESH_SECONDS = 600
NOT_LOGGED_IN = "The client specified not to prompt, but the user is not logged in."
NO_CONSENT = "The client specified not to prompt, but the client app requires consent."
DENIED = "The resource owner or authorization server denied the request."


@dataclass(frozen=True)
class Visit:
    """
    One request of a browser to the authorization endpoint or one of its forms.

    Args:
        query: the authorization request, as it was sent.
    """

    org: Org
    request: Request
    query: str
    params: Mapping[str, str]
    ask: Ask

    def action(self, name: str) -> str:
        """Where a form of this server goes."""
        return f"{urlsplit(self.ask.server['issuer']).path}/v1/{name}"


Step = Callable[[Visit], Response]


async def authorize(org: Org, server: Row, request: Request) -> Response:
    """Answer an authorization request with a code, an error, or a page."""
    if request.method == "POST":
        query = (await request.body()).decode("utf-8", "replace")
    else:
        query = request.scope["query_string"].decode("latin-1")
    return visit(org, server, request, query, _begin)


async def sign_in(org: Org, server: Row, request: Request) -> Response:
    """Take the sign-in form; a wrong password and an unknown name look the same."""
    form = await own_form(request)
    name, password = form.get("identifier", "").strip(), form.get("password", "")

    def step(visited: Visit) -> Response:
        user = people.find_user(org, name)
        if not people.check_password(user, password) or user is None or user["status"] != "ACTIVE":
            return ask_who(visited, name, SIGN_IN_FAILED)
        org.store.put("users", user["id"], {**user, "lastLogin": org.clock.timestamp()})
        return _with_session(visited, user)

    return visit(org, server, request, form.get("request", ""), step)


async def decide(org: Org, server: Row, request: Request) -> Response:
    """Take the consent form."""
    form = await own_form(request)

    def step(visited: Visit) -> Response:
        session = sessions.find(org, request)
        if session is None or (org.now() - session["auth_time"] > FRESH_SECONDS and "login" in visited.ask.prompts):
            return ask_who(visited, "")
        if form.get("decision") != "allow":
            raise RedirectError("access_denied", DENIED)
        check_access(org, visited.ask, session["user"])
        consent.record(org, visited.ask, session["user"])
        return redirect(visited.ask.redirect_uri, visited.params, {"code": issue_code(org, visited.ask, session)})

    return visit(org, server, request, form.get("request", ""), step)


def visit(org: Org, server: Row, request: Request, query: str, step: Step) -> Response:
    """
    Check an authorization request and take a step with it; what goes wrong from here on, the client is told.

    Raises:
        PageError: there is no client or redirect URI to be trusted with an answer.
    """
    try:
        params = parse(query)
    except OAuthError as error:
        raise PageError("400 Bad Request", error.description) from error
    app = check_client(org, params)
    redirect_uri = check_redirect_uri(app, params)
    try:
        return step(Visit(org, request, query, params, check_request(org, server, app, redirect_uri, params)))
    except RedirectError as error:
        return redirect(redirect_uri, params, {"error": error.error, "error_description": error.description})


async def own_form(request: Request) -> dict[str, str]:
    """
    Read a form that must come from a page of ours.

    Raises:
        PageError: it comes from elsewhere, or the browser keeps no cookies.
    """
    form = await read_form(request)
    if not sessions.is_own_form(request, form.get("csrf", "")):
        raise PageError("Your session has expired", "Go back to the application and sign in again.", 403)
    return form


def usable_session(visited: Visit) -> Row | None:
    """The browser's session, unless the client wants a fresh sign-in. Source: OpenID Connect Core §3.1.2.1."""
    session = sessions.find(visited.org, visited.request)
    if session is None or "login" in visited.ask.prompts:
        return None
    longest = visited.ask.max_age_seconds
    too_old = longest is not None and visited.org.now() - session["auth_time"] > longest
    return None if too_old else session


def grant(visited: Visit, session: Row) -> Response:
    """Answer with a code, or ask for consent first."""
    check_access(visited.org, visited.ask, session["user"])
    scopes = consent.missing(visited.org, visited.ask, session["user"])
    if scopes and "none" in visited.ask.prompts:
        raise RedirectError("consent_required", NO_CONSENT)
    if scopes:
        return ask_consent(visited, session, scopes)
    code = issue_code(visited.org, visited.ask, session)
    return redirect(visited.ask.redirect_uri, visited.params, {"code": code})


def ask_who(visited: Visit, identifier: str, problem: str = "") -> Response:
    """Show the sign-in page."""
    csrf = sessions.csrf_token(visited.request)
    label = visited.ask.app["label"]
    response = sign_in_page(label, visited.action("signin"), csrf, visited.query, identifier, problem)
    sessions.give_csrf(response, csrf)
    return response


def ask_consent(visited: Visit, session: Row, scopes: list[Row]) -> Response:
    """Show the consent page."""
    csrf = sessions.csrf_token(visited.request)
    user = visited.org.store.get("users", session["user"])
    person = user["profile"]["firstName"] if user else ""
    wishes = [row["description"] or row["displayName"] or row["name"] for row in scopes]
    label = visited.ask.app["label"]
    response = consent_page(label, visited.action("consent"), csrf, visited.query, person, wishes)
    sessions.give_csrf(response, csrf)
    return response


def redirect(uri: str, params: Mapping[str, str], answer: dict[str, str]) -> Response:
    """Send the answer to the client in the way it asked for; there is no `iss` in it, as Okta sends none."""
    if "state" in params:
        answer = {"state": params["state"], **answer}
    mode = params.get("response_mode", "query")
    if mode == "form_post":
        return form_post_page(uri, answer)
    separator = "#" if mode == "fragment" else "&" if urlsplit(uri).query else "?"
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{uri}{separator}{urlencode(answer)}", 302, headers)


def _begin(visited: Visit) -> Response:
    session = usable_session(visited)
    if session is not None:
        return grant(visited, session)
    if "none" in visited.ask.prompts:
        raise RedirectError("login_required", NOT_LOGGED_IN)
    return ask_who(visited, visited.params.get("login_hint", ""))


def _with_session(visited: Visit, user: Row) -> Response:
    cookie = Response()
    session = sessions.start(visited.org, user, cookie)
    try:
        response = grant(visited, session)
    except RedirectError as error:
        answer = {"error": error.error, "error_description": error.description}
        response = redirect(visited.ask.redirect_uri, visited.params, answer)
    response.headers.append("set-cookie", cookie.headers["set-cookie"])
    return response
