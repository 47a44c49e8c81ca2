"""The shape of every log: one row model per table, the single source of its columns.

Forms, logs, checks, the data dictionary and what a hand-in leaves out all follow from
the `Column` that each field carries. A new column is one line here.
"""

from __future__ import annotations

import difflib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .errors import InvalidRow

SCHEMA_VERSION = 1

# Of instants. Other years are slips of the pen, and clocks of old had offsets with seconds, which
# cannot be read back.
FIRST_YEAR, LAST_YEAR = 1980, 2199
INCOMPLETE = "incomplete"  # what a form gives for a date of which it knows only that it is begun

# Question and finding categories (R22), in the order in which a conversation may use them.
CATEGORIES = (
    "background", "work environment", "rewards", "challenges", "salary", "industry", "advice",
    "demand", "hiring", "job market", "referrals", "anything else",
)  # fmt: skip
CRITERION_KINDS = ("interest", "ability", "value", "skill")
GOAL_STAGES = ("general research", "comparing fields", "narrowing down", "specific job advice")
# R8 first, then R9: the order is the order in which to try.
HOW_KNOWN = (
    "friend", "relative", "fellow student", "co-worker", "supervisor", "teacher", "neighbor",
    "referred by a contact", "alumni", "professional organization", "directory", "company website",
    "public speaker", "professional network site", "phone inquiry", "event", "other",
)  # fmt: skip
CHANNELS = ("email", "phone", "letter", "introduction", "professional network site", "in person")
PURPOSES = (
    "permission", "request", "follow-up", "confirmation", "thank-you", "keep in touch",
)  # fmt: skip
REPLIES = ("none yet", "yes", "no", "later", "bounced")
FORMATS = ("in person", "phone", "video", "observational visit")
LOST = ("cancelled", "no-show")  # meetings that came to nothing
INTERVIEW_STATUSES = ("proposed", "confirmed", "held", *LOST)
OUTCOMES = ("planned", "reserve", "asked", "not reached")
MAY_USE_NAME = ("yes", "no", "not asked")
OCCUPATION_STATUSES = ("exploring", "leading", "ruled out")
SALUTATIONS = ("Dr.", "Ms.", "Mr.", "Mx.", "Prof.")
RATING_WORDS = ("poor", "weak", "fair", "good", "great")
IMPORTANCE_WORDS = ("a little", "somewhat", "fairly", "very", "essential")


@dataclass(frozen=True)
class Column:
    """What one column means to the learner.

    required: may not be blank
    choices: the only values allowed; suggestions: values offered, others are welcome
    references: name of the table whose ids it holds
    personal: holds data of a third party, which never leaves the learner's folder
    long: text of several lines
    lowest, highest: bounds of a number, both included; scale: a word for each of 1 to 5
    """

    label: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    references: str = ""
    personal: bool = False
    long: bool = False
    lowest: int | None = None
    highest: int | None = None
    scale: tuple[str, ...] = ()


# --- the kinds of column ---------------------------------------------------------------


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _storable(value: Any) -> Any:
    """The text as a log can keep it; one call for each text column of each row."""
    if value is None:
        return ""
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError(
            "unstorable", "holds half of a character pair. Type that character again."
        ) from None
    return value


def _whole_day(value: Any) -> Any:
    """Dates arrive as dates or as ISO text; a time of day is not quietly cut off."""
    if isinstance(value, datetime):
        if value.time() == datetime.min.time():
            return value.date()
        raise ValueError("has a time of day")
    if isinstance(value, str):
        if not re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", value):
            raise ValueError("not an ISO date")
        return value.strip()
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"\s*[^@\s]+@[^@\s]+\s*", value):
        raise ValueError(
            f'"{value}" is not an email address. It needs one @ and no blanks, '
            "as in ana@example.org."
        )
    return value


def _zone(value: str) -> str:
    if value:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f'"{value}" is not a time zone. Write a region and a city, as in America/New_York, '
                "or leave it blank: then this computer's clock counts."
            ) from None
    return value


def _now() -> datetime:
    return datetime.now().astimezone()


def _here(value: datetime) -> datetime:
    """An instant without an offset means this computer's own time."""
    try:
        return value.astimezone() if value.tzinfo is None else value
    except (OverflowError, OSError):  # the first or the last days of the calendar
        raise ValueError("beyond the calendar") from None


