"""A workbook: the folder of one learner's logs, and the settings of the course."""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import SettingsInvalid
from .log import Log
from .tables import TABLES

HIDDEN = ".workbook"  # the workbook's own files, beside the logs


# --- the course's settings ---------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CourseNames(_Part):
    name: str = "Informational interviews"
    instructor: str = ""


class ThankYou(_Part):
    """When a thank-you note is due, counted from the interview (R30)."""

    aim_hours: int = Field(24, ge=1)
    late_hours: int = Field(48, ge=1)
    overdue_days: int = Field(7, ge=1)


class Meeting(_Part):
    minutes: tuple[int, ...] = (20, 25, 30)
    default_minutes: int = 20
    questions_planned: int = Field(6, ge=1, le=20)
    arrive_early_minutes: int = Field(10, ge=0)
    join_early_minutes: int = Field(5, ge=0)
    resume: Literal["carry", "enclose"] = "carry"
    first_people: Literal["known people", "supervisor", "strangers"] = "known people"


class FollowUp(_Part):
    business_days: tuple[int, ...] = (5,)


class Targets(_Part):
    contacts: int = Field(15, ge=0)
    requests: int = Field(10, ge=0)
    interviews_per_occupation: int = Field(4, ge=1)
    interviews_by: date | None = None


class Course(_Part):
    """What a course decides where the guides disagree; see data/course.toml."""

    course: CourseNames = CourseNames()
    thank_you: ThankYou = ThankYou()
    interview: Meeting = Meeting()
    follow_up: FollowUp = FollowUp()
    targets: Targets = Targets()


def read_course(path: Path) -> Course:
    """Return the settings in this file; the defaults when there is none."""
    try:
        return Course.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return Course()
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path.name} cannot be used: {error}", path=path) from error


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
            setattr(self, table.name, log)

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
