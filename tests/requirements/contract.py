"""The seams between the packages, and between the local cloud and clients that know nothing of it."""

_CLIENTS = "issue 4: Okta's own SDKs, independent OIDC clients and the AWS SDK use the local cloud without knowing;"

REQUIREMENTS = {
    "outputs": "docs/architecture.md, contract 1: stack outputs",
    "function-environment": "docs/architecture.md, contract 2: function environment",
    "audience": "RFC 8707 §2; Okta: one audience per authorization server",
    "scopes": "docs/adr/0001-packages-meet-in-data.md: scopes are named once",
    "okta-sdk": f"{_CLIENTS} okta-sdk-python 3",
    "okta-sdk-oauth": "https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/",
    "authlib": f"{_CLIENTS} Authlib as OAuth client and as relying party",
    "okta-jwt-verifier": f"{_CLIENTS} okta-jwt-verifier (Python)",
    "go-oidc": f"{_CLIENTS} go-oidc and oauth2 in Go",
    "boto3": f"{_CLIENTS} boto3",
    "boto3-paging": "botocore paginators",
    "boto3-errors": "AWS API references, errors of each call",
    "okta-paging": "https://developer.okta.com/docs/api/#pagination",
    "okta-errors": "https://developer.okta.com/docs/reference/error-codes/",
    "okta-rate-limit": "https://developer.okta.com/docs/reference/rl-best-practices/",
}
