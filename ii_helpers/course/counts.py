"""What a class view knows of one learner, and of many: plain numbers that add up.

Every figure comes from the same measures as the learner's own review. Rows are read with the
csv module, and only the columns that a hand-in would hold.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain, combinations, product
from operator import add, attrgetter, itemgetter
from typing import Any

from .. import sheet
from ..career_fit import moves
from ..facts import DaysOf, Instants, days_as_written, facts_in, sent_after
from ..measures import (
    STAGES,
    Facts,
    Interview,
    Message,
    reached,
)
from ..network import added, people_heard, ties
from ..settings import Course
from ..tables import CATEGORIES, TABLES
from .hand_in import goes

LONGEST_LOG = 50_000_000  # bytes
MOST_ROWS = 200_000
MOST = {"criteria": 500, "occupations": 1000}  # of these the time grows with the square
THANK_DAYS = (0, 1, 2, 7)  # upper ends, in days, of the bars for thank-you notes
FIT_POINTS = (-10, -1, 0, 10)  # upper ends, in points, of the bars for movements of fit

# What a learner did, in amounts that hold one another: who was met is among those who agreed.
VOICES = tuple(f"voices on {category}" for category in CATEGORIES)
_WHOLES = ("people known", *STAGES[:4], "interviews held")
_PARTS = (*STAGES[4:], "thank-you notes", *VOICES)
AMOUNTS = (*_WHOLES, *_PARTS, "referrals")
# What such a pair differs by is what the learners did in whom it differs.
PAIRS = (*combinations(_WHOLES, 2), *product(_WHOLES, _PARTS),
         ("thank-you notes", "thanked"), ("referrals", "referred"))  # fmt: skip
_DIGITS = 5  # hexadecimal: room for a million learners
_NO, _YES = "0" * _DIGITS, "1".zfill(_DIGITS)

Tables = dict[str, sheet.Cells]

_NOTHING = sheet.Cells([], [])
_DEFAULTS = Course()


# --- from texts to facts ---------------------------------------------------------------------


def facts_of(tables: Tables, days_of: DaysOf = days_as_written) -> Facts:
    """Return the facts in these rows, by the columns that a hand-in holds and no others.

    tables: table -> its cells
    days_of: see `facts_in`
    """

    def read(table: str) -> list[Any]:
        cells, counted = tables.get(table, _NOTHING), _counted(table)

        def column(name: str) -> list[str] | None:
            if name == "answer" and name not in cells.header:
                name = "has_answer"  # whether there is one is all that is asked
            return cells.column(name) if name in counted else None

        return facts_in(table, cells.n_rows, column, days_of)

    return Facts(read, _DEFAULTS)


@cache
def _counted(table: str) -> frozenset[str]:
    """The columns that are read. A hand-in's days are the learner's already; a workbook's follow
    from the zone."""
    return frozenset((*goes(table), "answer", "has_answer", "timezone"))


class Unusable(ValueError):
    """Why a log cannot be counted, as the end of a sentence."""


def cells_of(table: str, raw: bytes) -> sheet.Cells:
    """Return a log's cells, whatever spreadsheet program saved it.

    A torn last line is left out. Raises Unusable or sheet.Unreadable when it is no log.
    """
    if len(raw) > LONGEST_LOG:
        raise Unusable(f"{table}.csv is larger than {LONGEST_LOG // 1_000_000} MB")
    try:
        text = raw.decode().removeprefix("\ufeff")
        plain = text.startswith("id,")
    except UnicodeDecodeError:
        plain = False
    cells = sheet.plain_cells(text) if plain else None
    if cells and not sheet.may_be_guarded(text, ","):
        ids = cells.texts[:: len(cells.header)]
        if len(ids) <= MOST_ROWS and len(set(ids)) == len(ids) and _is_dated_as_here(table, cells):
            return cells
    if plain:
        try:
            with sheet.any_length():
                rows = list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as error:
            raise Unusable(f"{table}.csv is not a table ({error})") from None
    else:
        text, encoding, mark = sheet.decode(raw)
        form = sheet.form_of(text, TABLES[table].header, encoding, mark)
        rows = sheet.rows(text, form)
    header = rows.pop(0) if rows else []
    if not plain:
        header = list(form.names)
    wide = len(header)
    if set(map(len, rows)) != {wide}:
        rows = [line for line in rows if len(line) == wide]
    if "id" not in header:
        raise Unusable(f"{table}.csv does not begin with its column names")
    if len(rows) > MOST_ROWS:
        raise Unusable(f"{table}.csv has more than {MOST_ROWS} rows")
    id = itemgetter(header.index("id"))
    if len(set(map(id, rows))) != len(rows):
        rows = list({id(line): line for line in rows}.values())
    if sheet.may_be_guarded(text, "," if plain else form.delimiter):
        rows = [[sheet.unguard(cell) for cell in line] for line in rows]
    rows = _iso(table, header, rows)
    return sheet.Cells(header, list(chain.from_iterable(rows)))


@cache
def _dated(table: str) -> dict[str, str]:
    """The columns of a table that hold a date -> their kind."""
    kinds = TABLES[table].kinds
    return {name: kind for name, kind in kinds.items() if kind in ("day", "instant")}


def _is_dated_as_here(table: str, cells: sheet.Cells) -> bool:
    """Whether every date is written as in 2026-11-20, by its hyphens: this is asked of all logs."""
    for name in _dated(table):
        if not {text[4:8:3] for text in cells.column(name) or ()} <= {"--", ""}:
            return False
    return True


def _iso(table: str, header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The same rows with the dates that a spreadsheet program rewrote as ISO texts again."""
    rewritten = [
        (at, kind) for at, kind in enumerate(map(_dated(table).get, header))
        if kind and not all(sheet.is_iso(line[at], kind) for line in rows if line[at])
    ]  # fmt: skip
    order = sheet.order_of((line[at], "") for at, _ in rewritten for line in rows)
    for at, kind in rewritten:
        for line in rows:
            if line[at] and not sheet.is_iso(line[at], kind):
                line[at] = sheet.to_iso(line[at], kind, order)
    return rows


