"""Brings a learner's copy to this version: pages refreshed, whatever is the learner's own kept."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from .. import __version__
from ..errors import WorkbookError
from ..files import FIRST_PAGE, moment, shipped
from ..names import printed
from ..settings import read_course
from ..tables import TABLES
from ..upkeep import shape_of
from ..workbook import HIDDEN, open_workbook
from .distribute import (
    IGNORED,
    LOGS,
    MARK,
    SETTINGS,
    digests,
    mark,
    own_files,
    payload,
    quoted,
    read_mark,
)
from .pages import digest, refreshed


def update(folder: Path, source: Path | None = None) -> list[str]:
    """Bring a copy to this version and return what changed, a sentence each; none: up to date.

    source: where the new version is; by default the workbook as it is shipped, which leaves
    the pages and settings alone that a course made its own

    A page's shipped cells become the new ones. The learner's own cells stay where they are;
    what they had written in a shipped cell stays there, or below it when the cell itself has
    changed. Logs get the columns that are new, after a backup; no row is touched. Everything
    replaced is kept in `data/log/.workbook/backups`. Cut off, it can just be run again.
    """
    folder = Path(folder)
    if not _is_workbook(folder):
        raise WorkbookError(
            f"{folder} is not a workbook: it has neither {FIRST_PAGE} nor {LOGS}. "
            + (
                f"Did you mean the one in it? ii-workbook update {quoted(folder / 'workbook')}"
                if _is_workbook(folder / "workbook")  # as a copy's zip unpacks
                else "Make one with: ii-workbook new FOLDER"
            ),
            path=folder,
        )
    if folder.resolve() == (source or shipped()).resolve():
        raise WorkbookError(
            f"{folder} is what copies are made from. Name the copy that is to be updated.",
            path=folder,
        )
    shape_of(folder / LOGS)  # logs of a newer version are refused before any page is changed
    said = read_mark(folder)
    if _numbers(said["version"]) > _numbers(__version__):
        raise WorkbookError(
            f"{folder} is of version {said['version']}, newer than this one ({__version__}). "
            "Update the program first.",
            path=folder,
        )
    if source is None:
        files, own = _from_shipped(folder, said)
    else:
        files = payload(source).files
        own = own_files(source, files)
    hidden = folder / LOGS / HIDDEN
    try:
        hidden.mkdir(parents=True, exist_ok=True)
        with FileLock(hidden / "update.lock", timeout=1):
            return _update(folder, files, said, own)
    except Timeout:
        raise WorkbookError(
            f"Another update is at work in {folder}. Wait until it is done.", path=folder
        ) from None
    except OSError as error:
        raise WorkbookError(
            f"{folder} could not be brought up to date ({error}). Nothing is lost: make room or "
            "allow writing there, and run the update again.",
            path=folder,
        ) from error


def _is_workbook(folder: Path) -> bool:
    return any((folder / sign).exists() for sign in (MARK, LOGS, FIRST_PAGE))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _from_shipped(folder: Path, said: dict[str, Any]) -> tuple[dict[str, bytes], list[str]]:
    """The shipped files that a copy takes, and which of its own files are the course's.

    Settings give way only where they are still as shipped; otherwise they choose the pages.
    """
    laid_down, as_now = said["laid_down"], digests(payload().files)
    own = [
        name for name in said["own"] if (folder / name).is_file()
        if json.dumps(laid_down.get(name)) != json.dumps(as_now.get(name, ""))
    ]  # fmt: skip
    settings = _read(folder / SETTINGS)
    as_shipped = SETTINGS not in own and laid_down.get(SETTINGS)
    if settings is None or digest(settings) == as_shipped:
        files = payload().files
    else:
        files = payload(course=read_course(folder / SETTINGS)).files
        files.pop(SETTINGS, None)
    return {name: data for name, data in files.items() if name not in own}, own


def _update(
    folder: Path, files: dict[str, bytes], said: dict[str, Any], own: list[str]
) -> list[str]:
    backups = _Backups(folder)
    changes: list[str] = []
    for name, new in files.items():
        path, before = folder / name, _read(folder / name)
        after: bytes | None
        if before is None:
            after, what = new, [f"{name} is new."] if not name.startswith("data/example/") else []
        elif name == IGNORED:
            after, what = before, []
        elif name.endswith(".ipynb"):
            after, what = refreshed(name, before, new, said["laid_down"].get(name))
            if after is None:
                os.replace(path, _aside(path))
                after = new
        elif name.endswith(".toml"):
            after, what = _settings(name, before, new, said["laid_down"].get(name))
        else:
            after, what = new, []
        if after != before:
            backups.keep(name)
            _swap_in(path, after)
        changes += what
    changes += _logs(folder)
    kept = {name: made for name, made in said["laid_down"].items() if (folder / name).is_file()}
    marked = mark(kept | digests(files), said["copy"], own)
    if _read(folder / MARK) != marked:
        _swap_in(folder / MARK, marked)
        if said["version"] != __version__ and said["version"]:
            changes.append(f"Version {said['version']} became {__version__}.")
    if backups.kept:
        changes.append(f"What was replaced is kept in {backups.folder.relative_to(folder)}.")
    return changes


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _swap_in(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.update")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _aside(path: Path) -> Path:
    stamp = f"{datetime.now():%Y-%m-%d %H%M%S}"
    return path.with_name(f"{path.stem} damaged {stamp}{path.suffix}")


class _Backups:
    """Where replaced files are kept, beside the logs' own backups: `forget` empties both."""

    def __init__(self, folder: Path):
        name = f"before update {moment()}"
        self.root, self.folder = folder, folder / LOGS / HIDDEN / "backups" / name
        self.kept: list[str] = []

    def keep(self, name: str) -> None:
        if (self.root / name).is_file() and not name.startswith("data/example/"):
            to = self.folder / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.root / name, to)
            self.kept.append(name)


