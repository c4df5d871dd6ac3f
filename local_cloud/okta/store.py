"""The org's objects: tables of plain dictionaries, kept in one file when asked to."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

from local_cloud.okta.state_file import Change, Row, StateFile, Tables

__all__ = ["Row", "Store"]


class Store:
    """
    Tables of rows by id, in the order of their creation.

    A row is the object as the Management API shows it, without `_links`; keys that begin with `_` are never shown.
    A row is replaced and never changed in place, or the file would not learn of it.

    Raises:
        LocalCloudError: the state file cannot be read.
    """

    def __init__(self, state_file: Path | None = None) -> None:
        self._file = StateFile(state_file) if state_file is not None else None
        self._tables: Tables = self._file.read() if self._file else {}
        self._changes: list[Change] = []
        self._earliest: dict[str, float] = {}
        self._writing: asyncio.Future[None] | None = None

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
        if "expires" in row and table in self._earliest:
            self._earliest[table] = min(self._earliest[table], row["expires"])
        self._note(table, identifier, row)
        return row

    def remove(self, table: str, identifier: str) -> None:
        """Forget a row, if it is there."""
        if self._tables.get(table, {}).pop(identifier, None) is not None:
            self._note(table, identifier, None)

    def remove_where(self, table: str, **match: object) -> None:
        """Forget all rows whose keys have the given values."""
        for identifier, row in list(self._tables.get(table, {}).items()):
            if all(row.get(key) == value for key, value in match.items()):
                self.remove(table, identifier)

    def expire(self, table: str, now: float) -> None:
        """Forget the rows of a table whose `expires` has passed; no look at them before the first one does."""
        if now < self._earliest.get(table, -math.inf):
            return
        for identifier, row in list(self._tables.get(table, {}).items()):
            if row["expires"] <= now:
                self.remove(table, identifier)
        left = self._tables.get(table, {}).values()
        self._earliest[table] = min((row["expires"] for row in left), default=math.inf)

    def save(self) -> None:
        """Write what changed since the last time, if there is a file."""
        if self._file is not None and self._changes:
            self._file.write(self._tables, self._changes)
        self._changes = []

    async def saved(self) -> None:
        """
        Return when everything so far is in the file; all who wait in one turn of the loop share one write.

        Raises:
            OSError: the file cannot be written.
        """
        if self._file is None or not (self._changes or self._writing):
            return
        if self._writing is None:
            loop = asyncio.get_running_loop()
            self._writing = loop.create_future()
            loop.call_soon(self._write, self._writing)
        # One who stops waiting must not stop the others.
        await asyncio.shield(self._writing)

    def _note(self, table: str, identifier: str, row: Row | None) -> None:
        if self._file is not None:
            self._changes.append((table, identifier, row))

    def _write(self, waiting: "asyncio.Future[None]") -> None:
        self._writing = None
        try:
            self.save()
        except OSError as error:
            waiting.set_exception(error)
        else:
            waiting.set_result(None)
