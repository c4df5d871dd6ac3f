"""The local cloud as one thing: start it, stop it, ask after it. Starting and stopping may be repeated."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_cloud.environment import local_environment
from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.health import ask_health, is_healthy
from local_cloud.launch import launch
from local_cloud.lock import locked
from local_cloud.people import read_people
from local_cloud.processes import is_daemon, processes_of, stop_processes
from local_cloud.pulumi.install import lay_out
from local_cloud.state import State, read_state, remove_state

Report = Callable[[str], None]
ENVIRONMENT_PREFIX = "mcp-okta-"
# One that does not answer will hardly end politely either.
PATIENCE_SECONDS = 5.0


def start(root: Path, report: Report) -> State:
    """
    See to it that the local cloud runs, whatever was there before; return what runs.

    Raises:
        LocalCloudError: it cannot run, and nothing is left half-started.
    """
    folder = LocalFolder.of(root)
    folder.prepare()
    with locked(folder, report):
        lay_out(folder.root)
        state = _running(folder)
        if state:
            report(f"the local cloud is already running (process {state.pid})")
            return state
        _mend(folder, report)
        launch(folder, report)
        return _started(folder, report)


def stop(root: Path, report: Report) -> bool:
    """
    Stop everything of the local cloud; tell whether there was anything.

    Raises:
        LocalCloudError: a process did not end.
    """
    folder = LocalFolder.of(root)
    if not folder.path.exists():
        report("the local cloud is not running; nothing to do")
        return False
    with locked(folder, report):
        stopped = stop_processes(folder.root)
        stale = folder.state_file.exists()
        remove_state(folder)
    report("the local cloud is stopped" if stopped or stale else "the local cloud is not running; nothing to do")
    return stopped


def status(root: Path) -> dict[str, Any]:
    """What runs, who may sign in, and which environments there are; the same keys whether it runs or not."""
    folder = LocalFolder.of(root)
    state = read_state(folder)
    health = ask_health(state) if state else None
    running = state if health else None
    return {
        "running": running is not None,
        "okta_url": running.okta_url if running else None,
        "okta_api_token": running.okta_api_token if running else None,
        "aws_endpoint_url": running.aws_endpoint_url if running else None,
        "users": read_people(),
        "stacks": _stacks(health["apis"]) if health else [],
    }


def environment(root: Path) -> dict[str, str | None]:
    """
    The variables to set, and with None to unset, to talk to the running local cloud.

    Raises:
        LocalCloudError: it is not running.
    """
    folder = LocalFolder.of(root)
    state = read_state(folder)
    if state is None or ask_health(state) is None:
        raise LocalCloudError("the local cloud is not running", remedy="mcp-okta local up")
    return local_environment(folder, state)


def _running(folder: LocalFolder) -> State | None:
    state = read_state(folder)
    return state if state and is_healthy(state) else None


def _mend(folder: LocalFolder, report: Report) -> None:
    """Say what an earlier local cloud left behind, and clear it away."""
    found = _left_behind(folder)
    if found:
        report(found)
        stop_processes(folder.root, PATIENCE_SECONDS)
        remove_state(folder)


def _left_behind(folder: LocalFolder) -> str:
    state = read_state(folder)
    if state and is_daemon(state.pid, folder.root):
        return f"the local cloud (process {state.pid}) does not answer; stopping it"
    if state:
        return f"the local cloud (process {state.pid}) is gone without having been stopped; clearing up after it"
    if folder.state_file.exists():
        return f"{folder.state_file} is not of this local cloud, or unreadable; replacing it"
    return "an earlier start was interrupted; clearing up after it" if processes_of(folder.root) else ""


def _started(folder: LocalFolder, report: Report) -> State:
    state = read_state(folder)
    if state is None:
        raise LocalCloudError("the local cloud stopped right after its start", remedy="mcp-okta local logs local-cloud")
    report(f"the local cloud is running (process {state.pid}): Okta {state.okta_url}, AWS {state.aws_endpoint_url}")
    return state


def _stacks(apis: dict[str, str]) -> list[dict[str, str]]:
    """The environments by their APIs; each API carries its environment's name and serves the MCP endpoint."""
    return [
        {"name": name.removeprefix(ENVIRONMENT_PREFIX), "url": f"{endpoint}/mcp"}
        for name, endpoint in sorted(apis.items())
        if name.startswith(ENVIRONMENT_PREFIX)
    ]
