"""One meeting in the real JupyterLab: planned, printed, held against a fast clock, and thanked for.

The kernel is killed in the middle of the meeting. A minute of the meeting takes a second here.
"""

import json
import re
import subprocess
from datetime import datetime, timedelta

import pandas as pd
from playwright.sync_api import expect

import ii_helpers as ii

from .conftest import CHECKOUT, Lab, copy_of_workbook, next_page, open_page, start_page

WHO = "O'Neil, José"
NOTE = '=1+1, "a flood"\nNA 🙂'
HALF = "In the second year she nearly le"


def cell(panel, page_name, id):
    """The output of the cell with this id."""
    cells = json.loads((CHECKOUT / "notebooks" / f"{page_name}.ipynb").read_text("utf-8"))["cells"]
    return panel.locator(".jp-Cell").nth([c["id"] for c in cells].index(id))


def rows(lab, table):
    return pd.read_csv(lab.log / f"{table}.csv", keep_default_na=False)


def a_meeting_within_the_hour(folder):
    """What research and outreach have left in the logs."""
    wb = ii.open_workbook(folder / "data" / "log")
    wb.learner.append(name="Mei Tan", introduction="a student at Example College")
    kind = wb.occupations.append(title="Hydrologist")
    wb.criteria.append(kind="value", statement="Calm evenings", importance=4)
    wb.findings.append(occupation_id=kind.id, finding="Half retire soon", source="a survey")
    goal = wb.goals.append(stage="narrowing down", objective="Compare two weeks")
    who = wb.contacts.append(name=WHO, salutation="Dr.", pronunciation="ho-SAY o-NEEL")
    wb.interviews.append(
        contact_id=who.id, occupation_id=kind.id, goal_id=goal.id, format="video", minutes=20,
        starts_at=datetime.now().astimezone() - timedelta(minutes=1),
        place="https://meet.example.org/ab", status="confirmed",
    )  # fmt: skip
    return wb


def drafts(lab):
    """Everything that is typed and not saved, as it is on disk."""
    return "".join(
        path.read_text(encoding="utf-8") for path in (lab.log / ".workbook").rglob("*.json")
    )


def test_a_meeting_is_planned_printed_held_debriefed_and_thanked_for(
    chromium, tmp_path, monkeypatch
):
    monkeypatch.setenv("II_CLOCK_SPEED", "60")
    folder = copy_of_workbook(tmp_path / "workbook")
    a_meeting_within_the_hour(folder)
    lab = Lab(folder, tmp_path / "home")
    try:
        with open_page(chromium) as page:
            panel = start_page(page, lab, "03_prep")
            plan(panel, lab)
            print_the_sheet(page, chromium, panel, tmp_path)
            hold(page, lab, panel)
            debrief_and_thank(page, lab)
    finally:
        lab.close()
    everything_is_in_the_csvs(lab)


def plan(panel, lab):
    part = cell(panel, "03_prep", "choose-questions")
    for n in range(4):
        part.get_by_role("checkbox").nth(n).check()
    part.get_by_role("button", name="Add the ticked questions").click()
    expect(part.get_by_role("status").filter(has_text="Added: 4").first).to_be_visible()
    part.get_by_label("Your own question").fill("Do you like floods?")
    expect(part.get_by_text("One word can answer it").first).to_be_visible()
    part.get_by_label("Your own question").fill("What did the last flood teach you?")
    expect(part.get_by_text("Nothing to say against").first).to_be_visible()
    part.get_by_label("Category of your question").select_option(label="background")
    part.get_by_role("button", name="Add my question").click()
    part = cell(panel, "03_prep", "plan")
    expect(part.locator("ol li")).to_have_count(5)
    part.get_by_label("Question to change").select_option(index=5)
    for place in (4, 3, 2, 1):
        part.get_by_role("button", name="Move up").click()
        expect(part.get_by_text(f"Now at place {place}.")).to_be_visible()
    expect(part.locator("ol li").first).to_contain_text("the last flood")


