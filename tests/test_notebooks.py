"""The notebooks as they are committed, and Run All on an empty and on the example workbook."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from .conftest import CHECKOUT, lay_down_pages

NOTEBOOKS = sorted(
    p for p in (CHECKOUT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts
)
LEARNER = [p for p in NOTEBOOKS if p.parent.name == "notebooks"]
HEX = set("0123456789abcdef")
PAGES = [
    "00_start_here", "01_research", "02_outreach", "03_prep", "04_debrief", "05_network_review",
]  # fmt: skip


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def test_every_page_is_there():
    assert [path.stem for path in LEARNER] == PAGES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_committed_clean(path):
    data = as_git_has_it(path)
    notebook = json.loads(data)
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert not any(
        len(id) == 8 and set(id) <= set("0123456789abcdef") for id in ids
    )  # made by hand
    # one key cuts a cell, and a form with it
    assert all(cell["metadata"]["deletable"] is False for cell in notebook["cells"])
    assert len(data) < 60_000


def as_git_has_it(path):
    """The file as it would be committed: who uses the checkout as a workbook, saves its pages."""
    name = path.relative_to(CHECKOUT).as_posix()
    told = subprocess.run(["git", "show", f":{name}"], cwd=CHECKOUT, capture_output=True)
    return path.read_bytes() if told.returncode else told.stdout


@pytest.mark.parametrize("path", LEARNER, ids=lambda p: p.stem)
def test_a_page_has_the_rhythm_of_a_page(path):
    first = source(cells(path, "markdown")[0])
    assert first.startswith("# ")
    for said in ("Time:", "You need", "data/log", "notebook:run-all-cells", "Start this page"):
        assert said in first, said
    assert "Run All Cells" in first  # the same in words
    last = source(cells(path, "markdown")[-1])
    assert ".ipynb)" in last  # a way on
    for cell in cells(path, "code"):
        lines = source(cell).splitlines()
        if "own-analysis" in cell["id"]:  # the one that is there to be read and changed
            assert len(lines) <= 6
            continue
        assert len(lines) <= 4 and lines[0].startswith("# ")
        assert cell["metadata"]["jupyter"]["source_hidden"] is True
        assert not any(line.startswith(("def ", "if ", "for ", "while ")) for line in lines)


@pytest.mark.parametrize("path", LEARNER, ids=lambda p: p.stem)
def test_every_link_between_pages_leads_somewhere(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#:]+)\)", source(cell)):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize(
    "page, words",
    [
        ("00_start_here", ["openings that are never advertised", "confidence", "good at"]),  # R2
        ("01_research", ["with its source", "the organization and the person"]),  # R5
        ("02_outreach", ["safe public place", "watch their work for a few hours"]),  # R16
        ("03_prep", ["courteous to everyone", "how formal it gets"]),  # R26
    ],
)
def test_the_pages_say_what_no_form_asks_for(page, words):
    text = (CHECKOUT / "notebooks" / f"{page}.ipynb").read_text(encoding="utf-8")
    assert all(word in text for word in words)


def test_run_all_of_every_notebook_ends_without_an_error(tmp_path):
    for whose in ("empty", "filled"):
        lay_down_pages(tmp_path / whose)
        shutil.copytree(CHECKOUT / "data" / "example", tmp_path / whose / "data" / "example")
        shutil.copy(CHECKOUT / "data" / "course.toml", tmp_path / whose / "data")
    shutil.copytree(CHECKOUT / "data" / "example", tmp_path / "filled" / "data" / "log")
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env",
            "--nbval-cell-timeout=60", "-p", "no:cacheprovider", "-q", "-o", "addopts=",
            "empty", "filled",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=560,
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")} | {"II_WORKBOOK_LOG": ""},
    )  # fmt: skip
    n = sum(len(cells(path, "code")) for path in NOTEBOOKS)
    assert f"{2 * n} passed" in done.stdout, done.stdout[-6000:]
    logs = tmp_path / "empty" / "data" / "log"
    assert logs.is_dir() and list(logs.glob("*.csv")) == []  # looking at a page writes no row
