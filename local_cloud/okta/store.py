"""The org's objects: tables of plain dictionaries, kept in one JSON file when asked to."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError

Row = dict[str, Any]


class Store:
    """
    Tables of rows by id, in the order of their creation.

    A row is the object as the Management API shows it, without `_links`; keys that begin with `_` are never shown.

    Raises:
        LocalCloudError: the state file cannot be read.
    """

    def __init__(self, state_file: Path | None = None) -> None:
        self._file = state_file
        self._tables: dict[str, dict[str, Row]] = {}
        self._changed = False
        if state_file is not None and state_file.exists():
            self._tables = _read(state_file)

    @property
    def is_empty(self) -> bool:
        """Whether this org is new."""
        return not self._tables

    def rows(self, table: str, **match: object) -> Iterator[Row]:
        """The rows of a table whose keys have the given values, oldest first."""
        for row in list(self._tables.get(table, {}).values()):
            if all(row.get(key) == value for key, value in match.items()):
                yield row

    def get(self, table: str, identifier: str) -> Row | None:
        """One row, or None."""
        return self._tables.get(table, {}).get(identifier)

    def put(self, table: str, identifier: str, row: Row) -> Row:
        """Create or replace a row."""
        self._tables.setdefault(table, {})[identifier] = row
        self._changed = True
        return row

    def remove(self, table: str, identifier: str) -> None:
        """Forget a row, if it is there."""
        if self._tables.get(table, {}).pop(identifier, None) is not None:
            self._changed = True

    def remove_where(self, table: str, **match: object) -> None:
        """Forget all rows whose keys have the given values."""
        for identifier, row in list(self._tables.get(table, {}).items()):
            if all(row.get(key) == value for key, value in match.items()):
                self.remove(table, identifier)

    def expire(self, table: str, now: float) -> None:
        """Forget the rows of a table whose `expires` has passed."""
        for identifier, row in list(self._tables.get(table, {}).items()):
            if row["expires"] <= now:
                self.remove(table, identifier)

    def save(self) -> None:
        """Write the state file, if there is one and something changed since the last time."""
        if self._file is None or not self._changed:
            return
        draft = self._file.with_suffix(".tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(json.dumps(self._tables))
        draft.replace(self._file)
        self._changed = False


def _read(file: Path) -> dict[str, dict[str, Row]]:
    try:
        tables = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise LocalCloudError(
            f"the local Okta's state file {file} cannot be read ({type(error).__name__})",
            remedy=f"rm {file}, then mcp-okta local up",
        ) from error
    if not isinstance(tables, dict) or not all(isinstance(rows, dict) for rows in tables.values()):
        raise LocalCloudError(
            f"the local Okta's state file {file} does not hold an org", remedy=f"rm {file}, then mcp-okta local up"
        )
    return tables
