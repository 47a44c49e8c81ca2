"""What speaks of a person, in texts and files: the marks by which they are found, and, after a
forgetting, what still mentions them and is left for the learner to look at."""

from __future__ import annotations

import errno
import json
import os
import quopri
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from . import files, sheet
from .errors import Problem
from .journal import NAMING
from .log import Log
from .names import (
    ENDINGS,
    EVERYDAY,
    Finder,
    Marks,
    Wanted,
    bare_name,
    fold,
    full_forms,
    mark,
    parts_of,
    pattern,
    spellings,
    with_beginnings,
)

if TYPE_CHECKING:
    from .workbook import Workbook

# Names that are words as well: on their own they may mean something else, and are only told.
ALSO_WORDS = frozenset(
    "amber angel april art august autumn baker bell bill bishop brook brown bush butler carter "
    "chance chase christian cook cooper crystal daisy dawn day dean drew faith field fisher ford "
    "fox frank gold grace grant gray green hall head heath hill hope hunt hunter iris ivy jack "
    "jade joy june king knight lane law lily little long love mark marsh mason may miller moon "
    "moore north olive page park parker pat paul pearl penny porter price ray rice rich rivers "
    "rob rock rose ruby short sky small star stone strong sue summer taylor violet walker wall "
    "ward waters wells west white will wise wolf wood woods young".split()
)
_NOBODY = re.compile("[A-Za-z]")  # one letter on its own
# What follows + in a number that is dialled from abroad.
_COUNTRY = re.compile("1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")
# What a link has before the name of its site: de.linkedin.com, and not ey.com or bp.co.uk.
_HOST = re.compile(r"^(https?://)?(www\.|[a-z]{2}\.(?=[\w-]{4,}\.))?")
_LINK = re.compile(r"\w\.\w|/[\w-]{4}")
_TRACKING = re.compile(r"[?#](?:trk|utm_|lipi|original|src=|ref|si=|fbclid|$).*", re.IGNORECASE)


def marks_of(versions: Iterable[Mapping[str, str]]) -> set[str]:
    """What these persons are known by."""
    found: set[str] = set()
    for cells in versions:
        name, salutation, *ways = (cells.get(column, "") for column in NAMING)
        found |= called(name, salutation) | reached(*ways)
    return found


@lru_cache(maxsize=4096)
def called(name: str, salutation: str = "") -> frozenset[str]:
    """Marks of what calls a person by their full name."""
    found, words = set(), bare_name(name).split()
    if len(words) > 1 and len(words[0] + words[-1]) > 6:  # as in @anasilva
        for one in spellings(words[0] + words[-1]):
            found |= {mark(one), mark(one).replace(" ", "")}
    for form in full_forms(name, salutation):
        kind = "," if "," in form else ""
        for spelled in spellings(form):
            met = mark(spelled)
            # In scripts without capitals one word is found as several are.
            if " " in met or len(met) > 1 and form.casefold() == form.upper():
                # O'Brien, OBrien
                found |= {kind + met, mark(fold(spelled).replace("'", ""), kind)}
            elif not _NOBODY.fullmatch(form) and form.casefold() not in ALSO_WORDS | EVERYDAY:
                one = spelled if spelled == form else spelled.capitalize()
                found.add(mark(one, "="))
                found |= {mark(one.upper(), "=")} if len(one) > 3 else set()
    return frozenset(found - {""})


def names_of(versions: Iterable[Mapping[str, str]]) -> Marks:
    """Finds the full names of these persons."""
    found = (called(bare_name(cells["name"]), cells["salutation"]) for cells in versions)
    return Marks(with_beginnings(set(chain(*found))))


@lru_cache(maxsize=4096)
def reached(email: str, phone: str, profile: str) -> frozenset[str]:
    """Marks of the ways to reach a person."""
    found = {mark(one) for one in _numbers(phone)}
    for one in re.findall(r"[^\s,;<>()]+@[^\s,;<>()]+", email) or [email]:
        found |= {mark(one, "@"), mark(one.replace("@", "%40"), "@")}
    link = _TRACKING.sub("", _HOST.sub("", profile.strip().lower()))
    if _LINK.search(link):  # not a word, as in: LinkedIn
        for one in (link, unquote(link), quote(unquote(link), safe="/?=&%")):
            found.add(mark(one, "/"))
    return frozenset(found - {""})


def site_of(organization: Mapping[str, str]) -> frozenset[str]:
    """Marks of the host that a place of work has its pages at."""
    return reached("", "", re.sub(r"^\w+://", "", organization["website"]).partition("/")[0])


