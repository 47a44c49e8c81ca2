"""Letters with the faults that were planted in them, to measure `letters.check`.

Run `python -m tests.labelled.letters` to print what it finds, misses and wrongly sees.
Everyone in them is invented.
"""

# ruff: noqa: E501  a letter keeps its lines

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Labelled(NamedTuple):
    """faults: the rules that the check should name, and no others; none in a clean letter."""

    text: str
    faults: tuple[str, ...] = ()
    kind: str = "request"
    channel: str = "email"
    contact: str | None = None
    referrer: str | None = None


CLEAN = [
    Labelled("""Dear Dr. Adeyemi,

I am a second-year student of speech science at Example College, and Professor Lindqvist suggested that I write to you. I am trying to find out whether captioning is a field for me. Your paper on classroom captions is the reason I would like to hear from you in particular.

Would you have 20 minutes for a few questions, by phone or over coffee near your office? I am after advice and information only; this is not a request for a job.

My number is 555-0123. Thank you very much for considering it.

Mei Chen"""),
    Labelled("""Hello Ms. Ruiz,

We met briefly at the library's career evening in October, where you described how your team cleans trial data. I am finishing a certificate in statistics and weighing clinical data management against teaching.

Could I ask you some questions about the work one day? Half an hour by video would be plenty, whenever it fits your week. To be clear, I am not asking for a job or an internship, just for your view of the field.

You can reach me at sam@example.org.

With thanks,
Sam Okafor"""),
    Labelled("""Dear Mr. Haddad,

Your neighbor Lena Moreau gave me your name. I work evenings in a bakery and study logistics, and I would like to understand what a port planner does all day. Lena says that you moved from truck driving into planning, which is close to the path I have in mind.

May I visit you at work or call you for 25 minutes? I am not looking for a position; I only hope to learn from your experience. Any day suits me.

Please call me at 555-0144 or write to jo@example.org. Thank you for reading this.

Jo Petrov"""),
    Labelled("""Dear Professor Nakamura,

I read your interview in the alumni magazine and was struck by what you said about leaving the lab for patent law. I am in my third year of chemistry at Example College and have begun to wonder about the same step.

I wonder if you could spare 30 minutes, in person on campus or on the phone, to tell me how you decided. I am looking for information and advice rather than a job interview.

A short reply to this email is enough, and I will fit in with your calendar. I would be grateful.

Kind regards,
Ines Ferreira"""),
    Labelled("""Hi Tom,

It's Dana from the Tuesday running group. I have been thinking about becoming a paramedic, and you are the only person I know who has done both night shifts and training others.

Would you let me buy you a coffee and ask you about it for twenty minutes or so? No strings: I am not after a job, I just want to hear what it is really like. Text me at 555-0177 if you are up for it.

Thanks a lot,
Dana"""),
    Labelled("""Dear Ms. Oyelaran,

I found you in the directory of the regional planners' society. I am a career changer, fifteen years in retail, now exploring urban planning, and I see from your profile that you came to planning from a shop counter, too.

Could we speak by phone or video for 20 to 30 minutes at a time of your choosing? I have no wish to ask about openings. What I need is your advice on whether the switch is worth it.

I can be reached at 555-0162 or rita@example.org. Many thanks for your time.

Rita Malik"""),
    Labelled("""Dear Dr. Castellanos:

My name is Noor Haddad, and I am a nursing student at Example University. My instructor, Ms. Whitfield, recommended you as someone who built a telehealth service from nothing.

I am exploring informatics as a direction. May I talk with you for 25 minutes about your experience? I would come to the hospital, or we could use the phone; you choose. I am writing for information and guidance, and will not ask you for employment.

Please reach me at noor@example.org. I appreciate your help.

Noor Haddad"""),
    Labelled("""Good morning Mr. Jansen,

I listened to your talk on bridge inspection at the open day, and your story of the crack that everyone had missed has stayed with me. I am in the last year of school and considering civil engineering.

Might you have 20 minutes for my questions? I could come by your office after four, or phone you. This is not about work experience or a job; I want to understand the profession before I choose.

You can answer this email or call 555-0119. Thank you!

Paul Adeyemi"""),
    Labelled("""Dear Aisha,

Our mutual friend Carlos Vega thought that you and I should talk. I'm a paralegal at a small practice, interested in privacy law, and Carlos told me that you set up the privacy desk at your firm.

Would a 30-minute call or a lunch near your office be possible in the next month? I'd love your perspective and advice. I'm happy where I am and am not looking for a new job.

My email is below; a line back whenever you have a moment would be wonderful. Thank you so much.

Bea Novak
bea@example.org"""),
    Labelled("""Dear Ms. Lundgren,

I came across your article on sign language interpreting in courts. As a beginner in the interpreter program at Example College, I am trying to learn about the specialty, and you describe the first years so honestly that I would like to ask you more.

Could we meet for 20 minutes, by video or at the courthouse, at whatever hour is easy for you? I am seeking insight, not a position.

I can be reached at 555-0181. Thank you for considering this.

Tia Brown"""),
    Labelled(
        """Dear Dr. O'Neil,

I am a graduate student in audiology and got your name from Prof. Emeka Okafor, who said I could mention him. I am exploring the work of speech systems engineers. Your move from the clinic to engineering is what I am curious about.

I would be grateful for 20 minutes of your time by video, phone or in person. I'm asking for advice and information and not for a job interview.

Email (ana@example.org) or phone (555-0108) both reach me. Thank you.

Ana Silva""",
        contact="José O'Neil",
        referrer="Prof. Emeka Okafor",
    ),
    Labelled("""Dear Mr. Brandt,

Your office told me on the phone that you hold the post of energy manager. I am retraining after ten years as an electrician and looking into energy consulting. Since you came up through the trades yourself, your view would mean a lot to me.

May I have half an hour at your workplace, or a call if that is easier? I do not expect a job or an offer to come of it; I want to learn what the work asks of a person.

My telephone is 555-0190. With many thanks,

Olga Weiss"""),
    Labelled("""Hello Priya,

I'm Leo, a junior in journalism at Example State. Your podcast episode about fact-checking made me want to know more about the job behind it.

Do you have 20 minutes in the coming weeks for a video call? I would like to ask how you came to it and what you would tell someone starting out. I'm not pitching myself for anything - no job, no internship, only curious.

You can write back here or to leo@example.org. Thanks so much for thinking about it!

Leo Marchetti"""),
    Labelled("""Dear Ms. Abara,

I know you as the neighbor with the tidy bicycles, and I hear from my mother that you repair prosthetic limbs. I am in my last year of high school and thinking about orthotics as a career.

Would you show me your workshop some afternoon and let me ask you a few things for 30 minutes? I am not asking for an apprenticeship. I only want to find out what the work is like.

Our number is 555-0133. Thank you!

Finn Keller"""),
    Labelled("""Dear Dr. Iyer,

As a former student in your genetics course, I still use the notebook you made us keep. I now work at a seed bank and am considering a move into science policy, which you know from the inside after your year at the ministry.

Could I ask for 20 minutes of your advice, by phone or at your desk? I know you cannot offer positions, and I am not asking for one.

Please reply to this address or call 555-0155. Thank you for all you taught us.

Hana Kim"""),
    Labelled(
        """Hi Ana, I'm Mei, a speech science student. Prof. Okafor suggested I contact you. I'm exploring speech engineering, and your captions project caught my eye. May I ask you for 20 minutes of advice by phone? Not a job request. Thank you!""",
        channel="professional network site",
    ),
    Labelled(
        """Dear Mr. Sato, I am a nurse looking into medical writing. Your path from the ward to the journal is close to mine. Would you give me 20 minutes of advice by video? I am not asking for a job. Many thanks, Eva Lang""",
        channel="professional network site",
    ),
    Labelled(
        """Hello Ms. Grant. I study accounting and found you through the alumni page. I am exploring forensic accounting and you have done it for ten years. Could we talk for 25 minutes? Purely for information. Thanks!""",
        channel="professional network site",
    ),
    Labelled(
        """Dear Ms. Delgado,

Two weeks ago I wrote to ask for 20 minutes of your advice on museum work. I know how quickly a mailbox fills, so this is a gentle reminder and the only one I will send.

If a short call is possible, I will gladly fit in with your days. If not, please do not worry: I will let it rest. As I said, I am not asking for a job.

Thank you either way,
Yara Nasser""",
        kind="follow-up",
    ),
    Labelled(
        """Dear Tom,

Just a short note to come back to my message of 3 November. I'd still love to hear about your work as a ranger whenever you have 20 minutes. No hurry at all, and no reply is fine, too.

Thanks,
Dana""",
        kind="follow-up",
    ),
    Labelled(
        """Dear Dr. Adeyemi,

This is to confirm our conversation on Thursday, 3 December at 15:00 New York time by video: https://meet.example.org/ab-12. I have 20 minutes in mind and will keep to them.

If anything changes, my number is 555-0123. I look forward to it.

Mei Chen""",
        kind="confirmation",
    ),
    Labelled(
        """Hello Ms. Ruiz,

Thank you for agreeing to meet. I will be at the Green Cup, opposite your office, on Tuesday, November 24, at 12:30. You will know me by a blue scarf.

Until then,
Sam Okafor""",
        kind="confirmation",
    ),
    Labelled(
        """Dear Dr. Adeyemi,

Thank you for yesterday. What you said about the gap between the lab and the classroom made me see my thesis differently, and I have already rewritten its first chapter.

I will write to Ms. Bauer this week, and thank you for letting me mention you.

Warm regards,
Mei Chen""",
        kind="thank-you",
    ),
    Labelled(
        """Dear Mr. Haddad,

Thank you so much for showing me the control room. I had imagined a planner alone at a desk; now I know that most of the day is talking with crews. Your advice to ride along once will be my next step.

May I use your name when I call Mr. Lind?

With thanks,
Jo Petrov""",
        kind="thank-you",
    ),
    Labelled(
        """Dear Bea,

Many thanks for your time on Monday and for being so open about the hard years. It helped me to decide against law school for now. I came to ask about a job title and went home with a plan.

Yours,
Ines""",
        kind="thank-you",
    ),
    Labelled(
        """Dear Ms. Whitfield,

I would like to learn how the other departments work. May I invite one or two colleagues to a 20-minute conversation about what they do, outside busy hours? I am not looking to leave; I want to understand our hospital better.

If you agree, I would be glad to hear whom you would suggest. Thank you for thinking it over.

Noor Haddad""",
        kind="permission",
    ),
    Labelled(
        """Dear Prof. Okafor,

Would you be willing to introduce me to Ana Silva, whom you mentioned after class? I am exploring speech engineering and would like to ask her for 20 minutes of advice, not for a job.

If you would rather not, I quite understand. Thank you for your help so far.

Mei Chen""",
        kind="introduction",
        contact="Ana Silva",
    ),
    Labelled(
        """Dear Dr. Adeyemi,

It is half a year since our talk about captions, and I still think of your three questions before I start anything. I finished my thesis in May and now help in a school two days a week.

I hope that your new lab is growing. There is no need to answer; I only wanted to say hello and thank you.

Mei Chen""",
        kind="keep in touch",
    ),
    Labelled(
        """Hello, may I speak with Ana Silva, please? My name is Mei Chen, and I study speech science. Professor Okafor gave me your name. Is this a good moment?

I am exploring speech engineering and would like to hear how you came to it. Could we talk for 20 minutes by phone or at your office, now or another day? I am looking for advice, not for a job. Thank you.""",
        kind="call script",
        contact="Ana Silva",
    ),
    Labelled("""Dear Ms. Farouk,

I'm in the first year of a degree in translation, and I have been reading your translations since school. I keep wondering how one makes a living from literary work and would love to ask you.

Could I have 20 minutes of your time, by phone or at the book fair where you are speaking? I'm not hunting for a job or for contacts, I'd simply like your honest opinion on the field.

You'll find me at lou@example.org. Thank you for your books and for any minute you can spare.

Lou Berger"""),
    Labelled("""Dear Mr. Quinn,

Mr. Ochieng, my supervisor at the food bank, told me that you run the cold chain for three counties. I coordinate volunteers here and am curious about supply work as a profession.

Might I come to your warehouse for 30 minutes, or phone you? Your account of how the days go would help me a great deal. Please be assured that I am not applying for anything.

My details: 555-0126, kofi@example.org. Thank you and best wishes,

Kofi Mensah"""),
    Labelled("""Dear Mx. Rowan,

I found your profile while searching for people who restore instruments. I am a cabinetmaker, and violins have drawn me for years. You are one of the few who write openly about the first lean seasons, which is why I turn to you.

Would you talk with me for half an hour, by video or in your workshop? I would come on any day you name. I want to learn about the trade; I am not asking to be taken on.

My phone is 555-0138. I'd be very thankful.

Mila Horvat"""),
    Labelled("""Dear Dr. Stein,

You and I share a former teacher, Ms. Albright, and she encouraged me to get in touch. I am a medical student, unsure between pathology and radiology, and you have practiced both.

Could you give me 20 minutes, on the phone or between cases at the hospital? I would like to hear how the two differ day by day. I don't want to ask for a placement, only for your advice.

Please write to omar@example.org. Thank you in advance.

Omar Said"""),
    Labelled("""Dear Ms. Petit,

Last week I attended your panel on the future of textile recycling. I manage a second-hand shop and am exploring roles in materials science. Your remark that sorting is the real bottleneck surprised me, and I would like to understand it.

May I spend a morning observing the sorting line, or, if that is too much, ask you questions for 20 minutes by phone? It is for information only; I do not seek employment.

I am at 555-0171. Thank you for your time.

Vera Antal"""),
]

