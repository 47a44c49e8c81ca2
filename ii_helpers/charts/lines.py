"""Charts over time, and over the requests still to send."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .. import measures
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
from .words import INK, SMALL, dated, days_of, fitting, fonts_for, n_of, titles_of

if TYPE_CHECKING:
    import pandas as pd


def network_growth(table: pd.DataFrame) -> Chart:
    """People, referrals and interviews over time, and whether the network sustains itself."""
    if table.empty:
        return nothing("Your network is empty so far. Add the people you know: 02_outreach.")
    days = days_of(table, "on")
    last = table.iloc[-1]
    span = f"From {dated(days[0])} to {dated(days[-1])}" if len(days) > 1 else dated(days[0])
    marked = ". A dot is a day with an interview." if last.n_interviews else "."
    figure, axes = new_card(
        "How does your network grow?", span + marked, height=2.9, left=0.65, right=1.75,
        bottom=0.55,
    )  # fmt: skip
    x = [day.toordinal() for day in days]
    day_axis(axes, days[0], days[-1])
    end = axes.get_xlim()[1]
    highest = int(max(table[name].max() for name in ("n_contacts", "n_referrals", "n_interviews")))
    axes.set_ylim(0, max(1, highest) * 1.06)
    whole_axis(axes.yaxis, max(1, highest))
    ends = []
    for name, words, colour, style in (
        ("n_contacts", "people known", BLUE, "-"),
        ("n_referrals", "referrals", VERMILLION, "--"),
        ("n_interviews", "interviews", GREEN, "-"),
    ):
        y = table[name].astype(int).tolist()
        axes.step([*x, end], [*y, y[-1]], where="post", color=colour, linestyle=style, linewidth=2)
        one = {"people known": "person known"}.get(words, words.removesuffix("s"))
        ends.append((y[-1], n_of(y[-1], one, words), colour))
    held = table["n_interviews"].astype(int).tolist()
    new = [n for n in range(len(held)) if held[n] > (held[n - 1] if n else 0)]
    axes.plot([x[n] for n in new], [held[n] for n in new], "o", color=GREEN, clip_on=False,
              markersize=6 if len(new) < 60 else 3)  # fmt: skip
    if len(x) == 1:
        axes.plot(x, [int(last.n_contacts)], "o", color=BLUE, markersize=6)
    direct_labels(axes, ends, end)
    contacts, interviews = int(last.n_contacts), int(last.n_interviews)
    sentence = (
        f"By {dated(days[-1])} you know {n_of(contacts, 'person', 'people')}, have held "
        f"{n_of(interviews, 'interview')} and been given {n_of(int(last.n_referrals), 'referral')}."
    )
    n_new = last.get("n_new_people")
    if interviews and n_new is not None and n_new == n_new:
        sentence += " " + sustained(int(n_new), interviews)
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
        f"Each interview brought {rate:.2g} new {'person' if rate == 1 else 'people'} on average "
        f"(95 % interval {low:.2g} to {high:.2g}), {verdict}."
    )


def fit(table: pd.DataFrame) -> Chart:
    """How well each occupation fits, over time; the best four are named."""
    if table.empty:
        return nothing(
            "Nothing is rated on what matters to you yet. After a meeting, rate how the "
            "occupation meets it: 04_debrief."
        )
    names = titles_of(table)
    lines = {id: part for id, part in table.groupby("occupation_id", sort=False)}
    order = sorted(lines, key=lambda id: -lines[id]["fit"].iloc[-1])
    days = days_of(table, "on")
    first, last = min(days), max(days)
    figure, axes = new_card(
        "How does your view of each occupation change?",
        "Fit from 0 to 100, weighted by what matters to you, "
        + (f"{dated(first)} to {dated(last)}. " if first < last else f"{dated(first)}. ") +
        "A bar: where it would be if what is not rated were poor or great."
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
        x = _in_order([day.toordinal() for day in days_of(part, "on")])
        y = part["fit"].tolist()
        axes.plot(x, y, color=colour, linewidth=2 if named else 1, zorder=3 if named else 1,
                  linestyle=steps[n] if named else "-", marker=SHAPES[n] if named else None,
                  markersize=6, clip_on=False)  # fmt: skip
        low, high = part["low"].iloc[-1], part["high"].iloc[-1]
        if named and high - low > 0.5:
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


def _fit_sentence(lines: dict, order: list[str], names: dict[str, str]) -> str:
    said = []
    for id in order[:3]:
        part = lines[id]
        now = part.iloc[-1]
        words = f"{names[id]} is at {now['fit']:.0f}"
        if now["n_rated"] < now["n_criteria"]:
            words += (f" on {now['n_rated']} of {now['n_criteria']} criteria, so it may be "
                      f"anywhere from {now['low']:.0f} to {now['high']:.0f}")  # fmt: skip
        if len(part) > 1:
            was = part["fit"].iloc[0]
            words += f", from {was:.0f} at first"
            moves = part[part["change"].abs() > 1e-9]
            if len(moves) and "moved_by" in part:
                most = moves.loc[moves["change"].abs().idxmax()]
                words += (f"; the largest step, {most['change']:+.0f} on {dated(most['on'])}, "
                          f'came from "{most["moved_by"]}"')  # fmt: skip
        said.append(words + ".")
    return " ".join(said)


def forecast(table: pd.DataFrame) -> Chart:
    """Interviews held by a date for each number of requests, with the chance to reach the aim."""
    if table.empty:
        return nothing("Say how many interviews by which date, and the forecast appears here.")
    first = table.iloc[0]
    aim, by, today = int(first["n_interviews"]), first["by"], first["today"]
    held = int(first["n_held"])
    enough = table.index[table["is_enough"]].tolist()
    at = int(table["n_requests"][enough[0]]) if enough else None
    sentence = _forecast_sentence(table, aim, by, today, held, at)
    if by < today or held >= aim:
        return nothing(sentence)
    most = max(10, at + 4) if at is not None else 30
    rows = table[table["n_requests"] <= most]
    n = rows["n_requests"].astype(int).tolist()
    figure, axes = new_card(
        f"How many requests until {n_of(aim, 'interview')}?",
        f"Interviews held by {dated(by)}, as of {dated(today)}: the mean and the range in which 80 "
        "of 100 such learners would end. Below: the chance to reach the aim.",
        height=2.9, left=0.65, right=1.35, bottom=0.95,
    )  # fmt: skip
    low, high = rows["n_low"].astype(int).tolist(), rows["n_high"].astype(int).tolist()
    axes.vlines(n, low, high, color="#A9CCE3", linewidth=max(2.5, min(16, 190 / len(n))))
    axes.plot(n, rows["n_expected"].tolist(), "o", color=BLUE, markersize=5 if len(n) < 40 else 3)
    axes.axhline(aim, color=VERMILLION, linewidth=1.5, linestyle=(0, (5, 3)))
    floor = max(0, min(*low, aim) - 1)
    axes.set_ylim(floor, max(max(high), aim) + 1)
    step = max(1, math.ceil((axes.get_ylim()[1] - floor) / 7))
    ticks = range(floor, int(axes.get_ylim()[1]) + 1, step)
    axes.set_yticks(list(ticks), [str(tick) for tick in ticks])
    axes.set_xlim(-0.7, n[-1] + 0.7)
    every = max(1, math.ceil(len(n) / 11))
    shown = n[::every]
    chance = dict(zip(n, rows["p_at_least"], strict=True))
    axes.set_xticks(shown, [f"{k}\n{_percent(chance[k])}" for k in shown])
    axes.annotate(f"aim: {aim}", (1, aim), xycoords=("axes fraction", "data"), xytext=(8, 0),
                  textcoords="offset points", va="center", fontsize=SMALL, color=VERMILLION,
                  fontweight="bold")  # fmt: skip
    mean = rows["n_expected"].iloc[-1]
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


def _percent(p: float) -> str:
    return "<1 %" if 0 < p < 0.01 else ">99 %" if 0.99 < p < 1 else f"{100 * p:.0f} %"


def _forecast_sentence(table, aim, by, today, held, at) -> str:
    if held >= aim:
        return f"You have held {n_of(held, 'interview')}, so the aim of {aim} is reached."
    if by < today:
        return (
            f"{dated(by)} has passed: {held} of {n_of(aim, 'interview')} held. Choose a later date."
        )
    now = table["p_at_least"].iloc[0]
    open_ = (
        f"{held} held, {int(table['n_set'].iloc[0])} set, {int(table['n_waiting'].iloc[0])} open"
    )
    if at is None:
        best = table["p_at_least"].max()
        return (
            f"{aim} interviews by {dated(by)} are out of reach ({open_}): even with "
            f"{int(table['n_requests'].iloc[-1])} more requests today the chance is "
            f"{_percent(best)}. Choose a later date or a smaller number."
        )
    row = table[table["n_requests"] == at].iloc[0]
    if at == 0:
        start = f"No more requests are needed for {n_of(aim, 'interview')} by {dated(by)}"
    else:
        start = f"Send {n_of(at, 'more request')} now for {n_of(aim, 'interview')} by {dated(by)}"
    sentence = (
        f"{start}: the chance is then {_percent(row['p_at_least'])}, and {int(row['n_low'])} to "
        f"{int(row['n_high'])} interviews are likely ({open_})."
    )
    if at:
        sentence += f" Without any more it is {_percent(now)}."
    if not (held or table["n_waiting"].iloc[0] or table["n_set"].iloc[0]):
        sentence += (
            " This rests on what others report and not yet on replies to you: the range narrows "
            "as you log them."
        )
    sure = table[table["p_at_least"] >= 0.95]
    if len(sure) and int(sure["n_requests"].iloc[0]) > at:
        sentence += f" To be 95 % sure, send {int(sure['n_requests'].iloc[0])}."
    return sentence


def history(table: pd.DataFrame) -> Chart:
    """Your meetings on a calendar, one line per occupation."""
    met = table[table["on"].notna()]
    if met.empty:
        return nothing("No meeting is logged yet. When somebody says yes, log the date.")
    names = titles_of(met.assign(occupation=met["occupation"].where(met["occupation"] != "",
                                                                 "no occupation")))  # fmt: skip
    counts = met["occupation_id"].value_counts()
    shown = counts.index[:MOST_OCCUPATIONS].tolist()
    days = days_of(met, "on")
    figure, axes = new_card(
        "When did you meet whom?",
        top_ones("Each mark is a meeting: filled when held, open when still to come, a cross "
                  "when it was cancelled or missed.", len(counts)),
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
    spots: dict[str, list] = {"held": [], "to come": [], "lost": []}
    for id, status, day in zip(met["occupation_id"], met["status"], days, strict=True):
        if id in shown:
            look = "lost" if status in ("cancelled", "no-show") else "to come"
            spots["held" if status == "held" else look].append((day.toordinal(), shown.index(id)))
    for look, places in spots.items():
        if places:
            axes.plot(*zip(*places, strict=True), "x" if look == "lost" else "o", markersize=8,
                      color=GREY if look == "lost" else BLUE, markeredgewidth=1.6, alpha=0.8,
                      markerfacecolor=BLUE if look == "held" else "white")  # fmt: skip
    day_axis(axes, min(days), max(days))
    held = int((met["status"] == "held").sum())
    people = met.loc[met["status"] == "held", "contact_id"].nunique()
    span = f"from {dated(min(days))} to {dated(max(days))}"
    span = span if min(days) < max(days) else f"on {dated(min(days))}"
    with_whom = f"{n_of(held, 'meeting')} held with {n_of(people, 'person', 'people')}"
    return Chart(figure, f"{with_whom} {span}, of {n_of(len(met), 'meeting')} logged.")
