"""The whole, seen from outside."""

REQUIREMENTS = {
    "demo": "issue 3, must show: the demo exits 0 and nothing is left",
    "no-changes": "issue 3, must show: a second up reports no changes",
    "one-change": "issue 3, must show: one changed config value updates only what depends on it",
    "replace": "issue 3, must show: a change of an immutable property replaces",
    "structured-result": "issue 3, must show: call whoami --json prints the tool's structured result",
    "no-second-sign-in": "issue 3, must show: a second call, in a new process, needs no sign-in",
    "refresh": "issue 3, must show: after the access token expired, no sign-in either; two calls at once both succeed",
    "logout": "issue 3, must show: logout revokes and removes the tokens (RFC 7009)",
    "step-up": "MCP authorization 2025-11-25, step-up: the union of granted and challenged scopes",
    "denied": "issue 3, must show: reader refused the write, outsider refused by Okta, each with a readable reason",
    "zip": "issue 3, must show: a module missing from the zip is the runtime's own ImportModuleError",
    "rules": "issue 3, must show: a rule edited through the Management API ends the same sign-in differently",
    "drift": "issue 3, must show: an object deleted behind Pulumi's back is found by refresh",
    "permission": "issue 3, must show: without the permission the front door answers 500",
    "clear-messages": "issue 3, must show: bad input ends with one clear message and the right exit code",
    "killed-up": "issue 3, must show: up after a killed up, nothing half-done left behind",
    "branches": "issue 3, must show: two branch environments side by side; tokens of one refused by the other",
    "plain-pulumi": "issue 3, §7: plain pulumi works after eval of local env",
    "side-by-side-dev": "issue 3, §3: python -m lambda_server serves the same app for a tool author",
    "load": "issue 4, must show: 200 concurrent sign-ins and 2,000 calls without an error or growth",
}
