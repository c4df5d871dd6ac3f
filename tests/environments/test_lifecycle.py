"""An environment's life, with the real engine and a program that needs no cloud but Okta's address."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from pulumi.automation import CommandResult, Stack
from pulumi.automation.errors import CommandError, StackNotFoundError

from environments.config import stack_config
from environments.engine import find_engine
from environments.engine.command import EngineCommand
from environments.errors import EngineFailed, StackMissing, WrongCloud, WrongName, WrongPassphrase
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
pulumi.export("branch_of", config.get("branchOf"))
pulumi.export("stack_id", config.get("stackId"))
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


def checkpoint(root: Path, stack: str) -> tuple[Path, dict[str, Any]]:
    """The engine's state file and what is in it; `pulumi stack import` would drop what is pending."""
    (path,) = (root / "state/.pulumi/stacks").rglob(f"{stack}.json")
    return path, json.loads(path.read_text())


def leave_pending(root: Path, stack: str) -> None:
    """Leave the state as an `up` does that was killed in the middle of a create."""
    path, state = checkpoint(root, stack)
    resource = {**BEGUN, "custom": True, "inputs": {"name": f"mcp-okta-{stack}"}}
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


@requirement("environments:nothing-left")
def test_no_copy_of_a_local_stacks_state_is_left(root: Path, env: Env) -> None:
    """`pulumi stack rm` keeps `.json.bak`, and each update a copy (seen with 3.259.0)."""
    (root / ".local/state").mkdir(parents=True)
    env["PULUMI_BACKEND_URL"] = f"file://{quote(str(root / '.local/state'))}"
    up(root, "local", env)
    assert not (root / ".local/state/.pulumi/backups").exists()

    down(root, "local", env)

    assert not [path for path in (root / ".local/state").rglob("local*") if path.is_file()]


@requirement("environments:branch-config")
def test_a_branch_takes_its_bases_configuration_and_its_own_name(root: Path, env: Env) -> None:
    """Beside `dev`, with its accounts and settings (issue 3 §6)."""
    up(root, "dev", env)
    open_workspace(root, env, print).automation.set_config("dev", "mcp-okta:memory", config_value("512"))

    result = up(root, "feature-a-1", env, branch=Branch("feature/a", "dev"))

    assert (result.outputs["branch"], result.outputs["memory"]) == ("feature/a", "512")
    (root / "Pulumi.feature-a-1.yaml").unlink()  # another checkout has no such file
    branches = [item for item in list_environments(root, env) if item["branch"]]
    assert [(item["name"], item["branch"], item["branch_of"]) for item in branches] == [
        ("feature-a-1", "feature/a", "dev")
    ]
    with pytest.raises(EngineFailed, match="feature/a") as refused:
        down(root, "dev", env)
    assert refused.value.remedy == "mcp-okta down --stack dev --branch feature/a"


@requirement("environments:own-settings")
@pytest.mark.parametrize("stack", ["dev", "local"])
def test_a_persons_own_settings_outlive_the_stack_and_are_named(root: Path, env: Env, stack: str) -> None:
    """The next `up` has them; the stack's id and the engine's salt are gone (README)."""
    file = root / f"Pulumi.{stack}.yaml"
    file.write_text("config:\n  mcp-okta:memory: '512' # enough\n")
    told = Told()
    assert up(root, stack, env).outputs["memory"] == "512"

    down(root, stack, env, told)

    left = yaml.safe_load(file.read_text())
    assert "# enough" in file.read_text()
    assert "encryptionsalt" not in left and "mcp-okta:stackId" not in left["config"]
    assert left["config"]["mcp-okta:memory"] == "512"
    assert any(file.name in note and "mcp-okta:memory" in note for note in told.notes)
    assert up(root, stack, {**env, "PULUMI_CONFIG_PASSPHRASE": "another"}).outputs["memory"] == "512"


