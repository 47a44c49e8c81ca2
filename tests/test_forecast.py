"""The forecast against its own method in closed form, and calibrated."""

import math
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ii_helpers import measures
from ii_helpers.errors import WorkbookError
from tests.invented import (
    TODAY,
    as_rows,
    asked,
    facts,
    met,
    person,
)


def test_without_lags_and_doubts_the_forecast_is_the_beta_binomial(monkeypatch):
    # All that was sent is decided, the horizon is beyond every lag, and a meeting set is as
    # good as held: then P(at least k of n) is scipy's beta-binomial of the updated Beta(2, 6).
    monkeypatch.setattr("ii_helpers.forecast.P_KEPT", (1e7, 1.0))
    known = measures.Outcomes(n_held=4, lags=(10,) * 4, n_kept=4, n_refused=6)
    chances, *_ = measures.predict(known, 7, 1000, most=20)
    expected = [stats.betabinom(n, 2 + 4, 6 + 6).sf(2) for n in range(21)]
    assert chances == pytest.approx(expected, abs=0.01)


def test_before_any_reply_a_request_is_worth_what_the_prior_says():
    # One request, time enough: set with probability 1/4 on average, and then held with 8/9.
    chances, *_ = measures.predict(measures.Outcomes(), 1, 1000, most=1)
    assert chances == pytest.approx([0, 1 / 4 * 8 / 9], abs=0.01)


def exact(known, aim, days, requests, n_draws, seed=5):
    """What the method of `forecast` says, by brute force: {requests: (chance, low, high, mean)}.

    Draws from the prior, weighted with how likely they make what is known, then drawn again
    with these weights and told forwards: what is open and what is new is held or not.
    """
    random = np.random.default_rng(seed)
    p, q = random.beta(2, 6, n_draws), random.beta(8 + known.n_kept, 1 + known.n_lost, n_draws)
    r, v = random.random(n_draws), random.random(n_draws)
    lag = stats.lognorm(
        random.choice([0.4, 0.7, 1.0], n_draws),
        scale=14 * np.exp(0.6 * random.normal(size=n_draws)),
    )
    like = known.n_failed * np.log(p) + known.n_refused * np.log((1 - p) * r)
    like += sum(day > 0 for day in known.set_in) * np.log(v)
    with np.errstate(divide="ignore"):
        for day in known.lags:
            like += np.log(p * (lag.sf(day - 0.5) - lag.sf(day + 0.5)))
        for age in known.agreed:
            like += np.log(p * v * lag.sf(age + 0.5))
    for age, n in Counter(known.waiting).items():
        like += n * np.log((1 - p) * (1 - r) + p * (1 - v) * lag.sf(age + 0.5))
    weights = np.exp(like - like.max())
    drawn = random.choice(n_draws, n_draws, p=weights / weights.sum())
    p, q, r, v = p[drawn], q[drawn], r[drawn], v[drawn]
    lag = stats.lognorm(lag.args[0][drawn], scale=lag.kwds["scale"][drawn])

    held = known.n_held + random.binomial(sum(day <= days for day in known.set_in), q)
    for age, n in Counter(known.agreed).items():
        held += random.binomial(n, q * (1 - lag.sf(age + days + 0.5) / lag.sf(age + 0.5)))
    for age, n in Counter(known.waiting).items():
        hidden, never = p * (1 - v), (1 - p) * (1 - r)
        soon = lag.sf(age + 0.5) - lag.sf(age + days + 0.5)
        held += random.binomial(n, q * hidden * soon / (never + hidden * lag.sf(age + 0.5)))
    found = {}
    for n in requests:
        in_all = held + random.binomial(n, p * q * lag.cdf(days + 0.5))
        low, high = np.quantile(in_all, [0.1, 0.9], method="inverted_cdf")
        found[n] = ((in_all >= aim).mean(), low, high, in_all.mean())
    return found


def met_after(*lags, **more):
    """What a learner has seen who met somebody after each of these days."""
    return measures.Outcomes(n_held=len(lags), lags=lags, n_kept=len(lags), **more)


