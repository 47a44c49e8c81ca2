"""A measure's table -> a picture and the sentence that says what it shows.

`charts.<measure>(table)` takes what `measures.<measure>` returned, or any part of it with
the same columns. A picture is one white card, so that it reads alike on a light and on a
dark page; what it says in colour it says in shape, shade or words, too.
"""

from __future__ import annotations

import base64
import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from . import measures

if TYPE_CHECKING:
    import pandas as pd

# Okabe and Ito's colours that keep contrast on white, and a shape for each.
BLUE, VERMILLION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
SHAPES = ("o", "s", "^", "D")
INK = "#222222"
SMALL, NORMAL, LARGE = 10, 11, 14  # points
WIDTH = 8.4  # inches
MOST_PIXELS = 3_000_000
MOST_PEOPLE, MOST_OCCUPATIONS = 300, 12


@dataclass(frozen=True, eq=False)
class Chart:
    """A picture and its sentence, which is the picture's text for those who do not see it.

    figure: a matplotlib Figure that nothing else holds on to; without axes when there is
    nothing to draw, and then a page shows the sentence alone
    """

    figure: Figure
    sentence: str

    def __iter__(self):
        """`figure, sentence = chart` works, too."""
        return iter((self.figure, self.sentence))

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document: sharp at every size, a fifth of a PNG's bytes."""
        file = io.StringIO()
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "chart"}):
            self.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        return file.getvalue()

    @cached_property
    def png(self) -> bytes:
        """The picture as a PNG file: two pixels per point of the page, fewer when it is tall."""
        from PIL import Image

        wide, high = self.figure.get_size_inches()
        self.figure.set_dpi(min(200, math.sqrt(MOST_PIXELS / (wide * high))))
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        file = io.BytesIO()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        picture.save(file, "png", compress_level=1)
        return file.getvalue()

    def _repr_html_(self) -> str:
        sentence = escape(self.sentence)
        if not self.figure.axes:
            return f'<p class="ii-line ii-note">{sentence}</p>'
        wide = round(self.figure.get_size_inches()[0] * 100)
        data = base64.b64encode(self.svg.encode()).decode()
        wider = wide > WIDTH * 100  # it scrolls, also by the keyboard, rather than shrinks
        return (
            f'<figure style="margin:8px 0;overflow-x:auto"{" tabindex=0" if wider else ""}>'
            f'<img alt="{sentence}" src="data:image/svg+xml;base64,{data}" width="{wide}" '
            f'style="max-width:{"none" if wider else "100%"};height:auto;'
            f'border-radius:6px"><figcaption>{sentence}</figcaption></figure>'
        )


# --- the card that all charts are drawn on ---------------------------------------------------


def _card(
    title: str, subtitle: str, height: float, left=1.2, right=0.4, bottom=0.5, top=0.2,
    width=WIDTH,
):  # fmt: skip
    """Return a figure with its question, and one axes below it; all lengths in inches.

    height: of the drawing alone; left, right, bottom, top: room for labels around it
    """
    lines = textwrap.wrap(subtitle, 106)
    head = 0.52 + 0.19 * len(lines) + top
    total = head + height + bottom
    figure = Figure(figsize=(width, total), facecolor="white")
    FigureCanvasAgg(figure)
    edge = 0.16 / width
    figure.suptitle(title, x=edge, y=1 - 0.16 / total, fontsize=LARGE, fontweight="bold",
                    color=INK, va="top", ha="left")  # fmt: skip
    for n, line in enumerate(lines):
        figure.text(edge, 1 - (0.47 + 0.19 * n) / total, line, fontsize=SMALL, color="#555555",
                    va="top", ha="left")  # fmt: skip
    axes = figure.add_axes(
        (left / width, bottom / total, (width - left - right) / width, height / total)
    )
    axes.set_facecolor("white")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#888888")
    axes.tick_params(labelsize=SMALL, colors=INK, length=3)
    return figure, axes


def _nothing(sentence: str) -> Chart:
    """What is said when there is nothing to draw; the figure has the words and no axes."""
    figure = Figure(figsize=(WIDTH, 0.8), facecolor="white")
    FigureCanvasAgg(figure)
    words = "\n".join(textwrap.wrap(sentence, 100))
    figure.text(0.02, 0.5, words, fontsize=NORMAL, color=INK, va="center")
    return Chart(figure, sentence)


# Fonts that many computers have, for names that matplotlib's own cannot write.
_WIDE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans", "Microsoft YaHei",
    "Yu Gothic", "Malgun Gothic", "Arial Unicode MS", "Noto Sans", "Segoe UI",
)  # fmt: skip


_EM = 12 * 65536  # matplotlib's unit of a letter's width, at 12 points


@lru_cache(maxsize=1)
def _fonts() -> tuple[list, dict[str, list]]:
    """(the font that charts are written in, the others that are installed) by name."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager
    from matplotlib.ft2font import FT2Font

    paths = {font.name: font.fname for font in fontManager.ttflist if font.name in _WIDE_FONTS}
    own = [FT2Font(findfont(FontProperties(family=["sans-serif"])))]  # not the one that draws
    own[0].set_size(12, 72)
    return own, {name: [paths[name]] for name in _WIDE_FONTS if name in paths}


@lru_cache(maxsize=4096)
def _font_for(letter: str) -> str | None:
    """The name of a font that can write this letter: "" for the charts' own, None for none."""
    from matplotlib.font_manager import get_font

    own, others = _fonts()
    if letter.isascii() or own[0].get_char_index(ord(letter)):
        return ""
    return next((n for n, [p] in others.items() if get_font(p).get_char_index(ord(letter))), None)


