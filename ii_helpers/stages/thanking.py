"""The thank-you note of notebook 04: its clock, its draft, logged as sent (R30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms, letters
from ..tables import CHANNELS
from .meeting import NO_DEBRIEF, Later, debriefed, keep

if TYPE_CHECKING:
    from ..workbook import Workbook

Clock = Callable[[], datetime]


def _thanks(wb: Workbook, meeting: Any) -> list[Any]:
    """The thank-you notes since a meeting; on its day will do, as in all figures."""
    zone = forms.zone_of(wb)
    day = meeting.starts_at.astimezone(zone).date()
    return [
        row
        for row in wb.messages.rows()
        if row.contact_id == meeting.contact_id and row.purpose == "thank-you"
        and row.sent_at.astimezone(zone).date() >= day
    ]  # fmt: skip


def thank_you_clock(wb: Workbook, meeting: Any, now: datetime) -> tuple[str, str]:
    """Return how the thank-you for a meeting stands by the course's rule, as (kind, sentence)."""
    rule = wb.course.thank_you
    who = wb.label("contacts", meeting.contact_id)
    ended = meeting.starts_at + timedelta(minutes=meeting.minutes)
    if sent := [row.sent_at for row in _thanks(wb, meeting)]:
        hours = max((min(sent) - ended).total_seconds() / 3600, 0)
        how = "in time" if hours <= rule.aim_hours else "thanks are welcome late as well"
        return "ok", f"You thanked {who} {_span(hours)} after the meeting: {how}."
    hours = (now - ended).total_seconds() / 3600
    if hours < 0 and (meeting.status != "held" or now < meeting.starts_at):
        return "note", f"The meeting with {who} is not over yet."
    if hours <= rule.aim_hours:
        left = _span(rule.aim_hours - max(hours, 0))
        return "next", f"Thank {who} today: {left} left of {rule.aim_hours}."
    if hours <= rule.late_hours:
        return (
            "advice",
            f"It is {_span(hours)} since you met {who}. Thank them now, it is not late.",
        )
    if hours <= rule.overdue_days * 24:
        return "advice", f"Late, and still welcome: {_span(hours)} since you met {who}."
    return (
        "advice",
        f"Overdue: {_span(hours)} since you met {who}. A short honest note still counts.",
    )


def _span(hours: float) -> str:
    if hours < 1:
        n, unit = round(max(hours * 60, 0)), "minute"
    else:
        n, unit = (round(hours), "hour") if hours < 72 else (round(hours / 24), "day")
    return f"{n} {unit}{'s' * (n != 1)}"


def thank_you(wb: Workbook, clock: Clock | None = None) -> w.VBox:
    """The thank-you note: drafted from the debrief, checked in place, logged as sent."""
    return _ThankYou(wb, clock or (lambda: forms.now_in(wb))).widget


