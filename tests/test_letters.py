import re
from datetime import date
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import tables
from ii_helpers.letters import FACTS, KINDS, NETWORK_LIMIT, NETWORK_SITE, check, draft
from ii_helpers.letters.facts import Facts
from ii_helpers.letters.wording import SHIPPED
from tests.labelled import letters as labelled

TODAY = date(2026, 11, 21)


@pytest.fixture
def full(wb):
    """A workbook in which nothing is missing; `full.ana` has been met, `full.okafor` sent us."""
    wb.learner.append(
        name="Mei Chen",
        introduction="a second-year student of speech science at Example College",
        email="mei@example.org",
        phone="555-0100",
        timezone="America/New_York",
    )
    occupation = wb.occupations.append(title="speech systems engineer")
    lumen = wb.organizations.append(name="Lumen Labs")
    wb.okafor = wb.contacts.append(name="Emeka Okafor", salutation="Prof.", how_known="teacher")
    wb.ana = wb.contacts.append(
        name="Ana Silva",
        salutation="Dr.",
        job_title="Speech engineer",
        organization_id=lumen.id,
        occupation_id=occupation.id,
        email="ana@example.org",
        how_known="referred by a contact",
        why_them="Your team builds captions for classrooms.",
    )
    wb.lee = wb.contacts.append(name="Lee Wong")
    wb.link = wb.referrals.append(
        from_contact_id=wb.okafor.id, to_contact_id=wb.ana.id, may_use_name="yes"
    )
    wb.messages.append(contact_id=wb.ana.id, sent_at="2026-11-10T10:00")
    return wb


@pytest.fixture
def met(full):
    """The same after a meeting with Ana, in which she named Lee."""
    full.meeting = full.interviews.append(
        contact_id=full.ana.id, starts_at="2026-11-18T15:00", timezone="Europe/Lisbon",
        place="https://meet.example.org/x", status="held",
    )  # fmt: skip
    full.debriefs.append(
        interview_id=full.meeting.id,
        learned="Most of the work is cleaning data.",
        advice="Learn SQL first.",
    )
    full.referrals.append(
        from_contact_id=full.ana.id, to_contact_id=full.lee.id, interview_id=full.meeting.id
    )
    return full


def rules(advice):
    return [a.rule for a in advice]


def is_whole(letter):
    """No blank, no leftover, no broken sentence."""
    for text in (letter.subject, letter.body):
        assert text.strip() == text and text
        assert not re.search(r"  |\{|\}|\[|\]|None|nan| ,| \.|\.\.|[\ue000-\ue0ff]|\n\n\n", text), (
            text
        )
    for paragraph in letter.body.split("\n\n"):
        assert re.match(r"[\"A-Z0-9]", paragraph), paragraph


# --- drafts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_alone_makes_a_whole_letter_that_says_what_it_lacks(wb, kind):
    ana = wb.contacts.append(name="Ana Silva")
    letter = draft(kind, wb, ana.id)
    is_whole(letter)
    assert "Ana Silva" in letter.body or kind == "permission"
    assert "name" in letter.missing and set(letter.missing) <= set(FACTS)


@pytest.mark.parametrize("channel", list(tables.CHANNELS))
def test_a_request_by_any_channel_is_whole_with_one_fact_or_all(wb, full, channel):
    bare = wb.contacts.append(name="Bo")
    for contact in (bare, full.ana):
        is_whole(draft("request", wb, contact.id, channel=channel, today=TODAY))


