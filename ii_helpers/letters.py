"""Letters: drafts made from the logs, and checks that advise on any text (R1, R14, R15, R30).

A draft never holds a blank: a sentence whose fact is missing is left out whole and the fact
is named in `missing`, so that the form can ask for it. Nothing is sent from here.

The wording is in letter_templates/; a file of the same name in data/letters/ replaces it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .errors import Advice, WorkbookError, as_text
from .names import bare_name, plain_name
from .tables import SALUTATIONS

if TYPE_CHECKING:
    from .workbook import Workbook

KINDS = (
    "request", "call script", "follow-up", "confirmation", "thank-you", "permission",
    "introduction", "keep in touch",
)  # fmt: skip
NETWORK_SITE = "professional network site"
NETWORK_LIMIT = 300  # characters in a message to someone you are not yet connected with
MAX_WORDS = 200
MAX_MINUTES = 30  # R15
MAX_READ = 5_000  # characters that the check looks at; far more than anyone should send

# What a draft can do without, and what the form then asks, in the order of asking.
FACTS = {
    "name": "Your name",
    "me": "Who you are, in one line",
    "email": "Your email",
    "phone": "Your phone",
    "field": "The field you are exploring",
    "how_found": "How you found this person",
    "why_them": "Why this person: I am writing to you because ...",
    "when": "The day and time of the meeting",
    "place": "The place or link of the meeting",
    "how_it_helped": "How the conversation helped you",
    "news": "Something new since you last spoke",
    "introducer": "Who can introduce you",
}


class TemplateInvalid(WorkbookError):
    """A letter's template cannot be used. `path` is its file, `value` the line."""


@dataclass(frozen=True)
class Letter:
    """A draft, to be read and changed by the learner before it goes out.

    missing: the facts (keys of FACTS) that it had to do without
    notes: what the learner should know about it, such as why a name is not in it
    """

    subject: str
    body: str
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# --- drafting ------------------------------------------------------------------------------


def draft(
    kind: str,
    wb: Workbook,
    contact_id: str,
    *,
    channel: str = "email",
    today: date | None = None,
    **details: Any,
) -> Letter:
    """Return the draft of a letter to a contact, made from the logs.

    kind: one of KINDS; channel: for a request, how it goes out
    details: facts that count more than the log's, such as minutes=25, field="nursing",
        me="a nurse in training", why_them=, how_it_helped=, when=, ways_to_meet=, news=

    A missing fact never raises. Raises RowNotFound without such a contact, WorkbookError for
    an unknown kind, TemplateInvalid when a course's own template cannot be used.
    """
    kind = _known_kind(kind)
    name = _template_name(kind, channel)
    facts = _Facts(wb, wb.contacts.get(contact_id), kind, channel, today or date.today(), details)
    if name == "permission" and facts.asks_for_the_name:
        name = "permission-name"
    environment = _templates(_own_templates(wb))
    letter = _write(environment, name, facts, {})
    if name == "request-network-site":
        letter = _shorten(environment, name, facts, letter)
    return letter


def _known_kind(kind: str) -> str:
    plain = {re.sub("[^a-z]", "", known): known for known in KINDS}
    try:
        return plain[re.sub("[^a-z]", "", kind.casefold())]
    except (KeyError, AttributeError):
        raise WorkbookError(
            f'There is no letter of the kind "{kind}". There are: {", ".join(KINDS)}.', value=kind
        ) from None


def _template_name(kind: str, channel: str) -> str:
    if kind != "request":
        return kind.replace(" ", "-")
    if _is_network(channel):
        return "request-network-site"
    return {
        "letter": "request-letter",
        "phone": "call-script",
        "in person": "call-script",
        "introduction": "introduction",
    }.get(channel, "request-email")


def _is_network(channel: str) -> bool:
    return bool(re.search("network|site|linkedin", channel or "", re.I))


def _shorten(environment: Any, name: str, facts: _Facts, letter: Letter) -> Letter:
    """Leave out whole facts, the least needed first, until the message fits the site."""
    without: dict[str, None] = {}
    left_out = []
    steps = [("how_i_found_you", "how you found them")] if not facts.values["referrer"] else []
    steps += [("me", "who you are"), ("ways_to_meet", "ways to meet"), ("why_you", "why them")]
    steps += [("how_i_found_you", "who named them"), ("the_field", "the field")]
    for fact, words in steps:
        if len(letter.body) <= NETWORK_LIMIT:
            break
        if fact == "me" and facts.values["name"]:
            facts.values["who_i_am"] = f"I am {facts.values['name']}."
        elif fact != "me":
            without[fact] = None
        shorter = _write(environment, name, facts, without)
        if len(shorter.body) < len(letter.body):
            left_out.append(words)
            letter = shorter
    if left_out:
        note = (
            f"To stay within {NETWORK_LIMIT} characters it leaves out {_and(left_out)}. "
            "Shorter words for these may fit."
        )
        missing = tuple(m for m in letter.missing if m in facts.asks_for(without))
        letter = Letter(letter.subject, letter.body, missing, (*letter.notes, note))
    return letter


# Private characters carry "missing", "line break" and "this line was a condition, its emptiness
# begins no paragraph" through a template; values cannot hold them.
_GONE, _END, _BREAK, _KEEP = "\ue000", "\ue001", "\ue002", "\ue003"


def _write(environment: Any, name: str, facts: _Facts, without: Mapping[str, None]) -> Letter:
    """Fill a template, and leave out each line that lacks a fact."""
    template, used = _template(environment, name, set(facts.values))
    values = {k: v for k, v in facts.values.items() if v and k not in without}
    text = _render(template, values, environment)
    wanted = {m.casefold() for m in re.findall(f"{_GONE}(.*?){_END}", text)}
    wanted |= {key for fact in used if fact not in without for key in facts.asks.get(fact, ())}
    paragraphs: list[list[str]] = [[]]
    subject = ""
    for line in text.splitlines():
        if _GONE in line:
            continue
        bare = line.replace(_KEEP, "").strip()
        if not paragraphs[-1] and len(paragraphs) == 1 and line.casefold().startswith("subject:"):
            subject = subject or " ".join(bare[8:].split())
        elif bare:
            paragraphs[-1].append(" ".join(bare.split()))
        elif paragraphs[-1] and _KEEP not in line:
            paragraphs.append([])
    body = "\n\n".join(_paragraph(lines) for lines in paragraphs if any(lines))
    missing = tuple(key for key in FACTS if key in wanted)
    return Letter(subject, body.strip(), missing, tuple(facts.notes))


def _paragraph(lines: list[str]) -> str:
    joined = re.sub(f" *{_BREAK} *", "\n", " ".join(lines))
    return re.sub(r"^\n+|\n+$", "", joined)


