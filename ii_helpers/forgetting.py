"""Forgetting a person: gone from every log, the journal, drafts and earlier versions, and every
other mention taken out of the texts."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .copies import copies
from .errors import LogUnreadable, Problem
from .log import Log
from .tables import TABLES
from .upkeep import unwritable

if TYPE_CHECKING:
    from .workbook import Workbook


def forget(wb: Workbook, contact_id: str) -> list[Problem]:
    try:
        with wb.lock:
            left = _forget(wb, contact_id)
    except OSError as error:
        raise unwritable(wb.folder, error) from error
    wb._changes.tell()
    return left


def _forget(wb: Workbook, contact_id: str) -> list[Problem]:
    texts = {log.table.name: log.texts() for log in wb.logs()}
    versions = _versions(wb, contact_id, texts["contacts"])
    if not versions:
        wb.contacts.get(contact_id)  # raises RowNotFound
    gone, ids, blank = _closure(texts, contact_id)
    ids |= _ids_in_journal(wb, contact_id, ids)
    redact = _redaction(versions)
    mentions = _mentions(ids, versions)
    wb._changes.notices.clear()
    with suppress(OSError):
        (wb.hidden / "together.json").unlink(missing_ok=True)
    # The contact's own row goes last: until then a second try knows whom to look for.
    wb.journal.add_forgotten(ids)
    wb.journal.rewrite(lambda table, entry: _purged(table, entry, ids, blank, redact))
    _purge_files(wb, mentions, ids, blank, redact)
    order = sorted(wb.logs(), key=lambda log: log.table.name == "contacts")
    for log in order:
        if log.path.exists():
            log.forget(gone.get(log.table.name, set()) | ids, blank | ids, redact)
    return _names_left(wb, versions)


def _versions(
    wb: Workbook, contact_id: str, contacts: Mapping[str, Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Every version of the contact that the log or the journal holds: old addresses count."""
    found = [contacts[contact_id]] if contact_id in contacts else []
    for entry in wb.journal.entries("contacts"):
        columns = entry.get("columns", [])
        for row in [*entry.get("rows", ()), *entry.get("were", ())]:
            cells = dict(zip(columns, row, strict=False))
            if cells.get("id") == contact_id:
                found.append(cells)
    return found


def _closure(
    texts: Mapping[str, Mapping[str, Mapping[str, str]]], contact_id: str
) -> tuple[dict[str, set[str]], set[str], set[str]]:
    """Ids to erase by table, all of them, and those to leave blank where they are named.

    What names the person goes, and what cannot be without something that goes (an interview's
    debrief). What only mentions it beside (a fit rating after that interview) stays.
    """
    gone: dict[str, set[str]] = {"contacts": {contact_id}}
    ids, n = {contact_id}, 0
    while n != len(ids):
        n = len(ids)
        for name, rows in texts.items():
            table = TABLES[name]
            for column, target in table.references.items():
                if target == "contacts" or table.columns[column].required:
                    named = gone.get(target, set())
                    found = {id for id, row in rows.items() if row[column] in named}
                    gone.setdefault(name, set()).update(found)
        ids = set().union(*gone.values())
    return gone, ids, ids


def _ids_in_journal(wb: Workbook, contact_id: str, ids: set[str]) -> set[str]:
    """Rows erased before that named the person: their earlier versions go as well."""
    found = set(ids)
    n = 0
    while n != len(found):
        n = len(found)
        for name, table in TABLES.items():
            needed = [c for c, target in table.references.items()
                      if target == "contacts" or table.columns[c].required]  # fmt: skip
            for entry in wb.journal.entries(name) if needed else ():
                for row in [*entry.get("rows", ()), *entry.get("were", ())]:
                    cells = dict(zip(entry["columns"], row, strict=False))
                    if any(cells.get(column) in found for column in needed):
                        found.add(cells.get("id", ""))
    return found - {""} - (set().union(*(log.texts() for log in wb.logs())) - ids)


def _purged(
    table: str,
    entry: dict[str, Any],
    ids: set[str],
    blank: set[str],
    redact: Callable[[str], str],
) -> dict[str, Any] | None:
    """A journal's entry without these rows; None when nothing is left of it."""
    columns = entry.get("columns", [])
    if "id" not in columns:
        return entry
    place = columns.index("id")
    kept = {"id", "created_at", "updated_at"} | ({"name"} if table == "contacts" else set())
    entry, had = dict(entry), bool(entry.get("rows") or entry.get("were") or entry.get("gone"))
    after = entry.get("after", [])
    if "were" in entry:
        entry["after"] = [
            "" if at in ids else at
            for at, row in zip(after, entry["were"], strict=False) if row[place] not in ids
        ]  # fmt: skip
    for key in ("rows", "were"):
        if key in entry:
            entry[key] = [
                [
                    "" if cell in blank else cell if name in kept else redact(cell)
                    for name, cell in zip(columns, row, strict=False)
                ]
                for row in entry[key]
                if row[place] not in ids
            ]
    if "gone" in entry:
        entry["gone"] = [id for id in entry["gone"] if id not in ids]
    if "versions" in entry:
        entry["versions"] = {id: met for id, met in entry["versions"].items() if id not in ids}
    entry["words"] = redact(entry.get("words", ""))
    left = entry.get("rows") or entry.get("were") or entry.get("gone")
    return entry if left or not had else None


