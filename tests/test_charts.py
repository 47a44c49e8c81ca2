"""Charts: what is written and drawn is read from the artists, never from pixels."""

import io
import re
from datetime import date

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

import ii_helpers as ii
from ii_helpers import charts, measures
from ii_helpers.charts import card, grid, tree
from ii_helpers.measures import Facts
from tests.benchmarks.review import cells
from tests.invented import (
    ARGUMENTS,
    CONTRACT,
    CRITERIA,
    JOBS,
    ODD,
    asked,
    facts,
    heard,
    measured,
    met,
    named,
    person,
    rated,
)

TODAY = date(2026, 11, 16)
SIZES = {"1 row": (1, 1, 1), "7 rows": (7, 2, 2), "60 occupations": (60, 20, 60),
         "1,000 people": (1000, 300, 8)}  # fmt: skip


def draw(name, source):
    return getattr(charts, name)(measured(name, source))


def texts(chart):
    """Every text that is drawn, in no order."""
    found = [text.get_text() for text in chart.figure.texts]
    for legend in chart.figure.legends:
        found += [text.get_text() for text in legend.get_texts()]
    for axes in chart.figure.axes:
        ticks = axes.get_xticklabels() + axes.get_yticklabels() if axes.axison else []
        found += [text.get_text() for text in axes.texts + ticks]
    return [text for text in found if text]


@pytest.fixture(scope="module")
def many():
    """Invented logs of every size, by its name."""
    return {name: Facts.from_cells(cells(people, meetings, people * 2, jobs))
            for name, (people, meetings, jobs) in SIZES.items()}  # fmt: skip


@pytest.mark.parametrize("name", CONTRACT)
def test_there_is_a_chart_for_every_measure_with_a_sentence_as_its_text(name, example):
    chart = draw(name, example)
    shown = chart._repr_html_()
    assert chart.figure.axes
    assert len(chart.sentence) > 20 and chart.sentence.endswith(".")
    pattern = r'<figure[^>]*><img alt="([^"]+)" src="data:image/[^"]+"[^>]*>'
    alt, caption = re.fullmatch(pattern + r"<figcaption>(.+)</figcaption></figure>", shown).groups()
    assert alt == caption
    assert len(shown) < 200_000


@pytest.mark.parametrize("name", CONTRACT)
def test_a_chart_of_nothing_is_a_sentence_and_no_axis(name, wb):
    chart = draw(name, wb)
    if name != "forecast":  # it has a prior, and so an answer, before any request
        assert chart.figure.axes == []
        assert "<img" not in chart._repr_html_()
    assert chart.sentence in chart._repr_html_().replace("&#x27;", "'")


@pytest.mark.parametrize("odd", ["", *ODD])
@pytest.mark.parametrize("name", CONTRACT)
def test_a_measures_records_and_its_table_are_drawn_alike(name, odd, example):
    source = facts(**ODD[odd]) if odd else example
    records = getattr(measures, name).records(source, *ARGUMENTS.get(name, ()))
    of_records, of_table = getattr(charts, name)(records), draw(name, source)
    assert of_records.sentence == of_table.sentence
    assert of_records.svg == of_table.svg


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", CONTRACT)
def test_odd_rows_make_a_picture_or_a_sentence(name, odd):
    chart = draw(name, facts(**ODD[odd]))
    assert chart.sentence.endswith(".") and "nan" not in chart.sentence.lower().split()
    assert chart._repr_html_()
    for axes in chart.figure.axes:
        assert axes.patches or axes.lines or axes.collections
        assert axes.texts or axes.axison


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CONTRACT)
def test_every_text_stays_on_the_card(name, size, many):
    chart = draw(name, many[size])
    figure = chart.figure
    assert len(chart._repr_html_()) < 400_000
    if not figure.axes:
        return
    canvas = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    wide, high = figure.bbox.width, figure.bbox.height
    drawn = [t for axes in figure.axes for t in axes.texts] + list(figure.texts)
    for axes in figure.axes:
        if axes.axison:
            drawn += axes.get_xticklabels() + axes.get_yticklabels()
    for text in drawn:
        if text.get_text():
            box = text.get_window_extent(canvas)
            assert box.x0 >= -2 and box.x1 <= wide + 2, text
            assert box.y0 >= -2 and box.y1 <= high + 2, text
    assert all(text.get_fontsize() >= 10 for text in drawn)


