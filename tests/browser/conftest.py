"""A real JupyterLab on a copy of the workbook, and a real Chromium that may only see it."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from ..conftest import CHECKOUT, lay_down_pages

PATIENCE = 60_000  # milliseconds

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


def copy_of_workbook(folder):
    """Lay down the workbook as a learner gets it, without anybody's logs."""
    ours = shutil.ignore_patterns(".ipynb_checkpoints", ".workbook")
    lay_down_pages(folder)
    shutil.copytree(CHECKOUT / "data" / "example", folder / "data" / "example", ignore=ours)
    shutil.copy(CHECKOUT / "data" / "course.toml", folder / "data")
    return folder


def private_jupyter(home):
    """An environment in which no setting of this computer's user counts."""
    places = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    hidden = ("II_WORKBOOK_LOG", "JUPYTER_TOKEN")
    return {k: v for k, v in os.environ.items() if k not in hidden} | places


class Lab:
    """A running workbook: `folder`, `home` of its settings, `url`, `token`; `log`: the rows.

    app: without JupyterLab, as `--app` serves it
    """

    def __init__(self, folder, home, app=False):
        self.folder, self.home, self.log = folder, home, folder / "data" / "log"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "ii_helpers", "start", str(folder), "--no-browser",
                *(["--app"] if app else []),
            ],
            stdout=subprocess.PIPE, text=True, env=private_jupyter(home), cwd=folder,
        )  # fmt: skip
        said = "".join(self.process.stdout.readline() for _ in range(2))
        self.address = re.search(r"http://\S+", said)[0]
        self.url, self.token = re.search(
            r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)", self.address
        ).groups()

    def api(self, path, method="GET"):
        """Ask the server; its answer, or None when it has none."""
        asked = urllib.request.Request(
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(asked) as answer:
            return json.loads(answer.read() or b"null")

    def close(self):
        self.process.terminate()
        self.process.wait(60)


THEME = "jupyter_config_dir/lab/user-settings/@jupyterlab/apputils-extension"


def choose_theme(home, theme):
    """What the menu of themes leaves behind; JupyterLab reads it when its window is loaded."""
    (home / THEME).mkdir(parents=True, exist_ok=True)
    chosen = json.dumps({"theme": f"JupyterLab {theme}"})
    (home / THEME / "themes.jupyterlab-settings").write_text(chosen, encoding="utf-8")


@contextmanager
def running(place, whose, dark=False):
    """A JupyterLab on an empty or the example workbook."""
    folder, home = copy_of_workbook(place / whose), place / f"home-{whose}"
    if whose == "example":
        shutil.copytree(folder / "data" / "example", folder / "data" / "log")
    choose_theme(home, "Dark" if dark else "Light")
    lab = Lab(folder, home)
    try:
        yield lab
    finally:
        lab.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on a fresh workbook, for the tests of one module."""
    running = Lab(
        copy_of_workbook(tmp_path_factory.mktemp("workbook")), tmp_path_factory.mktemp("home")
    )
    yield running
    running.close()


@pytest.fixture
def page(chromium, lab):
    """A browser page; a request that leaves loopback fails the test."""
    with open_page(chromium) as made:
        made.lab = lab
        yield made


class open_page:
    """A browser page in a fresh context, which keeps to loopback."""

    def __init__(self, chromium, **context):
        self.context = chromium.new_context(viewport={"width": 1280, "height": 800}, **context)
        self.context.set_default_timeout(PATIENCE)
        self.left = []
        self.context.on("request", self._note)  # a route would turn the browser's cache off
        self.page = self.context.new_page()

    def _note(self, request):
        if urlsplit(request.url).hostname not in ("127.0.0.1", "localhost", None):
            self.left.append(request.url)

    def __enter__(self):
        return self.page

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            assert self.left == [], "requests left this computer"


def notebook_panel(page):
    """The notebook that is in front."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def wait_for_kernel(page, lab, name):
    """Wait until this notebook's own kernel is connected and waits for work."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        try:
            sessions = lab.api("api/sessions")
        except urllib.error.HTTPError:  # while a kernel starts
            sessions = []
        for session in sessions:
            kernel = session["kernel"] or {}
            if name in session["path"] and kernel.get("connections", 0) > 0:
                if kernel.get("execution_state") == "idle":
                    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
                    return
        page.wait_for_timeout(100)
    raise AssertionError(f"the kernel of {name} is not ready")


def open_notebook(page, lab, name):
    """Open one page of the workbook in a JupyterLab without a memory."""
    page.goto(f"{lab.url}/lab/tree/notebooks/{name}.ipynb?reset&token={lab.token}")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    panel = notebook_panel(page)
    expect(panel).to_be_visible()
    wait_for_kernel(page, lab, name)
    return panel


class Wire:
    """What a page's forms send to their kernels; it can be cut, and mended."""

    def __init__(self, page):
        self.sockets, self.is_cut = [], False
        page.route_web_socket("**/channels*", self._pass_on)

    def _pass_on(self, socket):
        if self.is_cut:
            socket.close()
        else:
            self.sockets.append(socket)
            socket.connect_to_server()

    def cut(self):
        self.is_cut = True
        for socket in self.sockets:
            socket.close()

    def mend(self):
        self.is_cut = False


def links_are_underlined(page):
    links = page.locator(".jp-RenderedMarkdown :is(p, td) a")
    underlined = "all => all.map(link => getComputedStyle(link).textDecorationLine)"
    return set(links.evaluate_all(underlined)) == {"underline"}


def click(control):
    control.click()


def start_page(page, lab, name, press=click):
    """Open a page of the workbook and press its button; return its panel when all has run."""
    open_notebook(page, lab, name)
    return press_start(page, lab, name, press)


def next_page(page, lab, name, press=click):
    """Follow the link to another page, as a learner does, and press its button."""
    press(notebook_panel(page).locator(f'.jp-RenderedMarkdown a[href*="{name}"]').last)
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-current")).to_contain_text(name)
    expect(notebook_panel(page)).to_be_visible()
    wait_for_kernel(page, lab, name)
    return press_start(page, lab, name, press)


def press_start(page, lab, name, press=click):
    """Press Start this page, and wait until every form cell shows something new."""
    panel = notebook_panel(page)
    shown = panel.locator(".jp-OutputArea-child")
    shown.evaluate_all("all => all.forEach(e => e.classList.add('was-there'))")
    press(panel.get_by_role("button", name="Start this page"))
    page.wait_for_function(
        """() => {
        const cells = [...document.querySelectorAll(
            '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell')].slice(1);
        return cells.length
            && cells.every(c => c.querySelector('.jp-OutputArea-child:not(.was-there)'));
        }"""
    )
    wait_for_kernel(page, lab, name)
    expect(panel.get_by_role("button", name="Refresh this page")).to_be_focused()
    return panel
