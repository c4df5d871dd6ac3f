"""Environments: the engine, names, and a life that may be stopped, killed and repeated."""

PAINS = "docs/facts/branch-environments.md"

REQUIREMENTS = {
    "engine-found": "issue 3 §5: find or get the CLI, version pinned; go.mod names the version",
    "engine-missing": "issue 3, must show: no engine and no network ends with one clear message",
    "names": f"{PAINS}: slugs collide; hash the raw ref; names are limited",
    "protected": f"{PAINS}: protected names are refused in code",
    "polite-stop": f"{PAINS}: interrupted runs orphan resources; the running step is finished",
    "engine-built": "docs/adr/0007: the CLI builds from its Go module; checks of Go's version and free disk first",
    "stale-lock": f"{PAINS}: detect stale locks",
    "clear-errors": "issue 3, must show: one clear message (what, where, remedy) and the right exit code",
    "ownership": f"{PAINS}: resources without state are found by their marks on both clouds",
    "pending": "Pulumi, pending operations: an object may exist that the state does not hold; only that one is deleted",
    "no-changes": "issue 3, must show: a second up reports no changes",
    "down-twice": "issue 3, must show: down twice; the second says that there is nothing to do",
    "nothing-left": f"{PAINS}: `stack rm` removes the configuration file too",
    "branch-config": "issue 3 §6: a stack per branch, beside its base",
    "wrong-cloud": "design, safe by construction: refresh and destroy run no program, so its guard does not see them",
    "rate-limit": "Okta, Rate limits: 429 and X-Rate-Limit-Reset",
    "token": "issue 3: no secret in messages; the token is not quoted",
    "ask-first": "design, safe by construction: up names org, account and region before it asks",
    "outputs-for": "docs/architecture.md, contract 1: outputs of a stack, a file, or the environment",
    "progress": "issue 3 §6: up and down show resources with durations, then what to do next",
    "second-stop": "issue 4, fault runs: who asks a second time is obeyed at once; Pulumi, cancellation",
    "lost-answer": "issue 4, fault runs: what was made and never reported is found and deleted",
    "named-failure": "issue 4, fault runs: the message names the resource that failed",
    "real-plugin": "issue 4: --providers real runs Pulumi's own Okta plugin, where it is installed or can be",
    "no-stand-ins": "issue 4: the local cloud's plugins never work on a real org",
    "empty-groups": "issue 5 §1: a group that nobody is in is said before anything is created",
    "ownership-table": "issue 5 §5, §7: the notes' table and service apps are found by their marks and deleted",
}
