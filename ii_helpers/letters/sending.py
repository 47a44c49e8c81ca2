"""Ways out of the workbook: a mail link, a mail file, a page to print, a sheet for a call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from .facts import Facts, one_line
from .kinds import Letter

if TYPE_CHECKING:
    from ..workbook import Workbook


def mailto(letter: Letter, to: str = "") -> str:
    """Return a link that opens the letter in the learner's own mail program."""
    from urllib.parse import quote

    body = quote(letter.body.replace("\n", "\r\n"), safe="")
    address = quote(one_line(to).replace(" ", ""), safe="@+")
    return f"mailto:{address}?subject={quote(one_line(letter.subject), safe='')}&body={body}"


def eml(letter: Letter, to: str = "", sender: str = "") -> bytes:
    """Return the letter as a mail file that mail programs open as a draft, ready to send."""
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["Subject"] = one_line(letter.subject)
    for header, address in (("To", to), ("From", sender)):
        try:
            message[header] = one_line(address)
        except Exception:  # Python's reader of addresses fails in any way
            pass  # an address no mail program would take: left for the learner to type
    message.set_content(letter.body.replace("\r\n", "\n") + "\n", charset="utf-8")
    return message.as_bytes()


def page(letter: Letter) -> str:
    """Return the letter as a printable page (HTML); a browser prints it or saves it as PDF."""
    from html import escape

    parts = letter.body.strip().split("\n\n")
    text = "\n".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)
    return _PAGE.format(title=escape(letter.subject or "Letter"), text=text)


def call_sheet(wb: Workbook, contact_id: str, questions: Iterable[str] = ()) -> str:
    """Return a one-page sheet (HTML) for a conversation that begins at once by phone (R17).

    questions: those to print, five at most
    """
    from html import escape

    contact = wb.contacts.get(contact_id)
    facts = Facts(wb, contact, "call script", "phone", date.today(), {}).values
    field = facts["the_field"]
    opening = [
        "Thank you for taking the time right now.",
        facts["who_i_am"] or "May I say in a sentence who I am?",
        (f"I am exploring {field}, and" if field else "I would like your advice, and")
        + " I am after information, not a job.",
    ]
    about = [contact.job_title, facts["organization"], contact.phone]
    if contact.pronunciation.strip():
        about.append(f"say: {contact.pronunciation}")
    asks = [*questions][:5] or list(_FIRST_QUESTIONS)
    until = f"Ask how long they have; keep to {facts['minutes']} at most."
    closing = [
        "Whom else would you advise me to talk with?",
        "May I say that you sent me? (yes / no)",
        "Thank you. How may I let you know what came of it?",
    ]
    text = [
        f"<h1>{escape(facts['contact'] or '')}</h1>",
        f"<p>{escape(' · '.join(one_line(x) for x in about if x and x.strip()))}</p>",
        "<h2>To open</h2>", _list(opening), f"<p>{escape(until)}</p>",
        "<h2>Five questions</h2>", _list(asks, "note"),
        "<h2>Before you hang up</h2>", _list(closing, "note short"),
    ]  # fmt: skip
    return _PAGE.format(title=f"Call sheet: {escape(facts['contact'] or '')}", text="\n".join(text))


def _list(lines: Iterable[str], style: str = "") -> str:
    from html import escape

    after = f'<div class="{style}"></div>' if style else ""
    return "<ol>" + "".join(f"<li>{escape(one_line(x))}{after}</li>" for x in lines) + "</ol>"


_FIRST_QUESTIONS = (
    "What did your work look like this week?",
    "What led you to this position?",
    "Which part of the work gives you the most, and which costs you the most?",
    "Where do you see this field going in the next three to five years?",
    "What would you advise someone to do first who wants to learn this work?",
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ margin: 2cm }}
body {{ font: 11.5pt/1.5 Georgia, serif; color: #111; background: #fff; max-width: 17cm;
        margin: 1.5cm auto; padding: 0 1em }}
h1 {{ font-size: 1.4em; margin: 0 }} h2 {{ font-size: 1.05em; margin: .8em 0 .2em }}
ol {{ margin: .2em 0; padding-left: 1.4em }} p {{ margin: 0 0 1em; overflow-wrap: anywhere }}
.note {{ height: 2.6cm }} .short {{ height: 1cm }}
@media print {{ body {{ margin: 0; padding: 0; max-width: none }} }}
</style></head><body>
{text}
</body></html>
"""
