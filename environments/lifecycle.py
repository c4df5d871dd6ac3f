"""An environment's life: preview, up, rebuild, down. Each may be stopped, killed and repeated."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.automation import Stack
from pulumi.automation.errors import CommandError

from environments import ownership, recovery
from environments.accounts import Clouds, check_okta
from environments.config import branches_of, stack_config
from environments.errors import EngineFailed, Interrupted
from environments.failures import Place, explain
from environments.listing import list_environments, read_outputs
from environments.locks import release_stale_locks
from environments.name import LOCAL
from environments.progress import Listener, Note, OnProgress, quiet
from environments.workspace import (
    Environment,
    Workspace,
    adopt_branch,
    open_workspace,
    remove_stack_files,
)

__all__ = ["Branch", "Result", "down", "list_environments", "preview", "read_outputs", "rebuild", "up"]


@dataclass(frozen=True)
class Branch:
    """The git ref of a branch environment, exactly as git spells it, and the stack whose accounts it uses."""

    ref: str
    base: str = LOCAL


@dataclass(frozen=True)
class Result:
    """What came of it: outputs, the engine's counts (create, update, same, …), seconds."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether anything was, or would be, changed."""
        return any(count for operation, count in self.changes.items() if operation not in ("same", "read"))


@dataclass(frozen=True)
class Run:
    """One command on one stack."""

    workspace: Workspace
    place: Place
    listener: Listener
    report: Callable[[str], None]
    started: float

    @property
    def clouds(self) -> Clouds:
        """How the stack reaches its clouds."""
        return Clouds.of(stack_config(self.place.root, self.place.stack), self.workspace.environ)

    def clouds_of(self, branch: Branch | None) -> Clouds:
        """The same before the stack exists: a branch reaches what its base reaches."""
        config = stack_config(self.place.root, branch.base) if branch else {}
        return Clouds.of({**config, **stack_config(self.place.root, self.place.stack)}, self.workspace.environ)

    def refresh(self, stack: Stack) -> None:
        """See what is really there, and drop what the engine had only begun."""
        stack.refresh(clear_pending_creates=True, on_event=self.listener, show_secrets=False, color="never")

    def result(self, outputs: Mapping[str, Any] | None = None) -> Result:
        """What came of it so far."""
        return Result(outputs or {}, dict(self.listener.changes), time.monotonic() - self.started)


@contextmanager
def running(
    root: Path, stack: str, env: Environment, command: str, on_progress: OnProgress, branch: Branch | None = None
) -> Iterator[Run]:
    """
    Open the engine for one command, and turn what it says into our errors.

    Raises:
        EnvironmentsError: see errors.py.
    """
    started = time.monotonic()
    place = Place(root, stack, command)

    def report(text: str) -> None:
        on_progress(Note(text))

    workspace = open_workspace(root, env, report)
    listener = Listener(on_progress, lambda: workspace.command.interrupted)
    with workspace.command.stoppable():
        try:
            yield Run(workspace, place, listener, report, started)
        except Interrupted as error:
            error.remedy = place.again
            raise
        except CommandError as error:
            explained = explain(str(error), listener.errors, place)
            if branch:  # its configuration is its base's, and that is the one to correct
                explained.remedy = explained.remedy.replace(stack, branch.base)
            raise explained from error


def up(
    root: Path,
    stack: str,
    env: Environment,
    on_progress: OnProgress = quiet,
    branch: Branch | None = None,
    *,
    refresh: bool = False,
) -> Result:
    """
    Create or update the environment, mending first what an earlier run left.

    Args:
        refresh: ask the clouds first what is really there.

    Raises:
        EnvironmentsError: see errors.py. A stack that was made for nothing is removed again.
    """
    with running(root, stack, env, "up", on_progress, branch) as run:
        check_okta(run.clouds_of(branch))
        with prepared(run, branch) as handle:
            recovery.recover(handle, run.clouds, lambda: run.refresh(handle), run.report)
            if refresh:
                run.refresh(handle)
            done = handle.up(on_event=run.listener, show_secrets=False, color="never")
        return run.result({name: output.value for name, output in done.outputs.items() if not output.secret})


