"""After a killed `up`: what the engine had begun, what is really there, and what nobody owns."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.automation import Stack

from environments import ownership
from environments.accounts import Clouds
from environments.ownership import Owned, Owner
from environments.state import forget_pending, group_names, pending


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
    unknown = [item for item in found.objects if item.key not in ownership.known_to_state(after)]
    ownership.delete(ownership.outermost([item for item in unknown if was_begun(item, before)]), report)


def was_begun(item: Owned, deployment: Mapping[str, Any]) -> bool:
    """Whether the object is one that the engine was creating; whatever else is there is not ours to delete now."""
    for operation in deployment.get("pending_operations") or []:
        resource = operation.get("resource", {})
        names = [value for value in (resource.get("inputs") or {}).values() if isinstance(value, str)]
        if operation.get("type") == "creating" and resource.get("type") == item.key[0] and item.name in names:
            return True
    return False
