"""Notebook 03: plan one meeting, print its sheet, keep it on course on the day (R6, R19-R28)."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms, questions
from ..errors import WorkbookError
from ..tables import CATEGORIES, FORMATS, GOAL_STAGES, MAY_USE_NAME
from . import header as header
from . import open_workbook as open_workbook

if TYPE_CHECKING:
    from ..workbook import Workbook

Clock = Callable[[], datetime]

NO_MEETING = "No meeting yet. When somebody says yes, log it in 02_outreach; then it is here."
IN_PERSON = ("in person", "observational visit")
OPENING_MINUTES = 3  # thanks and a first word, and the closing asks (R26, R28)
LAST_MINUTES = 5  # the gentle sign
FORGOTTEN_AFTER = timedelta(hours=3)  # a clock that still runs then was not stopped

# --- which meeting -------------------------------------------------------------------------


class Meetings:
    """The meeting that the parts of a page are about; a choice in one shows in all.

    page: the page's word; default: chooses the first one
    hours: how long a choice outlives the kernel; after that, or with 0, the default is back
    """

    _all: WeakKeyDictionary[Workbook, dict[str, Meetings]] = WeakKeyDictionary()

    def __init__(self, wb: Workbook, page: str, default: Callable[[Workbook], str], hours: int):
        self.wb, self._key, self._hours = wb, f"meeting of {page}", hours
        self._watchers: dict[str, Callable[[], Any]] = {}
        self._default = default
        self._id = ""

    @classmethod
    def of(
        cls, wb: Workbook, page: str, default: Callable[[Workbook], str], hours: int = 0
    ) -> Meetings:
        """The one object of a workbook's page."""
        pages = cls._all.setdefault(wb, {})
        if page not in pages:
            pages[page] = cls(wb, page, default, hours)
        return pages[page]

    @property
    def id(self) -> str:
        """The chosen interview's id; "" when there is no interview."""
        if self._id not in self.wb.interviews:
            kept = self.wb.draft(self._key) if self._hours else None
            is_fresh = kept and datetime.now(UTC) - kept[1] < timedelta(hours=self._hours)
            self._id = kept[0].get("id", "") if kept and is_fresh else ""
        if self._id not in self.wb.interviews:
            self._id = self._default(self.wb)
        return self._id

    @property
    def row(self) -> Any:
        """The chosen interview; None when there is none."""
        return self.wb.interviews.get(self.id) if self.id else None

    def choose(self, id: str) -> None:
        if id and id != self._id:
            self._id = id
            if self._hours:
                self.wb.keep_draft(self._key, {"id": id})
            self.tell()

    def watch(self, key: str, do: Callable[[], Any]) -> None:
        """Call `do()` when another meeting is chosen; a newer one of the same key replaces it."""
        self._watchers[key] = do

    def tell(self) -> None:
        for do in list(self._watchers.values()):
            do()


def _meetings(wb: Workbook) -> Meetings:
    return Meetings.of(wb, "prep", next_meeting, hours=12)


def next_meeting(wb: Workbook, now: datetime | None = None) -> str:
    """Return the id of the meeting to prepare: the next one planned, else the last one logged."""
    now = now or forms.now_in(wb)
    rows = wb.interviews.rows()
    planned = [row for row in rows if row.status in ("proposed", "confirmed")]
    coming = [r for r in planned if r.starts_at + timedelta(minutes=r.minutes, hours=3) >= now]
    if coming:
        return min(coming, key=lambda row: row.starts_at).id
    rest = planned or rows
    return max(rest, key=lambda row: row.starts_at).id if rest else ""


def keep(wb: Workbook, interview_id: str, key: str, values: dict[str, Any], said: w.HTML) -> None:
    """Keep what is typed about a meeting; a disk that refuses is said, nothing is raised.

    Of a meeting that is no longer in the log nothing is kept: its person was forgotten.
    """
    if interview_id not in wb.interviews:
        return
    try:
        wb.keep_draft(key, values)
    except WorkbookError as error:
        said.value = forms.line("error", f"What you type is not kept on disk yet: {error}")


def panel_about(
    meetings: Meetings, key: str, make: Callable[[Any], str], tables: Iterable[str] = ()
) -> w.VBox:
    """A panel of HTML about the chosen meeting that stays fresh; make: meeting -> HTML."""

    def html() -> str:
        return make(meetings.row) if meetings.id else forms.line("next", NO_MEETING)

    shown, watched = forms.markup(html()), set(tables)

    def fresh(table: str = "") -> None:
        if table and watched and table not in watched:
            return
        if (new := html()) != shown.value:
            shown.value = new

    meetings.watch(key, fresh)
    meetings.wb.watch(f"about {key}", fresh)
    return forms.panel(shown)


def choose_meeting(wb: Workbook) -> w.VBox:
    """Which meeting this page prepares, and what is known of it."""
    meetings = _meetings(wb)
    picker = forms.RowPicker(
        wb, "interviews", "Meeting to prepare", on_change=meetings.choose, key="prep",
        where=lambda row: row.status not in ("cancelled",),
    )  # fmt: skip
    picker.id = meetings.id if any(meetings.id == i for _, i in picker.widget.options) else ""
    about = panel_about(meetings, "chosen", lambda row: forms.html_table(meeting_facts(wb, row)))
    return forms.panel(picker.widget, about)


