"""The state file: what runs, where it answers, and what a client of it needs."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.folder import LocalFolder, write_private


@dataclass(frozen=True)
class State:
    """
    One running local cloud, as `.local/cloud.json` has it.

    Args:
        boot_id: new at every start; its health endpoint repeats it.
        started: ISO 8601, in UTC.
    """

    pid: int
    process_group: int
    started: str
    boot_id: str
    root: str
    okta_url: str
    okta_api_token: str = dataclasses.field(repr=False)
    aws_endpoint_url: str
    control_url: str


def read_state(folder: LocalFolder) -> State | None:
    """Read the state file; None where there is none, or one of another folder or another version."""
    document = _read_object(folder.state_file)
    names = {field.name: field.type for field in dataclasses.fields(State)}
    if document is None or names.keys() != document.keys():
        return None
    if any(type(document[name]) is not kind for name, kind in names.items()):
        return None
    state = State(**document)
    return state if state.root == str(folder.root) else None


def write_state(folder: LocalFolder, state: State) -> None:
    """Replace the state file."""
    write_private(folder.state_file, json.dumps(dataclasses.asdict(state), indent=2))


def remove_state(folder: LocalFolder) -> None:
    """Forget what ran."""
    folder.state_file.unlink(missing_ok=True)


def read_last_boot(folder: LocalFolder) -> str | None:
    """The boot id of the local cloud that last held everything that the stacks say it holds."""
    document = _read_object(_last_boot(folder)) or {}
    boot_id = document.get("boot_id")
    return boot_id if isinstance(boot_id, str) else None


def write_last_boot(folder: LocalFolder, boot_id: str) -> None:
    """Remember that this local cloud holds what the stacks say."""
    write_private(_last_boot(folder), json.dumps({"boot_id": boot_id}))


def _last_boot(folder: LocalFolder) -> Path:
    return folder.path / "last-boot.json"


def _read_object(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return document if isinstance(document, dict) else None
