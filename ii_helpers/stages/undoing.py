"""Undo beside the buttons of a panel: it takes back what was done there, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as w

from .. import forms

if TYPE_CHECKING:
    from ..workbook import Workbook


class Undo:
    """A button that is there as long as this panel has done something that it can take back.

    after: called when something was taken back; what it returns is said as well
    """

    def __init__(self, wb: Workbook, said: w.HTML, after: Callable[[], str | None] | None = None):
        self._wb, self._after = wb, after
        self._steps: list[str] = []  # of the changes made here, the last one last
        self.button = forms.button("Undo", self._take_back, said)
        forms.show(self.button, False)

    def made(self) -> None:
        """Say that the last change of the workbook was made in this panel."""
        self._steps.append(self._wb.last_change())
        forms.show(self.button, True)

    def forget(self) -> None:
        """Offer nothing any more of what was done here: another row is shown."""
        self._steps.clear()
        forms.show(self.button, False)

    def _take_back(self) -> str | None:
        if not self._steps:  # the second click of a double click
            return None
        done = self._wb.undo(only=self._steps[-1])
        self._steps.pop()
        forms.show(self.button, self._steps)
        more = self._after() if self._after else None
        return f"{done} {more}" if more else done