FAULTY = [
    Labelled(
        """Dear Dr. Adeyemi,

I am a second-year student of speech science, and Professor Lindqvist suggested that I write to you. I am exploring captioning, and your paper on classrooms made me want to talk with you.

Could we speak for 20 minutes by phone? I am seeking advice and not a job interview, but do let me know if you have any openings this summer.

My number is 555-0123. Thank you.

Mei Chen""",
        ("asks for a job",),
    ),
    Labelled(
        """Hello Ms. Ruiz,

We met at the library's career evening, where you described your team's data cleaning. I am finishing a certificate in statistics and interested in clinical data management.

Could I ask you a few questions for 30 minutes by video? I'd like your advice only. I have attached my resume in case something suitable comes along.

You can reach me at sam@example.org. With thanks, Sam Okafor""",
        ("pushes a resume",),
    ),
    Labelled(
        """Dear Mr. Haddad,

Your neighbor Lena Moreau gave me your name. I study logistics and want to understand what a port planner does, and you moved into planning from truck driving.

May I call you for 25 minutes to ask for advice, not a job? Also, would you consider me for the trainee program that starts in May?

Please call me at 555-0144. Thank you. Jo Petrov""",
        ("asks for a job",),
    ),
    Labelled(
        """Dear Professor Nakamura,

I read your interview in the alumni magazine about leaving the lab for patent law. I am in my third year of chemistry and am considering the same field.

Could we meet for an hour on campus or by phone? I am looking for information and advice rather than a job interview.

A short reply to this email is enough. I would be grateful. Ines Ferreira""",
        ("time",),
    ),
    Labelled(
        """Hi Tom,

It's Dana from the running group. I have been thinking about becoming a paramedic, and you have done both night shifts and training.

Could I buy you a coffee and ask you about it for a bit? I am not after a job, I just want to hear what it is like. Text me at 555-0177.

Thanks a lot, Dana""",
        ("time",),
    ),
    Labelled(
        """Dear [Name],

I found you in the directory of the planners' society. I am a career changer exploring urban planning, and I see that you came to planning from retail.

Could we speak by phone for 20 minutes? I have no wish to ask about openings; I need your advice.

I can be reached at 555-0162. Many thanks. Rita Malik""",
        ("placeholder",),
    ),
    Labelled(
        """Dear Dr. Castellanos,

My name is Noor Haddad, a nursing student at {{school}}. My instructor recommended you as someone who built a telehealth service from nothing.

I am exploring informatics. May I talk with you for 25 minutes by phone about your experience? I am writing for guidance and will not ask for employment.

Please reach me at noor@example.org. I appreciate your help. Noor Haddad""",
        ("placeholder",),
    ),
    Labelled(
        """Dear Sir or Madam,

I listened to your talk on bridge inspection, and your story of the crack has stayed with me. I am in the last year of school and considering civil engineering.

Might you have 20 minutes for my questions by phone? This is not about a job; I want to understand the profession.

You can call 555-0119. Thank you! Paul Adeyemi""",
        ("name",),
    ),
    Labelled(
        """Dear Ms. Bauer,

Professor Okafor suggested that I contact you. I am a student of speech science exploring speech engineering, and your captions project is why I turn to you.

Could we talk for 20 minutes by video? I am asking for advice, not for a job.

My email is mei@example.org. Thank you. Mei Chen""",
        ("name",),
        contact="Ana Silva",
    ),
    Labelled(
        """Dear Ana Sliva,

Professor Okafor suggested that I contact you. I am a student of speech science exploring speech engineering, and your captions project is why I turn to you.

Could we talk for 30 minutes at your office? I am asking for information, not for a job.

My phone is 555-0100. Thank you. Mei Chen""",
        ("name",),
        contact="Ana Silva",
    ),
    Labelled(
        """Dear Ms. Oyelaran,

I found you in the directory of the planners' society. You came to planning from a shop counter, and I would like to hear how.

Could we speak by phone for 20 minutes about urban planning as a career? I have no wish to ask about openings; I need your advice.

I can be reached at 555-0162. Many thanks.""",
        ("who you are",),
    ),
    Labelled(
        """Dear Mr. Jansen,

I am in the last year of school and considering civil engineering. Your inspection of the old bridge impressed me, and I would like to ask you what the work is like.

Might you have 20 minutes for me at your office? This is not about a job; I want to understand the profession.

You can call 555-0119. Thank you! Paul Adeyemi""",
        ("how you got the name",),
    ),
    Labelled(
        """Dear Aisha,

Our mutual friend Carlos Vega thought that we should talk. I'm a paralegal at a small practice, and Carlos told me that you set up a new desk at your firm.

Would a 30-minute call be possible? I'd love your advice. I'm not looking for a new job.

My email is bea@example.org. Thank you so much. Bea Novak""",
        ("the field",),
    ),
    Labelled(
        """Dear Ms. Lundgren,

I am a beginner in the interpreter program at Example College and found your name in a directory. I am exploring court interpreting as a career.

Could we meet for 20 minutes by video, at whatever hour is easy for you? I would value your advice. I am not seeking a position.

I can be reached at 555-0181. Thank you for your time. Tia Brown""",
        ("why this person",),
    ),
    Labelled(
        """Dear Dr. O'Neil,

I am a graduate student in audiology, exploring speech engineering, and found you through the alumni page. Your move from the clinic to engineering is what I am curious about.

I would be grateful for 20 minutes by video or in person, to ask for your advice.

Email (ana@example.org) reaches me. Thank you. Ana Silva""",
        ("not a job",),
    ),
    Labelled(
        """Dear Mr. Brandt,

Your office told me that you are the energy manager. I am retraining as an electrician and looking into energy consulting. You came up through the trades yourself, so your view would mean a lot.

May I have half an hour of your time? I do not expect a job; I want to learn what the work asks of a person.

My number is 555-0190. With many thanks, Olga Weiss""",
        ("ways to meet",),
    ),
    Labelled(
        """Hello Priya,

I'm Leo, a junior in journalism. I heard your podcast episode about fact-checking and am exploring that field. You came to it from a local paper, as I would.

Do you have 20 minutes for a video call? I'm not after a job or an internship, only curious and glad of advice.

Thanks so much for thinking about it! Leo Marchetti""",
        ("how to reach you",),
    ),
    Labelled(
        """Dear Dr. Iyer,

As a former student in your genetics course, I still use your notebook method. I work at a seed bank and am considering science policy, which you know from your year at the ministry.

Could I ask for 20 minutes of your advice by phone? I am not asking for a position. Call me at 555-0155.

Hana Kim""",
        ("thanks",),
    ),
    Labelled(
        """Dear Ms. Abara,

My mother told me about you. I am in my last year of high school, thinking about orthotics as a career, and you repair prosthetic limbs.

Would you meet me at your workshop for 30 minutes? I want to find out what the work is like and am not asking for a job. Could you also introduce me to two or three colleagues of yours?

Our number is 555-0133. Thank you! Finn Keller""",
        ("several asks",),
    ),
    Labelled(
        """Dear Mr. Quinn,

Mr. Ochieng told me about you. I am Kofi. I coordinate volunteers at a food bank. I have done so for six years. I started as a driver, then I led the night team, and I won the county's award for my work. I hold a diploma and I am proud of my grades. I have always wanted to go into supply work as a profession. My friends say I am made for it. I believe my story is unusual.

I would like 30 minutes by phone for advice, not a job. I know you run the cold chain.

My number is 555-0126. Thank you. Kofi Mensah""",
        ("all about me",),
    ),
    Labelled(
        """Hi Ana, I'm Mei Chen, a second-year student of speech science at Example College, and I have been following the captions project of your team with great interest since last spring. I'm exploring speech engineering as a career. May I ask you for 20 minutes of advice by phone or by video, whenever it suits you? It is not a job request. Thank you so much for your time!""",
        ("too long",),
        channel="professional network site",
    ),
    Labelled(
        """Dear Ms. Farouk,

I'm in the first year of a degree in translation and have been reading your translations since school. """
        + "I remember the winter when I read the first of them under a blanket, and how each page opened a door to a country that I had never seen, and how you made its people speak as if they lived next door. "
        * 4
        + """I would love to ask you how one makes a living from literary work.

Could I have 20 minutes of your time, by phone or at the fair? I'm not hunting for a job, I'd simply like your honest opinion on the field.

You'll find me at lou@example.org. Thank you for your books. Lou Berger""",
        ("too long",),
    ),
    Labelled(
        """Dear Mx. Rowan,

I found your profile while searching for people who restore instruments. I am a cabinetmaker exploring violin making, and you write openly about the first lean seasons.

Would you talk with me for half an hour by video? I want to learn about the trade. I'd also be glad if you could take a look at my resume and tell me what is missing. I am not asking to be hired.

My phone is 555-0138. I'd be very thankful. Mila Horvat""",
        ("pushes a resume",),
    ),
    Labelled(
        """Dear Dr. Stein,

Ms. Albright encouraged me to get in touch. I am a medical student, unsure between pathology and radiology as a field, and you have practiced both.

Could you give me 20 minutes on the phone? I would like your advice. I am also looking for a summer internship in your department.

Please write to omar@example.org. This is not a formal application. Thank you. Omar Said""",
        ("asks for a job",),
    ),
    Labelled(
        """Dear Ms. Petit,

I attended your panel on textile recycling. I manage a second-hand shop and am exploring materials science. Your remark about sorting surprised me.

May I ask you questions for 45 minutes by phone? It is for information only; I do not seek employment.

I am at 555-0171. Thank you for your time. Vera Antal""",
        ("time",),
    ),
    Labelled(
        """Hello Ms. Grant. I study accounting and found you through the alumni page. I am exploring forensic accounting and you have done it for ten years. Could we talk for 25 minutes about how you came to it? I would love to join your team one day. This is no application. Thanks!""",
        ("asks for a job",),
        channel="professional network site",
    ),
    Labelled(
        """Dear Mr. Sato, I am a nurse looking into medical writing. Your path from the ward to the journal is close to mine. Would you give me some advice by video? I am not asking for a job. Many thanks, Eva Lang""",
        ("time",),
        channel="professional network site",
    ),
    Labelled(
        """Dear Dr. Adeyemi,

Thank you very much for the conversation on Tuesday. I wish you a pleasant end of the year and all the best for the new lab.

Kind regards,
Mei Chen""",
        ("how it helped",),
        kind="thank-you",
    ),
    Labelled(
        """Dear Mr. Haddad,

Thank you for showing me the control room. I learned that most of a planner's day is talking with crews. If a job should open up on your team, please think of me.

With thanks,
Jo Petrov""",
        ("asks for a job",),
        kind="thank-you",
    ),
    Labelled(
        """Dear Bea,

Many thanks for your time on Monday. It helped me to decide against law school. Could you write me a letter of recommendation by Friday?

Yours,
Ines""",
        ("several asks",),
        kind="thank-you",
    ),
    Labelled(
        """Dear Dr. Adeyemi,

This is to confirm our conversation by video at https://meet.example.org/ab-12. I have 20 minutes in mind. If anything changes, my number is 555-0123.

Mei Chen""",
        ("when",),
        kind="confirmation",
    ),
    Labelled(
        """Dear Ms. Delgado,

Two weeks ago I wrote to ask for 20 minutes of your advice on museum work. As I have not heard from you, let me ask directly: is your museum hiring at the moment?

Thank you either way,
Yara Nasser""",
        ("asks for a job",),
        kind="follow-up",
    ),
    Labelled(
        """Dear XXX,

Just a short note to come back to my message of 3 November. I'd still love to hear about your work as a ranger whenever you have 20 minutes. No reply is fine, too.

Thanks,
Dana""",
        ("placeholder",),
        kind="follow-up",
    ),
    Labelled(
        """Dear Ms. Whitfield,

I would like to learn how the other departments work and will invite two colleagues to a 20-minute conversation next week. Thank you for your support.

Noor Haddad""",
        ("permission",),
        kind="permission",
    ),
    Labelled(
        """Dear Prof. Okafor,

I am exploring speech engineering, and you mentioned someone who works on captions. Would you be willing to introduce us? I would ask for 20 minutes of advice, not for a job.

Thank you for your help so far.

Mei Chen""",
        ("name",),
        kind="introduction",
        contact="Ana Silva",
    ),
]


