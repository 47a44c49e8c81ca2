"""Notebook 03, on the day: a clock, one question at a time, notes that are never lost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import forms
from ..tables import MAY_USE_NAME
from .meeting import NO_MEETING, keep, n_of, prepared, short
from .planning import add_questions, ordered
from .undoing import Undo

if TYPE_CHECKING:
    from ..workbook import Workbook

Clock = Callable[[], datetime]

LAST_MINUTES = 5  # the gentle sign
TRIED_BEFORE = timedelta(hours=12)  # a clock that runs that early is only being tried
FORGOTTEN_AFTER = timedelta(hours=3)  # a clock that still runs then was not stopped


def live_key(interview_id: str) -> str:
    """The draft under which a meeting's notes are kept until the debrief is saved."""
    return f"live {interview_id}"


def live_notes(wb: Workbook, interview_id: str) -> dict[str, Any]:
    """Return what was noted during a meeting; every key is there, empty when nothing was.

    notes, outcomes: by question id; dress, communication, humor: observations;
    names: dicts of name, about, may_use_name; typing: what is not added yet;
    started_at, ended_at: ISO instants or ""
    """
    kept = wb.draft(live_key(interview_id))
    blank: dict[str, Any] = {
        "started_at": "", "ended_at": "", "current": "", "is_chosen": False, "notes": {},
        "outcomes": {}, "dress": "", "communication": "", "humor": "", "names": [], "typing": {},
    }  # fmt: skip
    return {**blank, **(kept[0] if kept else {})}


def clock_words(minutes: int, elapsed: float) -> tuple[str, str]:
    """Return what the clock says after `elapsed` seconds of a meeting of so many minutes.

    (text, sign): the sign is "" until five minutes are left, then a gentle word.
    """
    left = minutes * 60 - elapsed
    shown = f"{int(abs(left)) // 60}:{int(abs(left)) % 60:02d}"
    if left < 0:
        return f"{shown} over", f"The {minutes} minutes are over: thank them, or ask to go on."
    if left <= LAST_MINUTES * 60:
        return (
            f"{shown} left",
            f"{LAST_MINUTES} minutes left: time for the closing asks. "
            "Whom else to talk to, their name, a card, thanks.",
        )
    return f"{shown} left", ""


def on_the_day(wb: Workbook, clock: Clock | None = None, speed: float | None = None) -> w.VBox:
    """The live page: clock, the question now and next, notes that are kept as they are typed.

    speed: how many seconds pass per second, for trying it out; II_CLOCK_SPEED sets it too
    """
    live = _Live(wb, clock or (lambda: forms.now_in(wb)), speed)
    return live.widget


def _is_early(meeting: Any, now: datetime) -> bool:
    return bool(meeting.starts_at - now > TRIED_BEFORE)


_TICKING: dict[Path, asyncio.Task[None]] = {}


