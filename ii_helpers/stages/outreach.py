"""Notebook 02: whom to ask, people, replies, meetings, the call sheet (R8-R18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms, imports, invitations, letters
from ..errors import WorkbookError
from ..facts import ASKS
from ..tables import HOW_KNOWN, REPLIES
from . import about_you as about_you
from . import header as header
from . import open_workbook as open_workbook
from .bringing import bring_contacts as bring_contacts
from .bringing import merge_people as merge_people
from .meeting import n_of
from .today import day_sent
from .today import follow_through as follow_through
from .undoing import Undo
from .writing import is_part, part_of_page
from .writing import letter as letter

if TYPE_CHECKING:
    from ..workbook import Workbook

# R8: people already known, the first to ask.
KNOWN = ("friend", "relative", "fellow student", "co-worker", "supervisor", "teacher", "neighbor")
# One source or several that are looked for in the same way -> what to ask yourself.
SOURCES: dict[tuple[str, ...], tuple[str, str]] = {
    ("friend", "relative", "neighbor"): (
        "Friends, relatives, neighbors",
        "Who does this work, or knows someone who does? Ask at the next dinner.",
    ),
    ("fellow student", "teacher", "alumni"): (
        "Fellow students, teachers, alumni",
        "Who studied with you, taught you, or left your school for this field?",
    ),
    ("co-worker", "supervisor"): (
        "Co-workers and supervisors, present and former",
        "Whom did you work with who has moved on? Inside your own organization, ask your "
        "supervisor for permission first, then for suggestions.",
    ),
    ("referred by a contact",): (
        "People whom others named",
        "At the end of every conversation: whom else should I talk to?",
    ),
    ("professional organization", "event", "public speaker"): (
        "Professional organizations, events, speakers",
        "Which society gathers these people? Who spoke about the field, here or online?",
    ),
    ("directory", "company website", "phone inquiry"): (
        "Directories, company websites, a phone call",
        "Who holds the job title? A staff page says it, or the front desk when you phone.",
    ),
    ("professional network site",): (
        "Professional network sites",
        "Search for the job title; look first for people you share a contact with.",
    ),
    ("other", ""): ("Other, or not said", "How did you come across them? Say it in step 2."),
}
# What the course begins with -> the sources that then stand first, and how the list says so.
FIRST_PEOPLE = {
    "known people": ((), "the nearest first"),
    "supervisor": (("supervisor",), "your course begins with the supervisor"),
    "strangers": (
        ("professional organization", "directory", "professional network site"),
        "your course begins with people you do not know yet",
    ),
}


def sources_in_order(wb: Workbook) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    """Return SOURCES with those first that the course begins with."""
    first, _ = FIRST_PEOPLE[wb.course.interview.first_people]
    return sorted(SOURCES.items(), key=lambda source: not set(first).intersection(source[0]))


def whom_to_ask(wb: Workbook) -> w.VBox:
    """People by source, known ones first; and who is nearest to an occupation or a workplace."""
    near = forms.markup()

    def look(_: object = None) -> None:
        said = nearest(wb, occupation.id, organization.id)
        near.value = forms.lines(said)

    occupation = forms.RowPicker(
        wb, "occupations", "Who can tell me about this occupation", on_change=look
    )
    organization = forms.RowPicker(
        wb, "organizations", "Who leads me into this organization", on_change=look
    )
    forms.watch(wb, "outreach nearest", look)
    return forms.panel(
        forms.live(wb, "sources", lambda: _sources(wb), ("contacts",)),
        forms.live(wb, "supervisor", lambda: _supervisor_first(wb), ("contacts", "messages")),
        forms.grid(occupation.widget, organization.widget),
        near,
    )


def _sources(wb: Workbook) -> str:
    named: dict[str, list[str]] = defaultdict(list)
    for row in wb.contacts.rows():
        named[row.how_known].append(row.name)
    rows = []
    for sources, (title, hint) in sources_in_order(wb):
        people = [name for source in sources for name in named[source]]
        if people or "" not in sources:
            rows.append({"Where": title, "Ask yourself": hint, "In your log": _some(people)})
    order = FIRST_PEOPLE[wb.course.interview.first_people][1]
    return forms.html_table(rows, f"Where to find people, {order}")


def _some(names: list[str], most: int = 4) -> str:
    if not names:
        return "nobody yet"
    return f"{len(names):,}: {_first(names, most)}"


def _first(names: list[str], most: int) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _supervisor_first(wb: Workbook) -> str:
    """R10: inside one's own organization the supervisor comes first."""
    bosses = {row.id: row.name for row in wb.contacts.rows() if row.how_known == "supervisor"}
    if not bosses:
        return ""
    asked = {m.contact_id: m.reply for m in wb.messages.rows() if m.purpose == "permission"}
    said = []
    for id, name in bosses.items():
        if id not in asked:
            said.append(("next", f"Before you ask colleagues, ask {name} for permission: step 5."))
        elif asked[id] == "yes":
            said.append(("ok", f"{name} has agreed that you talk with colleagues."))
        elif asked[id] != "no":
            said.append(("advice", f"{name} has not said yes yet: wait before you ask colleagues."))
    return forms.lines(said)


