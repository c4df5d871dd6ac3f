"""cli/providers.py: whose plugins a command uses, and where the choice is refused."""

from pathlib import Path
from typing import Any

import pytest

from cli import providers
from cli.main import run
from cli.outputs import Target
from cli.providers import Providers, StandInsRefused, plugin_variables
from environments import fetching
from environments.errors import PluginMissing
from tests.requirements import requirement


@pytest.fixture
def local(tmp_path: Path) -> Target:
    """The stack on the local cloud."""
    return Target(tmp_path, "local", None, "local")


@pytest.fixture
def dev(tmp_path: Path) -> Target:
    """A stack on real accounts."""
    return Target(tmp_path, "dev", None, "dev")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The plugins that are asked for; each is there."""
    names: list[str] = []

    def get(name: str, environ: Any, report: Any, again: str) -> Path:
        names.append(name)
        return tmp_path / f"own-{name}"

    monkeypatch.setattr(fetching, "get_plugin", get)
    return names


@pytest.mark.parametrize("choice", [None, Providers.LOCAL])
def test_the_local_clouds_own_plugins_are_in_its_own_home(local: Target, choice: Providers | None) -> None:
    """Nothing to set beside what leads to the local cloud (design, what plays which part)."""
    assert plugin_variables(local, choice, print, "mcp-okta up") == {}


@requirement("environments:real-plugin")
def test_the_real_okta_plugin_comes_in_a_home_of_its_own(local: Target, asked: list[str]) -> None:
    """Only the engine's home differs: same program, same state, same clouds (issue 4)."""
    said: list[str] = []
    home = local.root / ".local/pulumi-real"

    found = plugin_variables(local, Providers.REAL, said.append, "mcp-okta up")

    assert found == {"PULUMI_HOME": str(home)}
    assert asked == ["okta"]
    assert said == [f"Pulumi's own okta plugin: {local.root}/own-okta"]
    assert [path.name for path in home.rglob("*") if path.is_symlink()] == ["pulumi-resource-okta"]


@requirement("environments:real-plugin")
def test_the_real_aws_plugin_is_said_to_be_untried(local: Target, asked: list[str]) -> None:
    """With each run (issue 4)."""
    said: list[str] = []
    plugin_variables(local, Providers.REAL_AWS, said.append, "mcp-okta up")

    assert asked == ["okta", "aws"]
    assert providers.UNTRIED in said and "never been tried" in providers.UNTRIED


@requirement("environments:no-stand-ins")
def test_stand_ins_on_real_accounts_are_wrong_usage(dev: Target) -> None:
    """Exit code 2, before any account is reached (issue 4)."""
    with pytest.raises(StandInsRefused) as refused:
        plugin_variables(dev, Providers.LOCAL, print, "mcp-okta up --stack dev")

    assert refused.value.exit_code == 2
    assert "dev is on real accounts" in refused.value.message


@pytest.mark.parametrize("choice", [None, Providers.REAL, Providers.REAL_AWS])
def test_on_real_accounts_pulumis_own_plugins_are_what_runs_anyway(dev: Target, choice: Providers | None) -> None:
    """Nothing to set, and nothing to look for (issue 4)."""
    assert plugin_variables(dev, choice, print, "mcp-okta up --stack dev") == {}


@requirement("environments:real-plugin")
@pytest.mark.parametrize("command", ["up", "preview"])
def test_a_plugin_that_is_not_to_be_had_ends_the_command_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """One message, exit code 1, no local cloud; the variable chooses like the option (issue 3, must show)."""

    def get(name: str, environ: Any, report: Any, again: str) -> Path:
        raise PluginMissing("it is nowhere", f"get it; then: {again}")

    (tmp_path / "Pulumi.yaml").write_text("name: mcp-okta\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fetching, "get_plugin", get)
    monkeypatch.setenv("MCP_OKTA_PROVIDERS", "real")

    assert run([command]) == 1
    said = capsys.readouterr().err
    assert "error: it is nowhere" in said and f"then: mcp-okta {command}" in said
    assert not (tmp_path / ".local").exists()


@pytest.mark.parametrize("command", [["up"], ["preview"], ["down"], ["local", "env"]])
def test_the_help_names_the_choices_and_the_variable(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And that one of them is untried (issue 4)."""
    assert run([*command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())

    for words in ("--providers", "local|real|real-aws", "MCP_OKTA_PROVIDERS", "untried"):
        assert words in said


def test_an_unknown_choice_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 (design, commands)."""
    assert run(["up", "--providers", "none"]) == 2
    assert "real-aws" in capsys.readouterr().err
