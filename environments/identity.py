"""Which stack it is: a random id against another's stack of the same name, and whose branch it was made for."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.automation import ConfigValue, Stack

from environments.config import BRANCH, BRANCH_OF, STACK_ID, stack_config
from environments.errors import WrongName
from environments.name import LOCAL
from environments.ownership import Owner
from environments.state import is_empty, stack_outputs

if TYPE_CHECKING:
    from environments.workspace import Workspace


def owner_of(stack: str, config: Mapping[str, Any], deployment: Mapping[str, Any]) -> Owner:
    """Whose marks the stack's objects carry: as its configuration says, else as it was deployed."""
    return Owner(stack, str(config.get(STACK_ID) or stack_outputs(deployment).get("stack_id") or ""))


def keep_stack_id(workspace: "Workspace", stack: Stack, deployment: Mapping[str, Any]) -> None:
    """Give a stack in which nothing is yet its id, and one whose configuration file was lost the id that it had."""
    config = stack_config(workspace.root, stack.name)
    chosen = owner_of(stack.name, config, deployment).stack_id or _new_id(deployment)
    if chosen and not config.get(STACK_ID):
        stack.set_config(STACK_ID, ConfigValue(chosen))


def adopt_branch(workspace: "Workspace", stack: Stack, branch: str, base: str, deployment: Mapping[str, Any]) -> None:
    """
    Give a new branch environment its base's configuration, and mark which stack it is and whose branch.

    Raises:
        StackMissing: the base is on real accounts and does not exist.
        WrongName: the stack is the environment of another branch, or beside another base.
    """
    config = stack_config(workspace.root, stack.name)
    for key, wanted in ((BRANCH, branch), (BRANCH_OF, base)):
        if config.get(BRANCH_OF) and config.get(key) != wanted:
            raise WrongName(
                f"the stack {stack.name} is another environment: its {key} is {config.get(key)!r}, not {wanted!r}",
                f"mcp-okta up --stack {stack.name}",
            )
    if config.get(BRANCH_OF):
        return keep_stack_id(workspace, stack, deployment)
    if base != LOCAL or workspace.exists(base):
        workspace.select(base)
        workspace.automation.copy_config(base, stack.name)
    # The copy holds the base's own id, so that this one is written even where it is empty.
    chosen = owner_of(stack.name, {}, deployment).stack_id or _new_id(deployment)
    stack.set_all_config({BRANCH: ConfigValue(branch), BRANCH_OF: ConfigValue(base), STACK_ID: ConfigValue(chosen)})
    return None


def _new_id(deployment: Mapping[str, Any]) -> str:
    """Eight hexadecimal digits; none for a stack whose objects carry marks without one already."""
    return secrets.token_hex(4) if is_empty(deployment) else ""
