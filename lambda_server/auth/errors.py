"""
Why a token was not accepted. The reason goes to the log; the wire says one generic sentence.

AuthError
  + RefusedToken             401 invalid_token
    x MalformedToken         it is no signed JWT of the kind that Okta issues
    x UnknownKey             no key of the issuer has its `kid`
    x BadSignature           the key did not sign it
    x WrongClaim             a claim is absent, or says something else
    x InactiveToken          introspection: expired, revoked, or not one of the issuer's
  + CheckUnavailable         503, since nothing is known about the token: Okta could not be asked
"""


class AuthError(Exception):
    """A token was not accepted."""

    code = "auth_error"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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

    def __init__(self, claim: str, expected: object, got: object) -> None:
        super().__init__(f"{claim} must be {expected}, and is {got!r}")
        self.claim = claim
        self.expected = expected
        self.got = got


class InactiveToken(RefusedToken):
    """Okta's introspection says that it is not active."""

    code = "inactive_token"


class CheckUnavailable(AuthError):
    """Okta could not be asked, so the request fails closed without a judgement on the token."""

    code = "check_unavailable"
