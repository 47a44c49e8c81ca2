"""How many requests are still needed to hold a number of interviews by a date."""

from __future__ import annotations

import functools
import math
from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from .errors import WorkbookError
from .facts import ASKS, Facts, as_day, earliest, is_by, table_of

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
    reply: dict[str, str] = {}
    asks = [m for m in facts.messages if m.purpose in ASKS and m.sent_on and m.sent_on <= today]
    asked = earliest((m.contact_id, m.sent_on) for m in asks)
    for message in sorted(asks, key=lambda m: m.sent_at or 0):
        if message.reply != "none yet" and is_by(message.replied_on, today):
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


@table_of(
    n_requests="number", p_at_least="share", n_expected="share", n_low="number", n_high="number",
    is_enough="yes/no", n_interviews="number", by="day", today="day", n_held="number",
    n_set="number", n_waiting="number",
)  # fmt: skip
def forecast(facts, n_interviews, by, today, certainty=CERTAINTY, most=None):
    """How many requests are still to be sent, to have held `n_interviews` by a date.

    n_interviews: in all, those already held included; by, today: days, `by` included
    certainty: the chance asked for; most: the largest number of requests to look at, up to 1000

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
    by, today = as_day(by, "The date"), as_day(today, "Today")
    certainty = _share(certainty)
    if most is not None:
        most = _whole_number(most, "The largest number of requests to look at", 0, 1000)
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


def _share(value: Any) -> float:
    try:
        share = float(value)
        if not 0 < share < 1:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise WorkbookError(
            f"The certainty is {value}. It must lie between 0 and 1, as 0.8.", value=value
        ) from None
    return share


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
        n = known.n_held
        return [float(n >= n_interviews)], [n], [n], [float(n)]
    wanted = max(0, n_interviews - known.n_held)
    n_open = len(known.agreed) + len(known.waiting) + len(known.set_in)
    size = max(wanted, min(60, n_open + 40))
    new, pending = _chances(known, days, max(100, min(250, 15_000 // size)))
    held = np.zeros((len(new), size + 2))  # the last column takes all that is more
    held[:, 0] = 1
    pending.sort(key=lambda alike: -alike[0].mean())
    expected = sum(n * float(chance.mean()) for chance, n in pending)
    left, rest = _ONE_BY_ONE, np.zeros(len(new))
    for chance, n in pending:
        for _ in range(min(n, left)):
            _one_more(held, chance)
        rest += max(0, n - left) * chance
        left = max(0, left - n)
    if rest.any():
        held = _many_more(held, rest)
    chances, low, high, mean = [], [], [], []
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


def _chances(known: Outcomes, days: int, points: int) -> tuple[Any, list[tuple[Any, int]]]:
    """Return the chance of a new request to be held within `days`, and those of the open ones.

    A chance is an array over the same equally likely `points` of the posterior; an open
    one has beside it how many requests share it.
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

    pending = [(q, sum(day <= days for day in known.set_in))]
    for age, n in Counter(known.agreed).items():
        late = np.maximum(1 - cdf[:, min(age, _LONGEST)], 1e-9)
        pending.append((q * within(age) / late, n))
    hidden, never = p * (1 - v), (1 - p) * (1 - r)
    for age, n in Counter(known.waiting).items():
        still = never + hidden * (1 - cdf[:, min(age, _LONGEST)])
        pending.append((q * hidden * within(age) / still, n))
    return p * q * cdf[:, by], [(np.clip(chance, 0, 1), n) for chance, n in pending]


def _kept(known: Outcomes, points: int) -> Any:
    """The chance that a meeting which is set is held: even steps through its posterior."""
    import numpy as np

    x = (np.arange(400) + 0.5) / 400
    a, b = P_KEPT[0] + known.n_kept, P_KEPT[1] + known.n_lost
    log_mass = (a - 1) * np.log(x) + (b - 1) * np.log(1 - x)
    steps = np.cumsum(np.exp(log_mass - log_mass.max()))
    golden = (np.arange(points) * 0.6180339887498949 + 0.5) % 1  # even, and unlike the order of p
    return x[np.minimum(np.searchsorted(steps, golden * steps[-1]), len(x) - 1)]
