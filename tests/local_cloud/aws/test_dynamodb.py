"""What DynamoDB refuses that moto takes, one row each; and what it keeps in another form than it was given."""

import json
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.aws import AwsCloud
from local_cloud.aws.dynamodb.values import item_size, number
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.aws.notes import make_table
from tests.requirements import requirement

CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1})
Members = dict[str, Any]


def text(value: str) -> Members:
    """A value."""
    return {"S": value}


def note(number: int = 0, owner: str = "ann", **more: Any) -> Members:
    """An item of the table."""
    return {"owner": text(owner), "name": text(f"n{number}"), **more}


NAMES = {"#o": "owner", "#n": "name"}
OWNER, NAME = {":o": text("ann")}, {":n": text("n1")}
HALF = {"ExpressionAttributeNames": {"#o": "owner"}, "ExpressionAttributeValues": OWNER}
BOTH = {"ExpressionAttributeNames": NAMES, "ExpressionAttributeValues": OWNER | NAME}
PAGE = {"KeyConditionExpression": "#o = :o", **HALF}
SET = {"Key": note(1), "UpdateExpression": "SET a = :a"}
WRITES = [{"PutRequest": {"Item": note(number)}} for number in range(26)]
LARGE = [{"Put": {"TableName": "notes", "Item": note(n, text=text("x" * 390_000))}} for n in range(12)]


def valued(*values: Any) -> Members:
    """The values of placeholders :a, :b and so on."""
    return {"ExpressionAttributeValues": {f":{chr(97 + index)}": value for index, value in enumerate(values)}}


def keyed(expression: str, **more: Any) -> Members:
    """A query with this key condition."""
    return {"KeyConditionExpression": expression, **BOTH, **more}


def nested(wraps: int, kind: str = "M") -> Any:
    """A value within so many others."""
    value: Any = text("leaf")
    for _ in range(wraps):
        value = {"M": {"k": value}} if kind == "M" else {"L": [value]}
    return value


