"""Pictures of every page, empty and with the example learner: to look at, as a designer would.

python -m tests.browser.screenshots FOLDER [--dark] [--width 1280] [--page 02_outreach]
python -m tests.browser.screenshots tests/browser/pictures --readme     those of the README
"""

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from ii_helpers.stages import PAGES

from ..conftest import launch
from .conftest import notebook_panel, open_page, running, start_page

# Picture -> page and heading
README = {
    "review": ("05_network_review", "Step 4"),
    "letter": ("02_outreach", "Step 5"),
    "voices": ("05_network_review", "Step 6"),
}


def whole(page, path):
    """Make the window as tall as the page, and take its picture."""
    width = page.viewport_size["width"]
    scroller = notebook_panel(page).locator(".jp-WindowedPanel-outer")
    height = scroller.evaluate("e => e.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(height) + 160, 16_000)})
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 800})


def stop_kernels(lab):
    for kernel in lab.api("api/kernels"):
        lab.api(f"api/kernels/{kernel['id']}", method="DELETE")


def every_page(chromium, place, chosen):
    for whose in ("empty", "example"):
        with running(place, whose, chosen.dark) as lab, open_page(chromium) as page:
            page.set_viewport_size({"width": chosen.width, "height": 800})
            for name in chosen.page or PAGES:
                start_page(page, lab, name)
                whole(page, chosen.folder / f"{name}-{whose}.png")
                stop_kernels(lab)


def of_readme(chromium, place, folder):
    with running(place, "example") as lab, open_page(chromium) as page:
        for picture, (name, heading) in README.items():
            panel = start_page(page, lab, name)
            if picture == "letter":
                person = panel.get_by_label("Write to", exact=True)
                person.select_option(index=3)
                panel.get_by_role("button", name="Draft it").click()
                panel.get_by_label("Your letter").wait_for()
            panel.get_by_role("heading", name=heading).evaluate("e => e.scrollIntoView()")
            path = folder / f"{picture}.png"
            page.screenshot(path=path)
            Image.open(path).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
                path, optimize=True
            )
            stop_kernels(lab)


def main():
    asked = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--width", type=int, default=1280)
    asked.add_argument("--page", choices=PAGES, action="append")
    asked.add_argument("--readme", action="store_true")
    chosen = asked.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        chromium = launch(playwright, "chromium")
        if chosen.readme:
            of_readme(chromium, Path(place), chosen.folder)
        else:
            every_page(chromium, Path(place), chosen)


if __name__ == "__main__":
    main()
