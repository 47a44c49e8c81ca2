"""Notebook 01: criteria, occupations, what is wanted and known, and the objective."""

from datetime import date

import pytest

import ii_helpers as ii
from ii_helpers import measures
from ii_helpers.stages import research
from ii_helpers.tables import CATEGORIES, CRITERION_KINDS
from tests.stage_widgets import named, press, said, walk

LIST = (
    "O*NET-SOC Code\tTitle\tDescription\r\n"
    '15-2051.02\tClinical Data Managers\t"Look after data of health studies, with care."\r\n'
    "17-2072.00\tElectronics Engineers\tDesign parts for sound and speech.\r\n"
    "29-1127.00\tSpeech-Language Pathologists\tTreat people with speech disorders.\r\n"
    "\t\t\r\n"
)


@pytest.fixture
def listed(wb):
    path = wb.folder.parent / research.OCCUPATION_FILE
    path.write_text(LIST, encoding="utf-8-sig", newline="")
    return research.occupation_list(wb)


def occupation(wb, title="Speech engineer", **more):
    return wb.occupations.append(title=title, **more)


# --- what matters, and occupations ---------------------------------------------------------


def test_there_are_prompts_for_every_kind_of_criterion(wb):  # R4
    assert set(research.PROMPTS) == set(CRITERION_KINDS)
    shown = said(research.criteria(wb))
    for prompts in research.PROMPTS.values():
        assert len(prompts) >= 3 and prompts[0].split()[0] in shown


def test_a_saved_criterion_stands_in_the_table_by_importance(wb):  # R4
    wb.criteria.append(kind="value", statement="honest <b>work</b>", importance=3)
    wb.criteria.append(kind="skill", statement="Python", importance=5)
    shown = said(research.criteria(wb))
    assert shown.index("Python") < shown.index("honest &lt;b&gt;work")


def test_the_occupation_list_is_read_where_the_learner_put_it(listed):
    assert [one.title for one in listed] == [
        "Clinical Data Managers",
        "Electronics Engineers",
        "Speech-Language Pathologists",
    ]
    assert listed[0].description == "Look after data of health studies, with care."


def test_an_occupation_is_found_by_title_first_and_then_by_its_description(listed):
    def find(typed):
        return [one.title for one in research.find_occupations(listed, typed)]

    assert find("speech") == ["Speech-Language Pathologists", "Electronics Engineers"]
    assert find("clinical data manager") == ["Clinical Data Managers"]
    assert find("  ") == find("welder") == find("( ,") == []
    assert find("/ speech") == find("speech")


def test_choosing_a_listed_occupation_keeps_its_code_and_description(wb, listed):
    panel = research.occupations(wb)
    named(panel, "Find an occupation in O*NET's list").value = "clinical data managers"
    press(panel, "Save occupation")
    (row,) = wb.occupations.rows()
    assert (row.title, row.soc_code) == ("Clinical Data Managers", "15-2051.02")
    assert row.description.startswith("Look after data")


def test_words_about_the_work_lead_to_a_choice(wb, listed):
    panel = research.occupations(wb)
    named(panel, "Find an occupation in O*NET's list").value = "disorders"
    named(panel, "Found").value = "Speech-Language Pathologists"
    press(panel, "Save occupation")
    assert wb.occupations.rows()[0].soc_code == "29-1127.00"


def test_without_the_list_any_kind_of_work_can_be_typed(wb):
    panel = research.occupations(wb)
    assert research.occupation_list(wb) == () and "Occupation Data.txt" in said(panel)
    # The field comes first; the file is for those who open it.
    shown = list(walk(panel))
    (hint,) = [part for part in shown if "Occupation Data.txt" in str(getattr(part, "value", ""))]
    assert shown.index(hint) > shown.index(named(panel, "Occupation *"))
    assert hint.value.startswith("<details><summary>More")
    named(panel, "Occupation *").value = "Speech systems engineer"
    press(panel, "Save occupation")
    assert wb.occupations.rows()[0].title == "Speech systems engineer"


# --- what is wanted and known ---------------------------------------------------------------


def test_what_is_wanted_is_kept_and_ticked_off_by_reading_and_by_people(wb):  # R7
    kind = occupation(wb)
    panel = research.wanted(wb)
    for category in ("salary", "hiring", "demand"):
        words = f"{category}: {research.WANTS_WORDS[category]}"
        named(panel, words).value = True
    press(panel, "Save what you want to know")
    assert research.wanted_categories(wb.occupations.get(kind.id)) == ["salary", "demand", "hiring"]

    wb.findings.append(occupation_id=kind.id, category="salary", finding="x", source="y")
    who = wb.contacts.append(name="Ana Silva")
    meeting = wb.interviews.append(
        contact_id=who.id, occupation_id=kind.id, starts_at="2026-11-20T10:00:00+00:00"
    )
    wb.questions.append(
        interview_id=meeting.id, category="hiring", text="How?", outcome="asked", answer="So."
    )
    wb.questions.append(
        interview_id=meeting.id, category="demand", text="Who?", outcome="not reached"
    )
    known = {row["category"]: row for row in research.knowledge(wb, kind.id)}
    assert list(known) == list(CATEGORIES)
    assert known["salary"]["n_findings"] == 1 and known["hiring"]["n_people"] == 1
    assert known["demand"]["open"] == ["Who?"] and known["demand"]["n_answers"] == 0
    assert said(panel).count("✓ known") == 2  # the panel stays fresh


