"""Questions for a conversation: a bank to choose from, and checks that advise in place.

The checks look at the grammar of a question, not at lists of known questions: they find the
clause that asks, strip what merely introduces it, and look at how it can be answered.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from .errors import Advice, as_text

if TYPE_CHECKING:
    import pandas as pd

LONGEST_WORDS, LONGEST_CHARACTERS = 40, 280
_READ = 1200  # characters of a sentence that are looked at: no one asks more in one breath


@lru_cache(maxsize=1)
def _bank_lines() -> tuple[tuple[str, ...], ...]:
    text = files(__package__).joinpath("question_bank.csv").read_text(encoding="utf-8")
    return tuple(tuple(row) for row in csv.reader(text.splitlines()))


def bank_rows() -> list[dict[str, str]]:
    """Return the bank as dicts, one per question, for those who can do without pandas."""
    header, *rows = _bank_lines()
    return [dict(zip(header, row, strict=True)) for row in rows]


def bank() -> pd.DataFrame:
    """Return the questions to choose from, one row each, in the order of a conversation.

    category: what it is about (tables.CATEGORIES)
    question: its wording
    for_stage: the stage of the objective it serves best (tables.GOAL_STAGES)
    for_format: the format of meeting it is made for (tables.FORMATS), or "any"
    probe: a follow-up for when the answer stays short
    """
    import pandas as pd

    return pd.DataFrame(bank_rows(), dtype="str")


@lru_cache(maxsize=512)
def _checked(text: str) -> tuple[Advice, ...]:
    asks = list(_asks(text))
    advice = [_advise(fault, ask) for ask in asks for fault in _faults(ask)]
    several = [ask for ask in asks if not _BARE_PROBE.match(ask.core)]
    if len(several) > 1 and not any(a.rule == "two questions" for a in advice):
        advice.append(_two(several[1].said))
    if len(text.split()) > LONGEST_WORDS or len(text.strip()) > LONGEST_CHARACTERS:
        advice.append(_too_long(text))
    if asks and all(_is_closer(ask) for ask in asks):
        advice = [a for a in advice if a.rule not in ("two questions", "closed", "generic")]
    kept: dict[str, Advice] = {}
    for remark in advice:
        kept.setdefault(remark.rule, remark)
    return tuple(sorted(kept.values(), key=lambda remark: _RULES.index(remark.rule)))


def check(text: str) -> list[Advice]:
    """Return what could be better about a question; an empty list when there is nothing to say.

    Rules: "asks for a job" (R1), "closed" (one word answers it, R19), "generic" (a public page
    or profile answers it, R20), "salary" (asks for the other person's own pay), "leading",
    "two questions", "too long". Asking for permission or for further people is never called
    closed, generic or two questions (R28). Each advice on wording ends with one to try.
    Raises WorkbookError for what is no text; None is a question not written yet.
    """
    return list(_checked(as_text(text, "A question")))


_RULES = ("asks for a job", "closed", "generic", "salary", "leading", "two questions", "too long")

# --- finding what a text asks ------------------------------------------------------------

_AUX = (
    r"(?:do|does|did|is|are|was|were|am|have|has|had|can|could|will|would|shall|should|may|might"
    r"|must|need|ought)"
)
_WH = r"(?:what|how|why|who|whom|whose|which|when|where)"
_PREPOSITION = (
    r"(?:in|at|on|for|with|to|from|by|of|under|through|about|over|since|until|into|during|after"
    r"|before|within|among|between|without|against|across)"
)
_SUBORDINATE = (
    r"(?:as|when|while|if|given|looking|thinking|these|this|most|once|because|beyond|besides"
    r"|despite|outside|inside|compared|based|now|out|although|though|having|apart)"
)
_SUBJECT = (
    r"(?:you|i|it|he|she|we|they|there|this|that|these|those|one|anyone|anybody|everyone|everybody"
    r"|someone|somebody|nobody|people|most|many|some|any|all|each|every|both|your|my|his|her|their"
    r"|our|its|the|a|an|new|other|employees|employers|companies|women|men|students|graduates"
    r"|colleagues|beginners|managers)"
)
_DEGREE = (
    r"(?:many|much|long|old|often|far|big|large|small|soon|late|early|high|low|fast|quickly"
    r"|frequently|regularly|rapidly|likely|important|hard|difficult|easy|stressful|competitive"
    r"|common|busy|happy|satisfied|good|bad|safe|secure|flexible|tall|young|strict|formal|useful"
    r"|necessary|essential|crucial|critical|demanding|challenging|rewarding|tough|steep|close"
    r"|crowded|expensive|rare|confident|certain|sure|ready|open|valuable|relevant|realistic)"
)
_REQUEST = (
    r"(?:tell|share|describe|walk (?:me|us)|talk(?: (?:me|us|about|a (?:bit|little)|more)\b)"
    r"|explain"
    r"|(?:give|help|take|show|teach|run|fill|grant) (?:me|us)|paint|elaborate|expand|shed"
    r"|say (?:more|something|a (?:bit|little|few))|speak (?:to|about|a (?:bit|little))|outline"
    r"|sketch"
    r"|comment|clarify|illustrate|compare|summari[sz]e|let (?:me|us) (?:know|hear|see|in)"
    r"|reflect on"
    r"|break down|unpack|list|discuss|recount|recall|remember|go (?:into|over|through)"
    r"|think (?:of|back|about))"
)
_REQUEST_ING = (
    r"(?:telling|sharing|describing|(?:walking|giving|helping|taking|showing|teaching) (?:me|us)"
    r"|talking (?:me|us|about|a (?:bit|little)|more)|explaining|elaborating|expanding"
    r"|saying (?:more|something|a (?:bit|little|few))|speaking (?:to|about)|outlining|discussing"
    r"|comparing|going (?:into|over|through))"
)
_SOFTENERS = r"(?:please |perhaps |maybe |possibly |also |briefly |just |kindly |quickly |then )*"

_OPENER = re.compile(
    r"(?:[\W_]+|(?:\(?[0-9]{1,2}[.):]|q(?:uestion)? ?[0-9]*:)\s*"
    r"|(?:so|and|but|well|ok|okay|now|also|then|next|first|firstly|second|secondly|third|finally"
    r"|lastly|actually|honestly|hi|hello|hey|thanks|thank you|please|sorry|great|sure|alright"
    r"|all right|oh|um|hmm|plus|or|still|again|anyway|however|overall|generally|ultimately"
    r"|basically|personally|realistically|typically|usually|normally|currently|today|nowadays"
    r"|lately|recently|just|yes|no|wow|interesting|i see|perhaps|maybe|looking back"
    r"|looking ahead|tell me(?: honestly| this)?(?=[,:])|just out of curiosity|out of curiosity"
    r"|by the way|if i may ask|if i may"
    r"|if you do not mind (?:me |my )?(?:asking|saying)|if you do not mind"
    r"|(?:a |one |just a |just one )?(?:quick|last|final|more|other|next|first) question"
    r"|my (?:first |next |last |final |main |other )?question (?:to you |for you )?(?:is|would be)"
    r"|i (?:would|want|have) to ask(?: you)?|let me ask(?: you)?(?: this)?"
    r"|i would like to ask(?: you)?|i want to know|in general|in short)\b[\s,:;—–-]+)"
)
_SCENE = re.compile(r"(?:imagine|suppose|think|picture|consider|say|let us say|take|assume)\b")
_IMPERATIVE = re.compile(
    rf"(?:do )?(?:please )?(?:{_REQUEST}|name|imagine|suppose|picture|consider)\b"
    r"(?! (?:is|are|was|were|has|can)\b)"
)
_POLITE = re.compile(
    rf"(?:(?:can|could|would|will|might) (?:you|we) {_SOFTENERS}"
    r"(?:be (?:so kind as |kind enough |able |willing |open |happy |glad |comfortable |up for "
    r"|okay )"
    r"(?:to |with )?|care to |like to |mind )?"
    rf"(?P<verb>{_REQUEST}|{_REQUEST_ING})\b"
    rf"|(?:do|would) you mind (?P<verb2>{_REQUEST_ING})\b"
    rf"|are you (?:willing|able|open|happy|comfortable) (?:to|with) (?P<verb3>{_REQUEST}|"
    rf"{_REQUEST_ING})\b"
    rf"|(?:may|can|could|might) i {_SOFTENERS}(?:ask|hear|know|learn)\b"
    r"|i (?:would|do) (?:like|love|want)(?: you)? to (?:know|hear|learn|understand|ask|tell)\b"
    r"|i (?:was|am) (?:just |also |really |always )?(?:wondering|curious|interested)\b"
    r"(?: to (?:know|hear|learn|understand)| in (?:knowing|hearing|learning))?"
    r"|i (?:just |also )?wonder(?:ed)?\b"
    rf"|{_SOFTENERS}(?:{_REQUEST})\b)"
)
# What may stand between "tell" and the thing asked: me, a little, more about ...
_FILLING = re.compile(
    r"\s*(?:(?:me|us|you|a bit|a little|a little bit|some more|more|something|briefly|honestly|in"
    r" your own words|to me|with me|back|again|please|understand|see|picture|know|hear|down|an idea"
    r"|a sense|a picture|the story|your thoughts|your view|your views|your opinion|your take)\b"
    r"[\s,]*)*"
    r"(?P<about>(?:(?:about|through|into|on|over|of|to|with|light on|regarding)\s+)*)"
)
_TAG = re.compile(
    r"[,;—–-]\s*(?:or )?(?:right|correct|no|yes|eh|huh|okay|ok|true|agreed|am i right|is that right"
    r"|is that correct|is that so|is that true|would you agree|do you agree|you know"
    rf"|{_AUX} not (?:you|it|they|he|she|we|i|there|that|this)(?: say| think| agree)?"
    rf"|{_AUX} (?:you|it|they|he|she|we|i|there|that|this)(?: not)?)\s*[?!.]*$"
)
_BARE_PROBE = re.compile(
    r"(?:why|why not|why or why not|why so|how so|how come|in what ways?|what else|such as"
    r"|for example|if so,? (?:how|why)|and why)\W*$"
)
_ENGLISH = re.compile(
    rf"\b(?:{_AUX}|{_WH}|the|a|an|you|your|i|my|it|of|to|for|in|and|tell|describe|any|about|or)\b"
)
_CONTRACTIONS = [
    (re.compile(rf"\b{short}\b", re.IGNORECASE), long)
    for short, long in (
        (r"(ca)n'?t", r"\1n not"), (r"won'?t", "will not"), (r"shan'?t", "shall not"),
        (r"(is|are|was|were|do|does|did|have|has|had|could|would|should|must|need|might)n'?t",
         r"\1 not"),
        (r"(what|who|where|when|how|that|there|it|he|she|here|why)'s", r"\1 is"),
        (r"(whats)", "what is"), (r"(hows)", "how is"), (r"(whos)", "who is"),
        (r"(wheres)", "where is"),
        (r"(you|they|we)'re", r"\1 are"), (r"(i|you|they|we|what|how)'ve", r"\1 have"),
        (r"(i|you|he|she|they|we|it|what|who|how)'d", r"\1 would"),
        (r"(i|you|he|she|they|we|it|what|who)'ll", r"\1 will"), (r"i'?m", "I am"),
        (r"what're", "what are"), (r"how're", "how are"), (r"let's", "let us"),
        (r"cannot", "can not"),
    )
]  # fmt: skip
_ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|ms|mrs|mx|prof|st|vs|etc|no|inc|e\.g|i\.e|u\.s)|\b\w)$")


class _Ask(NamedTuple):
    """One thing that a text asks for.

    said: the sentence as typed; words: the clause that asks, contractions spelled out;
    core: the same in lower case, at the same places; context: what stands before it, lower case
    form: "yes/no", "wh", "request" (a politely or plainly worded one), "fragment", or "statement"
    (kept only when it hints at a job)
    matter: for a request, what is requested: an embedded question or a phrase
    """

    said: str
    words: str
    core: str
    context: str
    form: str
    matter: str = ""
    is_about: bool = False


def _lower(text: str) -> str:
    """Lower case of the same length, so that places in one are places in the other."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _plain(sentence: str) -> str:
    """A sentence without markup, odd blanks and contractions."""
    text = html.unescape(re.sub(r"<[^<>]{0,200}>", " ", sentence[:_READ]))
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]", "", text)
    text = text.translate(str.maketrans("‘’‛ʼ“”„？؟", "''''\"\"\"??"))
    for short, long in _CONTRACTIONS:
        text = short.sub(long, text)
    return re.sub(r"\s+", " ", text).strip(" \"'*_#>•·-–—")


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text, as typed; an abbreviation's full stop ends none."""
    start = 0
    for end in re.finditer(r"[?!؟？]+[\"'”’)]*(?=\s|$|[A-Z])|\.+(?=\s+[\"“]?[A-Z]|\s*$)|\n+", text):
        if text[end.start()] == "." and _ABBREVIATION.search(text[start : end.start()].lower()):
            continue
        if text[end.start()] == "\n" and not re.match(
            r"\s*(?:[-*•]|\d+[.)]|[A-Z])", text[end.end() :]
        ):
            continue
        if sentence := text[start : end.end()].strip():
            yield sentence
        start = end.end()
    if rest := text[start:].strip():
        yield rest


