"""What can be done to a good token once it is signed, each by its name in the vectors."""

import base64
import json
from collections.abc import Callable

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _parts(token: str) -> tuple[str, str, str]:
    header, payload, signature = token.split(".")
    return header, payload, signature


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def strip_signature(token: str) -> str:
    """An empty third segment."""
    return token.rpartition(".")[0] + "."


def drop_signature(token: str) -> str:
    """Two segments."""
    return token.rpartition(".")[0]


def add_segment(token: str) -> str:
    """Four segments."""
    return f"{token}.AA"


def detach(token: str) -> str:
    """An empty payload segment. Source: RFC 7515 appendix F."""
    header, _, signature = _parts(token)
    return f"{header}..{signature}"


def loose_bits(token: str) -> str:
    """Another last character that many decoders read as the same byte. Source: RFC 4648 §3.5."""
    return token[:-1] + ALPHABET[ALPHABET.index(token[-1]) ^ 1]


def impossible_length(token: str) -> str:
    """A payload segment whose length no bytes have."""
    header, payload, signature = _parts(token)
    return f"{header}.{payload[: len(payload) // 4 * 4 - 3]}.{signature}"


def impossible_header(token: str) -> str:
    """A header segment whose length no bytes have."""
    return token.partition(".")[0][:37] + "." + token.partition(".")[2]


def standard_alphabet(token: str) -> str:
    """Plus in the place of the last character. Source: RFC 4648 §5."""
    return token[:-1] + "+"


def pad(token: str) -> str:
    """Padding. Source: RFC 7515 §2 (none)."""
    return f"{token}=="


def spaced(token: str) -> str:
    """A space after the first dot."""
    return token.replace(".", ". ", 1)


def broken(token: str) -> str:
    """A line break at the end."""
    return f"{token}\n"


def zero_width(token: str) -> str:
    """An invisible character in the middle."""
    return token.replace(".", ".\u200b", 1)


def promote(token: str) -> str:
    """More scopes than were signed."""
    header, payload, signature = _parts(token)
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return f"{header}.{_segment(claims | {'scp': ['mcp:read', 'mcp:write']})}.{signature}"


def reheader(token: str) -> str:
    """Another header than was signed: a space more."""
    header, payload, signature = _parts(token)
    fields = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return f"{_segment(fields | {'x': 1})}.{payload}.{signature}"


def shorten_signature(token: str) -> str:
    """Half a signature."""
    return token[:-170]


def zero_signature(token: str) -> str:
    """A signature of zeros. Source: CVE-2022-21449 is the same idea for ECDSA."""
    header, payload, _ = _parts(token)
    return f"{header}.{payload}.{'A' * 342}"


def encrypt(token: str) -> str:
    """The shape of a JWE. Source: RFC 7516 §3.1."""
    _, payload, signature = _parts(token)
    header = _segment({"alg": "RSA-OAEP", "enc": "A256GCM"})
    return f"{header}.{signature}.AAAAAAAAAAAAAAAA.{payload}.AAAAAAAAAAAAAAAAAAAAAA"


def flatten(token: str) -> str:
    """The flattened JSON serialization. Source: RFC 7515 §7.2.2."""
    header, payload, signature = _parts(token)
    return json.dumps({"payload": payload, "protected": header, "signature": signature}, separators=(",", ":"))


def generalize(token: str) -> str:
    """The general JSON serialization. Source: RFC 7515 §7.2.1."""
    header, payload, signature = _parts(token)
    signatures = [{"protected": header, "signature": signature}]
    return json.dumps({"payload": payload, "signatures": signatures}, separators=(",", ":"))


def wrap(token: str) -> str:
    """A token as the payload of an unsigned one. Source: RFC 7519 §5.2."""
    inner = base64.urlsafe_b64encode(token.encode()).rstrip(b"=").decode()
    return f"{token.partition('.')[0]}.{inner}.{token.rpartition('.')[2]}"


def fragment(token: str) -> str:
    """The payload alone."""
    return token.split(".")[1]


TRANSFORMS: dict[str, Callable[[str], str]] = {
    step.__name__: step
    for step in (
        strip_signature, drop_signature, add_segment, detach, loose_bits, impossible_length, impossible_header,
        standard_alphabet, pad, spaced, broken, zero_width, promote, reheader, shorten_signature, zero_signature,
        encrypt, flatten, generalize, wrap, fragment,
    )
}  # fmt: skip
