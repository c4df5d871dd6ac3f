"""The local AWS: control plane, HTTP API data plane, Lambda runtime."""

_AWS = "https://docs.aws.amazon.com/"
_HTTP_API = f"{_AWS}apigateway/latest/developerguide/http-api-"
_LAMBDA = f"{_AWS}lambda/latest/dg/"

REQUIREMENTS = {
    "event": f"{_HTTP_API}develop-integrations-lambda.html (payload format 2.0)",
    "answer": f"{_HTTP_API}develop-integrations-lambda.html (response for format 2.0)",
    "mapping": f"{_HTTP_API}parameter-mapping.html",
    "renaming": "docs/facts/mcp-on-lambda.md: WWW-Authenticate is renamed by AWS, opinions differ; issue 4: a switch",
    "routes": f"{_HTTP_API}develop-routes.html",
    "permission": "issue 3: the permission removed, the front door answers 500",
    "throttle": f"{_HTTP_API}throttling.html",
    "limits": f"{_HTTP_API}quotas.html",
    "access-log": f"{_HTTP_API}logging-variables.html",
    "refused": "docs/architecture.md: unknown means refused, with its name",
    "port-kept": "docs/architecture.md: each API's own loopback port, kept on disk: it is in the audience",
    "port-taken": "issue 3: a taken port ends with one clear message, nothing half-done left behind",
    "update-stage": "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html",
    "invoke": f"{_LAMBDA}API_Invoke.html",
    "runtime-api": f"{_LAMBDA}runtimes-api.html",
    "allow-list": "docs/architecture.md: the interpreter holds only awslambdaric; issue 4: environment allow-list",
    "update": "issue 4: updates take effect at once, in-flight calls finish on the old version",
    "concurrency": f"{_LAMBDA}lambda-concurrency.html",
    "timeout": "issue 4: a timeout kills, and the next call is a cold one",
    "freeze": f"{_LAMBDA}lambda-runtime-environment.html (frozen between invocations)",
    "import-error": "issue 3: a module removed from the zip, the runtime's own ImportModuleError",
    "log": f"{_LAMBDA}python-logging.html (START, END, REPORT)",
    "nothing-left": "docs/facts/local-emulation.md; issue 3: clean stop, no process and no listener left",
    "role": "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html; issue 4",
    "trust": f"{_LAMBDA}lambda-intro-execution-role.html; IAM API reference, CreateRole, UpdateAssumeRolePolicy",
    "dynamodb": "issue 4: DynamoDB from inside the function, through AWS_ENDPOINT_URL; DynamoDB developer guide",
    "cloudwatch": "issue 4: logs readable through the AWS SDK (CloudWatch Logs in moto)",
    "failures": f"{_LAMBDA}troubleshooting-invocation.html; {_LAMBDA}lambda-runtime-environment.html",
    "hosts": "RFC 9110 §7.2, §15.5.20; RFC 9112 §3.2.2: DNS rebinding",
    "keys": "AWS Signature Version 4; ours: another user of this machine runs no code as this one",
    "malformed": "RFC 9112 §6: no request makes the local AWS fail",
    "no-page": "Fetch, CORS: no page in a browser reaches the control plane",
    "switch": "docs/architecture.md, test switches: the token of the local Okta opens them",
    "read-only": f"{_LAMBDA}lambda-runtime-environment.html; {_LAMBDA}configuration-envvars.html (LAMBDA_TASK_ROOT)",
    "log-size": "ours: a local cloud that runs for months does not fill the disk",
}
