import json
import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers.invitations import ics

READER = """
const ICAL = require('ical.js');
const files = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(files.map(text => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zone = calendar.getFirstSubcomponent('vtimezone');
  const timezone = zone && new ICAL.Timezone(zone);
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent'));
  const instant = t => { if (timezone && t.zone.tzid !== 'UTC') t.zone = timezone;
                         return t.toUnixTime(); };
  return {starts: instant(event.startDate), ends: instant(event.endDate),
          summary: event.summary, location: event.location, uid: event.uid,
          sequence: event.sequence, description: event.description,
          status: event.component.getFirstPropertyValue('status'),
          alarms: event.component.getAllSubcomponents('valarm').length};
})));
"""


@pytest.fixture(scope="session")
def read_elsewhere(tmp_path_factory):
    """What ical.js, the second parser, reads in some files."""
    folder = tmp_path_factory.mktemp("ical")
    npm = shutil.which("npm")
    if not npm:
        words = "npm is missing: ical.js, the second calendar parser, cannot be installed."
        pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    install = [npm, "install", "--no-audit", "--no-fund", "--silent", "ical.js@2.1.0"]
    subprocess.run(install, cwd=folder, check=True, timeout=120)
    (folder / "read.cjs").write_text(READER)

    def read(*files):
        run = subprocess.run(
            ["node", "read.cjs"], cwd=folder, input=json.dumps([f.decode() for f in files]),
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return read


@pytest.fixture
def planned(wb):
    wb.learner.append(name="Mei Chen", email="mei@example.org", timezone="America/New_York")
    wb.ana = wb.contacts.append(name="Ana Silva", salutation="Dr.", phone="555-0100")
    wb.meeting = wb.interviews.append(
        contact_id=wb.ana.id, starts_at="2027-03-20T20:30", timezone="Europe/Lisbon",
        place="https://meet.example.org/x?a=1,2;3", status="confirmed",
    )  # fmt: skip
    return wb


def event(data):
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return found


def test_a_meeting_says_who_when_and_where(planned):
    found = event(ics(planned, planned.meeting.id))
    assert str(found["SUMMARY"]) == "Informational interview: Ana Silva"
    assert str(found["LOCATION"]) == str(found["URL"]) == "https://meet.example.org/x?a=1,2;3"
    assert str(found["STATUS"]) == "CONFIRMED"
    assert found["DTSTART"].dt == datetime(2027, 3, 20, 20, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(minutes=20)
    # Between the two changes of clocks New York is four hours behind Lisbon, not five.
    assert "2027-03-20 20:30 Europe/Lisbon\n2027-03-20 16:30 America/New_York" in str(
        found["DESCRIPTION"]
    )


def test_the_second_parser_sees_the_same_instants_around_every_change_of_clocks(
    planned, read_elsewhere
):
    changes = {
        "America/New_York": ("2026-03-08 07:00", "2026-11-01 06:00"),
        "Europe/Lisbon": ("2026-03-29 01:00", "2026-10-25 01:00"),
        "Australia/Lord_Howe": ("2026-04-04 15:00", "2026-10-03 15:30"),
        "America/St_Johns": ("2026-03-08 05:30", "2026-11-01 04:30"),
        "Pacific/Chatham": ("2026-04-04 14:00", "2026-09-26 14:00"),
        "Africa/Casablanca": ("2026-02-15 02:00", "2026-03-22 02:00"),
        "Asia/Kolkata": ("2026-06-01 00:00",),
    }
    files, instants = [], []
    for zone, times in changes.items():
        for change in times:
            instant = datetime.fromisoformat(change).replace(tzinfo=UTC)
            for minutes in (-200, -95, -30, 0, 30, 75, 600):
                at = instant + timedelta(minutes=minutes)
                row = planned.interviews.append(
                    contact_id=planned.ana.id, starts_at=at, timezone=zone, minutes=150
                )
                files.append(ics(planned, row.id))
                instants.append((at.timestamp(), at.timestamp() + 150 * 60))
    assert [(one["starts"], one["ends"]) for one in read_elsewhere(*files)] == instants


def test_the_second_parser_reads_strange_words_as_they_are(planned, read_elsewhere):
    name = "O'Neil, José; 王小明 \\n \U0001f642 <b>"
    planned.contacts.revise(planned.ana.id, name=name, phone="+1 (555) 0100", job_title="x" * 200)
    place = "Café \u201cLune\u201d, 3; upstairs\nBEGIN:VEVENT"
    planned.interviews.revise(planned.meeting.id, place=place)
    (seen,) = read_elsewhere(ics(planned, planned.meeting.id))
    assert seen["summary"] == f"Informational interview: {name}"
    assert seen["location"] == "Café \u201cLune\u201d, 3; upstairs BEGIN:VEVENT"
    assert "x" * 200 in seen["description"] and seen["alarms"] == 2


def test_a_calendar_holds_no_control_characters(planned):
    everywhere = "Ana\x00 Sil\x01va\x7f"
    planned.contacts.revise(planned.ana.id, name=everywhere, job_title=everywhere)
    planned.interviews.revise(planned.meeting.id, place=everywhere)
    data = ics(planned, planned.meeting.id).decode()
    assert set(re.findall(r"[\x00-\x1f\x7f]", data)) == {"\r", "\n"}
    assert event(data.encode())["location"] == "Ana Sil va"


def test_a_change_keeps_the_uid_and_raises_the_sequence(planned):
    files = [ics(planned, planned.meeting.id), ics(planned, planned.meeting.id)]
    assert files[0] == files[1]
    for minute in range(3):
        planned.interviews.revise(planned.meeting.id, starts_at=f"2027-03-21T10:0{minute}")
        files.append(ics(planned, planned.meeting.id))
    numbers = [event(f)["SEQUENCE"] for f in files[1:]]
    assert numbers == sorted(set(numbers))
    assert len({str(event(f)["UID"]) for f in files}) == 1


def test_the_sequence_rises_for_years_and_fits():
    from types import SimpleNamespace

    from ii_helpers.invitations import _sequence

    made = datetime(2026, 1, 1, tzinfo=UTC)
    later = [timedelta(milliseconds=3), timedelta(hours=1), timedelta(days=20),
             timedelta(days=20.01), timedelta(days=100), timedelta(days=400)]  # fmt: skip
    numbers = [_sequence(SimpleNamespace(created_at=made, updated_at=made + t)) for t in later]
    assert numbers == sorted(set(numbers)) and numbers[-1] < 2**31


def test_a_cancelled_meeting_takes_itself_out(planned, read_elsewhere):
    before = event(ics(planned, planned.meeting.id))
    planned.interviews.revise(planned.meeting.id, status="cancelled")
    data = ics(planned, planned.meeting.id)
    assert b"METHOD:CANCEL" in data and b"VALARM" not in data
    (seen,) = read_elsewhere(data)
    assert seen["status"] == "CANCELLED" and seen["uid"] == str(before["UID"])
    assert seen["sequence"] > before["SEQUENCE"]


@pytest.mark.parametrize(
    "row, minutes",
    [
        ({"format": "in person", "travel_minutes": 35}, 45),  # R25
        ({"format": "in person"}, 10),
        ({"format": "phone"}, 5),
        ({"format": "observational visit", "minutes": 480}, 10),  # R16
    ],
)
def test_reminders_come_the_evening_before_and_in_time(planned, row, minutes):
    planned.interviews.revise(planned.meeting.id, **row)
    alarms = event(ics(planned, planned.meeting.id)).walk("VALARM")
    evening, soon = (alarm["TRIGGER"].dt for alarm in alarms)
    # 18:00 on the eve as the learner's clock in New York shows it.
    assert evening == datetime(2027, 3, 19, 22, 0, tzinfo=UTC)
    assert soon == -timedelta(minutes=minutes)


def test_without_a_zone_the_instant_is_written_in_utc(planned):
    row = planned.interviews.append(
        contact_id=planned.ana.id, starts_at="2026-12-01T15:00+03:00", format="phone"
    )
    found = event(ics(planned, row.id))
    assert found["DTSTART"].dt == datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert str(found["STATUS"]) == "TENTATIVE" and str(found["LOCATION"]) == "By phone: 555-0100"


@pytest.fixture
def in_los_angeles(monkeypatch):
    """A computer in Los Angeles."""
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set here")
@pytest.mark.parametrize(
    ("learners", "meetings", "evening"),
    [
        ("", "", "2026-05-01T01:00+00:00"),  # 30 April, 18:00 in Los Angeles
        ("", "America/New_York", "2026-04-30T22:00+00:00"),
        ("Asia/Tokyo", "America/New_York", "2026-05-01T09:00+00:00"),
    ],
)
def test_the_evening_before_is_that_of_a_clock_the_learner_sees(
    wb, in_los_angeles, learners, meetings, evening
):
    wb.learner.append(name="Mei Chen", timezone=learners)
    ana = wb.contacts.append(name="Ana Silva")
    row = wb.interviews.append(
        contact_id=ana.id, starts_at="2026-05-01T17:00", timezone=meetings, status="confirmed"
    )
    alarms = event(ics(wb, row.id)).walk("VALARM")
    assert alarms[0]["TRIGGER"].dt == datetime.fromisoformat(evening)


@pytest.mark.parametrize(
    ("good", "bad", "label"),
    [
        (b"2027-03-20T20:30:00+00:00", b"0027-03-20T20:30:00-00:36:45", "Date and time"),
        (b",20,", b",many,", "Minutes"),
        (b",confirmed,", b",perhaps,", "Status"),
    ],
)
def test_a_meeting_whose_cells_cannot_be_read_is_named(planned, good, bad, label):
    path = planned.interviews.path
    assert good in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(good, bad))
    with pytest.raises(
        ii.errors.InvalidRow, match=f"{label} of the meeting with Ana Silva cannot"
    ) as raised:
        ics(planned, planned.meeting.id)
    error = raised.value
    assert (error.table, error.value, error.path) == ("interviews", bad.decode().strip(","), path)
    assert list(error.problems) == [error.column]


def test_an_unknown_meeting_is_named(wb):
    with pytest.raises(ii.errors.RowNotFound, match="int_x"):
        ics(wb, "int_x")


@settings(max_examples=25)
@given(
    place=st.text(max_size=200),
    name=st.text(min_size=1, max_size=100),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)),
    zone=st.sampled_from(["America/New_York", "Europe/Lisbon", "UTC", "Asia/Kathmandu", ""]),
)
def test_any_meeting_is_written_so_that_it_can_be_read(place, name, at, zone):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        wb = ii.open_workbook(folder)
        try:
            contact = wb.contacts.append(name=name)
            row = wb.interviews.append(
                contact_id=contact.id, starts_at=at, timezone=zone, place=place
            )
        except ii.errors.WorkbookError:
            return
        data = ics(wb, row.id)
        assert all(len(line) <= 75 for line in data.split(b"\r\n"))
        found = event(data)
        assert found["DTSTART"].dt == row.starts_at.replace(microsecond=0)
