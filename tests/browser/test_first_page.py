"""The first page, in the real browser: typing, saving, losing the kernel, the second day."""

import json
import socket
import time
import urllib.error
import urllib.request

import pandas as pd
import pytest
from playwright.sync_api import expect

from .conftest import (
    PATIENCE,
    Wire,
    links_are_underlined,
    notebook_panel,
    open_notebook,
    open_page,
    press_start,
    start_page,
    wait_for_kernel,
)


def about_you(panel):
    """The first form of the page."""
    return panel.get_by_label("Your name *")


def saved_names(lab):
    return pd.read_csv(lab.log / "learner.csv")["name"].tolist()


TYPE_AND_CLICK = """(button, [field, texts]) => {
    for (const text of texts) {
        field.value = text;
        field.dispatchEvent(new Event("input", {bubbles: true}));
    }
    button.click();
}"""


@pytest.fixture(scope="module")
def page(chromium, lab):
    """One window for all tests of this module, which follow upon one another."""
    with open_page(chromium) as made:
        yield made


@pytest.fixture(scope="module")
def wire(page):
    """Asked for by the first test that opens a page: only what is sent later goes through it."""
    return Wire(page)


@pytest.fixture(scope="module")
def opened(page, wire, lab):
    """The page as it is before it is started, and held back before it has a kernel: a paragraph,
    its place in the window, and what a click came to that was too early."""
    for session in lab.api("api/sessions"):
        lab.api(f"api/sessions/{session['id']}", "DELETE")
    held = []
    page.route(
        "**/api/sessions*",
        lambda asked: held.append(asked) if asked.request.method == "POST" else asked.fallback(),
    )
    page.goto(f"{lab.url}/lab/tree/notebooks/00_start_here.ipynb?reset&token={lab.token}")
    panel = notebook_panel(page)
    expect(panel.get_by_role("button", name="Start this page")).to_be_visible()
    assert_nothing_but_prose(panel)
    words = panel.locator(".jp-RenderedMarkdown p").first
    return {"words": words, "place": words.bounding_box(), "held": held}


@pytest.fixture(scope="module")
def panel(page, lab, opened):
    def double_click_too_early(start):
        start.dblclick()
        page.wait_for_timeout(500)
        opened["is busy"] = start.get_attribute("aria-busy")
        opened["has run"] = notebook_panel(page).locator(".jp-OutputArea-child").count()
        for asked in opened["held"]:
            asked.continue_()
        page.unroute("**/api/sessions*")

    return press_start(page, lab, "00_start_here", double_click_too_early)


def assert_nothing_but_prose(panel):
    """No code, folded or not, and no tools over the text."""
    code = panel.locator(".jp-CodeCell .jp-Cell-inputWrapper").all()
    assert len(code) == 4
    tools = panel.locator(".jp-cell-toolbar").all()
    assert not any(part.is_visible() for part in code + tools)
    assert links_are_underlined(panel)


def test_a_newcomer_with_large_letters_has_the_whole_width_for_the_page(chromium, lab):
    """The first test: the others open the page in a JupyterLab without a memory."""
    with open_page(chromium) as page:
        page.set_viewport_size({"width": 640, "height": 400})  # as at 200 %
        page.goto(lab.address)
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        start = notebook_panel(page).get_by_role("button", name="Start this page")
        expect(start).to_be_visible()
        wait_for_kernel(page, lab, "00_start_here")
        assert notebook_panel(page).bounding_box()["width"] > 540
        assert_nothing_but_prose(notebook_panel(page))
        page.keyboard.press("Control+b")
        expect(page.locator(".jp-DirListing")).to_be_visible()
        page.keyboard.press("Control+b")
        expect(page.locator(".jp-DirListing")).not_to_be_visible()


def test_a_click_before_there_is_a_kernel_waits_for_it(panel, opened):
    assert opened["held"] and opened["is busy"] == "true" and opened["has run"] == 0
    expect(panel.get_by_role("button", name="Start this page")).not_to_have_attribute(
        "aria-busy", "true"
    )
    expect(about_you(panel)).to_be_visible()
    expect(panel.page.locator(".jp-Dialog")).to_have_count(0)


def test_no_word_moves_and_no_code_shows_when_the_page_starts(panel, opened):
    before, after = opened["place"], opened["words"].bounding_box()
    assert [after[side] for side in ("x", "width", "height")] == [
        before[side] for side in ("x", "width", "height")
    ]
    assert_nothing_but_prose(panel)


