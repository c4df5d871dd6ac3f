"""Custom claims: expressions, group filters, and the tokens they belong in."""

import base64
import hashlib
import json
from typing import Any

import httpx2
import pytest
from joserfc import jws

from local_cloud.okta.claims import claim_values, refuse_unknown_expression
from local_cloud.okta.errors import OktaError
from local_cloud.okta.expressions import CannotEvaluate, Facts, read_expression
from tests.local_cloud.okta.oauth.world import DEVICE, READER, World
from tests.requirements import requirement

PERSON: dict[str, Any] = {
    "id": "00u1",
    "profile": {
        "login": "ann.lee@example.com",
        "email": "Ann@Example.com",
        "firstName": "Ann",
        "division": "a b",
        "employeeNumber": "7",
    },
}
GROUPS = [{"profile": {"name": name}} for name in ("Everyone", "mcp-readers", "mcp-editors", "staff")]
APP = {"id": "0oa1", "label": "Notes", "name": "oidc_client"}


def value_of(expression: str, user: dict[str, Any] | None = PERSON) -> Any:
    """Evaluate an expression for a person of some groups."""
    return read_expression(expression)(Facts(APP, user, GROUPS if user else []))


@requirement("okta:claims")
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("user.id", "00u1"),
        ("user.login", "ann.lee@example.com"),
        ("user.division", "a b"),
        ("user.nickName", None),
        ("appuser.userName", "ann.lee@example.com"),
        ("app.clientId", "0oa1"),
        ("app.label", "Notes"),
        ('"yes"', "yes"),
        ("'yes'", "yes"),
        ("42", 42),
        ("true", True),
        ('user.firstName + "@" + app.label', "Ann@Notes"),
        ('"n" + user.employeeNumber + true', "n7true"),
        ('user.nickName + "x"', None),
        ("1 + 2", 3),
        ("1 + 2 + 'x' + 1 + 2", "3x12"),
        ("String.len(user.firstName) + 1", 4),
        ("user.employeeNumber + 1", "71"),
        ('String.substringBefore(user.email, "@")', "Ann"),
        ('String.substringAfter(user.email, "@")', "Example.com"),
        ("String.toLowerCase(user.email)", "ann@example.com"),
        ("String.toUpperCase(String.removeSpaces(user.division))", "AB"),
        ('String.append(user.firstName, "!")', "Ann!"),
        ('String.replace("a.b.c", ".", "-")', "a-b-c"),
        ('String.replaceFirst("a.b.c", ".", "-")', "a-b.c"),
        ("String.len(user.firstName)", 3),
        ('String.stringContains(user.email, "Exam")', True),
        ('String.startsWith(user.email, "x")', False),
        ("String.toLowerCase(user.nickName)", None),
        ('Groups.startsWith("OKTA", "mcp-", 10)', ["mcp-readers", "mcp-editors"]),
        ('Groups.startsWith("OKTA", "mcp-", 1)', ["mcp-readers"]),
        ('Groups.contains("OKTA", "read", 10)', ["mcp-readers"]),
        ('Groups.endsWith("OKTA", "aff", 10)', ["staff"]),
        ('Groups.startsWith("active_directory", "mcp-", 10)', None),
    ],
)
def test_an_expression_has_its_value(expression: str, value: Any) -> None:
    """Okta Expression Language: references, literals, string and group functions."""
    assert value_of(expression) == value


@pytest.mark.parametrize("expression", ["true + 1", "true + false", 'Groups.contains("OKTA", "mcp", 5) + 1'])
def test_a_sum_of_other_things_cannot_be_evaluated(expression: str) -> None:
    """Numbers, or anything beside a text (Spring Expression Language, operators)."""
    with pytest.raises(CannotEvaluate):
        value_of(expression)


def test_a_service_has_no_person_to_speak_of() -> None:
    """The subject of a service is its client id (docs/facts/okta.md §2)."""
    assert value_of("(appuser != null) ? appuser.userName : app.clientId", None) == "0oa1"
    assert value_of("user.email", None) is None
    assert value_of('Groups.startsWith("OKTA", "mcp-", 10)', None) is None


