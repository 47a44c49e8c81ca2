"""The course's targets as progress, and handing in: what would go is seen before it goes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ipywidgets as w

from .. import forms
from ..course import hand_in as course_hand_in
from ..course import progress as course_progress
from ..measures import Facts
from ..tables import TABLES

if TYPE_CHECKING:
    from ..workbook import Workbook

ROWS_SHOWN = 500


def targets_panel(wb: Workbook, today: date | None = None) -> w.VBox:
    """How far the learner has come towards what the course sets out to do; never a grade."""

    def make() -> str:
        day = today or forms.now_in(wb).date()
        steps = course_progress.steps(Facts.of(wb), day)
        table = forms.html_table(
            [
                {
                    "What": step.words,
                    "So far": step.n,
                    "The course's target": step.target,
                    "By": step.by,
                    "To go": max(0, step.target - step.n),
                }
                for step in steps
            ],
            f"Your progress in {wb.course.course.name}",
        )
        open_ = [step for step in steps if step.n < step.target]
        if not open_:
            return table + forms.line("ok", "You have reached every target of the course.")
        step = open_[0]
        by = f" by {forms.in_words(step.by)}" if step.by else ""
        return table + forms.line("next", f"{step.words}: {step.target - step.n} to go{by}.")

    return forms.live(wb, "course targets", make)


def hand_in_panel(wb: Workbook) -> w.VBox:
    """Every cell that would go; free texts only when ticked, one by one; written on a click."""
    ticks = {
        f"{table}.{column}": _tick(f"{table}: {TABLES[table].columns[column].label}")
        for table in TABLES
        for column in course_hand_in.may_be_ticked(table)
    }
    seen, said = forms.markup(), forms.markup()

    def ticked() -> list[str]:
        return [name for name, box in ticks.items() if box.value]

    def show(*_: object) -> None:
        seen.value = "".join(map(_part_html, course_hand_in.preview(wb, ticked())))
        said.value = ""

    def write() -> str:
        path = course_hand_in.write(wb, text=ticked())
        size = max(1, path.stat().st_size // 1024)
        return f"Written: {path.name} ({size} KB), beside your notebooks. Hand in this file."

    for box in ticks.values():
        box.observe(show, "value")
    show()
    wb.watch("hand in", show)
    words = forms.markup(
        forms.line(
            "note",
            "Below is every cell that would go: dates, choices, ratings and numbers. Names, "
            "addresses and texts stay here, and ids are replaced by ones that nobody can trace "
            "back. Nothing leaves this computer until you hand the file in yourself.",
        )
    )
    add = w.Accordion([w.VBox(list(ticks.values()))], titles=["Add texts of your own (optional)"])
    add.selected_index = None
    return forms.panel(
        words,
        add,
        forms.bar(forms.button("Write my hand-in", write, said, main=True)),
        said,
        seen,
    )


def _tick(label: str) -> w.Checkbox:
    box = w.Checkbox(description=label, value=False, indent=False)
    box.layout.width = "100%"
    return box


def _part_html(part: course_hand_in.Part) -> str:
    n = len(part.rows)
    rows = [dict(zip(part.columns, row, strict=True)) for row in part.rows[:ROWS_SHOWN]]
    more = n - len(rows)
    return (
        f"<details><summary>{forms.escape(part.table)}: {n} row{'s' * (n != 1)} "
        f"of {len(part.columns)} columns</summary>"
        + forms.html_table(rows)
        + (forms.line("note", f"And {more} more rows of the same columns.") if more else "")
        + forms.line("note", f"Stays with you: {', '.join(part.left_out) or 'nothing'}.")
        + "</details>"
    )
