"""The zip and the handler: what the handler imports is in the zip, and only there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.bundle import HANDLER, Sources, Target, build_bundle
from infra.dependencies import DEAD_PACKAGES
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]
VARIABLES = {
    "MCP_URL": "https://mcp.example.com/mcp",
    "OKTA_ISSUER": "https://acme.okta.com/oauth2/aus1",
    "OKTA_CLIENT_IDS": "0oa1",
    "BASE_SCOPES": "mcp:read",
    "TOKEN_CHECK": "jwt",
    "LOG_LEVEL": "INFO",
}


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip for this interpreter, from the repository's own cache."""
    machine = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    target = Target(f"{sys.version_info.major}.{sys.version_info.minor}", machine)
    archive = build_bundle(Sources.of(ROOT), target, ROOT / ".local" / "bundle")
    directory = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(directory)  # our own zip
    return directory


def run(task: Path, statement: str) -> subprocess.CompletedProcess[str]:
    """Run a statement with the zip and the standard library, and nothing else."""
    return subprocess.run(
        [sys.executable, "-S", "-s", "-c", f"import sys; sys.path.insert(0, {str(task)!r})\n{statement}"],
        capture_output=True,
        text=True,
        cwd=task,
        env=VARIABLES,
        timeout=60,
    )


@requirement("infra:complete")
def test_the_zip_holds_all_that_the_handler_imports(task: Path) -> None:
    """Imported without site-packages, the handler is callable and comes from the zip (issue 3 §8)."""
    module, function = HANDLER.rsplit(".", 1)
    done = run(task, f"import {module} as m; print(m.__file__, callable(m.{function}))")

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(task / "lambda_server" / "handler.py"), "True"]


def test_what_is_pruned_is_not_imported_by_the_handler(task: Path) -> None:
    """The dead weight is dead: no module of it is loaded, from wherever (docs/facts/mcp-on-lambda.md, Package)."""
    module = HANDLER.rsplit(".", 1)[0]
    done = run(task, f"import {module}\nprint(*{{name.split('.')[0] for name in sys.modules}})")

    assert done.returncode == 0, done.stderr
    assert not set(DEAD_PACKAGES) & set(done.stdout.split())


def test_the_zip_fits_what_lambda_takes(task: Path) -> None:
    """At most 250 MB unpacked, and in fact under 50 (AWS Lambda quotas; docs/facts/mcp-on-lambda.md, Package)."""
    assert sum(path.stat().st_size for path in task.rglob("*") if path.is_file()) < 50_000_000


def test_a_missing_module_is_noticed(task: Path, tmp_path: Path) -> None:
    """The check above would see a hole: without Mangum the import fails (ours)."""
    hole = tmp_path / "task"
    hole.mkdir()
    for path in task.iterdir():
        if path.name != "mangum":
            (hole / path.name).symlink_to(path)
    done = run(hole, f"import {HANDLER.rsplit('.', 1)[0]}")

    assert done.returncode != 0
    assert "No module named 'mangum'" in done.stderr
