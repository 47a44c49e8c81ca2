"""What a learner hands in: dates, choices, ratings and counts, and nobody else's data.

Which columns go follows from each `Column` of tables.py; there is no list of names here.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import os
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from .. import __version__
from ..errors import WorkbookError
from ..facts import day_at
from ..journal import NAMING
from ..mentions import ALSO_WORDS, called, in_part, reached
from ..names import (
    ENDINGS,
    Finder,
    Marks,
    Wanted,
    anywhere,
    full_forms,
    joined,
    parts_of,
    pattern,
    printed,
    replaced,
    with_beginnings,
)
from ..tables import SCHEMA_VERSION, TABLES, Column, Table
from ..upkeep import unwritable
from ..workbook import HIDDEN, open_workbook
from .distribute import read_mark
from .received import ABOUT, FORMAT, HandInUnusable, read
from .roster import safe

if TYPE_CHECKING:
    from ..workbook import Workbook

_ID_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


# --- what goes and what stays ----------------------------------------------------------------


def _is_own(table: Table) -> bool:
    """Whether a table is about the learner in person; it stays whole."""
    return table.name == "learner"


@lru_cache
def goes(table: str) -> tuple[str, ...]:
    """Return the columns of a table that go into every hand-in: ids, references, choices,
    numbers, days, and of instants their day. Not what is marked personal, and no free text."""
    shape = TABLES[table]
    if _is_own(shape):
        return ()
    return tuple(name for name in shape.header if _goes(shape, name))


def _goes(shape: Table, name: str) -> bool:
    column = shape.columns.get(name)
    if column is None:  # id, created_at, updated_at
        return True
    if column.personal:
        return False
    return bool(column.references or column.choices) or shape.kinds[name] != "text"


@lru_cache
def may_be_ticked(table: str) -> tuple[str, ...]:
    """Return the free-text columns of a table that a learner may add: none that is personal."""
    shape = TABLES[table]
    if _is_own(shape):
        return ()
    return tuple(
        name for name, column in shape.columns.items()
        if not column.personal and not _goes(shape, name)
    )  # fmt: skip


@lru_cache
def counted(table: str) -> tuple[str, ...]:
    """Return the long texts of which only goes whether they are written, as has_<column>."""
    shape = TABLES[table]
    return () if _is_own(shape) else tuple(n for n, c in shape.columns.items() if c.long)


class Part(NamedTuple):
    """One table of a hand-in.

    columns: what goes, in order; rows: lists of texts, as they will stand in the file
    left_out: columns that stay with the learner
    """

    table: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    left_out: tuple[str, ...]


def preview(wb: Workbook, text: Iterable[str] = ()) -> list[Part]:
    """Return exactly what a hand-in of this workbook holds, table by table. Writes no file
    but the secret that the ids are made with, on first use.

    text: free-text columns that the learner adds, as in "debriefs.learned"; names, addresses
    and everything else that the logs hold as personal is blotted out in them
    """
    ticked = _ticked(text)
    new_id = _pseudonyms(wb)
    blot = _blotter(wb) if ticked else str
    home = _home(wb)
    parts = []
    for shape in TABLES.values():
        columns = list(goes(shape.name))
        columns += [n for n in may_be_ticked(shape.name) if (shape.name, n) in ticked]
        has = [n for n in counted(shape.name) if n not in columns]
        if not columns:
            continue
        rows = []
        # Every row counts, so every row goes; what is no value of its column goes as a blank.
        for row in _in_order_of_time(wb.log(shape.name).every_row()):
            zone = home or _zone(getattr(row, "timezone", ""))
            cells = [_cell(shape, name, getattr(row, name), new_id, blot, zone) for name in columns]
            rows.append(cells + ["yes" if getattr(row, name).strip() else "" for name in has])
        columns += [f"has_{name}" for name in has]
        left_out = tuple(name for name in shape.columns if name not in columns)
        parts.append(Part(shape.name, tuple(columns), rows, left_out))
    return parts


def _in_order_of_time(rows: Iterable[Any]) -> list[Any]:
    """What came first stands first: that is all that is left of the times of day."""

    def begun(row: Any) -> float:
        at = getattr(row, "starts_at", None) or getattr(row, "sent_at", None)
        return at.timestamp() if at else 0

    return sorted(rows, key=begun)


def _ticked(text: Iterable[str]) -> set[tuple[str, str]]:
    ticked = set()
    for wanted in text:
        table, _, column = wanted.partition(".")
        if table in TABLES and column in may_be_ticked(table):
            ticked.add((table, column))
            continue
        if table in TABLES and column in TABLES[table].columns and column not in goes(table):
            raise WorkbookError(
                f"{wanted} holds data of persons, which never goes into a hand-in.",
                table=table, column=column, value=wanted,
            )  # fmt: skip
        there_are = ", ".join(f"{t}.{c}" for t in TABLES for c in may_be_ticked(t))
        raise WorkbookError(
            f"{wanted} is no free text that could be added. There are: {there_are}.", value=wanted
        )
    return ticked


def _cell(
    shape: Table,
    name: str,
    value: Any,
    new_id: Callable[[str], str],
    blot: Callable[[str], str],
    zone: tzinfo | None,
) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        # Whoever knows the hour of a meeting knows whose it was; the figures take the day alone.
        return str(day_at(value.timestamp(), zone) or "")
    if isinstance(value, (date, int)):
        return str(value)
    column = shape.columns.get(name, Column(name))
    if name == "id" or column.references:
        return new_id(value)
    if column.choices:
        return value if value in column.choices else ""
    return safe(blot(value))


def _pseudonyms(wb: Workbook) -> Callable[[str], str]:
    """Return a function from an id to one that cannot be traced back without the secret."""
    return pseudonyms(_secret(wb))


def pseudonyms(secret: bytes) -> Callable[[str], str]:
    """The same for a secret that is known."""

    @cache
    def new_id(id: str) -> str:
        number = int.from_bytes(hmac.digest(secret, id.encode(), "sha256")[:16], "big")
        letters = []
        for _ in range(16):
            number, at = divmod(number, len(_ID_LETTERS))
            letters.append(_ID_LETTERS[at])
        return "p" + "".join(letters)

    return new_id


SECRET = f"{HIDDEN}/hand-in-secret"  # beside the logs
LEARNER = "learner"  # of what the learner's own mark is made


def _secret(wb: Workbook) -> bytes:
    """Made on the first hand-in and kept beside the logs, so that the next one has the same ids."""
    path = wb.folder / SECRET
    try:
        if not _is_secret(path):
            with wb.lock:
                if not _is_secret(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    beside = path.with_suffix(".new")
                    beside.touch(mode=0o600)
                    beside.write_bytes(secrets.token_bytes(32))
                    os.replace(beside, path)
        return path.read_bytes()
    except OSError as error:
        raise unwritable(path, error, "the secret that ids are made with") from error


def _is_secret(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == 32


def _home(wb: Workbook) -> tzinfo | None:
    return next((zone for row in wb.learner.rows() if (zone := _zone(row.timezone))), None)


def _zone(name: str) -> tzinfo | None:
    return ZoneInfo(name) if name else None


# --- blotting out ----------------------------------------------------------------------------

BLOT = "[...]"
_ADDRESSES = re.compile(
    r"[^\s@<>(),;:]+@[^\s@<>(),;:]+|(?:https?://|www\.)\S+|"
    r"\+?\(?\d[\d\s().\u2010-\u2015/-]{5,}\d"
)


def personal_texts(wb: Workbook) -> set[str]:
    """Return every text of the workbook that is a person's: names, addresses, places ..."""
    found = set()
    for shape in TABLES.values():
        own = _is_own(shape)
        names = [n for n, c in shape.columns.items() if own or c.personal]
        for row in wb.log(shape.name).texts().values():  # with rows that hold a wrong cell
            found |= {text for name in names if (text := row[name].strip())}
    return found


