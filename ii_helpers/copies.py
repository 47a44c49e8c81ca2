"""Copies of a log that a sync service or a program left beside it: found, and merged by id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import files
from .errors import Problem
from .log import Log
from .tables import TABLES

if TYPE_CHECKING:
    from .workbook import Workbook


class Clash(NamedTuple):
    """A row that a log and its copy hold in two versions, both changed: column -> text."""

    table: str
    id: str
    words: str
    mine: dict[str, str]
    theirs: dict[str, str]


class Merged(NamedTuple):
    """What came of a copy: counts of rows taken over, and the rows to be decided on."""

    n_added: int
    n_changed: int
    asked: list[Clash]

    @property
    def text(self) -> str:
        rows, n = "row" if self.n_added == 1 else "rows", len(self.asked)
        done = f"{self.n_added} {rows} added and {self.n_changed} brought up to date."
        were = "was" if n == 1 else "were"
        asked = f" {n} {were} changed on both sides: choose which to keep." if n else ""
        return done + asked


def copies(wb: Workbook) -> Iterator[tuple[Path, str]]:
    """Files beside the logs that are other versions of a log, by name: "contacts (Ana's
    conflicted copy).csv", "contacts-DESKTOP-1.csv", "contacts (1).csv", "Copy of contacts.csv"."""
    try:
        found = sorted(path for path in wb.folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError:
        return
    for path in found:
        stem = path.stem.casefold()
        if path.name.startswith(".") or path.name in {f"{t}.csv" for t in TABLES}:
            continue
        stem = re.sub(r"^(copy of|kopie von|copie de)\s+", "", stem)
        for table in sorted(TABLES, key=len, reverse=True):
            if re.fullmatch(rf"{table}(?:[^a-z0-9_].*|[_-]?conflict.*)?", stem):
                yield path, table
                break


def copies_left(wb: Workbook) -> list[Problem]:
    return [
        Problem(
            f"{path.name} is a second copy of {table}.csv, left by a sync service or a program. "
            "Merge it: its rows are added, and you are asked where both were changed.",
            table,
            path,
            "merge_copies",
        )
        for path, table in copies(wb)
    ]


def merge_copies(wb: Workbook, choose: Mapping[str, str]) -> Merged:
    n_added = n_changed = 0
    asked: list[Clash] = []
    with wb.together("merging copies of logs"):
        for path, table in list(copies(wb)):
            added, changed, clashes = _merge(wb, path, table, choose)
            n_added, n_changed, asked = n_added + added, n_changed + changed, asked + clashes
            if not clashes:
                files.keep(path, wb.hidden / "earlier" / f"{path.stem} {files.moment()}.csv")
                path.unlink()
    return Merged(n_added, n_changed, asked)


def _merge(
    wb: Workbook, path: Path, table: str, choose: Mapping[str, str]
) -> tuple[int, int, list[Clash]]:
    log, copy = wb.log(table), Log(path, TABLES[table], hidden=wb.hidden)
    known, mine, forgotten = wb.journal.known(table), log.texts(), wb.journal.forgotten()
    added, changed, asked = [], {}, []
    for id, theirs in copy.texts().items():
        met = known.get(id)
        if id in forgotten or met and met.cells is None:
            continue
        if id not in mine:
            added.append(("\x00", theirs))
        elif mine[id] != theirs:
            side = choose.get(id) or _newer_side(mine[id], theirs, met.versions if met else ())
            if side == "theirs":
                changed[id] = theirs
            elif side != "mine":
                words = wb.label(table, id)
                asked.append(Clash(table, id, words, mine[id], theirs))
    if added or changed:
        log.restate(changed, added, do="merge copy")
    return len(added), len(changed), asked


def _newer_side(mine: Mapping[str, str], theirs: Mapping[str, str], met: Collection[str]) -> str:
    """Which side was changed; "" when both were, as far as the journal can tell."""
    a, b = mine["updated_at"], theirs["updated_at"]
    if b in met and b != a:
        return "mine"  # the copy is an earlier version of ours
    if a == mine["created_at"] != b:
        return "theirs"  # ours was never changed since it was made
    if b == theirs["created_at"] != a:
        return "mine"
    return ""
