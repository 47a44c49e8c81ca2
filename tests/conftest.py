"""Two workbooks carry most tests: an empty one and the invented learner's, both in tmp_path."""

import compileall
import json
import shutil
from pathlib import Path

import hypothesis
import pytest

import ii_helpers as ii

CHECKOUT = Path(__file__).resolve().parent.parent


# Milliseconds say nothing on a busy machine; what is timed stands in the benchmarks.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def compile_once():
    """What pip does with a package that is not a checkout, where Python is told to write none.

    Otherwise every kernel of a test would compile the workbook again.
    """
    compileall.compile_dir(CHECKOUT / "ii_helpers", quiet=1)


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # once for all workers
        compile_once()


@pytest.fixture
def wb(tmp_path):
    """An empty workbook."""
    return ii.open_workbook(tmp_path / "log")


@pytest.fixture
def example(tmp_path):
    """The invented learner's workbook, in a copy that a test may change."""
    folder = tmp_path / "example"
    shutil.copytree(CHECKOUT / "data" / "example", folder)
    return ii.open_workbook(folder)


def lay_down_pages(folder):
    """The pages as shipped: without what they show where the checkout is used as a workbook."""
    for path in (CHECKOUT / "notebooks").rglob("*.ipynb"):
        if ".ipynb_checkpoints" in path.parts:
            continue
        page = json.loads(path.read_text(encoding="utf-8"))
        for cell in page["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        copy = folder / path.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(json.dumps(page), encoding="utf-8")


# Debian's Chromium; the first is the same without windows, as Playwright itself runs it unseen.
CHROMIUM = ("chromium-headless-shell", "chromium")


def launch(playwright, *names):
    """Start Chromium, by the first of the names that is installed; it finds no other computer, and
    its own calls home are off."""
    return playwright.chromium.launch(
        executable_path=next(filter(None, map(shutil.which, names or CHROMIUM)), "chromium"),
        args=[
            "--js-flags=--no-opt --no-maglev",  # pages live too briefly for optimized code to pay
            "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    )  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
