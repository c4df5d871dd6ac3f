"""Unit tests for the `local` commands; the clouds themselves: tests/local_cloud."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli import local
from cli.errors import NoRepository
from cli.main import run
from cli.readiness import prepare_engine
from cli.root import find_root
from environments.lifecycle import Result
from local_cloud.folder import LocalFolder
from local_cloud.state import read_last_boot
from tests.requirements import requirement

STACKS = [
    {"name": "feature-x", "resourceCount": 21},
    {"name": "local", "resourceCount": 20},
    {"name": "empty", "resourceCount": 0},
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which nothing runs, and which is the current folder."""
    (tmp_path / "Pulumi.yaml").write_text("name: mcp-okta\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path.resolve()


@dataclass
class FakeClouds:
    """A local cloud that starts at once, and an engine that builds at once."""

    boot_id: str = "first"
    rebuilt: list[str] = field(default_factory=list)
    fails: bool = False

    def start(self, root: Path, report: Callable[[str], None]) -> Any:
        """Say which boot it is."""
        LocalFolder.of(root).prepare()
        return SimpleNamespace(boot_id=self.boot_id)

    def rebuild(self, root: Path, stack: str, env: Any, on_progress: Any) -> Result:
        """Note the stack."""
        if self.fails:
            raise RuntimeError("no")
        self.rebuilt.append(stack)
        return Result({"url": f"http://127.0.0.1:1/{stack}"}, {}, 1.0)


@pytest.fixture
def clouds(root: Path, monkeypatch: pytest.MonkeyPatch) -> FakeClouds:
    """The clouds and the engine of these tests; the state has two stacks with resources, and an empty one."""
    clouds = FakeClouds()
    monkeypatch.setattr("local_cloud.supervisor.start", clouds.start)
    monkeypatch.setattr("local_cloud.supervisor.environment", lambda root: {})
    monkeypatch.setattr("environments.lifecycle.rebuild", clouds.rebuild)
    monkeypatch.setattr("environments.listing.ask_engine", lambda *args: json.dumps(STACKS))
    stacks = root / ".local/state/.pulumi/stacks/mcp-okta"
    stacks.mkdir(parents=True)
    (stacks / "local.json").write_text("{}")
    return clouds


@requirement("local:rebuild")
def test_a_lost_cloud_is_built_again_and_said(clouds: FakeClouds, capsys: pytest.CaptureFixture[str]) -> None:
    """The base first, then its branches; what was empty stays so (design)."""
    assert run(["local", "up"]) == 0
    said = capsys.readouterr().err

    assert clouds.rebuilt == ["local", "feature-x"]
    assert "the local clouds were lost; rebuilding stack local" in said
    assert "http://127.0.0.1:1/feature-x" in said


def test_the_same_cloud_is_not_built_again(clouds: FakeClouds) -> None:
    """Only another boot is another cloud (design)."""
    assert (run(["local", "up"]), run(["local", "up"])) == (0, 0)
    assert clouds.rebuilt == ["local", "feature-x"]
    clouds.boot_id = "second"
    assert run(["local", "up"]) == 0
    assert len(clouds.rebuilt) == 4


def test_what_could_not_be_built_is_tried_again(clouds: FakeClouds, root: Path) -> None:
    """The boot counts only when everything is there (ours)."""
    clouds.fails = True
    assert run(["local", "up"]) == 1
    assert read_last_boot(LocalFolder.of(root)) is None
    clouds.fails = False
    assert run(["local", "up"]) == 0
    assert clouds.rebuilt == ["local", "feature-x"]


def test_without_stacks_the_engine_is_not_asked(
    clouds: FakeClouds, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first `local up` needs no engine (ours)."""
    (root / ".local/state/.pulumi/stacks/mcp-okta/local.json").unlink()
    monkeypatch.delattr("environments.listing.ask_engine")

    assert run(["local", "up"]) == 0
    assert clouds.rebuilt == []


@requirement("local:error-edge")
def test_env_of_a_stopped_cloud_prints_nothing_to_evaluate(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, the remedy on stderr, and an empty stdout (issue 3, §7)."""
    assert run(["local", "env"]) == 1
    printed = capsys.readouterr()

    assert printed.out == ""
    assert "mcp-okta local up" in printed.err


@pytest.mark.parametrize(("shell", "line"), [("sh", "export GIVEN='a b';"), ("fish", "set -gx GIVEN 'a b';")])
def test_env_speaks_the_words_of_the_shell(
    shell: str, line: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """sh by default, fish on demand (design, contract 5)."""
    monkeypatch.setattr("local_cloud.supervisor.environment", lambda root: {"GIVEN": "a b"})
    monkeypatch.setattr(local, "prepare_engine", lambda *args: None)

    assert run(["local", "env", "--shell", shell]) == 0
    assert capsys.readouterr().out == f"{line}\n"


def test_env_prepares_the_engine_and_the_stack_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain `pulumi` works at once; where all is there, the engine is not even asked (issue 3, §7)."""
    made: list[str] = []

    def open_workspace(root: Path, variables: Any, report: Any) -> Any:
        return SimpleNamespace(create_or_select=made.append)

    monkeypatch.setattr("environments.workspace.open_workspace", open_workspace)
    prepare_engine(root, {}, lambda text: None)
    for name in ("bin/pulumi", "state/.pulumi/stacks/mcp-okta/local.json"):
        (root / ".local" / name).parent.mkdir(parents=True)
        (root / ".local" / name).write_text("")
    prepare_engine(root, {}, lambda text: None)

    assert made == ["local"]


def test_another_shell_is_wrong_usage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ones that there are, are named (ours)."""
    assert run(["local", "env", "--shell", "tcsh"]) == 2
    assert "fish" in capsys.readouterr().err


@requirement("local:status")
def test_the_status_is_one_document_on_stdout(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where nothing runs (design, contract 4)."""
    assert run(["local", "status", "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)

    assert found["running"] is False and found["okta_url"] is None and found["stacks"] == []
    assert found.keys() == {"running", "okta_url", "okta_api_token", "aws_endpoint_url", "users", "stacks"}
    assert printed.err == ""


def test_the_status_for_a_person_has_no_token(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses, people and environments (rules: no secret in outputs for people)."""
    found = {
        "running": True,
        "okta_url": "http://o",
        "okta_api_token": "t0ken",
        "aws_endpoint_url": "http://a",
        "users": [{"name": "reader@example.com", "password": "Reader-1!", "groups": []}],
        "stacks": [{"name": "local", "url": "http://u/mcp"}],
    }
    text = "\n".join(local.describe(found))

    assert all(word in text for word in ("http://o", "http://a", "reader@example.com", "no group", "http://u/mcp"))
    assert "t0ken" not in text


def test_down_where_nothing_runs_is_fine(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says so (issue 3: down twice)."""
    assert (run(["local", "down"]), run(["local", "down"])) == (0, 0)
    assert "nothing to do" in capsys.readouterr().err


def test_logs_where_none_are_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the remedy (issue 3)."""
    assert run(["local", "logs"]) == 1
    assert "mcp-okta local up" in capsys.readouterr().err


def test_the_root_is_found_from_below(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest folder with a Pulumi.yaml (common rule)."""
    below = root / "a/b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    assert find_root() == root


def test_outside_of_a_repository_is_said(tmp_path: Path) -> None:
    """What was looked for, and where (issue 3: what, where, remedy)."""
    with pytest.raises(NoRepository, match=r"Pulumi\.yaml"):
        find_root(tmp_path)
