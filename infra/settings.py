"""The stack's configuration, checked as a whole: every problem in one message."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from infra.access import Access, parse_access
from infra.clouds import guard, okta_endpoint
from infra.dependencies import PLATFORMS, PYTHONS, Target
from infra.errors import InvalidSettings
from infra.reader import (
    NAMESPACE,
    Reader,
    at_least_one,
    choice,
    environment_name,
    identifier,
    listed,
    origin,
    redirect_uri,
    retention,
    whole_number,
)
from infra.services import Service, parse_services
from lambda_server.scopes import SCOPES

ROOT = Path(__file__).resolve().parent.parent
LOCAL = "local"
LOCAL_ACCESS = "MCP_OKTA_LOCAL_ACCESS"
ARCHITECTURES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Settings:
    """What one stack asks for, in the program's own types."""

    environment: str
    branch: str
    branch_of: str
    stack_id: str
    okta_org: str
    on_local_cloud: bool
    access: Access
    create_groups: bool
    memory_megabytes: int
    timeout_seconds: int
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    log_level: str
    token_check: str
    access_token_minutes: int
    redirect_uris: tuple[str, ...]
    extra_redirect_uris: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    target: Target
    reserved_concurrency: int | None
    device_login: bool
    services: tuple[Service, ...]

    @property
    def name(self) -> str:
        """The name of every cloud object of this environment."""
        return f"{NAMESPACE}-{self.environment}"

    @property
    def lasting(self) -> bool:
        """Whether people keep things here: neither on the local cloud nor for a branch."""
        return not self.on_local_cloud and not self.branch_of

    @classmethod
    def of_stack(cls) -> "Settings":
        """
        The settings of the stack that the engine runs.

        Raises:
            InvalidSettings: see `from_config`.
        """
        return cls.from_config({**get_config_env(), **CONFIG.get()}, pulumi.get_stack(), os.environ)

    @classmethod
    def from_config(cls, config: Mapping[str, str], stack: str, environment: Mapping[str, str]) -> "Settings":
        """
        The settings that the configuration (`namespace:key` → text) describes.

        Raises:
            InvalidSettings: something is missing, malformed, unknown, out of range, or points at the wrong cloud.
        """
        reader = Reader(config)
        local = LOCAL in (stack, reader.text("branchOf"))
        settings = cls(
            environment=read_environment(reader, stack),
            branch=reader.text("branch"),
            branch_of=reader.text("branchOf"),
            stack_id=reader.read("stackId", identifier),
            okta_org=(okta_endpoint(config, environment) or "").rstrip("/"),
            on_local_cloud=local,
            access=read_access(reader, environment.get(LOCAL_ACCESS) if local else None),
            create_groups=reader.read("createGroups", choice("true", "false")) == "true",
            memory_megabytes=reader.read("memory", whole_number(128, 10240)),
            timeout_seconds=reader.read("timeout", whole_number(1, 29)),
            throttle_rate=reader.read("throttleRate", whole_number(1, 10000)),
            throttle_burst=reader.read("throttleBurst", whole_number(1, 5000)),
            log_retention_days=reader.read("logRetentionDays", retention),
            log_level=reader.read("logLevel", choice("DEBUG", "INFO", "WARNING", "ERROR")),
            token_check=reader.read("tokenCheck", choice("jwt", "introspection")),
            access_token_minutes=reader.read("accessTokenMinutes", whole_number(5, 1440)),
            redirect_uris=read_redirect_uris(reader),
            extra_redirect_uris=reader.read("extraRedirectUris", listed(redirect_uri)),
            allowed_origins=reader.read("allowedOrigins", listed(origin)),
            target=read_target(reader, local),
            reserved_concurrency=reader.read_optional("reservedConcurrency", whole_number(1, 100000)),
            device_login=reader.read("deviceLogin", choice("true", "false")) == "true",
            services=read_services(reader),
        )
        reader.refuse_unknown()
        wrong_cloud = guard(local, config, environment)
        if reader.problems or wrong_cloud:
            raise invalid(stack, local, reader.problems, wrong_cloud)
        return settings


def read_environment(reader: Reader, stack: str) -> str:
    """The environment is called what the stack is called."""
    try:
        return environment_name(stack)
    except ValueError as error:
        reader.problems.append(f"stack name: {error}")
        return stack


def read_access(reader: Reader, otherwise: str | None) -> Access:
    """Who may what; the local cloud's own people where the stack does not say."""
    text = reader.text("access") or otherwise
    if not text:
        reader.problems.append("access: is empty; say which Okta groups may have which scopes")
        return Access({})
    access, problems = parse_access(text, [scope.name for scope in SCOPES])
    reader.problems += [f"access: {problem}" for problem in problems]
    return access


def read_services(reader: Reader) -> tuple[Service, ...]:
    """
    The programs that may call without a person.

    Source: RFC 7662 §2.1: who asks about a token must authenticate, and a service's private key is not the function's.
    """
    services, problems = parse_services(reader.text("services"), [scope.name for scope in SCOPES])
    reader.problems += [f"services: {problem}" for problem in problems]
    if services and reader.text("tokenCheck") == "introspection":
        reader.problems.append(
            "services: cannot be combined with tokenCheck introspection, since Okta tells nobody about a service's "
            "token but the service; choose jwt"
        )
    return services


def read_redirect_uris(reader: Reader) -> tuple[str, ...]:
    """
    Where our own client may listen: both loopback hosts for each port.

    Source: RFC 8252 §7.3; docs/facts/okta.md §6: localhost and 127.0.0.1 are different entries, and a port must match.
    """
    ports = reader.read("redirectPorts", at_least_one(listed(whole_number(1024, 65535))))
    return tuple(f"http://{host}:{port}/callback" for port in ports for host in ("127.0.0.1", "localhost"))


def read_target(reader: Reader, local: bool) -> Target:
    """The runtime that the zip is for; on the local cloud, unless told otherwise, this interpreter on this machine."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    machine = ARCHITECTURES.get(platform.machine(), platform.machine())
    return Target(
        python=reader.read_word("pythonVersion", running if local else "3.13", PYTHONS),
        architecture=reader.read_word("architecture", machine if local else "x86_64", tuple(PLATFORMS)),
    )


def invalid(stack: str, local: bool, problems: list[str], wrong_cloud: list[str]) -> InvalidSettings:
    """One message with every problem, and the command that mends the first of them."""
    listed_problems = "\n".join(f"  - {problem}" for problem in [*wrong_cloud, *problems])
    message = f"the configuration of stack {stack!r} cannot be used:\n{listed_problems}"
    return InvalidSettings(message, remedy(stack, local, problems, wrong_cloud))


def remedy(stack: str, local: bool, problems: list[str], wrong_cloud: list[str]) -> str:
    """The command to type next."""
    if wrong_cloud and local:
        return 'mcp-okta up, or for plain pulumi: eval "$(mcp-okta local env)"'
    if wrong_cloud:
        return f"in a shell without `mcp-okta local env`, name org and account; then: mcp-okta up --stack {stack}"
    if any(problem.startswith("stack name:") for problem in problems):
        return f"mcp-okta up --stack NAME, with another name; where {stack} is up, first: mcp-okta down --stack {stack}"
    if any(problem.startswith("access:") for problem in problems):
        scope = SCOPES[0].name
        return f"""pulumi config set --stack {stack} access '{{"YOUR-GROUP": ["{scope}"]}}'"""
    return f"pulumi config set --stack {stack} KEY VALUE (Pulumi.yaml describes every key)"
