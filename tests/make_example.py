"""Write the invented learner's workbook: `python -m tests.make_example [FOLDER]`.

Mariana Tevez weighs three kinds of work over ten weeks of 2026. Everybody in it is made
up. The rows go through the package's own logs, with a fixed clock and a seeded source of
ids, so the same code always writes the same bytes.
"""

import random
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import ii_helpers as ii
from ii_helpers import log, tables

EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "example"
HOME = ZoneInfo("America/Denver")


# --- what was said: people, places, words --------------------------------------------------

ORGANIZATIONS = {
    "university": ("Example State University", "education", "Ashford", "", ""),
    "water office": (
        "Cedar River Water Office", "state government", "Ashford",
        "Calm, careful, many long-serving people; lunch together on Thursdays.",
        "Fewer gauges than ten years ago, and the same number of questions.",
    ),
    "consultancy": ("Blue Mesa Hydrology", "consulting", "Granite Falls", "", "Lives bid by bid."),
    "utility": (
        "Ashford City Waterworks", "city utility", "Ashford",
        "Practical; field crews and engineers share one kitchen.", "Old mains and dry summers.",
    ),
    "institute": ("Nordhavn Water Institute", "research", "Copenhagen", "", ""),
    "museum": (
        "Harbor Light Museum", "museum", "Port Example",
        "Warm and busy; everyone steps in on the floor.", "A new hall about rivers, half funded.",
    ),
    "children's museum": ("Stonecreek Children's Museum", "museum", "Ashford", "", ""),
    "science center": (
        "Lantern Science Center", "museum", "Granite Falls",
        "Playful; mistakes are shown to visitors on purpose.", "",
    ),
    "nature center": ("Hollow Hill Nature Center", "nonprofit", "Ashford", "", ""),
    "council": (
        "Willow Basin Watershed Council", "nonprofit", "Willow Basin",
        "Six people, one van, muddy boots at the door.", "Landowners who let them plant.",
    ),
    "modellers": ("Subsurface Cooperative", "consulting", "Granite Falls", "", ""),
}  # fmt: skip

OCCUPATIONS = {
    "hydrologist": dict(
        title="Hydrologist", soc_code="19-2043.00", industry="water management",
        location="Mountain West", status="exploring",
        description="Measures where water is, where it goes and how clean it is.",
        why="My best classes were the ones beside a river with a flow meter.",
        outlook="Slow growth on paper; drought money opens field posts in the state.",
    ),
    "educator": dict(
        title="Museum educator", soc_code="25-4012.00", industry="museums",
        location="Anywhere with a hall full of school buses", status="exploring",
        description="Builds and leads programs that let visitors find things out.",
        why="I lit up during two summers of leading walks at Hollow Hill.",
        outlook="Many part-time posts, few permanent ones, and those are fought over.",
    ),
    "outreach": dict(
        title="Watershed outreach specialist", industry="nonprofit", location="Mountain West",
        status="leading",
        description="Brings measured data about a river to the people who live along it.",
        why="Ingrid said: you keep asking how to explain the model. There is a job for that.",
    ),
}  # fmt: skip

CRITERIA = {
    "water": ("interest", "Water and landscapes, and how they change", 5),
    "outdoors": ("value", "Time outdoors at least one day a week", 3),
    "explain": ("ability", "Explaining hard things simply", 4),
    "maps": ("skill", "Working with maps and measured data", 3),
    "income": ("value", "An income I can plan with", 4),
    "neighbors": ("value", "Seeing that my work matters to a neighborhood", 5),
}

