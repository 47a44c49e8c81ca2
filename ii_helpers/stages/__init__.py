"""What the notebooks call: a panel of forms, checks or charts for each step of a page.

Here is what all pages share, and the first page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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
    steps = "".join(
        f"<li{' aria-current=page' if name == page else ''}>{number} {title}</li>"
        for number, (name, title) in enumerate(PAGES.items())
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
    return forms.panel(forms.bar(where, refresh), forms.live(wb, f"header {page}", make))


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
        if not done(wb):
            return f"{what}: page {list(PAGES).index(page)} {PAGES[page]}."
    return "You have been through every page once. What is due today stands on page 5 Review."


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
