"""A student works through all six pages, in the real JupyterLab, by keyboard alone, with input
as people have it.

Nothing is called from Python until the end, with one exception: a week passes, so the test
moves the meeting into the past. The CSVs are then read with plain pandas.
"""

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from playwright.sync_api import expect

import ii_helpers as ii

from . import keyboard
from .conftest import CHECKOUT, next_page, start_page
from .keyboard import fill, fill_date, press, tick

PROFESSOR = "O'Neil, José"
CONTACT = "王 Xiǎolíng Müller"
NEXT_ONE, NEXT_TWO = "Zoë D’Arcy", "Sam Okafor"
NOTE = '=1+1 on the board\n"No two days alike" 🙂\nNA'
CRITERIA = [
    ("interest", "How people hear", "5 - essential"),
    ("ability", "Explaining hard things simply", "4 - very"),
    ("value", "Work that helps people", "5 - essential"),
    ("value", "Evenings that are mine", "3 - fairly"),
    ("skill", "Signal processing in Python", "4 - very"),
    ("skill", "Careful record keeping", "2 - somewhat"),
]
BEFORE = {
    "speech systems engineer": [4, 3, 4, 2, 4, 3],
    "clinical data manager": [2, 3, 4, 4, 2, 5],
}
AFTER = [5, 4, 5, 1, 5, 3]
FINDINGS = [
    ("Speech teams grow with hearing-aid makers.", "an industry survey of 2026", "industry"),
    ("Trials need a data manager from the first day.", "a handbook of trials", "work environment"),
    ('=SUM of postings doubled, "they say"', "NA", "demand"),
]


def cell(panel, page_name, id):
    """The output of the cell with this id."""
    cells = json.loads((CHECKOUT / "notebooks" / f"{page_name}.ipynb").read_text("utf-8"))["cells"]
    return panel.locator(".jp-Cell").nth([c["id"] for c in cells].index(id))


def choose(part, label, words):
    """Choose the option of a dropdown that begins with these words."""
    dropdown = part.get_by_label(label, exact=True)
    expect(dropdown.locator("option").filter(has_text=words).first).to_be_attached()
    # ipywidgets writes options with blanks that do not break; the list may grow meanwhile
    options = dropdown.locator("option").evaluate_all("all => all.map(o => [o.text, o.value])")
    said = (value for text, value in options if text.replace("\xa0", " ").startswith(words))
    keyboard.choose(dropdown, next(said))


def save(part, button, says):
    """Press a button and wait for the line that confirms it."""
    press(part.get_by_role("button", name=button, exact=True))
    said = part.get_by_role("status").filter(has_text=says)
    expect(said.first).to_be_visible()


def read(lab, table):
    """A log as anybody would read it."""
    return pd.read_csv(lab.log / f"{table}.csv")


def test_a_student_works_through_all_six_pages(page, lab):
    panel = start_page(page, lab, "00_start_here", press)
    about = cell(panel, "00_start_here", "about-you")
    fill(about.get_by_label("Your name *"), "Mei Tan")
    who = "a third-year student of electrical engineering at Example College"
    fill(about.get_by_label("Who you are, in one line"), who)
    fill(about.get_by_label("Your email"), "mei.tan@example.org")
    fill(about.get_by_label("Your phone"), "+1 555 0100")
    fill(about.get_by_label("Your time zone"), "new york")
    save(about, "Save about you", "Saved: Mei Tan")

    research(page, lab)
    outreach(page, lab)
    a_week_passes(lab)
    prepare(page, lab)
    debrief(page, lab)
    review(page, lab)
    everything_is_in_the_csvs(lab)


