"""What `down` does beside the engine: it keeps a base that is in use, and leaves nothing with the stack's marks."""

from collections.abc import Mapping
from typing import Any

from environments import ownership, recovery
from environments.config import on_local_cloud, stack_config
from environments.errors import EngineFailed, Unreachable
from environments.identity import owner_of
from environments.listing import list_environments
from environments.name import LOCAL
from environments.ownership import Found, Owned
from environments.ownership.owned import TABLE
from environments.ownership.tables import unprotect as unprotect_table
from environments.run import Branch, Run
from environments.state import group_names


def refuse_base(run: Run) -> None:
    """
    A stack whose accounts branch environments use must stay until they are gone.

    Raises:
        EngineFailed: names the branches.
    """
    base = run.place.stack
    if base == LOCAL:
        return
    known = [item for item in list_environments(run.place.root, run.env) if item["branch_of"] == base]
    if known:
        listed = ", ".join(f"{item['branch']} ({item['stack']})" for item in known)
        raise EngineFailed(
            f"branch environments use the accounts of {base}: {listed}",
            f"mcp-okta down{Branch(known[0]['branch'], base).options}",
        )


def unprotect(run: Run, before: Mapping[str, Any]) -> None:
    """
    Take the protection against deletion off the table of notes, on a stack that has one: the person said yes.

    Raises:
        Unreachable: AWS refuses or does not answer.

    Source: AWS, DynamoDB, DeleteTable: refused for a protected table, whatever the engine's state says of it.
    """
    if on_local_cloud(run.place.root, run.place.stack, run.place.base):
        return
    owner = owner_of(run.place.stack, stack_config(run.place.root, run.place.stack), before)
    own = owner.stack_id or (TABLE, owner.name) in ownership.known_to_state(before)
    if own and unprotect_table(owner, run.clouds):
        run.report(f"the table {owner.name} is no longer protected against deletion")


def sweep(run: Run, before: Mapping[str, Any]) -> None:
    """
    Delete what still carries the stack's marks after the state is empty; where one may not look, say so.

    Raises:
        Unreachable: a cloud does not answer, or what was found could not be deleted.
        EngineFailed: something is still there after it was deleted.
    """
    found = look(run, before)
    for place in found.unseen:
        run.report(f"could not look for left-overs on {place}")
    own = provable(run, found, before)
    recovery.leave_alone([item for item in found.objects if item not in own], run.report)
    if not own:
        return
    ownership.delete(ownership.outermost(own), run.report)
    left = provable(run, look(run, before), before)
    if left:
        raise EngineFailed(f"still there after its deletion: {', '.join(map(str, left))}", run.place.again)


def clear_strangers(run: Run, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """
    After a destroy that failed: delete what this stack made and its state does not hold. Tells whether there was any.

    Args:
        now: the state as the destroy left it.
    """
    try:
        known = ownership.known_to_state(now)
        strangers = [item for item in provable(run, look(run, before), before) if item.key not in known]
        ownership.delete(ownership.outermost(strangers), run.report)
    except Unreachable as error:
        run.report(f"could not look for what is in the way: {error.message}")
        return False
    return bool(strangers)


def look(run: Run, before: Mapping[str, Any]) -> Found:
    """Everything that carries the stack's marks."""
    config = stack_config(run.place.root, run.place.stack)
    return ownership.find(owner_of(run.place.stack, config, before), run.clouds, group_names(before))


def provable(run: Run, found: Found, before: Mapping[str, Any]) -> list[Owned]:
    """
    Those of the objects that this stack made: its id is in their marks, or it was creating them when it was stopped.

    Source: ours; in another backend a colleague's stack may have the same name, and marks without an id are alike.
    """
    owner = owner_of(run.place.stack, stack_config(run.place.root, run.place.stack), before)
    if owner.stack_id:
        return found.objects
    return recovery.sort(found.objects, owner, before, ownership.known_to_state(before))[0]
