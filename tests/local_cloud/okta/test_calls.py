"""What holds for every call of the Management API: who may call, bodies, pages, unknown paths."""

import json
from collections.abc import MutableMapping
from typing import Any

import anyio
import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local_cloud.okta.org import API_TOKEN, ORG_URL, OktaOrg
from tests.requirements import requirement

PATHS = [
    ("GET", "/api/v1/authorizationServers"),
    ("POST", "/api/v1/authorizationServers"),
    ("GET", "/api/v1/apps"),
    ("POST", "/api/v1/apps"),
    ("GET", "/api/v1/groups"),
    ("GET", "/api/v1/users/me"),
    ("GET", "/api/v1/policies?type=ACCESS_POLICY"),
    ("POST", "/_local/clock"),
]


@requirement("okta:api-token")
@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("header", [None, "SSWS wrong", "SSWS", "Bearer 00test", "SSWS \u00e9"])
async def test_a_missing_or_wrong_token_is_refused(bare: OktaOrg, method: str, path: str, header: str | None) -> None:
    """E0000011, 401 (Okta error codes)."""
    headers = {} if header is None else {"Authorization": header.encode()}
    async with bare.browser(headers=headers) as client:
        response = await client.request(method, path)

    assert response.status_code == 401
    body = response.json()
    assert set(body) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
    assert (body["errorCode"], body["errorSummary"]) == ("E0000011", "Invalid token provided")


@pytest.mark.anyio
@pytest.mark.parametrize("header", [f"SSWS {API_TOKEN}", f"SSWS{API_TOKEN}", f"ssws {API_TOKEN}"])
async def test_the_token_may_touch_its_scheme(bare: OktaOrg, header: str) -> None:
    """One of Okta's SDKs sends no space (docs/facts/okta.md §9)."""
    async with bare.browser(headers={"Authorization": header}) as client:
        response = await client.get("/api/v1/users/me")

    assert response.status_code == 200
    assert int(response.headers["x-rate-limit-reset"]) > 0


@requirement("okta:absolute-form")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "target", ["http://127.0.0.1/api/v1/groups", f"{ORG_URL}/api/v1/groups", "https://x/api/v1/groups"]
)
async def test_a_target_in_absolute_form_is_served(bare: OktaOrg, target: str) -> None:
    """RFC 9112 §3.2.2; the plugin drops the port now and then."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": target,
        "raw_path": target.encode(),
        "query_string": b"q=mcp-r",
    }
    scope |= {"headers": [(b"authorization", f"SSWS {API_TOKEN}".encode())], "root_path": "", "http_version": "1.1"}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await bare.app(scope, receive, send)

    assert sent[0]["status"] == 200
    assert b"mcp-readers" in sent[1]["body"]


@requirement("okta:unknown-refused")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/v1/zones", "GET /api/v1/zones"),
        ("POST", "/oauth2/v1/token", "POST /oauth2/v1/token"),
        ("GET", "/api/v1/policies?type=PASSWORD", "policies of type 'PASSWORD'"),
        ("GET", "/api/v1/apps?expand=user", "query parameter 'expand' of /api/v1/apps"),
        ("GET", "/api/v1/groups?sortBy=id", "query parameter 'sortBy' of /api/v1/groups"),
    ],
)
async def test_what_is_not_emulated_is_refused_by_name(bare: OktaOrg, method: str, path: str, name: str) -> None:
    """501 E0000052 with the name (design)."""
    response = await bare.call(method, path)

    assert (response.status_code, response.json()["errorCode"]) == (501, "E0000052")
    assert name in response.json()["errorSummary"]


@pytest.mark.anyio
async def test_a_method_that_a_path_has_not_is_refused(bare: OktaOrg) -> None:
    """E0000022 (Okta error codes), 405 as Okta answers it."""
    response = await bare.call("PATCH", "/api/v1/groups")

    assert (response.status_code, response.json()["errorCode"]) == (405, "E0000022")


@requirement("okta:malformed")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b"\xff", b"[" * 100_000],
)
async def test_a_body_that_is_no_json_object_is_refused(bare: OktaOrg, content: bytes) -> None:
    """E0000003, 400 (Okta error codes)."""
    headers = {"Authorization": f"SSWS {API_TOKEN}", "Content-Type": "application/json"}
    async with bare.browser(headers=headers) as client:
        response = await client.post("/api/v1/groups", content=content)

    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000003")


@pytest.mark.anyio
async def test_another_media_type_is_refused(bare: OktaOrg) -> None:
    """E0000021 (Okta error codes)."""
    headers = {"Authorization": f"SSWS {API_TOKEN}", "Content-Type": "text/plain"}
    async with bare.browser(headers=headers) as client:
        response = await client.post("/api/v1/groups", content=b"{}")

    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000021")


@requirement("okta:paging")
@pytest.mark.anyio
async def test_pages_lead_to_each_other_by_link(bare: OktaOrg) -> None:
    """Okta pages with `limit`, `after` and Link (Okta, pagination)."""
    for index in range(5):
        await bare.make("/api/v1/groups", {"profile": {"name": f"team {index}"}})
    url: str | None = "/api/v1/groups?q=team&limit=2"
    names = []
    async with bare.browser(headers={"Authorization": f"SSWS {API_TOKEN}"}) as client:
        while url:
            response = await client.get(url)
            names.append([group["profile"]["name"] for group in response.json()])
            url = response.links.get("next", {}).get("url")
            assert url is None or url.startswith(f"{ORG_URL}/api/v1/groups?")

    assert names == [["team 0", "team 1"], ["team 2", "team 3"], ["team 4"]]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "code"),
    [("limit=0", "E0000001"), ("limit=x", "E0000001"), ("limit=99999", "E0000001"), ("after=x", "E0000029")],
)
async def test_a_bad_page_is_refused(bare: OktaOrg, query: str, code: str) -> None:
    """E0000001, E0000029 (Okta error codes)."""
    response = await bare.call("GET", f"/api/v1/groups?{query}")

    assert (response.status_code, response.json()["errorCode"]) == (400, code)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "logins"),
    [
        ('/api/v1/users?filter=profile.login eq "reader@example.com"', ["reader@example.com"]),
        ('/api/v1/users?search=profile.lastName sw "Ed" and status eq "ACTIVE"', ["editor@example.com"]),
        ("/api/v1/users?q=oda", ["outsider@example.com"]),
        ('/api/v1/users?filter=status eq "SUSPENDED"', []),
    ],
)
async def test_lists_can_be_filtered(bare: OktaOrg, path: str, logins: list[str]) -> None:
    """`filter`, `search` and `q` (Okta, filter)."""
    found = (await bare.call("GET", path)).json()

    assert [user["profile"]["login"] for user in found] == logins


@pytest.mark.anyio
@pytest.mark.parametrize("expression", ["", "status", 'status gt "A"', 'x.y eq "1"', 'status eq "A" or status eq "B"'])
async def test_a_filter_that_is_not_evaluated_is_refused(bare: OktaOrg, expression: str) -> None:
    """E0000031 (Okta error codes)."""
    response = await bare.call("GET", "/api/v1/users", params={"filter": expression})

    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000031")


@requirement("okta:clock")
@pytest.mark.anyio
async def test_the_clock_can_be_moved(bare: OktaOrg) -> None:
    """The brief's contract."""
    moved = await bare.call("POST", "/_local/clock", {"offset_seconds": 3600})
    wrong = await bare.call("POST", "/_local/clock", {"offset_seconds": "soon"})

    assert moved.json()["offset_seconds"] == 3600
    assert (await bare.call("GET", "/_local/clock")).json()["offset_seconds"] == bare.clock.offset_seconds == 3600
    assert wrong.status_code == 400