# What a learner has seen, the aim, the days; the exact chance for some numbers of requests, by
# 4 million draws. Lags far from the prior's 14 days are where a grid of few medians goes wrong.
EXACT = {
    "nothing yet": (measures.Outcomes(), 10, 90, {40: 0.386, 60: 0.602, 120: 0.851}),
    "nothing yet, soon": (measures.Outcomes(), 1, 10, {3: 0.211, 10: 0.458, 60: 0.805}),
    "slow": (met_after(45, 50, 55, 60, 70, 75, n_refused=6), 8, 30,
             {5: 0.033, 10: 0.102, 19: 0.229, 60: 0.590, 120: 0.797}),
    "slow, few": (met_after(45, 60, 70, n_refused=4), 5, 30, {10: 0.249, 24: 0.526, 60: 0.773}),
    "slow, censored": (measures.Outcomes(agreed=(76, 82)), 4, 30,
                       {10: 0.155, 30: 0.521, 60: 0.727}),
    "fast": (met_after(1, 2, 2, 3, n_refused=6), 6, 4, {5: 0.299, 10: 0.604, 20: 0.859}),
    "usual": (met_after(7, 10, 14, 20, n_refused=2), 44, 90,
              {60: 0.031, 100: 0.480, 141: 0.801}),
    "little": (measures.Outcomes(n_lost=1, n_failed=1, n_refused=1, agreed=(10,)), 2, 14,
               {8: 0.387, 15: 0.557}),
    "mixed": (met_after(1, 5, 30, 60, n_lost=2, n_failed=2, n_refused=5, agreed=(4, 20),
                        waiting=(2, 3, 3, 10, 25, 40), set_in=(5,)), 9, 30,
              {0: 0.140, 5: 0.423, 10: 0.656}),
    "fresh and silent": (measures.Outcomes(waiting=(1,) * 15 + (3,) * 10), 4, 30,
                         {0: 0.309, 10: 0.436, 60: 0.753}),
    "old and silent": (met_after(12, waiting=(30, 40, 50, 60, 70, 80, 90) * 3), 4, 30,
                       {10: 0.067, 30: 0.404, 60: 0.710}),
    "many and silent": (met_after(12, 9, n_refused=3, waiting=tuple(range(1, 26)) * 4), 8, 45,
                        {0: 0.207, 10: 0.252, 60: 0.483}),
}  # fmt: skip


@pytest.mark.parametrize("known, aim, days, chances", EXACT.values(), ids=EXACT)
def test_the_chances_are_those_of_the_method_whatever_the_lags(known, aim, days, chances):
    stated, *_ = measures.predict(known, aim, days, most=150)
    assert {n: stated[n] for n in chances} == pytest.approx(chances, abs=0.01)


def test_a_simulation_of_the_method_agrees():
    known, aim, days, chances = EXACT["mixed"]
    stated, _, _, mean = measures.predict(known, aim, days, most=150)
    for n, found in exact(known, aim, days, chances, 100_000).items():
        assert stated[n] == pytest.approx(found[0], abs=0.02)
        assert mean[n] == pytest.approx(found[3], rel=0.02)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("known, aim, days, chances", EXACT.values(), ids=EXACT)
def test_a_large_simulation_of_the_method_agrees(known, aim, days, chances):
    stated, low, high, mean = measures.predict(known, aim, days, most=150)
    for n, found in exact(known, aim, days, chances, 3_000_000).items():
        assert stated[n] == pytest.approx(found[0], abs=0.02)
        assert (low[n], high[n]) == pytest.approx(found[1:3], abs=1)
        assert mean[n] == pytest.approx(found[3], rel=0.03)


@pytest.mark.parametrize("most", [None, 141, 300])
def test_the_range_goes_as_far_up_as_the_requests_do(most):
    # By simulation 36 to 83 of 141; it once ended one above the aim of 44.
    known = met_after(7, 10, 14, 20, n_refused=2)
    chances, low, high, mean = measures.predict(known, 44, 90, most=most)
    assert low[141] == 36 and high[141] == pytest.approx(83, abs=1)
    assert all(a < b < c for a, b, c in zip(low[5:], mean[5:], high[5:], strict=True))
    fresh = measures.predict(measures.Outcomes(), 10, 90, most=most)
    assert fresh[2][141] == pytest.approx(57, abs=1)


def test_the_range_is_that_of_all_who_are_open():
    # Everybody said yes a day ago: scipy's binomial of 200, over the chance that each is kept.
    known = measures.Outcomes(agreed=(1,) * 200, n_kept=1000)
    _, low, high, mean = measures.predict(known, 5, 5000, most=0)
    expected = stats.betabinom(200, 8 + 1000, 1).ppf([0.1, 0.9])
    assert (low[0], high[0]) == pytest.approx(tuple(expected), abs=1)
    assert mean[0] == pytest.approx(200, abs=1)


@pytest.mark.parametrize("known", [measures.Outcomes(), measures.Outcomes(waiting=(3,) * 70)])
def test_what_is_impossible_has_no_chance_at_all(known):
    n_open = len(known.waiting)
    chances, *_ = measures.predict(known, n_open + 8, 30)
    assert chances[:8] == [0] * 8 and chances[8] > 0


