"""What the notebooks call: a panel of forms, checks or charts for each step of a page.

Here is what all pages share, and the first page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..sheet import without_collection

with without_collection(stays=True):  # as in charts
    from .. import forms
    from ..workbook import Workbook, open_workbook, show_example

if TYPE_CHECKING:
    import ipywidgets as w

__all__ = ["PAGES", "about_you", "example_switch", "header", "open_workbook", "whats_next"]

PAGES = {
    "00_start_here": "Start",
    "01_research": "Research",
    "02_outreach": "Outreach",
    "03_prep": "Prepare",
    "04_debrief": "Debrief",
    "05_network_review": "Review",
}


def header(wb: Workbook, page: str) -> w.VBox:
    """Where the learner is, whose logs are shown, and what to do next."""

    def step(number: int, name: str, title: str) -> str:
        if name == page:
            return f"<li aria-current=page>{number} {title}</li>"
        return f'<li><a href="{name}.ipynb">{number} {title}</a></li>'

    steps = "".join(
        step(number, name, title)
        for number, (name, title) in enumerate(PAGES.items())
        if name in wb.course.pages.used
    )

    def make() -> str:
        said = [("next", whats_next(wb))]
        if wb.is_example:
            said.insert(
                0,
                (
                    "advice",
                    "You are looking at the example learner, who is invented. Your own logs are "
                    "untouched. The switch on page 0 Start brings them back.",
                ),
            )
        return forms.lines(said)

    refresh = forms.button("Refresh this page", wb.refresh)
    forms.land_on(refresh)
    where = forms.markup(f'<ol class="ii-where" aria-label="Pages">{steps}</ol>')
    said = forms.live(wb, f"header {page}", make)
    return forms.panel(forms.bar(where, refresh), said, _Mending(wb, page).widget, heads=True)


class _Mending:
    """What another program did to the logs, and the click that mends it; empty as a rule."""

    def __init__(self, wb: Workbook, page: str):
        self.wb, self.said = wb, forms.markup()
        self.met, self.buttons, self.choices = forms.markup(), forms.bar(), forms.panel()
        self.widget = forms.panel(self.met, self.buttons, self.said, self.choices)
        wb.watch(f"mending {page}", lambda table: self.look())
        self.look()

    def look(self) -> None:
        """Show what there is to mend now."""
        problems = self.wb.notices()
        cures = {problem.cure for problem in problems}
        self.met.value = forms.lines(("advice", problem.text) for problem in problems)
        offered = []
        if "bring_back" in cures:
            offered = [
                forms.button("Bring them back", self.wb.bring_back, self.said, main=True),
                forms.button("Leave the files as they are", self.wb.let_go, self.said),
            ]
        if "merge_copies" in cures:
            offered.append(forms.button("Merge the copy", self.merge, self.said, main=True))
        self.buttons.children = tuple(offered)
        forms.show(self.buttons, offered)

    def merge(self, chosen: Mapping[str, str] | None = None) -> str:
        """Merge the copies; rows that both sides changed are shown side by side to choose."""
        merged, decided = self.wb.merge_copies(chosen or {}), dict(chosen or {})
        shown: list[w.Widget] = []
        for clash in merged.asked:
            sides = [
                {"Column": name, "In your log": mine, "In the copy": clash.theirs.get(name, "")}
                for name, mine in clash.mine.items()
                if mine != clash.theirs.get(name, "") and name != "updated_at"
            ]

            def take(side: str, id: str = clash.id) -> str:
                return self.merge({**decided, id: side})

            shown += [
                forms.markup(forms.html_table(sides, caption=clash.words)),
                forms.bar(
                    forms.button("Keep what is in my log", partial(take, "mine"), self.said),
                    forms.button("Take what is in the copy", partial(take, "theirs"), self.said),
                ),
            ]
        self.choices.children = tuple(shown)
        return merged.text


_WITH_TODAY = ("05_network_review", "02_outreach")  # a course may use neither


def _has_sent(purpose: str) -> Callable[[Workbook], bool]:
    return lambda wb: any(message.purpose == purpose for message in wb.messages.rows())


# The first step that is not done is the next one: (is it done, what to do, on which page).
_STEPS: tuple[tuple[Callable[[Workbook], bool], str, str], ...] = (
    (lambda wb: len(wb.learner) > 0, "Say who you are", "00_start_here"),
    (lambda wb: len(wb.criteria) > 0, "Name what matters to you", "01_research"),
    (lambda wb: len(wb.occupations) > 0, "Name an occupation to explore", "01_research"),
    (lambda wb: len(wb.findings) > 0, "Read up on it and keep what you find", "01_research"),
    (lambda wb: len(wb.goals) > 0, "Write down your objective", "01_research"),
    (lambda wb: len(wb.contacts) > 0, "Add the people you know", "02_outreach"),
    (_has_sent("request"), "Draft your first request and log it", "02_outreach"),
    (lambda wb: len(wb.interviews) > 0, "When somebody says yes, log the meeting", "02_outreach"),
    (lambda wb: len(wb.questions) > 0, "Choose your questions for the meeting", "03_prep"),
    (lambda wb: len(wb.debriefs) > 0, "After the meeting, keep what you heard", "04_debrief"),
    (_has_sent("thank-you"), "Send a thank-you note", "04_debrief"),
)


def whats_next(wb: Workbook) -> str:
    """Return the first thing of the workbook that the learner has not done yet, as a sentence."""
    for done, what, page in _STEPS:
        if page in wb.course.pages.used and not done(wb):
            return f"{what}: page {list(PAGES).index(page)} {PAGES[page]}."
    said = "You have been through every page once."
    today = next((p for p in _WITH_TODAY if p in wb.course.pages.used), None)
    if today is None:
        return said
    return f"{said} What is due today stands on page {list(PAGES).index(today)} {PAGES[today]}."


def about_you(wb: Workbook) -> w.VBox:
    """The form for what letters say about the learner; one row, changed in place."""
    return forms.Form(wb, "learner", single=True, save_label="Save about you").widget


def example_switch(wb: Workbook) -> w.VBox:
    """One switch between the invented learner's workbook and the learner's own."""
    said = forms.markup()

    def switch() -> str:
        show_example(not wb.is_example)
        which = "your own logs" if wb.is_example else "the example learner"
        return (
            f"From now on the pages show {which}. "
            "Press Start this page on each page that is already open."
        )

    label = "Show my own logs again" if wb.is_example else "Show the example learner"
    now = "the example learner" if wb.is_example else "your own logs"
    return forms.panel(
        forms.markup(f"<p>This page now shows <b>{now}</b>.</p>"),
        forms.bar(forms.button(label, switch, said, main=wb.is_example)),
        said,
    )
