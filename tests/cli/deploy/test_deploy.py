"""cli/deploy.py: up, preview, outputs, down, env list, with the engine's part played by the test."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import deploy, deploy_question
from environments import accounts, lifecycle, listing
from environments import progress as engine
from environments.errors import Unreachable
from environments.name import environment_name
from tests.requirements import requirement

OUTPUTS = {"url": "https://x.invalid/mcp", "client_id": "0oa1", "scopes": ["mcp:read"]}


class Engine:
    """Keeps what it was told to do, and answers as the test says."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.changes = {"create": 3}
        self.stacks = ["dev"]
        self.plan: list[engine.Step] = []

    def up(self, root: Path, stack: str, env: Any, on_progress: Any, branch: Any = None) -> lifecycle.Result:
        """Deploy."""
        self.calls.append(("up", stack, branch))
        on_progress(engine.Note("working"))
        return lifecycle.Result(OUTPUTS, self.changes, 1.5)

    def preview(self, root: Path, stack: str, env: Any, on_progress: Any, branch: Any = None) -> lifecycle.Result:
        """Plan."""
        self.calls.append(("preview", stack, branch))
        for step in self.plan:
            on_progress(step)
        return lifecycle.Result({}, self.changes, 1.5)

    def down(
        self, root: Path, stack: str, env: Any, on_progress: Any, branch: Any = None, *, refresh: bool = False
    ) -> lifecycle.Result:
        """Delete."""
        self.calls.append(("down", stack))
        return lifecycle.Result({}, {"delete": 3}, 1.5)


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A project folder, an engine, and two accounts that answer."""
    (tmp_path / "Pulumi.yaml").write_text("name: mcp-okta\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    play = Engine()
    for name in ("up", "preview", "down"):
        monkeypatch.setattr(lifecycle, name, getattr(play, name))
    monkeypatch.setattr(listing, "stack_exists", lambda root, stack, env: stack in play.stacks)
    monkeypatch.setattr(listing, "read_outputs", lambda root, stack, env, options=None: OUTPUTS)
    monkeypatch.setattr(accounts, "check_okta", lambda clouds: "https://acme.okta.invalid")
    monkeypatch.setattr(accounts, "aws_account", lambda clouds: "123456789012")
    yield play


def run(*words: str, typed: str = "") -> Result:
    """Run a command."""
    app = typer.Typer()
    deploy.register(app)
    return CliRunner().invoke(app, list(words), input=typed)


@requirement("environments:ask-first")
def test_real_accounts_are_named_and_nobody_to_ask_is_wrong_usage(played: Engine) -> None:
    """Org, account and region first; without a terminal and --yes nothing happens (design, safe by construction)."""
    done = run("up", "--stack", "dev")

    assert isinstance(done.exception, deploy.NobodyToAsk)
    assert done.exception.exit_code == 2
    assert "https://acme.okta.invalid, AWS account 123456789012, region eu-central-1" in done.stderr
    assert played.calls == []


@requirement("environments:ask-first")
def test_without_a_region_nobody_is_asked(played: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is named before the question (design, safe by construction)."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    done = run("up", "--stack", "dev", "--yes")

    assert isinstance(done.exception, Unreachable)
    assert "aws:region" in done.exception.message and "AWS_REGION" in done.exception.remedy
    assert played.calls == []


@requirement("environments:ask-first")
def test_yes_goes_on_and_says_what_was_done_and_what_is_next(played: Engine) -> None:
    """Counts, seconds, URL, client id, the next command; all of it on stderr (issue 3 §6)."""
    done = run("up", "--stack", "dev", "--yes")

    assert done.exit_code == 0, done.output
    assert played.calls == [("up", "dev", None)]
    for words in ("3 created in 1.5 s", "https://x.invalid/mcp", "0oa1", "mcp-okta call whoami --stack dev"):
        assert words in done.stderr
    assert done.stdout == ""


GROUPS = {"mcp-users": ["mcp:read"], "mcp-admins": ["mcp:read"]}
TABLE = "urn:pulumi:dev::mcp-okta::aws:dynamodb/table:Table::table"


@requirement("environments:losses")
def test_who_would_lose_access_is_named_and_yes_goes_on(played: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A colleague deployed with a file that is not here (README, on real Okta and AWS)."""
    Path("Pulumi.dev.yaml").write_text("""config:\n  mcp-okta:access: '{"mcp-users": ["mcp:read"]}'\n""")
    monkeypatch.setattr(listing, "read_outputs", lambda *_: {**OUTPUTS, "access": GROUPS})
    done = run("up", "--stack", "dev", "--yes")

    assert "look out: the group mcp-admins would lose all of its access" in done.stderr
    assert "compare Pulumi.dev.yaml with theirs" in done.stderr
    assert played.calls == [("up", "dev", None)]


