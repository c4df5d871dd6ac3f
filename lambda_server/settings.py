"""The function's settings, from environment variables: the only place that knows their names."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lambda_server.errors import BadSettings
from lambda_server.scopes import SCOPE_NAMES

LOOPBACK = ("localhost", "127.0.0.1")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
JWT, INTROSPECTION = TOKEN_CHECKS = ("jwt", "introspection")
MAX_LEEWAY_SECONDS = 300
MAX_STALE_SECONDS = 7 * 24 * 3600
METADATA_PATH = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True)
class Settings:
    """What the function was told when it was deployed."""

    url: str  # the audience, byte for byte
    issuer: str
    client_ids: tuple[str, ...]
    base_scopes: tuple[str, ...]
    token_check: str = JWT
    log_level: str = "INFO"
    allowed_origins: tuple[str, ...] = ()
    leeway_seconds: int = 30
    stale_seconds: int = 24 * 3600  # how long old keys serve while Okta cannot be asked for new ones
    service_client_ids: tuple[str, ...] = ()  # of services that call for themselves, with no person
    notes_table: str | None = None
    function_name: str = "local"
    more_hosts: tuple[str, ...] = ()  # where a developer's machine serves it beside the URL's own host

    @property
    def path(self) -> str:
        """The path of the MCP endpoint."""
        return urlsplit(self.url).path

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser would send them."""
        return self.url.removesuffix(self.path)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The exact Host headers that reach this server."""
        return (urlsplit(self.url).netloc, *self.more_hosts)

    @property
    def metadata_url(self) -> str:
        """Where the protected resource metadata is (RFC 9728 §3.1)."""
        return f"{self.origin}{METADATA_PATH}{self.path}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """
        Read all settings, or say everything that is wrong with them.

        Raises:
            BadSettings: names are missing or values cannot be used; the message lists all of them.
        """
        given = {name: value.strip() for name, value in environ.items() if name in READERS and value.strip()}
        missing = [name for name in REQUIRED if name not in given]
        values: dict[str, Any] = {}
        problems = [f"missing environment variables: {', '.join(missing)}"] if missing else []
        for name, value in given.items():
            field, read = READERS[name]
            try:
                values[field] = read(value)
            except ValueError as error:
                problems.append(f"{name} {error}, and is {value!r}")
        both = set(values.get("client_ids", ())) & set(values.get("service_client_ids", ()))
        if both:
            problems.append(f"OKTA_SERVICE_CLIENT_IDS must hold none of OKTA_CLIENT_IDS, and holds {sorted(both)}")
        if problems:
            raise BadSettings("; ".join(problems), "set them where the server runs; .env.example describes each")
        return cls(**values)


def read_url(value: str) -> str:
    """The canonical MCP URL: it is compared byte for byte, so no other spelling is taken. Source: RFC 8707 §2."""
    parts = _split(value)
    if parts.path != "/mcp":
        raise ValueError("must be a URL with the path /mcp")
    if value != f"{parts.scheme}://{parts.netloc}/mcp" or parts.netloc != parts.netloc.lower():
        raise ValueError("must be canonical: lower-case host, no trailing slash, no query")
    return value


def read_issuer(value: str) -> str:
    """The issuer of a custom authorization server, exactly as Okta spells it. Source: docs/facts/okta.md §1."""
    parts = _split(value)
    if not parts.path.startswith("/oauth2/") or value.endswith("/") or parts.query or parts.fragment:
        raise ValueError("must be the issuer of a custom authorization server (https://ORG/oauth2/ID)")
    return value


def read_client_ids(value: str) -> tuple[str, ...]:
    """Client ids, comma separated."""
    return tuple(_items(value, ","))


def read_base_scopes(value: str) -> tuple[str, ...]:
    """Names of scopes, space separated, each one that exists."""
    scopes = tuple(_items(value, None))
    unknown = [scope for scope in scopes if scope not in SCOPE_NAMES]
    if unknown:
        raise ValueError(f"must hold scopes of {', '.join(SCOPE_NAMES)}")
    return scopes


def read_token_check(value: str) -> str:
    """How tokens are checked."""
    return _one_of(value, TOKEN_CHECKS)


def read_log_level(value: str) -> str:
    """A level of the standard library's logging."""
    return _one_of(value.upper(), LEVELS)


def read_origins(value: str) -> tuple[str, ...]:
    """Origins of web pages that may call, comma separated, each exact. Source: RFC 6454 §6.2."""
    origins = tuple(_items(value, ","))
    for origin in origins:
        parts = _split(origin)
        if origin != f"{parts.scheme}://{parts.netloc}".lower():
            raise ValueError("must hold origins (https://HOST, lower case, nothing after the host)")
    return origins


def read_seconds(most: int) -> Callable[[str], int]:
    """A reader of a whole number of seconds."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or len(value) > 9 or int(value) > most:
            raise ValueError(f"must be a whole number of seconds from 0 to {most}")
        return int(value)

    return read


def read_table(value: str) -> str:
    """The name of a DynamoDB table. Source: DynamoDB, naming rules."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{3,255}", value):
        raise ValueError("must be the name of a DynamoDB table (3 to 255 letters, digits, `_`, `.`, `-`)")
    return value


def read_function_name(value: str) -> str:
    """The name of a Lambda function. Source: AWS Lambda, FunctionConfiguration."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
        raise ValueError("must be the name of a Lambda function (1 to 64 letters, digits, `_`, `-`)")
    return value


def _split(value: str) -> SplitResult:
    """A URL over TLS, or on this machine, that carries no user."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # parsed only when asked for
    except ValueError:
        raise ValueError("must be a URL") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (secure and parts.hostname) or "@" in parts.netloc or not value.isascii() or '"' in value or "\\" in value:
        raise ValueError("must be an https URL (http only on localhost or 127.0.0.1)")
    return parts


def _items(value: str, separator: str | None) -> Iterator[str]:
    items = [item.strip() for item in value.split(separator) if item.strip()]
    if not items:
        raise ValueError("must name at least one")
    yield from dict.fromkeys(items)


def _one_of(value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return value


REQUIRED = ("MCP_URL", "OKTA_ISSUER", "OKTA_CLIENT_IDS", "BASE_SCOPES")
READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "MCP_URL": ("url", read_url),
    "OKTA_ISSUER": ("issuer", read_issuer),
    "OKTA_CLIENT_IDS": ("client_ids", read_client_ids),
    "BASE_SCOPES": ("base_scopes", read_base_scopes),
    "TOKEN_CHECK": ("token_check", read_token_check),
    "LOG_LEVEL": ("log_level", read_log_level),
    "ALLOWED_ORIGINS": ("allowed_origins", read_origins),
    "LEEWAY_SECONDS": ("leeway_seconds", read_seconds(MAX_LEEWAY_SECONDS)),
    "KEYS_STALE_SECONDS": ("stale_seconds", read_seconds(MAX_STALE_SECONDS)),
    "OKTA_SERVICE_CLIENT_IDS": ("service_client_ids", read_client_ids),
    "NOTES_TABLE": ("notes_table", read_table),
    "AWS_LAMBDA_FUNCTION_NAME": ("function_name", read_function_name),  # set by Lambda itself
}
