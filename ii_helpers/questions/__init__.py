"""Questions for a conversation: a bank to choose from, and checks that advise in place.

The checks look at the grammar of a question, not at lists of known questions: they find the
clause that asks, strip what merely introduces it, and look at how it can be answered.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..errors import Advice, as_text
from .advice import advise, faults, too_long, two_at_once
from .asks import BARE_PROBE, Ask, asks_in, is_closer

if TYPE_CHECKING:
    import pandas as pd

LONGEST_WORDS, LONGEST_CHARACTERS = 40, 280


@lru_cache(maxsize=1)
def _bank_lines() -> tuple[tuple[str, ...], ...]:
    text = files(__package__).joinpath("bank.csv").read_text(encoding="utf-8")
    return tuple(tuple(row) for row in csv.reader(text.splitlines()))


def bank_rows() -> list[dict[str, str]]:
    """Return the bank as dicts, one per question, for those who can do without pandas."""
    header, *rows = _bank_lines()
    return [dict(zip(header, row, strict=True)) for row in rows]


def bank() -> pd.DataFrame:
    """Return the questions to choose from, one row each, in the order of a conversation.

    category: what it is about (tables.CATEGORIES)
    question: its wording
    for_stage: the stage of the objective it serves best (tables.GOAL_STAGES)
    for_format: the format of meeting it is made for (tables.FORMATS), or "any"
    probe: a follow-up for when the answer stays short
    """
    import pandas as pd

    return pd.DataFrame(bank_rows(), dtype="str")


@lru_cache(maxsize=512)
def _checked(text: str) -> tuple[Advice, ...]:
    asks = list(asks_in(text))
    advice = [advise(fault, ask) for ask in asks for fault in _said_of(ask)]
    several = [ask for ask in asks if not BARE_PROBE.match(ask.core)]
    if len(several) > 1 and not any(a.rule == "two questions" for a in advice):
        advice.append(two_at_once(several[1].said))
    if len(text.split()) > LONGEST_WORDS or len(text.strip()) > LONGEST_CHARACTERS:
        advice.append(too_long(text))
    if asks and all(is_closer(ask) for ask in asks):
        advice = [a for a in advice if a.rule not in ("two questions", "closed", "generic")]
    kept: dict[str, Advice] = {}
    for remark in advice:
        kept.setdefault(remark.rule, remark)
    return tuple(sorted(kept.values(), key=lambda remark: _RULES.index(remark.rule)))


def _said_of(ask: Ask) -> list[str]:
    """The rules that it breaks; of a question that is out of place only that is said."""
    broken = list(faults(ask))
    return [rule for rule in broken if rule in _OUT_OF_PLACE] or broken


def check(text: str) -> list[Advice]:
    """Return what could be better about a question; an empty list when there is nothing to say.

    Rules: "asks for a job" (R1), "salary" (asks for the other person's own pay), "personal" (asks
    about their private life), "closed" (one word answers it, R19), "generic" (a public page or
    profile answers it, R20), "leading", "two questions", "too long". Where one of the first three
    applies, only that is said. Asking for permission or for further people is never called closed,
    generic or two questions (R28). Each advice on wording ends with one to try.
    Raises WorkbookError for what is no text; None is a question not written yet.
    """
    return list(_checked(as_text(text, "A question")))


_OUT_OF_PLACE = ("asks for a job", "salary", "personal")
_RULES = (*_OUT_OF_PLACE, "closed", "generic", "leading", "two questions", "too long")
