"""The project as the Automation API sees it: our engine, its environment, and the stacks in it."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi.automation import LocalWorkspace, Stack
from pulumi.automation.errors import StackAlreadyExistsError, StackNotFoundError

from environments.engine import Engine, get_engine
from environments.engine.command import EngineCommand
from environments.engine.environ import full_environment
from environments.engine.host import ensure_language_host
from environments.failures import stack_missing
from environments.name import PROJECT, check_stack
from environments.plugins import refuse_stand_ins
from environments.remains import backend_of, state_folder
from environments.settings_file import persons_own

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

    def copy_config(self, source: str, target: str) -> None:
        """Give one stack another's configuration; the engine writes its secrets anew, and nobody else sees them."""
        self._run_pulumi_cmd_sync(["config", "cp", "--stack", source, "--dest", target])

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
        """Where the state is kept, as far as the environment and `pulumi login` say."""
        return backend_of(self.environ, self.root)

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

    def remove(self, stack: str, keep_config: bool = False, force: bool = False, branch: bool = False) -> list[str]:
        """
        Remove the stack, its history, and of its configuration what no person wrote; return the settings that stay.

        Args:
            keep_config: leave the configuration as it is.
            force: even where the state holds something; the stack itself and the connections count, too.
            branch: it is a branch's environment, whose configuration is a copy and goes.

        Source: ours; the engine's salt would refuse a successor's passphrase.
        """
        file = self.root / f"Pulumi.{stack}.yaml"
        text, kept = ("", []) if branch or keep_config else persons_own(file)
        self.automation.remove_stack(stack, force=force, preserve_config=keep_config or bool(text))
        if text:
            file.write_text(text)
        elif not keep_config:
            file.unlink(missing_ok=True)
        if keeps_local_state(self.root, self.backend):
            forget_backups(self.backend, stack)
        return kept

    def create_or_select(self, stack: str) -> tuple[Stack, bool]:
        """The stack, made where it does not exist, and whether it was made here."""
        check_stack(stack)
        try:
            return Stack.select(stack, self.automation), False
        except StackNotFoundError:
            pass
        try:
            return Stack.create(stack, self.automation), True
        except StackAlreadyExistsError:  # another command made it in this moment
            return Stack.select(stack, self.automation), False


def open_workspace(root: Path, env: Environment, report: Callable[[str], None]) -> Workspace:
    """
    Find or get the engine and set it up for this root.

    Args:
        env: what to set, and with None to unset, in our own environment.

    Raises:
        EngineMissing: there is no engine and no way to get one.
        WrongCloud: the engine would use the local cloud's plugins elsewhere.
    """
    wanted = {"PULUMI_SKIP_UPDATE_CHECK": "1", **full_environment(env)}
    refuse_stand_ins(wanted)
    engine = get_engine(report)
    link_engine(root, engine)
    if keeps_local_state(root, wanted.get("PULUMI_BACKEND_URL", "")):
        wanted.setdefault("PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS", "1")
    environ = ensure_language_host(root, engine, wanted)
    command = EngineCommand(engine, environ, report)
    in_folder = backend_of(environ, root).startswith("file://")
    automation = ProjectWorkspace(
        work_dir=str(root), pulumi_command=command, secrets_provider="passphrase" if in_folder else None
    )
    return Workspace(root, engine, command, environ, automation)


def keeps_local_state(root: Path, backend: str) -> bool:
    """Whether the backend is the local cloud's own folder."""
    return backend == f"file://{quote(str(root.resolve() / '.local/state'))}"


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


def forget_backups(backend: str, stack: str) -> None:
    """Remove the copies of the state that the engine keeps when its stack is gone (seen with 3.259.0)."""
    folder = state_folder(backend)
    if folder:
        shutil.rmtree(folder / "backups" / PROJECT / stack, ignore_errors=True)
        for path in (folder / "stacks" / PROJECT).glob(f"{stack}.json*.bak*"):
            path.unlink(missing_ok=True)
