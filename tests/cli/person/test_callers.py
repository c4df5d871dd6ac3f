"""cli/target.py and cli/person.py: calls as a service, with a given token, and device sign-in, as commands."""

import json
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

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
