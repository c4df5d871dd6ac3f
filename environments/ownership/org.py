"""The org's Management API, as far as a search for left-overs needs it."""

import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from environments.accounts import PATIENCE_SECONDS, Clouds, is_loopback, remedy_for
from environments.errors import NotAllowed, Unreachable
from environments.ownership.owned import Owned

TRIES = 3
LONGEST_WAIT_SECONDS = 60.0


class Org:
    """The Management API, asked with the stack's token."""

    def __init__(
        self,
        clouds: Clouds,
        transport: httpx2.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = clouds.okta_url or ""
        self._token = clouds.okta_token
        self._transport = transport
        self._wait = wait

    def _client(self) -> httpx2.Client:
        """A connection for one request: what is found may be deleted much later, or never."""
        return httpx2.Client(
            base_url=self._url,
            headers={"Authorization": f"SSWS {self._token}", "Accept": "application/json"},
            timeout=PATIENCE_SECONDS,
            transport=self._transport,
            trust_env=not is_loopback(self._url),
        )

    def pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """
        Every item of a list. Source: Okta, pagination: `Link` with rel="next".

        Raises:
            Unreachable: Okta refuses or does not answer.
        """
        answer = self._ask("GET", path, query)
        while True:
            yield from answer.json()
            following = answer.links.get("next", {}).get("url")
            if not following:
                return
            answer = self._ask("GET", following, {})

    def owned(
        self,
        key: tuple[str, ...],
        name: str,
        path: str,
        parent: tuple[str, ...] | None = None,
        deactivate: bool = False,
    ) -> Owned:
        """The object at that path; apps and servers must be deactivated before they go."""

        def remove() -> None:
            if deactivate:
                self._ask("POST", f"{path}/lifecycle/deactivate", {})
            self._ask("DELETE", path, {})

        return Owned(key, name, remove, parent)

    def _ask(self, method: str, path: str, query: Mapping[str, str]) -> httpx2.Response:
        """One request; an object that is gone already is no error when it is to be deleted."""
        try:
            answer = self._answer(method, path, query)
            if not (answer.status_code == 404 and method != "GET"):
                answer.raise_for_status()
        except httpx2.HTTPStatusError as error:
            summary = f"{error.response.status_code} {_summary(error.response)}"
            kind = NotAllowed if error.response.status_code == 403 else Unreachable
            raise kind(f"Okta at {self._url} refuses {method} {path}: {summary}", _remedy(error.response)) from error
        except (httpx2.LocalProtocolError, UnicodeError) as error:  # their text quotes the header, and so the token
            raise Unreachable(
                f"no request can be made to Okta at {self._url}: {type(error).__name__}",
                "see that OKTA_API_TOKEN holds the token and nothing else",
            ) from None
        except httpx2.HTTPError as error:
            raise Unreachable(f"Okta does not answer at {self._url}: {error}", remedy_for(self._url)) from error
        return answer

    def _answer(self, method: str, path: str, query: Mapping[str, str]) -> httpx2.Response:
        """
        What Okta says when it has time for us.

        Source: Okta, Rate limits: 429, and `X-Rate-Limit-Reset` in seconds since 1970 of the clock in `Date`.
        """
        for left in reversed(range(TRIES)):
            with self._client() as http:
                answer = http.request(method, path, params=dict(query) or None)
            if answer.status_code != 429 or not left:
                break
            self._wait(seconds_until_reset(answer))
        return answer


def seconds_until_reset(answer: httpx2.Response) -> float:
    """How long to wait after a 429: a second more than until the limit begins anew, and never very long."""
    try:
        reset = float(answer.headers["X-Rate-Limit-Reset"])
        now = parsedate_to_datetime(answer.headers["Date"]).timestamp() if "Date" in answer.headers else time.time()
    except (KeyError, ValueError):
        return 1.0
    return min(max(reset - now, 0.0) + 1.0, LONGEST_WAIT_SECONDS)


def _remedy(answer: httpx2.Response) -> str:
    if answer.status_code == 429:
        return "Okta's rate limit is used up; wait a minute, then run it again"
    return "check OKTA_API_TOKEN and what it may do"


def _summary(answer: httpx2.Response) -> str:
    try:
        return str(answer.json().get("errorSummary", ""))
    except (ValueError, AttributeError):
        return ""
