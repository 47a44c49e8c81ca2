"""The keyboard alone: reach a control by Tab, as far as it takes, and use it."""

from playwright.sync_api import expect

ENOUGH = 400  # presses of Tab; whoever needs more is lost

# 0: there; 1: further down the page; -1: further up; and whether the focus can be seen: with a
# ring of which nothing around it cuts a part off.
_WHERE = """target => {
    const at = document.activeElement, look = getComputedStyle(target);
    const isCut = () => {
        const ring = target.getBoundingClientRect();
        for (let e = target.parentElement; e && !e.matches('.ii-scroll, .ii-browse, .jp-Cell');
                e = e.parentElement) {
            const room = e.getBoundingClientRect();
            if (getComputedStyle(e).overflow !== 'visible' && (ring.left - 4 < room.left
                || ring.right + 4 > room.right || ring.top - 4 < room.top
                || ring.bottom + 4 > room.bottom)) return true;
        }
        return false;
    };
    if (at === target) return [0, !target.closest('.ii-panel')
        || target.matches(':focus-visible') && !isCut()
        && look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2];
    if (!target.isConnected) return [null, false];
    if (at === document.body) return [1, false];
    const up = at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
    return [up ? -1 : 1, false];
}"""


def reach(control):
    """Move the focus there by Tab and Shift+Tab; once there, it has to be seen.

    Return the element that has it.
    """
    keys, target = control.page.keyboard, control.element_handle()
    waited = 0
    for _ in range(ENOUGH):
        where, is_seen = target.evaluate(_WHERE)
        if is_seen:
            return target
        if where is None:  # the panel was drawn anew
            target = control.element_handle()
        elif where == 0:
            assert waited < 20, "the focus cannot be seen"
            waited += 1
            control.page.wait_for_timeout(100)
        else:
            keys.press("Tab" if where > 0 else "Shift+Tab")
    raise AssertionError(f"{ENOUGH} presses of Tab do not lead to {control}")


def press(control):
    """Press a button or follow a link."""
    reach(control)
    control.page.keyboard.press("Enter")


def tick(control):
    reach(control)
    control.page.keyboard.press("Space")


def fill(control, text):
    """Type over what a field holds."""
    reach(control)
    control.page.keyboard.press("Control+a")
    if text:
        control.page.keyboard.insert_text(text)
    else:
        control.page.keyboard.press("Delete")


def fill_date(control, at, time=False):
    """Type a date, and a time where there is one, in the order of an American browser."""
    reach(control)
    control.page.keyboard.type(f"{at:%m%d%Y}")
    if time:
        control.page.keyboard.press("ArrowRight")
        control.page.keyboard.type(f"{at:%I%M%p}")


def choose(dropdown, value):
    """Go up or down to the option with this value; look again, as a list may have grown."""
    page = dropdown.page
    for _ in range(40):
        target = reach(dropdown)  # again, where its panel was drawn anew
        steps = target.evaluate(
            """(list, value) =>
                [...list.options].findIndex(o => o.value === value) - list.selectedIndex""",
            value,
        )
        if not steps:
            return
        for _ in range(abs(steps)):
            page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        page.wait_for_timeout(50)  # by then the kernel has begun with it
        expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    raise AssertionError(f"{value!r} does not stay chosen")