@pytest.mark.parametrize("n_people", [13, 80, 400])
def test_names_of_the_network_do_not_overlap(n_people):
    chart = draw("referral_chains", Facts.from_cells(cells(n_people, n_people // 3, 0, 8)))
    [axes] = chart.figure.axes
    assert len(axes.texts) > n_people / 2
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    for n, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:n]), axes.texts[n]


def test_charts_leave_matplotlibs_settings_and_its_list_of_figures_alone(example):
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    for name in CONTRACT:
        assert draw(name, example).svg
    assert draw("fit", example).png
    assert dict(matplotlib.rcParams) == before
    assert plt.get_fignums() == []


def test_the_same_table_makes_the_same_picture(example):
    table = measures.fit(example)
    assert charts.fit(table).svg == charts.fit(table).svg


def test_a_picture_can_be_saved_as_a_sharp_png(example):
    picture = Image.open(io.BytesIO(draw("funnel", example).png))
    assert picture.size[0] == 1680
    assert picture.getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize("name", CONTRACT)
def test_names_are_escaped_and_written_as_they_are(name):
    odd = '<b>"$x$" & 张伟 🎓'
    meeting = met("ana", "2026-10-10", "job")
    source = facts(
        contacts=[person("ana") | {"name": odd}, person("bo") | {"name": "🎓"}],
        occupations=[{"id": "job", "title": odd, "status": "exploring"}],
        criteria=[{"id": "c", "statement": odd, "importance": "3"}],
        referrals=[named("ana", "bo")], messages=[asked("ana", "2026-10-01", "yes")],
        interviews=[meeting],
        fit_ratings=[rated("job", "c", 4), rated("job", "c", 2, "2026-11-01")],
        questions=[{"interview_id": meeting["id"], "category": "salary", "outcome": "asked",
                    "answer": odd}],
    )  # fmt: skip
    chart = draw(name, source)
    assert "<b>" not in chart._repr_html_()
    assert "<b>" not in chart.svg


@pytest.mark.parametrize("ends", [
    ("0001-01-01", "9999-12-31"), ("2026-10-01", "2026-10-01"), ("2026-12-30", "2027-01-02"),
    ("1999-01-01", "2150-06-01"),
])  # fmt: skip
@pytest.mark.parametrize("name", CONTRACT)
def test_the_ends_of_the_calendar_are_only_dates(name, ends):
    first, last = ends
    source = facts(
        contacts=[person("ana", created_at=f"{first}T00:00:00+00:00"), person("bo")],
        occupations=JOBS, criteria=CRITERIA,
        referrals=[named("ana", "bo", first), named("bo", "ana", last)],
        messages=[asked("ana", first, "yes", last), asked("bo", last, "yes", last)],
        interviews=[met("ana", first, "job"), met("bo", last, "job"),
                    met("bo", last, "trade", "confirmed"), met("ana", first, status="cancelled")],
        fit_ratings=[rated("job", "pay", 4, first), rated("job", "pay", 2, last)],
        tasks=[{"task": "Now", "due_on": first}, {"task": "Then", "due_on": last}],
    )  # fmt: skip
    assert draw(name, source).svg


def test_the_sentence_of_the_funnel_has_its_numbers(example):
    chart = draw("funnel", example)
    assert chart.sentence == (
        "Of 22 people asked for a meeting, 18 replied, 16 agreed and 13 met you; of those you "
        "met, 12 were thanked and 9 named somebody else."
    )
    assert "13 of 16, after 7 days" in texts(chart)
    [axes] = chart.figure.axes
    assert [bar.get_width() for bar in axes.patches] == [22, 18, 16, 13, 12, 9]


def test_below_twenty_people_the_funnel_says_counts_and_no_percentages(example):
    said = texts(draw("funnel", example))
    assert any("18 of 22: 82 % (61-93 %)" in text for text in said)
    assert sum("%" in text for text in said) == 1


@pytest.mark.parametrize("n_new, n_interviews, words", [
    (40, 10, "above one, so your network sustains itself"),
    (3, 20, "below one, so it runs dry"),
    (5, 5, "Each interview brought 1 new person on average"),
    (6, 5, "it seems to sustain itself, but it is too early to be sure"),
    (4, 5, "it would run dry, but it is too early to be sure"),
    (130, 1, "brought 130 new people on average (95 % interval 109 to 154)"),
    (21, 20, "brought 1.05 new people on average (95 % interval 0.65 to 1.61)"),
    (499, 500, "brought 0.998 new people"),
    (2, 300, "brought 0.01 new people on average (95 % interval under 0.01 to 0.02)"),
])  # fmt: skip
def test_growth_says_whether_the_network_sustains_itself(n_new, n_interviews, words):
    assert words in charts.sustained(n_new, n_interviews)


def test_growth_marks_the_days_with_interviews(example):
    [axes] = draw("network_growth", example).figure.axes
    dots = next(line for line in axes.lines if line.get_marker() == "o")
    assert len(dots.get_xdata()) == 13
    assert {"25 people known", "17 referrals", "13 interviews"} <= set(
        texts(draw("network_growth", example))
    )


def test_the_network_shows_met_occupation_and_permission_without_colour_alone(example):
    chart = draw("referral_chains", example)
    [axes] = chart.figure.axes
    looks = {(line.get_marker(), to_hex(line.get_markerfacecolor()) == "#ffffff")
             for line in axes.lines}  # fmt: skip
    assert {("s", False), ("s", True), ("^", False), ("^", True), ("D", True)} <= looks
    drawn = chart.svg.partition('id="legend_')[0]
    assert len(set(re.findall(r"stroke-dasharray: ([\d., ]+)", drawn))) == 2  # and one is solid
    assert {"met", "not met", "name may be used", "not asked", "may not be used"} <= set(
        texts(chart)
    )
    assert "7 without a" in " ".join(texts(chart))


def test_a_network_of_more_than_300_people_is_summarised(many):
    chart = draw("referral_chains", many["1,000 people"])
    assert "too many to draw" in " ".join(texts(chart))
    assert "found yourself" in texts(chart)
    chains = measures.referral_chains(many["60 occupations"])
    assert "too many to draw" in " ".join(texts(charts.referral_chains(chains, most=40)))
    assert "too many to draw" not in " ".join(texts(charts.referral_chains(chains, most=50)))


def test_circles_two_referrers_and_a_very_long_chain_are_drawn():
    ring = facts(contacts=[person(id) for id in "abc"],
                 referrals=[named(*pair) for pair in ("ab", "bc", "ca", "ac")])  # fmt: skip
    assert draw("referral_chains", ring).figure.axes
    ids = [f"p{n}" for n in range(40)]
    line = facts(contacts=[person(id) for id in ids],
                 referrals=[named(*pair) for pair in zip(ids, ids[1:], strict=False)])  # fmt: skip
    assert "generation 14 and on" in texts(draw("referral_chains", line))


@pytest.mark.parametrize("pairs", [
    [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")],  # back over the whole width, on one line
    [*(("a", to) for to in "bcdefghij"), ("j", "b"), ("b", "j"), ("k", "l"), ("l", "k")],
])  # fmt: skip
def test_who_named_somebody_too_is_drawn_on_the_card(pairs):
    source = facts(contacts=[person(id) for id in "abcdefghijkl"], referrals=[
        named(*pair, f"2026-10-{n + 1:02}") for n, pair in enumerate(pairs)])  # fmt: skip
    chart = draw("referral_chains", source)
    [axes] = chart.figure.axes
    [bows] = [line for line in axes.lines if line.get_color() == "#999999"]
    points = bows.get_xydata()[~np.isnan(bows.get_xydata()).any(axis=1)]
    bottom, top = axes.get_ylim()
    assert top <= points[:, 1].min() and points[:, 1].max() <= bottom
    drawn = axes.transData.transform(points)
    assert drawn.min() >= 0 and drawn[:, 0].max() <= chart.figure.bbox.width


def test_the_grid_of_voices_shows_what_nobody_was_asked_yet():
    chart = draw("voices", heard("abc", ["ab"]))
    [axes] = chart.figure.axes
    assert "2/3" in texts(chart)
    empty, *heard_cells = axes.collections
    assert len(empty.get_paths()) == 11  # twelve categories, one of them asked about
    assert sum(len(cells.get_paths()) for cells in heard_cells) == 1
    assert "nobody asked yet about background, work environment, rewards and 8 more" in (
        chart.sentence
    )
    assert "Where a view rests on one or two" in chart.sentence  # R12


def test_the_grids_sentence_sends_nobody_out_for_what_is_ruled_out(example):
    table = measures.voices(example)
    first = table[table.n_voices > 0].occupation_id.iloc[0]
    title = table[table.occupation_id == first].occupation.iloc[0]
    assert title in charts.voices(table).sentence
    example.occupations.revise(first, status="ruled out")
    assert title not in charts.voices(measures.voices(example)).sentence
    for row in example.occupations.rows():
        example.occupations.revise(row.id, status="ruled out")
    assert title in charts.voices(measures.voices(example)).sentence  # all that there is to say


def test_of_sixty_occupations_the_charts_show_twelve_and_say_so(many):
    for name in ("voices", "perspectives", "fit_ranking"):
        said = " ".join(texts(draw(name, many["60 occupations"])))
        assert "The 12 occupations" in said, name
    fit = " ".join(texts(draw("fit", many["60 occupations"])))
    assert "Named: the best 4 of" in fit


def test_fit_shows_how_wide_what_is_not_rated_makes_it():
    source = facts(criteria=CRITERIA, occupations=JOBS, fit_ratings=[rated("job", "pay", 4)])
    chart = draw("fit", source)
    [axes] = chart.figure.axes
    bar = next(line for line in axes.lines if line.get_linewidth() == 5)
    assert bar.get_ydata() == pytest.approx([25, 100 * 5.5 / 6])
    assert "75 on 1 of 2 criteria, so it may be anywhere from 25 to 92" in chart.sentence


def test_the_ranking_says_how_sure_it_is_and_what_would_overturn_it():
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "quiet", 5), rated("job", "pay", 1),
                     rated("trade", "quiet", 2), rated("trade", "pay", 4)],
    )  # fmt: skip
    said = draw("fit_ranking", source).sentence
    assert "Job fits best" in said
    assert 'Trade would come first if "Quiet" mattered 1 instead of 4.' in said


