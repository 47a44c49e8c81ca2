"""One log: a CSV file of one table's rows, each a validated row model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import files
from .errors import InvalidRow, LogUnreadable, NewerRow, Problem, RowInUse, RowNotFound
from .frames import frame
from .journal import Journal
from .log_file import LogFile, Lost, Recorder
from .sheet import guard, to_text, unguard
from .tables import Row, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Log", "Lost", "guard", "to_cell", "unguard"]


def to_cell(value: Any) -> str:
    """Return a value as the log writes it: ISO dates and instants, blank for None."""
    return to_text(value) if isinstance(value, date) else guard(to_text(value))


_PLAIN = frozenset((str, int, float, bool, date, datetime, type(None)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as Python has them, so that what `read` returns can be written: what pandas calls
    missing is blank, and its moments are Python's."""
    return {n: v if type(v) in _PLAIN else _as_python(v) for n, v in values.items()}


def _as_python(value: Any) -> Any:
    if not type(value).__module__.startswith("pandas"):
        return value
    if str(value) in ("NaT", "<NA>"):
        return None
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


class _Met(NamedTuple):
    """A row's texts and what they make; `bad` holds a sentence for each value left blank."""

    texts: list[str]
    row: Any
    bad: dict[str, str]
    makes_sense: bool  # without those values