# name, key, job title, organization, occupation, how known, why them, what else
CONTACTS = [
    ("Ruth Abebe", "ruth", "Professor of earth science", "university", "hydrologist", "teacher",
     "your field course is the reason I look at rivers differently",
     dict(salutation="Prof.", pronunciation="ah-BEH-beh", keep_in_touch_days=30,
          location="Ashford")),
    ("Tomás Rivera", "tomas", "Site supervisor", "nature center", "", "supervisor",
     "you know half of the town and all of its creeks",
     dict(salutation="Mr.", keep_in_touch_days=60, location="Ashford")),
    ("Elif Demir", "elif", "Museum educator, retired", "", "educator", "relative",
     "you spent thirty years in museum classrooms",
     dict(salutation="Ms.", notes="My grandmother's sister. Prefers the phone, never before ten.",
          keep_in_touch_days=45)),
    ("Priya Raman", "priya", "Program assistant", "museum", "educator", "friend",
     "you started at the museum last year and remember what getting in was like", {}),
    ("Jonas Weber", "jonas", "Hydrologist", "consultancy", "hydrologist", "alumni",
     "you took the path from our department into consulting", dict(salutation="Mr.")),
    ("Kofi Mensah", "kofi", "Education director", "children's museum", "educator",
     "company website", "your team runs the water table that my cousins refuse to leave", {}),
    ("Helga Sørensen", "helga", "Senior researcher", "institute", "hydrologist", "public speaker",
     "your talk on shallow groundwater showed the people behind the curves",
     dict(salutation="Dr.", pronunciation="SUR-en-sen", location="Copenhagen")),
    ("张伟", "zhang", "Stream ecologist", "", "hydrologist", "professional network site",
     "your posts on small dams start from one photo each",
     dict(pronunciation="jahng way", notes="Address bounced; the profile looks unused.")),
    ("Amara Nwosu", "amara", "Water quality specialist", "", "hydrologist",
     "professional organization", "you chair the student evening of the water society",
     dict(salutation="Ms.")),
    ("Beatriz Lima", "beatriz", "Exhibit developer", "science center", "educator", "directory",
     "your name stands under the river exhibit", {}),
    ("Daniel Osei", "daniel", "Hydrologist", "water office", "hydrologist",
     "referred by a contact", "you run the gauges that I plotted in class",
     dict(salutation="Mr.", keep_in_touch_days=60, location="Ashford")),
    ("Mei-Lin Chen", "meilin", "Field hydrologist", "consultancy", "hydrologist",
     "referred by a contact", "you spend more days outside than anyone Prof. Abebe knows",
     dict(salutation="Ms.")),
    ("Sofia Papadaki", "sofia", "Source water lead", "utility", "hydrologist",
     "referred by a contact", "you decide where the town's water comes from",
     dict(salutation="Ms.", location="Ashford")),
    ("Gabriel O'Neil", "gabriel", "Museum educator", "museum", "educator",
     "referred by a contact", "you wrote the school program that Priya works in",
     dict(salutation="Mr.", location="Port Example")),
    ("Naledi Dube", "naledi", "Head of learning", "museum", "educator", "referred by a contact",
     "you hire educators and see what lasts",
     dict(salutation="Ms.", pronunciation="nah-LEH-dee", keep_in_touch_days=90)),
    ("Ingrid Halvorsen", "ingrid", "Groundwater modeler", "modellers", "hydrologist",
     "referred by a contact", "you build the models and then explain them in town halls",
     dict(salutation="Dr.")),
    ("Rashid Karimi", "rashid", "Flood forecaster", "water office", "hydrologist",
     "referred by a contact", "you work the nights when the river rises",
     dict(salutation="Mr.", notes="Asked me to write again after the wet season.")),
    ("Yuki Tanaka", "yuki", "Floor programs lead", "science center", "educator",
     "referred by a contact", "your floor team shows its failed experiments",
     dict(salutation="Mx.", keep_in_touch_days=60)),
    ("Lucía Fernández", "lucia", "Freelance educator", "", "educator", "referred by a contact",
     "you live from museum work without belonging to one museum", dict(salutation="Ms.")),
    ("Pavel Novák", "pavel", "Isotope hydrologist", "university", "hydrologist",
     "referred by a contact", "you date water, and teachers love you for it",
     dict(salutation="Dr.")),
    ("Aiyana Begay", "aiyana", "Watershed outreach specialist", "council", "outreach",
     "referred by a contact", "your job is the one I did not know existed",
     dict(salutation="Ms.", keep_in_touch_days=45, location="Willow Basin")),
    ("Hana Kovač", "hana", "Science educator", "children's museum", "educator",
     "referred by a contact", "you moved from a lab bench to a museum floor",
     dict(salutation="Ms.", pronunciation="KO-vach")),
    ("Omar Farouk", "omar", "Education consultant", "", "educator", "referred by a contact",
     "you help small museums plan their programs", dict(salutation="Mr.")),
    ("Colette Dubois", "colette", "River steward", "council", "outreach",
     "referred by a contact", "you know every landowner along the lower basin", {}),
    ("Samir Patel", "samir", "Community science coordinator", "", "outreach",
     "referred by a contact", "your volunteers measure streams every Saturday",
     dict(salutation="Mr.")),
]  # fmt: skip

# from, to, day, interview of, may the name be used
REFERRALS = [
    ("ruth", "daniel", "2026-09-16", "ruth", "yes"),
    ("ruth", "meilin", "2026-09-16", "ruth", "not asked"),
    ("tomas", "sofia", "2026-09-22", "", "yes"),
    ("priya", "gabriel", "2026-09-23", "priya", "yes"),
    ("priya", "naledi", "2026-09-23", "priya", "no"),
    ("daniel", "ingrid", "2026-09-30", "daniel", "yes"),
    ("daniel", "rashid", "2026-09-30", "daniel", "yes"),
    ("gabriel", "yuki", "2026-10-02", "gabriel", "yes"),
    ("naledi", "lucia", "2026-10-09", "naledi", "yes"),
    ("rashid", "ruth", "2026-10-12", "", "not asked"),
    ("meilin", "ingrid", "2026-10-15", "", "not asked"),
    ("ingrid", "pavel", "2026-10-21", "ingrid", "yes"),
    ("ingrid", "aiyana", "2026-10-21", "ingrid", "yes"),
    ("yuki", "hana", "2026-10-23", "yuki", "yes"),
    ("aiyana", "colette", "2026-11-04", "aiyana", "yes"),
    ("aiyana", "samir", "2026-11-04", "aiyana", "not asked"),
    ("lucia", "omar", "2026-11-06", "lucia", "yes"),
]

