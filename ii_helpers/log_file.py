"""One log's file: its rows as texts by id, added, changed and taken out. The only opener of the
learner's tables.

What it cannot notice: a spreadsheet program that saves a cell in another way on purpose
("00123" typed over as "123") looks like its own habit of doing so, and is taken back.
"""

from __future__ import annotations

import errno
import os
import stat as modes
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from . import files, sheet
from .errors import LogUnreadable, LogUnwritable, Problem
from .journal import Journal, Known, Stamp
from .parsing import Parsed, Parser, as_remembered, lacks
from .sheet import Form, guard
from .splicing import Spliced, healed, line, splice
from .tables import Table

BIG = 64 << 20  # bytes; a file this large that another program wrote is not compared row by row
_LONGEST_LINE = 200 << 20
_LAST = "\x00"  # no row has this id: what follows it goes to the end
_N_EARLIER, _EARLIER_BYTES = 20, 20 << 20  # earlier versions kept per log


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
    """Who is told of every write: under the lock, and again when the lock is given back.

    retract: the last note was of something that did not come about
    """

    def note(self, table: str, entry: dict[str, Any]) -> None: ...
    def retract(self) -> None: ...
    def said(self, problem: Problem) -> None: ...
    def tell(self) -> None: ...


class _Nobody:
    def note(self, table: str, entry: dict[str, Any]) -> None: ...
    def retract(self) -> None: ...
    def said(self, problem: Problem) -> None: ...
    def tell(self) -> None: ...


@dataclass
class _State(Parsed):
    """The file as it was last read."""

    key: tuple[int, ...] = ()
    size: int = 0
    generation: int = 0


