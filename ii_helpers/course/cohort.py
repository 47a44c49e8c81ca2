"""Rolls a class up: a line per learner, the class's figures, and what could not be counted.

Two steps. First every hand-in or workbook that is new or has changed is counted, in a loop, a
pool of processes or a Dask cluster, and what comes of it is kept in a small database. Then the
database is gone through once, in order; what a stretch of it comes to is kept as well, for
the runs in which nothing in it has changed. Neither step holds the class in memory, so either can
be cut off and run again, and a class of a hundred thousand takes no more of it than one of ten.
"""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import SettingsInvalid, WorkbookError
from ..files import shipped
from ..settings import Course, read_course
from . import counts
from .lines import PROGRESS, line, n_of, words_for
from .roster import COPIES, Copy, clean, plain, read_copies, safe
from .store import Row, Store
from .units import STORE, is_remote, root_of, units_in
from .workers import count_all


class Word(NamedTuple):
    """Why a learner may need a word. mark: what tells them from others of that name, or "" """

    name: str
    mark: str
    why: list[str]

    @property
    def learner(self) -> str:
        return f"{self.name} ({self.mark})" if self.mark else self.name


@dataclass
class Class:
    """What a run found. words: of the learners with most reasons, those first, some at most;
    problems: (path, reason), some at most; reached: target -> learners who reached it;
    n_missing, n_unlisted: on the list of copies without a hand-in, and the reverse, where there
    is a list; settings: the file of the course's settings"""

    course: Course
    today: date
    settings: Path | None = None
    totals: counts.Totals = field(default_factory=counts.Totals)
    reached: Counter = field(default_factory=Counter)
    words: list[Word] = field(default_factory=list)
    n_words: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    n_problems: int = 0
    n_read: int = 0
    n_known: int = 0
    n_missing: int = 0
    n_unlisted: int = 0

    def add(self, part: dict[str, Any]) -> None:
        """Add what some of the class come to, see `_part`."""
        self.totals.merge(part["totals"])
        self.reached.update(part["reached"])
        for name, mark, why in part["words"]:
            self.note(name, mark, why)

    def note(self, name: str, mark: str, why: list[str]) -> None:
        """Note why a learner may need a word. name, mark: clean"""
        self.n_words += 1
        self.words.append(Word(name, mark, why))
        if len(self.words) > 4 * MOST_LISTED:
            self.words.sort(key=lambda word: -len(word.why))
            del self.words[MOST_LISTED:]

    def unlisted(self) -> str:
        """Who was counted and is not on the list of copies, as a line; nothing for nobody."""
        if not self.n_unlisted:
            return ""
        if self.n_unlisted == self.totals.learners:
            return (
                "Nobody who was counted is on the list of copies: it may be that of another "
                "course. Give the copies.csv that distribute wrote for this one."
            )
        who = "1 learner is" if self.n_unlisted == 1 else f"{self.n_unlisted:,} learners are"
        return f"{who} counted and not on the list of copies: their workbook is from elsewhere."

    def since(self) -> str:
        """What this page and the one before it tell together; "" when that is of no single ones."""
        from .report import FEW

        if not (self.n_known and 0 < self.n_read < FEW):
            return ""
        return (
            f"Fewer than {FEW} handed in since the page before: one page taken from the other "
            "tells what they did. Show only one of the two to others."
        )

    def finish(self, names: Iterable[str]) -> None:
        """Bring the words in order; a mark stays where the name is not one learner's alone.

        names: of all learners, as far as they are known
        """
        times = Counter(map(clean, names))
        here = Counter(word.name for word in self.words)
        self.words = [
            word if max(times[word.name], here[word.name]) > 1 else word._replace(mark="")
            for word in sorted(self.words, key=lambda word: (-len(word.why), word.name.casefold()))
        ]


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
    default, 1 for a loop; course: a course.toml, by default the one beside the hand-ins or the
    list of copies, in this workbook or as shipped; copies: the copies.csv of distribute

    Nothing in the folder is ever a reason to stop: what cannot be counted is a line in
    problems.csv. Raises WorkbookError when there is no such folder, or it cannot be read.
    """
    root = root_of(folder)
    to, today = Path(to), today or date.today()
    settings = _settings(root, course, copies)
    try:
        done = Class(read_course(settings), today, settings)
    except SettingsInvalid as error:  # there are several places for a file of that name
        raise SettingsInvalid(
            f"{error} The file is {settings}.",
            column=error.column, value=error.value, path=error.path,
        ) from error  # fmt: skip
    if to.exists() and not to.is_dir():
        raise WorkbookError(
            f"{to} is a file, and the report needs a folder. Name another one: it is made if it "
            "is not there.",
            path=to,
        )
    listed = _copies(root, copies)
    try:
        to.mkdir(parents=True, exist_ok=True)
        kept = Store(to / STORE, root)
        with closing(kept.db):
            _first_step(root, kept, done, scheduler, workers or os.cpu_count() or 1, progress)
            _second_step(kept, done, listed, to)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise WorkbookError(
            f"{to} could not be written ({why}). Choose a folder of your own with room on its "
            "disk, and run the command again: what was counted is kept.",
            path=to,
        ) from error
    return done


def _settings(root: str, path: Path | None, copies: Path | None) -> Path:
    """The settings given, else those beside the hand-ins or the list of copies, in this
    workbook, or as shipped."""
    if path is not None:
        if not Path(path).is_file():
            raise WorkbookError(f"There is no file {path}. Give a course.toml.", path=path)
        return Path(path)
    places = []
    if not is_remote(root):
        places.append(Path(root) / "course.toml")
        if copies is None and (Path(root) / COPIES).is_file():
            copies = Path(root) / COPIES
    if copies is not None:
        beside = Path(copies).absolute().parent
        places += [beside / "course.toml", beside / "data" / "course.toml"]
        places.append(beside.parent / "data" / "course.toml")
    places.append(Path.cwd() / "data" / "course.toml")
    return next((place for place in places if place.is_file()), _shipped())


def _shipped() -> Path:
    return shipped() / "data" / "course.toml"


def settings_said(done: Class) -> str:
    """Which settings the class is measured against, as a line."""
    return f"Settings: {'as shipped, ' * (done.settings == _shipped())}{done.settings}"


def _copies(root: str, path: Path | None) -> dict[str, Copy]:
    """Code -> whose copy it is; empty when there is no list."""
    if path is not None and not Path(path).is_file():
        raise WorkbookError(f"There is no file {path}. Give the copies.csv of distribute.")
    if path is None:
        if is_remote(root):
            return {}
        path = Path(root) / COPIES
    return {copy.copy: copy for copy in read_copies(Path(path))}


def _first_step(
    root: str, kept: Store, done: Class, scheduler: str, workers: int, progress: bool
) -> None:
    """Count what is new or has changed, and keep it."""
    found = units_in(root)
    with _bar(progress) as tell:

        def known(n: int) -> None:
            done.n_known += n
            tell(n)

        for n, batch in enumerate(count_all(root, kept.new(found, known), scheduler, workers)):
            kept.add(batch)
            done.n_read += len(batch)
            tell(len(batch))
            if n % 30 == 0:
                kept.db.commit()
    kept.finish()


@contextmanager
def _bar(progress: bool) -> Iterator[Callable[[int], Any]]:
    from tqdm import tqdm

    with tqdm(unit=" hand-ins", disable=None if progress else True, leave=False) as bar:
        yield bar.update


def _second_step(kept: Store, done: Class, listed: dict[str, Copy], to: Path) -> None:
    """Go through what is kept once, in order, and write what comes of it."""
    waiting = dict(listed)
    told = blake2b(f"{done.course!r} {done.today}".encode()).hexdigest()
    with (
        _replacing(to / "progress.csv") as progress,
        _replacing(to / "problems.csv") as problems,
    ):
        progress.write(_lines([PROGRESS]))
        problems.write(_lines([("hand_in", "reason")]))
        for rows in kept.stretches():
            theirs = {row.copy: waiting.pop(row.copy) for row in rows
                      if not row.reason and row.copy in waiting}  # fmt: skip
            make = partial(_part, rows, kept.kept, theirs, done.course, done.today)
            part = kept.part((told, rows, theirs), make)
            progress.write(part["progress"])
            problems.write(part["problems"])
            left = [row for row in rows if row.reason]
            done.n_problems += len(left)
            done.n_unlisted += (len(rows) - len(left) - len(theirs)) if listed else 0
            room = MOST_LISTED - len(done.problems)
            done.problems += [(_shown(row.path), row.reason) for row in left[:room]]
            done.add(part)
        for missing in waiting.values():
            words = ["nothing was handed in yet"]
            progress.write(_lines([line("", missing, None, words, done.course)]))
            done.note(clean(missing.name), _mark(missing, missing.folder), words)
            done.n_missing += 1
    kept.forget_unused()
    done.finish(copy.name for copy in listed.values())
    from .report import html

    with _replacing(to / "class.html") as file:
        file.write(html(done))


def _part(
    rows: list[Row],
    counted: Callable[[list[Row]], Iterable[tuple[Row, dict[str, Any]]]],
    theirs: dict[str, Copy],
    course: Course,
    today: date,
) -> dict[str, Any]:
    """What a stretch comes to, as JSON has it.

    counted: see `Store.kept`; theirs: code -> whose copy it is
    """
    totals, targets = counts.Totals(), course.targets
    reached: Counter = Counter()
    problems = [[safe(_shown(row.path)), safe(row.reason)] for row in rows if row.reason]
    learners, may_need = [], []
    for row, one in counted(rows):
        who = theirs.get(row.copy)
        words = words_for(one, course, today)
        learners.append(line(_shown(row.path), who, one, words, course))
        if words:
            name = who.name if who else plain(learners[-1][0])
            may_need.append([clean(name), _mark(who, _shown(row.path)), words])
        totals.add(one)
        reached["contacts"] += one["contacts"] >= targets.contacts
        reached["requests"] += one["requests"] >= targets.requests
        most = max(one["held"], default=0)
        reached["interviews"] += most >= targets.interviews_per_occupation
    return {
        "progress": _lines(learners), "problems": _lines(problems), "words": may_need,
        "totals": totals.packed(), "reached": reached,
    }  # fmt: skip


def _mark(who: Copy | None, place: str) -> str:
    """What tells a learner from another one of the same name."""
    return clean(who and (who.id or who.email or who.login) or place, 1000)


def _shown(path: str) -> str:
    """A path to read; question marks for the bytes in it that are no letters."""
    return clean(path.encode("utf-8", "replace").decode(), 1000)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    """Lines of a CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


@contextmanager
def _replacing(path: Path) -> Iterator[io.TextIOBase]:
    """A file in UTF-8 that is there whole or not at all."""
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
    counted = n_of(done.totals.learners, "learner")
    print(
        f"{counted} counted: {done.n_read} read, {done.n_known} known from an earlier run. "
        f"{done.n_words} may need a word from you."
    )
    print(settings_said(done))
    if done.settings == _shipped():
        print("Give your own with --course my-course/data/course.toml.")
    if done.n_missing:
        print(f"{n_of(done.n_missing, 'learner')} of copies.csv handed nothing in yet.")
    if done.n_problems:
        print(f"{done.n_problems} left out: {to / 'problems.csv'} says why.")
    for said in filter(None, (done.unlisted(), done.since())):
        print(said)
    print(f"Open {to / 'class.html'}; {to / 'progress.csv'} has a line per learner.")
    return 0
