"""What moto holds, as the data plane sees it: one source of truth, read in process."""

import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends

REGION = "us-east-1"
ACCOUNT = "123456789012"
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
# moto guards nothing, not even what it loads at a service's first call: one thread at a time is in it. Nobody who
# holds this waits for the data plane's loop, which takes it too.
moto_lock = threading.RLock()


# Source: AWS Lambda API reference, Invoke: the pattern of FunctionName.
_REFERENCE = re.compile(
    r"(?:arn:aws:lambda:)?(?:(?P<region>[a-z]{2}(?:-gov)?-[a-z]+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9_-]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Reference:
    """What a FunctionName refers to; `qualifier` is a version, an alias or $LATEST, None where none is named."""

    name: str
    qualifier: str | None
    is_here: bool

    @property
    def arn(self) -> str:
        """The ARN, with the qualifier where one is named, as IAM compares it."""
        return function_arn(self.name) + (f":{self.qualifier}" if self.qualifier else "")


def read_reference(text: str) -> Reference | None:
    """A FunctionName in any of its forms: name, partial ARN, ARN, each with a qualifier or not; None for no form."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    is_here = found["region"] in (None, REGION) and found["account"] in (None, ACCOUNT)
    return Reference(found["name"], found["qualifier"], is_here)


@dataclass(frozen=True)
class Function:
    """A function as it is configured now."""

    name: str
    arn: str
    role_arn: str
    handler: str
    runtime: str
    code: bytes
    code_sha256: str
    variables: tuple[tuple[str, str], ...]
    timeout_seconds: int
    memory_megabytes: int
    reserved_concurrency: int | None

    @property
    def log_group(self) -> str:
        """The name of its log group; LoggingConfig, which could change it, is refused."""
        return f"/aws/lambda/{self.name}"

    @property
    def revision(self) -> tuple[Any, ...]:
        """What makes running environments obsolete when it changes."""
        limits = (self.timeout_seconds, self.memory_megabytes)
        return (self.code_sha256, self.role_arn, self.handler, self.runtime, self.variables, limits)


def function_arn(name: str) -> str:
    """The ARN of a function of this name, whether there is one or not."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def find_function(name: str) -> Function | None:
    """The function with that name, or None."""
    held = _held(name)
    if held is None:
        return None
    reserved = held.reserved_concurrency
    return Function(
        name=name,
        arn=held.function_arn,
        role_arn=held.role,
        handler=held.handler,
        runtime=held.run_time or "",
        code=held.code_bytes,
        code_sha256=held.code_sha_256,
        variables=tuple(sorted(held.environment_vars.items())),
        timeout_seconds=int(held.timeout),
        memory_megabytes=int(held.memory_size),
        reserved_concurrency=None if reserved is None else int(reserved),
    )


def function_statements(name: str) -> list[Mapping[str, Any]]:
    """The statements of the function's resource policy."""
    held = _held(name)
    return [] if held is None else list(held.policy.statements)


def http_apis() -> list[Any]:
    """All HTTP APIs, as moto's objects."""
    return [api for api in list(gateway().apis.values()) if api.protocol_type == "HTTP"]


def http_api(api_id: str) -> Any | None:
    """The API with that id, or None."""
    return gateway().apis.get(api_id)


def gateway() -> Any:
    """moto's backend of API Gateway v2."""
    return apigatewayv2_backends[ACCOUNT][REGION]


def _held(name: str) -> Any | None:
    with moto_lock:
        try:
            return lambda_backends[ACCOUNT][REGION].get_function(name, "$LATEST")
        except UnknownFunctionException:
            return None
