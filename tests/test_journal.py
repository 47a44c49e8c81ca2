"""The journal: shortened, it knows the same rows, and undo never takes back half a change."""

import json
import os
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import journal
from ii_helpers.errors import CannotUndo, NothingToUndo

ANA = dict(name="Ana Silva", email="ana.old@example.org", phone="+1 555 0100")


def reopened(wb):
    return ii.open_workbook(wb.folder)


def state(wb):
    return {log.table.name: log.texts() for log in wb.logs()}


def known(wb):
    return {log.table.name: wb.journal.known(log.table.name) for log in wb.logs()}


def size(wb):
    return sum(path.stat().st_size for path in (wb.hidden / "journal").glob("*"))


@pytest.fixture
def eager(monkeypatch):
    """Every journal is shortened on every occasion, to about its last two changes."""
    monkeypatch.setattr(journal, "_is_long", lambda path, n_protected: True)
    monkeypatch.setattr(journal, "_FOR_UNDO", 800)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("aarrrreutc"), st.integers(0, 9)), max_size=30))
def test_a_shortened_journal_knows_every_row_and_version(tmp_path_factory, acts):
    with pytest.MonkeyPatch.context() as patch:
        change_and_shorten(tmp_path_factory.mktemp("any") / "log", acts, patch)


def change_and_shorten(folder, acts, patch):
    wb = ii.open_workbook(folder)
    for n, (act, k) in enumerate(acts):
        if act == "c":  # from now on another computer, which shares the folder
            patch.setattr(journal, "_HOST", f"computer{k % 3}")
            wb = reopened(wb)
            continue
        rows = wb.contacts.rows()
        if act == "a" or not rows:
            wb.contacts.append(name=f"Person {n}")
        elif act == "r":
            wb.contacts.revise(rows[k % len(rows)].id, notes=f"note {n}")
        elif act == "e":
            wb.contacts.erase(rows[k % len(rows)].id)
        elif act == "t":
            with wb.together("several"):
                wb.contacts.append(name=f"Person {n}")
                wb.tasks.append(task="call")
        else:
            wb.undo()
    before = known(wb)
    patch.setattr(journal, "_is_long", lambda *_: True)
    for keep in (900, 1):
        patch.setattr(journal, "_FOR_UNDO", keep)
        for log in wb.logs():
            wb.journal.shorten(log.table.name, 0)
        assert known(wb) == before
    assert reopened(wb).lost() == [] and not wb.journal.failed


def test_undo_goes_back_over_the_kept_changes_and_stops_before_half_a_one(wb, eager):
    steps = [state(wb)]
    row = wb.tasks.append(task="one")
    steps.append(state(wb))
    for n in range(6):
        with wb.together(f"both {n}"):
            wb.goals.append(stage="general research", objective=f"look {n}")
            wb.tasks.revise(row.id, task=f"revised {n}")
        steps.append(state(wb))
    n_undone = 0
    while True:
        try:
            assert reopened(wb).undo() == f"Taken back: both {5 - n_undone}."
        except NothingToUndo:
            break
        n_undone += 1
        assert state(wb) == steps[-1 - n_undone]
    assert 1 <= n_undone < 6
    assert state(wb) == steps[-1 - n_undone]


def test_the_last_change_stays_whole_however_long(wb, eager):
    rows = wb.tasks.append_many([dict(task=f"task {n}") for n in range(10)])
    before = state(wb)
    with wb.together("all of them"):
        for row in rows:
            wb.tasks.revise(row.id, task=row.task + " revised")
    assert reopened(wb).undo() == "Taken back: all of them." and state(wb) == before


def test_a_row_revised_again_and_again_does_not_fill_the_disk(wb):
    row = wb.debriefs.append(
        interview_id=wb.interviews.append(
            contact_id=wb.contacts.append(**ANA).id, starts_at="2026-11-20 14:30"
        ).id
    )
    for n in range(300):
        row = wb.debriefs.revise(row.id, learned=f"{n} " + "words " * 800)
    assert size(wb) < 2 * journal._SHORT
    assert wb.undo().startswith("Taken back: changing the debrief")
    assert wb.debriefs.get(row.id).learned.startswith("298 ")


