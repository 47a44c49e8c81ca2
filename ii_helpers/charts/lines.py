"""Charts over time, and over the requests still to send."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from .. import measures
from ..forecast import MOST_REQUESTS
from ..tables import LOST
from .card import (
    BLUE,
    COLOURS,
    GLYPHS,
    GREEN,
    GREY,
    MOST_OCCUPATIONS,
    SHAPES,
    VERMILLION,
    Chart,
    day_axis,
    direct_labels,
    new_card,
    nothing,
    top_ones,
    whole_axis,
)  # fmt: skip
from .words import (
    INK,
    SMALL,
    Row,
    by_occupation,
    dated,
    fitting,
    fonts_for,
    listed,
    n_of,
    rows_of,
    titles_of,
)

if TYPE_CHECKING:
    from .words import Table


def network_growth(table: Table) -> Chart:
    """People, referrals and interviews over time, and whether the network sustains itself."""
    rows = rows_of(table)
    if not rows:
        return nothing("Your network is empty so far. Add the people you know: page 2 Outreach.")
    days = [row.on for row in rows]
    last = rows[-1]
    span = f"From {dated(days[0])} to {dated(days[-1])}" if len(days) > 1 else dated(days[0])
    marked = ". A dot is a day with an interview." if last.n_interviews else "."
    figure, axes = new_card(
        "How does your network grow?", span + marked, height=2.9, left=0.65, right=1.75,
        bottom=0.55,
    )  # fmt: skip
    x = [day.toordinal() for day in days]
    day_axis(axes, days[0], days[-1])
    end = axes.get_xlim()[1]
    highest = max(max(row.n_contacts, row.n_referrals, row.n_interviews) for row in rows)
    axes.set_ylim(0, max(1, highest) * 1.06)
    whole_axis(axes.yaxis, max(1, highest))
    ends = []
    for name, words, colour, style in (
        ("n_contacts", "people known", BLUE, "-"),
        ("n_referrals", "referrals", VERMILLION, "--"),
        ("n_interviews", "interviews", GREEN, "-"),
    ):
        y = [getattr(row, name) for row in rows]
        axes.step([*x, end], [*y, y[-1]], where="post", color=colour, linestyle=style, linewidth=2)
        one = {"people known": "person known"}.get(words, words.removesuffix("s"))
        ends.append((y[-1], n_of(y[-1], one, words), colour))
    held = [row.n_interviews for row in rows]
    new = [n for n in range(len(held)) if held[n] > (held[n - 1] if n else 0)]
    axes.plot([x[n] for n in new], [held[n] for n in new], "o", color=GREEN, clip_on=False,
              markersize=6 if len(new) < 60 else 3)  # fmt: skip
    if len(x) == 1:
        axes.plot(x, [last.n_contacts], "o", color=BLUE, markersize=6)
    direct_labels(axes, ends, end)
    sentence = (
        f"By {dated(days[-1])} you know {n_of(last.n_contacts, 'person', 'people')}, have held "
        f"{n_of(last.n_interviews, 'interview')} and been given "
        f"{n_of(last.n_referrals, 'referral')}."
    )
    if last.n_interviews and last.n_new_people is not None:
        sentence += " " + sustained(last.n_new_people, last.n_interviews)
    return Chart(figure, sentence)


def sustained(n_new: int, n_interviews: int) -> str:
    """Return the sentence on whether the network sustains itself."""
    rate, low, high = measures.sustained(n_new, n_interviews)
    if low > 1:
        verdict = "above one, so your network sustains itself"
    elif high < 1:
        verdict = "below one, so it runs dry without new names from elsewhere"
    elif rate >= 1:
        verdict = "one or more so far: it seems to sustain itself, but it is too early to be sure"
    else:
        verdict = "below one so far: it would run dry, but it is too early to be sure"
    return (
        f"Each interview brought {_rate(rate)} new {'person' if rate == 1 else 'people'} on "
        f"average (95 % interval {_rate(low)} to {_rate(high)}), {verdict}."
    )


def _rate(value: float) -> str:
    """A figure to compare with one, in as many digits as that takes: 130, 1.05, 0.998."""
    if value >= 10:
        return f"{value:,.0f}"
    if 0 < value < 0.005:
        return "under 0.01"
    digits = 3 if 0.005 > abs(value - 1) > 0 else 2
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def fit(table: Table) -> Chart:
    """How well each occupation fits, over time; the best four are named."""
    rows = rows_of(table)
    if not rows:
        return nothing(
            "Nothing is rated on what matters to you yet. After a meeting, rate how the "
            "occupation meets it: page 4 Debrief."
        )
    names, lines = titles_of(rows), by_occupation(rows)
    order = sorted(lines, key=lambda id: -lines[id][-1].fit)
    is_wide = any(row.low is not None for row in rows)
    first, last = min(row.on for row in rows), max(row.on for row in rows)
    figure, axes = new_card(
        "How does your view of each occupation change?",
        "Fit from 0 to 100, weighted by what matters to you, "
        + (f"{dated(first)} to {dated(last)}." if first < last else f"{dated(first)}.")
        + (" A bar: where it would be if what is not rated were poor or great." if is_wide else "")
        + (f" Named: the best 4 of {len(order)}." if len(order) > 4 else ""),
        height=3.0, left=0.6, right=2.95, bottom=0.5,
    )  # fmt: skip
    axes.set_ylim(0, 100)
    axes.set_yticks(range(0, 101, 25))
    axes.grid(axis="y", color="#EEEEEE")
    axes.set_axisbelow(True)
    steps = ("-", "--", "-.", ":")
    ends = []
    for n, id in reversed(list(enumerate(order[:40]))):
        part = lines[id]
        named = n < 4
        colour = COLOURS[n] if named else "#BBBBBB"
        x = _in_order([row.on.toordinal() for row in part])
        y = [row.fit for row in part]
        axes.plot(x, y, color=colour, linewidth=2 if named else 1, zorder=3 if named else 1,
                  linestyle=steps[n] if named else "-", marker=SHAPES[n] if named else None,
                  markersize=6, clip_on=False)  # fmt: skip
        low, high = part[-1].low, part[-1].high
        if named and is_wide and high - low > 0.5:
            axes.plot([x[-1]] * 2, [low, high], color=colour, linewidth=5, alpha=0.3,
                      solid_capstyle="butt")  # fmt: skip
        if named:
            words = f"{GLYPHS[n]} {y[-1]:.0f} {fitting(names[id], 2.2, bold=True)}"
            ends.append((y[-1], words, colour))
    day_axis(axes, first, last)
    direct_labels(axes, ends, axes.get_xlim()[1])
    return Chart(figure, _fit_sentence(lines, order, names))


def _in_order(x: list[float]) -> list[float]:
    """Steps of one day side by side, so that before and after can be told apart."""
    return [value + 0.3 * x[:n].count(value) for n, value in enumerate(x)]


def _fit_sentence(lines: dict[str, list[Row]], order: list[str], names: dict[str, str]) -> str:
    said = []
    for id in order[:3]:
        part = lines[id]
        now = part[-1]
        words = f"{names[id]} is at {now.fit:.0f}"
        if now.n_criteria is not None and now.n_rated < now.n_criteria:
            words += (f" on {now.n_rated} of {now.n_criteria} criteria, so it may be "
                      f"anywhere from {now.low:.0f} to {now.high:.0f}")  # fmt: skip
        if len(part) > 1:
            words += f", from {part[0].fit:.0f} at first"
            most = max(part, key=lambda row: abs(row.change or 0))
            if abs(most.change or 0) > 1e-9 and most.moved_by:
                words += (f"; the largest step, {most.change:+.0f} on {dated(most.on)}, "
                          f'came from "{most.moved_by}"')  # fmt: skip
        said.append(words + ".")
    return " ".join(said)


def forecast(table: Table) -> Chart:
    """Interviews held by a date for each number of requests, with the chance to reach the aim."""
    rows = rows_of(table)
    if not rows:
        return nothing("Say how many interviews by which date, and the forecast appears here.")
    if rows[0].n_interviews is None:
        return _chances(rows)
    aim, by, today = rows[0].n_interviews, rows[0].by, rows[0].today
    at = next((row.n_requests for row in rows if row.is_enough), None)
    sentence = _forecast_sentence(rows, at)
    if by < today or rows[0].n_held >= aim:
        return nothing(sentence)
    most = max(10, at + 4) if at is not None else rows[-1].n_requests
    rows = [row for row in rows if row.n_requests <= most]
    rows = rows[:: -max(1, math.ceil(len(rows) / 75))][::-1]  # apart, and with the last
    n = [row.n_requests for row in rows]
    figure, axes = new_card(
        f"How many requests until {n_of(aim, 'interview')}?",
        f"Interviews held by {dated(by)}, as of {dated(today)}: the mean and the range in which at "
        "least 80 of 100 such learners would end. Below: the chance to reach the aim.",
        height=2.9, left=0.65, right=1.35, bottom=0.95,
    )  # fmt: skip
    low, high = [row.n_low for row in rows], [row.n_high for row in rows]
    axes.vlines(n, low, high, color="#A9CCE3", linewidth=max(2.5, min(16, 190 / len(n))))
    expected = [row.n_expected for row in rows]
    axes.plot(n, expected, "o", color=BLUE, markersize=5 if len(n) < 40 else 3)
    axes.axhline(aim, color=VERMILLION, linewidth=1.5, linestyle=(0, (5, 3)))
    floor = max(0, min(*low, aim) - 1)
    axes.set_ylim(floor, max(max(high), aim) + 1)
    step = max(1, math.ceil((axes.get_ylim()[1] - floor) / 7))
    ticks = range(floor, int(axes.get_ylim()[1]) + 1, step)
    axes.set_yticks(list(ticks), [str(tick) for tick in ticks])
    axes.set_xlim(-0.7, n[-1] + 0.7)
    every = max(1, math.ceil(len(n) / 11))
    shown = n[::every]
    chance = {row.n_requests: row.p_at_least for row in rows}
    axes.set_xticks(shown, [f"{k}\n{_percent(chance[k])}" for k in shown])
    axes.annotate(f"aim: {aim}", (1, aim), xycoords=("axes fraction", "data"), xytext=(8, 0),
                  textcoords="offset points", va="center", fontsize=SMALL, color=VERMILLION,
                  fontweight="bold")  # fmt: skip
    mean = expected[-1]
    if abs(mean - aim) / (axes.get_ylim()[1] - floor) > 0.08:
        axes.annotate("mean", (1, mean), xycoords=("axes fraction", "data"), xytext=(8, 0),
                      textcoords="offset points", va="center", fontsize=SMALL, color=BLUE,
                      fontweight="bold")  # fmt: skip
    axes.set_xlabel("requests still to send, and the chance to reach the aim", fontsize=SMALL)
    if at is not None:
        axes.axvline(at, color=GREY, linewidth=1, linestyle=":", zorder=0)
        axes.annotate(f"{at} to send", (at, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
                      textcoords="offset points", ha="center", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    return Chart(figure, sentence)


def _chances(rows: list[Row]) -> Chart:
    """The chance alone, of a table that does not say what was asked."""
    figure, axes = new_card(
        "How many requests are still needed?",
        "The chance to reach the aim, for each number of requests sent now.",
        height=2.9, left=0.65, right=1.35, bottom=0.7,
    )  # fmt: skip
    n, chance = [row.n_requests for row in rows], [100 * row.p_at_least for row in rows]
    axes.plot(n, chance, "o", color=BLUE, markersize=5 if len(n) < 40 else 3, clip_on=False)
    axes.set(xlim=(n[0] - 0.7, n[-1] + 0.7), ylim=(0, 100))
    axes.set_yticks(range(0, 101, 25), [f"{share} %" for share in range(0, 101, 25)])
    axes.set_xticks(n[:: math.ceil(len(n) / 11)])
    axes.set_xlabel("requests still to send", fontsize=SMALL)
    said = [f"{_percent(row.p_at_least)} with {n_of(row.n_requests, 'more request')}"
            for row in (rows[0], rows[-1])[: len(rows)]]  # fmt: skip
    return Chart(figure, f"The chance to reach the aim is {listed(said)}.")


def _percent(p: float) -> str:
    return "<1 %" if 0 < p < 0.01 else ">99 %" if 0.99 < p < 1 else f"{100 * p:.0f} %"


def _forecast_sentence(rows: list[Row], at: int | None) -> str:
    first = rows[0]
    aim, by, held = first.n_interviews, first.by, first.n_held
    if held >= aim:
        return f"You have held {n_of(held, 'interview')}, so the aim of {aim} is reached."
    if by < first.today:
        return (
            f"{dated(by)} has passed: {held} of {n_of(aim, 'interview')} held. Choose a later date."
        )
    waiting = n_of(first.n_waiting, "request")
    open_ = f"{held} held, {first.n_set} confirmed, {waiting} open"
    if at is None:
        return _not_enough(rows[-1], open_)
    row = next(row for row in rows if row.n_requests == at)
    if at == 0:
        start = f"No more requests are needed for {n_of(aim, 'interview')} by {dated(by)}"
    else:
        start = f"Send {n_of(at, 'more request')} now for {n_of(aim, 'interview')} by {dated(by)}"
    sentence = (
        f"{start}: the chance is then {_percent(row.p_at_least)}, and "
        f"{_likely(row.n_low, row.n_high)} likely ({open_})."
    )
    if at:
        sentence += f" Without any more it is {_percent(first.p_at_least)}."
    if not (held or first.n_waiting or first.n_set):
        sentence += (
            " This rests on what others report and not yet on replies to you: the range narrows "
            "as you log them."
        )
    sure = next((row.n_requests for row in rows if row.p_at_least >= 0.95), at)
    if sure > at:
        sentence += f" To be 95 % sure, send {sure}."
    return sentence


def _not_enough(last: Row, open_: str) -> str:
    """What is said when the aim is not certain enough, whatever the requests, up to this row's."""
    n, chance = last.n_requests, last.p_at_least
    if chance < 0.02:
        verdict = "out of reach"
    elif chance < 0.4:
        verdict = "unlikely"
    elif chance < 0.6:
        verdict = "about as likely as not"
    else:
        verdict = "likely, but not sure enough"
    even = "Even with" if n and chance < 0.02 else "With"
    return (
        f"{even} {n_of(n, 'more request') if n else 'no more requests'} today, "
        f"{n_of(last.n_interviews, 'interview')} by {dated(last.by)} "
        f"{'is' if last.n_interviews == 1 else 'are'} {verdict} ({open_}): the chance is "
        f"{_percent(chance)}. {'Send more, or choose' if n < MOST_REQUESTS else 'Choose'} a later "
        "date or a smaller number."
    )


