"""One definition per figure: the notebooks, the report and the class view call the same ones.

Every measure takes a workbook and returns a table; each has the columns that its docstring
names, also when there are no rows yet. The counting is done on `Facts`, plain rows without
pandas, so that a class of thousands is counted by the same code in seconds: every measure
takes `Facts` as well as a workbook, and `<measure>.rows(facts)` skips the table.
"""

from __future__ import annotations

import functools
import gc
import inspect
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import WorkbookError
from .tables import CATEGORIES, CHANNELS, HOW_KNOWN, TABLES
from .workbook import Course

if TYPE_CHECKING:
    import pandas as pd

ASKS = ("request", "follow-up")  # what asks for a meeting; a permission or a greeting does not
ANSWERS = ("yes", "no", "later")  # a bounced letter was answered by a machine
STAGES = ("contacted", "replied", "agreed", "held", "thanked", "referred")
UNSAID = "not said"
KEEP_IN_TOUCH_DAYS = 90  # for people met whose row says nothing else (R32)


# --- facts: the rows that are counted --------------------------------------------------------


class Contact(NamedTuple):
    id: str
    name: str
    organization_id: str
    occupation_id: str
    how_known: str
    keep_in_touch_days: int | None
    created_on: date | None


class Referral(NamedTuple):
    from_contact_id: str
    to_contact_id: str
    interview_id: str
    referred_on: date | None
    may_use_name: str


class Message(NamedTuple):
    contact_id: str
    purpose: str
    channel: str
    sent_at: float | None
    sent_on: date | None
    reply: str
    replied_on: date | None


class Interview(NamedTuple):
    id: str
    contact_id: str
    occupation_id: str
    starts_at: float | None
    starts_on: date | None
    minutes: int | None
    format: str
    status: str
    created_on: date | None


class Question(NamedTuple):
    interview_id: str
    category: str
    outcome: str
    answer: str | None


class Debrief(NamedTuple):
    interview_id: str
    learned: str
    next_steps: str


class Rating(NamedTuple):
    occupation_id: str
    criterion_id: str
    interview_id: str
    rating: int | None
    rated_on: date | None


class Criterion(NamedTuple):
    id: str
    statement: str
    importance: int | None


class Occupation(NamedTuple):
    id: str
    title: str
    status: str
    created_on: date | None


class Organization(NamedTuple):
    id: str
    name: str


class Task(NamedTuple):
    contact_id: str
    interview_id: str
    due_on: date | None
    task: str
    done_on: date | None


SHAPES: dict[str, Any] = {
    "contacts": Contact, "referrals": Referral, "messages": Message, "interviews": Interview,
    "questions": Question, "debriefs": Debrief, "fit_ratings": Rating, "criteria": Criterion,
    "occupations": Occupation, "organizations": Organization, "tasks": Task,
}  # fmt: skip


class Facts:
    """One learner's rows, read when first asked for: `facts.contacts`, `facts.messages` ...

    Fields are named as columns; an instant is in seconds since 1970, and the field that ends
    in `_on` beside it is its day as the learner's calendar shows it.
    """

    if TYPE_CHECKING:
        contacts: list[Contact]
        referrals: list[Referral]
        messages: list[Message]
        interviews: list[Interview]
        questions: list[Question]
        debriefs: list[Debrief]
        fit_ratings: list[Rating]
        criteria: list[Criterion]
        occupations: list[Occupation]
        organizations: list[Organization]
        tasks: list[Task]

    def __init__(self, read: Callable[[str], list[Any]], course: Course):
        self._read, self.course = read, course

    def __getattr__(self, table: str) -> list[Any]:
        if table not in SHAPES:
            raise AttributeError(table)
        rows = self._read(table)
        setattr(self, table, rows)
        return rows

    @classmethod
    def of(cls, source: Any) -> Facts:
        """The facts of a workbook; facts are returned as they are."""
        if isinstance(source, Facts):
            return source
        return cls(functools.partial(_from_log, source), source.course)

    @classmethod
    def from_cells(
        cls, cells: Mapping[str, Iterable[Mapping[str, str]]], course: Course | None = None
    ) -> Facts:
        """The facts of logs that are already read as text, by table name: csv.DictReader's rows.

        A table or a column that is left out counts as blank, a cell that is no date or number
        too; a question asked whose `answer` column was left out counts as answered. Days are
        those of the learner's zone, if its row is among them, else as they were written.
        """
        names = [row["timezone"] for row in cells.get("learner", ()) if row.get("timezone")]
        zone = _zone_called(names[-1]) if names else None
        return cls(lambda table: _from_cells(table, cells.get(table, ()), zone), course or Course())

    def until(self, day: date) -> Facts:
        """The facts as they stood at the end of that day, as far as dates tell."""
        return Facts(lambda table: _until(self, table, day), self.course)


FEW = 2_000  # rows of a log up to which plain text is read sooner than pandas is loaded


def _from_log(wb: Any, table: str) -> list[Any]:
    log, shape = wb.log(table), SHAPES[table]
    if not len(log):
        return []
    kinds, zone = TABLES[table].kinds, _zone(wb)
    if len(log) <= FEW:
        return _from_texts(table, log.texts().values(), zone)
    frame = log.read()
    columns = []
    for field in shape._fields:
        if field not in kinds:
            zones = frame["timezone"].tolist() if "timezone" in kinds else None
            columns.append(_days_of(frame[field.replace("_on", "_at")], zone, zones))
        elif kinds[field] == "text":
            columns.append(frame[field].tolist())
        elif kinds[field] == "number":
            numbers = frame[field].to_numpy(float, na_value=math.nan).tolist()
            columns.append([None if n != n else int(n) for n in numbers])
        elif kinds[field] == "day":
            columns.append(frame[field].to_numpy("datetime64[D]").tolist())
        else:
            columns.append(_seconds(frame[field]))
    rests = gc.isenabled()
    gc.disable()  # rows hold no circles, and looking for some takes longer than making them
    try:
        return list(map(shape._make, zip(*columns, strict=True)))
    finally:
        if rests:
            gc.enable()


def _from_texts(table: str, rows: Iterable[Mapping[str, str]], zone: ZoneInfo | None) -> list[Any]:
    """The same rows as from a frame, without the time that pandas takes to load."""
    shape, kinds = SHAPES[table], TABLES[table].kinds

    def second(row: Mapping[str, str], name: str) -> int | None:
        at = _parse_instant(row[name])
        return None if at is None else math.floor(at)

    def value(row: Mapping[str, str], field: str) -> Any:
        if field not in kinds:
            at, own = second(row, field.replace("_on", "_at")), row.get("timezone", "")
            return None if at is None else _day_at(at, (own and _zone_called(own)) or zone)
        if kinds[field] == "instant":
            return second(row, field)
        return _PARSERS[kinds[field]](row[field])

    return [shape._make([value(row, field) for field in shape._fields]) for row in rows]


def _zone(wb: Any) -> ZoneInfo | None:
    """The learner's own zone; None is this computer's."""
    names = [row.timezone for row in wb.learner.rows() if row.timezone]
    return _zone_called(names[-1]) if names else None


