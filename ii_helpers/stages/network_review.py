"""Notebook 05: what is due, how the network grows, whom a view rests on, what fits (R12, R32)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from .. import charts, forms, measures
from ..charts.words import STAGE_WORDS
from ..course.lines import MANY
from ..errors import WorkbookError
from ..measures import Facts
from ..names import ENDINGS, EVERYDAY, Finder, calls, fold, one_line, pattern
from ..network import people_heard, ties
from . import PAGES as TITLES
from . import header as header
from . import open_workbook as open_workbook

if TYPE_CHECKING:
    from ..workbook import Workbook

MOST_LINES = 7
NAMES = {"full names": "full", "initials": "initials", "no names": "none"}
_NAMED = {
    "full": "with full names", "initials": "people by their initials", "none": "without names",
}  # fmt: skip
PEOPLE = ("contacts", "messages", "interviews", "referrals")

# --- parts of every panel ---------------------------------------------------------------------


def _details(summary: str, html: str) -> str:
    return f"<details><summary>{forms.escape(summary)}</summary>{html}</details>" if html else ""


def _share(value: float) -> str:
    return "" if value != value else f"{100 * value:.0f} %"


def _today(wb: Workbook, today: date | datetime | None) -> date | datetime:
    return forms.now_in(wb) if today is None else today


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


# --- today --------------------------------------------------------------------------------------

_KIND_WORDS = {
    "outcome": "was it held?", "arrange": "set a date", "task": "next step",
    "referral": "write to somebody named to you", "interviews": "ask for an interview",
}  # fmt: skip
_LATE_WORDS = {"overdue": "overdue", "late": "late", "due": "now", "soon": "soon", "no date": ""}


def today_lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose at most seven rows of `measures.due`, so that no kind crowds out the others.

    First at most two of a kind, in their order; what room is left goes to the rest.
    """
    seen: Counter = Counter()
    first: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for row in rows:
        seen[row["what"]] += 1
        (first if seen[row["what"]] <= 2 else rest).append(row)
    chosen = (first + rest)[:MOST_LINES]
    return [row for row in rows if any(row is one for one in chosen)]


def today(wb: Workbook, today: date | datetime | None = None) -> w.VBox:
    """At most seven lines over all pages, the most urgent first, each with what to do."""

    def make() -> str:
        now = _today(wb, today)
        rows = measures.due.records(Facts.of(wb), now)
        if not rows:
            return forms.line("note", "Nothing is due today.")
        shown = today_lines(rows)
        items = ""
        for row in shown:
            words, kind = _LATE_WORDS[row["how_late"]], "next"
            if row["how_late"] in ("late", "overdue"):
                kind = "advice"
                days = row["days_late"]
                words += f", {days} day{'s' * (days != 1)} past" if days else ""
            elif row["due_on"] and row["how_late"] == "soon":
                words = f"by {forms.in_words(row['due_on'])}"
            number = row["page"][:2].lstrip("0")
            where = f"{number} {TITLES[row['page']]}"
            items += (
                f'<li class="ii-line ii-{kind}">{forms.sentence(row["action"])} '
                f"<small>{forms.escape(' · '.join(filter(None, (words, where))))}</small></li>"
            )
        more = Counter(row["what"] for row in rows if not any(row is one for one in shown))
        tail = ", ".join(f"{n} × {_KIND_WORDS.get(kind, kind)}" for kind, n in more.items())
        count = f"{len(rows)} thing{'s' * (len(rows) != 1)} to do on {forms.in_words(_day(now))}"
        return (
            f"<p><b>{count}</b></p>"
            f'<ol style="list-style:none;padding:0;margin:0">{items}</ol>'
            + (f"<p>Later: {forms.escape(tail)}.</p>" if tail else "")
        )

    return forms.live(wb, "review today", make)


# --- the network --------------------------------------------------------------------------------

_BY = {
    "everybody": None,
    "by channel of the first request": "channel",
    "by how you know them": "how_known",
}


