"""An update refreshes what the course ships and keeps whatever is the learner's own."""

import copy as copying
import csv
import json
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers.__main__ import main
from ii_helpers.course import distribute, hand_in, pages, received
from ii_helpers.course import update as u
from ii_helpers.errors import SettingsInvalid, WorkbookError, WorkbookNewer

CHECKOUT = Path(__file__).resolve().parent.parent


def cell(id, source, kind="markdown", **more):
    made = {"cell_type": kind, "id": id, "metadata": {}, "source": source, **more}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {}) | more


def page(*cells):
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


V1 = (
    cell("title", "# Research"),
    cell("setup", "wb = open()", "code"),
    cell("step1", "Write why: ..."),
    cell("old", "an old hint"),
    cell("form", "panel(wb)", "code"),
)
V2 = (
    cell("title", "# Research, second edition"),
    cell("setup", "wb = open()", "code"),
    cell("step1", "Write why, in one line: ..."),
    cell("form", "panel(wb, more=True)", "code"),
    cell("step2", "A new step"),
)


@pytest.fixture
def course(tmp_path):
    """An instructor's workbook, at its first version."""
    place = tmp_path / "course"
    (place / "notebooks").mkdir(parents=True)
    (place / "notebooks" / "00_start_here.ipynb").write_text(page(cell("a", "# Start")))
    (place / "notebooks" / "01_research.ipynb").write_text(page(*V1))
    shutil.copytree(CHECKOUT / "data" / "example", place / "data" / "example")
    (place / "data" / "course.toml").write_text("[targets]\ncontacts = 4\n")
    return place


@pytest.fixture
def copy(course, tmp_path):
    """A learner's copy with the example's rows as their own."""
    made = distribute.new(tmp_path / "copy", course)
    shutil.copytree(CHECKOUT / "data" / "example", made / "data" / "log", dirs_exist_ok=True)
    ii.open_workbook(made / "data" / "log").contacts.append(name="Dana Ruiz")
    return made


def second_edition(course):
    (course / "notebooks" / "01_research.ipynb").write_text(page(*V2))
    (course / "notebooks" / "02_outreach.ipynb").write_text(page(cell("b", "# Outreach")))
    (course / "data" / "course.toml").write_text("[targets]\ncontacts = 9\n")


def research(copy):
    return json.loads((copy / "notebooks" / "01_research.ipynb").read_text(encoding="utf-8"))


def sources(copy):
    return [c["source"] for c in research(copy)["cells"]]


def save(copy, cells):
    (copy / "notebooks" / "01_research.ipynb").write_text(page(*cells), encoding="utf-8")


def logs(copy):
    return {p.name: p.read_bytes() for p in (copy / "data" / "log").glob("*.csv")}


# --- pages -----------------------------------------------------------------------------------


def test_pages_nobody_wrote_in_become_the_new_ones(course, copy):
    second_edition(course)
    before = logs(copy)
    changes = u.update(copy, course)
    assert sources(copy) == [c["source"] for c in V2]
    assert (copy / "notebooks" / "02_outreach.ipynb").is_file()
    assert logs(copy) == before
    assert changes[0] == (
        "notebooks/01_research.ipynb: 3 cells refreshed, 1 cell new, 1 cell gone."
    )
    assert "notebooks/02_outreach.ipynb is new." in changes
    assert "data/course.toml: the course's settings are new." in changes
    assert ii.open_workbook(copy / "data" / "log").course.targets.contacts == 9


def test_an_update_of_what_is_up_to_date_changes_no_byte(course, copy):
    ii.open_workbook(copy / "data" / "log")
    before = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    assert u.update(copy, course) == []
    after = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    assert after.pop(copy / "data" / "log" / ".workbook" / "update.lock", b"") == b""
    before.pop(copy / "data" / "log" / ".workbook" / "update.lock", None)
    assert after == before


def test_own_cells_stay_where_they_stood(course, copy):
    mine = [
        cell("x0", "my motto"), V1[0], V1[1], cell("x1", "my note on the setup"),
        cell("x2", "print(1)", "code", outputs=[{"output_type": "stream", "text": "1"}]),
        V1[2], V1[3], cell("x3", "under the old hint"), V1[4], cell("x4", "at the end"),
    ]  # fmt: skip
    save(copy, mine)
    second_edition(course)
    u.update(copy, course)
    assert [c["id"] for c in research(copy)["cells"]] == [
        "x0", "title", "setup", "x1", "x2", "step1", "x3", "form", "x4", "step2",
    ]  # fmt: skip
    kept = {c["id"]: c for c in research(copy)["cells"]}
    assert kept["x2"] == mine[4]


