"""What the tests ask of an AWS account, through AWS's own SDK."""

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from moto.moto_api._internal.models import moto_api_backend

from local_cloud.aws import AwsCloud
from local_cloud.aws.account import RUNTIME

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ECHO = "def handler(event, context):\n    return event"


def zipped(code: str) -> bytes:
    """A deployable zip with one module `h`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("h.py", code)
    return buffer.getvalue()


def policy(*statements: dict[str, Any]) -> str:
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def session_of(cloud: AwsCloud, region: str = "us-east-1") -> boto3.Session:
    """The administrator's session."""
    return boto3.Session(cloud.keys.access_key_id, cloud.keys.secret_access_key, region_name=region)


class Account:
    """An account and its clients."""

    def __init__(self, cloud: AwsCloud, clients: dict[str, Any], root: Path) -> None:
        self.cloud = cloud
        self.root = root
        self.iam, self.functions, self.gateway = clients["iam"], clients["lambda"], clients["apigatewayv2"]

    @property
    def switch_headers(self) -> dict[str, str]:
        """What opens the switches: the token of the local Okta."""
        return {"Authorization": f"SSWS {(self.root / '.local/okta-api-token').read_text()}"}

    def empty(self) -> None:
        """Delete everything, in process; any write, also one that fails, makes the data plane follow."""
        moto_api_backend.reset()
        with suppress(self.gateway.exceptions.NotFoundException):
            self.gateway.delete_api(ApiId="none")

    def create_function(self, code: str, name: str = "f", **settings: Any) -> str:
        """Create a function; the answer is its ARN."""
        try:
            role = self.iam.create_role(RoleName="r", AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
        except self.iam.exceptions.EntityAlreadyExistsException:
            role = self.iam.get_role(RoleName="r")["Role"]["Arn"]
        wanted = {"Runtime": RUNTIME, "Handler": "h.handler", "Code": {"ZipFile": zipped(code)}, **settings}
        return self.functions.create_function(FunctionName=name, **{"Role": role, **wanted})["FunctionArn"]

    def create_api(self, function_arn: str, name: str = "a", **integration: Any) -> dict[str, str]:
        """Create an API with a `$default` stage and route; the answer has `id`, `url`, `integration` and `route`."""
        api = self.gateway.create_api(Name=name, ProtocolType="HTTP")
        self.gateway.create_stage(ApiId=api["ApiId"], StageName="$default", AutoDeploy=True)
        wanted = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", **integration}
        made = self.gateway.create_integration(ApiId=api["ApiId"], IntegrationUri=function_arn, **wanted)
        target = f"integrations/{made['IntegrationId']}"
        route = self.gateway.create_route(ApiId=api["ApiId"], RouteKey="$default", Target=target)
        ids = {"integration": made["IntegrationId"], "route": route["RouteId"]}
        return {"id": api["ApiId"], "url": api["ApiEndpoint"], **ids}

    def permit(self, api_id: str, places: str = "*/*", function: str = "f") -> None:
        """Let the API's routes call the function."""
        self.functions.add_permission(
            FunctionName=function,
            StatementId="http-api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api_id}/{places}",
        )

    def serve(self, code: str = ECHO, **settings: Any) -> dict[str, str]:
        """Deploy a function behind an API that may call it."""
        api = self.create_api(self.create_function(code, **settings))
        self.permit(api["id"])
        return api

    def log_of(self, name: str = "f") -> str:
        """The function's log."""
        return (self.root / f".local/logs/function-{name}.log").read_text()
