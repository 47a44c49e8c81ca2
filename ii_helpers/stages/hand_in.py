"""The course's targets as progress, and handing in: what would go is seen before it goes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import ipywidgets as w

from .. import forms
from ..course import progress as course_progress
from ..measures import Facts
from ..tables import TABLES
from .meeting import n_of

if TYPE_CHECKING:
    from ..course.hand_in import Part
    from ..workbook import Workbook

ROWS_SHOWN = 500


def targets_panel(wb: Workbook, today: date | None = None) -> w.VBox:
    """How far the learner has come towards what the course sets out to do; never a grade."""

    def make() -> str:
        day = today or forms.now_in(wb).date()
        steps = course_progress.steps(Facts.of(wb), day)
        has_days = any(step.by for step in steps)
        table = forms.html_table(
            [
                {
                    "What": step.words,
                    "So far": step.n,
                    "The course's target": step.target,
                    **({"By": step.by} if has_days else {}),
                    "To go": max(0, step.target - step.n),
                }
                for step in steps
            ],
            f"Your progress in {_course(wb)}",
        )
        open_ = [step for step in steps if step.n < step.target]
        if not open_:
            return table + forms.line("ok", "You have reached every target of the course.")
        step = open_[0]
        by = f" by {forms.in_words(step.by)}" if step.by else ""
        what, _, about = step.words.partition(": ")
        words = f"{what} ({about})" if about else what
        return table + forms.line("next", f"{words}: {step.target - step.n} to go{by}.")

    return forms.live(wb, "course targets", make)


def _course(wb: Workbook) -> str:
    """The course, who holds it, and from when to when, as far as its settings say so."""
    held = wb.course.course
    days = [f"from {forms.in_words(held.starts_on)}"] if held.starts_on else []
    days += [f"until {forms.in_words(held.ends_on)}"] if held.ends_on else []
    by = f"with {held.instructor}" if held.instructor else ""
    return ", ".join(filter(None, (held.name, by, " ".join(days))))


def hand_in_panel(wb: Workbook) -> w.VBox:
    """Every cell that would go; free texts only when ticked, one by one; written on a click."""
    from ..course import hand_in as course_hand_in  # for those who hand in

    ticks = {
        f"{table}.{column}": _tick(f"{_title(table)}: {TABLES[table].columns[column].label}")
        for table in TABLES
        for column in course_hand_in.may_be_ticked(table)
    }
    seen, said, added = forms.markup(), forms.markup(), forms.grid(*ticks.values())
    forms.show(added, False)

    def ticked() -> list[str]:
        return [name for name, box in ticks.items() if box.value]

    def show(*_: object) -> None:
        parts = course_hand_in.preview(wb, ticked())
        texts = Counter(name.partition(".")[0] for name in ticked())
        about = course_hand_in.about(wb, parts, ticked())
        code_tells = course_hand_in.what_the_code_tells(wb)
        seen.value = (
            _STYLE
            + "".join(_part_html(part, texts[part.table]) for part in parts)
            + forms.line("note", f"Beside these tables goes the text below. {code_tells}")
            + f'<pre class="ii-about">{forms.escape(about)}</pre>'
        )
        said.value = ""

    def offer() -> None:
        forms.show(added, not forms.is_shown(added))

    def write() -> str:
        path = course_hand_in.write(wb, text=ticked())
        size = max(1, path.stat().st_size // 1024)
        return f"Written: {path.name} ({size} KB), in {path.parent}. Hand in this file."

    for box in ticks.values():
        box.observe(show, "value")
    show()
    wb.watch("hand in", show)
    words = forms.markup(
        forms.line(
            "note",
            "Below is all that would go: dates, choices, ratings and numbers (of a long table "
            f"the first {ROWS_SHOWN} rows), and a code that tells whose hand-in it is. Names, "
            "addresses, times of day and texts stay here, and ids are replaced by ones that "
            "only a secret in your own workbook could trace back. Nothing leaves this computer "
            "until you hand the file in yourself.",
        )
    )
    return forms.panel(
        words,
        seen,
        forms.bar(forms.button("Add texts of your own (optional)", offer)),
        added,
        forms.bar(forms.button("Write my hand-in", write, said, main=True)),
        said,
    )


_STYLE = """<style>
.ii-part { border-bottom: 1px solid var(--ii-line); }
.ii-panel pre.ii-about { white-space: pre-wrap; margin: 0 2px; }
.ii-panel .ii-part table.ii-table td { overflow-wrap: normal; min-width: 11ch; }
</style>"""


_MORE = "And {} of the same columns. To see every cell, type in a terminal: ii-workbook hand-in"


def _title(table: str) -> str:
    return TABLES[table].plural.capitalize()


def _tick(label: str) -> w.Checkbox:
    return forms.field(w.Checkbox, label, value=False, indent=False)


def _part_html(part: Part, n_texts: int) -> str:
    rows = [dict(zip(part.columns, row, strict=True)) for row in part.rows[:ROWS_SHOWN]]
    more = len(part.rows) - len(rows)
    texts = f", with {n_of(n_texts, 'text')} of yours" if n_texts else ""
    head = (
        f"{_title(part.table)}: {n_of(len(part.rows), 'row')} of {len(part.columns)} columns{texts}"
    )
    return (
        f'<details class="ii-part"><summary>{forms.escape(head)}</summary>'
        + forms.html_table(rows)
        + (forms.line("note", _MORE.format(n_of(more, "more row"))) if more else "")
        + forms.line("note", f"Stays with you: {', '.join(part.left_out) or 'nothing'}.")
        + "</details>"
    )
