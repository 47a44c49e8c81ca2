"""Whether a public page or profile answers a question (R20)."""

from __future__ import annotations

import re

from .asks import WH, Ask, is_closer, is_contrast

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
ONE_WORKER = _WORKER[_WORKER.index("(?:[") :]
_NOT_WORKER = re.compile(
    r"\b(?:a |an )?(?:career|number|matter|offer|paper|computer|never|ever|other|another|after"
    r"|better"
    r"|rather|whether|either|later|over|under|per|her|their|your|or|for|more|client|clients"
    r"|patients?"
    r"|customers?|current|different|recent|most|moment|environment|department|development|student"
    r"|students|talent|event|content|document|agreement|management|equipment|investment|people"
    r"|employers?|newcomers?|beginners?|person|consumer|consumers|parents?|important|women|men)$"
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


# "the job market for people who come back after years": no page states it for one's own case
_SPECIAL_CASE = re.compile(
    r"\bfor (?:an? |the )?(?:\w+ )?(?:people|persons?|someone|somebody|anyone|those|parents|workers"
    r"|graduates|students)\b.{0,20}?\b(?:who (?!work as\b|are\b)|without|like (?:me|mine)|my"
    r"|changing|coming|returning|moving)\b"
    r"|\bfor (?:\w+ )?(?:career[- ]changers|newcomers|beginners|late starters|returners)\b"
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


def is_worker(phrase: str | None) -> bool:
    """Whether a phrase names a kind of worker, as "a nurse" does."""
    return phrase is not None and phrase != "" and not _NOT_WORKER.search(phrase.strip())


def generic_kind(ask: Ask) -> str:
    """The kind of public fact that a question asks for; "" when it asks for something else."""
    if ask.form == "statement" or is_closer(ask) or is_contrast(ask.core):
        return ""
    core = ask.matter if ask.form == "request" and ask.matter else ask.core
    core = re.sub(rf"^(?:do|would|might) you (?:happen to )?know (?={WH}\b)", "", core)
    core = _SOMEONE.sub("a worker", core)
    if ask.form == "request" and ask.matter and not re.match(rf"{WH}\b|whether|if\b", core):
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
    is_phrase = ask.form == "request" and not re.match(rf"{WH}\b", ask.matter)
    if not is_phrase and (found := _DEFINITION.match(core)):
        who = found["who"] or found["whom"]
        if who is not None:
            return "duties" if is_worker(who) else ""
        what = found["what"]
        if what is None or not re.search(
            r"\b(?:you|your|it|this|that|like|there|next|best|worst|hardest|most|biggest|one|thing"
            r"|difficult|hard|easy|your|going|missing|at|to|on|in|a|the|new|changing|wrong)\b",
            what,
        ):
            return "definition"
    if found := _CONDITIONS.match(core):
        who = found["who"] or found["whom"] or found["other"]
        if who is None or is_worker(who):
            return "conditions"
    addressed, n_impersonal = _IMPERSONAL_YOU.subn("", core)
    if n_impersonal:
        addressed = _FOR_THE_JOB.sub("", addressed)
    if re.search(r"\b(?:you|yours)\b", addressed) or _YOUR_OWN.search(addressed):
        return ""
    kind = next((kind for kind, pattern in _GENERIC if pattern.search(core)), "")
    return "" if kind == "outlook" and _SPECIAL_CASE.search(core) else kind
