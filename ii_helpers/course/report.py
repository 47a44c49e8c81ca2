"""The class in pictures and words: figures that hide small groups, as SVG and as one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from ..measures import STAGES
from ..tables import CATEGORIES
from .counts import FIT_POINTS, THANK_DAYS, VOICES, Totals
from .lines import MANY, dated, n_of

if TYPE_CHECKING:
    from .cohort import Class

FEW = 5  # a figure of fewer learners than this is hidden
BLUE, VERMILLION, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#767676", "#222222"
WIDE, LEFT = 760, 230  # points: a picture, and the labels in it

_STAGE_WORDS = {
    "contacted": "asked for a meeting", "replied": "replied", "agreed": "agreed", "held": "met",
    "thanked": "thanked", "referred": "named somebody",
}  # fmt: skip


class Bar(NamedTuple):
    """value: None when it is hidden; note: words beside it"""

    label: str
    value: int | None
    note: str = ""


class Figure(NamedTuple):
    """One question about the class. bars, or lines: name -> [(day, value)]"""

    key: str
    title: str
    subtitle: str
    sentence: str
    bars: list[Bar]
    lines: dict[str, list[tuple[date, int]]]


def figures(done: Class) -> list[Figure]:
    """Return what the class's figures show; none when the class itself is a small group."""
    if done.totals.learners < FEW:
        return []
    page = _Page(done.totals)
    found = {figure.key: figure for figure in (
        _funnel(page), _growth(page), _voices(page), _thanks(page), _fit(done.totals),
        _targets(done),
    )}  # fmt: skip
    return [found[key] for key in ("targets", "funnel", "growth", "voices", "fit", "thanks")]


class _Page:
    """The page as far as it is made: two amounts on it must not differ in a few learners only,
    for then whoever takes one from the other knows what those few did."""

    def __init__(self, totals: Totals):
        self.totals = totals
        self._shown: list[str] = []

    def may_show(self, amount: str) -> bool:
        """Whether one of AMOUNTS of the whole class can stand beside the others; it then does."""
        if any(0 < self.totals.n_apart(amount, other) < FEW for other in self._shown):
            return False
        self._shown.append(amount)
        return True

    def shown(self, amount: str, value: int, learners: int) -> int | None:
        """The value, or None where it is hidden."""
        return value if not 0 < learners < FEW and self.may_show(amount) else None


def _shown(learners: int, *of: int | None) -> int | None:
    """A number of learners, or None where it is hidden. of: the groups that hold them; all but a
    few of a group name those few as well."""
    rest = (abs(whole - learners) for whole in of if whole is not None)
    return None if any(0 < n < FEW for n in (learners, *rest)) else learners


def _started(totals: Totals) -> int | None:
    return _shown(totals.started, totals.learners)


def _people(n: int | None, word: str = "learners") -> str:
    return "hidden" if n is None else f"{n:,} {word[:-1] if n == 1 else word}"


def _targets(done: Class) -> Figure:
    n, t = done.totals.learners, done.course.targets
    bars = []
    for key, words in (
        ("contacts", f"{t.contacts} {'person' if t.contacts == 1 else 'people'} in the network"),
        ("requests", f"{_people(t.requests, 'requests')} sent"),
        (
            "interviews",
            f"{_people(t.interviews_per_occupation, 'interviews')} about one occupation",
        ),
    ):
        bars.append(Bar(words, _shown(done.reached[key], n, _started(done.totals))))
    known = [f"{bar.label}: {_people(bar.value)}" for bar in bars]
    return Figure(
        "targets", "How many learners have reached the course's targets?",
        f"{n:,} learners; progress, not a grade.", f"Of {n:,} learners. {'; '.join(known)}.",
        bars, {},
    )  # fmt: skip


_BEFORE = {"replied": "contacted", "agreed": "replied", "held": "agreed", "thanked": "held",
           "referred": "held"}  # fmt: skip


