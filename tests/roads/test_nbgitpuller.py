"""nbgitpuller: a learner who ran everything and wrote notes pulls the term's corrections."""

import asyncio
import json
import os

import pytest

from .conftest import git, run_python

nbgitpuller = pytest.importorskip("nbgitpuller.pull")


def pull(repository, place):
    return list(nbgitpuller.GitPuller(str(repository), str(place), branch="main").pull())


def run_all(page, package):
    """Run every cell of a page, as Run All does, and save it."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(page, as_version=4)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(package)
    try:
        client = NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": page.parent}}
        )
        asyncio.run(client.async_execute())
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    nbformat.write(notebook, page)


def change(page, do):
    notebook = json.loads(page.read_text(encoding="utf-8"))
    do(notebook["cells"])
    page.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def texts(page):
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def test_a_pull_brings_the_corrections_and_takes_nothing(repository, tmp_path, home):
    learner = tmp_path / "learner"
    pull(repository, learner)
    pages = sorted((learner / "notebooks").glob("*.ipynb"))
    assert len(pages) == 6
    for page in pages:
        run_all(page, learner)
    saved = run_python(
        "import ii_helpers as ii\n"
        "wb = ii.open_workbook()\n"
        "for n in range(20):\n"
        "    row = wb.contacts.append(name=f'Person {n}, \"x\"', notes='=1+1\\nline two')\n"
        "wb.messages.append(contact_id=row.id, text='Dear Person')\n"
        "print(row.id)",
        learner / "notebooks", learner,
    ).strip()  # fmt: skip

    def write_notes(cells):
        note = {"cell_type": "markdown", "id": "my-note", "metadata": {}, "source": ["MY NOTE"]}
        cells.insert(2, note)
        cells[-1]["source"] = ["MY OWN WORDS IN A SHIPPED CELL"]

    change(learner / "notebooks" / "01_research.ipynb", write_notes)
    logs = {p.name: p.read_bytes() for p in (learner / "data" / "log").glob("*.csv")}

    # Upstream: a page, the tables and the course's settings change.
    def correct(cells):
        cells[0]["source"] = [*cells[0]["source"], "\n", "\n", "CORRECTED"]

    change(repository / "notebooks" / "01_research.ipynb", correct)
    change(repository / "notebooks" / "02_outreach.ipynb", correct)
    tables = repository / "ii_helpers" / "tables.py"
    text = tables.read_text(encoding="utf-8")
    line = '    how_known: Text = _may("How you know them", choices=HOW_KNOWN)\n'
    assert line in text
    tables.write_text(text.replace(line, line + '    met_at: Text = _may("Met at")\n'), "utf-8")
    course = repository / "data" / "course.toml"
    course.write_text(course.read_text().replace("contacts = 15", "contacts = 21"))
    git(repository, "commit", "-am", "Corrections")

    said = "\n".join(pull(repository, learner))
    assert "CONFLICT" not in said
    assert git(learner, "status", "--porcelain", "--untracked-files=no") == ""
    for path in learner.rglob("*"):
        if path.is_file() and ".git" not in path.parts and path.suffix in (".ipynb", ".py"):
            assert b"\n<<<<<<< " not in path.read_bytes()
    research = texts(learner / "notebooks" / "01_research.ipynb")
    assert "CORRECTED" in research[0]
    assert "MY NOTE" in research and "MY OWN WORDS IN A SHIPPED CELL" in research
    assert "CORRECTED" in texts(learner / "notebooks" / "02_outreach.ipynb")[0]
    after = {p.name: p.read_bytes() for p in (learner / "data" / "log").glob("*.csv")}
    assert after == logs

    told = run_python(
        "import ii_helpers as ii\n"
        "wb = ii.open_workbook()\n"
        f"row = wb.contacts.get({saved!r})\n"
        "row = wb.contacts.revise(row.id, met_at='a fair')\n"
        "print(len(wb.contacts), row.met_at, row.name, wb.course.targets.contacts,\n"
        "      wb.contacts.rows()[0].notes == '=1+1\\nline two', len(wb.messages))",
        learner / "notebooks", learner,
    )  # fmt: skip
    assert told.split("\n")[0] == '20 a fair Person 19, "x" 21 True 1'
    assert pull(repository, learner) is not None
    assert len(list((learner / "data" / "log").glob("contacts.csv"))) == 1


def test_a_log_that_the_learner_made_is_never_tracked(repository, tmp_path, home):
    learner = tmp_path / "learner"
    pull(repository, learner)
    run_python(
        "import ii_helpers as ii; ii.open_workbook().contacts.append(name='Zoltan Quibble')",
        learner / "notebooks", learner,
    )  # fmt: skip
    pull(repository, learner)
    assert git(learner, "ls-files", "data/log") == ""
    history = git(learner, "log", "--all", "-p")
    assert "Zoltan Quibble" not in history