# Written after the check: at first 2 of these 5 raised a false alarm, which was mended since.
UNSEEN = [
    Labelled("""Dear Dr. Patel,

I hope this email finds you well. My name is Jordan Lee, and I'm a junior majoring in environmental science at Example State University. Professor Maria Gomez in my department recommended that I reach out to you.

I'm currently exploring careers in water policy, and your work on the river restoration project really stood out to me. I would love to learn more about your career path and any advice you might have for someone starting out in this field. To be clear, I'm not seeking a job or internship at this time.

Would you be available for a 20-30 minute phone or Zoom conversation in the next couple of weeks? I'm happy to work around your schedule.

You can reach me at jordan@example.org or (555) 555-0142. Thank you so much for your time and consideration.

Sincerely,
Jordan Lee"""),
    Labelled("""Hi Mr. Thompson,

I'm a first-year student at Example Community College interested in becoming an electrician. My uncle, Ray Sanders, works with you at the plant and said you'd be a great person to talk to about the trade.

Could I buy you a coffee or call you for about 20 minutes sometime? I'm just hoping to get some information and advice about what the job is really like. I'm not asking for work.

My number is 555-0198. I really appreciate it.

Thanks,
Marcus"""),
    Labelled("""Dear Ms. Chen:

I found your profile on LinkedIn through the Example University alumni group. I graduated in May with a degree in communications and am considering a career in public relations for nonprofits.

I noticed that you began in journalism before moving to your current position at Hopewell Foundation. I'd be very interested in hearing how you made that transition.

If you have 20 minutes, I'd be grateful for the chance to speak with you by phone or in person at your office. Please note that I am not asking you for a job; I only want to learn from your experience.

I can be reached at amy@example.org. Thank you in advance,

Amy Ortiz"""),
    Labelled("""Dear Professor Silva,

I am writing to request an informational interview. I am a second-year graduate student in biostatistics, and Dr. Helen Park suggested that I contact you because of your experience in clinical trials at Meridian Health.

I would appreciate 30 minutes of your time to ask a few questions about the field, your background, and trends you see ahead. This is strictly for information; I don't expect you to know of or to offer any positions. I can come to your office or meet over video, whatever is most convenient for you.

Please let me know by replying to this email. Thank you for considering my request.

Best regards,
Tom Wu"""),
    Labelled("""Hello Denise,

We met last spring at the county library's open house, where you told me about cataloging rare maps. I'm a stay-at-home parent returning to work, and I've been thinking about library science.

Would you be willing to chat with me for half an hour, perhaps over lunch on me? I have no expectations beyond hearing your perspective, and I'm not looking for a position.

Feel free to email me at pat@example.org. Many thanks!

Pat"""),
]


