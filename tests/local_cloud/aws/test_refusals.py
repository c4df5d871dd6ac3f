"""What is refused at its creation: what would never run here, and what AWS itself would not take."""

import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.aws.refusals.functions import ARCHITECTURE
from tests.local_cloud.aws.account import ECHO, Account
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

OTHER = "arm64" if ARCHITECTURE == "x86_64" else "x86_64"
ROLE = "arn:aws:iam::123456789012:role/r"
LACKING: list[tuple[dict[str, Any], str]] = [
    ({"PackageType": "Image", "Code": {"ImageUri": "x"}}, "PackageType = 'Image'"),
    ({"Code": {"S3Bucket": "abc", "S3Key": "k"}}, "S3Bucket"),
    ({"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:l:1"]}, "Layers"),
    ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "VpcConfig"),
    ({"Runtime": "python3.8"}, "the runtime 'python3.8'"),
    ({"Runtime": "nodejs20.x"}, "the runtime 'nodejs20.x'"),
    ({"Architectures": [OTHER]}, "Architectures"),
    ({"Publish": True}, "Publish"),
    ({"EphemeralStorage": {"Size": 1024}}, "EphemeralStorage"),
    ({"TracingConfig": {"Mode": "Active"}}, "TracingConfig"),
    ({"LoggingConfig": {"LogFormat": "JSON"}}, "LoggingConfig"),
    ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "SnapStart"),
    ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"}}, "DeadLetterConfig"),
    ({"FileSystemConfigs": [{"Arn": "arn", "LocalMountPath": "/mnt/a"}]}, "FileSystemConfigs"),
    ({"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"}, "KMSKeyArn"),
]
NEUTRAL: list[dict[str, Any]] = [
    {"Architectures": [ARCHITECTURE], "PackageType": "Zip", "Publish": False, "Layers": []},
    {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}, "TracingConfig": {"Mode": "PassThrough"}},
    {"EphemeralStorage": {"Size": 512}, "SnapStart": {"ApplyOn": "None"}, "DeadLetterConfig": {"TargetArn": ""}},
    {"LoggingConfig": {"LogFormat": "Text"}, "KMSKeyArn": "", "FileSystemConfigs": []},
]


def huge() -> bytes:
    """A small zip of 250 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as file:
        for _ in range(250):
            file.write(bytes(1024 * 1024))
    return buffer.getvalue()


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file"),
    ({"Code": {"ZipFile": huge()}}, "Unzipped size must be smaller than 262144000 bytes"),
    (
        {"Environment": {"Variables": {"AWS_REGION": "x", "LAMBDA_TASK_ROOT": "y"}}},
        "request: AWS_REGION, LAMBDA_TASK_ROOT",
    ),
    ({"Environment": {"Variables": {"AB": "x" * 4096}}}, "exceeded the 4KB limit"),
    ({"Timeout": 901}, "less than or equal to 900"),
    ({"MemorySize": 10_241}, "less than or equal to 10240"),
]


@requirement("aws:refused")
@pytest.mark.parametrize(("more", "named"), LACKING, ids=[named for _, named in LACKING])
def test_a_function_that_would_not_run_here_is_not_made(account: Account, more: dict[str, Any], named: str) -> None:
    """NotEmulated with the name of the thing, at CreateFunction and at an update (issue 4)."""
    with pytest.raises(ClientError, match="does not emulate") as raised:
        account.create_function(ECHO, **more)
    assert named in str(raised.value)
    assert account.functions.list_functions()["Functions"] == []
    account.create_function(ECHO)
    settings = {name: value for name, value in more.items() if name not in ("PackageType", "Code", "Publish")}
    if "Code" in more or "Architectures" in more or "Publish" in more:
        settings, change = more.get("Code", more), account.functions.update_function_code
    else:
        change = account.functions.update_function_configuration
    with pytest.raises(ClientError, match="does not emulate"):
        change(FunctionName="f", **settings)
    assert invoke(account, 1) == 1


@pytest.mark.parametrize("more", NEUTRAL)
def test_values_that_ask_for_nothing_are_taken(account: Account, more: dict[str, Any]) -> None:
    """Plugins send their defaults too (ours)."""
    account.create_function(ECHO, **more)

    assert invoke(account, 1) == 1


@requirement("aws:refused")
@pytest.mark.parametrize(("more", "text"), FAULTS, ids=[text for _, text in FAULTS])
def test_what_lambda_does_not_take_is_its_error(account: Account, more: dict[str, Any], text: str) -> None:
    """InvalidParameterValueException in Lambda's words (AWS Lambda, quotas, environment variables)."""
    with pytest.raises(account.functions.exceptions.InvalidParameterValueException, match=text):
        account.create_function(ECHO, **more)
    account.create_function(ECHO)
    change = (
        account.functions.update_function_code if "Code" in more else account.functions.update_function_configuration
    )
    with pytest.raises(account.functions.exceptions.InvalidParameterValueException, match=text):
        change(FunctionName="f", **more.get("Code", more))
    assert invoke(account, 1) == 1


@requirement("aws:refused")
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("publish_version", {"FunctionName": "f"}),
        ("create_alias", {"FunctionName": "f", "Name": "a", "FunctionVersion": "$LATEST"}),
        ("create_function_url_config", {"FunctionName": "f", "AuthType": "NONE"}),
        ("put_function_event_invoke_config", {"FunctionName": "f", "MaximumRetryAttempts": 0}),
        ("create_event_source_mapping", {"FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:1:q"}),
        ("publish_layer_version", {"LayerName": "l", "Content": {"ZipFile": b"x"}}),
        (
            "put_provisioned_concurrency_config",
            {"FunctionName": "f", "Qualifier": "1", "ProvisionedConcurrentExecutions": 1},
        ),
        ("invoke_async", {"FunctionName": "f", "InvokeArgs": b"{}"}),
    ],
)
def test_what_lambda_would_run_elsewhere_is_refused_by_name(
    account: Account, operation: str, arguments: dict[str, Any]
) -> None:
    """Versions, aliases, URLs, triggers, layers (issue 4)."""
    account.create_function(ECHO)
    with pytest.raises(ClientError, match="does not emulate") as raised:
        getattr(account.functions, operation)(**arguments)

    assert raised.value.operation_name.lower() in str(raised.value).lower()


def test_what_a_plugin_looks_for_before_and_after_is_still_answered(account: Account) -> None:
    """Reads and deletes of things that were never made are AWS's own answers (ours)."""
    account.create_function(ECHO, Tags={"a": "1"})
    functions, name = account.functions, {"FunctionName": "f"}

    assert functions.get_function(**name)["Tags"] == {"a": "1"}
    assert [version["Version"] for version in functions.list_versions_by_function(**name)["Versions"]] == ["$LATEST"]
    assert functions.list_aliases(**name)["Aliases"] == []
    assert functions.get_function_code_signing_config(**name)["FunctionName"] == "f"
    assert functions.get_function_concurrency(**name).get("ReservedConcurrentExecutions") is None
    functions.get_waiter("function_active_v2").wait(**name)
    functions.get_waiter("function_updated_v2").wait(**name)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.delete_function(FunctionName="other")