def _asks(text: str) -> Iterator[_Ask]:
    sentences = [s for s in list(_sentences(text[:20_000]))[:40] if any(c.isalpha() for c in s)]
    only_one = len(sentences) == 1
    for sentence in sentences:
        words = _plain(sentence)
        low = _lower(words)
        if not _ENGLISH.search(low):
            continue
        at = _start(low)
        is_question = low.rstrip("\"')” ").endswith("?")
        if at is None:
            if is_question or _JOB_ASK.search(low):
                form = "fragment" if is_question else "statement"
                yield _Ask(sentence, words, low, "", form)
            continue
        core = low[at:]
        form = _form(core)
        if not is_question and form == "yes/no" and not only_one:
            continue  # "Had I known." states something
        if not is_question and form == "wh" and not only_one and not _inverted(core):
            continue
        matter, about = _matter(core) if form == "request" else ("", False)
        yield _Ask(sentence, words[at:], core, low[:at], form, matter, about)


def _inverted(core: str) -> bool:
    return bool(re.match(rf"(?:{_PREPOSITION} )?{_WH}\b(?: \w+){{0,3}}? {_AUX}\b", core))


def _skip_openers(low: str, at: int = 0) -> int:
    while at < len(low) and (found := _OPENER.match(low, at)) and found.end() > at:
        at = found.end()
    return at


def _start(low: str) -> int | None:
    """Where the clause that asks begins; None when nothing asks."""
    at = _skip_openers(low)
    places = [at]
    for pause in re.finditer(r"[,:;—–…(]+\s*|\s-+\s", low[at:]):
        places.append(_skip_openers(low, at + pause.end()))
    sets_scene = bool(re.match(rf"(?:{_PREPOSITION}|{_SUBORDINATE})\b", low[at:]))

    def asks(n: int) -> bool:
        rest = low[places[n] :]
        # After "When you look back," a which begins a question, after a noun it need not.
        is_question = n > 0 and sets_scene and re.match(r"(?:which|who|whom|whose)\b", rest)
        return bool(is_question) or _asks_here(rest, strict=n > 0)

    found = [n for n in range(len(places[:40])) if asks(n)]
    for n in found:
        if n == found[-1] or not _introduces(low[places[n] :]):
            return places[n]
    # No comma to go by: "On a normal day do you see patients?"
    inversion = sets_scene and re.search(
        rf"\b(?:{_WH} (?:\w+ )?{_AUX}|{_AUX}(?: not)?) {_SUBJECT}\b|\b(?:what|how|why) {_AUX}\b",
        low[at:],
    )
    return at + inversion.start() if inversion else None


def _asks_here(rest: str, strict: bool) -> bool:
    """Whether a question or a request begins here; strict: not at the start of a sentence."""
    if not rest.strip(" ?!.,"):
        return False
    if _POLITE.match(rest):
        return not (strict and re.match(r"(?:list|share|compare|explain|remember|recall)\b", rest))
    if not strict and _IMPERATIVE.match(rest):
        return True
    if re.match(rf"(?:{_PREPOSITION} )?(?:what|how|why|which|who|whom|whose)\b", rest):
        return not strict or not re.match(r"(?:which|who|whom|whose)\b", rest) or _inverted(rest)
    if re.match(r"(?:when|where)\b", rest):
        return _inverted(rest) or not strict
    if strict:
        return bool(re.match(rf"{_AUX}(?: not)? {_SUBJECT}\b", rest))
    return bool(re.match(rf"{_AUX}\b(?! [,?])", rest)) and not re.match(
        r"have a (?:nice|good)", rest
    )


def _introduces(rest: str) -> bool:
    """Whether these words only set the scene for a question that follows a comma."""
    if re.match(r"(?:when|where)\b", rest):
        return not re.match(rf"(?:when|where) {_AUX}\b", rest)
    return bool(
        _SCENE.match(rest)
        or re.match(r"i (?:was|am|wonder|would|do)\b|what do you think[,:]", rest)
        or re.match(r"(?:who|which|whose|what)\b.{0,60}\bdoes not matter", rest)
        or re.match(r"(?:had|were|should) (?:i|you|it|someone)\b", rest)
    )


