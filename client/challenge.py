"""What the server says where it refuses a request, and what to say where it refuses a good token."""

import httpx2
from mcp.client.auth.utils import extract_field_from_www_auth

from client.errors import NotAllowed
from client.outputs import Outputs


def needs_more_scope(response: httpx2.Response) -> bool:
    """Whether the server refused the request for lack of scope (RFC 6750 §3.1)."""
    return response.status_code == 403 and extract_field_from_www_auth(response, "error") == "insufficient_scope"


def needed_scopes(response: httpx2.Response) -> list[str]:
    """The scopes that a challenge names (RFC 6750 §3)."""
    return (extract_field_from_www_auth(response, "scope") or "").split()


def name_scopes(refusal: httpx2.Response, base_scopes: tuple[str, ...]) -> None:
    """
    Put the base scopes into a challenge that names none: the SDK would ask for all that Okta publishes.

    Source: docs/facts/mcp-on-lambda.md; Okta grants all that was asked or nothing.
    """
    if extract_field_from_www_auth(refusal, "scope") is None:
        challenge = refusal.headers.get("WWW-Authenticate", "")
        separator = ", " if "=" in challenge else " "
        named = f'scope="{" ".join(base_scopes)}"'
        refusal.headers["WWW-Authenticate"] = f"{challenge or 'Bearer'}{separator}{named}"


def refused(outputs: Outputs, response: httpx2.Response) -> NotAllowed:
    """The server's refusal of a token that it had asked for."""
    scopes = tuple(needed_scopes(response))
    wanted = f" ({' '.join(scopes)})" if scopes else ""
    return NotAllowed(
        f"{outputs.url} refuses the token that Okta just gave{wanted}: status {response.status_code}",
        "mcp-okta login, and if that does not help, ask whoever deployed the server",
        scopes,
    )
