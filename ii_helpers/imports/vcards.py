"""Contacts from vCards.

The lines are taken apart by vobject, which is kept up and knows the grammar of all
three versions (groups, parameters with and without names, quoting). Its card model is not used:
it takes 0.7 ms a card, reads photos nobody needs, and gives up a whole file over one bad line.
So lines are unfolded and the ones that say nothing about a contact dropped before.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from .results import Progress, Skip, cleaned, contact_of, shortened

_WANTED = re.compile(
    r"(?:[\w-]+\.)?(BEGIN|END|FN|N|ORG|TITLE|ROLE|EMAIL|TEL|URL|ADR|NOTE|NICKNAME|KIND|"
    r"X-SOCIALPROFILE|X-PHONETIC-FIRST-NAME|X-PHONETIC-LAST-NAME|X-ABSHOWAS|"
    r"X-ADDRESSBOOKSERVER-KIND)[;:]",
    re.I,
)
_HEAD = re.compile(
    r"[^:;]+(?:;(?:\"[^\"]*\"|[^\":])*)?:"
)  # to the colon; those in quotes do not count
_SOFT = re.compile(r"ENCODING=QUOTED-PRINTABLE|;QUOTED-PRINTABLE[;:]", re.I)


def cards_in(text: str, tell: Progress) -> Iterator[tuple[int, dict[str, str]] | Skip]:
    """The people on the cards of a file, and what is left out."""
    total = len(text)
    card: dict[str, list[tuple[str, dict[str, list[str]]]]] | None = None
    start = seen = 0
    for number, at, line in _logical_lines(text):
        kind = _WANTED.match(line).group(1).upper()  # type: ignore[union-attr]
        if kind == "BEGIN":
            if card is not None:
                yield _card(card, start)
            card, start, seen = defaultdict(list), number, seen + 1
            if seen % 500 == 0:
                tell(at, total)
        elif kind == "END":
            if card is not None:
                yield _card(card, start)
            card = None
        elif card is not None:
            if (parsed := _parse(line)) is not None:
                card[kind].append(parsed)
    if card is not None:
        yield _card(card, start)
    tell(total, total)


def _logical_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Unfold the lines that matter, with the number and place of their first physical line."""
    parts: list[str] = []
    began = (0, 0)
    soft = False  # a quoted-printable line goes on after a "=" at its end
    at = number = 0
    for line in io.StringIO(text, newline=None):
        number += 1
        at += len(line)
        line = line.rstrip("\n")
        if parts and soft and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in (" ", "\t"):
            if parts:
                parts.append(line[1:])
        else:
            if parts:
                yield (*began, "".join(parts))
            is_wanted = _WANTED.match(line)
            parts, began = ([line] if is_wanted else []), (number, at)
            soft = bool(is_wanted and _SOFT.search(line))
    if parts:
        yield (*began, "".join(parts))


def _parse(line: str) -> tuple[str, dict[str, list[str]]] | None:
    """Return (value, parameters) of a line; None for one that is broken."""
    if not (head := _HEAD.match(line)):
        return None
    value, parameters = line[head.end() :], _parameters(head.group())
    if parameters is None or len(parameters) == 0:
        return None if parameters is None else (value, parameters)
    encoding = {e.upper() for e in (*parameters["ENCODING"], *parameters["TYPE"])}
    charset = next(iter(parameters["CHARSET"]), "utf-8")
    if "QUOTED-PRINTABLE" in encoding:
        import quopri

        raw = quopri.decodestring(value.encode("utf-8", "replace"))
        try:
            value = raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            value = raw.decode("cp1252", "replace")
    elif encoding & {"B", "BASE64"}:
        import base64
        import binascii

        try:
            value = base64.b64decode(value).decode(charset, "replace")
        except (binascii.Error, ValueError, LookupError):
            return None
    return value, parameters


@lru_cache(maxsize=4096)
def _parameters(head: str) -> dict[str, list[str]] | None:
    """The parameters of a line, from its text up to the colon; few differ in a whole file."""
    from vobject.base import ParseError, parseLine

    try:
        _, given, _, _ = parseLine(head)
    except (ParseError, ValueError, IndexError):
        return None
    parameters: dict[str, list[str]] = defaultdict(list)
    for name, *values in given:
        # vCard 2.1 writes a bare word, as in TEL;CELL
        parameters[name.upper() if values else "TYPE"] += values or [name]
    return parameters


def _plain_value(value: str) -> str:
    if "\\" not in value:
        return value.strip()
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value, flags=re.S).strip()


def _parts(value: str) -> list[str]:
    """The parts of a structured value: N, ORG and ADR are split at each bare semicolon."""
    return [_plain_value(part) for part in re.split(r"(?<!\\);", value)]


def _card(card: Mapping[str, Any], line: int) -> tuple[int, dict[str, str]] | Skip:
    def first(kind: str) -> str:
        return next((text for value, _ in card[kind] if (text := _plain_value(value))), "")

    def preferred(kind: str) -> list[str]:
        ranked = sorted(
            card[kind],
            key=lambda one: (
                "PREF" not in {t.upper() for t in one[1]["TYPE"]} and not one[1]["PREF"]
            ),  # fmt: skip
        )
        return [re.sub(r"^(tel|mailto):", "", _plain_value(value), flags=re.I)
                for value, _ in ranked]  # fmt: skip

    parts = [*_parts(next(iter(card["N"]), ("",))[0]), *[""] * 5]
    family, given, middle, prefix, suffix = parts[:5]
    spoken = " ".join(filter(None, (given, middle, family, suffix)))
    full = cleaned(first("FN"))
    if prefix and full.casefold().startswith(prefix.casefold()):
        full = full[len(prefix) :].strip()
    name = full or spoken or first("NICKNAME")
    organization = [part for part in _parts(next(iter(card["ORG"]), ("",))[0]) if part]
    kind = (first("KIND") or first("X-ADDRESSBOOKSERVER-KIND")).casefold()
    if kind == "group":
        return Skip(line, name, "that are a group")
    if kind == "org" or first("X-ABSHOWAS").casefold() == "company":
        return Skip(line, name or "".join(organization[:1]), "that are an organization")
    person = contact_of(
        {
            "name": name,
            "salutation": prefix,
            "pronunciation": " ".join(
                filter(None, (first("X-PHONETIC-FIRST-NAME"), first("X-PHONETIC-LAST-NAME")))
            ),
            "organization": organization[0] if organization else "",
            "job_title": first("TITLE") or first("ROLE"),
            "emails": preferred("EMAIL"),
            "phones": preferred("TEL"),
            "profile_url": first("X-SOCIALPROFILE") or first("URL"),
            "location": ", ".join(
                filter(None, [*_parts(next(iter(card["ADR"]), ("",))[0]), *[""] * 7][3:5])
            ),
            "notes": first("NOTE"),
        }  # fmt: skip
    )
    if person["name"]:
        return line, person
    return Skip(line, shortened((*person.values(),)), "without a name")
