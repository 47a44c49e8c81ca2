"""What is written on a chart: cells of a table, counts, and text as far as it fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias

from ..names import shown

if TYPE_CHECKING:
    import pandas as pd

    Table: TypeAlias = pd.DataFrame | Iterable[Mapping[str, Any]]

INK = "#222222"
SMALL, NORMAL, LARGE = 10, 11, 14  # points

# The stages of the funnel, as its chart and the table below it say them.
STAGE_WORDS = {
    "contacted": "asked for a meeting", "replied": "replied", "agreed": "agreed",
    "held": "met", "thanked": "thanked", "referred": "named somebody",
}  # fmt: skip

# Fonts that many computers have, for names that matplotlib's own cannot write.
_WIDE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans", "Microsoft YaHei",
    "Yu Gothic", "Malgun Gothic", "Arial Unicode MS", "Noto Sans", "Segoe UI",
)  # fmt: skip


_EM = 12 * 65536  # matplotlib's unit of a letter's width, at 12 points


@lru_cache(maxsize=1)
def _fonts() -> tuple[Any, dict[str, str]]:
    """(the font that charts are written in, the path of each other one that is installed)."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager
    from matplotlib.ft2font import FT2Font

    paths = {font.name: font.fname for font in fontManager.ttflist if font.name in _WIDE_FONTS}
    own = FT2Font(findfont(FontProperties(family=["sans-serif"])))  # not the one that draws
    own.set_size(12, 72)
    return own, {name: paths[name] for name in _WIDE_FONTS if name in paths}


@lru_cache(maxsize=4096)
def _font_for(letter: str) -> str | None:
    """The name of a font that can write this letter: "" for the charts' own, None for none."""
    from matplotlib.font_manager import get_font

    own, others = _fonts()
    if letter.isascii() or own.get_char_index(ord(letter)):
        return ""
    return next((n for n, p in others.items() if get_font(p).get_char_index(ord(letter))), None)


@lru_cache(maxsize=4096)
def _wide(letter: str) -> float:
    """How wide a letter is, in parts of the font's size; one of another font is as wide as high."""
    return 1 if _font_for(letter) else _fonts()[0].load_char(ord(letter)).linearHoriAdvance / _EM


def width_of(text: str, size: float, bold: bool) -> float:
    return sum(map(_wide, text)) * size / 72 * (1.12 if bold else 1)


def fitting(
    text: str, inches: float, size: float = SMALL, bold=False, instead="(see table)"
) -> str:
    """The text as far as it can be drawn on one line so wide; a $ stays a $."""
    letters = [c for c in " ".join(str(text)[:300].split()) if _font_for(c) is not None]
    kept = " ".join("".join(letters).split())
    if not any(c.isalnum() for c in kept):
        kept = instead
    if width_of(kept, size, bold) > inches:
        while kept and width_of(kept + "…", size, bold) > inches:
            kept = kept[:-1]
        kept = kept.rstrip() + "…"
    return kept.replace("$", r"\$")


def fonts_for(text: str) -> list[str]:
    """The fonts that it takes to write this text."""
    return ["sans-serif", *dict.fromkeys(f for f in map(_font_for, text) if f)]


def n_of(n: float, one: str, many: str = "") -> str:
    """3 people, 1 person."""
    return f"{n:,.0f} {one if n == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def dated(day: Any) -> str:
    return f"{day.day} {day:%b %Y}"


class Row(SimpleNamespace):
    """A row of a measure's table; None where a value, or its whole column, is missing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return None


def rows_of(table: Table) -> list[Row]:
    """The rows of a pandas table, or of a measure's records; days as dates, the rest as it is."""
    records: Any = table
    if hasattr(records, "columns"):
        records = records.astype(object).where(records.notna(), None).to_dict("records")
    return [Row(**{name: _plain(value) for name, value in row.items()}) for row in records]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, datetime):
        return value.date()
    return None if value != value else value


def titles_of(rows: Iterable[Row]) -> dict[str, str]:
    """Occupation id -> its title; a number when titles were left out."""
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(row.occupation_id, row.occupation or f"Occupation {len(names) + 1}")
    return names


def by_occupation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Occupation id -> its rows, in the order in which they stand."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.occupation_id, []).append(row)
    return parts