def test_the_request_says_all_that_a_request_says(full):  # R14
    letter = draft("request", full, full.ana.id)
    assert letter.missing == () and letter.notes == ()
    assert letter.body == (
        "Dear Dr. Ana Silva,\n\n"
        "My name is Mei Chen, and I am a second-year student of speech science at Example College. "
        "Prof. Emeka Okafor suggested that I contact you. "
        "I am exploring the work of a speech systems engineer. "
        "I am writing to you in particular because your team builds captions for classrooms.\n\n"
        "I am looking for advice and information, not for a job interview. "
        "Could we talk for 20 minutes, by phone, by video or at your workplace, whenever it "
        "suits you? I will gladly fit in with your days.\n\n"
        "You can reach me by replying here, or at mei@example.org or 555-0100. "
        "Thank you for your time.\n\n"
        "Kind regards,\nMei Chen\nmei@example.org\n555-0100"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_draft_passes_its_own_check(met, kind):
    met.interviews.append(
        contact_id=met.ana.id, starts_at="2026-12-01T15:00", timezone="Europe/Lisbon",
        place="https://meet.example.org/x", status="confirmed",
    )  # fmt: skip
    letter = draft(kind, met, met.ana.id, today=TODAY, news="I finished the SQL course.")
    assert letter.missing == ()
    assert check(letter.body, kind, wb=met, contact_id=met.ana.id) == []
    assert check(letter.body, kind) == []


@pytest.mark.parametrize("channel", ["email", "letter", NETWORK_SITE, "phone", "in person"])
def test_a_full_request_passes_its_own_check_by_each_channel(full, channel):
    letter = draft("request", full, full.ana.id, channel=channel)
    kind = "call script" if channel in ("phone", "in person") else "request"
    assert check(letter.body, kind, channel=channel, wb=full, contact_id=full.ana.id) == []


@pytest.mark.parametrize("how", ii.tables.HOW_KNOWN)
def test_every_way_of_knowing_someone_passes_the_check(full, how):  # R8 R9
    known = full.contacts.revise(full.lee.id, how_known=how, why_them="you built the archive")
    letter = draft(
        "request", full, known.id, how_found="I found your name in the archive's report."
    )
    assert check(letter.body, wb=full, contact_id=known.id) == []


@pytest.mark.parametrize("permission", ["no", "not asked"])
@pytest.mark.parametrize("kind", ["request", "follow-up", "call script"])
def test_a_referrer_is_named_only_with_permission(full, permission, kind):
    full.referrals.revise(full.link.id, may_use_name=permission)
    letter = draft(kind, full, full.ana.id)
    assert "Okafor" not in letter.body
    assert "Emeka Okafor" in letter.notes[0]
    assert "Okafor" not in draft(kind, full, full.ana.id, referrer="Emeka Okafor").body


def test_naming_someone_without_permission_is_advised_against(full):
    full.referrals.revise(full.link.id, may_use_name="not asked")
    text = draft("request", full, full.ana.id).body + "\nEmeka Okafor sends regards."
    found = check(text, wb=full, contact_id=full.ana.id)
    assert [(a.rule, a.quote) for a in found] == [("permission", "Emeka Okafor")]


def test_details_count_more_than_the_log(full):
    letter = draft(
        "request", full, full.ana.id, minutes=25, field="marine biology", me="a nurse in training",
        why_them="you left the ward for the sea", ways_to_meet="on a walk by the harbor",
    )  # fmt: skip
    for words in ("25 minutes", "work in marine biology", "Mei Chen, and I am a nurse in training",
                  "because you left the ward", "on a walk by the harbor"):  # fmt: skip
        assert words in letter.body
    assert "speech" not in letter.body and "captions" not in letter.body


@pytest.mark.parametrize(
    "field, words",
    [
        ("speech systems engineer", "the work of a speech systems engineer"),
        ("audiologist", "the work of an audiologist"),
        ("Speech-Language Pathologists", "the work of speech-language pathologists"),
        ("EEG technician", "the work of an EEG technician"),
        ("clinical data management", "work in clinical data management"),
        ("Director of nursing", "the work of a director of nursing"),
        ("UX designer", "the work of a UX designer"),
        ("German Translator", "the work of a German translator"),
        ("Architect", "the work of an architect"),
        ("surgeons", "the work of surgeons"),
        ("CEO", "the work of a CEO"),
        ("Data analyst", "the work of a data analyst"),
        ("X-ray technician", "the work of an X-ray technician"),
        ("Uber driver", "the work of an Uber driver"),
        ("landscape architecture", "work in landscape architecture"),
        ("nursing", "work in nursing"),
        ("the work of a chef", "the work of a chef"),
        ("a nurse", "the work of a nurse"),
        ("I want to be a baker", "the work of a baker"),
        ("Data Analyst II", "the work of a data analyst II"),
        (
            "Medical and Health Services Managers",
            "the work of medical and health services managers",
        ),
        ("Actuaries", "the work of actuaries"),
        ("Paralegal", "the work of a paralegal"),
        ("R.N.", "the work of an R.N"),
        ("Ph.D. chemist", "the work of a Ph.D. chemist"),
        ("8-axis machinist", "the work of an 8-axis machinist"),
        ("I.T.", "work in I.T"),
        ("biotech", "work in biotech"),
        ("research and development", "work in research and development"),
    ],
)
def test_an_occupation_and_a_field_both_read_well(full, field, words):
    assert f"I am exploring {words}." in draft("request", full, full.ana.id, field=field).body


@pytest.mark.parametrize(
    "me, sentence",
    [
        ("a student of law", "My name is Mei Chen, and I am a student of law."),
        ("I am a student of law.", "My name is Mei Chen, and I am a student of law."),
        ("I study law at Example College", "My name is Mei Chen. I study law at Example College."),
        ("My name is Mei Chen and I study law.", "My name is Mei Chen and I study law."),
        ("Student of law", "I am Mei Chen, student of law."),
        ("Mei is a student of law", "My name is Mei Chen, and I am a student of law."),
        ("Hi! I'm Mei, a student of law", "My name is Mei Chen, and I am a student of law."),
    ],
)
def test_who_you_are_reads_well_however_it_was_typed(full, me, sentence):
    assert f"\n\n{sentence} " in draft("request", full, full.ana.id, me=me).body


@pytest.mark.parametrize(
    "name, said",
    [
        ("O'Neil, José", "José O'Neil"),
        ("Dana Ruiz, PhD", "Dana Ruiz"),
        ("Dana Ruiz, MPH", "Dana Ruiz"),
        ("Dana Ruiz, RN, BSN", "Dana Ruiz"),
        ("Dana Ruiz, M.Ed.", "Dana Ruiz"),
        ("Dana Ruiz, SHRM-CP", "Dana Ruiz"),
        ("Dana Ruiz, AIA, CFRE", "Dana Ruiz"),  # which stand in no list
        ("Dana Ruiz, B.Arch.", "Dana Ruiz"),
        ("Dana Ruiz, OTR/L", "Dana Ruiz"),
        ("van der Berg, Anna", "Anna van der Berg"),
        ("RUIZ, DANA", "DANA RUIZ"),
        ("Jack Ma", "Jack Ma"),
        ("王小明", "王小明"),
        ("Sam Lee, Jr.", "Sam Lee"),
        ("  Ana \n Silva ", "Ana Silva"),
        ("Ana Silva (she/her)", "Ana Silva"),
        ("Dr. Ana Silva", "Ana Silva"),
    ],
)
def test_a_name_is_greeted_as_it_is_said(wb, name, said):  # R11
    contact = wb.contacts.append(name=name, salutation="Dr.")
    assert draft("request", wb, contact.id).body.startswith(f"Dear Dr. {said},\n")


def test_a_title_typed_into_the_name_is_kept_and_is_no_first_name(wb):
    formal, friend = wb.contacts.append_many(
        [dict(name="Dr. Ana Silva"), dict(name="Dr. Bo Chen", how_known="friend")]
    )
    assert draft("request", wb, formal.id).body.startswith("Dear Dr. Ana Silva,\n")
    assert draft("request", wb, friend.id).body.startswith("Dear Bo,\n")


@pytest.mark.parametrize(
    "name, known, salutation, greeting",
    [
        ("Aunt Rosa", "relative", "", "Dear Aunt Rosa"),
        ("Rosa Diaz", "relative", "", "Dear Rosa"),
        ("The Smiths", "neighbor", "", "Dear The Smiths"),
        ("Ann Lee", "teacher", "Rev.", "Dear Rev. Ann Lee"),
    ],
)
def test_nobody_is_greeted_by_a_title_alone(wb, name, known, salutation, greeting):  # R11
    who = wb.contacts.append(name=name, how_known=known, salutation=salutation)
    body = draft("request", wb, who.id).body
    assert body.startswith(f"{greeting},\n")
    assert not {"name", "salutation"} & set(rules(check(body, wb=wb, contact_id=who.id)))


def test_nobody_is_told_the_name_of_their_own_niece(full):  # R8
    aunt = full.contacts.append(name="Aunt Rosa", how_known="relative")
    letter = draft("request", full, aunt.id)
    assert "My name is" not in letter.body and "I am a" in letter.body
    assert "who you are" not in rules(check(letter.body, wb=full, contact_id=aunt.id))


@pytest.mark.parametrize(
    "why, clause",
    [
        ("Your talk", "because of your talk."),
        ("your article in the Courier", "because of your article in the Courier."),
        ("your team builds captions", "because your team builds captions."),
        ("To learn from you", "because I hope to learn from you."),
        ("Saw your talk", "because I saw your talk."),
        ("Since you switched", "because you switched."),
        ("You're a nurse", "because you're a nurse."),
        ("As a nurse you see it daily", "because as a nurse you see it daily."),
    ],
)
def test_why_them_reads_well_however_it_was_typed(full, why, clause):  # R14
    assert clause in draft("request", full, full.ana.id, why_them=why).body


@pytest.mark.parametrize("title", ["", "N/A", "unknown", "Nurse", "Nurse at The Depot"])
def test_a_place_of_work_is_a_reason_without_another(wb, title):  # R14
    depot = wb.organizations.append(name="The Depot")
    who = wb.contacts.append(name="Bo Lind", organization_id=depot.id, job_title=title)
    letter = draft("request", wb, who.id)
    assert letter.body.count("The Depot") == 1 and is_whole(letter) is None
    assert "N/A" not in letter.body and "unknown" not in letter.body
    said = rules(check(letter.body, wb=wb, contact_id=who.id))
    assert "placeholder" not in said and "why this person" not in said
    assert "why_them" in letter.missing


@pytest.mark.parametrize(
    "reply, words",
    [("no", "said no"), ("yes", "said yes"), ("later", "said later"), ("bounced", "came back")],
)
def test_who_has_answered_is_not_reminded_without_a_word(full, reply, words):
    asked = full.messages.read().id.iloc[-1]
    full.messages.revise(asked, reply=reply, replied_on="2026-11-12")
    (note,) = draft("follow-up", full, full.ana.id).notes
    assert words in note


def test_one_more_follow_up_than_the_course_has_is_advised_against(full):
    assert draft("follow-up", full, full.ana.id).notes == ()
    full.messages.append(contact_id=full.ana.id, purpose="follow-up", sent_at="2026-11-17T10:00")
    (note,) = draft("follow-up", full, full.ana.id).notes
    assert "Let it rest" in note


def test_a_long_visit_is_said_in_hours(full):
    assert "for 8 hours" in draft("request", full, full.ana.id, minutes=480).body


@pytest.mark.parametrize("kind", ["request", "call script", "follow-up", "introduction"])
def test_a_draft_that_asks_for_more_than_the_courses_minutes_says_so(full, kind):  # R15
    letter = draft(kind, full, full.ana.id, minutes=60)
    assert "60 minutes" in letter.body
    assert letter.notes == (
        "It asks for 60 minutes; your course suggests 20, 25 or 30 minutes. A shorter talk is "
        "easier to say yes to. Where you mean an observational visit, say so in the letter.",
    )
    for minutes in (20, "30 minutes", "half an hour"):
        assert draft(kind, full, full.ana.id, minutes=minutes).notes == ()
    visit = {"minutes": 240, "ways_to_meet": "as an observational visit"}
    assert draft(kind, full, full.ana.id, **visit).notes == ()
    assert draft("confirmation", full, full.ana.id, minutes=60, when="noon").notes == ()


def test_what_is_said_fits_how_it_is_said(full):  # R13
    aloud = {channel: draft("request", full, full.ana.id, channel=channel)
             for channel in ("phone", "in person")}  # fmt: skip
    assert "may I speak with Dr. Ana Silva, please?" in aloud["phone"].body
    assert "I am calling you in particular" in aloud["phone"].body
    assert aloud["phone"].body == draft("call script", full, full.ana.id).body
    face = aloud["in person"]
    assert face.body.startswith("TO OPEN\nHello Dr. Ana Silva.\n")
    assert "I am asking you in particular because your team builds captions" in face.body
    assert not re.search("call to|calling|call again", face.subject + face.body, re.I)


@pytest.mark.parametrize("details", [{}, {"referrer": "Lee Wong"}])
@pytest.mark.parametrize("permission", ["no", "not asked"])
def test_who_is_asked_to_introduce_you_is_not_said_to_stay_unnamed(full, permission, details):
    full.referrals.revise(full.link.id, from_contact_id=full.lee.id, may_use_name=permission)
    letter = draft("introduction", full, full.ana.id, **details)
    assert letter.body.startswith("Dear Lee Wong,") and letter.notes == ()
    by_channel = draft("request", full, full.ana.id, channel="introduction", **details)
    assert by_channel == letter
    assert "Lee Wong is not named" in draft("request", full, full.ana.id, **details).notes[0]


@pytest.mark.parametrize("known", ["friend", "directory"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_of_nothing_but_private_characters_makes_a_letter_all_the_same(wb, kind, known):
    contact = wb.contacts.append(name="\ue000\ue003", how_known=known)
    assert draft(kind, wb, contact.id).body
    assert "Five questions" in ii.letters.call_sheet(wb, contact.id)


def test_a_message_on_a_network_site_fits_and_says_what_it_left_out(full):
    full.contacts.revise(full.ana.id, why_them="your team builds " + "and builds " * 20)
    letter = draft("request", full, full.ana.id, channel=NETWORK_SITE)
    assert len(letter.body) <= NETWORK_LIMIT
    assert "why them" in letter.notes[-1]
    assert "not for a job" in letter.body and "20 minutes" in letter.body


def test_the_thank_you_says_how_it_helped_and_asks_only_for_the_name(met):  # R30
    letter = draft("thank-you", met, met.ana.id)
    assert "Here is how it helped me: Most of the work is cleaning data." in letter.body
    assert "I will keep your advice in mind: Learn SQL first." in letter.body
    assert "May I mention your name when I write to them?" in letter.body
    assert letter.body.count("?") == 1
    assert letter.subject == "Thank you for our conversation on 18 November 2026"


def test_the_thank_you_is_about_the_meeting_asked_for(met):  # R30
    later = met.interviews.append(
        contact_id=met.ana.id, starts_at="2026-11-20T15:00", timezone="Europe/Lisbon",
        status="held",
    )  # fmt: skip
    met.debriefs.append(interview_id=later.id, learned="Captions are made at night.")
    bo = met.contacts.append(name="Bo Lind")
    met.referrals.append(
        from_contact_id=met.ana.id, to_contact_id=bo.id, interview_id=later.id, may_use_name="yes"
    )
    first = draft("thank-you", met, met.ana.id, interview_id=met.meeting.id)
    assert first.subject.endswith("on 18 November 2026")
    assert "cleaning data" in first.body and "at night" not in first.body
    assert "naming Lee Wong." in first.body and "naming Bo Lind and" in first.body
    for details in ({"interview_id": later.id}, {}):
        last = draft("thank-you", met, met.ana.id, **details)
        assert last.subject.endswith("on 20 November 2026") and "at night" in last.body
        assert "Lee Wong" not in last.body and "naming Bo Lind and" in last.body


def test_a_letter_says_whose_words_it_holds_only_where_it_holds_them(met):
    for kind, holds in (("thank-you", True), ("keep in touch", True), ("request", False)):
        assert any("of your debrief" in n for n in draft(kind, met, met.ana.id).notes) is holds


def test_whom_you_have_not_met_is_not_thanked_for_advice(met):
    assert "your advice" in draft("keep in touch", met, met.ana.id).body
    assert "your advice" not in draft("keep in touch", met, met.lee.id).body


def test_the_thank_you_asks_for_what_a_blank_debrief_lacks(full):
    assert draft("thank-you", full, full.ana.id).missing == ("how_it_helped",)
    told = draft("thank-you", full, full.ana.id, how_it_helped="I now know where to begin")
    assert "how it helped me: I now know where to begin.\n" in told.body


def test_the_confirmation_names_both_clocks(full):  # R18
    full.interviews.append(
        contact_id=full.ana.id, starts_at="2027-03-20T20:30", timezone="Europe/Lisbon",
        status="confirmed",
    )  # fmt: skip
    letter = draft("confirmation", full, full.ana.id)
    # Between the American and the European change of clocks the two are four hours apart.
    both = "Saturday, 20 March 2027 at 20:30 Lisbon time (16:30 New York time)"
    assert f"confirm our conversation on {both}." in letter.body
    assert letter.missing == ("place",)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 29), "1 December 2026"),
        (date(2026, 12, 1), "1 December 2026"),
        (date(2026, 12, 2), "1 March 2027"),
        (date(2027, 3, 2), "1 March 2027"),  # all have passed: the last one
    ],
)
def test_the_confirmation_is_about_the_next_meeting(full, today, day):  # R18
    for starts_at, status in (
        ("2027-03-01T10:00", "proposed"),
        ("2026-12-01T10:00", "confirmed"),
        ("2026-11-10T10:00", "proposed"),
        ("2026-11-30T10:00", "held"),
    ):
        full.interviews.append(
            contact_id=full.ana.id, starts_at=starts_at, timezone="Asia/Tokyo", status=status
        )
    full.learner.revise(full.learner.rows()[0].id, timezone="Asia/Tokyo")
    assert f", {day} at 10:00" in draft("confirmation", full, full.ana.id, today=today).body


