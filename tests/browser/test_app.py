"""The workbook without code: `ii-workbook start --app`, by Voila."""

import shutil
import time

import pytest
from playwright.sync_api import expect

from ..conftest import CHECKOUT
from .conftest import Lab, Wire, copy_of_workbook, links_are_underlined, open_page


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = copy_of_workbook(tmp_path_factory.mktemp("workbook"))
    running = Lab(folder, tmp_path_factory.mktemp("home"), app=True)
    yield running
    running.close()


@pytest.fixture(scope="module")
def page(chromium):
    with open_page(chromium) as made:
        yield made


@pytest.fixture(scope="module")
def wire(page):
    """Asked for by the first test that opens a page: only what is sent later goes through it."""
    return Wire(page)


def started(page):
    """Wait until the page has run."""
    expect(page.get_by_role("button", name="Refresh this page")).to_be_visible()


def test_a_page_starts_by_itself_shows_no_code_and_saves_a_row(page, wire, app):
    page.goto(app.address)
    started(page)
    assert page.title() == "Start here"
    assert page.locator(".jp-InputArea-editor:visible, .jp-CodeCell pre:visible").count() == 0
    assert links_are_underlined(page)
    assert "Run All Cells" not in page.locator("body").inner_text()
    page.get_by_label("Your name *").fill("Wren Halloway")
    page.get_by_role("button", name="Save about you").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert "Wren Halloway" in (app.log / "learner.csv").read_text(encoding="utf-8")

    page.get_by_label("Pages").get_by_role("link", name="1 Research").click()
    expect(page).to_have_title("1 · Research: what matters to you, and what you can read")
    started(page)
    expect(page.get_by_text("Name what matters to you: page 1 Research.")).to_be_visible()

    page.get_by_role("button", name="Start this page").click()  # that is: load it again
    expect(page.get_by_role("button", name="Refresh this page")).not_to_be_visible()
    started(page)
    until = time.monotonic() + 20  # the kernels of the pages that were left end
    while len(app.api("api/kernels")) > 1 and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert len(app.api("api/kernels")) == 1


def test_a_lost_connection_is_said(page, wire):
    wire.cut()
    expect(page.get_by_role("alert").filter(has_text="No connection")).to_be_in_viewport()


def test_what_needs_cells_of_ones_own_is_left_out(chromium, app):
    with open_page(chromium) as page:
        page.goto(f"{app.url}/voila/render/notebooks/05_network_review.ipynb?token={app.token}")
        started(page)
        expect(page.get_by_role("heading", name="Step 13")).to_be_visible()
        expect(page.get_by_text("That was the last page")).to_be_visible()
        shown = page.locator("#rendered_cells").inner_text()
        assert "Step 14" not in shown and "groupby" not in shown and "wb." not in shown


def test_on_a_phone_nothing_is_wider_than_the_page(chromium, app):
    shutil.rmtree(app.log, ignore_errors=True)
    shutil.copytree(CHECKOUT / "data" / "example", app.log)
    with open_page(chromium) as page:
        page.set_viewport_size({"width": 400, "height": 800})
        for name in ("02_outreach", "05_network_review"):
            page.goto(f"{app.url}/voila/render/notebooks/{name}.ipynb?token={app.token}")
            started(page)
            assert page.evaluate("document.body.scrollWidth") <= 400
