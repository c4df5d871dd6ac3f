"""cli/person.py: the commands of a person, over real sockets; some in processes of their own."""

import json
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import person
from client.outputs import Outputs
from client.tokens import FileTokens
from tests.cli.person.fake_cloud import FakeCloud, serving
from tests.requirements import requirement

ROOT = Path(__file__).resolve().parents[3]
# A console command as cli/main.py makes one, in an interpreter where the deployer's packages cannot be imported.
PROGRAM = """
import json, os, pathlib, sys, types
import importlib.abc
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ImportError(f"{name} is not part of the person's side")
BLOCKED = {"pulumi", "pulumi_okta", "pulumi_aws", "boto3", "botocore", "moto", "mangum", "awslambdaric", "joserfc",
           "grpc", "flask", "infra", "lambda_server", "environments", "local_cloud"}
sys.meta_path.insert(0, Blocker())
outputs = types.ModuleType("cli.outputs")
outputs.outputs_for = lambda *chosen: (json.loads(os.environ["TEST_OUTPUTS"]), pathlib.Path(os.environ["TEST_TOKENS"]))
outputs.LOCAL, outputs.settings_without_pulumi, outputs.service_settings = "local", dict, lambda with_file: {}
sys.modules["cli.outputs"] = outputs
import typer
from cli import person
app = typer.Typer()
person.register(app)
try:
    app()
except Exception as error:
    print(f"error: {error.message}", file=sys.stderr)
    print(f"  -> {error.remedy}", file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A served cloud that the commands in this process find."""
    with serving(FakeCloud(tmp_path)) as running:
        module = types.ModuleType("cli.outputs")
        module.outputs_for = lambda stack, branch, file: (running.outputs, running.folder)  # type: ignore[attr-defined]
        module.LOCAL, module.settings_without_pulumi = "local", dict  # type: ignore[attr-defined]
        module.service_settings = lambda with_file: {}  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "cli.outputs", module)
        become(running, monkeypatch, "editor")
        yield running


