"""Okta's Management API as a plugin uses it: credentials, pages, and errors that name what failed."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from local_cloud.pulumi.providers.errors import Gone, ProviderError, Unanswered
from local_cloud.pulumi.providers.okta.credentials import ApiToken, Credentials
from local_cloud.pulumi.providers.okta.requests import RETRIES, SERVER_FAILED, Request, Requests
from local_cloud.pulumi.providers.okta.words import NOT_OKTA, describe
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.resource import Candidate

TIMEOUT_SECONDS = 30.0
CONNECTIONS = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
MOST_PAGES = 100


class OktaClient:
    """One connection to the org; safe to use from several threads."""

    def __init__(
        self,
        org_url: str,
        credentials: Credentials | str,
        http: httpx2.Client | None = None,
        patience: Patience | None = None,
        retries: int = RETRIES,
    ) -> None:
        self.org_url = org_url
        self.patience = patience or Patience()
        self.credentials = ApiToken(credentials) if isinstance(credentials, str) else credentials
        self._http = http or httpx2.Client(timeout=TIMEOUT_SECONDS, trust_env=False, limits=CONNECTIONS)
        self._requests = Requests(self._http, self.patience, retries)
        self._engine: bool | None = None
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def sign_in(self) -> None:
        """
        Make sure that the credentials are good for a request.

        Raises:
            ProviderError: they are not.
        """
        self.credentials.authorization(self._requests)

    def get(self, path: str) -> Any:
        """The object at the path."""
        return self.send("GET", path)

    def pages(self, path: str) -> Iterator[Any]:
        """
        All objects of a list.

        Source: Okta, Pagination: the header Link with rel="next".
        """
        for _ in range(MOST_PAGES):
            answer = self._answer("GET", path, None, repeatable=True)
            yield from _content("GET", self.org_url + path, answer) or ()
            following = answer.links.get("next", {}).get("url")
            if not following:
                return
            parts = urlsplit(following)
            path = f"{parts.path}?{parts.query}"
        raise ProviderError(f"GET {self.org_url}{path}: more than {MOST_PAGES} pages")

    def named(self, path: str, name: str, key: str = "name") -> list[Candidate]:
        """The objects of a list whose own name is this one."""
        found = (item for item in self.pages(path) if item.get(key) == name)
        return [Candidate(str(item["id"]), seconds(item.get("created"))) for item in found]

    def has_identity_engine(self) -> bool:
        """Whether apps have access policies here; asked once, when the first app needs to know."""
        with self._lock:
            if self._engine is None:
                self._engine = self.get("/.well-known/okta-organization").get("pipeline") != "v1"
            return self._engine

    def alone_with(self, name: str) -> threading.Lock:
        """A lock for those who read an object, change it, and write it back."""
        with self._lock:
            return self._locks.setdefault(name, threading.Lock())

    def send(self, method: str, path: str, body: Any = None, *, repeatable: bool | None = None) -> Any:
        """
        The JSON of the answer; None where there is none.

        Args:
            repeatable: whether twice does no more than once; a POST, unless it is said, is a creation.

        Raises:
            Gone: 404.
            Unanswered: it may have been done.
            ProviderError: Okta refused, or could not be reached.
        """
        again = method != "POST" if repeatable is None else repeatable
        answer = self._answer(method, path, body, again)
        if answer.status_code in SERVER_FAILED and method != "GET":
            raise Unanswered(f"{method} {self.org_url}{path}: {answer.status_code} {describe(answer)}")
        return _content(method, self.org_url + path, answer, self.credentials.remedy)

    def _answer(self, method: str, path: str, body: Any, repeatable: bool) -> httpx2.Response:
        """The answer; a token that is refused is asked for anew, once."""
        authorization = self.credentials.authorization(self._requests)
        answer = self._send(authorization, method, path, body, repeatable)
        if answer.status_code == 401 and self.credentials.renew(authorization):
            authorization = self.credentials.authorization(self._requests)
            answer = self._send(authorization, method, path, body, repeatable)
        return answer

    def _send(self, authorization: str, method: str, path: str, body: Any, repeatable: bool) -> httpx2.Response:
        headers = {"Authorization": authorization, "Accept": "application/json"}
        content = {} if body is None else {"json": body}
        return self._requests.send(Request(method, self.org_url + path, headers, repeatable, content))


def seconds(text: str | None) -> float | None:
    """A time of Okta's in seconds since the epoch."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


def query(text: str) -> str:
    """A text as part of a query."""
    return quote(text, safe="")


def _content(method: str, url: str, answer: httpx2.Response, remedy: str = "") -> Any:
    if answer.status_code == 404:
        raise Gone(url)
    if answer.status_code >= 300:
        raise ProviderError(f"{method} {url}: {answer.status_code} {describe(answer, remedy)}")
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise ProviderError(f"{method} {url}: {answer.status_code} {NOT_OKTA}") from error
