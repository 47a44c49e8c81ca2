"""focus.js and panel.css in the real browser, without a notebook: the focus and the look."""

import base64
import re
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ii_helpers.forms.words import html_table
from ii_helpers.jupyter import ASLEEP

from .conftest import open_page

CODE = base64.b64encode(files("ii_helpers.forms").joinpath("focus.js").read_bytes()).decode()
STYLE = files("ii_helpers.forms").joinpath("panel.css").read_text(encoding="utf-8")
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
            window.told = [];
            part.initialize({model: {
                on: (_, heard) => { window.ask = heard; }, send: said => window.told.push(said)}});
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


def test_the_focus_waits_for_a_slow_computer_but_follows_nobody_who_went_on(page):
    add = """([name, wait]) => setTimeout(() => document.querySelector('select')
        .insertAdjacentHTML('afterend', `<div class="${name}"><input aria-label="${name}"></div>`
    ), wait)"""
    page.get_by_role("button", name="Save").focus()
    page.evaluate("ask('ii-at-8')")
    page.keyboard.press("Control")  # be quiet, says a screen reader's user
    page.evaluate(add, ["ii-at-8", 4000])
    expect(page.get_by_label("ii-at-8")).to_be_focused()
    page.get_by_role("button", name="Save").focus()
    page.evaluate(f"document.addEventListener('keyup', () => ({add})(['ii-at-9', 0]))")
    page.evaluate("ask('ii-at-9')")
    page.keyboard.press("ArrowDown")  # reads on, and it is drawn before the next look
    expect(page.get_by_label("ii-at-9")).to_be_visible()
    page.wait_for_timeout(200)
    expect(page.get_by_label("ii-at-9")).not_to_be_focused()


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


def test_with_two_pages_open_the_kernel_still_puts_the_focus_where_it_wants_it(page):
    page.evaluate(  # the second page's copy of the module
        """async code => {
        const again = btoa(atob(code) + "// again");
        const {default: part} = await import("data:text/javascript;base64," + again);
        part.initialize({model: {on: (_, heard) => { window.askAgain = heard; }}});
        }""",
        CODE,
    )
    undo = page.get_by_role("button", name="Undo")
    page.get_by_role("button", name="Save").evaluate("e => e.remove()")
    undo.focus()
    undo.evaluate("e => { e.click(); e.remove(); }")
    expect(page.get_by_label("Notes")).to_be_focused()  # the nearest
    page.evaluate("askAgain('ii-at-3')")
    expect(page.get_by_label("Earlier")).to_be_focused()


def test_a_button_that_goes_takes_nobody_out_of_a_note_or_a_dialog(page):
    page.evaluate("""document.body.insertAdjacentHTML("beforeend",
        '<div contenteditable="true">a note</div><button id="ok">OK</button>')""")
    for elsewhere, name in (("[contenteditable]", "Undo"), ("#ok", "Save")):
        button = page.get_by_role("button", name=name)
        button.evaluate("e => { e.focus(); e.click(); }")
        page.locator(elsewhere).focus()
        button.evaluate("e => e.remove()")
        page.wait_for_timeout(200)
        expect(page.locator(elsewhere)).to_be_focused()


CELL = """<div class="ii-cell"><div class="ii-field ii-must"><label for="name-1">Name *</label>
  <input id="name-1"></div><div class="widget-html"><div class="widget-html-content"></div>
  </div></div><div class="ii-cell">
  <div class="ii-field ii-date ii-at-7"><label for="at-1">When</label>
  <input type="datetime-local" id="at-1"></div></div>"""


def test_a_field_says_of_itself_that_it_is_needed_and_wrong_and_why(page):
    page.evaluate("cell => document.body.insertAdjacentHTML('beforeend', cell)", CELL)
    name, when = page.get_by_label("Name *"), page.get_by_label("When")
    expect(name).to_have_attribute("aria-required", "true")
    expect(when).not_to_have_attribute("aria-required", "true")
    expect(name).not_to_have_attribute("aria-invalid", "true")
    note = page.locator(".widget-html-content")
    note.evaluate("""e => e.innerHTML = '<div class="ii-fault">Error: Name is blank.</div>'
        + '<div class="ii-help">Spelled as they spell it.</div>'""")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Error: Name is blank. Spelled as they spell it.")
    note.evaluate("e => e.innerHTML = ''")
    expect(name).not_to_have_attribute("aria-invalid", "true")
    expect(name).not_to_have_attribute("aria-describedby", re.compile("."))


