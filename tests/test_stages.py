"""What every page shares: where the learner is, what is next, the example, and the mending."""

import ast
import re
import shutil
from pathlib import Path

import pytest

import ii_helpers as ii
from ii_helpers import stages
from ii_helpers.tables import TABLES
from tests.test_forms import find


def text(widget):
    """All the HTML of a panel."""
    own = widget.value if isinstance(getattr(widget, "value", None), str) else ""
    return own + "".join(text(child) for child in getattr(widget, "children", ()))


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A workbook's folder with the example, as seen from its notebooks."""
    source = ii.workbook.Path(__file__).resolve().parent.parent
    shutil.copytree(source / "data" / "example", tmp_path / "data" / "example")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.delenv("II_WORKBOOK_LOG", raising=False)
    return tmp_path


def test_the_first_thing_to_do_is_said_first(wb):
    assert stages.whats_next(wb) == "Say who you are: page 0 Start."
    wb.learner.append(name="Mei")
    assert stages.whats_next(wb) == "Name what matters to you: page 1 Research."


def test_desk_research_comes_before_the_first_contact(wb):  # R6
    wb.learner.append(name="Mei")
    wb.criteria.append(kind="value", statement="quiet", importance=3)
    wb.occupations.append(title="hydrologist")
    assert "Read up on it" in stages.whats_next(wb)
    wb.findings.append(finding="Rivers matter.", source="a handbook")
    wb.goals.append(stage="general research", objective="look around")
    assert "Add the people you know" in stages.whats_next(wb)  # R8


def test_the_example_learner_has_done_everything_once(example):
    assert stages.whats_next(example).endswith("stands on page 5 Review.")


def test_the_header_marks_the_page_and_follows_the_logs(wb):
    header = stages.header(wb, "01_research")
    assert "<li aria-current=page>1 Research</li>" in text(header)
    assert '<li><a href="02_outreach.ipynb">2 Outreach</a></li>' in text(header)
    assert "Say who you are" in text(header)
    wb.learner.append(name="Mei")
    assert "Name what matters to you" in text(header)


def test_a_page_has_one_name_wherever_a_learner_reads():
    files = re.compile(r"\b(" + "|".join(stages.PAGES) + r")\b")
    for path in Path(stages.__file__).parents[1].rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        notes = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}  # for developers
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in notes:
                sentence = str(node.value) if " " in str(node.value) else ""
                assert not files.search(sentence), f"{path.name}: {sentence}"


def test_a_page_that_the_course_does_not_use_is_not_asked_for(tmp_path):
    (tmp_path / "course.toml").write_text(
        '[pages]\nused = ["00_start_here", "02_outreach", "05_network_review"]\n', encoding="utf-8"
    )
    wb = ii.open_workbook(tmp_path / "log")
    wb.learner.append(name="Mei")
    assert stages.whats_next(wb) == "Add the people you know: page 2 Outreach."
    assert "1 Research" not in text(stages.header(wb, "02_outreach"))


@pytest.mark.parametrize(
    ("used", "where"),
    [("", ""), (', "02_outreach"', " What is due today stands on page 2 Outreach.")],
)
def test_the_last_line_names_a_page_that_the_course_uses(tmp_path, used, where):
    (tmp_path / "course.toml").write_text(
        f'[pages]\nused = ["00_start_here"{used}]\n', encoding="utf-8"
    )
    wb = ii.open_workbook(tmp_path / "log")
    wb.learner.append(name="Mei")
    bo = wb.contacts.append(name="Bo Chen")
    wb.messages.append(contact_id=bo.id, reply="yes")
    wb.interviews.append(contact_id=bo.id, starts_at="2026-11-20T14:30-05:00")
    assert stages.whats_next(wb) == f"You have been through every page once.{where}"


def test_the_switch_shows_the_example_and_leaves_ones_own_logs_alone(at_home):
    own = ii.open_workbook()
    own.contacts.append(name="Ana Silva")
    before = {path.name: path.read_bytes() for path in own.folder.glob("*.csv")}
    find(stages.example_switch(own), "Show the example learner").click()
    shown = ii.open_workbook()
    assert shown.is_example and len(shown.contacts) > 20
    assert "You are looking at the example learner" in text(stages.header(shown, "01_research"))
    shown.contacts.append(name="Somebody")
    find(stages.example_switch(shown), "Show my own logs again").click()
    assert [row.name for row in ii.open_workbook().contacts.rows()] == ["Ana Silva"]
    assert {path.name: path.read_bytes() for path in own.folder.glob("*.csv")} == before
    find(stages.example_switch(ii.open_workbook()), "Show the example learner").click()
    assert "Somebody" not in [row.name for row in ii.open_workbook().contacts.rows()]


def test_a_folder_named_by_hand_is_never_switched(at_home):
    stages.show_example(True)
    assert not ii.open_workbook(at_home / "data" / "log").is_example


def test_rows_that_another_program_dropped_come_back_on_one_click(wb):
    wb.contacts.append(name="Ana Silva")
    older = wb.contacts.path.read_bytes()
    wb.contacts.append(name="Sam <b>Okafor</b>")
    wb.contacts.path.write_bytes(older)  # a spreadsheet program saves its older copy
    header = stages.header(ii.open_workbook(wb.folder), "02_outreach")
    assert "Sam &lt;b&gt;Okafor&lt;/b&gt;" in text(header)
    find(header, "Bring them back").click()
    assert "1 row brought back." in text(header)
    names = [row.name for row in ii.open_workbook(wb.folder).contacts.rows()]
    assert names == ["Ana Silva", "Sam <b>Okafor</b>"]


def test_a_copy_that_a_sync_service_left_is_merged_and_clashes_are_shown(wb):
    ana = wb.contacts.append(name="Ana Silva", notes="old")
    copy = wb.folder / "contacts (Ana's conflicted copy).csv"
    other = ii.open_workbook(wb.folder.parent / "other")
    shutil.copy(wb.contacts.path, other.contacts.path)
    wb.contacts.revise(ana.id, notes="here")
    other.contacts.revise(ana.id, notes="there")
    other.contacts.append(name="Sam Okafor")
    shutil.copy(other.contacts.path, copy)
    header = stages.header(ii.open_workbook(wb.folder), "02_outreach")
    find(header, "Merge the copy").click()
    assert "here" in text(header) and "there" in text(header)
    find(header, "Take what is in the copy").click()
    rows = ii.open_workbook(wb.folder).contacts.rows()
    assert [(row.name, row.notes) for row in rows] == [("Ana Silva", "there"), ("Sam Okafor", "")]
    assert not copy.exists()


def test_the_form_about_you_is_one_row(wb):
    form = stages.about_you(wb)
    find(form, "Your name *").value = "Mei"
    find(form, "Save about you").click()
    assert [row.name for row in wb.learner.rows()] == ["Mei"]
    assert set(TABLES["learner"].columns) >= {"name", "email", "phone", "timezone"}