def test_the_ranking_says_who_comes_first_most_often_and_what_a_higher_fit_rests_on():
    # One criterion of six at 5 is a fit of 100; all six at 4 are 75, and far more sure.
    source = facts(
        criteria=[{"id": id, "statement": id, "importance": "3"} for id in "uvwxyz"],
        occupations=JOBS,
        fit_ratings=[rated("job", "u", 5), *(rated("trade", id, 4) for id in "uvwxyz")],
    )  # fmt: skip
    chart = draw("fit_ranking", source)
    assert chart.sentence == (
        "Trade comes first in 93 of 100 weightings and ratings close to yours. Job has the higher "
        "fit, 100 on 1 rating of 6 against 75, but comes first in 7 of 100. Rate what is still "
        "open for Job."
    )
    part = charts.fit_ranking(measures.fit_ranking(source).head(1)).sentence
    assert part.startswith("Job comes first in 7 of 100 weightings") and "No single" not in part
    [axes] = chart.figure.axes
    assert [to_hex(bar.get_facecolor()) == card.BLUE.lower() for bar in axes.patches[1::2]] == [
        False, True,
    ]  # fmt: skip


def test_a_ranking_of_one_is_a_sentence():
    source = facts(criteria=CRITERIA, occupations=JOBS, fit_ratings=[rated("job", "pay", 4)])
    chart = draw("fit_ranking", source)
    assert chart.figure.axes == []
    assert chart.sentence == "Only Job is rated (fit 75). Rate another one to compare."


