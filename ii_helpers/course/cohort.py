"""Rolls a class up: a line per learner, the class's figures, and what could not be counted.

Two steps. First every hand-in or workbook that is new or has changed is counted, in a loop, a
pool of processes or a Dask cluster, and what comes of it is kept in a small database. Then the
database is gone through once, in order. Neither step holds the class in memory, so either can
be cut off and run again, and a class of a hundred thousand takes no more of it than one of ten.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import stat
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from .. import __version__, sheet
from ..errors import WorkbookError
from ..facts import SHAPES, days_in, without_collection
from ..settings import Course, read_course
from ..tables import SCHEMA_VERSION
from . import counts, hand_in
from .distribute import shipped
from .roster import COPIES, Copy, clean, plain, read_copies, safe

BATCH = 32  # units that a worker counts at a time
FEW_BATCHES = 8  # up to so many a loop is done before a pool is up
KEPT = ".cohort.sqlite"
_CODE = f"{__version__} {SCHEMA_VERSION} 2"  # what is kept is counted anew when this changes
SCHEDULER_SECONDS = 10
_DEEPEST = 12  # folders within folders
_OURS = {"progress.csv", "class.html", "problems.csv", COPIES, "course.toml", KEPT}
_SIDE_FILES = (f"{KEPT}-journal", f"{KEPT}-wal", f"{KEPT}-shm")


# --- what there is to count ------------------------------------------------------------------


class Unit(NamedTuple):
    """One hand-in or workbook. path: below the root, with /; files: those to read, below it.

    kind: hand-in (a zip), unzipped (one that a browser unpacked), workbook (a folder of logs);
    stamp: differs when anything in it has changed; at: when it was changed last, in seconds
    """

    path: str
    kind: str
    files: tuple[str, ...]
    stamp: str
    at: float


class Left(NamedTuple):
    """Something that is not counted, and why, as the end of a sentence."""

    path: str
    reason: str


def _units_here(root: Path) -> Iterator[Unit | Left]:
    """Everything below a folder on this computer, in order of name. Follows no link."""

    def walk(folder: str, below: str, depth: int) -> Iterator[Unit | Left]:
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield Left(below or ".", f"it cannot be read ({error.strerror})")
            return
        names = {entry.name for entry in entries}
        if unit := _folder_unit(entries, names, below):
            yield unit
            return
        if {"notebooks", "data"} <= names:
            entries = [entry for entry in entries if entry.name == "data"]
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if _is_skipped(entry.name, below):
                continue
            if entry.is_symlink():
                yield Left(path, "it is a link, and links are not followed")
            elif entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST:
                    yield from walk(entry.path, path, depth + 1)
                else:
                    yield Left(path, "it lies too deep in folders")
            elif entry.name.lower().endswith(".zip"):
                seen = entry.stat(follow_symlinks=False)
                stamp = f"{seen.st_size} {seen.st_mtime_ns}"
                yield Unit(path, "hand-in", (path,), stamp, seen.st_mtime)
            elif not (entry.name in _OURS or below.endswith("data") or below == "data"):
                yield Left(path, "it is neither a hand-in nor a workbook")

    yield from walk(str(root), "", 0)


def _is_skipped(name: str, below: str) -> bool:
    """Hidden files, a Mac's side files, and the invented learner who lies in every copy."""
    in_data = below.rpartition("/")[2] == "data"
    return name.startswith(".") or name == "__MACOSX" or (name == "example" and in_data)


def _folder_unit(entries: list[os.DirEntry], names: set[str], below: str) -> Unit | None:
    """The workbook or unzipped hand-in that a folder is; None when it is neither."""
    unzipped = hand_in.ABOUT in names
    is_empty = below == "data/log" or below.endswith("/data/log")  # nothing is logged yet
    if not unzipped and not is_empty and names.isdisjoint(_LOGS):
        return None
    files, stamps, at = [], [], 0.0
    for entry in entries:
        if entry.name in _LOGS or unzipped and entry.name == hand_in.ABOUT:
            if not entry.is_file(follow_symlinks=False):
                continue
            seen = entry.stat(follow_symlinks=False)
            files.append(f"{below}/{entry.name}" if below else entry.name)
            stamps.append(f"{entry.name} {seen.st_size} {seen.st_mtime_ns}")
            at = max(at, seen.st_mtime)
    kind = "unzipped" if unzipped else "workbook"
    return Unit(below or ".", kind, tuple(files), _digest(stamps), at)


