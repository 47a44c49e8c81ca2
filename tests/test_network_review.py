"""Notebook 05's panels, used by their labels and buttons as a learner does."""

import base64
import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itables.widget import ITable

from ii_helpers import forms, measures
from ii_helpers.errors import WorkbookError
from ii_helpers.names import ENDINGS, EVERYDAY, fold
from ii_helpers.stages import network_review as review
from ii_helpers.tables import TABLES
from tests.benchmarks.review import write
from tests.invented import ODD, facts
from tests.stage_widgets import half_filled, named, press, said, walk

TODAY = date(2026, 11, 16)
NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "05_network_review.ipynb"
PANELS = (
    "today", "funnel", "growth", "who_referred_whom", "interviews_per_occupation", "voices", "fit",
    "forecast", "compare", "report", "frames", "worked_example", "check_review",
)  # fmt: skip
DATED = ("today", "forecast", "compare", "report")


def panel(name, wb):
    return getattr(review, name)(wb, **({"today": TODAY} if name in DATED else {}))


def plain(html):
    """What is read on a page: no tags, and the pictures as their texts."""
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def pictures(html):
    """All that stands in the pictures of a page, as text."""
    found = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)
    return "".join(base64.b64decode(data).decode() for data in found)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_shows_something_on_an_empty_and_on_a_full_workbook(name, wb, example):
    for book in (wb, example):
        words = plain(said(panel(name, book)))
        assert words or name == "report"
        assert "Error" not in words


@pytest.mark.parametrize("odd", ODD)
def test_odd_rows_stop_no_panel_and_no_report(odd, tmp_path):
    made = {
        table: [{"id": f"{table}{n}", **row} for n, row in enumerate(rows)]
        for table, rows in ODD[odd].items()
    }
    wb = write(tmp_path / "log", made)
    for name in PANELS:
        assert "Error" not in plain(said(panel(name, wb)))
    assert "</html>" in review.report_html(wb, "initials", TODAY)
    assert review.history_csv(wb)


def test_every_panel_of_the_page_is_a_panel_here():
    code = "".join("".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text())["cells"]
                   if cell["cell_type"] == "code")  # fmt: skip
    assert sorted(set(re.findall(r"network_review\.(\w+)\(", code))) == sorted(
        {*PANELS, "open_workbook", "header", "logs", "targets_panel", "hand_in_panel"}
    )


# --- today -------------------------------------------------------------------------------------


def test_today_has_at_most_seven_lines_the_most_urgent_first(example):
    html = said(review.today(example, TODAY))
    lines = [plain(line) for line in re.findall(r"<li.*?</li>", html)]
    assert len(lines) == 7
    assert lines[0] == "Thank Pavel Novák for the meeting on 12 Nov. late, 3 days past · 4 Debrief"
    assert lines[1].startswith("Write to Omar Farouk once more")
    assert "12 things to do on 16 Nov 2026" in html
    assert "ask for an interview" in html  # what is left out is counted


def test_no_kind_crowds_out_the_others():
    rows = [{"what": "referral", "n": n} for n in range(20)] + [{"what": "task", "n": 20}]
    chosen = review.today_lines(rows)
    assert len(chosen) == 7
    assert [row["n"] for row in chosen] == [0, 1, 2, 3, 4, 5, 20]
    assert review.today_lines(rows[:3]) == rows[:3]
    assert review.today_lines([]) == []


def test_today_says_when_nothing_is_due(wb):
    assert "Nothing is due today." in said(review.today(wb, TODAY))


def test_names_in_today_are_escaped(wb):
    bo = wb.contacts.append(name="<script>alert(1)</script>")
    wb.messages.append(contact_id=bo.id, sent_at="2026-10-01T12:00:00+00:00")
    html = said(review.today(wb, TODAY))
    assert "<script>alert" not in html and "&lt;script&gt;" in html


