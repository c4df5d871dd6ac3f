"""Unit tests for the command's frame: what it imports, how errors look, which exit code they have."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from cli.edge import EXTRAS
from cli.main import build_app, run
from tests.requirements import requirement

HEAVY = {"pulumi", "boto3", "moto", "mcp", "httpx2", "starlette", "uvicorn", "keyring", "rich", "asyncio"}


class Remedied(Exception):
    """An error as every package of ours has one."""

    exit_code = 4

    def __init__(self) -> None:
        super().__init__("the door is shut")
        self.message = "the door is shut"
        self.remedy = "mcp-okta knock"


def app_that(act: Callable[[], None]) -> typer.Typer:
    """An app with one command, `act`."""
    app = typer.Typer(rich_markup_mode=None)
    app.callback()(lambda: None)
    app.command("act")(act)
    return app


def raising(error: BaseException) -> typer.Typer:
    """An app whose command fails in this way."""

    def act() -> None:
        raise error

    return app_that(act)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder that is no repository, and a state folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("MCP_OKTA_DEBUG", raising=False)
    return tmp_path


@requirement("local:lazy")
def test_the_help_imports_nothing_heavy() -> None:
    """Registering a command costs no more than typer (design: thin, lazy)."""
    program = "import sys; from cli.main import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)

    assert {name for name in HEAVY if f"'{name}'" in done.stderr} == set()


def test_every_command_of_the_design_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The names that scripts and tests rely on (design, contract 4)."""
    assert run(["--help"]) == 0
    words = capsys.readouterr().out.split()
    assert run(["local", "--help"]) == 0
    local_words = capsys.readouterr().out.split()

    names = {"up", "preview", "outputs", "down", "login", "whoami", "tools", "call", "logout", "env", "local", "demo"}
    assert names <= set(words)
    assert {"up", "down", "status", "logs", "env"} <= set(local_words)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stdout (ours)."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("mcp-okta ")


@requirement("local:error-edge")
@pytest.mark.parametrize("line", [["nope"], ["local", "nope"], ["local", "status", "--nope"], ["--nope"]])
def test_wrong_usage_is_2_with_the_help_as_remedy(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is 2, on stderr (design, contract 4)."""
    assert run(line) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ") and "--help" in printed.err


@pytest.mark.parametrize("line", [[], ["local"]])
def test_no_command_shows_the_help(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is wrong usage, but nothing to scold for (ours)."""
    assert run(line) == 2
    assert capsys.readouterr().err.startswith("Usage: mcp-okta")


@requirement("local:error-edge")
def test_an_error_with_a_remedy_is_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """What, where, what to type next, and the error's own exit code (issue 3, must show)."""
    assert run(["act"], raising(Remedied())) == 4
    assert capsys.readouterr().err == "error: the door is shut\n  → mcp-okta knock\n"


def test_an_error_alone_in_a_group_is_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Task groups wrap what happens in them (anyio)."""
    assert run(["act"], raising(ExceptionGroup("tasks", [ExceptionGroup("tasks", [Remedied()])]))) == 4
    assert "knock" in capsys.readouterr().err


def test_ctrl_c_in_a_group_is_130() -> None:
    """Task groups wrap that as well (anyio)."""
    assert run(["act"], raising(BaseExceptionGroup("tasks", [KeyboardInterrupt()]))) == 130


def test_of_many_errors_the_one_with_a_remedy_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are its consequences more often than not (ours)."""
    assert run(["act"], raising(ExceptionGroup("tasks", [ValueError("odd"), Remedied()]))) == 4
    assert "odd" not in capsys.readouterr().err


@requirement("local:error-edge")
def test_a_mistake_of_ours_is_one_line_and_a_log(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Never a traceback; all of it is in a private file that the line names (issue 3, must show)."""
    assert run(["act"], raising(ValueError("odd\nsecond line"))) == 1
    printed = capsys.readouterr()
    log = elsewhere / "state/mcp-okta/mcp-okta.log"

    assert printed.err == f"error: internal error: ValueError: odd\n  → all of it is in {log}\n"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_in_a_repository_a_mistake_is_logged_with_the_others(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`local logs` shows it (ours)."""
    (elsewhere / "Pulumi.yaml").write_text("")
    (elsewhere / ".local/logs").mkdir(parents=True)
    run(["act"], raising(ValueError()))

    assert "ValueError" in (elsewhere / ".local/logs/mcp-okta.log").read_text()
    assert ".local/logs/mcp-okta.log" in capsys.readouterr().err


def test_the_traceback_is_there_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """MCP_OKTA_DEBUG=1 (ours)."""
    monkeypatch.setenv("MCP_OKTA_DEBUG", "1")
    run(["act"], raising(ValueError("odd")))

    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("module", "extra"), [("pulumi.automation", "deploy"), ("boto3", "deploy"), ("moto", "local")])
def test_a_missing_extra_is_named(module: str, extra: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The plain install is the person's side only (design, extras)."""
    assert run(["act"], raising(ModuleNotFoundError(f"No module named {module!r}", name=module))) == 1
    assert f"pip install 'mcp-okta[{extra}]'" in capsys.readouterr().err


def test_a_missing_module_of_nobody_is_a_mistake_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """No extra would bring it (ours)."""
    assert run(["act"], raising(ModuleNotFoundError("No module named 'cli.gone'", name="cli.gone"))) == 1
    assert "internal error" in capsys.readouterr().err


def test_the_extras_are_those_of_the_package() -> None:
    """An extra that is named exists (pyproject.toml)."""
    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()

    assert all(f"\n{extra} = [" in text for extra in EXTRAS)


def test_ctrl_c_is_130_and_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """128 + SIGINT, as shells have it (ours)."""
    assert run(["act"], raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == ""


def test_ctrl_c_at_a_question_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer makes an Abort of it (ours)."""

    def interrupt(prompt: str = "") -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("typer._click.termui.visible_prompt_func", interrupt)

    def ask() -> None:
        typer.confirm("sure?")

    assert run(["act"], app_that(ask)) == 130


def test_a_no_is_1_and_says_how_not_to_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """The person was asked and did not agree (ours)."""
    assert run(["act"], raising(typer.Abort())) == 1
    assert "--yes" in capsys.readouterr().err


def test_an_exit_code_of_a_command_is_kept() -> None:
    """Commands may end with a code of their own (ours)."""
    assert run(["act"], raising(typer.Exit(3))) == 3
    assert run(["act"], app_that(lambda: None)) == 0


def test_nobody_reading_is_quiet() -> None:
    """`mcp-okta … | head -1` prints no traceback (ours)."""
    command = "set -o pipefail; " + " ".join([sys.executable, "-m", "cli", "--help"]) + " | true"
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20, cwd=repository)

    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_no_colours_where_nobody_sees_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Not a terminal: no escape sequences (no-color.org)."""
    run(["act"], raising(Remedied()))

    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal_unless_unwanted(no_color: str, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR turns them off (no-color.org)."""
    from cli import edge

    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    assert ("\x1b" in edge.coloured("error:")) is coloured


def test_the_app_can_be_built_twice() -> None:
    """Nothing is kept between two command lines (ours)."""
    assert build_app() is not build_app()
