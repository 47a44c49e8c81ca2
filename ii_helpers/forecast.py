"""How many requests are still needed to hold a number of interviews by a date."""

from __future__ import annotations

import functools
import math
from collections import Counter
from datetime import date
from typing import Any, NamedTuple

from .errors import WorkbookError
from .facts import ASKS, Facts, as_day, earliest, how_new, is_by, table_of
from .tables import LOST

# The prior is wide on purpose: the accounts that exist contradict each other (five meetings
# from 25 cold letters in one; warm requests answered twice to four times as often).
P_SET = (2.0, 6.0)  # Beta: a request leads to a meeting being set; 1 in 4, from 5 % to 52 %
P_KEPT = (8.0, 1.0)  # Beta: a meeting that is set is held; mean 8 in 9
P_SAYS_NO = (1.0, 1.0)  # Beta: somebody who will not meet you says so, rather than nothing
P_SHOWS = (1.0, 1.0)  # Beta: somebody who will meet you has said so, rather than nothing yet
LAG_DAYS, LAG_SPREAD = 14.0, 0.6  # median days from request to meeting, itself log-normal
LAG_SHAPES = (0.4, 0.7, 1.0)  # spread of the log of the days around their median
CERTAINTY = 0.8
MOST_REQUESTS = 150  # that are looked at, when nobody says how many


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
    """What became of the requests so far: one per person, from the first time they were asked.

    A request that bounced asked nobody, once another one was sent. A meeting before the request
    did not come of it.
    """
    asks = [m for m in facts.messages if m.purpose in ASKS and m.sent_on and m.sent_on <= today]
    asked = earliest((m.contact_id, m.sent_on) for m in asks)
    came_in = [m for m in asks if m.reply != "bounced" or not is_by(m.replied_on, today)]
    asked |= earliest((m.contact_id, m.sent_on) for m in came_in)
    asks.sort(key=lambda m: m.sent_at or 0)
    replied = [m for m in asks if m.reply != "none yet" and is_by(m.replied_on, today)]
    reply = {m.contact_id: m.reply for m in sorted(replied, key=how_new)}
    for id, last in {m.contact_id: m for m in asks}.items():
        if reply.get(id) == "bounced" and last.reply != "bounced":  # sent again: open
            del reply[id]
    held: dict[str, date] = {}
    ahead: dict[str, date] = {}
    lost: set[str] = set()
    n_held, set_in = 0, []
    for meeting in facts.interviews:
        id, day = meeting.contact_id, meeting.starts_on
        if day is None:
            continue
        is_after = id in asked and asked[id] <= day
        if meeting.status == "held" and day <= today:
            n_held += 1
            if is_after:
                held[id] = min(held.get(id, day), day)
        elif meeting.status in ("held", "confirmed") and day >= today:
            set_in.append((day - today).days)
            ahead[id] = min(ahead.get(id, day), day)
        elif meeting.status in LOST and is_after:
            lost.add(id)
    lags, agreed, waiting, n_failed, n_refused = [], [], [], 0, 0
    for id, sent in asked.items():
        met = held.get(id) or ahead.get(id)
        if met:
            lags.append((met - sent).days)
        elif id in lost:
            n_failed += 1
        elif reply.get(id) in ("no", "bounced"):
            n_refused += 1
        elif reply.get(id) == "yes":
            agreed.append((today - sent).days)
        else:
            waiting.append((today - sent).days)
    n_lost = sum(m.status in LOST for m in facts.interviews)
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
    then. n_low to n_high are the 10 % and the 90 % quantile of that number: whole numbers,
    both included, hold at least 80 %, often more. is_enough is true in the first row that
    reaches `certainty`, and nowhere when no number up to `most` does. The other columns repeat
    what was asked; n_held; n_set: confirmed for a day up to `by`, which a proposed meeting is not;
    n_waiting: people asked whose request is still open, also those who said yes without a date.

    Method: a Beta-binomial forecast. A request leads to a meeting being set with probability
    p ~ Beta(2, 6), a meeting set is held with q ~ Beta(8, 1); who will not meet you says so
    with r ~ Beta(1, 1); who will, and has not met you yet, has said so with v ~ Beta(1, 1).
    The days from request to meeting are log-normal, their median around 14 (log-normal, 0.6),
    their spread 0.4, 0.7 or 1.0. All are updated with what became of the learner's own
    requests; those still open are censored: they may yet lead to a meeting, the less likely
    the longer they wait (a cure model, Boag 1949). The posterior is found on a grid that
    goes where the data are; its chances are within 0.02 of a simulation of this story. Wide
    priors make wide answers until there are a few replies.
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
    new, pending = _chances(known, days)
    counts = _Counts(len(new), wanted)
    left, rest, n_rest = _ONE_BY_ONE, np.zeros(len(new)), 0
    for chance, n in sorted(pending, key=lambda alike: -alike[0].mean()):
        for _ in range(min(n, left)):
            counts.one_more(chance)
        more = max(0, n - left)
        rest, n_rest, left = rest + more * chance, n_rest + more, max(0, left - n)
    if n_rest:
        counts.many_more(rest / n_rest, n_rest)
    expected = known.n_held + sum(n * float(chance.mean()) for chance, n in pending)
    chances: list[float] = []
    low, high, mean = [], [], []
    for n in range((most if most is not None else MOST_REQUESTS) + 1):
        if n:
            counts.one_more(new)
        spread = counts.held.mean(axis=1)
        total = spread.cumsum()
        chance = min(1.0, float(spread[wanted:].sum())) if wanted else 1.0
        # Not less than with one request fewer, not even in the last digit.
        chances.append(max(chance, chances[-1]) if chances else chance)
        low.append(known.n_held + int((total < 0.1).sum()))
        high.append(known.n_held + int((total < 0.9 - 1e-12).sum()))
        mean.append(expected + n * float(new.mean()))
        settled = n >= 10 and chances[-1] >= max(0.95, certainty)
        if most is None and settled:
            break
    return chances, low, high, mean