def test_a_panel_is_fresh_after_a_save(wb):
    shown = review.today(wb, TODAY)
    growth = review.growth(wb)
    assert "Nothing is due" in said(shown)
    wb.tasks.append(task="Write to the archive", due_on="2026-11-16")
    assert "Write to the archive" in said(shown)
    wb.contacts.append(name="Ana Silva")
    assert "you know 1 person" in said(growth)


# --- the network and the views -----------------------------------------------------------------


def test_the_funnel_can_be_seen_by_channel_and_by_how_people_are_known(example):
    shown = review.funnel(example)
    named(shown, "Show").value = "by channel of the first request"
    assert "Meetings held, of the people asked" in said(shown)
    named(shown, "Show").value = "by how you know them"
    assert "of the people asked: 9 of 13 (referred by a contact)," in plain(said(shown))
    named(shown, "Show").value = "everybody"
    assert "82 %" in plain(said(shown)) and "61 % to 93 %" in plain(said(shown))


def test_of_fewer_than_twenty_the_table_shows_counts_and_no_percentages(wb):
    people = [wb.contacts.append(name=f"Ana {n}") for n in range(20)]
    for n, person in enumerate(people):
        wb.messages.append(contact_id=person.id, sent_at="2026-10-01T12:00:00+00:00", reply="yes",
                           replied_on="2026-10-02")  # fmt: skip
        if n in (18, 19):
            words = plain(said(review.funnel(wb)))
            assert (" %" in words.replace("95 % interval", "")) is (n == 19)
            assert ("84 % to 100 %" in words) is (n == 19)


def test_chains_are_listed_with_depth_yield_and_root(example):
    rows = review.chains(measures.referral_chains.records(example))
    assert [(r["name"], r["n_reached"], r["n_met"], r["depth"]) for r in rows] == [
        ("Ruth Abebe", 8, 4, 4), ("Priya Raman", 6, 4, 3), ("Tomás Rivera", 1, 1, 1),
    ]  # fmt: skip
    assert "Naledi Dube no" in plain(said(review.who_referred_whom(example)))


def test_a_view_that_rests_on_one_or_two_voices_is_told(example):  # R12
    words = plain(said(review.voices(example)))
    # Six people, each a voice, in two groups: they are not called two voices.
    assert "on Museum educator come from two independent voices" in words
    assert "on Watershed outreach specialist come from one independent voice" in words
    assert "The answers you have on Hydrologist" not in words


def test_people_met_and_answers_kept_are_told_apart(wb):  # R12
    job = wb.occupations.append(title="Captioner")
    for n in range(2):
        ana = wb.contacts.append(name=f"Ana {n}")
        meeting = wb.interviews.append(
            contact_id=ana.id, occupation_id=job.id, starts_at="2026-11-02T10:00", status="held"
        )
    wb.questions.append(
        interview_id=meeting.id, category="salary", text="?", outcome="asked", answer="So."
    )
    assert "answers you have on Captioner come from one independent" in said(review.voices(wb))
    assert "few: Captioner on 2." in said(review.interviews_per_occupation(wb))
    assert "Captioner: 2 held, 2 independent. Ask one person more." in said(review.check_review(wb))


def test_each_independent_person_is_a_voice_whatever_they_were_asked(wb):  # R12
    job = wb.occupations.append(title="Captioner")
    for n, category in enumerate(("background", "rewards", "salary")):
        ana = wb.contacts.append(name=f"Ana {n}")
        meeting = wb.interviews.append(
            contact_id=ana.id, occupation_id=job.id, starts_at="2026-11-02T10:00", status="held"
        )
        wb.questions.append(
            interview_id=meeting.id, category=category, text="?", outcome="asked", answer="So."
        )
        tips = f"Captioner come from {('one', 'two', '')[n]} independent voice"
        assert (tips in plain(said(review.voices(wb)))) is (n < 2)


