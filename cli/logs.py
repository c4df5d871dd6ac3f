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
    """How far one log has been read, also where it is turned over to `NAME.log.1` meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._offset = 0

    def new_lines(self) -> Iterator[str]:
        """The whole lines since the last time; from the beginning where the file was replaced."""
        if self._file is not None and self._file != _identity(self._path):
            yield from self._rest()
            self._offset = 0
        self._file = _identity(self._path)
        yield from self._lines_of(self._path)

    def _rest(self) -> Iterator[str]:
        """What was added to the log before it was turned over."""
        turned = self._path.with_name(f"{self._path.name}.1")
        yield from self._lines_of(turned) if _identity(turned) == self._file else ()

    def _lines_of(self, path: Path) -> Iterator[str]:
        try:
            with path.open("rb") as file:
                self._offset = self._offset if self._offset <= file.seek(0, 2) else 0
                file.seek(self._offset)
                whole, newline, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return
        self._offset += len(whole) + len(newline)
        yield from whole.decode(errors="replace").splitlines() if newline else []


def _identity(path: Path) -> int | None:
    """What stays when a file is renamed; None when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


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
