"""Advice on any letter (R1, R14, R15, R30)."""

from __future__ import annotations

import difflib
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Advice, as_text
from ..tables import SALUTATIONS
from .facts import KNOWS_ME, addressed_plainly, fold, label_of, one_line
from .kinds import NETWORK_LIMIT, is_network, known_kind

if TYPE_CHECKING:
    from ..workbook import Workbook

MAX_WORDS = 200
MAX_MINUTES = 30  # R15
WISHES = 6  # the sum of the cues of a sentence from which it wishes for a job
WORK, WORK_ALONE = 3, 5  # the least weight of a cue of work or a favour, beside hope and without
MAX_READ = 5_000  # characters that the check looks at; far more than anyone should send


def check(
    text: str,
    kind: str = "request",
    *,
    channel: str = "email",
    contact: Any = None,
    referrer: str | None = None,
    wb: Workbook | None = None,
    contact_id: str | None = None,
    subject: str = "",
) -> list[Advice]:
    """Return what could be better in a letter; an empty list when there is nothing to say.

    contact: the person's name, or their row; referrer: who may be named as having sent you
    wb, contact_id: the logs, for the person, the workplace, and who may be named
    channel: how it goes out; a message on a network site has its own limit
    subject: its line above, where a wish for a job or words of a template stand out most

    It works on the bare text, and sees more with each of the others. It advises and never
    blocks. Every remark on words that are there quotes them. Raises WorkbookError for what is
    no text; None is a letter not written yet.
    """
    kind = known_kind(kind)
    letter = _Read(as_text(text, "A letter"), kind, channel, contact, referrer, wb, contact_id)
    if not letter.text.strip():
        return [Advice("blank", "There is no text yet. Draft one, or write your own.")]
    above = _Read(as_text(subject, "A subject"), kind, channel, None, None, wb, None)
    found = [*_asks_for_a_job(above), *_placeholder(above)]
    for rule in _RULES:
        found.extend(rule(letter))
    return list(dict.fromkeys(found))


class _Read:
    """A letter as the rules look at it. Each form has the same length: quotes are exact."""

    def __init__(self, text, kind, channel, contact, referrer, wb, contact_id):
        self.whole, self.kind, self.wb = _own_words(text), kind, wb
        self.text = self.whole[:MAX_READ]
        self.plain = self.text.translate(_TO_PLAIN)
        self.small = self.plain.translate(_TO_SMALL)
        self.is_network = is_network(channel)
        self.channel = channel
        self.may_enclose = bool(wb and wb.course.interview.resume == "enclose")
        self.contact, self.job_title, self.organization, self.field = None, "", "", ""
        self.is_known = False  # whether they know who writes
        self.salutation, self.allowed, self.unnamed = "", [], []
        if wb is not None and contact_id and contact_id in wb.contacts:
            contact = contact or wb.contacts.get(contact_id)
            for referral in wb.referrals.rows():
                if referral.to_contact_id == contact_id and referral.from_contact_id in wb.contacts:
                    who = wb.contacts.get(referral.from_contact_id).name
                    is_yes = referral.may_use_name == "yes"
                    (self.allowed if is_yes else self.unnamed).append(addressed_plainly(who))
        if referrer:
            self.allowed.append(one_line(referrer))
        self.unnamed = [name for name in self.unnamed if name not in self.allowed]
        if contact is not None:
            self.contact = addressed_plainly(getattr(contact, "name", None) or str(contact))
            self.is_known = getattr(contact, "how_known", "") in KNOWS_ME
            self.salutation = one_line(getattr(contact, "salutation", "") or "")
            self.job_title = one_line(getattr(contact, "job_title", "") or "")
            if wb is not None:
                self.organization = label_of(wb, getattr(contact, "organization_id", ""))
                self.field = label_of(wb, getattr(contact, "occupation_id", ""))
        self.sentences = [
            (m.start(), m.group()) for m in _SENTENCE.finditer(_STOPS.sub(_no_stop, self.plain))
        ]  # fmt: skip

    def around(self, at: int) -> str:
        """The sentence in which a letter of the text stands, and the one before."""
        before = [n for n, (start, _) in enumerate(self.sentences) if start <= at]
        return " ".join(text for _, text in self.sentences[max(0, len(before) - 2) : len(before)])

    def quote(self, start: int, end: int) -> str:
        return self.text[start:end].strip()

    def has(self, phrases: str) -> bool:
        return bool(_phrases(phrases).search(self.small if phrases in _LONG else self.plain))

    def tells_of(self, field: str) -> bool:
        """Whether the text holds the last word of this, whatever it ends in: therapist, therapy."""
        word = (fold(field).split() or [""])[-1]
        stem = re.escape(word[: max(4, len(word) - 3)])
        return bool(word) and re.search(rf"(?<!\w){stem}", fold(self.plain)) is not None

    def names(self, name: str) -> bool:
        """Whether the text holds this name, or at least the last word of it."""
        plain, words = fold(self.plain), [w for w in fold(name).split() if len(w) > 1]
        words = [w for w in words if w.strip(".") not in _TITLES]
        return (
            bool(words)
            and (fold(name) in plain or re.search(rf"(?<!\w){re.escape(words[-1])}(?!\w)", plain))
            is not None
        )