# to whom, purpose, channel, sent (home time), reply, replied on
OUTREACH = [
    ("tomas", "permission", "in person", "2026-09-08 16:10", "yes", "2026-09-08"),
    ("ruth", "request", "email", "2026-09-09 09:05", "yes", "2026-09-10"),
    ("elif", "request", "phone", "2026-09-12 11:00", "yes", "2026-09-12"),
    ("jonas", "request", "professional network site", "2026-09-14 18:20", "none yet", None),
    ("priya", "request", "in person", "2026-09-15 12:30", "yes", "2026-09-15"),
    ("zhang", "request", "email", "2026-09-17 20:05", "bounced", "2026-09-17"),
    ("kofi", "request", "email", "2026-09-18 08:50", "none yet", None),
    ("helga", "request", "email", "2026-09-21 07:40", "later", "2026-09-24"),
    ("tomas", "keep in touch", "in person", "2026-09-22 15:45", "yes", "2026-09-22"),
    ("jonas", "follow-up", "email", "2026-09-22 18:00", "none yet", None),
    ("daniel", "request", "email", "2026-09-22 08:45", "yes", "2026-09-24"),
    ("meilin", "request", "email", "2026-09-23 09:15", "none yet", None),
    ("gabriel", "request", "introduction", "2026-09-25 10:00", "yes", "2026-09-26"),
    ("kofi", "follow-up", "phone", "2026-09-28 14:00", "none yet", None),
    ("naledi", "request", "email", "2026-09-29 09:20", "yes", "2026-10-02"),
    ("meilin", "follow-up", "email", "2026-10-01 09:00", "yes", "2026-10-03"),
    ("helga", "follow-up", "email", "2026-10-02 07:30", "yes", "2026-10-03"),
    ("sofia", "request", "phone", "2026-10-05 13:15", "yes", "2026-10-05"),
    ("rashid", "request", "email", "2026-10-06 08:30", "later", "2026-10-12"),
    ("beatriz", "request", "letter", "2026-10-07 17:00", "no", "2026-10-15"),
    ("ingrid", "request", "email", "2026-10-12 08:55", "yes", "2026-10-14"),
    ("yuki", "request", "introduction", "2026-10-13 16:30", "yes", "2026-10-15"),
    ("amara", "request", "email", "2026-10-16 09:10", "yes", "2026-10-19"),
    ("ruth", "keep in touch", "email", "2026-10-17 10:30", "yes", "2026-10-18"),
    ("aiyana", "request", "email", "2026-10-26 08:40", "yes", "2026-10-27"),
    ("lucia", "request", "phone", "2026-10-28 12:05", "yes", "2026-10-29"),
    ("pavel", "request", "email", "2026-11-02 09:00", "yes", "2026-11-04"),
    ("omar", "request", "email", "2026-11-07 09:30", "none yet", None),
    ("hana", "request", "email", "2026-11-09 08:35", "yes", "2026-11-11"),
]

# with whom, about, format, local start, zone, minutes, status, place,
# then: hours until the thank-you (None: not sent), channel, what helped
INTERVIEWS = [
    ("ruth", "hydrologist", "in person", "2026-09-16 15:00", "America/Denver", 30, "held",
     "Room 214, earth science building", 5, "email",
     "You told me to look at the week, not at the title. I now ask for the last Tuesday."),
    ("elif", "educator", "phone", "2026-09-19 10:30", "America/Denver", 30, "held",
     "555-0103", 26, "letter",
     "Your story of the leaking whale tank made me see how much of the work is improvising."),
    ("priya", "educator", "video", "2026-09-23 18:00", "America/Denver", 20, "held",
     "https://meet.example.org/priya", 3, "professional network site",
     "Because of you I know that nobody starts full time, and that this is not a verdict."),
    ("daniel", "hydrologist", "video", "2026-09-30 12:00", "America/Denver", 25, "held",
     "https://meet.example.org/daniel", 20, "email",
     "You showed me the gauge log of one storm. I had not known that judgment hides in every row."),
    ("gabriel", "educator", "in person", "2026-10-02 09:00", "America/Denver", 30, "held",
     "Harbor Light Museum, staff door", 101, "email",
     "I am sorry that this note is late. Watching you drop your plan for the third graders "
     "taught me more than the plan."),
    ("helga", "hydrologist", "video", "2026-10-08 17:00", "Europe/Copenhagen", 20, "held",
     "https://meet.example.org/helga", 8, "email",
     "You asked what I would measure for free. I have been answering since."),
    ("naledi", "educator", "phone", "2026-10-09 11:00", "America/Denver", 20, "held",
     "555-0115", 22, "email",
     "You were frank about pay. It is easier to plan with a real number."),
    ("sofia", "hydrologist", "in person", "2026-10-14 08:00", "America/Denver", 30, "held",
     "Ashford City Waterworks, gate 2", 10, "email",
     "Standing on the intake made the whole town's water feel like one decision."),
    ("ingrid", "hydrologist", "video", "2026-10-21 16:00", "America/Denver", 30, "held",
     "https://meet.example.org/ingrid", 18, "email",
     "You noticed what I keep asking about, and gave it a name and two people to talk to."),
    ("yuki", "educator", "observational visit", "2026-10-23 10:00", "America/Denver", 180, "held",
     "Lantern Science Center, main hall", 30, "email",
     "Letting me run the stream table for ten minutes was the best part of my autumn."),
    ("amara", "hydrologist", "phone", "2026-10-27 12:30", "America/Denver", 20, "cancelled",
     "555-0109", None, "", ""),
    ("aiyana", "outreach", "video", "2026-11-04 13:00", "America/Denver", 30, "held",
     "https://meet.example.org/aiyana", 6, "email",
     "You let me see a job that holds both halves of what I was weighing."),
    ("lucia", "educator", "phone", "2026-11-06 17:30", "America/Denver", 25, "held",
     "555-0119", 40, "email",
     "Your three-column budget is on my wall now."),
    ("pavel", "hydrologist", "video", "2026-11-12 09:30", "America/Denver", 20, "held",
     "https://meet.example.org/pavel", None, "", ""),
    ("hana", "educator", "in person", "2026-11-24 15:30", "America/Denver", 30, "confirmed",
     "Stonecreek Children's Museum, cafe", None, "", ""),
]  # fmt: skip

