"""Notebook 02: whom to ask, bring contacts, letters, replies, meetings, follow-through (R8-R18)."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms, imports, invitations, letters
from ..errors import WorkbookError
from ..facts import ASKS
from ..tables import CHANNELS, HOW_KNOWN, REPLIES
from . import about_you as about_you
from . import header as header
from . import open_workbook as open_workbook

if TYPE_CHECKING:
    from ..workbook import Workbook

# --- whom to ask (R8, R9, R10, R12) ---------------------------------------------------------

# R8: people already known, the first to ask.
KNOWN = ("friend", "relative", "fellow student", "co-worker", "supervisor", "teacher", "neighbor")
# One source or several that are looked for in the same way -> what to ask yourself.
SOURCES: dict[tuple[str, ...], tuple[str, str]] = {
    ("friend", "relative", "neighbor"): (
        "Friends, relatives, neighbors",
        "Who does this work, or knows someone who does? Ask at the next dinner.",
    ),
    ("fellow student", "teacher", "alumni"): (
        "Fellow students, teachers, alumni",
        "Who studied with you, taught you, or left your school for this field?",
    ),
    ("co-worker", "supervisor"): (
        "Co-workers and supervisors, present and former",
        "Whom did you work with who has moved on? Inside your own organization, ask your "
        "supervisor for permission first, then for suggestions.",
    ),
    ("referred by a contact",): (
        "People whom others named",
        "At the end of every conversation: whom else should I talk to?",
    ),
    ("professional organization", "event", "public speaker"): (
        "Professional organizations, events, speakers",
        "Which society gathers these people? Who spoke about the field, here or online?",
    ),
    ("directory", "company website", "phone inquiry"): (
        "Directories, company websites, a phone call",
        "Who holds the job title? A staff page says it, or the front desk when you phone.",
    ),
    ("professional network site",): (
        "Professional network sites",
        "Search for the job title; look first for people you share a contact with.",
    ),
    ("other", ""): ("Other, or not said", "How did you come across them? Say it in step 2."),
}


def whom_to_ask(wb: Workbook) -> w.VBox:
    """People by source, known ones first; and who is nearest to an occupation or a workplace."""
    near = forms.markup()

    def look(_: object = None) -> None:
        said = nearest(wb, occupation.id, organization.id)
        near.value = forms.lines(said)

    occupation = forms.RowPicker(
        wb, "occupations", "Who can tell me about this occupation", on_change=look
    )
    organization = forms.RowPicker(
        wb, "organizations", "Who leads me into this organization", on_change=look
    )
    forms.watch(wb, "outreach nearest", look)
    return forms.panel(
        forms.live(wb, "sources", lambda: _sources(wb), ("contacts",)),
        forms.live(wb, "supervisor", lambda: _supervisor_first(wb), ("contacts", "messages")),
        forms.grid(occupation.widget, organization.widget),
        near,
    )


def _sources(wb: Workbook) -> str:
    named: dict[str, list[str]] = defaultdict(list)
    for row in wb.contacts.rows():
        named[row.how_known].append(row.name)
    rows = []
    for sources, (title, hint) in SOURCES.items():
        people = [name for source in sources for name in named[source]]
        if people or "" not in sources:
            rows.append({"Where": title, "Ask yourself": hint, "In your log": _some(people)})
    return forms.html_table(rows, "Where to find people, the nearest first")


def _some(names: list[str], most: int = 4) -> str:
    if not names:
        return "nobody yet"
    return f"{len(names):,}: {_first(names, most)}"


def _first(names: list[str], most: int) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _supervisor_first(wb: Workbook) -> str:
    """R10: inside one's own organization the supervisor comes first."""
    bosses = {row.id: row.name for row in wb.contacts.rows() if row.how_known == "supervisor"}
    if not bosses:
        return ""
    asked = {m.contact_id: m.reply for m in wb.messages.rows() if m.purpose == "permission"}
    said = []
    for id, name in bosses.items():
        if id not in asked:
            said.append(("next", f"Before you ask colleagues, ask {name} for permission: step 5."))
        elif asked[id] == "yes":
            said.append(("ok", f"{name} has agreed that you talk with colleagues."))
        elif asked[id] != "no":
            said.append(("advice", f"{name} has not said yes yet: wait before you ask colleagues."))
    return forms.lines(said)


def nearest(wb: Workbook, occupation_id: str = "", organization_id: str = "", most: int = 5):
    """Say who in the log is nearest to an occupation or an organization, as (kind, sentence).

    Nearest first: people whom the learner knows, those whom somebody named (through whom, and
    whether the name may be used), the others. An explicit "nobody yet" and what to try next.
    """
    wanted = []
    if occupation_id:
        title = wb.label("occupations", occupation_id)
        wanted.append((title, _tells_about(occupation_id, title)))
    if organization_id:
        title = wb.label("organizations", organization_id)
        wanted.append((title, lambda row: row.organization_id == organization_id))
    through: dict[str, list[Any]] = defaultdict(list)
    for referral in wb.referrals.rows() if wanted else ():
        through[referral.to_contact_id].append(referral)
    said = []
    for title, fits in wanted:
        ranked = sorted(
            (_nearness(wb, row, through[row.id]) for row in wb.contacts.rows() if fits(row)),
            key=lambda one: one[0],
        )
        said += [("note", f"{title}: {sentence}") for _, sentence in ranked[:most]]
        if len(ranked) > most:
            said.append(("note", f"{title}: and {len(ranked) - most:,} more in your log."))
        if not ranked:
            said.append(("next", f"{title}: nobody yet. {_try_next(wb)}"))
        elif len(ranked) < 3:  # R12
            said.append(("advice", f"{title}: one or two views are few. {_try_next(wb)}"))
    return said


