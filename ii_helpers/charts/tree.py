"""Who referred whom: the network drawn by generation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from .card import BLUE, COLOURS, GREY, WIDTH, Chart, new_card, nothing
from .words import INK, SMALL, Row, fitting, fonts_for, n_of, rows_of, titles_of, width_of

if TYPE_CHECKING:
    from .words import Table

MOST_PEOPLE = 300
SHAPES = ("s", "^", "D", "v")  # of the occupations met most; a ring is any other
_DEEPEST = 0.3  # inches that a bent arrow leaves the straight line by: the margin of the card
_BREAK = (math.nan, math.nan)  # between lines that are drawn as one
_PERMISSION = {"yes": "-", "not asked": (0, (5, 2.5)), "no": (0, (1, 1.8)), "": (0, (5, 2.5))}


def referral_chains(table: Table, most: int = MOST_PEOPLE) -> Chart:
    """The network drawn by generation; a summary by generation beyond `most` people.

    The layout is a tidy tree of our own: a person stands level with the first whom they
    named, or in long chains a line above, and everybody else on a line of their own, so no
    two names can overlap. networkx's layouts place nodes, not names.
    """
    everybody = rows_of(table)
    linked = [row for row in everybody if row.n_referred or row.referred_by]
    if not linked:
        return nothing(
            "Nobody has named anybody yet. Before you leave a meeting, ask whom else to talk to."
        )
    sentence = _chains_sentence(linked)
    generations = max(row.generation for row in linked) + 1
    if len(linked) > most or generations > 13:
        return _chains_summary(linked, sentence)
    people = {row.contact_id: row for row in linked}
    is_long = generations > 5  # then only stepped lines leave room for the names
    level = _levels(people, is_long)
    n_lines = max(level.values()) + 1
    with_work = [row for row in linked if row.occupation_id]
    names, used = titles_of(with_work), Counter(row.occupation_id for row in with_work)
    marks = {id: (COLOURS[n], SHAPES[n]) for n, (id, _) in enumerate(used.most_common(4))}

    wide = WIDTH - 0.35  # inches, as all lengths here
    column = (wide - 2) / (generations - 1) if is_long else wide / generations
    line = 0.2 if n_lines > 60 else 0.27
    at = {id: (row.generation * column, level[id]) for id, row in people.items()}
    also = _also(people, at, line)
    heights = [y for _, y in also if y == y]
    above, below = min([-0.6, *heights]), max([n_lines - 0.4, *heights])
    figure, axes = new_card(
        "Who referred whom?",
        "Left to right: people you found yourself (0), whom they named (1), and so on. "
        f"{len(linked)} people in chains" + (f"; {len(everybody) - len(linked)} without a referral "
        "are left out." if len(everybody) > len(linked) else "."),
        height=(below - above) * line + 0.1, left=0.25, right=0.1,
        bottom=0.55 + 0.22 * math.ceil((len(marks) + 1) / 2), top=0.4,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(-0.12, wide - 0.12), ylim=(below, above))
    _draw_lines(axes, people, at, also)
    _draw_names(axes, people, at, (lambda x: wide - x) if is_long else (lambda x: column))
    _draw_marks(axes, people, at, marks)
    for n in range(generations):
        title = f"generation {n}" if n else "found yourself"
        axes.annotate(f"{n}" if is_long else title, (n * column, above), xytext=(0, 8),
                      textcoords="offset points", fontsize=SMALL, color="#555555",
                      annotation_clip=False)  # fmt: skip
    _chains_legend(figure, marks, names, len(used) > len(marks), linked)
    return Chart(figure, sentence)


def _levels(people: dict[str, Row], is_long: bool) -> dict[str, int]:
    """The line that each person stands on: the next one, or level with who named them first."""
    below: dict[str, list[str]] = {id: [] for id in people}
    roots: list[str] = []
    for id, row in people.items():
        (below[row.referred_by] if row.referred_by in people else roots).append(id)
    roots.sort(key=lambda id: -(people[id].n_reached or 0))

    level: dict[str, int] = {}
    ahead, lines = list(reversed(roots)), 0
    seen: set[str] = set()
    while ahead:  # depth first, the first named on the line of who named them
        id = ahead.pop()
        if id in seen:
            continue
        seen.add(id)
        by = people[id].referred_by
        if by in people and below[by][0] == id and not is_long:
            level[id] = level[by]
        else:
            level[id], lines = lines, lines + 1
        ahead += reversed(below[id])
    return level


def _also(people: dict[str, Row], at: dict[str, tuple], line: float) -> list[tuple]:
    """The bent arrows to people from others who named them, too; see `_bow`."""
    return [
        point for id, row in people.items() for other in (row.also_referred_by or "").split()
        if other in people for point in _bow(at[other], at[id], line)
    ]  # fmt: skip


def _draw_lines(axes: Any, people: dict[str, Row], at: dict[str, tuple], also: list) -> None:
    """Who named whom: down from who named them and across, in the style of the permission."""
    down: list[tuple] = []
    across: dict[str, list[tuple]] = {}
    for id, row in people.items():
        x, y = at[id]
        if row.referred_by in people:
            x0, y0 = at[row.referred_by]
            down += [(x0, y0), (x0, y), _BREAK]
            across.setdefault(row.may_use_name, []).extend([(x0, y), (x, y), _BREAK])
    looks: list[tuple[list[tuple], str, Any, float]]
    looks = [(down, "#BBBBBB", "-", 1.2), (also, "#999999", "-", 1)]
    looks += [(way, "#555555", _PERMISSION.get(may, "-"), 1.2) for may, way in across.items()]
    for way, colour, style, width in looks:
        if way:
            axes.plot(*zip(*way, strict=True), color=colour, linestyle=style, linewidth=width,
                      zorder=0 if way is also else 1, clip_on=False)  # fmt: skip


def _draw_names(axes: Any, people: dict[str, Row], at: dict[str, tuple], room: Callable) -> None:
    """Each name right of its mark, on white, in front of the lines."""
    behind = []
    for id, row in people.items():
        x, y = at[id]
        name = row.contact_id if row.name is None else row.name or "unnamed"
        label = fitting(name, room(x) - 0.3)
        axes.add_artist(_Name(x + 0.12, y, label, transform=axes.transData, fontsize=SMALL,
                              va="center", color=INK, fontfamily=fonts_for(label)))  # fmt: skip
        end = x + 0.15 + width_of(label, SMALL, False)
        behind.append([(x + 0.03, y - 0.3), (end, y - 0.3), (end, y + 0.3), (x + 0.03, y + 0.3)])
    axes.add_artist(PathPatch(Path.make_compound_path_from_polys(np.array(behind)),
                              facecolor="white", edgecolor="none", zorder=2))  # fmt: skip


def _draw_marks(axes: Any, people: dict[str, Row], at: dict[str, tuple], marks: dict) -> None:
    """A mark for each: shape and colour of the occupation, filled when met."""
    spots: dict[tuple, list[tuple]] = {}
    for id, row in people.items():
        look = (*marks.get(row.occupation_id, (GREY, "o")), row.is_met)
        spots.setdefault(look, []).append(at[id])
    for (colour, shape, met), places in spots.items():
        axes.plot(*zip(*places, strict=True), shape, markersize=8, markeredgewidth=1.6, zorder=3,
                  markeredgecolor=colour,
                  markerfacecolor="white" if met is False else colour)  # fmt: skip


class _Name(Text):
    """One line of text where it stands: matplotlib would measure and clip each of hundreds."""

    def set_clip_path(self, path, transform=None):
        pass

    def draw(self, renderer):
        x, y = self.get_transform().transform(self.get_position())
        y -= renderer.points_to_pixels(0.36 * self.get_fontsize())  # half of a capital's height
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        look = renderer.new_gc()
        look.set_foreground(self.get_color())
        said = self.get_text().replace(r"\$", "$")
        renderer.draw_text(look, x, y, said, self.get_fontproperties(), 0)
        look.restore()


def _bow(from_: tuple, to: tuple, line: float) -> list[tuple[float, float]]:
    """A bent arrow from one person to another; `line` is the height of a line in inches."""
    start, end = (np.array([x, y * line]) for x, y in (from_, to))
    way = end - start
    far = math.hypot(*way)
    deep = min(0.25, 2 * _DEEPEST / far)  # the curve comes half as far as what it bends to
    bend = start + way / 2 + deep * np.array([way[1], -way[0]])
    near = 0.09 / max(0.3, far)  # begins and ends at the rim of a mark
    t = np.linspace(near, 1 - near, 16)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    tip = curve[-1]
    back = (curve[-2] - tip) / math.hypot(*(curve[-2] - tip)) * 0.08
    side = np.array([-back[1], back[0]]) / 2
    points = np.array([*curve, tip + back + side, tip, tip + back - side, (math.nan, 0)])
    return list(points / (1, line))


def _chains_legend(figure, marks, names, has_more, linked):
    """Below the drawing, two rows: what marks and lines mean, and the occupations.

    Nothing on what the table does not tell: whom you met, whose name may be used ...
    """
    dot = {"linestyle": "", "markersize": 8, "markeredgewidth": 1.6, "color": INK}
    looks, means = [], []
    if _is_told(linked, "is_met"):
        looks += [{**dot, "marker": "o"}, {**dot, "marker": "o", "markerfacecolor": "white"}]
        means += ["met", "not met"]
    if _is_told(linked, "may_use_name"):
        looks += [{"color": "#555555", "linestyle": _PERMISSION[may], "linewidth": 1.4}
                  for may in ("yes", "not asked", "no")]  # fmt: skip
        means += ["name may be used", "not asked", "may not be used"]
    if any(row.also_referred_by for row in linked):
        looks.append({"color": "#999999", "linewidth": 1})
        means.append("named, too")
    abouts = [{**dot, "marker": shape, "color": colour} for colour, shape in marks.values()]
    titles = [fitting(names[id], 2.9) for id in marks]
    if has_more or (not marks and _is_told(linked, "occupation_id")):
        abouts.append({**dot, "marker": "o", "color": GREY})
        titles.append("another occupation" if marks else "no occupation")
    rows = math.ceil(len(titles) / 2)
    for keys, words, columns, y in (
        (abouts, titles, 2, 0.1), (looks, means, 6, 0.18 + 0.22 * rows),
    ):  # fmt: skip
        if not keys:
            continue
        figure.legend(
            [Line2D([], [], **look) for look in keys], words, ncols=columns, frameon=False,
            loc="lower left", bbox_to_anchor=(0.01, y / figure.get_size_inches()[1]),
            handletextpad=0.5, columnspacing=1.6, borderpad=0, borderaxespad=0,
            prop={"family": fonts_for("".join(words)), "size": SMALL},
        )  # fmt: skip


def _chains_sentence(linked: list[Row]) -> str:
    named = [row for row in linked if row.referred_by]
    if not named:  # a part of the table
        return f"{n_of(len(linked), 'person', 'people')} named others, who are left out here."
    deepest = max(row.generation for row in linked)
    sentence = f"{n_of(len(named), 'person was', 'people were')} named to you by others"
    if _is_told(named, "is_met"):
        sentence += f", {sum(row.is_met for row in named)} of them met"
    sentence += f"; the longest chain has {n_of(deepest, 'generation')}."
    below = Counter(row.root_contact_id for row in named)
    sizes = [(row, below[row.contact_id] if row.n_reached is None else row.n_reached)
             for row in linked if not row.referred_by]  # fmt: skip
    best, n_reached = max(sizes, key=lambda pair: pair[1], default=(linked[0], 0))
    if n_reached:
        reached = n_of(n_reached, "person", "people")
        sentence += f" The widest begins with {best.name or 'one person'} and reached {reached}."
    asked = sum(row.may_use_name not in ("yes", None) for row in named)
    if asked:
        sentence += (
            f" In {n_of(asked, 'case')} you may not say, or have not asked whether you may say, "
            "who sent you."
        )
    return sentence


def _is_told(rows: list[Row], column: str) -> bool:
    """Whether a table has this column; who cut it out wants nothing said of it."""
    return any(getattr(row, column) is not None for row in rows)


def _chains_summary(linked: list[Row], sentence: str) -> Chart:
    generations = max(row.generation for row in linked) + 1
    known = Counter(min(row.generation, 14) for row in linked)
    tells_met = _is_told(linked, "is_met")
    met = Counter(min(row.generation, 14) for row in linked if row.is_met)
    figure, axes = new_card(
        "Who referred whom?",
        f"{len(linked):,} people in {generations} generations are too many to "
        "draw: the people in each" + (", and in dark those you met." if tells_met else "."),
        height=0.36 * len(known), left=1.55, right=1.3, bottom=0.15,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, max(known.values())), ylim=(len(known) - 0.5, -0.5))
    for y, (generation, n) in enumerate(sorted(known.items())):
        axes.barh(y, n, 0.66, color="#B7D3E6")
        axes.barh(y, met[generation], 0.66, color=BLUE)
        label = "found yourself" if generation == 0 else f"generation {generation}"
        label += " and on" if generation == 14 and generations > 15 else ""
        axes.annotate(label, (0, y), xytext=(-8, 0), textcoords="offset points", ha="right",
                      va="center", fontsize=SMALL, color=INK)  # fmt: skip
        words = f"{n:,}, met {met[generation]:,}" if tells_met else f"{n:,}"
        axes.annotate(words, (n, y), xytext=(6, 0),
                      textcoords="offset points", va="center", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    return Chart(figure, sentence)
