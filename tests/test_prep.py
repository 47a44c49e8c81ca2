"""Notebook 03: the gate, the plan, the sheet on one page, and the live page."""

import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

import ii_helpers as ii
from ii_helpers import forms
from ii_helpers.stages import planning, prep
from ii_helpers.stages.live import _Live, clock_words, live_key, live_notes
from ii_helpers.stages.meeting import Meetings, next_meeting, prepared
from tests.stage_widgets import named, press, said, said_below

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
THEN = datetime(2030, 11, 24, 19, 0, tzinfo=UTC)  # when the meeting begins


@pytest.fixture
def meeting(wb):
    kind = wb.occupations.append(title="Speech engineer")
    place = wb.organizations.append(name="Example Labs")
    who = wb.contacts.append(
        name="O'Neil, José", salutation="Dr.", pronunciation="ho-SAY", organization_id=place.id
    )
    return wb.interviews.append(
        contact_id=who.id, occupation_id=kind.id, format="in person", place="Hall 3",
        starts_at="2030-11-24T14:00:00", timezone="America/New_York", minutes=20,
    )  # fmt: skip


def add(wb, meeting, *texts, category="background", **more):
    return planning.add_questions(wb, meeting.id, [(category, text) for text in texts], **more)


def texts(wb, meeting):
    return [row.text for row in planning.ordered(wb, meeting.id)]


# --- which meeting, and the gate -----------------------------------------------------------


def test_the_page_opens_on_the_next_meeting_that_is_planned(wb, meeting):
    past = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2026-11-01T10:00:00Z")
    later = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2031-11-01T10:00:00Z")
    assert next_meeting(wb, NOW) == meeting.id
    wb.interviews.revise(meeting.id, status="cancelled")
    assert next_meeting(wb, NOW) == later.id
    wb.interviews.revise(later.id, status="held")
    assert next_meeting(wb, NOW) == past.id


def test_a_choice_holds_for_all_parts_of_the_page_and_for_a_new_kernel(wb, meeting):
    later = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2031-11-01T10:00:00Z")
    named(prep.choose_meeting(wb), "Meeting to prepare").value = later.id
    add(wb, later, "What of 2031?")
    assert "What of 2031?" in said(prep.plan(wb))
    assert prepared(ii.open_workbook(wb.folder)).id == later.id


@pytest.mark.parametrize("status", ["cancelled", "no-show"])
def test_a_meeting_that_fell_through_is_not_offered_for_another_one(wb, meeting, status):
    lost = wb.interviews.append(
        contact_id=meeting.contact_id, starts_at="2026-11-01T10:00:00Z", status=status
    )
    offered = [id for _, id in named(prep.choose_meeting(wb), "Meeting to prepare").options]
    assert meeting.id in offered and lost.id not in offered


def test_a_meeting_that_was_held_has_nothing_left_to_prepare(wb, meeting):
    panel = prep.check_prep(wb)
    assert "You have read nothing yet" in said(panel) and "Look up the way" in said(panel)
    wb.interviews.revise(meeting.id, status="held")
    assert "nothing left to prepare" in said(panel)
    assert "You have read nothing yet" not in said(panel) and "step" not in said(panel)


def test_nothing_read_is_a_visible_warning(wb, meeting):  # R6
    (kind, words), *rest = prep.research_gate(wb, meeting)
    assert kind == "warning" and "You have read nothing yet" in words
    assert "Nothing found yet about the person (O'Neil, José)." in [words for _, words in rest]
    assert 'role="alert"' in said(prep.gate(wb))


def test_the_gate_says_what_is_known_and_what_is_still_missing(wb, meeting):  # R6
    panel = prep.gate(wb)
    wb.occupations.revise(meeting.occupation_id, wants="salary, demand")
    for column, category in (("occupation_id", "salary"), ("organization_id", "")):
        who = wb.contacts.get(meeting.contact_id)
        id = meeting.occupation_id if column == "occupation_id" else who.organization_id
        wb.findings.append(
            **{column: id}, category=category, finding="x", source="y", found_on=date(2026, 11, 2)
        )
    said_now = prep.research_gate(wb, meeting)
    assert [kind for kind, _ in said_now] == ["ok", "ok", "advice", "advice"]
    assert said_now[-1][1] == "Still open of what you want to know: demand."
    assert "2 Nov 2026" in said(panel)  # fresh after the save


