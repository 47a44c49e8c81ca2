"""Who is in the course: rosters as Canvas, Moodle and Blackboard export them, or plain.

Nothing in a roster is trusted: not as a path, not as a formula, not as text of sane length.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..errors import WorkbookError

LARGEST = 50_000_000  # bytes; a roster of a hundred thousand learners has about a tenth of it
HEADER_LINES = 10
LONGEST_NAME = 120

# What the exports call their columns; the first that is there and not blank counts.
_NAMES = {
    "name": (
        "student", "student name", "name", "full name", "fullname", "learner", "display name",
        "vollständiger name", "nombre completo", "nom complet",
    ),
    "first": ("first name", "firstname", "given name", "vorname", "nombre", "prénom"),
    "last": (
        "last name", "lastname", "surname", "family name", "nachname", "apellido(s)", "apellidos",
        "nom", "nom de famille",
    ),
    "id": (
        "sis user id", "student id", "id number", "idnumber", "student number", "orgdefinedid",
        "org defined id", "id-nummer", "número de id", "numéro d'identification", "identifier",
        "learner id", "user id", "userid", "id",
    ),
    "login": (
        "sis login id", "username", "user name", "login id", "login", "anmeldename", "usuario",
        "nom d'utilisateur",
    ),
    "email": (
        "email address", "email", "e-mail", "e-mail address", "mail", "e-mail-adresse",
        "dirección de correo", "adresse de courriel",
    ),
    "section": ("section", "sections", "child course id", "groups", "group"),
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One learner of the course, as the roster names them.

    id: the institution's number; canvas_id: Canvas' own, which its gradebook asks for
    """

    name: str
    id: str = ""
    canvas_id: str = ""
    login: str = ""
    email: str = ""
    section: str = ""

    @property
    def marks(self) -> set[tuple[str, str]]:
        """What tells this learner from all others, as far as the roster says."""
        found = {("id", self.id), ("canvas_id", self.canvas_id), ("login", self.login.casefold())}
        found |= {("email", self.email.casefold())}
        return {(kind, text) for kind, text in found if _tells(text)}

    def contradicts(self, other: Person) -> bool:
        """Whether a mark that both have differs."""
        theirs = dict(other.marks)
        return any(theirs.get(kind, text) != text for kind, text in self.marks)

    def is_same(self, other: Person) -> bool:
        """Whether the strongest mark that both have is the same: who keeps their id may well
        have another address by now. Or, as programs rewrite ids, any mark and the name, or
        that mark but for its zeros and another one."""
        mine, theirs = dict(self.marks), dict(other.marks)
        both = [
            kind for kind in ("id", "canvas_id", "login", "email") if kind in mine.keys() & theirs
        ]
        alike = _bare(self.marks) & _bare(other.marks)
        if alike and self.name.casefold() == other.name.casefold():
            return True
        if not both or mine[both[0]] == theirs[both[0]]:
            return bool(both)
        return len(alike) > 1 and both[0] in dict(alike)


def _tells(text: str) -> bool:
    """Whether a cell is an id: programs write "-" or "N/A" where there is none, and 2.026E+11
    for every long number that begins like that."""
    if not any(map(str.isalnum, text)) or text.casefold() in ("n/a", "none", "null"):
        return False
    return not re.fullmatch(r"\d[.,]\d+E\+\d\d+", text)