def rebuild(root: Path, stack: str, env: Environment, on_progress: OnProgress = quiet) -> Result:
    """
    Make everything anew where the clouds were lost and the engine's state was not.

    Raises:
        EnvironmentsError: see errors.py.
    """
    return up(root, stack, env, on_progress, refresh=True)


def preview(
    root: Path, stack: str, env: Environment, on_progress: OnProgress = quiet, branch: Branch | None = None
) -> Result:
    """
    Say what `up` would do; nothing is changed, and a stack that it needs for that is removed again.

    Raises:
        EnvironmentsError: see errors.py.
    """
    with running(root, stack, env, "preview", on_progress, branch) as run:
        check_okta(run.clouds_of(branch))
        existed = run.workspace.exists(stack)
        with prepared(run, branch) as handle:
            handle.preview(on_event=run.listener, color="never")
            if not existed:
                remove(run, handle)
        return run.result()


def down(root: Path, stack: str, env: Environment, on_progress: OnProgress = quiet, *, refresh: bool = False) -> Result:
    """
    Delete the environment without a trace: what the state knows, what carries its marks, then the stack itself.

    Raises:
        EnvironmentsError: see errors.py; branches that use the stack's accounts must go first.
    """
    with running(root, stack, env, "down", on_progress) as run:
        release_stale_locks(run.workspace.backend, stack, run.report)
        if not run.workspace.exists(stack):
            return run.result()
        refuse_base(run)
        handle = run.workspace.select(stack)
        before = recovery.state_of(handle)
        if recovery.is_empty(before):
            remove(run, handle)
            return run.result()
        handle.destroy(
            on_event=run.listener, show_secrets=False, color="never", refresh=refresh or bool(recovery.pending(before))
        )
        sweep(run, before)
        remove(run, handle)
        return run.result()


def sweep(run: Run, before: Mapping[str, Any]) -> None:
    """
    Delete what still carries the environment's marks after the state is empty.

    Raises:
        Unreachable: a cloud does not answer.
        EngineFailed: something is still there after it was deleted.
    """
    stack, groups = run.place.stack, recovery.group_names(before)
    found = ownership.find(stack, run.clouds, groups)
    for place in found.unseen:
        run.report(f"could not look for left-overs on {place}")
    if not found.objects:
        return
    ownership.delete(ownership.outermost(found.objects), run.report)
    left = ownership.find(stack, run.clouds, groups).objects
    if left:
        raise EngineFailed(f"still there after its deletion: {', '.join(map(str, left))}", run.place.again)


def refuse_base(run: Run) -> None:
    """
    A stack whose accounts branch environments use must stay until they are gone.

    Raises:
        EngineFailed: names the branches.
    """
    branches = branches_of(run.place.root, run.place.stack)
    if branches and run.place.stack != LOCAL:
        listed = ", ".join(branches)
        raise EngineFailed(
            f"branch environments use the accounts of {run.place.stack}: {listed}",
            f"mcp-okta down --stack {branches[0]}",
        )


@contextmanager
def prepared(run: Run, branch: Branch | None) -> Iterator[Stack]:
    """The stack, unlocked and configured; one that was made here and in which nothing came to be is removed again."""
    stack = run.place.stack
    release_stale_locks(run.workspace.backend, stack, run.report)
    configured = stack_config(run.place.root, stack) != {}
    made = not run.workspace.exists(stack)
    handle = run.workspace.create_or_select(stack)
    try:
        if branch:
            adopt_branch(run.workspace, handle, branch.ref, branch.base)
        yield handle
    except BaseException as error:
        needs_it = not branch and stack != LOCAL and "pulumi config set" in str(error)
        if made and not configured and not needs_it and not run.workspace.command.interrupted:
            remove_if_empty(run, handle)
        raise


def remove_if_empty(run: Run, handle: Stack) -> None:
    """Remove a stack that holds nothing."""
    if recovery.is_empty(recovery.state_of(handle)):
        remove(run, handle)


def remove(run: Run, handle: Stack) -> None:
    """Remove the stack with its configuration and history."""
    run.workspace.automation.remove_stack(handle.name)
    remove_stack_files(run.place.root, handle.name)
