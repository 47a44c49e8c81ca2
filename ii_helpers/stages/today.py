"""Today, on page 2: what waits for the learner, who is let rest, and what other pages ask for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as w

from .. import forms
from ..errors import WorkbookError
from ..facts import ANSWERS, ASKS
from . import PAGES
from .undoing import Undo
from .writing import part_of_page

if TYPE_CHECKING:
    from ..workbook import Workbook

HERE = "02_outreach"
HANDFUL, FEW = 6, 3  # how many things are shown: of this page, and of others
# What measures.due says is due here -> what the button does and says.
_ACTIONS = {
    "follow-up": ("follow-up", "Draft the follow-up"),
    "confirmation": ("confirmation", "Draft the confirmation"),
    "referral": ("request", "Draft the request"),
    "keep in touch": ("keep in touch", "Draft a short hello"),
    "arrange": ("meeting", "Log the meeting"),
    "bounced": ("address", "Correct the address"),
}


class Waiting(NamedTuple):
    """One line: what there is to do, with whom, which of _ACTIONS does it, on what meeting."""

    text: str
    contact_id: str
    what: str
    interview_id: str = ""


def waiting(wb: Workbook, today: date, due: list[dict[str, Any]] | None = None) -> list[Waiting]:
    """Return what outreach asks for on a day, most urgent first. Reads the logs only.

    due: what `measures.due` says, where that is known already
    """
    found = [
        Waiting(row["action"], row["contact_id"], row["what"], row["interview_id"])
        for row in (_due(wb, today) if due is None else due)
        if row["what"] in _ACTIONS
    ]
    last = {m.contact_id: m for m in sorted(wb.messages.rows(), key=lambda m: m.sent_at)}
    rested = _rested(wb)
    for id, message in last.items():
        if message.reply == "bounced" and not _is_reached_since(wb, message):
            sent_on = day_sent(wb, message)
            if sent_on <= rested.get(id, date.min):  # it came back on the day itself
                continue
            on = forms.in_words(sent_on)
            name = wb.label("contacts", id)
            text = (
                f"The message to {name} of {on} came back. Correct the address and send it again."
            )
            found.append(Waiting(text, id, "bounced"))
    return found


def _rested(wb: Workbook) -> dict[str, date]:
    """Contact id -> the day on which the learner let this person rest."""
    return {row.id: row.rested_on for row in wb.contacts.rows() if row.rested_on}


def _is_reached_since(wb: Workbook, message: Any) -> bool:
    """Whether a meeting came after a message that bounced, or, after a request, is set, or
    another request was answered by then."""
    if message.purpose in ASKS and any(
        row.contact_id == message.contact_id and row.purpose in ASKS and row.reply in ANSWERS
        and row.replied_on and row.replied_on >= day_sent(wb, message)
        for row in wb.messages.rows()
    ):  # fmt: skip
        return True
    enough = ("held", "proposed", "confirmed") if message.purpose in ASKS else ("held",)
    return any(
        row.contact_id == message.contact_id and row.status in enough
        and row.starts_at >= message.sent_at
        for row in wb.interviews.rows()
    )  # fmt: skip


def _due(wb: Workbook, today: date) -> list[dict[str, Any]]:
    from .. import measures

    return [row for row in measures.due.records(wb, today) if row["how_late"] != "soon"]


def elsewhere(wb: Workbook, due: list[dict[str, Any]]) -> list[str]:
    """Return what is due today on the other pages of the course, as sentences."""
    said = []
    for row in due:
        if row["page"] == HERE or row["page"] not in wb.course.pages.used:
            continue
        action = row["action"].removesuffix(".")
        if not row["task"]:  # our own words; a next step is the learner's
            action = action[:1].lower() + action[1:]
        late = f", {row['how_late']}" if row["how_late"] in ("late", "overdue") else ""
        page = f"page {list(PAGES).index(row['page'])} {PAGES[row['page']]}"
        said.append(f"On {page}: {action}{late}.")
    return said


def resting(wb: Workbook, today: date) -> tuple[list[str], list[Waiting]]:
    """Return whose reply the learner still waits for, in words, and whom to let rest."""
    limit = len(wb.course.follow_up.business_days)
    threads: dict[str, list[Any]] = defaultdict(list)
    for m in sorted(wb.messages.rows(), key=lambda m: m.sent_at):
        if m.purpose == "request":
            threads[m.contact_id] = [m]
        elif m.purpose == "follow-up" and m.contact_id in threads:
            threads[m.contact_id].append(m)
    zone = forms.zone_of(wb)
    met: dict[str, date] = {}  # the day of the last meeting, whatever became of it
    for row in wb.interviews.rows():
        day = row.starts_at.astimezone(zone).date()
        met[row.contact_id] = max(day, met.get(row.contact_id, day))
    waits, rest, rested = [], [], _rested(wb)
    for id, thread in threads.items():
        sent_on = day_sent(wb, thread[-1])
        is_met = id in met and met[id] >= day_sent(wb, thread[0])
        if is_met or sent_on < rested.get(id, sent_on):
            continue
        if any(m.reply != "none yet" for m in thread):
            continue
        days = _business_days(sent_on, today)
        name = wb.label("contacts", id)
        waited = f"{days} business day{'' if days == 1 else 's'}"
        if len(thread) > limit and days >= (wb.course.follow_up.business_days or (5,))[-1]:
            did = "followed up" if len(thread) > 1 else "wrote"
            text = f"{name}: you {did} {waited} ago. Let it rest, and ask others."
            rest.append(Waiting(text, id, "rest"))
        else:
            waits.append(f"{name} ({waited})")
    return waits, rest


def _business_days(start: date, end: date) -> int:
    """The days after `start`, up to `end`, that are no Saturday or Sunday."""
    weeks, days = divmod(max(0, (end - start).days), 7)
    return 5 * weeks + sum((start.weekday() + n) % 7 < 5 for n in range(1, days + 1))


def follow_through(wb: Workbook, today: date | None = None) -> w.VBox:
    """What waits for the learner today: a handful of lines, each with its one-click action."""
    box, said = forms.column(), forms.markup()
    shown: list[Any] = []

    def look(_: object = None) -> None:
        now = today or forms.now_in(wb)
        day = now.date() if isinstance(now, datetime) else now
        due = _due(wb, now)
        lines, others, (waits, rest) = waiting(wb, day, due), elsewhere(wb, due), resting(wb, day)
        if shown == [(lines, others, waits, rest)]:
            return
        shown[:] = [(lines, others, waits, rest)]
        parts: list[w.Widget] = []
        for one in lines[:HANDFUL]:
            name = wb.label("contacts", one.contact_id)
            label = f"{_ACTIONS[one.what][1]}: {name}"
            act = forms.button(label, partial(act_on, one), said)
            parts.append(forms.bar(forms.markup(forms.line("next", one.text)), act))
        notes = [("next", text) for text in others[:FEW]]
        if len(others) > FEW:
            notes.append(("note", f"{len(others) - FEW} more on other pages."))
        notes += [("note", one.text) for one in rest[:HANDFUL]]
        if waits:
            more = f" and {len(waits) - HANDFUL} more" if len(waits) > HANDFUL else ""
            notes.append(("note", f"Waiting for a reply: {', '.join(waits[:HANDFUL])}{more}."))
        if not lines:
            here = " on this page" if others else ""
            notes.insert(0, ("ok", f"Nothing waits for you{here} today."))
        elif len(lines) > HANDFUL:
            n = len(lines) - HANDFUL
            comes = "comes" if n == 1 else "come"
            notes.insert(0, ("note", f"{n} more {comes} up when these are done."))
        box.children = (*parts, forms.markup(forms.lines(notes)))
        may_rest.clear()
        may_rest.update(one.contact_id for one in [*lines, *rest] if one.what != "confirmation")
        person.refresh()
        forms.show(resting_bar, may_rest)

    def let_rest() -> str:
        if not person.id:
            raise WorkbookError("Choose whom to let rest.")
        on = today or forms.now_in(wb).date()
        row = wb.contacts.revise(person.id, rested_on=on)
        undo.made()
        if not may_rest:  # the button that was pressed is gone
            forms.focus(undo.button)
        return f"{row.name} rests: nothing is asked of you until you write or meet again."

    def act_on(one: Waiting) -> str:
        do = _ACTIONS[one.what][0]
        if do == "address":
            form = part_of_page(wb, "people", 2)
            form.edit(one.contact_id)
            forms.focus(form.fields["email"].widget)
            return "The person is open in step 2."
        if do == "meeting":
            form = part_of_page(wb, "meeting", 7)
            _start_over(form, 7)
            form.set(contact_id=one.contact_id)
            forms.focus(form.fields["starts_at"].widget)
            return "The person is chosen in step 7: fill in the date and the time."
        about = one.interview_id if do == "confirmation" else ""
        part_of_page(wb, "letter", 5).open(one.contact_id, do, about)
        return "It is drafted in step 5."

    may_rest: set[str] = set()
    person = forms.RowPicker(
        wb, "contacts", "Let somebody rest", where=lambda row: row.id in may_rest, key="rest"
    )
    undo = Undo(wb, said)
    resting_bar = forms.bar(person.widget, forms.button("Let them rest", let_rest, said))
    look()
    forms.watch(wb, "outreach follow-through", look)
    return forms.panel(box, resting_bar, forms.bar(undo.button), said)


def _start_over(form: forms.Form, step: int) -> None:
    """Make a form ready for a new row; what is typed in one and not saved stops it."""
    form._start_new()  # what is typed in another row waits there
    # A person whom such a button has chosen is no typing.
    blank = {**form._blank(), "contact_id": form.fields["contact_id"].typed()}
    now = {name: shown.typed() for name, shown in form.fields.items()}
    if any(str(now[name] or "") != str(blank[name] or "") for name in now):
        raise WorkbookError(
            f"Step {step} holds what you typed and have not saved yet. Save it there, or empty "
            "its fields, then press this button again."
        )


def day_sent(wb: Workbook, message: Any) -> date:
    """The day of a message on the learner's calendar, as measures count it."""
    return message.sent_at.astimezone(forms.zone_of(wb)).date()
