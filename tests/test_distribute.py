"""Clean copies of the workbook: one alone, one per learner, and none that a roster can steer."""

import csv
import io
import json
import multiprocessing
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import files
from ii_helpers.__main__ import main
from ii_helpers.course import distribute as d
from ii_helpers.course import hand_in
from ii_helpers.course import roster as r
from ii_helpers.errors import SettingsInvalid, WorkbookError

CHECKOUT = Path(__file__).resolve().parent.parent


def page(*cells):
    """A notebook of (id, source) cells, code where the source does not begin with #."""
    made = [
        {"cell_type": "markdown", "id": id, "metadata": {}, "source": source}
        if source.startswith("#")
        else {
            "cell_type": "code", "id": id, "metadata": {}, "source": source,
            "execution_count": 7,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "Dana Ruiz"}],
        }
        for id, source in cells
    ]  # fmt: skip
    meta = {"widgets": {"state": {"x": "Dana Ruiz"}}, "kernelspec": {"name": "python3"}}
    return json.dumps({"cells": made, "metadata": meta, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def source(tmp_path):
    """An instructor's own workbook, used: rows, outputs, a page for staff, settings."""
    place = tmp_path / "mine"
    (place / "notebooks" / "instructor").mkdir(parents=True)
    (place / "notebooks" / ".ipynb_checkpoints").mkdir()
    for name in ("00_start_here", "01_research", "02_outreach", "instructor/class_view"):
        (place / "notebooks" / f"{name}.ipynb").write_text(page(("a1", "# Hi"), ("b2", "wb")))
    (place / "notebooks" / ".ipynb_checkpoints" / "00_start_here.ipynb").write_text("{}")
    shutil.copytree(CHECKOUT / "data" / "example", place / "data" / "example")
    (place / "data" / "course.toml").write_text("[targets]\ncontacts = 4\n")
    (place / "data" / "log").mkdir()
    ii.open_workbook(place / "data" / "log").contacts.append(name="Dana Ruiz")
    return place


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


def all_bytes(folder):
    """Everything in a folder, names included, what is inside its zips too."""
    found = b""
    for path in sorted(folder.rglob("*")):
        found += str(path.relative_to(folder)).encode()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as file:
                found += b"".join(n.encode() + file.read(n) for n in file.namelist())
        elif path.is_file():
            found += path.read_bytes()
    return found


# --- new -------------------------------------------------------------------------------------


def test_new_makes_a_workbook_that_opens_with_no_rows(tmp_path):
    made = d.new(tmp_path / "deep" / "copy")
    shipped = {p.name for p in (CHECKOUT / "notebooks").glob("*.ipynb")}
    assert {p.name for p in (made / "notebooks").iterdir()} == shipped
    assert not any((made / "data" / "log").iterdir())
    wb = ii.open_workbook(made / "data" / "log")
    assert all(len(log) == 0 for log in wb.logs())
    assert not list(tmp_path.rglob(".unfinished*"))


def test_git_tracks_nothing_of_the_learner_s_own_in_a_copy(tmp_path):
    if not shutil.which("git"):
        pytest.skip("git is not here")
    made = d.new(tmp_path / "copy")
    wb = ii.open_workbook(made / "data" / "log")
    wb.contacts.append(name="Dana Ruiz")
    hand_in.write(wb)
    wb.backup(made)
    (made / "data" / "letters").mkdir()
    (made / "data" / "letters" / "request.txt").write_text("Dear Dana Ruiz")
    subprocess.run(["git", "init", "-q", made], check=True)
    said = subprocess.run(
        ["git", "-C", made, "status", "--porcelain", "--untracked-files=all"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    tracked = {line[3:] for line in said.splitlines()}
    assert tracked == {name for name in d.payload().files} | {d.MARK}


@pytest.mark.parametrize("there", ["a file", "a folder with a file", "a broken link"])
def test_new_refuses_to_overwrite(tmp_path, there):
    place = tmp_path / "copy"
    if there == "a file":
        place.write_text("mine")
    elif there == "a broken link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.mkdir()
        (place / "mine.txt").write_text("mine")
    before = all_bytes(tmp_path)
    with pytest.raises(WorkbookError, match="is not empty, so nothing was written"):
        d.new(place)
    assert all_bytes(tmp_path) == before


def test_new_fills_an_empty_folder(tmp_path):
    (tmp_path / "copy").mkdir()
    assert (d.new(tmp_path / "copy") / "notebooks/00_start_here.ipynb").is_file()


def test_new_says_when_the_disk_refuses(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match="could not be written"):
        d.new(tmp_path / "file" / "copy")


def test_a_copy_holds_no_row_no_output_and_no_page_for_staff(tmp_path, source):
    made = d.new(tmp_path / "copy", source)
    held = all_bytes(made)
    assert b"Dana Ruiz" not in held and b"instructor" not in held
    assert not list(made.rglob(".ipynb_checkpoints"))
    cell = json.loads((made / "notebooks" / "01_research.ipynb").read_text())["cells"][1]
    assert (cell["outputs"], cell["execution_count"], cell["source"]) == ([], None, "wb")
    assert ii.open_workbook(made / "data" / "log").course.targets.contacts == 4


def test_only_the_pages_that_the_course_uses_are_handed_out(tmp_path, source):
    (source / "data" / "course.toml").write_text(
        '[pages]\nused = ["00_start_here", "02_outreach"]\n'
    )
    made = d.new(tmp_path / "copy", source)
    names = sorted(p.name for p in (made / "notebooks").iterdir())
    assert names == ["00_start_here.ipynb", "02_outreach.ipynb"]


def test_a_course_s_own_letters_are_handed_out_and_nothing_else_beside_them(tmp_path, source):
    letters = source / "data" / "letters"
    letters.mkdir()
    (letters / "request-email.txt").write_text("Subject: Hi\n\nOur own words for {{ contact }}.\n")
    (letters / "to-dana.txt").write_text("Dear Dana Ruiz")
    d.distribute(roster(tmp_path, "name,id\nMei Chen,1\n"), tmp_path / "copies", source=source)
    (made,) = (tmp_path / "copies").glob("Mei-Chen-*")
    assert [path.name for path in (made / "data" / "letters").iterdir()] == ["request-email.txt"]
    wb = ii.open_workbook(made / "data" / "log")
    who = wb.contacts.append(name="Ana Silva")
    assert "Our own words for Ana Silva." in ii.letters.draft("request", wb, who.id).body


def test_a_course_without_the_page_that_a_workbook_opens_with_is_refused(tmp_path, source):
    (source / "data" / "course.toml").write_text('[pages]\nused = ["02_outreach"]\n')
    said = 'course.toml: pages.used has no "00_start_here", and a workbook opens with that page'
    with pytest.raises(SettingsInvalid, match=said):
        d.new(tmp_path / "copy", source)
    with pytest.raises(SettingsInvalid, match=said):
        d.distribute(roster(tmp_path, "name\nAna Silva\n"), tmp_path / "out", source=source)
    assert not (tmp_path / "copy").exists() and not (tmp_path / "out").exists()
    assert main(["new", str(tmp_path / "n"), "--nbgrader", "--from", str(source)]) == 0


def test_wrong_settings_are_said_before_anything_is_written(tmp_path, source):
    (source / "data" / "course.toml").write_text("[targets]\ncontacts = -4\n")
    with pytest.raises(SettingsInvalid, match="line 2: targets.contacts is -4"):
        d.distribute(roster(tmp_path, "name\nAna Silva\n"), tmp_path / "out", source=source)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_workbook_is_not_copied(tmp_path):
    with pytest.raises(WorkbookError, match="is not a workbook"):
        d.new(tmp_path / "copy", tmp_path)
    assert not (tmp_path / "copy").exists()


# --- rosters as they come --------------------------------------------------------------------

ANA = r.Person("Ana Silva", id="s1", login="asilva", section="A")
SAM = r.Person("Sam Okafor", id="s2", login="sokafor", section="A")

EXPORTS = {
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Essay (12)\n"
        ",,,,,Manual Posting\n"
        "    Points Possible,,,,,10\n"
        '"Silva, Ana",7001,s1,asilva,A,\n'
        '"Okafor, Sam",7002,s2,sokafor,A,9\n'
        '"Student, Test",7003,,0f3c,A,\n',
        [
            r.Person("Ana Silva", "s1", "7001", "asilva", "", "A"),
            r.Person("Sam Okafor", "s2", "7002", "sokafor", "", "A"),
        ],
        3,
    ),
    "Moodle": (
        "First name,Last name,ID number,Institution,Department,Email address,Quiz\n"
        "Ana,Silva,s1,,,ana@example.org,-\n"
        "Sam,Okafor,,,,sam@example.org,5\n",
        [
            r.Person("Ana Silva", "s1", email="ana@example.org"),
            r.Person("Sam Okafor", email="sam@example.org"),
        ],
        0,
    ),
    "Moodle, a grading worksheet": (
        "Identifier,Full name,Email address,Status,Grade\n"
        "Participant 81,Ana Silva,ana@example.org,No submission,\n",
        [r.Person("Ana Silva", "Participant 81", email="ana@example.org")],
        0,
    ),
    "Moodle in German": (
        "Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nAna;Müller;s1;ana@example.org\n",
        [r.Person("Ana Müller", "s1", email="ana@example.org")],
        0,
    ),
    "Blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
        '"Silva"\t"Ana"\t"asilva"\t"s1"\t"2026-09-01"\t"Yes"\n'
        '"Preview"\t"User"\t"prof_previewuser"\t""\t""\t"Yes"\n',
        [r.Person("Ana Silva", "s1", login="asilva")],
        1,
    ),
    "plain": (
        "name,id\nAna Silva,s1\n\nSam Okafor,s2\n",
        [r.Person("Ana Silva", "s1"), r.Person("Sam Okafor", "s2")],
        0,
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_read_as_it_comes(tmp_path, export, encoding):
    text, people, n_skipped = EXPORTS[export]
    read = r.read_roster(roster(tmp_path, text.replace("\n", "\r\n"), encoding))
    assert read.people == people
    assert len(read.skipped) == n_skipped and all(reason for _, reason in read.skipped)
    assert read.kind == export.split(",")[0].removesuffix(" in German")


@pytest.mark.parametrize(
    "header",
    [
        "Student;ID;SIS User ID;Section;Read, ask, thank, tell (1);Find, note, write, send (2)",
        'Student,ID,SIS User ID,Section,"Read; ask; thank; tell; note; write (1)"',
        "Last Name\tFirst Name\tUsername\tStudent ID\tRead, ask, thank, tell, note; or not |12",
    ],
)
def test_titles_of_assignments_do_not_hide_the_columns(tmp_path, header):
    delimiter = next(mark for mark in "\t;," if mark in header.partition("ID")[0])
    line = {
        "\t": "Silva\tAna\tasilva\ts1\t",
        ";": "Silva, Ana;7;s1;A;;",
        ",": '"Silva, Ana",7,s1,A,',
    }
    (ana,) = r.read_roster(roster(tmp_path, f"{header}\r\n{line[delimiter]}\r\n")).people
    assert (ana.name, ana.id) == ("Ana Silva", "s1")


def test_a_byte_order_mark_that_was_kept_on_the_way_is_no_letter(tmp_path):
    read = r.read_roster(roster(tmp_path, "\ufeffname,id\nAna Silva,1\n", "utf-16"))
    assert read.people == [r.Person("Ana Silva", "1")]


def test_one_id_twice_is_one_learner_and_one_name_twice_is_two(tmp_path):
    read = r.read_roster(roster(tmp_path, "name,id\nAna Silva,1\nAna Silva,2\nAna S.,1\n"))
    assert [p.id for p in read.people] == ["1", "2"]
    assert read.skipped == [(4, "1 stands in the roster twice")]


@pytest.mark.parametrize("none", ["-", "N/A", "none", "NULL", "--"])
def test_a_sign_for_no_id_makes_nobody_a_repeat(tmp_path, none):
    text = f"First name,Last name,ID number,Email address\nAna,Silva,{none},ana@example.org\n"
    read = r.read_roster(roster(tmp_path, text + f"Sam,Okafor,{none},sam@example.org\n"))
    assert read.people == [
        r.Person("Ana Silva", email="ana@example.org"),
        r.Person("Sam Okafor", email="sam@example.org"),
    ]
    assert read.skipped == []


def test_an_address_that_two_ids_share_makes_nobody_a_repeat(tmp_path, source):
    text = "name,id,email\nAna Silva,1,home@example.org\nSam Silva,2,home@example.org\n"
    path = roster(tmp_path, text)
    assert [p.id for p in r.read_roster(path).people] == ["1", "2"]
    # Sam enrols late; and Ana has another address by then.
    first = roster(tmp_path, text.partition("Sam")[0])
    d.distribute(first, tmp_path / "out", source=source)
    done = d.distribute(roster(tmp_path, text), tmp_path / "out", source=source)
    assert ([c.name for c in done.added], done.n_known) == (["Sam Silva"], 1)
    text = text.replace("1,home", "1,ana")
    assert d.distribute(roster(tmp_path, text), tmp_path / "out", source=source).n_known == 2


def test_one_id_with_two_addresses_is_one_person_and_so_is_an_id_without_its_zeros(
    tmp_path, source
):
    text = "name,id,email\nAna Silva,0017,ana@example.org\nAna Silva,0017,silva@example.org\n"
    path = roster(tmp_path, text)
    assert [p.email for p in r.read_roster(path).people] == ["ana@example.org"]
    d.distribute(path, tmp_path / "out", source=source)
    again = roster(tmp_path, text.replace("0017", "17"))
    done = d.distribute(again, tmp_path / "out", source=source)
    assert (done.added, done.n_known) == ([], 1)


@pytest.mark.parametrize("saved", ["roster.csv", "out/copies.csv"])
def test_ids_whose_zeros_a_spreadsheet_program_left_out_are_the_same_learners(
    tmp_path, source, saved
):
    path = roster(tmp_path, "name,id\nAna Silva,00123\nAna Silva,00124\nSam Okafor,00125\n")
    d.distribute(path, tmp_path / "out", source=source)
    list_ = tmp_path / saved
    list_.write_text(list_.read_text("utf-8-sig").replace("001", "1"), "utf-8")
    done = d.distribute(path, tmp_path / "out", source=source)
    assert (done.added, done.n_known, done.by_name) == ([], 3, [])
    # Without its zeros an id is not enough: another name makes it another learner.
    other = roster(tmp_path, "name,id\nDana Ruiz,000123\n")
    assert len(d.distribute(other, tmp_path / "out", source=source).added) == 1


def test_a_list_that_lost_the_zeros_and_the_letters_of_a_name_tells_by_another_mark(
    tmp_path, source
):
    path = roster(tmp_path, "name,id,login\n小明 王,00012,xwang\n")
    d.distribute(path, tmp_path / "out", source=source)
    list_ = tmp_path / "out" / "copies.csv"
    text = list_.read_text("utf-8-sig").replace("00012", "12")
    list_.write_bytes(text.encode("cp1252", "replace"))
    assert d.distribute(path, tmp_path / "out", source=source).added == []
    other = roster(tmp_path, "name,id,login\nDana Ruiz,00012,druiz\nLi Tan,13,xwang\n")
    assert len(d.distribute(other, tmp_path / "out", source=source).added) == 2


@pytest.mark.parametrize("cut", ["2.026E+11", "2,026E+11", "2.02600012345E+13"])
def test_a_long_number_that_a_spreadsheet_program_cut_is_nobody_s_id(tmp_path, source, cut):
    whole = "name,id\nAna Silva,202600012345\nSam Okafor,202600012346\n"
    d.distribute(roster(tmp_path, whole), tmp_path / "out", source=source)
    text = f"name;id\nAna Silva;{cut}\nSam Okafor;{cut}\nLi Tan;{cut}\n"
    done = d.distribute(roster(tmp_path, text), tmp_path / "out", source=source)
    assert done.skipped == []
    assert ([c.name for c in done.added], done.by_name) == (["Li Tan"], ["Ana Silva", "Sam Okafor"])


def test_a_second_roster_with_other_marks_makes_nobody_a_second_copy(tmp_path, source, capsys):
    first = "name,email\nAna Silva,ana@example.org\nSam Okafor,sam@example.org\n"
    d.distribute(roster(tmp_path, first), tmp_path / "out", source=source)
    second = roster(tmp_path, "name,id\nAna Silva,1\nSAM OKAFOR,2\nLi Tan,3\n")
    command = ["distribute", str(second), "--to", str(tmp_path / "out"), "--from", str(source)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "1 new folder in" in said and "2 learners had a copy already" in said
    assert "as copies.csv has one of the same name: Ana Silva, SAM OKAFOR." in said


def test_of_two_learners_of_one_name_no_name_tells_and_that_is_said(tmp_path, source, capsys):
    first = "name,email\nAna Silva,ana@example.org\n"
    d.distribute(roster(tmp_path, first), tmp_path / "out", source=source)
    second = roster(tmp_path, "name,id\nAna Silva,1\nAna Silva,2\n")
    command = ["distribute", str(second), "--to", str(tmp_path / "out"), "--from", str(source)]
    assert main(command) == 0
    assert "and a new one was made: Ana Silva, Ana Silva." in capsys.readouterr().out
    assert len(r.read_copies(tmp_path / "out" / "copies.csv")) == 3
    # With a mark that contradicts, it is another person of that name.
    third = roster(tmp_path, "name,email\nAna Silva,silva@example.org\n")
    done = d.distribute(third, tmp_path / "out", source=source)
    assert len(done.added) == 1 and done.by_name == []


def test_lines_above_the_header_are_passed_over(tmp_path):
    read = r.read_roster(roster(tmp_path, "Course,Careers\n\nname,id\nAna Silva,1\n"))
    assert [p.name for p in read.people] == ["Ana Silva"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "none of its first 10 lines names the columns"),
        (b"Ana Silva,1\nSam Okafor,2\n", "none of its first 10 lines names the columns"),
        (b"PK\x03\x04 a workbook of a spreadsheet program", "Save it as CSV"),
        (b"\xff\xfea", "damaged|none of its first"),
        (b"name\n", "names no learners"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_refused(tmp_path, raw, said):
    path = tmp_path / "roster.csv"
    path.write_bytes(raw)
    with pytest.raises(WorkbookError, match=said):
        d.distribute(path, tmp_path / "out")


def test_a_missing_roster_is_said(tmp_path):
    with pytest.raises(WorkbookError, match="cannot be read .No such file"):
        r.read_roster(tmp_path / "none.csv")


def test_a_number_in_the_list_of_copies_that_is_none_counts_as_one(tmp_path):
    path = tmp_path / "copies.csv"
    path.write_text(
        r.copy_line() + r.copy_line(r.Copy("abc", "a", "Ana")).replace(",1\r\n", ",²\r\n")
    )
    assert [copy.nth for copy in r.read_copies(path)] == [1]


# --- distribute ------------------------------------------------------------------------------


def test_every_learner_gets_a_copy_and_copies_csv_says_whose_it_is(tmp_path, source):
    out = tmp_path / "out"
    done = d.distribute(roster(tmp_path, EXPORTS["Canvas"][0]), out, source=source)
    ana, sam = done.added
    assert (ana.name, ana.id, ana.canvas_id, ana.login) == ("Ana Silva", "s1", "7001", "asilva")
    assert r.read_copies(out / "copies.csv") == [ana, sam]
    assert ana.folder.startswith("Ana-Silva-")
    assert d.read_mark(out / ana.folder)["copy"] == ana.copy != sam.copy
    assert (out / ana.folder / "data" / "log").is_dir()
    assert len(done.skipped) == 3


@pytest.mark.parametrize("zipped", [False, True])
def test_no_copy_holds_a_row_an_output_or_a_learner_s_name(tmp_path, source, zipped):
    out = tmp_path / "out"
    done = d.distribute(
        roster(tmp_path, "name,id\nZoltan Quibble,991\nMarit Østergård,992\n"),
        out, source=source, zipped=zipped,
    )  # fmt: skip
    for copy in done.added:
        if zipped:
            with zipfile.ZipFile(out / f"{copy.folder}.zip") as file:
                assert file.testzip() is None
                assert f"workbook/{d.LOGS}/" in file.namelist()
                file.extractall(tmp_path / copy.folder)
            inside = tmp_path / copy.folder / "workbook"
        else:
            inside = out / copy.folder
        held = all_bytes(inside)
        for word in ("Dana Ruiz", "Zoltan", "Quibble", "Marit", "Østergård", "991", "instructor"):
            assert word.encode() not in held
        assert ii.open_workbook(inside / "data" / "log").course.targets.contacts == 4


def test_a_second_run_adds_only_the_new_learners(tmp_path, source):
    out = tmp_path / "out"
    d.distribute(roster(tmp_path, EXPORTS["Canvas"][0]), out, source=source)
    first = r.read_copies(out / "copies.csv")
    ii.open_workbook(out / first[0].folder / "data" / "log").contacts.append(name="Mine")
    before = all_bytes(out / first[0].folder)
    # The name is spelled anew, the institution's id is now missing: the login still tells.
    text = (
        'Student,ID,SIS User ID,SIS Login ID,Section\n"Silva Costa, Ana",,,ASILVA,A\n'
        '"Okafor, Sam",,s2,,A\n"Tan, Li",7009,s9,ltan,A\n'
    )
    done = d.distribute(roster(tmp_path, text), out, source=source)
    assert ([c.name for c in done.added], done.n_known) == (["Li Tan"], 2)
    assert all_bytes(out / first[0].folder) == before
    assert r.read_copies(out / "copies.csv") == [*first, *done.added]


def test_two_learners_of_one_name_and_nothing_else_get_two_copies_once(tmp_path, source):
    out, twice = tmp_path / "out", roster(tmp_path, "name\nAna Silva\nAna Silva\n")
    assert len({c.copy for c in d.distribute(twice, out, source=source).added}) == 2
    assert d.distribute(twice, out, source=source).added == []
    thrice = roster(tmp_path, "name\nAna Silva\nAna Silva\nAna Silva\n")
    assert len(d.distribute(thrice, out, source=source).added) == 1


HOSTILE = [
    "../x", "..", "/etc/passwd", "C:\\Windows\\x", "CON", "nul.txt", "a" * 300, "é" * 300,
    "𝔸" * 300,
    "=cmd|' /C calc'!A0", "  ", "Ana\u202egnp.exe", "a\x00b", "-rf", "~", "👩‍🔬", "ana silva",
    "Ana Silva", "ANA SILVA", "a/b", "a:b", "x.", '"; rm -rf "', "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("zipped", [False, True])
def test_a_name_is_never_a_path_nor_a_formula(tmp_path, source, zipped):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["name", "id"], *([n, f"i{at}"] for at, n in enumerate(HOSTILE))])
    out = tmp_path / "deep" / "out"
    done = d.distribute(roster(tmp_path, text.getvalue()), out, source=source, zipped=zipped)
    assert len(done.added) == len(HOSTILE)
    kept = [p for p in out.iterdir() if not p.name.startswith(".") and p.name != "copies.csv"]
    assert len(kept) == len({p.name.casefold() for p in kept}) == len(HOSTILE)
    assert {p.name for p in (tmp_path / "deep").iterdir()} == {"out"}
    for place in kept:
        assert len(place.name.encode()) < 120 and place.name[0].isalnum()
        assert not set(place.name) & set('<>:"/\\|?*\x00') and place.name.isprintable()
    for line in csv.reader((out / "copies.csv").open(encoding="utf-8-sig", newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    assert d.distribute(tmp_path / "roster.csv", out, source=source).n_known == len(HOSTILE)


@given(st.text(max_size=400))
def test_any_name_makes_a_short_plain_folder_name(name):
    made = r.slug(name)
    assert made and len(made.encode()) <= 80 and "--" not in made
    assert not set(made) & set('<>:"/\\|?*. \x00') and made.isprintable()


@given(st.text(max_size=50))
def test_a_safe_cell_comes_back_as_it_was_and_is_no_formula(text):
    assert r.plain(r.safe(text)) == text
    assert not r.safe(text).lstrip().startswith(("=", "+", "-", "@"))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=12)), min_size=1, max_size=6))
def test_a_roster_of_any_texts_is_read_and_known_again(tmp_path_factory, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["name", "id"], *rows])
    path = roster(tmp_path_factory.mktemp("r"), text.getvalue().encode("utf-8", "ignore").decode())
    people = r.read_roster(path).people
    new = r.missing(people, []).new
    copies = [r.Copy("c", "f", *d._cells(person), nth=nth) for person, nth in new]
    list_ = path.parent / "copies.csv"
    list_.write_text(r.copy_line() + "".join(map(r.copy_line, copies)), "utf-8", newline="")
    assert r.read_copies(list_) == copies
    assert r.missing(people, copies) == ([], len(people), [], [])


def test_a_foreign_copies_csv_is_not_overwritten(tmp_path, source):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "copies.csv").write_text("a,b\n1,2\n")
    with pytest.raises(WorkbookError, match="is not a list of copies"):
        d.distribute(roster(tmp_path, "name\nAna\n"), tmp_path / "out", source=source)
    assert (tmp_path / "out" / "copies.csv").read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    ("delimiter", "encoding", "end"),
    [(";", "cp1252", "\r\n"), (";", "utf-16", "\r\n"), ("\t", "utf-8-sig", "\n"),
     (",", "utf-8", "\n"), (",", "utf-8-sig", "")],
)  # fmt: skip
def test_a_list_saved_by_a_spreadsheet_program_stays_whole(
    tmp_path, source, delimiter, encoding, end
):
    path, list_ = tmp_path / "roster.csv", tmp_path / "out" / "copies.csv"
    path.write_text("name,id\nJürgen Müller,1\nSam Okafor,2\n", encoding="utf-8")
    d.distribute(path, tmp_path / "out", source=source)
    first = r.read_copies(list_)
    lines = list(csv.reader(io.StringIO(list_.read_text("utf-8-sig"), newline="")))
    lines = [[*line, note] for line, note in zip(lines, ("note", "late; ill", ""), strict=True)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end or "\n").writerows(lines)
    saved = text.getvalue() if end else text.getvalue().rstrip("\n")
    list_.write_bytes(saved.encode(encoding))
    path.write_text("name,id\nJürgen Müller,1\nSam Okafor,2\nZoë Tan,3\n", encoding="utf-8")
    done = d.distribute(path, tmp_path / "out", source=source)
    assert ([c.name for c in done.added], done.n_known) == (["Zoë Tan"], 2)
    assert r.read_copies(list_) == [*first, *done.added]
    raw = list_.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfcopy,folder,") and b"late; ill\r\n" in raw
    assert not list((tmp_path / "out").glob(".unfinished*"))
    d.distribute(path, tmp_path / "out", source=source)
    assert list_.read_bytes() == raw


