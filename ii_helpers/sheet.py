"""A log's file as text and back, whatever spreadsheet program saved it. Opens no file."""

from __future__ import annotations

import codecs
import csv
import gc
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

BOM = codecs.BOM_UTF8
DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADER = 1_000_000  # characters; a first line longer than this is no log
_LONGEST_EXCEL_CELL = 32_767

# --- cells -------------------------------------------------------------------------------

_FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?:" + "|".join(_MONTHS) + ")[a-z]*"
# What a spreadsheet program takes for a number, a date, a time or a truth, and writes back
# in its own way: "00123" as 123, "1.50" as 1.5, the SOC code 11-2021 as Nov-21.
_COERCED = re.compile(
    rf"""\s*(?: [$€£¥(]?\s*[\d.,\u00a0 ]*\d[\d.,\u00a0 ]*(?:e[+-]?\d+)?\s*[%$€£¥)]?
    | \d{{1,4}}(?:[-/.]\d{{1,4}}){{1,2}} (?:[ T]\d{{1,2}}:\d\d.*)?
    | \d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s*[ap]\.?m?\.?)?
    | \d{{1,4}}[-/. ]{{0,2}}{_MONTH}(?:[-/.,\s]*\d{{1,4}})?
    | {_MONTH}[-/. ]{{0,2}}\d{{1,4}}(?:[-/.,\s]+\d{{1,4}})?
    | \d+\s+\d+/\d+ | true | false )\s*""",
    re.VERBOSE | re.IGNORECASE,
)

_TAKEN = re.compile(rf"{_MONTH}|true|false", re.IGNORECASE)


def guard(text: str) -> str:
    """Return the cell for a text: what a spreadsheet program would run as a formula, or
    take for a number or a date, gets an apostrophe in front."""
    if text[:1].isalpha() and not _TAKEN.match(text):
        return text  # words, mostly; it saves the long look
    if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA):
        return "'" + text
    return "'" + text if _COERCED.fullmatch(text) else text


def unguard(cell: str) -> str:
    """Return the text of a cell: `unguard(guard(text)) == text` for every text."""
    if not cell.startswith("'"):
        return cell
    plain = cell[1:]
    return plain if guard(plain) != plain else cell


def to_text(value: Any) -> str:
    """Return a value as plain text: ISO dates and instants, blank for None."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def line(cells: Iterable[str], delimiter: str, newline: str) -> str:
    """Return one line of a file. Every line break is quoted, a bare \\r as well."""
    return delimiter.join([
        '"' + cell.replace('"', '""') + '"'
        if delimiter in cell or '"' in cell or "\n" in cell or "\r" in cell else cell
        for cell in cells
    ]) + newline  # fmt: skip


# --- the form of a file ------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """How one file is written: `names` is its header as it stands, extra columns included."""

    names: tuple[str, ...]
    encoding: str = "utf-8"
    bom: bytes = codecs.BOM_UTF8
    delimiter: str = ","
    newline: str = "\r\n"

    def place(self, column: str) -> int | None:
        """Where a column stands, counted from 0; None when the file does not have it."""
        return self.names.index(column) if column in self.names else None

    def encode(self, text: str) -> bytes:
        return text.encode(self.encoding)

    @property
    def said(self) -> str:
        """What is unlike our own form, in words; "" when nothing is."""
        parts = []
        if self.encoding != "utf-8":
            parts.append({"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}.get(
                self.encoding, self.encoding.upper()))  # fmt: skip
        if self.delimiter != ",":
            names = {";": "semicolons", "\t": "tabs", "|": "bars"}
            parts.append(f"{names[self.delimiter]} between columns")
        return ", ".join(parts)


class Unreadable(ValueError):
    """Why a file is not a log, as the end of a sentence."""


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, is_known: Callable[[str], bool] | None = None) -> tuple[str, str, bytes]:
    """Return (text, encoding, byte-order mark). A character cut at the very end is left out.

    is_known: says whether a cell's text is one that this log once held; it settles which of
    two old code pages a file without any mark is in. Raises Unreadable when nothing settles it.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("is in UTF-32. Save it again as CSV UTF-8.")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return _decoded(data[len(bom) :], encoding), encoding, bom
            except UnicodeDecodeError:
                raise Unreadable(
                    f"says that it is {encoding.upper()}, but holds bytes that are not."
                ) from None
    if b"\x00" in data[:4]:  # a header begins with letters, so these are two bytes a character
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                text = _decoded(data, encoding)
            except UnicodeDecodeError:
                continue
            if text[:2].isascii() and "\x00" not in text[:100]:
                return text, encoding, b""
        raise Unreadable("does not hold text. Put back a backup, or move the file elsewhere.")
    try:
        return _decoded(data, "utf-8"), "utf-8", b""
    except UnicodeDecodeError:
        return _code_page(data, is_known)


