"""Notebook 01: what matters to the learner, occupations, findings, and the objective (R3-R7)."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as w

from .. import forms
from ..errors import WorkbookError
from ..facts import Facts
from ..tables import CATEGORIES, CRITERION_KINDS, IMPORTANCE_WORDS, LOST, RATING_WORDS, TABLES
from . import header as header
from . import open_workbook as open_workbook
from .meeting import n_of

if TYPE_CHECKING:
    from ..workbook import Workbook

NAMED = 4  # occupations that the check has a line for; of others it tells the number
OCCUPATION_FILE = "Occupation Data.txt"

# --- what matters to you (R4) --------------------------------------------------------------

PROMPTS = {
    "interest": (
        "Which topic do you read about when nobody asks you to?",
        "Which chores of other people would you gladly do for them?",
        "When did you last forget the time? What were you doing?",
        "Whose job made you a little envious, and which part of it?",
    ),
    "ability": (
        "What comes easily to you that others find hard?",
        "What do friends ask you to help with?",
        "Which praise have you heard more than once?",
        "What did you learn faster than the people around you?",
    ),
    "value": (
        "What would make you quit, however good the pay?",
        "What should be better in the world because you went to work?",
        "How do you want to feel on a Sunday evening?",
        "What do the people you admire refuse to do?",
    ),
    "skill": (
        "Which tool, language or method can you use without help?",
        "What have you made, fixed, written or organized that you could show?",
        "What could you teach a beginner tomorrow?",
        "Which skill would you like to use every week from now on?",
    ),
}
_KIND_WORDS = {
    "interest": "Interests: what draws you",
    "ability": "Abilities: what comes easily",
    "value": "Values: what must be right",
    "skill": "Skills: what you have learned",
}


def criteria(wb: Workbook) -> w.VBox:
    """Prompts, and the form for one thing that matters to the learner."""
    prompts = "".join(
        f"<details><summary>{_KIND_WORDS[kind]}</summary><ul>"
        + "".join(f"<li>{forms.escape(prompt)}</li>" for prompt in PROMPTS[kind])
        + "</ul></details>"
        for kind in CRITERION_KINDS
    )
    form = forms.Form(wb, "criteria")
    return forms.panel(forms.markup(prompts), form.widget, forms.live(wb, "criteria", _named(wb)))


def _named(wb: Workbook) -> Callable[[], str]:
    def make() -> str:
        rows = sorted(wb.criteria.rows(), key=lambda c: (-c.importance, c.statement.casefold()))
        return forms.html_table(
            [
                {
                    "What matters to you": row.statement,
                    "Kind": row.kind,
                    "How much": IMPORTANCE_WORDS[row.importance - 1],
                }
                for row in rows
            ],
            "What matters to you, the most important first",
        )

    return make


# --- occupations -----------------------------------------------------------------------------


class Listed(NamedTuple):
    """One occupation of O*NET's list."""

    soc_code: str
    title: str
    description: str


def occupation_list(wb: Workbook) -> tuple[Listed, ...]:
    """Return O*NET's occupations in order of title; none when the learner has no such file.

    The file is "Occupation Data.txt", beside the logs or one folder above them.
    """
    folders = [wb.folder, *list(wb.folder.parents)[: 3 if wb.is_example else 1]]
    for path in (folder / OCCUPATION_FILE for folder in folders):
        if path.is_file():
            return _read_list(path, path.stat().st_mtime_ns)
    return ()


@lru_cache(maxsize=2)
def _read_list(path: Path, changed: int) -> tuple[Listed, ...]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
    found = []
    for row in rows:
        code, title = (row.get("O*NET-SOC Code") or "").strip(), (row.get("Title") or "").strip()
        if code and title:
            found.append(Listed(code, title, (row.get("Description") or "").strip()))
    return tuple(sorted(found, key=lambda listed: listed.title.casefold()))


def find_occupations(listed: Iterable[Listed], typed: str, most: int = 8) -> list[Listed]:
    """Return the occupations that fit what was typed: by title first, then by description.

    Every word typed must occur; singular and plural are the same.
    """
    words = [stem for word in typed.casefold().split() if (stem := _stem(word))]
    if not words:
        return []
    ranked = []
    for one in listed:
        title, text = one.title.casefold(), one.description.casefold()
        if all(word in title for word in words):
            ranked.append((0 if title.startswith(words[0]) else 1, len(title), one))
        elif all(word in title or word in text for word in words):
            in_title = sum(word in title for word in words)
            ranked.append((3 - min(in_title, 1), text.find(words[0]), one))
    ranked.sort(key=lambda found: (*found[:2], found[2].title))
    return [one for _, _, one in ranked[:most]]