def test_the_kernel_is_told_of_a_date_that_is_left_without_its_time(page):
    page.evaluate("cell => document.body.insertAdjacentHTML('beforeend', cell)", CELL)
    page.evaluate("""document.querySelector('.ii-date').addEventListener(
        'focusout', () => window.told.push('emptied'))""")  # as ipywidgets does
    when = page.get_by_label("When")
    when.focus()
    page.keyboard.type("11202026")
    page.get_by_role("button", name="Save").focus()
    assert page.evaluate("window.told") == [["ii-at-7", True]]
    when.fill("2026-11-20T14:30")
    page.get_by_role("button", name="Save").focus()
    assert page.evaluate("window.told") == [["ii-at-7", True], ["ii-at-7", False], "emptied"]


LONG = "Verantwortungsbewusstseinsentwicklungsmöglichkeitenvielfalt" * 2
LOOKS = f"""<div class="ii-panel" style="width: 300px"><p>{LONG}</p>
  <div class="ii-field jupyter-widgets"><label class="widget-label">{LONG}</label>
    <select><option>one</option></select></div>
  <details><summary>More</summary></details></div>"""
# How strongly the line around a field stands out from what is behind it, by WCAG.
CONTRAST = """behind => {
    const light = color => color.match(/[0-9]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0.05);
    const line = light(getComputedStyle(document.querySelector("select")).borderTopColor);
    return Math.max(line, light(behind)) / Math.min(line, light(behind));
}"""


def test_the_look_serves_long_words_fingers_and_both_themes(chromium):
    with open_page(chromium) as page:
        page.set_content(f"<style>{STYLE}</style>{LOOKS}")
        for part in (page.locator("p"), page.locator("label")):
            assert part.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
        assert page.locator("summary").bounding_box()["height"] >= 44
        assert page.evaluate(CONTRAST, "rgb(255, 255, 255)") >= 3
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        assert page.evaluate(CONTRAST, "rgb(17, 17, 17)") >= 3
        drawn = "e => [getComputedStyle(e).colorScheme, getComputedStyle(e).backgroundImage]"
        assert page.locator("select").evaluate(drawn) == ["dark", "none"]


@pytest.mark.parametrize("where", ['class="ii-page"', 'id="rendered_cells"'])  # JupyterLab, Voila
def test_a_heading_of_two_lines_has_room_between_them(chromium, where):
    lab = ":root { --jp-content-heading-line-height: 1; }"
    lab += " h2 { font-size: 20px; line-height: var(--jp-content-heading-line-height); }"
    with open_page(chromium) as page:
        page.set_content(f"""<style>{lab} {STYLE}</style>
            <div {where}><div class="jp-RenderedMarkdown"><h2>Step 6</h2></div></div>""")
        high = page.locator("h2").evaluate("e => getComputedStyle(e).lineHeight")
        assert high == "25px"


def test_a_wrong_field_looks_wrong_in_every_panel(chromium):
    field = '<div class="ii-field jupyter-widgets"><input aria-invalid="{}"></div>'
    with open_page(chromium) as page:
        fields = field.format("true") + field.format("false")
        page.set_content(f'<style>{STYLE}</style><div class="ii-panel">{fields}</div>')
        border = "e => getComputedStyle(e).borderTopColor"
        wrong, right = (page.locator("input").nth(n).evaluate(border) for n in (0, 1))
        assert (wrong, right) == ("rgb(179, 38, 30)", "rgb(118, 118, 118)")


def test_a_form_whose_kernel_has_died_says_once_how_to_wake_it(chromium):
    dead = '<div class="ii-panel jupyter-widgets-disconnected">' * 2 + (
        '<button class="jupyter-widgets-disconnected">Save</button></div></div>'
    )
    links = ".jupyter-widgets-disconnected::before { content: 'broken link' !important; }"
    with open_page(chromium) as page:
        page.set_content(f"<style>{links} {STYLE}</style>{dead}")
        parts = page.locator(".jupyter-widgets-disconnected")
        said = parts.evaluate_all("all => all.map(e => getComputedStyle(e, '::before').content)")
    words = " ".join(re.sub("<.*?>", "", ASLEEP).split())
    assert said == [f'"{words}"', "none", "none"]


def test_a_dead_form_still_hands_over_the_file_that_it_made(chromium):
    dead = (
        '<div class="ii-panel jupyter-widgets-disconnected"><button>Save</button>'
        '<p><a download="a.txt" href="data:text/plain,a">Save the report</a></p></div>'
    )
    with open_page(chromium) as page:
        page.set_content(f"<style>{STYLE}</style>{dead}")
        with page.expect_download() as got:
            page.get_by_role("link").click()
        assert got.value.suggested_filename == "a.txt"
        blocked = page.get_by_role("button").evaluate("e => getComputedStyle(e).pointerEvents")
        assert blocked == "none"


# A log as DataTables leaves it where it was hidden while it was measured.
LOG = """<div class="ii-panel"><div class="ii-browse"><table class="dataTable"
  style="table-layout: auto; width: 0px; margin: auto;">
  <colgroup><col style="width: 0px"><col style="width: 0px"></colgroup>
  <tr><td>Sasha Ivanova-Petrova</td><td>{}</td></tr>
  <tr class="selected"><td>Bo Chen</td><td>cook</td></tr></table></div></div>""".format(
    "The Regents of a University with a long name and many words " * 3
)


