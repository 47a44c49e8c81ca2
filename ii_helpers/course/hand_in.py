"""What a learner hands in: dates, choices, ratings and counts, and nobody else's data.

Which columns go follows from each `Column` of tables.py; there is no list of names here.
Nothing is trusted on the way back: a hand-in is read in memory, within limits.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import os
import re
import secrets
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from .. import __version__
from ..errors import WorkbookError
from ..tables import SCHEMA_VERSION, TABLES, Column, Table
from ..workbook import HIDDEN
from .distribute import read_mark
from .roster import safe

if TYPE_CHECKING:
    from ..workbook import Workbook

FORMAT = "ii-workbook hand-in"
ABOUT = "hand-in.json"
OLDEST_SCHEMA = 1
_ID_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


# --- what goes and what stays ----------------------------------------------------------------


def _is_own(table: Table) -> bool:
    """Whether a table is about the learner in person; it stays whole."""
    return table.name == "learner"


@lru_cache
def goes(table: str) -> tuple[str, ...]:
    """Return the columns of a table that go into every hand-in: ids, references, choices,
    numbers, days and instants. Not what is marked personal, and no free text."""
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
        for row in wb.log(shape.name).rows():
            zone = _zone(getattr(row, "timezone", "")) or home
            cells = [_cell(shape, name, getattr(row, name), new_id, blot, zone) for name in columns]
            rows.append(cells + ["yes" if getattr(row, name).strip() else "" for name in has])
        columns += [f"has_{name}" for name in has]
        left_out = tuple(name for name in shape.columns if name not in columns)
        parts.append(Part(shape.name, tuple(columns), rows, left_out))
    return parts


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
        # On the learner's own clock, so that a day stays the day that it was for them.
        return value.astimezone(zone).isoformat(timespec="seconds")
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
    secret = _secret(wb)

    @cache
    def new_id(id: str) -> str:
        number = int.from_bytes(hmac.digest(secret, id.encode(), "sha256")[:16], "big")
        letters = []
        for _ in range(16):
            number, at = divmod(number, len(_ID_LETTERS))
            letters.append(_ID_LETTERS[at])
        return "p" + "".join(letters)

    return new_id


def _secret(wb: Workbook) -> bytes:
    """Made on the first hand-in and kept beside the logs, so that the next one has the same ids."""
    path = wb.folder / HIDDEN / "hand-in-secret"
    with wb.lock:
        if not path.is_file() or path.stat().st_size != 32:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".new")
            beside.touch(mode=0o600)
            beside.write_bytes(secrets.token_bytes(32))
            os.replace(beside, path)
        return path.read_bytes()


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
        for row in wb.log(shape.name).rows():
            for name in names:
                value = getattr(row, name)
                if isinstance(value, str) and value.strip():
                    found.add(value.strip())
    return found


def _blotter(wb: Workbook) -> Callable[[str], str]:
    """Return a function that blots out of a text whatever the logs hold as personal."""
    wanted = set()
    for text in personal_texts(wb):
        for line in {text, *text.splitlines()}:
            if len(line := _plain(line)) > 1:
                wanted.add(line)
    for table in ("contacts", "learner"):  # people are called by a part of their name
        for row in wb.log(table).rows():
            wanted |= {word for word in re.findall(r"\w+", _plain(row.name)) if len(word) > 2}
    parts = sorted(wanted, key=len, reverse=True)
    known = re.compile("|".join(map(_anywhere, parts)) or r"(?!)", re.IGNORECASE)

    def blot(text: str) -> str:
        return known.sub(BLOT, _ADDRESSES.sub(BLOT, _plain(text)))

    return blot


def _anywhere(text: str) -> str:
    """A pattern for a text, over any blanks; a short word only where it stands alone."""
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    if len(text) < 5 or text.isalpha():
        pattern = rf"(?<!\w){pattern}(?!\w)"
    return pattern


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# --- writing it ------------------------------------------------------------------------------


def write(wb: Workbook, to: Path | None = None, text: Iterable[str] = ()) -> Path:
    """Write the hand-in of this workbook and return its path.

    to: the zip, or a folder for it; by default beside the notebooks. An earlier hand-in
    there is replaced, any other file is not.
    """
    if wb.is_example:
        raise WorkbookError(
            "These are the invented learner's logs. Switch back to your own in 00_start_here, "
            "then hand in."
        )
    text = sorted(set(text))
    parts = preview(wb, text)
    mark = read_mark(wb.folder.parent.parent)["copy"]
    who = mark if re.fullmatch(f"[{_ID_LETTERS}]{{16}}", mark) else _pseudonyms(wb)("learner")
    path = _path(wb, to, who)
    about = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "copy": who,
        "free_text": text,
        "tables": {part.table: len(part.rows) for part in parts},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        files = {ABOUT: json.dumps(about, indent=1)}
        files |= {f"{part.table}.csv": _csv([part.columns, *part.rows]) for part in parts}
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = 0o100600 << 16
            file.writestr(entry, content, zipfile.ZIP_DEFLATED)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(made.getvalue())
        os.replace(beside, path)
    except OSError as error:
        raise WorkbookError(
            f"{path} could not be written ({error.strerror}). Choose another place for it.",
            path=path,
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return path


def _path(wb: Workbook, to: Path | None, who: str) -> Path:
    in_a_copy = wb.folder.parts[-2:] == ("data", "log")
    folder = wb.folder.parent.parent if in_a_copy else wb.folder
    path = Path(to) if to else folder
    if path.is_dir():
        path = path / f"hand-in-{who[:8]}.zip"
    if path.exists() and not _is_hand_in(path):
        raise WorkbookError(
            f"{path} is there already and is not a hand-in, so it was left as it is. "
            "Choose another name.",
            path=path,
        )
    return path


def _is_hand_in(path: Path) -> bool:
    try:
        read(path)
    except WorkbookError:
        return False
    return True


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


# --- reading one, from anybody ---------------------------------------------------------------


class HandInUnusable(WorkbookError):
    """A file that cannot be counted; its text is the reason, as the end of a sentence."""


@dataclass(frozen=True)
class Limits:
    """How much one hand-in may be. A year of daily work stays under a twentieth of these."""

    zip_bytes: int = 10_000_000
    bytes: int = 40_000_000
    ratio: int = 100
    files: int = 60
    rows: int = 20_000
    cell: int = 100_000


LIMITS = Limits()


class HandIn(NamedTuple):
    """copy: whose it is, as a code; tables: table -> (column names, rows of texts)"""

    copy: str
    tables: dict[str, tuple[list[str], list[list[str]]]]
    schema_version: int


def read(source: Path | bytes, limits: Limits = LIMITS) -> HandIn:
    """Return what a hand-in holds. Reads in memory, within the limits; extracts nothing.

    source: the zip's path, or its bytes. Raises HandInUnusable with the reason.
    """
    raw = source if isinstance(source, bytes) else _bytes(source, limits.zip_bytes + 1)
    if len(raw) > limits.zip_bytes:
        raise HandInUnusable(f"it is larger than {limits.zip_bytes // 1_000_000} MB")
    if not raw:
        raise HandInUnusable("it is empty")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            return _read(file, limits)
    except zipfile.BadZipFile:
        raise HandInUnusable("it is not a zip file, or a damaged one") from None
    except (EOFError, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error) as error:
        raise HandInUnusable(f"it is damaged ({error})") from None


def read_unzipped(files: dict[str, bytes], limits: Limits = LIMITS) -> HandIn:
    """Return what a hand-in holds that a browser has unpacked: file name -> bytes."""
    if sum(map(len, files.values())) > limits.bytes:
        raise HandInUnusable(f"it is larger than {limits.bytes // 1_000_000} MB")
    about = _about(_text(files[ABOUT], ABOUT))
    tables = {
        name.removesuffix(".csv"): _rows(_text(raw, name), name, limits)
        for name, raw in files.items()
        if name != ABOUT
    }
    return HandIn(about["copy"], tables, about["schema_version"])


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HandInUnusable(f"{name} is not in UTF-8") from None


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would wait for ever
            raise HandInUnusable("it is not a file")
        with open(path, "rb") as file:
            return file.read(most)
    except OSError as error:
        raise HandInUnusable(f"it cannot be read ({error.strerror})") from None


def _read(file: zipfile.ZipFile, limits: Limits) -> HandIn:
    entries = _entries(file.infolist(), limits)
    if ABOUT not in entries:
        raise HandInUnusable(f"it is not a hand-in: it has no {ABOUT}")
    budget = [limits.bytes]
    about = _about(_unpack(file, entries[ABOUT], budget, limits))
    tables = {}
    for name, entry in entries.items():
        if name != ABOUT:
            table = name.removesuffix(".csv")
            tables[table] = _rows(_unpack(file, entry, budget, limits), name, limits)
    return HandIn(about["copy"], tables, about["schema_version"])


def _entries(infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files that are ours by name, whatever one folder a learner's own zipping put them in."""
    if len(infos) > limits.files:
        raise HandInUnusable(f"it holds {len(infos)} files, and at most {limits.files} are read")
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for info in infos:
        name = info.filename.replace("\\", "/")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
            raise HandInUnusable("it names a file outside of itself")
        if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
            raise HandInUnusable("it holds a link or a device instead of a file")
        if info.flag_bits & 1:
            raise HandInUnusable("it is locked with a password")
        if name.endswith("/") or name.startswith("__MACOSX/") or name.endswith(".DS_Store"):
            continue
        folder, _, own = name.rpartition("/")
        if own != ABOUT and own.removesuffix(".csv") not in TABLES:
            raise HandInUnusable("it is not a hand-in: it holds other files")
        if own in found:
            raise HandInUnusable(f"it holds {own} twice")
        folders.add(folder)
        found[own] = info
    if len(folders) > 1 or any("/" in folder for folder in folders):
        raise HandInUnusable("it is not a hand-in: its files are in several folders")
    if sum(info.file_size for info in found.values()) > limits.bytes:
        raise HandInUnusable(f"it unpacks to more than {limits.bytes // 1_000_000} MB")
    return found


