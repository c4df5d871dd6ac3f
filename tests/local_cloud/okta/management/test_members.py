"""Nothing of a body is dropped in silence, and what was read may be sent back. Source: local_cloud/COVERAGE.md."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_cloud.okta.management.test_endpoints import ENDPOINTS
from tests.local_cloud.okta.management.world import ADMINISTRATOR, World, send
from tests.local_cloud.okta.org import OktaOrg

pytestmark = pytest.mark.anyio

# Objects that Okta leaves to the administrator, kept as they are.
FREE = {
    ("/api/v1/apps", "profile"),
    ("/api/v1/apps", "settings.app"),
    ("/api/v1/apps/{app}/groups/{group}", "profile"),
    ("/api/v1/apps/{app}/users", "profile"),
}
READ = [
    "/api/v1/authorizationServers/{server}",
    "/api/v1/authorizationServers/{server}/scopes/{scope}",
    "/api/v1/authorizationServers/{server}/scopes/{openid}",
    "/api/v1/authorizationServers/{server}/claims/{claim}",
    "/api/v1/authorizationServers/{server}/claims/{sub_claim}",
    "/api/v1/authorizationServers/{server}/policies/{policy}",
    "/api/v1/authorizationServers/{server}/policies/{policy}/rules/{rule}",
    "/api/v1/apps/{app}",
    "/api/v1/apps/{service}",
    "/api/v1/apps/{web}",
    "/api/v1/apps/{app}/groups/{group}",
    "/api/v1/groups/{group}",
    "/api/v1/users/{user}",
]


def objects(value: Any, path: str = "") -> Iterator[str]:
    """The path of every object in a body, itself too."""
    if isinstance(value, dict):
        yield path
        for name, part in value.items():
            yield from objects(part, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from objects(part, f"{path}.{index}")


def surprised(body: Any, path: str) -> Any:
    """The body with a member at this path that nobody knows."""
    body = copy.deepcopy(body)
    place = body
    for name in path.split(".") if path else ():
        place = place[int(name)] if isinstance(place, list) else place[name]
    place["surprise"] = {"asks": "for much"}
    return body


def undated(value: Any) -> Any:
    """An answer without the time of its last change."""
    if isinstance(value, dict):
        return {name: undated(part) for name, part in value.items() if name != "lastUpdated"}
    return [undated(part) for part in value] if isinstance(value, list) else value


def cases() -> list[Any]:
    """Every object of every body that is good."""
    return [
        pytest.param(endpoint, row, path, id=f"{endpoint['method']} {endpoint['path']} {index} {path}")
        for endpoint in ENDPOINTS
        for index, row in enumerate(endpoint["good"])
        if "body" in row
        for path in objects(row["body"])
        if (endpoint["path"], path) not in FREE
    ]


@pytest.mark.parametrize(("endpoint", "row", "path"), cases())
async def test_an_unknown_member_is_refused_by_its_name(
    own: OktaOrg, world: World, endpoint: dict[str, Any], row: dict[str, Any], path: str
) -> None:
    """Ours: an emulator that drops what it lacks answers as if it had it."""
    response = await send(own, world, endpoint, {**row, "body": surprised(row["body"], path)}, ADMINISTRATOR)
    error = response.json()

    assert (response.status_code, error["errorCode"]) == (400, "E0000001")
    cause = error["errorCauses"][0]["errorSummary"]
    assert "surprise" in cause or cause.startswith(f"{path}: ")


@pytest.mark.parametrize("path", READ)
async def test_what_was_read_may_be_sent_back(own: OktaOrg, world: World, path: str) -> None:
    """Okta's SDKs and its Terraform provider change a member of what they read, and send it all."""
    path = world.filled(path)
    read = (await own.call("GET", path)).json()
    response = await own.call("PUT", path, read)

    assert response.status_code == 200, response.text
    assert undated(response.json()) == undated(read)


async def test_a_persons_assignment_may_be_sent_back(own: OktaOrg, world: World) -> None:
    """POST is Okta's replace of an app user (ApplicationUsers API)."""
    path = world.filled("/api/v1/apps/{web}/users")
    read = (await own.call("GET", f"{path}/{world.names['user']}")).json()
    response = await own.call("POST", path, read)

    assert response.status_code == 200, response.text
    assert response.json()["credentials"] == read["credentials"]


async def test_the_profile_of_an_app_is_kept_until_it_is_replaced(own: OktaOrg, world: World) -> None:
    """Any JSON object (Apps API, profile)."""
    path = world.filled("/api/v1/apps/{app}")
    body = (await own.call("GET", path)).json()
    kept = (await own.call("PUT", path, {**body, "profile": {"owner": {"team": "x"}}})).json()
    read = (await own.call("GET", path)).json()
    replaced = (await own.call("PUT", path, body)).json()

    assert kept["profile"] == read["profile"] == {"owner": {"team": "x"}}
    assert "profile" not in replaced