def test_the_next_meeting_is_so_by_the_learners_calendar(full):  # R18
    # 09:00 on 2 December in Tokyo is 19:00 on 1 December in New York.
    for starts_at, place in (("2026-12-02T09:00", "Room 1"), ("2026-12-05T09:00", "Room 2")):
        full.interviews.append(
            contact_id=full.ana.id, starts_at=starts_at, timezone="Asia/Tokyo", place=place
        )
    for today, place in ((date(2026, 12, 1), "Room 1"), (date(2026, 12, 2), "Room 2")):
        assert place in draft("confirmation", full, full.ana.id, today=today).body


def test_a_day_that_differs_over_there_is_said(full):
    full.learner.revise(full.learner.rows()[0].id, timezone="Asia/Tokyo")
    full.interviews.append(
        contact_id=full.ana.id, starts_at="2026-12-01T20:30", timezone="America/New_York"
    )
    assert "(10:30 Tokyo time on Wednesday)" in draft("confirmation", full, full.ana.id).body


def test_the_supervisor_is_asked_for_permission_first(full):  # R10
    boss = full.contacts.append(name="Ida Boss", how_known="supervisor")
    letter = draft("permission", full, boss.id)
    assert "May I invite one or two colleagues" in letter.body
    assert letter.body.index("May I invite") < letter.body.index("whom you would suggest")


