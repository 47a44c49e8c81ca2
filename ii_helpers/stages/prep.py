"""Notebook 03: plan one meeting, print its sheet, keep it on course on the day (R6, R19-R28)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms
from ..facts import Facts
from ..invitations import IN_PERSON, minutes_early
from . import header as header
from . import open_workbook as open_workbook
from .live import on_the_day as on_the_day
from .meeting import (
    NO_MEETING,
    hour,
    keep,
    meeting_facts,
    n_of,
    name_of,
    panel_about,
    prepared,
    short,
)
from .meeting import choose_meeting as choose_meeting
from .planning import choose_questions as choose_questions
from .planning import coverage, minutes_each, ordered
from .planning import plan as plan
from .research import last_goal

if TYPE_CHECKING:
    from ..workbook import Workbook


# --- the research gate (R6) ------------------------------------------------------------------


def research_gate(wb: Workbook, meeting: Any) -> list[tuple[str, str]]:
    """Return what is known before a meeting and what is missing, as (kind, sentence)."""
    who = wb.contacts.get(meeting.contact_id)
    found = wb.findings.rows()
    about = Facts.of(wb).subjects.get(meeting.id, "")
    subjects = (
        ("the occupation", "occupation_id", about, "occupations"),
        ("the organization", "organization_id", who.organization_id, "organizations"),
        ("the person", "contact_id", who.id, "contacts"),
    )
    said, n = [], 0
    for words, column, id, table in subjects:
        known = [row for row in found if id and getattr(row, column) == id]
        n += len(known)
        name = wb.label(table, id) or "not named yet"
        if known:
            last = max(row.found_on for row in known)
            said.append(
                ("ok", f"{n_of(len(known), 'finding')} about {words} ({name}), "
                 f"the latest of {forms.in_words(last)}.")
            )  # fmt: skip
        else:
            said.append(("advice", f"Nothing found yet about {words} ({name})."))
    if not n:
        said.insert(
            0,
            ("warning", "You have read nothing yet for this meeting. A conversation adds to what "
             "you have read; it is not where research starts. Spend twenty minutes on page 1 "
             "Research first: you will ask better questions, and it shows respect."),
        )  # fmt: skip
    if about:
        from .research import knowledge

        rows = knowledge(wb, about)
        nothing = [r["category"] for r in rows if not r["n_findings"] and not r["n_answers"]]
        wanted = [category for r in rows if r["wanted"] and (category := r["category"]) in nothing]
        if wanted:
            said.append(("advice", f"Still open of what you want to know: {', '.join(wanted)}."))
        elif nothing:
            said.append(("note", f"Nothing read or heard yet on: {', '.join(nothing)}."))
    return said


def _warned(said: Iterable[tuple[str, str]]) -> str:
    """The HTML of things said, of which a warning is an alert that nothing went wrong in."""
    return "".join(
        f'<div class="ii-line ii-advice" role="alert"><b>Warning</b> {forms.escape(words)}</div>'
        if kind == "warning"
        else forms.line(kind, words)
        for kind, words in said
    )


def gate(wb: Workbook) -> w.VBox:
    """What the learner has read for this meeting, and what is missing."""
    return panel_about(
        prepared(wb), "gate", lambda row: _warned(research_gate(wb, row)),
        ("findings", "interviews", "contacts", "occupations", "questions"),
    )  # fmt: skip


# --- the objective (R3) ----------------------------------------------------------------------


def objective(wb: Workbook) -> w.VBox:
    """Which objective this meeting serves; a new one can be written in place."""
    meetings, said = prepared(wb), forms.markup()
    picker = forms.RowPicker(wb, "goals", "Objective for this meeting", key="prep")

    def use(id: str = "") -> str | None:
        goal = id or picker.id
        if not meetings.id:
            said.value = forms.line("next", NO_MEETING, answers=True)
        elif not goal:
            said.value = forms.line(
                "next", "Choose an objective, or write one below.", answers=True
            )
        else:
            wb.interviews.revise(meetings.id, goal_id=goal)
            return f"This meeting serves: {wb.goals.get(goal).objective}"
        return None

    def added(goal: Any) -> None:
        show()
        picker.id = goal.id
        if words := use(goal.id):
            said.value = forms.line("ok", words)

    def show() -> None:
        chosen, last = meetings.row.goal_id if meetings.id else "", last_goal(wb)
        picker.id = chosen or (last.id if last else "")
        words = "Choose what this meeting is for." if meetings.id else NO_MEETING
        said.value = "" if chosen else forms.line("next", words)

    meetings.watch("objective", show)
    show()
    form = forms.Form(
        wb, "goals", ("objective", "stage"), chooser=False, key="prep", on_saved=added,
        save_label="Save a new objective",
    )  # fmt: skip
    new = w.Accordion([form.widget], titles=("Write a new objective",), selected_index=None)
    use_it = forms.button("Use this objective", use, said, main=True)
    return forms.panel(picker.widget, forms.bar(use_it), said, new)


# --- the day: when to leave, what to bring (R23-R25) ------------------------------------------


def arrival(wb: Workbook, meeting: Any) -> list[tuple[str, datetime]]:
    """Return the times of the day in order: when to leave, to be there, to begin, to end.

    How early: see `minutes_early`.
    """
    starts, early = meeting.starts_at, minutes_early(wb, meeting)
    if meeting.format in IN_PERSON:
        times = [("Be there", -early)]
        if meeting.travel_minutes:
            times.insert(0, ("Leave", -early - meeting.travel_minutes))
    else:
        times = [("Be ready", -early)]
    times += [("Begin", 0), ("End, thank them", meeting.minutes)]
    exact = starts.astimezone(UTC)  # the clocks may change in between
    return [
        (words, (exact + timedelta(minutes=minutes)).astimezone(starts.tzinfo))
        for words, minutes in times
    ]


def to_do(wb: Workbook, meeting: Any) -> list[str]:
    """Return what to see to before this meeting, by its format."""
    resume = "Resume: carry one in case they ask; do not push it"
    if wb.course.interview.resume == "enclose":
        resume = "Resume: sent along with your request, as your course wishes; carry one as well"
    if meeting.format in IN_PERSON:
        return [
            "Clothes chosen: a notch above what people wear there",
            "Way and travel time looked up, with the entrance to use",
            resume,
            "A way to note their details: ask for a business card",
            "This sheet printed, a pen that works",
            "Phone silent",
        ]
    if meeting.format == "video":
        return [
            "Link opened once, camera and sound tried",
            "Quiet room, light from the front, a calm background",
            "Clothes chosen: as if you met in person",
            resume.replace("carry one", "have it open"),
            "This page open beside the video",
            "Their number at hand, in case the link fails",
        ]
    return [
        "Their number at hand, and who calls whom agreed",
        "Quiet room, battery full, good reception",
        resume.replace("carry one", "have it open"),
        "This page open, or the sheet printed",
        "A glass of water",
    ]


def checklist(wb: Workbook) -> w.VBox:
    """What to wear and bring, when to leave, and where: kept with the meeting."""
    return _Checklist(wb).widget


class _Checklist:
    def __init__(self, wb: Workbook):
        self.wb, self.meetings = wb, prepared(wb)
        self.said, self.times, self.boxes = forms.markup(), forms.markup(), forms.column()
        self._quiet = False
        self.wear = forms.field(w.Text, "What you will wear")
        self.travel = forms.field(w.Text, "Minutes to get there")
        self.place = forms.field(w.Text, "Place or link")
        save = forms.button("Save the plan for the day", self._save, self.said, main=True)
        self.fields = {"place": self.place, "travel_minutes": self.travel, "wear": self.wear}
        self._shown: dict[str, str] = {}  # as the log has it; what differs from it is typed here
        fields = forms.grid(self.place, self.travel, self.wear)
        self.widget = forms.panel(fields, forms.bar(save), self.said, self.times, self.boxes)
        for field in self.fields.values():
            field.observe(lambda _: self._keep(), "value")
        self.meetings.watch("checklist", self._show)
        wb.watch("checklist", lambda table: table == "interviews" and self._show(again=True))
        self._show()

    def _show(self, again: bool = False) -> None:
        """Show the meeting's plan and what is typed but not saved; again: it has changed."""
        meeting = self.meetings.row
        self.said.value = self.said.value if again else ""
        if meeting is None:
            self.said.value = forms.line("next", NO_MEETING)
            self.boxes.children, self._shown = (), {}
            return
        kept = self.wb.draft(self._key)
        values = kept[0] if kept else {}
        self._shown = {
            name: "" if (value := getattr(meeting, name)) is None else str(value)
            for name in self.fields
        }
        self._quiet = True
        for name, text in {**self._shown, **values.get("typed", {})}.items():
            self.fields[name].value = text
        self._quiet = False
        self._show_times()
        done = set(values.get("done", []))
        boxes = []
        for words in to_do(self.wb, meeting):
            box = forms.field(w.Checkbox, words, value=words in done, indent=False)
            box.observe(lambda _: self._keep(), "value")
            boxes.append(box)
        self.boxes.children = tuple(boxes)

    @property
    def _key(self) -> str:
        return f"checklist {self.meetings.id}"

    def _show_times(self) -> None:
        meeting = self.meetings.row
        rows = [{"On the day": words, "": hour(at)} for words, at in arrival(self.wb, meeting)]
        zone = f"Times in {meeting.timezone}" if meeting.timezone else "Times where you meet"
        html = forms.html_table(rows, zone)
        if meeting.format in IN_PERSON and not meeting.travel_minutes:
            html += forms.line("advice", "Look up the way: then this says when to leave.")
        self.times.value = html

    def _save(self) -> str | None:
        if not self.meetings.id:
            self.said.value = forms.line("next", NO_MEETING, answers=True)
            return None
        typed: dict[str, Any] = {**self._typed()}
        self.wb.interviews.revise(self.meetings.id, **typed)
        self._keep(typed={})
        self._show(again=True)
        return "Saved: the plan for the day."

    def _typed(self) -> dict[str, str]:
        """What is typed and not in the log: the rest may have been changed there since."""
        now = {name: field.value.strip() for name, field in self.fields.items()}
        return {name: text for name, text in now.items() if text != self._shown.get(name)}

    def _keep(self, typed: dict[str, str] | None = None) -> None:
        if self._quiet or not self._shown:
            return
        done = [box.description for box in self.boxes.children if box.value]
        values = {"done": done, "typed": self._typed() if typed is None else typed}
        keep(self.wb, self.meetings.id, self._key, values, self.said)


