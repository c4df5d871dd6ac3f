"""cli/target.py and cli/person.py: calls as a service, with a given token, and device sign-in, as commands."""

import json
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cli.outputs import service_settings
from client.errors import NotAllowed, ServiceUnusable, SignInNeeded
from tests.cli.person.fake_cloud import FakeCloud, serving
from tests.cli.person.test_person import run
from tests.requirements import requirement

CLIENT = "0oa1nightly"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A served cloud with a service, and nobody at a browser."""
    monkeypatch.chdir(tmp_path)
    for name in ("BROWSER", "TOKEN", "MCP_OKTA_SERVICE", "MCP_OKTA_SERVICE_KEY"):
        monkeypatch.delenv(name, raising=False)
    with serving(FakeCloud(tmp_path)) as running:
        running.outputs |= {"services": {"nightly": {"client_id": CLIENT, "scopes": ["mcp:read"]}}}
        module = types.ModuleType("cli.outputs")
        module.outputs_for = lambda stack, branch, file: (running.outputs, running.folder)  # type: ignore[attr-defined]
        module.LOCAL, module.settings_without_pulumi = "local", dict  # type: ignore[attr-defined]
        module.service_settings = service_settings  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "cli.outputs", module)
        yield running


@pytest.fixture
def key(cloud: FakeCloud, tmp_path: Path) -> Path:
    """The service's private key, made by the command, whose public half the cloud knows."""
    made = run("service-key", "nightly", "--json")
    path = tmp_path / json.loads(made.stdout)["private_key"]
    cloud.okta.services[CLIENT] = (load_pem_private_key(path.read_bytes(), None).public_key(), {"mcp:read"})
    return path


@requirement("client:service-key")
def test_a_new_key_comes_with_the_configuration_to_set(cloud: FakeCloud, tmp_path: Path) -> None:
    """The command to type holds the public key only; the private one is in its file (issue 5, item 7)."""
    made = run("service-key", "nightly", "--scope", "mcp:write")

    assert made.stdout.startswith('pulumi config set services \'{"nightly": {"scopes": ["mcp:write"]')
    assert '"d"' not in made.stdout
    assert (tmp_path / "nightly.pem").stat().st_mode & 0o777 == 0o600


@requirement("client:service")
@pytest.mark.parametrize("how", ["options", "file variable", "PEM variable"])
def test_a_service_calls_by_options_or_by_environment(
    cloud: FakeCloud, key: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CI system hands keys over in variables; on a command line everybody could read them."""
    words = ["call", "whoami", "--json"]
    if how == "options":
        words += ["--service", "nightly", "--key", str(key)]
    else:
        monkeypatch.setenv("MCP_OKTA_SERVICE", "nightly")
        monkeypatch.setenv("MCP_OKTA_SERVICE_KEY", str(key) if how == "file variable" else key.read_text())

    assert json.loads(run(*words).stdout) == {"subject": "somebody"}
    assert not list(cloud.folder.glob("*.json"))


ENV_FILE = "MCP_OKTA_SERVICE=nightly\nMCP_OKTA_SERVICE_KEY={key}\n"


@requirement("client:service-in-env-file")
@pytest.mark.parametrize("how", ["file", "PEM", "key by option", "name by option"])
def test_a_service_calls_by_what_the_env_file_says(cloud: FakeCloud, key: Path, how: str) -> None:
    """`.env.example`: both names are settings like the others; before, the command went on as a person."""
    pem = '"' + key.read_text() + '"'
    text = ENV_FILE.format(key=pem if how == "PEM" else key)
    words = {"key by option": ["--key", str(key)], "name by option": ["--service", "nightly"]}.get(how, [])
    lines = text.splitlines()
    kept = {"key by option": lines[:1], "name by option": lines[1:]}.get(how, lines)
    Path(".env").write_text("\n".join(kept))

    done = run("call", "whoami", "--json", *words)
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout) == {"subject": "somebody"}
    assert [assertion["sub"] for assertion in cloud.okta.assertions] == [CLIENT]


@requirement("client:service-in-env-file")
def test_what_is_named_by_hand_goes_before_the_env_file(
    cloud: FakeCloud, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable wins over the file, `TOKEN` among them; an option that names an environment means no `.env`."""
    Path(".env").write_text(ENV_FILE.format(key=key))
    named = run("call", "whoami", "--stack", "prod").exception
    assert isinstance(named, SignInNeeded) and cloud.okta.assertions == []

    run("call", "whoami")
    monkeypatch.setenv("TOKEN", next(iter(cloud.okta.grants[-1].access)))
    assert run("call", "whoami").exit_code == 0
    assert len(cloud.okta.assertions) == 1

    monkeypatch.delenv("TOKEN")
    monkeypatch.setenv("MCP_OKTA_SERVICE", "weekly")
    other = run("call", "whoami").exception
    assert isinstance(other, ServiceUnusable) and "no service 'weekly'" in other.message


@requirement("client:service-in-env-file")
def test_half_a_service_in_the_env_file_is_no_person(cloud: FakeCloud) -> None:
    """Exit code 2: a name without a key is a mistake, and no reason to ask somebody to sign in."""
    Path(".env").write_text("MCP_OKTA_SERVICE=nightly\nMCP_OKTA_SERVICE_KEY=\n")
    error = run("call", "whoami").exception

    assert isinstance(error, ServiceUnusable) and "MCP_OKTA_SERVICE_KEY" in error.message


def test_a_service_without_its_key_is_told_what_is_missing(cloud: FakeCloud, key: Path) -> None:
    """Exit code 2, and the option and variable by name."""
    without_key = run("call", "whoami", "--service", "nightly").exception
    without_name = run("tools", "--key", str(key)).exception

    assert isinstance(without_key, ServiceUnusable) and "MCP_OKTA_SERVICE_KEY" in without_key.message
    assert isinstance(without_name, ServiceUnusable) and "MCP_OKTA_SERVICE)" in without_name.message


@requirement("client:given-token")
def test_a_token_in_the_environment_is_used_before_any_sign_in(
    cloud: FakeCloud, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For CI (issue 5, item 7); one that is refused ends with code 3 and without the token in the message."""
    run("call", "whoami", "--service", "nightly", "--key", str(key))
    monkeypatch.setenv("TOKEN", next(iter(cloud.okta.grants[-1].access)))
    assert json.loads(run("call", "whoami", "--json").stdout) == {"subject": "somebody"}

    cloud.okta.expire_access_tokens()
    refused = run("call", "whoami").exception
    assert isinstance(refused, SignInNeeded) and "does not take the token" in refused.message
    assert os.environ["TOKEN"] not in refused.message


@requirement("client:device")
def test_device_sign_in_shows_the_code_and_keeps_the_tokens(cloud: FakeCloud) -> None:
    """RFC 8628 §3.3; the code goes to stderr."""
    cloud.okta.device_interval = 1
    done = run("login", "--device")

    assert done.exit_code == 0, done.exception
    assert "enter the code ABCD-EFGH" in done.stderr and done.stdout == ""
    assert json.loads(run("call", "whoami", "--json").stdout) == {"subject": "somebody"}


@requirement("client:device")
def test_device_sign_in_that_is_switched_off_is_said(cloud: FakeCloud) -> None:
    """Exit code 4, with the configuration key (issue 5, item 7)."""
    cloud.outputs |= {"device_login": False}
    refused = run("login", "--device").exception

    assert isinstance(refused, NotAllowed) and "deviceLogin" in refused.remedy