def test_the_objective_is_chosen_and_kept_with_the_meeting(wb, meeting):  # R3
    goal = wb.goals.append(stage="comparing fields", objective="Compare two weeks")
    panel = prep.objective(wb)
    assert named(panel, "Objective for this meeting").value == goal.id  # the latest is offered
    press(panel, "Use this objective")
    assert wb.interviews.get(meeting.id).goal_id == goal.id


# --- the plan -------------------------------------------------------------------------------


def test_six_are_planned_and_the_rest_is_reserve(wb, meeting):  # R21
    add(wb, meeting, *(f"Question {n}?" for n in range(8)))
    rows = planning.ordered(wb, meeting.id)
    assert [row.outcome for row in rows] == ["planned"] * 6 + ["reserve"] * 2
    assert [row.position for row in rows] == list(range(1, 9))


def test_the_same_question_is_added_once(wb, meeting):
    add(wb, meeting, "How so?", "how so ?")
    assert add(wb, meeting, " How  so?") == [] and texts(wb, meeting) == ["How so?"]


def test_questions_move_within_their_kind(wb, meeting):
    a, b, c = add(wb, meeting, "A?", "B?", "C?")
    add(wb, meeting, "R?", outcome="reserve")
    planning.move(wb, c.id, -1)
    assert texts(wb, meeting) == ["A?", "C?", "B?", "R?"]
    planning.move(wb, b.id, +1)  # the reserve begins there
    planning.move(wb, a.id, -1)
    assert texts(wb, meeting) == ["A?", "C?", "B?", "R?"]


def test_the_plan_is_changed_with_plain_buttons(wb, meeting):
    a, b = add(wb, meeting, "A long way?", "B?")
    panel = prep.plan(wb)
    named(panel, "Question to change").value = b.id
    press(panel, "Move up")
    assert texts(wb, meeting) == ["B?", "A long way?"]
    named(panel, "Its wording").value = "Do you like it?"
    assert "One word can answer it" in said(panel)
    press(panel, "Save wording")
    press(panel, "To reserve or back")
    assert (wb.questions.get(b.id).text, wb.questions.get(b.id).outcome) == (
        "Do you like it?",
        "reserve",
    )
    press(panel, "Take it out")
    assert texts(wb, meeting) == ["A long way?"]


def test_a_wording_that_is_typed_and_not_saved_is_kept(wb, meeting):
    first, second = add(wb, meeting, "How so?", "And then?")
    panel = prep.plan(wb)
    named(panel, "Question to change").value = second.id
    named(panel, "Its wording").value = "And what ca"
    named(panel, "Question to change").value = first.id
    assert named(panel, "Its wording").value == "How so?"
    again = prep.plan(ii.open_workbook(wb.folder))
    assert named(again, "Question to change").value == second.id
    assert named(again, "Its wording").value == "And what ca"
    press(again, "Save wording")
    fresh = prep.plan(ii.open_workbook(wb.folder))
    assert named(fresh, "Question to change").value == ""


def test_coverage_names_the_themes_that_are_missing(wb, meeting):  # R22
    (first,) = planning.coverage(wb, meeting)
    assert first == ("next", "Tick about 6 questions in step 4 and add them.")
    add(wb, meeting, "A?", "B?")
    words = [words for _, words in planning.coverage(wb, meeting)]
    assert words[0].startswith("2 questions planned, 0 in reserve: about 8 minutes each in 20.")
    assert "Nothing planned yet on the work itself, the industry's future." in words
    add(wb, meeting, "C?", category="rewards"), add(wb, meeting, "D?", category="industry")
    add(wb, meeting, "E?", category="hiring")
    assert [kind for kind, _ in planning.coverage(wb, meeting)][:2] == ["ok", "ok"]