class _Counts:
    """How many meetings are held: a row for each number, a column for each posterior point.

    The last row takes all that is more; it is followed by another one while it lies below
    what is wanted, or more than next to nothing has come to it.
    """

    def __init__(self, points: int, wanted: int) -> None:
        import numpy as np

        self._wanted = wanted
        self._rows = np.zeros((256, points))
        self._rows[0] = 1
        self.held = self._rows[:1]

    def one_more(self, chance: Any) -> None:
        """Add a meeting that is held with this chance (a value for each point)."""
        import numpy as np

        n = len(self.held)
        if n <= self._wanted or self.held[-1].mean() > _NEXT_TO_NOTHING:
            if n == len(self._rows):
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            self.held = self._rows[: n + 1]
        moved = self.held[:-1] * chance
        self.held[:-1] -= moved
        self.held[1:] += moved

    def many_more(self, chance: Any, n: int) -> None:
        """Add n meetings at once, all held with this chance: a binomial number of them."""
        import numpy as np

        chance = np.clip(chance, 1e-12, 1 - 1e-12)
        most = float((n * chance).max())
        k = np.arange(1, min(n, math.ceil(most + 6 * math.sqrt(most) + 10)) + 1)
        steps = np.log((n + 1 - k) / k)[:, None] + np.log(chance / (1 - chance))
        log_chance = np.concatenate([np.zeros((1, len(chance))), steps.cumsum(axis=0)])
        more = np.exp(log_chance + n * np.log1p(-chance))
        size = len(self.held) + len(k)
        both = np.fft.rfft(self.held, size, axis=0) * np.fft.rfft(more, size, axis=0)
        made = np.maximum(np.fft.irfft(both, size, axis=0), 0)
        self._rows = np.concatenate([made, np.zeros((256, len(chance)))])
        self.held = self._rows[:size]