def test_a_long_journal_of_a_long_log_is_left_until_it_has_doubled(wb):
    wb.tasks.append_many([dict(task=f"task {n} " + "x" * 200) for n in range(5000)])
    id, mark = wb.tasks.rows()[0].id, size(wb)
    assert mark > journal._SHORT
    wb.tasks.revise(id, task="one")
    assert size(wb) > mark  # its log is about as long
    wb.tasks.erase_many([row.id for row in wb.tasks.rows()[10:]])
    assert size(wb) > 2 * mark  # the last change stays whole, however long
    wb.tasks.revise(id, task="two")
    [(_, inode, shortened)] = wb.journal.mark("tasks")
    wb.tasks.revise(id, task="three")
    [(_, same, longer)] = wb.journal.mark("tasks")
    assert same == inode and shortened < longer < shortened + 2000


def test_an_older_copy_is_noticed_after_shortening(wb, eager):
    ana, bo, cy = wb.contacts.append_many([ANA, dict(name="Bo Chen"), dict(name="Cy")])
    older = wb.contacts.path.read_bytes()
    wb.contacts.revise(ana.id, notes="called")
    wb.contacts.erase(cy.id)
    wb.contacts.append(name="Di")
    for n in range(8):
        wb.contacts.revise(bo.id, notes=f"note {n}")
    right = state(wb)
    wb.contacts.path.write_bytes(older)
    wb = reopened(wb)
    assert {(one.kind, one.id == cy.id) for one in wb.lost()} == {
        ("missing", False), ("older", False), ("returned", True)}  # fmt: skip
    assert wb.bring_back() == "4 rows brought back."
    assert state(wb) == right


def test_forgetting_finds_old_names_and_addresses_in_a_shortened_journal(wb, eager):
    ana = wb.contacts.append(**ANA)
    bo = wb.contacts.append(name="Bo Chen", notes="Sent by ana.old@example.org")
    gone = wb.contacts.append(name="Gone Person", email="gone@example.org", notes="a secret")
    wb.tasks.append(task="ask gone@example.org")
    wb.contacts.erase(gone.id)
    for n in range(8):
        wb.contacts.revise(ana.id, email="ana@example.org", notes=f"Ana Silva, note {n}")
    wb.forget(ana.id)
    wb.forget(gone.id)
    assert wb.contacts.get(bo.id).notes == "Sent by (removed)"
    assert wb.tasks.rows()[0].task == "ask (removed)"
    for path in wb.folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        for trace in ("Ana Silva", "example.org", "Gone Person", "a secret", ana.id, gone.id):
            assert trace.encode() not in data, (path, trace)


def test_forgetting_takes_away_what_a_kill_left_of_a_shortened_journal(wb):
    ana = wb.contacts.append(**ANA)
    left = wb.hidden / "journal" / ".contacts.elsewhere.jsonl.new"
    left.write_text("Ana Silva")
    wb.forget(ana.id)
    assert not left.exists()