def _form(core: str) -> str:
    if _POLITE.match(core) or _IMPERATIVE.match(core):
        return "request"
    if re.match(rf"{_AUX}\b", core):
        return "yes/no"
    return "wh"


def _matter(core: str) -> tuple[str, bool]:
    """What a request asks for, and whether it asks to be told about it at length."""
    found = _POLITE.match(core) or _IMPERATIVE.match(core)
    assert found
    filling = _FILLING.match(core, found.end())
    assert filling
    return core[filling.end() :].strip(), bool(filling["about"])


# --- closed: one word answers it ---------------------------------------------------------

_FACT = (  # nouns whose value is one name, figure or date
    r"(?:year|time|day|date|month|week|age|degree|major|minor|school|college|university|city|town"
    r"|country|state|region|company|employer|firm|title|position|department|salary|salaries|wage"
    r"|wages|pay|income|percentage|percent|proportion|share|number|size|colou?r|grade|gpa|subject"
    r"|language|name|budget|ratio|rank|rate|score|address|email|phone"
    r"|distance|height|weight|amount|price|cost|length|duration|deadline|nationality"
    r"|birthday|birthplace|hometown|zip code|headcount|turnover|revenue"
    r"|floor|shift|zone|level|cap|headquarters|location|ceo|founder|boss|supervisor|manager)"
)
_STORY = (  # nouns that cannot be answered without telling something
    r"(?:parts?|aspects?|sides?|moments?|experiences?|lessons?|decisions?|changes?|challenges?"
    r"|trends?|mistakes?|habits?|beliefs?|things?|memor(?:y|ies)|projects?|stor(?:y|ies)|ways?"
    r"|qualit(?:y|ies)|traits?|elements?|pieces?|kinds?|sorts?|types?|skills?|strengths?"
    r"|situations?|circumstances?|factors?|forces?|ideas?|assumptions?|expectations?|respects?"
    r"|developments?|tasks?|problems?|questions?|risks?|steps?|opportunit(?:y|ies)|values)"
)


_WANTS_A_WORD = re.compile(
    r"\b(?:in (?:just )?(?:one|a single|a) (?:word|number|figure)|yes or no|on a scale (?:of|from)"
    r"|from (?:1|one) to (?:5|five|10|ten)|true or false)\b"
)


def _is_closed(ask: _Ask) -> bool:
    if ask.form == "statement" or _is_closer(ask) or _has_rescue(ask.core):
        return False
    if _TAG.search(ask.core) or _WANTS_A_WORD.search(f"{ask.context} {ask.core}"):
        return True
    if ask.form == "request":
        return _request_is_closed(ask)
    if ask.form == "wh":
        return _one_word(ask.core)
    return _fragment_is_closed(ask.core) if ask.form == "fragment" else True


def _has_rescue(core: str) -> bool:
    """Whether the question itself asks on: "..., and why?"."""
    return bool(
        re.search(
            r"[,;]?\s+(?:and|or|if so|and if so|but)[,]?\s+"
            r"(?:(?:if so|then)[,]?\s+)?(?:why(?: or why not| not)?|how(?: so| come)?|in what ways?"
            r"|what for|what makes you say (?:so|that))\s*\W*$",
            core,
        )
    )


def _request_is_closed(ask: _Ask) -> bool:
    matter = ask.matter
    if re.match(r"(?:whether|if|yes or no)\b", matter):
        return True
    if re.match(rf"(?:{_PREPOSITION} )?{_WH}\b", matter):
        return _one_word(matter, embedded=True)
    if ask.is_about:
        return False
    wants_a_name = re.search(r"\b(?:tell|give|share|name|say|know|ask|hear)\b", ask.core[:40])
    return (bool(wants_a_name) and _names_a_fact(matter)) or bool(
        re.match(
            r"(?:one word"
            r"|a number"
            r"|just one)\b",
            matter,
        )
    )


def _names_a_fact(phrase: str) -> bool:
    """Whether a phrase such as "your job title" or "the average salary" is one name or figure."""
    found = re.match(
        r"(?:your|the|his|her|their|its|this|that|my)\s+(?:(?!(?:of|for|in|at|with|about|on|to"
        r"|from|an?|the|and|or|when|that|which|who|you|your|most)\b)[\w'’-]+\s+){0,4}?"
        rf"(?P<noun>{_FACT})(?=\s*\W*$|\s+(?:of|for|in|at|at the|to|on|like|right|there|here|as|and"
        r"|range|when|before|now|currently|today)\b)",
        phrase,
    )
    if not found or re.match(rf".*\b{_STORY}\s+of\b", found[0]):
        return False
    if found["noun"] in ("day", "week", "month", "time", "shift", "company", "school", "program"):
        return False  # "Describe your typical day"
    if re.search(r"\blike\s*\W*$", phrase):  # "What is the pay like?" wants a picture
        return False
    return not re.match(r"(?:the|your) (?:best|worst|biggest|hardest|right) (?:time|day|week|year"
                        r"|company|boss|manager|supervisor)", phrase)  # fmt: skip


def _fragment_is_closed(core: str) -> bool:
    if re.search(r"\b(?:what|why|how)\b", core) and not re.search(r"\bor\b", core):
        return bool(re.search(r"\b(?:what|when|where|who)\s*\?$", core))
    return not re.match(
        r"(?:your|the|some|more|advice|thoughts?|favou?rite)\b.{0,40}\?$", core
    ) or (" or " in core)


def _one_word(core: str, embedded: bool = False) -> bool:
    """Whether a name, a figure, a place or a date would answer a question with wh-word."""
    core = re.sub(rf"^{_PREPOSITION} (?={_WH}\b)", "", core)
    wh, _, rest = core.partition(" ")
    wh = wh.strip("?,.!")
    if _chooses(core):
        return True
    decide = {
        "how": _how, "when": _when, "where": _where, "who": _who, "whom": _who, "whose": _who,
        "which": _which, "what": _what,
    }  # fmt: skip
    return decide[wh](rest.strip(), embedded) if wh in decide else False


def _chooses(core: str) -> bool:
    """ "Which do you prefer, mornings or evenings?": the answer is one of those named."""
    return bool(
        re.match(
            r"(?:which|what|who)\b.{0,80}\b(?:prefer|better|best|rather|favou?r|like more"
            r"|like better"
            r"|more \w+|(?:hard|easi|bigg|small|long|short|high|low|strong|fast|slow|happi|saf"
            r"|old|young|cheap"
            r"|clos|great|quick|rough|tough|bright|busi|nic|larg|rich|smart|wis"
            r"|kind)er)\b.{0,60}[,:—–-]\s.{0,60}\bor\b", core,
        )
    )  # fmt: skip


def _how(rest: str, embedded: bool) -> bool:
    if re.match(
        r"(?:(?:very|really|too) )?(?:well|differently|different|closely|similar|true|else|best"
        r"|exactly|come|about|deeply|far back|much of a difference)\b", rest,
    ):  # fmt: skip
        return False
    if re.match(rf"{_DEGREE}\b", rest):
        return True
    first, _, after = rest.partition(" ")
    if embedded or first.endswith("ly") or re.match(rf"{_AUX}$", first):
        return False
    return bool(re.match(rf"(?:(?:an?|of an?)\b.*|(?:{_AUX})\b.*)", after)) and not re.match(
        rf"{_SUBJECT}$", first
    )


def _when(rest: str, embedded: bool) -> bool:
    return not re.search(
        r"\b(?:you|one|people|someone) (?:\w+ )?(?:feel|felt|reali[sz]ed?|know|knew|find|found"
        r"|enjoy"
        r"|enjoyed|lose|lost|doubt|doubted|notice|noticed|understand|understood|see|saw|need|turn"
        r"|decide to)\b|\bat your (?:best|happiest)\b", rest,
    )  # fmt: skip


def _where(rest: str, embedded: bool) -> bool:
    return not re.search(
        r"\b(?:see|go wrong|going wrong|went wrong|struggle|struggling|turn|look|looking|begin|draw"
        r"|think|feel|get stuck|fall short|falls short|(?:is|are) (?:\w+ )*head(?:ed|ing)|going"
        r"|lead|leads"
        r"|disagree"
        r"|differ|differs|diverge|put your|most (?:room|need|change)|find (?:your|the|meaning|joy"
        r"|inspiration|ideas|time|support|energy)|add most|make the most|clash|break down"
        r"|does (?:the|your) time go|end up|would you (?:start|go|put|spend|invest))\b"
        r"|\bshould (?:i|someone|a|one|beginners)\b", rest,
    )  # fmt: skip


