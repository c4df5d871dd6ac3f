"""A backend that is a folder, and what an engine that was killed leaves in it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from environments.name import PROJECT


def state_folder(backend: str) -> Path | None:
    """
    Where a backend that is a folder keeps its files.

    Source: Pulumi, DIY backends: after `file://` may be `~`, `.` or a path, and `~` begins only the first part.
    """
    if not backend.startswith("file://"):
        return None
    path = unquote(backend.removeprefix("file://").partition("?")[0])
    return Path(path).expanduser() / ".pulumi"


def backend_of(environ: Mapping[str, str], root: Path) -> str:
    """
    Where the engine keeps its state: as the environment says, else as `pulumi login` wrote it down.

    Args:
        root: where the engine runs; a folder may be relative to it.

    Source: Pulumi CLI, `PULUMI_HOME/credentials.json`, `current`.
    """
    named = environ.get("PULUMI_BACKEND_URL") or _logged_in_to(environ)
    return f"file://{root.resolve()}/{named[7:]}" if named.startswith("file://.") else named


def _logged_in_to(environ: Mapping[str, str]) -> str:
    home = Path(environ.get("PULUMI_HOME") or Path(environ.get("HOME") or Path.home()) / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_text()).get("current") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def remove_half_written(backend: str, stack: str) -> None:
    """
    Remove the state that a killed engine was writing; only while its lock is there: then no other engine writes one.

    Source: gocloud.dev, fileblob: a file is written as `NAME.TIME.tmp` and then renamed.
    """
    folder = state_folder(backend)
    if folder:
        for path in (folder / "stacks" / PROJECT).glob(f"{stack}.json.*.tmp"):
            path.unlink(missing_ok=True)


def remove_empty_attributes(backend: str) -> None:
    """
    Remove the attributes of a file that are empty: the engine says nothing but `EOF` of them, and needs none.

    Source: gocloud.dev, fileblob: attributes are emptied, then written, each time that the state is; without such a
    file it has defaults. One that another engine is writing just now may go, too: that engine does not miss it.
    """
    folder = state_folder(backend)
    for path in folder.rglob("*.attrs") if folder else ():
        try:
            if not os.path.getsize(path):
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
