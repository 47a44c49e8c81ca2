"""A form for any table, made from its row model; and the small parts that panels are made of.

The only importer of ipywidgets besides the stages.
"""

from .choices import RowPicker, one_line, row_choices, told_apart
from .form import DRAFT_EVERY, Form
from .parts import bar, column, field, grid, is_shown, markup, panel, ratings, show
from .timing import (
    button,
    date_field,
    date_in,
    focus,
    is_half_filled,
    kernel_loop,
    land_on,
    later,
    live,
    set_date,
    upload,
    watch,
)
from .words import download, escape, html_table, in_words, line, lines, now_in, sentence, zone_of
from .zones import find_zone

__all__ = [
    "DRAFT_EVERY", "Form", "RowPicker", "bar", "button", "column", "date_field", "date_in",
    "download", "escape", "field", "find_zone", "focus", "grid", "html_table", "in_words",
    "is_half_filled", "is_shown", "kernel_loop", "land_on", "later", "line", "lines", "live",
    "markup", "now_in", "one_line", "panel", "ratings", "row_choices", "sentence", "set_date",
    "show", "told_apart", "upload", "watch", "zone_of",
]  # fmt: skip
