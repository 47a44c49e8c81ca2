"""The bank, and what the checks say about questions they have not seen."""

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ii_helpers.errors import Advice, WorkbookError
from ii_helpers.questions import LONGEST_WORDS, bank, check
from ii_helpers.tables import CATEGORIES, FORMATS, GOAL_STAGES
from tests.labelled.questions import disagreements, labelled, of_a_rule, wrong_of_a_rule


def rules(text):
    return [advice.rule for advice in check(text)]


def test_what_is_no_text_is_refused_and_nothing_is_blank():
    with pytest.raises(WorkbookError, match="A question is a text, not 5. Give its words"):
        check(5)
    assert check(None) == check("") == []


# --- the bank -------------------------------------------------------------------------------


def test_the_bank_has_enough_questions_for_every_category_and_stage():  # R22
    table = bank()
    assert list(table.columns) == ["category", "question", "for_stage", "for_format", "probe"]
    assert len(table) >= 120
    assert table["question"].str.casefold().is_unique
    assert set(table["category"]) == set(CATEGORIES)
    assert set(table["for_stage"]) == set(GOAL_STAGES)
    assert set(table["for_format"]) <= {*FORMATS, "any"}
    assert {"phone", "observational visit"} <= set(table["for_format"])
    assert table.groupby(["category", "for_stage"]).size().min() >= 3
    assert (table["probe"].str.len() > 5).all()


def test_every_question_of_the_bank_passes_its_own_checks():  # R1, R19, R20
    assert {q: rules(q) for q in bank()["question"] if rules(q)} == {}


def test_the_bank_can_be_changed_by_its_reader_without_harm_to_the_next():
    table = bank()
    table.loc[0, "question"] = "Changed?"
    assert bank().loc[0, "question"] != "Changed?"


# --- the labelled set ------------------------------------------------------------------------


@pytest.mark.parametrize("half", ["tuned on", "kept back", "unseen"])
def test_the_checks_agree_with_a_person(half):  # R19, R20
    rows = [row for row in labelled() if row.half == half]
    closed, generic = (disagreements(rows, rule) for rule in ("closed", "generic"))
    assert len(rows) >= 60
    assert 1 - len(closed) / len(rows) >= 0.92, [row.question for row in closed]
    assert 1 - len(generic) / len(rows) >= 0.85, [row.question for row in generic]


@pytest.mark.parametrize("rule", sorted({row.rule for row in of_a_rule()}))
def test_what_is_said_of_a_question_agrees_with_a_person(rule):  # R1, R19, R20
    rows = [row for row in of_a_rule() if row.rule == rule]
    wrong = wrong_of_a_rule(rows)
    assert len(wrong) <= 0.06 * len(rows), [row.question for row in wrong]
    assert [row.question for row in wrong if not row.expected] == []  # no false alarm


def test_the_labelled_set_is_large_and_none_of_it_is_in_the_bank():
    rows = [row.question for row in labelled()]
    assert len(rows) == len(set(rows)) >= 150
    assert not {r.casefold() for r in rows} & {q.casefold() for q in bank()["question"]}


# --- rule by rule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Do you like your job?",
        "do you like your job",
        "Don’t you miss the lab?",
        "In your experience, is it worth it?",
        "As someone who has seen both sides, would you say the move was right?",
        "You work weekends, right?",
        "How long did the training take you?",
        "Which city suits you better, the old one or this one?",
        "On most days do you leave on time?",
        "Could you tell me whether it was worth it?",
        "1. Are you happy here?",
        "<p>Are you <b>happy</b> here?</p>",
        "\u2022 Is it hard?",
        "On a scale of 1 to 10, how would you rate your week?",
    ],
)
def test_what_one_word_answers_is_closed(text):  # R19
    assert "closed" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "What surprised you here?",
        "Could you tell me about a day that went wrong?",
        "Would you walk me through a launch?",
        "Would you tell me how you prepare for a trial?",
        "Describe a moment you are proud of.",
        "Tell me about your team",
        "Can you describe a typical day?",
        "If you could begin again, what would you do first?",
        "When you look back, which decisions mattered?",
        "How is the work different from what you expected, and why?",
        "I read that your lab moved. How did that change your days?",
    ],
)
def test_what_invites_a_story_gets_no_advice(text):  # R19, R20
    assert check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "What does a nurse do?",
        "What is the average salary of a nurse?",
        "What degree do you need to become a nurse?",
        "What products does the company make?",
        "Where did you study?",
        "What is the job outlook for welders?",
        "What kinds of jobs are there in forestry?",
        "Could you tell me what a land surveyor does?",
    ],
)
def test_what_a_page_or_profile_states_is_generic(text):  # R20
    assert "generic" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "In your view, what education prepares people for this work?",
        "How do salaries here compare with what you expected?",
        "What skills did you find yourself using that no course had taught?",
        "How has the demand for people like you changed since you began?",
        "What duties surprised you?",
    ],
)
def test_a_personal_view_of_the_same_matter_is_not_generic(text):  # R20
    assert "generic" not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Are you hiring?",
        "Could you put in a good word for me?",
        "Do you have any openings on your team?",
        "Would you pass my resume to your manager?",
        "How could I get a job at your company?",
        "I would love to work for you.",
    ],
)
def test_asking_for_a_job_is_named_first(text):  # R1
    assert rules(text)[0] == "asks for a job"


