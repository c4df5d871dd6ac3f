"""
The JSON documents of requests: each is an object, or there is none.

Source: API references, common errors of API Gateway v2, Lambda, DynamoDB and CloudWatch Logs; Smithy, AWS protocols.
"""

import json
import re
from typing import Any

from local_cloud.aws.replies import Reply, peek_body, refusal

_REFUSALS = {
    "apigateway": ("BadRequestException", "Invalid request body"),
    "lambda": ("InvalidRequestContentException", "Could not parse request body into json"),
}
_SERIALIZATION = ("SerializationException", "Start of structure or map found where not expected.")
_FREE = re.compile(r"/invocations$")  # an event is whatever the function takes


def refuse_document(environ: dict[str, Any], service: str | None) -> Reply | None:
    """The refusal of a body that is not the JSON object which the service reads; None for all others."""
    kind = environ.get("CONTENT_TYPE", "")
    if kind.startswith("application/x-www-form-urlencoded") or "cbor" in kind or _FREE.search(environ["PATH_INFO"]):
        return None
    if service in ("iam", "sts"):
        return None  # forms, whatever they call themselves
    body = peek_body(environ)
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return refusal(environ, 400, *_REFUSALS.get(service or "", _SERIALIZATION))
    return None if isinstance(document, dict) else refusal(environ, 400, *_SERIALIZATION)