def test_text_written_into_a_shipped_cell_is_kept_below_it_when_the_cell_is_new(course, copy):
    save(copy, [*V1[:2], cell("step1", "Write why: because rivers"), *V1[3:]])
    second_edition(course)
    changes = u.update(copy, course)
    assert sources(copy)[2:4] == [
        "Write why, in one line: ...",
        "*Your own text in the cell above, from before an update:*\n\nWrite why: because rivers",
    ]
    assert "1 of your own texts kept below their cell" in changes[0]


def test_code_changed_by_the_learner_is_kept_as_text_that_does_not_run(course, copy):
    save(copy, [*V1[:4], cell("form", "panel(wb)\n# ```\nmine()", "code")])
    second_edition(course)
    u.update(copy, course)
    kept = research(copy)["cells"][4]
    assert kept["cell_type"] == "markdown"
    assert kept["source"].endswith("````python\npanel(wb)\n# ```\nmine()\n````")


def test_text_written_into_a_cell_that_the_course_did_not_change_stays_in_it(course, copy):
    save(copy, [*V1[:1], cell("setup", "wb = open()  # mine", "code"), *V1[2:]])
    second_edition(course)
    u.update(copy, course)
    assert sources(copy)[1] == "wb = open()  # mine"


def test_text_written_into_a_cell_that_is_gone_stays_as_an_own_cell(course, copy):
    save(copy, [*V1[:3], cell("old", "an old hint, and mine"), *V1[4:]])
    second_edition(course)
    u.update(copy, course)
    assert "an old hint, and mine" in sources(copy)


def test_outputs_of_cells_that_stay_are_kept(course, copy):
    out = [{"output_type": "stream", "name": "stdout", "text": "seen"}]
    save(copy, [V1[0], cell("setup", "wb = open()", "code", outputs=out), *V1[2:]])
    second_edition(course)
    u.update(copy, course)
    assert research(copy)["cells"][1]["outputs"] == out


def test_a_copy_without_a_mark_loses_no_text(course, copy):
    (copy / distribute.MARK).unlink()
    save(copy, [*V1[:2], cell("step1", "because rivers"), *V1[3:], cell("x", "mine")])
    second_edition(course)
    u.update(copy, course)
    held = "\n".join(sources(copy))
    assert "because rivers" in held and "mine" in held and "second edition" in held
    assert u.update(copy, course) == []


@pytest.mark.parametrize("other", [None, 3, ["x"], {"x": 3}])
def test_a_copy_with_a_damaged_mark_loses_no_text(course, copy, other):
    said = json.loads((copy / distribute.MARK).read_text())
    page = said["laid_down"]["notebooks/01_research.ipynb"]
    page[next(iter(page))] = other
    said["laid_down"]["data/course.toml"], said["own"] = other, [other]
    said["version"] = "²"
    (copy / distribute.MARK).write_text(json.dumps(said))
    save(copy, [*V1[:2], cell("step1", "because rivers"), *V1[3:], cell("x", "mine")])
    second_edition(course)
    u.update(copy, course)
    held = "\n".join(sources(copy))
    assert "because rivers" in held and "mine" in held and "second edition" in held


def test_a_page_without_a_mark_that_nobody_wrote_in_gets_one_folded_note(course, copy):
    (copy / distribute.MARK).unlink()
    gone = cell("old", "an old hint")
    gone["metadata"] = {"deletable": False}
    save(copy, [V1[0], V1[1], V1[2], gone, V1[4]])
    second_edition(course)
    changes = u.update(copy, course)
    *cells, note = sources(copy)
    assert cells == [c["source"] for c in V2]
    assert note.startswith("<details><summary>What stood in this page's cells before an update.")
    for was in ("# Research\n", "Write why: ...\n", "an old hint\n", "```python\npanel(wb)\n```"):
        assert was in note
    assert changes[0] == (
        "notebooks/01_research.ipynb: 3 cells refreshed, 1 cell new, 1 cell gone, "
        "4 earlier texts kept in its last cell."
    )
    (copy / distribute.MARK).unlink()
    assert u.update(copy, course) == []


