"""Contacts from CSV files: LinkedIn, Google, Outlook, and those of other address books."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from .results import (
    READABLE,
    FileUnreadable,
    ImportResult,
    Progress,
    Skip,
    contact_of,
    result_of,
    shortened,
)

_LINKEDIN = {"first name", "last name", "company", "position", "connected on"}
_OUTLOOK = {"first name", "last name", "e-mail address"}
_GOOGLE_NEW = {"first name", "last name", "organization name"}
_GOOGLE_OLD = {"given name", "family name"}

_PLAIN = {  # headers that other address books use, for a CSV of no known kind
    "name": ("name", "full name", "display name", "contact", "contact name", "person"),
    "first": ("first name", "first", "given name", "forename", "firstname"),
    "last": ("last name", "last", "surname", "family name", "lastname"),
    "salutation": ("salutation", "prefix", "title", "name prefix"),
    "job_title": ("job title", "position", "role", "job", "occupation"),
    "organization": ("organization", "organisation", "company", "employer", "company name",
                     "organization name"),
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "e-mail 1 - value"),
    "phone": ("phone", "telephone", "phone number", "mobile", "mobile phone", "cell", "tel"),
    "profile_url": ("url", "profile", "profile url", "linkedin", "website", "web page",
                    "profile link"),
    "location": ("location", "city", "place", "where"),
    "notes": ("notes", "note", "comment", "comments"),
}  # fmt: skip


def read_csv(text: str, name: str, tell: Progress) -> ImportResult:
    """Return the people in a CSV of any known kind, or with headers that say enough."""
    found = _header(text)
    if not found:
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        raise FileUnreadable(
            f'{name} has no header that is known; its first line is "{first[:80]}". '
            f"Choose {READABLE}, or a CSV with columns such as Name, Email and Company."
        )
    kind, person, at, delimiter = found
    return result_of(_rows(text, name, person, at, delimiter, tell), kind)


def _header(text: str) -> tuple[str, Any, int, str] | None:
    """Find the header in the first ten rows, with the commas, semicolons or tabs it uses."""
    head = text[:200_000]
    for delimiter in (",", ";", "\t"):
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            for at in range(10):
                row = {cell.strip().strip("\ufeff").casefold() for cell in next(rows)}
                if (kind := _kind(row)) is not None:
                    return (*kind, at, delimiter)
        except (StopIteration, csv.Error):
            continue
    return None


def _kind(header: set[str]) -> tuple[str, Any] | None:
    if header >= _LINKEDIN:
        return "LinkedIn connections", _linkedin
    if header >= _GOOGLE_OLD and header & {"name", "group membership", "e-mail 1 - value"}:
        return "Google Contacts (older)", _google_old
    if header >= _GOOGLE_NEW:
        return "Google Contacts", _google
    if header >= _OUTLOOK:
        return "Outlook contacts", _outlook
    said = {key for key, words in _PLAIN.items() if header & set(words)}
    if ({"name"} & said or {"first", "last"} <= said) and len(said) > ("first" in said) + 1:
        return "Contacts in a CSV", _plain
    return None


def _rows(text: str, name: str, person: Any, at: int, delimiter: str, tell: Progress):
    end = secrets.token_hex()  # a line of its own, unless a quotation is still open there
    lines = csv.reader(chain(io.StringIO(text, newline=""), [end]), delimiter=delimiter)
    total = text.count("\n") + 1
    header: list[str] = []
    line, next_line = 0, 1  # where this row begins, which may be several lines long
    try:
        for n, cells in enumerate(lines):
            line, next_line = next_line, lines.line_num + 1
            if cells == [end]:
                break
            if n < at or not any(cell.strip() for cell in cells):
                continue
            if n == at:
                header = [cell.strip().strip("\ufeff").casefold() for cell in cells]
                continue
            if n % 1000 == 0:
                tell(min(lines.line_num, total), total)
            values = person(_Cells(header, cells))
            if _has_run_on(values, delimiter, len(header)):
                raise _not_closed(name, line, "a cell goes on over the end of the line")
            if any(cell.strip() for cell in cells[len(header) :]):
                yield Skip(lines.line_num, shortened(cells), "with more cells than the header")
                continue
            ready = contact_of(values)
            if ready["name"]:
                yield lines.line_num, ready
            else:
                yield Skip(lines.line_num, shortened(cells), "without a name")
        else:
            raise _not_closed(name, line, "a cell goes on to the end of the file")
    except csv.Error as error:
        raise _not_closed(name, next_line, str(error)) from error
    tell(total, total)


def _not_closed(name: str, line: int, why: str) -> FileUnreadable:
    return FileUnreadable(
        f"{name}, line {line}, cannot be read as CSV ({why}). A quotation mark may be missing "
        "there. Export the file again.",
        value=line,
    )


def _has_run_on(values: Mapping[str, Any], delimiter: str, width: int) -> bool:
    """Whether a cell has taken in what follows its line: it holds about a row's delimiters.

    Notes may well be of several lines.
    """
    one_line = [values.get(what, "") for what in ("name", "organization", "job_title")]
    one_line += [
        values.get("profile_url", ""),
        *values.get("emails", ()),
        *values.get("phones", ()),
    ]
    a_row = max(1, width - 2)
    return any(cell.count(delimiter) >= a_row and re.search(r"[\r\n]", cell) for cell in one_line)


class _Cells:
    """One row of a CSV: cells by header, the first of several of a name that says something."""

    def __init__(self, header: list[str], cells: list[str]):
        self.by_name: dict[str, str] = {}
        for name, cell in zip(header, cells, strict=False):
            if name and cell.strip() and name not in self.by_name:
                self.by_name[name] = cell.strip()

    def get(self, *names: str) -> str:
        return next((self.by_name[n] for n in names if n in self.by_name), "")

    def together(self, *names: str, by: str = " ") -> str:
        return by.join(self.by_name[n] for n in names if n in self.by_name)

    def numbered(self, what: str, value: str = "value") -> list[str]:
        """Google's `E-mail 1 - Value`, `E-mail 2 - Value` ...: the preferred (*) first."""
        found: list[Any] = []
        for n in range(1, 20):
            label = self.get(f"{what} {n} - label", f"{what} {n} - type")
            for cell in self.get(f"{what} {n} - {value}").split(":::"):
                if cell.strip():
                    found.append((not label.startswith("*"), len(found), cell.strip()))
        return [cell for _, _, cell in sorted(found)]


