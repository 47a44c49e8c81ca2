"""Time outreach: `python -m tests.benchmarks.outreach`.

Prints medians: a draft with its checks (goal: 200 ms), and imports of 5,000 LinkedIn
connections (goals: preview 2 s, add 3 s), and of 30,000, as CSV and as vCards (goal: 20 s in
all); each a second time, which must be no slower and add nothing.
"""

from __future__ import annotations

import base64
import random
import statistics
import tempfile
import time

import ii_helpers as ii
from ii_helpers import imports, letters

FIRST = "Ana Bo Cem Dana Emeka Fatou Goran Hana Ines José Kofi Lea Mei Noor Olga Priya".split()
LAST = "Silva Lind Okafor Wong Ruiz Haddad Novak Kim Berger Mensah Horvat Said Brandt".split()


def people(n: int, seed: int = 1):
    pick = random.Random(seed)
    for i in range(n):
        last = f"{pick.choice(LAST)}-{pick.choice(LAST)}"
        yield i, pick.choice(FIRST), last, f"Company {pick.randint(1, max(1, n // 5))}"


def linkedin(n: int) -> bytes:
    lines = ["Notes:", '"Some addresses are missing."', ""]
    lines.append("First Name,Last Name,URL,Email Address,Company,Position,Connected On")
    for i, first, last, company in people(n):
        email = f"p{i}@example.org" if i % 20 == 0 else ""
        url = f"https://www.linkedin.com/in/p{i}"
        lines.append(f"{first},{last},{url},{email},{company},Engineer,12 Mar 2024")
    return "\r\n".join(lines).encode()


def vcards(n: int) -> bytes:
    photo = base64.b64encode(b"x" * 600).decode()
    folded = "\r\n ".join(photo[at : at + 74] for at in range(0, len(photo), 74))
    return "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{last};{first};;;\r\nFN:{first} {last}\r\n"
        f"ORG:{company};Research\r\nTITLE:Engineer\r\n"
        f"item1.EMAIL;type=INTERNET;type=pref:p{i}@example.org\r\nitem1.X-ABLabel:Work\r\n"
        f"TEL;type=CELL;type=pref:555-{i:05}\r\nPHOTO;ENCODING=b;TYPE=JPEG:{folded}\r\nEND:VCARD\r\n"
        for i, first, last, company in people(n)
    ).encode()


def timed(work, *args, **more):
    began = time.perf_counter()
    made = work(*args, **more)
    return time.perf_counter() - began, made


def time_import(label: str, data: bytes, rounds: int) -> None:
    found: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            wb = ii.open_workbook(folder)

            def preview(wb=wb):
                result = imports.read_contacts(data)
                imports.compare(wb, result)
                return result

            previewing, result = timed(preview)
            adding, counts = timed(imports.add_contacts, wb, result)
            again, (_, second) = timed(lambda wb=wb: (0, imports.add_contacts(wb, preview())))
            assert second.added == 0 and counts.added == len(wb.contacts)
            found.append((previewing, adding, again))
    previewing, adding, again = (statistics.median(column) for column in zip(*found, strict=True))
    print(
        f"{label:28} {len(data) / 1e6:5.1f} MB: preview {previewing:5.2f} s, add {adding:5.2f} s, "
        f"together {previewing + adding:5.2f} s; second time {again:5.2f} s"
    )


def time_drafts() -> None:
    with tempfile.TemporaryDirectory() as folder:
        wb = ii.open_workbook(folder)
        wb.learner.append(name="Mei Chen", introduction="a student", email="mei@example.org")
        imports.add_contacts(wb, imports.read_contacts(linkedin(1000)))
        times = []
        for row in wb.contacts.rows()[:200]:
            began = time.perf_counter()
            made = letters.draft("request", wb, row.id)
            letters.check(made.body, wb=wb, contact_id=row.id)
            times.append(time.perf_counter() - began)
    print(
        f"a draft with its checks, 1,000 people: median {statistics.median(times) * 1000:.0f} ms, "
        f"first {times[0] * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms"
    )


if __name__ == "__main__":
    import pandas  # noqa: F401  loaded before any figure: the page has it by then

    time_drafts()
    time_import("LinkedIn, 5,000 people", linkedin(5000), rounds=5)
    time_import("LinkedIn, 30,000 people", linkedin(30_000), rounds=3)
    time_import("vCards, 30,000 people", vcards(30_000), rounds=3)