def test_fit_shows_each_step_with_what_moved_it(example):
    words = plain(said(review.fit(example)))
    assert "14 Oct 2026 Hydrologist 83 +14 Seeing that my work matters to a neighborhood" in words


def test_the_forecast_answers_when_a_field_changes(example):
    shown = review.forecast(example, today=TODAY)
    assert named(shown, "Interviews held, in all").value == 17
    named(shown, "Interviews held, in all").value = 13
    assert "the aim of 13 is reached" in said(shown)
    named(shown, "Interviews held, in all").value = 60
    named(shown, "By").value = date(2026, 11, 20)
    assert "out of reach" in said(shown)
    half_filled(named(shown, "By"))  # of which nothing is taken away
    named(shown, "By").value = None
    assert "Choose a date" in said(shown)


def test_the_forecast_says_that_it_rests_on_others_before_there_are_replies(wb):
    assert "not yet on replies to you" in said(review.forecast(wb, today=TODAY))


def test_an_earlier_review_is_compared(example):
    shown = review.compare(example, today=TODAY)
    named(shown, "Since").value = date(2026, 10, 1)
    assert "people met from 4 to 13" in said(shown)
    half_filled(named(shown, "Since"))
    named(shown, "Since").value = None
    assert "Choose a date" in said(shown)


def test_nothing_has_changed_only_where_no_figure_has(wb):
    job = wb.occupations.append(title="Captioner")
    ana, bo = (wb.contacts.append(name=name) for name in ("Ana", "Bo"))
    for one in (ana, bo):
        wb.interviews.append(
            contact_id=one.id, occupation_id=job.id, starts_at="2026-10-01T10:00", status="held"
        )
    shown = review.compare(wb, today=TODAY)
    assert "Nothing has changed" in said(shown)
    wb.referrals.append(from_contact_id=ana.id, to_contact_id=bo.id, referred_on="2026-11-10")
    assert "Nothing has changed" not in said(shown)
    assert "other figures have changed" in said(shown)


@pytest.mark.parametrize("held, words", [(False, "Hold a first interview"), (True, "1 interview")])
def test_the_check_says_what_comes_next(held, words, wb):
    assert "Add the people you know" in said(review.check_review(wb))
    bo = wb.contacts.append(name="Bo")
    if held:
        wb.interviews.append(contact_id=bo.id, status="held", starts_at="2026-11-01T12:00:00+00:00")
    assert words in said(review.check_review(wb))


def test_the_check_asks_for_a_word_to_whom_there_was_none_for_long(wb):  # R32
    bo = wb.contacts.append(name="Bo")
    wb.interviews.append(contact_id=bo.id, status="held", starts_at="2026-05-01T12:00:00+00:00")
    wb.goals.append_many({"stage": "comparing fields", "objective": f"Look {n}"} for n in range(2))
    assert re.search(r"Write to Bo: \d+ days of silence. Page 2", said(review.check_review(wb)))
    wb.messages.append(contact_id=bo.id, purpose="keep in touch", channel="email")
    assert "Write to Bo" not in said(review.check_review(wb))


# --- the report ----------------------------------------------------------------------------------


def test_the_report_is_one_file_that_needs_nothing_else(example):
    html = review.report_html(example, "full", TODAY)
    assert html.startswith("<!doctype html>") and '<meta charset="utf-8">' in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert not re.search(r"@import|url\(", html)
    assert html.count("<img alt=") == 8
    for words in ("Network review: Mariana Tevez", "Ingrid Halvorsen", "Every meeting",
                  "There is work between the model and the people."):  # fmt: skip
        assert words in html
    assert len(html) < 1_000_000


def test_the_report_has_to_do_what_is_due_at_that_hour(wb):
    ana = wb.contacts.append(name="Ana Silva")
    wb.interviews.append(contact_id=ana.id, starts_at="2026-11-16T09:00:00Z", status="confirmed")
    asked = "Say whether the meeting with Ana Silva on 16 Nov was held."
    for now in (datetime(2026, 11, 16, hour, tzinfo=UTC) for hour in (8, 15)):
        is_over = now.hour == 15
        assert (asked in said(review.today(wb, now))) is is_over
        assert (asked in review.report_html(wb, "full", now)) is is_over


