"""What has no place in a talk for information: asking for work (R1), for the other person's own
pay, and about their private life.

Each is told from a clause in lower case whose contractions are spelled out. The line for work:
how people get hired in a field, or how this person was, is what such a talk is for; one's own
chance at this person's place, or through this person, is not.
"""

from __future__ import annotations

import re


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# --- work (R1) ---------------------------------------------------------------------------

_JOB_NOUN = (
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
# "at your bank" is a place to be hired; "in your field" or "at your age" is none.
_NO_PLACE = (
    r"(?:own|whole|entire|current)? ?(?:field|industry|profession|occupation|trade|sector|line"
    r"|kind|type|area|level|age|stage|view|opinion|experience|eyes|mind|place|shoes|position"
    r"|situation|role|job|career|life|case|time|work|city|town|country|state|region|advice|help"
    r"|judg\w+|corner|world|head|skin|path|background|generation|permission|name)\b"
)
_WORKPLACE = (
    r"(?:company|firm|team|department|office|organi[sz]ation|lab|hospital|school|clinic|agency"
    r"|shop|studio|place|business|group|program|project|crew|staff|unit)"
)
_AT_PLACE = (
    rf"(?:here\b|(?:at|in|on|into|onto|to|with|for|under|by|of) (?:you\b|your (?!{_NO_PLACE})\w+"
    rf"|(?:this|the) (?:\w+ )?{_WORKPLACE}\b)|where you work\b)"
)
_NEWCOMERS = (
    r"(?:interns?|apprentices?|trainees?|assistants?|volunteers?|staff|employees|engineers|students"
    r"|applicants|applications|candidates|people|anyone|anybody|someone|somebody|help(?=\W*$"
    r"| (?:here|in|at|on"
    r"|with your|this))|(?:pair of )?hands?)"
)
_ONE_LIKE_ME = (
    r"(?:(?:someone|somebody|anyone|people|an? \w+) (?:like me|of my \w+|with my \w+"
    r"|with an? \w+ like mine))"
)
_ME = rf"(?:me|{_ONE_LIKE_ME})"
_FOR_ME = rf"for (?:me|{_ONE_LIKE_ME})\b(?=\W*$|,| {_AT_PLACE}| right now| now| to (?:work|join))"
_I_MAY = r"(?:can|could|may|might|should|would|do|will|must|shall) i"
_WORDS = r"(?:(?!you\b|before\b|when\b|if\b)\w+ )"
_OPENS = (
    r"(?:comes?|came|opens?|opened|becomes?|became|gets?|got|turns?|turned) (?:up|available|open"
    r"|free|vacant)"
)
_BOSS = r"(?:hr|recruiters?|boss|manager|supervisor|director|hiring \w+|whoever hires)"

_JOB_ASK = _any_of(
    # hire me, take somebody like me on
    r"\b(?:hires?|hiring|employ|recruit|take on|consider|interviews?) (?:\w+ )?me\b",
    r"\bpay me\b(?! a visit)",
    rf"\boffer me (?:an? |the |any |some )?(?:\w+ )?(?:{_JOB_NOUN}|interview)\b",
    r"\b(?:recommend|nominate|submit) me (?:for|as)\b|\brecommend me to (?:your|the|hr)\b"
    r"|^(?:can|could|would|will) you (?:please )?recommend me\W*$",
    rf"\btak(?:e|es|ing) me(?: on\b(?! an?\b)|\W*$| as\b| {_AT_PLACE})",
    rf"\b(?:hire|employ|take on|consider|recruit|need) {_ONE_LIKE_ME}",
    r"\bgive me an? (?:job|chance|internship|position|shot|try|trial|interview)\b",
    r"\b(?:want|need|pick|choose|accept) me(?=\W*$| (?:on|as)\b)|\blet me (?:work|intern|apply"
    rf"|join your (?:\w+ )?{_WORKPLACE})\b",
    rf"\b(?:picture|imagine|envision|having|see) {_ME} (?:working |fitting in |as [\w ]{{1,30}})"
    rf"{_AT_PLACE}|\b(?:picture|imagine|envision|having|see) {_ME} (?:here|on your)\b",
    # are you hiring, looking for, in need of somebody
    r"\b(?:are|is|will) (?:you|your \w+|the (?:company|team|firm|department)|they|there)\b.{0,40}"
    r"\b(?:hiring|recruiting|looking (?:to hire|for (?:new|more|an?) (?:people|interns?|staff"
    r"|employees|engineers|assistants?)))\b",
    rf"^(?:are|is) (?:you|they|your \w+|(?:this|the) {_WORKPLACE})\b(?: \w+){{0,3}}"
    rf" (?:looking for|in need of|short of|taking(?: on)?|accepting)(?: \w+){{0,2}} {_NEWCOMERS}\b",
    rf"^(?:do|does|could|can|would) (?:you|they|your \w+|(?:this|the) {_WORKPLACE})(?: \w+){{0,2}}"
    r" (?:need|take(?: on)?|accept|use)(?: (?:an?|any|more|some|new|extra|another|summer|unpaid))*"
    r" (?:interns?|apprentices?|trainees?|assistants?|(?:pair of )?hands?|help(?=\W*$| (?:here"
    r"|in|at|on)\b))",
    r"\b(?:anyone|anybody|someone|somebody|people|companies|who|else) (?:who |that )?(?:is|are) "
    r"(?:hiring|recruiting)\b",
    # to be given one
    rf"^{_I_MAY} (?:please )?(?:have|get|(?:ask|beg) (?:you )?for) (?:an? |any |some |your )?"
    rf"(?:\w+ )?(?!work\b){_JOB_NOUN}"
    r"(?=\W*$|,? (?:here|please|at|with|in your|from you|one day)\b)",
    # openings
    r"\b(?:do|does|have|has|are|is|will|would|could|can|any|know)\b.{0,60}\b(?:any |an? |some "
    r"|open |current |job )+(?:job |current |open |available )*(?:jobs?|positions?|openings?"
    r"|vacanc(?:y|ies)|internships?|apprenticeships?|roles?)\b.{0,30}(?:\b(?:available|open"
    rf"|for me|right now|now|i (?:could|can|might|should|may)|coming up|that i)\b|{_HERE})",
    r"\b(?:do|does|have|has|are|is|any|know|with)\b.{0,60}\b(?<!your )(?:any|some|open|current"
    r"|job) (?:new |job |open |current |available )*(?:jobs?|positions?|openings?|vacanc(?:y|ies)"
    r"|internships?|apprenticeships?|roles?)\s*\W*$",
    r"\b(?:about|for|of|to) (?:any|open|current|job|some|your) (?:job |open |current )*"
    r"(?:positions?|openings?|vacanc(?:y|ies)|internships?)\b(?! (?:usually|tend|become|get))",
    rf"\b(?:there|see)\b.{{0,30}}\b(?:anything|something|room|space|any way|{_JOB_NOUN}"
    rf"|an? (?:\w+ )?(?:place|seat|future|way in)|way in)\b(?:(?! in | to ).){{0,40}} {_FOR_ME}",
    r"^do (?:you|they) have (?:room|space|a place|a spot) for (?:me|an? (?:intern|trainee"
    r"|apprentice|beginner)|(?:one|someone) more|another)\b",
    rf"\b(?:room|space|a place|a spot) for (?:one more|another|an? (?:intern|trainee|beginner))\b"
    rf"(?: \w+)? {_AT_PLACE}",
    r"\bkeep me in mind\b",
    # one's own way in
    rf"\b(?:i|for me to) {_WORDS}{{0,7}}?(?:get|getting) (?:(?:hired|in|(?:my|a) foot in)"
    rf"(?: the door)? {_AT_PLACE}|(?:on|onto|into) your (?!{_NO_PLACE})\w+)",
    rf"\b(?:i|for me to|{_ONE_LIKE_ME}) {_WORDS}{{0,7}}?(?:get|getting|land|landing|secure|find"
    rf"|finding|be|being) (?:(?:an?|the|my|some|any) )?(?:\w+ )?(?:{_JOB_NOUN}|interview|hired"
    rf"|trial|employed|considered|taken on|accepted|invited)\b[^,]{{0,30}}?\b"
    rf"(?:{_AT_PLACE}|from (?:you\b|your (?!{_NO_PLACE})))",
    rf"^(?:is|would) it (?:be )?possible (?:for me )?to (?:get|find|do) an? (?:\w+ )?{_JOB_NOUN}"
    rf" {_AT_PLACE}",
    rf"\b(?:{_I_MAY}|for me to) {_WORDS}{{0,5}}?(?:(?:work|intern|train|start|begin|come aboard"
    r"|(?:do|complete) (?:my|an?) (?:practicum|internship|placement|traineeship|apprenticeship))"
    rf"(?: as [\w ]{{1,30}}?)? (?=here|at|in|on|under|for you){_AT_PLACE}"
    r"|apply(?:ing)?(?: (?:here|(?:to|at|with) your?\b)|\W*$)"
    rf"|join(?:ing)? (?:you\b|your (?:\w+ )?{_WORKPLACE}))",
    r"\b(?:can|could|may|might|should|would|do|will) i (?:\w+ ){0,3}(?:apply (?:here|to you|for)|"
    r"(?:work|intern) (?:for|with) (?:you|your)|work here|join (?:you|your)|be hired|get hired"
    rf"|get an? (?:job|internship|position|interview) {_HERE})",
    rf"\bhow (?:can|could|do|would|should|might) i (?:\w+ )?(?:get|land|secure) (?:an? |the "
    rf"|this )?(?:hired|job|position|internship|role|interview|work)\b.{{0,30}}{_HERE}",
    r"\bi (?:could|can|might|would) (?:\w+ )?(?:get|be) hired\b",
    r"\bi (?:would|want|need|hope) (?:\w+ ){0,3}(?:work for you|join your|apply (?:here|to your"
    r"|for))\b",
    rf"\bmy (?:\w+ )?(?:chances?|odds|prospects|shot|hopes)\b.{{0,60}}\b{_AT_PLACE}",
    rf"\b(?:i|{_ONE_LIKE_ME}) (?:\w+ )?(?:have|stand|get) an? (?:\w+ )?(?:chance|shot|hope|future)"
    rf"\b.{{0,40}}\b{_AT_PLACE}",
    rf"\bthe (?:chances|odds)\b.{{0,60}}\b(?:me|i)\b.{{0,30}}\b(?:interview|hired|{_AT_PLACE})",
    rf"\bi\b.{{0,20}}\b(?:be|make|am) an? (?:\w+ )?(?:fit|match|candidate|addition)\b.{{0,20}}"
    rf"\b{_AT_PLACE}",
    r"\b(?:a|any) (?:chance|possibility|way)\b.{0,30}\b(?:hired|hire me|work (?:here|for you)|job"
    r" for me|join your|of (?:a job|an? internship|a position))\b",
    r"\b(?:looking|searching|asking) for (?:a |an )?(?:job|internship|position)\b.{0,60}\b(?:you"
    r"|your)\b",
    # a visit or a talk as a way in
    r"\b(?:with a view to|with an eye (?:to|toward|towards|on)|in (?:the )?hopes? of|hoping for)"
    rf" (?:\w+ ){{0,3}}?(?:{_JOB_NOUN}|being hired|getting hired)\b",
    r"\b(?:this|our|my) (?:\w+ )?(?:visit|talk|conversation|meeting|chat|call)\b"
    rf".{{0,30}}\b(?:lead to|turn into|become|end in)\b.{{0,20}}\b{_JOB_NOUN}\b",
    # through this person
    r"\bput in a (?:good )?word\b|\bpull (?:some |any )?strings\b|\bvouch for me\b",
    r"\bput (?:my name|me) (?:forward|in for|up for)\b",
    rf"\bmention (?:me|my name) to (?:\w+ )?{_BOSS}\b",
    rf"\b(?:tell|talk to|speak to) (?:your )?{_BOSS}\b.{{0,20}}\babout (?:me|hiring)\b",
    r"\b(?:pass|forward|send|submit|hand|slip|put|give|show|leave|email|drop|bring"
    r"|take)(?: (?!feedback"
    rf"|advice|your|some|an?\b)\w+){{0,3}} my (?:{_RESUME}\b|(?:\w+ )?(?:details"
    rf"|portfolio|name|profile) to (?:\w+ )?{_BOSS})",
    r"\b(?:get|getting|land|find|finding|secure|help) me\b.{0,25}\b(?:hired"
    rf"|{_JOB_NOUN}|in the door|in at|an interview)\b",
    rf"\bhelp me\b.{{0,15}}\bfoot in\b.{{0,20}}\b{_AT_PLACE}",
    rf"\brefer me (?:internally|for|to (?:your )?{_BOSS})|\brefer me\W*$",
    r"\b(?:introduce|connect) me\b.{0,20}\b(?:recruiter|hiring manager|hr)\b",
    r"\bput me in (?:touch|contact) with (?:\w+ )?(?:recruiters?|hiring \w+|hr)\b",
    r"\b(?:be|act as|serve as|become) (?:my reference|one of my references|a reference for me)\b",
    r"\bwrite me an? (?:\w+ )?(?:recommendation|reference|referral)\b"
    r"|\b(?:recommendation|reference)\b.{0,20}\b(?:when|if) i apply\b",
)


_OPENING = r"(?:position|job|opening|spot|role|something|anything|vacancy)"
_HEARS_OF_OPENINGS = _any_of(
    rf"\bi (?:need|want|would like|am looking for|am seeking) (?:an? |any )?(?:\w+ )?{_JOB_NOUN}\b"
    r"(?= ?(?:[.!?;,]|$|here|at|in your|with you|on your|from you))",
    rf"\b(?:me|my)\b.{{0,60}}\b{_OPENING}\b.{{0,30}}\b{_OPENS}\b",
    rf"\b{_OPENING}\b.{{0,30}}\b{_OPENS}\b.{{0,60}}\bme\b",
    rf"\bhear (?:of|about) (?:an? (?:\w+ )?)?{_OPENING}\b,? .{{0,40}}\bme\b",
)


def hears_of_openings(sentence: str) -> bool:
    """Whether it says that one wants a place, or wants to be thought of when one falls free."""
    return bool(_HEARS_OF_OPENINGS.search(sentence))


def is_job_ask(clause: str) -> bool:
    """Whether a clause asks for work, or for help with an application."""
    return bool(_JOB_ASK.search(clause))


# --- the other person's own pay ----------------------------------------------------------

_PAY_NOUN = (
    r"(?:salary|pay(?: ?(?:packet|slip|stub|check))?|paychecks?|wages?|income|compensation"
    r"|earnings|bonus(?:es)?|(?:hourly|day|daily|weekly|billing|consulting|freelance)"
    r" (?:rate|fee)s?|net worth)"
)
_HOW_OFTEN = r"(?:an?|per|each|every|in an?|for an?) (?:\w+ )?(?:hour|day|week|month|year|shift)"
_THEN_OR_NOW = (
    r"(?:(?:last|this) (?:year|month|week)|(?:right )?now|these days|today|annually|at the moment)"
)
_A_SUM = (
    r"(?:(?:over|under|above|below|at least|around|about|more than|less than) )?(?:\$|€|£)?\d"
    r"|(?:five|six|seven)[ -]figures?|minimum wage|(?:\w+ ){1,2}thousand|(?:more|less) than (?:an?"
    r"|your|most|other) \w+"
)
_MUCH = r"(?:good|decent|a lot of|lots of|enough|serious|big|much|more)"
_OWN = r"your (?:(?!on\b|of\b|about\b|with\b|for\b|to\b|from\b)[\w-]+ ){0,2}?"
_OWN_PAY = _any_of(
    # what or how much do you earn
    r"\bhow much (?:money )?(?:do|did|are|were|will|have) you (?:\w+ ){0,2}?(?:mak(?:e|ing)(?! up\b"
    r"| of\b)|earn(?:ed|ing)?|paid|get paid|bring (?:home|in)|take home|charge|clear|pocket|net"
    r"|gross)\b",
    r"\bhow much (?!attention|heed|respect)\b.{0,30}\b(?:pay|paid|paying|offer|offered|offering)"
    r" you\b",
    r"\bwhat (?:do|did|are|were|will|would) you (?:\w+ ){0,2}?(?:earn|earning|bring home|get paid"
    r"|being paid|paid)\b(?! (?:\w+ )?(?:respect|trust|credit|praise|attention|back|to|for|as)\b)",
    r"\b(?:what|how much) (?:do|did|are|were) you (?:\w+ )?(?:mak(?:e|ing)|charg(?:e|ing)|clear|get"
    rf"|take home) (?:{_HOW_OFTEN}|{_THEN_OR_NOW})\W*$",
    r"\bwhat (?:do|did|are|were) you (?:\w+ )?(?:mak(?:e|ing)|clear|charge|take home)\W*$",
    r"\bwhat (?:do|does|did|are|is|were|was|will|would)\b.{1,30}\b(?:pay|paying|paid) you\b(?! to)",
    r"\bhow well (?:are|do) you (?:paid|get paid)\b",
    r"\bhow well (?:does|do|is) .{1,25} pay(?:ing)? you\b",
    r"\bhow much (?:do|did|does|are|is) (?:they|your \w+|the \w+) giv(?:e|ing) you\b(?! time)",
    r"\bwhat did (?:they|your \w+) offer you(?=\W*$| to (?:sign|start|join|come))",
    r"\bwhat are you on\b.{0,20}\b(?:salary|pay|year|moment|now)\b",
    # what is your pay, how big was your bonus, is your salary good
    rf"\b(?:what|how \w+) (?:is|was|are|were) (?:in |on )?{_OWN}{_PAY_NOUN}\b"
    r"(?! (?:philosophy|polic|system|structure))",
    rf"^(?:is|was|are|were|does|did) your (?:\w+ )?{_PAY_NOUN}\b",
    rf"\b(?:what|how) (?:do|does|did) {_OWN}{_PAY_NOUN} (?:look like|come to|amount to)\b",
    r"\b(?:what|how much) (?:(?:kind|sort) of )?money (?:are|were|do|did) you (?:on|making|earning"
    r"|make|get)\b|\bhow much (?:do|did) you get for\b",
    r"\b(?:(?:what|which)(?: (?:kind|sort|level) of)?|how much(?: of an?)?"
    rf"|how (?:big|large|high)(?: of)? an?) (?:\w+ )?(?:{_PAY_NOUN}|raise|pay rise"
    r"|stock options|equity) (?:do|did|have|are|were|will) (?:they|you) (?!think|consider"
    r"|recommend|suggest|advise|find"
    r"|see|pay)",
    r"\bhow much (?:commission|equity)\b.{0,12}\byou\b",
    r"\b(?:did|do|have) you (?:\w+ )?(?:get|got|receive|received|have|had) (?:an?|any|your)"
    r" (?:\w+ )?(?:bonus|raise|pay rise)\b",
    rf"\byou negotiate your (?:\w+ )?{_PAY_NOUN} (?:up )?to\W*$",
    # do you earn well
    rf"\b(?:do|did|are|will) you (?:\w+ )?(?:mak(?:e|ing)|get(?:ting)?) (?:{_A_SUM}|(?:{_MUCH} )+"
    r"money|a (?:good|decent) living)",
    rf"\byou make (?:{_A_SUM}|(?:{_MUCH} )+money\b)",
    r"\b(?:do|did|are) you (?:\w+ )?earn(?:ing)?\b(?! (?:\w+ )?(?:respect|trust|credit|degrees?"
    r"|certificat\w+))",
    r"^(?:are|were) you (?:\w+ )?(?:(?:well|under|over)[ -]?)?(?:paid|compensated)\b",
    rf"^you (?:must )?(?:earn\b|make (?:{_A_SUM}|(?:{_MUCH} )+money)"
    r"|are (?:well |under|over)paid\b)",
    r"^(?:is|are|do|does) .{1,25} pay(?:ing|s)? you (?:enough|well|fairly|an? (?:\w+ )?wage"
    r"|what)\b",
    rf"\b(?:do|did) you (?:\w+ )?(?:get|have|receive|draw) an? (?:\w+ ){{0,2}}?{_PAY_NOUN}\b"
    r"(?! (?:scale|grade|polic|system|structure))",
    r"\b(?:do|did) you get paid (?:enough|well|fairly|more|less|a lot|better)\b",
    r"\b(?:happy|satisfied|content) with your (?:\w+ )?(?:salary|pay|income|wages)\b",
    # tell me what you earn
    rf"\b(?:tell|share|ask|know|say|give|hear|sharing|telling)\b.{{0,25}}\byour (?:[\w-]+ )?"
    rf"{_PAY_NOUN}\b(?=\W*$| is\b| was\b)",
    r"\b(?:what|how much) (?:you|they|your \w+) (?:\w+ )?(?:earn|make|are paid|get paid|charge"
    r"|pay you|paid you|take home)\W*$",
    r"\bhow much you (?:\w+ )?(?:earn|make|are paid|get paid)\b",
    rf"\bwhat you (?:\w+ )?(?:earn|are paid|get paid|(?:make|charge) {_HOW_OFTEN})\b",
    rf"\b(?:what|how) your (?:\w+ )?{_PAY_NOUN} (?:is|was)\b",
)


def asks_own_pay(clause: str) -> bool:
    """Whether a clause asks what this person earns; ranges and how pay develops are fine."""
    return bool(_OWN_PAY.search(clause))


# --- private life ------------------------------------------------------------------------

# "You are married?", "whether you have children", but not "once you had a family".
_THAT_YOU = r"(?:^|\b(?:whether|if|why|know|say) )you"
_YOU_ARE = rf"(?:\b(?:are|were)(?: not)? you|{_THAT_YOU} (?:are|were))(?: \w+ly| ever| not)?"
_YOU_HAVE = (
    rf"(?:\b(?:do|did|have)(?: not)? you(?: ever)? (?:have|had|got)|{_THAT_YOU} (?:have got|have"
    r"|had))"
)
_YOU_DO = rf"(?:\b(?:do|did|will|would)(?: not)? you|{_THAT_YOU})(?: \w+ly| ever| still)?"
_YOU_WERE = r"\bhave(?: not)? you (?:ever )?been"
_ENDS = r"(?=\W*$| or\b|,)"
_FAITH = (
    r"(?:christian|catholic|protestant|evangelical|muslim|jewish|jew|hindu|buddhist|sikh|mormon"
    r"|atheist|agnostic|believer|churchgoer|religious|spiritual|born again)"
)
_PARTY = (
    r"(?:republican|democrat|liberal|conservative|socialist|communist|libertarian|progressive"
    r"|pro-choice|pro-life|left-wing|right-wing|political|(?:on )?the (?:left|right))"
)
_LOVE = (
    r"(?:gay|lesbian|bi|bisexual|straight|queer|trans|transgender|heterosexual|homosexual|asexual"
    r"|nonbinary|non-binary)"
)
_CHILD = r"(?:kids?|child(?:ren)?|bab(?:y|ies)|sons?|daughters?)"
_MATE = r"(?:wife|husband|spouse|boyfriend|girlfriend|fiancée?|marriage|divorce|love life|sex life)"
_ILLNESS = (
    r"(?:disabilit(?:y|ies)|illness(?:es)?|diseases?|disorders?|depression|anxiety|adhd|autism"
    r"|cancer|miscarriages?|abortions?|addictions?|diagnos[ie]s|chronic \w+"
    r"|(?:health|medical|mental|mental health) (?:problems?|conditions?|issues?|history))"
)
_PRIVATE = _any_of(
    # age
    r"\bhow old (?:are you|you are)\b",
    r"\byour age\b(?=\W*$| is\b| now\b|,)",
    r"\b(?:when|what year|in what year) (?:were you|you were) born\b|\bwhen is your birthday\b"
    r"|\byour (?:date of birth|birth ?date|year of birth)\b",
    rf"{_YOU_ARE} (?:over|under|above|older than|younger than|past|close to|nearly|almost)"
    r" (?:twenty|thirty|forty|fifty|sixty|seventy|retirement|\d\d)\b",
    rf"{_YOU_ARE} (?:too|very|that) (?:old|young)\b",
    # religion
    rf"{_YOU_ARE} (?:an? )?{_FAITH}{_ENDS}",
    r"\byour (?:religion|faith|denomination|religious (?:beliefs?|views?|background))\b"
    r"(?! (?:community|group|leaders?))",
    r"\b(?:what|which) (?:religion|faith|denomination|church|mosque|temple|synagogue)\b.{0,15}"
    r"\byou\b",
    rf"{_YOU_DO} (?:pray|believe in god|(?:go to|attend) (?:\w+ )?(?:church|mass|mosque|temple"
    r"|synagogue)|read the (?:bible|koran|quran|torah))\b",
    # family and its plans
    rf"{_YOU_ARE} (?:married|single(?!-)|divorced|widowed|separated|engaged|pregnant"
    rf"|dating(?: \w+)?"
    rf"|seeing (?:someone|anyone|somebody)|in a relationship|expecting(?: a {_CHILD})?){_ENDS}",
    rf"{_YOU_WERE} (?:married|divorced|pregnant)\b",
    rf"{_YOU_HAVE} (?:an? |any |your |other )?(?:{_CHILD}|{_MATE}|family|partner){_ENDS}",
    rf"\bhow many {_CHILD} (?:(?:do you|you) have|have you(?: got)?){_ENDS}|\bhow old (?:are"
    rf"|is) your {_CHILD}\b",
    r"\b(?:do|did|are|will|would)(?: not)? you (?:\w+ )??(?:want|plan|planning|hope|hoping|going"
    r"|intend|thinking|trying)(?: (?:to|on|of|about|for|have|having|an?|any|more|another|be|get))*"
    rf" (?:{_CHILD}{_ENDS}|start(?:ing)? a family|getting married|married|pregnant)",
    rf"{_YOU_DO} (?:start a family|get (?:married|divorced)|have (?:\w+ )?{_CHILD}{_ENDS})",
    rf"\byour (?:ex-)?{_MATE}\b(?! (?:cases?|clients?|law|practice|counsel\w+))",
    rf"\bwho (?:\w+ )?(?:looks after|takes care of|watches|minds) your {_CHILD}\b",
    r"\byour (?:marital|relationship) status\b",
    # health
    rf"(?:{_YOU_HAVE}|{_YOU_DO} suffer from|{_YOU_WERE} diagnosed with) (?:an? |any |your )?"
    rf"(?:\w+ )?{_ILLNESS}\b(?! (?:patients?|clients?|cases?|research|programs?|services?|units?))",
    rf"\b(?:what|which) (?:kind of |sort of )?{_ILLNESS}\b.{{0,12}}\b(?:do|did|have|are) you\b",
    rf"\bwhat is (?:wrong with you|your (?:{_ILLNESS}))\b|\bhow is your (?:\w+ )?health\b",
    r"\b(?:wrong with|happened to) your (?:legs?|arms?|back|eyes?|hands?|face|skin|knees?|foot)\b",
    rf"{_YOU_ARE} (?:disabled|depressed|autistic|in therapy|in recovery|ill|sick|healthy"
    rf"|an alcoholic|hiv[ -]positive){_ENDS}",
    rf"{_YOU_ARE} in (?:good|poor|bad|perfect) health\b",
    rf"{_YOU_ARE} on (?:any |some )?(?:medications?|meds|antidepressants|drugs)\b",
    rf"{_YOU_DO} (?:drink|smoke|(?:use|take|do) (?:any |some )?(?:drugs|medications?|pills"
    rf"|antidepressants)|drink alcohol){_ENDS}",
    r"\b(?:do|did|have|are) you (?:ever )?(?:see|seen|seeing) an? (?:therapist|psychiatrist"
    r"|psychologist)\b",
    r"\bhow much (?:do you|you) weigh\W*$",
    # politics
    r"\b(?:who|whom|which \w+|how|whether) (?:do |did |will |would )?you (?:\w+ )?vot(?:e|ed)\b",
    r"\b(?:do|did|will) you vote\b(?! (?:on|in (?:team|staff|board)))",
    rf"{_YOU_ARE} (?:an? )?{_PARTY}{_ENDS}",
    r"\byour (?:own )?(?:politics|political (?:views?|opinions?|beliefs?|party|leanings?"
    r"|affiliation))\b(?! (?:out|apart|aside|away))",
    r"\b(?:what|which) (?:political )?(?:party|candidate)\b.{0,15}\byou\b",
    # orientation, gender, origin
    rf"{_YOU_ARE} (?:an? )?{_LOVE}{_ENDS}|\b(?:did|have) you come out\W*$",
    r"\byour (?:sexual (?:orientation|preference)|sexuality|gender"
    r"(?: identity)?(?=\W*$))",
    r"\byour (?:race|ethnicity|ethnic (?:background|origin)|nationality|citizenship"
    r"|immigration status|visa status|skin colou?r)\b",
    r"\b(?:what|which) (?:race|ethnicity|nationality|gender|sex) (?:are you|you are)\b",
    r"^(?:were|are) you born (?:here|in|abroad)\b",
    rf"{_YOU_ARE} (?:an? )?(?:citizen|immigrant|foreigner|hispanic|latin[oa]|asian|here"
    rf" legally){_ENDS}",
    # trouble with the law
    rf"{_YOU_WERE} (?:arrested|convicted|(?:in|to) (?:jail|prison))\b|\byour criminal record\b",
)


def is_private(clause: str) -> bool:
    """Whether a clause asks about this person's age, faith, family, health, politics or love."""
    return bool(_PRIVATE.search(clause))
