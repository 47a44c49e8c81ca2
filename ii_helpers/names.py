"""How a person is called, and where a text does so: in other accents, cases and inflections."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
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
# As in: Robert (Bob) Hillmann
_NICK = re.compile("[(\\[\"\u201c\u201e']([^\\W\\d_]+)[)\\]\"\u201d\u201c']")
_BESIDE = re.compile(r"\s+[(\[][^)\]]*[)\]]")  # pronouns, a maiden name, a nickname

# Scripts that set no blanks between words, or put what belongs to a word beside it.
# (Not compiled here: such a class of letters takes milliseconds, for which every page would wait.)
_JOINED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff]"
)
_PREFIXED = re.compile("[\u0590-\u06ff]")  # Hebrew and Arabic write "and", "to", "by" at the word


# What a file may hold and no page, letter or calendar can show; line breaks and tabs are none.
_CONTROLS = {n: " " for n in range(0xA0) if not 32 <= n < 127 and chr(n) not in "\t\n\r"}


def shown(text: str) -> str:
    """The text without control characters, which XML, calendars and fonts do not take."""
    return text if text.isprintable() else text.translate(_CONTROLS)


def printed(text: str) -> str:
    """The text for a terminal: in place of what would move its cursor, colour it or turn the
    direction of writing there is a sign for it."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter in "\n\t\u200c\u200d" or unicodedata.category(letter) not in _UNSEEN
        else "\ufffd"
        for letter in text
    )  # fmt: skip


_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def one_line(text: str) -> str:
    return " ".join(shown(text).split())


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
    if (nick := _NICK.search(name)) and nick[1].casefold() not in _NO_NAMES:
        forms.append(f"{nick[1]} {last}")
    return list(dict.fromkeys(forms))


# Words of nearly every English text: in small letters they name nobody.
EVERYDAY = frozenset(
    "a all am an and any are as at be been but by can did do does done for from go goes had has "
    "he her here him his how i if in inn is it its just like long many may me more most much my no "
    "not now of on one or our out she so some son still such than that the them then there these "
    "they this to too up us very was way we well were what when who why will win with would yes "
    "yet you young your".split()
)
_WHOLLY_JOINED = "[\u3400-\u9fff\uac00-\ud7af]{3,}"


def calls(name: str) -> list[str]:
    """All that may stand for a person in a text: the whole name, every part of it, and what is
    left of a name without blanks when it is cut in two."""
    words = [word.strip(".,;:()[]\"'\u2019") for word in name.split()]
    words = [
        word for word in words
        if len(word) > 1 and not word.islower() and word.casefold() not in _NO_NAMES
    ]  # fmt: skip
    # Family and given name; where one ends, only the family knows.
    whole = (word for word in words if re.fullmatch(_WHOLLY_JOINED, word))
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
    gap = r"\s*" if re.search(_JOINED, folded) else r"\s+"
    body = gap.join(map(re.escape, folded.split()))
    before, after = r"(?<![^\W_])", r"(?![^\W_])"
    if re.match(_JOINED, folded):
        before = ""
    elif _PREFIXED.match(folded):
        before += "[\u0590-\u06ff]{0,2}"
    if re.match(_JOINED, folded[-1:]):
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
            "þ": "th", "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-",
            "\u00a0": " ", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": ""}  # fmt: skip


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


class _Folding(dict[int, str]):
    """Letters without their accents, each worked out once."""

    def __missing__(self, letter: int) -> str:
        self[letter] = _folded(chr(letter))
        return self[letter]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without accents; José and Jose are one name."""
    return text if text.isascii() else text.translate(_FOLDING)


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
        return next((text[start:end] for start, end in self.spans(text)), "")

    def replace(self, text: str, by: str | Callable[[str], str]) -> str:
        """The text with `by`, or what that makes of it, in every place that is found."""
        return replaced(text, self.spans(text), by)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a text holds what is wanted; places that overlap are one."""
        plain = fold(text)
        small = plain.casefold()
        may_be: Iterable[Wanted] = self._wanted
        if len(self._wanted) > _MANY:
            begin = {small[at : at + n] for n in self._lengths for at in range(len(small) + 1)}
            may_be = [one for letters in begin & self._begin.keys() for one in self._begin[letters]]
        wanted = {regex for regex, word in may_be if word in small}
        if not wanted:
            return []
        met = (one.span() for regex in wanted for one in _compiled(regex).finditer(plain))
        return _in_text(text, joined(met))


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    return found


