"""The row models: what is allowed, what is said when it is not, and what follows from them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ii_helpers.errors import InvalidRow
from ii_helpers.tables import TABLES, data_dictionary

CHECKOUT = Path(__file__).resolve().parent.parent
STAMPS = {
    "id": "x_1",
    "created_at": "2026-11-20T10:00:00+00:00",
    "updated_at": "2026-11-20T10:00:00+00:00",
}
DESIGN = {  # the contract: these columns keep these names, in any order among others
    "criteria": "kind statement importance",
    "occupations": "title soc_code industry location why outlook status",
    "organizations": "name industry location website culture needs",
    "findings": "occupation_id organization_id contact_id category finding source url found_on",
    "goals": "set_on stage objective",
    "contacts": "name salutation pronunciation job_title organization_id occupation_id email phone "
    "profile_url location how_known notes keep_in_touch_days",
    "referrals": "from_contact_id to_contact_id interview_id referred_on may_use_name",
    "messages": "contact_id purpose channel sent_at text reply replied_on",
    "interviews": "contact_id occupation_id goal_id format starts_at timezone minutes place status",
    "questions": "interview_id position category text outcome answer",
    "debriefs": "interview_id recorded_at learned advice liked concerns advantages dress "
    "communication humor would_work_there effect_on_goal discovered strengths weaknesses "
    "next_steps",
    "fit_ratings": "occupation_id criterion_id interview_id rating rated_on",
    "tasks": "contact_id interview_id due_on task done_on",
}


def row(table, **values):
    return TABLES[table].validate({**STAMPS, **values})


def problems(table, **values):
    with pytest.raises(InvalidRow, match=".") as caught:
        row(table, **values)
    return caught.value.problems


@pytest.mark.parametrize("table", DESIGN)
def test_a_table_has_the_columns_that_others_count_on(table):
    assert set(DESIGN[table].split()) <= set(TABLES[table].columns)


def test_every_reference_names_a_table_and_every_column_its_label():
    for table in TABLES.values():
        for name, column in table.columns.items():
            assert column.label, name
            assert column.references in {"", *TABLES}
            assert name.endswith("_id") == bool(column.references)


def test_columns_say_their_unit_by_their_name():
    for table in TABLES.values():
        for name in table.header:
            assert name.endswith("_on") == (table.kinds[name] == "day"), name
            assert name.endswith("_at") == (table.kinds[name] == "instant"), name


def test_what_identifies_a_third_person_is_marked_personal():
    contacts = TABLES["contacts"].columns
    for name in ("name", "pronunciation", "job_title", "email", "phone", "profile_url", "notes"):
        assert contacts[name].personal, name
    assert TABLES["organizations"].columns["name"].personal
    assert TABLES["messages"].columns["text"].personal
    assert TABLES["interviews"].columns["place"].personal


@given(st.sampled_from(sorted(TABLES)))
def test_an_id_never_looks_like_a_number_a_date_or_a_word(table):
    id = TABLES[table].new_id()
    assert re.fullmatch(r"[a-z]{3}_[bcdfghjkmnpqrstvwxz2-9]{12}", id)


def test_ids_are_unique_across_tables():
    prefixes = [table.new_id()[:4] for table in TABLES.values()]
    assert len(set(prefixes)) == len(TABLES)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_stays_as_it_was_typed(text):
    assert row("contacts", name="Ana", notes=text).notes == text


@pytest.mark.parametrize(
    ("table", "values", "column", "says"),
    [
        ("contacts", {"name": ""}, "name", "Name is blank. Write something here."),
        ("contacts", {"name": None}, "name", "Name is blank"),
        ("contacts", {"name": "Ana\ud800"}, "name", "Name holds half of a"),
        ("contacts", {"name": "A", "email": "a b@example.org"}, "email", "one @ and no blanks"),
        ("contacts", {"name": "A", "emial": "x"}, "emial", 'Did you mean "email"?'),
        ("contacts", {"name": "A", "how_known": "foe"}, "how_known", "Choose one of: friend"),
        ("contacts", {"name": "A", "keep_in_touch_days": "soon"}, "keep_in_touch_days", "number"),
        ("criteria", {"kind": "value", "statement": "x", "importance": 6}, "importance", "1 to 5"),
        ("criteria", {"kind": "value", "statement": "x"}, "importance", "Choose one"),
        ("goals", {"set_on": "2026-02-31"}, "set_on", '"2026-02-31". Write a date'),
        ("goals", {"set_on": "11/20/2026"}, "set_on", "as in 2026-11-20"),
        ("goals", {"set_on": datetime(2026, 11, 20, 9)}, "set_on", "Write a date"),
        ("interviews", {"minutes": 4}, "minutes", "Minutes is 4. It must be from 5 to 480."),
        ("interviews", {"minutes": 481}, "minutes", "It must be from 5 to 480."),
        ("interviews", {"starts_at": "tomorrow"}, "starts_at", "Write a date of the calendar"),
        (
            "interviews",
            {"starts_at": datetime(26, 11, 20)},
            "starts_at",
            'is "0026-11-20 00:00:00"',
        ),
        ("interviews", {"starts_at": "9999-12-31T23:59"}, "starts_at", "from 1980 to 2199"),
        ("messages", {"sent_at": "0001-01-01T00:00+14:00"}, "sent_at", "from 1980 to 2199"),
        ("messages", {"sent_at": datetime(2200, 1, 1)}, "sent_at", "from 1980 to 2199"),
        ("messages", {"created_at": "0001-01-01T00:00"}, "created_at", "Write a date"),
        ("interviews", {"starts_at": "2026-11-20", "timezone": 5}, "timezone", 'Time zone is "5"'),
        ("interviews", {"timezone": "../../etc/passwd"}, "timezone", "is not a time zone"),
        ("referrals", {"from_contact_id": "a", "to_contact_id": "a"}, "to_contact_id", "two diff"),
        ("debriefs", {"would_work_there": 0}, "would_work_there", "from 1 to 5"),
    ],
)
def test_a_wrong_value_is_said_in_words(table, values, column, says):
    assert says in problems(table, **values)[column]


def test_every_wrong_column_is_said_at_once():
    assert list(problems("contacts", name="", email="x")) == ["name", "email"]


def test_minutes_at_both_bounds_are_allowed():
    for minutes in (5, 480):
        starts_at = datetime(2026, 11, 20, tzinfo=UTC)
        assert row("interviews", contact_id="c", starts_at=starts_at, minutes=minutes)


def test_a_clock_time_and_a_zone_make_an_instant():
    made = row("interviews", contact_id="c", starts_at="2026-07-01 14:30", timezone="Asia/Kolkata")
    assert made.starts_at.astimezone(UTC) == datetime(2026, 7, 1, 9, tzinfo=UTC)


def test_an_instant_is_kept_and_shown_in_its_zone():
    made = row("interviews", contact_id="c", starts_at="2026-07-01T09:00Z", timezone="Asia/Kolkata")
    assert made.starts_at.isoformat() == "2026-07-01T14:30:00+05:30"


ODD_YEARS = ["0026-11-20T14:30", "1900-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00"]


@pytest.mark.parametrize("starts_at", ODD_YEARS)
@pytest.mark.parametrize("zone", ["", "America/New_York", "Pacific/Kiritimati"])
def test_a_year_that_cannot_be_meant_is_refused_in_every_zone(starts_at, zone):
    said = problems("interviews", contact_id="c", starts_at=starts_at, timezone=zone)
    assert list(said) == ["starts_at"]
    assert "from 1980 to 2199 and a time, as in 2026-11-20 14:30" in said["starts_at"]


@given(st.datetimes(datetime(1980, 1, 2), datetime(2199, 12, 30)), st.sampled_from(
    ["", *sorted(available_timezones())]))  # fmt: skip
def test_every_instant_that_is_taken_can_be_read_back(at, zone):
    try:
        made = row("interviews", contact_id="c", starts_at=at, timezone=zone)
    except InvalidRow as error:
        assert "clocks change" in str(error)
        return
    again = row("interviews", contact_id="c", starts_at=made.starts_at.isoformat(), timezone=zone)
    assert again.starts_at == made.starts_at


def test_a_clock_time_that_the_change_of_clocks_skips_is_refused():
    said = problems(
        "interviews", contact_id="c", starts_at="2026-03-08 02:30", timezone="America/New_York"
    )
    assert "02:30 does not exist on that day in America/New_York" in said["starts_at"]


def test_a_blank_number_or_day_is_missing_and_never_zero():
    assert row("debriefs", interview_id="i", would_work_there="").would_work_there is None
    assert row("tasks", task="call", due_on="").due_on is None


def test_a_new_row_starts_with_what_most_people_mean():
    made = row("interviews", contact_id="c", starts_at="2026-07-01T09:00Z")
    assert (made.minutes, made.status, made.format) == (20, "proposed", "video")  # R15
    assert row("goals", stage="general research", objective="look around").set_on == date.today()


def test_the_permission_to_use_a_name_is_not_assumed():  # R28
    made = row("referrals", from_contact_id="a", to_contact_id="b")
    assert made.may_use_name == "not asked"


def test_the_data_dictionary_says_what_the_tables_say():
    assert (CHECKOUT / "data" / "README.md").read_text(encoding="utf-8") == data_dictionary()