def test_lines_are_named_with_the_shape_of_their_marks():
    source = facts(
        criteria=CRITERIA, occupations=JOBS,
        fit_ratings=[rated("job", "pay", 4), rated("trade", "pay", 2)],
    )  # fmt: skip
    assert {"● 75 Job", "■ 25 Trade"} <= set(texts(draw("fit", source)))


def test_interviews_held_and_to_come_are_said():
    source = facts(
        contacts=[person("ana"), person("bo")], occupations=JOBS,
        interviews=[met("ana", "2026-10-01", "job"),
                    met("bo", "2026-12-01", "job", status="confirmed")],
    )  # fmt: skip
    chart = draw("perspectives", source)
    assert {"1 held, 1 independent, 1 planned", "none held"} <= set(texts(chart))
    assert chart.sentence.startswith("None of the 2 occupations shown has 4 interviews or more.")
    chart = charts.perspectives(measures.perspectives(source, TODAY))
    assert {"1 held, 1 independent, 1 to come", "none held"} <= set(texts(chart))


def test_a_meeting_whose_day_is_past_is_not_to_come():
    source = facts(
        contacts=[person(id) for id in ("ana", "bo")], occupations=JOBS[:1],
        interviews=[met(id, "2026-09-20", "job", "proposed") for id in ("ana", "bo")],
    )  # fmt: skip
    chart = charts.perspectives(measures.perspectives(source, TODAY))
    assert "none held, 2 past" in texts(chart)
    assert chart.sentence == (
        "Job: 0 of 4 interviews held. Of 2 meetings whose day is past, nothing says yet whether "
        "they were held: page 4 Debrief."
    )
    assert "none held, 2 planned" in texts(draw("perspectives", source))
    assert draw("history", source).sentence == "2 meetings logged, none of them held so far."