@pytest.mark.parametrize(
    "text",
    [
        "What would it take for me to get hired on your team?",
        "What are my chances of getting hired here?",
        "How do I get my foot in the door at your company?",
        "How would I go about applying here?",
        "How would I go about getting an interview with your manager?",
        "What do I have to do to get in here?",
        "Is there anything available for someone like me?",
        "If a position came up, would you think of me?",
        "Can I shadow you with a view to a job?",
        "Do you think there'd be a spot for me here?",
        "Could you see me working here?",
        "Are you looking for interns?",
        "Who should I send my resume to?",
        "Would I be a good fit for your company?",
        "Does your shop need an extra pair of hands?",
        "Would you act as a reference for me?",
    ],
)
def test_ones_own_chance_at_this_place_is_a_job_ask_and_only_that_is_said(text):  # R1
    assert rules(text) == ["asks for a job"]


@pytest.mark.parametrize(
    "text",
    [
        "How do people usually get hired in this field?",
        "How did you get hired?",
        "Could you tell me how you got hired here?",
        "How important are referrals when your team hires?",
        "How can I get my foot in the door in this field?",
        "How would I apply what I learn in school on a team?",
        "When a job opens up on your team, who usually knows first, and why?",
        "Is this the right job for me, in your view?",
        "What is your current position?",
        "What advice could you offer me?",
        "How can I get in touch with you if I have another question?",
        "How do I get to your office?",
        "Could you see me at your office on Monday?",
    ],
)
def test_how_people_get_hired_is_no_job_ask(text):  # R1
    assert "asks for a job" not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "What do you earn in a good month?",
        "So what are they paying you?",
        "What bonus did you get last year?",
        "What's your hourly rate?",
        "How much did they offer you?",
        "Do you earn six figures?",
        "Are you paid fairly?",
        "Could you tell me what you make?",
    ],
)
def test_asking_for_the_persons_own_pay_is_named_and_only_that_is_said(text):
    assert rules(text) == ["salary"]


@pytest.mark.parametrize(
    "text",
    [
        "What do people who start in this field usually earn?",
        "What is your view on pay in this field?",
        "What do you make of the new rules?",
        "What did they offer you that made you stay?",
        "How much attention do your clients pay you?",
        "How do freelancers set their rates?",
        "What salary do you think is fair for a beginner?",
    ],
)
def test_pay_in_general_is_not_the_persons_own(text):
    assert "salary" not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "How old are you?",
        "What religion are you?",
        "Do you go to church?",
        "Why aren't you married?",
        "Do you have kids?",
        "Are you planning to have children?",
        "What does your husband do?",
        "What is your sexual orientation?",
        "Are you gay?",
        "What disability do you have?",
        "Do you suffer from depression?",
        "Who did you vote for?",
        "Are you a Republican?",
        "Could you tell me whether you are married?",
    ],
)
def test_private_life_is_left_alone_and_only_that_is_said(text):
    (advice,) = check(text)
    assert advice.rule == "personal"
    assert "theirs to bring up" in advice.text
    assert wordings(text) == {"What room does this kind of work leave for people's private lives?"}


@pytest.mark.parametrize(
    "text",
    [
        "How does the work leave room for family life?",
        "How do colleagues with small children manage the shifts?",
        "How did your priorities shift once you had a family?",
        "Do most of your colleagues have children?",
        "Are you engaged in any research?",
        "How many kids do you teach?",
        "How was your orientation?",
        "Do you have any cancer patients?",
        "How do you prepare your divorce cases?",
        "How old were you when you changed careers?",
    ],
)
def test_what_the_work_asks_of_lives_is_not_private(text):
    assert "personal" not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "May I use your name?",
        "Who else should I talk to?",
        "Could I contact you again?",
        "Would it be all right if I mentioned you to her?",
        "Do you know anyone who moved from the lab to the office?",
        "May I have your business card?",
        "Could you introduce me to someone on the night shift?",
    ],
)
def test_the_closers_are_exempt(text):  # R28
    assert check(text) == []