_LOGS = {f"{table}.csv" for table in (*SHAPES, "learner")}


def _digest(stamps: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(stamps).encode(), digest_size=16).hexdigest()


def _units_there(root: str) -> Iterator[Unit | Left]:
    """Everything below an fsspec address, such as s3://bucket/class, in order of name."""
    fs, base = _file_system(root)
    base = base.rstrip("/")
    folders: dict[str, list[tuple[str, dict]]] = {}
    zips, others = [], []
    try:
        found = fs.find(base, detail=True)
    except FileNotFoundError:
        found = {}
    for full, info in sorted(found.items()):
        path = full[len(base) :].lstrip("/")
        below, _, name = path.rpartition("/")
        parts = below.split("/")
        if any(_is_skipped(part, "/".join(parts[:n])) for n, part in enumerate(parts) if part):
            continue
        if _is_skipped(name, below):
            continue
        if below and (name in _LOGS or name == hand_in.ABOUT):
            folders.setdefault(below, []).append((path, info))
        elif name.lower().endswith(".zip"):
            zips.append((path, info))
        elif name not in _OURS and "notebooks" not in parts and parts[-1] != "data":
            others.append(path)
    units: list[Unit | Left] = [
        Unit(path, "hand-in", (path,), _remote_stamp(info), _remote_time(info))
        for path, info in zips
        if path.rpartition("/")[0] not in folders
    ]
    for folder, files in folders.items():
        unzipped = any(path.endswith(f"/{hand_in.ABOUT}") for path, _ in files)
        stamp = _digest(f"{path} {_remote_stamp(info)}" for path, info in files)
        at = max(_remote_time(info) for _, info in files)
        kind = "unzipped" if unzipped else "workbook"
        units.append(Unit(folder, kind, tuple(path for path, _ in files), stamp, at))
    units += [
        Left(path, "it is neither a hand-in nor a workbook")
        for path in others
        if path.rpartition("/")[0] not in folders
    ]
    yield from sorted(units, key=lambda unit: unit.path)


def _remote_stamp(info: dict) -> str:
    changed = info.get("ETag") or info.get("LastModified") or info.get("mtime")
    return f"{info.get('size')} {changed or info.get('created')}"


def _remote_time(info: dict) -> float:
    when = info.get("LastModified") or info.get("mtime") or info.get("created") or 0
    return when.timestamp() if hasattr(when, "timestamp") else float(when)


