"""Who is in the log already; adding people, and merging two rows that are one person."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import WorkbookError
from ..tables import TABLES
from .results import COLUMNS, Counts, ImportResult, Progress

if TYPE_CHECKING:
    import pandas as pd

    from ..workbook import Workbook

SIMILAR = 88  # of 100, rapidfuzz's ratio of two names, above which they may be one person


# --- who is there already -------------------------------------------------------------------


def fold(text: str) -> str:
    """Return a name without accents, case and punctuation, for comparing."""
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


@cache
def _sorted_name(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


@cache
def _workplace(name: str) -> str:
    words = [w for w in fold(name).split() if w not in _LEGAL]
    return " ".join(words)


_LEGAL = {"the", "inc", "ltd", "llc", "gmbh", "corp", "corporation", "co", "company", "plc", "ag",
          "sa", "limited", "incorporated"}  # fmt: skip


def _profile(url: str) -> str:
    plain = re.sub(r"^(?:https?://)?(?:www\.|[a-z]{2}\.(?=linkedin))?", "", url.strip().casefold())
    return re.split(r"[?#]", plain)[0].rstrip("/")


class _Known(NamedTuple):
    """One person to compare with. `of`: a contact's id, or the row of the file (a number)."""

    of: Any
    name: str
    sorted_name: str
    workplace: str
    email: str
    profile: str
    phone: str

    @property
    def has_key(self) -> bool:
        return bool(self.email or self.profile)


class _People:
    """Those seen so far, found by address, profile, name, and similar name at a workplace."""

    def __init__(self) -> None:
        self.by_email: dict[str, _Known] = {}
        self.by_profile: dict[str, _Known] = {}
        self.by_name: dict[str, list[_Known]] = defaultdict(list)
        self.at_workplace: dict[tuple, dict[str, _Known]] = defaultdict(dict)

    def add(self, one: _Known) -> None:
        if one.email:
            self.by_email.setdefault(one.email, one)
        if one.profile:
            self.by_profile.setdefault(one.profile, one)
        self.by_name[one.sorted_name].append(one)
        if one.workplace:
            for near in self._near(one, one.has_key and isinstance(one.of, int)):
                near.setdefault(one.sorted_name, one)

    def _near(self, one: _Known, told_apart: bool) -> Iterator[dict[str, _Known]]:
        """Those at the same workplace whose name has a word that begins alike.

        Numbers tell people of one name apart better than any likeness, so they are part of it.
        """
        numbers = "".join(c if c.isdigit() else " " for c in one.sorted_name).split()
        for letters in {word[:2] for word in one.sorted_name.split()}:
            yield self.at_workplace[one.workplace, letters, *numbers, told_apart]

    def match(self, one: _Known) -> tuple[str, Any, str]:
        """Return (status, of whom, why): "already there", "possible duplicate" or "new"."""
        for found, why in (
            (self.by_profile.get(one.profile) if one.profile else None, "same profile"),
            (self.by_email.get(one.email) if one.email else None, "same email"),
        ):
            if found:
                same = found.sorted_name == one.sorted_name
                return "already there" if same else "possible duplicate", found.of, why
        maybe = None
        for other in self.by_name.get(one.sorted_name, ()):
            if self._told_apart(one, other):
                continue
            if one.workplace == other.workplace and (
                (not one.has_key and one.phone in ("", other.phone)) or one[2:] == other[2:]
            ):
                return "already there", other.of, "same name and workplace"
            if one.workplace == other.workplace or not (one.workplace and other.workplace):
                maybe = maybe or other
        if maybe:
            at = " and workplace" if one.workplace and one.workplace == maybe.workplace else ""
            return "possible duplicate", maybe.of, f"same name{at}"
        if similar := self._similar(one):
            return "possible duplicate", similar.of, "similar name, same workplace"
        return "new", None, ""

    @staticmethod
    def _told_apart(one: _Known, other: _Known) -> bool:
        if one.profile and other.profile:
            return True  # two profiles on one site are two people
        in_one_file = isinstance(one.of, int) and isinstance(other.of, int)
        # Within one file, the address book it comes from has told them apart by address.
        return in_one_file and one.has_key and other.has_key

    def _similar(self, one: _Known) -> _Known | None:
        from rapidfuzz import fuzz, process

        if not one.workplace or not one.sorted_name:
            return None
        is_keyed = one.has_key and isinstance(one.of, int)
        for told_apart in (False,) if is_keyed else (False, True):
            for near in self._near(one, told_apart):
                found = near and process.extract(
                    one.sorted_name, near.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=5
                )
                for name, _, _ in found or ():
                    if not self._told_apart(one, near[name]):
                        return near[name]
        return None


