"""The kinds of letters, and what a draft of one is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import WorkbookError

KINDS = (
    "request", "call script", "follow-up", "confirmation", "thank-you", "permission",
    "introduction", "keep in touch",
)  # fmt: skip
NETWORK_SITE = "professional network site"
NETWORK_LIMIT = 300  # characters in a message to someone you are not yet connected with

# What a draft can do without, and what the form then asks, in the order of asking.
FACTS = {
    "name": "Your name",
    "me": "Who you are, in one line",
    "email": "Your email",
    "phone": "Your phone",
    "field": "The field you are exploring",
    "how_found": "How you found this person",
    "why_them": "Why this person: I am writing to you because ...",
    "when": "The day and time of the meeting",
    "place": "The place or link of the meeting",
    "how_it_helped": "How the conversation helped you",
    "news": "Something new since you last spoke",
    "introducer": "Who can introduce you",
}


class TemplateInvalid(WorkbookError):
    """A letter's template cannot be used. `path` is its file, `value` the line."""


@dataclass(frozen=True)
class Letter:
    """A draft, to be read and changed by the learner before it goes out.

    missing: the facts (keys of FACTS) that it had to do without
    notes: what the learner should know about it, such as why a name is not in it
    """

    subject: str
    body: str
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def known_kind(kind: str) -> str:
    """The kind as KINDS has it, however it is written. Raises WorkbookError for an unknown one."""
    plain = {re.sub("[^a-z]", "", known): known for known in KINDS}
    try:
        return plain[re.sub("[^a-z]", "", kind.casefold())]
    except (KeyError, AttributeError):
        raise WorkbookError(
            f'There is no letter of the kind "{kind}". There are: {", ".join(KINDS)}.', value=kind
        ) from None


def template_name(kind: str, channel: str) -> str:
    """What the wording of a letter is called, by its kind and how it goes out."""
    if kind != "request":
        return kind.replace(" ", "-")
    if is_network(channel):
        return "request-network-site"
    return {
        "letter": "request-letter",
        "phone": "call-script",
        "in person": "call-script",
        "introduction": "introduction",
    }.get(channel, "request-email")


def is_network(channel: str) -> bool:
    return bool(re.search("network|site|linkedin", channel or "", re.I))