# with whom: (category, question, answer); "-" was asked and not answered, "" not reached,
# None is planned and False in reserve for a meeting still to come
QUESTIONS = {
    "ruth": [
        ("background", "How did you come to study rivers rather than rocks?",
         "By accident: a flood closed the road to her rock outcrop, so she measured the flood."),
        ("work environment", "What did your last ordinary Tuesday look like?",
         "Two hours of email, a lecture, one student in tears, forty minutes with data."),
        ("challenges", "What wears people out in this field?",
         "Funding cycles: the river does not stop when the grant does."),
        ("industry", "What do you expect to change over the next three to five years?",
         "Cheap sensors everywhere, and a shortage of people who doubt them."),
        ("advice", "What would you do in my place this semester?",
         "Ask every person for their last Tuesday, and believe it over the job title."),
        ("referrals", "Whom else would you talk to, and may I say that you sent me?",
         "Daniel Osei, with her name. Mei-Lin Chen as well, if she is in town."),
    ],
    "elif": [
        ("background", "What led you into museum classrooms?",
         "She was a substitute teacher sent along with a school bus, and stayed thirty years."),
        ("rewards", "Which days made you glad that you chose it?",
         "When a child explains the exhibit to a parent, and gets it right."),
        ("challenges", "What was hardest to live with?", "Each budget round began with her post."),
        ("salary", "How did people manage on what it paid?",
         "Most had a partner with a salary, or taught in the evenings."),
        ("anything else", "What have I not asked that I should have?",
         "Ask who carries the chairs. It is always the educators."),
    ],
    "priya": [
        ("hiring", "How did you find your position?",
         "She volunteered for a winter; a post opened and they knew her."),
        ("work environment", "How does a week at the museum divide up?",
         "Three days on the floor, one in the store room, one at the desk."),
        ("demand", "How many people want a job like yours, as far as you can tell?",
         "More than a hundred for the last opening."),
        ("rewards", "What makes you stay?", "The noise when the school buses arrive."),
        ("referrals", "Whom should I meet next, and may I use your name?",
         "Gabriel, gladly. Naledi too, but rather not with her name: she is the boss."),
        ("industry", "Where do you see museums heading?", ""),
    ],
    "daniel": [
        ("work environment", "What did you do last Tuesday?",
         "Drove to two gauges, spent the afternoon deciding which readings to believe."),
        ("rewards", "What are you proud of from this year?",
         "A rating curve that held during the June storm."),
        ("salary", "How does pay move over a career in the state service?",
         "Steps every two years, published, dull and dependable."),
        ("hiring", "How do people get in?",
         "Seasonal technician first. He reads cover letters for curiosity, then for grammar."),
        ("industry", "What will have changed here in five years?",
         "Half of the office retires, and nobody has written down what they know."),
        ("referrals", "Who else sees this differently from you?",
         "Ingrid, who models what he measures, and Rashid on the flood desk."),
    ],
    "gabriel": [
        ("background", "What did you bring from your earlier work?",
         "He was a line cook: timing, and staying cheerful when it burns."),
        ("work environment", "How much of a day goes as planned?", "The first ten minutes."),
        ("challenges", "What do you give up for this job?",
         "Weekends, and the idea of ever being finished."),
        ("advice", "How would you test whether it suits me?",
         "Lead one session that goes wrong and notice how you feel that night."),
        ("industry", "Which way is the museum moving?",
         "From labels to labs: fewer things behind glass, more on tables."),
        ("referrals", "Whom would you like me to see?", "Yuki at Lantern, with greetings."),
    ],
    "helga": [
        ("background", "Which turn in your path surprised you?",
         "Leaving a ministry for a smaller desk and better questions."),
        ("rewards", "What still excites you?", "A well that answers a question from 1980."),
        ("challenges", "What do you find hardest to explain to decision makers?",
         "That a range is not a weakness."),
        ("industry", "What will hydrologists do in five years that they do not do now?",
         "Explain uncertainty in public, live, without slides."),
        ("advice", "What would you learn first if you began again?", "Statistics, then talking."),
    ],
    "naledi": [
        ("salary", "How should a beginner plan around the pay?",
         "Count on two part-time posts for three years, and say so to your landlord."),
        ("hiring", "What makes you call someone back?",
         "A story about a visitor. Nobody is hired for loving museums."),
        ("demand", "How has the number of posts changed?",
         "Fewer full-time ones, more by the project."),
        ("job market", "Where do people go who leave?", "Schools, parks, and city outreach."),
        ("advice", "What do you wish applicants knew?",
         "That the budget decides in spring, so write in winter."),
        ("referrals", "Who makes a living from this in another way?", "Lucía, on her own account."),
    ],
    "sofia": [
        ("work environment", "What does responsibility feel like on a normal day?",
         "Like a tap that must never be news."),
        ("background", "How did you come to lead source water?",
         "She covered for a colleague during a drought and nobody asked for it back."),
        ("rewards", "What part would you keep if you could keep only one?",
         "Walking the creek above the intake at six in the morning."),
        ("challenges", "What keeps you awake?", "Dry springs after snowless winters."),
        ("demand", "How hard is it for you to fill posts?",
         "Two open since spring. Few people want field boots and council meetings."),
        ("job market", "How local is this market?", "Very: towns hire people who will stay."),
    ],
    "ingrid": [
        ("background", "How did you move from the field to models?",
         "A broken ankle and a long winter."),
        ("work environment", "How does a project week feel?",
         "Four days of screen, one evening in a hall with people who distrust the screen."),
        ("challenges", "What is hardest?", "Being right too early."),
        ("advice", "What do you hear in my questions?",
         "You keep asking how to explain the model. There is a job for that: talk to Aiyana."),
        ("industry", "What will models be asked in five years?",
         "Whose well goes dry first, with a name."),
        ("referrals", "Whom may I meet through you?", "Pavel and Aiyana, both with her name."),
        ("salary", "How did income change when you went into the cooperative?", ""),
    ],
    "yuki": [
        ("work environment", "How do you decide what the floor does today?",
         "A whiteboard, two questions, and whoever brought snacks decides."),
        ("rewards", "What do you count as a good day?",
         "Three visitors who changed their mind out loud."),
        ("challenges", "What breaks most often?", "The stream table, and the rota."),
        ("hiring", "How do you choose new people?",
         "They run a table for ten minutes. We watch how they listen."),
        ("anything else", "What else should I see before I go?",
         "The shelf of failed exhibits. It is the best room."),
        ("referrals", "Who came here from science?", "Hana, who left a lab bench for Stonecreek."),
    ],
    "aiyana": [
        ("background", "How did this position come about?",
         "The council had data and no listeners, so they wrote her job on a napkin."),
        ("work environment", "What does a week hold?",
         "Two days on the water, one in kitchens, two writing what people can use."),
        ("rewards", "What shows you that it matters?",
         "A rancher moved a fence. Forty meters, after two years."),
        ("challenges", "What is fragile about it?", "Three-year grants, and goodwill."),
        ("demand", "How many such posts do you know of?",
         "Nine in the state five years ago, about thirty now."),
        ("advice", "How would you prepare for it?",
         "Learn to run a meeting where nobody agrees. Bring a map."),
        ("referrals", "Whom would you send me to?", "Colette with her name; Samir, to be asked."),
    ],
    "lucia": [
        ("salary", "How do you plan with an income that jumps?",
         "Three columns: sure, likely, lovely. She lives from the first."),
        ("work environment", "What do you gain by not belonging to one museum?",
         "She chooses her Mondays."),
        ("challenges", "What do you lose?", "Colleagues, and a store room."),
        ("job market", "Where does the work come from?", "Four people who recommend her."),
        ("referrals", "Whom do you learn from?", "Omar, who plans programs for small museums."),
        ("industry", "What are museums going to buy from people like you?", "-"),
    ],
    "pavel": [
        ("background", "How did you find isotopes?", "They were the only lab with a window."),
        ("work environment", "What does a month look like?",
         "One week outside, two at the machine, one explaining why it takes three."),
        ("rewards", "What do you enjoy telling people?",
         "That the glass in front of them fell as snow before their parents met."),
        ("demand", "Who hires people with your skills?", "Five laboratories, by word of mouth."),
        ("advice", "What should I try before I decide?",
         "Take the same graph to a council and to a class, and see which room you want back."),
        ("industry", "What comes next for your field?", ""),
    ],
    "hana": [
        ("background", "What made you leave the laboratory?", None),
        ("work environment", "How does a week here differ from a week at the bench?", None),
        ("challenges", "What do you miss?", None),
        ("salary", "How did the change of income work out?", None),
        ("hiring", "How did you show that you can teach?", None),
        ("referrals", "Whom else should I meet, and may I use your name?", None),
        ("advice", "What would you try out in my place before next summer?", False),
        ("rewards", "Which moment here would you not trade?", False),
    ],
}  # fmt: skip