_QUOTED = re.compile(
    r"^[ \t]*>.*|^[ \t]*(?:On\b[^\n]{0,200}\bwrote:|-{2,}[ \t]*Original Message\b)[\s\S]*",
    re.M | re.I,
)


def _own_words(text: str) -> str:
    """The text with blanks for what it quotes of an earlier letter."""
    return _QUOTED.sub(lambda quoted: re.sub(r"\S", " ", quoted.group()), text)


_TO_PLAIN = str.maketrans("’‘“”–—\u00a0\u2011\t", "''\"\"-- - ")
_TO_SMALL = {at: at + 32 for at in range(ord("A"), ord("Z") + 1)}  # of the same length
_TITLES = set(
    "dr prof professor mr mrs ms mx miss sir madam madame mme monsieur herr frau fräulein signor "
    "signora señor señora señorita senor senora don doña rev reverend father mother sister brother "
    "pastor rabbi imam judge justice hon honorable senator governor mayor president chair dean "
    "captain capt sgt sergeant lt lieutenant col colonel maj major gen general cpl corporal chief "
    "sheriff deputy officer detective marshal coach chef nurse uncle aunt auntie aunty cousin "
    "grandma grandpa engr engineer arch barr barrister hajia alhaji otunba shri smt".split()
)
# A stop inside these ends no sentence; it is blanked for the splitting only.
_STOPS = re.compile(
    r"\b(?:dr|mr|mrs|ms|mx|mme|prof|rev|hon|capt|sgt|lt|col|maj|gen|gov|sen|rep|sra|st|jr|sr|no|vs|e\.g|i\.e|a\.m|p\.m|inc|ltd|dept|approx|min)\.|"
    r"\b[A-Z]\.(?=\s?[A-Z])|(?<=\w)\.(?=\w)",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:\n(?!\s*\n)[^.!?\n]*)*[.!?]*")


def _no_stop(match: re.Match) -> str:
    return match.group().replace(".", " ")


@lru_cache
def _phrase_book() -> dict[str, list[str]]:
    book: dict[str, list[str]] = {}
    for name in ("phrases.ini", "cues.ini"):
        path = Path(__file__).with_name("templates") / name
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
    if section.startswith("wish") or section in _LONG:
        # They begin at the edge of a word and are held against small letters: so most places in
        # a letter fail at the first step.
        pattern, flags = rf"\b(?:{pattern})", re.NOFLAG
    return re.compile(pattern.replace(" ?", r"\s*").replace(" ", r"\s+"), flags)


_LONG = {"asks for a job", "pushes a resume", "pressure", "not a job", "field", "advice",
         "how found", "why them"}  # fmt: skip


def _more_asks() -> dict[str, re.Pattern]:
    asks = (name for name in _phrase_book() if name.startswith("also: "))
    return {name.removeprefix("also: "): _phrases(name) for name in asks}


def _blanked(section: str, text: str) -> str:
    """The text with blanks for these phrases: every other word stays where it is."""
    return _phrases(section).sub(lambda m: " " * len(m.group()), text)


# R1 ----------------------------------------------------------------------------------------


def _denied(sentence: str, start: int, end: int) -> bool:
    """Whether the words from start to end of a sentence are denied in the same clause."""
    # "Not" that denies nothing of what follows ("if not", "not only") is blanked first.
    before = _blanked("no denial", sentence[:start])
    turn = max((m.end() for m in _phrases("turn").finditer(before)), default=0)
    inside = _blanked("no denial", sentence[start:end])
    return bool(
        _phrases("denial").search(before[turn:])
        or _phrases("denial").search(inside)
        or _phrases("denied after").match(sentence[end:])
    )


