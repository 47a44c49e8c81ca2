"""What is typed in a form and not saved yet: a draft of its own for each row."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import LogUnwritable

if TYPE_CHECKING:
    from ..workbook import Workbook


class Draft(NamedTuple):
    """What the fields held, column -> plain value, when they were loaded and when it was kept."""

    typed: Mapping[str, Any]
    was: Mapping[str, Any]
    kept_at: datetime


class Drafts:
    """The drafts of one form, by the row's id; "" is a new row's.

    Each is kept by itself: when somebody is forgotten, the words about others stay. A list beside
    them says whose there are; where it is lost, a draft is found when its row is chosen.
    """

    def __init__(self, wb: Workbook, key: str):
        self.wb, self._key = wb, key

    def key(self, id: str) -> str:
        return f"{self._key} {id}".strip()

    def ids(self) -> list[str]:
        """Whose drafts there are, the one that was shown last at the end."""
        listed = self.wb.draft(f"{self._key}, rows")
        ids = list(listed[0].get("ids", ())) if listed else []
        if self.of("") is None:  # as where the list named somebody who was forgotten
            return [id for id in ids if id]
        return ids if "" in ids else ["", *ids]

    def of(self, id: str) -> Draft | None:
        if (kept := self.wb.draft(self.key(id))) is None:
            return None
        values, kept_at = kept
        return Draft(values.get("typed", {}), values.get("was", {}), kept_at)

    def keep(self, id: str, typed: Mapping[str, Any], was: Mapping[str, Any]) -> None:
        """Keep this; it is on disk when it returns. Raises LogUnwritable."""
        ids = self.ids()
        self.wb.keep_draft(self.key(id), {"row": id, "typed": typed, "was": was})
        self._put_last(id, ids)

    def show(self, id: str) -> Draft | None:
        """Return a draft that is now shown, and so comes back first when the page sleeps."""
        if draft := self.of(id):
            with suppress(LogUnwritable):
                self._put_last(id, self.ids())
        return draft

    def _put_last(self, id: str, ids: list[str]) -> None:
        if ids[-1:] != [id]:
            self._list([*(one for one in ids if one != id), id])

    def drop(self, id: str) -> None:
        ids = self.ids()
        self.wb.discard_draft(self.key(id))
        if id in ids:
            self._list([one for one in ids if one != id])

    def _list(self, ids: list[str]) -> None:
        if any(ids):
            self.wb.keep_draft(f"{self._key}, rows", {"ids": ids})
        else:
            self.wb.discard_draft(f"{self._key}, rows")

    def own_rows(self) -> None:
        """Give a change of a row, kept under the form's own key as it once was, its own."""
        if (kept := self.wb.draft(self._key)) and (id := kept[0].get("row")):
            self.keep(id, kept[0].get("typed", {}), {})
            self.drop("")
        if not self.ids():
            self._list([])