@pytest.mark.parametrize("has_mark", [True, False])
def test_a_picture_in_a_text_of_the_learner_is_kept_with_it(course, copy, has_mark):
    picture = {"i.png": {"image/png": "iVBORw0KGgo="}}
    mine = cell("step1", "Write why: ![i](attachment:i.png)", attachments=picture)
    save(copy, [*V1[:2], mine, *V1[3:]])
    if not has_mark:
        (copy / distribute.MARK).unlink()
    second_edition(course)
    u.update(copy, course)
    kept = research(copy)["cells"][3]
    assert "![i](attachment:i.png)" in kept["source"] and kept["attachments"] == picture


def test_a_page_that_the_learner_deleted_comes_back_and_their_own_page_stays(course, copy):
    (copy / "notebooks" / "01_research.ipynb").unlink()
    own = copy / "notebooks" / "my own.ipynb"
    own.write_text(page(cell("m", "mine")))
    before = own.read_bytes()
    u.update(copy, course)
    assert sources(copy) == [c["source"] for c in V1]
    assert own.read_bytes() == before


HALF = '{"cells": [{"cell_type": "markdown", "metadata": {}, "source": %s}]}'


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"cells": [1]}', "null", "[" * 99_999, HALF % "[1, 2]", HALF % "5",
     HALF % '"half a letter: \\ud83d"', HALF.replace("{}", "[]") % '"x"'],
)  # fmt: skip
def test_a_damaged_page_is_laid_down_anew_and_kept_beside(course, copy, damage):
    (copy / "notebooks" / "01_research.ipynb").write_text(damage)
    changes = u.update(copy, course)
    assert sources(copy) == [c["source"] for c in V1]
    [aside] = (copy / "notebooks").glob("01_research damaged *.ipynb")
    assert aside.read_text() == damage
    assert "was damaged: it is laid down anew" in changes[0]


def test_cells_without_ids_are_told_by_their_text(course, copy):
    bare = [{k: v for k, v in c.items() if k != "id"} for c in (*V1, cell("x", "mine"))]
    save(copy, bare)
    second_edition(course)
    u.update(copy, course)
    assert sources(copy) == [*(c["source"] for c in V2[:4]), "mine", "A new step"]


def test_a_course_s_page_whose_ids_another_program_lost_updates_like_any_other(course, tmp_path):
    own = distribute.new(tmp_path / "own-course", course)
    copies = [distribute.new(tmp_path / "before", own)]  # while there were ids

    def correct(*cells):
        made = json.loads(page(*({k: v for k, v in c.items() if k != "id"} for c in cells)))
        path = own / "notebooks" / "01_research.ipynb"
        path.write_text(json.dumps(made | {"nbformat_minor": 4}))

    correct(*V1)
    copies.append(distribute.new(tmp_path / "after", own))
    correct(V1[0], V1[1], V2[2], V1[3], V1[4])
    for copy in copies:
        mine = research(copy)["cells"]
        save(copy, [*mine[:2], cell("x1", "my note on the setup"), *mine[2:], cell("x4", "mine")])
        assert u.update(copy, own)
        first, second, _, *rest = (c["source"] for c in V1)
        expected = [first, second, "my note on the setup", V2[2]["source"], *rest, "mine"]
        assert sources(copy) == expected
        assert research(copy)["nbformat_minor"] == 5
        assert u.update(copy, own) == []


def test_cells_of_a_course_s_page_that_share_an_id_all_arrive(course, copy):
    cells = [cell("same", text) for text in ("# Research", "one", "two")]
    (course / "notebooks" / "01_research.ipynb").write_text(page(*cells))
    u.update(copy, course)
    assert sources(copy) == ["# Research", "one", "two"]
    assert u.update(copy, course) == []


_texts = st.sampled_from(["a", "b", "why: ", "why: me", "x = 1", "", "```"])
_cells = st.lists(
    st.tuples(st.sampled_from(["s1", "s2", "s3", "s4", "o1", "o2", "o3"]), _texts,
              st.sampled_from(["markdown", "code"])), max_size=8,
)  # fmt: skip