# --- one learner -----------------------------------------------------------------------------


def count_rows(tables: Tables, days_of: DaysOf = days_as_written) -> dict[str, Any]:
    """Return what the class view keeps of one learner, from all rows there are."""
    n_rows = sum(cells.n_rows for cells in tables.values())
    return count(facts_of(tables, days_of), n_rows, last_logged(tables, days_of))


def last_logged(tables: Tables, days_of: DaysOf) -> date | None:
    """The newest day on which a row was written or changed; None where no row says so."""
    columns = []
    for cells in tables.values():
        if column := cells.column("updated_at") or cells.column("created_at"):
            columns.append(column)
    # The newest text is the newest day, but for a few hours where zones differ.
    newest = max(map(max, columns), default="")
    return next(filter(None, days_of(Instants([newest]), None)), None) or max(
        filter(None, days_of(Instants([*chain(*columns)]), None)), default=None
    )


def count(facts: Facts, n_rows: int = 0, last: date | None = None) -> dict[str, Any]:
    """Return what the class view keeps of one learner: counts and days, no id, no word.

    n_rows: in all logs; last: see `last_logged`

    Nothing in it depends on the day on which it is made or on the course's settings, so it
    can be kept. Days are ordinals.
    """
    for table, most in MOST.items():
        if len(getattr(facts, table)) > most:
            raise Unusable(f"it has more than {most} {table}")
    written = {debrief.interview_id for debrief in facts.debriefs}
    met = [m for m in facts.interviews if m.status == "held" and m.starts_on]
    held = [(m.id, m.starts_on) for m in met if m.starts_on]
    thanked = thanked_on(facts, met)
    growth, heard = _growth(facts), _voices(facts)
    last = last or max(_days(facts), default=None)
    kept = {
        "rows": n_rows,
        "contacts": len(facts.contacts),
        "requests": sum(m.purpose == "request" for m in facts.messages),
        "funnel": list(reached(facts).values()),
        "held": held_for(facts),
        "growth": growth,
        "voices": heard,
        "fit": _fit_moves(facts),
        "thanks": [max(0, (thanked[id] - on).days) for id, on in held if id in thanked],
        "unthanked": [on.toordinal() for id, on in held if id not in thanked],
        "unwritten": [on.toordinal() for id, on in held if id not in written],
        "passed": [
            m.starts_on.toordinal()
            for m in facts.interviews
            if m.status in ("proposed", "confirmed") and m.starts_on
        ],
        "sums": [*(sum(week[n] for week in growth) for n in (2, 3)), sum(c[2] for c in heard)],
        "last": last.toordinal() if last else None,
    }
    return {**kept, "apart": apart(kept)}


