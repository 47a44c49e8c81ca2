"""The network: how it grew, who led to whom, and how many views are independent."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from .facts import Facts, Referral, as_day, earliest, table_of
from .tables import CATEGORIES, LOST

# --- growth --------------------------------------------------------------------------------------


def last_contacts(facts: Facts, until: date = date.max) -> dict[str, date]:
    """Person -> the day of the last message, reply or meeting held, up to a day (R32)."""
    last: dict[str, date] = {}
    never = date.min
    for message in facts.messages:
        day, answered = message.sent_on, message.replied_on
        if answered is not None and answered <= until and (day is None or day < answered):
            day = answered
        if day is not None and last.get(message.contact_id, never) < day <= until:
            last[message.contact_id] = day
    for m in facts.interviews:
        if m.status == "held" and m.starts_on and m.starts_on <= until:
            last[m.contact_id] = max(m.starts_on, last.get(m.contact_id, never))
    return last


def new_people(facts: Facts) -> dict[str, date]:
    """Person -> day, for those whom you first heard of from somebody whom you had met.

    Who was in the log on an earlier day, was met or written to, or named somebody, is not new;
    the row of a new person is made when they are named, or later.
    """
    held = {m.id: m for m in facts.interviews if m.status == "held" and m.starts_on}
    met = earliest((m.contact_id, m.starts_on) for m in held.values())
    new = {}
    for referral in facts.real_referrals:
        id, day = referral.to_contact_id, referral.referred_on
        if day is not None and day == facts.first_seen[id]:
            by = met.get(referral.from_contact_id)
            if referral.interview_id in held or (by is not None and by <= day):
                new[id] = day
    return new


@table_of(
    on="day", n_contacts="number", n_interviews="number", n_referrals="number",
    n_new_people="number",
)  # fmt: skip
def network_growth(facts):
    """How the network grew: a row for each day on which something was added, oldest first.

    The numbers are cumulative: people in the log (from the first sign of them: the row, a message,
    a meeting held or a referral), interviews held, referrals (who named whom, each pair once), and
    `n_new_people`: people first heard of from somebody whom you had met, so not in the log on
    an earlier day. Its last value over the interviews held says whether the network sustains
    itself, see `sustained`.
    """
    rows, total, more = [], [0, 0, 0, 0], added(facts)
    for day in sorted(set().union(*more)):
        total = [before + days[day] for before, days in zip(total, more, strict=True)]
        rows.append((day, *total))
    return rows


def added(facts: Facts) -> list[Counter[date]]:
    """Of each number of `network_growth`, in its order: day -> what it added, not cumulative."""
    seen = facts.first_seen
    pairs = earliest((r[:2], r.referred_on) for r in facts.real_referrals)
    days = (
        [seen[contact.id] for contact in facts.contacts if contact.id in seen],
        [m.starts_on for m in facts.interviews if m.status == "held" and m.starts_on],
        pairs.values(),
        new_people(facts).values(),
    )
    return list(map(Counter, days))


def sustained(n_new_people: int, n_interviews: int) -> tuple[float, float, float]:
    """Return new people per interview held, with its 95 % interval (Poisson, Garwood 1936).

    Above one, the network grows without new names from elsewhere; below one, it runs dry.
    All are missing when no interview was held.
    """
    if not n_interviews:
        return math.nan, math.nan, math.nan
    low, high = poisson_interval(n_new_people)
    return n_new_people / n_interviews, low / n_interviews, high / n_interviews


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


# --- who referred whom ------------------------------------------------------------------------


@table_of(
    contact_id="text", referred_by="text", generation="number", n_referred="number",
    root_contact_id="text", n_reached="number", also_referred_by="text", may_use_name="text",
    is_met="yes/no", referred_on="day", occupation_id="text", occupation="text", name="text",
)  # fmt: skip
def referral_chains(facts):
    """Who led to whom: a row for each contact, roots first, then by generation.

    generation: the fewest referrals between this person and somebody whom nobody named (0), also
    where you knew this person before they were named; referred_by: the person one generation
    earlier who named them first, "" for a root; root_contact_id: where the chain begins, the
    person's own id for a root
    n_referred: people whom they named; n_reached: everybody below them in the tree
    also_referred_by: ids of others who named them, with a blank between; may_use_name: of
    the referral from `referred_by`; is_met: an interview was held

    In a circle the first to name somebody is the root. A referral to oneself is left out.
    """
    known = {contact.id: contact for contact in facts.contacts}
    first: dict[tuple[str, str], Referral] = {}
    referrals = [r for r in facts.real_referrals
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
    for id in generation:
        root[id] = root[parent[id]] if id in parent else id
    for id in reversed(generation):
        if id in parent:
            reached[parent[id]] += 1 + reached[id]
    met = {m.contact_id for m in facts.interviews if m.status == "held"}
    titles, names = facts.titles, facts.names
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
            names[id],
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
    for n, (from_, _) in enumerate(first):
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
    ahead = list(found)
    while ahead:
        more = [id for id in steps.get(ahead.pop(), ()) if id not in found and id not in without]
        found.update(more)
        ahead += more
    return found


# --- independent voices -----------------------------------------------------------------------


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Member -> which connected group it belongs to, for all in these pairs (union-find)."""
    up: dict[Any, Any] = {}

    def group_of(item: Any) -> Any:
        while (above := up[item]) != item:
            up[item] = item = up[above]
        return item

    for one, other in pairs:
        one = group_of(one) if one in up else up.setdefault(one, one)
        other = group_of(other) if other in up else up.setdefault(other, other)
        up[one] = other
    return {item: group_of(item) for item in up}