def test_a_meeting_is_about_what_the_person_does_where_it_does_not_say(wb, meeting):  # R6
    kind = meeting.occupation_id
    wb.interviews.revise(meeting.id, occupation_id="")
    wb.contacts.revise(meeting.contact_id, occupation_id=kind)
    wb.findings.append(occupation_id=kind, finding="Growing", source="a survey")
    told = [words for _, words in prep.research_gate(wb, meeting)]
    assert told[0].startswith("1 finding about the occupation (Speech engineer)")
    assert "Speech engineer" in said(prep.choose_meeting(wb))


def test_what_an_earlier_meeting_left_open_comes_first(wb, meeting):
    earlier = wb.interviews.append(
        contact_id=meeting.contact_id, occupation_id=meeting.occupation_id,
        starts_at="2026-10-01T10:00:00Z", status="held",
    )  # fmt: skip
    (row,) = add(wb, earlier, "Where is it heading?", category="industry")
    wb.questions.revise(row.id, outcome="not reached")
    assert planning.candidates(wb, meeting)[0]["question"] == "Where is it heading?"
    assert any("Left open" in words for _, words in planning.coverage(wb, meeting)) is False
    add(wb, meeting, "A?")
    assert any("Where is it heading?" in words for _, words in planning.coverage(wb, meeting))


def test_the_bank_is_filtered_by_words_category_stage_and_format(wb):
    rows = planning.candidates(wb, None)
    for chosen in planning.filtered(rows, "team", "hiring", "specific job advice", "phone"):
        assert chosen["category"] == "hiring" and chosen["for_stage"] == "specific job advice"
    assert len(planning.filtered(rows, "team", "hiring", "specific job advice")) >= 1
    visit = planning.filtered(rows, format="observational visit")
    assert {row["for_format"] for row in visit} == {"any", "observational visit"}
    assert planning.filtered(rows, "no such word anywhere") == []


def test_ticked_questions_are_added_and_a_filter_keeps_the_ticks(wb, meeting):
    panel = prep.choose_questions(wb)
    named(panel, "Category of questions").value = "rewards"
    first = next(w for w in panel_ticks(panel))
    first.value = True
    named(panel, "Category of questions").value = "advice"
    second = next(w for w in panel_ticks(panel))
    second.value = True
    assert "Added: 2 questions" in press(panel, "Add the ticked questions")
    assert {row.category for row in planning.ordered(wb, meeting.id)} == {"rewards", "advice"}
    words = press(panel, "Add the ticked questions")
    assert 'role="status"><b>Next</b> Tick a question first' in words  # heard as well as seen


def panel_ticks(panel):
    from tests.stage_widgets import walk

    return (w for w in walk(panel) if type(w).__name__ == "Checkbox")


def test_a_question_of_ones_own_is_checked_as_it_is_typed_and_never_blocked(wb, meeting):  # R19
    panel = prep.choose_questions(wb)
    named(panel, "Your own question").value = "Do you like it?"
    assert "One word can answer it" in said(panel)
    assert "Choose its category" in press(panel, "Add my question")
    assert wb.draft("own question")[0] == {"text": "Do you like it?", "category": ""}
    named(panel, "Category of your question").value = "rewards"
    again = prep.choose_questions(wb)
    assert named(again, "Your own question").value == "Do you like it?"
    assert named(again, "Category of your question").value == "rewards"
    press(panel, "Add my question")
    assert texts(wb, meeting) == ["Do you like it?"] and wb.draft("own question") is None


def test_an_own_question_of_another_meeting_is_offered_again(wb, meeting):
    add(wb, meeting, "What did the flood teach you?")
    other = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2031-01-01T10:00:00Z")
    offered = {row["question"]: row["from"] for row in planning.candidates(wb, other)}
    assert offered["What did the flood teach you?"] == "yours"


@pytest.mark.parametrize("text", ["=1+1 <b>bold</b>\n“NA”", "م" * 300, "x" * 5000])
def test_any_text_is_kept_and_shown_as_text(wb, meeting, text):
    add(wb, meeting, text)
    assert texts(wb, meeting) == [text]
    html = said(prep.plan(wb)) + prep.sheet_html(wb, meeting.id)
    assert "<b>bold" not in html and 'dir="auto"' in html


# --- the day --------------------------------------------------------------------------------