class _Facts:
    """What the logs and the details say, as the values that templates use.

    values: name -> words, or None; asks: name -> the keys of FACTS to ask for behind it
    """

    def __init__(
        self, wb: Workbook, contact: Any, kind: str, channel: str, today: date, details: Mapping
    ):
        self.wb, self.contact = wb, contact
        self.notes: list[str] = []
        self.details = {key: _one_line(_joined(value)) for key, value in details.items()}
        self.asks: dict[str, list[str]] = {}
        self.asks_for_the_name = False
        learner = next(iter(wb.learner.rows()), None)
        self.values: dict[str, str | None] = dict(self.details)
        self._set(greeting=_greeting(contact), contact=_addressed(contact))
        self._set(first_name=next(iter(_plain_name(contact.name).split()), None))
        self._set(job_title=contact.job_title, organization=_label(wb, contact.organization_id))
        self._set(name=learner and learner.name, email=learner and learner.email)
        self._set(phone=learner and learner.phone, today=_day(today))
        self._the_learner(learner, kind, channel)
        self._the_field()
        self._the_link(wb, contact, _template_name(kind, channel) == "introduction")
        self._why()
        self._the_request(wb, contact, today)
        self._set(in_person="in person" if channel == "in person" else None)
        self._the_meeting(wb, contact, learner, kind, channel, today)
        self._the_thanks(wb, contact)
        self.values["news"] = _closed(self.details["news"]) if self.details.get("news") else None
        self.asks["news"] = [] if self.values["news"] else ["news"]

    def _set(self, **found: Any) -> None:
        """Take what was found, unless a detail of that name says otherwise."""
        for key, value in found.items():
            self.values[key] = self.details.get(key) or _one_line(value or "") or None

    def asks_for(self, without: Mapping[str, None]) -> set[str]:
        return {k for f, keys in self.asks.items() if f not in without for k in keys} | set(FACTS)

    def _the_learner(self, learner: Any, kind: str, channel: str) -> None:
        self._set(me=learner and learner.introduction)
        v = self.values
        self._set(who_i_am=_who(v["name"], v["me"]))
        self.asks["who_i_am"] = [key for key in ("name", "me") if not v[key]]
        ways = [v["email"], v["phone"]]
        by_reply = kind not in ("call script", "introduction") and channel in ("email", "")
        if reach := " or ".join(way for way in ways if way):
            own = "You can reach me by replying here, or at {}." if by_reply else (
                "You can reach me at {}."
            )  # fmt: skip
            self._set(how_to_reach_me=own.format(reach))
        else:
            self._set(how_to_reach_me="A reply to this email reaches me." if by_reply else "")
        self.asks["how_to_reach_me"] = [] if reach else ["email", "phone"]
        lines = [line for line in (v["name"], *ways) if line]
        v["signature_lines"] = _BREAK.join(lines) or None
        v["signature"] = (
            _BREAK.join(["Kind regards,", *lines]) if v["name"] else "Kind regards"
        )  # fmt: skip
        self.asks["signature"] = self.asks["signature_lines"] = [] if v["name"] else ["name"]
        at = [v["contact"], v["job_title"], v["organization"]]
        v["address"] = _BREAK.join(line for line in at if line) or None

    def _the_field(self) -> None:
        wb, field = self.wb, _label(self.wb, self.contact.occupation_id)
        if not field:
            open_ = [o for o in wb.occupations.rows() if o.status != "ruled out"]
            leading = [o for o in open_ if o.status == "leading"] or open_
            field = leading[0].title if len(leading) == 1 else ""
        self._set(field=field)
        self._set(the_field=_the_field(self.values["field"] or ""))
        self.asks["the_field"] = [] if self.values["field"] else ["field"]

    def _the_link(self, wb: Workbook, contact: Any, is_to_referrer: bool) -> None:
        """How the learner got the name; a referrer is named only with permission.

        is_to_referrer: the letter goes to who named the contact, and so is named in it anyhow
        """
        allowed: list[Any] = []
        unnamed: list[Any] = []
        for referral in wb.referrals.rows():
            if referral.to_contact_id == contact.id and referral.from_contact_id in wb.contacts:
                who = _addressed(wb.contacts.get(referral.from_contact_id))
                (allowed if referral.may_use_name == "yes" else unnamed).append((who, referral))
        wish = _fold(self.values.pop("referrer", None) or "")
        if wish:
            chosen = [a for a in allowed if wish in _fold(a[0]) or _fold(a[0]) in wish]
            if not chosen and not is_to_referrer:
                self.notes.append(
                    f"{self.details['referrer']} is not named: the log of referrals does not say "
                    "that you may use the name. Ask first, then set the permission to yes."
                )
            allowed = chosen
        elif unnamed and not allowed and not is_to_referrer:
            who, referral = unnamed[-1]
            why = {
                "no": "asked you not to use the name",
                "not asked": "has not been asked yet whether you may use the name",
            }[referral.may_use_name]
            self.notes.append(f"{who} is not named in this letter: {who} {why}.")
        referrer = allowed[-1][0] if allowed else None
        self.values["referrer"] = referrer
        introducer = (allowed or unnamed or [None])[-1]
        self._set(introducer=introducer and introducer[0])
        self._set(introducer_greeting=f"Dear {self.values['introducer']}"
                  if self.values["introducer"] else "Hello")  # fmt: skip
        self.asks["introducer_greeting"] = [] if self.values["introducer"] else ["introducer"]
        found = self.details.get("how_found")
        if referrer:
            sentence = f"{referrer} suggested that I contact you."
        elif found:
            sentence = _closed(found[0].upper() + found[1:])
        elif unnamed:
            sentence = "Someone I asked for advice suggested that I contact you."
        else:
            sentence = _HOW_KNOWN.get(contact.how_known, "")
        self._set(how_i_found_you=sentence)
        self.asks["how_i_found_you"] = [] if sentence else ["how_found"]

    def _why(self) -> None:
        v, given = self.values, self.details.get("why_them") or self.contact.why_them
        self._set(why_you=_because(given))
        self.asks["why_you"] = [] if v["why_you"] else ["why_them"]
        if not v["why_you"] and (v["job_title"] or v["organization"]):
            work = " at ".join(x for x in (v["job_title"] or "your place", v["organization"]) if x)
            v["why_you"] = f"your position ({work}) is close to what I hope to understand"

    def _the_request(self, wb: Workbook, contact: Any, today: date) -> None:
        asked = [m for m in wb.messages.rows() if m.contact_id == contact.id
                 and m.purpose == "request"]  # fmt: skip
        last = max(asked, key=lambda m: m.sent_at, default=None)
        self._set(sent_on=last and _day(last.sent_at.date(), near=today))
        self._set(sent_how=_SENT[last.channel] if last else "I wrote to you")
        self.asks["sent_on"] = []

    def _the_meeting(
        self, wb: Workbook, contact: Any, learner: Any, kind: str, channel: str, today: date
    ) -> None:
        """The meeting to confirm: the next one that is planned, or the last one that was."""
        zone = learner.timezone if learner else ""
        here = ZoneInfo(zone) if zone else None  # None is this computer's
        meetings = [i for i in wb.interviews.rows() if i.contact_id == contact.id]
        if wanted := self.values.pop("interview_id", None):
            meetings = [i for i in meetings if i.id == wanted]
        planned = [i for i in meetings if i.status in ("proposed", "confirmed")]
        planned.sort(key=lambda i: i.starts_at)
        ahead = [i for i in planned if i.starts_at.astimezone(here).date() >= today]
        meeting = next(iter(ahead or planned[-1:]), None) if kind == "confirmation" else None
        self._set(when=meeting and in_both_zones(meeting, zone))
        self._set(format=meeting and meeting.format, place=meeting and meeting.place)
        self._set(where_we_meet=_where(self.values["format"], self.values["place"], contact))
        self.asks["when"] = ["when"] if kind == "confirmation" and not self.values["when"] else []
        wants_place = (self.values["format"] or "") != "phone" and not self.values["place"]
        self.asks["where_we_meet"] = ["place"] if wants_place else []
        minutes = meeting.minutes if meeting else wb.course.interview.default_minutes
        given = self.details.get("minutes")
        self._set(minutes=_minutes(given or minutes))
        self.values["minutes"] = _minutes(given or minutes)
        by_default = "by phone or video" if _is_network(channel) else (
            "by phone, by video or at your workplace, whenever it suits you"
        )  # fmt: skip
        self._set(ways_to_meet=by_default)
        self.values["ways_to_meet"] = str(self.values["ways_to_meet"]).rstrip(" .?!,;")

    def _the_thanks(self, wb: Workbook, contact: Any) -> None:
        debriefs = {d.interview_id: d for d in wb.debriefs.rows()}
        held = [i for i in wb.interviews.rows() if i.contact_id == contact.id
                and (i.status == "held" or i.id in debriefs)]  # fmt: skip
        last = max(held, key=lambda i: i.starts_at, default=None)
        debrief = debriefs.get(last.id) if last else None
        learned, advice = (_sentences(text) for text in (
            (debrief.learned, debrief.advice) if debrief else ("", "")
        ))  # fmt: skip
        self._set(met_on=last and _day(last.starts_at.date()), advice=advice)
        self._set(learned=learned)
        # The strongest thing in the debrief leads; the others follow where the template asks.
        helped = self.details.get("how_it_helped")
        if helped:
            self.values["how_it_helped"] = _closed(helped)
        elif learned:
            self.values.update(how_it_helped=learned, learned=None)
        elif advice:
            self.values.update(how_it_helped=advice, advice=None)
        else:
            liked = _sentences(debrief.liked) if debrief else ""
            self.values["how_it_helped"] = liked or None
        self.asks["how_it_helped"] = [] if self.values["how_it_helped"] else ["how_it_helped"]
        if debrief and not helped and self.values["how_it_helped"]:
            self.notes.append(
                "Its words about the conversation are those of your debrief: read them as the "
                "other person would, and change them before you send it."
            )
        for key, permission in (("named_open", "not asked"), ("named_yes", "yes")):
            named = [
                _addressed(wb.contacts.get(r.to_contact_id))
                for r in wb.referrals.rows()
                if r.from_contact_id == contact.id
                and r.may_use_name == permission
                and r.to_contact_id in wb.contacts
            ]
            self._set(**{key: _and(list(dict.fromkeys(named)))})
        self.asks_for_the_name = bool(self.values["named_open"]) and (
            contact.how_known != "supervisor"
        )