def nearest(wb: Workbook, occupation_id: str = "", organization_id: str = "", most: int = 5):
    """Say who in the log is nearest to an occupation or an organization, as (kind, sentence).

    Nearest first: people whom the learner knows, those whom somebody named (through whom, and
    whether the name may be used), the others. An explicit "nobody yet" and what to try next.
    """
    wanted = []
    if occupation_id:
        title = wb.label("occupations", occupation_id)
        wanted.append((title, _tells_about(occupation_id, title)))
    if organization_id:
        title = wb.label("organizations", organization_id)
        wanted.append((title, lambda row: row.organization_id == organization_id))
    through: dict[str, list[Any]] = defaultdict(list)
    for referral in wb.referrals.rows() if wanted else ():
        through[referral.to_contact_id].append(referral)
    said = []
    for title, fits in wanted:
        ranked = sorted(
            (_nearness(wb, row, through[row.id]) for row in wb.contacts.rows() if fits(row)),
            key=lambda one: one[0],
        )
        said += [("note", f"{title}: {sentence}") for _, sentence in ranked[:most]]
        if len(ranked) > most:
            said.append(("note", f"{title}: and {len(ranked) - most:,} more in your log."))
        if not ranked:
            said.append(("next", f"{title}: nobody yet. {_try_next(wb)}"))
        elif len(ranked) < 3:  # R12
            said.append(("advice", f"{title}: one or two views are few. {_try_next(wb)}"))
    return said


def _tells_about(occupation_id: str, title: str) -> Callable[[Any], bool]:
    from rapidfuzz import fuzz

    def fits(row: Any) -> bool:
        if row.occupation_id:
            return row.occupation_id == occupation_id
        return bool(row.job_title) and (
            fuzz.token_set_ratio(imports.fold(row.job_title), imports.fold(title)) >= 85
        )

    return fits


def _nearness(wb: Workbook, row: Any, referrals: list[Any]) -> tuple[int, str]:
    who = f"{row.name} ({row.job_title})" if row.job_title.strip() else row.name
    if row.how_known in KNOWN:
        return 0, f"{who}: you know them yourself ({row.how_known})."
    for may, rank, words in (
        ("yes", 1, "{}: through {}, whose name you may use."),
        ("not asked", 2, "{}: through {}. Ask whether you may use the name: step 5, permission."),
        ("no", 3, "{}: {} named them and wishes to stay unnamed; write without the name."),
    ):
        for referral in referrals:
            if referral.may_use_name == may and referral.from_contact_id in wb.contacts:
                return rank, words.format(who, wb.label("contacts", referral.from_contact_id))
    known = f" ({row.how_known})" if row.how_known else ""
    return 4, f"{who}: in your log{known}; nobody you know leads there yet."


def _try_next(wb: Workbook) -> str:
    some = {row.how_known for row in wb.contacts.rows()}
    for sources, (title, hint) in sources_in_order(wb):
        if not some.intersection(sources) and "" not in sources:
            return f"Try next: {title[0].lower()}{title[1:]}. {hint}"
    return "Ask the people you have met whom else they would talk to."


# --- people ---------------------------------------------------------------------------------


def people(wb: Workbook) -> w.VBox:
    """The form for a person: name, how to say it, workplace, how they are known (R11)."""
    form = forms.Form(
        wb,
        "contacts",
        ("name", "salutation", "pronunciation", "job_title", "organization_id", "occupation_id",
         "how_known", "email", "why_them"),
        more=("phone", "profile_url", "location", "keep_in_touch_days", "rested_on", "notes"),
        key="outreach",
    )  # fmt: skip
    return is_part(wb, "people", form).widget