DEBRIEFS = {
    "ruth": dict(
        learned="Titles hide weeks. The week of a professor is mostly people.",
        advice="Ask everyone for their last Tuesday.", liked="How she talks about doubt.",
        concerns="Much less field time than I thought.", dress="Jeans and a field vest",
        communication="Door open; students walk in", humor="Dry, about funders",
        would_work_there=3, effect_on_goal="I need to compare weeks, not titles.",
        strengths="I prepared; she noticed.", weaknesses="I talked too fast at the start.",
        next_steps="Write to Daniel Osei with her name."),
    "elif": dict(
        learned="The job survived on improvising and on one partner's salary.",
        liked="Her pride in small moments.", concerns="Pay, and budgets that restart each year.",
        communication="Stories first, point at the end", humor="Teases everybody",
        would_work_there=3, strengths="I can listen.", next_steps="Ask Priya how it is today."),
    "priya": dict(
        learned="People get in through volunteering; a hundred apply for one post.",
        liked="Floor days.", concerns="Three part-time years look normal.",
        dress="Museum fleece", communication="Messages all day", humor="Jokes about glitter",
        would_work_there=4, effect_on_goal="Compare income honestly.",
        next_steps="Meet Gabriel; write to Naledi without Priya's name."),
    "daniel": dict(
        learned="Half of the office retires soon. Every reading is a judgment.",
        advice="Enter as a seasonal technician.", liked="Published, dependable steps.",
        advantages="Steady income.", dress="Boots under the desk",
        communication="Short sentences, long pauses", humor="Quiet",
        would_work_there=4, effect_on_goal="Hydrology can be planned with.",
        discovered="Flood desk; groundwater modelling", strengths="I read his gauge before.",
        next_steps="Write to Ingrid and Rashid."),
    "gabriel": dict(
        learned="A plan is there to be dropped well.", advice="Lead one session that goes wrong.",
        liked="The third graders, and his calm.", concerns="Weekends.",
        dress="Apron with pockets", communication="Loud, kind", humor="Kitchen jokes",
        would_work_there=4, strengths="Children talk to me.", weaknesses="I was late.",
        next_steps="Ask Yuki for a visit."),
    "helga": dict(
        learned="Explaining uncertainty is becoming part of the work.",
        advice="Statistics, then talking.", liked="Her patience with a range.",
        advantages="The field moves toward explaining.", communication="Precise; waits for the end",
        humor="Dry", would_work_there=3, effect_on_goal="Explaining may belong to hydrology too.",
        weaknesses="My statistics are thin.", next_steps="Take the spring statistics course."),
    "naledi": dict(
        learned="Two part-time posts for three years; budgets decide in spring.",
        advice="Write in winter, with a story about a visitor.", liked="Her frankness.",
        concerns="The pay is lower than I had put into my plan.",
        communication="Straight to the point", would_work_there=3,
        effect_on_goal="I have to count what I need.", next_steps="Write to Lucía."),
    "sofia": dict(
        learned="Towns look for people who stay, and cannot find them.",
        liked="The creek at six in the morning.", advantages="Outdoors, and a town that notices.",
        concerns="On call in dry summers.", dress="Field boots, clean shirt for the council",
        communication="Maps on the table", humor="Warm", would_work_there=5,
        strengths="I can read her maps.", next_steps="Thank Tomás for the introduction."),
    "ingrid": dict(
        learned="There is work between the model and the people.", advice="Talk to Aiyana.",
        liked="That she listened to my questions rather than my answers.",
        concerns="Four days of screen.", communication="Asks back",
        would_work_there=3, effect_on_goal="A third kind of work joins the two.",
        discovered="Watershed outreach", strengths="I ask how to explain things.",
        next_steps="Write to Aiyana and Pavel."),
    "yuki": dict(
        learned="They hire by watching you listen.", liked="Ten minutes at the stream table.",
        advantages="Water is on the floor, too.", dress="Bright shirts, name tags with doodles",
        communication="Whiteboard, everybody writes", humor="The shelf of failures",
        would_work_there=5, strengths="I stayed calm when it leaked.",
        next_steps="Meet Hana, who changed over from a laboratory."),
    "aiyana": dict(
        learned="Thirty posts in the state, nine five years ago; all on grants.",
        advice="Learn to run a meeting where nobody agrees.", liked="Two days on the water.",
        advantages="Both halves of what I weigh, in one week.",
        concerns="Three-year grants.", dress="Rain jacket", communication="Kitchen tables",
        humor="Laughs at her own van", would_work_there=5,
        effect_on_goal="Now a third occupation leads, on one voice only.",
        strengths="She said that my map was clear.", weaknesses="I have never run a meeting.",
        next_steps="Colette; ask Aiyana about Samir."),
    "lucia": dict(
        learned="It can be lived from, in three columns.", liked="Choosing Mondays.",
        concerns="Alone with it.", communication="Calls while walking", humor="Lots",
        would_work_there=2, next_steps="Write to Omar."),
    "pavel": dict(
        learned="Teachers love him because he starts with their glass of water.",
        advice="Take one graph to a council and to a class.", liked="The glass of snow.",
        concerns="Five laboratories in all.", communication="Draws while talking",
        would_work_there=3, effect_on_goal="I know which two rooms to compare.",
        next_steps="Send the thank-you note; ask Aiyana for a council evening."),
}  # fmt: skip

