"""The class's figures as users of pandas, polars and DuckDB would write them, to time against.

Nothing here is taken from the workbook's own measures, so these are a second opinion on the
figures, too: the benchmark demands the same totals of every way. Days are those of UTC.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ii_helpers.course.counts import FIT_POINTS, THANK_DAYS, Totals, bars_of
from ii_helpers.tables import CATEGORIES

# What is counted, and no column more: name -> text, day, instant or number.
COLUMNS = {
    "criteria": {"id": "text", "importance": "number"},
    "occupations": {"id": "text"},
    "contacts": {"id": "text", "organization_id": "text", "occupation_id": "text",
                 "created_at": "instant"},
    "referrals": {"from_contact_id": "text", "to_contact_id": "text", "interview_id": "text",
                  "referred_on": "day"},
    "messages": {"contact_id": "text", "purpose": "text", "sent_at": "instant", "reply": "text"},
    "interviews": {"id": "text", "contact_id": "text", "occupation_id": "text",
                   "starts_at": "instant", "status": "text", "created_at": "instant"},
    "questions": {"interview_id": "text", "category": "text", "outcome": "text", "answer": "text"},
    "fit_ratings": {"occupation_id": "text", "criterion_id": "text", "interview_id": "text",
                    "rating": "number", "rated_on": "day"},
}  # fmt: skip


def components(edges: list[tuple[int, int]], n: int) -> list[int]:
    """Which connected group each of n nodes is in."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not edges:
        return list(range(n))
    one, other = np.array(edges).T
    return connected_components(coo_array((np.ones(len(one)), (one, other)), (n, n)))[1].tolist()


# --- polars: one scan over the files of a table, then expressions over all learners ---------------


def by_polars(place: Path) -> Totals:
    import polars as pl

    def table(name: str) -> pl.LazyFrame:
        frame = pl.scan_csv(place / "*" / "data" / "log" / f"{name}.csv", infer_schema=False,
                            include_file_paths="path")  # fmt: skip
        made = [pl.col("path").str.split("/").list.get(-4).alias("who")]
        for column, kind in COLUMNS[name].items():
            cell = pl.col(column)
            made.append({
                "text": cell.fill_null(""),
                "number": cell.cast(pl.Int64, strict=False),
                "day": cell.str.to_date("%Y-%m-%d", strict=False),
                "instant": cell.str.to_datetime("%+", strict=False, time_zone="UTC"),
            }[kind])  # fmt: skip
        return frame.select(made)

    frames = pl.collect_all([table(name) for name in COLUMNS])
    return _count_with_polars(dict(zip(COLUMNS, frames, strict=True)))


def by_duckdb(place: Path) -> Totals:
    """DuckDB reads, by one query for each table; polars counts what it hands over."""
    import duckdb

    as_ = {"text": "coalesce({}, '')", "number": "try_cast({} AS BIGINT)",
           "day": "try_cast({} AS DATE)", "instant": "try_cast({} AS TIMESTAMPTZ)"}  # fmt: skip
    frames = {}
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name, columns in COLUMNS.items():
            cells = ", ".join(f"{as_[kind].format(c)} AS {c}" for c, kind in columns.items())
            frames[name] = db.sql(
                f"SELECT string_split(filename, '/')[-4] AS who, {cells} FROM "
                f"read_csv('{place}/*/data/log/{name}.csv', header=true, all_varchar=true, "
                "filename=true, delim=',', quote='\"')"
            ).pl()
    return _count_with_polars(frames)


