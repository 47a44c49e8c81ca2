"""What `ii-workbook start` does: JupyterLab, or the app, on this computer only."""

from __future__ import annotations

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
from contextlib import suppress
from pathlib import Path

from .errors import WorkbookError
from .files import FIRST_PAGE, shipped


def folder_to_open(folder: Path | None) -> Path:
    """The workbook that is named, or the one here or above, or the checkout; never the copy that
    lies in an installed package. Raises WorkbookError."""
    for place in [folder] if folder else [Path.cwd(), Path.cwd().parent, shipped()]:
        if (place / FIRST_PAGE).is_file() and place != Path(__file__).parent / "_workbook":
            return place.resolve()
    raise WorkbookError(
        f"{folder or Path.cwd()} is not a workbook: it has no {FIRST_PAGE}. "
        "Make one with: ii-workbook new FOLDER",
        path=folder,
    )


SECONDS_TO_END = 15  # that a server has to leave its kernels; it takes one or two

# With its optional rfc3987_syntax, jsonschema compiles the grammar of IRIs whenever it is
# imported, which takes over a second, for addresses that no notebook and no setting holds.
_SERVE = (
    "import runpy, sys; sys.modules['rfc3987_syntax'] = None; "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def start(folder: Path | None, browser: bool, port: int, app: bool = False) -> int:
    """Serve the workbook on this computer only until Ctrl+C; open or print its address.

    app: by Voila, which shows a page's forms and no code, instead of JupyterLab
    """
    root, token = folder_to_open(folder), secrets.token_hex(24)
    if app and not importlib.util.find_spec("voila"):
        raise WorkbookError(
            "The app needs Voila, which is not installed. Install it with: pip install voila"
        )
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
        command, env=layout | {**os.environ, "JUPYTER_TOKEN": token}, cwd=root, stderr=said,
        stdin=subprocess.DEVNULL,  # or Ctrl+C would make it ask whether it is meant
    )  # fmt: skip
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
        _end(server)


def _end(server: subprocess.Popen) -> None:
    """Ask the server to end, and see to it that it does; its kernels end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses Ctrl+C twice means the same
    server.terminate()
    try:
        server.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
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
