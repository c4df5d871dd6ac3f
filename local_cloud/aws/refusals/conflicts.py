"""
What cannot be done because of what there is already.

Source: API Gateway v2 API reference (ConflictException); AWS Lambda API reference, AddPermission, and
"Configuring reserved concurrency": 100 of an account's 1,000 stay unreserved.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import lambda_backends

from local_cloud.aws.account import ACCOUNT, REGION, function_statements, gateway, moto_lock
from local_cloud.aws.lambda_runtime.pool import MOST_RESERVED
from local_cloud.aws.refusals.faults import Fault
from local_cloud.aws.refusals.roles import fault_of_execution_role

CONCURRENCY, LEAST_UNRESERVED = 1000, 100
Wanted = Mapping[str, Any]


def conflict_of(operation: str, path: str, wanted: Wanted) -> Fault | None:
    """What stands against this write; None when nothing does, or when what it is about does not exist."""
    check = _CHECKS.get(operation)
    with moto_lock:
        return check(unquote(path).strip("/").split("/"), wanted) if check else None


def _route(parts: list[str], wanted: Wanted) -> Fault | None:
    """A key leads to one route, and a new route to an integration that there is."""
    api, own = gateway().apis.get(parts[2]), parts[4] if len(parts) > 4 else None
    others = [route.route_key for name, route in api.routes.items() if name != own] if api else []
    if wanted.get("routeKey") in others:
        return Fault(f"Route with key {wanted['routeKey']} already exists for this API", "ConflictException", 409)
    target = wanted.get("target")
    if own or api is None or not target or target.removeprefix("integrations/") in api.integrations:
        return None
    return Fault(f"The target {target} names no integration of this API", "BadRequestException")


def _stage(parts: list[str], wanted: Wanted) -> Fault | None:
    api = gateway().apis.get(parts[2])
    if api is None or wanted.get("stageName") not in api.stages:
        return None
    return Fault("Stage already exists", "ConflictException", 409)


def _integration(parts: list[str], wanted: Wanted) -> Fault | None:
    api = gateway().apis.get(parts[2])
    routes = api.routes.items() if api else ()
    users = [name for name, route in routes if route.target == f"integrations/{parts[4]}"]
    if not users:
        return None
    text = f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{', '.join(users)}]"
    return Fault(text, "ConflictException", 409)


def _statement(parts: list[str], wanted: Wanted) -> Fault | None:
    statement, name = wanted.get("StatementId"), _function(parts)
    if statement not in [held.get("Sid") for held in function_statements(name)]:
        return None
    text = (
        f"The statement id ({statement}) provided already exists. Please provide a new statement id, "
        "or remove the existing statement."
    )
    return Fault(text, "ResourceConflictException", 409)


def _concurrency(parts: list[str], wanted: Wanted) -> Fault | None:
    held = {one.function_name: one.reserved_concurrency for one in lambda_backends[ACCOUNT][REGION].list_functions()}
    wanted_here = wanted.get("ReservedConcurrentExecutions") or 0
    others = sum(int(number or 0) for name, number in held.items() if name != _function(parts))
    if CONCURRENCY - others - wanted_here >= LEAST_UNRESERVED:
        return _beyond_this_machine(wanted_here) if wanted_here > MOST_RESERVED else None
    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
        f"below its minimum value of [{LEAST_UNRESERVED}]."
    )
    return Fault(text, "InvalidParameterValueException")


def _beyond_this_machine(reserved: int) -> Fault:
    thing = f"ReservedConcurrentExecutions = {reserved} of PutFunctionConcurrency, at most {MOST_RESERVED}"
    return Fault(f"the local AWS does not emulate {thing}; each is a process here", "NotEmulated", 501)


def _role(parts: list[str], wanted: Wanted) -> Fault | None:
    return fault_of_execution_role(wanted)


def _function(parts: list[str]) -> str:
    """The function's name, which the path may give as an ARN."""
    return parts[2].rpartition("function:")[2].partition(":")[0]


_CHECKS: Mapping[str, Callable[[list[str], Wanted], Fault | None]] = {
    "CreateRoute": _route,
    "UpdateRoute": _route,
    "CreateStage": _stage,
    "DeleteIntegration": _integration,
    "AddPermission": _statement,
    "CreateFunction": _role,
    "UpdateFunctionConfiguration": _role,
    "PutFunctionConcurrency": _concurrency,
}
