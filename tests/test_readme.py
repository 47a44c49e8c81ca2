"""The README says what is true: its Python runs, and its commands are the ones there are."""

import re
import shutil
from pathlib import Path

import pytest

import ii_helpers as ii
from ii_helpers.__main__ import main

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_the_python_in_the_readme_runs(tmp_path, monkeypatch):
    shutil.copytree(CHECKOUT / "data" / "example", tmp_path / "log")
    monkeypatch.setenv("II_WORKBOOK_LOG", str(tmp_path / "log"))
    wb = ii.open_workbook()
    known = wb.contacts.rows()[0]
    wb.contacts.revise(known.id, notes="to be taken back")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "ii." in c)
    exec(code.replace("con_...", known.id), {})
    assert known.id not in ii.open_workbook().contacts


def test_every_command_is_in_the_readme_and_the_reverse(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    there = set(re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    assert there == set(re.findall(r"ii-workbook ([a-z-]+)", README)) - {"start`"}
    assert there == {
        "start", "new", "distribute", "update", "hand-in", "cohort", "check", "backup", "restore",
    }  # fmt: skip


def test_every_file_that_the_readme_names_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (CHECKOUT / target).exists(), target
    for module in re.findall(r"python -m (tests\.[\w.]+|ii_helpers\.\w+)", README):
        assert (CHECKOUT / Path(*module.split("."))).with_suffix(".py").exists(), module