def become(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Sit this person down at the browser."""
    monkeypatch.setenv("HOME", str(cloud.folder.parent))
    monkeypatch.setenv("BROWSER", f"{sys.executable} {cloud.browser} {who} %s")


def run(*words: str) -> Result:
    """Run a command in this process."""
    app = typer.Typer()
    person.register(app)
    return CliRunner().invoke(app, list(words))


def start(cloud: FakeCloud, who: str | None, *words: str) -> subprocess.Popen[str]:
    """Start a command in a process of its own; `who` sits at the browser, or nobody does."""
    environ = {name: value for name, value in os.environ.items() if name != "BROWSER"}
    environ |= {"TEST_OUTPUTS": json.dumps(cloud.outputs), "TEST_TOKENS": str(cloud.folder)}
    environ |= {"HOME": str(cloud.folder.parent)}
    if who:
        environ["BROWSER"] = f"{sys.executable} {cloud.browser} {who} %s"
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a command."""
    output, errors = process.communicate(timeout=30)
    return process.returncode, output, errors


def expire(cloud: FakeCloud) -> None:
    """An hour passes."""
    store = FileTokens(cloud.folder)
    account = Outputs.from_mapping(cloud.outputs).account
    tokens = store.load(account)
    assert tokens is not None
    cloud.okta.expire_access_tokens()
    store.save(account, replace(tokens, expires_at=1.0))


@requirement("client:refresh-together")
@requirement("client:light-imports")
@requirement("client:call-json")
def test_processes_share_one_sign_in_and_refresh_it_once(cloud: FakeCloud) -> None:
    """Issue 3, must show: no second sign-in; two calls at the same moment with an expired token both succeed."""
    first = finish(start(cloud, "reader", "call", "whoami", "--json"))
    expire(cloud)
    pair = [start(cloud, None, "call", "whoami", "--json") for _ in range(2)]
    second, third = (finish(process) for process in pair)

    assert [code for code, _, _ in (first, second, third)] == [0, 0, 0], (first, second, third)
    assert {output for _, output, _ in (first, second, third)} == {'{"subject": "somebody"}\n'}
    assert (cloud.okta.refreshes, len(cloud.okta.asked)) == (1, 1)


@requirement("client:no-browser")
def test_a_process_without_terminal_and_browser_asks_for_a_sign_in(cloud: FakeCloud) -> None:
    """Exit code 3, the command to type, no traceback; `login --no-browser` prints the address alone on a line."""
    code, output, errors = finish(start(cloud, None, "call", "whoami", "--stack", "prod"))
    assert (code, output) == (3, "")
    assert errors.splitlines()[-1].startswith("  -> mcp-okta login --stack prod, or ")
    assert errors.splitlines()[-1].endswith(": mcp-okta login --stack prod --device")
    assert "Traceback" not in errors
    assert finish(start(cloud, None, "login"))[2].splitlines()[-1].startswith("  -> mcp-okta login --no-browser, or ")

    process = start(cloud, None, "login", "--no-browser")
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    url = next(line.strip() for line in lines if line.startswith("http"))
    subprocess.run([sys.executable, str(cloud.browser), "reader", url], check=True, timeout=10, capture_output=True)
    code, output, errors = finish(process)

    assert (code, output) == (0, "")
    assert errors.strip() == f"signed in to {cloud.outputs['url']} as reader with mcp:read offline_access"


def test_the_commands_of_a_day(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """login, whoami, tools, call with a step-up, logout twice (docs/architecture.md, contract 4)."""
    login, whoami, tools = run("login"), run("whoami", "--json"), run("tools", "--json")
    call = run("call", "remember", "text=tea time", "times=2", "loud=true", "--json")
    logouts = [run("logout"), run("logout")]

    assert [step.exit_code for step in (login, whoami, tools, call, *logouts)] == [0] * 6
    assert json.loads(whoami.stdout) == {"subject": "somebody"}
    assert [tool["name"] for tool in json.loads(tools.stdout)["tools"]] == ["whoami", "remember", "fail"]
    assert json.loads(call.stdout) == {"text": "tea time", "times": 2, "loud": True}
    assert [step.stderr.split(" http")[0] for step in logouts] == ["signed out of", "nobody was signed in to"]
    assert login.stdout == ""


@requirement("client:says-who")
def test_each_sign_in_says_who_it_was(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, also where a call signs in: a sign-in that somebody else finished would be noticed (RFC 9700 §4.7)."""
    first, again = run("whoami"), run("whoami")
    become(cloud, monkeypatch, "reader")
    login = run("login")

    assert f"signed in to {cloud.outputs['url']} as editor with mcp:read" in first.stderr
    assert "signed in" not in again.stderr
    assert f"signed in to {cloud.outputs['url']} as reader with mcp:read" in login.stderr


def test_results_for_people_are_lines(cloud: FakeCloud) -> None:
    """Without --json."""
    assert run("whoami").stdout == "subject: somebody\n"
    assert run("call", "remember", "text=tea").stdout == "text: tea\ntimes: 1\nloud: false\n"
    assert "mcp-okta call remember text=string [times=integer] [loud=boolean]" in run("tools").stdout


@requirement("client:call-arguments")
@pytest.mark.parametrize(
    ("words", "code", "message", "remedy"),
    [
        (["remember", "txt=tea"], 2, "remember has no parameter 'txt'", "mcp-okta call remember text=string"),
        (["remind"], 2, "the server has no tool 'remind'; it has fail, remember, whoami", "mcp-okta tools"),
        (["fail"], 1, "Error executing tool fail", "mcp-okta tools"),
    ],
)
def test_a_wrong_call_says_what_and_what_else(
    cloud: FakeCloud, words: list[str], code: int, message: str, remedy: str
) -> None:
    """Exit codes 1 and 2; main prints message and remedy, nothing is on stdout."""
    result = run("call", *words, "--json")
    error = result.exception

    assert (getattr(error, "exit_code", None), result.stdout) == (code, "")
    assert message in str(error)
    assert str(getattr(error, "remedy", "")).startswith(remedy)


def test_outputs_that_cannot_be_used_are_called_by_their_source(cloud: FakeCloud) -> None:
    """Issue 3: bad input; tests/client/test_without_pulumi.py has the settings."""
    del cloud.outputs["issuer"]

    assert "the outputs of prod cannot be used: issuer is missing" in str(run("whoami", "--stack", "prod").exception)
    assert "o.json cannot be used: issuer is missing" in str(run("whoami", "--outputs", "o.json").exception)
    assert "the outputs of local cannot be used: issuer is missing" in str(run("whoami").exception)


def test_a_refusal_has_its_own_exit_code(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """4: not allowed; the reader's first token still works."""
    become(cloud, monkeypatch, "reader")
    refused = run("call", "remember", "text=tea").exception

    assert getattr(refused, "exit_code", None) == 4
    assert "mcp-editors" in str(getattr(refused, "remedy", ""))
    assert run("whoami").exit_code == 0


@requirement("client:step-up-same-person")
def test_a_step_up_by_somebody_else_names_both_and_what_to_type(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1; each command in the remedy names the environment."""
    become(cloud, monkeypatch, "reader")
    run("whoami")
    become(cloud, monkeypatch, "editor")
    refused = run("call", "remember", "text=tea", "--stack", "prod").exception

    assert getattr(refused, "exit_code", None) == 1
    assert "mcp-okta logout --stack prod, then mcp-okta login --stack prod" in str(getattr(refused, "remedy", ""))
