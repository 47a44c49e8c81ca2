"""What a log promises: nothing lost, nothing torn, nothing garbled, everything said.

The long form leaves a log cut off at every byte (about 1 minute):
    python -m pytest tests/test_log.py -m long -s
"""

import csv
import errno
import fcntl
import io
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import files, sheet
from ii_helpers.errors import (
    InvalidRow,
    LogUnreadable,
    LogUnwritable,
    NewerRow,
    RowInUse,
    RowNotFound,
)
from ii_helpers.log import guard, unguard
from ii_helpers.tables import TABLES

ANA = dict(name="Ana Silva", job_title="Speech engineer", email="ana@example.org")


def reopened(log):
    """The same log as another notebook sees it."""
    return ii.open_workbook(log.path.parent).log(log.table.name)


# --- appending -----------------------------------------------------------------------------


def test_append_to_a_missing_log_writes_the_header_and_the_row(wb):
    row = wb.contacts.append(**ANA)
    data = wb.contacts.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,name,")
    assert data.endswith(b"\r\n") and data.count(b"\r\n") == 2
    assert reopened(wb.contacts).rows() == [row]


def test_an_append_adds_to_the_end_and_touches_nothing_before(wb):
    wb.contacts.append(**ANA)
    before = wb.contacts.path.read_bytes()
    wb.contacts.append(name="Bo Chen")
    assert wb.contacts.path.read_bytes().startswith(before)


def test_append_is_flushed_to_disk_before_it_returns(wb, monkeypatch):
    wb.contacts.append(**ANA)
    flushed, fsync = [], os.fsync

    def spy(file):
        fsync(file)
        flushed.append(os.path.realpath(f"/proc/self/fd/{file}"))

    monkeypatch.setattr(os, "fsync", spy)
    wb.contacts.append(name="Bo Chen")
    assert os.path.realpath(wb.contacts.path) in flushed
    wb.tasks.append(task="a new file is flushed with its folder")
    assert os.path.realpath(wb.folder) in flushed


def test_an_invalid_row_writes_nothing(wb):
    with pytest.raises(InvalidRow, match="Name is blank"):
        wb.contacts.append(name=" ")
    with pytest.raises(InvalidRow, match="nothing in contacts"):
        wb.messages.append(contact_id="con_bcdfghjkmnpq")
    assert not wb.contacts.path.exists() and not wb.messages.path.exists()


def test_what_pandas_holds_is_written_as_what_it_means(wb):
    contact = wb.contacts.append(**ANA, keep_in_touch_days=pd.NA)
    at = pd.Timestamp("2026-11-20 14:30")
    message = wb.messages.append(contact_id=contact.id, sent_at=at)
    assert message.sent_at == datetime(2026, 11, 20, 14, 30).astimezone()
    assert reopened(wb.messages).rows() == [message]
    task = wb.tasks.append(task="one", due_on=pd.Timestamp("2026-11-20"))
    assert task.due_on == date(2026, 11, 20)
    for frame, log in ((wb.tasks.read(), wb.tasks), (wb.contacts.read(), wb.contacts)):
        values = {name: frame[name][0] for name in log.table.columns}
        assert log.revise(frame.id[0], **values) == log.rows()[0]
        assert log.rows() in ([task], [contact])
    assert wb.tasks.revise(task.id, due_on=pd.NaT).due_on is None


def test_an_invalid_row_says_which_value_of_which_file(wb):
    with pytest.raises(InvalidRow, match="Keep in touch") as raised:
        wb.contacts.append(**ANA, keep_in_touch_days="often")
    error = raised.value
    assert (error.table, error.column, error.value, error.path) == (
        "contacts", "keep_in_touch_days", "often", wb.contacts.path)  # fmt: skip
    row = wb.tasks.append(task="one")
    with pytest.raises(InvalidRow, match="nothing in contacts") as raised:
        wb.tasks.revise(row.id, contact_id="con_nobody")
    assert raised.value.value == "con_nobody" and raised.value.path == wb.tasks.path


@pytest.mark.parametrize("id", [["x"], {}, 5, None])
def test_an_id_that_cannot_be_one_is_not_found(three, id):
    for act in (three.get, three.erase, three.revise):
        with pytest.raises(RowNotFound, match="choose one from the list"):
            act(id)


def test_several_rows_are_appended_all_or_none(wb):
    with pytest.raises(InvalidRow, match="Name is blank"):
        wb.contacts.append_many([ANA, dict(name="")])
    assert len(wb.contacts) == 0
    assert [r.name for r in wb.contacts.append_many([ANA, dict(name="Bo")])] == ["Ana Silva", "Bo"]
    assert wb.contacts.append_many([]) == []


def test_saving_twice_with_an_id_made_beforehand_doubles_nothing(wb):
    id = wb.contacts.table.new_id()
    first = wb.contacts.append(id=id, **ANA)
    assert wb.contacts.append(id=id, **ANA) == first
    assert reopened(wb.contacts).append(id=id, **ANA) == first
    assert len(wb.contacts) == 1
    with pytest.raises(InvalidRow, match="Another contact has the id"):
        wb.contacts.append(id=id, name="Bo Chen")
    with pytest.raises(InvalidRow, match="is not an id of contacts"):
        wb.contacts.append(id="12e4", name="Bo Chen")


