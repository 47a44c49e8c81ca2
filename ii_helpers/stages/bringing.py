"""Notebook 02, contacts from a file: what is in it, which of them to add, who is there already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms, imports
from ..errors import WorkbookError
from .undoing import Undo

if TYPE_CHECKING:
    from ..workbook import Workbook

PAGE = 15  # people with a tick at a time


def bring_contacts(wb: Workbook) -> w.VBox:
    """Contacts from a file: what was understood, a tick per person, then add."""
    return _Import(wb).widget


class _Import:
    """Nothing is written before "Add the ticked people"."""

    def __init__(self, wb: Workbook):
        self.wb = wb
        self.result: imports.ImportResult | None = None
        self._adding = threading.Lock()
        self.upload = forms.upload(
            "Choose a file of contacts", ".csv,.vcf,.txt,.zip", self._uploaded
        )
        self.path = forms.field(
            w.Text,
            "Or the file's place on this computer",
            placeholder="as in Downloads/Connections.csv; for files above 8 MB",
        )
        self.said, self.skipped = forms.markup(), forms.markup()
        self.bar = w.IntProgress(description="Reading", min=0, max=100)
        self.bar.layout = {"visibility": "hidden", "max_width": "100%"}
        self.search = forms.field(w.Text, "Find in this list", placeholder="a name")
        self.list, self.doubts = forms.column(), forms.column()
        self.where = forms.markup()
        self.add = forms.button("Add the ticked people", self._add, self.said, main=True)
        self.undo = forms.button("Undo this import", self._undo, self.said)
        self._made = ""  # the change that it takes back
        self.preview = forms.column()
        self.search.observe(lambda _: self._turn(0), "value")
        self.widget = forms.panel(
            forms.bar(self.upload),
            self.path,
            forms.bar(forms.button("Read this file", self._read_path, self.said)),
            self.bar,
            self.said,
            self.preview,
        )

    def _uploaded(self, name: str, data: bytes) -> None:
        try:
            self._read(data, name)
        except WorkbookError as error:
            self._nothing(str(error))

    def _read_path(self) -> None:
        from pathlib import Path

        typed = self.path.value.strip().strip("\"'“”‘’")
        if not typed:
            raise WorkbookError("No file is named yet. Choose one, or type where it is.")
        path = Path(typed).expanduser()
        if not path.is_absolute() and not path.exists():
            path = Path.home() / path
        try:
            self._read(path, path.name)
        except WorkbookError as error:
            self._nothing(str(error))

    def _nothing(self, text: str) -> None:
        self.result, self.preview.children = None, ()
        self.bar.layout.visibility = "hidden"
        self.said.value = forms.line("error", text)

    def _progress(self, words: str) -> Callable[[int, int], None]:
        self.bar.description = words
        self.bar.layout.visibility = "visible"

        def tell(done: int, total: int) -> None:
            self.bar.value = int(100 * done / total) if total else 100

        return tell

    def _read(self, source: Any, name: str) -> None:
        self.result = imports.read_contacts(source, name=name, progress=self._progress("Reading"))
        self._compare()
        self.bar.layout.visibility = "hidden"
        self.said.value = forms.line("ok", self.result.sentence)
        rows = [
            {"Line": int(row.line), "Left out": row.text, "Why": row.reason}
            for row in self.result.skipped.head(50).itertuples()
        ]
        self.skipped.value = forms.html_table(rows, "Left out")

    def _compare(self) -> None:
        """Offer who is new with a tick, and side by side who may be someone in the log."""
        assert self.result is not None
        found = imports.compare(self.wb, self.result)
        self.people = self.result.contacts.to_dict("records")
        self.status, self.match = found["status"].tolist(), found["match"].tolist()
        self.why = found["why"].tolist()
        self.new = [n for n, status in enumerate(self.status) if status == "new"]
        gone = self.wb.journal.marks()
        called = ("name", "email", "phone", "profile_url")
        self.forgotten = {
            n for n in self.new if any(gone.first(str(self.people[n].get(c) or "")) for c in called)
        }  # fmt: skip
        self.ticked = set(self.new) - self.forgotten
        self.decide: dict[int, str] = {}
        there = self.status.count("already there")
        words = f"{len(self.new):,} new"
        words += f", {there:,} already in your log" if there else ""
        if self.forgotten:
            n = len(self.forgotten)
            words += f", {n:,} who asked to be forgotten and {'is' if n == 1 else 'are'} not ticked"
        self.where.value = forms.line("note", words + ".")
        self._turn(0)
        self._show_doubts()
        parts = [self.where]
        if self.new:
            parts += [self.search, self.list]
        parts += [self.doubts, forms.bar(self.add), self.skipped]
        self.preview.children = tuple(parts)

    # --- the list with ticks ----------------------------------------------------------------

    def _turn(self, first: int) -> None:
        wanted = imports.fold(self.search.value)
        shown = [n for n in self.new if wanted in imports.fold(_of_person(self.people[n]))]
        boxes: list[w.Widget] = []
        for n in shown[first : first + PAGE]:
            asked = " · asked to be forgotten" * (n in self.forgotten)
            box = forms.field(
                w.Checkbox, _of_person(self.people[n]) + asked, value=n in self.ticked, indent=False
            )
            box.observe(lambda change, n=n: self._tick(n, change["new"]), "value")
            boxes.append(box)
        self.count = forms.markup()
        self._count()
        buttons = [
            forms.button(
                "Tick all", lambda: self._tick_all(set(shown) - self.forgotten, True, first)
            ),
            forms.button("Tick none", lambda: self._tick_all(shown, False, first)),
        ]
        if first:
            buttons.append(forms.button("Earlier people", lambda: self._turn(first - PAGE)))
        if first + PAGE < len(shown):
            buttons.append(forms.button("More people", lambda: self._turn(first + PAGE)))
        if not shown:
            boxes.append(forms.markup(forms.line("note", "No match.")))
        self.list.children = (*boxes, forms.bar(*buttons), self.count)

    def _tick(self, n: int, on: bool) -> None:
        (self.ticked.add if on else self.ticked.discard)(n)
        self._count()

    def _tick_all(self, shown: Iterable[int], on: bool, first: int) -> None:
        (self.ticked.update if on else self.ticked.difference_update)(shown)
        self._turn(first)

    def _count(self) -> None:
        self.count.value = forms.line("note", f"{len(self.ticked):,} ticked.")

    # --- possible duplicates ------------------------------------------------------------------

    def _show_doubts(self) -> None:
        doubts = [n for n, s in enumerate(self.status) if s == "possible duplicate"]
        parts: list[w.Widget] = []
        if doubts:
            parts.append(
                forms.markup(
                    forms.line("advice", f"{len(doubts):,} may be someone you have. Please decide.")
                )
            )
        for n in doubts[:20]:
            choice = forms.field(
                w.Dropdown,
                f"{self.people[n]['name']}: who is it?",
                options=[
                    ("decide later: leave out", ""),
                    ("the same person: fill in what is blank", "merge"),
                    ("someone else: add them", "keep"),
                ],
            )
            if not isinstance(self.match[n], str):  # twice in the file, nobody in the log yet
                choice.options = [o for o in choice.options if o[1] != "merge"]
            choice.observe(lambda change, n=n: self.decide.update({n: change["new"]}), "value")
            parts += [forms.markup(self._side_by_side(n)), choice]
        if len(doubts) > 20:
            parts.append(
                forms.markup(forms.line("note", "The others come up when these are done."))
            )
        self.doubts.children = tuple(parts)

    def _side_by_side(self, n: int) -> str:
        new, other = self.people[n], self.match[n]
        if isinstance(other, str):
            row = self.wb.contacts.get(other)
            place = self.wb.label("organizations", row.organization_id)
            old = {**row.model_dump(), "organization": place}
        else:
            old = self.people[other]
        rows = [
            {"": label, "In the file": new[c], "Already there": old[c] or ""}
            for c, label in (("name", "Name"), ("job_title", "Job title"),
                             ("organization", "Organization"), ("email", "Email"),
                             ("profile_url", "Profile"))
            if new[c] or old[c]
        ]  # fmt: skip
        return forms.html_table(rows, f"{new['name']}: {self.why[n]}")

    # --- adding ---------------------------------------------------------------------------------

    def _add(self) -> str | None:
        if not self._adding.acquire(blocking=False):  # the second click of a double click
            return None
        try:
            return self._add_them()
        finally:
            self._adding.release()

    def _add_them(self) -> str:
        if self.result is None:
            raise WorkbookError("Choose a file first.")
        keep = {n for n, choice in self.decide.items() if choice == "keep"}
        merge = {n for n, choice in self.decide.items() if choice == "merge"}
        held = {n for n, status in enumerate(self.status) if status != "new"}
        before = self.wb.last_change()
        counts = imports.add_contacts(
            self.wb, self.result, rows=self.ticked | held, keep=keep, merge=merge,
            progress=self._progress("Adding"),
        )  # fmt: skip
        self.bar.layout.visibility = "hidden"
        self._compare()
        if (made := self.wb.last_change()) != before:
            self._made = made
        self.preview.children = (*self.preview.children[:-2], forms.bar(self.undo), self.skipped)
        if self.new or any(s == "possible duplicate" for s in self.status):
            self.preview.children = (*self.preview.children[:-1], forms.bar(self.add), self.skipped)
        filled = f" {len(merge):,} filled in." if merge else ""
        return counts.sentence + filled

    def _undo(self) -> str:
        if not self._made:
            raise WorkbookError("Nothing was taken back: nobody is left whom you added here.")
        said, self._made = self.wb.undo(only=self._made), ""
        self._compare()
        return said


def _of_person(person: dict[str, Any]) -> str:
    at = ", ".join(filter(None, (person["job_title"], person["organization"])))
    return f"{person['name']} · {at}" if at else person["name"]


def merge_people(wb: Workbook) -> w.VBox:
    """Two rows that are one person: shown side by side, merged on a click, undone on another."""
    said, shown = forms.markup(), forms.markup()
    undo = Undo(wb, said, lambda: look())

    def look(_: object = None) -> None:
        rows = [p.row for p in (keep, other) if p.row]
        columns = ("name", "job_title", "organization_id", "email", "phone", "how_known", "notes")
        shown.value = forms.html_table(
            [
                {
                    "": wb.contacts.table.columns[c].label,
                    **{
                        word: wb.label("organizations", value) if c == "organization_id" else value
                        for word, row in zip(("Keep", "Merge into it"), rows, strict=False)
                        for value in (getattr(row, c),)
                    },
                }
                for c in columns
                if any(getattr(row, c) for row in rows)
            ]
        )

    keep = forms.RowPicker(wb, "contacts", "Keep this person", on_change=look, key="merge-keep")
    other = forms.RowPicker(wb, "contacts", "It is the same as", on_change=look, key="merge-other")

    def find() -> str:
        pairs = imports.duplicates(wb)
        if not pairs:
            return "No match: nobody in your log looks like somebody else."
        keep.id, other.id, why = pairs[0]
        more = f" There are {len(pairs) - 1} more." if len(pairs) > 1 else ""
        return f"These two may be one person: {why}.{more}"

    def merge() -> str:
        if not (keep.id and other.id):
            raise WorkbookError("Choose the two people first.")
        row = imports.merge_contacts(wb, keep.id, other.id)
        undo.made()
        keep.id, other.id = row.id, ""
        return f"Merged: {row.name}. Messages, meetings and referrals moved along."

    return forms.panel(
        forms.grid(keep.widget, other.widget),
        shown,
        forms.bar(
            forms.button("Find possible duplicates", find, said),
            forms.button("Merge these two", merge, said),
            undo.button,
        ),
        said,
    )
