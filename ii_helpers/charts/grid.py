"""Independent voices: a grid of occupations and question categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from .card import BLUE, MOST_OCCUPATIONS, Chart, label_left, new_card, nothing, top_ones
from .words import INK, SMALL, fitting, listed, titles_of

if TYPE_CHECKING:
    import pandas as pd

SHADES = ("white", "#CFE3F1", "#7FB5D9", BLUE)  # nobody, one, two, three and more


def voices(table: pd.DataFrame) -> Chart:
    """A grid of occupations and categories: independent voices of all voices in each cell."""
    if table.empty:
        return nothing("No occupation to ask about yet. Name one that interests you: 01_research.")
    if table["n_voices"].sum() == 0:
        return nothing("Nobody has answered a question yet. After a meeting, write the answers "
                        "down: 04_debrief.")  # fmt: skip
    heard = table.groupby("occupation_id", sort=False)["n_voices"].sum()
    heard = heard.sort_values(ascending=False, kind="stable")
    shown, names = heard.index[:MOST_OCCUPATIONS].tolist(), titles_of(table)
    categories = list(dict.fromkeys(table["category"]))
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
    for row in table[table["occupation_id"].isin(shown)].itertuples():
        x, y = categories.index(row.category), shown.index(row.occupation_id)
        n, of = int(row.n_independent), int(row.n_voices)
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
    return Chart(figure, _voices_sentence(table, shown, names))


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
            words += f", nobody asked yet about {listed(blank.tolist()[:3])}"
            words += f" and {len(blank) - 3} more" if len(blank) > 3 else ""
        said.append(words + ".")
    if (table.loc[table["n_voices"] > 0, "n_independent"] <= 2).any():
        said.append("Where a view rests on one or two, ask somebody whom none of them named.")
    return " ".join(said)
