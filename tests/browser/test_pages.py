"""Every page, empty and with the example learner: it runs, says no error, and passes axe."""

import shutil

import pytest
from playwright.sync_api import expect

from ii_helpers.stages import PAGES

from .axe import violations
from .conftest import Lab, copy_of_workbook, next_page, open_page, start_page


@pytest.mark.parametrize("whose", ["empty", "example"])
def test_every_page_runs_without_an_error_and_serves_everybody(chromium, tmp_path, whose):
    folder = copy_of_workbook(tmp_path / "workbook")
    if whose == "example":
        shutil.copytree(folder / "data" / "example", folder / "data" / "log")
    lab = Lab(folder, tmp_path / "home")
    found = []
    try:
        with open_page(chromium) as page:
            for name in PAGES:
                first = name == "00_start_here"
                panel = start_page(page, lab, name) if first else next_page(page, lab, name)
                expect(panel.locator('[data-mime-type*="error"]')).to_have_count(0)
                expect(panel.locator('[data-mime-type*="stderr"]')).to_have_count(0)
                expect(panel.locator(".ii-error")).to_have_count(0)
                missing = panel.locator("figure img:not([alt]), figure img[alt='']")
                expect(missing).to_have_count(0)
                found += [f"{name}: {line}" for line in violations(page)]
            panel.locator(".ii-panel").last.evaluate(
                "e => e.append(document.createElement('input'))"
            )
            assert any("label" in line for line in violations(page))  # the check itself can fail
    finally:
        lab.close()
    assert found == []
