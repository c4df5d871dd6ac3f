"""
Secondary indexes of a DynamoDB table.

Source: AWS, DynamoDB API: GlobalSecondaryIndex, LocalSecondaryIndex, GlobalSecondaryIndexUpdates.
"""

from typing import Any

from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

INDEX = {
    "name": Property("string", required=True),
    "nonKeyAttributes": Property("array", unordered=True),
    "projectionType": Property("string", required=True, values=("ALL", "INCLUDE", "KEYS_ONLY")),
    "rangeKey": Property("string", required=True),
}
GLOBAL_INDEX = {
    **INDEX,
    "hashKey": Property("string", required=True),
    "rangeKey": Property("string"),
    "readCapacity": Property("integer"),
    "writeCapacity": Property("integer"),
}


def key_schema(keys: Properties) -> list[dict[str, str]]:
    """The keys of a table or an index."""
    named = (("hashKey", "HASH"), ("rangeKey", "RANGE"))
    return [{"AttributeName": keys[name], "KeyType": kind} for name, kind in named if keys.get(name)]


def throughput(given: Properties) -> dict[str, Any]:
    """The capacity of a table or an index, where it says one."""
    if not given.get("readCapacity"):
        return {}
    units = {"ReadCapacityUnits": given["readCapacity"], "WriteCapacityUnits": given["writeCapacity"]}
    return {"ProvisionedThroughput": units}


def local_indexes(inputs: Properties) -> list[dict[str, Any]]:
    """The local ones: they share the table's hash key."""
    found = inputs.get("localSecondaryIndexes") or []
    return [_index({**one, "hashKey": inputs["hashKey"]}) for one in found]


def global_indexes(inputs: Properties) -> list[dict[str, Any]]:
    """The global ones, each with keys and a capacity of its own."""
    return [_index(one) | throughput(one) for one in inputs.get("globalSecondaryIndexes") or []]


def _index(given: Properties) -> dict[str, Any]:
    others = {"NonKeyAttributes": given["nonKeyAttributes"]} if given.get("nonKeyAttributes") else {}
    return {
        "IndexName": given["name"],
        "KeySchema": key_schema(given),
        "Projection": {"ProjectionType": given["projectionType"], **others},
    }


def index_updates(old: Properties, inputs: Properties, attributes: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Each global index that goes or comes is a request of its own; one that changes goes and comes."""
    before, after = _by_name(old), _by_name(inputs)
    gone = [name for name, one in before.items() if after.get(name) != one]
    come = [name for name, one in after.items() if before.get(name) != one]
    deletions = [{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in gone]
    creations = [
        {"AttributeDefinitions": attributes, "GlobalSecondaryIndexUpdates": [{"Create": after[name]}]} for name in come
    ]
    return deletions + creations


def _by_name(properties: Properties) -> dict[str, dict[str, Any]]:
    return {one["IndexName"]: one for one in global_indexes(properties)}


def indexes_of(found: list[Properties] | None) -> list[Properties]:
    """The indexes that a table's description has, as properties."""
    return sorted((_described(one) for one in found or []), key=lambda one: str(one["name"]))


def _described(found: Properties) -> Properties:
    capacity = found.get("ProvisionedThroughput") or {}
    units = {"readCapacity": capacity.get("ReadCapacityUnits"), "writeCapacity": capacity.get("WriteCapacityUnits")}
    return {
        "name": found["IndexName"],
        **keys_of(found["KeySchema"]),
        "projectionType": found["Projection"]["ProjectionType"],
        "nonKeyAttributes": sorted(found["Projection"].get("NonKeyAttributes") or []),
        **{name: number for name, number in units.items() if number},
    }


def keys_of(schema: list[dict[str, str]]) -> Properties:
    """The keys of a table or an index as properties."""
    names = {"HASH": "hashKey", "RANGE": "rangeKey"}
    return {names[key["KeyType"]]: key["AttributeName"] for key in schema}