def _who(rest: str, embedded: bool) -> bool:
    return not re.match(
        r"are (?:the|your|their|its) (?:[\w-]+ ){0,3}\w+[^s]s\b|"
        r"(?:usually |typically |really |tends? to |in your \w+ )*(?:thrives?|succeeds?|struggles?"
        r"|fits?|burns? out|does (?:well|best|poorly)|do (?:well|best|poorly)|enjoys?|leaves?"
        r"|stays?|gets? ahead|flourish(?:es)?|makes? it|makes? an? (?:good|great)|benefits?"
        r"|should not|would not)\b", rest,
    )  # fmt: skip


def _which(rest: str, embedded: bool) -> bool:
    if re.match(rf"(?:(?:of|the|your|these|those|other|specific|particular|recent|new|key|main"
                rf"|big|technical|soft|personal|daily|early|few|two|three|one"
                rf"|[\w-]+ing) )*{_STORY}\b",
                rest):  # fmt: skip
        return False
    # A plural wants several named, unless each is a mere name or number.
    plural = re.match(r"(?:[\w-]+ ){0,4}?(?P<noun>\w{2,}[^s\W]s|people|criteria)\b", rest)
    return not plural or bool(re.match(r"(?:days|hours|months|years|languages|cities|schools|is|was"
                                       r"|does|has|colleges"
                                       r"|degrees)$", plural["noun"]))  # fmt: skip


def _what(rest: str, embedded: bool) -> bool:
    if re.match(r"(?:kinds?|sorts?|types?|else|about|if|made|makes|would|do|does|did|can)\b", rest):
        return False
    being = re.match(
        r"(?:is|was|are|were)\b(?: (?:currently|now|exactly|actually|really))* (.*)", rest
    )
    if being:
        return _names_a_fact(being[1]) or _is_a_favorite(being[1])
    if embedded and (after := re.match(r"(.*?) (?:is|was|are|were|be|will be)\W*$", rest)):
        return _names_a_fact(after[1]) or _is_a_favorite(after[1])
    noun = re.match(
        rf"(?:(?:exact|other|particular|specific|current|average|typical|starting|first|job) )*"
        rf"(?P<noun>{_FACT}|hours)(?=\W*$|\s+(?:{_AUX}|{_SUBJECT}|of|range|goes|works|suits"
        rf"|employs)\b)", rest,
    )  # fmt: skip
    if not noun or re.match(r"\s+(?:of )?(?:range|culture|life|skills?|policies|trends)\b",
                            rest[noun.end():]):  # fmt: skip
        return False
    # "What degree would you choose today?" asks for a view, not for a fact.
    return not re.search(r"\b(?:would|should|could) (?:you|someone|a|i)\b", rest)


def _is_a_favorite(phrase: str) -> bool:
    found = re.match(r"(?:your|the) (?:all-time |absolute )?favou?rite (?P<thing>\w+)", phrase)
    return bool(found and not re.match(rf"{_STORY}$", found["thing"]))


# --- closers: the permissions and referrals that a good meeting ends with (R28) -------------

_PEOPLE = (
    r"(?:anyone|anybody|someone|somebody|people|person|persons|colleagues?|contacts?|others"
    r"|names?|professionals?|experts?|friends?|alumni|members?|specialists?|coworkers?|co-workers?)"
)
_PERMISSION = (
    r"(?:(?:may|can|could|might) i|(?:would|is|will) it (?:be )?(?:ok|okay|all right|alright|fine"
    r"|possible|acceptable)(?: with you)?(?: if i| for me to| to)|(?:do"
    r"|would) you mind(?: it)? if i"
    r"|(?:do|would) i have your permission to|(?:are|would) you (?:be )?(?:ok|okay|fine|comfortable"
    r"|happy) (?:if i|with (?:me|my)|for me to))"
)
_CLOSER = re.compile(
    # permission
    rf"{_PERMISSION} {_SOFTENERS}(?:us(?:e|ed|ing)|mention(?:ed|ing)?|said|gave|told|say|saying"
    rf"|give them|tell|telling"
    r"|contact(?:ed|ing)?|call(?:ed)?|email(?:ed)?|e-mail|write|text|reach(?:ed|ing)?|got|wrote"
    r"|sent you a|get (?:back )?in touch"
    r"|get back|keep|kept|keeping|stay|staying|follow|following|come back|coming back|connect"
    r"|connecting"
    r"|add you|take (?:a few |some )?notes|taking|record|recording|have (?:your|a)|get your"
    r"|send you (?!my (?:resume|résumé|cv))|share|sharing|quote|thank|visit|shadow|shadowing"
    r"|observe"
    r"|sit in|let you know|update|name you|refer to you|drop)\b"
    r"|(?:do|would|could) you (?:happen to )?(?:have|carry|give me|share) (?:a "
    r"|your )?(?:business )"
    r"?cards?\b"
    r"|(?:could|can|may|would) (?:i|you|we) (?:\w+ )?(?:stay|keep|remain) in (?:touch|contact)"
    r"|how (?:may|can|could|should|would you like me to) i? ?(?:mention|introduce|refer to"
    r"|describe)"
    # referral
    rf"|who(?:m)?(?: else)?\b.{{0,60}}\b(?:i|me)\b.{{0,40}}\b(?:talk|speak|meet|contact|ask"
    rf"|reach|turn"
    r"|connect|approach|learn|interview|call|write|chat|follow)"
    r"|who (?:could|might|would|can|may) (?:\w+ )?(?:tell|help|show|teach|talk|speak|answer"
    r"|advise)\b"
    r".{0,30}\b(?:me|about|on)\b|who(?:m)? else\b|who(?:m)? (?:would|do|can|could"
    r"|might) you (?:recommend|suggest|introduce)"
    r"|who(?:m)? (?:would|might|is|could) (?:be )?.{0,40}\bto (?:ask|talk|speak|contact|meet"
    r"|approach)\b"
    r"|(?:can|could|may|shall|might) we (?:\w+ )?(?:connect|talk|speak|meet|stay|keep|chat"
    r"|continue)\b"
    r"|(?:would|are) you (?:be )?open to (?:a|an|another|one|my|staying|keeping|talking)\b"
    rf"|(?:is|are) there\b.{{0,40}}\b{_PEOPLE}\b.{{0,60}}\b(?:i|me|recommend|suggest|worth)\b"
    rf"|(?:do|would|might) you (?:happen to )?know\b.{{0,30}}\b{_PEOPLE}\b"
    rf"|(?:can|could|would|do|are you able to|might) (?:you )?(?:please |also "
    rf"|perhaps )?(?:recommend"
    rf"|suggest|think of|name|point me to|share|give me|introduce me|put me in (?:touch|contact)"
    rf"|connect me|refer me|direct me)\b.{{0,40}}\b(?:{_PEOPLE}|to|with)\b"
    rf"|(?:would|are) you (?:be )?(?:willing|able|open|comfortable|happy) (?:to"
    rf"|with) (?:introduc\w+|"
    r"recommend\w*|suggest\w*|connect\w*|put\w*|refer\w*|point\w*)"
    r"|(?:which|what) (?:other )?(?:people|colleagues|professionals|experts|names|contacts)\b"
    r".{0,40}\b(?:i|me)\b"
    r"|(?:should|could|might) i (?:also )?(?:talk|speak) (?:to|with)\b"
)


def _is_closer(ask: _Ask) -> bool:
    return bool(_CLOSER.match(ask.core)) and not _asks_for_job(ask)


# --- asks for a job (R1) -----------------------------------------------------------------

