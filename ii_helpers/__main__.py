"""The command line: `ii-workbook ...`, the same as `python -m ii_helpers ...`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import WorkbookError

FIRST_PAGE = "notebooks/00_start_here.ipynb"


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
    start.set_defaults(run=lambda a: _start(a.folder, not a.no_browser, a.port, a.app))

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
        run=lambda a: _course("distribute").new_command(a.folder, a.source, a.nbgrader)
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
        run=lambda a: _course("distribute").distribute_command(a.roster, a.to, a.source, a.zip)
    )

    update = add("update", "bring a copy to this version; rows and notes stay", source)
    update.add_argument("folder", type=Path, help="the copy to bring up to date")
    update.set_defaults(run=lambda a: _course("update").command(a.folder, a.source))

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
        run=lambda a: _course("hand_in").command(_logs(a.folder), a.to, a.yes, a.text)
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
        run=lambda a: _course("cohort").command(
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
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped by Ctrl+C. Run the command again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read has read enough, as in: ii-workbook check | head
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _write_what_can_be_written() -> None:
    """A question mark for a letter that a terminal does not have."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


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
    """Where the logs of a backup go: a workbook's, also one that has lost them; an empty or a
    new folder only when it is named."""
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
    if not folder.resolve().parent.is_dir():
        raise WorkbookError(f"There is no folder {folder}. {give}", path=folder)
    whole = folder.resolve()
    is_taken = folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))
    if whole.parts[-2:] != ("data", "log") and (is_taken or whole.name in ("data", "notebooks")):
        raise WorkbookError(
            f"{folder} is no workbook, so nothing was restored there. {give}", path=folder
        )
    return folder


def _check(logs: Path) -> int:
    from .workbook import check

    problems = check(logs)
    for problem in problems:
        print(f"- {problem.text}")
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


# --- start ---------------------------------------------------------------------------------


def _course(room: str) -> Any:
    """A room of course/, loaded only when its command runs."""
    return importlib.import_module(f".course.{room}", __package__)


def shipped() -> Path:
    """The workbook as it is shipped."""
    return _course("distribute").shipped()


def _folder_to_open(folder: Path | None) -> Path:
    for place in [folder] if folder else [Path.cwd(), Path.cwd().parent, shipped()]:
        if (place / FIRST_PAGE).is_file() and place != Path(__file__).parent / "_workbook":
            return place.resolve()
    raise WorkbookError(
        f"{folder or Path.cwd()} is not a workbook: it has no {FIRST_PAGE}. "
        "Make one with: ii-workbook new FOLDER",
        path=folder,
    )


# With its optional rfc3987_syntax, jsonschema compiles the grammar of IRIs whenever it is
# imported, which takes over a second, for addresses that no notebook and no setting holds.
_GRAMMAR = "rfc3987_syntax"
_SERVE = (
    f"import runpy, sys; sys.modules['{_GRAMMAR}'] = None; "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def _start(folder: Path | None, browser: bool, port: int, app: bool = False) -> int:
    """Serve the workbook on this computer only until Ctrl+C; open or print its address.

    app: by Voila, which shows a page's forms and no code, instead of JupyterLab
    """
    root, token = _folder_to_open(folder), secrets.token_hex(24)
    if app and not importlib.util.find_spec("voila"):
        raise WorkbookError(
            "The app needs Voila, which is not installed. Install it with: pip install voila"
        )
    trust(root)
    name, page = ("Voila", f"voila/render/{FIRST_PAGE}") if app else (
        "JupyterLab", f"lab/tree/{FIRST_PAGE}"
    )  # fmt: skip
    command = [
        sys.executable, "-c", _SERVE, "jupyter_server" if app else "jupyterlab", "--no-browser",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port or _free_port()}",
        f"--ServerApp.port_retries={0 if port else 100}", "--ServerApp.allow_root=True",
        "--log-level=ERROR", f"--{'ServerApp' if app else 'LabApp'}.default_url=/{page}",
    ]  # fmt: skip
    if app:
        command += ["--VoilaConfiguration.template=ii_workbook"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server ends with us
    layout = {} if app else _own_layout(root)
    # The token goes by the environment: a command line is readable by everyone on a computer.
    said = tempfile.TemporaryFile(mode="w+")  # noise to a learner, unless it does not start
    server = subprocess.Popen(
        command, env=layout | {**os.environ, "JUPYTER_TOKEN": token}, cwd=root, stderr=said
    )
    try:
        url = _url(server, token)
        if url is None:
            said.seek(0)
            raise WorkbookError(f"{name} did not start. It said:\n{said.read()[-3000:]}")
        address = f"{url}{page}?token={token}"
        print(f"Your workbook is open at\n{address}\nKeep this window; Ctrl+C ends it.", flush=True)
        if browser:
            webbrowser.open(address)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _own_layout(root: Path) -> dict[str, str]:
    """Let JupyterLab keep which pages and panels are open with the workbook, not with what else
    it was used for. It begins with the list of files closed: large letters need the room."""
    folder = root / "data" / "log" / ".workbook" / "lab"
    closed = {"collapsed": True}
    layout = {"main": {"dock": None}, "left": closed, "right": closed, "relativeSizes": [0, 1, 0]}
    first = {"data": {"layout-restorer:data": layout}, "metadata": {"id": "default"}}
    with suppress(OSError):  # a folder that may only be read
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        if not any(folder.iterdir()):  # JupyterLab's own name for the layout "default"
            text = json.dumps(first)
            (folder / "default-37a8.jupyterlab-workspace").write_text(text, encoding="utf-8")
        return {"JUPYTERLAB_WORKSPACES_DIR": str(folder)}
    return {}


def _number_to(highest: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 0, for argparse."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) > highest:
            raise argparse.ArgumentTypeError(f"give a whole number from 0 to {highest}")
        return int(text)

    return read


def _free_port() -> int:
    """One that nothing uses: of two servers that begin at the first free one, one would fail."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def _url(server: subprocess.Popen, token: str, seconds: float = 120) -> str | None:
    """Wait until the server answers; return its address, None when it ended or never did.

    token: which only our own server knows, should another one be quicker at the same port
    """
    from jupyter_core.paths import jupyter_runtime_dir

    told = Path(jupyter_runtime_dir()) / f"jpserver-{server.pid}.json"
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            url = str(json.loads(told.read_text(encoding="utf-8"))["url"])
            asked = urllib.request.Request(
                f"{url}api/status", headers={"Authorization": f"token {token}"}
            )
            with urllib.request.urlopen(asked, timeout=5):
                return url
        except (OSError, ValueError):  # not written yet, or not listening yet
            time.sleep(0.1)
    return None


def trust(root: Path, notary: Any = None) -> None:
    """Sign the pages that are still as shipped, so that their forms show without a question."""
    sys.modules.setdefault(_GRAMMAR, None)  # type: ignore[arg-type]
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = notary or NotebookNotary()
    for page in sorted((shipped() / "notebooks").rglob("*.ipynb")):
        laid_down = root / page.relative_to(shipped())
        if laid_down.is_file() and _code(laid_down) == _code(page):
            notary.sign(nbformat.read(laid_down, as_version=4))


def _code(page: Path) -> list[str]:
    import nbformat

    try:
        cells = nbformat.read(page, as_version=4).cells
    except Exception:  # whatever is wrong with it, it is not as shipped
        return [str(page)]
    return [cell.source for cell in cells if cell.cell_type != "raw"]


if __name__ == "__main__":
    sys.exit(main())
