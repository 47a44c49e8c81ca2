"""Fit and its ranking worked out by hand, and against brute force."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ii_helpers import measures
from tests.invented import (
    CRITERIA,
    JOBS,
    as_rows,
    facts,
    met,
    rated,
)


def test_fit_is_the_newest_rating_weighted_by_importance():
    # 5 and 3 at first: (4 * 1 + 2 * 0.5) / 6 = 5/6. After the meeting of the same day quiet
    # falls to 2: (4 * 0.25 + 2 * 0.5) / 6 = 1/3. A rating of a criterion that is gone: no.
    table = measures.fit(facts(
        criteria=CRITERIA, occupations=JOBS,
        interviews=[met("ana", "2026-10-01", "job")],
        fit_ratings=[rated("job", "quiet", 5), rated("job", "pay", 3), rated("job", "gone", 1),
                     rated("job", "quiet", 2, meeting="met ana 2026-10-01")],
    ))  # fmt: skip
    assert table["fit"].tolist() == pytest.approx([100 * 5 / 6, 100 / 3])
    assert table["n_rated"].tolist() == [2, 2]
    assert table["interview_id"].tolist() == ["", "met ana 2026-10-01"]
    assert table["change"].iloc[1] == pytest.approx(-50)
    assert table["moved_by"].tolist() == ["", "Quiet"]


def test_what_is_not_rated_widens_and_never_counts_as_zero():
    # Only pay (2 of 6) is rated, at 4: 75. If quiet were poor: 2 * 0.75 / 6; if great: + 4 / 6.
    row = measures.fit(facts(criteria=CRITERIA, occupations=JOBS,
                             fit_ratings=[rated("job", "pay", 4)])).iloc[0]  # fmt: skip
    assert (row["fit"], row["n_rated"], row["n_criteria"]) == (75, 1, 2)
    assert (row["low"], row["high"]) == pytest.approx((25, 100 * 5.5 / 6))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 5), min_size=1),
       st.lists(st.integers(1, 5), min_size=5, max_size=5))  # fmt: skip
def test_fit_lies_within_the_ratings_and_between_its_bounds(ratings, weights):
    source = facts(
        criteria=[{"id": id, "statement": id, "importance": str(weight)}
                  for id, weight in zip("abcde", weights, strict=True)],
        occupations=JOBS[:1],
        fit_ratings=[rated("job", id, rating) for id, rating in ratings.items()],
    )  # fmt: skip
    row = measures.fit(source).iloc[0]
    lowest, highest = ((r - 1) * 25 for r in (min(ratings.values()), max(ratings.values())))
    assert lowest - 1e-9 <= row["fit"] <= highest + 1e-9
    assert row["low"] - 1e-9 <= row["fit"] <= row["high"] + 1e-9


def test_rank_acceptability_agrees_with_brute_force_over_a_grid():
    # Every weighting and every rating error on a grid of midpoints, all combined, counted.
    weights, ratings = {"quiet": 4, "pay": 2}, {"job": (5, 2), "trade": (4, 5)}
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated(job, id, rating) for job, values in ratings.items()
                     for id, rating in zip(weights, values, strict=True)],
    )  # fmt: skip
    steps = (np.arange(9) + 0.5) / 9
    wins = total = 0
    around = [[w - 1 + 2 * s for s in steps] for w in weights.values()]
    errors = np.array(list(itertools.product(steps - 0.5, repeat=2)))
    for quiet, pay in itertools.product(*around):
        job = quiet * (5 + errors[:, 0]) + pay * (2 + errors[:, 1])
        trade = quiet * (4 + errors[:, 0]) + pay * (5 + errors[:, 1])
        wins += (job[:, None] > trade[None, :]).sum() + (job[:, None] == trade).sum() / 2
        total += job.size * trade.size
    table = measures.fit_ranking(source).set_index("occupation_id")
    assert table.loc["job", "p_first"] == pytest.approx(wins / total, abs=0.015)
    assert table["p_first"].sum() == pytest.approx(1)


def test_a_ranking_says_which_criterion_would_overturn_it():
    # quiet 4, pay 2: job 5 and 1, trade 2 and 4: job 100*4/6 = 67, trade (4*.25+2*.75)/6 = 42.
    # Trade leads once quiet * 0.75 < pay * 0.75, that is quiet below 2: 1, three steps away;
    # or pay above 4: 5, three steps away. Quiet comes first in the list of criteria.
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "quiet", 5), rated("job", "pay", 1),
                     rated("trade", "quiet", 2), rated("trade", "pay", 4)],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "criterion") == [("job", ""), ("trade", "Quiet")]
    assert table["at_importance"].tolist()[1] == 1
    # one that is better in everything is never overturned, and always first
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated(job, id, rating) for job, rating in (("job", 5), ("trade", 2))
                     for id in ("quiet", "pay")],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "p_first", "criterion") == [
        ("job", 1.0, ""), ("trade", 0.0, ""),
    ]  # fmt: skip


def test_an_occupation_hardly_rated_is_not_sure_to_lead():
    source = facts(
        criteria=CRITERIA, occupations=[*JOBS, {"id": "third", "title": "C", "status": "exploring"},
                                        {"id": "out", "title": "D", "status": "ruled out"}],
        fit_ratings=[rated("job", "pay", 5), rated("trade", "quiet", 4), rated("trade", "pay", 4),
                     rated("out", "pay", 5)],
    )  # fmt: skip
    table = measures.fit_ranking(source).set_index("occupation_id")
    assert list(table.index) == ["job", "trade", "third"]
    assert table.loc["job", "fit"] == 100 and table.loc["job", "p_first"] < 0.8
    assert math.isnan(table.loc["third", "p_first"]) and table.loc["third", "n_rated"] == 0


def test_of_equal_fits_the_one_that_comes_first_more_often_leads():
    # Both stand at 100: the trade on both criteria, the job on one, so the job is less sure.
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "quiet", 5), rated("trade", "quiet", 5),
                     rated("trade", "pay", 5)],
    )  # fmt: skip
    table = measures.fit_ranking(source)
    assert as_rows(table, "occupation_id", "fit") == [("trade", 100), ("job", 100)]
    assert table["p_first"].is_monotonic_decreasing
