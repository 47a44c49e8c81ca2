"""What there is to count: hand-ins and workbooks below a folder or an address; follows no link."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import WorkbookError
from ..facts import SHAPES
from .received import ABOUT
from .roster import COPIES

STORE = ".cohort.sqlite"  # where a run keeps what it counted; another run may lie in the folder
LOGS = {f"{table}.csv" for table in (*SHAPES, "learner")}
_IN_ORDER = (ABOUT, *sorted(LOGS))
_DEEPEST = 12  # folders within folders
_OURS = {"progress.csv", "class.html", "problems.csv", COPIES, "course.toml", STORE}


class Unit(NamedTuple):
    """One hand-in or workbook. path: below the root, with /; files: those to read in a folder.

    kind: hand-in (a zip), unzipped (one that a browser unpacked), workbook (a folder of logs);
    stamp: differs when anything in it has changed; at: when it was changed last, in seconds
    """

    path: str
    kind: str
    files: tuple[str, ...]
    stamp: str
    at: float


class Left(NamedTuple):
    """Something that is not counted, and why, as the end of a sentence."""

    path: str
    reason: str


def units_here(root: Path) -> Iterator[Unit | Left]:
    """Everything below a folder on this computer, in order of name. Follows no link."""

    def walk(folder: str, below: str, depth: int) -> Iterator[Unit | Left]:
        try:
            with os.scandir(folder) as found:
                entries = {entry.name: entry for entry in found}
        except OSError as error:
            yield Left(below or ".", f"it cannot be read ({error.strerror})")
            return
        if unit := _folder_unit(entries, below):
            yield unit
            return
        is_copy = "notebooks" in entries and "data" in entries
        for name in ["data"] if is_copy else sorted(entries):
            if _is_skipped(name, below):
                continue
            entry, path = entries[name], f"{below}/{name}" if below else name
            if entry.is_symlink():
                yield Left(path, "it is a link, and links are not followed")
            elif entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST:
                    yield from walk(entry.path, path, depth + 1)
                else:
                    yield Left(path, "it lies too deep in folders")
            elif name.lower().endswith(".zip"):
                with suppress(FileNotFoundError):  # taken away meanwhile
                    seen = entry.stat(follow_symlinks=False)
                    stamp = f"{seen.st_size} {seen.st_mtime_ns}"
                    yield Unit(path, "hand-in", (), stamp, seen.st_mtime)
            elif not (name in _OURS or below.endswith("data") or below == "data"):
                yield Left(path, "it is neither a hand-in nor a workbook")

    yield from walk(str(root), "", 0)


def _is_skipped(name: str, below: str) -> bool:
    """Hidden files, a Mac's side files, and the invented learner who lies in every copy."""
    is_example = name == "example" and below.rpartition("/")[2] == "data"
    return is_example or name == "__MACOSX" or name.startswith(".")


def _folder_unit(entries: dict[str, os.DirEntry], below: str) -> Unit | None:
    """The workbook or unzipped hand-in that a folder is; None when it is neither."""
    unzipped = ABOUT in entries
    is_empty = below == "data/log" or below.endswith("/data/log")  # nothing is logged yet
    if not unzipped and not is_empty and LOGS.isdisjoint(entries):
        return None
    stamps = []
    for name in _IN_ORDER if unzipped else _IN_ORDER[1:]:
        entry = entries.get(name)
        if entry and entry.is_file(follow_symlinks=False):
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken away meanwhile
                continue
            stamps.append((seen.st_mtime_ns, seen.st_size, name))
    kind, at = "unzipped" if unzipped else "workbook", max(stamps)[0] / 1e9 if stamps else 0.0
    files = tuple([name for *_, name in stamps])
    return Unit(below or ".", kind, files, _digest(stamps), at)


def _digest(stamps: list) -> str:
    return hashlib.blake2b(repr(stamps).encode(), digest_size=16).hexdigest()


def units_there(root: str) -> Iterator[Unit | Left]:
    """Everything below an fsspec address, such as s3://bucket/class, in order of name."""
    fs, base = _file_system(root)
    base = base.rstrip("/")
    folders: dict[str, list[tuple[str, dict]]] = {}
    zips, others = [], []
    try:
        found = fs.find(base, detail=True)
    except FileNotFoundError:
        found = {}
    for full, info in sorted(found.items()):
        path = full[len(base) :].lstrip("/")
        below, _, name = path.rpartition("/")
        parts = below.split("/")
        if any(_is_skipped(part, "/".join(parts[:n])) for n, part in enumerate(parts) if part):
            continue
        if _is_skipped(name, below):
            continue
        if below and (name in LOGS or name == ABOUT):
            folders.setdefault(below, []).append((name, info))
        elif name.lower().endswith(".zip"):
            zips.append((path, info))
        elif name not in _OURS and "notebooks" not in parts and parts[-1] != "data":
            others.append(path)
    units: list[Unit | Left] = [
        Unit(path, "hand-in", (), _remote_stamp(info), _remote_time(info))
        for path, info in zips
        if path.rpartition("/")[0] not in folders
    ]
    for folder, files in folders.items():
        unzipped = any(name == ABOUT for name, _ in files)
        stamp = _digest([(name, _remote_stamp(info)) for name, info in files])
        at = max(_remote_time(info) for _, info in files)
        kind = "unzipped" if unzipped else "workbook"
        units.append(Unit(folder, kind, tuple(name for name, _ in files), stamp, at))
    units += [
        Left(path, "it is neither a hand-in nor a workbook")
        for path in others
        if path.rpartition("/")[0] not in folders
    ]
    yield from sorted(units, key=lambda unit: unit.path)


def _remote_stamp(info: dict) -> str:
    changed = info.get("ETag") or info.get("LastModified") or info.get("mtime")
    return f"{info.get('size')} {changed or info.get('created')}"


def _remote_time(info: dict) -> float:
    when = info.get("LastModified") or info.get("mtime") or info.get("created") or 0
    return when.timestamp() if hasattr(when, "timestamp") else float(when)


def _file_system(root: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise WorkbookError(
            f"Reading {root} takes a few packages more: pip install distributed fsspec",
            value=root,
        ) from None
    try:
        return url_to_fs(root)
    except (ImportError, ValueError) as error:
        raise WorkbookError(
            f"{root} is no address that can be read ({error}).", value=root
        ) from None


def is_remote(root: str) -> bool:
    return "://" in root


# --- and how its files are opened --------------------------------------------------------------


def opener(root: str) -> Callable[[str, int], bytes]:
    """Return a function from (path below the root, most bytes) to bytes."""
    if is_remote(root):
        fs, base = _file_system(root)

        def there(path: str, most: int) -> bytes:
            with fs.open(f"{base.rstrip('/')}/{path}", "rb") as file:
                return file.read(most)

        return there

    no_link = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    no_link |= getattr(os, "O_BINARY", 0)

    def here(path: str, most: int) -> bytes:
        handle = os.open(f"{root}/{path}", os.O_RDONLY | no_link)
        try:
            seen = os.fstat(handle)
            if not stat.S_ISREG(seen.st_mode):
                raise OSError(None, "it is not a file")
            raw = os.read(handle, min(most, seen.st_size + 1))
            while len(raw) < most and len(raw) > seen.st_size:  # it has grown meanwhile
                if not (part := os.read(handle, min(most - len(raw), 1 << 20))):
                    break
                raw += part
            return raw
        finally:
            os.close(handle)

    return here