REFUSED: list[tuple[str, Members, str]] = [
    ("query", keyed("owner = :o AND #n = :n"), "reserved keyword; reserved keyword: owner"),
    ("query", keyed("#o = :o AND name = :n"), "reserved keyword; reserved keyword: name"),
    ("scan", {"FilterExpression": "name = :a", **valued(text("x"))}, "reserved keyword: name"),
    ("query", keyed("#o = :o OR #n = :n"), "Invalid operator used in KeyConditionExpression: OR"),
    ("query", keyed("#o = :o AND NOT #n = :n"), "Invalid operator used in KeyConditionExpression: NOT"),
    ("query", keyed("#o = :o AND #n <> :n"), "Invalid operator used in KeyConditionExpression: <>"),
    ("query", keyed("#o = :o AND contains(#n, :n)"), "Invalid operator used in KeyConditionExpression: contains"),
    ("query", keyed("#o = :o AND size(#n) = :n"), "cannot contain nested operations"),
    ("query", keyed("#o = :o AND ends_with(#n, :n)"), "Invalid function name; function: ends_with"),
    ("query", keyed("#o = :o AND #n.a = :n"), "cannot have conditions on nested attributes"),
    ("query", keyed("#o = :o AND #n = #o AND #n = :n"), "Multiple attribute names used in one condition"),
    ("query", keyed("#n = :n AND #o = :o AND #n = :n"), "must only contain one condition per key"),
    ("query", keyed("#o = :o AND #n = :n)"), "Syntax error"),
    ("query", keyed("(#o = :o AND #n = :n"), "Syntax error"),
    ("query", keyed("#o = :o AND #n ! :n"), "Syntax error"),
    ("query", keyed("#n = :n AND :o", ExpressionAttributeNames={"#n": "name"}), "No key attribute specified"),
    ("query", keyed(""), "KeyConditionExpression: The expression can not be empty"),
    ("query", keyed(" "), "Invalid KeyConditionExpression: Syntax error"),
    ("scan", {"FilterExpression": "\t\n"}, "Invalid FilterExpression: Syntax error"),
    ("scan", {"ProjectionExpression": " "}, "Invalid ProjectionExpression: Syntax error"),
    ("put_item", {"Item": note(), "ConditionExpression": " "}, "Invalid ConditionExpression: Syntax error"),
    ("put_item", {"Item": note(), "ConditionExpression": "a b"}, "Invalid ConditionExpression: Syntax error"),
    ("put_item", {"Item": note(), "ConditionExpression": "status"}, "reserved keyword"),
    (
        "put_item",
        {"Item": note(), "ConditionExpression": "a BETWEEN :a AND :a", **valued({"NULL": True})},
        "Invalid ConditionExpression: Incorrect operand type",
    ),
    ("update_item", {"Key": note(), "UpdateExpression": " "}, "Invalid UpdateExpression: Syntax error"),
    ("query", PAGE | {"KeyConditionExpression": "#o = :o AND"}, "Syntax error"),
    ("query", PAGE | {"KeyConditionExpression": "AND #o = :o"}, "Syntax error"),
    ("query", keyed("#o = :o AND AND #n = :n"), "Syntax error"),
    ("query", keyed("0 = :o AND #n = :n", ExpressionAttributeNames={"#n": "name"}), "Syntax error"),
    ("query", keyed("1a = :o AND #n = :n", ExpressionAttributeNames={"#n": "name"}), "Syntax error"),
    ("query", keyed(":o = 0 AND #n = :n", ExpressionAttributeNames={"#n": "name"}), "No key attribute|Syntax error"),
    ("query", keyed("#o = :o AND begins_with(0, :n)", ExpressionAttributeNames={"#o": "owner"}), "Syntax error"),
    ("query", keyed("#o = :o AND 0 BETWEEN :n AND :n", ExpressionAttributeNames={"#o": "owner"}), "Syntax error"),
    ("query", {"KeyConditionExpression": "= = :a", **valued(text("x"))}, "No key attribute"),
    ("query", {"KeyConditionExpression": ", = :a", **valued(text("x"))}, "No key attribute"),
    ("query", PAGE | {"KeyConditionExpression": "#o = :x"}, "is not defined; attribute value: :x"),
    ("query", PAGE | {"KeyConditionExpression": "#x = :o"}, "is not defined; attribute name: #x"),
    ("scan", {"FilterExpression": "a = :x"}, "Invalid FilterExpression: .* is not defined; attribute value: :x"),
    ("scan", {"FilterExpression": "a = :a " + " " * 4096, **valued(text("x"))}, "maximum allowed size"),
    ("query", PAGE | {"ExpressionAttributeValues": OWNER | NAME}, r"AttributeValues unused .* keys: \{:n\}"),
    ("query", PAGE | {"ExpressionAttributeNames": NAMES}, r"AttributeNames unused .* keys: \{#n\}"),
    ("put_item", {"Item": note(), "ConditionExpression": "attribute_exists(a)", **valued(text("x"))}, "unused"),
    ("delete_item", {"Key": note(), "ConditionExpression": "attribute_exists(a)", **valued(text("x"))}, "unused"),
    ("update_item", SET | valued(text("x"), text("y")), r"unused in expressions: keys: \{:b\}"),
    ("scan", {"FilterExpression": "a = :a", **valued(text("x"), text("y"))}, "unused"),
    ("put_item", {"Item": note(), **valued(text("x"))}, "can only be specified when using expressions"),
    ("scan", {"FilterExpression": "a = b", "ExpressionAttributeValues": {}}, "must not be empty"),
    ("scan", {"FilterExpression": "a = b", "ExpressionAttributeNames": {"x": "y"}}, 'invalid key: .* key: "x"'),
    ("query", PAGE | BOTH | {"FilterExpression": "#n = :n"}, "non-primary key attributes: Primary key attribute: name"),
    ("query", PAGE | {"AttributesToGet": ["a"]}, r"Non-expression parameters: \{AttributesToGet\} Expression param"),
    ("update_item", SET | valued(text("x")) | {"Expected": {}}, r"Non-expression parameters: \{Expected\}"),
    ("get_item", {"Key": {"owner": text("ann")}}, "key element does not match the schema"),
    ("get_item", {"Key": note(a=text("x"))}, "key element does not match the schema"),
    ("get_item", {"Key": note() | {"owner": {"N": "1"}}}, "key element does not match the schema"),
    ("update_item", SET | valued(text("x")) | {"Key": note() | {"name": {"N": "1"}}}, "key element does not match"),
    ("delete_item", {"Key": note() | {"name": {"B": b"1"}}}, "key element does not match"),
    ("query", PAGE | {"ExclusiveStartKey": {"other": text("x")}}, "starting key is invalid"),
    ("scan", {"ExclusiveStartKey": note() | {"name": {"N": "1"}}}, "starting key is invalid"),
    ("put_item", {"Item": note(a={"N": "1" * 39})}, "more than 38 significant digits"),
    ("put_item", {"Item": note(a={"M": {"b": {"L": [{"N": "1e126"}]}}})}, "Number overflow"),
    ("put_item", {"Item": note(a={"N": "1e-131"})}, "Number underflow"),
    ("put_item", {"Item": note(a={"N": "1_0"})}, "cannot be converted to a numeric value: 1_0"),
    ("put_item", {"Item": note(a={"N": "NaN"})}, "cannot be converted to a numeric value: NaN"),
    ("put_item", {"Item": note(a={"SS": ["x", "x"]})}, r"Input collection \[x, x\] contains duplicates"),
    ("put_item", {"Item": note(a={"NS": ["1", "1.0"]})}, "Input collection contains duplicates"),
    ("put_item", {"Item": note(a={"BS": [b"a", b"a"]})}, "of type BS contains duplicates"),
    ("put_item", {"Item": note(a={"SS": []})}, "string set  may not be empty"),
    ("put_item", {"Item": note(a={"NS": []})}, "number set  may not be empty"),
    ("put_item", {"Item": note(a={"BS": []})}, "Binary sets should not be empty"),
    ("put_item", {"Item": note(a={"S": "x", "N": "1"})}, "more than one datatypes set"),
    ("put_item", {"Item": note(a={})}, "Supplied AttributeValue is empty"),
    ("put_item", {"Item": note(a={"NULL": False})}, "must have the value of true"),
    ("put_item", {"Item": note(a=nested(32))}, "Nesting Levels have exceeded supported limits: Attributes in the item"),
    ("put_item", {"Item": note(a=nested(32, "L"))}, "Nesting Levels have exceeded supported limits"),
    ("update_item", SET | valued(nested(32)), "Nesting Levels have exceeded supported limits"),
    ("put_item", {}, "Value null at 'item' failed to satisfy constraint: Member must not be null"),
    ("query", {"TableName": ""}, "at 'tableName' .* Member must have length greater than or equal to 1"),
    ("update_item", SET | valued({"N": "x"}), "contains invalid value: .* numeric value: x"),
    ("batch_write_item", {"RequestItems": {"notes": WRITES}}, "Too many items requested for the BatchWriteItem"),
    ("batch_get_item", {"RequestItems": {"notes": {"Keys": [note(n) for n in range(101)]}}}, "Too many items"),
    ("batch_get_item", {"RequestItems": {"notes": {"Keys": [{"owner": text("a")}]}}}, "key element does not match"),
    ("batch_write_item", {"RequestItems": {"notes": [{"DeleteRequest": {"Key": {}}}]}}, "key element does not match"),
    ("transact_write_items", {"TransactItems": LARGE}, "cannot exceed 4 MB"),
    ("transact_write_items", {"TransactItems": []}, "at 'transactItems' .* length greater than or equal to 1"),
    (
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": "notes", "Key": note()}}] * 101},
        "less than or equal to 100",
    ),
    ("transact_write_items", {"TransactItems": LARGE[:1], "ClientRequestToken": "x" * 37}, "clientRequestToken"),
    ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "notes", "Key": {}}}]}, "key element does not"),
]
# What the SDK does not write.
UNWRITTEN: list[tuple[str, Members, str]] = [
    ("put_item", {"TableName": "notes", "Item": note(a={"Q": "x"})}, "Supplied AttributeValue is empty"),
    ("put_item", {"TableName": "notes", "Item": note(a=nested(300))}, "Nesting Levels have exceeded supported limits"),
    ("transact_write_items", {"TransactItems": [{"Put": {"Item": note(a=nested(350, "L"))}}]}, "Nesting Levels"),
    ("transact_write_items", {"TransactItems": [{"Zzz": 5}]}, "should contain Delete or Put or Update request"),
    ("transact_get_items", {"TransactItems": [{"Zzz": 5}]}, "Value null at 'transactItems.member.get'"),
]
TAKEN: list[tuple[str, Members, int]] = [
    ("query", keyed("#o = :o AND #n = :n"), 1),
    ("query", keyed("((#o = :o) and ((begins_with(#n, :n))))"), 1),
    ("query", keyed(":o=#o AND :n<=#n"), 2),
    ("query", keyed("#n\n>\t:n AND\n#o = :o"), 1),
    ("query", keyed("#o = :o AND #n between :n and :m", ExpressionAttributeValues=OWNER | NAME | {":m": text("z")}), 2),
    ("query", keyed("#n BETWEEN :n AND :m AND #o = :o", ExpressionAttributeValues=OWNER | NAME | {":m": text("z")}), 2),
    ("query", PAGE | {"FilterExpression": "a.#n = :o", "ExpressionAttributeNames": NAMES}, 0),
    ("query", PAGE | {"ExclusiveStartKey": note(1)}, 1),
    ("query", {"KeyConditions": {"owner": {"AttributeValueList": [text("ann")], "ComparisonOperator": "EQ"}}}, 3),
    ("scan", {"FilterExpression": "#o = :o", **HALF}, 3),
]


