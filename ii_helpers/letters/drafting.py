"""Drafts: a template filled from the logs, without any line that lacks a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from .facts import Facts, listed
from .kinds import FACTS, NETWORK_LIMIT, Letter, known_kind, template_name
from .wording import BREAK, END, GONE, KEEP, environment_of, own_templates, render, template_named

if TYPE_CHECKING:
    from ..workbook import Workbook


def draft(
    kind: str,
    wb: Workbook,
    contact_id: str,
    *,
    channel: str = "email",
    today: date | None = None,
    **details: Any,
) -> Letter:
    """Return the draft of a letter to a contact, made from the logs.

    kind: one of KINDS; channel: for a request, how it goes out
    details: facts that count more than the log's, such as minutes=25, field="nursing",
        me="a nurse in training", why_them=, how_it_helped=, when=, ways_to_meet=, news=

    A missing fact never raises. Raises RowNotFound without such a contact, WorkbookError for
    an unknown kind, TemplateInvalid when a course's own template cannot be used.
    """
    kind = known_kind(kind)
    name = template_name(kind, channel)
    facts = Facts(wb, wb.contacts.get(contact_id), kind, channel, today or date.today(), details)
    if name == "permission" and facts.asks_for_the_name:
        name = "permission-name"
    environment = environment_of(own_templates(wb))
    letter = _write(environment, name, facts, {})
    if name == "request-network-site":
        letter = _shorten(environment, name, facts, letter)
    return letter


def _shorten(environment: Any, name: str, facts: Facts, letter: Letter) -> Letter:
    """Leave out whole facts, the least needed first, until the message fits the site."""
    without: dict[str, None] = {}
    left_out = []
    steps = [("how_i_found_you", "how you found them")] if not facts.values["referrer"] else []
    steps += [("me", "who you are"), ("ways_to_meet", "ways to meet"), ("why_you", "why them")]
    steps += [("how_i_found_you", "who named them"), ("the_field", "the field")]
    for fact, words in steps:
        if len(letter.body) <= NETWORK_LIMIT:
            break
        if fact == "me" and facts.values["name"]:
            facts.values["who_i_am"] = f"I am {facts.values['name']}."
        elif fact != "me":
            without[fact] = None
        shorter = _write(environment, name, facts, without)
        if len(shorter.body) < len(letter.body):
            left_out.append(words)
            letter = shorter
    if left_out:
        note = (
            f"To stay within {NETWORK_LIMIT} characters it leaves out {listed(left_out)}. "
            "Shorter words for these may fit."
        )
        missing = tuple(m for m in letter.missing if m in facts.asks_for(without))
        letter = Letter(letter.subject, letter.body, missing, (*letter.notes, note))
    return letter


def _write(environment: Any, name: str, facts: Facts, without: Mapping[str, None]) -> Letter:
    """Fill a template, and leave out each line that lacks a fact."""
    template, used = template_named(environment, name, set(facts.values))
    values = {k: v for k, v in facts.values.items() if v and k not in without}
    text = render(template, values, environment)
    wanted = {m.casefold() for m in re.findall(f"{GONE}(.*?){END}", text)}
    wanted |= {key for fact in used if fact not in without for key in facts.asks.get(fact, ())}
    paragraphs: list[list[str]] = [[]]
    subject = ""
    for line in text.splitlines():
        if GONE in line:
            continue
        bare = line.replace(KEEP, "").strip()
        if not paragraphs[-1] and len(paragraphs) == 1 and line.casefold().startswith("subject:"):
            subject = subject or " ".join(bare[8:].split())
        elif bare:
            paragraphs[-1].append(" ".join(bare.split()))
        elif paragraphs[-1] and KEEP not in line:
            paragraphs.append([])
    body = "\n\n".join(_paragraph(lines) for lines in paragraphs if any(lines))
    missing = tuple(key for key in FACTS if key in wanted)
    notes = list(facts.notes)
    if facts.of_debrief & set(used):
        notes.append(
            "Its words about the conversation are those of your debrief: read them as the other "
            "person would, and change them before you send it."
        )
    return Letter(subject, body.strip(), missing, tuple(notes))


def _paragraph(lines: list[str]) -> str:
    joined = re.sub(f" *{BREAK} *", "\n", " ".join(lines))
    joined = re.sub(r"(?<=\w)\.\.(?!\.)", ".", joined)  # an abbreviation's stop ends its sentence
    return re.sub(r"^\n+|\n+$", "", joined)
