"""
How the plugin proves who it is: an API token, or tokens of a service app that signs for them.

Source: Okta, "Implement OAuth for Okta with a service app": private_key_jwt at the org's own token endpoint.
"""

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.requests import Request, Requests
from local_cloud.pulumi.providers.okta.words import describe

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 300
EARLY_SECONDS = 60.0


class Credentials(Protocol):
    """What a request is sent with."""

    @property
    def remedy(self) -> str:
        """What to check when Okta does not take them."""

    @property
    def is_api_token(self) -> bool:
        """Whether the API of Okta's own admin pages takes them, too."""

    def authorization(self, requests: Requests) -> str:
        """The header's value."""

    def renew(self, refused: str) -> bool:
        """Whether another try after a 401 may help; `refused` is the header's value that was."""


@dataclass(frozen=True)
class ApiToken:
    """A token of the scheme SSWS."""

    token: str = field(repr=False)
    remedy: str = "check okta:apiToken or OKTA_API_TOKEN"
    is_api_token: bool = True

    def authorization(self, requests: Requests) -> str:
        """The same for every request."""
        return f"SSWS {self.token}"

    def renew(self, refused: str) -> bool:
        """There is no other."""
        return False


class ServiceApp:
    """An app that gets itself access tokens; one serves until it expires or is refused."""

    remedy = "check okta:clientId, okta:privateKey and that the app is granted the okta:scopes"
    is_api_token = False

    def __init__(self, org_url: str, client_id: str, key: RSAKey, key_id: str | None, scopes: list[str]) -> None:
        self._url = f"{org_url}/oauth2/v1/token"
        self._client_id = client_id
        self._key = key
        self._key_id = key_id
        self._scopes = " ".join(scopes)
        self._token = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def authorization(self, requests: Requests) -> str:
        """
        The current access token; a new one where none is good for another minute.

        Raises:
            ProviderError: Okta gives none.
        """
        with self._lock:
            if not self._token or requests.patience.now() >= self._until:
                self._token, seconds = self._ask(requests)
                self._until = requests.patience.now() + max(seconds - EARLY_SECONDS, seconds / 2)
            return f"Bearer {self._token}"

    def renew(self, refused: str) -> bool:
        """Forget a token that Okta does not take any more, unless somebody else did already."""
        with self._lock:
            if refused == f"Bearer {self._token}":
                self._token = ""
            return True

    def _ask(self, requests: Requests) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "scope": self._scopes,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(requests.patience.now()),
        }
        headers = {"Accept": "application/json"}
        answer = requests.send(Request("POST", self._url, headers, repeatable=True, content={"data": form}))
        if answer.status_code != 200:
            raise ProviderError(f"POST {self._url}: {answer.status_code} {describe(answer)}: {self.remedy}")
        try:
            granted = answer.json()
            return str(granted["access_token"]), float(granted["expires_in"])
        except (ValueError, KeyError, TypeError) as error:
            raise ProviderError(f"POST {self._url}: an answer that is not Okta's") from error

    def _assertion(self, now: float) -> str:
        header = {"alg": "RS256"} | ({"kid": self._key_id} if self._key_id else {})
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._url,
            "iat": int(now),
            "exp": int(now) + ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode(header, claims, self._key)


def private_key(given: str) -> RSAKey:
    """
    The key in the setting, which is a PEM text or the path of a file that holds one.

    Raises:
        ProviderError: it is neither; no part of the text is told.
    """
    try:
        text = given if "-----BEGIN" in given else Path(given).read_text()
        key = RSAKey.import_key(text.replace("\\n", "\n"))
    except (JoseError, ValueError, TypeError, OSError):
        raise ProviderError("okta:privateKey is neither an RSA private key in PEM nor the path of one") from None
    if not key.is_private:
        raise ProviderError("okta:privateKey is a public key")
    return key
