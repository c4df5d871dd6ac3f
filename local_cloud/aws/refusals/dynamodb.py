"""Which requests DynamoDB refuses that moto takes; what moto is to read otherwise than it was written is changed."""

import json
from typing import Any

from local_cloud.aws.dynamodb.errors import Invalid, Unreadable
from local_cloud.aws.dynamodb.requests import OPERATIONS, check_request
from local_cloud.aws.dynamodb.values import TOO_DEEP
from local_cloud.aws.refusals.faults import Fault
from local_cloud.aws.refusals.operations import input_shape
from local_cloud.aws.refusals.serialization import misshapen
from local_cloud.aws.replies import peek_body, put_body

_DEEPEST = 100  # more than any item has, whose 32 levels are two each in JSON


def fault_of_dynamodb(environ: dict[str, Any], operation: str) -> Fault | None:
    """Why DynamoDB would not take this request; None when it would, or when moto says it."""
    if operation not in OPERATIONS:
        return None
    try:
        return _fault(environ, operation)
    except Invalid as error:
        return Fault(str(error), "ValidationException")
    except Unreadable as error:
        return Fault(str(error), "SerializationException")
    except (UnicodeError, RecursionError):
        return Fault("the document cannot be written in UTF-8, or is nested too deeply", "SerializationException")


def _fault(environ: dict[str, Any], operation: str) -> Fault | None:
    shape, document = input_shape("dynamodb", operation), json.loads(peek_body(environ) or b"{}")
    _check_depth(document)
    json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    wrong = misshapen(shape, document) or _null_in_list(document)
    if wrong:
        return Fault(wrong, "SerializationException")
    wanted = _known(shape, document)
    check_request(operation, shape, wanted)
    put_body(environ, json.dumps(wanted).encode())
    return None


def _check_depth(document: Any) -> None:
    """What is nested deeper than an item can be is not walked through; the levels of a value are counted later."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise Invalid(TOO_DEEP)


def _null_in_list(value: Any) -> str | None:
    if isinstance(value, list) and None in value:
        return "a list must not have a null"
    return next(filter(None, map(_null_in_list, _inside(value))), None)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _known(shape: Any, value: Any) -> Any:
    """Without the members that are null and those that the model lacks: they are not there."""
    if shape.type_name == "list":
        return [_known(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {name: _known(shape.value, item) for name, item in value.items() if item is not None}
    if shape.type_name == "structure":
        held = {name: item for name, item in value.items() if item is not None and name in shape.members}
        return {name: _known(shape.members[name], item) for name, item in held.items()}
    return value