def _numbers(cell: str) -> Iterator[str]:
    """A cell's phone numbers as digits, each from within its country and from abroad."""
    for one in re.split(r"[,;\n]|\s/\s|\b(?:or|oder|ou|and|und)\b", cell):
        one = re.sub(r"[\s,]*(?:ext\w*|durchwahl|x|#)\.?\s*\d+\s*$", "", one, flags=re.IGNORECASE)
        digits = re.sub(r"\D", "", one)
        if len(digits) < 5:  # on its own it is a year, a room or a page as well
            yield "" if not digits or one.strip().isdecimal() else one
            continue
        yield digits
        core, code = digits, ""
        if one.strip(" (").startswith(("+", "00")):
            core = digits.removeprefix("00")
            code = met.group() if (met := _COUNTRY.match(core)) else ""
        elif len(digits) == 11 and digits[0] == "1":
            code = "1"
        core = core.removeprefix(code).removeprefix("0")
        if len(core) > 6:
            yield from (core, f"0{core}", f"{code}{core}", f"00{code}{core}", f"{code}0{core}")


def texts_in(data: bytes) -> Iterator[str]:
    """What a file of any encoding says: of JSON the values, a list of lines being one text."""
    with suppress(ValueError, RecursionError):
        yield from _values(json.loads(data))
        return
    encodings = ["utf-8"]
    if b"\0" in data:
        encodings += ["utf-16-le", "utf-16-be"]
    if not data.isascii():
        encodings.append("cp1252")
    for encoding in encodings:
        yield (text := data.decode(encoding, errors="ignore"))
        if "BEGIN:V" in text:  # calendars and address books break lines anywhere
            yield re.sub(r"\r?\n[ \t]", "", text)
    if b"quoted-printable" in data.lower():
        yield quopri.decodestring(data).decode(errors="ignore")


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value
        yield from chain.from_iterable(map(_values, value.values()))
    elif isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            yield "".join(value)
        yield from chain.from_iterable(map(_values, value))
    elif isinstance(value, str):
        yield value


def name_of(cells: Mapping[str, str]) -> str:
    return fold(bare_name(cells.get("name", ""))).casefold()


# --- what is left, for the learner to look at ----------------------------------------------------

_LARGEST = 50 << 20  # bytes of a file that is looked into
_IN_ALL = 1 << 30


def files_left(wb: Workbook, is_in: Callable[[str], bool]) -> list[Problem]:
    """The files in the workbook's folders that still mention somebody forgotten.

    is_in: whether a text mentions them
    """
    found, n_bytes = [], 0
    for path in sorted(set(_files_beside(wb))):
        try:
            size = path.stat().st_size
            if size > _LARGEST or n_bytes + size > _IN_ALL:
                words = (
                    f"The file {path} is too large to be looked into. Look for the person there."
                )
                found.append(Problem(words, path=path))
                continue
            n_bytes += size
            texts = chain([path.name], chain.from_iterable(map(texts_in, _contents(path))))
            if not any(map(is_in, texts)):
                continue
            if path.suffix.lower() == ".zip":
                words = f"The file {path} still holds the person. Delete it."
            elif path.suffix == ".ipynb" and path.parent.name != ".ipynb_checkpoints":
                words = f"The page {path} still names the person, in words of yours. Mend it there."
            else:
                words = f"The file {path} still names the person. Mend it there, or delete it."
        except FileNotFoundError:
            continue
        except files.BAD_ZIP:
            words = f"The file {path} cannot be looked into. Look for the person there."
        found.append(Problem(words, path=path))
    return found


def _files_beside(wb: Workbook) -> Iterator[Path]:
    logs = wb.folder.absolute()
    own = {log.path.name for log in wb.logs()}
    yield from (path for path in _files_under(wb.folder, 3) if path.name not in own)
    if logs.parts[-2:] == ("data", "log"):
        home = logs.parent.parent
        for folder, depth in ((home, 1), (home / "data", 1), (home / "notebooks", 3)):
            yield from _files_under(folder, depth)
        for ours in ("workbook 2*.zip", "hand-in*.zip"):  # in a folder that they are kept in
            yield from home.glob(f"*/{ours}")


def _files_under(folder: Path, depth: int) -> Iterator[Path]:
    with suppress(OSError):
        for one in os.scandir(folder):
            if one.is_file():
                yield Path(one.path)
            elif depth > 1 and one.is_dir(follow_symlinks=False):
                if one.name == ".ipynb_checkpoints" or not one.name.startswith("."):
                    yield from _files_under(Path(one.path), depth - 1)


