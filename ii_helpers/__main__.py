"""The command line: `ii-workbook ...`, the same as `python -m ii_helpers ...`."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import WorkbookError
from .names import printed


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="ii-workbook",
        description="A workbook for informational interviews. COMMAND --help says more of each.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, does: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        about = f"{does[0].upper()}{does[1:]}."
        return commands.add_parser(name, help=does, description=about, parents=parents)

    start = add("start", "open the workbook in JupyterLab")
    start.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    start.add_argument("--no-browser", action="store_true", help="only print the address")
    start.add_argument(
        "--port",
        type=_number_to(65_535),
        default=0,
        metavar="N",
        help="of the address; by default any free one",
    )
    start.add_argument(
        "--app", action="store_true", help="forms only, without JupyterLab (needs Voila)"
    )
    start.set_defaults(
        run=lambda a: _room(".serving").start(a.folder, not a.no_browser, a.port, a.app)
    )

    source = argparse.ArgumentParser(add_help=False)
    source.add_argument(
        "--from", dest="source", type=Path, metavar="FOLDER",
        help="a workbook to copy, with a course's own settings; by default the shipped one",
    )  # fmt: skip
    new = add("new", "make a clean copy of the workbook", source)
    new.add_argument("folder", type=Path, help="a new folder; nothing is overwritten")
    new.add_argument(
        "--nbgrader", action="store_true", help="as an nbgrader assignment: source/NAME"
    )
    new.set_defaults(
        run=lambda a: _room(".course.distribute").new_command(a.folder, a.source, a.nbgrader)
    )

    give = add("distribute", "make one copy for each learner of a roster", source)
    give.add_argument(
        "roster",
        type=Path,
        help="the list that Canvas, Moodle or Blackboard exports, or a CSV with name,id",
    )
    give.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="where the copies go"
    )
    give.add_argument(
        "--zip", action="store_true", help="a zip for each learner instead of a folder"
    )
    give.set_defaults(
        run=lambda a: _room(".course.distribute").distribute_command(
            a.roster, a.to, a.source, a.zip
        )
    )

    update = add("update", "bring a copy to this version; rows and notes stay", source)
    update.add_argument("folder", type=Path, help="the copy to bring up to date")
    update.set_defaults(run=lambda a: _room(".course.update").command(a.folder, a.source))

    hand = add("hand-in", "show what you would hand in, then write it")
    hand.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    hand.add_argument(
        "--to", type=Path, metavar="ZIP", help="where to write it; by default in the workbook"
    )
    hand.add_argument("--yes", action="store_true", help="write it without asking")
    hand.add_argument(
        "--text", action="append", default=[], metavar="TABLE.COLUMN",
        help="add a text of your own, as in debriefs.learned; may be given again",
    )  # fmt: skip
    hand.set_defaults(
        run=lambda a: _room(".course.hand_in").command(_logs(a.folder), a.to, a.yes, a.text)
    )

    look = add("check", "look a workbook over: what is wrong, what to do")
    look.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    look.set_defaults(run=lambda a: _check(_logs(a.folder)))

    keep = add("backup", "write the logs into one dated zip")
    keep.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    keep.add_argument(
        "--to", type=Path, metavar="PLACE", help="a folder or a zip; by default this folder"
    )
    keep.set_defaults(run=lambda a: _backup(_logs(a.folder), a.to or Path.cwd()))

    back = add("restore", "put the logs of a backup in place of the present ones")
    back.add_argument("zip", type=Path, help="a zip that backup wrote")
    back.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    back.set_defaults(run=lambda a: _restore(a.zip, _logs_to_be(a.folder)))

    roll = add("cohort", "count the hand-ins or workbooks of a class together")
    roll.add_argument(
        "folder", help="the hand-ins or workbooks; also an address as in s3://bucket/class"
    )
    roll.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="where the reports go"
    )
    roll.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="a Dask cluster to count on"
    )
    roll.add_argument(
        "--workers", type=_number_to(1_000), default=0, metavar="N",
        help="processes; by default one, or one per core for a large class",
    )  # fmt: skip
    roll.add_argument(
        "--course", type=Path, metavar="FILE", help="the course.toml whose targets count"
    )
    roll.add_argument(
        "--copies", type=Path, metavar="FILE", help="the copies.csv that distribute wrote"
    )
    roll.set_defaults(
        run=lambda a: _room(".course.cohort").command(
            a.folder, a.to, a.scheduler, a.workers, a.course, a.copies
        )
    )

    _write_what_can_be_written()
    try:
        try:
            chosen = parser.parse_args(argv)
            return chosen.run(chosen)
        finally:
            sys.stdout.flush()
    except WorkbookError as error:
        print(printed(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped by Ctrl+C. Run the command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read has read enough, as in: ii-workbook check | head
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _number_to(highest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 0, for argparse."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) > highest:
            raise argparse.ArgumentTypeError(f"give a whole number from 0 to {highest}")
        return int(text)

    return read


def _write_what_can_be_written() -> None:
    """A question mark for a letter that a terminal does not have."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _room(name: str) -> Any:
    """A module that only one command needs, loaded when that command runs."""
    return importlib.import_module(name, __package__)


