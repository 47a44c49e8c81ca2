"""Pictures of every chart as the review page shows it, at several sizes: to look at.

python -m tests.browser.charts FOLDER [--people 7] [--theme dark] [--width 400]

The panels' own HTML, in JupyterLab's colours. Theme "grey" is the light one without colour.
"""

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

import ii_helpers as ii
from ii_helpers import forms
from ii_helpers.stages import network_review as review

from ..benchmarks.review import cells, write
from ..conftest import launch
from ..stage_widgets import said

TODAY = date(2026, 11, 16)
SIZES = {0: (0, 0), 1: (1, 1), 7: (2, 2), 60: (20, 60), 400: (130, 8), 1000: (300, 8)}  # people
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
PANELS = {
    "today": lambda wb: review.today(wb, TODAY),
    "funnel": review.funnel,
    "growth": review.growth,
    "who-referred-whom": review.who_referred_whom,
    "occupations": review.interviews_per_occupation,
    "voices": review.voices,
    "fit": review.fit,
    "forecast": lambda wb: review.forecast(wb, TODAY),
    "compare": lambda wb: review.compare(wb, TODAY),
}


def page_of(wb, theme):
    """The panels one below the other, without their fields."""
    light = "false" if theme == "dark" else "true"
    colours = f"theme-{'dark' if theme == 'dark' else 'light'}-extension/index.css"
    css = (THEMES / colours).read_text() + Path(forms.__file__).with_name("panel.css").read_text()
    grey = "html { filter: grayscale(1) }" if theme == "grey" else ""
    sections = "".join(
        f'<section id="{name}"><div class="ii-panel">{said(panel(wb))}</div></section>'
        for name, panel in PANELS.items()
    )
    return (
        f'<!doctype html><meta charset="utf-8"><style>{css}{grey}'
        "body { background: var(--jp-layout-color0); margin: 0 auto; padding: 8px 4vw; }"
        f'</style><body data-jp-theme-light="{light}">{sections}'
    )


def main():
    asked = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--people", type=int, choices=SIZES, action="append")
    asked.add_argument("--theme", choices=("light", "dark", "grey"), default="light")
    asked.add_argument("--width", type=int, default=1280)
    chosen = asked.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        viewport = {"width": chosen.width, "height": 800}
        page = launch(playwright, "chromium").new_page(viewport=viewport)
        for people in chosen.people or SIZES:
            meetings, jobs = SIZES[people]
            made = cells(people, meetings, people * 2, jobs)
            wb = write(Path(place) / str(people), made) if people else ii.open_workbook(place)
            page.set_content(page_of(wb, chosen.theme))
            for name in PANELS:
                file = f"{people}-{name}-{chosen.theme}-{chosen.width}.png"
                page.locator(f"#{name}").screenshot(path=chosen.folder / file)


if __name__ == "__main__":
    main()
