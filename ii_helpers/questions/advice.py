"""What is wrong with a question, why that matters, and a wording to try."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import Advice
from .asks import (
    AUX,
    DEGREE,
    PREPOSITION,
    SUBJECT,
    TAG,
    WH,
    Ask,
    asks_for_job,
    asks_in,
    is_contrast,
)
from .closed import is_closed
from .generic import ONE_WORKER, generic_kind, is_worker
from .out_of_place import asks_own_pay, is_private
from .wordings import open_wh, open_yes_no

_LEADING = re.compile(
    rf"^{AUX} not (?:{SUBJECT}|\w+s)\b|^(?:do|would|did|can|will) (?:you|we) not\b|^is it not\b"
    r"|^(?:would|do|does|can|will) (?:you|not you|we all|everyone) (?:not )?agree\b"
    r"|^(?:is|was) it (?:true|fair|safe|right|correct) (?:that|to (?:say|assume|think))\b"
    r"|\b(?:surely|obviously|clearly|of course|undoubtedly|needless to say|no doubt|everyone knows"
    r"|everybody knows|as we all know|as everyone knows|it is obvious|you have to admit|admit it)\b"
    r"|^(?:i|we) (?:assume|bet|guess|suppose|imagine|take it|presume|am sure)\b|^you must\b"
    r"|^why (?:do|does|is|are|would|did|has|have|can|will) (?:\w+ ){0,3}?not\b"
    r"|\bhow (?:great|terrible|awful|amazing|boring|wonderful|horrible|bad|annoying|fantastic"
    r"|much do"
    r" you (?:love|hate))\b|^why (?:is|are|do|does)\b.{0,40}\bso (?:bad|terrible|great|boring|hard"
    r"|difficult|awful|poor|poorly|low|little|stressful|unfair|popular|much better)\b"
    r"|^why would (?:anyone|anybody|someone|somebody)\b|^what is so (?:great|bad|good|special"
    r"|terrible"
    r"|hard|difficult|wonderful)\b"
    r"|^why (?:do|did) you (?:hate|love|dislike)\b|\bso you (?:would agree|agree)\b"
    r"|\b(?:the best|the worst|a terrible|a great|an amazing|an awful|a dream) (?:job|career"
    r"|field|choice)"
    r"(?: there is| in the world)?, "
)
_SECOND = re.compile(
    rf"(?P<before>\w+)?(?:[,;:—–-]\s*|\s+)(?:and|or|but|plus)?\s*(?:also |then |if so,? "
    rf"|second,? )?"
    rf"(?:(?P<wh>(?:{PREPOSITION} )?(?:what|how|why|which|who|whom|where"
    rf"|when))\b(?P<rest> \w+ \w+)"
    rf"|(?P<aux>{AUX})(?: not)? (?P<subject>you|i|it|there|they|we|he|she|the|your|this|that"
    rf"|people|these)"
    r"\b)"
)


# A story that is asked for has parts: "Walk me through how it starts and what you do then."
_STORY_ASKED = re.compile(
    r"(?:\w+ ){0,5}?(?:(?:walk|walking|take|taking|talk|talking|lead|run) (?:me|us) through"
    r"|show (?:me|us)|describ(?:e|ing)|explain(?:ing)?|outlin(?:e|ing)|sketch)\b"
)
_GOES_ON = re.compile(
    r"\s+(?:usually |typically )?(?:happens?|happened|comes?|came|follows?|followed)"
    r" (?:next|then|first|after\w*)\b"
)


def _is_one_matter(ask: Ask, wh: str, after: str) -> bool:
    """Whether a second part only carries a story on, or sets the other side against the first."""
    if is_contrast(ask.core) or (wh == "what" and _GOES_ON.match(after)):
        return True
    is_embedded = not re.match(rf"\s+(?:\w+ )??{AUX} {SUBJECT}\b", after)
    return ask.form == "request" and is_embedded and bool(_STORY_ASKED.match(ask.core))


def _second_question(ask: Ask) -> str:
    """The words with which a second question begins inside the same sentence; "" for none."""
    core = ask.core
    for found in _SECOND.finditer(core):
        joint = core[found.end("before") if found["before"] else found.start() : found.end()]
        joined = re.search(r"\b(?:and|or|but|plus)\b", joint)
        if not joined and not re.match(r"\s*[;—–]", joint):
            continue
        if re.fullmatch(rf"{WH}", found["before"] or ""):
            continue  # "how and why did you"
        after = core[found.end("wh") :] if found["wh"] else ""
        if found["wh"]:
            bare = re.sub(rf"^{PREPOSITION} ", "", found["wh"])
            if _is_one_matter(ask, bare, after):
                continue
            if re.match(r"\s*(?:not|or why not|so)?\W*$", after):
                continue
            if re.match(rf"\s+(?:much|many|long|far|often|{DEGREE})\b(?:\s+\w+)?\W*$", after):
                continue
            if bare in ("who", "which", "where", "when", "whom") and not re.match(
                rf"\s+(?:\w+ )?{AUX}\b", after
            ):
                continue
        return joint.strip(" ,;:")
    return ""


def faults(ask: Ask) -> Iterator[str]:
    """The rules that it breaks."""
    if asks_for_job(ask):
        yield "asks for a job"
    if is_closed(ask):
        yield "closed"
    if generic_kind(ask):
        yield "generic"
    if asks_own_pay(ask.core):
        yield "salary"
    if is_private(ask.core):
        yield "personal"
    if _LEADING.search(ask.core) or (TAG.search(ask.core) and ask.form != "request"):
        yield "leading"
    elif re.search(r"\b(?:surely|obviously|clearly|of course|everyone knows)\b", ask.context):
        yield "leading"
    if _second_question(ask):
        yield "two questions"


_WHY = {
    "asks for a job": "It asks for a job. This talk is for information and advice, and people "
    "speak freely only when they trust that.",
    "closed": "One word can answer it.",
    "generic": "A web page answers it. Look it up first, and ask for what no page can say.",
    "salary": "It asks for the person's own pay, which puts them on the spot.",
    "personal": "It asks about the person's private life, which is theirs to bring up, not yours. "
    "Ask what the work asks of people instead, for example in hours, travel or strain.",
    "leading": "It already says which answer you expect.",
    "two questions": "It asks two things at once, and the first one gets lost.",
    "too long": "It is long to listen to.",
}
_PAY_WORDING = "How does pay tend to develop in the first years, from what you have seen?"
_STOCK = {
    "asks for a job": "What would you do next to prepare for this kind of work, in my place?",
    "closed": "What has your own experience of this been like?",
    "salary": _PAY_WORDING,
    "personal": "What room does this kind of work leave for people's private lives?",
    "leading": "How do you see this, from your own experience?",
    "pay": _PAY_WORDING,
    "requirements": "Which parts of your training do you lean on most in your work?",
    "duties": "What in your work would surprise someone who has only read about it?",
    "definition": "How would you explain to a newcomer what your work really comes down to?",
    "conditions": "How does a working week of yours really unfold?",
    "outlook": "What changes in demand have you noticed in your own corner of the field?",
    "kinds of jobs": "Which paths have you seen people with a background like mine take?",
    "industry": "Which developments around you should a newcomer keep an eye on?",
    "company": "What did you learn about this place only after you had started?",
    "person": "What turning points on your own path would I not find on a profile?",
}


def advise(fault: str, ask: Ask) -> Advice:
    """What to say about a fault, with a wording to try."""
    if fault == "two questions":
        return two_at_once(ask.said)
    kind = generic_kind(ask) if fault == "generic" else fault
    text = f"{_WHY[fault]} Try: “{_wording(kind, ask)}”"
    return Advice(fault, text, ask.said)


def two_at_once(said: str) -> Advice:
    text = f"{_WHY['two questions']} Ask one, wait for the answer, and keep the other for later."
    return Advice("two questions", text, said)


def too_long(text: str) -> Advice:
    n = len(text.split())
    return Advice(
        "too long",
        f"It is long to listen to ({n} words). Try to stay below 25 words: say what you already "
        "know in one sentence, or leave it out, then ask one short question.",
        text.strip(),
    )


def _wording(kind: str, ask: Ask) -> str:
    """An open wording from the question's own topic; a stock one when none is sound."""
    if asks_own_pay(ask.core) or (kind == "closed" and generic_kind(ask) == "pay"):
        return _PAY_WORDING
    for candidate in _candidates(kind, ask):
        candidate = re.sub(r"\s+", " ", candidate).strip()
        if len(candidate) <= 160 and not any(True for a in asks_in(candidate) for _ in faults(a)):
            return candidate
    if kind == "closed" and ask.form == "yes/no" and not _OF_THEMSELVES.match(ask.core):
        kind = "leading"  # of the field: the person has a view of it, not a life in it
    return _STOCK[kind]


_OF_THEMSELVES = re.compile(rf"{AUX}(?: not)? you\b")


def _candidates(kind: str, ask: Ask) -> Iterator[str]:
    words = re.split(r"[?!]", ask.words)[0].strip(" ,.;")
    if kind in ("closed", "leading") and ask.form == "yes/no" and not TAG.search(ask.core):
        yield from open_yes_no(words)
    elif kind == "leading" and ask.context and not ask.form == "yes/no":
        yield f"{words[:1].upper()}{words[1:]}?"
    elif kind == "closed" and ask.form == "wh" and not TAG.search(ask.core):
        yield from open_wh(words)
    elif kind in ("duties", "requirements", "outlook"):
        role = re.search(rf"\b(?:do|does|become|as|of|for|be) (an? {ONE_WORKER})", ask.core)
        if role and is_worker(role[1]):
            worker = ask.words[role.start(1) : role.end(1)]
            yield {
                "duties": f"What part of being {worker} would surprise someone who has only read "
                "about it?",
                "requirements": f"Looking back, what prepared you best for being {worker}?",
                "outlook": f"How have you seen the demand for people who work as {worker} change?",
            }[kind]
