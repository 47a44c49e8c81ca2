"""Undo beside the buttons of a panel: it takes back what was done there, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as w

from .. import forms
from ..errors import WorkbookError

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
        self._steps.append(_last_change(self._wb)[0])
        forms.show(self.button, True)

    def forget(self) -> None:
        """Offer nothing any more of what was done here: another row is shown."""
        self._steps.clear()
        forms.show(self.button, False)

    def _take_back(self) -> str:
        step, words = _last_change(self._wb)
        if not self._steps or step != self._steps[-1]:
            raise WorkbookError(
                f"Nothing was taken back: the last change was made elsewhere ({words}). What was "
                "done here stays. Change it here, or take that one back first, where it was made."
                if step
                else "There is no change left to take back."
            )
        done = self._wb.undo()
        self._steps.pop()
        forms.show(self.button, self._steps)
        more = self._after() if self._after else None
        return f"{done} {more}" if more else done


def _last_change(wb: Workbook) -> tuple[str, str]:
    """Which change Undo would take back now, and in words; "" when there is none."""
    step = wb._last_step()
    if not step:
        return "", ""
    table, entry = step[-1]
    return entry["step"], entry["words"] or wb._words(table, entry)
