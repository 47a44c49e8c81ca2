"""Notebook 04: write down what was heard, thank, and find everything again (R27-R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms
from ..errors import WorkbookError
from ..tables import CATEGORIES, GOAL_STAGES, LOST, MAY_USE_NAME, TABLES
from . import header as header
from . import open_workbook as open_workbook
from .debriefing import (
    OBSERVATIONS,
    REFLECTION,
    as_day,
    blank_state,
    heard,
    is_blank,
    new_id,
    new_person,
    people_faults,
    save_debrief,
    take_live_notes,
)  # fmt: skip
from .live import live_key, live_notes
from .meeting import NO_DEBRIEF, Later, debriefed, keep, panel_about
from .planning import ordered
from .research import Ratings, last_goal
from .thanking import thank_you as thank_you
from .thanking import thank_you_clock
from .undoing import Undo

if TYPE_CHECKING:
    from ..workbook import Workbook

Clock = Callable[[], datetime]


# Our own question for each part of the reflection (R31); the labels are those of the table.
PROMPTS = {
    "learned": "What would you tell a friend tonight? It is what the thank-you note begins with.",
    "advice": "What did they tell you to do, read, try or avoid?",
    "liked": "What made you think: I would like that?",
    "concerns": "What made you pause that you had not thought of before?",
    "advantages": "What speaks for this work that you did not know this morning?",
    "discovered": "Which occupation, team or organization did you hear of for the first time?",
    "strengths": "What in you did this talk bring out, or did they notice?",
    "weaknesses": "Where did you wish you had known, done or practiced more?",
    "next_steps": "In a sentence: where do you go from here? Single steps with dates come below.",
    "effect_on_goal": "What does this talk do to your objective: firmer, wider, somewhere else?",
    "dress": "What did people wear, from formal to muddy?",
    "communication": "How did people speak with each other: open, brief, in writing, by rank?",
    "humor": "What did people laugh about, if they did?",
    "would_work_there": "From what you saw, with these people, in that place.",
}

NO_CRITERIA = "Name what matters to you on page 1 Research, step 1; then rate it here in step 7."

# --- which meeting -------------------------------------------------------------------------


def choose_meeting(wb: Workbook, clock: Clock | None = None) -> w.VBox:
    """Which meeting is debriefed; one in the past that is still planned is set right here."""
    clock = clock or (lambda: forms.now_in(wb))
    meetings, said, shown = debriefed(wb), forms.markup(), forms.markup()
    said.add_class("ii-said")
    undo = Undo(wb, said, meetings.tell)

    def set_status(status: str, words: str) -> Callable[[], str | None]:
        def do() -> str | None:
            if not meetings.id:
                return None
            wb.interviews.revise(meetings.id, status=status)
            undo.made()
            meetings.tell()
            return words

        return do

    took_place = forms.button(
        "It took place",
        set_status("held", "Noted: it took place. It counts as held."),
        said,
        main=True,
    )
    cancelled = forms.button(
        "It was cancelled", set_status("cancelled", "Noted: it was cancelled."), said
    )
    no_show = forms.button(
        "They did not come", set_status("no-show", "Noted: they did not come."), said
    )
    buttons = forms.bar(took_place, cancelled, no_show)
    picker = forms.RowPicker(
        wb, "interviews", "Meeting to debrief", on_change=meetings.choose, key="debrief"
    )

    def show() -> None:
        meeting = meetings.row
        if any(id == meetings.id for _, id in picker.widget.options):
            picker.widget.value = meetings.id
        kind, words = meeting_state(wb, meeting, clock()) if meeting else ("next", NO_DEBRIEF)
        shown.value = forms.line(kind, words)
        forms.show(buttons, meeting and meeting.status != "held")

    meetings.watch("choose", show)
    wb.watch("debrief choose", lambda table: table in ("interviews", "debriefs") and show())
    show()
    return forms.panel(picker.widget, shown, buttons, said, forms.bar(undo.button))


def meeting_state(wb: Workbook, meeting: Any, now: datetime) -> tuple[str, str]:
    """Return what there is to say about debriefing this meeting, as (kind, sentence)."""
    who, when = wb.label("contacts", meeting.contact_id), forms.in_words(meeting.starts_at)
    here = meeting.starts_at.astimezone(now.tzinfo)
    if here.utcoffset() != meeting.starts_at.utcoffset():
        from ..letters import zone_words

        zone = meeting.timezone
        when = f"{when} {zone_words(zone)}" if zone else forms.in_words(here)
    written = [row for row in wb.debriefs.rows() if row.interview_id == meeting.id]
    if written:
        on = forms.in_words(written[0].recorded_at.astimezone(now.tzinfo))
        return "ok", f"You debriefed this meeting with {who} on {on}. You can go on with it here."
    if meeting.status in LOST:
        return "advice", f"The meeting with {who} is marked {meeting.status}: nothing to debrief."
    if meeting.status == "held":
        hours = (now - meeting.starts_at).total_seconds() / 3600
        late = "" if hours < 2 else " The sooner you write, the more you keep."
        return "next", f"You met {who} on {when}. Write down what you heard.{late}"
    if meeting.starts_at > now:
        return "note", f"The meeting with {who} is still to come: {when}. Debrief it afterwards."
    return (
        "advice",
        f"The meeting with {who} was planned for {when} and still says {meeting.status}. "
        "Did it take place?",
    )


# --- the debrief, in parts that are saved as one -----------------------------------------------


def answers(wb: Workbook) -> w.VBox:
    """Each question with what was asked and what was answered."""
    return _Debrief.of(wb).answers


def reflection(wb: Workbook) -> w.VBox:
    """What the learner makes of it, each part with its own prompt."""
    return _Debrief.of(wb).reflection


def observations(wb: Workbook) -> w.VBox:
    """Dress, communication, humor, and whether one would work there."""
    return _Debrief.of(wb).observations


def people(wb: Workbook) -> w.VBox:
    """The people they named, with permission to use their name; saved as contacts."""
    return _Debrief.of(wb).people


def next_steps(wb: Workbook) -> w.VBox:
    """What to do next, each with a date; and which of the earlier ones is done."""
    return forms.panel(_Debrief.of(wb).steps, _done_steps(wb))


def _done_steps(wb: Workbook) -> w.VBox:
    """The open next steps of all meetings, to mark one as done."""
    said = forms.markup()
    undo = Undo(wb, said)
    step = forms.RowPicker(
        wb, "tasks", "A next step that is done", where=lambda row: row.done_on is None, key="done"
    )

    def done() -> str:
        if not step.row:
            raise WorkbookError("Choose which next step is done.")
        row = wb.tasks.revise(step.id, done_on=forms.now_in(wb).date())
        undo.made()
        return f"Noted as done: {row.task}"

    button = forms.button("It is done", done, said)
    return forms.panel(step.widget, forms.bar(button, undo.button), said)


def fit(wb: Workbook) -> w.VBox:
    """How the occupation meets each criterion now, beside the last rating."""
    return _Debrief.of(wb).fit


def objective(wb: Workbook) -> w.VBox:
    """What it did to the objective, and the new one if it moved."""
    return _Debrief.of(wb).objective


def save(wb: Workbook) -> w.VBox:
    """The one button that saves all the parts together."""
    return _Debrief.of(wb).saving


class _Debrief:
    """The widgets of one debrief. What is typed is kept as a draft until Save."""

    _all: WeakKeyDictionary[Workbook, _Debrief] = WeakKeyDictionary()

    @classmethod
    def of(cls, wb: Workbook) -> _Debrief:
        if wb not in cls._all:
            cls._all[wb] = cls(wb)
        return cls._all[wb]

    def __init__(self, wb: Workbook):
        self.wb, self.meetings = wb, debriefed(wb)
        self.state: dict[str, Any] = {}
        self.loaded = ""
        self._quiet = self._is_saving = False
        self._saver = Later(self._write_draft)
        self.said, self.said_of_question = forms.markup(), forms.markup()
        self._bodies: list[w.Widget] = []
        self._questions = forms.column()
        self._came_up = forms.field(w.Text, "Another question you asked")
        self._came_up_category = forms.field(
            w.Dropdown,
            "Category of that question",
            options=[("(choose)", ""), *((name, name) for name in CATEGORIES)],
        )
        came_up = forms.button("Add that question", self._add_question, self.said_of_question)
        self.fields = {name: self._text_field(name) for name in PROMPTS}
        self._people, self._steps = forms.column(), forms.column()
        self._due_fields: list[tuple[w.DatePicker, w.VBox, w.HTML]] = []  # of the steps
        self._person_fields: dict[tuple[int, str], tuple[w.Widget, w.HTML]] = {}
        self._saved_people, self._saved_steps = forms.markup(), forms.markup()
        self._occupation = forms.RowPicker(
            wb, "occupations", "Occupation you talked about", on_change=self._rate, key="debrief"
        )
        self._ratings = Ratings(wb, on_change=self._rated)
        self._no_criteria = forms.markup()
        self._goal_now = forms.markup()
        self._stage = forms.field(
            w.Dropdown,
            "How far along, now",
            options=[("(as before)", ""), *((stage, stage) for stage in GOAL_STAGES)],
        )
        self._goal = forms.field(w.Textarea, "Your objective now, if it moved", rows=2, wide=True)
        for field in (self._stage, self._goal, self._came_up, self._came_up_category):
            field.observe(lambda _: self._typed(), "value")

        self._wait = {name: forms.markup() for name in _PARTS}
        self.answers = self._part(
            "answers", self._questions, forms.grid(self._came_up, self._came_up_category),
            forms.bar(came_up), self.said_of_question,
        )  # fmt: skip
        self.reflection = self._part("reflection", self._boxes(REFLECTION))
        self.observations = self._part("observations", self._boxes(OBSERVATIONS))
        self.people = self._part(
            "people", self._saved_people, self._people,
            forms.bar(forms.button("Add another person", self._add_person)),
        )  # fmt: skip
        self.steps = self._part(
            "steps", self._saved_steps, self._steps,
            forms.bar(forms.button("Add another step", self._add_step)),
        )  # fmt: skip
        self.fit = self._part(
            "fit", self._occupation.widget, self._no_criteria, self._ratings.widget
        )
        self.objective = self._part(
            "objective", self._goal_now, self._boxes(("effect_on_goal",)),
            forms.grid(self._goal, self._stage),
        )  # fmt: skip
        self.saving = self._part(
            "saving", forms.bar(forms.button("Save the debrief", self._save, self.said, main=True))
        )
        self.saving.children = (*self.saving.children, self.said)
        self.meetings.watch("debrief", self._load)
        wb.watch("debrief", self._log_changed)
        self._load()

    def _part(self, name: str, *children: w.Widget) -> w.VBox:
        body = forms.panel(*children)
        self._bodies.append(body)
        return forms.panel(self._wait[name], body)

    def _text_field(self, name: str) -> w.Widget:
        column = TABLES["debriefs"].columns[name]
        if column.scale:
            made = forms.field(w.Dropdown, column.label, options=forms.ratings(column.scale))
        elif column.long:
            made = forms.field(w.Textarea, column.label, rows=3)
        else:
            made = forms.field(w.Text, column.label)
        made.observe(lambda _: self._typed(), "value")
        return made

    def _boxes(self, names: tuple[str, ...]) -> w.Box:
        boxes = []
        for name in names:
            help = forms.markup(f'<div class="ii-help">{forms.escape(PROMPTS[name])}</div>')
            boxes.append(forms.column(self.fields[name], help, cell=True))
        return forms.grid(*boxes)

    # loading

    def _log_changed(self, table: str) -> None:
        if self._is_saving:
            return
        if self.meetings.id != self.loaded or (table == "interviews" and not self._is_open()):
            self._load()
        elif self.state and take_live_notes(self.wb, self.meetings.row, self.state):
            self._show()
            self._saver.soon()
            self.said.value = forms.line("ok", "Your notes from the meeting have come in.")
        elif self.state and table in _SHOWN and not self._is_unsaved():
            self._load()
        elif table == "interviews":
            self._show_waiting()
        elif table == "questions" and self.state:
            self._show_questions()
        elif table == "tasks" and self.state:
            self._show_saved_steps()  # what is typed stays
        elif table in ("occupations", "criteria") and self.state:
            self._rate(self._occupation.id)

    def _is_unsaved(self) -> bool:
        return self._saver.waits or self.wb.draft(self._key) is not None

    def _is_open(self) -> bool:
        meeting = self.meetings.row
        return meeting is not None and meeting.status == "held"

    def _show_waiting(self) -> None:
        words = "" if self._is_open() else "First say in step 1 that the meeting took place."
        if not self.meetings.id:
            words = NO_DEBRIEF
        for shown in self._wait.values():
            shown.value = forms.line("next", words) if words else ""
        for body in self._bodies:
            forms.show(body, not words)

    def _load(self) -> None:
        """Show the chosen meeting: its draft where there is one, else its logs and live notes."""
        self._saver.now()
        meeting = self.meetings.row
        self.loaded, self.said.value = self.meetings.id, ""
        self.said_of_question.value = ""
        if meeting is None:
            self.state = {}
            self._show_waiting()
            return
        kept = self.wb.draft(self._key)
        self.state = blank_state(self.wb, meeting)
        if kept:
            for name, value in kept[0].items():
                if isinstance(value, dict) and isinstance(self.state.get(name), dict):
                    self.state[name].update(value)
                else:
                    self.state[name] = value
            if "live" not in kept[0]:  # begun with a version that did not note them
                self.state["live"] = heard(live_notes(self.wb, ""))
            when = forms.in_words(kept[1].astimezone(forms.zone_of(self.wb)))
            self.said.value = forms.line("ok", f"Restored from {when}: not saved yet.")
            take_live_notes(self.wb, meeting, self.state)
        self._show()
        self._show_waiting()  # last: a field that can be typed in is never replaced

    def _show(self) -> None:
        self._quiet = True
        try:
            for name, field in self.fields.items():
                field.value = self.state["texts"][name] or ""
            self._came_up.value = self.state["came_up"]
            self._came_up_category.value = self.state["came_up_category"]
            self._goal.value = self.state["goal"]["objective"]
            self._stage.value = self.state["goal"]["stage"]
            goal = last_goal(self.wb)
            now = forms.escape(goal.objective if goal else "none yet")
            self._goal_now.value = f"<p>Your objective so far: <b>{now}</b></p>"
            rated = self.state["rated"]
            if any(id == rated for _, id in self._occupation.widget.options):
                self._occupation.widget.value = rated
        finally:
            self._quiet = False
        self._show_questions()
        self._show_people()
        self._show_steps()
        self._rate(self._occupation.id)

    def _show_questions(self) -> None:
        meeting, parts = self.meetings.row, []
        if meeting is None:
            return
        rows = ordered(self.wb, meeting.id)
        for n, row in enumerate(rows, 1):
            told = self.state["answers"].setdefault(
                row.id,
                {"outcome": row.outcome if row.outcome in ("asked", "not reached") else "",
                 "answer": row.answer},
            )  # fmt: skip
            options = [("(choose)", ""), ("asked", "asked"), ("not reached", "not reached")]
            outcome = forms.field(
                w.Dropdown, f"Question {n} was", options=options, value=told["outcome"]
            )
            answer = forms.field(
                w.Textarea,
                f"Answer to question {n}",
                value=told["answer"],
                rows=3,
                wide=True,
            )

            def changed(_: object, told=told, outcome=outcome, answer=answer) -> None:
                if answer.value.strip() and not told["answer"].strip() and not outcome.value:
                    outcome.value = "asked"
                told["outcome"], told["answer"] = outcome.value, answer.value
                self._typed()

            outcome.observe(changed, "value")
            answer.observe(changed, "value")
            text = forms.escape(row.text if len(row.text) < 600 else row.text[:599] + "…")
            title = forms.markup(
                f'<p dir="auto" class="ii-wrap" style="margin-top:14px"><b>{n}. {text}</b> '
                f'<span class="ii-help">({row.category})</span></p>'
            )
            parts += [title, forms.grid(answer, outcome)]
        if not rows:
            parts = [
                forms.markup(forms.line("note", "No question was prepared: add those you asked."))
            ]
        self._questions.children = tuple(parts)

    def _add_question(self) -> str | None:
        text, category = self._came_up.value.strip(), self._came_up_category.value
        if not text or not self.meetings.id:
            words = "Type the question first."
            self.said_of_question.value = forms.line("next", words, answers=True)
            return None
        rows = ordered(self.wb, self.meetings.id)
        self.wb.questions.append(
            interview_id=self.meetings.id, text=text, category=category or "anything else",
            position=min(max((row.position for row in rows), default=0) + 1, 999), outcome="asked",
        )  # fmt: skip
        self._came_up.value = ""
        return "Added: write its answer above."

    def _show_people(self) -> None:
        meeting = self.meetings.row
        mine = {person["referral_id"] for person in self.state["people"]}
        saved = [
            row
            for row in self.wb.referrals.rows()
            if row.interview_id == meeting.id and row.id not in mine
        ]
        self._saved_people.value = forms.html_table(
            [
                {
                    "Saved already": self.wb.label("contacts", row.to_contact_id),
                    "May you say who sent you?": row.may_use_name,
                }
                for row in saved
            ]
        )
        if not self.state["people"] and not saved:
            self.state["people"].append(new_person())
        names = sorted({row.name for row in self.wb.contacts.rows()})
        boxes, self._person_fields = [], {}
        for n, person in enumerate(self.state["people"], 1):
            made = {
                "name": forms.field(w.Combobox, f"Person {n}: name", options=names),
                "job_title": forms.field(w.Text, f"Person {n}: job title"),
                "email": forms.field(w.Text, f"Person {n}: email"),
                "notes": forms.field(w.Text, f"Person {n}: who that is, why them"),
                "may_use_name": forms.field(
                    w.Dropdown, f"Person {n}: may you say who sent you?", options=MAY_USE_NAME
                ),
            }
            self._bind(made, person)
            cells = []
            for name, field in made.items():
                self._person_fields[n, name] = field, (note := forms.markup())
                field.observe(lambda _, f=field, note=note: _show_fault(f, note, ""), "value")
                cells.append(forms.column(field, note, cell=True))
            boxes.append(forms.grid(*cells))
        self._people.children = tuple(boxes)

    def _bind(self, made: dict[str, w.Widget], to: dict[str, Any]) -> None:
        """Show a dict's values in widgets and take over what is typed."""
        for name, widget in made.items():
            value = to[name]
            widget.value = as_day(value) if isinstance(widget, w.DatePicker) else value

            def changed(change: Any, name=name) -> None:
                new = change["new"]
                to[name] = new.isoformat() if isinstance(new, date) else new
                self._typed()

            widget.observe(changed, "value")

    def _add_person(self) -> None:
        if self.state:
            self.state["people"].append(new_person())
            self._show_people()
            n = len(self.state["people"])
            forms.focus(self._person_fields[n, "name"][0])

    def _show_steps(self) -> None:
        if not self._show_saved_steps() and not self.state["steps"]:
            self._new_step()
        self._due_fields = []
        self._steps.children = tuple(
            self._step_box(n, step) for n, step in enumerate(self.state["steps"], 1)
        )

    def _show_saved_steps(self) -> bool:
        """Show which steps of this meeting are in the log; whether there are any."""
        meeting = self.meetings.row
        mine = {step["id"] for step in self.state["steps"]}
        saved = [
            row
            for row in self.wb.tasks.rows()
            if row.interview_id == meeting.id and row.id not in mine
        ]
        self._saved_steps.value = forms.html_table(
            [{"Saved already": row.task, "By": row.due_on, "Done": row.done_on} for row in saved]
        )
        return bool(saved)

    def _step_box(self, n: int, step: dict[str, Any]) -> w.Box:
        task = forms.field(w.Text, f"Step {n}: what you will do")
        due_on = forms.date_field(w.DatePicker, f"Step {n}: by when")
        self._bind({"task": task, "due_on": due_on}, step)
        note = forms.markup()
        cell = forms.column(due_on, note, cell=True)
        due_on.observe(lambda _: _show_fault(cell, note, ""), "value")
        self._due_fields.append((due_on, cell, note))
        return forms.grid(task, cell)

    def _new_step(self) -> None:
        self.state["steps"].append({"id": new_id("tasks"), "task": "", "due_on": ""})

    def _add_step(self) -> None:
        if self.state:
            self._new_step()
            steps = self.state["steps"]
            box = self._step_box(len(steps), steps[-1])
            self._steps.children = (*self._steps.children, box)  # what is half typed stays
            forms.focus(self._steps.children[-1].children[0])

    def _rate(self, occupation_id: str) -> None:
        if self._quiet or not self.state:
            return
        self.state["rated"] = occupation_id
        of = self.state["ratings"].get(occupation_id, {})
        kept = {id: rated["rating"] for id, rated in of.items()}
        self._quiet = True
        self._ratings.show(occupation_id, kept if occupation_id else {}, self.meetings.id)
        forms.show(self._ratings.widget, occupation_id)
        self._no_criteria.value = "" if len(self.wb.criteria) else forms.line("next", NO_CRITERIA)
        self._quiet = False

    def _rated(self) -> None:
        if self._quiet or not self.state or not self.state["rated"]:
            return
        of = self.state["ratings"].setdefault(self.state["rated"], {})
        for id, field in self._ratings.fields.items():
            if field.value or id in of:
                of.setdefault(id, {"id": new_id("fit_ratings")})["rating"] = field.value or None
        self._typed()

    def _show_faults(self) -> bool:
        """Say beside its field what is wrong with a person or a date, and go to the first."""
        faults = people_faults(self.state["people"], forms.now_in(self.wb))
        for (n, name), (field, note) in self._person_fields.items():
            _show_fault(field, note, faults.get((n, name), ""))
        wrong = {5: [self._person_fields[key][0] for key in faults], 6: []}
        for due_on, cell, note in self._due_fields:
            fault = ""
            try:
                forms.date_in(due_on)
            except WorkbookError as error:
                fault = str(error)
                wrong[6].append(due_on)
            _show_fault(cell, note, fault)  # not the field, which a browser would empty
        for step, fields in wrong.items():
            if fields:
                n = len(fields)
                words = "one field" if n == 1 else f"{n} fields"
                needs = "needs" if n == 1 else "need"
                self.said.value = forms.line(
                    "error",
                    f"Not saved yet: {words} of step {step} {needs} a look. What you typed is "
                    "kept.",
                )
                forms.focus(fields[0])
                return True
        return False

    # keeping and saving

    @property
    def _key(self) -> str:
        return f"debrief {self.loaded}"

    def _typed(self) -> None:
        if self._quiet or not self.state:
            return
        for name, field in self.fields.items():
            is_scale = bool(TABLES["debriefs"].columns[name].scale)
            self.state["texts"][name] = field.value or None if is_scale else field.value
        self.state["came_up"] = self._came_up.value
        self.state["came_up_category"] = self._came_up_category.value
        self.state["goal"].update(objective=self._goal.value, stage=self._stage.value)
        self._saver.soon()

    def _write_draft(self) -> None:
        if self.state:
            keep(self.wb, self.loaded, self._key, self.state, self.said)

    def _save(self) -> str | None:
        meeting = self.meetings.row
        if meeting is None or not self._is_open():
            first = "First say in step 1 that the meeting took place."
            self.said.value = forms.line("next", first, answers=True)
            return None
        if self._came_up.value.strip():
            self._add_question()
        if self.state["debrief_id"] not in self.wb.debriefs and is_blank(self.state):
            self.said.value = forms.line(
                "next",
                "Nothing is written yet, so nothing was saved: one sentence under What you "
                "learned, in step 3, is enough.",
                answers=True,
            )
            return None
        if self._show_faults():
            return None
        # The ids of the rows to come are on disk before the first row is.
        self._typed()
        self._saver.stop()
        take_live_notes(self.wb, meeting, self.state)
        self.wb.keep_draft(self._key, self.state)
        self._is_saving = True
        try:
            words = save_debrief(self.wb, meeting, self.state, forms.now_in(self.wb))
        finally:
            self._is_saving = False
        self.wb.discard_draft(self._key)
        self.wb.discard_draft(live_key(meeting.id))
        self._load()
        who = self.wb.label("contacts", meeting.contact_id)
        self.meetings.tell()
        more = f": {'; '.join(words)}" if words else ""
        self.meetings.choose(meeting.id)
        return f"Saved: the debrief of your meeting with {who}{more}."


