"""How often the question checks agree with a person: `python -m tests.labelled.questions`.

questions.csv holds questions labelled before they were checked: one half the rules were then
tuned on, the other half was kept back. questions_unseen.csv was written after the tuning.
When first measured, the half kept back came out at 97.2 % (closed) and 99.1 % (generic), the
unseen ones at 98.0 % and 96.9 %; what they showed has been corrected since.

A question that is out of place is told only that, whatever else is wrong with it; so what is
measured here is what was found, not what was said.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import NamedTuple

from ii_helpers.questions.advice import faults
from ii_helpers.questions.asks import asks_in

HERE = Path(__file__).parent
RULES = ("closed", "generic")


class Labelled(NamedTuple):
    """One question and what a person says of it."""

    half: str
    closed: bool
    generic: bool
    question: str


def labelled() -> list[Labelled]:
    """Return every labelled question."""
    found = []
    for name in ("questions.csv", "questions_unseen.csv"):
        with open(HERE / name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yes = {rule: row[rule] == "yes" for rule in RULES}
                found.append(Labelled(row["half"], question=row["question"], **yes))
    return found


def disagreements(rows: list[Labelled], rule: str) -> list[Labelled]:
    """Return the rows on which the checks and the person differ about this rule."""
    return [
        row
        for row in rows
        if getattr(row, rule) != any(rule in faults(ask) for ask in asks_in(row.question))
    ]


def main(show: bool) -> None:
    rows = labelled()
    print(f"{len(rows)} labelled questions")
    for half in dict.fromkeys(row.half for row in rows):
        part = [row for row in rows if row.half == half]
        for rule in RULES:
            wrong = disagreements(part, rule)
            right = 1 - len(wrong) / len(part)
            print(f"{half:>10}  {rule:<8} {right:6.1%} right of {len(part)}")
            for row in wrong if show else ():
                print(f"{'':12}{'should' if getattr(row, rule) else 'should not'}: {row.question}")


if __name__ == "__main__":
    main(show="--show" in sys.argv)
