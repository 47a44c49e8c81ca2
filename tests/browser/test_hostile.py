"""Text is text: whatever the logs, the course and a file's name hold, no page runs it."""

import tomllib

from playwright.sync_api import expect

from ii_helpers.stages import PAGES
from ii_helpers.tables import TABLES

from .conftest import Lab, copy_of_workbook, next_page, notebook_panel, open_page, start_page
from .hostile import PAYLOADS, fill

# What text would have made if it were taken for more than text. Our own are a button that
# copies and the sheet for a meeting, which is kept in a sandbox.
MADE = """() => [...document.querySelectorAll('.ii-panel *')].filter(e =>
    e.matches('script, object, embed, base, meta, link, form, video, audio, marquee, math')
    || e.matches('iframe:not([sandbox="allow-scripts allow-modals"])')
    || e.matches('[data-commandlinker-command], img:not([src^="data:"]), [href^="javascript:" i]')
    || [...e.attributes].some(a => a.name.startsWith('on') && !e.matches('.ii-button'))
  ).map(e => e.outerHTML.slice(0, 200))"""


def plain(text):
    return " ".join(text.replace("\xa0", " ").replace("\x00", "").split())  # no page shows a NUL


def test_no_text_runs_asks_or_hides_anything_on_any_page(chromium, tmp_path):
    folder = copy_of_workbook(tmp_path / "workbook")
    course = folder / "data" / "course.toml"
    name = f'name = """{PAYLOADS[5]}"""'
    words = course.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(words) if line.startswith("name ="))
    course.write_text("\n".join([*words[:at], name, *words[at + 1 :]]), encoding="utf-8")
    assert PAYLOADS[5] in str(tomllib.loads(course.read_text(encoding="utf-8")))
    fill(folder / "data" / "log")
    copy = folder / "data" / "log" / "contacts (<img src=x onerror=window.top.hit=1>).csv"
    copy.write_bytes((folder / "data" / "log" / "contacts.csv").read_bytes())
    lab = Lab(folder, tmp_path / "home")
    made = []
    try:
        with open_page(chromium) as page:
            asked = []
            page.on("request", lambda request: asked.append(request.url))
            for name in PAGES:
                first = name == "00_start_here"
                panel = start_page(page, lab, name) if first else next_page(page, lab, name)
                expect(panel.locator('[data-mime-type*="error"]')).to_have_count(0)
                if name == "02_outreach":
                    write_a_letter(panel)
                if name == "04_debrief":
                    find_again(panel)
                if name == "05_network_review":
                    look_through_every_log(page, panel)
                made += [f"{name}: {what}" for what in page.evaluate(MADE)]
                assert page.evaluate("window.hit") is None, name
                assert panel.locator(".ii-panel").first.is_visible(), name
            made += [url for url in asked if url.endswith("/x") or "far.example" in url]
            assert page.evaluate(  # the look itself can fail
                """(made) => { document.querySelector('.ii-panel').insertAdjacentHTML(
                    'beforeend', '<b onclick="1">x</b>'); return eval(made)().length }""",
                MADE,
            )
    finally:
        lab.close()
    assert made == [], "\n".join(made)


def write_a_letter(panel):
    panel.get_by_label("Write to", exact=True).select_option(index=6)
    panel.get_by_role("button", name="Draft it").click()
    expect(panel.get_by_label("Your letter")).not_to_have_value("")


def find_again(panel):
    panel.get_by_label("Find a person, a word or a date").fill("onerror")
    expect(panel.get_by_role("status").filter(has_text="of them")).to_be_visible()


def look_through_every_log(page, panel):
    """The page with tables: every payload is there to be read, letter for letter."""
    for n, table in enumerate(TABLES, start=1):  # after "(choose)"
        panel.get_by_label("Log", exact=True).select_option(index=n)
        shown = panel.locator(".ii-browse")
        expect(shown).to_contain_text(next(iter(TABLES[table].columns.values())).label)
        if table != "contacts":
            continue
        expect(shown).to_contain_text("How to say it")
        shown.get_by_label("rows on a page").select_option("200")
        expect(shown.locator("tbody tr")).to_have_count(len(PAYLOADS))
        cells = {plain(text) for text in shown.locator("tbody td").all_inner_texts()}
        assert {plain(payload) for payload in PAYLOADS} <= cells
    assert notebook_panel(page).locator(".ii-panel").first.is_visible()
