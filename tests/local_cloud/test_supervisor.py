"""The real local cloud, started and stopped: one root for the whole module, since a start costs a second or two."""

import json
import os
import signal
import stat
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from local_cloud import health, supervisor
from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.keys import read_keys
from local_cloud.lock import locked
from local_cloud.ports import KeptPorts
from local_cloud.processes import processes_of
from local_cloud.state import State, read_state
from tests.requirements import requirement

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository root with what the local cloud reads from one; nothing runs in it any more after the tests."""
    root = tmp_path_factory.mktemp("repository")
    (root / "requirements").symlink_to(REPOSITORY / "requirements")
    yield root
    supervisor.stop(root, quiet)


@pytest.fixture
def running(root: Path) -> State:
    """A local cloud that runs, started by this test or an earlier one."""
    return supervisor.start(root, quiet)


def quiet(text: str) -> None:
    """Say nothing."""


def exactly(folder: LocalFolder, state: State) -> bool:
    """Whether this one and only this one runs."""
    return read_state(folder) == state and processes_of(folder.root) == [state.pid]


@requirement("local:up-twice")
def test_a_second_start_finds_the_first(root: Path, running: State) -> None:
    """One process group, one state, and it says so (issue 3, must show)."""
    said: list[str] = []
    again = supervisor.start(root, said.append)

    assert again == running
    assert exactly(LocalFolder.of(root), running)
    assert said == [f"the local cloud is already running (process {running.pid})"]
    assert running.process_group == running.pid == os.getsid(running.pid)


@requirement("local:status")
def test_the_status_has_the_keys_of_the_contract(root: Path, running: State) -> None:
    """Whether it runs or not (design, contract 4); the environments are the APIs that carry its name."""
    keys = read_keys(LocalFolder.of(root))
    session = boto3.Session(keys.access_key_id, keys.secret_access_key, region_name="us-east-1")
    gateway = session.client("apigatewayv2", endpoint_url=running.aws_endpoint_url)
    endpoint = gateway.create_api(Name="mcp-okta-local", ProtocolType="HTTP")["ApiEndpoint"]
    gateway.create_api(Name="of-somebody-else", ProtocolType="HTTP")
    gateway.close()
    up = supervisor.status(root)
    supervisor.stop(root, quiet)
    down = supervisor.status(root)

    assert up["running"] is True and down["running"] is False
    assert up.keys() == down.keys()
    assert up["okta_url"] == running.okta_url and down["okta_url"] is None
    assert up["stacks"] == [{"name": "local", "url": f"{endpoint}/mcp"}] and down["stacks"] == []
    assert {user["name"]: user["groups"] for user in up["users"]} == {
        "reader@example.com": ["mcp-readers"],
        "editor@example.com": ["mcp-editors"],
        "outsider@example.com": [],
    }


def test_both_clouds_answer_to_what_the_status_says(root: Path, running: State) -> None:
    """Okta with the token of the state file (design, contract 4)."""
    request = urllib.request.Request(f"{running.okta_url}/api/v1/groups")
    request.add_header("Authorization", f"SSWS {running.okta_api_token}")
    with urllib.request.urlopen(request, timeout=5) as answer:
        names = {group["profile"]["name"] for group in json.load(answer)}

    assert {"mcp-readers", "mcp-editors"} <= names
    assert health.is_healthy(running)


@requirement("local:down-twice")
def test_stopping_leaves_nothing_and_may_be_repeated(root: Path, running: State) -> None:
    """No process, no state file; the second time says that there was nothing (issue 3, must show)."""
    said: list[str] = []
    first = supervisor.stop(root, said.append)
    second = supervisor.stop(root, said.append)

    assert (first, second) == (True, False)
    assert said == ["the local cloud is stopped", "the local cloud is not running; nothing to do"]
    assert processes_of(root.resolve()) == []
    assert not LocalFolder.of(root).state_file.exists()
    assert not health.answers(running.okta_url) and not health.answers(running.aws_endpoint_url)


def test_stopping_where_nothing_ever_ran_makes_nothing(tmp_path: Path) -> None:
    """Not even a folder (ours)."""
    assert supervisor.stop(tmp_path, quiet) is False
    assert list(tmp_path.iterdir()) == []


def crash(state: State) -> None:
    """The daemon is killed."""
    os.kill(state.pid, signal.SIGKILL)


def freeze(state: State) -> None:
    """The daemon goes on to exist and does not answer."""
    os.kill(state.pid, signal.SIGSTOP)


def lose_the_state(state: State) -> None:
    """The daemon runs on, and its state file is gone, as after a start whose parent was killed."""
    LocalFolder.of(Path(state.root)).state_file.unlink()


def spoil_the_state(state: State) -> None:
    """The daemon runs on, and its state file cannot be read."""
    LocalFolder.of(Path(state.root)).state_file.write_text("{")


@requirement("local:crash")
@pytest.mark.parametrize(
    ("accident", "word"),
    [
        (crash, "gone"),
        (freeze, "does not answer"),
        (lose_the_state, "interrupted"),
        (spoil_the_state, "unreadable"),
    ],
)
def test_an_accident_is_noticed_said_and_mended(
    root: Path, running: State, accident: Callable[[State], None], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next `local up` clears up and starts anew, at the same addresses (issue 3, §5; design)."""
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(supervisor, "is_healthy", lambda state: health.is_healthy(state, seconds=0.5))
    accident(running)
    said: list[str] = []
    mended = supervisor.start(root, said.append)

    assert word in said[0]
    assert mended.boot_id != running.boot_id
    assert (mended.okta_url, mended.aws_endpoint_url) == (running.okta_url, running.aws_endpoint_url)
    assert exactly(LocalFolder.of(root), mended)