def _decoded(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)().decode(data, final=False)


_CELL = re.compile(r'[^,;\t|"\r\n]+')
_CODE_PAGES = ("cp1252", "mac_roman", "cp1250", "cp850", "cp437")


def _code_page(data: bytes, is_known: Callable[[str], bool] | None) -> tuple[str, str, bytes]:
    """Windows-1252, unless what the log held before says otherwise."""
    texts = {}
    for page in _CODE_PAGES:
        try:
            texts[page] = data.decode(page)
        except UnicodeDecodeError:
            continue
    if is_known:
        met = {
            page: sum(not c.isascii() and is_known(c.strip()) for c in _CELL.findall(text))
            for page, text in texts.items()
        }
        best = max(met, key=met.__getitem__, default="")
        if best and met[best]:
            return texts[best], best, b""
    if "cp1252" not in texts:
        raise Unreadable("is neither UTF-8 nor Windows-1252. Save it again as CSV UTF-8.")
    text = texts["cp1252"]
    # A Mac's bytes read as Windows' put symbols and capitals inside words, as in "JosŽ".
    if any(
        byte in b"\x83\x86\x87\x88\x89\x8a\x8b\x8c\x8e\x98\x9a\x9b\x9c\x9e\x9f"
        for byte in set(data)
    ):
        raise Unreadable(
            "is in an old code page, and which one cannot be told. Save it again as CSV UTF-8."
        )
    return text, "cp1252", b""


def form_of(text: str, known: Iterable[str], encoding: str = "utf-8", bom: bytes = b"") -> Form:
    """Return the form of a file from its header: by which known column names appear.

    Raises Unreadable when it is not a header of this table.
    """
    known = set(known)
    head = text[:LONGEST_HEADER]
    if len(text) > LONGEST_HEADER and "\n" not in head and "\r" not in head:
        raise Unreadable(
            "has a first line that does not end. Put back a backup, or move the file elsewhere."
        )
    best: tuple[int, str, list[str]] = (0, ",", [])
    for delimiter in DELIMITERS:
        try:
            with any_length():
                cells = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [_name(cell, known) for cell in cells]
        n = len(known.intersection(names))
        if n > best[0]:
            best = (n, delimiter, names)
    n, delimiter, names = best
    if n < 2 or "id" not in names:
        raise Unreadable(
            "does not start with this log's column names: the first line must name the columns, "
            "id among them. Put back a backup, or move the file elsewhere."
        )
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    if twice:
        raise Unreadable(f'has the column "{twice[0]}" twice. Rename or delete one of them.')
    with any_length():
        next(csv.reader(lines := _Lines(head), delimiter=delimiter))
    end = head[: lines.at]
    newline = next((mark for mark in ("\r\n", "\n", "\r") if end.endswith(mark)), "\r\n")
    return Form(tuple(names), encoding, bom, delimiter, newline)


def _name(cell: str, known: set[str]) -> str:
    name = unguard(cell).strip()
    return name.casefold() if name.casefold() in known else cell


class _Lines:
    """The lines of a text for csv.reader, and how far it has read."""

    def __init__(self, text: str):
        self._lines = iter(io.StringIO(text, newline=""))
        self.at = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.at += len(line)
        return line


