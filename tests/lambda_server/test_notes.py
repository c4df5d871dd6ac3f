"""lambda_server/notes.py against a DynamoDB in this process."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_server.errors import NoteConflict, NoteRefused, NotesUnavailable, NoteUnknown, WrongCursor
from lambda_server.notes import Note, Notes
from tests.lambda_server.notes_table import TABLE, dynamodb
from tests.lambda_server.okta_in_memory import ENVIRONMENT
from tests.requirements import requirement

ANNA, BELA = "00uanna", "00ubela"


@pytest.fixture
def client() -> Iterator[Any]:
    """The SDK's client."""
    with dynamodb() as made:
        yield made


@pytest.fixture
def notes(client: Any) -> Notes:
    """The notes of an empty table."""
    return Notes(TABLE, lambda: client)


@requirement("server:notes")
def test_notes_come_back_newest_first_page_by_page(notes: Notes) -> None:
    """Issue 5, item 5: paging; each note exactly once, whatever the page's size."""
    added = [notes.add(ANNA, f"note {number}") for number in range(7)]
    seen: list[Note] = []
    cursor = None
    while True:
        page = notes.list(ANNA, 3, cursor)
        seen += page.notes
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == added[::-1]


@requirement("server:notes-isolation")
def test_a_note_is_read_by_its_owner_alone(notes: Notes) -> None:
    """Issue 5, item 5: the key begins with the owner."""
    note = notes.add(ANNA, "mine")

    assert notes.read(ANNA, note.id) == note
    with pytest.raises(NoteUnknown, match=f"you have no note {note.id}"):
        notes.read(BELA, note.id)


@requirement("server:notes-idempotent")
def test_adding_again_with_the_same_key_makes_no_second_note(notes: Notes) -> None:
    """Issue 5, item 5: idempotent add; a lost answer can be asked for again."""
    first = notes.add(ANNA, "once", "order-7")
    again = notes.add(ANNA, "once", "order-7")

    assert again == first
    assert notes.list(ANNA, 10).notes == (first,)


@requirement("server:notes-idempotent")
def test_a_key_belongs_to_its_text_and_to_its_person(notes: Notes) -> None:
    """Another text with a used key is a conflict, another person's same key another note."""
    notes.add(ANNA, "once", "order-7")

    with pytest.raises(NoteConflict, match="key was used"):
        notes.add(ANNA, "twice", "order-7")
    assert notes.add(BELA, "mine", "order-7").text == "mine"


@requirement("server:notes-versions")
def test_a_change_on_an_old_version_is_a_conflict_and_changes_nothing(notes: Notes) -> None:
    """Issue 5, item 5: optimistic concurrency."""
    note = notes.add(ANNA, "first")
    second = notes.update(ANNA, note.id, "second", note.version)

    with pytest.raises(NoteConflict, match="version 2 by now, not 1"):
        notes.update(ANNA, note.id, "lost", note.version)
    assert notes.list(ANNA, 10).notes == (second,)
    assert (second.version, second.created) == (2, note.created)


@requirement("server:notes-versions")
def test_a_change_that_the_sdk_sent_twice_is_no_conflict(notes: Notes) -> None:
    """The first answer was lost: the same text on the same version is what was asked for."""
    note = notes.add(ANNA, "first")
    changed = notes.update(ANNA, note.id, "second", 1)

    assert notes.update(ANNA, note.id, "second", 1) == changed


@requirement("server:notes-isolation")
def test_nobody_reaches_the_note_of_somebody_else(notes: Notes) -> None:
    """Issue 5, item 5: with the right id too, each verb finds nothing."""
    note = notes.add(ANNA, "private")

    assert notes.list(BELA, 50).notes == ()
    with pytest.raises(NoteUnknown):
        notes.update(BELA, note.id, "mine now", note.version)
    assert notes.delete(BELA, note.id) is False
    assert notes.list(ANNA, 50).notes == (note,)


