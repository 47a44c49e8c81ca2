"""Notebook 03, the plan: which questions, in which order (R19-R22)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms, questions
from ..facts import Facts
from ..tables import CATEGORIES, FORMATS, GOAL_STAGES
from .meeting import NO_MEETING, keep, n_of, prepared, short

if TYPE_CHECKING:
    from ..workbook import Workbook

OPENING_MINUTES = 3  # thanks and a first word, and the closing asks (R26, R28)


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
    about = Facts.of(wb).subjects
    earlier = {
        row.id
        for row in wb.interviews.rows()
        if row.id != meeting.id and about.get(row.id) == about.get(meeting.id)
        and about.get(row.id) and row.starts_at < meeting.starts_at
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
        return [("next", f"Tick about {aim} questions in step 4 and add them.")]
    each = minutes_each(meeting, len(planned))
    words = f"{n_of(len(planned), 'question')} planned, {len(rows) - len(planned)} in reserve: "
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
        said.append(("ok", f"The plan covers {n_of(len(covered), 'category', 'categories')}."))
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
        self.wb, self.meetings = wb, prepared(wb)
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
        self.own_category.observe(lambda _: self._keep(), "value")
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
            category = kept[0].get("category", "")
            self.own.value = str(kept[0].get("text", ""))
            self.own_category.value = category if category in CATEGORIES else ""
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
        words = f"{shown} of {n_of(len(rows), 'question')}"
        if not rows:
            words = "No question fits. Search for another word, or choose (all) above."
        self.count.value = f'<div class="ii-help" role="status">{words}</div>'
        forms.show(self.more, len(rows) > self.n_shown)

    def _tick(self, row: dict[str, str]) -> w.Checkbox:
        text = row["question"]
        if text not in self.ticks:
            mark = f" [{', '.join(part for part in (row['category'], row['from']) if part)}]"
            self.ticks[text] = forms.field(w.Checkbox, short(text, 200) + mark, indent=False)
            self.ticks[text].category = row["category"]
        return self.ticks[text]

    def _add(self) -> str | None:
        ticked = [(tick.category, text) for text, tick in self.ticks.items() if tick.value]
        if not self.meetings.id:
            self.said.value = forms.line("next", NO_MEETING, answers=True)
            return None
        if not ticked:
            self.said.value = forms.line("next", "Tick a question first.", answers=True)
            return None
        added = add_questions(self.wb, self.meetings.id, ticked)
        for tick in self.ticks.values():
            tick.value = False
        already = len(ticked) - len(added)
        words = f"Added: {n_of(len(added), 'question')}."
        return words + (f" {already} of them you had already." if already else "")

    def _check(self, text: str) -> None:
        self.advice.value = advice_html(text)
        self._keep()

    def _keep(self) -> None:
        if text := self.own.value:
            category = self.own_category.value
            self.wb.keep_draft("own question", {"text": text, "category": category})
        else:
            self.wb.discard_draft("own question")

    def _add_own(self) -> str | None:
        text, category = self.own.value.strip(), self.own_category.value
        if not self.meetings.id:
            self.own_said.value = forms.line("next", NO_MEETING, answers=True)
        elif not text:
            self.own_said.value = forms.line("next", "Write your question first.", answers=True)
        elif not category:
            self.own_said.value = forms.line(
                "next", "Choose its category, then add it.", answers=True
            )
            forms.focus(self.own_category)
        else:
            added = add_questions(self.wb, self.meetings.id, [(category, text)])
            if not added:
                return "You had this question already."
            self.own.value = ""
            return f"Added: {short(text)}"
        return None


def plan(wb: Workbook) -> w.VBox:
    """The questions of this meeting in order, with buttons to move, reserve, reword, take out."""
    return _Plan(wb).widget


class _Plan:
    def __init__(self, wb: Workbook):
        self.wb, self.meetings, self._quiet = wb, prepared(wb), False
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
        ids = [id for _, id in self.which.options if id]
        self.which.value = next((id for id in ids if wb.draft(self._key(id))), "")

    @staticmethod
    def _key(id: str) -> str:
        return f"wording {id}"

    def _show(self) -> None:
        meeting = self.meetings.row
        rows = ordered(self.wb, meeting.id) if meeting else []
        self.shown.value = (
            plan_html(self.wb, meeting) if meeting else forms.line("next", NO_MEETING)
        )
        forms.show(self.parts, rows)
        options = [("(choose)", "")]
        options += [(f"{n}. {short(row.text)}", row.id) for n, row in enumerate(rows, 1)]
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
        kept = self.wb.draft(self._key(id)) if id else None
        text = self.wb.questions.get(id).text if id else ""
        self.text.value = str(kept[0].get("text", text)) if kept else text

    def _advise(self, text: str) -> None:
        id = self.which.value
        self.advice.value = advice_html(text) if id else ""
        if id and text != self.wb.questions.get(id).text:
            keep(self.wb, self.meetings.id, self._key(id), {"text": text}, self.said)
        elif id:
            self.wb.discard_draft(self._key(id))

    def _chosen(self) -> str:
        if not self.which.value:
            self.said.value = forms.line("next", "Choose a question first.", answers=True)
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
        return f"Now {outcome}: {short(row.text)}"

    def _reword(self) -> str | None:
        if not (id := self._chosen()):
            return None
        self.wb.questions.revise(id, text=self.text.value.strip())
        self.wb.discard_draft(self._key(id))
        return "Saved: its wording."

    def _remove(self) -> str | None:
        if not (id := self._chosen()):
            return None
        self.which.value = ""
        self.wb.discard_draft(self._key(id))
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
            words = forms.escape(short(row.text, 300))
            items += (
                f'<li><span class="ii-wrap" dir="auto">{words}</span> '
                f'<span class="ii-help">({forms.escape(note)})</span></li>'
            )
        if items:
            first = 1 if not kind else sum(row.outcome != "reserve" for row in rows) + 1
            parts.append(f'<h3>{title}</h3><ol start="{first}">{items}</ol>')
    return "".join(parts) + forms.lines(coverage(wb, meeting))
