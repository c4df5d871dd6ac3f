"""The local cloud as one background process group, and the command's frame."""

REQUIREMENTS = {
    "up-twice": "issue 3, must show: `local up` twice is one local cloud",
    "down-twice": "issue 3, must show: nothing is left running, and stopping may be repeated",
    "crash": "issue 3, §5: a crash or a stale state file is noticed and mended by the next `local up`",
    "taken-port": "issue 3, must show: a taken port ends with one clear message, nothing half-done left behind",
    "hosts": "RFC 9110 §7.2, §15.5.20: DNS rebinding; only the names that the local cloud gives itself",
    "kept-ports": "docs/architecture.md: the issuer and the audience are made of ports, so these survive a restart",
    "state-file": "docs/architecture.md, contract 4: where the local cloud is; secrets in files of mode 0600",
    "status": "docs/architecture.md, contract 4: the keys of `local status --json`",
    "environment": "docs/architecture.md, contract 5: `local env` points to this machine and away from every account",
    "one-dies": "issue 3, §5: one supervised background process group",
    "only-ours": "ours: a process is ended only if it carries this root's mark",
    "rebuild": "docs/architecture.md: a crash loses AWS and not Pulumi's state; `local up` says so and rebuilds",
    "error-edge": "issue 3, must show: one clear message (what, where, remedy) and the right exit code",
    "lazy": "docs/architecture.md: the command is thin and lazy; the plain install has no pulumi, moto or boto3",
    "shell-words": "POSIX Shell Command Language 2.2: what is evaluated changes nothing else",
    "logs": "docs/architecture.md, contract 4: `local logs`",
}