def research(page, lab):
    panel = next_page(page, lab, "01_research", press)
    part = cell(panel, "01_research", "criteria")
    for kind, statement, importance in CRITERIA:
        choose(part, "Kind *", kind)
        fill(part.get_by_label("What matters to you *"), statement)
        choose(part, "How much it matters *", importance)
        save(part, "Save criterion", f"Saved: {statement}")

    part = cell(panel, "01_research", "occupations")
    for title in BEFORE:
        fill(part.get_by_label("Occupation *"), title)
        save(part, "Save occupation", f"Saved: {title}")

    part = cell(panel, "01_research", "findings")
    for (finding, source, category), about in zip(FINDINGS, [*BEFORE, None], strict=True):
        fill(part.get_by_label("What you found *"), finding)
        fill(part.get_by_label("Source *"), source)
        choose(part, "Category", category)
        if about:
            choose(part, "About which occupation", about)
        save(part, "Save finding", "Saved:")

    part = cell(panel, "01_research", "first-ratings")
    for title, ratings in BEFORE.items():
        choose(part, "Occupation to rate", title)
        expect(part.get_by_text("Not rated before.")).to_have_count(6)
        for (_, statement, _), rating in zip(CRITERIA, ratings, strict=True):
            choose(part, statement, f"{rating} - ")
        save(part, "Save ratings", f"6 ratings of {title}")

    part = cell(panel, "01_research", "objective")
    for day, stage, objective in [
        ("2026-10-01", "general research", "Find out what speech engineers do all day."),
        ("2026-11-02", "comparing fields", "Compare speech systems with clinical data."),
    ]:
        fill(part.get_by_label("Your objective *"), objective)
        choose(part, "How far along *", stage)
        fill_date(part.get_by_label("As of *"), date.fromisoformat(day))
        save(part, "Save objective", "Saved:")
    expect(cell(panel, "01_research", "check").locator(".ii-next")).to_have_count(0)


def outreach(page, lab):
    panel = next_page(page, lab, "02_outreach", press)
    part = cell(panel, "02_outreach", "people")
    fill(part.get_by_label("Name *", exact=True), PROFESSOR)
    fill(part.get_by_label("Salutation"), "Prof.")
    fill(part.get_by_label("Job title"), "professor of electrical engineering and computer science")
    choose(part, "How you know them", "teacher")
    save(part, "Save contact", f"Saved: {PROFESSOR}")
    fill(part.get_by_label("Name *", exact=True), CONTACT)
    fill(part.get_by_label("Salutation"), "Dr.")
    fill(part.get_by_label("Job title"), "speech systems engineer")
    fill(part.get_by_label("Email", exact=True), "xiaoling.example.org")
    choose(part, "How you know them", "referred by a contact")
    choose(part, "Can tell you about", "speech systems engineer")
    fill(part.get_by_label("Why this person"), "your team builds captions for classrooms")
    press(part.get_by_role("button", name="Save contact", exact=True))
    expect(part.get_by_role("alert").first).to_contain_text("one @ and no blanks")
    fill(part.get_by_label("Email", exact=True), "xiaoling@example.org")
    save(part, "Save contact", f"Saved: {CONTACT}")

    part = cell(panel, "02_outreach", "referrals")
    choose(part, "Who named them *", PROFESSOR)
    choose(part, "Whom they named *", CONTACT)
    choose(part, "May you say who sent you? *", "yes")
    save(part, "Save referral", "Saved:")

    part = cell(panel, "02_outreach", "letter")
    choose(part, "Write to", CONTACT)
    press(part.get_by_role("button", name="Draft it"))
    letter = part.get_by_label("Your letter")
    expect(letter).to_have_value(re.compile("captions for classrooms"))
    text = letter.input_value()
    for element in ("José O'Neil", "Mei Tan", "speech systems engineer", "20 minutes"):  # R14
        assert element in text, element
    assert re.search(r"not .{0,40}\bjob\b", text)  # R1
    fill(letter, text + "\nAre there any openings on your team?")
    expect(part.locator(".ii-advice").filter(has_text="openings").first).to_be_visible()
    fill(letter, text)
    expect(part.locator(".ii-advice").filter(has_text="openings")).to_have_count(0)
    save(part, "Log it as sent", CONTACT)

    part = cell(panel, "02_outreach", "replies")
    choose(part, "Which message was answered", CONTACT)
    choose(part, "Their reply", "yes")
    press(part.get_by_role("button", name="Save the reply"))
    expect(part.get_by_role("status").filter(has_text="Saved").first).to_be_visible()

    part = cell(panel, "02_outreach", "meetings")
    choose(part, "With whom *", CONTACT)
    choose(part, "About which occupation", "speech systems engineer")
    choose(part, "Format *", "video")
    next_week = datetime.now() + timedelta(days=7)
    at = next_week.replace(hour=15, minute=30)
    fill_date(part.get_by_label("Date and time *"), at, time=True)
    fill(part.get_by_label("Time zone"), "Europe/Berlin")
    fill(part.get_by_label("Minutes *"), "4")
    press(part.get_by_role("button", name="Save interview", exact=True))
    expect(part.get_by_role("alert").first).to_contain_text("from 5 to 480")
    fill(part.get_by_label("Minutes *"), "20")
    save(part, "Save interview", f"Saved: {CONTACT}")
    choose(part, "Meeting to confirm, move or cancel", CONTACT)
    press(part.get_by_role("button", name="It is confirmed"))
    expect(letter).to_be_focused()  # the note that says so
    expect(part.get_by_text("09:30").first).to_be_visible()  # the learner's own clock


