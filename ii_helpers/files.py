"""Files written whole or not at all, the lock that writers take turns by, and the workbook's own
files.

Everything that writes raises OSError; whoever calls says what that means for a learner.
"""

from __future__ import annotations

import errno
import os
import random
import threading
import time
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FIRST_PAGE = "notebooks/00_start_here.ipynb"
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_POLL = 0.002  # seconds; filelock's own 0.05 made the slowest of eight writers wait for seconds
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK)
# What Python raises for a zip that is damaged, locked or packed in a way that it does not know.
BAD_ZIP: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
for _packing, _error in (("lzma", "LZMAError"), ("compression.zstd", "ZstdError")):
    with suppress(ImportError):  # not in every Python
        BAD_ZIP += (getattr(import_module(_packing), _error),)


def shipped() -> Path:
    """The workbook as it is shipped: the checkout, or the copy inside an installed package."""
    package = Path(__file__).resolve().parent
    inside = package / "_workbook"
    return inside if inside.is_dir() else package.parent


def moment() -> str:
    """This moment, for the name of a file that is to sort after those of earlier ones."""
    return f"{datetime.now():%Y-%m-%d %H%M%S.%f}"


class Busy(OSError):
    """Another program holds the lock or the file."""


class Unconfirmed(OSError):
    """A new file stands in its place, but the disk did not confirm that it will stay."""


def close(file: int) -> None:
    """Close a file whose bytes are safe or given up on: what closing says changes nothing."""
    try:
        os.close(file)
    except OSError:
        pass