def _blotter(wb: Workbook) -> Callable[[str], str]:
    """Return a function that blots out of a text whatever the logs hold as personal, and people
    who were erased, had another name or were forgotten."""
    wanted = set()
    for text in personal_texts(wb):
        for line in {text, *text.splitlines()}:
            if len(line.strip()) > 1:
                wanted.add(_anywhere(line))
            if (bare := _WEB.sub("", line.strip()).rstrip("/")) != line and "." in bare:
                wanted.add(_anywhere(bare))
    marks: set[str] = set()
    people = [*wb.contacts.texts().values(), *wb.learner.texts().values()]
    people += [row for _, row in wb.journal.versions("contacts")]
    seen = {tuple(row.get(column, "") for column in NAMING) for row in people}
    for name, salutation, *ways in seen:
        for part in parts_of(name):  # people are called by a part of their name
            wanted.add(pattern(part, endings=ENDINGS if len(part) > 2 else "", exact=True))
            if len(part) > 2:  # not "an" or "do" for An and Do
                wanted.add(pattern(part))
            if len(part) > 4 and part.casefold() not in ALSO_WORDS or not part.isascii():
                wanted |= set(in_part(part))  # "hillmanns", but not "times" for Tim
        wanted |= {pattern(form, endings="s") for form in full_forms(name)}
        marks |= called(name, salutation) | reached(*ways)
    for row in wb.organizations.texts().values():
        if (bare := _LEGAL.sub("", row["name"].strip())) != row["name"].strip():
            wanted.add(pattern(bare, endings="s", exact=" " not in bare))
    known, marked, gone = Finder(wanted), Marks(with_beginnings(marks)), wb.journal.marks()

    def blot(text: str) -> str:
        whole = unicodedata.normalize("NFC", text)
        addresses = [met.span() for met in _ADDRESSES.finditer(whole)]
        people = [*known.spans(whole), *marked.spans(whole), *gone.spans(whole)]
        spans = joined([*addresses, *people])
        return replaced(whole, spans, BLOT) if spans else text

    return blot


