"""An environment's life: preview, up, rebuild, down. Each may be stopped, killed and repeated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi.automation import ConfigValue, Stack, UpResult
from pulumi.automation.errors import CommandError

from environments import recovery
from environments.accounts import check_okta
from environments.config import REGION, on_local_cloud, stack_config
from environments.failures import CONFLICT
from environments.guard import refuse_wrong_cloud
from environments.identity import owner_of
from environments.listing import list_environments, read_outputs
from environments.locks import release_stale_locks
from environments.ownership import Owner
from environments.progress import OnProgress, quiet
from environments.removal import clear_strangers, refuse_base, sweep, unprotect
from environments.run import Branch, Result, Run, prepared, running
from environments.state import is_empty, is_in_doubt, pending, resources, state_of
from environments.workspace import Environment

__all__ = ["Branch", "Result", "down", "list_environments", "preview", "read_outputs", "rebuild", "up"]


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
        check_okta(run.clouds)
        with prepared(run) as (handle, before):
            check_clouds(run, before)
            keep_region(run, handle)
            owner = owner_of(stack, stack_config(root, stack), before)
            recovery.recover(handle, before, owner, run.clouds, lambda: run.refresh(handle), run.report)
            if refresh or is_doubtful(run, handle, before):
                run.refresh(handle)
            done = bring_up(run, handle, owner)
        return run.result({name: output.value for name, output in done.outputs.items() if not output.secret})


def check_clouds(run: Run, before: Mapping[str, Any]) -> None:
    """
    Stop, before anything is asked or changed, where the stack was made in other clouds.

    Raises:
        WrongCloud: names both clouds, and what to do.
    """
    if not is_empty(before):
        refuse_wrong_cloud(run.place, run.clouds, before)


def is_doubtful(run: Run, handle: Stack, before: Mapping[str, Any]) -> bool:
    """Whether the clouds must be asked what is really there, since an earlier run failed; the person is told."""
    doubtful = bool(resources(before)) and is_in_doubt(handle)
    if doubtful:
        run.report("an earlier run failed; looking at what is really there")
    return doubtful


def keep_region(run: Run, handle: Stack) -> None:
    """
    Write the region into the configuration of a stack on real accounts, so that it stays where it was made.

    Source: ours; in another shell `AWS_REGION` is another, and nothing of the stack is there.
    """
    if on_local_cloud(run.place.root, run.place.stack, run.place.base) or not run.clouds.region:
        return
    if not stack_config(run.place.root, run.place.stack).get(REGION):
        handle.set_config(REGION, ConfigValue(run.clouds.region))


def bring_up(run: Run, handle: Stack, owner: Owner) -> UpResult:
    """
    Let the engine bring the stack up; what a failed creation left is deleted, and where it was in the way, once again.

    Raises:
        CommandError: the engine says no.
    """
    try:
        return run.up(handle)
    except CommandError:
        cleared = recovery.clear_failed(handle, run.listener.failed_creations, owner, run.clouds, run.report)
        if not cleared or not CONFLICT.search("\n".join(run.listener.errors)):
            raise
    run.listener.begin_again()
    return run.up(handle)


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
        check_okta(run.clouds)
        existed, configured = run.workspace.exists(stack), stack_config(root, stack) != {}
        with prepared(run) as (handle, before):
            check_clouds(run, before)
            handle.preview(on_event=run.listener, color="never", refresh=is_doubtful(run, handle, before))
            if not existed:
                run.remove(handle, keep_config=configured)
        return run.result()


def down(
    root: Path,
    stack: str,
    env: Environment,
    on_progress: OnProgress = quiet,
    branch: Branch | None = None,
    *,
    refresh: bool = False,
) -> Result:
    """
    Delete the environment without a trace: what the state knows, what carries its marks, then the stack itself.

    Raises:
        EnvironmentsError: see errors.py; branches that use the stack's accounts must go first.
    """
    with running(root, stack, env, "down", on_progress, branch) as run:
        release_stale_locks(run.workspace.backend, stack, run.report)
        if not run.workspace.exists(stack):
            return run.result()
        refuse_base(run)
        handle = run.workspace.select(stack)
        before = state_of(handle)
        check_clouds(run, before)
        if resources(before) or pending(before):
            unprotect(run, before)
            take_down(run, handle, before, refresh or bool(pending(before)))
            sweep(run, before)
        run.remove(handle)
        return run.result()


def take_down(run: Run, handle: Stack, before: Mapping[str, Any], refresh: bool) -> None:
    """
    Let the engine delete what the state knows; where what it does not know is in the way, that first, and once again.

    Raises:
        CommandError: the engine says no.

    Source: ours; IAM keeps a role for as long as it has a policy, also one that the state lost.
    """
    try:
        run.destroy(handle, refresh=refresh)
    except CommandError:
        if not clear_strangers(run, before, state_of(handle)):
            raise
        run.listener.begin_again()
        run.destroy(handle, refresh=refresh)
