"""
Requests for items, as DynamoDB looks at them before it does anything; what it keeps in another form is changed.

Source: DynamoDB API reference, BatchGetItem, BatchWriteItem, TransactWriteItems, Query.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from botocore.model import Shape

from local_cloud.aws.dynamodb.conditions import CONDITIONS, check_condition
from local_cloud.aws.dynamodb.errors import Invalid
from local_cloud.aws.dynamodb.expressions import check_expressions
from local_cloud.aws.dynamodb.key_conditions import plain_key_condition
from local_cloud.aws.dynamodb.keys import check_filter, check_key, check_start_key
from local_cloud.aws.dynamodb.members import check_members
from local_cloud.aws.dynamodb.values import item_size, normalize, values_within

OPERATIONS = {
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
    "TransactGetItems", "TransactWriteItems",
}  # fmt: skip
_MOST_WRITTEN, _MOST_READ, _MOST_TRANSACTED = 25, 100, 4 * 1024 * 1024
_TOKEN_LENGTH = 36


class _Part(NamedTuple):
    """What is asked of one table."""

    table: str
    wanted: dict[str, Any]
    keys: list[dict[str, Any]]


def check_request(operation: str, shape: Shape, wanted: dict[str, Any]) -> None:
    """
    Accept a request that has its model's types, and give its numbers and key condition their plain form.

    Raises:
        Invalid: DynamoDB does not take it, whatever is in the tables.
    """
    _check_counts(operation, wanted)
    check_members(shape, wanted)
    for place, value in values_within(shape, wanted):
        _normalize(place, value)
    for part in _parts(operation, wanted):
        _check_part(operation, part)
    if operation == "TransactWriteItems":
        _check_transaction(wanted)
    if operation == "UpdateItem" and "UpdateExpression" not in wanted:
        wanted.setdefault("AttributeUpdates", {})  # an item may be made of its key alone, at which moto fails


def _normalize(place: str, value: dict[str, Any]) -> None:
    try:
        normalize(value)
    except Invalid as error:
        inside = place == "ExpressionAttributeValues"
        raise Invalid(f"ExpressionAttributeValues contains invalid value: {error}" if inside else str(error)) from None


def _parts(operation: str, wanted: dict[str, Any]) -> Iterator[_Part]:
    if operation.startswith("Transact"):
        for entry in wanted.get("TransactItems") or []:
            for item in entry.values():
                yield _Part(item.get("TableName", ""), item, _keys(item))
    elif operation == "BatchGetItem":
        for table, asked in (wanted.get("RequestItems") or {}).items():
            yield _Part(table, asked, asked.get("Keys") or [])
    elif operation == "BatchWriteItem":
        for table, writes in (wanted.get("RequestItems") or {}).items():
            yield _Part(table, {}, [key for write in writes for key in _keys(write.get("DeleteRequest") or {})])
    else:
        yield _Part(wanted.get("TableName", ""), wanted, _keys(wanted))


def _keys(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [item["Key"]] if item.get("Key") is not None else []


def _check_part(operation: str, part: _Part) -> None:
    tokens = check_expressions(part.wanted)
    for kind in CONDITIONS & set(tokens):
        check_condition(part.wanted, kind)
    for key in part.keys:
        check_key(part.table, key)
    index = part.wanted.get("IndexName")
    if "KeyConditionExpression" in tokens:
        part.wanted["KeyConditionExpression"] = plain_key_condition(tokens["KeyConditionExpression"])
    if operation == "Query" and "FilterExpression" in tokens:
        check_filter(part.table, index, tokens["FilterExpression"])
    if part.wanted.get("ExclusiveStartKey"):
        check_start_key(part.table, index, part.wanted["ExclusiveStartKey"])


def _check_counts(operation: str, wanted: dict[str, Any]) -> None:
    asked = (wanted.get("RequestItems") or {}).values()
    if operation == "BatchWriteItem" and sum(map(len, asked)) > _MOST_WRITTEN:
        raise Invalid("Too many items requested for the BatchWriteItem call")
    if operation == "BatchGetItem" and sum(len(one.get("Keys") or []) for one in asked) > _MOST_READ:
        raise Invalid("Too many items requested for the BatchGetItem call")
    token = wanted.get("ClientRequestToken")
    if operation == "TransactWriteItems" and token is not None and not 1 <= len(token) <= _TOKEN_LENGTH:
        where = f"Value '{token}' at 'clientRequestToken' failed to satisfy constraint"
        raise Invalid(f"1 validation error detected: {where}: Member must have length between 1 and {_TOKEN_LENGTH}")


def _check_transaction(wanted: dict[str, Any]) -> None:
    """Does not check: the size of what an Update, a Delete or a ConditionCheck finds in the table."""
    entries = wanted["TransactItems"]
    if not all(entries):
        raise Invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request")
    if sum(item_size(entry["Put"]["Item"]) for entry in entries if "Put" in entry) > _MOST_TRANSACTED:
        raise Invalid("The aggregate size of the items in the transaction cannot exceed 4 MB")