def test_the_form_of_an_existing_file_is_followed(wb):
    row = wb.tasks.append(task="first; with a semicolon")
    header = ["my notes", "task", "id", "due_on", "updated_at", "created_at", "contact_id",
              "interview_id", "done_on"]  # fmt: skip
    cells = {name: sheet.to_text(getattr(row, name, "own text")) for name in header}
    with open(wb.tasks.path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerow(cells)
    before = wb.tasks.path.read_bytes()
    new = wb.tasks.append(task="second; too", due_on=date(2026, 11, 20))
    data = wb.tasks.path.read_bytes()
    assert data.startswith(before)
    assert data[len(before) :].startswith(f';"second; too";{new.id};2026-11-20;'.encode())
    assert data.endswith(b"\n") and b"\r" not in data
    assert reopened(wb.tasks).rows() == [row, new]


def test_columns_of_the_learner_survive_every_write(wb):
    rows = wb.tasks.append_many([dict(task="one"), dict(task="two"), dict(task="three")])
    text = wb.tasks.path.read_text(encoding="utf-8-sig")
    lines = [line + f",mine {n}" for n, line in enumerate(text.splitlines())]
    wb.tasks.path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig", newline="")
    wb.tasks.revise(rows[0].id, task="one, revised")
    wb.tasks.erase(rows[1].id)
    wb.tasks.append(task="four")
    wb.undo()
    wb.undo()
    with open(wb.tasks.path, encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))
    assert [line[-1] for line in cells] == ["mine 0", "mine 1", "mine 2", "mine 3"]
    assert [line[cells[0].index("task")] for line in cells[1:]] == ["one, revised", "two", "three"]


# --- text comes back -----------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TRICKY = [
    "NA", "00123", "+1 555 0100", "=1+1", "'quoted", "''", '"', '""', ",", "a,b", "\r", "\n",
    "\r\n", "a\rb\nc\r\nd", "\ufeff", "\ufeff=1", " =1", "\t=1", "@x", "-1", "1.50", "12e4", "TRUE",
    "11-2021", "May 5", "10:30", "é", "e\u0301", "🎧", "\u2028", "\u0085", "a\x00b\x00", "\x1c",
    "\x0b", "\ufffe", "１２",
    "nan", "None", "null", "#N/A", "'=1", "|", ";", "\\", '\\"', " ", "x" * 200_000,
]  # fmt: skip


@given(text=ANY_TEXT)
def test_a_guarded_text_comes_back(text):
    assert unguard(guard(text)) == text


PIECES = ("a", "b", '"', '""', ",", "\r\n", "\n", "\r", "'", '"c,\r\nd"', ',"e",', "id,f\r\n")


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12))
@example(pieces=["1,\n2,3"])
@example(pieces=["1,a\rb"])
@example(pieces=["1,x\n,\r3,4"])
@example(pieces=["1\r\n2,3,4"])
def test_a_table_taken_apart_at_once_has_the_cells_of_a_csv_reader(pieces):
    text = "id,f\r\n" + "".join(pieces) + "\r\n"
    if cells := sheet.plain_cells(text):
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert cells == (header, [cell for row in rows for cell in row])
        assert {len(row) for row in rows} <= {len(header)}


@given(rows=st.lists(st.lists(ANY_TEXT.filter(bool), min_size=3, max_size=3)))
def test_a_log_of_ours_is_taken_apart_at_once(rows):
    rows = [[cell.replace('"', "'") for cell in row] for row in rows]
    text = "".join(sheet.line(row, ",", "\r\n") for row in [["id", "a", "b"], *rows])
    cells = sheet.plain_cells(text)
    assert cells is not None and cells.n_rows == len(rows)
    assert cells.column("b") == [row[2] for row in rows]
    assert cells.column("c") is None


