"""Small programs that stand where the real ones would."""

from pathlib import Path


def program(path: Path, *lines: str) -> Path:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def pulumi(path: Path, version: str = "v3.259.0") -> Path:
    """A Pulumi CLI of that version, as far as `pulumi version` goes."""
    return program(path, f"echo {version}")


def go(path: Path, version: str = "go1.26.0", *build: str) -> Path:
    """A Go of that version; `build` is what `go build … -o TARGET PACKAGE` does, with TARGET in $target."""
    remember = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && target=$2; shift; done'
    return program(
        path,
        f'case "$1" in version) echo "go version {version} linux/amd64"; exit;; env) echo "{path.parent}"; exit;; esac',
        remember,
        *build,
    )
