"""Today: what there is to do, over all stages."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from .facts import (
    ASKS,
    Facts,
    Message,
    Referral,
    as_day,
    how_new,
    sent_after,
    table_of,
)
from .network import last_contacts, perspectives
from .settings import Course
from .tables import LOST

KINDS = (
    "outcome", "thank-you", "debrief", "confirmation", "follow-up", "arrange", "task",
    "keep in touch", "referral", "interviews",
)  # fmt: skip
LATENESS = ("overdue", "late", "due", "soon", "no date")
PAGES = {
    "outcome": "04_debrief", "thank-you": "04_debrief", "debrief": "04_debrief",
    "confirmation": "02_outreach", "follow-up": "02_outreach", "arrange": "02_outreach",
    "task": "04_debrief", "keep in touch": "02_outreach", "referral": "02_outreach",
    "interviews": "02_outreach",
}  # fmt: skip


@table_of(
    what="text", contact_id="text", interview_id="text", due_on="day", days_late="number",
    how_late="text", occupation_id="text", action="text", page="text", task="text",
)  # fmt: skip
def due(facts, today):
    """What there is to do on a day, most urgent first: a row each, nothing when all is done.

    today: a date, or a moment of it when hours matter (with its zone, or in this computer's);
    then a meeting has passed when its minutes are over, else when its day is

    what, and when it is due:
    outcome        a meeting that has passed without a word on whether it was held; its day
    thank-you      held and not thanked since; the course's `aim_hours` after the meeting.
                   It is late after `late_hours` and overdue after `overdue_days` (R30)
    debrief        held and nothing written down; the day of the meeting (R29)
    confirmation   a meeting within 3 days without a note that confirms it in the 14 days before,
                   or whose date, format or place changed after the last one; the day before (R18)
    follow-up      no reply after the course's business days; not after the last of them
    arrange        a yes without a meeting, 3 days on; a cancelled or missed meeting, 7 days on
    task           a next step not done, from 7 days before its date on; those without one, too
    keep in touch  counted from the last contact, either way (R32): after the person's own
                   `keep_in_touch_days`; after the course's for people met without any
    referral       somebody named and not written to; 7 days after (R32)
    interviews     an occupation with fewer interviews held or to come than the course's number;
                   due by the course's `interviews_by`, if it has one (R12)

    Somebody was let rest, `rested_on`: a follow-up, arrange, keep in touch or referral that goes
    back to an earlier day is left out; what was written or came since is not.

    how_late: "overdue" (more than `overdue_days` past), "late", "due" (today, or past but not
    yet late), "soon", or "no date"; days_late: days past `due_on`, 0 when not past.
    """
    agenda = _Agenda(facts, today)
    agenda.meetings()
    agenda.replies()
    agenda.lost_meetings()
    agenda.tasks()
    agenda.silences()
    agenda.referrals()
    agenda.occupations()
    return sorted(agenda.found, key=_urgency)


def _urgency(row: tuple) -> tuple:
    what, _, _, due_on, days_late, lateness, *_ = row
    waits = {"soon": 1, "no date": 2}.get(lateness, 0)
    waits = 0 if what == "confirmation" else waits  # a meeting within three days does not wait
    return (what == "interviews", waits, KINDS.index(what), LATENESS.index(lateness), -days_late,
            due_on or date.max)  # fmt: skip


class _Agenda:
    """What is due on a day: each method adds the rows of its kind to `found`."""

    def __init__(self, facts: Facts, today: date | datetime):
        self.facts, self.course = facts, facts.course
        self.now = _seconds(today)
        self.today = as_day(today, "Today")
        self.found: list[tuple] = []
        self.names = facts.names
        self.dated: list[Any] = [m for m in facts.interviews if m.starts_on]
        self.sent: dict[str, list[Message]] = defaultdict(list)
        for message in facts.messages:
            if message.sent_on is None or message.sent_on <= self.today:
                self.sent[message.contact_id].append(message)
        for messages in self.sent.values():
            messages.sort(key=lambda m: m.sent_at or 0)
        self.met: dict[str, date] = {}  # last meeting held
        self.live: dict[str, date] = {}  # last meeting held or to come
        self.lost: dict[str, Any] = {}  # last meeting cancelled or missed
        for m in sorted(self.dated, key=lambda m: m.starts_on):
            if m.status == "held" and m.starts_on <= self.today:
                self.met[m.contact_id] = m.starts_on
            if m.status in LOST:
                self.lost[m.contact_id] = m
            else:
                self.live[m.contact_id] = m.starts_on
        self.newest = {m.contact_id: m for m in self.dated}  # last one written down, as logs go
        self.rested = {c.id: c.rested_on for c in facts.contacts if c.rested_on}

    def rests(self, id: str, since: date) -> bool:
        """Whether what began on a day was let rest later, by today."""
        return since < min(self.rested.get(id, since), self.today)

    def name(self, id: str) -> str:
        return self.names.get(id) or "this person"

    def on(self, day: date) -> str:
        """A day in words, with its year when that is another one."""
        return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != self.today.year else "")

    def add(
        self, what, action, due_on, *, contact="", meeting="", occupation="", task="", lateness=""
    ):  # fmt: skip
        days_late = max(0, (self.today - due_on).days) if due_on else 0
        self.found.append((what, contact, meeting, due_on, days_late,
                           lateness or self._lateness(due_on, days_late), occupation, action,
                           PAGES[what], task))  # fmt: skip

    def _lateness(self, due_on: date | None, days_late: int) -> str:
        if due_on is None:
            return "no date"
        if due_on >= self.today:
            return "due" if due_on == self.today else "soon"
        return "late" if days_late <= self.course.thank_you.overdue_days else "overdue"

    def meetings(self):
        written = {debrief.interview_id for debrief in self.facts.debriefs}
        for m in self.dated:
            name, on = self.name(m.contact_id), self.on(m.starts_on)
            about = {"contact": m.contact_id, "meeting": m.id}
            day = min(m.starts_on, self.today)  # in another zone it may be tomorrow already
            if m.status in ("proposed", "confirmed"):
                if self._is_over(m):
                    action = f"Say whether the meeting with {name} on {on} was held."
                    self.add("outcome", action, day, **about)
                elif m.starts_on <= shifted(self.today, 3) and not self._is_confirmed(m):
                    eve = max(self.today, shifted(m.starts_on, -1))
                    action = f"Confirm the meeting with {name} on {on}."
                    self.add("confirmation", action, eve, **about)
            elif m.status == "held" and (m.starts_on <= self.today or self._is_over(m)):
                if not self._is_thanked(m):
                    aim = math.ceil(self.course.thank_you.aim_hours / 24)
                    due_on = shifted(day, aim)
                    lateness = _thanks_lateness(m, self.today, self.now, self.course)
                    action = f"Thank {name} for the meeting on {on}."
                    self.add("thank-you", action, due_on, **about, lateness=lateness)
                if m.id not in written:
                    action = f"Write down what {name} told you on {on}."
                    self.add("debrief", action, day, **about)

    def _is_over(self, m: Any) -> bool:
        if self.now is None or m.starts_at is None:
            return m.starts_on < self.today
        return m.starts_at + (m.minutes or 0) * 60 <= self.now

    def _is_confirmed(self, m: Any) -> bool:
        return any(
            note.purpose == "confirmation" and (note.sent_at or 0) <= (m.starts_at or 0)
            and note.sent_on and note.sent_on >= shifted(m.starts_on, -14)
            and self._stood_as_now(m, note.sent_at or 0)
            for note in self.sent[m.contact_id]
        )  # fmt: skip

    def _stood_as_now(self, m: Any, at: float) -> bool:
        """Whether date, format and place were then what they are now, as far as is known."""
        known = self.facts.arranged.get(m.id, [])
        if not known:
            return True
        by = at + 60  # when a note was sent is typed to the minute
        then = [what for since, what in known if since <= by] or [known[0][1]]
        return then[-1][:3] == known[-1][1][:3]

    def _is_thanked(self, m: Any) -> bool:
        begun = (m.starts_at or 0, m.starts_on)
        return any(note.purpose == "thank-you" and sent_after(note, begun)
                   for note in self.sent[m.contact_id])  # fmt: skip

    def replies(self):
        for id, messages in list(self.sent.items()):
            asks = [m for m in messages if m.purpose in ASKS and m.sent_on]
            if not asks or self.live.get(id, date.min) >= asks[-1].sent_on:
                continue
            lost = self.lost.get(id)
            if lost and not (asks := self._asks_since(lost)):
                continue  # a date was set, so that is what to speak of: see lost_meetings
            begun = max((n for n, m in enumerate(asks) if m.purpose == "request"), default=0)
            thread, waits = asks[begun:], self.course.follow_up.business_days
            answers = [m for m in thread if m.reply != "none yet"]
            if answers:
                last = sorted(answers, key=how_new)[-1]
                if last.reply == "yes":
                    said_on = min(last.replied_on or last.sent_on, self.today)
                    if not self.rests(id, said_on):
                        action = f"{self.name(id)} said yes: set a date."
                        self.add("arrange", action, shifted(said_on, 3), contact=id)
            elif len(thread) <= len(waits):
                first = thread[0].sent_on
                due_on = add_business_days(first, waits[len(thread) - 1])
                if due_on <= self.today and not self.rests(id, thread[-1].sent_on):
                    action = (f"Write to {self.name(id)} once more: no reply to your request of "
                              f"{self.on(first)}.")  # fmt: skip
                    self.add("follow-up", action, due_on, contact=id)

    def lost_meetings(self):
        for id, m in self.lost.items():
            asks = [note for note in self.sent[id] if note.purpose in ASKS]
            is_refused = bool(asks) and asks[-1].reply == "no"
            is_set_again = self.newest[id].status not in LOST
            if is_set_again or is_refused or self._asks_since(m) or self.rests(id, m.starts_on):
                continue
            if self.live.get(id, date.min) < m.starts_on <= self.today:
                word = "was cancelled" if m.status == "cancelled" else "did not take place"
                action = f"The meeting with {self.name(id)} {word}: ask for a new date."
                due_on = shifted(m.starts_on, 7)
                self.add("arrange", action, due_on, contact=id, meeting=m.id)

    def _asks_since(self, m: Any) -> list[Message]:
        """What asked for another meeting than this lost one: a new date may be asked for at once,
        long before the day of the old one."""
        lost_at = min(m.starts_at or 0, self._called_off(m))
        return [note for note in self.sent[m.contact_id] if note.purpose in ASKS and note.sent_on
                and (note.sent_at or 0) > lost_at]  # fmt: skip

    def _called_off(self, m: Any) -> float:
        """Since when it is cancelled or missed, as far as is known; a day earlier, as a letter
        is often out before this is noted here."""
        since = math.inf
        for at, (*_, status) in reversed(self.facts.arranged.get(m.id, [])):
            if status not in LOST:
                break
            since = at - 24 * 3600
        return since

    def tasks(self):
        soon = shifted(self.today, 7)
        for task in self.facts.tasks:
            if task.done_on is None and (task.due_on is None or task.due_on <= soon):
                self.add("task", task.task, task.due_on, contact=task.contact_id,
                         meeting=task.interview_id, task=task.task)  # fmt: skip

    def silences(self):
        last = last_contacts(self.facts, self.today)
        for contact in self.facts.contacts:
            id, every = contact.id, contact.keep_in_touch_days
            if every is None and id in self.met:
                every = self.course.keep_in_touch.days
            if id not in last or not every or self.live.get(id, date.min) > self.today:
                continue
            due_on = shifted(last[id], every)
            if due_on <= self.today and not self.rests(id, last[id]):
                silent = (self.today - last[id]).days
                action = f"Write to {self.name(id)}: {silent} day{'s' * (silent != 1)} of silence."
                self.add("keep in touch", action, due_on, contact=id)

    def referrals(self):
        named: dict[str, Referral] = {}
        for r in self.facts.real_referrals:
            id = r.to_contact_id
            reached = self.sent.get(id) or id in self.live or id in self.lost
            if not reached and r.referred_on and r.referred_on <= self.today:
                if self.rests(id, r.referred_on):
                    continue
                if id not in named or r.referred_on < named[id].referred_on:
                    named[id] = r
        for id, r in named.items():
            by = self.names.get(r.from_contact_id) or "somebody"
            action = f"Write to {self.name(id)}, whom {by} named."
            self.add("referral", action, shifted(r.referred_on, 7), contact=id)

    def occupations(self):
        by = self.course.targets.interviews_by
        for row in perspectives.records(self.facts, self.today):
            held, wanted = row["n_held"], row["n_wanted"]
            if held + row["n_planned"] < wanted and row["status"] != "ruled out":
                words = f"{row['occupation']}: {held} of {wanted} interviews held."
                self.add("interviews", f"{words} Ask somebody for one.", by,
                         occupation=row["occupation_id"])  # fmt: skip


def _seconds(today: Any) -> float | None:
    """The instant of a moment; None for a day, and where the calendar ends."""
    try:
        return today.timestamp() if isinstance(today, datetime) else None
    except (ValueError, OverflowError, OSError):
        return None


def _thanks_lateness(meeting: Any, today: date, now: float | None, course: Course) -> str:
    """By the course's clock, from the end of the meeting; in whole days without the hour."""
    hours = (today - meeting.starts_on).days * 24.0
    if now is not None and meeting.starts_at is not None:
        hours = (now - meeting.starts_at) / 3600 - (meeting.minutes or 0) / 60
    if hours > course.thank_you.overdue_days * 24:
        return "overdue"
    return "late" if hours > course.thank_you.late_hours else "due"


def add_business_days(day: date, n: int) -> date:
    """Return the n-th business day after a day; Saturday and Sunday are none."""
    day = shifted(day, min(0, 4 - day.weekday()))  # from a weekend, count from its Friday
    weeks, left = divmod(n, 5)
    over = 2 if day.weekday() + left > 4 else 0
    return shifted(day, 7 * weeks + left + over)


def shifted(day: date, days: int) -> date:
    """Return the day so many days on, or back; the calendar's end where it has no such day."""
    return date.fromordinal(min(max(1, day.toordinal() + days), date.max.toordinal()))
