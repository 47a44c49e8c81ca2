"""A log's text with some rows changed and every other character as it is. Opens no file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from . import sheet
from .parsing import Parsed
from .sheet import Form, guard, unguard
from .tables import Table

# What belongs to whom a row is about: forgetting somebody else leaves it.
OWN = {
    "learner": ("name", "email", "phone", "timezone"),
    "contacts": ("name", "email", "phone", "profile_url"),
    "organizations": ("website",),
}


class Spliced(NamedTuple):
    """A new text, and the rows that were changed in it, as texts in the order of its columns.

    after: for each of `were`, the id of the row before it; gone: ids of those taken out
    """

    text: str
    were: list[list[str]]
    now: list[list[str]]
    after: list[str]
    gone: list[str]


def cell(table: Table, name: str, text: str) -> str:
    """A text as the file holds it; columns of the learner's own are text."""
    return guard(text) if text and table.kinds.get(name, "text") == "text" else text


def line(table: Table, texts: Mapping[str, str], form: Form) -> str:
    cells = [cell(table, name, texts.get(name, "")) for name in form.names]
    return sheet.line(cells, form.delimiter, form.newline)


def splice(
    table: Table,
    text: str,
    form: Form,
    changes: Mapping[str, Mapping[str, str] | None],
    added: Iterable[tuple[str, Mapping[str, str]]] = (),
    columns: Iterable[str] = (),
    shown: Mapping[str, int] | None = None,
    redact: Callable[[str], str] | None = None,
) -> Spliced:
    """Return the text with these rows changed (id -> column -> text) or, with None, taken out.

    added: (id of the row before it, column -> text) of rows to put in; those whose id before is
    not met go to the end
    columns: names to add to the header, with their default in every row
    shown: of ids that stand twice, the line that counts and is changed; all are taken out
    redact: what becomes of every text of all rows; the changes are to every line of their ids
    """
    columns, shown = list(columns), shown or {}
    wide = Form((*form.names, *columns), form.encoding, form.bom, form.delimiter, form.newline)
    follow: dict[str, list[Mapping[str, str]]] = {}
    for before, texts in added:
        follow.setdefault(before, []).append(texts)
    pieces: list[str] = []
    done = Spliced("", [], [], [], [])
    id_place, width, before = form.place("id") or 0, len(form.names), ""
    for n, (start, end, cells) in enumerate(sheet.spans(text, form), 1):
        id = unguard(cells[id_place]) if n > 1 and len(cells) > id_place else ""
        counts = bool(redact) or shown.get(id, n) == n
        if id in changes and (counts or changes[id] is None):
            cells = cells[:width] + [""] * (width - len(cells))
            done.were.append(list(map(unguard, cells)))
            done.after.append(before)
            change = changes[id]
            if change is None:
                done.gone.append(id)
                continue
            for name, changed in change.items():
                if (place := form.place(name)) is not None:
                    cells[place] = cell(table, name, changed)
            if redact:
                cells = _redacted(table, cells, form, redact)
            done.now.append(list(map(unguard, cells)))
            pieces.append(sheet.line(cells, form.delimiter, form.newline))
        elif redact and n > 1 and (clean := _redacted(table, cells, form, redact)) != cells:
            pieces.append(sheet.line(clean, form.delimiter, form.newline))
        else:
            pieces.append(_ended(text[start:end], form))
        if columns:
            cells = cells + [""] * (width - len(cells))
            fill = list(map(table.text_before, columns)) if n > 1 else columns
            pieces[-1] = sheet.line([*cells, *fill], form.delimiter, form.newline)
        before = id or before
        pieces += [line(table, texts, wide) for texts in follow.pop(id if n > 1 else "", ())]
    pieces += [line(table, texts, wide) for left in follow.values() for texts in left]
    return done._replace(text="".join(pieces))


def healed(table: Table, text: str, form: Form, parsed: Parsed) -> str:
    """Return the text of a file that a spreadsheet program saved, with the exact cells."""
    pieces, id_place = [], form.place("id") or 0
    for n, (start, end, cells) in enumerate(sheet.spans(text, form), 1):
        id = unguard(cells[id_place]) if n > 1 and len(cells) > id_place else ""
        row = parsed.cells.get(id)
        if row is None or parsed.shown.get(id, n) != n:
            pieces.append(_ended(text[start:end], form))
            continue
        for name, exact in zip(table.header, row, strict=True):
            place = form.place(name)
            if place is not None and place < len(cells) and unguard(cells[place]) != exact:
                cells[place] = cell(table, name, exact)
        pieces.append(sheet.line(cells, form.delimiter, form.newline))
    return "".join(pieces)


def _redacted(
    table: Table, cells: list[str], form: Form, redact: Callable[[str], str]
) -> list[str]:
    """The cells of a row about others; a person of the same name or address keeps both."""
    kept = {"id", "created_at", "updated_at", *table.references, *OWN.get(table.name, ())}
    names = [*form.names, *[""] * len(cells)]
    return [
        there if name in kept or redact(text := unguard(there)) == text
        else cell(table, name, redact(text))
        for name, there in zip(names, cells, strict=False)
    ]  # fmt: skip


def _ended(line: str, form: Form) -> str:
    return line if line.endswith(form.newline) else line + form.newline