@settings(max_examples=300)
@given(was=_cells, now=_cells, mine=_cells)
def test_any_page_merges_so_that_no_text_is_lost_and_again_nothing_changes(was, now, mine):
    was = {id: cell(id, text, kind) for id, text, kind in was if id[0] == "s"}
    now = list({id: cell(id, text, kind) for id, text, kind in now if id[0] == "s"}.values())
    mine = [cell(id, text, kind) for id, text, kind in mine]
    base = {id: pages.cell_digest(c) for id, c in was.items()}
    merged, _ = pages.merge(copying.deepcopy(mine), now, base)
    ids = [c["id"] for c in merged]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if i in {c["id"] for c in now}] == [c["id"] for c in now]
    held = "\n".join(c["source"] for c in merged)
    for c in mine:
        if pages.cell_digest(c) != base.get(c["id"]):
            assert c["source"] in held
    for next_base in (base, {c["id"]: pages.cell_digest(c) for c in now}):
        assert pages.merge(copying.deepcopy(merged), now, next_base)[0] == merged


# --- settings --------------------------------------------------------------------------------


def test_settings_that_only_the_learner_changed_stay(course, copy):
    (copy / "data" / "course.toml").write_text("[targets]\ncontacts = 5\n")
    u.update(copy, course)
    assert ii.open_workbook(copy / "data" / "log").course.targets.contacts == 5


def test_settings_that_both_changed_become_the_course_s_and_the_learner_s_are_kept(course, copy):
    (copy / "data" / "course.toml").write_text("[targets]\ncontacts = 5\n")
    second_edition(course)
    assert any(
        "yours were different and lie in the backup" in line for line in u.update(copy, course)
    )
    kept = list((copy / "data" / "log" / ".workbook" / "backups").rglob("course.toml"))
    assert [path.read_text() for path in kept] == ["[targets]\ncontacts = 5\n"]


def test_wrong_settings_stop_the_update_before_anything_is_written(course, copy):
    second_edition(course)
    (course / "data" / "course.toml").write_text("[targets]\ncontacts = -9\n")
    before = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    with pytest.raises(SettingsInvalid, match="line 2"):
        u.update(copy, course)
    assert {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()} == before


# --- what a course made its own, updated from the shipped workbook -----------------------------


@pytest.fixture
def own_course(tmp_path):
    """An instructor's workbook with settings, a page and a choice of pages of its own."""
    place = distribute.new(tmp_path / "my-course")
    settings = place / "data" / "course.toml"
    text = settings.read_text(encoding="utf-8").replace("contacts = 15", "contacts = 42")
    settings.write_text(text.replace('  "05_network_review",\n', ""), encoding="utf-8")
    change(place, "02_outreach", "OUR OWN WORDS")
    return place


def change(place, name, words):
    path = place / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = words
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def next_version(tmp_path):
    """What is shipped once every page and the settings have changed."""
    place = tmp_path / "shipped"
    shutil.copytree(CHECKOUT / "notebooks", place / "notebooks")
    shutil.copytree(CHECKOUT / "data" / "example", place / "data" / "example")
    text = (CHECKOUT / "data" / "course.toml").read_text(encoding="utf-8")
    (place / "data" / "course.toml").write_text(text + "\n# next\n", encoding="utf-8")
    for name in ("01_research", "02_outreach"):
        change(place, name, "THE NEXT VERSION")
    return place


def ship(place, monkeypatch):
    for module in (u, distribute):
        monkeypatch.setattr(module, "shipped", lambda: place)


def files_of(copy):
    """The pages and settings of a copy, as they stand."""
    found = [*(copy / "notebooks").glob("*.ipynb"), copy / "data" / "course.toml"]
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def test_a_copy_of_a_course_keeps_the_course_s_settings_and_pages(own_course, tmp_path, capsys):
    copy = distribute.new(tmp_path / "copy", own_course)
    before = files_of(copy)
    assert "05_network_review.ipynb" not in before
    assert main(["update", str(copy)]) == 0
    said = capsys.readouterr().out
    assert "is up to date already: nothing was changed" in said
    assert "Left as your course made them: data/course.toml, notebooks/02_outreach.ipynb." in said
    assert files_of(copy) == before


