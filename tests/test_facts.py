"""The rows that are counted: the same from every source, on the learner's calendar."""

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ii_helpers import measures
from ii_helpers.facts import Instants
from ii_helpers.measures import Facts
from ii_helpers.tables import FIRST_YEAR, LAST_YEAR
from tests.invented import (
    asked,
    facts,
    met,
    person,
)


def test_a_reply_that_came_later_was_none_yet():
    source = facts(contacts=[person("ana")],
                   messages=[asked("ana", "2026-10-01", "yes", "2026-10-09")])  # fmt: skip
    assert source.until(date(2026, 10, 5)).messages[0].reply == "none yet"
    assert source.until(date(2026, 10, 9)).messages[0].reply == "yes"
    assert source.until(date(2026, 9, 30)).messages == []


def test_a_meeting_is_known_from_the_day_on_which_it_was_set():
    # Written down on 1 Sep but for the last two, which were written down after they were over.
    later = {"created_at": "2026-10-20T09:00:00Z"}
    source = facts(interviews=[
        met("ana", "2026-10-09"), met("bo", "2026-10-09", status="proposed"),
        met("cem", "2026-10-09", status="no-show"), met("dee", "2026-10-01", **later),
        met("eli", "2026-10-09", **later),
    ])  # fmt: skip

    def known(day):
        return [(m.contact_id, m.status) for m in source.until(day).interviews]

    assert known(date(2026, 10, 5)) == [
        ("ana", "confirmed"), ("bo", "proposed"), ("cem", "confirmed"), ("dee", "held"),
    ]  # fmt: skip
    assert known(date(2026, 10, 9)) == [(m.contact_id, m.status) for m in source.interviews]
    assert known(date(2026, 8, 31)) == []


def test_what_is_called_the_same_is_told_apart():
    source = facts(
        contacts=[person("a", name="Ana Silva", job_title="Nurse", organization_id="port"),
                  person("b", name="Ana Silva", job_title="Nurse"), person("c"), person("d") |
                  {"name": "C"}, person("e", name="Ana Silva", job_title="Cook")],
        organizations=[{"id": "port", "name": "Port"}],
        occupations=[{"id": "o", "title": "Nurse", "location": "Graz"},
                     {"id": "p", "title": "Nurse", "industry": "Schools"},
                     {"id": "q", "title": "Cook", "location": "Graz"}, {"id": "r"}, {"id": "s"}],
    )  # fmt: skip
    assert source.names == {
        "a": "Ana Silva (Nurse, Port)", "b": "Ana Silva (Nurse)", "c": "C (1)", "d": "C (2)",
        "e": "Ana Silva (Cook)",
    }  # fmt: skip
    assert source.titles == {
        "o": "Nurse (Graz)", "p": "Nurse (Schools)", "q": "Cook", "r": "", "s": "",
    }  # fmt: skip


def test_days_are_those_of_the_learners_calendar(wb):
    wb.learner.append(name="Ana", timezone="America/Denver")
    ana = wb.contacts.append(name="Bo")
    wb.messages.append(contact_id=ana.id, sent_at="2026-10-02T03:00:00+00:00")  # 1 Oct in Denver
    wb.interviews.append(contact_id=ana.id, starts_at="2026-10-09 08:00", timezone="Asia/Tokyo")
    kept = Facts.of(wb)
    assert kept.messages[0].sent_on == date(2026, 10, 1)
    assert kept.interviews[0].starts_on == date(2026, 10, 8)  # 17:00 in Denver
    cells = {"learner": [{"timezone": "America/Denver"}], "interviews": [
        {"starts_at": "2026-10-09T08:00:00+09:00", "timezone": "Asia/Tokyo"}]}  # fmt: skip
    assert Facts.from_cells(cells).interviews[0].starts_on == date(2026, 10, 8)


