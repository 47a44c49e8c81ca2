import base64
import re
import threading
from datetime import UTC, date, datetime, timedelta
from html import unescape

import ipywidgets as w
import pytest

from ii_helpers import forms, open_workbook
from ii_helpers.stages import outreach, today
from ii_helpers.workbook import Course
from tests.stage_widgets import half_filled

TODAY = date(2026, 11, 21)
CSV = b"""First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ana,Silva,https://www.linkedin.com/in/ana,,Lumen Labs,Engineer,12 Mar 2024
Bo,Lind,https://www.linkedin.com/in/bo,bo@example.org,,Chef,12 Mar 2024
Lea,Wong,,lee@example.org,,,
,,https://www.linkedin.com/in/gone,,,,
"""


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def labelled(widget, label):
    (found,) = [p for p in parts(widget) if getattr(p, "description", "") == label]
    return found


def press(widget, label):
    labelled(widget, label).click()


def said(widget):
    html = " ".join(p.value for p in parts(widget) if isinstance(p, w.HTML))
    return re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S)


@pytest.fixture
def filled(wb):
    wb.learner.append(
        name="Mei Chen", introduction="a student of speech science", email="mei@example.org",
        timezone="America/New_York",
    )  # fmt: skip
    wb.speech = wb.occupations.append(title="speech systems engineer")
    wb.lumen = wb.organizations.append(name="Lumen Labs")
    wb.okafor = wb.contacts.append(name="Emeka Okafor", salutation="Prof.", how_known="teacher")
    wb.ana = wb.contacts.append(
        name="Ana Silva", occupation_id=wb.speech.id, organization_id=wb.lumen.id,
        email="ana@example.org", why_them="your team builds captions",
    )  # fmt: skip
    wb.link = wb.referrals.append(
        from_contact_id=wb.okafor.id, to_contact_id=wb.ana.id, may_use_name="yes"
    )
    return wb


@pytest.mark.parametrize(
    "panel",
    ["whom_to_ask", "people", "bring_contacts", "merge_people", "referrals", "letter", "replies",
     "meetings", "call_sheet", "follow_through", "check_outreach"],
)  # fmt: skip
def test_every_panel_opens_on_an_empty_and_on_the_example_workbook(wb, example, panel):
    for workbook in (wb, example):
        assert isinstance(getattr(outreach, panel)(workbook), w.Widget)


# --- whom to ask --------------------------------------------------------------------------------


def test_people_are_listed_by_source_known_ones_first(filled):  # R8 R9
    text = said(outreach.whom_to_ask(filled))
    assert text.index("Friends, relatives") < text.index("Fellow students") < text.index("Director")
    assert "1: Emeka Okafor" in text and "nobody yet" in text


def test_the_nearest_person_is_said_with_the_way_and_the_permission(filled):
    assert outreach.nearest(filled, filled.speech.id)[0] == (
        "note",
        "speech systems engineer: Ana Silva: through Emeka Okafor, whose name you may use.",
    )
    filled.referrals.revise(filled.link.id, may_use_name="no")
    assert "wishes to stay unnamed" in outreach.nearest(filled, "", filled.lumen.id)[0][1]
    filled.contacts.revise(filled.ana.id, how_known="friend")
    assert "you know them yourself (friend)" in outreach.nearest(filled, filled.speech.id)[0][1]


def test_nobody_yet_is_said_with_what_to_try_next(filled):  # R12
    cook = filled.occupations.append(title="cook")
    ((kind, text),) = outreach.nearest(filled, cook.id)
    assert kind == "next" and text.startswith("cook: nobody yet. Try next: friends, relatives")


def test_a_job_title_alone_makes_somebody_near(filled):
    filled.contacts.append(name="Lee Wong", job_title="Senior Speech Systems Engineer")
    assert any("Lee Wong" in text for _, text in outreach.nearest(filled, filled.speech.id))


def test_whose_name_to_ask_for_is_said_until_the_person_is_reached(filled):
    people = [filled.contacts.append(name=f"Person {n}") for n in range(5)]
    for person in people:
        filled.referrals.append(from_contact_id=filled.okafor.id, to_contact_id=person.id)
    panel = outreach.referrals(filled)

    def asked():
        return re.findall(r"named (Person \d)", said(panel))

    assert asked() == ["Person 0", "Person 1", "Person 2"]
    filled.messages.append(contact_id=people[0].id)
    filled.interviews.append(
        contact_id=people[1].id, starts_at="2026-11-20T15:00+00:00", status="held"
    )
    assert asked() == ["Person 2", "Person 3", "Person 4"]


def test_the_supervisor_comes_before_colleagues(filled):  # R10
    boss = filled.contacts.append(name="Ida Boss", how_known="supervisor")
    panel = outreach.whom_to_ask(filled)
    assert "ask Ida Boss for permission" in said(panel)
    filled.messages.append(contact_id=boss.id, purpose="permission", reply="yes")
    assert "Ida Boss has agreed" in said(panel)


# --- bring your contacts ----------------------------------------------------------------------


def upload_into(panel):
    upload = next(p for p in parts(panel) if isinstance(p, w.FileUpload))
    now = datetime.now()
    upload.value = [
        {"name": "Connections.csv", "type": "text/csv", "size": len(CSV), "last_modified": now,
         "content": memoryview(CSV)}
    ]  # fmt: skip
    return panel


