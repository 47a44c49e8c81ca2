"""One definition per figure: the notebooks, the report and the class view call the same ones.

Every measure takes a workbook and returns a table; each has the columns that its docstring
names, also when there are no rows yet. Every measure takes `Facts` as well as a workbook,
and `<measure>.rows(facts)` or `.records(facts)` skips the table. They are all to be had from here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any

from .agenda import KINDS, add_business_days, due
from .career_fit import fit, fit_ranking
from .errors import WorkbookError
from .facts import (
    ANSWERS,
    ASKS,
    SHAPES,
    Debrief,
    Facts,
    Interview,
    Message,
    Question,
    Referral,
    as_day,
    earliest,
    sent_after,
    table_of,
)
from .forecast import Outcomes, forecast, outcomes, predict
from .network import (
    last_contacts,
    network_growth,
    new_people,
    perspectives,
    poisson_interval,
    referral_chains,
    sustained,
    voices,
)
from .tables import CHANNELS, HOW_KNOWN, LOST

__all__ = [
    "KINDS", "PREVIOUS", "SHAPES", "STAGES", "Facts", "Interview", "Message", "Outcomes",
    "Question", "add_business_days", "due", "fit", "fit_ranking", "forecast", "funnel",
    "history", "network_growth", "outcomes", "perspectives", "poisson_interval", "predict",
    "progress", "reached", "referral_chains", "sustained", "voices", "wilson",
]  # fmt: skip

STAGES = ("contacted", "replied", "agreed", "held", "thanked", "referred")
UNSAID = "not said"


def wilson(n: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the 95 % interval of a share, as Wilson (1927) has it; all of 0-1 for none of none."""
    if of == 0:
        return 0.0, 1.0
    share, step = n / of, z * z / of
    middle = (share + step / 2) / (1 + step)
    half = z * math.sqrt(share * (1 - share) / of + step / of / 4) / (1 + step)
    return max(0.0, middle - half), min(1.0, middle + half)


# --- the funnel -------------------------------------------------------------------------------


@table_of(
    stage="text", n="number", of_previous="share", low="share", high="share", previous="text",
    n_previous="number", median_days="share", group="text",
)  # fmt: skip
def funnel(facts, by=None):
    """How many people came how far, from the first request to a referral.

    by: None for everybody; "channel" (of the first request) or "how_known" for a funnel each

    A row is a stage of a `group` ("" for everybody), `n` the people who reached it:
    contacted (asked for a meeting), replied (a bounced letter is no reply), agreed, held,
    and of those whom you met: thanked, and referred (they named somebody). A later stage
    implies the earlier ones: somebody met without a logged request was contacted, too. A
    meeting that was set, and not only proposed, says that they agreed, also when it was cancelled
    later; a cancelled one with somebody who answered no and never yes does not.
    of_previous: n as a share of `n_previous`, the people at stage `previous` ("held" for the
    last two), missing when there are none; low, high: its 95 % interval after Wilson (1927)
    median_days: from the first date of the stage before to that of this one, 0 where that is
    earlier, of the people with both dates

    With `by`, groups without anybody are left out; no rows then when nobody was contacted.
    """
    if by not in (None, "channel", "how_known"):
        raise WorkbookError(
            f'A funnel cannot be made by "{by}". Choose "channel" or "how_known".', value=by
        )
    whole = _journeys(facts)
    if by is None:
        return _funnel_rows("", whole)
    group_of = _channels(facts) if by == "channel" else {c.id: c.how_known for c in facts.contacts}
    groups: dict[str, Journeys] = defaultdict(lambda: {stage: {} for stage in STAGES})
    for stage, people in whole.items():
        for id, day in people.items():
            groups[group_of.get(id) or UNSAID][stage][id] = day
    order = [*(CHANNELS if by == "channel" else HOW_KNOWN), UNSAID]
    order += [name for name in groups if name not in order]
    return [row for name in order if name in groups for row in _funnel_rows(name, groups[name])]