def replaced(text: str, spans: Iterable[tuple[int, int]], by: str | Callable[[str], str]) -> str:
    """The text with `by` in these places, which do not overlap; see `Finder.replace`."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], by if isinstance(by, str) else by(text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])


def _in_text(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where in a text is what was found in its folded form."""
    if not spans or text.isascii():
        return spans
    folded = [_FOLDING[ord(letter)] for letter in text]
    places = [n for n, letters in enumerate(folded) for _ in letters] + [len(text)]
    return [(places[start], places[end]) for start, end in spans]


# --- what somebody is known by, as marks that can be kept without being readable -----------------

# Words, in scripts without blanks letters; what counts is their order, not what is between them.
_WORDS = rf"{_JOINED}|(?:(?!{_JOINED})[^\W_])+"
_LONGEST = 40  # words in a mark
_FEWEST = 3  # digits of a number that is worth looking up
_IN_NUMBERS = re.compile(r"[\s().\-/\u2010-\u2015]*")
_BEFORE_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)*$")
_AFTER_LINK = re.compile(r"/?(?:[?#][\w=&%.+-]*)?")
# What stands between two names and not between the parts of one: a line break without a comma, a
# sign that parts sentences or lists, a stop that ends no initial.
_APART = re.compile(
    r"[;:!?|/*\u2022\u2026\u2013\u2014]\s|\s-|-\s|(?<!\b\w)\.|[^,\s][^\S\r\n]*[\r\n]"
)
_LETTERS_BESIDE = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}


def mark(text: str, kind: str = "") -> str:
    """What a text comes to, however it is written; "" when it has no words.

    kind: "" in any case; "," the family name first, with nothing but a comma between; "=" one word
    in this case only; "@" an email, "/" a link, which are no part of a longer one
    """
    words = re.findall(_WORDS, fold(unicodedata.normalize("NFC", text)))
    return kind + _joined(words, keep_case=kind == "=") if words else ""


def _joined(words: list[str], keep_case: bool = False) -> str:
    joined = ("" if all(map(str.isdecimal, words)) else " ").join(words)
    return joined if keep_case else joined.casefold()


def with_beginnings(marks: Collection[str]) -> set[str]:
    """These marks, and what tells at each word of a text whether one of them may go on there."""
    found = set(marks)
    for one in marks:
        words = one.lstrip(",=@/").casefold().split()
        found |= {"^" + _joined(words[:n]) for n in range(1, max(2, len(words)))}
    return found


def spellings(text: str) -> set[str]:
    """A name with ue for ü and the other way round."""
    small = unicodedata.normalize("NFC", text).lower()
    pairs = _LETTERS_BESIDE.items()
    long, short = small, small
    for letter, two in pairs:
        long, short = long.replace(letter, two), short.replace(two, letter)
    return {text, long, short}