def ties(facts: Facts) -> Callable[[Collection[str]], list[int]]:
    """Return a function from people to the sizes of their independent groups."""
    chains = _grouped(referral[:2] for referral in facts.real_referrals)
    places = {c.id: ("place", c.organization_id) for c in facts.contacts if c.organization_id}

    def sizes(people: Collection[str]) -> list[int]:
        if len(people) < 2:
            return [1] * len(people)
        chain_of = {id: chains.get(id, id) for id in people}
        found = list(chain_of.values())
        if colleagues := chain_of.keys() & places.keys():
            groups = _grouped((chain_of[id], places[id]) for id in colleagues)
            found = [groups.get(chain, chain) for chain in found]
        if len(set(found)) == len(found):
            return [1] * len(found)
        return sorted(Counter(found).values(), reverse=True)

    return sizes


def _effective(sizes: list[int]) -> float:
    """Inverse Simpson: as many equally large groups would be as diverse as these are."""
    if len(sizes) < 2:
        return float(len(sizes))
    return sum(sizes) ** 2 / sum(n * n for n in sizes)


@table_of(
    occupation_id="text", category="text", n_voices="number", n_independent="number",
    effective="share", occupation="text", status="text",
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
    status: the occupation's.
    """
    heard, sizes_of, rows = people_heard(facts), ties(facts), []
    for occupation in facts.occupations:
        for category in CATEGORIES:
            people = heard.get((occupation.id, category), ())
            sizes = sizes_of(people)
            rows.append((occupation.id, category, len(people), len(sizes), _effective(sizes),
                         facts.titles[occupation.id], occupation.status))  # fmt: skip
    return rows


def people_heard(facts: Facts) -> dict[tuple[str, str], set[str]]:
    """(occupation id, category) -> the voices on it, wherever there is one."""
    about = facts.subjects
    person = {m.id: m.contact_id for m in facts.interviews
              if m.status not in LOST}  # fmt: skip
    heard: dict[tuple[str, str], set[str]] = defaultdict(set)
    for meeting, category, outcome, answer in facts.questions:
        if outcome == "asked" and meeting in person and (answer is None or answer.strip()):
            heard[about[meeting], category].add(person[meeting])
    return heard


@table_of(
    occupation_id="text", n_held="number", n_voices="number", n_independent="number",
    effective="share", n_planned="number", n_wanted="number", occupation="text", status="text",
    n_passed="number",
)  # fmt: skip
def perspectives(facts, today=None):
    """Interviews per occupation: a row each, most held first, and whether they suffice.

    n_held: interviews held; n_voices, n_independent, effective: the people in them, as in
    `voices`; n_planned: proposed or confirmed; n_wanted: what the course asks for
    today: a day; then `n_passed` are those of the planned ones whose day is past, without a word
    on whether they were held, and they are no longer in `n_planned`. Missing without it.
    """
    about = facts.subjects
    today = None if today is None else as_day(today, "Today")
    held, planned, passed, people = Counter(), Counter(), Counter(), defaultdict(set)
    for meeting in facts.interviews:
        if meeting.status == "held":
            held[about[meeting.id]] += 1
            people[about[meeting.id]].add(meeting.contact_id)
        elif meeting.status in ("proposed", "confirmed"):
            is_past = today and meeting.starts_on and meeting.starts_on < today
            (passed if is_past else planned)[about[meeting.id]] += 1
    sizes_of, rows = ties(facts), []
    for occupation in facts.occupations:
        id, sizes = occupation.id, sizes_of(people[occupation.id])
        rows.append((id, held[id], len(people[id]), len(sizes), _effective(sizes), planned[id],
                     facts.course.targets.interviews_per_occupation, facts.titles[id],
                     occupation.status, None if today is None else passed[id]))  # fmt: skip
    return sorted(rows, key=lambda row: -row[1])
