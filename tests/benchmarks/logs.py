"""What durable logs cost, beside what else could be done:

    python -m tests.benchmarks.logs [FOLDER] [--rounds 101] [--rows 1000000]

Medians on the disk that holds the checkout, not in memory. Every round does each work
at each size, in another order; those that rewrite a file have rounds of their own, since they
leave much to flush. A row is added ten times in a row in each round: "alone" is the first of
them, which finds the processor's caches full of other work, and the medians are of the rest.
About three minutes.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import io
import os
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd

import ii_helpers as ii
from ii_helpers import sheet
from ii_helpers.log import Log
from ii_helpers.tables import TABLES

SIZES = (0, 1_000, 100_000, 1_000_000)
VALUES = dict(
    name="Ana Silva", salutation="Dr.", job_title="Speech systems engineer",
    email="ana@example.org", phone="+1 555 0100", profile_url="https://example.org/in/ana-silva",
    notes="Met at the fair, said to write in the autumn.",
)  # fmt: skip
TABLE = TABLES["contacts"]
RAW, OURS, PANDAS = "raw write + fsync", "log.append", "pandas to_csv(mode='a')"
WHOLE = ("read, concat, write whole", "TinyDB")


def milliseconds(work) -> tuple[float, float]:
    """What a work takes by the clock, and of the processor."""
    start, used = time.perf_counter(), time.process_time()
    work()
    used = time.process_time() - used
    return (time.perf_counter() - start) * 1000, used * 1000


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
        os.sync()
        self.first, _ = milliseconds(self.ours)
        self.works = {
            RAW: self.plain,
            OURS: self.ours,
            PANDAS: self.pandas,
            "sqlite3, opened per row, WAL, FULL": self.sqlite,
        }
        if n <= 100_000:
            self.works[WHOLE[0]] = self.whole
        if n <= 1_000 and importlib.util.find_spec("tinydb"):
            self.works[WHOLE[1]] = self._tinydb(n)

    def plain(self) -> None:
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
        import tinydb

        db = tinydb.TinyDB(self.folder / "tiny.json")
        db.insert_multiple([VALUES] * n)
        return lambda: db.insert(VALUES)

    def close(self) -> None:
        os.close(self.raw)


def measure(works: dict, rounds: int, before=lambda: None, in_a_row: int = 1) -> tuple:
    """The medians of each work in ms, by the clock and of the processor: of those that follow
    one of their own, if any does, and of the first in each round. A work that takes long is
    done in fewer rounds.

    before: done before each round of a work, and not measured
    """
    first: dict = {name: [milliseconds(work)] for name, work in works.items()}
    rest: dict = {name: [] for name in works}
    order = random.Random(1)
    for _ in range(rounds):
        for name in order.sample(list(works), len(works)):
            if len(first[name]) < 6 or min(first[name])[0] < 100:
                before()
                first[name].append(milliseconds(works[name]))
                if first[name][-1][0] < 5:
                    rest[name] += [milliseconds(works[name]) for _ in range(in_a_row - 1)]

    def medians(found: list) -> tuple:
        return tuple(map(statistics.median, zip(*found, strict=True)))

    alone = {name: medians(found[1:]) for name, found in first.items()}  # the first warms up
    return {name: medians(rest[name]) if rest[name] else alone[name] for name in works}, alone


def table(title: str, columns: list[str], rows: dict[str, list[str]]) -> None:
    print(f"\n{title}")
    print(f"| {'':<46} | " + " | ".join(f"{c:>14}" for c in columns) + " |")
    print(f"| {'-' * 46} | " + " | ".join("-" * 14 for _ in columns) + " |")
    for name, cells in rows.items():
        print(f"| {name:<46} | " + " | ".join(f"{cell:>14}" for cell in cells) + " |")


def benchmark_appends(folder: Path, rounds: int, most: int) -> None:
    sizes = [n for n in SIZES if n <= most]
    stores = {n: Appends(folder / str(n), n) for n in sizes}
    found, alone = {}, {}
    for are_whole in (False, True):  # what rewrites a file leaves much for the next to flush
        works = {(name, n): work for n in sizes for name, work in stores[n].works.items()
                 if (name in WHOLE) == are_whole}  # fmt: skip
        measured = measure(works, rounds, in_a_row=1 if are_whole else 10)
        found.update(measured[0])
        alone.update(measured[1])
    rows = {
        name: [f"{found[name, n][0]:.3f}" if (name, n) in found else "-" for n in sizes]
        for name in stores[0].works
    }
    rows["log.append, the first to a foreign file"] = [f"{stores[n].first:.1f}" for n in sizes]
    for name in (RAW, OURS, PANDAS):
        rows[f"{name}: processor"] = [f"{found[name, n][1]:.3f}" for n in sizes]
    for over, under in ((OURS, RAW), (PANDAS, OURS)):
        rows[f"{over} / {under}"] = [f"{found[over, n][0] / found[under, n][0]:.2f}" for n in sizes]
    for name in (RAW, OURS, PANDAS):
        rows[f"{name}, alone"] = [f"{alone[name, n][0]:.3f}" for n in sizes]
    for over, under in ((OURS, RAW), (PANDAS, OURS)):
        ratios = [f"{alone[over, n][0] / alone[under, n][0]:.2f}" for n in sizes]
        rows[f"{over} / {under}, alone"] = ratios
    table("Appending one row of 275 bytes, ms (medians)", [f"{n:,} rows" for n in sizes], rows)
    flat = found[OURS, sizes[-1]][0] / found[OURS, 0][0]
    print(f"log.append at {sizes[-1]:,} rows / at 0 rows: {flat:.2f}")
    if WHOLE[1] not in stores[0].works:
        print("TinyDB is not installed: pip install tinydb")
    print("Goals: log.append / raw at most 3, pandas / log.append at least 3, flat within 1.3.")
    for store in stores.values():
        store.close()


def benchmark_opening(folder: Path, rounds: int) -> None:
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
    found, _ = measure(works, rounds, gc.collect)  # none pays for what another left behind
    plain = found["pandas.read_csv of the files"]
    table("Opening a workbook of 13 logs x 1,000 rows",
          ["ms", "/ read_csv", "processor", "/ read_csv"],
          {name: [f"{ms:.1f}", f"{ms / plain[0]:.2f}", f"{used:.1f}", f"{used / plain[1]:.2f}"]
           for name, (ms, used) in found.items()})  # fmt: skip
    print("Goal: at most 2.")


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
    parser = argparse.ArgumentParser(description="What durable logs cost, beside other ways.")
    checkout = Path(__file__).resolve().parents[2]
    parser.add_argument("folder", nargs="?", type=Path, default=checkout,
                        help="a folder on the disk to measure (the checkout)")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=101, help="of each work (101)")
    parser.add_argument("--rows", type=int, default=SIZES[-1], help="of the largest log (1000000)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder, prefix=".benchmark-") as folder:
        benchmark_opening(Path(folder), asked.rounds)
        benchmark_appends(Path(folder), asked.rounds, asked.rows)


if __name__ == "__main__":
    main()
