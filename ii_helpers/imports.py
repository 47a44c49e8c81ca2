"""Contacts from files: LinkedIn, Google and Outlook exports, vCards; and merging two people.

A file is read and understood first, and nothing is written before `add_contacts`.

vCards: the lines are taken apart by vobject, which is kept up and knows the grammar of all
three versions (groups, parameters with and without names, quoting). Its card model is not used:
it takes 0.7 ms a card, reads photos nobody needs, and gives up a whole file over one bad line.
So lines are unfolded and the ones that say nothing about a contact dropped before.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import WorkbookError
from .tables import HOW_KNOWN, SALUTATIONS, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from .workbook import Workbook

MAX_MEGABYTES = 50
SIMILAR = 88  # of 100, rapidfuzz's ratio of two names, above which they may be one person
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


# --- reading a file ----------------------------------------------------------------------------


def read_contacts(
    source: str | os.PathLike[str] | bytes, *, name: str = "", progress: Progress | None = None
) -> ImportResult:
    """Return the people in a file of contacts, and what was left out and why.

    source: the file's path, or its bytes; name: what to call it in errors, for bytes
    progress: called with (done, of how many) from time to time

    Raises FileUnreadable with what the file is and what to do. Writes nothing.
    """
    data, name = _bytes(source, name)
    data, name = _unpacked(data, name)
    text = _text(data, name)
    tell = progress or (lambda done, total: None)
    if re.match(r"\s*BEGIN:VCARD", text, re.I):
        return _result(_cards(text, tell), "vCard")
    return _read_csv(text, name, tell)


def _bytes(source: Any, name: str) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        _not_too_big(len(data), name or "The file")
        return data, name or "The file"
    try:
        path = Path(source)
    except TypeError:
        raise FileUnreadable(
            f'"{source}" is not the path of a file. Choose {READABLE}.', value=source
        ) from None
    try:
        _not_too_big(path.stat().st_size, path.name)
        return path.read_bytes(), path.name
    except (OSError, ValueError) as error:
        why = "is not there" if isinstance(error, FileNotFoundError) else "cannot be opened"
        if path.is_dir():
            why = "is a folder"
        raise FileUnreadable(
            f"{path.name} {why}. Choose {READABLE}.", path=path, value=str(path)
        ) from error


def _not_too_big(size: int, name: str) -> None:
    if size > MAX_MEGABYTES * 1_000_000:
        raise FileUnreadable(
            f"{name} has {size / 1_000_000:,.0f} MB, more than any list of contacts needs; up to "
            f"{MAX_MEGABYTES} MB are read. Export the contacts again, without photos."
        )


_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet of an older Excel (.xls) or another Office file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3", "a database"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"7z\xbc\xaf", "a packed file (7z)"),
    (b"Rar!", "a packed file (RAR)"),
)


def _unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    """Take the contacts out of a zip, as LinkedIn and Google hand them out; refuse the rest."""
    for start, what in _FOREIGN:
        if data.startswith(start):
            raise FileUnreadable(f"{name} is {what}, whatever its name. Choose {READABLE}.")
    if not data.startswith(b"PK\x03\x04"):
        return data, name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = {info.filename: info for info in archive.infolist()}
            if "[Content_Types].xml" in inside or "mimetype" in inside:
                raise FileUnreadable(
                    f"{name} is a spreadsheet or a document. Open it in your spreadsheet program, "
                    'save it as "CSV UTF-8", and choose that file.'
                )
            wanted = [f for f in inside if re.search(r"(^|/)(connections|contacts)\.csv$", f, re.I)]
            wanted += [f for f in inside if f.lower().endswith(".vcf")]
            if wanted:
                info = inside[wanted[0]]
                _not_too_big(info.file_size, wanted[0])
                return archive.read(info), wanted[0].rpartition("/")[2]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        pass
    raise FileUnreadable(f"{name} is a packed file without contacts in it. Choose {READABLE}.")


def _text(data: bytes, name: str) -> str:
    """Decode by byte-order mark, else UTF-8, else UTF-16 by its NULs, else Windows-1252."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
                           (b"\xfe\xff", "utf-16")):  # fmt: skip
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if not data.strip(b" \r\n\t\x00"):
        raise FileUnreadable(f"{name} is empty. Export the contacts again, or choose {READABLE}.")
    start = data[:2000]
    for nul_at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[nul_at::2].count(0) > len(start) * 0.3:
            return data.decode(encoding, errors="replace")
    if start.count(0) > len(start) / 10:
        raise FileUnreadable(f"{name} is no text file. Choose {READABLE}.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if re.match(r"\s*<(!doctype|html|\?xml)", text, re.I):
        raise FileUnreadable(
            f"{name} is a web page, perhaps one that asked you to sign in. Choose {READABLE}."
        )
    return text


def _result(people: Iterable[tuple[int, dict[str, str]] | Skip], kind: str) -> ImportResult:
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


# --- CSV ---------------------------------------------------------------------------------------

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


def _read_csv(text: str, name: str, tell: Progress) -> ImportResult:
    found = _header(text)
    if not found:
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        raise FileUnreadable(
            f'{name} has no header that is known; its first line is "{first[:80]}". '
            f"Choose {READABLE}, or a CSV with columns such as Name, Email and Company."
        )
    kind, person, at, delimiter = found
    return _result(_rows(text, name, person, at, delimiter, tell), kind)


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
                yield Skip(lines.line_num, _short(cells), "with more cells than the header")
                continue
            ready = _person(values)
            if ready["name"]:
                yield lines.line_num, ready
            else:
                yield Skip(lines.line_num, _short(cells), "without a name")
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


def _short(cells: Iterable[str]) -> str:
    return " · ".join(c.strip()[:60] for c in cells if c.strip())[:200]


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
        "salutation": get("name prefix"),
        "pronunciation": cells.together("phonetic first name", "phonetic last name"),
        "organization": get("organization name"),
        "job_title": get("organization title"),
        "emails": cells.numbered("e-mail"),
        "phones": cells.numbered("phone"),
        "profile_url": next(iter(cells.numbered("website")), ""),
        "location": cells.together("address 1 - city", "address 1 - region", by=", "),
        "notes": get("notes"),
    }