def _stem(word: str) -> str:
    word = word.strip(",.;/()")
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def occupations(wb: Workbook) -> w.VBox:
    """The form for a kind of work; O*NET's list is searched while typing, where it is there."""
    form = forms.Form(
        wb,
        "occupations",
        ("title", "status", "why"),
        more=("industry", "location", "outlook", "soc_code", "description"),
    )
    listed = occupation_list(wb)
    if not listed:
        hint = forms.markup(
            "<details><summary>More: choose from a list of a thousand occupations</summary>"
            f"<p>Put O*NET's free file “{OCCUPATION_FILE}” (O*NET Resource Center, under "
            "Database) into the folder <code>data</code>, and press Start this page again: you "
            "can then choose an occupation with its code and description. Any kind of work can "
            "be typed without it.</p></details>"
        )
        return forms.panel(form.widget, hint)
    return forms.panel(_Finder(form, listed).widget, form.widget)


class _Finder:
    """A field that finds an occupation in O*NET's list and fills the form with it."""

    def __init__(self, form: forms.Form, listed: tuple[Listed, ...]):
        self.form, self.listed = form, listed
        self.by_title = {one.title.casefold(): one for one in listed}
        self.typed = forms.field(
            w.Combobox,
            "Find an occupation in O*NET's list",
            options=[one.title for one in listed],
            placeholder="type a few letters, or words about the work",
        )
        self.matches = forms.field(w.Dropdown, "Found", options=[("(type above)", "")])
        forms.show(self.matches, False)
        self.said = forms.markup()
        self.widget = forms.panel(
            self.typed,
            self.matches,
            self.said,
            forms.markup(
                "<p class=ii-help>Occupations: O*NET, U.S. Department of Labor, CC BY 4.0. "
                "Yours is not in it? Type it freely below.</p>"
            ),
        )
        self.typed.observe(lambda change: self._search(change["new"]), "value")
        self.matches.observe(lambda change: self._take(change["new"]), "value")

    def _search(self, typed: str) -> None:
        if typed.casefold().strip() in self.by_title:
            self._take(typed)
            return
        found = find_occupations(self.listed, typed)
        self.matches.options = [
            (f"({len(found)} found: choose one)" if found else "(nothing found)", ""),
            *((one.title, one.title) for one in found),
        ]
        forms.show(self.matches, typed.strip())

    def _take(self, title: str) -> None:
        one = self.by_title.get((title or "").casefold().strip())
        if one is None:
            return
        self.form._show_more()
        self.form.set(title=one.title, soc_code=one.soc_code, description=one.description)
        self.said.value = forms.line(
            "note",
            f"{one.title} ({one.soc_code}): {one.description} It is in the form below.",
            answers=True,
        )


# --- what you want to know (R7) ------------------------------------------------------------

WANTS_WORDS = {
    "background": "how people come to it",
    "work environment": "what a week is like, and with whom",
    "rewards": "what is good about it",
    "challenges": "what is hard about it",
    "salary": "what it pays, and how pay grows",
    "industry": "where the field is heading",
    "advice": "what I should do next",
    "demand": "who is needed, and where",
    "hiring": "how people get in",
    "job market": "how openings become known",
    "referrals": "who else can tell me",
    "anything else": "what I have not thought of",
}