def _distribute_and_die(path, out, source, after):
    made = iter(range(after))
    whole = d.copy_line

    def dying(copy=None):
        if copy is not None:
            try:
                next(made)
            except StopIteration:
                import os

                os._exit(9)
        return whole(copy)

    d.copy_line = dying
    d.distribute(path, out, source=source)


@pytest.mark.parametrize("after", [0, 3])
def test_a_run_cut_off_is_run_again_and_makes_nobody_a_second_copy(tmp_path, source, after):
    path = roster(tmp_path, "name,id\n" + "".join(f"P {i},{i}\n" for i in range(6)))
    out = tmp_path / "out"
    run = multiprocessing.get_context("spawn").Process(
        target=_distribute_and_die, args=(path, out, source, after)
    )
    run.start()
    run.join(60)
    assert run.exitcode == 9
    assert len(r.read_copies(out / "copies.csv")) < len(list(out.glob("P-*"))) == after + 1
    d.distribute(path, out, source=source)
    assert sorted(c.folder for c in r.read_copies(out / "copies.csv")) == sorted(
        p.name for p in out.glob("P-*")
    )
    assert len(list(out.glob("P-*"))) == 6 and not list(out.glob(".unfinished*"))


def test_two_runs_at_once_are_refused(tmp_path, source):
    from filelock import FileLock

    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out" / ".copies-lock"):
        with pytest.raises(WorkbookError, match="Another distribute is at work"):
            d.distribute(roster(tmp_path, "name\nAna\n"), tmp_path / "out", source=source)