@requirement("okta:claims")
@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("", "the end"),
        ("user", "user"),
        ("user.a.b", "user.a.b"),
        ("user.nosuch", "user.nosuch"),
        ("user.Department", "user.Department"),
        ('String.len(user.team) + "x"', "user.team"),
        ("appuser.email", "appuser.email"),
        ("Arrays.size(user.x)", "Arrays.size"),
        ("isMemberOfGroupName('x')", "isMemberOfGroupName"),
        ("user.title ? 1 : 2", "? 1 : 2"),
        ("user.title +", "the end"),
        ('String.len("a", "b")', "String.len with 2 arguments"),
        ('String.len("a"', "the end"),
        ('"open', '"open'),
        ('"a" "b"', '"b"'),
        ("String.len(" * 50, "String.len"),
    ],
)
def test_an_unknown_expression_is_refused_with_the_part_that_is_unknown(expression: str, part: str) -> None:
    """Unknown means refused, by name (ours)."""
    with pytest.raises(OktaError) as caught:
        refuse_unknown_expression(expression)

    assert caught.value.code == "E0000001"
    assert f"does not evaluate '{part}'" in caught.value.causes[0]


async def claim(world: World, name: str, kind: str, value: str, **more: Any) -> None:
    """Create a claim."""
    await world.org.make(f"{world.org.server_path}/claims", {"name": name, "claimType": kind, "value": value, **more})


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, not checked."""
    return json.loads(jws.extract_compact(token.encode()).payload)


async def person_of(world: World, token: str) -> dict[str, Any]:
    """What userinfo tells."""
    async with world.org.browser() as client:
        answer: httpx2.Response = await client.get(
            f"{world.custom}/v1/userinfo", headers={"Authorization": f"Bearer {token}"}
        )
    return answer.json()


@requirement("okta:claims")
@pytest.mark.anyio
async def test_a_claim_is_in_the_tokens_that_it_belongs_to(world: World) -> None:
    """By kind, scope, status and alwaysIncludeInToken, as Okta shows them (Okta, customize tokens)."""
    await claim(world, "dept", "RESOURCE", "user.department", conditions={"scopes": ["mcp:read"]})
    await claim(world, "other", "RESOURCE", '"x"', conditions={"scopes": ["mcp:write"]})
    await claim(world, "asleep", "RESOURCE", '"x"', status="INACTIVE")
    await claim(world, "always", "IDENTITY", '"x"', alwaysIncludeInToken=True)
    await claim(world, "asked", "IDENTITY", '"x"', alwaysIncludeInToken=False)
    tokens = await world.tokens(world.custom, "openid mcp:read")
    access, identity = claims_of(tokens["access_token"]), claims_of(tokens["id_token"])
    person = await person_of(world, tokens["access_token"])

    assert access["dept"] == "Research"
    assert not {"other", "asleep", "always", "asked"} & set(access)
    assert "always" in identity
    assert "asked" not in identity
    assert {"always", "asked"} <= set(person)


@requirement("okta:claims")
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "value", "names"),
    [
        ("STARTS_WITH", "mcp-", ["mcp-readers"]),
        ("EQUALS", "Everyone", ["Everyone"]),
        ("CONTAINS", "e", ["Everyone", "mcp-readers"]),
        ("REGEX", ".*-read.*", ["mcp-readers"]),
        ("REGEX", "^mcp-(readers|editors)$", ["mcp-readers"]),
        ("REGEX", "([A-Za-z]+)+", ["Everyone"]),
        ("REGEX", "mcp", []),
    ],
)
async def test_groups_are_filtered(world: World, kind: str, value: str, names: list[str]) -> None:
    """The four filters of a GROUPS claim (Okta, customize tokens)."""
    await claim(world, "groups", "RESOURCE", value, valueType="GROUPS", group_filter_type=kind)
    tokens = await world.tokens(world.custom, "openid mcp:read")

    assert sorted(claims_of(tokens["access_token"])["groups"]) == sorted(names)


async def join_many(world: World, first: int, end: int) -> None:
    """Make groups of which the reader is a member."""
    person = (await world.org.call("GET", f"/api/v1/users/{READER}")).json()["id"]
    for number in range(first, end):
        group = await world.org.make("/api/v1/groups", {"profile": {"name": f"many-{number}"}})
        await world.org.call("PUT", f"/api/v1/groups/{group['id']}/users/{person}")


async def device_answer(world: World, scope: str) -> dict[str, Any]:
    """What a device gets, once the reader has let it in."""
    codes = await world.device(world.custom, scope)
    await world.activate(codes)
    form = {"grant_type": DEVICE, "client_id": world.id("native"), "device_code": codes["device_code"]}
    async with world.org.browser() as device:
        return (await device.post(f"{world.custom}/v1/token", data=form)).json()


@requirement("okta:claims")
@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["RESOURCE", "IDENTITY"])
async def test_a_claim_of_more_than_a_hundred_groups_fails_the_request(world: World, kind: str) -> None:
    """Okta's reference; the error as seen (Flask-AppBuilder 1926); codes have no limit (Okta's support pages)."""
    await join_many(world, 0, 100)
    common = {"valueType": "GROUPS", "group_filter_type": "STARTS_WITH", "alwaysIncludeInToken": True}
    await claim(world, "groups", kind, "many-", **common)
    full = await device_answer(world, "openid mcp:read")
    await join_many(world, 100, 101)
    refused = await device_answer(world, "openid mcp:read")
    unlimited = await world.tokens(world.custom, "openid mcp:read")

    token = "access_token" if kind == "RESOURCE" else "id_token"
    assert len(claims_of(full[token])["groups"]) == 100
    assert refused["error"] == "server_error"
    assert refused["error_description"].startswith("The groups claim matched too many groups")
    assert len(claims_of(unlimited[token])["groups"]) == 101


@requirement("okta:claims")
@pytest.mark.anyio
@pytest.mark.parametrize("limit", ["0", "101", '"ten"'])
async def test_a_group_function_with_another_limit_fails_the_request(world: World, limit: str) -> None:
    """Between 1 and 100; "tokens will not be issued" (Okta's support pages, limitations of group functions)."""
    await claim(world, "teams", "RESOURCE", f'Groups.startsWith("OKTA", "mcp", {limit})')
    refused = await device_answer(world, "openid mcp:read")

    assert refused["error_description"] == "The 'teams' user claim could not be evaluated."


@pytest.mark.parametrize(
    "old",
    [
        {"valueType": "EXPRESSION", "value": "user.team"},
        {"valueType": "GROUPS", "group_filter_type": "REGEX", "value": "(?=mcp).*"},
    ],
)
def test_a_claim_that_an_older_state_file_holds_is_left_out(old: dict[str, str]) -> None:
    """What is refused by now costs nobody their token (ours)."""
    common = {"name": "old", "status": "ACTIVE", "claimType": "RESOURCE", "conditions": {"scopes": []}}

    assert claim_values([{**common, **old}], "RESOURCE", [], Facts(APP, PERSON, GROUPS)) == {}


@pytest.mark.anyio
async def test_a_claim_of_our_own_cannot_replace_one_of_the_tokens(world: World) -> None:
    """`sub` may be changed by its system claim, the others never (Okta, customize tokens)."""
    found = (await world.org.call("GET", f"{world.org.server_path}/claims")).json()
    subject = next(row for row in found if row["name"] == "sub")
    body = {**subject, "value": "user.email"}
    await world.org.call("PUT", f"{world.org.server_path}/claims/{subject['id']}", body)
    refused = await world.org.call(
        "POST", f"{world.org.server_path}/claims", {"name": "cid", "claimType": "RESOURCE", "value": '"x"'}
    )
    claims = claims_of((await world.tokens(world.custom))["access_token"])

    assert claims["sub"] == READER
    assert claims["cid"] == world.id("native")
    assert refused.status_code == 400


@pytest.mark.anyio
async def test_userinfo_tells_the_whole_profile_and_the_id_token_little(world: World) -> None:
    """Scope-dependent claims (Okta's reference; OpenID Connect Core §5.4, at_hash §3.1.3.6)."""
    profile = {"locale": "en-GB", "timezone": "Europe/London", "city": "Oxford", "countryCode": "GB"}
    await world.org.call("POST", f"/api/v1/users/{READER}", {"profile": {**profile, "primaryPhone": "+44 1"}})
    rules = (await world.org.call("GET", f"{world.org.server_path}/policies")).json()
    assert rules
    tokens = await world.tokens("/oauth2", "openid profile email phone address")
    async with world.org.browser() as client:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        person = (await client.get("/oauth2/v1/userinfo", headers=bearer)).json()
    identity = claims_of(tokens["id_token"])

    assert person["locale"] == "en-GB"
    assert person["zoneinfo"] == "Europe/London"
    assert person["address"] == {"locality": "Oxford", "country": "GB"}
    assert person["phone_number"] == "+44 1"
    assert person["name"] == identity["name"] == "Rea Reader"
    assert not {"given_name", "address", "phone_number", "locale"} & set(identity)
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert identity["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert identity["idp"].startswith("00o")
