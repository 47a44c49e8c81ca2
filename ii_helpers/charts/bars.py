"""Charts of counts: a bar or a mark per row, named at its left."""

from __future__ import annotations

import textwrap
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
from .words import INK, SMALL, column, fitting, listed, n_of, text_of, titles_of

if TYPE_CHECKING:
    import pandas as pd

_STAGE_WORDS = {
    "contacted": "asked for a meeting", "replied": "replied", "agreed": "agreed",
    "held": "met", "thanked": "thanked", "referred": "named somebody",
}  # fmt: skip


def funnel(table: pd.DataFrame) -> Chart:
    """How far requests lead; one row of small bars per group when the table has groups."""
    groups = [text_of(group) for group in dict.fromkeys(column(table, "group"))]
    if table.empty or table["n"].max() == 0:
        return nothing("Nobody was asked for a meeting yet. Send a first request: 02_outreach.")
    if len(groups) > 1 or groups[0]:
        return _funnel_of_groups(table, groups)
    n = dict(zip(table["stage"], table["n"].astype(int), strict=True))
    figure, axes = new_card(
        "How far do your requests lead?", f"{n_of(n['contacted'], 'person', 'people')} asked for a "
        "meeting. Days are medians from the stage before.",
        height=0.42 * len(table), left=1.85, right=3.1, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, max(n.values())), ylim=(len(table) - 0.5, -0.5))
    for y, row in enumerate(table.itertuples()):
        count, of = int(row.n), row.n_previous
        after_meeting = row.stage in ("thanked", "referred")
        axes.barh(y, count, 0.66, color=GREEN if after_meeting else BLUE)
        label_left(axes, y, _STAGE_WORDS[row.stage], 10)
        words = f"{count:,}"
        if row.previous and of:
            words = f"{count:,} of {of:,}"
            if of >= 20:
                low, share, high = (100 * v for v in (row.low, row.of_previous, row.high))
                words += f": {share:.0f} % ({low:.0f}-{high:.0f} %)"
            if row.median_days == row.median_days and count:
                days = row.median_days
                words += f", after {days:.3g} day{'s' * (days != 1)}" if days else ", the same day"
        label_right(axes, count, y, words)
    said = [f"{n['replied']} replied", f"{n['agreed']} agreed", f"{n['held']} met you"]
    sentence = f"Of {n_of(n['contacted'], 'person', 'people')} asked for a meeting, {listed(said)}"
    if n["held"]:
        thanked = f"{n['thanked']} {'was' if n['thanked'] == 1 else 'were'} thanked"
        sentence += f"; of those you met, {thanked} and {n['referred']} named somebody else"
    return Chart(figure, f"{sentence}.")


def _funnel_of_groups(table: pd.DataFrame, groups: list[str]) -> Chart:
    counts = {
        group: dict(zip(part["stage"], part["n"].astype(int), strict=True))
        for group, part in table.groupby("group", sort=False)
    }
    shown = sorted(groups, key=lambda group: -counts[group]["contacted"])[:12]
    left_out = len(groups) - len(shown)
    figure, axes = new_card(
        "Which way of asking leads how far?",
        "People at each stage" + (f"; the {len(shown)} ways used most." if left_out else "."),
        height=0.38 * len(shown), left=2.35, right=0.2, bottom=0.1, top=0.45,
    )  # fmt: skip
    axes.axis("off")
    most = max(counts[group]["contacted"] for group in shown)
    axes.set(xlim=(0, len(measures.STAGES)), ylim=(len(shown) - 0.5, -0.5))
    for x, stage in enumerate(measures.STAGES):
        axes.annotate("\n".join(textwrap.wrap(_STAGE_WORDS[stage], 10)), (x, -0.5), xytext=(0, 5),
                      textcoords="offset points", va="bottom", fontsize=SMALL, color="#555555",
                      annotation_clip=False)  # fmt: skip
        for y, group in enumerate(shown):
            n = counts[group][stage]
            axes.barh(y, 0.68 * n / most, 0.62, left=x,
                      color=BLUE if x < 4 else GREEN)  # fmt: skip
            axes.text(x + 0.68 * n / most + 0.04, y, str(n), va="center", fontsize=SMALL,
                      color=INK if n else GREY)  # fmt: skip
    for y, group in enumerate(shown):
        label_left(axes, y, fitting(group, 2.15))
    met = sorted(shown, key=lambda group: -counts[group]["held"])
    said = [f"{counts[g]['held']} of {counts[g]['contacted']} by {g}" for g in met[:3]]
    return Chart(figure, f"Meetings held, of the people asked: {listed(said)}.")


