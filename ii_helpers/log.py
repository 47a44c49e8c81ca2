"""One log: a CSV file of one table's rows. The only opener of learner files."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InvalidRow, LogUnreadable, NewerRow, RowInUse, RowNotFound
from .tables import Row, Table

if TYPE_CHECKING:
    import pandas as pd
    from filelock import BaseFileLock

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def guard(text: str) -> str:
    """Return the cell for a text: what a spreadsheet program might run gets an apostrophe."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def unguard(cell: str) -> str:
    """Return the text of a cell: `unguard(guard(text)) == text` for every text."""
    plain = cell[1:]
    return plain if cell.startswith("'") and guard(plain) != plain else cell


def to_cell(value: Any) -> str:
    """Return a value as the log writes it: ISO dates and instants, blank for None."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return guard(str(value))


class Log:
    """The rows of one table, on disk in `path`. The file is made by the first append.

    lock: held for every write; one lock serves a whole workbook
    resolve: resolve(table name, id) says whether another log has that row
    referring: referring(id) says which other logs hold rows that refer to a row of this one
    """

    def __init__(
        self,
        path: Path,
        table: Table,
        lock: BaseFileLock,
        resolve: Callable[[str, str], bool] = lambda table, id: True,
        referring: Callable[[str], Iterable[str]] = lambda id: (),
    ):
        self.path, self.table, self.lock = path, table, lock
        self._resolve, self._referring = resolve, referring
        self.changed: Callable[..., None] = lambda *change: None
        self._seen: tuple[int, int, int] | None = None
        self._cells: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"<log {self.path.name}: {len(self)} rows>"

    def __len__(self) -> int:
        return len(self._load())

    def __contains__(self, id: str) -> bool:
        return id in self._load()

    # --- reading -----------------------------------------------------------------------

    def rows(self) -> list[Any]:
        """Return every row as its model, oldest first."""
        return [self._row(cells) for cells in self._load().values()]

    def get(self, id: str) -> Any:
        """Return the row with this id. Raises RowNotFound."""
        try:
            return self._row(self._load()[id])
        except KeyError:
            raise RowNotFound(
                f'No {self.table.singular} has the id "{id}". It may have been erased: '
                "choose one from the list.",
                table=self.table.name,
                column="id",
                value=id,
                path=self.path,
            ) from None

    def read(self) -> pd.DataFrame:
        """Return the log as a table: one row each, every column, typed.

        Text is text (blank is ""), numbers are Int64, days are dates at midnight without a
        zone, instants are in UTC; a missing number, day or instant is missing. No rows when
        the log has none.
        """
        import pandas as pd

        cells = list(self._load().values())
        frame = pd.DataFrame(cells, columns=self.table.header, dtype="str")
        for name, kind in self.table.kinds.items():
            if kind == "number":
                frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("Int64")
            elif kind == "day":
                frame[name] = pd.to_datetime(frame[name], errors="coerce", format="%Y-%m-%d")
            elif kind == "instant":
                frame[name] = pd.to_datetime(
                    frame[name], errors="coerce", format="ISO8601", utc=True
                )
        return frame

    # --- writing -----------------------------------------------------------------------

    def append(self, **values: Any) -> Any:
        """Write a new row and return it, with its id; it is on disk when this returns.

        Raises InvalidRow (nothing is written then).
        """
        return self.append_many([values])[0]

    def append_many(self, many: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Write several new rows at once, all or none."""
        now = datetime.now(UTC)
        stamps = {"created_at": now, "updated_at": now}
        rows = [
            self._valid({**values, "id": values.get("id") or self.table.new_id(), **stamps})
            for values in many
        ]
        with self.lock:
            known = self._load()
            whole = [self._row(known[row.id]) if row.id in known else row for row in rows]
            rows = [row for row in rows if row.id not in known]
            if not rows:
                return whole
            is_new = not self.path.exists()
            lines = [self.table.header] if is_new else []
            lines += [self._line(row) for row in rows]
            self._write_at_end(("\ufeff" if is_new else "") + _csv(lines))
        self.changed(self.table.name, "append", [(row.id, None) for row in rows])
        return whole

    def revise(self, id: str, *, seen: Row | None = None, **changes: Any) -> Any:
        """Change some columns of a row and return it as it now stands.

        seen: the row as it was when the learner began to change it; when the log's row is
        newer, NewerRow is raised and nothing is written.
        """
        with self.lock:
            now = self.get(id)
            if seen is not None and seen.updated_at != now.updated_at:
                raise NewerRow(
                    f"This {self.table.singular} was changed in another window after you opened "
                    "it. Both texts are kept: choose which one to save.",
                    table=self.table.name,
                    theirs=now,
                    mine=changes,
                )
            row = self._valid(
                {**now.model_dump(), **changes, "id": id, "updated_at": datetime.now(UTC)}
            )
            before = dict(self._load()[id])
            self._load()[id] = dict(
                zip(self.table.header, map(unguard, self._line(row)), strict=True)
            )
            self._replace()
        self.changed(self.table.name, "revise", [(id, before)])
        return row

    def erase(self, id: str) -> None:
        """Take a row out. Raises RowNotFound, and RowInUse while other rows refer to it."""
        with self.lock:
            self.get(id)
            if users := sorted(self._referring(id)):
                raise RowInUse(
                    f"This {self.table.singular} is still used in {', '.join(users)}. "
                    "Erase those first, or keep it.",
                    table=self.table.name,
                    value=id,
                    path=self.path,
                )
            before = self._load().pop(id)
            self._replace()
        self.changed(self.table.name, "erase", [(id, before)])

    def erase_many(self, ids: set[str]) -> None:
        """Take several rows out, whether or not others refer to them."""
        with self.lock:
            if ids & self._load().keys():
                gone = [(id, self._cells.pop(id)) for id in ids if id in self._cells]
                self._replace()
                self.changed(self.table.name, "erase", gone)

    # --- the file ----------------------------------------------------------------------

    def _valid(self, values: Mapping[str, Any]) -> Any:
        row = self.table.validate(values)
        problems = {
            column: f'{self.table.columns[column].label}: nothing in {table} has the id "{id}". '
            "Choose one from the list, or add it first."
            for column, table in self.table.references.items()
            if (id := getattr(row, column)) and not self._resolve(table, id)
        }
        if problems:
            raise InvalidRow(problems, table=self.table.name)
        return row

    def _row(self, cells: Mapping[str, str]) -> Any:
        return self.table.validate({name: cells.get(name) or "" for name in self.table.header})

    def _line(self, row: Row) -> list[str]:
        return [to_cell(getattr(row, name)) for name in self.table.header]

    def _load(self) -> dict[str, dict[str, str]]:
        """Every row's texts by id, read again only when the file has changed."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            self._seen, self._cells = None, {}
            return self._cells
        seen = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if seen != self._seen:
            try:
                text = self.path.read_bytes().decode("utf-8-sig")
                lines = csv.reader(io.StringIO(text, newline=""), strict=True)
                header = next(lines, [])
                cells = [dict(zip(header, map(unguard, line), strict=True)) for line in lines]
                self._cells = {row["id"]: row for row in cells}
            except (ValueError, KeyError, csv.Error, OSError) as error:
                raise LogUnreadable(
                    f"{self.path.name} cannot be read ({error}). Nothing was changed.",
                    table=self.table.name,
                    path=self.path,
                ) from error
            self._seen = seen
        return self._cells

    def _write_at_end(self, text: str) -> None:
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, text.encode())
            os.fsync(file)
        finally:
            os.close(file)

    def _replace(self) -> None:
        header = self.table.header
        lines = [
            [guard(cells.get(name, "")) if self.table.kinds[name] == "text" else cells[name]
             for name in header]
            for cells in self._cells.values()
        ]  # fmt: skip
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        new = Log(beside, self.table, self.lock)
        new._write_at_end("\ufeff" + _csv([header, *lines]))
        os.replace(beside, self.path)
        self._seen = None


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()