def test_an_occupation_that_is_ruled_out_needs_nobody_else():
    source = facts(contacts=[person("ana")], interviews=[met("ana", "2026-10-01", "job")],
                   occupations=[JOBS[0] | {"status": "ruled out"}])  # fmt: skip
    assert draw("perspectives", source).sentence == "Job: 1 of 4 interviews held."


def test_the_calendar_of_meetings_says_when_they_were_held():
    source = facts(contacts=[person("ana"), person("bo")], interviews=[
        met("ana", "2026-09-20"), met("bo", "2026-10-12"),
        met("ana", "2026-11-24", status="confirmed")])  # fmt: skip
    assert draw("history", source).sentence == (
        "2 meetings held with 2 people from 20 Sep 2026 to 12 Oct 2026, of 3 meetings logged."
    )


def test_the_forecast_says_the_number_the_chance_and_the_range(example):
    table = measures.forecast(example, 18, "2026-12-15", TODAY)
    n = int(table.loc[table["is_enough"], "n_requests"].iloc[0])
    chart = charts.forecast(table)
    assert chart.sentence.startswith(f"Send {n} more requests now for 18 interviews by 15 Dec 2026")
    assert {"aim: 18", f"{n} to send"} <= set(texts(chart))
    [axes] = chart.figure.axes
    assert axes.get_xlabel().startswith("requests still to send")
    low, high = axes.get_ylim()
    assert low < 18 < high


@pytest.mark.parametrize("aim, by, words", [
    (60, "2026-11-20", "out of reach"),
    (13, "2026-12-15", "so the aim of 13 is reached"),
    (15, "2026-11-01", "1 Nov 2026 has passed: 13 of 15 interviews held"),
    (14, "2027-03-01", "No more requests are needed"),
])  # fmt: skip
def test_the_forecast_says_when_there_is_nothing_to_send(aim, by, words, example):
    assert words in charts.forecast(measures.forecast(example, aim, by, TODAY)).sentence