def test_when_to_leave_follows_the_course_rule_and_the_travel_time(wb, meeting):  # R24, R25
    wb.interviews.revise(meeting.id, travel_minutes=25)
    times = [
        (words, f"{at:%H:%M}") for words, at in prep.arrival(wb, wb.interviews.get(meeting.id))
    ]
    assert times == [
        ("Leave", "13:25"), ("Be there", "13:50"), ("Begin", "14:00"), ("End, thank them", "14:20"),
    ]  # fmt: skip
    wb.interviews.revise(meeting.id, place="Café Central, by the station")  # to find seats
    public = prep.arrival(wb, wb.interviews.get(meeting.id))
    assert [f"{at:%H:%M}" for _, at in public[:2]] == ["13:20", "13:45"]
    wb.interviews.revise(meeting.id, format="video")
    video = prep.arrival(wb, wb.interviews.get(meeting.id))
    assert (video[0][0], f"{video[0][1]:%H:%M}") == ("Be ready", "13:55")


@pytest.mark.parametrize("format", ["in person", "video", "phone", "observational visit"])
def test_the_list_for_the_day_carries_the_resume_and_does_not_push_it(wb, meeting, format):  # R23
    wb.interviews.revise(meeting.id, format=format)
    words = " ".join(prep.to_do(wb, wb.interviews.get(meeting.id)))
    assert "do not push it" in words
    assert ("business card" in words) == (format in prep.IN_PERSON)  # R28
    assert ("Quiet room" in words) == (format not in prep.IN_PERSON)


def test_the_plan_for_the_day_is_kept_with_the_meeting_and_its_ticks(wb, meeting):
    panel = prep.checklist(wb)
    named(panel, "What you will wear").value = "blue shirt"
    named(panel, "Minutes to get there").value = "soon"
    assert "Error:" in press(panel, "Save the plan for the day")
    assert wb.interviews.get(meeting.id).wear == ""
    named(panel, "Minutes to get there").value = "35"
    assert "13:15" in press(panel, "Save the plan for the day")
    assert wb.interviews.get(meeting.id).travel_minutes == 35
    named(panel, "Phone silent").value = True
    assert named(prep.checklist(wb), "Phone silent").value is True


# --- the sheet --------------------------------------------------------------------------------


def test_a_plan_changed_on_another_page_is_shown_and_not_put_back(wb, meeting):
    panel, other = prep.checklist(wb), ii.open_workbook(wb.folder)
    named(panel, "What you will wear").value = "blue"
    other.interviews.revise(meeting.id, place="Library, room 4", starts_at="2030-11-25T16:00:00")
    wb.refresh()
    assert named(panel, "Place or link").value == "Library, room 4"
    assert "16:00" in said(panel) and "14:00" not in said(panel)
    press(panel, "Save the plan for the day")
    row = wb.interviews.get(meeting.id)
    assert (row.place, row.wear) == ("Library, room 4", "blue")


def test_a_plan_that_is_typed_and_not_saved_is_kept(wb, meeting):
    later = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2031-11-01T10:00:00Z")
    panel = prep.checklist(wb)
    named(panel, "What you will wear").value = "a blue shi"
    prepared(wb).choose(later.id)
    assert named(panel, "What you will wear").value == ""
    prepared(wb).choose(meeting.id)
    assert named(panel, "What you will wear").value == "a blue shi"
    again = prep.checklist(ii.open_workbook(wb.folder))
    assert named(again, "What you will wear").value == "a blue shi"
    press(again, "Save the plan for the day")
    assert named(prep.checklist(ii.open_workbook(wb.folder)), "Place or link").value == "Hall 3"


def test_the_page_does_not_stay_with_a_meeting_that_was_cancelled(wb, meeting):
    later = wb.interviews.append(contact_id=meeting.contact_id, starts_at="2031-11-01T10:00:00Z")
    assert prepared(wb).id == meeting.id
    wb.interviews.revise(meeting.id, status="cancelled")
    assert prepared(wb).id == later.id


def test_a_meeting_over_a_change_of_the_clocks_ends_when_its_minutes_are_over(wb, meeting):
    row = wb.interviews.revise(meeting.id, starts_at="2026-10-31T20:00:00", minutes=480)
    assert [f"{at:%H:%M}" for _, at in prep.arrival(wb, row)][-1] == "03:00"


