"""What happened to a workbook's rows, beside the logs: for undo, and for noticing what a
spreadsheet program or a sync service dropped.

One file per log and computer in <folder>/.workbook/journal, a JSON line per change; once most of
it is superseded, it is shortened. It is not flushed to disk with every row, because the log
itself is: after a power cut its last lines may be missing, and the rows are then taken over from
the log on the next occasion.

What it cannot tell: a row that somebody deleted on purpose in a spreadsheet program from one
that the program dropped (both are named), and changes to logs that never passed through here.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import json
import os
import platform
import random
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, core_schema, to_json

from . import files
from .names import Marks, with_beginnings

_SLOT = 128  # bytes a log in the file of stamps
_N_IN_SLOT = 7  # the table, its stamp, the time of the last step in any table
_BLOCK = 1 << 16
_SHORT = 1 << 20  # bytes; a journal up to this size is not worth shortening
_FOR_UNDO = 1 << 18  # bytes at a journal's end that shortening leaves as they are
# What forgetting looks for in the learner's texts: old names and addresses count as well.
NAMING = ("name", "salutation", "email", "phone", "profile_url")
_HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _mark_of(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_ino, stat.st_mtime_ns


def _write_at(file: int, data: bytes, place: int) -> None:
    if hasattr(os, "pwrite"):
        os.pwrite(file, data, place)
    else:  # Windows
        os.lseek(file, place, os.SEEK_SET)
        os.write(file, data)


class Stamp(NamedTuple):
    """A log's file as the workbook itself last left it.

    generation: rises whenever more than its end changed; n_lost: rows that are missing
    """

    generation: int
    size: int
    mtime_ns: int
    inode: int
    n_lost: int = 0

    def fits(self, stat: os.stat_result) -> bool:
        return (self.size, self.mtime_ns, self.inode) == (
            stat.st_size, stat.st_mtime_ns, stat.st_ino)  # fmt: skip


class Known(NamedTuple):
    """A row as the journal last saw it; `cells` is None once it was erased here."""

    cells: dict[str, str] | None
    versions: set[str]  # the `updated_at` of every version met


class Forgotten(frozenset[str]):
    """Ids of rows that were forgotten, kept as sums: the ids themselves are in no file."""

    def __contains__(self, id: object) -> bool:
        return len(self) > 0 and super().__contains__(_sum(str(id)))


def _sum(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()[:24]


def _keyed(key: str, mark: str) -> str:
    """The sum that is kept of a mark; of its beginning, one that it shares with many words."""
    found = hmac.digest(key.encode(), mark.encode("utf-8", "surrogatepass"), "sha256").hex()
    return found[:4] if mark.startswith("^") else found[:24]


def _marks_in(path: Path) -> tuple[str, Marks]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        key = str(kept["key"])
        return key, Marks(frozenset(map(str, kept["sums"])), partial(_keyed, key))
    except (OSError, ValueError, KeyError, TypeError):
        return "", Marks(())


class Journal:
    """The journals and stamps of one workbook's folder. Writing them never raises OSError:
    the logs do not depend on them. `failed` says why the last write did not succeed."""

    def __init__(self, folder: Path, tables: list[str]):
        self.folder, self.tables = folder / "journal", tables
        self._names = {name: str(self.folder / f"{name}.{_HOST}.jsonl") for name in tables}
        self._slots = {name: n * _SLOT for n, name in enumerate(tables)}
        self._stamps, self._forgotten = str(folder / "stamps"), folder / "forgotten.json"
        self._last, self._left = 0, (0, 0)  # the last step's time; the stamps as left with it
        self._noted = "", 0  # the last note's file and bytes
        self._unnoted: set[str] = set()  # tables of which a change could not be noted
        self._marks = folder / "forgotten-marks.json"
        self._read_marks: tuple[tuple[int, ...], str, Marks] = (), "", Marks(())
        self.failed: OSError | None = None

    # --- stamps --------------------------------------------------------------------------

    def stamp(self, table: str) -> Stamp | None:
        try:
            file = os.open(self._stamps, os.O_RDONLY)
        except OSError:
            return None
        try:
            os.lseek(file, self._slots[table], os.SEEK_SET)
            name, *numbers = os.read(file, _SLOT).decode().split()
            return Stamp(*map(int, numbers[:5])) if name == table else None
        except (OSError, ValueError, TypeError):
            return None
        finally:
            files.close(file)

    def set_stamp(self, table: str, stamp: Stamp) -> Stamp:
        """Return the stamp as it was set: after a change that could not be noted it does not fit,
        so that the next write notes what is there."""
        if table in self._unnoted:
            self._unnoted.discard(table)
            stamp = stamp._replace(mtime_ns=0)
        slot = f"{table} {' '.join(map(str, (*stamp, self._last)))}".ljust(_SLOT - 1) + "\n"
        try:
            file = os.open(self._stamps, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                _write_at(file, slot.encode(), self._slots[table])
                self._left = _mark_of(os.fstat(file))
            finally:
                files.close(file)
        except OSError as error:
            self.failed = error
        return stamp

    def new_step(self) -> str:
        """A name for one change that sorts after those of all changes before it. The clock of
        this computer, or of another one that shares the folder, may have been ahead then. To be
        called while the lock is held."""
        with suppress(OSError):
            if self._left != _mark_of(os.stat(self._stamps)):  # others wrote meanwhile
                slots = files.read(self._stamps).decode(errors="replace").split("\n")
                steps = [slot.split()[-1] for slot in slots if len(slot.split()) == _N_IN_SLOT]
                there = (int(step) for step in steps if re.fullmatch("[0-9]{1,19}", step))
                self._last = max(self._last, *there, 0)
        self._last = max(time.time_ns(), self._last + 1)
        return f"{self._last:020d}-{random.getrandbits(32):08x}"

    # --- people who asked to be forgotten ---------------------------------------------------

    def forgotten(self) -> Forgotten:
        """The ids that may not come back, whatever an old copy holds."""
        try:
            return Forgotten(map(str, json.loads(self._forgotten.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            return Forgotten()

    def marks(self) -> Marks:
        """What finds in a text the names and addresses of those who were forgotten.

        They are kept as sums with a key: nobody can read them, and only who has a name already
        can find out that it is among them.
        """
        _, _, found = self._kept_marks()
        return found

    def forgotten_stamp(self) -> tuple[int, ...]:
        """A value that is another one after somebody was forgotten, in whatever process."""
        found: list[int] = []
        for path in (self._forgotten, self._marks):
            with suppress(OSError):
                stat = path.stat()
                found += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        return tuple(found)

    def _kept_marks(self) -> tuple[tuple[int, ...], str, Marks]:
        stamp = self.forgotten_stamp()
        if stamp != self._read_marks[0]:
            self._read_marks = stamp, *_marks_in(self._marks)
        return self._read_marks

    def share_forgotten(self, other: Journal) -> None:
        """Go by who was forgotten in another workbook, and note it there."""
        self._forgotten, self._marks = other._forgotten, other._marks

    def add_forgotten(self, ids: set[str], marks: Collection[str] = ()) -> None:
        """Raises OSError.

        marks: what they are known by
        """
        _, key, there = self._kept_marks()
        key = key or secrets.token_hex(16)
        found = set(there.known) | {_keyed(key, mark) for mark in with_beginnings(marks)}
        if found != there.known:
            data = json.dumps({"key": key, "sums": sorted(found)})
            files.swap_in(self._marks, data.encode())
        sums = set(self.forgotten()) | set(map(_sum, ids))
        files.swap_in(self._forgotten, json.dumps(sorted(sums)).encode())

    # --- entries -------------------------------------------------------------------------

    def note(self, table: str, entry: dict[str, Any]) -> None:
        """Add an entry. Each starts on a line of its own, whatever was cut before it."""
        data, path = b"\n" + to_json(entry), self._names[table]
        self._noted = path, 0
        try:
            try:
                self._add(path, data)
            except FileNotFoundError:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._add(path, data)
        except OSError as error:
            self.failed = error
            # What took a row away would be asked about, as if another program had done it.
            if entry["do"] in ("append", "revise"):
                self._unnoted.add(table)

    def _add(self, path: str, data: bytes) -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._noted = path, os.write(file, data)
        finally:
            files.close(file)

    def retract(self) -> None:
        """Take the last note out again: what it says did not come about. To be called while the
        lock is held that it was made under."""
        path, n = self._noted
        with suppress(OSError):
            os.truncate(path, os.stat(path).st_size - n)
        self._noted = path, 0

    def _paths(self, table: str = "") -> list[Path]:
        """Every computer's journal, and the copies that a sync service made of them."""
        try:
            return sorted(self.folder.glob(f"{table}.*.jsonl" if table else "*.jsonl"))
        except OSError:
            return []

    def mark(self, table: str) -> list[tuple[str, int, int]]:
        """A value that is another one after each note about this table."""
        found = []
        for path in self._paths(table):
            with suppress(OSError):
                stat = path.stat()
                found.append((path.name, stat.st_ino, stat.st_size))
        return found

    def entries(self, table: str) -> Iterator[dict[str, Any]]:
        """Every entry about this table, oldest first. What is noted from now on is newer."""
        at = ""
        for entry in heapq.merge(*map(_oldest_first, self._paths(table)), key=_when):
            at = max(at, entry["at"])
            yield entry
        if (last := at.partition("-")[0]).isdigit():
            self._last = max(self._last, int(last))

    def newest(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every entry of every table that is as it was written, newest first."""
        paths = self._paths()
        shortened = max((_head(path).get("step", "") for path in paths), default="")
        streams = map(_newest_named, paths)
        for table, entry in heapq.merge(*streams, key=lambda pair: _when(pair[1]), reverse=True):
            if entry["step"] > shortened:  # of the others, parts may be left out
                yield table, entry

    def known(self, table: str) -> dict[str, Known]:
        """Every row that was ever met, as it last stood."""
        cells: dict[str, dict[str, str] | None] = {}
        versions: dict[str, set[str]] = defaultdict(set)
        for entry in self.entries(table):
            is_made = entry.get("do") in ("append", "revise")
            for row in rows_in(entry):
                id, version = row.get("id", ""), row.get("updated_at", "")
                if is_made and version in versions[id]:
                    continue  # another computer had it from the log already, and went on
                cells[id] = row
                versions[id].add(version)
            cells.update(dict.fromkeys(entry.get("gone", ())))
            for id, met in entry.get("versions", {}).items():
                versions[id].update(met)
        return {id: Known(row, versions[id]) for id, row in cells.items()}

    def versions(self, table: str) -> Iterator[tuple[float, dict[str, str]]]:
        """Each version of each row that is still kept, oldest first, with the second since 1970
        in which it was noted."""
        for entry in self.entries(table):
            at = entry["at"].partition("-")[0]
            for row in rows_in(entry):
                yield int(at) / 1e9 if at.isdigit() else 0.0, row

    def rewrite(self, change: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> None:
        """Pass every entry through `change(table, entry)`; None drops it. Raises OSError."""
        for path in self._paths():
            table = path.name.partition(".")[0]
            changed = (change(table, entry) for entry in _whole(path))
            files.swap_in(path, _lines(entry for entry in changed if entry is not None))
        for path in self.folder.glob(".*.new"):  # left by a computer that stopped halfway
            path.unlink()

    def shorten(self, table: str, n_protected: int) -> None:
        """Leave out what later entries supersede, once that is most of this computer's journal.

        n_protected: bytes of the log. To be called while the lock is held: nobody adds an entry
        meanwhile. The newest changes stay whole, for undo, which does not reach behind them.
        """
        path = Path(self._names[table])
        with suppress(OSError):  # it stays as it was, until the next change
            if _is_long(path, n_protected):
                files.swap_in(path, _shortened(_whole(path)))


def _when(entry: dict[str, Any]) -> str:
    return entry["at"]


def _schema() -> SchemaValidator:
    """What an entry is made of."""
    text, number = core_schema.str_schema(strict=True), core_schema.int_schema(strict=True)
    moment = core_schema.str_schema(strict=True, pattern="^(0[0-9]{19}-[0-9a-f]{8})?$")
    texts = core_schema.list_schema(text)
    must = {"at": moment, "step": moment, "do": text}
    may = {"words": text, "columns": texts, "after": texts, "gone": texts, "undid": text,
           "rows": core_schema.list_schema(texts), "were": core_schema.list_schema(texts),
           "versions": core_schema.dict_schema(text, texts), "size": number}  # fmt: skip
    fields = {name: core_schema.typed_dict_field(one, required=name in must)
              for name, one in (must | may).items()}  # fmt: skip
    return SchemaValidator(core_schema.typed_dict_schema(fields, extra_behavior="ignore"))


_SCHEMA = _schema()
_WITHOUT_ROWS = {"restore", "undo", "shorten"}


def _entry(line: bytes) -> dict[str, Any] | None:
    """The entry of a line; None where a cut, a copy or a damaged disk left something else."""
    try:
        entry = _SCHEMA.validate_json(line)
    except ValueError:
        return None
    if "rows" not in entry and entry["do"] in _WITHOUT_ROWS:
        return entry
    wide = len(entry.get("columns", ()))
    is_whole = "rows" in entry and "id" in entry.get("columns", ())
    is_whole &= "words" in entry or entry["do"] == "seen"
    rows = [*entry.get("rows", ()), *entry.get("were", ())]
    return entry if is_whole and all(len(row) == wide for row in rows) else None


def rows_in(entry: dict[str, Any]) -> Iterator[dict[str, str]]:
    columns = entry.get("columns", ())
    return (dict(zip(columns, row, strict=False)) for row in entry.get("rows", ()))


def _lines(entries: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(b"\n" + to_json(entry) for entry in entries)


def _whole(path: Path) -> list[dict[str, Any]]:
    """Every entry of a file that is to be replaced: it is read whole or OSError is raised."""
    return list(filter(None, map(_entry, files.read(path).split(b"\n"))))


def _head(path: Path) -> dict[str, Any]:
    """What shortening noted at the start of a journal; empty when it never was shortened."""
    first = next(_oldest_first(path), {})
    return first if first.get("do") == "shorten" else {}


def _is_long(path: Path, n_protected: int) -> bool:
    size = path.stat().st_size
    return size > max(_SHORT, 8 * n_protected) and size > 2 * _head(path).get("size", 0)


def _shortened(entries: list[dict[str, Any]]) -> bytes:
    """The lines of a journal without what is superseded in all but its newest steps.

    Of each row stays where it was last met, when, and the `updated_at` of its versions before;
    and each version that names a person in another way.
    """
    start, size = len(entries), 0
    while start and (size < _FOR_UNDO or entries[start - 1]["step"] == entries[start]["step"]):
        start -= 1
        size += len(to_json(entries[start]))
    last: dict[str, dict[str, Any]] = {}  # where each row was last met
    names: set[tuple[str, ...]] = set()
    older = []
    for entry in reversed(entries[:start]):
        keep: dict[str, Any] = {"rows": [], "gone": [], "versions": {}}
        for id in entry.get("gone", ()):
            if last.setdefault(id, keep) is keep:
                keep["gone"].append(id)
        for row, cells in zip(entry.get("rows", ()), rows_in(entry), strict=True):
            id, naming = cells.get("id", ""), tuple(cells.get(name, "") for name in NAMING)
            is_last = last.setdefault(id, keep) is keep and id not in keep["gone"]
            if is_last or any(naming) and (id, *naming) not in names:
                keep["rows"].append(row)
            if not is_last:
                last[id]["versions"].setdefault(id, set()).add(cells.get("updated_at", ""))
            names.add((id, *naming))
        for id, met in entry.get("versions", {}).items():
            last.setdefault(id, keep)["versions"].setdefault(id, set()).update(met)
        if keep["rows"] or keep["gone"]:
            when, columns = {"at": entry["at"], "step": entry["step"]}, entry.get("columns", [])
            older.append({**when, "do": "seen", "columns": columns, **keep})
    data = _lines([*reversed(older), *entries[start:]])
    until = max((entry["step"] for entry in entries[:start]), default="")
    return _lines([{"at": "", "step": until, "do": "shorten", "size": len(data)}]) + data


def _oldest_first(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with open(path, "rb") as file:
            for line in file:
                if entry := _entry(line):
                    yield entry
    except OSError:
        return


def _newest_named(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    table = path.name.partition(".")[0]
    return ((table, entry) for entry in _newest_first(path))


def _newest_first(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with open(path, "rb") as file:
            at, rest = file.seek(0, os.SEEK_END), b""
            while at > 0:
                size = min(_BLOCK, at)
                at -= size
                file.seek(at)
                *lines, last = reversed((file.read(size) + rest).split(b"\n"))
                rest = last
                yield from filter(None, map(_entry, lines))
            if entry := _entry(rest):
                yield entry
    except OSError:
        return