@lru_cache(maxsize=4096)
def _wide(letter: str) -> float:
    """How wide a letter is, in parts of the font's size; one of another font is as wide as high."""
    return 1 if _font_for(letter) else _fonts()[0][0].load_char(ord(letter)).linearHoriAdvance / _EM


def _inches(text: str, size: float, bold: bool) -> float:
    return sum(map(_wide, text)) * size / 72 * (1.12 if bold else 1)


def _drawn(text: str, inches: float, size: float = SMALL, bold=False, instead="(see table)") -> str:
    """The text as far as it can be drawn on one line so wide; a $ stays a $."""
    letters = [c for c in " ".join(str(text)[:300].split()) if _font_for(c) is not None]
    kept = " ".join("".join(letters).split())
    if not any(c.isalnum() for c in kept):
        kept = instead
    if _inches(kept, size, bold) > inches:
        while kept and _inches(kept + "…", size, bold) > inches:
            kept = kept[:-1]
        kept = kept.rstrip() + "…"
    return kept.replace("$", r"\$")


def _family(text: str) -> list[str]:
    """The fonts that it takes to write this text."""
    return ["sans-serif", *dict.fromkeys(f for f in map(_font_for, text) if f)]


def _n(n: float, one: str, many: str = "") -> str:
    """3 people, 1 person."""
    return f"{n:,.0f} {one if n == 1 else many or one + 's'}"


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _day(day: Any) -> str:
    return f"{day.day} {day:%b %Y}"


def _text(value: Any) -> str:
    """A cell as text, blank when it is missing or its column is."""
    return "" if value is None or value != value else str(value)


def _column(table: pd.DataFrame, name: str) -> list:
    """A column as a list, texts blank when the table has none such."""
    return table[name].tolist() if name in table else [""] * len(table)


def _names(table: pd.DataFrame) -> dict[str, str]:
    """Occupation id -> its title; a number when titles were left out."""
    names: dict[str, str] = {}
    pairs = zip(table["occupation_id"], _column(table, "occupation"), strict=True)
    for id, title in pairs:
        names.setdefault(id, _text(title) or f"Occupation {len(names) + 1}")
    return names


def _whole_axis(axis: Any, highest: float) -> None:
    """Ticks at whole numbers, at most seven of them."""
    step = max(1, 10 ** math.floor(math.log10(max(1, highest / 6))))
    while highest / step > 6:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    ticks = list(range(0, int(highest) + 1, step))
    axis.set_ticks(ticks, [f"{tick:,}" for tick in ticks])


