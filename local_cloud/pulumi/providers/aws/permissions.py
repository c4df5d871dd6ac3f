"""Statements of a function's resource policy: who may call it."""

import json
from dataclasses import replace

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.gateway import ARN, FUNCTION_NAME, REGION
from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.resource import Candidate, Resource, import_parts
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _permit(aws: AwsClient, inputs: Properties) -> str:
    source = {"SourceArn": inputs["sourceArn"]} if inputs.get("sourceArn") else {}
    aws.call(
        "lambda",
        "add_permission",
        FunctionName=inputs["function"],
        StatementId=inputs["statementId"],
        Action=inputs["action"],
        Principal=inputs["principal"],
        **source,
    )
    return str(inputs["statementId"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    return [Candidate(inputs["statementId"])]


def _read_permission(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    if "function" not in given:
        given = import_parts(identifier, "function/statementId")
        identifier = given["statementId"]
    policy = json.loads(aws.call("lambda", "get_policy", FunctionName=given["function"])["Policy"])
    statement = next((item for item in policy["Statement"] if item["Sid"] == identifier), None)
    if statement is None:
        raise Gone(identifier)
    principal = statement["Principal"]
    conditions = statement.get("Condition", {})
    found = {
        "id": identifier,
        "action": statement["Action"],
        "function": given["function"],
        "principal": principal["Service"] if isinstance(principal, dict) else principal,
        "region": aws.region,
        "statementId": identifier,
    }
    source = next((v for c in conditions.values() for k, v in c.items() if k.lower() == "aws:sourcearn"), None)
    return found | ({"sourceArn": source} if source else {})


def _update_permission(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    """Nothing can be: each property replaces. The engine asks all the same after a creation that was not whole."""


def _forbid(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("lambda", "remove_permission", FunctionName=state["function"], StatementId=identifier)


PERMISSION = Resource(
    schema={
        "action": Property("string", required=True, replace=True, pattern=r"lambda:\*|lambda:[A-Za-z]+|\*"),
        "function": Property("string", required=True, replace=True, pattern=FUNCTION_NAME, longest=140),
        "principal": Property("string", required=True, replace=True),
        "region": REGION,
        "sourceArn": Property("string", replace=True, pattern=ARN),
        "statementId": replace(IMMUTABLE_NAME, pattern="[0-9A-Za-z_-]+", shortest=1, longest=100),
    },
    noun="permission",
    title="statementId",
    create=_permit,
    read=_read_permission,
    update=_update_permission,
    delete=_forbid,
    find=_find,
    import_form="function/statementId",
)
