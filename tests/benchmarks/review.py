"""Time the whole review: `python -m tests.benchmarks.review`.

Prints medians for 1,000 contacts with 300 interviews (goal: 2 s after the imports, 300 ms a
chart), how time and memory grow from 1,000 to 100,000 messages (goal: 3 s, reading them
included), and the roll-up of many small workbooks on plain rows. All times are processor time,
which on a quiet computer is the time that passes: the work waits for nothing.
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ii_helpers as ii
from ii_helpers import measures
from ii_helpers.tables import CATEGORIES, CHANNELS, HOW_KNOWN, TABLES

TODAY = date(2026, 11, 16)
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)


def cells(n_contacts=25, n_interviews=8, n_messages=40, n_occupations=3, n_criteria=6, seed=1):
    """Return invented logs as text, by table: referrals spread, replies and meetings follow."""
    pick = random.Random(seed)
    at = [FIRST + timedelta(hours=n * 7000 / max(1, n_contacts)) for n in range(n_contacts)]
    people = [f"con_{n}" for n in range(n_contacts)]
    jobs = [f"occ_{n}" for n in range(n_occupations)]
    made = {name: [] for name in TABLES}

    def put(table, when, **values):
        number = len(made[table])
        row = {"id": values.pop("id", f"{table[:3]}_{number}"), **values}
        row |= {"created_at": when.isoformat(), "updated_at": when.isoformat()}
        made[table].append(row)

    for n, id in enumerate(jobs):
        put("occupations", FIRST, id=id, title=f"Occupation {n + 1}", status="exploring")
    for n in range(n_criteria):
        put("criteria", FIRST, kind="value", statement=f"What matters {n + 1}",
            importance=str(pick.randint(1, 5)))  # fmt: skip
    for n, id in enumerate(people):
        put("contacts", at[n], id=id, name=f"Person {n + 1}", how_known=pick.choice(HOW_KNOWN),
            organization_id="", occupation_id=pick.choice(jobs) if jobs else "")  # fmt: skip
        if n > 2 and pick.random() < 0.6:
            put("referrals", at[n], from_contact_id=people[int(n * pick.random())],
                to_contact_id=id, interview_id="", referred_on=f"{at[n]:%Y-%m-%d}",
                may_use_name=pick.choice(("yes", "no", "not asked")))  # fmt: skip
    for n in range(n_messages if n_contacts else 0):
        who = n % n_contacts
        when = at[who] + timedelta(days=1 + n // n_contacts)
        reply = pick.choice(("none yet", "none yet", "yes", "no", "later"))
        said = "" if reply == "none yet" else f"{when + timedelta(days=3):%Y-%m-%d}"
        put("messages", when, contact_id=people[who], purpose="request" if n < n_contacts
            else pick.choice(("follow-up", "thank-you", "keep in touch")), channel=
            pick.choice(CHANNELS), sent_at=when.isoformat(), text="An invented letter. " * 8,
            reply=reply, replied_on=said)  # fmt: skip
    for n in range(n_interviews):
        who = n * n_contacts // n_interviews
        when = at[who] + timedelta(days=9)
        about = pick.choice(jobs) if jobs else ""
        put("interviews", when, contact_id=people[who], occupation_id=about, format="video",
            starts_at=when.isoformat(), timezone="", minutes="20",
            status=pick.choice(("held", "held", "held", "cancelled", "confirmed")))  # fmt: skip
        for category in pick.sample(CATEGORIES, 6):
            put("questions", when, interview_id=f"int_{n}", position="1", category=category,
                text="How does a week go?", outcome="asked", answer="With surprises.")  # fmt: skip
        put("debriefs", when, interview_id=f"int_{n}", learned="A week has seven sides.")
        if about and n_criteria:
            put("fit_ratings", when, occupation_id=about, interview_id=f"int_{n}",
                criterion_id=f"cri_{pick.randrange(n_criteria)}", rating=str(pick.randint(1, 5)),
                rated_on=f"{when:%Y-%m-%d}")  # fmt: skip
    return made


def write(folder, made):
    """Write such logs into a folder, as a workbook keeps them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        if rows:
            header = TABLES[name].header
            with open(folder / f"{name}.csv", "w", encoding="utf-8-sig", newline="") as file:
                lines = csv.DictWriter(file, header, restval="")
                lines.writeheader()
                lines.writerows(rows)
    return ii.open_workbook(folder)