def referrals(wb: Workbook) -> w.VBox:
    """The form for who named whom, and whether the name may be used."""
    form = forms.Form(
        wb, "referrals", ("from_contact_id", "to_contact_id", "referred_on", "may_use_name"),
        key="outreach",
    )  # fmt: skip

    def make() -> str:
        reached = {row.contact_id for log in (wb.messages, wb.interviews) for row in log.rows()}
        waiting = [r for r in wb.referrals.rows()
                   if r.may_use_name == "not asked" and r.to_contact_id not in reached]  # fmt: skip
        return forms.lines(
            ("advice", f"{wb.label('contacts', r.from_contact_id)} named "
             f"{wb.label('contacts', r.to_contact_id)}: ask whether you may say so. Until then "
             "drafts do without the name.") for r in waiting[:3]
        )  # fmt: skip

    return forms.panel(
        form.widget,
        forms.live(wb, "permissions", make, ("referrals", "contacts", "messages", "interviews")),
    )


# --- replies ------------------------------------------------------------------------------------


def replies(wb: Workbook) -> w.VBox:
    """What came back: yes, no, later, or bounced, with the day."""
    said = forms.markup()
    undo = Undo(wb, said)
    reply = forms.field(w.Dropdown, "Their reply", options=REPLIES, value="yes")
    on = forms.date_field(w.DatePicker, "Replied on", value=forms.now_in(wb).date())

    def load(id: str) -> None:
        if id:
            row = wb.messages.get(id)
            reply.value = "yes" if row.reply == "none yet" else row.reply
            forms.set_date(on, row.replied_on or forms.now_in(wb).date())

    message = forms.RowPicker(wb, "messages", "Which message was answered", on_change=load)

    def save() -> str:
        if not message.row:
            raise WorkbookError("Choose which message was answered.")
        row = message.row
        day, sent_on = None if reply.value == "none yet" else forms.date_in(on), day_sent(wb, row)
        if day and day < sent_on:
            raise WorkbookError(
                f"Replied on is {forms.in_words(day)}, before it was sent on "
                f"{forms.in_words(sent_on)}. Correct one of the two days."
            )
        wb.messages.revise(row.id, reply=reply.value, replied_on=day)
        undo.made()
        after = _AFTER_REPLY[reply.value]
        if row.purpose not in ASKS and reply.value in ("yes", "no"):
            after = after.partition(" Next: ")[0]  # a yes to a thank-you note is no meeting
        return f"Saved: {after.format(name=wb.label('contacts', row.contact_id))}"

    return forms.panel(
        message.widget,
        forms.grid(reply, on),
        forms.bar(
            forms.button("Save the reply", save, said, main=True),
            undo.button,
        ),
        said,
    )


_AFTER_REPLY = {
    "none yet": "no reply from {name} yet. The message counts as unanswered again.",
    "yes": "{name} replied yes. Next: log the meeting in step 7.",
    "no": "{name} replied no. Next: thank them for the answer, and let it rest.",
    "later": "{name} replied later. Next: note when to write again, as a next step on "
    "page 5 Review, step 12.",
    "bounced": "the message to {name} bounced. Next: correct the address in step 2 and send it "
    "again.",
}

# --- meetings -------------------------------------------------------------------------------------


def meetings(wb: Workbook) -> w.VBox:
    """Log a meeting; confirm, move or cancel one; take it to a calendar program."""
    coming = _Meetings(wb)

    def saved(row: Any) -> None:
        coming.show(row)
        if words := _passed(wb, row):
            form.said.value += forms.line("advice", words, answers=True)

    form = forms.Form(
        wb,
        "interviews",
        ("contact_id", "occupation_id", "format", "starts_at", "timezone", "minutes", "place",
         "status"),
        more=("goal_id", "travel_minutes", "wear"),
        defaults={"minutes": wb.course.interview.default_minutes,
                  "timezone": lambda: str(forms.zone_of(wb) or "")},
        on_saved=saved,
        key="outreach",
    )  # fmt: skip
    is_part(wb, "meeting", form)
    return forms.panel(form.widget, coming.widget)


