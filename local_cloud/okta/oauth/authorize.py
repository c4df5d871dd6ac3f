"""
The authorization endpoint and its two forms: checks, sign-in and consent where they are needed, a code.

The forms carry the authorization request along, and every step checks it anew.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/ (authorize).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local_cloud.okta.errors import OAuthError, PageError, RedirectError
from local_cloud.okta.grant_types import CODE
from local_cloud.okta.oauth import consent, sessions
from local_cloud.okta.oauth.checks import Ask, check_client, check_redirect_uri, check_request
from local_cloud.okta.oauth.codes import issue_code
from local_cloud.okta.oauth.decisions import check_access
from local_cloud.okta.oauth.forms import page_params, parse, read_encoded
from local_cloud.okta.oauth.issuers import form_path
from local_cloud.okta.oauth.pages import SIGN_IN_FAILED, consent_page, form_post_page, sign_in_page
from local_cloud.okta.oauth.wording import DENIED
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

FRESH_SECONDS = 600
NOT_LOGGED_IN = "The client specified not to prompt, but the user is not logged in."
NO_CONSENT = "The client specified not to prompt, but the client app requires consent."


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
        return form_path(self.org, self.ask.server, name)


Step = Callable[[Visit], Response]


async def authorize(org: Org, server: Row, request: Request) -> Response:
    """Answer an authorization request with a code, an error, or a page."""
    await page_params(request)
    sent = await read_encoded(request) if request.method == "POST" else request.scope["query_string"].decode("latin-1")
    return visit(org, server, request, sent, _begin)


async def sign_in(org: Org, server: Row, request: Request) -> Response:
    """Take the sign-in form; a wrong password and an unknown name look the same."""
    form = await sessions.own_form(request)

    def step(visited: Visit) -> Response:
        user = sessions.check_sign_in(org, form)
        if user is None:
            return ask_who(visited, form.get("identifier", ""), SIGN_IN_FAILED)
        return _with_session(visited, user)

    return visit(org, server, request, form.get("request", ""), step)


async def decide(org: Org, server: Row, request: Request) -> Response:
    """Take the consent form."""
    form = await sessions.own_form(request)

    def step(visited: Visit) -> Response:
        session = sessions.find(org, request)
        if session is None or (org.now() - session["auth_time"] > FRESH_SECONDS and "login" in visited.ask.prompts):
            return ask_who(visited, "")
        if form.get("decision") != "allow":
            raise RedirectError("access_denied", DENIED)
        ask, rule = check(visited, session)
        consent.record(org, server, ask.app, ask.scopes, session["user"])
        return answer_with_code(visited, ask, session, rule)

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
    except OAuthError as error:
        return redirect(redirect_uri, params, {"error": error.error, "error_description": error.description})


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
    ask, rule = check(visited, session)
    again = "consent" in ask.prompts
    scopes = consent.missing(visited.org, ask.server, ask.app, ask.scopes, session["user"], again=again)
    if scopes and "none" in ask.prompts:
        raise RedirectError("consent_required", NO_CONSENT)
    if scopes:
        return ask_consent(visited, session, scopes)
    return answer_with_code(visited, ask, session, rule)


def answer_with_code(visited: Visit, ask: Ask, session: Row, rule: Row) -> Response:
    """Send the browser back to the client with a code."""
    return redirect(ask.redirect_uri, visited.params, {"code": issue_code(visited.org, ask, session, rule)})


def check(visited: Visit, session: Row) -> tuple[Ask, Row]:
    """
    Let the org's objects decide; the answer is the request with what is left of its scopes, and the rule for it.

    Raises:
        OAuthError: access_denied, in Okta's words.
    """
    ask = visited.ask
    who = session["user"]
    rule, scopes = check_access(visited.org, ask.server, ask.app, CODE, ask.scopes, who, by_default=ask.by_default)
    return replace(ask, scopes=scopes), rule


def ask_who(visited: Visit, identifier: str, problem: str = "") -> Response:
    """Show the sign-in page."""
    csrf = sessions.csrf_token(visited.request)
    label = visited.ask.app["label"]
    response = sign_in_page(label, visited.action("signin"), csrf, visited.query, identifier, problem)
    sessions.give_csrf(visited.request, response, csrf)
    return response


def ask_consent(visited: Visit, session: Row, scopes: list[Row]) -> Response:
    """Show the consent page."""
    csrf = sessions.csrf_token(visited.request)
    user = visited.org.store.get("users", session["user"])
    person = user["profile"]["firstName"] if user else ""
    label, wishes = visited.ask.app["label"], consent.wishes(scopes)
    response = consent_page(label, visited.action("consent"), csrf, visited.query, person, wishes)
    sessions.give_csrf(visited.request, response, csrf)
    return response


def redirect(uri: str, params: Mapping[str, str], answer: dict[str, str]) -> Response:
    """Send the answer to the client in the way it asked for; there is no `iss` in it, as Okta sends none."""
    if "state" in params:
        answer = {"state": params["state"], **answer}
    mode = params.get("response_mode", default_mode(params))
    if mode == "form_post":
        return form_post_page(uri, answer)
    separator = "#" if mode == "fragment" else "&" if urlsplit(uri).query else "?"
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{uri}{separator}{urlencode(answer)}", 302, headers)


def default_mode(params: Mapping[str, str]) -> str:
    """Where the answer goes if the client does not say. Source: OAuth 2.0 Multiple Response Types §2.1, §5."""
    return "fragment" if {"token", "id_token"} & set(params.get("response_type", "").split()) else "query"


def _begin(visited: Visit) -> Response:
    session = usable_session(visited)
    if session is not None:
        return grant(visited, session)
    if "none" in visited.ask.prompts:
        raise RedirectError("login_required", NOT_LOGGED_IN)
    return ask_who(visited, visited.params.get("login_hint", ""))


def _with_session(visited: Visit, user: Row) -> Response:
    cookie = Response()
    session = sessions.start(visited.org, visited.request, user, cookie)
    try:
        response = grant(visited, session)
    except OAuthError as error:
        answer = {"error": error.error, "error_description": error.description}
        response = redirect(visited.ask.redirect_uri, visited.params, answer)
    response.headers.append("set-cookie", cookie.headers["set-cookie"])
    return response