@pytest.mark.parametrize("chance, most, words", [
    (0.004, 150, "Even with 150 more requests today, 9 interviews by 15 Dec 2026 are out of reach "
     "(0 held, 0 confirmed, 0 requests open): the chance is <1 %. Choose a later date or a smaller "
     "number."),
    (0.25, 150, "With 150 more requests today, 9 interviews by 15 Dec 2026 are unlikely"),
    (0.5, 150, "9 interviews by 15 Dec 2026 are about as likely as not"),
    (0.73, 150, "9 interviews by 15 Dec 2026 are likely, but not sure enough"),
    (0.73, 0, "With no more requests today, 9 interviews"),
    (0.73, 1, "With 1 more request today, 9 interviews"),
    (0.0, 0, "With no more requests today, 9 interviews by 15 Dec 2026 are out of reach"),
    (0.73, 20, "Send more, or choose a later date or a smaller number."),
])  # fmt: skip
def test_an_aim_that_stays_uncertain_is_called_what_it_is(chance, most, words, wb):
    table = measures.forecast(wb, 9, "2026-12-15", TODAY, most=most)
    table["is_enough"], table["p_at_least"] = False, chance
    said = charts.forecast(table).sentence
    assert words in said
    assert ("out of reach" in said) == (chance < 0.02)


def test_a_date_that_is_only_proposed_is_to_come_and_not_confirmed():
    source = facts(
        contacts=[person("ana"), person("bo")], occupations=JOBS[:1],
        messages=[asked("ana", "2026-11-10"), asked("bo", "2026-11-10", "yes")],
        interviews=[met("ana", "2026-11-20", "job", "proposed"),
                    met("bo", "2026-11-21", "job", "confirmed")],
    )  # fmt: skip
    ahead = charts.perspectives(measures.perspectives(source, TODAY))
    assert "none held, 2 to come" in texts(ahead)
    chart = charts.forecast(measures.forecast(source, 2, "2026-12-15", TODAY))
    assert "(0 held, 1 confirmed, 1 request open)" in chart.sentence


def test_one_interview_is_no_plural(wb):
    table = measures.forecast(wb, 1, "2026-12-15", TODAY, most=1)
    assert "1 interview by 15 Dec 2026 is unlikely" in charts.forecast(table).sentence
    table["is_enough"] = [False, True]
    for low, high, words in (
        (1, 1, "and 1 interview is likely"), (2, 2, "and 2 interviews are likely"),
        (0, 1, "and 0 to 1 interviews are likely"), (2, 4, "and 2 to 4 interviews are likely"),
    ):  # fmt: skip
        table["n_low"], table["n_high"] = low, high
        assert words in charts.forecast(table).sentence


def test_a_forecast_out_of_reach_is_drawn_as_far_as_it_speaks(example):
    table = measures.forecast(example, 90, "2026-12-05", TODAY)
    assert not table.is_enough.any()
    chart = charts.forecast(table)
    chance = f"{table.p_at_least.iloc[-1]:.0%}".replace("%", " %")
    assert f"{table.n_requests.iloc[-1]} more requests" in chart.sentence
    assert f"{table.n_requests.iloc[-1]}\n{chance}" in texts(chart)


def test_the_forecast_claims_no_more_of_its_range_than_is_so(example):
    table = measures.forecast(example, 18, "2026-12-15", TODAY)
    assert any("at least 80 of 100" in " ".join(t.split()) for t in texts(charts.forecast(table)))


def test_colours_keep_their_contrast_in_grey():
    def grey(colour):
        red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [grey("#FFFFFF") if shade == "white" else grey(shade) for shade in grid.SHADES]
    assert all(one - other > 20 for one, other in zip(shades, shades[1:], strict=False))
    assert len(set(card.SHAPES)) == len(set(card.GLYPHS)) == len(card.COLOURS)
    assert len({"o", *tree.SHAPES}) == 1 + len(card.COLOURS)  # a ring is any other occupation


