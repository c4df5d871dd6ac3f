"""
The file that holds the org: one line with all tables, then a line for each change since.

A change costs a line, not the whole org; what was told to a client is in the file before, so that a SIGKILL takes
nothing back. A last line that was cut short was told to nobody.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]
Change = tuple[str, str, Row | None]
# Below this size of changes it is not worth while to write the org anew.
SMALLEST_REWRITE_BYTES = 256 * 1024


class StateFile:
    """
    Reads and writes the file.

    Args:
        path: it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._whole_bytes = self._change_bytes = 0
        self._written = False

    def read(self) -> Tables:
        """
        The tables as they were left; empty where there is no file.

        Raises:
            LocalCloudError: the file is not one of ours.
        """
        try:
            content = self._path.read_text()
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._unreadable(type(error).__name__) from error
        first, *lines = content.split("\n")
        try:
            tables = json.loads(first)
            # Whatever follows the last line break was cut short.
            changes = [json.loads(line) for line in lines[:-1]]
            return _changed(tables, changes)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._unreadable(type(error).__name__) from error

    def write(self, tables: Tables, changes: Iterable[Change]) -> None:
        """Add changes, or write all tables anew where the changes have become more than the tables were."""
        lines = "".join(f"{json.dumps(change)}\n" for change in changes).encode()
        if not self._written or self._change_bytes + len(lines) > max(self._whole_bytes, SMALLEST_REWRITE_BYTES):
            self._rewrite(tables)
            return
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            self._rewrite(tables)
            return
        # A line that is cut short (a full disk) must not get a successor: the next write is of everything.
        self._written = False
        with os.fdopen(descriptor, "wb") as file:
            file.write(lines)
        self._written, self._change_bytes = True, self._change_bytes + len(lines)

    def _rewrite(self, tables: Tables) -> None:
        content = f"{json.dumps(tables)}\n".encode()
        draft = self._path.with_suffix(".tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(self._path)
        self._written, self._whole_bytes, self._change_bytes = True, len(content), 0

    def _unreadable(self, why: str) -> LocalCloudError:
        return LocalCloudError(
            f"the local Okta's state file {self._path} does not hold an org ({why})",
            remedy=f"rm {self._path}, then mcp-okta local up",
        )


def _changed(tables: Any, changes: list[Any]) -> Tables:
    if not isinstance(tables, dict) or not all(isinstance(rows, dict) for rows in tables.values()):
        raise TypeError("not tables")
    for table, identifier, row in changes:
        if row is None:
            tables[table].pop(identifier, None)
        else:
            tables.setdefault(table, {})[identifier] = row
    return tables
