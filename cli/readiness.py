"""The local cloud, what its stacks hold, and plain `pulumi`, as they are needed before a command can work there."""

import json
from collections.abc import Callable
from pathlib import Path

STACK = "local"
Report = Callable[[str], None]


def bring_up(root: Path, report: Report) -> None:
    """
    See to it that the local cloud runs and holds what its stacks say.

    Raises:
        LocalCloudError: it cannot run.
        EnvironmentsError: a stack cannot be built again; the next call tries once more.
    """
    from local_cloud.folder import LocalFolder
    from local_cloud.lock import locked
    from local_cloud.state import read_last_boot, write_last_boot
    from local_cloud.supervisor import environment, start

    state = start(root, report)
    folder = LocalFolder.of(root)
    with locked(folder, report, seconds=600):
        if read_last_boot(folder) != state.boot_id:
            rebuild_stacks(root, environment(root), report)
            write_last_boot(folder, state.boot_id)


def rebuild_stacks(root: Path, variables: dict[str, str | None], report: Report) -> None:
    """Build again what the stacks say that the clouds hold; a new local cloud is not what it was."""
    if not any((root / ".local/state/.pulumi/stacks").glob("*/*.json")):
        return
    from environments.lifecycle import rebuild
    from environments.listing import ask_engine
    from environments.progress import Note

    stacks = json.loads(ask_engine(root, "", variables, "stack", "ls", "--json"))
    lost = {stack["name"] for stack in stacks if stack.get("resourceCount")}
    for name in sorted(lost, key=lambda name: (name != STACK, name)):
        report(f"the local clouds were lost; rebuilding stack {name}")
        done = rebuild(root, name, variables, lambda news: report(news.text) if isinstance(news, Note) else None)
        report(f"stack {name} is there again, at {done.outputs.get('url')} ({done.seconds:.0f} s)")


def prepare_engine(root: Path, variables: dict[str, str | None], report: Report) -> None:
    """See to it that plain `pulumi` is our engine, and that it finds the stack `local`."""
    local = root / ".local"
    if (local / "bin/pulumi").exists() and any(local.glob(f"state/.pulumi/stacks/*/{STACK}.json")):
        return
    from environments.workspace import open_workspace

    open_workspace(root, variables, report).create_or_select(STACK)