@contextmanager
def any_length() -> Iterator[None]:
    """Lift the csv module's limit of 131,072 characters a cell, for this block."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


@contextmanager
def without_collection(stays: bool = False) -> Iterator[None]:
    """Rows hold no circles, and looking for some takes longer than making them.

    stays: what there is by the end, as after importing, is never looked through
    """
    rests = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stays:
            gc.freeze()
        if rests:
            gc.enable()


def rows(text: str, form: Form) -> list[list[str]]:
    """Return every line's cells, the header's as well. Raises Unreadable."""
    if '"' not in text:  # nothing is quoted: splitting does it, in half the time
        lines, mark = text.split(form.newline), form.newline
        n = len(lines) - 1
        if text.count("\n") == n * mark.count("\n") and text.count("\r") == n * mark.count("\r"):
            return [line.split(form.delimiter) for line in (lines if lines[-1] else lines[:-1])]
    try:
        with any_length():
            reader = csv.reader(
                io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True
            )
            return list(reader)
    except csv.Error as error:
        raise Unreadable(
            f"has a quotation mark in the wrong place near line {reader.line_num} ({error})."
        ) from None


class Cells(NamedTuple):
    """A table as texts. header: its column names; texts: its cells, row after row"""

    header: list[str]
    texts: list[str]

    @property
    def n_rows(self) -> int:
        return len(self.texts) // len(self.header) if self.header else 0

    def column(self, name: str) -> list[str] | None:
        """The cells of a column; None where there is no such column."""
        header = self.header
        return self.texts[header.index(name) :: len(header)] if name in header else None


def plain_cells(text: str) -> Cells | None:
    """The cells of a plain table, without a look at each row: several times as fast as `rows`.

    None where there is anything else: a quotation mark in a cell, another line break between
    rows, a row of another length, a last line that is not ended.
    """
    quoted = []
    if '"' in text:
        parts = text.split('"')
        quoted = parts[1::2]
        if len(parts) % 2 == 0:
            return None
        text = '"'.join(parts[::2])  # a mark where each quoted cell was
    names, ended, body = text.partition("\r\n")
    header, wide, n = names.split(","), names.count(",") + 1, body.count("\n")
    marked = body[:-2].replace("\r\n", ",\r")
    is_even = ended and names.isprintable() and "\n" not in marked and body.count("\r") == n
    if not is_even or wide == 1 or (body and body[-2:] != "\r\n"):
        return None
    # Each line break begins a cell now. If there is one in the first cell of every row but one,
    # and no cell is left over, each row is as long as the header.
    texts = marked.split(",") if body else []
    firsts = "".join(texts[::wide]).split("\r") if body else []
    if len(firsts) != n or len(texts) != n * wide:
        return None
    texts[::wide] = firsts
    if texts.count('"') != len(quoted):
        return None
    at = -1
    for cell in quoted:
        at = texts.index('"', at + 1)
        texts[at] = cell
    return Cells(header, texts)


def may_be_guarded(text: str, delimiter: str) -> bool:
    """Whether any cell starts with an apostrophe."""
    before, at = {delimiter, '"', "\n", "\r"}, text.find("'")
    while at >= 0:
        if text[at - 1] in before:
            return True
        at = text.find("'", at + 1)
    return False


def loose_rows(text: str, form: Form) -> list[list[str]]:
    """Return every line's cells as a lenient reader sees them."""
    try:
        with any_length():
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter))
    except csv.Error as error:
        raise Unreadable(str(error)) from None


def spans(text: str, form: Form) -> Iterator[tuple[int, int, list[str]]]:
    """Yield (start, end, cells) of every line, the header's as well."""
    with any_length():
        lines, start = _Lines(text), 0
        for cells in csv.reader(lines, delimiter=form.delimiter, strict=True):
            yield start, lines.at, cells
            start = lines.at


def whole_until(text: str, newline: str) -> int:
    """Return where the last whole line ends: by quote parity, not by the last character.

    What follows is a torn line, or a last line that lacks only its line break.
    """
    mark = newline[-1]
    if text.endswith(newline) and text.count('"') % 2 == 0:
        return len(text)
    odd, end = text.count('"') % 2, len(text)
    while (at := text.rfind(mark, 0, end)) >= 0:
        odd ^= text.count('"', at, end) % 2
        if not odd and text.startswith(newline, at + 1 - len(newline)):
            return at + 1
        end = at
    return 0


# --- dates as spreadsheet programs rewrite them --------------------------------------------

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)? ?(Z|[+-]\d\d:?\d\d)?")
_TIME = r"[,\s]+(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:[.,]\d+)?\s*([ap])?\.?m?\.?"
_NUMBERS = re.compile(rf"(\d{{1,4}})\s?[-/.\s]\s?(\d{{1,2}})\s?[-/.\s]\s?(\d{{1,4}})(?:{_TIME})?",
                      re.IGNORECASE)  # fmt: skip
_WORDS = re.compile(
    rf"(?:[a-z]+,\s*)?(?:(\d{{1,2}})\.?[-/\s]*({_MONTH})|({_MONTH})[-/\s]*(\d{{1,2}}))"
    rf"\.?[-/,\s]*(\d{{4}}|\d\d)(?:{_TIME})?",
    re.IGNORECASE,
)


def is_iso(text: str, kind: str) -> bool:
    return bool((_ISO_DAY if kind == "day" else _ISO_INSTANT).fullmatch(text))


def dates(text: str) -> dict[str, datetime]:
    """Return what a date may mean: order of day and month ("dmy", "mdy", "") -> the instant.

    The order "" means that no order is needed. Empty when it is not a date.
    """
    text = text.strip()
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):  # days since the end of 1899, as Excel counts
        days = float(text.replace(",", "."))
        return {"": datetime(1899, 12, 30) + timedelta(seconds=round(days * 86400))}
    if found := _WORDS.fullmatch(text):
        d1, m1, m2, d2, year, *time = found.groups()
        month = _MONTHS.index((m1 or m2)[:3].lower()) + 1
        return _made({"": (_year(year), month, int(d1 or d2))}, time)
    found = _NUMBERS.fullmatch(text)
    if not found:
        return {}
    a, b, c, *time = found.groups()
    if len(a) > 2:
        return _made({"": (int(a), int(b), int(c))}, time)
    orders = {"dmy": (_year(c), int(b), int(a)), "mdy": (_year(c), int(a), int(b))}
    if "." in text[: found.end(3)]:
        del orders["mdy"]  # points are written only where the day comes first
    return _made(orders, time)


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) <= 2 else 0)


