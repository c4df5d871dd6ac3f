"""The seams between the packages."""

REQUIREMENTS = {
    "outputs": "design, contract 1: stack outputs",
    "function-environment": "design, contract 2: function environment",
    "audience": "RFC 8707 §2; Okta: one audience per authorization server",
    "scopes": "docs/adr/0001-packages-meet-in-data.md: scopes are named once",
}