_JOB = (
    r"(?:jobs?|positions?|openings?|vacanc(?:y|ies)|roles?|internships?|placements?|employment"
    r"|apprenticeships?|offers?|spots?|opportunit(?:y|ies)|work)"
)
_RESUME = r"(?:resume|résumé|resumé|cv|curriculum vitae|application|cover letter)"
_HERE = (
    r"(?:here|with you|for you|on your team|in your (?:team|department|company|office|group)"
    r"|at your"
    r"|at the company|at this company|for your|with your|your (?:company|team|firm"
    r"|organi[sz]ation))"
)
_JOB_ASK = re.compile(
    rf"\b(?:hire|hiring|employ|recruit|take on|offer|consider|recommend|interview) (?:\w+ )?me\b"
    rf"|\b(?:are|is|will) (?:you|your \w+|the (?:company|team|firm|department)|they"
    rf"|there)\b.{{0,40}}"
    r"\b(?:hiring|recruiting|looking (?:to hire|for (?:new|more|an?) (?:people|interns?|staff"
    r"|employees|engineers|assistants?)))\b"
    rf"|\b(?:do|does|have|has|are|is|will|would|could|can|any|know)\b.{{0,60}}\b(?:any |an? "
    rf"|some |open "
    rf"|current |job )+(?:job |current |open |available )*(?:jobs?|positions?|openings?"
    rf"|vacanc(?:y|ies)|internships?|apprenticeships?|roles?)\b.{{0,30}}(?:\b(?:available|open"
    rf"|for me"
    rf"|right now|now|i (?:could|can|might|should|may)|coming up|that i)\b|{_HERE})"
    rf"|\b(?:do|does|have|has|are|is|any|know|with)\b.{{0,60}}\b(?:any|some|open|current"
    rf"|job) (?:new |job "
    rf"|open |current |available )*(?:jobs?|positions?|openings?|vacanc(?:y|ies)|internships?"
    rf"|apprenticeships?|roles?)\s*\W*$"
    rf"|\bput in a (?:good )?word\b|\bpull (?:some |any )?strings\b|\bvouch for me\b"
    rf"|\b(?:pass|forward|send|submit|hand|give|show|leave|email|drop|bring|take)(?: (?!feedback"
    rf"|advice|your|some|an?\b)\w+){{0,3}} my "
    rf"{_RESUME}\b"
    r"|\bi (?:could|can|might|would) (?:\w+ )?(?:get|be) hired\b|\btell (?:hr|your (?:hr|boss"
    r"|manager"
    r"|recruiter))\b.{0,20}\babout me\b"
    rf"|\b(?:get|getting|land|find|finding|secure|help) me\b.{{0,25}}\b(?:hired|{_JOB}"
    rf"|in the door|in at"
    r"|an interview)\b"
    rf"|\b(?:can|could|may|might|should|would|do|will) i (?:\w+ ){{0,3}}(?:apply (?:here|to you"
    rf"|for)|"
    rf"work (?:for|with) (?:you|your)|work here|join (?:you|your)|be hired|get hired|get an? (?:job"
    rf"|internship|position|interview) {_HERE})"
    rf"|\bhow (?:can|could|do|would|should|might) i (?:\w+ )?(?:get|land|secure) (?:an? |the "
    rf"|this )?"
    rf"(?:hired|job|position|internship|role|interview|work)\b.{{0,30}}{_HERE}"
    rf"|\brefer me (?:for|to (?:hr|your (?:hr|recruiter|hiring|boss)|the (?:hiring|recruiter)))"
    r"|\b(?:introduce|connect) me\b.{0,20}\b(?:recruiter|hiring manager|hr)\b"
    r"|\b(?:recommend|nominate|consider|submit) me (?:for|as)\b"
    r"|\b(?:a|any) (?:chance|possibility|way)\b.{0,30}\b(?:hired|hire me|work (?:here|for you)|job"
    r" for me|join your|of (?:a job|an? internship|a position))\b"
    r"|\b(?:looking|searching|asking) for (?:a |an )?(?:job|internship|position)\b.{0,60}\b(?:you"
    r"|your)\b|\b(?:hire|employ|take on) (?:someone|somebody|a person|a student"
    r"|people) (?:like me|with my)\b"
    r"|\b(?:anyone|anybody|someone|somebody|people|companies|who|else) (?:who |that )?(?:is|are) "
    r"(?:hiring|recruiting)\b|\b(?:about|for|of|to) (?:any|open|current|job|some|your) (?:job "
    r"|open |current )*"
    r"(?:positions?|openings?|vacanc(?:y|ies)|internships?)\b(?! (?:usually|tend|become|get))"
    r"|\bi (?:would|want|need|hope) (?:\w+ ){0,3}(?:work for you|join your|apply (?:here|to your"
    r"|for))\b"
    r"|\bgive me (?:a|an) (?:job|chance|internship|position|shot)\b"
)


def _asks_for_job(ask: _Ask) -> bool:
    if re.search(r"\b(?:if|when) (?:someone|a person|somebody) (?:asks?|says)\b", ask.core):
        return False
    return bool(_JOB_ASK.search(ask.core))


# --- generic: a public page or profile answers it (R20) -------------------------------------

_COMPANY = (
    r"(?:company|companies|organi[sz]ation|firm|business|employer|corporation|agency|hospital"
    r"|school"
    r"|university|institution|start-?up|bank|clinic|lab|laboratory|practice|studio|office|nonprofit"
    r"|non-profit|charity|foundation|group|department|team|place|workplace|institute|museum)"
)
_OF_COMPANY = (
    rf"(?:your|the|this|that|their|its|our)(?: own| current| whole)? (?:\w+ )?{_COMPANY}(?:'s)?"
)
_WORKER = (  # a kind of person, as dictionaries of occupations name them
    r"(?:an? |the (?:average|typical) |most |all )?(?:[\w-]+ ){0,3}?(?:[\w-]{2,}(?:ers?|ors?"
    r"|ists?|ians?"
    r"|eers?|men|women|person|people|ants?|ents?|tects?|perts?|fighters?|smiths?|aides?|keepers?)"
    r"|nurses?|chefs?|cooks?|attorneys?|pilots?|judges?|analysts?|actuar(?:y|ies)|coach(?:es)?"
    r"|clerks?"
    r"|paralegals?|scientists?|aides|guards?|hosts?|vets?|cpas?|rns?|emts?|devs?|data stewards?)"
)
_ONE_WORKER = _WORKER[_WORKER.index("(?:[") :]
_NOT_WORKER = re.compile(
    r"\b(?:a |an )?(?:career|number|matter|offer|paper|computer|never|ever|other|another|after"
    r"|better"
    r"|rather|whether|either|later|over|under|per|her|their|your|or|for|more|client|clients"
    r"|patients?"
    r"|customers?|current|different|recent|most|moment|environment|department|development|student"
    r"|students|talent|event|content|document|agreement|management|equipment|investment|people"
    r"|employers?|newcomers?|beginners?|person|consumer|consumers|parents?|important|women|men)$"
)
_FIELD = (
    r"(?:this |the |your |that )?(?:[\w-]+ )?(?:job|career|field|occupation|profession|role"
    r"|position"
    r"|industry|line of work|sector|trade|kind of work|type of work|area)"
)
_NEEDED = (
    r"(?:need|needs|needed|require|requires|required|requirements?|necessary|must (?:i|you|one)"
    r"|have to"
    r"|mandatory|prerequisites?|expected of)"
)
_SCHOOLING = (
    r"(?:degrees?|qualifications?|certifications?|certificates?|licen[sc]es?|licensure|training"
    r"|education|coursework|courses|classes|majors?|diploma|credentials?|skills|exams?|experience"
    r"|gpa|schooling|background check|knowledge|abilities|bachelor'?s?|master'?s?|ph\.?d|doctorate)"
)
_PAY = (
    r"(?:salar(?:y|ies)|pay|paid|wages?|earn|earns|earnings|compensation|income|make per"
    r"|make a year"
    r"|remuneration)"
)