# who was met (blank: before any), on, occupation: criterion -> rating
RATINGS = [
    ("", "2026-09-08", "hydrologist",
     dict(water=5, outdoors=4, explain=2, maps=5, income=4, neighbors=2)),
    ("", "2026-09-08", "educator",
     dict(water=2, outdoors=2, explain=5, maps=2, income=3, neighbors=4)),
    ("ruth", "2026-09-16", "hydrologist", dict(outdoors=2)),
    ("elif", "2026-09-19", "educator", dict(income=2)),
    ("priya", "2026-09-23", "educator", dict(neighbors=5)),
    ("daniel", "2026-09-30", "hydrologist", dict(income=5, outdoors=3)),
    ("gabriel", "2026-10-02", "educator", dict(explain=5, water=3)),
    ("helga", "2026-10-08", "hydrologist", dict(explain=3)),
    ("naledi", "2026-10-09", "educator", dict(income=1)),
    ("sofia", "2026-10-14", "hydrologist", dict(neighbors=4, outdoors=4)),
    ("ingrid", "2026-10-21", "hydrologist", dict(outdoors=2, explain=3)),
    ("yuki", "2026-10-23", "educator", dict(water=4, maps=3)),
    ("aiyana", "2026-11-04", "outreach", dict(water=5, outdoors=4, explain=5, neighbors=5)),
    ("lucia", "2026-11-06", "educator", dict(income=2, neighbors=4)),
    ("pavel", "2026-11-12", "hydrologist", dict(explain=4)),
]  # fmt: skip

FINDINGS = [
    ("2026-09-07", "hydrologist", "", "", "demand",
     "Openings grow slowly; most come from people who retire.", "national occupation handbook"),
    ("2026-09-07", "educator", "", "", "salary",
     "Entry pay for museum educators is often by the hour.", "museum association's pay survey"),
    ("2026-09-13", "", "university", "ruth", "background",
     "Wrote the field guide that our course uses.", "department web page"),
    ("2026-09-18", "", "children's museum", "kofi", "work environment",
     "The water hall opened again after two years of repairs.", "museum newsletter"),
    ("2026-09-27", "hydrologist", "water office", "daniel", "industry",
     "The office runs 61 gauges, down from 80.", "the office's annual report"),
    ("2026-10-01", "educator", "museum", "gabriel", "work environment",
     "School programs reach 9,000 children a year.", "the museum's annual report"),
    ("2026-10-06", "hydrologist", "institute", "helga", "industry",
     "Her group publishes ranges with every forecast.", "conference program"),
    ("2026-10-13", "hydrologist", "utility", "sofia", "challenges",
     "The city plans a second intake above the dam.", "council minutes of August"),
    ("2026-11-02", "outreach", "council", "aiyana", "demand",
     "State grants for outreach posts were renewed for three years.", "state budget summary"),
]  # fmt: skip

