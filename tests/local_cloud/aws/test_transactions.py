"""A transaction of DynamoDB and its token."""

import json
from io import BytesIO
from typing import Any

import pytest

from local_cloud.aws import AwsCloud
from local_cloud.aws.dynamodb.transactions import Transactions
from local_cloud.aws.replies import Reply
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.aws.notes import make_table
from tests.requirements import requirement

KEY = {"owner": {"S": "ann"}, "name": {"S": "counter"}}
ADD = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
ONE_MORE = [{"Update": {"TableName": "notes", "Key": KEY, **ADD}}]


@pytest.fixture
def table(account: Account, cloud: AwsCloud) -> Any:
    """A client, and a table of notes."""
    client = session_of(cloud).client("dynamodb", endpoint_url=cloud.endpoint_url)
    make_table(client)
    return client


def count(table: Any) -> str:
    """How often it was done."""
    return str(table.get_item(TableName="notes", Key=KEY)["Item"]["n"]["N"])


@requirement("aws:dynamodb")
def test_a_transaction_that_is_sent_again_is_done_once(table: Any) -> None:
    """The same token and the same payload; without a token each call has its own (TransactWriteItems)."""
    for _ in range(3):
        table.transact_write_items(TransactItems=ONE_MORE, ClientRequestToken="same")
    assert count(table) == "1"
    table.transact_write_items(TransactItems=ONE_MORE)
    assert count(table) == "2"


@requirement("aws:dynamodb")
def test_a_token_is_for_one_payload(table: Any) -> None:
    """IdempotentParameterMismatchException, and nothing is done (TransactWriteItems, errors)."""
    table.transact_write_items(TransactItems=ONE_MORE, ClientRequestToken="mine")
    delete = [{"Delete": {"TableName": "notes", "Key": KEY}}]
    with pytest.raises(table.exceptions.IdempotentParameterMismatchException):
        table.transact_write_items(TransactItems=delete, ClientRequestToken="mine")

    assert count(table) == "1"


@requirement("aws:dynamodb")
def test_a_transaction_that_failed_may_be_tried_again(table: Any) -> None:
    """Its token stands for nothing done (ours)."""
    update = ONE_MORE[0]["Update"] | {"ConditionExpression": "attribute_exists(n)"}
    wanted = {"TransactItems": [{"Update": update}], "ClientRequestToken": "again"}
    with pytest.raises(table.exceptions.TransactionCanceledException):
        table.transact_write_items(**wanted)
    table.put_item(TableName="notes", Item={**KEY, "n": {"N": "1"}})
    table.transact_write_items(**wanted)

    assert count(table) == "2"


@requirement("aws:dynamodb")
def test_a_token_is_good_for_ten_minutes() -> None:
    """After that it is a new request (TransactWriteItems: ClientRequestToken)."""
    clock, done = [0.0], []
    transactions = Transactions(lambda: clock[0])

    def act(environ: dict[str, Any]) -> Reply:
        done.append(environ)
        return Reply(200)

    for clock[0] in (0, 599, 601):
        body = json.dumps({"TransactItems": [], "ClientRequestToken": "t"}).encode()
        transactions.reply({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}, act)

    assert len(done) == 2
