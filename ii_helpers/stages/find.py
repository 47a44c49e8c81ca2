"""Find a person or an occupation again, and show everything known about them on one page."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as w

from .. import forms
from ..facts import Facts
from ..tables import RATING_WORDS, TABLES

if TYPE_CHECKING:
    from ..workbook import Workbook

MOST = 40  # matches offered; whoever wants more types one more word

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAMED_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})\.? +)?({'|'.join(_MONTHS)})[a-z]*\.?"
    r"(?: +(\d{1,2})(?!\d),?)?(?: +(\d{4}))?\b"
)
_NUMBER_DAY = re.compile(r"\b(\d{1,2})([./])(\d{1,2})\2(\d{4})\b")


class Hit(NamedTuple):
    """A person or an occupation that fits; table: contacts or occupations."""

    table: str
    id: str
    label: str
    words: str


class _Page(NamedTuple):
    """What can be found about one subject.

    name, text: its name and everything, folded, a line of text for each of its pieces
    last: its last day, in ISO
    """

    table: str
    id: str
    label: str
    name: str
    text: str
    pieces: list[str]
    last: str


def fold(text: str) -> str:
    """Text for finding: no accents, no case, single blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def needles(typed: str) -> list[tuple[str, ...]]:
    """What must be found for what was typed: a tuple of spellings each; a date becomes ISO."""
    text = fold(typed)
    found: list[tuple[str, ...]] = []

    def named(match: re.Match[str]) -> str:
        day, month, after, year = match.groups()
        day = day or after
        number = f"{_MONTHS.index(month) + 1:02d}"
        if not day and not year:
            return match[0]  # "may" is a word, too
        parts = f"{year}-{number}" if year else f"-{number}"
        found.append((parts + (f"-{int(day):02d}" if day else ""),))
        return " "

    def numbers(match: re.Match[str]) -> str:
        one, _, other, year = match.groups()
        orders = {(int(other), int(one)), (int(one), int(other))}
        found.append(
            tuple(f"{year}-{m:02d}-{d:02d}" for m, d in sorted(orders) if 1 <= m <= 12 and d <= 31)
            or (match[0],)
        )
        return " "

    text = _NUMBER_DAY.sub(numbers, _NAMED_DAY.sub(named, text))
    return found + [(word,) for word in text.split()]


class Finder:
    """An index over the logs, made again when one of them has changed on disk."""

    def __init__(self, wb: Workbook):
        self.wb = wb
        self._made_of: tuple[Any, ...] = ()
        self._pages: list[_Page] = []

    def pages(self) -> list[_Page]:
        made_of = tuple(_stamp(log.path) for log in self.wb.logs())
        if made_of != self._made_of:
            self._pages, self._made_of = list(_pages(self.wb)), made_of
        return self._pages

    def find(self, typed: str) -> list[Hit]:
        """Return what holds everything typed: names first, then people, then occupations.

        The latest comes first among those that hold it elsewhere than in their name.
        """
        wanted = needles(typed)
        if not wanted:
            return []
        named: list[_Page] = []
        other: list[_Page] = []
        for page in self.pages():
            if all(any(one in page.text for one in needle) for needle in wanted):
                in_name = all(any(one in page.name for one in needle) for needle in wanted)
                (named if in_name else other).append(page)
        named.sort(key=lambda page: page.name)
        other.sort(key=lambda page: page.last, reverse=True)
        other.sort(key=lambda page: page.table != "contacts")
        hits = [Hit(p.table, p.id, p.label, "") for p in named[:MOST]]
        for page in other[: MOST - len(hits)]:
            hits.append(Hit(page.table, page.id, page.label, _excerpt(page, wanted)))
        return hits


