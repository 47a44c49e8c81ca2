"""Letters: drafts made from the logs, and checks that advise on any text (R1, R14, R15, R30).

A draft never holds a blank: a sentence whose fact is missing is left out whole and the fact
is named in `missing`, so that the form can ask for it. Nothing is sent from here.
"""

from .checking import check
from .drafting import draft
from .facts import in_both_zones, zone_words
from .kinds import FACTS, KINDS, NETWORK_LIMIT, NETWORK_SITE, Letter, TemplateInvalid
from .sending import call_sheet, eml, mailto, page

__all__ = [
    "FACTS", "KINDS", "NETWORK_LIMIT", "NETWORK_SITE", "Letter", "TemplateInvalid", "call_sheet",
    "check", "draft", "eml", "in_both_zones", "mailto", "page", "zone_words",
]  # fmt: skip
