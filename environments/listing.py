"""What is deployed: the outputs of one stack, and all environments. Quick: the engine is asked without the SDK."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environments.config import BRANCH, BRANCH_OF, stack_config
from environments.engine.environ import full_environment
from environments.engine.get import get_engine
from environments.errors import EngineFailed, StackMissing
from environments.failures import Place, explain, stack_missing
from environments.remains import backend_of, remove_empty_attributes

PATIENCE_SECONDS = 120
SECRET = "[secret]"  # noqa: S105 - what the engine shows in the place of a secret


def read_outputs(root: Path, stack: str, env: Mapping[str, str | None], options: str | None = None) -> dict[str, Any]:
    """
    The outputs of a stack, without the secret ones.

    Args:
        options: what names the environment on the command line, for the remedy.

    Raises:
        StackMissing: nothing is deployed there.
        EnvironmentsError: the engine says no.
    """
    try:
        outputs = json.loads(ask_engine(root, stack, env, "stack", "output", "--json", "--stack", stack))
    except StackMissing:
        outputs = {}
    if not outputs:
        raise stack_missing(stack, options)
    return {name: value for name, value in outputs.items() if value != SECRET}


def list_environments(root: Path, env: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """
    Every stack of the project in which something is deployed, or which belongs to a branch.

    Returns name, branch (empty for a stack of its own), stack, branch_of, url (empty where there is none) and updated.

    Raises:
        EnvironmentsError: the engine says no.
    """
    stacks = json.loads(ask_engine(root, "", env, "stack", "ls", "--json"))
    found = []
    for item in sorted(stacks, key=lambda item: item["name"]):
        written = branch_config(root, item["name"])
        if item.get("resourceCount") or written["branch"]:
            found.append({**_describe(root, item["name"], env, written), "updated": item.get("lastUpdate", "")})
    return found


def stack_exists(root: Path, stack: str, env: Mapping[str, str | None]) -> bool:
    """
    Whether there is such a stack.

    Raises:
        EnvironmentsError: the engine says no.
    """
    return any(item["name"] == stack for item in json.loads(ask_engine(root, stack, env, "stack", "ls", "--json")))


def branch_config(root: Path, stack: str) -> dict[str, str]:
    """Whose branch the stack is, as its configuration file says; the file is in one folder only."""
    config = stack_config(root, stack)
    keys = {"branch": BRANCH, "branch_of": BRANCH_OF}
    return {name: str(config.get(key) or "") for name, key in keys.items()}


def ask_engine(root: Path, stack: str, env: Mapping[str, str | None], *question: str) -> str:
    """
    The engine's answer to a question that changes nothing.

    Raises:
        EnvironmentsError: there is no engine, or it says no.
    """
    environ = {"PULUMI_SKIP_UPDATE_CHECK": "1", **full_environment(env)}
    engine = get_engine(lambda text: None, environ)
    remove_empty_attributes(backend_of(environ, root))
    try:
        done = subprocess.run(
            [str(engine.path), "--non-interactive", *question],
            cwd=root,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(
            f"the engine did not answer `pulumi {' '.join(question)}` within {PATIENCE_SECONDS} s",
            "see that its backend answers: pulumi whoami --verbose",
        ) from error
    if done.returncode:
        raise explain(done.stderr, [], Place(root, stack, "outputs"))
    return done.stdout


def _describe(root: Path, stack: str, env: Mapping[str, str | None], written: Mapping[str, str]) -> dict[str, Any]:
    """The environment as it was deployed; before it was, as its configuration file says."""
    outputs = json.loads(ask_engine(root, stack, env, "stack", "output", "--json", "--stack", stack))
    branch = {name: str(outputs.get(name) or value) for name, value in written.items()}
    return {"name": stack, "stack": stack, "url": outputs.get("url", ""), **branch}
