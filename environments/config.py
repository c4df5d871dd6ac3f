"""What the stacks' configuration files say, read without the engine."""

from pathlib import Path
from typing import Any

import yaml

from environments.errors import WrongSettings
from environments.name import LOCAL, PROJECT

BRANCH, BRANCH_OF, STACK_ID = (f"{PROJECT}:{key}" for key in ("branch", "branchOf", "stackId"))

REGION = "aws:region"


def stack_config(root: Path, stack: str) -> dict[str, Any]:
    """
    The stack's own configuration as `Pulumi.STACK.yaml` has it; encrypted values are None.

    Raises:
        WrongSettings: the file is no configuration.
    """
    config = read_settings(root / f"Pulumi.{stack}.yaml").get("config") or {}
    return {key: None if isinstance(value, dict) and "secure" in value else value for key, value in config.items()}


def read_settings(path: Path) -> dict[str, Any]:
    """
    The file as it is; empty where there is none.

    Raises:
        WrongSettings: names the file, the line where there is one, and what is wrong there.
    """
    try:
        document = yaml.safe_load(path.read_text()) or {}
    except FileNotFoundError:
        return {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise wrong_settings(path, mark.line + 1 if mark else 1, error.problem or "it is not YAML") from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise wrong_settings(path, 1, "it is not YAML in UTF-8") from error
    if not isinstance(document, dict):
        raise wrong_settings(path, 1, "it must begin with `config:`")
    if not isinstance(document.get("config") or {}, dict):
        raise wrong_settings(path, 1, "`config:` must hold lines `KEY: VALUE`")
    return document


def wrong_settings(path: Path, line: int, problem: str) -> WrongSettings:
    """The file is no configuration."""
    return WrongSettings(f"{path.name}, line {line}: {problem}", f"mend {path}, then run it again")


def on_local_cloud(root: Path, stack: str, base: str | None = None) -> bool:
    """Whether the stack lives on the local cloud: it is `local`, or an environment beside it."""
    return LOCAL in (stack, base or stack_config(root, stack).get(BRANCH_OF))
