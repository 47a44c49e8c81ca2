"""A workbook: the folder of one learner's logs, what changed in them, and drafts of forms."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import copies, files, forgetting, upkeep
from .errors import (
    CannotUndo,
    LogUnreadable,
    LogUnwritable,
    NothingToUndo,
    Problem,
    RowNotFound,
    WorkbookError,
)
from .journal import Journal
from .log import Log, Lost
from .settings import Course as Course
from .settings import read_course as read_course
from .tables import TABLES
from .upkeep import HIDDEN as HIDDEN

_NO_STEP = {"seen"}  # notes in the journal that undo passes over


class _Changes:
    """What this workbook writes: the journal's entries, and who wants to hear of them."""

    def __init__(self, journal: Journal, lock: files.Lock):
        self.journal, self.lock = journal, lock
        self.watchers: dict[str, Callable[[str], object]] = {}
        self.notices: list[Problem] = []
        self.step: tuple[str, str] | None = None
        self.of_step: list[tuple[str, dict[str, Any]]] = []
        self._untold: list[str] = []

    def note(self, table: str, entry: dict[str, Any]) -> None:
        at = self.journal.new_step()
        step, words = self.step or (at, "")
        entry = {"at": at, "step": step, "words": words, **entry}
        self.journal.note(table, entry)
        if entry["do"] in _NO_STEP:
            return
        self._untold.append(table)
        if self.step:
            self.of_step.append((table, entry))

    def retract(self) -> None:
        self.journal.retract()
        self._untold.pop()
        if self.step:
            self.of_step.pop()

    def said(self, problem: Problem) -> None:
        self.notices.append(problem)

    def tell(self) -> None:
        """Call the watchers, once the lock is given back. A write has succeeded by then: what
        goes wrong in a watcher is shown, and is not the writer's error."""
        if self.lock.is_held:
            return
        tables, self._untold = dict.fromkeys(self._untold), []
        self.tell_of(tables)

    def tell_of(self, tables: Iterable[str]) -> None:
        for table in tables:
            for callback in list(self.watchers.values()):
                try:
                    callback(table)
                except Exception:
                    import traceback

                    traceback.print_exc()