def apart(kept: dict[str, Any]) -> int:
    """The PAIRS that differ in a learner, as one number: the sum of 2 ** pair."""
    n_held, n_referrals, _ = kept["sums"]
    amounts = {
        **dict.fromkeys(AMOUNTS, 0),
        **dict(zip(STAGES, kept["funnel"], strict=True)),
        **{VOICES[at]: n_independent for at, _, n_independent in kept["voices"]},
        "people known": sum(week[1] for week in kept["growth"]),
        "interviews held": n_held, "referrals": n_referrals,
        "thank-you notes": len(kept["thanks"]),
    }  # fmt: skip
    return sum(1 << n for n, (one, other) in enumerate(PAIRS) if amounts[one] != amounts[other])


def thanked_on(facts: Facts, met: Iterable[Interview]) -> dict[str, date]:
    """Interview id -> day of the first thank-you note after it, as `history` has it.

    `history` joins much that is not needed here; what follows what is decided by its own rule.
    """
    notes: dict[str, list[Message]] = {}
    for message in facts.messages:
        if message.purpose == "thank-you":
            notes.setdefault(message.contact_id, []).append(message)
    found = {}
    for m in met:
        after = [note.sent_on for note in notes.get(m.contact_id, ())
                 if note.sent_on and sent_after(note, (m.starts_at or 0, m.starts_on))]  # fmt: skip
        if after:
            found[m.id] = min(after)
    return found


def held_for(facts: Facts) -> list[int]:
    """Interviews held per occupation, where there were any, as `perspectives` counts them.

    Occupations that are ruled out are left out.
    """
    about = facts.subjects
    held = Counter(about[m.id] for m in facts.interviews if m.status == "held")
    numbers = [held[o.id] for o in facts.occupations if o.status != "ruled out" and o.id in held]
    return sorted(numbers, reverse=True)


def _growth(facts: Facts) -> list[list[int]]:
    """[first day of the week, contacts, interviews, referrals, new people added in it]."""
    weeks: dict[int, list[int]] = {}
    for n, days in enumerate(added(facts), 1):
        for day, times in days.items():
            monday = day.toordinal() - day.weekday()
            if (week := weeks.get(monday)) is None:
                week = weeks[monday] = [monday, 0, 0, 0, 0]
            week[n] += times
    return [weeks[monday] for monday in sorted(weeks)]


def _voices(facts: Facts) -> list[list[int]]:
    """[category, voices, independent ones], added up over occupations; nothing for none."""
    known, sizes_of = {occupation.id for occupation in facts.occupations}, ties(facts)
    found: dict[str, list[int]] = {}
    for (occupation, category), people in people_heard(facts).items():
        if occupation in known:
            cell = found.setdefault(category, [0, 0])
            cell[0] += len(people)
            cell[1] += len(sizes_of(people))
    return [[n, *found[name]] for n, name in enumerate(CATEGORIES) if name in found]


def _fit_moves(facts: Facts) -> list[int]:
    """Points by which the fit of each occupation moved, where it was rated more than once."""
    return [round(newest - first) for first, newest in moves(facts).values()]


def _days(facts: Facts) -> Iterable[date]:
    """Days on which the learner did something, for rows that do not say when they were made."""
    return filter(None, chain(
        map(attrgetter("sent_on"), facts.messages), map(attrgetter("rated_on"), facts.fit_ratings)
    ))  # fmt: skip


# --- many learners ---------------------------------------------------------------------------


