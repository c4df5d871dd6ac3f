"""client/claims.py: reading a token without believing it."""

import jwt
import pytest

from client.claims import person_of, shown, unverified_claims
from client.tokens import Tokens


def test_the_claims_of_any_jwt_can_be_read() -> None:
    """RFC 7519 §7.2; whoever signed it."""
    claims = {"sub": "reader@example.com", "aud": "https://abc.example/mcp"}

    assert unverified_claims(jwt.encode(claims, "k" * 32, "HS256")) == claims


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b", "a.!.c", "a.bnVsbA.c", "a.W10.c", "a.gICA.c", "a.ä.c", "a.b.c.d"]
)
def test_what_is_no_jwt_has_no_claims(token: str) -> None:
    """Bad base64url, bad UTF-8, no object, no three parts: no error either."""
    assert unverified_claims(token) == {}


@pytest.mark.parametrize("claim", [None, "", 7, ["a"], "a\x1b[2J", "a\nb", "\u202eevil"])
def test_what_a_terminal_must_not_show_is_not_shown(claim: object) -> None:
    """CWE-150: escape sequences, line breaks and reversed text."""
    assert shown(claim) is None
    assert shown("reader@example.com") == "reader@example.com"


@pytest.mark.parametrize(
    ("access_token", "person"),
    [(jwt.encode({"sub": "reader@example.com"}, "k" * 32, "HS256"), "reader@example.com"), ("opaque", None)],
)
def test_the_person_is_the_subject_where_the_token_says_it(access_token: str, person: str | None) -> None:
    """RFC 9068 §2.2; Okta's `sub` is the login."""
    assert person_of(Tokens("https://acme.okta.com", "0oa1", access_token, None, 0.0, (), {})) == person
