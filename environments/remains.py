"""A backend that is a folder, and what an engine that was killed leaves in it."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from environments.name import PROJECT


def state_folder(backend: str) -> Path | None:
    """Where a backend that is a folder keeps its files."""
    if not backend.startswith("file://"):
        return None
    return Path(unquote(urlsplit(backend).path)).expanduser() / ".pulumi"


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
