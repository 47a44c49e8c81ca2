"""Forgetting a person: gone from every log, the journal, drafts and earlier versions, and every
other mention taken out of the texts.

Who is to be forgotten stands in a file until all is done: what was cut off at any point is
finished by the next try, or by the next opening of the workbook. What stays for good are sums of
the ids, names and addresses, which nobody can read: by them an old copy, a backup or a page that
was open meanwhile brings nobody back.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import files
from .copies import copies
from .errors import LogUnreadable, LogUnwritable, Problem, RowNotFound
from .journal import NAMING, rows_in
from .log import Log
from .mentions import files_left, marks_of, name_of, names_left, names_of, site_of, texts_in
from .names import Marks, with_beginnings
from .splicing import OWN
from .tables import TABLES, Table
from .upkeep import FORGETTING, STAGING, TOGETHER, to_forget, unwritable

if TYPE_CHECKING:
    from .workbook import Workbook

T = TypeVar("T")
_GONE = "(removed)"


class _Going:
    """Who is to be forgotten.

    ids: of all rows that go; versions: every version of the contact, for its names and addresses
    contacts, organizations: all there are; the names of those who stay, stay whole, and so does
    the site of a place of work that somebody gave for a profile
    """

    def __init__(
        self,
        ids: set[str],
        versions: Iterable[Mapping[str, str]],
        contacts: Iterable[Mapping[str, str]],
        organizations: Iterable[Mapping[str, str]],
    ):
        self.ids, self.versions = ids, list(versions)
        self.marks = marks_of(self.versions) - set(chain(*map(site_of, organizations)))
        self.others = names_of(cells for cells in contacts if cells["id"] not in ids)
        self._found = Marks(with_beginnings(self.marks))

    def redact(self, text: str) -> str:
        """A text without the person's full name, email, phone and profile link."""
        return self._found.replace(text, _GONE, self.others)

    def is_in(self, text: str) -> bool:
        return bool(self._found.first(text)) or any(id in text for id in self.ids)

    def is_in_data(self, data: bytes) -> bool:
        """Whether a file of any encoding mentions the person."""
        return any(map(self.is_in, texts_in(data)))


def _alone(wb: Workbook, do: Callable[[], T]) -> T:
    """Do it while nobody else writes, then tell the pages."""
    try:
        with wb.lock:
            result = do()
    except (OSError, LogUnreadable, LogUnwritable) as error:
        if (wb.hidden / FORGETTING).exists():
            raise _halfway(wb, error) from error
        if isinstance(error, OSError):
            raise unwritable(wb.folder, error) from error
        raise
    wb._changes.tell_of(TABLES)  # no change is noted of which they could hear
    return result


def _halfway(wb: Workbook, error: Exception) -> LogUnwritable:
    """What to say of a forgetting that has begun and cannot go on."""
    cause = error if isinstance(error, OSError) else error.__cause__
    path = getattr(error, "path", None) or getattr(cause, "filename", None) or wb.folder
    if isinstance(error, LogUnreadable):
        why = str(error).removesuffix(" Nothing was changed.")
    elif isinstance(cause, files.Busy | PermissionError):
        why = (
            f"{Path(path).name} is open in another program, or may not be written. Close it there."
        )
    else:
        reason = getattr(cause, "strerror", None) or cause or error
        why = f"{Path(path).name} could not be written ({reason})."
    return LogUnwritable(
        f"The person is not forgotten everywhere yet: {why} Then forget them again, or open a page "
        "of the workbook: either finishes it.",
        path=path,
    )


def forget(wb: Workbook, contact_id: str) -> list[Problem]:
    going = _alone(wb, lambda: _forget(wb, contact_id))
    return [*names_left(wb, going.versions), *files_left(wb, going.is_in)]


def _forget(wb: Workbook, contact_id: str) -> _Going:
    begun = _finish(wb)
    if begun and contact_id in begun.ids:
        return begun
    going = _who_goes(wb, contact_id)
    were = [{name: cells.get(name, "") for name in NAMING} for cells in going.versions]
    plan = json.dumps({"ids": sorted(going.ids), "versions": were})
    files.swap_in(wb.hidden / FORGETTING, plan.encode())
    _carry_out(wb, going)
    return going