def meeting_facts(wb: Workbook, meeting: Any) -> list[dict[str, object]]:
    """Return who, when and where, as rows of two columns."""
    from ..letters import in_both_zones

    who = wb.contacts.get(meeting.contact_id)
    learner = next(iter(wb.learner.rows()), None)
    workplace = wb.label("organizations", who.organization_id)
    facts = {
        "With": " ".join(part for part in (who.salutation, who.name) if part),
        "Say it": who.pronunciation,
        "Job": ", ".join(part for part in (who.job_title, workplace) if part),
        "About": wb.label("occupations", meeting.occupation_id),
        "When": in_both_zones(meeting, learner.timezone if learner else ""),
        "Length": f"{meeting.minutes} minutes",
        "How": meeting.format,
        "Where": meeting.place,
        "Status": meeting.status,
    }
    return [{"Meeting": name, "": value} for name, value in facts.items() if value]


# --- the research gate (R6) ------------------------------------------------------------------


def research_gate(wb: Workbook, meeting: Any) -> list[tuple[str, str]]:
    """Return what is known before a meeting and what is missing, as (kind, sentence)."""
    who = wb.contacts.get(meeting.contact_id)
    found = wb.findings.rows()
    subjects = (
        ("the occupation", "occupation_id", meeting.occupation_id, "occupations"),
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
                ("ok", f"{_n(len(known), 'finding')} about {words} ({name}), "
                 f"the latest of {forms.in_words(last)}.")
            )  # fmt: skip
        else:
            said.append(("advice", f"Nothing found yet about {words} ({name})."))
    if not n:
        said.insert(
            0,
            ("warning", "You have read nothing yet for this meeting. A conversation adds to what "
             "you have read; it is not where research starts. Spend twenty minutes in 01_research "
             "first: you will ask better questions, and it shows respect."),
        )  # fmt: skip
    if meeting.occupation_id:
        from .research import knowledge

        rows = knowledge(wb, meeting.occupation_id)
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
        f'<div class="ii-line ii-advice" role="alert"><b>Warning</b>{forms.escape(words)}</div>'
        if kind == "warning"
        else forms.line(kind, words)
        for kind, words in said
    )


def gate(wb: Workbook) -> w.VBox:
    """What the learner has read for this meeting, and what is missing."""
    return panel_about(
        _meetings(wb), "gate", lambda row: _warned(research_gate(wb, row)),
        ("findings", "interviews", "contacts", "occupations", "questions"),
    )  # fmt: skip


# --- the objective (R3) ----------------------------------------------------------------------


def objective(wb: Workbook) -> w.VBox:
    """Which objective this meeting serves; a new one can be written in place."""
    meetings, said = _meetings(wb), forms.markup()
    picker = forms.RowPicker(wb, "goals", "Objective for this meeting", key="prep")

    def use(id: str = "") -> str | None:
        goal = id or picker.id
        if not meetings.id:
            said.value = forms.line("next", NO_MEETING)
        elif not goal:
            said.value = forms.line("next", "Choose an objective, or write one below.")
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
        goals = sorted(wb.goals.rows(), key=lambda row: (row.set_on, row.created_at))
        chosen = meetings.row.goal_id if meetings.id else ""
        picker.id = chosen or (goals[-1].id if goals else "")
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


# --- the plan: which questions, in which order (R19-R22) -------------------------------------


def ordered(wb: Workbook, interview_id: str) -> list[Any]:
    """Return the questions of a meeting, the planned ones first, each kind in its order."""
    rows = [row for row in wb.questions.rows() if row.interview_id == interview_id]
    return sorted(rows, key=lambda row: (row.outcome == "reserve", row.position, row.created_at))


def add_questions(
    wb: Workbook, interview_id: str, many: Iterable[tuple[str, str]], outcome: str = ""
) -> list[Any]:
    """Add (category, question) pairs at the end; what is there already is left out.

    outcome: planned, as many as the course says, and reserve from then on, unless given
    """
    there = ordered(wb, interview_id)
    known = {_same(row.text) for row in there}
    n_planned = sum(row.outcome != "reserve" for row in there)
    position = max((row.position for row in there), default=0)
    new = []
    for category, text in many:
        if _same(text) in known:
            continue
        known.add(_same(text))
        position += 1
        n_planned += 1
        room = n_planned <= wb.course.interview.questions_planned
        new.append(
            {
                "interview_id": interview_id,
                "position": min(position, 999),
                "category": category,
                "text": text,
                "outcome": outcome or ("planned" if room else "reserve"),
            }
        )
    return wb.questions.append_many(new) if new else []


def _same(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" ?.!")


def move(wb: Workbook, question_id: str, by: int) -> None:
    """Move a question up (-1) or down (+1) among its like; at the end it stays."""
    row = wb.questions.get(question_id)
    rows = ordered(wb, row.interview_id)
    at = next(n for n, other in enumerate(rows) if other.id == question_id)
    to = at + by
    if not 0 <= to < len(rows) or (rows[to].outcome == "reserve") != (row.outcome == "reserve"):
        return
    rows.insert(to, rows.pop(at))
    with wb.together("moving a question"):
        for position, other in enumerate(rows, 1):
            if other.position != position:
                wb.questions.revise(other.id, position=position)


def minutes_each(meeting: Any, n_planned: int) -> float:
    """Return the minutes for each planned question, the opening and closing set aside."""
    return max(meeting.minutes - OPENING_MINUTES, 0) / n_planned if n_planned else 0.0


def left_open(wb: Workbook, meeting: Any) -> list[Any]:
    """Return questions of earlier meetings on this occupation that were not reached."""
    earlier = {
        row.id
        for row in wb.interviews.rows()
        if row.id != meeting.id and row.occupation_id == meeting.occupation_id
        and row.occupation_id and row.starts_at < meeting.starts_at
    }  # fmt: skip
    return [
        row
        for row in wb.questions.rows()
        if row.interview_id in earlier and row.outcome == "not reached"
    ]


