"""How well each occupation fits what matters to the learner, and how sure that is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from .facts import Facts, Rating, table_of


def _weights(facts: Facts) -> dict[str, int]:
    return {c.id: c.importance for c in facts.criteria if c.importance and 1 <= c.importance <= 5}


def _rated(facts: Facts, weights: Mapping[str, int]) -> dict[str, list[tuple[tuple, Rating]]]:
    """Occupation id -> [((day, place of the interview, its id), rating)], oldest first.

    Ratings before any interview come first on their day.
    """
    meetings = sorted(facts.interviews, key=lambda m: m.starts_at or 0)
    when = {m.id: n for n, m in enumerate(meetings, 1)}
    dated = [((r.rated_on, when.get(r.interview_id, 0), r.interview_id), r)
             for r in facts.fit_ratings
             if r.criterion_id in weights and r.rated_on and r.rating and 1 <= r.rating <= 5
    ]  # fmt: skip
    rated: dict[str, list[tuple[tuple, Rating]]] = defaultdict(list)
    for pair in sorted(dated, key=itemgetter(0)):
        rated[pair[1].occupation_id].append(pair)
    return rated


def _newest(rated: Iterable[tuple[tuple, Rating]]) -> dict[str, int]:
    return {rating.criterion_id: rating.rating for _, rating in rated if rating.rating}


def _fit(ratings: Mapping[str, int], weights: Mapping[str, int]) -> tuple[float, float, float]:
    """(fit, lowest, highest): 0-100; the last two if what is not rated were worst or best."""
    known = score = 0
    for id, rating in ratings.items():
        known += weights[id]
        score += weights[id] * (rating - 1)
    return _stretched(score, known, sum(weights.values()))


def _stretched(score: int, known: int, total: int) -> tuple[float, float, float]:
    """The same, from importances: times the steps (0-4) above 1, of those rated, of all."""
    return 25 * score / known, 25 * score / total, (25 * score + 100 * (total - known)) / total


@table_of(
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
    rated, rows, total = _rated(facts, weights), [], sum(weights.values())
    for occupation in facts.occupations:
        now: dict[str, int] = {}
        before, score, known = math.nan, 0, 0
        for order, ratings in groupby(rated.get(occupation.id, ()), itemgetter(0)):
            old: dict[str, int | None] = {}
            for _, (_, id, _, rating, _) in ratings:
                weight, was = weights[id], now.get(id)
                old.setdefault(id, was)
                known += 0 if was else weight
                score += weight * (rating - (was or 1))
                now[id] = rating
            value, low, high = _stretched(score, known, total)
            moved = ""
            if abs(value - before) > 1e-9:  # never in the first row: nothing compares with nan
                push = {id: weights[id] * (now[id] - was if was else now[id] - 1 - before / 25)
                        for id, was in old.items() if now[id] != was}  # fmt: skip
                sign = 1 if value > before else -1
                moved = words[max(push, key=lambda id: sign * push[id])]
            rows.append((occupation.id, order[0], value, len(now), low, high, len(weights),
                         order[2], value - before, moved, facts.titles[occupation.id]))  # fmt: skip
            before = value
    return rows


def moves(facts: Facts) -> dict[str, tuple[float, float]]:
    """Occupation id -> its first and its newest `fit`, where it was rated more than once."""
    weights = _weights(facts)
    rated, found = _rated(facts, weights), {}
    for occupation in facts.occupations:
        theirs = rated.get(occupation.id)
        if theirs and theirs[-1][0] != theirs[0][0]:
            first = _newest(pair for pair in theirs if pair[0] == theirs[0][0])
            found[occupation.id] = _fit(first, weights)[0], _fit(_newest(theirs), weights)[0]
    return found


@table_of(
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
    rated = {id: _newest(theirs) for id, theirs in _rated(facts, weights).items()}
    ranked = [o for o in facts.occupations if o.status != "ruled out"]
    known = [o.id for o in ranked if o.id in rated]
    firsts = _rank_acceptability([rated[id] for id in known], weights, samples)
    p_first = dict(zip(known, firsts, strict=True))
    fits = {id: _fit(rated[id], weights) for id in known}
    ranked.sort(key=lambda o: (-fits[o.id][0], -p_first[o.id]) if o.id in fits else (1, 0))
    overturns = _overturns([rated[id] for id in known], weights)
    words = {c.id: c.statement for c in facts.criteria}
    rows = []
    for occupation in ranked:
        id = occupation.id
        if id not in rated:
            rows.append((id, math.nan, math.nan, 0, 0.0, 100.0, len(weights), "", "", None, None,
                         facts.titles[id]))  # fmt: skip
            continue
        value, low, high = fits[id]
        by, at = ("", None) if id == ranked[0].id else overturns.get(known.index(id), ("", None))
        rows.append((id, value, p_first[id], len(rated[id]), low, high, len(weights), by,
                     words.get(by, ""), weights.get(by), at, facts.titles[id]))  # fmt: skip
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
