"""Each measure on small networks worked out by hand, and against independent methods."""

import csv
import itertools
import math
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ii_helpers import measures
from ii_helpers.errors import WorkbookError
from ii_helpers.log import unguard
from ii_helpers.measures import Facts
from ii_helpers.workbook import Course
from tests import make_example

TODAY = date(2026, 11, 16)

CONTRACT = {
    "funnel": ["stage", "n", "of_previous"],
    "network_growth": ["on", "n_contacts", "n_interviews", "n_referrals"],
    "referral_chains": [
        "contact_id", "referred_by", "generation", "n_referred", "root_contact_id",
    ],
    "voices": ["occupation_id", "category", "n_voices", "n_independent", "effective"],
    "perspectives": ["occupation_id"],
    "fit": ["occupation_id", "on", "fit", "n_rated"],
    "fit_ranking": ["occupation_id", "fit", "p_first"],
    "due": ["what", "contact_id", "interview_id", "due_on", "days_late", "how_late"],
    "forecast": ["n_requests", "p_at_least"],
    "history": ["on", "contact_id"],
    "progress": ["figure", "then", "now", "change"],
}  # fmt: skip
ARGUMENTS = {
    "due": (TODAY,),
    "forecast": (18, "2026-12-15", TODAY),
    "progress": ("2026-10-01", TODAY),
}


def measured(name, source):
    return getattr(measures, name)(source, *ARGUMENTS.get(name, ()))


# --- a few invented people -----------------------------------------------------------------------


def facts(**tables):
    """Facts of rows given as dicts of text; a row without an id gets one."""
    made = {
        table: [{"id": f"{table}{n}", "created_at": "2026-09-01T09:00:00+00:00", **row}
                for n, row in enumerate(rows)]
        for table, rows in tables.items()
    }  # fmt: skip
    return Facts.from_cells(made)


def person(id, place="", about="", **more):
    return {"id": id, "name": id.title(), "organization_id": place, "occupation_id": about, **more}


def asked(id, day, reply="none yet", replied_on="", purpose="request", channel="email"):
    return {"contact_id": id, "purpose": purpose, "channel": channel, "reply": reply,
            "sent_at": f"{day}T12:00:00+00:00", "replied_on": replied_on}  # fmt: skip


def met(id, day, about="", status="held", **more):
    return {"id": f"met {id} {day}", "contact_id": id, "occupation_id": about, "status": status,
            "starts_at": f"{day}T12:00:00+00:00", "minutes": "20", **more}  # fmt: skip


def named(from_, to, day="2026-10-01", may="yes", **more):
    return {"from_contact_id": from_, "to_contact_id": to, "referred_on": day,
            "may_use_name": may, **more}  # fmt: skip


def said(meeting, category, outcome="asked", answer="A lot."):
    return {"interview_id": meeting["id"], "category": category, "outcome": outcome,
            "answer": answer}  # fmt: skip


def rated(occupation, criterion, rating, day="2026-10-01", meeting=""):
    return {"occupation_id": occupation, "criterion_id": criterion, "rating": str(rating),
            "rated_on": day, "interview_id": meeting}  # fmt: skip


DAY = "2026-10-05"
CRITERIA = [
    {"id": "quiet", "statement": "Quiet", "importance": "4"},
    {"id": "pay", "statement": "Pay", "importance": "2"},
]
JOBS = [{"id": "job", "title": "Job", "status": "exploring"},
        {"id": "trade", "title": "Trade", "status": "exploring"}]  # fmt: skip
ODD = {  # what is in the logs -> the logs
    "one person": {"contacts": [person("ana")]},
    "one occupation": {"occupations": JOBS[:1]},
    "a request to nobody": {"messages": [asked("ana", DAY)]},
    "an interview with nobody, and no debrief": {"interviews": [met("ana", DAY, "job")]},
    "one rating": {"occupations": JOBS[:1], "criteria": CRITERIA[:1],
                   "fit_ratings": [rated("job", "quiet", 3, DAY)]},
    "everything on one day": {
        "contacts": [person(id, about="job") for id in "abcdefg"], "occupations": JOBS,
        "criteria": CRITERIA, "messages": [asked(id, DAY, "yes", DAY) for id in "abcdefg"],
        "interviews": [met(id, DAY, "job") for id in "abcdefg"],
        "referrals": [named("a", id, DAY) for id in "bcdefg"],
        "fit_ratings": [rated("job", "pay", n, DAY) for n in (1, 2, 3, 4, 5)],
    },
    "everything to come": {
        "contacts": [person("ana"), person("bo")], "occupations": JOBS, "criteria": CRITERIA,
        "messages": [asked("ana", "2027-03-01", "yes", "2027-03-05")],
        "interviews": [met("ana", "2027-04-01", "job"), met("bo", "2027-05-01", "", "confirmed")],
        "referrals": [named("ana", "bo", "2027-06-01")],
        "fit_ratings": [rated("job", "pay", 3, "2027-07-01")],
        "tasks": [{"task": "Then", "due_on": "2027-08-01"}],
    },
    "a referral to oneself": {"contacts": [person("ana")], "interviews": [met("ana", DAY)],
                              "referrals": [named("ana", "ana")]},
    "every criterion deleted": {"occupations": JOBS, "fit_ratings": [rated("job", "pay", 4)]},
    "a criterion deleted": {
        "occupations": JOBS, "criteria": CRITERIA[:1],
        "fit_ratings": [rated("job", "pay", 4), rated("trade", "pay", 2), rated("job", "quiet", 3)],
    },
    "ids of nobody, and cells that are no dates or numbers": {
        "contacts": [person("ana"), person("bo")], "occupations": JOBS[:1],
        "referrals": [named("ana", "gone"), named("bo", "ana", day="")],
        "messages": [asked("ana", "2027-01-01", "yes"), asked("gone", "2026-10-01"),
                     {"contact_id": "bo", "purpose": "request", "sent_at": "soon"}],
        "interviews": [met("ana", "2027-01-01"), met("gone", "2026-10-01"),
                       {"id": "i", "contact_id": "bo", "status": "held", "starts_at": ""}],
        "questions": [{"interview_id": "none", "category": "salary", "outcome": "asked"}],
        "fit_ratings": [rated("job", "gone", 5), rated("gone", "c", 3), rated("job", "c", 9)],
        "criteria": [{"id": "c", "statement": "Quiet", "importance": "many"}],
        "tasks": [{"task": "Write", "due_on": "30 February"}],
    },
}  # fmt: skip