def knowledge(wb: Workbook, occupation_id: str) -> list[dict[str, Any]]:
    """Return what is wanted and known about an occupation, one dict per category.

    category; wanted: whether the learner ticked it; n_findings: from desk research;
    n_answers, n_people: answers from interviews and who gave them, the voices of
    `measures.voices`; open: questions that were planned in a meeting and not reached
    """
    wants = wanted_categories(wb.occupations.get(occupation_id))
    rows: dict[str, dict[str, Any]] = {
        name: {
            "category": name, "wanted": name in wants, "n_findings": 0, "n_answers": 0,
            "n_people": 0, "open": [],
        }
        for name in CATEGORIES
    }  # fmt: skip
    for finding in wb.findings.rows():
        if finding.occupation_id == occupation_id and finding.category:
            rows[finding.category]["n_findings"] += 1
    about = Facts.of(wb).subjects
    meetings = {i.id: i for i in wb.interviews.rows()
                if i.status not in LOST and about.get(i.id) == occupation_id}  # fmt: skip
    people = defaultdict(set)
    for question in wb.questions.rows():
        if meeting := meetings.get(question.interview_id):
            row = rows[question.category]
            if question.outcome == "asked" and question.answer.strip():
                row["n_answers"] += 1
                people[question.category].add(meeting.contact_id)
            elif question.outcome == "not reached":
                row["open"].append(question.text)
    for category, who in people.items():
        rows[category]["n_people"] = len(who)
    return list(rows.values())


def wanted_categories(occupation: Any) -> list[str]:
    """The categories that the learner ticked for an occupation, in the order of CATEGORIES."""
    named = {part.strip() for part in occupation.wants.split(",")}
    return [category for category in CATEGORIES if category in named]


class _Unsaved:
    """What is chosen about each occupation and not saved yet; it outlives the kernel.

    key: its draft's; what: in words, as in "your ratings"; save: the label of the button
    """

    def __init__(self, wb: Workbook, key: str, what: str, save: str):
        self._wb, self._key, self._what, self._save = wb, key, what, save
        kept = wb.draft(key)
        self._of: dict[str, Any] = kept[0] if kept else {}

    def get(self, occupation_id: str, saved: Any) -> Any:
        """What is chosen about an occupation; what is saved where nothing else is chosen."""
        return self._of.get(occupation_id, saved)

    def keep(self, occupation_id: str, chosen: Any, saved: Any) -> str:
        """Keep a choice that differs from what is saved; return what there is to say, as HTML."""
        self._of.pop(occupation_id, None)
        if chosen != saved:
            self._of[occupation_id] = chosen
        try:
            if self._of:
                self._wb.keep_draft(self._key, self._of)
            else:
                self._wb.discard_draft(self._key)
        except WorkbookError as error:
            return forms.line("error", f"What you choose is not kept on disk yet: {error}")
        return self.said(occupation_id)

    def said(self, occupation_id: str) -> str:
        """What is not saved yet, as HTML; occupation_id: the one that is shown."""
        left = [id for id in self._of if id in self._wb.occupations]
        if not left:
            return ""
        of = " and ".join(self._wb.label("occupations", id) for id in left)
        choose = "Choose each above and press" if left[1:] else "Choose it above and press"
        do = "Press" if left == [occupation_id] else choose
        return forms.line("advice", f"Not saved yet: {self._what} {of}. {do} {self._save}.")


def wanted(wb: Workbook) -> w.VBox:
    """What the learner wants to know per occupation, ticked off by findings and interviews."""
    save_label = "Save what you want to know"
    unsaved = _Unsaved(wb, "wanted", "what you want to know of", save_label)
    quiet = False
    boxes = {
        category: forms.field(w.Checkbox, f"{category}: {WANTS_WORDS[category]}", indent=False)
        for category in CATEGORIES
    }
    said, shown = forms.markup(), forms.markup()
    said.add_class("ii-said")

    def saved(id: str) -> list[str]:
        return wanted_categories(wb.occupations.get(id)) if id else []

    def ticked() -> list[str]:
        return [category for category, box in boxes.items() if box.value]

    def load(id: str) -> None:
        nonlocal quiet
        wants, quiet = unsaved.get(id, saved(id)), True
        for category, box in boxes.items():
            box.value = category in wants
        quiet, said.value = False, unsaved.said(id)
        show()

    def changed(_: object) -> None:
        if picker.id and not quiet:
            said.value = unsaved.keep(picker.id, ticked(), saved(picker.id))

    def show() -> None:
        shown.value = _known_table(wb, picker.id)

    def save() -> str | None:
        if not picker.id:
            said.value = forms.line("next", "Choose an occupation first.", answers=True)
            return None
        wb.occupations.revise(picker.id, wants=", ".join(ticked()))
        left = unsaved.keep(picker.id, ticked(), ticked())
        show()
        said.value = forms.line("ok", "Saved: what you want to know.") + left
        return None

    picker = forms.RowPicker(
        wb, "occupations", "Occupation", on_change=load, key="wanted",
        where=lambda row: row.status != "ruled out",
    )  # fmt: skip
    for box in boxes.values():
        box.observe(changed, "value")
    forms.watch(wb, "wanted", lambda table: show())
    if len(picker.widget.options) > 1:
        picker.widget.value = picker.widget.options[1][1]
    return forms.panel(
        picker.widget,
        forms.grid(*boxes.values()),
        forms.bar(forms.button(save_label, save, said, main=True)),
        said,
        shown,
    )


