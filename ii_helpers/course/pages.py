"""A page of the workbook as a notebook file: laid down clean, and brought up to date with whatever
is the learner's own kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import WorkbookError

OWN = "own-text"  # the tag of a cell that keeps what a learner had written in a shipped one


# --- clean, and told by its cells ------------------------------------------------------------


def clean(page: Path, laid_down: Any) -> bytes:
    """A notebook's bytes without outputs, execution counts and widget state, each cell with an
    id of its own: an update goes by them.

    laid_down: id -> digest of the cells as they were, if that is known
    """
    try:
        notebook = json.loads(page.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
                cell.get("metadata", {}).pop("execution", None)
        notebook.get("metadata", {}).pop("widgets", None)
        before = laid_down if isinstance(laid_down, dict) else {}
        known = {text: id for id, text in before.items()}
        cells = list(with_ids(notebook["cells"], known, "cell"))
        if cells != notebook["cells"]:
            notebook.update(cells=cells, nbformat_minor=max(5, notebook.get("nbformat_minor", 0)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkbookError(
            f"{page.name} is not a notebook that can be handed out ({error!r}). "
            "Open it in JupyterLab, or put back the shipped one.",
            path=page,
        ) from error
    return notebook_bytes(notebook)


def notebook_bytes(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest(data: bytes | str) -> str:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()[:16]


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text; notebooks keep it as one text or as a list of lines."""
    text = cell.get("source", "")
    return "".join(text) if isinstance(text, list) else text


def cell_digest(cell: dict[str, Any]) -> str:
    return digest(f"{cell.get('cell_type')}\n{source_of(cell)}")


def with_ids(
    cells: Iterable[dict[str, Any]], known: dict[str, str], kind: str
) -> Iterator[dict[str, Any]]:
    """Yield the cells with an id each, and none twice: some programs save pages without.

    known: digest -> id of cells that are told by their text; kind: how a new id begins
    """
    met: set[str] = set()
    for cell in cells:
        if not isinstance(first := cell.get("id"), str):
            text = cell_digest(cell)
            first = known.pop(text, f"{kind}-{text[:12]}")
        id, again = first, 1
        while id in met:
            again += 1
            id = f"{first[:50]}-{again}"
        met.add(id)
        yield cell if id == cell.get("id") else {**cell, "id": id}


# --- brought up to date -----------------------------------------------------------------------


def refreshed(
    name: str, before: bytes, new: bytes, laid_down: Any
) -> tuple[bytes | None, list[str]]:
    """The page as it is to be (None: what is there is no notebook), and what changed in it."""
    try:
        mine = json.loads(before)
        cells = mine["cells"]
        if not all(map(_is_cell, cells)):
            raise ValueError("not cells")
        json.dumps(mine, ensure_ascii=False).encode()  # half a character cannot be written
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, [f"{name} was damaged: it is laid down anew, the damaged one kept beside it."]
    theirs = json.loads(new)
    base = laid_down if isinstance(laid_down, dict) else {}
    merged, n = merge(cells, theirs["cells"], base)
    made = {**theirs, "cells": merged}
    if mine == made or _same(mine, made):
        return before, []
    words = [f"{count} {what if count > 1 else _one(what)}" for what, count in n.items() if count]
    return notebook_bytes(made), [f"{name}: {', '.join(words) or 'its form is new'}."]


def _one(what: str) -> str:
    return what.replace("cells ", "cell ").replace("earlier texts", "earlier text")


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    lines = cell.get("source", "")
    lines = lines if isinstance(lines, list) else [lines]
    return "cell_type" in cell and all(isinstance(line, str) for line in lines)


def _same(mine: dict[str, Any], made: dict[str, Any]) -> bool:
    """Whether only what JupyterLab itself writes differs: how a source is kept, the kernel."""
    if len(mine["cells"]) != len(made["cells"]):
        return False
    return all(
        cell_digest(a) == cell_digest(b) and a.get("id") == b.get("id")
        and _tags(a) == _tags(b)
        for a, b in zip(mine["cells"], made["cells"], strict=True)
    )  # fmt: skip


