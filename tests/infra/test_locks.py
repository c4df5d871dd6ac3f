"""The files of requirements/: pinned, hashed, without an address, and the same for every target."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.dependencies import PYTHONS
from tests.requirements import requirement

LOCKS = Path(__file__).parents[2] / "requirements"
NAMES = ("bootstrap", "dev", "lambda", "runtime")


def entries(name: str) -> list[Requirement]:
    """What a lock pins."""
    lines = (LOCKS / f"{name}.txt").read_text().splitlines()
    return [Requirement(line.removesuffix("\\").strip()) for line in lines if re.match(r"[a-z0-9]", line)]


def environment(python: str, machine: str) -> dict[str, str]:
    """The marker environment of a Lambda runtime."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_version": f"{python}.0",
        "sys_platform": "linux",
    }


@requirement("infra:markers")
def test_no_marker_differs_between_the_targets() -> None:
    """Every runtime and architecture gets the same packages, so that what is tested is what is deployed (ADR 0008)."""
    packages = {
        (python, machine): frozenset(
            entry.name
            for entry in entries("lambda")
            if not entry.marker or entry.marker.evaluate(environment(python, machine))
        )
        for python in PYTHONS
        for machine in ("x86_64", "aarch64")
    }

    assert len(set(packages.values())) == 1
    assert {"mcp", "mangum", "joserfc", "httpx2", "pydantic"} <= next(iter(packages.values()))


@requirement("infra:locks")
@pytest.mark.parametrize("name", NAMES)
def test_each_lock_pins_with_hashes_and_names_no_address(name: str) -> None:
    """`uv pip compile --generate-hashes --no-emit-index-url` (ADR 0008)."""
    text = (LOCKS / f"{name}.txt").read_text()
    pinned = entries(name)

    assert pinned
    assert all(re.fullmatch(r"==[^*]+", str(entry.specifier)) for entry in pinned)
    assert len(re.findall(r"\\\n    --hash=sha256:[0-9a-f]{64}", text)) >= len(pinned)
    assert not re.search(r"https?://|file:|--index|--find-links|@ |^-e|mcp-okta==", text, re.M)


def test_the_function_runs_the_versions_that_the_tests_ran_with() -> None:
    """requirements/lambda.txt and bootstrap.txt are compiled under the constraints of dev.txt (ADR 0008)."""
    tested = {entry.name: str(entry.specifier) for entry in entries("dev")}

    for name in ("lambda", "bootstrap"):
        assert {entry.name: tested.get(entry.name) for entry in entries(name)} == {
            entry.name: str(entry.specifier) for entry in entries(name)
        }


def test_everything_that_scripts_need_is_in_the_development_lock() -> None:
    """The build backend and uv too: `-e .` is installed without isolation (ADR 0008)."""
    assert {"setuptools", "uv", "pytest", "ruff", "mypy", "pulumi", "moto"} <= {entry.name for entry in entries("dev")}
    assert {"awslambdaric"} <= {entry.name for entry in entries("runtime")}
