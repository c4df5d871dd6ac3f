"""Which requests DynamoDB refuses that moto takes; what moto is to read otherwise than it was written is changed."""

import io
import json
from typing import Any

from local_cloud.aws.dynamodb.errors import Invalid
from local_cloud.aws.dynamodb.requests import OPERATIONS, check_request
from local_cloud.aws.refusals.faults import Fault
from local_cloud.aws.refusals.operations import input_shape
from local_cloud.aws.refusals.serialization import misshapen
from local_cloud.aws.replies import peek_body


def fault_of_dynamodb(environ: dict[str, Any], operation: str) -> Fault | None:
    """Why DynamoDB would not take this request; None when it would, or when moto says it."""
    if operation not in OPERATIONS:
        return None
    shape, document = input_shape("dynamodb", operation), json.loads(peek_body(environ) or b"{}")
    wrong = misshapen(shape, document) or _null_in_list(document)
    if wrong:
        return Fault(wrong, "SerializationException")
    wanted = _without_nulls(document)
    try:
        check_request(operation, shape, wanted)
    except Invalid as error:
        return Fault(str(error), "ValidationException")
    body = json.dumps(wanted).encode()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    return None


def _null_in_list(value: Any) -> str | None:
    if isinstance(value, list) and None in value:
        return "a list must not have a null"
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_null_in_list, inside)), None)


def _without_nulls(value: Any) -> Any:
    """A member that is null is one that is not there."""
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return value