def _count_with_polars(f: dict) -> Totals:
    import polars as pl

    who, day, person = "who", pl.col("day"), ["who", "contact_id"]

    def dated(frame: pl.DataFrame, at: str) -> pl.DataFrame:
        return frame.with_columns(pl.col(at).dt.date().alias("day"))

    messages, meetings = dated(f["messages"], "sent_at"), dated(f["interviews"], "starts_at")
    contacts = dated(f["contacts"], "created_at")
    referrals = f["referrals"].filter(pl.col("from_contact_id") != pl.col("to_contact_id"))
    held = meetings.filter(pl.col("status") == "held")

    # the funnel
    asks = messages.filter(pl.col("purpose").is_in(["request", "follow-up"]))
    yes, no = (asks.filter(pl.col("reply") == word).select(person) for word in ("yes", "no"))
    lost = meetings.filter(pl.col("status") == "cancelled").join(
        no.join(yes, on=person, how="anti"), on=person, how="semi")  # fmt: skip
    agreed = meetings.filter(pl.col("status") != "proposed").join(
        lost.select(who, "id"), on=[who, "id"], how="anti").select(person)  # fmt: skip
    begun = pl.col("starts_at").dt.epoch("s").fill_null(0).alias("at")
    first = held.with_columns(begun).sort("at", "day").unique(person, keep="first")
    notes = messages.filter(pl.col("purpose") == "thank-you").with_columns(
        pl.col("sent_at").dt.epoch("s").fill_null(0).alias("sent"))  # fmt: skip
    after = (pl.col("day") >= pl.col("day_met")) | (pl.col("sent") >= pl.col("at"))
    thanked = notes.join(first.select(*person, "at", day.alias("day_met")), on=person).filter(after)
    named = referrals.rename({"from_contact_id": "contact_id"}).join(first, on=person, how="semi")
    replies = ["yes", "no", "later"]
    stages = [
        pl.concat([asks.select(person), agreed]),
        pl.concat([asks.filter(pl.col("reply").is_in(replies)).select(person), agreed]),
        pl.concat([yes, agreed]),
        held, thanked, named,
    ]  # fmt: skip
    totals = Totals()
    for stage, frame in enumerate(stages):
        people = frame.select(person).unique()
        totals.funnel[stage] = [people.height, people[who].n_unique()]

    # who there is, and who has begun
    everybody = pl.concat([frame.select(who) for frame in f.values()])[who].n_unique()
    totals.learners = everybody
    signs = [messages, contacts, dated(f["interviews"], "created_at"),
             f["fit_ratings"].with_columns(pl.col("rated_on").alias("day"))]  # fmt: skip
    begun_by = pl.concat([frame.filter(day.is_not_null()).select(who) for frame in signs])
    totals.started = begun_by[who].n_unique()

    # growth by week
    on = pl.col("referred_on").alias("day")
    seen = pl.concat([
        contacts.select(who, pl.col("id").alias("contact_id"), "day"),
        messages.select(*person, "day"), held.select(*person, "day"),
        referrals.select(who, pl.col("from_contact_id").alias("contact_id"), on),
        referrals.select(who, pl.col("to_contact_id").alias("contact_id"), on),
    ]).filter(day.is_not_null()).group_by(person).agg(day.min())  # fmt: skip
    known = contacts.select(who, pl.col("id").alias("contact_id"))
    met = held.filter(day.is_not_null()).group_by(person).agg(day.min())
    logged = contacts.select(who, pl.col("id").alias("contact_id"), "day")
    signs = [met, *(f.filter(day.is_not_null()) for f in (messages.select(*person, "day"), logged))]
    reached = pl.concat(signs)
    reached = reached.group_by(person).agg(day.min().alias("reached"))
    dated_referrals = referrals.filter(pl.col("referred_on").is_not_null())
    oldest = dated_referrals.sort("referred_on", maintain_order=True).unique(
        [who, "to_contact_id"], keep="first", maintain_order=True)  # fmt: skip
    new = (
        oldest
        .join(met.rename({"contact_id": "from_contact_id", "day": "met"}),
              on=[who, "from_contact_id"], how="left")
        .join(reached.rename({"contact_id": "to_contact_id"}), on=[who, "to_contact_id"],
              how="left")
        .join(held.filter(day.is_not_null()).select(who, pl.col("id").alias("interview_id"),
              pl.lit(True).alias("in_meeting")), on=[who, "interview_id"], how="left")
        .filter(
            (pl.col("in_meeting") | (pl.col("met") <= pl.col("referred_on")))
            & (pl.col("reached").is_null() | (pl.col("reached") >= pl.col("referred_on")))
        )
    )  # fmt: skip
    added = [
        seen.join(known, on=person, how="semi").select(who, "day"),
        held.filter(day.is_not_null()).select(who, "day"),
        dated_referrals.group_by(who, "from_contact_id", "to_contact_id").agg(on.min()).select(
            who, "day"),
        new.select(who, on),
    ]  # fmt: skip
    weeks = pl.concat([frame.with_columns(pl.lit(n).alias("n")) for n, frame in enumerate(added)])
    weeks = (
        weeks.with_columns(day.dt.truncate("1w"))
        .group_by("day")
        .agg(
            *((pl.col("n") == n).sum().alias(str(n)) for n in range(4)),
            *(pl.col(who).filter(pl.col("n") == n).n_unique().alias(f"of {n}") for n in range(3)),
        )
    )
    totals.weeks = {monday.toordinal(): counts for monday, *counts in weeks.rows()}

    # voices: who was heard on what, in how many groups that referrals or a workplace tie
    subject = (
        meetings.filter(~pl.col("status").is_in(["cancelled", "no-show"]))
        .join(contacts.select(who, pl.col("id").alias("contact_id"), "organization_id",
              pl.col("occupation_id").alias("own")), on=person, how="left")
        .with_columns(pl.when(pl.col("occupation_id") != "").then("occupation_id")
                      .otherwise("own").alias("occupation_id"))
        .join(f["occupations"].rename({"id": "occupation_id"}), on=[who, "occupation_id"],
              how="semi")
    )  # fmt: skip
    heard = f["questions"].filter(
        (pl.col("outcome") == "asked") & (pl.col("answer").str.strip_chars() != "")
        & pl.col("category").is_in(list(CATEGORIES))
    ).join(subject.rename({"id": "interview_id"}), on=[who, "interview_id"]).unique(
        [who, "occupation_id", "category", "contact_id"])  # fmt: skip
    people = pl.concat([
        *(referrals.select(who, pl.col(end).alias("contact_id"))
          for end in ("from_contact_id", "to_contact_id")), heard.select(person)
    ]).unique().with_row_index("node")  # fmt: skip
    ends = referrals.join(people, left_on=[who, "from_contact_id"], right_on=person).join(
        people, left_on=[who, "to_contact_id"], right_on=person)  # fmt: skip
    chain = components(ends.select("node", "node_right").rows(), people.height)
    heard = heard.join(people.with_columns(pl.Series("chain", chain)), on=person)
    cell = pl.struct(who, "occupation_id", "category").rank("dense").alias("cell")
    heard = heard.select(who, "category", "organization_id", "chain", cell).with_row_index("node")
    edges: list[tuple[int, int]] = []
    for tie in ("chain", "organization_id"):
        tied = heard.filter(pl.col(tie).cast(pl.String).fill_null("") != "").select(
            "node", pl.col("node").min().over("cell", tie).alias("to"))  # fmt: skip
        edges += tied.rows()
    heard = heard.with_columns(pl.Series("group", components(edges, heard.height)))
    for name, *cells in (
        heard.group_by("category")
        .agg(pl.len(), pl.col("group").n_unique(), pl.col(who).n_unique())
        .rows()
    ):
        totals.voices[CATEGORIES.index(name)] = cells

    # days to thank
    thanks = held.with_row_index("meeting").filter(day.is_not_null()).with_columns(begun).select(
        "meeting", *person, "at", day.alias("day_met")
    ).join(notes.filter(day.is_not_null()).select(*person, "sent", "day"), on=person).filter(
        after).group_by("meeting", who).agg((day.min() - pl.col("day_met").first())
        .dt.total_days().clip(0).alias("days"))  # fmt: skip
    totals.thanks = Counter(thanks["days"].to_list())
    totals.thanking = _bars(thanks.select(who, "days").rows(), THANK_DAYS)

    # how fit moved
    places = meetings.with_columns(begun).sort(who, "at", maintain_order=True).select(
        who, pl.col("id").alias("interview_id"),
        pl.int_range(pl.len()).over(who).alias("place") + 1)  # fmt: skip
    rated = (
        f["fit_ratings"].with_row_index("row")
        .join(f["criteria"].filter(pl.col("importance").is_between(1, 5)).rename(
            {"id": "criterion_id"}), on=[who, "criterion_id"])
        .join(f["occupations"].rename({"id": "occupation_id"}), on=[who, "occupation_id"],
              how="semi")
        .filter(pl.col("rated_on").is_not_null() & pl.col("rating").is_between(1, 5))
        .join(places, on=[who, "interview_id"], how="left")
        .with_columns(pl.col("place").fill_null(0))
        .with_columns(pl.struct("rated_on", "place", "interview_id").alias("step"))
        .sort("step", "row")
    )  # fmt: skip
    about = [who, "occupation_id"]
    weight, score = pl.col("importance"), pl.col("importance") * (pl.col("rating") - 1)
    value = 25 * score.sum() / weight.sum()
    newest = rated.unique([*about, "criterion_id"], keep="last").group_by(about).agg(
        value.alias("last"))  # fmt: skip
    oldest = rated.filter(pl.col("step") == pl.col("step").first().over(about)).unique(
        [*about, "criterion_id"], keep="last").group_by(about).agg(
        value.alias("first"))  # fmt: skip
    often = rated.group_by(about).agg(pl.col("step").n_unique().alias("n")).filter(pl.col("n") > 1)
    moves = often.join(newest, on=about).join(oldest, on=about).select(who, "last", "first").rows()
    points = [(name, round(last - first)) for name, last, first in moves]
    totals.fit = Counter(n for _, n in points)
    totals.moving = _bars(points, FIT_POINTS)
    return totals


