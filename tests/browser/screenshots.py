"""Pictures of every page, empty and with the example learner: to look at, as a designer would.

python -m tests.browser.screenshots FOLDER [--dark] [--width 1280] [--page 02_outreach]
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from ii_helpers.stages import PAGES

from .conftest import Lab, copy_of_workbook, launch, open_page, start_page

THEME = "jupyter_config_dir/lab/user-settings/@jupyterlab/apputils-extension"


def choose_dark(home):
    """Set JupyterLab's dark theme before it starts."""
    (home / THEME).mkdir(parents=True)
    chosen = '{"theme": "JupyterLab Dark"}'
    (home / THEME / "themes.jupyterlab-settings").write_text(chosen, encoding="utf-8")


def picture(page, panel, path):
    """Make the window as tall as the page, and take its picture."""
    width = page.viewport_size["width"]
    height = panel.locator(".jp-WindowedPanel-outer").evaluate("e => e.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height) + 160, 16_000)})
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 800})


def main():
    asked = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--width", type=int, default=1280)
    asked.add_argument("--page", choices=PAGES, action="append")
    chosen = asked.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        chromium = launch(playwright)
        for whose in ("empty", "example"):
            folder = copy_of_workbook(Path(place) / whose)
            if whose == "example":
                shutil.copytree(folder / "data" / "example", folder / "data" / "log")
            home = Path(place) / f"home-{whose}"
            if chosen.dark:
                choose_dark(home)
            lab = Lab(folder, home)
            try:
                with open_page(chromium) as page:
                    page.set_viewport_size({"width": chosen.width, "height": 800})
                    for name in chosen.page or PAGES:
                        panel = start_page(page, lab, name)
                        picture(page, panel, chosen.folder / f"{name}-{whose}.png")
                        for kernel in lab.api("api/kernels"):
                            lab.api(f"api/kernels/{kernel['id']}", method="DELETE")
            finally:
                lab.close()


if __name__ == "__main__":
    main()