def _contents(path: Path) -> Iterator[bytes]:
    """A file's bytes; of a zip, which a document of an office program is as well, its files'."""
    data = path.read_bytes()
    yield data
    if not data.startswith(b"PK\3\4") and not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as file:
        for inside in file.infolist():
            yield inside.filename.encode("utf-8", "replace")
            if inside.file_size > _LARGEST:
                raise OSError(errno.EFBIG, "too large to be looked into", inside.filename)
            yield file.read(inside)


def names_left(wb: Workbook, versions: list[Mapping[str, str]]) -> list[Problem]:
    """Rows that still hold a first or last name of somebody forgotten, or share an address."""
    full = Marks(with_beginnings(set(chain(*(called(c.get("name", "")) for c in versions)))))
    same = set(map(name_of, versions))
    found = []
    for log in wb.logs():
        shape, rows = log.table, log.texts()
        seen = _Seen(versions)
        for id, row in rows.items():
            for column, text in row.items():
                if shape.kinds[column] != "text" or column == "id" or column in shape.references:
                    continue
                if (shape.name, column) == ("contacts", "name"):
                    # The name of one who bears the same, or a part of it, is their own.
                    name = full.first(text) if name_of(row) not in same else ""
                    what = f'name "{name}"' if name else ""
                else:
                    what = seen.first(text)
                if what:
                    words = (
                        f'The {shape.singular} "{wb.label(shape.name, id)[:60]}" still holds the '
                        f'{what} under "{shape.columns[column].label}". If that is the person, '
                        "take it out."
                    )
                    found.append(Problem(words, shape.name, log.path))
        for heading, cells in _own_columns(log):
            for what in filter(None, map(seen.first, [heading, *cells])):
                words = (
                    f'{log.path.name} still holds the {what} in your own column "{heading[:60]}". '
                    "If that is the person, take it out there."
                )
                found.append(Problem(words, shape.name, log.path))
                break
    return found


class _Seen:
    """Finds what may be a person: one of their names, or an address that others have as well."""

    def __init__(self, versions: Iterable[Mapping[str, str]]):
        parts: set[str] = set()
        marks: set[str] = set()
        wanted: set[Wanted] = set()
        for cells in versions:
            parts |= set(parts_of(cells.get("name", "")))
            marks |= reached(*(cells.get(column, "") for column in NAMING[2:]))
        for part in parts:
            wanted |= set(in_part(part))
        self._names = Finder(wanted)
        self._addresses = Marks(with_beginnings(marks))
        digits = {one.lstrip("0") for one in marks if one.isdecimal() and len(one) > 6}
        self._numbers = Finder(Wanted(rf"(?<!\d)\d{{0,5}}{one}(?!\d)", one) for one in digits)

    def first(self, text: str) -> str:
        """What of the person a text holds, in words; "" when nothing."""
        if name := self._names.first(text):
            return f'name "{name}"'
        address = self._addresses.first(text) or self._numbers.first(text)
        return f'address "{address}"' if address else ""


def in_part(name: str) -> Iterator[Wanted]:
    """A first or last name as texts have it: in small letters and capitals, inflected."""
    if not name.isascii() and re.match("[\u0400-\u04ff]{3}", name):
        yield pattern(
            name.rstrip("\u0430\u0435\u0439\u043e\u044b\u044c\u044f"),
            endings="[\u0400-\u04ff]{1,3}",
        )
    elif not name.isascii() or len(name) > 2:
        is_plain = len(name) < 4 or name.casefold() in ALSO_WORDS
        for spelled in {name} if is_plain else spellings(name):
            yield pattern(spelled, endings=ENDINGS, exact=is_plain)
        if re.fullmatch("[\u3400-\u9fff]{3}", name):
            yield pattern(name[1:])  # the given name of a Chinese one
    elif name[:1].isupper():
        yield pattern(name, exact=True)


def _own_columns(log: Log) -> Iterator[tuple[str, list[str]]]:
    """The learner's own columns in a log: heading and cells."""
    with suppress(OSError, sheet.Unreadable):
        text, encoding, bom = sheet.decode(log.path.read_bytes())
        form = sheet.form_of(text, log.table.header, encoding, bom)
        own = [n for n, name in enumerate(form.names) if name not in log.table.header]
        rows = sheet.rows(text, form)[1:] if own else []
        for n in own:
            yield form.names[n], [row[n] for row in rows if len(row) > n]
