"""What holds for every call of the Management API: who may call, bodies, pages, unknown paths."""

import time
from collections.abc import MutableMapping
from typing import Any

import pytest

from tests.local_cloud.okta.org import API_TOKEN, ORG_URL, OktaOrg, moved
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
    ("POST", "/_local/issued"),
]


@requirement("okta:api-token")
@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("header", ["SSWS wrong", "SSWS", "SSWS \u00e9"])
async def test_a_wrong_token_is_refused(bare: OktaOrg, method: str, path: str, header: str) -> None:
    """E0000011, 401 (Okta error codes)."""
    async with bare.browser(headers={"Authorization": header.encode()}) as client:
        response = await client.request(method, path)

    assert response.status_code == 401
    body = response.json()
    assert set(body) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
    assert (body["errorCode"], body["errorSummary"]) == ("E0000011", "Invalid token provided")


@requirement("okta:api-token")
@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "DPoP 00test", "00test"])
async def test_a_call_without_a_token_is_refused(bare: OktaOrg, method: str, path: str, header: str | None) -> None:
    """E0000005, 403: without a token Okta looks for a session of its own (Okta error codes)."""
    async with bare.browser(headers={} if header is None else {"Authorization": header}) as client:
        response = await client.request(method, path)

    body = response.json()
    assert (response.status_code, body["errorCode"]) == (403, "E0000005")
    assert body["errorSummary"] == "Invalid session"


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
    "target",
    ["http://127.0.0.1/api/v1/groups", f"{ORG_URL}/api/v1/groups", "https://local.okta.localhost/api/v1/groups"],
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
        ("POST", "/api/v1/iam/roles", "POST /api/v1/iam/roles"),
        ("GET", "/api/v1/policies?type=PASSWORD", "policies of type 'PASSWORD'"),
        ("POST", "/api/v1/groups/rules", "POST /api/v1/groups/rules"),
        ("DELETE", "/api/v1/groups/rules/0pr1", "DELETE /api/v1/groups/rules/0pr1"),
        ("PATCH", "/api/v1/apps/0oa1/groups/00g1", "PATCH /api/v1/apps/0oa1/groups/00g1"),
        ("POST", "/api/v1/policies", "POST /api/v1/policies"),
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
    url: str | None = "/api/v1/groups?search=profile.name+sw+%22team%22&limit=2"
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
        ('/api/v1/users?filter=profile.login eq "Reader@example.com"', []),
        ('/api/v1/users?search=profile.login eq "Reader@example.com"', ["reader@example.com"]),
    ],
)
async def test_lists_can_be_filtered(bare: OktaOrg, path: str, logins: list[str]) -> None:
    """`filter`, which heeds case, `search`, which does not, and `q` (Okta, filter; Users API, listUsers)."""
    found = (await bare.call("GET", path)).json()

    assert [user["profile"]["login"] for user in found] == logins


@requirement("okta:paging")
@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "most"), [("groups", 300), ("users", 10)])
async def test_a_query_is_cut_off_and_not_paged(bare: OktaOrg, kind: str, most: int) -> None:
    """300 groups or 10 people where there is no `limit`, and no next page (listGroups, listUsers)."""
    for index in range(most + 1):
        names = {"login": f"q{index}@example.com", "email": "q@example.com", "firstName": "Q", "lastName": "Q"}
        await bare.make(f"/api/v1/{kind}", {"profile": {"name": f"q{index}"} if kind == "groups" else names})
    cut = await bare.call("GET", f"/api/v1/{kind}?q=q")
    limited = await bare.call("GET", f"/api/v1/{kind}?q=q&limit=2")
    whole = await bare.call("GET", f"/api/v1/{kind}?q=q&limit=200")

    assert [len(answer.json()) for answer in (cut, limited)] == [most, 2]
    assert len(whole.json()) == min(most + 1, 200)
    assert all("next" not in answer.links for answer in (cut, limited, whole))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", False),
        ("?q=gone", False),
        ('?search=profile.firstName eq "Gone"', True),
        ('?filter=profile.login eq "g@x.y"', True),
    ],
)
async def test_who_is_deprovisioned_is_found_by_filter_and_search(bare: OktaOrg, query: str, shown: bool) -> None:
    """The list and `q` leave them out (Users API, listUsers)."""
    profile = {"login": "g@x.y", "email": "g@x.y", "firstName": "Gone", "lastName": "Person"}
    person = await bare.make("/api/v1/users", {"profile": profile})
    await bare.call("DELETE", f"/api/v1/users/{person['id']}")
    listed = (await bare.call("GET", f"/api/v1/users{query}")).json()

    assert (person["id"] in [row["id"] for row in listed]) is shown


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


@requirement("okta:rate-limit")
@pytest.mark.anyio
async def test_each_kind_of_endpoint_has_its_own_bucket_that_is_full_again_after_a_minute(bare: OktaOrg) -> None:
    """Buckets per minute; the reset is when calls are answered again, by the clock (Okta, rate limits)."""
    group = f"/api/v1/groups/{await bare.group('Everyone')}"
    await bare.call("POST", "/_local/rate-limit", {"limit": 2})
    codes = [(await bare.call("GET", path)).status_code for path in ("/api/v1/groups",) * 3 + (group,) * 3]
    refused = await bare.call("GET", "/api/v1/groups")
    with moved(bare, int(refused.headers["x-rate-limit-reset"]) - bare.clock.now()):
        again = await bare.call("GET", "/api/v1/groups")

    assert codes == [200, 200, 429] * 2
    assert refused.headers["x-rate-limit-limit"] == "2"
    assert 0 < int(refused.headers["x-rate-limit-reset"]) - bare.clock.now() <= 60
    assert (again.status_code, again.headers["x-rate-limit-remaining"]) == (200, "1")


@requirement("okta:rate-limit")
@pytest.mark.anyio
async def test_the_reset_is_told_by_the_clock_that_the_client_sees(bare: OktaOrg) -> None:
    """A client waits for the reset less `Date`, which does not know of a moved clock (Okta, rate limits)."""
    bare.clock.offset_seconds = 86_400
    response = await bare.call("GET", "/api/v1/groups")

    assert 0 <= int(response.headers["x-rate-limit-reset"]) - time.time() <= 60


@pytest.mark.anyio
@pytest.mark.parametrize("body", [{"limit": 0}, {"remaining": -1}, {"limit": True}, {"remaining": "1"}])
async def test_a_limit_is_a_whole_number(bare: OktaOrg, body: dict[str, Any]) -> None:
    """Unknown means refused (ours)."""
    response = await bare.call("POST", "/_local/rate-limit", body)

    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000001")


@requirement("okta:feature")
@pytest.mark.anyio
async def test_without_api_access_management_there_are_no_custom_servers(bare: OktaOrg) -> None:
    """E0000015, 401; the rest of the API works on (Okta error codes; docs/facts/okta.md §8)."""
    await bare.call("POST", "/_local/features", {"api_access_management": False})
    body = {"name": "x", "audiences": ["x"]}
    refused = await bare.call("POST", "/api/v1/authorizationServers", body)
    others = await bare.call("GET", "/api/v1/groups")
    await bare.call("POST", "/_local/features", {"api_access_management": True})
    error = refused.json()

    assert (refused.status_code, error["errorCode"]) == (401, "E0000015")
    assert error["errorSummary"] == "You do not have permission to access the feature you are requesting"
    assert others.status_code == 200
    assert (await bare.call("POST", "/api/v1/authorizationServers", body)).status_code == 201
