"""What the logs say for a letter, as the words that its template uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .. import names
from ..names import bare_name, plain_name
from ..tables import LOST
from .kinds import FACTS, NETWORK_SITE, is_network, template_name
from .wording import BREAK

if TYPE_CHECKING:
    from ..workbook import Workbook


class Facts:
    """What the logs and the details say, as the values that templates use.

    values: name -> words, or None; asks: name -> the keys of FACTS to ask for behind it
    of_debrief: the names whose words are those of a debrief
    """

    def __init__(
        self, wb: Workbook, contact: Any, kind: str, channel: str, today: date, details: Mapping
    ):
        self.wb, self.contact = wb, contact
        self.notes: list[str] = []
        self.of_debrief: set[str] = set()
        self.details = {key: one_line(_joined(value)) for key, value in details.items()}
        self.asks: dict[str, list[str]] = {}
        self.asks_for_the_name = False
        learner = next(iter(wb.learner.rows()), None)
        self.values: dict[str, str | None] = dict(self.details)
        self.interview_id = self.values.pop("interview_id", None)  # the meeting it is about
        self._set(greeting=_greeting(contact), contact=_addressed(contact))
        self._set(first_name=next(iter(addressed_plainly(contact.name).split()), None))
        self._set(job_title=contact.job_title, organization=label_of(wb, contact.organization_id))
        self._set(name=learner and learner.name, email=learner and learner.email)
        self._set(phone=learner and learner.phone, today=_day(today))
        self._the_learner(learner, kind, channel)
        self._the_field()
        self._the_link(wb, contact, template_name(kind, channel) == "introduction")
        self._why()
        self._the_request(wb, contact, kind, today)
        self._set(in_person="in person" if channel == "in person" else None)
        self._the_meeting(wb, contact, learner, kind, channel, today)
        self._the_thanks(wb, contact, learner, kind)
        self.values["news"] = _closed(self.details["news"]) if self.details.get("news") else None
        self.asks["news"] = [] if self.values["news"] else ["news"]

    def _set(self, **found: Any) -> None:
        """Take what was found, unless a detail of that name says otherwise."""
        for key, value in found.items():
            self.values[key] = self.details.get(key) or one_line(value or "") or None

    def asks_for(self, without: Mapping[str, None]) -> set[str]:
        return {k for f, keys in self.asks.items() if f not in without for k in keys} | set(FACTS)

    def _the_learner(self, learner: Any, kind: str, channel: str) -> None:
        self._set(me=learner and learner.introduction)
        v = self.values
        # One does not introduce oneself by name to one's uncle.
        name = None if self.contact.how_known in KNOWS_ME else v["name"]
        self._set(who_i_am=_who(name, v["me"], brief=is_network(channel)))
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
        v["signature_lines"] = BREAK.join(lines) or None
        v["signature"] = (
            BREAK.join(["Kind regards,", *lines]) if v["name"] else "Kind regards"
        )  # fmt: skip
        self.asks["signature"] = self.asks["signature_lines"] = [] if v["name"] else ["name"]
        at = [v["contact"], v["job_title"], v["organization"]]
        v["address"] = BREAK.join(line for line in at if line) or None

    def _the_field(self) -> None:
        wb, field = self.wb, label_of(self.wb, self.contact.occupation_id)
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
        wish = fold(self.values.pop("referrer", None) or "")
        if wish:
            chosen = [a for a in allowed if wish in fold(a[0]) or fold(a[0]) in wish]
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
            if _is_thing(found):
                found = f"I found you through {_run_in(found)}"
            elif re.match(r"(?:through|via|at|on|in|from|by) ", found, re.I):
                found = f"I found you {found[0].lower()}{found[1:]}"
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
        title, place = v["job_title"] or "", v["organization"] or ""
        if re.fullmatch(r"[\W\d_]*|n/?a|none|unknown|retired|student|unemployed", title, re.I):
            title = ""
        if title and not v["why_you"]:
            at = f" at {place}" if place and fold(place) not in fold(title) else ""
            v["why_you"] = f"your position ({title}{at}) lets you see what I can only read about"
        elif place and not v["why_you"]:
            v["why_you"] = f"at {place} you see what I can only read about"

    def _the_request(self, wb: Workbook, contact: Any, kind: str, today: date) -> None:
        sent = sorted((m for m in wb.messages.rows() if m.contact_id == contact.id),
                      key=lambda m: m.sent_at)  # fmt: skip
        last = next((m for m in reversed(sent) if m.purpose == "request"), None)
        if kind == "follow-up" and last:
            since = [m for m in sent if m.purpose in ("request", "follow-up")
                     and m.sent_at >= last.sent_at]  # fmt: skip
            if answer := next((m.reply for m in reversed(since) if m.reply in _ANSWERED), None):
                self.notes.append(_ANSWERED[answer])
            elif len(since) > len(wb.course.follow_up.business_days):
                self.notes.append(
                    "You have followed up as often as your course suggests. Let it rest, and "
                    "write to somebody else."
                )
        self._set(sent_on=last and _day(last.sent_at.date(), near=today))
        self._set(sent_how=_SENT[last.channel] if last else "I wrote to you")
        self.asks["sent_on"] = []

    def _the_meeting(
        self, wb: Workbook, contact: Any, learner: Any, kind: str, channel: str, today: date
    ) -> None:
        """The meeting to confirm: the next one that is planned, or the last one that was."""
        zone, here = learner.timezone if learner else "", _zone_of(learner)
        meetings = [i for i in wb.interviews.rows() if i.contact_id == contact.id]
        if self.interview_id:
            meetings = [i for i in meetings if i.id == self.interview_id]
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
        if kind in _ASKS_FOR_TIME and given:
            self._note_long(given, wb.course.interview.minutes)
        by_default = "by phone or video" if is_network(channel) else (
            "by phone, by video or at your workplace, whenever it suits you"
        )  # fmt: skip
        self._set(ways_to_meet=by_default)
        self.values["ways_to_meet"] = str(self.values["ways_to_meet"]).rstrip(" .?!,;")

    def _note_long(self, given: str, usual: tuple[int, ...]) -> None:
        """Say when it asks for more time than the course suggests (R15), which nothing forbids."""
        number = re.match(r"\d+(?=\s*(?:min\w*\.?)?$)", given)
        told = f"{self.details.get('format')} {self.details.get('ways_to_meet')}"
        if number and int(number[0]) > max(usual) and "visit" not in told.casefold():
            *few, last = map(str, usual)
            suggested = f"{', '.join(few)} or {last}" if few else last
            self.notes.append(
                f"It asks for {_minutes(given)}; your course suggests {suggested} minutes. A "
                "shorter talk is easier to say yes to. Where you mean an observational visit, say "
                "so in the letter."
            )

    def _the_thanks(self, wb: Workbook, contact: Any, learner: Any, kind: str) -> None:
        """The meeting to thank for: the one asked for, or the last one held."""
        debriefs = {d.interview_id: d for d in wb.debriefs.rows()}
        meetings = {i.id: i for i in wb.interviews.rows() if i.contact_id == contact.id}
        held = [i for i in meetings.values() if i.status == "held" or i.id in debriefs]
        last = max(held, key=lambda i: i.starts_at, default=None)
        asked_for = meetings.get(self.interview_id or "")
        if asked_for and kind != "confirmation" and asked_for.status not in LOST:
            last = asked_for
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
        if debrief:
            told = ("how_it_helped", "learned", "advice")
            self.of_debrief = {k for k in told if self.values[k] and not self.details.get(k)}

        def is_new(referral: Any) -> bool:
            """Whether somebody was named in the meeting to thank for, or since."""
            if kind != "thank-you" or last is None or referral.interview_id == last.id:
                return True
            if other := meetings.get(referral.interview_id):
                return other.starts_at >= last.starts_at
            begun = last.starts_at, last.starts_at.astimezone(_zone_of(learner))
            on = referral.referred_on
            return on is None or on >= min(at.date() for at in begun)

        for key, permission in (("named_open", "not asked"), ("named_yes", "yes")):
            named = [
                _addressed(wb.contacts.get(r.to_contact_id))
                for r in wb.referrals.rows()
                if r.from_contact_id == contact.id
                and r.may_use_name == permission
                and r.to_contact_id in wb.contacts
                and is_new(r)
            ]
            self._set(**{key: listed(list(dict.fromkeys(named)))})
        self.asks_for_the_name = bool(self.values["named_open"]) and (
            contact.how_known != "supervisor"
        )


KNOWS_ME = ("friend", "relative", "fellow student", "co-worker", "supervisor", "neighbor")
_ASKS_FOR_TIME = ("request", "call script", "follow-up", "introduction", "permission")
_ANSWERED = {
    "yes": "They said yes: a follow-up is for silence. Set the day of the meeting instead.",
    "no": "They said no: thank them and let it rest. A follow-up is for silence.",
    "later": "They said later: write again when they asked you to, and say that they did.",
    "bounced": "Your request came back: look for another address, and send the request itself.",
}
_HOW_KNOWN = {
    "friend": "As a friend, you were among the first I thought of.",
    "relative": "As family, you were among the first I thought of.",
    "fellow student": "We know each other from our studies.",
    "co-worker": "We know each other from work.",
    "supervisor": "We know each other from work.",
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


def _zone_of(learner: Any) -> ZoneInfo | None:
    """The learner's zone; None is this computer's."""
    return ZoneInfo(learner.timezone) if learner and learner.timezone else None


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
        place = re.sub(r"^(?:at|in) (?=(?:the|my|our|your|his|her|their)\b)", "", place, flags=re.I)
        how = {"video": "by video", "phone": "by phone", "observational visit": "for the visit at"}
        joint = ": " if format in ("video", "phone") else " " if format in how else ""
        return _closed(f"We meet {how.get(format or '', 'at this place: ')}{joint}{place}")
    return {
        "video": "We meet by video.",
        "phone": "I will phone you"
        + (f" at {one_line(contact.phone)}." if contact.phone.strip() else "."),
    }.get(format or "", "")


def _who(name: str | None, me: str | None, *, brief: bool = False) -> str:
    """Join a name and "who you are", whether that was typed as a phrase or as a sentence."""
    if not me:
        return f"My name is {name}." if name else ""
    me = re.sub(r"^(i am|i'm|i’m)\s+", "", me.rstrip(" .,;"), flags=re.I)
    me = re.sub(r"^(?:(?:hi|hello|hey)\b[\s,!.]*)?(?:i am|i'm|i’m)\s+", "", me, flags=re.I)
    for called in (name, (name or "").split(" ")[0]):
        if called and re.match(rf"{re.escape(called)}\s*(?:,|is|and i am|and i'm)\s", me, re.I):
            me = re.sub(rf"^{re.escape(called)}\s*(?:,|is|and i am|and i'm)\s+", "", me, flags=re.I)
            break
    if name and me.casefold().startswith(name.casefold()):
        return f"I am {me}."
    if re.match(r"(my name is|i|my|we)\b", me, re.I):
        sentence = _closed(me[0].upper() + me[1:])
        return sentence if not name or name in me else f"My name is {name}. {sentence}"
    me = _run_in(me)
    if not name:
        return f"I am {me}."
    is_one = re.match(r"(?:an?|the|one|your)\b", me, re.I)
    return f"My name is {name}, and I am {me}." if is_one and not brief else f"I am {name}, {me}."


def _because(text: str) -> str:
    text = re.sub(r"^(?:i am writing to you )?(?:because|since)\s+", "", one_line(text), flags=re.I)
    text = _run_in(text.rstrip(" .,;!"))
    if re.match(r"to \w", text, re.I):
        return f"I hope {text[0].lower()}{text[1:]}"
    if re.match(
        r"(?:saw|read|heard|watched|attended|met|found|liked?|loved?|enjoyed|admired?) ", text, re.I
    ):
        return f"I {text[0].lower()}{text[1:]}"
    return f"of {text}" if _is_thing(text) else text


def _is_thing(text: str) -> bool:
    """Whether this names a thing and says nothing of it: your article in Nature."""
    return bool(re.match(r"(?:your|the|an?|our) ", text, re.I)) and not _VERB.search(text)


_VERB = re.compile(
    r"(?:ed|s)\b|\b(?:are|were|have|had|did|do|can|could|will|would|made|taught|led|won|gave|wrote|"
    r"built|went|came|left|run|ran|know|knew|grew|began|spoke)\b|(?:\S+ ){6}",
    re.I,
)


def _run_in(text: str) -> str:
    """Begin with a small letter where the first word is one that never is a name."""
    first = re.split(r"[ '’]", text, maxsplit=1)[0]
    return text[0].lower() + text[1:] if first in _SMALL else text


_SMALL = {w.capitalize() for w in (
    "a an the you your my we our they their he his she her it its this that these those in on at "
    "of as for from with when while there student currently studying working"
).split()}  # fmt: skip

_PERSON = re.compile(
    r"(?:er|or|ist|ian|ant|ent|man|woman|person|nurse|chef|chief|clerk|guide|judge|host|pilot|"
    r"scribe|aide|coach|head|lead|physician|specialist|assistant|midwife|attorney|architect|"
    r"surgeon|dean|cook|analyst|mechanic|executive|representative|paramedic|secretary|poet|"
    r"priest|captain|smith|actuar(?:y|ie)|secretarie|athlete|detective|barista|actress(?:e(?=s))?|"
    r"paralegal|diplomat|guard|\b(?:intern|tech|model|pro|maid)|\bRN|\bR\.N\.|\bEMT|\bNP|\bPA|\bLPN|\bCNA|C[EFIOT]O)(s?)$",
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
    "Apple Google Microsoft Adobe Amazon Drupal Django Android Arduino Kubernetes Uber Lyft".split()
)


def _in_small(field: str) -> str:
    """Write "Museum Educator" as in a running sentence; names and abbreviations stay."""
    return re.sub(
        r"(?<![\w'’.])[A-Z][a-z]+(?!\w|\.\w)",
        lambda word: word[0] if word[0] in _CAPITAL else word[0].lower(),
        field,
    )


def _the_field(field: str) -> str:
    """Return an occupation or a field as the object of "I am exploring ..."."""
    if not field:
        return ""
    field = re.sub(r"^(?:i (?:want|would like|hope|plan|wish) to )?(?:be|become|work as|being|"
                   r"becoming|working as) (?=\S)|^an? (?=\S)", "", field, flags=re.I)  # fmt: skip
    field = re.sub(r"^an? (?=\S)", "", _in_small(field))
    if re.match(r"(the|work|what|how|careers?)\b", field, re.I):
        return field
    whole = re.split(r"\s*[,(/:;]| of | for | in | to ", field)[0]
    heads = (re.sub(r"(?: (?:[IVX]+|\d+|[Ss]r|[Jj]r)\.?)+$", "", part).split(" ")[-1]
             for part in (whole.split(" and ")[0], whole))  # fmt: skip
    for head in heads:
        if (found := _PERSON.search(head)) and not _NO_PERSON.search(head):
            are_many = head.endswith("s") and found[1] or head.endswith("ies")
            return f"the work of {field if are_many else _a(field) + ' ' + field}"
    return f"work in {field}"


def _a(words: str) -> str:
    first, hyphen, _ = words.split(" ", 1)[0].partition("-")  # an X-ray technician
    if re.match(r"8|11(?!\d)|18(?!\d)", first):
        return "an"
    if (len(first) > 1 or hyphen) and first.isupper():
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    if re.match(r"(?:[A-Z]\.)+", first):  # an R.N.
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    vowel = re.match(r"(?!(?:uni|use|euro|one|ut))[aeiou]|hour|honest|heir", first, re.I)
    return "an" if vowel else "a"


def _minutes(value: Any) -> str:
    text = one_line(str(value))
    if text.isdecimal() and int(text) >= 120 and int(text) % 60 == 0:
        return f"{int(text) // 60} hours"
    return f"{text} minutes" if re.search(r"\d$|^[a-z-]+(teen|ty|five|ten)$", text, re.I) else text


def _joined(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " or ".join(str(part) for part in value)
    if isinstance(value, (date, datetime)):
        return _day(value) + (f" at {value:%H:%M}" if isinstance(value, datetime) else "")
    return "" if value is None else str(value)


def one_line(text: object) -> str:
    """Without the marks that wordings use, too."""
    return names.one_line(re.sub("[\ue000-\ue003]", "", str(text)))


def _sentences(text: str, words: int = 60) -> str:
    """Return as many whole sentences of a text as fit into so many words."""
    kept = ""
    for part in re.split(r"(?<=[.!?])\s+", one_line(text)):
        if kept and len(f"{kept} {part}".split()) > words:
            break
        kept = f"{kept} {part}".strip()
    return _closed(kept) if kept else ""


def _closed(text: str) -> str:
    text = text.rstrip(" ,;:")
    if re.search(r"://\S+$|@\S+$", text):
        return text  # a stop would become part of the link
    return text if text.endswith((".", "!", "?", "。", "！", "？", '."', '!"')) else f"{text}."


def listed(words: list[str]) -> str:
    """As in "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def _day(day: date, near: date | None = None) -> str:
    year = "" if near and abs((near - day).days) < 180 else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def label_of(wb: Workbook, id: str) -> str:
    """What an occupation or a place of work is called; "" where there is none."""
    for table in ("occupations", "organizations"):
        if id and id in wb.log(table):
            return one_line(wb.label(table, id))
    return ""