@requirement("environments:plan-first")
def test_the_plans_deletions_are_named_before_the_question(played: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview is made where somebody is asked about a stack that is there (README, on real Okta and AWS)."""
    monkeypatch.setattr(deploy_question, "attended", lambda: True)
    played.plan = [engine.Step(TABLE, "", "replace", "running")]
    refused = run("up", "--stack", "dev", typed="n\n")
    run("up", "--stack", "new", typed="y\n")

    assert refused.stderr.index("aws Table table would be replaced") < refused.stderr.index("on these accounts?")
    assert played.calls == [("preview", "dev", None), ("up", "new", None)]


@requirement("environments:no-changes")
def test_a_second_up_reports_no_changes(played: Engine) -> None:
    """In these words (issue 3, must show)."""
    played.changes = {"same": 26}

    assert "no changes" in run("up", "--stack", "dev", "--yes").stderr
    assert "no changes" in run("preview", "--stack", "dev").stderr


def test_up_as_json_is_the_outputs(played: Engine) -> None:
    """One JSON document on stdout (design, commands)."""
    assert json.loads(run("up", "--stack", "dev", "--yes", "--json").stdout) == OUTPUTS


@requirement("environments:branch-config")
def test_a_branch_is_beside_the_stack_that_is_named(played: Engine) -> None:
    """`--stack dev --branch REF` uses dev's accounts (design, commands)."""
    run("up", "--stack", "dev", "--branch", "feature/a", "--yes")

    assert played.calls == [("up", environment_name("feature/a", "dev"), lifecycle.Branch("feature/a", "dev"))]


@requirement("environments:down-twice")
def test_down_of_what_is_not_there_is_nothing_to_do(played: Engine) -> None:
    """Exit code 0, and neither question nor credentials (issue 3, must show)."""
    done = run("down", "--stack", "gone")

    assert (done.exit_code, played.calls) == (0, [])
    assert "nothing to do" in done.stderr
    assert run("down").exit_code == 0


@requirement("environments:ask-first")
def test_down_asks_too(played: Engine) -> None:
    """What goes away is named (design, safe by construction)."""
    refused = run("down", "--stack", "dev")
    done = run("down", "--stack", "dev", "--yes")

    assert isinstance(refused.exception, deploy.NobodyToAsk)
    assert "delete everything of dev" in refused.exception.message
    assert played.calls == [("down", "dev")]
    assert "dev is gone: 3 deleted" in done.stderr


def test_outputs_are_one_document_or_lines(played: Engine) -> None:
    """`--json` is for programs (design, commands)."""
    assert json.loads(run("outputs", "--stack", "dev", "--json").stdout) == OUTPUTS
    assert 'scopes: ["mcp:read"]' in run("outputs", "--stack", "dev").stdout


def test_the_list_holds_the_branches_of_every_backend_that_is_known(
    played: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local cloud's state, and the person's own backend (issue 3 §6)."""
    (Path.cwd() / ".local/state/.pulumi").mkdir(parents=True)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///elsewhere")

    def listed(root: Path, env: dict[str, Any]) -> list[dict[str, str]]:
        name = "a-1" if env else "b-2"
        branch = {"name": name, "stack": name, "branch": name[0], "url": "", "updated": ""}
        return [branch, {**branch, "name": "dev", "branch": ""}]

    monkeypatch.setattr(listing, "list_environments", listed)

    assert [item["name"] for item in json.loads(run("env", "list", "--json").stdout)["environments"]] == ["a-1", "b-2"]
    assert run("env", "list").stdout.startswith("a-1  a  -")


def test_an_empty_list_is_an_empty_document(played: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No backend, no engine, no error (ours)."""
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(Path.cwd() / "home"))

    assert json.loads(run("env", "list", "--json").stdout) == {"environments": []}