# Single sentences: those that ask for a job or a look at a resume, and those that only name one.
ASKS = """\
Do you know of any openings in your department?
Please let me know if there are any positions available.
Would you consider me for a role on your team?
I've attached my resume for your review.
Please find my CV enclosed.
I am looking for a summer internship.
Could you pass my resume on to your hiring manager?
Can you refer me for the opening?
Would you be able to recommend me for an internship at Lumen Labs?
Perhaps you could suggest me for one of your summer positions.
Please refer me for the role if you can.
If you hear of a job, please think of me.
I would be grateful for any job leads.
Is your company hiring right now?
I hope you might have an opening for someone like me.
I would love to work for you.
Could you help me get a job at Northwind?
Are there any internships available this summer?
I am writing to apply for the analyst position.
I am seeking employment in your field.
Would you be able to refer me for the open position?
I'm not only after advice: I'd like a job, too.
I was not sure whether you have any openings, but I thought I would ask.
Could you look over my resume and give me feedback?
I want to get my foot in the door at your company.
Could I intern with you this summer?
I believe that I would be a great fit for your team.
Please keep me in mind for future opportunities.
Would it be possible to interview for a position with you?
I'd appreciate it if you could hire me for the summer.
Let me know if you have a position for me.
I'm interested in any open roles you may have.
Can you get me an interview?
My résumé is attached.
I would like to be considered for an internship.
Might there be a spot for me on your team?
I am hoping to find work at your lab.
Don't you have any vacancies?
No pressure, but do you have any openings?
Could you recommend me to your boss?
I wonder whether you could offer me a placement.
I'm on the lookout for a new position and thought of you.
I would welcome the chance to work at your company.
I need a job by June.
Could you put in a good word for me with HR?
I am available to start in June.
I would like to apply for a job at your firm.
Do you take interns?
Could you forward my CV to your colleagues?
Would you have time to critique my cover letter?
I'm currently job hunting and would like your help.
If a traineeship comes up in the spring, please let me hear of it.
Should anything open up at the archive, I would be overjoyed.
It would mean the world to be on your team.  I would love to be part of your crew.
Joining your bakery would be a dream.
I would be a good addition to your workshop.
I would be thrilled to work alongside you.
Could you refer me internally?
I am currently looking for my next role.
Any leads are welcome.
Could you use another pair of hands?  I mean an extra pair of hands in the stockroom.
Perhaps there is a place for me in the studio.
Is there maybe something for me in the kitchen?
Could you have a quiet word with the station manager?
I wonder whether your company is taking people on this spring.
I would ask you to refer me in your organisation.
What are my chances there?
I enclose two copies of my CV.
I will send you a new version of my résumé tomorrow.
May I do a trial shift at the bakery?
I want to bring my years of sewing to your workshop.
I am free to start in April.
I hope that this leads to a job.
I have applied for the archivist role at your library.
Could you put me in touch with your recruiter?
My CV is below.
Here is my resume.
If you know of anyone who is hiring, tell me.
Nothing would please me more than a job with you.""".splitlines()

