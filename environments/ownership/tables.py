"""The table of notes: it takes its time to come and to go, and may be protected."""

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.ownership.calls import ask, asking, code_of, owned
from environments.ownership.owned import TABLE, Owned, Owner

PAUSE_SECONDS = 2.0
ROUNDS = 150  # five minutes
wait = time.sleep


def find_table(tables: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    """The table by its name and tags; one that goes away already is nobody's any more."""
    name = owner.name
    if is_owners(tables, owner):
        yield owned(clouds, (TABLE, name), name, partial(_delete, tables), TableName=name)


def unprotect(owner: Owner, clouds: Clouds) -> bool:
    """
    Take the protection against deletion off the owner's table. Tells whether there was any.

    Raises:
        Unreachable: AWS refuses or does not answer.
    """
    with asking(clouds):
        tables = clouds.client("dynamodb")
        if not (is_owners(tables, owner) and (_table(tables, owner.name) or {}).get("DeletionProtectionEnabled")):
            return False
        _unprotect(tables, owner.name)
        return True


def is_owners(tables: Any, owner: Owner) -> bool:
    """Whether there is such a table, and it carries the owner's tags."""
    table = _table(tables, owner.name)
    if table is None or table["TableStatus"] == "DELETING":
        return False
    answer = ask(tables.list_tags_of_resource, ResourceArn=table["TableArn"]) or {"Tags": []}
    return owner.has_tagged({item["Key"]: item["Value"] for item in answer["Tags"]})


def _delete(tables: Any, TableName: str) -> None:
    """
    Delete the table and see that it is gone.

    Raises:
        Unreachable: it holds notes and is protected, or it takes too long.

    Source: AWS, DynamoDB, DeleteTable: ResourceInUseException while CREATING or UPDATING; DELETING stays visible.
    """
    table = _settled(tables, TableName)
    if table and table.get("DeletionProtectionEnabled"):
        _refuse_notes(tables, TableName)
        _unprotect(tables, TableName)
    for _ in range(ROUNDS):
        try:
            if table is not None and table["TableStatus"] != "DELETING":
                ask(tables.delete_table, TableName=TableName)
            break
        except ClientError as error:  # it was changed again in between
            if code_of(error) != "ResourceInUseException":
                raise
            wait(PAUSE_SECONDS)
            table = _settled(tables, TableName)
    _settled(tables, TableName, ("DELETING",))


def _refuse_notes(tables: Any, name: str) -> None:
    if tables.scan(TableName=name, Limit=1, Select="COUNT")["Count"]:
        raise Unreachable(
            f"the table {name} is not in the stack's state, is protected against deletion and holds notes",
            f"bring it back into the state (pulumi import {TABLE} table {name}); or, if nobody needs them: "
            f"aws dynamodb update-table --table-name {name} --no-deletion-protection-enabled",
        )


def _unprotect(tables: Any, name: str) -> None:
    tables.update_table(TableName=name, DeletionProtectionEnabled=False)
    _settled(tables, name)


def _settled(tables: Any, name: str, moving: tuple[str, ...] = ("CREATING", "UPDATING")) -> dict[str, Any] | None:
    """
    The table once it is in none of these states; None where there is none.

    Raises:
        Unreachable: it takes too long.

    Source: ours; boto3's waiter `table_exists` would wait for a table that is not there.
    """
    status = ""
    for _ in range(ROUNDS):
        table = _table(tables, name)
        if table is None or table["TableStatus"] not in moving:
            return table
        status = table["TableStatus"]
        wait(PAUSE_SECONDS)
    raise Unreachable(f"the table {name} is still {status}", "wait a few minutes, then run it again")


def _table(tables: Any, name: str) -> dict[str, Any] | None:
    answer = ask(tables.describe_table, TableName=name)
    return dict(answer["Table"]) if answer else None