@pytest.fixture
def imported(filled):
    filled.lee = filled.contacts.append(name="Lee Wong", email="lee@example.org")
    filled.panel = upload_into(outreach.bring_contacts(filled))
    return filled


@pytest.mark.parametrize(
    "first, title, order",
    [
        ("known people", "Friends, relatives, neighbors", "the nearest first"),
        ("supervisor", "Co-workers and supervisors, present and former", "with the supervisor"),
        ("strangers", "Professional organizations, events, speakers", "you do not know yet"),
    ],
)
def test_the_list_begins_with_whom_the_course_begins_with(wb, first, title, order):
    wb.course = Course(interview={"first_people": first})
    occupation = wb.occupations.append(title="Chef")
    text = said(outreach.whom_to_ask(wb))
    places = {text.index(names) for names, _ in outreach.SOURCES.values() if names in text}
    assert text.index(title) == min(places) and len(places) == len(outreach.SOURCES) - 1
    assert order in text.partition("Ask yourself")[0]
    ((_, words),) = outreach.nearest(wb, occupation.id)
    assert f"Try next: {title[0].lower()}{title[1:]}." in words


def test_a_file_is_previewed_and_nothing_written_before_add(imported):
    text = said(imported.panel)
    assert "3 people found, 1 without a name skipped" in text
    assert "linkedin.com/in/gone" in text and "1 new" in text
    assert len(imported.contacts) == 3


def test_only_ticked_people_are_added_and_doubts_decided(imported):
    labelled(imported.panel, "Bo Lind · Chef").value = True
    choice = labelled(imported.panel, "Lea Wong: who is it?")
    choice.value = "merge"
    press(imported.panel, "Add the ticked people")
    assert [row.name for row in imported.contacts.rows()][-1] == "Bo Lind"
    assert len(imported.contacts) == 4
    assert "1 added" in said(imported.panel)


def test_undo_this_import_takes_back_an_import_and_nothing_else(imported):
    panel = imported.panel
    labelled(panel, "Bo Lind · Chef").value = True
    press(panel, "Add the ticked people")
    imported.tasks.append(task="call Bo")
    press(panel, "Undo this import")
    assert "the last change was made elsewhere" in said(panel) and len(imported.tasks) == 1
    imported.undo()
    press(panel, "Undo this import")
    assert len(imported.contacts) == 3 and "Taken back" in said(panel)
    press(panel, "Tick none")
    press(panel, "Add the ticked people")
    press(panel, "Undo this import")
    assert len(imported.contacts) == 3 and "nobody is left whom you added" in said(panel)


def test_an_unticked_person_stays_out_and_the_search_finds(imported):
    labelled(imported.panel, "Bo Lind · Chef").value = False
    labelled(imported.panel, "Find in this list").value = "zzz"
    assert "No match." in said(imported.panel)
    labelled(imported.panel, "Find in this list").value = "bo"
    assert labelled(imported.panel, "Bo Lind · Chef").value is False
    press(imported.panel, "Add the ticked people")
    assert len(imported.contacts) == 3


def test_whoever_asked_to_be_forgotten_is_not_ticked(filled):
    filled.forget(filled.contacts.append(name="Bo Lind").id)
    panel = upload_into(outreach.bring_contacts(filled))
    box = labelled(panel, "Bo Lind · Chef · asked to be forgotten")
    assert box.value is False and "1 who asked to be forgotten and is not ticked." in said(panel)
    press(panel, "Tick all")
    press(panel, "Add the ticked people")
    assert "Bo Lind" not in [row.name for row in filled.contacts.rows()]
    labelled(panel, "Bo Lind · Chef · asked to be forgotten").value = True  # they are back
    press(panel, "Add the ticked people")
    assert "Bo Lind" in [row.name for row in filled.contacts.rows()]


def test_a_wrong_file_is_said_and_the_panel_still_works(filled, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"%PDF-1.7")
    panel = outreach.bring_contacts(filled)
    path = labelled(panel, "Or the file's place on this computer")
    path.value = str(tmp_path / "x.csv")
    press(panel, "Read this file")
    assert "x.csv is a PDF" in said(panel)
    (tmp_path / "y.csv").write_bytes(CSV)
    path.value = f"“{tmp_path / 'y.csv'}”"  # as a word processor quotes it
    press(panel, "Read this file")
    assert "3 people found" in said(panel)


def test_two_rows_are_found_and_merged(filled):
    again = filled.contacts.append(name="A. Silva", email="ANA@example.org")
    filled.messages.append(contact_id=again.id)
    panel = outreach.merge_people(filled)
    press(panel, "Find possible duplicates")
    assert "same email" in said(panel)
    press(panel, "Merge these two")
    assert "Merged: Ana Silva" in said(panel)
    assert filled.messages.rows()[0].contact_id == filled.ana.id
    press(panel, "Find possible duplicates")
    assert "No match" in said(panel)
    filled.tasks.append(task="call Ana")
    press(panel, "Undo")
    assert "Nothing was taken back" in said(panel) and len(filled.tasks) == 1
    filled.undo()
    press(panel, "Undo")
    assert again.id in filled.contacts and not forms.is_shown(labelled(panel, "Undo"))