def _tags(cell: dict[str, Any]) -> Any:
    meta = cell.get("metadata", {})
    return meta.get("tags"), meta.get("jupyter"), meta.get("editable"), meta.get("deletable")


def merge(
    mine: list[dict[str, Any]], new: list[dict[str, Any]], base: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the cells of a page brought up to date, and how many of what changed.

    mine: the learner's cells; new: those of the new version; base: id -> digest of each cell
    as it was laid down, none where nothing was kept of that. Then nobody can tell an earlier
    version's text from the learner's, and all of it goes into one cell at the end.

    Running it on its own result changes nothing.
    """
    shipped_now = {cell["id"]: cell for cell in new}
    n = dict.fromkeys(
        ("cells refreshed", "cells new", "cells gone", "of your own texts kept below their cell",
         "earlier texts kept in its last cell"), 0
    )  # fmt: skip
    earlier: list[dict[str, Any]] = []
    kept: dict[str, dict[str, Any]] = {}
    own: dict[str, list[dict[str, Any]]] = {}
    at = ""  # own cells follow the shipped cell that they stood below
    known = {text: id for id, text in base.items()}
    known |= {cell_digest(cell): cell["id"] for cell in new}
    for cell in with_ids(mine, known, "own"):
        id = cell["id"]
        if id in shipped_now:
            at, now = id, shipped_now[id]
            if cell_digest(cell) == cell_digest(now):
                kept[id] = {**cell, "metadata": _metadata(cell, now)}
            elif cell_digest(cell) == base.get(id):
                kept[id] = now
                n["cells refreshed"] += 1
            elif cell_digest(now) == base.get(id):
                kept[id] = cell
            elif not base and not cell.get("attachments"):
                kept[id] = now
                earlier.append(cell)
                n["cells refreshed"] += 1
            else:
                kept[id] = now
                own.setdefault(id, []).append(_own_text(cell))
                n["of your own texts kept below their cell"] += 1
        elif id in base and cell_digest(cell) == base[id] and id not in shipped_now:
            n["cells gone"] += 1
        elif not base and cell.get("metadata", {}).get("deletable") is False:  # was the course's
            earlier.append(cell)
            n["cells gone"] += 1
        else:
            own.setdefault(at, []).append(cell)
    n["cells new"] = sum(id not in kept for id in shipped_now)
    merged = list(own.get("", ()))
    for id, cell in shipped_now.items():
        merged += [kept.get(id, cell), *own.get(id, ())]
    if earlier:
        merged.append(_earlier_texts(earlier))
        n["earlier texts kept in its last cell"] = len(earlier)
    return list(with_ids(merged, {}, "own")), n


def _metadata(cell: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {**cell.get("metadata", {}), **now.get("metadata", {})}


def _own_text(cell: dict[str, Any]) -> dict[str, Any]:
    """A note with what a learner had written in a cell that the new version replaces."""
    words = "*Your own text in the cell above, from before an update:*"
    note = _note(f"{words}\n\n{_as_text(cell)}", cell_digest(cell))
    if cell["cell_type"] == "markdown" and cell.get("attachments"):
        note["attachments"] = cell["attachments"]  # the pictures that the text shows
    return note


def _earlier_texts(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """One folded note with the texts of cells that may or may not be the learner's own."""
    texts = "\n\n".join(map(_as_text, cells))
    words = (
        "<details><summary>What stood in this page's cells before an update. Delete this cell "
        "if nothing of it is yours.</summary>"
    )
    return _note(f"{words}\n\n{texts}\n\n</details>", digest(texts))


def _as_text(cell: dict[str, Any]) -> str:
    text = source_of(cell)
    if cell["cell_type"] == "code":
        fence = "`" * max(3, _longest_ticks(text) + 1)
        text = f"{fence}python\n{text}\n{fence}"
    return text


def _note(text: str, made_of: str) -> dict[str, Any]:
    meta = {"tags": [OWN]}
    return {"cell_type": "markdown", "id": f"own-{made_of[:12]}", "metadata": meta, "source": text}


def _longest_ticks(text: str) -> int:
    longest = run = 0
    for letter in text:
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    return longest