def _tells_about(occupation_id: str, title: str) -> Callable[[Any], bool]:
    from rapidfuzz import fuzz

    def fits(row: Any) -> bool:
        if row.occupation_id:
            return row.occupation_id == occupation_id
        return bool(row.job_title) and (
            fuzz.token_set_ratio(imports.fold(row.job_title), imports.fold(title)) >= 85
        )

    return fits


def _nearness(wb: Workbook, row: Any, referrals: list[Any]) -> tuple[int, str]:
    who = f"{row.name} ({row.job_title})" if row.job_title.strip() else row.name
    if row.how_known in KNOWN:
        return 0, f"{who}: you know them yourself ({row.how_known})."
    for may, rank, words in (
        ("yes", 1, "{}: through {}, whose name you may use."),
        ("not asked", 2, "{}: through {}. Ask whether you may use the name: step 5, permission."),
        ("no", 3, "{}: {} named them and wishes to stay unnamed; write without the name."),
    ):
        for referral in referrals:
            if referral.may_use_name == may and referral.from_contact_id in wb.contacts:
                return rank, words.format(who, wb.label("contacts", referral.from_contact_id))
    known = f" ({row.how_known})" if row.how_known else ""
    return 4, f"{who}: in your log{known}; nobody you know leads there yet."


def _try_next(wb: Workbook) -> str:
    some = {row.how_known for row in wb.contacts.rows()}
    for sources, (title, hint) in SOURCES.items():
        if not some.intersection(sources) and "" not in sources:
            return f"Try next: {title[0].lower()}{title[1:]}. {hint}"
    return "Ask the people you have met whom else they would talk to."


# --- people ---------------------------------------------------------------------------------


def people(wb: Workbook) -> w.VBox:
    """The form for a person: name, how to say it, workplace, how they are known (R11)."""
    form = forms.Form(
        wb,
        "contacts",
        ("name", "salutation", "pronunciation", "job_title", "organization_id", "occupation_id",
         "how_known", "email", "why_them"),
        more=("phone", "profile_url", "location", "keep_in_touch_days", "notes"),
        key="outreach",
    )  # fmt: skip
    return _is_part(wb, "people", form).widget


def referrals(wb: Workbook) -> w.VBox:
    """The form for who named whom, and whether the name may be used."""
    form = forms.Form(
        wb, "referrals", ("from_contact_id", "to_contact_id", "referred_on", "may_use_name"),
        key="outreach",
    )  # fmt: skip

    def make() -> str:
        waiting = [r for r in wb.referrals.rows() if r.may_use_name == "not asked"]
        return forms.lines(
            ("advice", f"{wb.label('contacts', r.from_contact_id)} named "
             f"{wb.label('contacts', r.to_contact_id)}: ask whether you may say so. Until then "
             "drafts do without the name.") for r in waiting[:3]
        )  # fmt: skip

    return forms.panel(
        form.widget, forms.live(wb, "permissions", make, ("referrals", "contacts"))
    )  # fmt: skip