def test_permission_to_use_a_name_is_asked_of_who_named_someone(met):  # R28
    assert "May I say that you sent me" in draft("permission", met, met.ana.id).body


def test_no_draft_asks_for_a_job(met):  # R1
    for kind in KINDS:
        for contact in met.contacts.rows():
            found = rules(check(draft(kind, met, contact.id).body, kind))
            assert "asks for a job" not in found and "pushes a resume" not in found


def test_hostile_names_stay_plain_text(wb):
    for name in ("<img src=x onerror=alert(1)>", '=HYPERLINK("http://x.example.org")', "{{ 7*7 }}"):
        letter = draft("request", wb, wb.contacts.append(name=name).id)
        assert " ".join(name.split()) in letter.body and "49" not in letter.body
        assert "<img" not in ii.letters.page(letter)


@settings(max_examples=40)
@given(st.text(min_size=1, max_size=80), st.sampled_from(KINDS))
def test_any_words_make_a_draft_and_a_check(words, kind):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        wb = ii.open_workbook(folder)
        try:
            ana = wb.contacts.append(name=words, job_title=words, why_them=words)
        except ii.errors.WorkbookError:
            return
        letter = draft(kind, wb, ana.id, me=words, field=words, how_it_helped=words, news=words)
        assert "\n\n\n" not in letter.body
        for advice in check(words + letter.body, kind, wb=wb, contact_id=ana.id):
            assert advice.quote in words + letter.body


