"""The stand-ins for Pulumi's plugins and for its Python language host."""

RECORDING = "tests/vectors/okta-plugin, recorded from the real plugin"
PROTO = "pulumi.runtime.proto"

REQUIREMENTS = {
    "requests": f"{RECORDING}: traffic",
    "outputs": f"{RECORDING}: state, outputs",
    "defaults": f"{RECORDING}: state, inputs",
    "configure": f"{RECORDING}: traffic, preview",
    "tables": f"{RECORDING}: properties",
    "sdk": "issue 3 §8: the stand-ins' properties exist in the pulumi_okta and pulumi_aws types",
    "program": "issue 3 §5: exactly the resource types and properties that the program uses",
    "check": f"{PROTO}, CheckResponse: each wrong property by name",
    "refused": "docs/architecture.md: unknown means refused, by name",
    "names": "Pulumi, automatic naming: logical name and a random suffix; CheckRequest.autonaming",
    "diff": f"{PROTO}, DiffResponse: what changes, what replaces, deleteBeforeReplace",
    "refresh": "issue 3, must show: drift and deletion behind Pulumi's back are found",
    "import": "Pulumi, import: nested ids as the providers document them",
    "secrets": "issue 4: secrets kept secret in state",
    "preview": f"{PROTO}, CreateRequest.preview: unknown outputs",
    "half-created": f"{PROTO}, ErrorResourceInitFailed: what exists is in the state",
    "limits": "Okta, Rate limits: X-Rate-Limit-Reset",
    "retries": "issue 4: retries on 409/429/5xx with backoff",
    "unreachable": "issue 3, must show: an unreachable Okta ends with one clear message",
    "cancel": f"{PROTO}, Cancel: waiting ends",
    "emulator": "issue 4: both stand-ins against the local Okta and moto",
    "host": f"{PROTO}, LanguageRuntime: the real engine runs a program",
    "contract": "issue 4: every resource type of both plugins, judged alike",
    "faults": "issue 4: a create that fails half-way is in the state or is cleaned up, never lost",
    "parallel": "issue 4: the engine's calls come in parallel",
    "oauth": "Okta, Implement OAuth for Okta with a service app; RFC 7523 §2.2",
    "dynamodb": "issue 4: what a tool's author needs next; AWS, DynamoDB API",
    "ends": "issue 4: no plugin process outlives its engine",
    "real": "issue 4: --providers real lays Pulumi's own plugin where its stand-in was",
}
