"""What durable logs cost, beside what else could be done: python -m tests.benchmarks.logs

Interleaved rounds and medians, on the disk that holds the checkout (not in memory). About two
minutes; the first argument is a folder on another disk to measure.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

import ii_helpers as ii
from ii_helpers import sheet
from ii_helpers.log import Log
from ii_helpers.tables import TABLES

ROUNDS = 41
SIZES = (0, 1_000, 100_000, 1_000_000)
VALUES = dict(
    name="Ana Silva", salutation="Dr.", job_title="Speech systems engineer",
    email="ana@example.org", phone="+1 555 0100", profile_url="https://example.org/in/ana-silva",
    notes="Met at the fair, said to write in the autumn.",
)  # fmt: skip
TABLE = TABLES["contacts"]


def milliseconds(work) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def lines(n: int, table=TABLE) -> str:
    """The text of a log of n rows of about 275 bytes."""
    stamp = "2026-11-21T10:00:00.123456+00:00"
    row = {"created_at": stamp, "updated_at": stamp, **VALUES, "phone": "'+1 555 0100"}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, table.header, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    for k in range(n):
        writer.writerow({**row, "id": f"con_{k:012d}"})
    return "\ufeff" + out.getvalue()


class Appends:
    """One row added in each way to a store that holds n rows."""

    def __init__(self, folder: Path, n: int):
        self.n, self.folder = n, folder
        folder.mkdir()
        text = lines(n).encode() if n else b""
        self.line = sheet.line(map(str, VALUES.values()), ",", "\r\n").ljust(275).encode()
        self.raw = os.open(folder / "raw.csv", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(self.raw, text)
        self.wb = ii.open_workbook(folder / "log")
        if n:
            self.wb.contacts.path.write_bytes(text)
        self.frame = pd.DataFrame([{c: VALUES.get(c, "x") for c in TABLE.header}])
        (folder / "pandas.csv").write_bytes(text)
        (folder / "whole.csv").write_bytes(text or lines(0).encode())
        self._sqlite(n)
        self.tinydb = self._tinydb(n)
        os.sync()
        self.ours()  # the first one takes the file over; it is told apart in the table
        self.works = {
            "raw write + fsync": self.ours_raw,
            "log.append": self.ours,
            "pandas to_csv(mode='a')": self.pandas,
            "sqlite3, opened per row, WAL, FULL": self.sqlite,
        }
        if n <= 100_000:
            self.works["read, concat, write whole"] = self.whole
        if self.tinydb and n <= 1_000:
            self.works["TinyDB"] = self.tiny

    def ours_raw(self) -> None:
        os.write(self.raw, self.line)
        os.fsync(self.raw)

    def ours(self) -> None:
        self.wb.contacts.append(**VALUES)

    def pandas(self) -> None:
        self.frame.to_csv(self.folder / "pandas.csv", mode="a", header=False, index=False)

    def whole(self) -> None:
        path = self.folder / "whole.csv"
        pd.concat([pd.read_csv(path, dtype=str), self.frame]).to_csv(path, index=False)

    def _sqlite(self, n: int) -> None:
        columns = ", ".join(TABLE.header)
        with sqlite3.connect(self.folder / "rows.db") as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(f"CREATE TABLE rows ({columns})")
            row = [VALUES.get(name, "x") for name in TABLE.header]
            db.executemany(self._insert, (row for _ in range(n)))

    @property
    def _insert(self) -> str:
        return f"INSERT INTO rows VALUES ({', '.join('?' * len(TABLE.header))})"

    def sqlite(self) -> None:
        db = sqlite3.connect(self.folder / "rows.db")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        with db:
            db.execute(self._insert, [VALUES.get(name, "x") for name in TABLE.header])
        db.close()

    def _tinydb(self, n: int):
        try:
            import tinydb
        except ImportError:
            return None
        db = tinydb.TinyDB(self.folder / "tiny.json")
        if n <= 1_000:
            db.insert_multiple([VALUES] * n)
        return db

    def tiny(self) -> None:
        self.tinydb.insert(VALUES)

    def close(self) -> None:
        os.close(self.raw)


def measure(works: dict, rounds: int) -> dict[str, float]:
    """The median of each work, every round doing each of them once."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for name in works:
        works[name]()
    for _ in range(rounds):
        for name, work in works.items():
            if len(times[name]) < 5 or statistics.median(times[name]) < 100:
                times[name].append(milliseconds(work))
    return {name: statistics.median(found) for name, found in times.items()}