ONLY_NAMES = """\
I am not asking for a job.
Either day would work for me.
Thank you for making room for me on such a full day.
Let me know whether there are openings in your calendar.
I start an internship at a museum in May, so evenings suit me.
I was offered a position elsewhere and would like to understand it first.
I have a job in a kitchen and two small children.
It would take me two hours by train.
No worries about me asking you for a job!
You were also kind to look at my CV and to tell me which parts mattered.
I have since been offered a job as a trainee technician.
Another pair of hands helped me with the oven at home.
I try to stay open to work in any weather.
After I had sent forty resumes in vain, I began to ask people about their work.
I would love to work in the field one day.
I hope to become part of the profession.
Your remark that managers read a portfolio before a resume changed my plans.
Thank you for looking over my resume.
I would like to know whether I would be a good fit for the work.
My bus takes an hour; a seat for me at the back is enough.
This is not a job interview, and I do not expect one.
I am not looking for a job or an internship, just advice.
I'm not asking for a job, an internship, or a look at my resume.
I would love to learn about your job.
What does your position involve?
Could you refer me for job shadowing?
Could you refer me to somebody in a position like yours?
Would you recommend me for a conversation with someone new to the job?
How did you find your position?
I am interested in the role of data in medicine.
I would like to hear what the job market is like.
I'm asking for information rather than a position.
I would like to ask how you found your current position.
I am trying to decide whether the job would suit me.
I'd like to hear about the job you have now.
I have no job in mind and ask for none.
My aim is advice, never a job offer.
What should I know before I apply for jobs in two years?
What do you look for when hiring?
I want to understand the work of a nurse.
I'm writing for advice only, not to apply for anything.
I have a part-time job at a bakery.
I left my job as a teacher last year.
I am working at a hospital as an intern and want to learn from you.
My internship at a library made me curious about archives.
Please don't think that I am after a job.
I would love to hear how you got your first job.
I want to be clear that a job is not what I am after.
I would like to talk with you about your career.
I know that you have no openings, and I am not asking about any.
I would appreciate your advice on which skills matter in this job.
I hope to find out what jobs exist in this field.
I am exploring jobs in marine biology.
I would be glad of the opportunity to talk with you.
Thank you for the opportunity to learn from you.
It would help me to hear which positions you held before.
Without asking you for a job, may I ask for 20 minutes?
I'm curious how people find jobs in this field.
I'm neither looking for an internship nor for a job.
You need not worry that I will ask for a job.
I won't bring my resume or ask for work.
This isn't a request for employment.
I'd like to understand what a typical day on the job looks like.
I want to see whether a job like yours would fit me.""".splitlines()