@requirement("local:taken-port")
@pytest.mark.parametrize("name", ["okta", "aws"])
def test_a_taken_port_starts_nothing(root: Path, name: str) -> None:
    """The port is named, and there is neither a process nor a state file (issue 3, must show)."""
    supervisor.stop(root, quiet)
    folder = LocalFolder.of(root)
    folder.prepare()
    with KeptPorts(folder).listen(name) as other, pytest.raises(LocalCloudError) as caught:
        supervisor.start(root, quiet)
        other.close()

    assert f"port {json.loads((folder.path / 'ports.json').read_text())[name]}" in caught.value.message
    assert not folder.state_file.exists()
    assert processes_of(folder.root) == []


def test_two_starts_at_once_are_one_local_cloud(root: Path) -> None:
    """The second waits for the first (issue 3: `local up` twice)."""
    supervisor.stop(root, quiet)
    found: list[State] = []
    threads = [threading.Thread(target=lambda: found.append(supervisor.start(root, quiet))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert found[0] == found[1]
    assert exactly(LocalFolder.of(root), found[0])


def test_a_lock_that_is_held_for_too_long_is_named(tmp_path: Path) -> None:
    """A bounded wait (ours)."""
    folder = LocalFolder.of(tmp_path)
    folder.prepare()
    said: list[str] = []
    with locked(folder, quiet), pytest.raises(LocalCloudError, match="lock"), locked(folder, said.append, seconds=0.1):
        raise AssertionError("held twice")

    assert "waiting" in said[0]


def test_the_environment_of_a_stopped_local_cloud_is_refused(root: Path) -> None:
    """With the command that starts it (design, contract 5)."""
    supervisor.stop(root, quiet)
    with pytest.raises(LocalCloudError, match="not running") as caught:
        supervisor.environment(root)

    assert caught.value.remedy == "mcp-okta local up"


@requirement("local:environment")
def test_the_environment_of_a_running_local_cloud_has_its_addresses(root: Path, running: State) -> None:
    """Both clouds, and the token of this start (design, contract 5)."""
    variables = supervisor.environment(root)

    assert variables["OKTA_HTTP_PROXY"] == running.okta_url
    assert variables["AWS_ENDPOINT_URL"] == running.aws_endpoint_url
    assert variables["OKTA_API_TOKEN"] == running.okta_api_token


@requirement("local:state-file")
def test_what_the_daemon_writes_is_for_its_owner_only(root: Path, running: State) -> None:
    """State, ports, log, secrets and the org's objects have mode 0600, and no log has a secret (rules)."""
    folder = LocalFolder.of(root)
    names = ("ports.json", "okta.json", "aws-access-key-id", "aws-secret-access-key")
    files = [folder.state_file, folder.log, *(folder.path / name for name in names)]

    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    log, keys = folder.log.read_text(), read_keys(folder)
    for secret in (running.okta_api_token, keys.access_key_id, keys.secret_access_key):
        assert secret not in log
