"""After a killed `up`: what the engine had begun, what is really there, and what nobody owns."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from pulumi.automation import Stack

from environments import ownership
from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.ownership import Owned, Owner
from environments.state import forget_pending, group_names, pending, state_of


def recover(
    stack: Stack,
    before: Mapping[str, Any],
    owner: Owner,
    clouds: Clouds,
    refresh: Callable[[], None],
    report: Callable[[str], None],
) -> None:
    """
    Where an earlier run was cut short: see what is really there, forget what is not, delete what no state knows.

    What may be a colleague's is only named.

    Args:
        before: the stack's state as that run left it.
        refresh: refreshes the stack, dropping what is pending.

    Raises:
        Unreachable: a cloud does not answer.

    Source: Pulumi, pending operations: an object may exist that the state does not hold.
    """
    begun = pending(before)
    if not begun:
        return
    report(f"an earlier run was cut short while {', '.join(begun)}; looking at what is really there")
    refresh()
    after = forget_pending(stack)
    found = ownership.find(owner, clouds, group_names(before))
    for place in found.unseen:
        report(f"could not look for left-overs on {place}")
    known = ownership.known_to_state(after)
    own, doubtful = sort([item for item in found.objects if item.key not in known], owner, before, known)
    leave_alone(doubtful, report)
    ownership.delete(ownership.outermost(own), report)


def clear_failed(
    stack: Stack,
    creations: Sequence[Mapping[str, Any]],
    owner: Owner,
    clouds: Clouds,
    report: Callable[[str], None],
) -> bool:
    """
    After an `up` that failed: delete what was made all the same and is in no state. Tells whether there was anything.

    Args:
        creations: those that failed, in the form of pending operations.

    Source: ours; an answer that is lost, or a plugin that dies, is a failed creation to the engine, with nothing
    pending. Only where the stack's id is in the marks: another's object of the same name may be why it failed.
    """
    if not creations or not owner.stack_id:
        return False
    begun = {"pending_operations": creations}
    known = ownership.known_to_state(state_of(stack))
    try:
        found = ownership.find(owner, clouds, group_names(begun)).objects
        unknown = [item for item in found if item.key not in known and was_begun(item, begun)]
        ownership.delete(ownership.outermost(unknown), report)
    except Unreachable as error:
        report(f"could not look for what the failed step may have made: {error.message}")
        return False
    return bool(unknown)


def sort(
    unknown: Iterable[Owned], owner: Owner, deployment: Mapping[str, Any], known: Container[tuple[str, ...]]
) -> tuple[list[Owned], list[Owned]]:
    """
    Of what the engine was creating: what is this stack's for certain, and what may be a colleague's.

    Args:
        known: the keys of what the stack's state holds; a part of such an object is the stack's, too.

    Source: ours; without an id in the marks, those of a colleague's stack of the same name are alike.
    """
    begun = [item for item in unknown if was_begun(item, deployment)]
    own = [item for item in begun if owner.stack_id or item.parent in known or not item.may_be_a_colleagues]
    return own, [item for item in begun if item not in own]


def leave_alone(objects: Iterable[Owned], report: Callable[[str], None]) -> None:
    """Name what stays, and what a person may do about it."""
    for item in objects:
        cloud = "Okta" if item.key[0].startswith("okta:") else "AWS"
        report(
            f"left alone, since nothing says that this stack made it: {item} ({item.key[-1]}); "
            f"if it is this stack's, delete it in {cloud}"
        )


def was_begun(item: Owned, deployment: Mapping[str, Any]) -> bool:
    """Whether the object is one that the engine was creating; whatever else is there is not ours to delete now."""
    for operation in deployment.get("pending_operations") or []:
        resource = operation.get("resource", {})
        names = [value for value in (resource.get("inputs") or {}).values() if isinstance(value, str)]
        if operation.get("type") == "creating" and resource.get("type") == item.key[0] and item.name in names:
            return True
    return False