def test_an_unknown_kind_and_an_unknown_person_are_named(wb):
    with pytest.raises(ii.errors.WorkbookError, match='no letter of the kind "postcard"'):
        draft("postcard", wb, "con_x")
    with pytest.raises(ii.errors.RowNotFound, match="con_x"):
        draft("request", wb, "con_x")


# --- a course's own wording --------------------------------------------------------------------


def own_template(wb, name, text):
    folder = wb.folder.parent / "letters"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def test_a_course_replaces_a_letter_by_a_file(full):
    draft("thank-you", full, full.ana.id)
    own_template(full, "thank-you", "Subject: Hi\n\n{{ greeting }},\nThanks!\nIt was {{ when }}.\n")
    letter = draft("thank-you", full, full.ana.id)
    assert (letter.subject, letter.body) == ("Hi", "Dear Dr. Ana Silva, Thanks!")
    assert letter.missing == ("when",)


@pytest.mark.parametrize(
    "text, words",
    [
        ("Subject: x\n\nHello\n{% if name %}\n", r"thank-you.txt, line \d: .*[Uu]nexpected end"),
        ("Subject: x\n\n{{ nmae }}\n", 'thank-you.txt, line 3: Nothing is called "nmae"'),
        ("{{ xyzzy }}\n", r'line 1: Nothing is called "xyzzy"\. .*templates.README\.md has a list'),
        ("Hi\n{{ name.__class__.__mro__ }}\n", r"thank-you.txt, line 2: .*unsafe"),
        ("Hi\n\n\n{{ 1 / 0 }}\n", "thank-you.txt, line 4: division by zero"),
        ("{% include '/etc/passwd' %}", "thank-you.txt, line 1"),
    ],
)
def test_an_error_in_a_file_of_the_course_names_file_and_line(full, text, words):
    own_template(full, "thank-you", text)
    with pytest.raises(ii.letters.TemplateInvalid, match=words):
        draft("thank-you", full, full.ana.id)


def test_the_list_of_names_for_such_a_file_is_whole(full):
    lines = (SHIPPED / "README.md").read_text(encoding="utf-8").splitlines()
    table = [line.split("|")[1] for line in lines if line.startswith("| `")]
    listed = set(re.findall(r"`(\w+)`", " ".join(table)))
    for kind in ii.letters.KINDS:
        assert Facts(full, full.ana, kind, "email", TODAY, {}).values.keys() == listed, kind


# --- checks ------------------------------------------------------------------------------------


def test_the_labelled_letters_are_judged_well():
    letters = labelled.CLEAN + labelled.FAULTY + labelled.UNSEEN
    planted, found, wrong = labelled.measure(letters)
    alarmed = {one.text for one, what, _ in wrong if what == "false alarm"}
    assert len(labelled.FAULTY) >= 30 and len(letters) >= 60
    assert found / planted >= 0.95, wrong
    assert len(alarmed) / len(letters) <= 0.05, wrong