def test_of_findings_of_one_day_the_one_saved_last_stands_first(wb):
    for words, day in (("A river", 1), ("A lake", 20), ("A well", 20)):
        wb.findings.append(finding=words, source="a book", found_on=date(2026, 11, day))
    shown = said(research.findings(wb))
    assert shown.index("A well") < shown.index("A lake") < shown.index("A river")


def test_of_many_findings_the_caption_says_how_many_are_shown(wb):
    wb.findings.append_many({"finding": f"A river {n}", "source": "a book"} for n in range(31))
    shown = said(research.findings(wb))
    assert "the newest first (30 of 31)" in shown and shown.count("A river") == 30


def test_two_answers_of_one_person_are_one_person(wb):
    kind, who = occupation(wb), wb.contacts.append(name="Ana Silva")
    for day in (20, 21):
        meeting = wb.interviews.append(
            contact_id=who.id, occupation_id=kind.id, starts_at=f"2026-11-{day}T10:00:00+00:00"
        )
        wb.questions.append(
            interview_id=meeting.id, category="salary", text="?", outcome="asked", answer="yes"
        )
    (row,) = [r for r in research.knowledge(wb, kind.id) if r["category"] == "salary"]
    assert (row["n_answers"], row["n_people"]) == (2, 1)


def test_a_meeting_is_about_what_the_person_does_where_it_does_not_say(wb):
    kind = occupation(wb)
    who = wb.contacts.append(name="Ana Silva", occupation_id=kind.id)
    meeting = wb.interviews.append(contact_id=who.id, starts_at="2026-11-20T10:00:00+00:00")
    wb.questions.append(
        interview_id=meeting.id, category="salary", text="?", outcome="asked", answer="yes"
    )
    (row,) = [r for r in research.knowledge(wb, kind.id) if r["category"] == "salary"]
    assert row["n_people"] == 1


def test_people_heard_are_those_of_the_review(wb):  # R12
    kind = occupation(wb)
    for name, status, outcome in (
        ("Ana", "held", "asked"), ("Bo", "confirmed", "asked"), ("Cem", "cancelled", "asked"),
        ("Dee", "held", "planned"),
    ):  # fmt: skip
        who = wb.contacts.append(name=name, occupation_id=kind.id)
        meeting = wb.interviews.append(
            contact_id=who.id, starts_at="2026-11-20T10:00:00+00:00", status=status
        )
        wb.questions.append(
            interview_id=meeting.id, category="salary", text="?", outcome=outcome, answer="So."
        )
    known = {row["category"]: row["n_people"] for row in research.knowledge(wb, kind.id)}
    voices = measures.voices.records(wb)
    assert known == {row["category"]: row["n_voices"] for row in voices}
    assert known["salary"] == 2


def test_ticks_that_are_not_saved_are_kept_with_their_occupation(wb):
    kind, other = occupation(wb), occupation(wb, "Data manager")
    panel = research.wanted(wb)
    picker = named(panel, "Occupation")
    picker.value = kind.id
    salary = named(panel, "salary: what it pays, and how pay grows")
    salary.value = True
    assert "Not saved yet: what you want to know of Speech engineer. Press" in said(panel)
    picker.value = other.id
    assert salary.value is False and "of Speech engineer. Choose it above and press" in said(panel)
    assert "Saved: what you want to know." in press(panel, "Save what you want to know")
    picker.value = kind.id
    assert salary.value is True

    again = research.wanted(ii.open_workbook(wb.folder))  # the next day
    named(again, "Occupation").value = kind.id
    assert named(again, "salary: what it pays, and how pay grows").value is True
    press(again, "Save what you want to know")
    assert "Not saved yet" not in said(again)
    assert research.wanted_categories(ii.open_workbook(wb.folder).occupations.get(kind.id)) == [
        "salary"
    ]


# --- ratings and comparison ------------------------------------------------------------------


def test_a_blank_rating_is_not_saved_and_the_last_one_stands_beside_the_field(wb):
    kind = occupation(wb)
    hearing = wb.criteria.append(kind="interest", statement="Hearing", importance=5)
    wb.criteria.append(kind="skill", statement="Python", importance=2)
    panel = research.first_ratings(wb)
    named(panel, "Occupation to rate").value = kind.id
    assert "Rate at least one" in press(panel, "Save ratings")
    named(panel, "Hearing").value = 4
    assert "Saved: 1 rating of Speech engineer" in press(panel, "Save ratings")
    (row,) = wb.fit_ratings.rows()
    assert (row.criterion_id, row.rating, row.interview_id) == (hearing.id, 4, "")
    assert "Last: 4 - good" in said(panel) and named(panel, "Hearing").label == "(not rated)"


