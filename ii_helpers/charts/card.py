"""The card that charts are drawn on, and the chart that comes of it."""

from __future__ import annotations

import base64
import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from html import escape
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .words import INK, LARGE, NORMAL, SMALL, fonts_for

# Okabe and Ito's colours that keep contrast on white, and a shape for each.
BLUE, VERMILLION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#767676"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE)
SHAPES, GLYPHS = ("o", "s", "^", "D"), "●■▲◆"
WIDTH = 8.4  # inches
MOST_PIXELS = 3_000_000
MOST_OCCUPATIONS = 12


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
        data = base64.b64encode(self.svg.encode()).decode()
        return (
            # On a phone it scrolls, also by the keyboard, rather than shrinks beyond reading.
            '<figure style="margin:8px 0;overflow-x:auto" tabindex="0">'
            f'<img alt="{sentence}" src="data:image/svg+xml;base64,{data}" '
            f'width="{WIDTH * 100:.0f}" style="max-width:100%;min-width:560px;height:auto;'
            f'border-radius:6px"><figcaption>{sentence}</figcaption></figure>'
        )


def new_card(
    title: str, subtitle: str, height: float, left=1.2, right=0.4, bottom=0.5, top=0.2
):  # fmt: skip
    """Return a figure with its question, and one axes below it; all lengths in inches.

    height: of the drawing alone; left, right, bottom, top: room for labels around it
    """
    lines = textwrap.wrap(subtitle, 106)
    head = 0.52 + 0.19 * len(lines) + top
    total = head + height + bottom
    figure = Figure(figsize=(WIDTH, total), facecolor="white")
    FigureCanvasAgg(figure)
    edge = 0.16 / WIDTH
    figure.suptitle(title, x=edge, y=1 - 0.16 / total, fontsize=LARGE, fontweight="bold",
                    color=INK, va="top", ha="left")  # fmt: skip
    for n, line in enumerate(lines):
        figure.text(edge, 1 - (0.47 + 0.19 * n) / total, line, fontsize=SMALL, color="#555555",
                    va="top", ha="left")  # fmt: skip
    axes = figure.add_axes(
        (left / WIDTH, bottom / total, (WIDTH - left - right) / WIDTH, height / total)
    )
    axes.set_facecolor("white")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#888888")
    axes.tick_params(labelsize=SMALL, colors=INK, length=3)
    return figure, axes


def nothing(sentence: str) -> Chart:
    """What is said when there is nothing to draw; the figure has the words and no axes."""
    figure = Figure(figsize=(WIDTH, 0.8), facecolor="white")
    FigureCanvasAgg(figure)
    words = "\n".join(textwrap.wrap(sentence, 100))
    figure.text(0.02, 0.5, words, fontsize=NORMAL, color=INK, va="center")
    return Chart(figure, sentence)


def whole_axis(axis: Any, highest: float) -> None:
    """Ticks at whole numbers, at most seven of them."""
    step = max(1, 10 ** math.floor(math.log10(max(1, highest / 6))))
    while highest / step > 6:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    ticks = list(range(0, int(highest) + 1, step))
    axis.set_ticks(ticks, [f"{tick:,}" for tick in ticks])


def day_axis(axes: Any, first: date, last: date) -> None:
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


def label_left(axes: Any, y: float, text: str, gap: float = 8) -> None:
    """Name a row, so many points left of where it begins."""
    axes.annotate(text, (0, y), xytext=(-gap, 0), textcoords="offset points", ha="right",
                  va="center", fontsize=SMALL, color=INK, fontfamily=fonts_for(text))  # fmt: skip


def label_right(axes: Any, x: float, y: float, text: str, crossed: bool = False) -> None:
    """Say a row's figures behind its end; on white where a line crosses them."""
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1} if crossed else None
    axes.annotate(text, (x, y), xytext=(8, 0), textcoords="offset points", va="center",
                  fontsize=SMALL, color=INK, annotation_clip=False, bbox=paper)  # fmt: skip


def direct_labels(axes: Any, ends: list[tuple[float, str, str]], x: float) -> None:
    """Name each line at its right end: (height, text, colour), moved apart where they collide."""
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.figure.get_size_inches()[1]
    heights = _apart([end[0] for end in ends], (high - low) / inches * 0.19, high)
    for height, (_, text, colour) in zip(heights, ends, strict=True):
        axes.annotate(
            text, (x, height), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=SMALL, color=colour, fontweight="bold", annotation_clip=False,
            fontfamily=fonts_for(text),
        )  # fmt: skip


def top_ones(subtitle: str, n: int, best="heard most about") -> str:
    if n <= MOST_OCCUPATIONS:
        return subtitle
    return f"{subtitle} The {MOST_OCCUPATIONS} occupations {best}, of {n}."
