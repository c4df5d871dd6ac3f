"""Lists, and what they say about scopes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambda_server.auth.needs import Needs
from lambda_server.gateway import Gateway
from lambda_server.listing import explain
from lambda_server.prompts import PROMPTS
from lambda_server.resources import RESOURCES
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.both_eras import LambdaContext, both_eras, event, headers, message
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement

NEEDS, MISSING = "mcp-okta/needs-scopes", "mcp-okta/missing-scopes"
LISTS = [
    ("tools/list", "tools"),
    ("prompts/list", "prompts"),
    ("resources/list", "resources"),
    ("resources/templates/list", "resourceTemplates"),
]


def listed(gateway: Gateway, era: str, token: str, method: str, member: str) -> list[dict[str, Any]]:
    """What is listed."""
    sent = message(era, method)
    answer = gateway(event("POST", "/mcp", headers(era, sent, token), sent), LambdaContext())
    assert answer["statusCode"] == 200, answer["body"]
    entries: list[dict[str, Any]] = json.loads(answer["body"])["result"][member]
    return entries


@requirement("server:listed")
@both_eras
def test_a_reader_sees_every_tool_and_what_each_would_take(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 1: what the caller may use, and what a step-up would open; for programs and in a sentence."""
    tools = {tool["name"]: tool for tool in listed(gateway, era, okta.token(), "tools/list", "tools")}

    assert {name: tuple(tool["_meta"][NEEDS]) for name, tool in tools.items()} == {t.name: t.needs for t in TOOLS}
    assert MISSING not in tools["whoami"]["_meta"] and "asked" not in tools["whoami"]["description"]
    for name in ("add_note", "update_note", "delete_note"):
        assert tools[name]["_meta"][MISSING] == ["mcp:write"]
        assert tools[name]["description"].endswith(" Needs mcp:write, which you will be asked for.")


@requirement("server:listed")
@both_eras
@pytest.mark.parametrize(("method", "member"), LISTS)
def test_who_has_every_scope_is_told_of_none_that_is_missing(
    gateway: Gateway, okta: OktaInMemory, era: str, method: str, member: str
) -> None:
    """The descriptions are then the authors' own (ours)."""
    token = okta.token(scp=["mcp:read", "mcp:write"])
    entries = listed(gateway, era, token, method, member)

    assert bool(entries) == (method != "resources/list")  # the product has templates alone
    assert all(entry["_meta"][NEEDS] and MISSING not in entry["_meta"] for entry in entries)
    assert "you will be asked for" not in str(entries)


@requirement("server:listed")
@both_eras
def test_prompts_resources_and_templates_say_it_like_tools(settings: Settings, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 1: each kind of thing, for a caller who has no scope of ours at all."""
    server = build_server(needs=replace(OWN, resources={**OWN.resources, "memo://all": ("mcp:write",)}))
    server.resource("memo://all", name="all", description="All.")(lambda: "all")
    gateway = Gateway(build_app(settings, server=server, transport=okta, now=okta.now))
    try:
        missing = {
            method: [entry["_meta"][MISSING] for entry in listed(gateway, era, okta.token(scp=[]), method, member)]
            for method, member in LISTS
        }
    finally:
        gateway.close()

    assert missing["tools/list"] == [list(tool.needs) for tool in TOOLS]
    assert (missing["prompts/list"], missing["resources/templates/list"]) == ([["mcp:read"]], [["mcp:read"]])
    assert missing["resources/list"] == [["mcp:write"]]


OWN = Needs.of(tools=TOOLS, prompts=PROMPTS, resources=RESOURCES)


def test_an_entry_keeps_its_own_meta_and_may_have_no_description() -> None:
    """MCP: `description` is optional, `_meta` belongs to the author as well."""
    entry = explain({"name": "x", "_meta": {"own": 1}}, ("mcp:read", "mcp:write"), frozenset())

    assert entry["_meta"] == {"own": 1, NEEDS: ["mcp:read", "mcp:write"], MISSING: ["mcp:read", "mcp:write"]}
    assert entry["description"] == "Needs mcp:read and mcp:write, which you will be asked for."
