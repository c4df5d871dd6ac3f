"""Lambda functions."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.aws.gateway import ARN, FUNCTION_NAME, REGION, TAGS, TAGS_ALL
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
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
    return str(name)


def _complete(aws: AwsClient, identifier: str, inputs: Properties) -> None:
    _settle(aws, identifier)
    if inputs["reservedConcurrentExecutions"] >= 0:
        _reserve(aws, identifier, inputs)


def _settle(aws: AwsClient, name: str) -> None:
    """
    Wait until the function can be changed again.

    Source: AWS Lambda, function states.
    """
    aws.until(
        f"the function {name}",
        lambda: aws.call("lambda", "get_function_configuration", FunctionName=name),
        lambda found: found.get("State") != "Pending" and found.get("LastUpdateStatus") != "InProgress",
    )


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    found = aws.call("lambda", "get_function_configuration", FunctionName=inputs["name"])
    modified = datetime.fromisoformat(f"{found['LastModified'][:19]}+00:00")
    return [Candidate(inputs["name"], modified.timestamp())]


def _reserve(aws: AwsClient, name: str, inputs: Properties) -> None:
    """A negative number reserves nothing; that is what a new function has."""
    reserved = inputs["reservedConcurrentExecutions"]
    if reserved >= 0:
        aws.call("lambda", "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)
    else:
        aws.call("lambda", "delete_function_concurrency", FunctionName=name)


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
    if _differs(_CONFIGURATION, state, inputs):
        aws.call("lambda", "update_function_configuration", FunctionName=identifier, **_configuration(inputs))
        _settle(aws, identifier)
    if _differs(_CODE, state, inputs):
        code, where = _code(inputs), inputs.get("architectures") or state["architectures"]
        aws.call("lambda", "update_function_code", FunctionName=identifier, ZipFile=code, Architectures=where)
        _settle(aws, identifier)
    if state.get("reservedConcurrentExecutions") != inputs["reservedConcurrentExecutions"]:
        _reserve(aws, identifier, inputs)
    retag(
        inputs,
        state.get("tags"),
        lambda tags: aws.call("lambda", "tag_resource", Resource=state["arn"], Tags=tags),
        lambda names: aws.call("lambda", "untag_resource", Resource=state["arn"], TagKeys=names),
    )


def _differs(names: tuple[str, ...], state: Properties, inputs: Properties) -> bool:
    return any((state.get(name) or None) != (inputs.get(name) or None) for name in names)


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("lambda", "delete_function", FunctionName=identifier)


_RUNTIMES = (
    "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",
    "nodejs16.x", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "java8", "java8.al2", "java11", "java17",
    "java21", "java25", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11",
    "python3.12", "python3.13", "python3.14", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1",
    "dotnet6", "dotnet8", "dotnet10", "go1.x", "ruby2.5", "ruby2.7", "ruby3.2", "ruby3.3", "ruby3.4", "provided",
    "provided.al2", "provided.al2023",
)  # fmt: skip

FUNCTION = Resource(
    schema={
        "architectures": Property("array", computed=True, values=("x86_64", "arm64"), longest=1),
        "arn": OUTPUT,
        "code": Property("archive", required=True, prefer_given=True),
        "codeSha256": Property("string", refused=True),
        "description": Property("string"),
        "environment": Property("object", fields={"variables": Property("object")}),
        "handler": Property("string", required=True, shortest=1, longest=128),
        "invokeArn": OUTPUT,
        "lastModified": OUTPUT,
        "memorySize": Property("integer", default=128, low=128, high=10_240),
        "name": replace(IMMUTABLE_NAME, pattern=FUNCTION_NAME, shortest=1, longest=140),
        "packageType": Property("string", refused=True, replace=True),
        "qualifiedArn": OUTPUT,
        "region": REGION,
        "reservedConcurrentExecutions": Property("integer", default=-1, low=-1),
        "role": Property("string", required=True, pattern=ARN),
        "runtime": Property("string", required=True, values=_RUNTIMES),
        "sourceCodeHash": Property("string", computed=True),
        "sourceCodeSize": Property("integer", output=True),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
        "timeout": Property("integer", default=3, low=1, high=900),
        "version": OUTPUT,
    },
    noun="function",
    title="name",
    create=_create,
    complete=_complete,
    later=frozenset({"reservedConcurrentExecutions"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