def _zone_called(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a cell that was typed elsewhere
        return None


def _seconds(instants: Any) -> list[int | None]:
    stamps = instants.dt.tz_convert(None).to_numpy("datetime64[s]").astype("int64").tolist()
    return [None if stamp == _NEVER else stamp for stamp in stamps]


_NEVER = -(2**63)  # how numpy writes a missing instant


def _days_of(instants: Any, zone: ZoneInfo | None, zones: list[str] | None) -> list[date | None]:
    """The day of each instant: in its row's zone, else the learner's, else this computer's."""
    made: dict[str, ZoneInfo | None] = {"": zone}
    days: list[date | None] = []
    for n, second in enumerate(_seconds(instants)):
        at = zone
        if zones and (name := zones[n]):
            if name not in made:
                made[name] = _zone_called(name) or zone
            at = made[name]
        days.append(None if second is None else _day_at(second, at))
    return days


def _day_at(second: float, zone: ZoneInfo | None) -> date | None:
    try:
        return datetime.fromtimestamp(second, zone).date()
    except (OverflowError, ValueError, OSError):  # at an end of the calendar
        return None


def _from_cells(
    table: str, rows: Iterable[Mapping[str, str]], zone: ZoneInfo | None
) -> list[Any]:  # fmt: skip
    shape, kinds = SHAPES[table], TABLES[table].kinds
    columns: list[tuple[str, Callable[[str | None], Any]]] = []
    for field in shape._fields:
        if field in kinds:
            columns.append((field, _parse_answer if field == "answer" else _PARSERS[kinds[field]]))
        elif zone and "timezone" not in kinds:
            columns.append((field.replace("_on", "_at"), functools.partial(_parse_day_in, zone)))
        else:  # written as its own calendar shows it
            columns.append((field.replace("_on", "_at"), _parse_day))
    return [shape._make([parse(row.get(name)) for name, parse in columns]) for row in rows]


def _parse_day_in(zone: ZoneInfo, cell: str | None) -> date | None:
    at = _parse_instant(cell)
    return None if at is None else _day_at(at, zone)


def _parse_text(cell: str | None) -> str:
    return cell or ""


def _parse_answer(cell: str | None) -> str | None:
    return cell


def _parse_number(cell: str | None) -> int | None:
    try:
        return int(cell) if cell else None
    except ValueError:
        return None


def _parse_day(cell: str | None) -> date | None:
    try:
        return date.fromisoformat(cell[:10]) if cell else None
    except ValueError:
        return None


def _parse_instant(cell: str | None) -> float | None:
    try:
        return datetime.fromisoformat(cell).timestamp() if cell else None
    except (ValueError, OverflowError, OSError):
        return None


_PARSERS = {"text": _parse_text, "number": _parse_number, "day": _parse_day,
            "instant": _parse_instant}  # fmt: skip


_DATED = {
    "contacts": "created_on", "referrals": "referred_on", "messages": "sent_on",
    "interviews": "starts_on", "fit_ratings": "rated_on", "occupations": "created_on",
}  # fmt: skip


def _until(facts: Facts, table: str, day: date) -> list[Any]:
    rows = getattr(facts, table)
    if table in ("questions", "debriefs"):
        met = {meeting.id for meeting in facts.interviews if _by(meeting.starts_on, day)}
        return [row for row in rows if row.interview_id in met]
    if table == "contacts":
        since = first_seen(facts)
        return [row for row in rows if _by(since.get(row.id), day)]
    if table == "messages":
        return [
            row if row.replied_on is None or row.replied_on <= day
            else row._replace(reply="none yet", replied_on=None)
            for row in rows if row.sent_on is None or row.sent_on <= day
        ]  # fmt: skip
    if table == "occupations":
        return rows  # an occupation typed in late may have been weighed all along
    field = _DATED.get(table)
    return [row for row in rows if _by(getattr(row, field), day)] if field else rows


def _by(day: date | None, end: date) -> bool:
    return day is None or day <= end


# --- a measure: plain rows inside, a table outside ----------------------------------------------


def _measure(**columns: str):
    """Make a function from facts to rows into a measure that returns a table.

    columns: name -> "text", "number", "share" (a float), "day" or "yes/no"; `rows` of the
    measure is the function itself.
    """

    def made(count):
        @functools.wraps(count)
        def measure(wb, *args, **options):
            return _table(count(Facts.of(wb), *args, **options), columns)

        signature = inspect.signature(count)  # help() shows what a caller passes: a workbook
        _, *others = signature.parameters.values()
        first = inspect.Parameter("wb", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        measure.__signature__ = signature.replace(parameters=[first, *others])
        measure.rows, measure.columns = count, tuple(columns)
        return measure

    return made


def _table(rows: Iterable[tuple], columns: Mapping[str, str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    dtypes = {"text": "str", "number": "Int64", "share": "float64", "yes/no": "bool"}
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    made = {}
    for (name, kind), column in zip(columns.items(), values, strict=True):
        if kind == "day":
            made[name] = pd.Series(np.array(column, "datetime64[D]").astype("datetime64[s]"))
        else:
            made[name] = pd.Series(column, dtype=dtypes[kind])
    return pd.DataFrame(made)


def wilson(n: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % interval of a share, as Wilson (1927) has it; all of 0-1 for none of none."""
    if of == 0:
        return 0.0, 1.0
    share, step = n / of, z * z / of
    middle = (share + step / 2) / (1 + step)
    half = z * math.sqrt(share * (1 - share) / of + step / of / 4) / (1 + step)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson_interval(n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of the mean behind a count of `n`, as Garwood (1936) has it."""
    tail = (1 - confidence) / 2

    def at_most(k: int, mean: float) -> float:
        log = math.log(mean)
        return math.fsum(math.exp(i * log - mean - math.lgamma(i + 1)) for i in range(k + 1))

    def solve(above: Callable[[float], bool]) -> float:
        low, high = 1e-12, n + 10 * math.sqrt(n + 1) + 10
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if above(middle) else (middle, high)
        return high

    low = 0.0 if n == 0 else solve(lambda mean: 1 - at_most(n - 1, mean) > tail)
    return low, solve(lambda mean: at_most(n, mean) < tail)


# --- 1. the funnel -------------------------------------------------------------------------------


@_measure(
    stage="text", n="number", of_previous="share", low="share", high="share", previous="text",
    n_previous="number", median_days="share", group="text",
)  # fmt: skip
def funnel(facts, by=None):
    """How many people came how far, from the first request to a referral.

    by: None for everybody; "channel" (of the first request) or "how_known" for a funnel each

    A row is a stage of a `group` ("" for everybody), `n` the people who reached it:
    contacted (asked for a meeting), replied (a bounced letter is no reply), agreed, held,
    and of those whom you met: thanked, and referred (they named somebody). A later stage
    implies the earlier ones: somebody met without a logged request was contacted, too.
    of_previous: n as a share of `n_previous`, the people at stage `previous` ("held" for the
    last two), missing when there are none; low, high: its 95 % interval after Wilson (1927)
    median_days: from the stage before to this one, of the people with both dates

    With `by`, groups without anybody are left out; no rows then when nobody was contacted.
    """
    if by not in (None, "channel", "how_known"):
        raise WorkbookError(
            f'A funnel cannot be made by "{by}". Choose "channel" or "how_known".', value=by
        )
    people = _journeys(facts)
    if by is None:
        return _funnel_rows("", people.values())
    known = {contact.id: contact.how_known for contact in facts.contacts}
    groups = defaultdict(list)
    for id, person in people.items():
        groups[(person["channel"] if by == "channel" else known.get(id)) or UNSAID].append(person)
    order = [*(CHANNELS if by == "channel" else HOW_KNOWN), UNSAID]
    order += [name for name in groups if name not in order]
    return [row for name in order if name in groups for row in _funnel_rows(name, groups[name])]


def _journeys(facts: Facts) -> dict[str, dict[str, Any]]:
    """For each person contacted: the stages reached with their days (None: not known)."""
    people: dict[str, dict[str, Any]] = {}
    asked: dict[str, float] = {}

    def reach(id: str, stage: str, day: date | None) -> None:
        known = people.setdefault(id, {"channel": ""})
        if stage not in known or (day and (known[stage] is None or day < known[stage])):
            known[stage] = day

    for message in facts.messages:
        if message.purpose not in ASKS:
            continue
        id, at = message.contact_id, message.sent_at or 0
        reach(id, "contacted", message.sent_on)
        if id not in asked or at < asked[id]:
            asked[id], people[id]["channel"] = at, message.channel
        if message.reply in ANSWERS:
            reach(id, "replied", message.replied_on)
            if message.reply == "yes":
                reach(id, "agreed", message.replied_on)
    met: dict[str, tuple[float, date | None]] = {}
    for meeting in facts.interviews:
        if meeting.status == "proposed":
            continue
        implied = ("contacted", "replied", "agreed")
        for stage in implied + (("held",) if meeting.status == "held" else ()):
            reach(meeting.contact_id, stage, meeting.starts_on if stage == "held" else None)
        if meeting.status == "held":
            first = (meeting.starts_at or 0, meeting.starts_on)
            met[meeting.contact_id] = min(met.get(meeting.contact_id, first), first)
    for message in facts.messages:
        if message.purpose == "thank-you" and _after(message, met.get(message.contact_id)):
            reach(message.contact_id, "thanked", message.sent_on)
    for referral in _real_referrals(facts):
        if referral.from_contact_id in met:
            reach(referral.from_contact_id, "referred", referral.referred_on)
    return people


def _after(message: Message, meeting: tuple[float, date | None] | None) -> bool:
    """Whether a message was sent after a meeting began; on its day will do."""
    if meeting is None:
        return False
    at, day = meeting
    same_day = message.sent_on and day and message.sent_on >= day
    return bool(same_day) or (message.sent_at or 0) >= at


_PREVIOUS = dict(zip(STAGES, ("", "contacted", "replied", "agreed", "held", "held"), strict=True))


def _funnel_rows(group: str, people: Iterable[dict[str, Any]]) -> list[tuple]:
    people = list(people)
    n = {stage: sum(stage in person for person in people) for stage in STAGES}
    rows = []
    for stage in STAGES:
        previous = _PREVIOUS[stage]
        of = n.get(previous, 0)
        share, low, high, days = math.nan, math.nan, math.nan, math.nan
        if of:
            share, (low, high) = n[stage] / of, wilson(n[stage], of)
        waits = [
            max(0, (person[stage] - person[previous]).days)
            for person in people
            if previous and person.get(stage) and person.get(previous)
        ]
        days = _median(waits)
        before = of if previous else None
        rows.append((stage, n[stage], share, low, high, previous, before, days, group))
    return rows


def _median(values: list[float]) -> float:
    values = sorted(values)
    half = len(values) // 2
    if not values:
        return math.nan
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2


# --- 2. growth -----------------------------------------------------------------------------------


def _real_referrals(facts: Facts) -> list[Referral]:
    """Every referral between two people; nobody refers you to themselves."""
    return [r for r in facts.referrals if r.from_contact_id != r.to_contact_id]


def first_seen(facts: Facts) -> dict[str, date]:
    """Contact id -> the first day on which anything is known of this person."""
    seen: dict[str, date] = {}

    def note(id: str, day: date | None) -> None:
        if day and (id not in seen or day < seen[id]):
            seen[id] = day

    for contact in facts.contacts:
        note(contact.id, contact.created_on)
    for message in facts.messages:
        note(message.contact_id, message.sent_on)
    for meeting in facts.interviews:
        if meeting.status == "held":
            note(meeting.contact_id, meeting.starts_on)
    for referral in _real_referrals(facts):
        note(referral.from_contact_id, referral.referred_on)
        note(referral.to_contact_id, referral.referred_on)
    return seen


def _new_people(facts: Facts) -> dict[str, date]:
    """Person -> day, for those whom you first heard of from somebody whom you had met."""
    met: dict[str, date] = {}
    held = {}
    for meeting in facts.interviews:
        if meeting.status == "held" and meeting.starts_on:
            held[meeting.id] = meeting.starts_on
            day = met.setdefault(meeting.contact_id, meeting.starts_on)
            met[meeting.contact_id] = min(day, meeting.starts_on)
    reached: dict[str, date] = dict(met)
    for message in facts.messages:
        if message.sent_on:
            id = message.contact_id
            reached[id] = min(reached.get(id, message.sent_on), message.sent_on)
    named: dict[str, Referral] = {}
    for referral in _real_referrals(facts):
        before = named.get(referral.to_contact_id)
        if referral.referred_on and (not before or referral.referred_on < before.referred_on):
            named[referral.to_contact_id] = referral
    new = {}
    for id, referral in named.items():
        day, by = referral.referred_on, met.get(referral.from_contact_id)
        in_meeting = referral.interview_id in held or (by is not None and by <= day)
        if in_meeting and (id not in reached or reached[id] >= day):
            new[id] = day
    return new


@_measure(
    on="day", n_contacts="number", n_interviews="number", n_referrals="number",
    n_new_people="number",
)  # fmt: skip
def network_growth(facts):
    """How the network grew: a row for each day on which something was added, oldest first.

    The numbers are cumulative: people known (from the first sign of them: the row, a message,
    a meeting or a referral), interviews held, referrals (who named whom, each pair once), and
    `n_new_people`: people first heard of from somebody whom you had met. Its last value over
    the interviews held says whether the network sustains itself, see `sustained`.
    """
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    seen = first_seen(facts)
    for contact in facts.contacts:
        if contact.id in seen:
            days[seen[contact.id]][0] += 1
    for meeting in facts.interviews:
        if meeting.status == "held" and meeting.starts_on:
            days[meeting.starts_on][1] += 1
    pairs: dict[tuple[str, str], date] = {}
    for referral in _real_referrals(facts):
        pair, day = referral[:2], referral.referred_on
        if day:
            pairs[pair] = min(pairs.get(pair, day), day)
    for day in pairs.values():
        days[day][2] += 1
    for day in _new_people(facts).values():
        days[day][3] += 1
    rows, total = [], [0, 0, 0, 0]
    for day in sorted(days):
        total = [before + more for before, more in zip(total, days[day], strict=True)]
        rows.append((day, *total))
    return rows


def sustained(n_new_people: int, n_interviews: int) -> tuple[float, float, float]:
    """Return new people per interview held, with its 95 % interval (Poisson, Garwood 1936).

    Above one, the network grows without new names from elsewhere; below one, it runs dry.
    All are missing when no interview was held.
    """
    if not n_interviews:
        return math.nan, math.nan, math.nan
    low, high = poisson_interval(n_new_people)
    return n_new_people / n_interviews, low / n_interviews, high / n_interviews


# --- 3. who referred whom ------------------------------------------------------------------------


@_measure(
    contact_id="text", referred_by="text", generation="number", n_referred="number",
    root_contact_id="text", n_reached="number", also_referred_by="text", may_use_name="text",
    is_met="yes/no", referred_on="day", occupation_id="text", occupation="text", name="text",
)  # fmt: skip
def referral_chains(facts):
    """Who led to whom: a row for each contact, roots first, then by generation.

    generation: the fewest referrals between this person and somebody whom you found without
    one (0); referred_by: the person one generation earlier who named them first, "" for a
    root; root_contact_id: where the chain begins, the person's own id for a root
    n_referred: people whom they named; n_reached: everybody below them in the tree
    also_referred_by: ids of others who named them, with a blank between; may_use_name: of
    the referral from `referred_by`; is_met: an interview was held

    In a circle the first to name somebody is the root. A referral to oneself is left out.
    """
    known = {contact.id: contact for contact in facts.contacts}
    first: dict[tuple[str, str], Referral] = {}
    referrals = [r for r in _real_referrals(facts)
                 if r.from_contact_id in known and r.to_contact_id in known]  # fmt: skip
    for referral in sorted(referrals, key=lambda r: r.referred_on or date.max):
        first.setdefault(referral[:2], referral)
    named: dict[str, list[str]] = defaultdict(list)
    sources: dict[str, list[str]] = defaultdict(list)
    for from_, to in first:
        named[from_].append(to)
        sources[to].append(from_)

    generation: dict[str, int] = {}
    parent: dict[str, str] = {}
    wave, depth = _chain_roots(list(known), named, sources, first), 0
    while wave:
        generation.update((id, depth) for id in wave)
        below = {to for from_ in wave for to in named[from_] if to not in generation}
        for id in below:
            parent[id] = next(source for source in sources[id] if generation.get(source) == depth)
        wave, depth = list(below), depth + 1

    root: dict[str, str] = {}
    reached: Counter = Counter()
    for id in sorted(generation, key=generation.__getitem__):
        root[id] = root[parent[id]] if id in parent else id
    for id in sorted(generation, key=generation.__getitem__, reverse=True):
        if id in parent:
            reached[parent[id]] += 1 + reached[id]
    met = {m.contact_id for m in facts.interviews if m.status == "held"}
    titles = {occupation.id: occupation.title for occupation in facts.occupations}
    rows = []
    for id in sorted(known, key=generation.__getitem__):
        by = parent.get(id, "")
        referral = first.get((by, id))
        others = " ".join(source for source in sources[id] if source != by)
        about = known[id].occupation_id
        rows.append((
            id, by, generation[id], len(named[id]), root[id], reached[id], others,
            referral.may_use_name if referral else "", id in met,
            referral.referred_on if referral else None, about, titles.get(about, ""),
            known[id].name,
        ))  # fmt: skip
    return rows


def _chain_roots(ids: list[str], named: Mapping, sources: Mapping, first: Iterable) -> list[str]:
    """Where chains begin: people nobody named, and of each circle who named somebody first."""
    roots = [id for id in ids if not sources[id]]
    reached = _reach(roots, named)
    swept: set[str] = set()
    begun = []
    for id in ids:  # nobody but the circle itself leads to where the last sweep began
        if id not in reached and id not in swept:
            swept |= _reach([id], named, swept)
            begun.append(id)
    starts: dict[str, int] = {}
    for n, (from_, to) in enumerate(first):
        if to not in reached:
            starts.setdefault(from_, n)
    for id in reversed(begun):
        if id not in reached:
            circle = _reach([id], sources, reached)
            roots.append(min(circle, key=starts.__getitem__))
            reached |= _reach([id], named, reached)
    return roots


def _reach(open_: Iterable[str], steps: Mapping[str, list[str]], without: Any = ()) -> set[str]:
    """Everybody whom these steps lead to, without going through `without`."""
    found = set(open_)
    todo = list(found)
    while todo:
        more = [id for id in steps.get(todo.pop(), ()) if id not in found and id not in without]
        found.update(more)
        todo += more
    return found


# --- 4. independent voices -----------------------------------------------------------------------


class _Groups:
    """Connected groups of anything (union-find)."""

    def __init__(self):
        self.up: dict[Any, Any] = {}

    def of(self, item: Any) -> Any:
        self.up.setdefault(item, item)
        while self.up[item] != item:
            self.up[item] = item = self.up[self.up[item]]
        return item

    def tie(self, one: Any, other: Any) -> None:
        self.up[self.of(one)] = self.of(other)


def _ties(facts: Facts) -> Callable[[Iterable[str]], list[int]]:
    """Return a function from people to the sizes of their independent groups."""
    chains = _Groups()
    for referral in _real_referrals(facts):
        chains.tie(referral.from_contact_id, referral.to_contact_id)
    places = {contact.id: contact.organization_id for contact in facts.contacts}

    def sizes(people: Iterable[str]) -> list[int]:
        people, groups = set(people), _Groups()
        for id in people:
            groups.tie(("person", id), ("chain", chains.of(id)))
            if place := places.get(id):
                groups.tie(("person", id), ("place", place))
        return sorted(Counter(groups.of(("person", id)) for id in people).values(), reverse=True)

    return sizes


def _effective(sizes: list[int]) -> float:
    """Inverse Simpson: as many equally large groups would be as diverse as these are."""
    return sum(sizes) ** 2 / sum(n * n for n in sizes) if sizes else 0.0


def _about(facts: Facts) -> dict[str, str]:
    """Interview id -> the occupation that it was about; by default the person's."""
    own = {contact.id: contact.occupation_id for contact in facts.contacts}
    return {m.id: m.occupation_id or own.get(m.contact_id, "") for m in facts.interviews}


@_measure(
    occupation_id="text", category="text", n_voices="number", n_independent="number",
    effective="share", occupation="text",
)  # fmt: skip
def voices(facts):
    """How many people you heard on what, and how many of them independently (R12).

    A row for each occupation and question category, also where nobody was asked yet (0).
    A voice is a person who was asked a question of the category in an interview about the
    occupation and whose answer is kept; planned questions and cancelled meetings do not count.
    Two voices are tied when a chain of referrals connects them, through people heard or not,
    or when both belong to one organization. n_independent: the connected groups of tied
    voices; effective: inverse Simpson (1949) over the groups' shares of the voices, so five
    voices of which four are tied count less than five from two groups of equal size.
    """
    about, heard = _about(facts), _heard(facts)
    by_cell: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (meeting, category), person in heard.items():
        by_cell[about[meeting], category].add(person)
    sizes_of, rows = _ties(facts), []
    for occupation in facts.occupations:
        for category in CATEGORIES:
            people = by_cell.get((occupation.id, category), ())
            sizes = sizes_of(people) if people else []
            rows.append((occupation.id, category, len(people), len(sizes), _effective(sizes),
                         occupation.title))  # fmt: skip
    return rows


def _heard(facts: Facts) -> dict[tuple[str, str], str]:
    """(interview id, category) -> person, wherever a question was asked and answered."""
    person = {m.id: m.contact_id for m in facts.interviews
              if m.status not in ("cancelled", "no-show")}  # fmt: skip
    return {
        (question.interview_id, question.category): person[question.interview_id]
        for question in facts.questions
        if question.outcome == "asked" and question.interview_id in person
        and (question.answer is None or question.answer.strip())
    }  # fmt: skip


@_measure(
    occupation_id="text", n_held="number", n_voices="number", n_independent="number",
    effective="share", n_planned="number", n_wanted="number", occupation="text", status="text",
)  # fmt: skip
def perspectives(facts):
    """Interviews per occupation: a row each, held ones first, and whether they suffice.

    n_held: interviews held; n_voices, n_independent, effective: the people in them, as in
    `voices`; n_planned: proposed or confirmed; n_wanted: what the course asks for
    """
    about = _about(facts)
    held, planned, people = Counter(), Counter(), defaultdict(set)
    for meeting in facts.interviews:
        if meeting.status == "held":
            held[about[meeting.id]] += 1
            people[about[meeting.id]].add(meeting.contact_id)
        elif meeting.status in ("proposed", "confirmed"):
            planned[about[meeting.id]] += 1
    sizes_of, rows = _ties(facts), []
    for occupation in facts.occupations:
        id, sizes = occupation.id, sizes_of(people[occupation.id])
        rows.append((id, held[id], len(people[id]), len(sizes), _effective(sizes), planned[id],
                     facts.course.targets.interviews_per_occupation, occupation.title,
                     occupation.status))  # fmt: skip
    return sorted(rows, key=lambda row: -row[1])


# --- 5. career fit -------------------------------------------------------------------------------


def _weights(facts: Facts) -> dict[str, int]:
    return {c.id: c.importance for c in facts.criteria if c.importance and 1 <= c.importance <= 5}


def _ratings(facts: Facts, weights: Mapping[str, int]) -> list[tuple[tuple, Rating]]:
    """((day, start of the interview, its id), rating), oldest first; before any come first."""
    when = {m.id: m.starts_at or 0 for m in facts.interviews}
    usable = [r for r in facts.fit_ratings
              if r.criterion_id in weights and r.rated_on and r.rating and 1 <= r.rating <= 5
    ]  # fmt: skip
    dated = [((r.rated_on, when.get(r.interview_id, 0), r.interview_id), r) for r in usable]
    return sorted(dated, key=lambda pair: pair[0])


def _fit(ratings: Mapping[str, int], weights: Mapping[str, int]) -> tuple[float, float, float]:
    """(fit, lowest, highest): 0-100; the last two if what is not rated were worst or best."""
    known = sum(weights[id] for id in ratings)
    score = sum(weights[id] * (rating - 1) / 4 for id, rating in ratings.items())
    total = sum(weights.values())
    return 100 * score / known, 100 * score / total, 100 * (score + total - known) / total


@_measure(
    occupation_id="text", on="day", fit="share", n_rated="number", low="share", high="share",
    n_criteria="number", interview_id="text", change="share", moved_by="text", occupation="text",
)  # fmt: skip
def fit(facts):
    """How well each occupation fits, each time that it was rated: a row per day and interview.

    fit: the newest rating of each criterion, 1-5 stretched to 0-100, weighted by importance,
    over the criteria that are rated (`n_rated` of `n_criteria`). What is not rated never
    counts as zero: `low` and `high` say where the fit would be if it were all poor or great.
    interview_id: the interview after which it was rated, "" before any; change: since the row
    before, missing in the first; moved_by: the criterion that moved it most.

    Ratings of a criterion that is gone are left out. Importance is taken as it is now, so
    that the line shows what you learned about the occupation and not how your wishes moved.
    """
    weights = _weights(facts)
    words = {c.id: c.statement for c in facts.criteria}
    steps: dict[str, dict[tuple, list[Rating]]] = defaultdict(lambda: defaultdict(list))
    for order, r in _ratings(facts, weights):
        steps[r.occupation_id][order].append(r)
    rows = []
    for occupation in facts.occupations:
        now: dict[str, int] = {}
        before = math.nan
        for order in steps.get(occupation.id, {}):
            old = dict(now)
            now.update((r.criterion_id, r.rating) for r in steps[occupation.id][order])
            value, low, high = _fit(now, weights)
            moved = ""
            if old and abs(value - before) > 1e-9:
                push = {id: weights[id] * (now[id] - old[id]) if id in old
                        else weights[id] * (100 * (now[id] - 1) / 4 - before) / 25
                        for id in now if now[id] != old.get(id)}  # fmt: skip
                sign = 1 if value > before else -1
                moved = words[max(push, key=lambda id: sign * push[id])]
            rows.append((occupation.id, order[0], value, len(now), low, high, len(weights),
                         order[2], value - before, moved, occupation.title))  # fmt: skip
            before = value
    return rows


@_measure(
    occupation_id="text", fit="share", p_first="share", n_rated="number", low="share",
    high="share", n_criteria="number", criterion_id="text", criterion="text",
    importance="number", at_importance="number", occupation="text",
)  # fmt: skip
def fit_ranking(facts, samples=20_000):
    """Which occupation fits best, and how sure that is: a row each, best fit first.

    fit, n_rated, low, high: the newest of `fit`; missing (and last) when nothing is rated
    p_first: the share of plausible weightings and ratings in which it comes first, the rank
    acceptability of SMAA (Lahdelma and Salminen, Operations Research 49, 2001). Plausible is
    every importance up to a step away from the one given, not below 0, every rating up to
    half a step away, and for a criterion that is not rated the whole scale: what is not known
    widens, it never counts as zero. Each is drawn evenly, `samples` times (fewer
    for very many occupations), always alike.
    criterion: the one whose importance, moved least from `importance` to `at_importance`
    (0-5; 0: does not matter), would put this occupation first, "" when none alone would

    Occupations that are ruled out are not ranked.
    """
    weights = _weights(facts)
    rated: dict[str, dict[str, int]] = {}
    for _, r in _ratings(facts, weights):
        rated.setdefault(r.occupation_id, {})[r.criterion_id] = r.rating
    ranked = [o for o in facts.occupations if o.status != "ruled out"]
    ranked.sort(key=lambda o: -_fit(rated[o.id], weights)[0] if o.id in rated else math.inf)
    known = [o.id for o in ranked if o.id in rated]
    firsts = _rank_acceptability([rated[id] for id in known], weights, samples)
    p_first = dict(zip(known, firsts, strict=True))
    overturns = _overturns([rated[id] for id in known], weights)
    words = {c.id: c.statement for c in facts.criteria}
    rows = []
    for occupation in ranked:
        id = occupation.id
        if id not in rated:
            rows.append((id, math.nan, math.nan, 0, 0.0, 100.0, len(weights), "", "", None, None,
                         occupation.title))  # fmt: skip
            continue
        value, low, high = _fit(rated[id], weights)
        by, at = overturns.get(known.index(id), ("", None)) if id != known[0] else ("", None)
        rows.append((id, value, p_first[id], len(rated[id]), low, high, len(weights), by,
                     words.get(by, ""), weights.get(by), at, occupation.title))  # fmt: skip
    return rows


def _rank_acceptability(
    rated: list[dict[str, int]], weights: Mapping[str, int], samples: int
) -> list[float]:
    if len(rated) < 2:
        return [1.0] * len(rated)
    import numpy as np

    samples = max(2_000, min(samples, 6_000_000 // (len(rated) * len(weights))))
    draw = np.random.default_rng(20010).random
    ids = list(weights)
    scores = np.zeros((samples, len(rated)))
    for id in ids:
        weight = np.maximum(0, weights[id] - 1 + 2 * draw(samples))
        for n, ratings in enumerate(rated):
            low, wide = (ratings[id] - 0.5, 1) if id in ratings else (1, 4)
            scores[:, n] += weight * (low + wide * draw(samples))
    firsts = np.bincount(scores.argmax(axis=1), minlength=len(rated))
    return (firsts / samples).tolist()


def _overturns(
    rated: list[dict[str, int]], weights: Mapping[str, int]
) -> dict[int, tuple[str, int]]:  # fmt: skip
    """Number of an occupation -> the least change of one importance that puts it alone on top."""
    if len(rated) < 2:
        return {}
    import numpy as np

    ids = list(weights)
    scores = np.array([[ratings.get(id, 0) for id in ids] for ratings in rated], float)
    moves = [(abs(to - weights[id]), n, to) for n, id in enumerate(ids) for to in range(6)
             if to != weights[id]]  # fmt: skip
    found: dict[int, tuple[str, int]] = {}
    for _, n, to in sorted(moves):
        importance = np.array([to if m == n else weights[id] for m, id in enumerate(ids)], float)
        known = (scores > 0) @ importance
        fits = np.divide(scores @ importance, known, out=np.zeros(len(rated)), where=known > 0)
        first = int(fits.argmax())
        if (fits > fits[first] - 1e-9).sum() == 1:
            found.setdefault(first, (ids[n], to))
    return found


# --- 6. the forecast -----------------------------------------------------------------------------

# The prior is wide on purpose: the accounts that exist contradict each other (five meetings
# from 25 cold letters in one; warm requests answered twice to four times as often).
P_SET = (2.0, 6.0)  # Beta: a request leads to a meeting being set; 1 in 4, from 5 % to 52 %
P_KEPT = (8.0, 1.0)  # Beta: a meeting that is set is held; mean 8 in 9
P_SAYS_NO = (1.0, 1.0)  # Beta: somebody who will not meet you says so, rather than nothing
LAG_DAYS, LAG_SPREAD = 14.0, 0.6  # median days from request to meeting, itself log-normal
LAG_SHAPES = (0.4, 0.7, 1.0)  # spread of the log of the days around their median
CERTAINTY = 0.8


class Outcomes(NamedTuple):
    """What became of a learner's requests, on the day of the forecast; all days are counts.

    n_held: interviews held; lags: days from request to meeting, of those held or set after a
    request; n_kept, n_lost: meetings held, and cancelled or missed; n_failed: requests that
    met a meeting which was lost; n_refused: "no" or bounced; agreed: ages of those with a
    "yes" and no date yet; waiting: ages of all others; set_in: days until each meeting set
    """

    n_held: int = 0
    lags: tuple[int, ...] = ()
    n_kept: int = 0
    n_lost: int = 0
    n_failed: int = 0
    n_refused: int = 0
    agreed: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    set_in: tuple[int, ...] = ()


def outcomes(facts: Facts, today: date) -> Outcomes:
    """What became of the requests so far: one per person, from the first time they were asked."""
    asked: dict[str, date] = {}
    reply: dict[str, str] = {}
    for message in sorted(facts.messages, key=lambda m: m.sent_at or 0):
        if message.purpose in ASKS and message.sent_on and message.sent_on <= today:
            asked.setdefault(message.contact_id, message.sent_on)
            if message.reply != "none yet" and _by(message.replied_on, today):
                reply[message.contact_id] = message.reply
    held: dict[str, date] = {}
    ahead: dict[str, date] = {}
    lost: set[str] = set()
    n_held, set_in = 0, []
    for meeting in facts.interviews:
        id, day = meeting.contact_id, meeting.starts_on
        if day is None:
            continue
        if meeting.status == "held" and day <= today:
            n_held += 1
            held[id] = min(held.get(id, day), day)
        elif meeting.status in ("held", "confirmed") and day >= today:
            set_in.append((day - today).days)
            ahead[id] = min(ahead.get(id, day), day)
        elif meeting.status in ("cancelled", "no-show"):
            lost.add(id)
    lags, agreed, waiting, n_failed, n_refused = [], [], [], 0, 0
    for id, sent in asked.items():
        met = held.get(id) or ahead.get(id)
        if met:
            lags.append(max(0, (met - sent).days))
        elif id in lost:
            n_failed += 1
        elif reply.get(id) in ("no", "bounced"):
            n_refused += 1
        elif reply.get(id) == "yes":
            agreed.append((today - sent).days)
        else:
            waiting.append((today - sent).days)
    n_lost = sum(m.status in ("cancelled", "no-show") for m in facts.interviews)
    return Outcomes(n_held, tuple(lags), n_held, n_lost, n_failed, n_refused, tuple(agreed),
                    tuple(waiting), tuple(set_in))  # fmt: skip


@_measure(
    n_requests="number", p_at_least="share", n_expected="share", n_low="number", n_high="number",
    is_enough="yes/no", n_interviews="number", by="day", today="day", n_held="number",
    n_set="number", n_waiting="number",
)  # fmt: skip
def forecast(facts, n_interviews, by, today, certainty=CERTAINTY, most=None):
    """How many requests are still to be sent, to have held `n_interviews` by a date.

    n_interviews: in all, those already held included; by, today: days, `by` included
    certainty: the chance asked for; most: the largest number of requests to look at

    A row for each number of requests sent today, from 0: p_at_least is the probability that
    at least `n_interviews` will have been held by then, n_expected the mean number held by
    then, n_low to n_high its 80 % interval. is_enough is true in the first row that reaches
    `certainty`, and nowhere when no number up to `most` does: then the date is out of reach.
    The other columns repeat what was asked, the interviews held and set, the requests open.

    Method: a Beta-binomial forecast. A request leads to a meeting being set with probability
    p ~ Beta(2, 6), a meeting set is held with q ~ Beta(8, 1); who will not meet you says so
    with r ~ Beta(1, 1). The days from request to meeting are log-normal, their median around
    14 (log-normal, 0.6), their spread 0.4, 0.7 or 1.0. All are updated with what became of
    the learner's own requests; those still open are censored: they may yet lead to a meeting,
    the less likely the longer they wait (a cure model, Boag 1949). The posterior is summed on
    a grid. Wide priors make wide answers until there are a few replies.
    """
    n_interviews = _whole_number(n_interviews, "The number of interviews", 1, 1000)
    by, today = _as_day(by, "The date"), _as_day(today, "Today")
    if not 0 < certainty < 1:
        raise WorkbookError(
            f"The certainty is {certainty}. It must lie between 0 and 1, as 0.8.", value=certainty
        )
    known = outcomes(facts, today)
    days = (by - today).days
    chances, n_low, n_high, expected = predict(known, n_interviews, days, certainty, most)
    enough = next((n for n, p in enumerate(chances) if p >= certainty), None)
    n_open = len(known.waiting) + len(known.agreed)
    return [
        (n, p, expected[n], n_low[n], n_high[n], n == enough, n_interviews, by, today,
         known.n_held, sum(d <= days for d in known.set_in), n_open)
        for n, p in enumerate(chances)
    ]  # fmt: skip


def _whole_number(value: Any, what: str, lowest: int, highest: int) -> int:
    try:
        whole = int(value)
        if whole != float(value) or not lowest <= whole <= highest:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise WorkbookError(
            f'{what} is "{value}". It must be a whole number from {lowest} to {highest}.',
            value=value,
        ) from None
    return whole


def _as_day(value: Any, what: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise WorkbookError(
            f'{what} is "{value}". Write a date of the calendar, as in 2026-12-15.', value=value
        ) from None


def predict(
    known: Outcomes, n_interviews: int, days: int, certainty: float = CERTAINTY,
    most: int | None = None,
) -> tuple[list[float], list[int], list[int], list[float]]:  # fmt: skip
    """Return four lists over 0, 1, 2 ... requests sent now, for `days` from now.

    They are: the probability that `n_interviews` are held in all, the 10 % and the 90 %
    quantile of the number held, and its mean. They end with `most`, or by themselves a few
    requests after 95 % and `certainty` are reached, after 150 at the latest.
    """
    import numpy as np

    if days < 0:
        held = known.n_held
        return [float(held >= n_interviews)], [held], [held], [float(held)]
    wanted = max(0, n_interviews - known.n_held)
    n_open = len(known.agreed) + len(known.waiting) + len(known.set_in)
    size = max(wanted, min(60, n_open + 40))
    new, pending = _chances(known, days, max(100, min(250, 15_000 // size)))
    held = np.zeros((len(new), size + 2))  # the last column takes all that is more
    held[:, 0] = 1
    pending.sort(key=lambda chance: -chance.mean())
    for chance in pending[:_ONE_BY_ONE]:
        _one_more(held, chance)
    if rest := pending[_ONE_BY_ONE:]:
        held = _many_more(held, sum(rest))
    chances, low, high, mean = [], [], [], []
    expected = sum(float(chance.mean()) for chance in pending)
    for n in range((most if most is not None else 150) + 1):
        if n:
            _one_more(held, new)
        spread = held.mean(axis=0)
        total = spread.cumsum()
        chances.append(float(min(1.0, max(0.0, 1 - total[wanted - 1]))) if wanted else 1.0)
        low.append(known.n_held + int((total < 0.1).sum()))
        high.append(known.n_held + int((total < 0.9 - 1e-12).sum()))
        mean.append(known.n_held + expected + n * float(new.mean()))
        settled = n >= 10 and chances[-1] >= max(0.95, certainty)
        if most is None and settled:
            break
    return chances, low, high, mean


def _one_more(held: Any, chance: Any) -> None:
    """Add a meeting that is held with this chance (a value for each row) to the counts."""
    chance = chance[:, None]
    moved = held * chance
    held -= moved
    held[:, 1:] += moved[:, :-1]
    held[:, -1] += moved[:, -1]


def _many_more(held: Any, mean: Any) -> Any:
    """Add many unlikely meetings at once, as a Poisson number with this mean for each row."""
    import numpy as np

    size = held.shape[1]
    steps = np.log(np.maximum(mean, 1e-12))[:, None] - np.log(np.arange(1, size))
    log_chance = np.concatenate([np.zeros((len(mean), 1)), steps.cumsum(axis=1)], axis=1)
    more = np.exp(log_chance - mean[:, None])
    both = np.fft.irfft(np.fft.rfft(held, 2 * size) * np.fft.rfft(more, 2 * size), 2 * size)
    made = np.maximum(both[:, :size], 0)
    made[:, -1] = np.maximum(0, 1 - made[:, :-1].sum(axis=1))
    return made


_ONE_BY_ONE = 60  # open requests that are added each for itself, the likeliest ones
_LONGEST = 400  # days; what has not happened by then is taken not to


@functools.lru_cache(maxsize=1)
def _prior() -> tuple[Any, ...]:
    """The grid of p, r (says no), v (a meeting to come shows), and of each lag law its cdf."""
    from statistics import NormalDist

    import numpy as np

    normal = NormalDist()
    medians = [LAG_DAYS * math.exp(LAG_SPREAD * normal.inv_cdf((n + 0.5) / 7)) for n in range(7)]
    days = [math.log(day + 0.5) for day in range(_LONGEST)]
    cdf = np.array([
        [normal.cdf((day - math.log(median)) / shape) for day in days] + [1.0]
        for shape in LAG_SHAPES for median in medians
    ])  # fmt: skip
    p, third = (np.arange(60) + 0.5) / 60, (np.arange(3) + 0.5) / 3
    return p, third, third, cdf


def _chances(known: Outcomes, days: int, points: int) -> tuple[Any, list[Any]]:
    """Return the chance of a new request and of each open one to be held within `days`.

    Each is an array over the same equally likely `points` of the posterior.
    """
    import numpy as np

    p, r, v, cdf = _prior()
    p, r, v = p[:, None, None, None], r[:, None, None], v[:, None]
    by = np.array(min(days, _LONGEST))

    def met_by(ages: Any) -> Any:
        return cdf[:, np.minimum(ages, _LONGEST)]

    waiting, n_waiting = np.unique(np.array(known.waiting, int), return_counts=True)
    ages = np.array(known.agreed, int)
    n_ahead = len(known.agreed) + sum(day > 0 for day in known.set_in)
    log_law = np.zeros(len(cdf))
    for day in known.lags:
        day = min(day, _LONGEST)
        log_law += np.log(np.maximum(cdf[:, day] - (cdf[:, day - 1] if day else 0), 1e-9))
    log_law += np.log(np.maximum(1 - met_by(ages), 1e-9)).sum(axis=1)
    n_yes = len(known.lags) + known.n_failed + len(known.agreed)
    like = (P_SET[0] - 1 + n_yes) * np.log(p) + (P_SET[1] - 1 + known.n_refused) * np.log(1 - p)
    like = like + known.n_refused * np.log(r) + n_ahead * np.log(v) + log_law
    for age, n in zip(waiting, n_waiting, strict=True):
        like = like + n * np.log((1 - p) * (1 - r) + p * (1 - v) * (1 - met_by(age)))

    # Points in the order of what they promise: even steps through them lose next to nothing.
    mass = np.exp(like - like.max()).ravel()
    promise = np.broadcast_to(p * met_by(by), like.shape).ravel()
    order = np.argsort(promise, kind="stable")
    steps = np.cumsum(mass[order])
    at = np.searchsorted(steps, (np.arange(points) + 0.5) / points * steps[-1])
    i, j, k, law = np.unravel_index(order[np.minimum(at, len(order) - 1)], like.shape)
    p, r, v, cdf = p[i, 0, 0, 0], r[j, 0, 0], v[k, 0], cdf[law]
    q = _kept(known, points)

    def within(age: int) -> Any:
        age = min(age, _LONGEST)
        return np.maximum(cdf[:, min(age + days, _LONGEST)] - cdf[:, age], 0)

    pending = [q for day in known.set_in if day <= days]
    for age in known.agreed:
        pending.append(q * within(age) / np.maximum(1 - cdf[:, min(age, _LONGEST)], 1e-9))
    seen = {}
    for age in known.waiting:
        if age not in seen:
            hidden = p * (1 - v)
            never = (1 - p) * (1 - r)
            still = never + hidden * (1 - cdf[:, min(age, _LONGEST)])
            seen[age] = q * hidden * within(age) / still
        pending.append(seen[age])
    return p * q * cdf[:, by], [np.clip(chance, 0, 1) for chance in pending]


def _kept(known: Outcomes, points: int) -> Any:
    """The chance that a meeting which is set is held: even steps through its posterior."""
    import numpy as np

    x = (np.arange(400) + 0.5) / 400
    a, b = P_KEPT[0] + known.n_kept, P_KEPT[1] + known.n_lost
    log_mass = (a - 1) * np.log(x) + (b - 1) * np.log(1 - x)
    steps = np.cumsum(np.exp(log_mass - log_mass.max()))
    golden = (np.arange(points) * 0.6180339887498949 + 0.5) % 1  # even, and unlike the order of p
    return x[np.minimum(np.searchsorted(steps, golden * steps[-1]), len(x) - 1)]


# --- 7. today ------------------------------------------------------------------------------------

KINDS = (
    "outcome", "thank-you", "debrief", "confirmation", "follow-up", "arrange", "task",
    "keep in touch", "referral", "interviews",
)  # fmt: skip
LATENESS = ("overdue", "late", "due", "soon", "no date")
PAGES = {
    "outcome": "04_debrief", "thank-you": "04_debrief", "debrief": "04_debrief",
    "confirmation": "02_outreach", "follow-up": "02_outreach", "arrange": "02_outreach",
    "task": "04_debrief", "keep in touch": "02_outreach", "referral": "02_outreach",
    "interviews": "02_outreach",
}  # fmt: skip


@_measure(
    what="text", contact_id="text", interview_id="text", due_on="day", days_late="number",
    how_late="text", occupation_id="text", action="text", page="text", task="text",
)  # fmt: skip
def due(facts, today):
    """What there is to do on a day, most urgent first: a row each, nothing when all is done.

    today: a date, or a moment of it when hours matter (with its zone, or in this computer's)

    what, and when it is due:
    outcome        a meeting that has passed without a word on whether it was held; its day
    thank-you      held and not thanked since; the course's `aim_hours` after the meeting.
                   It is late after `late_hours` and overdue after `overdue_days` (R30)
    debrief        held and nothing written down; the day of the meeting (R29)
    confirmation   a meeting within 3 days without a note that confirms it; the day before (R18)
    follow-up      no reply after the course's business days; not after the last of them
    arrange        a yes without a meeting, 3 days on; a cancelled or missed meeting, 7 days on
    task           a next step not done, from 7 days before its date on; those without one, too
    keep in touch  counted from the last contact, either way (R32): after the person's own
                   `keep_in_touch_days`; after 90 for people met without any
    referral       somebody named and not written to; 7 days after (R32)
    interviews     an occupation with fewer interviews held or to come than the course's number;
                   due by the course's `interviews_by`, if it has one (R12)

    how_late: "overdue" (more than `overdue_days` past), "late", "due" (today, or past but not
    yet late), "soon", or "no date"; days_late: days past `due_on`, 0 when not past.
    """
    agenda = _Agenda(facts, today)
    agenda.meetings()
    agenda.replies()
    agenda.lost_meetings()
    agenda.tasks()
    agenda.silences()
    agenda.referrals()
    agenda.occupations()
    return sorted(agenda.found, key=_urgency)


def _urgency(row: tuple) -> tuple:
    what, _, _, due_on, days_late, lateness, *_ = row
    waits = {"soon": 1, "no date": 2}.get(lateness, 0)
    waits = 0 if what == "confirmation" else waits  # a meeting within three days does not wait
    return (what == "interviews", waits, KINDS.index(what), LATENESS.index(lateness), -days_late,
            due_on or date.max)  # fmt: skip


class _Agenda:
    """What is due on a day: each method adds the rows of its kind to `found`."""

    def __init__(self, facts: Facts, today: date | datetime):
        self.facts, self.course = facts, facts.course
        self.moment = today if isinstance(today, datetime) else None
        self.today = _as_day(today, "Today")
        self.found: list[tuple] = []
        self.names = {c.id: c.name for c in facts.contacts}
        self.dated = [m for m in facts.interviews if m.starts_on]
        self.sent: dict[str, list[Message]] = defaultdict(list)
        for message in facts.messages:
            if message.sent_on is None or message.sent_on <= self.today:
                self.sent[message.contact_id].append(message)
        for messages in self.sent.values():
            messages.sort(key=lambda m: m.sent_at or 0)
        self.met: dict[str, date] = {}  # last meeting held
        self.live: dict[str, date] = {}  # last meeting held or to come
        self.lost: dict[str, Interview] = {}  # last meeting cancelled or missed
        for m in sorted(self.dated, key=lambda m: m.starts_on):
            if m.status == "held" and m.starts_on <= self.today:
                self.met[m.contact_id] = m.starts_on
            if m.status in ("cancelled", "no-show"):
                self.lost[m.contact_id] = m
            else:
                self.live[m.contact_id] = m.starts_on

    def name(self, id: str) -> str:
        return self.names.get(id) or "this person"

    def add(
        self, what, action, due_on, *, contact="", meeting="", occupation="", task="", lateness=""
    ):  # fmt: skip
        days_late = max(0, (self.today - due_on).days) if due_on else 0
        self.found.append((what, contact, meeting, due_on, days_late,
                           lateness or self._lateness(due_on, days_late), occupation, action,
                           PAGES[what], task))  # fmt: skip

    def _lateness(self, due_on: date | None, days_late: int) -> str:
        if due_on is None:
            return "no date"
        if due_on >= self.today:
            return "due" if due_on == self.today else "soon"
        return "late" if days_late <= self.course.thank_you.overdue_days else "overdue"

    def meetings(self):
        written = {debrief.interview_id for debrief in self.facts.debriefs}
        for m in self.dated:
            name, on = self.name(m.contact_id), f"{m.starts_on.day} {m.starts_on:%b}"
            about = {"contact": m.contact_id, "meeting": m.id}
            if m.status in ("proposed", "confirmed"):
                if m.starts_on < self.today:
                    action = f"Say whether the meeting with {name} on {on} was held."
                    self.add("outcome", action, m.starts_on, **about)
                elif m.starts_on <= self.today + timedelta(days=3) and not self._is_confirmed(m):
                    eve = max(self.today, m.starts_on - timedelta(days=1))
                    action = f"Confirm the meeting with {name} on {on}."
                    self.add("confirmation", action, eve, **about)
            elif m.status == "held" and m.starts_on <= self.today:
                if not self._is_thanked(m):
                    aim = math.ceil(self.course.thank_you.aim_hours / 24)
                    due_on = m.starts_on + timedelta(days=aim)
                    lateness = _thanks_lateness(m, self.today, self.moment, self.course)
                    action = f"Thank {name} for the meeting on {on}."
                    self.add("thank-you", action, due_on, **about, lateness=lateness)
                if m.id not in written:
                    action = f"Write down what {name} told you on {on}."
                    self.add("debrief", action, m.starts_on, **about)

    def _is_confirmed(self, m: Interview) -> bool:
        return any(
            note.purpose == "confirmation" and (note.sent_at or 0) <= (m.starts_at or 0)
            and note.sent_on and note.sent_on >= m.starts_on - timedelta(days=14)
            for note in self.sent[m.contact_id]
        )  # fmt: skip

    def _is_thanked(self, m: Interview) -> bool:
        begun = (m.starts_at or 0, m.starts_on)
        return any(note.purpose == "thank-you" and _after(note, begun)
                   for note in self.sent[m.contact_id])  # fmt: skip

    def replies(self):
        for id, messages in list(self.sent.items()):
            asks = [m for m in messages if m.purpose in ASKS and m.sent_on]
            if not asks or self.live.get(id, date.min) >= asks[-1].sent_on:
                continue
            begun = max((n for n, m in enumerate(asks) if m.purpose == "request"), default=0)
            thread, waits = asks[begun:], self.course.follow_up.business_days
            answers = [m for m in thread if m.reply != "none yet"]
            if answers:
                last = answers[-1]
                if last.reply == "yes" and id not in self.lost:
                    said_on = min(last.replied_on or last.sent_on, self.today)
                    action = f"{self.name(id)} said yes: set a date."
                    self.add("arrange", action, said_on + timedelta(days=3), contact=id)
            elif len(thread) <= len(waits):
                first = thread[0].sent_on
                due_on = add_business_days(first, waits[len(thread) - 1])
                if due_on <= self.today:
                    action = (f"Write to {self.name(id)} once more: no reply to your request of "
                              f"{first.day} {first:%b}.")  # fmt: skip
                    self.add("follow-up", action, due_on, contact=id)

    def lost_meetings(self):
        for id, m in self.lost.items():
            if self.live.get(id, date.min) < m.starts_on <= self.today:
                word = "was cancelled" if m.status == "cancelled" else "did not take place"
                action = f"The meeting with {self.name(id)} {word}: ask for a new date."
                due_on = m.starts_on + timedelta(days=7)
                self.add("arrange", action, due_on, contact=id, meeting=m.id)

    def tasks(self):
        soon = self.today + timedelta(days=7)
        for task in self.facts.tasks:
            if task.done_on is None and (task.due_on is None or task.due_on <= soon):
                self.add("task", task.task, task.due_on, contact=task.contact_id,
                         meeting=task.interview_id, task=task.task)  # fmt: skip

    def silences(self):
        for contact in self.facts.contacts:
            id, every = contact.id, contact.keep_in_touch_days
            if every is None and id in self.met:
                every = KEEP_IN_TOUCH_DAYS
            touched = [day for m in self.sent.get(id, ()) for day in (m.sent_on, m.replied_on)
                       if day and day <= self.today]  # fmt: skip
            touched += [self.met[id]] if id in self.met else []
            if not touched or not every or self.live.get(id, date.min) > self.today:
                continue
            due_on = max(touched) + timedelta(days=every)
            if due_on <= self.today:
                silent = (self.today - max(touched)).days
                action = f"Write to {self.name(id)}: {silent} days of silence."
                self.add("keep in touch", action, due_on, contact=id)

    def referrals(self):
        named: dict[str, Referral] = {}
        for r in _real_referrals(self.facts):
            id = r.to_contact_id
            reached = self.sent.get(id) or id in self.live or id in self.lost
            if not reached and r.referred_on and r.referred_on <= self.today:
                if id not in named or r.referred_on < named[id].referred_on:
                    named[id] = r
        for id, r in named.items():
            by = self.names.get(r.from_contact_id) or "somebody"
            action = f"Write to {self.name(id)}, whom {by} named."
            self.add("referral", action, r.referred_on + timedelta(days=7), contact=id)

    def occupations(self):
        for id, n_held, *_, n_planned, n_wanted, title, status in perspectives.rows(self.facts):
            if n_held + n_planned < n_wanted and status != "ruled out":
                action = f"{title}: {n_held} of {n_wanted} interviews held. Ask somebody for one."
                by = self.course.targets.interviews_by
                self.add("interviews", action, by, occupation=id)


def _thanks_lateness(
    meeting: Interview, today: date, moment: datetime | None, course: Course
) -> str:  # fmt: skip
    """By the course's clock; in whole days when the hour is not known."""
    hours = (today - meeting.starts_on).days * 24.0
    if moment is not None and meeting.starts_at is not None:
        hours = (moment.timestamp() - meeting.starts_at) / 3600
    if hours > course.thank_you.overdue_days * 24:
        return "overdue"
    return "late" if hours > course.thank_you.late_hours else "due"


def add_business_days(day: date, n: int) -> date:
    """Return the n-th business day after a day; Saturday and Sunday are none."""
    day -= timedelta(days=max(0, day.weekday() - 4))  # from a weekend, count from its Friday
    weeks, left = divmod(n, 5)
    over = 2 if day.weekday() + left > 4 else 0
    return day + timedelta(days=7 * weeks + left + over)


# --- 8. what was said, and how it looked before --------------------------------------------------


@_measure(
    on="day", contact_id="text", interview_id="text", occupation_id="text", name="text",
    occupation="text", organization="text", how_known="text", referred_by="text", status="text",
    format="text", minutes="number", learned="text", next_steps="text", named="text",
    thanked_on="day", last_contact_on="day",
)  # fmt: skip
def history(facts):
    """Every person with every meeting, newest meeting first, people not met yet at the end (R32).

    A row is one meeting, or a person without any. learned, next_steps: from the debrief;
    referred_by: who named this person; named: whom they named in the meeting, or at all when
    they had one meeting only; last_contact_on: the last message or meeting, either way.
    """
    names = {c.id: c.name for c in facts.contacts}
    titles = {o.id: o.title for o in facts.occupations}
    places = {o.id: o.name for o in facts.organizations}
    about = _about(facts)
    said = {debrief.interview_id: debrief for debrief in facts.debriefs}
    by: dict[str, dict[str, None]] = defaultdict(dict)
    named: dict[str, list[Referral]] = defaultdict(list)
    for referral in _real_referrals(facts):
        by[referral.to_contact_id].setdefault(names.get(referral.from_contact_id, ""))
        named[referral.from_contact_id].append(referral)
    met: dict[str, list[Interview]] = defaultdict(list)
    last: dict[str, date] = {}
    thanks: dict[str, list[Message]] = defaultdict(list)

    def touch(id: str, day: date | None) -> None:
        if day:
            last[id] = max(last.get(id, day), day)

    for meeting in facts.interviews:
        met[meeting.contact_id].append(meeting)
        if meeting.status == "held":
            touch(meeting.contact_id, meeting.starts_on)
    for message in facts.messages:
        touch(message.contact_id, message.sent_on)
        touch(message.contact_id, message.replied_on)
        if message.purpose == "thank-you":
            thanks[message.contact_id].append(message)
    rows = []
    for contact in facts.contacts:
        for meeting in met[contact.id] or [None]:
            id = meeting.id if meeting else ""
            theirs = [r for r in named[contact.id]
                      if r.interview_id == id or len(met[contact.id]) < 2]  # fmt: skip
            debrief = said.get(id, Debrief("", "", ""))
            held = meeting is not None and meeting.status == "held"
            thanked = [m.sent_on for m in thanks[contact.id] if held and m.sent_on
                       and _after(m, (meeting.starts_at or 0, meeting.starts_on))]  # fmt: skip
            occupation = about.get(id) or contact.occupation_id
            rows.append((
                meeting.starts_on if meeting else None, contact.id, id, occupation, contact.name,
                titles.get(occupation, ""), places.get(contact.organization_id, ""),
                contact.how_known, ", ".join(by[contact.id]),
                meeting.status if meeting else "", meeting.format if meeting else "",
                meeting.minutes if meeting else None, debrief.learned, debrief.next_steps,
                ", ".join(dict.fromkeys(names.get(r.to_contact_id, "") for r in theirs)),
                min(thanked, default=None), last.get(contact.id),
            ))  # fmt: skip
    return sorted(rows, key=lambda row: row[0] or date.min, reverse=True)


@_measure(figure="text", then="share", now="share", change="share", unit="text")
def progress(facts, since, today):
    """How far the network came between two days: a row per figure, `then`, `now` and `change`.

    Both are reviews of the same logs, as they stood at the end of the day. Only what has a
    date can be taken back: an answer written later into an older row counts from the start.
    Fit is in points of 100, everything else in people or meetings (`unit`).
    """
    since, today = _as_day(since, "The earlier day"), _as_day(today, "Today")
    then, now = (_review(facts.until(day)) for day in (since, today))
    rows = []
    for figure, (value, unit) in now.items():
        before = then.get(figure, (math.nan if unit == "points" else 0, unit))[0]
        rows.append((figure, before, value, value - before, unit))
    return rows


def _review(facts: Facts) -> dict[str, tuple[float, str]]:
    figures: dict[str, tuple[float, str]] = {"people known": (len(facts.contacts), "people")}
    words = ("asked for a meeting", "who replied", "who agreed", "met", "thanked after meeting")
    for word, (_, n, *_) in zip(words, funnel.rows(facts), strict=False):
        figures[f"people {word}"] = (n, "people")
    figures["people named by those you met"] = (len(_new_people(facts)), "people")
    newest = {row[0]: row[2] for row in fit.rows(facts)}
    for id, n_held, _, n_independent, *_, title, _ in perspectives.rows(facts):
        figures[f"{title}: interviews held"] = (n_held, "meetings")
        figures[f"{title}: independent voices"] = (n_independent, "groups")
        if id in newest:
            figures[f"{title}: fit"] = (newest[id], "points")
    return figures
