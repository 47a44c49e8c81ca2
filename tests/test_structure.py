"""The floors of the package, the price of importing it, and the files that must agree."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import ii_helpers
from ii_helpers.course import distribute, hand_in

PACKAGE = Path(ii_helpers.__file__).parent
CHECKOUT = PACKAGE.parent

# From the ground up: a room imports only rooms on lower floors, or its own floor's helpers.
FLOORS = [
    {"errors"},
    {"tables", "files", "sheet", "names"},
    {"journal", "settings", "frames"},
    {"parsing"},
    {"splicing"},
    {"log_file"},
    {"log"},
    {"copies", "mentions"},
    {"upkeep"},
    {"forgetting"},
    {"workbook"},
    {"letters", "questions", "invitations", "imports", "facts"},
    {"network", "career_fit", "forecast"},
    {"agenda"},
    {"measures"},
    {"charts"},
    {"forms"},
    {"course"},
    {"stages", "serving"},
    {"__main__", "jupyter"},
]
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
ONLY_IMPORTERS = {
    "ipywidgets": {"forms", "stages"},
    "matplotlib": {"charts"},
    "filelock": {"log", "workbook", "files", "course"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if room != "__init__":
            yield pytest.param(path, room, id=str(path.relative_to(PACKAGE)))


def imported(path):
    """The (room or package, is it ours) of every import in a file."""
    depth = len(path.relative_to(PACKAGE).parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inside in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            for name in node.names:
                yield from absolute(name.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from absolute(node.module)
        elif isinstance(node, ast.ImportFrom):
            if node.level < depth:
                continue  # within the same folder
            names = [node.module] if node.module else [name.name for name in node.names]
            yield from ((name.split(".")[0], True) for name in names)


def absolute(name):
    first, _, rest = name.partition(".")
    yield (rest.split(".")[0], True) if first == "ii_helpers" and rest else (first, False)


@pytest.mark.parametrize(("path", "room"), list(modules()))
def test_a_room_imports_only_rooms_below_it(path, room):
    for name, is_ours in imported(path):
        if is_ours and name != room and name in FLOOR:
            assert FLOOR[name] < FLOOR[room], f"{path.name} imports {name}"


@pytest.mark.parametrize(("path", "room"), list(modules()))
def test_widgets_charts_and_locks_are_imported_in_their_own_rooms_only(path, room):
    for name, is_ours in imported(path):
        if not is_ours and name in ONLY_IMPORTERS:
            assert room in ONLY_IMPORTERS[name], f"{path.name} imports {name}"


def test_every_room_has_its_floor():
    rooms = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    assert rooms - {"__init__"} == set(FLOOR) & rooms


def test_what_an_instructor_does_loads_when_it_is_asked_for():
    code = (
        "import sys, ii_helpers as ii; course = ii.course; before = len(sys.modules);"
        "parts = [getattr(course, part).__name__ for part in course.__all__];"
        "print(len(sys.modules) > before, *parts)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    parts = [f"ii_helpers.course.{name}" for name in ("cohort", "distribute", "hand_in", "update")]
    assert done.stdout.split() == ["True", *parts]


def test_importing_the_package_loads_nothing_heavy_and_prints_nothing():
    heavy = ("pandas", "numpy", "matplotlib", "ipywidgets", "pydantic", "networkx", "scipy")
    code = (
        "import sys, ii_helpers; "
        f"print([name for name in {heavy} if name in sys.modules], len(dir(ii_helpers)) > 5)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]


def test_conda_and_pip_ask_for_the_same_packages_in_the_same_ranges():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    conda = yaml.safe_load((CHECKOUT / "environment.yml").read_text())["dependencies"]
    conda_names = {"matplotlib-base": "matplotlib", "python-tzdata": "tzdata"}
    asked = {}
    for line in conda:
        if isinstance(line, str) and line != "pip":
            name, _, wanted = line.partition(" ")
            asked[conda_names.get(name, name)] = wanted
    pip = {line.split(">")[0]: ">" + line.split(">", 1)[1] for line in project["dependencies"]}
    assert asked.pop("python") == project["requires-python"]
    assert asked == pip
    assert conda[-1] == {"pip": ["-e ."]}  # ends by installing the package itself


def test_every_range_has_a_lower_and_an_upper_bound():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        # tzdata is numbered by the year; an extra that takes another along has no number
        if line.startswith(("tzdata", f"{project['name']}[")):
            continue
        assert ">=" in line and ",<" in line, line


def test_git_never_sees_what_is_private(tmp_path):
    private = ["data/log/contacts.csv", "data/log/.workbook/journal", "data/letters/request.txt"]
    done = subprocess.run(
        ["git", "check-ignore", *private], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.stdout.split() == private


def test_git_never_sees_a_backup_or_a_hand_in(example):
    """Neither in the repository nor in a clean copy of the workbook, which has its own list."""
    made = [example.backup(example.folder), example.backup(example.folder)]
    made.append(hand_in.write(example, example.folder))
    (example.folder / ".gitignore").write_bytes(distribute._NEVER_TRACKED)
    subprocess.run(["git", "init", "-q"], cwd=example.folder, check=True)
    names = [path.name for path in made]
    for folder in (CHECKOUT, example.folder):
        command = ["git", "check-ignore", *names]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.stdout.splitlines() == names


def test_the_top_level_holds_only_what_it_should():
    done = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True)
    assert {name.split("/")[0] for name in done.stdout.split("\n") if name} <= {
        "notebooks", "ii_helpers", "data", "tests", "environment.yml", "README.md",
        "pyproject.toml", "LICENSE", ".gitignore", ".ci",
    }  # fmt: skip
