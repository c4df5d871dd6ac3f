"""
The sign-in address on its way to the browser: in a file, since a command line can be read by everybody on the machine.

Who reads the address could sign in as themselves, and the answer would come here: we would be signed in as them.
"""

import contextlib
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from client.keychain import user_folder
from client.pages import leading_to

PREFIX, PAGE = "mcp-okta-sign-in-", "sign-in.html"
FORGOTTEN_SECONDS = 3600
# Where snapd keeps commands. A browser in a snap sees no hidden folder, and another /tmp than ours.
SNAPS = (Path("/snap/bin"), Path("/var/lib/snapd/snap/bin"))


def base_folder(environ: Mapping[str, str], home: Path, snaps: Sequence[Path] = SNAPS) -> Path:
    """
    Where a browser of this person can read, and nobody else: the state folder, or home itself where there are snaps.

    Source: snapcraft, home interface; jupyter/notebook#4500.
    """
    return home if any(path.exists() for path in snaps) else user_folder(environ, home).absolute()


def hand_over(url: str, base: Path) -> Path:
    """
    Write the page that leads to the URL, 0600 in a new folder, 0700.

    Raises:
        OSError: it cannot be written.
    """
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(base)
    page = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base)) / PAGE
    page.touch(0o600)
    page.write_text(leading_to(url), encoding="utf-8")
    return page


def take_back(page: Path) -> None:
    """Remove the page and its folder, and nothing else that may be there."""
    with contextlib.suppress(OSError):
        page.unlink(missing_ok=True)
        page.parent.rmdir()


def sweep(base: Path) -> None:
    """Remove what sign-ins left that were killed."""
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < time.time() - FORGOTTEN_SECONDS:
                take_back(folder / PAGE)