class LogFile:
    """The rows of one table as texts, on disk in `path`. The file is made by the first append.

    lock: held for every write; one lock serves a whole workbook
    journal: where changes are kept, for undo and for noticing what other programs drop
    recorder: who is told of every write
    hidden: the folder of earlier versions and of torn lines that were set aside
    """

    def __init__(
        self,
        path: Path,
        table: Table,
        lock: files.Lock | None = None,
        journal: Journal | None = None,
        recorder: Recorder | None = None,
        hidden: Path | None = None,
    ):
        self.path, self.table = path, table
        self.hidden = hidden or path.parent / ".workbook"
        self.lock = lock or files.Lock(self.hidden / "lock")
        self._journal, self._recorder = journal, recorder or _Nobody()
        self._parser = Parser(table, path.name)
        self._name, self._own_names = str(path), tuple(table.header)
        self._are_text = [table.kinds[name] == "text" for name in table.header]
        self._own_stamp: Stamp | None = None
        self._form: tuple[tuple[int, int], Form] | None = None
        self._mark: tuple[tuple[int, ...], Stamp] | None = None  # the file as last left by us
        self._state: _State | None = None
        self._lost: tuple[Any, list[Lost]] | None = None
        self._fresh: tuple[tuple[int, ...], str] | None = None  # the text just read to be rewritten
        self._handed: dict[str, list[str]] = {}  # rows as they were last given out or written

    def __repr__(self) -> str:
        try:
            return f"<log {self.path.name}: {len(self)} rows>"
        except LogUnreadable:
            return f"<log {self.path.name}: cannot be read>"

    def __len__(self) -> int:
        return len(self.cells())

    def __contains__(self, id: str) -> bool:
        return id in self.cells()

    def cells(self) -> dict[str, list[str]]:
        """Every row's texts by id, in the table's order; not to be changed by the caller.

        Read again only when the file has changed, and only its new end when rows were merely
        added.
        """
        with self.lock.in_this_process:
            stat = self._stat()
            if stat is None:
                self._state = None
                return {}
            return self._load(stat).cells

    def texts(self) -> dict[str, dict[str, str]]:
        """Every row as column -> text, by id: what restoring and merging compare."""
        header = self.table.header
        with self.lock.in_this_process:
            cells = self.cells()  # once: another notebook may be writing meanwhile
            return {id: dict(zip(header, row, strict=True)) for id, row in cells.items()}

    def _texts(self, id: str) -> dict[str, str]:
        return dict(zip(self.table.header, self.cells()[id], strict=True))

    def stamp_of_file(self) -> tuple[int, ...] | None:
        """A value that is another one whenever the file was changed; None without a file."""
        try:
            return _key(os.stat(self._name))
        except OSError:
            return None

    def missing_columns(self) -> list[str]:
        """The columns of this version that the file does not have."""
        data = self._read(0, 65536)
        with self._understanding():
            text, encoding, bom = sheet.decode(data)
            names = sheet.form_of(text, self.table.header, encoding, bom).names
        return [name for name in self.table.header if name not in names]

    def columns_gone(self) -> list[Problem]:
        """Say which columns another program took out, as met when the file was last read."""
        if not self._state or not self._state.gone:
            return []
        text = as_remembered(self.path.name, self._state.gone)
        return [Problem(text, self.table.name, self.path)]

    # --- what another program dropped ---------------------------------------------------

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

    def adopt(self) -> None:
        """Take the rows of a file that this program did not write into the journal. A file that
        needs to be put in order is left until it is written to."""
        with self._writing():
            stat, stamp = self._stat(), self._stamp()
            if stat is None or stamp and stamp.fits(stat):
                return
            state = self._load(stat)
            if state.form and state.is_ended and not (state.torn or state.n_healed or state.gone):
                if state.form.encoding == "utf-8" and self._journal:
                    self._set_stamp(stat, _next(stamp), self._catch_up(state, self._journal))

    def _settle(self, n_lost: int) -> None:
        if stamp := self._stamp():
            self._set_stamp(self._stat(), stamp.generation, n_lost)

    def _catch_up(self, state: _State, journal: Journal) -> int:
        """Note in the journal what another program changed; return how many rows are lost."""
        lost, fresh = self._compare(state.cells, journal.known(self.table.name))
        for start in range(0, len(fresh), 500):
            rows = [state.cells[id] for id in fresh[start : start + 500]]
            self._recorder.note(
                self.table.name, {"do": "seen", "columns": self.table.header, "rows": rows}
            )
        journal.shorten(self.table.name, state.size)
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

    # --- changes ------------------------------------------------------------------------

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

    def forget(self, ids: set[str], redact: Callable[[str], str]) -> None:
        """Take rows out for good: no journal, no earlier version. Where other rows refer to them
        there is a blank.

        redact: what becomes of every other text, the learner's own columns included
        """
        with self._writing():
            self._reload()
            texts = self.texts()
            changes: dict[str, Mapping[str, str] | None] = {
                id: {name: "" for name in self.table.references if row[name] in ids}
                for id, row in texts.items()
            }
            changes = {id: change for id, change in changes.items() if change}
            changes.update({id: None for id in ids if id in texts})
            self._splice(changes, trace=False, redact=redact)
            if (stamp := self._stamp()) and stamp.n_lost:  # what was lost may be among the ids
                self._settle(len(self.lost()))
        self._recorder.tell()

    def widen(self) -> list[str]:
        """Give the file the columns of this version that it lacks; return their names."""
        with self._writing():
            form, _ = self._ready(full=True)
            missing = [n for n in self.table.header if form and form.place(n) is None]
            if form and missing:
                self._splice({}, columns=missing)
        return missing

    # --- what is in the file -------------------------------------------------------------

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

    def _set_stamp(self, stat: os.stat_result | None, generation: int, n_lost: int = 0) -> Stamp:
        stamp = Stamp(generation, 0, 0, 0, n_lost)
        if stat:
            stamp = Stamp(generation, stat.st_size, stat.st_mtime_ns, stat.st_ino, n_lost)
        if self._journal:
            stamp = self._journal.set_stamp(self.table.name, stamp)
        else:
            self._own_stamp = stamp
        self._mark = (_key(stat), stamp) if stat else None
        return stamp

    def _load(self, stat: os.stat_result) -> _State:
        """Return what the file holds: read anew, or its new end, or as it is known already."""
        state = self._state
        if state and state.key == _key(stat):
            return state
        stamp = self._stamp()
        if stamp is None or not stamp.fits(stat):
            return self._load_whole(stat, None)[0]
        if (
            state and state.form and not state.torn and state.is_ended
            and state.key[0] == stat.st_ino and state.generation == stamp.generation
            and state.size <= stat.st_size
        ):  # fmt: skip
            if state.size < stat.st_size:
                with self._understanding():
                    data = self._read(state.size, stat.st_size - state.size)
                    text, first = data.decode(state.form.encoding), len(state.cells) + 2
                    state.cells.update(self._parser.rows(text, state.form, first=first)[0])
            state.key, state.size = _key(stat), stat.st_size
            return state
        return self._load_whole(stat, stamp)[0]

    @contextmanager
    def _understanding(self) -> Iterator[None]:
        try:
            yield
        except sheet.Unreadable as error:
            self._state = None
            raise self._unreadable(str(error)) from None

    def _load_whole(
        self, stat: os.stat_result, stamp: Stamp | None, *, rows: bool = True
    ) -> tuple[_State, str]:
        """Return what the file holds, and its text.

        stamp: None where another program may have changed the file
        """
        known: dict[str, Known] = {}
        if stamp is None and self._journal and stat.st_size <= BIG:
            known = self._journal.known(self.table.name)
        with self._understanding(), sheet.without_collection():
            if stat.st_size > BIG:
                self._refuse_endless_line()
            data, generation = self._read(), stamp.generation if stamp else 0
            state = _State(key=_key(stat), size=len(data), generation=generation)
            text = self._parser.text(data, state, known)
            if state.form and rows:
                state.cells, bad = self._parser.rows(text, state.form, parsed=state)
                state.problems += bad
                if stamp is None:  # what we left ourselves needs no healing
                    saved = datetime.fromtimestamp(stat.st_mtime, UTC).isoformat()
                    self._parser.heal(state, known, saved)
        self._state = state
        return state, text

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

    def _reload(self) -> str:
        """Read the whole file anew, under the lock: what is rewritten must be what is there."""
        self._ready(full=True)
        stat = self._stat()
        if stat is None:
            self._state = None
            return ""
        state, text = self._load_whole(stat, self._stamp())
        self._fresh = (state.key, text)
        return text

    # --- getting ready to write ------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self.lock:
                yield
        except OSError as error:
            self._state = None
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

    def _ready(self, *, full: bool = False) -> tuple[Form | None, int]:
        """Look at the file under the lock: its form and size, (None, 0) when there is none.

        What another program left (a torn line, rewritten cells, missing rows) is seen to
        first. Only then is the file read; after our own writes its stamp says that all is well.
        """
        stat = self._stat()
        if stat is None:
            if (stamp := self._stamp()) and stamp.size:
                self._begin_anew(stamp)
            return None, 0
        if self._mark and self._mark[0] == _key(stat):
            stamp = self._mark[1]
        else:
            stamp = self._stamp()
        if stamp is None or not stamp.fits(stat):
            taken = self._take_over(stat, stamp)
            if taken is None:
                return None, 0
            stat, stamp = taken
        mark = (stat.st_ino, stamp.generation)
        self._mark = (_key(stat), stamp)
        if self._form is None or self._form[0] != mark:
            data = self._read(0, 4 * sheet.LONGEST_HEADER if full else 65536)
            with self._understanding():
                text, encoding, bom = sheet.decode(data)
                form = sheet.form_of(text, self.table.header, encoding, bom)
            self._form = (mark, form)
        return self._form[1], stat.st_size

    def _take_over(
        self, stat: os.stat_result, stamp: Stamp | None
    ) -> tuple[os.stat_result, Stamp] | None:
        """Bring a file that was changed from outside into order before writing to it; return
        how it is left, None when there is nothing in it."""
        generation = _next(stamp)
        state, text = self._load_whole(stat, None, rows=stat.st_size <= BIG)
        self._state, form, n_lost = None, state.form, 0
        if state.torn:
            self._set_aside(state, stat)
            stat = os.stat(self._name)
        if form is None:
            self._begin_anew(stamp)
            return None
        if self._journal and stat.st_size <= BIG:
            n_lost = self._catch_up(state, self._journal)
        if stat.st_size <= BIG and (state.n_healed or state.gone or form.encoding != "utf-8"):
            said, n = form.said or "with some cells in another form", state.n_healed
            cells = "cell was given back its" if n == 1 else "cells were given back their"
            kept = f"the file as it was is kept in {self.hidden.name}/earlier."
            if state.gone:
                text = splice(self.table, text, form, {}, columns=state.gone).text
                form = replace(form, names=(*form.names, *state.gone))
                back = "it is back, as the workbook remembers it"
                self._say(f"{self.path.name} {lacks(state.gone)}: {back}; {kept}")
            if n or form.encoding != "utf-8":
                self._say(
                    f"{self.path.name} was saved by a spreadsheet program ({said}). "
                    f"{n} {cells} exact form; {kept}"
                )
            new = sheet.in_form(form)
            data = new.bom + new.encode(healed(self.table, text, form, state))
            stat = files.swap_in(self.path, data, self._earlier())
        elif not state.is_ended:
            stat = files.append(self.path, form.encode(form.newline), stat.st_size)
        return stat, self._set_stamp(stat, generation, n_lost)

    def _begin_anew(self, stamp: Stamp | None) -> None:
        """Remember how many rows went with a file that is gone or empty: the next save makes
        it anew."""
        known = self._journal.known(self.table.name) if self._journal else {}
        self._set_stamp(None, _next(stamp), len(self._compare({}, known)[0]))

    def _set_aside(self, state: _State, stat: os.stat_result) -> None:
        """Move a torn end into a file of its own. Never more than the torn piece."""
        end = stat.st_size - state.torn
        piece = self._read(end)
        if piece.strip(b"\x00\r\n \xef\xbb\xbf\xff\xfe"):
            aside = self.hidden / "torn" / f"{self.path.stem} {files.moment()}.csv"
            aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.create(aside, piece)
            self._say(
                f"{self.path.name} ended in a torn line. It was set aside in "
                f"{self.hidden.name}/torn/{aside.name}; all whole rows are there."
            )
        if end:
            files.cut(self.path, end)

    def _say(self, text: str) -> None:
        self._recorder.said(Problem(text, self.table.name, self.path))

    # --- writing the file ------------------------------------------------------------------

    def _append_rows(self, texts: list[list[str]], form: Form | None, size: int) -> None:
        header = self.table.header
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
            rows = (dict(zip(header, row, strict=True)) for row in texts)
            lines = "".join(line(self.table, row, form) for row in rows)
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
        # Without this note the file does not fit its stamp, and the row is noted the next time.
        self._recorder.note(self.table.name, {"do": "append", "columns": header, "rows": texts})
        self._set_stamp(stat, generation, stamp.n_lost if stamp else 0)
        state = self._state
        if state and state.size == size and state.generation == generation and not is_new:
            state.key, state.size = _key(stat), stat.st_size
            state.cells.update((row[0], row) for row in texts)
        self._handed.update((row[0], row) for row in texts)

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
        if form and trace and not columns and self._lacks_columns(form):
            self.widen()  # or what is put into a column that is not there would be lost
            form, _ = self._ready(full=True)
        if form is None:
            if not added:
                return
            form = Form(self._own_names)
            text = sheet.line(form.names, form.delimiter, form.newline)
        else:
            there = self._stat()
            is_fresh = there and self._fresh and self._fresh[0] == _key(there)
            text = self._fresh[1] if self._fresh and is_fresh else self._reload()
        added, columns = added or [], list(columns)
        shown = self._state.shown if self._state else {}
        done = splice(self.table, text, form, changes, added, columns, shown, redact)
        data = form.bom + form.encode(done.text)
        stamp = self._mark[1] if self._mark else self._stamp()
        put_in = [[texts.get(name, "") for name in form.names] for _, texts in added]
        entry = {
            "columns": list(form.names), "rows": done.now + put_in, "were": done.were,
            "after": done.after, "gone": [id for id in changes if changes[id] is None], **entry,
        }  # fmt: skip
        is_noted = trace and not columns
        with self._noting(entry) if is_noted else nullcontext():
            stat = files.swap_in(self.path, data, self._earlier() if trace else None)
        self._set_stamp(stat, _next(stamp), stamp.n_lost if stamp else 0)
        self._fresh = self._form = None
        if put_in or columns or redact or shown:
            self._state = None
        else:
            self._keep_up(stat, form, done)
        if is_noted and self._journal:
            self._journal.shorten(self.table.name, stat.st_size)

    @contextmanager
    def _noting(self, entry: dict[str, Any]) -> Iterator[None]:
        """Note a change before this block makes it, and an undo after it: undo takes the change
        back, whichever of the two was interrupted in between."""
        name, is_first = self.table.name, "undid" not in entry
        if is_first:
            self._recorder.note(name, entry)
        try:
            yield
        except files.Unconfirmed:  # it is done
            if not is_first:
                self._recorder.note(name, entry)
            raise
        except BaseException:
            if is_first:
                self._recorder.retract()
            raise
        if not is_first:
            self._recorder.note(name, entry)

    def _keep_up(self, stat: os.stat_result, form: Form, done: Spliced) -> None:
        """Bring what is remembered of the file up to what was just written."""
        state, stamp = self._state, self._stamp()
        if state is None:
            return
        places = [form.place(name) for name in self.table.header]
        for cells in done.now:
            row = [
                self.table.text_before(name) if place is None else cells[place]
                for name, place in zip(self.table.header, places, strict=True)
            ]
            state.cells[row[0]] = self._handed[row[0]] = row
        for id in done.gone:
            state.cells.pop(id, None)
        state.key, state.size = _key(stat), stat.st_size
        state.generation = stamp.generation if stamp else 0

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
        return folder / f"{self.path.stem} {files.moment()}.csv"


def _key(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _next(stamp: Stamp | None) -> int:
    """The generation of a file that was rewritten: one that nobody has met."""
    return stamp.generation + 1 if stamp else time.time_ns()


def _reason(error: OSError) -> str:
    """Why a file cannot be read, as the end of a sentence that starts with its name."""
    if error.errno == errno.ELOOP:
        return "is a link that leads back to itself. Delete the link."
    if isinstance(error, PermissionError):
        return "may not be read: it is open in another program, or belongs to somebody else."
    return f"cannot be read: the disk reported an error ({error.strerror or error})."
