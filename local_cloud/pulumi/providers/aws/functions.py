"""Lambda functions and the statements of their resource policies."""

import json
from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient, tagging
from local_cloud.pulumi.providers.errors import Gone, HalfCreated, ProviderError
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties, archive_bytes


def _configuration(inputs: Properties) -> dict[str, Any]:
    variables = (inputs.get("environment") or {}).get("variables") or {}
    return {
        "Role": inputs["role"],
        "Handler": inputs["handler"],
        "Runtime": inputs["runtime"],
        "Description": inputs.get("description", ""),
        "MemorySize": inputs["memorySize"],
        "Timeout": inputs["timeout"],
        "Environment": {"Variables": variables},
    }


def _code(inputs: Properties) -> bytes:
    try:
        return archive_bytes(inputs["code"])
    except (OSError, ValueError) as error:
        raise ProviderError(f"the function's code cannot be read: {error}") from error


def _create(aws: AwsClient, inputs: Properties) -> str:
    name = inputs["name"]
    aws.call(
        "lambda",
        "create_function",
        FunctionName=name,
        Code={"ZipFile": _code(inputs)},
        Architectures=inputs.get("architectures") or ["x86_64"],
        PackageType="Zip",
        Tags=inputs.get("tags") or {},
        **_configuration(inputs),
    )
    try:
        _reserve(aws, name, inputs)
    except (ProviderError, Gone) as error:
        raise HalfCreated(name, inputs, f"the function {name} has no reserved concurrency: {error}") from error
    return name


def _reserve(aws: AwsClient, name: str, inputs: Properties) -> None:
    reserved = inputs["reservedConcurrentExecutions"]
    if reserved >= 0:
        aws.call("lambda", "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    found = aws.call("lambda", "get_function", FunctionName=identifier)
    configuration, tags = found["Configuration"], found.get("Tags") or {}
    arn = configuration["FunctionArn"].removesuffix(":$LATEST")
    reserved = (found.get("Concurrency") or {}).get("ReservedConcurrentExecutions", -1)
    return {
        "id": identifier,
        "architectures": configuration.get("Architectures", ["x86_64"]),
        "arn": arn,
        "codeSha256": configuration["CodeSha256"],
        "description": configuration.get("Description", ""),
        "environment": {"variables": configuration.get("Environment", {}).get("Variables", {})},
        "handler": configuration["Handler"],
        "invokeArn": f"arn:aws:apigateway:{aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "lastModified": configuration["LastModified"],
        "memorySize": configuration["MemorySize"],
        "name": identifier,
        "packageType": configuration.get("PackageType", "Zip"),
        "qualifiedArn": f"{arn}:{configuration['Version']}",
        "region": aws.region,
        "reservedConcurrentExecutions": reserved,
        "role": configuration["Role"],
        "runtime": configuration["Runtime"],
        "sourceCodeHash": configuration["CodeSha256"],
        "sourceCodeSize": configuration.get("CodeSize", 0),
        "tags": tags,
        "tagsAll": tags,
        "timeout": configuration["Timeout"],
        "version": configuration["Version"],
    }


_CONFIGURATION = ("role", "handler", "runtime", "description", "memorySize", "timeout", "environment")
_CODE = ("sourceCodeHash", "architectures")


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    if any(state.get(name) != inputs.get(name) for name in _CONFIGURATION):
        aws.call("lambda", "update_function_configuration", FunctionName=identifier, **_configuration(inputs))
    if any(state.get(name) != inputs.get(name) for name in _CODE):
        aws.call(
            "lambda",
            "update_function_code",
            FunctionName=identifier,
            ZipFile=_code(inputs),
            Architectures=inputs.get("architectures") or ["x86_64"],
        )
    if state.get("reservedConcurrentExecutions") != inputs["reservedConcurrentExecutions"]:
        if inputs["reservedConcurrentExecutions"] < 0:
            aws.call("lambda", "delete_function_concurrency", FunctionName=identifier)
        _reserve(aws, identifier, inputs)
    tagging(
        inputs,
        lambda tags: aws.call("lambda", "tag_resource", Resource=state["arn"], Tags=tags),
        lambda names: aws.call("lambda", "untag_resource", Resource=state["arn"], TagKeys=names),
        state.get("tags"),
    )


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("lambda", "delete_function", FunctionName=identifier)


FUNCTION = Resource(
    schema={
        "architectures": Property("array"),
        "arn": Property("string", output=True),
        "code": Property("archive", required=True, prefer_given=True),
        "codeSha256": Property("string", output=True),
        "description": Property("string"),
        "environment": Property("object"),
        "handler": Property("string", required=True),
        "invokeArn": Property("string", output=True),
        "lastModified": Property("string", output=True),
        "memorySize": Property("integer", default=128),
        "name": Property("string", required=True, replace=True),
        "packageType": Property("string", output=True),
        "qualifiedArn": Property("string", output=True),
        "region": Property("string", output=True),
        "reservedConcurrentExecutions": Property("integer", default=-1),
        "role": Property("string", required=True),
        "runtime": Property("string", required=True),
        "sourceCodeHash": Property("string"),
        "sourceCodeSize": Property("integer", output=True),
        "tags": Property("object"),
        "tagsAll": Property("object", output=True),
        "timeout": Property("integer", default=3),
        "version": Property("string", output=True),
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)


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
    return inputs["statementId"]


def _read_permission(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    if "function" not in given:
        function, _, identifier = identifier.partition("/")
        given = {"function": function}
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


def _replace_permission(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    raise ProviderError("a permission has nothing that can be updated")


def _forbid(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("lambda", "remove_permission", FunctionName=state["function"], StatementId=identifier)


PERMISSION = Resource(
    schema={
        "action": Property("string", required=True, replace=True),
        "function": Property("string", required=True, replace=True),
        "principal": Property("string", required=True, replace=True),
        "region": Property("string", output=True),
        "sourceArn": Property("string", replace=True),
        "statementId": Property("string", required=True, replace=True),
    },
    create=_permit,
    read=_read_permission,
    update=_replace_permission,
    delete=_forbid,
)
