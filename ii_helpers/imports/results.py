"""What a file of contacts is understood to say, person by person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import WorkbookError
from ..tables import HOW_KNOWN, SALUTATIONS

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "name", "salutation", "pronunciation", "job_title", "organization", "email", "phone",
    "profile_url", "location", "how_known", "notes", "referred_by",
)  # fmt: skip
READABLE = "a LinkedIn Connections.csv, a Google or Outlook CSV, or a vCard (.vcf)"

Progress = Callable[[int, int], Any]


class FileUnreadable(WorkbookError):
    """A file of contacts cannot be understood. Nothing was written."""


@dataclass(frozen=True)
class ImportResult:
    """What a file was understood to say.

    contacts: one row per person, columns as in COLUMNS; skipped: one row per line left out,
    with columns line, text and reason; kind: what the file is, as in "LinkedIn connections"
    """

    contacts: pd.DataFrame
    skipped: pd.DataFrame
    kind: str

    @property
    def sentence(self) -> str:
        n, left = len(self.contacts), len(self.skipped)
        people = "nobody" if not n else "1 person" if n == 1 else f"{n:,} people"
        said = f"{self.kind}: {people} found"
        for reason, group in self.skipped.groupby("reason", sort=False):
            said += f", {len(group):,} {reason} skipped"
        return said + (" (see below)." if left else ".")


class Counts(NamedTuple):
    """How many were added, were in the log already, and may be someone in the log."""

    added: int
    already_there: int
    possible_duplicates: int

    @property
    def sentence(self) -> str:
        said = f"{self.added:,} added, {self.already_there:,} already there"
        if self.possible_duplicates:
            said += f", {self.possible_duplicates:,} to look at: they may be someone you have"
        return said + "."


def result_of(people: Iterable[tuple[int, dict[str, str]] | Skip], kind: str) -> ImportResult:
    """Put what was read into an ImportResult."""
    import pandas as pd

    contacts, skipped = [], []
    for one in people:
        if isinstance(one, Skip):
            skipped.append(one)
        else:
            contacts.append(one[1])
    columns = {c: [person.get(c, "") for person in contacts] for c in COLUMNS}
    return ImportResult(
        pd.DataFrame(columns, columns=list(COLUMNS), dtype="object"),
        pd.DataFrame(skipped, columns=["line", "text", "reason"], dtype="object"),
        kind,
    )


class Skip(NamedTuple):
    line: int
    text: str
    reason: str


def shortened(cells: Iterable[str]) -> str:
    """What a line says, cut short."""
    return " · ".join(c.strip()[:60] for c in cells if c.strip())[:200]


_PREFIXES = {re.sub(r"\W", "", s).casefold(): s for s in SALUTATIONS} | {
    "professor": "Prof.", "doctor": "Dr.", "miss": "Ms.", "mister": "Mr.",
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def contact_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Make the values of a contact; what fits no column goes to the notes, nothing is lost."""
    person = {c: cleaned(said.get(c, "")) for c in COLUMNS}
    person["notes"] = _UNSTORABLE.sub("", str(said.get("notes", ""))).strip()
    also = []
    good = []
    for email in said.get("emails", ()):
        email = cleaned(email).removeprefix("mailto:")
        if email and _EMAIL.fullmatch(email):
            good.append(email)
        elif email:
            also.append(email)
    phones = list(dict.fromkeys(filter(None, map(cleaned, said.get("phones", ())))))
    good = list({email.casefold(): email for email in reversed(good)}.values())[::-1]
    person["email"] = good[0] if good else ""
    person["phone"] = phones[0] if phones else ""
    also += good[1:] + phones[1:]
    prefix = re.sub(r"\W", "", person["salutation"]).casefold()
    if prefix in _PREFIXES:
        person["salutation"] = _PREFIXES[prefix]
    if also:
        person["notes"] = "\n".join(filter(None, [person["notes"], f"Also: {', '.join(also)}"]))
    if person["how_known"] not in HOW_KNOWN:
        person["how_known"] = ""
    if person["referred_by"] and not person["how_known"]:
        person["how_known"] = "referred by a contact"
    return person


def cleaned(value: Any) -> str:
    """A value in one line, without characters that no file can hold."""
    return " ".join(_UNSTORABLE.sub("", str(value)).split())
