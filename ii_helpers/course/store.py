"""What a run of the class view keeps, so that the next one reads only what is new or changed."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from .. import __version__
from ..tables import SCHEMA_VERSION
from .units import Left, Unit
from .workers import Counted

_CODE = f"{__version__} {SCHEMA_VERSION} 14"  # what is kept is counted anew when this changes
_STRETCH = range(5, 40)  # units in one: 8 on average


def _bytes(path: str) -> bytes:
    """A path as it is kept: one from elsewhere may hold bytes that are no letters."""
    return path.encode("utf-8", "surrogatepass")


def _may_end(path: bytes) -> bool:
    """True for a quarter of all paths, by their check sums. These alone come in long runs where
    names count up; multiplied (Knuth's hash, its upper bits) they do not."""
    return zlib.crc32(path) * 2654435761 & 0xC000_0000 == 0


class Row(NamedTuple):
    """What is known of a unit without a look at its counts; reason: why it has none, or ""."""

    path: str
    stamp: str
    copy: str
    reason: str


class Store:
    """The database of what was counted, what it came to, and what this run has seen.

    root: what is counted; of another folder nothing is known, whatever its files are called
    """

    def __init__(self, path: Path, root: str):
        self.root = _bytes(root)
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
            "CREATE TABLE IF NOT EXISTS about (code TEXT, root BLOB);"
            "CREATE TABLE IF NOT EXISTS unit (path BLOB PRIMARY KEY, stamp TEXT, at REAL,"
            " copy TEXT, kept TEXT, reason TEXT) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS part (key BLOB PRIMARY KEY, made TEXT) WITHOUT ROWID;"
            "CREATE TEMP TABLE seen (path BLOB PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TEMP TABLE used (key BLOB PRIMARY KEY) WITHOUT ROWID;"
        )
        self.db.execute("SELECT path, stamp, at, copy, kept, reason, key FROM unit, part LIMIT 0")
        about = (_CODE, self.root)
        if self.db.execute("SELECT code, root FROM about").fetchone() != about:
            self.db.executescript("DELETE FROM about; DELETE FROM unit; DELETE FROM part;")
            self.db.execute("INSERT INTO about VALUES (?, ?)", about)
            self.db.commit()

    def new(self, found: Iterator[Unit | Left], tell: Callable[[int], None]) -> Iterator[Unit]:
        """Yield the units that are new or changed; what is left out is noted at once."""
        while some := list(islice(found, 400)):
            marks = ",".join("?" * len(some))
            paths = [_bytes(one.path) for one in some]
            query = f"SELECT path, stamp FROM unit WHERE path IN ({marks})"
            known = dict(self.db.execute(query, paths))
            self.db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((p,) for p in paths))
            lefts = [one for one in some if isinstance(one, Left)]
            self.add(Counted(one.path, "", 0, "", "", one.reason) for one in lefts)
            fresh = [one for one, path in zip(some, paths, strict=True)
                     if isinstance(one, Unit) and known.get(path) != one.stamp]  # fmt: skip
            tell(len(some) - len(fresh) - len(lefts))
            yield from fresh

    def add(self, counted: Iterable[Counted]) -> None:
        rows = ((_bytes(path), *rest) for path, *rest in counted)
        self.db.executemany("INSERT OR REPLACE INTO unit VALUES (?,?,?,?,?,?)", rows)

    def finish(self) -> None:
        """Drop what is not there any more."""
        self.db.execute("DELETE FROM unit WHERE path NOT IN (SELECT path FROM seen)")
        self.db.commit()

    def stretches(self) -> Iterator[list[Row]]:
        """Every unit in order of path, some at a time; of a copy handed in several times the
        newest counts, the others have a reason. Newest is what was handed in last, of a workbook
        what was logged last: the time of a file may be that of a download. It tells where these
        days are the same.

        Where a stretch ends goes by the paths in it, so that one more unit moves few other ends.
        """
        older = {
            path
            for path, newest in self.db.execute(
                "SELECT path, first_value(path) OVER (PARTITION BY copy ORDER BY "
                "json_extract(kept, '$.as_of') DESC, json_extract(kept, '$.last') DESC, at DESC, "
                "path DESC) "
                "FROM unit WHERE reason = '' AND copy IN (SELECT copy FROM unit "
                "WHERE reason = '' AND copy != '' GROUP BY copy HAVING count(*) > 1)"
            )
            if path != newest
        }
        some = []
        for path, stamp, copy, reason in self.db.execute(
            "SELECT path, stamp, copy, reason FROM unit ORDER BY path"
        ):
            if path in older:
                reason = "another one of the same learner, as new or newer, is counted instead"
            some.append(Row(path.decode("utf-8", "surrogatepass"), stamp, copy, reason))
            n = len(some)
            if n >= _STRETCH.start and (_may_end(path) or n == _STRETCH.stop):
                yield some
                some = []
        if some:
            yield some

    def part(self, about: Any, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `make` makes, from an earlier run if that was about the same.

        about: all that it depends on
        """
        key = blake2b(repr(about).encode(), digest_size=16).digest()
        self.db.execute("INSERT OR IGNORE INTO used VALUES (?)", (key,))
        if known := self.db.execute("SELECT made FROM part WHERE key = ?", (key,)).fetchone():
            return json.loads(known[0])
        made = make()
        self.db.execute("INSERT INTO part VALUES (?, ?)", (key, json.dumps(made)))
        return made

    def kept(self, rows: list[Row]) -> Iterator[tuple[Row, dict[str, Any]]]:
        """These rows of a stretch with their counts, without those that have a reason."""
        query = "SELECT kept FROM unit WHERE path BETWEEN ? AND ? ORDER BY path"
        texts = self.db.execute(query, (_bytes(rows[0].path), _bytes(rows[-1].path)))
        for row, (text,) in zip(rows, texts, strict=True):
            if not row.reason:
                yield row, json.loads(text)

    def forget_unused(self) -> None:
        """Drop the parts that this run did not ask for."""
        self.db.execute("DELETE FROM part WHERE key NOT IN (SELECT key FROM used)")
        self.db.commit()
