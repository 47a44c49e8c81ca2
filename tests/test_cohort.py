"""The class view: one learner's figures added up, nobody singled out, nobody able to stop it."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date, timedelta
from html import escape
from itertools import combinations, product
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import measures, sheet, tables
from ii_helpers.__main__ import main
from ii_helpers.course import (
    cohort,
    counts,
    distribute,
    hand_in,
    lines,
    received,
    report,
    roster,
    store,
    units,
    workers,
)
from ii_helpers.course.store import Row
from ii_helpers.errors import SettingsInvalid, WorkbookError
from ii_helpers.measures import Facts
from ii_helpers.settings import Course

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLE = CHECKOUT / "data" / "example"
TODAY = date(2026, 12, 1)


def learner(place, name="l1"):
    """A workbook with the example's rows, as a learner's own."""
    logs = place / name / "data" / "log"
    shutil.copytree(EXAMPLE, logs)
    return logs


@pytest.fixture
def klass(tmp_path):
    """A folder of six learners' hand-ins."""
    place = tmp_path / "class"
    place.mkdir()
    for n in range(6):
        wb = ii.open_workbook(learner(tmp_path / "own", f"l{n}"))
        for row in wb.contacts.rows()[:n]:
            wb.contacts.revise(row.id, how_known="event")
        hand_in.write(wb, place / f"learner{n}_{n}_{n}_hand-in.zip")
    return place


