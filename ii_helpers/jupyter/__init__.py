"""A Jupyter server extension: the workbook's pages are saved without answers, and trusted as long
as they are as shipped.

A saved widget is a dead form on the next day, and a saved picture holds names. So whatever
a page of the workbook shows is left out of its file, and a line says how to wake it.
Other notebooks on the same server are left alone.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from nbformat.sign import NotebookNotary

from ..files import shipped

ASLEEP = (
    '<p role="note"><b>This part is asleep.</b> Press <b>Start this page</b> at the top '
    "to wake it. Your answers are safe in your logs.</p>"
)
_NOTE = {"output_type": "display_data", "metadata": {}, "data": {"text/html": ASLEEP}}


def _jupyter_server_extension_points():
    return [{"module": "ii_helpers.jupyter"}]


def _load_jupyter_server_extension(server):
    manager = server.contents_manager
    manager.register_pre_save_hook(leave_answers_out)
    manager.notary = Notary(parent=manager)


class Notary(NotebookNotary):
    """Jupyter's own, for which a page that is as shipped is signed: its button asks nothing."""

    def check_signature(self, nb: Mapping[str, Any]) -> bool:
        return is_as_shipped(nb) or super().check_signature(nb)


def is_as_shipped(notebook: Mapping[str, Any]) -> bool:
    """Whether a page has every cell of the shipped one and no other, and shows nothing of
    anybody's: what a page shows may run in a browser, too."""
    about = notebook["metadata"].get("ii_workbook")
    page = about.get("page") if isinstance(about, Mapping) else None
    shown = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    is_ours = _cells(notebook) == _as_shipped().get(str(page))
    return is_ours and all(output == _NOTE for output in shown)


@cache
def _as_shipped() -> dict[str, list[tuple[str, str]]]:
    """Page -> its cells."""
    found = (shipped() / "notebooks").rglob("*.ipynb")
    pages = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    return {page["metadata"]["ii_workbook"]["page"]: _cells(page) for page in pages}


def _cells(notebook: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def leave_answers_out(model, **_):
    """Take outputs, counts and widget state out of a page of the workbook, in place."""
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    if "ii_workbook" not in notebook.get("metadata", {}):
        return
    notebook["metadata"].pop("widgets", None)
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") != "code":
            continue
        shows = any("data" in output for output in cell.get("outputs", ()))
        cell["outputs"] = [copy.deepcopy(_NOTE)] if shows else []
        cell["execution_count"] = None
        cell.get("metadata", {}).pop("execution", None)
