"""A log that a spreadsheet program saved again is read as it was, or refused: never garbled.

The long form goes through every combination (about 1 minute):
    python -m pytest tests/faults/test_resaved.py -m long
"""

import csv
import itertools
import random
import shutil
from datetime import date, datetime

import pandas as pd
import pytest

import ii_helpers as ii
from ii_helpers.errors import LogUnreadable

ENCODINGS = ("utf-8-sig", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "cp1252")
DELIMITERS = (",", ";", "\t")
NEWLINES = ("\r\n", "\n", "\r")
QUOTING = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%b-%y", "%m/%d/%y")
VARIANTS = list(itertools.product(ENCODINGS, DELIMITERS, NEWLINES, QUOTING, DATES))

TASKS = [
    dict(task="Write to José Müller, who said “later” — twice", due_on=date(2026, 4, 3)),
    dict(task="Ask: 1; 2, 3\t4 | \"five\"", due_on=date(2026, 11, 20), done_on=date(2026, 12, 1)),
    dict(task="Two lines\nand an apostrophe: 'tis", due_on=date(2026, 1, 2)),
    dict(task="=1+1"),
    dict(task="00123", done_on=date(2026, 2, 2)),
    dict(task="1.50", due_on=date(2027, 3, 4)),
]  # fmt: skip


@pytest.fixture
def tasks(tmp_path):
    wb = ii.open_workbook(tmp_path / "log")
    wb.tasks.append_many(TASKS)
    return wb.tasks


def resave(path, encoding, delimiter, newline, quoting, dates):
    """Save a log as a spreadsheet program does that shows dates in its own way."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    for row in rows[1:]:
        for name in ("due_on", "done_on"):
            at = header.index(name)
            if row[at]:
                row[at] = datetime.strptime(row[at], "%Y-%m-%d").strftime(dates)
    text = "".join(delimiter.join(quoted(c, delimiter, quoting) for c in r) + newline for r in rows)
    data = text.encode(encoding)
    if encoding in ("utf-16-be", "utf-16-le") and quoting == csv.QUOTE_ALL:
        data = "\ufeff".encode(encoding) + data
    path.write_bytes(data)


def quoted(cell, delimiter, quoting):
    if quoting == csv.QUOTE_ALL or any(mark in cell for mark in (delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def holds(log, expected):
    """Read right, or refused."""
    try:
        pd.testing.assert_frame_equal(log.read(), expected)
        return True
    except LogUnreadable:
        return False


def try_variant(tasks, variant, tmp_path, *, journal):
    expected = tasks.read()
    place = tmp_path / "copy"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(tasks.path.parent, place)
    resave(place / "tasks.csv", *variant)
    before = (place / "tasks.csv").read_bytes()
    if not journal:
        shutil.rmtree(place / ".workbook")
    wb = ii.open_workbook(place)
    was_read = holds(wb.tasks, expected)
    assert (place / "tasks.csv").read_bytes() == before  # reading changes nothing
    if was_read:
        added = wb.tasks.append(task="Ein Gruß aus Łódź 🎧")
        again = ii.open_workbook(place).tasks
        pd.testing.assert_frame_equal(again.read().iloc[:-1], expected)
        assert again.rows()[-1] == added
        kept = [p.read_bytes() for p in (place / ".workbook" / "earlier").glob("*.csv")]
        assert before in kept or (place / "tasks.csv").read_bytes().startswith(before)
    else:
        with pytest.raises(LogUnreadable, match="tasks.csv"):
            wb.tasks.append(task="another")
        assert (place / "tasks.csv").read_bytes() == before
    return was_read


@pytest.mark.parametrize("journal", [True, False], ids=["known rows", "unknown rows"])
def test_some_variants_are_read_or_refused(tasks, tmp_path, journal):
    some = random.Random(7).sample(VARIANTS, 40)
    n_read = sum(try_variant(tasks, variant, tmp_path, journal=journal) for variant in some)
    assert n_read == len(some)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("journal", [True, False], ids=["known rows", "unknown rows"])
def test_every_variant_is_read_or_refused(tasks, tmp_path, journal):
    read = [v for v in VARIANTS if try_variant(tasks, v, tmp_path, journal=journal)]
    print(f"\n{len(read)} of {len(VARIANTS)} variants read, the others refused")
    assert len(VARIANTS) >= 600
    assert len(read) == len(VARIANTS)  # one date of these, 20 November, tells the order