def _is_meant(value: datetime) -> bool:
    return FIRST_YEAR <= value.year <= LAST_YEAR


def _meant(value: datetime) -> datetime:
    if not _is_meant(value):
        raise ValueError("a year that cannot be meant")
    return value


Text = Annotated[str, Strict(), BeforeValidator(_storable)]
Email = Annotated[Text, AfterValidator(_email)]
Zone = Annotated[Text, AfterValidator(_zone)]
Day = Annotated[date, BeforeValidator(_whole_day)]
MaybeDay = Annotated[date | None, BeforeValidator(_whole_day), BeforeValidator(_blank_is_none)]
Stamp = Annotated[datetime, AfterValidator(_here)]
Instant = Annotated[datetime, AfterValidator(_meant), AfterValidator(_here)]
MaybeInt = Annotated[int | None, BeforeValidator(_blank_is_none)]


def _may(label: str, help: str = "", *, default: Any = "", **more: Any) -> Any:
    """A field that may stay blank."""
    column = Column(label, help, **_bounds(more))
    return Field(default=default, json_schema_extra={"column": column})  # type: ignore[dict-item]


def _must(label: str, help: str = "", *, default: Any = ..., **more: Any) -> Any:
    """A field that may not be blank; a default that is a function is called for each row."""
    column = Column(label, help, required=True, **_bounds(more))
    made: dict[str, Any] = {"default_factory" if callable(default) else "default": default}
    return Field(**made, json_schema_extra={"column": column})  # type: ignore[dict-item]


def _bounds(more: dict[str, Any]) -> dict[str, Any]:
    return {"lowest": 1, "highest": 5, **more} if "scale" in more else more


# --- the tables ------------------------------------------------------------------------