def as_rows(table, *columns):
    return list(table[list(columns)].itertuples(index=False, name=None))


# --- the example ---------------------------------------------------------------------------------


def test_writing_the_example_again_gives_the_same_bytes(tmp_path):
    make_example.write(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    kept = {path.name: path.read_bytes() for path in Path(make_example.EXAMPLE).glob("*.csv")}
    assert len(written) == 14
    assert written == kept, "python -m tests.make_example writes it anew"


def test_the_example_has_what_a_review_is_about(example):
    chains = measures.referral_chains(example)
    assert len(chains) == 25
    assert chains["generation"].max() >= 3
    assert {"none yet", "no", "later", "bounced"} <= set(example.messages.read()["reply"])
    assert "cancelled" in set(example.interviews.read()["status"])
    late = measures.history(example).dropna(subset=["thanked_on"])
    assert ((late["thanked_on"] - late["on"]).dt.days > 2).sum() == 1
    assert measures.fit(example)["change"].abs().max() > 5
    assert set(measures.due(example, TODAY)["what"]) >= {
        "thank-you", "follow-up", "arrange", "task", "keep in touch", "referral", "interviews",
    }  # fmt: skip


# --- every measure -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTRACT)
def test_a_measure_has_its_columns_with_and_without_rows(name, wb, example):
    empty, filled = measured(name, wb), measured(name, example)
    assert list(empty.columns) == list(filled.columns)
    assert list(empty.columns)[: len(CONTRACT[name])] == CONTRACT[name]
    assert dict(empty.dtypes) == dict(filled.dtypes)
    assert len(filled) > 0
    if name not in ("funnel", "forecast", "progress"):  # these count nobody, which is a figure
        assert len(empty) == 0


@pytest.mark.parametrize("name", CONTRACT)
def test_a_measure_counts_the_same_from_a_workbook_and_from_plain_cells(name, example):
    cells = {}
    for log in example.logs():
        with open(log.path, encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            cells[log.table.name] = [{k: unguard(v) for k, v in line.items()} for line in lines]
    plain = Facts.from_cells(cells, example.course)
    pd.testing.assert_frame_equal(measured(name, example), measured(name, plain))


@pytest.mark.parametrize("name", CONTRACT)
def test_renaming_everybody_changes_nothing_but_names(name, example):
    facts = Facts.of(example)
    other = {contact.id: f"x{n}" for n, contact in enumerate(facts.contacts)}

    def read(table):
        rows = []
        for row in getattr(facts, table):
            new = {f: other.get(getattr(row, f), getattr(row, f)) for f in row._fields}
            rows.append(row._replace(**new))
        return rows

    texts = {"action", "name", "referred_by", "named", "also_referred_by"}
    before = measured(name, facts).drop(columns=texts, errors="ignore").replace(other)
    after = measured(name, Facts(read, facts.course)).drop(columns=texts, errors="ignore")
    pd.testing.assert_frame_equal(before, after, check_dtype=False)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", CONTRACT)
def test_odd_rows_are_counted_without_an_error(name, odd):
    assert isinstance(measured(name, facts(**ODD[odd])), pd.DataFrame)


# --- 1. funnel -----------------------------------------------------------------------------------


def test_the_funnel_counts_people_and_not_letters():
    # Ana was asked twice, replied yes, was met, thanked and named somebody. Bo said no.
    # Cem's letter bounced: he was asked and has not replied. Dee was met without a letter:
    # she was contacted, replied and agreed all the same; her thank-you was sent before.
    # Eli only got a greeting: not asked. So 4 asked, 3 replied, 2 agreed, 2 held, 1 thanked.
    table = measures.funnel(facts(
        contacts=[person(id) for id in ("ana", "bo", "cem", "dee", "eli")],
        messages=[
            asked("ana", "2026-10-01"),
            asked("ana", "2026-10-08", "yes", "2026-10-09", "follow-up"),
            asked("bo", "2026-10-01", "no", "2026-10-05"), asked("cem", "2026-10-01", "bounced"),
            asked("eli", "2026-10-01", "yes", purpose="keep in touch"),
            asked("ana", "2026-10-20", purpose="thank-you"),
            asked("dee", "2026-10-02", purpose="thank-you"),
        ],
        interviews=[met("ana", "2026-10-19"), met("dee", "2026-10-10")],
        referrals=[named("ana", "eli", "2026-10-19"), named("bo", "eli"), named("dee", "dee")],
    ))  # fmt: skip
    assert as_rows(table, "stage", "n", "previous") == [
        ("contacted", 4, ""), ("replied", 3, "contacted"), ("agreed", 2, "replied"),
        ("held", 2, "agreed"), ("thanked", 1, "held"), ("referred", 1, "held"),
    ]  # fmt: skip
    assert table["of_previous"].tolist()[1:] == [3 / 4, 2 / 3, 1, 1 / 2, 1 / 2]
    # Ana: replied 8 days after the first letter, bo after 4: median 6. Met 10 days later.
    assert table["median_days"].tolist()[1:] == [6, 0, 10, 1, 0]


def test_a_funnel_by_channel_or_by_how_known_adds_up_to_the_whole(example):
    whole = measures.funnel(example)["n"].tolist()
    for by in ("channel", "how_known"):
        parts = measures.funnel(example, by=by)
        assert parts.groupby("stage", sort=False)["n"].sum().tolist() == whole
    assert "not said" not in set(parts["group"])


def test_a_funnel_by_anything_else_is_refused(wb):
    with pytest.raises(WorkbookError, match='cannot be made by "age". Choose "channel"'):
        measures.funnel(wb, by="age")


@settings(deadline=None)
@given(st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_shares_have_the_interval_of_wilson(pair):
    n, of = pair
    if of:
        expected = proportion_confint(n, of, method="wilson")
        assert measures.wilson(n, of) == pytest.approx(expected, abs=1e-6)
    else:
        assert measures.wilson(0, 0) == (0, 1)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 30, 400])
def test_counts_have_the_exact_interval_of_garwood(n):
    low = stats.chi2.ppf(0.025, 2 * n) / 2 if n else 0
    high = stats.chi2.ppf(0.975, 2 * n + 2) / 2
    assert measures.poisson_interval(n) == pytest.approx((low, high), rel=1e-6)


# --- 2. growth -----------------------------------------------------------------------------------


def test_growth_adds_up_day_by_day():
    # Ana is known since her row of 1 Sep, bo since the letter of 20 Aug before his row, cem
    # since ana named him. Bo was met on 5 Sep and named cem again: a pair counts once.
    table = measures.network_growth(facts(
        contacts=[person("ana"), person("bo"), person("cem", created_at="2026-10-01T09:00:00Z")],
        messages=[asked("bo", "2026-08-20")],
        interviews=[met("bo", "2026-09-05"), met("ana", "2026-09-06", status="cancelled")],
        referrals=[named("ana", "cem", "2026-09-03"), named("ana", "cem", "2026-09-09"),
                   named("bo", "cem", "2026-09-05"), named("bo", "bo", "2026-09-07")],
    ))  # fmt: skip
    assert as_rows(table.astype({"on": "str"}), *table.columns) == [
        ("2026-08-20", 1, 0, 0, 0),
        ("2026-09-01", 2, 0, 0, 0),
        ("2026-09-03", 3, 0, 1, 0),
        ("2026-09-05", 3, 1, 2, 0),
    ]


def test_a_person_is_new_when_first_heard_of_from_somebody_you_had_met():
    # Ana was met on 5 Sep. She named bo (new), cem (written to before: not new) and dee,
    # whom eli, never met, had named before (not new). Fay was named before the meeting.
    table = measures.network_growth(facts(
        contacts=[person(id) for id in ("ana", "bo", "cem", "dee", "eli", "fay")],
        messages=[asked("cem", "2026-09-02")],
        interviews=[met("ana", "2026-09-05")],
        referrals=[named("ana", "bo", "2026-09-05"), named("ana", "cem", "2026-09-05"),
                   named("eli", "dee", "2026-09-03"), named("ana", "dee", "2026-09-06"),
                   named("ana", "fay", "2026-09-01")],
    ))  # fmt: skip
    assert table["n_new_people"].iloc[-1] == 1
    assert measures.sustained(1, 1)[0] == 1
    assert all(math.isnan(value) for value in measures.sustained(0, 0))


# --- 3. who referred whom ------------------------------------------------------------------------


def chain(links, people="abcdefgh", **more):
    table = measures.referral_chains(facts(
        contacts=[person(id) for id in people],
        referrals=[named(from_, to, f"2026-10-{n + 1:02}") for n, (from_, to) in enumerate(links)],
        **more,
    ))  # fmt: skip
    return table.set_index("contact_id")


def test_a_chain_has_generations_a_root_and_a_yield():
    # a named b and c; b named d. e stands alone.
    table = chain(["ab", "ac", "bd"], "abcde")
    assert as_rows(table, "referred_by", "generation", "n_referred", "root_contact_id",
                   "n_reached") == [
        ("", 0, 2, "a", 3), ("", 0, 0, "e", 0), ("a", 1, 1, "a", 1), ("a", 1, 0, "a", 0),
        ("b", 2, 0, "a", 0),
    ]  # fmt: skip


def test_of_two_referrers_the_nearer_to_a_root_counts_and_the_other_is_kept():
    # a named b, b named c, and then a named c, too: c is one step from a.
    table = chain(["ab", "bc", "ac"], "abc")
    assert table.loc["c", ["referred_by", "generation", "also_referred_by"]].tolist() == [
        "a", 1, "b",
    ]  # fmt: skip


def test_in_a_circle_whoever_named_first_is_the_root():
    # b named c, c named a, a named b: b was first.
    table = chain(["bc", "ca", "ab"], "abc")
    assert table["generation"].to_dict() == {"b": 0, "c": 1, "a": 2}
    assert set(table["root_contact_id"]) == {"b"}


def test_a_circle_that_somebody_outside_leads_to_has_the_outsider_as_root():
    table = chain(["ab", "ba", "ca"], "abc")
    assert table["generation"].to_dict() == {"c": 0, "a": 1, "b": 2}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_generations_are_networkx_distances_from_the_roots(pairs):
    links = [("abcdefghij"[i], "abcdefghij"[j]) for i, j in pairs]
    table = chain(links, "abcdefghij")
    graph = networkx.DiGraph()
    graph.add_nodes_from("abcdefghij")
    graph.add_edges_from((i, j) for i, j in links if i != j)
    roots = set(table.index[table["generation"] == 0])
    # One root in each strongly connected part that nobody outside leads to, and none elsewhere.
    parts = networkx.condensation(graph)
    sources = [parts.nodes[n]["members"] for n in parts if parts.in_degree(n) == 0]
    assert len(roots) == len(sources)
    assert all(len(roots & members) == 1 for members in sources)
    far = networkx.multi_source_dijkstra_path_length(graph, roots)
    assert table["generation"].to_dict() == far
    for id, row in table[table["generation"] > 0].iterrows():
        assert graph.has_edge(row["referred_by"], id)
        assert far[row["referred_by"]] == far[id] - 1


def test_long_rings_and_many_pairs_are_no_trouble():
    ring = [(str(n), str((n + 1) % 3000)) for n in range(3000)]
    pairs = [(f"x{n}", f"y{n}") for n in range(1000)] + [(f"y{n}", f"x{n}") for n in range(1000)]
    people = [str(n) for n in range(3000)] + [f"{k}{n}" for n in range(1000) for k in "xy"]
    source = facts(contacts=[person(id) for id in people],
                   referrals=[named(*pair) for pair in ring + pairs])  # fmt: skip
    table = measures.referral_chains(source)
    assert table["generation"].max() == 2999
    assert (table["generation"] == 0).sum() == 1001


# --- 4. independent voices -----------------------------------------------------------------------


def heard(people, referrals=(), places=None, silent=()):
    """Facts in which these people were all asked about the salary of one occupation."""
    everybody = [*people, *silent]
    meetings = [met(id, "2026-10-10", "job") for id in people]
    return facts(
        contacts=[person(id, (places or {}).get(id, "")) for id in everybody],
        occupations=[{"id": "job", "title": "Job", "status": "exploring"}],
        referrals=[named(*pair) for pair in referrals],
        interviews=meetings,
        questions=[said(meeting, "salary") for meeting in meetings],
    )


def salary(source):
    table = measures.voices(source)
    row = table[table["category"] == "salary"].iloc[0]
    return row["n_voices"], row["n_independent"], row["effective"]


def test_people_who_reached_you_through_one_another_are_one_voice():
    # a named b and c; d came alone. Groups of 3 and 1: shares 3/4 and 1/4, so the inverse
    # Simpson is 1 / (9/16 + 1/16) = 1.6.
    assert salary(heard("abcd", ["ab", "ac"])) == (4, 2, 1.6)


def test_a_chain_through_somebody_never_heard_ties_two_voices():
    assert salary(heard("ab", ["xa", "xb"], silent="x")) == (2, 1, 1)


def test_two_people_of_one_organization_are_one_voice():
    assert salary(heard("abc", places={"a": "mill", "b": "mill", "c": "port"})) == (3, 2, 1.8)


def test_a_workplace_shared_with_somebody_never_heard_ties_nobody():
    # x, never heard, works with a and named b: a and b share neither chain nor workplace.
    assert salary(heard("ab", ["xb"], {"a": "mill", "x": "mill"}, silent="x")) == (2, 2, 2)


def test_ties_of_both_kinds_add_up():
    # a and b share a workplace, b and c a referral: all three are one group.
    assert salary(heard("abc", ["bc"], {"a": "mill", "b": "mill"})) == (3, 1, 1)


def test_only_what_was_asked_and_answered_is_a_voice():
    held, other = met("ana", "2026-10-10", "job"), met("bo", "2026-10-11", "job", "cancelled")
    source = facts(
        contacts=[person("ana", about="job"), person("bo", about="job")],
        occupations=[{"id": "job", "title": "Job", "status": "exploring"}],
        interviews=[held, other],
        questions=[said(held, "salary", "planned"), said(held, "salary", "not reached"),
                   said(held, "salary", answer=" "), said(other, "salary"),
                   said(held, "advice"), said(held, "advice", answer="More.")],
    )  # fmt: skip
    table = measures.voices(source)
    assert len(table) == 12
    assert table.loc[table["n_voices"] > 0, "category"].tolist() == ["advice"]
    assert salary(source) == (0, 0, 0)
    # a person met twice is one voice, and an interview without an occupation is about theirs
    again = met("ana", "2026-10-20")
    source.interviews.append(measures.Interview(
        again["id"], "ana", "", 0.0, date(2026, 10, 20), 20, "video", "held", None))  # fmt: skip
    source.questions.append(measures.Question(again["id"], "advice", "asked", "More."))
    table = measures.voices(source)
    assert table.loc[table["category"] == "advice", "n_voices"].tolist() == [1]


people = st.text("abcdefgh", min_size=1, max_size=6).map(lambda ids: sorted(set(ids)))
ties = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=8)
workplaces = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["mill", "port"]))