def _known_table(wb: Workbook, occupation_id: str) -> str:
    if not occupation_id or occupation_id not in wb.occupations:
        return ""
    rows = []
    for row in knowledge(wb, occupation_id):
        if not (row["wanted"] or row["n_findings"] or row["n_answers"] or row["open"]):
            continue
        done = row["n_findings"] or row["n_answers"]
        left = f"{n_of(len(row['open']), 'question')} not reached" if row["open"] else ""
        rows.append(
            {
                "Category": row["category"],
                "Wanted": "yes" if row["wanted"] else "",
                "Known": "✓ known" if done else "open",
                "From reading": row["n_findings"],
                "From people": row["n_people"],
                "Left over": left,
            }
        )
    return forms.html_table(rows, f"What you know about: {wb.label('occupations', occupation_id)}")


# --- findings (R5) ---------------------------------------------------------------------------

MOST_FINDINGS = 30  # in the table below the form; page 5 shows every log
_WHERE_TO_LOOK = (
    ("the occupation", "a national handbook of occupations, O*NET OnLine, a trade journal"),
    ("pay, demand and trends", "labor statistics of your state, a union's or society's survey"),
    ("the organization", "its own pages, its yearly report, the local news about it"),
    ("the person", "their profile, a talk, an article, what your mutual contact says"),
)


def findings(wb: Workbook) -> w.VBox:
    """The form for one thing found by reading, with its source and date."""
    where = "".join(f"<li><b>About {a}</b>: {b}.</li>" for a, b in _WHERE_TO_LOOK)
    form = forms.Form(
        wb,
        "findings",
        (
            "finding", "source", "category", "occupation_id", "organization_id", "contact_id",
            "url", "found_on",
        ),
    )  # fmt: skip
    return forms.panel(
        forms.markup(f"<details><summary>Where to look</summary><ul>{where}</ul></details>"),
        form.widget,
        forms.live(wb, "findings", lambda: _found(wb), ("findings", "occupations", "contacts")),
    )


def _found(wb: Workbook) -> str:
    rows = sorted(wb.findings.rows(), key=lambda row: (row.found_on, row.created_at), reverse=True)
    shown = f"{MOST_FINDINGS} of {len(rows)}" if len(rows) > MOST_FINDINGS else len(rows)
    return forms.html_table(
        [
            {
                "Found on": row.found_on,
                "About": ", ".join(_about(wb, row)) or "(in general)",
                "Category": row.category,
                "Finding": row.finding,
                "Source": row.source,
            }
            for row in rows[:MOST_FINDINGS]
        ],
        f"What you found, the newest first ({shown})",
    )


def _about(wb: Workbook, finding: Any) -> list[str]:
    references = TABLES["findings"].references
    return [
        label for column, table in references.items()
        if (label := wb.label(table, getattr(finding, column)))
    ]  # fmt: skip


# --- how occupations meet what matters -----------------------------------------------------


def last_ratings(wb: Workbook, before_interview: str = "") -> dict[tuple[str, str], Any]:
    """Return the last rating of each (occupation id, criterion id), which `measures.fit` counts.

    Of one day it is the one after the latest meeting, whichever was debriefed first.
    before_interview: leave out what was rated after this meeting
    """
    found: dict[tuple[str, str], Any] = {}
    when = {row.id: row.starts_at.timestamp() for row in wb.interviews.rows()}
    for row in sorted(
        wb.fit_ratings.rows(), key=lambda row: (row.rated_on, when.get(row.interview_id, 0))
    ):
        if not before_interview or row.interview_id != before_interview:
            found[row.occupation_id, row.criterion_id] = row
    return found