@pytest.mark.parametrize("text", TRICKY)
def test_no_cell_is_a_formula_or_a_number_to_a_spreadsheet(text):
    cell = guard(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert unguard(cell) == text
    if text in ("00123", "1.50", "12e4", "TRUE", "11-2021", "May 5", "10:30"):
        assert cell == "'" + text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(notes=ANY_TEXT, title=ANY_TEXT)
@example(notes="\ufeff", title="\r")
def test_any_text_comes_back_and_again_after_a_revision(wb, notes, title):
    row = wb.contacts.append(name="Ana", notes=notes, job_title=title)
    other = reopened(wb.contacts)
    assert other.get(row.id) == row and (row.notes, row.job_title) == (notes, title)
    revised = other.revise(row.id, name="Ana Silva", job_title=notes)
    again = reopened(wb.contacts).get(row.id)
    assert again == revised and (again.notes, again.job_title) == (notes, notes)
    frame = reopened(wb.contacts).read().set_index("id")
    assert (frame.notes[row.id], frame.job_title[row.id]) == (notes, notes)
    wb.contacts.erase(row.id)


def test_tricky_texts_come_back_in_every_text_column(wb):
    columns = [name for name in ("name", "notes", "job_title", "phone", "pronunciation")]
    many = [dict.fromkeys(columns, text) | {"name": text.strip("\x1c\x85\u2028 ") and text or "x"}
            for text in TRICKY]  # fmt: skip
    many = [
        {**values, "name": values["name"] if values["name"].strip() else "x"} for values in many
    ]
    rows = wb.contacts.append_many(many)
    assert reopened(wb.contacts).rows() == rows
    assert [row.notes for row in rows] == TRICKY
    assert list(reopened(wb.contacts).read().notes) == TRICKY


def test_read_is_typed(wb):
    contact = wb.contacts.append(**ANA, keep_in_touch_days=30)
    wb.interviews.append(
        contact_id=contact.id, starts_at="2026-11-20 14:30", timezone="America/New_York"
    )
    wb.tasks.append(task="call", due_on=date(2026, 12, 1))
    wb.tasks.append(task="write")
    contacts, interviews, tasks = wb.contacts.read(), wb.interviews.read(), wb.tasks.read()
    assert list(contacts.columns) == TABLES["contacts"].header
    assert contacts.keep_in_touch_days.dtype == "Int64" and contacts.phone[0] == ""
    assert interviews.starts_at[0] == pd.Timestamp("2026-11-20 19:30", tz="UTC")
    assert tasks.due_on[0] == pd.Timestamp("2026-12-01") and pd.isna(tasks.due_on[1])
    empty = wb.questions.read()
    assert len(empty) == 0 and list(empty.columns) == TABLES["questions"].header
    assert empty.position.dtype == "Int64"


# --- torn lines ----------------------------------------------------------------------------


@pytest.fixture
def three(wb):
    wb.contacts.append(name="Ana Silva", notes='Said "hello",\r\nthen\nleft')
    wb.contacts.append(name="Bo Chen", notes="é 🎧, done")
    wb.contacts.append(name="Cy Ödegård", notes='"')
    return wb.contacts


def row_ends(log):
    """Where each whole row ends, in bytes, from the row models and not from the reader."""
    ends, data = [], log.path.read_bytes()
    for row in log.rows():
        start = data.index(row.updated_at.isoformat().encode(), data.index(row.id.encode()))
        ends.append(data.index(b"\r\n", data.index(b"+00:00", start)) + 2)
    return ends


def cut_everywhere(log, folder, step, fill):
    """Leave every prefix of a log, as a power cut does, and look what is read and written."""
    rows, ends, data = log.rows(), row_ends(log), log.path.read_bytes()
    assert ends[-1] == len(data)
    cuts = sorted({*range(0, len(data), step), *ends, *(end - 1 for end in ends)})
    for cut in cuts:
        place = folder / f"cut{cut}"
        place.mkdir()
        (place / "contacts.csv").write_bytes(data[:cut] + fill)
        after = ii.open_workbook(place).contacts
        n = sum(end <= cut for end in ends)
        whole = after.rows()
        assert whole[:n] == rows[:n]
        assert whole in (rows[:n], rows[: n + 1])
        added = after.append(name="Di")
        assert reopened(after).rows() == [*whole, added]
        for path in (place / ".workbook" / "torn").glob("*.csv"):  # never more than the torn piece
            piece = data[ends[n - 1] if n else 0 : cut] + fill
            assert piece.endswith(path.read_bytes())
    return len(cuts)


@pytest.mark.parametrize("fill", [b"", b"\x00" * 100], ids=["cut off", "zeros after it"])
def test_a_power_cut_leaves_every_row_before_it_whole(three, tmp_path, fill):
    cut_everywhere(three, tmp_path, 17, fill)


@pytest.mark.parametrize("cut", ["é".encode()[:1], b"updated_at", b"updated_at\r"])
def test_the_start_of_a_new_log_cut_before_zeros_is_torn(wb, cut):
    wb.tasks.append(task="é")
    data = wb.tasks.path.read_bytes()
    wb.tasks.path.write_bytes(data[: data.index(cut) + len(cut)] + b"\x00" * 37)
    log = reopened(wb.tasks)
    assert log.rows() == []
    row = log.append(task="two")
    assert reopened(log).rows() == [row] and len(log.lost()) == 1


@pytest.mark.long
@pytest.mark.parametrize("fill", [b"", b"\x00" * 100], ids=["cut off", "zeros after it"])
def test_a_power_cut_at_every_byte_leaves_every_row_before_it_whole(three, tmp_path, fill):
    n = cut_everywhere(three, tmp_path, 1, fill)
    print(f"\n{n} cuts, no acknowledged row damaged")
    assert n >= 400


def test_a_torn_line_is_set_aside_and_said(three):
    data = three.path.read_bytes()
    three.path.write_bytes(data[:-20])
    wb = ii.open_workbook(three.path.parent)
    assert any("torn line" in p.text for p in wb.check())
    wb.contacts.append(name="Di")
    assert [p.text for p in wb.notices() if "torn" in p.text][0].startswith(
        "contacts.csv ended in a torn line. It was set aside in .workbook/torn/contacts "
    )
    [piece] = (wb.hidden / "torn").glob("*.csv")
    assert piece.read_bytes().decode().startswith("con_") and "Cy" in piece.read_text("utf-8")


def test_a_stray_quotation_mark_is_refused_and_not_cut_away(three):
    data = three.path.read_bytes().replace(b"Ana Silva", b'Ana "Silva')
    three.path.write_bytes(data)
    log = reopened(three)
    with pytest.raises(LogUnreadable, match="a quotation mark too many near line 3"):
        log.rows()
    with pytest.raises(LogUnreadable, match="a quotation mark too many near line 3"):
        log.append(name="Di")
    assert three.path.read_bytes() == data


def test_a_stray_quotation_mark_in_the_last_row_is_refused_too(wb):
    wb.tasks.append(task="one")
    wb.tasks.append(task="two")
    data = wb.tasks.path.read_bytes().replace(b"two", b'2" nails')
    wb.tasks.path.write_bytes(data)
    with pytest.raises(LogUnreadable, match="a quotation mark too many near line 3"):
        reopened(wb.tasks).append(task="three")
    assert wb.tasks.path.read_bytes() == data


def test_a_last_row_without_its_line_break_is_a_row(wb):
    rows = wb.tasks.append_many([dict(task="one"), dict(task="two")])
    wb.tasks.path.write_bytes(wb.tasks.path.read_bytes().rstrip(b"\r\n"))
    log = reopened(wb.tasks)
    assert log.rows() == rows
    rows.append(log.append(task="three"))
    assert reopened(log).rows() == rows
    assert not (wb.hidden / "torn").exists()


def moved(log, last, change=lambda text: text, end=b""):
    """The log as a spreadsheet program leaves it whose columns were moved, `last` to the end."""
    with open(log.path, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    names = [name for name in log.table.header if name != last] + [last]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(lines)
    log.path.write_bytes(change(out.getvalue().rstrip("\r\n")).encode() + end)
    return reopened(log)


@pytest.mark.parametrize("last", ["done_on", "task", "id"])
def test_a_last_row_without_its_line_break_is_a_row_after_columns_were_moved(wb, last):
    values = dict(due_on=date(2026, 11, 20), done_on=date(2026, 11, 21))
    rows = wb.tasks.append_many([dict(task=task, **values) for task in ("one", "two")])
    log = moved(wb.tasks, last, lambda text: text.replace("two", "two and new words"))
    assert [row.task for row in log.rows()] == ["one", "two and new words"]
    added = log.append(task="three")
    assert [row.id for row in reopened(log).rows()] == [rows[0].id, rows[1].id, added.id]
    assert not (wb.hidden / "torn").exists() and wb.lost() == []


def test_a_last_row_from_elsewhere_without_its_line_break_is_a_row(wb):
    wb.tasks.append(task="one")
    shutil.rmtree(wb.hidden)
    assert [row.task for row in moved(wb.tasks, "task").rows()] == ["one"]


def test_a_row_that_is_cut_within_its_last_cell_is_torn_wherever_that_column_stands(wb):
    rows = wb.tasks.append_many([dict(task="one"), dict(task="several words")])
    log = moved(wb.tasks, "task", lambda text: text[:-4])
    assert log.rows() == rows[:1] and "ends in a torn line" in log.problems()[0].text
    log.append(task="three")
    [aside] = (wb.hidden / "torn").glob("*.csv")
    assert aside.read_text("utf-8").endswith(",several w")
    assert wb.bring_back() == "1 row brought back."


# --- revising and erasing --------------------------------------------------------------------


def test_revise_changes_its_columns_and_keeps_every_other_byte(three):
    ana, bo, cy = three.rows()
    before = three.path.read_bytes().split(bo.id.encode())
    revised = three.revise(bo.id, email="bo@example.org")
    after = three.path.read_bytes().split(bo.id.encode())
    assert after[0] == before[0] and after[1].split(cy.id.encode())[1] == before[1].split(
        cy.id.encode())[1]  # fmt: skip
    assert revised.email == "bo@example.org" and revised.updated_at > bo.updated_at
    assert reopened(three).rows() == [ana, revised, cy]


def test_a_revision_that_is_on_disk_needs_no_more_reading(three, monkeypatch):
    row, swap_in = three.rows()[0], files.swap_in

    def done(*args):
        monkeypatch.setattr(files, "read", sharing_violation)
        return swap_in(*args)

    monkeypatch.setattr(files, "swap_in", done)
    assert three.revise(row.id, notes="new").notes == "new"


def test_revise_without_a_change_writes_nothing(three):
    before = three.path.read_bytes()
    row = three.rows()[0]
    assert three.revise(row.id, name=row.name) == row
    assert three.path.read_bytes() == before


def test_revise_and_erase_of_an_unknown_row_say_so(three):
    for act in (three.revise, three.erase, three.get):
        with pytest.raises(RowNotFound, match='No contact has the id "con_x"'):
            act("con_x")
    assert "con_x" not in three


def test_an_invalid_revision_writes_nothing(three):
    before, row = three.path.read_bytes(), three.rows()[0]
    with pytest.raises(InvalidRow, match="not an email address"):
        three.revise(row.id, email="nowhere")
    with pytest.raises(InvalidRow, match='has no column "nickname"'):
        three.revise(row.id, nickname="A")
    assert three.path.read_bytes() == before


def test_the_earlier_version_stays(three):
    before = three.path.read_bytes()
    three.revise(three.rows()[0].id, name="Ana María Silva")
    [kept] = (three.hidden / "earlier").glob("contacts *.csv")
    assert kept.read_bytes() == before


def test_a_revision_of_a_row_that_was_changed_elsewhere_says_so_and_keeps_both(three):
    row = three.rows()[0]
    theirs = reopened(three).revise(row.id, notes="theirs")
    with pytest.raises(NewerRow, match="changed in another window") as caught:
        three.revise(row.id, seen=row, notes="mine")
    assert caught.value.theirs == theirs and caught.value.mine == {"notes": "mine"}
    assert reopened(three).get(row.id) == theirs
    assert three.revise(row.id, seen=theirs, notes="mine").notes == "mine"


def test_a_revision_without_what_was_seen_counts_from_what_was_given_out(three):
    row = three.rows()[0]
    reopened(three).revise(row.id, notes="theirs", email="ana@example.org")
    with pytest.raises(NewerRow, match="changed in another window"):
        three.revise(row.id, notes="mine")
    fresh = three.revise(row.id, notes="mine, knowing theirs")
    assert (fresh.notes, fresh.email) == ("mine, knowing theirs", "ana@example.org")


def test_different_columns_of_one_row_can_be_revised_from_two_notebooks(three):
    row = three.rows()[0]
    reopened(three).revise(row.id, email="ana@example.org")
    assert three.revise(row.id, phone="+1 555 0100").email == "ana@example.org"


def test_a_change_by_hand_in_the_file_counts_as_newer(three):
    row = three.rows()[0]
    three.path.write_bytes(three.path.read_bytes().replace(b"Ana Silva", b"Anna Silva"))
    with pytest.raises(NewerRow, match="changed in another window"):
        three.revise(row.id, seen=row, name="Ana M. Silva")


def test_a_row_in_use_is_not_erased(wb):
    contact = wb.contacts.append(**ANA)
    message = wb.messages.append(contact_id=contact.id)
    with pytest.raises(RowInUse, match="still used in messages"):
        wb.contacts.erase(contact.id)
    wb.messages.erase(message.id)
    wb.contacts.erase(contact.id)
    assert len(wb.contacts) == 0 and wb.contacts.path.read_bytes().count(b"\r\n") == 1


# --- another notebook, the same file ----------------------------------------------------------


def test_rows_follow_what_other_notebooks_write(wb):
    other = ii.open_workbook(wb.folder)
    first = wb.contacts.append(**ANA)
    assert other.contacts.rows() == [first]
    second = other.contacts.append(name="Bo")
    assert wb.contacts.rows() == [first, second] and second.id in wb.contacts
    changed = other.contacts.revise(first.id, notes="x")
    assert wb.contacts.rows() == [changed, second]
    wb.contacts.erase(second.id)
    assert other.contacts.rows() == [changed] and len(other.contacts) == 1


def test_a_growing_log_is_read_on_from_where_it_was(wb, monkeypatch):
    other = ii.open_workbook(wb.folder)
    wb.tasks.append_many([dict(task=f"task {n}") for n in range(200)])
    assert len(other.tasks) == 200
    read = []
    rows = sheet.rows
    monkeypatch.setattr(
        sheet, "rows", lambda text, form: read.append(len(text)) or rows(text, form)
    )
    wb.tasks.append(task="one more")
    assert len(other.tasks) == 201
    assert len(read) == 1 and read[0] < 300


def test_an_append_does_not_read_the_log(wb, monkeypatch):
    wb.tasks.append(task="one")
    other = ii.open_workbook(wb.folder)
    monkeypatch.setattr(sheet, "rows", lambda *_: pytest.fail("the log was read"))
    other.tasks.append(task="two")
    wb.tasks.append(task="three")


# --- files that are no log ---------------------------------------------------------------------


def test_a_file_without_a_mark_may_hold_a_nul(wb):
    row = wb.tasks.append(task="\x00 and a\x00b")
    wb.tasks.path.write_bytes(wb.tasks.path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert len(wb.tasks.path.read_bytes()) < 200
    assert reopened(wb.tasks).rows() == [row]
    reopened(wb.tasks).append(task="two\x00")
    assert [r.task for r in reopened(wb.tasks).rows()] == ["\x00 and a\x00b", "two\x00"]


HEADER = ",".join(TABLES["contacts"].header)
WIDE = len(TABLES["contacts"].header)
STAMPS = "2026-11-21T10:00:00+00:00,2026-11-21T10:00:00+00:00"
ROW = f"con_aaaaaaaaaaaa,Ana{',' * (WIDE - 4)},{STAMPS}"
BAD = {
    "binary rubbish": (bytes(range(256)) * 40, "does not hold text|code page"),
    "another table": (b"first,last\r\nAna,Silva\r\n", "does not start with this log's column"),
    "no id column": (HEADER[3:].encode() + b"\r\n", "does not start with this log's column"),
    "ragged": (
        f"{HEADER}\r\n{ROW}\r\ncon_x,Bo,x\r\n".encode(), f"3 cells in row 3 instead of {WIDE}"),
    "a comma too many": (
        f"{HEADER}\r\n{ROW.replace('Ana', 'Silva, Ana')}\r\n".encode(),
        f"{WIDE + 1} cells in row 2"),
    "text after a quoted cell": (
        f'{HEADER}\r\n{ROW.replace("Ana", chr(34) + "Ana" + chr(34) + "x")}\r\n'.encode(),
        "quotation mark in the wrong place"),
    "a column twice": (HEADER.replace("phone", "email").encode() + b"\r\n", '"email" twice'),
    "utf-32": ("\ufeff" + HEADER).encode("utf-32"),
}  # fmt: skip
BAD["utf-32"] = (BAD["utf-32"], "UTF-32")
BAD["bytes that are not UTF-8"] = (
    b"\xef\xbb\xbf" + f"{HEADER}\r\n{ROW}\r\n".encode().replace(b"Ana", b"A\xff\xfea"), "not"
)  # fmt: skip
BAD["an unknown code page"] = (
    f"{HEADER}\r\n{ROW}\r\n".encode().replace(b"Ana", b"Jos\x8e"),
    "page",
)
BAD["doubtful dates"] = (
    f"{HEADER}\r\n{ROW}\r\n".encode().replace(b"2026-11-21T10:00:00+00:00", b"03/04/2026 10:00"),
    "whether the day or the month comes first",
)
BAD["a line that never ends"] = (
    b"id,name," + b"x" * 3_000_000, "a first line that does not end"
)  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_log_is_named_and_left_alone(wb, case):
    data, sentence = BAD[case]
    wb.contacts.path.write_bytes(data)
    for act in (wb.contacts.rows, wb.contacts.read, lambda: wb.contacts.append(name="Bo")):
        with pytest.raises(LogUnreadable, match=sentence) as caught:
            act()
        assert str(caught.value).startswith("contacts.csv ")
        assert caught.value.path == wb.contacts.path and caught.value.table == "contacts"
    [problem] = [p for p in wb.check() if p.table == "contacts"]
    assert str(caught.value) == problem.text
    assert wb.contacts.path.read_bytes() == data
    assert wb.tasks.append(task="the rest works").task == "the rest works"
    assert "1 tasks" in repr(wb) and "cannot be read" in repr(wb.contacts)


def long_line(path):
    path.write_bytes(f"{HEADER}\r\n{ROW}\r\n".encode())
    os.truncate(path, 1 << 30)  # zeros that take no room


ODD = {case: lambda path, data=data: path.write_bytes(data) for case, (data, _) in BAD.items()} | {
    "a folder": lambda path: path.mkdir(),
    "a link to itself": lambda path: path.symlink_to(path),
    "a pipe": os.mkfifo,
    "a line of a gigabyte": long_line,
    "empty": lambda path: path.touch(),
    "header twice": lambda path: path.write_text(f"{HEADER}\n{ROW}\n{HEADER}\n"),
    "two ids equal": lambda path: path.write_text(f"{HEADER}\n{ROW}\n{ROW}\n"),
    "a stray quotation mark": lambda path: path.write_text(
        f"{HEADER}\n{ROW}\n".replace("Ana", '"Ana') + f"{ROW}\n".replace("aaa", "bbb") * 2
    ),
}  # fmt: skip


def as_on_disk(path):
    stat, is_short = path.lstat(), path.is_file() and path.stat().st_size < 1 << 24
    return stat.st_ino, stat.st_mtime_ns, stat.st_size, path.read_bytes() if is_short else b""


@pytest.mark.parametrize("case", ODD)
def test_an_odd_log_is_named_and_the_rest_of_the_workbook_stays_usable(wb, case):
    wb.tasks.append(task="before")
    ODD[case](path := wb.contacts.path)
    before = as_on_disk(path)
    wb = ii.open_workbook(wb.folder)
    [problem] = [p for p in wb.check() if p.table == "contacts"]
    assert problem.text.startswith("contacts.csv ") and problem.path == path
    assert "contacts" in repr(wb.contacts) and "1 tasks" in repr(wb)
    row = wb.tasks.append(task="after")
    assert wb.tasks.revise(row.id, task="revised").task == "revised"
    assert wb.undo() == 'Taken back: changing the next step "revised".'
    wb.tasks.erase(row.id)
    with wb.together("two logs"):
        wb.goals.append(stage="general research", objective="look")
        wb.occupations.append(title="Speech engineer")
    wb.refresh()
    assert wb.lost() == [] and wb.notices() == [] and wb.bring_back() == "0 rows brought back."
    assert [task.task for task in reopened(wb.tasks).rows()] == ["before"]
    assert case == "a line of a gigabyte" or wb.backup().exists()
    assert as_on_disk(path) == before


def test_a_line_of_a_gigabyte_is_refused_before_it_fills_the_memory(wb):
    long_line(wb.contacts.path)
    for act in (wb.contacts.rows, lambda: wb.contacts.append(name="Bo")):
        with pytest.raises(LogUnreadable, match="has a line of more than 200 MB"):
            act()
    assert wb.contacts.path.stat().st_size == 1 << 30 and wb.tasks.append(task="the rest")


def test_things_that_are_no_files_are_named(wb):
    wb.contacts.path.mkdir()
    wb.tasks.path.symlink_to(wb.tasks.path)
    os.mkfifo(wb.goals.path)
    with pytest.raises(LogUnreadable, match="contacts.csv is a folder"):
        wb.contacts.rows()
    with pytest.raises(LogUnreadable, match="tasks.csv is a link that leads back to itself"):
        wb.tasks.append(task="x")
    with pytest.raises(LogUnreadable, match="goals.csv is not a file"):
        wb.goals.read()
    assert {p.table for p in wb.check()} == {"contacts", "tasks", "goals"}
    assert wb.label("contacts", "con_x") == ""


def test_a_log_reached_through_a_link_stays_a_link(wb, tmp_path):
    real = tmp_path / "elsewhere.csv"
    wb.tasks.path.symlink_to(real)
    row = wb.tasks.append(task="one")
    row = wb.tasks.revise(row.id, task="two")
    assert wb.tasks.path.is_symlink() and b"two" in real.read_bytes()
    assert reopened(wb.tasks).rows() == [row]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"\xef\xbb", b"\x00" * 4096])
def test_an_empty_file_is_named_and_filled_by_the_next_append(wb, data):
    wb.contacts.path.write_bytes(data)
    log = reopened(wb.contacts)
    assert log.rows() == [] and "contacts.csv is empty" in log.problems()[0].text
    assert wb.contacts.path.read_bytes() == data
    row = log.append(**ANA)
    assert reopened(log).rows() == [row] and log.problems() == []


def test_a_header_alone_is_an_empty_log(wb):
    for end in ("\r\n", "\n", ""):
        wb.contacts.path.write_bytes((HEADER + end).encode())
        log = reopened(wb.contacts)
        assert log.rows() == [] and log.problems() == []
        row = log.append(**ANA)
        assert reopened(log).rows() == [row]


def test_a_header_twice_and_an_id_twice_are_named_and_read(wb):
    newer = ROW.replace("Ana", "Anna").replace("T10:00:00+00:00,2026", "T10:00:00+00:00,2027")
    wb.contacts.path.write_bytes(f"{HEADER}\r\n{ROW}\r\n{HEADER}\r\n{newer}\r\n".encode())
    assert [row.name for row in wb.contacts.rows()] == ["Anna"]
    texts = [p.text for p in wb.contacts.problems()]
    assert "has its column names again in row 3" in texts[0]
    assert "has the id con_aaaaaaaaaaaa twice, again in row 4" in texts[1]
    wb.contacts.revise("con_aaaaaaaaaaaa", notes="only the one that is shown")
    lines = wb.contacts.path.read_text("utf-8").splitlines()
    assert "only the one" in lines[3] and "only the one" not in lines[1]


def test_a_row_typed_into_the_file_without_an_id_is_named(wb):
    wb.contacts.path.write_bytes(
        f"{HEADER}\r\n,Bo{',' * (WIDE - 2)}\r\n{ROW}\r\n{',' * (WIDE - 1)}\r\n".encode()
    )
    assert [row.name for row in wb.contacts.rows()] == ["Ana"]
    [problem] = wb.contacts.problems()
    assert problem.text.startswith("Row 2 of contacts.csv has no id, so it is not shown.")


def test_a_bad_cell_is_named_and_does_not_hide_the_log(wb):
    occupation = wb.occupations.append(title="Speech engineer")
    criterion = wb.criteria.append(kind="value", statement="Help people hear", importance=4)
    rated = dict(occupation_id=occupation.id, criterion_id=criterion.id)
    bad, good = wb.fit_ratings.append_many([dict(**rated, rating=3), dict(**rated, rating=5)])
    path = wb.fit_ratings.path
    path.write_bytes(path.read_bytes().replace(b",3,", b",high,"))
    log = reopened(wb.fit_ratings)
    assert log.rows() == [good] and log.get(bad.id).rating is None and len(log) == 2
    frame = log.read()
    assert pd.isna(frame.rating[0]) and frame.rating[1] == 5
    assert 'How well it fits is "high"' in log.problems()[0].text
    assert ",high," in path.read_text("utf-8")
    log.revise(good.id, rating=4)
    assert ",high," in path.read_text("utf-8")  # a write keeps the original cell
    log.revise(bad.id, rated_on=date(2026, 1, 2))
    assert ",high," in path.read_text("utf-8")
    assert log.revise(bad.id, rating=2).rating == 2 and log.problems() == []


@pytest.mark.parametrize("stamp", ["last week", "9999-12-31T23:59:59.999999+00:00"])
def test_a_row_whose_time_was_typed_by_hand_can_be_revised(wb, stamp):
    row = wb.tasks.append(task="one")
    data = wb.tasks.path.read_bytes()
    wb.tasks.path.write_bytes(data.replace(f",{row.updated_at.isoformat()}\r\n".encode(),
                                           f",{stamp}\r\n".encode()))  # fmt: skip
    log = ii.open_workbook(wb.folder).tasks
    assert log.get(row.id).updated_at != row.updated_at
    now = log.revise(row.id, task="two")
    assert now.task == "two" and now.updated_at.year < 9999 and log.problems() == []


def test_a_bad_cell_that_may_be_blank_leaves_the_row_in_sight(wb):
    row = wb.contacts.append(**ANA, keep_in_touch_days=30)
    wb.contacts.path.write_bytes(wb.contacts.path.read_bytes().replace(b",30,", b",often,"))
    log = reopened(wb.contacts)
    assert log.rows()[0].keep_in_touch_days is None and log.rows()[0].name == row.name
    assert "often" in log.problems()[0].text


# --- a file or a disk that refuses ---------------------------------------------------------------


def sharing_violation(*_, **__):
    raise PermissionError(errno.EACCES, "The process cannot access the file")


@pytest.mark.parametrize("call", ["append", "revise", "erase"])
def test_a_file_open_in_another_program_is_an_error_that_says_so(three, monkeypatch, call):
    row, before = three.rows()[0], three.path.read_bytes()
    monkeypatch.setattr(os, "replace", sharing_violation)
    monkeypatch.setattr(os, "write", sharing_violation)
    acts = {
        "append": lambda: three.append(name="Di"),
        "revise": lambda: three.revise(row.id, name="A"),
        "erase": lambda: three.erase(row.id),
    }
    sentence = "contacts.csv is open in another program, so nothing was written. Close it there and press Save again: your answers are still in the form."  # noqa: E501
    with pytest.raises(LogUnwritable, match=sentence) as caught:
        acts[call]()
    assert caught.value.path == three.path
    assert three.path.read_bytes() == before
    monkeypatch.undo()
    acts[call]()


@pytest.mark.parametrize("take", ["flock", "lockf"])
def test_a_locked_file_is_not_written_to(three, take):
    before, row = three.path.read_bytes(), three.rows()[0]
    code = (
        f"import fcntl, sys, time; f = open(sys.argv[1], 'r+b'); fcntl.{take}(f, fcntl.LOCK_EX);"
        "print('locked', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code, three.path], stdin=pipe, stdout=pipe
    ) as other:
        assert other.stdout.readline() == b"locked\n"
        for act in (lambda: three.append(name="Di"), lambda: three.revise(row.id, name="A")):
            with pytest.raises(LogUnwritable, match="contacts.csv is open in another program"):
                act()
        assert three.path.read_bytes() == before
        other.stdin.close()
    assert three.append(name="Di").name == "Di"


def test_a_workbook_that_stays_locked_is_an_error_after_a_while(wb):
    wb.contacts.append(**ANA)
    wb.lock.timeout = 0.05
    with open(wb.hidden / "lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LogUnwritable, match="Another notebook has been writing for too long"):
            wb.contacts.append(name="Bo")
    wb.contacts.append(name="Bo")


def test_a_full_disk_leaves_the_file_as_it_was(three):
    """With a file-size limit of the system itself: the write falls short, then fails."""
    code = """
import resource, signal, sys
import ii_helpers as ii
from ii_helpers.errors import LogUnwritable
wb = ii.open_workbook(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = wb.contacts.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, size + 50))
for act in (lambda: wb.contacts.append(name="Di", notes="x" * 500),
            lambda: wb.contacts.revise(wb.contacts.rows()[0].id, notes="x" * 500)):
    try:
        act()
    except LogUnwritable as error:
        print(error)
    assert wb.contacts.path.stat().st_size == size
"""
    before, folder = three.path.read_bytes(), three.path.parent
    said = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(said) == 2 and all(
        line.startswith("The disk is full, so nothing was written to contacts.csv.")
        for line in said
    )
    assert three.path.read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == [".workbook", "contacts.csv"]


def test_new_files_are_the_learners_alone(wb):
    wb.contacts.append(**ANA)
    wb.contacts.revise(wb.contacts.rows()[0].id, name="Ana")
    wb.keep_draft("x", {})
    for path in wb.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert wb.folder.stat().st_mode & 0o077 == 0


def test_the_clock_going_back_does_not_make_a_revision_older(wb, monkeypatch):
    row = wb.tasks.append(task="one")
    import ii_helpers.log as module

    class Yesterday(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Yesterday)
    assert wb.tasks.revise(row.id, task="two").updated_at == row.updated_at + timedelta(
        microseconds=1
    )


# --- dates as spreadsheet programs write them ---------------------------------------------------


@pytest.mark.parametrize(
    "cell, kind, iso",
    [
        ("20.11.2026", "day", "2026-11-20"),
        ("20/11/2026", "day", "2026-11-20"),
        ("11/20/26", "day", "2026-11-20"),
        ("20-Nov-26", "day", "2026-11-20"),
        ("Nov 20, 2026", "day", "2026-11-20"),
        ("Friday, November 20, 2026", "day", "2026-11-20"),
        ("2026/11/20", "day", "2026-11-20"),
        ("46346", "day", "2026-11-20"),
        ("20.11.2026 14:30", "instant", "2026-11-20T14:30:00"),
        ("11/20/2026 2:30:05 PM", "instant", "2026-11-20T14:30:05"),
        ("31.02.2026", "day", "31.02.2026"),
        ("soon", "day", "soon"),
    ],
)
def test_a_rewritten_date_is_read_as_the_day_it_means(cell, kind, iso):
    order = sheet.order_of([(cell, "")])
    assert sheet.to_iso(cell, kind, order) == iso


def test_days_before_months_and_the_reverse_in_one_file_are_refused():
    with pytest.raises(sheet.Unreadable, match="day first and dates with the month first"):
        sheet.order_of([("13/04/2026", ""), ("04/13/2026", "")])
    with pytest.raises(sheet.Unreadable, match='"03/04/2026": whether the day or the month'):
        sheet.order_of([("03/04/2026", "")])
    assert sheet.order_of([("03/04/2026", "2026-04-03")]) == "dmy"
    assert sheet.order_of([("03/04/2026", ""), ("04/13/2026", "")]) == "mdy"
