"""A note as a resource, and the completion of its template, through the handler."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from lambda_server.gateway import Gateway
from lambda_server.notes import Notes
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from tests.lambda_server.both_eras import LambdaContext, both_eras, event, headers, message
from tests.lambda_server.notes_table import TABLE, dynamodb
from tests.lambda_server.okta_in_memory import SERVICE_ID, OktaInMemory
from tests.requirements import requirement

ANNA, BELA = "00uanna", "00ubela"
TEMPLATE = {"type": "ref/resource", "uri": "note://{id}"}


@pytest.fixture
def notes() -> Iterator[Notes]:
    """An empty table."""
    with dynamodb() as client:
        yield Notes(TABLE, lambda: client)


@pytest.fixture
def noted(settings: Settings, okta: OktaInMemory, notes: Notes) -> Iterator[Gateway]:
    """The handler, with the table."""
    gateway = Gateway(build_app(settings, server=build_server(notes=notes), transport=okta, now=okta.now))
    yield gateway
    gateway.close()


def ask(gateway: Gateway, era: str, token: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The answer, with its status."""
    sent = message(era, method, params)
    answer = gateway(event("POST", "/mcp", headers(era, sent, token), sent), LambdaContext())
    return {"status": answer["statusCode"]} | json.loads(answer["body"])


def complete(gateway: Gateway, era: str, token: str, typed: str, **more: Any) -> list[str]:
    """The values that complete what was typed."""
    asked = {"ref": TEMPLATE, "argument": {"name": "id", "value": typed}} | more
    values: list[str] = ask(gateway, era, token, "completion/complete", asked)["result"]["completion"]["values"]
    return values


@requirement("server:resources")
@both_eras
def test_a_person_reads_a_note_of_theirs(noted: Gateway, okta: OktaInMemory, notes: Notes, era: str) -> None:
    """MCP resources: the text, under the URI that was asked for."""
    note = notes.add(ANNA, "héllo")
    answer = ask(noted, era, okta.token(uid=ANNA), "resources/read", {"uri": f"note://{note.id}"})

    [content] = answer["result"]["contents"]
    assert (content["uri"], content["text"], content["mimeType"]) == (f"note://{note.id}", "héllo", "text/plain")


@requirement("server:resources")
@requirement("server:notes-isolation")
@both_eras
def test_the_note_of_another_is_like_one_that_is_not_there(
    noted: Gateway, okta: OktaInMemory, notes: Notes, era: str
) -> None:
    """MCP resources, Error Handling: not found (-32602 since SEP-2164); nobody learns which ids exist."""
    note, bela = notes.add(ANNA, "private"), okta.token(uid=BELA)
    hers = ask(noted, era, bela, "resources/read", {"uri": f"note://{note.id}"})
    none = ask(noted, era, bela, "resources/read", {"uri": f"note://{'0' * 32}"})

    assert hers["error"]["code"] == none["error"]["code"] == -32602
    assert hers["error"]["message"].replace(note.id, "0" * 32) == none["error"]["message"]
    assert "private" not in json.dumps(hers)


