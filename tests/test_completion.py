"""Completion points: the logs have what a page asks for, or a part of it."""

import json
import shutil
from pathlib import Path

import pytest

import ii_helpers as ii
from ii_helpers.__main__ import main
from ii_helpers.course import completion, hand_in
from ii_helpers.errors import WorkbookError

CHECKOUT = Path(__file__).resolve().parent.parent
CHECKS = [f"{page}.{item.key}" for page, items in completion.ITEMS.items() for item in items]


@pytest.mark.parametrize("name", CHECKS)
def test_a_learner_who_did_it_all_gets_every_point_and_an_empty_workbook_none(tmp_path, name):
    (tmp_path / "empty").mkdir()
    assert repr(completion.check(name, tmp_path / "empty")) == "0"
    shutil.copytree(CHECKOUT / "data" / "example", tmp_path / "full" / "data" / "log")
    assert repr(completion.check(name, tmp_path / "full")) == "1"


def test_a_part_gives_a_part_of_the_point(tmp_path):
    ii.open_workbook(tmp_path / "data" / "log").contacts.append(name="Ana Silva")
    (tmp_path / "data" / "course.toml").write_text("[targets]\ncontacts = 4\n")
    points = completion.check("02_outreach.contacts", tmp_path)
    assert repr(points) == "0.25"
    assert "People in your network: 1 of 4 so far." in points._repr_html_()


@pytest.mark.parametrize("name", CHECKS)
def test_where_the_logs_stay_with_the_learner_the_hand_in_counts(tmp_path, name):
    shutil.copytree(CHECKOUT / "data" / "example", tmp_path / "own" / "data" / "log")
    (tmp_path / "sent").mkdir()
    hand_in.write(ii.open_workbook(tmp_path / "own" / "data" / "log"), tmp_path / "sent")
    assert repr(completion.check(name, tmp_path / "sent")) == "1"


def test_a_check_never_raises(tmp_path):
    assert "no check" in completion.check("02_outreach.nothing", tmp_path).sentence
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "course.toml").write_text("[targets]\ncontacts = -4\n")
    assert "line 2" in completion.check("02_outreach.contacts", tmp_path).sentence
    (tmp_path / "data" / "course.toml").unlink()
    (tmp_path / "hand-in-x.zip").write_bytes(b"damaged")
    assert "not a zip file" in completion.check("02_outreach.contacts", tmp_path).sentence


def test_an_assignment_has_a_locked_check_for_each_point_and_no_log(tmp_path, capsys):
    assert main(["new", str(tmp_path / "workbook"), "--nbgrader"]) == 0
    place = tmp_path / "workbook"
    ids = []
    for page in sorted(place.glob("*.ipynb")):
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            if mark := cell["metadata"].get("nbgrader"):
                assert mark["locked"] and mark["grade"] and mark["points"] == 1
                ids.append(mark["grade_id"])
    assert len(ids) == len(set(ids)) == len(CHECKS)
    assert not (place / "data" / "log").exists() and (place / "data" / "course.toml").is_file()
    with pytest.raises(WorkbookError, match="is not empty"):
        completion.assignment(place)


def test_an_assignment_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ii_helpers.course.completion._with_checks", full)
    with pytest.raises(WorkbookError, match="No space left on device"):
        completion.assignment(tmp_path / "source" / "workbook")
    assert list((tmp_path / "source").iterdir()) == []