SHARED = OktaOrg()


@requirement("okta:rate-limit")
@pytest.mark.anyio
async def test_too_many_calls_are_refused_until_the_limit_is_lifted(bare: OktaOrg) -> None:
    """429 E0000047 with an integer X-Rate-Limit-Reset (Okta, rate limits; docs/facts/okta.md §9)."""
    await bare.call("POST", "/_local/rate-limit", {"remaining": 1})
    statuses = [(await bare.call("GET", "/api/v1/users/me")).status_code for _ in range(2)]
    refused = await bare.call("GET", "/api/v1/users/me")
    await bare.call("POST", "/_local/rate-limit", {"remaining": None})

    assert [*statuses, refused.status_code] == [200, 429, 429]
    assert refused.json()["errorCode"] == "E0000047"
    assert refused.headers["x-rate-limit-remaining"] == "0"
    assert int(refused.headers["x-rate-limit-reset"]) > bare.clock.now()
    assert (await bare.call("GET", "/api/v1/users/me")).status_code == 200


METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"])
WORDS = st.sampled_from(
    [
        "api", "v1", "apps", "groups", "users", "me", "authorizationServers", "default", "scopes", "claims", "policies",
        "rules", "oauth2", "token", "authorize", "signin", "introspect", "revoke", "userinfo", "keys", "lifecycle",
        "deactivate", ".well-known", "%00", "%FF", "..", "credentials", "keyRotate",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["name", "profile", "audiences", "conditions", "settings", "credentials", "label", "type", "signOnMode", "actions"]
)


@requirement("okta:malformed")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=METHODS,
    path=st.lists(WORDS, min_size=1, max_size=7),
    query=st.text(max_size=20),
    body=st.dictionaries(NAMES, JSON, max_size=5) | JSON | st.binary(max_size=30),
    form=st.booleans(),
)
def test_no_request_makes_the_org_fail(method: str, path: list[str], query: str, body: object, form: bool) -> None:
    """Never a 500 for malformed input (issue 4)."""
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def send() -> httpx2.Response:
        headers = {"Authorization": f"SSWS {API_TOKEN}", "Content-Type": kind}
        async with SHARED.browser(headers=headers) as client:
            return await client.request(method, "/" + "/".join(path), params={"q": query}, content=content)

    assert anyio.run(send).status_code != 500
