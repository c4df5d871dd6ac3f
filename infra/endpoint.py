"""The HTTP API: its address exists before the function does, and is what tokens are issued for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# Source: API Gateway, variables for access logs; one JSON object a line.
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "requestTime": "$context.requestTime",
    "httpMethod": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "integrationLatency": "$context.integrationLatency",
    "integrationErrorMessage": "$context.integrationErrorMessage",
}


@dataclass(frozen=True)
class EndpointArgs:
    """What the endpoint is called, how much it lets through and how long its log is kept."""

    name: str
    tags: Mapping[str, str]
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int


class Endpoint(pulumi.ComponentResource):
    """An HTTP API with its `$default` stage and access log."""

    api_id: pulumi.Output[str]
    execution_arn: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:Endpoint", name, None, opts)
        children = pulumi.ResourceOptions(parent=self)
        api = aws.apigatewayv2.Api("api", name=args.name, protocol_type="HTTP", tags=args.tags, opts=children)
        self._stage(api, args)
        self.api_id = api.id
        self.execution_arn = api.execution_arn
        self.url = api.api_endpoint.apply(mcp_url)
        self.register_outputs({"api_id": self.api_id, "execution_arn": self.execution_arn, "url": self.url})

    def _stage(self, api: aws.apigatewayv2.Api, args: EndpointArgs) -> None:
        """The stage without a path of its own, since discovery needs the host's root."""
        log = aws.cloudwatch.LogGroup(
            "access-log",
            # A group of another name grows a region-wide resource policy until it overflows.
            name=f"/aws/vendedlogs/{args.name}",
            retention_in_days=args.log_retention_days,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        aws.apigatewayv2.Stage(
            "stage",
            api_id=api.id,
            name="$default",
            auto_deploy=True,
            access_log_settings={"destination_arn": log.arn, "format": json.dumps(ACCESS_LOG)},
            # Both, always: a missing one can be sent as 0, which stops every request.
            default_route_settings={
                "throttling_rate_limit": args.throttle_rate,
                "throttling_burst_limit": args.throttle_burst,
            },
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )


def mcp_url(api_endpoint: str) -> str:
    """
    The public URL, which is also the audience of the tokens, byte for byte.

    Source: RFC 8707 §2 and MCP authorization, canonical server URI: lower-case host, no trailing slash.
    """
    return f"{api_endpoint.rstrip('/').lower()}/mcp"