def table(title: str, columns: list[str], rows: dict[str, list[str]]) -> None:
    print(f"\n{title}")
    print(f"| {'':<36} | " + " | ".join(f"{c:>11}" for c in columns) + " |")
    print(f"| {'-' * 36} | " + " | ".join("-" * 11 for _ in columns) + " |")
    for name, cells in rows.items():
        print(f"| {name:<36} | " + " | ".join(f"{cell:>11}" for cell in cells) + " |")


def benchmark_appends(folder: Path) -> None:
    found: dict[int, dict[str, float]] = {}
    has_tinydb = False
    for n in SIZES:
        store = Appends(folder / str(n), n)
        has_tinydb = bool(store.tinydb)
        found[n] = measure(store.works, ROUNDS)
        store.close()
        shutil.rmtree(store.folder)
    names = list(found[0])
    rows = {
        name: [f"{found[n][name]:.3f}" if name in found[n] else "-" for n in SIZES]
        for name in names
    }
    rows["log.append / raw"] = [
        f"{found[n]['log.append'] / found[n]['raw write + fsync']:.2f}" for n in SIZES
    ]
    rows["pandas to_csv(mode='a') / log.append"] = [
        f"{found[n][names[2]] / found[n]['log.append']:.2f}" for n in SIZES
    ]
    table("Appending one row of 275 bytes, ms (medians)", [f"{n:,} rows" for n in SIZES], rows)
    if not has_tinydb:
        print("TinyDB: not installed")
    flat = found[1_000_000]["log.append"] / found[0]["log.append"]
    print(f"log.append at 1,000,000 rows / at 0 rows: {flat:.2f}")


def benchmark_opening(folder: Path) -> None:
    """13 logs of 1,000 rows each: opened anew and read, beside plain pandas.read_csv."""
    wb = ii.open_workbook(folder / "thirteen")
    tables = [t for t in TABLES.values() if t.name != "learner"]
    for shape in tables:
        copy = Log(wb.log(shape.name).path, shape, wb.lock)
        copy.path.write_bytes(_rows_of(shape, 1_000))
        wb.log(shape.name).widen()  # known for its own from now on
    paths = [wb.log(shape.name).path for shape in tables]

    def ours() -> None:
        fresh = ii.open_workbook(wb.folder)
        for shape in tables:
            fresh.log(shape.name).read()

    def lengths() -> None:
        fresh = ii.open_workbook(wb.folder)
        for shape in tables:
            len(fresh.log(shape.name))

    works = {
        "pandas.read_csv of the files": lambda: [pd.read_csv(path) for path in paths],
        "open_workbook and read()": ours,
        "open_workbook and len()": lengths,
        "open_workbook alone": lambda: ii.open_workbook(wb.folder),
    }
    found = measure(works, 15)
    plain = found["pandas.read_csv of the files"]
    table("Opening a workbook of 13 logs x 1,000 rows", ["ms", "/ read_csv"],
          {name: [f"{ms:.1f}", f"{ms / plain:.2f}"] for name, ms in found.items()})  # fmt: skip


def _rows_of(shape, n: int) -> bytes:
    values = {"text": "some words here", "number": "3", "day": "2026-11-20"}
    stamp, cells = "2026-11-21T10:00:00.123456+00:00", []
    for k in range(n):
        row = []
        for name in shape.header:
            column = shape.columns.get(name)
            if name == "id":
                row.append(f"{shape.name[:3]}_{k:012d}")
            elif shape.kinds[name] == "instant":
                row.append(stamp)
            elif column.references or name in ("timezone", "email"):
                row.append("")
            else:
                row.append(column.choices[0] if column.choices else values[shape.kinds[name]])
        cells.append(sheet.line(row, ",", "\r\n"))
    return ("\ufeff" + sheet.line(shape.header, ",", "\r\n") + "".join(cells)).encode()


def main() -> None:
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory(dir=place, prefix=".benchmark-") as folder:
        benchmark_opening(Path(folder))
        benchmark_appends(Path(folder))


if __name__ == "__main__":
    main()