def test_ratings_that_are_not_saved_are_kept_with_their_occupation(wb):
    kind, other = occupation(wb), occupation(wb, "Data manager")
    wb.criteria.append(kind="interest", statement="Hearing", importance=5)
    panel = research.first_ratings(wb)
    picker = named(panel, "Occupation to rate")
    picker.value = kind.id
    named(panel, "Hearing").value = 4
    assert "Not saved yet: your ratings of Speech engineer. Press Save ratings." in said(panel)
    wb.criteria.append(kind="skill", statement="Python", importance=2)  # step 1, meanwhile
    assert named(panel, "Hearing").value == 4
    picker.value = other.id
    assert named(panel, "Hearing").value == "" and "of Speech engineer. Choose it" in said(panel)
    named(panel, "Hearing").value = 2
    assert "of Speech engineer and Data manager. Choose each" in said(panel)
    assert "Not saved yet: your ratings of Speech engineer." in press(panel, "Save ratings")

    again = research.first_ratings(ii.open_workbook(wb.folder))  # the next day
    named(again, "Occupation to rate").value = kind.id
    assert named(again, "Hearing").value == 4
    assert "Not saved yet" not in press(again, "Save ratings")
    assert [(row.occupation_id, row.rating) for row in again_rows(wb)] == [
        (other.id, 2), (kind.id, 4),
    ]  # fmt: skip


def again_rows(wb):
    return ii.open_workbook(wb.folder).fit_ratings.rows()


def test_the_last_rating_is_the_one_that_the_fit_counts(wb):
    # Two meetings of a week are debriefed on its Saturday, the later one first.
    kind, who = occupation(wb), wb.contacts.append(name="Ana Silva")
    calm = wb.criteria.append(kind="value", statement="Calm", importance=4)
    for day, rating in ((19, 5), (17, 2)):
        meeting = wb.interviews.append(contact_id=who.id, starts_at=f"2026-11-{day}T10:00:00+00:00")
        wb.fit_ratings.append(
            occupation_id=kind.id, criterion_id=calm.id, interview_id=meeting.id, rating=rating,
            rated_on="2026-11-21",
        )  # fmt: skip
    assert research.last_ratings(wb)[kind.id, calm.id].rating == 5
    assert measures.fit.records(wb)[-1]["fit"] == 100
    assert "5 - great (after Ana Silva)" in said(research.side_by_side(wb))


def test_side_by_side_tells_a_guess_from_what_people_said(wb):
    one, other = occupation(wb), occupation(wb, "Data manager")
    criterion = wb.criteria.append(kind="value", statement="Calm", importance=4)
    who = wb.contacts.append(name="Ana Silva")
    meeting = wb.interviews.append(contact_id=who.id, starts_at="2026-11-20T10:00:00+00:00")
    wb.fit_ratings.append(occupation_id=one.id, criterion_id=criterion.id, rating=2)
    wb.fit_ratings.append(
        occupation_id=other.id, criterion_id=criterion.id, rating=5, interview_id=meeting.id
    )
    shown = said(research.side_by_side(wb))
    assert "2 - weak (a guess)" in shown and "5 - great (after Ana Silva)" in shown


def test_two_occupations_of_one_title_keep_their_columns(wb):
    occupation(wb), occupation(wb)
    wb.criteria.append(kind="value", statement="Calm", importance=4)
    assert "Speech engineer (2)" in said(research.side_by_side(wb))
    wb.occupations.append(title="Speech engineer (2)")
    assert said(research.side_by_side(wb)).count("not rated") == 3


# --- objective and check ------------------------------------------------------------------------


def test_the_page_shows_how_the_objective_moved(wb):  # R3
    wb.goals.append(set_on=date(2026, 11, 9), stage="comparing fields", objective="Later")
    wb.goals.append(set_on=date(2026, 11, 2), stage="general research", objective="First")
    shown = said(research.objective(wb))
    assert shown.index("First") < shown.index("Later")


def test_the_check_names_the_next_step_and_never_raises(wb, example):
    assert [kind for kind, _ in research.research_done(wb)] == ["next"] * 3
    assert {kind for kind, _ in research.research_done(example)} == {"ok"}


def test_the_check_stays_short_with_many_occupations(wb):
    for n in range(7):
        kept = wb.occupations.append(title=f"Kind {n}")
        if n == 6:
            wb.findings.append(occupation_id=kept.id, finding="It is loud", source="a film")
    texts = [text for _, text in research.research_done(wb)]
    assert [text for text in texts if "Read up on Kind" in text] == [
        f"Read up on Kind {n} and keep what you find: step 4." for n in range(4)
    ]
    assert "1 finding about Kind 6." in texts
    assert "Nothing is kept yet about 2 more occupations: rule out what you let go of." in texts


def test_every_panel_opens_on_an_empty_and_on_a_filled_workbook(wb, example):
    for book in (wb, example):
        for make in (
            research.criteria, research.occupations, research.wanted, research.findings,
            research.first_ratings, research.side_by_side, research.objective,
            research.check_research,
        ):  # fmt: skip
            assert make(book) is not None