def coverage(wb: Workbook, meeting: Any) -> list[tuple[str, str]]:
    """Return what the plan covers and what it lacks, as (kind, sentence)."""
    rows = ordered(wb, meeting.id)
    planned = [row for row in rows if row.outcome != "reserve"]
    aim = wb.course.interview.questions_planned
    said: list[tuple[str, str]] = []
    if not rows:
        return [("next", f"Tick about {aim} questions below and add them.")]
    each = minutes_each(meeting, len(planned))
    words = f"{_n(len(planned), 'question')} planned, {len(rows) - len(planned)} in reserve: "
    words += f"about {each:.0f} minutes each in {meeting.minutes}."
    if len(planned) < aim - 1:
        said.append(("advice", f"{words} About {aim} is a good number."))
    elif len(planned) > aim:
        said.append(("advice", f"{words} Put some in reserve: answers wander, and that is good."))
    else:
        said.append(("ok", words))
    covered = {row.category for row in planned}
    # R22: the work itself, how they found the position, the path, the industry's future.
    themes = (
        ("the work itself", {"work environment", "rewards", "challenges"}),
        ("how they found the position", {"hiring", "background", "job market"}),
        ("the career path", {"background", "advice"}),
        ("the industry's future", {"industry", "demand"}),
    )
    lacking = [name for name, of in themes if not covered & of]
    if lacking:
        said.append(("advice", f"Nothing planned yet on {', '.join(lacking)}."))
    else:
        said.append(("ok", f"The plan covers {_n(len(covered), 'category', 'categories')}."))
    open_rows = [row for row in left_open(wb, meeting) if _same(row.text) not in
                 {_same(r.text) for r in rows}]  # fmt: skip
    for row in open_rows[:5]:
        said.append(("note", f"Left open by an earlier meeting ({row.category}): {row.text}"))
    if "referrals" not in {row.category for row in rows}:
        said.append(
            ("note", "The sheet ends with the closing asks: whom else to talk to, permission to "
             "use their name, a business card.")
        )  # fmt: skip
    return said


def candidates(wb: Workbook, meeting: Any) -> list[dict[str, str]]:
    """Return what may be asked: left open earlier, the bank, one's own of other meetings."""
    bank = questions.bank_rows()
    known = {_same(row["question"]) for row in bank}
    left, own, blank = [], [], {"for_stage": "", "for_format": "any", "probe": ""}
    for row in left_open(wb, meeting) if meeting else []:
        left.append({"category": row.category, "question": row.text, **blank, "from": "left open"})
    for row in wb.questions.rows():
        if _same(row.text) not in known:
            known.add(_same(row.text))
            own.append({"category": row.category, "question": row.text, **blank, "from": "yours"})
    seen: set[str] = set()
    found = []
    for row in [*left, *bank, *own]:
        if _same(row["question"]) not in seen:
            seen.add(_same(row["question"]))
            found.append({"from": "", **row})
    return found


def filtered(
    rows: Iterable[dict[str, str]], words: str = "", category: str = "", stage: str = "",
    format: str = "",
) -> list[dict[str, str]]:  # fmt: skip
    """Return the candidates that hold every word typed and fit what is chosen."""
    wanted = words.casefold().split()
    return [
        row
        for row in rows
        if all(word in f"{row['question']} {row['probe']} {row['category']}".casefold()
               for word in wanted)
        and category in ("", row["category"])
        and (not stage or row["for_stage"] in ("", stage))
        and (not format or row["for_format"] in ("any", format))
    ]  # fmt: skip


def advice_html(text: str) -> str:
    """The checks' advice on a question, as HTML; a word of praise when there is none."""
    if not text.strip():
        return ""
    said = questions.check(text)
    return forms.lines(("advice", advice.text) for advice in said) or forms.line(
        "ok", "Nothing to say against this question."
    )


PER_PAGE = 10


def choose_questions(wb: Workbook) -> w.VBox:
    """The bank: filter, search, tick, add; and a place for a question of one's own."""
    return _Chooser(wb).widget


