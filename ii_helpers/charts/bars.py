"""Charts of counts: a bar or a mark per row, named at its left."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from .. import measures
from .card import (
    BLUE,
    GREEN,
    GREY,
    MOST_OCCUPATIONS,
    VERMILLION,
    Chart,
    label_left,
    label_right,
    new_card,
    nothing,
    top_ones,
)
from .words import INK, SMALL, STAGE_WORDS, Row, fitting, listed, n_of, rows_of, titles_of

if TYPE_CHECKING:
    from .words import Table


def funnel(table: Table) -> Chart:
    """How far requests lead; one row of small bars per group when the table has groups."""
    rows = rows_of(table)
    n = {row.stage: row.n for row in rows}
    if not n.get("contacted", len(rows)):
        return nothing("Nobody was asked for a meeting yet. Send a first request: page 2 Outreach.")
    if any(row.group for row in rows):
        return _funnel_of_groups(rows)
    told = ["People at each stage."]
    if "contacted" in n:
        told = [f"{n_of(n['contacted'], 'person', 'people')} asked for a meeting."]
    if any(row.median_days is not None for row in rows):
        told.append("Days are medians from the stage before.")
    figure, axes = new_card(
        "How far do your requests lead?", " ".join(told),
        height=0.42 * len(rows), left=1.85, right=3.1, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, max(1, *n.values())), ylim=(len(rows) - 0.5, -0.5))
    for y, row in enumerate(rows):
        previous = measures.PREVIOUS[row.stage]
        count, of = row.n, row.n_previous or n.get(previous)
        axes.barh(y, count, 0.66, color=GREEN if previous == "held" else BLUE)
        label_left(axes, y, STAGE_WORDS[row.stage], 10)
        words = f"{count:,}"
        if of:
            words = f"{count:,} of {of:,}"
            if of >= 20:
                low, high = measures.wilson(count, of)
                words += f": {100 * count / of:.0f} % ({100 * low:.0f}-{100 * high:.0f} %)"
            days = row.median_days
            if days is not None and count:
                words += f", after {days:.3g} day{'s' * (days != 1)}" if days else ", the same day"
        label_right(axes, count, y, words)
    return Chart(figure, _funnel_sentence(n))


def _funnel_sentence(n: dict[str, int]) -> str:
    """What these stages say; a table may hold a part of them."""
    came = [f"{n[stage]} {words}" for stage, words in
            (("replied", "replied"), ("agreed", "agreed"), ("held", "met you"))
            if stage in n]  # fmt: skip
    after = []
    if "thanked" in n:
        after.append(f"{n['thanked']} {'was' if n['thanked'] == 1 else 'were'} thanked")
    if "referred" in n:
        after.append(f"{n['referred']} named somebody else")
    said = []
    if "contacted" in n:
        asked = n_of(n["contacted"], "person", "people")
        said.append(f"Of {asked} asked for a meeting, {listed(came)}" if came
                    else f"You asked {asked} for a meeting")  # fmt: skip
    elif came:
        said.append(listed(came))
    if after and n.get("held") != 0:
        said.append(f"{'of' if said else 'Of'} those you met, {listed(after)}")
    return "; ".join(said) + "."


def _funnel_of_groups(rows: list[Row]) -> Chart:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.group or "", {})[row.stage] = row.n
    stages = [stage for stage in measures.STAGES if any(stage in n for n in counts.values())]
    shown = sorted(counts, key=lambda group: -max(counts[group].values()))[:12]
    left_out = len(counts) - len(shown)
    figure, axes = new_card(
        "Which requests lead how far?",
        "People at each stage" + (f"; the {len(shown)} largest groups." if left_out else "."),
        height=0.38 * len(shown), left=2.35, right=0.2, bottom=0.1, top=0.45,
    )  # fmt: skip
    axes.axis("off")
    most = max(1, *(max(counts[group].values()) for group in shown))
    axes.set(xlim=(0, len(measures.STAGES)), ylim=(len(shown) - 0.5, -0.5))
    for x, stage in enumerate(stages):
        axes.annotate("\n".join(textwrap.wrap(STAGE_WORDS[stage], 10)), (x, -0.5), xytext=(0, 5),
                      textcoords="offset points", va="bottom", fontsize=SMALL, color="#555555",
                      annotation_clip=False)  # fmt: skip
        for y, group in enumerate(shown):
            if (n := counts[group].get(stage)) is None:
                continue
            axes.barh(y, 0.68 * n / most, 0.62, left=x,
                      color=GREEN if measures.PREVIOUS[stage] == "held" else BLUE)  # fmt: skip
            axes.text(x + 0.68 * n / most + 0.04, y, str(n), va="center", fontsize=SMALL,
                      color=INK if n else GREY)  # fmt: skip
    for y, group in enumerate(shown):
        label_left(axes, y, fitting(group, 2.15))
    both = [group for group in shown if {"contacted", "held"} <= counts[group].keys()]
    if both:
        both.sort(key=lambda group: -counts[group]["held"])
        said = [f"{counts[g]['held']} of {counts[g]['contacted']} ({g})" for g in both[:3]]
        return Chart(figure, f"Meetings held, of the people asked: {listed(said)}.")
    first = stages[0]
    said = [f"{counts[g][first]} ({g})" for g in shown if first in counts[g]][:3]
    return Chart(figure, f"People {STAGE_WORDS[first]}: {listed(said)}.")


def perspectives(table: Table) -> Chart:
    """Interviews per occupation, and how many a course asks for."""
    every = rows_of(table)
    if not every:
        return nothing(
            "No occupation to ask about yet. Name one that interests you: page 1 Research."
        )
    open_ = [row for row in every if row.n_held or row.n_planned or row.status != "ruled out"]
    rows = (open_ or every)[:MOST_OCCUPATIONS]
    names, wanted = titles_of(every), every[0].n_wanted
    most = max(wanted, *(row.n_held + row.n_planned for row in rows))
    ahead = "planned" if every[0].n_passed is None else "to come"  # known on a day alone
    figure, axes = new_card(
        "Have you heard enough people on each occupation?",
        top_ones(f"Interviews held, and {ahead} in white. The course asks for {wanted} each.",
                  len(every)),
        height=0.42 * len(rows), left=2.2, right=2.9, bottom=0.15, top=0.35,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, most), ylim=(len(rows) - 0.5, -0.5))
    axes.plot([wanted, wanted], [-0.5, len(rows) - 0.5], color=INK, linewidth=1.2,
              linestyle=(0, (4, 3)), zorder=3)  # fmt: skip
    axes.annotate(f"{wanted} wanted", (wanted, -0.5), xytext=(0, 4), textcoords="offset points",
                  ha="center", fontsize=SMALL, color=INK, annotation_clip=False)  # fmt: skip
    for y, row in enumerate(rows):
        held, planned = row.n_held, row.n_planned
        axes.barh(y, held, 0.62, color=BLUE if held >= wanted else "#7FB5D9")
        if planned:
            axes.barh(y, planned, 0.58, left=held, facecolor="white", edgecolor=BLUE, linewidth=1.2)
        label_left(axes, y, fitting(names[row.occupation_id], 2))
        words = f"{held} held, {row.n_independent} independent" if held else "none held"
        words += f", {planned} {ahead}" if planned else ""
        words += f", {row.n_passed} past" if row.n_passed else ""
        label_right(axes, held + planned, y, words, crossed=True)
    enough = sum(row.n_held >= wanted for row in rows)
    sentence = (
        f"{enough or 'None'} of the {len(rows)} occupations shown "
        f"{'has' if enough < 2 else 'have'} {n_of(wanted, 'interview')} or more."
    )
    if len(rows) == 1:
        name = names[rows[0].occupation_id]
        sentence = f"{name}: {rows[0].n_held} of {n_of(wanted, 'interview')} held."
    passed = sum(row.n_passed or 0 for row in rows)
    if passed:
        one = "it was" if passed == 1 else "they were"
        sentence += (f" Of {n_of(passed, 'meeting')} whose day is past, nothing says yet whether "
                     f"{one} held: page 4 Debrief.")  # fmt: skip
    thin = [row for row in rows
            if row.n_held and row.n_independent <= 2 and row.status != "ruled out"]  # fmt: skip
    if thin:
        said = [f"{names[row.occupation_id]} on {row.n_independent}" for row in thin[:3]]
        sentence += (
            f" Independent voices are few: {listed(said)}. Ask somebody whom none of them named."
        )
    return Chart(figure, sentence)


def fit_ranking(table: Table) -> Chart:
    """How often each occupation comes first, over all plausible weightings and ratings."""
    rated = [row for row in rows_of(table) if row.p_first is not None]
    if not rated:
        return nothing(
            "Nothing is rated on what matters to you yet. After a meeting, rate how the "
            "occupation meets it: page 4 Debrief."
        )
    rows, names = rated[:MOST_OCCUPATIONS], titles_of(rated)
    if len(rows) == 1 and rows[0].p_first == 1:
        name = names[rows[0].occupation_id]
        words = f"Only {name} is rated (fit {rows[0].fit:.0f}). Rate another one to compare."
        return nothing(words)
    often = max(rated, key=lambda row: row.p_first)
    figure, axes = new_card(
        "Which occupation fits best, and how sure is that?",
        top_ones("In how many of 100 weightings and ratings close to yours it comes first.",
                 len(rated), "that fit best"),
        height=0.42 * len(rows), left=2.5, right=1.95, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
    for y, row in enumerate(rows):
        share = 100 * row.p_first
        axes.barh(y, 100, 0.62, color="#F0F0F0")
        axes.barh(y, share, 0.62, color=BLUE if row is often else "#7FB5D9")
        label_left(axes, y, fitting(names[row.occupation_id], 2.2))
        label_right(axes, 100, y, f"{_in_hundred(share)}, fit {row.fit:.0f}")
    return Chart(figure, _ranking_sentence(rated, often, names))


def _in_hundred(share: float) -> str:
    if 0 < share < 1:
        return "under 1 of 100"
    return "over 99 of 100" if 99 < share < 100 else f"{share:.0f} of 100"


def _ranking_sentence(rated: list[Row], often: Row, names: dict[str, str]) -> str:
    """How sure the ranking is. often: who comes first most often, which may not be the best fit"""
    best, name = rated[0], names[often.occupation_id]
    p = 100 * often.p_first
    how_often = f"first in {_in_hundred(p)} weightings and ratings close to yours"
    others = 1 - sum(row.p_first for row in rated)  # of those that this part of a table leaves out
    if often.p_first < others:
        said = [f"{name} comes {how_often}."]
    elif often is best:
        sure = "clearly" if p >= 90 else "probably" if p >= 66 else "by a narrow margin, if at all"
        said = [f"{name} fits best {sure}: it comes {how_often}.",
                _overturning(rated, names, is_whole=others < 0.001)]  # fmt: skip
    else:
        few = f" on {n_of(best.n_rated, 'rating')} of {best.n_criteria}" if _is_open(best) else ""
        said = [f"{name} comes {how_often}.",
                f"{names[best.occupation_id]} has the higher fit, {best.fit:.0f}{few} "
                f"against {often.fit:.0f}, but comes first in {_in_hundred(100 * best.p_first)}.",
        ]  # fmt: skip
    gap = next((row for row in rated if _is_open(row)), None)
    if gap and (p < 90 or often is not best):
        said.append(f"Rate what is still open for {names[gap.occupation_id]}.")
    return " ".join(filter(None, said))


def _overturning(rated: list[Row], names: dict[str, str], is_whole: bool) -> str:
    """Which change of what matters would put another one first."""
    rival = next((row for row in rated if row.criterion), None)
    if rival:
        weight = rival.at_importance
        how = f"mattered {weight} instead of {rival.importance}" if weight else "did not matter"
        return f'{names[rival.occupation_id]} would come first if "{rival.criterion}" {how}.'
    if is_whole and rated[0].criterion is not None:
        return "No single change of what matters would put another one first."
    return ""


def _is_open(row: Row) -> bool:
    """Whether something is not rated yet, as far as the table tells."""
    return row.n_criteria is not None and row.n_rated < row.n_criteria


_DUE_WORDS = {"outcome": "was it held?", "interviews": "too few interviews",
              "referral": "people named to you", "arrange": "set a date"}  # fmt: skip
_LATE_SHADES = {"overdue": "#7A2E00", "late": VERMILLION, "due": "#F2B48A", "soon": "#DDDDDD",
                "no date": "white"}  # fmt: skip


def due(table: Table) -> Chart:
    """What there is to do, by kind and by how late it is."""
    rows = rows_of(table)
    if not rows:
        return nothing("Nothing is due. Well done.")
    counts = Counter((row.what, row.how_late) for row in rows)
    totals = Counter(row.what for row in rows)
    kinds = [kind for kind in measures.KINDS if kind in totals]
    figure, axes = new_card(
        "What is waiting for you?", f"{n_of(len(rows), 'thing')} to do, most urgent kind first.",
        height=0.4 * len(kinds), left=1.95, right=0.9, bottom=0.5,
    )  # fmt: skip
    axes.axis("off")
    most = max(totals.values())
    axes.set(xlim=(0, most), ylim=(len(kinds) - 0.5, -0.5))
    for y, kind in enumerate(kinds):
        left = 0
        for late, colour in _LATE_SHADES.items():
            n = counts[kind, late]
            if n:
                axes.barh(y, n, 0.64, left=left, color=colour, edgecolor="#888888", linewidth=0.6)
                if n / most > 0.05:
                    dark = late in ("overdue", "late")
                    axes.text(left + n / 2, y, str(n), ha="center", va="center", fontsize=SMALL,
                              color="white" if dark else INK)  # fmt: skip
            left += n
        label_left(axes, y, _DUE_WORDS.get(kind, kind))
    used = [late for late in _LATE_SHADES if late in {row.how_late for row in rows}]
    patches = [Rectangle((0, 0), 1, 1, facecolor=_LATE_SHADES[late], edgecolor="#888888")
               for late in used]  # fmt: skip
    figure.legend(patches, used, ncols=5, frameon=False, loc="lower left", fontsize=SMALL,
                  bbox_to_anchor=(0.01, 0.1 / figure.get_size_inches()[1]), borderaxespad=0,
                  borderpad=0, handlelength=1.2)  # fmt: skip
    n_late = sum(row.how_late in ("late", "overdue") for row in rows)
    sentence = f"{n_of(len(rows), 'thing')} to do, {n_late} of them late."
    if rows[0].action:
        sentence += f" First: {rows[0].action}"
    return Chart(figure, sentence)


def progress(table: Table) -> Chart:
    """People at each stage, then and now."""
    every = rows_of(table)
    rows = [row for row in every if row.unit == "people"]
    if not any(row.now for row in rows):
        return nothing("There is nothing to compare yet: your logs are empty.")
    figure, axes = new_card(
        "What has changed since?", "People, at the earlier day (open) and now (filled).",
        height=0.36 * len(rows), left=3, right=1.3, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, max(row.now for row in rows)), ylim=(len(rows) - 0.5, -0.5))
    then, now, places = [row.then for row in rows], [row.now for row in rows], range(len(rows))
    axes.hlines(places, then, now, color="#7FB5D9", linewidth=3, zorder=1)
    axes.plot(then, places, "o", color=BLUE, markerfacecolor="white", markersize=8, clip_on=False)
    axes.plot(now, places, "o", color=BLUE, markersize=8, clip_on=False)
    for y, row in enumerate(rows):
        label_left(axes, y, row.figure, 16)
        label_right(axes, row.now, y, f"{row.then:,.0f} → {row.now:,.0f}")
    more = [f"{row.figure} from {row.then:,.0f} to {row.now:,.0f}" for row in rows
            if row.change]  # fmt: skip
    moved = [row for row in every if row.now == row.now and row.then != row.now]  # NaN: no figure
    sentence = f"Since then: {listed(more)}." if more else (
        "No stage has more or fewer people than then; other figures have changed." if moved
        else "Nothing has changed since then."
    )  # fmt: skip
    points = [row for row in every if row.unit == "points" and abs(row.change or 0) >= 1]
    for row in points[:3]:
        sentence += f" {row.figure} went from {row.then:.0f} to {row.now:.0f}."
    return Chart(figure, sentence)
