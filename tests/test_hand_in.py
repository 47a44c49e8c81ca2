"""Handing in: all that counts goes, nothing that names anybody does, and nobody is trusted."""

import csv
import io
import json
import re
import shutil
import stat
import struct
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers import measures, tables, workbook
from ii_helpers.__main__ import main
from ii_helpers.course import cohort, counts, distribute, hand_in, update
from ii_helpers.course.received import HandInUnusable, Limits, read
from ii_helpers.errors import LogUnwritable, WorkbookError
from ii_helpers.measures import Facts
from ii_helpers.settings import CourseNames

CHECKOUT = Path(__file__).resolve().parent.parent
FREE = [f"{table}.{column}" for table in tables.TABLES for column in hand_in.may_be_ticked(table)]


def contents(path):
    """Every file of a hand-in as text, with the names of the files."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def rows(path, table):
    return list(csv.DictReader(io.StringIO(contents(path)[f"{table}.csv"], newline="")))


# --- which columns go follows from tables.py --------------------------------------------------


def test_no_personal_column_and_no_free_text_goes_by_itself():
    for table in tables.TABLES.values():
        for name in hand_in.goes(table.name):
            column = table.columns.get(name)
            assert column is None or not column.personal
            assert (
                column is None or table.kinds[name] != "text" or column.choices or column.references
            )


def test_a_new_personal_column_stays_without_a_word_here(monkeypatch, wb):
    class Contact(tables.Contact):
        badge: tables.Text = tables._may("Badge number", personal=True)
        age: int | None = tables._may("Age", default=None, lowest=1, highest=120, personal=True)
        shirt: int | None = tables._may("Shirt size", default=None, lowest=1, highest=60)

    table = tables.Table("contacts", "contact", Contact, ("name",))
    monkeypatch.setitem(tables.TABLES, "contacts", table)
    for kept in (hand_in.goes, hand_in.may_be_ticked, hand_in.counted):
        kept.cache_clear()
    assert "shirt" in hand_in.goes("contacts")
    assert {"badge", "age"}.isdisjoint(hand_in.goes("contacts"))
    assert "badge" not in hand_in.may_be_ticked("contacts")
    monkeypatch.undo()
    for kept in (hand_in.goes, hand_in.may_be_ticked, hand_in.counted):
        kept.cache_clear()


def test_nothing_of_the_learner_s_own_data_goes():
    assert hand_in.goes("learner") == hand_in.may_be_ticked("learner") == ()


# --- what is shown is what goes --------------------------------------------------------------


@pytest.mark.parametrize("text", [(), FREE], ids=["plain", "every free text"])
def test_the_preview_is_every_cell_of_the_zip(example, tmp_path, text):
    parts = hand_in.preview(example, text)
    files = contents(hand_in.write(example, tmp_path / "h.zip", text))
    assert set(files) == {"hand-in.json", *(f"{part.table}.csv" for part in parts)}
    for part in parts:
        read = list(csv.reader(io.StringIO(files[f"{part.table}.csv"], newline="")))
        assert read == [list(part.columns), *part.rows]
        assert set(part.left_out).isdisjoint(part.columns)
    about = json.loads(files["hand-in.json"])
    assert about["schema_version"] == tables.SCHEMA_VERSION
    assert about["free_text"] == sorted(text)
    assert about["tables"] == {part.table: len(part.rows) for part in parts}


@pytest.mark.parametrize("text", [(), FREE], ids=["plain", "every free text"])
def test_a_scan_for_every_personal_text_finds_nothing(example, tmp_path, text):
    files = contents(hand_in.write(example, tmp_path / "h.zip", text))
    held = "\n".join([*files, *files.values()]).casefold()
    personal = hand_in.personal_texts(example)
    assert len(personal) > 100
    for words in personal:
        for line in (words, *words.splitlines()):
            pattern = rf"(?<!\w){re.escape(line.strip().casefold())}(?!\w)"
            assert not re.search(pattern, held), words
    for log in example.logs():
        for row in log.rows():
            assert row.id not in held
    assert "@" not in held and "://" not in held and "555-01" not in held


def test_free_text_that_is_not_ticked_stays(example, tmp_path):
    files = contents(hand_in.write(example, tmp_path / "h.zip", ["debriefs.learned"]))
    debriefs = rows(tmp_path / "h.zip", "debriefs")
    assert any(row["learned"] for row in debriefs)
    held = "".join(files.values())
    for log in example.logs():
        for column in hand_in.may_be_ticked(log.table.name):
            if (log.table.name, column) == ("debriefs", "learned"):
                continue
            for row in log.rows():
                if len(text := getattr(row, column)) > 12:
                    assert text not in held


def test_names_are_blotted_out_of_ticked_texts(wb, tmp_path):
    place = wb.organizations.append(name="Nordhavn Institute", website="nordhavn.example.org")
    ana = wb.contacts.append(
        name="Ana Silva", organization_id=place.id, phone="555-0107", job_title="Speech engineer",
        email="ana@example.org", notes="met at the fair\nlikes tea",
    )  # fmt: skip
    met = wb.interviews.append(contact_id=ana.id, starts_at="2026-11-20T14:00+00:00")
    wb.debriefs.append(
        interview_id=met.id,
        learned="ANA  said that silva's team at Nordhavn\nInstitute grows; write to "
        "x.y@example.net or +1 (555) 010-7777, see https://example.org/a?b "
        "or www.example.org. Banana bread.",
        advice="Ask the speech engineer (nordhavn.example.org); likes tea. Anaïs too.",
    )
    path = hand_in.write(wb, tmp_path / "h.zip", ["debriefs.learned", "debriefs.advice"])
    row = rows(path, "debriefs")[0]
    assert row["learned"] == (
        "[...]  said that [...]'s team at [...] grows; write to [...] or [...], see [...] or [...] "
        "Banana bread."
    )
    assert row["advice"] == "Ask the [...] ([...]); [...]. Anaïs too."


def test_ordinary_words_that_look_like_names_are_left(wb):
    wb.contacts.append_many(
        dict(name=n) for n in ("Tim Sal", "Lin Grant", "Ana de la Cruz", "Dan Wen", "Bob (Rob) Lee")
    )
    said = "Learn how sales lines work, many times, de la, to get grants; dann und wenn. Rob, Tims"
    wb.tasks.append(task=said)
    (tasks,) = (part for part in hand_in.preview(wb, ["tasks.task"]) if part.table == "tasks")
    left = said.replace("Rob, Tims", "[...], [...]")
    assert tasks.rows[0][tasks.columns.index("task")] == left


def test_a_wrong_cell_of_a_person_is_blotted_out_too(wb):
    wb.contacts.append(name="Ana Silva", email="ana@example.org")
    path = wb.contacts.path
    path.write_bytes(path.read_bytes().replace(b"ana@example.org", b"ask Bo"))
    wb.tasks.append(task="Call Silva, ask Bo")
    assert wb.contacts.rows()[0].email == ""
    (tasks,) = (part for part in hand_in.preview(wb, ["tasks.task"]) if part.table == "tasks")
    assert tasks.rows[0][tasks.columns.index("task")] == "Call [...], [...]"


def test_names_are_blotted_out_however_they_are_written(wb):
    place = wb.organizations.append(
        name="中国银行", website="https://www.nordhavn.example.org/jobs/"
    )
    for name in ("王伟", "Jürgen Müller", "محمد علي", "Li Wu", "José García"):
        wb.contacts.append(name=name, profile_url="https://www.example.com/in/someone")
    met = wb.interviews.append(contact_id=wb.contacts.rows()[0].id, starts_at="2026-11-20T14:00Z")
    wb.debriefs.append(
        interview_id=met.id,
        learned=f"我和王伟谈过{place.name}的事。 Müllers Rat, ومحمد, Wu said. jose GARCIA, ana_li, "
        "see example.com/in/someone and nordhavn.example.org/jobs",
    )
    (debriefs,) = (
        part for part in hand_in.preview(wb, ["debriefs.learned"]) if part.table == "debriefs"
    )
    assert debriefs.rows[0][debriefs.columns.index("learned")] == (
        "我和[...]谈过[...]的事。 [...] Rat, [...], [...] said. [...], ana_li, see [...] and [...]"
    )


@pytest.mark.parametrize(
    ("said", "goes", "held"),
    [
        (
            "Room was https://zoom.example/j/9991112222 passcode Tulip77, then",
            "Room was [...], then",
            dict(place="https://zoom.example/j/9991112222 passcode Tulip77"),
        ),
        (
            "Hauptstr. 12345678, Villa Sonnenschein",
            "[...]",
            dict(place="Hauptstr. 12345678, Villa Sonnenschein"),
        ),
        (
            "Ask info@nordhavn.example Nordhavn Studio",
            "Ask [...]",
            dict(organization="info@nordhavn.example Nordhavn Studio"),
        ),
        ("Bob Hillmann Street 5", "[...]", dict(location="Hillmann Street 5")),
        ("hillmanns idea, @bobhillmann", "[...] idea, @[...]", {}),
        ("Juergen Mueller, Muellers", "[...], [...]", dict(name="Jürgen Müller")),
        ("с Иваном Петровым", "с [...] [...]", dict(name="Иван Петров")),
        ("The Nordhavn team", "The [...] team", dict(organization="Nordhavn GmbH")),
        ("my target is", "my target is", dict(organization="Target Inc.")),
    ],
)
def test_what_is_personal_is_blotted_out_whole(wb, said, goes, held):
    wb.organizations.append(name=held.get("organization", "Elsewhere"))
    person = wb.contacts.append(
        name=held.get("name", "Bob Hillmann"), location=held.get("location", "")
    )
    wb.interviews.append(
        contact_id=person.id, starts_at="2026-11-20T14:00Z", place=held.get("place", "")
    )
    wb.tasks.append(task=said)
    (tasks,) = (part for part in hand_in.preview(wb, ["tasks.task"]) if part.table == "tasks")
    assert tasks.rows[0][tasks.columns.index("task")] == goes


def test_who_was_erased_renamed_or_forgotten_is_blotted_out_as_well(wb):
    erased, renamed, forgotten = wb.contacts.append_many(
        dict(name=name) for name in ("Ana Silva", "Bo Chen", "Cy Diaz")
    )
    wb.contacts.erase(erased.id)
    wb.contacts.revise(renamed.id, name="Bo Lindgren")
    wb.forget(forgotten.id)
    wb.tasks.append(task="Ask Silva, Chen and Lindgren about Cy Diaz")
    (tasks,) = (part for part in hand_in.preview(wb, ["tasks.task"]) if part.table == "tasks")
    text = tasks.rows[0][tasks.columns.index("task")]
    assert text == "Ask [...], [...] and [...] about [...]"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(min_size=3, max_size=20).filter(lambda t: len(t.strip()) > 4),
    around=st.text(max_size=20),
)
def test_whatever_a_name_is_it_does_not_go_with_a_text(tmp_path_factory, name, around):
    wb = ii.open_workbook(tmp_path_factory.mktemp("w") / "log")
    try:
        wb.contacts.append(name=name)
        wb.tasks.append(task=f"{around} {name} {around} x")
    except WorkbookError:
        return
    held = hand_in.preview(wb, ["tasks.task"])[-1].rows[0]
    plain = " ".join(unicodedata.normalize("NFC", name).split()).casefold()
    text = held[hand_in.preview(wb, ["tasks.task"])[-1].columns.index("task")]
    blotted = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain.isalpha():
        assert plain not in blotted.casefold()
    else:
        assert not re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", blotted.casefold())


@pytest.mark.parametrize(
    "wanted", ["contacts.name", "contacts.salutation", "messages.text", "questions.answer"]
)
def test_a_personal_column_cannot_be_ticked(example, wanted):
    with pytest.raises(WorkbookError, match="holds data of persons, which never goes"):
        hand_in.preview(example, [wanted])


@pytest.mark.parametrize("wanted", ["contacts.nme", "people", "", "learner.name"])
def test_what_is_no_free_text_cannot_be_ticked(example, wanted):
    with pytest.raises(WorkbookError, match="is no free text|holds data of persons"):
        hand_in.preview(example, [wanted])


# --- ids -------------------------------------------------------------------------------------


def test_ids_are_replaced_alike_everywhere_and_again_next_time(example, tmp_path):
    first = hand_in.write(example, tmp_path / "1.zip")
    people = {row["id"] for row in rows(first, "contacts")}
    assert len(people) == len(example.contacts)
    assert {row["contact_id"] for row in rows(first, "messages")} <= people
    again = ii.open_workbook(example.folder)
    assert hand_in.write(again, tmp_path / "2.zip").read_bytes() == first.read_bytes()


def test_another_learner_s_secret_makes_other_ids(example, tmp_path):
    first = rows(hand_in.write(example, tmp_path / "1.zip"), "contacts")
    shutil.copytree(example.folder, tmp_path / "other", ignore=shutil.ignore_patterns(".workbook"))
    other = rows(
        hand_in.write(ii.open_workbook(tmp_path / "other"), tmp_path / "2.zip"), "contacts"
    )
    assert {row["id"] for row in first}.isdisjoint(row["id"] for row in other)


def test_the_secret_stays_with_the_learner_and_is_theirs_alone_to_read(example, tmp_path):
    path = hand_in.write(example, tmp_path / "h.zip")
    secret = example.folder / ".workbook" / "hand-in-secret"
    assert secret.stat().st_size == 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as file:
        held = b"".join(file.read(name) for name in file.namelist())
    assert secret.read_bytes() not in held and secret.read_bytes().hex().encode() not in held


# --- the same figures -------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["funnel", "network_growth", "voices", "fit", "perspectives"])
def test_a_hand_in_counts_as_the_workbook_does(example, tmp_path, measure):
    held = read(hand_in.write(example, tmp_path / "h.zip"))
    facts = counts.facts_of(held.tables)
    count = getattr(measures, measure)
    ids = {"id"} | {c for c in count.columns if c.endswith("_id")}
    words = {"occupation", "moved_by"}
    kept = [n for n, c in enumerate(count.columns) if c not in ids | words]
    mine = [[row[n] for n in kept] for row in count.rows(Facts.of(example))]
    theirs = [[row[n] for n in kept] for row in count.rows(facts)]
    assert repr(theirs) == repr(mine)


def test_a_row_with_a_wrong_cell_goes_with_that_cell_blank(wb, tmp_path):
    """A spreadsheet program wrote Yes for yes; somebody typed a name where a day belongs."""
    for n in range(4):
        ana = wb.contacts.append(name=f"Ana {n}")
        wb.messages.append(contact_id=ana.id, purpose="request", reply="yes",
                           sent_at="2026-11-20T14:00+00:00", replied_on="2026-11-21")  # fmt: skip
    path = wb.messages.path
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    wrong = {1: (",yes,", ",Yes,"), 2: (",request,", ",Zoltan Quibble,"),
             3: ("2026-11-21", "Marit Example"), 4: ("2026-11-20T14:00", "Sam Okafor")}  # fmt: skip
    for at, (was, now) in wrong.items():
        assert was in lines[at]
        lines[at] = lines[at].replace(was, now)
    path.write_text("\r\n".join([*lines, ""]), encoding="utf-8", newline="")
    wb = ii.open_workbook(wb.folder)
    assert len(wb.messages.problems()) >= 4
    made = hand_in.write(wb, tmp_path / "h.zip")
    sent = rows(made, "messages")
    assert len(sent) == 4
    for column in ("reply", "purpose", "replied_on", "sent_at"):
        assert sorted(bool(row[column]) for row in sent) == [False, True, True, True]
    held = "".join(contents(made).values())
    assert not re.search("Yes|Zoltan|Quibble|Marit|Okafor", held)


def test_a_reply_that_is_spelled_wrongly_takes_no_request_away(wb, tmp_path):
    ana = wb.contacts.append(name="Ana Silva")
    for reply in ("yes", "none yet", "no", "later"):
        wb.messages.append(contact_id=ana.id, purpose="request", reply=reply,
                           sent_at="2026-11-20T14:00+00:00")  # fmt: skip
    path = wb.messages.path
    path.write_text(path.read_text(encoding="utf-8").replace(",no,", ",No,"), encoding="utf-8")
    wb = ii.open_workbook(wb.folder)
    held = counts.facts_of(read(hand_in.write(wb, tmp_path / "h.zip")).tables)
    assert counts.count(held) == counts.count(Facts.of(wb))


def test_an_instant_at_the_end_of_the_calendar_stands_in_nobody_s_way(wb):
    ana = wb.contacts.append(name="Ana Silva")
    wb.learner.append(name="Mia Chen", timezone="Pacific/Auckland")
    made = ana.created_at.isoformat(timespec="microseconds").encode()
    path = wb.contacts.path  # where only a hand can have put it
    path.write_bytes(path.read_bytes().replace(made, b"9999-12-31T23:00:00.000000+00:00"))
    part = next(part for part in hand_in.preview(wb) if part.table == "contacts")
    assert part.rows[0][part.columns.index("created_at")] == ""


def test_no_time_of_day_goes_and_what_came_first_still_does(wb, tmp_path):
    """Two meetings on one day, logged the wrong way round, and a fit that each of them moved."""
    job = wb.occupations.append(title="Speech engineer")
    pay, calm = (wb.criteria.append(kind="value", statement=s, importance=3) for s in "ab")
    for hour, rating in ((16, 5), (9, 1)):
        ana = wb.contacts.append(name=f"Ana {hour}")
        at = datetime(2026, 11, 20, hour, 7, tzinfo=UTC)
        met = wb.interviews.append(contact_id=ana.id, starts_at=at, status="held")
        for one in (pay, calm):
            wb.fit_ratings.append(occupation_id=job.id, criterion_id=one.id, interview_id=met.id,
                                  rating=rating, rated_on=date(2026, 11, 20))  # fmt: skip
        wb.messages.append(contact_id=ana.id, purpose="thank-you",
                           sent_at=at.replace(minute=40))  # fmt: skip
    path = hand_in.write(wb, tmp_path / "h.zip")
    assert not re.search(r"\d\d:\d\d", "".join(contents(path).values()))
    mine, theirs = counts.count(Facts.of(wb)), counts.count(counts.facts_of(read(path).tables))
    assert mine == theirs and mine["fit"] == [100] and mine["thanks"] == [0, 0]


def test_a_day_stays_the_day_that_it_was_for_the_learner(wb, tmp_path):
    wb.learner.append(name="Mia Chen", timezone="Pacific/Auckland")
    ana = wb.contacts.append(name="Ana Silva")
    wb.messages.append(contact_id=ana.id, sent_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    path = hand_in.write(wb, tmp_path / "h.zip")
    assert rows(path, "messages")[0]["sent_at"] == "2026-11-21"


# --- writing ---------------------------------------------------------------------------------


def test_the_zip_carries_the_code_of_the_copy_and_lands_beside_the_notebooks(tmp_path):
    copy, handed_out = distributed(tmp_path)
    wb = ii.open_workbook(copy / "data" / "log")
    wb.contacts.append(name="Ana Silva")
    path = hand_in.write(wb)
    code = distribute.read_mark(copy)["copy"]
    assert path == copy / f"hand-in-{code[:8]}.zip"
    assert read(path).copy == code == handed_out
    assert not list(copy.glob(".hand-in*"))


def test_learners_who_share_one_clean_copy_are_not_one_learner(tmp_path):
    """Cloned from one repository, or unpacked from one zip."""
    shared = distribute.new(tmp_path / "shared")
    paths = []
    for learner in ("ana", "sam"):
        mine = tmp_path / "class" / learner
        shutil.copytree(shared, mine)
        update.update(mine)
        wb = ii.open_workbook(mine / "data" / "log")
        wb.contacts.append(name="Dana Ruiz")
        paths.append(hand_in.write(wb))
    assert len({path.name for path in paths}) == 2
    assert len({read(path).copy for path in paths}) == 2
    done = cohort.cohort(str(tmp_path / "class"), tmp_path / "out", workers=1)
    assert done.totals.learners == 2


def test_a_damaged_mark_does_not_stand_in_the_way(tmp_path):
    copy = distribute.new(tmp_path / "copy")
    (copy / distribute.MARK).write_text('{"copy": "=../x"}')
    path = hand_in.write(ii.open_workbook(copy / "data" / "log"))
    assert re.fullmatch("p[a-z0-9]{16}", read(path).copy)


def test_an_earlier_hand_in_is_replaced_but_no_other_file(example, tmp_path):
    path = tmp_path / "h.zip"
    hand_in.write(example, path)
    example.contacts.append(name="Ana Silva")
    assert len(read(hand_in.write(example, path)).tables["contacts"].column("id")) == 26
    thesis = tmp_path / "thesis.zip"
    with zipfile.ZipFile(thesis, "w") as file:
        file.writestr("thesis.txt", "mine")
    before = thesis.read_bytes()
    with pytest.raises(WorkbookError, match="is not a hand-in, so it was left as it is"):
        hand_in.write(example, thesis)
    assert thesis.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said(example, tmp_path):
    with pytest.raises(WorkbookError, match="could not be written"):
        hand_in.write(example, tmp_path / "none" / "h.zip")


def test_the_invented_learner_hands_nothing_in(example):
    example.is_example = True
    with pytest.raises(WorkbookError, match="Switch back to your own on page 0 Start"):
        hand_in.write(example)


def test_an_empty_workbook_hands_in_tables_without_rows(wb, tmp_path):
    held = read(hand_in.write(wb, tmp_path / "h.zip"))
    assert all(lines == [] for _, lines in held.tables.values())


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A learner's copy with the example's rows."""
    copy = distribute.new(tmp_path / "copy")
    shutil.copytree(CHECKOUT / "data" / "example", copy / "data" / "log", dirs_exist_ok=True)
    return copy


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("no", 1), ("", 1)])
def test_the_command_shows_every_cell_and_writes_only_on_a_yes(
    folder, monkeypatch, capsys, answer, code
):
    monkeypatch.setattr("builtins.input", lambda said: answer)
    logs = folder / "data" / "log"
    assert hand_in.command(logs, None, False, [], ask=lambda said: answer) == code
    said = capsys.readouterr().out
    wb = ii.open_workbook(folder / "data" / "log")
    for part in hand_in.preview(wb):
        assert all(",".join(row) in said for row in part.rows[:3])
        assert f"{part.table}: {len(part.rows)} row" in said
    assert "Ruth" not in said
    assert len(list(folder.glob("hand-in-*.zip"))) == (code == 0)


