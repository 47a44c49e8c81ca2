"""One log: a CSV file of one table's rows. The only opener of the learner's tables.

What it cannot notice: a spreadsheet program that saves a cell in another way on purpose
("00123" typed over as "123") looks like its own habit of doing so, and is taken back.
"""

from __future__ import annotations

import errno
import os
import re
import stat as modes
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from . import files, sheet
from .errors import (
    InvalidRow,
    LogUnreadable,
    LogUnwritable,
    NewerRow,
    Problem,
    RowInUse,
    RowNotFound,
)
from .journal import Journal, Known, Stamp
from .sheet import Form, guard, to_text, unguard
from .tables import Row, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Log", "Lost", "guard", "to_cell", "unguard"]

BIG = 64 << 20  # bytes; a file this large that another program wrote is not compared row by row
_LONGEST_LINE = 200 << 20
_BLANK = "\x00\r\n \ufeff"
_LAST = "\x00"  # no row has this id: what follows it goes to the end
_N_EARLIER, _EARLIER_BYTES = 20, 20 << 20  # earlier versions kept per log


def to_cell(value: Any) -> str:
    """Return a value as the log writes it: ISO dates and instants, blank for None."""
    return to_text(value) if isinstance(value, date) else guard(to_text(value))


class Lost(NamedTuple):
    """A row that another program dropped or changed back.

    kind: "missing" (gone from the file), "older" (an earlier version of it stands there) or
    "returned" (it had been erased and is there again); cells: the row as it should be
    """

    table: str
    id: str
    kind: str
    cells: dict[str, str]


class Recorder(Protocol):
    """Who is told of every write: under the lock, and again when the lock is given back."""

    def note(self, table: str, entry: dict[str, Any]) -> None: ...
    def said(self, problem: Problem) -> None: ...
    def tell(self) -> None: ...


class _Nobody:
    def note(self, table: str, entry: dict[str, Any]) -> None: ...
    def said(self, problem: Problem) -> None: ...
    def tell(self) -> None: ...


@dataclass
class _State:
    """What is known of the file: `cells` maps each id to its texts in the table's order."""

    key: tuple[int, ...]
    size: int
    generation: int
    form: Form | None
    cells: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    torn: int = 0  # bytes at the end that are no whole row
    is_ended: bool = True  # the last row has its line break
    n_healed: int = 0  # cells that a spreadsheet program had rewritten
    shown: dict[str, int] = field(default_factory=dict)  # of ids met twice: which line counts