Journeys = dict[str, dict[str, date | None]]  # stage -> who reached it -> on which day, if known


def _journeys(facts: Facts) -> Journeys:
    return {
        stage: dict.fromkeys(chain(map(who, rows), arranged))
        | earliest(zip(map(who, rows), map(on, rows), strict=True))
        for stage, (rows, who, on, arranged) in _steps(facts).items()
    }


def reached(facts: Facts) -> dict[str, int]:
    """Stage -> how many people came so far: `stage` and `n` of `funnel`."""
    return {stage: len({*map(who, rows), *arranged})
            for stage, (rows, who, _, arranged) in _steps(facts).items()}  # fmt: skip


Step = tuple[list[Any], Callable[[Any], str], Callable[[Any], date | None], list[str]]
_PERSON, _SENT_ON, _REPLIED_ON, _STARTS_ON, _NAMED_BY, _NAMED_ON = map(attrgetter, (
    "contact_id", "sent_on", "replied_on", "starts_on", "from_contact_id", "referred_on"
))  # fmt: skip


def _steps(facts: Facts) -> dict[str, Step]:
    """Stage -> (rows that show it, who it is in a row, the day of a row, who else got so far)."""
    asked = [m for m in facts.messages if m.purpose in ASKS]
    answered = [m for m in asked if m.reply in ANSWERS]
    agreed = [m for m in answered if m.reply == "yes"]
    held = [m for m in facts.interviews if m.status == "held"]
    refused = {m.contact_id for m in answered if m.reply == "no"} - {m.contact_id for m in agreed}
    arranged = [m.contact_id for m in facts.interviews if m.status != "proposed"
                and not (m.status == "cancelled" and m.contact_id in refused)]  # fmt: skip
    met: dict[str, tuple[float, date | None]] = {}
    for meeting in held:
        first = (meeting.starts_at or 0, meeting.starts_on)
        met[meeting.contact_id] = min(met.get(meeting.contact_id, first), first)
    thanks = [m for m in facts.messages
              if m.purpose == "thank-you" and sent_after(m, met.get(m.contact_id))]  # fmt: skip
    return {
        "contacted": (asked, _PERSON, _SENT_ON, arranged),
        "replied": (answered, _PERSON, _REPLIED_ON, arranged),
        "agreed": (agreed, _PERSON, _REPLIED_ON, arranged),
        "held": (held, _PERSON, _STARTS_ON, []),
        "thanked": (thanks, _PERSON, _SENT_ON, []),
        "referred": ([r for r in facts.real_referrals if r.from_contact_id in met],
                     _NAMED_BY, _NAMED_ON, []),
    }  # fmt: skip


def _channels(facts: Facts) -> dict[str, str]:
    """Person -> the channel of the first request."""
    asked = [m for m in facts.messages if m.purpose in ASKS]
    asked.sort(key=lambda m: m.sent_at or 0)
    return {m.contact_id: m.channel for m in reversed(asked)}


PREVIOUS = dict(zip(STAGES, ("", "contacted", "replied", "agreed", "held", "held"), strict=True))


def _funnel_rows(group: str, journeys: Journeys) -> list[tuple]:
    rows = []
    for stage in STAGES:
        previous, people = PREVIOUS[stage], journeys[stage]
        before = journeys[previous] if previous else {}
        n, of = len(people), len(before)
        share, (low, high) = (n / of, wilson(n, of)) if of else (math.nan, (math.nan, math.nan))
        waits = [max(0, (day - since).days) for id, day in people.items()
                 if day and (since := before.get(id))]  # fmt: skip
        rows.append((stage, n, share, low, high, previous, of if previous else None,
                     _median(waits), group))  # fmt: skip
    return rows


def _median(values: list[int]) -> float:
    values = sorted(values)
    half = len(values) // 2
    if not values:
        return math.nan
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2


# --- what was said, and how it looked before --------------------------------------------------


