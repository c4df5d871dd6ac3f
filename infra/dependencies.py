"""The function's dependencies for one target: installed from the lock with their hashes, pruned, compiled."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from infra.errors import BundleFailed

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {"x86_64": "x86_64-manylinux2014", "arm64": "aarch64-manylinux2014"}

# What the handler never imports (measured: docs/facts/mcp-on-lambda.md, Package, 31 MB → 24 MB).
DEAD_PACKAGES = (
    *("uvicorn", "click", "jsonschema", "jsonschema_specifications", "referencing", "rpds", "attr", "attrs"),
    *("python_multipart", "multipart", "pycparser", "cffi", "mcp/cli", "bin"),
)
DEAD_DISTRIBUTIONS = (
    *("uvicorn", "click", "jsonschema", "jsonschema_specifications", "referencing", "rpds_py", "attrs"),
    *("python_multipart", "pycparser", "cffi"),
)
# The AWS SDK describes every service that there is: 30 MB, of which the function uses one.
SDK_DATA = "botocore/data"
SDK_SERVICES = ("dynamodb",)
# RECORD lists files that are pruned or compiled; the others describe the installation, not the package.
DEAD_FILES = (
    "*.pyi",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    ".lock",
)

# Settings that say how to reach an index; every other UV_ and PIP_ name could change what is installed.
REACH = ("UV_CACHE_DIR", "UV_HTTP_TIMEOUT", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_OFFLINE")


@dataclass(frozen=True)
class Target:
    """The Lambda runtime that the zip is for: Python `3.11` … `3.14`, architecture `x86_64` or `arm64`."""

    python: str
    architecture: str


def install(lock: Path, target: Target, directory: Path) -> None:
    """
    Install what the lock names, wheels only, hashes checked, for the target and not for this machine.

    Raises:
        BundleFailed: a hash differs, a wheel does not exist for the target, or the index is unreachable.
    """
    command = [
        *(find_uv(), "--no-config", "pip", "install", "--quiet", "--no-python-downloads"),
        *("--python", sys.executable, "--target", str(directory), "--link-mode", "copy"),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--python-platform", PLATFORMS[target.architecture], "--python-version", target.python),
        *("--requirements", str(lock)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=installer_environment(os.environ))
    if done.returncode:
        raise installation_failure(lock, target, done.stderr)


def find_uv() -> str:
    """
    The uv of this virtual environment.

    Raises:
        BundleFailed: it is not installed.
    """
    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise BundleFailed("uv, which installs the function's dependencies, is not in .venv", "scripts/test") from error


def installer_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without the person's own pip and uv settings: they must not decide what is deployed."""
    return {name: value for name, value in environment.items() if name in REACH or not name.startswith(("UV_", "PIP_"))}


def installation_failure(lock: Path, target: Target, report: str) -> BundleFailed:
    """The error that says what to do about uv's report."""
    where = f"{lock.name} for Python {target.python} on {target.architecture}"
    message = f"the function's dependencies could not be installed ({where}):\n{report.strip()[-2000:]}"
    if "hash" in report.lower():
        return BundleFailed(
            message, "scripts/lock --upgrade, if you trust the new files; else find out who changed them"
        )
    if "no wheels" in report.lower() or "no usable wheels" in report.lower():
        return BundleFailed(message, "choose another pythonVersion or architecture, or scripts/lock --upgrade")
    return BundleFailed(message, "check that this machine reaches the package index, then run the same command again")


def prune(directory: Path) -> None:
    """Remove what the handler never imports."""
    for name in DEAD_PACKAGES:
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in DEAD_DISTRIBUTIONS:
        for metadata in directory.glob(f"{name}-*.dist-info"):
            shutil.rmtree(metadata)
    for service in (directory / SDK_DATA).glob("*/"):
        if service.name not in SDK_SERVICES:
            shutil.rmtree(service)
    for pattern in DEAD_FILES:
        for path in directory.rglob(pattern):
            path.unlink()


def find_interpreter(python: str) -> str | None:
    """An interpreter of the target's minor version, whose bytecode the target can load; None where there is none."""
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = subprocess.run(
        [find_uv(), "--no-config", "python", "find", "--no-python-downloads", "--no-project", python],
        capture_output=True,
        text=True,
        env=installer_environment(os.environ),
    )
    return found.stdout.strip() or None if found.returncode == 0 else None


def compile_modules(directory: Path, interpreter: str) -> None:
    """
    Add bytecode that is loaded without a look at the source or its time.

    Raises:
        BundleFailed: a module does not compile.

    Source: PEP 552, unchecked hash. Measured: halves the cold start; timestamps do not survive the zip.
    """
    command = [interpreter, "-m", "compileall", "-q", "-s", str(directory), "-p", "/var/task"]
    done = subprocess.run(
        [*command, "--invalidation-mode", "unchecked-hash", str(directory)],
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")},
    )
    if done.returncode:
        raise BundleFailed(f"a module does not compile:\n{done.stdout.strip()}", "mend the module that is named")
