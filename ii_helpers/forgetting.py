"""Forgetting a person: gone from every log, the journal, drafts and earlier versions, and every
other mention taken out of the texts."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .copies import copies
from .errors import LogUnreadable, Problem
from .journal import rows_in
from .log import Log
from .names import ENDINGS, Finder, Wanted, bare_name, fold, full_forms, parts_of, pattern
from .splicing import OWN
from .tables import TABLES, Table
from .upkeep import STAGING, unwritable

if TYPE_CHECKING:
    from .workbook import Workbook

T = TypeVar("T")


def _alone(wb: Workbook, do: Callable[[], T]) -> T:
    """Do it while nobody else writes, then tell the pages."""
    try:
        with wb.lock:
            result = do()
    except OSError as error:
        raise unwritable(wb.folder, error) from error
    wb._changes.tell_of(TABLES)  # no change is noted of which they could hear
    return result


def forget(wb: Workbook, contact_id: str) -> list[Problem]:
    return _alone(wb, lambda: _forget(wb, contact_id))


def _forget(wb: Workbook, contact_id: str) -> list[Problem]:
    texts = {log.table.name: log.texts() for log in wb.logs()}
    if not _versions(wb, {contact_id}, texts["contacts"]):
        wb.contacts.get(contact_id)  # raises RowNotFound
    same = _same_person(wb, contact_id, texts["contacts"])
    others = {_name_of(cells) for id, cells in texts["contacts"].items() if id != contact_id}
    versions = [
        cells for cells in _versions(wb, same, texts["contacts"])
        if cells["id"] == contact_id or _name_of(cells) not in others
    ]  # fmt: skip
    ids = _ids_in_journal(wb, same | _closure(texts, {contact_id}))
    redact = _redaction(versions)
    mentions = _mentions(ids, versions)
    wb._changes.notices.clear()
    with suppress(OSError):
        (wb.hidden / "together.json").unlink(missing_ok=True)
    # The contact's own row goes last: until then a second try knows whom to look for.
    wb.journal.add_forgotten(ids)
    purge = partial(_purged, ids=ids, redact=redact)
    wb.journal.rewrite(purge)
    _purge_files(wb, mentions, ids, redact)
    order = sorted(wb.logs(), key=lambda log: log.table.name == "contacts")
    for log in order:
        if log.path.exists():
            log.forget(ids, redact)
    wb.journal.rewrite(purge)  # again: it met what another program had changed in the logs
    wb.redactions.append(redact)
    return [*_names_left(wb, versions), *_files_left(wb, mentions)]


def without_forgotten(wb: Workbook, values: Any) -> Any:
    """What is to be kept as a draft: a form that was open meanwhile may still hold the person.

    Whoever is a contact again, or bears the same name, is named as before.
    """
    with suppress(LogUnreadable):
        names = [row["name"] for row in wb.contacts.texts().values()] if wb.redactions else []
        wb.redactions = [
            redact for redact in wb.redactions if all(redact(name) == name for name in names)
        ]
    for redact in wb.redactions:
        values = _each_text(values, redact)
    return values


def _each_text(value: Any, do: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return do(value)
    if isinstance(value, Mapping):
        return {key: _each_text(one, do) for key, one in value.items()}
    return [_each_text(one, do) for one in value] if isinstance(value, list | tuple) else value


def goes_with(wb: Workbook, contact_id: str) -> dict[str, int]:
    """Table -> how many of its rows would go with a contact that is forgotten."""
    texts = {log.table.name: log.texts() for log in wb.logs()}
    ids = _closure(texts, {contact_id}) - {contact_id}
    return {name: n for name, rows in texts.items() if (n := len(ids & rows.keys()))}


def forget_again(wb: Workbook, met: Iterable[Mapping[str, str]] = ()) -> int:
    """Take out who was forgotten and is back, as after an old copy; return how many rows that is.

    met: rows of contacts in the copy, for what the persons were called
    """
    if not wb.journal.forgotten():
        return 0
    return _alone(wb, lambda: _forget_again(wb, met))


def _forget_again(wb: Workbook, met: Iterable[Mapping[str, str]]) -> int:
    forgotten = wb.journal.forgotten()
    texts = {}
    for log in wb.logs():
        with suppress(LogUnreadable):
            texts[log.table.name] = log.texts()
    contacts = texts.get("contacts", {})
    back = {
        cell
        for name, rows in texts.items()
        for row in rows.values()
        for column, cell in row.items()
        if column == "id" or TABLES[name].references.get(column)
        if cell in forgotten
    }
    versions = [cells for cells in [*met, *contacts.values()] if cells["id"] in forgotten]
    if not back and not versions:
        return 0
    ids = _closure(texts, back)
    redact = _redaction(versions)
    mentions = _mentions(ids, versions)
    wb.journal.add_forgotten(ids)
    for log in wb.logs():
        if log.table.name in texts and log.path.exists():
            log.forget(ids, redact)
    wb.journal.rewrite(partial(_purged, ids=ids, redact=redact))
    for path in (wb.hidden / "earlier").glob("*"):
        if mentions(path.read_bytes()):
            path.unlink()
    return sum(len(ids & rows.keys()) for rows in texts.values())


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
    others = {_name_of(cells) for id, cells in contacts.items() if id != contact_id}
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
        names = {_name_of(cells) for cells in versions} - others - {""}
        same |= {cells.get("id", "") for cells in erased if _name_of(cells) in names}
        into = tuple(f" into {c['name']}" for c in versions if _name_of(c) in names)
        for words, kept, gone in merges.values():
            if kept & same or words.endswith(into):
                same |= gone
    return same - {""}


def _name_of(cells: Mapping[str, str]) -> str:
    return fold(bare_name(cells.get("name", ""))).casefold()


def _closure(texts: Mapping[str, Mapping[str, Mapping[str, str]]], ids: set[str]) -> set[str]:
    """These ids and those of the rows that go with them.

    What names the person goes, and what cannot be without something that goes (an interview's
    debrief). What only mentions it beside (a fit rating after that interview) stays.
    """
    found, n = set(ids), 0
    while n != len(found):
        n = len(found)
        for name, rows in texts.items():
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


# Names that are words as well: on their own they may mean something else, and are only told.
_ALSO_WORDS = frozenset(
    "amber angel april art august autumn bill chance chase christian crystal daisy dawn dean drew "
    "faith frank grace grant hope hunter iris ivy jack jade joy june lily mark mason may olive "
    "page pat paul pearl penny ray rich rob rose ruby sky star sue summer violet will".split()
)


def _address(link: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", link.strip(), flags=re.IGNORECASE).rstrip("/")


def _redaction(versions: Iterable[Mapping[str, str]]) -> Callable[[str], str]:
    """A function that takes a person's full name, email, phone and profile link out of a text."""
    found = Finder([*_called(versions), *_addresses(versions)])
    return lambda text: found.replace(text, "(removed)")


