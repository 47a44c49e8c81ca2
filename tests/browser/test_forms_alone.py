"""Where the keyboard's focus goes, in the real browser but without a notebook: forms.js alone."""

import base64
from importlib.resources import files

import pytest
from playwright.sync_api import expect

from .conftest import open_page

CODE = base64.b64encode(files("ii_helpers").joinpath("forms.js").read_bytes()).decode()
PANEL = """<div class="ii-panel"><input aria-label="Name">
  <div class="ii-panel ii-at-1"><textarea aria-label="Notes"></textarea></div>
  <button class="ii-button">Save</button><button class="ii-button">Undo</button>
  <div class="ii-at-3"><select aria-label="Earlier"><option>none</option></select></div>
  </div>"""


@pytest.fixture
def page(chromium):
    """A form in a page, whose kernel asks for the focus by `ask(name)`."""
    with open_page(chromium) as page:
        page.set_content(PANEL)
        page.evaluate(
            """async code => {
            const {default: part} = await import("data:text/javascript;base64," + code);
            part.initialize({model: {on: (_, heard) => { window.ask = heard; }}});
            }""",
            CODE,
        )
        yield page


def test_the_focus_comes_to_a_field_that_is_drawn_later(page):
    page.get_by_role("button", name="Save").focus()
    page.evaluate("ask('ii-at-2')")
    page.evaluate("""document.querySelector('select').insertAdjacentHTML(
        'afterend', '<div class="ii-at-2"><input aria-label="New"></div>')""")
    expect(page.get_by_label("New")).to_be_focused()


def test_whoever_types_in_another_field_is_not_interrupted(page):
    page.get_by_label("Name").focus()
    page.evaluate("ask('ii-at-1')")
    page.keyboard.type("Zoë")
    expect(page.get_by_label("Name")).to_have_value("Zoë")
    expect(page.get_by_label("Notes")).to_have_value("")


def test_a_button_that_goes_leaves_the_focus_beside_it_unless_the_kernel_wants_it_elsewhere(page):
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    undo.evaluate("e => setTimeout(() => e.remove(), 100)")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.get_by_role("button", name="Save").evaluate("e => { e.click(); e.remove(); }")
    expect(page.get_by_label("Notes")).to_be_focused()
    page.evaluate("ask('ii-at-3')")
    expect(page.get_by_label("Earlier")).to_be_focused()
