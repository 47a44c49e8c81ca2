"""A log's bytes as rows of its table: torn ends, stray quotation marks, what spreadsheet programs
rewrote. Opens no file; raises sheet.Unreadable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from . import sheet
from .journal import Known
from .sheet import Form, unguard
from .tables import Table

_BLANK = "\x00\r\n \ufeff"


@dataclass
class Parsed:
    """What a file holds: `cells` maps each id to its texts in the table's order."""

    form: Form | None = None
    cells: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    torn: int = 0  # bytes at the end that are no whole row
    is_ended: bool = True  # the last row has its line break
    n_healed: int = 0  # cells that a spreadsheet program had rewritten
    gone: list[str] = field(default_factory=list)  # columns that another program took out
    shown: dict[str, int] = field(default_factory=dict)  # of ids met twice: which line counts


class Parser:
    """Reads the files of one table; `file` is the name that problems call it by."""

    def __init__(self, table: Table, file: str):
        self.table, self.file = table, file
        self._own_names = tuple(table.header)

    def text(self, data: bytes, parsed: Parsed, known: Mapping[str, Known]) -> str:
        """Return what a file says; note its form, and what follows the last whole row."""
        held: set[str] = set()

        def is_known(cell: str) -> bool:
            if not held:
                held.add("")
                held.update(t for k in known.values() if k.cells for t in k.cells.values())
            return cell in held

        text, encoding, bom = "", "", b""
        if data.strip(b"\x00\r\n \xef\xbb\xbf"):
            # zeros at the end are what a power cut leaves; they may follow half a character
            body = data.rstrip(b"\x00")
            if not data.startswith(sheet.BOM) and (
                data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:4]
            ):
                body = data  # of two bytes a character
            text, encoding, bom = sheet.decode(body, is_known if known else None)
        if not text[:1000].strip(_BLANK) and not text.strip(_BLANK):
            parsed.torn = len(data)
            parsed.problems.append(
                f"{self.file} is empty. If it had rows, put back a backup; otherwise the next "
                "save fills it."
            )
            return ""
        own = sheet.line(self.table.header, ",", "\r\n")
        if len(text) < len(own) and own.startswith(text.rstrip("\x00")):
            if len(text) < len(own) - 2:
                parsed.torn = len(data)  # not even the header of a new file was finished
                return ""
        is_own = bom == sheet.BOM and text.startswith(own)
        form = Form(self._own_names) if is_own else None
        form = parsed.form = form or sheet.form_of(text, self.table.header, encoding, bom)
        end = sheet.whole_until(text, form.newline)
        piece = text[end:]
        n_left = len(data) - len(bom) - len(text.encode(encoding))
        if not piece and not n_left:
            return text
        self._refuse_stray_quote(text, end, form)
        if not n_left and self._is_complete(piece, form, known, is_header=end == 0):
            parsed.is_ended = False
            return text
        parsed.torn = n_left + len(piece.encode(encoding))
        if end == 0:  # the header's own line is torn: the next save makes the file anew
            parsed.form, parsed.torn = None, len(data)
        return text[:end]

    def _refuse_stray_quote(self, text: str, end: int, form: Form) -> None:
        """A quotation mark typed by hand makes all that follows look like one torn line."""
        piece = text[end:]
        ids = re.compile(rf"{re.escape(self.table.name[:3])}_[0-9a-z]{{12}}")
        place = form.place("id") or 0
        n_rows = sum(
            1
            for line in piece.splitlines()
            if len(cells := line.split(form.delimiter)) > place
            and ids.fullmatch(cells[place].strip('"'))
        )
        try:
            loose = list(sheet.loose_rows(piece, form))
        except sheet.Unreadable:
            loose = []
        is_whole_row = (
            piece.endswith(form.newline) and len(loose) == 1 and len(loose[0]) == len(form.names)
        )
        if n_rows > 1 or is_whole_row and end:
            n = text.count(form.newline[-1], 0, end) + 1
            raise sheet.Unreadable(
                f"has a quotation mark too many near line {n}. Open it in a text editor and "
                "delete that mark, or put back a backup."
            )

    def _is_complete(
        self, piece: str, form: Form, known: Mapping[str, Known], *, is_header: bool
    ) -> bool:
        """Whether a last line without its line break is a whole row all the same."""
        if piece.count('"') % 2:
            return False
        if is_header and len(piece.splitlines()) == 1:
            return True
        try:
            cells = sheet.rows(piece, form)
        except sheet.Unreadable:
            return False
        if len(cells) != 1 or len(cells[0]) != len(form.names):
            return False
        row = dict(zip(form.names, map(unguard, cells[0]), strict=True))
        last = form.names[-1]
        if last == "updated_at" and re.search(r"[+-]\d\d:\d\d$|Z$", row[last].strip()):
            return True
        met = known.get(row["id"])
        if met is None or met.cells is None:  # from elsewhere, unless it was being written here
            return not known and last != "updated_at"
        # The row was whole once; it may have been changed since, but not cut within its last cell.
        changed = {name for name, text in met.cells.items() if row.get(name, text) != text}
        return changed != {last} or not met.cells[last].startswith(row[last])

    def rows(
        self,
        text: str,
        form: Form,
        *,
        first: int = 1,
        parsed: Parsed | None = None,
    ) -> tuple[dict[str, list[str]], list[str]]:
        """Return the rows in a text by id, and what is wrong with them."""
        lines = sheet.rows(text, form)
        header, width = self.table.header, len(form.names)
        if (plain := self._plain_rows(text, lines, form, parsed is not None)) is not None:
            return plain, []
        places = [form.place(name) for name in header]
        is_plain = tuple(form.names) == tuple(header)
        id_place, stamp_place = form.place("id") or 0, header.index("updated_at")
        has_guard = "'" in text
        fill = [self.table.text_before(name) if place is None else "" for name, place in zip(
            header, places, strict=True)]  # fmt: skip
        found: dict[str, list[str]] = {}
        met_in: dict[str, int] = {}
        bad: list[str] = []
        names = [unguard(cell).strip().casefold() for cell in lines[0]] if lines else []
        start = 1 if parsed is not None or names[id_place : id_place + 1] == ["id"] else 0
        for n, cells in enumerate(lines[start:], first + start):
            if len(cells) != width:
                if not any(cells):
                    continue
                cells = self._squared(cells, form, n)
            id = cells[id_place]
            if id == "" or id == "id":
                if not any(cells):
                    continue
                if id == "id":
                    bad.append(f"{self.file} has its column names again in row {n}. "
                               "Delete that row.")  # fmt: skip
                else:
                    bad.append(
                        f"Row {n} of {self.file} has no id, so it is not shown. "
                        "Type it into its form, then delete it from the file."
                    )
                continue
            if has_guard:
                cells = [unguard(c) if c[:1] == "'" else c for c in cells]
                id = cells[id_place]
            row = cells if is_plain else [
                fill[i] if place is None else cells[place] for i, place in enumerate(places)
            ]  # fmt: skip
            if id in found:
                is_newer = row[stamp_place] > found[id][stamp_place]
                if parsed is not None:
                    parsed.shown[id] = n if is_newer else parsed.shown.get(id, met_in[id])
                bad.append(
                    f"{self.file} has the id {id} twice, again in row {n}. "
                    + ("Delete one of the two rows." if found[id] == row else
                       "The later version is shown: delete the other row."
                       if row[stamp_place] != found[id][stamp_place] else
                       "The first of the two is shown: type into its form what you want to keep "
                       "of the other one, then delete that row from the file.")
                )  # fmt: skip
                if not is_newer:
                    continue
            found[id], met_in[id] = row, n
        return found, bad

    def _plain_rows(
        self, text: str, lines: list[list[str]], form: Form, has_header: bool
    ) -> dict[str, list[str]] | None:
        """The rows of a file in our own form with nothing to remark on; else None."""
        lines = lines[1:] if has_header else lines
        if form.names != self._own_names or set(map(len, lines)) - {len(form.names)}:
            return None
        if sheet.may_be_guarded(text, form.delimiter):
            lines = [[unguard(c) if c[:1] == "'" else c for c in cells] for cells in lines]
        found = {cells[0]: cells for cells in lines}
        return None if len(found) < len(lines) or "" in found or "id" in found else found

    def _squared(self, cells: list[str], form: Form, n: int) -> list[str]:
        """A line with too few or too many cells; only blanks may be added or left off."""
        width = len(form.names)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        own = [i for i, name in enumerate(form.names) if name in self.table.header]
        if len(cells) < width and len(cells) > own[-1]:
            return cells + [""] * (width - len(cells))
        raise sheet.Unreadable(
            f"has {len(cells)} cells in row {n} instead of {width}. Look whether a comma or a "
            "quotation mark is missing there, or put back a backup."
        )

    def heal(self, parsed: Parsed, known: Mapping[str, Known], moment: str) -> None:
        """Give back the exact text of cells that a spreadsheet program rewrote by itself, and
        the cells of columns that it took out: nobody means to blank each row at once.

        moment: when the file was saved, for rows whose time is not known
        """
        header, kinds = self.table.header, self.table.kinds
        self._give_columns_back(parsed, known, moment)
        rows = parsed.cells.values()
        dated = [(i, kinds[name]) for i, name in enumerate(header) if kinds[name] in _OWN_DATES
                 and not _are_own_dates([row[i] for row in rows], kinds[name])]  # fmt: skip
        if not dated and not known:
            return
        zone = header.index("timezone") if "timezone" in header else None
        odd: list[tuple[list[str], int, str, str]] = []
        width = len(header)
        for id, row in parsed.cells.items():
            met = known.get(id)
            if met and met.cells and self._is_same_version(row, met.cells):
                for i, name in enumerate(header):
                    before = met.cells.get(name)
                    if before is not None and before != row[i]:
                        if kinds[name] in ("day", "instant"):
                            odd.append((row, i, kinds[name], before))
                        elif sheet.is_resaved(before, row[i]):
                            row[i] = before
                            parsed.n_healed += 1
            for i, kind in dated:
                if (cell := row[i]) and not _are_own_dates([cell], kind):
                    if not any(one is row and at == i for one, at, _, _ in odd[-width:]):
                        odd.append((row, i, kind, ""))
        if not odd:
            return
        order = sheet.order_of(
            (row[i], before) for row, i, kind, before in odd if not sheet.is_iso(row[i], kind)
        )
        for row, i, kind, before in odd:
            if not row[i]:
                continue
            if kind == "instant" and before and sheet.is_resaved(before, row[i]):
                text = before
            else:
                text = row[i] if sheet.is_iso(row[i], kind) else sheet.to_iso(row[i], kind, order)
                if kind == "instant":
                    text = _placed(text, row[zone] if zone is not None else "")
            if text != row[i]:
                parsed.n_healed += 1
            row[i] = text

    def _give_columns_back(self, parsed: Parsed, known: Mapping[str, Known], moment: str) -> None:
        stamps = {"created_at": moment, "updated_at": moment}
        form = parsed.form or Form(self._own_names)
        missing = [name for name in self.table.header if form.place(name) is None]
        remembered = {name for met in known.values() if missing for name in met.cells or ()}
        parsed.gone = [name for name in missing if name in stamps or name in remembered]
        if not parsed.gone:
            return
        for id, row in parsed.cells.items():
            met = known.get(id)
            cells = {**stamps, **((met and met.cells) or {})}
            for i, name in enumerate(self.table.header):
                if name in parsed.gone:
                    row[i] = cells.get(name, row[i])
        parsed.problems.append(as_remembered(self.file, parsed.gone))

    def _is_same_version(self, row: list[str], known: Mapping[str, str]) -> bool:
        """Whether the row was last changed when the journal says so: not by us since."""
        stamp, before = row[self.table.header.index("updated_at")], known.get("updated_at", "")
        return stamp == before or sheet.is_resaved(before, stamp)


