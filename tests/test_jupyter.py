"""A saved page holds no answer, whoever saves it."""

import copy
import json
from pathlib import Path

import pytest

import ii_helpers
from ii_helpers.jupyter import ASLEEP, leave_answers_out

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "notebooks" / "01_research.ipynb"


@pytest.fixture
def run_page():
    """A page as JupyterLab would save it after Run All."""
    notebook = json.loads(PAGE.read_text(encoding="utf-8"))
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "abc"}, "text/plain": "Ana"}
    for n, cell in enumerate(c for c in notebook["cells"] if c["cell_type"] == "code"):
        cell["execution_count"] = n + 1
        cell["metadata"]["execution"] = {"shell.execute_reply": "now"}
        shown = {"output_type": "display_data", "metadata": {}, "data": view}
        cell["outputs"] = [shown] if n else []
    notebook["metadata"]["widgets"] = {"state": {"abc": {"value": "Ana Silva"}}}
    return {"type": "notebook", "content": notebook}


def test_outputs_counts_and_widget_state_are_left_out(run_page):
    leave_answers_out(run_page, path="01_research.ipynb")
    saved = json.dumps(run_page)
    assert "Ana" not in saved and "model_id" not in saved and "shell.execute_reply" not in saved
    codes = [c for c in run_page["content"]["cells"] if c["cell_type"] == "code"]
    assert all(cell["execution_count"] is None for cell in codes)
    notes = [cell["outputs"] for cell in codes]
    assert notes[0] == []  # what showed nothing still shows nothing
    assert all(note[0]["data"]["text/html"] == ASLEEP for note in notes[1:])


def test_saving_twice_changes_nothing_more(run_page):
    leave_answers_out(run_page)
    once = copy.deepcopy(run_page)
    leave_answers_out(run_page)
    assert run_page == once


def test_what_the_learner_wrote_stays(run_page):
    own = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "Ask about nights."}
    run_page["content"]["cells"].append(own)
    leave_answers_out(run_page)
    assert run_page["content"]["cells"][-1] == own
    shipped = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    sources = [cell["source"] for cell in run_page["content"]["cells"][:-1]]
    assert sources == [cell["source"] for cell in shipped]


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "content": "text"},
        {"type": "notebook", "content": None},
        {"type": "notebook", "content": {"metadata": {}, "cells": [{"cell_type": "code"}]}},
    ],
)
def test_other_files_and_notebooks_are_left_alone(model):
    before = copy.deepcopy(model)
    leave_answers_out(model)
    assert model == before


def test_jupyterlab_is_told_the_version_of_the_package():
    beside = Path(ii_helpers.__file__).parent / "jupyter" / "share" / "jupyter" / "labextensions"
    about = json.loads((beside / "ii-workbook" / "package.json").read_text(encoding="utf-8"))
    assert about["version"] == ii_helpers.__version__
