"""cli/outputs.py: which environment the options name, and how it is reached."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli import outputs
from client.errors import WrongOutputs
from environments import lifecycle, listing
from environments.errors import StackMissing, WrongName
from tests.requirements import requirement

SETTINGS = ("MCP_URL", "OKTA_ISSUER", "OKTA_CLIENT_ID", "REDIRECT_URIS", "BASE_SCOPES")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder without settings, in which the command runs."""
    (tmp_path / "Pulumi.yaml").write_text("name: mcp-okta\n")
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the engine was asked for: stack and variables; it answers with a URL."""
    calls: list[tuple[str, Any]] = []

    def read(root: Path, stack: str, env: Any, options: str | None = None) -> dict[str, Any]:
        calls.append((stack, env))
        return {"url": f"https://{stack}.invalid/mcp"}

    monkeypatch.setattr(listing, "read_outputs", read)
    return calls


@requirement("environments:outputs-for")
def test_a_file_is_taken_as_it_is(root: Path, asked: list[Any]) -> None:
    """`--outputs FILE` asks nobody, and its tokens are in the person's own store (design, contract 1)."""
    (root / "o.json").write_text('{"url": "https://x.invalid/mcp"}')

    assert outputs.outputs_for("dev", None, root / "o.json") == ({"url": "https://x.invalid/mcp"}, None)
    assert asked == []
    with pytest.raises(WrongOutputs):
        outputs.outputs_for(None, None, root / "absent.json")


@requirement("environments:outputs-for")
def test_settings_come_before_the_stack_unless_one_is_named(
    root: Path, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`MCP_URL` in the environment or in `.env` means a server that somebody else deployed (issue 3 §4)."""
    (root / ".env").write_text("MCP_URL=https://env.invalid/mcp\nBASE_SCOPES=mcp:read\n")
    found, folder = outputs.outputs_for(None, None, None)
    assert (found["url"], found["base_scopes"], folder) == ("https://env.invalid/mcp", ["mcp:read"], None)

    assert outputs.outputs_for("dev", None, None)[0]["url"] == "https://dev.invalid/mcp"


@requirement("environments:outputs-for")
def test_stacks_on_the_local_cloud_keep_their_tokens_beside_it(root: Path, asked: list[Any]) -> None:
    """`local` and its branches; other stacks use the person's own store and backend (common contracts)."""
    (root / ".local/state").mkdir(parents=True)
    folders = [
        outputs.outputs_for(stack, branch, None)[1] for stack, branch in ((None, None), (None, "a"), ("dev", None))
    ]
    outputs.outputs_for("dev", "a", None)

    tokens = root / ".local/tokens"
    assert folders == [tokens, tokens, None]
    assert [stack for stack, _ in asked] == ["local", "a-ca978112", "dev", "a-e319b50d"]
    assert asked[0][1]["PULUMI_BACKEND_URL"] == f"file://{root / '.local/state'}"
    assert asked[2][1] == asked[3][1] == {}


def test_where_nothing_ever_ran_nothing_is_deployed(root: Path, asked: list[Any]) -> None:
    """No engine is needed to say so (issue 3, clear messages)."""
    with pytest.raises(StackMissing) as missing:
        outputs.outputs_for(None, "feature/a", None)

    assert missing.value.remedy == "mcp-okta up --branch feature/a"
    assert asked == []


def test_a_branch_that_cannot_be_one_is_wrong_usage(root: Path) -> None:
    """Exit code 2 (design, exit codes)."""
    with pytest.raises(WrongName) as refused:
        outputs.target_of(None, "main")

    assert refused.value.exit_code == 2


def test_the_options_that_name_an_environment_are_repeated_in_remedies(root: Path) -> None:
    """So that the next command reaches the same one (ours)."""
    targets = [(None, None), ("dev", None), (None, "a"), ("dev", "a")]

    assert [outputs.target_of(*target).options for target in targets] == [
        "",
        " --stack dev",
        " --branch a",
        " --stack dev --branch a",
    ]


def test_a_branch_is_quoted_in_a_command_to_copy(root: Path) -> None:
    """Git takes `$`, `;` and quotes in a branch's name, and so does a shell (git-check-ref-format(1))."""
    branch = "feat/$(id);x"

    assert outputs.target_of(None, branch).options == lifecycle.Branch(branch).options == " --branch 'feat/$(id);x'"


def test_the_state_of_the_local_cloud_is_read_without_a_secret(root: Path) -> None:
    """Outputs need no passphrase (seen with Pulumi 3.259.0)."""
    assert "PASSPHRASE" not in json.dumps(outputs.local_state(root))
