"""A hand-in, from anybody: read in memory, within limits, and nothing in it is trusted."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import zipfile
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import WorkbookError
from ..files import BAD_ZIP
from ..sheet import Cells, plain_cells
from ..tables import SCHEMA_VERSION, TABLES

FORMAT = "ii-workbook hand-in"
ABOUT = "hand-in.json"
OLDEST_SCHEMA = 1


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
    """copy: whose it is, as a code; tables: table -> its cells; made_on: None where it says none"""

    copy: str
    tables: dict[str, Cells]
    schema_version: int
    made_on: date | None = None


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
    except BAD_ZIP as error:
        raise HandInUnusable(f"it is damaged ({error})") from None


def read_unzipped(files: dict[str, bytes], limits: Limits = LIMITS) -> HandIn:
    """Return what a hand-in holds that a browser has unpacked: file name -> bytes."""
    if sum(map(len, files.values())) > limits.bytes:
        raise HandInUnusable(f"it is larger than {limits.bytes // 1_000_000} MB")
    about = _about(_text(files[ABOUT], ABOUT))
    tables = {
        name.removesuffix(".csv"): _cells(_text(raw, name), name, limits)
        for name, raw in files.items()
        if name != ABOUT
    }
    return HandIn(about["copy"], tables, about["schema_version"], _made_on(about))


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
            tables[table] = _cells(_unpack(file, entry, budget, limits), name, limits)
    return HandIn(about["copy"], tables, about["schema_version"], _made_on(about))


def _entries(infos: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files that are ours by name, whatever one folder a learner's own zipping put them in."""
    if reason := _of_another_kind(infos):
        raise HandInUnusable(reason)
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
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The others unpack whole, however little is asked for.
            raise HandInUnusable(
                "it is packed in a way that is not read: hand in the zip that the workbook made"
            )
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


def _of_another_kind(infos: list[zipfile.ZipInfo]) -> str:
    """What a zip is that is often sent in place of a hand-in, and what to do; blank for others."""
    names = {info.filename.replace("\\", "/").rpartition("/")[2] for info in infos}
    if any(name.lower().endswith(".zip") for name in names):
        return "it holds other zips, as a platform's download does: unpack it, then run again"
    if ABOUT not in names and any(f"{table}.csv" in names for table in TABLES):
        return f"it has no {ABOUT}, but logs, and so other people's names: ask for a hand-in"
    return ""


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


def _made_on(about: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(about["made_on"])
    except (KeyError, TypeError, ValueError):  # an earlier version's, or somebody's own
        return None


def _short(value: Any) -> str:
    return repr(value)[:20]


def _cells(text: str, name: str, limits: Limits) -> Cells:
    if text.count("\n") > limits.rows * 20:
        raise HandInUnusable(f"{name} has more than {limits.rows} rows")
    plain = plain_cells(text) if len(text) <= limits.cell else None
    cells = plain or _cells_one_by_one(text, name, limits)
    header = cells.header
    if cells.n_rows > limits.rows:
        raise HandInUnusable(f"{name} has more than {limits.rows} rows")
    if len(set(header)) != len(header) or "id" not in header:
        raise HandInUnusable(f"{name} does not begin with its column names")
    return cells


def _cells_one_by_one(text: str, name: str, limits: Limits) -> Cells:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        rows = list(islice(lines, limits.rows + 1))
    except csv.Error as error:
        raise HandInUnusable(f"{name} is not a table ({error})") from None
    wide = len(header)
    for line in rows:
        if len(line) != wide:
            raise HandInUnusable(f"{name} has a line of {len(line)} cells under {wide}")
    return Cells(header, list(chain.from_iterable(rows)))