def addressed_plainly(name: str) -> str:
    """A name without titles, in one line and the order in which it is said."""
    return plain_name(one_line(name))


def _addressed(contact: Any) -> str:
    # The whole name: which part of it is the family name cannot be known from its letters.
    if salutation := one_line(contact.salutation):
        return f"{salutation} {bare_name(one_line(contact.name))}".strip()
    return addressed_plainly(contact.name)


# Aunt Rosa is not called Aunt, and nobody is called Rev. or The.
_FAMILY = re.compile(
    r"\s*(?:aunt|auntie|aunty|uncle|cousin|grandma|grandpa|granny|captain|coach|chef|rev|reverend|"
    r"father|mother|sister|brother|pastor|rabbi|imam|judge|sgt|lt|col|the|tía|tío|tante|onkel|oma|"
    r"opa)\b\.?\s+\S",
    re.I,
)


def _greeting(contact: Any) -> str:
    close = contact.how_known in KNOWS_ME and contact.how_known != "supervisor"
    if close and not contact.salutation.strip():
        words = one_line(contact.name).split() if _FAMILY.match(contact.name) else (
            bare_name(one_line(contact.name)).split()
        )  # fmt: skip
        who = " ".join(words[: 2 if _FAMILY.match(contact.name) else 1])
    else:
        who = _addressed(contact)
    return f"Dear {who}" if who else "Hello"


def fold(text: str) -> str:
    return " ".join(text.casefold().split())
