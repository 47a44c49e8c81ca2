"""Outreach in the real browser: import, draft, correct on advice, log, reply, confirm, move."""

import base64
from email import message_from_bytes, policy
from urllib.parse import unquote

import icalendar
import pytest
from playwright.sync_api import expect

import ii_helpers as ii

from .conftest import notebook_panel, start_page

CONNECTIONS = """\
Notes:
"When exporting your connection data, you may notice that some emails are missing."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ana,Silva,https://www.linkedin.com/in/ana,ana@example.org,Lumen Labs,Speech engineer,12 Mar 2024
<img src=x onerror=alert(1)>,Lind,https://www.linkedin.com/in/bo,,,Chef,12 Mar 2024
,,https://www.linkedin.com/in/gone,,,,
"""


@pytest.fixture
def outreach(page, lab):
    wb = ii.open_workbook(lab.log)
    wb.learner.append(name="Mei Chen", introduction="a student of speech science",
                      email="mei@example.org", timezone="America/New_York")  # fmt: skip
    wb.occupations.append(title="speech systems engineer")
    return start_page(page, lab, "02_outreach")


def choose(panel, label, option):
    dropdown = panel.get_by_label(label, exact=True)
    found = dropdown.locator("option", has_text=option).first
    dropdown.select_option(found.evaluate("o => o.label || o.textContent"))


def part(panel, name):
    names = ["setup", "header", "follow-through", "whom", "people", "bring", "merge", "referrals",
             "letter", "replies", "meetings", "call-sheet", "check"]  # fmt: skip
    return panel.locator(".jp-CodeCell").nth(names.index(name))


def linked(locator):
    return base64.b64decode(locator.get_attribute("href").partition("base64,")[2])


