"""
What creates or changes a DynamoDB table.

Source: AWS, DynamoDB API: CreateTable, UpdateTable.
"""

from typing import Any

from local_cloud.pulumi.providers.aws.table_indexes import (
    global_indexes,
    index_updates,
    key_schema,
    local_indexes,
    throughput,
)
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.values import Properties

_BILLING = ("billingMode", "readCapacity", "writeCapacity")


def check(inputs: Properties) -> None:
    """
    Refuse what DynamoDB would not take: a provisioned table says its capacity, another one does not.

    Raises:
        ProviderError: names the property.
    """
    wanted = inputs["billingMode"] == "PROVISIONED"
    for name in ("readCapacity", "writeCapacity"):
        if bool(inputs.get(name)) != wanted:
            verb = "is required" if wanted else "cannot be set"
            raise ProviderError(f"{name}: {verb} when billingMode is {inputs['billingMode']}")


def new_table(inputs: Properties) -> dict[str, Any]:
    """The arguments of CreateTable."""
    optional = {
        "LocalSecondaryIndexes": local_indexes(inputs),
        "GlobalSecondaryIndexes": global_indexes(inputs),
        "Tags": pairs(inputs.get("tags")),
        "DeletionProtectionEnabled": inputs.get("deletionProtectionEnabled"),
        **(_encryption(inputs) if inputs.get("serverSideEncryption") else {}),
    }
    return {
        "TableName": inputs["name"],
        "AttributeDefinitions": _attributes(inputs),
        "KeySchema": key_schema(inputs),
        "TableClass": inputs["tableClass"],
        **_billing(inputs),
        **{name: value for name, value in optional.items() if value},
    }


def changes(held: Properties, inputs: Properties) -> list[dict[str, Any]]:
    """The arguments of each UpdateTable that is still needed."""
    found = []
    if any(held.get(name) != inputs[name] for name in _BILLING if name in inputs):
        found.append(_billing(inputs))
    if held.get("tableClass") != inputs["tableClass"]:
        found.append({"TableClass": inputs["tableClass"]})
    protected = bool(inputs.get("deletionProtectionEnabled"))
    if bool(held.get("deletionProtectionEnabled")) != protected:
        found.append({"DeletionProtectionEnabled": protected})
    if _encrypted_otherwise(held.get("serverSideEncryption") or {}, inputs.get("serverSideEncryption")):
        found.append(_encryption(inputs))
    return found + index_updates(held, inputs, _attributes(inputs))


def pairs(tags: dict[str, str] | None) -> list[dict[str, str]]:
    """Tags in AWS's form."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def _billing(inputs: Properties) -> dict[str, Any]:
    return {"BillingMode": inputs["billingMode"], **throughput(inputs)}


def _encryption(inputs: Properties) -> dict[str, Any]:
    given = inputs["serverSideEncryption"]
    key = {"KMSMasterKeyId": given["kmsKeyArn"]} if given.get("kmsKeyArn") else {}
    kind = {"SSEType": "KMS"} if given["enabled"] else {}
    return {"SSESpecification": {"Enabled": given["enabled"], **kind, **key}}


def _encrypted_otherwise(held: Properties, given: Properties | None) -> bool:
    """Where the program leaves encryption or its key to AWS, what is there is right."""
    if given is None:
        return False
    key = given.get("kmsKeyArn")
    return bool(held.get("enabled")) != given["enabled"] or bool(key and key != held.get("kmsKeyArn"))


def _attributes(inputs: Properties) -> list[dict[str, str]]:
    return [{"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs["attributes"]]