def test_the_sheet_holds_what_one_needs_at_the_door(wb, meeting):  # R11, R26, R28
    goal = wb.goals.append(stage="comparing fields", objective="Compare two weeks")
    wb.interviews.revise(meeting.id, goal_id=goal.id, travel_minutes=25)
    add(wb, meeting, "What <surprised> you?")
    add(wb, meeting, "In reserve?", outcome="reserve")
    html = prep.sheet_html(wb, meeting.id)
    for words in (
        "Dr. O&#x27;Neil, José", "ho-SAY", "Example Labs", "Hall 3", "On a map",
        "leave 13:25", "20 minutes",
        "Compare two weeks", "What &lt;surprised&gt; you?", "In reserve?", "Begin with thanks",
        "Whom else would you suggest", "business card",
    ):  # fmt: skip
        assert words in html, words


def test_showing_the_sheet_writes_no_file(wb, meeting):
    before = sorted(wb.folder.rglob("*"))
    assert "Print this sheet" in said(prep.sheet(wb))
    assert sorted(wb.folder.rglob("*")) == before


@pytest.mark.browser
@pytest.mark.parametrize("size", ["A4", "Letter"])
@pytest.mark.parametrize("load", ["light", "heavy"])
def test_the_sheet_is_one_page_with_nothing_cut_off(wb, meeting, tmp_path, size, load):
    if load == "heavy":
        wb.contacts.revise(
            meeting.contact_id, name="José María 王小明 " * 9, job_title="long " * 60
        )
        goal = wb.goals.append(stage="comparing fields", objective="find out " * 200)
        wb.interviews.revise(
            meeting.id, goal_id=goal.id, place="A street " * 40, wear="a coat " * 30
        )
        add(
            wb,
            meeting,
            *(f"{n} {'What would you say ' * 60}" for n in range(12)),
            outcome="planned",
        )
        add(wb, meeting, *(f"{n} {'And what else ' * 60}" for n in range(9)), outcome="reserve")
    else:
        add(wb, meeting, *(f"What would you say of {n}?" for n in range(6)))
    page, pdf, found = (tmp_path / name for name in ("sheet.html", "sheet.pdf", "sheet.xml"))
    page.write_text(prep.sheet_html(wb, meeting.id, size), encoding="utf-8")
    subprocess.run(
        [
            shutil.which("chromium") or "/usr/bin/chromium", "--headless", "--no-sandbox",
            "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer",
            f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    subprocess.run(["pdftotext", "-bbox", pdf, found], check=True, timeout=60)
    space = "{http://www.w3.org/1999/xhtml}"
    pages = ElementTree.parse(found).getroot().findall(f".//{space}page")
    assert len(pages) == 1
    width, height = (float(pages[0].get(name)) for name in ("width", "height"))
    assert (round(width), round(height)) == ((595, 842) if size == "A4" else (612, 792))
    words = pages[0].findall(f"{space}word")
    shown = [word.text for word in words]
    assert {"Thank", "you.", "End", "on", "time."} <= set(shown[-20:])
    assert "Print" not in shown
    for word in words:  # all within the page's margins
        assert 25 < float(word.get("xMin")) and float(word.get("xMax")) < width - 25, word.text
        assert 15 < float(word.get("yMin")) and float(word.get("yMax")) < height - 25, word.text
    places = [  # of a word: from left to right, and the middle of its line
        (
            float(w.get("xMin")),
            float(w.get("xMax")),
            (float(w.get("yMin")) + float(w.get("yMax"))) / 2,
        )
        for w in words
    ]
    for n, (left, right, line) in enumerate(places):  # nothing is printed over another
        for m, (other_left, other_right, other_line) in enumerate(places[n + 1 :], n + 1):
            beside = min(right, other_right) - max(left, other_left) < 1
            assert beside or abs(line - other_line) > 7, (words[n].text, words[m].text)


OVERLAPPING = """() => {
    const boxes = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        for (const box of range.getClientRects())
            if (box.width && box.height) boxes.push([texts.currentNode.data.trim(), box]);
    }
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    return boxes.flatMap(([text, a], n) =>
        boxes.slice(n + 1).filter(([, b]) => over(a, b)).map(([other]) => text + " / " + other));
}"""


@pytest.mark.browser
def test_on_a_phone_no_text_of_the_sheet_lies_on_another(wb, meeting, chromium):
    add(wb, meeting, *(f"What would you say of {n}, {'and why so ' * 5}?" for n in range(10)))
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    try:
        page.set_content(prep.sheet_html(wb, meeting.id))
        assert page.get_by_text("In reserve").count() == 1
        assert page.evaluate(OVERLAPPING) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    finally:
        page.close()


# --- on the day ---------------------------------------------------------------------------------


class Clock:
    def __init__(self, now=THEN):
        self.now = now

    def __call__(self):
        return self.now

    def pass_minutes(self, n):
        self.now += timedelta(minutes=n)


def live_panel(wb, clock):
    return prep.on_the_day(wb, clock)


def test_the_clock_gives_a_gentle_sign_at_five_minutes(wb):  # R26
    assert clock_words(20, 0) == ("20:00 left", "")
    assert clock_words(20, 14 * 60 + 59) == ("5:01 left", "")
    text, sign = clock_words(20, 15 * 60)
    assert text == "5:00 left" and sign.startswith("5 minutes left")
    assert clock_words(20, 21 * 60)[0] == "1:00 over"


def test_a_meeting_is_held_question_by_question(wb, meeting):  # R26, R27
    a, b, c = add(wb, meeting, "A?", "B?", "C?")
    clock = Clock()
    panel = live_panel(wb, clock)
    assert "20:00 planned" in said(panel) and "Next: B?" in said(panel)
    press(panel, "Start the meeting")
    named(panel, "Notes on this question").value = "He said =1+1"
    press(panel, "Asked, next question")
    assert named(panel, "Notes on this question").value == ""
    press(panel, "Skip it")
    press(panel, "Back")
    notes = live_notes(wb, meeting.id)
    assert notes["notes"] == {a.id: "He said =1+1", b.id: ""} | notes["notes"]
    assert notes["outcomes"] == {a.id: "asked", b.id: "skipped"} and notes["current"] == b.id
    clock.pass_minutes(18)
    assert "Ended after 18 minutes" in press(panel, "End the meeting")
    assert wb.interviews.get(meeting.id).status == "held"
    assert "counts as held now" in said(panel)
    clock.pass_minutes(1)
    press(panel, "Undo")
    assert wb.interviews.get(meeting.id).status == "proposed"
    assert "1:00 left" in said(panel) and not forms.is_shown(named(panel, "Undo"))


@pytest.mark.parametrize("starts", [True, False])
def test_before_its_day_a_meeting_is_only_tried_and_not_held(wb, meeting, starts):
    add(wb, meeting, "A?")
    clock = Clock(THEN - timedelta(days=100))
    panel = live_panel(wb, clock)
    if starts:
        assert "still to come: 24 Nov 2030" in press(panel, "Start the meeting")
        assert "20:00 left" in said(panel)
    named(panel, "Notes on this question").value = "a trial"
    clock.pass_minutes(3)
    assert "still to come and stays as it was" in press(panel, "End the meeting")
    assert wb.interviews.get(meeting.id).status == "proposed"
    assert "20:00 planned" in said(panel) and not forms.is_shown(named(panel, "Undo"))
    assert named(panel, "Notes on this question").value == "a trial"


def test_a_clock_that_was_tried_and_left_is_back_at_its_beginning(wb, meeting):
    clock = Clock(THEN - timedelta(days=100))
    press(live_panel(wb, clock), "Start the meeting")
    clock.now = THEN
    assert "20:00 planned" in said(live_panel(ii.open_workbook(wb.folder), clock))


def test_every_note_is_on_disk_as_it_is_typed_and_a_new_kernel_goes_on(wb, meeting):
    a, b = add(wb, meeting, "A?", "B?")
    clock = Clock()
    panel = live_panel(wb, clock)
    press(panel, "Start the meeting")
    press(panel, "Asked, next question")
    named(panel, "Notes on this question").value = "half a sent"
    named(panel, "Dress, as you see it").value = "boots"
    named(panel, "Name they mentioned").value = "王小明"
    named(panel, "May I say you sent me?").value = "yes"
    press(panel, "Add this name")

    clock.pass_minutes(16)
    again = live_panel(ii.open_workbook(wb.folder), clock)  # the kernel was killed
    assert "Going on where you were" in said(again) and "4:00 left" in said(again)
    assert "5 minutes left" in said(again)
    assert named(again, "Notes on this question").value == "half a sent"
    assert named(again, "Dress, as you see it").value == "boots"
    assert "王小明" in said(again) and "B?" in said(again)


def test_a_question_that_comes_up_is_added_and_asked_next(wb, meeting):  # R21
    add(wb, meeting, "A?")
    panel = live_panel(wb, Clock())
    named(panel, "A question that came up").value = "And the flood?"
    press(panel, "Add it to my questions")
    assert "Added: And the flood?" in said_below(panel, "Add it to my questions")
    press(panel, "Add this name")
    assert "Type the name first" in said_below(panel, "Add this name")
    assert texts(wb, meeting) == ["A?", "And the flood?"]
    assert named(panel, "Go to question").label.endswith("And the flood?")


def test_until_it_begins_the_first_question_of_the_plan_is_the_one_now(wb, meeting):
    a, b = add(wb, meeting, "A?", "B?")
    panel = live_panel(wb, Clock())
    planning.move(wb, b.id, -1)
    assert named(panel, "Go to question").value == b.id
    press(panel, "Start the meeting")
    planning.move(wb, b.id, +1)
    assert named(panel, "Go to question").value == b.id  # not under the learner's hands


def test_of_a_person_who_is_forgotten_nothing_is_kept_again(wb, meeting):
    add(wb, meeting, "A?")
    panel = live_panel(wb, Clock())
    live_note = named(panel, "Notes on this question")
    live_note.value = "a secret"
    wb.forget(meeting.contact_id)
    live_note.value = "a secret, again"
    assert wb.draft(live_key(meeting.id)) is None
    assert "secret" not in "".join(p.read_text("utf-8") for p in wb.folder.rglob("*.json"))


def test_a_disk_that_refuses_is_said_while_one_types(wb, meeting, monkeypatch):
    add(wb, meeting, "A?")
    panel = live_panel(wb, Clock())

    def refuse(key, values):
        raise ii.errors.LogUnwritable("The disk is full.")

    monkeypatch.setattr(wb, "keep_draft", refuse)
    named(panel, "Notes on this question").value = "a note"
    assert "not kept on disk yet: The disk is full." in said(panel)
    assert named(panel, "Notes on this question").value == "a note"


def test_a_clock_that_nobody_stopped_does_not_run_for_days(wb, meeting):
    clock = Clock()
    press(live_panel(wb, clock), "Start the meeting")
    clock.now += timedelta(hours=20)
    shown = said(live_panel(ii.open_workbook(wb.folder), clock))
    assert "Ended after 20 minutes" in shown and "Going on" not in shown


def test_speed_makes_the_clock_run_for_a_trial(wb, meeting):
    clock = Clock()
    panel = prep.on_the_day(wb, clock, speed=60)
    press(panel, "Start the meeting")
    clock.now += timedelta(seconds=16)
    live = _Live(wb, clock, 60)
    assert "4:00 left" in live.time.value


def test_every_panel_opens_on_an_empty_and_on_a_filled_workbook(wb, example):
    for book in (wb, example):
        for make in (
            prep.choose_meeting, prep.gate, prep.objective, prep.choose_questions, prep.plan,
            prep.checklist, prep.sheet, prep.on_the_day, prep.check_prep,
        ):  # fmt: skip
            panel = make(book)
            if book is wb and make is not prep.choose_questions:
                assert "page 2 Outreach" in said(panel)


def test_the_choice_of_one_workbook_is_not_that_of_another(wb, example, meeting):
    assert Meetings.of(wb, "prep", next_meeting).id == meeting.id
    assert prepared(example).id in example.interviews
