"""Where the components meet: address → authorization → function → routes, an order without a cycle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import marks
from infra.access import access_warnings
from infra.authorization import Authorization, AuthorizationArgs
from infra.bundle import Sources, build_bundle
from infra.callers import Callers, CallersArgs
from infra.endpoint import Endpoint, EndpointArgs
from infra.errors import AccountLookupFailed
from infra.function import FunctionArgs, McpFunction
from infra.groups import GroupsArgs, declare_groups
from infra.notes import Notes, NotesArgs
from infra.route import Route, RouteArgs
from infra.settings import ROOT, Settings
from lambda_server.scopes import SCOPES


def declare(settings: Settings) -> dict[str, Any]:
    """
    Declare everything and return the stack's outputs; what can fail without the clouds fails before the first object.

    Raises:
        InfraError: a group does not exist, the zip cannot be built, or a cloud cannot be asked.
    """
    warn(settings)
    bundle = build_bundle(Sources.of(ROOT), settings.target, cache_folder(ROOT), warn=pulumi.log.warn)
    account = find_account()
    group_ids = groups(settings)
    endpoint = Endpoint("endpoint", endpoint_args(settings))
    authorization = Authorization("authorization", authorization_args(settings, endpoint, group_ids))
    service_ids = services(settings, authorization)
    notes = Notes("notes", NotesArgs(name=settings.name, tags=tags(settings), lasting=settings.lasting))
    told = variables(settings, endpoint, authorization, service_ids, notes)
    function = McpFunction("function", function_args(settings, bundle, endpoint, notes, told))
    Route(
        "route",
        RouteArgs(
            api_id=endpoint.api_id,
            invoke_arn=function.invoke_arn,
            timeout_seconds=settings.timeout_seconds,
            permission=function.permission,
        ),
    )
    return {**outputs(settings, endpoint, authorization, service_ids, function), "aws_account": account}


def find_account() -> str:
    """
    The AWS account that the plugin's credentials are of; asked before anything is declared.

    Raises:
        AccountLookupFailed: AWS refused the question or could not be reached.
    """
    try:
        return aws.get_caller_identity().account_id
    except Exception as error:  # the SDK has no class of its own for a failed invoke
        raise AccountLookupFailed(
            f"AWS could not be asked which account this is: {error}",
            "check aws:region, aws:profile and the credentials, locally `mcp-okta local status`; then run it again",
        ) from error


def warn(settings: Settings) -> None:
    """Say, before anything is created, what of `access` will hardly mean what it says."""
    served = [scope for service in settings.services for scope in service.scopes]
    for text in access_warnings(settings.access, served, [scope.name for scope in SCOPES]):
        pulumi.log.warn(f"access: {text}")


def tags(settings: Settings) -> dict[str, str]:
    """The marks of everything on AWS."""
    return marks.tags(settings.environment, settings.branch, settings.stack_id)


def endpoint_args(settings: Settings) -> EndpointArgs:
    """The address, and how much it lets through."""
    return EndpointArgs(
        name=settings.name,
        tags=tags(settings),
        throttle_rate=settings.throttle_rate,
        throttle_burst=settings.throttle_burst,
        log_retention_days=settings.log_retention_days,
    )


def authorization_args(
    settings: Settings, endpoint: Endpoint, group_ids: Mapping[str, pulumi.Input[str]]
) -> AuthorizationArgs:
    """Who may call that address, with which scopes."""
    return AuthorizationArgs(
        name=settings.name,
        mark=marks.mark(settings.environment, settings.stack_id),
        audience=endpoint.url,
        scopes=SCOPES,
        access=settings.access,
        group_ids=group_ids,
        redirect_uris=list(dict.fromkeys([*settings.redirect_uris, *settings.extra_redirect_uris])),
        access_token_minutes=settings.access_token_minutes,
        device_login=settings.device_login,
    )


def services(settings: Settings, authorization: Authorization) -> Mapping[str, pulumi.Output[str]]:
    """The client ids of programs that call without a person; their policies come after the people's, one at a time."""
    if not settings.services:
        return {}
    args = CallersArgs(
        name=settings.name,
        mark=marks.mark(settings.environment, settings.stack_id),
        server_id=authorization.server_id,
        services=settings.services,
        access_token_minutes=settings.access_token_minutes,
        after=authorization.declared,
    )
    return Callers("callers", args).client_ids