def _funnel(page: _Page) -> Figure:
    n = {stage: page.totals.funnel.get(at, [0, 0]) for at, stage in enumerate(STAGES)}
    ends_first = sorted(STAGES, key=("contacted", "held", *STAGES).index)
    shown = {stage: page.shown(stage, *n[stage]) for stage in ends_first}
    bars = []
    for stage in STAGES:
        value, before = shown[stage], shown.get(_BEFORE.get(stage, ""))
        note = _of(value, before, f"who {_verb(_BEFORE[stage])}") if value and before else ""
        bars.append(Bar(_STAGE_WORDS[stage], value, note))
    ends = [(f"were {_STAGE_WORDS[stage]}", shown[stage]) for stage in ("contacted", "held")]
    known = [f"{value:,} people {words}" for words, value in ends if value is not None]
    hidden = [f"how many {words}" for words, value in ends if value is None]
    said = f"{', '.join(known)}." if known else ""
    if hidden:
        words = " and ".join(hidden)
        few = f"it would tell of fewer than {FEW} learners"
        said += f" {words[0].upper()}{words[1:]} is not shown: {few}."
    return Figure(
        "funnel", "How far do the class's requests lead?",
        f"People asked by {page.totals.learners:,} learners, all together.", said.strip(), bars, {},
    )  # fmt: skip


def _of(n: int, of: int, who: str) -> str:
    return f"{100 * n / of:.0f} % of those {who}" if of >= MANY else f"of {of:,} {who}"


def _verb(stage: str) -> str:
    return {"contacted": "were asked", "held": "were met"}.get(stage, _STAGE_WORDS[stage])


def _growth(page: _Page) -> Figure:
    names = ("people known", "interviews held", "referrals")
    lines: dict[str, list[tuple[date, int]]] = {name: [] for name in names}
    total, unseen = [0, 0, 0], [0, 0, 0]  # unseen: learners since a line's last point
    before_last = [-1, -1, -1]  # points of a line before the last to which anybody added
    for monday, week in sorted(page.totals.weeks.items()):
        learners = week[4:]
        for n, name in enumerate(names):
            total[n] += week[n]
            unseen[n] += learners[n]
            # What fewer learners added to a line is seen only with its next point.
            if learners[n] >= FEW or max(learners) >= FEW and not unseen[n]:
                if learners[n]:
                    before_last[n] = len(lines[name])
                lines[name].append((date.fromordinal(monday) + timedelta(days=6), total[n]))
                unseen[n] = 0
    for n, name in enumerate(names):
        if unseen[n] and before_last[n] >= 0:
            # Other figures tell of the whole: what it leaves must not be what a few added last.
            del lines[name][before_last[n] :]
        elif not unseen[n] and not page.may_show(name):
            lines[name] = []
    hidden = [name for name in names if not lines[name]]
    lines = {name: points for name, points in lines.items() if points}
    if not lines:
        none = "Nobody has added anything yet."
        if page.totals.weeks:
            none = f"Not shown, as it would tell of fewer than {FEW} learners in a week."
        return Figure("growth", "How do the networks grow?", "By week.", none, [], {})
    days = [day for points in lines.values() for day, _ in points]
    first, end = min(days), max(days)
    last = [(f"{points[-1][1]:,} {name}", points[-1][0]) for name, points in lines.items()]
    said = [f"By {dated(end)}: {', '.join(words for words, day in last if day == end)}"]
    said += [f"{words} by {dated(day)}" for words, day in last if day != end]
    few = f" Not shown, as it would tell of fewer than {FEW} learners: {', '.join(hidden)}."
    return Figure(
        "growth", "How do the networks grow?",
        f"All learners' people together, counted up by week from {dated(first)} to {dated(end)}.",
        f"{'; '.join(said)}.{few if hidden else ''}", [], lines,
    )  # fmt: skip


def _voices(page: _Page) -> Figure:
    bars = []
    for at, category in enumerate(CATEGORIES):
        _, n_independent, learners = page.totals.voices.get(at, [0, 0, 0])
        bars.append(Bar(category, page.shown(VOICES[at], n_independent, learners)))
    return Figure(
        "voices", "On what did learners hear independent views?",
        "Independent voices per question category, added up over learners and occupations.",
        _least_heard(bars), bars, {},
    )  # fmt: skip


