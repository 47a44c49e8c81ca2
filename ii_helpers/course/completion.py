"""Completion points for nbgrader: what a page asks for is in the logs, whatever it says there.

A check looks at the logs beside the pages or, where those stay with the learner, at the
hand-in beside them. It never raises, and it judges nothing that is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import WorkbookError
from ..settings import Course
from ..workbook import Workbook, open_workbook
from .distribute import is_taken, payload, whole
from .pages import notebook_bytes
from .received import read

Rows = Callable[[str], list[dict[str, str]]]


class Item(NamedTuple):
    """One thing that a page asks for. n: how many of it; wanted: how many are asked for"""

    key: str
    words: str
    n: Callable[[Rows], int]
    wanted: Callable[[Course], int] = lambda course: 1


def _n(table: str, rows: Rows) -> int:
    return len(rows(table))


def _sent(purpose: str, rows: Rows) -> int:
    return sum(row.get("purpose") == purpose for row in rows("messages"))


def _held(rows: Rows) -> int:
    return sum(row.get("status") == "held" for row in rows("interviews"))


ITEMS: dict[str, tuple[Item, ...]] = {
    "01_research": (
        Item("criteria", "Something that matters to you", partial(_n, "criteria")),
        Item("occupations", "An occupation", partial(_n, "occupations")),
        Item("findings", "A finding with its source", partial(_n, "findings")),
        Item("goals", "An objective", partial(_n, "goals")),
    ),
    "02_outreach": (
        Item(
            "contacts", "People in your network", partial(_n, "contacts"),
            lambda course: course.targets.contacts,
        ),
        Item(
            "requests", "Requests sent", partial(_sent, "request"),
            lambda course: course.targets.requests,
        ),
    ),
    "03_prep": (
        Item("interviews", "A meeting", partial(_n, "interviews")),
        Item(
            "questions", "Questions for it", partial(_n, "questions"),
            lambda course: course.interview.questions_planned,
        ),
    ),
    "04_debrief": (
        Item("held", "A meeting held", _held),
        Item("debriefs", "What you heard in it", partial(_n, "debriefs")),
        Item("thanks", "A thank-you note", partial(_sent, "thank-you")),
    ),
    "05_network_review": (
        Item("fit", "A rating of how an occupation fits", partial(_n, "fit_ratings")),
    ),
}  # fmt: skip


class Points:
    """What a check shows: nbgrader reads the number, a person the sentence."""

    def __init__(self, points: float, sentence: str):
        self.points, self.sentence = points, sentence

    def __repr__(self) -> str:
        return f"{self.points:g}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


def check(name: str, folder: Path | None = None) -> Points:
    """Return the points, 0 to 1, for one thing that a page asks for, such as
    "02_outreach.contacts"; a part of it gives a part of the point."""
    page, _, key = name.partition(".")
    item = next((item for item in ITEMS.get(page, ()) if item.key == key), None)
    if item is None:
        return Points(0, f"There is no check {name}. The page is not as it was handed out.")
    try:
        rows, course = _rows(folder)
    except WorkbookError as error:
        return Points(0, str(error))
    n, wanted = item.n(rows), max(1, item.wanted(course))
    if n >= wanted:
        return Points(1, f"{item.words}: {n} in your log. This part is complete.")
    return Points(n / wanted, f"{item.words}: {n} of {wanted} so far.")


def _rows(folder: Path | None) -> tuple[Rows, Course]:
    """Rows by table, from the logs; from the newest hand-in beside them where they have none."""
    wb = open_workbook(Path(folder) / "data" / "log" if folder else None)
    if wb.is_example:
        raise WorkbookError("This page shows the invented learner. Switch back to your own logs.")
    if not any(len(log) for log in wb.logs()):
        place = Path(folder) if folder else Path.cwd()
        zips = sorted(place.glob("hand-in*.zip"), key=lambda path: path.stat().st_mtime)
        if zips:
            return _from_hand_in(zips[-1]), wb.course
    return partial(_from_logs, wb), wb.course


def _from_logs(wb: Workbook, table: str) -> list[dict[str, Any]]:
    return [row.model_dump() for row in wb.log(table).rows()]


def _from_hand_in(path: Path) -> Rows:
    held = read(path).tables

    def rows(table: str) -> list[dict[str, str]]:
        if table not in held:
            return []
        header = held[table].header
        columns = map(held[table].column, header)
        return [dict(zip(header, row, strict=True)) for row in zip(*columns, strict=True)]

    return rows


def assignment(to: Path, source: Path | None = None) -> Path:
    """Lay down the workbook as an nbgrader assignment (its `source/NAME` folder) and return it.

    The pages lie flat, as nbgrader wants them; each ends with a locked check cell per thing
    that it asks for, one point each. There is no log in it: nbgrader would put that over the
    learners' own.
    """
    to = Path(to)
    if is_taken(to):
        raise WorkbookError(
            f"{to} is not empty, so nothing was written there. Name a new folder.", path=to
        )
    files = payload(source).files
    with whole(to) as beside:
        for name, data in files.items():
            path = beside / name.removeprefix("notebooks/")
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".ipynb"):
                data = _with_checks(json.loads(data), path.stem)
            path.write_bytes(data)
    return to


def _with_checks(notebook: dict[str, Any], page: str) -> bytes:
    items = ITEMS.get(page, ())
    if items:
        said = "## Checks\n\nEach gives a point when its part is in your logs, whatever you wrote."
        notebook["cells"].append(
            {"cell_type": "markdown", "id": "checks", "metadata": {}, "source": said}
        )
    for item in items:
        notebook["cells"].append(_check_cell(page, item))
    return notebook_bytes(notebook)


def _check_cell(page: str, item: Item) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"check-{item.key}",
        "execution_count": None,
        "outputs": [],
        "metadata": {
            "nbgrader": {
                "grade": True, "grade_id": f"check-{page}-{item.key}", "locked": True,
                "points": 1, "schema_version": 3, "solution": False, "task": False,
            },
            "tags": ["workbook"],
        },
        "source": f"# Check: {item.words.lower()}\nfrom ii_helpers.course import completion\n"
        f'completion.check("{page}.{item.key}")',
    }  # fmt: skip
