"""A table of notes in a DynamoDB in this process, laid out as infra/notes.py declares it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from moto import mock_aws

from infra.notes import BY_CREATION, CREATED, NOTE, OWNER

TABLE = "mcp-okta-test"


@contextmanager
def dynamodb() -> Iterator[Any]:
    """The SDK's client of a DynamoDB that holds the table."""
    with mock_aws():
        client = botocore.session.get_session().create_client(
            "dynamodb", "us-east-1", aws_access_key_id="local", aws_secret_access_key="local"
        )
        projection = {"ProjectionType": "ALL"}
        index = {"IndexName": BY_CREATION, "KeySchema": keys(OWNER, CREATED), "Projection": projection}
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=keys(OWNER, NOTE),
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in (OWNER, NOTE, CREATED)],
            LocalSecondaryIndexes=[index],
        )
        yield client


def keys(partition: str, sort: str) -> list[dict[str, str]]:
    """A key schema."""
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