def distributed(tmp_path):
    """The logs of a copy that distribute made, and its code."""
    (tmp_path / "roster.csv").write_text("name,id\nDana Ruiz,1\n")
    made = distribute.distribute(tmp_path / "roster.csv", tmp_path / "out").added[0]
    return tmp_path / "out" / made.folder, made.copy


@pytest.mark.parametrize("handed_out", [True, False])
def test_the_command_and_the_panel_show_hand_in_json_and_say_what_the_code_tells(
    tmp_path, folder, capsys, handed_out
):
    from ii_helpers.stages.hand_in import hand_in_panel

    copy = distributed(tmp_path)[0] if handed_out else folder
    wb = ii.open_workbook(copy / "data" / "log")
    html = "".join(w.value for w in _all(hand_in_panel(wb)) if type(w).__name__ == "HTML")
    assert main(["hand-in", str(copy), "--yes"]) == 0
    said = capsys.readouterr().out
    about = contents(next(copy.glob("hand-in-*.zip")))["hand-in.json"]
    assert f"--- hand-in.json\n{about}\n" in said
    assert escape(about) in html
    words = "a list that turns the code into your name" if handed_out else "of one learner"
    assert words in said and words in html


def test_the_panel_calls_rows_what_the_other_pages_call_them(wb):
    from ii_helpers.stages.hand_in import hand_in_panel

    wb.goals.append(stage="general research", objective="Look around")
    widgets = _all(hand_in_panel(wb))
    html = "".join(w.value for w in widgets if type(w).__name__ == "HTML")
    assert "Objectives: 1 row" in html and "Next steps: 0 rows" in html
    ticks = {w.description for w in widgets if type(w).__name__ == "Checkbox"}
    assert {"Objectives: Your objective", "Next steps: Next step"} <= ticks