@pytest.fixture
def table(account: Account, cloud: AwsCloud) -> Any:
    """A client that leaves it to DynamoDB to say what is wrong, and a table of notes."""
    client = session_of(cloud).client("dynamodb", endpoint_url=cloud.endpoint_url, config=CONFIG)
    make_table(client)
    return client


def call(table: Any, operation: str, members: Members) -> Members:
    """An operation on the table."""
    where = {} if operation.startswith(("batch", "transact")) else {"TableName": "notes"}
    answer: Members = getattr(table, operation)(**where | members)
    return answer


@requirement("aws:refused")
@pytest.mark.parametrize(("operation", "members", "words"), REFUSED, ids=[f"{op}-{w}" for op, _, w in REFUSED])
def test_what_dynamodb_does_not_take_is_its_error(table: Any, operation: str, members: Members, words: str) -> None:
    """ValidationException, and nothing is written (DynamoDB API reference and developer guide; words: dynalite)."""
    with pytest.raises(ClientError, match=words) as raised:
        call(table, operation, members)

    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert table.scan(TableName="notes")["Count"] == 0


@requirement("aws:dynamodb")
@pytest.mark.parametrize(("operation", "members", "count"), TAKEN, ids=[json.dumps(m)[:60] for _, m, _ in TAKEN])
def test_what_dynamodb_takes_is_answered(table: Any, operation: str, members: Members, count: int) -> None:
    """However a key condition is written (DynamoDB developer guide, key condition expressions)."""
    for position in range(3):
        table.put_item(TableName="notes", Item=note(position))

    assert call(table, operation, members)["Count"] == count


