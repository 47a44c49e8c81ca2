"""Lays down clean copies of the workbook: one for oneself, or one for each learner of a roster."""

from __future__ import annotations

import hmac
import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from .. import __version__
from ..errors import SettingsInvalid, WorkbookError
from ..files import FIRST_PAGE, shipped
from ..settings import Course, read_course
from ..tables import SCHEMA_VERSION, TABLES
from .lines import n_of
from .pages import cell_digest, clean, digest
from .roster import (
    COPIES,
    Copy,
    Missing,
    Person,
    copy_line,
    list_bytes,
    missing,
    read_copies,
    read_roster,
    slug,
)

LOGS = "data/log"
SETTINGS = "data/course.toml"
LETTERS = "data/letters"
IGNORED = ".gitignore"
MARK = "data/copy.json"  # which copy this is, and what was laid down in it
_SECRET = ".copies-secret"
_UNFINISHED = ".unfinished-"
_CODE_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_NEVER_TRACKED = b"""# The learner's own: never in git
data/log/
data/letters/
hand-in*.zip
workbook [0-9]*.zip

# Made by JupyterLab
.ipynb_checkpoints/
"""
# The settings that were shipped when a copy's mark did not yet say what is the course's own.
_EARLY_SETTINGS = ("d5a8e256437fb008", "3f7cb00319410907", "4aa39be87beefb43")


# --- the workbook as it is shipped -----------------------------------------------------------


class Payload(NamedTuple):
    """What a copy holds: `files` maps each path (with /) to its bytes; `course` its settings."""

    files: dict[str, bytes]
    course: Course


def payload(source: Path | None = None, course: Course | None = None) -> Payload:
    """Return what a copy of the workbook in `source` holds: pages without outputs, the
    course's settings and its own wording of letters, the example, and what git is not to track.
    No log, no page for instructors.

    source: a workbook or checkout, the instructor's own for instance; by default the
    workbook as it is shipped
    course: the settings that choose the pages; by default the source's own
    """
    source = source or shipped()
    if not (source / FIRST_PAGE).is_file():
        raise WorkbookError(
            f"{source} is not a workbook: it has no {FIRST_PAGE}. "
            "Give a folder that has one, or leave --from out.",
            path=source,
        )
    course = course or read_course(source / SETTINGS)
    files, laid_down = {IGNORED: _NEVER_TRACKED}, read_mark(source)["laid_down"]
    for page in sorted((source / "notebooks").glob("*.ipynb")):
        if page.stem in course.pages.used or page.stem not in _pages():
            name = f"notebooks/{page.name}"
            files[name] = clean(page, laid_down.get(name))
    if (source / SETTINGS).is_file():
        files[SETTINGS] = (source / SETTINGS).read_bytes()
    if (source / "data" / "README.md").is_file():
        files["data/README.md"] = (source / "data" / "README.md").read_bytes()
    from ..letters.wording import SHIPPED  # not every command needs it

    for letter in sorted(SHIPPED.glob("*.txt")):  # by their names: whatever else lies there stays
        own = source / LETTERS / letter.name
        if own.is_file():
            files[f"{LETTERS}/{letter.name}"] = own.read_bytes()
    for table in TABLES:
        example = source / "data" / "example" / f"{table}.csv"
        if example.is_file():
            files[f"data/example/{table}.csv"] = example.read_bytes()
    return Payload(files, course)


def _pages() -> tuple[str, ...]:
    return Course.model_fields["pages"].get_default().used


def mark(laid_down: dict[str, Any], code: str, own: Iterable[str]) -> bytes:
    """Return the bytes of a copy's mark: its code, its version, what is laid down in it, and
    which of that is the course's own and not as shipped.

    code: whose copy it is; blank where the learner's secret is to tell
    """
    said = {
        "copy": code, "version": __version__, "schema": SCHEMA_VERSION, "own": sorted(own),
        "laid_down": dict(sorted(laid_down.items())),
    }  # fmt: skip
    return (json.dumps(said, indent=1) + "\n").encode()


def digests(files: dict[str, bytes]) -> dict[str, Any]:
    """Return what a copy's mark keeps of its files: a digest for each cell and settings file.

    An update tells by it what the learner changed.
    """
    found: dict[str, Any] = {}
    for name, data in files.items():
        if name.endswith(".ipynb"):
            cells = json.loads(data)["cells"]
            found[name] = {cell["id"]: cell_digest(cell) for cell in cells if "id" in cell}
        elif name.endswith(".toml"):
            found[name] = digest(data)
    return found


def read_mark(folder: Path) -> dict[str, Any]:
    """Return a copy's mark; what stands in for one where there is none or it is damaged."""
    none: dict[str, Any] = {"copy": "", "version": "", "schema": 0, "laid_down": {}, "own": []}
    try:
        said = json.loads((folder / MARK).read_text(encoding="utf-8"))
        known = {key: said[key] for key in none if type(said.get(key)) is type(none[key])}
        made = known.get("laid_down", {})
        known["laid_down"] = {name: one for name, one in made.items() if _is_digest(one)}
        if "own" in known:
            known["own"] = [name for name in known["own"] if isinstance(name, str)]
    except (OSError, ValueError, AttributeError, RecursionError):
        return none
    if "own" not in known and known["laid_down"].get(SETTINGS, "") not in (
        "", *_EARLY_SETTINGS,
    ):  # fmt: skip
        known["own"] = list(known["laid_down"])  # a course with settings of its own: who knows
    return none | known