# --- the sheet ----------------------------------------------------------------------------------

CLOSING = (
    "Whom else would you suggest I talk to?",
    "May I say that you sent me?",
    "May I have your business card?",
    "Thank you. End on time.",
)
_SHEET_STYLE = """
@page { size: %(size)s; margin: 11mm; }
* { box-sizing: border-box; }
body { font: %(pt)spt/1.32 Georgia, "Noto Serif", "Liberation Serif", "Times New Roman",
  "Noto Sans CJK SC", serif; }
body { color: #111; margin: 0; }
@media screen { body { max-width: 186mm; margin: 8px auto; padding: 0 8px; } }
main { display: flex; flex-direction: column; height: %(height)smm; overflow: hidden; }
h1 { font-size: 1.45em; margin: 0; line-height: 1.2; } h2 { font-size: 1em; margin: 2.2mm 0 .8mm; }
p, ol, ul { margin: 0; } .facts { display: grid; grid-template-columns: 1fr 1fr; gap: .3mm 8mm; }
.facts div { padding-left: 20mm; text-indent: -20mm; }
.facts b { display: inline-block; min-width: 20mm; text-indent: 0; }
.quiet { color: #444; font-size: .9em; }
.ask { display: flex; flex-direction: column; flex: 1 1 0; list-style: none; padding: 0; }
.ask { min-height: 0; }
.ask li { flex: 1 1 auto; border-bottom: 1px solid #999; padding-top: 1mm; min-height: 7mm; }
.ask b { margin-right: 1.5mm; } .two { columns: 2; column-gap: 8mm; padding-left: 5mm; }
.two li { break-inside: avoid; } .box::before { content: "\\2610"; margin-right: 1.5mm; }
.closing { list-style: none; padding: 0; columns: 2; } * { overflow-wrap: anywhere; }
button { font: inherit; padding: 2mm 4mm; margin: 2mm 0; }
@media print { button { display: none; } }
@media screen and (max-width: 600px) {
  main { height: auto; } .facts { display: block; } .two, .closing { columns: 1; }
  .ask { flex: none; }
}
"""


