"""Refusals that tell a client what to do next: the challenge, sent three ways, since API Gateway renames one."""

from collections.abc import Iterable

from starlette.responses import JSONResponse

from lambda_server.settings import Settings

CHALLENGE_HEADER = "mcp-challenge"  # the integration maps it back to WWW-Authenticate
ASK_TO_SIGN_IN = "Sign in to call this server."
SIGN_IN_AGAIN = "The access token is not valid here: sign in again."
INSUFFICIENT_SCOPE = "The access token does not carry every scope that this call needs."
UNAVAILABLE = "The access token cannot be checked at the moment: try again."
RETRY_SECONDS = 10


class Challenges:
    """The refusals of one server."""

    def __init__(self, settings: Settings) -> None:
        self._metadata_url = settings.metadata_url
        self._base_scopes = settings.base_scopes

    def no_token(self) -> JSONResponse:
        """401 that names no error, for the caller made none. Source: RFC 6750 §3.1."""
        return self._refuse(401, None, ASK_TO_SIGN_IN, self._base_scopes)

    def invalid_token(self) -> JSONResponse:
        """401 with one sentence for every reason. Source: RFC 6750 §3.1."""
        return self._refuse(401, "invalid_token", SIGN_IN_AGAIN, self._base_scopes)

    def insufficient_scope(self, scopes: Iterable[str]) -> JSONResponse:
        """403 with all scopes that the call needs. Source: RFC 6750 §3.1, MCP authorization (step-up)."""
        return self._refuse(403, "insufficient_scope", INSUFFICIENT_SCOPE, scopes)

    def _refuse(self, status: int, error: str | None, description: str, scopes: Iterable[str]) -> JSONResponse:
        challenge = write_challenge(error, description, self._metadata_url, scopes)
        body = {"error": error, "error_description": description, "challenge": challenge}
        headers = {"WWW-Authenticate": challenge, CHALLENGE_HEADER: challenge, "Cache-Control": "no-store"}
        return JSONResponse({key: value for key, value in body.items() if value}, status, headers)


def write_challenge(error: str | None, description: str, metadata_url: str, scopes: Iterable[str]) -> str:
    """
    The value of `WWW-Authenticate`.

    Source: RFC 6750 §3, RFC 9728 §5.1. Nothing in it comes from the caller.
    """
    facts = [("error", error), ("error_description", description)] if error else []
    facts += [("resource_metadata", metadata_url), ("scope", " ".join(scopes))]
    return "Bearer " + ", ".join(f"{name}={quote(value)}" for name, value in facts)


def quote(value: str) -> str:
    """
    A quoted-string, whatever the settings or a declaration hold.

    Raises:
        ValueError: the value cannot be in a header at all.

    Source: RFC 9110 §5.6.4; RFC 6750 §3 (printable ASCII).
    """
    if not (value.isascii() and value.isprintable()):
        raise ValueError("a challenge is printable ASCII")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unavailable() -> JSONResponse:
    """503: nothing is wrong with the token as far as we know, so the client keeps it."""
    body = {"error": "temporarily_unavailable", "error_description": UNAVAILABLE}
    return JSONResponse(body, 503, {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})