class _ThankYou:
    def __init__(self, wb: Workbook, clock: Clock):
        self.wb, self.clock, self.meetings = wb, clock, debriefed(wb)
        self.time, self.said, self.advice, self.links = (forms.markup() for _ in range(4))
        self.said_of_draft = forms.markup()
        self.helped = forms.field(
            w.Textarea, "How the conversation helped you", rows=2,
                       placeholder="one thing that you see or do differently now", wide=True
        )  # fmt: skip
        self.subject = forms.field(w.Text, "Subject", wide=True)
        self.note = forms.field(w.Textarea, "Thank-you note", rows=10, wide=True)
        self.channel = forms.field(w.Dropdown, "Sent by", options=CHANNELS, value="email")
        self.sent_at = forms.date_field(w.NaiveDatetimePicker, "Sent at")
        self.drafted = ("", "")  # the draft as it came: what differs from it is the learner's own
        self.own: tuple[str, ...] = ()  # the learner's note that a draft took the place of
        self.bring = forms.button("Bring my text back", self._bring_back, self.said_of_draft)
        self.body = forms.panel(
            forms.grid(self.helped),
            forms.bar(
                forms.button("Draft the note", self._start_over, self.said_of_draft), self.bring
            ),
            self.said_of_draft,
            forms.grid(self.subject, self.note),
            self.advice,
            self.links,
            forms.grid(self.channel, self.sent_at),
            forms.bar(forms.button("Log it as sent", self._log, self.said, main=True)),
        )
        self.widget = forms.panel(self.time, self.body, self.said)
        self._quiet = False
        self._offered: datetime | None = None  # as sent at, which follows the clock until changed
        self.loaded = ""
        self._saver = Later(self._keep)
        for field in (self.note, self.subject, self.helped):
            field.observe(lambda _: self._typed(), "value")
        self.meetings.watch("thank-you", self._show)
        wb.watch("thank-you", lambda table: table in ("debriefs", "messages", "interviews")
                 and self._show())  # fmt: skip
        self._show()

    @property
    def _key(self) -> str:
        return f"thank-you {self.loaded}"

    def _show(self) -> None:
        meeting = self.meetings.row
        is_open = meeting is not None and meeting.status == "held"
        forms.show(self.body, is_open)
        if not is_open:
            words = "First say in step 1 that the meeting took place." if meeting else NO_DEBRIEF
            self.time.value = forms.line("next", words)
            return
        now = self.clock()
        self.time.value = forms.line(*thank_you_clock(self.wb, meeting, now))
        is_own = self.sent_at.value not in (None, self._offered)
        if meeting.id != self.loaded or not (is_own or forms.is_half_filled(self.sent_at)):
            self._offered = now.replace(tzinfo=None, second=0, microsecond=0)
            forms.set_date(self.sent_at, self._offered)
        if meeting.id != self.loaded:
            self._saver.now()
            self.loaded, self.said_of_draft.value = meeting.id, ""
            draft = self.wb.draft(self._key)
            kept = draft[0] if draft else {"subject": "", "note": "", "helped": ""}
            self.own = tuple(kept.pop("own", ()))
            self.drafted = tuple(kept.pop("drafted", ("", "")))
            self._set(**kept)
        has_debrief = any(row.interview_id == meeting.id for row in self.wb.debriefs.rows())
        if has_debrief and not self.note.value.strip() and not self._sent():
            self._draft()

    def _sent(self) -> list[Any]:
        return _thanks(self.wb, self.meetings.row)

    def _set(self, **values: str) -> None:
        self._quiet = True
        for name, value in values.items():
            getattr(self, name).value = value
        self._quiet = False
        forms.show(self.bring, self.own)
        self._check()

    def _own_words(self) -> tuple[str, ...]:
        """The subject and the note, where they are not as they were drafted; else nothing."""
        now = (self.subject.value, self.note.value)
        return () if now in (self.drafted, ("", "")) else now

    def _start_over(self) -> str | None:
        """Draft the note; one of the learner's own is kept to be brought back."""
        if not (was := self._own_words()):
            return self._draft()
        self.own = was
        return f"{self._draft()} To have your own text again, press Bring my text back."

    def _bring_back(self) -> str | None:
        if not self.own:
            return None
        (subject, note), self.own = self.own, self._own_words()
        self.drafted = ("", "")
        self._set(subject=subject, note=note)
        self._saver.soon()
        forms.focus(self.note)
        return "Your text is back."

    def _draft(self) -> str | None:
        meeting = self.meetings.row
        details = {"interview_id": meeting.id}
        if helped := self.helped.value.strip():
            details["how_it_helped"] = helped
        letter = letters.draft("thank-you", self.wb, meeting.contact_id, **details)
        self.drafted = (letter.subject, letter.body)
        self._set(subject=letter.subject, note=letter.body)
        self._saver.soon()
        missing = [letters.FACTS.get(fact, fact) for fact in letter.missing]
        more = f" It would be better with: {', '.join(missing)}." if missing else ""
        return f"Drafted. Make it yours.{more}"

    def _typed(self) -> None:
        if not self._quiet:
            self._saver.soon()
            self._check()

    def _keep(self) -> None:
        kept: dict[str, Any] = {
            name: getattr(self, name).value for name in ("subject", "note", "helped")
        }
        kept.update(drafted=self.drafted, own=self.own)
        keep(self.wb, self.loaded, self._key, kept, self.said)

    def _check(self) -> None:
        text, meeting = self.note.value, self.meetings.row
        if not text.strip() or meeting is None:
            self.advice.value = self.links.value = ""
            return
        said = letters.check(text, kind="thank-you", wb=self.wb, contact_id=meeting.contact_id)
        self.advice.value = forms.lines(("advice", advice.text) for advice in said) or forms.line(
            "ok", "Nothing to say against this note."
        )
        email = self.wb.contacts.get(meeting.contact_id).email
        letter = letters.Letter(self.subject.value, text)
        href = forms.escape(letters.mailto(letter, email))
        self.links.value = (
            f'<p><a href="{href}">Open it in your mail program</a>, '
            "or write it on a card. Nothing is sent from here.</p>"
        )

    def _log(self) -> str | None:
        text, meeting = self.note.value.strip(), self.meetings.row
        if not text:
            self.said.value = forms.line(
                "next", "Draft the note, or write it, first.", answers=True
            )
            return None
        if any(row.text == text for row in self._sent()):
            return "This note is logged already."
        zone = forms.zone_of(self.wb)
        at = forms.date_in(self.sent_at)
        if at in (None, self._offered):
            at = self.clock().replace(tzinfo=None)
        at = at.replace(tzinfo=zone) if zone else at.astimezone()
        if at < meeting.starts_at:
            self.said.value = forms.line(
                "error",
                f"Not logged yet: by {forms.in_words(at)} the meeting had not begun. "
                "Say under Sent at when the note went out.",
            )
            forms.focus(self.sent_at)
            return None
        self.wb.messages.append(
            contact_id=meeting.contact_id, purpose="thank-you", channel=self.channel.value,
            sent_at=at, text=text,
        )  # fmt: skip
        self._saver.stop()
        self.wb.discard_draft(self._key)
        self._show()
        return f"Saved: thank-you to {self.wb.label('contacts', meeting.contact_id)}."