class Workbook:
    """One learner's logs, an attribute per table: `wb.contacts`, `wb.interviews` ...

    folder: where the CSV files are, made when missing; course: the course's settings;
    is_example: whether this is the invented learner's workbook
    Raises WorkbookNewer for a folder that a newer version has written to, LogUnwritable when
    there is no folder and none can be made.
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
        self.hidden = folder / HIDDEN
        upkeep.make_folder(folder)
        self.lock = files.Lock(self.hidden / "lock")
        self.journal = Journal(self.hidden, [*TABLES])
        self._changes = _Changes(self.journal, self.lock)
        self.counted: Any = None  # what measures have read of the logs as they stand
        self.but_contacts: Any = None  # the same for forgetting: who was forgotten and is back
        for table in TABLES.values():
            log = Log(
                folder / f"{table.name}.csv",
                table,
                self.lock,
                self._has,
                partial(self._referring_to, table.name),
                self.journal,
                self._changes,
                self.hidden,
            )
            setattr(self, table.name, log)
        upkeep.migrate(self)
        with suppress(LogUnwritable):  # said in the notices then
            forgetting.finish(self)
        self._seen = {log.table.name: log.stamp_of_file() for log in self.logs()}

    def __repr__(self) -> str:
        filled = []
        for log in self.logs():
            with suppress(LogUnreadable):
                filled += [f"{len(log)} {log.table.name}"] if len(log) else []
        return f"<workbook: {', '.join(filled) or 'no rows yet'}>"

    def logs(self) -> Iterator[Log]:
        """The log of every table."""
        for name in TABLES:
            yield getattr(self, name)

    def log(self, table: str) -> Log:
        """The log of the table with this name."""
        return getattr(self, table)

    def _has(self, table: str, id: str) -> bool:
        return id in self.log(table)

    def _referring_to(self, table: str, id: str) -> Iterator[str]:
        for log in self.logs():
            header = log.table.header
            places = [header.index(c) for c, to in log.table.references.items() if to == table]
            if places and any(row[i] == id for row in log.cells().values() for i in places):
                yield log.table.plural

    def label(self, table: str, id: str) -> str:
        """Return the words that name a row to a person: a contact's name, a meeting's date.

        "" when there is no such row, or its log cannot be read.
        """
        try:
            if not id or id not in self.log(table):
                return ""
            row = self.log(table).get(id)
        except (LogUnreadable, RowNotFound):  # another notebook may just have erased it
            return ""
        shape, words = TABLES[table], []
        for column in shape.named_by:
            value = getattr(row, column)
            if column in shape.references:
                value = self.label(shape.references[column], value)
            elif value and shape.kinds[column] == "instant":
                value = f"{value:%a} {value.day} {value:%b %Y, %H:%M}"
            elif value and shape.kinds[column] == "day":
                value = f"{value.day} {value:%b %Y}"
            if value:
                words.append(str(value))
        return ", ".join(words)

    # --- changes -------------------------------------------------------------------------

    def watch(self, key: str, callback: Callable[[str], object]) -> None:
        """Call `callback(table name)` after each write made through this workbook.

        key: whose callback it is; a newer one of the same key takes its place.
        """
        self._changes.watchers[key] = callback

    def refresh(self) -> None:
        """Call the watchers for every log that was changed elsewhere since: in another notebook
        or in another program. Where nothing was, they are called once with ""."""
        stamps = {log.table.name: log.stamp_of_file() for log in self.logs()}
        changed = [name for name, stamp in stamps.items() if self._seen.get(name) != stamp]
        self._seen = stamps
        self._changes.tell_of(changed or [""])

    @contextmanager
    def together(self, words: str) -> Iterator[None]:
        """Make the writes of this block one change, which undo takes back as one.

        words: what the change is, as in "merging two people". When the block fails, what it
        wrote is taken back. After a crash in the middle, what was written stays: `check` says
        so, `undo` takes it back, however far it came, and doing it again completes it where the
        rows' ids were made beforehand (`append(id=...)`).
        """
        changes = self._changes
        with self._writing():
            if changes.step:  # within a larger change
                yield
                return
            changes.step, changes.of_step = (self.journal.new_step(), words), []
            marker = self.hidden / upkeep.TOGETHER
            with suppress(OSError):
                marker.write_text(json.dumps({"words": words}), encoding="utf-8")
            is_whole = False
            try:
                yield
                is_whole = True
            except BaseException:
                with suppress(WorkbookError):
                    self._take_back(list(reversed(changes.of_step)))
                    is_whole = True
                raise
            finally:
                changes.step = None
                if is_whole:
                    files.remove(marker)
        changes.tell()

    def last_change(self) -> str:
        """Return the key of the change that `undo` would take back now; "" when there is none."""
        step = self._last_step()
        return step[0][1]["step"] if step else ""

    def undo(self, only: str = "") -> str:
        """Take back the last change and return a sentence that says what it was.

        only: the key of the one change that may be taken back, as `last_change` gave it: an Undo
        beside a form is for what was done there, whatever was done elsewhere since

        Each call goes one change further back, over the days and the notebooks, as far as the
        journal keeps changes whole: hundreds of them, and always the last. Raises
        NothingToUndo when no change is left, CannotUndo when its rows were changed in another
        way or are used by now; nothing is taken back then. When the last change was `forget`,
        CannotUndo says so, and the next call goes on with the change before it.
        """
        with self._writing():
            step = self._last_step()
            if not step:
                raise NothingToUndo("There is no change left to take back.")
            if only and step[0][1]["step"] != only:
                words = step[-1][1]["words"] or self._words(*step[-1])
                raise CannotUndo(
                    f"Nothing was taken back: the last change was made elsewhere ({words}). What "
                    "was done here stays. Change it here, or take that one back first, where it "
                    "was made."
                )
            if step[0][1]["do"] == "forget":
                self._changes.note(step[0][0], {"do": "undo", "undid": step[0][1]["at"]})
                raise CannotUndo(
                    "The last change was that somebody was forgotten: that is for good, and "
                    "nothing was taken back. Undo again takes back the change before it."
                )
            words = step[-1][1]["words"] or self._words(*step[-1])
            try:
                with self.together(f"taking back: {words}"):
                    self._take_back(step)
            except CannotUndo as error:
                raise CannotUndo(
                    f"The last change ({words}) cannot be taken back: {error}"
                ) from None
        self._changes.tell()
        return f"Taken back: {words}."

    def _last_step(self) -> list[tuple[str, dict[str, Any]]]:
        """The entries of the last change that was not taken back, newest first."""
        undone: set[str] = set()
        step: list[tuple[str, dict[str, Any]]] = []
        for table, entry in self.journal.newest():
            if step and entry["step"] != step[0][1]["step"]:
                break
            if entry["do"] == "restore":
                break
            if entry["at"] in undone:
                continue
            if entry.get("undid"):
                undone.add(entry["undid"])
            elif entry["do"] not in _NO_STEP:
                step.append((table, entry))
        return step

    def _take_back(self, step: list[tuple[str, dict[str, Any]]]) -> None:
        for table, entry in step:
            log, columns = self.log(table), entry["columns"]
            were, became = (
                [dict(zip(columns, row, strict=True)) for row in entry.get(which, ())]
                for which in ("were", "rows")
            )
            self._may_take_back(log, were, became)
            texts = log.texts()
            change: dict[str, Any] = {row["id"]: None for row in became}
            change.update((row["id"], row) for row in were if row["id"] in change)
            # What an interrupted undo has put back stays as it is, and is noted.
            change.update((row["id"], {}) for row in were if row["id"] in texts.keys() - change)
            after = zip(entry.get("after", ()), were, strict=False)  # an id may stand twice
            back = [(before, row) for before, row in after if row["id"] not in change]
            log.restate(change, back, do="undo", undid=entry["at"])

    def _may_take_back(
        self, log: Log, were: list[dict[str, str]], became: list[dict[str, str]]
    ) -> None:
        """Raise CannotUndo unless each row stands as the change left it, or as it was before: then
        the change, or taking it back, was interrupted."""
        texts = log.texts()
        before, changed = {row["id"] for row in were}, {row["id"] for row in became}
        for id in before | changed:
            now = texts.get(id)
            is_as_before = _is_one_of(now, id, were)
            if not is_as_before and not _is_one_of(now, id, became):
                raise CannotUndo(
                    "it was changed in another window or program since. Change what is wrong "
                    "where all logs are shown: page 5 Review.",
                    table=log.table.name,
                )
            if (
                id not in before
                and now
                and (users := sorted(self._referring_to(log.table.name, id)))
            ):
                raise CannotUndo(
                    f"it is used in {', '.join(users)} by now. Erase those first.",
                    table=log.table.name,
                )

    def _words(self, table: str, entry: Mapping[str, Any]) -> str:
        """A change in words, as in: adding the contact Ana Silva."""
        doing = {"append": "adding", "revise": "changing", "erase": "erasing",
                 "bring back": "bringing back"}.get(entry["do"], "changing")  # fmt: skip
        rows, shape = entry["rows"] or entry.get("were", []), TABLES[table]
        if len(rows) != 1:
            return f"{doing} {len(rows)} {shape.plural}"
        row, words = dict(zip(entry["columns"], rows[0], strict=True)), []
        for column in shape.named_by:
            text = row.get(column, "")
            if column in shape.references:
                text = self.label(shape.references[column], text)
            elif shape.kinds[column] == "instant":
                text = text[:16].replace("T", " ")
            words += [text] if text else []
        named = ", ".join(words)
        named = named if len(named) <= 60 else named[:59].rstrip() + "\u2026"
        return f"{doing} the {shape.singular}" + (f' "{named}"' if named else "")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self.lock:
                yield
        except OSError as error:
            raise upkeep.unwritable(self.folder, error) from error

    # --- what other programs do to the logs ------------------------------------------------

    def notices(self) -> list[Problem]:
        """Return what was met since this workbook was opened and is worth telling: rows that
        another program dropped, copies left by a sync service, files put in order. Cheap
        enough for the top of every page; `check` looks at everything."""
        with suppress(LogUnwritable):  # the rows are named then
            self._send_away()
        found = [
            *upkeep.half_forgotten(self), *upkeep.missing_rows(self), *copies.copies_left(self)
        ]  # fmt: skip
        for log in self.logs():
            found += log.columns_gone()
        return [*found, *self._changes.notices]

    def lost(self) -> list[Lost]:
        """Return the rows that another program dropped from a log or changed back."""
        found = []
        for log in self.logs():
            with suppress(LogUnreadable):
                found += log.lost()
        return found

    def _send_away(self) -> None:
        """Take out again who was forgotten and came back with what another program saved."""
        forgetting.finish(self)
        forgotten = self.journal.forgotten()
        if not forgotten or not any(one.id in forgotten for one in self.lost()):
            return
        if n := forgetting.forget_again(self):
            rows = "1 row" if n == 1 else f"{n} rows"
            was, it = ("was", "It was") if n == 1 else ("were", "They were")
            text = (
                f"{rows} of somebody who was forgotten {was} in the logs again, saved by another "
                f"program. {it} taken out again."
            )
            self._changes.said(Problem(text))

    def bring_back(self) -> str:
        """Put back every row that `lost` names, and say how many; undo takes it back. Nobody who
        was forgotten comes back."""
        self._send_away()
        with self.together("bringing back rows that another program dropped"):
            n = sum(len(log.bring_back()) for log in self.logs() if self._is_readable(log))
        return f"{n} {'row' if n == 1 else 'rows'} brought back."

    def let_go(self) -> str:
        """Take the logs as they are: what `lost` names is not named again. Who was forgotten is
        taken out all the same."""
        self._send_away()
        n = sum(len(log.let_go()) for log in self.logs() if self._is_readable(log))
        return f"{n} {'row' if n == 1 else 'rows'} left as they are in the files."

    @staticmethod
    def _is_readable(log: Log) -> bool:
        with suppress(LogUnreadable):
            return len(log) >= 0
        return False

    def merge_copies(self, choose: Mapping[str, str] | None = None) -> copies.Merged:
        """Take over what the copies that a sync service left have and the logs have not.

        choose: id -> "mine" or "theirs", for rows that both sides changed. Those without a
        choice are returned in `asked` and their copy stays; a copy that is done is kept among
        the earlier versions.
        """
        forgetting.finish(self)
        if n := forgetting.forget_again(self):
            rows = "1 row" if n == 1 else f"{n} rows"
            self._changes.said(
                Problem(
                    f"{rows} of somebody who was forgotten stood in a copy, and did not come back."
                )
            )
        return copies.merge_copies(self, choose or {})

    # --- drafts --------------------------------------------------------------------------

    def keep_draft(self, key: str, values: dict[str, Any]) -> None:
        """Keep what is typed but not saved; it is on disk when this returns. Nobody who was
        forgotten while the page was open is kept with it.

        values: what JSON can hold. Raises LogUnwritable, and RowNotFound for what is about
        somebody who was forgotten.
        """
        path, now = self._draft_path(key), datetime.now(UTC).isoformat()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            forgotten: object = None
            # Again, should somebody be forgotten in another notebook just now.
            while forgotten != (forgotten := self.journal.forgotten_stamp()):
                kept = forgetting.without_forgotten(self, key, values)
                data = json.dumps({"key": key, "kept_at": now, "values": kept}).encode()
                with self.lock.in_this_process:
                    files.swap_in(path, data)
        except OSError as error:
            raise upkeep.unwritable(path, error, "what you typed") from error

    def draft(self, key: str) -> tuple[dict[str, Any], datetime] | None:
        """Return what was kept under this key and when (UTC), or None."""
        try:
            kept = json.loads(self._draft_path(key).read_text(encoding="utf-8"))
            return dict(kept["values"]), datetime.fromisoformat(kept["kept_at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def discard_draft(self, key: str) -> None:
        """Throw away what was kept under this key, if anything."""
        path = self._draft_path(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise upkeep.unwritable(path, error, "the draft") from error

    def _draft_path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self.hidden / "drafts" / f"{name}.json"

    # --- upkeep --------------------------------------------------------------------------

    def forget(self, contact_id: str) -> list[Problem]:
        """Erase a person and all that was said with or about them, for good.

        Gone are the contact, the rows that need them (messages, interviews with questions and
        debriefs, referrals, findings and tasks about them) and their drafts, earlier versions,
        backups within the workbook, and in the journal and every text all mentions of the full
        name, email, phone and profile link. What belongs to others stays: another person's own
        address, a name that is a word as well (May). It cannot be undone; what cuts it off, the
        next opening finishes. By sums of their names and addresses, which nobody can read, they
        are kept out of drafts, copies and backups from then on. Not reached: files elsewhere, what
        a sync service or the disk keeps, and a first name on its own.

        Returns what there is to look at: rows that still hold a first or last name or such an
        address, and files in the workbook's folders that mention the person. Raises RowNotFound,
        and LogUnwritable, which says so when only a part is done.
        """
        return forgetting.forget(self, contact_id)

    def check(self) -> list[Problem]:
        """Look everything over and return what is wrong, each with what to do. Writes no file."""
        return upkeep.check(self)

    def backup(self, to: str | os.PathLike[str] | None = None) -> Path:
        """Write every log into one dated zip and return its path.

        to: a folder or the zip's path; by default among the workbook's own files. Raises
        LogUnwritable; a file that is there already is never replaced. Nobody who was forgotten
        goes into it.
        """
        with suppress(LogUnwritable):  # of a folder that may only be read a backup can be made
            self._send_away()
        return upkeep.backup(self, to)

    def restore(self, backup: str | os.PathLike[str], data: bytes | None = None) -> Path:
        """Put the logs of a backup in the place of these; return a backup of these.

        data: what the backup holds, where it is no file on this computer; `backup` is its name
        then. All is looked at before anything is written. Raises BackupInvalid. Undo does not reach
        behind it; people who were forgotten since stay forgotten.
        """
        self._send_away()
        return upkeep.restore(self, backup, data, forgetting.forget_again)


def _is_one_of(now: Mapping[str, str] | None, id: str, rows: list[dict[str, str]]) -> bool:
    """Whether a row stands in its log as one of these with its id does; none may be right, too.

    Columns that only one side has do not count.
    """
    those = [row for row in rows if row["id"] == id]
    if now is None or not those:
        return now is None and not those
    return any(all(now.get(name, text) == text for name, text in row.items()) for row in those)


def open_workbook(folder: str | os.PathLike[str] | None = None) -> Workbook:
    """Open the logs in this folder, made when missing.

    folder: a folder of logs; by default where II_WORKBOOK_LOG points, else data/log
    beside the notebooks. Only then the switch in 00_start_here counts, which shows the
    invented learner's workbook instead.
    """
    if folder is not None:
        if not isinstance(folder, (str, os.PathLike)):
            raise WorkbookError(
                f"{folder!r} is not a folder. Give its path, in quotation marks, or nothing for "
                "the logs beside the notebooks.",
                value=folder,
            )
        own = Path(folder)
        upkeep.make_folder(own)
        return Workbook(own, read_course(own.parent / "course.toml"))
    own, data = own_folder(), _data_folder()
    course = read_course(data / "course.toml")
    if _switch(own).exists():
        return Workbook(own / HIDDEN / "example", course, is_example=True)
    return Workbook(own, course)


def check(folder: str | os.PathLike[str]) -> list[Problem]:
    """Look over the workbook in this folder; no problems: an empty list.

    Changes no log, unless a forgetting that was cut off is still to be finished; a folder that is
    not there is a problem, and is not made.
    """
    if not os.path.isdir(folder):
        return [Problem(f"{folder} is not a folder. Give the folder that holds the logs.")]
    try:
        return open_workbook(folder).check()
    except WorkbookError as error:
        return [Problem(str(error), path=error.path)]


def restore(backup: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Path:
    """Put the logs of a backup into this folder; return the backup made of those before."""
    return open_workbook(folder).restore(backup)


def show_example(on: bool) -> None:
    """Show the invented learner's workbook from now on, or the learner's own again.

    The learner's logs are not touched: the example is a copy, made new each time.
    """
    own = own_folder()
    copy = own / HIDDEN / "example"
    if on:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(_data_folder() / "example", copy, ignore=shutil.ignore_patterns(HIDDEN))
        _switch(own).touch()
    else:
        _switch(own).unlink(missing_ok=True)


def _switch(own: Path) -> Path:
    return own / HIDDEN / "show-example"


def own_folder() -> Path:
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
