"""Notebook 04: write down what was heard, thank, and find everything again (R27-R32)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms, letters
from ..tables import CATEGORIES, CHANNELS, GOAL_STAGES, MAY_USE_NAME, TABLES
from . import header as header
from . import open_workbook as open_workbook
from .live import live_key, live_notes
from .meeting import Meetings, keep, panel_about
from .planning import ordered
from .research import Ratings

if TYPE_CHECKING:
    from ..workbook import Workbook

Clock = Callable[[], datetime]

NO_MEETING = "No meeting yet. Log it in 02_outreach; after it took place, debrief it here."

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
REFLECTION = (
    "learned", "advice", "liked", "concerns", "advantages", "discovered", "strengths",
    "weaknesses", "next_steps",
)  # fmt: skip
OBSERVATIONS = ("dress", "communication", "humor", "would_work_there")

# --- which meeting -------------------------------------------------------------------------


def meeting_to_debrief(wb: Workbook, now: datetime | None = None) -> str:
    """Return the id of the meeting to debrief: the latest that took place and has no debrief.

    A meeting whose time has passed counts although it still says proposed or confirmed.
    When all are debriefed, the latest of them; "" when no meeting has begun.
    """
    now = now or forms.now_in(wb)
    done = {row.interview_id for row in wb.debriefs.rows()}
    rows = [row for row in wb.interviews.rows() if row.status not in ("cancelled", "no-show")]
    begun = [row for row in rows if row.status == "held" or row.starts_at <= now]
    undone = [row for row in begun if row.id not in done]
    latest = max(undone or begun, key=lambda row: row.starts_at, default=None)
    return latest.id if latest else ""


def _meetings(wb: Workbook) -> Meetings:
    return Meetings.of(wb, "debrief", meeting_to_debrief)


def choose_meeting(wb: Workbook, clock: Clock | None = None) -> w.VBox:
    """Which meeting is debriefed; one in the past that is still planned is set right here."""
    clock = clock or (lambda: forms.now_in(wb))
    meetings, said, shown = _meetings(wb), forms.markup(), forms.markup()

    def set_status(status: str, words: str) -> Callable[[], str | None]:
        def do() -> str | None:
            if not meetings.id:
                return None
            wb.interviews.revise(meetings.id, status=status)
            meetings.tell()
            return words

        return do

    took_place = forms.button(
        "It took place", set_status("held", "Noted: it took place."), said, main=True
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
        kind, words = meeting_state(wb, meeting, clock()) if meeting else ("next", NO_MEETING)
        shown.value = forms.line(kind, words)
        forms.show(buttons, meeting and meeting.status != "held")

    meetings.watch("choose", show)
    wb.watch("debrief choose", lambda table: table in ("interviews", "debriefs") and show())
    show()
    return forms.panel(picker.widget, shown, buttons, said)


def meeting_state(wb: Workbook, meeting: Any, now: datetime) -> tuple[str, str]:
    """Return what there is to say about debriefing this meeting, as (kind, sentence)."""
    who, when = wb.label("contacts", meeting.contact_id), forms.in_words(meeting.starts_at)
    written = [row for row in wb.debriefs.rows() if row.interview_id == meeting.id]
    if written:
        on = forms.in_words(written[0].recorded_at.astimezone(now.tzinfo))
        return "ok", f"You debriefed this meeting with {who} on {on}. You can go on with it here."
    if meeting.status in ("cancelled", "no-show"):
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
    """What to do next, each with a date."""
    return _Debrief.of(wb).steps


def fit(wb: Workbook) -> w.VBox:
    """How the occupation meets each criterion now, beside the last rating."""
    return _Debrief.of(wb).fit


def objective(wb: Workbook) -> w.VBox:
    """What it did to the objective, and the new one if it moved."""
    return _Debrief.of(wb).objective


def save(wb: Workbook) -> w.VBox:
    """The one button that saves all the parts together."""
    return _Debrief.of(wb).saving


def _new_id(table: str) -> str:
    return TABLES[table].new_id()


def blank_state(wb: Workbook, meeting: Any) -> dict[str, Any]:
    """Return what the debrief of a meeting starts from: the logs, and what was noted live.

    Rows still to be made carry their ids from here on: a save that was cut off is completed
    by the next one and doubles nothing.
    """
    live = live_notes(wb, meeting.id)
    written = next((r for r in wb.debriefs.rows() if r.interview_id == meeting.id), None)
    texts: dict[str, Any] = {name: "" for name in (*REFLECTION, *OBSERVATIONS, "effect_on_goal")}
    texts["would_work_there"] = None
    texts.update({name: live[name] for name in ("dress", "communication", "humor")})
    if written:
        texts.update({name: getattr(written, name) or texts[name] for name in texts})
    state: dict[str, Any] = {
        "debrief_id": written.id if written else _new_id("debriefs"),
        "texts": texts,
        "were": {"texts": dict(texts) if written else {}, "questions": {}},
        "live": _heard(live),
        "answers": {},
        "people": [
            _person(name=n["name"], notes=n["about"], may_use_name=n["may_use_name"])
            for n in live["names"]
        ],
        "steps": [],
        "ratings": {},
        "rated": meeting.occupation_id,
        "came_up": "",  # a question that is typed and not added yet
        "goal": {"id": _new_id("goals"), "stage": "", "objective": ""},
    }
    marks = {"asked": "asked", "skipped": "not reached"}
    for row in ordered(wb, meeting.id):
        state["were"]["questions"][row.id] = [row.outcome, row.answer]
        outcome = row.outcome if row.outcome in ("asked", "not reached") else ""
        note = live["notes"].get(row.id, "")
        state["answers"][row.id] = {
            "outcome": outcome or marks.get(live["outcomes"].get(row.id, ""), "")
            or ("asked" if note.strip() else ""),
            "answer": row.answer or note,
        }  # fmt: skip
    for row in wb.fit_ratings.rows():
        if row.interview_id == meeting.id:
            of = state["ratings"].setdefault(row.occupation_id, {})
            of[row.criterion_id] = {"id": row.id, "rating": row.rating}
    return state


_SEEN = ("dress", "communication", "humor")


def _heard(live: Mapping[str, Any]) -> dict[str, Any]:
    """What of the live notes goes into a debrief, as it stands."""
    return {name: live[name] for name in ("notes", "names", *_SEEN)}


def take_live_notes(wb: Workbook, meeting: Any, state: dict[str, Any]) -> bool:
    """Add to a debrief what was noted live since it was begun; say whether that was anything.

    What is typed in the debrief stays: a note that differs comes below it.
    """
    now, before = _heard(live_notes(wb, meeting.id)), state["live"]
    if now == before or not any(now.values()):
        return False
    for id, note in now["notes"].items():
        told = state["answers"].setdefault(id, {"outcome": "", "answer": ""})
        told["answer"] = _joined(told["answer"], note, before["notes"].get(id, ""))
        if note.strip() and not told["outcome"]:
            told["outcome"] = "asked"
    for name in _SEEN:
        state["texts"][name] = _joined(state["texts"][name] or "", now[name], before[name])
    for named in now["names"]:
        if named not in before["names"] and not any(
            one["name"].strip() == named["name"] and named["about"] in one["notes"]
            for one in state["people"]
        ):
            state["people"] = [
                one
                for one in state["people"]
                if any(one[name].strip() for name in ("name", "job_title", "email", "notes"))
            ]
            state["people"].append(
                _person(name=named["name"], notes=named["about"],
                        may_use_name=named["may_use_name"])
            )  # fmt: skip
    state["live"] = now
    return True


def _joined(text: str, note: str, before: str) -> str:
    """A text that may hold a note as it was before, with the note as it is now."""
    if note == before or note.strip() in text:
        return text
    return note if text.strip() in ("", before.strip()) else f"{text}\n{note}"


def _person(**known: str) -> dict[str, str]:
    blank = {"name": "", "job_title": "", "email": "", "notes": "", "may_use_name": "not asked"}
    return {**blank, **known, "id": _new_id("contacts"), "referral_id": _new_id("referrals")}


def save_debrief(wb: Workbook, meeting: Any, state: Mapping[str, Any], now: datetime) -> list[str]:
    """Write everything that a debrief holds, as one change; return what was done, in words.

    Checked as a whole before anything is written. Raises InvalidRow then, with nothing
    written. Doing it twice with the same state changes nothing.
    """
    rows, words = _rows_of(wb, meeting, state, now)
    for table, id, values in rows:
        if values is not None:
            _check(wb, table, id, values, now)
    with wb.together(f"saving the debrief of {wb.label('contacts', meeting.contact_id)}"):
        for table, id, values in rows:
            _put(wb, table, id, values)
    return words


def _check(wb: Workbook, table: str, id: str, values: Mapping[str, Any], now: datetime) -> None:
    before = wb.log(table).get(id).model_dump() if id in wb.log(table) else {}
    stamps = {"id": id, "created_at": now, "updated_at": now}
    TABLES[table].validate({**before, **values, **stamps})


def _put(wb: Workbook, table: str, id: str, values: Mapping[str, Any] | None) -> None:
    """Append the row, or revise it where it is there and differs; None: erase it."""
    log = wb.log(table)
    if values is None:
        log.erase(id)
        return
    if id not in log:
        log.append(id=id, **values)
        return
    row = log.get(id)
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changes:
        log.revise(id, **changes)


_Rows = list[tuple[str, str, Any]]  # (table, id, the values or None)


def _rows_of(
    wb: Workbook, meeting: Any, state: Mapping[str, Any], now: datetime
) -> tuple[_Rows, list[str]]:
    today, words = now.date(), []
    rows: _Rows = [("interviews", meeting.id, {"status": "held"})]
    texts = {"interview_id": meeting.id, **state["texts"]}
    were = state["were"]
    if state["debrief_id"] not in wb.debriefs:
        texts["recorded_at"] = now
    else:  # what was corrected elsewhere since stays, where nothing was changed here
        texts = {name: text for name, text in texts.items()
                 if name not in were["texts"] or text != were["texts"][name]}  # fmt: skip
    rows.append(("debriefs", state["debrief_id"], texts))
    n_asked = n_questions = 0
    for id, told in state["answers"].items():
        if id not in wb.questions:
            continue
        n_questions += 1
        row = wb.questions.get(id)
        was, answered = were["questions"].get(id, (row.outcome, row.answer))
        answer = row.answer if told["answer"] == answered else told["answer"]
        outcome = told["outcome"] or ("asked" if answer.strip() else "")
        if row.outcome != was and outcome in ("", was):
            outcome = row.outcome
        outcome = outcome or ("not reached" if row.outcome == "planned" else row.outcome)
        n_asked += outcome == "asked"
        rows.append(("questions", id, {"outcome": outcome, "answer": answer}))
    if n_questions:
        words.append(f"{n_asked} of {n_questions} questions asked")
    people_rows, named = _people_rows(wb, meeting, state["people"], today)
    rows += people_rows
    words += named
    n_steps = 0
    for step in state["steps"]:
        if step["task"].strip():
            n_steps += 1
            rows.append(
                ("tasks", step["id"],
                 {"contact_id": meeting.contact_id, "interview_id": meeting.id,
                  "task": step["task"].strip(), "due_on": _day(step["due_on"])})
            )  # fmt: skip
    if n_steps:
        words.append(f"{n_steps} next step{'s' if n_steps > 1 else ''}")
    n_ratings = 0
    for occupation_id, of in state["ratings"].items():
        for criterion_id, rated in of.items():
            if rated["rating"] is None and rated["id"] in wb.fit_ratings:
                rows.append(("fit_ratings", rated["id"], None))
            if rated["rating"] is None or criterion_id not in wb.criteria:
                continue
            n_ratings += 1
            values = {"occupation_id": occupation_id, "criterion_id": criterion_id,
                      "interview_id": meeting.id, "rating": rated["rating"]}  # fmt: skip
            before = rated["id"] in wb.fit_ratings and wb.fit_ratings.get(rated["id"])
            if not before or before.rating != rated["rating"]:
                values["rated_on"] = today
            rows.append(("fit_ratings", rated["id"], values))
    if n_ratings:
        words.append(f"{n_ratings} rating{'s' if n_ratings > 1 else ''}")
    goal = state["goal"]
    if goal["objective"].strip():
        stage = goal["stage"] or _last_stage(wb)
        rows.append(
            ("goals", goal["id"],
             {"set_on": today, "stage": stage, "objective": goal["objective"].strip()})
        )  # fmt: skip
        words.append("your new objective")
    return rows, words


def _people_rows(
    wb: Workbook, meeting: Any, named: list[dict[str, str]], today: date
) -> tuple[_Rows, list[str]]:
    """Contacts and referrals of the people named; one who is a contact already stays one."""
    from ..imports import filled_in

    rows: _Rows = []
    words = []
    known: dict[str, dict[str, str]] = {}  # name -> ids, with the email of each
    for row in wb.contacts.rows():
        known.setdefault(_fold(row.name), {})[row.id] = row.email.casefold()
    there = {
        row.to_contact_id: row.id
        for row in wb.referrals.rows()
        if row.from_contact_id == meeting.contact_id and row.interview_id == meeting.id
    }
    for person in named:
        name = person["name"].strip()
        if not name:
            continue
        details = {column: text for column in ("job_title", "email", "notes")
                   if (text := person[column].strip())}  # fmt: skip
        id = person["id"]
        if id not in wb.contacts:
            there_are = known.setdefault(_fold(name), {})
            id = _whom(id, details, there_are, meeting)
            there_are.setdefault(id, details.get("email", "").casefold())
        if id == meeting.contact_id:
            words.append(f"{name} is the person you met, so no referral was made")
            continue
        if id == person["id"]:
            values = {"name": name, "how_known": "referred by a contact",
                      "occupation_id": meeting.occupation_id,
                      "job_title": "", "email": "", "notes": "", **details}  # fmt: skip
            rows.append(("contacts", id, values))
            words.append(f"{name} is now a contact")
        else:
            if id in wb.contacts and (filled := filled_in(wb, id, details)):
                rows.append(("contacts", id, filled))
            words.append(f"{name} was in your contacts already and is now named as well")
        referral = there.get(id, person["referral_id"])
        there[id] = referral
        values = {"from_contact_id": meeting.contact_id, "to_contact_id": id,
                  "interview_id": meeting.id, "may_use_name": person["may_use_name"]}  # fmt: skip
        if referral not in wb.referrals:
            values["referred_on"] = meeting.starts_at.date() if _is_past(meeting, today) else today
        rows.append(("referrals", referral, values))
    return rows, words


def _whom(new: str, details: Mapping[str, str], namesakes: Mapping[str, str], meeting: Any) -> str:
    """The id of who is meant: a contact of that name, or the new one.

    Details may tell two people apart: they go to the one of the same address, to the only one
    of the name, and otherwise, or where that is the person met, to a contact of their own.
    """
    ids, email = list(namesakes), details.get("email", "").casefold()
    same = [id for id in ids if email and namesakes[id] == email]
    if same or ids and not details:
        return (same or ids)[-1]
    return ids[0] if len(ids) == 1 and ids[0] != meeting.contact_id else new


def _is_past(meeting: Any, today: date) -> bool:
    return meeting.starts_at.date() <= today


def _last_stage(wb: Workbook) -> str:
    goals = sorted(wb.goals.rows(), key=lambda row: (row.set_on, row.created_at))
    return goals[-1].stage if goals else GOAL_STAGES[0]


def _day(text: Any) -> Any:
    return date.fromisoformat(text) if isinstance(text, str) and text else text or None


class _Debrief:
    """The widgets of one debrief. What is typed is kept as a draft until Save."""

    _all: WeakKeyDictionary[Workbook, _Debrief] = WeakKeyDictionary()

    @classmethod
    def of(cls, wb: Workbook) -> _Debrief:
        if wb not in cls._all:
            cls._all[wb] = cls(wb)
        return cls._all[wb]

    def __init__(self, wb: Workbook):
        self.wb, self.meetings = wb, _meetings(wb)
        self.state: dict[str, Any] = {}
        self.loaded = ""
        self._quiet = self._is_saving = False
        self._saver = _Later(self._write_draft)
        self.said = forms.markup()
        self._bodies: list[w.Widget] = []
        self._questions = forms.column()
        self._came_up = forms.field(w.Text, "Another question you asked")
        self._came_up_category = forms.field(
            w.Dropdown,
            "Category of that question",
            options=[("(choose)", ""), *((name, name) for name in CATEGORIES)],
        )
        came_up = forms.button("Add that question", self._add_question, self.said)
        self.fields = {name: self._text_field(name) for name in PROMPTS}
        self._people, self._steps = forms.column(), forms.column()
        self._saved_people, self._saved_steps = forms.markup(), forms.markup()
        self._occupation = forms.RowPicker(
            wb, "occupations", "Occupation you talked about", on_change=self._rate, key="debrief"
        )
        self._ratings = Ratings(wb, on_change=self._rated)
        self._goal_now = forms.markup()
        self._stage = forms.field(
            w.Dropdown,
            "How far along, now",
            options=[("(as before)", ""), *((stage, stage) for stage in GOAL_STAGES)],
        )
        self._goal = forms.field(w.Textarea, "Your objective now, if it moved", rows=2, wide=True)
        for field in (self._stage, self._goal, self._came_up):
            field.observe(lambda _: self._typed(), "value")

        self._wait = {name: forms.markup() for name in _PARTS}
        self.answers = self._part(
            "answers", self._questions, forms.grid(self._came_up, self._came_up_category),
            forms.bar(came_up),
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
        self.fit = self._part("fit", self._occupation.widget, self._ratings.widget)
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
            options: list[tuple[str, Any]] = [("(not rated)", "")]
            options += [(f"{n} - {word}", n) for n, word in enumerate(column.scale, 1)]
            made = forms.field(w.Dropdown, column.label, options=options)
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
            words = NO_MEETING
        for shown in self._wait.values():
            shown.value = forms.line("next", words) if words else ""
        for body in self._bodies:
            forms.show(body, not words)

    def _load(self) -> None:
        """Show the chosen meeting: its draft where there is one, else its logs and live notes."""
        self._saver.now()
        meeting = self.meetings.row
        self.loaded, self.said.value = self.meetings.id, ""
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
                self.state["live"] = {"notes": {}, "names": [], **dict.fromkeys(_SEEN, "")}
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
            self._goal.value = self.state["goal"]["objective"]
            self._stage.value = self.state["goal"]["stage"]
            goals = sorted(self.wb.goals.rows(), key=lambda row: (row.set_on, row.created_at))
            now = goals[-1].objective if goals else "none yet"
            self._goal_now.value = f"<p>Your objective so far: <b>{forms.escape(now)}</b></p>"
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
            self.said.value = forms.line("next", "Type the question first.")
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
            self.state["people"].append(_person())
        names = sorted({row.name for row in self.wb.contacts.rows()})
        boxes = []
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
            boxes.append(forms.grid(*made.values()))
        self._people.children = tuple(boxes)

    def _bind(self, made: dict[str, w.Widget], to: dict[str, Any]) -> None:
        """Show a dict's values in widgets and take over what is typed."""
        for name, widget in made.items():
            value = to[name]
            widget.value = _day(value) if isinstance(widget, w.DatePicker) else value

            def changed(change: Any, name=name) -> None:
                new = change["new"]
                to[name] = new.isoformat() if isinstance(new, date) else new
                self._typed()

            widget.observe(changed, "value")

    def _add_person(self) -> None:
        if self.state:
            self.state["people"].append(_person())
            self._show_people()
            forms.focus(self._people.children[-1].children[0])

    def _show_steps(self) -> None:
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
        if not self.state["steps"] and not saved:
            self._new_step()
        boxes = []
        for n, step in enumerate(self.state["steps"], 1):
            made = {
                "task": forms.field(w.Text, f"Step {n}: what you will do"),
                "due_on": forms.field(w.DatePicker, f"Step {n}: by when"),
            }
            self._bind(made, step)
            boxes.append(forms.grid(*made.values()))
        self._steps.children = tuple(boxes)

    def _new_step(self) -> None:
        self.state["steps"].append({"id": _new_id("tasks"), "task": "", "due_on": ""})

    def _add_step(self) -> None:
        if self.state:
            self._new_step()
            self._show_steps()
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
        self._quiet = False

    def _rated(self) -> None:
        if self._quiet or not self.state or not self.state["rated"]:
            return
        of = self.state["ratings"].setdefault(self.state["rated"], {})
        for id, field in self._ratings.fields.items():
            if field.value or id in of:
                of.setdefault(id, {"id": _new_id("fit_ratings")})["rating"] = field.value or None
        self._typed()

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
        self.state["goal"].update(objective=self._goal.value, stage=self._stage.value)
        self._saver.soon()

    def _write_draft(self) -> None:
        if self.state:
            keep(self.wb, self.loaded, self._key, self.state, self.said)

    def _save(self) -> str | None:
        meeting = self.meetings.row
        if meeting is None or not self._is_open():
            self.said.value = forms.line("next", "First say in step 1 that the meeting took place.")
            return None
        if self._came_up.value.strip():
            self._add_question()
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