def finish(wb: Workbook) -> None:
    """Do what is left of a forgetting that was cut off. Raises LogUnwritable."""
    if (wb.hidden / FORGETTING).exists():
        _alone(wb, lambda: _finish(wb))


def _finish(wb: Workbook) -> _Going | None:
    try:
        plan = to_forget(wb)
    except FileNotFoundError:
        return None
    if plan is None:  # said by `half_forgotten`
        return None
    going = _Going(*plan, wb.contacts.texts().values(), wb.organizations.texts().values())
    _carry_out(wb, going)
    return going


def _who_goes(wb: Workbook, contact_id: str) -> _Going:
    texts = {log.table.name: log.texts() for log in wb.logs()}
    if not _versions(wb, {contact_id}, texts["contacts"]):
        wb.contacts.get(contact_id)  # raises RowNotFound
    same = _same_person(wb, contact_id, texts["contacts"])
    others = {name_of(cells) for id, cells in texts["contacts"].items() if id != contact_id}
    versions = [
        cells for cells in _versions(wb, same, texts["contacts"])
        if cells["id"] == contact_id or name_of(cells) not in others
    ]  # fmt: skip
    ids = _ids_in_journal(wb, same | _closure(texts.items(), {contact_id}))
    return _Going(ids, versions, texts["contacts"].values(), texts["organizations"].values())


def _carry_out(wb: Workbook, going: _Going) -> None:
    """Take the person out of everything. Done twice, it does no more than once."""
    wb.journal.add_forgotten(going.ids, going.marks)
    wb._changes.notices.clear()
    with suppress(OSError):
        (wb.hidden / TOGETHER).unlink(missing_ok=True)
    purge = partial(_purged, ids=going.ids, redact=going.redact)
    wb.journal.rewrite(purge)
    _purge_files(wb, going)
    for log in wb.logs():
        if log.path.exists():
            log.forget(going.ids, going.redact)
    wb.journal.rewrite(purge)  # again: it met what another program had changed in the logs
    at = wb.journal.new_step()
    entry = {"at": at, "step": at, "words": "", "do": "forget", "columns": ["id"], "rows": []}
    wb.journal.note("contacts", entry)  # undo stops there once, and says so
    (wb.hidden / FORGETTING).unlink()


# --- afterwards: nobody comes back ---------------------------------------------------------------


def without_forgotten(wb: Workbook, key: str, values: Any) -> Any:
    """What is to be kept as a draft: a form that was open meanwhile may still hold the person.

    Whoever is a contact again, or bears the same name, is named as before. Raises RowNotFound
    where the draft is about a row that was forgotten.
    """
    ids = wb.journal.forgotten()
    if _is_about(key, values, ids):
        raise RowNotFound(
            "This is about somebody who was forgotten, so it is not kept. Choose somebody else, or "
            "clear the form."
        )
    found, others = wb.journal.marks(), None
    if _each_text(values, lambda text: found.replace(text, _GONE)) != values:
        found, others = _but_contacts(wb, found)

    def clean(text: str) -> str:
        return "" if text in ids else found.replace(text, _GONE, others)

    return _each_text(values, clean)


def _but_contacts(wb: Workbook, found: Marks) -> tuple[Marks, Marks | None]:
    """The marks without those of people who are contacts, and what finds these."""
    key = wb.contacts.stamp_of_file(), wb.journal.forgotten_stamp()
    if wb.but_contacts is None or wb.but_contacts[0] != key:
        with suppress(LogUnreadable):
            contacts = wb.contacts.texts().values()
            wb.but_contacts = key, (found.without(marks_of(contacts)), names_of(contacts))
    return wb.but_contacts[1] if wb.but_contacts else (found, None)


def _is_about(key: str, values: Any, ids: Container[str]) -> bool:
    """Whether a draft would become, or change, a row that goes with these."""
    typed = values.get("typed") if isinstance(values, Mapping) else None
    of_row = [values, typed if isinstance(typed, Mapping) else {}]
    own = chain(*(one.values() for one in of_row if isinstance(one, Mapping)))
    return any(isinstance(one, str) and one in ids for one in chain(key.split(), own))