class Marks:
    """Finds marks in texts, whatever accents, cases, blanks and signs stand there.

    known: marks `with_beginnings`; kept: what each was made into before it was put there, such
    as a sum
    """

    def __init__(self, known: Collection[str], kept: Callable[[str], str] = str):
        self.known, self._kept = frozenset(known), kept
        self._begins: dict[str, bool] = {}
        self._may_hold: Callable[[str], bool] = lambda text: bool(self.known)
        if kept is str:  # most texts can be passed over without a look at each word
            starts = [one[1:] for one in known if one[:1] == "^" and not one[1:].isdecimal()]
            fewest = min((len(one) for one in known if one.isdecimal()), default=1000)
            number = re.compile(rf"(?:\d{_IN_NUMBERS.pattern}){{{max(fewest, _FEWEST)}}}")
            self._may_hold = lambda text: (
                any(map(text.casefold().__contains__, starts)) or bool(number.search(text))
            )

    def without(self, marks: Iterable[str]) -> Marks:
        """These but for some marks, given as they were before they were kept."""
        return Marks(self.known - set(map(self._kept, marks)), self._kept)

    def first(self, text: str) -> str:
        """The first place that is found, as it is written; "" when there is none."""
        text = unicodedata.normalize("NFC", text)
        return next((text[start:end] for start, end in self.spans(text)), "")

    def replace(self, text: str, by: str, others: Marks | None = None) -> str:
        """The text with `by` in every place that is found.

        others: of people who are to stay as they are: a part of what these find is left
        """
        whole = unicodedata.normalize("NFC", text)
        spans = self.spans(whole, others)
        return replaced(whole, spans, by) if spans else text

    def _has(self, mark: str) -> bool:
        return self._kept(mark) in self.known

    def spans(self, text: str, others: Marks | None = None) -> list[tuple[int, int]]:
        """Where a text, its letters and accents in one (NFC), holds marks. others: see replace"""
        plain = fold(text)
        if not self._may_hold(plain):
            return []
        words = list(re.finditer(_WORDS, plain))
        found = list(self._met_in(plain, words))
        if found and others:
            found = list(self._met_in(plain, words, list(others._met_in(plain, words))))
        return _in_text(text, found)

    def _met_in(
        self, plain: str, words: list[re.Match[str]], theirs: Collection[tuple[int, int]] = ()
    ) -> Iterator[tuple[int, int]]:
        """theirs: places of which no part is to be found"""
        at = 0
        while at < len(words):
            n, span = self._best(plain, words, at)
            if span and not any(_is_part(span, of) for of in theirs):
                yield span
                at += n
            else:
                at += 1

    def _best(
        self, plain: str, words: list[re.Match[str]], at: int
    ) -> tuple[int, tuple[int, int] | None]:
        """The longest mark that begins at a word, unless it is made of two names' parts: Silva,
        Ana Silva is somebody and Ana Silva."""
        n, span = self._longest(plain, words, at)
        for later in range(at + 1, at + n if span and "," in plain[slice(*span)] else 0):
            _, other = self._longest(plain, words, later)
            if span and other and other[1] > span[1] and "," not in plain[slice(*other)]:
                return 1, None
        return n, span

    def _may_begin(self, word: str) -> bool:
        if (may := self._begins.get(word)) is None:
            may = self._begins[word] = bool(self._firsts(word)) or word.isdecimal()
        return may

    def _firsts(self, word: str) -> list[str]:
        return [one for one in _inflected(word) if self._has(f"^{one.casefold()}")]

    def _longest(
        self, plain: str, words: list[re.Match[str]], at: int
    ) -> tuple[int, tuple[int, int] | None]:
        """The longest mark that begins at a word: of how many words it is, and where it is."""
        if not self._may_begin(words[at].group()):
            return 1, None
        found, word = [self._number(plain, words, at)], words[at].group()
        for first in self._firsts(word):
            has_ending = first != word and word.startswith(first)  # which the last word may have
            group = [first]
            for n, last in enumerate(words[at : at + _LONGEST], 1):
                if n > 1:
                    if len(plain[words[at + n - 2].end() : last.start()].strip()) > 3:
                        break
                    group.append(last.group())
                if span := self._met(plain, group, words[at].start(), last.end()):
                    found.append((n, span))
                if has_ending or not self._has("^" + _joined(group)):
                    break
        return max(found, key=lambda one: (one[1] is not None, one[0]))

    def _number(
        self, plain: str, words: list[re.Match[str]], at: int
    ) -> tuple[int, tuple[int, int] | None]:
        found: tuple[int, tuple[int, int] | None] = 1, None
        digits, end = "", words[at].start()
        for n, word in enumerate(words[at : at + _LONGEST], 1):
            gap = plain[end : word.start()]
            if not word.group().isdecimal() or not _IN_NUMBERS.fullmatch(gap):
                break
            digits, end = digits + word.group(), word.end()
            if len(digits) >= _FEWEST and self._has(digits):
                found = n, (len(plain[: words[at].start()].rstrip("+(")), end)
        return found

    def _met(self, plain: str, group: list[str], start: int, end: int) -> tuple[int, int] | None:
        """Where a mark of just these words is, if it is one."""
        before, after = plain[max(start - 80, 0) : start], plain[end : end + 400]
        small = _joined(group)
        for kind in ("", "," * (not _APART.search(plain[start:end]))):
            if any(self._has(kind + _joined([*group[:-1], one])) for one in _inflected(group[-1])):
                return start, end
        if len(group) == 1 and self._has("=" + plain[start:end]):
            return start, end
        if self._has("@" + small):
            if not re.search(r"[\w.+-]$", before) and not re.match(r"[.-]?\w", after):
                return start, end
        if self._has("/" + small) and not re.match(r"[\w-]", after):
            met = [_BEFORE_LINK.search(before), _AFTER_LINK.match(after)]
            n_before, n_after = (len(one.group()) if one else 0 for one in met)
            return start - n_before, end + n_after
        return None


def _is_part(span: tuple[int, int], of: tuple[int, int]) -> bool:
    """Whether a place lies in another one that begins before it or is longer."""
    holds = span[0] <= of[0] and of[1] <= span[1]
    return of[0] <= span[0] < of[1] and not holds


def _inflected(word: str) -> list[str]:
    """A word, and without what may have been put at it."""
    found = [word]
    if len(word) > 2 and word[-1] in "sS":
        found.append(word[:-1])
    if _PREFIXED.match(word):
        found += [word[n:] for n in (1, 2) if len(word) > n + 1]
    return found