class Ratings:
    """A dropdown per criterion beside its last rating. Blank means: not rated this time."""

    def __init__(self, wb: Workbook, on_change: Callable[[], Any] | None = None):
        self.wb, self._on_change = wb, on_change
        self.fields: dict[str, w.Dropdown] = {}
        self.widget = forms.grid()

    def show(self, occupation_id: str, kept: dict[str, int], before_interview: str = "") -> None:
        """Show the criteria for an occupation; kept: criterion id -> the rating in its field."""
        last = last_ratings(self.wb, before_interview)
        self.fields, boxes = {}, []
        for criterion in sorted(self.wb.criteria.rows(), key=lambda row: -row.importance):
            chosen = forms.field(
                w.Dropdown, criterion.statement, options=forms.ratings(RATING_WORDS),
                value=kept.get(criterion.id) or "",
            )  # fmt: skip
            if self._on_change:
                chosen.observe(lambda _: self._on_change(), "value")
            self.fields[criterion.id] = chosen
            was = last.get((occupation_id, criterion.id))
            words = "Not rated before."
            if was:
                words = f"Last: {was.rating} - {RATING_WORDS[was.rating - 1]}, "
                words += f"{forms.in_words(was.rated_on)}."
            note = forms.markup(f'<div class="ii-help">{forms.escape(words)}</div>')
            boxes.append(forms.column(chosen, note, cell=True))
        self.widget.children = tuple(boxes)

    def values(self) -> dict[str, int]:
        """Criterion id -> rating, of those that are rated."""
        return {id: field.value for id, field in self.fields.items() if field.value}


def first_ratings(wb: Workbook) -> w.VBox:
    """Ratings of an occupation before any meeting: a guess that conversations will test."""
    said = forms.markup()
    said.add_class("ii-said")
    unsaved = _Unsaved(wb, "first ratings", "your ratings of", "Save ratings")

    def changed() -> None:
        said.value = unsaved.keep(picker.id, ratings.values(), {})

    ratings = Ratings(wb, on_change=changed)

    def show(id: str) -> None:
        said.value = unsaved.said(id)
        if id and not len(wb.criteria):
            said.value = forms.line("next", "Name what matters to you first: step 1.", answers=True)
        if id:
            ratings.show(id, unsaved.get(id, {}))
        else:
            ratings.widget.children = ()

    def save() -> str | None:
        if not picker.id:
            said.value = forms.line("next", "Choose an occupation first.", answers=True)
            return None
        values = ratings.values()
        if not values:
            said.value = forms.line(
                "next", "Rate at least one thing; a blank is not a zero.", answers=True
            )
            return None
        wb.fit_ratings.append_many(
            {
                "occupation_id": picker.id,
                "criterion_id": id,
                "rating": n,
                "rated_on": forms.now_in(wb).date(),
            }
            for id, n in values.items()
        )
        left = unsaved.keep(picker.id, {}, {})
        ratings.show(picker.id, {})
        words = f"Saved: {n_of(len(values), 'rating')} of {wb.label('occupations', picker.id)}."
        said.value = forms.line("ok", words) + left
        return None

    picker = forms.RowPicker(wb, "occupations", "Occupation to rate", on_change=show, key="rate")
    wb.watch("first ratings", lambda table: table == "criteria" and show(picker.id))
    show("")
    return forms.panel(
        picker.widget,
        ratings.widget,
        forms.bar(forms.button("Save ratings", save, said, main=True)),
        said,
    )


def side_by_side(wb: Workbook) -> w.VBox:
    """The occupations beside each other: what is rated, what is known, what is still a guess."""
    return forms.live(wb, "side by side", lambda: _compared(wb))


def _compared(wb: Workbook) -> str:
    kinds = [row for row in wb.occupations.rows() if row.status != "ruled out"]
    if not kinds:
        return forms.line("next", "Name an occupation first: step 2.")
    words = forms.told_apart(wb, [(kind.title, "occupations", kind.id) for kind in kinds])
    titles = {kind.id: title for kind, title in zip(kinds, words, strict=True)}
    last, rows = last_ratings(wb), []
    for criterion in sorted(wb.criteria.rows(), key=lambda row: -row.importance):
        cells = {}
        for kind in kinds:
            rating = last.get((kind.id, criterion.id))
            cells[titles[kind.id]] = _rated(wb, rating) if rating else "not rated"
        how_much = IMPORTANCE_WORDS[criterion.importance - 1]
        rows.append({"": f"{criterion.statement} ({how_much})", **cells})
    table = forms.html_table(rows, "What matters to you, occupation by occupation")
    known = {kind.id: {row["category"]: row for row in knowledge(wb, kind.id)} for kind in kinds}
    rows = []
    for category in CATEGORIES:
        cells = {titles[id]: _known_words(found[category]) for id, found in known.items()}
        if any(cells.values()):
            rows.append({"": category, **cells})
    return table + forms.html_table(rows, "What you know, and from where")


