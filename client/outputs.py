"""What a deployment told us about itself: stack outputs from Pulumi, a file, or the environment."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values

from client.errors import WrongOutputs

LOOPBACK = ("127.0.0.1", "localhost")
ENVIRONMENT = {
    "url": "MCP_URL",
    "issuer": "OKTA_ISSUER",
    "client_id": "OKTA_CLIENT_ID",
    "redirect_uris": "REDIRECT_URIS",
    "base_scopes": "BASE_SCOPES",
}
SERVICE_NAME = "MCP_OKTA_SERVICE"
SERVICE_KEY = "MCP_OKTA_SERVICE_KEY"  # a file's name or the PEM itself, which a command line would show to others


@dataclass(frozen=True)
class Service:
    """A program that may call without a person: its app, and all scopes that it may have."""

    client_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Outputs:
    """The outputs of one environment that a client needs."""

    url: str
    issuer: str
    client_id: str
    redirect_uris: tuple[str, ...]
    base_scopes: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    environment: str = ""
    access: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    device_login: bool | None = None  # None: the source does not say
    services: Mapping[str, Service] = field(default_factory=dict)

    @classmethod
    def from_mapping(
        cls, values: Mapping[str, Any], source: str = "the stack outputs", names: Mapping[str, str] | None = None
    ) -> "Outputs":
        """
        Check the outputs and keep what a client needs.

        Args:
            names: the variables, where they are settings.

        Raises:
            WrongOutputs: one or more are missing or malformed; the message lists all of them.
        """
        problems = _problems(values)
        if problems:
            called = names or {}
            listed = "; ".join(f"{called.get(name, name)} {problem}" for name, problem in problems)
            remedy = "see .env.example" if names else "mcp-okta outputs --json"
            raise WrongOutputs(f"{source} cannot be used: {listed}", remedy)
        return cls(
            url=values["url"],
            issuer=values["issuer"],
            client_id=values["client_id"],
            redirect_uris=tuple(values["redirect_uris"]),
            base_scopes=tuple(values["base_scopes"]),
            scopes=tuple(values.get("scopes") or ()),
            environment=values.get("environment") or "",
            access={group: tuple(scopes) for group, scopes in (values.get("access") or {}).items()},
            device_login=values.get("device_login"),
            services={
                name: Service(entry["client_id"], tuple(entry["scopes"]))
                for name, entry in (values.get("services") or {}).items()
            },
        )

    @property
    def account(self) -> str:
        """The name that the tokens are kept under: readable, safe as a file name, one per server and client."""
        where = self.environment or (urlsplit(self.url).hostname or "server")
        digest = hashlib.sha256("\n".join((self.url, self.issuer, self.client_id)).encode()).hexdigest()
        readable = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in where)
        return f"{readable[:60]}-{digest[:12]}"

    @property
    def loopback_uris(self) -> tuple[str, ...]:
        """The registered redirect URIs that a listener on this machine can serve, in order."""
        return tuple(uri for uri in self.redirect_uris if _is_loopback(uri))

    def grantors(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """The Okta groups whose members may have all of these scopes."""
        return tuple(group for group, granted in self.access.items() if set(scopes) <= set(granted))


def read_file(path: Path) -> dict[str, Any]:
    """
    Read one JSON object from a file.

    Raises:
        WrongOutputs: no such file, or no JSON object in it.
    """
    remedy = f"mcp-okta outputs --json > {path}"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongOutputs(f"{path} cannot be read: {error.strerror}", remedy) from error
    except ValueError as error:
        raise WrongOutputs(f"{path} is not JSON: {error}", remedy) from error
    if not isinstance(values, dict):
        raise WrongOutputs(f"{path} is not a JSON object", remedy)
    return values


def environment_values(environ: Mapping[str, str], dotenv: Path | None = None) -> dict[str, Any]:
    """
    The settings in the shape of stack outputs.

    Source: ours; `.env.example` has the names.
    """
    settings = read_settings(ENVIRONMENT.values(), environ, dotenv)
    found: dict[str, Any] = {name: settings[at] for name, at in ENVIRONMENT.items() if at in settings}
    if "redirect_uris" in found:
        found["redirect_uris"] = [uri.strip() for uri in found["redirect_uris"].split(",") if uri.strip()]
    if "base_scopes" in found:
        found["base_scopes"] = found["base_scopes"].split()
    return found


def read_settings(variables: Iterable[str], environ: Mapping[str, str], dotenv: Path | None = None) -> dict[str, str]:
    """The settings of these names; a variable wins over the file, and an empty value counts as none."""
    written = dotenv_values(dotenv) if dotenv and dotenv.is_file() else {}
    texts = {name: environ.get(name, "").strip() or (written.get(name) or "").strip() for name in variables}
    return {name: text for name, text in texts.items() if text}


def _problems(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    checks = {
        "url": _url_problem,
        "issuer": _url_problem,
        "client_id": _text_problem,
        "redirect_uris": _redirect_problem,
        "base_scopes": _scopes_problem,
    }
    found = [(name, check(values[name]) if name in values else "is missing") for name, check in checks.items()]
    if values.get("scopes"):
        found.append(("scopes", _scopes_problem(values["scopes"])))
    if values.get("environment"):
        found.append(("environment", _text_problem(values["environment"])))
    if values.get("access"):
        found.append(("access", _access_problem(values["access"])))
    if values.get("services"):
        found.append(("services", _services_problem(values["services"])))
    if not isinstance(values.get("device_login"), bool | None):
        found.append(("device_login", f"must be true or false, got {values['device_login']!r}"))
    return [(name, problem) for name, problem in found if problem]


def _split(url: object) -> SplitResult | None:
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        return parts if parts and parts.hostname and (parts.port is None or parts.port > 0) else None
    except ValueError:
        return None


def _is_loopback(uri: str) -> bool:
    parts = _split(uri)
    return bool(parts and parts.scheme == "http" and parts.hostname in LOOPBACK and parts.port)


def _url_problem(value: object) -> str:
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https"):
        return f"must be a URL, got {value!r}"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return f"must be https, got {value}"
    if parts.netloc != parts.netloc.lower() or parts.path.endswith("/") or "@" in parts.netloc:
        return f"must have a lower-case host, no user and no trailing slash, got {parts.scheme}://{parts.hostname}…"
    return "must have no query and no fragment" if parts.query or parts.fragment else ""


def _text_problem(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() == value != "" else f"must be a text, got {value!r}"


def _list_problem(value: object) -> str:
    listed = isinstance(value, (list, tuple)) and value and all(isinstance(item, str) and item for item in value)
    return "" if listed else f"must be a list of texts, got {value!r}"


def _scopes_problem(value: Any) -> str:
    spaced = not _list_problem(value) and any(len(scope.split()) != 1 for scope in value)
    return "must hold one scope per item" if spaced else _list_problem(value)


def _redirect_problem(value: Any) -> str:
    if problem := _list_problem(value):
        return problem
    return "" if any(map(_is_loopback, value)) else "has no http://127.0.0.1:PORT or http://localhost:PORT address"


def _access_problem(value: Any) -> str:
    named = isinstance(value, Mapping) and all(not scopes or not _scopes_problem(scopes) for scopes in value.values())
    return "" if named else "must be an object of group → list of scopes"


def _services_problem(value: Any) -> str:
    named = isinstance(value, Mapping) and all(
        isinstance(entry, Mapping)
        and not _text_problem(entry.get("client_id"))
        and not _scopes_problem(entry.get("scopes"))
        for entry in value.values()
    )
    return "" if named else "must be an object of name → client_id and scopes"