# --- letters -----------------------------------------------------------------------------------


@pytest.fixture
def writing(filled):
    filled.panel = outreach.letter(filled)
    labelled(filled.panel, "Write to").value = filled.ana.id
    return filled


def test_choosing_a_person_drafts_a_letter_with_its_checks(writing):  # R14
    text = labelled(writing.panel, "Your letter").value
    assert "Prof. Emeka Okafor suggested" in text and "20 minutes" in text
    assert "Drafted below" in said(writing.panel) and "Nothing to add" in said(writing.panel)
    html = " ".join(p.value for p in parts(writing.panel) if isinstance(p, w.HTML))
    for way in ("navigator.clipboard", "mailto:ana@example.org", "letter.eml", "letter.html"):
        assert way in html


def test_the_learner_chooses_among_the_courses_lengths(writing):  # R15
    length = labelled(writing.panel, "Minutes to ask for")
    assert length.options == (20, 25, 30)
    length.value = 30
    assert "30 minutes" in labelled(writing.panel, "Your letter").value


def test_an_edit_is_advised_on_at_once_and_never_blocked(writing):  # R1
    box = labelled(writing.panel, "Your letter")
    box.value += "\nDo you have any openings?"
    assert "wish for a job" in said(writing.panel)
    press(writing.panel, "Log it as sent")
    assert writing.messages.rows()[0].text.endswith("openings?")


def test_a_missing_fact_is_asked_for_used_and_kept(wb):
    bo = wb.contacts.append(name="Bo Lind")
    panel = outreach.letter(wb)
    labelled(panel, "Write to").value = bo.id
    assert "It does without" in said(panel)
    labelled(panel, "Your name").value = "Mei Chen"
    labelled(panel, "The field you are exploring").value = "nursing"
    again = outreach.letter(open_workbook(wb.folder))
    assert labelled(again, "The field you are exploring").value == "nursing"
    press(panel, "Draft it")
    assert "My name is Mei Chen. " in labelled(panel, "Your letter").value
    assert "work in nursing" in labelled(panel, "Your letter").value
    assert wb.learner.rows()[0].name == "Mei Chen"


def test_what_is_typed_about_one_person_is_not_taken_for_another(writing):
    why, wb = "Why this person: I am writing to you because ...", writing
    labelled(wb.panel, "Write to").value = wb.okafor.id
    labelled(wb.panel, why).value = "you taught me acoustics"
    labelled(wb.panel, "Write to").value = wb.ana.id  # the wrong one was chosen
    assert "your team builds captions" in labelled(wb.panel, "Your letter").value
    assert wb.contacts.get(wb.ana.id).why_them == "your team builds captions"

    panel = outreach.letter(open_workbook(wb.folder))  # the next day
    labelled(panel, "Write to").value = wb.okafor.id
    assert "you taught me acoustics" in labelled(panel, "Your letter").value
    rows = open_workbook(wb.folder).contacts
    assert rows.get(wb.okafor.id).why_them == "you taught me acoustics"
    kind = labelled(panel, "What to write")
    kind.value = next(what for _, what in kind.options if what.kind == "thank-you")
    labelled(panel, "How the conversation helped you").value = "I begin with what Emeka said"
    labelled(panel, "Write to").value = wb.ana.id
    assert "Emeka said" not in labelled(panel, "Your letter").value
    labelled(panel, "Your letter").value += "\nMy own words."
    labelled(panel, "Write to").value = wb.okafor.id
    assert labelled(panel, "How the conversation helped you").value.endswith("Emeka said")


def test_logging_makes_one_row_even_on_a_double_click(writing):
    labelled(writing.panel, "Sent at (blank: just now)").value = datetime(2026, 11, 9, 9, 30)
    text = labelled(writing.panel, "Your letter").value
    press(writing.panel, "Log it as sent")
    press(writing.panel, "Log it as sent")
    (row,) = writing.messages.rows()
    assert (row.contact_id, row.purpose, row.channel, row.text) == (
        writing.ana.id, "request", "email", text,
    )  # fmt: skip
    assert row.sent_at.isoformat() == "2026-11-09T09:30:00-05:00"
    assert "follow-up is due on 16 Nov 2026" in said(writing.panel)


def test_half_of_when_a_letter_was_sent_is_not_taken_for_just_now(writing):
    sent_at, told = labelled(writing.panel, "Sent at (blank: just now)"), []
    half_filled(sent_at)
    sent_at.observe(told.append)  # any message makes the browser empty it
    press(writing.panel, "Log it as sent")
    assert "Sent at is not complete. Fill in a day of the calendar and the" in said(writing.panel)
    assert len(writing.messages) == 0 and told == []
    half_filled(sent_at, False)
    press(writing.panel, "Log it as sent")
    assert len(writing.messages) == 1


