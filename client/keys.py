"""A service's pair of keys: the private half in a file of its own, the public half for the stack's configuration."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from client.errors import ServiceUnusable

BITS = 2048
MAKE_KEY = "mcp-okta service-key NAME"


def make_key(path: Path) -> dict[str, str]:
    """
    Write a new private key, 0600, and return its public half; a file that is there is never overwritten.

    Raises:
        ServiceUnusable: the file is there already, or cannot be written.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ServiceUnusable(f"{path} is there already; a key is never overwritten", "choose another --out") from error
    except OSError as error:
        raise ServiceUnusable(f"{path} cannot be written: {error.strerror}", "choose another --out") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return public_jwk(key)


def read_key(source: str) -> rsa.RSAPrivateKey:
    """
    The private key in a PEM file, or in the text itself where that is PEM; never repeated in an error.

    Raises:
        ServiceUnusable: there is no such file, others may read it, or it holds no RSA key.
    """
    pem = source.encode() if source.lstrip().startswith("-----BEGIN") else read_private(Path(source))
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ServiceUnusable("the service's key is not a private key in PEM without a passphrase", MAKE_KEY) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < BITS:
        raise ServiceUnusable(f"the service's key is not an RSA key of {BITS} bits or more", MAKE_KEY)
    return key


def read_private(path: Path) -> bytes:
    """
    The bytes of a file that only its owner may read.

    Raises:
        ServiceUnusable: it cannot be read, or others may read it.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise ServiceUnusable(f"others may read the private key {path}", f"chmod 600 {path}")
        return path.read_bytes()
    except OSError as error:
        raise ServiceUnusable(f"the service's key {path} cannot be read: {error.strerror}", MAKE_KEY) from error


def public_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public half as a JWK, named after itself. Source: RFC 7517, RFC 7638."""
    found = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    jwk = {"kty": "RSA", "e": str(found["e"]), "n": str(found["n"])}
    return {**jwk, "kid": thumbprint(jwk)}


def thumbprint(jwk: Mapping[str, str]) -> str:
    """The key's name: the hash of its required members. Source: RFC 7638 §3."""
    members = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).decode().rstrip("=")