@settings(max_examples=50, deadline=None)
@given(people, ties, workplaces)
def test_independent_voices_are_networkx_components(ids, referrals, places):
    silent = [id for id in "abcdefgh" if id not in ids]
    n, independent, effective = salary(heard(ids, referrals, places, silent))
    links = networkx.Graph(referrals)
    links.add_nodes_from("abcdefgh")
    reach = {id: networkx.node_connected_component(links, id) for id in ids}
    tied = networkx.Graph()
    tied.add_nodes_from(ids)
    tied.add_edges_from(
        (one, other) for one, other in itertools.combinations(ids, 2)
        if other in reach[one] or (places.get(one) and places.get(one) == places.get(other))
    )  # fmt: skip
    groups = [len(group) for group in networkx.connected_components(tied)]
    assert (n, independent) == (len(ids), len(groups))
    assert effective == pytest.approx(1 / sum((size / n) ** 2 for size in groups))
    assert 1 <= effective <= independent + 1e-9 <= n + 1e-8


@settings(max_examples=50, deadline=None)
@given(people, ties, workplaces, st.data())
def test_one_more_person_tied_to_a_group_never_adds_a_view(ids, referrals, places, data):
    before = salary(heard(ids, referrals, places, "abcdefgh".translate({ord(i): "" for i in ids})))
    by = data.draw(st.sampled_from(ids))
    silent = [id for id in "abcdefgh" if id not in ids]
    after = salary(heard([*ids, "new"], [*referrals, (by, "new")], places, silent))
    assert after[0] == before[0] + 1
    assert after[1] <= before[1]