def test_loading_the_package_draws_nothing_and_loads_no_matplotlib():
    import subprocess
    import sys

    code = "import sys, ii_helpers; ii_helpers.measures; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert ii.charts is charts


# The columns of design.md, and what the other two measures cannot do without.
BARE = CONTRACT | {
    "perspectives": ["occupation_id", "n_held", "n_independent", "n_planned", "n_wanted"],
    "progress": ["figure", "then", "now", "change", "unit"],
}


@pytest.mark.parametrize("n", [0, 1, 2, 3, None])
@pytest.mark.parametrize("name", BARE)
def test_a_part_of_a_table_is_drawn_as_far_as_it_tells(name, n, example):
    whole = measured(name, example)
    for table in (whole, whole[BARE[name]]):
        chart = getattr(charts, name)(table.head(n) if n is not None else table)
        assert chart.sentence.endswith(".") and chart._repr_html_()
        assert "None" not in chart.sentence.split() and "nan" not in chart.sentence
        assert bool(chart.figure.axes) == (n != 0) or name in ("voices", "referral_chains")


@pytest.mark.parametrize("n", [0, 1, 2, 3, None])
@pytest.mark.parametrize("by", ["channel", "how_known"])
def test_a_part_of_a_funnel_by_group_is_drawn_too(by, n, example):
    table = measures.funnel(example, by=by)
    for part in (table[:n], table[n:], table[["stage", "n", "of_previous", "group"]][:n]):
        assert charts.funnel(part).sentence.endswith(".")


def test_what_a_bare_table_does_not_tell_is_neither_drawn_nor_said(example):
    def bare(name, **rows):
        return getattr(charts, name)([dict(zip(CONTRACT[name], row, strict=True))
                                      for row in zip(*rows.values(), strict=True)])  # fmt: skip

    funnel = bare("funnel", stage=["contacted", "replied"], n=[3, 2], of_previous=[None, 2 / 3])
    assert funnel.sentence == "Of 3 people asked for a meeting, 2 replied."
    assert "2 of 3" in texts(funnel)
    assert charts.funnel(measures.funnel(example).head(1)).sentence == (
        "You asked 22 people for a meeting."
    )
    assert charts.funnel(measures.funnel(example).tail(2)).sentence == (
        "Of those you met, 12 were thanked and 9 named somebody else."
    )
    # a named b, and b named c; whether anybody was met, or may be named, is not told.
    chains = bare("referral_chains", contact_id="abc", referred_by=["", "a", "b"],
                  generation=[0, 1, 2], n_referred=[1, 1, 0], root_contact_id="aaa")  # fmt: skip
    assert chains.sentence == (
        "2 people were named to you by others; the longest chain has 2 generations. The widest "
        "begins with one person and reached 2 people."
    )
    assert {"a", "b", "c"} <= set(texts(chains))
    assert not {"not met", "name may be used", "no occupation"} & set(texts(chains))
    fit = bare("fit", occupation_id="oo", on=[date(2026, 10, 1), date(2026, 10, 9)],
               fit=[50.0, 75.0], n_rated=[2, 2])  # fmt: skip
    assert fit.sentence == "Occupation 1 is at 75, from 50 at first."
    assert "A bar:" not in " ".join(texts(fit))
    ranking = bare("fit_ranking", occupation_id="op", fit=[75.0, 50.0], p_first=[0.8, 0.2])
    assert ranking.sentence == (
        "Occupation 1 fits best probably: it comes first in 80 of 100 weightings and ratings "
        "close to yours."
    )
    chances = bare("forecast", n_requests=[0, 1, 2], p_at_least=[0, 0.25, 0.5])
    assert chances.sentence == (
        "The chance to reach the aim is 0 % with 0 more requests and 50 % with 2 more requests."
    )