def _known(of: Any, person: Mapping[str, str], workplace: str) -> _Known:
    return _Known(
        of,
        person["name"],
        _sorted_name(person["name"]) or person["name"],
        _workplace(workplace),
        person["email"].strip().casefold(),
        _profile(person["profile_url"]),
        re.sub(r"\D", "", person["phone"]),
    )


def _in_the_log(wb: Workbook) -> Iterator[_Known]:
    places = {row.id: row.name for row in wb.organizations.rows()}
    for row in wb.contacts.rows():
        person = {"name": row.name, "email": row.email, "profile_url": row.profile_url,
                  "phone": row.phone}  # fmt: skip
        yield _known(row.id, person, places.get(row.organization_id, ""))


def compare(wb: Workbook, result: ImportResult) -> pd.DataFrame:
    """Return, for each person of a file, whether they are in the log already.

    One row per row of `result.contacts`, in that order: status ("new", "already there" or
    "possible duplicate"), match (the contact's id in the log, or the number of an earlier row
    of the file, or None) and why. Writes nothing.
    """
    import pandas as pd

    people = _People()
    for one in _in_the_log(wb):
        people.add(one)
    found = []
    for number, person in enumerate(_records(result.contacts)):
        one = _known(number, person, person["organization"])
        said = people.match(one)
        found.append(said)
        if said[0] != "already there":
            people.add(one)
    index = result.contacts.index
    return pd.DataFrame(found, columns=["status", "match", "why"], index=index, dtype="object")


def _records(contacts: pd.DataFrame) -> list[dict[str, str]]:
    columns = [contacts[c].tolist() if c in contacts else [""] * len(contacts) for c in COLUMNS]
    return [
        dict(zip(COLUMNS, ("" if v is None or v != v else str(v) for v in row), strict=True))
        for row in zip(*columns, strict=True)
    ]


# --- adding ---------------------------------------------------------------------------------


def add_contacts(
    wb: Workbook,
    result: ImportResult,
    *,
    rows: Collection[int] | None = None,
    keep: Collection[int] = (),
    merge: Collection[int] = (),
    progress: Progress | None = None,
) -> Counts:
    """Add the people of a file who are new, all as one change that `wb.undo()` takes back.

    rows: positions in `result.contacts` to consider, all by default
    keep: those who look like someone else and shall be added all the same
    merge: those who are someone already there: what is blank there is filled in

    Someone who may be in the log already is neither added nor merged unless named in `keep` or
    `merge`. Organizations are made when missing. Who is "Referred By" a person of that name
    becomes a referral (may you use the name: not asked yet). A second time adds nothing.
    """
    if not isinstance(result, ImportResult):
        raise WorkbookError(
            f"{type(result).__name__} is not what was read of a file of contacts. Read the file "
            "first: add_contacts(wb, read_contacts(path)).",
            value=result,
        )
    tell = progress or (lambda done, total: None)
    people = _records(result.contacts)
    with wb.together("adding people from a file"):
        # Compared under the lock: two pages that add the same file at once add it once.
        found = compare(wb, result)
        status, match = found["status"].tolist(), found["match"].tolist()
        wanted = range(len(people)) if rows is None else sorted(set(rows))
        new = [n for n in wanted if status[n] == "new" or (n in keep and match[n] is not None)]
        held = [n for n in wanted if status[n] == "possible duplicate" and n not in keep]
        there = [n for n in wanted if status[n] == "already there" and n not in keep]
        into = [n for n in held if n in merge and isinstance(match[n], str)]
        places = _organizations(wb, [people[n]["organization"] for n in (*new, *into)])
        ids: dict[int, str] = {}
        for start in range(0, len(new), 2000):
            part = new[start : start + 2000]
            tell(start, len(new))
            made = wb.contacts.append_many([_values(people[n], places) for n in part])
            ids.update(zip(part, (row.id for row in made), strict=True))
        for n in into:
            fill_in(wb, match[n], _values(people[n], places))
        _referrals(wb, people, ids | {n: match[n] for n in into})
    tell(len(new), len(new))
    return Counts(len(new), len(there), len(held) - len(into))