# kind of fact -> what is asked, looked for in the clause that asks
_GENERIC: list[tuple[str, re.Pattern[str]]] = [
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("pay", rf"\b(?:average|typical|median|usual|standard|starting|entry[- ]level|normal|base"
                rf"|mean|general|going|expected)\b.{{0,30}}\b{_PAY}\b"),
        ("pay", rf"\b{_PAY}\b.{{0,20}}\b(?:range|scale|band|bracket|level|rate|rates|like for"
                rf"|grades?)"
                rf"\b"),
        ("pay", rf"\bhow (?:much|well|high)\b.{{0,60}}\b(?:{_PAY}|make|makes|pays?)\b"),
        ("pay", r"\bhow much (?:money|do|does|can|could|will|would)\b.{0,60}\b(?:make|makes|earn"
                r"|earns|expect|get)\b"),
        ("pay", r"\bwhat (?:do|does|is|are|can|could|would|will)\b.{0,50}\b(?:salar(?:y|ies)|wages?"
                r"|earn|pay|paid|make per|make a year|compensation|hourly rate)\b"),
        ("pay", r"\bwhat salar(?:y|ies)\b|\bwhat pay\b"),
        ("requirements", rf"\b{_SCHOOLING}\b.{{0,60}}\b{_NEEDED}\b"),
        ("requirements", rf"\b{_NEEDED}\b.{{0,60}}\b{_SCHOOLING}\b"),
        ("requirements", rf"\bwhat {_SCHOOLING} (?:do|does|should|must|would|is|are"
                         rf"|can)\b.{{0,50}}\b"
                         r"(?:to be|to become|become|have|hold|for)\b"),
        ("requirements", r"\b(?:what|which) (?:is|are|was) the\b.{0,40}\b(?:requirements?"
                         r"|qualifications?|prerequisites?|admission)\b"),
        ("requirements", r"\bhow (?:do|does|can|could|should|would|might|long"
                         r"|to)\b.{0,45}\b(?:becomes?"
                         r" (?:an?|one|licensed|certified|registered|\w+(?:ers|ors|ists|ians|eers"
                         r"|nurses|ants|ents))|qualify as|get licensed|get certified|train (?:as"
                         r"|to be))\b"),
        ("requirements", r"\b(?:how|what)\b.{0,40}\b(?:you|i|one|someone|people|it take)\b.{0,20}"
                         r"\bto (?:become|qualify as|get (?:licensed|certified))\b"),
        ("requirements", rf"\b(?:do|does|most|many|people)\b.{{0,40}}\b(?:have|hold"
                         rf"|need)\b.{{0,20}}"
                         rf"\b{_SCHOOLING}\b"),
        ("requirements", r"\bhow (?:do|does|can|could|would|should) (?:one|someone|somebody"
                         r"|a person"
                         r"|people|you) (?:usually |typically )?(?:get|break) into\b"),
        ("requirements", r"\b(?:typical|usual|common|required|educational"
                         r"|academic) (?:\w+ )?background\b"),
        ("requirements", r"\bminimum (?:gpa|grade|score|requirements?|age|experience)\b"),
        ("requirements", rf"\b(?:what|which) (?:\w+ )?{_SCHOOLING} (?:(?:or|and) \w+ )?(?:lead"
                         rf"|leads|prepare|prepares|qualify"
                         rf"|qualifies)\b"),
        ("outlook", r"\bwhere (?:is|are) (?:\w+ ){0,3}(?:jobs|positions|openings|opportunities"
                    r"|demand)\b"),
        ("outlook", r"\bis there (?:a|an|any|much)\b.{0,20}\b(?:shortage|surplus|oversupply"
                    r"|demand)\b"),
        ("duties", r"\b(?:main|typical|general|primary|core|usual|basic|key|daily|day-to-day|job"
                   r"|standard|everyday)?\s?(?:duties|responsibilities|job description|job tasks"
                   r"|tasks"
                   r"|functions)\b.{0,20}\b(?:of|for|in|does|do|are)\b"),
        ("duties", r"\bwhat (?:are|is) the (?:\w+ )?(?:duties|responsibilities|job description"
                   r"|tasks)"),
        ("outlook", r"\b(?:job|career|employment|labou?r|hiring|occupational|future|industry"
                    r"|growth)"
                    r" (?:outlook|growth|prospects?|projections?|market|forecast|opportunities)\b"),
        ("outlook", r"\b(?:outlook|prospects|growth rate|unemployment rate|job growth|projected"
                    r"|demand)\b.{0,20}\b(?:for|of|in)\b"),
        ("outlook", r"\b(?:is|are|was)\b.{0,60}\b(?:in (?:high |great |big |much )?demand"
                    r"|growing|shrinking|declining|expanding|oversaturated|saturated)\b"),
        ("outlook", r"\bare there (?:many|a lot of|lots of|enough|plenty of|still|more) (?:\w+ )?"
                    r"(?:jobs|openings|positions|vacancies|opportunities)\b"),
        ("outlook", r"\bhow (?:many|fast|quickly|much)\b.{0,50}\b(?:openings|jobs|positions|growing"
                    r"|grow|growth|employed)\b"),
        ("kinds of jobs", r"\b(?:kinds?|types?|sorts?|range|variety) of (?:\w+ )?(?:jobs?|careers?"
                          r"|positions?|roles?|occupations?|specialt(?:y|ies)|speciali[sz]ations?"
                          r"|employers?|companies|organi[sz]ations?|industries)\b"),
        ("kinds of jobs", r"\b(?:what|which) (?:\w+ )?(?:jobs|careers|positions|roles|occupations"
                          r"|professions|industries|employers|companies"
                          r"|fields)\b.{0,50}\b(?:are there"
                          r"|are available|exist|can|could|hire|hires|employ|employs|need|for"
                          r"|with|use"
                          r"|recruit)\b"),
        ("kinds of jobs", r"\b(?:different|various|common|main|typical) (?:\w+ )?(?:specialt(?:y"
                          r"|ies)"
                          r"|speciali[sz]ations?|branches|subfields|career paths?"
                          r"|entry[- ]level \w+"
                          r"|job titles?|kinds|types|areas)\b"),
        ("kinds of jobs", r"\bwhat (?:can|could) (?:you|i|one|someone|people) do with an?\b"),
        ("kinds of jobs", r"\bwhat (?:are|is) (?:the |some )?(?:\w+ )?(?:entry[- ]level|related"
                          r"|similar"
                          r"|alternative)\b.{0,25}\b(?:jobs?|careers?|positions?|roles?"
                          r"|occupations?)"),
        ("industry", r"\b(?:who|what|which) (?:are|is) the (?:\w+ )?(?:biggest|largest|top|leading"
                     r"|main|major|best-known|key)\b.{0,30}\b(?:companies|employers|firms|players"
                     r"|competitors|organi[sz]ations|brands|universities|schools|associations)\b"),
        ("industry", r"\b(?:market size|size of the (?:market|industry)|market share)\b"),
        ("industry", r"\bwhich (?:states?|cities|countries|regions?)\b.{0,40}\b(?:most|highest|best"
                     r"|employ|hire|pay)\b"),
    )
]  # fmt: skip
_DEFINITION = re.compile(
    rf"what (?:exactly |actually |precisely )?(?:do|does) (?P<who>{_WORKER})"
    r" (?:actually |really |usually |typically |generally |normally |mostly )?(?:do|work on|use)\b"
    rf"|what (?P<whom>{_WORKER}) (?:actually |usually |typically |really )?(?:do|does)\b"
    r"|what (?:exactly "
    r"|actually )?is (?:meant by )?(?:an? )?(?P<what>[\w-]+(?: [\w-]+){0,3})\s*\?*$"
    r"|what (?:is|are) the differences? between\b"
    r"|what does (?:the (?:term|word) )?[\w\s\"'-]{2,40} (?:mean|stand for)\b"
)
_CONDITIONS = re.compile(
    rf"(?:where|when|how many hours|how long|how often|how many days|what hours|what tools"
    rf"|what software"
    rf"|which software|which tools|what programs|what equipment|what technolog\w+)\b.{{0,20}}?"
    rf"\b(?:do|does) (?P<who>{_WORKER}) \w+"
    rf"|what (?:is|are) (?:the |an? )?(?:typical |usual |average |normal |general )*(?:working"
    r" (?:hours|conditions|environment)|work (?:environment|schedule|hours|conditions)|hours"
    r"|schedule"
    rf"|day|workday|week|career path|pros and cons|advantages and disadvantages)\b(?: like)?"
    rf" (?:of|for|in the life of|to being|of being|as) (?P<whom>{_WORKER})"
    rf"|what (?:does|do|is) (?:an? |the )?(?:typical |usual |average |normal |ordinary )?(?:day"
    rf"|workday|week|shift)"
    rf"\b.{{0,25}}\b(?:for|of) (?P<other>{_WORKER})"
    r"|what (?:is|are) (?:the )?(?:typical|usual|average|normal|standard) (?:working hours|work"
    r" (?:schedule|week|hours)|career path|workweek)\b"
)
_COMPANY_FACT = re.compile(
    rf"(?:what|who|how many|which|when|where|how (?:old|big|large|long)|is|are|does|do|has|have"
    rf"|in what"
    rf" year|what year)\b.{{0,40}}\b{_OF_COMPANY}\b\W+(?:[\w-]+\W+){{0,2}}?(?:do(?! not)"
    rf"|does(?! not)|makes?|sells?|produces?|provides?"
    r"|offers?|manufactures?|speciali[sz]es?|founded|established|start|started|begin|open"
    r"|created|located"
    r"|headquartered|based"
    r"|operate|employ|own|serve|employees|have (?:any )?(?:offices|branches|employees|locations"
    r"|internships?)|publicly|public|private|nonprofit|called)\b(?!.{0,30}\b(?:differently|well"
    r"|better"
    r"|support|to help|you|when|if|after|about|with|during|before|once|whenever|while)\b)"
    rf"|(?:what|who|where|when|which|how big|how large|how old|is"
    rf"|are)\b.{{0,30}}\b(?:{_OF_COMPANY} |of"
    rf" )?.{{0,25}}\b(?:mission(?: statement)?|vision statement|core values|history|headquarters"
    rf"|head"
    r" office|products?(?: and services)?|services|ceo|president|owner|founders?|revenue|turnover"
    r"|competitors|address|locations|branches|stock price|main clients|major clients|customer base"
    rf"|website|annual report|number of employees|headcount"
    rf"|parent company)\b.{{0,40}}\b{_OF_COMPANY}"
    rf"|(?:what|who|where|when|which)\b.{{0,20}}\b{_OF_COMPANY}\s(?:\w+ )?(?:mission|vision"
    rf"|core values"
    r"|history|headquarters|products?|services|ceo|president|owner|founders?|revenue|competitors"
    r"|address|locations?|branches|website|clients|customers|size)\b"
    rf"|how many (?:people|employees|staff|workers|offices|branches|locations|countries|engineers"
    rf"|customers|clients|students|patients|beds)\b.{{0,40}}\b(?:{_OF_COMPANY}|here"
    rf"|you (?:employ|have)|work"
    r" (?:here|there|for you))\b"
    rf"|how (?:big|large|old) is {_OF_COMPANY}\b"
    rf"|(?:when|by whom|in what year|what year|who)\b.{{0,15}}\b(?:was|were|founded|started"
    rf"|established)\b"
    rf".{{0,15}}\b{_OF_COMPANY}\b"
    rf"|who (?:founded|owns|runs|started|leads) {_OF_COMPANY}\b|where (?:is|are) {_OF_COMPANY}\b"
    rf"|what (?:is|are) (?:the )?(?:benefits package|company benefits|vacation policy|mission"
    rf"|products)"
    rf"|what (?:benefits|internships|products|services|programs)\b.{{0,20}}\b{_OF_COMPANY}\b"
)
_PERSON_FACT = re.compile(
    r"where (?:did|do|have|were|are|was) you (?:\w+ )?(?:study|studied|go to|attend|graduate"
    r"|graduated"
    r"|work(?! (?:on|when|best|most|from|if)\b)|worked|working|train|get your|earn your|complete"
    r"|intern|from|born|grow up|live|based"
    r"|employed|start your career|do your)\b"
    r"|^where you (?:studied|went to (?:school|college|university)|are from|graduated|work"
    r"|worked)\b"
    r"|(?:what|which) (?:other |previous |earlier |last )?(?:college|university|school"
    r"|grad school|graduate school|degree|degrees"
    r"|major|year"
    r"|company|companies|firm|department|city|town|jobs|positions|certifications?|licen[sc]es?"
    r"|organi[sz]ations?)\b\s+(?:did|do|have|are|were|was) you (?:\w+ )?(?:attend|attended|go"
    r"|graduate|graduated|study|studied|have|hold|held|holding|earn|earned|get|work|worked"
    r"|working|in"
    r"|from|complete|completed|employed|join|joined|had|belong|live|start|started|major)\b"
    r"|what did you (?:study|major in|get your degree in|do before (?:this|that))(?! (?:.{0,30})?\b"
    r"(?:that|which|differently))\b"
    r"|what (?:is|was|are|were) your (?:current |exact |official |present |college "
    r"|undergraduate |full"
    r" |first |previous |last |educational |academic |highest )*(?:job title|title|position"
    r"|major|degree"
    r"|name|job|employer|department|education|educational background|academic background"
    r"|role called"
    r"|qualifications?|credentials?|level of education|alma mater|employment history"
    r"|work history|email"
    r"|occupation|gpa)\b\s*(?:in college|called|in school|at \w+|before this|now|again)?\s*\W*$"
    r"|(?:your|you)\b.{0,20}\b(?:educational|academic) background\W*$"
    r"|your (?:current |exact |official )?(?:job title|alma mater|title|college major)\W*$"
    r"|how (?:long|many years)\b.{0,20}\b(?:have|did|were|had|are|do) you (?:\w+ )?(?:been"
    r"|worked|work"
    r"|working|had|held|spend at|employed|have)\b"
    r"|how (?:long|many years) you (?:have|had)\b"
    r"|how many (?:years|months) of experience\b|how many years\b.{0,20}\byou\b"
    r"|how many (?:jobs|positions|companies|employers)\b.{0,10}\bhave you\b"
    r"|when (?:did|were) you (?:\w+ )?(?:graduate|start (?:work\w*|at|here|with"
    r"|your (?:current )?job"
    r"|this job|in this)|join|get (?:your (?:degree|licen[sc]e)|hired|promoted)|hired|finish"
    r"|begin work"
    r"|born|leave|complete)\b"
    r"|who (?:do|did|are|were|is) (?:you (?:work for|working for|employed by)"
    r"|your (?:current )?employer)"
    r"|what do you do\s*(?:for a living|for work|professionally|for your job|here)?\s*\W*$"
    r"|(?:what|which) company (?:are you|do you|employs)\b"
    r"|where do you (?:currently )?work\b(?! (?:on|when|best|most|from|if))"
    r"|did you (?:go to|attend|finish|graduate from) (?:college|university|school"
    r"|graduate school)\b"
    r"|do you have a (?:degree|master'?s|bachelor'?s|ph\.?d|certification|licen[sc]e)\b"
    r"|have you (?:always )?worked (?:at|for) (?:other|any other)"
)
# Words that ask for this person's own view, of whatever matter.
_VIEW = re.compile(
    r"\b(?:does|do|did|is|are) not (?:say|tell|mention|show|cover)\b|"
    r"\b(?:in|from|to|through|on) your (?:own )?(?:experience|opinion|view|eyes|perspective|mind"
    r"|judg\w+|time|case|point of view|vantage|team|daily|work|day|career|years?|observation"
    r"|corner)\b"
    r"|\b(?:surpris\w+|wish|wished|underestimat\w+|misunderst\w+|nobody tells|no one tells"
    r"|unwritten"
    r"|outsiders?|behind the scenes|people get wrong|never (?:mention|tell)|rarely (?:mention"
    r"|tell|say)"
    r"|stood out|struck|turned out|personally|matters? most to|feel like|felt like|for you\b"
    r"|as you see"
    r"|you (?:\w+ )?(?:seen|noticed|found|learned|learnt|expected|think|thought|felt|feel|see"
    r"|saw|find"
    r"|believe|enjoy|like|recommend|suggest|advise|regret|value|wish|miss|hope|observed|watch"
    r"|watched"
    r"|consider|say|would|imagine|hear|heard|describe|weigh|notice|experienced|sense"
    r"|struggle\w*))\b"
    r"|\bhow (?:do|did|would|have|has) (?:you|your)\b(?! (?:become|qualify|get (?:licensed"
    r"|certified|into"
    r" this))\b)|\bhelped you\b|\btaught you\b|\bdrew you\b|\bled you\b|\bmade you\b|\bmakes you\b"
    r"|\bwould you\b(?! (?:need|have to|make|earn|expect))"
)
_IMPERSONAL_YOU = re.compile(
    r"\b(?:do|does|would|will|must|should|can|could|might) (?:you|i|one|we|they) (?:usually "
    r"|typically"
    r" |normally |really |generally |actually |first )?(?:need|have to|require|become|qualify|get"
    r" (?:into|certified|licensed|an? job|with)|(?:earn|make|expect)(?=.{0,40}\b(?:as an?|in th"
    r"|with an?"
    r"|at first|starting)\b)|study|major|do with|train|pursue|have with|find with|take"
    r"|have to have|go about becoming)\b|\byou (?:need|have to|must have|can get|can do)\b"
)
_YOUR_OWN = re.compile(
    rf"\byour\b(?! (?:own |current |whole )?(?:\w+ )?(?:{_COMPANY}|fields?|industry|profession"
    r"|occupation|line of work|sector|trade)\b)"
)