def _show_fault(field: w.Widget, note: w.HTML, text: str) -> None:
    """Mark a field and say below it what is wrong; "" when nothing is."""
    if text or note.value:
        (field.add_class if text else field.remove_class)("ii-wrong")
        said = f'<div class="ii-fault" role="alert">Error: {forms.escape(text)}</div>'
        note.value = said if text else ""


_SHOWN = ("debriefs", "fit_ratings", "referrals", "tasks", "goals")  # and of whom they are
_PARTS = (
    "answers", "reflection", "observations", "people", "steps", "fit", "objective", "saving",
)  # fmt: skip


# --- history (R32) ------------------------------------------------------------------------------


def history(wb: Workbook) -> w.VBox:
    """Everything about a person or an occupation, found by part of a name, a word or a date."""
    from .find import History

    return History(wb).widget


# --- what is done -------------------------------------------------------------------------------


def check_debrief(wb: Workbook) -> w.VBox:
    """What this meeting's debrief has, and what it still wants."""
    return panel_about(
        debriefed(wb), "check debrief", lambda row: forms.lines(debrief_done(wb, row))
    )


def debrief_done(wb: Workbook, meeting: Any, now: datetime | None = None) -> list[tuple[str, str]]:
    """Return what is written down of a meeting and what comes next, as (kind, sentence)."""
    now = now or forms.now_in(wb)
    if meeting.status != "held":
        return [meeting_state(wb, meeting, now)]
    written = next((r for r in wb.debriefs.rows() if r.interview_id == meeting.id), None)
    if written is None:
        return [("next", "Save the debrief of this meeting: step 9.")]
    said = [("ok", "Your debrief is saved.")]
    if not len(wb.criteria):
        said.append(("next", NO_CRITERIA))
    elif not any(row.interview_id == meeting.id for row in wb.fit_ratings.rows()):
        said.append(("next", "Say how the work fits you now: step 7."))
    if not any(row.interview_id == meeting.id for row in wb.referrals.rows()):
        said.append(("note", "No referral yet. If they named somebody, add the person in step 5."))
    return [*said, thank_you_clock(wb, meeting, now)]
