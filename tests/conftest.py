"""Two workbooks carry most tests: an empty one and the invented learner's, both in tmp_path."""

import shutil
from pathlib import Path

import pytest

import ii_helpers as ii

CHECKOUT = Path(__file__).resolve().parent.parent


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