# --- settings --------------------------------------------------------------------------------


def _settings(name: str, before: bytes, new: bytes, laid_down: Any) -> tuple[bytes, list[str]]:
    """The new settings, unless only the learner has changed them since."""
    if before == new:
        return before, []
    if digest(before) == laid_down:
        return new, [f"{name}: the course's settings are new."]
    if digest(new) == laid_down:
        return before, []
    was = "yours were different and lie in the backup"
    return new, [f"{name}: the course's settings are new; {was}."]


# --- logs ------------------------------------------------------------------------------------


def _logs(folder: Path) -> list[str]:
    """Opening the workbook brings its logs to this version's columns, after a backup."""
    before = {table: _header(folder / LOGS / f"{table}.csv") for table in TABLES}
    wb = open_workbook(folder / LOGS)
    changes = []
    for table, header in before.items():
        added = [name for name in _header(wb.log(table).path) if name not in header]
        if header and added:
            changes.append(f"{table}.csv has new columns: {', '.join(added)}. Every row is there.")
    return changes


def _header(path: Path) -> list[str]:
    """The column names in a log's first line; none when there is no such log."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            return next(csv.reader(io.StringIO(file.readline(100_000))), [])
    except (FileNotFoundError, csv.Error):
        return []


# --- what the command line calls -------------------------------------------------------------


def command(folder: Path, source: Path | None) -> int:
    changes = update(folder, source)
    print("\n".join(changes) or f"{folder} is up to date already: nothing was changed.")
    if source is None and (own := read_mark(folder)["own"]):
        print(printed(f"Left as your course made them: {', '.join(own)}."))
        again = f"ii-workbook update {quoted(folder)} --from COURSE_FOLDER"
        print(f"Their corrections come with: {again}")
    if changes:
        print(f"{folder} is up to date. Close its pages in JupyterLab and open {FIRST_PAGE} anew.")
    return 0
