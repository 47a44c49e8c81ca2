"""Logs that LibreOffice itself opened and saved again, as a learner does.

The long form goes through several export settings (about 1 minute):
    python -m pytest tests/faults/test_spreadsheets.py -m long
"""

import os
import shutil
import subprocess
from datetime import date

import pytest

import ii_helpers as ii

pytestmark = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")

# Field and text delimiter, character set (76 UTF-8, 65535 UTF-16, 1 Windows-1252), first line,
# columns, language (1033 English, 1031 German), quote every text, dates and numbers recognised.
SETTINGS = {
    "as offered": ("44,34,76,1,,1033,false,true", "44,34,76,1,,1033,false,true"),
    "German, semicolons, quoted": ("44,34,76,1,,1031,false,true", "59,34,76,1,,1031,true,true"),
    "UTF-16 with tabs": ("44,34,76,1,,1033,false,true", "9,34,65535,1,,1033,false,true"),
    "Windows-1252": ("44,34,76,1,,1033,false,true", "44,34,1,1,,1033,false,true"),
    "nothing recognised": ("44,34,76,1,,1033,false,false", "44,34,76,1,,1033,false,false"),
    "values as stored": ("44,34,76,1,,1033,false,true", "44,34,76,1,,1033,false,false"),
}

TEXTS = [
    "00123", "1.50", "12e4", "1,5", "+1 555 0100", "(555) 010-0100", "5550100", "=1+1", "-1", "@me",
    "'quoted", "'90s", "11-2021", "17-2072.00", "2026-11-20", "3/4/2026", "May 5", "10:30", "50%",
    "$5", "TRUE", "false", "NA", "1/2", "two\nlines", 'a "word", and; more\ttabs', "Ödegård – “q”",
    "12345678901234567890", "http://example.org/?a=1", "x" * 3000, "  blanks  ", "1E5", ".5", "5.",
]  # fmt: skip


def resave(folder, profile, settings):
    """Let LibreOffice open every log of a folder and save it again in its place."""
    read, write = SETTINGS[settings]
    out = folder / "resaved"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore",
         f"--infilter=CSV:{read}", "--convert-to", f"csv:Text - txt - csv (StarCalc):{write}",
         "--outdir", out, *sorted(folder.glob("*.csv"))],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    for path in out.iterdir():
        os.replace(path, folder / path.name)
    out.rmdir()


def try_settings(example, tmp_path, settings):
    texts = [t for t in TEXTS if settings != "Windows-1252" or _fits(t)]
    contacts = example.contacts.append_many(
        [dict(name=f"Person {n}", notes=t, phone=t, job_title=t) for n, t in enumerate(texts)]
    )
    example.tasks.append(task="pay", due_on=date(2026, 4, 3), contact_id=contacts[0].id)
    expected = {log.table.name: log.rows() for log in example.logs()}
    resave(example.folder, tmp_path / "profile", settings)
    wb = ii.open_workbook(example.folder)
    for log in wb.logs():
        assert log.rows() == expected[log.table.name], log.table.name
    assert wb.lost() == [] and wb.check() == []
    added = wb.contacts.append(name="Łukasz 🎧")
    assert ii.open_workbook(example.folder).contacts.rows() == [*expected["contacts"], added]


def _fits(text):
    try:
        return bool(text.encode("cp1252")) or not text
    except UnicodeEncodeError:
        return False


def test_logs_survive_a_spreadsheet_program(example, tmp_path):
    try_settings(example, tmp_path, "as offered")


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("settings", SETTINGS)
def test_logs_survive_a_spreadsheet_program_in_every_setting(example, tmp_path, settings):
    try_settings(example, tmp_path, settings)
