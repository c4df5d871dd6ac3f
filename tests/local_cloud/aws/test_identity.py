"""What a function may do on the local AWS: its role's policies decide, call by call, through the SDK in its zip."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx2
import pytest
from botocore.exceptions import ClientError

from local_cloud.aws import AwsCloud
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.aws.notes import LOG, TABLE, Notes, make_table
from tests.requirements import requirement

SESSION = "arn:aws:sts::123456789012:assumed-role/r/f"
ITEMS = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:GetItem"]
ENVIRONMENT = "import os\ndef handler(event, context):\n    return dict(os.environ)"


def note(owner: str, name: str, **more: Any) -> dict[str, Any]:
    """An item as DynamoDB has it."""
    return {"owner": {"S": owner}, "name": {"S": name}, **more}


@pytest.fixture
def dynamodb(cloud: AwsCloud) -> Any:
    """The administrator's client."""
    return session_of(cloud).client("dynamodb", endpoint_url=cloud.endpoint_url)


@pytest.fixture
def notes(account: Account, dynamodb: Any) -> Iterator[Notes]:
    """The function and an empty table."""
    make_table(dynamodb)
    yield Notes(account)


def allow(*actions: str, resource: Any = TABLE, **more: Any) -> dict[str, Any]:
    """A statement."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


@requirement("aws:dynamodb")
def test_a_notes_tool_writes_conditionally_and_pages(notes: Notes) -> None:
    """ConditionExpression, Query by pages, an update that wants a version, a transaction (DynamoDB developer guide)."""
    notes.permit(allow(*ITEMS))
    key, absent = note("ann", "a0"), "attribute_not_exists(#n)"
    for number in range(5):
        assert notes.call("dynamodb", "put_item", TableName="notes", Item=note("ann", f"a{number}", v={"N": "1"})) == {}
    again = {"TableName": "notes", "Item": key, "ConditionExpression": absent}
    assert notes.error("dynamodb", "put_item", **again, ExpressionAttributeNames={"#n": "name"}).startswith(
        "ConditionalCheckFailedException"
    )
    query = {
        "TableName": "notes",
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": "ann"}},
        "Limit": 2,
    }
    pages, start = [], {}
    while start is not None:
        page = notes.call("dynamodb", "query", **query, **({"ExclusiveStartKey": start} if start else {}))
        pages.append([item["name"]["S"] for item in page["Items"]])
        start = page.get("LastEvaluatedKey")
    assert pages == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    update = {
        "TableName": "notes",
        "Key": key,
        "UpdateExpression": "SET v = :new",
        "ConditionExpression": "v = :old",
        "ExpressionAttributeValues": {":new": {"N": "2"}, ":old": {"N": "1"}},
        "ReturnValues": "ALL_NEW",
    }
    assert notes.call("dynamodb", "update_item", **update)["Attributes"]["v"] == {"N": "2"}
    assert notes.error("dynamodb", "update_item", **update).startswith("ConditionalCheckFailedException")
    both = [
        {"Put": {"TableName": "notes", "Item": note("ann", "z")}},
        {"Delete": {"TableName": "notes", "Key": key, "ConditionExpression": "v = :x", **_value(":x", "9")}},
    ]
    assert notes.error("dynamodb", "transact_write_items", TransactItems=both).startswith("TransactionCanceled")
    assert notes.call("dynamodb", "get_item", TableName="notes", Key=note("ann", "z")) == {}
    assert notes.call("dynamodb", "delete_item", TableName="notes", Key=key) == {}


def _value(name: str, number: str) -> dict[str, Any]:
    return {"ExpressionAttributeValues": {name: {"N": number}}}


@requirement("aws:role")
def test_what_the_role_does_not_allow_is_denied_as_on_aws(notes: Notes) -> None:
    """AccessDeniedException with IAM's words; a policy counts from the next call on (IAM, access denied messages)."""
    put = {"TableName": "notes", "Item": note("ann", "a")}
    denied = f"AccessDeniedException: User: {SESSION} is not authorized to perform: dynamodb:PutItem on resource: "
    none = " because no identity-based policy allows the dynamodb:PutItem action"

    assert notes.error("dynamodb", "put_item", **put) == denied + TABLE + none
    notes.permit(allow("dynamodb:*", resource=f"{TABLE}s"), allow("dynamodb:Get*", "dynamodb:Query"))
    assert notes.error("dynamodb", "put_item", **put) == denied + TABLE + none
    assert notes.call("dynamodb", "get_item", TableName="notes", Key=note("ann", "a")) == {}
    notes.permit(allow("*", resource="*"), {"Effect": "Deny", "Action": "dynamodb:P*", "Resource": TABLE})
    explicit = " with an explicit deny in an identity-based policy"
    assert notes.error("dynamodb", "put_item", **put) == denied + TABLE + explicit
    notes.permit(allow("dynamodb:PutItem"))
    assert notes.call("dynamodb", "put_item", **put) == {}


@requirement("aws:role")
def test_indexes_batches_and_transactions_are_asked_for_by_what_they_touch(notes: Notes) -> None:
    """Each table, index and action by itself (Service Authorization Reference, DynamoDB)."""
    notes.permit(allow("dynamodb:Query", "dynamodb:PutItem"))
    batch = {"RequestItems": {"notes": [{"PutRequest": {"Item": note("a", "b")}}]}}
    both = [{"Put": {"TableName": "notes", "Item": note("a", "b")}}, {"Delete": {"TableName": "notes", "Key": {}}}]

    indexed = notes.error("dynamodb", "query", TableName="notes", IndexName="by-name", KeyConditionExpression="a = :a")
    assert f"dynamodb:Query on resource: {TABLE}/index/by-name" in indexed
    assert "dynamodb:BatchWriteItem on resource" in notes.error("dynamodb", "batch_write_item", **batch)
    assert "dynamodb:DeleteItem on resource" in notes.error("dynamodb", "transact_write_items", TransactItems=both)