def test_pages_that_the_course_did_not_touch_become_the_next_version(
    own_course, next_version, tmp_path, monkeypatch
):
    copy = distribute.new(tmp_path / "copy", own_course)
    before = files_of(copy)
    ship(next_version, monkeypatch)
    changes = u.update(copy)
    assert [line for line in changes if "notebooks" in line] == [
        "notebooks/01_research.ipynb: 1 cell refreshed."
    ]
    after = files_of(copy)
    assert "THE NEXT VERSION" in after.pop("01_research.ipynb")
    assert after == {name: text for name, text in before.items() if name != "01_research.ipynb"}
    assert u.update(copy) == []
    # The course's own corrections come with --from, before and after.
    change(own_course, "02_outreach", "OUR NEWER WORDS")
    assert "notebooks/02_outreach.ipynb: 1 cell refreshed." in u.update(copy, own_course)


def test_a_course_laid_down_by_an_earlier_version_owns_only_what_it_changed(
    own_course, next_version, tmp_path, monkeypatch
):
    ship(next_version, monkeypatch)
    copy = distribute.new(tmp_path / "copy", own_course)
    assert distribute.read_mark(copy)["own"] == ["data/course.toml", "notebooks/02_outreach.ipynb"]
    again = distribute.new(tmp_path / "again", copy)
    assert distribute.read_mark(again)["own"] == distribute.read_mark(copy)["own"]


def test_a_workbook_as_shipped_gets_the_next_settings(next_version, tmp_path, monkeypatch):
    copy = distribute.new(tmp_path / "copy")
    ship(next_version, monkeypatch)
    assert "data/course.toml: the course's settings are new." in u.update(copy)
    assert "# next" in files_of(copy)["course.toml"]


def test_an_instructor_s_own_settings_stay_when_their_workbook_is_updated(
    own_course, next_version, monkeypatch
):
    ship(next_version, monkeypatch)
    before = files_of(own_course)["course.toml"]
    assert "notebooks/01_research.ipynb: 1 cell refreshed." in u.update(own_course)
    assert files_of(own_course)["course.toml"] == before


def forget_own(copy):
    """A mark as it was before it said what is the course's own."""
    said = json.loads((copy / distribute.MARK).read_text())
    del said["own"]
    (copy / distribute.MARK).write_text(json.dumps(said))


def test_an_early_copy_of_a_course_keeps_what_may_be_the_course_s(
    own_course, next_version, tmp_path, monkeypatch
):
    copy = distribute.new(tmp_path / "copy", own_course)
    forget_own(copy)
    before = files_of(copy)
    ship(next_version, monkeypatch)
    assert u.update(copy) == []
    assert files_of(copy) == before


def test_pages_of_an_early_copy_that_are_as_shipped_are_not_the_course_s(own_course, tmp_path):
    copy = distribute.new(tmp_path / "copy", own_course)
    forget_own(copy)
    assert u.update(copy) == []
    assert distribute.read_mark(copy)["own"] == ["data/course.toml", "notebooks/02_outreach.ipynb"]


def test_an_early_copy_of_the_shipped_workbook_becomes_the_next_version(
    next_version, tmp_path, monkeypatch
):
    copy = distribute.new(tmp_path / "copy")
    forget_own(copy)
    early = distribute.read_mark(copy)["laid_down"]["data/course.toml"]
    monkeypatch.setattr(distribute, "_EARLY_SETTINGS", (early,))
    ship(next_version, monkeypatch)
    changes = u.update(copy)
    assert "data/course.toml: the course's settings are new." in changes
    assert "notebooks/02_outreach.ipynb: 1 cell refreshed." in changes


# --- logs ------------------------------------------------------------------------------------


def test_a_log_of_an_older_version_gets_its_new_columns_after_a_backup(course, copy):
    path = copy / "data" / "log" / "contacts.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    gone = header.index("keep_in_touch_days")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[c for n, c in enumerate(line) if n != gone]
                                    for line in [header, *lines]])  # fmt: skip
    shutil.rmtree(copy / "data" / "log" / ".workbook")
    older = path.read_bytes()
    changes = u.update(copy, course)
    assert "contacts.csv has new columns: keep_in_touch_days. Every row is there." in changes
    wb = ii.open_workbook(copy / "data" / "log")
    assert {row.id for row in wb.contacts.rows()} == {line[0] for line in lines}
    import zipfile

    backups = list((copy / "data" / "log" / ".workbook" / "backups").glob("*.zip"))
    assert any(zipfile.ZipFile(b).read("contacts.csv") == older for b in backups)


# --- cut off, refused ------------------------------------------------------------------------