def _bars(found: list[tuple[str, int]], ends: tuple[int, ...]) -> Counter:
    """Bars, see `bars_of` -> how many learners have something in just these."""
    values: dict[str, list[int]] = {}
    for name, value in found:
        values.setdefault(name, []).append(value)
    return Counter(bars_of(theirs, ends) for theirs in values.values())


# --- pandas: a loop over the workbooks -----------------------------------------------------------


def by_pandas(place: Path, most: int | None = None) -> Totals:
    totals = Totals()
    for folder in sorted(place.iterdir())[:most]:
        _add_with_pandas(totals, folder / "data" / "log")
    return totals


def _read_with_pandas(path: Path, columns: dict[str, str]):
    import pandas as pd

    text = [name for name, kind in columns.items() if kind != "number"]
    frame = pd.read_csv(path, usecols=list(columns), keep_default_na=False,
                        dtype=dict.fromkeys(text, "str"))  # fmt: skip
    for name, kind in columns.items():
        if kind == "number":
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
        elif kind == "day":
            frame[name] = pd.to_datetime(frame[name], errors="coerce", format="%Y-%m-%d")
        elif kind == "instant":
            at = pd.to_datetime(frame[name], errors="coerce", format="ISO8601", utc=True)
            frame[name], frame[f"{name}_on"] = at, at.dt.tz_localize(None).dt.normalize()
    return frame