@requirement("server:resources")
@both_eras
@pytest.mark.parametrize("name", ["7", "..", "%2e%2e", "0" * 31, "0" * 33, "0" * 32 + "%0a", "G" * 32])
def test_what_is_no_id_is_not_looked_up(
    noted: Gateway, okta: OktaInMemory, era: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not found, without a traceback in the log (ours)."""
    answer = ask(noted, era, okta.token(uid=ANNA), "resources/read", {"uri": f"note://{name}"})

    assert answer["error"]["code"] == -32602
    assert answer["error"]["message"] in ("you have no such note", f"Unknown resource: note://{name}")
    assert not [record for record in caplog.records if record.exc_info]


@requirement("server:resources")
@both_eras
def test_without_the_scope_neither_note_nor_completion_is_given(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """RFC 6750 §3.1; issue 5, item 2: completions are guarded by the scopes of what they complete."""
    token = okta.token(scp=[])
    read = ask(noted, era, token, "resources/read", {"uri": f"note://{'0' * 32}"})
    completed = ask(
        noted, era, token, "completion/complete", {"ref": TEMPLATE, "argument": {"name": "id", "value": ""}}
    )

    assert [answer["status"] for answer in (read, completed)] == [403, 403]
    assert 'scope="mcp:read"' in read["challenge"] and read["challenge"] == completed["challenge"]


@requirement("server:resources")
@requirement("server:person-needed")
@both_eras
def test_a_service_has_no_notes_to_read_or_to_complete(noted: Gateway, okta: OktaInMemory, era: str) -> None:
    """A service's token has no uid (docs/facts/okta.md §2)."""
    token = okta.token(uid=None, cid=SERVICE_ID, sub=SERVICE_ID)
    read = ask(noted, era, token, "resources/read", {"uri": f"note://{'0' * 32}"})

    assert "notes belong to people" in read["error"]["message"]
    assert complete(noted, era, token, "") == []


@requirement("server:completions")
@both_eras
def test_ids_of_one_s_own_newest_notes_complete_the_template(
    noted: Gateway, okta: OktaInMemory, notes: Notes, era: str
) -> None:
    """MCP completion: the best first, and only the caller's own."""
    mine, token = [notes.add(ANNA, f"note {number}") for number in range(20)], okta.token(uid=ANNA)
    theirs = notes.add(BELA, "theirs")
    newest = [note.id for note in reversed(mine)]

    assert complete(noted, era, token, "") == newest
    assert complete(noted, era, token, newest[3][:1]) == [one for one in newest if one[0] == newest[3][0]]
    assert complete(noted, era, token, newest[3]) == [newest[3]]
    assert complete(noted, era, token, theirs.id) == []


@requirement("server:completions")
@both_eras
def test_never_more_than_a_hundred_values(noted: Gateway, okta: OktaInMemory, notes: Notes, era: str) -> None:
    """MCP completion: at most 100 values."""
    for number in range(101):
        notes.add(ANNA, f"note {number}")

    assert len(complete(noted, era, okta.token(uid=ANNA), "")) == 100


@requirement("server:completions")
@both_eras
@pytest.mark.parametrize(
    "asked",
    [
        {"argument": {"name": "other", "value": ""}},
        {"ref": {"type": "ref/prompt", "name": "review_notes"}, "argument": {"name": "topic", "value": ""}},
        {"ref": {"type": "ref/resource", "uri": f"note://{'0' * 32}"}},
    ],
)
def test_what_nothing_completes_has_no_values(
    noted: Gateway, okta: OktaInMemory, notes: Notes, era: str, asked: dict[str, Any]
) -> None:
    """MCP completion: an empty list is an answer."""
    notes.add(ANNA, "note")

    assert complete(noted, era, okta.token(uid=ANNA), "", **asked) == []


@requirement("server:notes-unavailable")
@both_eras
def test_a_table_that_does_not_answer_is_said_in_plain_words(settings: Settings, okta: OktaInMemory, era: str) -> None:
    """Ours: the details of AWS are in the log alone; -32603 for what is wrong here."""

    def connect() -> Any:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example.com")

    server = build_server(notes=Notes(TABLE, connect))
    gateway = Gateway(build_app(settings, server=server, transport=okta, now=okta.now))
    try:
        read = ask(gateway, era, okta.token(), "resources/read", {"uri": f"note://{'0' * 32}"})
        asked = {"ref": TEMPLATE, "argument": {"name": "id", "value": ""}}
        completed = ask(gateway, era, okta.token(), "completion/complete", asked)
    finally:
        gateway.close()

    for answer in (read, completed):
        assert answer["error"]["code"] == -32603
        assert "cannot be reached" in answer["error"]["message"] and "example.com" not in json.dumps(answer)


@both_eras
def test_without_a_table_the_resource_says_so(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """A tool author's own machine (`python -m lambda_server`) has none."""
    answer = ask(gateway, era, okta.token(), "resources/read", {"uri": f"note://{'0' * 32}"})

    assert "NOTES_TABLE" in answer["error"]["message"]
    assert complete(gateway, era, okta.token(), "") == []
