"""
People's notes in DynamoDB: every key begins with the owner's Okta id, so nobody can name somebody else's note.

The AWS SDK is loaded at the first use and not before: it would double a cold start that needs none of it.
"""

import base64
import hashlib
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard
from uuid import uuid4

from lambda_server.errors import NoteConflict, NoteRefused, NotesUnavailable, NoteUnknown, WrongCursor

logger = logging.getLogger(__name__)

BY_CREATION = "by-creation"
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 1, 3, 3
ID = "[0-9a-f]{32}"
CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00")  # as `_now` writes it
# How DynamoDB says that the request is at fault, and not the table. Source: DynamoDB, CommonErrors.
REFUSALS = ("ValidationException", "SerializationException")
Item = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Note:
    """One note of one person; times are UTC, ISO 8601; every change adds one to the version."""

    id: str
    text: str
    created: str
    updated: str
    version: int

    @classmethod
    def of(cls, item: Item) -> "Note":
        """The note in an item of the table."""
        texts = {name: item[name]["S"] for name in ("id", "text", "created", "updated")}
        return cls(**texts, version=int(item["version"]["N"]))

    def item(self, owner: str) -> dict[str, dict[str, str]]:
        """The item that keeps the note."""
        texts = {"owner": owner, "id": self.id, "text": self.text, "created": self.created, "updated": self.updated}
        return {**{name: {"S": value} for name, value in texts.items()}, "version": {"N": str(self.version)}}


@dataclass(frozen=True)
class Page:
    """Some notes, the newest first, and where the next page begins."""

    notes: tuple[Note, ...]
    cursor: str | None


class Notes:
    """
    The notes of one table; each method works for one owner, and blocks.

    Args:
        connect: makes the SDK's client, once; by default for the region and endpoint of the environment.
    """

    def __init__(self, table: str, connect: Callable[[], Any] | None = None) -> None:
        self._table = table
        self._connect = connect or connect_to_dynamodb
        self._client: Any = None
        self._turn = threading.Lock()

    def add(self, owner: str, text: str, key: str | None = None) -> Note:
        """
        Keep a note; with a key that was used before, the note that it made, unless its text is another.

        Raises:
            NoteConflict: the key made a note with another text.
            NotesUnavailable: the table does not answer.
        """
        identifier = _identifier(owner, key) if key else uuid4().hex
        now = _now()
        note = Note(identifier, text, now, now, 1)
        failed = self._write(
            "put_item",
            Item=note.item(owner),
            ConditionExpression="attribute_not_exists(id)",
        )
        if failed is None:
            return note
        there = Note.of(failed)
        if there.text != text:
            raise NoteConflict(f"the key was used for the note {there.id}, which now says something else")
        return there

    def list(self, owner: str, limit: int, cursor: str | None = None) -> Page:
        """
        One page of the owner's notes, the newest first.

        Raises:
            WrongCursor: the cursor has not the form of ours.
            NotesUnavailable: the table does not answer.
        """
        start = {"ExclusiveStartKey": _start(owner, cursor)} if cursor else {}
        found = self._ask(
            "query",
            IndexName=BY_CREATION,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit,
            **start,
        )
        last = found.get("LastEvaluatedKey")
        return Page(tuple(map(Note.of, found["Items"])), _cursor(last) if last else None)

    def read(self, owner: str, identifier: str) -> Note:
        """
        One note of the owner's.

        Raises:
            NoteUnknown: the owner has no such note.
            NotesUnavailable: the table does not answer.
        """
        key = {"owner": {"S": owner}, "id": {"S": identifier}}
        found = self._ask("get_item", Key=key, ConsistentRead=True).get("Item")
        if found is None:
            raise NoteUnknown(f"you have no note {identifier}")
        return Note.of(found)

    def update(self, owner: str, identifier: str, text: str, version: int) -> Note:
        """
        Replace a note's text, if nobody has since the caller read this version.

        Raises:
            NoteUnknown: the owner has no such note.
            NoteConflict: it has another version by now.
            NotesUnavailable: the table does not answer.
        """
        note = Note(identifier, text, self.read(owner, identifier).created, _now(), version + 1)
        failed = self._write(
            "put_item",
            Item=note.item(owner),
            ConditionExpression="version = :version",
            ExpressionAttributeValues={":version": {"N": str(version)}},
        )
        if failed is None:
            return note
        if not failed:
            raise NoteUnknown(f"you have no note {identifier}")
        there = Note.of(failed)
        if (there.text, there.version) == (text, note.version):
            return there  # an answer was lost, and the SDK asked again
        raise NoteConflict(f"the note {identifier} has version {there.version} by now, not {version}: read it again")

    def delete(self, owner: str, identifier: str) -> bool:
        """
        Forget a note; False where the owner has no such note.

        Raises:
            NotesUnavailable: the table does not answer.
        """
        key = {"owner": {"S": owner}, "id": {"S": identifier}}
        return bool(self._ask("delete_item", Key=key, ReturnValues="ALL_OLD").get("Attributes"))

    def _write(self, call: str, **arguments: Any) -> Item | None:
        """Write under a condition; None where it held, else the item that it did not hold for, empty for none."""
        from botocore.exceptions import ClientError

        try:
            self._ask(call, ReturnValuesOnConditionCheckFailure="ALL_OLD", **arguments)
        except ClientError as error:
            item: Item = error.response.get("Item", {})
            return item
        return None

    def _ask(self, call: str, **arguments: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._connected(), call)(TableName=self._table, **arguments)
            return answer
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                raise
            raise (self._refused(code) if code in REFUSALS else self._unavailable(code)) from None
        except BotoCoreError as error:
            raise self._unavailable(type(error).__name__) from None

    def _connected(self) -> Any:
        with self._turn:
            if self._client is None:
                self._client = self._connect()
            return self._client

    @staticmethod
    def _refused(reason: str) -> NoteRefused:
        logger.warning("notes did not take a request", extra={"fields": {"reason": reason}})
        return NoteRefused("the notes cannot take what was sent: change it before you try again")

    @staticmethod
    def _unavailable(reason: str) -> NotesUnavailable:
        """The reason goes to the log; what AWS says can name accounts and tables."""
        logger.error("notes not available", extra={"fields": {"reason": reason}})
        return NotesUnavailable("the notes cannot be reached at the moment; try again in a minute")


def connect_to_dynamodb() -> Any:
    """
    The SDK's client: short time-outs, since a person waits, and few tries.

    Source: AWS SDKs, timeouts and retries ("standard" mode); region and endpoint come from the environment.
    """
    import botocore.session
    from botocore.config import Config

    patience = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    return botocore.session.get_session().create_client("dynamodb", config=patience)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _identifier(owner: str, key: str) -> str:
    """The same for the same key of the same person, and only theirs."""
    return hashlib.sha256(json.dumps([owner, key]).encode()).hexdigest()[:32]


def _cursor(last: Item) -> str:
    """Where a page ended, without the owner, who is always the caller."""
    place = json.dumps([last["created"]["S"], last["id"]["S"]], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _start(owner: str, cursor: str) -> dict[str, dict[str, str]]:
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (ValueError, RecursionError):
        place = None
    created, identifier = place if isinstance(place, list) and len(place) == 2 else (None, None)
    if not _is(created, CREATED) or not _is(identifier, re.compile(ID)):
        raise WrongCursor("the cursor is not one that list_notes gave")
    return {"owner": {"S": owner}, "created": {"S": created}, "id": {"S": identifier}}


def _is(value: object, form: re.Pattern[str]) -> TypeGuard[str]:
    return isinstance(value, str) and form.fullmatch(value) is not None