@requirement("aws:dynamodb")
def test_an_index_has_keys_of_its_own(table: Any) -> None:
    """A filter of its Query may look at the table's, a page begins after both, a key is the table's (Query)."""
    index = {
        "IndexName": "by-text",
        "KeySchema": [{"AttributeName": "text", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    defined = [{"AttributeName": name, "AttributeType": "S"} for name in ("text", "owner", "name")]
    table.update_table(
        TableName="notes", AttributeDefinitions=defined[:1], GlobalSecondaryIndexUpdates=[{"Create": index}]
    )
    for position in range(3):
        table.put_item(TableName="notes", Item=note(position, text=text("t")))
    page = {"IndexName": "by-text", "KeyConditionExpression": "#t = :a", **valued(text("t"), text("n1"))}
    page |= {"ExpressionAttributeNames": {"#t": "text", "#n": "name"}, "FilterExpression": "#n >= :a"}
    query = {"KeyConditionExpression": "#t = :a", "FilterExpression": "#n >= :b"}

    assert call(table, "query", page | query)["Count"] == 2
    assert call(table, "query", page | query | {"ExclusiveStartKey": note(1, text=text("t"))})["Count"] == 1
    with pytest.raises(ClientError, match="The provided starting key is invalid"):
        call(table, "query", page | query | {"ExclusiveStartKey": note(1)})
    with pytest.raises(ClientError, match="non-primary key attributes: Primary key attribute: text"):
        call(table, "query", page | query | {"FilterExpression": "#t = :b AND #n = :b"})
    assert call(table, "get_item", {"Key": note(1)})["Item"]["text"] == text("t")


@requirement("aws:dynamodb")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("01.50", "1.5"), ("+1", "1"), ("-0", "0"), ("1e3", "1000"), ("100", "100"), (".5", "0.5"), ("5.", "5"),
        ("1E-5", "0.00001"), ("9" * 38, "9" * 38), ("1e125", "1" + "0" * 125), ("1e-130", "0." + "0" * 129 + "1"),
        ("0" * 60 + "1" + "0" * 60, "1" + "0" * 60), ("0e999999999", "0"),
    ],
)  # fmt: skip
def test_a_number_has_one_form(given: str, kept: str) -> None:
    """Leading and trailing zeros are trimmed (DynamoDB API reference, AttributeValue; naming rules and data types)."""
    assert number(given) == kept


@requirement("aws:dynamodb")
def test_a_number_is_found_in_every_form(table: Any) -> None:
    """It is kept, and compared, in one (DynamoDB, data types: numbers)."""
    table.put_item(TableName="notes", Item=note(1, v={"N": "01.50"}, set={"NS": ["1.0", "2"]}))
    found = table.scan(TableName="notes", FilterExpression="v = :a", **valued({"N": "15e-1"}))["Items"]

    assert found == [note(1, v={"N": "1.5"}, set={"NS": ["1", "2"]})]


@requirement("aws:dynamodb")
def test_an_item_has_the_size_of_its_names_and_values() -> None:
    """UTF-8, two digits a byte, three for a collection and one for each member (DynamoDB, item sizes and formats)."""
    item = {
        "aé": {"S": "é"},
        "n": {"N": "-12300"},
        "b": {"B": "YQ=="},
        "t": {"BOOL": True},
        "l": {"L": [{"NULL": True}]},
        "m": {"M": {"k": {"SS": ["x", "yz"]}}},
    }

    assert item_size(item) == 5 + 4 + 2 + 2 + (1 + 3 + 1 + 1) + (1 + 3 + 1 + 1 + 3)


@requirement("aws:dynamodb")
@pytest.mark.parametrize("kind", ["M", "L"])
def test_an_attribute_is_nested_32_levels_deep(table: Any, kind: str) -> None:
    """Its own value is the first (DynamoDB, constraints: nested attribute depth; paritysuite/dynamodb-conformance)."""
    deep = note(1, a=nested(31, kind))
    table.put_item(TableName="notes", Item=deep)
    table.transact_write_items(TransactItems=[{"Put": {"TableName": "notes", "Item": note(2, a=nested(31, kind))}}])

    assert table.get_item(TableName="notes", Key=note(1))["Item"] == deep


@requirement("aws:dynamodb")
def test_an_item_is_made_of_its_key_alone(table: Any) -> None:
    """UpdateItem that changes nothing makes the item that is not there (DynamoDB API reference, UpdateItem)."""
    table.update_item(TableName="notes", Key=note(1))

    assert table.scan(TableName="notes")["Items"] == [note(1)]


@requirement("aws:malformed")
@pytest.mark.parametrize(
    "item",
    [
        {"a": {"N": 5}}, {"a": {"L": [None]}}, {"a": {"M": 5}}, {"a": 5}, 5, {"a": {"S": "\ud800"}},
        {"\ud800": {"S": "x"}}, {"a": {"B": "!!!"}}, {"a": {"B": "YQ"}}, {"a": {"BS": ["YQ==", "\u00e9"]}},
    ],
)  # fmt: skip
def test_an_item_of_another_shape_is_no_failure(table: Any, item: Any) -> None:
    """SerializationException (Smithy, awsJson1)."""
    send_instead(table, {"TableName": "notes", "Item": item})
    with pytest.raises(ClientError, match="SerializationException"):
        table.put_item(TableName="notes", Item={})


@requirement("aws:malformed")
@pytest.mark.parametrize(("operation", "document", "words"), UNWRITTEN, ids=[f"{op}-{w}" for op, _, w in UNWRITTEN])
def test_what_no_sdk_writes_is_dynamodbs_error(table: Any, operation: str, document: Members, words: str) -> None:
    """Members and types that the model lacks are not there; what is too deep is not walked (DynamoDB, constraints)."""
    send_instead(table, document)
    with pytest.raises(ClientError, match=f"ValidationException.*{words}"):
        getattr(table, operation)()


def send_instead(table: Any, document: Any) -> None:
    """Send another document than the SDK would."""

    def replace(request: Any, **more: Any) -> None:
        request.data = json.dumps(document).encode()

    table.meta.events.register_first("before-sign.dynamodb", replace)