def test_an_occupation_shows_its_interviews_beside_the_courses_number(example):
    table = measures.perspectives(example)
    assert as_rows(table, "occupation", "n_held", "n_independent", "n_planned", "n_wanted") == [
        ("Hydrologist", 6, 3, 0, 4), ("Museum educator", 6, 2, 1, 4),
        ("Watershed outreach specialist", 1, 1, 0, 4),
    ]  # fmt: skip


# --- 5. fit --------------------------------------------------------------------------------------


def test_fit_is_the_newest_rating_weighted_by_importance():
    # 5 and 3 at first: (4 * 1 + 2 * 0.5) / 6 = 5/6. After the meeting of the same day quiet
    # falls to 2: (4 * 0.25 + 2 * 0.5) / 6 = 1/3. A rating of a criterion that is gone: no.
    table = measures.fit(facts(
        criteria=CRITERIA, occupations=JOBS,
        interviews=[met("ana", "2026-10-01", "job")],
        fit_ratings=[rated("job", "quiet", 5), rated("job", "pay", 3), rated("job", "gone", 1),
                     rated("job", "quiet", 2, meeting="met ana 2026-10-01")],
    ))  # fmt: skip
    assert table["fit"].tolist() == pytest.approx([100 * 5 / 6, 100 / 3])
    assert table["n_rated"].tolist() == [2, 2]
    assert table["interview_id"].tolist() == ["", "met ana 2026-10-01"]
    assert table["change"].iloc[1] == pytest.approx(-50)
    assert table["moved_by"].tolist() == ["", "Quiet"]


