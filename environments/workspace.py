"""The project as the Automation API sees it: our engine, its environment, and the stacks in it."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.automation import ConfigMap, ConfigValue, LocalWorkspace, Stack
from pulumi.automation.errors import StackNotFoundError

from environments.config import PROJECT, stack_config
from environments.engine import Engine, get_engine
from environments.engine.command import EngineCommand
from environments.engine.environ import full_environment
from environments.engine.host import ensure_language_host
from environments.failures import stack_missing
from environments.name import LOCAL, check_stack

Environment = Mapping[str, str | None]


class ProjectWorkspace(LocalWorkspace):
    """The repository root, in which no command changes which stack the person has selected."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._seen: set[str] = set()

    def create_stack(self, stack_name: str) -> None:
        """Make the stack without selecting it."""
        provider = ["--secrets-provider", self.secrets_provider] if self.secrets_provider else []
        self._run_pulumi_cmd_sync(["stack", "init", stack_name, "--no-select", *provider])
        self._seen.add(stack_name)

    def select_stack(self, stack_name: str) -> None:
        """See that the stack is there; once is enough."""
        if stack_name not in self._seen:
            self._run_pulumi_cmd_sync(["stack", "--show-name", "--stack", stack_name])
            self._seen.add(stack_name)

    def remove_stack(self, stack_name: str, force: bool | None = None, preserve_config: bool | None = None) -> None:
        """Remove the stack, its configuration and its history."""
        super().remove_stack(stack_name, force, preserve_config)
        self._seen.discard(stack_name)

    def export_state(self, stack_name: str) -> dict[str, Any]:
        """The engine's state, its secrets as they are kept; opening them would take the passphrase and time."""
        exported = self._run_pulumi_cmd_sync(["stack", "export", "--stack", stack_name])
        return dict(json.loads(exported.stdout))


@dataclass(frozen=True)
class Workspace:
    """An engine at work in one repository root, with one environment."""

    root: Path
    engine: Engine
    command: EngineCommand
    environ: Mapping[str, str]
    automation: ProjectWorkspace

    @property
    def backend(self) -> str:
        """Where the state is kept, as far as the environment says."""
        return self.environ.get("PULUMI_BACKEND_URL", "")

    def exists(self, stack: str) -> bool:
        """Whether there is such a stack."""
        try:
            self.automation.select_stack(stack)
        except StackNotFoundError:
            return False
        return True

    def select(self, stack: str) -> Stack:
        """
        The stack, which must exist.

        Raises:
            StackMissing: it does not.
        """
        try:
            return Stack.select(stack, self.automation)
        except StackNotFoundError as error:
            raise stack_missing(stack) from error

    def create_or_select(self, stack: str) -> Stack:
        """The stack, made where it does not exist."""
        check_stack(stack)
        try:
            return Stack.select(stack, self.automation)
        except StackNotFoundError:
            return Stack.create(stack, self.automation)


def open_workspace(root: Path, env: Environment, report: Callable[[str], None]) -> Workspace:
    """
    Find or get the engine and set it up for this root.

    Args:
        env: what to set, and with None to unset, in our own environment.

    Raises:
        EngineMissing: there is no engine and no way to get one.
    """
    engine = get_engine(report)
    link_engine(root, engine)
    environ = ensure_language_host(root, engine, {"PULUMI_SKIP_UPDATE_CHECK": "1", **full_environment(env)})
    command = EngineCommand(engine, environ, report)
    in_folder = environ.get("PULUMI_BACKEND_URL", "").startswith("file://")
    automation = ProjectWorkspace(
        work_dir=str(root), pulumi_command=command, secrets_provider="passphrase" if in_folder else None
    )
    return Workspace(root, engine, command, environ, automation)


def link_engine(root: Path, engine: Engine) -> None:
    """Let plain `pulumi` after `mcp-okta local env` be this engine: a link in `.local/bin`."""
    link, target = root / ".local/bin/pulumi", engine.path.resolve()
    if link.resolve() == target:
        return
    link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    link.parent.parent.chmod(0o700)
    temporary = link.with_name(f".pulumi.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def adopt_branch(workspace: Workspace, stack: Stack, branch: str, base: str) -> None:
    """
    Give a new branch environment its base's configuration, and mark whose branch it is.

    Raises:
        StackMissing: the base is on real accounts and does not exist.
    """
    if f"{PROJECT}:branchOf" in stack_config(workspace.root, stack.name):
        return
    inherited: ConfigMap = {}
    if base != LOCAL or workspace.exists(base):
        everything = workspace.select(base).get_all_config()
        inherited = {key: everything[key] for key in stack_config(workspace.root, base) if key in everything}
    own = {f"{PROJECT}:branch": ConfigValue(branch), f"{PROJECT}:branchOf": ConfigValue(base)}
    stack.set_all_config({**inherited, **own})


def remove_stack_files(root: Path, stack: str) -> None:
    """Remove the stack's configuration file, whose salt would refuse the passphrase of a successor."""
    (root / f"Pulumi.{stack}.yaml").unlink(missing_ok=True)
