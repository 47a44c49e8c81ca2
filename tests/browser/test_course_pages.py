"""Handing in and the class at a glance, in the real browser: what is shown is what goes."""

import csv
import io
import os
import shutil
import zipfile

import pytest
from playwright.sync_api import expect

import ii_helpers as ii
from ii_helpers.course import distribute, hand_in
from ii_helpers.course.report import WIDE
from ii_helpers.tables import TABLES
from tests.test_hand_in import HOSTILE

from .axe import violations
from .conftest import CHECKOUT, open_notebook, start_page
from .test_journey import cell

SCRIPT = "<img src=x onerror='window.caught=1'>"
READ_TABLES = """parts => Object.fromEntries(parts.map(part => [
    part.querySelector('summary').textContent.split(':')[0].toLowerCase(),
    [...part.querySelectorAll('tr')].map(row => [...row.cells].map(one => one.textContent))]))"""


def shown(part):
    """Table -> lines of cells, as the page shows them."""
    tables = {table.plural: name for name, table in TABLES.items()}
    read = part.locator("details:has(summary)").evaluate_all(READ_TABLES)
    return {tables[words]: lines for words, lines in read.items()}


def written(path):
    """Table -> lines of cells, as they lie in the zip; only tables that have rows."""
    with zipfile.ZipFile(path) as file:
        texts = {name.removesuffix(".csv"): file.read(name).decode() for name in file.namelist()}
    del texts["hand-in.json"]
    lines = {table: list(csv.reader(io.StringIO(text))) for table, text in texts.items()}
    return {table: rows if len(rows) > 1 else [] for table, rows in lines.items()}


def test_a_learner_hands_in_what_they_saw_with_one_text_of_their_own(page, lab):
    shutil.copytree(lab.folder / "data" / "example", lab.log, dirs_exist_ok=True)
    hers = next(row.learned for row in ii.open_workbook(lab.log).debriefs.rows() if row.learned)
    panel = start_page(page, lab, "05_network_review")
    part = cell(panel, "05_network_review", "hand-in")
    part.get_by_role("button", name="Show what I would hand in").click()
    debriefs = part.locator("summary").filter(has_text="Debriefs")
    debriefs.click()
    expect(part).to_contain_text("would_work_there")
    expect(part).not_to_contain_text(hers[:20])
    part.get_by_role("button", name="Add texts of your own").click()
    part.get_by_label("Debriefs: What you learned").check()
    expect(debriefs).to_contain_text("with 1 text of yours")
    expect(part).to_contain_text(hers[:20])
    seen = shown(part)
    part.get_by_role("button", name="Write my hand-in").click()
    said = part.get_by_role("status").filter(has_text="Written: hand-in-")
    expect(said).to_contain_text("Hand in this file")
    (path,) = lab.folder.glob("hand-in-*.zip")
    assert path.name in said.inner_text()
    assert written(path) == seen
    assert violations(page) == []


@pytest.fixture
def handed_in(tmp_path):
    """What six learners handed in, a damaged file, and hostile ones."""
    place = tmp_path / "handed in"
    place.mkdir()
    for n in range(6):
        copy = distribute.new(tmp_path / f"copy{n}")
        shutil.copytree(CHECKOUT / "data" / "example", copy / "data" / "log", dirs_exist_ok=True)
        hand_in.write(ii.open_workbook(copy / "data" / "log"), place / f"learner{n}_{n}_{n}_h.zip")
    good = (place / "learner0_0_0_h.zip").read_bytes()
    (place / "damaged.zip").write_bytes(good[: len(good) // 2])
    (place / f"{SCRIPT}.zip").write_bytes(HOSTILE["zip slip"][0])
    (place / "=1+1.zip").write_bytes(HOSTILE["a bomb"][0])
    return place


def test_an_instructor_sees_the_class_and_why_files_were_left_out(page, lab, handed_in):
    panel = open_notebook(page, lab, "instructor/class_view")
    panel.get_by_role("button", name="Start this page").click()
    panel.get_by_label("Folder of the hand-ins").fill(str(handed_in))
    panel.get_by_role("button", name="Read the hand-ins").click()
    expect(panel.get_by_role("status").first).to_contain_text("6 learners counted")
    expect(panel.locator(".class-view svg")).to_have_count(6)

    choice = panel.get_by_label("Show", exact=True)
    choice.select_option(label="what was left out, and why")
    table = panel.locator(".ii-table")
    for name, reason in (("damaged.zip", "damaged"), (f"{SCRIPT}.zip", "outside of itself"),
                         ("=1+1.zip", "zip bomb")):  # fmt: skip
        line = table.locator("tr").filter(has_text=name)
        expect(line).to_have_count(1)
        expect(line).to_contain_text(reason)
    assert page.evaluate("window.caught") is None
    choice.select_option(label="a line per learner")
    expect(table.locator("tbody tr")).to_have_count(6)
    assert violations(page) == []
    assert {"class.html", "progress.csv"} <= set(os.listdir(handed_in / "class report"))

    page.goto((handed_in / "class report" / "class.html").as_uri())
    assert violations(page, "body") == []
    texts = page.locator("svg text")
    ends = texts.evaluate_all("""all => all.map(e => [e.getBBox(), e.textContent])
        .map(([at, text]) => [at.x, at.x + at.width, text])""")
    assert len(ends) > 20 and [end for end in ends if end[0] < 0 or end[1] > WIDE] == []