def _least_heard(bars: list[Bar]) -> str:
    never = [bar.label for bar in bars if bar.value == 0]
    heard = [bar for bar in bars if bar.value]
    n_hidden = len(bars) - len(never) - len(heard)
    if len(never) == len(bars):
        return "Nobody was heard on anything yet."
    of_all, said = f"of {len(bars)} categories", []
    if never:
        named = " and ".join(never) if len(never) <= 3 else f"{len(never)} {of_all}"
        said.append(f"Nobody was heard on {named}.")
    if n_hidden:
        said.append(
            f"Not shown, as it would tell of fewer than {FEW} learners: {n_hidden} {of_all}."
        )
    if heard:
        least = min(bar.value or 0 for bar in heard)
        named = " and ".join(bar.label for bar in heard if bar.value == least)
        among = " among the others" if said else ""
        said.append(f"Least heard of{among}: {named}, {_people(least, 'independent voices')}.")
    return " ".join(said)


def _spread(
    counts: dict[int, int],
    learners: dict[int, int],
    words: tuple[str, ...],
    may_show: Callable[[], bool] = lambda: True,
) -> list[Bar]:
    """A bar for each of the words; hidden are those of few learners, together with the least of
    the others where the hidden ones alone could be told from a total.

    counts: bar -> value; learners: bars, see `counts.bars_of` -> learners; may_show: whether
    their total can be known, asked only if it would be
    """

    def n(bars: int) -> int:
        return sum(times for theirs, times in learners.items() if theirs & bars)

    hidden = sum(1 << at for at in range(len(words)) if 0 < n(1 << at) < FEW)
    if 0 < n(hidden) < FEW or not hidden and not may_show():
        shown = [at for at in range(len(words)) if counts.get(at) and not hidden >> at & 1]
        hidden |= sum(1 << at for at in sorted(shown, key=lambda at: counts[at])[:1])
    bars = []
    for at, label in enumerate(words):
        value = None if hidden >> at & 1 else counts.get(at, 0)
        bars.append(Bar(label, value))
    return bars


def _none_shown(learners: dict[int, int], did: str) -> str:
    if sum(learners.values()) < FEW:
        return f"Fewer than {FEW} learners have {did} so far."
    return (
        f"At least {FEW} learners have {did}, but each bar would tell of fewer than {FEW}, so none "
        "is shown."
    )


def _in_bars(values: dict[int, int], ends: tuple[int, ...]) -> dict[int, int]:
    from .counts import bar_of

    found: dict[int, int] = {}
    for value, times in values.items():
        bar = bar_of(value, ends)
        found[bar] = found.get(bar, 0) + times
    return found


def _fit(totals: Totals) -> Figure:
    words = ("10 points down or more", "down", "as before", "up to 10 points up", "further up")
    bars = _spread(_in_bars(totals.fit, FIT_POINTS), totals.moving, words)
    n = sum(bar.value or 0 for bar in bars)  # of the bars that are shown, or they would tell
    up = sum(bar.value or 0 for bar in bars[3:])
    return Figure(
        "fit", "Did meetings move how well occupations fit?",
        "Occupations by how far their fit (0-100) moved from the first rating to the newest.",
        f"Of {n:,} occupations shown, {up:,} fit better than at first." if n
        else _none_shown(totals.moving, "rated an occupation twice"),
        bars, {},
    )  # fmt: skip


def _thanks(page: _Page) -> Figure:
    totals = page.totals
    words = ("the same day", "the next day", "2 days", "3 to 7 days", "later")
    bars = _spread(
        _in_bars(totals.thanks, THANK_DAYS), totals.thanking, words,
        lambda: page.may_show("thank-you notes"),
    )  # fmt: skip
    n = sum(bar.value or 0 for bar in bars)
    same_day = "" if bars[0].value is None else f", {bars[0].value:,} of them of the same day"
    said = f"{n:,} thank-you notes are shown{same_day}."
    if n == 0:
        said = _none_shown(totals.thanking, "thanked somebody")
    elif all(bar.value is not None for bar in bars):
        half = _half(bars)
        said = f"{n:,} thank-you notes; half of them {half}."
    return Figure(
        "thanks", "How soon do thank-you notes follow a meeting?",
        "Notes by days after the meeting.", said, bars, {},
    )  # fmt: skip


