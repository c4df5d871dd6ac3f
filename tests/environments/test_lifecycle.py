"""An environment's life, with the real engine and a program that needs no cloud but Okta's address."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from environments.engine import find_engine
from environments.errors import EngineFailed, StackMissing, WrongPassphrase
from environments.lifecycle import Branch, down, list_environments, preview, read_outputs, up
from environments.progress import Note, Progress
from environments.workspace import open_workspace
from tests.environments.clouds import KEYS, TOKEN, aws_account, okta_org
from tests.requirements import requirement

PROJECT = "name: mcp-okta\nruntime: python\n"
PROGRAM = """
import os, pulumi
config = pulumi.Config("mcp-okta")
pulumi.export("url", "https://example.com/mcp")
pulumi.export("key", os.environ.get("OKTA_API_PRIVATE_KEY"))
pulumi.export("branch", config.get("branch"))
pulumi.export("memory", config.get("memory"))
"""
REFUSAL = 'import pulumi\nraise pulumi.RunError("memory: lots is not a number\\n  → pulumi config set memory 512")\n'
BEGUN = {"urn": "urn:pulumi:dev::mcp-okta::aws:iam/role:Role::role", "type": "aws:iam/role:Role"}

pytestmark = pytest.mark.skipif(find_engine() is None, reason="no Pulumi CLI: python -m environments.engine")
Env = dict[str, str | None]


@pytest.fixture(scope="module")
def addresses() -> Iterator[Env]:
    """Two clouds that answer."""
    with okta_org() as okta, aws_account() as aws:
        yield {
            "OKTA_HTTP_PROXY": str(okta.base_url).rstrip("/"),
            "OKTA_API_TOKEN": TOKEN,
            "AWS_ENDPOINT_URL": aws,
            "AWS_REGION": "us-east-1",
            **KEYS,
        }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a program."""
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "state").mkdir()
    return tmp_path


@pytest.fixture
def env(root: Path, addresses: Env, monkeypatch: pytest.MonkeyPatch) -> Env:
    """What leads to the clouds and to a backend in the project's folder, in a process that knows a real key."""
    monkeypatch.setenv("OKTA_API_PRIVATE_KEY", "a-real-key")
    return {
        **addresses,
        "OKTA_API_PRIVATE_KEY": None,
        "PULUMI_BACKEND_URL": f"file://{quote(str(root / 'state'))}",
        "PULUMI_HOME": str(root / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "right",
    }


class Told:
    """What a person was told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def __call__(self, progress: Progress) -> None:
        """Keep the notes."""
        if isinstance(progress, Note):
            self.notes.append(progress.text)


def checkpoint(root: Path) -> tuple[Path, dict[str, Any]]:
    """The engine's state file and what is in it; `pulumi stack import` would drop what is pending."""
    (path,) = (root / "state/.pulumi/stacks").rglob("dev.json")
    return path, json.loads(path.read_text())


def leave_pending(root: Path) -> None:
    """Leave the state as an `up` does that was killed in the middle of a create."""
    path, state = checkpoint(root)
    resource = {**BEGUN, "custom": True, "inputs": {"name": "mcp-okta-dev"}}
    state["checkpoint"]["latest"]["pending_operations"] = [{"resource": resource, "type": "creating"}]
    path.write_text(json.dumps(state))


@requirement("environments:no-changes")
@requirement("environments:down-twice")
@requirement("environments:nothing-left")
def test_up_twice_outputs_and_down_twice(root: Path, env: Env) -> None:
    """No changes the second time; nothing to do and no file left after the second down (issue 3, must show)."""
    planned = preview(root, "dev", env)
    assert planned.changed and not (root / "Pulumi.dev.yaml").exists()

    first, second = up(root, "dev", env), up(root, "dev", env)

    assert first.changed and not second.changed
    assert first.outputs["url"] == "https://example.com/mcp"
    assert first.outputs.get("key") is None
    assert read_outputs(root, "dev", env) == dict(first.outputs)
    assert [item["name"] for item in list_environments(root, env)] == ["dev"]
    down(root, "dev", env)
    assert not down(root, "dev", env).changes
    assert not list(root.glob("Pulumi.*.yaml"))
    with pytest.raises(StackMissing, match="dev"):
        read_outputs(root, "dev", env)


@requirement("environments:branch-config")
def test_a_branch_takes_its_bases_configuration_and_its_own_name(root: Path, env: Env) -> None:
    """Beside `dev`, with its accounts and settings (issue 3 §6)."""
    up(root, "dev", env)
    open_workspace(root, env, print).automation.set_config("dev", "mcp-okta:memory", config_value("512"))

    result = up(root, "feature-a-1", env, branch=Branch("feature/a", "dev"))

    assert (result.outputs["branch"], result.outputs["memory"]) == ("feature/a", "512")
    branches = [item for item in list_environments(root, env) if item["branch"]]
    assert [(item["name"], item["branch"]) for item in branches] == [("feature-a-1", "feature/a")]
    with pytest.raises(EngineFailed, match="feature-a-1"):
        down(root, "dev", env)


@requirement("environments:clear-errors")
def test_the_programs_refusal_is_one_message_and_leaves_no_stack(root: Path, env: Env) -> None:
    """Nothing half-done (issue 3, must show)."""
    (root / "__main__.py").write_text(REFUSAL)

    with pytest.raises(EngineFailed) as refused:
        up(root, "dev", env)

    assert refused.value.message == "memory: lots is not a number"
    assert refused.value.remedy == "pulumi config set memory 512"


@requirement("environments:clear-errors")
def test_a_wrong_passphrase_changes_nothing(root: Path, env: Env) -> None:
    """It is called that, and the right one still works (issue 3, must show)."""
    up(root, "dev", env)

    with pytest.raises(WrongPassphrase):
        up(root, "dev", {**env, "PULUMI_CONFIG_PASSPHRASE": "wrong"})

    assert read_outputs(root, "dev", env)["url"]


@requirement("environments:pending")
def test_what_a_killed_up_had_begun_is_looked_at_and_forgotten(root: Path, env: Env) -> None:
    """The person is told, and nothing stays pending (Pulumi, pending operations)."""
    up(root, "dev", env)
    leave_pending(root)
    told = Told()

    up(root, "dev", env, told)

    assert any("cut short while creating Role role" in note for note in told.notes)
    assert not checkpoint(root)[1]["checkpoint"]["latest"].get("pending_operations")


def config_value(text: str) -> Any:
    """A configuration value as the Automation API wants it."""
    from pulumi.automation import ConfigValue

    return ConfigValue(text)
