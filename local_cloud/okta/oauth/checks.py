"""
The checks of an authorization request, one function each, in the order in which they are made.

Source: RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2; the words are Okta's where they are known.
"""

import re
from dataclasses import dataclass

from local_cloud.okta.apps import auth_method, find_client, oauth_settings
from local_cloud.okta.errors import OAuthError, PageError, RedirectError
from local_cloud.okta.grant_types import CODE, REFRESH
from local_cloud.okta.oauth.issuers import ORG, ORG_SCOPES, known_scopes
from local_cloud.okta.oauth.wording import (
    CUSTOM_SCOPES,
    INVALID_CLIENT_ID,
    NO_DEFAULT_SCOPES,
    UNKNOWN_SCOPES,
    unauthorized_grant,
)
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

RESPONSE_TYPES = {"code", "token", "id_token"}
RESPONSE_MODES = ("query", "fragment", "form_post")
POST_MESSAGE, ENROLL = "okta_post_message", "enroll_authenticator"
PROMPTS = ("none", "login", "consent")
LONGEST_SCOPE = 1024
NOT_BUILT = ("acr_values", "claims", "dpop_jkt", "enroll_amr_values", "idp", "request", "request_uri", "sessionToken")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}")


@dataclass(frozen=True)
class Ask:
    """
    An authorization request that passed every check which needs no person.

    Args:
        by_default: whether the scopes are the server's default ones, of which a rule may permit a part.
    """

    server: Row
    app: Row
    redirect_uri: str
    scopes: tuple[str, ...]
    by_default: bool
    prompts: frozenset[str]
    max_age_seconds: int | None
    challenge: str | None
    nonce: str | None


def check_client(org: Org, params: dict[str, str]) -> Row:
    """The app must exist and be active; otherwise nobody can be trusted with a redirect."""
    app = find_client(org, params.get("client_id", ""))
    if app is None:
        raise PageError("400 Bad Request", f"Your request resulted in an error. {INVALID_CLIENT_ID}")
    return app


def check_redirect_uri(app: Row, params: dict[str, str]) -> str:
    """The redirect URI must be one of the app's, to the letter; ports are no exception."""
    uri = params.get("redirect_uri", "")
    if uri not in oauth_settings(app)["redirect_uris"]:
        raise PageError(
            "400 Bad Request",
            "Your request resulted in an error. The 'redirect_uri' parameter must be a Login redirect URI in the "
            f"client app settings: {app['label']}",
        )
    return uri


def check_request(org: Org, server: Row, app: Row, redirect_uri: str, params: dict[str, str]) -> Ask:
    """
    Check the rest of a request, the failures of which the client is told.

    Raises:
        RedirectError: with the error and the words for the client.
    """
    check_state(params)
    check_supported(params)
    check_response(app, params)
    return Ask(
        server=server,
        app=app,
        redirect_uri=redirect_uri,
        scopes=check_scopes(org, server, app, params),
        by_default=not asked_scopes(params),
        prompts=check_prompt(params),
        max_age_seconds=check_max_age(params),
        challenge=check_challenge(app, params),
        nonce=params.get("nonce"),
    )


def check_state(params: dict[str, str]) -> None:
    """Okta demands `state`, which RFC 6749 only recommends."""
    if not params.get("state"):
        raise RedirectError("invalid_request", "The authentication request has an invalid 'state' parameter.")


def check_supported(params: dict[str, str]) -> None:
    """Parameters that would change the answer and are not emulated are refused by name."""
    for name in NOT_BUILT:
        if name in params:
            raise not_emulated(f"'{name}' parameter")


def not_emulated(what: str, error: str = "invalid_request") -> RedirectError:
    """What Okta has and the local Okta has not, in words that nobody takes for Okta's."""
    return RedirectError(error, f"The local Okta does not emulate the {what}.")