class _Meetings:
    """The meeting at hand in both zones, with what can be done about it."""

    def __init__(self, wb: Workbook):
        self.wb, self.said, self.shown = wb, forms.markup(), forms.markup()
        self.undo = Undo(wb, self.said, self._undone)
        self.meeting = forms.RowPicker(
            wb, "interviews", "Meeting to confirm, move or cancel",
            where=lambda row: row.status in ("proposed", "confirmed"), on_change=self._picked,
        )  # fmt: skip
        self.at_hand = ""  # the meeting at hand stays so when its time, and so its name, changes
        self.new_time = forms.date_field(
            w.NaiveDatetimePicker, "New date and time, in the meeting's zone"
        )
        self.status = forms.bar(
            forms.button("It is confirmed", self.confirm, self.said, main=True),
            forms.button("Move it to the new time", self.move, self.said),
            forms.button("Cancel it", self.cancel, self.said),
        )
        self.actions = forms.column(self.shown, self.new_time, self.status)
        undo = forms.bar(self.undo.button)  # which stays when a cancelled meeting's others go
        self.last = forms.markup()  # a meeting just cancelled, with its calendar file
        self.cancelled = ""  # its id
        self.widget = forms.panel(self.meeting.widget, self.actions, self.said, undo, self.last)
        wb.watch("outreach meetings", lambda table: self._look())
        options = [id for _, id in self.meeting.widget.options if id]
        if len(options) == 1:
            self.meeting.widget.value = options[0]
        self._look()

    def show(self, row: Any) -> None:
        self.at_hand = row.id
        self._look()

    def _picked(self, id: str) -> None:
        if id:
            self.at_hand = id
            self._look()

    def _look(self) -> None:
        self.meeting.refresh()
        offered = [id for _, id in self.meeting.widget.options]
        if self.at_hand not in offered:
            self.at_hand = ""
        if self.meeting.id != self.at_hand:
            self.meeting.widget.value = self.at_hand
        row = self.meeting.row
        forms.show(self.actions, row)
        self.shown.value = _of_meeting(self.wb, row) if row else ""
        last = None
        if self.cancelled and self.cancelled in self.wb.interviews:
            last = self.wb.interviews.get(self.cancelled)
        is_off = last is not None and last.status == "cancelled"  # Undo brings it back
        self.last.value = _of_meeting(self.wb, last) if is_off else ""

    def _undone(self) -> None:
        self.at_hand = self.at_hand or self.cancelled
        self._look()

    def _row(self) -> Any:
        if not self.at_hand:
            raise WorkbookError("Choose the meeting first.")
        return self.wb.interviews.get(self.at_hand)

    def confirm(self) -> str:
        row = self.wb.interviews.revise(self._row().id, status="confirmed")
        self.undo.made()
        self._look()
        try:
            part_of_page(self.wb, "letter", 5).open(row.contact_id, "confirmation", row.id)
        except WorkbookError as error:
            raise WorkbookError(f"The meeting is confirmed. {error}") from error
        return "Confirmed. A short note that says so is drafted in step 5."

    def move(self) -> str:
        row, self.cancelled = self._row(), ""
        if (new := forms.date_in(self.new_time)) is None:
            raise WorkbookError("Fill in the new date and time first.")
        row = self.wb.interviews.revise(row.id, starts_at=new)
        self.undo.made()
        self.new_time.value = None
        self._look()
        zone = getattr(forms.zone_of(self.wb), "key", "")
        return (
            f"Moved to {letters.in_both_zones(row, zone)}. Save the calendar file again: it "
            "takes the place of the earlier one. To tell them the new time, press It is "
            f"confirmed: it drafts the note. {_passed(self.wb, row)}"
        ).rstrip()

    def cancel(self) -> str:
        self.cancelled = self._row().id
        self.wb.interviews.revise(self.cancelled, status="cancelled")
        self.undo.made()
        self._look()
        return "Cancelled. The calendar file takes it out of your calendar."


def _passed(wb: Workbook, row: Any) -> str:
    """What to say of a meeting whose time is over and that is still planned; else nothing."""
    if row.status not in ("proposed", "confirmed") or row.starts_at > forms.now_in(wb):
        return ""
    return "That day has passed: is the year right? If it took place, go on with page 4 Debrief."


