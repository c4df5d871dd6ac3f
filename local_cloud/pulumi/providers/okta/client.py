"""Okta's Management API as a plugin uses it: retries, limits, and errors that name what failed."""

import threading
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.patience import Patience, backoff_seconds

RETRIES = 5
CONNECTION_RETRIES = 2
TIMEOUT_SECONDS = 30.0
PASSING = (409, 429)
SERVER_FAILED = (500, 502, 503, 504)


class OktaClient:
    """One connection to the org; safe to use from several threads."""

    def __init__(
        self,
        org_url: str,
        api_token: str,
        http: httpx2.Client | None = None,
        patience: Patience | None = None,
        retries: int = RETRIES,
    ) -> None:
        self.org_url = org_url
        self.patience = patience or Patience()
        self._headers = {"Authorization": f"SSWS {api_token}", "Accept": "application/json"}
        self._http = http or httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False)
        self._retries = retries
        self._engine: bool | None = None
        self._lock = threading.Lock()

    def get(self, path: str) -> Any:
        """The object at the path."""
        return self.send("GET", path)

    def has_identity_engine(self) -> bool:
        """Whether apps have access policies here; asked once, when the first app needs to know."""
        with self._lock:
            if self._engine is None:
                self._engine = self.get("/.well-known/okta-organization").get("pipeline") != "v1"
            return self._engine

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """
        The JSON of the answer; None where there is none.

        Raises:
            Gone: 404.
            ProviderError: Okta refused, or could not be reached.
        """
        attempt = 0
        while True:
            answer = self._try(method, path, body, attempt)
            if isinstance(answer, httpx2.Response):
                return _content(method, self.org_url + path, answer)
            if not self.patience.wait(answer):
                raise ProviderError(f"{method} {self.org_url}{path}: cancelled")
            attempt += 1

    def _try(self, method: str, path: str, body: Any, attempt: int) -> httpx2.Response | float:
        """The answer, or how many seconds later another try may help."""
        url = self.org_url + path
        try:
            answer = self._http.request(method, url, headers=self._headers, json=body)
        except httpx2.ConnectError as error:
            if attempt >= min(CONNECTION_RETRIES, self._retries):
                raise ProviderError(f"Okta cannot be reached at {self.org_url}: {error}") from error
            return backoff_seconds(attempt)
        except httpx2.HTTPError as error:  # it may have been done: a creation is not asked for twice
            if method == "POST" or attempt >= self._retries:
                raise ProviderError(f"{method} {url}: {type(error).__name__}") from error
            return backoff_seconds(attempt)
        may_pass = answer.status_code in PASSING or (answer.status_code in SERVER_FAILED and method == "GET")
        if not may_pass or attempt >= self._retries:
            return answer
        return self._until_reset(answer) if answer.status_code == 429 else backoff_seconds(attempt)

    def _until_reset(self, answer: httpx2.Response) -> float:
        """
        How many seconds Okta asks to wait; one more, since its clock counts whole ones.

        Source: Okta, Rate limits: X-Rate-Limit-Reset in epoch seconds, against the answer's own Date.
        """
        try:
            reset = float(answer.headers["x-rate-limit-reset"])
        except (KeyError, ValueError):
            return 1.0
        try:
            now = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, ValueError):
            now = self.patience.now()
        return max(0.0, reset - now) + 1


def _content(method: str, url: str, answer: httpx2.Response) -> Any:
    if answer.status_code == 404:
        raise Gone(url)
    if answer.status_code >= 300:
        raise ProviderError(f"{method} {url}: {answer.status_code} {describe(answer)}")
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise ProviderError(f"{method} {url}: {answer.status_code} an answer that is not Okta's") from error


def describe(answer: httpx2.Response) -> str:
    """Okta's own words about an error, and what to do about those that everybody meets."""
    try:
        error = answer.json()
        causes = "; ".join(cause["errorSummary"] for cause in error.get("errorCauses", []))
        text = f"{error['errorCode']} {error['errorSummary']}" + (f" ({causes})" if causes else "")
    except (ValueError, KeyError, TypeError):
        return "an answer that is not Okta's"
    if error["errorCode"] == "E0000011":
        return f"{text}: check okta:apiToken or OKTA_API_TOKEN"
    if error["errorCode"] == "E0000015":
        return f"{text}: custom authorization servers need Okta's API Access Management"
    return text