@pytest.mark.parametrize("names", ["initials", "none"])
def test_a_report_without_names_gives_nobody_away(names, example):
    example.debriefs.append(
        interview_id=example.interviews.rows()[0].id,
        learned="Ask RUTH, and Tomás; Begay's van. Ingrid Halvorsen!",
    )
    for data in (review.report_html(example, names, TODAY),
                 review.history_csv(example, names).decode()):  # fmt: skip
        page = plain(re.sub(r"base64,[A-Za-z0-9+/=]+", "", data)) + pictures(data)
        page += " ".join(re.findall(r'alt="([^"]+)"', data))
        for row in example.contacts.rows():
            for part in (row.name, *row.name.split()):
                if len(part) > 2:
                    assert not re.search(rf"\b{re.escape(part)}\b", page, re.I), part
            assert row.email == "" or row.email not in page
        if names == "none":
            assert "Harbor Light Museum" not in page


@pytest.mark.parametrize("names", ["initials", "none"])
def test_a_name_of_any_script_and_ending_is_hidden_wherever_a_learner_wrote_it(names, wb):
    people = ("Bo Li", "王小明", "Jan Becker", "Ana Silva", "Dr. O\u2019Neil", "김민준")
    said = (
        "Bo said yes. Li, too. 王小明さんは親切. Beckers Team. Anas Chef. O'Neil laughed. "
        "김민준은 good. See www.example.org/anasilva or ask asilva@example.org."
    )
    place = wb.organizations.append(name="Silva and Becker")
    job = wb.occupations.append(title="Assistant to Silva", status="exploring")
    criterion = wb.criteria.append(kind="value", statement="To be like O'Neil", importance=5)
    for name in people:
        one = wb.contacts.append(name=name, organization_id=place.id, occupation_id=job.id)
        meeting = wb.interviews.append(
            contact_id=one.id, status="held", starts_at="2026-10-01T12:00:00+00:00"
        )
        wb.debriefs.append(interview_id=meeting.id, learned=said, next_steps=said)
    for day, rating in (("2026-10-01", 2), ("2026-10-02", 5)):
        wb.fit_ratings.append(occupation_id=job.id, criterion_id=criterion.id, rating=rating,
                              rated_on=day)  # fmt: skip
    wb.tasks.append(task=said, due_on="2026-11-01")
    html = review.report_html(wb, names, TODAY)
    page = plain(re.sub(r"base64,[A-Za-z0-9+/=]+", "", html)) + pictures(html)
    page += " ".join(re.findall(r'alt="([^"]+)"', html)) + review.history_csv(wb, names).decode()
    for part in ("Bo ", "Li,", "小明", "Becker", "Ana", "Silva", "Neil", "민준", "asilva"):
        assert part not in page, part
    if names == "initials":
        assert "B. L. said yes. B. L., too. 王.さんは親切. J. B. Team. A. S. Chef." in page


PARTS = (
    "Bo", "Li", "Ng", "Ma", "Jan", "Silva", "Becker", "José", "Łukasz", "Weiß", "Nguyễn", "Žižek",
    "O\u2019Neil", "D'Angelo", "Anne-Marie", "May", "Rose", "Will", "So", "Иван", "Φωτεινή",
    "王小明", "太郎", "김민준", "محمد", "דוד", "प्रिया", "สมชาย",
)  # fmt: skip
SPELLINGS = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "without accents": fold,
    "taken apart": lambda text: unicodedata.normalize("NFD", text),
    "with another apostrophe": lambda text: text.replace("\u2019", "'"),
}


