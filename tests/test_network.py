"""Growth, chains and voices on small networks, and against independent methods."""

import itertools
import math

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ii_helpers import measures
from tests.invented import (
    as_rows,
    asked,
    facts,
    heard,
    met,
    named,
    person,
    said,
)

# --- growth -----------------------------------------------------------------------------------


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
    # whom eli, never met, had named before (not new). Fay was named before the meeting. Gus is
    # a friend in the log since 4 Sep: not new. Bo was written down some days after the meeting.
    table = measures.network_growth(facts(
        contacts=[*(person(id) for id in ("ana", "cem", "dee", "eli", "fay")),
                  person("bo", created_at="2026-09-08T09:00:00Z"),
                  person("gus", created_at="2026-09-04T09:00:00Z")],
        messages=[asked("cem", "2026-09-02")],
        interviews=[met("ana", "2026-09-05")],
        referrals=[named("ana", "bo", "2026-09-05"), named("ana", "cem", "2026-09-05"),
                   named("eli", "dee", "2026-09-03"), named("ana", "dee", "2026-09-06"),
                   named("ana", "fay", "2026-09-01"), named("ana", "gus", "2026-09-05")],
    ))  # fmt: skip
    assert table["n_new_people"].iloc[-1] == 1
    assert measures.sustained(1, 1)[0] == 1
    assert all(math.isnan(value) for value in measures.sustained(0, 0))


def test_who_is_new_does_not_depend_on_the_order_of_the_rows():
    # On one day Ana, who was met, and Eli, who was not, named Bo: Bo is new. Eli is not, whom Ana
    # named a day later.
    named_bo = [named("eli", "bo", "2026-09-08"), named("ana", "bo", "2026-09-08")]
    for rows in (named_bo, named_bo[::-1]):
        last = measures.network_growth(facts(
            contacts=[person("ana"), person("eli", created_at=""), person("bo", created_at="")],
            interviews=[met("ana", "2026-09-05")],
            referrals=[*rows, named("ana", "eli", "2026-09-09")],
        )).iloc[-1]  # fmt: skip
        assert last["n_new_people"] == 1


def test_a_blank_is_nobody():  # a cell that was typed elsewhere
    source = facts(
        contacts=[person("ana"), person("bo")], occupations=[{"id": "job", "title": "Job"}],
        interviews=[met("ana", "2026-10-01", "job"), met("bo", "2026-10-02", "job")],
        referrals=[named("ana", ""), named("bo", ""), named("", "ana"), named("", "bo")],
    )  # fmt: skip
    last = measures.network_growth(source).iloc[-1]
    assert last[["n_contacts", "n_referrals", "n_new_people"]].tolist() == [2, 0, 0]
    assert measures.perspectives(source)["n_independent"].tolist() == [2]
    assert measures.reached(source)["referred"] == 0


# --- who referred whom ------------------------------------------------------------------------


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


def test_whoever_named_somebody_outside_the_circle_first_is_its_root_too():
    # x named y, and so did b, before a named b and b named a: b was there before a.
    table = chain(["xy", "by", "ab", "ba"], "abxy")
    assert table["generation"].to_dict() == {"x": 0, "b": 0, "y": 1, "a": 1}


def test_a_circle_that_somebody_outside_leads_to_has_the_outsider_as_root():
    table = chain(["ab", "ba", "ca"], "abc")
    assert table["generation"].to_dict() == {"c": 0, "a": 1, "b": 2}


@settings(max_examples=60)
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


# --- independent voices -----------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 1, 2, 7, 30, 400])
def test_counts_have_the_exact_interval_of_garwood(n):
    low = stats.chi2.ppf(0.025, 2 * n) / 2 if n else 0
    high = stats.chi2.ppf(0.975, 2 * n + 2) / 2
    assert measures.poisson_interval(n) == pytest.approx((low, high), rel=1e-6)


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
    cells = {
        "contacts": [person("ana", about="job"), person("bo", about="job")],
        "occupations": [{"id": "job", "title": "Job", "status": "exploring"}],
        "interviews": [held, other],
        "questions": [said(held, "salary", "planned"), said(held, "salary", "not reached"),
                      said(held, "salary", answer=" "), said(other, "salary"),
                      said(held, "advice"), said(held, "advice", answer="More.")],
    }  # fmt: skip
    source = facts(**cells)
    table = measures.voices(source)
    assert len(table) == 12
    assert table.loc[table["n_voices"] > 0, "category"].tolist() == ["advice"]
    assert salary(source) == (0, 0, 0)
    # a person met twice is one voice, and an interview without an occupation is about theirs
    again = met("ana", "2026-10-20")
    cells["interviews"].append(again)
    cells["questions"].append(said(again, "advice", answer="More."))
    table = measures.voices(facts(**cells))
    assert table.loc[table["category"] == "advice", "n_voices"].tolist() == [1]


people = st.text("abcdefgh", min_size=1, max_size=6).map(lambda ids: sorted(set(ids)))
ties = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=8)
workplaces = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["mill", "port"]))


@settings(max_examples=50)
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


@settings(max_examples=50)
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