def test_the_letters_of_others_are_judged_well():
    letters = labelled.of_others()
    planted, found, n_good, said = labelled.judged(letters)
    assert len(letters) == 500 and n_good == 236
    assert found / planted >= 0.95
    assert len({one.text for one, *_ in said}) / n_good <= 0.1
    assert [what for *_, what in said if what.startswith(("asks for", "pushes"))] == []


@pytest.mark.parametrize("sentence", labelled.ASKS)
def test_asking_for_a_job_is_seen_and_quoted(sentence):  # R1
    found = [a for a in check(sentence) if a.rule in ("asks for a job", "pushes a resume")]
    assert found and found[0].quote and found[0].quote in sentence


@pytest.mark.parametrize("sentence", labelled.ONLY_NAMES)
def test_naming_a_job_without_asking_for_one_is_fine(sentence):  # R1
    assert not {"asks for a job", "pushes a resume"} & set(rules(check(sentence)))


@pytest.mark.parametrize("sentence", labelled.COVERT)
def test_a_wish_that_names_no_job_is_seen_and_quoted(sentence):  # R1
    found = [a for a in check(sentence) if a.rule == "asks for a job"]
    assert found and found[0].quote and found[0].quote in sentence


@pytest.mark.parametrize("sentence", labelled.INNOCENT)
def test_the_words_of_a_wish_without_the_wish_are_fine(sentence):  # R1
    assert not {"asks for a job", "pushes a resume", "pressure"} & set(rules(check(sentence)))


DENIED = ["I want no post and no favours.", "I'm not after you getting me in anywhere.",
          "I am not looking to be taken on by anybody.", "I seek neither post nor patronage.",
          "I have no other motive.", "I shan't ask you to open any doors.",
          "I do not seek clients or commissions through you.", "It's only your story I'm after.",
          "I'm quite happy where I am, so this is not about work for me."]  # fmt: skip


@pytest.mark.parametrize("sentence", DENIED)
def test_any_denial_of_seeking_something_says_that_it_is_not_about_a_job(sentence):  # R14
    assert not {"not a job", "asks for a job"} & set(rules(check(sentence)))


@pytest.mark.parametrize("sentence", ["I am not sure when I can come.", "I have no car.",
                                      "I did not know whom to ask."])  # fmt: skip
def test_not_every_denial_does(sentence):  # R14
    assert "not a job" in rules(check(sentence))


FIELDS = ["I am weighing a move into probate law.", "Could bookbinding be a second career?",
          "I'm drawn to the idea of driving trams.", "I have set my heart on goldsmithing.",
          "May I ask you about hospital chaplaincy?", "I'd like wind turbine work."]  # fmt: skip


@pytest.mark.parametrize("sentence", FIELDS)
def test_a_field_is_seen_however_it_is_named(sentence):  # R14
    assert "the field" not in rules(check(sentence))


@pytest.mark.parametrize("sentence", ["Could we talk about your work?",
                                      "I'd like to follow the same path as you.",
                                      "I also have interest in this profession."])  # fmt: skip
def test_work_like_theirs_names_no_field(sentence):  # R14
    assert "the field" in rules(check(sentence))


@pytest.mark.parametrize("words, is_told", [
    ("the library's books on speech therapy", True), ("the library's books on cooking", False),
])  # fmt: skip
def test_the_occupation_of_the_logs_is_the_field_whatever_its_word_ends_in(full, words, is_told):
    full.occupations.revise(full.ana.occupation_id, title="Speech therapist")
    found = rules(check(f"I have read {words}.", wb=full, contact_id=full.ana.id))
    assert ("the field" not in found) == is_told


def test_an_hour_is_too_long_whatever_tour_the_letter_speaks_of():  # R15 R16
    tour = "I know your garden from the tour on Open Day, and from your book on roofs."
    hour = "Would you be prepared to see me for about an hour, in your office?"
    assert "time" in rules(check(f"{tour} It stayed with me. {hour}"))
    assert "time" not in rules(check(f"May I watch you at work for half a day? {tour}"))


PRESSING = ["I expect to hear from you by Thursday.", "You must reply to this letter.",
            "Alumni do owe the department something.", "This is the third time that I write.",
            "I cannot understand why nobody has found the time to answer.",
            "Please let me know by Friday.", "You are my last hope."]  # fmt: skip
PATIENT = ["You must be busy, so any week will do.", "I expect that you get many such letters.",
           "There is no need to reply by any date.", "If you cannot, I understand.",
           "I have to leave by Friday."]  # fmt: skip


@pytest.mark.parametrize("sentence", PRESSING)
def test_pressure_is_quoted(sentence):
    (said,) = [a for a in check(sentence) if a.rule == "pressure"]
    assert said.quote in sentence


@pytest.mark.parametrize("sentence", PATIENT)
def test_patience_is_not_taken_for_pressure(sentence):
    assert "pressure" not in rules(check(sentence))


def test_a_course_that_encloses_resumes_is_not_told_off(full):
    (full.folder.parent / "course.toml").write_text('[interview]\nresume = "enclose"\n')
    wb = ii.open_workbook(full.folder)
    assert "pushes a resume" not in rules(check("I attach my resume.", wb=wb))
    assert "pushes a resume" in rules(check("I attach my resume.", wb=full))
    said = check("I attach my resume.", wb=wb, subject="A question, with my resume attached")
    assert "pushes a resume" not in rules(said)