# Wishes that name no job, and sentences made of the same words that wish for none.
COVERT = """\
Would you be able to use a volunteer who might later turn into something more?
It's the sort of firm I want to grow old in, and I hope that you can tell me how to get in.
My probation officer likes to see a letter from an employer; could you write that you'd be willing to try me?
I saw the advert for a trainee conservator; would a line from you help my application?
I am eager to start my career with an organisation like yours.
Is there any prospect of the observatory keeping a student on over the summer?
I am told that you pick the trainees yourself, and I would love to be among them.
My wife thinks that your company would be lucky to have me, and I'd like to find out whether you agree.
I wonder what I'd need to put in an application to the foundation so that it lands on top of the pile.
Do you ever let outsiders try a shift?
The conservatory pays its interns, I believe, so could you tell me whom to bribe?
It would be lovely if our talk turned into something more permanent.
If there's anything going in the warehouse, I'm your man.
I could cover a few weekends at the bakery if that would help you see how I work.
And should Ms. Tan ever decide to cut her hours, I would be round like a shot.
I could bring my camera and shoot a wedding or two with you for nothing, and then you could decide.
Perhaps you could have me on probation and let me go if I'm no good.
There must be some gap in your programme that a cellist could fill.
I'd rather show you what I can do than talk about it.
Once we have talked, maybe you will see a way of using somebody with my background.
Might you be minded to give a returning mother her first chance?
I hope you don't mind if I ask you to pass these lines on to your head chef.
Let me be frank: I want to work with dogs, and I want to do it at your kennels.
I hope that by the end of it you will want me on your books.
What salary could I expect if I came to you in the autumn?
I have applied twice through the portal; a word from inside would help.
I would rather be your apprentice than anybody else's.
Might there be a corner of your workshop in which I could make myself useful after Easter?
If there's any typing you need doing, I type eighty words a minute and I'm free all week.
I was wondering if you'd be able to refer me to your recruitment team.
Frau Keller says that nobody gets near the restoration atelier unless you nod, so I am hoping for a nod.
My aim is to be working in a practice like yours by autumn, ideally yours.
I'd be the first to arrive and the last to leave, if only somebody gave me the chance.
Do please think about whether the practice could stretch to a second nurse.
I could take the early shift off your shoulders.
It would be a dream to work at your studio.
May I send my application directly to you rather than through the website?
I should perhaps say that I could begin at once, since the shop where I work closes on Friday.
I'd love for you to see me at work, perhaps for a trial morning.
I hope one day soon to call you my boss.
I'd rather be a cheap apprentice with you than a well-paid one elsewhere.
I'm ready to hit the ground running on day one.
I saw that the firm wants two graduates for its Hamburg branch: would you tell them to look out for my application?
I intend to hand my papers in at your office on Monday and would be glad if you'd look out for them.
Would you have me for the summer?
Perhaps my letter could find its way to the person who draws up the rota.
Perhaps after our talk you'd feel able to sponsor my name with the guild.
You should also know that I can weld, braze and read drawings, and that I'd do it for the minimum wage at your yard.""".splitlines()

