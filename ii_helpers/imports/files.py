"""A file of contacts: what it is, and its text."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

from ..files import BAD_ZIP
from .csv_files import read_csv
from .results import READABLE, FileUnreadable, ImportResult, Progress, result_of
from .vcards import cards_in

MAX_MEGABYTES = 50


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
        return result_of(cards_in(text, tell), "vCard")
    return read_csv(text, name, tell)


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
        if os.path.isdir(path):
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
    except BAD_ZIP:
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
