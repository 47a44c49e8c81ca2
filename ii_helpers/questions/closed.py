"""Whether one word answers a question (R19)."""

from __future__ import annotations

import re

from .asks import AUX, DEGREE, PREPOSITION, SUBJECT, TAG, WH, Ask, is_closer, is_contrast

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


def is_closed(ask: Ask) -> bool:
    """Whether yes, no, a name, a figure, a place or a date would answer it."""
    if ask.form == "statement" or is_closer(ask):
        return False
    if _has_rescue(ask.core) or is_contrast(ask.core):
        return False
    if TAG.search(ask.core) or _WANTS_A_WORD.search(f"{ask.context} {ask.core}"):
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


def _request_is_closed(ask: Ask) -> bool:
    matter = ask.matter
    if re.match(r"(?:whether|if|yes or no)\b", matter):
        return True
    if re.match(rf"(?:{PREPOSITION} )?{WH}\b", matter):
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
    core = re.sub(rf"^{PREPOSITION} (?={WH}\b)", "", core)
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


# "How important is a degree when people are promoted?" asks how things are weighed.
_WEIGHED = re.compile(
    r"(?:very |really )?(?:important|useful|valuable|relevant|necessary|essential|crucial|critical"
    r"|realistic)\b.*\b(?:when|if|once|unless|compared|versus|vs|relative to|in (?!the\b)\w+ing"
    r"|for (?:someone|somebody|people|those|anyone))\b"
)


def _how(rest: str, embedded: bool) -> bool:
    if re.match(
        r"(?:(?:very|really|too) )?(?:well|differently|different|closely|similar|true|else|best"
        r"|exactly|come|about|deeply|far back|much of a difference)\b", rest,
    ):  # fmt: skip
        return False
    if _WEIGHED.match(rest):
        return False
    if re.match(rf"{DEGREE}\b", rest):
        return True
    first, _, after = rest.partition(" ")
    if embedded or first.endswith("ly") or re.match(rf"{AUX}$", first):
        return False
    return bool(re.match(rf"(?:(?:an?|of an?)\b.*|(?:{AUX})\b.*)", after)) and not re.match(
        rf"{SUBJECT}$", first
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
        r"|(?:do|does|did) (?!you\b|your (?:parents|family)\b|he\b|she\b|they\b).*comes? from"
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
        rf"(?P<noun>{_FACT}|hours)(?=\W*$|\s+(?:{AUX}|{SUBJECT}|of|range|goes|works|suits"
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