def test_a_closer_that_asks_for_a_job_is_not_exempt():  # R1
    assert "asks for a job" in rules("Could you introduce me to your hiring manager?")


@pytest.mark.parametrize(
    "question",
    ["Can I have a job?", "Could I have a job, please?", "May I ask you for an internship?",
     "I need a job."],
)  # fmt: skip
def test_a_plain_wish_for_a_job_is_no_permission_to_ask_for(question):  # R1
    assert [a.rule for a in check(question)] == ["asks for a job"]


@pytest.mark.parametrize(
    "question",
    ["May I contact you again?", "Whom else should I talk to?", "May I use your name?",
     "May I ask you for advice on jobs in this field?"],
)  # fmt: skip
def test_the_closers_stay_free_of_remarks(question):  # R28
    assert check(question) == []


def test_a_salary_question_is_reworded_not_forbidden():
    (salary,) = check("How much do you make?")
    assert salary.rule == "salary"
    assert "How does pay" in salary.text
    assert check("How does pay tend to grow, from what you have seen?") == []


def test_two_questions_in_one_are_seen():
    assert "two questions" in rules("What do you like, and what would you change?")
    assert "two questions" in rules("What do you like? How did you get here?")
    assert "two questions" not in rules("What do you like, and why?")
    assert "two questions" not in rules("How and why did you change fields?")


@pytest.mark.parametrize(
    "text",
    [
        "Walk me through how a patient's complaint reaches you and what happens next.",
        "Describe how a grant is written and how it is judged.",
        "Where do you see AI actually saving you time, and where is it just noise?",
        "When does remote work help your team, and when does it hurt?",
        "What works in your team and what does not?",
        "What is the job market like for people who change careers?",
        "Where do most job openings in the field come from?",
        "How important are referrals when your team hires?",
        "How useful is a certificate compared with a portfolio?",
    ],
)
def test_a_story_a_contrast_and_a_weighing_are_one_open_question(text):  # R19, R20
    assert check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Tell me how you got here and what you would change.",
        "Where did you train, and how do you like the city?",
        "What surprised you at first, and do you still feel that way?",
    ],
)
def test_two_matters_stay_two_questions(text):
    assert "two questions" in rules(text)


def test_a_question_that_gives_its_answer_away_is_leading():
    assert "leading" in rules("Don't you think the pay is too low?")
    assert "leading" in rules("Isn't it true that nobody stays?")
    assert "leading" in rules("The hours are long, aren't they?")


def test_too_long_is_said_with_the_number_of_words():
    text = "What would you say about " + "this and that and " * 10 + "the rest?"
    assert len(text.split()) > LONGEST_WORDS
    (advice,) = [a for a in check(text) if a.rule == "too long"]
    assert f"{len(text.split())} words" in advice.text


def test_an_advice_suggests_an_open_wording_on_the_same_topic():
    (advice,) = check("Do you enjoy teaching adults?")
    assert advice == Advice(
        "closed",
        "One word can answer it. Try: “What do you enjoy about teaching adults?”",
        "Do you enjoy teaching adults?",
    )


def test_every_wording_that_is_suggested_is_sound_itself():
    texts = [row.question for row in (*labelled(), *of_a_rule())]
    for text in texts:
        for advice in check(text):
            _, _, wording = advice.text.partition("“")
            if wording:
                assert check(wording.rstrip("”")) == [], (text, advice.text)


SUBJECTS = (
    "you I it they we she one everyone people AI robots forty this that teaching|your boss|the job"
    "|this field|most nurses|people my age|someone like me|the pay scale for nurses|working nights"
    "|learning to code|beginners without a degree|your first employer"
)
SUBJECTS = [*SUBJECTS.split("|")[0].split(), *SUBJECTS.split("|")[1:]]
WHAT_IS = (
    "too old for this|too late to start|hard|so hard|appreciated|scared at first|worth it|afraid of"
    "|dying|going to replace you|a good choice|in danger|terrible for all those hours|proud of it"
    "|more fun than school|able to leave|likely to stay|the best part|happy|tired of the noise"
).split("|")
WHAT_DOES = (
    "micromanage|feel appreciated|feel the pressure|feel that way|feel that it pays|like to travel"
    "|like it here|like what is new|recommend this career|recommend it to a friend|have a mentor"
    "|have any tips|have to work nights|be alone|need a license|think so|think about leaving"
    "|think it pays|get lonely|believe in luck|hate it|hate to lose|work weekends|lie to clients"
    "|want to leave|choose this field|fail at first|prefer days or nights|change anything|be jobs"
).split("|")
WHAT_HAS = "changed|been fired|lost its charm|made many mistakes|always been so|had to lie".split(
    "|"
)
FOLLOWS = {
    "am is are was were": WHAT_IS,
    "do does did can could will would should may might must": WHAT_DOES,
    "have has had": WHAT_HAS,
}
SAFE = {
    "What has your own experience of this been like?",
    "How do you see this, from your own experience?",
}


