"""The keyboard alone: reach a control by Tab, as far as it takes, and use it."""

ENOUGH = 400  # presses of Tab; whoever needs more is lost

# 0: there; 1: further down the page; -1: further up. Focus that cannot be seen is a fault.
_WHERE = """target => {
    const at = document.activeElement;
    if (at === target) return 0;
    if (at === document.body || !target.isConnected) return 1;
    return at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""
_SEEN = """target => {
    const look = getComputedStyle(target);
    return target.matches(':focus-visible')
        && (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2);
}"""


def reach(control):
    """Move the focus there by Tab and Shift+Tab."""
    keys = control.page.keyboard
    for _ in range(ENOUGH):
        where = control.evaluate(_WHERE)
        if where == 0:
            inside = control.evaluate("target => !!target.closest('.ii-panel')")
            assert not inside or control.evaluate(_SEEN), "the focus cannot be seen"
            return
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
    """Go up or down to the option with this value."""
    reach(dropdown)
    steps = dropdown.evaluate(
        "(list, value) => [...list.options].findIndex(o => o.value === value) - list.selectedIndex",
        value,
    )
    for _ in range(abs(steps)):
        dropdown.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