FITTING = ["half an hour", "a half-hour", "20-minute talk", "a quick 15 minutes", "20–30 minutes",
           "twenty-five minutes", "30 mins", "fifteen or twenty minutes"]  # fmt: skip
TOO_MUCH = ["an hour", "45 minutes", "forty-five minutes", "an hour and a half", "1.5 hours",
            "30-45 minutes", "a couple of hours", "half a day", "thirty-five minutes"]  # fmt: skip


@pytest.mark.parametrize("time", FITTING)
def test_a_time_of_up_to_half_an_hour_is_fine(time):  # R15
    assert "time" not in rules(check(f"Could we talk for {time} next week?"))


@pytest.mark.parametrize("time", TOO_MUCH)
def test_more_than_half_an_hour_is_quoted(time):  # R15
    (advice,) = [a for a in check(f"Could we talk for {time} soon?") if a.rule == "time"]
    assert advice.quote and advice.quote in time


@pytest.mark.parametrize(
    "text",
    [
        "I live 45 minutes away. Could we talk for 20 minutes?",
        "I enjoyed your hour-long lecture. May I have 20 minutes?",
        "I will reply within 24 hours. May I have 20 minutes?",
        "May I shadow you for half a day, or ask for 20 minutes?",
        "May I have 20 minutes? I can do 9 to 11 h, or 14-17 h.",
        "May I have 20 minutes? I am on Pacific time, three hours behind you.",
        "May I have 20 minutes? I flew 3,000 hours as a pilot.",
        "May I have 20 minutes? It is a two-hour bus ride.",
        "May I visit for a few hours, to watch?",
    ],
)
def test_other_times_are_not_taken_for_the_time_asked(text):  # R15 R16
    assert "time" not in rules(check(text))


@pytest.mark.parametrize(
    "text",
    ["Dear [Name],", "Hi {{name}},", "XXX", "<your name>", "Dear Ms. ____,", "(insert field here)",
     "Dear Mr./Ms. Silva", "[company]", "TBD", "at Company Name", "{first_name}", "(your name)",
     "Regards,\nYour Name", "XX College", "TOPIC HERE", "call 000-000-0000", "I'm Name,",
     "(phone number)", "(mention the article)", "(choose)"],
)  # fmt: skip
def test_template_text_left_in_is_quoted(text):
    found = [a for a in check(text) if a.rule == "placeholder"]
    assert found and all(a.quote in text for a in found)


@pytest.mark.parametrize(
    "text",
    [
        "Mei <mei@example.org>",
        "https://x.example.org/a_b",
        "[sic]",
        "(555) 0100",
        "Really?",
        "(her mail is below)",
        "(your home town, I believe)",
        "Your name came up.",
    ],
)
def test_brackets_and_links_are_not_template_text(text):
    assert "placeholder" not in rules(check(text))


@pytest.mark.parametrize(
    "greeting, rule",
    [
        ("Dear Dr. Silva,", None),
        ("Dear Ana,", None),
        ("Good morning Dr. Silva,", None),
        ("Good morning, Dr. Silva,", None),
        ("Hi there, Ana,", None),
        ("Hi Ana - I hope you are well.", None),
        ("Dear Captain Silva,", None),
        ("Dear Aunt Ana,", None),
        ("Dear neighbor Ana,", None),
        ("Dear Ana and team,", None),
        ("Dear Tom Silva,", "name"),
        ("Ana,", None),
        ("Dear Mr. Silva,", "salutation"),
        ("Dear Dr. Ana,", "salutation"),
        ("Dear Ms. Sliva,", "name"),
        ("Dear Anna,", "name"),
        ("Dear Dr. Okafor,", "name"),
        ("Dear Sir or Madam,", "name"),
        ("Hello there,", "name"),
        ("To whom it may concern:", "name"),
    ],
)
def test_the_greeting_is_held_against_the_name(full, greeting, rule):  # R11
    said = check(f"{greeting}\n\nI write to you.", wb=full, contact_id=full.ana.id)
    found = [a for a in said if a.rule in ("name", "salutation")]
    assert [a.rule for a in found] == ([rule] if rule else [])
    assert all(a.quote and a.quote in greeting for a in found)


@pytest.mark.parametrize(
    "text, quote",
    [
        ("Dear Ana,\n\nMr. Patterson, could we talk?", "Mr. Patterson"),
        ("Dear Ana,\n\nIt was kind of you.\n\nThank you, Dr. Patterson!", "Dr. Patterson"),
        ("Dear Ana,\n\nDr. Silva, could we talk?", ""),
        ("Dear Ana,\n\nMy teacher, Dr. Patterson, told me of you.", ""),
    ],
)
def test_the_name_of_another_letter_is_seen_further_down(full, text, quote):  # R11
    said = [a for a in check(text, wb=full, contact_id=full.ana.id) if a.rule == "name"]
    assert [a.quote for a in said] == [quote] * bool(quote)


def test_what_a_letter_quotes_is_not_held_against_it(full):
    answer = "\n\nOn 3 May Ana wrote:\n> Send me your resume.\nI have a job for you for 2 hours.\n"
    letter = draft("request", full, full.ana.id).body
    assert check(letter + answer, wb=full, contact_id=full.ana.id) == []
    said = check(letter + "\n> I would like a job at your firm.", wb=full, contact_id=full.ana.id)
    assert said == []


