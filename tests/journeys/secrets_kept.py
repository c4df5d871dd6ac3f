"""Every secret of a round, and the only places where each may be. Source: issue 5, must show."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.journeys.checkout import Checkout
from tests.journeys.sign_in import SEED
from tests.journeys.wire import SHORTEST

Secrets = Mapping[str, set[str]]

# Files, by their path from the checkout, and what they are there to hold; each is its owner's alone.
ALLOWED = {
    ".local/tokens/*.json": {"access_token", "refresh_token"},
    ".local/okta.json": {"signing key", "client_secret"},  # Okta shows an app's secret again to an administrator
    ".local/okta-api-token": {"API token"},
    ".local/cloud.json": {"API token"},
    ".local/passphrase": {"passphrase"},
    ".local/aws-access-key-id": {"AWS key"},
    ".local/aws-secret-access-key": {"AWS key"},
    "nightly.pem": {"private key"},
}
# Variables of the engine's and the commands' own processes, which no other user may read (proc(5), environ).
ALLOWED_VARIABLES = {
    "OKTA_API_TOKEN": {"API token"},
    "PULUMI_CONFIG_PASSPHRASE": {"passphrase"},
    "AWS_ACCESS_KEY_ID": {"AWS key"},
    "AWS_SECRET_ACCESS_KEY": {"AWS key"},
    "TOKEN": {"access_token", "bad token"},
}


def standing(checkout: Checkout) -> dict[str, set[str]]:
    """The secrets that are there without anybody signing in."""
    local = checkout.root / ".local"
    people = json.loads(SEED.read_text())["users"]
    tokens = {(local / "okta-api-token").read_text().strip(), read_json(local / "cloud.json")["okta_api_token"]}
    pem = (checkout.root / "nightly.pem").read_text().splitlines()[1:-1]
    return {
        "password": {person["password"] for person in people},
        "API token": tokens,
        "passphrase": {(local / "passphrase").read_text().strip()},
        "AWS key": set(checkout.aws_keys().values()),
        "private key": {line for line in pem if len(line) >= SHORTEST},
        "signing key": set(
            private_parts([json.loads(line) for line in (local / "okta.json").read_text().splitlines()])
        ),
    }


def read_json(path: Path) -> Any:
    """A document."""
    return json.loads(path.read_text())


def private_parts(document: Any) -> Iterator[str]:
    """The private members of every JWK, at any depth. Source: RFC 7518 §6.3.2."""
    if isinstance(document, dict):
        if document.get("kty") == "RSA":
            yield from (document[name] for name in ("d", "p", "q", "dp", "dq", "qi") if name in document)
        document = list(document.values())
    if isinstance(document, list):
        for item in document:
            yield from private_parts(item)


@dataclass(frozen=True)
class Search:
    """All secrets as one question to a text."""

    secrets: Secrets

    def kinds_in(self, text: bytes) -> set[str]:
        """The kinds of the secrets that the text holds."""
        return {kind for kind, values in self.secrets.items() if any(value.encode() in text for value in values)}

    def files(self, root: Path) -> Iterator[str]:
        """What is in a file that must not hold it, and what is in the right file for everybody to read."""
        for path in sorted(item for item in root.rglob("*") if item.is_file() and not item.is_symlink()):
            name = str(path.relative_to(root))
            found = self.kinds_in(path.read_bytes())
            allowed = {kind for pattern, kinds in ALLOWED.items() if fnmatch(name, pattern) for kind in kinds}
            yield from (f"{name} holds a secret: {kind}" for kind in sorted(found - allowed))
            if found and path.stat().st_mode & 0o077:
                yield f"{name} holds secrets, and others may read it"

    def texts(self, texts: Iterable[str], where: str) -> Iterator[str]:
        """What is in texts that must hold none, with the secret itself taken out of the message."""
        for text in texts:
            for kind in sorted(self.kinds_in(text.encode())):
                yield f"{where} holds a secret: {kind} in {self.cut(text)}"

    def variables(self, seen: Iterable[tuple[bool, str, str]]) -> Iterator[str]:
        """What is in a variable that is not there for it, or in any variable of the function's."""
        for own, name, value in seen:
            allowed = set() if own else ALLOWED_VARIABLES.get(name, set())
            for kind in sorted(self.kinds_in(value.encode()) - allowed):
                yield f"the variable {name}{' of the function' if own else ''} holds a secret: {kind}"

    def cut(self, text: str) -> str:
        """The beginning of a text, without secrets."""
        pattern = "|".join(re.escape(value) for values in self.secrets.values() for value in values)
        return re.sub(pattern, "[…]", text)[:300]
