"""The logs of the local cloud, each line with the name of the log it is from."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cli.errors import CliError, UnknownLog

Echo = Callable[[str], None]
LOOK_SECONDS = 0.3


def print_logs(folder: Path, name: str | None, echo: Echo) -> None:
    """
    Print the logs whose names begin with `name`, one after the other.

    Raises:
        CliError: there are no logs yet.
        UnknownLog: none has that name.
    """
    for path in find_logs(folder, name):
        for line in path.read_text(errors="replace").splitlines():
            echo(f"{path.stem} | {line}")


def follow_logs(folder: Path, name: str | None, echo: Echo, ended: Callable[[], bool] = lambda: False) -> None:
    """
    Print the logs, then what is added to them and to new ones, until the person stops it.

    Args:
        ended: asked after each look; for those who cannot press Ctrl-C.

    Raises:
        CliError: there are no logs yet.
        UnknownLog: none has that name.
    """
    find_logs(folder, name)
    tails: dict[Path, Tail] = {}
    while True:
        for path in matching(folder, name):
            for line in tails.setdefault(path, Tail(path)).new_lines():
                echo(f"{path.stem} | {line}")
        if ended():
            return
        time.sleep(LOOK_SECONDS)


class Tail:
    """How far one log has been read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def new_lines(self) -> Iterator[str]:
        """The whole lines since the last time; from the beginning where the file was replaced."""
        try:
            with self._path.open("rb") as file:
                self._offset = self._offset if self._offset <= file.seek(0, 2) else 0
                file.seek(self._offset)
                whole, newline, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return
        self._offset += len(whole) + len(newline)
        yield from whole.decode(errors="replace").splitlines() if newline else []


def find_logs(folder: Path, name: str | None) -> list[Path]:
    """
    The logs whose names begin with `name`; all of them without one.

    Raises:
        CliError: there are no logs yet.
        UnknownLog: none has that name.
    """
    found = matching(folder, name)
    if found:
        return found
    present = [path.stem for path in matching(folder, None)]
    if not present:
        raise CliError(f"there are no logs in {folder}", remedy="mcp-okta local up")
    raise UnknownLog(f"no log begins with {name!r}; there are {', '.join(present)}", remedy="mcp-okta local logs")


def matching(folder: Path, name: str | None) -> list[Path]:
    """The log files, in the order of their names."""
    return sorted(path for path in folder.glob("*.log") if path.stem.startswith(name or ""))
