"""The stand-in for Pulumi's AWS plugin."""

from local_cloud.pulumi.providers.aws import functions, gateway, identity, logs, roles
from local_cloud.pulumi.providers.aws.client import SETTINGS, connect
from local_cloud.pulumi.providers.resource import Plugin

PLUGIN = Plugin(
    name="aws",
    resources={
        "aws:apigatewayv2/api:Api": gateway.API,
        "aws:apigatewayv2/stage:Stage": gateway.STAGE,
        "aws:apigatewayv2/integration:Integration": gateway.INTEGRATION,
        "aws:apigatewayv2/route:Route": gateway.ROUTE,
        "aws:cloudwatch/logGroup:LogGroup": logs.LOG_GROUP,
        "aws:iam/role:Role": roles.ROLE,
        "aws:iam/rolePolicy:RolePolicy": roles.ROLE_POLICY,
        "aws:lambda/function:Function": functions.FUNCTION,
        "aws:lambda/permission:Permission": functions.PERMISSION,
    },
    invokes={
        "aws:index/getCallerIdentity:getCallerIdentity": identity.caller_identity,
        "aws:index/getRegion:getRegion": identity.region,
    },
    settings=SETTINGS,
    connect=connect,
)
