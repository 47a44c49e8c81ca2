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
    return _STOCK[kind]


def _candidates(kind: str, ask: Ask) -> Iterator[str]:
    words = re.split(r"[?!]", ask.words)[0].strip(" ,.;")
    if kind == "leading":
        if found := re.match(rf"({AUX}) not (.*)", words, re.IGNORECASE):
            yield from _open_yes_no(f"{found[1]} {found[2]}")
        elif ask.form == "yes/no":
            yield from _open_yes_no(words)
        elif ask.context:
            yield f"{words[:1].upper()}{words[1:]}?"
    elif kind == "closed" and not TAG.search(ask.core):
        if ask.form == "yes/no":
            yield from _open_yes_no(words)
        elif ask.form == "wh":
            yield from _open_wh(re.sub(rf"^{PREPOSITION} ", "", words, flags=re.IGNORECASE))
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


def _open_yes_no(words: str) -> Iterator[str]:
    """Open wordings of a question that yes or no would answer, the closest first."""
    parts = words.split()
    if parts[1:2] == ["not"]:
        del parts[1]
    if len(parts) < 3:
        return
    aux, subject, rest = parts[0].lower(), parts[1], " ".join(parts[2:])
    if aux in ("do", "does", "did", "is", "are", "would") and rest.lower().startswith("not "):
        rest = rest[4:]
    rest = re.sub(r"^(?:ever|always|actually|really|usually|often|also|currently|still|generally"
                  r"|mostly)"
                  r"\s+", "", rest)  # fmt: skip
    verb, _, matter = rest.partition(" ")
    verb, who = verb.lower(), subject.lower()
    if who == "there":
        if wish := re.match(r"anything (?:else )?(?:that )?you (would|could|can) (.*)", rest):
            yield f"What {wish[1]} you {wish[2]}?"
        if re.match(r"anything\b", rest.lower()):
            yield "What have I not asked about that would help me?"
        thing = re.sub(r"^(?:any|some|many|much|enough|a lot of|lots of)\s+", "", rest)
        yield f"What can you tell me about {thing}, from what you have seen?"
        return
    if who in ("anyone", "anybody", "someone", "somebody"):
        return
    if view := _VIEW_ASKED.match(rest):
        yield f"What is your view on whether {view[1]}?"
    has = aux in ("do", "does", "did") and verb == "have" and matter
    if has and not matter.startswith("to ") and (had := _NOUN_AND_MORE.match(_strip_any(matter))):
        noun, joint, more = had.groups()
        yield f"What {noun} {aux} {subject} have {joint or ''} {more or ''}".strip() + "?"
    if who == "you":
        yield from _open_you(aux, verb, matter, rest)
    if aux == "should" and who == "i":
        yield f"How would you decide, in my place, whether to {rest}?"
    if aux in ("can", "could", "will", "should", "may", "might") and who in _PRONOUNS:
        yield f"What is your view on whether {subject} {aux} {rest}?"
    if aux in ("is", "are", "was", "were") and who in ("it", "this", "that"):
        yield f"What makes you say whether {subject} {aux} {rest}?"
    yield f"In what ways {aux} {subject} {rest}?"


# "think that AI will replace us", "true that ..."
_VIEW_ASKED = re.compile(
    r"(?:true|fair|right|correct|agree|think|believe|feel|say|expect)\b(?: to say)?(?: that)? "
    r"(?!like |about |of |in )(.*)",
    re.IGNORECASE,
)
_PRONOUNS = ("i", "he", "she", "it", "we", "they")
# "advice for beginners": the noun, and what goes with it
_NOUN_AND_MORE = re.compile(
    r"(.*?)(?:\s+(for|on|about|to|in|with|that|when|at|of|as|from)\b\s*(.*))?$"
)


def _open_you(aux: str, verb: str, matter: str, rest: str) -> Iterator[str]:
    if "resume" in rest.lower() and aux in ("can", "could", "would", "will"):
        yield "What would you look for in a resume like mine?"
    if (
        verb in ("like", "enjoy", "love", "dislike", "hate", "miss", "regret", "remember", "recall")
        and matter
    ):
        yield f"What {'did' if aux == 'did' else 'do'} you {verb} about {matter}?"
    if verb in ("recommend", "suggest", "advise") and matter:
        thing = _strip_any(matter)
        is_doing = thing.split()[0].endswith("ing")
        yield f"What is your view on {thing}?" if is_doing else f"What {thing} would you recommend?"
    if verb in ("want", "need", "prefer", "plan") and aux in ("do", "did"):
        yield f"What {'led' if aux == 'did' else 'leads'} you to {rest}?"
    if aux == "did":
        yield f"How did you come to {rest}?"
    elif aux == "do":
        yield f"What is it like for you to {rest}?"
    elif aux == "would":
        yield f"What would lead you to {rest}, or keep you from it?"
    elif aux in ("have", "had"):
        yield f"Tell me about a time when you have {rest}."
    elif aux in ("can", "could"):
        yield f"In what situations {aux} you {rest}?"
    elif aux in ("are", "were"):
        yield f"What is it like for you to be {rest}?"


def _strip_any(phrase: str) -> str:
    return re.sub(r"^(?:any|an?|some|much|many|a lot of|lots of|enough|anything)\s+", "", phrase)


def _open_wh(words: str) -> Iterator[str]:
    """Open wordings of a question that a name, a figure, a place or a date would answer."""
    if found := re.match(r"what (?:is|was|are|were) ((?:your|the)\b.*)", words, re.IGNORECASE):
        yield f"What is the story behind {found[1]}?"
    found = re.match(rf"({WH})\s+(?:(.*?)\s+)??({AUX})\s+(.*)$", words, re.IGNORECASE)
    if not found:
        if who := re.match(r"who (\w+(?:s|ed)\b.*)", words, re.IGNORECASE):
            yield f"What decides who {who[1]}?"
        if what := re.match(r"(what (?:percentage|share|proportion)\b.*)", words, re.IGNORECASE):
            yield f"What decides {what[1][0].lower()}{what[1][1:]}?"
        return
    wh, noun, aux, rest = ((part or "").strip() for part in found.groups())
    wh, aux = wh.lower(), aux.lower()
    is_short = len(rest.split()) <= 5
    if aux == "do" and (wh == "how" or (wh == "what" and noun)):
        yield f"What decides {wh} {noun} {rest}?"
    if wh == "how" and aux in ("is", "are", "was", "were"):
        made = "makes" if aux in ("is", "are") else "made"
        if re.match(r"it to\b", rest):
            yield f"What {made} it {noun} {rest[3:]}?"
        elif is_short and noun in ("big", "large", "old", "long", "far", "small", "many"):
            yield f"How would you describe {rest}?"
        elif is_short:
            yield f"What {made} {rest} {noun}, in your experience?"
    if rest.lower().startswith("you ") and aux == "did" and wh in ("when", "where") and is_short:
        yield f"How did you come to {rest[4:]}{' where you did' if wh == 'where' else ''}?"
    if rest.lower().startswith("you ") and aux == "do" and wh == "where" and is_short:
        yield f"What is it like for you to {rest[4:]} where you do?"
    if wh == "when" and aux == "do":
        yield f"What happens when {rest}?"
    if wh == "who" and aux in ("is", "are") and is_short:
        yield f"How would you describe your work with {rest}?"
    if wh == "which" and noun and aux == "do" and rest.lower().startswith("you "):
        yield f"What made you choose the {noun} that {rest}?"
    if wh == "how" and aux in ("does", "did") and noun in ("often", "frequently", "regularly"):
        yield f"In what situations {aux} {rest}?"