# --- check, backup, restore ----------------------------------------------------------------


def _logs(folder: Path | None) -> Path:
    """The folder of logs of a workbook, named by itself or by the workbook's folder."""
    from .workbook import own_folder

    if folder is None:
        logs = own_folder()
        is_log = logs.is_dir()
    else:
        is_log = _holds_logs(folder)
        logs = folder if is_log or not (folder / "data").is_dir() else folder / "data" / "log"
        # without a row yet, its place tells a workbook from any other folder
        is_log = is_log or logs.is_dir() and logs.resolve().parts[-2:] == ("data", "log")
    if not is_log:
        raise WorkbookError(
            f"There are no logs in {folder or Path.cwd()}. "
            "Give the folder that holds notebooks and data.",
            path=logs,
        )
    return logs


def _holds_logs(folder: Path) -> bool:
    from .tables import TABLES

    return any((folder / f"{table}.csv").is_file() for table in TABLES)


def _logs_to_be(folder: Path | None) -> Path:
    """Where the logs of a backup go: a workbook's, also one that has lost them; an empty folder
    only when it is named. No folder is made: one that is not there is a slip of the pen."""
    from .workbook import own_folder

    give = "Give the folder that holds notebooks and data."
    if folder is None:
        logs = own_folder()
        home = logs.parent.parent
        is_named = bool(os.environ.get("II_WORKBOOK_LOG")) or logs.is_dir()
        if is_named or (home / "data").is_dir() and (home / "notebooks").is_dir():
            return logs
        raise WorkbookError(f"{Path.cwd()} is not a workbook. {give}", path=logs)
    if _holds_logs(folder):
        return folder
    if (folder / "data").is_dir() or (folder / "notebooks").is_dir():
        return folder / "data" / "log"
    whole = folder.resolve()
    is_place = whole.parts[-2:] == ("data", "log") and whole.parent.is_dir()
    if not folder.exists() and not is_place:
        raise WorkbookError(
            f"There is no folder {folder}, so nothing was restored. {_near(whole)}{give} "
            "A new workbook is made first: ii-workbook new FOLDER",
            path=folder,
        )
    is_taken = not folder.is_dir() or any(folder.iterdir())
    if not is_place and (is_taken or whole.name in ("data", "notebooks")):
        raise WorkbookError(
            f"{folder} is no workbook, so nothing was restored there. {give}", path=folder
        )
    return folder


def _near(folder: Path) -> str:
    """Which folder may have been meant by one that is not there, as a question."""
    missing = folder
    while not missing.parent.is_dir():
        missing = missing.parent
    there: dict[str, Path] = {}
    with suppress(OSError):  # a folder that may not be looked into
        there = {f.name.casefold(): f for f in sorted(missing.parent.iterdir()) if f.is_dir()}
    alike = difflib.get_close_matches(missing.name.casefold(), there, n=1)
    return f"Did you mean {there[alike[0]]}? " if alike else ""


def _check(logs: Path) -> int:
    from .workbook import check

    problems = check(logs)
    for problem in problems:
        print("-", printed(problem.text).replace("\n", " "))  # a path keeps its blanks
    print(f"{len(problems)} to look at." if problems else f"All is well in {logs}.")
    return 1 if problems else 0


def _backup(logs: Path, to: Path) -> int:
    from .workbook import Course, Workbook

    print(f"Written: {Workbook(logs, Course()).backup(to)}")  # whatever course.toml says
    return 0


def _restore(backup: Path, logs: Path) -> int:
    from .workbook import restore

    before = restore(backup, logs)
    print(f"Restored from {backup.name} into {logs}. What was there before is kept in {before}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