def sheet_html(wb: Workbook, interview_id: str, size: str = "A4") -> str:
    """Return the sheet to take along: one printable page as a whole HTML document.

    size: A4 or Letter. Long texts are cut with a sign so that the page stays one page; the
    letters become smaller as the plan grows.
    """
    meeting = wb.interviews.get(interview_id)
    rows = ordered(wb, interview_id)
    planned = [row for row in rows if row.outcome != "reserve"][:10]
    reserve = [row for row in rows if row.outcome == "reserve"][:6]
    longest = 190 if len(planned) <= 6 else 130
    letters = sum(min(len(row.text), longest) for row in planned)
    letters += sum(min(len(row.text), 90) for row in reserve)
    points = 11 if letters < 700 else 10 if letters < 1100 else 9
    goal = wb.goals.get(meeting.goal_id).objective if meeting.goal_id in wb.goals else ""
    facts = [(name, str(value)) for name, value in (r.values() for r in meeting_facts(wb, meeting))]
    facts = [(name, value) for name, value in facts if name not in ("With", "Status")]
    times = ", ".join(f"{words.lower()} {hour(at)}" for words, at in arrival(wb, meeting))
    facts.append(("On the day", times))
    if meeting.format in IN_PERSON:
        who = wb.contacts.get(meeting.contact_id)
        place = wb.label("organizations", who.organization_id)
        where = place and wb.organizations.get(who.organization_id).location or who.location
        if words := ", ".join(part for part in (place, where) if part and part != meeting.place):
            facts.append(("On a map", words))
    if meeting.wear:
        facts.append(("Wear", meeting.wear))
    e = forms.escape
    parts = [
        f"<h1 dir=auto>{e(short(name_of(wb, meeting), 110))}</h1>",
        '<div class="facts">',
        *(f"<div dir=auto><b>{e(name)}</b> {e(short(value, 120))}</div>" for name, value in facts),
        "</div>",
    ]
    if goal:
        parts.append(f"<h2>What I want to find out</h2><p dir=auto>{e(short(goal, 220))}</p>")
    parts.append("<h2>Begin with thanks, and say how long you will take</h2>")
    each = minutes_each(meeting, len(planned))
    title = f"Questions, about {each:.0f} minutes each" if planned else "Questions"
    asks = [f"<li dir=auto><b>{n}</b>{e(short(row.text, longest))}</li>"
            for n, row in enumerate(planned, 1)]  # fmt: skip
    asks += ["<li></li>"] * max(0, 3 - len(asks))
    parts.append(f'<h2>{title}</h2><ol class="ask">{"".join(asks)}</ol>')
    if reserve:
        items = "".join(f"<li dir=auto>{e(short(row.text, 90))}</li>" for row in reserve)
        parts.append(f'<h2>In reserve</h2><ul class="two quiet">{items}</ul>')
    parts.append("<h2>Noticed: dress, how people speak, what they laugh about</h2><p>&nbsp;</p>")
    closing = "".join(f'<li class="box">{words}</li>' for words in CLOSING)
    parts.append(f'<h2>Before you leave</h2><ul class="closing">{closing}</ul>')
    height = 272 if size == "A4" else 255
    style = _SHEET_STYLE % {"size": size, "pt": points, "height": height}
    button = '<button onclick="window.print()">Print this sheet</button>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Sheet for {e(short(name_of(wb, meeting), 80))}</title><style>{style}</style>"
        f"</head><body>{button}<main>{''.join(parts)}</main></body></html>"
    )