GOALS = [
    ("2026-09-07", "general research", "Find out what people who work with water do all week."),
    ("2026-09-28", "comparing fields",
     "Compare the weeks and the income of hydrologists and museum educators."),
    ("2026-10-22", "narrowing down",
     "Find work that joins measuring water and explaining it; hear how outreach posts begin."),
    ("2026-11-10", "specific job advice",
     "Learn how to prepare for an outreach post at a watershed council by next summer."),
]  # fmt: skip

# written on, with whom, from the interview with, task, due, done
TASKS = [
    ("2026-09-16", "daniel", "ruth", "Write to Daniel Osei with Prof. Abebe's name", "2026-09-22",
     "2026-09-22"),
    ("2026-09-23", "naledi", "priya", "Write to Naledi Dube on my own account", "2026-09-30",
     "2026-09-29"),
    ("2026-10-02", "yuki", "gabriel", "Ask for a visit at Lantern", "2026-10-12", "2026-10-13"),
    ("2026-10-08", "helga", "helga", "Enrol in the spring statistics course", "2026-11-20", None),
    ("2026-10-14", "tomas", "sofia", "Tell Tomás how the visit at the waterworks went",
     "2026-11-06", None),
    ("2026-10-12", "rashid", "", "Write to Rashid Karimi after the wet season", "2026-12-01", None),
    ("2026-11-04", "samir", "aiyana", "Ask Aiyana whether Samir may know who named him",
     "2026-11-18", None),
    ("2026-11-12", "aiyana", "pavel", "Ask for a seat at a council evening", None, None),
]  # fmt: skip


# --- how it is written down ------------------------------------------------------------------


class _Instances(type):
    def __instancecheck__(cls, value):
        return isinstance(value, datetime)


class Clock(datetime, metaclass=_Instances):
    """A `datetime` whose now() is what the story says."""

    at = datetime(2026, 9, 7, 9, tzinfo=HOME)

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz)


def at(text):
    """Home time, as in "2026-09-09 09:05"."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def write(folder):
    """Write the example's logs into this folder, which must not hold any yet."""
    seeded = random.Random("Mariana Tevez")

    def letters(n):
        return bytes(seeded.choice(range(len(tables._ID_LETTERS))) for _ in range(n))

    with mock.patch.object(tables.secrets, "token_bytes", letters):
        with mock.patch.object(log, "datetime", Clock):
            Clock.at = at("2026-09-07 09:00")
            _write(ii.open_workbook(folder))
    shutil.rmtree(folder / ".workbook")  # a lock and a journal are nobody's to share