def perspectives(table: pd.DataFrame) -> Chart:
    """Interviews per occupation, and how many a course asks for."""
    if table.empty:
        return nothing("No occupation to ask about yet. Name one that interests you: 01_research.")
    open_ = table[(table["n_held"] > 0) | (table["n_planned"] > 0)
                  | (table.get("status", "") != "ruled out")]  # fmt: skip
    rows = (open_ if len(open_) else table).iloc[:MOST_OCCUPATIONS]
    names, wanted = titles_of(table), int(table["n_wanted"].iloc[0])
    most = max(wanted, int((rows["n_held"] + rows["n_planned"]).max()))
    figure, axes = new_card(
        "Have you heard enough people on each occupation?",
        top_ones(f"Interviews held, and to come in white. The course asks for {wanted} each.",
                  len(table)),
        height=0.42 * len(rows), left=2.2, right=2.9, bottom=0.15, top=0.35,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, most), ylim=(len(rows) - 0.5, -0.5))
    axes.plot([wanted, wanted], [-0.5, len(rows) - 0.5], color=INK, linewidth=1.2,
              linestyle=(0, (4, 3)), zorder=3)  # fmt: skip
    axes.annotate(f"{wanted} wanted", (wanted, -0.5), xytext=(0, 4), textcoords="offset points",
                  ha="center", fontsize=SMALL, color=INK, annotation_clip=False)  # fmt: skip
    for y, row in enumerate(rows.itertuples()):
        held, planned = int(row.n_held), int(row.n_planned)
        axes.barh(y, held, 0.62, color=BLUE if held >= wanted else "#7FB5D9")
        if planned:
            axes.barh(y, planned, 0.58, left=held, facecolor="white", edgecolor=BLUE, linewidth=1.2)
        label_left(axes, y, fitting(names[row.occupation_id], 2))
        words = f"{held} held, {int(row.n_independent)} independent" if held else "none held"
        words += f", {planned} to come" if planned else ""
        label_right(axes, held + planned, y, words)
    enough = int((rows["n_held"] >= wanted).sum())
    sentence = (
        f"{enough or 'None'} of the {len(rows)} occupations shown "
        f"{'has' if enough < 2 else 'have'} {n_of(wanted, 'interview')} or more."
    )
    if len(rows) == 1:
        name, held = names[rows["occupation_id"].iloc[0]], int(rows["n_held"].iloc[0])
        sentence = f"{name}: {held} of {n_of(wanted, 'interview')} held."
    thin = rows[(rows["n_held"] > 0) & (rows["n_independent"] <= 2)]
    if len(thin):
        said = [f"{names[row.occupation_id]} on {int(row.n_independent)}"
                for row in thin.iloc[:3].itertuples()]  # fmt: skip
        sentence += (
            f" Independent voices are few: {listed(said)}. Ask somebody whom none of them named."
        )
    return Chart(figure, sentence)


