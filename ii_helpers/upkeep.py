"""What keeps a workbook whole: versions, backups, copies, forgetting and the look over it all.

Everything takes a workbook; `workbook.Workbook` offers it as methods.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from . import files
from .errors import (
    BackupInvalid,
    LogUnreadable,
    LogUnwritable,
    Problem,
    WorkbookNewer,
)
from .log import Log
from .tables import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from .workbook import Workbook

HIDDEN = ".workbook"  # the workbook's own files, beside the logs
_VERSION = "version.json"
_MANIFEST = "backup.json"
_ADOPTED_ON_OPENING = 1 << 20  # bytes of all logs
_LARGEST = 4 << 30  # bytes that a backup may unpack to


def unwritable(path: Path, error: OSError, what: str = "your workbook") -> LogUnwritable:
    reason = error.strerror or str(error)
    return LogUnwritable(
        f"{what[0].upper()}{what[1:]} could not be written to {path} ({reason}). "
        "Make room on the disk, or see that the folder may be written to, and try again.",
        path=path,
    )


def make_folder(folder: Path) -> None:
    """Make the folders that are missing; a folder that may only be read still opens."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LogUnwritable(
            f"There can be no workbook at {folder} ({error.strerror or error}). "
            "Choose another folder.",
            path=folder,
        ) from error
    with suppress(OSError):
        (folder / HIDDEN).mkdir(mode=0o700, exist_ok=True)


# --- versions ----------------------------------------------------------------------------


def _shape() -> str:
    """A short name for the columns of this version."""
    columns = json.dumps({name: table.header for name, table in TABLES.items()})
    return hashlib.sha256(columns.encode()).hexdigest()[:12]


def migrate(wb: Workbook) -> None:
    """Bring an older workbook's logs to this version's columns, after a backup."""
    path = wb.hidden / _VERSION
    try:
        version = json.loads(path.read_text(encoding="utf-8"))
        schema, shape = int(version["schema"]), str(version["columns"])
    except (OSError, ValueError, KeyError, TypeError):
        schema, shape = 0, ""
    if schema > SCHEMA_VERSION:
        raise WorkbookNewer(
            f"This workbook was last used with a newer version of this program (its logs have "
            f"shape {schema}, this version knows {SCHEMA_VERSION}). Update the program, or put "
            "back a backup from before.",
            path=wb.folder,
        )
    if shape == _shape():
        return
    with suppress(OSError, LogUnwritable):
        narrow = [log for log in wb.logs() if _is_narrow(log)]
        with wb.lock:
            if narrow:
                saved = backup(wb, None)
                for log in narrow:
                    with suppress(LogUnreadable):
                        log.widen()
                wb._changes.said(
                    Problem(
                        "This workbook came from an older version. Its logs have this version's "
                        f"columns now; a backup of them as they were is in {saved}.",
                        path=saved,
                    )
                )
            _adopt(wb)
            made = {"schema": SCHEMA_VERSION, "columns": _shape()}
            files.swap_in(path, json.dumps(made).encode())


def _adopt(wb: Workbook) -> None:
    """Take logs that this program did not write into the journal. A large workbook waits until
    it is first written to, log by log, so that opening stays fast."""
    logs = [log for log in wb.logs() if log.path.is_file()]
    if sum(log.path.stat().st_size for log in logs) <= _ADOPTED_ON_OPENING:
        for log in logs:
            with suppress(LogUnreadable):
                log.adopt()


def _is_narrow(log: Log) -> bool:
    """Whether a log's file lacks a column of this version."""
    try:
        return bool(log.path.exists() and log.missing_columns())
    except (LogUnreadable, OSError):
        return False


# --- backups -----------------------------------------------------------------------------


def backup(wb: Workbook, to: str | os.PathLike[str] | None) -> Path:
    name = f"workbook {datetime.now():%Y-%m-%d %H%M%S}"
    path = Path(to) if to is not None else wb.hidden / "backups"
    try:
        if to is None or path.is_dir() or not path.suffix:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = _free(path / f"{name}.zip")
        path.parent.mkdir(parents=True, exist_ok=True)
        with wb.lock:
            data = _zipped(wb)
        files.create(path, data)
    except FileExistsError:
        raise LogUnwritable(
            f"{path} is there already and was left as it is. Give another name.", path=path
        ) from None
    except OSError as error:
        raise unwritable(path, error, "the backup") from error
    return path


