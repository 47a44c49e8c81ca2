"""What there is to count: hand-ins and workbooks below a folder or an address; follows no link."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import WorkbookError
from ..tables import TABLES
from ..upkeep import HIDDEN
from .received import ABOUT
from .roster import COPIES

STORE = ".cohort.sqlite"  # where a run keeps what it counted; another run may lie in the folder
LOGS = {f"{table}.csv" for table in TABLES}
_IN_ORDER = (ABOUT, *sorted(LOGS))
_A_WORKBOOK = 3  # logs in a folder, whatever else lies there
_DEEPEST = 12  # folders within folders
_STRAY = "it is a log beside hand-ins or folders: a learner's logs need a folder of their own"
_OURS = {"progress.csv", "class.html", "problems.csv", COPIES, "course.toml", STORE}
_BY_PROGRAMS = re.compile(  # Blackboard's receipt beside each hand-in, and what Windows lays down
    r".*_attempt_\d{4}(-\d\d){5}\.txt|Thumbs\.db|desktop\.ini", re.IGNORECASE | re.DOTALL
)


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


def root_of(folder: str | Path) -> str:
    """The folder or address as it is read; one on this computer as an absolute path.

    Raises WorkbookError when there is no such folder.
    """
    root = str(folder)
    if not is_remote(root):
        return _existing(os.path.abspath(root))
    fs, base = _file_system(root)
    from fsspec.implementations.local import LocalFileSystem

    if isinstance(fs, LocalFileSystem):
        return _existing(base)
    if _asked(root, fs.isdir, base):
        return root
    raise WorkbookError(
        f"There is no folder {root}, or nothing is in it. Give the address of the hand-ins' "
        "folder, as in s3://bucket/class.",
        value=root,
    )


def _existing(root: str) -> str:
    if os.path.isfile(root):
        raise WorkbookError(
            f"{root} is a file. Give the folder that the hand-ins are in: {os.path.dirname(root)}",
            value=root,
        )
    if not os.path.isdir(root):
        raise WorkbookError(f"There is no folder {root}. Give the folder of the hand-ins.")
    return root


def _unreadable(root: str, error: Exception) -> WorkbookError:
    why = getattr(error, "strerror", None) or error
    return WorkbookError(
        f"{root} could not be read ({why}). See that it can be reached and "
        "that you may read it, and run the command again: what was counted is kept.",
        value=root,
    )


def _asked(root: str, ask: Callable[..., Any], *about: Any, **options: Any) -> Any:
    """What an address answers. Missing keys or no network are errors of each library's own."""
    try:
        return ask(*about, **options)
    except Exception as error:
        raise _unreadable(root, error) from error


def units_in(root: str) -> Iterator[Unit | Left]:
    """Everything below a folder or an address, in order of name. Follows no link.

    root: see `root_of`. Raises WorkbookError when it cannot be read itself.
    """
    ends = "/".join(root.replace(os.sep, "/").rstrip("/").split("/")[-2:])

    def walk(below: str, depth: int) -> Iterator[Unit | Left]:
        where = f"/{ends}/{below}".rstrip("/")  # a root may lie inside a workbook itself
        try:
            entries = listing(below)
            unit = _folder_unit(entries, below, where)
        except OSError as error:
            if not below:
                raise
            yield Left(below, f"it cannot be read ({error.strerror})")
            return
        if unit:
            yield unit
            return
        is_copy = "notebooks" in entries and "data" in entries
        for name in ["data"] if is_copy else sorted(entries):
            if _is_skipped(name, where):
                continue
            entry, path = entries[name], f"{below}/{name}" if below else name
            if entry.is_symlink():
                yield Left(path, "it is a link, and links are not followed")
            elif entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST:
                    yield from walk(path, depth + 1)
                else:
                    yield Left(path, "it lies too deep in folders")
            elif name.lower().endswith(".zip"):
                if not entry.is_file(follow_symlinks=False):
                    yield Left(path, "it is not a file")
                    continue
                try:
                    seen = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # taken away meanwhile
                    continue
                except OSError as error:  # in a folder that may be listed and not entered
                    yield Left(path, f"it cannot be read ({error.strerror})")
                    continue
                stamp = f"{seen.st_size} {seen.st_mtime_ns}"
                yield Unit(path, "hand-in", (), stamp, seen.st_mtime)
            elif name in LOGS or name == ABOUT:
                yield Left(path, _STRAY)
            elif not (name in _OURS or below.endswith("data") or below == "data"):
                yield Left(path, "it is neither a hand-in nor a workbook")

    try:
        listing = _listing_there(root) if is_remote(root) else _listing_here(root)
        yield from walk("", 0)
    except OSError as error:
        raise _unreadable(root, error) from error