def _is_digest(made: Any) -> bool:
    """Whether this may be what `digests` makes of a file."""
    digests = made.values() if isinstance(made, dict) else [made]
    return all(isinstance(digest, str) for digest in digests)


def own_files(source: Path | None, files: dict[str, bytes]) -> list[str]:
    """Return which pages and settings in `files` a course made its own: they are not as
    shipped, now or when the course's workbook was laid down."""
    if source is None or source.resolve() == shipped().resolve():
        return []
    said = read_mark(source)
    before = said["laid_down"] or digests(payload().files)
    return [
        name for name, now in digests(files).items()
        if name in said["own"] or json.dumps(now) != json.dumps(before.get(name))
    ]  # fmt: skip


# --- new -------------------------------------------------------------------------------------


def _to_open(source: Path | None) -> dict[str, bytes]:
    """The files of copies that `start` is to open, so with the page that it opens."""
    files, course = payload(source)
    if FIRST_PAGE not in files:
        page, settings = Path(FIRST_PAGE).stem, (source or shipped()) / SETTINGS
        raise SettingsInvalid(
            f'{settings}: pages.used has no "{page}", and a workbook opens with that page. '
            "Add it there.",
            column="pages.used", value=course.pages.used, path=settings,
        )  # fmt: skip
    return files


def new(folder: Path, source: Path | None = None) -> Path:
    """Make a clean copy of the workbook in this folder and return it.

    Raises WorkbookError, and leaves everything as it was, when something is there already.
    """
    folder = Path(folder)
    if is_taken(folder):
        raise WorkbookError(
            f"{folder} is not empty, so nothing was written there. Name a new folder, or bring "
            f"that copy up to date with: ii-workbook update {quoted(folder)}",
            path=folder,
        )
    files = _to_open(source)
    # No code: a class may well share what is made here, and is not one learner.
    marked = mark(digests(files), "", own_files(source, files))
    with whole(folder) as beside:
        _lay_down(beside, files, marked)
    return folder


def quoted(folder: Path) -> str:
    """A folder as it stands in a command that is typed."""
    return f'"{folder}"' if " " in str(folder) else str(folder)


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A place to lay files down, which becomes this new or empty folder when all went well."""
    with _writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = _beside(folder)
        try:
            yield beside
            if folder.exists():
                for made in list(beside.iterdir()):
                    os.replace(made, folder / made.name)
                beside.rmdir()
            else:
                os.replace(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def is_taken(folder: Path) -> bool:
    """Whether something is there that is not an empty folder."""
    return folder.is_symlink() or folder.exists() and not _is_empty_folder(folder)


def _is_empty_folder(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _beside(place: Path) -> Path:
    return place.parent / f"{_UNFINISHED}{secrets.token_hex(6)}"


class _writing:
    """Says in words what the system says when a folder cannot be written."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            raise WorkbookError(
                f"{self.folder} could not be written ({error.strerror}). Choose a folder of your "
                "own with room on its disk, and run the command again.",
                path=self.folder,
            ) from error


def _lay_down(folder: Path, files: dict[str, bytes], marked: bytes) -> None:
    (folder / LOGS).mkdir(parents=True)
    for name, data in {**files, MARK: marked}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


# --- distribute ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distributed:
    """What a run did. skipped: (line of the roster, reason); n_known: had a copy already

    by_name, doubtful: as in Missing
    """

    added: list[Copy]
    n_known: int
    skipped: list[tuple[int, str]]
    kind: str
    by_name: list[str]
    doubtful: list[str]


def distribute(
    roster: Path,
    to: Path,
    *,
    source: Path | None = None,
    zipped: bool = False,
    progress: bool = False,
) -> Distributed:
    """Lay down one copy of the workbook for each learner of the roster who has none yet.

    to: folder of the copies, made when missing. Its copies.csv says whose each copy is and
    stays with the instructor; the copies themselves hold no name, their folders' names do.
    zipped: one zip each instead of one folder; progress: show a bar

    What is there already is never written to: a run cut off is just run again.
    """
    roster, to = Path(roster), Path(to)
    people, skipped, kind = read_roster(roster)
    if not people:
        raise WorkbookError(f"{roster.name} names no learners.", path=roster)
    files = _to_open(source)
    own = own_files(source, files)
    with _writing(to):
        to.mkdir(parents=True, exist_ok=True)
        lock = FileLock(to / ".copies-lock", timeout=1)
        try:
            with lock:
                added, found = _add(people, to, files, own, zipped, progress)
        except Timeout:
            raise WorkbookError(
                f"Another distribute is at work in {to}. Wait until it is done.", path=to
            ) from None
    return Distributed(added, found.n_known, skipped, kind, found.by_name, found.doubtful)