def _half(bars: list[Bar]) -> str:
    """By when half of the notes were written, to a bar: the day itself may be that of one."""
    passed, half = 0, sum(bar.value or 0 for bar in bars) / 2
    for end, bar in zip(THANK_DAYS, bars, strict=False):
        passed += bar.value or 0
        if passed >= half:
            return "the same day" if end == 0 else f"within {n_of(end, 'day')}"
    return f"after more than {n_of(THANK_DAYS[-1], 'day')}"


# --- pictures --------------------------------------------------------------------------------


def svg(figure: Figure) -> str:
    """Return the figure as one picture with its question; its sentence is its text."""
    drawn = _lines(figure) if figure.lines else _bars(figure) if figure.bars else None
    if drawn is None:
        return f"<p>{escape(figure.sentence)}</p>"
    high, body = drawn
    return (
        f'<figure class="card"><svg viewBox="0 0 {WIDE} {high}" role="img" width="{WIDE}" '
        f'aria-label="{escape(figure.sentence)}" style="max-width:100%;height:auto" '
        f'font-family="system-ui,sans-serif" font-size="13" fill="{INK}">'
        f'<rect width="{WIDE}" height="{high}" fill="white"/>'
        f'<text x="12" y="26" font-size="18" font-weight="bold">{escape(figure.title)}</text>'
        f'<text x="12" y="46" fill="#555">{escape(figure.subtitle)}</text>{body}</svg>'
        f"<figcaption>{escape(figure.sentence)}</figcaption></figure>"
    )


def _bars(figure: Figure) -> tuple[int, str]:
    most = max((bar.value or 0 for bar in figure.bars), default=0) or 1
    left = max(LEFT, 20 + 8 * max(len(bar.label) for bar in figure.bars))  # of widths, the widest
    parts = []
    for n, bar in enumerate(figure.bars):
        y, wide = 64 + 28 * n, (WIDE - left - 260) * (bar.value or 0) / most
        parts.append(
            f'<text x="{left - 10}" y="{y + 14}" text-anchor="end">{escape(bar.label)}</text>'
        )
        if bar.value is None:
            words, fill = f"hidden: fewer than {FEW} learners, or it would tell of so few", GREY
        else:
            parts.append(f'<rect x="{left}" y="{y}" width="{wide:.1f}" height="19" fill="{BLUE}"/>')
            words, fill = f"{bar.value:,}", INK
        note = f'<tspan fill="#555"> · {escape(bar.note)}</tspan>' if bar.note else ""
        parts.append(
            f'<text x="{left + wide + 8:.1f}" y="{y + 14}" fill="{fill}">{words}{note}</text>'
        )
    return 64 + 28 * len(figure.bars) + 8, "".join(parts)


