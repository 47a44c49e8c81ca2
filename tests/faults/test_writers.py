"""Many notebooks write at once, and some are killed: no row is lost, torn or overwritten silently.

The long forms (about 3 minutes):
    python -m pytest tests/faults/test_writers.py -m long -s
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

import ii_helpers as ii

APPEND = """
import json, sys, time
import ii_helpers as ii
wb, me, n = ii.open_workbook(sys.argv[1]), sys.argv[2], int(sys.argv[3])
slowest, done = 0, []
print("ready", flush=True); sys.stdin.readline()
for i in range(n):
    start = time.perf_counter()
    done.append(wb.tasks.append(task=f"{me}-{i}, with a \\n line break").id)
    slowest = max(slowest, time.perf_counter() - start)
print(json.dumps([slowest, done]))
"""

REVISE = """
import json, random, sys
import ii_helpers as ii
from ii_helpers.errors import NewerRow
wb, me, n = ii.open_workbook(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ids = [row.id for row in wb.tasks.rows()]
rng, met, done = random.Random(me), 0, []
print("ready", flush=True); sys.stdin.readline()
for i in range(n):
    id = rng.choice(ids)
    row = wb.tasks.get(id)
    while True:
        try:
            wb.tasks.revise(id, seen=row, task=row.task + f" {me}-{i}")
            break
        except NewerRow as error:
            met, row = met + 1, error.theirs
    done.append([id, f"{me}-{i}"])
print(json.dumps([met, done]))
"""

EAGER = """
from ii_helpers import journal
journal._is_long, journal._FOR_UNDO = lambda *_: True, 2000
"""

MIXED = """
import json, sys
import ii_helpers as ii
wb, me, n = ii.open_workbook(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True); sys.stdin.readline()
kept = []
for i in range(n):
    keep = wb.tasks.append(task=f"{me}-{i}")
    gone = wb.tasks.append(task=f"{me}-{i} gone")
    wb.tasks.revise(keep.id, task=f"{me}-{i} revised")
    wb.tasks.erase(gone.id)
    kept.append(keep.id)
print(json.dumps([0, kept]))
"""


def at_once(folder, code, n_processes, n):
    """Run the code in several processes that start together; return what each printed."""
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, folder, str(k), str(n)], stdin=pipe, stdout=pipe, text=True
        )
        for k in range(n_processes)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=600)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * n_processes
    return [json.loads(text) for text in said]


def append_at_once(wb, n_processes, n):
    said = at_once(wb.folder, APPEND, n_processes, n)
    rows = ii.open_workbook(wb.folder).tasks.rows()
    assert len(rows) == n_processes * n
    assert {row.id for row in rows} == {id for _, done in said for id in done}
    for k, (_, done) in enumerate(said):  # each writer's rows stand in the order it wrote them
        texts = {row.id: row.task for row in rows}
        assert [texts[id] for id in done] == [f"{k}-{i}, with a \n line break" for i in range(n)]
    assert wb.check() == [] and not (wb.hidden / "torn").exists()
    return max(slowest for slowest, _ in said)


def revise_at_once(wb, n_processes, n, code=REVISE):
    wb.tasks.append_many([dict(task=f"row {k}") for k in range(20)])
    said = at_once(wb.folder, code, n_processes, n)
    texts = {row.id: row.task.split() for row in ii.open_workbook(wb.folder).tasks.rows()}
    done = [(id, mark) for _, marks in said for id, mark in marks]
    assert len(texts) == 20 and len(done) == n_processes * n
    assert all(mark in texts[id] for id, mark in done)
    assert sum(len(words) - 2 for words in texts.values()) == len(done)
    assert wb.check() == [] and reopened_lost(wb) == []
    return sum(met for met, _ in said)


def reopened_lost(wb):
    return ii.open_workbook(wb.folder).lost()


def test_three_notebooks_append_at_once(wb):
    append_at_once(wb, 3, 40)


def test_three_notebooks_revise_the_same_rows(wb):
    revise_at_once(wb, 3, 12)


def test_three_notebooks_revise_the_same_rows_while_each_shortens_the_journal(wb):
    revise_at_once(wb, 3, 12, EAGER + REVISE)
    again = ii.open_workbook(wb.folder)
    known = again.journal.known("tasks")
    assert {id: row.cells for id, row in known.items()} == again.tasks.texts()
    assert again.undo().startswith("Taken back: changing the next step")


@pytest.mark.parametrize("code", [MIXED, EAGER + MIXED], ids=["", "each shortens the journal"])
def test_three_notebooks_do_everything_at_once(wb, code):
    said = at_once(wb.folder, code, 3, 8)
    rows = ii.open_workbook(wb.folder).tasks.rows()
    assert {row.id for row in rows} == {id for _, kept in said for id in kept}
    assert all(row.task.endswith("revised") for row in rows)
    assert wb.check() == [] and reopened_lost(wb) == []


@pytest.mark.long
@pytest.mark.timeout(900)
def test_eight_notebooks_append_500_rows_each(wb):
    slowest = append_at_once(wb, 8, 500)
    print(f"\n8 x 500 appends: 4,000 of 4,000 rows, the slowest took {slowest:.3f} s")
    assert slowest < 0.5


@pytest.mark.long
@pytest.mark.timeout(900)
def test_eight_notebooks_revise_the_same_20_rows_100_times_each(wb):
    met = revise_at_once(wb, 8, 100)
    print(f"\n8 x 100 revisions: 800 of 800 kept, {met} met a newer row and were told")


# --- killed at any instant -------------------------------------------------------------------

KILLED = """
import random, sys
import ii_helpers as ii
wb, rng = ii.open_workbook(sys.argv[1]), random.Random(int(sys.argv[2]))
largest = int(sys.argv[3])
print("ready", flush=True)
while True:
    size = int(largest ** rng.random() * 300 ** (1 - rng.random()))
    text = f"{size} " + "a\\"b\\r\\n" * (min(size, largest) // 5)
    act = rng.random()
    rows = wb.messages.rows() if act > 0.8 and len(wb.messages) else []
    if act > 0.9 and rows:
        id = rng.choice(rows).id
        wb.messages.revise(id, text=text)
        print("revised", id, flush=True)
    else:
        id = wb.messages.append(contact_id=sys.argv[4], text=text).id
        print("saved", id, flush=True)
"""


def kill_writers(wb, n_kills, largest, keep=40):
    """Kill a writer again and again; every row that it had acknowledged is there and whole."""
    rng, contact = random.Random(n_kills), wb.contacts.append(name="Ana Silva")
    acknowledged, n_unsaid = set(), 0
    for n in range(n_kills):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, wb.folder, str(n), str(largest), contact.id],
            stdout=subprocess.PIPE,
        )
        assert process.stdout.readline() == b"ready\n"
        met = [process.stdout.readline() for _ in range(rng.randrange(3))]
        time.sleep(rng.random() ** 3 * 0.15)
        os.kill(process.pid, signal.SIGKILL)
        *lines, _ = (b"".join(met) + process.communicate()[0]).decode().split("\n")
        acknowledged |= {line.split()[1] for line in lines}
        again = ii.open_workbook(wb.folder)
        rows = {row.id: row.text.partition(" ") for row in again.messages.rows()}
        assert acknowledged <= rows.keys()
        for size, _, body in rows.values():
            assert body == 'a"b\r\n' * (min(int(size), largest) // 5)
        assert again.lost() == []
        n_unsaid += len(rows.keys() - acknowledged)
        again.messages.widen()  # takes over what the kill left
        acknowledged |= rows.keys()
        if len(rows) > keep or sum(int(size) for size, _, _ in rows.values()) > 4_000_000:
            again.messages.path.unlink()
            for name in ("journal", "earlier", "stamps"):
                path = again.hidden / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            acknowledged.clear()
    folder = wb.hidden / "torn"
    return len(list(folder.glob("*"))) if folder.exists() else 0, n_unsaid


def test_writers_that_are_killed_leave_every_acknowledged_row_whole(wb):
    kill_writers(wb, 8, 300_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_thousand_killed_writers_leave_every_acknowledged_row_whole(wb):
    n_torn, n_unsaid = kill_writers(wb, 1000, 8_000_000)
    print(
        f"\n1,000 kills: every acknowledged row whole, {n_torn} torn lines set aside, "
        f"{n_unsaid} rows written and killed before that was said"
    )
    assert n_unsaid