def test_what_is_not_rated_widens_and_never_counts_as_zero():
    # Only pay (2 of 6) is rated, at 4: 75. If quiet were poor: 2 * 0.75 / 6; if great: + 4 / 6.
    row = measures.fit(facts(criteria=CRITERIA, occupations=JOBS,
                             fit_ratings=[rated("job", "pay", 4)])).iloc[0]  # fmt: skip
    assert (row["fit"], row["n_rated"], row["n_criteria"]) == (75, 1, 2)
    assert (row["low"], row["high"]) == pytest.approx((25, 100 * 5.5 / 6))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 5), min_size=1),
       st.lists(st.integers(1, 5), min_size=5, max_size=5))  # fmt: skip
def test_fit_lies_within_the_ratings_and_between_its_bounds(ratings, weights):
    source = facts(
        criteria=[{"id": id, "statement": id, "importance": str(weight)}
                  for id, weight in zip("abcde", weights, strict=True)],
        occupations=JOBS[:1],
        fit_ratings=[rated("job", id, rating) for id, rating in ratings.items()],
    )  # fmt: skip
    row = measures.fit(source).iloc[0]
    lowest, highest = ((r - 1) * 25 for r in (min(ratings.values()), max(ratings.values())))
    assert lowest - 1e-9 <= row["fit"] <= highest + 1e-9
    assert row["low"] - 1e-9 <= row["fit"] <= row["high"] + 1e-9


def test_rank_acceptability_agrees_with_brute_force_over_a_grid():
    # Every weighting and every rating error on a grid of midpoints, all combined, counted.
    weights, ratings = {"quiet": 4, "pay": 2}, {"job": (5, 2), "trade": (4, 5)}
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated(job, id, rating) for job, values in ratings.items()
                     for id, rating in zip(weights, values, strict=True)],
    )  # fmt: skip
    steps = (np.arange(9) + 0.5) / 9
    wins = total = 0
    around = [[w - 1 + 2 * s for s in steps] for w in weights.values()]
    errors = np.array(list(itertools.product(steps - 0.5, repeat=2)))
    for quiet, pay in itertools.product(*around):
        job = quiet * (5 + errors[:, 0]) + pay * (2 + errors[:, 1])
        trade = quiet * (4 + errors[:, 0]) + pay * (5 + errors[:, 1])
        wins += (job[:, None] > trade[None, :]).sum() + (job[:, None] == trade).sum() / 2
        total += job.size * trade.size
    table = measures.fit_ranking(source).set_index("occupation_id")
    assert table.loc["job", "p_first"] == pytest.approx(wins / total, abs=0.015)
    assert table["p_first"].sum() == pytest.approx(1)


def test_a_ranking_says_which_criterion_would_overturn_it():
    # quiet 4, pay 2: job 5 and 1, trade 2 and 4: job 100*4/6 = 67, trade (4*.25+2*.75)/6 = 42.
    # Trade leads once quiet * 0.75 < pay * 0.75, that is quiet below 2: 1, three steps away;
    # or pay above 4: 5, three steps away. Quiet comes first in the list of criteria.
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "quiet", 5), rated("job", "pay", 1),
                     rated("trade", "quiet", 2), rated("trade", "pay", 4)],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "criterion") == [("job", ""), ("trade", "Quiet")]
    assert table["at_importance"].tolist()[1] == 1
    # one that is better in everything is never overturned, and always first
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated(job, id, rating) for job, rating in (("job", 5), ("trade", 2))
                     for id in ("quiet", "pay")],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "p_first", "criterion") == [
        ("job", 1.0, ""), ("trade", 0.0, ""),
    ]  # fmt: skip


def test_an_occupation_hardly_rated_is_not_sure_to_lead():
    source = facts(
        criteria=CRITERIA, occupations=[*JOBS, {"id": "third", "title": "C", "status": "exploring"},
                                        {"id": "out", "title": "D", "status": "ruled out"}],
        fit_ratings=[rated("job", "pay", 5), rated("trade", "quiet", 4), rated("trade", "pay", 4),
                     rated("out", "pay", 5)],
    )  # fmt: skip
    table = measures.fit_ranking(source).set_index("occupation_id")
    assert list(table.index) == ["job", "trade", "third"]
    assert table.loc["job", "fit"] == 100 and table.loc["job", "p_first"] < 0.8
    assert math.isnan(table.loc["third", "p_first"]) and table.loc["third", "n_rated"] == 0


def test_of_equal_fits_the_one_that_comes_first_more_often_leads():
    # Both stand at 100: the trade on both criteria, the job on one, so the job is less sure.
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "quiet", 5), rated("trade", "quiet", 5),
                     rated("trade", "pay", 5)],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "fit") == [("trade", 100), ("job", 100)]
    assert table["p_first"].is_monotonic_decreasing


# --- 6. forecast ---------------------------------------------------------------------------------


