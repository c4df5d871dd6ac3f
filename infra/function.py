"""The Lambda function, what it may do, and who may call it."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra.bundle import HANDLER, Target

ASSUME_ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


@dataclass(frozen=True)
class FunctionArgs:
    """The zip, its runtime, its environment, and the API that calls it."""

    name: str
    tags: Mapping[str, str]
    bundle: Path
    target: Target
    memory_megabytes: int
    timeout_seconds: int
    log_retention_days: int
    reserved_concurrency: int | None
    variables: Mapping[str, pulumi.Input[str]]
    execution_arn: pulumi.Input[str]
    policies: Mapping[str, pulumi.Input[str]]


class McpFunction(pulumi.ComponentResource):
    """The function with its role and log group, callable by one API and nobody else."""

    name: pulumi.Output[str]
    region: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]
    permission: aws.lambda_.Permission

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:McpFunction", name, None, opts)
        self._args = args
        log = self._log()
        role = self._role()
        function = self._function(role, log, self._policies(role, log))
        self.permission = self._permission(function)
        self.name = function.name
        self.invoke_arn = function.invoke_arn
        self.region = function.arn.apply(lambda arn: arn.split(":")[3])
        self.register_outputs({"name": self.name, "invoke_arn": self.invoke_arn, "region": self.region})

    def _child(self, *after: pulumi.Resource, named: bool = False) -> pulumi.ResourceOptions:
        """Options of a child; one with a fixed name must go before its successor can come."""
        return pulumi.ResourceOptions(parent=self, depends_on=list(after), delete_before_replace=named or None)

    def _log(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            "log",
            name=f"/aws/lambda/{self._args.name}",
            retention_in_days=self._args.log_retention_days,
            tags=self._args.tags,
            opts=self._child(named=True),
        )

    def _role(self) -> aws.iam.Role:
        return aws.iam.Role(
            "role",
            name=self._args.name,
            assume_role_policy=json.dumps(ASSUME_ROLE),
            tags=self._args.tags,
            opts=self._child(named=True),
        )

    def _policies(self, role: aws.iam.Role, log: aws.cloudwatch.LogGroup) -> list[aws.iam.RolePolicy]:
        """What the function may do: write to its own log, and what it is given beside that."""
        documents = {"write-log": log.arn.apply(write_log), **self._args.policies}
        return [
            aws.iam.RolePolicy(
                "policy" if name == "write-log" else f"policy-{name}",
                name=name,
                role=role.name,
                policy=document,
                opts=self._child(named=True),
            )
            for name, document in documents.items()
        ]

    def _function(
        self, role: aws.iam.Role, log: aws.cloudwatch.LogGroup, policies: Sequence[aws.iam.RolePolicy]
    ) -> aws.lambda_.Function:
        """
        The function, made anew with its role, also where the new role has the old one's name.

        Source: Terraform, aws_lambda_function: Lambda's grant for the key of the variables belongs to the role's id.
        """
        return aws.lambda_.Function(
            "function",
            name=self._args.name,
            role=role.arn,
            runtime=f"python{self._args.target.python}",
            architectures=[self._args.target.architecture],
            handler=HANDLER,
            code=pulumi.FileArchive(str(self._args.bundle)),
            source_code_hash=code_hash(self._args.bundle),
            memory_size=self._args.memory_megabytes,
            timeout=self._args.timeout_seconds,
            reserved_concurrent_executions=self._args.reserved_concurrency,
            environment={"variables": self._args.variables},
            tags=self._args.tags,
            opts=pulumi.ResourceOptions.merge(
                self._child(log, *policies, named=True),
                pulumi.ResourceOptions(replacement_trigger=role.unique_id),
            ),
        )

    def _permission(self, function: aws.lambda_.Function) -> aws.lambda_.Permission:
        return aws.lambda_.Permission(
            "permission",
            statement_id="http-api",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(self._args.execution_arn, "/*/*"),
            opts=self._child(named=True),
        )


def write_log(log_group_arn: str) -> str:
    """
    The policy document that lets the function write to the streams of one log group.

    Source: ours: with CreateLogGroup a late line would bring the group back after `down`.
    """
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{log_group_arn.removesuffix(':*')}:*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code_hash(bundle: Path) -> str:
    """The zip's hash as Lambda itself reports it (CodeSha256)."""
    return base64.b64encode(hashlib.sha256(bundle.read_bytes()).digest()).decode()