@settings(max_examples=150)
@given(
    people=st.lists(
        st.tuples(st.sampled_from(["", "Dr. ", "Frau "]),
                  st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True),
                  st.sampled_from(["", ", PhD", " (she/her)"])),
        min_size=1, max_size=4,
    ),
    spelling=st.sampled_from(sorted(SPELLINGS)),
    ending=st.sampled_from(["", "'s", *ENDINGS.split("|")]),
    names=st.sampled_from(["initials", "none"]),
)  # fmt: skip
def test_no_part_of_a_name_is_left_in_what_a_learner_wrote(people, spelling, ending, names):
    contacts = [
        {"id": f"c{n}", "name": f"{before}{' '.join(parts)}{behind}"}
        for n, (before, parts, behind) in enumerate(people)
    ]
    for part in {part for _, parts, _ in people for part in parts}:
        bare = written = SPELLINGS[spelling](part)
        written += ending if part[0] < "\u0400" else ""  # English and German know them
        text = f"I met {written} today."
        shown = review.with_names(
            facts(contacts=contacts, tasks=[{"task": text}], occupations=[{"title": text}],
                  debriefs=[{"learned": text, "next_steps": text}]),
            names,
        )  # fmt: skip
        for left in (shown.tasks[0].task, shown.occupations[0].title, shown.debriefs[0].learned):
            if EVERYDAY.isdisjoint([bare, written]):  # words of every text, in small letters
                assert not re.search(rf"(?<!\w){re.escape(written)}(?!\w)", left), left
        if names == "none":
            assert shown.debriefs[0] == ("", "", "") or not shown.debriefs[0].next_steps


def test_a_name_of_two_people_stands_for_neither_and_a_word_of_every_text_stays():
    text = "Silva may go, so may Will. WILL Smith will. Rose rose."
    contacts = [{"name": name} for name in ("Ana Silva", "Rui Silva", "Will Smith", "Rose So")]
    shown = review.with_names(facts(contacts=contacts, tasks=[{"task": text}]), "initials")
    assert shown.tasks[0].task == "… may go, so may W. S.. W. S. will. R. S. (2) R. S. (2)."


def test_initials_tell_two_people_apart(wb):
    for name in ("Ana Silva", "Amir Said", "张伟", "O'Neil, José"):
        wb.contacts.append(name=name)
    facts = review.with_names(measures.Facts.of(wb), "initials")
    assert [c.name for c in facts.contacts] == ["A. S.", "A. S. (2)", "张.", "O. J."]


def test_names_are_full_initials_or_none(wb):
    with pytest.raises(WorkbookError, match='full, initials or none, not as "short"'):
        review.report_html(wb, "short", TODAY)


def test_a_report_of_an_empty_workbook_says_what_is_missing(wb):
    html = review.report_html(wb, "full", TODAY)
    assert "Nobody was asked for a meeting yet" in html and "<img" not in html


def test_the_history_is_a_csv_that_runs_no_formula(wb):
    bo = wb.contacts.append(name='=HYPERLINK("http://example.org")', how_known="friend")
    wb.interviews.append(contact_id=bo.id, status="held", starts_at="2026-11-01T12:00:00+00:00",
                         minutes=25)  # fmt: skip
    data = review.history_csv(wb)
    assert data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert header == list(measures.history.columns)
    cells = dict(zip(header, row, strict=True))
    assert cells["name"].startswith("'=") and cells["minutes"] == "25"
    assert cells["on"] == "2026-11-01"


def test_the_report_is_made_for_download_and_writes_no_file(example):
    before = sorted(path for path in example.folder.rglob("*") if path.is_file())
    shown = review.report(example, today=TODAY)
    named(shown, "People in it").value = "initials"
    html = press(shown, "Make the report")
    assert "The report of 16 Nov 2026 is ready, people by their initials." in html
    links = re.findall(r'download="([^"]+)" href="data:(text/\w+)', html)
    assert links == [("network-review-2026-11-16.html", "text/html"),
                     ("history-2026-11-16.csv", "text/csv")]  # fmt: skip
    assert sorted(path for path in example.folder.rglob("*") if path.is_file()) == before