def _stamp(path: Any) -> tuple[int, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _excerpt(page: _Page, wanted: list[tuple[str, ...]]) -> str:
    """The words around the first thing found."""
    places = [page.text.find(one) for needle in wanted for one in needle]
    at = min((place for place in places if place >= 0), default=-1)
    if at < 0:
        return ""
    line_start = page.text.rfind("\n", 0, at) + 1
    words = " ".join(page.pieces[page.text.count("\n", 0, at)].split())
    start = max(at - line_start - 30, 0)
    return ("…" if start else "") + words[start : start + 90]


def _text_of(row: Any) -> str:
    """The words and dates of a row, without ids."""
    shape = type(row)
    parts = []
    for name in _shown_columns(shape):
        value = getattr(row, name)
        if isinstance(value, (date, datetime)):
            parts.append(value.isoformat()[:10])
        elif isinstance(value, str) and value:
            parts.append(value)
    return " | ".join(parts)


_COLUMNS: dict[type, tuple[str, ...]] = {}


def _shown_columns(shape: type) -> tuple[str, ...]:
    if shape not in _COLUMNS:
        table = next(t for t in TABLES.values() if t.model is shape)
        skip = {"keep_in_touch_days", "position", "importance", "rating", "reply", "outcome"}
        _COLUMNS[shape] = tuple(
            name for name in table.columns if name not in table.references and name not in skip
        )
    return _COLUMNS[shape]


def _pages(wb: Workbook) -> Iterable[_Page]:
    pieces: dict[str, list[str]] = defaultdict(list)
    last: dict[str, str] = defaultdict(str)
    meetings = {row.id: row for row in wb.interviews.rows()}
    about = Facts.of(wb).subjects
    names = {row.id: row.name for row in wb.contacts.rows()}
    places = {row.id: row for row in wb.organizations.rows()}

    def note(text: str, *ids: str) -> None:
        for id in ids:
            if id:
                pieces[id].append(text)

    for row in meetings.values():
        day = row.starts_at.isoformat()[:10]
        kind = about.get(row.id, "")
        note(_text_of(row), row.contact_id, kind)
        for id in (row.contact_id, kind):
            last[id] = max(last[id], day)
        note(names.get(row.contact_id, ""), kind)
    for table in ("questions", "debriefs"):
        for row in wb.log(table).rows():
            if meeting := meetings.get(row.interview_id):
                note(_text_of(row), meeting.contact_id, about.get(meeting.id, ""))
    for row in wb.messages.rows():
        note(_text_of(row), row.contact_id)
        last[row.contact_id] = max(last[row.contact_id], row.sent_at.isoformat()[:10])
    for row in wb.referrals.rows():
        note(f"{names.get(row.to_contact_id, '')} {row.referred_on}", row.from_contact_id)
        note(f"{names.get(row.from_contact_id, '')} {row.referred_on}", row.to_contact_id)
    for row in wb.findings.rows():
        note(_text_of(row), row.occupation_id, row.contact_id)
    for row in wb.tasks.rows():
        meeting = meetings.get(row.interview_id)
        note(_text_of(row), row.contact_id or (meeting.contact_id if meeting else ""))
    for table in ("contacts", "occupations"):
        for row in wb.log(table).rows():
            label = wb.label(table, row.id)
            own = [_text_of(row), *pieces[row.id]]
            if table == "contacts" and row.organization_id in places:
                own.append(_text_of(places[row.organization_id]))
            text = "\n".join(map(fold, own))
            yield _Page(table, row.id, label, fold(label), text, own, last[row.id])


# --- one page ---------------------------------------------------------------------------------


def page_html(wb: Workbook, table: str, id: str) -> str:
    """Return everything the logs hold about a contact or an occupation, as HTML."""
    if id not in wb.log(table):
        return ""
    row = wb.log(table).get(id)
    facts = [
        {"": TABLES[table].columns[name].label, "What is known": _shown(wb, table, name, row)}
        for name in TABLES[table].columns
        if _shown(wb, table, name, row)
    ]
    parts = [f"<h3 dir=auto>{forms.escape(wb.label(table, id))}</h3>", forms.html_table(facts)]
    column = "contact_id" if table == "contacts" else "occupation_id"
    events = _events(wb, table, id, column)
    if events:
        parts.append(forms.html_table(events, "What happened, the latest first"))
    about = Facts.of(wb).subjects  # as in all figures
    meetings = [m for m in wb.interviews.rows()
                if (m.contact_id if table == "contacts" else about.get(m.id)) == id]  # fmt: skip
    questions, told = _by_meeting(wb.questions.rows()), _by_meeting(wb.debriefs.rows())
    for meeting in sorted(meetings, key=lambda m: m.starts_at, reverse=True)[:60]:
        parts.append(_meeting_html(wb, meeting, questions[meeting.id], told[meeting.id]))
    ratings = sorted(
        (r for r in wb.fit_ratings.rows() if r.occupation_id == id), key=lambda r: r.rated_on
    )
    if ratings:
        rows = [
            {
                "On": r.rated_on,
                "What matters to you": wb.label("criteria", r.criterion_id),
                "Rating": f"{r.rating} - {RATING_WORDS[r.rating - 1]}",
            }
            for r in ratings
        ]
        parts.append(forms.html_table(rows, "How it fits you, over time"))
    return "".join(parts)


def _shown(wb: Workbook, table: str, column: str, row: Any) -> str:
    value = getattr(row, column)
    if column in TABLES[table].references:
        return wb.label(TABLES[table].references[column], value)
    return forms.in_words(value)


def _events(wb: Workbook, table: str, id: str, column: str) -> list[dict[str, object]]:
    events: list[tuple[str, str, str]] = []
    if table == "contacts":
        for row in wb.messages.rows():
            if row.contact_id == id:
                reply = "" if row.reply == "none yet" else f", reply: {row.reply}"
                events.append(
                    (row.sent_at.isoformat(), f"{row.purpose} by {row.channel}{reply}", row.text)
                )
        for row in wb.referrals.rows():
            name = f"may use the name: {row.may_use_name}"
            if row.from_contact_id == id:
                who = wb.label("contacts", row.to_contact_id)
                events.append((row.referred_on.isoformat(), f"named {who}", name))
            elif row.to_contact_id == id:
                who = wb.label("contacts", row.from_contact_id)
                events.append((row.referred_on.isoformat(), f"was named by {who}", name))
        for row in wb.tasks.rows():
            if row.contact_id == id:
                done = f"done on {forms.in_words(row.done_on)}" if row.done_on else "open"
                events.append((str(row.due_on or ""), f"next step ({done})", row.task))
    for row in wb.findings.rows():
        if getattr(row, column) == id:
            about = f"finding, {row.category}" if row.category else "finding"
            events.append((row.found_on.isoformat(), about, f"{row.finding} ({row.source})"))
    events.sort(reverse=True)
    return [
        {"When": _day(when), "What": what, "Words": _cut(words)}
        for when, what, words in events[:200]
    ]


def _day(when: str) -> str:
    return forms.in_words(date.fromisoformat(when[:10])) if when else ""


def _meeting_html(wb: Workbook, meeting: Any, questions: Iterable[Any], told: Iterable[Any]) -> str:
    title = f"{wb.label('interviews', meeting.id)} · {meeting.format} · {meeting.status}"
    rows = [
        {"What": f"{q.category} ({q.outcome})", "Words": _cut(q.text), "Answer": _cut(q.answer)}
        for q in sorted(questions, key=lambda q: q.position)
    ]
    for debrief in told:
        for name, column in TABLES["debriefs"].columns.items():
            value = getattr(debrief, name)
            if isinstance(value, str) and value and name not in TABLES["debriefs"].references:
                rows.append({"What": column.label, "Words": _cut(value), "Answer": ""})
    return forms.html_table(rows, title) if rows else f"<p>{forms.escape(title)}</p>"


def _by_meeting(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.interview_id].append(row)
    return found


def _cut(text: str, most: int = 1500) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


class History:
    """A field to type in, the matches, and the page of the one chosen."""

    def __init__(self, wb: Workbook):
        self.wb, self.finder = wb, Finder(wb)
        self.typed = forms.field(
            w.Text,
            "Find a person, a word or a date",
            placeholder="as in: osei, salary, 16 Sep 2026",
        )
        self.which = forms.field(w.Dropdown, "Show", options=[("(type above)", "")])
        self.said, self.page = forms.markup(), forms.markup()
        self.widget = forms.panel(self.typed, self.said, self.which, self.page)
        self.typed.observe(lambda change: self._find(change["new"]), "value")
        self.which.observe(lambda change: self._show(change["new"]), "value")
        forms.watch(wb, "history", lambda table: self._show(self.which.value))
        if loop := forms.kernel_loop():  # ready before the first letter, without a wait
            loop.call_later(2.0, self.finder.pages)

    def _find(self, typed: str) -> None:
        hits = self.finder.find(typed)
        kinds = {"contacts": "", "occupations": " (occupation)"}
        named = [(f"{hit.label}{kinds[hit.table]}", hit.table, hit.id) for hit in hits]
        options = [
            (
                forms.one_line(f"{name}: {hit.words}" if hit.words else name, 110),
                f"{hit.table} {hit.id}",
            )
            for name, hit in zip(forms.told_apart(self.wb, named), hits, strict=True)
        ]
        n = len(hits)
        many = f"the first {MOST} of them" if n == MOST else f"{n} found"
        words = many if n else "Nothing found. Try part of a name, one word, or a day."
        self.said.value = (
            f'<div class="ii-help" role="status">{words}</div>' if typed.strip() else ""
        )
        self.which.options = options or [("(nothing found)", "")]
        self.which.value = options[0][1] if options else ""
        self._show(self.which.value)

    def _show(self, chosen: str) -> None:
        table, _, id = (chosen or "").partition(" ")
        html = page_html(self.wb, table, id) if id else ""
        if html != self.page.value:
            self.page.value = html


class Browse:
    """One log as a table to search, sort and turn pages in; a row that is chosen opens below.

    A click on a row chooses it, and so does the list above the form: no mouse is needed.
    """

    def __init__(self, wb: Workbook):
        self.wb = wb
        self.which = forms.field(
            w.Dropdown,
            "Log",
            options=[("(choose)", ""), *((_log_words(name), name) for name in TABLES)],
        )
        self.below = forms.column()
        self.widget = forms.panel(self.which, self.below)
        self.which.observe(lambda change: self._open(change["new"]), "value")
        forms.watch(wb, "browse", self._changed)

    def _open(self, table: str) -> None:
        self.ids: list[str] = []
        if not table:
            self.below.children = ()
            return
        from itables.widget import ITable  # it loads pandas: only for those who look

        self.table = ITable(**self._shown())
        self.table.observe(self._choose, "selected_rows")
        self.form = forms.Form(self.wb, table, key="browse")
        self.table.add_class("ii-browse")
        self.below.children = (self.table, self.form.widget)

    def _shown(self) -> dict[str, Any]:
        """The newest row first; columns in which nothing stands are left out."""
        import pandas as pd
        from itables import JavascriptFunction

        table = TABLES[self.which.value]
        rows = self.wb.log(table.name).rows()[::-1]
        self.ids = [row.id for row in rows]
        cells: dict[str, list[Any]] = {}
        sorts: dict[str, list[str]] = {}
        for name, column in table.columns.items():
            values = [getattr(row, name) for row in rows]
            if all(value in (None, "") for value in values):
                continue
            if of := table.references.get(name):
                values = [self.wb.label(of, id) if id else "" for id in values]
            elif table.kinds[name] in ("day", "instant"):  # sorted as days, shown as people write
                sorts[column.label] = [
                    "" if value is None else value.isoformat() for value in values
                ]
                values = [forms.in_words(value) for value in values]
            elif table.kinds[name] == "number":
                values = ["" if value is None else value for value in values]
            cells[column.label] = values
        heads = list(cells)
        behind = {label: len(heads) + n for n, label in enumerate(sorts)}
        return {
            "df": pd.DataFrame(cells | {f"{label} (to sort)": v for label, v in sorts.items()}),
            "columnDefs": [
                {"targets": list(behind.values()), "visible": False, "searchable": False},
                *({"targets": heads.index(label), "orderData": n} for label, n in behind.items()),
                # A save may fill a first cell, and so bring a column: what is sorted has a name.
                *({"targets": n, "name": label} for n, label in enumerate(heads)),
            ],
            "order": [],
            # After a save it is made anew: what was searched and sorted stays with its element.
            "stateSave": True,
            "stateSaveCallback": JavascriptFunction(_KEEP),
            "stateLoadCallback": JavascriptFunction(
                "function (of) { return of.nTable.is || null; }"
            ),
            "select": "single",
            "selected_rows": [],
            "showIndex": False,
            "classes": "display compact",
            "maxBytes": 4_000_000,
            "lengthMenu": [10, 50, 200],
            "language": _TABLE_WORDS,
            "warn_on_undocumented_option": False,  # DataTables has more than itables documents
        }

    def _choose(self, change: Any) -> None:
        if change["new"] and self.form.chooser:
            self.form.chooser.id = self.ids[change["new"][0]]
            forms.focus(next(iter(self.form.fields.values())).widget)  # often below the screen

    def _changed(self, table: str) -> None:
        if self.which.value and self.below.children:
            self.table.update(**self._shown())


def _log_words(table: str) -> str:
    """What the forms call the rows, and the file where it has another name."""
    words = TABLES[table].plural
    return words if words == table.replace("_", " ") else f"{words} ({table}.csv)"


_KEEP = """function (of, { time, start, length, order, search }) {
    of.nTable.is = { time, start, length, order, search };
}"""
_TABLE_WORDS = {
    "search": "Search in this log",
    "lengthMenu": "_MENU_ rows on a page",
    "info": "_START_ to _END_ of _TOTAL_ rows",
    "infoEmpty": "no rows",
    "infoFiltered": "(of _MAX_ in all)",
    "zeroRecords": "Nothing fits. Try one word, or part of one.",
    "emptyTable": "Nothing is in this log yet.",
    "select": {"rows": {"_": "%d rows chosen", "0": "", "1": ""}},
}