def _add_with_pandas(totals: Totals, logs: Path) -> None:
    import pandas as pd

    f = {name: _read_with_pandas(logs / f"{name}.csv", columns)
         for name, columns in COLUMNS.items()}  # fmt: skip
    messages, meetings, contacts = f["messages"], f["interviews"], f["contacts"]
    referrals = f["referrals"]
    referrals = referrals[referrals["from_contact_id"] != referrals["to_contact_id"]]
    held = meetings[meetings["status"] == "held"]
    begun = held[held["starts_at"].notna()]
    totals.learners += 1
    signs = [messages["sent_at"], contacts["created_at"], meetings["created_at"],
             f["fit_ratings"]["rated_on"]]  # fmt: skip
    totals.started += any(sign.notna().any() for sign in signs)

    # the funnel
    asks = messages[messages["purpose"].isin(["request", "follow-up"])]
    yes, no = (set(asks.loc[asks["reply"] == word, "contact_id"]) for word in ("yes", "no"))
    lost = (meetings["status"] == "cancelled") & meetings["contact_id"].isin(no - yes)
    agreed = set(meetings.loc[(meetings["status"] != "proposed") & ~lost, "contact_id"])
    first = held.sort_values("starts_at").drop_duplicates("contact_id")
    notes = messages[messages["purpose"] == "thank-you"]
    met = notes.merge(first, on="contact_id")
    met = met[(met["sent_at_on"] >= met["starts_at_on"]) | (met["sent_at"] >= met["starts_at"])]
    people = [
        set(asks["contact_id"]) | agreed,
        set(asks.loc[asks["reply"].isin(["yes", "no", "later"]), "contact_id"]) | agreed,
        yes | agreed,
        set(held["contact_id"]), set(met["contact_id"]),
        set(referrals["from_contact_id"]) & set(held["contact_id"]),
    ]  # fmt: skip
    for stage, found in enumerate(people):
        before = totals.funnel.get(stage, [0, 0])
        totals.funnel[stage] = [before[0] + len(found), before[1] + bool(found)]

    # growth by week
    seen = pd.concat([
        contacts.set_index("id")["created_at_on"], messages.set_index("contact_id")["sent_at_on"],
        held.set_index("contact_id")["starts_at_on"],
        referrals.set_index("from_contact_id")["referred_on"],
        referrals.set_index("to_contact_id")["referred_on"],
    ]).dropna()  # fmt: skip
    seen = seen.groupby(level=0).min()
    meeting = begun.groupby("contact_id")["starts_at_on"].min()
    logged = contacts.set_index("id")["created_at_on"].dropna()
    reached = pd.concat([meeting, messages.set_index("contact_id")["sent_at_on"].dropna(), logged])
    reached = reached.groupby(level=0).min()
    dated = referrals.dropna(subset=["referred_on"])
    oldest = dated.sort_values("referred_on", kind="stable").drop_duplicates("to_contact_id")
    by = oldest["from_contact_id"].map(meeting) <= oldest["referred_on"]
    since = oldest["to_contact_id"].map(reached)
    new = oldest[(oldest["interview_id"].isin(begun["id"]) | by)
                 & (since.isna() | (since >= oldest["referred_on"]))]  # fmt: skip
    added = [
        seen[seen.index.isin(contacts["id"])], begun["starts_at_on"],
        dated.groupby(["from_contact_id", "to_contact_id"])["referred_on"].min(),
        new["referred_on"],
    ]  # fmt: skip
    weeks: dict[int, list[int]] = {}
    for n, days in enumerate(added):
        mondays = days - pd.to_timedelta(days.dt.dayofweek, unit="D")
        for monday, count in mondays.value_counts().items():
            weeks.setdefault(monday.toordinal(), [0, 0, 0, 0])[n] += count
    for monday, counts in weeks.items():
        before = totals.weeks.get(monday, [0] * 7)
        counts += [int(n > 0) for n in counts[:3]]
        totals.weeks[monday] = [a + b for a, b in zip(before, counts, strict=True)]

    # voices
    subject = meetings[~meetings["status"].isin(["cancelled", "no-show"])].merge(
        contacts.rename(columns={"id": "contact_id"}), on="contact_id", how="left",
        suffixes=("", "_own"))  # fmt: skip
    own = subject["occupation_id"].where(subject["occupation_id"] != "",
                                         subject["occupation_id_own"])  # fmt: skip
    subject = subject.assign(occupation_id=own)
    subject = subject[subject["occupation_id"].isin(f["occupations"]["id"])]
    asked = f["questions"]
    asked = asked[(asked["outcome"] == "asked") & (asked["answer"].str.strip() != "")
                  & asked["category"].isin(CATEGORIES)]  # fmt: skip
    heard = asked.merge(subject, left_on="interview_id", right_on="id").drop_duplicates(
        ["occupation_id", "category", "contact_id"]).reset_index(drop=True)  # fmt: skip
    nodes, ids = pd.factorize(pd.concat([referrals["from_contact_id"], referrals["to_contact_id"],
                                         heard["contact_id"]]))  # fmt: skip
    n = len(referrals)
    chains = components(list(zip(nodes[:n], nodes[n : 2 * n], strict=True)), len(ids))
    heard["chain"] = [chains[node] for node in nodes[2 * n :]]
    edges = []
    for tie in ("chain", "organization_id"):
        tied = heard[heard[tie].notna() & (heard[tie].astype("str") != "")]
        lowest = tied.index.to_series().groupby(
            [tied["occupation_id"], tied["category"], tied[tie]]).transform("min")  # fmt: skip
        edges += list(zip(tied.index, lowest, strict=True))
    heard["group"] = components(edges, len(heard))
    for name, part in heard.groupby("category"):
        before = totals.voices.get(CATEGORIES.index(name), [0, 0, 0])
        more = [len(part), part["group"].nunique(), 1]
        totals.voices[CATEGORIES.index(name)] = [a + b for a, b in zip(before, more, strict=True)]

    # days to thank
    after = begun.merge(notes.dropna(subset=["sent_at"]), on="contact_id")
    after = after[(after["sent_at_on"] >= after["starts_at_on"])
                  | (after["sent_at"] >= after["starts_at"])]  # fmt: skip
    waits = (after["sent_at_on"] - after["starts_at_on"]).dt.days.clip(lower=0)
    waits = waits.groupby(after["id"]).min().tolist()
    totals.thanks.update(waits)
    totals.thanking.update([bars_of(waits, THANK_DAYS)] if waits else [])

    # how fit moved
    weights = f["criteria"].set_index("id")["importance"]
    weights = weights[weights.between(1, 5)]
    places = meetings.sort_values("starts_at", kind="stable")["id"].reset_index(drop=True)
    rated = f["fit_ratings"].dropna(subset=["rated_on"])
    rated = rated[rated["rating"].between(1, 5) & rated["criterion_id"].isin(weights.index)
                  & rated["occupation_id"].isin(f["occupations"]["id"])]  # fmt: skip
    place = rated["interview_id"].map(pd.Series(places.index + 1, places)).fillna(0)
    weight = rated["criterion_id"].map(weights)
    rated = rated.assign(place=place, weight=weight, score=weight * (rated["rating"] - 1))
    rated = rated.sort_values(["rated_on", "place", "interview_id"], kind="stable")
    rated["step"] = rated.groupby(["rated_on", "place", "interview_id"], sort=True).ngroup()
    moves = []
    for _, part in rated.groupby("occupation_id"):
        if part["step"].nunique() > 1:
            fits = []
            for some in (part, part[part["step"] == part["step"].iloc[0]]):
                some = some.drop_duplicates("criterion_id", keep="last")
                fits.append(25 * some["score"].sum() / some["weight"].sum())
            moves.append(round(fits[0] - fits[1]))
    totals.fit.update(moves)
    totals.moving.update([bars_of(moves, FIT_POINTS)] if moves else [])
