"""One command on one stack: the engine opened, its words turned into our errors, the stack unlocked and configured."""

import fcntl
import re
import shlex
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.automation import Stack, UpResult
from pulumi.automation.errors import CommandError

from environments.accounts import Clouds
from environments.config import BRANCH_OF, stack_config
from environments.errors import EnvironmentsError, Interrupted
from environments.failures import Place, explain
from environments.identity import adopt_branch, keep_stack_id
from environments.locks import release_stale_locks
from environments.name import LOCAL
from environments.progress import Listener, Note, OnProgress
from environments.state import is_empty, state_of
from environments.workspace import Environment, Workspace, open_workspace


@dataclass(frozen=True)
class Branch:
    """The git ref of a branch environment, exactly as git spells it, and the stack whose accounts it uses."""

    ref: str
    base: str = LOCAL

    @property
    def options(self) -> str:
        """The options that name it on the command line."""
        return ("" if self.base == LOCAL else f" --stack {self.base}") + f" --branch {shlex.quote(self.ref)}"


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
    env: Environment
    place: Place
    branch: Branch | None
    listener: Listener
    report: Callable[[str], None]
    started: float

    @property
    def clouds(self) -> Clouds:
        """How the stack reaches its clouds; before it has a configuration, a branch reaches what its base reaches."""
        config = stack_config(self.place.root, self.branch.base) if self.branch else {}
        return Clouds.of({**config, **stack_config(self.place.root, self.place.stack)}, self.workspace.environ)

    def up(self, stack: Stack) -> UpResult:
        """Create or update what the program declares."""
        return stack.up(on_event=self.listener, show_secrets=False, color="never")

    def destroy(self, stack: Stack, refresh: bool) -> None:
        """Delete what the state knows, after a look at what is really there if that is asked for."""
        stack.destroy(on_event=self.listener, show_secrets=False, color="never", refresh=refresh)

    def refresh(self, stack: Stack) -> None:
        """See what is really there, and drop what the engine had only begun."""
        stack.refresh(clear_pending_creates=True, on_event=self.listener, show_secrets=False, color="never")

    def remove(self, handle: Stack, keep_config: bool = False, force: bool = False) -> None:
        """Remove the stack with its history and, unless a person wrote it, its configuration; say what stays."""
        branch = bool(self.branch or stack_config(self.place.root, handle.name).get(BRANCH_OF))
        kept = self.workspace.remove(handle.name, keep_config, force, branch)
        if kept:
            self.report(f"Pulumi.{handle.name}.yaml stays, since it has your own settings: {', '.join(kept)}")

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
    place = Place(root, stack, command, branch.base if branch else None, branch.options if branch else None)

    def report(text: str) -> None:
        on_progress(Note(text))

    workspace = open_workspace(root, env, report)
    listener = Listener(on_progress, lambda: workspace.command.interrupted)
    with workspace.command.stoppable(), warnings.catch_warnings():
        # The SDK's word about an engine that was killed; ours follows.
        warnings.filterwarnings("ignore", "Error in event stream", UserWarning)
        try:
            yield Run(workspace, env, place, branch, listener, report, started)
        except Interrupted as error:
            error.remedy = place.again
            raise
        except CommandError as error:
            raise named_as_typed(explain(str(error), listener.errors, place), place) from error


def named_as_typed(error: EnvironmentsError, place: Place) -> EnvironmentsError:
    """The remedy with a branch's own options; the configuration to correct is its base's, unless it has one already."""
    if place.base and error.remedy.startswith("pulumi config set"):
        if not (place.root / f"Pulumi.{place.stack}.yaml").exists():
            error.remedy = error.remedy.replace(place.stack, place.base)
    else:
        named = re.compile(rf"(mcp-okta \w+) --stack {re.escape(place.stack)}(?![\w-])")
        error.remedy = named.sub(lambda found: found[1] + place.options, error.remedy)
    return error


@contextmanager
def prepared(run: Run) -> Iterator[tuple[Stack, dict[str, Any]]]:
    """The stack, unlocked and configured, and its state; one made here in which nothing came to be is removed again."""
    stack = run.place.stack
    release_stale_locks(run.workspace.backend, stack, run.report)
    with ExitStack() as turn:
        turn.enter_context(one_at_a_time(run.place.root))
        configured = stack_config(run.place.root, stack) != {}
        handle, made = run.workspace.create_or_select(stack)
        try:
            before = state_of(handle)
            if run.branch:
                adopt_branch(run.workspace, handle, run.branch.ref, run.branch.base, before)
            else:
                keep_stack_id(run.workspace, handle, before)
            turn.close()
            yield handle, before
        except BaseException as error:
            if made and not configured and not keeps(run, error) and is_empty(state_of(handle)):
                run.remove(handle, force=True)
            raise


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """
    Hold the checkout's turn to make and configure stacks; whoever comes second finds what the first one made.

    Source: ours; two first `up` of one branch at once would give it two ids.
    """
    folder = root / ".local"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "configure.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keeps(run: Run, error: BaseException) -> bool:
    """
    Whether a stack that was made in vain stays: the person needs it, stopped it, or something may exist of it.

    Source: ours; what a failed creation left is found by the id in the stack's configuration.
    """
    needs_it = not run.branch and run.place.stack != LOCAL and "pulumi config set" in str(error)
    return needs_it or run.workspace.command.interrupted or bool(run.listener.failed_creations)