# What an organization's name may end in, and is called without.
_LEGAL = re.compile(
    r"(?:[\s,]+(?:gmbh|mbh|ag|kg|kgaa|se|ug|e\.?\s?v|inc|ltd|llc|llp|plc|corp|co|b\.?v|n\.?v|s\.?a|"
    r"s\.?r\.?l|s\.?p\.?a|oy|ab|aps|a/s|& co)\.?)+$",
    re.IGNORECASE,
)
_WEB = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


def _anywhere(text: str) -> Wanted:
    """A text, over any blanks; a short word only where it stands alone."""
    is_short = len(text) < 5 or text.isalpha()
    return pattern(text) if is_short else anywhere(text)


# --- writing it ------------------------------------------------------------------------------


def _code_of_copy(wb: Workbook) -> str:
    """The code that distribute gave this copy; blank where it gave none."""
    code = read_mark(wb.folder.parent.parent)["copy"]
    return code if re.fullmatch(f"[{_ID_LETTERS}]{{16}}", code) else ""


def _who(wb: Workbook) -> str:
    return _code_of_copy(wb) or _pseudonyms(wb)(LEARNER)


def about(wb: Workbook, parts: list[Part], text: Iterable[str] = ()) -> str:
    """Return the text of hand-in.json, the one file of a hand-in beside its tables."""
    said = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "copy": _who(wb),
        "made_on": str(date.today()),
        "free_text": sorted(set(text)),
        "tables": {part.table: len(part.rows) for part in parts},
    }
    return json.dumps(said, indent=1)


def what_the_code_tells(wb: Workbook) -> str:
    """A sentence on the code that goes, for the learner."""
    if _code_of_copy(wb):
        return (
            'The code beside "copy" is that of your copy: whoever handed it out to you has a list '
            "that turns the code into your name."
        )
    return (
        'The code beside "copy" is made with a secret that stays here: it only tells that two '
        "hand-ins are of one learner."
    )