def _google_old(cells: _Cells) -> dict[str, Any]:
    get = cells.get
    spoken = cells.together("given name", "additional name", "family name", "name suffix")
    return {
        "name": spoken or get("name", "nickname"),
        "salutation": get("name prefix"),
        "pronunciation": get("yomi name") or cells.together("given name yomi", "family name yomi"),
        "organization": get("organization 1 - name"),
        "job_title": get("organization 1 - title"),
        "emails": cells.numbered("e-mail"),
        "phones": cells.numbered("phone"),
        "profile_url": next(iter(cells.numbered("website")), ""),
        "location": cells.together("address 1 - city", "address 1 - region", by=", "),
        "notes": get("notes"),
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


# --- from what a file says to a contact ------------------------------------------------------

_PREFIXES = {re.sub(r"\W", "", s).casefold(): s for s in SALUTATIONS} | {
    "professor": "Prof.", "doctor": "Dr.", "miss": "Ms.", "mister": "Mr.",
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _person(said: Mapping[str, Any]) -> dict[str, str]:
    """Make the values of a contact; what fits no column goes to the notes, nothing is lost."""
    person = {c: _clean(said.get(c, "")) for c in COLUMNS}
    person["notes"] = _UNSTORABLE.sub("", str(said.get("notes", ""))).strip()
    also = []
    good = []
    for email in said.get("emails", ()):
        email = _clean(email).removeprefix("mailto:")
        if email and _EMAIL.fullmatch(email):
            good.append(email)
        elif email:
            also.append(email)
    phones = list(dict.fromkeys(filter(None, map(_clean, said.get("phones", ())))))
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


def _clean(value: Any) -> str:
    return " ".join(_UNSTORABLE.sub("", str(value)).split())


# --- vCard --------------------------------------------------------------------------------------

_WANTED = re.compile(
    r"(?:[\w-]+\.)?(BEGIN|END|FN|N|ORG|TITLE|ROLE|EMAIL|TEL|URL|ADR|NOTE|NICKNAME|KIND|"
    r"X-SOCIALPROFILE|X-PHONETIC-FIRST-NAME|X-PHONETIC-LAST-NAME|X-ABSHOWAS|"
    r"X-ADDRESSBOOKSERVER-KIND)[;:]",
    re.I,
)
_HEAD = re.compile(
    r"[^:;]+(?:;(?:\"[^\"]*\"|[^\":])*)?:"
)  # to the colon; those in quotes do not count
_SOFT = re.compile(r"ENCODING=QUOTED-PRINTABLE|;QUOTED-PRINTABLE[;:]", re.I)


def _cards(text: str, tell: Progress) -> Iterator[tuple[int, dict[str, str]] | Skip]:
    total = len(text)
    card: dict[str, list[tuple[str, dict[str, list[str]]]]] | None = None
    start = seen = 0
    for number, at, line in _logical_lines(text):
        kind = _WANTED.match(line).group(1).upper()  # type: ignore[union-attr]
        if kind == "BEGIN":
            if card is not None:
                yield _card(card, start)
            card, start, seen = defaultdict(list), number, seen + 1
            if seen % 500 == 0:
                tell(at, total)
        elif kind == "END":
            if card is not None:
                yield _card(card, start)
            card = None
        elif card is not None:
            if (parsed := _parse(line)) is not None:
                card[kind].append(parsed)
    if card is not None:
        yield _card(card, start)
    tell(total, total)


def _logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Unfold the lines that matter, with the number and place of their first physical line."""
    parts: list[str] = []
    began = (0, 0)
    soft = False  # a quoted-printable line goes on after a "=" at its end
    at = number = 0
    for line in io.StringIO(text, newline=None):
        number += 1
        at += len(line)
        line = line.rstrip("\n")
        if parts and soft and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in (" ", "\t"):
            if parts:
                parts.append(line[1:])
        else:
            if parts:
                yield (*began, "".join(parts))
            is_wanted = _WANTED.match(line)
            parts, began = ([line] if is_wanted else []), (number, at)
            soft = bool(is_wanted and _SOFT.search(line))
    if parts:
        yield (*began, "".join(parts))


def _parse(line: str) -> tuple[str, dict[str, list[str]]] | None:
    """Return (value, parameters) of a line; None for one that is broken."""
    if not (head := _HEAD.match(line)):
        return None
    value, parameters = line[head.end() :], _parameters(head.group())
    if parameters is None or len(parameters) == 0:
        return None if parameters is None else (value, parameters)
    encoding = {e.upper() for e in (*parameters["ENCODING"], *parameters["TYPE"])}
    charset = next(iter(parameters["CHARSET"]), "utf-8")
    if "QUOTED-PRINTABLE" in encoding:
        import quopri

        raw = quopri.decodestring(value.encode("utf-8", "replace"))
        try:
            value = raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            value = raw.decode("cp1252", "replace")
    elif encoding & {"B", "BASE64"}:
        import base64
        import binascii

        try:
            value = base64.b64decode(value).decode(charset, "replace")
        except (binascii.Error, ValueError, LookupError):
            return None
    return value, parameters


@lru_cache(maxsize=4096)
def _parameters(head: str) -> dict[str, list[str]] | None:
    """The parameters of a line, from its text up to the colon; few differ in a whole file."""
    from vobject.base import ParseError, parseLine

    try:
        _, given, _, _ = parseLine(head)
    except (ParseError, ValueError, IndexError):
        return None
    parameters: dict[str, list[str]] = defaultdict(list)
    for name, *values in given:
        # vCard 2.1 writes a bare word, as in TEL;CELL
        parameters[name.upper() if values else "TYPE"] += values or [name]
    return parameters


def _plain_value(value: str) -> str:
    if "\\" not in value:
        return value.strip()
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value, flags=re.S).strip()


def _parts(value: str) -> list[str]:
    """The parts of a structured value: N, ORG and ADR are split at each bare semicolon."""
    return [_plain_value(part) for part in re.split(r"(?<!\\);", value)]


def _card(card: Mapping[str, Any], line: int) -> tuple[int, dict[str, str]] | Skip:
    def first(kind: str) -> str:
        return next((text for value, _ in card[kind] if (text := _plain_value(value))), "")

    def preferred(kind: str) -> list[str]:
        ranked = sorted(
            card[kind],
            key=lambda one: (
                "PREF" not in {t.upper() for t in one[1]["TYPE"]} and not one[1]["PREF"]
            ),  # fmt: skip
        )
        return [re.sub(r"^(tel|mailto):", "", _plain_value(value), flags=re.I)
                for value, _ in ranked]  # fmt: skip

    parts = [*_parts(next(iter(card["N"]), ("",))[0]), *[""] * 5]
    family, given, middle, prefix, suffix = parts[:5]
    spoken = " ".join(filter(None, (given, middle, family, suffix)))
    full = _clean(first("FN"))
    if prefix and full.casefold().startswith(prefix.casefold()):
        full = full[len(prefix) :].strip()
    name = full or spoken or first("NICKNAME")
    organization = [part for part in _parts(next(iter(card["ORG"]), ("",))[0]) if part]
    kind = (first("KIND") or first("X-ADDRESSBOOKSERVER-KIND")).casefold()
    if kind == "group":
        return Skip(line, name, "that are a group")
    if kind == "org" or first("X-ABSHOWAS").casefold() == "company":
        return Skip(line, name or "".join(organization[:1]), "that are an organization")
    person = _person(
        {
            "name": name,
            "salutation": prefix,
            "pronunciation": " ".join(
                filter(None, (first("X-PHONETIC-FIRST-NAME"), first("X-PHONETIC-LAST-NAME")))
            ),
            "organization": organization[0] if organization else "",
            "job_title": first("TITLE") or first("ROLE"),
            "emails": preferred("EMAIL"),
            "phones": preferred("TEL"),
            "profile_url": first("X-SOCIALPROFILE") or first("URL"),
            "location": ", ".join(
                filter(None, [*_parts(next(iter(card["ADR"]), ("",))[0]), *[""] * 7][3:5])
            ),
            "notes": first("NOTE"),
        }  # fmt: skip
    )
    if person["name"]:
        return line, person
    return Skip(line, _short((*person.values(),)), "without a name")


# --- who is there already -------------------------------------------------------------------


def fold(text: str) -> str:
    """Return a name without accents, case and punctuation, for comparing."""
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


@cache
def _sorted_name(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


@cache
def _workplace(name: str) -> str:
    words = [w for w in fold(name).split() if w not in _LEGAL]
    return " ".join(words)


_LEGAL = {"the", "inc", "ltd", "llc", "gmbh", "corp", "corporation", "co", "company", "plc", "ag",
          "sa", "limited", "incorporated"}  # fmt: skip


def _profile(url: str) -> str:
    plain = re.sub(r"^(?:https?://)?(?:www\.|[a-z]{2}\.(?=linkedin))?", "", url.strip().casefold())
    return re.split(r"[?#]", plain)[0].rstrip("/")


class _Known(NamedTuple):
    """One person to compare with. `of`: a contact's id, or the row of the file (a number)."""

    of: Any
    name: str
    sorted_name: str
    workplace: str
    email: str
    profile: str
    phone: str

    @property
    def has_key(self) -> bool:
        return bool(self.email or self.profile)


class _People:
    """Those seen so far, found by address, profile, name, and similar name at a workplace."""

    def __init__(self) -> None:
        self.by_email: dict[str, _Known] = {}
        self.by_profile: dict[str, _Known] = {}
        self.by_name: dict[str, list[_Known]] = defaultdict(list)
        self.at_workplace: dict[tuple, dict[str, _Known]] = defaultdict(dict)

    def add(self, one: _Known) -> None:
        if one.email:
            self.by_email.setdefault(one.email, one)
        if one.profile:
            self.by_profile.setdefault(one.profile, one)
        self.by_name[one.sorted_name].append(one)
        if one.workplace:
            for near in self._near(one, one.has_key and isinstance(one.of, int)):
                near.setdefault(one.sorted_name, one)

    def _near(self, one: _Known, told_apart: bool) -> Iterator[dict[str, _Known]]:
        """Those at the same workplace whose name has a word that begins alike.

        Numbers tell people of one name apart better than any likeness, so they are part of it.
        """
        numbers = "".join(c if c.isdigit() else " " for c in one.sorted_name).split()
        for letters in {word[:2] for word in one.sorted_name.split()}:
            yield self.at_workplace[one.workplace, letters, *numbers, told_apart]

    def match(self, one: _Known) -> tuple[str, Any, str]:
        """Return (status, of whom, why): "already there", "possible duplicate" or "new"."""
        for found, why in (
            (self.by_profile.get(one.profile) if one.profile else None, "same profile"),
            (self.by_email.get(one.email) if one.email else None, "same email"),
        ):
            if found:
                same = found.sorted_name == one.sorted_name
                return "already there" if same else "possible duplicate", found.of, why
        maybe = None
        for other in self.by_name.get(one.sorted_name, ()):
            if self._told_apart(one, other):
                continue
            if one.workplace == other.workplace and (
                (not one.has_key and one.phone in ("", other.phone)) or one[2:] == other[2:]
            ):
                return "already there", other.of, "same name and workplace"
            if one.workplace == other.workplace or not (one.workplace and other.workplace):
                maybe = maybe or other
        if maybe:
            at = " and workplace" if one.workplace and one.workplace == maybe.workplace else ""
            return "possible duplicate", maybe.of, f"same name{at}"
        if similar := self._similar(one):
            return "possible duplicate", similar.of, "similar name, same workplace"
        return "new", None, ""

    @staticmethod
    def _told_apart(one: _Known, other: _Known) -> bool:
        if one.profile and other.profile:
            return True  # two profiles on one site are two people
        in_one_file = isinstance(one.of, int) and isinstance(other.of, int)
        # Within one file, the address book it comes from has told them apart by address.
        return in_one_file and one.has_key and other.has_key

    def _similar(self, one: _Known) -> _Known | None:
        from rapidfuzz import fuzz, process

        if not one.workplace or not one.sorted_name:
            return None
        is_keyed = one.has_key and isinstance(one.of, int)
        for told_apart in (False,) if is_keyed else (False, True):
            for near in self._near(one, told_apart):
                found = near and process.extract(
                    one.sorted_name, near.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=5
                )
                for name, _, _ in found or ():
                    if not self._told_apart(one, near[name]):
                        return near[name]
        return None


def _known(of: Any, person: Mapping[str, str], workplace: str) -> _Known:
    return _Known(
        of,
        person["name"],
        _sorted_name(person["name"]) or person["name"],
        _workplace(workplace),
        person["email"].strip().casefold(),
        _profile(person["profile_url"]),
        re.sub(r"\D", "", person["phone"]),
    )


def _in_the_log(wb: Workbook) -> Iterator[_Known]:
    places = {row.id: row.name for row in wb.organizations.rows()}
    for row in wb.contacts.rows():
        person = {"name": row.name, "email": row.email, "profile_url": row.profile_url,
                  "phone": row.phone}  # fmt: skip
        yield _known(row.id, person, places.get(row.organization_id, ""))


def compare(wb: Workbook, result: ImportResult) -> pd.DataFrame:
    """Return, for each person of a file, whether they are in the log already.

    One row per row of `result.contacts`, in that order: status ("new", "already there" or
    "possible duplicate"), match (the contact's id in the log, or the number of an earlier row
    of the file, or None) and why. Writes nothing.
    """
    import pandas as pd

    people = _People()
    for one in _in_the_log(wb):
        people.add(one)
    found = []
    for number, person in enumerate(_records(result.contacts)):
        one = _known(number, person, person["organization"])
        said = people.match(one)
        found.append(said)
        if said[0] != "already there":
            people.add(one)
    index = result.contacts.index
    return pd.DataFrame(found, columns=["status", "match", "why"], index=index, dtype="object")


def _records(contacts: pd.DataFrame) -> list[dict[str, str]]:
    columns = [contacts[c].tolist() if c in contacts else [""] * len(contacts) for c in COLUMNS]
    return [
        dict(zip(COLUMNS, ("" if v is None or v != v else str(v) for v in row), strict=True))
        for row in zip(*columns, strict=True)
    ]


# --- adding ---------------------------------------------------------------------------------


def add_contacts(
    wb: Workbook,
    result: ImportResult,
    *,
    rows: Collection[int] | None = None,
    keep: Collection[int] = (),
    merge: Collection[int] = (),
    progress: Progress | None = None,
) -> Counts:
    """Add the people of a file who are new, all as one change that `wb.undo()` takes back.

    rows: positions in `result.contacts` to consider, all by default
    keep: those who look like someone else and shall be added all the same
    merge: those who are someone already there: what is blank there is filled in

    Someone who may be in the log already is neither added nor merged unless named in `keep` or
    `merge`. Organizations are made when missing. Who is "Referred By" a person of that name
    becomes a referral (may you use the name: not asked yet). A second time adds nothing.
    """
    tell = progress or (lambda done, total: None)
    people = _records(result.contacts)
    with wb.together("adding people from a file"):
        # Compared under the lock: two pages that add the same file at once add it once.
        found = compare(wb, result)
        status, match = found["status"].tolist(), found["match"].tolist()
        wanted = range(len(people)) if rows is None else sorted(set(rows))
        new = [n for n in wanted if status[n] == "new" or (n in keep and match[n] is not None)]
        held = [n for n in wanted if status[n] == "possible duplicate" and n not in keep]
        there = [n for n in wanted if status[n] == "already there" and n not in keep]
        into = [n for n in held if n in merge and isinstance(match[n], str)]
        places = _organizations(wb, [people[n]["organization"] for n in (*new, *into)])
        ids: dict[int, str] = {}
        for start in range(0, len(new), 2000):
            part = new[start : start + 2000]
            tell(start, len(new))
            made = wb.contacts.append_many([_values(people[n], places) for n in part])
            ids.update(zip(part, (row.id for row in made), strict=True))
        for n in into:
            fill_in(wb, match[n], _values(people[n], places))
        _referrals(wb, people, ids | {n: match[n] for n in into})
    tell(len(new), len(new))
    return Counts(len(new), len(there), len(held) - len(into))


def _values(person: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    values = {c: v for c, v in person.items() if c not in ("organization", "referred_by")}
    if person["referred_by"]:
        values["notes"] = "\n".join(
            filter(None, [values["notes"], f"Referred by: {person['referred_by']}"])
        )
    return values | {"organization_id": places.get(_workplace(person["organization"]), "")}


def _organizations(wb: Workbook, names: Iterable[str]) -> dict[str, str]:
    """Ids of organizations by folded name; those that are missing are added."""
    places = {_workplace(row.name): row.id for row in wb.organizations.rows()}
    missing = {_workplace(name): name for name in names if name}
    missing = {key: name for key, name in missing.items() if key and key not in places}
    if missing:
        made = wb.organizations.append_many([{"name": name} for name in missing.values()])
        places.update(zip(missing, (row.id for row in made), strict=True))
    return places


def _referrals(wb: Workbook, people: list[dict[str, str]], ids: Mapping[int, str]) -> None:
    named = [n for n in ids if people[n]["referred_by"]]
    if not named:
        return
    by_name: dict[str, list[str]] = defaultdict(list)
    for row in wb.contacts.rows():
        by_name[_sorted_name(row.name)].append(row.id)
    links = {(r.from_contact_id, r.to_contact_id) for r in wb.referrals.rows()}
    made = []
    for n in named:
        who = by_name.get(_sorted_name(people[n]["referred_by"]), [])
        # Of two people of one name nobody can say which one it was: the note remains.
        if len(who) == 1 and who[0] != ids[n] and (who[0], ids[n]) not in links:
            made.append({"from_contact_id": who[0], "to_contact_id": ids[n]})
    if made:
        wb.referrals.append_many(made)


# --- merging two people -----------------------------------------------------------------------


def duplicates(wb: Workbook) -> list[tuple[str, str, str]]:
    """Return pairs of contacts in the log who may be one person, as (id, id, why)."""
    people, pairs = _People(), []
    for one in _in_the_log(wb):
        status, of, why = people.match(one)
        if status != "new":
            pairs.append((of, one.of, why))
        people.add(one)
    return pairs


def merge_contacts(wb: Workbook, keep_id: str, other_id: str) -> Any:
    """Make two contacts one, and return it; one change that `wb.undo()` takes back.

    What is blank in the first is filled in from the other; what differs goes to the notes.
    Messages, interviews, referrals, findings and next steps of the other move along; a
    referral from one to the other goes, as nobody refers to themselves.
    """
    keep, other = wb.contacts.get(keep_id), wb.contacts.get(other_id)
    if keep.id == other.id:
        raise WorkbookError("These are the same person already. Choose two different people.")
    with wb.together(f"merging {other.name} into {keep.name}"):
        row = fill_in(wb, keep_id, {c: getattr(other, c) for c in TABLES["contacts"].columns})
        for log in wb.logs():
            columns = [c for c, t in log.table.references.items() if t == "contacts"]
            for line in log.rows() if columns else ():
                ids: dict[str, Any] = {c: keep_id for c in columns if getattr(line, c) == other_id}
                after = {c: ids.get(c, getattr(line, c)) for c in columns}
                if ids and len(columns) > 1 and len(set(after.values())) == 1:
                    log.erase(line.id)
                elif ids:
                    log.revise(line.id, **ids)
        _one_referral_each(wb, keep_id)
        wb.contacts.erase(other_id)
    return row


def fill_in(wb: Workbook, contact_id: str, values: Mapping[str, Any]) -> Any:
    """Fill a contact's blanks with these values; what differs is added to the notes."""
    row = wb.contacts.get(contact_id)
    changes, also = {}, []
    for column, value in values.items():
        own = getattr(row, column)
        if value in ("", None) or column == "notes":
            continue
        if own in ("", None):
            changes[column] = value
        elif str(own).casefold() != str(value).casefold() and column != "how_known":
            shown = value
            if reference := TABLES["contacts"].references.get(column):
                shown = wb.label(reference, value)
            also.append(f"{TABLES['contacts'].columns[column].label}: {shown}")
    notes = [row.notes]
    if values.get("notes") and values["notes"].strip() not in row.notes:
        notes.append(values["notes"])
    notes += [f"Also, {line}" for line in also if line not in row.notes]
    if (joined := "\n".join(filter(None, notes))) != row.notes:
        changes["notes"] = joined
    return wb.contacts.revise(contact_id, **changes) if changes else row


def _one_referral_each(wb: Workbook, contact_id: str) -> None:
    """Of two referrals between the same people keep the one with the most permission."""
    rank = {"yes": 0, "no": 1, "not asked": 2}
    pairs = defaultdict(list)
    for row in wb.referrals.rows():
        if contact_id in (row.from_contact_id, row.to_contact_id):
            pairs[row.from_contact_id, row.to_contact_id].append(row)
    for rows in pairs.values():
        for row in sorted(rows, key=lambda r: rank[r.may_use_name])[1:]:
            wb.referrals.erase(row.id)
