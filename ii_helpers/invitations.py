"""Meetings as iCalendar files, for the learner's own calendar program. Nothing is sent.

icalendar writes them: it is kept up, and folds and escapes by the standard. The tests read
the files with a second parser, ical.js, which must see the same instants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .errors import InvalidRow
from .names import one_line
from .tables import TABLES

if TYPE_CHECKING:
    from .workbook import Workbook

STATUS = {
    "proposed": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "held": "CONFIRMED",
    "cancelled": "CANCELLED",
    "no-show": "CONFIRMED",
}
EVENING = time(18)  # the reminder on the day before, as the learner's clock shows it


def ics(wb: Workbook, interview_id: str) -> bytes:
    """Return a meeting as an iCalendar file.

    The file of the same meeting made again later carries the same UID, and a higher SEQUENCE
    after each change, so that calendar programs update the meeting; a cancelled meeting is
    taken out by them. Times are in the meeting's zone; the description also says the learner's.
    Two reminders: the evening before, and in time to leave or to join.

    Raises RowNotFound, and InvalidRow for a meeting whose time or state cannot be read. Reads
    the logs, writes no file.
    """
    from icalendar import Alarm, Calendar, Event, vText

    meeting = wb.interviews.get(interview_id)
    contact = wb.contacts.get(meeting.contact_id)
    _refuse_blanks(wb, meeting, contact)
    learner = next(iter(wb.learner.rows()), None)
    starts = _in_zone(meeting)
    is_off = meeting.status == "cancelled"

    calendar = Calendar()
    calendar.add("prodid", "-//ii-helpers//informational interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "PUBLISH")
    event = Event()
    event.add("uid", f"{meeting.id}@ii-helpers.example.org")
    event.add("sequence", _sequence(meeting))
    event.add("dtstamp", meeting.updated_at.astimezone(UTC))
    event.add("created", meeting.created_at.astimezone(UTC))
    event.add("last-modified", meeting.updated_at.astimezone(UTC))
    # In UTC first: a meeting across a change of clocks still lasts its minutes.
    ends = (starts.astimezone(UTC) + timedelta(minutes=meeting.minutes)).astimezone(starts.tzinfo)
    if _comes_twice(starts) or _comes_twice(ends):
        starts, ends = starts.astimezone(UTC), ends.astimezone(UTC)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", one_line(f"{_what(meeting)}: {contact.name}"))
    event.add("status", STATUS[meeting.status])
    event.add("description", _description(wb, meeting, contact, learner))
    if place := _place(meeting, contact):
        event.add("location", place)
    if link := re.search(r"https?://[^\s<>\"]+", meeting.place):
        event.add("url", link.group())
    if learner and learner.email:
        # Required by calendar programs before they take an update or a cancel.
        event.add("organizer", vText(f"mailto:{learner.email}"))
    if not is_off:
        for when, words in _reminders(wb, meeting, learner):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", one_line(f"{words}: {contact.name}"))
            alarm.add("trigger", when)
            event.add_component(alarm)
    if starts.tzinfo is not UTC:
        calendar.add_component(_zone(starts))
    calendar.add_component(event)
    return calendar.to_ical()


def _refuse_blanks(wb: Workbook, meeting: Any, contact: Any) -> None:
    """What was typed into the file by hand and is not allowed comes as a blank."""
    columns = TABLES["interviews"].columns
    problems = {
        name: f"{columns[name].label} of the meeting with {contact.name} cannot be read. "
        "Set it right on page 2 Outreach, step 7, then save the calendar file again."
        for name in ("starts_at", "minutes", "format", "status")
        if not getattr(meeting, name)
    }
    if problems:
        log = wb.interviews
        values = log.texts()[meeting.id]  # as they stand in the file
        raise InvalidRow(problems, table="interviews", values=values, path=log.path)


def _in_zone(meeting: Any) -> datetime:
    """The start in the meeting's zone; without one, only the instant is known: in UTC."""
    zone = ZoneInfo(meeting.timezone) if meeting.timezone else UTC
    if meeting.timezone in ("UTC", "Etc/UTC", "Etc/GMT", "GMT"):
        zone = UTC
    return meeting.starts_at.astimezone(zone).replace(microsecond=0)