def _free(path: Path) -> Path:
    n, free = 1, path
    while free.exists():
        n += 1
        free = path.with_stem(f"{path.stem} {n}")
    return free


def _zipped(wb: Workbook) -> bytes:
    """Every log as it stands, with a list of what the zip holds."""
    packed, held = io.BytesIO(), {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for log in wb.logs():
            if log.path.is_file():
                data = log.path.read_bytes()
                held[log.path.name] = hashlib.sha256(data).hexdigest()
                file.writestr(log.path.name, data)
        manifest = {"schema": SCHEMA_VERSION, "made_at": datetime.now().astimezone().isoformat(),
                    "sha256": held}  # fmt: skip
        file.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    return packed.getvalue()


def restore(wb: Workbook, path: str | os.PathLike[str]) -> Path:
    logs = _unpacked(Path(path))
    try:
        return _put_back(wb, logs)
    except OSError as error:
        raise unwritable(wb.folder, error) from error


def _put_back(wb: Workbook, logs: Mapping[str, bytes]) -> Path:
    with wb.lock:
        _refuse_unreadable(wb, logs)
        before = backup(wb, None)
        moment = f"{datetime.now():%Y-%m-%d %H%M%S.%f}"
        for log in wb.logs():
            earlier = wb.hidden / "earlier" / f"{log.path.stem} {moment}.csv"
            if log.path.name in logs:
                files.swap_in(log.path, logs[log.path.name], earlier)
            elif log.path.is_file():
                files.keep(log.path, earlier)
                log.path.unlink()
        forgotten = wb.journal.forgotten()
        for log in wb.logs():
            log.let_go()
            cells = {cell for row in log.cells().values() for cell in row} if forgotten else ()
            if back := {cell for cell in cells if cell in forgotten}:
                log.forget(back, back, lambda text: text)
            wb._changes.note(log.table.name, {"do": "restore"})
        with suppress(OSError):
            (wb.hidden / _VERSION).unlink()
        migrate(wb)
    wb._changes.tell()
    return before


def _unpacked(path: Path) -> dict[str, bytes]:
    """The logs in a backup by file name, each as it was when the backup was made."""
    names = {f"{table}.csv" for table in TABLES}
    try:
        with zipfile.ZipFile(path) as file:
            inside = {info.filename.replace("\\", "/"): info for info in file.infolist()}
            if sum(info.file_size for info in inside.values()) > _LARGEST:
                raise BackupInvalid(f"{path.name} is too large to be a backup.", path=path)
            manifest: Any = {}
            if _MANIFEST in inside:
                manifest = json.loads(file.read(inside[_MANIFEST]))
            logs = {name: file.read(inside[name]) for name in names & inside.keys()}
    except FileNotFoundError:
        raise BackupInvalid(f"There is no file {path}. Look for its name.", path=path) from None
    except (OSError, zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError,
            EOFError, zlib.error) as error:  # fmt: skip
        raise BackupInvalid(
            f"{path.name} is not a whole zip file ({error}). Choose another backup.", path=path
        ) from error
    if not logs and not manifest:
        raise BackupInvalid(f"{path.name} holds no log of a workbook.", path=path)
    if isinstance(manifest, dict) and manifest:
        if int(manifest.get("schema", 0)) > SCHEMA_VERSION:
            raise WorkbookNewer(
                f"{path.name} was made by a newer version of this program. Update the program.",
                path=path,
            )
        for name, sum_ in dict(manifest.get("sha256", {})).items():
            if name in names and hashlib.sha256(logs.get(name, b"")).hexdigest() != sum_:
                raise BackupInvalid(
                    f"{name} in {path.name} is not as it was when the backup was made. "
                    "Choose another backup.",
                    path=path,
                )
    return logs


def _refuse_unreadable(wb: Workbook, logs: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in logs.items():
            path = Path(folder) / name
            path.write_bytes(data)
            try:
                len(Log(path, TABLES[path.stem]))
            except LogUnreadable as error:
                raise BackupInvalid(f"The backup cannot be used: {error}", path=path) from None


# --- copies that a sync service or a program left ----------------------------------------


class Clash(NamedTuple):
    """A row that a log and its copy hold in two versions, both changed: column -> text."""

    table: str
    id: str
    words: str
    mine: dict[str, str]
    theirs: dict[str, str]


class Merged(NamedTuple):
    """What came of a copy: counts of rows taken over, and the rows to be decided on."""

    n_added: int
    n_changed: int
    asked: list[Clash]

    @property
    def text(self) -> str:
        done = f"{self.n_added} rows added and {self.n_changed} brought up to date."
        asked = f" {len(self.asked)} were changed on both sides: choose." if self.asked else ""
        return done + asked


def copies(wb: Workbook) -> Iterator[tuple[Path, str]]:
    """Files beside the logs that are other versions of a log, by name: "contacts (Ana's
    conflicted copy).csv", "contacts-DESKTOP-1.csv", "contacts (1).csv", "Copy of contacts.csv"."""
    try:
        found = sorted(path for path in wb.folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError:
        return
    for path in found:
        stem = path.stem.casefold()
        if path.name.startswith(".") or path.name in {f"{t}.csv" for t in TABLES}:
            continue
        stem = re.sub(r"^(copy of|kopie von|copie de)\s+", "", stem)
        for table in sorted(TABLES, key=len, reverse=True):
            if re.fullmatch(rf"{table}(?:[^a-z0-9_].*|[_-]?conflict.*)?", stem):
                yield path, table
                break


def copies_left(wb: Workbook) -> list[Problem]:
    return [
        Problem(
            f"{path.name} is a second copy of {table}.csv, left by a sync service or a program. "
            "Merge it: its rows are added, and you are asked where both were changed.",
            table,
            path,
            "merge_copies",
        )
        for path, table in copies(wb)
    ]


def merge_copies(wb: Workbook, choose: Mapping[str, str]) -> Merged:
    n_added = n_changed = 0
    asked: list[Clash] = []
    with wb.together("merging copies of logs"):
        for path, table in list(copies(wb)):
            added, changed, clashes = _merge(wb, path, table, choose)
            n_added, n_changed, asked = n_added + added, n_changed + changed, asked + clashes
            if not clashes:
                files.keep(path, wb.hidden / "earlier" / f"{path.stem} {_now()}.csv")
                path.unlink()
    return Merged(n_added, n_changed, asked)


def _merge(
    wb: Workbook, path: Path, table: str, choose: Mapping[str, str]
) -> tuple[int, int, list[Clash]]:
    log, copy = wb.log(table), Log(path, TABLES[table], hidden=wb.hidden)
    known, mine, forgotten = wb.journal.known(table), log.texts(), wb.journal.forgotten()
    added, changed, asked = [], {}, []
    for id, theirs in copy.texts().items():
        met = known.get(id)
        if id in forgotten or met and met.cells is None:
            continue
        if id not in mine:
            added.append(("\x00", theirs))
        elif mine[id] != theirs:
            side = choose.get(id) or _newer_side(mine[id], theirs, met.versions if met else ())
            if side == "theirs":
                changed[id] = theirs
            elif side != "mine":
                words = wb.label(table, id)
                asked.append(Clash(table, id, words, mine[id], theirs))
    if added or changed:
        log.restate(changed, added, do="merge copy")
    return len(added), len(changed), asked


def _newer_side(mine: Mapping[str, str], theirs: Mapping[str, str], met: Collection[str]) -> str:
    """Which side was changed; "" when both were, as far as the journal can tell."""
    a, b = mine["updated_at"], theirs["updated_at"]
    if b in met and b != a:
        return "mine"  # the copy is an earlier version of ours
    if a == mine["created_at"] != b:
        return "theirs"  # ours was never changed since it was made
    if b == theirs["created_at"] != a:
        return "mine"
    return ""


def _now() -> str:
    return f"{datetime.now():%Y-%m-%d %H%M%S.%f}"


# --- the look over it all ----------------------------------------------------------------

_LOST = {
    "missing": "is missing from {file}: another program saved an older copy over it.",
    "older": "stands in {file} in an earlier version: another program saved an older copy.",
    "returned": "was erased and is in {file} again: another program saved an older copy.",
}


def missing_rows(wb: Workbook) -> list[Problem]:
    """A sentence for each log that lacks rows, naming the first of them."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in wb.lost():
        shape = TABLES[one.table]
        named = [one.cells.get(c, "") for c in shape.named_by if c not in shape.references]
        label = ", ".join(filter(None, named)) or wb.label(one.table, one.id) or one.id
        found.setdefault((one.table, one.kind), []).append(label[:60])
    problems = []
    for (table, kind), words in found.items():
        shape, log = TABLES[table], wb.log(table)
        if len(words) == 1:
            start = f'The {shape.singular} "{words[0]}" ' + _LOST[kind].format(file=log.path.name)
        else:
            names = ", ".join(f'"{w}"' for w in words[:5]) + (" and others" if words[5:] else "")
            start = f"Of {log.path.name}, {len(words)} rows ({names}): each " + _LOST[kind].format(
                file=log.path.name
            )
        problems.append(Problem(f"{start} Bring back what belongs there, or leave it as it is.",
                                table, log.path, "bring_back"))  # fmt: skip
    return problems


def check(wb: Workbook) -> list[Problem]:
    found: list[Problem] = []
    for log in wb.logs():
        found += log.problems()
    found += _dangling(wb)
    found += missing_rows(wb)
    found += copies_left(wb)
    found += _left_behind(wb)
    if not os.access(wb.folder, os.W_OK):
        found.append(
            Problem(
                f"{wb.folder} may only be read, so nothing can be saved. Change the folder's "
                "permissions, or copy the workbook elsewhere.",
                path=wb.folder,
            )
        )
    return found


def _dangling(wb: Workbook) -> list[Problem]:
    """Rows that refer to rows which are nowhere."""
    texts = {}
    for log in wb.logs():
        with suppress(LogUnreadable):
            texts[log.table.name] = log.texts()
    found = []
    for name, rows in texts.items():
        table = TABLES[name]
        for column, target in table.references.items():
            known = {"", *texts[target]} if target in texts else None
            ids = [id for id, row in rows.items() if known and row[column] not in known]
            if ids:
                words = wb.label(name, ids[0]) or ids[0]
                found.append(
                    Problem(
                        f"{name}.csv: {len(ids)} {'row names' if len(ids) == 1 else 'rows name'} "
                        f'under "{table.columns[column].label}" something that is not in {target} '
                        f'(the first: "{words[:60]}"). Choose another, or bring back the lost row.',
                        name,
                        wb.log(name).path,
                    )
                )
    return found


def _left_behind(wb: Workbook) -> list[Problem]:
    found = []
    with suppress(OSError):
        for path in sorted(wb.folder.glob(".~lock.*.csv#")):
            name = path.name[len(".~lock.") : -1]
            found.append(
                Problem(
                    f"{name} is open in LibreOffice. Close it there without saving: what it saves "
                    "replaces rows that were added since it was opened.",
                    path=path,
                )
            )
        for path in sorted((wb.hidden / "torn").glob("*.csv")):
            found.append(
                Problem(
                    f"A torn line was set aside in {path}. Look whether it holds anything that you "
                    "miss, then delete that file.",
                    path=path,
                )
            )
    with suppress(OSError, ValueError, KeyError):
        if not wb.lock.is_held:
            words = json.loads((wb.hidden / "together.json").read_text(encoding="utf-8"))["words"]
            found.append(
                Problem(
                    f"This was interrupted halfway: {words}. Do it again, which doubles "
                    "nothing, or take back what was done with Undo."
                )
            )
    if wb.journal.failed:
        found.append(
            Problem(
                f"The journal of changes could not be written ({wb.journal.failed.strerror}), so "
                "undo may lack the last steps. The logs are whole. Make room on the disk.",
                path=wb.journal.folder,
            )
        )
    return found


# --- forgetting --------------------------------------------------------------------------


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