def test_without_lags_and_doubts_the_forecast_is_the_beta_binomial(monkeypatch):
    # All that was sent is decided, the horizon is beyond every lag, and a meeting set is as
    # good as held: then P(at least k of n) is scipy's beta-binomial of the updated Beta(2, 6).
    monkeypatch.setattr("ii_helpers.forecast.P_KEPT", (1e7, 1.0))
    known = measures.Outcomes(n_held=4, lags=(10,) * 4, n_kept=4, n_refused=6)
    chances, *_ = measures.predict(known, 7, 1000, most=20)
    expected = [stats.betabinom(n, 2 + 4, 6 + 6).sf(2) for n in range(21)]
    assert chances == pytest.approx(expected, abs=0.01)


def test_before_any_reply_a_request_is_worth_what_the_prior_says():
    # One request, time enough: set with probability 1/4 on average, and then held with 8/9.
    chances, *_ = measures.predict(measures.Outcomes(), 1, 1000, most=1)
    assert chances == pytest.approx([0, 1 / 4 * 8 / 9], abs=0.01)


def simulate(learner, random):
    """What an invented learner drawn from the prior has seen by today, and what comes.

    The story of `forecast`, told forwards and by other means: each request leads to a meeting
    with p, after a lag, and the meeting is held with q.
    """
    p, q, r, v = random.beta(2, 6), random.beta(8, 1), random.random(), random.random()
    median, spread = 14 * math.exp(0.6 * random.normal()), random.choice([0.4, 0.7, 1.0])

    def lag():
        return math.floor(median * math.exp(spread * random.normal()) + 0.5)

    seen = {"lags": [], "agreed": [], "waiting": [], "n_held": 0, "n_lost": 0, "n_refused": 0}
    ahead = []
    for age in random.integers(0, 70, random.integers(0, 30)).tolist():
        days, is_kept = lag(), random.random() < q
        if random.random() >= p:
            if random.random() < r:
                seen["n_refused"] += 1
            else:
                seen["waiting"].append(age)
        elif days > age:
            seen["agreed" if random.random() < v else "waiting"].append(age)
            ahead.append((days - age, is_kept))
        elif is_kept:
            seen["n_held"] += 1
            seen["lags"].append(days)
        else:
            seen["n_lost"] += 1
    known = measures.Outcomes(
        seen["n_held"], tuple(seen["lags"]), seen["n_held"], seen["n_lost"], seen["n_lost"],
        seen["n_refused"], tuple(seen["agreed"]), tuple(seen["waiting"]),
    )  # fmt: skip
    horizon, more = int(random.integers(7, 60)), int(random.integers(1, 8))
    comes = sum(days <= horizon and kept for days, kept in ahead)
    new = [random.random() < p and lag() <= horizon and random.random() < q for _ in range(60)]
    return known, horizon, known.n_held + more, known.n_held + comes + np.cumsum([0, *new])


def calibration(n_learners, seed):
    """For each stated probability: (mean of what was stated, share that made it)."""
    random, found = np.random.default_rng(seed), {p: [] for p in (0.2, 0.5, 0.8, 0.95)}
    for learner in range(n_learners):
        known, horizon, aim, held = simulate(learner, random)
        chances, *_ = measures.predict(known, aim, horizon, most=60)
        for stated, seen in found.items():
            at = min(range(len(chances)), key=lambda n: abs(chances[n] - stated))
            if abs(chances[at] - stated) < 0.04:
                seen.append((chances[at], held[at] >= aim))
    return {stated: np.mean(seen, axis=0) for stated, seen in found.items()}


@pytest.mark.long
def test_the_forecast_is_calibrated_over_2000_learners_drawn_from_the_prior():
    # python -m pytest tests/test_measures.py -m long
    for stated, made in calibration(3000, seed=7).values():
        assert made == pytest.approx(stated, abs=0.03)


def test_the_forecast_is_calibrated_roughly_over_a_few_learners():
    for stated, made in calibration(200, seed=11).values():
        assert made == pytest.approx(stated, abs=0.1)


def test_more_requests_never_lower_the_chance_and_the_first_enough_is_marked(example):
    table = measures.forecast(example, 18, "2026-12-15", TODAY)
    assert table["n_requests"].tolist() == list(range(len(table)))
    assert table["p_at_least"].is_monotonic_increasing
    first = table[table["is_enough"]]
    assert len(first) == 1
    assert first["p_at_least"].iloc[0] >= 0.8
    assert (table.loc[table["n_requests"] < first["n_requests"].iloc[0], "p_at_least"] < 0.8).all()
    assert (table["n_low"] <= table["n_high"]).all()
    assert (table["n_held"] == 13).all() and (table["n_set"] == 1).all()


def test_better_replies_make_a_better_chance():
    def chance(reply, n_met):
        source = facts(
            contacts=[person(f"p{n}") for n in range(12)],
            messages=[asked(f"p{n}", "2026-09-01", reply) for n in range(12)],
            interviews=[met(f"p{n}", "2026-09-10") for n in range(n_met)],
        )
        table = measures.forecast(source, n_met + 3, "2026-12-31", TODAY)
        return table["p_at_least"][6]

    assert chance("yes", 6) > 0.8
    assert chance("no", 0) < 0.1
    assert chance("none yet", 0) < chance("yes", 6)


def test_a_date_out_of_reach_is_enough_nowhere(example):
    table = measures.forecast(example, 60, "2026-11-20", TODAY)
    assert not table["is_enough"].any()
    assert table["p_at_least"].max() < 0.01


def test_what_is_held_already_needs_no_request_and_a_past_date_allows_none(example):
    assert (measures.forecast(example, 13, "2026-11-20", TODAY)["p_at_least"] == 1).all()
    past = measures.forecast(example, 14, "2026-11-15", TODAY)
    assert as_rows(past, "n_requests", "p_at_least") == [(0, 0.0)]


def test_a_meeting_set_counts_for_its_day_only():
    source = facts(contacts=[person("ana")], messages=[asked("ana", "2026-11-10", "yes")],
                   interviews=[met("ana", "2026-11-20", status="confirmed")])  # fmt: skip
    before, after = (measures.forecast(source, 1, f"2026-11-{day}", TODAY)["p_at_least"][0]
                     for day in (19, 20))  # fmt: skip
    assert before == 0 and after == pytest.approx(8 / 9, abs=0.02)