def lacks(columns: list[str]) -> str:
    """That another program took columns out, as the end of a sentence."""
    named = ", ".join(f'"{name}"' for name in columns)
    return f"was saved by another program without the column{'s' * (len(columns) > 1)} {named}"


def as_remembered(file: str, columns: list[str]) -> str:
    """What becomes of columns that another program took out."""
    return (
        f"{file} {lacks(columns)}. What the workbook remembers of it is shown, and is in the file "
        "again after the next save."
    )


# The shape that dates have as we write them.
_OWN_DATES = {"day": "[^\n]{4}-[^\n]{2}-[^\n]{2}",
              "instant": "[^\n]{10}T[^\n]{8,}[+-][^\n]{2}:[^\n]{2}"}  # fmt: skip
_own_dates = {kind: re.compile(f"(?:(?:{shape})?\n)*+") for kind, shape in _OWN_DATES.items()}


def _are_own_dates(cells: list[str], kind: str) -> bool:
    """Whether all are as we write them, or blank; a column at once, as nearly all columns are."""
    text = "\n".join((*cells, ""))
    return text.count("\n") == len(cells) and _own_dates[kind].fullmatch(text) is not None


def _placed(text: str, zone: str) -> str:
    """An instant without an offset: the clock of its row's zone, or this computer's."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.isoformat()
        return (moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment.astimezone()).isoformat()
    except (ValueError, KeyError, OSError, OverflowError):
        return text