class _Live:
    """Everything typed is on disk within a second; a new kernel goes on where it was."""

    def __init__(self, wb: Workbook, clock: Clock, speed: float | None):
        self.wb, self.clock, self.meetings = wb, clock, prepared(wb)
        self.speed = speed or float(os.environ.get("II_CLOCK_SPEED", "1"))
        self.state: dict[str, Any] = {}
        self._quiet, self._written = False, 0.0
        self._due: asyncio.TimerHandle | None = None
        self.said, self.time, self.sign = forms.markup(), forms.markup(), forms.markup()
        self.now, self.names = forms.markup(), forms.markup()
        self.said_of_question, self.said_of_name = forms.markup(), forms.markup()
        self.goto = forms.field(w.Dropdown, "Go to question", options=[("", "")])
        self.note = forms.field(w.Textarea, "Notes on this question", "ii-under", rows=4, wide=True)
        self.came_up = forms.field(w.Text, "A question that came up")
        self.seen = {
            name: forms.field(w.Text, label)
            for name, label in (
                ("dress", "Dress, as you see it"),
                ("communication", "How people speak with each other"),
                ("humor", "What they laugh about"),
            )
        }
        self.name = forms.field(w.Text, "Name they mentioned")
        self.about = forms.field(w.Text, "Who that is, how to reach them")
        self.may = forms.field(
            w.Dropdown, "May I say you sent me?", options=MAY_USE_NAME, value="not asked"
        )
        self.start = forms.button("Start the meeting", self._start, self.said, main=True)
        self.end = forms.button("End the meeting", self._end, self.said)
        self.undo = Undo(wb, self.said, self._go_on)
        self.asked = forms.button("Asked, next question", lambda: self._mark("asked"), main=True)
        self.skip = forms.button("Skip it", lambda: self._mark("skipped"))
        self.back = forms.button("Back", self._back)
        add_came_up = forms.button(
            "Add it to my questions", self._add_came_up, self.said_of_question
        )
        self.add_name = forms.button("Add this name", self._add_name, self.said_of_name)
        top = forms.bar(self.start, self.end, self.undo.button)
        self.body = forms.panel(
            self.now,
            self.note,
            forms.bar(self.asked, self.skip, self.back),
            self.goto,
            self.came_up,
            forms.bar(add_came_up),
            self.said_of_question,
            forms.markup("<h3>Noticed</h3>"),
            forms.grid(*self.seen.values()),
            forms.markup("<h3>People they named</h3>"),
            forms.grid(self.name, self.about, self.may),
            forms.bar(self.add_name),
            self.said_of_name,
            self.names,
        )
        self.widget = forms.panel(self.time, self.sign, top, self.said, self.body)
        self.note.observe(lambda _: self._typed(), "value")
        self.adding = {"name": self.name, "about": self.about, "came_up": self.came_up}
        for field in (*self.seen.values(), *self.adding.values()):
            field.observe(lambda _: self._typed(), "value")
        self.goto.observe(lambda change: self._go(change["new"]), "value")
        self.meetings.watch("live", self._load)
        wb.watch("live", self._log_changed)
        self._load()

    # what is kept

    def _log_changed(self, table: str) -> None:
        if self.meetings.id != self.state.get("id", ""):
            self._load()  # the first meeting was logged, or this one was erased
        elif table == "questions":
            self._show()

    def _load(self) -> None:
        self._flush()
        self.undo.forget()
        meeting = self.meetings.row
        forms.show(self.body, meeting)
        self.start.disabled = self.end.disabled = meeting is None
        self.state = live_notes(self.wb, meeting.id) if meeting else {}
        if not meeting:
            self.said.value = forms.line("next", NO_MEETING)
            return
        self._quiet = True
        for name, field in self.seen.items():
            field.value = self.state[name]
        for name, field in self.adding.items():
            field.value = self.state["typing"].get(name, "")
        self._quiet = False
        self.said.value = self.said_of_question.value = self.said_of_name.value = ""
        if self.state["started_at"] and not self.state["ended_at"]:
            began = datetime.fromisoformat(self.state["started_at"])
            over = began + timedelta(minutes=meeting.minutes)
            if self.clock() > over + FORGOTTEN_AFTER:  # nobody pressed End
                self.state["ended_at"] = over.isoformat()
                if _is_early(meeting, began):
                    self.state["started_at"] = self.state["ended_at"] = ""
            else:
                self.said.value = forms.line("ok", "Going on where you were.")
                self._tick_on()
        self._show()
        self._show_time()

    def _typed(self) -> None:
        if self._quiet or not self.state:
            return
        if self.state["current"]:
            self.state["notes"][self.state["current"]] = self.note.value
            self.state["is_chosen"] |= bool(self.note.value.strip())
        for name, field in self.seen.items():
            self.state[name] = field.value
        self.state["typing"] = {name: field.value for name, field in self.adding.items()}
        self._keep()

    def _keep(self) -> None:
        """On disk now, or within a second when the last write was just now."""
        wait = self._written + 1.0 - time.monotonic()
        if wait <= 0:
            self._flush(force=True)
        elif self._due is None:
            self._due = forms.later(wait, self._flush, True)

    def _flush(self, force: bool = False) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due, force = None, True
        if force and self.state:
            self._written = time.monotonic()
            id = self.state.get("id") or self.meetings.id
            keep(self.wb, id, live_key(id), self.state, self.said)

    # the questions

    def _rows(self) -> list[Any]:
        return ordered(self.wb, self.meetings.id) if self.meetings.id else []

    def _show(self) -> None:
        if not self.state:
            return
        rows = self._rows()
        ids = [row.id for row in rows]
        begun = self.state["started_at"] or self.state["is_chosen"]
        if self.state["current"] not in ids or not begun:
            left = [id for id in ids if id not in self.state["outcomes"]]
            self.state["current"] = (left or ids or [""])[0]
        self.state["id"] = self.meetings.id
        current = self.state["current"]
        self._quiet = True
        marks = {"asked": "✓ ", "skipped": "– "}
        options = [("(no question yet)", "")] if not rows else []
        options += [
            (f"{marks.get(self.state['outcomes'].get(r.id, ''), '')}{n}. {short(r.text)}", r.id)
            for n, r in enumerate(rows, 1)
        ]
        if list(self.goto.options) != options:
            self.goto.options = options
        self.goto.value = current
        if self.note.value != self.state["notes"].get(current, ""):
            self.note.value = self.state["notes"].get(current, "")
        self._quiet = False
        self.now.value = self._question_html(rows, current)
        self.names.value = forms.html_table(
            [
                {"Named": n["name"], "Who": n["about"], "May I say you sent me?": n["may_use_name"]}
                for n in self.state["names"]
            ]
        )

    def _question_html(self, rows: Sequence[Any], current: str) -> str:
        at = next((n for n, row in enumerate(rows) if row.id == current), None)
        if at is None:
            return forms.line(
                "next", "No question yet: choose some above, or add one that came up."
            )
        left = [r for r in rows[at + 1 :] if r.id not in self.state["outcomes"]]
        n_asked = sum(how == "asked" for how in self.state["outcomes"].values())
        following = f"Next: {short(left[0].text, 200)}" if left else "Next: the closing asks."
        return (
            '<div role="status">'
            f'<div class="ii-help">Question {at + 1} of {len(rows)}, {n_asked} asked</div>'
            f'<h3 dir="auto" class="ii-wrap">{forms.escape(short(rows[at].text, 600))}</h3>'
            f'<p dir="auto">{forms.escape(following)}</p></div>'
        )

    def _mark(self, how: str) -> None:
        current, rows = self.state.get("current", ""), self._rows()
        if not current:
            return
        self._typed()
        self.state["outcomes"][current] = how
        self.state["is_chosen"] = True
        ids = [row.id for row in rows]
        at = ids.index(current)
        after = [id for id in ids[at + 1 :] + ids[:at] if id not in self.state["outcomes"]]
        self.state["current"] = after[0] if after else current
        self._flush(force=True)
        self._show()
        forms.focus(self.note)

    def _back(self) -> None:
        ids = [row.id for row in self._rows()]
        if self.state.get("current") in ids:
            self._go(ids[max(ids.index(self.state["current"]) - 1, 0)])

    def _go(self, id: str) -> None:
        if self._quiet or not id or not self.state:
            return
        self.state["current"], self.state["is_chosen"] = id, True
        self._keep()
        self._show()

    def _add_came_up(self) -> str | None:
        text = self.came_up.value.strip()
        if not text or not self.meetings.id:
            words = "Type the question first."
            self.said_of_question.value = forms.line("next", words, answers=True)
            return None
        added = add_questions(self.wb, self.meetings.id, [("anything else", text)])
        if not added:
            return "You had this question already."
        self.came_up.value = ""
        self.state["current"], self.state["is_chosen"] = added[0].id, True
        self._flush(force=True)
        self._show()
        return f"Added: {short(text)}"

    def _add_name(self) -> str | None:
        name = self.name.value.strip()
        if not name or not self.state:
            self.said_of_name.value = forms.line("next", "Type the name first.", answers=True)
            return None
        self.state["names"].append(
            {"name": name, "about": self.about.value.strip(), "may_use_name": self.may.value}
        )
        self.name.value = self.about.value = ""
        self.may.value = "not asked"
        self._flush(force=True)
        self._show()
        return f"Kept: {name}. The debrief makes them a contact."

    # the clock

    def _start(self) -> str | None:
        if not self.meetings.id:
            return None
        if self.state["started_at"] and not self.state["ended_at"]:
            return "The clock is running."
        self.state["started_at"], self.state["ended_at"] = self.clock().isoformat(), ""
        self._flush(force=True)
        self._tick_on()
        self._show_time()
        if _is_early(self.meetings.row, self.clock()):
            on = forms.in_words(self.meetings.row.starts_at)
            self.said.value = forms.line(
                "note",
                f"This meeting is still to come: {on}. The clock runs, so that you can try it. "
                "End the meeting stops it, and nothing is marked as held.",
                answers=True,
            )
            return None
        forms.focus(self.note)
        return "Started. Begin with thanks."

    def _end(self) -> str | None:
        if not self.meetings.id:
            return None
        self._typed()
        if _is_early(self.meetings.row, self.clock()):
            return self._stop_trying()
        if self.name.value.strip():
            self._add_name()
        if self.came_up.value.strip():
            self._add_came_up()
        self.state["ended_at"] = self.clock().isoformat()
        self._flush(force=True)
        held = ""
        if self.meetings.row.status != "held":
            self.wb.interviews.revise(self.meetings.id, status="held")
            self.undo.made()
            held = " The meeting counts as held now; Undo if it did not take place."
        self._show_time()
        return f"Ended, and your notes are kept.{held} Within the hour: page 4 Debrief."

    def _stop_trying(self) -> str:
        """Before its day a meeting is not held, whoever pressed what."""
        self.state["started_at"] = self.state["ended_at"] = ""
        self._flush(force=True)
        self._show_time()
        on = forms.in_words(self.meetings.row.starts_at)
        return (
            f"Stopped. The meeting of {on} is still to come and stays as it was; what you noted "
            "is kept. Did it take place already? Say so on page 4 Debrief."
        )

    def _go_on(self) -> str | None:
        """The meeting did not end: its clock runs on, if it ran."""
        self.state["ended_at"] = ""
        self._flush(force=True)
        self._show_time()
        if not self.state["started_at"]:
            return None
        self._tick_on()
        return "The clock runs on."

    def _tick_on(self) -> None:
        if (loop := forms.kernel_loop()) is None:  # nobody to see it
            return
        # One clock per workbook: the one of a page that was started again is stopped.
        if before := _TICKING.pop(self.wb.folder, None):
            before.cancel()
        _TICKING[self.wb.folder] = loop.create_task(self._tick())

    async def _tick(self) -> None:
        while self.state.get("started_at") and not self.state.get("ended_at"):
            self._show_time()
            await asyncio.sleep(1.0)

    def _show_time(self) -> None:
        meeting = self.meetings.row
        if not self.state.get("started_at"):
            text, sign = f"{meeting.minutes}:00 planned", ""
        else:
            until = self.state["ended_at"] or self.clock().isoformat()
            began = datetime.fromisoformat(self.state["started_at"])
            elapsed = (datetime.fromisoformat(until) - began).total_seconds() * self.speed
            text, sign = clock_words(meeting.minutes, elapsed)
            if self.state["ended_at"]:
                text, sign = f"Ended after {n_of(round(elapsed / 60), 'minute')}", ""
        self.time.value = (
            f'<div class="ii-clock" role="timer" aria-label="Clock" '
            f'style="font-size:26px;font-weight:600">{text}</div>'
        )
        shown = f'<div role="status">{forms.line("advice", sign)}</div>' if sign else ""
        if self.sign.value != shown:
            self.sign.value = shown
