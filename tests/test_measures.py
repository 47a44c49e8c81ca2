"""What holds for every measure, the funnel, and what was said."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from ii_helpers import measures
from ii_helpers.errors import WorkbookError
from ii_helpers.log import unguard
from ii_helpers.measures import Facts
from tests import make_example
from tests.invented import (
    CONTRACT,
    CRITERIA,
    ODD,
    TODAY,
    as_rows,
    asked,
    facts,
    measured,
    met,
    named,
    person,
    rated,
)

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


# --- funnel -----------------------------------------------------------------------------------


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


def test_a_cancelled_meeting_was_agreed_on_unless_the_answer_was_no():
    # Ana and cem agreed before it was cancelled, cem by word of mouth. Bo only ever said no.
    lost = [met(id, "2026-10-10", status="cancelled") for id in ("ana", "bo", "cem")]
    source = facts(interviews=lost, messages=[
        asked("ana", "2026-10-01", "yes", "2026-10-02"),
        asked("ana", "2026-10-11", "no", "2026-10-12"), asked("bo", "2026-10-01", "no"),
    ])  # fmt: skip
    assert measures.reached(source) == {
        "contacted": 3, "replied": 3, "agreed": 2, "held": 0, "thanked": 0, "referred": 0,
    }  # fmt: skip


def test_a_funnel_by_channel_or_by_how_known_adds_up_to_the_whole(example):
    whole = measures.funnel(example)["n"].tolist()
    for by in ("channel", "how_known"):
        parts = measures.funnel(example, by=by)
        assert parts.groupby("stage", sort=False)["n"].sum().tolist() == whole
    assert "not said" not in set(parts["group"])


def test_a_funnel_by_anything_else_is_refused(wb):
    with pytest.raises(WorkbookError, match='cannot be made by "age". Choose "channel"'):
        measures.funnel(wb, by="age")


@given(st.integers(0, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_shares_have_the_interval_of_wilson(pair):
    n, of = pair
    if of:
        expected = proportion_confint(n, of, method="wilson")
        assert measures.wilson(n, of) == pytest.approx(expected, abs=1e-6)
    else:
        assert measures.wilson(0, 0) == (0, 1)


# --- history and progress ---------------------------------------------------------------------


def test_history_finds_every_person_with_what_was_said(example):  # R32
    table = measures.history(example)
    assert set(table["contact_id"]) == set(example.contacts.read()["id"])
    row = table[table["name"] == "Ingrid Halvorsen"].iloc[0]
    assert row[["organization", "status", "referred_by", "named"]].tolist() == [
        "Subsurface Cooperative", "held", "Daniel Osei, Mei-Lin Chen", "Pavel Novák, Aiyana Begay",
    ]  # fmt: skip
    assert row["learned"] == "There is work between the model and the people."
    assert row["thanked_on"] == pd.Timestamp("2026-10-22")


def test_whom_they_named_stands_with_the_meeting_that_took_place():  # R32
    # Page 2 asks who named whom and not in which meeting; the first date was cancelled.
    source = facts(
        contacts=[person("ana"), person("bo")],
        interviews=[met("ana", "2026-10-01", status="cancelled"), met("ana", "2026-10-08")],
        referrals=[named("ana", "bo", "2026-10-08")],
    )
    assert as_rows(measures.history(source), "name", "status", "named")[:2] == [
        ("Ana", "held", "Bo"), ("Ana", "cancelled", ""),
    ]  # fmt: skip


def test_progress_takes_the_logs_back_to_an_earlier_day(example):
    table = measures.progress(example, "2026-10-01", TODAY).set_index("figure")
    assert table.loc["people met", ["then", "now", "change"]].tolist() == [4, 13, 9]
    assert table.loc["Hydrologist: independent voices", ["then", "now"]].tolist() == [1, 3]
    same = measures.progress(example, TODAY, TODAY)
    assert (same["change"] == 0).all()


def test_what_has_come_about_by_today_agrees_with_the_funnel():
    # A meeting to come was agreed on, too: the comparison said that nothing had changed.
    meeting = met("ana", "2026-11-20", status="confirmed", created_at="2026-11-01T09:00:00Z")
    source = facts(contacts=[person("ana")], interviews=[meeting])
    table = measures.progress(source, "2026-10-20", TODAY).set_index("figure")
    assert table.loc["people who agreed", ["then", "now"]].tolist() == [0, 1]
    assert measures.reached(source)["agreed"] == 1


def test_a_friend_whom_somebody_names_is_nobody_new_in_the_comparison():
    source = facts(contacts=[person("ana"), person("bo")], interviews=[met("ana", "2026-10-01")],
                   referrals=[named("ana", "bo", "2026-10-01")])  # fmt: skip
    table = measures.progress(source, "2026-09-20", TODAY).set_index("figure")
    assert table.loc["new people named by those you met", "now"] == 0
    assert measures.reached(source)["referred"] == 1


def test_two_occupations_of_one_title_are_compared_each_with_itself():
    table = measures.progress(facts(
        occupations=[{"id": "o", "title": "Nurse"}, {"id": "p", "title": "Nurse"}],
        criteria=CRITERIA, contacts=[person("ana")], interviews=[met("ana", "2026-10-01", "p")],
        fit_ratings=[rated("o", "pay", 5, "2026-10-02"), rated("p", "pay", 2, "2026-11-02")],
    ), "2026-10-20", TODAY)  # fmt: skip
    assert as_rows(table.fillna(-1), "figure", "then", "now")[7:] == [
        ("Nurse (2): interviews held", 1, 1), ("Nurse (2): independent voices", 1, 1),
        ("Nurse (2): fit", -1, 25), ("Nurse (1): interviews held", 0, 0),
        ("Nurse (1): independent voices", 0, 0), ("Nurse (1): fit", 100, 100),
    ]  # fmt: skip