class Row(BaseModel):
    """What every row has. Rows are values: a log makes them, nothing changes them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    id: str = Field(min_length=1)
    created_at: Stamp
    updated_at: Stamp


@lru_cache
def _columns(model: type[Row]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for name, field in model.model_fields.items():
        extra: Any = field.json_schema_extra
        if isinstance(extra, dict) and isinstance(extra.get("column"), Column):
            found[name] = extra["column"]
    return found


def _ruled(model: type[Row]) -> Any:
    """The model with a check of each column that has a rule. To call one for the others too
    would take half of the time that a row takes to make."""
    columns = {
        name: column for name, column in _columns(model).items()
        if column.required or column.choices or column.lowest is not None
    }  # fmt: skip

    def check(cls: type, value: Any, info: ValidationInfo) -> Any:
        _check_rule(columns[info.field_name or ""], value)
        return value

    return create_model(
        model.__name__, __base__=model, __doc__=model.__doc__, __module__=model.__module__,
        __validators__={"check": field_validator(*columns)(check)},
    )  # fmt: skip


def _check_rule(column: Column, value: Any) -> None:
    if column.required and isinstance(value, str) and not value.strip():
        raise PydanticCustomError("missing", "blank")
    if column.choices and value and value not in column.choices:
        raise ValueError(
            f'{column.label} is "{value}". Choose one of: {", ".join(column.choices)}.'
        )
    if value is not None and column.lowest is not None and column.highest is not None:
        if not column.lowest <= value <= column.highest:
            raise ValueError(
                f"{column.label} is {value}. It must be from {column.lowest} to {column.highest}."
            )


@_ruled
class Learner(Row):
    """The learner, as letters name them; one row at most."""

    name: Text = _must("Your name", "As you sign a letter.")
    introduction: Text = _may(
        "Who you are, in one line",
        "As in: a second-year student of speech science at Example College.",
        long=True,
    )
    email: Email = _may("Your email", "How people reach you.")
    phone: Text = _may("Your phone")
    timezone: Zone = _may("Your time zone", "Region and city, as in America/New_York.")


@_ruled
class Criterion(Row):
    """One thing that matters to the learner (R4)."""

    kind: Text = _must(
        "Kind", "An interest draws you; a value guides you.", choices=CRITERION_KINDS
    )
    statement: Text = _must("What matters to you", "As in: work that helps people hear.")
    importance: int = _must("How much it matters", scale=IMPORTANCE_WORDS)


@_ruled
class Occupation(Row):
    """A kind of work under consideration."""

    title: Text = _must("Occupation", "A kind of work, as in: speech systems engineer.")
    soc_code: Text = _may("O*NET-SOC code", "If you know it, as in 17-2072.00.")
    description: Text = _may("What it is", "In one or two sentences.", long=True)
    industry: Text = _may("Industry")
    location: Text = _may("Where", "The region you look at.")
    why: Text = _may("Why it draws you", long=True)
    outlook: Text = _may("Outlook", "Demand and trends, as far as you have read.", long=True)
    wants: Text = _may("What you want to know", "Categories, with commas between them.")
    status: Text = _must("Status", choices=OCCUPATION_STATUSES, default="exploring")


@_ruled
class Organization(Row):
    """A place of work."""

    name: Text = _must("Organization", "Its full name.", personal=True)
    industry: Text = _may("Industry")
    location: Text = _may("Where", personal=True)
    website: Text = _may("Website", personal=True)
    culture: Text = _may("Culture", "How it is to work there, as far as you know.", long=True)
    needs: Text = _may("Needs", "What it is trying to solve.", long=True)


@_ruled
class Finding(Row):
    """Something learned from desk research (R5), about an occupation, a workplace or a person."""

    occupation_id: Text = _may("About which occupation", references="occupations")
    organization_id: Text = _may("About which organization", references="organizations")
    contact_id: Text = _may("About which person", references="contacts")
    category: Text = _may("Category", choices=CATEGORIES)
    finding: Text = _must("What you found", "One thing, in your own words.", long=True)
    source: Text = _must("Source", "Where it stands, as in: the union's salary survey.")
    url: Text = _may("Link", personal=True)
    found_on: Day = _must("Found on", default=date.today)


@_ruled
class Goal(Row):
    """The objective as it stood on a day (R3)."""

    set_on: Day = _must("As of", default=date.today)
    stage: Text = _must(
        "How far along", "From a first look around to advice on one job.", choices=GOAL_STAGES
    )
    objective: Text = _must("Your objective", "What you want to find out next.", long=True)


@_ruled
class Contact(Row):
    """A person (R11)."""

    name: Text = _must("Name", "Spelled as they spell it.", personal=True)
    salutation: Text = _may("Salutation", suggestions=SALUTATIONS, personal=True)
    pronunciation: Text = _may("How to say it", "As it sounds to you.", personal=True)
    job_title: Text = _may("Job title", personal=True)
    organization_id: Text = _may("Organization", references="organizations")
    occupation_id: Text = _may("Can tell you about", references="occupations")
    email: Email = _may("Email", personal=True)
    phone: Text = _may("Phone", personal=True)
    profile_url: Text = _may("Profile link", personal=True)
    location: Text = _may("Where", "City or region.", personal=True)
    how_known: Text = _may("How you know them", choices=HOW_KNOWN)
    why_them: Text = _may(
        "Why this person",
        "It completes: I am writing to you because ... As in: your team writes captions for films.",
        personal=True,
        long=True,
    )
    notes: Text = _may("Notes", personal=True, long=True)
    keep_in_touch_days: MaybeInt = _may(
        "Keep in touch every ... days",
        "Counted from the last contact.",
        default=None,
        lowest=1,
        highest=3650,
    )
    rested_on: MaybeDay = _may(
        "Let rest on",
        "From that day nothing is asked of you for this person, until you write or meet again.",
        default=None,
    )


@_ruled
class Referral(Row):
    """A contact named another contact (R28)."""

    from_contact_id: Text = _must("Who named them", references="contacts")
    to_contact_id: Text = _must("Whom they named", references="contacts")
    interview_id: Text = _may("In which interview", references="interviews")
    referred_on: Day = _must("Named on", default=date.today)
    may_use_name: Text = _must(
        "May you say who sent you?", choices=MAY_USE_NAME, default="not asked"
    )

    @model_validator(mode="after")
    def _two_people(self) -> Referral:
        if self.from_contact_id == self.to_contact_id:
            raise PydanticCustomError(
                "two_people", "Nobody refers you to themselves. Choose two different people."
            )
        return self


@_ruled
class Message(Row):
    """One message or call, either way (R13)."""

    contact_id: Text = _must("With whom", references="contacts")
    purpose: Text = _must("Purpose", choices=PURPOSES, default="request")
    channel: Text = _must("Channel", choices=CHANNELS, default="email")
    sent_at: Instant = _must("Sent at", default=_now)
    text: Text = _may("Text", "What you sent, or what was said.", personal=True, long=True)
    reply: Text = _must("Reply", choices=REPLIES, default="none yet")
    replied_on: MaybeDay = _may("Replied on", default=None)


@_ruled
class Interview(Row):
    """One meeting."""

    contact_id: Text = _must("With whom", references="contacts")
    occupation_id: Text = _may("About which occupation", references="occupations")
    goal_id: Text = _may("Objective for this meeting", references="goals")
    format: Text = _must("Format", choices=FORMATS, default="video")
    starts_at: Instant = _must("Date and time", "As the clock shows it in the time zone below.")
    timezone: Zone = _may("Time zone", "Region and city of the time above, as in America/New_York.")
    minutes: int = _must(
        "Minutes", "20 to 30; a visit may take up to 480.", default=20, lowest=5, highest=480
    )
    place: Text = _may("Place or link", personal=True)
    travel_minutes: MaybeInt = _may("Minutes to get there", default=None, lowest=0, highest=1440)
    wear: Text = _may("What you will wear")
    status: Text = _must("Status", choices=INTERVIEW_STATUSES, default="proposed")

    @model_validator(mode="before")
    @classmethod
    def _in_its_zone(cls, values: Any) -> Any:
        """The clock time and the zone make the instant; an instant is shown in the zone."""
        if not isinstance(values, Mapping) or not values.get("timezone"):
            return values
        try:
            zone = ZoneInfo(_zone(values["timezone"]))
            starts_at = TypeAdapter(datetime).validate_python(values.get("starts_at"))
        except (ValueError, TypeError):
            return values  # the column's own check says what is wrong
        if not _is_meant(starts_at):
            return values
        if starts_at.tzinfo is not None:
            return {**values, "starts_at": starts_at.astimezone(zone)}
        local = starts_at.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != starts_at:
            raise PydanticCustomError(
                "no_such_time",
                "{time} does not exist on that day in {zone}: the clocks change. "
                "Choose an hour earlier or later.",
                {"time": f"{starts_at:%H:%M}", "zone": zone.key},
            )
        return {**values, "starts_at": local}


@_ruled
class Question(Row):
    """One question for one interview."""

    interview_id: Text = _must("For which interview", references="interviews")
    position: int = _must("Position", "1 is asked first.", default=1, lowest=1, highest=999)
    category: Text = _must("Category", choices=CATEGORIES)
    text: Text = _must("Question", "Open: it invites a story.", long=True)
    outcome: Text = _must("Outcome", choices=OUTCOMES, default="planned")
    answer: Text = _may("Answer", "Their words, as near as you can.", personal=True, long=True)


@_ruled
class Debrief(Row):
    """The learner's reflection on one interview (R27, R29, R31)."""

    interview_id: Text = _must("Which interview", references="interviews")
    recorded_at: Instant = _must("Written at", default=_now)
    learned: Text = _may("What you learned", "What you would tell a friend tonight.", long=True)
    advice: Text = _may("Their advice", long=True)
    liked: Text = _may("What you liked", long=True)
    concerns: Text = _may("New concerns", long=True)
    advantages: Text = _may("New advantages", long=True)
    dress: Text = _may("Dress", "What people wore.")
    communication: Text = _may("Communication", "How people spoke with each other.")
    humor: Text = _may("Humor", "What made people laugh.")
    would_work_there: MaybeInt = _may(
        "Would you work there?",
        default=None,
        scale=("no", "rather not", "maybe", "rather yes", "yes"),
    )
    effect_on_goal: Text = _may("What it does to your objective", long=True)
    discovered: Text = _may("Another occupation or organization you heard of", long=True)
    strengths: Text = _may("Strengths of yours it showed", long=True)
    weaknesses: Text = _may("Gaps of yours it showed", long=True)
    next_steps: Text = _may("Next steps", long=True)