@pytest.mark.parametrize("known, aim", [(known, aim) for known, aim, *_ in EXACT.values()])
def test_neither_more_requests_nor_a_later_date_lower_the_chance(known, aim):
    tables = [measures.predict(known, aim, days, most=60)[0] for days in range(0, 120, 4)]
    tables = np.array(tables)
    assert (np.diff(tables, axis=1) >= 0).all() and (np.diff(tables, axis=0) >= -0.002).all()
    assert tables.min() >= 0 and tables.max() <= 1


def simulate(learner, random):
    """What an invented learner drawn from the prior has seen by today, and what comes.

    The story of `forecast`, told forwards and by other means: each request leads to a meeting
    with p, after a lag, and the meeting is held with q.
    """
    p, q, r, v = random.beta(2, 6), random.beta(8, 1), random.random(), random.random()
    median, spread = 14 * math.exp(0.6 * random.normal()), random.choice([0.4, 0.7, 1.0])

    def lag():
        return math.floor(median * math.exp(spread * random.normal()) + 0.5)

    seen = {"lags": [], "agreed": [], "waiting": [], "n_held": 0, "n_lost": 0, "n_refused": 0}
    ahead = []
    for age in random.integers(0, 70, random.integers(0, 30)).tolist():
        days, is_kept = lag(), random.random() < q
        if random.random() >= p:
            if random.random() < r:
                seen["n_refused"] += 1
            else:
                seen["waiting"].append(age)
        elif days > age:
            seen["agreed" if random.random() < v else "waiting"].append(age)
            ahead.append((days - age, is_kept))
        elif is_kept:
            seen["n_held"] += 1
            seen["lags"].append(days)
        else:
            seen["n_lost"] += 1
    known = measures.Outcomes(
        seen["n_held"], tuple(seen["lags"]), seen["n_held"], seen["n_lost"], seen["n_lost"],
        seen["n_refused"], tuple(seen["agreed"]), tuple(seen["waiting"]),
    )  # fmt: skip
    horizon, more = int(random.integers(7, 60)), int(random.integers(1, 8))
    comes = sum(days <= horizon and kept for days, kept in ahead)
    new = [random.random() < p and lag() <= horizon and random.random() < q for _ in range(60)]
    return known, horizon, known.n_held + more, known.n_held + comes + np.cumsum([0, *new])


def calibration(n_learners, seed):
    """For each stated probability (mean of what was stated, share that made it); and the share
    of learners who ended within the range."""
    random, found = np.random.default_rng(seed), {p: [] for p in (0.2, 0.5, 0.8, 0.95)}
    inside = []
    for learner in range(n_learners):
        known, horizon, aim, held = simulate(learner, random)
        chances, low, high, _ = measures.predict(known, aim, horizon, most=60)
        inside += [low[n] <= held[n] <= high[n] for n in (0, 5, 20, 60)]
        for stated, seen in found.items():
            at = min(range(len(chances)), key=lambda n: abs(chances[n] - stated))
            if abs(chances[at] - stated) < 0.04:
                seen.append((chances[at], held[at] >= aim))
    return {stated: np.mean(seen, axis=0) for stated, seen in found.items()}, np.mean(inside)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_forecast_is_calibrated_over_3000_learners_drawn_from_the_prior():
    # python -m pytest tests/test_forecast.py -m long
    of_chances, inside = calibration(3000, seed=7)
    for stated, made in of_chances.values():
        assert made == pytest.approx(stated, abs=0.03)
    assert inside >= 0.8  # 80 of 100 at least, as whole numbers with both ends hold more


def test_the_forecast_is_calibrated_roughly_over_a_few_learners():
    of_chances, inside = calibration(200, seed=11)
    for stated, made in of_chances.values():
        assert made == pytest.approx(stated, abs=0.1)
    assert inside >= 0.8


def test_more_requests_never_lower_the_chance_and_the_first_enough_is_marked(example):
    table = measures.forecast(example, 18, "2026-12-15", TODAY)
    assert table["n_requests"].tolist() == list(range(len(table)))
    assert table["p_at_least"].is_monotonic_increasing
    first = table[table["is_enough"]]
    assert len(first) == 1
    assert first["p_at_least"].iloc[0] >= 0.8
    assert (table.loc[table["n_requests"] < first["n_requests"].iloc[0], "p_at_least"] < 0.8).all()
    assert (table["n_low"] <= table["n_high"]).all()
    assert (table["n_held"] == 13).all() and (table["n_set"] == 1).all()


