"""Identifiers and secrets in the shapes that Okta gives them."""

import hashlib
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 20


def new_id(prefix: str) -> str:
    """An identifier of 20 characters that begins with its kind, for example `aus…` or `0oa…`."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH - len(prefix)))


def new_secret(size_bytes: int = 32) -> str:
    """An unguessable value, safe in a URL."""
    return secrets.token_urlsafe(size_bytes)


def digest(secret: str) -> str:
    """The form in which a secret is stored and looked up, so that the state file does not hold it."""
    return hashlib.sha256(secret.encode()).hexdigest()
