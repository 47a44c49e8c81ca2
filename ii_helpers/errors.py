"""What the workbook says when something is wrong (errors) or could be better (Advice)."""

from __future__ import annotations

from typing import Any, NamedTuple


class Advice(NamedTuple):
    """One remark on a letter or a question. It advises; it never blocks.

    rule: short name of the rule behind it, such as "closed" or "asks for a job"
    text: what could be better and what would be right
    quote: the words it is about, exactly as they stand; "" when something is missing
    """

    rule: str
    text: str
    quote: str = ""


def as_text(value: Any, what: str) -> str:
    """Return a text that is to be looked at; nothing (None) is one that is blank.

    what: what the text is, to begin a sentence with
    """
    if value is None or isinstance(value, str):
        return value or ""
    raise WorkbookError(
        f"{what} is a text, not {value!r}. Give its words, in quotation marks.", value=value
    )


class Problem(NamedTuple):
    """One thing that a look over a workbook found wrong.

    text: what is wrong and what to do, as sentences
    table: the log it is about, "" when it is about the workbook
    path: the file it is about, None when there is none
    cure: the method of the workbook that mends it when asked: "bring_back", "merge_copies"
        or "" when only a person can
    """

    text: str
    table: str = ""
    path: Any = None
    cure: str = ""


class WorkbookError(Exception):
    """Base of every error of this package. Its text says what is wrong and what to do.

    table, column, value, path: what it is about, None where that does not apply
    """

    def __init__(self, text, *, table=None, column=None, value=None, path=None):
        super().__init__(text)
        self.table, self.column, self.value, self.path = table, column, value, path


class InvalidRow(WorkbookError):
    """Values that do not make a row. `problems` maps each column to its sentence.

    column, value: the first of them, and what it was to hold
    """

    def __init__(self, problems, *, table, values, path=None):
        column = next(iter(problems))
        super().__init__(
            " ".join(problems.values()), table=table, column=column, value=values.get(column),
            path=path,
        )  # fmt: skip
        self.problems = problems


class RowNotFound(WorkbookError):
    """No row with this id is in the log."""


class RowInUse(WorkbookError):
    """Other rows refer to this one, so it cannot be erased alone."""


class NewerRow(WorkbookError):
    """The row was changed elsewhere after it was read.

    theirs: the row as it now stands; mine: the values that were to be saved
    """

    def __init__(self, text, *, table, theirs, mine):
        super().__init__(text, table=table, value=theirs.id)
        self.theirs, self.mine = theirs, mine


class LogUnreadable(WorkbookError):
    """A log's file cannot be understood. Nothing on disk was changed."""


class LogUnwritable(WorkbookError):
    """A log's file could not be written. It is as it was."""


class SettingsInvalid(WorkbookError):
    """The course's settings hold a value that is not allowed."""


class NothingToUndo(WorkbookError):
    """There is no change left that could be taken back."""


class CannotUndo(WorkbookError):
    """The last change cannot be taken back: its rows were changed or are used since."""


class BackupInvalid(WorkbookError):
    """A backup that cannot be restored. Nothing on disk was changed."""


class WorkbookNewer(WorkbookError):
    """The workbook was last used with a newer version of this program. Nothing was changed."""