INNOCENT = """\
Is there a part of the work that nobody warns you about?
I'd be glad to return the favour one day.
Should you be on the road that week, a telephone call would do just as well.
Your firm was the first in the county to take on women, my grandmother says.
Would you be open to a short call?
Do tell me if another week is better, because I know how short of people hospitals are.
What made you take me seriously when I first wrote?
I would need no more than half an hour, whenever there is a gap between patients.
I told my employer about our talk, and she gave me your book.
Thank you for mentioning my name to Ms. Ortiz, who has answered already.
I am free from three on Mondays.
I volunteer at a shelter on weekends and cover the front desk.
You may remember me: I carried the chairs at your lecture.
I could help you carry the hives while we talk.
I'm happy to come to you and can start as early as seven.
I have run a canteen for nine years and would like to know whether that counts for anything in nursing.
My sister works in your office and says you are the one who explains things best.
I look after the front desk at a dentist's and have done so for nine years.
I've taken your advice and applied to the college in Leeds.
I want to find out whether I am the kind of person who can stand the cold.
I'm hoping you could tell me what the training is like and what comes after it.
If your week is full, I could wait until after the season.
I've a month off between jobs and could come on any day.
When I begin my course in September I'll think of what you said about patience.
I am writing to people in three trades before I choose a course.
I'm looking for someone who can tell me what the job is like on a bad day.
I'd love to hear how you found your feet in your first year with the company.
I'd like to spend a morning looking over your shoulder, if visitors are allowed in the atelier.
I start as a trainee at the mill on Monday, and I think you had a part in that.
If there is somebody better placed to answer, feel free to pass this on.
You said that a portfolio matters more than a degree, so I have begun to draw every evening.
I would like to know how you share the work between the two of you.
Your colleague is on maternity leave, so reception gave me your address instead.
I'd also be happy to talk with one of your colleagues if you are short of time.
I hope to have decided by Christmas and would value your view before then.
I hope to visit the museum again before the season ends.
Would I be right in thinking that most posts are temporary?
What kind of background do your colleagues have?
My course asks us to interview three people in a field we are curious about.
I'm working in a bakery at the moment and am wondering about a change.
Thank you for offering to look at my CV, but I'd rather wait until I know what I want.
I should like to hear how you became the person who decides which books are bought.
Which of your duties would you hand over first?
I could see myself doing it, but I would like to know what I do not see.
It helped me to see that I would not fit into an office.
You told me that your boss hires for patience, and I have thought about that every day since.
May I bring a list of six questions?
You told me that nobody on your team had planned to get there.""".splitlines()