class Log:
    """The rows of one table, on disk in `path`. The file is made by the first append.

    lock: held for every write; one lock serves a whole workbook
    resolve: resolve(table name, id) says whether another log has that row
    referring: referring(id) says which other logs hold rows that refer to a row of this one
    journal: where changes are kept, for undo and for noticing what other programs drop
    hidden: the folder of earlier versions and of torn lines that were set aside
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
        self.path, self.table = path, table
        self.hidden = hidden or path.parent / ".workbook"
        self.lock = lock or files.Lock(self.hidden / "lock")
        self._resolve, self._referring = resolve, referring
        self._journal, self._recorder = journal, recorder or _Nobody()
        self._own_stamp: Stamp | None = None
        self._kinds = table.kinds
        self._are_text = [table.kinds[name] == "text" for name in table.header]
        self._values = attrgetter(*table.header)
        self._name, self._own_names = str(path), tuple(table.header)
        self._form: tuple[tuple[int, int], Form] | None = None
        self._mark: tuple[tuple[int, ...], Stamp] | None = None  # the file as last left by us
        self._state: _State | None = None
        self._models: dict[str, Any] = {}
        self._bad: dict[str, dict[str, str]] = {}
        self._rows: list[Any] | None = None
        self._lost: tuple[tuple[Any, int], list[Lost]] | None = None
        self._fresh: tuple[tuple[int, ...], str] | None = None  # the text just read to be rewritten
        self._handed: dict[str, list[str]] = {}  # rows as they were last given out

    def __repr__(self) -> str:
        try:
            return f"<log {self.path.name}: {len(self)} rows>"
        except LogUnreadable:
            return f"<log {self.path.name}: cannot be read>"

    def __len__(self) -> int:
        return len(self.cells())

    def __contains__(self, id: str) -> bool:
        return id in self.cells()

    # --- reading -----------------------------------------------------------------------

    def rows(self) -> list[Any]:
        """Return every row as its model, oldest first.

        A value that is not allowed (typed into the file by hand) is blank; a row that makes
        no sense without that value is left out. `problems()` names both.
        """
        with self.lock.in_this_process:
            cells = self.cells()
            if self._rows is None:
                self._rows = [row for id in cells if (row := self._model(id)) is not None]
                self._handed = dict(cells)
            return list(self._rows)

    def get(self, id: str) -> Any:
        """Return the row with this id. Raises RowNotFound.

        A value that is not allowed is None or blank, as a form needs it to be set right.
        """
        with self.lock.in_this_process:
            cells = self.cells()
            if id not in cells:
                raise RowNotFound(
                    f'No {self.table.singular} has the id "{id}". It may have been erased: '
                    "choose one from the list.",
                    table=self.table.name,
                    column="id",
                    value=id,
                    path=self.path,
                )
            self._handed[id] = cells[id]
            row = self._model(id)
            return self._lenient(self._texts(id))[0] if row is None else row

    def read(self) -> pd.DataFrame:
        """Return the log as a table: one row each, every column, typed.

        Text is text (blank is ""), numbers are Int64, days are dates at midnight without a
        zone, instants are in UTC; a missing number, day or instant is missing, and so is one
        that is not allowed. No rows when the log has none.
        """
        import pandas as pd

        with self.lock.in_this_process:
            cells = self.cells()
            self._handed = dict(cells)
            columns = list(zip(*cells.values(), strict=True)) or [()] * len(self.table.header)
        made = {
            name: _column(self.table.kinds[name], texts)
            for name, texts in zip(self.table.header, columns, strict=True)
        }
        return pd.DataFrame(made, copy=False)

    def problems(self) -> list[Problem]:
        """Return what is wrong with this log, each with what to do. Writes no file."""
        found: list[str] = []
        try:
            with self.lock.in_this_process:
                self.cells()
                if self._state and self._state.torn:
                    self._wait_for_writer()
                for id in self.cells():
                    self._model(id)
                state = self._state
                if state:
                    found += state.problems
                    if state.torn:
                        found.append(
                            f"{self.path.name} ends in a torn line, left by a program that was "
                            "stopped while it wrote. It will be set aside in a file of its own "
                            "at the next save."
                        )
                for bad in self._bad.values():
                    found += [f"{self.path.name}: {sentence}" for sentence in bad.values()]
        except LogUnreadable as error:
            found.append(str(error))
        return [Problem(text, self.table.name, self.path) for text in found]

    def _wait_for_writer(self) -> None:
        """Let one that is writing this moment finish: its half of a line is not torn."""
        with suppress(OSError), self.lock:
            pass

    def lost(self) -> list[Lost]:
        """Return the rows that another program dropped from the file or changed back."""
        if self._journal is None:
            return []
        with self.lock.in_this_process:
            stat = self._stat()
            stamp = self._stamp()
            if stamp and stamp.n_lost == 0 and (stat is None) == (stamp.size == 0):
                if stat is None or stamp.fits(stat):
                    return []
            mark = (_key(stat) if stat else (), self._journal.mark(self.table.name))
            if self._lost is None or self._lost[0] != mark:
                known = self._journal.known(self.table.name)
                self._lost = (mark, self._compare(self.cells(), known)[0])
            return list(self._lost[1])

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
        many, now = list(many), datetime.now(UTC)
        stamps = {"created_at": now, "updated_at": now}
        rows = [
            self.table.validate({**v, "id": v.get("id") or self.table.new_id(), **stamps})
            for v in many
        ]
        has_ids = any(values.get("id") for values in many)
        with self._writing():
            for row in rows:
                self._check_references(row, self.table.references)
            form, size = self._ready()
            fresh = self._not_there_yet(rows) if has_ids else rows
            if fresh:
                self._append_rows(fresh, form, size)
        self._recorder.tell()
        return rows if len(fresh) == len(rows) else [self.get(row.id) for row in rows]

    def revise(self, id: str, *, seen: Row | None = None, **changes: Any) -> Any:
        """Change some columns of a row and return it as it now stands.

        seen: the row as it was when the learner began to change it. When the log's row is no
        longer that one, NewerRow is raised, with both, and nothing is written. Without it, the
        row counts as it was last given out here, and only for the columns to be changed.
        """
        with self._writing():
            handed = self._handed.get(id)
            self._reload()
            now = self.get(id)
            self._meet(now, seen, handed, changes)
            row = self._revised(id, now, changes)
            texts = {
                name: to_text(getattr(row, name))
                for name in self.table.header
                if name in changes or name not in self._bad.get(id, {})
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

    def erase_many(self, ids: Iterable[str]) -> None:
        """Take several rows out, whether or not others refer to them."""
        with self._writing():
            self._reload()
            if there := [id for id in ids if id in self.cells()]:
                self._splice(dict.fromkeys(there), do="erase")
        self._recorder.tell()

    def restate(
        self,
        rows: Mapping[str, Mapping[str, str] | None],
        added: Iterable[tuple[str, Mapping[str, str]]] = (),
        *,
        trace: bool = True,
        **more: Any,
    ) -> None:
        """Put rows back as texts, unchecked: how undo, restoring and forgetting write.

        rows: id -> column -> text, or None to take the row out
        added: (id of the row before it, column -> text) of rows to put in
        trace: keep an earlier version and a note in the journal; forgetting does not
        """
        with self._writing():
            self._reload()
            self._splice(dict(rows), list(added), trace=trace, **{"do": "restate", **more})
        self._recorder.tell()

    def bring_back(self) -> list[Lost]:
        """Put the rows that another program dropped or changed back as they were."""
        with self._writing():
            self._reload()
            if lost := self.lost():
                older = {one.id: one.cells for one in lost if one.kind == "older"}
                returned = {one.id: None for one in lost if one.kind == "returned"}
                missing = [(_LAST, one.cells) for one in lost if one.kind == "missing"]
                self.restate({**older, **returned}, missing, do="bring back")
                self._settle(0)
        return lost

    def let_go(self) -> list[Lost]:
        """Take the file as it is: what another program dropped is not named again."""
        with self._writing():
            self._reload()
            if lost := self.lost():
                self._recorder.note(
                    self.table.name,
                    {
                        "do": "seen",
                        "columns": self.table.header,
                        "rows": [self.cells()[one.id] for one in lost if one.kind != "missing"],
                        "gone": [one.id for one in lost if one.kind == "missing"],
                    },
                )
                self._settle(0)
        return lost

    def forget(self, gone: set[str], blank: set[str], redact: Callable[[str], str]) -> None:
        """Take rows out for good: no journal, no earlier version.

        blank: ids to be left blank where other rows refer to them
        redact: what becomes of every other text, the learner's own columns included
        """
        with self._writing():
            self._reload()
            texts = self.texts()
            changes: dict[str, Mapping[str, str] | None] = {
                id: {name: "" for name in self.table.references if row[name] in blank}
                for id, row in texts.items()
            }
            changes = {id: change for id, change in changes.items() if change}
            changes.update({id: None for id in gone if id in texts})
            self._splice(changes, trace=False, redact=redact)
        self._recorder.tell()

    def _settle(self, n_lost: int) -> None:
        if (stat := self._stat()) and (stamp := self._stamp()):
            self._set_stamp(stat, stamp.generation, n_lost)

    def adopt(self) -> None:
        """Take the rows of a file that this program did not write into the journal. A file that
        needs to be put in order is left until it is written to."""
        with self._writing():
            stat, stamp = self._stat(), self._stamp()
            if stat is None or stamp and stamp.fits(stat):
                return
            self.cells()
            state = self._state
            if state.form and state.is_ended and not (state.torn or state.n_healed):
                if state.form.encoding == "utf-8":
                    self._set_stamp(stat, _next(stamp), self._catch_up(state))

    def widen(self) -> list[str]:
        """Give the file the columns of this version that it lacks; return their names."""
        with self._writing():
            form, _ = self._ready(full=True)
            missing = [n for n in self.table.header if form and form.place(n) is None]
            if form and missing:
                self._splice({}, columns=missing, do="widen")
        return missing

    def stamp_of_file(self) -> tuple[int, ...] | None:
        """A value that is another one whenever the file was changed; None without a file."""
        try:
            return _key(os.stat(self._name))
        except OSError:
            return None

    def missing_columns(self) -> list[str]:
        """The columns of this version that the file does not have."""
        data = self._read(0, 65536)
        try:
            text, encoding, bom = sheet.decode(data)
            names = sheet.form_of(text, self.table.header, encoding, bom).names
        except sheet.Unreadable as error:
            raise self._unreadable(str(error)) from None
        return [name for name in self.table.header if name not in names]

    def texts(self) -> dict[str, dict[str, str]]:
        """Every row as column -> text, by id: what restoring and merging compare."""
        with self.lock.in_this_process:
            return {id: self._texts(id) for id in self.cells()}

    # --- rows and values ---------------------------------------------------------------

    def _texts(self, id: str) -> dict[str, str]:
        return dict(zip(self.table.header, self.cells()[id], strict=True))

    def _model(self, id: str) -> Any:
        """The row, or None when it makes no sense with a value that is not allowed."""
        if id not in self._models:
            row, bad = self._lenient(self._texts(id))
            if bad:
                self._bad[id] = bad
                if any(self._must_have(name) for name in bad):
                    row = None
            self._models[id] = row
        return self._models[id]

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
            return column.lowest or 0
        return column.choices[0] if column and column.choices else f"?{name}"

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
            raise InvalidRow(problems, table=self.table.name)

    def _revised(self, id: str, now: Any, changes: Mapping[str, Any]) -> Any:
        """The row with the changes; other columns may hold what was wrong before."""
        at = max(datetime.now(UTC), now.updated_at + timedelta(microseconds=1))
        row, bad = self._lenient({**self._texts(id), **changes, "id": id, "updated_at": at})
        before = self._bad.get(id, {})
        if wrong := {name: text for name, text in bad.items()
                     if name in changes or name not in before}:  # fmt: skip
            raise InvalidRow(wrong, table=self.table.name)
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
        cells, fresh = self.cells(), {}
        pattern = re.compile(rf"{re.escape(self.table.name[:3])}_[0-9a-z]{{6,32}}")
        for row in rows:
            if not pattern.fullmatch(row.id):
                raise InvalidRow(
                    {"id": f'"{row.id}" is not an id of {self.table.name}. Leave it out.'},
                    table=self.table.name,
                )
            there = self.get(row.id) if row.id in cells else fresh.get(row.id)
            if there is None:
                fresh[row.id] = row
            elif any(getattr(there, name) != getattr(row, name) for name in self.table.columns):
                raise InvalidRow(
                    {"id": f'Another {self.table.singular} has the id "{row.id}". '
                     "Revise that one, or leave the id out."},
                    table=self.table.name,
                )  # fmt: skip
        return list(fresh.values())

    # --- what is in the file -------------------------------------------------------------

    def cells(self) -> dict[str, list[str]]:
        """Every row's texts by id, in the table's order; not to be changed by the caller.

        Read again only when the file has changed, and only its new end when rows were merely
        added.
        """
        with self.lock.in_this_process:
            stat = self._stat()
            if stat is None:
                if self._state is not None:
                    self._remember(None)
                return {}
            if self._state is None or self._state.key != _key(stat):
                self._load(stat)
            return self._state.cells

    def _stat(self) -> os.stat_result | None:
        try:
            stat = os.stat(self._name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(_reason(error)) from error
        if modes.S_ISDIR(stat.st_mode):
            raise self._unreadable("is a folder. Move it elsewhere.")
        if not modes.S_ISREG(stat.st_mode):
            raise self._unreadable("is not a file. Move it elsewhere.")
        return stat

    def _unreadable(self, reason: str) -> LogUnreadable:
        return LogUnreadable(
            f"{self.path.name} {reason} Nothing was changed.",
            table=self.table.name,
            path=self.path,
        )

    def _stamp(self) -> Stamp | None:
        return self._journal.stamp(self.table.name) if self._journal else self._own_stamp

    def _load(self, stat: os.stat_result) -> str:
        """Read the file anew, or its new end; return the text that was read."""
        stamp, state = self._stamp(), self._state
        is_ours = stamp is not None and stamp.fits(stat)
        try:
            if (
                is_ours and state and state.form and not state.torn and state.is_ended
                and state.key[0] == stat.st_ino and state.generation == stamp.generation
                and state.size <= stat.st_size
            ):  # fmt: skip
                return self._load_end(stat)
            return self._load_whole(stat, stamp if is_ours else None)
        except sheet.Unreadable as error:
            self._remember(None)
            raise self._unreadable(str(error)) from None

    def _load_end(self, stat: os.stat_result) -> str:
        state = self._state
        data = self._read(state.size, stat.st_size - state.size)
        text = data.decode(state.form.encoding)
        cells, _ = self._understand(text, state.form, first=len(state.cells) + 2)
        state.cells.update(cells)
        state.key, state.size, self._rows = _key(stat), stat.st_size, None
        return text

    def _load_whole(self, stat: os.stat_result, stamp: Stamp | None, *, rows: bool = True) -> str:
        known: dict[str, Known] = {}
        if stamp is None and self._journal and stat.st_size <= BIG:
            known = self._journal.known(self.table.name)
        if stat.st_size > BIG:
            self._refuse_endless_line()
        data = self._read()
        state = _State(_key(stat), len(data), stamp.generation if stamp else 0, None)
        text = self._text(data, state, known)
        if state.form and rows:
            state.cells, bad = self._understand(text, state.form, state=state)
            state.problems += bad
            if stamp is None:  # what we left ourselves needs no healing
                self._heal(state.cells, known, state)
        self._remember(state)
        return text

    def _remember(self, state: _State | None) -> None:
        self._state = state
        self._models, self._bad, self._rows = {}, {}, None

    def _read(self, start: int = 0, size: int | None = None) -> bytes:
        try:
            return files.read(self._name, start, size)
        except OSError as error:
            raise self._unreadable(_reason(error)) from error

    def _refuse_endless_line(self) -> None:
        """A gigabyte without a line break is no log; find out before it fills the memory."""
        at = length = 0
        while block := self._read(at, 1 << 24):
            at += len(block)
            length = len(block) - block.rfind(b"\n") if b"\n" in block else length + len(block)
            if length > _LONGEST_LINE:
                raise sheet.Unreadable(
                    f"has a line of more than {_LONGEST_LINE >> 20} MB. "
                    "Put back a backup, or move the file elsewhere."
                )

    def _text(self, data: bytes, state: _State, known: Mapping[str, Known]) -> str:
        """Decode the file, find its form and set apart a torn end."""
        held: set[str] = set()

        def is_known(cell: str) -> bool:
            if not held:
                held.add("")
                held.update(t for k in known.values() if k.cells for t in k.cells.values())
            return cell in held

        text, encoding, bom = "", "", b""
        if data.strip(b"\x00\r\n \xef\xbb\xbf"):
            # zeros at the end are what a power cut leaves; they may follow half a character
            is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:200]
            body = data if is_wide else data.rstrip(b"\x00")
            text, encoding, bom = sheet.decode(body, is_known if known else None)
        if not text[:1000].strip(_BLANK) and not text.strip(_BLANK):
            state.torn = len(data)
            state.problems.append(
                f"{self.path.name} is empty. If it had rows, put back a backup; otherwise the next "
                "save fills it."
            )
            return ""
        own = sheet.line(self.table.header, ",", "\r\n")
        if len(text) < len(own) and own.startswith(text.rstrip("\x00")):
            if len(text) < len(own) - 2:
                state.torn = len(data)  # not even the header of a new file was finished
                return ""
        is_own = bom == sheet.BOM and text.startswith(own)
        form = Form(self._own_names) if is_own else None
        form = state.form = form or sheet.form_of(text, self.table.header, encoding, bom)
        end = sheet.whole_until(text, form.newline)
        piece = text[end:]
        n_left = len(data) - len(bom) - len(text.encode(encoding))
        if not piece and not n_left:
            return text
        self._refuse_stray_quote(text, end, form)
        if not n_left and self._is_complete(piece, form, known, is_header=end == 0):
            state.is_ended = False
            return text
        state.torn = n_left + len(piece.encode(encoding))
        return text[:end]

    def _refuse_stray_quote(self, text: str, end: int, form: Form) -> None:
        """A quotation mark typed by hand makes all that follows look like one torn line."""
        piece = text[end:]
        ids = re.compile(rf"{re.escape(self.table.name[:3])}_[0-9a-z]{{12}}")
        place = form.place("id") or 0
        n_rows = sum(
            1
            for line in piece.splitlines()
            if len(cells := line.split(form.delimiter)) > place
            and ids.fullmatch(cells[place].strip('"'))
        )
        try:
            loose = list(sheet.loose_rows(piece, form))
        except sheet.Unreadable:
            loose = []
        is_whole_row = (
            piece.endswith(form.newline) and len(loose) == 1 and len(loose[0]) == len(form.names)
        )
        if n_rows > 1 or is_whole_row and end:
            n = text.count(form.newline[-1], 0, end) + 1
            raise sheet.Unreadable(
                f"has a quotation mark too many near line {n}. Open it in a text editor and "
                "delete that mark, or put back a backup."
            )

    def _is_complete(
        self, piece: str, form: Form, known: Mapping[str, Known], *, is_header: bool
    ) -> bool:
        """Whether a last line without its line break is a whole row all the same."""
        if piece.count('"') % 2:
            return False
        if is_header and len(piece.splitlines()) == 1:
            return True
        try:
            cells = sheet.rows(piece, form)
        except sheet.Unreadable:
            return False
        if len(cells) != 1 or len(cells[0]) != len(form.names):
            return False
        row = dict(zip(form.names, map(unguard, cells[0]), strict=True))
        last = next(name for name in reversed(form.names) if name in self.table.header)
        if last == "updated_at":
            return bool(re.search(r"[+-]\d\d:\d\d$|Z$", row[last].strip()))
        met = known.get(row["id"])
        return bool(met and met.cells and all(
            row.get(name, "") == text for name, text in met.cells.items()))  # fmt: skip

    def _understand(
        self,
        text: str,
        form: Form,
        *,
        first: int = 1,
        state: _State | None = None,
    ) -> tuple[dict[str, list[str]], list[str]]:
        """Return the rows in a text by id, and what is wrong with them."""
        lines = sheet.rows(text, form)
        header, width = self.table.header, len(form.names)
        if (plain := self._plain_rows(text, lines, form, state is not None)) is not None:
            return plain, []
        places = [form.place(name) for name in header]
        is_plain = tuple(form.names) == tuple(header)
        id_place, stamp_place = form.place("id") or 0, header.index("updated_at")
        has_guard = "'" in text
        fill = [self._fill(name) if place is None else "" for name, place in zip(
            header, places, strict=True)]  # fmt: skip
        found: dict[str, list[str]] = {}
        bad: list[str] = []
        names = [unguard(cell).strip().casefold() for cell in lines[0]] if lines else []
        start = 1 if state is not None or names[id_place : id_place + 1] == ["id"] else 0
        for n, cells in enumerate(lines[start:], first + start):
            if len(cells) != width:
                if not any(cells):
                    continue
                cells = self._squared(cells, form, n)
            id = cells[id_place]
            if id == "" or id == "id":
                if not any(cells):
                    continue
                if id == "id":
                    bad.append(f"{self.path.name} has its column names again in row {n}. "
                               "Delete that row.")  # fmt: skip
                else:
                    bad.append(
                        f"Row {n} of {self.path.name} has no id, so it is not shown. "
                        "Type it into its form, then delete it from the file."
                    )
                continue
            if has_guard:
                cells = [unguard(c) if c[:1] == "'" else c for c in cells]
                id = cells[id_place]
            row = cells if is_plain else [
                fill[i] if place is None else cells[place] for i, place in enumerate(places)
            ]  # fmt: skip
            if id in found:
                same = found[id] == row
                bad.append(
                    f"{self.path.name} has the id {id} twice, again in row {n}. "
                    + ("Delete one of the two rows." if same else
                       "The later version is shown: delete the other row.")
                )  # fmt: skip
                if row[stamp_place] <= found[id][stamp_place]:
                    continue
                if state is not None:
                    state.shown[id] = n
            found[id] = row
        return found, bad

    def _plain_rows(
        self, text: str, lines: list[list[str]], form: Form, has_header: bool
    ) -> dict[str, list[str]] | None:
        """The rows of a file in our own form with nothing to remark on; else None."""
        lines = lines[1:] if has_header else lines
        if form.names != self._own_names or set(map(len, lines)) - {len(form.names)}:
            return None
        if sheet.may_be_guarded(text, form.delimiter):
            lines = [[unguard(c) if c[:1] == "'" else c for c in cells] for cells in lines]
        found = {cells[0]: cells for cells in lines}
        return None if len(found) < len(lines) or "" in found or "id" in found else found

    def _fill(self, name: str) -> str:
        """What a row has in a column that its file does not have yet."""
        field = self.table.model.model_fields[name]
        if field.is_required() or field.default_factory is not None:
            return ""
        return to_text(field.default)

    def _squared(self, cells: list[str], form: Form, n: int) -> list[str]:
        """A line with too few or too many cells; only blanks may be added or left off."""
        width = len(form.names)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        own = [i for i, name in enumerate(form.names) if name in self.table.header]
        if len(cells) < width and len(cells) > own[-1]:
            return cells + [""] * (width - len(cells))
        raise sheet.Unreadable(
            f"has {len(cells)} cells in row {n} instead of {width}. Look whether a comma or a "
            "quotation mark is missing there, or put back a backup."
        )

    def _heal(
        self, found: dict[str, list[str]], known: Mapping[str, Known], state: _State | None
    ) -> None:
        """Give back the exact text of cells that a spreadsheet program rewrote by itself."""
        header, kinds = self.table.header, self.table.kinds
        dated = [(i, kinds[name]) for i, name in enumerate(header) if kinds[name] != "text"
                 and kinds[name] != "number"]  # fmt: skip
        zone = header.index("timezone") if "timezone" in header else None
        odd: list[tuple[list[str], int, str, str]] = []
        width = len(header)
        for id, row in found.items():
            met = known.get(id)
            if met and met.cells and self._is_same_version(row, met.cells):
                for i, name in enumerate(header):
                    before = met.cells.get(name)
                    if before is not None and before != row[i]:
                        if kinds[name] in ("day", "instant"):
                            odd.append((row, i, kinds[name], before))
                        elif sheet.is_resaved(before, row[i]):
                            row[i] = before
                            if state:
                                state.n_healed += 1
            for i, kind in dated:
                if (cell := row[i]) and not _is_own_date(cell, kind):
                    if not any(one is row and at == i for one, at, _, _ in odd[-width:]):
                        odd.append((row, i, kind, ""))
        if not odd:
            return
        order = sheet.order_of(
            (row[i], before) for row, i, kind, before in odd if not sheet.is_iso(row[i], kind)
        )
        for row, i, kind, before in odd:
            if not row[i]:
                continue
            if kind == "instant" and before and sheet.is_resaved(before, row[i]):
                text = before
            else:
                text = row[i] if sheet.is_iso(row[i], kind) else sheet.to_iso(row[i], kind, order)
                if kind == "instant":
                    text = _placed(text, row[zone] if zone is not None else "")
            if text != row[i] and state:
                state.n_healed += 1
            row[i] = text

    def _is_same_version(self, row: list[str], known: Mapping[str, str]) -> bool:
        """Whether the row was last changed when the journal says so: not by us since."""
        stamp, before = row[self.table.header.index("updated_at")], known.get("updated_at", "")
        return stamp == before or sheet.is_resaved(before, stamp)

    # --- getting ready to write ------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self.lock:
                yield
        except OSError as error:
            self._remember(None)
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> LogUnwritable:
        name, again = self.path.name, "press Save again: your answers are still in the form."
        if isinstance(error, files.Unconfirmed):
            text = (
                f"{name} was written, but the disk did not confirm it. Look whether your change is "
                "there before you press Save again."
            )
        elif isinstance(error, files.Busy) and error.filename == str(self.lock.path):
            text = (
                f"Another notebook has been writing for too long, so nothing was written to {name}."
                f" Close that notebook, or restart its kernel, and {again}"
            )
        elif isinstance(error, (files.Busy, PermissionError)):
            text = (
                f"{name} is open in another program, so nothing was written. Close it there and "
                f"{again}"
            )
            if isinstance(error, PermissionError) and os.name != "nt":
                text += " If it is open nowhere, the file or its folder may only be read."
        elif error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            text = (
                f"The disk is full, so nothing was written to {name}. Make room on it and {again}"
            )
        elif error.errno == errno.EROFS:
            text = (
                f"{name} is on a disk that may only be read, so nothing was written. "
                f"Make the disk writable, or move the workbook, and {again}"
            )
        else:
            text = (
                f"The disk reported an error ({error.strerror or error}), so nothing was written "
                f"to {name}. Wait a moment and {again}"
            )
        return LogUnwritable(text, table=self.table.name, path=self.path)

    def _reload(self) -> str:
        """Read the whole file anew, under the lock: what is rewritten must be what is there."""
        self._ready(full=True)
        stat = self._stat()
        if stat is None:
            self._remember(None)
            return ""
        try:
            text = self._load_whole(stat, self._stamp())
        except sheet.Unreadable as error:
            self._remember(None)
            raise self._unreadable(str(error)) from None
        self._fresh = (self._state.key, text)
        return text

    def _ready(self, *, full: bool = False) -> tuple[Form | None, int]:
        """Look at the file under the lock: its form and size, (None, 0) when there is none.

        What another program left (a torn line, rewritten cells, missing rows) is seen to
        first. Only then is the file read; after our own writes its stamp says that all is well.
        """
        stat = self._stat()
        if stat is None:
            if self._journal and not full and (stamp := self._stamp()) and stamp.size:
                lost, _ = self._compare({}, self._journal.known(self.table.name))
                self._set_stamp(None, stamp.generation + 1, len(lost))
            return None, 0
        if self._mark and self._mark[0] == _key(stat):
            stamp = self._mark[1]
        else:
            stamp = self._stamp()
        if stamp is None or not stamp.fits(stat):
            if not self._take_over(stat, stamp):
                return None, 0
            stat, stamp = self._stat(), self._mark[1]
        mark = (stat.st_ino, stamp.generation)
        self._mark = (_key(stat), stamp)
        if self._form is None or self._form[0] != mark:
            data = self._read(0, 4 * sheet.LONGEST_HEADER if full else 65536)
            try:
                text, encoding, bom = sheet.decode(data)
                form = sheet.form_of(text, self.table.header, encoding, bom)
            except sheet.Unreadable as error:
                raise self._unreadable(str(error)) from None
            self._form = (mark, form)
        return self._form[1], stat.st_size

    def _take_over(self, stat: os.stat_result, stamp: Stamp | None) -> bool:
        """Bring a file that was changed from outside into order before writing to it; return
        whether there is anything in it."""
        generation = _next(stamp)
        try:
            text = self._load_whole(stat, None, rows=stat.st_size <= BIG)
        except sheet.Unreadable as error:
            self._remember(None)
            raise self._unreadable(str(error)) from None
        state = self._state
        if state.torn:
            self._set_aside(state, stat)
            stat = self._stat()
        if state.form is None:  # nothing in it: the next save makes the file anew
            self._remember(None)
            return False
        n_lost = 0
        if self._journal and stat.st_size <= BIG:
            n_lost = self._catch_up(state)
        form = state.form
        if stat.st_size <= BIG and (state.n_healed or form.encoding != "utf-8"):
            said = form.said or "with some cells in another form"
            self._say(
                f"{self.path.name} was saved by a spreadsheet program ({said}). "
                f"{state.n_healed} cells were given back their exact form; the file as it was "
                f"is kept in {self.hidden.name}/earlier."
            )
            stat = self._rewrite_healed(text, form)
        elif not state.is_ended:
            stat = files.append(self.path, form.encode(form.newline), stat.st_size)
        self._set_stamp(stat, generation, n_lost)
        self._remember(None)
        return True

    def _rewrite_healed(self, text: str, form: Form) -> os.stat_result:
        state, new = self._state, sheet.in_form(form)
        pieces, id_place = [], form.place("id") or 0
        for n, (start, end, cells) in enumerate(sheet.spans(text, form)):
            row = state.cells.get(unguard(cells[id_place])) if n and len(cells) > id_place else None
            if row is None or unguard(cells[id_place]) in state.shown:
                pieces.append(_ended(text[start:end], form))
                continue
            for name, healed in zip(self.table.header, row, strict=True):
                place = form.place(name)
                if place is not None and place < len(cells) and unguard(cells[place]) != healed:
                    cells[place] = self._cell(name, healed)
            pieces.append(sheet.line(cells, form.delimiter, form.newline))
        return files.swap_in(self.path, new.bom + new.encode("".join(pieces)), self._earlier())

    def _set_aside(self, state: _State, stat: os.stat_result) -> None:
        """Move a torn end into a file of its own. Never more than the torn piece."""
        end = stat.st_size - state.torn
        piece = self._read(end)
        if piece.strip(b"\x00\r\n \xef\xbb\xbf\xff\xfe"):
            aside = self.hidden / "torn" / f"{self.path.stem} {_moment()}.csv"
            aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.create(aside, piece)
            self._say(
                f"{self.path.name} ended in a torn line. It was set aside in "
                f"{self.hidden.name}/torn/{aside.name}; all whole rows are there."
            )
        if end:
            files.cut(self.path, end)

    def _catch_up(self, state: _State) -> int:
        """Note in the journal what another program changed; return how many rows are lost."""
        lost, fresh = self._compare(state.cells, self._journal.known(self.table.name))
        for start in range(0, len(fresh), 500):
            rows = [state.cells[id] for id in fresh[start : start + 500]]
            self._recorder.note(
                self.table.name, {"do": "seen", "columns": self.table.header, "rows": rows}
            )
        self._journal.shorten(self.table.name, state.size)
        return len(lost)

    def _compare(
        self, cells: Mapping[str, list[str]], known: Mapping[str, Known]
    ) -> tuple[list[Lost], list[str]]:
        """Return the rows that are lost, and the ids of those the journal has not met so."""
        header, name = self.table.header, self.table.name
        stamped = header.index("updated_at")
        lost, fresh = [], []
        forgotten = self._journal.forgotten() if self._journal else frozenset()
        for id, row in cells.items():
            met = known.get(id)
            if met is None and id not in forgotten:
                fresh.append(id)
            elif met is None or met.cells is None:
                lost.append(Lost(name, id, "returned", {}))
            elif any(met.cells.get(c, "") != text for c, text in zip(header, row, strict=True)):
                last = met.cells.get("updated_at", "")
                if row[stamped] in met.versions and row[stamped] != last:
                    lost.append(Lost(name, id, "older", met.cells))
                else:
                    fresh.append(id)
        lost += [
            Lost(name, id, "missing", met.cells)
            for id, met in known.items()
            if met.cells is not None and id not in cells
        ]
        return lost, fresh

    def _say(self, text: str) -> None:
        self._recorder.said(Problem(text, self.table.name, self.path))

    def _set_stamp(self, stat: os.stat_result | None, generation: int, n_lost: int = 0) -> None:
        stamp = Stamp(generation, 0, 0, 0, n_lost)
        if stat:
            stamp = Stamp(generation, stat.st_size, stat.st_mtime_ns, stat.st_ino, n_lost)
        self._mark = (_key(stat), stamp) if stat else None
        if self._journal:
            self._journal.set_stamp(self.table.name, stamp)
        else:
            self._own_stamp = stamp

    # --- writing the file ------------------------------------------------------------------

    def _cell(self, name: str, text: str) -> str:
        return guard(text) if text and self._kinds.get(name, "text") == "text" else text

    def _line(self, texts: Mapping[str, str], form: Form) -> str:
        cells = [self._cell(name, texts.get(name, "")) for name in form.names]
        return sheet.line(cells, form.delimiter, form.newline)

    def _append_rows(self, rows: list[Any], form: Form | None, size: int) -> None:
        header = self.table.header
        texts = [
            [v if isinstance(v, str) else to_text(v) for v in self._values(row)] for row in rows
        ]
        if form and form.names != self._own_names and self._lacks_columns(form):
            self.widen()
            form, size = self._ready()
        is_new = form is None
        form = form or Form(self._own_names)
        if form.names == self._own_names:
            lines = "".join(
                sheet.line(
                    [guard(t) if t and is_text else t
                     for t, is_text in zip(row, self._are_text, strict=True)],
                    form.delimiter,
                    form.newline,
                )
                for row in texts
            )  # fmt: skip
        else:
            lines = "".join(self._line(dict(zip(header, row, strict=True)), form) for row in texts)
        if is_new:
            stamp = self._stamp()
            first = sheet.line(header, form.delimiter, form.newline)
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            data = form.bom + form.encode(first + lines)
            if os.path.lexists(self.path):
                stat = files.swap_in(self.path, data, self._earlier())
            else:
                stat = files.create(self.path, data)
            generation = _next(stamp)
            self._form = ((stat.st_ino, generation), form)
        else:
            stat = files.append(self._name, form.encode(lines), size)
            stamp = self._mark[1] if self._mark else self._stamp()
            generation = stamp.generation if stamp else 1
        self._set_stamp(stat, generation, stamp.n_lost if stamp else 0)
        state = self._state
        if state and state.size == size and state.generation == generation and not is_new:
            state.key, state.size, self._rows = _key(stat), stat.st_size, None
            state.cells.update((row[0], row) for row in texts)
        self._handed.update((row[0], row) for row in texts)
        self._recorder.note(self.table.name, {"do": "append", "columns": header, "rows": texts})

    def _lacks_columns(self, form: Form) -> bool:
        return any(form.place(name) is None for name in self.table.header)

    def _splice(
        self,
        changes: dict[str, Mapping[str, str] | None],
        added: list[tuple[str, Mapping[str, str]]] | None = None,
        *,
        columns: Iterable[str] = (),
        trace: bool = True,
        redact: Callable[[str], str] | None = None,
        **entry: Any,
    ) -> None:
        """Rewrite the lines of some rows and leave every other byte of the file as it is.

        columns: names to add to the header, with their default in every row
        """
        form, _ = self._ready(full=True)
        if form is None:
            if not added:
                return
            form, text = Form(tuple(self.table.header)), ""
            text = sheet.line(form.names, form.delimiter, form.newline)
        else:
            stat = self._stat()
            is_fresh = stat and self._fresh and self._fresh[0] == _key(stat)
            text = self._fresh[1] if is_fresh else self._reload()
        shown = dict(self._state.shown) if self._state else {}
        columns = list(columns)
        wide = Form((*form.names, *columns), form.encoding, form.bom, form.delimiter, form.newline)
        follow: dict[str, list[Mapping[str, str]]] = {}
        for after, texts in added or ():
            follow.setdefault(after, []).append(texts)
        pieces: list[str] = []
        were: list[list[str]] = []
        now: list[list[str]] = []
        places: list[str] = []
        gone: list[str] = []
        id_place, width, before = form.place("id") or 0, len(form.names), ""
        for n, (start, end, cells) in enumerate(sheet.spans(text, form), 1):
            id = unguard(cells[id_place]) if n > 1 and len(cells) > id_place else ""
            if id in changes and shown.get(id, n) == n or id in changes and changes[id] is None:
                cells = cells[:width] + [""] * (width - len(cells))
                were.append([unguard(cell) for cell in cells])
                places.append(before)
                change = changes[id]
                if change is None:
                    gone.append(id)
                    continue
                for name, changed in change.items():
                    if (place := form.place(name)) is not None:
                        cells[place] = self._cell(name, changed)
                if redact:
                    cells = self._redacted(cells, form, redact)
                now.append([unguard(cell) for cell in cells])
                pieces.append(sheet.line(cells, form.delimiter, form.newline))
            elif redact and n > 1 and (clean := self._redacted(cells, form, redact)) != cells:
                pieces.append(sheet.line(clean, form.delimiter, form.newline))
            else:
                pieces.append(_ended(text[start:end], form))
            if columns:
                cells = cells + [""] * (width - len(cells))
                fill = list(map(self._fill, columns)) if n > 1 else columns
                pieces[-1] = sheet.line([*cells, *fill], form.delimiter, form.newline)
            before = id or before
            for texts in follow.pop(id if n > 1 else "", ()):
                pieces.append(self._line(texts, wide))
        for left in follow.values():
            pieces += [self._line(texts, wide) for texts in left]
        data = wide.bom + wide.encode("".join(pieces))
        stamp = self._mark[1] if self._mark else self._stamp()
        stat = files.swap_in(self.path, data, self._earlier() if trace else None)
        self._set_stamp(stat, _next(stamp), stamp.n_lost if stamp else 0)
        put_in = [[texts.get(name, "") for name in form.names] for _, texts in added or ()]
        self._fresh = self._form = None
        self._keep_up(stat, form, now, gone, in_order=not (put_in or columns or redact))
        if trace and not columns:
            self._recorder.note(
                self.table.name,
                {"columns": list(form.names), "rows": now + put_in, "were": were,
                 "after": places, "gone": gone, **entry},
            )  # fmt: skip
            if self._journal:
                self._journal.shorten(self.table.name, stat.st_size)

    def _keep_up(
        self,
        stat: os.stat_result,
        form: Form,
        now: list[list[str]],
        gone: list[str],
        *,
        in_order: bool,
    ) -> None:
        """Bring what is remembered of the file up to what was just written."""
        state, stamp = self._state, self._stamp()
        if not in_order or state is None or state.shown:
            return self._remember(None)
        places = [form.place(name) for name in self.table.header]
        for cells in now:
            row = [
                self._fill(name) if place is None else cells[place]
                for name, place in zip(self.table.header, places, strict=True)
            ]
            state.cells[row[0]] = self._handed[row[0]] = row
        for id in gone:
            state.cells.pop(id, None)
        for id in [*gone, *(cells[form.place("id") or 0] for cells in now)]:
            self._models.pop(id, None)
            self._bad.pop(id, None)
        state.key, state.size, self._rows = _key(stat), stat.st_size, None
        state.generation = stamp.generation if stamp else 0

    def _redacted(self, cells: list[str], form: Form, redact: Callable[[str], str]) -> list[str]:
        """The cells of a row about others; a person of the same name keeps the name."""
        kept = {"id", "created_at", "updated_at", *self.table.references}
        kept |= {"name"} if self.table.name == "contacts" else set()
        names = [*form.names, *[""] * len(cells)]
        return [
            cell if name in kept or redact(text := unguard(cell)) == text
            else self._cell(name, redact(text))
            for name, cell in zip(names, cells, strict=False)
        ]  # fmt: skip

    def _earlier(self) -> Path:
        """Where the version to be replaced stays; the oldest ones make room for it."""
        folder = self.hidden / "earlier"
        kept = sorted(folder.glob(f"{self.path.stem} *.csv")) if folder.is_dir() else []
        n_bytes = 0
        for n, path in enumerate(reversed(kept), 2):
            try:
                n_bytes += path.stat().st_size
                if n > _N_EARLIER or n_bytes > _EARLIER_BYTES:
                    path.unlink()
            except OSError:
                continue
        return folder / f"{self.path.stem} {_moment()}.csv"


# --- helpers ------------------------------------------------------------------------------


def _key(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _next(stamp: Stamp | None) -> int:
    """The generation of a file that was rewritten: one that nobody has met."""
    return stamp.generation + 1 if stamp else time.time_ns()


def _moment() -> str:
    return f"{datetime.now():%Y-%m-%d %H%M%S.%f}"


def _ended(line: str, form: Form) -> str:
    return line if line.endswith(form.newline) else line + form.newline


def _is_own_date(cell: str, kind: str) -> bool:
    if kind == "day":
        return len(cell) == 10 and cell[4] == cell[7] == "-"
    return len(cell) >= 25 and cell[10] == "T" and cell[-3] == ":" and cell[-6] in "+-"


def _placed(text: str, zone: str) -> str:
    """An instant without an offset: the clock of its row's zone, or this computer's."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.isoformat()
        return (moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment.astimezone()).isoformat()
    except (ValueError, KeyError, OSError):
        return text


