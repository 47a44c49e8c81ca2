"""A form on a page of the workbook: what is typed and not saved, and half of a date."""

import pytest
from playwright.sync_api import expect

from .conftest import open_page, press_start, start_page


@pytest.fixture(scope="module")
def page(chromium, lab):
    """One window for all tests of this module."""
    with open_page(chromium) as made:
        yield made


@pytest.fixture(scope="module")
def opened(page, lab):
    """The page, started for the first time."""
    return start_page(page, lab, "02_outreach")


@pytest.fixture
def panel(page, lab, opened):
    """The page, started anew: no form holds what another test typed."""
    return press_start(page, lab, "02_outreach")


def stop_kernels(lab):
    for kernel in lab.api("api/kernels"):
        lab.api(f"api/kernels/{kernel['id']}", method="DELETE")


def form_of(panel, save):
    """The form that has this button."""
    return panel.locator(".ii-panel").filter(has=panel.page.get_by_role("button", name=save)).last


def add(part, name):
    part.get_by_label("Name *", exact=True).fill(name)
    part.get_by_role("button", name="Save contact").click()
    expect(part.get_by_role("status").filter(has_text=f"Saved: {name}")).to_be_visible()


def test_each_person_keeps_what_is_typed_and_not_saved_also_when_the_page_sleeps(page, lab, panel):
    part = form_of(panel, "Save contact")
    add(part, "Rosa")
    chooser = page.get_by_label("Change an earlier contact")  # Save is called otherwise by then
    part = panel.locator(".ii-panel").filter(has=chooser).last
    which, title = part.get_by_label("Change an earlier contact"), part.get_by_label("Job title")
    name, why = part.get_by_label("Name *", exact=True), part.get_by_label("Why this person")
    name.fill("Zoe from the party")
    why.fill("A paragraph that took ten minutes.")
    which.select_option(label="Rosa")
    expect(name).to_have_value("Rosa")
    title.fill("nurse (retired)")
    which.select_option(index=0)
    expect(why).to_have_value("A paragraph that took ten minutes.")
    said = part.get_by_role("status").filter(has_text="Not saved yet")
    expect(said.filter(has_text="what you typed in a new contact is here again")).to_be_visible()
    expect(said.filter(has_text='what you typed in "Rosa" is kept')).to_be_visible()
    stop_kernels(lab)
    start_page(page, lab, "02_outreach")
    expect(name).to_have_value("Zoe from the party")
    which.select_option(label="Rosa")
    expect(title).to_have_value("nurse (retired)")


def test_a_date_without_its_time_stays_and_is_completed(page, panel):
    part = form_of(panel, "Save interview")
    at = part.get_by_label("Date and time *")
    at.focus()
    page.keyboard.type("11202026")
    part.get_by_role("button", name="Save interview").click()
    fault = part.get_by_role("alert").filter(has_text="Date and time is not complete")
    expect(fault).to_be_visible()
    expect(at).to_have_attribute("aria-invalid", "true")
    assert at.evaluate("e => e.validity.badInput")  # half filled, not emptied
    at.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("0230PM")
    expect(at).to_have_value("2026-11-20T14:30")
    part.get_by_role("button", name="Save interview").click()
    expect(fault).to_have_count(0)


def test_half_of_a_date_outside_a_form_stays_and_is_not_taken_for_another(page, panel):
    panel.get_by_label("Write to").select_option(label="Rosa")
    at = panel.get_by_label("Sent at (blank: just now)")
    expect(at).to_be_visible()  # once the letter is drafted
    at.focus()
    page.keyboard.type("11202026")
    panel.get_by_role("button", name="Log it as sent").click()
    expect(panel.get_by_text("Sent at is not complete")).to_be_visible()
    assert at.evaluate("e => e.validity.badInput")  # half filled, not emptied
    at.fill("2026-11-20T14:30")
    panel.get_by_role("button", name="Log it as sent").click()
    expect(panel.get_by_text("Logged: request to Rosa")).to_be_visible()

    panel.get_by_label("Which message was answered").select_option(index=1)
    on = panel.get_by_label("Replied on")
    on.fill("2026-11-21")
    on.focus()
    page.keyboard.press("Backspace")
    panel.get_by_role("button", name="Save the reply").click()
    expect(panel.get_by_text("Replied on is not complete")).to_be_visible()
    assert on.evaluate("e => e.validity.badInput")
    on.fill("2026-11-22")
    panel.get_by_role("button", name="Save the reply").click()
    expect(panel.get_by_text("Saved: Rosa replied yes")).to_be_visible()


def test_the_second_of_two_clicks_on_the_start_button_lands_nowhere_else(page, lab, panel):
    """The page scrolls to its end as it runs: there a link or a text is under the pointer."""

    def double_click(start):
        start.scroll_into_view_if_needed()
        box = start.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)  # as a hand does
        page.mouse.down(click_count=2)
        page.mouse.up(click_count=2)

    panel = press_start(page, lab, "02_outreach", double_click)
    expect(panel.locator(".jp-MarkdownCell:not(.jp-mod-rendered)")).to_have_count(0)
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-current")).to_contain_text("02_out")