def _linkedin(cells: _Cells) -> dict[str, Any]:
    on = _day(cells.get("connected on"))
    return {
        "name": cells.together("first name", "last name"),
        "profile_url": cells.get("url"),
        "emails": [cells.get("email address")],
        "organization": cells.get("company"),
        "job_title": cells.get("position"),
        "how_known": "professional network site",
        "notes": f"Connected on LinkedIn: {on}" if on else "",
    }


def _google(cells: _Cells) -> dict[str, Any]:
    get = cells.get
    return {
        "name": cells.together("first name", "middle name", "last name", "name suffix")
        or get("nickname", "file as"),
        "pronunciation": cells.together("phonetic first name", "phonetic last name"),
        "organization": get("organization name"),
        "job_title": get("organization title"),
    } | _both_googles(cells)


def _google_old(cells: _Cells) -> dict[str, Any]:
    get = cells.get
    spoken = cells.together("given name", "additional name", "family name", "name suffix")
    return {
        "name": spoken or get("name", "nickname"),
        "pronunciation": get("yomi name") or cells.together("given name yomi", "family name yomi"),
        "organization": get("organization 1 - name"),
        "job_title": get("organization 1 - title"),
    } | _both_googles(cells)


def _both_googles(cells: _Cells) -> dict[str, Any]:
    return {
        "salutation": cells.get("name prefix"),
        "emails": cells.numbered("e-mail"),
        "phones": cells.numbered("phone"),
        "profile_url": next(iter(cells.numbered("website")), ""),
        "location": cells.together("address 1 - city", "address 1 - region", by=", "),
        "notes": cells.get("notes"),
    }


def _outlook(cells: _Cells) -> dict[str, Any]:
    get = cells.get
    home = cells.together("home city", "home state", by=", ")
    return {
        "name": cells.together("first name", "middle name", "last name", "suffix")
        or get("nickname", "e-mail display name"),
        "salutation": get("title"),
        "pronunciation": cells.together("given yomi", "surname yomi"),
        "organization": get("company"),
        "job_title": get("job title"),
        "emails": [get(f"e-mail {n}address") for n in ("", "2 ", "3 ")],
        "phones": [get(p) for p in ("mobile phone", "business phone", "home phone",
                                    "primary phone", "other phone")],
        "profile_url": get("web page", "personal web page"),
        "location": cells.together("business city", "business state", by=", ") or home,
        "referred_by": get("referred by"),
        "notes": get("notes"),
    }  # fmt: skip


def _plain(cells: _Cells) -> dict[str, Any]:
    found: dict[str, Any] = {key: cells.get(*words) for key, words in _PLAIN.items()}
    found["name"] = found["name"] or " ".join(filter(None, (found.pop("first"), found.pop("last"))))
    found["emails"], found["phones"] = [found.pop("email")], [found.pop("phone")]
    return found


_DAYS = (
    "%d %b %Y", "%d %B %Y", "%d-%b-%y", "%d-%b-%Y", "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y",
    "%d/%m/%Y", "%d/%m/%y", "%b %d, %Y", "%B %d, %Y", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d",
)  # fmt: skip


@cache
def _day(text: str) -> str:
    """Return a date in any style met in such files as ISO; as it stands when there is none.

    01/02/18 is read as January 2, as LinkedIn writes it.
    """
    plain = re.split(r",?\s+\d{1,2}:\d\d|T\d\d:", text.strip())[0].strip()
    for style in _DAYS:
        try:
            return datetime.strptime(plain, style).date().isoformat()
        except ValueError:
            continue
    return plain