@requirement("environments:branch-config")
def test_a_branch_leaves_no_file_and_a_stack_that_another_made_is_taken(root: Path, env: Env) -> None:
    """Its settings are a copy of its base's; two first `up` at once are one environment (ours)."""
    up(root, "dev", env)
    open_workspace(root, env, print).automation.set_config("dev", "mcp-okta:memory", config_value("512"))
    workspace = open_workspace(root, env, print)
    workspace.automation.create_stack("a-1")
    workspace.automation._seen.clear()
    with pytest.MonkeyPatch.context() as patch:
        seen: list[str] = []

        def select(name: str, automation: Any) -> str:
            seen.append(name)
            if len(seen) == 1:
                raise StackNotFoundError(CommandResult("", "", 1))
            return name

        patch.setattr(Stack, "select", select)
        assert workspace.create_or_select("a-1") == ("a-1", False)  # type: ignore[comparison-overlap]
    up(root, "a-1", env, branch=Branch("a", "dev"))

    down(root, "a-1", env, branch=Branch("a", "dev"))

    assert not (root / "Pulumi.a-1.yaml").exists()


@requirement("environments:branch-config")
def test_a_bases_secrets_are_not_on_the_process_list(root: Path, env: Env, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody on the machine reads arguments; the engine copies its own ciphertexts (proc(5))."""
    up(root, "dev", env)
    automation = open_workspace(root, env, print).automation
    automation.set_config("dev", "okta:apiToken", config_value("s3cret", secret=True))
    seen: list[str] = []
    run = EngineCommand.run
    monkeypatch.setattr(EngineCommand, "run", lambda self, args, *more: seen.extend(args) or run(self, args, *more))

    up(root, "feature-a-1", env, branch=Branch("feature/a", "dev"))

    assert any("feature/a" in word for word in seen) and not any("s3cret" in word for word in seen)
    assert automation.get_config("feature-a-1", "okta:apiToken").value == "s3cret"
    assert "s3cret" not in (root / "Pulumi.feature-a-1.yaml").read_text()


@requirement("environments:ownership")
def test_every_stack_has_an_id_of_its_own_that_a_lost_file_does_not_change(root: Path, env: Env) -> None:
    """Not its base's either: the sweep deletes by it (ours)."""
    base = up(root, "dev", env).outputs["stack_id"]
    branch = up(root, "feature-a-1", env, branch=Branch("feature/a", "dev")).outputs["stack_id"]

    assert re.fullmatch("[0-9a-f]{8}", base) and re.fullmatch("[0-9a-f]{8}", branch) and base != branch
    (root / "Pulumi.dev.yaml").unlink()
    assert up(root, "dev", env).outputs["stack_id"] == base


@requirement("environments:region")
def test_the_first_up_on_real_accounts_keeps_the_region(root: Path, env: Env) -> None:
    """The next shell may have another `AWS_REGION`; the local cloud is where it is (ours)."""
    up(root, "dev", env)
    up(root, "a-1", env, branch=Branch("feature/a"))
    up(root, "dev", {**env, "AWS_REGION": "eu-central-1"})

    assert stack_config(root, "dev")["aws:region"] == "us-east-1"
    assert "aws:region" not in stack_config(root, "a-1")


@requirement("environments:branch-config")
def test_a_stack_beside_another_base_is_not_taken_over(root: Path, env: Env) -> None:
    """Its configuration leads to other accounts (ours)."""
    up(root, "a-1", env, branch=Branch("feature/a"))
    before = (root / "Pulumi.a-1.yaml").read_text()

    with pytest.raises(WrongName, match="branchOf is 'local', not 'dev'"):
        up(root, "a-1", env, branch=Branch("feature/a", "dev"))

    assert (root / "Pulumi.a-1.yaml").read_text() == before


@requirement("environments:wrong-cloud")
def test_nothing_is_refreshed_or_deleted_on_the_wrong_cloud(root: Path, env: Env) -> None:
    """No program runs then, and so none of its guards (Pulumi, destroy and refresh)."""
    up(root, "dev", env)
    leave_pending(root, "dev")
    before = checkpoint(root, "dev")[1]

    for command in (up, preview, down):
        with pytest.raises(WrongCloud, match="stack dev is on real accounts"):
            command(root, "dev", env)

    assert checkpoint(root, "dev")[1] == before


def test_a_preview_keeps_a_configuration_that_was_there(root: Path, env: Env) -> None:
    """It was written by a person, for the `up` that follows (ours)."""
    file = root / "Pulumi.dev.yaml"
    file.write_text("config:\n  mcp-okta:memory: '512'\n")

    assert preview(root, "dev", env).changed

    assert "mcp-okta:memory" in file.read_text()
    assert not any((root / "state/.pulumi/stacks").rglob("dev.json"))


@requirement("environments:clear-errors")
def test_the_programs_refusal_is_one_message_and_leaves_no_stack(root: Path, env: Env) -> None:
    """Nothing half-done (issue 3, must show)."""
    (root / "__main__.py").write_text(REFUSAL)

    with pytest.raises(EngineFailed) as refused:
        up(root, "dev", env)

    assert refused.value.message == "memory: lots is not a number"
    assert refused.value.remedy == "pulumi config set memory 512"

    (root / "__main__.py").write_text('import pulumi\nraise pulumi.RunError("no")\n')
    with pytest.raises(EngineFailed, match="no"):
        up(root, "other", env)
    assert not (root / "Pulumi.other.yaml").exists()
    assert not any((root / "state/.pulumi/stacks").rglob("other.json"))


@requirement("environments:clear-errors")
def test_a_wrong_passphrase_changes_nothing(root: Path, env: Env) -> None:
    """It is called that, and the right one still works (issue 3, must show)."""
    up(root, "dev", env)

    with pytest.raises(WrongPassphrase):
        up(root, "dev", {**env, "PULUMI_CONFIG_PASSPHRASE": "wrong"})

    assert read_outputs(root, "dev", env)["url"]


@requirement("environments:stale-lock")
def test_a_killed_engines_empty_attributes_are_in_nobodys_way(root: Path, env: Env) -> None:
    """Else each command ends with `EOF` (gocloud.dev, fileblob; seen in fault runs with 3.259.0)."""
    up(root, "local", env)
    attributes = checkpoint(root, "local")[0].with_name("local.json.attrs")
    assert attributes.read_text()
    for command in (lambda: read_outputs(root, "local", env), lambda: down(root, "local", env)):
        attributes.write_text("")
        command()


@requirement("environments:nothing-left")
def test_a_down_that_was_stopped_after_the_last_object_is_finished_by_the_next(root: Path, env: Env) -> None:
    """The stack and its components are left in the state, and the engine removes no stack that holds any (3.259.0)."""
    (root / "__main__.py").write_text(
        'import pulumi\npulumi.ComponentResource("mcp-okta:infra:Endpoint", "endpoint")\n'
    )
    up(root, "local", env)

    down(root, "local", env)

    assert not (root / "Pulumi.local.yaml").exists()
    assert not any((root / "state/.pulumi/stacks").rglob("local.json"))


@requirement("environments:pending")
def test_what_a_killed_up_had_begun_is_looked_at_and_forgotten(root: Path, env: Env) -> None:
    """The person is told, and nothing stays pending (Pulumi, pending operations)."""
    up(root, "local", env)
    leave_pending(root, "local")
    told = Told()

    up(root, "local", env, told)

    assert any("cut short while creating Role role" in note for note in told.notes)
    assert not checkpoint(root, "local")[1]["checkpoint"]["latest"].get("pending_operations")


@requirement("environments:pending")
def test_an_up_after_a_down_that_failed_looks_first_at_what_is_there(
    root: Path, env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state may hold what was deleted all the same (seen in fault runs); after that look all is as ever."""
    ask, refreshed = Stack.preview, []
    monkeypatch.setattr(
        Stack, "preview", lambda stack, **options: refreshed.append(options["refresh"]) or ask(stack, **options)
    )
    kept = 'pulumi.ComponentResource("mcp-okta:infra:Endpoint", "endpoint", opts=pulumi.ResourceOptions(protect=True))'
    (root / "__main__.py").write_text(f"import pulumi\n{kept}\n")
    up(root, "local", env)
    stack = open_workspace(root, env, lambda text: None).select("local")
    with pytest.raises(CommandError, match="protected"):
        stack.destroy()
    told, planned, later = Told(), Told(), Told()

    preview(root, "local", env, planned)
    up(root, "local", env, told)
    up(root, "local", env, later)

    said = "an earlier run failed; looking at what is really there"
    assert (planned.notes.count(said), told.notes.count(said), later.notes.count(said)) == (1, 1, 0)
    assert refreshed == [True]
    kinds = [run.kind for run in stack.history(show_secrets=False)]
    assert kinds == ["update", "update", "refresh", "destroy", "update"]


def config_value(text: str, secret: bool = False) -> Any:
    """A configuration value as the Automation API wants it."""
    from pulumi.automation import ConfigValue

    return ConfigValue(text, secret)
