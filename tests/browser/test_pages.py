"""Every page, empty and with the example learner: it runs, says no error, and passes axe."""

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
            found += [f"{name}: {line}" for line in violations(page)]
            page.set_viewport_size({"width": 640, "height": 400})  # as at 200 %
            found += [f"{name} at 200 %: {line}" for line in page.evaluate(TOO_WIDE)]
            page.set_viewport_size({"width": 1280, "height": 800})
        panel.locator(".ii-panel").last.evaluate("e => e.append(document.createElement('input'))")
        assert any("label" in line for line in violations(page))  # the check itself can fail
    assert found == [], "\n".join(found)
