"""What a run of the class view keeps, so that the next one reads only what is new or changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from .. import __version__
from ..tables import SCHEMA_VERSION
from .units import Left, Unit
from .workers import Counted

_CODE = f"{__version__} {SCHEMA_VERSION} 3"  # what is kept is counted anew when this changes


class Store:
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