def _comes_twice(local: datetime) -> bool:
    """In the hour that clocks show twice, programs disagree on which one a local time means."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _zone(starts: datetime) -> Any:
    """The zone's changes of clocks from a year before the start to a year after.

    icalendar's own table is not used: it puts some changes an hour late (Lisbon at 02:00).
    """
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = starts.tzinfo
    assert isinstance(zone, ZoneInfo)
    table = Timezone()
    table.add("tzid", zone.key)
    first, last = (starts.astimezone(UTC) + timedelta(days=days) for days in (-366, 366))
    changes = [first, *_changes(zone, first, last)]
    for change in changes:
        before = (change - timedelta(seconds=1)).astimezone(zone)
        after = change.astimezone(zone)
        part = TimezoneDaylight() if after.dst() else TimezoneStandard()
        part.add("dtstart", (change + (before.utcoffset() or timedelta())).replace(tzinfo=None))
        part.add("tzoffsetfrom", before.utcoffset())
        part.add("tzoffsetto", after.utcoffset())
        part.add("tzname", after.tzname())
        table.add_component(part)
    return table


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants, to the second, at which the zone's clocks change."""
    step, offset = timedelta(days=1), lambda instant: instant.astimezone(zone).utcoffset()
    while first < last:
        low, high = first, first + step
        if offset(low) != offset(high):
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high
        first += step


def _sequence(meeting: Any) -> int:
    """A number that rises with every change of the row, and fits into 31 bits.

    The log keeps when a row was made and last changed, not how often: so time is counted, in
    milliseconds for twenty days (two changes never come closer), then in tenths of a second.
    """
    passed = max(0, int((meeting.updated_at - meeting.created_at) / timedelta(milliseconds=1)))
    fine = 20 * 24 * 3_600_000
    return passed if passed <= fine else min(fine + (passed - fine) // 100, 2**31 - 1)


def _what(meeting: Any) -> str:
    is_visit = meeting.format == "observational visit"
    return "Observational visit" if is_visit else "Informational interview"


def _place(meeting: Any, contact: Any) -> str:
    if meeting.place.strip():
        return one_line(meeting.place)
    if meeting.format == "phone" and contact.phone.strip():
        return one_line(f"By phone: {contact.phone}")
    return {"phone": "By phone", "video": "By video"}.get(meeting.format, "")


def _description(wb: Workbook, meeting: Any, contact: Any, learner: Any) -> str:
    lines = [f"{contact.salutation} {contact.name}".strip()]
    if contact.pronunciation.strip():
        lines.append(f"Say: {contact.pronunciation}")
    at = [contact.job_title, wb.label("organizations", contact.organization_id)]
    lines += [", ".join(part for part in at if part.strip())]
    if about := wb.label("occupations", meeting.occupation_id):
        lines.append(f"About: {about}")
    lines.append(f"{meeting.format.capitalize()}, {meeting.minutes} minutes")
    zones = [meeting.timezone, learner.timezone if learner else ""]
    for zone in dict.fromkeys(filter(None, zones)):
        there = meeting.starts_at.astimezone(ZoneInfo(zone))
        lines.append(f"{there:%Y-%m-%d %H:%M} {zone}")
    if contact.phone.strip():
        lines.append(f"Phone: {contact.phone}")
    return "\n".join(one_line(line) for line in lines if line.strip())


def _reminders(wb: Workbook, meeting: Any, learner: Any):
    """(when, words) of each reminder: an instant, or a time before the start."""
    noted = (learner and learner.timezone) or meeting.timezone
    own = ZoneInfo(noted) if noted else None  # None is this computer's
    here = meeting.starts_at.astimezone(own)
    before = datetime.combine(here.date() - timedelta(days=1), EVENING, tzinfo=own)
    yield before.astimezone(UTC), "Tomorrow"
    minutes = minutes_early(wb, meeting)
    if meeting.format in IN_PERSON:
        minutes += meeting.travel_minutes or 0
        yield timedelta(minutes=-minutes), "Time to leave" if meeting.travel_minutes else "Be there"
    else:
        yield timedelta(minutes=-minutes), "Get ready to join"


IN_PERSON = ("in person", "observational visit")
_TO_FIND_SEATS = 5  # minutes more
_PUBLIC = re.compile(
    r"\b(?:public|caf[eé]s?|coffee|restaurant|bistro|diner|tea ?(?:room|house)|pub|bar|library|"
    r"park|mall|food court|canteen|cafeteria|bakery|museum|station|hotel)\b",
    re.IGNORECASE,
)


def minutes_early(wb: Workbook, meeting: Any) -> int:
    """How long before the start to be there or ready: the course's minutes (R25), and some more
    in a public place, to find seats."""
    course = wb.course.interview
    if meeting.format not in IN_PERSON:
        return course.join_early_minutes
    return course.arrive_early_minutes + _TO_FIND_SEATS * bool(_PUBLIC.search(meeting.place))