def a_week_passes(lab):
    """The meeting was to be next week; now it was an hour ago."""
    wb = ii.open_workbook(lab.log)
    (meeting,) = wb.interviews.rows()
    assert meeting.timezone == "Europe/Berlin"
    moved = datetime.now(ZoneInfo("Europe/Berlin")) - timedelta(minutes=70)
    wb.interviews.revise(meeting.id, starts_at=moved.replace(microsecond=0))


def prepare(page, lab):
    panel = next_page(page, lab, "03_prep", press)
    choose(cell(panel, "03_prep", "choose-meeting"), "Meeting to prepare", CONTACT)
    part = cell(panel, "03_prep", "choose-questions")
    for category in ("background", "work environment", "challenges", "industry", "advice"):
        choose(part, "Category of questions", category)
        choose(part, "For how far along", "(all)")
        tick(part.get_by_label(re.compile(rf"\[{category}")).first)
        save(part, "Add the ticked questions", "Added: 1 question")
    fill(part.get_by_label("Your own question"), "Is it fun?")
    expect(part.get_by_text("Tip").first).to_be_visible()  # R19, advice in place
    fill(part.get_by_label("Your own question"), "What made you laugh at work last week? 🙂")
    choose(part, "Category of your question", "work environment")
    press(part.get_by_role("button", name="Add my question"))
    plan = cell(panel, "03_prep", "plan")
    expect(plan.get_by_text("What made you laugh at work last week? 🙂").first).to_be_visible()
    expect(plan.locator("ol li")).to_have_count(6)


def debrief(page, lab):
    panel = next_page(page, lab, "04_debrief", press)
    part = cell(panel, "04_debrief", "choose-meeting")
    choose(part, "Meeting to debrief", CONTACT)
    save(part, "It took place", "Noted: it took place.")
    part = cell(panel, "04_debrief", "answers")
    for n in range(1, 7):
        answer = NOTE if n == 1 else f"Answer {n}: it depends on the week."
        fill(part.get_by_label(f"Answer to question {n}"), answer)
    part = cell(panel, "04_debrief", "reflection")
    fill(part.get_by_label("What you liked"), "She tests every idea with listeners.")
    fill(part.get_by_label("New concerns"), "Evenings go to deadlines in spring.")
    fill(part.get_by_label("What you learned"), "that listening tests decide, not the model")
    fill(part.get_by_label("Their advice"), "Build one thing that a listener can try.")
    part = cell(panel, "04_debrief", "observations")
    fill(part.get_by_label("Dress"), "jeans, one tie")
    fill(part.get_by_label("Communication"), "first names, short sentences")
    fill(part.get_by_label("Humor"), "puns about vowels")
    choose(part, "Would you work there?", "4 - ")
    part = cell(panel, "04_debrief", "people")
    fill(part.get_by_label("Person 1: name"), NEXT_ONE)
    fill(part.get_by_label("Person 1: email"), "zoe@example.org")
    choose(part, "Person 1: may you say who sent you?", "yes")
    press(part.get_by_role("button", name="Add another person"))
    fill(part.get_by_label("Person 2: name"), NEXT_TWO)
    choose(part, "Person 2: may you say who sent you?", "not asked")
    part = cell(panel, "04_debrief", "fit")
    choose(part, "Occupation you talked about", "speech systems engineer")
    for (_, statement, _), rating in zip(CRITERIA, AFTER, strict=True):
        choose(part, statement, f"{rating} - ")
    save(cell(panel, "04_debrief", "save"), "Save the debrief", "Saved")

    part = cell(panel, "04_debrief", "thank-you")
    fill(part.get_by_label("How the conversation helped you"), "I now begin with listening tests.")
    press(part.get_by_role("button", name="Draft the note"))
    note = part.get_by_label("Thank-you note")
    expect(note).to_have_value(re.compile("listening tests"))
    expect(note).to_have_value(re.compile("Mei Tan"))
    press(part.get_by_role("button", name="Log it as sent"))
    expect(part.get_by_role("status").filter(has_text="Saved: thank-you").first).to_be_visible()


