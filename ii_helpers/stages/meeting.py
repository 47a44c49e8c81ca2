"""Which meeting the pages 3 and 4 are about, and what is kept of it while nothing is saved yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms
from ..errors import WorkbookError
from ..facts import Facts
from ..tables import LOST

if TYPE_CHECKING:
    from ..workbook import Workbook

NO_MEETING = "No meeting yet. When somebody says yes, log it on page 2 Outreach; then it is here."
NO_DEBRIEF = "No meeting yet. Log it on page 2 Outreach; after it took place, debrief it here."


class Meetings:
    """The meeting that the parts of a page are about; a choice in one shows in all.

    page: the page's word; default: chooses the first one
    hours: how long a choice outlives the kernel; after that, or with 0, the default is back
    without: statuses of meetings that it does not stay with
    """

    _all: WeakKeyDictionary[Workbook, dict[str, Meetings]] = WeakKeyDictionary()

    def __init__(
        self, wb: Workbook, page: str, default: Callable[[Workbook], str], hours: int,
        without: tuple[str, ...],
    ):  # fmt: skip
        self.wb, self._key, self._hours, self._without = wb, f"meeting of {page}", hours, without
        self._watchers: dict[str, Callable[[], Any]] = {}
        self._default = default
        self._id = ""

    @classmethod
    def of(
        cls, wb: Workbook, page: str, default: Callable[[Workbook], str], hours: int = 0,
        without: tuple[str, ...] = (),
    ) -> Meetings:  # fmt: skip
        """The one object of a workbook's page."""
        pages = cls._all.setdefault(wb, {})
        if page not in pages:
            pages[page] = cls(wb, page, default, hours, without)
        return pages[page]

    @property
    def id(self) -> str:
        """The chosen interview's id; "" when there is no interview."""
        if not self._is_one(self._id):
            kept = self.wb.draft(self._key) if self._hours else None
            is_fresh = kept and datetime.now(UTC) - kept[1] < timedelta(hours=self._hours)
            self._id = kept[0].get("id", "") if kept and is_fresh else ""
        if not self._is_one(self._id):
            self._id = self._default(self.wb)
        return self._id

    def _is_one(self, id: str) -> bool:
        log = self.wb.interviews
        return id in log and log.get(id).status not in self._without

    @property
    def row(self) -> Any:
        """The chosen interview; None when there is none."""
        return self.wb.interviews.get(self.id) if self.id else None

    def choose(self, id: str) -> None:
        if id and id != self._id:
            self._id = id
            if self._hours:
                self.wb.keep_draft(self._key, {"id": id})
            self.tell()

    def watch(self, key: str, do: Callable[[], Any]) -> None:
        """Call `do()` when another meeting is chosen; a newer one of the same key replaces it."""
        self._watchers[key] = do

    def tell(self) -> None:
        for do in list(self._watchers.values()):
            do()


def prepared(wb: Workbook) -> Meetings:
    return Meetings.of(wb, "prep", next_meeting, hours=12, without=LOST)


def meeting_to_debrief(wb: Workbook, now: datetime | None = None) -> str:
    """Return the id of the meeting to debrief: the latest that took place and has no debrief.

    A meeting whose time has passed counts although it still says proposed or confirmed.
    When all are debriefed, the latest of them; "" when no meeting has begun.
    """
    now = now or forms.now_in(wb)
    done = {row.interview_id for row in wb.debriefs.rows()}
    rows = [row for row in wb.interviews.rows() if row.status not in LOST]
    begun = [row for row in rows if row.status == "held" or row.starts_at <= now]
    undone = [row for row in begun if row.id not in done]
    latest = max(undone or begun, key=lambda row: row.starts_at, default=None)
    return latest.id if latest else ""


def debriefed(wb: Workbook) -> Meetings:
    return Meetings.of(wb, "debrief", meeting_to_debrief)