# --- bring your contacts ----------------------------------------------------------------------

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
        self.upload = w.FileUpload(
            accept=".csv,.vcf,.txt,.zip", multiple=False, description="Choose a file of contacts"
        )
        self.upload.add_class("ii-button")
        self.upload.layout = w.Layout(width="auto", height="auto")
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
        self.preview = forms.column()
        self.upload.observe(self._uploaded, "value")
        self.search.observe(lambda _: self._turn(0), "value")
        self.widget = forms.panel(
            forms.bar(self.upload),
            self.path,
            forms.bar(forms.button("Read this file", self._read_path, self.said)),
            self.bar,
            self.said,
            self.preview,
        )

    def _uploaded(self, change: dict) -> None:
        if not change["new"]:
            return
        (file,) = change["new"]
        try:
            self._read(bytes(file["content"]), file["name"])
        except WorkbookError as error:
            self._nothing(str(error))
        finally:
            self.upload.value = ()  # the same file can be chosen again

    def _read_path(self) -> None:
        from pathlib import Path

        typed = self.path.value.strip().strip("\"'")
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
        self.ticked = set(self.new)
        self.decide: dict[int, str] = {}
        there = self.status.count("already there")
        words = f"{len(self.new):,} new"
        words += f", {there:,} already in your log" if there else ""
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
            box = forms.field(
                w.Checkbox, _of_person(self.people[n]), value=n in self.ticked, indent=False
            )
            box.observe(lambda change, n=n: self._tick(n, change["new"]), "value")
            boxes.append(box)
        self.count = forms.markup()
        self._count()
        buttons = [
            forms.button("Tick all", lambda: self._tick_all(shown, True, first)),
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
        counts = imports.add_contacts(
            self.wb, self.result, rows=self.ticked | held, keep=keep, merge=merge,
            progress=self._progress("Adding"),
        )  # fmt: skip
        self.bar.layout.visibility = "hidden"
        self._compare()
        self.preview.children = (*self.preview.children[:-2], forms.bar(self.undo), self.skipped)
        if self.new or any(s == "possible duplicate" for s in self.status):
            self.preview.children = (*self.preview.children[:-1], forms.bar(self.add), self.skipped)
        filled = f" {len(merge):,} filled in." if merge else ""
        return counts.sentence + filled

    def _undo(self) -> str:
        said = self.wb.undo()
        self._compare()
        return said


def _of_person(person: dict[str, Any]) -> str:
    at = ", ".join(filter(None, (person["job_title"], person["organization"])))
    return f"{person['name']} · {at}" if at else person["name"]


def merge_people(wb: Workbook) -> w.VBox:
    """Two rows that are one person: shown side by side, merged on a click, undone on another."""
    said, shown = forms.markup(), forms.markup()

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
        keep.id, other.id = row.id, ""
        return f"Merged: {row.name}. Messages, meetings and referrals moved along."

    return forms.panel(
        forms.grid(keep.widget, other.widget),
        shown,
        forms.bar(
            forms.button("Find possible duplicates", find, said),
            forms.button("Merge these two", merge, said),
            forms.button("Undo", wb.undo, said),
        ),
        said,
    )


# --- letters ----------------------------------------------------------------------------------


class What(NamedTuple):
    """One thing to write: how it is called here, its kind, how it goes out, its purpose."""

    label: str
    kind: str
    channel: str
    purpose: str


WHAT = (
    What("request by email", "request", "email", "request"),
    What("request by letter", "request", "letter", "request"),
    What("request on a network site (300 characters)", "request", letters.NETWORK_SITE, "request"),
    What("request by phone: what to say", "call script", "phone", "request"),
    What("request through an introduction", "introduction", "introduction", "request"),
    What("follow-up", "follow-up", "email", "follow-up"),
    What("confirmation of a meeting", "confirmation", "email", "confirmation"),
    What("permission: from a supervisor, or to use a name", "permission", "email", "permission"),
    What("thank-you note", "thank-you", "email", "thank-you"),
    What("keep in touch", "keep in touch", "email", "keep in touch"),
)
# The parts of the page that other parts lead to with one click: letter, people, meeting.
_PARTS: WeakKeyDictionary[Workbook, dict[str, Any]] = WeakKeyDictionary()


def _part(wb: Workbook, name: str, step: int) -> Any:
    try:
        return _PARTS[wb][name]
    except KeyError:
        raise WorkbookError(f"Start this page first: step {step} is not open yet.") from None


def _is_part(wb: Workbook, name: str, part: Any) -> Any:
    _PARTS.setdefault(wb, {})[name] = part
    return part


def letter(wb: Workbook) -> w.VBox:
    """Draft a letter, see what could be better while writing, take it out, log it as sent."""
    return _is_part(wb, "letter", _Letter(wb)).widget


class _Letter:
    KEY = "outreach letter"

    def __init__(self, wb: Workbook):
        self.wb = wb
        self.said, self.tips, self.out = forms.markup(), forms.markup(), forms.markup()
        self.person = forms.RowPicker(wb, "contacts", "Write to", on_change=self._picked)
        self.what = forms.field(w.Dropdown, "What to write", options=[(x.label, x) for x in WHAT])
        course = wb.course.interview
        lengths = sorted({*course.minutes, course.default_minutes})
        self.minutes = forms.field(
            w.Dropdown, "Minutes to ask for", options=lengths, value=course.default_minutes
        )
        self.facts: dict[str, w.Text] = {}
        self.facts_box = forms.grid()
        self.subject = forms.field(w.Text, "Subject")
        self.text = forms.field(w.Textarea, "Your letter", rows=14)
        self.channel = forms.field(w.Dropdown, "How it went out", options=CHANNELS, value="email")
        self.sent_at = forms.field(w.NaiveDatetimePicker, "Sent at (blank: just now)", value=None)
        self.drafted = ("", "")  # the last draft as it came, to know what was edited since
        self._quiet = False
        self._kept = 0.0
        self._due: asyncio.TimerHandle | None = None
        self._logged = False
        # Clicks and keys may be handled in several threads at once.
        self._one_at_a_time = threading.RLock()
        self.what.observe(self._picked, "value")
        self.minutes.observe(self._picked, "value")
        self.text.observe(self._typed, "value")
        self.subject.observe(self._typed, "value")
        self.below = forms.column(
            self.subject,
            self.text,
            self.tips,
            self.out,
            forms.grid(self.channel, self.sent_at),
            forms.bar(forms.button("Log it as sent", self.log, self.said, main=True)),
        )
        self.widget = forms.panel(
            forms.grid(self.person.widget, self.what, self.minutes),
            self.facts_box,
            forms.bar(
                forms.button("Draft it", self.draft, self.said, main=True),
                forms.button("Undo the last change", wb.undo, self.said),
            ),
            self.said,
            self.below,
        )
        self._restore()
        self._look()
        wb.watch(self.KEY, lambda table: self._look() if table in _OF_LETTERS else None)

    # --- drafting ---------------------------------------------------------------------------

    def open(self, contact_id: str, kind: str) -> None:
        """Load a person and a kind of letter, as the buttons of other panels do."""
        self._quiet = True
        self.person.id = contact_id
        self.what.value = next(x for x in WHAT if x.kind == kind)
        self._quiet = False
        self.draft()
        forms.focus(self.text)

    def _picked(self, _: object = None) -> None:
        with self._one_at_a_time:
            if self._quiet:
                return
            self._logged = False
            self.channel.value = self.what.value.channel
            if not self.person.id:
                return
            if (self.subject.value, self.text.value) in (self.drafted, ("", "")):
                try:
                    self._draft()
                except WorkbookError as error:
                    self.said.value = forms.line("error", str(error))
            else:
                self.said.value = forms.line(
                    "advice", "Your own words are kept. Draft it starts over with this person."
                )
                self._look()

    def draft(self) -> None:
        with self._one_at_a_time:
            self._draft()

    def _draft(self) -> None:
        if not self.person.id:
            raise WorkbookError("Choose whom to write to. Add people in step 2.")
        self._keep_facts()
        what = self.what.value
        details = {key: box.value for key, box in self.facts.items() if box.value.strip()}
        if what.purpose in ("request", "follow-up", "permission"):
            details["minutes"] = self.minutes.value
        made = letters.draft(
            what.kind, self.wb, self.person.id, channel=what.channel,
            today=forms.now_in(self.wb).date(), **details,
        )  # fmt: skip
        self._quiet = True
        self.subject.value, self.text.value = made.subject, made.body
        self._quiet = False
        self.drafted = (made.subject, made.body)
        self._logged = False
        self.channel.value = what.channel
        self._ask(made.missing)
        said: list[tuple[str, str]] = [("note", note) for note in made.notes]
        if made.missing:
            n = len(made.missing)
            what_lacks = "one fact" if n == 1 else f"{n} facts"
            said.append(
                ("next", f"It does without {what_lacks}: fill in above what you can, then press "
                 "Draft it again.")
            )  # fmt: skip
        self.said.value = forms.lines(said)
        self._look()
        self._keep()

    def _ask(self, missing: Iterable[str]) -> None:
        """Show a field for each fact that is missing; those filled in stay."""
        wanted = [key for key, box in self.facts.items() if box.value.strip()]
        wanted += [key for key in missing if key not in wanted]
        self.facts = {
            key: self.facts.get(key) or forms.field(w.Text, letters.FACTS[key])
            for key in letters.FACTS
            if key in wanted
        }
        self.facts_box.children = tuple(self.facts.values())

    def _keep_facts(self) -> None:
        """What was filled in about the learner or the person goes to the log, for next time."""
        typed = {key: box.value.strip() for key, box in self.facts.items() if box.value.strip()}
        columns = {"name": "name", "me": "introduction", "email": "email", "phone": "phone"}
        own = {column: typed[key] for key, column in columns.items() if key in typed}
        rows = self.wb.learner.rows()
        if own and rows:
            self.wb.learner.revise(rows[0].id, **own)
        elif "name" in own:
            self.wb.learner.append(**own)
        if "why_them" in typed:
            self.wb.contacts.revise(self.person.id, why_them=typed["why_them"])
        for key in (*(columns if rows or "name" in own else ()), "why_them"):
            self.facts.pop(key, None)

    # --- what could be better, and out -----------------------------------------------------------

    def _typed(self, _: object = None) -> None:
        with self._one_at_a_time:
            if self._quiet:
                return
            self._logged = False
        self._look()
        wait = self._kept + forms.DRAFT_EVERY - time.monotonic()
        if self._due is None:
            self._due = forms.later(max(0.0, wait), self._keep)

    def _look(self) -> None:
        body = self.text.value
        what = self.what.value
        # Until there is somebody to write to, an empty page says nothing.
        forms.show(self.below, self.person.id or body)
        if not body.strip():
            self.tips.value = self.out.value = ""
            return
        id = self.person.id
        found = letters.check(
            body, what.kind, channel=what.channel, wb=self.wb,
            contact_id=id or None,
        )  # fmt: skip
        n = len(body.strip())
        size = f"{n} characters" if what.channel == letters.NETWORK_SITE else (
            f"{len(body.split())} words"
        )  # fmt: skip
        said = [
            ("advice", advice.text + (f' About: "{advice.quote}"' if advice.quote else ""))
            for advice in found
        ]
        if not found:
            said = [("ok", "Nothing to add: it says what it should.")]
        self.tips.value = forms.lines([*said, ("note", size)])
        row = self.person.row
        self.out.value = _ways_out(
            letters.Letter(self.subject.value, body), row.email if row else "",
            next((one.email for one in self.wb.learner.rows()), ""),
        )  # fmt: skip

    # --- logging ------------------------------------------------------------------------------

    def log(self) -> str | None:
        with self._one_at_a_time:
            # The second click of a double click finds it logged.
            return None if self._logged else self._log()

    def _log(self) -> str:
        what = self.what.value
        if not self.person.id:
            raise WorkbookError("Choose whom it went to.")
        if not self.text.value.strip() and self.channel.value not in ("phone", "in person"):
            raise WorkbookError("There is no text yet. Draft it first, or write your own.")
        sent = self.sent_at.value
        now = forms.now_in(self.wb)
        if sent is not None:
            zone = forms.zone_of(self.wb)
            sent = sent.replace(tzinfo=zone) if zone else sent.astimezone()
        row = self.wb.messages.append(
            contact_id=self.person.id, purpose=what.purpose, channel=self.channel.value,
            sent_at=sent or now, text=self.text.value,
        )  # fmt: skip
        name = self.wb.label("contacts", row.contact_id)
        self._logged = True
        self._clear()
        return f"Logged: {row.purpose} to {name} by {row.channel}. {self._what_then(row)}"

    def _what_then(self, row: Any) -> str:
        days = self.wb.course.follow_up.business_days
        if row.purpose == "request" and days:
            from ..measures import add_business_days

            on = add_business_days(row.sent_at.date(), days[0])
            return f"With no reply, a follow-up is due on {forms.in_words(on)}."
        if row.purpose == "follow-up":
            return "Now let it rest."
        return ""

    def _clear(self) -> None:
        self._quiet = True
        self.subject.value = self.text.value = ""
        self.sent_at.value = None
        self.drafted = ("", "")
        self.facts, self.facts_box.children = {}, ()
        self._quiet = False
        self._stop_keeping()
        self.wb.discard_draft(self.KEY)
        self._look()

    # --- what is typed is never lost --------------------------------------------------------------

    def _stop_keeping(self) -> None:
        if self._due:
            self._due.cancel()
        self._due = None

    def _keep(self) -> None:
        self._stop_keeping()
        self._kept = time.monotonic()
        kept = {"person": self.person.id, "what": WHAT.index(self.what.value),
                "subject": self.subject.value, "text": self.text.value}  # fmt: skip
        try:
            self.wb.keep_draft(self.KEY, kept)
        except WorkbookError as error:
            self.said.value = forms.line("error", f"What you type is not kept on disk: {error}")

    def _restore(self) -> None:
        found = self.wb.draft(self.KEY)
        if not found or found[0].get("person", "") not in self.wb.contacts:
            return
        kept, at = found
        self._quiet = True
        self.person.id = kept["person"]
        self.what.value = WHAT[kept["what"] if kept["what"] in range(len(WHAT)) else 0]
        self.channel.value = self.what.value.channel
        self.subject.value, self.text.value = kept["subject"], kept["text"]
        self._quiet = False
        when = forms.in_words(at.astimezone(forms.zone_of(self.wb)))
        self.said.value = forms.line("ok", f"Restored from {when}: the letter you were writing.")


_OF_LETTERS = {"contacts", "referrals", "learner", "occupations", "organizations", "interviews"}


def _ways_out(made: letters.Letter, to: str, sender: str) -> str:
    """Copy, the learner's own mail program, a draft as a file, a page to print."""
    text = forms.escape(made.body).replace("\n", "&#10;")
    copied = "this.nextElementSibling.textContent='Copied.'"
    parts = [
        f'<button type="button" class="ii-button jupyter-button" data-text="{text}" '
        f'onclick="navigator.clipboard.writeText(this.dataset.text).then(()=>{{{copied}}})">'
        'Copy the text</button><span role="status"></span>',
        f'<a class="ii-button" href="{forms.escape(letters.mailto(made, to))}">'
        "Open in your mail program</a>",
        _download("Save as a mail draft (.eml)", "letter.eml", "message/rfc822",
                  letters.eml(made, to, sender)),
        _download("Save as a page to print", "letter.html", "text/html",
                  letters.page(made).encode()),
    ]  # fmt: skip
    return f'<div class="ii-bar">{"".join(parts)}</div>'


def _download(label: str, name: str, kind: str, data: bytes) -> str:
    there = base64.b64encode(data).decode()
    return (
        f'<a class="ii-button" download="{forms.escape(name)}" '
        f'href="data:{kind};charset=utf-8;base64,{there}">{forms.escape(label)}</a>'
    )


# --- replies ------------------------------------------------------------------------------------


def replies(wb: Workbook) -> w.VBox:
    """What came back: yes, no, later, or bounced, with the day."""
    said = forms.markup()
    reply = forms.field(w.Dropdown, "Their reply", options=REPLIES, value="yes")
    on = forms.field(w.DatePicker, "Replied on", value=forms.now_in(wb).date())

    def load(id: str) -> None:
        if id:
            row = wb.messages.get(id)
            reply.value = "yes" if row.reply == "none yet" else row.reply
            on.value = row.replied_on or forms.now_in(wb).date()

    message = forms.RowPicker(wb, "messages", "Which message was answered", on_change=load)

    def save() -> str:
        if not message.row:
            raise WorkbookError("Choose which message was answered.")
        row = message.row
        day = None if reply.value == "none yet" else on.value
        if day and day < row.sent_at.date():
            raise WorkbookError(
                f"Replied on is {forms.in_words(day)}, before it was sent on "
                f"{forms.in_words(row.sent_at.date())}. Correct one of the two days."
            )
        wb.messages.revise(row.id, reply=reply.value, replied_on=day)
        name = wb.label("contacts", row.contact_id)
        after = _AFTER_REPLY[reply.value].format(name=name)
        if row.purpose not in ASKS and reply.value in ("yes", "no"):
            after = after.partition(" Next: ")[0]  # a yes to a thank-you note is no meeting
        return f"Saved: {after}"

    return forms.panel(
        message.widget,
        forms.grid(reply, on),
        forms.bar(
            forms.button("Save the reply", save, said, main=True),
            forms.button("Undo", wb.undo, said),
        ),
        said,
    )


_AFTER_REPLY = {
    "none yet": "no reply from {name} yet. The message counts as unanswered again.",
    "yes": "{name} replied yes. Next: log the meeting in step 7.",
    "no": "{name} replied no. Next: thank them for the answer, and let it rest.",
    "later": "{name} replied later. Next: note when to write again, as a next step in "
    "05_network_review, step 12.",
    "bounced": "the message to {name} bounced. Next: correct the address in step 2 and send it "
    "again.",
}

# --- meetings -------------------------------------------------------------------------------------


def meetings(wb: Workbook) -> w.VBox:
    """Log a meeting; confirm, move or cancel one; take it to a calendar program."""
    coming = _Meetings(wb)
    form = forms.Form(
        wb,
        "interviews",
        ("contact_id", "occupation_id", "format", "starts_at", "timezone", "minutes", "place",
         "status"),
        more=("goal_id", "travel_minutes", "wear"),
        defaults={"minutes": wb.course.interview.default_minutes,
                  "timezone": lambda: str(forms.zone_of(wb) or "")},
        on_saved=coming.show,
        key="outreach",
    )  # fmt: skip
    _is_part(wb, "meeting", form)
    return forms.panel(form.widget, coming.widget)


class _Meetings:
    """The meeting at hand in both zones, with what can be done about it."""

    def __init__(self, wb: Workbook):
        self.wb, self.said, self.shown = wb, forms.markup(), forms.markup()
        self.meeting = forms.RowPicker(
            wb, "interviews", "Meeting to confirm, move or cancel",
            where=lambda row: row.status in ("proposed", "confirmed"), on_change=self._picked,
        )  # fmt: skip
        self.at_hand = ""  # the meeting at hand stays so when its time, and so its name, changes
        self.new_time = forms.field(
            w.NaiveDatetimePicker, "New date and time, in the meeting's zone"
        )
        self.status = forms.bar(
            forms.button("It is confirmed", self.confirm, self.said, main=True),
            forms.button("Move it to the new time", self.move, self.said),
            forms.button("Cancel it", self.cancel, self.said),
            forms.button("Undo", wb.undo, self.said),
        )
        self.actions = forms.column(self.shown, self.new_time, self.status)
        self.last = forms.markup()  # a meeting just cancelled, with its calendar file
        self.widget = forms.panel(self.meeting.widget, self.actions, self.said, self.last)
        wb.watch("outreach meetings", lambda table: self._look())
        options = [id for _, id in self.meeting.widget.options if id]
        if len(options) == 1:
            self.meeting.widget.value = options[0]
        self._look()

    def show(self, row: Any) -> None:
        self.at_hand = row.id
        self._look()

    def _picked(self, id: str) -> None:
        if id:
            self.at_hand = id
            self._look()

    def _look(self) -> None:
        self.meeting.refresh()
        offered = [id for _, id in self.meeting.widget.options]
        if self.at_hand not in offered:
            self.at_hand = ""
        if self.meeting.id != self.at_hand:
            self.meeting.widget.value = self.at_hand
        row = self.meeting.row
        forms.show(self.actions, row)
        self.shown.value = _of_meeting(self.wb, row) if row else ""

    def _row(self) -> Any:
        if not self.at_hand:
            raise WorkbookError("Choose the meeting first.")
        return self.wb.interviews.get(self.at_hand)

    def confirm(self) -> str:
        row = self.wb.interviews.revise(self._row().id, status="confirmed")
        self._look()
        _part(self.wb, "letter", 5).open(row.contact_id, "confirmation")
        return "Confirmed. A short note that says so is drafted in step 5."

    def move(self) -> str:
        row, self.last.value = self._row(), ""
        if self.new_time.value is None:
            raise WorkbookError("Fill in the new date and time first.")
        row = self.wb.interviews.revise(row.id, starts_at=self.new_time.value)
        self.new_time.value = None
        self._look()
        zone = getattr(forms.zone_of(self.wb), "key", "")
        return (
            f"Moved to {letters.in_both_zones(row, zone)}. Save the calendar file again: it "
            "takes the place of the earlier one."
        )

    def cancel(self) -> str:
        row = self.wb.interviews.revise(self._row().id, status="cancelled")
        self._look()
        self.last.value = _of_meeting(self.wb, row)
        return "Cancelled. The calendar file takes it out of your calendar."


def _of_meeting(wb: Workbook, row: Any) -> str:
    zone = getattr(forms.zone_of(wb), "key", "")
    name = wb.label("contacts", row.contact_id)
    when = letters.in_both_zones(row, zone)
    said = forms.line("note", f"{name}, {when}, {row.minutes} minutes, {row.format}: {row.status}.")
    link = _download("Save for your calendar (.ics)", "meeting.ics", "text/calendar",
                     invitations.ics(wb, row.id))  # fmt: skip
    return f'{said}<div class="ii-bar">{link}</div>'


# --- on the spot (R17) ------------------------------------------------------------------------


def call_sheet(wb: Workbook) -> w.VBox:
    """One button: a one-page sheet for somebody who wants to talk right now."""
    said, sheet = forms.markup(), forms.markup()
    person = forms.RowPicker(wb, "contacts", "Who is on the phone", key="call sheet")

    def make() -> str:
        if not person.id:
            raise WorkbookError("Choose who is on the phone.")
        page = letters.call_sheet(wb, person.id, _five_questions(wb, person.id))
        body = page.partition("<body>")[2].partition("</body>")[0]
        link = _download("Save the sheet to print", "call-sheet.html", "text/html", page.encode())
        sheet.value = f'<div class="ii-bar">{link}</div><div class="ii-sheet">{body}</div>'
        return "Here is your sheet. Breathe in: you lead, and you thank first."

    return forms.panel(
        forms.grid(person.widget),
        forms.bar(forms.button("Make the call sheet", make, said, main=True)),
        said,
        sheet,
    )


def _five_questions(wb: Workbook, contact_id: str) -> list[str]:
    """The learner's own planned questions for this person, then a few from the bank."""
    meetings = {row.id for row in wb.interviews.rows() if row.contact_id == contact_id}
    own = [row for row in wb.questions.rows()
           if row.interview_id in meetings and row.outcome in ("planned", "reserve")]  # fmt: skip
    own.sort(key=lambda row: (row.outcome != "planned", row.position))
    asks = [row.text for row in own][:5]
    if len(asks) < 5:
        from ..questions import bank

        table = bank()
        for category in ("background", "work environment", "rewards", "industry", "advice"):
            some = table[table["category"] == category]["question"]
            if len(some) and some.iloc[0] not in asks:
                asks.append(some.iloc[0])
    return asks[:5]


# --- follow-through ---------------------------------------------------------------------------

HANDFUL = 6
# What measures.due says is due here -> what the button does and says.
_ACTIONS = {
    "follow-up": ("follow-up", "Draft the follow-up"),
    "confirmation": ("confirmation", "Draft the confirmation"),
    "referral": ("request", "Draft the request"),
    "keep in touch": ("keep in touch", "Draft a short hello"),
    "arrange": ("meeting", "Log the meeting"),
    "bounced": ("address", "Correct the address"),
}


class Waiting(NamedTuple):
    """One line: what there is to do, with whom, and which of _ACTIONS does it."""

    text: str
    contact_id: str
    what: str


def waiting(wb: Workbook, today: date) -> list[Waiting]:
    """Return what outreach asks for on a day, most urgent first. Reads the logs only."""
    from .. import measures

    found = [
        Waiting(row["action"], row["contact_id"], row["what"])
        for row in measures.due.records(wb, today)
        if row["what"] in _ACTIONS and row["how_late"] != "soon"
    ]
    last = {m.contact_id: m for m in sorted(wb.messages.rows(), key=lambda m: m.sent_at)}
    for id, message in last.items():
        if message.reply == "bounced":
            on = forms.in_words(message.sent_at.date())
            name = wb.label("contacts", id)
            text = (
                f"The message to {name} of {on} came back. Correct the address and send it again."
            )
            found.append(Waiting(text, id, "bounced"))
    return found


def resting(wb: Workbook, today: date) -> tuple[list[str], list[str]]:
    """Return who still waits for a reply, and whom to let rest, as sentences."""
    limit = len(wb.course.follow_up.business_days)
    threads: dict[str, list[Any]] = defaultdict(list)
    for m in sorted(wb.messages.rows(), key=lambda m: m.sent_at):
        if m.purpose == "request":
            threads[m.contact_id] = [m]
        elif m.purpose == "follow-up" and m.contact_id in threads:
            threads[m.contact_id].append(m)
    met = {row.contact_id for row in wb.interviews.rows()}
    waits, rest = [], []
    for id, thread in threads.items():
        if id in met or any(m.reply != "none yet" for m in thread):
            continue
        days = _business_days(thread[-1].sent_at.date(), today)
        name = wb.label("contacts", id)
        waited = f"{days} business day{'' if days == 1 else 's'}"
        if len(thread) > limit and days >= (wb.course.follow_up.business_days or (5,))[-1]:
            rest.append(f"{name}: you followed up {waited} ago. Let it rest, and ask others.")
        else:
            waits.append(f"{name} ({waited})")
    return waits, rest


def _business_days(start: date, end: date) -> int:
    """The days after `start`, up to `end`, that are no Saturday or Sunday."""
    weeks, days = divmod(max(0, (end - start).days), 7)
    return 5 * weeks + sum((start.weekday() + n) % 7 < 5 for n in range(1, days + 1))


def follow_through(wb: Workbook, today: date | None = None) -> w.VBox:
    """What waits for the learner today: a handful of lines, each with its one-click action."""
    box, said = forms.column(), forms.markup()
    shown: list[Any] = []

    def look(_: object = None) -> None:
        day = today or forms.now_in(wb).date()
        lines, (waits, rest) = waiting(wb, day), resting(wb, day)
        if shown == [(lines, waits, rest)]:
            return
        shown[:] = [(lines, waits, rest)]
        parts: list[w.Widget] = []
        for one in lines[:HANDFUL]:
            name = wb.label("contacts", one.contact_id)
            label = f"{_ACTIONS[one.what][1]}: {name}"
            act = forms.button(label, partial(act_on, one), said)
            parts.append(forms.bar(forms.markup(forms.line("next", one.text)), act))
        notes = [("note", text) for text in rest[:HANDFUL]]
        if waits:
            more = f" and {len(waits) - HANDFUL} more" if len(waits) > HANDFUL else ""
            notes.append(("note", f"Waiting for a reply: {', '.join(waits[:HANDFUL])}{more}."))
        if not lines:
            notes.insert(0, ("ok", "Nothing waits for you today."))
        elif len(lines) > HANDFUL:
            n = len(lines) - HANDFUL
            comes = "comes" if n == 1 else "come"
            notes.insert(0, ("note", f"{n} more {comes} up when these are done."))
        box.children = (*parts, forms.markup(forms.lines(notes)))

    def act_on(one: Waiting) -> str:
        do = _ACTIONS[one.what][0]
        if do == "address":
            form = _part(wb, "people", 2)
            form.edit(one.contact_id)
            forms.focus(form.fields["email"].widget)
            return "The person is open in step 2."
        if do == "meeting":
            form = _part(wb, "meeting", 7)
            form.set(contact_id=one.contact_id)
            forms.focus(form.fields["starts_at"].widget)
            return "The person is chosen in step 7: fill in the date and the time."
        _part(wb, "letter", 5).open(one.contact_id, do)
        return "It is drafted in step 5."

    look()
    forms.watch(wb, "outreach follow-through", look)
    return forms.panel(box, said)


# --- checks -----------------------------------------------------------------------------------


def _n(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def check_outreach(wb: Workbook) -> w.VBox:
    """What is there on this page, and what comes next; reads the logs, grades nobody."""

    def make() -> str:
        contacts, messages = wb.contacts.rows(), wb.messages.rows()
        requests = [m for m in messages if m.purpose == "request"]
        target = wb.course.targets
        said = []
        if not contacts:
            said.append(("next", "Add the first person you know: step 2."))
        else:
            known = {row.how_known for row in contacts} - {""}
            sources = sum(not known.isdisjoint(of) for of in SOURCES)  # lines of step 1
            said.append(
                ("ok", f"{_n(len(contacts), 'person', 'people')} in your log, from "
                 f"{_n(sources, 'source', 'sources')}.")
            )  # fmt: skip
            if len(contacts) < target.contacts:
                left = target.contacts - len(contacts)
                said.append(("advice", f"Your course asks for {target.contacts}: {left} to go."))
        unknown = [row.name for row in contacts if not row.how_known]
        if 0 < len(unknown) <= 50:
            said.append(("advice", f"How do you know {_first(unknown, 3)}? Say it in step 2."))
        if contacts and not requests:
            said.append(("next", "Draft your first request: step 5."))
        elif requests:
            yes = sum(any(m.reply == "yes" for m in messages if m.contact_id == id)
                      for id in {m.contact_id for m in requests})  # fmt: skip
            sent = _n(len(requests), "request", "requests")
            said.append(("ok", f"{sent} sent, {_n(yes, 'person', 'people')} said yes."))
        if any(m.reply == "yes" for m in requests) and not len(wb.interviews):
            said.append(("next", "Somebody said yes: log the meeting in step 7."))
        return forms.lines(said)

    return forms.live(wb, "check outreach", make)


# Every way of knowing someone has its place in the guided list.
assert {s for sources in SOURCES for s in sources} == {*HOW_KNOWN, ""}
