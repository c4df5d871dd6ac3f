"""Which environment the options name, and how to reach it: root folder, stack, variables, outputs, token folder."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.errors import NoRepository
from cli.root import find_root

LOCAL = "local"
Variables = dict[str, str | None]


@dataclass(frozen=True)
class Target:
    """
    One environment.

    Args:
        branch: the git ref that it is made for, or None.
        base: the stack beside which a branch's environment is.
    """

    root: Path
    stack: str
    branch: str | None
    base: str

    @property
    def on_local_cloud(self) -> bool:
        """Whether it is on this machine's own clouds."""
        from environments.config import on_local_cloud

        return on_local_cloud(self.root, self.stack, self.base if self.branch else None)

    @property
    def options(self) -> str:
        """The options that name it again."""
        if self.branch is None:
            return "" if self.stack == LOCAL else f" --stack {self.stack}"
        return ("" if self.base == LOCAL else f" --stack {self.base}") + f" --branch {shlex.quote(self.branch)}"


def target_of(stack: str | None, branch: str | None) -> Target:
    """
    The environment that the options name; without any, the stack `local`.

    Raises:
        NoRepository: there is no project here.
        WrongName: the branch or the stack cannot be an environment.
    """
    from environments.name import check_stack, environment_name

    base = check_stack(stack or LOCAL)
    if branch is None:
        return Target(find_root(), base, None, base)
    return Target(find_root(), environment_name(branch, base), branch, base)


def variables_for(target: Target) -> Variables:
    """
    What to set and unset to reach the environment; nothing on real accounts, whose settings are the person's own.

    Raises:
        LocalCloudError: it is on the local cloud, and that is not running.
    """
    if not target.on_local_cloud:
        return {}
    from local_cloud.supervisor import environment

    return environment(target.root)


def local_state(root: Path) -> Variables:
    """Where the engine keeps the state of the local cloud: enough to read it, whether the cloud runs or not."""
    local = root.resolve() / ".local"
    return {
        "PULUMI_BACKEND_URL": f"file://{quote(str(local / 'state'))}",
        "PULUMI_HOME": str(local / "pulumi"),
        "PULUMI_ACCESS_TOKEN": None,
    }


def state_variables(target: Target) -> Variables:
    """What it takes to read the environment's state."""
    return local_state(target.root) if target.on_local_cloud else {}


def read_stack(target: Target) -> dict[str, Any]:
    """
    The outputs of the environment's stack.

    Raises:
        EnvironmentsError: nothing is deployed there.
    """
    from environments.failures import stack_missing
    from environments.listing import read_outputs

    if target.on_local_cloud and not (target.root / ".local/state").exists():
        raise stack_missing(target.stack, target.options)
    return read_outputs(target.root, target.stack, state_variables(target), target.options)


def outputs_for(stack: str | None, branch: str | None, outputs_file: Path | None) -> tuple[dict[str, Any], Path | None]:
    """
    The outputs that the options lead to, and the folder of the tokens, None for the person's own store.

    Raises:
        WrongOutputs: the file or the settings cannot be used.
        EnvironmentsError: nothing is deployed there.
    """
    if outputs_file is not None:
        from client.outputs import read_file

        return read_file(outputs_file), None
    if stack is None and branch is None and (settings := settings_without_pulumi()):
        return settings, None
    try:
        target = target_of(stack, branch)
    except NoRepository as error:
        remedy = f"{error.remedy}, or name a server: --outputs FILE, or MCP_URL and its companions in .env"
        raise NoRepository(error.message, remedy) from error
    return read_stack(target), target.root / ".local/tokens" if target.on_local_cloud else None


def settings_without_pulumi() -> dict[str, Any]:
    """The settings of the environment and of `.env`, if they name a server; else nothing."""
    from client.outputs import environment_values

    settings = environment_values(os.environ, dotenv_file())
    return settings if "url" in settings else {}


def service_settings(with_file: bool) -> dict[str, str]:
    """The service and its key by the environment, and by `.env` unless an option has named another environment."""
    from client.outputs import SERVICE_KEY, SERVICE_NAME, read_settings

    return read_settings((SERVICE_NAME, SERVICE_KEY), os.environ, dotenv_file() if with_file else None)


def dotenv_file() -> Path:
    """The `.env` of the current folder, else that of the repository."""
    here = Path.cwd() / ".env"
    try:
        return here if here.is_file() else find_root() / ".env"
    except NoRepository:
        return here


def reach(target: Target, report: Callable[[str], None]) -> Variables:
    """
    Start the local cloud if that is where the environment is, and say how to reach it.

    Raises:
        EngineMissing: there is no engine, and no way to get one.
        LocalCloudError: it cannot run.
    """
    if target.on_local_cloud:
        from cli.readiness import bring_up
        from environments.engine import get_engine

        get_engine(report)  # without one there is no use in starting anything
        bring_up(target.root, report)
    return variables_for(target)