def _write(wb):
    id = {}

    def put(table, key, when, **values):
        Clock.at = when
        id[table, key] = wb.log(table).append(**values).id

    def of(table, key):
        return id[table, key] if key else ""

    start = at("2026-09-07 09:00")
    put("learner", "", start, name="Mariana Tevez", email="mariana.tevez@example.org",
        introduction="a master's student of earth science at Example State University",
        phone="555-0100", timezone="America/Denver")  # fmt: skip
    for n, (key, (kind, statement, importance)) in enumerate(CRITERIA.items()):
        put("criteria", key, start + timedelta(minutes=5 + n), kind=kind, statement=statement,
            importance=importance)  # fmt: skip
    met_first = {"outreach": "2026-10-22 19:00"}
    for n, (key, values) in enumerate(OCCUPATIONS.items()):
        when = at(met_first.get(key, "2026-09-07 09:20")) + timedelta(minutes=n)
        put("occupations", key, when, **values)
    for n, (key, (name, industry, location, culture, needs)) in enumerate(ORGANIZATIONS.items()):
        put("organizations", key, at("2026-09-07 10:00") + timedelta(days=3 * n), name=name,
            industry=industry, location=location, culture=culture, needs=needs)  # fmt: skip
    for day, stage, objective in GOALS:
        put("goals", day, at(f"{day} 20:15"), set_on=day, stage=stage, objective=objective)

    named_on = {}
    for _, to, day, *_ in REFERRALS:
        named_on.setdefault(to, day)
    first_sent = {}
    for to, _, _, sent, *_ in OUTREACH:
        first_sent.setdefault(to, sent)
    for n, (name, key, job, place, about, how, why, more) in enumerate(CONTACTS):
        when = at(named_on[key] + " 21:00") if key in named_on and key != "ruth" else None
        when = when or at(first_sent[key]) - timedelta(hours=14 + n)
        email = "" if key in ("elif", "samir") else f"{key}@example.org"
        put("contacts", key, when, name=name, job_title=job, how_known=how, why_them=why,
            organization_id=of("organizations", place), occupation_id=of("occupations", about),
            email=email, phone=f"555-01{n + 1:02d}" if n % 3 else "", **more)  # fmt: skip

    for day, about, place, person, category, finding, source in FINDINGS:
        put("findings", finding, at(f"{day} 17:30"), finding=finding, source=source, found_on=day,
            category=category, occupation_id=of("occupations", about), url="",
            organization_id=of("organizations", place), contact_id=of("contacts", person),
        )  # fmt: skip

    names = {key: name for name, key, *_ in CONTACTS}
    meetings = {}
    for with_, about, form, start_at, zone, minutes, status, place, *_ in INTERVIEWS:
        starts_at = datetime.fromisoformat(start_at).replace(tzinfo=ZoneInfo(zone))
        meetings[with_] = starts_at
        agreed = max(replied for to, purpose, _, _, reply, replied in OUTREACH
                     if to == with_ and reply == "yes" and purpose != "keep in touch")  # fmt: skip
        goal = max(day for day, *_ in GOALS if day <= start_at[:10])
        more = {"travel_minutes": 25, "wear": "clean boots, blue shirt"}
        put("interviews", with_, at(f"{agreed} 19:00"), contact_id=of("contacts", with_),
            occupation_id=of("occupations", about), goal_id=of("goals", goal), format=form,
            starts_at=starts_at, timezone=zone, minutes=minutes, place=place, status=status,
            **(more if form in ("in person", "observational visit") else {}))  # fmt: skip

    for from_, to, day, meeting, may in REFERRALS:
        put("referrals", (from_, to), at(f"{day} 21:05"), from_contact_id=of("contacts", from_),
            to_contact_id=of("contacts", to), interview_id=of("interviews", meeting),
            referred_on=day, may_use_name=may)  # fmt: skip

    sent = [(at(when), to, purpose, channel, reply, replied, _words(to, purpose, names))
            for to, purpose, channel, when, reply, replied in OUTREACH]  # fmt: skip
    for with_, *_, status, place, hours, channel, helped in INTERVIEWS:
        starts_at = meetings[with_].astimezone(HOME)
        if status in ("held", "cancelled") and with_ != "elif":
            text = f"Thank you, {names[with_]}. I look forward to our conversation: {place}."
            replied = (starts_at - timedelta(days=1)).date().isoformat()
            sent.append((starts_at - timedelta(days=2, hours=1), with_, "confirmation",
                         "email", "yes", replied, text))  # fmt: skip
        if hours is not None:
            text = f"Dear {names[with_]}, thank you for your time. {helped} Mariana"
            sent.append((starts_at + timedelta(hours=hours), with_, "thank-you", channel,
                         "none yet", None, text))  # fmt: skip
    for when, to, purpose, channel, reply, replied, text in sorted(sent, key=lambda m: m[:3]):
        put("messages", (to, purpose), when, contact_id=of("contacts", to), purpose=purpose,
            channel=channel, sent_at=when, text=text, reply=reply, replied_on=replied)  # fmt: skip

    for with_, asked in QUESTIONS.items():
        when = meetings[with_].astimezone(HOME) - timedelta(days=1, hours=3)
        for n, (category, text, answer) in enumerate(asked):
            outcome = {None: "planned", False: "reserve", "": "not reached"}.get(answer, "asked")
            put("questions", (with_, n), when + timedelta(minutes=n),
                interview_id=of("interviews", with_), position=n + 1, category=category, text=text,
                outcome=outcome, answer=(answer or "").removeprefix("-"))  # fmt: skip
    for with_, said in DEBRIEFS.items():
        when = meetings[with_].astimezone(HOME) + timedelta(hours=2)
        put("debriefs", with_, when, interview_id=of("interviews", with_), recorded_at=when, **said)
    for with_, day, about, ratings in RATINGS:
        for n, (criterion, rating) in enumerate(ratings.items()):
            put("fit_ratings", (with_, about, criterion), at(f"{day} 21:30") + timedelta(minutes=n),
                occupation_id=of("occupations", about), criterion_id=of("criteria", criterion),
                interview_id=of("interviews", with_), rating=rating, rated_on=day)  # fmt: skip
    for day, with_, meeting, task, due, done in TASKS:
        put("tasks", task, at(f"{day} 22:00"), contact_id=of("contacts", with_), task=task,
            interview_id=of("interviews", meeting), due_on=due, done_on=done)  # fmt: skip


def _words(to, purpose, names):
    """What Mariana wrote: her own words, so no two letters of the example are alike."""
    _, _, job, _, about, how, why, _ = next(c for c in CONTACTS if c[1] == to)
    about = OCCUPATIONS[about]["title"].lower() if about else "water"
    if purpose == "permission":
        return "Would it be all right with you if I asked people we work with about their jobs?"
    if purpose == "keep in touch":
        if to == "tomas":
            return "Asked whom he knows at the waterworks. He will tell Sofia that I call."
        return "Your question about the last Tuesday has by now been answered by six people."
    if purpose == "follow-up":
        return (f"Dear {names[to]}, I know that this season is full. Should twenty minutes turn up "
                "somewhere, I would still be glad to listen.")  # fmt: skip
    by = next((f for f, t, _, _, may in REFERRALS if t == to and may == "yes"), "")
    source = f"{names[by]} suggested that I write to you. " if by else ""
    return (
        f"Dear {names[to]}, I am Mariana Tevez, a master's student of earth science. {source}"
        f"I am finding out what the work of a {about} is like, and I am writing to you because "
        f"{why}. I am not asking for a job: I would like to hear your view for 20 minutes, at your "
        "place, by phone or by video, whenever it suits you. You reach me at "
        "mariana.tevez@example.org. Thank you, Mariana"
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.csv"):
        old.unlink()
    write(target)
    print(f"{sum(1 for _ in target.glob('*.csv'))} logs written to {target}")