def next_meeting(wb: Workbook, now: datetime | None = None) -> str:
    """Return the id of the meeting to prepare: the next one planned, else the last one logged."""
    now = now or forms.now_in(wb)
    rows = wb.interviews.rows()
    planned = [row for row in rows if row.status in ("proposed", "confirmed")]
    coming = [r for r in planned if r.starts_at + timedelta(minutes=r.minutes, hours=3) >= now]
    if coming:
        return min(coming, key=lambda row: row.starts_at).id
    rest = planned or [row for row in rows if row.status == "held"] or rows
    return max(rest, key=lambda row: row.starts_at).id if rest else ""


def keep(wb: Workbook, interview_id: str, key: str, values: dict[str, Any], said: w.HTML) -> None:
    """Keep what is typed about a meeting; a disk that refuses is said, nothing is raised.

    Of a meeting that is no longer in the log nothing is kept: its person was forgotten.
    """
    if interview_id not in wb.interviews:
        return
    try:
        wb.keep_draft(key, values)
    except WorkbookError as error:
        said.value = forms.line("error", f"What you type is not kept on disk yet: {error}")


def panel_about(
    meetings: Meetings, key: str, make: Callable[[Any], str], tables: Iterable[str] = ()
) -> w.VBox:
    """A panel of HTML about the chosen meeting that stays fresh; make: meeting -> HTML."""

    def html() -> str:
        return make(meetings.row) if meetings.id else forms.line("next", NO_MEETING)

    shown, watched = forms.markup(html()), set(tables)

    def fresh(table: str = "") -> None:
        if table and watched and table not in watched:
            return
        if (new := html()) != shown.value:
            shown.value = new

    meetings.watch(key, fresh)
    meetings.wb.watch(f"about {key}", fresh)
    return forms.panel(shown)


def choose_meeting(wb: Workbook) -> w.VBox:
    """Which meeting this page prepares, and what is known of it."""
    meetings = prepared(wb)
    picker = forms.RowPicker(
        wb, "interviews", "Meeting to prepare", on_change=meetings.choose, key="prep",
        where=lambda row: row.status not in LOST,
    )  # fmt: skip
    picker.id = meetings.id if any(meetings.id == i for _, i in picker.widget.options) else ""
    about = panel_about(meetings, "chosen", lambda row: forms.html_table(meeting_facts(wb, row)))
    return forms.panel(picker.widget, about)


def meeting_facts(wb: Workbook, meeting: Any) -> list[dict[str, object]]:
    """Return who, when and where, as rows of two columns."""
    from ..letters import in_both_zones

    who = wb.contacts.get(meeting.contact_id)
    learner = next(iter(wb.learner.rows()), None)
    workplace = wb.label("organizations", who.organization_id)
    facts = {
        "With": " ".join(part for part in (who.salutation, who.name) if part),
        "Say it": who.pronunciation,
        "Job": ", ".join(part for part in (who.job_title, workplace) if part),
        "About": wb.label("occupations", Facts.of(wb).subjects.get(meeting.id, "")),
        "When": in_both_zones(meeting, learner.timezone if learner else ""),
        "Length": f"{meeting.minutes} minutes",
        "How": meeting.format,
        "Where": meeting.place,
        "Status": meeting.status,
    }
    return [{"Meeting": name, "": value} for name, value in facts.items() if value]


class Later:
    """Calls something at most once a second, and at the latest a second after it was asked."""

    def __init__(self, do: Callable[[], Any], after: float = 1.0):
        self._do, self._after = do, after
        self._due: Any = None

    def soon(self) -> None:
        if self._due is None:
            self._due = forms.later(self._after, self._do_it)

    def now(self) -> None:
        """Do it at once when it is waiting."""
        if self._due is not None:
            self._do_it()

    def _do_it(self) -> None:
        self.stop()
        self._do()

    def stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    @property
    def waits(self) -> bool:
        return self._due is not None


# --- words --------------------------------------------------------------------------------------


def name_of(wb: Workbook, meeting: Any) -> str:
    who = wb.contacts.get(meeting.contact_id)
    return " ".join(part for part in (who.salutation, who.name) if part)


def n_of(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def short(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def hour(at: datetime) -> str:
    return f"{at:%H:%M}"
