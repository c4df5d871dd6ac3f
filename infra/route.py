"""What the API sends to the function, and how the challenge survives on its way back; made last."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

GATEWAY_LIMIT_MILLISECONDS = 30_000

# Every other path is the gateway's own 404 and costs nothing. GET and DELETE on /mcp reach the function for their 405.
# OPTIONS is what a browser asks before a page may read.
ROUTES = {
    "mcp": "ANY /mcp",
    "metadata": "GET /.well-known/oauth-protected-resource",
    "metadata-preflight": "OPTIONS /.well-known/oauth-protected-resource",
    "metadata-of-path": "GET /.well-known/oauth-protected-resource/mcp",
    "metadata-of-path-preflight": "OPTIONS /.well-known/oauth-protected-resource/mcp",
}

# API Gateway renames WWW-Authenticate; the function sends a copy that is mapped back.
CHALLENGE = {"overwrite:header.www-authenticate": "$response.header.mcp-challenge"}


@dataclass(frozen=True)
class RouteArgs:
    """The API, the function, and the permission that must be there first."""

    api_id: pulumi.Input[str]
    invoke_arn: pulumi.Input[str]
    timeout_seconds: int
    permission: pulumi.Resource


class Route(pulumi.ComponentResource):
    """The integration and the paths that lead to it."""

    integration_id: pulumi.Output[str]

    def __init__(self, name: str, args: RouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:Route", name, None, opts)
        integration = self._integration(args)
        for route, key in ROUTES.items():
            aws.apigatewayv2.Route(
                f"route-{route}",
                api_id=args.api_id,
                route_key=key,
                target=pulumi.Output.concat("integrations/", integration.id),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.integration_id = integration.id
        self.register_outputs({"integration_id": self.integration_id})

    def _integration(self, args: RouteArgs) -> aws.apigatewayv2.Integration:
        return aws.apigatewayv2.Integration(
            "integration",
            api_id=args.api_id,
            integration_type="AWS_PROXY",
            integration_uri=args.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=wait_milliseconds(args.timeout_seconds),
            response_parameters=[{"status_code": status, "mappings": CHALLENGE} for status in ("401", "403")],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.permission]),
        )


def wait_milliseconds(timeout_seconds: int) -> int:
    """A second longer than the function, so that its own answer to a deadline arrives, within the gateway's limit."""
    return min((timeout_seconds + 1) * 1000, GATEWAY_LIMIT_MILLISECONDS)