def _called(versions: Iterable[Mapping[str, str]]) -> Iterable[Wanted]:
    """What calls a person by their full name."""
    for cells in versions:
        for form in full_forms(cells.get("name", ""), cells.get("salutation", "")):
            if " " in form or form.casefold() == form.upper():  # a script without capitals
                if len(form) > 1:
                    yield pattern(form, endings="s")
            elif form.casefold() not in _ALSO_WORDS:
                yield pattern(form, exact=True)


def _addresses(versions: Iterable[Mapping[str, str]]) -> Iterable[Wanted]:
    """The ways to reach a person."""
    for cells in versions:
        if email := fold(cells.get("email", "").strip()):
            yield Wanted(rf"(?<![\w.]){re.escape(email)}(?!\w)", email.casefold())
        digits = re.sub(r"\D", "", cells.get("phone", ""))
        if len(digits) >= 5:
            gap = r"[\s().\-/\u2010-\u2015]*"
            yield Wanted(rf"(?<!\d)\+?\(?{gap.join(digits)}(?!\d)", digits[0])
        elif phone := fold(cells.get("phone", "").strip()):
            yield Wanted(rf"(?<!\w){re.escape(phone)}(?!\w)", phone.casefold())
        if profile := fold(_address(cells.get("profile_url", ""))):
            regex = rf"(?:https?://)?(?:www\.)?{re.escape(profile)}/?(?![\w-])"
            yield Wanted(regex, profile.casefold())