def _values(person: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    values = {c: v for c, v in person.items() if c not in ("organization", "referred_by")}
    if person["referred_by"]:
        values["notes"] = "\n".join(
            filter(None, [values["notes"], f"Referred by: {person['referred_by']}"])
        )
    return values | {"organization_id": places.get(_workplace(person["organization"]), "")}


def _organizations(wb: Workbook, names: Iterable[str]) -> dict[str, str]:
    """Ids of organizations by folded name; those that are missing are added."""
    places = {_workplace(row.name): row.id for row in wb.organizations.rows()}
    missing = {_workplace(name): name for name in names if name}
    missing = {key: name for key, name in missing.items() if key and key not in places}
    if missing:
        made = wb.organizations.append_many([{"name": name} for name in missing.values()])
        places.update(zip(missing, (row.id for row in made), strict=True))
    return places


def _referrals(wb: Workbook, people: list[dict[str, str]], ids: Mapping[int, str]) -> None:
    named = [n for n in ids if people[n]["referred_by"]]
    if not named:
        return
    by_name: dict[str, list[str]] = defaultdict(list)
    for row in wb.contacts.rows():
        by_name[_sorted_name(row.name)].append(row.id)
    links = {(r.from_contact_id, r.to_contact_id) for r in wb.referrals.rows()}
    made = []
    for n in named:
        who = by_name.get(_sorted_name(people[n]["referred_by"]), [])
        # Of two people of one name nobody can say which one it was: the note remains.
        if len(who) == 1 and who[0] != ids[n] and (who[0], ids[n]) not in links:
            made.append({"from_contact_id": who[0], "to_contact_id": ids[n]})
    if made:
        wb.referrals.append_many(made)


# --- merging two people -----------------------------------------------------------------------


def duplicates(wb: Workbook) -> list[tuple[str, str, str]]:
    """Return pairs of contacts in the log who may be one person, as (id, id, why)."""
    people, pairs = _People(), []
    for one in _in_the_log(wb):
        status, of, why = people.match(one)
        if status != "new":
            pairs.append((of, one.of, why))
        people.add(one)
    return pairs


def merge_contacts(wb: Workbook, keep_id: str, other_id: str) -> Any:
    """Make two contacts one, and return it; one change that `wb.undo()` takes back.

    What is blank in the first is filled in from the other; what differs goes to the notes.
    Messages, interviews, referrals, findings and next steps of the other move along; a
    referral from one to the other goes, as nobody refers to themselves.
    """
    keep, other = wb.contacts.get(keep_id), wb.contacts.get(other_id)
    if keep.id == other.id:
        raise WorkbookError("These are the same person already. Choose two different people.")
    with wb.together(f"merging {other.name} into {keep.name}"):
        row = fill_in(wb, keep_id, {c: getattr(other, c) for c in TABLES["contacts"].columns})
        for log in wb.logs():
            columns = [c for c, t in log.table.references.items() if t == "contacts"]
            for line in log.rows() if columns else ():
                ids: dict[str, Any] = {c: keep_id for c in columns if getattr(line, c) == other_id}
                after = {c: ids.get(c, getattr(line, c)) for c in columns}
                if ids and len(columns) > 1 and len(set(after.values())) == 1:
                    log.erase(line.id)
                elif ids:
                    log.revise(line.id, **ids)
        _one_referral_each(wb, keep_id)
        wb.contacts.erase(other_id)
    return row


def fill_in(wb: Workbook, contact_id: str, values: Mapping[str, Any]) -> Any:
    """Fill a contact's blanks with these values; what differs is added to the notes."""
    changes = filled_in(wb, contact_id, values)
    return wb.contacts.revise(contact_id, **changes) if changes else wb.contacts.get(contact_id)


def filled_in(wb: Workbook, contact_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `fill_in` would change."""
    row = wb.contacts.get(contact_id)
    changes, also = {}, []
    for column, value in values.items():
        own = getattr(row, column)
        if value in ("", None) or column == "notes":
            continue
        if own in ("", None):
            changes[column] = value
        elif str(own).casefold() != str(value).casefold() and column != "how_known":
            shown = value
            if reference := TABLES["contacts"].references.get(column):
                shown = wb.label(reference, value)
            also.append(f"{TABLES['contacts'].columns[column].label}: {shown}")
    notes = [row.notes]
    if values.get("notes") and values["notes"].strip() not in row.notes:
        notes.append(values["notes"])
    notes += [f"Also, {line}" for line in also if line not in row.notes]
    if (joined := "\n".join(filter(None, notes))) != row.notes:
        changes["notes"] = joined
    return changes


def _one_referral_each(wb: Workbook, contact_id: str) -> None:
    """Of two referrals between the same people keep the one with the most permission."""
    rank = {"yes": 0, "no": 1, "not asked": 2}
    pairs = defaultdict(list)
    for row in wb.referrals.rows():
        if contact_id in (row.from_contact_id, row.to_contact_id):
            pairs[row.from_contact_id, row.to_contact_id].append(row)
    for rows in pairs.values():
        for row in sorted(rows, key=lambda r: rank[r.may_use_name])[1:]:
            wb.referrals.erase(row.id)
