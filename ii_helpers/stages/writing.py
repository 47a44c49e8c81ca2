"""Notebook 02, letters: drafts, advice while one is written, ways out, the log of what was sent."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import ipywidgets as w

from .. import forms, letters
from ..errors import Advice, WorkbookError
from ..tables import CHANNELS
from .undoing import Undo

if TYPE_CHECKING:
    from ..workbook import Workbook


class What(NamedTuple):
    """One thing to write: how it is called here, its kind, how it goes out, its purpose."""

    label: str
    kind: str
    channel: str
    purpose: str


WHAT = (
    What("request by email", "request", "email", "request"),
    What("request by letter", "request", "letter", "request"),
    What("request on a network site (300 characters)", "request", letters.NETWORK_SITE, "request"),
    What("request by phone: what to say", "call script", "phone", "request"),
    What("request through an introduction", "introduction", "introduction", "request"),
    What("follow-up", "follow-up", "email", "follow-up"),
    What("confirmation of a meeting", "confirmation", "email", "confirmation"),
    What("permission: from a supervisor, or to use a name", "permission", "email", "permission"),
    What("thank-you note", "thank-you", "email", "thank-you"),
    What("keep in touch", "keep in touch", "email", "keep in touch"),
)
# What a letter is spoilt by comes first; of many tips, a handful is read.
FIRST_TIPS = ("asks for a job", "pushes a resume", "placeholder", "name", "time")
MOST_TIPS = 3
_ABOUT_ME = ("name", "me", "email", "phone", "field")  # facts that hold whoever is written to
# The parts of the page that other parts lead to with one click: letter, people, meeting.
_PARTS: WeakKeyDictionary[Workbook, dict[str, Any]] = WeakKeyDictionary()


def part_of_page(wb: Workbook, name: str, step: int) -> Any:
    try:
        return _PARTS[wb][name]
    except KeyError:
        raise WorkbookError(f"Start this page first: step {step} is not open yet.") from None


def is_part(wb: Workbook, name: str, part: Any) -> Any:
    _PARTS.setdefault(wb, {})[name] = part
    return part


def letter(wb: Workbook) -> w.VBox:
    """Draft a letter, see what could be better while writing, take it out, log it as sent."""
    return is_part(wb, "letter", _Letter(wb)).widget


class _Letter:
    KEY = "outreach letter"

    def __init__(self, wb: Workbook):
        self.wb = wb
        self.said, self.tips, self.out = forms.markup(), forms.markup(), forms.markup()
        self.person = forms.RowPicker(wb, "contacts", "Write to", on_change=self._picked)
        self.what = forms.field(w.Dropdown, "What to write", options=[(x.label, x) for x in WHAT])
        course = wb.course.interview
        lengths = sorted({*course.minutes, course.default_minutes})
        self.minutes = forms.field(
            w.Dropdown, "Minutes to ask for", options=lengths, value=course.default_minutes
        )
        self.facts: dict[str, w.Text] = {}
        self.facts_of = ""  # the person whom they are about, those of the learner apart
        self.facts_box = forms.grid()
        self.subject = forms.field(w.Text, "Subject")
        self.text = forms.field(w.Textarea, "Your letter", rows=14)
        self.channel = forms.field(w.Dropdown, "How it went out", options=CHANNELS, value="email")
        self.sent_at = forms.date_field(w.NaiveDatetimePicker, "Sent at (blank: just now)")
        self.drafted = ("", "")  # the last draft as it came, to know what was edited since
        self.own: dict[str, Any] = {}  # the learner's own letter that a draft took the place of
        self.sent: dict[str, Any] = {}  # the letter that was logged last
        self.logged = forms.markup()
        self.logged.add_class("ii-said")
        self.undo = Undo(wb, self.logged, self._not_sent)
        self.bring = forms.button("Bring my text back", self._bring_back, self.said)
        self.more_tips = forms.button("More tips", self._all_tips)
        self._shows_all = False
        self.send = forms.button("Log it as sent", self.log, self.logged, main=True)
        self.about = ("", "", "")  # person, kind of letter, and the meeting that a button asked for
        self._quiet = False
        self._kept = 0.0
        self._due: asyncio.TimerHandle | None = None
        self._logged = False
        # Clicks and keys may be handled in several threads at once.
        self._one_at_a_time = threading.RLock()
        self.what.observe(self._picked, "value")
        self.minutes.observe(self._picked, "value")
        self.text.observe(self._typed, "value")
        self.subject.observe(self._typed, "value")
        self.below = forms.column(
            self.subject,
            self.text,
            self.tips,
            forms.bar(self.more_tips),
            self.out,
            forms.grid(self.channel, self.sent_at),
            forms.bar(self.send, self.undo.button),
            self.logged,
        )
        self.widget = forms.panel(
            forms.grid(self.person.widget, self.what, self.minutes),
            self.facts_box,
            forms.bar(
                forms.button("Draft it", self.draft, self.said, main=True),
                self.bring,
            ),
            self.said,
            self.below,
        )
        self._restore()
        self._look()
        wb.watch(self.KEY, lambda table: self._look() if table in _OF_LETTERS else None)

    # --- drafting ---------------------------------------------------------------------------

    def open(self, contact_id: str, kind: str, interview_id: str = "") -> None:
        """Draft a kind of letter to a person, as the buttons of other panels do.

        interview_id: the meeting that it is about. Raises WorkbookError, and changes nothing,
        while step 5 holds words of the learner's own.
        """
        with self._one_at_a_time:
            if self._has_own_words():
                raise WorkbookError(
                    "Nothing is drafted: step 5 holds a letter of your own that is not logged yet. "
                    "Log it as sent, or empty its subject and text, then press this button again."
                )
            self._quiet = True
            self.person.id = contact_id
            self.what.value = next(x for x in WHAT if x.kind == kind)
            self._quiet = False
            self.about = (contact_id, kind, interview_id)
            self._draft()
        forms.focus(self.text)

    def _has_own_words(self) -> bool:
        return (self.subject.value, self.text.value) not in (self.drafted, ("", ""))

    def _picked(self, _: object = None) -> None:
        with self._one_at_a_time:
            if self._quiet:
                return
            self._logged = False
            self.channel.value = self.what.value.channel
            if not self.person.id:
                return
            if self.about[:2] != (self.person.id, self.what.value.kind):
                self.about = ("", "", "")
            if not self._has_own_words():
                try:
                    self._draft()
                except WorkbookError as error:
                    self.said.value = forms.line("error", str(error))
            else:
                words = "Your own words are kept. Draft it starts over with this person."
                self.said.value = forms.line("advice", words, answers=True)
                self._turn_to_person()
                self._keep()
                self._look()

    def draft(self) -> None:
        """Start over with a draft; a letter of the learner's own is kept to be brought back."""
        with self._one_at_a_time:
            was = self._state() if self._has_own_words() else {}
            before, self.own = self.own, was or self.own
            try:
                self._draft()
            except WorkbookError:
                self.own = before
                raise
            if was:
                self.said.value += forms.line(
                    "note", "Your own text is kept. To have it again, press Bring my text back."
                )

    def _bring_back(self) -> str | None:
        """Show the learner's own letter again; what stands there now is kept in its place."""
        with self._one_at_a_time:
            own, self.own = self.own, self._state() if self._has_own_words() else {}
            if not own:
                return None
            self._put(own)
            self._look()
            self._keep()
        forms.focus(self.text)
        return "Your text is back."

    def _state(self) -> dict[str, Any]:
        """What is written here, as a draft can keep it."""
        return {"person": self.person.id, "what": WHAT.index(self.what.value),
                "subject": self.subject.value, "text": self.text.value,
                "own_words": self._has_own_words(), "about": self.about}  # fmt: skip

    def _put(self, kept: dict[str, Any]) -> None:
        """Show what was kept; a person who is gone is left blank."""
        self._quiet = True
        self.person.id = kept["person"] if kept["person"] in self.wb.contacts else ""
        self.what.value = WHAT[kept["what"] if kept["what"] in range(len(WHAT)) else 0]
        self.channel.value = self.what.value.channel
        self.subject.value, self.text.value = kept["subject"], kept["text"]
        self._quiet = False
        is_own = kept.get("own_words", True)
        self.drafted = ("", "") if is_own else (kept["subject"], kept["text"])
        self.about = tuple(kept.get("about", self.about))
        self._turn_to_person()

    def _draft(self) -> None:
        if not self.person.id:
            raise WorkbookError("Choose whom to write to. Add people in step 2.")
        self._turn_to_person()
        self._keep_facts()
        what = self.what.value
        details = {key: box.value for key, box in self.facts.items() if box.value.strip()}
        if what.purpose in ("request", "follow-up", "permission"):
            details["minutes"] = self.minutes.value
        if self.about[2]:
            details["interview_id"] = self.about[2]
        made = letters.draft(
            what.kind, self.wb, self.person.id, channel=what.channel,
            today=forms.now_in(self.wb).date(), **details,
        )  # fmt: skip
        self._quiet = True
        self.subject.value, self.text.value = made.subject, made.body
        self._quiet = False
        self.drafted = (made.subject, made.body)
        self._logged, self.logged.value = False, ""
        self.channel.value = what.channel
        self._ask(made.missing)
        said = [("ok", "Drafted below. Make it yours."), *(("note", note) for note in made.notes)]
        if made.missing:
            n = len(made.missing)
            what_lacks = "one fact" if n == 1 else f"{n} facts"
            said.append(
                ("next", f"It does without {what_lacks}: fill in above what you can, then press "
                 "Draft it again.")
            )  # fmt: skip
        self.said.value = forms.lines(said)
        self._look()
        self._keep()

    def _ask(self, missing: Iterable[str]) -> None:
        """Show a field for each fact that is missing; those filled in stay."""
        wanted = [key for key, box in self.facts.items() if box.value.strip()]
        wanted += [key for key in missing if key not in wanted]
        self.facts = {
            key: self.facts.get(key) or self._fact(key) for key in letters.FACTS if key in wanted
        }
        self.facts_box.children = tuple(self.facts.values())

    def _fact(self, key: str) -> w.Text:
        box = forms.field(w.Text, letters.FACTS[key])
        box.observe(self._typed, "value")
        return box

    def _turn_to_person(self) -> None:
        """Put away what was typed about somebody else, for when they are chosen again."""
        id = self.person.id
        if not id or id == self.facts_of:
            return
        about = {key: box.value for key, box in self.facts.items() if key not in _ABOUT_ME}
        if self.facts_of and any(about.values()):
            with suppress(WorkbookError):  # the disk is full, or they were forgotten
                self.wb.keep_draft(f"{self.KEY} {self.facts_of}", {"facts": about})
        found = self.wb.draft(f"{self.KEY} {id}")
        self.facts = {key: box for key, box in self.facts.items() if key in _ABOUT_ME}
        self.facts_of = id
        self._fill_in(found[0].get("facts", {}) if found else {})
        self.wb.discard_draft(f"{self.KEY} {id}")

    def _fill_in(self, typed: Mapping[str, Any]) -> None:
        """Show a field for each of these facts, with what was typed there."""
        self._quiet, was_quiet = True, self._quiet
        self._ask(typed)
        for key, text in typed.items():
            if key in self.facts:
                self.facts[key].value = str(text)
        self._quiet = was_quiet

    def _keep_facts(self) -> None:
        """What was filled in about the learner or the person goes to the log, for next time."""
        typed = {key: box.value.strip() for key, box in self.facts.items() if box.value.strip()}
        columns = {"name": "name", "me": "introduction", "email": "email", "phone": "phone"}
        own = {column: typed[key] for key, column in columns.items() if key in typed}
        rows = self.wb.learner.rows()
        if own and rows:
            self.wb.learner.revise(rows[0].id, **own)
        elif "name" in own:
            self.wb.learner.append(**own)
        if "why_them" in typed:
            self.wb.contacts.revise(self.person.id, why_them=typed["why_them"])
        for key in (*(columns if rows or "name" in own else ()), "why_them"):
            self.facts.pop(key, None)

    # --- what could be better, and out -----------------------------------------------------------

    def _typed(self, _: object = None) -> None:
        with self._one_at_a_time:
            if self._quiet:
                return
            self._logged = False
        wait = self._kept + forms.DRAFT_EVERY - time.monotonic()
        if self._due is None:
            self._due = forms.later(max(0.0, wait), self._keep)
        self._look()

    def _look(self) -> None:
        body = self.text.value
        what = self.what.value
        # Until there is somebody to write to, an empty page says nothing.
        forms.show(self.below, self.person.id or body)
        forms.show(self.bring, self.own)
        forms.show(self.more_tips, False)
        if not body.strip():
            self.tips.value = self.out.value = ""
            return
        id = self.person.id
        if id and id not in self.wb.contacts:
            self.tips.value, self.out.value = forms.line("advice", _GONE), ""
            return
        found = letters.check(
            body, what.kind, channel=what.channel, wb=self.wb,
            contact_id=id or None, subject=self.subject.value,
        )  # fmt: skip
        n = len(body.strip())
        size = f"{n} characters" if what.channel == letters.NETWORK_SITE else (
            f"{len(body.split())} words"
        )  # fmt: skip
        found = sorted(found, key=_urgency)
        left = len(found) - MOST_TIPS
        forms.show(self.more_tips, left > 0)
        self.more_tips.description = "Fewer tips" if self._shows_all else f"And {left} more"
        said = [
            ("advice", advice.text + (f' About: "{advice.quote}"' if advice.quote else ""))
            for advice in (found if self._shows_all else found[:MOST_TIPS])
        ]
        if not found:
            said = [
                (
                    "ok",
                    "Nothing to add that a check can see. Read it once more as they will read it.",
                )
            ]
        else:
            size += ". A check reads words, not sense: where it is wrong, keep your own."
        self.tips.value = forms.lines([*said, ("note", size)])
        row = self.person.row
        self.out.value = _ways_out(
            letters.Letter(self.subject.value, body), row.email if row else "",
            next((one.email for one in self.wb.learner.rows()), ""),
        )  # fmt: skip

    def _all_tips(self) -> None:
        self._shows_all = not self._shows_all
        self._look()

    # --- logging ------------------------------------------------------------------------------

    def log(self) -> str | None:
        with self._one_at_a_time:
            # The second click of a double click finds it logged.
            return None if self._logged else self._log()

    def _log(self) -> str:
        what = self.what.value
        if not self.person.id:
            raise WorkbookError("Choose whom it went to.")
        if self.person.id not in self.wb.contacts:
            raise WorkbookError(_GONE)
        if not self.text.value.strip() and self.channel.value not in ("phone", "in person"):
            raise WorkbookError("There is no text yet. Draft it first, or write your own.")
        sent = forms.date_in(self.sent_at)
        now = forms.now_in(self.wb)
        if sent is not None:
            zone = forms.zone_of(self.wb)
            sent = sent.replace(tzinfo=zone) if zone else sent.astimezone()
        row = self.wb.messages.append(
            contact_id=self.person.id, purpose=what.purpose, channel=self.channel.value,
            sent_at=sent or now, text=self.text.value,
        )  # fmt: skip
        name = self.wb.label("contacts", row.contact_id)
        self._logged = True
        self.sent = self._state()
        self.undo.made()
        self._let_go()
        return f"Logged: {row.purpose} to {name} by {row.channel}. {self._what_then(row)}"

    def _what_then(self, row: Any) -> str:
        days = self.wb.course.follow_up.business_days
        if row.purpose == "request" and days:
            from ..measures import add_business_days

            on = add_business_days(row.sent_at.date(), days[0])
            return f"With no reply, a follow-up is due on {forms.in_words(on)}."
        if row.purpose == "follow-up":
            return "Now let it rest."
        return ""

    def _not_sent(self) -> str | None:
        """Show the letter again whose logging was taken back."""
        with self._one_at_a_time:
            if not self.sent:
                return None
            if self._has_own_words():
                self.own = self._state()
            self._put(self.sent)
            self.sent, self._logged = {}, False
            self._look()
            self._keep()
        return "Your letter stands here again."

    def _let_go(self) -> None:
        """Leave the logged letter in view, where nothing moves, to be replaced by the next one."""
        self._quiet = True
        self.sent_at.value = None
        self.drafted, self.about = (self.subject.value, self.text.value), ("", "", "")
        self.facts, self.facts_box.children = {}, ()
        self._quiet = False
        self.said.value = ""
        self._stop_keeping()
        if self.own:
            self._keep()
        else:
            self.wb.discard_draft(self.KEY)
        self._look()

    # --- what is typed is never lost --------------------------------------------------------------

    def _stop_keeping(self) -> None:
        if self._due:
            self._due.cancel()
        self._due = None

    def _keep(self) -> None:
        self._stop_keeping()
        self._kept = time.monotonic()
        facts = {key: box.value for key, box in self.facts.items()}
        kept = {**self._state(), "facts": facts, "facts_of": self.facts_of, "own": self.own}
        if self._logged:
            kept.update(subject="", text="")
        try:
            self.wb.keep_draft(self.KEY, kept)
        except WorkbookError as error:
            self.said.value = forms.line("error", f"What you type is not kept on disk: {error}")

    def _restore(self) -> None:
        found = self.wb.draft(self.KEY)
        if not found:
            return
        kept, at = found
        is_known = kept["person"] in self.wb.contacts
        typed, self.own = dict(kept.get("facts", {})), kept.get("own", {})
        if not (is_known or kept["text"].strip() or any(typed.values()) or self.own):
            return
        self._put(kept)
        self.facts_of = kept.get("facts_of", kept["person"])
        self._fill_in(typed)
        when = forms.in_words(at.astimezone(forms.zone_of(self.wb)))
        said = [("ok", f"Restored from {when}: the letter you were writing.")]
        if kept["person"] and not is_known:
            said.append(("advice", _GONE))
        self.said.value = forms.lines(said)


