"""Finding and using the widgets of a panel by what a learner sees: labels and buttons."""

from ii_helpers import forms


def walk(widget):
    """Every widget of a panel, in the order of the page."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def named(panel, words):
    """The one field or button with this label."""
    found = [w for w in walk(panel) if getattr(w, "description", None) == words]
    assert len(found) == 1, f"{len(found)} widgets are called {words!r}"
    return found[0]


def press(panel, words):
    """Press a button, and return what the panel then says."""
    named(panel, words).click()
    return said(panel)


def half_filled(widget, is_half=True):
    """What the browser tells of a date whose time is missing, say."""
    assert "ii-date" in widget._dom_classes  # else it tells nothing
    (name,) = [name for name in widget._dom_classes if name.startswith("ii-at-")]
    forms.timing._hear(name, is_half)


def said_below(panel, words):
    """What a panel says right below a button, where whoever pressed it looks."""
    row = next(w for w in walk(panel) if named(panel, words) in getattr(w, "children", ()))
    beside = next(w for w in walk(panel) if row in getattr(w, "children", ())).children
    return beside[beside.index(row) + 1].value


def said(panel):
    """The HTML of a panel, as one text."""
    return "\n".join(w.value for w in walk(panel) if type(w).__name__ == "HTML")
