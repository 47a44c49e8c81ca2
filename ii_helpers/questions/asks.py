"""What a text asks: its sentences, the clause of each that asks, and what merely introduces it.

Two kinds are told here, because the rules on wording let them be: asking for permission or for
further people (R28), and asking for a job (R1; its phrases are in out_of_place.py).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from .out_of_place import hears_of_openings, is_job_ask

_READ = 1200  # characters of a sentence that are looked at: no one asks more in one breath


# --- finding what a text asks ------------------------------------------------------------

AUX = (
    r"(?:do|does|did|is|are|was|were|am|have|has|had|can|could|will|would|shall|should|may|might"
    r"|must|need|ought)"
)
WH = r"(?:what|how|why|who|whom|whose|which|when|where)"
PREPOSITION = (
    r"(?:in|at|on|for|with|to|from|by|of|under|through|about|over|since|until|into|during|after"
    r"|before|within|among|between|without|against|across)"
)
_SUBORDINATE = (
    r"(?:as|when|while|if|given|looking|thinking|these|this|most|once|because|beyond|besides"
    r"|despite|outside|inside|compared|based|now|out|although|though|having|apart)"
)
SUBJECT = (
    r"(?:you|i|it|he|she|we|they|there|this|that|these|those|one|anyone|anybody|everyone|everybody"
    r"|someone|somebody|nobody|people|most|many|some|any|all|each|every|both|your|my|his|her|their"
    r"|our|its|the|a|an|new|other|employees|employers|companies|women|men|students|graduates"
    r"|colleagues|beginners|managers)"
)
DEGREE = (
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
TAG = re.compile(
    r"[,;—–-]\s*(?:or )?(?:right|correct|no|yes|eh|huh|okay|ok|true|agreed|am i right|is that right"
    r"|is that correct|is that so|is that true|would you agree|do you agree|you know"
    rf"|{AUX} not (?:you|it|they|he|she|we|i|there|that|this)(?: say| think| agree)?"
    rf"|{AUX} (?:you|it|they|he|she|we|i|there|that|this)(?: not)?)\s*[?!.]*$"
)
BARE_PROBE = re.compile(
    r"(?:why|why not|why or why not|why so|how so|how come|in what ways?|what else|such as"
    r"|for example|if so,? (?:how|why)|and why)\W*$"
)
_ENGLISH = re.compile(
    rf"\b(?:{AUX}|{WH}|the|a|an|you|your|i|my|it|of|to|for|in|and|tell|describe|any|about|or)\b"
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
        (r"(i|you|he|she|they|we|it|what|who|how|there|that)'d", r"\1 would"),
        (r"(i|you|he|she|they|we|it|what|who|there|that)'ll", r"\1 will"), (r"i'?m", "I am"),
        (r"what're", "what are"), (r"how're", "how are"), (r"let's", "let us"),
        (r"cannot", "can not"),
    )
]  # fmt: skip
_ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|ms|mrs|mx|prof|st|vs|etc|no|inc|e\.g|i\.e|u\.s)|\b\w)$")


class Ask(NamedTuple):
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


def asks_in(text: str) -> Iterator[Ask]:
    """What a text asks for, in its order."""
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
            if is_question or is_job_ask(low) or hears_of_openings(low):
                form = "fragment" if is_question else "statement"
                yield Ask(sentence, words, low, "", form)
            continue
        core = low[at:]
        form = _form(core)
        if not is_question and form == "yes/no" and not only_one:
            continue  # "Had I known." states something
        if not is_question and form == "wh" and not only_one and not _inverted(core):
            continue
        matter, about = _matter(core) if form == "request" else ("", False)
        yield Ask(sentence, words[at:], core, low[:at], form, matter, about)


def _inverted(core: str) -> bool:
    return bool(re.match(rf"(?:{PREPOSITION} )?{WH}\b(?: \w+){{0,3}}? {AUX}\b", core))


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
    sets_scene = bool(re.match(rf"(?:{PREPOSITION}|{_SUBORDINATE})\b", low[at:]))

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
        rf"\b(?:{WH} (?:\w+ )?{AUX}|{AUX}(?: not)?) {SUBJECT}\b|\b(?:what|how|why) {AUX}\b",
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
    if re.match(rf"(?:{PREPOSITION} )?(?:what|how|why|which|who|whom|whose)\b", rest):
        return not strict or not re.match(r"(?:which|who|whom|whose)\b", rest) or _inverted(rest)
    if re.match(r"(?:when|where)\b", rest):
        return _inverted(rest) or not strict
    if strict:
        return bool(re.match(rf"{AUX}(?: not)? {SUBJECT}\b", rest))
    return bool(re.match(rf"{AUX}\b(?! [,?])", rest)) and not re.match(
        r"have a (?:nice|good)", rest
    )


def _introduces(rest: str) -> bool:
    """Whether these words only set the scene for a question that follows a comma."""
    if re.match(r"(?:when|where)\b", rest):
        return not re.match(rf"(?:when|where) {AUX}\b", rest)
    return bool(
        _SCENE.match(rest)
        or re.match(r"i (?:was|am|wonder|would|do)\b|what do you think[,:]", rest)
        or re.match(r"(?:who|which|whose|what)\b.{0,60}\bdoes not matter", rest)
        or re.match(r"(?:had|were|should) (?:i|you|it|someone)\b", rest)
    )


def _form(core: str) -> str:
    if _POLITE.match(core) or _IMPERATIVE.match(core):
        return "request"
    if re.match(rf"{AUX}\b", core):
        return "yes/no"
    return "wh"


def _matter(core: str) -> tuple[str, bool]:
    """What a request asks for, and whether it asks to be told about it at length."""
    found = _POLITE.match(core) or _IMPERATIVE.match(core)
    assert found
    filling = _FILLING.match(core, found.end())
    assert filling
    return core[filling.end() :].strip(), bool(filling["about"])


# "Where does it help, and where does it hurt?", "What works and what does not?"
_CONTRAST = re.compile(
    rf"(?:{PREPOSITION} )?(?P<wh>{WH})\b.*?[,;]? (?:and|but|or) (?P=wh) (?:(?:\w+ )?{AUX}"
    rf" (?:\w+ )?not\b|{AUX} (?:others|some)\b"
    rf"|(?:(?<=when )|(?<=where )|(?<=which )){AUX} (?:it|they|that|this)\b|(?<=which ){AUX}\b)"
)


def is_contrast(core: str) -> bool:
    """Whether it asks for the two sides of one matter, with the same word for either."""
    return bool(_CONTRAST.match(core))


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


def is_closer(ask: Ask) -> bool:
    """Whether it asks for a permission or for further people, as the end of a meeting does."""
    return bool(_CLOSER.match(ask.core)) and not asks_for_job(ask)


# --- asks for a job (R1) -----------------------------------------------------------------


def asks_for_job(ask: Ask) -> bool:
    """Whether it asks for work, or for help with an application."""
    if re.search(r"\b(?:if|when) (?:someone|a person|somebody) (?:asks?|says)\b", ask.core):
        return False
    return is_job_ask(ask.core) or hears_of_openings(ask.context + ask.core)