@lru_cache
def _words() -> Any:
    """The type of text columns: what this pandas has for text."""
    import pandas as pd

    return pd.api.types.pandas_dtype("str")


_OWN_INSTANT = [("at", "S26"), ("zone", "S7")]  # as we write them, with a line break after each


def _column(kind: str, texts: tuple[str, ...]) -> Any:
    """A column's texts as pandas holds them; by numpy where all have our own form, which is
    several times faster than what understands every form."""
    import numpy as np
    import pandas as pd

    if kind == "text":
        return pd.array(np.array(texts, dtype=object), dtype=_words())
    try:
        if kind == "number":
            numbers = [int(text) if text else 0 for text in texts]
            blank = np.array([not text for text in texts], dtype=bool)
            return pd.arrays.IntegerArray(np.array(numbers, dtype="int64"), blank)
        if kind == "day" and set(map(len, texts)) <= {0, 10}:
            days = np.array(texts, dtype="S10").astype("datetime64[D]")
            return pd.array(days.astype("datetime64[us]"))
        if kind == "instant" and texts:
            cells = np.frombuffer("\n".join((*texts, "")).encode(), dtype=_OWN_INSTANT)
            if len(cells) == len(texts) and (cells["zone"] == b"+00:00\n").all():
                moments = cells["at"].astype("datetime64[us]")
                return pd.DatetimeIndex(moments).tz_localize("UTC")
    except (ValueError, OverflowError):
        pass
    words = pd.Series(texts, dtype="str")
    if kind == "number":
        numbers = pd.to_numeric(words, errors="coerce")
        return pd.array(numbers.where(numbers % 1 == 0), dtype="Int64")
    if kind == "day":
        return pd.to_datetime(words, errors="coerce", format="%Y-%m-%d")
    return pd.to_datetime(words, errors="coerce", format="ISO8601", utc=True)


def _reason(error: OSError) -> str:
    """Why a file cannot be read, as the end of a sentence that starts with its name."""
    if error.errno == errno.ELOOP:
        return "is a link that leads back to itself. Delete the link."
    if isinstance(error, PermissionError):
        return "may not be read: it is open in another program, or belongs to somebody else."
    return f"cannot be read: the disk reported an error ({error.strerror or error})."