def test_of_two_rows_of_the_learner_the_first_one_counts_as_it_does_for_the_pages(wb):
    """As a sync service leaves them."""
    for zone in ("", "America/Denver", "Asia/Tokyo"):
        wb.learner.append(name="Ana", timezone=zone)
    who = wb.contacts.append(name="Bo")
    wb.messages.append(contact_id=who.id, sent_at="2026-10-02T03:00:00+00:00")
    logs = {log.table.name: list(log.texts().values()) for log in wb.logs()}
    for source in (Facts.of(wb), Facts.from_cells(logs)):
        assert source.messages[0].sent_on == date(2026, 10, 1)


def test_without_a_zone_of_the_learner_a_meetings_day_is_that_of_its_own(wb):
    ana = wb.contacts.append(name="Bo")
    wb.interviews.append(contact_id=ana.id, starts_at="2026-10-09 01:00", timezone="Asia/Tokyo")
    wb.interviews.append(contact_id=ana.id, starts_at="2026-10-08 23:00", timezone="America/Denver")
    days = [meeting.starts_on for meeting in Facts.of(wb).interviews]
    assert days == [date(2026, 10, 9), date(2026, 10, 8)]


@pytest.mark.parametrize("cell", ["0026-10-09T08:00:00-04:56:02", "9999-12-31T23:59:00+00:00"])
def test_a_year_that_cannot_be_meant_is_no_day_as_in_the_tables(wb, cell):
    ana = wb.contacts.append(name="Bo")
    wb.interviews.append(contact_id=ana.id, starts_at="2026-10-09T08:00+00:00", status="held")
    path = wb.interviews.path
    path.write_bytes(path.read_bytes().replace(b"2026-10-09T08:00:00+00:00", cell.encode()))
    [kept] = Facts.of(wb).interviews
    assert (kept.starts_at, kept.starts_on, kept.status) == (None, None, "held")
    assert measures.due.rows(Facts.of(wb), date(2026, 10, 10)) == []


@given(st.lists(st.sampled_from([
    "", "2026-10-09T08:00:00+00:00", "2026-10-09T08:00:00.5-05:00", "2026-10-09 08:00", "yesterday",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00", "1899-12-31T23:00+00:00", None,
    f"{FIRST_YEAR}-01-01T00:00:00+14:00", f"{LAST_YEAR}-12-31T23:59:59-12:00",
])))  # fmt: skip
def test_an_instant_is_the_same_whatever_stands_in_the_rows_beside_it(texts):
    alone = [Instants([text]).seconds[0] for text in texts]
    assert Instants(texts).seconds == alone
    for text, at in zip(texts, alone, strict=True):
        if text and text.startswith("2026") and "+" in text:
            assert at == datetime.fromisoformat(text).timestamp()
        if not text or text[0] in "y0" or text.startswith("9999"):
            assert at is None
        if text and text.startswith((f"{FIRST_YEAR}", f"{LAST_YEAR}")):
            assert at is not None


def test_thousands_of_rows_are_counted_without_row_models(wb, monkeypatch):
    bo = wb.contacts.append(name="Bo")
    wb.messages.append(contact_id=bo.id)
    monkeypatch.setattr(type(wb.messages), "rows", lambda log: pytest.fail("row models were read")
                        if log.table.name == "messages" else [])  # fmt: skip
    assert len(Facts.of(wb).messages) == 1


def test_logs_are_read_once_for_all_measures_and_again_when_one_changed(wb):
    bo = wb.contacts.append(name="Bo")
    first = Facts.of(wb)
    assert Facts.of(wb) is first and len(first.contacts) == 1
    wb.contacts.revise(bo.id, name="Al")
    assert [row.name for row in Facts.of(wb).contacts] == ["Al"]
    wb.contacts.path.write_text("id,name\ncon_1,Cy\n", encoding="utf-8")  # by another program
    assert [row.name for row in Facts.of(wb).contacts] == ["Cy"]


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
            elif field not in kinds:  # the day of an instant, on the learner's clock
                shown = [None if at is pd.NaT
                         else at.to_pydatetime().astimezone(place and ZoneInfo(place)).date()
                         for at, own in zip(column, zones, strict=True)
                         for place in [zone or own or None]]  # fmt: skip
            else:
                shown = [None if value is pd.NA else value for value in column]
            assert counted == shown, (name, field)