_WISHES = {"asks for a job": "a job or an internship", "pushes a resume": "a look at your resume"}


def _asks_for_a_job(letter: _Read) -> list[Advice]:
    return [
        Advice(
            rule,
            f"This reads as a wish for {what}. People say yes more readily when you ask for "
            "advice and information alone: take it out.",
            quote,
        )
        for rule, what in _WISHES.items()
        if not (rule == "pushes a resume" and letter.may_enclose)
        if (quote := _wished(letter, rule))
    ]


def _wished(letter: _Read, rule: str) -> str:
    """The first words of a letter that wish for this, neither denied nor told of others."""
    for at, sentence in letter.sentences:
        sentence = _blanked("not about a job", sentence).translate(_TO_SMALL)
        if rule == "pushes a resume" and not _phrases("a paper").search(sentence):
            continue
        for match in _phrases(rule).finditer(sentence):
            before = sentence[: match.start()]
            if not (
                _denied(sentence, *match.span())
                or _phrases("thanked for").search(before)
                or _phrases("quoted").search(before)
            ):
                return letter.quote(at + match.start(), at + match.end())
        if rule == "asks for a job":
            span = _composed(sentence)
            if span and not _phrases("pushes a resume").search(sentence):
                return letter.quote(at + span[0], at + span[1])
    return ""


@cache
def _cues() -> list[tuple[int, bool, re.Pattern]]:
    """The classes of cues of a wish: their weights, and whether they are of hope.

    Hope is read in the whole sentence, the words of other cues included: "I could help out".
    """
    names = [name for name in _phrase_book() if name.startswith("wish ")]
    return [(int(name.split()[1]), "hope" in name, _phrases(name)) for name in names]


def _composed(sentence: str) -> tuple[int, int] | None:
    """From where to where a sentence, in small letters, wishes for a job, or None.

    The sum of its cues tells. Hope and small cues alone are no wish, however many: one of work or
    of a favour must be there.
    """
    total, work, has_hope, spans, rest = 0, 0, False, [], sentence
    for weight, is_hope, pattern in _cues():
        if weight < 0:
            total += weight * bool(pattern.search(rest))
            continue
        is_work = weight >= WORK and not is_hope
        for match in pattern.finditer(sentence if is_hope else rest):
            start, end = match.span()
            if is_work and _denied(sentence, start, end):
                continue
            total += weight
            has_hope, work = has_hope or is_hope, max(work, weight * is_work)
            spans.append((start, end))
            rest = rest[:start] + " " * (end - start) + rest[end:]
            break
    if total < WISHES or work < (WORK if has_hope else WORK_ALONE):
        return None
    return min(start for start, _ in spans), max(end for _, end in spans)


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
    r"(?:day|afternoon|morning|half[- ]day))\s+of\s+your\b(?!\s+cho)"
    r"|\b(a\s+(?:couple|few)\s+(?:of\s+)?hours|several\s+hours|half\s+a\s+day|a\s+(?:full|whole|half)\s+day)\b",
    re.I,
)


def _time_asked(letter: _Read) -> list[Advice]:
    if letter.kind not in ("request", "call script", "follow-up", "introduction"):
        return []
    asked = False
    for match in _DURATION.finditer(letter.plain):
        if _is_clock(match):
            continue
        minutes = _as_minutes(match)
        before = letter.plain[max(0, match.start() - 40) : match.start()]
        is_other = _phrases("other time").match(letter.plain[match.end() :])
        if is_other or (_phrases("other time before").search(before) and not _is_asked(before)):
            continue
        if minutes <= MAX_MINUTES:
            asked = True
        elif not (minutes <= 480 and _phrases("a visit").search(letter.around(match.start()))):
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
    tells = _phrases("time told").search(before)
    return bool(re.search(asks, before, re.I)) and not tells


def _is_clock(match: re.Match) -> bool:
    """Whether this is from an hour to another: 9 to 11 h."""
    span = re.match(r"(\d+)\s*(?:-|to|and)\s*\d+\s*h$", match.group(), re.I)
    return span is not None and int(span[1]) >= 6


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
    r"(?:[ \t]+(?:there|again))?"
    r"(?:[ \t]*,(?=(?:[ \t]+(?-i:[A-Z])[\w'-]*)+[ \t]*(?:[,!\n]|-)))?"  # Good morning, Ana Silva,
    r"(?:(?!\s-)[^\n,:!;.?(])*)",
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
    words = (
        f"This greets someone else than {letter.contact}, as your log has it. Correct it, unless "
        "that is what they call themselves."
    )
    return [Advice("name", words, quote)]


