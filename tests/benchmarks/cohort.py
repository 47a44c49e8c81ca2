"""Time the class view: `python -m tests.benchmarks.cohort [--quick] [--full]
[--hundred-thousand]`.

Everything runs side by side in one run, and every way must come to the same totals. Medians
of interleaved rounds where a round takes seconds. The other ways are in rivals.py. Needs the
extra `course` and them: `pip install -e ".[course]" scipy polars duckdb pyarrow`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import ii_helpers as ii
from ii_helpers.course import cohort, counts, hand_in, received
from ii_helpers.tables import CATEGORIES, CHANNELS, HOW_KNOWN, TABLES

from . import rivals

TODAY = date(2026, 12, 1)
LOGS = (
    "criteria", "occupations", "contacts", "referrals", "messages", "interviews", "questions",
    "fit_ratings",
)  # fmt: skip
ROWS = 40
VARIANTS = 60


# --- invented classes ------------------------------------------------------------------------


def rows(seed: int) -> dict[str, list[dict]]:
    """Eight logs of 40 rows of an invented learner."""
    pick, first = random.Random(seed), datetime(2026, 9, 1, 15, tzinfo=UTC)
    made: dict[str, list[dict]] = {}
    for table in LOGS:
        made[table] = []
        for n in range(ROWS):
            at = first + timedelta(hours=40 * n + pick.randint(0, 30))
            on = f"{at:%Y-%m-%d}"
            row = {"id": f"{table[:3]}_{seed}_{n}", "created_at": at.isoformat(),
                   "updated_at": at.isoformat()}  # fmt: skip
            who = {}
            for name, target in TABLES[table].references.items():
                if target in LOGS:
                    most = 4 if target == "occupations" else ROWS
                    who[name] = f"{target[:3]}_{seed}_{pick.randrange(most)}"
            if table == "referrals":
                who["to_contact_id"] = f"con_{seed}_{(n + 1) % ROWS}"
                who["from_contact_id"] = f"con_{seed}_{int(n * pick.random())}"
            row |= who | {
                "criteria": {"kind": "value", "statement": f"What matters {n}",
                             "importance": pick.randint(1, 5)},
                "occupations": {"title": f"Occupation {n}", "status": "exploring"},
                "contacts": {"name": f"Person {n}", "how_known": pick.choice(HOW_KNOWN),
                             "email": f"p{n}@example.org", "notes": "met at a fair, likes tea"},
                "referrals": {"referred_on": on, "may_use_name": "yes"},
                "messages": {"purpose": pick.choice(("request", "request", "thank-you")),
                             "channel": pick.choice(CHANNELS), "sent_at": at.isoformat(),
                             "text": "Dear Person, thank you for your time. " * 5,
                             "reply": pick.choice(("none yet", "yes", "no")), "replied_on": on},
                "interviews": {"format": "video", "starts_at": at.isoformat(), "minutes": 20,
                               "status": pick.choice(("held", "held", "cancelled"))},
                "questions": {"position": n + 1, "category": pick.choice(CATEGORIES),
                              "text": "What does a good week look like?", "outcome": "asked",
                              "answer": "It has a morning, by the river."},
                "fit_ratings": {"rating": pick.randint(1, 5), "rated_on": on},
            }[table]  # fmt: skip
            made[table].append(row)
    return made


def files(seed: int) -> dict[str, bytes]:
    made = {}
    for table, lines in rows(seed).items():
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, TABLES[table].header, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
        made[f"{table}.csv"] = ("\ufeff" + text.getvalue()).encode()
    return made


def workbooks(place: Path, n: int, first: int = 0) -> None:
    """Lay down n workbooks of invented learners."""
    variants = [files(seed) for seed in range(VARIANTS)]
    for at in range(first, n):
        folder = place / f"learner-{at:06}" / "data" / "log"
        folder.mkdir(parents=True)
        for name, data in variants[at % VARIANTS].items():
            (folder / name).write_bytes(data)


def hand_ins(place: Path, n: int) -> None:
    """Lay down n hand-ins, each of another copy, in folders of a thousand."""
    import zipfile

    ready = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(VARIANTS):
            logs = Path(folder) / str(seed) / "log"
            logs.mkdir(parents=True)
            for name, data in files(seed).items():
                (logs / name).write_bytes(data)
            parts = hand_in.preview(ii.open_workbook(logs))
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
                for part in parts:
                    file.writestr(f"{part.table}.csv", hand_in._csv([part.columns, *part.rows]))
            ready.append(packed.getvalue())
    for at in range(n):
        path = place / f"{at // 1000:03}" / f"hand-in-{at:06}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        about = {"format": received.FORMAT, "schema_version": 1, "copy": f"c{at}"}
        packed = io.BytesIO(ready[at % VARIANTS])
        with zipfile.ZipFile(packed, "a") as file:
            file.writestr(received.ABOUT, json.dumps(about))
        path.write_bytes(packed.getvalue())


# --- timing ----------------------------------------------------------------------------------


def ours(place: Path, to: Path, **options) -> counts.Totals:
    shutil.rmtree(to, ignore_errors=True)
    return again(place, to, **options)


def again(place: Path, to: Path, **options) -> counts.Totals:
    done = cohort.cohort(place, to, today=TODAY, **options)
    assert not done.problems, done.problems[:3]
    return done.totals


class Times(NamedTuple):
    """How long something took. wall: in seconds; work: of this process's processor time, which
    other programs disturb less"""

    wall: float
    work: float


def timed(do, *args, **options) -> tuple[Times, counts.Totals]:
    wall, work = time.perf_counter(), time.process_time()
    result = do(*args, **options)
    return Times(time.perf_counter() - wall, time.process_time() - work), result


def median(times: list[Times]) -> Times:
    return Times(*map(statistics.median, zip(*times, strict=True)))


def spin(_: int) -> float:
    start = time.perf_counter()
    sum(n * n % 7 for n in range(3_000_000))
    return time.perf_counter() - start


def free(rounds: int) -> float:
    """How much two processes that share nothing get done here, of what one does."""
    times = []
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(spin, range(2)))
        for _ in range(rounds):
            [alone] = pool.map(spin, range(1))
            times.append(2 * alone / max(pool.map(spin, range(2))))
    return statistics.median(times)


def peak(place: Path, to: Path) -> float:
    """MiB that a run in a process of its own takes at most, its workers left out."""
    code = (
        "import sys; from pathlib import Path; from datetime import date;"
        "from ii_helpers.course import cohort;"
        "cohort.cohort(sys.argv[1], Path(sys.argv[2]), workers=1, today=date(2026, 12, 1));"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    shutil.rmtree(to, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-c", code, str(place), str(to)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(made.stdout) / 1024


def show(what: str, figure: str, more: str = "") -> None:
    print(f"{what:<54} {figure:>14}  {more}", flush=True)


def main(argv: list[str] | None = None) -> None:
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument("--quick", action="store_true", help="a tenth of the workbooks")
    chosen.add_argument("--full", action="store_true", help="pandas over all workbooks")
    chosen.add_argument("--hundred-thousand", action="store_true", help="and 100,000 hand-ins")
    chosen.add_argument("--no-dask", action="store_true")
    chosen.add_argument("--rounds", type=int, default=3)
    chosen = chosen.parse_args(argv)
    os.environ["TZ"] = "UTC"
    time.tzset()
    n = 200 if chosen.quick else 2000
    with tempfile.TemporaryDirectory(prefix="cohort-") as folder:
        place, to = Path(folder) / "few", Path(folder) / "out"
        workbooks(place, n)
        print(f"{n:,} workbooks x {len(LOGS)} logs x {ROWS} rows; {os.cpu_count()} processors\n")
        expected = against_others(place, to, n, chosen)
        print("workbooks")
        second_run(place, to, "*/data/log/messages.csv", expected, chosen.rounds)
        print(f"{n:,} hand-ins")
        hand_ins(Path(folder) / "zips", n)
        second_run(Path(folder) / "zips", to, "*/*.zip", None, chosen.rounds)
        print()
        if not chosen.no_dask:
            dask(place, to, expected)
        five_times(place, to, n)
        if chosen.hundred_thousand:
            hundred_thousand(Path(folder), to)


def against_others(place: Path, to: Path, n: int, chosen) -> counts.Totals:
    """Time every way in turn, round after round; all must come to the same totals."""
    ways = {
        "class view, a loop": lambda: ours(place, to, workers=1),
        "class view, 2 processes": lambda: ours(place, to, workers=2),
        "polars, one scan per table": lambda: rivals.by_polars(place),
        "DuckDB, one query per table": lambda: rivals.by_duckdb(place),
    }
    found: dict[str, list[Times]] = {name: [] for name in ways}
    expected = None
    for _ in range(chosen.rounds):
        for name, do in ways.items():
            times, totals = timed(do)
            expected = expected or totals
            assert totals == expected, f"{name} comes to another result"
            found[name].append(times)
    # A loop takes as long for each workbook, so a part of them tells.
    part = n if chosen.full else max(VARIANTS, n // 10)
    some = to.with_name("some")
    workbooks(some, part)
    times, totals = timed(rivals.by_pandas, some)
    assert totals == ours(some, to, workers=1), "pandas comes to another result"
    found[f"pandas, a loop ({part} of them)"] = [Times(*(n / part * one for one in times))]
    took = {name: median(times) for name, times in found.items()}
    for name, (wall, work) in took.items():
        alone = "" if "processes" in name else f"{work:.2f} s of a processor"
        show(name, f"{wall:.2f} s", f"{n / wall:,.0f} workbooks a second  {alone}")
    loop, pool, polars, duckdb, pandas = took.values()
    best = min(loop.wall, pool.wall)
    print()
    for name, other, goal in (("pandas", pandas, 20), ("polars", polars, 2), ("DuckDB", duckdb, 2)):
        show(f"{name} / class view", f"{other.wall / best:.1f} x",
             f">= {goal}; {other.work / loop.work:.1f} x by processor time")  # fmt: skip
    show("1 process / 2", f"{loop.wall / pool.wall:.2f} x",
         f">= 1.6, when two are free: 2.00 x, and {free(chosen.rounds):.2f} x here")  # fmt: skip
    return expected


def second_run(place: Path, to: Path, pattern: str, expected, rounds: int) -> None:
    """Run for the first time and again with one learner in a hundred changed, round after round.

    pattern: of the files of which one is changed, one for each learner
    """
    files = sorted(place.glob(pattern))
    first, later = [], []
    for turn in range(rounds):
        times, totals = timed(ours, place, to, workers=1)
        expected = expected or totals
        first.append(times)
        change(files, turn)
        times, again_totals = timed(again, place, to, workers=2)
        assert totals == again_totals == expected
        later.append(times)
    (first_wall, first_work), (wall, work) = median(first), median(later)
    show("  first run / second with 1 % changed", f"{first_wall / wall:.1f} x",
         f">= 20; {first_work / work:.1f} x by processor time; {wall:.2f} s")  # fmt: skip


def change(files: list[Path], turn: int) -> None:
    """Write one file in a hundred anew, others in each turn."""
    for path in random.Random(turn).sample(files, len(files) // 100):
        path.write_bytes(path.read_bytes())


def five_times(place: Path, to: Path, n: int) -> None:
    many = to.with_name("many")
    workbooks(many, 5 * n)
    pool = [timed(ours, folder, to, workers=2)[0].wall for folder in (many, place)]
    loop = [timed(ours, folder, to, workers=1)[0].work for folder in (many, place)]
    show(f"{5 * n:,} against {n:,}: time", f"{pool[0] / pool[1]:.2f} x",
         f"<= 5.5; {loop[0] / loop[1]:.2f} x by processor time, in a loop")  # fmt: skip
    most, least = peak(many, to), peak(place, to)
    show(f"{5 * n:,} against {n:,}: peak memory", f"{most / least:.2f} x",
         f"<= 1.3; {most:.0f} MiB")  # fmt: skip
    shutil.rmtree(many)


def dask(place: Path, to: Path, expected: counts.Totals) -> None:
    """A cluster of two workers on loopback; then again, one of them killed in the middle."""
    import threading

    from distributed import LocalCluster

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True,
               "dashboard_address": None, "host": "127.0.0.1"}  # fmt: skip
    with LocalCluster(**options) as cluster:
        times, totals = timed(ours, place, to, scheduler=cluster.scheduler_address)
        assert totals == expected, "the cluster comes to another result"
        show("Dask, 2 workers on loopback: same result", f"{times.wall:.2f} s")
        victim = next(iter(cluster.workers.values()))
        killer = threading.Timer(times.wall / 3, lambda: os.kill(victim.pid, 9))
        killer.start()
        times, totals = timed(ours, place, to, scheduler=cluster.scheduler_address)
        killer.join()
        assert totals == expected, "with a worker killed the cluster comes to another result"
        show("Dask, one worker killed in the middle: same result", f"{times.wall:.2f} s")


def hundred_thousand(folder: Path, to: Path) -> None:
    place = folder / "hand-ins"
    start = time.perf_counter()
    hand_ins(place, 100_000)
    show("100,000 hand-ins generated", f"{time.perf_counter() - start:.0f} s")
    first, totals = timed(ours, place, to)
    assert totals.learners == 100_000
    show("100,000 hand-ins counted", f"{first.wall:.0f} s", f"{100_000 / first.wall:,.0f} a second")
    times, _ = timed(again, place, to)
    show("  again, nothing changed", f"{times.wall:.0f} s")
    change(sorted(place.glob("*/*.zip")), 0)
    times, again_totals = timed(again, place, to)
    assert again_totals == totals
    show("  again, 1 % changed", f"{first.wall / times.wall:.0f} x", f">= 20; {times.wall:.0f} s")


if __name__ == "__main__":
    main()