def _made(orders: dict[str, tuple[int, int, int]], time: list[str | None]) -> dict[str, datetime]:
    hour, minute, second = (int(part or 0) for part in time[:3])
    if time[3]:
        hour = hour % 12 + (12 if time[3].lower() == "p" else 0)
    found = {}
    for order, day in orders.items():
        try:
            found[order] = datetime(*day, hour, minute, second)
        except ValueError:
            continue
    return found


def order_of(cells: Iterable[tuple[str, str]]) -> str:
    """Return the order of day and month that a file's dates are in: "dmy", "mdy" or "".

    cells: (the cell, what it held before or ""). Raises Unreadable when two orders fit and
    mean different days.
    """
    possible, doubtful = {"dmy", "mdy"}, ""
    for cell, before in cells:
        read = dates(cell)
        if not read or "" in read:
            continue
        fit = {order for order, day in read.items() if before and _same_day(day, before)}
        fit = fit or set(read)
        if len(fit) == 1 and (len(read) == 1 or len(set(read.values())) > 1):
            possible &= fit
        elif len({read[order] for order in fit}) > 1:
            doubtful = doubtful or cell
    if len(possible) == 1:
        return possible.pop()
    if not possible:
        raise Unreadable(
            "holds dates with the day first and dates with the month first. "
            "Write them as in 2026-11-20."
        )
    if doubtful:
        raise Unreadable(
            f'holds the date "{doubtful}": whether the day or the month comes first cannot be '
            "told. Write the dates as in 2026-11-20."
        )
    return "dmy"


def _same_day(day: datetime, before: str) -> bool:
    return before[:10] == f"{day:%Y-%m-%d}"


def to_iso(cell: str, kind: str, order: str) -> str:
    """Return a rewritten date as ISO text; the cell itself where it is not one."""
    read = dates(cell)
    moment = read.get("") or read.get(order)
    if moment is None:
        return cell
    if kind == "day":
        return f"{moment:%Y-%m-%d}" if moment.time() == datetime.min.time() else cell
    return moment.isoformat()


# --- what a spreadsheet program makes of a cell ---------------------------------------------


def is_resaved(before: str, cell: str) -> bool:
    """Whether `cell` is what a spreadsheet program makes of the text `before` by itself:
    the same number, date, time or truth in another form, a cut or flattened text."""
    if _breaks(before) == _breaks(cell):
        return True
    if before.casefold() == cell.casefold() in ("true", "false"):
        return True
    if len(cell) >= _LONGEST_EXCEL_CELL - 1 and before.startswith(cell):
        return True
    if "?" in cell and len(before) == len(cell) and not before.isascii():
        pairs = zip(before, cell, strict=True)
        return all(a == b or (b == "?" and not a.isascii()) for a, b in pairs)
    if not any(c.isdigit() for c in cell) or not any(c.isdigit() for c in before):
        return False
    return _same_number(before, cell) or _same_moment(before, cell)


def _breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _number(text: str) -> Decimal | None:
    text = re.sub(r"[\s\u00a0$€£¥']", "", text)
    if re.fullmatch(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", text):
        text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?", text):
        return None
    try:
        number = Decimal(text.rstrip("%"))
    except InvalidOperation:
        return None
    return number if abs(number.adjusted()) < 400 else None


def _same_number(before: str, cell: str) -> bool:
    a, b = _number(before), _number(cell)
    if a is None or b is None:
        return False
    # 15 digits are all that a spreadsheet keeps; it shows fewer still with an exponent.
    digits = Decimal("1e-4") if "e" in cell.lower() else Decimal("1e-14")
    return a == b or abs(a - b) <= abs(a) * digits


def _same_moment(before: str, cell: str) -> bool:
    if re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?(\s*[ap]m)?", before.strip(), re.IGNORECASE):
        return bool(set(dates("2000-01-01 " + before).values())
                    & set(dates("2000-01-01 " + cell).values()))  # fmt: skip
    if _ISO_INSTANT.fullmatch(before):
        clock = re.split("[^0-9:]", before[11:])[0]
        try:
            then = datetime.fromisoformat(f"{before[:10]}T{clock}")
        except ValueError:  # a text that only looks like one: 30 February
            return False
        return any(then.replace(second=day.second) == day for day in dates(cell).values())
    return bool(set(dates(before).values()) & set(dates(cell).values()))


def in_form(form: Form) -> Form:
    """The same columns, delimiter and line ends in UTF-8, which every text fits into."""
    if form.encoding == "utf-8":
        return form
    return replace(form, encoding="utf-8", bom=codecs.BOM_UTF8)