def test_from_a_file_of_contacts_to_a_meeting(page, lab, outreach, tmp_path):
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    file = tmp_path / "Connections.csv"
    file.write_text(CONNECTIONS)

    bring = part(outreach, "bring")
    button = bring.get_by_role("button", name="Choose a file of contacts")
    expect(button).to_have_css("font-size", "0px")  # "(0)", which ipywidgets writes behind it
    seen = button.evaluate("e => getComputedStyle(e, '::after').content")
    assert seen.startswith('"Choose a file of contacts"')
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(file)
    expect(bring.get_by_role("status").first).to_contain_text("2 people found, 1 without a name")
    wb = ii.open_workbook(lab.log)
    assert len(wb.contacts) == 0
    bring.get_by_label("<img src=x onerror=alert(1)> Lind · Chef").uncheck()
    bring.get_by_role("button", name="Add the ticked people").click()
    expect(bring.get_by_role("status").first).to_contain_text("1 added")
    (ana,) = wb.contacts.rows()
    assert ana.name == "Ana Silva"

    letter = part(outreach, "letter")
    choose(letter, "Write to", "Ana Silva")
    text = letter.get_by_label("Your letter")
    expect(text).to_have_value(holding("20 minutes"))
    expect(letter.get_by_text("It does without one fact")).to_be_visible()
    letter.get_by_label("Why this person: I am writing to you because ...").fill(
        "your team builds captions for classrooms"
    )
    letter.get_by_role("button", name="Draft it").click()
    expect(text).to_have_value(holding("because your team builds captions"))
    expect(letter.get_by_text("Nothing to add")).to_be_visible()

    draft = text.input_value()
    text.fill(draft.replace("20 minutes", "an hour") + "\nDo you have any openings?")
    expect(letter.get_by_text("wish for a job")).to_be_visible()
    expect(letter.get_by_text("more than 30 minutes")).to_be_visible()
    text.fill(draft)
    expect(letter.get_by_text("Nothing to add")).to_be_visible()

    link = letter.get_by_role("link", name="Open in your mail program").get_attribute("href")
    assert link.startswith("mailto:ana@example.org?") and "captions" in unquote(link)
    mail = message_from_bytes(
        linked(letter.get_by_role("link", name="Save as a mail draft")), policy=policy.default
    )
    assert mail["X-Unsent"] == "1" and "captions" in mail.get_content()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    letter.get_by_role("button", name="Copy the text").click()
    expect(letter.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == draft

    letter.get_by_role("button", name="Log it as sent").dblclick()
    expect(letter.get_by_text("Logged: request to Ana Silva by email")).to_be_in_viewport()
    (sent,) = wb.messages.rows()
    assert sent.text == draft and sent.reply == "none yet"

    letter.get_by_role("button", name="Undo").click()
    expect(letter.get_by_text("Your letter stands here again.")).to_be_in_viewport()
    assert len(wb.messages) == 0
    text.fill("Hi [Name], could you give me a job?")
    expect(letter.locator(".ii-advice")).to_have_count(3)  # what matters most
    letter.get_by_role("button", name="And").click()
    text.press_sequentially(" I am")  # what was opened stays open
    expect(letter.locator(".ii-advice").nth(5)).to_be_visible()
    letter.get_by_role("button", name="Draft it").click()
    expect(text).to_have_value(draft)
    letter.get_by_role("button", name="Bring my text back").click()
    expect(text).to_have_value(holding("give me a job? I am"))
    expect(text).to_be_focused()
    text.fill(draft)
    expect(letter.get_by_text("Nothing to add")).to_be_visible()  # what was advised is gone
    letter.get_by_role("button", name="Log it as sent").click()
    expect(letter.get_by_text("Logged: request to Ana Silva by email")).to_be_in_viewport()
    assert len(wb.messages) == 1

    replies = part(outreach, "replies")
    choose(replies, "Which message was answered", "Ana Silva, request")
    choose(replies, "Their reply", "yes")
    replies.get_by_role("button", name="Save the reply").click()
    expect(replies.get_by_text("Ana Silva replied yes")).to_be_visible()

    meeting = part(outreach, "meetings")
    choose(meeting, "With whom *", "Ana Silva")
    meeting.get_by_label("Date and time *").fill("2027-03-20T15:00")
    meeting.get_by_label("Time zone").fill("Europe/Lisbon")
    meeting.get_by_label("Place or link").fill("https://meet.example.org/x")
    meeting.get_by_role("button", name="Save interview").click()
    expect(meeting.get_by_text("15:00 Lisbon time (11:00 New York time)").first).to_be_visible()
    calendar = meeting.get_by_role("link", name="Save for your calendar")
    first = icalendar.Calendar.from_ical(linked(calendar)).walk("VEVENT")[0]

    meeting.get_by_label("New date and time, in the meeting's zone").fill("2027-03-29T15:00")
    meeting.get_by_role("button", name="Move it to the new time").click()
    expect(meeting.get_by_text("15:00 Lisbon time (10:00 New York time)").first).to_be_visible()
    moved = icalendar.Calendar.from_ical(linked(calendar)).walk("VEVENT")[0]
    assert moved["UID"] == first["UID"] and moved["SEQUENCE"] > first["SEQUENCE"]

    meeting.get_by_role("button", name="It is confirmed").click()
    expect(text).to_have_value(holding("This is to confirm our conversation on Monday"))
    assert wb.interviews.rows()[0].status == "confirmed"

    sheet = part(outreach, "call-sheet")
    choose(sheet, "Who is on the phone", "Ana Silva")
    sheet.get_by_role("button", name="Make the call sheet").click()
    expect(sheet.get_by_text("Five questions")).to_be_visible()
    expect(sheet.locator("ol").nth(1).locator("li")).to_have_count(5)
    assert alerts == []

    outreach.get_by_label("Pages").get_by_role("link", name="3 Prepare").click()
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-current")).to_contain_text("03_prep")
    expect(notebook_panel(page).get_by_role("heading", name="3 · Prepare")).to_be_visible()


def holding(words):
    import re

    return re.compile(f".*{re.escape(words)}", re.S)
