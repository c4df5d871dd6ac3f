"""
Why a token was not accepted. Reason and detail go to the log; the wire says one generic sentence.

AuthError
  + RefusedToken             401 invalid_token
    x MalformedToken         it is no signed JWT of the kind that Okta issues
    x UnknownKey             no key of the issuer has its `kid`
    x BadSignature           the key did not sign it
    x WrongClaim             a claim is absent, or says something else
    x InactiveToken          introspection: expired, revoked, or not one of the issuer's
  + CheckUnavailable         503, since nothing is known about the token: Okta could not be asked
"""

from lambda_server.auth.reasons import Reason
from lambda_server.log import excerpt


class AuthError(Exception):
    """A token was not accepted: the reason is a stable code, the detail a sentence."""

    code = "auth_error"

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class RefusedToken(AuthError):
    """The token is not good."""

    code = "refused_token"


class MalformedToken(RefusedToken):
    """It is no signed JWT of the kind that Okta issues."""

    code = "malformed_token"


class UnknownKey(RefusedToken):
    """No key of the issuer has its `kid`."""

    code = "unknown_key"


class BadSignature(RefusedToken):
    """The key that it names did not sign it."""

    code = "bad_signature"


class WrongClaim(RefusedToken):
    """A claim is absent, or says something else than it must."""

    code = "wrong_claim"

    def __init__(self, reason: Reason, expected: object, got: object) -> None:
        self.claim = reason.partition("_")[0]
        super().__init__(reason, f"{self.claim} must be {expected}, and is {excerpt(got)}")
        self.expected = expected
        self.got = got


class InactiveToken(RefusedToken):
    """Okta's introspection says that it is not active, or speaks of another token."""

    code = "inactive_token"


class CheckUnavailable(AuthError):
    """Okta could not be asked, so the request fails closed without a judgement on the token."""

    code = "check_unavailable"