@table_of(
    on="day", contact_id="text", interview_id="text", occupation_id="text", name="text",
    occupation="text", organization="text", how_known="text", referred_by="text", status="text",
    format="text", minutes="number", learned="text", next_steps="text", named="text",
    thanked_on="day", last_contact_on="day",
)  # fmt: skip
def history(facts):
    """Every person with every meeting, newest meeting first, people not met yet at the end (R32).

    A row is one meeting, or a person without any. learned, next_steps: from the debrief;
    referred_by: who named this person; named: whom they named in the meeting, or at all when
    it is the only one that did not come to nothing; last_contact_on: the last message or meeting,
    either way.
    """
    names = {c.id: c.name for c in facts.contacts}
    titles = facts.titles
    places = {o.id: o.name for o in facts.organizations}
    about = facts.subjects
    said = {debrief.interview_id: debrief for debrief in facts.debriefs}
    by: dict[str, dict[str, None]] = defaultdict(dict)
    named: dict[str, list[Referral]] = defaultdict(list)
    for referral in facts.real_referrals:
        by[referral.to_contact_id].setdefault(names.get(referral.from_contact_id, ""))
        named[referral.from_contact_id].append(referral)
    met: dict[str, list[Interview]] = defaultdict(list)
    for meeting in facts.interviews:
        met[meeting.contact_id].append(meeting)
    thanks: dict[str, list[Message]] = defaultdict(list)
    for message in facts.messages:
        if message.purpose == "thank-you":
            thanks[message.contact_id].append(message)
    last = last_contacts(facts)
    rows = []
    for contact in facts.contacts:
        meetings = met[contact.id] or [None]
        whole = [m for m in meetings if m and m.status not in LOST] or meetings
        for meeting in meetings:
            id = meeting.id if meeting else ""
            theirs = [r for r in named[contact.id] if r.interview_id == id or whole == [meeting]]
            debrief = said.get(id, Debrief("", "", ""))
            held = meeting is not None and meeting.status == "held"
            thanked = [m.sent_on for m in thanks[contact.id] if held and m.sent_on
                       and sent_after(m, (meeting.starts_at or 0, meeting.starts_on))]  # fmt: skip
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


@table_of(figure="text", then="share", now="share", change="share", unit="text")
def progress(facts, since, today):
    """How far the network came between two days: a row per figure, `then`, `now` and `change`.

    Both are reviews of the same logs, as they stood at the end of the day. Only what has a
    date can be taken back: an answer written later into an older row counts from the start,
    and a meeting from the day on which it was set, see `Facts.until`.
    Fit is in points of 100, everything else in people or meetings (`unit`).
    """
    since, today = as_day(since, "The earlier day"), as_day(today, "Today")
    then, now = (_review(facts.until(day)) for day in (since, today))
    rows = []
    for key, value in now.items():
        (of, figure), unit = key, _UNITS.get(key[1], "people")
        before = then.get(key, math.nan if unit == "points" else 0)
        words = f"{facts.titles[of]}: {figure}" if of else figure
        rows.append((words, before, value, value - before, unit))
    return rows


_UNITS = {"interviews held": "meetings", "independent voices": "groups", "fit": "points"}


def _review(facts: Facts) -> dict[tuple[str, str], float]:
    """(occupation id, "" for everybody; figure) -> how much it is."""
    words = ("asked for a meeting", "who replied", "who agreed", "met", "thanked after meeting")
    figures: dict[tuple[str, str], float] = {("", "people known"): len(facts.contacts)}
    for word, n in zip(words, reached(facts).values(), strict=False):
        figures["", f"people {word}"] = n
    figures["", "new people named by those you met"] = len(new_people(facts))
    newest = {row[0]: row[2] for row in fit.rows(facts)}
    for id, n_held, _, n_independent, *_ in perspectives.rows(facts):
        figures[id, "interviews held"] = n_held
        figures[id, "independent voices"] = n_independent
        if id in newest:
            figures[id, "fit"] = newest[id]
    return figures