@requirement("aws:role")
def test_what_cannot_be_evaluated_is_refused_by_name(notes: Notes) -> None:
    """An unknown condition key is neither allowed nor passed over; a call without a known permission neither (ours)."""
    put = {"TableName": "notes", "Item": note("ann", "a")}
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}}
    notes.permit(allow("dynamodb:PutItem", Condition=leading))
    assert "NotEmulated" in (error := notes.error("dynamodb", "put_item", **put)) and "ForAllValues" in error
    notes.permit(allow("dynamodb:PutItem", Condition={"StringEquals": {"dynamodb:LeadingKeys": "ann"}}))
    assert "condition key 'dynamodb:LeadingKeys'" in notes.error("dynamodb", "put_item", **put)
    notes.permit(allow("dynamodb:PutItem", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))
    assert notes.call("dynamodb", "put_item", **put) == {}
    notes.permit(allow("*", resource="*"))
    assert "by a function" in notes.error("iam", "list_roles")
    assert "by a function" in notes.error("dynamodb", "execute_statement", Statement="SELECT * FROM notes")


@requirement("aws:role")
def test_a_function_is_its_role_and_nobody_else(notes: Notes) -> None:
    """GetCallerIdentity names the session; other keys are unknown to its endpoint, and no switch is there (issue 4)."""
    notes.permit(allow("*", resource="*"))
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}

    assert notes.call("sts", "get_caller_identity")["Arn"] == SESSION
    unknown = notes.error("dynamodb", "list_tables", client=keys)
    assert unknown == "UnrecognizedClientException: The security token included in the request is invalid."
    assert notes.error("sts", "get_caller_identity", client=keys).startswith("InvalidClientTokenId")


@requirement("aws:role")
def test_the_endpoint_of_functions_has_no_switches(account: Account) -> None:
    """Neither the renaming nor moto's reset; not even unsigned (issue 4)."""
    account.create_function(ENVIRONMENT)
    endpoint = account.functions.invoke(FunctionName="f")["Payload"].read().decode().split('"AWS_ENDPOINT_URL": "')[1]
    inside = endpoint.partition('"')[0]

    assert inside != account.cloud.endpoint_url
    switched = httpx2.put(f"{inside}/_local/rename-www-authenticate", json={"enabled": False})
    assert (switched.status_code, account.cloud.rename_www_authenticate) == (403, True)
    assert httpx2.post(f"{inside}/moto-api/reset").status_code == 403
    assert account.functions.get_function(FunctionName="f")


@requirement("aws:role")
def test_the_keys_of_a_function_end_with_its_environment(account: Account) -> None:
    """They are checked at the administrator's endpoint too, and are worth nothing later (ours)."""
    account.create_function(ENVIRONMENT)
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
    seen = httpx2.Response(200, content=account.functions.invoke(FunctionName="f")["Payload"].read()).json()
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    session = boto3.Session(*[seen[name] for name in names], region_name="us-east-1")
    urls = (account.cloud.endpoint_url, seen["AWS_ENDPOINT_URL"])
    clients = [session.client("dynamodb", endpoint_url=url) for url in urls]
    for client in clients:
        with pytest.raises(ClientError, match="AccessDenied"):
            client.list_tables()
    account.functions.delete_function(FunctionName="f")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        clients[1].list_tables()


@requirement("aws:role")
def test_a_deleted_role_and_a_boundary_allow_nothing_more(notes: Notes) -> None:
    """No role, no permission; a boundary cuts what the policies give (IAM, permissions boundaries)."""
    get = {"TableName": "notes", "Key": note("ann", "a")}
    notes.permit(allow("*", resource="*"), LOG)
    iam = notes.account.iam
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}'
    arn = iam.create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=arn)
    bounded = notes.error("dynamodb", "get_item", **get)
    assert bounded.endswith("because no permissions boundary allows the dynamodb:GetItem action")
    iam.delete_role_policy(RoleName="r", PolicyName="p")
    iam.delete_role(RoleName="r")
    assert notes.error("dynamodb", "get_item", **get).startswith("AccessDeniedException")


@requirement("aws:dynamodb")
def test_a_table_keeps_its_settings_and_pages_at_a_megabyte(account: Account, dynamodb: Any) -> None:
    """Point-in-time recovery, encryption, TTL are kept; a page ends at 1 MB (DynamoDB API reference, Query)."""
    make_table(dynamodb, SSESpecification={"Enabled": True})
    name = {"TableName": "notes"}
    dynamodb.update_continuous_backups(**name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    dynamodb.update_time_to_live(**name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    with pytest.raises(ClientError, match="does not emulate SSESpecification"):
        dynamodb.update_table(**name, SSESpecification={"Enabled": False, "SSEType": "KMS"})
    for number in range(3):
        dynamodb.put_item(**name, Item=note("ann", f"a{number}", text={"S": "x" * 390_000}, expires={"N": "1"}))
    query = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeNames": {"#o": "owner"}}
    page = dynamodb.query(**name, **query, ExpressionAttributeValues={":o": {"S": "ann"}})

    backups = dynamodb.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.describe_time_to_live(**name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    assert dynamodb.describe_table(**name)["Table"]["SSEDescription"]["Status"] == "ENABLED"
    assert (page["Count"], page["LastEvaluatedKey"]["name"]) == (2, {"S": "a1"})