def _urgency(advice: Advice) -> int:
    return FIRST_TIPS.index(advice.rule) if advice.rule in FIRST_TIPS else len(FIRST_TIPS)


_GONE = (
    "The person whom you wrote to is not in your contacts any more. Your text is kept: choose "
    "whom to write to, or add the person again in step 2."
)
_OF_LETTERS = {"contacts", "referrals", "learner", "occupations", "organizations", "interviews"}


def _ways_out(made: letters.Letter, to: str, sender: str) -> str:
    """Copy, the learner's own mail program, a draft as a file, a page to print."""
    text = forms.escape(made.body).replace("\n", "&#10;")
    copied = "this.nextElementSibling.textContent='Copied.'"
    parts = [
        f'<button type="button" class="ii-button jupyter-button" data-text="{text}" '
        f'onclick="navigator.clipboard.writeText(this.dataset.text).then(()=>{{{copied}}})">'
        'Copy the text</button><span role="status"></span>',
        f'<a class="ii-button" href="{forms.escape(letters.mailto(made, to))}">'
        "Open in your mail program</a>",
        forms.download("Save as a mail draft (.eml)", "letter.eml", "message/rfc822",
                       letters.eml(made, to, sender)),
        forms.download("Save as a page to print", "letter.html", "text/html",
                       letters.page(made).encode()),
    ]  # fmt: skip
    return f'<div class="ii-bar">{"".join(parts)}</div>'
