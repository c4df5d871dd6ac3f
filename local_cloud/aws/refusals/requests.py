"""Which writes are refused before moto sees them."""

import json
from collections.abc import Mapping
from typing import Any

from local_cloud.aws.refusals import functions
from local_cloud.aws.refusals import gateway as apis
from local_cloud.aws.refusals.fields import lacking_field
from local_cloud.aws.refusals.operations import operation_name
from local_cloud.aws.replies import Reply, peek_body, refusal

_REST = {"apigateway": "apigatewayv2", "lambda": "lambda"}
_DONE = {"apigateway": apis.DONE, "lambda": functions.DONE}
# Reading and deleting go to moto: SDKs and plugins look for things that were never made.
_READS = ("Get", "List", "Delete")
# They would be kept and never run.
_LOGS = {"PutSubscriptionFilter", "PutDestination", "CreateExportTask", "PutAccountPolicy", "CreateDelivery"}
# What moto's UpdateTable obeys; the rest it would pass over in silence.
_TABLE = {
    "TableName", "AttributeDefinitions", "GlobalSecondaryIndexUpdates", "ProvisionedThroughput", "BillingMode",
    "StreamSpecification", "DeletionProtectionEnabled", "WarmThroughput",
}  # fmt: skip


def refuse_request(environ: dict[str, Any], service: str | None, runtime: str | None) -> Reply | None:
    """
    The refusal of a write that asks for what is not emulated, or for what AWS refuses; None for all others.

    Args:
        runtime: Lambda's name of what runs functions here; None where nothing does.
    """
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if service == "logs":
        return _not_emulated(environ, target) if target in _LOGS else None
    if service == "dynamodb" and target == "UpdateTable":
        lacking = lacking_field(_read_document(environ) or {}, _TABLE, {"TableClass": "STANDARD"})
        return _not_emulated(environ, f"{lacking} of UpdateTable") if lacking else None
    if service not in _REST or environ["REQUEST_METHOD"] == "GET":
        return None
    path = environ.get("PATH_INFO", "")
    name = operation_name(_REST[service], environ["REQUEST_METHOD"], path)
    if name is None or name.startswith(_READS):
        return None  # moto says what is wrong with it
    if name not in _DONE[service]:
        return _not_emulated(environ, name)
    if service == "lambda" and name not in functions.CHECKED:
        return None
    return _refuse_body(environ, name, path, runtime)


def _refuse_body(environ: dict[str, Any], operation: str, path: str, runtime: str | None) -> Reply | None:
    wanted = _read_document(environ)
    if wanted is None:
        return None
    if operation not in functions.CHECKED:
        lacking = apis.lacking_of_gateway(operation, path, wanted)
        return _not_emulated(environ, f"{lacking} of {operation}") if lacking else None
    lacking, fault = functions.lacking_of_function(wanted, runtime), functions.fault_of_function(wanted)
    if lacking:
        return _not_emulated(environ, f"{lacking} of {operation}")
    return refusal(environ, 400, "InvalidParameterValueException", fault, Type="User") if fault else None


def _read_document(environ: dict[str, Any]) -> Mapping[str, Any] | None:
    """The request's document, which stays to be read again; None when it is none, which moto says."""
    try:
        wanted = json.loads(peek_body(environ) or b"{}")
    except ValueError:
        return None
    return wanted if isinstance(wanted, dict) else None


def _not_emulated(environ: dict[str, Any], thing: str) -> Reply:
    text = f"the local AWS does not emulate {thing}; local_cloud/COVERAGE.md lists what it does"
    return refusal(environ, 501, "NotEmulated", text)