@requirement("server:notes-isolation")
def test_a_cursor_of_somebody_else_leads_only_to_ones_own_notes(notes: Notes) -> None:
    """The owner is never in a cursor; a page is always of the caller's."""
    for number in range(4):
        notes.add(ANNA, f"hers {number}")
    mine = notes.add(BELA, "mine")
    cursor = notes.list(ANNA, 1).cursor

    assert set(notes.list(BELA, 50, cursor).notes) <= {mine}


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_text_as_a_cursor_is_more_than_a_wrong_cursor(cursor: str) -> None:
    """Hostile input is refused before DynamoDB is asked."""
    unreachable = Notes(TABLE, lambda: pytest.fail("DynamoDB was asked"))
    if cursor:
        with pytest.raises(WrongCursor):
            unreachable.list(ANNA, 1, cursor)


PLACE = ["2026-01-01T00:00:00.000000+00:00", "0" * 32]


@pytest.mark.parametrize(
    "place",
    [
        {PLACE[0]: 1, PLACE[1]: 2},
        7,
        PLACE[:1],
        [*PLACE, "x"],
        [PLACE[0], "x"],
        [PLACE[0], "0" * 33],
        [PLACE[0], "0" * 31 + "\n"],
        [PLACE[0], "0" * 32 + "\n"],
        [PLACE[0], "\ud800"],
        [PLACE[0], 7],
        ["9999", PLACE[1]],
        ["", PLACE[1]],
        ["\ud800", PLACE[1]],
        ["x" * 200, PLACE[1]],
        [PLACE[0] + "\n", PLACE[1]],
        [PLACE[0].replace("2026", "２０２６"), PLACE[1]],
        [None, None],
    ],
)
def test_a_cursor_of_another_form_is_a_wrong_cursor(place: Any) -> None:
    """Both parts are as `list` writes them, or DynamoDB is not asked (ours)."""
    unreachable = Notes(TABLE, lambda: pytest.fail("DynamoDB was asked"))
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")

    with pytest.raises(WrongCursor):
        unreachable.list(ANNA, 1, cursor)


def test_a_note_is_deleted_once(notes: Notes) -> None:
    """A second deletion says that there was nothing."""
    note = notes.add(ANNA, "short-lived")

    assert (notes.delete(ANNA, note.id), notes.delete(ANNA, note.id)) == (True, False)


@requirement("server:notes-unavailable")
@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"),
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "arn:aws:iam::123456789012:role"}}, "Query"),
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException", "Message": ""}}, "Query"),
    ],
)
def test_a_table_that_does_not_answer_is_said_without_details(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """What AWS says can name accounts and tables; its code is in the log."""

    class Broken:
        """A client that fails."""

        def query(self, **_: Any) -> None:
            """Fail."""
            raise failure

    with pytest.raises(NotesUnavailable) as caught:
        Notes(TABLE, Broken).list(ANNA, 1)

    assert "arn:" not in str(caught.value) and "amazonaws" not in str(caught.value)
    assert caplog.records[-1].fields["reason"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", ["ValidationException", "SerializationException"])
def test_what_the_table_does_not_take_is_no_outage(code: str, caplog: pytest.LogCaptureFixture) -> None:
    """DynamoDB, CommonErrors: the request is at fault, so it helps nobody to try again."""

    class Strict:
        """A client that takes nothing."""

        def put_item(self, **_: Any) -> None:
            """Refuse."""
            raise ClientError({"Error": {"Code": code, "Message": "arn:aws:dynamodb"}}, "PutItem")

    with pytest.raises(NoteRefused) as caught:
        Notes(TABLE, Strict).add(ANNA, "x")

    assert "arn:" not in str(caught.value) and "try again in a minute" not in str(caught.value)
    assert [record.fields["reason"] for record in caplog.records] == [code]  # type: ignore[attr-defined]


@requirement("server:light-start")
def test_the_aws_sdk_is_loaded_only_when_a_tool_needs_it() -> None:
    """Issue 5, item 5: a cold start that only reads who calls does not pay for it."""
    code = (
        "import sys; import lambda_server.handler; before = 'botocore' in sys.modules;"
        "from lambda_server.notes import connect_to_dynamodb; connect_to_dynamodb();"
        "print(before, 'botocore' in sys.modules, 'boto3' in sys.modules)"
    )
    environment = ENVIRONMENT | {"NOTES_TABLE": TABLE, "AWS_DEFAULT_REGION": "us-east-1", "PATH": os.defpath}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.split() == ["False", "True", "False"], done.stderr