_HOW_KNOWN = {
    "friend": "As a friend, you were among the first I thought of.",
    "relative": "As family, you were among the first I thought of.",
    "fellow student": "We know each other from our studies.",
    "co-worker": "We know each other from work.",
    "supervisor": "We know each other from work, where I have learned from you.",
    "teacher": "I know you from your classes.",
    "neighbor": "We know each other as neighbors.",
    "referred by a contact": "Someone I asked for advice suggested that I contact you.",
    "alumni": "I found your name among the alumni of my school.",
    "professional organization": "I found your name through a professional organization.",
    "directory": "I found your name in a professional directory.",
    "company website": "I found your name on your organization's website.",
    "public speaker": "I came to know your name through a talk that you gave.",
    "professional network site": "I found your profile on a professional network site.",
    "phone inquiry": "Your organization gave me your name when I phoned.",
    "event": "I came to know your name at an event.",
}
_SENT = {
    "email": "I wrote to you",
    "phone": "I phoned you",
    "letter": "I sent you a letter",
    "introduction": "I reached out to you through an acquaintance",
    NETWORK_SITE: "I sent you a message",
    "in person": "I spoke with you",
}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def in_both_zones(meeting: Any, own_zone: str = "") -> str:
    """Return when a meeting starts, in its zone and in the learner's where they differ.

    As in: Tuesday, 1 December 2026 at 15:00 New York time (21:00 Lisbon time).
    """
    there = meeting.starts_at
    words = f"{_WEEKDAYS[there.weekday()]}, {_day(there.date())} at {there:%H:%M}"
    if not meeting.timezone:
        return words
    words += f" {zone_words(meeting.timezone)}"
    if own_zone and own_zone != meeting.timezone:
        here = there.astimezone(ZoneInfo(own_zone))
        if here.utcoffset() != there.utcoffset():
            day = "" if here.date() == there.date() else f" on {_WEEKDAYS[here.weekday()]}"
            words += f" ({here:%H:%M} {zone_words(own_zone)}{day})"
    return words