def _flexible(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


def _redaction(versions: list[Mapping[str, str]]) -> Callable[[str], str]:
    """A function that takes a person's full name, email, phone and profile link out of a text."""
    patterns = []
    for cells in versions:
        name = cells.get("name", "").strip()
        parts = name.split()
        if len(parts) > 1:
            forms = [name, f"{parts[-1]}, {' '.join(parts[:-1])}"]
            if cells.get("salutation", "").strip():
                forms.append(f"{cells['salutation'].strip()} {parts[-1]}")
            if len(parts) > 2:
                forms.append(f"{parts[0]} {parts[-1]}")
            patterns += [rf"(?<!\w){_flexible(form)}(?!\w)" for form in forms]
        elif name:
            patterns.append(rf"(?<!\w)(?-i:{re.escape(name)})(?!\w)")
        if email := cells.get("email", "").strip():
            patterns.append(rf"(?<![\w.]){re.escape(email)}(?!\w)")
        digits = re.sub(r"\D", "", cells.get("phone", ""))
        if len(digits) >= 5:
            patterns.append(r"(?<!\d)\+?\(?" + r"[\s().\-/\u2010-\u2015]*".join(digits) + r"(?!\d)")
        elif phone := cells.get("phone", "").strip():
            patterns.append(rf"(?<!\w){re.escape(phone)}(?!\w)")
        if profile := re.sub(r"^https?://(www\.)?", "", cells.get("profile_url", "").strip()):
            patterns.append(r"(?:https?://)?(?:www\.)?" + re.escape(profile.rstrip("/")) + "/?")
    spelled = {unicodedata.normalize(form, p) for p in patterns for form in ("NFC", "NFD")}
    if not spelled:
        return lambda text: text
    wanted = re.compile("|".join(sorted(spelled, key=len, reverse=True)), re.IGNORECASE)
    return lambda text: wanted.sub("(removed)", text)


def _mentions(ids: set[str], versions: list[Mapping[str, str]]) -> Callable[[bytes], bool]:
    """A function that says whether a file of any encoding mentions the person."""
    redact = _redaction(versions)

    def mentions(data: bytes) -> bool:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1252"):
            text = data.decode(encoding, errors="ignore")
            if redact(text) != text or any(id in text for id in ids):
                return True
        return False

    return mentions


def _purge_files(
    wb: Workbook,
    mentions: Callable[[bytes], bool],
    ids: set[str],
    blank: set[str],
    redact: Callable[[str], str],
) -> None:
    """Take the person out of everything beside the logs."""
    for folder in ("earlier", "backups"):
        shutil.rmtree(wb.hidden / folder, ignore_errors=True)
        if (wb.hidden / folder).exists():
            raise OSError(None, f"{folder} could not be deleted", str(wb.hidden / folder))
    for path in (wb.hidden / "drafts").glob("*"):
        data = path.read_bytes()
        with suppress(ValueError):
            data = json.dumps(json.loads(data), ensure_ascii=False).encode("utf-8", "replace")
        if mentions(data) or path.suffix != ".json":
            path.unlink()
    asleep = wb.folder / ".ipynb_checkpoints"
    for path in [*(wb.hidden / "torn").glob("*"), *asleep.glob("*.csv"),
                 *wb.folder.glob(".*.csv.new")]:  # fmt: skip
        if mentions(path.read_bytes()):
            path.unlink()
    for path, table in list(copies(wb)):
        copy = Log(path, TABLES[table], wb.lock, hidden=wb.hidden)
        try:
            copy.forget(ids, blank, redact)
        except LogUnreadable:
            if mentions(path.read_bytes()):
                raise
    shutil.rmtree(wb.hidden / "earlier", ignore_errors=True)


def _names_left(wb: Workbook, versions: list[Mapping[str, str]]) -> list[Problem]:
    """Rows that still hold a first or last name of somebody forgotten."""
    parts = {part for cells in versions for part in cells.get("name", "").split() if len(part) > 2}
    if not parts:
        return []
    names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(parts)))})(?!\w)")
    found = []
    for log in wb.logs():
        kinds = log.table.kinds
        for id, row in log.texts().items():
            for column, text in row.items():
                if kinds[column] == "text" and (met := names.search(text)):
                    if (log.table.name, column) == ("contacts", "name"):
                        continue
                    words = wb.label(log.table.name, id)
                    found.append(
                        Problem(
                            f'The {log.table.singular} "{words[:60]}" still holds the name '
                            f'"{met.group()}" under "{log.table.columns[column].label}". If that '
                            "is the person, take it out.",
                            log.table.name,
                            log.path,
                        )
                    )
    return found