_ONE_BY_ONE = 60  # open requests that are added each for itself, the likeliest ones
_NEXT_TO_NOTHING = 1e-7
_POINTS = 256  # of the posterior, all equally likely
_GRIDS = ((12, 12, 8, 8),) * 3 + ((16, 16, 8, 8),)  # nodes for p, the median, r and v
_STEP = 1.1347241384015194  # x**6 = x + 1: its powers up to the fifth are independent


def _chances(known: Outcomes, days: int) -> tuple[Any, list[tuple[Any, int]]]:
    """Return the chance of a new request to be held within `days`, and those of the open ones.

    A chance is an array over the points of the posterior; an open one has beside it how many
    requests share it. The points are the same for every `days`: a later date lowers no chance.
    """
    import numpy as np

    p, median, r, v, spread = _posterior(known)
    q = _kept(known)

    def later(age: int) -> Any:
        return _beyond((math.log(age + 0.5) - median) / spread)

    pending = [(q, sum(day <= days for day in known.set_in))]
    for age, n in Counter(known.agreed).items():
        soon = 1 - later(age + days) / np.maximum(later(age), 1e-300)
        pending.append((q * soon, n))
    hidden, never = p * (1 - v), (1 - p) * (1 - r)
    for age, n in Counter(known.waiting).items():
        soon = hidden * (later(age) - later(age + days)) / (never + hidden * later(age))
        pending.append((q * soon, n))
    possible = [(np.clip(chance, 0, 1), n) for chance, n in pending if n and chance.any()]
    return p * q * (1 - later(days)), possible


@functools.lru_cache(maxsize=4)  # a form that asks for another aim or date has the same past
def _posterior(known: Outcomes) -> tuple[Any, ...]:
    """Equally likely points, given what is known: p, the lags' log median, r, v, their spread.

    A coarse grid over all that the prior allows finds where the posterior is, a finer one is
    laid there, and so on. The points are nodes of the last grid, drawn axis by axis, each
    given those before (the inverse Rosenblatt transform).
    """
    import numpy as np

    far, middle = 5 * LAG_SPREAD, math.log(LAG_DAYS)
    box = [(0.0, 1.0), (middle - far, middle + far), (0.0, 1.0), (0.0, 1.0)]
    for sizes in _GRIDS:
        sides = zip(box, sizes, strict=True)
        axes = [low + (np.arange(n) + 0.5) / n * (high - low) for (low, high), n in sides]
        mass = _mass(known, *axes)
        box = [_narrowed(mass, axis, *side) for axis, side in enumerate(box)]
    cells: tuple[Any, ...] = ()
    for axis in range(mass.ndim):
        along = mass.sum(axis=tuple(range(axis + 1, mass.ndim)))[cells]
        cells = (*cells, _drawn(along, _even(axis)))
    root_p, median, root_r, root_v = (x[at] for x, at in zip(axes, cells, strict=False))
    return root_p**2, median, root_r**2, root_v**2, np.array(LAG_SHAPES)[cells[-1]]


def _narrowed(mass: Any, axis: int, low: float, high: float) -> tuple[float, float]:
    """The part of an axis, from low to high, where next to all of the mass is."""
    import numpy as np

    along = mass.sum(axis=tuple(other for other in range(mass.ndim) if other != axis))
    found = np.flatnonzero(along > 1e-5 * along.max())
    step = (high - low) / len(along)
    return max(low, low + (found[0] - 1) * step), min(high, low + (found[-1] + 2) * step)


def _drawn(along: Any, places: Any) -> Any:
    """The cell in which each row of masses reaches a share of its sum (one row, or one each)."""
    import numpy as np

    steps = np.atleast_2d(along.cumsum(axis=-1))
    return np.minimum((steps < (places * steps[:, -1])[:, None]).sum(axis=1), steps.shape[1] - 1)


def _even(axis: int) -> Any:
    """Places from 0 to 1 for the points, even on each axis and in the space of all.

    Steps by the powers of an irrational number, a Kronecker sequence (Roberts 2018, "The
    unreasonable effectiveness of quasirandom sequences").
    """
    import numpy as np

    n = np.arange(_POINTS)
    return (n + 0.5) / _POINTS if axis == 0 else (n * _STEP**-axis + 0.5) % 1