def zone_words(zone: str) -> str:
    """Return a zone as people say it: America/New_York is New York time."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city} time" if "/" in zone and not zone.startswith("Etc/") else city


def _where(format: str | None, place: str | None, contact: Any) -> str:
    if place:
        how = {"video": "by video", "phone": "by phone", "observational visit": "for the visit at"}
        joint = ": " if format in ("video", "phone") else " " if format in how else ""
        return _closed(f"We meet {how.get(format or '', 'at this place: ')}{joint}{place}")
    return {
        "video": "We meet by video.",
        "phone": "I will phone you"
        + (f" at {_one_line(contact.phone)}." if contact.phone.strip() else "."),
    }.get(format or "", "")


def _who(name: str | None, me: str | None) -> str:
    """Join a name and "who you are", whether that was typed as a phrase or as a sentence."""
    if not me:
        return f"My name is {name}." if name else ""
    me = re.sub(r"^(i am|i'm|i’m)\s+", "", me.rstrip(" .,;"), flags=re.I)
    if name and me.casefold().startswith(name.casefold()):
        return f"I am {me}."
    if re.match(r"(my name is|i|my|we)\b", me, re.I):
        sentence = _closed(me[0].upper() + me[1:])
        return sentence if not name or name in me else f"My name is {name}. {sentence}"
    me = _run_in(me)
    return f"My name is {name}, {me}." if name else f"I am {me}."


def _because(text: str) -> str:
    text = re.sub(r"^(i am writing to you )?because\s+", "", _one_line(text), flags=re.I)
    return _run_in(text.rstrip(" .,;!"))


def _run_in(text: str) -> str:
    """Begin with a small letter where the first word is one that never is a name."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first in _SMALL else text


_SMALL = {w.capitalize() for w in (
    "a an the you your my we our they their he his she her it its this that these those in on at "
    "of as for from with when while there student currently studying working"
).split()}  # fmt: skip

_PERSON = re.compile(
    r"(?:er|or|ist|ian|ant|ent|man|woman|person|nurse|chef|chief|clerk|guide|judge|host|pilot|"
    r"scribe|aide|coach|head|lead|physician|specialist|assistant|midwife|attorney)(s?)$",
    re.I,
)
_NO_PERSON = re.compile(r"(?:ment|ology|career|center|water|computer|power|weather|matter|labor|"
                        r"color|cancer|wonder|content|talent|event|paper)s?$", re.I)  # fmt: skip


# Names that begin an occupation and keep their capital; abbreviations keep theirs anyhow.
_CAPITAL = set(
    "American Arabic Asian African Braille British Bible Catholic Chinese Christian Dutch English "
    "European French German Greek Hebrew Hindi Hispanic Indian Islamic Italian Japanese Jewish "
    "Korean Latin Linux Mandarin Montessori Muslim Python Quaker Russian Salesforce Shakespeare "
    "Spanish Swedish Turkish Ukrainian Vietnamese Waldorf Western Windows Excel Java Oracle "
    "Apple Google Microsoft Adobe Amazon Drupal Django Android Arduino Kubernetes".split()
)


def _in_small(field: str) -> str:
    """Write "Museum Educator" as in a running sentence; names and abbreviations stay."""
    return re.sub(
        r"(?<![\w'’])[A-Z][a-z]+(?![\w])",
        lambda word: word[0] if word[0] in _CAPITAL else word[0].lower(),
        field,
    )


def _the_field(field: str) -> str:
    """Return an occupation or a field as the object of "I am exploring ..."."""
    if not field:
        return ""
    field = _in_small(field)
    last = re.split(r"\s*[,(/:;]| of | for | in | and | to ", field)[0].split(" ")[-1]
    if re.match(r"(the|a|an|work|what|how|careers?)\b", field, re.I):
        return field
    if (found := _PERSON.search(last)) and not _NO_PERSON.search(last):
        return f"the work of {field if found[1] else _a(field) + ' ' + field}"
    return f"work in {field}"


def _a(words: str) -> str:
    first = words.split(" ", 1)[0]
    if len(first) > 1 and first.isupper():
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    vowel = re.match(r"(?!(?:uni|use|euro|one|ut))[aeiou]|hour|honest|heir", first, re.I)
    return "an" if vowel else "a"


def _minutes(value: Any) -> str:
    text = _one_line(str(value))
    return f"{text} minutes" if re.search(r"\d$|^[a-z-]+(teen|ty|five|ten)$", text, re.I) else text


def _joined(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " or ".join(str(part) for part in value)
    if isinstance(value, (date, datetime)):
        return _day(value) + (f" at {value:%H:%M}" if isinstance(value, datetime) else "")
    return "" if value is None else str(value)


def _one_line(text: object) -> str:
    return " ".join(re.sub("[\ue000-\ue003]", "", str(text)).split())


def _sentences(text: str, words: int = 60) -> str:
    """Return as many whole sentences of a text as fit into so many words."""
    kept = ""
    for part in re.split(r"(?<=[.!?])\s+", _one_line(text)):
        if kept and len(f"{kept} {part}".split()) > words:
            break
        kept = f"{kept} {part}".strip()
    return _closed(kept) if kept else ""


def _closed(text: str) -> str:
    text = text.rstrip(" ,;:")
    if re.search(r"://\S+$|@\S+$", text):
        return text  # a stop would become part of the link
    return text if text.endswith((".", "!", "?", "。", "！", "？", '."', '!"')) else f"{text}."


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def _day(day: date, near: date | None = None) -> str:
    year = "" if near and abs((near - day).days) < 180 else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def _label(wb: Workbook, id: str) -> str:
    for table in ("occupations", "organizations"):
        if id and id in wb.log(table):
            return _one_line(wb.label(table, id))
    return ""


def _plain_name(name: str) -> str:
    return plain_name(_one_line(name))


def _addressed(contact: Any) -> str:
    # The whole name: which part of it is the family name cannot be known from its letters.
    if salutation := _one_line(contact.salutation):
        return f"{salutation} {bare_name(_one_line(contact.name))}".strip()
    return _plain_name(contact.name)


def _greeting(contact: Any) -> str:
    close = contact.how_known in ("friend", "relative", "fellow student", "co-worker", "neighbor")
    if close and not contact.salutation.strip():
        who = next(iter(bare_name(_one_line(contact.name)).split()), "")
    else:
        who = _addressed(contact)
    return f"Dear {who}" if who else "Hello"


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


# --- templates ----------------------------------------------------------------------------


def _own_templates(wb: Workbook) -> Path | None:
    """The course's own letters, beside the logs' folder (the example's logs lie deeper)."""
    above = wb.folder.resolve().parents
    folder = (above[2] if wb.is_example and len(above) > 2 else above[0]) / "letters"
    return folder if folder.is_dir() else None


@lru_cache(maxsize=8)
def _templates(own: Path | None) -> Any:
    from jinja2 import FunctionLoader, Undefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Missing(Undefined):
        def __str__(self):
            return f"{_GONE}{self._undefined_name}{_END}"

    def load(name):
        for folder in filter(None, (own, Path(__file__).with_name("letter_templates"))):
            path = folder / f"{name}.txt"
            if path.is_file():
                try:
                    source = path.read_text(encoding="utf-8-sig")
                except UnicodeDecodeError as error:
                    line = path.read_bytes()[: error.start].count(b"\n") + 1
                    raise _invalid(path, line, "It is not in UTF-8.") from None
                changed = path.stat().st_mtime_ns
                source = re.sub(r"\\[ \t]*$", _BREAK, source, flags=re.M)
                source = re.sub(r"%\}[ \t]*$", f"%}}{_KEEP}", source, flags=re.M)
                return source, str(path), partial(_unchanged, path, changed, own)
        return None

    return ImmutableSandboxedEnvironment(loader=FunctionLoader(load), undefined=Missing)


def _unchanged(path: Path, changed: int, own: Path | None) -> bool:
    replaced = own and path.parent != own and (own / path.name).exists()
    return not replaced and path.exists() and path.stat().st_mtime_ns == changed


def _template(environment: Any, name: str, known: set[str]) -> tuple[Any, list[str]]:
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
        meant = f'Did you mean "{near[0]}"?' if near else "The known ones are in the README there."
        raise _invalid(Path(path), line, f'Nothing is called "{word}". {meant}')
    return template, sorted(used)


def _render(template: Any, values: Mapping[str, str], environment: Any) -> str:
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


# --- out of the workbook --------------------------------------------------------------------


def mailto(letter: Letter, to: str = "") -> str:
    """Return a link that opens the letter in the learner's own mail program."""
    from urllib.parse import quote

    body = quote(letter.body.replace("\n", "\r\n"), safe="")
    address = quote(_one_line(to).replace(" ", ""), safe="@+")
    return f"mailto:{address}?subject={quote(_one_line(letter.subject), safe='')}&body={body}"


def eml(letter: Letter, to: str = "", sender: str = "") -> bytes:
    """Return the letter as a mail file that mail programs open as a draft, ready to send."""
    from email.errors import MessageError
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["Subject"] = _one_line(letter.subject)
    for header, address in (("To", to), ("From", sender)):
        try:
            message[header] = _one_line(address)
        except (MessageError, ValueError, IndexError):
            pass  # an address no mail program would take: left for the learner to type
    message.set_content(letter.body.replace("\r\n", "\n") + "\n", charset="utf-8")
    return message.as_bytes()


def page(letter: Letter) -> str:
    """Return the letter as a printable page (HTML); a browser prints it or saves it as PDF."""
    from html import escape

    parts = letter.body.strip().split("\n\n")
    text = "\n".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)
    return _PAGE.format(title=escape(letter.subject or "Letter"), text=text)


