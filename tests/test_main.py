"""The command line: check, backup and restore; what start opens."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import ii_helpers as ii
from ii_helpers import __main__ as command
from ii_helpers import serving
from ii_helpers.errors import WorkbookError
from ii_helpers.files import FIRST_PAGE

from .conftest import CHECKOUT


@pytest.fixture
def folder(tmp_path):
    """A workbook with one person in its log."""
    (tmp_path / "data" / "log").mkdir(parents=True)
    ii.open_workbook(tmp_path / "data" / "log").contacts.append(name="Ana Silva")
    return tmp_path


def test_check_says_that_all_is_well_and_ends_with_0(folder, capsys):
    assert command.main(["check", str(folder)]) == 0
    assert "All is well" in capsys.readouterr().out


def test_check_says_what_is_wrong_and_ends_with_1(folder, capsys):
    (folder / "data" / "log" / "goals.csv").write_bytes(b"\x00\x01 rubbish")
    assert command.main(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "goals.csv" in said and "1 to look at." in said


def test_nothing_in_a_log_or_a_file_name_moves_the_terminal_or_feigns_a_line(folder, capsys):
    logs, hostile = folder / "data" / "log", "\x1b[2J\x07\u202egnp\x9b1m\nAll is well."
    wb = ii.open_workbook(logs)
    wb.contacts.append(name=f"Bo {hostile}", notes=hostile)
    wb.goals.append(objective="\x1b[31m\u202e", stage="narrowing down")
    (logs / f"contacts ({hostile}).csv").write_bytes(wb.contacts.path.read_bytes())
    wb.contacts.path.write_bytes(wb.contacts.path.read_bytes().partition(b"\r\n")[0] + b"\r\n")
    assert command.main(["check", str(folder)]) == 1
    assert command.main(["hand-in", str(folder), "--yes", "--text", "goals.objective"]) == 0
    assert command.main(["check", str(folder / hostile)]) == 1
    told = capsys.readouterr()
    said, err = told.out, told.err
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & {*said, *err}
    checked = said.partition("---")[0]
    assert "\nAll is well." not in checked and "\ufffd[2J" in checked and "\ufffd[2J" in err
    assert "\ufffd[31m" in said.partition("--- goals")[2]


def test_check_takes_the_folder_of_logs_too(folder):
    assert command.main(["check", str(folder / "data" / "log")]) == 0


def test_check_of_a_folder_without_logs_says_which_folder_to_give(tmp_path, capsys):
    assert command.main(["check", str(tmp_path / "nowhere")]) == 1
    assert "Give the folder that holds notebooks and data" in capsys.readouterr().err


@pytest.mark.parametrize("inside", ["", "data"])
@pytest.mark.parametrize("words", [["check"], ["backup", "--to", "kept.zip"]])
def test_a_folder_that_is_no_workbook_is_left_as_it_is(
    tmp_path, monkeypatch, capsys, words, inside
):
    other = tmp_path / "photos"
    (other / inside).mkdir(parents=True)
    (other / "ana.csv").write_text("name\nAna Silva\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    assert command.main([words[0], str(other), *words[1:]]) == 1
    assert f"There are no logs in {other}. Give the folder that" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("inside", ["", "data/log"])
def test_a_workbook_without_a_row_yet_is_well(tmp_path, inside):
    (tmp_path / "data" / "log").mkdir(parents=True)
    assert command.main(["check", str(tmp_path / inside)]) == 0


def test_a_backup_brings_a_lost_workbook_back(folder, tmp_path, capsys):
    assert command.main(["backup", str(folder), "--to", str(tmp_path / "kept.zip")]) == 0
    shutil.rmtree(folder / "data" / "log")
    assert command.main(["restore", str(tmp_path / "kept.zip"), str(folder)]) == 0
    names = [row.name for row in ii.open_workbook(folder / "data" / "log").contacts.rows()]
    assert names == ["Ana Silva"]


def test_a_zip_that_is_no_backup_is_refused_and_nothing_changes(folder, tmp_path, capsys):
    (tmp_path / "other.zip").write_bytes(b"PK rubbish")
    before = (folder / "data" / "log" / "contacts.csv").read_bytes()
    assert command.main(["restore", str(tmp_path / "other.zip"), str(folder)]) == 1
    assert "other.zip" in capsys.readouterr().err
    assert (folder / "data" / "log" / "contacts.csv").read_bytes() == before


@pytest.fixture
def kept(folder, tmp_path):
    """A backup of that workbook."""
    assert command.main(["backup", str(folder), "--to", str(tmp_path / "kept.zip")]) == 0
    return tmp_path / "kept.zip"


@pytest.mark.parametrize("place", ["data", "notebooks", "photos", "empty/data"])
def test_a_backup_is_not_restored_into_a_folder_that_is_no_workbook(
    folder, kept, tmp_path, capsys, place
):
    for name in ("notebooks", "photos", "empty/data"):
        (folder / name).mkdir(parents=True)
    for name in ("notebooks/a.ipynb", "photos/a.png"):
        (folder / name).write_text("")
    before = sorted(tmp_path.rglob("*"))
    assert command.main(["restore", str(kept), str(folder / place)]) == 1
    said = capsys.readouterr().err
    assert "Give the folder that holds notebooks and data" in said and str(folder / place) in said
    assert sorted(tmp_path.rglob("*")) == before


def test_without_a_folder_a_backup_goes_into_the_workbook_around_alone(
    folder, kept, tmp_path, monkeypatch, capsys
):
    monkeypatch.delenv("II_WORKBOOK_LOG", raising=False)
    (folder / "notebooks").mkdir()
    shutil.rmtree(folder / "data" / "log")
    monkeypatch.chdir(folder / "notebooks")
    assert command.main(["restore", str(kept)]) == 0
    assert (folder / "data" / "log" / "contacts.csv").is_file()
    other = tmp_path.parent / f"{tmp_path.name} other"
    other.mkdir()
    monkeypatch.chdir(other)
    assert command.main(["restore", str(kept)]) == 1
    assert "is not a workbook" in capsys.readouterr().err and list(other.iterdir()) == []


@pytest.mark.parametrize("typed", ["Werkbook", "workbooks", "workboook/data/log", "other/place"])
def test_a_backup_makes_no_folder_of_a_slip_of_the_pen(folder, kept, tmp_path, capsys, typed):
    mine = tmp_path / "my workbook"
    (mine / "data").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    place = tmp_path / f"my {typed}"
    assert command.main(["restore", str(kept), str(place)]) == 1
    said = capsys.readouterr().err
    assert f"There is no folder {place}, so nothing was restored." in said
    assert (f"Did you mean {mine}?" in said) is (typed != "other/place")
    assert "A new workbook is made first: ii-workbook new FOLDER" in said
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("place", ["empty", "only notebooks", "lost/data/log"])
def test_a_backup_makes_a_workbook_of_a_folder_that_is_named(kept, tmp_path, place):
    (tmp_path / "empty").mkdir()
    (tmp_path / "only notebooks" / "notebooks").mkdir(parents=True)
    (tmp_path / "lost" / "data").mkdir(parents=True)
    assert command.main(["restore", str(kept), str(tmp_path / place)]) == 0
    assert command.main(["check", str(tmp_path / place)]) == 0


def test_a_typing_error_in_the_settings_keeps_nobody_from_a_backup(folder, tmp_path):
    (folder / "data" / "course.toml").write_text("[targets\n")
    assert command.main(["backup", str(folder), "--to", str(tmp_path / "kept.zip")]) == 0


def test_ctrl_c_ends_a_command_with_one_line(folder, monkeypatch, capsys):
    def stopped(logs):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_check", stopped)
    assert command.main(["check", str(folder)]) == 130
    assert capsys.readouterr().err == "\nStopped by Ctrl+C. Run the command again to go on.\n"


@pytest.mark.parametrize("words", [["check"], ["--help"]])
def test_a_reader_that_has_read_enough_is_no_error(folder, words):
    gone, ours = os.pipe()
    os.close(gone)
    run = [sys.executable, "-m", "ii_helpers", *words]
    shown = subprocess.run(run, cwd=folder, stdout=ours, stderr=subprocess.PIPE, text=True)
    os.close(ours)
    assert shown.stderr == "" and shown.returncode in (0, 141)


def test_a_letter_that_a_terminal_does_not_have_is_no_error(tmp_path):
    place = tmp_path / "Ödegård" / "data" / "log"
    place.mkdir(parents=True)
    shown = subprocess.run(
        [sys.executable, "-m", "ii_helpers", "check", str(place)], capture_output=True, text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert shown.returncode == 0 and "?deg?rd" in shown.stdout


@pytest.mark.parametrize("given", [["start", "--port", "-1"], ["start", "--port", "70000"],
                                   ["cohort", "x", "--to", "y", "--workers", "-1"]])  # fmt: skip
def test_a_number_out_of_range_is_refused_in_words(given, capsys):
    with pytest.raises(SystemExit):
        command.main(given)
    assert "give a whole number from 0 to" in capsys.readouterr().err


def test_start_says_what_a_workbook_is_when_there_is_none(tmp_path):
    with pytest.raises(WorkbookError, match="is not a workbook.*ii-workbook new FOLDER"):
        serving.folder_to_open(tmp_path)


def test_the_server_starts_without_the_grammar_that_takes_longer_than_all_the_rest(tmp_path):
    said = "import sys, jsonschema; print('lark' in sys.modules, sys.argv[1:], __name__)"
    (tmp_path / "probe.py").write_text(said, encoding="utf-8")
    served = [sys.executable, "-c", serving._SERVE, "probe", "--no-browser"]
    shown = subprocess.run(served, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shown.stdout == "False ['--no-browser'] __main__\n"


class Server(BaseHTTPRequestHandler):
    """One that lets in who knows its token."""

    def do_GET(self):
        self.send_response(200 if self.headers["Authorization"] == "token ours" else 403)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(("token", "knows"), [("ours", True), ("another", False)])
def test_start_gives_the_address_of_its_own_server_only(tmp_path, monkeypatch, token, knows):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    begun = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
    with HTTPServer(("127.0.0.1", 0), Server) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{other.server_port}/"
        told = tmp_path / f"jpserver-{begun.pid}.json"
        told.write_text(json.dumps({"url": url}), encoding="utf-8")
        assert serving._url(begun, token) == (url if knows else None)
        other.shutdown()
    begun.wait()


@pytest.fixture
def first_page(tmp_path):
    """A folder that can be started."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(CHECKOUT / FIRST_PAGE, tmp_path / "notebooks")
    return tmp_path


def test_ctrl_c_ends_the_server_and_asks_nothing(first_page):
    ours, theirs = os.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "ii_helpers", "start", "--no-browser"], cwd=first_page,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(first_page), "JUPYTER_CONFIG_DIR": "none"},
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    said = b""
    with suppress(OSError):  # at the end of what is said
        while part := os.read(ours, 4096):
            said += part
            if said.endswith(b"Ctrl+C ends it.\r\n"):  # which may come in two parts
                os.write(ours, b"\x03")
    os.close(ours)
    assert started.wait(60) == 0
    assert said.decode().rstrip().endswith("Keep this window; Ctrl+C ends it.\r\n^C")


def test_a_server_that_does_not_end_when_it_is_asked_to_is_ended(monkeypatch):
    monkeypatch.setattr(serving, "SECONDS_TO_END", 0.1)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    begun = subprocess.Popen(
        [sys.executable, "-c", f"{deaf}; time.sleep(600)"], stdout=subprocess.PIPE
    )
    begun.stdout.readline()
    before = signal.getsignal(signal.SIGINT)
    try:
        serving._end(begun)
    finally:
        signal.signal(signal.SIGINT, before)
    assert begun.returncode == -signal.SIGKILL
