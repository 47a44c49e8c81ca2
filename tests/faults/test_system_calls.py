"""A fault at each system call in turn: the file is as before or as after, never between.

`strace` makes the nth call of a kind fail inside a real process while it appends, revises or
erases, or kills the process there; what is on disk is then read by another one. Each call gets
each error; each write falls short as well. The short form takes every 17th of these, the long
form all (some 2,000 runs, about 10 minutes):
    python -m pytest tests/faults/test_system_calls.py -m long -s
"""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import traceback

import pytest

import ii_helpers as ii
from ii_helpers import journal
from ii_helpers.errors import WorkbookError

CALLS = (
    "open,openat,creat,read,pread64,write,pwrite64,writev,fsync,fdatasync,ftruncate,truncate,close,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,flock,fcntl,lseek,"
    "stat,lstat,fstat,newfstatat,statx,getdents64,readlink,chmod,fchmod"
)
ERRORS = ("ENOSPC", "EIO", "EACCES", "EROFS")
ACTS = {
    "first append": lambda wb: wb.goals.append(stage="general research", objective="look"),
    "append": lambda wb: wb.tasks.append(task="new\nline"),
    "append to a file from elsewhere": lambda wb: wb.tasks.append(task="new\nline"),
    "revise": lambda wb: wb.tasks.revise(wb.tasks.rows()[1].id, task="revised"),
    "erase": lambda wb: wb.tasks.erase(wb.tasks.rows()[1].id),
    "revise, and shorten the journal": lambda wb: wb.tasks.revise(
        wb.tasks.rows()[1].id, task="revised"
    ),
}


def texts(folder):
    wb = ii.open_workbook(folder)
    return [wb.tasks.texts(), wb.goals.texts()]


def known(folder):
    """What the journal knows of the rows, by their order."""
    rows = ii.open_workbook(folder).journal.known("tasks").values()
    return [row.cells and row.cells["task"] for row in rows]


def copied(folder, act, copy):
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    if "elsewhere" not in act:
        ii.open_workbook(copy).tasks.widen()  # it knows the copy for its own file now
    return copy


def shape(state):
    """A state without what differs from run to run: ids and instants."""
    return [[(row.get("task"), row.get("objective")) for row in rows.values()] for rows in state]


@pytest.fixture
def folder(tmp_path):
    wb = ii.open_workbook(tmp_path / "log")
    wb.tasks.append_many([dict(task=t) for t in ("one", "two, too", 'three "quoted"')])
    return wb.folder


def run(folder, act, inject=None):
    """Do the act in a process of its own, with a fault; return (outcome, the calls it made)."""
    go_out, go_in = os.pipe()
    said_out, said_in = os.pipe()
    if (child := os.fork()) == 0:
        with contextlib.suppress(BaseException):
            wb = ii.open_workbook(folder)
            len(wb.tasks), len(wb.goals)
            if "shorten" in act:
                journal._is_long, journal._FOR_UNDO = lambda *_: True, 1
            with wb.lock:  # what is imported late is there now
                pass
            os.write(said_in, b"r")
            os.read(go_out, 1)
            try:
                ACTS[act](wb)
                outcome = ["saved", ""]
            except WorkbookError as error:
                outcome = ["refused", str(error)]
            except BaseException:
                outcome = ["crashed", traceback.format_exc()]
            os.write(said_in, json.dumps(outcome).encode())
        os._exit(0)
    os.close(said_in)
    assert os.read(said_out, 1) == b"r"
    options = ["-e", f"trace={CALLS}"] + (["-e", f"inject={inject}"] if inject else [])
    tracer = subprocess.Popen(
        ["strace", "-p", str(child), "-y", *options], stderr=subprocess.PIPE, text=True
    )
    try:
        first = tracer.stderr.readline()
        assert "attached" in first, first
        os.write(go_in, b"g")
        is_done = select.select([said_out], [], [], 20)[0]
        said = os.read(said_out, 1 << 20) if is_done else b""
        if not is_done:
            os.kill(child, signal.SIGKILL)
        was_killed = os.waitpid(child, 0)[1] == signal.SIGKILL and is_done
        outcome = json.loads(said or (b'["killed", ""]' if was_killed else b'["hung", ""]'))
        lines = tracer.communicate(timeout=60)[1].splitlines()
    finally:
        tracer.poll() is None and tracer.kill()
        for file in (go_out, go_in, said_out):
            os.close(file)
    calls = [m.group(1) for line in lines if (m := re.match(r"(\w+)\(", line))]
    return outcome, calls[1:]  # the first is what it waited for the start with


def places(folder, act, tmp_path):
    """(call, which one of its kind) of every system call that the act makes."""
    copy = copied(folder, act, tmp_path / "dry")
    outcome, calls = run(copy, act)
    assert outcome[0] == "saved", outcome
    last = len(calls) - 1 - calls[::-1].index("write")  # tells the outcome
    found, n = [], {"read": 1}  # the one read that it waited for the start with
    for call in calls[:last]:
        n[call] = n.get(call, 0) + 1
        found.append((call, n[call]))
    return found, texts(copy)


def inject_all(folder, tmp_path, act, choose):
    before = texts(folder)
    where, after = places(folder, act, tmp_path)
    n, wrong = {"saved": 0, "refused": 0, "killed": 0}, []
    faults = [(call, k, f"error={error}") for call, k in where for error in ERRORS]
    faults += [(call, k, "retval=7") for call, k in where if "write" in call]
    faults += [(call, k, "signal=SIGKILL") for call, k in where]
    for call, k, fault in choose(faults):
        copy = copied(folder, act, tmp_path / "copy")
        (outcome, said), _ = run(copy, act, f"{call}:{fault}:when={k}")
        now = texts(copy)
        kept = shape(now) in (shape(before), shape(after))
        is_right = kept and (
            outcome == "refused"
            and len(said) > 30
            or outcome == "saved"
            and shape(now) == shape(after)
            or outcome == "killed"
            and "SIGKILL" in fault
        )
        torn = (copy / ".workbook" / "torn").exists()
        left = [p.name for p in copy.iterdir() if p.suffix == ".new"]
        if not is_right or torn or "nothing was written" in said and shape(now) != shape(before):
            wrong.append((call, k, fault, outcome, said, shape(now), torn))
        assert not left or call.startswith(("unlink", "close", "rename")) or outcome == "killed"
        # An erasure that was cut off before it was noted is asked about; all else is silent.
        named = [one.kind for one in ii.open_workbook(copy).lost()]
        assert not named or (act, named) == ("erase", ["missing"]) and outcome != "saved"
        if "shorten" in act:  # whole before or whole after, whatever befell it
            assert known(copy) in (known(folder), known(tmp_path / "dry")), (call, k, fault)
        n[outcome] = n.get(outcome, 0) + 1
    assert not wrong, "\n".join(map(str, wrong[:10]))
    assert n["refused"] > 0 and n["killed"] > 0
    return n


@pytest.mark.parametrize("act", ACTS)
def test_a_fault_at_some_system_calls_leaves_the_file_whole(folder, tmp_path, act):
    inject_all(folder, tmp_path, act, lambda faults: faults[len(act) % 5 :: 17])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("act", ACTS)
def test_a_fault_at_every_system_call_leaves_the_file_whole(folder, tmp_path, act):
    n = inject_all(folder, tmp_path, act, lambda faults: faults)
    print(
        f"\n{act}: {sum(n.values())} faults, {n['refused']} said, {n['saved']} without effect, "
        f"{n['killed']} kills"
    )
