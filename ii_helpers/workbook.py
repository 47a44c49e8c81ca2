"""A workbook: the folder of one learner's logs, and the settings of the course."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from .errors import NothingToUndo, Problem, WorkbookError
from .log import Log
from .settings import Course as Course
from .settings import read_course as read_course
from .tables import TABLES

HIDDEN = ".workbook"  # the workbook's own files, beside the logs


# --- the workbook ------------------------------------------------------------------------


class Workbook:
    """One learner's logs, an attribute per table: `wb.contacts`, `wb.interviews` ...

    folder: where the CSV files are, made when missing; course: the course's settings;
    is_example: whether this is the invented learner's workbook
    """

    if TYPE_CHECKING:
        learner: Log
        criteria: Log
        occupations: Log
        organizations: Log
        findings: Log
        goals: Log
        contacts: Log
        referrals: Log
        messages: Log
        interviews: Log
        questions: Log
        debriefs: Log
        fit_ratings: Log
        tasks: Log

    def __init__(self, folder: Path, course: Course, is_example: bool = False):
        self.folder, self.course, self.is_example = folder, course, is_example
        (folder / HIDDEN).mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / HIDDEN / "lock", timeout=30, poll_interval=0.002)
        for table in TABLES.values():
            log = Log(folder / f"{table.name}.csv", table, self.lock, self._has, self._referring_to)
            log.changed = self._note
            setattr(self, table.name, log)
        self._watchers: dict[str, Callable[[str], None]] = {}
        self._steps: list[tuple[str, list[tuple[str, str, list]]]] = []
        self._group: tuple[str, list] | None = None

    def __repr__(self) -> str:
        filled = [f"{len(log)} {log.table.name}" for log in self.logs() if len(log)]
        return f"<workbook: {', '.join(filled) or 'no rows yet'}>"

    def logs(self) -> Iterator[Log]:
        """The log of every table."""
        for name in TABLES:
            yield getattr(self, name)

    def log(self, table: str) -> Log:
        """The log of the table with this name."""
        return getattr(self, table)

    # --- changes -------------------------------------------------------------------------

    def watch(self, key: str, callback: Callable[[str], None]) -> None:
        """Call `callback(table name)` after each write made through this workbook.

        key: whose callback it is; a newer one of the same key takes its place.
        """
        self._watchers[key] = callback

    @contextmanager
    def together(self, words: str) -> Iterator[None]:
        """Make the writes of this block one change, which undo takes back as one.

        words: what the change is, as in "merge two people"
        """
        with self.lock:
            self._group = (words, [])
            try:
                yield
            finally:
                (words, changes), self._group = self._group, None
                if changes:
                    self._steps.append((words, changes))
        for table in dict.fromkeys(table for table, _, _ in changes):
            self._tell(table)

    def undo(self) -> str:
        """Take back the last change and return a sentence that says what it was.

        Raises NothingToUndo when no change is left.
        """
        if not self._steps:
            raise NothingToUndo("There is no change left to take back.")
        words, changes = self._steps.pop()
        with self.lock:
            for table, verb, rows in reversed(changes):
                log = self.log(table)
                for id, before in rows:
                    if verb == "append":
                        log._load().pop(id, None)
                    else:
                        log._load()[id] = before
                log._replace()
        for table in dict.fromkeys(table for table, _, _ in changes):
            self._tell(table)
        return f"Taken back: {words}."

    def _note(self, table: str, verb: str, rows: list) -> None:
        if self._group:
            self._group[1].append((table, verb, rows))
            return
        self._steps.append((f"{verb} in {table}", [(table, verb, rows)]))
        self._tell(table)

    def _tell(self, table: str) -> None:
        for callback in list(self._watchers.values()):
            callback(table)

    # --- drafts --------------------------------------------------------------------------

    def keep_draft(self, key: str, values: dict[str, Any]) -> None:
        """Keep what is typed but not saved; it is on disk when this returns."""
        path = self._draft_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC).isoformat()
        beside = path.with_suffix(".new")
        with open(beside, "w", encoding="utf-8") as file:
            json.dump({"key": key, "kept_at": now, "values": values}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)

    def draft(self, key: str) -> tuple[dict[str, Any], datetime] | None:
        """Return what was kept under this key and when (UTC), or None."""
        try:
            kept = json.loads(self._draft_path(key).read_text(encoding="utf-8"))
            return kept["values"], datetime.fromisoformat(kept["kept_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def discard_draft(self, key: str) -> None:
        """Throw away what was kept under this key, if anything."""
        self._draft_path(key).unlink(missing_ok=True)

    def _draft_path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self.folder / HIDDEN / "drafts" / f"{name}.json"

    # --- backups and checks ----------------------------------------------------------------

    def backup(self, to: Path | None = None) -> Path:
        """Write every log into one dated zip and return its path."""
        name = f"workbook-{datetime.now():%Y-%m-%d-%H%M%S}.zip"
        path = Path(to) if to else self.folder / HIDDEN / "backups" / name
        path = path / name if path.is_dir() else path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.lock, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for log in self.logs():
                if log.path.exists():
                    file.write(log.path, log.path.name)
        return path

    def check(self) -> list[Problem]:
        """Look the workbook over; no problems: an empty list. Writes no file."""
        found = []
        for log in self.logs():
            try:
                log.rows()
            except WorkbookError as error:
                found.append(Problem(str(error), log.table.name, log.path))
        return found

    def _has(self, table: str, id: str) -> bool:
        return id in self.log(table)

    def _referring_to(self, id: str) -> Iterator[str]:
        for log in self.logs():
            columns = log.table.references
            if any(getattr(row, column) == id for column in columns for row in log.rows()):
                yield log.table.name

    def label(self, table: str, id: str) -> str:
        """Return the words that name a row to a person: a contact's name, a meeting's date."""
        if not id or id not in self.log(table):
            return ""
        row, shape, words = self.log(table).get(id), TABLES[table], []
        for column in shape.named_by:
            value = getattr(row, column)
            if column in shape.references:
                value = self.label(shape.references[column], value)
            elif shape.kinds[column] == "instant":
                value = f"{value:%a} {value.day} {value:%b %Y, %H:%M}"
            elif shape.kinds[column] == "day":
                value = f"{value.day} {value:%b %Y}"
            words.append(str(value))
        return ", ".join(words)

    def forget(self, contact_id: str) -> None:
        """Erase a person and all that was said with or about them, from every log."""
        gone = {"contacts": {contact_id}}
        meetings = {r.id for r in self.interviews.rows() if r.contact_id == contact_id}
        gone["interviews"] = meetings
        for log in self.logs():
            for column, table in log.table.references.items():
                if table in ("contacts", "interviews"):
                    ids = {r.id for r in log.rows() if getattr(r, column) in gone[table]}
                    gone.setdefault(log.table.name, set()).update(ids)
        for name, ids in gone.items():
            self.log(name).erase_many(ids)


def open_workbook(folder: str | os.PathLike[str] | None = None) -> Workbook:
    """Open the logs in this folder, made when missing.

    folder: a folder of logs; by default where II_WORKBOOK_LOG points, else data/log
    beside the notebooks. Only then the switch in 00_start_here counts, which shows the
    invented learner's workbook instead.
    """
    if folder is not None:
        own = Path(folder)
        return Workbook(own, read_course(own.parent / "course.toml"))
    own, data = _own_folder(), _data_folder()
    course = read_course(data / "course.toml")
    if _switch(own).exists():
        return Workbook(own / HIDDEN / "example", course, is_example=True)
    return Workbook(own, course)


def check(folder: str | os.PathLike[str]) -> list[Problem]:
    """Look over the workbook in this folder; no problems: an empty list. Writes no file."""
    return open_workbook(folder).check()


def restore(backup: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Path:
    """Put the logs of a backup into this folder; return the backup made of those before."""
    wb = open_workbook(folder)
    before = wb.backup()
    with wb.lock, zipfile.ZipFile(backup) as file:
        for log in wb.logs():
            log.path.unlink(missing_ok=True)
            if log.path.name in file.namelist():
                log.path.write_bytes(file.read(log.path.name))
    return before


def show_example(on: bool) -> None:
    """Show the invented learner's workbook from now on, or the learner's own again.

    The learner's logs are not touched: the example is a copy, made new each time.
    """
    own = _own_folder()
    copy = own / HIDDEN / "example"
    if on:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(_data_folder() / "example", copy)
        _switch(own).touch()
    else:
        _switch(own).unlink(missing_ok=True)


def _switch(own: Path) -> Path:
    return own / HIDDEN / "show-example"


def _own_folder() -> Path:
    if place := os.environ.get("II_WORKBOOK_LOG"):
        return Path(place)
    return _data_folder() / "log"


def _data_folder() -> Path:
    """The data folder beside the notebooks, from inside or beside the notebooks folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data").is_dir() and (folder / "notebooks").is_dir():
            return folder / "data"
    return (here.parent if here.name == "notebooks" else here) / "data"
