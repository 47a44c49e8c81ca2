"""What an instructor reads about one learner: a line of progress.csv, and whether a word is due."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ..settings import Course
from .roster import Copy, clean, safe

QUIET_DAYS = 14
UNANSWERED = 5
MANY = 20  # of fewer, a figure is a count and no percentage


def words_for(kept: dict[str, Any], course: Course, today: date) -> list[str]:
    """Return why an instructor may want a word with this learner; nothing for most."""
    now, targets, found = today.toordinal(), course.targets, []
    if not kept["rows"]:
        return ["nothing is logged yet"]
    if kept["last"] and (quiet := now - kept["last"]) > QUIET_DAYS:
        found.append(f"nothing was logged for {quiet} days")
    asked, replied = kept["funnel"][0], kept["funnel"][1]
    if asked >= UNANSWERED and replied == 0:
        found.append(f"{asked} people asked and no reply yet")
    overdue = course.thank_you.overdue_days
    if n := sum(now - day > overdue for day in kept["unthanked"]):
        found.append(
            f"{n_of(n, 'meeting')} without a thank-you note for over {n_of(overdue, 'day')}"
        )
    if n := sum(now - day > overdue for day in kept["unwritten"]):
        found.append(f"{n_of(n, 'meeting')} without a debrief")
    if n := sum(day < now for day in kept["passed"]):
        found.append(f"{n_of(n, 'meeting')} past, and nothing says how it went")
    for what, n, target, by in (
        ("people in the network", kept["contacts"], targets.contacts, targets.contacts_by),
        ("requests sent", kept["requests"], targets.requests, targets.requests_by),
        ("interviews about any one occupation", max(kept["held"], default=0),
         targets.interviews_per_occupation, targets.interviews_by),
    ):  # fmt: skip
        if by and today > by and n < target:
            found.append(f"{n} of {target} {what} by {dated(by)}")
    return found


def dated(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def n_of(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"


PROGRESS = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Email address", "hand_in",
    "contacts", "contacts_target", "requests", "requests_target", "people_asked", "people_replied",
    "people_met", "people_thanked", "interviews_held", "most_for_one_occupation",
    "interviews_per_occupation_target", "occupations_at_target", "referrals",
    "independent_voices", "median_days_to_thank", "last_active_on", "targets_reached",
    "targets", "may_need_a_word",
)  # fmt: skip


def line(
    path: str, who: Copy | None, kept: dict[str, Any] | None, words: list[str], course: Course
) -> list[Any]:
    """Return a learner's line of progress.csv; without counts for one who handed nothing in."""
    if who:
        name, ids = who.name, (who.canvas_id, who.id, who.login, who.section, who.email)
    else:
        name, ids = _who(path), ("",) * 5
        if found := re.match(r"[^_]+_(?:LATE_)?(\d+)_\d+_", path.rpartition("/")[2]):
            ids = (found[1], *ids[1:])  # Canvas writes its id into the names of its files
    start = [safe(clean(text)) if text else "" for text in (name, *ids, path)]
    t = course.targets
    if kept is None:
        return [*start, *[""] * (len(PROGRESS) - len(start) - 1), safe("; ".join(words))]
    asked, replied, _, met, thanked, _ = kept["funnel"]
    n_held, n_referrals, n_independent = kept["sums"]
    best = max(kept["held"], default=0)
    reached = [kept["contacts"] >= t.contacts, kept["requests"] >= t.requests,
               best >= t.interviews_per_occupation]  # fmt: skip
    thanks = sorted(kept["thanks"])
    median = (thanks[(len(thanks) - 1) // 2] + thanks[len(thanks) // 2]) / 2 if thanks else ""
    return [
        *start, kept["contacts"], t.contacts, kept["requests"], t.requests, asked, replied, met,
        thanked, n_held, best, t.interviews_per_occupation,
        sum(n >= t.interviews_per_occupation for n in kept["held"]),
        n_referrals, n_independent, median,
        date.fromordinal(kept["last"]) if kept["last"] else "", sum(reached), len(reached),
        safe("; ".join(words)),
    ]  # fmt: skip


def _who(path: str) -> str:
    """What to call a learner whom no list of copies names: as the learning platform does, else
    a hand-in as its file, a workbook as the folder that it lies in."""
    parts = path.split("/")
    parts[-1] = re.sub(r"(?i)\.zip$", "", parts[-1])
    for part in reversed(parts):
        for pattern in _PLATFORMS if "_" in part else ():
            if found := pattern.match(part):
                return found[1]
    if "workbook" in parts[1:]:  # as nbgrader collects it, and as a copy's zip unpacks
        return parts[parts.index("workbook", 1) - 1]
    if re.fullmatch(r"hand-in(-\w{8})?", parts[-1]):  # our own name for it tells of nobody
        return "/".join(parts[-2:])
    while len(parts) > 1 and parts[-1] in ("data", "log"):
        parts.pop()
    return path if parts[-1] in ("data", "log") else parts[-1]


_PLATFORMS = [re.compile(pattern) for pattern in (
    r".+?_([^_]+)_attempt_\d",  # Blackboard: the assignment, the username, the attempt
    r"(.+)_\d+_assignsubmission_file_",  # Moodle: the name, a number
    r"([^_]+)_(?:LATE_)?\d+_\d+_.",  # Canvas: the name, two numbers, the file
)]  # fmt: skip
