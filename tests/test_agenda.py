"""What is due on a day, kind by kind."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ii_helpers import measures, open_workbook
from ii_helpers.errors import WorkbookError
from ii_helpers.measures import Facts
from ii_helpers.workbook import Course
from tests.invented import (
    JOBS,
    TODAY,
    as_rows,
    asked,
    facts,
    met,
    named,
    person,
)


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


def is_confirmed(wb, hours=2):
    due = measures.due(wb, datetime.now(UTC) + timedelta(hours=hours))
    return "confirmation" not in list(due["what"])


@pytest.mark.parametrize(
    "change",
    [{"starts_at": datetime.now(UTC) + timedelta(days=2, hours=3)}, {"place": "the café"},
     {"format": "phone"}],
    ids=["date", "place", "format"],
)  # fmt: skip
def test_a_meeting_moved_after_it_was_confirmed_is_to_be_confirmed_again(wb, change):  # R18
    ana = wb.contacts.append(name="Ana")
    now = datetime.now(UTC)
    meeting = wb.interviews.append(
        contact_id=ana.id, starts_at=now + timedelta(days=2), place="Room 4"
    )
    note = {"contact_id": ana.id, "purpose": "confirmation"}
    wb.messages.append(**note, sent_at=now - timedelta(hours=1))
    assert is_confirmed(wb)
    wb.interviews.revise(meeting.id, status="confirmed", minutes=25, place=" Room  4")
    assert is_confirmed(wb)
    wb.interviews.revise(meeting.id, **change)
    assert not is_confirmed(wb)
    assert not is_confirmed(open_workbook(wb.folder))
    wb.undo()
    assert is_confirmed(wb)
    wb.interviews.revise(meeting.id, **change)
    wb.messages.append(**note, sent_at=datetime.now(UTC) + timedelta(minutes=1))
    assert is_confirmed(wb)
    wb.interviews.revise(meeting.id, status="proposed")
    assert is_confirmed(wb)


TOKYO, LOS_ANGELES = "Asia/Tokyo", "America/Los_Angeles"


def abroad(wb, home, starts_at, zone, status, **note):
    """A learner in one zone, a meeting with Ana in another, and a note sent to her."""
    wb.learner.append(name="Mei Chen", timezone=home)
    ana = wb.contacts.append(name="Ana")
    wb.interviews.append(contact_id=ana.id, starts_at=starts_at, timezone=zone, status=status)
    if note:
        wb.messages.append(contact_id=ana.id, **note)


def said_at(wb, moment, zone):
    table = measures.due(wb, datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)))
    return as_rows(table, "what", "how_late", "action")


def test_a_meeting_whose_day_has_passed_only_over_there_is_still_to_come(wb):  # R18
    abroad(wb, TOKYO, "2026-05-01T17:00", LOS_ANGELES, "confirmed")  # 2 May, 09:00 in Tokyo
    assert said_at(wb, "2026-05-02T08:00", TOKYO) == [
        ("confirmation", "due", "Confirm the meeting with Ana on 2 May.")]  # fmt: skip
    assert todo(wb, date(2026, 5, 2))[0][0] == "confirmation"
    assert said_at(wb, "2026-05-02T10:00", TOKYO) == [
        ("outcome", "due", "Say whether the meeting with Ana on 2 May was held.")]  # fmt: skip


def test_a_thank_you_of_the_day_before_thanks_for_nothing(wb):  # R30
    abroad(wb, TOKYO, "2026-05-01T17:00", LOS_ANGELES, "held",
           purpose="thank-you", sent_at="2026-05-01T10:00+09:00")  # fmt: skip
    found = said_at(wb, "2026-05-02T12:00", TOKYO)
    assert [what for what, *_ in found] == ["thank-you", "debrief"]


@pytest.mark.parametrize("home", [LOS_ANGELES, ""])
def test_what_follows_a_meeting_is_due_once_it_is_over_here(wb, home):  # R29 R30
    abroad(wb, home, "2026-05-02T09:00", TOKYO, "held")  # 1 May, 17:00 in Los Angeles
    found = said_at(wb, "2026-05-01T18:00", LOS_ANGELES)
    assert [row[:2] for row in found] == [("thank-you", "due"), ("debrief", "due")]


@pytest.mark.parametrize("status", ["held", "confirmed", "proposed", "cancelled"])
@pytest.mark.parametrize("today", [date.max, date.min, datetime.max, datetime.min])
def test_the_ends_of_the_calendar_are_days_like_others(status, today):
    days = ("0001-01-01", "2026-11-10", "9999-12-31")
    source = facts(contacts=[person("ana", keep_in_touch_days="9" * 12), person("bo")],
                   interviews=[met("ana", day, status=status) for day in days],
                   messages=[asked("bo", day, "yes", day) for day in days],
                   referrals=[named("ana", "cem", day) for day in days],
                   tasks=[{"task": "Read", "due_on": day} for day in days])  # fmt: skip
    assert len(measures.due(source, today)) >= 1


def test_a_yes_without_a_date_and_a_cancelled_meeting_are_arranged():
    source = facts(
        contacts=[person("ana"), person("bo"), person("cem")],
        messages=[asked("ana", "2026-11-10", "yes", "2026-11-12"),
                  asked("cem", "2026-11-01", "yes", "2026-11-02")],
        interviews=[met("bo", "2026-11-05", status="no-show"),
                    met("cem", "2026-11-30", status="confirmed")],
    )  # fmt: skip
    assert todo(source) == [("arrange", "bo", 4, "late"), ("arrange", "ana", 1, "late")]


@pytest.mark.parametrize("reply", ["none yet", "yes", "later"])
def test_who_had_a_date_with_you_did_not_leave_your_request_without_a_reply(reply):
    source = facts(contacts=[person("bo")], messages=[asked("bo", "2026-10-20", reply)],
                   interviews=[met("bo", "2026-11-05", status="cancelled")])  # fmt: skip
    assert todo(source) == [("arrange", "bo", 4, "late")]


@pytest.mark.parametrize("since", [
    {"interviews": [met("bo", "2026-10-30")]},  # held instead, and written down after it
    {"messages": [asked("bo", "2026-11-12")]},
    {"messages": [asked("bo", "2026-11-12", "no", "2026-11-13")]},
    {"messages": [asked("bo", "2026-10-20", "no", "2026-11-05")]},
])  # fmt: skip
def test_a_lost_meeting_is_let_go_when_something_came_of_it(since):
    lost = met("bo", "2026-11-05", status="cancelled")
    source = facts(contacts=[person("bo")], messages=since.get("messages", ()),
                   interviews=[lost, *since.get("interviews", ())])  # fmt: skip
    assert "arrange" not in [row[0] for row in todo(source)]
    source = facts(contacts=[person("bo")], interviews=[met("bo", "2026-10-30"), lost])
    assert "arrange" in [row[0] for row in todo(source)]


def test_a_yes_after_a_lost_meeting_is_arranged():
    lost = met("bo", "2026-11-05", status="cancelled")
    before = asked("bo", "2026-10-20", "yes", "2026-10-21")
    for again, expected in (
        (asked("bo", "2026-11-09", "yes", "2026-11-10"), [("arrange", "bo", 3, "late")]),
        (asked("bo", "2026-11-06", purpose="follow-up"), [("follow-up", "bo", 3, "late")]),
    ):
        source = facts(contacts=[person("bo")], interviews=[lost], messages=[before, again])
        assert todo(source) == expected


@pytest.mark.parametrize("reply, expected", [
    ("none yet", ["follow-up"]), ("later", []), ("no", []), ("yes", ["arrange"]),
])  # fmt: skip
def test_a_new_date_may_be_asked_for_before_the_day_that_was_cancelled(wb, reply, expected):
    bo, now = wb.contacts.append(name="Bo Lind"), datetime.now(UTC)
    wb.messages.append(
        contact_id=bo.id, sent_at=now - timedelta(days=9), reply="yes",
        replied_on=(now - timedelta(days=8)).date(),
    )  # fmt: skip
    meeting = wb.interviews.append(
        contact_id=bo.id, starts_at=now + timedelta(days=6), status="confirmed"
    )
    wb.interviews.revise(meeting.id, status="cancelled")

    def after(days):
        found = measures.due.records(wb, now + timedelta(days=days))
        return [(row["what"], row["action"]) for row in found]

    asks_again = "The meeting with Bo Lind was cancelled: ask for a new date."
    assert after(0) == [] and after(12) == [("arrange", asks_again)]
    wb.messages.append(  # out an hour before the cancelled meeting was noted as such
        contact_id=bo.id, sent_at=now - timedelta(hours=1), reply=reply,
        replied_on=None if reply == "none yet" else now.date(),
    )  # fmt: skip
    assert [what for what, _ in after(12)] == expected and asks_again not in str(after(12))


@pytest.mark.parametrize("second", [
    ("bounced", "2026-11-09"), ("no", "2026-11-10"), ("none yet", ""),
])  # fmt: skip
def test_a_late_yes_to_the_first_letter_is_arranged_whatever_became_of_the_second(second):
    source = facts(contacts=[person("ana")], messages=[
        asked("ana", "2026-11-01", "yes", "2026-11-12"),
        asked("ana", "2026-11-09", *second, purpose="follow-up")])  # fmt: skip
    assert todo(source) == [("arrange", "ana", 1, "late")]
    known = measures.outcomes(source, TODAY)
    assert (known.agreed, known.n_refused) == ((15,), 0)


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


@pytest.mark.parametrize("rested, of_others", [("2026-11-15", 0), ("2026-11-02", 5), ("", 5)])
def test_who_is_let_rest_is_left_out_unless_something_came_since(rested, of_others):
    people = [person(id, keep_in_touch_days="3", rested_on=rested)
              for id in ("ana", "bo", "cem", "dana", "eli")]  # fmt: skip
    source = facts(
        contacts=people,
        referrals=[named("ana", "bo", "2026-11-02")],
        messages=[
            asked("ana", "2026-11-02"),
            asked("cem", "2026-11-02", "yes", replied_on="2026-11-03"),
            asked("dana", "2026-11-02", "no", replied_on="2026-11-03"),
        ],
        interviews=[met("eli", "2026-11-04", status="cancelled"),
                    met("fay", "2026-11-14", status="confirmed")],
    )  # fmt: skip
    found = [row for row in todo(source) if row[0] not in ("outcome", "debrief")]
    kinds = Counter(row[0] for row in found)
    if of_others:
        assert kinds >= Counter(["follow-up", "referral", "arrange", "arrange", "keep in touch"])
    else:
        assert found == []
    assert [row[0] for row in todo(source) if row[1] == "fay"] == ["outcome"]


def test_a_day_to_come_lets_nobody_rest_who_is_written_to_meanwhile():
    source = facts(contacts=[person("ana", rested_on="2027-11-16")],
                   messages=[asked("ana", "2026-11-02")])  # fmt: skip
    assert todo(source, date(2026, 11, 9)) == []
    assert todo(facts(contacts=[person("ana", rested_on="2026-11-01")],
                      messages=[asked("ana", "2026-11-02")]), date(2026, 11, 9)) == [
        ("follow-up", "ana", 0, "due")]  # fmt: skip


def test_a_meeting_that_passed_without_a_word_is_none_to_come():  # R12
    people = ("ana", "bo", "cem", "dee")

    def lines(day):
        source = facts(contacts=[person(id) for id in people], occupations=JOBS[:1],
                       interviews=[met(id, day, "job", "proposed") for id in people])  # fmt: skip
        return measures.due(source, TODAY)["what"].tolist()

    assert lines("2026-09-20") == [*["outcome"] * 4, "interviews"]
    assert "interviews" not in lines(str(TODAY))


def test_a_day_of_another_year_is_said_with_its_year():
    source = facts(contacts=[person("ana"), person("bo")], messages=[asked("ana", "2024-11-10")],
                   interviews=[met("bo", "2024-03-04")])  # fmt: skip
    assert measures.due(source, TODAY)["action"].tolist() == [
        "Thank Bo for the meeting on 4 Mar 2024.", "Write down what Bo told you on 4 Mar 2024.",
        "Write to Ana once more: no reply to your request of 10 Nov 2024.",
        "Write to Bo: 987 days of silence.",
    ]  # fmt: skip


def test_two_people_of_one_name_have_lines_that_differ():
    source = facts(
        contacts=[person("ana", name="Ana Silva", job_title="Nurse"),
                  person("bo", name="Ana Silva", organization_id="port")],
        organizations=[{"id": "port", "name": "Port"}],
        messages=[asked("ana", "2026-10-01"), asked("bo", "2026-10-01")],
    )  # fmt: skip
    assert measures.due(source, TODAY)["action"].tolist() == [
        "Write to Ana Silva (Nurse) once more: no reply to your request of 1 Oct.",
        "Write to Ana Silva (Port) once more: no reply to your request of 1 Oct.",
    ]


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


def test_what_is_due_on_no_day_is_refused(wb):
    with pytest.raises(WorkbookError, match='Today is "NaT". Write a date of the calendar'):
        measures.due(wb, pd.NaT)