def check_response(app: Row, params: dict[str, str]) -> None:
    """Only the code flow, and only for an app that has it."""
    kind, mode = params.get("response_type", ""), params.get("response_mode", "query")
    asked = set(kind.split())
    if asked - {"code"} and asked <= RESPONSE_TYPES:
        raise not_emulated(f"response type '{kind}'", "unsupported_response_type")
    if kind != "code":
        raise RedirectError(
            "unsupported_response_type",
            "The response type is not supported by the authorization server. Configured response types: [code].",
        )
    if mode == POST_MESSAGE:
        raise not_emulated(f"response mode '{mode}'", "unsupported_response_mode")
    if mode not in RESPONSE_MODES:
        raise RedirectError("unsupported_response_mode", "The specified response mode is invalid or unsupported.")
    grants = oauth_settings(app)["grant_types"]
    if CODE not in grants:
        raise RedirectError("unauthorized_client", unauthorized_grant(grants))


def check_scopes(org: Org, server: Row, app: Row, params: dict[str, str]) -> tuple[str, ...]:
    """Every scope must exist on the server; without any, its default scopes are meant."""
    known, asked = known_scopes(org, server), asked_scopes(params)
    if server["id"] == ORG:
        check_org_scopes(asked)
    scopes = asked or tuple(name for name, row in known.items() if row["default"])
    if not scopes:
        raise OAuthError("invalid_scope", NO_DEFAULT_SCOPES)
    if any(name not in known for name in scopes):
        raise OAuthError("invalid_scope", UNKNOWN_SCOPES)
    if "offline_access" in scopes and REFRESH not in oauth_settings(app)["grant_types"]:
        raise OAuthError("invalid_scope", "The scope 'offline_access' needs an app with the 'refresh_token' grant.")
    return scopes


def check_org_scopes(scopes: tuple[str, ...]) -> None:
    """
    The org's own server has `groups` and `okta.*` for people, which are not emulated, and no custom scopes.

    Source: https://developer.okta.com/docs/api/oauth2/, and Okta's support pages ("Custom scopes are not allowed").
    """
    for name in scopes:
        if name == "groups" or name.startswith("okta."):
            raise not_emulated(f"scope '{name}' of the org authorization server for people", "invalid_scope")
        if name not in ORG_SCOPES:
            raise OAuthError("invalid_scope", CUSTOM_SCOPES)


def asked_scopes(params: dict[str, str], longest: int = LONGEST_SCOPE) -> tuple[str, ...]:
    """
    The scopes of a request, each once.

    Raises:
        OAuthError: the parameter has more than so many characters; the words are ours.

    Source: Okta's reference (scope values).
    """
    given = params.get("scope", "")
    if len(given) > longest:
        raise OAuthError("invalid_scope", f"The 'scope' parameter must not have more than {longest} characters.")
    return tuple(dict.fromkeys(given.split()))


def check_prompt(params: dict[str, str]) -> frozenset[str]:
    """`none` stands alone. Source: OpenID Connect Core §3.1.2.1."""
    prompts = frozenset(params.get("prompt", "").split())
    if ENROLL in prompts:
        raise not_emulated(f"prompt '{ENROLL}'")
    if prompts - set(PROMPTS) or ("none" in prompts and len(prompts) > 1):
        raise RedirectError("invalid_request", "The authentication request has an invalid 'prompt' parameter.")
    return prompts


def check_max_age(params: dict[str, str]) -> int | None:
    """A number of seconds, or absent."""
    value = params.get("max_age")
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise RedirectError("invalid_request", "The authentication request has an invalid 'max_age' parameter.")
    return None if value is None else int(value)


def check_challenge(app: Row, params: dict[str, str]) -> str | None:
    """PKCE with S256, where the app or the request wants it."""
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if challenge is None:
        if auth_method(app) == "none":
            why = "PKCE code challenge is required when the token endpoint authentication method is 'NONE'."
            raise RedirectError("invalid_request", why)
        if app["credentials"]["oauthClient"]["pkce_required"]:
            raise RedirectError("invalid_request", "PKCE code challenge is required by the application.")
        return None
    if method != "S256":
        raise RedirectError("invalid_request", "The code challenge method must be 'S256'.")
    if not _CHALLENGE.fullmatch(challenge):
        raise RedirectError("invalid_request", "The authentication request has an invalid 'code_challenge' parameter.")
    return challenge
