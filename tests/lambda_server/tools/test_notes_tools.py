"""The tools on notes, through the handler, as a person and as a service."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from lambda_server.gateway import Gateway
from lambda_server.notes import Notes
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from tests.lambda_server.both_eras import LambdaContext, both_eras, call_event
from tests.lambda_server.notes_table import TABLE, dynamodb
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement

EDITOR = ["mcp:read", "mcp:write"]
SERVICE = "0oaservice"


class Person:
    """One person's calls."""

    def __init__(self, gateway: Gateway, token: str, era: str) -> None:
        self._gateway, self._token, self._era = gateway, token, era

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a call, error or not."""
        answer = self._gateway(call_event(self._era, self._token, tool, arguments), LambdaContext())
        assert answer["statusCode"] == 200, answer["body"]
        result: dict[str, Any] = json.loads(answer["body"])["result"]
        return result

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured result of a call that must succeed."""
        result = self.ask(tool, **arguments)
        assert not result.get("isError"), result
        content: dict[str, Any] = result["structuredContent"]
        return content

    def refused(self, tool: str, **arguments: Any) -> str:
        """The words of a call that must fail."""
        result = self.ask(tool, **arguments)
        assert result["isError"] is True
        words: str = result["content"][0]["text"]
        return words


@pytest.fixture
def noted(settings: Settings, okta: OktaInMemory) -> Iterator[Gateway]:
    """The handler, with a table."""
    with dynamodb() as client:
        server = build_server(notes=Notes(TABLE, lambda: client))
        told = replace(settings, service_client_ids=(SERVICE,))
        gateway = Gateway(build_app(told, server=server, transport=okta, now=okta.now))
        yield gateway
        gateway.close()


@requirement("server:notes")
@both_eras
def test_a_person_keeps_changes_lists_and_deletes_notes(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 5: the whole life of a note."""
    anna = Person(noted, okta.token(scp=EDITOR, uid="00uanna"), era)
    note = anna.call("add_note", text="héllo", key="k")
    changed = anna.call("update_note", id=note["id"], text="bye", version=note["version"])

    assert anna.call("add_note", text="other")["version"] == 1
    assert [listed["text"] for listed in anna.call("list_notes", limit=1)["notes"]] == ["other"]
    assert anna.call("list_notes")["notes"][1] == changed
    assert anna.call("delete_note", id=note["id"]) == {"id": note["id"], "deleted": True}
    assert "you have no note" in anna.refused("update_note", id=note["id"], text="x", version=1)


@requirement("server:notes-isolation")
@both_eras
def test_no_argument_reaches_the_notes_of_another_person(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 5: whatever they send; an argument that no tool has is not taken for one."""
    anna = Person(noted, okta.token(scp=EDITOR, uid="00uanna"), era)
    bela = Person(noted, okta.token(scp=EDITOR, uid="00ubela"), era)
    note = anna.call("add_note", text="private")

    assert bela.call("list_notes", owner="00uanna", uid="00uanna", limit=50)["notes"] == []
    assert bela.call("delete_note", id=note["id"])["deleted"] is False
    assert "you have no note" in bela.refused("update_note", id=note["id"], text="mine", version=1)
    assert anna.call("list_notes")["notes"] == [note]


@requirement("server:person-needed")
@both_eras
def test_a_caller_who_is_no_person_has_no_notes(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """A service's token has no uid (docs/facts/okta.md §2)."""
    service = Person(noted, okta.token(scp=EDITOR, uid=None, cid=SERVICE, sub=SERVICE), era)

    assert "notes belong to people" in service.refused("add_note", text="hello")


@both_eras
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("add_note", {"text": ""}),
        ("add_note", {"text": "x" * 2001}),
        ("add_note", {"text": 7}),
        ("add_note", {"text": "x", "key": "k" * 101}),
        ("list_notes", {"limit": 0}),
        ("list_notes", {"limit": 51}),
        ("list_notes", {"cursor": "x" * 301}),
        ("list_notes", {"cursor": "x"}),
        ("delete_note", {"id": "../all"}),
        ("list_notes", {"cursor": "null"}),
        ("update_note", {"id": "0" * 32, "text": "x", "version": 0}),
        ("update_note", {"id": "0" * 32, "text": "x", "version": 10**9 + 1}),
        ("update_note", {"id": "0" * 32, "text": "x", "version": 10**60}),
    ],
)
def test_what_is_out_of_bounds_is_an_error_of_the_tool(
    noted: Gateway, okta: OktaInMemory, era: str, tool: str, arguments: dict[str, Any]
) -> None:
    """MCP tools, error handling: isError, so that a model can correct itself; sizes are bounded (issue 5)."""
    anna = Person(noted, okta.token(scp=EDITOR), era)

    assert anna.refused(tool, **arguments)
    assert anna.call("list_notes")["notes"] == []


@requirement("server:notes-idempotent")
@both_eras
@pytest.mark.parametrize("key", ["null", "[1]", "1", "true", '"a"', '{"a": 1}'])
def test_a_key_that_looks_like_json_is_a_key_like_any_other(
    noted: Gateway, okta: OktaInMemory, era: str, key: str
) -> None:
    """The SDK reads JSON in texts that are not plain `str` (FuncMetadata.pre_parse_json); a key is nothing but text."""
    anna = Person(noted, okta.token(scp=EDITOR, uid="00uanna"), era)
    first = anna.call("add_note", text="null", key=key)

    assert anna.call("add_note", text="null", key=key) == first
    assert anna.call("list_notes")["notes"] == [first]


@both_eras
def test_what_may_be_left_out_may_be_null(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """A model hands on the null of the last page (ours); without a key each note is another."""
    anna = Person(noted, okta.token(scp=EDITOR, uid="00uanna"), era)
    anna.call("add_note", text="x", key=None)
    anna.call("add_note", text="x", key="")

    assert len(anna.call("list_notes", cursor=None)["notes"]) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\ud83d"])
async def test_half_a_character_is_refused_by_name(text: str) -> None:
    """RFC 8259 §8.2; CWE-176: a lone surrogate has no UTF-8, and the table would not take it."""
    server = build_server()
    for tool, name, arguments in (
        ("add_note", "text", {"text": text}),
        ("add_note", "key", {"text": "x", "key": text}),
        ("update_note", "text", {"id": "0" * 32, "text": text, "version": 1}),
        ("list_notes", "cursor", {"cursor": text}),
    ):
        with pytest.raises(ToolError, match=rf"\n{name}\n.*valid string"):
            await server.call_tool(tool, arguments)


@both_eras
def test_without_a_table_the_tools_say_so(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """A tool author's own machine (`python -m lambda_server`) has none."""
    assert "NOTES_TABLE" in Person(gateway, okta.token(scp=EDITOR), era).refused("add_note", text="hello")
