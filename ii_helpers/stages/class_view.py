"""For instructors: the class in figures and who may need a word, as the report has it."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import ipywidgets as w

from .. import forms
from ..course import cohort, report
from ..course.lines import PROGRESS, n_of
from ..errors import WorkbookError

ROWS_SHOWN = 200


def class_panel(
    folder: str | os.PathLike[str] = "", to: str | os.PathLike[str] = "", today: date | None = None
) -> w.VBox:
    """A field for the folder of hand-ins, and below it the class.

    folder: of hand-ins or workbooks, or an fsspec address; asked for when not given
    to: where the report is written; by default a folder `class report` among the hand-ins
    """
    place = forms.field(w.Text, "Folder of the hand-ins", value=str(folder), wide=True)
    show = forms.field(
        w.Dropdown,
        "Show",
        options=[
            ("the class in figures", "figures"),
            ("who may need a word, and why", "words"),
            ("a line per learner", "learners"),
            ("what was left out, and why", "problems"),
        ],
    )
    said, seen = forms.markup(), forms.markup()
    found: dict[str, str] = {}

    def draw(*_: object) -> None:
        seen.value = found.get(show.value, "")

    def read() -> str:
        found.clear()  # nobody is to take another folder's figures for this one's
        draw()
        root = place.value.strip().strip("\"'")
        if not root:
            raise WorkbookError("Name the folder in which the hand-ins are.")
        root = os.path.expanduser(root)
        out = Path(to) if to else Path("class" if "://" in root else Path(root) / "class report")
        done = cohort.cohort(root, out, today=today, workers=1 if today else 0)
        found.update(_views(done, out))
        draw()
        counted, read = n_of(done.totals.learners, "learner"), n_of(done.n_read, "new file")
        left = f", {n_of(done.n_problems, 'file')} left out" if done.n_problems else ""
        report_is = f"The report is {out / 'class.html'}. {cohort.settings_said(done)}."
        said = f"{counted} counted, {read} read{left}. {report_is}"
        return " ".join(filter(None, (said, done.unlisted(), done.since())))

    show.observe(draw, "value")
    button = forms.button("Read the hand-ins", read, said, main=True)
    if folder:
        button.click()
    return forms.panel(forms.grid(place, show), forms.bar(button), said, seen)


def _views(done: cohort.Class, out: Path) -> dict[str, str]:
    style = f"<style>{report.STYLE}{_STYLE}</style>"
    words = [{"Learner": one.learner, "Why": "; ".join(one.why)} for one in done.words[:ROWS_SHOWN]]
    problems = [{"Hand-in": path, "Why": why} for path, why in done.problems[:ROWS_SHOWN]]
    with open(out / "progress.csv", encoding="utf-8", newline="") as file:
        lines = [dict(row) for row, _ in zip(csv.DictReader(file), range(ROWS_SHOWN), strict=False)]
    filled = [n for n in PROGRESS if n != "may_need_a_word" and any(row[n] for row in lines)]
    lines = [{name.replace("_", " "): _cell(name, row[name]) for name in filled} for row in lines]
    figures = "".join(map(report.svg, report.figures(done)))
    few = f"Figures of fewer than {report.FEW} learners are hidden."
    n_lines = done.totals.learners + done.n_missing
    return {
        "figures": style + f'<div class="class-view">{figures}</div>' + forms.line("note", few),
        "words": forms.html_table(words) + _more(done.n_words, out / "progress.csv")
        or forms.line("ok", "Nobody, as far as the logs tell."),
        "learners": style
        + f'<div class="ii-lines">{forms.html_table(lines)}</div>'
        + _more(n_lines, out / "progress.csv")
        if lines
        else forms.line("note", "Nobody was counted yet."),
        "problems": forms.html_table(problems) + _more(done.n_problems, out / "problems.csv")
        or forms.line("ok", "Nothing was left out."),
    }


def _more(n: int, path: Path) -> str:
    """A line on those of a table's n rows that are not shown; blank where all are."""
    return forms.line("note", f"And {n - ROWS_SHOWN:,} more, in {path}.") if n > ROWS_SHOWN else ""


_STYLE = ".ii-panel .ii-lines table.ii-table td { white-space: nowrap; }"


def _cell(name: str, text: str) -> str | int:
    """A count as a number; an id stays as it is, zeros in front and all."""
    return int(text) if text.isdecimal() and name.islower() else text
