"""
Which actions on which resources a request of the AWS SDK is.

Source: Service Authorization Reference, "Actions, resources, and condition keys" for DynamoDB, CloudWatch Logs,
CloudWatch and Lambda; DynamoDB, "Amazon DynamoDB Transactions: IAM".
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from local_cloud.aws.account import ACCOUNT, REGION, read_reference
from local_cloud.aws.identity.errors import NotEvaluated

Pair = tuple[str, str]
_INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations$")
_OPERATION = re.compile(r"/operation/(\w+)$|(?:^|&)Action=(\w+)")
_TRANSACTED = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_ANYWHERE = {"ListTables", "DescribeLimits", "DescribeEndpoints"}
_METRICS = {"PutMetricData", "GetMetricData", "GetMetricStatistics", "ListMetrics"}


def read_calls(service: str, environ: Mapping[str, Any], body: bytes) -> list[Pair]:
    """
    The (action, resource) pairs of a request, every one of which must be allowed.

    Raises:
        NotEvaluated: nobody here knows which permissions this call needs.
    """
    read = _READERS.get(service)
    try:
        calls = list(read(environ, body)) if read else []
    except (KeyError, TypeError, AttributeError):
        calls = []  # a request of another form than the SDK's
    if not calls:
        operation = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
        raise NotEvaluated(f"the permissions for {operation} of {service}, called by a function")
    return calls


def _dynamodb(environ: Mapping[str, Any], body: bytes) -> Iterator[Pair]:
    operation, wanted = _target(environ), _document(body)
    action = f"dynamodb:{operation}"
    if operation in _ANYWHERE:
        yield action, "*"
    elif operation.startswith("Transact"):
        for entry in wanted.get("TransactItems", []):
            for kind, item in entry.items():
                yield f"dynamodb:{_TRANSACTED[kind]}", _table(item["TableName"])
    elif operation.startswith("Batch") and isinstance(wanted.get("RequestItems"), dict):
        yield from ((action, _table(name)) for name in wanted["RequestItems"])
    elif isinstance(wanted.get("TableName"), str):
        index = f"/index/{wanted['IndexName']}" if wanted.get("IndexName") else ""
        yield action, _table(wanted["TableName"]) + index
    elif isinstance(wanted.get("ResourceArn"), str):
        yield action, wanted["ResourceArn"]


def _table(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def _logs(environ: Mapping[str, Any], body: bytes) -> Iterator[Pair]:
    operation, wanted = _target(environ), _document(body)
    group = wanted.get("logGroupName", "")
    if operation and (group or operation == "DescribeLogGroups"):
        yield f"logs:{operation}", log_stream_arn(group, wanted.get("logStreamName", ""))


def log_stream_arn(group: str, stream: str) -> str:
    """How CloudWatch Logs names what is written to, also in its refusals."""
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{stream}"


def _monitoring(environ: Mapping[str, Any], body: bytes) -> Iterator[Pair]:
    operation = target_of(environ, body)
    if operation in _METRICS:
        yield f"cloudwatch:{operation}", "*"


def target_of(environ: Mapping[str, Any], body: bytes) -> str:
    """The operation of a service with one path; in three protocols it is in a header, in the path, or in a form."""
    named = _target(environ)
    if named:
        return named
    found = _OPERATION.search(environ.get("PATH_INFO", "")) or _OPERATION.search(body.decode("latin-1"))
    return (found[1] or found[2]) if found else ""


def _lambda(environ: Mapping[str, Any], body: bytes) -> Iterator[Pair]:
    found = _INVOKE.match(environ.get("PATH_INFO", ""))
    reference = read_reference(unquote(found[1])) if found and environ["REQUEST_METHOD"] == "POST" else None
    if reference:
        yield "lambda:InvokeFunction", reference.arn


def _target(environ: Mapping[str, Any]) -> str:
    return str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


_READERS: dict[str, Callable[[Mapping[str, Any], bytes], Iterator[Pair]]] = {
    "dynamodb": _dynamodb,
    "lambda": _lambda,
    "logs": _logs,
    "monitoring": _monitoring,
}
