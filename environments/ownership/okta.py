"""What an environment owns on Okta, by name and by the mark in description or note."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx2

from environments.accounts import PATIENCE_SECONDS, Clouds, is_loopback, remedy_for
from environments.errors import Unreachable
from environments.ownership.owned import Owned, object_name, okta_mark

SERVERS = "/api/v1/authorizationServers"
APPS = "/api/v1/apps"
GROUPS = "/api/v1/groups"
SERVER = "okta:auth/server:Server"
POLICY = "okta:auth/serverPolicy:ServerPolicy"


def find_on_okta(
    environment: str, clouds: Clouds, groups: Iterable[str] = (), transport: httpx2.BaseTransport | None = None
) -> Iterator[Owned]:
    """
    Authorization servers with their parts, apps, and those of the groups that carry the mark.

    Raises:
        Unreachable: Okta refuses or does not answer.
    """
    org = Org(clouds, transport)
    name, mark = object_name(environment), okta_mark(environment)
    for app in org.pages(APPS, q=name):
        if app.get("label") == name and mark in _text(app.get("settings", {}).get("notes", {}).get("admin")):
            yield org.owned(("okta:app/oAuth:OAuth", app["id"]), name, f"{APPS}/{app['id']}", deactivate=True)
    for server in org.pages(SERVERS, q=name):
        if server["name"] == name and mark in _text(server.get("description")):
            yield org.owned((SERVER, server["id"]), name, f"{SERVERS}/{server['id']}", deactivate=True)
            yield from _server_parts(org, server["id"])
    for group in groups:
        for found in org.pages(GROUPS, q=group):
            profile = found["profile"]
            if profile["name"] == group and mark in _text(profile.get("description")):
                yield org.owned(("okta:group/group:Group", found["id"]), group, f"{GROUPS}/{found['id']}")


def _server_parts(org: "Org", server: str) -> Iterator[Owned]:
    """Rules before policies, policies before scopes, as their deletion needs it."""
    path, parent = f"{SERVERS}/{server}", (SERVER, server)
    for policy in org.pages(f"{path}/policies"):
        if policy.get("system"):
            continue
        place = f"{path}/policies/{policy['id']}"
        for rule in org.pages(f"{place}/rules"):
            kind = ("okta:auth/serverPolicyRule:ServerPolicyRule", rule["id"])
            yield org.owned(kind, rule["name"], f"{place}/rules/{rule['id']}", parent=(POLICY, policy["id"]))
        yield org.owned((POLICY, policy["id"]), policy["name"], place, parent=parent)
    for scope in org.pages(f"{path}/scopes"):
        if not scope.get("system"):
            kind = ("okta:auth/serverScope:ServerScope", scope["id"])
            yield org.owned(kind, scope["name"], f"{path}/scopes/{scope['id']}", parent=parent)


class Org:
    """The Management API, asked with the stack's token."""

    def __init__(self, clouds: Clouds, transport: httpx2.BaseTransport | None = None) -> None:
        self._url = clouds.okta_url or ""
        self._token = clouds.okta_token
        self._transport = transport

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
            with self._client() as http:
                answer = http.request(method, path, params=dict(query) or None)
            if not (answer.status_code == 404 and method != "GET"):
                answer.raise_for_status()
        except httpx2.HTTPStatusError as error:
            summary = f"{error.response.status_code} {_summary(error.response)}"
            raise Unreachable(
                f"Okta at {self._url} refuses {method} {path}: {summary}", "check OKTA_API_TOKEN and what it may do"
            ) from error
        except httpx2.HTTPError as error:
            raise Unreachable(f"Okta does not answer at {self._url}: {error}", remedy_for(self._url)) from error
        return answer


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _summary(answer: httpx2.Response) -> str:
    try:
        return str(answer.json().get("errorSummary", ""))
    except (ValueError, AttributeError):
        return ""
