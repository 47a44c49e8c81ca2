"""The course's settings, data/course.toml: where the guides disagree, the course decides."""

# mypy: disable-error-code="valid-type,misc"
# (pydantic reads bounds that are made by a function; a type checker cannot)

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from .errors import SettingsInvalid

PAGES = (
    "00_start_here", "01_research", "02_outreach", "03_prep", "04_debrief", "05_network_review",
)  # fmt: skip
LARGEST = 50_000  # bytes; a larger file is not a course's settings


# --- the kinds of setting ------------------------------------------------------------------


def _list_is_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _day(value: Any) -> Any:
    """A date stands bare in TOML; in quotes it is meant all the same."""
    if isinstance(value, str):
        return date.fromisoformat(value.strip()) if value.strip() else None
    return value.date() if isinstance(value, datetime) and not _has_time(value) else value


def _has_time(value: datetime) -> bool:
    return value.time() != datetime.min.time()


def _rising(value: tuple[int, ...]) -> tuple[int, ...]:
    if list(value) != sorted(set(value)):
        raise PydanticCustomError("rising", "each larger than the one before")
    return value


def _no_twins(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise PydanticCustomError("twins", "each only once")
    return value


Day = Annotated[date | None, BeforeValidator(_day)]
Page = Literal[PAGES]  # type: ignore[valid-type]


def _whole(lowest: int, highest: int) -> Any:
    return Annotated[int, Field(ge=lowest, le=highest)]


def _rising_list(lowest: int, highest: int, at_least: int) -> Any:
    return Annotated[
        tuple[_whole(lowest, highest), ...],
        BeforeValidator(_list_is_tuple),
        AfterValidator(_rising),
        Field(min_length=at_least, max_length=20),
    ]


# --- the settings --------------------------------------------------------------------------


class _Part(BaseModel):
    # Strict: true is not 1 hour, and 24.5 is not 24.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CourseNames(_Part):
    """Who holds the course, and from when to when."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = "Informational interviews"
    instructor: Annotated[str, Field(max_length=200)] = ""
    starts_on: Day = None
    ends_on: Day = None

    @model_validator(mode="after")
    def _in_order(self) -> CourseNames:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise _conflict("ends_on", f"on or after starts_on ({self.starts_on})")
        return self


class Pages(_Part):
    """Which notebooks the course uses; the others are not handed out."""

    used: Annotated[
        tuple[Page, ...],
        BeforeValidator(_list_is_tuple),
        AfterValidator(_no_twins),
        Field(min_length=1),
    ] = PAGES


class ThankYou(_Part):
    """When a thank-you note is due, counted from the interview (R30)."""

    aim_hours: _whole(1, 720) = 24
    late_hours: _whole(1, 720) = 48
    overdue_days: _whole(1, 90) = 7

    @model_validator(mode="after")
    def _in_order(self) -> ThankYou:
        if self.late_hours < self.aim_hours:
            raise _conflict("late_hours", f"at least aim_hours ({self.aim_hours})")
        if self.overdue_days * 24 < self.late_hours:
            raise _conflict("overdue_days", f"not before late_hours ({self.late_hours} hours)")
        return self


class Meeting(_Part):
    """The length to ask for, the questions, arriving, and whom to begin with."""

    minutes: _rising_list(5, 480, at_least=1) = (20, 25, 30)
    default_minutes: _whole(5, 480) = 20
    questions_planned: _whole(1, 20) = 6
    arrive_early_minutes: _whole(0, 120) = 10
    join_early_minutes: _whole(0, 120) = 5
    resume: Literal["carry", "enclose"] = "carry"
    first_people: Literal["known people", "supervisor", "strangers"] = "known people"

    @model_validator(mode="after")
    def _one_of_them(self) -> Meeting:
        if self.default_minutes not in self.minutes:
            raise _conflict("default_minutes", f"one of minutes ({_words(self.minutes)})")
        return self


class FollowUp(_Part):
    """Business days of silence after which to write once more; an empty list for never."""

    business_days: _rising_list(1, 60, at_least=0) = (5,)


class KeepInTouch(_Part):
    """Days of silence after which to write to somebody whom you have met (R32); 0 for never."""

    days: _whole(0, 3650) = 90


class Targets(_Part):
    """What a learner of this course sets out to do; shown as progress, never as a grade."""

    contacts: _whole(0, 1000) = 15
    requests: _whole(0, 1000) = 10
    interviews_per_occupation: _whole(1, 50) = 4
    contacts_by: Day = None
    requests_by: Day = None
    interviews_by: Day = None


class Course(_Part):
    """What a course decides where the guides disagree; see data/course.toml."""

    course: CourseNames = CourseNames()
    pages: Pages = Pages()
    thank_you: ThankYou = ThankYou()
    interview: Meeting = Meeting()
    follow_up: FollowUp = FollowUp()
    keep_in_touch: KeepInTouch = KeepInTouch()
    targets: Targets = Targets()

    @model_validator(mode="after")
    def _within_the_course(self) -> Course:
        first, last = self.course.starts_on, self.course.ends_on
        for name, day in self.targets:
            if isinstance(day, date) and (first and day < first or last and day > last):
                span = " ".join(
                    [f"on or after {first}"] * bool(first) + [f"on or before {last}"] * bool(last)
                )
                raise _conflict(f"targets.{name}", f"within the course: {span}")
        return self


def _conflict(key: str, wanted: str) -> PydanticCustomError:
    return PydanticCustomError("conflict", "{wanted}", {"key": key, "wanted": wanted})


# --- reading them --------------------------------------------------------------------------


def read_course(path: Path) -> Course:
    """Return the settings in this file; the defaults when there is none.

    Raises SettingsInvalid, with a sentence for each setting that is wrong: its line, its
    key, what it is and what is allowed.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Course()
    except OSError as error:
        raise SettingsInvalid(
            f"{path.name} cannot be read ({error.strerror}). Nothing was changed.", path=path
        ) from error
    try:
        if len(raw) > LARGEST:
            raise ValueError("it is larger than any course's settings")
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOML's and UTF-8's own errors are these
        if isinstance(error, tomllib.TOMLDecodeError) and (found := _bad_value(error, text)):
            line, key, value, wanted = found
            raise SettingsInvalid(
                f"{path.name}, line {line}: {key} {wanted}", column=key, value=value, path=path
            ) from error
        raise SettingsInvalid(
            f"{path.name} cannot be read as settings: {_not_toml(error)} "
            "Each line is: key = value, with texts in quotes.",
            path=path,
        ) from error
    try:
        return Course.model_validate(values)
    except ValidationError as error:
        faults = [_fault(fault, text, path) for fault in error.errors(include_url=False)[:10]]
        faults.sort(key=lambda fault: fault[0])
        _, key, value, _ = faults[0]
        sentences = " ".join(sentence for *_, sentence in faults)
        raise SettingsInvalid(sentences, column=key, value=value, path=path) from error


def _not_toml(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not in UTF-8. Save it again with that encoding."
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    said = str(error)
    return said[:1].lower() + said[1:] + "."


def _bad_value(error: Exception, text: str) -> tuple[int, str, str, str] | None:
    """(line, key, value, sentence) where the fault is a setting's value, which is no TOML."""
    at = re.search(r"at line (\d+)", str(error))
    lines = text.split("\n")[: int(at[1])] if at else text.rstrip().split("\n")
    part, names, value = "", [""], lines[-1].strip()
    for line in reversed(lines):
        key, equals, after = line.partition("=")
        if equals and names == [""]:  # a list may have begun some lines above its fault
            names = [name.strip() for name in key.split(".")]
            value = after.strip() if line is lines[-1] else value
        elif found := re.match(r"\s*\[([\w.-]+)\]", line):
            part = found[1]
            break
    names = [*part.split("."), *names] if part else names
    value, field = value.split(" #")[0].rstrip(" ,"), _field(names)
    if field is None or _is_toml(value):
        return None
    verb = "is" if "=" in lines[-1] else "holds"
    shown = value if len(value) <= 80 else value[:79] + "…"
    sentence = f"{verb} {shown or 'empty'}. It must be {allowed(field)}.{_on_quotes(value, field)}"
    return len(lines), ".".join(names), value, sentence


def _on_quotes(value: str, field: FieldInfo) -> str:
    """What to do about the quotes of a value that is no TOML; blank when it has none."""
    if re.search("[“”„«»]|^[‘’]", value):
        return ' The quotes must be straight ones: "'
    if value[:1] in ("'", '"') and allowed(field).startswith("a text"):
        return ' Begin and end it with "; in between write \\" for " and \\\\ for \\.'
    return ""


def _is_toml(value: str) -> bool:
    try:
        tomllib.loads(f"x = {value}")
    except tomllib.TOMLDecodeError:
        return False
    return True


def _fault(fault: Any, text: str, path: Path) -> tuple[int, str, Any, str]:
    """(line, key, value, sentence) of one thing that is wrong."""
    names = [name for name in fault["loc"] if isinstance(name, str)]
    value = fault["input"]
    if fault["type"] == "conflict":
        for name in fault["ctx"]["key"].split("."):
            value = _or_default(value, name, _model(names))
            names.append(name)
    key = ".".join(names)
    line = _line_of(text, names)
    return line, key, value, f"{path.name}, {_at(line)}{_said(fault, names, value)}"


def _said(fault: Any, names: list[str], value: Any) -> str:
    key = ".".join(names)
    field = _field(names)
    if fault["type"] == "extra_forbidden":
        known = list(_model(names[:-1]).model_fields)
        near = difflib.get_close_matches(names[-1], known, n=1)
        meant = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
        return f"{key} is not a setting. {meant}"
    if fault["type"] == "conflict":
        return f"{key} is {_shown(value)}. It must be {fault['ctx']['wanted']}."
    if field is None:
        return f"[{key}] must be a part with settings of its own, under a line [{key}]."
    verb = "holds" if isinstance(fault["loc"][-1], int) else "is"
    return f"{key} {verb} {_shown(value)}. It must be {allowed(field)}."


def _at(line: int) -> str:
    return f"line {line}: " if line else ""


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _words(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values)


def _or_default(values: Any, name: str, model: type[BaseModel]) -> Any:
    """A setting as it is written, or as it is when nothing is written."""
    if isinstance(values, BaseModel):
        return getattr(values, name)
    return values.get(name, model.model_fields[name].get_default())


def _model(names: list[str]) -> type[BaseModel]:
    model: type[BaseModel] = Course
    for name in names:
        model = model.model_fields[name].annotation  # type: ignore[assignment]
    return model


def _field(names: list[str]) -> FieldInfo | None:
    """The field of a setting; None for a whole part or for what is none of ours."""
    if len(names) < 2 or names[0] not in Course.model_fields:
        return None
    return _model(names[:1]).model_fields.get(names[1])


def allowed(field: FieldInfo) -> str:
    """Return what a setting may be, in words."""
    return _allowed(field.annotation, field.metadata)


def _allowed(kind: Any, limits: list[Any]) -> str:
    if get_origin(kind) is Annotated:
        kind, *inner = get_args(kind)
        limits = [*limits, *(m for i in inner for m in getattr(i, "metadata", [i]))]
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(kind))
    if kind == (date | None):
        return "a date, as in 2026-12-01, or left out"
    if get_origin(kind) is tuple:
        few = _limit(limits, MinLen, "min_length") or 0
        empty = "" if few else ", or empty: []"
        many = _limit(limits, MaxLen, "max_length")
        n = " and ".join(["at least one"] * bool(few) + [f"at most {many}"] * bool(many))
        each = _allowed(get_args(kind)[0], [])
        each = each.replace("a whole number", f"of {n} whole numbers")
        each = each.replace("one of", f"with {n} of", 1)
        order = ", each larger than the one before" if "whole" in each else ", each once"
        return f"a list {each}{order}{empty}"
    if kind is int:
        return f"a whole number from {_limit(limits, Ge, 'ge')} to {_limit(limits, Le, 'le')}"
    few, many = _limit(limits, MinLen, "min_length"), _limit(limits, MaxLen, "max_length")
    return f"a text in quotes of {'at least one and ' if few else ''}at most {many} characters"


def _limit(limits: list[Any], kind: type, name: str) -> Any:
    return next((getattr(limit, name) for limit in limits if isinstance(limit, kind)), None)


def _line_of(text: str, names: list[str]) -> int:
    """The line on which this key's statement begins; 0 when it is not there.

    Reads ever longer beginnings of the file: whatever way the key is written, its statement
    ends with the first beginning that is whole and has the key.
    """
    lines = text.split("\n")[:1000]
    begins = 1
    for ends in range(1, len(lines) + 1):
        try:
            values: Any = tomllib.loads("\n".join(lines[:ends]))
        except tomllib.TOMLDecodeError:
            continue
        found = True
        for name in names:
            found = isinstance(values, dict) and name in values
            if not found:
                break
            values = values[name]
        if found:
            return begins
        begins = ends + 1
    return 0