def test_a_thousand_learners_take_less_than_a_minute(tmp_path):
    path = roster(tmp_path, "name,id\n" + "".join(f"P {i},{i}\n" for i in range(1000)))
    start = time.monotonic()
    assert len(d.distribute(path, tmp_path / "out", zipped=True).added) == 1000
    assert time.monotonic() - start < 60


# --- the commands ----------------------------------------------------------------------------


def test_the_commands_say_what_they_did(tmp_path, source, capsys):
    assert main(["new", str(tmp_path / "one"), "--from", str(source)]) == 0
    assert "ii-workbook start" in capsys.readouterr().out
    assert main(["new", str(tmp_path / "one")]) == 1
    assert "is not empty" in capsys.readouterr().err
    path = str(roster(tmp_path, EXPORTS["Canvas"][0]))
    command = ["distribute", path, "--to", str(tmp_path / "out"), "--zip", "--from", str(source)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "2 new zips" in said and "Left out, line 6 of roster.csv: it is Canvas' test" in said
    assert len(list((tmp_path / "out").glob("*.zip"))) == 2


def test_a_command_that_is_printed_can_be_typed_as_it_stands(tmp_path, capsys):
    place = tmp_path / "my course"
    assert main(["new", str(place)]) == 0
    assert f'ii-workbook start "{place}"' in capsys.readouterr().out
    assert main(["new", str(place)]) == 1
    assert f'ii-workbook update "{place}"' in capsys.readouterr().err


def test_an_installed_package_hands_out_the_workbook_inside_it(tmp_path, monkeypatch):
    package = tmp_path.resolve() / "ii_helpers"
    monkeypatch.setattr(files, "__file__", str(package / "files.py"))
    assert files.shipped() == tmp_path.resolve()  # a checkout
    (package / "_workbook").mkdir(parents=True)
    assert files.shipped() == package / "_workbook"