def call_sheet(wb: Workbook, contact_id: str, questions: Iterable[str] = ()) -> str:
    """Return a one-page sheet (HTML) for a conversation that begins at once by phone (R17).

    questions: those to print, five at most
    """
    from html import escape

    contact = wb.contacts.get(contact_id)
    facts = _Facts(wb, contact, "call script", "phone", date.today(), {}).values
    field = facts["the_field"]
    opening = [
        "Thank you for taking the time right now.",
        facts["who_i_am"] or "May I say in a sentence who I am?",
        (f"I am exploring {field}, and" if field else "I would like your advice, and")
        + " I am after information, not a job.",
    ]
    about = [contact.job_title, facts["organization"], contact.phone]
    if contact.pronunciation.strip():
        about.append(f"say: {contact.pronunciation}")
    asks = [*questions][:5] or list(_FIRST_QUESTIONS)
    until = f"Ask how long they have; keep to {facts['minutes']} at most."
    closing = [
        "Whom else would you advise me to talk with?",
        "May I say that you sent me? (yes / no)",
        "Thank you. How may I let you know what came of it?",
    ]
    text = [
        f"<h1>{escape(facts['contact'] or '')}</h1>",
        f"<p>{escape(' · '.join(_one_line(x) for x in about if x and x.strip()))}</p>",
        "<h2>To open</h2>", _list(opening), f"<p>{escape(until)}</p>",
        "<h2>Five questions</h2>", _list(asks, "note"),
        "<h2>Before you hang up</h2>", _list(closing, "note short"),
    ]  # fmt: skip
    return _PAGE.format(title=f"Call sheet: {escape(facts['contact'] or '')}", text="\n".join(text))


def _list(lines: Iterable[str], style: str = "") -> str:
    from html import escape

    after = f'<div class="{style}"></div>' if style else ""
    return "<ol>" + "".join(f"<li>{escape(_one_line(x))}{after}</li>" for x in lines) + "</ol>"


_FIRST_QUESTIONS = (
    "What did your work look like this week?",
    "What led you to this position?",
    "Which part of the work gives you the most, and which costs you the most?",
    "Where do you see this field going in the next three to five years?",
    "What would you advise someone to do first who wants to learn this work?",
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ margin: 2cm }}
body {{ font: 11.5pt/1.5 Georgia, serif; color: #111; background: #fff; max-width: 17cm;
        margin: 1.5cm auto; padding: 0 1em }}