class _Chooser:
    def __init__(self, wb: Workbook):
        self.wb, self.meetings = wb, _meetings(wb)
        self.ticks: dict[str, w.Checkbox] = {}
        self.n_shown = PER_PAGE
        self.said, self.advice, self.count = forms.markup(), forms.markup(), forms.markup()
        self.words = forms.field(w.Text, "Search the questions", placeholder="a word, as in: team")
        any_ = [("(all)", "")]
        self.category = forms.field(
            w.Dropdown,
            "Category of questions",
            options=[*any_, *((name, name) for name in CATEGORIES)],
        )
        self.stage = forms.field(
            w.Dropdown, "For how far along", options=[*any_, *((s, s) for s in GOAL_STAGES)]
        )
        self.format = forms.field(
            w.Dropdown, "For a meeting", options=[*any_, *((f, f) for f in FORMATS)]
        )
        self.list = forms.column()
        self.more = forms.button("Show more questions", self._more)
        self.add = forms.button("Add the ticked questions", self._add, self.said, main=True)
        self.own = forms.field(w.Textarea, "Your own question", rows=2, wide=True)
        self.own_category = forms.field(
            w.Dropdown,
            "Category of your question",
            options=[("(choose)", ""), *((name, name) for name in CATEGORIES)],
        )
        self.own_said = forms.markup()
        self.add_own = forms.button("Add my question", self._add_own, self.own_said)
        for field in (self.words, self.category, self.stage, self.format):
            field.observe(lambda _: self._refilter(), "value")
        self.own.observe(lambda change: self._check(change["new"]), "value")
        self.widget = forms.panel(
            forms.grid(self.words, self.category, self.stage, self.format),
            self.count,
            self.list,
            forms.bar(self.add, self.more),
            self.said,
            forms.markup("<h3>A question of your own</h3>"),
            forms.grid(self.own, self.own_category),
            self.advice,
            forms.bar(self.add_own),
            self.own_said,
        )
        self.meetings.watch("chooser", self._start)
        kept = wb.draft("own question")
        if kept:
            self.own.value = str(kept[0].get("text", ""))
        self._start()

    def _start(self) -> None:
        """Show what fits the meeting: its objective's stage and its format."""
        meeting = self.meetings.row
        goal = meeting.goal_id if meeting else ""
        if goal and goal in self.wb.goals:
            self.stage.value = self.wb.goals.get(goal).stage
        self._refilter()

    def _refilter(self) -> None:
        self.n_shown = PER_PAGE
        self._show()

    def _more(self) -> None:
        self.n_shown += PER_PAGE
        self._show()

    def _show(self) -> None:
        rows = filtered(
            candidates(self.wb, self.meetings.row), self.words.value, self.category.value,
            self.stage.value, self.format.value,
        )  # fmt: skip
        self.list.children = tuple(self._tick(row) for row in rows[: self.n_shown])
        shown = min(self.n_shown, len(rows))
        words = f"{shown} of {_n(len(rows), 'question')}"
        if not rows:
            words = "No question fits. Search for another word, or choose (all) above."
        self.count.value = f'<div class="ii-help" role="status">{words}</div>'
        forms.show(self.more, len(rows) > self.n_shown)

    def _tick(self, row: dict[str, str]) -> w.Checkbox:
        text = row["question"]
        if text not in self.ticks:
            mark = f" [{', '.join(part for part in (row['category'], row['from']) if part)}]"
            self.ticks[text] = forms.field(w.Checkbox, _short(text, 200) + mark, indent=False)
            self.ticks[text].category = row["category"]
        return self.ticks[text]

    def _add(self) -> str | None:
        ticked = [(tick.category, text) for text, tick in self.ticks.items() if tick.value]
        if not self.meetings.id:
            self.said.value = forms.line("next", NO_MEETING)
            return None
        if not ticked:
            self.said.value = forms.line("next", "Tick a question first.")
            return None
        added = add_questions(self.wb, self.meetings.id, ticked)
        for tick in self.ticks.values():
            tick.value = False
        already = len(ticked) - len(added)
        words = f"Added: {_n(len(added), 'question')}."
        return words + (f" {already} of them you had already." if already else "")

    def _check(self, text: str) -> None:
        self.advice.value = advice_html(text)
        if text:
            self.wb.keep_draft("own question", {"text": text})
        else:
            self.wb.discard_draft("own question")

    def _add_own(self) -> str | None:
        text, category = self.own.value.strip(), self.own_category.value
        if not self.meetings.id:
            self.own_said.value = forms.line("next", NO_MEETING)
        elif not text:
            self.own_said.value = forms.line("next", "Write your question first.")
        elif not category:
            self.own_said.value = forms.line("next", "Choose its category, then add it.")
            forms.focus(self.own_category)
        else:
            added = add_questions(self.wb, self.meetings.id, [(category, text)])
            if not added:
                return "You had this question already."
            self.own.value = ""
            return f"Added: {_short(text)}"
        return None


def plan(wb: Workbook) -> w.VBox:
    """The questions of this meeting in order, with buttons to move, reserve, reword, take out."""
    return _Plan(wb).widget


class _Plan:
    def __init__(self, wb: Workbook):
        self.wb, self.meetings, self._quiet = wb, _meetings(wb), False
        self.shown, self.said, self.advice = forms.markup(), forms.markup(), forms.markup()
        self.which = forms.field(w.Dropdown, "Question to change", options=[("", "")])
        self.text = forms.field(w.Textarea, "Its wording", rows=2, wide=True)
        buttons = (
            ("Move up", lambda: self._move(-1)),
            ("Move down", lambda: self._move(1)),
            ("To reserve or back", self._swap),
            ("Save wording", self._reword),
            ("Take it out", self._remove),
        )
        self.parts = forms.panel(
            self.which,
            self.text,
            self.advice,
            forms.bar(*(forms.button(label, do, self.said) for label, do in buttons)),
        )
        self.which.observe(lambda change: self._load(change["new"]), "value")
        self.text.observe(lambda change: self._advise(change["new"]), "value")
        self.widget = forms.panel(self.shown, self.parts, self.said)
        self.meetings.watch("plan", self._show)
        wb.watch("plan", lambda table: table in ("questions", "interviews") and self._show())
        self._show()

    def _show(self) -> None:
        meeting = self.meetings.row
        rows = ordered(self.wb, meeting.id) if meeting else []
        self.shown.value = (
            plan_html(self.wb, meeting) if meeting else forms.line("next", NO_MEETING)
        )
        forms.show(self.parts, rows)
        options = [("(choose)", "")]
        options += [(f"{n}. {_short(row.text)}", row.id) for n, row in enumerate(rows, 1)]
        if list(self.which.options) != options:
            chosen = self.which.value if self.which.value in {id for _, id in options} else ""
            self._quiet = True  # what is being reworded stays in its field
            self.which.options = options
            self.which.value = chosen
            self._quiet = False
            if not chosen:
                self._load("")

    def _load(self, id: str) -> None:
        if self._quiet:
            return
        self.text.value = self.wb.questions.get(id).text if id else ""

    def _advise(self, text: str) -> None:
        self.advice.value = advice_html(text) if self.which.value else ""

    def _chosen(self) -> str:
        if not self.which.value:
            self.said.value = forms.line("next", "Choose a question first.")
        return self.which.value

    def _move(self, by: int) -> str | None:
        if not (id := self._chosen()):
            return None
        move(self.wb, id, by)
        at = [row.id for row in ordered(self.wb, self.meetings.id)].index(id)
        return f"Now at place {at + 1}."

    def _swap(self) -> str | None:
        if not (id := self._chosen()):
            return None
        row = self.wb.questions.get(id)
        outcome = "reserve" if row.outcome != "reserve" else "planned"
        self.wb.questions.revise(id, outcome=outcome)
        return f"Now {outcome}: {_short(row.text)}"

    def _reword(self) -> str | None:
        if not (id := self._chosen()):
            return None
        self.wb.questions.revise(id, text=self.text.value.strip())
        return "Saved: its wording."

    def _remove(self) -> str | None:
        if not (id := self._chosen()):
            return None
        self.which.value = ""
        self.wb.questions.erase(id)
        return "Taken out."