def _add(
    people: list[Person],
    to: Path,
    files: dict[str, bytes],
    own: list[str],
    zipped: bool,
    progress: bool,
) -> tuple[list[Copy], Missing]:
    for left in to.glob(f"{_UNFINISHED}*"):  # by a run that was cut off
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    copies = read_copies(to / COPIES)
    found = missing(people, copies)
    _keep_our_form(to / COPIES)
    secret, packed, added = _secret(to), _packed(files) if zipped else b"", []
    laid_down = digests(files)
    with open(to / COPIES, "a", encoding="utf-8", newline="") as listed:
        for person, nth in shown(found.new, "copies", progress):
            who = json.dumps([sorted(person.marks), person.name, nth]).encode()
            code = _code(hmac.digest(secret, who, "sha256"))
            stem = f"{slug(person.name)}-{code[:8]}"
            copy = Copy(code, stem, *_cells(person), nth=nth)
            marked = mark(laid_down, code, own)
            if zipped:
                _make_zip(to / f"{stem}.zip", packed, marked)
            else:
                _make_folder(to / stem, files, marked)
            listed.write(copy_line(copy))
            listed.flush()
            added.append(copy)
        os.fsync(listed.fileno())
    return added, found


def _keep_our_form(path: Path) -> None:
    """Write the list anew where it is not as we do: what is added must be of one form with it."""
    ours = list_bytes(path)
    if not path.is_file() or path.read_bytes() != ours:
        beside = _beside(path)
        beside.write_bytes(ours)
        os.replace(beside, path)


def _cells(p: Person) -> tuple[str, ...]:
    return (p.name, p.id, p.canvas_id, p.login, p.email, p.section)


def _secret(to: Path) -> bytes:
    """What the codes are made with: kept, so that a run cut off finds its copies again."""
    path = to / _SECRET
    if not path.is_file() or path.stat().st_size != 32:
        path.write_bytes(secrets.token_bytes(32))
        path.chmod(0o600)
    return path.read_bytes()


def _code(raw: bytes) -> str:
    """Return 16 letters: no vowels, so no words, and no case for a file system to lose."""
    number, letters = int.from_bytes(raw[:16], "big"), []
    for _ in range(16):
        number, at = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[at])
    return "".join(letters)


def _make_folder(place: Path, files: dict[str, bytes], marked: bytes) -> None:
    if place.exists():
        return
    beside = _beside(place)
    _lay_down(beside, files, marked)
    os.replace(beside, place)


def _packed(files: dict[str, bytes]) -> bytes:
    """A zip of what all copies share, with a place for the folder's name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(f"workbook/{name}", _ZIP_TIME), data, _PACK)
        folder = zipfile.ZipInfo(f"workbook/{LOGS}/", _ZIP_TIME)
        folder.external_attr = 0o40755 << 16
        file.writestr(folder, b"")
    return packed.getvalue()


_PACK = zipfile.ZIP_DEFLATED


def _make_zip(place: Path, packed: bytes, marked: bytes) -> None:
    if place.exists():
        return
    beside = _beside(place)
    beside.write_bytes(packed)
    with zipfile.ZipFile(beside, "a") as file:
        file.writestr(zipfile.ZipInfo(f"workbook/{MARK}", _ZIP_TIME), marked, _PACK)
    os.replace(beside, place)


def shown(things: Iterable[Any], what: str, progress: bool, total: int | None = None) -> Iterator:
    """The same things, with a bar on the terminal as they go by."""
    try:
        from tqdm import tqdm
    except ImportError:  # the bar is a comfort, not a need
        progress = False
    if not progress:
        return iter(things)
    return iter(tqdm(things, unit=f" {what}", total=total, disable=None, leave=False))


# --- what the command line calls -------------------------------------------------------------


def new_command(folder: Path, source: Path | None, for_nbgrader: bool = False) -> int:
    if for_nbgrader:
        from .completion import assignment

        print(f"An nbgrader assignment is in {assignment(folder, source)}.")
        return 0
    made = new(folder, source)
    print(f"A clean workbook is in {made}. Open it with: ii-workbook start {quoted(made)}")
    return 0


def distribute_command(roster: Path, to: Path, source: Path | None, zipped: bool) -> int:
    done = distribute(roster, to, source=source, zipped=zipped, progress=True)
    what = "zip" if zipped else "folder"
    n = len(done.added)
    print(f"{n_of(n, f'new {what}')} in {to}; {n_of(done.n_known, 'learner')} had a copy already.")
    for line, reason in done.skipped:
        print(f"Left out, line {line} of {Path(roster).name}: {reason}.")
    if done.by_name:
        print(f"No new copy, as {COPIES} has one of the same name: {_some(done.by_name)}.")
        print(f"If one of them is somebody else, use a roster that has the ids in {COPIES}, too.")
    if done.doubtful:
        print(f"A copy of that name was there, and a new one was made: {_some(done.doubtful)}.")
        print("If it is the same person, hand out only the one of the two that they have.")
    print(
        f"{to / COPIES} says whose each one is. Keep it, with {_SECRET} beside it, to yourself: "
        "cohort and a second distribute read it."
    )
    return 0


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
