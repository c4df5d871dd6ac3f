"""Which writes are refused before moto sees them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from local_cloud.aws.identity.calls import target_of
from local_cloud.aws.refusals import functions
from local_cloud.aws.refusals import gateway as apis
from local_cloud.aws.refusals.conflicts import conflict_of
from local_cloud.aws.refusals.dynamodb import fault_of_dynamodb
from local_cloud.aws.refusals.faults import Fault
from local_cloud.aws.refusals.kept import never_run
from local_cloud.aws.refusals.limits import LIMITS, beyond_limits
from local_cloud.aws.refusals.operations import input_shape, operation_name
from local_cloud.aws.refusals.roles import WRITES as ROLE_WRITES
from local_cloud.aws.refusals.roles import fault_of_role
from local_cloud.aws.refusals.serialization import misshapen
from local_cloud.aws.replies import Reply, peek_body, refusal

_REST = {"apigateway": "apigatewayv2", "lambda": "lambda"}
_DONE = {"apigateway": apis.DONE, "lambda": functions.DONE}
# What each service calls a member that it does not take.
_INVALID = {
    "apigateway": "BadRequestException",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "iam": "ValidationError",
}
# Reading and deleting go to moto: SDKs and plugins look for things that were never made.
_READS = ("Get", "List", "Delete")


def refuse_request(environ: dict[str, Any], service: str | None, runtime: str | None) -> Reply | None:
    """
    The refusal of a write that asks for what is not emulated, or for what AWS refuses; None for all others.

    Args:
        runtime: Lambda's name of what runs functions here; None where nothing does.
    """
    if service in ("dynamodb", "logs", "monitoring"):
        return _refuse_target(environ, service)
    if service == "iam":
        return _refuse_form(environ)
    if service not in _REST or environ["REQUEST_METHOD"] == "GET":
        return None
    return _refuse_rest(environ, service, runtime)


def _refuse_target(environ: dict[str, Any], service: str) -> Reply | None:
    """The services whose calls have one path; CloudWatch's may be in a form, or in CBOR."""
    operation = target_of(environ, peek_body(environ))
    wanted = {} if service == "monitoring" else _read_document(environ) or {}
    lacking = never_run(service, operation, wanted)
    if lacking:
        return _not_emulated(environ, lacking)
    if service == "dynamodb":
        fault = fault_of_dynamodb(environ, operation)
        return _refuse(environ, fault) if fault else None
    if operation not in LIMITS or misshapen(input_shape(service, operation), wanted):
        return None  # moto says what is wrong with it
    return _refuse_limits(environ, service, operation, wanted)


def _refuse_form(environ: dict[str, Any]) -> Reply | None:
    """IAM's writes are forms, in which a number is a text."""
    form = dict(parse_qsl(peek_body(environ).decode("utf-8", "replace"), keep_blank_values=True))
    operation = form.get("Action", "")
    if operation not in LIMITS and operation not in ROLE_WRITES:
        return None
    shapes = input_shape("iam", operation).members
    numbers = {name for name, shape in shapes.items() if shape.type_name == "integer"}
    wanted = {name: int(v) if name in numbers and v.isdecimal() else v for name, v in form.items()}
    refused = _refuse_limits(environ, "iam", operation, wanted)
    fault = None if refused else fault_of_role(operation, wanted)
    return _refuse(environ, fault) if fault else refused


def _refuse_limits(environ: dict[str, Any], service: str, operation: str, wanted: Mapping[str, Any]) -> Reply | None:
    text = beyond_limits(operation, wanted)
    return _refuse(environ, Fault(text, _INVALID[service])) if text else None


def _refuse_rest(environ: dict[str, Any], service: str, runtime: str | None) -> Reply | None:
    path = environ.get("PATH_INFO", "")
    name = operation_name(_REST[service], environ["REQUEST_METHOD"], path)
    if name is None:
        return None  # moto says what is wrong with it
    if name.startswith(_READS):
        conflict = conflict_of(name, path, {})
        return _refuse(environ, conflict) if conflict else None
    if name not in _DONE[service]:
        return _not_emulated(environ, name)
    return None if name in functions.UNREAD else _refuse_body(environ, service, name, path, runtime)


def _refuse_body(environ: dict[str, Any], service: str, operation: str, path: str, runtime: str | None) -> Reply | None:
    wanted = _read_document(environ)
    wrong = misshapen(input_shape(_REST[service], operation), wanted)
    if wrong:
        return _refuse(environ, Fault(wrong, "SerializationException"))
    if not isinstance(wanted, dict):
        return None
    lacking = _lacking(operation, path, wanted, runtime)
    if lacking:
        return _not_emulated(environ, f"{lacking} of {operation}")
    text = beyond_limits(operation, wanted) or _fault(service, operation, wanted)
    fault = Fault(text, _INVALID[service]) if text else conflict_of(operation, path, wanted)
    return _refuse(environ, fault) if fault else None


def _lacking(operation: str, path: str, wanted: Mapping[str, Any], runtime: str | None) -> str | None:
    if operation in functions.CHECKED:
        return functions.lacking_of_function(wanted, runtime)
    return apis.lacking_of_gateway(operation, path, wanted)


def _fault(service: str, operation: str, wanted: Mapping[str, Any]) -> str | None:
    if service == "apigateway":
        return apis.fault_of_gateway(operation, wanted)
    return functions.fault_of_function(wanted) if operation in functions.CHECKED else None


def _read_document(environ: dict[str, Any]) -> Any:
    """The request's document, which stays to be read again; None when it is none, which moto says."""
    try:
        return json.loads(peek_body(environ) or b"{}")
    except (ValueError, RecursionError):
        return None


def _refuse(environ: dict[str, Any], fault: Fault) -> Reply:
    return refusal(environ, fault.status, fault.code, fault.text, Type="User")


def _not_emulated(environ: dict[str, Any], thing: str) -> Reply:
    text = f"the local AWS does not emulate {thing}; local_cloud/COVERAGE.md lists what it does"
    return refusal(environ, 501, "NotEmulated", text)
