"""What a page says, as HTML: whatever comes from logs, files and people is escaped here; and the
learner's own clock."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape as _escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ..workbook import Workbook


def escape(text: object) -> str:
    """Return text as HTML that shows it, letter by letter, and runs nothing."""
    return _escape(str(text), quote=True)


# Words of a script that runs from right to left, such as Hebrew and Arabic.
_LETTERS = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
_RIGHT_TO_LEFT = re.compile(rf"{_LETTERS}(?:[ .-]+{_LETTERS})*")


def sentence(text: object) -> str:
    """Return a sentence as HTML. A name in it that runs from right to left stays by itself: with
    what follows, such as ": 0 of 4", the figure would jump before the name."""
    return _RIGHT_TO_LEFT.sub(r"<bdi>\g<0></bdi>", escape(text))


_LINE_WORDS = {
    "ok": "Done", "next": "Next", "advice": "Tip", "careful": "Careful", "error": "Error:",
    "unsaved": "Not saved yet:", "note": "",
}  # fmt: skip
_LINE_ROLES = {"ok": "status", "unsaved": "status", "careful": "alert", "error": "alert"}


def line(kind: str, text: object, answers: bool = False) -> str:
    """Return the HTML of one thing said: kind is ok, next, advice, careful, unsaved, error or
    note.

    answers: it is all that a click or a choice led to, so a screen reader says it
    """
    role = _LINE_ROLES.get(kind, "status" if answers else "")
    role = f' role="{role}"' if role else ""
    word = f"<b>{_LINE_WORDS[kind]}</b> " if _LINE_WORDS[kind] else ""
    return f'<div class="ii-line ii-{kind}"{role}>{word}{sentence(text)}</div>'


def lines(said: Iterable[tuple[str, object]]) -> str:
    """Return the HTML of several things said, each a (kind, text)."""
    return "".join(line(kind, text) for kind, text in said)


def in_words(value: object) -> str:
    """Return a cell as people write it: 20 Nov 2026, 14:30; blank when missing."""
    if value is None or value != value:  # NaN, NaT
        return ""
    if isinstance(value, datetime) and (value.hour or value.minute or value.tzinfo):
        return f"{value.day} {value:%b %Y, %H:%M}"
    if isinstance(value, (date, datetime)):
        return f"{value.day} {value:%b %Y}"
    return str(value)


def html_table(rows: Sequence[Mapping[str, object]], caption: str = "") -> str:
    """Return an HTML table of these rows; the keys of the first are its headings.

    A first heading that is blank says that the first cells head their rows.
    """
    if not rows:
        return ""
    heads_rows = next(iter(rows[0])) == ""  # then somebody's titles are beside each other
    wide = ' style="min-width:12ch"' if heads_rows else ""
    head = "".join(
        f'<th scope="col"{wide * (len(name) > 12)}>{escape(name)}</th>' for name in rows[0]
    )
    body = ""
    for row in rows:
        cells = [
            f"<td{' class=ii-n' if isinstance(v, (int, float)) else ''}>{escape(in_words(v))}</td>"
            for v in row.values()
        ]
        if heads_rows:
            cells[0] = f'<th scope="row">{cells[0].removeprefix("<td>").removesuffix("</td>")}</th>'
        body += f"<tr>{''.join(cells)}</tr>"
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    label = f"Table: {escape(caption or ', '.join(rows[0]))}"
    return (
        f'<div class="ii-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="ii-table">{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def download(label: str, name: str, kind: str, data: bytes) -> str:
    """Return the HTML of a link that saves a file where the learner wants it.

    kind: the file's media type
    """
    there = base64.b64encode(data).decode()
    return (
        f'<a class="ii-button" download="{escape(name)}" '
        f'href="data:{kind};charset=utf-8;base64,{there}">{escape(label)}</a>'
    )


# --- the learner's clock --------------------------------------------------------------------


def zone_of(wb: Workbook) -> ZoneInfo | None:
    """The learner's own time zone; None (this computer's) until they have named it."""
    for row in wb.learner.rows():
        if row.timezone:
            return ZoneInfo(row.timezone)
    return None


def now_in(wb: Workbook) -> datetime:
    """The present instant on the learner's clock."""
    return datetime.now(zone_of(wb)).astimezone(zone_of(wb))
