"""The roads that courses already have, really driven: `python -m pytest tests/roads -m long`.

They need the extra `roads` (nbgitpuller, nbgrader, JupyterHub), the extra `course` (Dask),
git, and npm for JupyterHub's proxy. What is not installed is skipped, but for where CI is set.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def pytest_collection_modifyitems(config, items):
    if os.environ.get("CI") and config.getoption("markexpr") == "long":
        for name in ("distributed", "jupyterhub", "nbgitpuller", "nbgrader"):
            if find_spec(name) is None:
                raise pytest.UsageError(f"{name} is not installed, and in CI no road is skipped")
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.long)
            item.add_marker(pytest.mark.timeout(600))


def git(place, *words):
    """Run git as an instructor who has configured nothing but a name."""
    who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        who |= {f"GIT_{role}_NAME": "Instructor", f"GIT_{role}_EMAIL": "i@example.org"}
    return subprocess.run(
        ["git", *words], cwd=place, check=True, capture_output=True, text=True,
        env={**os.environ, **who},
    ).stdout  # fmt: skip


@pytest.fixture
def repository(tmp_path):
    """An instructor's repository on disk: the workbook with its package."""
    place = tmp_path / "repository"
    skip = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "log")
    for name in ("notebooks", "data", "ii_helpers"):
        shutil.copytree(CHECKOUT / name, place / name, ignore=skip)
    shutil.copy(CHECKOUT / ".gitignore", place / ".gitignore")
    git(place, "init", "--initial-branch", "main")
    git(place, "add", "-A")
    git(place, "commit", "-m", "The workbook")
    return place


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Private folders for everything that Jupyter and git keep in a home."""
    place = tmp_path / "home"
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        (place / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(place / name))
    monkeypatch.setenv("HOME", str(place))
    # nbgrader and JupyterHub call programs that lie beside this interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.delenv("II_WORKBOOK_LOG", raising=False)
    return place


def run_python(code, cwd, package):
    """Run code in a process that has the package of this folder; return what it printed."""
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(package)},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return made.stdout
