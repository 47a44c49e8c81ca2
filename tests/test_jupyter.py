"""A saved page holds no answer, whoever saves it."""

import copy
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

import ii_helpers
from ii_helpers.jupyter import (
    ASLEEP,
    Notary,
    _load_jupyter_server_extension,
    leave_answers_out,
)

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


PAGES = sorted((CHECKOUT / "notebooks").rglob("*.ipynb"))


@pytest.fixture
def notary(tmp_path):
    return Notary(data_dir=str(tmp_path))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_as_shipped_is_trusted_before_and_after_it_was_saved(path, notary):
    page = nbformat.read(path, as_version=4)
    assert notary.check_signature(page)
    for cell in page.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": "Ana"})]
    leave_answers_out({"type": "notebook", "content": page})
    saved = nbformat.writes(nbformat.from_dict(page))
    assert "asleep" in saved
    assert notary.check_signature(nbformat.reads(saved, as_version=4))


def new_code(page):
    page.cells.append(nbformat.v4.new_code_cell("print('mine')"))


def changed_code(page):
    page.cells[1].source += "\nprint('mine')"


def words_that_run(page):
    page.cells[0].source += '<img src=x onerror="alert(1)">'


def code_for_words(page):
    page.cells[0] = nbformat.v4.new_code_cell(page.cells[0].source)


def something_shown(page):
    page.cells[1].outputs = [
        nbformat.v4.new_output("display_data", {"text/html": "<script>alert(1)</script>"})
    ]


def something_beside_the_note(page):
    leave_answers_out({"type": "notebook", "content": page})
    note = nbformat.v4.new_output("display_data", {"text/html": ASLEEP, "text/plain": "x"})
    page.cells[1].outputs = [note]


def another_page(page):
    page.metadata["ii_workbook"]["page"] = "01_research"


def a_page_by_path(page):
    page.metadata["ii_workbook"]["page"] = "../notebooks/00_start_here"


def no_page(page):
    page.metadata["ii_workbook"] = ["00_start_here"]


@pytest.mark.parametrize(
    "change",
    [new_code, changed_code, words_that_run, code_for_words, something_shown,
     something_beside_the_note, another_page, a_page_by_path, no_page],
)  # fmt: skip
def test_a_page_with_anything_of_somebody_s_is_not_trusted_unless_jupyter_signed_it(change, notary):
    page = nbformat.read(PAGES[0], as_version=4)
    change(page)
    assert not notary.check_signature(page)
    notary.sign(page)
    assert notary.check_signature(page)


def test_jupyterlab_is_told_the_version_of_the_package():
    beside = Path(ii_helpers.__file__).parent / "jupyter" / "share" / "jupyter" / "labextensions"
    about = json.loads((beside / "ii-workbook" / "package.json").read_text(encoding="utf-8"))
    assert about["version"] == ii_helpers.__version__


def test_a_server_with_the_extension_opens_a_shipped_page_as_trusted(tmp_path):
    """As JupyterLab asks for it, also where nobody has laid the page down with `start`."""
    shutil.copy(PAGES[0], tmp_path)
    page = nbformat.read(PAGES[0], as_version=4)
    changed_code(page)
    nbformat.write(page, tmp_path / "changed.ipynb")
    manager = FileContentsManager(root_dir=str(tmp_path))
    _load_jupyter_server_extension(SimpleNamespace(contents_manager=manager))
    manager.notary.data_dir = str(tmp_path)
    for name, trusted in ((PAGES[0].name, True), ("changed.ipynb", False)):
        cells = manager.get(name)["content"]["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert {cell["metadata"]["trusted"] for cell in code} == {trusted}
