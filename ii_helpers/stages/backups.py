"""Notebook 05: all logs as one file to keep elsewhere, and back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import forms

if TYPE_CHECKING:
    import ipywidgets as w

    from ..workbook import Workbook


def backups(wb: Workbook) -> w.VBox:
    """Two buttons: make a backup, bring one back. Nothing is put in place before a second word."""
    said, link, question = forms.markup(), forms.markup(), forms.column()

    def make() -> str:
        question.children = ()
        path = wb.backup()
        file = forms.download("Save the backup", path.name, "application/zip", path.read_bytes())
        link.value = f'<div class="ii-bar">{file}</div>'
        return (
            "The backup is ready. Save it away from this computer, as on a stick. It holds other "
            "people's details: keep it to yourself."
        )

    def ask(name: str, data: bytes) -> None:
        def bring() -> str:
            question.children = ()
            before = wb.restore(name, data)
            return (
                "The logs of the backup are in place. Those from before are kept, too, in "
                f"{before.name}. Now press Start this page on every page that is open."
            )

        def leave() -> str:
            question.children = ()
            return "Your logs are as they were."

        said.value = link.value = ""
        no = forms.button("No, leave mine", leave, said)
        words = f'Put the logs of "{name}" in the place of yours? Yours are kept as a backup first.'
        question.children = (
            forms.markup(forms.line("advice", words)),
            forms.bar(no, forms.button("Yes, put them in place", bring, said)),
        )
        forms.focus(no)

    return forms.panel(
        forms.bar(
            forms.button("Make a backup of all logs", make, said),
            forms.upload("Bring a backup back", ".zip", ask),
        ),
        said,
        link,
        question,
    )