def plan_html(wb: Workbook, meeting: Any) -> str:
    """The plan as HTML: the questions with their category and advice, then what it covers."""
    parts, rows = [], ordered(wb, meeting.id)
    each = minutes_each(meeting, sum(row.outcome != "reserve" for row in rows))
    for title, kind in (("Planned", False), ("Reserve", True)):
        items = ""
        for row in rows:
            if (row.outcome == "reserve") != kind:
                continue
            rules = ", ".join(advice.rule for advice in questions.check(row.text))
            note = row.category + ("" if kind else f", about {each:.0f} min")
            note += f", see the check: {rules}" if rules else ""
            words = forms.escape(_short(row.text, 300))
            items += (
                f'<li><span class="ii-wrap" dir="auto">{words}</span> '
                f'<span class="ii-help">({forms.escape(note)})</span></li>'
            )
        if items:
            first = 1 if not kind else sum(row.outcome != "reserve" for row in rows) + 1
            parts.append(f'<h3>{title}</h3><ol start="{first}">{items}</ol>')
    return "".join(parts) + forms.lines(coverage(wb, meeting))


# --- the day: when to leave, what to bring (R23-R25) ------------------------------------------


def arrival(wb: Workbook, meeting: Any) -> list[tuple[str, datetime]]:
    """Return the times of the day in order: when to leave, to be there, to begin, to end.

    In person one arrives by the course's minutes early, in a public place too (to find
    seats); by phone and video one is ready by its other figure.
    """
    starts = meeting.starts_at
    if meeting.format in IN_PERSON:
        there = starts - timedelta(minutes=wb.course.interview.arrive_early_minutes)
        times = [("Be there", there)]
        if meeting.travel_minutes:
            times.insert(0, ("Leave", there - timedelta(minutes=meeting.travel_minutes)))
    else:
        early = timedelta(minutes=wb.course.interview.join_early_minutes)
        times = [("Be ready", starts - early)]
    return [
        *times,
        ("Begin", starts),
        ("End, thank them", starts + timedelta(minutes=meeting.minutes)),
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
        self.wb, self.meetings = wb, _meetings(wb)
        self.said, self.times, self.boxes = forms.markup(), forms.markup(), forms.column()
        self.wear = forms.field(w.Text, "What you will wear")
        self.travel = forms.field(w.Text, "Minutes to get there")
        self.place = forms.field(w.Text, "Place or link")
        save = forms.button("Save the plan for the day", self._save, self.said, main=True)
        fields = forms.grid(self.place, self.travel, self.wear)
        self.widget = forms.panel(fields, forms.bar(save), self.said, self.times, self.boxes)
        self.meetings.watch("checklist", self._show)
        self._show()

    def _show(self) -> None:
        meeting, self.said.value = self.meetings.row, ""
        if meeting is None:
            self.said.value = forms.line("next", NO_MEETING)
            self.boxes.children = ()
            return
        self.wear.value, self.place.value = meeting.wear, meeting.place
        self.travel.value = "" if meeting.travel_minutes is None else str(meeting.travel_minutes)
        self._show_times()
        kept = self.wb.draft(self._key)
        done = set(kept[0].get("done", [])) if kept else set()
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
        rows = [{"On the day": words, "": _clock(at)} for words, at in arrival(self.wb, meeting)]
        zone = f"Times in {meeting.timezone}" if meeting.timezone else "Times where you meet"
        html = forms.html_table(rows, zone)
        if meeting.format in IN_PERSON and not meeting.travel_minutes:
            html += forms.line("advice", "Look up the way: then this says when to leave.")
        self.times.value = html

    def _save(self) -> str | None:
        if not self.meetings.id:
            self.said.value = forms.line("next", NO_MEETING)
            return None
        travel = self.travel.value.strip()
        changes = {"wear": self.wear.value, "place": self.place.value, "travel_minutes": travel}
        self.wb.interviews.revise(self.meetings.id, **changes)
        self._show_times()
        return "Saved: the plan for the day."

    def _keep(self) -> None:
        done = [box.description for box in self.boxes.children if box.value]
        keep(self.wb, self.meetings.id, self._key, {"done": done}, self.said)


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
body { font: %(pt)spt/1.32 Georgia, "Noto Serif", "Noto Sans CJK SC", serif; }
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
    times = ", ".join(f"{words.lower()} {_clock(at)}" for words, at in arrival(wb, meeting))
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
        f"<h1 dir=auto>{e(_short(_who(wb, meeting), 110))}</h1>",
        '<div class="facts">',
        *(f"<div dir=auto><b>{e(name)}</b> {e(_short(value, 120))}</div>" for name, value in facts),
        "</div>",
    ]
    if goal:
        parts.append(f"<h2>What I want to find out</h2><p dir=auto>{e(_short(goal, 220))}</p>")
    parts.append("<h2>Begin with thanks, and say how long you will take</h2>")
    each = minutes_each(meeting, len(planned))
    title = f"Questions, about {each:.0f} minutes each" if planned else "Questions"
    asks = [f"<li dir=auto><b>{n}</b>{e(_short(row.text, longest))}</li>"
            for n, row in enumerate(planned, 1)]  # fmt: skip
    asks += ["<li></li>"] * max(0, 3 - len(asks))
    parts.append(f'<h2>{title}</h2><ol class="ask">{"".join(asks)}</ol>')
    if reserve:
        items = "".join(f"<li dir=auto>{e(_short(row.text, 90))}</li>" for row in reserve)
        parts.append(f'<h2>In reserve</h2><ul class="two quiet">{items}</ul>')
    parts.append("<h2>Noticed: dress, how people speak, what they laugh about</h2><p>&nbsp;</p>")
    closing = "".join(f'<li class="box">{words}</li>' for words in CLOSING)
    parts.append(f'<h2>Before you leave</h2><ul class="closing">{closing}</ul>')
    height = 272 if size == "A4" else 255
    style = _SHEET_STYLE % {"size": size, "pt": points, "height": height}
    button = '<button onclick="window.print()">Print this sheet</button>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Sheet for {e(_short(_who(wb, meeting), 80))}</title><style>{style}</style></head>"
        f"<body>{button}<main>{''.join(parts)}</main></body></html>"
    )


