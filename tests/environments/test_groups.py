"""Groups that nobody is in are named before anything is created. Source: issue 5 §1; Okta, Groups API."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from environments import groups
from environments.accounts import Clouds
from tests.environments.clouds import okta_org, post
from tests.requirements import requirement

ACCESS = {"mcp-readers": ["mcp:read"], "nobody-here": ["mcp:read"], "no-such-group": ["mcp:read"]}


@pytest.fixture(scope="module")
def okta() -> Iterator[httpx2.Client]:
    """A local Okta with an empty group whose name is the beginning of another's."""
    with okta_org() as client:
        post(client, "/api/v1/groups", {"profile": {"name": "nobody-here"}})
        post(client, "/api/v1/groups", {"profile": {"name": "nobody-here-either"}})
        yield client


def config_for(**more: str) -> dict[str, Any]:
    """A stack's configuration."""
    return {"mcp-okta:access": json.dumps(ACCESS), **more}


def clouds(url: str | None, token: str | None = "00test", **environ: str) -> Clouds:
    """How an environment reaches Okta."""
    return Clouds(okta_url=url, okta_token=token, region=None, profile=None, environ=environ)


def url_of(okta: httpx2.Client) -> str:
    """The org's address."""
    return str(okta.base_url).rstrip("/")


@requirement("environments:empty-groups")
def test_an_empty_group_is_named_and_others_are_not(okta: httpx2.Client) -> None:
    """The group by its exact name; one that is missing is the program's to refuse (ours)."""
    (said,) = groups.warnings(config_for(), clouds(url_of(okta)))

    assert said.startswith("nobody is in the Okta group nobody-here,")


@requirement("environments:empty-groups")
def test_a_group_that_the_stack_will_create_is_named_as_well(okta: httpx2.Client) -> None:
    """`createGroups` makes groups that begin empty (Pulumi.yaml)."""
    said = groups.warnings(config_for(**{"mcp-okta:createGroups": "true"}), clouds(url_of(okta)))

    assert len(said) == 2
    assert "no-such-group" in said[1] and "creates it" in said[1]


@pytest.mark.parametrize("access", ["", "not json", "[]", '"text"'])
def test_what_is_wrong_with_access_is_left_to_the_program(okta: httpx2.Client, access: str) -> None:
    """It names every problem at once (infra/settings.py)."""
    assert groups.warnings({"mcp-okta:access": access}, clouds(url_of(okta))) == []


def test_the_local_clouds_own_groups_are_looked_at_where_the_stack_names_none(okta: httpx2.Client) -> None:
    """The seed's groups have people (local_cloud/okta/seed.json)."""
    environ = {"MCP_OKTA_LOCAL_ACCESS": '{"mcp-readers": ["mcp:read"], "nobody-here": ["mcp:read"]}'}

    assert len(groups.warnings({}, clouds(url_of(okta), **environ))) == 1


@requirement("environments:empty-groups")
@pytest.mark.parametrize(
    ("token", "answer", "words"),
    [
        (None, httpx2.Response(200, json=[]), "no OKTA_API_TOKEN"),
        ("00wrong", httpx2.Response(401, json={"errorSummary": "Invalid token provided"}), "401 Invalid token"),
        ("00busy", httpx2.Response(429, json={"errorSummary": "too many requests"}), "429 too many"),
        ("00test", httpx2.Response(200, text="<html>"), "does not answer as Okta does"),
    ],
)
def test_what_cannot_be_seen_is_said_and_stops_nothing(token: str | None, answer: httpx2.Response, words: str) -> None:
    """No token, a wrong one, a used up limit, something that is no Okta: one sentence, without the token (ours)."""
    transport = httpx2.MockTransport(lambda _: answer)
    (said,) = groups.warnings(config_for(), clouds("http://okta.invalid", token), transport)

    assert words in said and "mcp-readers" in said
    assert token is None or token not in said