def test_an_ask_is_seen_behind_one_that_is_denied():  # R1
    text = "I do not ask you to introduce me to anybody, but could you introduce me to your boss?"
    (said,) = [one for one in check(text, "follow-up") if one.rule == "several asks"]
    assert said.quote == "introduce me to" and "introductions" in said.text


def test_the_subject_is_looked_at_too(full):  # R1
    body = draft("request", full, full.ana.id).body

    def of(subject):
        return rules(check(body, wb=full, contact_id=full.ana.id, subject=subject))

    assert of("Do you have a job for me?") == ["asks for a job"]
    assert of("Question about [topic]") == ["placeholder"]
    assert of("A question about your work") == of("") == []


@pytest.mark.parametrize(
    "said, is_enough",
    [
        ("I signed up for the statistics course this morning.", True),
        ("You talked me out of quitting the course, for which I am glad.", True),
        ("It was very nice to meet you. I wish you all the best for your work.", False),
        ("I hope that we can keep in touch. Have a good week and take care.", False),
    ],
)
def test_a_thank_you_says_something_of_the_learners_own(said, is_enough):  # R30
    text = f"Dear Ana,\n\nThank you for your time. {said}\n\nMei"
    assert ("how it helped" not in rules(check(text, "thank-you"))) == is_enough


ELEMENTS = {
    "who you are": "My name is Mei Chen, and I am a second-year student of speech science at "
    "Example College. ",
    "how you got the name": "Prof. Emeka Okafor suggested that I contact you. ",
    "why this person": "I am writing to you in particular because your team builds captions for "
    "classrooms.",
    "thanks": "Thank you for your time.",
    "how to reach you": "You can reach me by replying here, or at mei@example.org or 555-0100. ",
    "not a job": "I am looking for advice and information, not for a job interview. ",
}


@pytest.mark.parametrize("rule", ELEMENTS)
def test_a_missing_element_is_named(full, rule):  # R14
    body = draft("request", full, full.ana.id).body
    body = body.replace("\nmei@example.org\n555-0100", "")
    assert check(body) == []
    assert ELEMENTS[rule] in body
    assert rule in rules(check(body.replace(ELEMENTS[rule], "")))


def test_a_long_letter_and_a_long_message_are_cut_where_it_is_too_much(full):
    body = draft("request", full, full.ana.id).body
    assert check(body + " word" * 150)[0].rule == "too long"
    (advice,) = [a for a in check(body, channel=NETWORK_SITE) if a.rule == "too long"]
    assert body.index(advice.quote) >= NETWORK_LIMIT - 1


def test_a_blank_text_gets_one_remark():
    assert rules(check("  \n")) == rules(check(None)) == ["blank"]


@pytest.mark.parametrize("text", [5, ["Dear Ana,"], b"Dear Ana,"])
def test_a_letter_that_is_no_text_is_refused(text):
    with pytest.raises(ii.errors.WorkbookError, match="A letter is a text, not .* Give its words"):
        check(text)


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000, "job " * 10_000, "(" * 20_000, "not a " * 8_000, "I am looking for " * 3_000,
     "[" * 20_000, "Dear " * 9_000],
)  # fmt: skip
@pytest.mark.timeout(10)
def test_a_huge_text_is_checked_all_the_same(text):
    assert isinstance(check(text), list)


# --- out of the workbook -----------------------------------------------------------------------


def test_the_mail_file_opens_as_a_draft(full):
    letter = draft("request", full, full.ana.id)
    raw = ii.letters.eml(letter, "ana@example.org", "mei@example.org")
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["X-Unsent"], mail["To"], mail["From"]) == (
        "1",
        "ana@example.org",
        "mei@example.org",
    )
    assert mail["Subject"] == letter.subject
    assert mail.get_content().replace("\r\n", "\n").strip() == letter.body


@pytest.mark.parametrize(
    "bad", ["a@b\r\nBcc: x@example.org", "no address", "<<>>", "王@例え.jp", "", "_@[", "[@("]
)
def test_a_strange_address_makes_no_other_header(bad):
    letter = ii.letters.Letter("Hi\r\nBcc: y@example.org", "Café\n🙂")
    mail = message_from_bytes(ii.letters.eml(letter, bad), policy=policy.default)
    assert mail["Bcc"] is None and mail.get_content().split() == ["Café", "🙂"]


def test_the_mail_link_carries_everything():
    from urllib.parse import parse_qs, urlsplit

    letter = ii.letters.Letter("A & B?", "Ünï\n\n+1 #2 & 100 %")
    link = urlsplit(ii.letters.mailto(letter, "ana+x@example.org"))
    assert (link.scheme, link.path) == ("mailto", "ana+x@example.org")
    assert parse_qs(link.query) == {
        "subject": ["A & B?"], "body": ["Ünï\r\n\r\n+1 #2 & 100 %"],
    }  # fmt: skip


def test_the_printed_page_shows_text_as_text():
    seen = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.append(tag)
    parser.feed(ii.letters.page(ii.letters.Letter("<b>", "Hi <script>alert(1)</script>\nthere")))
    assert "script" not in seen and "b" not in seen and "br" in seen


def test_the_call_sheet_is_one_page_with_all_its_parts(full):  # R17 R28
    sheet = ii.letters.call_sheet(full, full.ana.id, [f"What is {n}?" for n in range(9)])
    assert sheet.count("What is ") == 5
    for part in ("To open", "Five questions", "not a job", "Whom else", "you sent me", "Thank you"):
        assert part in sheet
    assert (
        sheet.index("Thank you for taking") < sheet.index("My name is") < sheet.index("not a job")
    )