@dataclass
class Totals:
    """What a class adds up to. Two of them merge into one, in any order.

    funnel: stage -> [people, learners with any]; weeks: Monday -> [contacts, interviews,
    referrals, new people added, learners with any of the first, second, third]; voices:
    category -> [voices, independent ones, learners with any]; thanks, fit: value -> times;
    thanking, moving: bars, see `bars_of` -> learners with something in just these
    apart: see `n_apart`
    """

    learners: int = 0
    started: int = 0
    funnel: dict[int, list[int]] = field(default_factory=dict)
    weeks: dict[int, list[int]] = field(default_factory=dict)
    voices: dict[int, list[int]] = field(default_factory=dict)
    thanks: Counter = field(default_factory=Counter)
    thanking: Counter = field(default_factory=Counter)
    fit: Counter = field(default_factory=Counter)
    moving: Counter = field(default_factory=Counter)
    apart: int = field(default=0, compare=False)  # says what may be shown, and is no figure

    def add(self, kept: dict[str, Any]) -> None:
        """Add one learner."""
        self.learners += 1
        self.started += kept["rows"] > 0
        # Written out: this is most of what a second run of a large class does.
        funnel, weeks, voices = self.funnel, self.weeks, self.voices
        for stage, n in enumerate(kept["funnel"]):
            if (cell := funnel.get(stage)) is None:
                funnel[stage] = [n, int(n > 0)]
            elif n:
                cell[0] += n
                cell[1] += 1
        for monday, contacts, interviews, referrals, new in kept["growth"]:
            if (cell := weeks.get(monday)) is None:
                did = (int(contacts > 0), int(interviews > 0), int(referrals > 0))
                weeks[monday] = [contacts, interviews, referrals, new, *did]
            else:
                cell[0] += contacts
                cell[1] += interviews
                cell[2] += referrals
                cell[3] += new
                cell[4] += contacts > 0
                cell[5] += interviews > 0
                cell[6] += referrals > 0
        for category, n_voices, n_independent in kept["voices"]:
            if (cell := voices.get(category)) is None:
                voices[category] = [n_voices, n_independent, 1]
            else:
                cell[0] += n_voices
                cell[1] += n_independent
                cell[2] += 1
        self.thanks.update(kept["thanks"])
        if kept["thanks"]:
            self.thanking[bars_of(kept["thanks"], THANK_DAYS)] += 1
        self.fit.update(kept["fit"])
        if kept["fit"]:
            self.moving[bars_of(kept["fit"], FIT_POINTS)] += 1
        # A hundred numbers in one, each in its own digits: one addition for all of them.
        self.apart += int(f"{kept['apart']:b}".replace("0", _NO).replace("1", _YES), 16)

    def n_apart(self, one: str, other: str) -> int:
        """Learners in whom two of AMOUNTS differ; 0 as well for two that do not hold each other."""
        bits = 4 * _DIGITS
        return sum(self.apart >> bits * n & (1 << bits) - 1
                   for n, pair in enumerate(PAIRS) if {*pair} == {one, other})  # fmt: skip

    def packed(self) -> dict[str, Any]:
        """The same as JSON has it: [key, numbers] wherever a key stands for numbers."""
        return {name: list(value.items()) if isinstance(value, dict) else value
                for name, value in vars(self).items()}  # fmt: skip

    def merge(self, packed: dict[str, Any]) -> None:
        """Add what another part of the class adds up to, packed."""
        for name, theirs in packed.items():
            mine = getattr(self, name)
            if isinstance(mine, int):
                setattr(self, name, mine + theirs)
            elif isinstance(mine, Counter):
                for key, n in theirs:
                    mine[key] += n
            else:
                for key, numbers in theirs:
                    before = mine.get(key)
                    mine[key] = list(map(add, before, numbers)) if before else list(numbers)


def bar_of(value: int, ends: tuple[int, ...]) -> int:
    """Which bar a value belongs to: the first whose upper end it does not pass, or the last."""
    return bisect_left(ends, value)


def bars_of(values: Iterable[int], ends: tuple[int, ...]) -> int:
    """The bars that some values belong to, as one number: the sum of 2 ** bar."""
    return sum({1 << bar_of(value, ends) for value in values})


__all__ = ["STAGES", "Totals", "cells_of", "count_rows", "facts_of"]
