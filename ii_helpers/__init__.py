"""A workbook for informational interviews: forms, plain CSV logs, checks and charts.

Importing it reads, draws and prints nothing; each part loads when first used.
"""

from importlib import import_module

__version__ = "0.1.0"

_ROOMS = (
    "errors", "tables", "log", "workbook", "letters", "questions", "invitations", "imports",
    "measures", "charts", "forms", "stages", "course",
)  # fmt: skip
__all__ = ["open_workbook", *_ROOMS]


def __getattr__(name):
    if name == "open_workbook":
        return import_module(".workbook", __name__).open_workbook
    if name in _ROOMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