def _unpack(file: zipfile.ZipFile, info: zipfile.ZipInfo, budget: list[int], limits: Limits) -> str:
    """A file's text. What the zip says about its size is checked, then not believed."""
    if info.file_size > 1_000_000 and info.file_size > limits.ratio * max(1, info.compress_size):
        raise HandInUnusable("it is a zip bomb: it unpacks to far more than it holds")
    with file.open(info) as packed:
        raw = packed.read(budget[0] + 1)
    budget[0] -= len(raw)
    if budget[0] < 0:
        raise HandInUnusable(f"it unpacks to more than {limits.bytes // 1_000_000} MB")
    return _text(raw, info.filename.rpartition("/")[2])


def _about(text: str) -> dict[str, Any]:
    try:
        about = json.loads(text)
    except (ValueError, RecursionError):
        raise HandInUnusable(f"its {ABOUT} is damaged") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise HandInUnusable("it is not a hand-in of this workbook")
    version, copy = about.get("schema_version"), about.get("copy")
    if type(version) is not int or version < OLDEST_SCHEMA:
        raise HandInUnusable(
            f"it is in an older form ({_short(version)}): ask for a new one, made after an update"
        )
    if version > SCHEMA_VERSION:
        raise HandInUnusable(
            f"it was made by a newer version (form {_short(version)}): update yours, then run again"
        )
    if not isinstance(copy, str) or not re.fullmatch(r"[a-z0-9]{1,40}", copy):
        raise HandInUnusable(f"its {ABOUT} does not say whose it is")
    return about