# "someone in your position" is nobody in particular.
_SOMEONE = re.compile(
    r"\b(?:someone|somebody|people|a person|anyone|professionals|workers) in (?:your|this|that"
    r"|the same)"
    r" (?:position|role|field|job|line of work|profession|industry|career)\b"
)
_FOR_THE_JOB = re.compile(
    r"\b(?:for|in|to do|to get|to get into|to land) your (?:job|role|position|field|line of work"
    r"|profession|career)\b"
)


def _is_worker(phrase: str | None) -> bool:
    return phrase is not None and phrase != "" and not _NOT_WORKER.search(phrase.strip())


def _generic_kind(ask: _Ask) -> str:
    """The kind of public fact that a question asks for; "" when it asks for something else."""
    if ask.form == "statement" or _is_closer(ask):
        return ""
    core = ask.matter if ask.form == "request" and ask.matter else ask.core
    core = re.sub(rf"^(?:do|would|might) you (?:happen to )?know (?={_WH}\b)", "", core)
    core = _SOMEONE.sub("a worker", core)
    if ask.form == "request" and ask.matter and not re.match(rf"{_WH}\b|whether|if\b", core):
        core = f"what is {core}"
    if re.search(r"\b(?:in|from|to) your (?:own )?(?:experience|opinion|view|eyes|perspective)\b",
                 ask.context):  # fmt: skip
        return ""
    is_view = bool(_VIEW.search(core))
    if _PERSON_FACT.search(core) and not re.search(
        r"\b(?:surpris\w+|differently|prepare\w*|taught|like (?:about|to)|feel|wish|help\w*)\b",
        core,
    ):
        return "person"
    if _COMPANY_FACT.search(core) and not is_view:
        return "company"
    if is_view:
        return ""
    is_phrase = ask.form == "request" and not re.match(rf"{_WH}\b", ask.matter)
    if not is_phrase and (found := _DEFINITION.match(core)):
        who = found["who"] or found["whom"]
        if who is not None:
            return "duties" if _is_worker(who) else ""
        what = found["what"]
        if what is None or not re.search(
            r"\b(?:you|your|it|this|that|like|there|next|best|worst|hardest|most|biggest|one|thing"
            r"|difficult|hard|easy|your|going|missing|at|to|on|in|a|the|new|changing|wrong)\b",
            what,
        ):
            return "definition"
    if found := _CONDITIONS.match(core):
        who = found["who"] or found["whom"] or found["other"]
        if who is None or _is_worker(who):
            return "conditions"
    addressed, n_impersonal = _IMPERSONAL_YOU.subn("", core)
    if n_impersonal:
        addressed = _FOR_THE_JOB.sub("", addressed)
    if re.search(r"\b(?:you|yours)\b", addressed) or _YOUR_OWN.search(addressed):
        return ""
    return next((kind for kind, pattern in _GENERIC if pattern.search(core)), "")