def _of_meeting(wb: Workbook, row: Any) -> str:
    zone = getattr(forms.zone_of(wb), "key", "")
    name = wb.label("contacts", row.contact_id)
    when = letters.in_both_zones(row, zone)
    said = forms.line("note", f"{name}, {when}, {row.minutes} minutes, {row.format}: {row.status}.")
    link = forms.download("Save for your calendar (.ics)", "meeting.ics", "text/calendar",
                          invitations.ics(wb, row.id))  # fmt: skip
    return f'{said}<div class="ii-bar">{link}</div>'


# --- on the spot (R17) ------------------------------------------------------------------------


def call_sheet(wb: Workbook) -> w.VBox:
    """One button: a one-page sheet for somebody who wants to talk right now."""
    said, sheet = forms.markup(), forms.markup()
    person = forms.RowPicker(wb, "contacts", "Who is on the phone", key="call sheet")

    def make() -> str:
        if not person.id:
            raise WorkbookError("Choose who is on the phone.")
        page = letters.call_sheet(wb, person.id, _five_questions(wb, person.id))
        body = page.partition("<body>")[2].partition("</body>")[0]
        link = forms.download(
            "Save the sheet to print", "call-sheet.html", "text/html", page.encode()
        )
        sheet.value = f'<div class="ii-bar">{link}</div><div class="ii-sheet">{body}</div>'
        return "Here is your sheet. Breathe in: you lead, and you thank first."

    return forms.panel(
        forms.grid(person.widget),
        forms.bar(forms.button("Make the call sheet", make, said, main=True)),
        said,
        sheet,
    )


def _five_questions(wb: Workbook, contact_id: str) -> list[str]:
    """The learner's own planned questions for this person, then a few from the bank."""
    meetings = {row.id for row in wb.interviews.rows() if row.contact_id == contact_id}
    own = [row for row in wb.questions.rows()
           if row.interview_id in meetings and row.outcome in ("planned", "reserve")]  # fmt: skip
    own.sort(key=lambda row: (row.outcome != "planned", row.position))
    asks = [row.text for row in own][:5]
    if len(asks) < 5:
        from ..questions import bank

        table = bank()
        for category in ("background", "work environment", "rewards", "industry", "advice"):
            some = table[table["category"] == category]["question"]
            if len(some) and some.iloc[0] not in asks:
                asks.append(some.iloc[0])
    return asks[:5]


# --- checks -----------------------------------------------------------------------------------


def check_outreach(wb: Workbook) -> w.VBox:
    """What is there on this page, and what comes next; reads the logs, grades nobody."""

    def make() -> str:
        contacts, messages = wb.contacts.rows(), wb.messages.rows()
        requests = [m for m in messages if m.purpose == "request"]
        target = wb.course.targets
        said = []
        if not contacts:
            said.append(("next", "Add the first person you know: step 2."))
        else:
            known = {row.how_known for row in contacts} - {""}
            sources = sum(not known.isdisjoint(of) for of in SOURCES)  # lines of step 1
            where = f", from {n_of(sources, 'source')}" if sources else ""
            said.append(("ok", f"{n_of(len(contacts), 'person', 'people')} in your log{where}."))
            if len(contacts) < target.contacts:
                left = target.contacts - len(contacts)
                said.append(("advice", f"Your course asks for {target.contacts}: {left} to go."))
        unknown = [row.name for row in contacts if not row.how_known]
        if 0 < len(unknown) <= 50:
            said.append(("advice", f"How do you know {_first(unknown, 3)}? Say it in step 2."))
        if contacts and not requests:
            said.append(("next", "Draft your first request: step 5."))
        elif requests:
            yes = len({m.contact_id for m in messages if m.purpose in ASKS and m.reply == "yes"})
            sent = n_of(len(requests), "request")
            said.append(("ok", f"{sent} sent, {n_of(yes, 'person', 'people')} said yes."))
        if any(m.reply == "yes" for m in messages if m.purpose in ASKS) and not len(wb.interviews):
            said.append(("next", "Somebody said yes: log the meeting in step 7."))
        return forms.lines(said)

    return forms.live(wb, "check outreach", make)


# Every way of knowing someone has its place in the guided list.
assert {s for sources in SOURCES for s in sources} == {*HOW_KNOWN, ""}
