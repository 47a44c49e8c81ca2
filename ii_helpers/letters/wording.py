"""The wording of letters: as shipped in templates/, or a course's own in data/letters/."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .kinds import FACTS, TemplateInvalid

if TYPE_CHECKING:
    from ..workbook import Workbook

# Private characters carry "missing", "line break" and "this line was a condition, its emptiness
# begins no paragraph" through a template; values cannot hold them.
GONE, END, BREAK, KEEP = "\ue000", "\ue001", "\ue002", "\ue003"
SHIPPED = Path(__file__).with_name("templates")


def own_templates(wb: Workbook) -> Path | None:
    """The course's own letters, beside the logs' folder (the example's logs lie deeper)."""
    above = wb.folder.resolve().parents
    folder = (above[2] if wb.is_example and len(above) > 2 else above[0]) / "letters"
    return folder if folder.is_dir() else None


@lru_cache(maxsize=8)
def environment_of(own: Path | None) -> Any:
    """What loads templates: from the course's own folder, else those that are shipped."""
    from jinja2 import FunctionLoader, Undefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Missing(Undefined):
        def __str__(self):
            return f"{GONE}{self._undefined_name}{END}"

    def load(name):
        for folder in filter(None, (own, SHIPPED)):
            path = folder / f"{name}.txt"
            if path.is_file():
                try:
                    source = path.read_text(encoding="utf-8-sig")
                except UnicodeDecodeError as error:
                    line = path.read_bytes()[: error.start].count(b"\n") + 1
                    raise _invalid(path, line, "It is not in UTF-8.") from None
                changed = path.stat().st_mtime_ns
                source = re.sub(r"\\[ \t]*$", BREAK, source, flags=re.M)
                source = re.sub(r"%\}[ \t]*$", f"%}}{KEEP}", source, flags=re.M)
                return source, str(path), partial(_unchanged, path, changed, own)
        return None

    return ImmutableSandboxedEnvironment(loader=FunctionLoader(load), undefined=Missing)


def _unchanged(path: Path, changed: int, own: Path | None) -> bool:
    replaced = own and path.parent != own and (own / path.name).exists()
    return not replaced and path.exists() and path.stat().st_mtime_ns == changed


def template_named(environment: Any, name: str, known: set[str]) -> tuple[Any, list[str]]:
    """Return a template and the names that it uses; each must be known."""
    from jinja2 import TemplateSyntaxError, meta

    try:
        template = environment.get_template(name)
        source, path, _ = environment.loader.get_source(environment, name)
        used = meta.find_undeclared_variables(environment.parse(source))
    except TemplateSyntaxError as error:
        raise _invalid(Path(error.filename or name), error.lineno, f"{error.message}.") from None
    for word in sorted(used - known - set(FACTS)):
        line = next((n for n, text in enumerate(source.splitlines(), 1)
                     if re.search(rf"\b{re.escape(word)}\b", text)), 1)  # fmt: skip
        near = difflib.get_close_matches(word, known, n=1)
        meant = f'Did you mean "{near[0]}"?' if near else f"{SHIPPED / 'README.md'} has a list."
        raise _invalid(Path(path), line, f'Nothing is called "{word}". {meant}')
    return template, sorted(used)


def render(template: Any, values: Mapping[str, str], environment: Any) -> str:
    """The filled template. Raises TemplateInvalid with the line at which it fails."""
    try:
        return template.render(values)
    except Exception as error:  # whatever a course's own template does wrong
        at, trace = 1, error.__traceback__
        while trace:
            if trace.tb_frame.f_code.co_filename == template.filename:
                at = trace.tb_lineno
            trace = trace.tb_next
        raise _invalid(Path(template.filename), at, f"{error}.") from error


def _invalid(path: Path, line: int, why: str) -> TemplateInvalid:
    return TemplateInvalid(
        f"{path.name}, line {line}: {why} Correct that line, or take the file out of "
        f"{path.parent.name}/ to use the wording that comes with the workbook.",
        path=path,
        value=line,
    )
