"""The stand-in for Pulumi's AWS plugin."""

from local_cloud.pulumi.providers.aws import (
    apis,
    functions,
    identity,
    integrations,
    logs,
    permissions,
    role_policies,
    roles,
    routes,
    stages,
    tables,
)
from local_cloud.pulumi.providers.aws.connection import SETTINGS, connect
from local_cloud.pulumi.providers.resource import Plugin

PLUGIN = Plugin(
    name="aws",
    resources={
        "aws:apigatewayv2/api:Api": apis.API,
        "aws:apigatewayv2/stage:Stage": stages.STAGE,
        "aws:apigatewayv2/integration:Integration": integrations.INTEGRATION,
        "aws:apigatewayv2/route:Route": routes.ROUTE,
        "aws:cloudwatch/logGroup:LogGroup": logs.LOG_GROUP,
        "aws:dynamodb/table:Table": tables.TABLE,
        "aws:iam/role:Role": roles.ROLE,
        "aws:iam/rolePolicy:RolePolicy": role_policies.ROLE_POLICY,
        "aws:lambda/function:Function": functions.FUNCTION,
        "aws:lambda/permission:Permission": permissions.PERMISSION,
    },
    invokes={
        "aws:index/getCallerIdentity:getCallerIdentity": identity.caller_identity,
        "aws:index/getRegion:getRegion": identity.region,
    },
    settings=SETTINGS,
    connect=connect,
)
