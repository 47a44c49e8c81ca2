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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

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


def timed(do, *args, **options) -> tuple[float, counts.Totals]:
    start = time.perf_counter()
    result = do(*args, **options)
    return time.perf_counter() - start, result


def work(do, *args, **options) -> float:
    """Seconds of processor time of this process: what it takes when others are at work, too."""
    start = time.process_time()
    do(*args, **options)
    return time.process_time() - start


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


def show(what: str, figure: str, goal: str = "") -> None:
    print(f"{what:<58} {figure:>16}  {goal}", flush=True)


def main(argv: list[str] | None = None) -> None:
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument("--quick", action="store_true", help="a tenth of the workbooks")
    chosen.add_argument("--full", action="store_true", help="pandas over all workbooks")
    chosen.add_argument("--hundred-thousand", action="store_true", help="and 100,000 hand-ins")
    chosen.add_argument("--no-dask", action="store_true")
    chosen = chosen.parse_args(argv)
    os.environ["TZ"] = "UTC"
    time.tzset()
    n = 200 if chosen.quick else 2000
    rounds = 3
    with tempfile.TemporaryDirectory(prefix="cohort-") as folder:
        place, to = Path(folder) / "few", Path(folder) / "out"
        workbooks(place, n)
        print(f"{n:,} workbooks x {len(LOGS)} logs x {ROWS} rows; {os.cpu_count()} processors\n")

        times: dict[str, list[float]] = {}
        ways = {
            "class view, a loop": lambda: ours(place, to, workers=1),
            "class view, 2 processes": lambda: ours(place, to, workers=2),
            "polars, one scan per table": lambda: rivals.by_polars(place),
            "DuckDB, one query per table": lambda: rivals.by_duckdb(place),
        }
        expected = None
        for _ in range(rounds):
            for name, do in ways.items():
                seconds, totals = timed(do)
                expected = expected or totals
                assert totals == expected, f"{name} comes to another result"
                times.setdefault(name, []).append(seconds)
        # A loop takes as long for each workbook, so a part of them tells.
        part = n if chosen.full else max(VARIANTS, n // 10)
        some = Path(folder) / "some"
        workbooks(some, part)
        seconds, totals = timed(rivals.by_pandas, place, part)
        assert totals == ours(some, to, workers=1), "pandas comes to another result"
        times[f"pandas, a loop ({part} of them)"] = [seconds * n / part]
        pandas = seconds * n / part
        median = {name: statistics.median(values) for name, values in times.items()}
        for name, seconds in median.items():
            show(name, f"{seconds:.2f} s", f"{n / seconds:,.0f} workbooks a second")
        best = min(median["class view, a loop"], median["class view, 2 processes"])
        loop = median["class view, a loop"]
        print()
        show("pandas / class view", f"{pandas / best:.1f} x", ">= 20")
        show("  both in one process", f"{pandas / loop:.1f} x")
        show("polars / class view", f"{median['polars, one scan per table'] / best:.1f} x", ">= 2")
        show("  class view in a loop", f"{median['polars, one scan per table'] / loop:.1f} x")
        show("DuckDB / class view", f"{median['DuckDB, one query per table'] / best:.1f} x", ">= 2")
        show("  class view in a loop", f"{median['DuckDB, one query per table'] / loop:.1f} x")
        show("1 process / 2", f"{loop / median['class view, 2 processes']:.2f} x", ">= 1.6")

        print("\nthe same by processor time, which other programs disturb less")
        mine = work(ours, some, to, workers=1)
        for name in ("pandas", "polars", "duckdb"):
            seconds = work(getattr(rivals, f"by_{name}"), some)
            show(f"  {name} / class view, one process", f"{seconds / mine:.1f} x")
        print()

        first = median["class view, 2 processes"]
        ours(place, to, workers=2)
        later = []
        for turn in range(rounds):
            changed = random.Random(turn).sample(sorted(place.iterdir()), n // 100)
            for one in changed:
                path = one / "data" / "log" / "messages.csv"
                path.write_bytes(path.read_bytes())
            seconds, totals = timed(again, place, to, workers=2)
            assert totals == expected
            later.append(seconds)
        show("first run / second with 1 % changed",
             f"{first / statistics.median(later):.1f} x", ">= 20")  # fmt: skip
        show("  in one process", f"{loop / statistics.median(later):.1f} x")

        if not chosen.no_dask:
            dask(place, to, expected)

        many = Path(folder) / "many"
        workbooks(many, 5 * n)
        longer, _ = timed(ours, many, to, workers=2)
        show(f"{5 * n:,} against {n:,}: time", f"{longer / first:.2f} x", "<= 5.5")
        most, least = peak(many, to), peak(place, to)
        show(f"{5 * n:,} against {n:,}: peak memory", f"{most / least:.2f} x", "<= 1.3")
        show("  peak", f"{most:.0f} MiB")
        shutil.rmtree(many)
        if chosen.hundred_thousand:
            hundred_thousand(Path(folder), to)


def dask(place: Path, to: Path, expected: counts.Totals) -> None:
    """A cluster of two workers on loopback; then again, one of them killed in the middle."""
    import threading

    from distributed import LocalCluster

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True,
               "dashboard_address": None, "host": "127.0.0.1"}  # fmt: skip
    with LocalCluster(**options) as cluster:
        seconds, totals = timed(ours, place, to, scheduler=cluster.scheduler_address)
        assert totals == expected, "the cluster comes to another result"
        show("Dask, 2 workers on loopback: same result", f"{seconds:.2f} s")
        victim = next(iter(cluster.workers.values()))
        killer = threading.Timer(seconds / 3, lambda: os.kill(victim.pid, 9))
        killer.start()
        seconds, totals = timed(ours, place, to, scheduler=cluster.scheduler_address)
        killer.join()
        assert totals == expected, "with a worker killed the cluster comes to another result"
        show("Dask, one worker killed in the middle: same result", f"{seconds:.2f} s")


def hundred_thousand(folder: Path, to: Path) -> None:
    place = folder / "hand-ins"
    start = time.perf_counter()
    hand_ins(place, 100_000)
    show("100,000 hand-ins generated", f"{time.perf_counter() - start:.0f} s")
    seconds, totals = timed(ours, place, to)
    assert totals.learners == 100_000
    show("100,000 hand-ins counted", f"{seconds:.0f} s", f"{100_000 / seconds:,.0f} a second")
    seconds, _ = timed(again, place, to)
    show("  again, nothing changed", f"{seconds:.0f} s")


if __name__ == "__main__":
    main()
