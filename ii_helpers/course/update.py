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
from ..settings import read_course
from ..tables import TABLES
from ..upkeep import shape_of
from ..workbook import HIDDEN, open_workbook
from .distribute import (
    IGNORED,
    LOGS,
    MARK,
    SETTINGS,
    cell_digest,
    digest,
    digests,
    mark,
    notebook_bytes,
    own_files,
    payload,
    quoted,
    read_mark,
    source_of,
    with_ids,
)

OWN = "own-text"  # the tag of a cell that keeps what a learner had written in a shipped one


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
    return tuple(int(part) for part in version.split(".") if part.isdigit())


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
            after, what = _page(name, before, new, said["laid_down"].get(name))
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


# --- pages -----------------------------------------------------------------------------------


def _page(name: str, before: bytes, new: bytes, laid_down: Any) -> tuple[bytes | None, list[str]]:
    """The page as it is to be (None: what is there is no notebook), and what changed in it."""
    try:
        mine = json.loads(before)
        cells = mine["cells"]
        assert all(map(_is_cell, cells))
        json.dumps(mine, ensure_ascii=False).encode()  # half a character cannot be written
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        return None, [f"{name} was damaged: it is laid down anew, the damaged one kept beside it."]
    theirs = json.loads(new)
    base = laid_down if isinstance(laid_down, dict) else {}
    merged, n = merge(cells, theirs["cells"], base)
    made = {**theirs, "cells": merged}
    if mine == made or _same(mine, made):
        return before, []
    words = [f"{count} {what if count > 1 else _one(what)}" for what, count in n.items() if count]
    return notebook_bytes(made), [f"{name}: {', '.join(words) or 'its form is new'}."]


def _one(what: str) -> str:
    return what.replace("cells ", "cell ").replace("earlier texts", "earlier text")


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    lines = cell.get("source", "")
    lines = lines if isinstance(lines, list) else [lines]
    return "cell_type" in cell and all(isinstance(line, str) for line in lines)


def _same(mine: dict[str, Any], made: dict[str, Any]) -> bool:
    """Whether only what JupyterLab itself writes differs: how a source is kept, the kernel."""
    if len(mine["cells"]) != len(made["cells"]):
        return False
    return all(
        cell_digest(a) == cell_digest(b) and a.get("id") == b.get("id")
        and _tags(a) == _tags(b)
        for a, b in zip(mine["cells"], made["cells"], strict=True)
    )  # fmt: skip


def _tags(cell: dict[str, Any]) -> Any:
    meta = cell.get("metadata", {})
    return meta.get("tags"), meta.get("jupyter"), meta.get("editable"), meta.get("deletable")


def merge(
    mine: list[dict[str, Any]], new: list[dict[str, Any]], base: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the cells of a page brought up to date, and how many of what changed.

    mine: the learner's cells; new: those of the new version; base: id -> digest of each cell
    as it was laid down, none where nothing was kept of that. Then nobody can tell an earlier
    version's text from the learner's, and all of it goes into one cell at the end.

    Running it on its own result changes nothing.
    """
    shipped_now = {cell["id"]: cell for cell in new}
    n = dict.fromkeys(
        ("cells refreshed", "cells new", "cells gone", "of your own texts kept below their cell",
         "earlier texts kept in its last cell"), 0
    )  # fmt: skip
    earlier: list[dict[str, Any]] = []
    kept: dict[str, dict[str, Any]] = {}
    own: dict[str, list[dict[str, Any]]] = {}
    at = ""  # own cells follow the shipped cell that they stood below
    known = {text: id for id, text in base.items()}
    known |= {cell_digest(cell): cell["id"] for cell in new}
    for cell in with_ids(mine, known, "own"):
        id = cell["id"]
        if id in shipped_now:
            at, now = id, shipped_now[id]
            if cell_digest(cell) == cell_digest(now):
                kept[id] = {**cell, "metadata": _metadata(cell, now)}
            elif cell_digest(cell) == base.get(id):
                kept[id] = now
                n["cells refreshed"] += 1
            elif cell_digest(now) == base.get(id):
                kept[id] = cell
            elif not base and not cell.get("attachments"):
                kept[id] = now
                earlier.append(cell)
                n["cells refreshed"] += 1
            else:
                kept[id] = now
                own.setdefault(id, []).append(_own_text(cell))
                n["of your own texts kept below their cell"] += 1
        elif id in base and cell_digest(cell) == base[id] and id not in shipped_now:
            n["cells gone"] += 1
        elif not base and cell.get("metadata", {}).get("deletable") is False:  # was the course's
            earlier.append(cell)
            n["cells gone"] += 1
        else:
            own.setdefault(at, []).append(cell)
    n["cells new"] = sum(id not in kept for id in shipped_now)
    merged = list(own.get("", ()))
    for id, cell in shipped_now.items():
        merged += [kept.get(id, cell), *own.get(id, ())]
    if earlier:
        merged.append(_earlier_texts(earlier))
        n["earlier texts kept in its last cell"] = len(earlier)
    return list(with_ids(merged, {}, "own")), n


def _metadata(cell: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {**cell.get("metadata", {}), **now.get("metadata", {})}


def _own_text(cell: dict[str, Any]) -> dict[str, Any]:
    """A note with what a learner had written in a cell that the new version replaces."""
    words = "*Your own text in the cell above, from before an update:*"
    note = _note(f"{words}\n\n{_as_text(cell)}", cell_digest(cell))
    if cell["cell_type"] == "markdown" and cell.get("attachments"):
        note["attachments"] = cell["attachments"]  # the pictures that the text shows
    return note


def _earlier_texts(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """One folded note with the texts of cells that may or may not be the learner's own."""
    texts = "\n\n".join(map(_as_text, cells))
    words = (
        "<details><summary>What stood in this page's cells before an update. Delete this cell "
        "if nothing of it is yours.</summary>"
    )
    return _note(f"{words}\n\n{texts}\n\n</details>", digest(texts))


def _as_text(cell: dict[str, Any]) -> str:
    text = source_of(cell)
    if cell["cell_type"] == "code":
        fence = "`" * max(3, _longest_ticks(text) + 1)
        text = f"{fence}python\n{text}\n{fence}"
    return text


def _note(text: str, made_of: str) -> dict[str, Any]:
    meta = {"tags": [OWN]}
    return {"cell_type": "markdown", "id": f"own-{made_of[:12]}", "metadata": meta, "source": text}


def _longest_ticks(text: str) -> int:
    longest = run = 0
    for letter in text:
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    return longest


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
        print(f"Left as your course made them: {', '.join(own)}.")
        again = f"ii-workbook update {quoted(folder)} --from COURSE_FOLDER"
        print(f"Their corrections come with: {again}")
    if changes:
        print(f"{folder} is up to date. Close its pages in JupyterLab and open {FIRST_PAGE} anew.")
    return 0