def funnel(wb: Workbook) -> w.VBox:
    """From the first request to a referral; for all, by channel, or by how they are known."""
    by = forms.field(w.Dropdown, "Show", options=list(_BY))

    def make() -> str:
        table = measures.funnel.records(Facts.of(wb), by=_BY[by.value])
        rows = [
            {**({by.value: row["group"]} if _BY[by.value] else {}),
             "Stage": STAGE_WORDS[row["stage"]], "People": row["n"],
             "Of the stage before": _of(row), "95 % interval": _interval(row),
             "Median days": _number(row["median_days"])}
            for row in table
        ]  # fmt: skip
        return charts.funnel(table)._repr_html_() + _details(
            "The figures", forms.html_table(rows) if any(row["n"] for row in table) else ""
        )

    shown = forms.live(
        wb, "review funnel", make, ("messages", "interviews", "referrals", "contacts")
    )
    by.observe(lambda _: _again(shown, make), "value")
    return forms.panel(by, shown)


def _again(shown: w.VBox, make: Callable[[], str]) -> None:
    shown.children[-1].value = make()


def _of(row: dict[str, Any]) -> str:
    if not row["previous"] or not row["n_previous"]:
        return ""
    rate = f": {_share(row['of_previous'])}" if _is_many(row) else ""
    return f"{row['n']} of {row['n_previous']} {STAGE_WORDS[row['previous']]}{rate}"


def _interval(row: dict[str, Any]) -> str:
    return f"{_share(row['low'])} to {_share(row['high'])}" if _is_many(row) else ""


def _is_many(row: dict[str, Any]) -> bool:
    return (row["n_previous"] or 0) >= MANY


def _number(value: float) -> str:
    return "" if value != value else f"{value:.3g}"


def growth(wb: Workbook) -> w.VBox:
    """People, interviews and referrals over time, and whether the network sustains itself."""
    return forms.live(
        wb, "review growth",
        lambda: charts.network_growth(measures.network_growth.records(Facts.of(wb)))._repr_html_(),
        PEOPLE,
    )  # fmt: skip


def who_referred_whom(wb: Workbook) -> w.VBox:
    """The network by generation, and the chains with their depth and yield."""

    def make() -> str:
        table = measures.referral_chains.records(Facts.of(wb))
        rows = [
            {"Chain begins with": root["name"], "People named": root["n_reached"],
             "Of them met": root["n_met"], "Generations": root["depth"]}
            for root in chains(table)
        ]  # fmt: skip
        ask = [
            {"Person": row["name"], "May you say who sent you?": row["may_use_name"]}
            for row in table if row["referred_by"] and row["may_use_name"] != "yes"
        ]  # fmt: skip
        return (
            charts.referral_chains(table)._repr_html_()
            + _details("Chains: depth and yield", forms.html_table(rows))
            + _details("Names that you may not use yet", forms.html_table(ask))
        )

    return forms.live(wb, "review chains", make, (*PEOPLE, "occupations"))


