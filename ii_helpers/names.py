"""How a person is called, and where a text does so: in other accents, cases and inflections."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

_LETTERS_AFTER = re.compile(
    r",?\s+(?:ph\.?\s?d|m\.?d|m\.?a|m\.?sc?|mba|rn|cpa|jd|esq|jr|sr|ii|iii|iv|pe|phr|pmp|cfa|"
    r"dds|ed\.?d|psy\.?d|lcsw|ccc-slp|m\.?ed|mph|msw|licsw|bsn|msn|dnp|dpt|dvm|pharm\.?d|ll\.?m|"
    r"ll\.?b|mfa|mpa|mpp|shrm-s?cp|otr/l|leed ap)\.?(?=,|$|\s)",
    re.I,
)
# Behind a comma: capitals, with stops, strokes or hyphens, or abbreviated words. R.N., AIA, B.Arch.
_DEGREE = re.compile(
    r"[A-Z][A-Z0-9]+|(?:[A-Z]\.){2,}|[A-Z0-9]+(?:[-/][A-Z0-9]+)+|[A-Z][A-Za-z]*(?:\.[A-Z][a-z]*)+\.?"
)
_TITLE = re.compile(
    r"^(?:(?:dr|prof|professor|mr|mrs|ms|mx|miss|sir|frau|herr)\b\.?\s+)+(?=\S)", re.I
)
_NO_NAMES = frozenset(
    "dr prof professor mr mrs ms mx miss sir frau herr she her hers he him his they them their "
    "née nee geb phd md mba".split()
)
_BESIDE = re.compile(r"\s+[(\[][^)\]]*[)\]]")  # pronouns, a maiden name, a nickname

# Scripts that set no blanks between words, or put what belongs to a word beside it.
_JOINED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff]"
)
_PREFIXED = re.compile("[\u0590-\u06ff]")  # Hebrew and Arabic write "and", "to", "by" at the word


def one_line(text: str) -> str:
    return " ".join(text.split())


def plain_name(name: str) -> str:
    """Return a name in the order in which it is said, without degrees and brackets."""
    name = one_line(name)
    said = _BESIDE.sub("", name)
    bare = _LETTERS_AFTER.sub("", said).strip(" ,") or name
    if " " not in bare and " " in (whole := said.partition(",")[0].strip()):
        bare = whole  # Ma, as in Jack Ma, is no degree
    family, *given = (part.strip() for part in bare.split(","))
    if " " in family and not name.isupper():  # in one word, what follows may be the given name
        given = [part for part in given if not all(map(_DEGREE.fullmatch, part.split()))]
    return " ".join([*filter(None, given), family]) if any(given) else family


def bare_name(name: str) -> str:
    """The same without a title before it."""
    return _TITLE.sub("", plain_name(name))


def parts_of(name: str) -> list[str]:
    """The names in a name that could stand for the person; initials and particles are none."""
    words = re.findall(r"[^\W_]+", name)
    return [
        word for word in words
        if word.casefold() not in _NO_NAMES and len(word) > 1
        and not (word.islower() and len(word) < 4)
    ]  # fmt: skip


def full_forms(name: str, salutation: str = "") -> list[str]:
    """What calls a person by more than one word; the name itself if it is one."""
    bare = bare_name(name)
    words = bare.split()
    if len(words) < 2:
        forms = [one_line(name)] if one_line(name) else []
        return forms + [f"{one_line(salutation)} {bare}"] * bool(bare and salutation.strip())
    first, last = words[0], words[-1]
    forms = [one_line(name), bare, f"{last}, {' '.join(words[:-1])}", f"{first} {last}"]
    before_comma = bare_name(one_line(name).partition(",")[0])
    if " " in before_comma:
        forms.append(before_comma)
    if salutation.strip():
        forms.append(f"{salutation.strip()} {last}")
    return list(dict.fromkeys(forms))


# Words of nearly every English text: in small letters they name nobody.
EVERYDAY = frozenset(
    "a all am an and any are as at be been but by can did do does done for from go goes had has "
    "he her here him his how i if in inn is it its just like long many may me more most much my no "
    "not now of on one or our out she so some son still such than that the them then there these "
    "they this to too up us very was way we well were what when who why will win with would yes "
    "yet you young your".split()
)
_WHOLLY_JOINED = re.compile("[\u3400-\u9fff\uac00-\ud7af]{3,}")


def calls(name: str) -> list[str]:
    """All that may stand for a person in a text: the whole name, every part of it, and what is
    left of a name without blanks when it is cut in two."""
    words = [word.strip(".,;:()[]\"'\u2019") for word in name.split()]
    words = [
        word for word in words
        if len(word) > 1 and not word.islower() and word.casefold() not in _NO_NAMES
    ]  # fmt: skip
    # Family and given name; where one ends, only the family knows.
    whole = filter(_WHOLLY_JOINED.fullmatch, words)
    cut = [part for word in whole for n in range(1, len(word)) for part in (word[:n], word[n:])
           if len(part) > 1]  # fmt: skip
    found = dict.fromkeys([*full_forms(name), *words, *parts_of(name), *cut])
    return [called for called in found if any(map(str.isalnum, called))]


class Wanted(NamedTuple):
    """What to find: a regular expression for a folded text, and a word without which no text
    holds it, in small letters; "" when there is none."""

    regex: str
    word: str = ""


ENDINGS = "s|es|n|en|ns"  # what German and English put at a name's end


def pattern(words: str, *, endings: str = "", exact: bool = False) -> Wanted:
    """These words over any blanks, not within a longer word.

    endings: what may follow a word, as in "s|es"; exact: in this case only
    """
    # Beyond European letters, marks are not taken off: a letter may be written in one or two.
    spelled = [fold(unicodedata.normalize(form, words)) for form in ("NFC", "NFD")]
    regexes = list(dict.fromkeys(_bounded(folded, endings) for folded in spelled))
    regex = "|".join(regexes)
    return Wanted(
        f"(?-i:{regex})" if exact else f"(?:{regex})",
        _first_word(spelled[0]) if len(regexes) == 1 else "",
    )


def _bounded(folded: str, endings: str) -> str:
    gap = r"\s*" if _JOINED.search(folded) else r"\s+"
    body = gap.join(map(re.escape, folded.split()))
    before, after = r"(?<![^\W_])", r"(?![^\W_])"
    if _JOINED.match(folded):
        before = ""
    elif _PREFIXED.match(folded):
        before += "[\u0590-\u06ff]{0,2}"
    if _JOINED.match(folded[-1:]):
        after = ""
    elif endings:
        after = f"(?:{endings})?" + after
    return before + body + after


def anywhere(text: str) -> Wanted:
    """This text over any blanks, also within a longer word."""
    folded = fold(unicodedata.normalize("NFC", text))
    return Wanted(r"\s+".join(map(re.escape, folded.split())), _first_word(folded))


def _first_word(folded: str) -> str:
    return next(iter(folded.casefold().split()), "")


_SPELLED = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe",
            "þ": "th", "\u2019": "'", "\u00a0": " ", "\u2018": "'", "\u02bc": "'", "\u2010": "-",
            "\u2011": "-"}  # fmt: skip


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    """A letter without its accents; nothing for an accent that stands alone."""
    if letter in _SPELLED:
        return _SPELLED[letter]
    if letter.lower() in _SPELLED:
        return _SPELLED[letter.lower()].capitalize()
    if "\u0300" <= letter <= "\u036f":
        return ""
    # Beyond European letters a mark makes another letter.
    is_european = letter < "\u0530" or "\u1e00" <= letter <= "\u1fff"
    return unicodedata.normalize("NFD", letter)[0] if is_european else letter


def fold(text: str) -> str:
    """The text without accents; José and Jose are one name."""
    return text if text.isascii() else "".join(map(_folded, text))


_BEGIN, _MANY = 6, 100  # letters; wanted texts


@lru_cache(maxsize=512)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.IGNORECASE)


class Finder:
    """Finds any of what is wanted in texts, whatever their accents and cases."""

    def __init__(self, wanted: Iterable[Wanted]):
        self._wanted = set(wanted)
        # By how their word begins: thousands of names at each letter would take too long.
        self._begin: dict[str, list[Wanted]] = defaultdict(list)
        for one in self._wanted:
            self._begin[one.word[:_BEGIN]].append(one)
        self._lengths = set(map(len, self._begin))

    def first(self, text: str) -> str:
        """The first place that is found, as it is written; "" when there is none."""
        return next((text[start:end] for start, end in self._spans(text)), "")

    def replace(self, text: str, by: str | Callable[[str], str]) -> str:
        """The text with `by` in every place that is found.

        by: or a function from what stands there
        """
        pieces, at = [], 0
        for start, end in self._spans(text):
            pieces += [text[at:start], by if isinstance(by, str) else by(text[start:end])]
            at = end
        return "".join([*pieces, text[at:]]) if pieces else text

    def _spans(self, text: str) -> list[tuple[int, int]]:
        plain = fold(text)
        small = plain.casefold()
        may_be: Iterable[Wanted] = self._wanted
        if len(self._wanted) > _MANY:
            begin = {small[at : at + n] for n in self._lengths for at in range(len(small) + 1)}
            may_be = [one for letters in begin & self._begin.keys() for one in self._begin[letters]]
        wanted = {regex for regex, word in may_be if word in small}
        if not wanted:
            return []
        longest_first = sorted(wanted, key=lambda regex: (-len(regex), regex))
        spans = [met.span() for met in _compiled("|".join(longest_first)).finditer(plain)]
        if not spans or text.isascii():
            return spans
        folded = [_folded(letter) for letter in text]
        places = [n for n, letters in enumerate(folded) for _ in letters] + [len(text)]
        return [(places[start], places[end]) for start, end in spans]
