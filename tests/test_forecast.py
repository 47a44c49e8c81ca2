"""The forecast against its own method in closed form, and calibrated."""

import math
import re

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
    """For each stated probability: (mean of what was stated, share that made it)."""
    random, found = np.random.default_rng(seed), {p: [] for p in (0.2, 0.5, 0.8, 0.95)}
    for learner in range(n_learners):
        known, horizon, aim, held = simulate(learner, random)
        chances, *_ = measures.predict(known, aim, horizon, most=60)
        for stated, seen in found.items():
            at = min(range(len(chances)), key=lambda n: abs(chances[n] - stated))
            if abs(chances[at] - stated) < 0.04:
                seen.append((chances[at], held[at] >= aim))
    return {stated: np.mean(seen, axis=0) for stated, seen in found.items()}


@pytest.mark.long
def test_the_forecast_is_calibrated_over_2000_learners_drawn_from_the_prior():
    # python -m pytest tests/test_forecast.py -m long
    for stated, made in calibration(3000, seed=7).values():
        assert made == pytest.approx(stated, abs=0.03)


def test_the_forecast_is_calibrated_roughly_over_a_few_learners():
    for stated, made in calibration(200, seed=11).values():
        assert made == pytest.approx(stated, abs=0.1)


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


@pytest.mark.parametrize("aim, by, words", [
    (0, "2026-12-01", 'number of interviews is "0". It must be a whole number from 1'),
    (2.5, "2026-12-01", 'number of interviews is "2.5"'),
    ("many", "2026-12-01", 'number of interviews is "many"'),
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
