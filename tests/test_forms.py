"""The form of a table: what it shows, what it saves, what it says, and what it never loses."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo, available_timezones

import ipywidgets as w
import pytest

from ii_helpers import forms, open_workbook
from ii_helpers.errors import LogUnwritable, WorkbookError
from ii_helpers.tables import TABLES
from tests.stage_widgets import half_filled

NAMES = ["O'Neil, José", "李小龍", "Zoë Müller-Lüdenscheidt", "=1+1", "NA"]


def said(form):
    return form.said.value


def fault(form, name):
    return form.fields[name].note.value


def press(form, label):
    (found,) = [b for b in form._buttons.children if b.description == label]
    found.click()


def find(widget, label):
    """The part of a panel that carries this label."""
    for child in getattr(widget, "children", ()):
        if getattr(child, "description", "") == label:
            return child
        if found := find(child, label):
            return found


def filled(wb, **values):
    form = forms.Form(wb, "contacts")
    form.set(**{"name": "Ana Silva", **values})
    return form


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_form_whose_every_field_has_a_label(wb, table):
    form = forms.Form(wb, table)
    assert list(form.fields) == list(TABLES[table].columns)
    for name, column in TABLES[table].columns.items():
        mark = " *" if column.required else ""
        assert form.fields[name].widget.description == column.label + mark


def test_a_save_appends_what_was_typed_and_says_so(wb):
    form = filled(wb, email="ana@example.org", notes='two\nlines, "quoted" 🙂')
    form.save.click()
    (row,) = wb.contacts.rows()
    assert (row.name, row.email) == ("Ana Silva", "ana@example.org")
    assert row.notes == 'two\nlines, "quoted" 🙂'
    assert "Saved: Ana Silva. 1 contact in your log." in said(form)
    assert form.fields["name"].value == ""  # ready for the next one


def test_several_rows_are_called_what_the_form_calls_one(wb):
    wb.goals.append(objective="Look around", stage="general research")
    form = forms.Form(wb, "goals")
    form.set(objective="Compare two fields", stage="comparing fields")
    form.save.click()
    assert "2 objectives in your log." in said(form)


def test_a_double_click_saves_one_row(wb):
    form = filled(wb)
    form.save.click()
    form.save.click()
    assert len(wb.contacts) == 1
    assert "Saved" in said(form)


@pytest.mark.parametrize(
    ("table", "values", "column", "says"),
    [
        ("contacts", {"name": "  "}, "name", "Name is blank"),
        ("contacts", {"name": "Ana", "email": "ana.example.org"}, "email", "needs one @"),
        ("interviews", {"minutes": "4"}, "minutes", "must be from 5 to 480"),
        ("interviews", {"minutes": "481"}, "minutes", "must be from 5 to 480"),
        ("interviews", {"minutes": "half an hour"}, "minutes", "whole number from 5 to 480"),
        ("interviews", {"starts_at": None}, "starts_at", "Date and time is blank"),
        ("interviews", {"timezone": "Mars/Base"}, "timezone", "not a time zone"),
        ("goals", {"stage": ""}, "stage", "Choose one."),
        ("goals", {"set_on": None}, "set_on", "Write a date of the calendar"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_written(
    wb, table, values, column, says
):
    form = forms.Form(wb, table)
    form.set(**values)
    typed = {name: shown.widget.value for name, shown in form.fields.items()}
    form.save.click()
    assert len(wb.log(table)) == 0
    assert says in fault(form, column)
    assert 'role="alert"' in fault(form, column)
    assert "Error:" in fault(form, column)  # never colour alone
    assert "Not saved yet" in said(form)
    assert typed == {name: shown.widget.value for name, shown in form.fields.items()}


@pytest.mark.parametrize(
    ("table", "name", "says"),
    [
        ("interviews", "starts_at", "Date and time is not complete. Fill in a day of the calendar "
         "and the time: hours and minutes"),
        ("goals", "set_on", "As of is not complete. Fill in a day of the calendar: day, month"),
    ],
)  # fmt: skip
def test_a_half_filled_date_is_said_to_be_so_and_not_emptied(wb, table, name, says):
    form = forms.Form(wb, table)
    field, sent = form.fields[name], []
    half_filled(field.widget)
    field.widget.observe(sent.append)  # any message makes the browser empty it
    form.save.click()
    assert says in fault(form, name) and sent == []
    assert len(wb.log(table)) == 0
    half_filled(field.widget, False)
    form.set(**{name: datetime(2026, 11, 20, 14, 30) if table == "interviews" else date.today()})
    form.save.click()
    assert "not complete" not in fault(form, name)


def test_half_of_a_day_that_may_be_blank_is_not_saved_as_blank(wb):
    form = forms.Form(wb, "tasks")
    form.set(task="call Ana")
    half_filled(form.fields["due_on"].widget)
    form.save.click()
    assert "Due on is not complete" in fault(form, "due_on") and len(wb.tasks) == 0
    form.fields["due_on"].value = None  # another row
    form.save.click()
    assert len(wb.tasks) == 1


def test_a_field_that_may_not_be_blank_says_so_to_a_screen_reader(wb):
    form = forms.Form(wb, "contacts")
    must = [name for name, one in form.fields.items() if "ii-must" in one.widget._dom_classes]
    assert must == ["name"]


def test_the_focus_goes_to_the_first_wrong_field_of_the_page(wb, monkeypatch):
    focused = []
    monkeypatch.setattr(forms.form, "focus", focused.append)
    form = forms.Form(wb, "goals", ("objective", "stage"))  # the log has them the other way round
    form.save.click()
    assert focused == [form.fields["objective"].widget]


def test_the_error_goes_when_the_field_is_mended(wb):
    form = forms.Form(wb, "contacts")
    form.save.click()
    assert "Error" in fault(form, "name")
    form.set(name="Ana Silva")
    assert "Error" not in fault(form, "name")
    form.save.click()
    assert len(wb.contacts) == 1


def test_the_list_of_earlier_rows_is_there_before_there_is_one(wb):
    """So a first save moves nothing below it; with nothing to choose it takes no focus."""
    form = forms.Form(wb, "contacts")
    chooser = form.chooser.widget
    assert forms.is_shown(chooser) and chooser.disabled
    form.set(name="Ana Silva")
    form.save.click()
    assert forms.is_shown(chooser) and not chooser.disabled
    press(form, "Undo")
    assert forms.is_shown(chooser) and chooser.disabled


def test_a_row_is_chosen_changed_and_saved_as_the_same_row(wb):
    row = wb.contacts.append(name="Ana Silva", notes="first")
    form = forms.Form(wb, "contacts")
    form.chooser.widget.value = row.id
    assert form.fields["notes"].value == "first"
    form.set(notes="second")
    press(form, "Save changes")
    assert [r.notes for r in wb.contacts.rows()] == ["second"]
    assert "Changed: Ana Silva" in said(form)


def test_an_erased_row_can_be_taken_back(wb):
    row = wb.contacts.append(name="Ana Silva")
    form = forms.Form(wb, "contacts")
    form.edit(row.id)
    press(form, "Erase it")
    assert len(wb.contacts) == 1  # it asks first, aloud: the focus is on the answer
    assert 'role="alert"' in form._question.children[0].value
    form._question.children[1].children[0].click()
    assert len(wb.contacts) == 0
    press(form, "Undo")
    assert [r.name for r in wb.contacts.rows()] == ["Ana Silva"]


def test_undo_beside_a_form_takes_back_what_was_saved_there_and_nothing_else(wb):
    form = filled(wb)
    form.save.click()
    wb.tasks.append(task="call Ana")  # on another page
    press(form, "Undo")
    assert "Nothing was taken back: the last change was made elsewhere" in said(form)
    assert len(wb.contacts) == len(wb.tasks) == 1
    wb.undo()
    press(form, "Undo")
    assert len(wb.contacts) == 0 and "Taken back" in said(form)


def test_a_row_in_use_is_not_erased_and_the_form_says_where_it_is_used(wb):
    row = wb.contacts.append(name="Ana Silva")
    wb.messages.append(contact_id=row.id, sent_at="2026-11-20T10:00:00Z")
    form = forms.Form(wb, "contacts")
    form.edit(row.id)
    press(form, "Erase it")
    form._question.children[1].children[0].click()
    assert len(wb.contacts) == 1
    assert "still used in messages" in said(form)


def test_somebody_who_asks_is_forgotten_without_code_and_all_that_goes_is_said_first(wb):
    ana = wb.contacts.append(name="Ana Silva")
    wb.messages.append(contact_id=ana.id, sent_at="2026-11-20T10:00:00Z")
    for day in ("20", "21"):
        wb.interviews.append(contact_id=ana.id, starts_at=f"2026-11-{day}T10:00:00Z")
    wb.tasks.append(task="call Ana back")
    form = forms.Form(wb, "contacts")
    form.edit(ana.id)
    press(form, "Erase it")
    find(form._question, "They asked to be forgotten").click()
    asked = form._question.children[0].value
    assert "Careful" in asked and "Tip" not in asked
    assert "Forget Ana Silva for good?" in asked
    assert "With the contact go 1 message, 2 interviews, every" in asked
    find(form._question, "No, keep them").click()
    assert len(wb.contacts) == 1 and form._question.children == ()
    press(form, "Erase it")
    find(form._question, "They asked to be forgotten").click()
    find(form._question, "Yes, forget them for good").click()
    assert [len(log) for log in (wb.contacts, wb.messages, wb.interviews)] == [0, 0, 0]
    assert "Forgotten" in said(form) and "next step" in said(form) and "still holds" in said(form)
    assert form.row is None and form._question.children == () and form.chooser.id == ""
    assert "Undo" not in [button.description for button in form._buttons.children]


def test_only_people_can_be_forgotten(wb):
    form = forms.Form(wb, "tasks")
    form.edit(wb.tasks.append(task="call").id)
    press(form, "Erase it")
    answers = [button.description for button in form._question.children[1].children]
    assert answers == ["Yes, erase it", "No, keep it"]


def test_two_windows_on_one_row_both_texts_are_shown_and_the_learner_chooses(wb):
    row = wb.contacts.append(name="Ana Silva", notes="old")
    form = forms.Form(wb, "contacts")
    form.edit(row.id)
    open_workbook(wb.folder).contacts.revise(row.id, notes="theirs")
    form.set(notes="mine")
    form.save.click()
    assert "theirs" in said(form) and "mine" in said(form)
    assert wb.contacts.get(row.id).notes == "theirs"
    mine, _ = form._question.children[0].children
    mine.click()
    assert wb.contacts.get(row.id).notes == "mine"


def test_a_person_is_added_in_place_and_chosen(wb):
    form = forms.Form(wb, "messages")
    shown = form.fields["contact_id"]
    shown.box.children[-1].click()
    name, save = find(shown.adding, "Name *"), find(shown.adding, "Add this contact")
    name.value = "Sam Okafor"
    save.click()
    (sam,) = wb.contacts.rows()
    assert shown.value == sam.id


def begun(wb, **typed):
    """A contact whose new organization is begun in place, and not added yet."""
    form = filled(wb)
    shown = form.fields["organization_id"]
    find(shown.box, "Add a new organization").click()
    for name, value in typed.items():
        shown.new.fields[name].widget.value = value
    return form, shown


def test_what_is_begun_under_add_a_new_one_is_added_with_the_row(wb, monkeypatch):
    form, shown = begun(wb, name="St. Mary")
    focused = []
    monkeypatch.setattr(forms.form, "focus", focused.append)
    form.save.click()
    assert focused == []  # it stays on the button
    (row,), (place,) = wb.contacts.rows(), wb.organizations.rows()
    assert row.organization_id == place.id and place.name == "St. Mary"
    assert shown.new is None


def test_what_is_not_complete_under_add_a_new_one_stops_the_save_and_stays(wb):
    form, shown = begun(wb, location="Houston")
    form.save.click()
    assert len(wb.contacts) == len(wb.organizations) == 0
    assert "Not saved yet: the new organization needs a look" in said(form)
    assert "Organization is blank" in fault(shown.new, "name")
    assert form.fields["name"].value == "Ana Silva"
    find(shown.box, "Not now").click()
    form.save.click()
    assert len(wb.contacts) == 1


def test_a_new_one_that_is_begun_in_two_forms_is_kept_for_each(wb):
    _, people = begun(wb, name="St. Mary")
    findings = forms.Form(wb, "findings").fields["organization_id"]
    find(findings.box, "Add a new organization").click()
    assert findings.new.fields["name"].widget.value == ""
    findings.new.fields["name"].widget.value = "Blue Films"
    _, again = begun(wb)
    assert again.new.fields["name"].widget.value == people.new.fields["name"].widget.value


@pytest.mark.parametrize(
    "table, column",
    [("contacts", "name"), ("occupations", "title"), ("organizations", "name"),
     ("criteria", "statement")],
)  # fmt: skip
def test_what_the_log_has_already_is_advised_about_and_saved(wb, table, column):
    more = {"kind": "value", "importance": 3} if table == "criteria" else {}
    row = wb.log(table).append(**{column: "Blue  Films"}, **more)
    form = forms.Form(wb, table)
    form.set(**{column: "blue film"}, **more)
    assert "already" not in fault(form, column)
    form.set(**{column: " blue films"})
    assert 'role="status"' in fault(form, column)
    assert f"Your log has this {form.table.singular} already" in fault(form, column)
    form.save.click()
    assert len(wb.log(table)) == 2 and "already" not in fault(form, column)
    wb.undo()
    form.edit(row.id)
    assert "already" not in fault(form, column)  # it is this one


def test_what_was_typed_under_add_a_new_one_is_there_when_it_is_opened_again(wb, monkeypatch):
    monkeypatch.setattr(forms.form, "later", lambda *_: None)  # no second passes
    form, shown = begun(wb)
    shown.new.set(name="Lumen")
    shown.new.set(name="Lumen Labs")
    find(shown.box, "Not now").click()
    find(shown.box, "Add a new organization").click()
    assert shown.new.fields["name"].value == "Lumen Labs"


def test_an_empty_add_a_new_one_stops_nothing(wb):
    form, _ = begun(wb)
    form.save.click()
    assert len(wb.contacts) == 1 and len(wb.organizations) == 0


def test_a_name_that_is_a_whole_profile_is_advised_about_and_saved(wb):
    form = filled(wb, name="Dr. Maria del Carmen Fernández-Villaverde y Ortega, Ph.D.")
    assert "Tip" not in fault(form, "name")
    form.set(name="Ana Silva. Speech engineer at Blue Films, who leads the team of captions.")
    assert "Tip</b> This is long for a name. Letters begin with it" in fault(form, "name")
    assert "Spelled as they spell it" in fault(form, "name")
    press(form, "Save contact")
    assert len(wb.contacts) == 1 and "Tip" not in fault(form, "name")


def test_a_dropdown_of_people_is_fresh_after_a_save_elsewhere(wb):
    form = forms.Form(wb, "messages")
    row = wb.contacts.append(name="Ana Silva")
    assert ("Ana Silva", row.id) in form.fields["contact_id"].widget.options


def test_a_choice_survives_new_options_and_nobody_is_told_otherwise(wb):
    told, pick = [], forms.RowPicker(wb, "contacts", "Who", on_change=lambda id: told.append(id))
    zoe = wb.contacts.append(name="Zoë D'Arcy")
    pick.id = zoe.id
    wb.contacts.append(name="Ana Silva")  # comes before her in the list
    assert pick.id == zoe.id and pick.row.name == "Zoë D'Arcy"
    assert pick.widget.label == "Zoë D'Arcy" and told == [zoe.id]
    wb.contacts.erase(zoe.id)
    assert pick.id == "" and told == [zoe.id, ""]


def test_a_half_filled_form_keeps_its_person_when_another_is_added(wb):
    zoe = wb.contacts.append(name="Zoë D'Arcy")
    form = forms.Form(wb, "messages")
    form.set(contact_id=zoe.id, text="half a thou")
    wb.contacts.append(name="Ana Silva")
    form.save.click()
    assert [row.contact_id for row in wb.messages.rows()] == [zoe.id]


def test_people_of_the_same_name_are_told_apart(wb):
    one, two = wb.contacts.append(name="Ana Silva"), wb.contacts.append(name="Ana Silva")
    assert forms.row_choices(wb, "contacts")[1:] == [
        ("Ana Silva", one.id),
        ("Ana Silva (2)", two.id),
    ]
    films = wb.organizations.append(name="Blue Films")
    for details in (
        {"job_title": "producer"},
        {"job_title": "producer", "organization_id": films.id},
        {"email": "ana@example.org"},
    ):
        wb.contacts.append(name="Ana Silva", **details)
    wb.contacts.append(name="Bo Chen", job_title="producer")
    assert [words for words, _ in forms.row_choices(wb, "contacts")[1:]] == [
        "Ana Silva",
        "Ana Silva (2)",
        "Ana Silva, producer",
        "Ana Silva, producer, Blue Films",
        "Ana Silva, ana@example.org",
        "Bo Chen",
    ]


def test_a_long_name_leaves_the_date_of_a_meeting_in_the_list(wb):
    ana = wb.contacts.append(name="Ana Silva " + "of the Institute of Speech " * 5)
    held = wb.interviews.append(contact_id=ana.id, starts_at="2026-11-20T10:00:00", timezone="UTC")
    wb.messages.append(
        contact_id=ana.id, purpose="keep in touch", sent_at="2026-11-20T10:00:00+00:00"
    )
    wb.debriefs.append(interview_id=held.id)
    wb.goals.append(objective="Look around " * 20, stage="general research")
    for table, end in (
        ("interviews", "…, Fri 20 Nov 2026, 10:00"),
        ("messages", "20 Nov 2026, 10:00"),
        ("debriefs", "…, Fri 20 Nov 2026, 10:00"),
        ("contacts", "…"),
        ("goals", "…"),
    ):
        words = forms.row_choices(wb, table)[1][0]
        assert len(words) <= 70 and words.endswith(end)
        assert table == "goals" or words.startswith("Ana Silva of the Inst")


def test_a_blank_rating_stays_blank(wb):
    held = wb.interviews.append(
        contact_id=wb.contacts.append(name="Ana").id, starts_at="2026-11-20T10:00:00Z"
    )
    form = forms.Form(wb, "debriefs")
    form.set(interview_id=held.id)
    form.save.click()
    assert wb.debriefs.rows()[0].would_work_there is None


def test_the_meeting_keeps_the_clock_time_of_its_zone(wb):
    form = forms.Form(wb, "interviews")
    form.set(
        contact_id=wb.contacts.append(name="Ana").id,
        starts_at=datetime(2026, 11, 20, 14, 30),
        timezone="new york",
    )
    form.save.click()
    (row,) = wb.interviews.rows()
    assert row.timezone == "America/New_York"
    assert row.starts_at.isoformat() == "2026-11-20T14:30:00-05:00"
    form.edit(row.id)
    assert form.fields["starts_at"].widget.value == datetime(2026, 11, 20, 14, 30)


@pytest.mark.parametrize("offset", ["-05:00", "+05:30"])
def test_a_meeting_without_a_zone_stays_at_its_instant_when_its_place_is_changed(wb, offset):
    """As one does that was logged on another computer."""
    who = wb.contacts.append(name="Ana")
    row = wb.interviews.append(contact_id=who.id, starts_at=f"2026-11-20T14:30:00{offset}")
    form = forms.Form(wb, "interviews")
    form.edit(row.id)
    form.set(place="Room 1")
    form.save.click()
    assert wb.interviews.get(row.id).place == "Room 1"
    assert wb.interviews.get(row.id).starts_at == row.starts_at


def test_the_time_of_a_message_is_on_the_learners_own_clock(wb):
    wb.learner.append(name="Mei", timezone="Asia/Tokyo")
    form = forms.Form(wb, "messages")
    form.set(contact_id=wb.contacts.append(name="Ana").id, sent_at=datetime(2026, 11, 20, 9, 0))
    form.save.click()
    assert wb.messages.rows()[0].sent_at.astimezone(UTC) == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # 25 hours apart
def test_today_is_the_learners_own(wb, zone):
    wb.learner.append(name="Mei", timezone=zone)
    before, form = datetime.now(ZoneInfo(zone)).date(), forms.Form(wb, "goals")
    assert form.fields["set_on"].value in (before, datetime.now(ZoneInfo(zone)).date())


def test_what_was_typed_and_not_saved_comes_back_and_can_be_discarded(wb):
    form = filled(wb, notes="half a thou")
    again = forms.Form(open_workbook(wb.folder), "contacts")
    assert again.fields["name"].value == "Ana Silva"
    assert again.fields["notes"].value == "half a thou"
    assert "Restored from" in said(again)
    press(again, "Discard what was restored")
    assert again.fields["name"].value == ""
    assert said(forms.Form(open_workbook(wb.folder), "contacts")) == ""
    assert len(wb.contacts) == 0
    assert form is not again


def test_a_draft_of_a_change_comes_back_as_a_change(wb):
    row = wb.contacts.append(name="Ana Silva", notes="old")
    form = forms.Form(wb, "contacts")
    form.edit(row.id)
    form.set(notes="new")
    again = forms.Form(open_workbook(wb.folder), "contacts")
    again.save.click()
    assert [r.notes for r in wb.contacts.rows()] == ["new"]


@pytest.fixture
def two(wb):
    """Two people, and a form that shows the first with a word that is not saved."""
    wb.ana = wb.contacts.append(name="Ana Silva", job_title="nurse")
    wb.bo = wb.contacts.append(name="Bo Chen")
    wb.form = forms.Form(wb, "contacts")
    wb.form.chooser.id = wb.ana.id
    wb.form.set(job_title="nurse (retired)")
    return wb


def shown(form):
    """What a form holds: the person and the job title."""
    return form.fields["name"].value, form.fields["job_title"].value


def test_each_row_keeps_what_is_typed_in_it_while_another_is_shown(two):
    form = two.form
    form.chooser.id = two.bo.id
    assert shown(form) == ("Bo Chen", "")
    assert "what you typed in &quot;Ana Silva&quot; is kept. Choose it again" in said(form)
    form.chooser.id = ""  # with the arrow keys she is passed by on the way to anybody
    assert "what you typed in &quot;Ana Silva&quot; is kept. Choose it again" in said(form)
    form.set(name="Zoe from the party", job_title="piper")
    form.chooser.id = two.ana.id
    assert shown(form) == ("Ana Silva", "nurse (retired)")
    assert "Not saved yet:</b> what you typed in &quot;Ana Silva&quot; is here again" in said(form)
    assert "what you typed in a new contact is kept" in said(form)
    press(form, "Start a new one")
    assert shown(form) == ("Zoe from the party", "piper") and form.chooser.id == ""
    assert [row.job_title for row in two.contacts.rows()] == ["nurse", ""]


def test_the_rows_with_unsaved_words_are_there_and_named_after_a_restart(two):
    two.form.chooser.id = ""
    two.form.set(name="Zoe")
    two.form.chooser.id = two.bo.id
    two.form.set(job_title="cook")
    again = forms.Form(open_workbook(two.folder), "contacts")
    assert shown(again) == ("Bo Chen", "cook") and again.chooser.id == two.bo.id
    assert "Restored from" in said(again)
    assert "in &quot;Ana Silva&quot; and in a new contact is kept, too" in said(again)
    press(again, "Discard what was restored")
    assert shown(again) == ("Bo Chen", "") and again.row.id == two.bo.id
    again.chooser.id = two.ana.id
    assert shown(again) == ("Ana Silva", "nurse (retired)")


def test_the_words_that_were_shown_last_come_back_first(two):
    two.form.chooser.id = ""
    two.form.set(name="Zoe")
    two.form.chooser.id = two.ana.id
    assert shown(forms.Form(open_workbook(two.folder), "contacts")) == (
        "Ana Silva",
        "nurse (retired)",
    )
    two.form.chooser.id = ""
    assert shown(forms.Form(open_workbook(two.folder), "contacts")) == ("Zoe", "")


def test_a_save_takes_the_words_of_its_own_row_and_leaves_the_others(two):
    form = two.form
    form.chooser.id = ""
    form.set(name="Zoe")
    form.chooser.id = two.ana.id
    press(form, "Save changes")
    assert "Changed: Ana Silva." in said(form) and "a new contact is here again" in said(form)
    assert shown(form) == ("Zoe", "")
    form.save.click()  # of a double click
    assert len(two.contacts) == 2
    form.chooser.id = two.ana.id
    assert shown(form) == ("Ana Silva", "nurse (retired)") and "here again" not in said(form)


def test_what_is_typed_goes_over_the_row_as_it_is_by_now(two):
    two.form.chooser.id = two.bo.id
    open_workbook(two.folder).contacts.revise(two.ana.id, email="ana@example.org", job_title="none")
    two.form.chooser.id = two.ana.id
    assert two.form.fields["email"].value == "ana@example.org"
    assert shown(two.form) == ("Ana Silva", "nurse (retired)")
    assert "Changed elsewhere since: Job title." in said(two.form)
    assert forms.Form(open_workbook(two.folder), "contacts").values()["email"] == "ana@example.org"


def test_typing_a_word_and_taking_it_back_leaves_nothing_unsaved(two):
    two.form.set(job_title="nurse")
    two.form.chooser.id = two.bo.id
    assert said(two.form) == ""
    assert not [*(two.hidden / "drafts").glob("*")]


def test_erasing_a_row_takes_its_unsaved_words_and_undo_brings_them_back(two):
    form = two.form
    press(form, "Erase it")
    find(form._question, "Yes, erase it").click()
    assert shown(form) == ("", "") and not [*(two.hidden / "drafts").glob("*")]
    press(form, "Undo")
    form.chooser.id = two.ana.id
    assert shown(form) == ("Ana Silva", "nurse (retired)")


def test_a_row_that_may_not_be_erased_keeps_its_unsaved_words(two):
    two.messages.append(contact_id=two.ana.id, sent_at="2026-11-20T10:00:00Z")
    press(two.form, "Erase it")
    find(two.form._question, "Yes, erase it").click()
    assert shown(two.form) == ("Ana Silva", "nurse (retired)")
    assert shown(forms.Form(open_workbook(two.folder), "contacts"))[1] == "nurse (retired)"


def test_what_was_typed_in_a_row_erased_elsewhere_becomes_a_new_one(two):
    open_workbook(two.folder).contacts.erase(two.ana.id)
    press(two.form, "Save changes")
    assert "was erased elsewhere. What you typed is still here" in said(two.form)
    assert shown(two.form) == ("Ana Silva", "nurse (retired)")
    two.form.save.click()
    assert [row.job_title for row in two.contacts.rows()] == ["", "nurse (retired)"]


def test_what_is_wrong_with_ones_own_text_is_said_beside_its_field_after_a_choice_as_well(two):
    elsewhere = open_workbook(two.folder).contacts
    elsewhere.revise(two.ana.id, phone="555 0100")
    two.form.set(email="nobody")
    press(two.form, "Save changes")
    find(two.form._question, "Save mine").click()
    assert "is not an email address" in fault(two.form, "email")
    two.form.set(email="ana@example.org")
    elsewhere.revise(two.ana.id, phone="555 0200")
    find(two.form._question, "Save mine").click()
    assert "555 0200" in said(two.form)  # changed once more: both texts are shown again
    find(two.form._question, "Save mine").click()
    assert two.contacts.get(two.ana.id).email == "ana@example.org"


def test_a_row_erased_while_the_page_slept_waits_for_its_turn(two, monkeypatch):
    monkeypatch.setattr(forms.form, "DOUBLE_CLICK", 0)
    two.form.chooser.id = ""
    two.form.set(name="Zoe")
    open_workbook(two.folder).contacts.erase(two.ana.id)
    again = forms.Form(open_workbook(two.folder), "contacts")
    assert shown(again) == ("Zoe", "") and "an erased contact is kept, too" in said(again)
    again.save.click()
    assert shown(again) == ("Ana Silva", "nurse (retired)")
    assert "Saved: Zoe" in said(again) and "was erased elsewhere" in said(again)
    again.save.click()
    assert sorted(row.name for row in again.log.rows()) == ["Ana Silva", "Bo Chen", "Zoe"]


def test_the_unsaved_words_of_somebody_forgotten_go_and_those_of_others_stay(two):
    form = two.form
    form.chooser.id = ""
    form.set(name="Zoe")
    form.chooser.id = two.bo.id
    form.set(job_title="cook")
    form.chooser.id = two.ana.id
    press(form, "Erase it")
    find(form._question, "They asked to be forgotten").click()
    find(form._question, "Yes, forget them for good").click()
    assert shown(form) == ("Zoe", "") and "here again" in said(form)
    kept = "".join(path.read_text() for path in (two.hidden / "drafts").glob("*"))
    assert "Silva" not in kept and two.ana.id not in kept
    form.chooser.id = two.bo.id
    assert shown(form) == ("Bo Chen", "cook")


def test_a_forgetting_that_stops_halfway_is_said_whatever_was_being_typed(two, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "in use", str(two.contacts.path))

    press(two.form, "Erase it")
    find(two.form._question, "They asked to be forgotten").click()
    monkeypatch.setattr(two.contacts, "forget", refuse)
    find(two.form._question, "Yes, forget them for good").click()
    assert "The person is not forgotten everywhere yet: contacts.csv is open" in said(two.form)


def test_nobody_forgotten_elsewhere_comes_back_as_a_new_one(two):
    elsewhere = open_workbook(two.folder)
    elsewhere.forget(two.ana.id)
    two.form.set(job_title="nurse, retired")  # a page that does not know
    again = forms.Form(open_workbook(two.folder), "contacts")
    assert shown(again) == ("", "") and not [*(two.hidden / "drafts").glob("*")]


def test_words_are_not_left_behind_where_the_disk_does_not_take_them(two, monkeypatch):
    def full(*_):
        raise WorkbookError("The disk is full.")

    monkeypatch.setattr(two, "keep_draft", full)
    two.form.chooser.id = two.bo.id
    assert shown(two.form) == ("Ana Silva", "nurse (retired)")
    assert two.form.chooser.id == two.ana.id and "The disk is full" in said(two.form)


def test_a_change_kept_by_an_older_version_is_still_a_change(wb):
    ana = wb.contacts.append(name="Ana Silva")
    wb.keep_draft("form contacts", {"row": ana.id, "typed": {"name": "Ana", "notes": "half"}})
    form = forms.Form(wb, "contacts")
    assert form.row.id == ana.id and form.fields["notes"].value == "half"
    assert form.fields["name"].value == "Ana"


def test_undo_leaves_what_was_typed_since_the_save(wb):
    form = forms.Form(wb, "learner", single=True)
    form.set(name="Mei")
    form.save.click()
    form.set(phone="555 0100")
    press(form, "Undo")
    assert (form.fields["name"].value, form.fields["phone"].value) == ("", "555 0100")


def test_a_row_is_said_to_be_saved_although_its_draft_cannot_be_thrown_away(wb, monkeypatch):
    def refuse(*_):
        raise LogUnwritable("The draft is open in another program.")

    form = filled(wb)
    monkeypatch.setattr(wb, "discard_draft", refuse)
    form.save.click()
    assert "Saved: Ana Silva. 1 contact in your log." in said(form)
    form.save.click()  # as after a message that sounds like a failure
    assert len(wb.contacts) == 1


def test_a_saved_form_leaves_no_draft(wb):
    filled(wb).save.click()
    assert forms.Form(open_workbook(wb.folder), "contacts").fields["name"].value == ""


@pytest.mark.parametrize("name", [*NAMES, "<img src=x onerror=alert(1)>", "{{ 7*7 }}", "</script>"])
def test_text_from_people_is_text_wherever_a_form_says_it(wb, name):
    form = filled(wb, name=name)
    form.save.click()
    assert [r.name for r in wb.contacts.rows()] == [name]
    assert "<img" not in said(form) and "</script>" not in said(form)
    assert "<img" not in forms.html_table([{"<img>": name}])


def test_nobody_who_was_forgotten_is_offered_to_choose(wb):
    ana = wb.contacts.append(name="Ana Silva")
    wb.contacts.append(name="Ben Okoro")
    picker = forms.RowPicker(wb, "contacts", "Person")
    wb.forget(ana.id)
    offered = " ".join(label for label, _ in picker.widget.options)
    assert "Ben" in offered and "Ana" not in offered


@pytest.mark.parametrize("caption", ["", 'Said "by" <Mei>'])
def test_a_table_that_scrolls_has_a_name_of_its_own(caption):
    heading = '" onfocus="alert(1)'
    table = forms.html_table([{heading: "a", "Day": 1}], caption)
    region = ElementTree.fromstring(table.replace("class=ii-n", ""))
    assert set(region.attrib) == {"class", "tabindex", "role", "aria-label"}
    assert region.get("aria-label") == f"Table: {caption or heading + ', Day'}"


def test_a_name_from_right_to_left_does_not_change_places_with_what_follows():
    said = forms.line("next", "مهندس: 0 of 4, and محمد بن سلمان, أحمد (2)")
    names = ["مهندس", "محمد بن سلمان", "أحمد"]
    first, second, third = (f"<bdi>{name}</bdi>" for name in names)
    assert f"{first}: 0 of 4, and {second}, {third} (2)</div>" in said


def test_the_first_cells_of_a_table_head_their_rows_where_their_heading_is_blank():
    table = forms.html_table([{"": "calm evenings", "nurse": 4}])
    assert '<th scope="row">calm evenings</th><td class=ii-n>4</td>' in table
    assert 'scope="row"' not in forms.html_table([{"Day": "calm evenings", "nurse": 4}])


def test_the_learners_own_row_is_one_row_however_often_it_is_saved(wb):
    form = forms.Form(wb, "learner", single=True)
    form.set(name="Mei")
    form.save.click()
    form.set(name="Mei Tan")
    form.save.click()
    assert [r.name for r in wb.learner.rows()] == ["Mei Tan"]
    assert forms.Form(wb, "learner", single=True).fields["name"].value == "Mei Tan"


@pytest.mark.parametrize(("answer", "kept"), [("Save mine", "Mei"), ("Keep the other", "Mei Tan")])
def test_the_learners_own_row_is_one_row_in_two_windows_as_well(wb, answer, kept):
    form = forms.Form(wb, "learner", single=True)
    open_workbook(wb.folder).learner.append(name="Mei Tan")
    form.set(name="Mei")
    form.save.click()
    assert "was changed in another window" in said(form) and "Mei Tan" in said(form)
    find(form._question, answer).click()
    form.set(phone="555 0100")
    form.save.click()
    assert [(r.name, r.phone) for r in wb.learner.rows()] == [(kept, "555 0100")]


def test_dates_are_said_as_people_write_them():
    assert forms.in_words(date(2026, 11, 3)) == "3 Nov 2026"
    assert forms.in_words(datetime(2026, 11, 3, 14, 5)) == "3 Nov 2026, 14:05"
    assert forms.in_words(float("nan")) == forms.in_words(None) == ""


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("new york", "America/New_York"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("houston", "America/Chicago"),
        ("Boston, Massachusetts", "America/New_York"),
        ("Pacific time", "America/Los_Angeles"),
        ("Japan", "Asia/Tokyo"),
        ("texas", "texas"),  # has two
        ("Georgia", "Georgia"),  # a state and a country
        ("nowhere", "nowhere"),
        ("", ""),
    ],
)
def test_a_city_is_enough_to_name_a_zone(typed, zone):
    assert forms.find_zone(typed) == zone


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("texas", "Did you mean America/Chicago or America/Denver?"),
        ("Georgia", "Did you mean America/New_York or Asia/Tbilisi?"),
        ("new yrok", "Did you mean America/New_York?"),
        ("hosuton", "Did you mean America/Chicago?"),
        ("nowhere at all", ""),
    ],
)
def test_a_place_that_is_no_zone_gets_a_suggestion_or_may_be_left_blank(wb, typed, near):
    form = forms.Form(wb, "learner", single=True)
    form.set(name="Mei", timezone=typed)
    form.save.click()
    wrong = fault(form, "timezone")
    assert "or leave it blank: then this computer&#x27;s clock counts." in wrong
    assert near in wrong and ("Did you mean" in wrong) == bool(near)
    form.set(timezone="")
    form.save.click()
    assert len(wb.learner) == 1


def test_every_place_that_is_known_names_a_zone():
    names = set(available_timezones())
    assert all(set(zones) <= names for zones in forms.zones._zones_of_places().values())


def test_widgets_share_how_they_look_and_are_hidden_one_by_one():
    one, other, field = forms.bar(), forms.bar(), forms.field(w.Text, "Name")
    assert one.layout is other.layout
    assert (
        field.style is forms.field(w.Text, "Place").style is not forms.field(w.Dropdown, "A").style
    )
    forms.show(one, False)
    forms.show(field, False)
    assert [forms.is_shown(part) for part in (one, other, field)] == [False, True, False]
    forms.show(one, True)
    assert one.layout is other.layout and forms.is_shown(one)
    assert field.layout.width == "100%"


class Clock:
    """A notebook's event loop that waits for the test."""

    def __init__(self):
        self.due = []

    def call_later(self, seconds, do, *args):
        self.due.append(lambda: do(*args))


def test_a_click_waits_for_what_was_typed_before_it(monkeypatch):
    done, loop = [], Clock()
    monkeypatch.setattr(forms.timing, "kernel_loop", lambda: loop)
    echo = forms.timing._Echo()
    for name in ("first", "second", "third"):
        echo.after_typing(lambda name=name: done.append(name))
    assert done == []
    echo._heard.value = 2  # what the browser sends after the last words
    assert done == ["first", "second"]
    for silent in loop.due:  # a browser that never answers
        silent()
    assert done == ["first", "second", "third"]


def test_a_closed_layout_is_made_anew():
    forms.bar().layout.close()
    assert forms.bar().layout.comm is not None


def test_money_in_a_label_is_no_formula_and_a_tag_no_tag():
    label = forms.field(w.Text, "From $40,000 to <b>$60,000</b>?")
    assert label.description_allow_html
    inside = label.description.removeprefix('<span class="mathjax_ignore">').removesuffix("</span>")
    assert inside == "From $40,000 to &lt;b&gt;$60,000&lt;/b&gt;?"
    assert not forms.field(w.Text, "<b>plain</b>").description_allow_html