def _mentions(ids: set[str], versions: Iterable[Mapping[str, str]]) -> Callable[[bytes], bool]:
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
    redact: Callable[[str], str],
) -> None:
    """Take the person out of everything beside the logs."""
    for folder in ("earlier", "backups", STAGING):
        shutil.rmtree(wb.hidden / folder, ignore_errors=True)
        if (wb.hidden / folder).exists():
            raise OSError(None, f"{folder} could not be deleted", str(wb.hidden / folder))
    for path in [*(wb.hidden / "drafts").glob("*"), *(wb.hidden / "lab").glob("*")]:
        data = path.read_bytes()
        with suppress(ValueError):
            data = json.dumps(json.loads(data), ensure_ascii=False).encode("utf-8", "replace")
        if mentions(data) or path.suffix not in (".json", ".jupyterlab-workspace"):
            path.unlink()
    asleep = wb.folder / ".ipynb_checkpoints"
    for path in [*(wb.hidden / "torn").glob("*"), *asleep.glob("*.csv"),
                 *wb.folder.glob(".*.csv.new")]:  # fmt: skip
        if mentions(path.read_bytes()):
            path.unlink()
    for path, table in list(copies(wb)):
        copy = Log(path, TABLES[table], wb.lock, hidden=wb.hidden)
        try:
            copy.forget(ids, redact)
        except LogUnreadable:
            if mentions(path.read_bytes()):
                raise
    shutil.rmtree(wb.hidden / "earlier", ignore_errors=True)


def _files_left(wb: Workbook, mentions: Callable[[bytes], bool]) -> list[Problem]:
    """Backups, hand-ins and pages in the workbook's folders that still mention somebody
    forgotten."""
    places, logs = [wb.folder], wb.folder.absolute()
    if logs.parts[-2:] == ("data", "log"):
        home = logs.parent.parent
        places += [home, home / "notebooks"]
    found = []
    zips = [path for kind in ("workbook *.zip", "hand-in-*.zip")
            for place in places for path in place.glob(kind)]  # fmt: skip
    for path in sorted(zips):
        with suppress(OSError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError):
            with zipfile.ZipFile(path) as file:
                if any(mentions(file.read(name)) for name in file.namelist()):
                    words = f"The file {path} still holds the person. Delete it."
                    found.append(Problem(words, path=path))
    for path in sorted(path for place in places for path in place.glob("*.ipynb")):
        with suppress(OSError):
            if mentions(path.read_bytes()):
                words = f"The page {path} still names the person, in words of yours. Mend it there."
                found.append(Problem(words, path=path))
    return found


def _names_left(wb: Workbook, versions: list[Mapping[str, str]]) -> list[Problem]:
    """Rows that still hold a first or last name of somebody forgotten, or share an address."""
    parts = {part for cells in versions for part in parts_of(cells.get("name", ""))
             if len(part) > 2 or not part.isascii()}  # fmt: skip
    names = Finder(pattern(part, endings=ENDINGS, exact=True) for part in parts)
    addresses = Finder(_addresses(versions))
    found = []
    for log in wb.logs():
        kinds = log.table.kinds
        for id, row in log.texts().items():
            for column, text in row.items():
                if kinds[column] != "text" or column == "id" or column in log.table.references:
                    continue
                if (log.table.name, column) == ("contacts", "name"):
                    continue
                name, address = names.first(text), addresses.first(text)
                if name or address:
                    words = wb.label(log.table.name, id)
                    what = f'name "{name}"' if name else f'address "{address}"'
                    found.append(
                        Problem(
                            f'The {log.table.singular} "{words[:60]}" still holds the {what} '
                            f'under "{log.table.columns[column].label}". If that is the person, '
                            "take it out.",
                            log.table.name,
                            log.path,
                        )
                    )
    return found