def _is_skipped(name: str, where: str) -> bool:
    """Hidden files, those that programs lay beside a learner's, and the invented learner who lies
    in every copy."""
    is_example = name == "example" and where.endswith("/data")
    is_by_program = name == "__MACOSX" or name.startswith(".") or _BY_PROGRAMS.fullmatch(name)
    return is_example or bool(is_by_program)


def _folder_unit(entries: dict[str, Any], below: str, where: str) -> Unit | None:
    """The workbook or unzipped hand-in that a folder is; None when it is neither.

    A folder of hand-ins stays one with a log or two among them.
    """
    unzipped = ABOUT in entries
    if not where.endswith("/data/log"):  # which is a workbook even if nothing is logged yet
        if not unzipped and LOGS.isdisjoint(entries):
            return None
        few = len(LOGS & entries.keys()) < _A_WORKBOOK
        for name, entry in entries.items() if few else ():
            is_more = name.lower().endswith(".zip")
            is_more |= not unzipped and entry.is_dir(follow_symlinks=False)
            if is_more and not _is_skipped(name, where):
                return None
    stamps, at = [], 0.0
    for name in _IN_ORDER if unzipped else _IN_ORDER[1:]:
        entry = entries.get(name)
        if entry and entry.is_file(follow_symlinks=False):
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken away meanwhile
                continue
            stamps.append((seen.st_mtime_ns, seen.st_size, name))
            at = max(at, seen.st_mtime)
    kind, files = "unzipped" if unzipped else "workbook", tuple([name for *_, name in stamps])
    if hidden := entries.get(HIDDEN):  # where the learner's mark appears with the first hand-in
        with suppress(FileNotFoundError):
            stamps.append((hidden.stat(follow_symlinks=False).st_mtime_ns, 0, HIDDEN))
    stamp = hashlib.blake2b(repr(stamps).encode(), digest_size=16).hexdigest()
    return Unit(below or ".", kind, files, stamp, at)


# --- here and at an address --------------------------------------------------------------------


def _listing_here(root: str) -> Callable[[str], dict[str, Any]]:
    """Return a function from a folder below the root to what lies in it, by name."""

    def listing(below: str) -> dict[str, Any]:
        with os.scandir(f"{root}/{below}") as found:
            return {entry.name: entry for entry in found}

    return listing


class _Seen(NamedTuple):
    st_size: int
    st_mtime_ns: Any  # or whatever else an address says when a file changes
    st_mtime: float


class _There:
    """A file or folder at an address, as os.scandir shows one that is here."""

    __slots__ = ("info",)

    def __init__(self, info: dict[str, Any]):
        self.info = info

    def is_symlink(self) -> bool:
        return bool(self.info.get("islink")) or self.info.get("type") == "link"

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return self.info.get("type") == "directory"

    def is_file(self, *, follow_symlinks: bool) -> bool:
        return self.info.get("type") == "file" and not self.is_symlink()

    def stat(self, *, follow_symlinks: bool) -> _Seen:
        info = self.info
        when = info.get("LastModified") or info.get("mtime") or info.get("created") or 0
        at = when.timestamp() if hasattr(when, "timestamp") else float(when)
        return _Seen(info.get("size") or 0, str(info.get("ETag") or when), at)


def _listing_there(root: str) -> Callable[[str], dict[str, Any]]:
    """The same for an fsspec address, which is asked once for all that is below it."""
    fs, base = _file_system(root)
    base = base.rstrip("/")
    tree: dict[str, dict[str, Any]] = {"": {}}

    def folder(below: str) -> dict[str, Any]:
        if below not in tree:
            tree[below] = {}
            above, _, name = below.rpartition("/")
            folder(above)[name] = _There({"type": "directory"})
        return tree[below]

    for full, info in _asked(root, fs.find, base, detail=True).items():
        below, _, name = full[len(base) :].strip("/").rpartition("/")
        if name:
            folder(below)[name] = _There(info)
    return lambda below: tree[below]


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