def wordings(text):
    return {a.text.partition("“")[2].rstrip("”") for a in check(text)} - {""}


@pytest.mark.parametrize("n_t", ["", " not"])
@pytest.mark.parametrize("aux", " ".join(FOLLOWS).split())
def test_a_wording_made_of_a_questions_own_words_is_grammatical(aux, n_t):  # R19
    predicates = next(words for auxiliaries, words in FOLLOWS.items() if aux in auxiliaries.split())
    for subject, predicate in itertools.product(SUBJECTS, predicates):
        statement = f"{subject} {predicate}" if aux == "do" else f"{subject} {aux} {predicate}"
        for wording in wordings(f"{aux.capitalize()}{n_t} {subject} {predicate}?"):
            said = f"{aux} {subject} {predicate} -> {wording}"
            if " whether " in wording and "in my place" not in wording and "think" not in predicate:
                if not predicate.startswith("feel that"):
                    assert wording == f"What is your view on whether {statement}?", said
            assert not re.search(TWO_VERBS, wording), said
            assert not re.search(r"\b(?:about|against|for|on) (?:to|be|have|get|so)\b", wording), (
                said
            )
            assert not re.search(r"^In what ways|whether (?:so|way|appreciated)\b", wording), said


TWO_VERBS = (
    r"\b(?:am|is|are|was|were|do|does|did|can|could|will|would|should|may|might|must) "
    r"(?:am|is|are|was|were|does|did|can|could|will|would|should|may|might|must)\b"
)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("Will there be jobs in ten years?",
         "What is your view on whether there will be jobs in ten years?"),
        ("Am I too old for this?", "What is your view on whether I am too old for this?"),
        ("Is forty too late to start?", "What is your view on whether forty is too late to start?"),
        ("Is AI going to replace you?", "What is your view on whether AI is going to replace you?"),
        ("Do things get better?", "What is your view on whether things get better?"),
        ("Do you recommend this career?", "What would you say for and against this career?"),
        ("Are you afraid of AI?", "How do you feel about AI?"),
        ("Don't you hate the commute?", "How do you feel about the commute?"),
        ("How hard is the first year?",
         "What makes the first year hard, in your experience?"),
    ],
)  # fmt: skip
def test_a_wording_keeps_to_the_topic_and_takes_no_side(text, wording):  # R19
    assert wordings(text) == {wording}


@pytest.mark.parametrize(
    "text",
    [
        "Do you feel appreciated?",
        "Were you scared at first?",
        "Does your boss micromanage?",
        "Did you fail at first?",
        "Have you ever been fired?",
        "Do you lie to clients?",
        "Do you like to travel?",
        "Isn't the pay terrible for all those hours?",
        "Will robots replace welders?",
        "How much of your day is spent alone?",
        "How likely are you to stay?",
    ],
)
def test_where_the_grammar_or_the_tone_is_unsure_none_of_the_words_is_taken_over(text):  # R19
    assert wordings(text) and wordings(text) <= SAFE


def test_an_advice_quotes_the_words_it_is_about():
    text = "I read your paper. Do you still work on it?"
    assert [a.quote for a in check(text)] == ["Do you still work on it?"]


@pytest.mark.parametrize("text", ["", "  \n", "Salary", "您喜欢您的工作吗？", "هل تحب عملك؟", None])
def test_what_cannot_be_judged_gets_no_advice(text):
    assert check(text) == []


def test_five_thousand_characters_are_judged_at_once():
    for text in ("do you " * 800, "what " * 1200, ", and what is" * 400, "?" * 5000):
        began = time.perf_counter()
        assert "too long" in rules(text)
        assert time.perf_counter() - began < 1


@given(st.text(max_size=300))
def test_no_text_breaks_the_checks(text):
    for advice in check(text):
        assert advice.text and advice.quote in text


WORDS = st.sampled_from(
    "do you how what is the a job and or right why who company tell me about , ? . I nurse not "
    "become salary if when your in my would work".split()
)


@given(st.lists(WORDS, max_size=25))
def test_no_sentence_breaks_the_checks(words):
    for advice in check(" ".join(words)):
        assert advice.rule and advice.text.endswith((".", "”"))