_SHOWN = ("debriefs", "fit_ratings", "referrals", "tasks", "goals")  # and of whom they are
_PARTS = (
    "answers", "reflection", "observations", "people", "steps", "fit", "objective", "saving",
)  # fmt: skip


class _Later:
    """Calls something at most once a second, and at the latest a second after it was asked."""

    def __init__(self, do: Callable[[], Any], after: float = 1.0):
        self._do, self._after = do, after
        self._due: Any = None

    def soon(self) -> None:
        if self._due is None:
            self._due = forms.later(self._after, self._do_it)

    def now(self) -> None:
        """Do it at once when it is waiting."""
        if self._due is not None:
            self._do_it()

    def _do_it(self) -> None:
        self.stop()
        self._do()

    def stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    @property
    def waits(self) -> bool:
        return self._due is not None


# --- the thank-you note (R30) ----------------------------------------------------------------


def thank_you_clock(wb: Workbook, meeting: Any, now: datetime) -> tuple[str, str]:
    """Return how the thank-you for a meeting stands by the course's rule, as (kind, sentence)."""
    rule = wb.course.thank_you
    who = wb.label("contacts", meeting.contact_id)
    ended = meeting.starts_at + timedelta(minutes=meeting.minutes)
    sent = [
        row.sent_at
        for row in wb.messages.rows()
        if row.contact_id == meeting.contact_id and row.purpose == "thank-you"
        and row.sent_at >= meeting.starts_at
    ]  # fmt: skip
    if sent:
        hours = max((min(sent) - ended).total_seconds() / 3600, 0)
        how = "in time" if hours <= rule.aim_hours else "thanks are welcome late as well"
        return "ok", f"You thanked {who} {_span(hours)} after the meeting: {how}."
    hours = (now - ended).total_seconds() / 3600
    if hours < 0:
        return "note", f"The meeting with {who} is not over yet."
    if hours <= rule.aim_hours:
        left = _span(rule.aim_hours - hours)
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
        self.wb, self.clock, self.meetings = wb, clock, _meetings(wb)
        self.time, self.said, self.advice, self.links = (forms.markup() for _ in range(4))
        self.helped = forms.field(
            w.Textarea, "How the conversation helped you", rows=2,
                       placeholder="one thing that you see or do differently now", wide=True
        )  # fmt: skip
        self.subject = forms.field(w.Text, "Subject", wide=True)
        self.note = forms.field(w.Textarea, "Thank-you note", rows=10, wide=True)
        self.channel = forms.field(w.Dropdown, "Sent by", options=CHANNELS, value="email")
        self.sent_at = forms.field(w.NaiveDatetimePicker, "Sent at")
        self.body = forms.panel(
            forms.grid(self.helped),
            forms.bar(forms.button("Draft the note", self._draft, self.said)),
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
        self._saver = _Later(self._keep)
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
            words = "First say in step 1 that the meeting took place." if meeting else NO_MEETING
            self.time.value = forms.line("next", words)
            return
        now = self.clock()
        self.time.value = forms.line(*thank_you_clock(self.wb, meeting, now))
        if meeting.id != self.loaded or self.sent_at.value in (None, self._offered):
            self._offered = self.sent_at.value = now.replace(tzinfo=None, second=0, microsecond=0)
        if meeting.id != self.loaded:
            self._saver.now()
            self.loaded = meeting.id
            kept = self.wb.draft(self._key)
            self._set(**(kept[0] if kept else {"subject": "", "note": "", "helped": ""}))
        has_debrief = any(row.interview_id == meeting.id for row in self.wb.debriefs.rows())
        if has_debrief and not self.note.value.strip() and not self._sent():
            self._draft()

    def _sent(self) -> list[Any]:
        meeting = self.meetings.row
        return [
            row
            for row in self.wb.messages.rows()
            if row.contact_id == meeting.contact_id and row.purpose == "thank-you"
            and row.sent_at >= meeting.starts_at
        ]  # fmt: skip

    def _set(self, **values: str) -> None:
        self._quiet = True
        for name, value in values.items():
            getattr(self, name).value = value
        self._quiet = False
        self._check()

    def _draft(self) -> str | None:
        meeting = self.meetings.row
        details = {"interview_id": meeting.id}
        if helped := self.helped.value.strip():
            details["how_it_helped"] = helped
        letter = letters.draft("thank-you", self.wb, meeting.contact_id, **details)
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
        kept = {name: getattr(self, name).value for name in ("subject", "note", "helped")}
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
            self.said.value = forms.line("next", "Draft the note, or write it, first.")
            return None
        if any(row.text == text for row in self._sent()):
            return "This note is logged already."
        zone = forms.zone_of(self.wb)
        at = self.sent_at.value
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


# --- history (R32) ------------------------------------------------------------------------------


def history(wb: Workbook) -> w.VBox:
    """Everything about a person or an occupation, found by part of a name, a word or a date."""
    from .find import History

    return History(wb).widget


# --- what is done -------------------------------------------------------------------------------


def check_debrief(wb: Workbook) -> w.VBox:
    """What this meeting's debrief has, and what it still wants."""
    return panel_about(
        _meetings(wb), "check debrief", lambda row: forms.lines(debrief_done(wb, row))
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
    if not any(row.interview_id == meeting.id for row in wb.fit_ratings.rows()):
        said.append(("next", "Say how the work fits you now: step 7."))
    if not any(row.interview_id == meeting.id for row in wb.referrals.rows()):
        said.append(("note", "No referral yet. If they named somebody, add the person in step 5."))
    return [*said, thank_you_clock(wb, meeting, now)]


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
