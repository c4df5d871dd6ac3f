"""
Response parameter mapping of an integration.

Source: API Gateway, Transform API requests and responses for HTTP APIs in API Gateway, "Reserved headers".
"""

import re
from collections.abc import Mapping

from local_cloud.aws.front_door.answers import Answer

_ACTION = re.compile(r"^(overwrite|append|remove):header\.([A-Za-z0-9-]+)$|^overwrite:statuscode$")
_SOURCE = re.compile(r"^\$response\.header\.([A-Za-z0-9-]+)$")
_STATUS = re.compile(r"^[2-5]\d\d$")
_RESERVED = re.compile(
    r"^(access-control-.*|apigw-.*|x-amz-.*|x-amzn-.*|authorization|connection|content-(encoding|length|location)"
    r"|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers|transfer-encoding|upgrade"
    r"|x-forwarded-(for|host|proto)|via)$"
)


def check_mapping(action: str, source: str) -> str | None:
    """What the data plane lacks of this mapping, or AWS forbids in it; None when it has all of it."""
    found = _ACTION.match(action)
    name = (found[2] or "").lower() if found else ""
    if found and _RESERVED.match(name):
        return f"the response parameter {action!r}: the header is reserved"
    literal = "$" not in source and "\n" not in source and "\r" not in source and source.isascii()
    fine = _STATUS.match(source) if found and not name else literal or _SOURCE.match(source)
    return None if found and fine else f"the response parameter {action!r} = {source!r}"


def map_response(answer: Answer, mappings: Mapping[str, str]) -> None:
    """Apply checked mappings, each read from the function's own answer."""
    original = Answer(answer.status, list(answer.headers))
    for action, source in mappings.items():
        if action == "overwrite:statuscode":
            answer.status = int(source)
        else:
            verb, _, target = action.partition(":")
            _map_header(answer, verb, target.removeprefix("header.").lower(), _value(original, source))


def _value(original: Answer, source: str) -> str | None:
    reference = _SOURCE.match(source)
    return original.get(reference[1].lower()) if reference else source


def _map_header(answer: Answer, verb: str, name: str, value: str | None) -> None:
    if verb == "remove" or (verb == "overwrite" and value is not None):
        answer.remove(name)
    if verb != "remove" and value is not None:
        answer.headers.append((name, value))