def _likely(low: int, high: int) -> str:
    if low == high:
        return f"{n_of(low, 'interview')} {'is' if low == 1 else 'are'}"
    return f"{low} to {high} interviews are"


def history(table: Table) -> Chart:
    """Your meetings on a calendar, one line per occupation."""
    met = [row for row in rows_of(table) if row.on]
    if not met:
        return nothing("No meeting is logged yet. When somebody says yes, log the date.")
    names = {**titles_of(met), "": "no occupation"}
    counts = Counter(row.occupation_id for row in met)
    shown = [id for id, _ in counts.most_common(MOST_OCCUPATIONS)]
    first, last = min(row.on for row in met), max(row.on for row in met)
    figure, axes = new_card(
        "When did you meet whom?",
        top_ones("Each mark is a meeting: filled when held, open when proposed or confirmed, "
                  "a cross when it was cancelled or missed.", len(counts)),
        height=0.42 * len(shown), left=2.5, right=0.5, bottom=0.55,
    )  # fmt: skip
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    titles = [fitting(names[id], 2.2) for id in shown]
    axes.set_yticks(
        range(len(shown)), titles, fontsize=SMALL, fontfamily=fonts_for("".join(titles))
    )
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#EEEEEE")
    axes.set_axisbelow(True)
    spots: dict[str, list] = {"held": [], "planned": [], "lost": []}
    for row in met:
        if row.occupation_id in shown:
            look = "lost" if row.status in LOST else "planned"
            spot = (row.on.toordinal(), shown.index(row.occupation_id))
            spots["held" if row.status == "held" else look].append(spot)
    for look, places in spots.items():
        if places:
            axes.plot(*zip(*places, strict=True), "x" if look == "lost" else "o", markersize=8,
                      color=GREY if look == "lost" else BLUE, markeredgewidth=1.6, alpha=0.8,
                      markerfacecolor=BLUE if look == "held" else "white")  # fmt: skip
    day_axis(axes, first, last)
    held = [row for row in met if row.status == "held"]
    logged = f"{n_of(len(met), 'meeting')} logged"
    if not held:
        return Chart(figure, f"{logged}, none of them held so far.")
    first, last = min(row.on for row in held), max(row.on for row in held)
    span = f"from {dated(first)} to {dated(last)}" if first < last else f"on {dated(first)}"
    people = n_of(len({row.contact_id for row in held}), "person", "people")
    with_whom = f"{n_of(len(held), 'meeting')} held with {people}"
    return Chart(figure, f"{with_whom} {span}, of {logged}.")
