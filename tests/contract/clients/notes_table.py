"""A table of notes by owner, as a tool would have it."""

from typing import Any

NOTES: dict[str, Any] = {
    "TableName": "notes",
    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("owner", "id")],
    "BillingMode": "PAY_PER_REQUEST",
}


def item(owner: str, identifier: str, **more: str) -> dict[str, Any]:
    """A note, as DynamoDB writes it."""
    return {name: {"S": value} for name, value in {"owner": owner, "id": identifier, **more}.items()}