def progress(to):
    with (to / "progress.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problems(to):
    with (to / "problems.csv").open(encoding="utf-8", newline="") as file:
        return {row["hand_in"]: row["reason"] for row in csv.DictReader(file)}


def run(folder, to, **options):
    return cohort.cohort(folder, to, **{"today": TODAY, "workers": 1, **options})


# --- the same figures as the learner's own review ----------------------------------------------


@pytest.mark.parametrize("kind", ["workbook", "hand-in"])
def test_the_class_view_of_one_workbook_is_that_learner_s_own_review(tmp_path, kind):
    logs = learner(tmp_path / "class")
    wb = ii.open_workbook(logs)
    place = tmp_path / "class"
    if kind == "hand-in":
        place = tmp_path / "handed"
        place.mkdir()
        hand_in.write(wb, place / "h.zip")
    totals = run(place, tmp_path / "out").totals

    funnel = ii.measures.funnel(wb)
    assert [totals.funnel[n][0] for n in range(6)] == funnel["n"].tolist()
    last = ii.measures.network_growth(wb).iloc[-1]
    added = [sum(week[n] for week in totals.weeks.values()) for n in range(4)]
    assert added == last.iloc[1:].tolist()
    voices = ii.measures.voices(wb).groupby("category")[["n_voices", "n_independent"]].sum()
    for at, category in enumerate(tables.CATEGORIES):
        assert totals.voices.get(at, [0, 0])[:2] == voices.loc[category].tolist()
    fit = ii.measures.fit(wb).groupby("occupation_id")["fit"].agg(["first", "last", "size"])
    moves = Counter(round(r["last"] - r["first"]) for _, r in fit.iterrows() if r["size"] > 1)
    assert totals.fit == moves
    history = ii.measures.history(wb)
    held = history[history["status"] == "held"]
    days = (held["thanked_on"] - held["on"]).dt.days.dropna().astype(int)
    assert totals.thanks == Counter(days.tolist())


@pytest.mark.parametrize("more", [[], ["America/Chicago", ""]], ids=["one row", "as syncing left"])
def test_days_are_those_of_the_learner_s_own_review_where_a_meeting_has_its_own_zone(
    tmp_path, more
):
    logs = tmp_path / "class" / "l1" / "data" / "log"
    wb = ii.open_workbook(logs)
    for zone in ("America/New_York", *more):
        wb.learner.append(name="Ana Silva", timezone=zone)
    dana = wb.contacts.append(name="Dana Ruiz")
    wb.interviews.append(
        contact_id=dana.id, starts_at="2026-11-10T21:30", timezone="America/Los_Angeles",
        status="held",
    )  # fmt: skip
    wb.messages.append(
        contact_id=dana.id, purpose="thank-you", sent_at="2026-11-10T23:00:00-08:00"
    )  # 90 minutes later; in Los Angeles still the same day
    history = ii.measures.history(wb)
    waited = (history["thanked_on"] - history["on"]).dt.days.tolist()
    handed = tmp_path / "handed"
    handed.mkdir()
    hand_in.write(wb, handed / "h.zip")
    for place in (tmp_path / "class", handed):
        assert run(place, tmp_path / "out").totals.thanks == Counter(waited)


def _rows(pick):
    """Logs of a few rows of any values, as text."""
    people, meetings = ["con_a", "con_b", "con_c", ""], ["int_a", "int_b", "int_c", ""]
    jobs = ["occ_a", "occ_b", ""]
    days = st.sampled_from(["2026-11-01", "2026-11-02", "2026-11-09", "", "soon", "9999-12-31"])
    instants = st.sampled_from(
        ["2026-11-01T23:30:00+00:00", "2026-11-02T10:00:00-08:00", "2026-11-20T10:00:00", "", "x"]
    )

    def some(table, **columns):
        row = st.fixed_dictionaries({"created_at": instants, "updated_at": instants, **columns})
        rows = pick(st.lists(row, max_size=6))
        return [{"id": f"{table[:3]}_{'abcdef'[n]}", **row} for n, row in enumerate(rows)]

    of = st.sampled_from
    return {
        "occupations": some("occupations", title=of(["A", "B"]),
                            status=of(["exploring", "ruled out"])),
        "contacts": some("contacts", name=of(["Ana", "Sam"]), occupation_id=of(jobs)),
        "messages": some("messages", contact_id=of(people), sent_at=instants, replied_on=days,
                         purpose=of(["request", "thank-you"]), channel=of(["email"]),
                         reply=of(["yes", "no", "none yet"])),
        "interviews": some("interviews", contact_id=of(people), occupation_id=of(jobs),
                           starts_at=instants, minutes=of(["20", "", "x"]), timezone=of([""]),
                           status=of(["held", "confirmed"])),
        "referrals": some("referrals", from_contact_id=of(people), to_contact_id=of(people),
                          interview_id=of(meetings), referred_on=days, may_use_name=of(["yes"])),
        "questions": some("questions", interview_id=of(meetings), category=of(["advice", "demand"]),
                          outcome=of(["asked", "planned"]), answer=of(["", " ", "x"])),
        "criteria": some("criteria", statement=of(["A"]), importance=of(["1", "5", ""])),
        "fit_ratings": some("fit_ratings", occupation_id=of(jobs), criterion_id=of(["cri_a", ""]),
                            interview_id=of(meetings), rating=of(["1", "5", ""]), rated_on=days),
    }  # fmt: skip


@settings(max_examples=60)
@given(st.data())
def test_what_is_taken_as_a_shortcut_is_what_the_measures_say(data):
    cells = _rows(data.draw)
    facts = Facts.from_cells(cells)
    met = [m for m in facts.interviews if m.status == "held" and m.starts_on]
    columns = measures.history.columns
    told = {}
    for row in measures.history.rows(facts):
        row = dict(zip(columns, row, strict=True))
        if row["status"] == "held" and row["on"] and row["thanked_on"]:
            told[row["interview_id"]] = row["thanked_on"]
    known = {contact.id for contact in facts.contacts}
    ours = counts.thanked_on(facts, [m for m in met if m.contact_id in known])
    assert ours == told
    columns = measures.perspectives.columns
    rows = [dict(zip(columns, r, strict=True)) for r in measures.perspectives.rows(facts)]
    held = [r["n_held"] for r in rows if r["status"] != "ruled out" and r["n_held"]]
    assert counts.held_for(facts) == sorted(held, reverse=True)
    heard: dict[str, list[int]] = {}
    for _, category, n_voices, n_independent, *_ in measures.voices.rows(facts):
        cell = heard.setdefault(category, [0, 0])
        cell[0] += n_voices
        cell[1] += n_independent
    told = {tables.CATEGORIES[n]: cell for n, *cell in counts._voices(facts)}
    assert told == {category: cell for category, cell in heard.items() if cell[0]}
    fits: dict[str, list[float]] = {}
    for id, _, fit, *_ in measures.fit.rows(facts):
        fits.setdefault(id, []).append(fit)
    moved = [round(theirs[-1] - theirs[0]) for theirs in fits.values() if len(theirs) > 1]
    assert counts._fit_moves(facts) == moved


@settings(max_examples=25)
@given(st.data())
def test_learners_add_up_to_the_same_in_whatever_parts_and_order(data):
    learners = [
        counts.count(Facts.from_cells(_rows(data.draw)))
        for _ in range(data.draw(st.integers(0, 4)))
    ]
    whole = counts.Totals()
    for kept in learners:
        whole.add(json.loads(json.dumps(kept)))
    order = data.draw(st.permutations(learners))
    cut = data.draw(st.integers(0, len(order)))
    parts = [counts.Totals(), counts.Totals()]
    for n, kept in enumerate(order):
        parts[n >= cut].add(kept)
    parts[0].merge(json.loads(json.dumps(parts[1].packed())))
    assert parts[0] == whole and parts[0].apart == whole.apart


# --- what is written -------------------------------------------------------------------------


def test_a_line_per_learner_and_one_page(klass, tmp_path):
    to = tmp_path / "out"
    done = run(klass, to)
    told = progress(to)
    assert list(told[0]) == list(lines.PROGRESS)
    assert [row["Student"] for row in told] == [f"learner{n}" for n in range(6)]
    assert [row["ID"] for row in told] == [str(n) for n in range(6)]
    first = told[0]
    assert (first["contacts"], first["contacts_target"], first["interviews_held"]) == (
        "25",
        "15",
        "13",
    )
    assert (first["targets_reached"], first["targets"]) == ("3", "3")
    assert first["median_days_to_thank"] == "1.0" and first["last_active_on"] == "2026-11-23"
    assert problems(to) == {}
    page = (to / "class.html").read_text(encoding="utf-8")
    for figure in report.figures(done):
        assert escape(figure.title) in page and escape(figure.sentence) in page
    assert page.count("<svg") == 6 and "<script" not in page and "://" not in page


def test_pandas_reads_the_lines(klass, tmp_path):
    import pandas as pd

    run(klass, tmp_path / "out")
    frame = pd.read_csv(tmp_path / "out" / "progress.csv")
    assert frame["contacts"].tolist() == [25] * 6 and len(frame.columns) == len(lines.PROGRESS)


def test_nothing_personal_of_anybody_met_gets_into_the_reports(tmp_path):
    wb = ii.open_workbook(learner(tmp_path / "class"))
    to = tmp_path / "out"
    run(tmp_path / "class", to)
    held = b"".join(path.read_bytes() for path in to.iterdir()).decode("utf-8", "replace")
    for words in hand_in.personal_texts(wb):
        if len(words) > 3:
            assert not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", held), words


def test_names_come_from_the_list_of_copies_and_who_is_missing_is_said(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\n"
        '"Silva, Ana",7001,s1,asilva,A\n"Okafor, Sam",7002,s2,sokafor,B\n'
    )
    out = tmp_path / "copies"
    ana, sam = distribute.distribute(roster, out).added
    shutil.copytree(EXAMPLE, out / ana.folder / "data" / "log", dirs_exist_ok=True)
    handed = tmp_path / "handed"
    handed.mkdir()
    hand_in.write(ii.open_workbook(out / ana.folder / "data" / "log"), handed / "x.zip")

    done = run(handed, tmp_path / "r1", copies=out / "copies.csv")
    first, second = progress(tmp_path / "r1")
    assert (first["Student"], first["ID"], first["SIS User ID"]) == ("Ana Silva", "7001", "s1")
    assert (first["SIS Login ID"], first["Section"], first["contacts"]) == ("asilva", "A", "25")
    assert (second["Student"], second["contacts"]) == ("Sam Okafor", "")
    assert second["may_need_a_word"] == "nothing was handed in yet" and done.n_missing == 1

    run(out, tmp_path / "r2")  # the workbooks themselves, the list beside them
    assert [row["Student"] for row in progress(tmp_path / "r2")] == ["Ana Silva", "Sam Okafor"]
    assert progress(tmp_path / "r2")[1]["may_need_a_word"] == "nothing is logged yet"


@pytest.mark.parametrize(
    ("n", "words"), [(0, ""), (1, "1 learner is counted and not on the list"), (6, "Nobody who")]
)
def test_who_is_not_on_the_list_of_copies_is_said(klass, tmp_path, capsys, n, words):
    codes = [
        json.loads(zipfile.ZipFile(path).read(received.ABOUT))["copy"]
        for path in sorted(klass.iterdir())
    ]
    copies = [roster.Copy(code, f"f{n}", f"P {n}") for n, code in enumerate(codes)]
    copies[:n] = [roster.Copy("x" * 16, "f", "Somebody Else")]
    text = roster.copy_line() + "".join(map(roster.copy_line, copies))
    (klass / roster.COPIES).write_text(text, "utf-8", newline="")
    assert main(["cohort", str(klass), "--to", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    for said in (capsys.readouterr().out, page):
        assert words in said and ("on the list of copies" in said) == bool(words)
    (klass / roster.COPIES).unlink()
    assert run(klass, tmp_path / "out").unlisted() == ""


def test_two_learners_of_one_name_are_told_apart(klass, tmp_path):
    codes = [
        json.loads(zipfile.ZipFile(path).read(received.ABOUT))["copy"]
        for path in sorted(klass.iterdir())
    ]
    copies = [
        roster.Copy(codes[0], "f0", "Ana Silva", id="s1", email="ana@example.org"),
        roster.Copy(codes[1], "f1", "Ana Silva", email="silva@example.org"),
        roster.Copy(codes[2], "f2", "Sam Okafor", id="s3"),
        roster.Copy("none0", "Sam-Okafor-none0", "Sam Okafor"),
        roster.Copy("none1", "f4", "Dana Ruiz", id="s5"),
    ]
    text = roster.copy_line() + "".join(map(roster.copy_line, copies))
    (klass / roster.COPIES).write_text(text, "utf-8", newline="")
    (klass / "more").mkdir()
    for n in (3, 4):
        (klass / f"learner{n}_{n}_{n}_hand-in.zip").rename(klass / "more" / f"mia_{n}_{n}_h.zip")
    done = run(klass, tmp_path / "out", today=TODAY + timedelta(days=60))
    assert sorted(word.learner for word in done.words) == [
        "Ana Silva (s1)", "Ana Silva (silva@example.org)", "Dana Ruiz",
        "Sam Okafor (Sam-Okafor-none0)", "Sam Okafor (s3)", "learner5",
        "mia (more/mia_3_3_h.zip)", "mia (more/mia_4_4_h.zip)",
    ]  # fmt: skip
    assert "<td>Ana Silva (s1)</td>" in (tmp_path / "out" / "class.html").read_text("utf-8")
    emails = [row["Email address"] for row in progress(tmp_path / "out")]
    assert emails == ["ana@example.org", "silva@example.org", *[""] * 6]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("silvaana_12345_678_hand-in.zip", "silvaana"),
        ("silvaana_LATE_12345_678_hand-in.zip", "silvaana"),
        ("Ana Silva_9981_assignsubmission_file_/hand-in.zip", "Ana Silva"),
        ("Career_asilva_attempt_2026-11-20-10-00-00_hand-in.zip", "asilva"),
        ("hand-in-bcdfghjk.zip", "hand-in-bcdfghjk"),
        ("Ana-Silva-bcdfghjk/data/log", "Ana-Silva-bcdfghjk"),
        ("data/log", "data/log"),
        ("l1/log", "l1"),
        ("log", "log"),
        ("parts/part-0/hand-in-bcdfghjk.zip", "part-0/hand-in-bcdfghjk"),
        ("section1/silvaana_101_555_x.zip", "silvaana"),
        ("section_1/asilva/hand-in-bcdfghjk.ZIP", "asilva/hand-in-bcdfghjk"),
        ("submitted/asilva/workbook/data/log", "asilva"),
        ("submitted/asilva/workbook/hand-in-bcdfghjk.zip", "asilva"),
        ("section1/asilva/data/log", "asilva"),
        ("Ana Silva_123_assignsubmission_file_hand-in-bcdfghjk.zip", "Ana Silva"),
        ("section1/Ana Silva_123_assignsubmission_file_/hand-in", "Ana Silva"),
        ("week_3/Career_asilva_attempt_2026-11-20-10-00-00_hand-in.zip", "asilva"),
    ],
)
def test_without_a_list_a_learner_is_called_as_the_platform_names_the_file(path, name):
    assert lines._who(path) == name


def test_no_cell_is_a_formula(tmp_path, klass):
    for name in ("=cmd|' calc'!A0.zip", "+1.zip", "@x.zip", "-2_3_4_h.zip"):
        shutil.copy(next(klass.glob("learner0*")), klass / name)
    run(klass, tmp_path / "out")
    for file in ("progress.csv", "problems.csv"):
        for line in csv.reader((tmp_path / "out" / file).open(encoding="utf-8", newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in line), line


def test_names_are_shown_letter_by_letter_in_the_page(tmp_path, klass):
    shutil.copy(next(klass.glob("learner0*")), klass / "<script>alert(1)<.zip")
    (klass / "<img src=x>.docx").write_text("x")
    done = run(klass, tmp_path / "out")
    page = report.html(done)
    assert "<script" not in page and "<img" not in page and "&lt;img src=x&gt;" in page


# --- small groups ----------------------------------------------------------------------------


def kept(**more):
    """What is kept of one learner who did a little."""
    one = {"rows": 9, "contacts": 3, "requests": 2, "funnel": [2, 1, 1, 1, 0, 0], "held": [1],
           "growth": [[739000, 3, 1, 0, 0]], "voices": [[0, 2, 1]], "fit": [5], "thanks": [1],
           "unthanked": [], "unwritten": [], "passed": [], "sums": [1, 0, 1],
           "last": 739005}  # fmt: skip
    one |= more
    weeks = [sum(week[n] for week in one["growth"]) for n in (2, 3)]
    one["sums"] = [*weeks, sum(cell[2] for cell in one["voices"])]
    return one | {"apart": counts.apart(one)}


def made(*learners):
    done = cohort.Class(Course(), TODAY)
    rows = [Row(str(n), "", "", "") for n in range(len(learners))]
    counted = zip(rows, learners, strict=True)
    done.add(cohort._part(rows, lambda _: counted, {}, done.course, done.today))
    return done


def test_a_class_of_four_has_no_figures():
    assert report.figures(made(*[kept()] * 4)) == []
    assert "hidden" in report.body(made(*[kept()] * 4))
    assert len(report.figures(made(*[kept()] * 5))) == 6


def bars(done, key):
    return {f.key: f for f in report.figures(done)}[key].bars


def test_what_was_heard_of_least_is_true_and_gives_nothing_hidden_away():
    def said(*learners):
        return {f.key: f for f in report.figures(made(*learners))}["voices"].sentence

    names, every = tables.CATEGORIES, [[at, 2, 2] for at in range(12)]
    both = " and ".join(names[1:3])
    least = [[0, 3, 2], [1, 2, 1], [2, 2, 1], *every[3:]]
    assert said(*[kept(voices=least)] * 6) == f"Least heard of: {both}, 6 independent voices."
    assert said(*[kept(voices=least[:11])] * 6) == (
        f"Nobody was heard on {names[11]}. "
        f"Least heard of among the others: {both}, 6 independent voices."
    )
    few = [kept(voices=[*every[:3], [5, 1, 1]])] * 2 + [kept(voices=every[:3])] * 6
    assert said(*few) == (
        "Nobody was heard on 8 of 12 categories. Not shown, as it would tell of fewer than 5 "
        "learners: 1 of 12 categories. Least heard of among the others: background and "
        "work environment and rewards, 16 independent voices."
    )
    assert said(*[kept(voices=[])] * 6) == "Nobody was heard on anything yet."


def test_what_fewer_than_five_learners_did_is_hidden():
    many = [kept(thanks=[1], fit=[5], voices=[[0, 2, 1]])] * 6
    few = [kept(thanks=[9], fit=[-40], voices=[[4, 7, 7]], funnel=[9, 9, 9, 9, 9, 9])] * 4
    others = [kept(thanks=[0, 0], fit=[0, 0], voices=[])] * 5
    done = made(*many, *few, *others)
    # The least of what is shown is hidden, too: the rest of a total would tell of the four.
    assert [bar.value for bar in bars(done, "thanks")] == [10, None, 0, 0, None]
    assert [bar.value for bar in bars(done, "fit")] == [None, 0, 10, None, 0]
    assert bars(done, "voices")[0].value == 6 and bars(done, "voices")[4].value is None
    assert bars(done, "funnel")[4].value is None
    page = report.body(done)
    figures = {f.key: f for f in report.figures(done)}
    assert figures["thanks"].sentence == (
        "10 thank-you notes are shown, 10 of them of the same day."
    )
    assert figures["fit"].sentence == "Of 10 occupations shown, 0 fit better than at first."
    assert ">28<" not in page and ">36<" not in page and "hidden: fewer than 5" in page


def test_what_is_left_of_a_total_tells_of_nobody():
    done = made(*[kept(thanks=[0], fit=[5])] * 6, kept(thanks=[10], fit=[-40]))
    assert [bar.value for bar in bars(done, "thanks")] == [None, 0, 0, 0, None]
    assert [bar.value for bar in bars(done, "fit")] == [None, 0, 0, None, 0]
    # Two hidden bars of the same few learners are no better than one.
    done = made(*[kept(thanks=[0])] * 6, *[kept(thanks=[2, 5])] * 3)
    assert [bar.value for bar in bars(done, "thanks")] == [None, 0, None, None, 0]
    done = made(*[kept(thanks=[0])] * 6, *[kept(thanks=[2])] * 3, *[kept(thanks=[5])] * 3)
    assert [bar.value for bar in bars(done, "thanks")] == [6, 0, None, None, 0]


@pytest.mark.parametrize(
    ("key", "field", "did"),
    [("thanks", "thanks", "thanked somebody"), ("fit", "fit", "rated an occupation twice")],
)
def test_that_bars_are_all_hidden_is_not_said_to_be_nobody(key, field, did):
    def sentence(*learners):
        return {f.key: f for f in report.figures(made(*learners))}[key].sentence

    two = [kept(**{field: [0]})] * 4 + [kept(**{field: [1]})] * 4
    assert sentence(*two) == (
        f"At least 5 learners have {did}, but each bar would tell of fewer than 5, "
        "so none is shown."
    )
    few = [kept(**{field: [0]})] * 4 + [kept(**{field: []})] * 4
    assert sentence(*few) == f"Fewer than 5 learners have {did} so far."


def growth(done):
    return {f.key: f for f in report.figures(done)}["growth"]


def test_a_week_of_fewer_than_five_learners_is_seen_only_with_the_next():
    weeks = [[739000, 3, 1, 0, 0], [739014, 2, 0, 0, 0]]
    done = made(*[kept(growth=weeks)] * 5, kept(growth=[[739007, 50, 0, 0, 0]]))
    curves = growth(done).lines
    assert [value for _, value in curves["people known"]] == [15, 75]


def test_a_line_ends_where_what_is_left_of_the_whole_is_not_what_a_few_added_last():
    weeks = [[739000, 2, 2, 0, 0], [739007, 1, 1, 0, 0]]
    one = kept(funnel=[3, 3, 3, 3, 0, 0], growth=weeks)
    late = kept(funnel=[4, 4, 4, 4, 0, 0], growth=[*weeks, [739021, 1, 1, 0, 0]])
    assert growth(made(*[one] * 6)).sentence.startswith("By 7 May 2024: 18 people known, 18 inter")
    done = made(*[one] * 5, late)
    assert "19 people were met." in report.body(done)
    by = "by 30 Apr 2024"
    assert growth(done).sentence.endswith(f"; 12 people known {by}; 12 interviews held {by}.")


def test_a_line_of_fewer_than_five_learners_is_hidden_whatever_the_others_did():
    others = [kept(growth=[[739000, 3, 0, 0, 0]])] * 5
    done = made(*others, kept(growth=[[739000, 3, 1, 2, 0]]))
    assert growth(done).sentence == (
        "By 30 Apr 2024: 18 people known. Not shown, as it would tell of fewer than 5 learners: "
        "interviews held, referrals."
    )
    assert list(growth(done).lines) == ["people known"]
    assert "2 referrals" not in report.body(done) and "1 interviews" not in report.body(done)


def test_a_line_goes_on_when_five_learners_have_added_to_it():
    weeks = [[739000, 3, 1, 0, 0], [739007, 3, 0, 0, 0], [739014, 3, 1, 0, 0]]
    done = made(
        *[kept(growth=weeks)] * 5,
        kept(growth=[[739007, 1, 4, 1, 0]]),
        *[kept(growth=[[739021, 2, 0, 0, 0]])] * 5,
    )
    curves = {name: [value for _, value in points] for name, points in growth(done).lines.items()}
    assert curves == {
        "people known": [15, 31, 46, 56], "interviews held": [5, 14, 14], "referrals": [0],
    }  # fmt: skip
    assert growth(done).sentence.startswith("By 21 May 2024: 56 people known, 14 interviews held; ")
    assert growth(done).sentence.endswith("; 0 referrals by 30 Apr 2024.")


@pytest.mark.parametrize(("n", "said"), [(5, False), (6, True), (2, False), (0, True)])
def test_a_few_who_have_started_or_have_not_are_not_told(n, said):
    page = report.body(made(*[kept()] * n, *[kept(rows=0)] * (6 - n)))
    assert ("with something in the logs" in page) is said


def test_what_is_hidden_is_said_in_words_and_a_share_of_few_is_a_count():
    def sentence(*funnels):
        done = made(*[kept(funnel=funnel) for funnel in funnels])
        return {f.key: f for f in report.figures(done)}["funnel"].sentence

    few = "not shown: it would tell of fewer than 5 learners."
    zero, three = [0] * 6, [3, 2, 1, 1, 0, 0]
    assert sentence(*[three] * 6) == "18 people were asked for a meeting, 6 people were met."
    assert sentence(*[three] * 4, *[[3, 2, 0, 0, 0, 0]] * 4) == (
        f"24 people were asked for a meeting. How many were met is {few}"
    )
    assert sentence(*[three] * 4, *[zero] * 4) == (
        f"How many were asked for a meeting and how many were met is {few}"
    )
    assert [bar.note for bar in bars(made(*[kept(funnel=three)] * 6), "funnel")][:3] == [
        "", "of 18 who were asked", "of 12 who replied",
    ]  # fmt: skip
    assert bars(made(*[kept(funnel=three)] * 7), "funnel")[1].note == "67 % of those who were asked"


@pytest.mark.parametrize(("n", "value"), [(0, 0), (4, None), (5, 5), (8, None), (12, 12)])
def test_all_but_a_few_is_hidden_as_well(n, value):
    done = made(*[kept(contacts=15)] * n, *[kept()] * (12 - n))
    assert bars(done, "targets")[0].value == value


# --- nothing by taking one figure from another -------------------------------------------------


def a_learner(pick):
    """What is kept of an invented learner, and the amounts in it with what they were by week."""
    amounts, weeks = Counter(), [[739004 + 7 * n, 0, 0, 0, 0] for n in range(6)]
    voices = [[at, 0, 0] for at in range(3)]
    thanks = []
    keen = pick.choice((0, 0.5, 0.9, 1, 1))
    for _ in range(pick.choice((0, 1, 2, 2, 3))):
        at = pick.choice((0, 0, 0, 1, 1, 2, 3, 4))
        weeks[at][1] += 1
        reached = 0
        while reached < 4 and pick.random() < keen:
            reached += 1
        for stage in measures.STAGES[:reached]:
            amounts[stage] += 1
        if reached < 4:
            continue
        for later in (at, 5)[: pick.choice((1, 1, 1, 1, 2))]:
            weeks[later][2] += 1
        for cell in voices:
            if pick.random() < max(keen, 0.8):
                cell[1] += 1
                cell[2] += 1
        if pick.random() < keen:
            amounts["thanked"] += 1
            thanks.append(pick.choice((0, 0, 1, 1, 9)))
        if pick.random() < 0.5:
            amounts["referred"] += 1
            weeks[at][3] += pick.choice((1, 1, 2))
    amounts |= {f"voices on {tables.CATEGORIES[at]}": n for at, _, n in voices}
    amounts |= {"thank-you notes": len(thanks)}
    lines = ("people known", "interviews held", "referrals")
    amounts |= {name: sum(week[n] for week in weeks) for n, name in enumerate(lines, 1)}
    funnel = [amounts[stage] for stage in measures.STAGES]
    one = kept(
        rows=pick.choice((0, 9, 9, 9)), funnel=funnel, growth=[w for w in weeks if any(w[1:])],
        voices=[cell for cell in voices if cell[1]], thanks=thanks,
        fit=pick.choices((-20, 0, 5), k=pick.choice((0, 1, 2))), requests=pick.choice((2, 10)),
    )  # fmt: skip
    return one, amounts, weeks


def tells_of_few(values):
    return 0 < sum(map(bool, values)) < report.FEW


HOLD = ("people known", "contacted", "replied", "agreed", "held", "interviews held")
HELD = ("thanked", "referred", "thank-you notes",
        *(f"voices on {category}" for category in tables.CATEGORIES))  # fmt: skip


@settings(max_examples=250)
@given(st.randoms(use_true_random=False), st.integers(5, 30))
def test_no_figure_taken_from_another_tells_of_fewer_than_five_learners(pick, n):
    learners = [a_learner(pick) for _ in range(n)]
    done = made(*(one for one, *_ in learners))
    figures = {figure.key: figure for figure in report.figures(done)}

    def each(amount):
        return [amounts[amount] for _, amounts, _ in learners]

    told = dict(zip(measures.STAGES, figures["funnel"].bars, strict=True))
    told |= {f"voices on {bar.label}": bar for bar in figures["voices"].bars}
    shown = {amount: bar.value for amount, bar in told.items() if bar.value is not None}
    thanks = [bar.value for bar in figures["thanks"].bars]
    if None not in thanks:
        shown["thank-you notes"] = sum(thanks)
    for at, (name, points) in enumerate(figures["growth"].lines.items()):
        at = ("people known", "interviews held", "referrals").index(name) + 1
        if points[-1][1] == sum(each(name)):
            shown[name] = points[-1][1]
        days = [0, *(day.toordinal() for day, _ in points), 10**6]
        for since, day in zip(days, days[1:], strict=False):
            added = [sum(week[at] for week in weeks if since < week[0] + 6 <= day)
                     for *_, weeks in learners]  # fmt: skip
            assert day == 10**6 and points[-1][1] == 0 or not tells_of_few(added)
    for amount, value in shown.items():
        assert value == sum(each(amount)) and not tells_of_few(each(amount)), amount
    pairs = {*combinations(HOLD, 2), *product(HOLD, HELD), ("thank-you notes", "thanked"),
             ("referrals", "referred")}  # fmt: skip
    for one, other in pairs:
        if one in shown and other in shown:
            rest = [a - b for a, b in zip(each(one), each(other), strict=True)]
            assert not tells_of_few(rest), (one, other)
    for key, ends in (("thanks", counts.THANK_DAYS), ("fit", counts.FIT_POINTS)):
        seen = [[at] for at, bar in enumerate(figures[key].bars) if bar.value is not None]
        hidden = [at for at, bar in enumerate(figures[key].bars) if bar.value is None]
        for chosen in [*seen, hidden] if any(bar.value for bar in figures[key].bars) else seen:
            assert not tells_of_few(
                [v for v in one[key] if counts.bar_of(v, ends) in chosen] for one, *_ in learners
            )
    reached = [bar.value for bar in figures["targets"].bars if bar.value is not None]
    started = re.search(r"counted, (\d+) with", report.body(done))
    groups = [n, *(int(found) for found in (started.groups() if started else ()))]
    for whole, part in [*product(groups, reached), *combinations(groups, 2)]:
        assert not 0 < part < report.FEW and not 0 < whole - part < report.FEW


# --- who may need a word ---------------------------------------------------------------------


def test_who_may_need_a_word_and_why():
    course = Course.model_validate(
        {"targets": {"requests_by": date(2026, 11, 1), "interviews_by": date(2026, 12, 24)}}
    )
    now = TODAY.toordinal()
    assert lines.words_for(kept(rows=0, last=None), course, TODAY) == ["nothing is logged yet"]
    assert lines.words_for(kept(last=None, requests=10), course, TODAY) == []
    assert lines.words_for(kept(last=now - 14, requests=10), course, TODAY) == []
    one = kept(
        last=now - 15, funnel=[5, 0, 0, 0, 0, 0], unthanked=[now - 8, now - 7], unwritten=[now - 9],
        passed=[now - 1, now, now + 3],
    )  # fmt: skip
    assert lines.words_for(one, course, TODAY) == [
        "nothing was logged for 15 days",
        "5 people asked and no reply yet",
        "1 meeting without a thank-you note for over 7 days",
        "1 meeting without a debrief",
        "1 meeting past, and nothing says how it went",
        "2 of 10 requests sent by 1 Nov 2026",
    ]


@pytest.mark.parametrize("kind", ["workbook", "hand-in"])
def test_any_row_is_work_and_so_is_a_change_of_one(tmp_path, kind):
    wb = ii.open_workbook(tmp_path / "class" / "l1" / "data" / "log")
    place = tmp_path / "class"
    if kind == "hand-in":
        place = tmp_path / "handed"
        place.mkdir()

    def said():
        if kind == "hand-in":
            hand_in.write(wb, place / "h.zip")
        run(place, tmp_path / "out", today=date.today() + timedelta(days=1))
        (row,) = progress(tmp_path / "out")
        return row["may_need_a_word"], row["last_active_on"]

    assert said() == ("nothing is logged yet", "")
    today = str(date.today())
    criterion = wb.criteria.append(kind="value", statement="To be of use", importance=3)
    wb.goals.append(stage="comparing fields", objective="To compare two kinds of work")
    assert said() == ("", today)
    for log in (wb.criteria, wb.goals):  # as if all that was three weeks ago
        raw = log.path.read_text(encoding="utf-8")
        log.path.write_text(raw.replace(today, str(date.today() - timedelta(days=21))), "utf-8")
    assert said()[0] == "nothing was logged for 22 days"
    wb.criteria.revise(criterion.id, importance=4)
    assert said() == ("", today)


@pytest.mark.parametrize("table", [t for t in tables.TABLES if t != "learner"])
def test_a_row_of_any_log_is_seen(tmp_path, table):
    place = tmp_path / "class" / "l1" / "data" / "log"
    place.mkdir(parents=True)
    text = f"id,created_at,updated_at\na,2026-11-20T10:00:00+00:00,{'9' * 41}\n"
    (place / f"{table}.csv").write_text(text + "b,2026-11-21T10:00:00+00:00,2026-11-30T10:00:00Z\n")
    assert run(tmp_path / "class", tmp_path / "out").totals.started == 1
    assert progress(tmp_path / "out")[0]["last_active_on"] == "2026-11-30"


def test_the_settings_beside_the_hand_ins_count(klass, tmp_path):
    (klass / "course.toml").write_text("[targets]\ncontacts = 99\n")
    run(klass, tmp_path / "out")
    assert progress(tmp_path / "out")[0]["contacts_target"] == "99"
    (klass / "course.toml").write_text("[targets]\ncontacts = -1\n")
    with pytest.raises(
        SettingsInvalid, match=r"line 2.* from 0 to 1000\. The file is .*course.toml"
    ):
        run(klass, tmp_path / "out")


@pytest.mark.parametrize(
    "place", ["copies/course.toml", "copies/data/course.toml", "data/course.toml"]
)
def test_the_settings_beside_the_list_of_copies_count_and_are_named(klass, tmp_path, capsys, place):
    course, copies = tmp_path / "my-course", tmp_path / "my-course" / "copies" / roster.COPIES
    (course / place).parent.mkdir(parents=True)
    (course / place).write_text("[targets]\ncontacts = 77\n")
    copies.parent.mkdir(exist_ok=True)
    copies.write_text(roster.copy_line(), "utf-8", newline="")
    main(["cohort", str(klass), "--to", str(tmp_path / "out"), "--copies", str(copies)])
    assert progress(tmp_path / "out")[0]["contacts_target"] == "77"
    assert f"Settings: {course / place}\n" in capsys.readouterr().out
    shutil.copy(klass / "learner0_0_0_hand-in.zip", copies.parent)
    run(copies.parent, tmp_path / "o2")  # the list lies among the hand-ins
    assert progress(tmp_path / "o2")[0]["contacts_target"] == "77"


def test_that_the_shipped_settings_are_used_is_said(klass, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "mine.toml"
    own.write_text("[targets]\ncontacts = 77\n")
    main(["cohort", str(klass), "--to", str(tmp_path / "out")])
    assert "Settings: as shipped, " in capsys.readouterr().out
    main(["cohort", str(klass), "--to", str(tmp_path / "out"), "--course", str(own)])
    assert f"Settings: {own}\n" in capsys.readouterr().out


# --- what anybody may hand in ----------------------------------------------------------------


def test_no_file_stops_the_class_and_each_has_its_reason(klass, tmp_path):
    from tests.test_hand_in import HOSTILE

    for n, (raw, _) in enumerate(HOSTILE.values()):
        (klass / f"bad{n:02}.zip").write_bytes(raw)
    (klass / "thesis.docx").write_text("x")
    (klass / "link.zip").symlink_to(next(klass.glob("learner0*")))
    (klass / "linked").symlink_to(tmp_path / "own")
    os.mkfifo(klass / "pipe.zip")
    (klass / "locked.zip").mkdir()
    deep = klass
    for _ in range(15):
        deep = deep / "d"
    deep.mkdir(parents=True)
    done = run(klass, tmp_path / "out")
    assert done.totals.learners == len(progress(tmp_path / "out")) == 6
    said = problems(tmp_path / "out")
    for n, (_, reason) in enumerate(HOSTILE.values()):
        assert re.search(reason, said.pop(f"bad{n:02}.zip"))
    assert said == {
        "thesis.docx": "it is neither a hand-in nor a workbook",
        "link.zip": "it is a link, and links are not followed",
        "linked": "it is a link, and links are not followed",
        "pipe.zip": "it is not a file",
        "/".join(["d"] * 13): "it lies too deep in folders",
    }
    assert done.n_problems == len(HOSTILE) + 5


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_unpacks_without_bound_is_not_unpacked(packing, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as file:
        file.writestr(received.ABOUT, b"{}" + b" " * 3_000_000)
    raw = bytearray(packed.getvalue())
    at = raw.rindex(b"PK\x01\x02") + 24
    raw[at : at + 4] = (2).to_bytes(4, "little")  # the size that it claims
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(received.HandInUnusable, match="packed in a way that is not read"):
        received.read(bytes(raw))


def test_hostile_rows_are_a_reason_not_a_stop(tmp_path):
    for name, table, text in (
        ("years", "messages", "id,contact_id,purpose,sent_at,replied_on\nm1,c1,request,"
         "0001-01-01T00:00:00+14:00,9999-12-31\nm2,c1,thank-you,9999-12-31T23:59:59-12:00,x\n"),
        ("numbers", "interviews", "id,contact_id,starts_at,minutes,status\n"
         f"i1,c1,2026-11-01T10:00:00+00:00,{'9' * 5000},held\n"),
        ("zones", "interviews", "id,contact_id,starts_at,timezone,status\n"
         "i1,c1,2026-11-01T10:00:00+00:00,../../etc/passwd,held\n"),
        ("words", "questions", "id,interview_id,category,outcome,answer\nq1,i1,=1+1,asked,x\n"),
    ):  # fmt: skip
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / f"{table}.csv").write_text(text)
    done = run(tmp_path / "class", tmp_path / "out")
    assert done.totals.learners + done.n_problems == 4
    assert done.totals.learners >= 3


def test_rows_made_to_take_for_ever_are_a_reason(tmp_path):
    logs = learner(tmp_path / "class")
    (logs / "criteria.csv").write_text(
        "id,kind,importance\n" + "".join(f"c{n},value,3\n" for n in range(20_000))
    )
    assert run(tmp_path / "class", tmp_path / "out").n_problems == 1
    assert problems(tmp_path / "out") == {"l1/data/log": "it has more than 500 criteria"}


def test_a_very_long_text_does_not_leave_a_learner_out(tmp_path):
    logs = learner(tmp_path / "class")
    ii.open_workbook(logs).contacts.append(name="Ana Silva", notes="long, " * 100_000)
    run(tmp_path / "class", tmp_path / "out")
    assert progress(tmp_path / "out")[0]["contacts"] == "26"


@pytest.mark.parametrize("where", ["l1", "l1/data", "l1/data/log"])
def test_a_single_workbook_may_be_named_from_anywhere_in_it(tmp_path, where):
    learner(tmp_path / "class")
    (tmp_path / "class" / "l1" / "notebooks").mkdir()
    done = run(tmp_path / "class" / where, tmp_path / "out")
    assert (done.totals.learners, done.n_problems) == (1, 0)


def test_a_workbook_s_example_is_not_counted_when_its_data_folder_is_named(tmp_path):
    copy = distribute.new(tmp_path / "copy")
    done = run(copy / "data", tmp_path / "out")
    assert (done.totals.learners, done.totals.started) == (1, 0)


def test_a_learner_s_folder_counts_whatever_lies_beside_its_logs(tmp_path):
    place = tmp_path / "class"
    shutil.copytree(EXAMPLE, place / "ana", ignore=shutil.ignore_patterns(".workbook"))
    (place / "ana" / "letters").mkdir()
    (place / "ana" / "workbook 2026-11-01 120000.zip").write_bytes(b"a backup")
    handed = hand_in.write(ii.open_workbook(learner(tmp_path, "bo")), tmp_path / "h.zip")
    with zipfile.ZipFile(handed) as file:
        file.extractall(place / "bo")
    (place / "bo" / "feedback").mkdir()
    done = run(place, tmp_path / "out")
    assert (done.totals.learners, done.problems) == (2, [])


def test_what_programs_lay_beside_hand_ins_is_nothing_left_out(klass, tmp_path):
    for n, path in enumerate(sorted(klass.glob("*.zip"))):
        attempt = f"Week 4_learner{n}_attempt_2026-11-2{n}-10-00-00"
        path.rename(klass / f"{attempt}_hand-in.zip")
        (klass / f"{attempt}.txt").write_text("Name: Ana Silva")  # Blackboard writes one for each
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store"):
        (klass / name).write_bytes(b"x")
    (klass / "Week 4_learner6_attempt_2026-11-26-10-00-00_notes.txt").write_text("Mine")
    assert run(klass, tmp_path / "out").totals.learners == 6
    assert list(problems(tmp_path / "out")) == [
        "Week 4_learner6_attempt_2026-11-26-10-00-00_notes.txt"
    ]


def test_a_log_among_hand_ins_is_a_line_and_the_hand_ins_are_counted(klass, tmp_path):
    (klass / "questions.csv").write_text("id,interview_id,text\n")
    (klass / received.ABOUT).write_text("{}")
    learner(klass, "l9")
    (klass / "l9" / "data" / "log" / "backup.zip").write_bytes(b"a learner's own")
    done = run(klass, tmp_path / "out")
    assert done.totals.learners == 7
    assert problems(tmp_path / "out") == dict.fromkeys(
        ["hand-in.json", "questions.csv"],
        "it is a log beside hand-ins or folders: a learner's logs need a folder of their own",
    )


def test_a_log_among_workbooks_is_a_line_and_the_workbooks_are_counted(tmp_path):
    learner(tmp_path / "class", "l1")
    (tmp_path / "class" / "contacts.csv").write_text("id,name\n")
    assert run(tmp_path / "class", tmp_path / "out").totals.learners == 1
    assert list(problems(tmp_path / "out")) == ["contacts.csv"]


def test_a_damaged_workbook_is_a_line(tmp_path):
    logs = learner(tmp_path / "class")
    learner(tmp_path / "class", "l2")
    (logs / "contacts.csv").write_bytes(b"\x00\x01 nothing")
    (logs / "messages.csv").unlink()
    (logs / "messages.csv").symlink_to("/etc/passwd")
    done = run(tmp_path / "class", tmp_path / "out")
    assert done.totals.learners == 1
    assert problems(tmp_path / "out")["l1/data/log"].startswith("contacts.csv ")


def test_a_torn_line_and_a_spreadsheet_s_re_save_are_counted(tmp_path):
    logs = learner(tmp_path / "class")
    own = run(tmp_path / "class", tmp_path / "o1").totals
    raw = (logs / "messages.csv").read_bytes()
    (logs / "messages.csv").write_bytes(raw + b'mes_torn,con_x,request,"Dear')
    for name in ("contacts", "interviews", "fit_ratings"):
        text = (logs / f"{name}.csv").read_text(encoding="utf-8-sig")
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
        (logs / f"{name}.csv").write_bytes(out.getvalue().encode("utf-16"))
    assert run(tmp_path / "class", tmp_path / "o2").totals == own


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("form", [r"\2/\3/\1", r"\3.\2.\1"])
def test_days_that_a_spreadsheet_program_rewrote_are_counted(tmp_path, delimiter, form):
    logs = learner(tmp_path / "class")
    own = run(tmp_path / "class", tmp_path / "o1").totals
    for path in logs.glob("*.csv"):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerows(
            [re.sub(r"^(\d{4})-(\d\d)-(\d\d)$", form, cell) for cell in row]
            for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        )
        path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    assert run(tmp_path / "class", tmp_path / "o2").totals == own


def test_the_order_of_day_and_month_is_told_by_any_date_of_a_log():
    rows = "id,sent_at,replied_on\nm1,10/3/2026 9:00,10/4/2026\nm2,10/23/2026 9:00,11/2/2026\n"
    cells = counts.cells_of("messages", rows.replace("\n", "\r\n").encode())
    assert cells.column("replied_on") == ["2026-10-04", "2026-11-02"]
    doubtful = "\r\n".join(rows.splitlines()[:2]) + "\r\n"
    with pytest.raises(sheet.Unreadable, match='holds the date "10/3/2026'):
        counts.cells_of("messages", doubtful.encode())


def test_a_hand_in_that_a_browser_unpacked_is_counted(klass, tmp_path):
    place = tmp_path / "unpacked"
    with zipfile.ZipFile(next(klass.glob("learner0*"))) as file:
        file.extractall(place / "Ana Silva_12_assignsubmission_file_" / "hand-in")
    assert run(place, tmp_path / "out").totals.learners == 1
    assert progress(tmp_path / "out")[0]["Student"] == "Ana Silva"


def test_the_newest_hand_in_of_a_learner_counts(klass, tmp_path):
    for n in range(3):
        again = klass / f"again{n}.zip"
        shutil.copy(klass / "learner5_5_5_hand-in.zip", again)
        os.utime(again, (2e9 - n, 2e9 - n))
    done = run(klass, tmp_path / "out")
    assert done.totals.learners == 6
    assert set(problems(tmp_path / "out")) == {
        "again1.zip",
        "again2.zip",
        "learner5_5_5_hand-in.zip",
    }
    said = (tmp_path / "out" / "problems.csv").read_text("utf-8")
    words = "another one of the same learner, as new or newer, is counted instead"
    assert said.count(words) == 3


def test_an_earlier_hand_in_whose_file_was_saved_later_does_not_count(tmp_path):
    wb, place = ii.open_workbook(tmp_path / "own"), tmp_path / "class"
    place.mkdir()
    wb.contacts.append(name="Ana Silva")
    rows = wb.contacts.path.read_text(encoding="utf-8").replace(str(date.today()), "2026-09-28")
    wb.contacts.path.write_text(rows, "utf-8")
    hand_in.write(wb, place / "week4.zip")
    wb.contacts.append(name="Sam Okafor")
    hand_in.write(wb, place / "week10.zip")
    os.utime(place / "week4.zip", (2e9, 2e9))  # as when it is downloaded once more
    run(place, tmp_path / "out")
    assert [row["contacts"] for row in progress(tmp_path / "out")] == ["2"]
    assert list(problems(tmp_path / "out")) == ["week4.zip"]


def test_a_hand_in_after_the_newest_row_was_erased_counts(tmp_path):
    wb, place = ii.open_workbook(tmp_path / "own"), tmp_path / "class"
    place.mkdir()
    newest = [wb.contacts.append(name=name) for name in ("Ana Silva", "Sam Okafor")][1]
    first = wb.contacts.path.read_text(encoding="utf-8").replace(str(date.today()), "2026-09-28", 2)
    wb.contacts.path.write_text(first, "utf-8")  # Ana was logged on an earlier day
    handed_in_on(date.today() - timedelta(1), hand_in.write(wb, place / "b.zip"))
    wb.contacts.erase(newest.id)
    hand_in.write(wb, place / "a.zip")
    os.utime(place / "b.zip", (2e9, 2e9))
    run(place, tmp_path / "out")
    assert [row["contacts"] for row in progress(tmp_path / "out")] == ["1"]
    assert list(problems(tmp_path / "out")) == ["b.zip"]


def handed_in_on(day: date, path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    about = json.loads(texts["hand-in.json"])
    assert about["made_on"] == str(date.today())
    texts["hand-in.json"] = json.dumps({**about, "made_on": str(day)})
    with zipfile.ZipFile(path, "w") as file:
        for name, text in texts.items():
            file.writestr(name, text)


@pytest.mark.parametrize("kind", ["a copy", "a workbook without a code"])
def test_a_workbook_and_a_hand_in_of_the_same_learner_are_one_line(tmp_path, kind):
    place = tmp_path / "class"
    if kind == "a copy":
        roster = tmp_path / "roster.csv"
        roster.write_text("name,id\nAna Silva,s1\n")
        (ana,) = distribute.distribute(roster, place).added
        logs = place / ana.folder / "data" / "log"
        shutil.copytree(EXAMPLE, logs, dirs_exist_ok=True)
    else:
        logs = learner(place)
    assert run(place, tmp_path / "out").totals.learners == 1
    hand_in.write(ii.open_workbook(logs), place / "h.zip")
    (place / "more").mkdir()
    (place / "h.zip").rename(place / "more" / "h.zip")
    for _ in range(2):
        assert run(place, tmp_path / "out").totals.learners == 1
        assert len(progress(tmp_path / "out")) == 1
    assert list(problems(tmp_path / "out").values()) == [
        "another one of the same learner, as new or newer, is counted instead"
    ]


def test_the_invented_learner_of_a_copy_and_its_pages_are_not_counted(tmp_path):
    distribute.new(tmp_path / "class" / "copy")
    done = run(tmp_path / "class", tmp_path / "out")
    assert (done.totals.learners, done.totals.started, done.n_problems) == (1, 0, 0)


def test_what_is_taken_away_while_the_class_is_looked_through_is_no_stop(klass):
    found = units.units_in(str(klass))
    first = next(found)
    for path in klass.iterdir():
        if path.name != first.path:
            path.unlink()
    assert list(found) == []


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(WorkbookError, match="There is no folder"):
        run(tmp_path / "none", tmp_path / "out")


def test_a_file_in_the_place_of_a_folder_is_said_to_be_one(klass, tmp_path):
    file = next(klass.glob("learner0*"))
    with pytest.raises(WorkbookError, match=f"{file} is a file. Give the folder .*: {klass}$"):
        run(file, tmp_path / "out")
    with pytest.raises(WorkbookError, match=f"^{file} is a file, and the report needs a folder."):
        run(klass, file)
    with pytest.raises(WorkbookError, match=r"written \([^\[]+\)\. Choose"):  # no numbers of errors
        run(klass, file / "below")


@pytest.mark.skipif(sys.platform != "linux", reason="a name that is no text, only here")
def test_a_name_whose_bytes_are_no_letters_is_counted_like_any_other(klass, tmp_path):
    (good,) = klass.glob("learner0*")
    good.rename(os.fsdecode(bytes(klass) + b"/M\xfcller_7_7_h.zip"))  # from an older Windows
    Path(os.fsdecode(bytes(klass) + b"/\xff.zip")).write_bytes(b"no zip")
    for n_read in (7, 0):
        done = run(klass, tmp_path / "out", workers=2)
        assert (done.totals.learners, done.n_read) == (6, n_read)
        assert list(problems(tmp_path / "out")) == ["?.zip"]
        assert progress(tmp_path / "out")[0]["Student"] == "M?ller"


def test_an_empty_folder_makes_an_empty_report(tmp_path):
    (tmp_path / "class").mkdir()
    assert run(tmp_path / "class", tmp_path / "out").totals.learners == 0
    assert progress(tmp_path / "out") == []


# --- again -----------------------------------------------------------------------------------


def test_a_second_run_reads_only_what_is_new_or_changed(klass, tmp_path, monkeypatch):
    to, read = tmp_path / "out", []
    count = workers._count
    monkeypatch.setattr(workers, "_count", lambda o, unit: read.append(unit.path) or count(o, unit))
    first = run(klass, to)
    assert (len(read), first.n_read, first.n_known) == (6, 6, 0)
    before = {p.name: p.read_bytes() for p in to.glob("*.*") if p.suffix in (".csv", ".html")}

    read.clear()
    second = run(klass, to)
    assert (read, second.n_read, second.n_known) == ([], 0, 6)
    assert {p.name: p.read_bytes() for p in to.glob("*.*") if p.name in before} == before

    wb = ii.open_workbook(tmp_path / "own" / "l3" / "data" / "log")
    wb.contacts.append(name="New Person")
    hand_in.write(wb, klass / "learner3_3_3_hand-in.zip")
    (klass / "learner4_4_4_hand-in.zip").unlink()
    third = run(klass, to)
    assert read == ["learner3_3_3_hand-in.zip"] and third.totals.learners == 5
    assert progress(to)[3]["contacts"] == "26"


def test_two_pages_that_differ_in_a_few_learners_are_not_both_to_be_shown(klass, tmp_path, capsys):
    words = ["cohort", str(klass), "--to", str(tmp_path / "out")]
    for at, (n_new, is_told) in enumerate(
        [(6, False), (0, False), (1, True), (4, True), (5, False)]
    ):
        for path in sorted(klass.glob("*.zip"))[:n_new]:
            os.utime(path, (at, at))
        main(words)
        assert ("Show only one of the two to others" in capsys.readouterr().out) is is_told


@pytest.mark.parametrize("name", ["{:03}/hand-in-{:06}.zip", "learner-{:06}", "{0}_{0}_h.zip"])
def test_stretches_are_even_and_one_unit_more_moves_few_of_their_ends(tmp_path, name):
    paths = [name.format(n // 10 if "/" in name else n, n) for n in range(4000)]

    def stretches(of):
        kept = store.Store(tmp_path / f"{len(of)}.sqlite", "class")
        kept.add(workers.Counted(path, "s", 0, "", "", "") for path in of)
        return {tuple(row.path for row in rows) for rows in kept.stretches()}

    whole = stretches(paths)
    sizes = [len(one) for one in whole]
    assert 7 <= 4000 / len(sizes) <= 9 and sum(n * n for n in sizes) / 4000 < 12
    assert sorted(path for one in whole for path in one) == sorted(paths)
    assert len(stretches(paths[:2001] + ["~"] + paths[2002:-1]) - whole) < 12


def test_another_day_and_other_targets_need_no_reading_again(klass, tmp_path, monkeypatch):
    run(klass, tmp_path / "out")
    monkeypatch.setattr(workers, "_count", None)
    (klass / "course.toml").write_text("[targets]\ncontacts = 99\n")
    done = run(klass, tmp_path / "out", today=TODAY + timedelta(days=30))
    assert done.n_read == 0 and done.reached["contacts"] == 0
    assert "nothing was logged for" in progress(tmp_path / "out")[0]["may_need_a_word"]


def test_a_run_shows_what_a_first_run_would_whatever_was_kept(klass, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_STRETCH", range(1, 40))
    monkeypatch.setattr(store, "_may_end", lambda path: crc32(path) % 2 == 0)
    part, made = cohort._part, []
    monkeypatch.setattr(cohort, "_part", lambda *args: made.append(args[0]) or part(*args))
    newest = klass / "again.zip"

    def change():
        yield "a first run", "all"
        yield "nothing", 0
        shutil.copy(next(klass.glob("learner5*")), newest)
        os.utime(newest, (2e9, 2e9))
        yield "an older one does not count now", 2
        os.utime(newest, (1e9, 1e9))
        yield "and counts again", 2
        (klass / "note.zip").write_bytes(b"no zip")
        yield "something damaged", 1
        next(klass.glob("learner1*")).unlink()
        yield "one gone", 1
        newest.unlink()
        yield "a copy gone", 1
        (klass / "course.toml").write_text("[targets]\ncontacts = 99\n")
        yield "another target", "all"
        named = zipfile.ZipFile(next(klass.glob("learner4*"))).read(received.ABOUT)
        ana = roster.Copy(json.loads(named)["copy"], "f", "Ana Example")
        list_ = roster.copy_line() + roster.copy_line(ana)
        (klass / "copies.csv").write_text(list_, "utf-8", newline="")
        yield "a name", 1

    for what, n in change():
        made.clear()
        kept = run(klass, tmp_path / "kept")
        assert len(made) <= (99 if n == "all" else n), what
        fresh = run(klass, tmp_path / what)
        assert vars(kept) | {"n_read": 0, "n_known": 0} == vars(fresh) | {"n_read": 0, "n_known": 0}
        for name in ("progress.csv", "problems.csv", "class.html"):
            assert (tmp_path / "kept" / name).read_bytes() == (tmp_path / what / name).read_bytes()


def test_a_change_of_a_workbook_is_noticed(tmp_path):
    logs = learner(tmp_path / "class")
    run(tmp_path / "class", tmp_path / "out")
    ii.open_workbook(logs).contacts.append(name="New Person")
    assert run(tmp_path / "class", tmp_path / "out").n_read == 1
    assert progress(tmp_path / "out")[0]["contacts"] == "26"


@pytest.mark.parametrize("damage", [b"", b"not a database" * 100, "foreign"])
def test_a_damaged_store_is_made_anew(klass, tmp_path, damage):
    run(klass, tmp_path / "out")
    store = tmp_path / "out" / units.STORE
    if damage == "foreign":
        store.unlink()
        with sqlite3.connect(store) as db:
            db.execute("CREATE TABLE unit (a)")
    else:
        store.write_bytes(damage)
    assert run(klass, tmp_path / "out").totals.learners == 6


def test_another_folder_s_counts_are_not_taken_for_this_one_s(klass, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(klass, other, copy_function=shutil.copy2)
    first, second = klass / "learner0_0_0_hand-in.zip", other / "learner0_0_0_hand-in.zip"
    seen = second.stat()
    second.write_bytes(b"x" * seen.st_size)
    os.utime(second, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    assert (first.stat().st_size, first.stat().st_mtime_ns) == (seen.st_size, seen.st_mtime_ns)
    assert run(klass, tmp_path / "out").n_problems == 0
    assert run(other, tmp_path / "out").n_problems == 1


def test_a_run_cut_off_goes_on_where_it_was(klass, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "BATCH", 2)
    count, read = workers.count_batch, []

    def dying(root, units):
        if len(read) == 2:
            raise KeyboardInterrupt
        read.append(units)
        return count(root, units)

    monkeypatch.setattr(workers, "count_batch", dying)
    with pytest.raises(KeyboardInterrupt, match="^$"):
        run(klass, tmp_path / "out")
    assert not (tmp_path / "out" / "progress.csv").exists()
    monkeypatch.setattr(workers, "count_batch", count)
    done = run(klass, tmp_path / "out")
    assert done.totals.learners == 6 and done.n_known >= 2


# --- many ------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path):
    """300 workbooks of a row or two, so that a pool is worth its start."""
    for n in range(300):
        logs = tmp_path / "many" / f"l{n:03}" / "data" / "log"
        logs.mkdir(parents=True)
        people = "".join(f"con_{m},teacher\n" for m in range(n % 7))
        (logs / "contacts.csv").write_text("id,how_known\n" + people)
    return tmp_path / "many"


def test_a_pool_comes_to_what_the_loop_comes_to(many, tmp_path):
    loop = run(many, tmp_path / "o1", workers=1)
    pool = run(many, tmp_path / "o2", workers=2)
    assert pool.totals == loop.totals and pool.totals.learners == 300
    files = ("progress.csv", "class.html")
    assert all(
        (tmp_path / "o1" / f).read_bytes() == (tmp_path / "o2" / f).read_bytes() for f in files
    )


def test_a_script_without_a_main_guard_is_not_run_again_by_the_workers(many, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(
        "print('once')\n"
        "from ii_helpers.course.cohort import cohort\n"
        f"print(cohort({str(many)!r}, {str(tmp_path / 'out')!r}, workers=2).totals.learners)\n"
    )
    made = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    assert (made.stdout, made.stderr) == ("once\n300\n", "")


class _SleepyPool:
    """An executor that answers only when it is waited for, and how much was asked of it."""

    asked = 0

    def submit(self, do, *args):
        from concurrent.futures import Future

        class Late(Future):
            def result(self, timeout=None):
                return do(*args)

        self.asked += 1
        return Late()


def test_while_a_pool_starts_this_process_counts(many, tmp_path, monkeypatch):
    from contextlib import contextmanager

    pool = _SleepyPool()

    @contextmanager
    def executor(scheduler, workers):
        yield lambda: pool, 6

    monkeypatch.setattr(workers, "_executor", executor)
    done = run(many, tmp_path / "out", workers=2)
    assert done.totals.learners == 300 and pool.asked == 6  # of ten batches


class _DyingPool:
    """An executor whose worker is killed by one unit, as the system does with a greedy one."""

    alive = True

    def submit(self, do, root, units):
        from concurrent.futures import Future
        from concurrent.futures.process import BrokenProcessPool

        future = Future()
        if not self.alive or any(unit.path.startswith("l123/") for unit in units):
            self.alive = False
            future.set_exception(BrokenProcessPool("a process was ended abruptly"))
        else:
            future.set_result(do(root, units))
        return future

    def shutdown(self, wait=True, cancel_futures=False):
        pass


def test_a_hand_in_that_kills_its_worker_is_a_line(many, tmp_path, monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def executor(scheduler, workers):
        yield _DyingPool, 6

    monkeypatch.setattr(workers, "_executor", executor)
    done = run(many, tmp_path / "out", workers=2)
    assert done.totals.learners == 299
    assert problems(tmp_path / "out") == {
        "l123/data/log": "the program that counted it was ended by the system"
    }


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_hand_ins_are_read_from_any_address(klass, tmp_path, kind):
    fsspec = pytest.importorskip("fsspec")
    here = run(klass, tmp_path / "o1")
    if kind == "memory":
        fs = fsspec.filesystem("memory")
        fs.rm("/class", recursive=True) if fs.exists("/class") else None
        for path in klass.iterdir():
            fs.pipe(f"/class/deep/{path.name}", path.read_bytes())
        for path in EXAMPLE.iterdir():
            fs.pipe(f"/class/l9/data/log/{path.name}", path.read_bytes())
            fs.pipe(f"/class/l9/data/example/{path.name}", path.read_bytes())
        fs.pipe("/class/thesis.docx", b"x")
        address, more = "memory://class", 1
    else:
        address, more = f"file://{klass}", 0
    done = run(address, tmp_path / "o2")
    assert done.totals.learners == here.totals.learners + more
    assert done.totals.funnel[0][0] == here.totals.funnel[0][0] * (6 + more) // 6
    assert done.n_problems == more
    again = run(address, tmp_path / "o2")
    assert (again.n_read, again.totals) == (0, done.totals)


def _at_an_address(folder):
    """The same files at a memory:// address."""
    fs = pytest.importorskip("fsspec").filesystem("memory")
    if fs.exists("/again"):
        fs.rm("/again", recursive=True)
    for path in folder.rglob("*"):
        if path.is_file():
            fs.pipe(f"/again/{path.relative_to(folder)}", path.read_bytes())
    return "memory://again"


def test_an_address_is_looked_through_as_a_folder_is(klass, tmp_path):
    copy = klass / "ana"
    distribute.new(copy)
    shutil.copytree(EXAMPLE, copy / "data" / "log", dirs_exist_ok=True)
    hand_in.write(ii.open_workbook(copy / "data" / "log"), copy / "notebooks" / "hand-in.zip")
    (copy / "thesis.docx").write_text("a learner's own file")
    (klass / "questions.csv").write_text("id,text\n")
    deep = klass.joinpath(*["d"] * 15, "deep.zip")
    deep.parent.mkdir(parents=True)
    deep.write_bytes(b"")
    here = [(found.path, type(found)) for found in units.units_in(str(klass))]
    there = [(found.path, type(found)) for found in units.units_in(_at_an_address(klass))]
    assert there == here
    assert [path for path, kind in here if kind is units.Unit and "/" in path] == ["ana/data/log"]


@pytest.mark.parametrize("kind", ["file", "local"])
def test_an_address_on_this_computer_is_this_folder(klass, tmp_path, kind):
    pytest.importorskip("fsspec")
    (klass / "linked").symlink_to(tmp_path / "own")
    (klass / "link.zip").symlink_to(next(klass.glob("learner0*")))
    (klass / "course.toml").write_text("[targets]\ncontacts = 99\n")
    os.mkfifo(klass / "pipe.zip")
    done = run(f"{kind}://{klass}", tmp_path / "out")
    assert done.totals.learners == 6 and done.course.targets.contacts == 99
    assert problems(tmp_path / "out") == {
        "link.zip": "it is a link, and links are not followed",
        "linked": "it is a link, and links are not followed",
        "pipe.zip": "it is not a file",
    }
    assert run(klass, tmp_path / "out").n_read == 0  # the same folder


def test_a_link_at_an_address_is_not_followed(klass, monkeypatch):
    address = _at_an_address(klass)
    fs = pytest.importorskip("fsspec").filesystem("memory")
    found = {path: info | {"islink": True} for path, info in fs.find("/again", detail=True).items()}
    monkeypatch.setattr(type(fs), "find", lambda *_, **__: found)
    assert {left.reason for left in units.units_in(address)} == {
        "it is a link, and links are not followed"
    }


def test_an_address_that_cannot_be_read_is_said(tmp_path):
    pytest.importorskip("fsspec")
    with pytest.raises(WorkbookError, match="is no address that can be read"):
        run("nowhere://class", tmp_path / "out")


def test_a_mistyped_address_empties_no_report(klass, tmp_path):
    address = _at_an_address(klass)
    run(address, tmp_path / "out")
    for wrong in (f"{address}x", f"file://{klass}x", f"{klass}x"):
        with pytest.raises(WorkbookError, match="There is no folder .*x"):
            run(wrong, tmp_path / "out")
    assert len(progress(tmp_path / "out")) == 6
    assert run(address, tmp_path / "out").n_read == 0


@pytest.mark.parametrize(
    "fault",
    [PermissionError(13, "Permission denied"), MemoryError(), Exception("no credentials")],
    ids=lambda fault: type(fault).__name__,
)
def test_what_could_not_be_read_is_tried_again_in_the_next_run(klass, tmp_path, monkeypatch, fault):
    real = units.opener

    def opener(root):
        def here(path, most):
            if path.startswith("learner3"):
                raise fault
            return real(root)(path, most)

        return here

    with monkeypatch.context() as patch:
        patch.setattr(workers, "opener", opener)
        done = run(klass, tmp_path / "out")
        assert (done.totals.learners, done.n_problems) == (5, 1)
    done = run(klass, tmp_path / "out")
    assert (done.totals.learners, done.n_problems, done.n_read) == (6, 0, 1)


def test_a_folder_that_may_be_listed_and_not_entered_is_a_line(klass, tmp_path, monkeypatch):
    shutil.copytree(klass, klass / "group")
    shutil.copytree(EXAMPLE, klass / "ana" / "data" / "log")

    class Closed:
        def __init__(self, entry):
            self.name, self.is_symlink = entry.name, entry.is_symlink
            self.is_dir, self.is_file = entry.is_dir, entry.is_file

        def stat(self, **_):
            raise PermissionError(13, "Permission denied")

    real = units._listing_here

    def listing_here(root):
        def listing(below):
            found = real(root)(below)
            closed = below in ("group", "ana/data/log")
            return {name: Closed(entry) if closed else entry for name, entry in found.items()}

        return listing

    monkeypatch.setattr(units, "_listing_here", listing_here)
    done = run(klass, tmp_path / "out")
    assert done.totals.learners == 6
    said = problems(tmp_path / "out")
    assert set(said.values()) == {"it cannot be read (Permission denied)"}
    assert len(said) == 7 and "ana/data/log" in said


def test_a_fault_of_the_address_names_the_address_and_keeps_the_report(
    klass, tmp_path, monkeypatch
):
    address = _at_an_address(klass)
    run(address, tmp_path / "out")

    class NoCredentials(Exception):  # as such libraries have them: no OSError
        pass

    def broken(*_, **__):
        raise PermissionError(13, "Permission denied")

    def keyless(*_, **__):
        raise NoCredentials("Permission denied without a key")

    fs = type(pytest.importorskip("fsspec").filesystem("memory"))
    for asked, fault in product(("find", "isdir"), (broken, keyless)):
        with monkeypatch.context() as patch:
            patch.setattr(fs, asked, fault)
            with pytest.raises(WorkbookError, match="memory://again could not be read .*denied"):
                run(address, tmp_path / "out")
    monkeypatch.setattr(os, "scandir", broken)
    with pytest.raises(WorkbookError, match="class could not be read .*denied"):
        run(klass, tmp_path / "out")
    assert len(progress(tmp_path / "out")) == 6


def test_no_scheduler_at_the_address_is_said(klass, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "SCHEDULER_SECONDS", 1)
    with pytest.raises(WorkbookError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        run(klass, tmp_path / "out", scheduler="tcp://127.0.0.1:9")


def test_an_address_that_is_no_scheduler_s_is_said_at_once_and_once(klass, tmp_path):
    pytest.importorskip("distributed")
    command = ["-m", "ii_helpers", "cohort", klass, "--to", tmp_path / "out", "--scheduler", "foo"]
    made = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    said = "No Dask scheduler answers at foo. Start one, as in tcp://HOST:8786, or leave "
    assert (made.returncode, made.stderr) == (1, f"{said}--scheduler out.\n")


# --- the command and the page in the notebook ---------------------------------------------------


def test_the_command_writes_the_three_files_and_says_what_it_did(klass, tmp_path, capsys):
    (klass / "thesis.docx").write_text("x")
    to = tmp_path / "out"
    assert main(["cohort", str(klass), "--to", str(to)]) == 0
    said = capsys.readouterr().out
    assert "6 learners counted: 6 read, 0 known" in said and "1 left out" in said
    assert {"progress.csv", "class.html", "problems.csv"} <= {p.name for p in to.iterdir()}
    assert main(["cohort", str(tmp_path / "none"), "--to", str(to)]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_the_panel_shows_what_the_report_shows(klass, tmp_path, monkeypatch):
    from ii_helpers.stages.class_view import class_panel

    panel = class_panel(klass, tmp_path / "out", today=TODAY)
    texts = [w.value for w in _all(panel) if type(w).__name__ == "HTML"]
    html = "".join(texts)
    done = run(klass, tmp_path / "out")
    for figure in report.figures(done):
        assert escape(figure.title) in html
    chooser = next(w for w in _all(panel) if getattr(w, "description", "") == "Show")
    chooser.value = "learners"
    assert ">learner3<" in "".join(w.value for w in _all(panel) if type(w).__name__ == "HTML")
    chooser.value = "words"
    html = "".join(w.value for w in _all(panel) if type(w).__name__ == "HTML")
    assert "without a thank-you note" in html


@pytest.mark.parametrize("typed", ['"{}"', "'{}'", " {} ", "~/class"])
def test_a_folder_is_found_as_it_is_copied_and_typed(klass, tmp_path, monkeypatch, typed):
    from ii_helpers.stages.class_view import class_panel

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    panel = class_panel(typed.format(klass), tmp_path / "out", today=TODAY)
    assert "6 learners counted" in "".join(_texts(panel))


def test_the_figures_of_one_folder_do_not_stand_under_another_one_s_name(klass, tmp_path):
    from ii_helpers.stages.class_view import class_panel

    panel = class_panel(klass, tmp_path / "out", today=TODAY)
    assert "<svg" in "".join(_texts(panel))
    parts = {getattr(w, "description", ""): w for w in _all(panel)}
    parts["Folder of the hand-ins"].value = str(tmp_path / "nowhere")
    parts["Read the hand-ins"].click()
    html = "".join(_texts(panel))
    assert "There is no folder" in html and "<svg" not in html


def test_the_panel_says_how_many_lines_it_does_not_show(klass, tmp_path, monkeypatch):
    from ii_helpers.stages import class_view

    for n in range(3):
        (klass / f"thesis{n}.docx").write_text("x")
    codes = [json.loads(zipfile.ZipFile(path).read(received.ABOUT))["copy"]
             for path in sorted(klass.glob("*.zip"))]  # fmt: skip
    copies = [roster.Copy(code, "f", "Ana") for code in [*codes, "none"]]
    text = roster.copy_line() + "".join(map(roster.copy_line, copies))
    (klass / roster.COPIES).write_text(text, "utf-8", newline="")
    for most, more in ((2, {"words": 5, "learners": 5, "problems": 1}), (200, {})):
        monkeypatch.setattr(class_view, "ROWS_SHOWN", most)
        panel = class_view.class_panel(klass, tmp_path / "out", today=TODAY + timedelta(days=60))
        chooser = next(w for w in _all(panel) if getattr(w, "description", "") == "Show")
        for chosen in ("words", "learners", "problems"):
            chooser.value = chosen
            kept_in = "problems.csv" if chosen == "problems" else "progress.csv"
            said = re.findall(r"And (\d+) more, in (\S+)\.<", "".join(_texts(panel)))
            expected = [(str(more[chosen]), str(tmp_path / "out" / kept_in))] if more else []
            assert said == expected, chosen


def _texts(panel):
    return [w.value for w in _all(panel) if type(w).__name__ == "HTML"]


def _all(widget):
    return [widget, *(w for child in getattr(widget, "children", ()) for w in _all(child))]