def chains(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each root that led to somebody: its depth, its yield, how many were met."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["contact_id"] == row["root_contact_id"]:
            if row["n_reached"]:
                found[row["contact_id"]] = {**row, "depth": 0, "n_met": 0}
        elif row["root_contact_id"] in found:
            root = found[row["root_contact_id"]]
            root["depth"] = max(root["depth"], row["generation"])
            root["n_met"] += row["is_met"]
    return sorted(found.values(), key=lambda root: -root["n_reached"])


# --- the views ----------------------------------------------------------------------------------


def interviews_per_occupation(wb: Workbook) -> w.VBox:
    """Interviews held and to come, beside what the course asks for."""

    def make() -> str:
        facts = Facts.of(wb)
        seen = measures.perspectives.records(facts, forms.now_in(wb).date())
        chart = charts.perspectives(seen)
        return chart._repr_html_() + _about_nothing(facts)

    return forms.live(wb, "review occupations", make, ("occupations", *PEOPLE))


def _about_nothing(facts: Facts) -> str:
    """Of interviews that name no occupation, and so count for none: how many, what to do."""
    known, about = {one.id for one in facts.occupations}, facts.subjects
    n = sum(m.status == "held" and about[m.id] not in known for m in facts.interviews)
    if not n:
        return ""
    which = "1 interview held names" if n == 1 else f"{n} interviews held name"
    return forms.line(
        "advice",
        f"{which} no occupation and so {'is' if n == 1 else 'are'} not counted here: choose it on "
        "page 2 Outreach, step 7.",
    )


def voices(wb: Workbook) -> w.VBox:
    """How many independent voices stand behind each occupation and category (R12)."""

    def make() -> str:
        facts = Facts.of(wb)
        table = measures.voices.records(facts)
        tips = [forms.line("advice", text) for text in thin_views(facts)[:3]]
        return charts.voices(table)._repr_html_() + "".join(tips)

    return forms.live(
        wb, "review voices", make,
        ("occupations", "questions", "interviews", "referrals", "contacts"),
    )  # fmt: skip


def thin_views(facts: Facts) -> list[str]:
    """A sentence for each occupation whose view rests on one or two independent voices (R12).

    Whoever was heard on anything is a voice: four people on four categories are four. Who was
    met, with no answer kept, is one for `perspectives` and none here: so it says "answers".
    """
    heard: dict[str, set[str]] = defaultdict(set)
    for (occupation_id, _), people in people_heard(facts).items():
        heard[occupation_id] |= people
    groups_of = ties(facts)
    groups = [(facts.titles[one.id], len(groups_of(heard[one.id])))
              for one in facts.occupations if one.status != "ruled out"]  # fmt: skip
    return [
        f"The answers you have on {title} come from "
        f"{'one independent voice' if n == 1 else 'two independent voices'}: never rely "
        "on the views of one or two. Ask somebody whom none of them named."
        for title, n in groups if 0 < n <= 2
    ]  # fmt: skip


def fit(wb: Workbook) -> w.VBox:
    """Fit over time, the ranking with how sure it is, and what moved it."""

    def make() -> str:
        table = measures.fit.records(Facts.of(wb))
        if not table:
            return charts.fit(table)._repr_html_()
        rows = [
            {"Day": row["on"], "Occupation": row["occupation"], "Fit": round(row["fit"]),
             "Change": _points(row["change"], "+"), "Moved most by": row["moved_by"],
             "Met": wb.label("interviews", row["interview_id"])}
            for row in table
        ]  # fmt: skip
        return (
            charts.fit(table)._repr_html_()
            + charts.fit_ranking(measures.fit_ranking.records(Facts.of(wb)))._repr_html_()
            + _details("Every step, and what moved it", forms.html_table(rows))
        )

    return forms.live(
        wb, "review fit", make, ("fit_ratings", "criteria", "occupations", "interviews")
    )


def forecast(wb: Workbook, today: date | datetime | None = None) -> w.VBox:
    """How many requests are still needed for a number of interviews by a date."""
    facts = Facts.of(wb)
    held = sum(m.status == "held" for m in facts.interviews)
    wanted = wb.course.targets.interviews_per_occupation
    now = _day(_today(wb, today))
    by_course = wb.course.targets.interviews_by
    aim = forms.field(w.BoundedIntText,
        "Interviews held, in all", value=max(5, held + wanted), min=1, max=1000)  # fmt: skip
    by = forms.date_field(w.DatePicker,
        "By", value=by_course if by_course and by_course > now
        else now + timedelta(days=42))  # fmt: skip

    def make() -> str:
        if by.value is None:
            return forms.line("error", "Choose a date, as in 15 Dec 2026.")
        try:
            table = measures.forecast.records(
                Facts.of(wb), aim.value, by.value, _day(_today(wb, today))
            )
        except WorkbookError as error:
            return forms.line("error", str(error))
        return charts.forecast(table)._repr_html_()

    shown = forms.live(wb, "review forecast", make, ("messages", "interviews"))
    for field in (aim, by):
        field.observe(lambda _: _again(shown, make), "value")
    return forms.panel(forms.grid(aim, by), shown)


def compare(wb: Workbook, today: date | datetime | None = None) -> w.VBox:
    """This review beside an earlier one: what has changed since a day."""
    now = _day(_today(wb, today))
    since = forms.date_field(w.DatePicker, "Since", value=now - timedelta(days=28))

    def make() -> str:
        if since.value is None:
            return forms.line("error", "Choose a date, as in 1 Oct 2026.")
        table = measures.progress.records(Facts.of(wb), since.value, _day(_today(wb, today)))
        rows = [
            {"Figure": row["figure"], forms.in_words(since.value): _points(row["then"]),
             "now": _points(row["now"]), "change": _points(row["change"], "+")}
            for row in table
        ]  # fmt: skip
        shown = charts.progress(table)
        return shown._repr_html_() + _details(
            "All figures", forms.html_table(rows) if shown.figure.axes else ""
        )

    shown = forms.live(wb, "review compare", make)
    since.observe(lambda _: _again(shown, make), "value")
    return forms.panel(since, shown)


def _points(value: float, sign: str = "") -> str:
    if value != value:
        return ""
    return f"{value:{sign}.0f}" if round(value) else "0"


# --- the report ---------------------------------------------------------------------------------


def _initials(name: str) -> str:
    words = [word for word in re.split(r"[\s\-]+", name) if word[:1].isalnum()]
    return " ".join(f"{word[0].upper()}." for word in words) or "?"


_TEXTS = {
    "debriefs": ("learned", "next_steps"), "tasks": ("task",), "organizations": ("name",),
    "occupations": ("title",), "criteria": ("statement",),
}  # fmt: skip
_LEFT_OUT = ("debriefs", "tasks", "organizations")  # without names
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)  # names stand in them