ARGUMENTS = {
    "due": (TODAY,),
    "forecast": (400, date(2026, 12, 31), TODAY),
    "progress": (date(2026, 10, 1), TODAY),
}
NAMES = (
    "funnel", "network_growth", "referral_chains", "voices", "perspectives", "fit", "fit_ranking",
    "forecast", "due", "history", "progress",
)  # fmt: skip


def median(do, rounds=3):
    """Return (median seconds of a few rounds, the last result)."""
    took = []
    for _ in range(rounds):
        start = time.process_time()
        result = do()
        took.append(time.process_time() - start)
    return statistics.median(took), result


def review(wb):
    """Time every measure and chart as the page calls them; return the seconds of all together."""
    from ii_helpers import charts

    start = time.process_time()
    facts = measures.Facts.of(wb)
    for table in measures.SHAPES:
        getattr(facts, table)
    whole = time.process_time() - start
    print(f"  reading the logs       {whole * 1000:6.0f} ms")
    for name in NAMES:
        count, picture = getattr(measures, name), getattr(charts, name)
        took, table = median(lambda count=count, name=name: count(facts, *ARGUMENTS.get(name, ())))
        drawn, _ = median(lambda picture=picture, table=table: picture(table)._repr_html_())
        whole += took + drawn
        figures = f"{took * 1000:6.0f} ms, chart {drawn * 1000:5.0f} ms"
        print(f"  {name:16} {len(table):5} {figures}")
    return whole


def every_measure(folder):
    """Read the logs in this folder, count everything; the seconds of each log and measure."""
    read, counted = {}, {}
    facts = measures.Facts.of(ii.open_workbook(folder))
    for table in measures.SHAPES:
        start = time.process_time()
        getattr(facts, table)
        read[table] = time.process_time() - start
    for name in NAMES:
        start = time.process_time()
        getattr(measures, name)(facts, *ARGUMENTS.get(name, ()))
        counted[name] = time.process_time() - start
    return read, counted


def main():
    import numpy  # noqa: F401  loaded before the clock starts, as in a notebook
    import pandas  # noqa: F401

    from ii_helpers import charts  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        wb = write(Path(folder) / "a", cells(1000, 300, 3000, 8))
        print("1,000 contacts, 300 interviews, 3,000 messages")
        print(f"  all: {review(wb):.2f} s (goal: 2 s; 0.3 s a chart)")
        for n in (13, 80, 400):
            chains = measures.referral_chains(measures.Facts.from_cells(cells(n, n // 3, 0, 8)))
            n_linked = (chains["n_referred"].gt(0) | chains["referred_by"].ne("")).sum()
            took, _ = median(lambda chains=chains: charts.referral_chains(chains)._repr_html_())
            print(f"  who referred whom, {n_linked:3} people: chart {took * 1000:4.0f} ms")
        for n in (1_000, 10_000, 100_000):
            place = Path(folder) / str(n)
            n_contacts = len(write(place, cells(min(n, 20_000), 300, n, 8)).contacts)
            read, counted = every_measure(place)
            tracemalloc.start()
            every_measure(place)
            print(
                f"{n:7,} messages of {n_contacts:6,} contacts: reading {sum(read.values()):.2f} s, "
                f"counting {sum(counted.values()):.2f} s, together "
                f"{sum(read.values()) + sum(counted.values()):.2f} s; slowest "
                f"{max(counted, key=counted.get)} {max(counted.values()):.2f} s; at most "
                f"{tracemalloc.get_traced_memory()[1] / (n + n_contacts):,.0f} bytes a row"
            )
            tracemalloc.stop()
        small = cells(20, 8, 40)
        n = 2000
        start = time.process_time()
        for _ in range(n):
            facts = measures.Facts.from_cells(small)
            measures.funnel.rows(facts)
            measures.voices.rows(facts)
            measures.due.rows(facts, TODAY)
        print(f"{n:,} small workbooks on plain rows: {time.process_time() - start:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
