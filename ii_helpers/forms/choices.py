"""Rows to choose from, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import names
from ..tables import TABLES
from .parts import field
from .timing import watch

if TYPE_CHECKING:
    from ..workbook import Workbook


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
            kept[row.id] = (row.updated_at, row_words(wb, table, row.id))
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
    n: Counter[str] = Counter()
    taken: set[str] = set()
    for at, one in enumerate(words):
        while words[at] in taken:  # a number may be part of another one's own words
            n[one] += 1
            words[at] = f"{one} ({n[one] + 1})"
        taken.add(words[at])
    return words


def one_line(text: str, most: int = 70) -> str:
    text = names.one_line(text)
    return text if len(text) <= most else text[: most - 1] + "…"


def row_words(wb: Workbook, table: str, id: str, most: int = 70) -> str:
    """Return a row in words on one line; where they are too long, it is the name at their head
    that is shortened, not the date behind it."""
    words = one_line(wb.label(table, id), 10_000)
    head = TABLES[table].named_by[0]
    of = TABLES[table].references.get(head, "")
    if len(words) <= most or not of:
        return one_line(words, most)
    named = getattr(wb.log(table).get(id), head)
    rest = one_line(words[len(one_line(wb.label(of, named), 10_000)) :], most - 20)
    return row_words(wb, of, named, most - len(rest)) + rest


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