def with_names(facts: Facts, names: str) -> Facts:
    """The facts with people as `names` says: "full", "initials" or "none".

    Two people with the same initials get a number. Where names are short, they are short in
    the learner's own words, too, and addresses and links are not shown there; with "none",
    sentences and organizations are left out, because nobody can know whom they would give away.
    """
    if names not in NAMES.values():
        raise WorkbookError(
            f'Names can be shown as full, initials or none, not as "{names}".', value=names
        )
    if names == "full":
        return facts
    labels: dict[str, str] = {}
    seen: Counter = Counter()
    for n, contact in enumerate(facts.contacts, 1):
        short = _initials(contact.name) if names == "initials" else f"Person {n}"
        seen[short] += 1
        labels[contact.id] = short if seen[short] == 1 else f"{short} ({seen[short]})"
    hide = _hiding((contact.name, labels[contact.id]) for contact in facts.contacts)

    def read(table: str) -> list[Any]:
        rows = getattr(facts, table)
        if table == "contacts":
            return [row._replace(name=labels[row.id]) for row in rows]
        if names == "none" and table in _LEFT_OUT:
            blank = dict.fromkeys(_TEXTS[table], "A next step" if table == "tasks" else "")
            return [row._replace(**blank) for row in rows]
        if columns := _TEXTS.get(table, ()):
            return [row._replace(**{name: hide(getattr(row, name)) for name in columns})
                    for row in rows]  # fmt: skip
        return rows

    return measures.Facts(read, facts.course, lambda: facts.arranged)


