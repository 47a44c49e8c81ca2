"""Every page, empty and with the example learner: it runs, says no error, and passes axe."""

import re

import pytest
from playwright.sync_api import expect

from ii_helpers.stages import PAGES

from .axe import violations
from .conftest import next_page, open_page, running, start_page

# What reaches out of its panel, and does not scroll within it.
TOO_WIDE = """() => [...document.querySelectorAll('.ii-panel *')].filter(e => {
        const edge = e.closest('.jp-Cell-outputArea').getBoundingClientRect().right;
        return e.getClientRects().length && e.getBoundingClientRect().right > edge + 2
            && !e.closest('.ii-scroll, .ii-browse, figure');
    }).map(e => e.outerHTML.slice(0, 160))"""


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
def test_every_page_runs_without_an_error_and_serves_everybody(chromium, tmp_path, whose):
    """The empty workbook in the light theme, the example in the dark one."""
    found = []
    with running(tmp_path, whose, dark=whose == "example") as lab, open_page(chromium) as page:
        for name in PAGES:
            first = name == "00_start_here"
            panel = start_page(page, lab, name) if first else next_page(page, lab, name)
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
