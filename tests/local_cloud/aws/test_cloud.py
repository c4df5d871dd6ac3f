"""Start and stop of the whole, and what a crash leaves."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import anyio
import anyio.to_thread
import httpx2
import pytest

from local_cloud.aws import AwsCloud
from local_cloud.aws.errors import InterpreterFailed, PortTaken
from local_cloud.aws.lambda_runtime.interpreter import make_interpreter
from local_cloud.errors import LocalCloudError
from tests.local_cloud.aws.account import Account
from tests.local_cloud.aws.test_functions import PID, invoke, state_of, wait_until
from tests.requirements import requirement

REPOSITORY = Path(__file__).resolve().parents[3]
# A cloud of its own, killed with SIGKILL by the test once its function is warm.
DAEMON = """
import asyncio, json, sys
from pathlib import Path
from local_cloud.aws import AwsCloud
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.aws.test_functions import PID, invoke

async def main():
    cloud = AwsCloud(Path(sys.argv[1]))
    url = await cloud.start()
    session = session_of(cloud)
    clients = {name: session.client(name, endpoint_url=url) for name in ("iam", "lambda", "apigatewayv2")}
    account = Account(cloud, clients, Path(sys.argv[1]))
    await asyncio.to_thread(account.create_function, PID)
    print(json.dumps(await asyncio.to_thread(invoke, account)), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@requirement("aws:nothing-left")
def test_a_killed_daemon_leaves_no_function_behind(root: Path) -> None:
    """SIGKILL, with a frozen function: its process ends with the daemon (prctl(2), PR_SET_PDEATHSIG)."""
    command = [sys.executable, "-c", DAEMON, str(root)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert select.select([daemon.stdout], [], [], 20)[0]
        pid = json.loads(daemon.stdout.readline())
        wait_until(lambda: state_of(pid) == "T")
        os.kill(daemon.pid, signal.SIGKILL)

    wait_until(lambda: state_of(pid) in ("gone", "Z"))


@requirement("aws:nothing-left")
def test_a_reset_account_leaves_no_process_listener_or_file(account: Account) -> None:
    """Everything that was deployed is gone with it (issue 3: clean stop)."""
    api = account.serve(PID)
    pid = httpx2.get(api["url"]).json()
    account.empty()

    assert state_of(pid) == "gone"
    assert account.cloud.apis() == {}
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(api["url"])


@requirement("aws:port-taken")
@pytest.mark.anyio
async def test_a_taken_endpoint_is_an_error_that_names_the_port(root: Path) -> None:
    """One message with a remedy; the process goes on (werkzeug itself would end it)."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        cloud = AwsCloud(root, holder.getsockname()[1])
        with anyio.fail_after(60), pytest.raises(PortTaken, match=str(holder.getsockname()[1])) as raised:
            await cloud.start()
        await cloud.stop()

    assert raised.value.remedy


@pytest.mark.anyio
async def test_a_cloud_that_is_stopped_answers_nobody(root: Path) -> None:
    """No endpoint, no connection kept alive; stopping twice is fine (ours)."""
    cloud = AwsCloud(root)
    with anyio.fail_after(60):
        url = await cloud.start()
        with httpx2.Client() as client:
            await anyio.to_thread.run_sync(client.get, f"{url}/v2/apis")
            await cloud.stop()
            await cloud.stop()
            with pytest.raises(httpx2.TransportError):
                await anyio.to_thread.run_sync(client.get, f"{url}/v2/apis")

    with pytest.raises(LocalCloudError, match="not running"):
        _ = cloud.endpoint_url


def test_an_interpreter_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    """One message with a remedy, and nothing that looks made (issue 3)."""
    requirements = tmp_path / "runtime.txt"
    requirements.write_text("awslambdaric==4.2.2\n")
    with pytest.raises(InterpreterFailed, match="could not be made") as raised:
        make_interpreter(tmp_path / "runtime", requirements, lambda text: None)

    assert "hash" in raised.value.message and raised.value.remedy
    assert not (tmp_path / "runtime/made-from").exists()


def test_an_interpreter_whose_packages_are_out_of_reach_says_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uv ends with a hint; what failed stands above it (seen behind a proxy with a certificate of its own)."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    requirements = tmp_path / "runtime.txt"
    requirements.write_text(f"a-package-of-nobody==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(InterpreterFailed, match=r"127\.0\.0\.1:9/simple"):
        make_interpreter(tmp_path / "runtime", requirements, lambda text: None)


def test_an_interpreter_is_made_once(root: Path, account: Account) -> None:
    """The same lock, the same interpreter (ours)."""
    said: list[str] = []
    made = make_interpreter(root / ".local/runtime", root / "requirements/runtime.txt", said.append)
    account.create_function(PID)

    assert made.exists()
    assert said == []
    assert invoke(account) > 0