def write(wb: Workbook, to: Path | None = None, text: Iterable[str] = ()) -> Path:
    """Write the hand-in of this workbook and return its path.

    to: the zip (.zip is added where it is missing), or a folder for it; by default beside the
    notebooks. An earlier hand-in there is replaced, any other file is not.
    """
    if wb.is_example:
        raise WorkbookError(
            "These are the invented learner's logs. Switch back to your own on page 0 Start, "
            "then hand in."
        )
    text = sorted(set(text))
    parts = preview(wb, text)
    path = _path(wb, to, _who(wb))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        files = {ABOUT: about(wb, parts, text)}
        files |= {f"{part.table}.csv": _csv([part.columns, *part.rows]) for part in parts}
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = 0o100600 << 16
            file.writestr(entry, content, zipfile.ZIP_DEFLATED)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(made.getvalue())
        os.replace(beside, path)
    except (OSError, ValueError) as error:  # some names can be no file's
        why = getattr(error, "strerror", None) or error
        raise WorkbookError(
            f"{path} could not be written ({why}). Choose another place for it.",
            path=path,
        ) from error
    finally:
        with suppress(OSError, ValueError):  # its folder may be none
            beside.unlink(missing_ok=True)
    return path


def _path(wb: Workbook, to: Path | None, who: str) -> Path:
    in_a_copy = wb.folder.parts[-2:] == ("data", "log")
    folder = wb.folder.parent.parent if in_a_copy else wb.folder
    path = Path(to) if to else folder
    if os.path.isdir(path):
        path = path / f"hand-in-{who[:8]}.zip"
    elif path.suffix.casefold() != ".zip":  # cohort reads nothing else
        path = path.with_name(f"{path.name}.zip")
    if os.path.exists(path) and not _is_hand_in(path):
        raise WorkbookError(
            f"{path} is there already and is not a hand-in, so it was left as it is. "
            "Choose another name.",
            path=path,
        )
    return path


def _is_hand_in(path: Path) -> bool:
    try:
        read(path)
    except HandInUnusable:
        return False
    return True


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


# --- what the command line calls -------------------------------------------------------------


def shown(parts: list[Part]) -> Iterator[str]:
    """The lines that say what would go, for a terminal."""
    for part in parts:
        n = len(part.rows)
        yield f"{part.table}: {n} row{'s' * (n != 1)}"
        yield f"    goes:  {', '.join(part.columns)}"
        if part.left_out:
            yield f"    stays: {', '.join(part.left_out)}"


def every_cell(parts: list[Part]) -> Iterator[str]:
    """Every cell that would go, as CSV lines under the name of its table."""
    for part in parts:
        if part.rows:
            yield f"--- {part.table}"
            yield _csv([part.columns, *part.rows]).replace("\r\n", "\n").rstrip("\n")


def command(logs: Path, to: Path | None, yes: bool, text: list[str], ask: Callable = input) -> int:
    """Show what would go, ask, write. Returns 0 when written, 1 when not."""
    wb = open_workbook(logs)
    parts = preview(wb, text)
    print(printed("\n".join([*every_cell(parts), f"--- {ABOUT}", about(wb, parts, text)])))
    print("\nThis, and nothing else, would go. Your name, the people's names and addresses, and")
    print("every text of your own that you did not add stay here; ids are replaced.")
    print(f"{what_the_code_tells(wb)}\n")
    print("\n".join(shown(parts)))
    if sum(len(part.rows) for part in parts) == 0:
        print("\nYour workbook has no rows yet.")
    if not yes:
        try:
            answer = ask("\nWrite the hand-in? Type yes: ")
        except (EOFError, KeyboardInterrupt):
            print()
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print("Nothing was written.")
            return 1
    path = write(wb, to, text)
    print(f"Written: {path} ({max(1, path.stat().st_size // 1024)} KB). Hand in this file.")
    return 0
