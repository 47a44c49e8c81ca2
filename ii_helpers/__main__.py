"""The command line: `ii-workbook ...`, the same as `python -m ii_helpers ...`."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from .errors import WorkbookError

FIRST_PAGE = "notebooks/00_start_here.ipynb"


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = argparse.ArgumentParser(prog="ii-workbook", description=__doc__.partition(":")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    start = commands.add_parser("start", help="open the workbook in JupyterLab")
    start.add_argument("folder", nargs="?", type=Path, help="the workbook; by default this folder")
    start.add_argument("--no-browser", action="store_true", help="only print the address")
    start.add_argument("--port", type=int, default=0, help="by default any free one")
    start.set_defaults(run=lambda a: _start(a.folder, not a.no_browser, a.port))

    chosen = parser.parse_args(argv)
    try:
        return chosen.run(chosen)
    except WorkbookError as error:
        print(error, file=sys.stderr)
        return 1


# --- start ---------------------------------------------------------------------------------


def shipped() -> Path:
    """The workbook as it is shipped: the checkout, or the copy inside an installed package."""
    package = Path(__file__).parent
    inside = package / "_workbook"
    return inside if inside.is_dir() else package.parent


def _folder_to_open(folder: Path | None) -> Path:
    for place in [folder] if folder else [Path.cwd(), Path.cwd().parent, shipped()]:
        if (place / FIRST_PAGE).is_file() and place != Path(__file__).parent / "_workbook":
            return place.resolve()
    raise WorkbookError(
        f"{folder or Path.cwd()} is not a workbook: it has no {FIRST_PAGE}. "
        "Make one with: ii-workbook new FOLDER",
        path=folder,
    )


def _start(folder: Path | None, browser: bool, port: int) -> int:
    """Run JupyterLab on this computer only until Ctrl+C; open or print its address."""
    root = _folder_to_open(folder)
    trust(root)
    port, token = port or _free_port(), secrets.token_hex(24)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--ServerApp.allow_root=True", "--ServerApp.log_level=ERROR",
        f"--LabApp.default_url=/lab/tree/{FIRST_PAGE}",
    ]  # fmt: skip
    # The token goes by the environment: a command line is readable by everyone on a computer.
    server = subprocess.Popen(command, env={**os.environ, "JUPYTER_TOKEN": token}, cwd=root)
    try:
        _wait_until_up(server, f"http://127.0.0.1:{port}/api/status?token={token}")
        address = f"http://127.0.0.1:{port}/lab/tree/{FIRST_PAGE}?token={token}"
        print(f"Your workbook is open at\n{address}\nKeep this window; Ctrl+C ends it.", flush=True)
        if browser:
            webbrowser.open(address)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        for port in (8888, 0):  # the usual one keeps bookmarks working
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise WorkbookError("No free port on this computer. Close another JupyterLab and start again.")


def _wait_until_up(server: subprocess.Popen, address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise WorkbookError("JupyterLab ended at once. What it said stands above.")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise WorkbookError(f"JupyterLab did not answer within {seconds:.0f} seconds. Start it again.")


def trust(root: Path) -> None:
    """Sign the pages that are still as shipped, so that their forms show without a question."""
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
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