def _each_text(value: Any, do: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return do(value)
    if isinstance(value, Mapping):
        return {key: _each_text(one, do) for key, one in value.items()}
    return [_each_text(one, do) for one in value] if isinstance(value, list | tuple) else value


def goes_with(wb: Workbook, contact_id: str) -> dict[str, int]:
    """Table -> how many of its rows would go with a contact that is forgotten."""
    texts = {log.table.name: log.texts() for log in wb.logs()}
    ids = _closure(texts.items(), {contact_id}) - {contact_id}
    return {name: n for name, rows in texts.items() if (n := len(ids & rows.keys()))}


def forget_again(wb: Workbook) -> int:
    """Take out who was forgotten and is back, in the logs or in copies that a sync service left;
    return how many rows that is."""
    if not wb.journal.forgotten():
        return 0
    return _alone(wb, lambda: _forget_again(wb))


def _forget_again(wb: Workbook) -> int:
    forgotten, met = wb.journal.forgotten(), []
    beside = [Log(path, TABLES[table], wb.lock, hidden=wb.hidden) for path, table in copies(wb)]
    for log in [*wb.logs(), *beside]:
        with suppress(LogUnreadable):
            met.append((log, log.texts()))
    rows = [(log.table.name, texts) for log, texts in met]
    back = {
        cell
        for name, texts in rows
        for row in texts.values()
        for column, cell in row.items()
        if column == "id" or TABLES[name].references.get(column)
        if cell in forgotten
    }
    contacts, places = (
        [row for name, texts in rows if name == wanted for row in texts.values()]
        for wanted in ("contacts", "organizations")
    )
    ids, gone = _closure(rows, back), [cells for cells in contacts if cells["id"] in forgotten]
    going = _Going(ids, gone, contacts, places)
    others = marks_of(cells for cells in contacts if cells["id"] not in forgotten)
    found = wb.journal.marks().without(others)

    def redact(text: str) -> str:
        return found.replace(going.redact(text), _GONE, going.others)

    if ids:
        wb.journal.add_forgotten(ids, going.marks)
    is_clean = True
    for log, _ in met:
        if log.path.exists() and (ids or _needs(redact, log.path.read_bytes())):
            log.forget(ids, redact)
            is_clean = False
    if not is_clean:
        wb.journal.rewrite(partial(_purged, ids=ids, redact=redact))
        for path in _files_in(wb.hidden / "earlier"):
            data = path.read_bytes()
            if going.is_in_data(data) or _needs(redact, data):
                path.unlink()
    return sum(len(ids & texts.keys()) for _, texts in met)


def _needs(redact: Callable[[str], str], data: bytes) -> bool:
    return any(redact(text) != text for text in texts_in(data))


# --- what goes -----------------------------------------------------------------------------------


def _in_journal(wb: Workbook) -> Iterable[Mapping[str, str]]:
    """Every version of every contact that the journal holds."""
    for entry in wb.journal.entries("contacts"):
        for row in [*entry.get("rows", ()), *entry.get("were", ())]:
            yield dict(zip(entry.get("columns", []), row, strict=False))


def _versions(
    wb: Workbook, ids: Collection[str], contacts: Mapping[str, Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """Every version of these that the log or the journal holds: old addresses count."""
    found = [contacts[id] for id in ids if id in contacts]
    return found + [cells for cells in _in_journal(wb) if cells.get("id") in ids]


def _same_person(
    wb: Workbook, contact_id: str, contacts: Mapping[str, Mapping[str, str]]
) -> set[str]:
    """The contact, and rows of the same person that were merged into it or erased before.

    Erased rows of the same name are the same person, unless another contact bears that name.
    """
    others = {name_of(cells) for id, cells in contacts.items() if id != contact_id}
    erased = [cells for cells in _in_journal(wb) if cells.get("id") not in contacts]
    merges: dict[str, tuple[str, set[str], set[str]]] = {}
    for entry in wb.journal.entries("contacts"):
        if (words := entry.get("words", "")).startswith("merging "):
            _, kept, gone = merges.setdefault(entry["step"], (words, set(), set()))
            kept |= {cells.get("id", "") for cells in rows_in(entry)}
            gone |= set(entry.get("gone", ())) - contacts.keys()
    same, n = {contact_id}, 0
    while n != len(same):
        n = len(same)
        versions = _versions(wb, same, contacts)
        names = {name_of(cells) for cells in versions} - others - {""}
        same |= {cells.get("id", "") for cells in erased if name_of(cells) in names}
        into = tuple(f" into {c['name']}" for c in versions if name_of(c) in names)
        for words, kept, gone in merges.values():
            if kept & same or words.endswith(into):
                same |= gone
    return same - {""}


def _closure(
    tables: Iterable[tuple[str, Mapping[str, Mapping[str, str]]]], ids: set[str]
) -> set[str]:
    """These ids and those of the rows that go with them.

    tables: (name, id -> column -> text), a name once or several times

    What names the person goes, and what cannot be without something that goes (an interview's
    debrief). What only mentions it beside (a fit rating after that interview) stays.
    """
    tables, found, n = list(tables), set(ids), 0
    while n != len(found):
        n = len(found)
        for name, rows in tables:
            needed = _needed(TABLES[name])
            found |= {id for id, row in rows.items() if any(row[c] in found for c in needed)}
    return found


def _needed(table: Table) -> list[str]:
    """The references without which a row cannot be."""
    return [column for column, target in table.references.items()
            if target == "contacts" or table.columns[column].required]  # fmt: skip


def _ids_in_journal(wb: Workbook, ids: set[str]) -> set[str]:
    """Rows erased before that named the person: their earlier versions go as well."""
    found = set(ids)
    n = 0
    while n != len(found):
        n = len(found)
        for name, table in TABLES.items():
            needed = _needed(table)
            for entry in wb.journal.entries(name) if needed else ():
                for row in [*entry.get("rows", ()), *entry.get("were", ())]:
                    cells = dict(zip(entry["columns"], row, strict=False))
                    if any(cells.get(column) in found for column in needed):
                        found.add(cells.get("id", ""))
    return found - {""} - (set().union(*(log.texts() for log in wb.logs())) - ids)


def _purged(
    table: str, entry: dict[str, Any], ids: set[str], redact: Callable[[str], str]
) -> dict[str, Any] | None:
    """A journal's entry without these rows; None when nothing is left of it."""
    columns = entry.get("columns", [])
    if "id" not in columns:
        return entry
    place = columns.index("id")
    kept = {"id", "created_at", "updated_at", *OWN.get(table, ())}
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
                    "" if cell in ids else cell if name in kept else redact(cell)
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


def _purge_files(wb: Workbook, going: _Going) -> None:
    """Take the person out of everything beside the logs."""
    for folder in ("earlier", "backups", STAGING):
        shutil.rmtree(wb.hidden / folder, ignore_errors=True)
        if (wb.hidden / folder).exists():
            raise OSError(None, f"{folder} could not be deleted", str(wb.hidden / folder))
    for path in _files_in(wb.hidden / "drafts"):
        _purge_draft(path, going)
    for path in _files_in(wb.hidden / "lab"):
        if path.suffix != ".jupyterlab-workspace" or going.is_in_data(path.read_bytes()):
            path.unlink()
    asleep = wb.folder / ".ipynb_checkpoints"
    for path in [*_files_in(wb.hidden / "torn"), *_files_in(asleep, "*.csv"),
                 *_files_in(wb.folder, ".*.csv.new")]:  # fmt: skip
        if going.is_in_data(path.read_bytes()):
            path.unlink()
    for path, table in list(copies(wb)):
        with suppress(LogUnreadable):  # it is named with the files that are left
            Log(path, TABLES[table], wb.lock, hidden=wb.hidden).forget(going.ids, going.redact)
    shutil.rmtree(wb.hidden / "earlier", ignore_errors=True)


def _files_in(folder: Path, pattern: str = "**/*") -> list[Path]:
    return [path for path in folder.glob(pattern) if path.is_file()]


def _purge_draft(path: Path, going: _Going) -> None:
    """A draft about the person goes; out of another, which is the learner's, goes the name."""
    try:
        kept = json.loads(path.read_bytes()) if path.suffix == ".json" else {}
        if not _is_about(kept["key"], kept["values"], going.ids):
            clean = _each_text(kept, lambda text: "" if text in going.ids else going.redact(text))
            if clean != kept:
                files.swap_in(path, json.dumps(clean).encode())
            return
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    path.unlink()