def test_better_replies_make_a_better_chance():
    def chance(reply, n_met):
        source = facts(
            contacts=[person(f"p{n}") for n in range(12)],
            messages=[asked(f"p{n}", "2026-09-01", reply) for n in range(12)],
            interviews=[met(f"p{n}", "2026-09-10") for n in range(n_met)],
        )
        table = measures.forecast(source, n_met + 3, "2026-12-31", TODAY)
        return table["p_at_least"][6]

    assert chance("yes", 6) > 0.8
    assert chance("no", 0) < 0.1
    assert chance("none yet", 0) < chance("yes", 6)


def test_a_date_out_of_reach_is_enough_nowhere(example):
    table = measures.forecast(example, 60, "2026-11-20", TODAY)
    assert not table["is_enough"].any()
    assert table["p_at_least"].max() < 0.01


def test_what_is_held_already_needs_no_request_and_a_past_date_allows_none(example):
    assert (measures.forecast(example, 13, "2026-11-20", TODAY)["p_at_least"] == 1).all()
    past = measures.forecast(example, 14, "2026-11-15", TODAY)
    assert as_rows(past, "n_requests", "p_at_least") == [(0, 0.0)]


def test_a_meeting_set_counts_for_its_day_only():
    source = facts(contacts=[person("ana")], messages=[asked("ana", "2026-11-10", "yes")],
                   interviews=[met("ana", "2026-11-20", status="confirmed")])  # fmt: skip
    before, after = (measures.forecast(source, 1, f"2026-11-{day}", TODAY)["p_at_least"][0]
                     for day in (19, 20))  # fmt: skip
    assert before == 0 and after == pytest.approx(8 / 9, abs=0.02)


def test_a_request_that_bounced_and_was_sent_again_is_open_from_then():
    bounced = asked("ana", "2026-11-02", "bounced", "2026-11-02")
    again = asked("ana", "2026-11-10")

    def of(*messages, **more):
        source = facts(contacts=[person("ana")], messages=messages, **more)
        return measures.outcomes(source, TODAY)

    assert of(bounced).n_refused == 1
    assert of(bounced, again) == of(again) and of(again).waiting == (6,)
    assert of(bounced, again | {"reply": "no"}).n_refused == 1
    assert of(bounced, again, interviews=[met("ana", "2026-11-14")]).lags == (4,)


def test_a_meeting_before_the_request_did_not_come_of_it():
    # Ana was met at an event and Bo missed the talk that a friend had set: both were asked later.
    source = facts(
        messages=[asked("ana", "2026-11-10"), asked("bo", "2026-11-10", "yes")],
        interviews=[met("ana", "2026-10-01"), met("bo", "2026-10-02", status="no-show")],
    )
    assert measures.outcomes(source, TODAY) == measures.Outcomes(
        n_held=1, n_kept=1, n_lost=1, waiting=(6,), agreed=(6,)
    )


@pytest.mark.parametrize("aim, by, words", [
    (0, "2026-12-01", 'number of interviews is "0". It must be a whole number from 1'),
    (2.5, "2026-12-01", 'number of interviews is "2.5"'),
    ("many", "2026-12-01", 'number of interviews is "many"'),
    (5, pd.NaT, 'date is "NaT". Write a date of the calendar'),
    (5, "in May", 'date is "in May". Write a date of the calendar'),
])  # fmt: skip
def test_a_forecast_of_nonsense_is_refused(wb, aim, by, words):
    with pytest.raises(WorkbookError, match=words):
        measures.forecast(wb, aim, by, TODAY)


@pytest.mark.parametrize("certainty", [80, 0, -0.5, math.nan, None, "often", [0.8]])
def test_a_certainty_that_is_no_share_is_refused(wb, certainty):
    says = re.escape(f"The certainty is {certainty}. It must lie between 0 and 1, as 0.8.")
    with pytest.raises(WorkbookError, match=says):
        measures.forecast(wb, 5, "2026-12-01", TODAY, certainty=certainty)


@pytest.mark.parametrize("most", [-1, 1.5, "many", 1001, math.inf, [3]])
def test_a_largest_number_of_requests_that_is_none_is_refused(wb, most):
    says = re.escape(f'look at is "{most}". It must be a whole number from 0 to 1000.')
    with pytest.raises(WorkbookError, match=says):
        measures.forecast(wb, 5, "2026-12-01", TODAY, most=most)


def test_numbers_that_were_typed_as_text_are_understood(wb):
    table = measures.forecast(wb, "5", "2026-12-01", TODAY, certainty="0.8", most="3")
    pd.testing.assert_frame_equal(
        table, measures.forecast(wb, 5, "2026-12-01", TODAY, certainty=0.8, most=3)
    )
    assert table["n_requests"].tolist() == [0, 1, 2, 3]