def sheet(wb: Workbook) -> w.VBox:
    """The printable sheet, shown in place; nothing about the person is written to a file."""
    size = forms.field(w.Dropdown, "Paper", options=["A4", "Letter"])
    meetings = prepared(wb)

    def make(meeting: Any) -> str:
        html = sheet_html(wb, meeting.id, size.value)
        link = forms.download("Save the sheet as a file", "meeting-sheet.html", "text/html",
                              html.encode())  # fmt: skip
        return (
            '<iframe title="The sheet for this meeting" sandbox="allow-scripts allow-modals" '
            f'srcdoc="{forms.escape(html)}" '
            'style="width:100%;height:620px;border:1px solid #8f8f8f;background:#fff"></iframe>'
            f'<div class="ii-bar">{link}</div>'
        )

    shown = panel_about(
        meetings, "sheet", make,
        ("questions", "interviews", "contacts", "organizations", "goals", "learner"),
    )  # fmt: skip
    size.observe(lambda _: meetings.tell(), "value")
    return forms.panel(size, shown)


# --- what is done -------------------------------------------------------------------------------


def check_prep(wb: Workbook) -> w.VBox:
    """What this meeting's preparation has, and what it still wants."""
    return panel_about(prepared(wb), "check prep", lambda row: forms.lines(prep_done(wb, row)))


def prep_done(wb: Workbook, meeting: Any) -> list[tuple[str, str]]:
    """Return what is ready for a meeting and what comes next, as (kind, sentence)."""
    who = wb.label("contacts", meeting.contact_id)
    if meeting.status == "held":
        on = forms.in_words(meeting.starts_at.date())
        return [("note", f"You met {who} on {on}: there is nothing left to prepare. The next "
                 "meeting is here once you log it on page 2 Outreach.")]  # fmt: skip
    kind, words = next(said for said in research_gate(wb, meeting) if said[0] in ("warning", "ok"))
    said = [("next" if kind == "warning" else kind, words)]
    if meeting.goal_id:
        said.append(("ok", "This meeting has an objective."))
    else:
        said.append(("next", "Choose the objective of this meeting: step 3."))
    said += [line for line in coverage(wb, meeting) if line[0] in ("ok", "next", "advice")][:1]
    if meeting.format in IN_PERSON and meeting.travel_minutes is None:
        said.append(("next", "Look up the way and when to leave: step 6."))
    if not meeting.place and meeting.format != "phone":
        said.append(("next", f"Ask {who} where you meet, and note it in step 6."))
    return said
