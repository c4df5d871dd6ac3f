"""No body and no expression makes DynamoDB fail, or is called not emulated: what it does not take is 400. Issue 4."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from moto.moto_api._internal.models import moto_api_backend

from local_cloud.aws.control_plane import ControlPlane, DataPlane
from local_cloud.aws.edge import Edge
from local_cloud.aws.identity import Administrator, Gate, Sessions
from local_cloud.aws.lambda_runtime import Outcome
from tests.local_cloud.aws.test_malformed import KEYS, ask, signed
from tests.local_cloud.okta.management.strategies import JSON
from tests.requirements import requirement

BOUNDED = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(
    ["pk", "#p", "#q", ":v", ":w", "=", "<", "<>", "(", ")", "AND", "and", "OR", "NOT", "IN", "BETWEEN", "begins_with",
     "size", "contains", ",", ".", "[", "]", "0", "1a", "+", "-", " ", "SET", "REMOVE", "ADD", "\ud800", "\u0661"]
)  # fmt: skip
EXPRESSIONS = st.lists(WORDS, max_size=8).map(" ".join) | st.text(max_size=8)
KINDS = st.sampled_from(["S", "N", "B", "SS", "NS", "BS", "NULL", "BOOL", "Q", ""])
SCALARS = st.sampled_from(
    ["x", "1", "1e400", "-0", "!!!", "YQ==", "", "\ud800", True, None, [], ["1"], ["1", "1.0"], [""]]
)
VALUES = st.recursive(
    st.dictionaries(KINDS, SCALARS, min_size=1, max_size=1)
    | st.sampled_from([{"S": "x"}, {"N": "1"}, {"B": "YQ=="}, 5]),
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=2)})
        | st.fixed_dictionaries({"M": st.dictionaries(st.text(max_size=3), inner, max_size=2)})
    ),
    max_leaves=5,
)
ITEMS = st.dictionaries(st.sampled_from(["a", "b", ""]), VALUES, max_size=2).map(lambda more: {"pk": {"S": "x"}} | more)
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/notes"
TABLES = st.sampled_from(["notes"] * 9 + [ARN, "none", "", 5, None])
NAMES = st.sampled_from([{"#p": "pk"}, {"#p": "pk", "#q": "a"}, {"#p": ""}, {}, {"p": "pk"}, 5])
PLACED = st.sampled_from([{":v": {"S": "x"}}, {":v": {"S": "x"}, ":w": {"N": "1"}}, {}]) | st.dictionaries(
    st.sampled_from([":v", ":w", "v"]), VALUES, max_size=2
)
DEFINED: dict[str, tuple[str, Any]] = {
    "#p": ("ExpressionAttributeNames", "pk"),
    "#q": ("ExpressionAttributeNames", "a"),
    ":v": ("ExpressionAttributeValues", {"S": "x"}),
    ":w": ("ExpressionAttributeValues", {"N": "1"}),
}


def defined(document: dict[str, Any]) -> dict[str, Any]:
    """The same with exactly the placeholders that its expressions use."""
    text = " ".join(str(held) for name, held in document.items() if name.endswith("Expression"))
    more: dict[str, Any] = {}
    for placeholder, (member, held) in DEFINED.items():
        if placeholder in text:
            more.setdefault(member, {})[placeholder] = held
    return {name: held for name, held in document.items() if not name.startswith("ExpressionA")} | more


WRITTEN: dict[str, Any] = {
    "ConditionExpression": EXPRESSIONS,
    "ExpressionAttributeNames": NAMES,
    "ExpressionAttributeValues": PLACED,
}
QUERIES = st.fixed_dictionaries(
    {"TableName": TABLES, "KeyConditionExpression": st.sampled_from(["pk = :v", ":v = #p", 5]) | EXPRESSIONS},
    optional={
        "FilterExpression": EXPRESSIONS,
        "ProjectionExpression": EXPRESSIONS,
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": PLACED,
        "ExclusiveStartKey": ITEMS | JSON,
        "Limit": st.sampled_from([1, 0, -1, 10**30, True]),
        "IndexName": st.sampled_from(["none", ""]),
        "Select": st.sampled_from(["COUNT", "SPECIFIC_ATTRIBUTES", "x"]),
    },
)
QUERIES = QUERIES | QUERIES.map(defined)
PUTS = st.fixed_dictionaries(
    {"TableName": TABLES, "Item": ITEMS | JSON},
    optional={**WRITTEN, "Expected": JSON, "ReturnValues": st.sampled_from(["ALL_OLD", "ALL_NEW", "x"])},
)
PUTS = PUTS | PUTS.map(defined)
KEYED = st.fixed_dictionaries(
    {"TableName": TABLES, "Key": ITEMS | st.just({"pk": {"S": "x"}})},
    optional={**WRITTEN, "UpdateExpression": EXPRESSIONS | st.just("SET a = :v")},
)
KEYED = KEYED | KEYED.map(defined)
WRITES = st.dictionaries(
    st.sampled_from(["Put", "Update", "Delete", "ConditionCheck", "Zzz"]), PUTS | KEYED | JSON, max_size=2
)
TRANSACTIONS = st.fixed_dictionaries(
    {"TransactItems": st.lists(WRITES, max_size=3) | JSON},
    optional={"ClientRequestToken": st.sampled_from(["x", "", "x" * 37, 5, None])},
)


@pytest.fixture(scope="module")
def plane() -> Iterator[Edge]:
    """The control plane with a table of notes in it."""
    data_plane = DataPlane(dict, lambda name: None, lambda name, event, context: Outcome("ok", event), lambda on: None)
    made = Edge(Gate(ControlPlane(data_plane), Sessions(), Administrator(KEYS, "token")))
    keys = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    }
    assert call(made, "CreateTable", {"TableName": "notes", "BillingMode": "PAY_PER_REQUEST", **keys}) == 200
    yield made
    moto_api_backend.reset()


def call(plane: Edge, operation: str, document: Any) -> int:
    """The status of an operation, signed, with this document."""
    body = json.dumps(document).encode()
    environ = {"REQUEST_METHOD": "POST", "RAW_URI": "/", "HTTP_HOST": "localhost"}
    environ |= {"CONTENT_TYPE": "application/x-amz-json-1.0", "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}"}
    return ask(plane, signed("dynamodb", environ, body), body)


@requirement("aws:malformed")
@BOUNDED
@given(expression=EXPRESSIONS)
@example("#p = :v AND")
@example("= = :v")
@example(" ")
def test_no_key_condition_makes_a_query_fail(plane: Edge, expression: str) -> None:
    """Words of the grammar in any order, and any text (DynamoDB developer guide, key condition expressions)."""
    document = defined({"TableName": "notes", "KeyConditionExpression": expression})

    assert call(plane, "Query", document) in (200, 400)


@requirement("aws:malformed")
@BOUNDED
@given(document=QUERIES)
def test_no_document_makes_a_query_fail(plane: Edge, document: Any) -> None:
    """Its members with values of every kind (DynamoDB API reference, Query)."""
    assert call(plane, "Query", document) in (200, 400)


@requirement("aws:malformed")
@BOUNDED
@given(document=PUTS)
def test_no_document_makes_a_put_fail(plane: Edge, document: Any) -> None:
    """Its members with values of every kind (DynamoDB API reference, PutItem)."""
    assert call(plane, "PutItem", document) in (200, 400)


@requirement("aws:malformed")
@BOUNDED
@given(document=KEYED)
def test_no_document_makes_an_update_fail(plane: Edge, document: Any) -> None:
    """Its members with values of every kind (DynamoDB API reference, UpdateItem)."""
    assert call(plane, "UpdateItem", document) in (200, 400)


@requirement("aws:malformed")
@BOUNDED
@given(document=TRANSACTIONS)
def test_no_document_makes_a_transaction_fail(plane: Edge, document: Any) -> None:
    """Its entries with values of every kind (DynamoDB API reference, TransactWriteItems)."""
    assert call(plane, "TransactWriteItems", document) in (200, 400)
