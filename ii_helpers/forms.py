"""A form for any table, made from its row model; and the small parts that panels are made of.

The only importer of ipywidgets besides the stages. Whatever comes from logs, files and
people is escaped here before it reaches a page.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from html import escape as _escape
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo, available_timezones

import ipywidgets as w
from IPython import get_ipython

from .errors import InvalidRow, NewerRow, WorkbookError
from .tables import TABLES, Column, Table

if TYPE_CHECKING:
    from .workbook import Workbook

REFRESH_AFTER = 0.4  # seconds without a keystroke or a save
ECHO_WITHIN = 2  # seconds in which a browser answers
DRAFT_EVERY = 1.0  # seconds; what is typed is on disk at the latest this much later


# --- words and markup ----------------------------------------------------------------------


def escape(text: object) -> str:
    """Return text as HTML that shows it, letter by letter, and runs nothing."""
    return _escape(str(text), quote=True)


_LINE_WORDS = {"ok": "Done", "next": "Next", "advice": "Tip", "error": "Error:", "note": ""}


def line(kind: str, text: object) -> str:
    """Return the HTML of one thing said: kind is ok, next, advice, error or note."""
    role = ' role="alert"' if kind == "error" else ' role="status"' if kind == "ok" else ""
    word = f"<b>{_LINE_WORDS[kind]}</b>" if _LINE_WORDS[kind] else ""
    return f'<div class="ii-line ii-{kind}"{role}>{word}{escape(text)}</div>'


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
    """Return an HTML table of these rows; the keys of the first are its headings."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in rows[0])
    body = ""
    for row in rows:
        cells = (
            f"<td{' class=ii-n' if isinstance(v, (int, float)) else ''}>{escape(in_words(v))}</td>"
            for v in row.values()
        )
        body += f"<tr>{''.join(cells)}</tr>"
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    label = f"Table: {escape(caption or ', '.join(rows[0]))}"
    return (
        f'<div class="ii-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="ii-table">{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


# --- the parts of a panel -----------------------------------------------------------------


@cache
def _shipped(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


W = TypeVar("W", bound=w.DOMWidget)
_looks: dict[tuple[Any, ...], w.Widget] = {}


def _look(kind: type[w.Widget], **traits: Any) -> w.Widget:
    """The one layout or style with these traits.

    ipywidgets gives each widget two of its own: three models and messages where one does.
    """
    given = {name: value for name, value in traits.items() if value is not None}
    look = _looks.get(key := (kind, *given.items()))
    if look is None or look.comm is None:  # closed
        look = _looks[key] = kind(**given)
    return look


def _made(kind: type[W], *classes: str, width: str | None = None, **traits: Any) -> W:
    """A widget that shares how it looks with others; `show` hides one of them alone."""
    if "style" in kind.class_traits():
        traits.setdefault("style", _look(kind.style.klass))
    return kind(layout=_look(w.Layout, width=width), _dom_classes=classes, **traits)


def show(widget: w.DOMWidget, shown: Any) -> None:
    """Show a widget, or take it off the page with its room."""
    widget.layout = _look(w.Layout, width=widget.layout.width, display=None if shown else "none")


def is_shown(widget: w.DOMWidget) -> bool:
    return widget.layout.display != "none"


def markup(html: str = "") -> w.HTML:
    """A piece of a panel that shows HTML; the caller escapes what is not ours."""
    return _made(w.HTML, value=html)


_headed = False  # whether this kernel's page has a header, which carries the style for all


def panel(*children: w.Widget, heads: bool = False) -> w.VBox:
    """Return the parts one under the other, in the workbook's look.

    heads: whether this is a page's header; the style travels once with it, and with every
    panel as long as a page has none
    """
    global _headed
    _headed = _headed or heads
    if heads or not _headed:
        style = f"<style>{_shipped('forms.css')}</style>"
        children = (w.HTML(style, layout={"display": "block", "height": "0"}), *children)
    # "$40,000 to $60,000" is no formula.
    return _made(w.VBox, "ii-panel", "mathjax_ignore", children=children)


def column(*children: w.Widget, wide: bool = False, cell: bool = False) -> w.VBox:
    """Return the parts one under the other.

    cell: a field and what belongs to it, in a grid; wide: all over the grid's width
    """
    classes = ["ii-cell"] * cell + ["ii-wide"] * wide
    return _made(w.VBox, *classes, children=children)


def bar(*children: w.Widget) -> w.Box:
    """Return the parts side by side, wrapping on a narrow page."""
    return _made(w.Box, "ii-bar", children=children)


def grid(*children: w.Widget) -> w.Box:
    """Return fields in one or two columns, as the page is wide."""
    return _made(w.Box, "ii-grid", children=children)


def field(kind: type[W], label: str, *, wide: bool = False, **traits: Any) -> W:
    """Return a labelled widget with the look of a form's field.

    wide: all over a grid's width; traits: what a widget of this kind takes
    """
    if "$" in label or "\\" in label:  # somebody's words: they would be set as a formula
        traits["description_allow_html"] = True
        label = f'<span class="mathjax_ignore">{escape(label)}</span>'
    style = _look(kind.style.klass, description_width="auto")
    classes = ["ii-field"] + ["ii-wide"] * wide
    return _made(kind, *classes, width="100%", style=style, description=label, **traits)


def button(
    label: str, do: Callable[[], Any], said: w.HTML | None = None, *, main: bool = False
) -> w.Button:
    """Return a button that does one thing at a time and says its errors.

    do: called on a click; what it returns, when it is text, is said as done
    said: where the result is said
    """
    classes = ["ii-button"] + ["ii-main"] * main
    made = _made(w.Button, *classes, description=label, tooltip=label)
    busy = threading.Lock()

    # Not disabled while it works: a disabled button loses the keyboard's focus.
    def clicked(_: object) -> None:
        if busy.acquire(blocking=False):  # JupyterLab may deliver two clicks in two threads
            echo.after_typing(work)

    def work() -> None:
        try:
            done = do()
            if said is not None and isinstance(done, str):
                said.value = line("ok", done)
        except WorkbookError as error:
            if said is None:
                raise
            said.value = line("error", str(error))
        except Exception as error:
            if said is not None:
                text = (
                    f"Something unexpected went wrong ({error!r}). Press Start this page and try "
                    "again. If it comes again, show this line to your instructor."
                )
                said.value = line("error", text)
            raise
        finally:
            busy.release()

    echo = _echo()
    made.on_click(clicked)
    return made


def zone_of(wb: Workbook) -> ZoneInfo | None:
    """The learner's own time zone; None (this computer's) until they have named it."""
    for row in wb.learner.rows():
        if row.timezone:
            return ZoneInfo(row.timezone)
    return None


def now_in(wb: Workbook) -> datetime:
    """The present instant on the learner's clock."""
    return datetime.now(zone_of(wb)).astimezone(zone_of(wb))


@cache
def zone_names() -> tuple[str, ...]:
    """The zones a person would choose from: Region/City."""
    skip = ("Etc/", "SystemV/", "US/", "posix", "right")
    return tuple(sorted(z for z in available_timezones() if "/" in z and not z.startswith(skip)))


def find_zone(typed: str) -> str:
    """Return the zone a person means by a city, such as "new york"; else what they typed."""
    wanted = typed.strip().replace(" ", "_").lower()
    for name in zone_names():
        if wanted and wanted in (name.lower(), name.rsplit("/", 1)[-1].lower()):
            return name
    return typed.strip()


def kernel_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop of the notebook's kernel; None outside a notebook, where nobody waits.

    Some other loop may run there, such as a test's: what it is given would come too late.
    """
    if getattr(get_ipython(), "kernel", None) is None:
        return None
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def later(seconds: float, do: Callable[..., Any], *args: Any) -> asyncio.TimerHandle | None:
    """Do something after a pause and return the handle; outside a notebook do it at once."""
    if loop := kernel_loop():
        return loop.call_later(seconds, do, *args)
    do(*args)
    return None


class _Echo:
    """Lets a click wait for what was typed before it.

    A browser holds a field's text back until the kernel has taken in the keystrokes before; a
    click it sends at once, and so the click may overtake the last words. What the kernel asks
    for then is answered after them: a number that the browser copies from one widget to another.
    """

    def __init__(self) -> None:
        self._asked, self._heard = _made(w.IntText), _made(w.IntText)
        self._link = w.jsdlink((self._asked, "value"), (self._heard, "value"))
        self._heard.observe(self._answered, "value")
        self._waiting: dict[int, Callable[[], Any]] = {}
        self._numbers = count(1)

    def after_typing(self, do: Callable[[], Any]) -> None:
        """Do it when all that was typed is here; at once outside a notebook."""
        if kernel_loop() is None:
            do()
            return
        number = next(self._numbers)
        self._waiting[number] = do
        self._asked.value = number
        later(ECHO_WITHIN, self._run, number)

    def _answered(self, change: Any) -> None:
        for number in sorted(self._waiting):
            if number <= change["new"]:
                self._run(number)

    def _run(self, number: int) -> None:
        if do := self._waiting.pop(number, None):
            do()


@cache
def _echo() -> _Echo:
    return _Echo()


@cache
def _focuser() -> Any:
    from anywidget import AnyWidget  # on the first use, which no page waits for

    return type("Focuser", (AnyWidget,), {"_esm": _shipped("forms.js")})()


def focus(widget: w.DOMWidget) -> None:
    """Put the focus on a field or a button, as soon as it is drawn.

    Whoever is in another field by then stays there: nobody's typing is interrupted.
    """
    if kernel_loop() is not None:
        widget.add_class(name := f"ii-at-{widget.model_id}")
        _focuser().send(name)


class _Refreshes:
    """What other panels still have to show, done when the learner pauses, one panel at a time.

    A save is confirmed first: a page of people and letters would hold it up for a second.
    """

    def __init__(self) -> None:
        self._due: dict[tuple[int, str], tuple[Callable[[str], Any], dict[str, None]]] = {}
        self._handle: asyncio.TimerHandle | None = None

    def add(self, key: tuple[int, str], callback: Callable[[str], Any], table: str) -> None:
        if kernel_loop() is None:
            callback(table)
            return
        self._due.setdefault(key, (callback, {}))[1][table] = None
        if self._handle is None:
            self._handle = later(REFRESH_AFTER, self._next)

    def postpone(self) -> None:
        """The learner is busy: count the pause from now."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = later(REFRESH_AFTER, self._next)

    def _next(self) -> None:
        self._handle = None
        if not self._due:
            return
        callback, tables = self._due.pop(next(iter(self._due)))
        if self._due:
            self._handle = later(0.01, self._next)
        for table in tables:
            callback(table)


_refreshes = _Refreshes()


def watch(wb: Workbook, key: str, callback: Callable[[str], Any]) -> None:
    """Call back with the table after a save, soon but not before the save is confirmed.

    For what only shows. A panel that holds what is being typed uses `wb.watch`: it must
    change at once or not at all.
    """
    wb.watch(key, lambda table: _refreshes.add((id(wb), key), callback, table))


class _Words:
    """The words for rows in dropdowns, kept until the row or one it names changes."""

    def __init__(self, wb: Workbook):
        self._kept: dict[str, dict[str, tuple[datetime, str]]] = {}
        wb.watch("words of rows", self._changed)

    def _changed(self, table: str) -> None:
        for name in list(self._kept):
            if table in _named_by(name):
                del self._kept[name]

    def of(self, wb: Workbook, table: str, row: Any) -> str:
        kept = self._kept.setdefault(table, {})
        if row.id not in kept or kept[row.id][0] != row.updated_at:
            kept[row.id] = (row.updated_at, _one_line(wb.label(table, row.id)))
        return kept[row.id][1]


@cache
def _named_by(table: str) -> frozenset[str]:
    """The tables whose rows stand in the words for a row of this table, without itself."""
    shape = TABLES[table]
    named = {shape.references[c] for c in shape.named_by if c in shape.references}
    return frozenset(named.union(*(_named_by(name) for name in named)))


_words: WeakKeyDictionary[Workbook, _Words] = WeakKeyDictionary()


def row_choices(
    wb: Workbook, table: str, where: Callable[[Any], bool] | None = None, blank: str = "choose"
) -> list[tuple[str, str]]:
    """Return (words, id) for a dropdown of a table's rows, a blank one first.

    Rows with the same words are told apart, see `told_apart`. People are in order of name,
    everything else newest first.
    """
    rows = [row for row in wb.log(table).rows() if where is None or where(row)]
    kept = _words.get(wb) or _words.setdefault(wb, _Words(wb))
    named = [(kept.of(wb, table, row), row.id) for row in rows]
    if table in ("contacts", "occupations", "organizations"):
        named.sort(key=lambda pair: pair[0].casefold())
    else:
        named.reverse()
    words = told_apart(wb, [(words, table, id) for words, id in named])
    return [(f"({blank})", ""), *zip(words, (id for _, id in named), strict=True)]


def told_apart(wb: Workbook, named: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return these rows' words; where several have the same, with what tells them apart.

    named: (words, table, id). People of one name get their job title, then their organization
    and their email as far as that takes; what is still alike gets a number.
    """
    words = [of for of, _, _ in named]
    for nth in range(max(len(table.apart_by) for table in TABLES.values())):
        alike = {one for one, n in Counter(words).items() if n > 1}
        for at, (_, name, id) in enumerate(named) if alike else ():
            if words[at] in alike and (columns := TABLES[name].apart_by[nth : nth + 1]):
                value = getattr(wb.log(name).get(id), columns[0])
                if of := TABLES[name].references.get(columns[0]):
                    value = wb.label(of, value)
                words[at] += f", {value}" if value else ""
    seen: Counter[str] = Counter()
    for at, one in enumerate(words):
        seen[one] += 1
        words[at] = one if seen[one] == 1 else f"{one} ({seen[one]})"
    return words


def _one_line(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


class RowPicker:
    """A dropdown of a table's rows that stays fresh. `.widget`, `.id`, `.row`.

    on_change: called with the chosen id, "" when none
    """

    def __init__(
        self,
        wb: Workbook,
        table: str,
        label: str,
        *,
        where: Callable[[Any], bool] | None = None,
        on_change: Callable[[str], Any] | None = None,
        blank: str = "choose",
        key: str = "",
    ):
        self.wb, self.table, self._where, self._blank = wb, table, where, blank
        self.widget = field(Choice, label, options=self._options())
        if on_change:
            self.widget.observe(lambda change: on_change(change["new"] or ""), "value")
        watch(wb, f"pick-{key or label}-{table}", self._changed)

    @property
    def id(self) -> str:
        return self.widget.value or ""

    @id.setter
    def id(self, id: str) -> None:
        self.refresh()
        self.widget.value = id

    @property
    def row(self) -> Any:
        """The chosen row; None when none is chosen."""
        return self.wb.log(self.table).get(self.id) if self.id else None

    def refresh(self) -> None:
        """Offer what the log now holds; the choice stays when it is still there."""
        self.widget.offer(self._options())

    def _options(self) -> list[tuple[str, str]]:
        return row_choices(self.wb, self.table, self._where, self._blank)

    def _changed(self, table: str) -> None:
        if table == self.table or table in TABLES[self.table].references.values():
            self.refresh()


class Choice(w.Dropdown):
    """A dropdown whose choice survives when it is given other options.

    ipywidgets goes back to the first option instead, and tells everybody so.
    """

    _stays = False

    def offer(self, options: list[tuple[str, Any]]) -> None:
        """Offer these (words, value); a choice that is no longer among them is let go."""
        if list(self.options) == options:  # type: ignore[has-type]
            return
        values, chosen = [value for _, value in options], self.value
        self._stays = chosen in values
        try:
            with self.hold_sync():
                self.options = options
                if self._stays:
                    self.index = values.index(chosen)
        finally:
            self._stays = False

    def notify_change(self, change: Any) -> None:
        if not (self._stays and change["name"] == "value"):
            super().notify_change(change)


# --- one field -----------------------------------------------------------------------------


class _Field:
    """A column's widget with its help and its error; reads and shows Python values."""

    def __init__(self, wb: Workbook, table: Table, name: str, required: bool | None = None):
        self.wb, self.table, self.name = wb, table, name
        self.column: Column = table.columns[name]
        self.kind = table.kinds[name]
        needed = self.column.required if required is None else required
        label = self.column.label + (" *" if needed else "")
        self.widget = self._make(label)
        self.note = markup(self._note(""))
        self.adding: w.Widget | None = None
        self.box = column(self.widget, self.note, cell=True, wide=self.column.long)
        if self.column.references in ("contacts", "occupations", "organizations"):
            self._offer_new()

    def _make(self, label: str) -> w.Widget:
        column = self.column
        if column.references:
            return field(Choice, label, options=self.choices())
        if column.choices:
            choices = [("(choose)", ""), *((choice, choice) for choice in column.choices)]
            return field(w.Dropdown, label, options=choices)
        if column.scale:
            options: list[tuple[str, Any]] = [("(not rated)", "")]
            options += [(f"{n} - {word}", n) for n, word in enumerate(column.scale, 1)]
            return field(w.Dropdown, label, options=options)
        if column.suggestions:
            return field(w.Combobox, label, options=column.suggestions)
        if self.name == "timezone":
            return field(
                w.Combobox, label, options=zone_names(), placeholder="as in America/New_York"
            )
        if self.kind == "day":
            return field(w.DatePicker, label)
        if self.kind == "instant":
            return field(w.NaiveDatetimePicker, label)
        if column.long:
            return field(w.Textarea, label, rows=3)
        return field(w.Text, label)

    def choices(self) -> list[tuple[str, str]]:
        return row_choices(self.wb, self.column.references)

    def refresh(self) -> None:
        if self.column.references:
            self.widget.offer(self.choices())

    def _offer_new(self) -> None:
        """ "Add new" in place: a small form of the other table, made on the first click."""
        other = TABLES[self.column.references]

        def show() -> None:
            form = Form(
                self.wb, other.name, columns=_BRIEF[other.name], key=f"new-{self.name}",
                on_saved=chosen, chooser=False, save_label=f"Add this {other.singular}",
            )  # fmt: skip
            self.adding = form.widget
            self.box.children = (self.widget, self.note, cancel, self.adding)
            focus(form.fields[_BRIEF[other.name][0]].widget)

        def chosen(row: Any) -> None:
            self.refresh()
            self.widget.value = row.id
            hide()

        def hide() -> None:
            self.box.children = (self.widget, self.note, offer)
            focus(self.widget)

        offer = button(f"Add a new {other.singular}", show)
        cancel = button("Not now", hide)
        self.box.children = (self.widget, self.note, offer)

    def fault(self, text: str) -> None:
        """Show what is wrong with this field; "" when nothing is."""
        if text:
            self.widget.add_class("ii-wrong")
        else:
            self.widget.remove_class("ii-wrong")
        self.note.value = self._note(text)

    def _note(self, fault: str) -> str:
        said = f'<div class="ii-fault" role="alert">Error: {escape(fault)}</div>' if fault else ""
        help = self.column.help
        return said + (f'<div class="ii-help">{escape(help)}</div>' if help else "")

    @property
    def value(self) -> Any:
        value = self.widget.value
        if self.name == "timezone":
            return find_zone(value)
        if self.kind == "instant" and value is not None and "timezone" not in self.table.columns:
            zone = zone_of(self.wb)
            return value.replace(tzinfo=zone) if zone else value.astimezone()
        if isinstance(value, str) and not self.column.long:
            return value.strip()
        return value

    @value.setter
    def value(self, value: Any) -> None:
        if self.kind == "instant" and isinstance(value, datetime):
            if value.tzinfo and "timezone" not in self.table.columns:
                value = value.astimezone(zone_of(self.wb))
            value = value.replace(tzinfo=None, microsecond=0)
        if self.column.references or self.column.choices:
            self.refresh()
            value = value or ""
            if value not in {id for _, id in self.widget.options}:
                value = ""  # what it pointed to is gone
        elif self.kind in ("text", "number"):
            value = "" if value is None else value if self.column.scale else str(value)
        self.widget.value = value

    # What is typed, as plain text that a draft can keep, and back.
    def typed(self) -> Any:
        value = self.widget.value
        return value.isoformat() if isinstance(value, (date, datetime)) else value

    def type(self, kept: Any) -> None:
        if self.kind == "day" and kept:
            kept = date.fromisoformat(kept)
        elif self.kind == "instant" and kept:
            kept = datetime.fromisoformat(kept)
        elif self.column.references or self.column.choices or self.column.scale:
            self.refresh()
            if kept not in {id for _, id in self.widget.options}:
                return
        self.widget.value = kept


# What a table's small form asks for when a row is added from within another form.
_BRIEF = {
    "contacts": ("name", "salutation", "job_title", "email", "how_known"),
    "occupations": ("title", "why"),
    "organizations": ("name", "location"),
}


# --- a form --------------------------------------------------------------------------------


class Form:
    """A form for one table: `.widget` is shown, a save appends or revises one row.

    columns: which columns, in order; all of the table's when not given
    more: columns behind a "More" button
    fixed: values of columns that the form does not ask for; a function is called at save
    defaults: values a new row starts with, over those of the table; functions are called
    chooser: whether earlier rows can be chosen to change them; where: which of them
    on_saved: called with the row
    key: tells this form's draft from those of other forms on the same table
    """

    def __init__(
        self,
        wb: Workbook,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        more: Sequence[str] = (),
        fixed: Mapping[str, Any] | None = None,
        defaults: Mapping[str, Any] | None = None,
        chooser: bool = True,
        where: Callable[[Any], bool] | None = None,
        on_saved: Callable[[Any], Any] | None = None,
        key: str = "",
        save_label: str = "",
        single: bool = False,
    ):
        self.wb, self.table, self.log = wb, TABLES[table], wb.log(table)
        self.fixed, self.defaults = dict(fixed or {}), dict(defaults or {})
        self._on_saved, self._where, self._single = on_saved, where, single
        self._save_label = save_label or f"Save {self.table.singular}"
        self.key = f"form {table} {key}".strip()
        self.row: Any = None  # the row being changed, as it was when it was loaded
        self._quiet = False  # while the form itself sets its fields
        self._just_saved = False
        self._draft_written = 0.0
        self._draft_due: asyncio.TimerHandle | None = None

        names = [*(columns or self.table.columns), *more]
        self.fields = {name: _Field(wb, self.table, name) for name in names}
        first = [self.fields[name].box for name in names if name not in more]
        self._grid = grid(*first)
        self.said = _made(w.HTML, "ii-said")
        self.save = button(self._save_label, self._save, self.said, main=True)
        self._new = button("Start a new one", self._start_new, self.said)
        self._erase = button("Erase it", self._ask_erase, self.said)
        self._undo = button("Undo", self._take_back, self.said)
        self._discard = button("Discard what was restored", self._discard_draft, self.said)
        self._more = button(f"More about this {self.table.singular}", self._open_more, self.said)
        self._more_names = list(more)
        self._question = column()
        self._buttons = bar(self.save)
        parts = [self._grid, self._buttons, self.said, self._question]
        self.chooser: RowPicker | None = None
        if chooser and not single:
            self.chooser = RowPicker(
                wb, table, f"Change an earlier {self.table.singular}",
                where=where, on_change=self._choose, blank="none: this is a new one", key=self.key,
            )  # fmt: skip
            parts.append(self.chooser.widget)
            self._show_chooser()
        self.widget = panel(*parts)
        self._set(self._blank())
        if single:
            self._load_single()
        for name, shown in self.fields.items():
            shown.widget.observe(lambda _, name=name: self._typed(name), "value")
        self._show_buttons()
        self._restore_draft()
        watch(wb, self.key, self._log_changed)

    # --- values ---------------------------------------------------------------------------

    def _blank(self) -> dict[str, Any]:
        values = {name: self.table.default(name) for name in self.fields}
        for name, value in values.items():
            if self.table.kinds[name] == "day" and value is not None:
                values[name] = now_in(self.wb).date()  # today where the learner is
        for name, value in self.defaults.items():
            if name in values:
                values[name] = value() if callable(value) else value
        return values

    def _set(self, values: Mapping[str, Any]) -> None:
        self._quiet = True
        try:
            for name, shown in self.fields.items():
                shown.value = values.get(name)
                shown.fault("")
        finally:
            self._quiet = False

    def values(self) -> dict[str, Any]:
        """What the fields hold, with the fixed values."""
        fixed = {n: v() if callable(v) else v for n, v in self.fixed.items()}
        return {**fixed, **{name: shown.value for name, shown in self.fields.items()}}

    def set(self, **values: Any) -> None:
        """Fill some fields, as if the learner had typed it."""
        for name, value in values.items():
            self.fields[name].value = value

    def edit(self, id: str) -> None:
        """Load a row into the form."""
        self.row = self.log.get(id)
        self._set(self.row.model_dump())
        self.said.value = ""
        self._show_buttons()

    # --- saving ---------------------------------------------------------------------------

    def _save(self) -> None:
        if self._just_saved:  # the second click of a double click
            return
        for shown in self.fields.values():
            shown.fault("")
        self._question.children = ()
        try:
            was, row = self.row, self._write(seen=self.row)
        except InvalidRow as error:
            self._show_faults(error)
        except NewerRow as error:
            self._ask_which(error)
        else:
            self._after_save(row, is_new=was is None)

    def _write(self, seen: Any) -> Any:
        values = self.values()
        if self.row is None:
            return self.log.append(**values)
        return self.log.revise(self.row.id, seen=seen, **values)

    def _after_save(self, row: Any, is_new: bool) -> None:
        self._drop_draft()
        self._question.children = ()
        words = _one_line(self.wb.label(self.table.name, row.id), 90)
        n = len(self.log)
        in_all = f" {n} {self.table.singular if n == 1 else self.table.plural} in your log."
        kept = "Saved" if is_new else "Changed"
        if self._single:
            self.row = row
        else:
            self._start_new(say=False)  # before it is said: the next row may be typed at once
        self.said.value = line("ok", f"{kept}: {words}." + ("" if self._single else in_all))
        self._just_saved = True
        self._show_buttons(undo=True)
        if self._on_saved:
            self._on_saved(row)

    def _show_faults(self, error: InvalidRow) -> None:
        elsewhere = [text for name, text in error.problems.items() if name not in self.fields]
        wrong = [name for name in self.fields if name in error.problems]  # as on the page
        if set(wrong) & set(self._more_names):
            self._show_more()
        for name in wrong:
            self.fields[name].fault(error.problems[name])
        n = len(error.problems)
        fields = "one field needs" if n == 1 else f"{n} fields need"
        self.said.value = line("error", " ".join([f"Not saved yet: {fields} a look.", *elsewhere]))
        if wrong:
            focus(self.fields[wrong[0]].widget)

    def _ask_which(self, error: NewerRow) -> None:
        """Two windows changed the same row: both texts are shown, the learner decides."""
        theirs, rows = error.theirs, []
        for name, shown in self.fields.items():
            if shown.value != getattr(theirs, name):
                now = in_words(getattr(theirs, name))
                rows.append(
                    {"Field": shown.column.label, "Yours": in_words(shown.value), "Now": now}
                )
        self.said.value = line("error", str(error)) + html_table(rows)

        def mine() -> None:
            self._after_save(self._write(seen=error.theirs), is_new=False)

        self._question.children = (
            bar(
                button("Save mine", mine, self.said),
                button("Keep the other", lambda: self.edit(theirs.id), self.said),
            ),
        )

    def _ask_erase(self) -> None:
        row = self.row

        def erase() -> None:
            self.log.erase(row.id)
            self._start_new(say=False)
            self.said.value = line("ok", "Erased. Undo brings it back.")
            self._show_buttons(undo=True)

        def keep() -> None:
            self._question.children = ()

        words = _one_line(self.wb.label(self.table.name, row.id))
        yes = button("Yes, erase it", erase, self.said)
        self._question.children = (
            markup(line("advice", f"Erase this {self.table.singular}: {words}?")),
            bar(yes, button("No, keep it", keep, self.said)),
        )
        focus(yes)

    def _take_back(self) -> str:
        said = self.wb.undo()
        if self._single:
            self._load_single()
        self._show_buttons()
        return said

    # --- which row ------------------------------------------------------------------------

    def _choose(self, id: str) -> None:
        if self._quiet:
            return
        self._just_saved = False
        if id:
            self.edit(id)
        else:
            self._start_new()

    def _start_new(self, say: bool = True) -> None:
        self.row = None
        self._drop_draft()
        self._question.children = ()
        self._set(self._blank())
        if self.chooser:
            self._quiet = True  # what it offers follows by its own watch, after the confirmation
            self.chooser.widget.value = ""
            self._quiet = False
            self._show_chooser()
        if say:
            self.said.value = ""
            self._just_saved = False
            self._show_buttons()

    def _load_single(self) -> None:
        rows = self.log.rows()
        self.row = rows[0] if rows else None
        self._set(self.row.model_dump() if self.row else self._blank())

    def _show_buttons(self, undo: bool = False, discard: bool = False) -> None:
        self.save.description = "Save changes" if self.row else self._save_label
        shown = [self.save]
        if self.row and not self._single:
            shown += [self._new, self._erase]
        if self._more_names:
            shown.append(self._more)
        if undo:
            shown.append(self._undo)
        if discard:
            shown.append(self._discard)
        self._buttons.children = tuple(shown)

    def _show_more(self) -> None:
        boxes = [self.fields[name].box for name in self._more_names]
        self._grid.children = (*self._grid.children, *boxes)
        self._more_names = []
        self._show_buttons()

    def _open_more(self) -> None:
        first = self._more_names[0]
        self._show_more()
        focus(self.fields[first].widget)

    def _show_chooser(self) -> None:
        if self.chooser:  # it is there before any row, so that a first save moves nothing
            self.chooser.widget.disabled = len(self.chooser.widget.options) < 2

    def _log_changed(self, table: str) -> None:
        for shown in self.fields.values():
            refers = shown.column.references
            if refers and (table == refers or table in TABLES[refers].references.values()):
                self._quiet = True
                shown.refresh()
                self._quiet = False
        if self.chooser and table == self.table.name:
            self._show_chooser()

    # --- drafts: what is typed is never lost ----------------------------------------------

    def _typed(self, name: str) -> None:
        if self._quiet:
            return
        _refreshes.postpone()
        self._just_saved = False
        if self.fields[name].note.value:
            self.fields[name].fault("")
        wait = self._draft_written + DRAFT_EVERY - time.monotonic()
        if wait <= 0:
            self._keep_draft()
        elif self._draft_due is None:
            self._draft_due = later(wait, self._keep_draft)

    def _keep_draft(self) -> None:
        self._draft_due, self._draft_written = None, time.monotonic()
        typed = {name: shown.typed() for name, shown in self.fields.items()}
        kept = {"row": self.row.id if self.row else "", "typed": typed}
        try:
            self.wb.keep_draft(self.key, kept)
        except WorkbookError as error:
            self.said.value = line("error", f"What you type is not kept on disk yet: {error}")

    def _drop_draft(self) -> None:
        if self._draft_due:
            self._draft_due.cancel()
            self._draft_due = None
        self._draft_written = 0.0
        self.wb.discard_draft(self.key)

    def _restore_draft(self) -> None:
        draft = self.wb.draft(self.key)
        if draft is None:
            return
        kept, kept_at = draft
        if kept["row"]:
            if kept["row"] not in self.log:
                return
            self.row = self.log.get(kept["row"])
            self._set(self.row.model_dump())
        if set(kept["typed"]) & set(self._more_names):
            self._show_more()
        self._quiet = True
        for name, typed in kept["typed"].items():
            if name in self.fields:
                self.fields[name].type(typed)
        self._quiet = False
        when = in_words(kept_at.astimezone(zone_of(self.wb)))
        self.said.value = line(
            "ok", f"Restored from {when}: what you had typed here and not saved yet."
        )
        self._show_buttons(discard=True)

    def _discard_draft(self) -> None:
        if self._single:
            self._drop_draft()
            self._load_single()
            self.said.value = ""
            self._show_buttons()
        else:
            self._start_new()


def land_on(widget: w.DOMWidget, after: float = 1.0) -> None:
    """Put the focus here once the page is drawn: Run All leaves a page at its end.

    widget: one that a browser can focus, such as a button
    """
    if loop := kernel_loop():
        loop.call_later(after, focus, widget)


def live(
    wb: Workbook, key: str, make: Callable[[], str], tables: Iterable[str] | None = None
) -> w.VBox:
    """Return a panel of HTML that is made again after each save, when it then differs.

    make: returns the HTML; tables: the only tables whose rows it shows, all when not given
    """
    watched = None if tables is None else set(tables)
    shown = markup(make())

    def changed(table: str) -> None:
        if watched is None or table in watched:
            html = make()
            if html != shown.value:
                shown.value = html

    watch(wb, f"live {key}", changed)
    return panel(shown)
