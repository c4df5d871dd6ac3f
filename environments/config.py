"""What the stacks' configuration files say, read without the engine."""

from pathlib import Path
from typing import Any

import yaml

from environments.name import LOCAL, PROJECT

BRANCH, BRANCH_OF, STACK_ID = (f"{PROJECT}:{key}" for key in ("branch", "branchOf", "stackId"))

REGION = "aws:region"


def stack_config(root: Path, stack: str) -> dict[str, Any]:
    """The stack's own configuration as `Pulumi.STACK.yaml` has it; encrypted values are None."""
    try:
        document = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text()) or {}
    except FileNotFoundError:
        return {}
    config = document.get("config") or {}
    return {key: None if isinstance(value, dict) and "secure" in value else value for key, value in config.items()}


def on_local_cloud(root: Path, stack: str, base: str | None = None) -> bool:
    """Whether the stack lives on the local cloud: it is `local`, or an environment beside it."""
    return LOCAL in (stack, base or stack_config(root, stack).get(BRANCH_OF))
