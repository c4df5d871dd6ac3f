"""The seams between the packages."""

REQUIREMENTS = {
    "outputs": "docs/architecture.md, contract 1: stack outputs",
    "function-environment": "docs/architecture.md, contract 2: function environment",
    "audience": "RFC 8707 §2; Okta: one audience per authorization server",
    "scopes": "docs/adr/0001-packages-meet-in-data.md: scopes are named once",
}