class Log(LogFile):
    """The rows of one table, on disk in `path`. The file is made by the first append.

    resolve: resolve(table name, id) says whether another log has that row
    referring: referring(id) says which other logs hold rows that refer to a row of this one
    lock, journal, recorder, hidden: as in LogFile
    """

    def __init__(
        self,
        path: Path,
        table: Table,
        lock: files.Lock | None = None,
        resolve: Callable[[str, str], bool] = lambda table, id: True,
        referring: Callable[[str], Iterable[str]] = lambda id: (),
        journal: Journal | None = None,
        recorder: Recorder | None = None,
        hidden: Path | None = None,
    ):
        super().__init__(path, table, lock, journal, recorder, hidden)
        self._resolve, self._referring = resolve, referring
        self._values = attrgetter(*table.header)
        self._met: dict[str, _Met] = {}
        self._rows: tuple[tuple[int, ...], list[Any]] | None = None

    # --- reading -----------------------------------------------------------------------

    def rows(self) -> list[Any]:
        """Return every row as its model, oldest first.

        A value that is not allowed (typed into the file by hand) is blank; a row that makes
        no sense without that value is left out. `problems()` names both.
        """
        with self.lock.in_this_process:
            cells = self.cells()
            key = self._state.key if self._state else ()
            if self._rows is None or self._rows[0] != key:
                met = [self._met_as(id, texts) for id, texts in cells.items()]
                self._rows = key, [one.row for one in met if one.makes_sense]
                self._handed = dict(cells)
            return list(self._rows[1])

    def every_row(self) -> list[Any]:
        """Return every row as its model, those that make no sense as well: what is not allowed
        in them is None or blank."""
        with self.lock.in_this_process:
            return [self._met_as(id, texts).row for id, texts in self.cells().items()]

    def get(self, id: str) -> Any:
        """Return the row with this id. Raises RowNotFound.

        A value that is not allowed is None or blank, as a form needs it to be set right.
        """
        with self.lock.in_this_process:
            cells = self.cells()
            if not isinstance(id, str) or id not in cells:
                raise RowNotFound(
                    f'No {self.table.singular} has the id "{id}". It may have been erased: '
                    "choose one from the list.",
                    table=self.table.name,
                    column="id",
                    value=id,
                    path=self.path,
                )
            self._handed[id] = cells[id]
            return self._met_as(id, cells[id]).row

    def read(self) -> pd.DataFrame:
        """Return the log as a table: one row each, every column, typed.

        Text is text (blank is ""), numbers are Int64, days are dates at midnight without a
        zone, instants are in UTC; a missing number, day or instant is missing, and so is one
        that is not allowed. No rows when the log has none.
        """
        with self.lock.in_this_process:
            self._handed = dict(self.cells())
            rows = list(self._handed.values())
        return frame(self.table, rows)

    def problems(self) -> list[Problem]:
        """Return what is wrong with this log, each with what to do. Writes no file."""
        found: list[str] = []
        try:
            with self.lock.in_this_process:
                self.cells()
                if self._state and self._state.torn:
                    self.lock.wait()  # for half a line that is being written this moment
                bad = [self._met_as(id, texts).bad for id, texts in self.cells().items()]
                state = self._state
                if state:
                    found += state.problems
                    if state.torn:
                        found.append(
                            f"{self.path.name} ends in a torn line, left by a program that was "
                            "stopped while it wrote. It will be set aside in a file of its own "
                            "at the next save."
                        )
                for faults in bad:
                    found += [f"{self.path.name}: {sentence}" for sentence in faults.values()]
        except LogUnreadable as error:
            found.append(str(error))
        return [Problem(text, self.table.name, self.path) for text in found]

    # --- writing -----------------------------------------------------------------------

    def append(self, **values: Any) -> Any:
        """Write a new row and return it, with its id; it is on disk when this returns.

        id: normally made here. One that was made before (`log.table.new_id()`) makes saving
        twice harmless: a row with this id and these values is returned, not doubled.
        Raises InvalidRow (nothing is written then).
        """
        return self.append_many([values])[0]

    def append_many(self, many: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Write several new rows at once, all or none."""
        many, now = [_plain(values) for values in many], datetime.now(UTC)
        stamps = {"created_at": now, "updated_at": now}
        rows = [
            self._validated({**v, "id": v.get("id") or self.table.new_id(), **stamps}) for v in many
        ]
        has_ids = any(values.get("id") for values in many)
        with self._writing():
            for row in rows:
                self._check_references(row, self.table.references)
            form, size = self._ready()
            fresh = self._not_there_yet(rows) if has_ids else rows
            if fresh:
                texts = [
                    [v if isinstance(v, str) else to_text(v) for v in self._values(row)]
                    for row in fresh
                ]
                self._append_rows(texts, form, size)
        self._recorder.tell()
        return rows if len(fresh) == len(rows) else [self.get(row.id) for row in rows]

    def revise(self, id: str, *, seen: Row | None = None, **changes: Any) -> Any:
        """Change some columns of a row and return it as it now stands.

        seen: the row as it was when the learner began to change it. When the log's row is no
        longer that one, NewerRow is raised, with both, and nothing is written. Without it, the
        row counts as it was last given out here, and only for the columns to be changed.
        """
        changes = _plain(changes)
        with self._writing():
            handed = self._handed.get(id) if isinstance(id, str) else None
            self._reload()
            now = self.get(id)
            self._meet(now, seen, handed, changes)
            before = self._met_as(id, self.cells()[id]).bad
            row = self._revised(id, now, changes, before)
            texts = {
                name: to_text(getattr(row, name))
                for name in self.table.header
                if name in changes or name not in before or name == "updated_at"
                if getattr(row, name) != getattr(now, name)
            }
            if texts.keys() == {"updated_at"} or not texts:
                return now
            self._splice({id: texts}, do="revise")
            row = self.get(id)
        self._recorder.tell()
        return row

    def erase(self, id: str) -> None:
        """Take a row out. Raises RowNotFound, and RowInUse while other rows refer to it."""
        with self._writing():
            self._reload()
            self.get(id)
            if users := sorted(self._referring(id)):
                raise RowInUse(
                    f"This {self.table.singular} is still used in {', '.join(users)}. "
                    "Erase those first, or keep it.",
                    table=self.table.name,
                    value=id,
                    path=self.path,
                )
            self._splice({id: None}, do="erase")
        self._recorder.tell()

    # --- rows and values ---------------------------------------------------------------

    def _met_as(self, id: str, texts: list[str]) -> _Met:
        """What these texts make, worked out once: a changed row is another list of texts."""
        met = self._met.get(id)
        if met is None or met.texts is not texts:
            row, bad = self._lenient(dict(zip(self.table.header, texts, strict=True)))
            met = _Met(texts, row, bad, not any(map(self._must_have, bad)))
            self._met[id] = met
        return met

    def _must_have(self, name: str) -> bool:
        column = self.table.columns.get(name)
        return column is None or column.required

    def _lenient(self, texts: Mapping[str, Any]) -> tuple[Any, dict[str, str]]:
        """The row with every value that is not allowed left blank, and those values' faults."""
        texts, bad = dict(texts), {}
        for _ in range(len(texts) + 1):
            try:
                row = self.table.validate(texts)
                break
            except InvalidRow as error:
                for name, sentence in error.problems.items():
                    bad[name] = sentence
                    if name in self.table.header:
                        texts[name] = self._stand_in(name)
                    else:
                        del texts[name]
        kinds = self.table.kinds
        blank = {n: "" if kinds[n] == "text" else None for n in bad if n in kinds}
        return (row.model_copy(update=blank) if bad else row), bad

    def _stand_in(self, name: str) -> Any:
        column, kind = self.table.columns.get(name), self.table.kinds.get(name, "text")
        if kind in ("day", "instant"):
            return "2000-01-01" if kind == "day" else "2000-01-01T00:00:00+00:00"
        if not self._must_have(name):
            return "" if kind == "text" else None
        if kind == "number":
            return column.lowest if column and column.lowest else 0
        return column.choices[0] if column and column.choices else f"?{name}"

    def _validated(self, values: Mapping[str, Any]) -> Any:
        try:
            return self.table.validate(values)
        except InvalidRow as error:
            raise self._invalid(error.problems, values) from None

    def _invalid(self, problems: Mapping[str, str], values: Mapping[str, Any]) -> InvalidRow:
        return InvalidRow(problems, table=self.table.name, values=values, path=self.path)

    def _check_references(self, row: Any, columns: Iterable[str]) -> None:
        problems, targets = {}, self.table.references
        for name in columns:
            if name in targets and (id := getattr(row, name)):
                if not self._resolve(targets[name], id):
                    problems[name] = (
                        f"{self.table.columns[name].label}: nothing in {targets[name]} has the "
                        f'id "{id}". Choose one from the list, or add it first.'
                    )
        if problems:
            raise self._invalid(problems, row.model_dump())

    def _revised(
        self, id: str, now: Any, changes: Mapping[str, Any], before: Mapping[str, str]
    ) -> Any:
        """The row with the changes; other columns may hold what was wrong `before`."""
        at = datetime.now(UTC)
        with suppress(TypeError, OverflowError):  # by hand: no instant, or the calendar's last
            at = max(at, now.updated_at + timedelta(microseconds=1))
        row, bad = self._lenient({**self._texts(id), **changes, "id": id, "updated_at": at})
        if wrong := {name: text for name, text in bad.items()
                     if name in changes or name not in before}:  # fmt: skip
            raise self._invalid(wrong, changes)
        self._check_references(row, changes)
        return row

    def _meet(
        self, now: Any, seen: Row | None, handed: list[str] | None, changes: Mapping[str, Any]
    ) -> None:
        if seen is not None:
            is_newer = seen != now
        else:
            texts = self._texts(now.id)
            before = dict(zip(self.table.header, handed, strict=True)) if handed else texts
            is_newer = any(
                texts.get(name) != before.get(name) and texts.get(name) != to_text(value)
                for name, value in changes.items()
            )
        if is_newer:
            raise NewerRow(
                f"This {self.table.singular} was changed in another window after you opened "
                "it. Both texts are kept: choose which one to save.",
                table=self.table.name,
                theirs=now,
                mine=dict(changes),
            )

    def _not_there_yet(self, rows: list[Any]) -> list[Any]:
        """The rows that are new; those whose id and values are in the log already are left out."""
        cells = self.cells()
        fresh: dict[str, Any] = {}
        pattern = re.compile(rf"{re.escape(self.table.name[:3])}_[0-9a-z]{{6,32}}")
        for row in rows:
            if not pattern.fullmatch(row.id):
                raise self._invalid(
                    {"id": f'"{row.id}" is not an id of {self.table.name}. Leave it out.'},
                    {"id": row.id},
                )
            there = self.get(row.id) if row.id in cells else fresh.get(row.id)
            if there is None:
                fresh[row.id] = row
            elif any(getattr(there, name) != getattr(row, name) for name in self.table.columns):
                raise self._invalid(
                    {"id": f'Another {self.table.singular} has the id "{row.id}". '
                     "Revise that one, or leave the id out."},
                    {"id": row.id},
                )  # fmt: skip
        return list(fresh.values())
