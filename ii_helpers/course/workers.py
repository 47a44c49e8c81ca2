"""Counts units in a loop, a pool of processes or a Dask cluster, with the same result."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .. import sheet
from ..errors import WorkbookError
from ..facts import DaysOf, days_as_written, days_in
from . import counts, hand_in, received
from .roster import clean
from .units import Unit, is_remote, opener

BATCH = 32  # units that a worker counts at a time
FEW_BATCHES = 8  # up to so many a loop is done before a pool is up
SCHEDULER_SECONDS = 10

# --- one, in whatever process ----------------------------------------------------------------


class Counted(NamedTuple):
    """What came of a unit: `kept` for the class, or the reason why there is nothing.

    stamp: that of the unit; AGAIN where the next run may fare better with the same file
    """

    path: str
    stamp: str
    at: float
    copy: str
    kept: str
    reason: str


AGAIN = ""  # no unit's stamp
Open = Callable[[str, int], bytes]  # see `opener`
_as_json = json.JSONEncoder(separators=(",", ":")).encode


def count_batch(root: str, units: list[Unit]) -> list[Counted]:
    """Count some units. Runs in a worker: it gets paths and returns small texts."""
    open_ = opener(root)
    with sheet.without_collection():
        return [_count(open_, unit) for unit in units]


def _count(open_: Open, unit: Unit) -> Counted:
    copy, kept, reason, stamp = "", "", "", unit.stamp
    try:
        read = {"hand-in": _hand_in, "unzipped": _unzipped, "workbook": _workbook}[unit.kind]
        copy, tables, days_of, made_on = read(open_, unit)
        found = counts.count_rows(tables, days_of)
        found["as_of"] = made_on.toordinal() if made_on else found["last"]
        kept = _as_json(found)
    except (received.HandInUnusable, counts.Unusable, sheet.Unreadable) as error:
        reason = str(error)
    except OSError as error:
        reason, stamp = f"it cannot be read ({error.strerror or error})", AGAIN
    except MemoryError:
        reason, stamp = "it is too large for this computer", AGAIN
    except Exception as error:  # whatever a hostile file does, the class is counted
        reason = f"its rows cannot be counted ({type(error).__name__}: {str(error)[:80]})"
        stamp = AGAIN
    return Counted(unit.path, stamp, unit.at, copy, kept, clean(reason, 300))


_Read = tuple[str, counts.Tables, DaysOf, date | None]  # the day on which it was handed in


def _hand_in(open_: Open, unit: Unit) -> _Read:
    raw = open_(unit.path, received.LIMITS.zip_bytes + 1)
    held = received.read(raw)
    return held.copy, held.tables, days_as_written, held.made_on


def _unzipped(open_: Open, unit: Unit) -> _Read:
    files, left = {}, received.LIMITS.bytes
    for name in unit.files:
        files[name] = raw = open_(f"{unit.path}/{name}", left + 1)
        left -= len(raw)
    held = received.read_unzipped(files)
    return held.copy, held.tables, days_as_written, held.made_on


def _workbook(open_: Open, unit: Unit) -> _Read:
    tables, home = {}, None
    for name in unit.files:
        table = name.removesuffix(".csv")
        raw = open_(f"{unit.path}/{name}", counts.LONGEST_LOG + 1)
        try:
            tables[table] = counts.cells_of(table, raw)
        except sheet.Unreadable as error:
            raise counts.Unusable(f"{table}.csv {error}") from None
    if "learner" in tables:
        zones = tables.pop("learner").column("timezone") or ()
        if name := next(filter(None, zones), ""):
            with suppress(ZoneInfoNotFoundError, ValueError, OSError):  # typed elsewhere
                home = ZoneInfo(name)
    return _mark(open_, unit.path), tables, days_in(home), None


def _mark(open_: Open, folder: str) -> str:
    """Whose workbook it is, as its hand-ins say it: the code of the copy, else the learner's own
    mark; blank where there is neither."""
    if folder.rpartition("/")[2] == "log":
        with suppress(OSError, ValueError, KeyError, TypeError):
            raw = open_(f"{folder.rpartition('/')[0]}/copy.json", 1_000_000)
            said = json.loads(raw)["copy"]
            if isinstance(said, str) and re.fullmatch("[a-z0-9]{1,40}", said):
                return said
    with suppress(OSError):
        secret = open_(f"{folder}/{hand_in.SECRET}", 100)
        return hand_in.pseudonyms(secret)(hand_in.LEARNER)
    return ""


# --- all -------------------------------------------------------------------------------------


def _batches(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    while batch := list(islice(units, BATCH)):
        yield batch


def _leave_ctrl_c_to_us() -> None:
    """Run in a new process, which otherwise ends with lines of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Pool(ProcessPoolExecutor):
    """Processes that do not run the calling script again, as they do where it lacks the
    `if __name__ == "__main__"` that no instructor should have to know of."""

    def submit(self, *args: Any, **options: Any) -> Future:  # new processes start in here
        main = sys.modules["__main__"]
        kept = {name: value for name, value in vars(main).items()
                if name in ("__file__", "__spec__")}  # fmt: skip
        main.__dict__.pop("__file__", None)
        main.__spec__ = None
        try:
            return super().submit(*args, **options)
        finally:
            main.__dict__.update(kept)