def function_args(
    settings: Settings, bundle: Path, endpoint: Endpoint, notes: Notes, told: Mapping[str, pulumi.Input[str]]
) -> FunctionArgs:
    """What runs behind it, and what that is told."""
    return FunctionArgs(
        name=settings.name,
        tags=tags(settings),
        bundle=bundle,
        target=settings.target,
        memory_megabytes=settings.memory_megabytes,
        timeout_seconds=settings.timeout_seconds,
        log_retention_days=settings.log_retention_days,
        reserved_concurrency=settings.reserved_concurrency,
        variables=told,
        execution_arn=endpoint.execution_arn,
        policies={"use-notes": notes.use_policy},
    )


def cache_folder(root: Path) -> Path:
    """Where zips are kept, below the folder that holds everything that runs and is for its owner only."""
    (root / ".local").mkdir(mode=0o700, exist_ok=True)
    return root / ".local" / "bundle"


def groups(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """The ids of the groups of `access`, by name."""
    args = GroupsArgs(
        names=settings.access.groups,
        create=settings.create_groups,
        mark=marks.mark(settings.environment, settings.stack_id),
        mark_is_certain=bool(settings.stack_id),
    )
    return declare_groups(args)


def variables(
    settings: Settings,
    endpoint: Endpoint,
    authorization: Authorization,
    service_ids: Mapping[str, pulumi.Output[str]],
    notes: Notes,
) -> dict[str, pulumi.Input[str]]:
    """The function's environment, which `lambda_server` reads; names without a value are left out."""
    found: dict[str, pulumi.Input[str]] = {
        "MCP_URL": endpoint.url,
        "OKTA_ISSUER": authorization.issuer,
        "OKTA_CLIENT_IDS": authorization.client_id,
        "BASE_SCOPES": " ".join(settings.access.base_scopes),
        "TOKEN_CHECK": settings.token_check,
        "LOG_LEVEL": settings.log_level,
        "NOTES_TABLE": notes.table_name,
    }
    if service_ids:
        found["OKTA_SERVICE_CLIENT_IDS"] = pulumi.Output.all(*service_ids.values()).apply(",".join)
    if settings.allowed_origins:
        found["ALLOWED_ORIGINS"] = ",".join(settings.allowed_origins)
    return found


def outputs(
    settings: Settings,
    endpoint: Endpoint,
    authorization: Authorization,
    service_ids: Mapping[str, pulumi.Output[str]],
    function: McpFunction,
) -> dict[str, Any]:
    """What the client, the commands and `pulumi stack output` read; the last four say whose the stack is."""
    return {
        "url": endpoint.url,
        "issuer": authorization.issuer,
        "client_id": authorization.client_id,
        "scopes": [scope.name for scope in SCOPES],
        "base_scopes": list(settings.access.base_scopes),
        "redirect_uris": list(settings.redirect_uris),
        "device_login": settings.device_login,
        "services": {
            service.name: {"client_id": service_ids[service.name], "scopes": list(service.scopes)}
            for service in settings.services
        },
        "access": {group: list(scopes) for group, scopes in settings.access.groups.items()},
        "environment": settings.environment,
        "region": function.region,
        "function_name": function.name,
        "api_id": endpoint.api_id,
        "authorization_server_id": authorization.server_id,
        "branch": settings.branch,
        "branch_of": settings.branch_of,
        "stack_id": settings.stack_id,
        "okta_org": settings.okta_org,
    }
