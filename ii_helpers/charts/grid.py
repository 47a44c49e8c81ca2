"""Independent voices: a grid of occupations and question categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from .card import BLUE, MOST_OCCUPATIONS, Chart, label_left, new_card, nothing, top_ones
from .words import INK, SMALL, Row, by_occupation, fitting, listed, rows_of, titles_of

if TYPE_CHECKING:
    from .words import Table

SHADES = ("white", "#CFE3F1", "#7FB5D9", BLUE)  # nobody, one, two, three and more


def voices(table: Table) -> Chart:
    """A grid of occupations and categories: independent voices of all voices in each cell."""
    rows = rows_of(table)
    if not rows:
        return nothing(
            "No occupation to ask about yet. Name one that interests you: page 1 Research."
        )
    if not any(row.n_voices for row in rows):
        return nothing("Nobody has answered a question yet. After a meeting, write the answers "
                        "down: page 4 Debrief.")  # fmt: skip
    parts, names = by_occupation(rows), titles_of(rows)
    heard = sorted(parts, key=lambda id: -sum(row.n_voices for row in parts[id]))
    shown = heard[:MOST_OCCUPATIONS]
    categories = list(dict.fromkeys(row.category for row in rows))
    figure, axes = new_card(
        "How many independent views is your picture based on?",
        top_ones("2/5: five people were heard, from two independent groups. People whom "
                  "referrals or an organization tie are one group. Dashed: nobody asked yet.",
                  len(heard)),
        height=0.44 * len(shown), left=2.1, right=0.75, bottom=0.12, top=1.0,
    )  # fmt: skip
    axes.axis("off")
    axes.set(xlim=(0, len(categories)), ylim=(len(shown), 0))
    for x, category in enumerate(categories):
        axes.annotate(category, (x + 0.35, 0), xytext=(0, 5), textcoords="offset points",
                      rotation=40, rotation_mode="anchor", fontsize=SMALL, color=INK,
                      annotation_clip=False)  # fmt: skip
    for y, id in enumerate(shown):
        label_left(axes, y + 0.5, fitting(names[id], 1.9))
    cells: dict[int, list] = {looks: [] for looks in range(4)}
    for row in (row for id in shown for row in parts[id]):
        x, y = categories.index(row.category), shown.index(row.occupation_id)
        n, of = row.n_independent, row.n_voices
        cells[min(n, 3)].append(Rectangle((x + 0.05, y + 0.07), 0.9, 0.86))
        if of:
            said = f"{n}/{of}" if of < 10 else f"{n}/\n{of}"
            axes.text(x + 0.5, y + 0.5, said, ha="center", va="center", fontsize=SMALL,
                      linespacing=1, color="white" if n >= 3 else INK)  # fmt: skip
    for n, squares in cells.items():
        axes.add_collection(PatchCollection(
            squares, facecolor=SHADES[n], edgecolor="none" if n else "#999999", linewidth=0.9,
            linestyle="-" if n else (0, (3, 2)),
        ), autolim=False)  # fmt: skip
    open_ = [row for row in rows if row.status != "ruled out"]
    if not any(row.n_voices for row in open_):
        open_ = rows
    still = by_occupation(open_)
    told = [still[id] for id in shown if id in still][:3]
    return Chart(figure, _voices_sentence(open_, told, names))


def _voices_sentence(rows: list[Row], parts: list[list[Row]], names: dict[str, str]) -> str:
    said = []
    for part in parts:
        asked = [row for row in part if row.n_voices]
        if not asked:
            continue
        several = sum(row.n_independent > 2 for row in asked)
        blank = [row.category for row in part if not row.n_voices]
        n = f"{len(asked)} categor{'y' if len(asked) == 1 else 'ies'} asked about"
        words = f"{names[part[0].occupation_id]}: "
        words += (f"three or more independent voices in {several} of {n}" if several
                  else f"fewer than three independent voices in the {n}")  # fmt: skip
        if blank:
            named = [f'"{c}"' if c == "anything else" else c for c in blank[:3]]
            more = [f"{len(blank) - 3} more"] if len(blank) > 3 else []
            words += f", nobody asked yet about {listed(named + more)}"
        said.append(words + ".")
    if any(row.n_voices and row.n_independent <= 2 for row in rows):
        said.append("Where a view rests on one or two, ask somebody whom none of them named.")
    return " ".join(said)