@pytest.mark.browser
def test_the_report_prints_on_a_few_pages_and_asks_nothing_of_the_network(
    example, tmp_path, chromium
):
    path = tmp_path / "report.html"
    path.write_text(review.report_html(example, "full", TODAY), encoding="utf-8")
    asked = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.locator("img").count() == 8
        assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
        pdf = page.pdf(prefer_css_page_size=True)
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 10


# --- the logs, looked through --------------------------------------------------------------------


def looked_at(shown):
    return next(widget for widget in walk(shown) if isinstance(widget, ITable))


def test_a_log_is_shown_newest_first_and_a_row_that_is_clicked_can_be_changed(example):
    shown = review.logs(example)
    named(shown, "Log").value = "messages"
    table = looked_at(shown)
    newest = example.messages.rows()[-1]
    assert table.df.iloc[0]["With whom"] == example.label("contacts", newest.contact_id)
    table.selected_rows = [0]
    body = named(shown, "Text")
    assert body.value == newest.text
    body.value = "Another text"
    press(shown, "Save changes")
    assert example.messages.get(newest.id).text == "Another text"
    assert "Another text" in set(table.df["Text"])


def test_days_are_shown_as_people_write_them_and_sorted_as_days(example):
    shown = review.logs(example)
    named(shown, "Log").value = "interviews"
    table = looked_at(shown)
    heads = list(table.df.columns)
    behind = heads.index("Date and time (to sort)")
    assert table.df.iloc[-1]["Date and time"] == forms.in_words(
        example.interviews.rows()[0].starts_at
    )
    rules = table._dt_args["columnDefs"]
    assert {"targets": heads.index("Date and time"), "orderData": behind} in rules
    assert any(not rule.get("visible", True) and behind in rule["targets"] for rule in rules)


def test_a_column_that_a_save_brings_leaves_the_sorting_with_its_own_column(wb):
    for name in ("Ana Silva", "Bo Chen"):
        wb.contacts.append(name=name, notes="Met at the fair")
    shown = review.logs(wb)
    named(shown, "Log").value = "contacts"
    table = looked_at(shown)

    def named_columns():  # by which DataTables keeps and finds what is sorted
        return {rule["name"]: rule["targets"] for rule in table._dt_args["columnDefs"]
                if "name" in rule}  # fmt: skip

    before = named_columns()["Notes"]
    wb.contacts.revise(wb.contacts.rows()[0].id, job_title="Speech engineer")
    after = named_columns()
    assert after["Notes"] == before + 1 and after["Job title"] < after["Notes"]
    assert all(table.df.columns[at] == name for name, at in after.items())


def made_backup(panel):
    """The (name, bytes) that the link of the page saves."""
    assert "The backup is ready" in press(panel, "Make a backup of all logs")
    link = r'download="(workbook [^"]+\.zip)" href="data:[^,]+,([^"]+)"'
    name, data = re.search(link, said(panel)).groups()
    return name, base64.b64decode(data)


def bring_back(panel, name, data):
    now = datetime.now()
    file = {"name": name, "type": "", "size": len(data), "content": data, "last_modified": now}
    named(panel, "Bring a backup back").value = (file,)


def test_a_backup_goes_from_one_computer_to_another_without_code(example, wb):
    name, data = made_backup(review.logs(example))
    mine = wb.tasks.append(task="call Ana")
    there = review.logs(wb)
    bring_back(there, name, data)
    assert name in said(there) and "in the place of yours?" in said(there)
    press(there, "No, leave mine")
    assert [row.id for row in wb.tasks.rows()] == [mine.id] and len(wb.contacts) == 0
    bring_back(there, name, data)
    told = plain(press(there, "Yes, put them in place"))
    for log in example.logs():
        assert [row.id for row in wb.log(log.table.name).rows()] == [row.id for row in log.rows()]
    (before,) = wb.hidden.glob("backups/*.zip")
    assert before.name in told
    wb.restore(before)
    assert [row.id for row in wb.tasks.rows()] == [mine.id]