def _mass(known: Outcomes, root_p: Any, median: Any, root_r: Any, root_v: Any) -> Any:
    """The posterior at the nodes of a grid: p, the lags' log median, r, v, and their spread.

    p, r and v are given by their roots, so that the nodes are denser where they are small.
    """
    import numpy as np

    def z(days: Any) -> Any:
        with np.errstate(divide="ignore"):  # before day 0 is all of nothing
            log_days = np.log(np.array(days, float) + 0.5)[:, None, None]
        return (log_days - median[:, None]) / np.array(LAG_SHAPES)

    def beta(x: Any, prior: tuple[float, float], n_yes: int, n_no: int) -> Any:
        # The half is for the steps of the root: those of x itself grow with it.
        return (prior[0] - 0.5 + n_yes) * np.log(x) + (prior[1] - 1 + n_no) * np.log(1 - x)

    lags, n = np.unique(np.array(known.lags, int), return_counts=True)
    low, high = z(np.maximum(lags - 1, -0.5)), z(lags)
    side = np.where(low + high > 0, 1, -1)  # in the tail, where a difference keeps its digits
    on_day = np.abs(_beyond(side * low) - _beyond(side * high))
    later = _beyond(z(known.agreed))
    law = -0.5 * ((median - math.log(LAG_DAYS)) / LAG_SPREAD) ** 2
    law = law[:, None] + np.tensordot(n, np.log(np.maximum(on_day, 1e-300)), 1)
    law = law + np.log(np.maximum(later, 1e-300)).sum(axis=0)

    n_yes = len(known.lags) + known.n_failed + len(known.agreed)
    n_ahead = len(known.agreed) + sum(day > 0 for day in known.set_in)
    n_no, n_waiting = known.n_refused, len(known.waiting)
    p, r, v = (root_p**2)[:, None, None], (root_r**2)[:, None], root_v**2
    like = beta(p, P_SET, n_yes, n_no + n_waiting) + beta(r, P_SAYS_NO, n_no, n_waiting)
    like = (like + beta(v, P_SHOWS, n_ahead, 0))[:, None, :, :, None] + law[:, None, None, :]
    if n_waiting:
        # The silent never meet you, (1 - p)(1 - r), as counted above, or do it later, which is
        # odds * later times as likely. The odds are one number: a table of it serves all nodes.
        odds = np.log(p * (1 - v) / ((1 - p) * (1 - r)))
        ages, n = np.unique(np.array(known.waiting, int), return_counts=True)
        table = np.linspace(odds.min(), odds.max(), 120)
        later = np.moveaxis(_beyond(z(ages)), 0, -1)
        logs = np.log1p(np.exp(table)[:, None, None, None] * later) @ n
        at = (odds - table[0]) / (table[1] - table[0])
        below = np.minimum(at.astype(int), len(table) - 2)
        share = (at - below)[..., None, None]
        like = like + np.moveaxis(logs[below] * (1 - share) + logs[below + 1] * share, 3, 1)
    return np.exp(like - like.max())


def _kept(known: Outcomes) -> Any:
    """The chance that a meeting which is set is held, at the points of the posterior."""
    import numpy as np

    x = (np.arange(400) + 0.5) / 400
    a, b = P_KEPT[0] + known.n_kept, P_KEPT[1] + known.n_lost
    log_mass = (a - 1) * np.log(x) + (b - 1) * np.log(1 - x)
    return x[_drawn(np.exp(log_mass - log_mass.max()), _even(5))]


def _beyond(z: Any) -> Any:
    """The share of a normal distribution beyond z, by a table: numpy has no error function."""
    import numpy as np

    return np.interp(z, *_normal_table())


@functools.lru_cache(maxsize=1)
def _normal_table() -> tuple[Any, Any]:
    """Places from -9 to 38, where the last share that a float can hold is, and their shares."""
    import numpy as np

    z = np.arange(-900, 3800) / 100
    return z, np.array([math.erfc(x / math.sqrt(2)) / 2 for x in z.tolist()])