def test_clicks_that_come_at_once_log_one_row(writing):
    # JupyterLab's clicks are handled in several threads.
    threads = [
        threading.Thread(target=press, args=(writing.panel, "Log it as sent")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(writing.messages) == 1


def test_own_words_survive_another_choice_and_a_new_kernel(writing):
    labelled(writing.panel, "Your letter").value = "Dear Ana, my own words"
    labelled(writing.panel, "Write to").value = writing.okafor.id
    assert labelled(writing.panel, "Your letter").value == "Dear Ana, my own words"
    again = outreach.letter(writing)
    assert labelled(again, "Your letter").value == "Dear Ana, my own words"
    assert "Restored from" in said(again)


def test_a_letter_of_ones_own_is_kept_when_a_draft_takes_its_place(writing):
    box = labelled(writing.panel, "Your letter")
    bring = labelled(writing.panel, "Bring my text back")
    assert not forms.is_shown(bring)
    box.value = "Dear Ana, my own words"
    press(writing.panel, "Draft it")
    assert "Emeka Okafor suggested" in box.value
    assert "Your own text is kept" in said(writing.panel) and forms.is_shown(bring)

    again = outreach.letter(open_workbook(writing.folder))  # the next day
    press(again, "Bring my text back")
    assert labelled(again, "Your letter").value == "Dear Ana, my own words"
    assert not forms.is_shown(labelled(again, "Bring my text back"))


def test_two_letters_of_ones_own_change_places(writing):
    box = labelled(writing.panel, "Your letter")
    box.value = "First"
    press(writing.panel, "Draft it")
    box.value = "Second"
    press(writing.panel, "Bring my text back")
    assert box.value == "First"
    press(writing.panel, "Bring my text back")
    assert box.value == "Second"


def test_a_draft_that_cannot_be_made_leaves_the_letter_alone(writing):
    labelled(writing.panel, "Write to").value = ""
    box = labelled(writing.panel, "Your letter")
    box.value = "Dear Ana, my own words"
    press(writing.panel, "Draft it")
    assert "Choose whom to write to" in said(writing.panel)
    assert box.value == "Dear Ana, my own words"
    assert not forms.is_shown(labelled(writing.panel, "Bring my text back"))


def test_undo_beside_a_letter_takes_back_its_logging_and_nothing_else(writing):
    undo, box = labelled(writing.panel, "Undo"), labelled(writing.panel, "Your letter")
    assert not forms.is_shown(undo)  # nothing was done here yet
    box.value = "Dear Ana, my own words"
    press(writing.panel, "Log it as sent")
    bo = writing.contacts.append(name="Bo Lind")
    press(writing.panel, "Undo")
    assert 'made elsewhere (adding the contact "Bo Lind")' in unescape(said(writing.panel))
    assert bo.id in writing.contacts and len(writing.messages) == 1
    writing.undo()
    press(writing.panel, "Undo")
    assert len(writing.messages) == 0 and not forms.is_shown(undo)
    assert box.value == "Dear Ana, my own words"
    press(writing.panel, "Log it as sent")
    assert len(writing.messages) == 1


def test_what_was_logged_is_said_below_its_button(writing):
    press(writing.panel, "Log it as sent")
    shown = list(parts(writing.panel))
    (logged,) = [p for p in shown if "Logged: request" in str(getattr(p, "value", ""))]
    assert shown.index(logged) > shown.index(labelled(writing.panel, "Log it as sent"))


def test_of_many_tips_the_most_important_are_said_first(writing):
    box = labelled(writing.panel, "Your letter")

    def tips():
        return said(writing.panel).split(" Tip ")[1:]

    box.value = "Dear [Name], could you give me a job?"
    assert len(tips()) == 3
    assert "wish for a job" in tips()[0] and "still the template" in tips()[1]
    (more,) = [p for p in parts(writing.panel) if "more" in str(getattr(p, "description", ""))]
    assert forms.is_shown(more) and re.fullmatch(r"And \d+ more", more.description)
    more.click()
    n = len(tips())
    assert n > 5
    box.value += " I am a student."  # what is open stays open as one types
    assert len(tips()) == n - 1
    press(writing.panel, "Fewer tips")
    assert len(tips()) == 3


def test_a_letter_outlives_its_person(writing):
    # Erased in another notebook, whose saves this page has not seen.
    elsewhere = open_workbook(writing.folder)
    elsewhere.referrals.erase(writing.link.id)
    elsewhere.contacts.erase(writing.ana.id)
    labelled(writing.panel, "Your letter").value = "Dear Ana, my own words"
    assert "not in your contacts any more. Your text is kept" in said(writing.panel)
    press(writing.panel, "Log it as sent")
    assert len(writing.messages) == 0
    again = outreach.letter(open_workbook(writing.folder))
    assert labelled(again, "Your letter").value == "Dear Ana, my own words"
    assert "not in your contacts any more" in said(again)


def test_a_draft_that_nobody_changed_is_no_letter_of_ones_own_after_a_restart(writing):
    again = outreach.letter(writing)
    labelled(again, "Write to").value = writing.okafor.id
    assert "Emeka" in labelled(again, "Your letter").value.splitlines()[0]


def test_a_hostile_name_is_shown_as_text(wb):
    evil = wb.contacts.append(name="<img src=x onerror=alert(1)>", how_known="friend")
    panel = outreach.letter(wb)
    labelled(panel, "Write to").value = evil.id
    press(panel, "Log it as sent")
    wb.messages.revise(wb.messages.rows()[0].id, sent_at="2026-09-01T10:00")
    for made in (panel, outreach.whom_to_ask(wb), outreach.follow_through(wb, TODAY),
                 outreach.check_outreach(wb), outreach.replies(wb)):  # fmt: skip
        html = " ".join(p.value for p in parts(made) if isinstance(p, w.HTML))
        assert "<img" not in html


# --- replies, meetings, call sheet ----------------------------------------------------------


def test_a_reply_is_noted_with_its_day(filled):
    sent = filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-10T10:00-05:00")
    panel = outreach.replies(filled)
    labelled(panel, "Which message was answered").value = sent.id
    labelled(panel, "Their reply").value = "later"
    labelled(panel, "Replied on").value = date(2026, 11, 9)
    press(panel, "Save the reply")
    assert "before it was sent on 10 Nov 2026" in said(panel)
    labelled(panel, "Replied on").value = date(2026, 11, 12)
    press(panel, "Save the reply")
    row = filled.messages.get(sent.id)
    assert (row.reply, row.replied_on) == ("later", date(2026, 11, 12))


def test_the_day_of_a_message_is_that_of_the_learners_calendar(filled):
    late = "2026-11-11T01:00+00:00"  # the evening of the 10th in New York
    sent = filled.messages.append(contact_id=filled.ana.id, sent_at=late)
    assert today.resting(filled, date(2026, 11, 13))[0] == ["Ana Silva (3 business days)"]
    panel = outreach.replies(filled)
    labelled(panel, "Which message was answered").value = sent.id
    labelled(panel, "Their reply").value = "bounced"
    labelled(panel, "Replied on").value = date(2026, 11, 10)
    press(panel, "Save the reply")
    assert filled.messages.get(sent.id).replied_on == date(2026, 11, 10)
    (waiting,) = today.waiting(filled, TODAY)
    assert "of 10 Nov 2026 came back" in waiting.text


def test_half_of_the_day_of_a_reply_is_not_taken_for_another_day(filled):
    sent = filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-10T10:00-05:00")
    other = filled.messages.append(contact_id=filled.okafor.id, sent_at="2026-11-10T10:00-05:00")
    panel = outreach.replies(filled)
    labelled(panel, "Which message was answered").value = sent.id
    on, told = labelled(panel, "Replied on"), []
    half_filled(on)
    on.observe(told.append)  # any message makes the browser empty it
    press(panel, "Save the reply")
    assert "Replied on is not complete. Fill in a day of the calendar: day, month" in said(panel)
    assert filled.messages.get(sent.id).reply == "none yet" and told == []
    labelled(panel, "Which message was answered").value = other.id
    press(panel, "Save the reply")
    assert filled.messages.get(other.id).replied_on == on.value is not None


def test_undo_beside_a_reply_takes_back_a_reply_and_nothing_else(filled):
    sent = filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-10T10:00-05:00")
    panel = outreach.replies(filled)
    undo = labelled(panel, "Undo")
    assert not forms.is_shown(undo)
    labelled(panel, "Which message was answered").value = sent.id
    press(panel, "Save the reply")
    bo = filled.contacts.append(name="Bo Lind")
    press(panel, "Undo")
    assert bo.id in filled.contacts and filled.messages.get(sent.id).reply == "yes"
    filled.undo()
    press(panel, "Undo")
    assert filled.messages.get(sent.id).reply == "none yet"
    assert not forms.is_shown(undo)


@pytest.mark.parametrize(("purpose", "next_step"), [("request", True), ("thank-you", False)])
def test_only_a_yes_to_a_request_leads_to_a_meeting(filled, purpose, next_step):
    sent = filled.messages.append(
        contact_id=filled.ana.id, purpose=purpose, sent_at="2026-11-10T10:00-05:00"
    )
    panel = outreach.replies(filled)
    labelled(panel, "Which message was answered").value = sent.id
    press(panel, "Save the reply")
    assert "Ana Silva replied yes." in said(panel)
    assert ("log the meeting" in said(panel)) is next_step
    filled.contacts.revise(filled.ana.id, name="Ana Next: {name}")
    press(panel, "Save the reply")
    assert "Ana Next: {name} replied yes." in said(panel)


@pytest.fixture
def planned(filled):
    filled.meeting = filled.interviews.append(
        contact_id=filled.ana.id, starts_at="2026-12-01T15:00", timezone="Europe/Lisbon"
    )
    filled.letters, filled.panel = outreach.letter(filled), outreach.meetings(filled)
    return filled


def test_a_meeting_stands_in_both_zones_and_is_confirmed(planned):  # R18
    assert "15:00 Lisbon time (10:00 New York time)" in said(planned.panel)
    press(planned.panel, "It is confirmed")
    assert planned.interviews.get(planned.meeting.id).status == "confirmed"
    assert "confirm our conversation" in labelled(planned.letters, "Your letter").value


def test_own_words_are_not_drafted_over_by_another_panel(planned):
    box = labelled(planned.letters, "Your letter")
    labelled(planned.letters, "Write to").value = planned.okafor.id
    box.value = "Dear Emeka, my own words"
    press(planned.panel, "It is confirmed")
    assert box.value == "Dear Emeka, my own words"
    assert "The meeting is confirmed. Nothing is drafted: step 5 holds a" in said(planned.panel)
    press(planned.letters, "Log it as sent")
    press(planned.panel, "It is confirmed")
    assert "confirm our conversation" in box.value


def test_the_confirmation_is_about_the_meeting_at_hand(planned):  # R18
    later = planned.interviews.append(
        contact_id=planned.ana.id, starts_at="2026-12-08T11:00", timezone="Europe/Lisbon"
    )
    labelled(planned.panel, "Meeting to confirm, move or cancel").value = later.id
    press(planned.panel, "It is confirmed")
    assert "8 December 2026 at 11:00" in labelled(planned.letters, "Subject").value
    press(planned.letters, "Draft it")
    assert "8 December 2026 at 11:00" in labelled(planned.letters, "Subject").value


def test_a_meeting_is_moved_in_two_clicks(planned):
    new = labelled(planned.panel, "New date and time, in the meeting's zone")
    new.value = datetime(2026, 12, 2, 9, 0)
    press(planned.panel, "Move it to the new time")
    assert "Moved to Wednesday, 2 December 2026 at 09:00 Lisbon time" in said(planned.panel)
    row = planned.interviews.get(planned.meeting.id)
    assert row.starts_at.isoformat() == "2026-12-02T09:00:00+00:00"
    assert labelled(planned.panel, "Meeting to confirm, move or cancel").value == row.id


def test_a_meeting_is_not_moved_to_half_a_date(planned):
    new, told = labelled(planned.panel, "New date and time, in the meeting's zone"), []
    new.value = datetime(2026, 12, 2, 9, 0)
    half_filled(new)
    new.observe(told.append)  # any message makes the browser empty it
    press(planned.panel, "Move it to the new time")
    assert "New date and time is not complete. Fill in a day" in said(planned.panel)
    assert planned.interviews.get(planned.meeting.id) == planned.meeting and told == []


def test_a_cancelled_meeting_still_offers_its_calendar_file(planned):
    press(planned.panel, "Cancel it")
    assert planned.interviews.get(planned.meeting.id).status == "cancelled"
    assert "takes it out of your calendar" in said(planned.panel)
    html = " ".join(p.value for p in parts(planned.panel) if isinstance(p, w.HTML))
    data = base64.b64decode(re.findall(r"text/calendar[^,]*base64,([^\"]+)", html)[-1])
    assert b"STATUS:CANCELLED" in data
    undo = labelled(planned.panel, "Undo")
    assert all(forms.is_shown(part) for part in parts(planned.panel) if undo in parts(part))
    press(planned.panel, "Undo")
    assert ": cancelled." not in said(planned.panel)
    assert labelled(planned.panel, "Meeting to confirm, move or cancel").value == planned.meeting.id


@pytest.mark.parametrize(
    ("day", "status", "is_said"),
    [(1, "", True), (1, "held", False), (30, "", False)],
)
def test_a_meeting_in_the_past_asks_for_its_year(planned, monkeypatch, day, status, is_said):
    monkeypatch.setattr(forms, "now_in", lambda wb: datetime(2026, 12, 15, tzinfo=UTC))
    labelled(planned.panel, "With whom *").value = planned.okafor.id
    labelled(planned.panel, "Date and time *").value = datetime(2026, 12, day, 9, 0)
    labelled(planned.panel, "Status *").value = status or "proposed"
    press(planned.panel, "Save interview")
    assert ("That day has passed: is the year right?" in said(planned.panel)) is is_said


def test_a_meeting_moved_into_the_past_asks_for_its_year(planned, monkeypatch):
    monkeypatch.setattr(forms, "now_in", lambda wb: datetime(2026, 12, 15, tzinfo=UTC))
    labelled(planned.panel, "New date and time, in the meeting's zone").value = datetime(2026, 1, 9)
    press(planned.panel, "Move it to the new time")
    assert "That day has passed: is the year right?" in said(planned.panel)


def test_the_call_sheet_is_one_click_with_the_learners_questions(planned):  # R17
    for n in range(2):
        planned.questions.append(
            interview_id=planned.meeting.id, category="advice", text=f"What about {n}?",
            position=n + 1,
        )  # fmt: skip
    panel = outreach.call_sheet(planned)
    labelled(panel, "Who is on the phone").value = planned.ana.id
    press(panel, "Make the call sheet")
    text = said(panel)
    assert "What about 0?" in text and text.count("?") >= 7
    assert text.index("What about 0?") < text.index("Whom else") < text.index("you sent me")


# --- follow-through ----------------------------------------------------------------------------


def test_a_follow_up_is_due_after_the_courses_business_days(filled):
    filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-13T10:00-05:00")
    assert today.waiting(filled, date(2026, 11, 19)) == []
    (one,) = today.waiting(filled, date(2026, 11, 20))
    assert (one.what, one.contact_id) == ("follow-up", filled.ana.id)
    assert today.resting(filled, date(2026, 11, 19))[0] == ["Ana Silva (4 business days)"]


def test_a_second_meeting_asked_for_waits_for_a_reply_as_the_first_did(filled):
    filled.messages.append(contact_id=filled.ana.id, sent_at="2026-10-01T10:00-05:00")
    filled.interviews.append(
        contact_id=filled.ana.id, starts_at="2026-10-08T15:00+00:00", status="held"
    )
    assert today.resting(filled, TODAY) == ([], [])
    filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-17T10:00-05:00")
    assert today.resting(filled, TODAY) == (["Ana Silva (3 business days)"], [])
    filled.interviews.append(  # they talked at once, before the call was logged
        contact_id=filled.ana.id, starts_at="2026-11-17T14:00+00:00", status="held"
    )
    assert today.resting(filled, TODAY) == ([], [])


def test_after_the_follow_up_it_is_let_rest(filled):
    for purpose, day in (("request", "2026-11-02"), ("follow-up", "2026-11-09")):
        filled.messages.append(
            contact_id=filled.ana.id, purpose=purpose, sent_at=f"{day}T10:00-05:00"
        )
    assert today.waiting(filled, TODAY) == []
    waits, (rest,) = today.resting(filled, TODAY)
    assert waits == [] and "Let it rest" in rest.text
    panel = outreach.follow_through(filled, TODAY)
    labelled(panel, "Let somebody rest").value = filled.ana.id
    press(panel, "Let them rest")
    assert "Ana Silva rests" in said(panel) and "ask others" not in said(panel)
    assert filled.contacts.get(filled.ana.id).rested_on == TODAY
    press(panel, "Undo")
    assert "ask others" in said(panel)


def test_without_follow_ups_nobody_is_said_to_have_followed_up(filled):
    filled.course = Course(follow_up={"business_days": []})
    filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-10T10:00-05:00")
    (one,) = today.resting(filled, TODAY)[1]
    assert one.text == "Ana Silva: you wrote 8 business days ago. Let it rest, and ask others."


def test_a_bounced_message_asks_for_the_address(filled):
    filled.messages.append(
        contact_id=filled.ana.id, sent_at="2026-11-18T10:00-05:00", reply="bounced"
    )
    outreach_people = outreach.people(filled)
    panel = outreach.follow_through(filled, TODAY)
    press(panel, "Correct the address: Ana Silva")
    assert labelled(outreach_people, "Email").value == "ana@example.org"


def test_who_is_let_rest_is_asked_for_no_more_until_something_new_comes(filled, monkeypatch):
    focused = []
    monkeypatch.setattr(forms, "focus", lambda widget: focused.append(widget.description))
    filled.messages.append(
        contact_id=filled.ana.id, sent_at=f"{TODAY}T10:00-05:00", reply="bounced"
    )
    person = filled.contacts.append(name="Bo Lind")
    filled.referrals.append(
        from_contact_id=filled.ana.id, to_contact_id=person.id, referred_on="2026-11-01"
    )
    panel = outreach.follow_through(filled, TODAY)
    for id in (filled.ana.id, person.id):
        labelled(panel, "Let somebody rest").value = id
        press(panel, "Let them rest")
    assert focused == ["Undo"]  # the other button is gone with the last of them
    assert today.waiting(filled, TODAY) == [] and "Nothing waits for you today" in said(panel)
    filled.messages.append(contact_id=person.id, sent_at="2026-11-21T10:00-05:00")
    assert today.resting(filled, TODAY)[0] == ["Bo Lind (0 business days)"]
    later = today.waiting(filled, date(2026, 11, 30))
    assert [(one.what, one.contact_id) for one in later] == [("follow-up", person.id)]


def test_a_meeting_that_is_set_is_not_let_rest(planned):
    panel = outreach.follow_through(planned, date(2026, 11, 30))
    assert "Confirm the meeting with Ana Silva" in said(panel)
    assert [value for _, value in labelled(panel, "Let somebody rest").options] == [""]
    press(panel, "Let them rest")
    assert "Choose whom to let rest." in said(panel)


@pytest.mark.parametrize("purpose, day, status, is_asked", [
    ("request", "2026-11-25", "confirmed", False),  # reached by phone, say
    ("request", "2026-11-20", "held", False),  # met by chance
    ("request", "2026-11-25", "cancelled", True),
    ("request", "2026-11-10", "held", True),  # before: the request is for another meeting
    ("confirmation", "2026-11-25", "confirmed", True),
    ("confirmation", "2026-11-20", "held", False),
    ("thank-you", "2026-11-17", "held", True),
])  # fmt: skip
def test_a_message_that_bounced_is_let_go_when_they_meet_all_the_same(
    filled, purpose, day, status, is_asked
):
    filled.messages.append(
        contact_id=filled.ana.id, purpose=purpose, sent_at="2026-11-18T10:00-05:00",
        reply="bounced",
    )  # fmt: skip
    filled.interviews.append(
        contact_id=filled.ana.id, starts_at=f"{day}T15:00+00:00", status=status
    )
    asks = [one.what for one in today.waiting(filled, TODAY)]
    assert ("bounced" in asks) == is_asked


@pytest.mark.parametrize("day, is_asked", [("2026-11-17", True), ("2026-11-19", False)])
def test_a_follow_up_that_bounced_is_let_go_when_the_request_is_answered(filled, day, is_asked):
    for purpose, on, reply, replied_on in (
        ("request", "2026-11-10", "later", day),
        ("follow-up", "2026-11-18", "bounced", "2026-11-18"),
    ):
        filled.messages.append(
            contact_id=filled.ana.id, purpose=purpose, sent_at=f"{on}T10:00-05:00",
            reply=reply, replied_on=replied_on,
        )  # fmt: skip
    asks = [one.what for one in today.waiting(filled, TODAY)]
    assert asks == ["bounced"] * is_asked


def test_a_half_typed_person_waits_while_another_is_corrected(filled):
    filled.messages.append(
        contact_id=filled.ana.id, sent_at="2026-11-18T10:00-05:00", reply="bounced"
    )
    people, panel = outreach.people(filled), outreach.follow_through(filled, TODAY)
    name = labelled(people, "Name *")
    name.value = "Nadia"
    press(panel, "Correct the address: Ana Silva")
    assert name.value == "Ana Silva" and "Not saved yet" in said(people)
    press(people, "Start a new one")
    assert name.value == "Nadia"
    name.value = ""
    press(panel, "Correct the address: Ana Silva")
    assert name.value == "Ana Silva"
    name.value = "Ana M. Silva"
    press(panel, "Correct the address: Ana Silva")
    assert name.value == "Ana M. Silva" and "open in step 2" in said(panel)


def test_to_log_a_meeting_is_to_log_a_new_one(planned):
    for person in (planned.okafor, planned.contacts.append(name="Bo Lind")):
        planned.messages.append(
            contact_id=person.id, sent_at="2026-11-10T10:00-05:00", reply="yes",
            replied_on="2026-11-12",
        )  # fmt: skip
    panel = outreach.follow_through(planned, TODAY)
    labelled(planned.panel, "Change an earlier interview").value = planned.meeting.id
    for name in ("Emeka Okafor", "Bo Lind"):  # a person chosen by such a button is no typing
        press(panel, f"Log the meeting: {name}")
    labelled(planned.panel, "Date and time *").value = datetime(2026, 12, 3, 9, 0)
    press(planned.panel, "Save interview")
    assert [planned.label("contacts", row.contact_id) for row in planned.interviews.rows()] == [
        "Ana Silva", "Bo Lind",
    ]  # fmt: skip


def test_each_line_is_done_with_one_click(filled, monkeypatch):
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    monkeypatch.setattr(forms, "now_in", lambda wb: noon)
    filled.messages.append(contact_id=filled.ana.id, sent_at="2026-11-02T10:00-05:00")
    letter = outreach.letter(filled)
    panel = outreach.follow_through(filled, TODAY)
    press(panel, "Draft the follow-up: Ana Silva")
    assert "On 2 November I wrote to you" in labelled(letter, "Your letter").value
    press(letter, "Log it as sent")
    assert "Draft the follow-up" not in " ".join(
        getattr(p, "description", "") for p in parts(panel)
    )


def test_what_is_due_on_other_pages_is_not_passed_over(filled):
    meeting = filled.interviews.append(
        contact_id=filled.ana.id, starts_at="2026-11-09T15:00", timezone="Europe/Lisbon"
    )
    task = filled.tasks.append(task="MRI course: ask Bo", due_on="2026-11-20")
    panel = outreach.follow_through(filled, TODAY)
    text = " ".join(said(panel).split())
    assert "On page 4 Debrief: say whether the meeting with Ana Silva on 9 Nov was held" in text
    assert "On page 4 Debrief: MRI course: ask Bo, late." in text  # the learner's own words
    assert "Nothing waits for you on this page today." in text
    filled.interviews.revise(meeting.id, status="held")
    assert "thank Ana Silva for the meeting on 9 Nov, overdue." in said(panel)
    for n in range(5):
        filled.tasks.append(task=f"Step {n}", due_on="2026-11-20")
    assert said(panel).count("On page 4") == today.FEW and "more on other pages" in said(panel)

    filled.course = Course(pages={"used": ["00_start_here", "02_outreach"]})
    filled.tasks.revise(task.id, done_on="2026-11-21")
    assert "Nothing waits for you today." in said(panel) and "On page 4" not in said(panel)


def test_the_list_stays_a_handful(filled):
    for n in range(20):
        person = filled.contacts.append(name=f"Person {n}")
        filled.messages.append(
            contact_id=person.id, sent_at=datetime(2026, 10, 1) + timedelta(days=n)
        )
    panel = outreach.follow_through(filled, TODAY)
    buttons = [p.description for p in parts(panel) if isinstance(p, w.Button)]
    assert sum(label.startswith("Draft") for label in buttons) == today.HANDFUL
    assert "14 more come up" in said(panel)


def test_the_check_names_the_next_step(wb):
    panel = outreach.check_outreach(wb)
    assert "Add the first person you know: step 2" in said(panel)
    bo = wb.contacts.append(name="Bo Lind")
    assert "1 person in your log." in said(panel)
    wb.contacts.revise(bo.id, how_known="friend")
    assert "Draft your first request: step 5" in said(panel)
    asked = wb.messages.append(contact_id=bo.id)
    wb.messages.append(contact_id=bo.id, purpose="permission", reply="yes")
    assert "1 request sent, 0 people said yes" in said(panel)
    wb.messages.revise(asked.id, reply="yes")
    assert "1 person said yes" in said(panel)
    assert "log the meeting in step 7" in said(panel)
    wb.contacts.append(name="Cy Berg")
    assert "2 people in your log, from 1 source." in said(panel)
    assert "How do you know Cy Berg?" in said(panel)