def room_of_the_form(panel):
    below = panel.get_by_role("button", name="Show the example learner")
    return below.bounding_box()["y"] - about_you(panel).bounding_box()["y"]


def test_the_form_is_filled_in_by_keyboard_alone_and_saved(panel, lab):
    keys = panel.page.keyboard
    keys.press("Tab")  # from the header, where the page begins, to the first field
    expect(about_you(panel)).to_be_focused()
    keys.type("Mei O'Neil, José 李")
    keys.press("Tab")
    keys.type("a second-year student of speech science")
    for _ in range(4):
        keys.press("Tab")
    expect(panel.get_by_role("button", name="Save about you")).to_be_focused()
    room = room_of_the_form(panel)
    keys.press("Enter")
    expect(panel.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert room_of_the_form(panel) == room  # nothing below has moved
    expect(panel.get_by_role("status").filter(has_text="Saved")).to_be_in_viewport()
    assert saved_names(lab) == ["Mei O'Neil, José 李"]
    expect(panel.get_by_role("button", name="Save changes")).to_be_focused()

    cells = panel.locator(".jp-Cell").count()
    for key in ("x", "d", "d", "a", "b", "m", "r", "0", "0"):  # each is a command to a notebook
        keys.press(key)
    panel.get_by_role("button", name="Show the example learner").focus()
    keys.press("ArrowDown")
    expect(panel.get_by_role("button", name="Show the example learner")).to_be_focused()
    assert panel.locator(".jp-Cell").count() == cells
    assert panel.locator(".jp-CodeCell").count() == 4
    expect(panel.page.locator(".jp-Dialog")).to_have_count(0)


def test_a_wrong_email_is_said_beside_its_field_and_the_text_stays(panel, lab):
    email = panel.get_by_label("Your email")
    email.fill("mei.example.org")
    panel.get_by_role("button", name="Save changes").click()
    expect(panel.get_by_role("alert").first).to_contain_text("It needs one @ and no blanks")
    expect(email).to_be_focused()
    expect(email).to_have_value("mei.example.org")
    assert pd.read_csv(lab.log / "learner.csv")["email"].isna().all()


def test_a_double_click_saves_one_row(panel, lab):
    panel.get_by_label("Your email").fill("mei@example.org")
    panel.get_by_role("button", name="Save changes").dblclick()
    expect(panel.get_by_role("status").filter(has_text="Changed")).to_be_visible()
    assert pd.read_csv(lab.log / "learner.csv")["email"].tolist() == ["mei@example.org"]


def test_a_click_does_not_overtake_the_last_words_typed(panel, lab):
    def introduction():
        return pd.read_csv(lab.log / "learner.csv")["introduction"].tolist()

    before, whole = introduction(), "a second-year student who likes to explain things"
    field = panel.get_by_label("Who you are, in one line")
    button = panel.get_by_role("button", name="Save changes")
    texts = [whole[:n] for n in range(1, len(whole) + 1)]
    button.evaluate(TYPE_AND_CLICK, [field.element_handle(), texts])
    until = time.monotonic() + PATIENCE / 1000
    while introduction() == before and time.monotonic() < until:
        panel.page.wait_for_timeout(50)
    assert introduction() == [whole]


def test_the_switch_shows_the_example_learner_and_leaves_ones_own_logs_alone(page, panel, lab):
    own = (lab.log / "learner.csv").read_bytes()
    example = pd.read_csv(lab.folder / "data" / "example" / "learner.csv")["name"][0]
    panel.get_by_role("button", name="Show the example learner").click()
    expect(panel.get_by_role("status").filter(has_text="the example learner")).to_be_visible()
    press_start(page, lab, "00_start_here")
    expect(about_you(panel)).to_have_value(example)
    expect(panel.get_by_text("You are looking at the example learner")).to_be_visible()
    panel.get_by_role("button", name="Show my own logs again").click()
    expect(panel.get_by_role("status").filter(has_text="your own logs")).to_be_visible()
    press_start(page, lab, "00_start_here")
    expect(about_you(panel)).to_have_value("Mei O'Neil, José 李")
    assert (lab.log / "learner.csv").read_bytes() == own


def until(page, is_so, seconds=20):
    """Let the browser go on until something is so."""
    for _ in range(10 * seconds):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within {seconds} seconds")


def test_on_the_second_day_the_page_says_how_to_wake_it_and_holds_no_answer(page, panel, lab):
    expect(panel.get_by_label("Your email")).to_have_value("mei@example.org")
    panel.locator(".jp-MarkdownCell").last.click(position={"x": 5, "y": 5})
    for key in ("b", "m", "Enter"):  # a note of one's own below
        page.keyboard.press(key)
    held = []  # a save that is under way for a while
    page.route(
        "**/api/contents/**",
        lambda route: (
            held.append(route) if route.request.method == "PUT" and not held else route.continue_()
        ),
    )
    page.keyboard.type("Ask Ana about")
    until(page, lambda: held)
    page.keyboard.type(" night shifts")
    held[0].continue_()
    file = lab.folder / "notebooks" / "00_start_here.ipynb"
    until(page, lambda: "Ask Ana about night shifts" in file.read_text(encoding="utf-8"))
    page.unroute("**/api/contents/**")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=20_000)
    on_disk = file.read_text(encoding="utf-8")
    assert "This part is asleep" in on_disk
    for secret in ("mei@example.org", "O'Neil", "model_id"):
        assert secret not in on_disk
    assert all(c.get("execution_count") is None for c in json.loads(on_disk)["cells"])
    for kernel in lab.api("api/kernels"):
        lab.api(f"api/kernels/{kernel['id']}", method="DELETE")
    asked = []

    def leave(dialog):
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", leave)
    open_notebook(page, lab, "00_start_here")
    page.remove_listener("dialog", leave)
    assert not asked  # about unsaved changes
    expect(panel.locator("p", has_text="Ask Ana about night shifts")).to_be_visible()
    start = panel.get_by_role("button", name="Start this page")
    assert start.bounding_box()["height"] >= 44  # before any style of ours has come
    expect(start).to_have_css("background-color", "rgb(11, 98, 163)")
    expect(panel.get_by_text("This part is asleep").first).to_be_visible()
    expect(panel.get_by_text("model not found")).to_have_count(0)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    press_start(page, lab, "00_start_here")
    expect(panel.get_by_label("Your email")).to_have_value("mei@example.org")
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_what_is_typed_survives_a_killed_kernel_and_a_reload(page, panel, lab):
    phone = panel.get_by_label("Your phone")
    phone.fill("+1 555 0100")
    page.wait_for_function(  # the draft reaches the disk within 2 s; nothing else says so
        "() => new Promise(done => setTimeout(() => done(true), 2000))"
    )
    kernels = lab.api("api/kernels")
    for kernel in kernels:
        lab.api(f"api/kernels/{kernel['id']}", method="DELETE")
    start_page(page, lab, "00_start_here")
    expect(panel.get_by_label("Your phone")).to_have_value("+1 555 0100")
    expect(panel.get_by_role("status").filter(has_text="Restored from")).to_be_visible()
    panel.get_by_role("button", name="Discard what was restored").click()
    expect(panel.get_by_label("Your phone")).to_have_value("")


def test_a_lost_connection_is_said_and_what_is_typed_meanwhile_arrives(page, panel, lab, wire):
    said = panel.get_by_role("alert").filter(has_text="No connection")
    page.evaluate("Math.random = () => 0.3")  # of how long JupyterLab waits to try again
    wire.cut()
    expect(said).to_be_visible()
    panel.get_by_label("Your phone").fill("+1 555 0101")
    page.once("dialog", lambda dialog: dialog.dismiss())  # so that the page stays
    with page.expect_event("dialog") as asked:
        page.evaluate("location.reload()")
    assert asked.value.type == "beforeunload"
    wire.mend()
    expect(said).not_to_be_visible()
    panel.get_by_role("button", name="Save changes").click()
    expect(panel.get_by_role("status").filter(has_text="Changed")).to_be_visible()
    assert "555 0101" in (lab.log / "learner.csv").read_text(encoding="utf-8")


def test_the_server_asks_for_its_token_and_listens_on_this_computer_only(lab):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{lab.url}/api/contents")
    port = int(lab.url.rsplit(":", 1)[1])
    outside = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in outside - {"127.0.0.1", "::1", "127.0.1.1"}:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            assert probe.connect_ex((address, port)) != 0
