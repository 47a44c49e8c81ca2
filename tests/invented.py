"""A few invented people and their logs, for the tests of measures, charts and panels."""

from datetime import date

from ii_helpers import measures
from ii_helpers.measures import Facts

TODAY = date(2026, 11, 16)

CONTRACT = {
    "funnel": ["stage", "n", "of_previous"],
    "network_growth": ["on", "n_contacts", "n_interviews", "n_referrals"],
    "referral_chains": [
        "contact_id", "referred_by", "generation", "n_referred", "root_contact_id",
    ],
    "voices": ["occupation_id", "category", "n_voices", "n_independent", "effective"],
    "perspectives": ["occupation_id"],
    "fit": ["occupation_id", "on", "fit", "n_rated"],
    "fit_ranking": ["occupation_id", "fit", "p_first"],
    "due": ["what", "contact_id", "interview_id", "due_on", "days_late", "how_late"],
    "forecast": ["n_requests", "p_at_least"],
    "history": ["on", "contact_id"],
    "progress": ["figure", "then", "now", "change"],
}  # fmt: skip
ARGUMENTS = {
    "due": (TODAY,),
    "forecast": (18, "2026-12-15", TODAY),
    "progress": ("2026-10-01", TODAY),
}


def measured(name, source):
    return getattr(measures, name)(source, *ARGUMENTS.get(name, ()))


# --- a few invented people -----------------------------------------------------------------------


def facts(**tables):
    """Facts of rows given as dicts of text; a row without an id gets one."""
    made = {
        table: [{"id": f"{table}{n}", "created_at": "2026-09-01T09:00:00+00:00", **row}
                for n, row in enumerate(rows)]
        for table, rows in tables.items()
    }  # fmt: skip
    return Facts.from_cells(made)


def person(id, place="", about="", **more):
    return {"id": id, "name": id.title(), "organization_id": place, "occupation_id": about, **more}


def asked(id, day, reply="none yet", replied_on="", purpose="request", channel="email"):
    return {"contact_id": id, "purpose": purpose, "channel": channel, "reply": reply,
            "sent_at": f"{day}T12:00:00+00:00", "replied_on": replied_on}  # fmt: skip


def met(id, day, about="", status="held", **more):
    return {"id": f"met {id} {day}", "contact_id": id, "occupation_id": about, "status": status,
            "starts_at": f"{day}T12:00:00+00:00", "minutes": "20", **more}  # fmt: skip


def named(from_, to, day="2026-10-01", may="yes", **more):
    return {"from_contact_id": from_, "to_contact_id": to, "referred_on": day,
            "may_use_name": may, **more}  # fmt: skip


def said(meeting, category, outcome="asked", answer="A lot."):
    return {"interview_id": meeting["id"], "category": category, "outcome": outcome,
            "answer": answer}  # fmt: skip


def rated(occupation, criterion, rating, day="2026-10-01", meeting=""):
    return {"occupation_id": occupation, "criterion_id": criterion, "rating": str(rating),
            "rated_on": day, "interview_id": meeting}  # fmt: skip


DAY = "2026-10-05"
CRITERIA = [
    {"id": "quiet", "statement": "Quiet", "importance": "4"},
    {"id": "pay", "statement": "Pay", "importance": "2"},
]
JOBS = [{"id": "job", "title": "Job", "status": "exploring"},
        {"id": "trade", "title": "Trade", "status": "exploring"}]  # fmt: skip
ODD = {  # what is in the logs -> the logs
    "one person": {"contacts": [person("ana")]},
    "one occupation": {"occupations": JOBS[:1]},
    "a request to nobody": {"messages": [asked("ana", DAY)]},
    "characters that no font has": {
        "contacts": [person("a\x00\x01"), person("b\x7f\x80", about="job")],
        "occupations": [job | {"title": f"\x00\x01{job['title']}\x9f"} for job in JOBS],
        "criteria": CRITERIA, "messages": [asked("a\x00\x01", DAY, "yes", DAY)],
        "interviews": [met("a\x00\x01", DAY, "job")],
        "referrals": [named("a\x00\x01", "b\x7f\x80", DAY)],
        "fit_ratings": [rated("job", "pay", 2, DAY)]},
    "an interview with nobody, and no debrief": {"interviews": [met("ana", DAY, "job")]},
    "one rating": {"occupations": JOBS[:1], "criteria": CRITERIA[:1],
                   "fit_ratings": [rated("job", "quiet", 3, DAY)]},
    "everything on one day": {
        "contacts": [person(id, about="job") for id in "abcdefg"], "occupations": JOBS,
        "criteria": CRITERIA, "messages": [asked(id, DAY, "yes", DAY) for id in "abcdefg"],
        "interviews": [met(id, DAY, "job") for id in "abcdefg"],
        "referrals": [named("a", id, DAY) for id in "bcdefg"],
        "fit_ratings": [rated("job", "pay", n, DAY) for n in (1, 2, 3, 4, 5)],
    },
    "everything to come": {
        "contacts": [person("ana"), person("bo")], "occupations": JOBS, "criteria": CRITERIA,
        "messages": [asked("ana", "2027-03-01", "yes", "2027-03-05")],
        "interviews": [met("ana", "2027-04-01", "job"), met("bo", "2027-05-01", "", "confirmed")],
        "referrals": [named("ana", "bo", "2027-06-01")],
        "fit_ratings": [rated("job", "pay", 3, "2027-07-01")],
        "tasks": [{"task": "Then", "due_on": "2027-08-01"}],
    },
    "a referral to oneself": {"contacts": [person("ana")], "interviews": [met("ana", DAY)],
                              "referrals": [named("ana", "ana")]},
    "every criterion deleted": {"occupations": JOBS, "fit_ratings": [rated("job", "pay", 4)]},
    "a criterion deleted": {
        "occupations": JOBS, "criteria": CRITERIA[:1],
        "fit_ratings": [rated("job", "pay", 4), rated("trade", "pay", 2), rated("job", "quiet", 3)],
    },
    "ids of nobody, and cells that are no dates or numbers": {
        "contacts": [person("ana"), person("bo")], "occupations": JOBS[:1],
        "referrals": [named("ana", "gone"), named("bo", "ana", day="")],
        "messages": [asked("ana", "2027-01-01", "yes"), asked("gone", "2026-10-01"),
                     {"contact_id": "bo", "purpose": "request", "sent_at": "soon"}],
        "interviews": [met("ana", "2027-01-01"), met("gone", "2026-10-01"),
                       {"id": "i", "contact_id": "bo", "status": "held", "starts_at": ""}],
        "questions": [{"interview_id": "none", "category": "salary", "outcome": "asked"}],
        "fit_ratings": [rated("job", "gone", 5), rated("gone", "c", 3), rated("job", "c", 9)],
        "criteria": [{"id": "c", "statement": "Quiet", "importance": "many"}],
        "tasks": [{"task": "Write", "due_on": "30 February"}],
    },
}  # fmt: skip


def as_rows(table, *columns):
    return list(table[list(columns)].itertuples(index=False, name=None))


def heard(people, referrals=(), places=None, silent=()):
    """Facts in which these people were all asked about the salary of one occupation."""
    everybody = [*people, *silent]
    meetings = [met(id, "2026-10-10", "job") for id in people]
    return facts(
        contacts=[person(id, (places or {}).get(id, "")) for id in everybody],
        occupations=[{"id": "job", "title": "Job", "status": "exploring"}],
        referrals=[named(*pair) for pair in referrals],
        interviews=meetings,
        questions=[said(meeting, "salary") for meeting in meetings],
    )