# --- the other rules ---------------------------------------------------------------------

_OWN_PAY = re.compile(
    r"\bhow much (?:money )?(?:do|did|are|were|will) you (?:\w+ )?(?:make|earn|paid|get paid"
    r"|bring home)\b"
    r"|\bwhat (?:is|was|are|were) your (?:\w+ ){0,2}(?:salary|pay|wage|wages|income|compensation"
    r"|earnings)"
    r"|\bwhat do you (?:\w+ )?(?:earn|make|get paid)\b\s*(?:a |per |each |in )?(?:year|month"
    r"|hour|annually)?\W*$"
    r"|\b(?:do|are|is) (?:you|your)\b.{0,20}\b(?:well paid|paid well|earn (?:a lot|enough|well)"
    r"|make (?:good"
    r"|a lot of|enough) money|good salary|salary)\b|\b(?:tell"
    r"|share)\b.{0,15}\b(?:your (?:\w+ )?salary|what"
    r" you (?:earn|make|are paid)|how much you (?:earn|make|are paid))\b|\bhow much you (?:earn"
    r"|make|are paid"
    r"|get paid)\b|\bhow well (?:are|do) you (?:paid|get paid)\b"
)
_LEADING = re.compile(
    rf"^{_AUX} not (?:{_SUBJECT}|\w+s)\b|^(?:do|would|did|can|will) (?:you|we) not\b|^is it not\b"
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
    rf"(?:(?P<wh>(?:{_PREPOSITION} )?(?:what|how|why|which|who|whom|where"
    rf"|when))\b(?P<rest> \w+ \w+)"
    rf"|(?P<aux>{_AUX})(?: not)? (?P<subject>you|i|it|there|they|we|he|she|the|your|this|that"
    rf"|people|these)"
    r"\b)"
)


def _second_question(ask: _Ask) -> str:
    """The words with which a second question begins inside the same sentence; "" for none."""
    core = ask.core
    for found in _SECOND.finditer(core):
        joint = core[found.end("before") if found["before"] else found.start() : found.end()]
        joined = re.search(r"\b(?:and|or|but|plus)\b", joint)
        if not joined and not re.match(r"\s*[;—–]", joint):
            continue
        if re.fullmatch(rf"{_WH}", found["before"] or ""):
            continue  # "how and why did you"
        after = core[found.end("wh") :] if found["wh"] else ""
        if found["wh"]:
            bare = re.sub(rf"^{_PREPOSITION} ", "", found["wh"])
            if re.match(r"\s*(?:not|or why not|so)?\W*$", after):
                continue
            if re.match(rf"\s+(?:much|many|long|far|often|{_DEGREE})\b(?:\s+\w+)?\W*$", after):
                continue
            if bare in ("who", "which", "where", "when", "whom") and not re.match(
                rf"\s+(?:\w+ )?{_AUX}\b", after
            ):
                continue
        return joint.strip(" ,;:")
    return ""


def _faults(ask: _Ask) -> Iterator[str]:
    if _asks_for_job(ask):
        yield "asks for a job"
    if _is_closed(ask):
        yield "closed"
    if _generic_kind(ask):
        yield "generic"
    if _OWN_PAY.search(ask.core):
        yield "salary"
    if _LEADING.search(ask.core) or (_TAG.search(ask.core) and ask.form != "request"):
        yield "leading"
    elif re.search(r"\b(?:surely|obviously|clearly|of course|everyone knows)\b", ask.context):
        yield "leading"
    if _second_question(ask):
        yield "two questions"


# --- a wording to try --------------------------------------------------------------------

_WHY = {
    "asks for a job": "It asks for a job. This talk is for information and advice, and people "
    "speak freely only when they trust that.",
    "closed": "One word can answer it.",
    "generic": "A web page answers it. Look it up first, and ask for what no page can say.",
    "salary": "It asks for the person's own pay, which puts them on the spot.",
    "leading": "It already says which answer you expect.",
    "two questions": "It asks two things at once, and the first one gets lost.",
    "too long": "It is long to listen to.",
}
_PAY_WORDING = "How does pay tend to develop in the first years, from what you have seen?"
_STOCK = {
    "asks for a job": "What would you do next to prepare for this kind of work, in my place?",
    "closed": "What has your own experience of this been like?",
    "salary": _PAY_WORDING,
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


def _advise(fault: str, ask: _Ask) -> Advice:
    if fault == "two questions":
        return _two(ask.said)
    kind = _generic_kind(ask) if fault == "generic" else fault
    text = f"{_WHY[fault]} Try: “{_wording(kind, ask)}”"
    return Advice(fault, text, ask.said)


def _two(said: str) -> Advice:
    text = f"{_WHY['two questions']} Ask one, wait for the answer, and keep the other as a probe."
    return Advice("two questions", text, said)


def _too_long(text: str) -> Advice:
    n = len(text.split())
    return Advice(
        "too long",
        f"It is long to listen to ({n} words). Try to stay below 25 words: say what you already "
        "know in one sentence, or leave it out, then ask one short question.",
        text.strip(),
    )


def _wording(kind: str, ask: _Ask) -> str:
    """An open wording from the question's own topic; a stock one when none is sound."""
    if _OWN_PAY.search(ask.core) or (kind == "closed" and _generic_kind(ask) == "pay"):
        return _PAY_WORDING
    for candidate in _candidates(kind, ask):
        candidate = re.sub(r"\s+", " ", candidate).strip()
        if len(candidate) <= 160 and not any(True for a in _asks(candidate) for _ in _faults(a)):
            return candidate
    return _STOCK[kind]


def _candidates(kind: str, ask: _Ask) -> Iterator[str]:
    words = re.split(r"[?!]", ask.words)[0].strip(" ,.;")
    if kind == "leading":
        if found := re.match(rf"({_AUX}) not (.*)", words, re.IGNORECASE):
            yield from _open_yes_no(f"{found[1]} {found[2]}")
        elif ask.form == "yes/no":
            yield from _open_yes_no(words)
        elif ask.context:
            yield f"{words[:1].upper()}{words[1:]}?"
    elif kind == "closed" and not _TAG.search(ask.core):
        if ask.form == "yes/no":
            yield from _open_yes_no(words)
        elif ask.form == "wh":
            yield from _open_wh(re.sub(rf"^{_PREPOSITION} ", "", words, flags=re.IGNORECASE))
    elif kind in ("duties", "requirements", "outlook"):
        role = re.search(rf"\b(?:do|does|become|as|of|for|be) (an? {_ONE_WORKER})", ask.core)
        if role and _is_worker(role[1]):
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
    found = re.match(rf"({_WH})\s+(?:(.*?)\s+)??({_AUX})\s+(.*)$", words, re.IGNORECASE)
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