def _hiding(people: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """A function that puts people's labels where a text names them, and "…" where the name is
    that of several. people: (name, label)

    Rather a word too many than a name: "rose" goes with Rose Li, and only what stands in every
    text, such as "may", stays in small letters.
    """
    spoken: dict[str, str] = {}
    wanted = set()
    for name, label in people:
        for called in calls(name):
            wanted.add(pattern(called, endings=ENDINGS))
            key = _key(called)
            spoken[key] = label if spoken.get(key, label) == label else "…"
    finder = Finder(wanted)

    def by(found: str) -> str:
        if found in EVERYDAY:
            return found
        key = _key(found)
        bare = (key.removesuffix(ending) for ending in ("", *ENDINGS.split("|")))
        return next((spoken[one] for one in bare if one in spoken), "…")

    return lambda text: finder.replace(_ADDRESS.sub("…", text), by)


def _key(text: str) -> str:
    return fold(one_line(text)).casefold()


_REPORT_STYLE = """
@page { size: auto; margin: 16mm; }
body { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: #222;
  max-width: 840px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 28px 0 6px; }
h2 { break-after: avoid; } figure { margin: 8px 0; break-inside: avoid; }
figure img { max-width: 100% !important; max-height: 235mm; width: auto; height: auto;
  object-fit: contain; }
figcaption, .quiet { color: #444; } li { margin: 3px 0; }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
caption { text-align: left; } thead { display: table-header-group; }
th, td { text-align: left; vertical-align: top; padding: 5px 8px 5px 0;
  border-bottom: 1px solid #ccc; overflow-wrap: break-word; }
/* each column keeps its share, however long the words of another one are */
table { table-layout: fixed; } th { width: 16%; } th:first-child { width: 13%; }
th:nth-child(4) { width: 11%; } th:nth-child(5) { width: 27%; }
th { white-space: nowrap; } tr { break-inside: avoid; } button { font: inherit; padding: 8px 14px; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 11pt; }
  button { display: none; } table { font-size: 9pt; } }
"""


def report_html(
    wb: Workbook, names: str = "full", today: date | datetime | None = None,
    since: date | None = None,
) -> str:  # fmt: skip
    """Return the whole review as one HTML document that needs nothing else and prints well.

    names: "full", "initials" or "none", for the people in it; today: as for `measures.due`;
    since: an earlier day to compare with, four weeks before by default. Writes no file.
    """
    moment = _today(wb, today)
    now = _day(moment)
    since = since or now - timedelta(days=28)
    facts = with_names(Facts.of(wb), names)
    own = next((row.name for row in wb.learner.rows() if row.name), "")
    e = forms.escape
    parts = [f"<h1>Network review{': ' + e(own) if own else ''}</h1>"]
    parts.append(f'<p class="quiet">{forms.in_words(now)}, {_NAMED[names]}.</p>')
    parts.append('<button onclick="window.print()">Print this report</button>')
    due = today_lines(measures.due.records(facts, moment))
    if due:
        items = "".join(f"<li>{e(row['action'])}</li>" for row in due)
        parts.append(f"<h2>To do</h2><ul>{items}</ul>")

    def chapter(title: str, *drawn: charts.Chart) -> None:
        parts.append(f"<h2>{e(title)}</h2>" + "".join(chart._repr_html_() for chart in drawn))

    chapter("From request to referral", charts.funnel(measures.funnel.records(facts)))
    chapter("How the network grew", charts.network_growth(measures.network_growth.records(facts)))
    chains_drawn = charts.referral_chains(
        measures.referral_chains.records(facts), most=45
    )  # on one sheet
    chapter("Who referred whom", chains_drawn)
    seen = measures.perspectives.records(facts, now)
    chapter("Interviews per occupation", charts.perspectives(seen))
    chapter("Independent voices", charts.voices(measures.voices.records(facts)))
    chapter("Career fit", charts.fit(measures.fit.records(facts)),
            charts.fit_ranking(measures.fit_ranking.records(facts)))  # fmt: skip
    chapter(f"Since {forms.in_words(since)}",
            charts.progress(measures.progress.records(facts, since, now)))  # fmt: skip
    rows = [
        {"Date": row["on"], "With": row["name"], "About": row["occupation"],
         "Status": row["status"], "What I learned": row["learned"], "Named": row["named"]}
        for row in measures.history.records(facts) if row["interview_id"]
    ]  # fmt: skip
    if rows:
        parts.append(f"<h2>Every meeting</h2>{forms.html_table(rows)}")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Network review {now}</title><style>{_REPORT_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )


def history_csv(wb: Workbook, names: str = "full") -> bytes:
    """Return every meeting and person as a CSV file: UTF-8 with its mark, a header, ISO dates.

    names: as in `report_html`. Cells that a spreadsheet program might run get an apostrophe.
    """
    from ..log import to_cell

    facts = with_names(Facts.of(wb), names)
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(measures.history.columns)
    for row in measures.history.rows(facts):
        lines.writerow([v if isinstance(v, int) else to_cell(v) for v in row])
    return text.getvalue().encode("utf-8-sig")


def report(wb: Workbook, today: date | datetime | None = None) -> w.VBox:
    """The review as a file to print or send, and the history as a table to keep.

    Both are made for download only: nothing about other people is written to a file here.
    """
    names = forms.field(w.Dropdown, "People in it", options=list(NAMES))
    said, links = forms.markup(), forms.markup()

    def make() -> str:
        moment = _today(wb, today)
        now, how = _day(moment), NAMES[names.value]
        page = report_html(wb, how, moment).encode()
        report = ("Save the report", f"network-review-{now}.html", "text/html", page)
        table = ("Save the history as a table", f"history-{now}.csv", "text/csv",
                 history_csv(wb, how))  # fmt: skip
        links.value = (
            f'<div class="ii-bar">{forms.download(*report)} one file, '
            f"{max(1, len(page) // 1024):,} KB; open it to print it</div>"
            f'<div class="ii-bar">{forms.download(*table)} a CSV file</div>'
        )
        people = " It names people: show it only where they would not mind."
        ready = f"The report of {forms.in_words(now)} is ready, {_NAMED[how]}."
        return ready + ("" if how == "none" else people)

    return forms.panel(names, forms.bar(forms.button("Make the report", make, said)), said, links)


# --- one's own analysis, and the check ------------------------------------------------------------


def logs(wb: Workbook) -> w.VBox:
    """Any log as a table to look through; a row that is chosen can be changed below it. And all
    of them as one file to keep elsewhere."""
    from .backups import backups
    from .find import Browse

    return forms.panel(Browse(wb).widget, backups(wb))


def frames(wb: Workbook) -> w.VBox:
    """What there is to analyze: every log with its rows and columns."""

    def make() -> str:
        rows = []
        for log in wb.logs():
            a_row = re.sub(r" \(R\d.*?\)", "", (log.table.model.__doc__ or "").split("\n")[0])
            rows.append({"Log": f"wb.{log.table.name}", "A row is": a_row,
                         "Rows": len(log), "Columns": ", ".join(log.table.columns)})  # fmt: skip
        return forms.html_table(rows)

    return forms.live(wb, "review frames", make)


def worked_example(wb: Workbook) -> w.VBox:
    """Days from the first request to the meeting, by channel: the code that the page shows."""

    def make() -> str:
        messages, interviews = wb.messages.read(), wb.interviews.read()
        asked = messages[messages["purpose"] == "request"].sort_values("sent_at")
        asked = asked.groupby("contact_id")[["sent_at", "channel"]].first()
        held = interviews[interviews["status"] == "held"]
        held = held.groupby("contact_id")["starts_at"].min()
        both = asked.join(held, how="inner")
        both["days"] = (both["starts_at"] - both["sent_at"]).dt.days
        found = both.groupby("channel")["days"].agg(["count", "median"])
        rows = [{"channel": row.Index, "count": row.count_, "median": row.median_}
                for row in found.rename(columns="{}_".format).itertuples()]  # fmt: skip
        return forms.html_table(rows) or forms.line(
            "next",
            "There is nothing to compare yet: log a request and a meeting on page 2 Outreach.",
        )

    said, shown = forms.markup(), forms.panel()

    def run() -> None:
        shown.children = (forms.live(wb, "review example", make, ("messages", "interviews")),)

    words = forms.markup("<p>The code above, run on the logs that this page shows.</p>")
    return forms.panel(words, forms.bar(forms.button("Run the example", run, said)), said, shown)


def check_review(wb: Workbook) -> w.VBox:
    """Whether the logs hold enough for a review, and what comes next."""

    def make() -> str:
        return forms.lines(_checked(wb))

    return forms.live(wb, "review check", make)


def _checked(wb: Workbook) -> Iterable[tuple[str, str]]:
    facts = Facts.of(wb)
    held = [m for m in facts.interviews if m.status == "held"]
    if not facts.contacts:
        return [("next", "Add the people you know: page 2 Outreach. Then come back.")]
    if not held:
        return [("next", "Hold a first interview: page 2 Outreach, then page 3 Prepare. "
                 "Then come back.")]  # fmt: skip
    said = [("ok", f"{len(held)} interview{'s' * (len(held) != 1)} held.")]
    thin = [row for row in measures.perspectives.records(facts)
            if row["n_held"] and row["n_independent"] <= 2 and row["status"] != "ruled out"
    ]  # fmt: skip
    if thin:
        row = thin[0]
        said.append(("advice", f"{row['occupation']}: {row['n_held']} held, "
                     f"{row['n_independent']} independent. Ask one person more."))  # fmt: skip
    if len(wb.goals) < 2:
        said.append(("next", "Has your objective moved? Set it anew: page 1 Research."))
    due = measures.due.records(facts, forms.now_in(wb))
    if silent := next((row for row in due if row["what"] == "keep in touch"), None):
        said.append(("next", f"{silent['action']} Page 2 Outreach, step 5."))
    return said


# --- the course -----------------------------------------------------------------------------


def targets_panel(wb: Workbook) -> w.VBox:
    """How far the learner has come towards the course's targets, where there are any."""
    from .hand_in import targets_panel

    return targets_panel(wb)


def hand_in_panel(wb: Workbook) -> w.VBox:
    """A button; behind it everything that a hand-in would hold, and the way to write it."""
    said, box = forms.markup(), forms.panel()

    def show() -> None:
        from .hand_in import hand_in_panel

        box.children = (hand_in_panel(wb),)

    box.children = (forms.bar(forms.button("Show what I would hand in", show, said)), said)
    return box
