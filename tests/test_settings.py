"""The course's settings: the defaults of the guides, and a plain word on every wrong value."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import workbook
from ii_helpers.errors import SettingsInvalid
from ii_helpers.settings import PAGES, Course, read_course

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "course.toml"


@pytest.fixture
def course(tmp_path):
    """Write a course.toml and read it."""

    def read(text):
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return read_course(path)

    return read


# --- the defaults ----------------------------------------------------------------------------


def test_the_shipped_file_says_what_the_defaults_are():
    assert read_course(SHIPPED) == Course()


def test_the_shipped_file_names_every_setting():
    written = SHIPPED.read_text(encoding="utf-8")
    for part, field in Course.model_fields.items():
        assert f"\n[{part}]" in written
        for name in field.annotation.model_fields:
            assert f"\n{name} = " in written or f"\n# {name} = " in written, (part, name)


def test_the_optional_lines_of_the_shipped_file_are_valid_once_used(course):
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    used = [line[2:] if line.startswith("# ") and " = 2026" in line else line for line in lines]
    settings = course("\n".join(used))
    assert settings.targets.interviews_by == date(2026, 12, 1)
    assert settings.course.ends_on == date(2026, 12, 18)


# R30 R15 R21 R25 R23 R8 R18 R12: where the guides disagree, in the order of requirements.md
def test_each_setting_the_guides_disagree_on_has_its_default():
    c = Course()
    thanks = c.thank_you
    assert (thanks.aim_hours, thanks.late_hours, thanks.overdue_days) == (24, 48, 7)
    assert c.interview.minutes == (20, 25, 30) and c.interview.default_minutes == 20
    assert c.interview.questions_planned == 6
    assert (c.interview.arrive_early_minutes, c.interview.join_early_minutes) == (10, 5)
    assert c.interview.resume == "carry"
    assert c.interview.first_people == "known people"
    assert c.follow_up.business_days == (5,)
    assert c.keep_in_touch.days == 90
    assert c.targets.interviews_per_occupation == 4


def test_no_file_means_the_defaults(tmp_path):
    assert read_course(tmp_path / "course.toml") == Course()


def test_an_empty_file_means_the_defaults(course):
    assert course("") == Course()


def test_a_workbook_has_the_settings_beside_its_logs(tmp_path):
    (tmp_path / "course.toml").write_text("[targets]\ncontacts = 3\n", encoding="utf-8")
    assert ii.open_workbook(tmp_path / "log").course.targets.contacts == 3
    assert workbook.Course is Course and workbook.read_course is read_course


def test_the_pages_are_the_notebooks_that_there_are():
    there = {page.stem for page in (SHIPPED.parent.parent / "notebooks").glob("*.ipynb")}
    assert there <= set(PAGES)


# --- what is accepted ------------------------------------------------------------------------


def test_a_file_saved_on_windows_is_read(tmp_path):
    path = tmp_path / "course.toml"
    path.write_bytes("\ufeff[targets]\r\ncontacts = 7\r\n".encode())
    assert read_course(path).targets.contacts == 7


def test_a_date_in_quotes_is_meant_as_a_date(course):
    assert course('targets.interviews_by = "2026-12-01"').targets.interviews_by == date(2026, 12, 1)


def test_no_follow_up_at_all_is_a_choice(course):
    assert course("[follow_up]\nbusiness_days = []").follow_up.business_days == ()


# --- what is wrong ---------------------------------------------------------------------------

WRONG = {
    "text for a number": (
        '[thank_you]\n\naim_hours = "soon"',
        'course.toml, line 3: thank_you.aim_hours is "soon". '
        "It must be a whole number from 1 to 720.",
    ),
    "true for a number": (
        "[targets]\ncontacts = true",
        "course.toml, line 2: targets.contacts is true. It must be a whole number from 0 to 1000.",
    ),
    "half a question": (
        "[interview]\nquestions_planned = 5.5",
        "course.toml, line 2: interview.questions_planned is 5.5. "
        "It must be a whole number from 1 to 20.",
    ),
    "out of bounds": (
        "targets.contacts = -1",
        "course.toml, line 1: targets.contacts is -1. It must be a whole number from 0 to 1000.",
    ),
    "not a choice": (
        '[interview]\nresume = "send"',
        'course.toml, line 2: interview.resume is "send". It must be one of "carry", "enclose".',
    ),
    "a list over several lines": (
        "[interview]\nminutes = [\n  20,\n  3,\n]",
        "course.toml, line 2: interview.minutes holds 3. It must be a list of at least one and "
        "at most 20 whole numbers from 5 to 480, each larger than the one before.",
    ),
    "not rising": (
        "[follow_up]\nbusiness_days = [7, 3]",
        "course.toml, line 2: follow_up.business_days is [7, 3]. It must be a list of at most 20 "
        "whole numbers from 1 to 60, each larger than the one before, or empty: [].",
    ),
    "one number for a list": (
        "follow_up = {business_days = 5}",
        "course.toml, line 1: follow_up.business_days is 5. It must be a list of at most 20 whole "
        "numbers from 1 to 60, each larger than the one before, or empty: [].",
    ),
    "no such page": (
        '[pages]\nused = ["06_more"]',
        'course.toml, line 2: pages.used holds "06_more". It must be a list with at least one of '
        '"00_start_here", ',
    ),
    "no page at all": (
        "[pages]\nused = []",
        "course.toml, line 2: pages.used is []. It must be a list with at least one of ",
    ),
    "a list that is too long": (
        f"[follow_up]\nbusiness_days = {list(range(1, 25))}",
        "course.toml, line 2: follow_up.business_days is [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, "
        "13, 14, 15, 16, 17, 18, 19, 20, 21, 22,…. It must be a list of at most 20 whole numbers",
    ),
    "a date that is none": (
        '[targets]\ninterviews_by = "December"',
        'course.toml, line 2: targets.interviews_by is "December". '
        "It must be a date, as in 2026-12-01, or left out.",
    ),
    "a key misspelled": (
        "[thank_you]\nlate_hour = 48",
        "course.toml, line 2: thank_you.late_hour is not a setting. Did you mean late_hours?",
    ),
    "a part misspelled": (
        "[target]\ncontacts = 4",
        "course.toml, line 1: target is not a setting. Did you mean targets?",
    ),
    "a key that is like none": (
        "[follow_up]\nzzz = 1",
        "course.toml, line 2: follow_up.zzz is not a setting. There are: business_days.",
    ),
    "a part that is a number": (
        "targets = 4",
        "course.toml, line 1: [targets] must be a part with settings of its own, "
        "under a line [targets].",
    ),
    "no name": (
        '[course]\nname = ""',
        'course.toml, line 2: course.name is "". '
        "It must be a text in quotes of at least one and at most 200 characters.",
    ),
    "late before the aim": (
        "[thank_you]\naim_hours = 48\nlate_hours = 24",
        "course.toml, line 3: thank_you.late_hours is 24. It must be at least aim_hours (48).",
    ),
    "overdue before late": (
        "[thank_you]\noverdue_days = 1",
        "course.toml, line 2: thank_you.overdue_days is 1. "
        "It must be not before late_hours (48 hours).",
    ),
    "a default that cannot be chosen": (
        "[interview]\nminutes = [20, 30]\ndefault_minutes = 25",
        "course.toml, line 3: interview.default_minutes is 25. "
        "It must be one of minutes (20, 30).",
    ),
    "a course that ends before it starts": (
        "[course]\nstarts_on = 2026-09-01\nends_on = 2026-08-01",
        "course.toml, line 3: course.ends_on is 2026-08-01. "
        "It must be on or after starts_on (2026-09-01).",
    ),
    "a target after the course": (
        "[course]\nends_on = 2026-12-18\n[targets]\ninterviews_by = 2027-01-05",
        "course.toml, line 4: targets.interviews_by is 2027-01-05. "
        "It must be within the course: on or before 2026-12-18.",
    ),
}  # fmt: skip


def test_every_wrong_value_is_said_at_once_in_the_order_of_the_file(course):
    with pytest.raises(SettingsInvalid, match="line 2: .*line 4: ") as caught:
        course("[targets]\nrequests = -4\n[thank_you]\naim_hours = 0")
    assert (caught.value.column, caught.value.value) == ("targets.requests", -4)


def test_a_value_left_at_its_default_has_no_line_of_its_own(course):
    with pytest.raises(SettingsInvalid, match=r"course.toml, thank_you.late_hours is 48"):
        course("[thank_you]\naim_hours = 50")


NO_TOML = {
    "a day that there is not": (
        "[course]\n# when\nstarts_on = 2026-02-30  # a Monday",
        "course.toml, line 3: course.starts_on is 2026-02-30. "
        "It must be a date, as in 2026-12-01, or left out.",
    ),
    "a date of another form": (
        "[course]\nstarts_on = 01.09.2026",
        "course.toml, line 2: course.starts_on is 01.09.2026. "
        "It must be a date, as in 2026-12-01, or left out.",
    ),
    "no quotes": (
        "[course]\nname = Speech 101\ninstructor = \"Ana\"",
        "course.toml, line 2: course.name is Speech 101. "
        "It must be a text in quotes of at least one and at most 200 characters.",
    ),
    "quotes of a word processor": (
        "course.name = “Speech 101”",
        "course.toml, line 1: course.name is “Speech 101”. It must be a text in quotes of at "
        "least one and at most 200 characters. The quotes must be straight ones: \"",
    ),
    "a list over several lines, one without quotes": (
        '[pages]\nused = [\n  "00_start_here",\n  02_outreach,\n]',
        "course.toml, line 4: pages.used holds 02_outreach. It must be a list with at least one",
    ),
    "a quote that is not closed": (
        '[targets]\ncontacts = 3\n[interview]\nresume = "carry',
        'course.toml, line 4: interview.resume is "carry. It must be one of "carry", "enclose".',
    ),
    "quotes within quotes": (
        '[course]\ninstructor = "Dana "Dee" Ruiz"',
        'course.toml, line 2: course.instructor is "Dana "Dee" Ruiz". It must be a text in quotes '
        'of at most 200 characters. Begin and end it with "; in between write \\" for " and '
        "\\\\ for \\.",
    ),
    "an apostrophe within such quotes": (
        "[course]\ninstructor = 'Sam O’Hara, Pat O'Hara'",
        "course.toml, line 2: course.instructor is 'Sam O’Hara, Pat O'Hara'. It must be a text "
        'in quotes of at most 200 characters. Begin and end it with ";',
    ),
    "a backslash": (
        '[course]\nname = "AC\\DC"',
        'course.toml, line 2: course.name is "AC\\DC". It must be a text in quotes of at least one '
        'and at most 200 characters. Begin and end it with "; in between write',
    ),
    "nothing": (
        "[targets]\ncontacts =\nrequests = 3\n",
        "course.toml, line 2: targets.contacts is empty. It must be a whole number from 0 to 1000.",
    ),
    "a number with a comma": (
        "[targets]\nrequests = 1,000",
        "course.toml, line 2: targets.requests is 1,000. "
        "It must be a whole number from 0 to 1000.",
    ),
    "a sign too much": (
        "[targets]\ncontacts == 3\n",
        "course.toml, line 2: targets.contacts is = 3. It must be a whole number from 0 to 1000.",
    ),
    "twice": (
        "[targets]\ncontacts = 3\ncontacts = 4\n",
        "course.toml cannot be read as settings: cannot overwrite a value (at line 3",
    ),
    "no setting of ours": (
        "[targets]\nzzz = soon",
        "course.toml cannot be read as settings: invalid value (at line 2",
    ),
}  # fmt: skip


ALL = WRONG | NO_TOML


@pytest.mark.parametrize(("text", "said"), ALL.values(), ids=ALL.keys())
def test_a_wrong_value_names_its_line_its_key_and_what_is_allowed(course, text, said):
    with pytest.raises(SettingsInvalid, match="course.toml") as caught:
        course(text)
    assert str(caught.value).startswith(said)
    assert caught.value.path.name == "course.toml"
    assert bool(caught.value.column) is ("cannot be read as settings" not in said)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"[targets]\ncontacts\n", "cannot be read as settings: .*line 2"),
        (b"[course]\nname = \"Universit\xe9\"\n", "not in UTF-8"),
        (b"a = " + b"[" * 20_000, "cannot be read as settings"),
        (b"#" * 60_000, "larger than any course's settings"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_toml_is_refused_in_plain_words(tmp_path, raw, said):
    path = tmp_path / "course.toml"
    path.write_bytes(raw)
    with pytest.raises(SettingsInvalid, match=said):
        read_course(path)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "course.toml").mkdir()
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        read_course(tmp_path / "course.toml")


_words = st.text(st.characters(codec="utf-8", exclude_characters='"\\\x7f', min_codepoint=32))


@given(
    before=st.lists(st.one_of(_words.map(lambda w: "# " + w), st.just("")), max_size=5),
    name=_words.filter(lambda w: 0 < len(w) <= 200),
    wrong=st.one_of(st.booleans(), st.integers(max_value=-1), st.integers(min_value=1001)),
)
def test_the_line_named_is_the_line_of_the_wrong_value(tmp_path_factory, before, name, wrong):
    before = [line.replace("\x85", "").replace("\u2028", "") for line in before]
    text = "\n".join(
        [*before, "[course]", f'name = "{name}"', "[targets]", f"contacts = {str(wrong).lower()}"]
    )
    tomllib.loads(text)
    path = tmp_path_factory.mktemp("course") / "course.toml"
    path.write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(SettingsInvalid, match=f"^course.toml, line {len(before) + 4}: targets"):
        read_course(path)


@given(st.binary(max_size=200))
def test_whatever_bytes_stand_there_a_course_or_one_clear_error_comes_back(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("course") / "course.toml"
    path.write_bytes(raw)
    try:
        assert isinstance(read_course(path), Course)
    except SettingsInvalid as error:
        assert "course.toml" in str(error)
