"""What moto holds, as the data plane sees it: one source of truth, read in process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.models import lambda_backends

REGION = "us-east-1"
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Function:
    """A function as it is configured now; `timeout_seconds` and `memory_megabytes` as AWS has them."""

    name: str
    arn: str
    handler: str
    code: bytes
    code_sha256: str
    variables: tuple[tuple[str, str], ...]
    timeout_seconds: int
    memory_megabytes: int
    reserved_concurrency: int | None

    @property
    def revision(self) -> tuple[Any, ...]:
        """What makes running environments obsolete when it changes."""
        return (self.code_sha256, self.handler, self.variables, self.timeout_seconds, self.memory_megabytes)


def find_function(name: str) -> Function | None:
    """The function with that name, or None."""
    found = _lambda().list_functions()
    held = next((item for item in found if item.function_name == name), None)
    if held is None:
        return None
    reserved = held.reserved_concurrency
    return Function(
        name=name,
        arn=held.function_arn,
        handler=held.handler,
        code=held.code_bytes,
        code_sha256=held.code_sha_256,
        variables=tuple(sorted(held.environment_vars.items())),
        timeout_seconds=int(held.timeout),
        memory_megabytes=int(held.memory_size),
        reserved_concurrency=None if reserved is None else int(reserved),
    )


def function_statements(name: str) -> list[Mapping[str, Any]]:
    """The statements of the function's resource policy."""
    held = next((item for item in _lambda().list_functions() if item.function_name == name), None)
    return [] if held is None else list(held.policy.statements)


def function_names() -> set[str]:
    """The names of all functions."""
    return {item.function_name for item in _lambda().list_functions()}


def http_apis() -> list[Any]:
    """All APIs, as moto's objects."""
    return list(gateway().get_apis())


def http_api(api_id: str) -> Any | None:
    """The API with that id, or None."""
    return next((api for api in http_apis() if api.api_id == api_id), None)


def gateway() -> Any:
    """moto's backend of API Gateway v2."""
    return apigatewayv2_backends[ACCOUNT][REGION]


def _lambda() -> Any:
    return lambda_backends[ACCOUNT][REGION]