def _update_and_die(copy, course, after):
    done = iter(range(after))
    whole = os.replace

    def dying(a, b):
        try:
            next(done)
        except StopIteration:
            os._exit(9)
        return whole(a, b)

    u.os.replace = dying
    u.update(copy, course)


@pytest.mark.parametrize("after", range(4))
def test_an_update_cut_off_anywhere_is_just_run_again(course, copy, tmp_path, after):
    mine = [*V1[:2], cell("step1", "Write why: because rivers"), *V1[3:], cell("x", "mine")]
    save(copy, mine)
    second_edition(course)
    shutil.copytree(copy, tmp_path / "twin")
    u.update(tmp_path / "twin", course)
    run = multiprocessing.get_context("spawn").Process(
        target=_update_and_die, args=(copy, course, after)
    )
    run.start()
    run.join(60)
    assert run.exitcode == 9
    u.update(copy, course)
    assert sources(copy) == sources(tmp_path / "twin")
    assert logs(copy) == logs(tmp_path / "twin")
    assert (copy / distribute.MARK).read_bytes() == (
        tmp_path / "twin" / distribute.MARK
    ).read_bytes()
    assert u.update(copy, course) == []


def test_the_code_of_the_copy_stays(course, tmp_path):
    (tmp_path / "roster.csv").write_text("name,id\nDana Ruiz,1\n")
    made = distribute.distribute(tmp_path / "roster.csv", tmp_path / "out", source=course).added[0]
    copy, code = tmp_path / "out" / made.folder, made.copy
    second_edition(course)
    u.update(copy, course)
    assert distribute.read_mark(copy)["copy"] == code and len(code) == 16
    assert received.read(hand_in.write(ii.open_workbook(copy / "data" / "log"))).copy == code


def test_a_copy_of_an_earlier_version_is_told_what_git_is_not_to_track(course, copy):
    (copy / ".gitignore").unlink()
    assert u.update(copy, course) == [".gitignore is new."]
    (copy / ".gitignore").write_text("my-notes/\n")
    assert u.update(copy, course) == []
    assert (copy / ".gitignore").read_text() == "my-notes/\n"


def test_a_newer_copy_is_refused(course, copy):
    said = json.loads((copy / distribute.MARK).read_text())
    (copy / distribute.MARK).write_text(json.dumps({**said, "version": "99.0.0"}))
    with pytest.raises(WorkbookError, match="is of version 99.0.0, newer than this one"):
        u.update(copy, course)


def test_logs_of_a_newer_version_are_refused_before_a_page_is_changed(course, copy):
    second_edition(course)
    ii.open_workbook(copy / "data" / "log").tasks.append(task="one")
    version = copy / "data" / "log" / ".workbook" / "version.json"
    version.write_text(json.dumps({"schema": 99, "columns": "x"}))
    before = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    with pytest.raises(WorkbookNewer, match="newer version of this program"):
        u.update(copy, course)
    assert {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()} == before


def test_what_is_no_copy_is_refused(course, tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(WorkbookError, match="is not a workbook"):
        u.update(tmp_path / "photos", course)
    assert list((tmp_path / "photos").iterdir()) == []
    with pytest.raises(WorkbookError, match="is what copies are made from"):
        u.update(course, course)


def test_the_folder_around_an_unpacked_copy_is_told_from_no_workbook(course, tmp_path):
    (tmp_path / "r.csv").write_text("name,id\nAna Silva,1\n")
    (ana,) = distribute.distribute(
        tmp_path / "r.csv", tmp_path / "out", source=course, zipped=True
    ).added
    shutil.unpack_archive(tmp_path / "out" / f"{ana.folder}.zip", tmp_path / "ana")
    with pytest.raises(WorkbookError, match="not a workbook.*Did you mean .*update .*workbook$"):
        u.update(tmp_path / "ana", course)
    assert u.update(tmp_path / "ana" / "workbook", course) == []


def test_the_command_lists_what_changed(course, copy, capsys):
    second_edition(course)
    assert main(["update", str(copy), "--from", str(course)]) == 0
    assert "3 cells refreshed" in capsys.readouterr().out
    assert main(["update", str(copy), "--from", str(course)]) == 0
    assert "is up to date already: nothing was changed" in capsys.readouterr().out


def test_somebody_else_s_notebooks_are_left_alone(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "thesis.ipynb").write_text(page(cell("a", "# Mine")))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(WorkbookError, match="is not a workbook"):
        u.update(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