def test_a_name_stands_on_one_line_of_a_log_and_the_table_at_its_left(chromium):
    with open_page(chromium) as page:
        page.set_content(f"<style>{STYLE}</style>{LOG}")
        name, place = page.locator("td").nth(0), page.locator("td").nth(1)
        lines = "e => { const r = document.createRange(); r.selectNodeContents(e);"
        assert name.evaluate(f"{lines} return r.getClientRects().length; }}") == 1
        assert place.bounding_box()["width"] <= 310  # with what surrounds its text
        left = page.locator(".ii-browse").bounding_box()["x"]
        assert page.locator("table").bounding_box()["x"] == left


def test_a_wide_table_keeps_its_row_heads_in_view_and_its_headings_short(chromium):
    titles = ["工程师", *(f"data manager in the public sector {n}" for n in range(9))]
    with open_page(chromium) as page:
        rows = [{"": "calm evenings (essential)"} | dict.fromkeys(titles, "not rated")]
        page.set_content(
            f'<style>{STYLE}</style><div class="ii-panel" style="width: 600px">'
            f"{html_table(rows)}</div>"
        )
        page.locator(".ii-scroll").evaluate("e => e.scrollLeft = 400")
        left = page.locator(".ii-scroll").bounding_box()["x"]
        for head in (page.locator("th").first, page.locator("th[scope=row]")):
            assert head.bounding_box()["x"] == left
        lines = "e => { const r = document.createRange(); r.selectNodeContents(e);"
        lines += " return r.getClientRects().length; }"
        assert page.locator("thead th").nth(1).evaluate(lines) == 1
        assert page.locator("thead th").nth(2).evaluate(lines) <= 4


def test_the_row_that_was_chosen_stands_out_in_high_contrast(chromium):
    with open_page(chromium, forced_colors="active") as page:
        page.set_content(f"<style>{STYLE}</style>{LOG}")
        look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        one, chosen = (page.locator("td").nth(n).evaluate(look) for n in (0, 2))
        assert one[0] != chosen[0] and one[1] != chosen[1]
        pages = "".join(f'<button class="dt-paging-button{c}">1</button>' for c in ("", " current"))
        page.locator(".ii-browse").evaluate(
            "(e, pages) => e.innerHTML = pages",
            f'<div class="dt-container"><div class="dt-paging">{pages}</div></div>',
        )
        one, current = (page.locator("button").nth(n).evaluate(look) for n in (0, 1))
        assert one[0] != current[0] and one[1] != current[1]
        scheme = page.locator(".ii-panel").evaluate("e => getComputedStyle(e).colorScheme")
        assert scheme == "light dark"  # the calendar's button is drawn for the ground it is on


THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
# The contrast (WCAG 2.2, 1.4.3 and 1.4.11) of one colour of ours on another, half clear ones laid
# on what is below them.
READABLE = """([ink, paper]) => {
    const probe = document.querySelector('i');
    const rgba = color => {
        probe.style.color = color;
        const [r, g, b, a = 1] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
        return [r, g, b, a];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((n, at) => n * a + below[at] * (1 - a));
    const light = all => all.map(n => n / 255)
        .map(n => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)
        .reduce((sum, n, at) => sum + n * [0.2126, 0.7152, 0.0722][at], 0);
    const below = over(rgba(paper), [255, 255, 255]);
    const [one, other] = [light(over(rgba(ink), below)), light(below)];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""
INKS = ("text", "quiet", "blue", "red", "green", "amber")


@pytest.mark.parametrize("theme", ["light", "dark", "dark-high-contrast"])
def test_every_colour_can_be_read_in_every_theme(chromium, theme):
    colours = (THEMES / f"theme-{theme}-extension/index.css").read_text(encoding="utf-8")
    with open_page(chromium) as page:
        page.set_content(
            f"<style>{colours}</style><style>{STYLE}</style>"
            f'<body data-jp-theme-light="{str(theme == "light").lower()}">'
            '<div class="ii-panel"><i>x</i></div>'
        )
        pairs = [(f"var(--ii-{ink})", f"var(--ii-{on})") for ink in INKS for on in ("page", "soft")]
        found = {pair: page.evaluate(READABLE, pair) for pair in [*pairs, ("#fff", "#0b62a3")]}
        found |= {
            (line, "around"): page.evaluate(READABLE, [line, "var(--ii-page)"]) * 1.5
            for line in ("var(--ii-line)", "var(--ii-blue)")
        }  # 3:1 is enough for them
    print(theme, {" on ".join(pair): round(n, 1) for pair, n in found.items()})
    assert {pair: n for pair, n in found.items() if n < 4.5} == {}
