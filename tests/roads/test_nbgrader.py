"""nbgrader from generate to feedback: logs survive, and checks give completion points."""

import getpass
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

import ii_helpers as ii
from ii_helpers.__main__ import main
from ii_helpers.course import hand_in

from .conftest import CHECKOUT

pytest.importorskip("nbgrader")


@pytest.fixture
def course(tmp_path, home):
    """An instructor's course of one page, with an exchange on disk."""
    source = tmp_path / "mine"
    skip = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "log")
    for name in ("notebooks", "data"):
        shutil.copytree(CHECKOUT / name, source / name, ignore=skip)
    (source / "data" / "course.toml").write_text(
        '[pages]\nused = ["02_outreach"]\n[targets]\ncontacts = 4\nrequests = 1\n'
    )
    place = tmp_path / "course"
    assert (
        main(["new", str(place / "source" / "workbook"), "--nbgrader", "--from", str(source)]) == 0
    )
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    config = (
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'careers'\n"
        f"c.CourseDirectory.root = {str(place)!r}\n"
        f"c.Exchange.root = {str(exchange)!r}\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    (place / "nbgrader_config.py").write_text(config)
    (tmp_path / "learner").mkdir()
    (tmp_path / "learner" / "nbgrader_config.py").write_text(config)
    return place


def nbgrader(cwd, *words):
    made = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout + made.stderr


def test_the_whole_way_of_an_assignment(course, tmp_path):
    desk = tmp_path / "learner"
    nbgrader(course, "generate_assignment", "workbook", "--create")
    nbgrader(course, "release_assignment", "workbook")
    nbgrader(desk, "fetch_assignment", "workbook", "--course", "careers")
    mine = desk / "workbook"

    # The learner works: three of the four people asked for, and a request.
    wb = ii.open_workbook(mine / "data" / "log")
    for name in ("Zoltan Quibble", "Marit Test", "Jo Invented"):
        row = wb.contacts.append(name=name, notes='=1+1, "quoted"\nline two')
    wb.messages.append(contact_id=row.id, purpose="request", text="Dear Jo")
    logs = {p.name: p.read_bytes() for p in (mine / "data" / "log").glob("*.csv")}
    nbgrader(desk, "submit", "workbook", "--course", "careers")
    nbgrader(course, "collect", "workbook")
    student = getpass.getuser()

    # Where logs may not be submitted, they are ignored, and the hand-in lies beside the pages.
    submitted = course / "submitted"
    os.rename(submitted / student, submitted / "first")
    with (desk / "nbgrader_config.py").open("a") as config:
        config.write('c.CourseDirectory.ignore.append("log")\n')
    hand_in.write(wb, mine)
    nbgrader(desk, "submit", "workbook", "--course", "careers")
    nbgrader(course, "collect", "workbook")
    sent = [p for p in (submitted / student).rglob("*") if p.is_file() and "example" not in p.parts]
    assert not any("log" in path.parts for path in sent)
    assert len([path for path in sent if path.match("hand-in-*.zip")]) == 1
    for path in sent:
        assert b"Quibble" not in path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as file:
                assert not any(b"Quibble" in file.read(name) for name in file.namelist())

    nbgrader(course, "autograde", "workbook", "--create")
    for place in (mine, submitted / "first" / "workbook",
                  course / "autograded" / "first" / "workbook"):  # fmt: skip
        after = {p.name: p.read_bytes() for p in (place / "data" / "log").glob("*.csv")}
        assert after == logs, place

    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        points = {
            learner: {
                grade.name: grade.auto_score
                for page in book.find_submission("workbook", learner).notebooks
                for grade in page.grades
            }
            for learner in ("first", student)
        }
        most = book.find_assignment("workbook").max_score
    assert points["first"] == points[student] == {
        "check-02_outreach-contacts": 0.75,
        "check-02_outreach-requests": 1,
    }  # fmt: skip
    assert most == 2

    nbgrader(course, "generate_feedback", "workbook")
    nbgrader(course, "release_feedback", "workbook")
    nbgrader(desk, "fetch_feedback", "workbook", "--course", "careers")
    feedback = "".join(p.read_text(encoding="utf-8") for p in (mine / "feedback").rglob("*.html"))
    assert "People in your network: 3 of 4 so far." in feedback
    assert {p.name: p.read_bytes() for p in (mine / "data" / "log").glob("*.csv")} == logs