def test_the_panel_says_how_many_rows_it_does_not_show(wb, monkeypatch):
    from ii_helpers.stages import hand_in as stage

    monkeypatch.setattr(stage, "ROWS_SHOWN", 2)
    wb.contacts.append_many([{"name": f"Ana {n}"} for n in range(5)])
    html = "".join(w.value for w in _all(stage.hand_in_panel(wb)) if type(w).__name__ == "HTML")
    assert "of a long table the first 2 rows" in html
    assert "And 3 more rows of the same columns. To see every cell, type in a terminal" in html


def test_without_a_terminal_nothing_is_written(folder, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["hand-in", str(folder)]) == 1
    assert "Nothing was written" in capsys.readouterr().out
    assert not list(folder.glob("hand-in-*.zip"))


def test_ctrl_c_at_the_question_writes_nothing(folder, capsys):
    def stopped(said):
        raise KeyboardInterrupt

    assert hand_in.command(folder / "data" / "log", None, False, [], ask=stopped) == 1
    assert "Nothing was written" in capsys.readouterr().out
    assert not list(folder.glob("hand-in-*.zip"))


def test_a_file_in_place_of_a_folder_is_said(folder, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("mine")
    assert main(["hand-in", str(folder), "--to", str(tmp_path / "a.txt" / "x.zip"), "--yes"]) == 1
    assert "x.zip could not be written (Not a directory)" in capsys.readouterr().err
    assert (tmp_path / "a.txt").read_text() == "mine"


@pytest.mark.parametrize(("name", "made"), [("week 1.2", "week 1.2.zip"), ("a.ZIP", "a.ZIP")])
def test_a_hand_in_is_always_named_a_zip(folder, tmp_path, name, made, capsys):
    assert main(["hand-in", str(folder), "--to", str(tmp_path / name), "--yes"]) == 0
    assert read(tmp_path / made).tables and made in capsys.readouterr().out


def test_yes_and_to_and_text_are_taken_from_the_command_line(folder, tmp_path, capsys):
    to = tmp_path / "mine.zip"
    command = ["hand-in", str(folder), "--to", str(to), "--yes", "--text", "debriefs.learned"]
    assert main(command) == 0
    assert "learned" in contents(to)["debriefs.csv"].splitlines()[0].split(",")
    assert main(["hand-in", str(folder), "--yes", "--text", "contacts.name"]) == 1
    assert "never goes into a hand-in" in capsys.readouterr().err


def test_a_folder_that_is_no_workbook_is_said_and_left_alone(tmp_path, capsys):
    assert main(["hand-in", str(tmp_path), "--yes"]) == 1
    assert "There are no logs in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_workbook_no_empty_hand_in_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("II_WORKBOOK_LOG", raising=False)
    assert main(["hand-in", "--yes"]) == 1
    assert "Give the folder that holds notebooks and data" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_while_the_example_is_shown_the_learner_s_own_rows_are_handed_in(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.delenv("II_WORKBOOK_LOG", raising=False)
    ii.open_workbook(folder / "data" / "log").tasks.append(task="my own")
    n = len(ii.open_workbook().tasks)
    workbook.show_example(True)
    assert main(["hand-in", "--yes"]) == 0
    [path] = folder.glob("hand-in-*.zip")
    assert len(read(path).tables["tasks"].column("id")) == n


def test_a_secret_that_cannot_be_kept_is_an_error_in_words(wb, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(LogUnwritable, match="Read-only file system"):
        hand_in.write(wb, tmp_path / "h.zip")


# --- in the browser's panel -------------------------------------------------------------------


def test_the_panel_shows_every_cell_and_writes_on_a_click(folder):
    from ii_helpers.stages.hand_in import hand_in_panel

    wb = ii.open_workbook(folder / "data" / "log")
    widgets = _all(hand_in_panel(wb))
    html = "".join(w.value for w in widgets if type(w).__name__ == "HTML")
    parts = hand_in.preview(wb)
    for part in parts:
        assert all(f">{cell}<" in html for row in part.rows[:3] for cell in row if cell)
    assert "Ruth" not in html and not list(folder.glob("hand-in-*.zip"))

    box = next(w for w in widgets if getattr(w, "description", "").startswith("Debriefs: What you"))
    box.value = True
    html = "".join(w.value for w in widgets if type(w).__name__ == "HTML")
    said = [cell for part in hand_in.preview(wb, ["debriefs.learned"]) for row in part.rows
            for cell in row if part.table == "debriefs" and " " in cell]  # fmt: skip
    assert said and all(escape(cell) in html for cell in said)

    next(w for w in widgets if getattr(w, "description", "") == "Write my hand-in").click()
    assert json.loads(contents(next(folder.glob("hand-in-*.zip")))["hand-in.json"])[
        "free_text"
    ] == ["debriefs.learned"]


def test_the_panel_follows_new_rows(wb):
    from ii_helpers.stages.hand_in import hand_in_panel

    widgets = _all(hand_in_panel(wb))
    wb.contacts.append(name="Ana Silva", how_known="teacher")
    html = "".join(w.value for w in widgets if type(w).__name__ == "HTML")
    assert "Contacts: 1 row" in html and ">teacher<" in html and "Ana" not in html


def test_targets_are_shown_as_progress(example):
    from ii_helpers.stages.hand_in import targets_panel

    def shown():
        parts = _all(targets_panel(example, today=date(2026, 11, 20)))
        return "".join(part.value for part in parts if hasattr(part, "value"))

    html = shown()
    assert "People in your network" in html and "Hydrologist" in html
    assert ">By<" not in html  # the course sets no days
    targets = example.course.targets.model_copy(update={"contacts_by": date(2026, 12, 1)})
    held = CourseNames(name="Work 101", instructor="Dr. Ruiz", ends_on=date(2026, 12, 18))
    example.course = example.course.model_copy(update={"targets": targets, "course": held})
    assert ">By<" in shown() and "1 Dec 2026" in shown()
    assert "Your progress in Work 101, with Dr. Ruiz, until 18 Dec 2026" in shown()
    assert "grade" not in html.lower() and "%" not in html.split("</style>")[-1]


def _all(widget):
    return [widget, *(w for child in getattr(widget, "children", ()) for w in _all(child))]


# --- reading what anybody sends --------------------------------------------------------------

ABOUT = {"format": hand_in.FORMAT, "schema_version": tables.SCHEMA_VERSION, "copy": "bcdfgh"}


def make(files, infos=()):
    """A zip in memory of name -> text, and of ready entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
        for info, text in infos:
            file.writestr(info, text)
    return made.getvalue()


def good(**more):
    return {"hand-in.json": json.dumps(ABOUT), "contacts.csv": "id,how_known\np1,teacher\n", **more}


def link():
    info = zipfile.ZipInfo("messages.csv")
    info.external_attr = 0o120777 << 16
    return info


def lying(raw, says):
    """The same zip, whose directory says another unpacked size for its second file."""
    at = raw.rindex(b"PK\x01\x02")
    return raw[: at + 24] + struct.pack("<I", says) + raw[at + 28 :]


HOSTILE = {
    "empty": (b"", "it is empty"),
    "text": (b"hello", "not a zip file"),
    "cut": (make(good())[:-30], "not a zip file"),
    "nothing": (make({}), "it has no hand-in.json"),
    "a backup": (make({"contacts.csv": "id\n"}), "but logs, .* ask for a hand-in"),
    "a whole workbook": (
        make({f"ana/notebooks/{n}.ipynb": "{}" for n in range(70)}
             | {"ana/data/log/contacts.csv": "id\n"}),
        "but logs, and so other people's names",
    ),
    "a platform's download": (
        make({f"silva{n}_{n}_{n}_h.ZIP": "PK" for n in range(70)}), "unpack it, then run again"
    ),
    "a thesis": (make({"thesis.docx": "x"}), "it holds other files"),
    "zip slip": (make(good(**{"../../evil.csv": "id\n"})), "names a file outside of itself"),
    "zip slip, Windows": (make(good(**{"..\\evil.csv": "id\n"})), "names a file outside of itself"),
    "absolute": (make(good(**{"/etc/passwd": "x"})), "names a file outside of itself"),
    "a drive": (make(good(**{"C:/x.csv": "x"})), "names a file outside of itself"),
    "a link": (make(good(), [(link(), "/etc/passwd")]), "a link or a device"),
    "a bomb": (make(good(**{"messages.csv": "id\n" + "0" * 30_000_000})), "a zip bomb"),
    "too large": (make(good(**{"messages.csv": "0" * 41_000_000})), "unpacks to more than 40 MB"),
    "lying small": (
        lying(make(good(**{"messages.csv": "id\n" + "0" * 3_000_000})), 10),
        "damaged|messages.csv",
    ),
    "many rows": (
        make(good(**{"messages.csv": "id\n" + "".join(f"p{n:07}\n" for n in range(20_001))})),
        "more than 20000 rows",
    ),
    "ten million rows": (
        make(good(**{"messages.csv": "id\n" + "\n" * 10_000_000})),
        "zip bomb|more than 20000 rows",
    ),
    "many files": (make({f"{n}.csv": "" for n in range(99)}), "it holds 99 files"),
    "a huge cell": (make(good(**{"messages.csv": f"id\n{'x,' * 70_000}"})), "cells under"),
    "a cell over the limit": (
        make(good(**{"messages.csv": "id\n" + __import__("secrets").token_hex(90_000)})),
        "is not a table",
    ),
    "an open quote": (make(good(**{"messages.csv": 'id,a\np1,"x'})), "is not a table"),
    "ragged": (make(good(**{"messages.csv": "id,a\np1\n"})), "a line of 1 cells under 2"),
    "no header": (make(good(**{"messages.csv": ""})), "does not begin with its column names"),
    "a column twice": (make(good(**{"messages.csv": "id,id\n"})), "does not begin with its column"),
    "not UTF-8": (make(good(**{"messages.csv": b"id\n\xff\xfe"})), "messages.csv is not in UTF-8"),
    "several folders": (make({"a/hand-in.json": "{}", "b/contacts.csv": ""}), "in several folders"),
    "twice": (make({**good(), "./hand-in.json": "{}"}), "twice|several folders"),
    "about is a list": (make(good(**{"hand-in.json": "[]"})), "not a hand-in of this workbook"),
    "about is deep": (make(good(**{"hand-in.json": "[" * 99_999})), "hand-in.json is damaged"),
    "older": (
        make(good(**{"hand-in.json": json.dumps({**ABOUT, "schema_version": 0})})),
        "older form .0.: ask for a new one",
    ),
    "newer": (
        make(good(**{"hand-in.json": json.dumps({**ABOUT, "schema_version": 99})})),
        "newer version .form 99.: update yours",
    ),
    "version is true": (
        make(good(**{"hand-in.json": json.dumps({**ABOUT, "schema_version": True})})),
        "older form",
    ),
    "whose": (
        make(good(**{"hand-in.json": json.dumps({**ABOUT, "copy": "=cmd()"})})),
        "does not say whose it is",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_hand_in_is_refused_with_a_reason(raw, reason):
    with pytest.raises(HandInUnusable, match=reason):
        read(raw)


@pytest.mark.parametrize("said", [None, 5, "", "=cmd()", "2026-02-30", ["2026-09-28"]])
def test_a_wrong_day_on_which_it_was_made_is_none(said):
    about = json.dumps({**ABOUT, "made_on": said})
    assert read(make(good(**{"hand-in.json": about}))).made_on is None


def test_a_locked_zip_is_refused():
    raw = bytearray(make(good()))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 8] |= 1
    with pytest.raises(HandInUnusable, match="locked with a password"):
        read(bytes(raw))


def test_reading_never_touches_the_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for raw, _ in HOSTILE.values():
        with pytest.raises(HandInUnusable, match="."):
            read(raw)
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_or_a_folder_in_place_of_a_file_is_refused(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.zip")
    for path in (tmp_path / "pipe.zip", tmp_path):
        with pytest.raises(HandInUnusable, match="it is not a file"):
            read(path)
    with pytest.raises(HandInUnusable, match="it cannot be read"):
        read(tmp_path / "none.zip")


def test_a_hand_in_zipped_again_by_a_mac_is_read():
    files = {f"hand-in-x/{name}": text for name, text in good().items()}
    held = read(make({**files, "__MACOSX/hand-in-x/._contacts.csv": b"\0\0", "hand-in-x/": ""}))
    assert held.tables["contacts"] == (["id", "how_known"], ["p1", "teacher"])


def test_limits_can_be_narrowed():
    with pytest.raises(HandInUnusable, match="larger than 0 MB"):
        read(make(good()), Limits(zip_bytes=10))


@settings(max_examples=200)
@given(st.data())
def test_any_damage_is_a_reason_or_a_reading(data):
    raw = bytearray(make(good()))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read(bytes(raw)).copy
    except HandInUnusable as error:
        assert str(error)


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_as_a_table_are_a_reason_or_a_reading(raw):
    try:
        read(make(good(**{"messages.csv": raw})))
    except HandInUnusable as error:
        assert str(error)
