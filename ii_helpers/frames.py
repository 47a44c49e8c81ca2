"""The texts of a log's rows as a pandas table, typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .tables import Table

if TYPE_CHECKING:
    import pandas as pd

_OWN_INSTANT = [("at", "S26"), ("zone", "S7")]  # as we write them, with a line break after each


def frame(table: Table, rows: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Return a table of every column, typed, from rows of texts in the table's order."""
    import pandas as pd

    columns = list(zip(*rows, strict=True)) or [()] * len(table.header)
    made = {
        name: _column(table.kinds[name], texts)
        for name, texts in zip(table.header, columns, strict=True)
    }
    return pd.DataFrame(made, copy=False)


@lru_cache
def _words() -> Any:
    """The type of text columns: what this pandas has for text."""
    import pandas as pd

    return pd.api.types.pandas_dtype("str")


def _column(kind: str, texts: tuple[str, ...]) -> Any:
    """A column's texts as pandas holds them; by numpy where all have our own form, which is
    several times faster than what understands every form."""
    import numpy as np
    import pandas as pd

    if kind == "text":
        return pd.array(np.array(texts, dtype=object), dtype=_words())
    try:
        if kind == "number":
            numbers = [int(text) if text else 0 for text in texts]
            blank = np.array([not text for text in texts], dtype=bool)
            return pd.arrays.IntegerArray(np.array(numbers, dtype="int64"), blank)
        if kind == "day" and set(map(len, texts)) <= {0, 10}:
            days = np.array(texts, dtype="S10").astype("datetime64[D]")
            return pd.array(days.astype("datetime64[us]"))
        if kind == "instant" and texts:
            cells = np.frombuffer("\n".join((*texts, "")).encode(), dtype=_OWN_INSTANT)
            if len(cells) == len(texts) and (cells["zone"] == b"+00:00\n").all():
                moments = cells["at"].astype("datetime64[us]")
                return pd.DatetimeIndex(moments).tz_localize("UTC")
    except (ValueError, OverflowError):
        pass
    words = pd.Series(texts, dtype="str")
    if kind == "number":
        numbers = pd.to_numeric(words, errors="coerce")
        return pd.array(numbers.where(numbers % 1 == 0), dtype="Int64")
    if kind == "day":
        return pd.to_datetime(words, errors="coerce", format="%Y-%m-%d")
    return pd.to_datetime(words, errors="coerce", format="ISO8601", utc=True)