def _file_system(root: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise WorkbookError(
            f"Reading {root} takes a few packages more: pip install distributed fsspec",
            value=root,
        ) from None
    try:
        return url_to_fs(root)
    except (ImportError, ValueError) as error:
        raise WorkbookError(
            f"{root} is no address that can be read ({error}).", value=root
        ) from None


def _is_remote(root: str) -> bool:
    return "://" in root


# --- counting one, in whatever process -------------------------------------------------------


class Counted(NamedTuple):
    """What came of a unit: `kept` for the class, or the reason why there is nothing."""

    path: str
    stamp: str
    at: float
    copy: str
    kept: str
    reason: str


def count_batch(root: str, units: list[Unit]) -> list[Counted]:
    """Count some units. Runs in a worker: it gets paths and returns small texts."""
    open_ = _opener(root)
    with without_collection():
        return [_count(open_, unit) for unit in units]


def _opener(root: str) -> Callable[[str, int], bytes]:
    """Return a function from (path below the root, most bytes) to bytes."""
    if _is_remote(root):
        fs, base = _file_system(root)

        def there(path: str, most: int) -> bytes:
            with fs.open(f"{base.rstrip('/')}/{path}", "rb") as file:
                return file.read(most)

        return there

    no_link = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    no_link |= getattr(os, "O_BINARY", 0)

    def here(path: str, most: int) -> bytes:
        handle = os.open(f"{root}/{path}", os.O_RDONLY | no_link)
        try:
            seen = os.fstat(handle)
            if not stat.S_ISREG(seen.st_mode):
                raise OSError(None, "it is not a file")
            read, parts = 0, []
            while read < most and (part := os.read(handle, min(most - read, 1 << 20))):
                parts.append(part)
                read += len(part)
            return b"".join(parts)
        finally:
            os.close(handle)

    return here


def _count(open_: Callable[[str, int], bytes], unit: Unit) -> Counted:
    copy, kept, reason = "", "", ""
    try:
        read = {"hand-in": _hand_in, "unzipped": _unzipped, "workbook": _workbook}[unit.kind]
        copy, facts = read(open_, unit)
        kept = json.dumps(counts.count(facts), separators=(",", ":"))
    except (hand_in.HandInUnusable, counts.Unusable, sheet.Unreadable) as error:
        reason = str(error)
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
    except MemoryError:
        reason = "it is too large for this computer"
    except Exception as error:  # whatever a hostile file does, the class is counted
        reason = f"its rows cannot be counted ({type(error).__name__}: {str(error)[:80]})"
    return Counted(unit.path, unit.stamp, unit.at, copy, kept, clean(reason, 300))


def _hand_in(open_: Callable[[str, int], bytes], unit: Unit) -> tuple[str, Any]:
    raw = open_(unit.path, hand_in.LIMITS.zip_bytes + 1)
    held = hand_in.read(raw)
    return held.copy, counts.facts_of(held.tables)


def _unzipped(open_: Callable[[str, int], bytes], unit: Unit) -> tuple[str, Any]:
    files, left = {}, hand_in.LIMITS.bytes
    for path in unit.files:
        files[path.rpartition("/")[2]] = raw = open_(path, left + 1)
        left -= len(raw)
    held = hand_in.read_unzipped(files)
    return held.copy, counts.facts_of(held.tables)


def _workbook(open_: Callable[[str, int], bytes], unit: Unit) -> tuple[str, Any]:
    tables, home = {}, None
    for path in unit.files:
        table = path.rpartition("/")[2].removesuffix(".csv")
        raw = open_(path, counts.LONGEST_LOG + 1)
        try:
            tables[table] = counts.rows_of(table, raw)
        except sheet.Unreadable as error:
            raise counts.Unusable(f"{table}.csv {error}") from None
    if "learner" in tables:
        header, rows = tables.pop("learner")
        if "timezone" in header and rows and (name := rows[-1][header.index("timezone")]):
            home = ZoneInfo(name)
    return _mark(open_, unit.path), counts.facts_of(tables, days_in(home))


def _mark(open_: Callable[[str, int], bytes], folder: str) -> str:
    """The code of the copy that a workbook is; blank where there is none."""
    if folder.rpartition("/")[2] != "log":
        return ""
    try:
        said = json.loads(open_(f"{folder.rpartition('/')[0]}/copy.json", 1_000_000))["copy"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return said if isinstance(said, str) and re.fullmatch("[a-z0-9]{1,40}", said) else ""


# --- counting all ----------------------------------------------------------------------------


def _batches(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    while batch := list(islice(units, BATCH)):
        yield batch


class _Pool(ProcessPoolExecutor):
    """Processes that do not run the calling script again, as they do where it lacks the
    `if __name__ == "__main__"` that no instructor should have to know of."""

    def submit(self, *args: Any, **options: Any) -> Future:  # new processes start in here
        main = sys.modules["__main__"]
        kept = {name: main.__dict__[name] for name in ("__file__", "__spec__")
                if name in main.__dict__}  # fmt: skip
        main.__dict__.pop("__file__", None)
        main.__spec__ = None
        try:
            return super().submit(*args, **options)
        finally:
            main.__dict__.update(kept)


@contextmanager
def _executor(scheduler: str, workers: int) -> Iterator[tuple[Callable[[], Executor], int]]:
    """A function that gives a (new) executor, and how many batches to have under way."""
    if scheduler:
        try:
            from distributed import Client
        except ImportError:
            raise WorkbookError(
                "A Dask cluster takes one package more: pip install distributed fsspec"
            ) from None
        try:
            client = Client(scheduler, timeout=SCHEDULER_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkbookError(
                f"No Dask scheduler answers at {scheduler}. Start one, or leave --scheduler out.",
                value=scheduler,
            ) from error
        with client:
            threads = sum(client.nthreads().values()) or 1
            yield lambda: client.get_executor(pure=False, retries=3), 4 * threads
        return
    pools: list[ProcessPoolExecutor] = []
    methods = get_all_start_methods()
    method = "forkserver" if "forkserver" in methods else "spawn"

    def pool() -> Executor:
        context = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload([__name__])  # imported once, not in each worker
        pools.append(_Pool(workers, mp_context=context))
        return pools[-1]

    try:
        yield pool, 3 * workers
    finally:
        for made in pools:
            made.shutdown(wait=False, cancel_futures=True)


def _count_all(
    root: str, units: Iterator[Unit], scheduler: str, workers: int
) -> Iterator[list[Counted]]:
    """What came of the units, batch by batch, in the order of the units."""
    batches = _batches(units)
    first = list(islice(batches, FEW_BATCHES + 1))
    here_only = _is_remote(root) and root.startswith("memory:")  # no other process sees it
    if not scheduler and (workers == 1 or len(first) <= FEW_BATCHES or here_only):
        for batch in chain(first, batches):
            yield count_batch(root, batch)
        return
    with _executor(scheduler, workers) as (new_executor, most):
        executor, under_way = new_executor(), deque()
        for batch in chain(first, batches):
            under_way.append((batch, executor.submit(count_batch, root, batch)))
            if len(under_way) >= most:
                executor = yield from _next(root, under_way, executor, new_executor)
        while under_way:
            executor = yield from _next(root, under_way, executor, new_executor)


def _next(
    root: str,
    under_way: deque[tuple[list[Unit], Future]],
    executor: Executor,
    new_executor: Callable[[], Executor],
) -> Iterator[list[Counted]]:
    """Yield the oldest batch; returns the executor to go on with."""
    batch, future = under_way.popleft()
    try:
        yield future.result()
        return executor
    except Exception as error:
        if not _is_dead_worker(error):
            raise
        # A worker died, by this batch or another one: each unit is now tried on its own.
        yield [_count_alone(root, unit, new_executor) for unit in batch]
    executor = new_executor()
    for n, (waiting, future) in enumerate(under_way):
        if not future.done() or future.exception() is not None:
            under_way[n] = waiting, executor.submit(count_batch, root, waiting)
    return executor


def _is_dead_worker(error: Exception) -> bool:
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _count_alone(root: str, unit: Unit, new_executor: Callable[[], Executor]) -> Counted:
    executor = new_executor()
    try:
        return executor.submit(count_batch, root, [unit]).result()[0]
    except Exception as error:
        if not _is_dead_worker(error):
            raise
        reason = "the program that counted it was ended by the system"
        return Counted(unit.path, unit.stamp, unit.at, "", "", reason)
    finally:
        executor.shutdown(wait=False)


# --- what is kept ----------------------------------------------------------------------------


class _Kept:
    """The database of what was counted, and of what this run has seen."""

    def __init__(self, path: Path):
        self.db = sqlite3.connect(path)
        try:
            self._begin()
        except sqlite3.DatabaseError:  # damaged, or not ours: it is only a store, made again
            self.db.close()
            path.unlink()
            self.db = sqlite3.connect(path)
            self._begin()

    def _begin(self) -> None:
        self.db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE TABLE IF NOT EXISTS about (code TEXT);"
            "CREATE TABLE IF NOT EXISTS unit (path TEXT PRIMARY KEY, stamp TEXT, at REAL,"
            " copy TEXT, kept TEXT, reason TEXT) WITHOUT ROWID;"
            "CREATE TEMP TABLE seen (path TEXT PRIMARY KEY) WITHOUT ROWID;"
        )
        self.db.execute("SELECT path, stamp, at, copy, kept, reason FROM unit LIMIT 0")
        if self.db.execute("SELECT code FROM about").fetchone() != (_CODE,):
            self.db.executescript("DELETE FROM about; DELETE FROM unit;")
            self.db.execute("INSERT INTO about VALUES (?)", (_CODE,))
            self.db.commit()

    def new(self, found: Iterator[Unit | Left], tell: Callable[[int], None]) -> Iterator[Unit]:
        """Yield the units that are new or changed; what is left out is noted at once."""
        while some := list(islice(found, 400)):
            marks = ",".join("?" * len(some))
            paths = [one.path for one in some]
            query = f"SELECT path, stamp FROM unit WHERE path IN ({marks})"
            known = dict(self.db.execute(query, paths))
            self.db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((p,) for p in paths))
            lefts = [one for one in some if isinstance(one, Left)]
            self.add(Counted(one.path, "", 0, "", "", one.reason) for one in lefts)
            fresh = [u for u in some if isinstance(u, Unit) and known.get(u.path) != u.stamp]
            tell(len(some) - len(fresh) - len(lefts))
            yield from fresh

    def add(self, counted: Iterable[Counted]) -> None:
        self.db.executemany("INSERT OR REPLACE INTO unit VALUES (?,?,?,?,?,?)", counted)

    def finish(self) -> None:
        """Drop what is not there any more."""
        self.db.execute("DELETE FROM unit WHERE path NOT IN (SELECT path FROM seen)")
        self.db.commit()

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """(path, copy, kept, reason) of every unit in order; of a copy handed in several
        times the newest counts, the others have a reason."""
        older = {
            path
            for path, newest in self.db.execute(
                "SELECT path, first_value(path) OVER (PARTITION BY copy ORDER BY at DESC, path "
                "DESC) FROM unit WHERE reason = '' AND copy IN (SELECT copy FROM unit "
                "WHERE reason = '' AND copy != '' GROUP BY copy HAVING count(*) > 1)"
            )
            if path != newest
        }
        for path, copy, kept, reason in self.db.execute(
            "SELECT path, copy, kept, reason FROM unit ORDER BY path"
        ):
            if path in older:
                kept, reason = "", "a newer one of the same learner is counted instead"
            yield path, copy, kept, reason


# --- one learner's line ----------------------------------------------------------------------

QUIET_DAYS = 14
UNANSWERED = 5


def words_for(kept: dict[str, Any], course: Course, today: date) -> list[str]:
    """Return why an instructor may want a word with this learner; nothing for most."""
    now, targets, found = today.toordinal(), course.targets, []
    if kept["last"] is None:
        return ["nothing is logged yet"]
    if (quiet := now - kept["last"]) > QUIET_DAYS:
        found.append(f"nothing was logged for {quiet} days")
    asked, replied = kept["funnel"][0], kept["funnel"][1]
    if asked >= UNANSWERED and replied == 0:
        found.append(f"{asked} people asked and no reply yet")
    overdue = course.thank_you.overdue_days
    if n := sum(now - day > overdue for day in kept["unthanked"]):
        found.append(f"{_n(n, 'meeting')} without a thank-you note for over {overdue} days")
    if n := sum(now - day > overdue for day in kept["unwritten"]):
        found.append(f"{_n(n, 'meeting')} without a debrief")
    if n := sum(day < now for day in kept["passed"]):
        found.append(f"{_n(n, 'meeting')} passed without saying how it went")
    for what, n, target, by in (
        ("people in the network", kept["contacts"], targets.contacts, targets.contacts_by),
        ("requests sent", kept["requests"], targets.requests, targets.requests_by),
        ("interviews about any one occupation", max(kept["held"], default=0),
         targets.interviews_per_occupation, targets.interviews_by),
    ):  # fmt: skip
        if by and today > by and n < target:
            found.append(f"{n} of {target} {what} by {by}")
    return found


def _n(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"


PROGRESS = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "hand_in", "contacts",
    "contacts_target", "requests", "requests_target", "people_asked", "people_replied",
    "people_met", "people_thanked", "interviews_held", "most_for_one_occupation",
    "interviews_per_occupation_target", "occupations_at_target", "referrals",
    "independent_voices", "median_days_to_thank", "last_active_on", "targets_reached",
    "targets", "may_need_a_word",
)  # fmt: skip


def line(
    path: str, who: Copy | None, kept: dict[str, Any] | None, words: list[str], course: Course
) -> list[Any]:
    """Return a learner's line of progress.csv; without counts for one who handed nothing in."""
    name, ids = _who(path), ("", "", "", "")
    if who:
        name, ids = who.name, (who.canvas_id, who.id, who.login, who.section)
    elif found := re.match(r"[^_]+_(?:LATE_)?(\d+)_\d+_", path.rpartition("/")[2]):
        ids = (found[1], "", "", "")  # Canvas writes its id into the names of what it collects
    start = [safe(clean(text)) for text in (name, *ids, path)]
    t = course.targets
    if kept is None:
        return [*start, *[""] * (len(PROGRESS) - len(start) - 1), safe("; ".join(words))]
    asked, replied, _, met, thanked, _ = kept["funnel"]
    n_held, n_referrals, n_independent = kept["sums"]
    best = max(kept["held"], default=0)
    reached = [kept["contacts"] >= t.contacts, kept["requests"] >= t.requests,
               best >= t.interviews_per_occupation]  # fmt: skip
    thanks = sorted(kept["thanks"])
    median = (thanks[(len(thanks) - 1) // 2] + thanks[len(thanks) // 2]) / 2 if thanks else ""
    return [
        *start, kept["contacts"], t.contacts, kept["requests"], t.requests, asked, replied, met,
        thanked, n_held, best, t.interviews_per_occupation,
        sum(n >= t.interviews_per_occupation for n in kept["held"]),
        n_referrals, n_independent, median,
        date.fromordinal(kept["last"]) if kept["last"] else "", sum(reached), len(reached),
        safe("; ".join(words)),
    ]  # fmt: skip


def _who(path: str) -> str:
    """What to call a learner whom no list of copies names: as the learning platform does."""
    parts = [p for p in path.split("/") if p not in ("data", "log", "submissions")]
    name = parts[0] if len(parts) > 1 else (parts or [path])[-1]
    name = re.sub(r"_assignsubmission_file_?$", "", name.removesuffix(".zip"))
    if found := re.match(r".+?_([^_]+)_attempt_\d", name):
        return found[1]  # Blackboard: the assignment, the username, the attempt
    if found := re.match(r"([^_]+)_(?:LATE_)?\d+(?:_\d+_.*)?$", name):
        return found[1]  # Canvas and Moodle: the name, then numbers
    return name


# --- the whole of it -------------------------------------------------------------------------


@dataclass
class Class:
    """What a run found. words: (name, reasons) of learners, most reasons first, some at most;
    problems: (path, reason), some at most; reached: target -> learners who reached it"""

    course: Course
    today: date
    totals: counts.Totals = field(default_factory=counts.Totals)
    reached: Counter = field(default_factory=Counter)
    words: list[tuple[str, list[str]]] = field(default_factory=list)
    n_words: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    n_problems: int = 0
    n_read: int = 0
    n_known: int = 0
    n_missing: int = 0


MOST_LISTED = 300


def cohort(
    folder: str | Path,
    to: Path,
    *,
    scheduler: str = "",
    workers: int = 0,
    course: Path | None = None,
    copies: Path | None = None,
    today: date | None = None,
    progress: bool = False,
) -> Class:
    """Roll up the hand-ins or workbooks below a folder; write what came of it into `to`.

    folder: on this computer, or an fsspec address such as s3://bucket/class
    to: gets progress.csv, class.html and problems.csv, and keeps what was counted, so that a
    second run reads only what is new or has changed
    scheduler: the address of a Dask scheduler; workers: processes, as many as processors by
    default, 1 for a loop; course: a course.toml; copies: the copies.csv of distribute

    Nothing in the folder is ever a reason to stop: what cannot be counted is a line in
    problems.csv. Raises WorkbookError when there is no such folder.
    """
    root = str(folder)
    if not _is_remote(root):
        if not Path(root).is_dir():
            raise WorkbookError(f"There is no folder {root}. Give the folder of the hand-ins.")
        root = os.path.abspath(root)
    to, today = Path(to), today or date.today()
    done = Class(_course(root, course), today)
    listed = _copies(root, copies)
    try:
        to.mkdir(parents=True, exist_ok=True)
        kept = _Kept(to / KEPT)
        with closing(kept.db):
            _first_step(root, kept, done, scheduler, workers or os.cpu_count() or 1, progress)
            _second_step(kept, done, listed, to)
    except (OSError, sqlite3.Error) as error:
        raise WorkbookError(
            f"{to} could not be written ({error}). Choose a folder of your own with room on its "
            "disk, and run the command again: what was counted is kept.",
            path=to,
        ) from error
    return done


def _course(root: str, path: Path | None) -> Course:
    """The settings given, else those beside the hand-ins, in this workbook, or as shipped."""
    if path is not None:
        if not Path(path).is_file():
            raise WorkbookError(f"There is no file {path}. Give a course.toml.", path=path)
        return read_course(Path(path))
    places = [Path.cwd() / "data" / "course.toml", shipped() / "data" / "course.toml"]
    if not _is_remote(root):
        places.insert(0, Path(root) / "course.toml")
    return read_course(next((place for place in places if place.is_file()), places[0]))


def _copies(root: str, path: Path | None) -> dict[str, Copy]:
    """Code -> whose copy it is; empty when there is no list."""
    if path is not None and not Path(path).is_file():
        raise WorkbookError(f"There is no file {path}. Give the copies.csv of distribute.")
    if path is None:
        if _is_remote(root):
            return {}
        path = Path(root) / COPIES
    return {copy.copy: copy for copy in read_copies(Path(path))}


def _first_step(
    root: str, kept: _Kept, done: Class, scheduler: str, workers: int, progress: bool
) -> None:
    """Count what is new or has changed, and keep it."""
    found = _units_there(root) if _is_remote(root) else _units_here(Path(root))
    with _bar(progress) as tell:

        def known(n: int) -> None:
            done.n_known += n
            tell(n)

        for n, batch in enumerate(_count_all(root, kept.new(found, known), scheduler, workers)):
            kept.add(batch)
            done.n_read += len(batch)
            tell(len(batch))
            if n % 30 == 0:
                kept.db.commit()
    kept.finish()


@contextmanager
def _bar(progress: bool) -> Iterator[Callable[[int], Any]]:
    try:
        from tqdm import tqdm
    except ImportError:  # the bar is a comfort, not a need
        progress = False
    if not progress:
        yield lambda n: None
        return
    with tqdm(unit=" hand-ins", disable=None, leave=False) as bar:
        yield bar.update


def _second_step(kept: _Kept, done: Class, listed: dict[str, Copy], to: Path) -> None:
    """Go through what is kept once, in order, and write what comes of it."""
    waiting = dict(listed)
    with (
        _table(to / "progress.csv", PROGRESS) as learner,
        _table(to / "problems.csv", ("hand_in", "reason")) as problem,
    ):
        for path, copy, text, reason in kept.rows():
            if reason:
                problem([safe(clean(path, 1000)), safe(reason)])
                done.n_problems += 1
                if len(done.problems) < MOST_LISTED:
                    done.problems.append((path, reason))
                continue
            one = json.loads(text)
            who = listed.get(copy)
            waiting.pop(copy, None)
            words = words_for(one, done.course, done.today)
            cells = line(path, who, one, words, done.course)
            learner(cells)
            done.totals.add(one)
            _reach(done, one)
            _note(done, who.name if who else plain(cells[0]), words)
        for copy in waiting.values():
            words = ["nothing was handed in yet"]
            learner(line("", copy, None, words, done.course))
            _note(done, copy.name, words)
            done.n_missing += 1
    done.words.sort(key=lambda word: (-len(word[1]), word[0].casefold()))
    from .report import html

    with _replacing(to / "class.html") as file:
        file.write(html(done))


def _reach(done: Class, one: dict[str, Any]) -> None:
    t = done.course.targets
    done.reached["contacts"] += one["contacts"] >= t.contacts
    done.reached["requests"] += one["requests"] >= t.requests
    done.reached["interviews"] += max(one["held"], default=0) >= t.interviews_per_occupation


def _note(done: Class, name: str, words: list[str]) -> None:
    done.n_words += bool(words)
    if words:
        done.words.append((clean(name), words))
        if len(done.words) > 4 * MOST_LISTED:
            done.words.sort(key=lambda word: -len(word[1]))
            del done.words[MOST_LISTED:]


@contextmanager
def _table(path: Path, header: tuple[str, ...]) -> Iterator[Callable[[list[Any]], Any]]:
    """A CSV in UTF-8 that is there whole or not at all."""
    with _replacing(path) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        yield writer.writerow


@contextmanager
def _replacing(path: Path) -> Iterator[io.TextIOBase]:
    beside = path.with_name(f".{path.name}.new")
    with open(beside, "w", encoding="utf-8", newline="") as file:
        yield file
    os.replace(beside, path)


# --- what the command line calls -------------------------------------------------------------


def command(
    folder: str, to: Path, scheduler: str, workers: int, course: Path | None, copies: Path | None
) -> int:
    done = cohort(
        folder, to, scheduler=scheduler, workers=workers, course=course, copies=copies,
        progress=True,
    )  # fmt: skip
    print(
        f"{_n(done.totals.learners, 'learner')} counted: {done.n_read} read, {done.n_known} known "
        f"from an earlier run. {done.n_words} may need a word from you."
    )
    if done.n_missing:
        print(f"{_n(done.n_missing, 'learner')} of copies.csv handed nothing in yet.")
    if done.n_problems:
        print(f"{done.n_problems} left out: {to / 'problems.csv'} says why.")
    print(f"Open {to / 'class.html'}; {to / 'progress.csv'} has a line per learner.")
    return 0