@pytest.mark.parametrize("aim, by, words", [
    (0, "2026-12-01", 'number of interviews is "0". It must be a whole number from 1'),
    (2.5, "2026-12-01", 'number of interviews is "2.5"'),
    ("many", "2026-12-01", 'number of interviews is "many"'),
    (5, "in May", 'date is "in May". Write a date of the calendar'),
])  # fmt: skip
def test_a_forecast_of_nonsense_is_refused(wb, aim, by, words):
    with pytest.raises(WorkbookError, match=words):
        measures.forecast(wb, aim, by, TODAY)


def test_a_certainty_beyond_one_is_refused(wb):
    with pytest.raises(WorkbookError, match="certainty is 80. It must lie between 0 and 1"):
        measures.forecast(wb, 5, "2026-12-01", TODAY, certainty=80)


# --- 7. today ------------------------------------------------------------------------------------


def todo(source, today=TODAY):
    return as_rows(measures.due(source, today), "what", "contact_id", "days_late", "how_late")


@pytest.mark.parametrize("day, expected", [
    ("2026-11-15", ("thank-you", "ana", 0, "due")),
    ("2026-11-14", ("thank-you", "ana", 1, "due")),
    ("2026-11-13", ("thank-you", "ana", 2, "late")),
    ("2026-11-09", ("thank-you", "ana", 6, "late")),
    ("2026-11-08", ("thank-you", "ana", 7, "overdue")),
])  # fmt: skip
def test_a_thank_you_runs_by_the_courses_clock(day, expected):  # R30
    source = facts(contacts=[person("ana")], interviews=[met("ana", day)],
                   debriefs=[{"interview_id": f"met ana {day}"}])  # fmt: skip
    assert todo(source) == [expected]
    source.messages.append(Facts.from_cells({"messages": [
        asked("ana", day, purpose="thank-you")]}).messages[0])  # fmt: skip
    assert todo(source) == []


def test_a_thank_you_knows_the_hour_when_it_is_told():  # R30
    source = facts(contacts=[person("ana")], interviews=[met("ana", "2026-11-14")],
                   debriefs=[{"interview_id": "met ana 2026-11-14"}])  # fmt: skip
    for hour, late in ((11, "due"), (13, "late")):
        now = datetime.fromisoformat(f"2026-11-16T{hour}:00:00+00:00")
        assert todo(source, now)[0][3] == late


def test_a_follow_up_is_due_once_after_five_business_days():
    # Friday 6 Nov and five business days: Friday 13 Nov. Then let it rest.
    source = facts(contacts=[person("ana")], messages=[asked("ana", "2026-11-06")])
    assert todo(source, date(2026, 11, 12)) == []
    assert todo(source, date(2026, 11, 13)) == [("follow-up", "ana", 0, "due")]
    source = facts(contacts=[person("ana")], messages=[
        asked("ana", "2026-11-06"), asked("ana", "2026-11-13", purpose="follow-up")])  # fmt: skip
    assert todo(source, date(2026, 11, 30)) == []
    replied = facts(contacts=[person("ana")], messages=[asked("ana", "2026-11-06", "later")])
    assert todo(replied, date(2026, 11, 30)) == []


def test_a_course_may_ask_for_two_follow_ups_or_none():
    cells = {"contacts": [person("ana")], "messages": [asked("ana", "2026-11-02"),
             asked("ana", "2026-11-05", purpose="follow-up")]}  # fmt: skip

    def of(days):
        course = Course(follow_up={"business_days": days})
        return todo(Facts.from_cells(cells, course), date(2026, 11, 11))

    assert of((3, 7)) == [("follow-up", "ana", 0, "due")]  # 7 business days after Monday 2 Nov
    assert of((3,)) == of(()) == []


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_business_days_are_numpys(day, n):
    assert measures.add_business_days(day, n) == np.busday_offset(day, n, roll="backward")


def test_a_meeting_to_come_is_confirmed_and_one_that_passed_is_asked_about():  # R18
    coming = met("ana", "2026-11-18", status="confirmed")
    passed = met("bo", "2026-11-10", status="proposed")
    source = facts(contacts=[person("ana"), person("bo")], interviews=[coming, passed])
    assert todo(source) == [("outcome", "bo", 6, "late"), ("confirmation", "ana", 0, "soon")]
    source = facts(contacts=[person("ana")], interviews=[coming], messages=[
        asked("ana", "2026-11-15", purpose="confirmation")])  # fmt: skip
    assert todo(source) == []


def test_a_yes_without_a_date_and_a_cancelled_meeting_are_arranged():
    source = facts(
        contacts=[person("ana"), person("bo"), person("cem")],
        messages=[asked("ana", "2026-11-10", "yes", "2026-11-12"),
                  asked("cem", "2026-11-01", "yes", "2026-11-02")],
        interviews=[met("bo", "2026-11-05", status="no-show"),
                    met("cem", "2026-11-30", status="confirmed")],
    )  # fmt: skip
    assert todo(source) == [("arrange", "bo", 4, "late"), ("arrange", "ana", 1, "late")]


def test_people_go_cold_counted_from_the_last_contact():  # R32
    def of(**messages):
        source = facts(contacts=[person("ana", keep_in_touch_days="30")],
                       messages=[asked("ana", "2026-09-01", "no", purpose="keep in touch"),
                                 *messages.get("more", [])])  # fmt: skip
        return todo(source)

    assert of() == [("keep in touch", "ana", 46, "overdue")]
    assert of(more=[asked("ana", "2026-10-01", "no", "2026-10-20", "keep in touch")]) == []
    never = facts(contacts=[person("ana", keep_in_touch_days="30")])
    assert todo(never) == []


