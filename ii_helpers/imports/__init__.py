"""Contacts from files: LinkedIn, Google and Outlook exports, vCards; and merging two people.

A file is read and understood first, and nothing is written before `add_contacts`.
"""

from .files import read_contacts
from .people import add_contacts, compare, duplicates, fill_in, filled_in, fold, merge_contacts
from .results import COLUMNS, READABLE, Counts, FileUnreadable, ImportResult

__all__ = [
    "COLUMNS", "READABLE", "Counts", "FileUnreadable", "ImportResult", "add_contacts", "compare",
    "duplicates", "fill_in", "filled_in", "fold", "merge_contacts", "read_contacts",
]  # fmt: skip