def print_the_sheet(page, chromium, panel, folder):
    part = cell(panel, "03_prep", "sheet")
    frame = part.locator('iframe[title="The sheet for this meeting"]')
    sheet = part.frame_locator('iframe[title="The sheet for this meeting"]')
    expect(sheet.get_by_role("button", name="Print this sheet")).to_be_visible()
    expect(sheet.get_by_text("What did the last flood teach you?")).to_be_visible()
    with open_page(chromium) as alone:
        alone.set_content(frame.get_attribute("srcdoc"))
        alone.set_viewport_size({"width": 360, "height": 740})  # a phone: nothing is cut off
        assert alone.locator("main").evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        (folder / "sheet.pdf").write_bytes(alone.pdf(prefer_css_page_size=True))
    text = subprocess.run(
        ["pdftotext", "-layout", folder / "sheet.pdf", "-"], capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert text.count("\f") == 1  # one page
    for words in (WHO, "ho-SAY", "the last flood", "Compare two weeks", "business card"):
        assert words in text, words
    assert "Print this sheet" not in text


def hold(page, lab, panel):
    part = cell(panel, "03_prep", "on-the-day")
    start = part.get_by_role("button", name="Start the meeting")
    start.focus()
    page.keyboard.press("Enter")  # by keyboard alone
    note = part.get_by_label("Notes on this question")
    expect(note).to_be_focused()
    page.keyboard.insert_text(NOTE)
    page.keyboard.press("Tab")
    expect(part.get_by_role("button", name="Asked, next question")).to_be_focused()
    page.keyboard.press("Space")
    expect(note).to_have_value("")
    expect(note).to_be_focused()
    page.keyboard.type(HALF)
    page.wait_for_timeout(2000)  # the promise: a note is on disk within 2 s
    assert HALF in drafts(lab)
    for kernel in lab.api("api/kernels"):
        lab.api(f"api/kernels/{kernel['id']}", method="DELETE")

    panel = start_page(page, lab, "03_prep")
    part = cell(panel, "03_prep", "on-the-day")
    expect(part.get_by_text("Going on where you were.")).to_be_visible()
    expect(part.get_by_label("Notes on this question")).to_have_value(HALF)
    expect(part.get_by_role("timer")).to_contain_text(re.compile(r"left|over"))
    expect(part.get_by_text(re.compile("5 minutes left|minutes are over"))).to_be_visible()
    page.set_viewport_size({"width": 1024, "height": 600})
    part.locator(".ii-under textarea").evaluate("""note => {
        let up = note; while ((up = up.parentElement).scrollHeight <= up.clientHeight + 200);
        up.scrollTop += note.getBoundingClientRect().top - up.getBoundingClientRect().top - 30;
        }""")
    part.get_by_role("button", name="Skip it").evaluate("e => e.click()")
    expect(part.get_by_label("Notes on this question")).to_be_focused()  # and typing goes there
    expect(part.locator("h3").first).to_be_in_viewport(ratio=1)  # with the question
    page.set_viewport_size({"width": 1280, "height": 800})
    part.get_by_label("Dress, as you see it").fill("rubber boots")
    part.get_by_label("Name they mentioned").fill("王小明")
    part.get_by_label("May I say you sent me?").select_option(label="yes")
    part.get_by_role("button", name="Add this name").click()
    expect(part.get_by_role("cell", name="王小明")).to_be_visible()
    part.get_by_role("button", name="End the meeting").click()
    expect(part.get_by_role("timer")).to_contain_text("Ended after")


def debrief_and_thank(page, lab):
    panel = next_page(page, lab, "04_debrief")
    answers = cell(panel, "04_debrief", "answers")
    expect(answers.get_by_label("Answer to question 1")).to_have_value(NOTE)
    expect(answers.get_by_label("Answer to question 2")).to_have_value(HALF)
    expect(
        cell(panel, "04_debrief", "observations").get_by_label("Dress", exact=True)
    ).to_have_value("rubber boots")
    expect(cell(panel, "04_debrief", "people").get_by_label("Person 1: name")).to_have_value(
        "王小明"
    )
    part = cell(panel, "04_debrief", "reflection")
    part.get_by_label("What you learned").fill("that a gauge is a person's judgment")
    cell(panel, "04_debrief", "fit").get_by_label("Calm evenings").select_option(label="2 - weak")
    part = cell(panel, "04_debrief", "save")
    part.get_by_role("button", name="Save the debrief").dblclick()
    expect(part.get_by_role("status").filter(has_text="Saved: the debrief")).to_be_visible()
    part = cell(panel, "04_debrief", "thank-you")
    note = part.get_by_label("Thank-you note")
    expect(note).to_have_value(re.compile("a gauge is a person's judgment"))
    part.get_by_role("button", name="Log it as sent").click()
    expect(part.get_by_role("status").filter(has_text="Saved: thank-you").first).to_be_visible()
    part = cell(panel, "04_debrief", "history")
    part.get_by_label("Find a person, a word or a date").fill("gauge")
    learned = "that a gauge is a person's judgment"
    expect(part.get_by_role("cell", name=learned, exact=True)).to_be_visible()


def everything_is_in_the_csvs(lab):
    questions = rows(lab, "questions").sort_values("position")
    assert questions["outcome"].tolist() == ["asked"] + ["not reached"] * 4
    first = questions.iloc[0]
    assert first["text"] == "What did the last flood teach you?"
    assert first["answer"].removeprefix("'") == NOTE
    assert rows(lab, "interviews")["status"].tolist() == ["held"]
    assert rows(lab, "debriefs")["dress"].tolist() == ["rubber boots"]
    assert rows(lab, "contacts")["name"].tolist() == [WHO, "王小明"]
    assert rows(lab, "referrals")["may_use_name"].tolist() == ["yes"]
    assert rows(lab, "fit_ratings")["rating"].tolist() == [2]
    (thanks,) = rows(lab, "messages").to_dict("records")
    assert thanks["purpose"] == "thank-you" and "judgment" in thanks["text"]