def fit_ranking(table: pd.DataFrame) -> Chart:
    """How often each occupation comes first, over all plausible weightings and ratings."""
    rated = table[table["p_first"].notna()]
    if rated.empty:
        return nothing(
            "Nothing is rated on what matters to you yet. After a meeting, rate how the "
            "occupation meets it: 04_debrief."
        )
    rows, names = rated.iloc[:MOST_OCCUPATIONS], titles_of(table)
    if len(rows) == 1:
        name, fit = names[rows["occupation_id"].iloc[0]], rows["fit"].iloc[0]
        return nothing(f"Only {name} is rated (fit {fit:.0f}). Rate another one to compare.")
    figure, axes = new_card(
        "Which occupation fits best, and how sure is that?",
        top_ones("In how many of 100 weightings and ratings close to yours it comes first.",
                 len(rated), "that fit best"),
        height=0.42 * len(rows), left=2.5, right=1.95, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
    for y, row in enumerate(rows.itertuples()):
        share = 100 * row.p_first
        axes.barh(y, 100, 0.62, color="#F0F0F0")
        axes.barh(y, share, 0.62, color=BLUE if y == 0 else "#7FB5D9")
        label_left(axes, y, fitting(names[row.occupation_id], 2.2))
        label_right(axes, 100, y, f"{_in_hundred(share)}, fit {row.fit:.0f}")
    return Chart(figure, _ranking_sentence(rated, names))


def _in_hundred(share: float) -> str:
    if 0 < share < 1:
        return "under 1 in 100"
    return "over 99 in 100" if 99 < share < 100 else f"{share:.0f} in 100"


def _ranking_sentence(rated: pd.DataFrame, names: dict[str, str]) -> str:
    best = rated.iloc[0]
    name = names[best["occupation_id"]]
    p = 100 * best["p_first"]
    sure = "clearly" if p >= 90 else "probably" if p >= 66 else "by a narrow margin, if at all"
    sentence = (
        f"{name} fits best {sure}: it comes first in {_in_hundred(p)} weightings and ratings "
        "close to yours."
    )
    rivals = rated[rated["criterion"] != ""]
    if len(rivals):
        rival = rivals.iloc[0]
        weight = int(rival["at_importance"])
        how = "did not matter" if weight == 0 else f"mattered {weight} instead of "
        how += "" if weight == 0 else f"{int(rival['importance'])}"
        sentence += (f" {names[rival['occupation_id']]} would come first if "
                     f'"{rival["criterion"]}" {how}.')  # fmt: skip
    else:
        sentence += " No single change of what matters would put another one first."
    gaps = rated[rated["n_rated"] < rated["n_criteria"]]
    if len(gaps) and p < 90:
        sentence += f" Rate what is still open for {names[gaps['occupation_id'].iloc[0]]}."
    return sentence


_DUE_WORDS = {"outcome": "was it held?", "interviews": "too few interviews",
              "referral": "people named to you", "arrange": "set a date"}  # fmt: skip
_LATE_SHADES = {"overdue": "#7A2E00", "late": VERMILLION, "due": "#F2B48A", "soon": "#DDDDDD",
                "no date": "white"}  # fmt: skip


def due(table: pd.DataFrame) -> Chart:
    """What there is to do, by kind and by how late it is."""
    if table.empty:
        return nothing("Nothing is due. Well done.")
    counts = table.groupby(["what", "how_late"]).size()
    kinds = [kind for kind in measures.KINDS if kind in counts.index.get_level_values(0)]
    figure, axes = new_card(
        "What is waiting for you?", f"{n_of(len(table), 'thing')} to do, most urgent kind first.",
        height=0.4 * len(kinds), left=1.95, right=0.9, bottom=0.5,
    )  # fmt: skip
    axes.axis("off")
    most = int(table.groupby("what").size().max())
    axes.set(xlim=(0, most), ylim=(len(kinds) - 0.5, -0.5))
    for y, kind in enumerate(kinds):
        left = 0
        for late, colour in _LATE_SHADES.items():
            n = int(counts.get((kind, late), 0))
            if n:
                axes.barh(y, n, 0.64, left=left, color=colour, edgecolor="#888888", linewidth=0.6)
                if n / most > 0.05:
                    dark = late in ("overdue", "late")
                    axes.text(left + n / 2, y, str(n), ha="center", va="center", fontsize=SMALL,
                              color="white" if dark else INK)  # fmt: skip
            left += n
        label_left(axes, y, _DUE_WORDS.get(kind, kind))
    used = [late for late in _LATE_SHADES if late in set(table["how_late"])]
    patches = [Rectangle((0, 0), 1, 1, facecolor=_LATE_SHADES[late], edgecolor="#888888")
               for late in used]  # fmt: skip
    figure.legend(patches, used, ncols=5, frameon=False, loc="lower left", fontsize=SMALL,
                  bbox_to_anchor=(0.01, 0.1 / figure.get_size_inches()[1]), borderaxespad=0,
                  borderpad=0, handlelength=1.2)  # fmt: skip
    n_late = int(table["how_late"].isin(["late", "overdue"]).sum())
    first = table.iloc[0]
    sentence = f"{n_of(len(table), 'thing')} to do, {n_late} of them late."
    if "action" in table:
        sentence += f" First: {first['action']}"
    return Chart(figure, sentence)


def progress(table: pd.DataFrame) -> Chart:
    """People at each stage, then and now."""
    rows = table[table["unit"] == "people"]
    if rows.empty or rows["now"].max() == 0:
        return nothing("There is nothing to compare yet: your logs are empty.")
    figure, axes = new_card(
        "What has changed since?", "People, at the earlier day (open) and now (filled).",
        height=0.36 * len(rows), left=2.75, right=1.3, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, rows["now"].max()), ylim=(len(rows) - 0.5, -0.5))
    for y, row in enumerate(rows.itertuples()):
        axes.plot([row.then, row.now], [y, y], color="#7FB5D9", linewidth=3, zorder=1)
        axes.plot(
            row.then, y, "o", color=BLUE, markerfacecolor="white", markersize=8, clip_on=False
        )
        axes.plot(row.now, y, "o", color=BLUE, markersize=8, clip_on=False)
        label_left(axes, y, row.figure, 16)
        label_right(axes, row.now, y, f"{row.then:,.0f} → {row.now:,.0f}")
    more = [f"{row.figure} from {row.then:,.0f} to {row.now:,.0f}" for row in rows.itertuples()
            if row.change > 0]  # fmt: skip
    sentence = f"Since then: {listed(more)}." if more else "Nothing has changed since then."
    points = table[(table["unit"] == "points") & (table["change"].abs() >= 1)]
    for row in points.iloc[:3].itertuples():
        sentence += f" {row.figure} went from {row.then:.0f} to {row.now:.0f}."
    return Chart(figure, sentence)