def sheet(wb: Workbook) -> w.VBox:
    """The printable sheet, shown in place; nothing about the person is written to a file."""
    size = forms.field(w.Dropdown, "Paper", options=["A4", "Letter"])
    meetings = _meetings(wb)

    def make(meeting: Any) -> str:
        html = sheet_html(wb, meeting.id, size.value)
        data = base64.b64encode(html.encode()).decode()
        return (
            '<iframe title="The sheet for this meeting" sandbox="allow-scripts allow-modals" '
            f'srcdoc="{forms.escape(html)}" '
            'style="width:100%;height:620px;border:1px solid #8f8f8f;background:#fff"></iframe>'
            '<p><a download="meeting-sheet.html" '
            f'href="data:text/html;charset=utf-8;base64,{data}">Save the sheet as a file</a></p>'
        )

    shown = panel_about(
        meetings, "sheet", make,
        ("questions", "interviews", "contacts", "organizations", "goals", "learner"),
    )  # fmt: skip
    size.observe(lambda _: meetings.tell(), "value")
    return forms.panel(size, shown)


# --- on the day ---------------------------------------------------------------------------------


def live_key(interview_id: str) -> str:
    """The draft under which a meeting's notes are kept until the debrief is saved."""
    return f"live {interview_id}"


def live_notes(wb: Workbook, interview_id: str) -> dict[str, Any]:
    """Return what was noted during a meeting; every key is there, empty when nothing was.

    notes, outcomes: by question id; dress, communication, humor: observations;
    names: dicts of name, about, may_use_name; started_at, ended_at: ISO instants or ""
    """
    kept = wb.draft(live_key(interview_id))
    blank: dict[str, Any] = {
        "started_at": "", "ended_at": "", "current": "", "is_chosen": False, "notes": {},
        "outcomes": {}, "dress": "", "communication": "", "humor": "", "names": [],
    }  # fmt: skip
    return {**blank, **(kept[0] if kept else {})}


def clock_words(minutes: int, elapsed: float) -> tuple[str, str]:
    """Return what the clock says after `elapsed` seconds of a meeting of so many minutes.

    (text, sign): the sign is "" until five minutes are left, then a gentle word.
    """
    left = minutes * 60 - elapsed
    shown = f"{int(abs(left)) // 60}:{int(abs(left)) % 60:02d}"
    if left < 0:
        return f"{shown} over", f"The {minutes} minutes are over: thank them, or ask to go on."
    if left <= LAST_MINUTES * 60:
        return (
            f"{shown} left",
            f"{LAST_MINUTES} minutes left: time for the closing asks. "
            "Whom else to talk to, their name, a card, thanks.",
        )
    return f"{shown} left", ""


def on_the_day(wb: Workbook, clock: Clock | None = None, speed: float | None = None) -> w.VBox:
    """The live page: clock, the question now and next, notes that are kept as they are typed.

    speed: how many seconds pass per second, for trying it out; II_CLOCK_SPEED sets it too
    """
    live = _Live(wb, clock or (lambda: forms.now_in(wb)), speed)
    return live.widget


_TICKING: dict[Path, asyncio.Task[None]] = {}