def _bare(marks: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The marks without the zeros in front, which spreadsheet programs leave out."""
    return {(kind, text.lstrip("0")) for kind, text in marks}


class Roster(NamedTuple):
    """people: in the order of the file; skipped: (line, reason); kind: whose export it is"""

    people: list[Person]
    skipped: list[tuple[int, str]]
    kind: str


def read_roster(path: Path) -> Roster:
    """Return the learners in a roster. Raises WorkbookError when it is none.

    Somebody who stands there twice with one id counts once. Two people of one name count
    twice, and so do two who share an address and have an id each.
    """
    lines = _lines(path)
    for at, line in enumerate(lines[:HEADER_LINES]):
        header = [_plain(cell).casefold() for cell in line]
        if _has_names(header):
            return _people(header, lines[at + 1 :], at + 2)
    raise WorkbookError(
        f"{path.name} is not a roster: none of its first {HEADER_LINES} lines names the columns. "
        "Use the export of Canvas, Moodle or Blackboard as it is, or a CSV whose first line is: "
        "name,id",
        path=path,
    )


def _lines(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > LARGEST:
            raise WorkbookError(f"{path.name} is too large for a roster.", path=path)
        raw = path.read_bytes()
    except OSError as error:
        raise WorkbookError(
            f"{path} cannot be read ({error.strerror}). Give the roster's file.", path=path
        ) from error
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise WorkbookError(
            f"{path.name} is a spreadsheet program's own file. Save it as CSV and give that.",
            path=path,
        )
    text = _decoded(raw, path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    # Titles of assignments have commas and semicolons, too: what names the columns decides.
    delimiters = sorted(",;\t", key=first.count, reverse=True)
    for delimiter in delimiters:
        head = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), HEADER_LINES)
        with suppress(csv.Error):
            if max(map(_n_known, head), default=0) > 1:
                break
    else:
        delimiter = delimiters[0]
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise WorkbookError(f"{path.name} is not a CSV file ({error}).", path=path) from error


def _n_known(line: list[str]) -> int:
    """How many columns that a roster may have a line names."""
    header = {_plain(cell).casefold() for cell in line}
    return sum(not header.isdisjoint(names) for names in _NAMES.values())


def _decoded(raw: bytes, path: Path) -> str:
    """The text, with NULs gone: Blackboard's download is UTF-16, old exports are Windows-1252."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-16-le" if raw[1:8:2] == b"\0\0\0\0" else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8-sig":
            raise WorkbookError(f"{path.name} is damaged. Export it again.", path=path) from None
        text = raw.decode("cp1252", errors="replace")
    return text.replace("\0", "").lstrip("\ufeff")


def _has_names(header: list[str]) -> bool:
    return any(name in header for name in (*_NAMES["name"], *_NAMES["last"]))


def _people(header: list[str], lines: list[list[str]], first_line: int) -> Roster:
    kind = _kind(header)
    places = {
        what: [header.index(name) for name in names if name in header]
        for what, names in _NAMES.items()
    }
    if kind == "Canvas":
        # Canvas' "ID" is its own number; the institution's is "SIS User ID".
        places["canvas_id"] = [header.index("id")] if "id" in header else []
        places["id"] = [at for at in places["id"] if header[at] != "id"]
    people: list[Person] = []
    skipped: list[tuple[int, str]] = []
    met: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for number, line in enumerate(lines, first_line):
        if not any(cell.strip() for cell in line):
            continue
        person, reason = _person(line, places, kind)
        for mark in sorted(person.marks) if person else ():
            if person and any(map(person.is_same, met[mark])):
                person, reason = None, f"{mark[1]} stands in the roster twice"
        if person:
            people.append(person)
            for mark in person.marks:
                met[mark].append(person)
        else:
            skipped.append((number, reason))
    return Roster(people, skipped, kind)


def _kind(header: list[str]) -> str:
    names = set(header)
    if "student" in names and names & {"sis user id", "sis login id", "section"}:
        return "Canvas"
    if "username" in names and names & {"last access", "availability", "student id"}:
        return "Blackboard"
    if names & set(_NAMES["first"]) and names & {*_NAMES["email"], *_NAMES["id"]}:
        return "Moodle"
    if "full name" in names and "identifier" in names:
        return "Moodle"
    return "plain"


def _person(line: list[str], places: dict[str, list[int]], kind: str) -> tuple[Person | None, str]:
    """The learner of one line, or None and why there is none."""

    def cell(what: str) -> str:
        texts = (_plain(line[at]) for at in places.get(what, ()) if at < len(line))
        is_mark = what in ("id", "canvas_id", "login", "email")
        return next((text for text in texts if text and (not is_mark or _tells(text))), "")

    name = _person_name(cell("name")) or clean(f"{cell('first')} {cell('last')}")
    person = Person(
        name, cell("id"), cell("canvas_id"), cell("login"), cell("email"), cell("section")
    )
    if name.casefold().startswith("points possible") or not name and "Manual Posting" in line:
        return None, "it is not a person, but a line of the gradebook"
    if kind == "Canvas" and name == "Test Student" and not person.id:
        return None, "it is Canvas' test student"
    if person.login.endswith("_previewuser"):
        return None, "it is Blackboard's preview user"
    if not name and not person.marks:
        return None, "it has neither a name nor an id"
    return person, ""


def _plain(cell: str) -> str:
    return clean(plain(cell.strip()))


def _person_name(text: str) -> str:
    """Canvas writes "Silva, Ana"; people write "Ana Silva"."""
    last, comma, first = text.partition(",")
    return clean(f"{first} {last}") if comma and "," not in first else text


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """One line of letters that show: no control, bidi or private characters, not endless."""
    if text.isascii() and text.isprintable() and len(text) <= longest:  # as nearly all are
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text[: 4 * longest])
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(shown.split())[:longest].rstrip()


