"""Open wordings of a closed question, made from its own words.

One is made only where the grammar is certain, and it takes no side. English does not mark where a
subject ends: in "Is the pay scale good" nothing but sense tells that the pay is no scale. So a row
of these tables asks for a pronoun, for "do" (which leaves a statement behind when it goes), or for
a word that can only begin a predicate. Where no row fits, nothing is made of the words, and the
caller has something safe to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .asks import AUX, DEGREE, PREPOSITION, WH

_ADVERBS = (
    r"(?:(?:ever|always|actually|really|usually|often|also|currently|still|generally|mostly"
    r"|sometimes|typically|personally|honestly|just) )*"
)
_PRONOUN = r"(?P<s>i|he|she|it|we|they)"
_MODALS = "can|could|will|would|should|may|might|must|shall"
_BES = "am|is|are|was|were"
_BE = rf"(?P<aux>{_BES})"
_ARTICLE = r"(?:the|your|my|our|their|its|his|her)"
_DETERMINER = rf"(?:{_ARTICLE}|an?|this|that|these|those|most|many|some)"
_FINITE = r"(?:is|are|was|were|will|would|can|could|should|has|had|might|must|does|did)"
_LINK = r"(?:that|who|which|when|if|how|what|where|why|because|as|since|although|while|and|or)"
_DEGREE_ADVERB = (
    r"(?:too|so|very|quite|rather|more|less|still|worth|going to|likely to|able to|supposed to)"
)
_ADJECTIVE = rf"(?:{DEGREE}|boring|lonely|normal|typical|usual|worthwhile|exhausting|stable|fun)"
_PREDICATE = (
    rf"(?:{_DEGREE_ADVERB}\b|{_ADJECTIVE}(?=\W*$| (?:{PREPOSITION}|enough|than|when|if|because|here"
    rf"|there|now|these days|at all|or|and)\b))"
)
_WHEN = r"(?:usually|currently|typically|normally|really|now|today|here|there|always|ever|often)"
_SUBJECT_WORD = rf"(?:(?!{PREPOSITION}\b|{_LINK}\b|{_DEGREE_ADVERB}\b|{_WHEN}\b)[\w'’-]+)"
_THING = rf"(?P<x>(?!that\b|when\b|if\b|as\b|{PREPOSITION}\b|me\b|myself\b|yourself\b)(?!.* or ).+)"
_NO_DEGREE = r"(?!.*\b(?:or|too|enough|much|many|only|hard|yet|already|lately|recently)\b)"
_FEELING = (
    r"(?:happy|satisfied|comfortable|content|proud|afraid|scared|worried|nervous|excited"
    r"|optimistic|pessimistic|confident|concerned|glad|pleased|frustrated|disappointed|tired"
    r"|bored|surprised|ashamed|annoyed|sick|anxious|curious|passionate|relieved)"
)
_PARTICIPLE = (
    r"(?:\w+ed|had to|made|done|seen|felt|left|lost|found|met|taught|thought|won|given|taken"
    r"|written|led|run|quit|gone|told|known|begun|chosen|spoken|fought|built|brought|kept)"
)
_DAILY_WORK = (
    r"(?:work|travel|meet|teach|lead|manage|write|collaborate|cooperate|supervise|train|commute"
    r"|speak|deal|interact|present|negotiate)"
)
_TURN = (
    r"(?:choose|study|major in|become|switch|move|join|decide|speciali[sz]e|want to|train as"
    r"|apply|settle)"
)
_CHOICE = (
    r"(?:choose|do|take|leave|switch|move|go|pick|return|stay|change|study|start|work|come back"
    r"|consider|join|quit|live|hire|accept)"
)
_POSSESSIONS = (
    r"(?:advice|tips|thoughts|regrets|concerns|suggestions|plans|ideas|worries|hopes|goals|doubts"
    r"|recommendations|fears|opinions|views|habits|routines|memories|expectations)"
)
_VIEW = "What is your view on whether {x}?"
_DONE = {"do": "do", "did": "did", "are": "do", "were": "did"}

# what is asked, what to ask instead; the first that fits is the closest
_YES_NO = [
    (re.compile(pattern, re.IGNORECASE), template)
    for pattern, template in (
        # there is
        (r"(?:is|are) there anything (?:else )?(?:that )?you (?P<aux>would|could|can) (?P<x>.+)",
         "What {aux} you {x}?"),
        (r"(?:is|was) there anything (?:else )?that (?P<x>(?:\w+ed|makes|helps|made|keeps) .+)",
         "What {x}?"),
        (r"(?:is|are) there anything\b.*", "What have I not asked about that would help me?"),
        (rf"(?:is|are|was|were) there {_ADVERBS}(?:any|some|many|much|a lot of|lots of) "
         rf"(?P<x>(?!to\b|{_LINK}\b|{PREPOSITION}\b|more\b|less\b|fewer\b|left\b|good\W*$).+)",
         "What can you tell me about {x}, from what you have seen?"),
        (rf"(?P<aux>{AUX}) there (?P<x>.+)", "What is your view on whether there {aux} {x}?"),
        # do you think that
        (r"is it (?:true|fair|right|correct|safe)(?: to (?:say|assume|think))? that (?P<x>.+)",
         _VIEW),
        (r"do you (?:happen to )?know (?:whether|if) (?P<x>.+)", _VIEW),
        (rf"(?:do|would|did)(?: not)? you {_ADVERBS}(?:feel|believe|expect|hope|find|know) that "
         rf"(?P<x>(?:i|you|he|she|it|we|they|{_ARTICLE}) \S+.*)", _VIEW),
        (rf"(?:do|would|did)(?: not)? you {_ADVERBS}(?:think|say|agree) that "
         rf"(?P<x>(?!{PREPOSITION}\b|way\b|often\b|much\b)\S+ \S+.*)", _VIEW),
        (rf"(?:do|would|did)(?: not)? you {_ADVERBS}(?:think|say) "
         rf"(?P<x>(?!{PREPOSITION}\b|{_LINK}\b|outside\b|twice\b)\S+(?: (?!{_LINK}\b)\S+){{0,5}}?"
         rf" {_FINITE}\b.+)", _VIEW),
        (rf"do(?: not)? you {_ADVERBS}think (?P<x>(?:i|he|she|it|we|they|{_ARTICLE} \w+) \w+.*)",
         _VIEW),
        (rf"(?:do|would|did)(?: not)? you {_ADVERBS}(?:feel|believe|expect|find|hope|agree) "
         rf"(?P<x>(?:(?:i|you|he|she|it|we|they)|{_DETERMINER} \w+)(?: (?!{_LINK}\b)\S+){{0,4}}?"
         rf" {_FINITE}\b.+)", _VIEW),
        # you
        (r"(?:can|could|would|will) you\b.*\bresume\b.*",
         "What would you look for in a resume like mine?"),
        (rf"(?P<do>do|did)(?: not)? you {_ADVERBS}(?:hate|dislike|regret|fear|resent|mind)"
         rf" {_THING}", "How {do} you feel about {x}?"),
        (rf"(?P<do>do|did) not you {_ADVERBS}(?:like|enjoy|love|miss) {_THING}",
         "How {do} you feel about {x}?"),
        (rf"(?P<do>do|did) you {_ADVERBS}(?P<v>like|enjoy|love|miss) {_THING}",
         "What {do} you {v} about {x}?"),
        (rf"(?P<do>are|were)(?: not)? you {_ADVERBS}(?:\w+ly |very |so |too )?{_FEELING}"
         rf" (?:with|about|by|of) {_THING}", "How {do} you feel about {x}?"),
        (rf"(?:do|would|can|could) you {_ADVERBS}(?:recommend|suggest) (?:any|some) (?P<x>.+)",
         "What {x} would you recommend?"),
        (rf"(?:do|would) you {_ADVERBS}(?:recommend|suggest) (?!(?:i|we|they|he|she)\b){_THING}"
         rf"(?<! to)", "What would you say for and against {x}?"),
        (rf"do(?: not)? you {_ADVERBS}have (?:(?:any|some|many|a lot of) )?(?P<n>(?:\w+ )?"
         rf"{_POSSESSIONS})\b(?P<x>(?: .+)?)", "What {n} do you have{x}?"),
        (rf"do you {_ADVERBS}prefer (?P<x>.+ or .+)", "What leads you to prefer {x}?"),
        (rf"do you {_ADVERBS}{_NO_DEGREE}(?P<x>{_DAILY_WORK}\b.*)",
         "What is it like for you to {x}?"),
        (rf"did you {_ADVERBS}{_NO_DEGREE}(?P<x>{_TURN} .+)", "How did you come to {x}?"),
        (rf"have(?: not)? you (?:ever |also )?{_NO_DEGREE}"
         rf"(?!.* (?:since|for \w+ years|so far|long)\b)(?P<x>{_PARTICIPLE} .+)",
         "If you have ever {x}, what was that like?"),
        (rf"would(?: not)? you {_ADVERBS}(?P<v>{_CHOICE}) anything\b(?P<x>.*)",
         "What would you {v}{x}?"),
        (rf"would you {_ADVERBS}{_NO_DEGREE}(?P<x>{_CHOICE}\b.*)",
         "What would lead you to {x}, or keep you from it?"),
        (rf"can you {_ADVERBS}{_NO_DEGREE}(?P<x>(?!not\b|be\b|have\b|people\b|all\b)\w+.*)",
         "In what situations can you {x}?"),
        (rf"are you {_ADVERBS}(?P<x>(?:able|allowed|free|permitted|encouraged|expected) to .+)",
         "In what situations are you {x}?"),
        # I, he, she, it, we, they
        (rf"should i {_ADVERBS}(?P<x>(?!not\b|have\b|be\b|{_LINK}\b).+)",
         "How would you decide, in my place, whether to {x}?"),
        (rf"(?P<aux>{_BES}|{_MODALS}|has|have|had)(?: not)? {_PRONOUN} "
         r"(?P<x>(?!and\b|or\b|not\b).+)", "What is your view on whether {s} {aux} {x}?"),
        (rf"(?P<aux>{_MODALS})(?: not)? (?P<s>one|everyone|everybody|anyone|anybody|people) "
         rf"(?P<x>(?!{PREPOSITION}\b|{_LINK}\b|{_DETERMINER}\b|like\b|else\b|not\b|\w+ing\b).+)",
         "What is your view on whether {s} {aux} {x}?"),
        (r"do(?: not)? (?P<x>(?!you\b|not\b|and\b|or\b).+)", _VIEW),
        # any other subject, where its predicate shows
        (rf"{_BE}(?: not)? (?P<s>this|that) (?P<x>(?:an?\b|the\b|(?!more|less){_PREDICATE}).*)",
         "What is your view on whether {s} {aux} {x}?"),
        (rf"{_BE}(?: not)? (?P<s>{_ARTICLE} {_SUBJECT_WORD}) (?P<x>(?!not\b){_SUBJECT_WORD})",
         "What is your view on whether {s} {aux} {x}?"),
        (rf"{_BE}(?: not)? (?P<s>(?:{_DETERMINER} {_SUBJECT_WORD}(?: {_SUBJECT_WORD})??"
         rf"|(?!{_DETERMINER}\b|you\b|\w+ing\b){_SUBJECT_WORD})) (?P<x>{_PREDICATE}.*)",
         "What is your view on whether {s} {aux} {x}?"),
    )
]  # fmt: skip


def open_yes_no(words: str) -> Iterator[str]:
    """Open wordings of a question that yes or no would answer, the closest first."""
    for pattern, template in _YES_NO:
        if found := pattern.fullmatch(words):
            parts = {name: part or "" for name, part in found.groupdict().items()}
            yield _filled(template, parts)


def _filled(template: str, parts: dict[str, str]) -> str:
    parts["aux"] = parts.get("aux", "").lower()
    parts["do"] = _DONE.get(parts.get("do", "").lower(), "do")
    if parts.get("s", "").lower() == "i":
        parts["s"] = "I"
    return template.format(**parts)


# --- who, when, how many ------------------------------------------------------------------

_SHORT_PHRASE = rf"{_DETERMINER}(?: {_SUBJECT_WORD}){{1,3}}"
_DO_SUBJECT = rf"(?:you|i|we|they|{_DETERMINER}? ?{_SUBJECT_WORD}) .+"
_NO_QUALITY = (
    r"(?:many|much|often|soon|fast|quickly|frequently|regularly|rapidly|late|early|likely|ready)"
)
_MEASURED = [
    (re.compile(pattern, re.IGNORECASE), template)
    for pattern, template in (
        (rf"what (?:is|was|are|were) (?P<x>{_SHORT_PHRASE})", "What is the story behind {x}?"),
        (rf"(?P<x>(?:how|what) (?:(?!{AUX}\b|{_LINK}\b|you\b|they\b|people\b)[\w-]+ ){{1,4}})"
         rf"do (?P<v>{_DO_SUBJECT})", "What decides {x}{v}?"),
        (rf"how (?:very )?(?P<adj>{DEGREE}) (?P<be>is|was) it (?P<x>to .+)",
         "What {makes} it {adj} {x}?"),
        (rf"how (?:big|large|old|long|far|small) (?:is|are|was|were) (?P<x>{_SHORT_PHRASE})",
         "How would you describe {x}?"),
        (rf"how (?!{_NO_QUALITY}\b)(?P<adj>{DEGREE}) (?P<be>is|are|was|were)"
         rf" (?P<x>{_SHORT_PHRASE})",
         "What {makes} {x} {adj}, in your experience?"),
        (r"when did you (?:first |last |finally )?(?P<x>(?!have\b|be\b)\w+(?: \S+){0,4})",
         "How did you come to {x}?"),
        (r"where did you (?P<x>(?!have\b|be\b)\w+(?: \S+){0,4})",
         "How did you come to {x} where you did?"),
        (r"where do you (?:usually |mostly )?(?P<x>(?!have\b)\w+(?: \S+){0,4})",
         "What is it like for you to {x} where you do?"),
        (r"when do (?P<x>.+)", "What happens when {x}?"),
        (rf"who (?:is|are) (?P<x>{_SHORT_PHRASE})", "How would you describe your work with {x}?"),
        (rf"which (?P<n>(?!of\b)(?:(?!{AUX}\b|{_LINK}\b)[\w-]+ ){{1,3}})do (?P<x>you .+)",
         "What made you choose the {n}that {x}?"),
        (r"how (?:often|frequently|regularly) (?P<x>(?:do|does|did) (?!not\b).+)",
         "In what situations {x}?"),
        (r"(?P<x>who (?:decides|hires|hired|chooses|pays|sets|approves|makes|gets|leads)\b.*)",
         "What decides {x}?"),
    )
]  # fmt: skip


def open_wh(words: str) -> Iterator[str]:
    """Open wordings of a question that a name, a figure, a place or a date would answer."""
    words = re.sub(rf"^{PREPOSITION} (?={WH}\b)", "", words.strip(), flags=re.IGNORECASE)
    for pattern, template in _MEASURED:
        if found := pattern.fullmatch(words):
            parts = found.groupdict()
            parts["makes"] = "made" if str(parts.get("be")).lower() in ("was", "were") else "makes"
            x = parts["x"]
            parts["x"] = x[0].lower() + x[1:] if re.match(WH, x, re.IGNORECASE) else x
            yield template.format(**parts)