h1 {{ font-size: 1.4em; margin: 0 }} h2 {{ font-size: 1.05em; margin: .8em 0 .2em }}
ol {{ margin: .2em 0; padding-left: 1.4em }} p {{ margin: 0 0 1em; overflow-wrap: anywhere }}
.note {{ height: 2.6cm }} .short {{ height: 1cm }}
@media print {{ body {{ margin: 0; padding: 0; max-width: none }} }}
</style></head><body>
{text}
</body></html>
"""


# --- checking ------------------------------------------------------------------------------


def check(
    text: str,
    kind: str = "request",
    *,
    channel: str = "email",
    contact: Any = None,
    referrer: str | None = None,
    wb: Workbook | None = None,
    contact_id: str | None = None,
) -> list[Advice]:
    """Return what could be better in a letter; an empty list when there is nothing to say.

    contact: the person's name, or their row; referrer: who may be named as having sent you
    wb, contact_id: the logs, for the person, the workplace, and who may be named
    channel: how it goes out; a message on a network site has its own limit

    It works on the bare text, and sees more with each of the others. It advises and never
    blocks. Every remark on words that are there quotes them. Raises WorkbookError for what is
    no text; None is a letter not written yet.
    """
    kind = _known_kind(kind)
    letter = _Read(as_text(text, "A letter"), kind, channel, contact, referrer, wb, contact_id)
    if not letter.text.strip():
        return [Advice("blank", "There is no text yet. Draft one, or write your own.")]
    found: list[Advice] = []
    for rule in _RULES:
        found.extend(rule(letter))
    return found


class _Read:
    """A letter as the rules look at it. `plain` has the same length, so that quotes are exact."""

    def __init__(self, text, kind, channel, contact, referrer, wb, contact_id):
        self.whole, self.kind, self.wb = text, kind, wb
        self.text = self.whole[:MAX_READ]
        self.plain = self.text.translate(_TO_PLAIN)
        self.is_network = _is_network(channel)
        self.channel = channel
        self.may_enclose = bool(wb and wb.course.interview.resume == "enclose")
        self.contact, self.job_title, self.organization, self.field = None, "", "", ""
        self.salutation, self.allowed, self.unnamed = "", [], []
        if wb is not None and contact_id and contact_id in wb.contacts:
            contact = contact or wb.contacts.get(contact_id)
            for referral in wb.referrals.rows():
                if referral.to_contact_id == contact_id and referral.from_contact_id in wb.contacts:
                    who = wb.contacts.get(referral.from_contact_id).name
                    is_yes = referral.may_use_name == "yes"
                    (self.allowed if is_yes else self.unnamed).append(_plain_name(who))
        if referrer:
            self.allowed.append(_one_line(referrer))
        self.unnamed = [name for name in self.unnamed if name not in self.allowed]
        if contact is not None:
            self.contact = _plain_name(getattr(contact, "name", None) or str(contact))
            self.salutation = _one_line(getattr(contact, "salutation", "") or "")
            self.job_title = _one_line(getattr(contact, "job_title", "") or "")
            if wb is not None:
                self.organization = _label(wb, getattr(contact, "organization_id", ""))
                self.field = _label(wb, getattr(contact, "occupation_id", ""))
        self.sentences = [
            (m.start(), m.group()) for m in _SENTENCE.finditer(_STOPS.sub(_no_stop, self.plain))
        ]  # fmt: skip

    def quote(self, start: int, end: int) -> str:
        return self.text[start:end].strip()

    def has(self, phrases: str) -> bool:
        return bool(_phrases(phrases).search(self.plain))

    def names(self, name: str) -> bool:
        """Whether the text holds this name, or at least the last word of it."""
        plain, words = _fold(self.plain), [w for w in _fold(name).split() if len(w) > 1]
        words = [w for w in words if w.strip(".") not in _TITLES]
        return (
            bool(words)
            and (_fold(name) in plain or re.search(rf"(?<!\w){re.escape(words[-1])}(?!\w)", plain))
            is not None
        )


_TO_PLAIN = str.maketrans("’‘“”–—\u00a0\u2011\t", "''\"\"-- - ")
_TITLES = {"dr", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "sir", "madam"}
# A stop inside these ends no sentence; it is blanked for the splitting only.
_STOPS = re.compile(
    r"\b(?:dr|mr|mrs|ms|mx|prof|st|jr|sr|no|vs|e\.g|i\.e|a\.m|p\.m|inc|ltd|dept|approx|min)\.|"
    r"\b[A-Z]\.(?=\s?[A-Z])|(?<=\w)\.(?=\w)",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:\n(?!\s*\n)[^.!?\n]*)*[.!?]*")


def _no_stop(match: re.Match) -> str:
    return match.group().replace(".", " ")


@lru_cache
def _phrase_book() -> dict[str, list[str]]:
    book: dict[str, list[str]] = {}
    path = Path(__file__).with_name("letter_templates") / "phrases.ini"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            lines = book.setdefault(line[3:], [])
        elif line and not line.startswith(";"):
            lines.append(line)
    return book


@cache
def _phrases(section: str) -> re.Pattern:
    """The phrases of a section of phrases.ini, as one pattern: a blank is any white space."""
    pattern = "|".join(_phrase_book()[section])
    while found := re.search(r"<<([\w ]+)>>", pattern):
        pattern = pattern.replace(found.group(), "|".join(_phrase_book()[found.group(1)]))
    flags = re.NOFLAG if section.endswith("(exact case)") else re.I
    return re.compile(pattern.replace(" ?", r"\s*").replace(" ", r"\s+"), flags)


def _more_asks() -> dict[str, re.Pattern]:
    asks = (name for name in _phrase_book() if name.startswith("also: "))
    return {name.removeprefix("also: "): _phrases(name) for name in asks}


# R1 ----------------------------------------------------------------------------------------


def _denied(sentence: str, start: int, end: int) -> bool:
    """Whether the words from start to end of a sentence are denied in the same clause."""
    # "Not" that denies nothing of what follows ("if not", "not only") is blanked first.
    before = _phrases("no denial").sub(lambda m: " " * len(m.group()), sentence[:start])
    turn = max((m.end() for m in _phrases("turn").finditer(before)), default=0)
    inside = _phrases("no denial").sub(lambda m: " " * len(m.group()), sentence[start:end])
    return bool(
        _phrases("denial").search(before[turn:])
        or _phrases("denial").search(inside)
        or _phrases("denied after").match(sentence[end:])
    )


def _asks_for_a_job(letter: _Read) -> list[Advice]:
    found = []
    for pattern, rule, what in (
        (_phrases("asks for a job"), "asks for a job", "a job or an internship"),
        (_phrases("pushes a resume"), "pushes a resume", "a look at your resume"),
    ):
        if rule == "pushes a resume" and letter.may_enclose:
            continue
        for at, sentence in letter.sentences:
            for match in pattern.finditer(sentence):
                if _denied(sentence, match.start(), match.end()):
                    continue
                where = at + match.start(), at + match.end()
                found.append(
                    Advice(
                        rule,
                        f"This reads as a wish for {what}. People say yes more readily when you "
                        "ask for advice and information alone: take it out.",
                        letter.quote(*where),
                    )
                )
                break
            if found and found[-1].rule == rule:
                break
    return found


# R15 ---------------------------------------------------------------------------------------

_NUMBER_WORDS = {
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30,
    "thirty-five": 35, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90,
    "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8,
}  # fmt: skip
_WORDED = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)).replace("-", "[- ]")
_N = rf"(?:\d+(?:[.,]\d+)?|{_WORDED})"
_DURATION = re.compile(
    rf"\b(?:(?:\d+\s*-|{_N}\s+-|{_N}\s*(?:to|or|and)\b)\s*)?({_N})[\s-]*(min(?:ute)?s?|hours?|hrs?|h)\b"
    r"(?:\s+and\s+a\s+(half))?"
    r"|\b(an|one|a\s+full|a\s+whole|a\s+good)\s+hour(?:\s+and\s+a\s+(half|quarter))?\b"
    r"|\b(half[\s-]+(?:an[\s-]+)?hour|quarter\s+of\s+an\s+hour)\b"
    r"|\b((?:a|an|one|the|your)\s+(?:(?:whole|full|entire|half)\s+)?"
    r"(?:day|afternoon|morning|half[- ]day))\s+of\s+your\b"
    r"|\b(a\s+(?:couple|few)\s+(?:of\s+)?hours|several\s+hours|half\s+a\s+day|a\s+(?:full|whole|half)\s+day)\b",
    re.I,
)


def _time_asked(letter: _Read) -> list[Advice]:
    if letter.kind not in ("request", "call script", "follow-up", "introduction"):
        return []
    asked = False
    for match in _DURATION.finditer(letter.plain):
        minutes = _as_minutes(match)
        before = letter.plain[max(0, match.start() - 40) : match.start()]
        is_other = _phrases("other time").match(letter.plain[match.end() :])
        if is_other or (_phrases("other time before").search(before) and not _is_asked(before)):
            continue
        if minutes <= MAX_MINUTES:
            asked = True
        elif not (minutes <= 480 and _phrases("a visit").search(letter.plain)):
            return [
                Advice(
                    "time",
                    f"This asks for more than {MAX_MINUTES} minutes. 20 to 30 minutes are easier "
                    "to say yes to, and people often give more on their own.",
                    match.group().strip(),
                )
            ]
        else:
            asked = True
    if asked or letter.kind in ("follow-up", "introduction"):
        return []
    vague = _phrases("vague time").search(letter.plain)
    return [
        Advice(
            "time",
            "It does not say how much time you ask for. Name a figure: 20 to 30 minutes.",
            letter.quote(*vague.span()) if vague else "",
        )
    ]


def _is_asked(before: str) -> bool:
    asks = r"\b(?:spare|meet|talk|speak|chat|give|have|ask|for)\b[^.!?]*$"
    tells = r"\b(?:your|last|past|within|live|drive)\s+\S*$"
    return bool(re.search(asks, before, re.I)) and not re.search(tells, before, re.I)


def _as_minutes(match: re.Match) -> float:
    number, unit, half, one, part, half_hour, day, few = match.groups()
    if half_hour:
        return 30 if half_hour.lower().startswith("half") else 15
    if one:
        return 60 + {"half": 30, "quarter": 15}.get(part or "", 0)
    if day or few:
        return 240
    plain = re.sub(r"\s+", "-", number.lower())
    value = _NUMBER_WORDS.get(plain) or float(number.replace(",", "."))
    return value * (60 if unit[0] in "hH" else 1) + (30 if half else 0)


# Template text left in -----------------------------------------------------------------------

_GREETING = re.compile(
    r"^[ \t\"]*((?:Dear|Hi|Hello|Hey|Good (?:day|morning|afternoon|evening)|Greetings|To whom)\b"
    r"(?:[ \t]*,(?=[ \t]*[A-Z]\w+[ \t]*[,!\n]))?[^\n,:!;.?]*)",
    re.I | re.M,
)


def _placeholder(letter: _Read) -> list[Advice]:
    return [
        Advice("placeholder", "This is still the template's. Write what belongs here.", quote)
        for quote in dict.fromkeys(
            m.group().strip() for m in _phrases("placeholder (exact case)").finditer(letter.text)
        )
    ][:3]


# R11: the name -------------------------------------------------------------------------------


def _name(letter: _Read) -> list[Advice]:
    if letter.kind == "introduction":
        if letter.contact and not letter.names(letter.contact):
            return [Advice("name", f"It does not name {letter.contact}, whom you want to meet.")]
        return []
    greeting = _GREETING.search(_STOPS.sub(_no_stop, letter.plain))
    if letter.kind == "call script":
        if letter.contact and not letter.names(letter.contact):
            return [Advice("name", f"It does not name {letter.contact}. Say whom you ask for.")]
        return []
    if not greeting:
        if not letter.contact or _starts_with_name(letter):
            return [] if letter.contact else _greets_nobody(letter)
        return [Advice("name", f"It does not greet {letter.contact}. Begin with the name.")]
    words = letter.plain[slice(*greeting.span(1))]
    quote = letter.quote(*greeting.span(1))
    after = re.sub(
        r"^(?:dear|hi|hello|hey|good\s+\w+|greetings|to)\b[\s,]*", "", words, flags=re.I
    ).strip(" ,")
    if letter.contact and any(_same(w, n) for w in _words(after) for n in _words(letter.contact)):
        return _misspelled(letter, after, quote) + _title(letter, after, quote)
    if not after or _phrases("nobody").search(after):
        to = f"Greet {letter.contact} by name." if letter.contact else "Greet the person by name."
        return [Advice("name", f"This greets nobody in particular. {to}", quote)]
    if not letter.contact:
        return []
    near = [n for n in _words(letter.contact) for w in _words(after) if _alike(w, n)]
    if near:
        return [
            Advice("name", f"The name is spelled otherwise: {letter.contact}. Correct it.", quote)
        ]
    if not any(w[0].isupper() for w in _words(after)) and _starts_with_name(letter):
        return []
    return [Advice("name", f"This greets someone else than {letter.contact}.", quote)]


def _greets_nobody(letter: _Read) -> list[Advice]:
    if letter.is_network or re.match(r"\s*[\w.'-]+(?: [\w.'-]+){0,3}\s*[,:\n-]", letter.plain):
        return []
    return [Advice("name", "It greets nobody. Begin with the person's name.")]


def _starts_with_name(letter: _Read) -> bool:
    start = _words(" ".join(letter.plain.split()[:6]))
    return any(_same(w, n) for w in start for n in _words(letter.contact or ""))


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\s,.\"()]+", name)
    return [w for w in words if w.casefold() not in _TITLES] or words


def _same(a: str, b: str) -> bool:
    return a.casefold() == b.casefold()


def _alike(a: str, b: str) -> bool:
    ratio = difflib.SequenceMatcher(None, _bare(a), _bare(b)).ratio()
    return ratio >= 0.75 and len(a) > 2


def _bare(word: str) -> str:
    import unicodedata

    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def _misspelled(letter: _Read, after: str, quote: str) -> list[Advice]:
    """One part of the name is right; is another one nearly so?"""
    names = _words(letter.contact or "")
    for word in _words(after):
        if word.casefold() in _TITLES or any(_same(word, n) for n in names):
            continue
        if not any(word.casefold() == n.casefold()[: len(word)] for n in names) and len(word) > 2:
            return [
                Advice("name", f"The name is spelled otherwise: {letter.contact}.", quote)
            ]  # fmt: skip
    return []


def _title(letter: _Read, after: str, quote: str) -> list[Advice]:
    used = re.match(r"(Dr|Prof|Professor|Mr|Mrs|Ms|Mx|Miss)\b\.?", after, re.I)
    known = letter.salutation.rstrip(".").casefold()
    if not used or not known or letter.salutation not in SALUTATIONS:
        return []
    said = used.group().rstrip(".").casefold()
    if {"professor": "prof"}.get(said, said) != known:
        return [
            Advice(
                "salutation",
                f"Your log says {letter.salutation} {letter.contact}. Use that, or correct it.",
                quote,
            )
        ]
    names = _words(letter.contact or "")
    if len(names) > 1 and [w.casefold() for w in _words(after)] == [names[0].casefold()]:
        return [
            Advice(
                "salutation",
                f"A title goes with the family name: {letter.salutation} {names[-1]}.",
                quote,
            )
        ]
    return []


def _permission(letter: _Read) -> list[Advice]:
    if letter.kind not in ("request", "call script", "follow-up"):
        return []
    for name in letter.unnamed:
        for part in (name, *name.split()[-1:]):
            at = re.search(rf"(?<!\w){re.escape(part)}(?!\w)", letter.plain)
            if at and not (letter.contact and part in letter.contact.split()):
                return [
                    Advice(
                        "permission",
                        f"{name} has not agreed to be named. Ask first, or leave the name out.",
                        letter.quote(*at.span()),
                    )
                ]
    return []


# R14: what a request says ---------------------------------------------------------------------


def _elements(letter: _Read) -> list[Advice]:
    """Which of the elements of R14 are missing, one by one."""
    if letter.kind not in ("request", "call script"):
        return []
    found = []

    def missing(rule, text, quote=""):
        found.append(Advice(rule, text, quote))

    if not letter.has("who") and not _phrases("I am ... (exact case)").search(letter.plain):
        missing("who you are", "It does not say who you are. Add one line about yourself.")
    named = any(letter.names(name) for name in letter.allowed)
    how = named or letter.has("how found")
    why = letter.has("why them") or any(
        words and letter.names(words) for words in (letter.organization, letter.job_title)
    )
    if letter.allowed and not named:
        missing(
            "how you got the name",
            f"{letter.allowed[-1]} may be named as having sent you: that opens doors. Name them.",
        )
    elif not how and not (letter.is_network and why):
        missing("how you got the name", "It does not say how you found this person. Say it.")
    if not letter.has("field") and not (letter.field and letter.names(letter.field)):
        missing("the field", "It does not say which field you are exploring. Name it.")
    mass = _phrases("to anyone").search(letter.plain)
    if mass or (not why and not (letter.is_network and how)):
        missing(
            "why this person",
            "It could go to anyone. Say in a sentence why you write to this person: "
            "their work, their path, something they said.",
            letter.quote(*mass.span()) if mass else "",
        )
    if not letter.has("advice"):
        missing("advice", "It does not say that you seek advice and information. Say so.")
    if not letter.has("not a job"):
        missing(
            "not a job",
            "It does not say that this is not about a job. Say so: it takes the pressure off.",
        )
    if not letter.is_network and not _phrases("ways to meet").search(
        re.sub(r"\b(?:reach|contact|call|text|phone|email) me[^.!?\n]*", "", letter.plain)
    ):
        missing("ways to meet", "It offers no way to meet. Offer two: a call, their workplace.")
    if not letter.is_network and letter.kind == "request" and not letter.has("reach"):
        missing("how to reach you", "It does not say how to reach you. Add a phone or an email.")
    if not letter.has("thanks"):
        missing("thanks", "It does not thank them. One short sentence does.")
    return found


def _of_its_kind(letter: _Read) -> list[Advice]:
    """What letters other than a request must not lack."""
    found = []
    if letter.kind == "thank-you":
        if not letter.has("thanks"):
            found.append(Advice("thanks", "It does not thank them. Begin with that."))
        if not letter.has("helped"):
            found.append(
                Advice(
                    "how it helped",
                    "It does not say how the conversation helped you. Name one thing you learned "
                    "or will do.",
                )
            )
    if letter.kind == "confirmation":
        if not letter.has("a day"):
            found.append(Advice("when", "It does not say the day and the time. Add both."))
        if not letter.has("ways to meet") and not re.search(
            r"https?://|\bat\b|\bplace\b", letter.plain
        ):
            found.append(Advice("where", "It does not say where, or how, you meet. Add it."))
    if letter.kind == "permission" and not letter.has("may I"):
        found.append(Advice("permission", "It does not ask for permission. Ask it in a sentence."))
    if letter.kind in ("follow-up", "permission", "introduction") and not letter.has("thanks"):
        found.append(Advice("thanks", "It does not thank them. One short sentence does."))
    return found


# The rest ------------------------------------------------------------------------------------


def _too_long(letter: _Read) -> list[Advice]:
    if letter.kind == "call script":
        return []
    if letter.is_network:
        n = len(letter.whole.strip())
        if n <= NETWORK_LIMIT:
            return []
        text = f"It has {n} characters; the site takes {NETWORK_LIMIT}. From here on it is cut off."
        return [Advice("too long", text, letter.whole.strip()[NETWORK_LIMIT:][:60].strip())]
    words = list(re.finditer(r"\S+", letter.whole))
    if len(words) <= MAX_WORDS:
        return []
    beyond = letter.whole[words[MAX_WORDS].start() :][:60].strip()
    text = f"It has {len(words)} words. Within {MAX_WORDS} it is read to the end: shorten it."
    return [Advice("too long", text, beyond)]


def _about_me(letter: _Read) -> list[Advice]:
    if letter.kind != "request" or letter.is_network:
        return []
    mine = len(re.findall(r"\b(?:I|my|me|mine|myself)\b", letter.plain))
    yours = len(re.findall(r"\b(?:you|your|yours|yourself)\b", letter.plain, re.I))
    if mine < 8 or yours / (mine + yours) >= 0.24:
        return []
    own = [(at, s) for at, s in letter.sentences
           if re.match(r"\s*(?:I|My)\b", s) and not re.search(r"\byou", s, re.I)]  # fmt: skip
    at, sentence = max(own or letter.sentences, key=lambda pair: len(pair[1]))
    return [
        Advice(
            "all about me",
            f"It says I or my {mine} times and you or your {yours} times. Shorten what is about "
            "you, and say what you see in their work.",
            letter.quote(at, at + len(sentence)),
        )
    ]


def _several_asks(letter: _Read) -> list[Advice]:
    if letter.kind not in ("request", "follow-up", "thank-you", "keep in touch"):
        return []
    for what, pattern in _more_asks().items():
        for at, sentence in letter.sentences:
            match = pattern.search(sentence)
            if not match or _denied(sentence, match.start(), match.end()):
                continue
            said_by_others = _phrases("said by others").search(sentence[: match.start()])
            if said_by_others:
                continue
            before = (
                "A thank-you note asks for nothing new"
                if letter.kind in ("thank-you", "keep in touch")
                else "One letter, one ask: the conversation"
            )
            return [
                Advice(
                    "several asks",
                    f"{before}. This also asks for {what}: keep that for later.",
                    letter.quote(at + match.start(), at + match.end()),
                )
            ]
    return []


_RULES = (
    _asks_for_a_job, _time_asked, _placeholder, _name, _permission, _elements, _of_its_kind,
    _too_long, _about_me, _several_asks,
)  # fmt: skip
