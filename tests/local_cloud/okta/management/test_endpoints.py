"""Every endpoint of the Management API, row by row: good, bad and unauthorized. Source: the rows' own."""

import json
from typing import Any

import pytest
from starlette.routing import Route

from local_cloud.okta.management.refusal import Refusal
from tests.local_cloud.okta.management.world import ADMINISTRATOR, API_SCOPES, VECTORS, World, send
from tests.local_cloud.okta.org import OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio

TABLE = json.loads(VECTORS.read_text())
ENDPOINTS: list[dict[str, Any]] = TABLE["endpoints"]


def rows(kind: str) -> list[Any]:
    """The rows of a kind, named by their endpoint."""
    return [
        pytest.param(endpoint, row, id=f"{endpoint['method']} {endpoint['path']} {index}")
        for endpoint in ENDPOINTS
        for index, row in enumerate(endpoint[kind])
    ]


def endpoints() -> list[Any]:
    """The endpoints by name."""
    return [pytest.param(endpoint, id=f"{endpoint['method']} {endpoint['path']}") for endpoint in ENDPOINTS]


def shows(answer: Any, expected: Any) -> bool:
    """Whether an answer shows what a row says; of a list, whether each expected item is among its items."""
    if isinstance(expected, list):
        return isinstance(answer, list) and all(any(holds(item, wanted) for item in answer) for wanted in expected)
    return holds(answer, expected)


def holds(shown: Any, expected: Any) -> bool:
    """Whether an answer has at least the expected fields."""
    if isinstance(expected, dict):
        return isinstance(shown, dict) and all(holds(shown.get(key), value) for key, value in expected.items())
    return bool(shown == expected)


def state(world: World) -> bytes:
    """All that the untouched org holds."""
    return world.state_file.with_name("untouched.json").read_bytes()


@requirement("okta:endpoints")
@pytest.mark.parametrize(("endpoint", "row"), rows("good"))
async def test_good_input_is_answered_as_documented(
    own: OktaOrg, world: World, endpoint: dict[str, Any], row: dict[str, Any]
) -> None:
    """Status and fields (the endpoint's page)."""
    response = await send(own, world, endpoint, row, ADMINISTRATOR)

    assert response.status_code == row["status"], response.text
    if row["status"] == 204:
        assert response.content == b""
    else:
        assert shows(response.json(), world.filled(row["shows"]))
    assert int(response.headers["x-rate-limit-remaining"]) > 0


@requirement("okta:endpoints")
@pytest.mark.parametrize(("endpoint", "row"), rows("bad"))
async def test_bad_input_is_refused_in_oktas_words(
    untouched: OktaOrg, world: World, endpoint: dict[str, Any], row: dict[str, Any]
) -> None:
    """Status, code, summary and cause (Okta error codes), and nothing has changed."""
    before = state(world)
    response = await send(untouched, world, endpoint, row, ADMINISTRATOR)
    error = response.json()

    assert (response.status_code, error["errorCode"]) == (row["status"], row["errorCode"])
    # A refusal may speak of an object, or of a path with its {names}.
    assert error["errorSummary"] in (row["errorSummary"], world.filled(row["errorSummary"]))
    assert "cause" not in row or [cause["errorSummary"] for cause in error["errorCauses"]] == [row["cause"]]
    assert state(world) == before


@requirement("okta:endpoints")
@pytest.mark.parametrize("endpoint", endpoints())
async def test_who_may_not_call_is_refused_before_anything_else(
    untouched: OktaOrg, world: World, endpoint: dict[str, Any]
) -> None:
    """Each row of `unauthorized`, with input that would be accepted, and with none (Okta error codes)."""
    before = state(world)
    for row in TABLE["unauthorized"]:
        nothing: dict[str, Any] = {}
        for asked in (endpoint["good"][0], nothing):
            response = await send(untouched, world, endpoint, asked, credentials(world, endpoint, row))
            error = response.json()
            expected = expectation(endpoint, row)

            assert (response.status_code, error["errorCode"], error["errorSummary"]) == expected, row["who"]
            challenge = response.headers.get("www-authenticate", "")
            if "challenge" in row and endpoint["scope"]:
                assert f'error="{row["challenge"]}"' in challenge
                assert f'scope="{endpoint["scope"]}"' in challenge
            else:
                assert challenge == ""
    assert state(world) == before


def expectation(endpoint: dict[str, Any], row: dict[str, Any]) -> tuple[int, str, str]:
    """What a row says; an endpoint that OAuth does not open treats any access token as no credentials."""
    bearer = str(row["authorization"]).startswith("Bearer")
    row = TABLE["unauthorized"][0] if bearer and endpoint["scope"] is None else row
    return row["status"], row["errorCode"], row["errorSummary"]


def credentials(world: World, endpoint: dict[str, Any], row: dict[str, Any]) -> str | None:
    """The header of a row; `other_token` has a scope that the endpoint does not ask for."""
    header: str | None = row["authorization"]
    if header is None:
        return None
    area = str(endpoint["scope"]).rpartition(".")[0]
    other = next(scope for scope in API_SCOPES if not scope.startswith(f"{area}."))
    return str(world.filled(header)).replace("{other_token}", world.tokens[other])


@requirement("okta:api-scopes")
@pytest.mark.parametrize("endpoint", [each for each in endpoints() if each.values[0]["scope"]])
async def test_a_service_with_the_documented_scope_may_call(
    own: OktaOrg, world: World, endpoint: dict[str, Any]
) -> None:
    """The scope of the endpoint's page opens it, `read` does not open `manage` (Okta, OAuth 2.0 scopes)."""
    row, scope = endpoint["good"][0], endpoint["scope"]
    reading = world.tokens[scope.replace(".manage", ".read")]
    if scope.endswith(".manage"):
        refused = await send(own, world, endpoint, row, f"Bearer {reading}")
        assert (refused.status_code, refused.json()["errorCode"]) == (403, "E0000006")

    response = await send(own, world, endpoint, row, f"Bearer {world.tokens[scope]}")

    # Nobody is behind the token of a service.
    assert response.status_code == (404 if endpoint["path"].endswith("/me") else row["status"]), response.text


@requirement("okta:api-scopes")
@pytest.mark.parametrize("endpoint", [each for each in endpoints() if str(each.values[0]["scope"]).endswith(".read")])
async def test_who_may_manage_may_read(untouched: OktaOrg, world: World, endpoint: dict[str, Any]) -> None:
    """A client that has only `manage` scopes reads what it has made (docs/facts/okta.md §8, least privilege)."""
    token = world.tokens[endpoint["scope"].replace(".read", ".manage")]
    response = await send(untouched, world, endpoint, endpoint["good"][0], f"Bearer {token}")

    assert response.status_code in (200, 404 if endpoint["path"].endswith("/me") else 200)


def test_no_endpoint_is_without_its_rows(untouched: OktaOrg) -> None:
    """The table and the routes name the same endpoints, and each has good and bad rows with a source (issue 4)."""
    served = {
        (method, route.path)
        for route in untouched.app.routes
        if isinstance(route, Route) and not isinstance(route, Refusal) and route.path.startswith("/api/")
        for method in (route.methods or set()) - {"HEAD"}
    }

    assert {(endpoint["method"], endpoint["path"]) for endpoint in ENDPOINTS} == served
    assert all(endpoint["good"] and endpoint["bad"] and endpoint["source"] for endpoint in ENDPOINTS)
    assert {row["status"] for row in TABLE["unauthorized"]} == {401, 403}