def test_a_journal_that_cannot_be_read_is_not_shortened(wb, eager, monkeypatch):
    row = wb.tasks.append(task="one")
    wb.tasks.revise(row.id, task="two")
    before = known(wb)

    def fail(*_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(journal.files, "read", fail)
        wb.journal.shorten("tasks", 0)
    assert known(wb) == before


def test_lines_that_are_no_entries_are_passed_over(wb, eager):
    row = wb.tasks.append(task="one")
    [path] = (wb.hidden / "journal").glob("*.jsonl")
    path.write_bytes(b'\xff\x00{"at": 3}\n[]\n' + path.read_bytes() + b'\n{"at": "cut o')
    wb.tasks.revise(row.id, task="two")
    assert all(json.loads(line) for line in path.read_bytes().split(b"\n")[1:])
    assert reopened(wb).lost() == [] and wb.undo() == 'Taken back: changing the next step "two".'


@pytest.mark.parametrize("other", [None, 3, "²", [], [3], [["x"]], {"x": [3]}])
@pytest.mark.parametrize("part", ["at", "do", "words", "columns", "rows", "were", "gone", "undid"])
def test_a_damaged_line_that_is_json_still_is_passed_over(wb, part, other):
    kept, changed = wb.contacts.append(**ANA), wb.contacts.append(name="Bo Chen")
    [path] = (wb.hidden / "journal").glob("*.jsonl")
    wb.contacts.revise(changed.id, notes="x")
    *lines, last = path.read_bytes().split(b"\n")
    damaged = {**json.loads(last), part: other}
    lines += [json.dumps(damaged).encode()]
    del damaged[part]
    path.write_bytes(b"\n".join([*lines, json.dumps(damaged).encode()]))
    os.utime(wb.contacts.path, (1, 1))
    wb = reopened(wb)
    assert [problem for problem in wb.check() if problem.cure != "bring_back"] == []
    with suppress(CannotUndo):  # where only what has no bearing on it is damaged
        wb.undo()
    wb.let_go()
    wb.contacts.append(name="Cy Diaz")
    assert wb.undo() == 'Taken back: adding the contact "Cy Diaz".'
    wb.forget(kept.id)
    assert b"Silva" not in path.read_bytes()


def test_what_belongs_to_no_entry_hides_nobody_who_is_forgotten(wb):
    ana, _ = wb.contacts.append(**ANA), wb.contacts.append(name="Bo Chen")
    [path] = (wb.hidden / "journal").glob("*.jsonl")
    path.write_bytes(path.read_bytes().removesuffix(b"}") + b',"by":"Ana Silva"}')
    wb.forget(ana.id)
    assert b"Silva" not in path.read_bytes() and b"Bo Chen" in path.read_bytes()


def clock(monkeypatch, hours):
    """From now on the clock of this computer is off by so many hours."""
    now = time.time_ns
    monkeypatch.setattr(journal.time, "time_ns", lambda: now() + hours * 3600 * 10**9)


@pytest.mark.parametrize("is_reopened", [False, True])
def test_undo_takes_back_the_newest_change_though_the_clock_was_ahead(wb, monkeypatch, is_reopened):
    with monkeypatch.context() as patch:
        clock(patch, 24)
        wb.contacts.append(**ANA)
    if is_reopened:
        wb = reopened(wb)
    wb.tasks.append(task="newest")
    with wb.together("both"):
        wb.tasks.append(task="newer still")
        wb.goals.append(stage="general research", objective="look around")
    assert reopened(wb).undo() == "Taken back: both."
    assert reopened(wb).undo() == 'Taken back: adding the next step "newest".'
    assert reopened(wb).undo() == 'Taken back: adding the contact "Ana Silva".'


def synced(wb):
    """The log and the journals as a sync service brings them to the other computer."""
    data = wb.contacts.path.read_bytes()
    wb.contacts.path.unlink()
    wb.contacts.path.write_bytes(data)
    (wb.hidden / "stamps").unlink()
    return reopened(wb)


@pytest.mark.parametrize("is_late", [False, True], ids=["", "the other journal comes later"])
def test_newer_words_of_a_computer_whose_clock_is_behind_are_not_taken_for_older(
    wb, monkeypatch, is_late
):
    row = wb.contacts.append(**ANA)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_HOST", "aaaaaaaa")
        clock(patch, 1)
        synced(wb).contacts.revise(row.id, notes="of computer A")
    monkeypatch.setattr(journal, "_HOST", "bbbbbbbb")
    [path] = (wb.hidden / "journal").glob("contacts.aaaaaaaa.jsonl")
    there = path.read_bytes()
    if is_late:
        path.unlink()
    synced(wb).contacts.revise(row.id, notes="newer words of computer B")
    path.write_bytes(there)
    wb = synced(wb)
    assert wb.lost() == [] and wb.notices() == []
    assert wb.contacts.get(row.id).notes == "newer words of computer B"