class _Live:
    """Everything typed is on disk within a second; a new kernel goes on where it was."""

    def __init__(self, wb: Workbook, clock: Clock, speed: float | None):
        self.wb, self.clock, self.meetings = wb, clock, _meetings(wb)
        self.speed = speed or float(os.environ.get("II_CLOCK_SPEED", "1"))
        self.state: dict[str, Any] = {}
        self._quiet, self._written = False, 0.0
        self._due: asyncio.TimerHandle | None = None
        self.said, self.time, self.sign = forms.markup(), forms.markup(), forms.markup()
        self.now, self.names = forms.markup(), forms.markup()
        self.goto = forms.field(w.Dropdown, "Go to question", options=[("", "")])
        self.note = forms.field(w.Textarea, "Notes on this question", rows=4, wide=True)
        self.came_up = forms.field(w.Text, "A question that came up")
        self.seen = {
            name: forms.field(w.Text, label)
            for name, label in (
                ("dress", "Dress, as you see it"),
                ("communication", "How people speak with each other"),
                ("humor", "What they laugh about"),
            )
        }
        self.name = forms.field(w.Text, "Name they mentioned")
        self.about = forms.field(w.Text, "Who that is, how to reach them")
        self.may = forms.field(
            w.Dropdown, "May I say you sent me?", options=MAY_USE_NAME, value="not asked"
        )
        self.start = forms.button("Start the meeting", self._start, self.said, main=True)
        self.end = forms.button("End the meeting", self._end, self.said)
        self.asked = forms.button("Asked, next question", lambda: self._mark("asked"), main=True)
        self.skip = forms.button("Skip it", lambda: self._mark("skipped"))
        self.back = forms.button("Back", self._back)
        add_came_up = forms.button("Add it to my questions", self._add_came_up, self.said)
        self.add_name = forms.button("Add this name", self._add_name, self.said)
        top = forms.bar(self.start, self.end)
        self.body = forms.panel(
            self.now,
            self.note,
            forms.bar(self.asked, self.skip, self.back),
            self.goto,
            self.came_up,
            forms.bar(add_came_up),
            forms.markup("<h3>Noticed</h3>"),
            forms.grid(*self.seen.values()),
            forms.markup("<h3>People they named</h3>"),
            forms.grid(self.name, self.about, self.may),
            forms.bar(self.add_name),
            self.names,
        )
        self.widget = forms.panel(self.time, self.sign, top, self.said, self.body)
        self.note.observe(lambda _: self._typed(), "value")
        for field in self.seen.values():
            field.observe(lambda _: self._typed(), "value")
        self.goto.observe(lambda change: self._go(change["new"]), "value")
        self.meetings.watch("live", self._load)
        wb.watch("live", self._log_changed)
        self._load()

    # what is kept

    def _log_changed(self, table: str) -> None:
        if self.meetings.id != self.state.get("id", ""):
            self._load()  # the first meeting was logged, or this one was erased
        elif table == "questions":
            self._show()

    def _load(self) -> None:
        self._flush()
        meeting = self.meetings.row
        forms.show(self.body, meeting)
        self.start.disabled = self.end.disabled = meeting is None
        self.state = live_notes(self.wb, meeting.id) if meeting else {}
        if not meeting:
            self.said.value = forms.line("next", NO_MEETING)
            return
        self._quiet = True
        for name, field in self.seen.items():
            field.value = self.state[name]
        self._quiet = False
        self.said.value = ""
        if self.state["started_at"] and not self.state["ended_at"]:
            began = datetime.fromisoformat(self.state["started_at"])
            over = began + timedelta(minutes=meeting.minutes)
            if self.clock() > over + FORGOTTEN_AFTER:  # nobody pressed End
                self.state["ended_at"] = over.isoformat()
            else:
                self.said.value = forms.line("ok", "Going on where you were.")
                self._tick_on()
        self._show()
        self._show_time()

    def _typed(self) -> None:
        if self._quiet or not self.state:
            return
        if self.state["current"]:
            self.state["notes"][self.state["current"]] = self.note.value
            self.state["is_chosen"] |= bool(self.note.value.strip())
        for name, field in self.seen.items():
            self.state[name] = field.value
        self._keep()

    def _keep(self) -> None:
        """On disk now, or within a second when the last write was just now."""
        wait = self._written + 1.0 - time.monotonic()
        if wait <= 0:
            self._flush(force=True)
        elif self._due is None:
            self._due = forms.later(wait, self._flush, True)

    def _flush(self, force: bool = False) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due, force = None, True
        if force and self.state:
            self._written = time.monotonic()
            id = self.state.get("id") or self.meetings.id
            keep(self.wb, id, live_key(id), self.state, self.said)

    # the questions

    def _rows(self) -> list[Any]:
        return ordered(self.wb, self.meetings.id) if self.meetings.id else []

    def _show(self) -> None:
        if not self.state:
            return
        rows = self._rows()
        ids = [row.id for row in rows]
        begun = self.state["started_at"] or self.state["is_chosen"]
        if self.state["current"] not in ids or not begun:
            left = [id for id in ids if id not in self.state["outcomes"]]
            self.state["current"] = (left or ids or [""])[0]
        self.state["id"] = self.meetings.id
        current = self.state["current"]
        self._quiet = True
        marks = {"asked": "✓ ", "skipped": "– "}
        options = [("(no question yet)", "")] if not rows else []
        options += [
            (f"{marks.get(self.state['outcomes'].get(r.id, ''), '')}{n}. {_short(r.text)}", r.id)
            for n, r in enumerate(rows, 1)
        ]
        if list(self.goto.options) != options:
            self.goto.options = options
        self.goto.value = current
        if self.note.value != self.state["notes"].get(current, ""):
            self.note.value = self.state["notes"].get(current, "")
        self._quiet = False
        self.now.value = self._question_html(rows, current)
        self.names.value = forms.html_table(
            [
                {"Named": n["name"], "Who": n["about"], "May I say you sent me?": n["may_use_name"]}
                for n in self.state["names"]
            ]
        )

    def _question_html(self, rows: Sequence[Any], current: str) -> str:
        at = next((n for n, row in enumerate(rows) if row.id == current), None)
        if at is None:
            return forms.line(
                "next", "No question yet: choose some above, or add one that came up."
            )
        left = [r for r in rows[at + 1 :] if r.id not in self.state["outcomes"]]
        n_asked = sum(how == "asked" for how in self.state["outcomes"].values())
        following = f"Next: {_short(left[0].text, 200)}" if left else "Next: the closing asks."
        return (
            f'<div class="ii-help">Question {at + 1} of {len(rows)}, {n_asked} asked</div>'
            f'<h3 dir="auto" class="ii-wrap">{forms.escape(_short(rows[at].text, 600))}</h3>'
            f'<p dir="auto">{forms.escape(following)}</p>'
        )

    def _mark(self, how: str) -> None:
        current, rows = self.state.get("current", ""), self._rows()
        if not current:
            return
        self._typed()
        self.state["outcomes"][current] = how
        self.state["is_chosen"] = True
        ids = [row.id for row in rows]
        at = ids.index(current)
        after = [id for id in ids[at + 1 :] + ids[:at] if id not in self.state["outcomes"]]
        self.state["current"] = after[0] if after else current
        self._flush(force=True)
        self._show()
        forms.focus(self.note)

    def _back(self) -> None:
        ids = [row.id for row in self._rows()]
        if self.state.get("current") in ids:
            self._go(ids[max(ids.index(self.state["current"]) - 1, 0)])

    def _go(self, id: str) -> None:
        if self._quiet or not id or not self.state:
            return
        self.state["current"], self.state["is_chosen"] = id, True
        self._keep()
        self._show()

    def _add_came_up(self) -> str | None:
        text = self.came_up.value.strip()
        if not text or not self.meetings.id:
            self.said.value = forms.line("next", "Type the question first.")
            return None
        added = add_questions(self.wb, self.meetings.id, [("anything else", text)])
        if not added:
            return "You had this question already."
        self.came_up.value = ""
        self.state["current"], self.state["is_chosen"] = added[0].id, True
        self._flush(force=True)
        self._show()
        return f"Added: {_short(text)}"

    def _add_name(self) -> str | None:
        name = self.name.value.strip()
        if not name or not self.state:
            self.said.value = forms.line("next", "Type the name first.")
            return None
        self.state["names"].append(
            {"name": name, "about": self.about.value.strip(), "may_use_name": self.may.value}
        )
        self.name.value = self.about.value = ""
        self.may.value = "not asked"
        self._flush(force=True)
        self._show()
        return f"Kept: {name}. The debrief makes them a contact."

    # the clock

    def _start(self) -> str | None:
        if not self.meetings.id:
            return None
        if self.state["started_at"] and not self.state["ended_at"]:
            return "The clock is running."
        self.state["started_at"], self.state["ended_at"] = self.clock().isoformat(), ""
        self._flush(force=True)
        self._tick_on()
        self._show_time()
        forms.focus(self.note)
        return "Started. Begin with thanks."

    def _end(self) -> str | None:
        if not self.meetings.id:
            return None
        self._typed()
        self.state["ended_at"] = self.clock().isoformat()
        self._flush(force=True)
        if self.meetings.row.status != "held":
            self.wb.interviews.revise(self.meetings.id, status="held")
        self._show_time()
        return "Ended, and your notes are kept. Within the hour: 04_debrief."

    def _tick_on(self) -> None:
        if (loop := forms.kernel_loop()) is None:  # nobody to see it
            return
        # One clock per workbook: the one of a page that was started again is stopped.
        if before := _TICKING.pop(self.wb.folder, None):
            before.cancel()
        _TICKING[self.wb.folder] = loop.create_task(self._tick())

    async def _tick(self) -> None:
        while self.state.get("started_at") and not self.state.get("ended_at"):
            self._show_time()
            await asyncio.sleep(1.0)

    def _show_time(self) -> None:
        meeting = self.meetings.row
        if not self.state.get("started_at"):
            text, sign = f"{meeting.minutes}:00 planned", ""
        else:
            until = self.state["ended_at"] or self.clock().isoformat()
            began = datetime.fromisoformat(self.state["started_at"])
            elapsed = (datetime.fromisoformat(until) - began).total_seconds() * self.speed
            text, sign = clock_words(meeting.minutes, elapsed)
            if self.state["ended_at"]:
                text, sign = f"Ended after {_n(round(elapsed / 60), 'minute')}", ""
        self.time.value = (
            f'<div class="ii-clock" role="timer" aria-label="Clock" '
            f'style="font-size:26px;font-weight:600">{text}</div>'
        )
        shown = f'<div role="status">{forms.line("advice", sign)}</div>' if sign else ""
        if self.sign.value != shown:
            self.sign.value = shown


# --- what is done -------------------------------------------------------------------------------


def check_prep(wb: Workbook) -> w.VBox:
    """What this meeting's preparation has, and what it still wants."""
    return panel_about(_meetings(wb), "check prep", lambda row: forms.lines(prep_done(wb, row)))


def prep_done(wb: Workbook, meeting: Any) -> list[tuple[str, str]]:
    """Return what is ready for a meeting and what comes next, as (kind, sentence)."""
    who = wb.label("contacts", meeting.contact_id)
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


# --- words --------------------------------------------------------------------------------------


def _who(wb: Workbook, meeting: Any) -> str:
    who = wb.contacts.get(meeting.contact_id)
    return " ".join(part for part in (who.salutation, who.name) if part)


def _n(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def _short(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"
