"""What keeps a workbook whole: versions, backups and the look over it all.

Everything takes a workbook; `workbook.Workbook` offers it as methods.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import files
from .copies import copies_left
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
_HAND_IN = "hand-in.json"  # what a hand-in holds and a backup does not
FORGETTING = "forgetting.json"  # who is to be forgotten, until all is done
TOGETHER = "together.json"  # what is being done as one change, until all is done
STAGING = "restoring"  # where a backup's logs are made ready, out of sight
_ADOPTED_ON_OPENING = 1 << 20  # bytes of all logs
_LARGEST = 4 << 30  # bytes that a backup may unpack to


def unwritable(path: Path, error: Exception, what: str = "your workbook") -> LogUnwritable:
    reason = getattr(error, "strerror", None) or str(error)
    return LogUnwritable(
        f"{what[0].upper()}{what[1:]} could not be written to {path} ({reason}). "
        "Make room on the disk, or see that the folder may be written to, and try again.",
        path=path,
    )


def make_folder(folder: Path) -> None:
    """Make the folders that are missing; a folder that may only be read still opens."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # some names can be no folder's
        raise LogUnwritable(
            f"There can be no workbook at {folder} ({getattr(error, 'strerror', None) or error}). "
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


def shape_of(folder: Path) -> str:
    """A short name for the columns that a folder of logs was last used with; "" when not known.

    Raises WorkbookNewer.
    """
    try:
        version = json.loads((folder / HIDDEN / _VERSION).read_text(encoding="utf-8"))
        schema, shape = int(version["schema"]), str(version["columns"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    if schema > SCHEMA_VERSION:
        raise WorkbookNewer(
            f"This workbook was last used with a newer version of this program (its logs are "
            f"of version {schema}, this program knows {SCHEMA_VERSION}). Update the program, and "
            "try again.",
            path=folder,
        )
    return shape


def migrate(wb: Workbook) -> None:
    """Bring an older workbook's logs to this version's columns, after a backup."""
    if (wb.hidden / STAGING).exists():  # left by a computer that stopped halfway
        with suppress(OSError), wb.lock:
            shutil.rmtree(wb.hidden / STAGING, ignore_errors=True)
    if shape_of(wb.folder) == _shape():
        return
    with suppress(OSError, LogUnwritable, LogUnreadable):
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
            files.swap_in(wb.hidden / _VERSION, json.dumps(made).encode())


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
    data = _zipped(wb)
    try:
        if to is None or path.is_dir() or not path.suffix:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = _free(path / f"{name}.zip")
        path.parent.mkdir(parents=True, exist_ok=True)
        files.create(path, data)
    except FileExistsError:
        raise LogUnwritable(
            f"{path} is there already and was left as it is. Give another name.", path=path
        ) from None
    except (OSError, ValueError) as error:
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
    with _nobody_writing(wb), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for log in wb.logs():
            try:
                data = log.path.read_bytes() if log.path.is_file() else None
            except OSError as error:
                raise LogUnreadable(
                    f"{log.path} cannot be read ({error.strerror or error}), so no backup was "
                    "made. See that the file may be read, and try again.",
                    table=log.table.name,
                    path=log.path,
                ) from error
            if data is not None:
                held[log.path.name] = hashlib.sha256(data).hexdigest()
                file.writestr(log.path.name, data)
        manifest = {"schema": SCHEMA_VERSION, "made_at": datetime.now().astimezone().isoformat(),
                    "sha256": held}  # fmt: skip
        file.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    return packed.getvalue()


@contextmanager
def _nobody_writing(wb: Workbook) -> Iterator[None]:
    """Hold the lock, where the folder is not one that may only be read."""
    with ExitStack() as held:
        try:
            held.enter_context(wb.lock)
        except files.Busy as error:
            raise LogUnwritable(
                "Another notebook has been writing to this workbook for too long, so no backup "
                "was made. Close that notebook, or restart its kernel, and try again.",
                path=wb.folder,
            ) from error
        except OSError:  # nobody writes here
            pass
        yield


def restore(
    wb: Workbook,
    path: str | os.PathLike[str],
    data: bytes | None,
    clean: Callable[[Workbook], object],
) -> Path:
    """clean: takes out of a workbook who was forgotten; called before anything is put back"""
    logs, is_whole = _unpacked(Path(path), data)
    try:
        with wb.lock:
            before = _put_back(wb, _made_ready(wb, logs, clean), is_whole)
    except OSError as error:
        raise unwritable(wb.folder, error) from error
    wb._changes.tell()
    return before


def _made_ready(
    wb: Workbook, logs: Mapping[str, bytes], clean: Callable[[Workbook], object]
) -> dict[str, bytes]:
    """The logs as they are to be put back: with this version's columns, without who was
    forgotten, every other byte as it is."""
    folder = wb.hidden / STAGING
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True)
        for name, data in logs.items():
            (folder / name).write_bytes(data)
        ready = type(wb)(folder, wb.course)
        for log in ready.logs():
            try:
                len(log)
            except LogUnreadable as error:
                raise BackupInvalid(f"The backup cannot be used: {error}", path=log.path) from None
        ready.journal.share_forgotten(wb.journal)
        clean(ready)
        return {name: (folder / name).read_bytes() for name in logs}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_back(wb: Workbook, logs: Mapping[str, bytes], is_whole: bool) -> Path:
    """Put logs in place of those that are there. Only when all are on the disk the first one
    is moved.

    is_whole: whether logs that are not among them go
    """
    there = [log for log in wb.logs() if is_whole or log.path.name in logs]
    before = backup(wb, None)
    moment = files.moment()
    beside: dict[Path, Path] = {}
    try:
        for log in there:
            if log.path.is_file():
                files.keep(log.path, wb.hidden / "earlier" / f"{log.path.stem} {moment}.csv")
            if log.path.name in logs:
                to = Path(os.path.realpath(log.path))
                beside[to] = _beside(to, logs[log.path.name])
        for to, new in beside.items():
            os.replace(new, to)
        for log in there:
            if log.path.name not in logs and log.path.is_file():
                log.path.unlink()
        for folder in {wb.folder, *(to.parent for to in beside)}:
            files.flush_folder(folder)
        for log in there:
            log.let_go()
            wb._changes.note(log.table.name, {"do": "restore"})
        with suppress(OSError):
            (wb.hidden / _VERSION).unlink()
        migrate(wb)
    except (OSError, LogUnreadable, LogUnwritable) as error:
        said = unwritable(wb.folder, error) if isinstance(error, OSError) else error
        raise LogUnwritable(
            f"{said} Your workbook as it was before is in {before}.", path=before
        ) from error
    finally:
        for new in beside.values():
            with suppress(OSError):
                new.unlink(missing_ok=True)
    return before


def _beside(path: Path, data: bytes) -> Path:
    """Write what is to take a log's place beside it, unless another program holds the log."""
    mode, beside = 0o600, path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError), open(path, "r+b") as file:
        files.hold(file.fileno(), path)
        mode = os.fstat(file.fileno()).st_mode & 0o777
    beside.unlink(missing_ok=True)
    files.create(beside, data, mode)
    return beside


def _unpacked(path: Path, data: bytes | None) -> tuple[dict[str, bytes], bool]:
    """The logs in a backup by file name, each as it was when the backup was made; and whether
    the backup tells that these were all. A zip made by hand does not."""
    names = {f"{table}.csv" for table in TABLES}
    try:
        with zipfile.ZipFile(path if data is None else io.BytesIO(data)) as file:
            inside = {info.filename.replace("\\", "/"): info for info in file.infolist()}
            if any(name.rpartition("/")[2] == _HAND_IN for name in inside):
                raise BackupInvalid(
                    f"{path.name} is a hand-in, without names and texts, and no backup. "
                    "Choose a zip that backup wrote.",
                    path=path,
                )
            if sum(info.file_size for info in inside.values()) > _LARGEST:
                raise BackupInvalid(f"{path.name} is too large to be a backup.", path=path)
            manifest: Any = {}
            if _MANIFEST in inside:
                manifest = json.loads(file.read(inside[_MANIFEST]))
            logs = {name: file.read(inside[name]) for name in names & inside.keys()}
    except FileNotFoundError:
        raise BackupInvalid(
            f"There is no file {path}. Give the path of a zip that backup wrote.", path=path
        ) from None
    except files.BAD_ZIP as error:
        raise BackupInvalid(
            f"{path.name} is not a whole zip file ({error}). Choose another backup.", path=path
        ) from error
    schema, sums = _told(manifest, path)
    if schema > SCHEMA_VERSION:
        raise WorkbookNewer(
            f"{path.name} was made by a newer version of this program. Update the program.",
            path=path,
        )
    if not logs and sums is None:
        raise BackupInvalid(
            f"{path.name} holds no log of a workbook. Choose a zip that backup wrote.", path=path
        )
    for name, sum_ in (sums or {}).items():
        if name in names and hashlib.sha256(logs.get(name, b"")).hexdigest() != sum_:
            raise BackupInvalid(
                f"{name} in {path.name} is not as it was when the backup was made. "
                "Choose another backup.",
                path=path,
            )
    return logs, sums is not None


def _told(manifest: Any, path: Path) -> tuple[int, dict[str, Any] | None]:
    """The version that a backup says it is of, and the sums of its logs; None: it has no list."""
    try:
        schema, sums = manifest.get("schema", 0), manifest.get("sha256")
        if isinstance(schema, int) and (sums is None or isinstance(sums, dict)):
            return schema, sums
    except AttributeError:
        pass
    raise BackupInvalid(
        f"{_MANIFEST} in {path.name} is not as backup writes it. Choose another backup.", path=path
    )


# --- the look over it all ----------------------------------------------------------------

_LOST = {  # (of one row, of several)
    "missing": (
        "is missing from {file}: another program saved an older copy over it.",
        "are missing from {file}: another program saved an older copy over them.",
    ),
    "older": (
        "stands in {file} in an earlier version: another program saved an older copy.",
        "stand in {file} in an earlier version: another program saved an older copy.",
    ),
    "returned": (
        "was erased and is in {file} again: another program saved an older copy.",
        "were erased and are in {file} again: another program saved an older copy.",
    ),
}


def missing_rows(wb: Workbook) -> list[Problem]:
    """A sentence for each log that lacks rows, naming the first of them."""
    found: dict[tuple[str, str], list[str]] = {}
    lost = wb.lost()
    forgotten = wb.journal.forgotten() if lost else frozenset()
    again = Counter(one.table for one in lost if one.id in forgotten)
    for one in lost:
        if one.id in forgotten:
            continue
        shape = TABLES[one.table]
        named = [one.cells.get(c, "") for c in shape.named_by if c not in shape.references]
        label = ", ".join(filter(None, named)) or wb.label(one.table, one.id) or one.id
        found.setdefault((one.table, one.kind), []).append(label[:60])
    problems = []
    for (table, kind), words in found.items():
        shape, log = TABLES[table], wb.log(table)
        of_one, of_several = (text.format(file=log.path.name) for text in _LOST[kind])
        if len(words) == 1:
            start = f'The {shape.singular} "{words[0]}" {of_one}'
        else:
            names = ", ".join(f'"{w}"' for w in words[:5]) + (" and others" if words[5:] else "")
            start = f"{len(words)} {shape.plural} ({names}) {of_several}"
        problems.append(Problem(f"{start} Bring back what belongs there, or leave it as it is.",
                                table, log.path, "bring_back"))  # fmt: skip
    for table, n in again.items():
        path = wb.log(table).path
        rows = "1 row belongs" if n == 1 else f"{n} rows belong"
        problems.append(
            Problem(
                f"{path.name}: {rows} to somebody who was forgotten: another program saved an "
                f"older copy. Opening a page of the workbook takes {'it' if n == 1 else 'them'} "
                "out.",
                table,
                path,
            )
        )
    return problems


def to_forget(wb: Workbook) -> tuple[set[str], list[dict[str, str]]] | None:
    """Who is to be forgotten, as ids and as versions of the contact; None where nothing tells.

    Raises OSError, FileNotFoundError when nobody is.
    """
    try:
        plan = json.loads((wb.hidden / FORGETTING).read_bytes())
        ids, versions = [*plan["ids"]], [dict(cells) for cells in plan["versions"]]
    except (ValueError, KeyError, TypeError):
        return None
    texts = [*ids, *chain.from_iterable(chain(*cells.items()) for cells in versions)]
    return (set(ids), versions) if all(isinstance(text, str) for text in texts) else None


def half_forgotten(wb: Workbook) -> list[Problem]:
    path = wb.hidden / FORGETTING
    try:
        is_known = to_forget(wb) is not None
    except FileNotFoundError:
        return []
    except OSError:
        is_known = True
    words = "Forgetting somebody stopped halfway"
    if is_known:
        words += (
            ". Close other programs that have a log open, then open a page of the workbook: that "
            "finishes it."
        )
    else:
        words += (
            ", and the file that says who it is was damaged since. Forget the person again; if "
            f"they are no longer among your contacts, delete {path}."
        )
    return [Problem(words, path=path)]


def check(wb: Workbook) -> list[Problem]:
    if any((wb.hidden / begun).exists() for begun in (FORGETTING, TOGETHER)):
        wb.lock.wait()  # what another notebook is doing this moment was not interrupted
    found: list[Problem] = half_forgotten(wb)
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
    with suppress(OSError, ValueError, KeyError, TypeError):
        if not wb.lock.is_held:
            words = json.loads((wb.hidden / TOGETHER).read_text(encoding="utf-8"))["words"]
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