def _lines(figure: Figure) -> tuple[int, str]:
    days = [day for points in figure.lines.values() for day, _ in points]
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    most = max(value for points in figure.lines.values() for _, value in points) or 1
    left, right, top, high = 60, WIDE - 170, 70, 200

    def at(day: date, value: int) -> tuple[float, float]:
        return left + (right - left) * (day - first).days / span, top + high * (1 - value / most)

    parts = [f'<line x1="{left}" y1="{top + high}" x2="{right}" y2="{top + high}" stroke="#999"/>']
    for value in sorted({0, most // 2, most}):
        y = at(first, value)[1]
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    for day, anchor in ((first, "start"), (last, "end")) if last > first else ((first, "start"),):
        x = at(day, 0)[0]
        parts.append(
            f'<text x="{x:.1f}" y="{top + high + 20}" text-anchor="{anchor}">{dated(day)}</text>'
        )
    dashes = ("", "7 4", "2 4")
    ends = sorted((at(*points[-1])[1], name, points) for name, points in figure.lines.items())
    y_before = top - 20.0
    for y_end, name, points in ends:
        colour = (BLUE, VERMILLION, GREEN)[list(figure.lines).index(name)]
        dash = dashes[list(figure.lines).index(name)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        y = max(y_end, y_before + 17)
        y_before = y
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5" '
            f'stroke-dasharray="{dash}"/><text x="{right + 8}" y="{y + 4:.1f}" fill="{colour}" '
            f'font-weight="bold">{points[-1][1]:,} {escape(name)}</text>'
        )
    return top + high + 34, "".join(parts)


# --- one page --------------------------------------------------------------------------------

STYLE = """
.class-view{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:760px}
.class-view .card{margin:12px 0;padding:8px;background:white;border:1px solid #d0d0d0;
 border-radius:6px;overflow-x:auto}
.class-view figcaption{color:#333;padding:4px 12px}
.class-view table{border-collapse:collapse;width:100%}
.class-view th,.class-view td{text-align:left;vertical-align:top;padding:4px 8px;
 border-bottom:1px solid #d0d0d0;overflow-wrap:anywhere}
.class-view .note{color:#555}
"""


def html(done: Class) -> str:
    """Return the report: one page, without scripts and without anything from elsewhere."""
    name = escape(done.course.course.name)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}: the class'
        '</title><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<style>{STYLE}body{{max-width:760px;margin:24px auto;padding:0 12px}}</style></head>"
        f"<body>{body(done)}</body></html>"
    )


def body(done: Class) -> str:
    return f'<main class="class-view">{"".join(_parts(done))}</main>'


def _parts(done: Class) -> Iterator[str]:
    totals = done.totals
    yield f"<h1>{escape(done.course.course.name)}: the class on {dated(done.today)}</h1>"
    started = _started(totals)
    yield (
        f"<p>{_people(totals.learners)} counted"
        f"{'' if started is None else f', {started:,} with something in the logs'}"
        f"{f'; {done.n_missing:,} handed nothing in yet' if done.n_missing else ''}"
        f"{f'; {done.n_problems:,} left out' if done.n_problems else ''}.</p>"
    )
    if done.n_unlisted:
        yield f'<p class="note">{escape(done.unlisted())}</p>'
    drawn = figures(done)
    if not drawn:
        yield (
            f'<p class="note">The class has fewer than {FEW} learners, so its figures would be '
            "those of single persons. They are hidden.</p>"
        )
    for figure in drawn:
        yield svg(figure)
    yield from _words(done)
    yield from _left_out(done)


def _words(done: Class) -> Iterator[str]:
    yield "<h2>Who may need a word from you</h2>"
    yield (
        '<p class="note">For the instructor alone: this part names learners. It says what is '
        "open, not how good anybody is.</p>"
    )
    if not done.words:
        yield "<p>Nobody, as far as the logs tell.</p>"
        return
    rows = "".join(
        f"<tr><td>{escape(word.learner)}</td><td>{escape('; '.join(word.why))}</td></tr>"
        for word in done.words[:300]
    )
    yield '<table><thead><tr><th scope="col">Learner</th><th scope="col">Why</th></tr></thead>'
    yield f"<tbody>{rows}</tbody></table>"
    if done.n_words > 300:
        yield f'<p class="note">And {done.n_words - 300:,} more, in progress.csv.</p>'


def _left_out(done: Class) -> Iterator[str]:
    if not done.n_problems:
        return
    yield "<h2>Left out</h2>"
    rows = "".join(
        f"<tr><td>{escape(path)}</td><td>{escape(reason)}</td></tr>"
        for path, reason in done.problems
    )
    yield '<table><thead><tr><th scope="col">Hand-in</th><th scope="col">Why</th></tr></thead>'
    yield f"<tbody>{rows}</tbody></table>"
    if done.n_problems > len(done.problems):
        yield f'<p class="note">All {done.n_problems:,} are in problems.csv.</p>'