def test_a_file_that_is_no_backup_changes_nothing_and_is_said(wb):
    wb.tasks.append(task="call Ana")
    there = review.logs(wb)
    bring_back(there, "<b>thesis.zip", b"PK no zip at all")
    assert "&lt;b&gt;thesis.zip" in said(there)
    told = press(there, "Yes, put them in place")
    assert "thesis.zip is not a whole zip file" in told and "place of yours" not in told
    assert [row.task for row in wb.tasks.rows()] == ["call Ana"]


def test_every_log_can_be_looked_through_empty_and_filled(example, wb):
    for book in (example, wb):
        shown = review.logs(book)
        for table in TABLES:
            named(shown, "Log").value = table
            assert len(looked_at(shown).df) == len(book.log(table))


# --- one's own analysis ---------------------------------------------------------------------------


def test_the_code_that_the_page_shows_finds_what_the_page_shows(example, wb):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    text = "".join(next(c for c in cells if c["id"] == "step-12-example")["source"])
    code = re.search(r"```python\n(.*?)```", text, re.S)[1]
    *lines, last = code.strip().splitlines()
    for book in (example, wb):
        names = {"wb": book}
        exec("\n".join(lines), names)
        found = eval(last, names)
        panel = review.worked_example(book)
        press(panel, "Run the example")
        shown = plain(said(panel))
        for row in found.itertuples():
            assert f"{row.Index} {row[1]} {row[2]}" in shown
    assert "nothing to compare yet" in shown


# --- a whole first round -----------------------------------------------------------------------


def test_the_first_interview_shows_its_chain_and_what_it_did_to_the_fit(wb):
    job = wb.occupations.append(title="Speech systems engineer")
    wb.occupations.append(title="Clinical data manager")
    quiet = wb.criteria.append(kind="value", statement="Helping people hear", importance=5)
    maths = wb.criteria.append(kind="skill", statement="=1+1 and NA", importance=3)
    for criterion, rating in ((quiet, 3), (maths, 4)):
        wb.fit_ratings.append(occupation_id=job.id, criterion_id=criterion.id, rating=rating,
                              rated_on="2026-11-16")  # fmt: skip
    professor = wb.contacts.append(name="Prof. Žižek Núñez", how_known="teacher")
    jose = wb.contacts.append(name="O'Neil, José", occupation_id=job.id)
    wb.referrals.append(from_contact_id=professor.id, to_contact_id=jose.id, may_use_name="yes")
    wb.messages.append(contact_id=jose.id, sent_at="2026-11-09T12:00:00+00:00", reply="yes",
                       replied_on="2026-11-10")  # fmt: skip
    met = wb.interviews.append(contact_id=jose.id, starts_at="2026-11-16 09:00", status="held",
                               timezone="Asia/Tokyo", format="video")  # fmt: skip
    for category in ("background", "rewards", "salary", "industry"):
        wb.questions.append(interview_id=met.id, category=category, text="How?", outcome="asked",
                            answer='"Well", she said,\nand 🙂')  # fmt: skip
    wb.debriefs.append(interview_id=met.id, liked="The lab")
    for name, may in (("王小明", "yes"), ("Ana, Silva", "not asked")):
        other = wb.contacts.append(name=name)
        wb.referrals.append(from_contact_id=jose.id, to_contact_id=other.id, interview_id=met.id,
                            may_use_name=may)  # fmt: skip
    wb.messages.append(contact_id=jose.id, purpose="thank-you",
                       sent_at="2026-11-16T12:00:00+00:00")  # fmt: skip
    wb.fit_ratings.append(occupation_id=job.id, criterion_id=quiet.id, rating=5,
                          interview_id=met.id, rated_on="2026-11-16")  # fmt: skip

    chains = measures.referral_chains(wb)
    assert list(zip(chains["name"], chains["generation"], chains["n_referred"], strict=True)) == [
        ("Prof. Žižek Núñez", 0, 1), ("O'Neil, José", 1, 2), ("王小明", 2, 0), ("Ana, Silva", 2, 0),
    ]  # fmt: skip
    assert measures.funnel(wb)["n"].tolist() == [1, 1, 1, 1, 1, 1]
    fit = measures.fit(wb)  # (5 * 50 + 3 * 75) / 8 before, (5 * 100 + 3 * 75) / 8 after
    assert fit["fit"].tolist() == [59.375, 90.625]
    assert fit["moved_by"].tolist() == ["", "Helping people hear"]
    shown = said(review.who_referred_whom(wb))
    assert "The widest begins with Prof. Žižek Núñez and reached 3 people" in shown
    assert "Ana, Silva not asked" in plain(shown)
    assert "1 held, 1 independent" in pictures(said(review.interviews_per_occupation(wb)))
    assert "is at 91, from 59 at first" in said(review.fit(wb))


