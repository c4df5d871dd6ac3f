"""The shape of the code: who may import what, and who may read the environment. Source: ADR 0001."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.requirements import REQUIREMENTS, requirement

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("infra", "lambda_server", "client", "environments", "local_cloud", "cli")
MAY_IMPORT = {
    "infra": {"infra", "lambda_server.scopes"},
    "lambda_server": {"lambda_server"},
    "client": {"client"},
    "environments": {"environments"},
    "local_cloud": {"local_cloud"},
}
FOREIGN = {
    "infra": {"boto3", "moto", "mcp", "httpx2", "starlette"},
    "lambda_server": {"pulumi", "pulumi_aws", "pulumi_okta", "moto", "keyring"},
    "client": {"pulumi", "boto3", "moto", "uvicorn", "mangum"},
    "environments": {"moto", "mcp", "starlette", "pulumi_aws", "pulumi_okta"},
    "local_cloud": {"pulumi_aws", "pulumi_okta", "mcp", "mangum"},
}


def imported_names(source: str) -> Iterator[str]:
    """Every module that the source imports, at any depth, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden_imports(package: str, source: str) -> list[str]:
    """The imports in the source that the package may not have."""
    wrong = []
    for name in imported_names(source):
        top = name.split(".")[0]
        ours = top in PACKAGES and not any(
            name == allowed or name.startswith(f"{allowed}.") or allowed.startswith(f"{name}.")
            for allowed in MAY_IMPORT[package]
        )
        if ours or top in FOREIGN[package]:
            wrong.append(name)
    return wrong


def reads_environment(source: str) -> bool:
    """Whether the source touches os.environ or os.getenv."""
    tree = ast.parse(source)
    return any(isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") for node in ast.walk(tree))


def modules(package: str) -> list[Path]:
    """The package's own modules."""
    return sorted((ROOT / package).rglob("*.py"))


@requirement("shape:imports")
@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_packages_meet_in_data_and_not_in_imports(package: str) -> None:
    """A package imports itself, libraries, and at most the scopes (ADR 0001)."""
    wrong = {
        str(path.relative_to(ROOT)): forbidden
        for path in modules(package)
        if (forbidden := forbidden_imports(package, path.read_text()))
    }

    assert wrong == {}


@requirement("shape:environment")
def test_the_function_reads_its_environment_through_the_settings_alone() -> None:
    """`handler.py` and the developer's `__main__.py` hand os.environ to `settings.py`; nothing else touches it."""
    readers = {path.name for path in modules("lambda_server") if reads_environment(path.read_text())}

    assert readers <= {"settings.py", "__main__.py", "handler.py"}


def test_the_detector_sees_a_forbidden_import() -> None:
    """The shape test would notice what it looks for (ours)."""
    assert forbidden_imports("client", "def f():\n    import pulumi.automation") == ["pulumi.automation"]
    assert forbidden_imports("client", "from infra import settings") == ["infra", "infra.settings"]
    assert forbidden_imports("infra", "from lambda_server.scopes import SCOPES") == []
    assert forbidden_imports("infra", "from lambda_server import server") == ["lambda_server.server"]
    assert reads_environment("import os\nos.environ['A']")


@requirement("shape:requirements")
def test_each_requirement_is_proven_and_each_proof_has_a_source() -> None:
    """The manifest and the tests name the same requirements (an unknown id already fails at import)."""
    used = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "requirement":
                used |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}

    assert used == set(REQUIREMENTS)
    assert all(source.strip() for source in REQUIREMENTS.values())