@pytest.mark.parametrize(("days", "expected"), [(90, [17]), (107, [0]), (108, []), (0, [])])
def test_the_course_says_when_somebody_you_met_goes_cold(days, expected):  # R32
    meeting = met("ana", "2026-07-31")
    source = facts(contacts=[person("ana"), person("bo")], interviews=[meeting],
                   messages=[asked("ana", "2026-08-01", purpose="thank-you"),
                             asked("bo", "2026-08-01", "no")],
                   debriefs=[{"interview_id": meeting["id"]}])  # fmt: skip
    source.course = Course(keep_in_touch={"days": days})
    table = measures.due(source, TODAY)
    assert set(table["what"]) <= {"keep in touch"} and set(table["contact_id"]) <= {"ana"}
    assert table["days_late"].tolist() == expected


def test_a_referral_waits_until_somebody_writes():  # R32
    source = facts(contacts=[person("ana"), person("bo"), person("cem")],
                   messages=[asked("cem", "2026-11-10", "later")],
                   referrals=[named("ana", "bo", "2026-11-01"), named("ana", "cem"),
                              named("bo", "bo")])  # fmt: skip
    assert todo(source) == [("referral", "bo", 8, "overdue")]


def test_an_occupation_with_too_few_interviews_comes_last():  # R12
    source = facts(
        contacts=[person("ana")], occupations=[*JOBS, {"id": "no", "title": "N",
                                                       "status": "ruled out"}],
        interviews=[met("ana", f"2026-11-{day:02}", "job") for day in (2, 3, 4, 5)],
        tasks=[{"task": "Read", "due_on": ""}, {"task": "Far", "due_on": "2027-01-01"},
               {"task": "Done", "due_on": "2026-11-01", "done_on": "2026-11-01"}],
    )  # fmt: skip
    table = measures.due(source, TODAY)
    assert table["what"].tolist()[-2:] == ["task", "interviews"]
    assert table["occupation_id"].iloc[-1] == "trade"
    assert table["action"].iloc[-1].startswith("Trade: 0 of 4 interviews held")
    assert (table["what"] == "task").sum() == 1


# --- 8. history and progress ---------------------------------------------------------------------


def test_history_finds_every_person_with_what_was_said(example):  # R32
    table = measures.history(example)
    assert set(table["contact_id"]) == set(example.contacts.read()["id"])
    row = table[table["name"] == "Ingrid Halvorsen"].iloc[0]
    assert row[["organization", "status", "referred_by", "named"]].tolist() == [
        "Subsurface Cooperative", "held", "Daniel Osei, Mei-Lin Chen", "Pavel Novák, Aiyana Begay",
    ]  # fmt: skip
    assert row["learned"] == "There is work between the model and the people."
    assert row["thanked_on"] == pd.Timestamp("2026-10-22")


def test_progress_takes_the_logs_back_to_an_earlier_day(example):
    table = measures.progress(example, "2026-10-01", TODAY).set_index("figure")
    assert table.loc["people met", ["then", "now", "change"]].tolist() == [4, 13, 9]
    assert table.loc["Hydrologist: independent voices", ["then", "now"]].tolist() == [1, 3]
    same = measures.progress(example, TODAY, TODAY)
    assert (same["change"] == 0).all()


def test_a_reply_that_came_later_was_none_yet():
    source = facts(contacts=[person("ana")],
                   messages=[asked("ana", "2026-10-01", "yes", "2026-10-09")])  # fmt: skip
    assert source.until(date(2026, 10, 5)).messages[0].reply == "none yet"
    assert source.until(date(2026, 10, 9)).messages[0].reply == "yes"
    assert source.until(date(2026, 9, 30)).messages == []


def test_days_are_those_of_the_learners_calendar(wb):
    wb.learner.append(name="Ana", timezone="America/Denver")
    ana = wb.contacts.append(name="Bo")
    wb.messages.append(contact_id=ana.id, sent_at="2026-10-02T03:00:00+00:00")  # 1 Oct in Denver
    wb.interviews.append(contact_id=ana.id, starts_at="2026-10-09 08:00", timezone="Asia/Tokyo")
    kept = Facts.of(wb)
    assert kept.messages[0].sent_on == date(2026, 10, 1)
    assert kept.interviews[0].starts_on == date(2026, 10, 9)


def test_thousands_of_rows_are_counted_without_row_models(wb, monkeypatch):
    bo = wb.contacts.append(name="Bo")
    wb.messages.append(contact_id=bo.id)
    monkeypatch.setattr(type(wb.messages), "rows", lambda log: pytest.fail("row models were read")
                        if log.table.name == "messages" else [])  # fmt: skip
    assert len(Facts.of(wb).messages) == 1


@pytest.mark.parametrize("zone", ["", "Pacific/Kiritimati", "America/Denver"])
def test_the_rows_that_are_counted_are_those_of_the_tables(example, zone):
    person = example.contacts.append(name="O'Neil, José", notes='=1+1 "NA"\nöäü 🙂')
    meeting = {"contact_id": person.id, "starts_at": "2026-11-09T23:30:00.75+00:00"}
    example.interviews.append(**meeting, timezone="Asia/Tokyo")
    example.interviews.append(**meeting)  # without a zone of its own
    example.learner.revise(example.learner.rows()[0].id, timezone=zone)
    kept = Facts.of(example)
    for name, shape in measures.SHAPES.items():
        table, kinds = example.log(name).read(), example.log(name).table.kinds
        assert len(getattr(kept, name)) == len(table) > 0
        for field in shape._fields:
            counted = [getattr(row, field) for row in getattr(kept, name)]
            column = table[field if field in kinds else field.replace("_on", "_at")]
            zones = table["timezone"] if "timezone" in table else [""] * len(table)
            if kinds.get(field) == "day":
                shown = [None if day is pd.NaT else day.date() for day in column]
            elif kinds.get(field) == "instant":
                shown = [None if at is pd.NaT else math.floor(at.timestamp()) for at in column]
            elif field not in kinds:  # the day of an instant, on the clock of its row
                shown = [None if at is pd.NaT
                         else at.to_pydatetime().astimezone(place and ZoneInfo(place)).date()
                         for at, own in zip(column, zones, strict=True)
                         for place in [own or zone or None]]  # fmt: skip
            else:
                shown = [None if value is pd.NA else value for value in column]
            assert counted == shown, (name, field)