@_ruled
class FitRating(Row):
    """How one occupation meets one criterion, as seen on a day."""

    occupation_id: Text = _must("Occupation", references="occupations")
    criterion_id: Text = _must("What matters to you", references="criteria")
    interview_id: Text = _may(
        "After which interview", "Blank: before any.", references="interviews"
    )
    rating: int = _must("How well it fits", scale=RATING_WORDS)
    rated_on: Day = _must("Rated on", default=date.today)


@_ruled
class Task(Row):
    """A next step."""

    contact_id: Text = _may("With whom", references="contacts")
    interview_id: Text = _may("From which interview", references="interviews")
    due_on: MaybeDay = _may("Due on", default=None)
    task: Text = _must("Next step", "One thing you can do.")
    done_on: MaybeDay = _may("Done on", default=None)


# --- a table: its model, its words, its checks ------------------------------------------


@dataclass(frozen=True)
class Table:
    """One table: `columns` maps its own column names to their Column, in order.

    name: as in `wb.contacts` and contacts.csv; singular: the word for one row
    named_by: the columns that name a row to a person; apart_by: those that then tell it from
    another one of the same words
    """

    name: str
    singular: str
    model: type[Row]
    named_by: tuple[str, ...]
    apart_by: tuple[str, ...] = ()

    @cached_property
    def plural(self) -> str:
        """The word for several rows, as forms say it: "objectives", where the file says goals."""
        return self.name if self.name in ("learner", "criteria") else f"{self.singular}s"

    @cached_property
    def columns(self) -> dict[str, Column]:
        return _columns(self.model)

    @cached_property
    def header(self) -> list[str]:
        """Every column of the log, in the order of a new file."""
        return ["id", *self.columns, "created_at", "updated_at"]

    @cached_property
    def references(self) -> dict[str, str]:
        """Column name -> name of the table whose ids it holds."""
        return {name: c.references for name, c in self.columns.items() if c.references}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Column name -> "text", "number", "day" or "instant"."""
        return {name: _kind(self.model.model_fields[name].annotation) for name in self.header}

    def default(self, column: str) -> Any:
        """The value a new row starts with; None where there is none."""
        field = self.model.model_fields[column]
        return None if field.is_required() else field.get_default(call_default_factory=True)

    def text_before(self, column: str) -> str:
        """The text of a column in rows that are older than the column."""
        field = self.model.model_fields[column]
        if field.is_required() or field.default_factory or field.default is None:
            return ""
        return str(field.default)

    def new_id(self) -> str:
        return f"{self.name[:3]}_{secrets.token_bytes(12).translate(_TO_LETTERS).decode()}"

    def validate(self, values: Mapping[str, Any]) -> Any:
        """Return the row that these values make.

        values: column -> value, as Python values or as text; `id`, `created_at` and
        `updated_at` included. Raises InvalidRow with a sentence per column that is wrong.
        """
        try:
            return self.model.model_validate(dict(values))
        except ValidationError as error:
            problems: dict[str, str] = {}
            for fault in error.errors(include_url=False):
                name = str(fault["loc"][0]) if fault["loc"] else self._whole_row(fault["type"])
                problems.setdefault(name, self._sentence(name, fault))
            raise InvalidRow(problems, table=self.name, values=values) from None

    @staticmethod
    def _whole_row(kind: str) -> str:
        return {"two_people": "to_contact_id", "no_such_time": "starts_at"}[kind]

    def _sentence(self, name: str, fault: Any) -> str:
        kind, value = fault["type"], fault["input"]
        if kind == "extra_forbidden":
            near = difflib.get_close_matches(name, self.header, n=1)
            meant = f'Did you mean "{near[0]}"?' if near else f"It has: {', '.join(self.header)}."
            return f'{self.name} has no column "{name}". {meant}'
        column = self.columns.get(name, Column(name))
        if kind == "missing" or value is None or (isinstance(value, str) and not value.strip()):
            return f"{column.label} is blank. {self._wanted(name, column)}"
        if value == INCOMPLETE and self.kinds.get(name) in INCOMPLETE_DATE:
            return f"{column.label} is not complete. {INCOMPLETE_DATE[self.kinds[name]]}"
        if kind in ("two_people", "no_such_time"):
            return str(fault["msg"])
        if kind == "unstorable":
            return f"{column.label} {fault['msg']}"
        if kind == "value_error" and self.kinds[name] in ("text", "number"):
            return str(fault["ctx"]["error"])
        return f'{column.label} is "{value}". {self._wanted(name, column)}'

    def _wanted(self, name: str, column: Column) -> str:
        kind = self.kinds.get(name, "text")
        if column.references:
            return "Choose one, or add it first."
        if column.choices or column.scale:
            return "Choose one."
        if kind == "number":
            return f"It must be a whole number from {column.lowest} to {column.highest}."
        return {
            "day": "Write a date of the calendar, as in 2026-11-20.",
            "instant": f"Write a date of the calendar from {FIRST_YEAR} to {LAST_YEAR} and a "
            "time, as in 2026-11-20 14:30.",
        }.get(kind, "Write something here.")


INCOMPLETE_DATE = {  # what a half-filled one lacks
    "day": "Fill in a day of the calendar: day, month and year.",
    "instant": "Fill in a day of the calendar and the time: hours and minutes, and AM or PM "
    "where it asks.",
}
_ID_LETTERS = b"bcdfghjkmnpqrstvwxz23456789"  # no vowels: an id never spells a word or a month
_TO_LETTERS = (_ID_LETTERS * 10)[:256]  # what each of 256 bytes stands for; no letter is rare


def _kind(annotation: Any) -> str:
    types = {annotation, *getattr(annotation, "__args__", ())}
    for kind, known in (("instant", datetime), ("day", date), ("number", int)):
        if known in types:
            return kind
    return "text"


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("learner", "learner", Learner, ("name",)),
        Table("criteria", "criterion", Criterion, ("statement",)),
        Table("occupations", "occupation", Occupation, ("title",)),
        Table("organizations", "organization", Organization, ("name",)),
        Table("findings", "finding", Finding, ("finding",)),
        Table("goals", "objective", Goal, ("set_on", "objective")),
        Table("contacts", "contact", Contact, ("name",), ("job_title", "organization_id", "email")),
        Table("referrals", "referral", Referral, ("from_contact_id", "to_contact_id")),
        Table("messages", "message", Message, ("contact_id", "purpose", "sent_at")),
        Table("interviews", "interview", Interview, ("contact_id", "starts_at")),
        Table("questions", "question", Question, ("text",)),
        Table("debriefs", "debrief", Debrief, ("interview_id",)),
        Table("fit_ratings", "fit rating", FitRating, ("occupation_id", "criterion_id")),
        Table("tasks", "next step", Task, ("task",)),
    )
}


# --- the data dictionary -----------------------------------------------------------------


def data_dictionary() -> str:
    """Return data/README.md: every log and column in words, as Markdown."""
    text = [
        "# Data dictionary\n",
        "What stands in each CSV file of `data/log` and `data/example`. This page is not edited by "
        "hand: `python -m ii_helpers.tables > data/README.md` writes it.\n",
        "Files are UTF-8 with a byte-order mark, commas and CRLF line ends. Every row also has an "
        "`id`, and `created_at` and `updated_at` (a date and time with its offset from UTC, as in "
        "2026-11-20T14:30:00-05:00). A text that a spreadsheet program could take for a formula "
        "has an apostrophe in front.\n",
        "A star marks what may not be blank. **personal** marks what may tell of another person: "
        "it never goes into a hand-in.\n",
    ]
    for table in TABLES.values():
        about = re.sub(r" \((R\d+,? ?)+\)", "", " ".join((table.model.__doc__ or "").split()))
        text += [f"## {table.name}.csv\n", f"A row is: {about[0].lower()}{about[1:]}\n"]
        text += ["| column | asked as | holds | personal |", "| --- | --- | --- | --- |"]
        for name, column in table.columns.items():
            label = column.label + (" *" if column.required else "")
            holds = _holds(table.kinds[name], column)
            text.append(f"| {name} | {label} | {holds} | {'yes' if column.personal else ''} |")
        text.append("")
    return "\n".join(text)


def _holds(kind: str, column: Column) -> str:
    if column.references:
        holds = f"an id of {column.references}.csv"
    elif column.choices:
        holds = "; ".join(column.choices)
    elif column.scale:
        holds = ", ".join(f"{n} {word}" for n, word in enumerate(column.scale, 1))
    elif kind == "number":
        holds = f"a whole number from {column.lowest} to {column.highest}"
    elif kind == "text":
        return column.help or "text"
    else:
        holds = "a date, as in 2026-11-20" if kind == "day" else "a date and time with its offset"
    return f"{holds}. {column.help}" if column.help else holds


if __name__ == "__main__":
    print(data_dictionary(), end="")
