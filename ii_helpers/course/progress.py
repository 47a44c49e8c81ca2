"""How far a learner has come towards the course's targets: steps done, never a grade."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ..measures import Facts, perspectives


class Step(NamedTuple):
    """One target. key: contacts, requests or interviews; by: None without a date"""

    key: str
    words: str
    n: int
    target: int
    by: date | None

    @property
    def is_reached(self) -> bool:
        return self.n >= self.target


def steps(facts: Facts, today: date) -> list[Step]:
    """Return the course's targets with what the learner has done up to a day.

    People in the contacts log, requests sent, and interviews held for each occupation that
    is not ruled out; one line for interviews when there is no occupation yet.
    """
    targets = facts.course.targets
    n_contacts = sum(c.created_on is None or c.created_on <= today for c in facts.contacts)
    n_requests = sum(
        m.purpose == "request" and (m.sent_on is None or m.sent_on <= today) for m in facts.messages
    )
    found = [
        Step(
            "contacts", "People in your network", n_contacts, targets.contacts, targets.contacts_by
        ),
        Step("requests", "Requests sent", n_requests, targets.requests, targets.requests_by),
    ]
    wanted, by = targets.interviews_per_occupation, targets.interviews_by
    names = perspectives.columns
    for row in perspectives.rows(facts.until(today)):
        occupation = dict(zip(names, row, strict=True))
        if occupation["status"] != "ruled out":
            title = occupation["occupation"]
            words = f"Interviews held: {title}" if title else "Interviews held"
            found.append(Step("interviews", words, occupation["n_held"], wanted, by))
    if len(found) == 2:
        found.append(Step("interviews", "Interviews held", 0, wanted, by))
    return found
