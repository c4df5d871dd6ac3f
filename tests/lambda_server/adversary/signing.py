"""Signatures made by hand, so that a token can be signed in every way in which none should be."""

import hashlib
import hmac
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import RSAKey

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


@cache
def curve_key() -> ec.EllipticCurvePrivateKey:
    """A key for ES256 that nobody publishes."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def edwards_key() -> ed25519.Ed25519PrivateKey:
    """A key for EdDSA that nobody publishes."""
    return ed25519.Ed25519PrivateKey.generate()


def sign(alg: str, key: RSAKey, data: bytes, secret: str | None = None) -> bytes:
    """The signature of the data. Source: RFC 7518 §3; RFC 8037 §3.1."""
    family, size = alg[:2], alg[2:]
    if family == "HS":
        return hmac.new(public_form(key, secret or "pem"), data, f"sha{size}").digest()
    if alg == "ES256":
        r, s = decode_dss_signature(curve_key().sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)
    if alg == "EdDSA":
        return edwards_key().sign(data)
    private: Any = key.private_key
    pad = padding.PSS(padding.MGF1(HASHES[size]()), hashlib.new(f"sha{size}").digest_size)
    return private.sign(data, pad if family == "PS" else padding.PKCS1v15(), HASHES[size]())


def public_form(key: RSAKey, form: str) -> bytes:
    """The public key as an attacker may feed it to HMAC; any other word is the secret itself. Source: RFC 8725 §2.1."""
    if form == "pem":
        return key.as_pem(private=False)
    if form == "der":
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return key.public_key.public_bytes(serialization.Encoding.DER, kind)
    return str(key.as_dict(private=False)["n"]).encode() if form == "n" else form.encode()
