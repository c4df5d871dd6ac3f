"""What the endpoints of an authorization server answer, read before the SDK reads it."""

from typing import Any
from urllib.parse import parse_qs

import httpx2

from client.errors import BadAnswer, ServerError, SignInFailed, place


def check_answer(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    """
    Let through only answers that the SDK reads rightly.

    Raises:
        ServerError: the server is in trouble; the SDK would go on to another address, or drop the tokens.
        SignInFailed: the code was refused.
        BadAnswer: the token endpoint answered without a token.
    """
    if response.status_code >= 500 or response.status_code == 429:
        problem = f"{place(request.url)} answered {response.status_code}"
        raise ServerError(problem, "wait a minute, then try again", retry_after(response))
    grant = parse_qs(request.content.decode("latin-1")).get("grant_type", [""])[0] if request.method == "POST" else ""
    if grant == "authorization_code" and response.status_code != 200:
        raise SignInFailed(f"{place(request.url)} refused the code: {reason(response)}")
    if grant and response.status_code == 200 and not _holds_token(response):
        raise BadAnswer(f"{place(request.url)} answered without a token", "mcp-okta outputs --json")
    return response


def retry_after(response: httpx2.Response) -> float:
    """The seconds that the server wants to be left alone; 0 where it names none, or a date (RFC 9110 §10.2.3)."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def json_object(response: httpx2.Response) -> dict[str, Any]:
    """The answer's JSON object; an empty one for anything else."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _holds_token(response: httpx2.Response) -> bool:
    body = json_object(response)
    lifetime = body.get("expires_in")
    bearer = str(body.get("token_type", "Bearer")).lower() == "bearer"
    return isinstance(body.get("access_token"), str) and bearer and (lifetime is None or isinstance(lifetime, int))


def reason(response: httpx2.Response) -> str:
    """Okta's own words for an error of the token or revocation endpoint (RFC 6749 §5.2), else the status."""
    body = json_object(response)
    words = body.get("error_description") or body.get("error")
    return str(words) if words else f"status {response.status_code}"
