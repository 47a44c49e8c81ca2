"""What a debrief holds until it is saved, and how it is written: as one change (R27-R31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..errors import InvalidRow
from ..facts import Facts
from ..forms import told_apart
from ..tables import GOAL_STAGES, TABLES
from .live import live_notes
from .planning import ordered
from .research import last_goal

if TYPE_CHECKING:
    from ..workbook import Workbook

REFLECTION = (
    "learned", "advice", "liked", "concerns", "advantages", "discovered", "strengths",
    "weaknesses", "next_steps",
)  # fmt: skip
SEEN = ("dress", "communication", "humor")  # noted live as well
OBSERVATIONS = (*SEEN, "would_work_there")
_OF_A_PERSON = ("name", "job_title", "email", "notes")
_MARKS = {"asked": "asked", "skipped": "not reached"}  # what the live page calls an outcome


def new_id(table: str) -> str:
    return TABLES[table].new_id()


def blank_state(wb: Workbook, meeting: Any) -> dict[str, Any]:
    """Return what the debrief of a meeting starts from: the logs, and what was noted live.

    Rows still to be made carry their ids from here on: a save that was cut off is completed
    by the next one and doubles nothing.
    """
    live = live_notes(wb, meeting.id)
    written = next((r for r in wb.debriefs.rows() if r.interview_id == meeting.id), None)
    texts: dict[str, Any] = {name: "" for name in (*REFLECTION, *OBSERVATIONS, "effect_on_goal")}
    texts["would_work_there"] = None
    texts.update({name: live[name] for name in SEEN})
    if written:
        texts.update({name: getattr(written, name) or texts[name] for name in texts})
    state: dict[str, Any] = {
        "debrief_id": written.id if written else new_id("debriefs"),
        "texts": texts,
        "were": {"texts": dict(texts) if written else {}, "questions": {}},
        "live": heard(live),
        "answers": {},
        "people": [
            new_person(name=n["name"], notes=n["about"], may_use_name=n["may_use_name"])
            for n in live["names"]
        ],
        "steps": [],
        "ratings": {},
        "rated": Facts.of(wb).subjects.get(meeting.id, ""),
        "came_up": "",  # a question that is typed and not added yet
        "came_up_category": "",
        "goal": {"id": new_id("goals"), "stage": "", "objective": ""},
    }
    for row in ordered(wb, meeting.id):
        state["were"]["questions"][row.id] = [row.outcome, row.answer, row.text, row.category]
        outcome = row.outcome if row.outcome in ("asked", "not reached") else ""
        note = live["notes"].get(row.id, "")
        state["answers"][row.id] = {
            "outcome": outcome or _MARKS.get(live["outcomes"].get(row.id, ""), "")
            or ("asked" if note.strip() else ""),
            "answer": row.answer or note,
        }  # fmt: skip
    for row in wb.fit_ratings.rows():
        if row.interview_id == meeting.id:
            of = state["ratings"].setdefault(row.occupation_id, {})
            of[row.criterion_id] = {"id": row.id, "rating": row.rating}
    return state


def heard(live: Mapping[str, Any]) -> dict[str, Any]:
    """What of the live notes goes into a debrief, as it stands."""
    return {name: live[name] for name in ("notes", "outcomes", "names", *SEEN)}


def take_live_notes(wb: Workbook, meeting: Any, state: dict[str, Any]) -> bool:
    """Add to a debrief what was noted live since it was begun; say whether that was anything.

    What is typed in the debrief stays: a note that differs comes below it.
    """
    now, before = heard(live_notes(wb, meeting.id)), state["live"]
    if now == before or not any(now.values()):
        return False
    for id, note in now["notes"].items():
        told = state["answers"].setdefault(id, {"outcome": "", "answer": ""})
        told["answer"] = _joined(told["answer"], note, before["notes"].get(id, ""))
        if note.strip() and not told["outcome"]:
            told["outcome"] = _MARKS.get(now["outcomes"].get(id, ""), "asked")
    for id, how in now["outcomes"].items():
        told = state["answers"].setdefault(id, {"outcome": "", "answer": ""})
        told["outcome"] = told["outcome"] or _MARKS[how]
    for name in SEEN:
        state["texts"][name] = _joined(state["texts"][name] or "", now[name], before[name])
    for named in now["names"]:
        if named not in before["names"] and not any(
            one["name"].strip() == named["name"] and named["about"] in one["notes"]
            for one in state["people"]
        ):
            state["people"] = [
                one for one in state["people"] if any(one[name].strip() for name in _OF_A_PERSON)
            ]
            state["people"].append(
                new_person(
                    name=named["name"], notes=named["about"], may_use_name=named["may_use_name"]
                )
            )
    state["live"] = now
    return True


def _joined(text: str, note: str, before: str) -> str:
    """A text that may hold a note as it was before, with the note as it is now."""
    if note == before or note.strip() in text:
        return text
    return note if text.strip() in ("", before.strip()) else f"{text}\n{note}"


def new_person(**known: str) -> dict[str, str]:
    blank = {"name": "", "job_title": "", "email": "", "notes": "", "may_use_name": "not asked"}
    return {**blank, **known, "id": new_id("contacts"), "referral_id": new_id("referrals")}


def is_blank(state: Mapping[str, Any]) -> bool:
    """Whether a debrief holds nothing that anybody wrote, chose or rated."""
    return not (
        any(text for text in state["texts"].values() if text is not None and str(text).strip())
        or any(told["outcome"] or told["answer"].strip() for told in state["answers"].values())
        or any(person[name].strip() for person in state["people"] for name in _OF_A_PERSON)
        or any(step["task"].strip() for step in state["steps"])
        or any(r["rating"] is not None for of in state["ratings"].values() for r in of.values())
        or state["goal"]["objective"].strip()
    )


def people_faults(people: Iterable[Mapping[str, str]], now: datetime) -> dict[tuple[int, str], str]:
    """What is wrong with the people named: (which one, from 1, and the column) -> a sentence.

    Somebody without a name is no contact: the name is asked for before the rest gets lost.
    """
    faults = {}
    for n, person in enumerate(people, 1):
        told = {name: person[name].strip() for name in _OF_A_PERSON}
        if any(told.values()):
            stamps = {"id": person["id"], "created_at": now, "updated_at": now}
            try:
                TABLES["contacts"].validate({**told, **stamps})
            except InvalidRow as error:
                faults.update({(n, name): text for name, text in error.problems.items()})
    return faults


def save_debrief(wb: Workbook, meeting: Any, state: Mapping[str, Any], now: datetime) -> list[str]:
    """Write everything that a debrief holds, as one change; return what was done, in words.

    Checked as a whole before anything is written. Raises InvalidRow then, with nothing
    written. Doing it twice with the same state changes nothing.
    """
    rows, words = _rows_of(wb, meeting, state, now)
    for table, id, values in rows:
        if values is not None:
            _check(wb, table, id, values, now)
    with wb.together(f"saving the debrief of {wb.label('contacts', meeting.contact_id)}"):
        for table, id, values in rows:
            _put(wb, table, id, values)
    return words


def _check(wb: Workbook, table: str, id: str, values: Mapping[str, Any], now: datetime) -> None:
    before = wb.log(table).get(id).model_dump() if id in wb.log(table) else {}
    stamps = {"id": id, "created_at": now, "updated_at": now}
    try:
        TABLES[table].validate({**before, **values, **stamps})
    except InvalidRow as error:
        error.path = wb.log(table).path
        raise


def _put(wb: Workbook, table: str, id: str, values: Mapping[str, Any] | None) -> None:
    """Append the row, or revise it where it is there and differs; None: erase it."""
    log = wb.log(table)
    if values is None:
        log.erase(id)
        return
    if id not in log:
        log.append(id=id, **values)
        return
    row = log.get(id)
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changes:
        log.revise(id, **changes)


_Rows = list[tuple[str, str, Any]]  # (table, id, the values or None)


def _rows_of(
    wb: Workbook, meeting: Any, state: Mapping[str, Any], now: datetime
) -> tuple[_Rows, list[str]]:
    today, words = now.date(), []
    rows: _Rows = [("interviews", meeting.id, {"status": "held"})]
    texts = {"interview_id": meeting.id, **state["texts"]}
    were = state["were"]
    if state["debrief_id"] not in wb.debriefs:
        texts["recorded_at"] = now
    else:  # what was corrected elsewhere since stays, where nothing was changed here
        texts = {name: text for name, text in texts.items()
                 if name not in were["texts"] or text != were["texts"][name]}  # fmt: skip
    rows.append(("debriefs", state["debrief_id"], texts))
    question_rows, asked = _question_rows(wb, meeting, state)
    rows += question_rows
    words += asked
    people_rows, named = _people_rows(wb, meeting, state["people"], today)
    rows += people_rows
    words += named
    n_steps = 0
    for step in state["steps"]:
        if step["task"].strip():
            n_steps += 1
            rows.append(
                ("tasks", step["id"],
                 {"contact_id": meeting.contact_id, "interview_id": meeting.id,
                  "task": step["task"].strip(), "due_on": as_day(step["due_on"])})
            )  # fmt: skip
    if n_steps:
        words.append(f"{n_steps} next step{'s' if n_steps > 1 else ''}")
    n_ratings = 0
    for occupation_id, of in state["ratings"].items():
        for criterion_id, rated in of.items():
            if rated["rating"] is None and rated["id"] in wb.fit_ratings:
                rows.append(("fit_ratings", rated["id"], None))
            if rated["rating"] is None or criterion_id not in wb.criteria:
                continue
            n_ratings += 1
            values = {"occupation_id": occupation_id, "criterion_id": criterion_id,
                      "interview_id": meeting.id, "rating": rated["rating"]}  # fmt: skip
            before = rated["id"] in wb.fit_ratings and wb.fit_ratings.get(rated["id"])
            if not before or before.rating != rated["rating"]:
                values["rated_on"] = today
            rows.append(("fit_ratings", rated["id"], values))
    if n_ratings:
        words.append(f"{n_ratings} rating{'s' if n_ratings > 1 else ''}")
    goal, last = state["goal"], last_goal(wb)
    objective, stage = goal["objective"].strip(), goal["stage"]
    if last and not objective and stage not in ("", last.stage):
        objective = last.objective  # it stands, and how far along it is has changed
    if objective:
        stage = stage or (last.stage if last else GOAL_STAGES[0])
        rows.append(
            ("goals", goal["id"], {"set_on": today, "stage": stage, "objective": objective})
        )  # fmt: skip
        words.append("your new objective")
    return rows, words


def _question_rows(wb: Workbook, meeting: Any, state: Mapping[str, Any]) -> tuple[_Rows, list[str]]:
    """The outcomes and answers. One that was not changed here stays as it is in the log by now;
    a question that was taken out elsewhere is back with the answer that it got here."""
    rows: _Rows = []
    for id, told in state["answers"].items():
        was, answered, *asked = state["were"]["questions"].get(id, ("", ""))
        if id in wb.questions:
            row = wb.questions.get(id)
            if id not in state["were"]["questions"]:
                was, answered = row.outcome, row.answer
            answer = row.answer if told["answer"] == answered else told["answer"]
            outcome = told["outcome"] or ("asked" if answer.strip() else "")
            if row.outcome != was and outcome in ("", was):
                outcome = row.outcome
            outcome = outcome or ("not reached" if row.outcome == "planned" else row.outcome)
            rows.append(("questions", id, {"outcome": outcome, "answer": answer}))
        elif asked and told["answer"].strip() and told["answer"] != answered:
            at = max((row.position for row in ordered(wb, meeting.id)), default=0) + 1
            rows.append(
                ("questions", id,
                 {"interview_id": meeting.id, "text": asked[0], "category": asked[1],
                  "position": min(at, 999), "outcome": "asked", "answer": told["answer"]})
            )  # fmt: skip
    n_asked = sum(values["outcome"] == "asked" for _, _, values in rows)
    return rows, [f"{n_asked} of {len(rows)} questions asked"] if rows else []


def _people_rows(
    wb: Workbook, meeting: Any, named: list[dict[str, str]], today: date
) -> tuple[_Rows, list[str]]:
    """Contacts and referrals of the people named; one who is a contact already stays one."""
    from ..imports import filled_in

    rows: _Rows = []
    words = []
    known: dict[str, dict[str, str]] = {}  # name -> ids, with the email of each
    for row in wb.contacts.rows():
        known.setdefault(_fold(row.name), {})[row.id] = row.email.casefold()
    there = {
        row.to_contact_id: row.id
        for row in wb.referrals.rows()
        if row.from_contact_id == meeting.contact_id and row.interview_id == meeting.id
    }
    for person in named:
        name = person["name"].strip()
        if not name:
            continue
        details = {column: text for column in ("job_title", "email", "notes")
                   if (text := person[column].strip())}  # fmt: skip
        id = person["id"]
        if id not in wb.contacts:
            there_are = known.setdefault(_fold(name), {})
            id = _whom(id, details, there_are, meeting)
            there_are.setdefault(id, details.get("email", "").casefold())
        if id == meeting.contact_id:
            words.append(f"{name} is the person you met, so no referral was made")
            continue
        if id == person["id"]:
            values = {"name": name, "how_known": "referred by a contact",
                      "occupation_id": meeting.occupation_id,
                      "job_title": "", "email": "", "notes": "", **details}  # fmt: skip
            rows.append(("contacts", id, values))
            words.append(f"{name} is now a contact")
        else:
            if id in wb.contacts and (filled := filled_in(wb, id, details)):
                rows.append(("contacts", id, filled))
            which = _which(wb, name, id, known[_fold(name)])
            words.append(f"{which} was in your contacts already and is now named as well")
        referral = there.get(id, person["referral_id"])
        there[id] = referral
        values = {"from_contact_id": meeting.contact_id, "to_contact_id": id,
                  "interview_id": meeting.id, "may_use_name": person["may_use_name"]}  # fmt: skip
        if referral not in wb.referrals:
            values["referred_on"] = meeting.starts_at.date() if _is_past(meeting, today) else today
        rows.append(("referrals", referral, values))
    return rows, words


def _whom(new: str, details: Mapping[str, str], namesakes: Mapping[str, str], meeting: Any) -> str:
    """The id of who is meant: a contact of that name, or the new one.

    Details may tell two people apart: they go to the one of the same address, to the only one
    of the name, and otherwise, or where that is the person met, to a contact of their own.
    """
    ids, email = list(namesakes), details.get("email", "").casefold()
    same = [id for id in ids if email and namesakes[id] == email]
    if same or ids and not details:
        return (same or ids)[-1]
    return ids[0] if len(ids) == 1 and ids[0] != meeting.contact_id else new


def _which(wb: Workbook, name: str, id: str, namesakes: Mapping[str, str]) -> str:
    """The name of a contact; of one of several with that name, what tells which one it is."""
    there = [one for one in namesakes if one in wb.contacts]
    if id not in there or len(there) < 2:
        return name
    words = told_apart(wb, [(name, "contacts", one) for one in there])
    return (
        f"{words[there.index(id)]} (one of {len(there)} contacts of that name: their email would "
        "say which one)"
    )


def _is_past(meeting: Any, today: date) -> bool:
    return meeting.starts_at.date() <= today


def as_day(text: Any) -> Any:
    return date.fromisoformat(text) if isinstance(text, str) and text else text or None


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
