"""Every page, empty and with the example learner: it runs, says no error, and passes axe.

Then with hostile text: whatever the logs, the course and a file's name hold, no page runs it. One
JupyterLab and its kernels serve all three; each workbook is laid down where the last one was, and
the window loaded anew.
"""

import re
import shutil
import tomllib

import pytest
from playwright.sync_api import expect

from ii_helpers.stages import PAGES
from ii_helpers.tables import TABLES

from .axe import violations
from .conftest import choose_theme, next_page, notebook_panel, open_page, start_page
from .hostile import PAYLOADS, fill

# What reaches out of its panel, and does not scroll within it.
TOO_WIDE = """() => [...document.querySelectorAll('.ii-panel *')].filter(e => {
        const edge = e.closest('.jp-Cell-outputArea').getBoundingClientRect().right;
        return e.getClientRects().length && e.getBoundingClientRect().right > edge + 2
            && !e.closest('.ii-scroll, .ii-browse, figure');
    }).map(e => e.outerHTML.slice(0, 160))"""


# What text would have made if it were taken for more than text. Our own are a button that
# copies and the sheet for a meeting, which is kept in a sandbox.
MADE = """() => [...document.querySelectorAll('.ii-panel *')].filter(e =>
    e.matches('script, object, embed, base, meta, link, form, video, audio, marquee, math')
    || e.matches('iframe:not([sandbox="allow-scripts allow-modals"])')
    || e.matches('[data-commandlinker-command], img:not([src^="data:"]), [href^="javascript:" i]')
    || [...e.attributes].some(a => a.name.startsWith('on') && !e.matches('.ii-button'))
  ).map(e => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def page(chromium):
    """One window for all tests of this module."""
    with open_page(chromium) as made:
        yield made


@pytest.fixture
def laid_down(page, lab):
    """The logs' folder, which is not there yet, while no page is open."""
    page.goto("about:blank")
    shutil.rmtree(lab.log, ignore_errors=True)
    return lab.log


def every_page(page, lab):
    """Start one page after the other; those before it stay open, as with a learner."""
    for name in PAGES:
        first = name == "00_start_here"
        yield name, start_page(page, lab, name) if first else next_page(page, lab, name)


def look_through(panel):
    """A row that was searched for is chosen, changed and saved; the search is still there. Then
    the person asks to be forgotten."""
    panel.get_by_label("Search in this log").fill("a")
    panel.locator(".ii-browse .dt-paging-button", has_text="2").click()
    shown = panel.locator(".ii-browse .dt-info")
    expect(shown).to_have_text(re.compile("^11 to 20"))
    row = panel.locator(".ii-browse tbody tr").nth(1)
    name = row.locator("td").first.inner_text()
    row.click()
    part = panel.locator(".jp-CodeCell").filter(has=panel.page.locator(".ii-browse"))
    expect(part.get_by_label("Name *")).to_be_focused()  # the form is below the screen
    expect(part.get_by_label("Name *")).to_have_value(name)
    expect(part.get_by_label("Name *")).to_be_in_viewport()
    part.get_by_label("Name *").fill(f"{name} X")
    part.get_by_role("button", name="Save changes").click()
    expect(row).to_contain_text(f"{name} X")
    expect(shown).to_have_text(re.compile("^11 to 20"))
    expect(panel.get_by_label("Search in this log")).to_have_value("a")
    row.click()
    expect(part.get_by_label("Name *")).to_have_value(f"{name} X")
    part.get_by_role("button", name="Erase it").click()
    part.get_by_role("button", name="They asked to be forgotten").click()
    expect(part.get_by_role("button", name="No, keep them")).to_be_focused()
    part.get_by_role("button", name="Yes, forget them for good").click()
    expect(part.get_by_role("status").filter(has_text="Forgotten.")).to_be_visible()
    expect(panel.locator(".ii-browse tbody")).not_to_contain_text(f"{name} X")


@pytest.mark.parametrize("whose", ["empty", "example"])
def test_every_page_runs_without_an_error_and_serves_everybody(page, lab, laid_down, whose):
    """The empty workbook in the light theme, the example in the dark one."""
    found = []
    if whose == "example":
        shutil.copytree(lab.folder / "data" / "example", laid_down)
    theme = "Dark" if whose == "example" else "Light"
    choose_theme(lab.home, theme)
    for name, panel in every_page(page, lab):
        expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
        expect(panel.locator('[data-mime-type*="error"]')).to_have_count(0)
        expect(panel.locator('[data-mime-type*="stderr"]')).to_have_count(0)
        expect(panel.locator(".ii-error")).to_have_count(0)
        missing = panel.locator("figure img:not([alt]), figure img[alt='']")
        expect(missing).to_have_count(0)
        if name == "05_network_review":
            panel.get_by_label("Log", exact=True).select_option("contacts")
            expect(panel.locator(".ii-browse tbody tr").first).to_be_visible()
            if whose == "example":
                look_through(panel)
        found += [f"{name}: {line}" for line in violations(page)]
        page.set_viewport_size({"width": 640, "height": 400})  # as at 200 %
        found += [f"{name} at 200 %: {line}" for line in page.evaluate(TOO_WIDE)]
        page.set_viewport_size({"width": 1280, "height": 800})
    panel.locator(".ii-panel").last.evaluate("e => e.append(document.createElement('input'))")
    assert any("label" in line for line in violations(page))  # the check itself can fail
    assert found == [], "\n".join(found)


def plain(text):
    return " ".join(text.replace("\xa0", " ").replace("\x00", "").split())  # no page shows a NUL


def test_no_text_runs_asks_or_hides_anything_on_any_page(page, lab, laid_down):
    course = lab.folder / "data" / "course.toml"
    name = f'name = """{PAYLOADS[5]}"""'
    words = course.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(words) if line.startswith("name ="))
    course.write_text("\n".join([*words[:at], name, *words[at + 1 :]]), encoding="utf-8")
    assert PAYLOADS[5] in str(tomllib.loads(course.read_text(encoding="utf-8")))
    fill(laid_down)
    copy = laid_down / "contacts (<img src=x onerror=window.top.hit=1>).csv"
    copy.write_bytes((laid_down / "contacts.csv").read_bytes())
    choose_theme(lab.home, "Light")
    made, asked = [], []
    page.on("request", lambda request: asked.append(request.url))
    for name, panel in every_page(page, lab):
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