@contextmanager
def _executor(scheduler: str, workers: int) -> Iterator[tuple[Callable[[], Executor], int]]:
    """A function that gives a (new) executor, and how many batches to have under way."""
    if scheduler:
        try:
            from distributed import Client
            from distributed.comm import get_address_host_port
        except ImportError:
            raise WorkbookError(
                "A Dask cluster takes one package more: pip install distributed fsspec"
            ) from None
        try:
            # A client that fails at an address without a port tries on until the program ends.
            if not scheduler.startswith("inproc:"):
                get_address_host_port(scheduler)
            client = Client(scheduler, timeout=SCHEDULER_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkbookError(
                f"No Dask scheduler answers at {scheduler}. Start one, as in tcp://HOST:8786, or "
                "leave --scheduler out.",
                value=scheduler,
            ) from error
        with client:
            threads = sum(client.nthreads().values()) or 1
            yield lambda: client.get_executor(pure=False, retries=3), 4 * threads
        return
    pools: list[ProcessPoolExecutor] = []
    methods = get_all_start_methods()
    method = "forkserver" if "forkserver" in methods else "spawn"

    def pool() -> Executor:
        context = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload([__name__])  # imported once, not in each worker
        pools.append(_Pool(workers, mp_context=context, initializer=_leave_ctrl_c_to_us))
        return pools[-1]

    try:
        yield pool, 3 * workers
    finally:
        for made in pools:
            made.shutdown(wait=False, cancel_futures=True)


def count_all(
    root: str, units: Iterator[Unit], scheduler: str, workers: int
) -> Iterator[list[Counted]]:
    """What came of the units, batch by batch."""
    batches = _batches(units)
    first = list(islice(batches, FEW_BATCHES + 1))
    here_only = is_remote(root) and root.startswith("memory:")  # no other process sees it
    if not scheduler and (workers == 1 or len(first) <= FEW_BATCHES or here_only):
        for batch in chain(first, batches):
            yield count_batch(root, batch)
        return
    with _executor(scheduler, workers) as (new_executor, most):
        executor = new_executor()
        under_way: deque[tuple[list[Unit], Future]] = deque()
        is_up = bool(scheduler)
        for batch in chain(first, batches):
            if len(under_way) < most:
                under_way.append((batch, executor.submit(count_batch, root, batch)))
            elif not (is_up := is_up or under_way[0][1].done()):
                yield count_batch(root, batch)  # while a pool starts, this process is free
            else:
                executor = yield from _next(root, under_way, executor, new_executor)
                under_way.append((batch, executor.submit(count_batch, root, batch)))
        while under_way:
            executor = yield from _next(root, under_way, executor, new_executor)


def _next(
    root: str,
    under_way: deque[tuple[list[Unit], Future]],
    executor: Executor,
    new_executor: Callable[[], Executor],
) -> Generator[list[Counted], None, Executor]:
    """Yield the oldest batch; returns the executor to go on with."""
    batch, future = under_way.popleft()
    try:
        yield future.result()
        return executor
    except Exception as error:
        if not _is_dead_worker(error):
            raise
        # A worker died, by this batch or another one: each unit is now tried on its own.
        yield [_count_alone(root, unit, new_executor) for unit in batch]
    executor = new_executor()
    for n, (waiting, future) in enumerate(under_way):
        if not future.done() or future.exception() is not None:
            under_way[n] = waiting, executor.submit(count_batch, root, waiting)
    return executor


def _is_dead_worker(error: Exception) -> bool:
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _count_alone(root: str, unit: Unit, new_executor: Callable[[], Executor]) -> Counted:
    executor = new_executor()
    try:
        return executor.submit(count_batch, root, [unit]).result()[0]
    except Exception as error:
        if not _is_dead_worker(error):
            raise
        reason = "the program that counted it was ended by the system"
        return Counted(unit.path, AGAIN, unit.at, "", "", reason)
    finally:
        executor.shutdown(wait=False)