def _day_axis(axes: Any, first: date, last: date) -> None:
    """A calendar below: at most seven days named, the first of months on long stretches."""
    span = (last - first).days
    if span <= 1:
        days = [first] if span == 0 else [first, last]
    elif span <= 80:
        step = next(step for step in (1, 2, 7, 14) if span / step <= 7)
        days = [first + timedelta(days=n) for n in range(0, span + 1, step)]
    else:
        step = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if span / 30 / n <= 7), span // 180)
        at = range(first.year * 12 + first.month, last.year * 12 + last.month, step)
        days = [date(n // 12, n % 12 + 1, 1) for n in at]
    years = first.year != last.year
    shape = "{0.day} {0:%b}\n{0:%Y}" if years else "{0.day} {0:%b}"
    axes.set_xticks([day.toordinal() for day in days], [shape.format(day) for day in days])
    room = max(1, span) * 0.02
    axes.set_xlim(first.toordinal() - room, last.toordinal() + room)


def _apart(wanted: Sequence[float], gap: float, high: float) -> list[float]:
    """Heights as near to the wanted ones as they can be with a gap between them, up to `high`."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed = list(wanted)
    for before, n in zip(order, order[1:], strict=False):
        placed[n] = max(placed[n], placed[before] + gap)
    above = high + gap
    for n in reversed(order):
        above = placed[n] = min(placed[n], above - gap)
    return placed


def _direct_labels(axes: Any, ends: list[tuple[float, str, str]], x: float) -> None:
    """Name each line at its right end: (height, text, colour), moved apart where they collide."""
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.figure.get_size_inches()[1]
    heights = _apart([end[0] for end in ends], (high - low) / inches * 0.19, high)
    for height, (_, text, colour) in zip(heights, ends, strict=True):
        axes.annotate(
            text, (x, height), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=SMALL, color=colour, fontweight="bold", annotation_clip=False,
            fontfamily=_family(text),
        )  # fmt: skip


def _dates(table: pd.DataFrame, column: str) -> list[date | None]:
    return table[column].to_numpy("datetime64[D]").tolist()


# --- 1. the funnel ------------------------------------------------------------------------------

_STAGE_WORDS = {
    "contacted": "asked for a meeting", "replied": "replied", "agreed": "agreed",
    "held": "met", "thanked": "thanked", "referred": "named somebody",
}  # fmt: skip


def funnel(table: pd.DataFrame) -> Chart:
    """How far requests lead; one row of small bars per group when the table has groups."""
    groups = [_text(group) for group in dict.fromkeys(_column(table, "group"))]
    if table.empty or table["n"].max() == 0:
        return _nothing("Nobody was asked for a meeting yet. Send a first request: 02_outreach.")
    if len(groups) > 1 or groups[0]:
        return _funnel_of_groups(table, groups)
    n = dict(zip(table["stage"], table["n"].astype(int), strict=True))
    figure, axes = _card(
        "How far do your requests lead?", f"{_n(n['contacted'], 'person', 'people')} asked for a "
        "meeting. Days are medians from the stage before.",
        height=0.42 * len(table), left=1.85, right=3.1, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, max(n.values())), ylim=(len(table) - 0.5, -0.5))
    for y, row in enumerate(table.itertuples()):
        count, of = int(row.n), row.n_previous
        after_meeting = row.stage in ("thanked", "referred")
        axes.barh(y, count, 0.66, color=GREEN if after_meeting else BLUE)
        axes.annotate(_STAGE_WORDS[row.stage], (0, y), xytext=(-10, 0), ha="right", va="center",
                      textcoords="offset points", fontsize=NORMAL, color=INK)  # fmt: skip
        said = f"{count:,}"
        if row.previous and of:
            said = f"{count:,} of {of:,}"
            if of >= 20:
                low, share, high = (100 * v for v in (row.low, row.of_previous, row.high))
                said += f": {share:.0f} % ({low:.0f}-{high:.0f} %)"
            if row.median_days == row.median_days and count:
                days = row.median_days
                said += f", after {days:.3g} day{'s' * (days != 1)}" if days else ", the same day"
        axes.annotate(said, (count, y), xytext=(6, 0), textcoords="offset points", va="center",
                      fontsize=SMALL, color=INK, annotation_clip=False)  # fmt: skip
    said = [f"{n['replied']} replied", f"{n['agreed']} agreed", f"{n['held']} met you"]
    sentence = (
        f"Of {_n(n['contacted'], 'person', 'people')} asked for a meeting, {_and(said)}; "
        f"of those you met, {n['thanked']} {'was' if n['thanked'] == 1 else 'were'} thanked "
        f"and {n['referred']} named somebody else."
    )
    return Chart(figure, sentence)


def _funnel_of_groups(table: pd.DataFrame, groups: list[str]) -> Chart:
    counts = {
        group: dict(zip(part["stage"], part["n"].astype(int), strict=True))
        for group, part in table.groupby("group", sort=False)
    }
    shown = sorted(groups, key=lambda group: -counts[group]["contacted"])[:12]
    left_out = len(groups) - len(shown)
    figure, axes = _card(
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
        axes.annotate(_drawn(group, 2.15), (0, y), xytext=(-8, 0), textcoords="offset points",
                      ha="right", va="center", fontsize=SMALL, color=INK)  # fmt: skip
    met = sorted(shown, key=lambda group: -counts[group]["held"])
    said = [f"{counts[g]['held']} of {counts[g]['contacted']} by {g}" for g in met[:3]]
    return Chart(figure, f"Meetings held, of the people asked: {_and(said)}.")


# --- 2. growth ----------------------------------------------------------------------------------


def network_growth(table: pd.DataFrame) -> Chart:
    """People, referrals and interviews over time, and whether the network sustains itself."""
    if table.empty:
        return _nothing("Your network is empty so far. Add the people you know: 02_outreach.")
    days = _dates(table, "on")
    last = table.iloc[-1]
    span = f"From {_day(days[0])} to {_day(days[-1])}" if len(days) > 1 else _day(days[0])
    marked = ". A dot is a day with an interview." if last.n_interviews else "."
    figure, axes = _card(
        "How does your network grow?", span + marked, height=2.9, left=0.65, right=1.75,
        bottom=0.55,
    )  # fmt: skip
    x = [day.toordinal() for day in days]
    _day_axis(axes, days[0], days[-1])
    end = axes.get_xlim()[1]
    highest = int(max(table[name].max() for name in ("n_contacts", "n_referrals", "n_interviews")))
    axes.set_ylim(0, max(1, highest) * 1.06)
    _whole_axis(axes.yaxis, max(1, highest))
    ends = []
    for name, words, colour, style in (
        ("n_contacts", "people known", BLUE, "-"),
        ("n_referrals", "referrals", VERMILLION, "--"),
        ("n_interviews", "interviews", GREEN, "-"),
    ):
        y = table[name].astype(int).tolist()
        axes.step([*x, end], [*y, y[-1]], where="post", color=colour, linestyle=style, linewidth=2)
        one = {"people known": "person known"}.get(words, words.removesuffix("s"))
        ends.append((y[-1], _n(y[-1], one, words), colour))
    held = table["n_interviews"].astype(int).tolist()
    new = [n for n in range(len(held)) if held[n] > (held[n - 1] if n else 0)]
    axes.plot([x[n] for n in new], [held[n] for n in new], "o", color=GREEN, clip_on=False,
              markersize=6 if len(new) < 60 else 3)  # fmt: skip
    if len(x) == 1:
        axes.plot(x, [int(last.n_contacts)], "o", color=BLUE, markersize=6)
    _direct_labels(axes, ends, end)
    contacts, interviews = int(last.n_contacts), int(last.n_interviews)
    sentence = (
        f"By {_day(days[-1])} you know {_n(contacts, 'person', 'people')}, have held "
        f"{_n(interviews, 'interview')} and been given {_n(int(last.n_referrals), 'referral')}."
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
        f"Each interview brought {rate:.2g} new people on average "
        f"(95 % interval {low:.2g} to {high:.2g}), {verdict}."
    )


# --- 3. who referred whom -----------------------------------------------------------------------

_PERMISSION = {"yes": "-", "not asked": (0, (5, 2.5)), "no": (0, (1, 1.8)), "": (0, (5, 2.5))}


def referral_chains(table: pd.DataFrame) -> Chart:
    """The network drawn by generation; a summary by generation beyond 300 people.

    The layout is a tidy tree of our own: a person stands level with the first whom they
    named, everybody else on a line of their own, so no two names can overlap. networkx's
    layouts place nodes, not names.
    """
    linked = table[(table["n_referred"] > 0) | (table["referred_by"] != "")]
    if linked.empty:
        return _nothing(
            "Nobody has named anybody yet. Before you leave a meeting, ask whom else to talk to."
        )
    sentence = _chains_sentence(table, linked)
    if len(linked) > MOST_PEOPLE or linked["generation"].max() > 12:
        return _chains_summary(linked, sentence)
    people = {row.contact_id: row for row in linked.itertuples()}
    level = _levels(people)
    n_lines = max(level.values()) + 1
    generations = int(max(row.generation for row in people.values())) + 1
    names = _names(linked[linked["occupation_id"] != ""])
    used = linked.loc[linked["occupation_id"] != "", "occupation_id"].value_counts()
    marks = {id: (COLOURS[n], SHAPES[n]) for n, id in enumerate(used.index[:4])}

    column = max(1.5, (WIDTH - 0.35) / generations)
    width = generations * column + 0.35
    tight = n_lines > 60
    twice = any(_text(getattr(row, "also_referred_by", "")) for row in people.values())
    figure, axes = _card(
        "Who referred whom?",
        "Left to right: people you found yourself, whom they named, and so on. "
        f"{len(linked)} people in chains" + (f"; {len(table) - len(linked)} without a referral "
        "are left out." if len(table) > len(linked) else "."),
        height=n_lines * (0.2 if tight else 0.27) + 0.1, left=0.25, right=0.1,
        bottom=0.55 + 0.22 * math.ceil((len(marks) + 1) / 2), top=0.4, width=width,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(-0.12, width - 0.47), ylim=(n_lines - 0.4, -0.6))
    at = {id: (row.generation * column, level[id]) for id, row in people.items()}
    edges: dict[str, list] = {}
    dots: dict[tuple, list] = {}
    names_behind = []
    for id, row in people.items():
        x, y = at[id]
        if row.referred_by in people:  # down from who named them, and across
            x0, y0 = at[row.referred_by]
            edges.setdefault(row.may_use_name, []).append([(x0, y0), (x0, y), (x, y)])
        for other in _text(getattr(row, "also_referred_by", "")).split():
            if other in people:
                _second_referrer(axes, at[other], at[id])
        dots.setdefault((*marks.get(row.occupation_id, (GREY, "o")), row.is_met), []).append(at[id])
        label = _drawn(_text(row.name) or "unnamed", column - 0.3)
        axes.text(x + 0.12, y, label, fontsize=SMALL, va="center", color=INK, zorder=4,
                  fontfamily=_family(label))  # fmt: skip
        names_behind.append(Rectangle((x + 0.1, y - 0.3), _inches(label, SMALL, False) + 0.05, 0.6))
    for may, lines in edges.items():
        style = _PERMISSION.get(may, "-")
        axes.add_collection(LineCollection(lines, colors="#555555", linewidths=1.2, zorder=1,
                                           linestyles=[style]), autolim=False)  # fmt: skip
    axes.add_collection(PatchCollection(names_behind, facecolor="white", zorder=2), autolim=False)
    for (colour, shape, met), spots in dots.items():
        axes.plot(*zip(*spots, strict=True), shape, markersize=8, markeredgewidth=1.6, zorder=3,
                  markeredgecolor=colour, markerfacecolor=colour if met else "white")  # fmt: skip
    for n in range(generations):
        title = "found yourself" if n == 0 else f"generation {n}"
        axes.annotate(title, (n * column, -0.6), xytext=(0, 8), textcoords="offset points",
                      fontsize=SMALL, color="#555555",
                      annotation_clip=False)  # fmt: skip
    _chains_legend(figure, marks, names, bool(set(used.index) - set(marks)), twice)
    return Chart(figure, sentence)


def _levels(people: dict[str, Any]) -> dict[str, int]:
    """The line that each person stands on: that of who named them, for the first one named."""
    below: dict[str, list[str]] = {id: [] for id in people}
    roots = []
    for id, row in people.items():
        (below[row.referred_by] if row.referred_by in people else roots).append(id)
    roots.sort(key=lambda id: -getattr(people[id], "n_reached", 0))

    level: dict[str, int] = {}
    todo, lines = list(reversed(roots)), 0
    seen: set[str] = set()
    while todo:  # depth first, the first named on the line of who named them
        id = todo.pop()
        if id in seen:
            continue
        seen.add(id)
        first = people[id].referred_by in people and below[people[id].referred_by][0] == id
        if first:
            level[id] = level[people[id].referred_by]
        else:
            level[id], lines = lines, lines + 1
        todo += reversed(below[id])
    return level


def _second_referrer(axes, from_, to):
    axes.annotate(
        "", xy=to, xytext=from_, zorder=0,
        arrowprops={"arrowstyle": "->", "color": "#999999", "linewidth": 1, "shrinkA": 6,
                    "shrinkB": 6, "connectionstyle": "arc3,rad=0.25"},
    )  # fmt: skip


def _chains_legend(figure, marks, names, has_more, twice):
    """Below the drawing, two rows: what marks and lines mean, and the occupations."""
    dot = {"linestyle": "", "markersize": 8, "markeredgewidth": 1.6, "color": INK}
    looks = [{**dot, "marker": "o"}, {**dot, "marker": "o", "markerfacecolor": "white"}]
    looks += [{"color": "#555555", "linestyle": _PERMISSION[may], "linewidth": 1.4}
              for may in ("yes", "not asked", "no")]  # fmt: skip
    means = ["met", "not met", "name may be used", "not asked", "may not be used"]
    if twice:
        looks.append({"color": "#999999", "linewidth": 1})
        means.append("named, too")
    abouts = [{**dot, "marker": shape, "color": colour} for colour, shape in marks.values()]
    titles = [_drawn(names[id], 2.9) for id in marks]
    if has_more or not marks:
        abouts.append({**dot, "marker": "o", "color": GREY})
        titles.append("another occupation" if marks else "no occupation")
    rows = math.ceil(len(titles) / 2)
    for keys, words, columns, y in (
        (abouts, titles, 2, 0.1), (looks, means, 6, 0.18 + 0.22 * rows),
    ):  # fmt: skip
        figure.legend(
            [Line2D([], [], **look) for look in keys], words, ncols=columns, frameon=False,
            loc="lower left", bbox_to_anchor=(0.01, y / figure.get_size_inches()[1]),
            handletextpad=0.5, columnspacing=1.6, borderpad=0, borderaxespad=0,
            prop={"family": _family("".join(words)), "size": SMALL},
        )  # fmt: skip


def _chains_sentence(table: pd.DataFrame, linked: pd.DataFrame) -> str:
    named = linked[linked["referred_by"] != ""]
    deepest = int(linked["generation"].max())
    met = int(named["is_met"].sum())
    sentence = (
        f"{_n(len(named), 'person was', 'people were')} named to you by others, "
        f"{met} of them met; the longest chain has {_n(deepest, 'generation')}."
    )
    roots = linked[(linked["referred_by"] == "")]
    if len(roots) and "n_reached" in roots and roots["n_reached"].max() > 0:
        best = roots.loc[roots["n_reached"].idxmax()]
        name = _text(best["name"]) if "name" in roots else ""
        reached = _n(int(best["n_reached"]), "person", "people")
        sentence += f" The widest begins with {name or 'one person'} and reached {reached}."
    asked = int((named["may_use_name"] != "yes").sum())
    if asked:
        sentence += (
            f" In {_n(asked, 'case')} you may not say, or have not asked whether you may say, "
            "who sent you."
        )
    return sentence


def _chains_summary(linked: pd.DataFrame, sentence: str) -> Chart:
    per = linked.groupby("generation")["is_met"].agg(["size", "sum"])
    if len(per) > 15:
        rest = per.iloc[14:].sum()
        per = per.iloc[:14].copy()
        per.loc[14] = rest
    figure, axes = _card(
        "Who referred whom?",
        f"{len(linked):,} people in chains are too many to draw: people in each generation, "
        "and in dark those you met.",
        height=0.36 * len(per), left=1.55, right=1.3, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, per["size"].max()), ylim=(len(per) - 0.5, -0.5))
    for y, (generation, row) in enumerate(per.iterrows()):
        axes.barh(y, row["size"], 0.66, color="#B7D3E6")
        axes.barh(y, row["sum"], 0.66, color=BLUE)
        label = "found yourself" if generation == 0 else f"generation {generation}"
        label += " and on" if generation == 14 else ""
        axes.annotate(label, (0, y), xytext=(-8, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK)  # fmt: skip
        axes.annotate(f"{row['size']:,}, met {row['sum']:,}", (row["size"], y), xytext=(6, 0),
                      textcoords="offset points", va="center", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    return Chart(figure, sentence)


# --- 4. independent voices ----------------------------------------------------------------------

_SHADES = ("white", "#CFE3F1", "#7FB5D9", BLUE)  # nobody, one, two, three and more


def voices(table: pd.DataFrame) -> Chart:
    """A grid of occupations and categories: independent voices of all voices in each cell."""
    if table.empty:
        return _nothing("No occupation to ask about yet. Name one that interests you: 01_research.")
    if table["n_voices"].sum() == 0:
        return _nothing("Nobody has answered a question yet. After a meeting, write the answers "
                        "down: 04_debrief.")  # fmt: skip
    heard = table.groupby("occupation_id", sort=False)["n_voices"].sum()
    heard = heard.sort_values(ascending=False, kind="stable")
    shown, names = heard.index[:MOST_OCCUPATIONS].tolist(), _names(table)
    categories = list(dict.fromkeys(table["category"]))
    figure, axes = _card(
        "How many independent views is your picture based on?",
        _top_ones("2/5: five people were heard, from two independent groups. People whom "
                  "referrals or an organization tie are one group. Dashed: nobody asked yet.",
                  len(heard)),
        height=0.44 * len(shown), left=2.45, right=0.75, bottom=0.12, top=1.0,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, len(categories)), ylim=(len(shown), 0))
    for x, category in enumerate(categories):
        axes.annotate(category, (x + 0.35, 0), xytext=(0, 5), textcoords="offset points",
                      rotation=40, rotation_mode="anchor", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    for y, id in enumerate(shown):
        name = _drawn(names[id], 2.15)
        axes.annotate(name, (0, y + 0.5), xytext=(-8, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK, fontfamily=_family(name))  # fmt: skip
    cells = {looks: [] for looks in range(4)}
    for row in table[table["occupation_id"].isin(shown)].itertuples():
        x, y = categories.index(row.category), shown.index(row.occupation_id)
        n, of = int(row.n_independent), int(row.n_voices)
        cells[min(n, 3)].append(Rectangle((x + 0.05, y + 0.07), 0.9, 0.86))
        if of:
            axes.text(x + 0.5, y + 0.5, f"{n}/{of}", ha="center", va="center",
                      fontsize=SMALL, color="white" if n >= 3 else INK)  # fmt: skip
    for n, squares in cells.items():
        axes.add_collection(PatchCollection(
            squares, facecolor=_SHADES[n], edgecolor="none" if n else "#999999", linewidth=0.9,
            linestyle="-" if n else (0, (3, 2)),
        ), autolim=False)  # fmt: skip
    return Chart(figure, _voices_sentence(table, shown, names))


def _top_ones(subtitle: str, n: int) -> str:
    if n <= MOST_OCCUPATIONS:
        return subtitle
    return f"{subtitle} The {MOST_OCCUPATIONS} occupations heard most about, of {n}."


def _voices_sentence(table: pd.DataFrame, shown: list[str], names: dict[str, str]) -> str:
    said = []
    for id in shown[:3]:
        part = table[(table["occupation_id"] == id) & (table["n_voices"] > 0)]
        if part.empty:
            continue
        few = part.loc[part["n_independent"] <= 2, "category"].tolist()
        several = len(part) - len(few)
        blank = table.loc[(table["occupation_id"] == id) & (table["n_voices"] == 0), "category"]
        words = f"{names[id]}: three or more independent voices in {several} of {len(part)} "
        words += f"categor{'y' if len(part) == 1 else 'ies'} asked about"
        if len(blank):
            words += f", nobody asked yet about {_and(blank.tolist()[:3])}"
            words += f" and {len(blank) - 3} more" if len(blank) > 3 else ""
        said.append(words + ".")
    if (table.loc[table["n_voices"] > 0, "n_independent"] <= 2).any():
        said.append("Where a view rests on one or two, ask somebody whom none of them named.")
    return " ".join(said)


def perspectives(table: pd.DataFrame) -> Chart:
    """Interviews per occupation, and how many a course asks for."""
    if table.empty:
        return _nothing("No occupation to ask about yet. Name one that interests you: 01_research.")
    open_ = table[(table["n_held"] > 0) | (table["n_planned"] > 0)
                  | (table.get("status", "") != "ruled out")]  # fmt: skip
    rows = (open_ if len(open_) else table).iloc[:MOST_OCCUPATIONS]
    names, wanted = _names(table), int(table["n_wanted"].iloc[0])
    most = max(wanted, int((rows["n_held"] + rows["n_planned"]).max()))
    figure, axes = _card(
        "Have you heard enough people on each occupation?",
        _top_ones(f"Interviews held, and to come in white. The course asks for {wanted} each.",
                  len(table)),
        height=0.42 * len(rows), left=2.5, right=2.0, bottom=0.15, top=0.35,
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
        name = _drawn(names[row.occupation_id], 2.2)
        axes.annotate(name, (0, y), xytext=(-8, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK, fontfamily=_family(name))  # fmt: skip
        said = f"{held} held, {int(row.n_independent)} independent" if held else "none held"
        axes.annotate(said, (held + planned, y), xytext=(6, 0), textcoords="offset points",
                      va="center", fontsize=SMALL, color=INK, annotation_clip=False,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    enough = int((rows["n_held"] >= wanted).sum())
    sentence = (
        f"{enough} of {_n(len(rows), 'occupation')} shown with {_n(wanted, 'interview')} or more."
    )
    thin = rows[(rows["n_held"] > 0) & (rows["n_independent"] <= 2)]
    if len(thin):
        said = [f"{names[row.occupation_id]} on {int(row.n_independent)}"
                for row in thin.iloc[:3].itertuples()]  # fmt: skip
        sentence += (
            f" Independent voices are few: {_and(said)}. Ask somebody whom none of them named."
        )
    return Chart(figure, sentence)


# --- 5. career fit ------------------------------------------------------------------------------


def fit(table: pd.DataFrame) -> Chart:
    """How well each occupation fits, over time; the best four are named."""
    if table.empty:
        return _nothing("Nothing is rated yet. Rate how an occupation meets what matters to you, "
                        "before and after a meeting: 04_debrief.")  # fmt: skip
    names = _names(table)
    lines = {id: part for id, part in table.groupby("occupation_id", sort=False)}
    order = sorted(lines, key=lambda id: -lines[id]["fit"].iloc[-1])
    days = _dates(table, "on")
    first, last = min(days), max(days)
    figure, axes = _card(
        "How does your view of each occupation change?",
        "Fit from 0 to 100, weighted by what matters to you, "
        + (f"{_day(first)} to {_day(last)}. " if first < last else f"{_day(first)}. ") +
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
        x = _in_order([day.toordinal() for day in _dates(part, "on")])
        y = part["fit"].tolist()
        axes.plot(x, y, color=colour, linewidth=2 if named else 1, zorder=3 if named else 1,
                  linestyle=steps[n] if named else "-", marker=SHAPES[n] if named else None,
                  markersize=6, clip_on=False)  # fmt: skip
        low, high = part["low"].iloc[-1], part["high"].iloc[-1]
        if named and high - low > 0.5:
            axes.plot([x[-1]] * 2, [low, high], color=colour, linewidth=5, alpha=0.3,
                      solid_capstyle="butt")  # fmt: skip
        if named:
            ends.append((y[-1], f"{y[-1]:.0f} {_drawn(names[id], 2.35, bold=True)}", colour))
    _day_axis(axes, first, last)
    _direct_labels(axes, ends, axes.get_xlim()[1])
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
                words += (f"; the largest step, {most['change']:+.0f} on {_day(most['on'])}, "
                          f'came from "{most["moved_by"]}"')  # fmt: skip
        said.append(words + ".")
    return " ".join(said)


def fit_ranking(table: pd.DataFrame) -> Chart:
    """How often each occupation comes first, over all plausible weightings and ratings."""
    rated = table[table["p_first"].notna()]
    if rated.empty:
        return _nothing("Nothing is rated yet. Rate how an occupation meets what matters to you: "
                        "04_debrief.")  # fmt: skip
    rows, names = rated.iloc[:MOST_OCCUPATIONS], _names(table)
    figure, axes = _card(
        "Which occupation fits best, and how sure is that?",
        _top_ones("In how many of 100 weightings and ratings close to yours it comes first.",
                  len(rated)).replace("heard most about", "that fit best"),
        height=0.42 * len(rows), left=2.5, right=1.95, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))
    for y, row in enumerate(rows.itertuples()):
        share = 100 * row.p_first
        axes.barh(y, 100, 0.62, color="#F0F0F0")
        axes.barh(y, share, 0.62, color=BLUE if y == 0 else "#7FB5D9")
        name = _drawn(names[row.occupation_id], 2.2)
        axes.annotate(name, (0, y), xytext=(-8, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK, fontfamily=_family(name))  # fmt: skip
        axes.annotate(f"{_in_hundred(share)}, fit {row.fit:.0f}", (100, y), xytext=(6, 0),
                      textcoords="offset points", va="center", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    return Chart(figure, _ranking_sentence(rated, names))


def _in_hundred(share: float) -> str:
    if 0 < share < 1:
        return "under 1 in 100"
    return "over 99 in 100" if 99 < share < 100 else f"{share:.0f} in 100"


def _ranking_sentence(rated: pd.DataFrame, names: dict[str, str]) -> str:
    best = rated.iloc[0]
    name = names[best["occupation_id"]]
    if len(rated) == 1:
        return f"Only {name} is rated (fit {best['fit']:.0f}). Rate another one to compare."
    p = 100 * best["p_first"]
    sure = "clearly" if p >= 90 else "probably" if p >= 66 else "by a narrow margin, if at all"
    sentence = (
        f"{name} fits best {sure}: it comes first in {_in_hundred(p)} weightings and ratings "
        "close to yours."
    )
    rival = rated.iloc[1]
    if _text(rival.get("criterion", "")):
        weight = int(rival["at_importance"])
        how = "did not matter" if weight == 0 else f"mattered {weight} instead of "
        how += "" if weight == 0 else f"{int(rival['importance'])}"
        sentence += (f" {names[rival['occupation_id']]} would come first if "
                     f'"{rival["criterion"]}" {how}.')  # fmt: skip
    elif "criterion" in rated:
        sentence += " No single change of what matters would put another one first."
    gaps = rated[rated["n_rated"] < rated["n_criteria"]]
    if len(gaps) and p < 90:
        sentence += f" Rate what is still open for {names[gaps['occupation_id'].iloc[0]]}."
    return sentence


# --- 6. the forecast ----------------------------------------------------------------------------


def forecast(table: pd.DataFrame) -> Chart:
    """Interviews held by a date for each number of requests, with the chance to reach the aim."""
    if table.empty:
        return _nothing("Say how many interviews by which date, and the forecast appears here.")
    first = table.iloc[0]
    aim, by, today = int(first["n_interviews"]), first["by"], first["today"]
    held = int(first["n_held"])
    enough = table.index[table["is_enough"]].tolist()
    at = int(table["n_requests"][enough[0]]) if enough else None
    sentence = _forecast_sentence(table, aim, by, today, held, at)
    if by < today or held >= aim:
        return _nothing(sentence)
    most = max(10, at + 4) if at is not None else 30
    rows = table[table["n_requests"] <= most]
    n = rows["n_requests"].astype(int).tolist()
    figure, axes = _card(
        f"How many requests until {_n(aim, 'interview')}?",
        f"Interviews held by {_day(by)}, as of {_day(today)}: the mean and the range in which 80 "
        "of 100 such learners would end. Below: the chance to reach the aim.",
        height=2.9, left=0.65, right=1.35, bottom=0.95,
    )  # fmt: skip
    low, high = rows["n_low"].astype(int).tolist(), rows["n_high"].astype(int).tolist()
    axes.vlines(n, low, high, color="#A9CCE3", linewidth=max(2.5, min(16, 190 / len(n))))
    axes.plot(n, rows["n_expected"].tolist(), "o", color=BLUE, markersize=5 if len(n) < 40 else 3)
    axes.axhline(aim, color=VERMILLION, linewidth=1.5, linestyle=(0, (5, 3)))
    floor = max(0, min(low) - 1)
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
        return f"You have held {_n(held, 'interview')}, so the aim of {aim} is reached."
    if by < today:
        return f"{_day(by)} has passed: {held} of {_n(aim, 'interview')} held. Choose a later date."
    now = table["p_at_least"].iloc[0]
    open_ = (
        f"{held} held, {int(table['n_set'].iloc[0])} set, {int(table['n_waiting'].iloc[0])} open"
    )
    if at is None:
        best = table["p_at_least"].max()
        return (
            f"{aim} interviews by {_day(by)} are out of reach ({open_}): even with "
            f"{int(table['n_requests'].iloc[-1])} more requests today the chance is "
            f"{_percent(best)}. Choose a later date or a smaller number."
        )
    row = table[table["n_requests"] == at].iloc[0]
    if at == 0:
        start = f"No more requests are needed for {_n(aim, 'interview')} by {_day(by)}"
    else:
        start = f"Send {_n(at, 'more request')} now for {_n(aim, 'interview')} by {_day(by)}"
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


# --- 7. today, and the rest ---------------------------------------------------------------------

_DUE_WORDS = {"outcome": "was it held?", "interviews": "too few interviews",
              "referral": "people named to you", "arrange": "set a date"}  # fmt: skip
_LATE_LOOKS = {"overdue": ("#7A2E00", ""), "late": (VERMILLION, ""), "due": ("#F2B48A", ""),
               "soon": ("#F0F0F0", ""), "no date": ("white", "")}  # fmt: skip


def due(table: pd.DataFrame) -> Chart:
    """What there is to do, by kind and by how late it is."""
    if table.empty:
        return _nothing("Nothing is due. Well done.")
    counts = table.groupby(["what", "how_late"]).size()
    kinds = [kind for kind in measures.KINDS if kind in counts.index.get_level_values(0)]
    figure, axes = _card(
        "What is waiting for you?", f"{_n(len(table), 'thing')} to do, most urgent kind first.",
        height=0.4 * len(kinds), left=1.95, right=0.9, bottom=0.5,
    )  # fmt: skip
    axes.axis("off")
    most = int(table.groupby("what").size().max())
    axes.set(xlim=(0, most), ylim=(len(kinds) - 0.5, -0.5))
    for y, kind in enumerate(kinds):
        left = 0
        for late, (colour, _) in _LATE_LOOKS.items():
            n = int(counts.get((kind, late), 0))
            if n:
                axes.barh(y, n, 0.64, left=left, color=colour, edgecolor="#888888", linewidth=0.6)
                if n / most > 0.05:
                    dark = late in ("overdue", "late")
                    axes.text(left + n / 2, y, str(n), ha="center", va="center", fontsize=SMALL,
                              color="white" if dark else INK)  # fmt: skip
            left += n
        axes.annotate(_DUE_WORDS.get(kind, kind), (0, y), xytext=(-8, 0), ha="right", va="center",
                      textcoords="offset points", fontsize=SMALL, color=INK)  # fmt: skip
    used = [late for late in _LATE_LOOKS if late in set(table["how_late"])]
    patches = [Rectangle((0, 0), 1, 1, facecolor=_LATE_LOOKS[late][0], edgecolor="#888888")
               for late in used]  # fmt: skip
    figure.legend(patches, used, ncols=5, frameon=False, loc="lower left", fontsize=SMALL,
                  bbox_to_anchor=(0.01, 0.1 / figure.get_size_inches()[1]), borderaxespad=0,
                  borderpad=0, handlelength=1.2)  # fmt: skip
    late = int(table["how_late"].isin(["late", "overdue"]).sum())
    first = table.iloc[0]
    sentence = f"{_n(len(table), 'thing')} to do, {late} of them late."
    if "action" in table:
        sentence += f" First: {first['action']}"
    return Chart(figure, sentence)


def history(table: pd.DataFrame) -> Chart:
    """Your meetings on a calendar, one line per occupation."""
    met = table[table["on"].notna()]
    if met.empty:
        return _nothing("No meeting is logged yet. When somebody says yes, log the date.")
    names = _names(met.assign(occupation=met["occupation"].where(met["occupation"] != "",
                                                                 "no occupation")))  # fmt: skip
    counts = met["occupation_id"].value_counts()
    shown = counts.index[:MOST_OCCUPATIONS].tolist()
    days = _dates(met, "on")
    figure, axes = _card(
        "When did you meet whom?",
        _top_ones("Each mark is a meeting: filled when held, open when still to come, a cross "
                  "when it was cancelled or missed.", len(counts)),
        height=0.42 * len(shown), left=2.5, right=0.5, bottom=0.55,
    )  # fmt: skip
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    titles = [_drawn(names[id], 2.2) for id in shown]
    axes.set_yticks(range(len(shown)), titles, fontsize=SMALL, fontfamily=_family("".join(titles)))
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
    _day_axis(axes, min(days), max(days))
    held = int((met["status"] == "held").sum())
    people = met.loc[met["status"] == "held", "contact_id"].nunique()
    return Chart(
        figure,
        f"{_n(held, 'meeting')} held with {_n(people, 'person', 'people')} "
        f"from {_day(min(days))} to {_day(max(days))}, of {_n(len(met), 'meeting')} logged.",
    )


def progress(table: pd.DataFrame) -> Chart:
    """People at each stage, then and now."""
    rows = table[table["unit"] == "people"]
    if rows.empty or rows["now"].max() == 0:
        return _nothing("There is nothing to compare yet: your logs are empty.")
    figure, axes = _card(
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
        axes.annotate(row.figure, (0, y), xytext=(-16, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK)  # fmt: skip
        axes.annotate(f"{row.then:.0f} → {row.now:.0f}", (row.now, y), xytext=(9, 0), va="center",
                      textcoords="offset points", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    more = [f"{row.figure} from {row.then:.0f} to {row.now:.0f}" for row in rows.itertuples()
            if row.change > 0]  # fmt: skip
    sentence = f"Since then: {_and(more)}." if more else "Nothing has changed since then."
    points = table[(table["unit"] == "points") & (table["change"].abs() >= 1)]
    for row in points.iloc[:3].itertuples():
        sentence += f" {row.figure} went from {row.then:.0f} to {row.now:.0f}."
    return Chart(figure, sentence)
