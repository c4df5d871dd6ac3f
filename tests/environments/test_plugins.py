"""Pulumi's own plugins: where they are looked for, how they are told from stand-ins, and how they are fetched."""

import os
from pathlib import Path

import pytest

from environments.errors import PluginMissing, WrongCloud
from environments.fetching import get_plugin
from environments.plugins import Wanted, ask_version, find_plugin, is_stand_in, plugin_cache, refuse_stand_ins
from environments.workspace import open_workspace
from local_cloud.pulumi.install import lay_out, lay_out_real
from tests.environments.engine.programs import program, pulumi
from tests.requirements import requirement

OKTA = Wanted.of("okta")
LOCAL = {"OKTA_HTTP_PROXY": "http://127.0.0.1:1", "AWS_ENDPOINT_URL": "http://127.0.0.1:2"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A machine on which no plugin is."""
    path = os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"])
    return {"HOME": str(tmp_path / "home"), "PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}


def real(path: Path, version: str = OKTA.version) -> Path:
    """A plugin of that version, as far as `-version` goes."""
    return program(path, '[ "$1" = -version ] || exit 1', f"echo {version}")


@requirement("environments:real-plugin")
def test_the_plugin_is_found_in_each_place_and_the_first_one_counts(environ: dict[str, str], tmp_path: Path) -> None:
    """The file that is named, the person's homes of the engine, PATH, what was fetched earlier (issue 4)."""
    places = [
        OKTA.below(plugin_cache(environ)),
        tmp_path / "bin/pulumi-resource-okta",
        OKTA.below(tmp_path / "home/.pulumi"),
        OKTA.below(tmp_path / "elsewhere"),
    ]
    environ["PULUMI_HOME"] = str(tmp_path / "elsewhere")
    named = real(tmp_path / "built/by-hand")

    for place in places:
        real(place)
        assert find_plugin("okta", environ) == (place, {})
    assert find_plugin("okta", environ | {"MCP_OKTA_REAL_PLUGIN": str(named)}) == (named, {})


@requirement("environments:real-plugin")
def test_a_file_that_is_named_and_wrong_is_not_replaced_by_another(environ: dict[str, str], tmp_path: Path) -> None:
    """Whoever names a file means it: no other place, no download (ours)."""
    real(tmp_path / "bin/pulumi-resource-okta")
    environ["MCP_OKTA_REAL_PLUGIN"] = str(tmp_path / "gone")

    with pytest.raises(PluginMissing) as missing:
        get_plugin("okta", environ, lambda text: None, "mcp-okta up")

    assert "MCP_OKTA_REAL_PLUGIN: no such program there" in missing.value.message
    assert "PATH" not in missing.value.message
    assert missing.value.remedy == "unset MCP_OKTA_REAL_PLUGIN, or name the right file; then: mcp-okta up"


@requirement("environments:real-plugin")
def test_a_plugin_of_another_version_is_refused_with_both_versions(environ: dict[str, str], tmp_path: Path) -> None:
    """A program on PATH has no version in its name, and the engine would not ask it (Pulumi, plugins on PATH)."""
    found = real(tmp_path / "bin/pulumi-resource-okta", "6.1.0")

    assert find_plugin("okta", environ)[1]["on PATH"] == f"{found} says it is 6.1.0, not {OKTA.version}"


def test_a_program_that_is_no_plugin_says_no_version(environ: dict[str, str], tmp_path: Path) -> None:
    """It fails, or it is not a program at all (ours)."""
    assert ask_version(program(tmp_path / "fails", "echo 7.0.1; exit 2"), environ) == ""
    (tmp_path / "text").write_text("7.0.1")
    (tmp_path / "text").chmod(0o755)
    assert ask_version(tmp_path / "text", environ) == ""


@requirement("environments:real-plugin")
def test_a_stand_in_is_never_taken_for_the_real_plugin(environ: dict[str, str], tmp_path: Path) -> None:
    """After `mcp-okta local env` PULUMI_HOME is the stand-ins' (ours)."""
    lay_out(tmp_path)
    environ["PULUMI_HOME"] = str(tmp_path / ".local/pulumi")

    found, tried = find_plugin("okta", environ)

    assert found is None
    assert "stand-in" in tried[str(tmp_path / ".local/pulumi/plugins")]
    assert list(tried) == [
        str(tmp_path / ".local/pulumi/plugins"),
        str(tmp_path / "home/.pulumi/plugins"),
        "on PATH",
        str(tmp_path / "cache/mcp-okta/pulumi/plugins"),
    ]


@requirement("environments:no-stand-ins")
def test_stand_ins_are_refused_where_a_cloud_is_not_on_this_machine(environ: dict[str, str], tmp_path: Path) -> None:
    """PULUMI_HOME is left over from `mcp-okta local env`, and the accounts are real (issue 4)."""
    lay_out(tmp_path)
    environ["PULUMI_HOME"] = str(tmp_path / ".local/pulumi")

    for overlay in ({}, {**LOCAL, "OKTA_HTTP_PROXY": "https://proxy.invalid"}, {**LOCAL, "AWS_ENDPOINT_URL": ""}):
        with pytest.raises(WrongCloud, match="stand-in") as refused:
            refuse_stand_ins(environ | overlay)
        assert "unset PULUMI_HOME" in refused.value.remedy
    refuse_stand_ins(environ | LOCAL)


@requirement("environments:no-stand-ins")
def test_no_workspace_opens_with_stand_ins_on_real_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    """Before an engine is looked for, whatever the command (issue 4)."""
    lay_out(tmp_path)
    for name in LOCAL:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(WrongCloud, match="pulumi-resource-okta"):
        open_workspace(tmp_path, {**environ, "PULUMI_HOME": str(tmp_path / ".local/pulumi")}, print)


@requirement("environments:no-stand-ins")
def test_one_stand_in_beside_a_real_plugin_is_refused_too(environ: dict[str, str], tmp_path: Path) -> None:
    """With `--providers real` AWS has a stand-in still (ours)."""
    home = lay_out_real(tmp_path, {"okta": real(tmp_path / "own")})

    with pytest.raises(WrongCloud, match="pulumi-resource-aws"):
        refuse_stand_ins(environ | {"PULUMI_HOME": str(home)})
    assert not is_stand_in(OKTA.below(home))


def test_where_the_persons_own_plugins_are_nothing_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    """Real accounts, and plugins that are not ours (ours)."""
    real(OKTA.below(tmp_path / "home/.pulumi"))

    refuse_stand_ins(environ)


@requirement("environments:real-plugin")
def test_the_engine_fetches_what_is_nowhere_into_a_home_of_ours(environ: dict[str, str], tmp_path: Path) -> None:
    """`pulumi plugin install`; the person's own home is left alone (issue 4)."""
    made = OKTA.below(plugin_cache(environ))
    pulumi(tmp_path / "bin/pulumi")
    real(tmp_path / "download")
    install = f'shift; mkdir -p {made.parent}; cp {tmp_path}/download {made}; echo "$PULUMI_HOME $@" > {tmp_path}/log'
    program(tmp_path / "bin/pulumi", '[ "$1" = version ] && { echo v3.259.0; exit; }', install)
    said: list[str] = []

    assert get_plugin("okta", environ, said.append, "mcp-okta up") == made
    words = (tmp_path / "log").read_text().split()
    assert words == [str(plugin_cache(environ)), "plugin", "install", "resource", "okta", f"v{OKTA.version}"]
    assert said == [f"fetching Pulumi's own plugin okta {OKTA.version}"]
    assert not (tmp_path / "home/.pulumi").exists()
    assert get_plugin("okta", environ, said.append, "mcp-okta up") == made
    assert len(said) == 1


@requirement("environments:real-plugin")
def test_without_plugin_and_network_one_message_says_where_it_was_sought(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """What, where, why not, and what to type (issue 3, must show)."""
    failing = [
        '[ "$1" = version ] && { echo v3.259.0; exit; }',
        'echo "warning: Error downloading plugin: no such host" >&2',
        'echo "error: failed all 5 attempts" >&2',
        "exit 1",
    ]
    program(tmp_path / "bin/pulumi", *failing)

    with pytest.raises(PluginMissing) as missing:
        get_plugin("okta", environ, lambda text: None, "mcp-okta up")

    for word in ("pulumi-resource-okta", OKTA.version, "home/.pulumi", "PATH", "cache", "fetched", "no such host"):
        assert word in missing.value.message, word
    assert missing.value.remedy == (
        f"with network: pulumi plugin install resource okta v{OKTA.version}; then: mcp-okta up"
    )
