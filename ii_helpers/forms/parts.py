"""The parts that panels are made of, in one look."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import ipywidgets as w

from .words import escape


@cache
def shipped(name: str) -> str:
    """The text of a file beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


W = TypeVar("W", bound=w.DOMWidget)
_looks: dict[tuple[Any, ...], w.Widget] = {}


def _look(kind: type[w.Widget], **traits: Any) -> w.Widget:
    """The one layout or style with these traits.

    ipywidgets gives each widget two of its own: three models and messages where one does.
    """
    given = {name: value for name, value in traits.items() if value is not None}
    look = _looks.get(key := (kind, *given.items()))
    if look is None or look.comm is None:  # closed
        look = _looks[key] = kind(**given)
    return look


def made(kind: type[W], *classes: str, width: str | None = None, **traits: Any) -> W:
    """A widget that shares how it looks with others; `show` hides one of them alone."""
    if "style" in kind.class_traits():
        traits.setdefault("style", _look(kind.style.klass))
    return kind(layout=_look(w.Layout, width=width), _dom_classes=classes, **traits)


def show(widget: w.DOMWidget, shown: Any) -> None:
    """Show a widget, or take it off the page with its room."""
    widget.layout = _look(w.Layout, width=widget.layout.width, display=None if shown else "none")


def is_shown(widget: w.DOMWidget) -> bool:
    return widget.layout.display != "none"


def markup(html: str = "") -> w.HTML:
    """A piece of a panel that shows HTML; the caller escapes what is not ours."""
    return made(w.HTML, value=html)


_headed = False  # whether this kernel's page has a header, which carries the style for all


def panel(*children: w.Widget, heads: bool = False) -> w.VBox:
    """Return the parts one under the other, in the workbook's look.

    heads: whether this is a page's header; the style travels once with it, and with every
    panel as long as a page has none
    """
    global _headed
    _headed = _headed or heads
    if heads or not _headed:
        style = f"<style>{shipped('panel.css')}</style>"
        children = (w.HTML(style, layout={"display": "block", "height": "0"}), *children)
    # "$40,000 to $60,000" is no formula.
    return made(w.VBox, "ii-panel", "mathjax_ignore", children=children)


def column(*children: w.Widget, wide: bool = False, cell: bool = False) -> w.VBox:
    """Return the parts one under the other.

    cell: a field and what belongs to it, in a grid; wide: all over the grid's width
    """
    classes = ["ii-cell"] * cell + ["ii-wide"] * wide
    return made(w.VBox, *classes, children=children)


def bar(*children: w.Widget) -> w.Box:
    """Return the parts side by side, wrapping on a narrow page."""
    return made(w.Box, "ii-bar", children=children)


def grid(*children: w.Widget) -> w.Box:
    """Return fields in one or two columns, as the page is wide."""
    return made(w.Box, "ii-grid", children=children)


def ratings(words: Iterable[str]) -> list[tuple[str, Any]]:
    """Return what a dropdown of ratings offers: blank, and a number with its word."""
    return [("(not rated)", ""), *((f"{n} - {word}", n) for n, word in enumerate(words, 1))]


def field(
    kind: type[W], label: str, *extra: str, wide: bool = False, must: bool = False, **traits: Any
) -> W:
    """Return a labelled widget with the look of a form's field.

    extra: more classes; wide: all over a grid's width; must: may not be blank, which a screen
    reader says; traits: what a widget of this kind takes
    """
    if "$" in label or "\\" in label:  # somebody's words: they would be set as a formula
        traits["description_allow_html"] = True
        label = f'<span class="mathjax_ignore">{escape(label)}</span>'
    style = _look(kind.style.klass, description_width="auto")
    classes = ["ii-field", *extra] + ["ii-wide"] * wide + ["ii-must"] * must
    return made(kind, *classes, width="100%", style=style, description=label, **traits)
