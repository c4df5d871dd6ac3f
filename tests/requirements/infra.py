"""The Pulumi program, its settings, its zip and the locks."""

DESIGN = "docs/architecture.md, infra"
OKTA_API = "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/"

REQUIREMENTS = {
    "problems": "issue 3 §2: all configuration problems in one message",
    "chain": "Okta's rules are allow-lists without down-scoping: the sets of `access` form a chain; " + DESIGN,
    "base-scopes": "MCP authorization, scope selection: the minimal set that every assigned person may have",
    "wrong-cloud": "issue 3 §2: the wrong-cloud guard",
    "keys": "Pulumi project file: every key declared with description and text default; " + DESIGN,
    "audience": "RFC 8707 §2, RFC 9068 §4: one audience, byte for byte the MCP URL",
    "rules": f"{OKTA_API}: the first rule that admits all that was asked wins; chained by priority",
    "app": "RFC 8252 §8.5, RFC 7636, RFC 9700 §4.14.2: a public client, PKCE, rotating refresh tokens",
    "redirects": "RFC 8252 §7.3; Okta compares redirect URIs as strings, port and host included",
    "assignments": "issue 3 §2: assignments per group; who is in none may not use the app",
    "groups": "issue 3, must show: a group that does not exist ends with one clear message",
    "permission": "AWS Lambda, permissions for API Gateway: principal and source ARN of one API",
    "challenge": "API Gateway HTTP API, response parameter mapping; WWW-Authenticate is renamed otherwise",
    "logs": "issue 3 §2: log groups with retention, inline policy for its own group only, vended access log",
    "throttling": "API Gateway Stage, DefaultRouteSettings: rate and burst both",
    "marks": "issue 3 §6: own objects per environment, found again without state",
    "outputs": "docs/architecture.md, contract 1: stack outputs",
    "environment": "docs/architecture.md, contract 2: the function's environment",
    "repeatable": "issue 3 §2: the zip is byte for byte repeatable and cached",
    "hashes": "issue 3 §2: dependencies from requirements/lambda.txt with hashes, for the target",
    "bytecode": "PEP 552: unchecked-hash .pyc",
    "complete": "issue 3 §8: the zip holds what the handler imports",
    "markers": "docs/adr/0008: no marker of the lock differs between targets",
    "locks": "docs/adr/0008: pinned with hashes, no address and no path in the output",
    "notes": "issue 5, item 5: table keyed by uid, point-in-time recovery, encryption, least privilege",
    "services": "issue 5, item 7: a service app per configured caller",
    "device": "issue 5, item 7; RFC 8628: device sign-in where the configuration allows it",
}