def of_others(n: int | None = None) -> list[Labelled]:
    """Letters that others wrote without sight of the check, with a fault or two or none.

    n: of that set, 1 to 6: the check was mended between them; all by default
    """
    path = Path(__file__).with_name("letters_of_others.jsonl")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Labelled(row["text"], tuple(row["faults"]), row["kind"], row["channel"], row["contact"])
        for row in rows
        if n in (None, row["set"])
    ]


def judged(letters: list[Labelled]) -> tuple[int, int, int, list[tuple[Labelled, str, str]]]:
    """Return the faults planted, those found, the good letters, and what is said of these."""
    planted, found, _ = measure([one for one in letters if one.faults])
    good = [one for one in letters if not one.faults]
    return planted, found, len(good), measure(good)[2]


def measure(letters: list[Labelled]) -> tuple[int, int, list[tuple[Labelled, str, str]]]:
    """Return the faults planted, those found, and each miss and false alarm."""
    from ii_helpers import letters as craft

    planted = found = 0
    wrong = []
    for one in letters:
        said = craft.check(
            one.text, one.kind, channel=one.channel, contact=one.contact, referrer=one.referrer
        )
        rules = {advice.rule for advice in said}
        planted += len(one.faults)
        found += sum(fault in rules for fault in one.faults)
        wrong += [(one, "missed", fault) for fault in one.faults if fault not in rules]
        wrong += [
            (one, "false alarm", f'{a.rule} ("{a.quote}")')
            for a in said
            if a.rule not in one.faults
        ]
    return planted, found, wrong


def report(title: str, letters: list[Labelled]) -> str:
    planted, found, wrong = measure(letters)
    alarmed = {one.text for one, what, _ in wrong if what == "false alarm"}
    lines = [
        f"{title}: {len(letters)} letters, {sum(bool(one.faults) for one in letters)} with faults",
        f"  faults found: {found} of {planted} ({found / planted:.0%})" if planted else "",
        f"  letters with a false alarm: {len(alarmed)} of {len(letters)} "
        f"({len(alarmed) / len(letters):.0%})",
    ]
    lines += [f"  {what}: {rule}: {one.text.splitlines()[0][:50]}" for one, what, rule in wrong]
    return "\n".join(filter(None, lines))


if __name__ == "__main__":
    print(report("Labelled letters", CLEAN + FAULTY))
    print(report("Letters written after the check", UNSEEN))
    for n in range(1, 7):
        planted, found, n_good, said = judged(of_others(n))
        alarmed = len({one.text for one, *_ in said})
        print(
            f"Letters of others, set {n}: {found} of {planted} faults found, "
            f"{alarmed} of {n_good} good letters with a false alarm"
        )
