"""Okta's Management API as a plugin uses it: retries, limits, and errors that name what failed."""

import os
import threading
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.values import Properties

TRIES = 6
LONGEST_WAIT_SECONDS = 60.0
TIMEOUT_SECONDS = 30.0
SETTINGS = frozenset({"orgName", "baseUrl", "apiToken", "httpProxy", "maxRetries", "requestTimeout"})


class OktaClient:
    """One connection to the org; safe to use from several threads."""

    def __init__(self, org_url: str, api_token: str, http: httpx2.Client | None = None) -> None:
        self.org_url = org_url
        self._headers = {"Authorization": f"SSWS {api_token}", "Accept": "application/json"}
        self._http = http or httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False)
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End every wait for another try."""
        self._cancelled.set()

    def get(self, path: str) -> Any:
        """The object at the path."""
        return self.send("GET", path)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """
        The JSON of the answer; None where there is none.

        Raises:
            Gone: 404.
            ProviderError: Okta refused, or could not be reached.
        """
        for attempt in range(TRIES):
            answer = self._try(method, path, body, last=attempt == TRIES - 1)
            if answer is not None:
                return _content(method, self.org_url + path, answer)
            self._cancelled.wait(min(0.25 * 2**attempt, LONGEST_WAIT_SECONDS))
            if self._cancelled.is_set():
                break
        raise ProviderError(f"{method} {self.org_url}{path}: cancelled")

    def _try(self, method: str, path: str, body: Any, last: bool) -> httpx2.Response | None:
        """The answer, or None when another try may help."""
        url = self.org_url + path
        try:
            answer = self._http.request(method, url, headers=self._headers, json=body)
        except httpx2.ConnectError as error:
            if last:
                raise ProviderError(f"Okta cannot be reached at {self.org_url}: {error}") from error
            return None
        except httpx2.HTTPError as error:  # it may have been done: only a question is asked twice
            if last or method != "GET":
                raise ProviderError(f"{method} {url}: {type(error).__name__}") from error
            return None
        if answer.status_code == 429 and not last:
            self._cancelled.wait(_seconds_until_reset(answer))
            return None
        return None if answer.status_code >= 500 and method == "GET" and not last else answer


def _seconds_until_reset(answer: httpx2.Response) -> float:
    """
    How long Okta asks to wait.

    Source: Okta, Rate limits: X-Rate-Limit-Reset in epoch seconds, against the answer's own Date.
    """
    try:
        reset = float(answer.headers["x-rate-limit-reset"])
        now = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return 1.0
    return max(0.0, min(reset - now, LONGEST_WAIT_SECONDS))


def _content(method: str, url: str, answer: httpx2.Response) -> Any:
    if answer.status_code == 404:
        raise Gone(url)
    if answer.status_code >= 400:
        raise ProviderError(f"{method} {url}: {answer.status_code} {describe(answer)}")
    return answer.json() if answer.content else None


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


def connect(settings: Properties) -> OktaClient:
    """
    Find the org and prove the token, as the real plugin does when it is configured.

    Raises:
        ProviderError: a setting is missing, the org cannot be reached, or the token is refused.

    Source: pulumi-okta, provider configuration; OKTA_HTTP_PROXY takes the org's place.
    """
    proxy = settings.get("httpProxy") or os.environ.get("OKTA_HTTP_PROXY")
    org, base = (
        settings.get(n) or os.environ.get(e) for n, e in (("orgName", "OKTA_ORG_NAME"), ("baseUrl", "OKTA_BASE_URL"))
    )
    token = settings.get("apiToken") or os.environ.get("OKTA_API_TOKEN")
    if not token or not (proxy or org):
        missing = [n for n, v in (("okta:orgName", proxy or org), ("okta:apiToken", token)) if not v]
        raise ProviderError(f"not configured: {', '.join(missing)}")
    client = OktaClient((proxy or f"https://{org}.{base or 'okta.com'}").rstrip("/"), token)
    for _ in range(2):  # the two clients inside the real plugin each ask once
        try:
            client.get("/api/v1/users/me")
        except Gone as error:
            raise ProviderError(f"{client.org_url} does not answer as an Okta org") from error
    return client