@pytest.mark.browser
def test_a_long_word_in_the_report_leaves_the_other_columns_their_room(wb, chromium):
    long = "Donaudampfschifffahrtsgesellschaftskapitänsausbildungsstätte"
    job = wb.occupations.append(title=f"Leiterin der {long}")
    who = wb.contacts.append(name=f"Wilhelmine Freifrau von {long}")
    met = wb.interviews.append(contact_id=who.id, occupation_id=job.id, status="held",
                               starts_at="2026-11-02 09:00")  # fmt: skip
    wb.debriefs.append(interview_id=met.id, learned=f"Das {long} " * 6)
    for name in ("Ana Silva", "Bo Lind", "Cy Berg"):
        other = wb.contacts.append(name=name)
        wb.referrals.append(from_contact_id=who.id, to_contact_id=other.id, interview_id=met.id,
                            may_use_name="yes")  # fmt: skip
    page = chromium.new_page(viewport={"width": 840, "height": 1000})
    try:
        page.set_content(review.report_html(wb))
        cells = page.locator("table").last.locator("tbody tr").first.locator("td")
        widths = cells.evaluate_all("all => all.map(cell => cell.getBoundingClientRect().width)")
        assert len(widths) == 6 and min(widths) > 80, widths
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 840
    finally:
        page.close()


def test_meetings_that_count_for_no_occupation_are_said(wb):
    who = wb.contacts.append(name="Ana Silva")
    job = wb.occupations.append(title="Carpenter")
    panel = review.interviews_per_occupation(wb)
    assert "no occupation" not in plain(said(panel))
    rows = [
        wb.interviews.append(contact_id=who.id, starts_at=f"2026-11-0{day} 09:00", status="held")
        for day in (2, 3)
    ]
    words = "2 interviews held name no occupation and so are not counted here: choose it on page 2"
    assert words in plain(said(panel))
    wb.interviews.revise(rows[0].id, occupation_id=job.id)
    assert "1 interview held names no occupation" in plain(said(panel))
    wb.contacts.revise(who.id, occupation_id=job.id)  # then a meeting is about what they do
    assert "no occupation" not in plain(said(panel))


def test_the_page_is_drawn_without_pandas(example):
    code = (
        "import sys; from ii_helpers.stages import network_review as page; import ii_helpers as ii;"
        "wb = ii.open_workbook(sys.argv[1]);"
        "[getattr(page, name)(wb) for name in sys.argv[2:]]; print('pandas' in sys.modules)"
    )
    panels = (
        "today", "funnel", "growth", "who_referred_whom", "interviews_per_occupation", "voices",
        "fit", "forecast", "compare", "report", "targets_panel", "logs", "frames",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code, str(example.folder), *panels],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
