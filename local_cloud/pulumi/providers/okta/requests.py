"""One HTTP request to Okta, tried again where that is safe and may help."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from local_cloud.pulumi.providers.errors import ProviderError, Unanswered
from local_cloud.pulumi.providers.patience import Patience

RETRIES = 5
CONNECTION_RETRIES = 2
PASSING = (409, 429)
SERVER_FAILED = (500, 502, 503, 504)
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
MAY_STILL_RUN = (httpx2.ReadTimeout, httpx2.WriteTimeout)


@dataclass(frozen=True)
class Request:
    """
    What to send.

    Args:
        repeatable: twice does no more than once. A creation is not; one is never sent again after a lost answer.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    repeatable: bool
    content: Mapping[str, Any]


class Requests:
    """Sends requests; safe to use from several threads."""

    def __init__(self, http: httpx2.Client, patience: Patience, retries: int = RETRIES) -> None:
        self.patience = patience
        self._http = http
        self._retries = retries

    def send(self, request: Request) -> httpx2.Response:
        """
        The answer, whatever it says.

        Raises:
            Unanswered: the request may have been done.
            ProviderError: it was not sent, or the engine has cancelled.
        """
        attempt, lost = 0, False
        while True:
            answer = self._try(request, attempt, lost)
            if isinstance(answer, httpx2.Response) and not self._again(answer, request, attempt):
                return answer
            lost = lost or _lost(answer)
            if not self._wait(answer, attempt):
                text = f"{request.method} {request.url}: cancelled"
                raise Unanswered(text) if lost else ProviderError(text)
            attempt += 1

    def _try(self, request: Request, attempt: int, lost: bool) -> httpx2.Response | httpx2.HTTPError:
        """The answer, or why there was none where another try is right."""
        try:
            return self._http.request(request.method, request.url, headers=dict(request.headers), **request.content)
        except NOT_SENT as error:
            if attempt >= min(CONNECTION_RETRIES, self._retries):
                raise _unreachable(request, error, lost) from error
            return error
        except httpx2.HTTPError as error:
            if attempt >= self._retries or not request.repeatable:
                pending = isinstance(error, MAY_STILL_RUN)
                raise Unanswered(f"{request.method} {request.url}: {type(error).__name__}", pending) from error
            return error

    def _again(self, answer: httpx2.Response, request: Request, attempt: int) -> bool:
        failed = answer.status_code in SERVER_FAILED and request.repeatable
        return attempt < self._retries and (answer.status_code in PASSING or failed)

    def _wait(self, answer: httpx2.Response | httpx2.HTTPError, attempt: int) -> bool:
        if isinstance(answer, httpx2.Response) and answer.status_code == 429:
            return self.patience.wait(self._until_reset(answer))
        return self.patience.back_off(attempt)

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


def _lost(answer: httpx2.Response | httpx2.HTTPError) -> bool:
    """Whether nobody knows what became of the request."""
    if isinstance(answer, httpx2.Response):
        return answer.status_code in SERVER_FAILED
    return not isinstance(answer, NOT_SENT)


def _unreachable(request: Request, error: Exception, lost: bool) -> Exception:
    address = httpx2.URL(request.url).copy_with(raw_path=b"")
    text = f"Okta cannot be reached at {address}: {error}"
    return Unanswered(text) if lost else ProviderError(text)
