"""What a learner waits for: the first form, importing, Run All of each page, a save in the
real browser; and the memory that it takes.

    python -m tests.benchmarks.workbook [--rounds 5]

Run All is printed beside the bare imports of pandas, matplotlib and ipywidgets in a fresh
kernel, interleaved; a save beside the row's raw write and flush in the same folder.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel
from playwright.sync_api import sync_playwright

import ii_helpers as ii
from ii_helpers.stages import PAGES
from tests.browser.conftest import (
    Lab,
    copy_of_workbook,
    next_page,
    open_notebook,
    open_page,
    press_start,
    start_page,
)
from tests.conftest import compile_once, launch

RIVAL = ["import pandas", "import matplotlib.pyplot", "import ipywidgets"]
CLICK = """([button, words]) => new Promise(done => {
    const start = performance.now();
    const look = () => {
        const said = [...document.querySelectorAll('[role=status]')];
        if (said.some(e => e.textContent.includes(words) && e.offsetParent))
            done(performance.now() - start);
    };
    new MutationObserver(look).observe(document.body,
        {subtree: true, childList: true, characterData: true});
    button.click();
})"""


def importing(code):
    """Seconds that a fresh Python takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def in_a_fresh_kernel(cells, folder):
    """Seconds from the first cell to the end of the last."""
    manager, client = start_new_kernel(cwd=str(folder), stderr=subprocess.DEVNULL)
    try:
        start = time.perf_counter()
        for cell in cells:
            answer = client.execute_interactive(cell, output_hook=lambda message: None, timeout=60)
            assert answer["content"]["status"] == "ok", answer["content"]
        return time.perf_counter() - start
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run_all(place, rounds):
    folder = copy_of_workbook(place / "run-all")
    shutil.copytree(folder / "data" / "example", folder / "data" / "log")
    notebooks = folder / "notebooks"
    print("\nRun All on the example workbook, seconds (median; x: of the bare imports)")
    pages = {name: code_cells(notebooks / f"{name}.ipynb") for name in PAGES}
    times = {name: [] for name in ["imports", *pages]}
    for _ in range(rounds):
        times["imports"].append(in_a_fresh_kernel(RIVAL, notebooks))
        for name, cells in pages.items():
            times[name].append(in_a_fresh_kernel(cells, notebooks))
    bare = statistics.median(times["imports"])
    for name, taken in times.items():
        print(
            f"  {name:20} {statistics.median(taken):6.2f}  {statistics.median(taken) / bare:5.2f} x"
        )


def raw_write(folder, data):
    start = time.perf_counter()
    file = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, data)
    os.fsync(file)
    os.close(file)
    return (time.perf_counter() - start) * 1000


def saving(place, rows=1_000, saves=20):
    folder = copy_of_workbook(place / "saving")
    wb = ii.open_workbook(folder / "data" / "log")
    work = wb.occupations.append_many({"title": f"Occupation {n}"} for n in range(rows))
    people = wb.contacts.append_many(
        {"name": f"Person {n}", "occupation_id": work[n].id} for n in range(rows)
    )
    sent = datetime(2026, 11, 1, tzinfo=UTC)
    wb.messages.append_many({"contact_id": p.id, "sent_at": sent} for p in people)
    lab = Lab(folder, place / "home")
    taken, raw = [], []
    try:
        with sync_playwright() as playwright, open_page(launch(playwright, "chromium")) as page:
            panel = start_page(page, lab, "02_outreach")
            name = panel.get_by_label("Name *", exact=True).first
            button = panel.get_by_role("button", name="Save contact", exact=True)
            for n in range(saves):
                name.fill(f"Somebody {n}")
                words = f"Saved: Somebody {n}"
                taken.append(button.evaluate(f"b => ({CLICK})([b, {words!r}])"))
                on_disk = (folder / "data" / "log" / "contacts.csv").read_bytes()
                assert f"Somebody {n}".encode() in on_disk[-1000:]
                raw.append(raw_write(folder, on_disk[-200:]))
    finally:
        lab.close()
    print(f"\nA save in the browser, logs of {rows:,} rows, ms (median of {saves})")
    print(f"  click to confirmation {statistics.median(taken):6.0f}   slowest {max(taken):6.0f}")
    print(f"  raw write and flush   {statistics.median(raw):6.2f}")


def first_two_minutes(place):
    """From the command in an environment that is new to the page, to a form one can type in."""
    folder = copy_of_workbook(place / "first")
    start = time.perf_counter()
    lab = Lab(folder, place / "first-home")
    try:
        served = time.perf_counter()
        with sync_playwright() as playwright, open_page(launch(playwright, "chromium")) as page:
            opened = time.perf_counter()
            panel = open_notebook(page, lab, "00_start_here")
            shown = time.perf_counter()
            press_start(page, lab, "00_start_here")
            panel.get_by_label("Your name *").fill("Wren Halloway")
            typed = time.perf_counter()
            print("\nThe first two minutes, seconds")
            print(f"  ii-workbook start to an address   {served - start:5.1f}")
            print(f"  the address to a page with a kernel {shown - opened:5.1f}")
            print(f"  Start this page to a form in use  {typed - shown:5.1f}")
            print(f"  in all                            {served - start + typed - opened:5.1f}")
            for name in list(PAGES)[1:]:
                next_page(page, lab, name)
            memory(lab)
    finally:
        lab.close()


def memory(lab):
    """What the server and its kernels hold, in MB: their own pages, not those they share."""
    print("\nMemory, MB (unique set size)")
    (server,) = psutil.Process(lab.process.pid).children()
    print(f"  server  {server.memory_full_info().uss / 1e6:5.0f}")
    kernels = [p for p in server.children(recursive=True) if "ipykernel" in " ".join(p.cmdline())]
    for kernel in kernels:
        print(f"  a kernel {kernel.memory_full_info().uss / 1e6:4.0f}")


def main():
    asked = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    asked.add_argument("--rounds", type=int, default=5)
    chosen = asked.parse_args()
    compile_once()
    with tempfile.TemporaryDirectory() as place:
        bare = statistics.median(importing("pass") for _ in range(15))
        ours = statistics.median(importing("import ii_helpers") for _ in range(15))
        print(f"import ii_helpers: {(ours - bare) * 1000:.1f} ms over bare Python")
        first_two_minutes(Path(place))
        run_all(Path(place), chosen.rounds)
        saving(Path(place))


if __name__ == "__main__":
    main()