class Lock:
    """One lock for a whole workbook, between threads and between processes.

    `with lock:` may be nested. flock is taken directly where there is one, on the same file
    and in the same way as `filelock` does it, in a twentieth of its time; elsewhere
    `filelock` takes it.
    """

    def __init__(self, path: Path, timeout: float = 30.0):
        self.path, self.timeout = path, timeout
        self._name, self._thread, self._depth = str(path), threading.RLock(), 0
        self._file: int | None = None
        self._other: Any = None

    def __enter__(self) -> Lock:
        if not self._thread.acquire(timeout=self.timeout):
            raise Busy(errno.EBUSY, "held by another thread", str(self.path))
        try:
            if self._depth == 0:
                self._take()
            self._depth += 1
        except BaseException:
            self._thread.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                self._give_back()
        finally:
            self._thread.release()

    def wait(self) -> None:
        """Let whoever holds it finish; one that takes too long, or no lock to be had: go on."""
        with suppress(OSError), self:
            pass

    @property
    def is_held(self) -> bool:
        """Whether this thread holds it (any other would have to wait to ask)."""
        with self._thread:
            return self._depth > 0

    @property
    def in_this_process(self) -> threading.RLock:
        """The half that only other threads of this process wait for: enough to read."""
        return self._thread

    def _take(self) -> None:
        if fcntl is None:
            return self._take_elsewhere()
        try:
            file = os.open(self._name, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
        except FileNotFoundError:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._name, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
        until = 0.0
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if error.errno in (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
                        close(file)
                        file = -1  # not to be closed again, should the other way fail
                        return self._take_elsewhere()
                    if error.errno not in _HELD:
                        raise
                    until = until or time.monotonic() + self.timeout
                    if time.monotonic() > until:
                        raise Busy(errno.EBUSY, "held elsewhere", str(self.path)) from None
                time.sleep(_POLL * random.uniform(0.5, 1.5))
        except BaseException:
            close(file)
            raise
        self._file = file

    def _take_elsewhere(self) -> None:
        import filelock

        if self._other is None:
            self._other = filelock.FileLock(
                self.path, timeout=self.timeout, poll_interval=_POLL, thread_local=False
            )
        try:
            self._other.acquire()
        except filelock.Timeout:
            raise Busy(errno.EBUSY, "held elsewhere", str(self.path)) from None

    def _give_back(self) -> None:
        if self._file is None:
            self._other.release()
            return
        file, self._file = self._file, None
        try:
            fcntl.flock(file, fcntl.LOCK_UN)
        except OSError:
            pass  # closing gives it back as well
        close(file)


def hold(file: int, path: Path | str) -> None:
    """Raise Busy while another program has locked this open file against writing."""
    if fcntl is None:
        return  # Windows refuses to open it in the first place
    for take in (fcntl.flock, fcntl.lockf):
        try:
            take(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                raise Busy(error.errno, "locked by another program", str(path)) from None


def read(path: Path | str, start: int = 0, size: int | None = None) -> bytes:
    """Return the bytes from `start` on, all of them or `size`.

    Python's own files take a seek that fails for an empty file; here every fault is raised.
    """
    file = os.open(path, os.O_RDONLY | _BINARY)
    try:
        there = os.fstat(file).st_size
        if start:
            os.lseek(file, start, os.SEEK_SET)
        left = max(there - start, 0) if size is None else size
        blocks = []
        while left > 0 and (block := os.read(file, min(left, 1 << 30))):
            blocks.append(block)
            left -= len(block)
        data = b"".join(blocks)
        if size is None and left > 0:
            raise OSError(errno.EIO, "the file ended early", str(path))
        return data
    finally:
        close(file)


def append(path: Path | str, data: bytes, size: int) -> os.stat_result:
    """Write at the end of a file of `size` bytes, flushed to disk when this returns.

    One write. When it fails or falls short, the file is cut back to `size` and OSError raised.
    """
    file = os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY)
    try:
        hold(file, path)
        try:
            if os.fstat(file).st_size != size:
                raise Busy(errno.EBUSY, "changed by another program", str(path))
            if os.write(file, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(file)
            return os.fstat(file)
        except Busy:
            raise
        except BaseException:
            _cut(file, path, size)
            raise
    finally:
        close(file)


def cut(path: Path, size: int) -> None:
    """Shorten a file to `size`, flushed to disk."""
    file = os.open(path, os.O_RDWR | _BINARY)
    try:
        hold(file, path)
        os.ftruncate(file, size)
        os.fsync(file)
    finally:
        close(file)


def _cut(file: int, path: Path | str, size: int) -> None:
    """Bring a file back to its size, by another way when the first one fails."""
    for cut in (lambda: os.ftruncate(file, size), lambda: os.truncate(path, size)):
        try:
            cut()
            break
        except OSError:
            continue
    with suppress(OSError):
        os.fsync(file)


def create(path: Path, data: bytes, mode: int = 0o600) -> os.stat_result:
    """Make a new file, flushed with its folder; no file is left when that fails."""
    stat = _write_new(path, data, mode)
    try:
        flush_folder(path.parent)
    except BaseException:
        remove(path)
        raise
    return stat


def _write_new(path: Path, data: bytes, mode: int) -> os.stat_result:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        try:
            _write_all(file, data, path)
            os.fsync(file)
            return os.fstat(file)
        finally:
            close(file)
    except BaseException:
        remove(path)
        raise


def remove(path: Path) -> None:
    """Take away what was written of a file, with a second try should the first one fail."""
    for _ in range(2):
        with suppress(OSError):
            return path.unlink(missing_ok=True)


def swap_in(path: Path, data: bytes, earlier: Path | None = None) -> os.stat_result:
    """Put a new file in the place of `path`: the old one or the new one, never between.

    earlier: where the old one stays; None: nowhere
    """
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    mode = 0o600
    with suppress(FileNotFoundError):
        mode = os.stat(path).st_mode & 0o777
        file = os.open(path, os.O_RDWR | _BINARY)
        try:
            hold(file, path)
        finally:
            close(file)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    stat = _write_new(beside, data, mode)
    try:
        if earlier is not None:
            keep(path, earlier)
        os.replace(beside, path)
    except BaseException:
        remove(beside)
        raise
    try:
        flush_folder(path.parent)
    except OSError as error:
        raise Unconfirmed(error.errno, error.strerror, str(path)) from error
    return stat


def keep(path: Path, earlier: Path) -> None:
    """Keep a file as it is under a second name: no copy where the system can do without."""
    if not path.exists():
        return
    earlier.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier.unlink(missing_ok=True)
    try:
        os.link(path, earlier)
    except OSError:
        create(earlier, path.read_bytes())


def _write_all(file: int, data: bytes, path: Path) -> None:
    view = memoryview(data)
    while view:
        n = os.write(file, view)
        if n <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        view = view[n:]
    if os.fstat(file).st_size != len(data):
        raise OSError(errno.EIO, "not all was written", str(path))


def flush_folder(folder: Path) -> None:
    """Flush a folder's list of names, where the system lets a folder be opened."""
    try:
        file = os.open(folder, os.O_RDONLY | _BINARY)
    except PermissionError:
        return  # Windows
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        close(file)