def review(page, lab):
    panel = next_page(page, lab, "05_network_review", press)
    for id in ("funnel", "growth", "who-referred-whom", "interviews-per-occupation", "fit"):
        picture = cell(panel, "05_network_review", id).locator("figure img").first
        expect(picture).to_be_visible()
        assert len(picture.get_attribute("alt")) > 30
    funnel = cell(panel, "05_network_review", "funnel").locator("figure img").first
    assert "1" in funnel.get_attribute("alt")
    expect(panel.locator('[data-mime-type*="error"]')).to_have_count(0)


def everything_is_in_the_csvs(lab):
    criteria, contacts = read(lab, "criteria"), read(lab, "contacts")
    assert criteria[["kind", "statement"]].values.tolist() == [list(c[:2]) for c in CRITERIA]
    assert set(criteria["kind"]) == {"interest", "ability", "value", "skill"}
    assert read(lab, "occupations")["title"].tolist() == list(BEFORE)
    assert len(read(lab, "findings")) == 3
    assert read(lab, "goals")["set_on"].tolist() == ["2026-10-01", "2026-11-02"]
    assert contacts["name"].tolist() == [PROFESSOR, CONTACT, NEXT_ONE, NEXT_TWO]
    id_of = dict(zip(contacts["name"], contacts["id"], strict=True))

    referrals = read(lab, "referrals")
    assert referrals[["from_contact_id", "to_contact_id", "may_use_name"]].values.tolist() == [
        [id_of[PROFESSOR], id_of[CONTACT], "yes"],
        [id_of[CONTACT], id_of[NEXT_ONE], "yes"],
        [id_of[CONTACT], id_of[NEXT_TWO], "not asked"],
    ]
    messages = read(lab, "messages")
    request = messages[messages["purpose"] == "request"].iloc[0]
    assert (request["channel"], request["reply"]) == ("email", "yes")
    assert request["contact_id"] == id_of[CONTACT]
    thanks = messages[messages["purpose"] == "thank-you"].iloc[0]
    assert "listening tests" in thanks["text"]  # R30

    (interview,) = read(lab, "interviews").to_dict("records")
    assert (interview["format"], interview["status"]) == ("video", "held")
    questions = read(lab, "questions")
    assert len(questions) == 6 and questions["category"].nunique() >= 4  # R21, R22
    assert (questions["outcome"] == "asked").all()
    first = questions.sort_values("position")["answer"].iloc[0]
    assert first == "'" + NOTE.replace("\r\n", "\n")  # guarded: a sheet never runs it
    (debriefed,) = read(lab, "debriefs").to_dict("records")
    assert debriefed["humor"] == "puns about vowels" and debriefed["would_work_there"] == 4

    wb = ii.open_workbook(lab.log)
    assert wb.questions.read().sort_values("position")["answer"].iloc[0] == NOTE
    chains = ii.measures.referral_chains(wb).set_index("contact_id")["generation"]
    assert chains[id_of[CONTACT]] == chains[id_of[PROFESSOR]] + 1
    assert chains[id_of[NEXT_ONE]] == chains[id_of[NEXT_TWO]] == chains[id_of[CONTACT]] + 1
    funnel = ii.measures.funnel(wb).set_index("stage")["n"]
    assert funnel["held"] == 1
    fit = ii.measures.fit(wb)
    engineer = wb.occupations.rows()[0].id
    moved = fit[fit["occupation_id"] == engineer]["fit"]  # oldest first
    assert moved.iloc[-1] > moved.iloc[0]