def _greets_nobody(letter: _Read) -> list[Advice]:
    if letter.is_network or re.match(r"\s*[\w.'-]+(?: [\w.'-]+){0,3}\s*[,:\n-]", letter.plain):
        return []
    return [Advice("name", "It greets nobody. Begin with the person's name.")]


def _starts_with_name(letter: _Read) -> bool:
    """In its first words, or in a line of few words that stands above them, below an address."""
    lines = [line for line in letter.plain.splitlines()[:8] if len(line.split()) <= 6]
    start = _words(" ".join([*letter.plain.split()[:6], *lines]))
    return any(_same(w, n) for w in start for n in _words(letter.contact or ""))


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\s,.!?:;\"()]+", name)
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
    names = _words(f"{letter.contact} {letter.salutation}")
    for word in _words(re.split(r"\s(?:and|&)\s", after)[0]):
        if word.islower() or word.casefold() in _TITLES or any(_same(word, n) for n in names):
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


_SPOKEN_TO = re.compile(
    r"(?:(?:^|[.!?]\s|\n)\s*|\b[Tt]hank(?:s| you)(?: \w+){0,4}, )"
    r"((?:Dr|Mr|Mrs|Ms|Mx|Miss|Prof|Professor)\s+[A-Z][\w'-]+)"
    r"(?:,(?=\s+(?:I|you|your|thank|may|could|would|we|it|please)\b)|(?=[.!]))"
)


def _spoken_to(letter: _Read) -> list[Advice]:
    """Whether the letter speaks to somebody else further down, as a copy of another one does."""
    if not letter.contact or letter.kind == "introduction":
        return []
    for match in _SPOKEN_TO.finditer(_STOPS.sub(_no_stop, letter.plain)):
        if not any(_same(match[1].split()[-1], name) for name in _words(letter.contact)):
            quote = letter.quote(*match.span(1))
            words = f"This speaks to {quote}; the letter is to {letter.contact}. Correct it."
            return [Advice("name", words, quote)]
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

    if (
        not letter.is_known
        and not letter.has("who")
        and not _phrases("I am ... (exact case)").search(letter.plain)
    ):
        missing("who you are", "It does not say who you are. Add one line about yourself.")
    named = any(letter.names(part) for name in letter.allowed for part in (name, *name.split()))
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
    if not letter.has("field") and not letter.tells_of(letter.field):
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


def _pressure(letter: _Read) -> list[Advice]:
    if letter.kind not in ("request", "call script", "follow-up"):
        return []
    for at, sentence in letter.sentences:
        match = _phrases("pressure").search(sentence.translate(_TO_SMALL))
        if match and not _denied(sentence, match.start(), match.start()):
            text = (
                "This presses them. People help more readily when they are free to say no: "
                "leave that to them."
            )
            return [Advice("pressure", text, letter.quote(at + match.start(), at + match.end()))]
    return []


def _is_concrete(letter: _Read) -> bool:
    """Whether a sentence of the learner's says what they did or thought, beside courtesies."""
    return any(
        len(sentence.split()) > 5 and not _phrases("courtesy").search(sentence)
        and re.search(r"\b(?:I|me|my)\b", sentence)
        and not _composed(sentence.translate(_TO_SMALL))
        for _, sentence in letter.sentences
    )  # fmt: skip


def _of_its_kind(letter: _Read) -> list[Advice]:
    """What letters other than a request must not lack."""
    found = []
    if letter.kind == "thank-you":
        if not letter.has("thanks"):
            found.append(Advice("thanks", "It does not thank them. Begin with that."))
        said = _blanked("says nothing", letter.plain)
        if not _phrases("helped").search(said) and not _is_concrete(letter):
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
        hope_to = re.sub(r"\b(?:meet|see) you\b", "", letter.plain)  # which says no place
        if not letter.has("a place") and not _phrases("ways to meet").search(hope_to):
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
            for match in pattern.finditer(sentence):
                said_by_others = _phrases("said by others").search(sentence[: match.start()])
                if said_by_others or _denied(sentence, *match.span()):
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
    _asks_for_a_job, _time_asked, _placeholder, _name, _spoken_to, _permission, _elements,
    _of_its_kind, _pressure, _too_long, _about_me, _several_asks,
)  # fmt: skip
