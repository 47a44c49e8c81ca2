"""A form for any table, made from its row model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ipywidgets as w

from ..errors import InvalidRow, LogUnwritable, NewerRow, Problem, RowNotFound, WorkbookError
from ..forgetting import goes_with
from ..tables import INCOMPLETE, TABLES, Column, Row, Table
from .choices import Choice, RowPicker, one_line, row_choices, row_words
from .drafts import Draft, Drafts
from .parts import bar, column, grid, made, markup, panel, ratings
from .parts import field as _field
from .timing import button, date_field, empty, focus, is_half_filled, later, refreshes, watch
from .words import escape, html_table, in_words, line, lines, now_in, zone_of
from .zones import find_zone, zone_names, zones_near

if TYPE_CHECKING:
    from ..workbook import Workbook

DRAFT_EVERY = 1.0  # seconds; what is typed is on disk at the latest this much later
DOUBLE_CLICK = 1.0  # seconds


class _Field:
    """A column's widget with its help and its error; reads and shows Python values."""

    def __init__(self, wb: Workbook, table: Table, name: str, required: bool | None = None):
        self.wb, self.table, self.name = wb, table, name
        self.column: Column = table.columns[name]
        self._advised = ""
        self.kind = table.kinds[name]
        needed = self.column.required if required is None else required
        label = self.column.label + (" *" if needed else "")
        self.widget = self._make(label, needed)
        self.note = markup(self._note(""))
        self.adding: w.Widget | None = None
        self.new: Form | None = None  # the small form for another table's row, while it is open
        self.takes_focus = True  # when that one closes
        self.box = column(self.widget, self.note, cell=True, wide=self.column.long)
        if self.column.references in ("contacts", "occupations", "organizations"):
            self._offer_new()

    def _make(self, label: str, needed: bool) -> w.Widget:
        column, field = self.column, partial(_field, must=needed)
        if column.references:
            return field(Choice, label, options=self.choices())
        if column.choices:
            choices = [("(choose)", ""), *((choice, choice) for choice in column.choices)]
            return field(w.Dropdown, label, options=choices)
        if column.scale:
            return field(w.Dropdown, label, options=ratings(column.scale))
        if column.suggestions:
            return field(w.Combobox, label, options=column.suggestions)
        if self.name == "timezone":
            return field(
                w.Combobox, label, options=zone_names(), placeholder="as in America/New_York"
            )
        if self.kind == "day":
            return date_field(w.DatePicker, label, must=needed)
        if self.kind == "instant":
            return date_field(w.NaiveDatetimePicker, label, must=needed)
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
            key = f"new {self.table.name} {self.name}"
            form = Form(
                self.wb, other.name, columns=_BRIEF[other.name], key=key, on_saved=chosen,
                chooser=False, save_label=f"Add this {other.singular}",
            )  # fmt: skip
            self.adding, self.new = form.widget, form
            self.box.children = (self.widget, self.note, cancel, self.adding)
            focus(form.fields[_BRIEF[other.name][0]].widget)

        def chosen(row: Any) -> None:
            self.refresh()
            self.widget.value = row.id
            hide()

        def hide() -> None:
            if self.new and self.new._is_typed:
                self.new._keep_draft()
            self.new = None
            self.box.children = (self.widget, self.note, offer)
            if self.takes_focus:
                focus(self.widget)

        offer = button(f"Add a new {other.singular}", show)
        cancel = button("Not now", hide)
        self.box.children = (self.widget, self.note, offer)

    def fault(self, text: str) -> None:
        """Show what is wrong with this field; "" when nothing is."""
        if text and self.name == "timezone" and (near := zones_near(self.widget.value)):
            text += f" Did you mean {' or '.join(near)}?"
        # Not the field itself: a browser empties a half-filled date of which anything changes.
        if text:
            self.box.add_class("ii-wrong")
        else:
            self.box.remove_class("ii-wrong")
        self.note.value = self._note(text)

    def _note(self, fault: str) -> str:
        said = f'<div class="ii-fault" role="alert">Error: {escape(fault)}</div>' if fault else ""
        if self._advised:
            said += line("advice", self._advised, answers=True)
        help = self.column.help
        return said + (f'<div class="ii-help">{escape(help)}</div>' if help else "")

    def advise(self, id: str) -> None:
        """Say so when a person's name is much more than a name, or when the log has what is typed
        already; nothing forbids it. id: of the row that is shown, "" for a new one"""
        advice = ""
        is_name = self.name == "name" and self.table.name in _NAMES
        if is_name and len(self.widget.value.strip()) > NAME_LENGTH:
            advice = f"This is long for a name. {_NAMES[self.table.name]}"
        elif self.table.name in _ONCE and self.name == self.table.named_by[0]:
            typed = one_line(self.widget.value, 10_000).casefold()
            rows = self.wb.log(self.table.name).rows() if typed else ()
            if any(one_line(getattr(row, self.name), 10_000).casefold() == typed
                   for row in rows if row.id != id):  # fmt: skip
                advice = (
                    f"Your log has this {self.table.singular} already: choose it in the list "
                    "instead, unless this is another one."
                )
        if advice != self._advised:
            self._advised = advice
            self.note.value = self._note("")

    @property
    def value(self) -> Any:
        value = self.widget.value
        if self.kind in ("day", "instant") and is_half_filled(self.widget):
            return INCOMPLETE
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
        if self.kind in ("day", "instant") and is_half_filled(self.widget):
            empty(self.widget)
        if self.kind == "instant" and isinstance(value, datetime):
            if value.tzinfo and "timezone" not in self.table.columns:
                value = value.astimezone(zone_of(self.wb))
            elif value.tzinfo and not isinstance(value.tzinfo, ZoneInfo):
                value = value.astimezone()  # its row names no zone: this computer's clock counts
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


