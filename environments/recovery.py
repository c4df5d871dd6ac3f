"""After a killed `up`: what the engine had begun, what is really there, and what nobody owns."""

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.automation import Deployment, Stack

from environments import ownership
from environments.accounts import Clouds
from environments.ownership import Owned
from environments.workspace import ProjectWorkspace

GROUP = "okta:group/group:Group"


def pending(deployment: Mapping[str, Any]) -> list[str]:
    """What was begun and never reported as ended: `creating aws Function function`."""
    found = []
    for operation in deployment.get("pending_operations") or []:
        resource = operation.get("resource", {})
        kind = resource.get("type", "").rsplit(":", 1)[-1]
        found.append(f"{operation.get('type', 'changing')} {kind} {resource.get('urn', '').rsplit('::', 1)[-1]}")
    return found


def state_of(stack: Stack) -> dict[str, Any]:
    """The engine's state of the stack; empty for one that never ran."""
    return dict(exported(stack).get("deployment") or {})


def exported(stack: Stack) -> dict[str, Any]:
    """The state with its version."""
    workspace = stack.workspace
    if not isinstance(workspace, ProjectWorkspace):
        raise TypeError(f"not a workspace of ours: {workspace!r}")
    return workspace.export_state(stack.name)


def is_empty(deployment: Mapping[str, Any]) -> bool:
    """Whether the state holds nothing that exists outside of it."""
    real = [item for item in deployment.get("resources", []) if item.get("custom") and not is_connection(item)]
    return not real and not pending(deployment)


def is_connection(resource: Mapping[str, Any]) -> bool:
    """Whether it is a connection to a cloud, which the engine counts as a resource."""
    return str(resource.get("type", "")).startswith("pulumi:providers:")


def group_names(deployment: Mapping[str, Any]) -> list[str]:
    """The Okta groups that the stack made, or was about to make."""
    begun = [item.get("resource", {}) for item in deployment.get("pending_operations") or []]
    resources = [*deployment.get("resources", []), *begun]
    return sorted({item["inputs"]["name"] for item in resources if item.get("type") == GROUP and item.get("inputs")})


def recover(stack: Stack, clouds: Clouds, refresh: Callable[[], None], report: Callable[[str], None]) -> None:
    """
    Where an earlier run was cut short: see what is really there, forget what is not, delete what no state knows.

    Args:
        refresh: refreshes the stack, dropping what is pending.

    Raises:
        Unreachable: a cloud does not answer.

    Source: Pulumi, pending operations: an object may exist that the state does not hold.
    """
    before = state_of(stack)
    begun = pending(before)
    if not begun:
        return
    report(f"an earlier run was cut short while {', '.join(begun)}; looking at what is really there")
    refresh()
    after = _without_pending(stack)
    found = ownership.find(stack.name, clouds, group_names(before))
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


def _without_pending(stack: Stack) -> dict[str, Any]:
    """Drop pending operations that the refresh kept, such as a delete that was under way."""
    state = exported(stack)
    deployment = dict(state.get("deployment") or {})
    if deployment.get("pending_operations"):
        deployment["pending_operations"] = []
        stack.import_stack(Deployment(version=state["version"], deployment=deployment))
    return deployment