def _short(value: Any) -> str:
    return repr(value)[:20]


def _rows(text: str, name: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    if text.count("\n") > limits.rows * 20:
        raise HandInUnusable(f"{name} has more than {limits.rows} rows")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        header = next(lines, [])
        for line in lines:
            if len(rows) >= limits.rows:
                raise HandInUnusable(f"{name} has more than {limits.rows} rows")
            if len(line) != len(header):
                raise HandInUnusable(f"{name} has a line of {len(line)} cells under {len(header)}")
            rows.append(line)
    except csv.Error as error:
        raise HandInUnusable(f"{name} is not a table ({error})") from None
    if len(set(header)) != len(header) or "id" not in header:
        raise HandInUnusable(f"{name} does not begin with its column names")
    return header, rows


def as_cells(columns: list[str], row: list[str]) -> dict[str, str]:
    """Return a row of a hand-in by column, as the measures take it.

    A text that stayed with the learner is blank where they had written nothing, and not
    there at all where they had: the measures count it as written.
    """
    cells = dict(zip(columns, row, strict=True))
    for name in columns:
        if name.startswith("has_") and not cells[name]:
            cells.setdefault(name.removeprefix("has_"), "")
    return cells


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


def command(
    folder: Path | None, to: Path | None, yes: bool, text: list[str], ask: Callable = input
) -> int:
    """Show what would go, ask, write. Returns 0 when written, 1 when not."""
    wb = _workbook(folder)
    parts = preview(wb, text)
    print("\n".join(every_cell(parts)))
    print("\nThis, and nothing else, would go. Your name, the people's names and addresses, and")
    print("every text of your own that you did not add stay here; ids are replaced.\n")
    print("\n".join(shown(parts)))
    if sum(len(part.rows) for part in parts) == 0:
        print("\nYour workbook has no rows yet.")
    if not yes:
        try:
            answer = ask("\nWrite the hand-in? Type yes: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print("Nothing was written.")
            return 1
    path = write(wb, to, text)
    print(f"Written: {path} ({max(1, path.stat().st_size // 1024)} KB). Hand in this file.")
    return 0


def _workbook(folder: Path | None) -> Workbook:
    from ..workbook import open_workbook

    if folder is None:
        return open_workbook()
    logs = folder / "data" / "log"
    if logs.is_dir():
        return open_workbook(logs)
    if any((folder / f"{table}.csv").is_file() for table in TABLES):
        return open_workbook(folder)
    raise WorkbookError(
        f"{folder} is not a workbook: it has no data/log. Give the folder that holds notebooks "
        "and data.",
        path=folder,
    )
