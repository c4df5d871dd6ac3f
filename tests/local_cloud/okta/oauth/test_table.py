"""Every OAuth route with good, bad and unauthorized input, as a table: tests/vectors/okta-oauth.json."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from local_cloud.clock import Clock
from local_cloud.okta.oauth.routes import oauth_routes
from local_cloud.okta.org import Org
from local_cloud.okta.settings import OktaSettings
from local_cloud.okta.store import Store
from tests.local_cloud.okta.oauth.hands import Hands
from tests.local_cloud.okta.oauth.world import World
from tests.requirements import requirement

TABLE = json.loads((Path(__file__).parents[3] / "vectors" / "okta-oauth.json").read_text())
ROWS = [(row, at) for row in TABLE for at in row["at"]]
# Nobody needs to be known for a preflight; nothing good can come of a path that Okta has not.
ABSENT = "GET /.well-known/openid-configuration/oauth2/{server}"
WITHOUT = {"OPTIONS": {"unauthorized"}, ABSENT: {"good", "unauthorized"}, "POST /oauth2/v1/clients": {"good"}}


@cache
def shared() -> World:
    """One org for the whole table; rows leave nothing behind that another would meet."""
    return World()


def name_of(row: dict[str, Any], at: str) -> str:
    """A row in the list of tests."""
    return f"{TABLE.index(row)}-{row['kind']}-{row['route']}-{at}"


@requirement("okta:oauth-table")
@pytest.mark.anyio
@pytest.mark.parametrize(("row", "at"), ROWS, ids=[name_of(*each) for each in ROWS])
async def test_an_endpoint_answers_as_the_table_says(row: dict[str, Any], at: str) -> None:
    """Each row names its source."""
    world = shared()
    if not world.apps:
        await world.build()
    hands = Hands(world, at, row)
    response = await hands.send()

    assert row["source"]
    assert response.status_code == row["status"], response.text
    for header, value in row.get("headers", {}).items():
        assert response.headers[header] == await hands.fill(value)
    assert not set(row.get("absent", [])) & set(response.headers)
    assert row.get("text", "") in response.text
    await check_json(row, hands, response)
    await check_redirect(row, hands, response)


async def check_json(row: dict[str, Any], hands: Hands, response: httpx2.Response) -> None:
    """The members that the row names have their values, and the others are not there."""
    if "keys" in row:
        assert len(response.json()["keys"]) == row["keys"]
    if "json" in row:
        expected = await hands.fill(row["json"])
        body = response.json()
        assert {name: body.get(name) for name in expected} == expected
        assert not set(row.get("absent_json", [])) & set(body)


async def check_redirect(row: dict[str, Any], hands: Hands, response: httpx2.Response) -> None:
    """The browser goes back to the client with these in the query (or the fragment); a null stands for any value."""
    part = next((name for name in ("redirect", "fragment") if name in row), None)
    if part is None:
        return
    location = urlsplit(response.headers["location"])
    answer = location.query if part == "redirect" else location.fragment
    given, expected = dict(parse_qsl(answer)), await hands.fill(row[part])
    assert location.netloc == "127.0.0.1:8765"
    assert set(given) == set(expected)
    assert {name: given[name] for name, value in expected.items() if value is not None} == {
        name: value for name, value in expected.items() if value is not None
    }


def kinds_of(route: str) -> set[str]:
    """What the table holds for a route; below `{base}` a row stands for the servers that it names."""
    found = set()
    for row, at in ROWS:
        base = {"custom": "/oauth2/{server}", "org": "/oauth2"}[at]
        if row["route"].replace("{base}", base) == route:
            found.add(row["kind"])
    return found


@requirement("okta:oauth-table")
def test_no_route_is_without_its_rows() -> None:
    """Good, bad and unauthorized input for each (issue 4)."""
    org = Org(OktaSettings("http://127.0.0.1:1", "x"), Clock(), Store())
    routes = [f"{method} {route.path}" for route in oauth_routes(org) for method in (route.methods or set()) - {"HEAD"}]
    missing = {}
    for route in routes:
        excused = WITHOUT.get(route, WITHOUT.get(route.split()[0], set()))
        lacking = {"good", "bad", "unauthorized"} - kinds_of(route) - excused
        if lacking:
            missing[route] = lacking

    assert len(routes) == len(set(routes)) > 40
    assert missing == {}


def test_each_row_is_about_a_route_that_exists() -> None:
    """A row that matches nothing would prove nothing (ours)."""
    org = Org(OktaSettings("http://127.0.0.1:1", "x"), Clock(), Store())
    known = {f"{method} {route.path}" for route in oauth_routes(org) for method in route.methods or set()}
    bases = {"custom": "/oauth2/{server}", "org": "/oauth2"}
    strangers = [row["route"] for row, at in ROWS if row["route"].replace("{base}", bases[at]) not in known]

    assert strangers == []
    assert all(re.fullmatch(r"good|bad|unauthorized", row["kind"]) for row in TABLE)
