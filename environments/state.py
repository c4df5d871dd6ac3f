"""The engine's state of a stack, and what it says: outputs, what is pending, whether anything is there."""

from collections.abc import Mapping
from typing import Any

from pulumi.automation import Deployment, Stack

from environments.progress import CONNECTION, STACK
from environments.workspace import ProjectWorkspace

GROUP = "okta:group/group:Group"
RUNS = 20
# Kinds of runs after which the state holds what the clouds said, or nothing.
LOOKS = ("refresh", "destroy")


def state_of(stack: Stack) -> dict[str, Any]:
    """The engine's state of the stack; empty for one that never ran."""
    return dict(exported(stack).get("deployment") or {})


def exported(stack: Stack) -> dict[str, Any]:
    """The state with its version."""
    workspace = stack.workspace
    if not isinstance(workspace, ProjectWorkspace):
        raise TypeError(f"not a workspace of ours: {workspace!r}")
    return workspace.export_state(stack.name)


def forget_pending(stack: Stack) -> dict[str, Any]:
    """Drop the pending operations that a refresh kept, such as a delete that was under way; return what is left."""
    state = exported(stack)
    deployment = dict(state.get("deployment") or {})
    if deployment.get("pending_operations"):
        deployment["pending_operations"] = []
        stack.import_stack(Deployment(version=state["version"], deployment=deployment))
    return deployment


def stack_outputs(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """What the program exported at the end of its last whole run."""
    return next((item.get("outputs") or {} for item in resources(deployment) if item.get("type") == STACK), {})


def pending(deployment: Mapping[str, Any]) -> list[str]:
    """What was begun and never reported as ended: `creating aws Function function`."""
    found = []
    for operation in deployment.get("pending_operations") or []:
        resource = operation.get("resource", {})
        kind = resource.get("type", "").rsplit(":", 1)[-1]
        found.append(f"{operation.get('type', 'changing')} {kind} {resource.get('urn', '').rsplit('::', 1)[-1]}")
    return found


def is_empty(deployment: Mapping[str, Any]) -> bool:
    """Whether the state holds nothing that exists outside of it."""
    real = [item for item in resources(deployment) if item.get("custom") and not is_connection(item)]
    return not real and not pending(deployment)


def is_in_doubt(stack: Stack) -> bool:
    """
    Whether a run failed, and the clouds have not been asked since: what failed may have been done all the same.

    Does not see: failures before the last RUNS runs, and changes of the state by hand.

    Source: Pulumi, stack history, the newest run first; an object whose deletion failed stays in the state, and one
    whose update failed stays there as it was. An `up` takes the state for true.
    """
    for run in stack.history(page_size=RUNS, show_secrets=False):
        if run.result != "succeeded":
            return True
        if run.kind in LOOKS:
            return False
    return False


def is_connection(resource: Mapping[str, Any]) -> bool:
    """Whether it is a connection to a cloud, which the engine counts as a resource."""
    return str(resource.get("type", "")).startswith(CONNECTION)


def group_names(deployment: Mapping[str, Any]) -> list[str]:
    """The Okta groups that the stack made, or was about to make."""
    begun = [item.get("resource", {}) for item in deployment.get("pending_operations") or []]
    made = [item for item in [*resources(deployment), *begun] if item.get("type") == GROUP and item.get("inputs")]
    return sorted({item["inputs"]["name"] for item in made})


def resources(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources that the state holds."""
    return list(deployment.get("resources") or [])