NAME_LENGTH = 60  # letters; a name with titles and degrees has less
_NAMES = {
    "contacts": "Letters begin with it: keep the name here, and the rest under Notes or Why this "
    "person.",
    "learner": "Letters end with it: keep the name here, and the rest below.",
}
_ONCE = ("contacts", "occupations", "organizations", "criteria")  # what is in a log once, as a rule
# What a table's small form asks for when a row is added from within another form.
_BRIEF = {
    "contacts": ("name", "salutation", "job_title", "email", "how_known"),
    "occupations": ("title", "why"),
    "organizations": ("name", "location"),
}


# --- a form --------------------------------------------------------------------------------


_AND_ALL = (
    "every mention of the name, the addresses and the numbers in your other texts, and the earlier "
    "versions and backups that this workbook keeps"
)
_FORGOTTEN = (
    "Forgotten. Now press Start this page on every page that is open: what they show is older. A "
    "file of contacts that you bring in again may hold them: they are not ticked there."
)


_NEW_ONE = "none: this is a new one"


def _unsaved(*said: str) -> str:
    return lines(("unsaved", text) for text in said if text)


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
        own_key = f"form {table} {key}".strip()
        self._drafts = Drafts(wb, own_key)
        self._erased: tuple[str, Draft] | None = None  # what was typed in the row just erased
        self.row: Any = None  # the row being changed, as it was when it was loaded
        self._loaded: dict[str, Any] = {}  # what the fields held then, as a draft keeps it
        self._is_typed = False  # since then, by the learner
        self._quiet = False  # while the form itself sets its fields
        self._just_saved = self._is_back = False  # _is_back: other words came in its place
        self._saved_at = self._draft_written = 0.0
        self._made = ""  # the change that Undo takes back
        self._draft_due: asyncio.TimerHandle | None = None

        names = [*(columns or self.table.columns), *more]
        self.fields = {name: _Field(wb, self.table, name) for name in names}
        first = [self.fields[name].box for name in names if name not in more]
        self._grid = grid(*first)
        self.said = made(w.HTML, "ii-said")
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
                where=where, on_change=self._choose, blank=_NEW_ONE, key=own_key,
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
        self._restore_drafts()
        watch(wb, own_key, self._log_changed)

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
                shown.advise(self._id)
        finally:
            self._quiet = False
        self._loaded, self._is_typed = self._typed_now(), False

    def values(self) -> dict[str, Any]:
        """What the fields hold, with the fixed values."""
        fixed = {n: v() if callable(v) else v for n, v in self.fixed.items()}
        return {**fixed, **{name: shown.value for name, shown in self.fields.items()}}

    def set(self, **values: Any) -> None:
        """Fill some fields, as if the learner had typed it."""
        for name, value in values.items():
            self.fields[name].value = value

    def edit(self, id: str) -> None:
        """Load a row into the form, with what was typed there and not saved."""
        self._go_to(id)

    # --- saving ---------------------------------------------------------------------------

    def _save(self) -> None:
        waits = self._is_back and time.monotonic() - self._saved_at > DOUBLE_CLICK
        if self._just_saved and not waits:  # the second click of a double click
            return
        for shown in self.fields.values():
            shown.fault("")
        self._question.children = ()
        if self._save_new():
            self._save_over(self.row)

    def _save_over(self, seen: Any) -> None:
        """Save what the fields hold, or say why not. seen: the row as the learner saw it"""
        try:
            was, row = self.row, self._write(seen)
        except InvalidRow as error:
            self._show_faults(error)
        except NewerRow as error:
            self._ask_which(error)
        except RowNotFound:
            if not self._is_gone():
                raise
        else:
            self._after_save(row, is_new=was is None)

    def _save_new(self) -> bool:
        """Save what is filled in under "Add a new ..." first; whether that was possible."""
        for shown in self.fields.values():
            if (new := shown.new) and new._typed_now() != new._loaded:
                shown.takes_focus = False  # it stays with the button that was pressed
                new._save()  # which chooses it here, and closes
                shown.takes_focus = True
                if shown.new:
                    words = (
                        f"Not saved yet: the new {new.table.singular} needs a look. Complete it, "
                        "or press Not now to do without."
                    )
                    self.said.value = line("error", words)
                    return False
        return True

    def _write(self, seen: Any) -> Any:
        values, row = self.values(), self.row
        if row is None and self._single and (rows := self.log.rows()):
            row, seen = rows[0], seen or Row.model_construct()  # another window made it
        if row is None:
            return self.log.append(**values)
        return self.log.revise(row.id, seen=seen, **values)

    def _after_save(self, row: Any, is_new: bool) -> None:
        with suppress(LogUnwritable):  # the row is saved all the same, and is said to be
            self._drop_draft()
        words = row_words(self.wb, self.table.name, row.id, 90)
        n = len(self.log)
        in_all = f" {n} {self.table.singular if n == 1 else self.table.plural} in your log."
        kept = "Saved" if is_new else "Changed"
        back = ""
        if self._single:
            self.row = row
            self._loaded, self._is_typed = self._typed_now(), False
            self._question.children = ()
        else:
            back = self._show("")  # before it is said: the next row may be typed at once
        said = line("ok", f"{kept}: {words}." + ("" if self._single else in_all))
        self.said.value = said + _unsaved(back)
        self._just_saved, self._saved_at, self._is_back = True, time.monotonic(), bool(back)
        self._show_buttons(undo=True, discard=bool(back))
        if self._on_saved:
            self._on_saved(row)
        self._made = self.wb.last_change()

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
            self._save_over(error.theirs)

        def other() -> None:
            self._drop_draft()
            self._go_to(theirs.id)

        self._question.children = (
            bar(
                button("Save mine", mine, self.said),
                button("Keep the other", other, self.said),
            ),
        )

    def _ask_erase(self) -> None:
        row = self.row

        def erase() -> None:
            self._erased = self._without(lambda: self.log.erase(row.id))
            back = self._show("")
            self._made = self.wb.last_change()
            self.said.value = line("ok", "Erased. Undo brings it back.") + _unsaved(back)
            self._show_buttons(undo=True, discard=bool(back))

        def keep() -> None:
            self._question.children = ()

        words = row_words(self.wb, self.table.name, row.id)
        yes = button("Yes, erase it", erase, self.said)
        answers = [yes, button("No, keep it", keep, self.said)]
        if self.table.name == "contacts":
            answers.append(button("They asked to be forgotten", self._ask_forget, self.said))
        self._question.children = (
            markup(line("careful", f"Erase this {self.table.singular}: {words}?")),
            bar(*answers),
        )
        focus(yes)

    def _ask_forget(self) -> None:
        """The person's own wish: all that goes is said first, as nothing brings it back."""
        row = self.row
        goes = [f"{n} {TABLES[name].singular if n == 1 else TABLES[name].plural}"
                for name, n in goes_with(self.wb, row.id).items()]  # fmt: skip

        def forget() -> None:
            left: list[Problem] = []
            self._without(lambda: left.extend(self.wb.forget(row.id)))
            back = self._show("")
            self._show_buttons(discard=bool(back))
            said = [("ok", _FORGOTTEN), *(("advice", one.text) for one in left)]
            self.said.value = lines(said) + _unsaved(back)

        def keep() -> None:
            self._question.children = ()

        no = button("No, keep them", keep, self.said)
        words = (
            f"Forget {one_line(row.name)} for good? With the contact go "
            f"{', '.join([*goes, _AND_ALL])}. Undo does not bring it back."
        )
        self._question.children = (
            markup(line("careful", words)),
            bar(no, button("Yes, forget them for good", forget, self.said)),
        )
        focus(no)

    def _take_back(self) -> str | None:
        if not self._made:  # the second click of a double click
            return None
        said, self._made = self.wb.undo(only=self._made), ""
        if self._erased and self._erased[0] in self.log:
            id, draft = self._erased
            self._drafts.keep(id, draft.typed, draft.was)
        self._erased = None
        if self._single:
            typed, was = self._typed_now(), self._loaded
            self._load_single()
            self._type(typed, was)  # what was typed since the save is not what is taken back
        self._show_buttons()
        return said

    # --- which row ------------------------------------------------------------------------

    @property
    def _id(self) -> str:
        """The id of the row that is shown, as its draft goes by; "" for a new one."""
        return self.row.id if self.row and not self._single else ""

    @property
    def key(self) -> str:
        """The key of the draft of what is shown."""
        return self._drafts.key(self._id)

    def _choose(self, id: str) -> None:
        if not self._quiet:
            self._go_to(id)

    def _start_new(self) -> None:
        self._go_to("")

    def _go_to(self, id: str) -> None:
        """Show a row, or a new one for "", and say what is not saved there and where one was."""
        was_at = self._id
        if self._is_typed and not self._keep_draft():
            self._point_at(was_at)  # the disk does not take it, which is said: stay
            return
        back = self._show(id)
        self._just_saved = False
        self.said.value = _unsaved(back, self._left())
        self._show_buttons(discard=bool(back))

    def _show(self, id: str) -> str:
        """Show a row as it is in the log, or a new one, and over it what was typed and not saved;
        return words for that."""
        self._cancel_draft()
        row = self.log.get(id) if id else None
        orphan = "" if id else self._adopt()
        self.row = row
        self._question.children = ()
        self._set(row.model_dump() if row else self._blank())
        self._point_at(id)
        back = self._bring_back()
        return orphan or back

    def _point_at(self, id: str) -> None:
        """Let the list of earlier rows say which one is shown."""
        if self.chooser:
            self._quiet = True  # what it offers follows by its own watch, after the confirmation
            if id in {value for _, value in self.chooser.widget.options}:
                self.chooser.widget.value = id
            self._quiet = False
            self._show_chooser()

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
        refreshes.postpone()
        self._just_saved, self._is_typed = False, True
        shown = self.fields[name]
        if "ii-wrong" in shown.box._dom_classes:
            shown.fault("")
        shown.advise(self._id)
        wait = self._draft_written + DRAFT_EVERY - time.monotonic()
        if wait <= 0:
            self._keep_draft()
        elif self._draft_due is None:
            self._draft_due = later(wait, self._keep_draft)

    def _typed_now(self) -> dict[str, Any]:
        return {name: shown.typed() for name, shown in self.fields.items()}

    def _keep_draft(self) -> bool:
        """Keep what is typed, where it is anything new; whether that was possible."""
        self._cancel_draft()
        self._draft_written = time.monotonic()
        typed = self._typed_now()
        try:
            if typed == self._loaded:
                self._drafts.drop(self._id)
            else:
                self._drafts.keep(self._id, typed, self._loaded)
        except WorkbookError as error:
            self.said.value = line("error", f"What you type is not kept on disk yet: {error}")
            return False
        return True

    def _cancel_draft(self) -> None:
        if self._draft_due:
            self._draft_due.cancel()
            self._draft_due = None
        self._draft_written = 0.0

    def _drop_draft(self) -> None:
        self._cancel_draft()
        self._is_typed = False
        self._drafts.drop(self._id)

    def _without(self, do: Callable[[], Any]) -> tuple[str, Draft] | None:
        """Take away the row that is shown; return its draft, which goes first, and stays when
        the row does."""
        id, draft = self._id, self._drafts.of(self._id)
        self._drop_draft()
        try:
            do()
        except WorkbookError:
            if draft:
                with suppress(RowNotFound):  # of somebody who is half forgotten none is kept
                    self._drafts.keep(id, draft.typed, draft.was)
            raise
        return (id, draft) if draft else None

    def _bring_back(self) -> str:
        """Fill in what was typed here and not saved; return words for it, "" when it is nothing."""
        draft = self._drafts.show(self._id)
        if draft is None:
            return ""
        # A row may be another by now: only what was typed goes over it.
        clash = self._type(draft.typed, draft.was if self.row else {})
        if self._typed_now() == self._loaded:
            self._drafts.drop(self._id)
            return ""
        words = f"what you typed in {self._words(self._id)} is here again."
        if clash:
            words += f" Changed elsewhere since: {', '.join(clash)}. Save puts yours in its place."
        return words

    def _type(self, typed: Mapping[str, Any], was: Mapping[str, Any]) -> list[str]:
        """Fill in what differs from what was loaded; return in which fields the row does, too."""
        clash, before = [], dict(self._loaded)
        self._quiet = True
        for name, words in typed.items():
            if name not in self.fields or (name in was and words == was[name]):
                continue
            self.fields[name].type(words)
            self.fields[name].advise(self._id)
            if name in was and was[name] != before[name] != words:
                clash.append(self.fields[name].column.label)
        self._quiet = False
        now = self._typed_now()
        if any(now[name] != before[name] for name in self._more_names):
            self._show_more()
        return clash

    def _words(self, id: str) -> str:
        """A row in words, also one that is not there, or not yet."""
        if words := row_words(self.wb, self.table.name, id, 45):
            return f'"{words}"'
        return f"{'an erased' if id else 'a new'} {self.table.singular}"

    def _left(self) -> str:
        """Where else something is typed and not saved: whoever goes through the list with the arrow
        keys has passed by others since."""
        ids = [id for id in self._drafts.ids() if id != self._id and (not id or id in self.log)]
        if not ids:
            return ""
        again = "Choose it again" if any(ids) else f"Choose “{_NEW_ONE}”"
        where = " and in ".join(map(self._words, ids))
        return f"what you typed in {where} is kept. {again} to go on."

    def _is_gone(self) -> bool:
        """Whether the row shown was erased elsewhere; what is typed goes on as a new one."""
        if self.row.id in self.log or self._drafts.of(""):
            return False
        self._drop_draft()
        self.row, self._is_typed = None, True
        self._point_at("")
        self._keep_draft()
        self.said.value = line("error", self._erased_elsewhere())
        self._show_buttons()
        return True

    def _erased_elsewhere(self) -> str:
        return (
            f"This {self.table.singular} was erased elsewhere. What you typed is still here: "
            f"{self._save_label} adds it again, as a new one."
        )

    def _adopt(self) -> str:
        """Let a new row have what was typed in a row that was erased elsewhere, one at a time."""
        forgotten = self.wb.journal.forgotten
        gone = [id for id in self._drafts.ids() if id and id not in self.log]
        for id in gone if not self._drafts.of("") else ():
            draft = self._drafts.of(id)
            self._drafts.drop(id)
            if draft and id not in forgotten():
                self._drafts.keep("", draft.typed, {})
                return self._erased_elsewhere()
        return ""

    def _restore_drafts(self) -> None:
        """Show again what was being typed when the page went to sleep."""
        if not self._single:
            self._drafts.own_rows()
        if not (ids := self._drafts.ids()):
            return
        last = ids[-1]
        if (draft := self._drafts.of(last)) is None:
            return
        is_there = last == "" or last in self.log
        back = self._bring_back() if self._single else self._show(last if is_there else "")
        if not back:
            return
        when = in_words(draft.kept_at.astimezone(zone_of(self.wb)))
        restored = f"Restored from {when}: what you had typed here and not saved yet."
        others = [self._words(id) for id in self._drafts.ids() if id != self._id]
        also = f"what you typed in {' and in '.join(others)} is kept, too." if others else ""
        said = line("ok", restored) if is_there else _unsaved(back)
        self.said.value = said + _unsaved(also)
        self._show_buttons(discard=True)

    def _discard_draft(self) -> None:
        self._drop_draft()
        if self._single:
            self._load_single()
        else:
            self._go_to(self._id)
            return
        self.said.value = ""
        self._show_buttons()