def _rated(wb: Workbook, rating: Any) -> str:
    words = f"{rating.rating} - {RATING_WORDS[rating.rating - 1]}"
    if not rating.interview_id:
        return f"{words} (a guess)"
    meeting = (
        wb.interviews.get(rating.interview_id) if rating.interview_id in wb.interviews else None
    )
    who = wb.label("contacts", meeting.contact_id) if meeting else ""
    return f"{words} (after {who})" if who else words


def _known_words(row: dict[str, Any]) -> str:
    parts = []
    if row["n_findings"]:
        parts.append(f"{row['n_findings']} read")
    if row["n_people"]:
        parts.append(f"{row['n_people']} {'person' if row['n_people'] == 1 else 'people'}")
    return ", ".join(parts) or ("wanted, still open" if row["wanted"] else "")


# --- the objective (R3) ------------------------------------------------------------------------


def objective(wb: Workbook) -> w.VBox:
    """The form for the objective as it stands today, and how it moved."""
    form = forms.Form(wb, "goals", ("objective", "stage", "set_on"))
    return forms.panel(form.widget, forms.live(wb, "goals", lambda: _moved(wb), ("goals",)))


def last_goal(wb: Workbook) -> Any:
    """The objective as it stands now; None when there is none."""
    return max(wb.goals.rows(), key=lambda row: (row.set_on, row.created_at), default=None)


def _moved(wb: Workbook) -> str:
    rows = sorted(wb.goals.rows(), key=lambda row: (row.set_on, row.created_at))
    return forms.html_table(
        [{"As of": r.set_on, "How far along": r.stage, "Objective": r.objective} for r in rows],
        "How your objective moved",
    )


# --- what is done ------------------------------------------------------------------------------


def check_research(wb: Workbook) -> w.VBox:
    """What this page has, and what it still wants; never a grade."""
    return forms.live(wb, "check research", lambda: forms.lines(research_done(wb)))


def research_done(wb: Workbook) -> list[tuple[str, str]]:
    """Return what is there and what comes next, as (kind, sentence)."""
    said = []
    kinds = {row.kind for row in wb.criteria.rows()}
    missing = [kind for kind in CRITERION_KINDS if kind not in kinds]
    if missing:
        named = " and ".join(([", ".join(missing[:-1])] if missing[:-1] else []) + missing[-1:])
        said.append(("next", f"Name at least one {named}: step 1."))
    else:
        said.append(("ok", f"{len(wb.criteria)} things that matter to you, of every kind."))
    open_kinds = [row for row in wb.occupations.rows() if row.status != "ruled out"]
    if not open_kinds:
        said.append(("next", "Name an occupation: step 2."))
    found = Counter(row.occupation_id for row in wb.findings.rows())
    for kind in (known := [kind for kind in open_kinds if found[kind.id]])[:NAMED]:
        said.append(("ok", f"{n_of(found[kind.id], 'finding')} about {kind.title}."))
    if len(known) > NAMED:
        more = n_of(len(known) - NAMED, "more occupation")
        said.append(("ok", f"Findings about {more}, too."))
    for kind in (unknown := [kind for kind in open_kinds if not found[kind.id]])[:NAMED]:
        said.append(("next", f"Read up on {kind.title} and keep what you find: step 4."))
    if len(unknown) > NAMED:
        more = n_of(len(unknown) - NAMED, "more occupation")
        said.append(("note", f"Nothing is kept yet about {more}: rule out what you let go of."))
    unsourced = [row for row in wb.findings.rows() if not row.occupation_id
                 and not row.organization_id and not row.contact_id]  # fmt: skip
    if unsourced:
        n = n_of(len(unsourced), "finding")
        said.append(("advice", f"{n} in general: about which occupation, place or person?"))
    if now := last_goal(wb):
        said.append(("ok", f"Your objective, as of {forms.in_words(now.set_on)}."))
    else:
        said.append(("next", "Write down your objective: step 7."))
    return said
