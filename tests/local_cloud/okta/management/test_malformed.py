"""No request of any kind makes the org fail, the OAuth endpoints included. Source: issue 4."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from tests.local_cloud.okta.management.strategies import HEADERS, JSON, METHODS, PAIRS, SEGMENTS, TARGETS
from tests.local_cloud.okta.management.world import ADMINISTRATOR, VECTORS, World
from tests.local_cloud.okta.org import OktaOrg
from tests.requirements import requirement

BOUNDED = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ROWS = [
    (endpoint, row)
    for endpoint in json.loads(VECTORS.read_text())["endpoints"]
    for row in endpoint["good"]
    if row.get("body")
]


def ask(org: OktaOrg, method: str, target: str, headers: list[tuple[bytes, bytes]], query: bytes, body: bytes) -> int:
    """Send a request as a web server would hand it over, and take the status; an exception is a failure."""
    path = unquote(target)
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8480)}
    scope |= {"method": method, "path": path, "raw_path": target.encode(), "query_string": query, "root_path": ""}
    scope |= {"headers": headers, "client": ("127.0.0.1", 1)}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(org.app(scope, receive, send))
    assert sent[-1].get("more_body", False) is False
    status: int = sent[0]["status"]
    return status


def paths(org: OktaOrg) -> list[str]:
    """Every path that the org serves, with its parameters still open."""
    return sorted({route.path for route in org.app.routes if isinstance(route, Route)})


@requirement("okta:malformed")
@BOUNDED
@given(data=st.data(), method=METHODS, headers=HEADERS, query=PAIRS, form=st.booleans())
def test_no_request_to_any_path_fails(
    mangled: OktaOrg, world: World, data: st.DataObject, method: str, headers: Any, query: Any, form: bool
) -> None:
    """Paths of the Management API, of OAuth and of nothing; headers, queries and bodies of every kind."""
    template = data.draw(st.sampled_from(paths(mangled)) | st.sampled_from(TARGETS))
    junk = st.sampled_from(SEGMENTS)
    names = {name: data.draw(st.just(value) | junk) for name, value in world.names.items() if f"{{{name}}}" in template}
    target = template.format_map(Filling(names))
    body = data.draw(PAIRS.map(encoded) if form else JSON.map(json.dumps) | st.text(max_size=30))
    kind = b"application/x-www-form-urlencoded" if form else b"application/json"
    credentials = [(b"authorization", ADMINISTRATOR.encode()), (b"content-type", kind)]

    sent = world.filled([encoded(query), body])
    asked = [*headers, *(credentials if data.draw(st.booleans()) else credentials[1:])]
    status = ask(mangled, method, target, asked, sent[0].encode(), sent[1].encode("utf-8", "surrogatepass"))

    assert status != 500


@requirement("okta:malformed")
@BOUNDED
@given(data=st.data(), junk=JSON, which=st.sampled_from(ROWS))
def test_no_spoilt_body_fails(
    mangled: OktaOrg, world: World, data: st.DataObject, junk: Any, which: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Bodies that would be accepted but for one value of another kind."""
    endpoint, row = which
    body = world.filled(row["body"])
    spoil(body, junk, lambda keys: data.draw(st.sampled_from(keys)))
    path = world.filled(endpoint["path"]) if "with" not in endpoint else world.filled(filled_in(endpoint))
    headers = [(b"authorization", ADMINISTRATOR.encode()), (b"content-type", b"application/json")]

    assert ask(mangled, endpoint["method"], path, headers, b"", json.dumps(body).encode()) != 500


class Filling(dict[str, str]):
    """Values for the names of a path; a name without one is nobody."""

    def __missing__(self, name: str) -> str:
        return "nobody"


def encoded(pairs: list[tuple[str, str]]) -> str:
    """A query or form."""
    return urlencode(pairs, safe="{}")


def filled_in(endpoint: dict[str, Any]) -> str:
    """The path of an endpoint with its own objects."""
    path: str = endpoint["path"]
    for name, value in endpoint["with"].items():
        path = path.replace(f"{{{name}}}", value)
    return path


def spoil(value: Any, junk: Any, choose: Any) -> None:
    """Put junk at one place of a value, at any depth."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = choose(keys)
    if isinstance(value[key], dict | list) and value[key] and choose([True, False]):
        spoil(value[key], junk, choose)
    else:
        value[key] = junk