def slug(name: str, longest: int = 40) -> str:
    """Return letters, digits and hyphens that any file system takes as a part of a name."""
    name = unicodedata.normalize("NFKC", clean(name))
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in name)
    words = "-".join(kept.split())[:longest]
    while len(words.encode()) > 2 * longest:
        words = words[:-1]
    while words and not words[0].isalnum():
        words = words[1:]
    return words.rstrip("-") or "learner"


# --- cells that no spreadsheet program runs --------------------------------------------------

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def safe(text: str) -> str:
    """Return the cell for a text: one that a spreadsheet program would run gets an apostrophe."""
    return "'" + text if text.lstrip().startswith(_FORMULA) else text


def plain(cell: str) -> str:
    """Return the text of such a cell."""
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) != cell[1:] else cell


# --- the instructor's list of copies ---------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """One copy that was handed out: whose it is, and the code that it carries.

    nth: tells learners apart whom the roster gives the same name and nothing else
    """

    copy: str
    folder: str
    name: str
    id: str = ""
    canvas_id: str = ""
    login: str = ""
    email: str = ""
    section: str = ""
    nth: int = field(default=1, kw_only=True)

    @property
    def person(self) -> Person:
        return Person(self.name, self.id, self.canvas_id, self.login, self.email, self.section)


COPIES = "copies.csv"
_HEADER = [field.name for field in fields(Copy)]


def read_copies(path: Path) -> list[Copy]:
    """Return the copies in this list; none when there is no such file, or nothing in it."""
    if not path.is_file() or not path.stat().st_size:
        return []
    lines = _lines(path)
    if not lines or lines[0][: len(_HEADER)] != _HEADER:
        raise WorkbookError(
            f"{path.name} is not a list of copies: its first line must be {','.join(_HEADER)}. "
            "Put back the file that distribute wrote.",
            path=path,
        )
    copies = []
    for line in lines[1:]:
        if len(line) >= len(_HEADER) and line[0]:
            *texts, nth = (plain(cell) for cell in line[: len(_HEADER)])
            copies.append(Copy(*texts, nth=int(nth) if nth.isdecimal() else 1))
    return copies


def copy_line(copy: Copy | None = None) -> str:
    """Return the line of a copy in the list; the list's first line without one."""
    cells = _HEADER if copy is None else [safe(str(value)) for value in asdict(copy).values()]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def list_bytes(path: Path) -> bytes:
    """Return this list as distribute writes it, whatever program saved it; its first line when
    there is none yet. Columns that somebody added stay."""
    text = io.StringIO(newline="")
    lines = _lines(path) if path.is_file() and path.stat().st_size else []
    csv.writer(text, lineterminator="\r\n").writerows(lines or [_HEADER])
    return text.getvalue().encode("utf-8-sig")


class Missing(NamedTuple):
    """new: who has no copy yet, each with their nth; n_known: how many have one

    by_name: of those, whom only the name tells; doubtful: of the new, whose name has a copy
    """

    new: list[tuple[Person, int]]
    n_known: int
    by_name: list[str]
    doubtful: list[str]


def missing(people: list[Person], copies: list[Copy]) -> Missing:
    """Return the people who have no copy yet.

    A learner is known again by the strongest of id, login and email that both lists have; by
    name where they have none in common and only one learner and one copy have that name.
    """
    marked: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, copy in enumerate(copies):
        for mark in _bare(copy.person.marks):
            marked[mark].append(at)
    had: set[int] = set()
    unknown: list[Person] = []
    for person in people:
        same = {at for mark in _bare(person.marks) for at in marked.get(mark, ())
                if person.is_same(copies[at].person)}  # fmt: skip
        had |= same
        if not same:
            unknown.append(person)
    free: dict[str, list[Copy]] = defaultdict(list)
    for at, copy in enumerate(copies):
        if at not in had and copy.name:
            free[copy.name.casefold()].append(copy)
    named = Counter(copy.name for copy in copies if not copy.person.marks)
    called = Counter(person.name.casefold() for person in unknown)
    seen: Counter[str] = Counter()
    found = Missing([], 0, [], [])
    for person in unknown:
        nth = 1
        if not person.marks:
            seen[person.name] += 1
            nth = seen[person.name]
            if nth <= named[person.name]:
                continue
        others = [
            copy for copy in free[person.name.casefold()]
            if (person.marks or copy.person.marks) and not person.contradicts(copy.person)
        ]  # fmt: skip
        if len(others) == called[person.name.casefold()] == 1:
            found.by_name.append(person.name)
            continue
        if others:
            found.doubtful.append(person.name)
        found.new.append((person, nth))
    return found._replace(n_known=len(people) - len(found.new))
