"""When things happen: a click after what was typed before it, the focus once a part is drawn, and
what else shows a log in the next pause."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import ipywidgets as w
from IPython import get_ipython

from ..errors import WorkbookError
from ..tables import INCOMPLETE_DATE
from .parts import field, made, markup, panel, shipped
from .words import line

if TYPE_CHECKING:
    from ..workbook import Workbook

D = TypeVar("D", w.DatePicker, w.NaiveDatetimePicker)
REFRESH_AFTER = 0.4  # seconds without a keystroke or a save
ECHO_WITHIN = 2  # seconds in which a browser answers


def kernel_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop of the notebook's kernel; None outside a notebook, where nobody waits.

    Some other loop may run there, such as a test's: what it is given would come too late.
    """
    if getattr(get_ipython(), "kernel", None) is None:
        return None
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def later(seconds: float, do: Callable[..., Any], *args: Any) -> asyncio.TimerHandle | None:
    """Do something after a pause and return the handle; outside a notebook do it at once."""
    if loop := kernel_loop():
        return loop.call_later(seconds, do, *args)
    do(*args)
    return None


class _Echo:
    """Lets a click wait for what was typed before it.

    A browser holds a field's text back until the kernel has taken in the keystrokes before; a
    click it sends at once, and so the click may overtake the last words. What the kernel asks
    for then is answered after them: a number that the browser copies from one widget to another.
    """

    def __init__(self) -> None:
        self._asked, self._heard = made(w.IntText), made(w.IntText)
        self._link = w.jsdlink((self._asked, "value"), (self._heard, "value"))
        self._heard.observe(self._answered, "value")
        self._waiting: dict[int, Callable[[], Any]] = {}
        self._numbers = count(1)

    def after_typing(self, do: Callable[[], Any]) -> None:
        """Do it when all that was typed is here; at once outside a notebook."""
        if kernel_loop() is None:
            do()
            return
        number = next(self._numbers)
        self._waiting[number] = do
        self._asked.value = number
        later(ECHO_WITHIN, self._run, number)

    def _answered(self, change: Any) -> None:
        for number in sorted(self._waiting):
            if number <= change["new"]:
                self._run(number)

    def _run(self, number: int) -> None:
        if do := self._waiting.pop(number, None):
            do()


@cache
def _echo() -> _Echo:
    return _Echo()


@cache
def _focuser() -> Any:
    from anywidget import AnyWidget  # on the first use, which no page waits for

    made = type("Focuser", (AnyWidget,), {"_esm": shipped("focus.js")})()
    made.on_msg(lambda _, said, __: _hear(*said))
    return made


_half_filled: set[str] = set()  # the names of dates, as their fields carry them


def _hear(name: str, is_half: bool) -> None:
    (_half_filled.add if is_half else _half_filled.discard)(name)


def new_name() -> str:
    """A class by which a browser finds one field among all pages that are open."""
    return f"ii-at-{uuid4().hex}"


def _name_of(widget: w.DOMWidget) -> str:
    found = next((name for name in widget._dom_classes if name.startswith("ii-at-")), "")
    if not found:
        widget.add_class(found := new_name())
    return found


def is_half_filled(widget: w.DOMWidget) -> bool:
    """Whether a date was left with a part of it missing, such as the time: its value is blank."""
    return bool(_half_filled) and _name_of(widget) in _half_filled


def empty(widget: w.DOMWidget) -> None:
    """Take away what a half-filled date shows."""
    _half_filled.discard(_name_of(widget))
    widget.value = (
        datetime(2000, 1, 1) if isinstance(widget, w.NaiveDatetimePicker) else date(2000, 1, 1)
    )
    widget.value = None


def date_field(
    kind: type[D], label: str, *, must: bool = False, value: date | datetime | None = None
) -> D:
    """Return a field for a day or an instant of which the browser says when it is half filled."""
    return field(kind, label, "ii-date", new_name(), must=must, value=value)


def date_in(widget: w.DatePicker | w.NaiveDatetimePicker) -> Any:
    """Return what a date field holds, None when it is blank.

    Raises WorkbookError for one that is half filled, which stays as it is.
    """
    if is_half_filled(widget):
        label = widget.description.partition(" (")[0].partition(",")[0]
        kind = "instant" if isinstance(widget, w.NaiveDatetimePicker) else "day"
        raise WorkbookError(f"{label} is not complete. {INCOMPLETE_DATE[kind]}")
    return widget.value


def set_date(widget: w.DatePicker | w.NaiveDatetimePicker, value: date | None) -> None:
    """Show a date in place of what the field holds, also of a part of one."""
    if is_half_filled(widget):
        empty(widget)
    widget.value = value


def focus(widget: w.DOMWidget) -> None:
    """Put the focus on a field or a button, as soon as it is drawn.

    Whoever is in another field by then stays there: nobody's typing is interrupted.
    """
    if kernel_loop() is not None:
        _focuser().send(_name_of(widget))


class _Refreshes:
    """What other panels still have to show, done when the learner pauses, one panel at a time.

    A save is confirmed first: a page of people and letters would hold it up for a second.
    """

    def __init__(self) -> None:
        self._due: dict[tuple[int, str], tuple[Callable[[str], Any], dict[str, None]]] = {}
        self._handle: asyncio.TimerHandle | None = None

    def add(self, key: tuple[int, str], callback: Callable[[str], Any], table: str) -> None:
        if kernel_loop() is None:
            callback(table)
            return
        self._due.setdefault(key, (callback, {}))[1][table] = None
        if self._handle is None:
            self._handle = later(REFRESH_AFTER, self._next)

    def postpone(self) -> None:
        """The learner is busy: count the pause from now."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = later(REFRESH_AFTER, self._next)

    def _next(self) -> None:
        self._handle = None
        if not self._due:
            return
        callback, tables = self._due.pop(next(iter(self._due)))
        if self._due:
            self._handle = later(0.01, self._next)
        for table in tables:
            callback(table)


refreshes = _Refreshes()


def watch(wb: Workbook, key: str, callback: Callable[[str], Any]) -> None:
    """Call back with the table after a save, soon but not before the save is confirmed.

    For what only shows. A panel that holds what is being typed uses `wb.watch`: it must
    change at once or not at all.
    """
    wb.watch(key, lambda table: refreshes.add((id(wb), key), callback, table))


def button(
    label: str, do: Callable[[], Any], said: w.HTML | None = None, *, main: bool = False
) -> w.Button:
    """Return a button that does one thing at a time and says its errors.

    do: called on a click; what it returns, when it is text, is said as done
    said: where the result is said
    """
    classes = ["ii-button"] + ["ii-main"] * main
    shown = made(w.Button, *classes, description=label, tooltip=label)
    busy = threading.Lock()

    # Not disabled while it works: a disabled button loses the keyboard's focus.
    def clicked(_: object) -> None:
        if busy.acquire(blocking=False):  # JupyterLab may deliver two clicks in two threads
            echo.after_typing(work)

    def work() -> None:
        try:
            done = do()
            if said is not None and isinstance(done, str):
                said.value = line("ok", done)
        except WorkbookError as error:
            if said is None:
                raise
            said.value = line("error", str(error))
        except Exception as error:
            if said is not None:
                text = (
                    f"Something unexpected went wrong ({error!r}). Press Start this page and try "
                    "again. If it comes again, show this line to your instructor."
                )
                said.value = line("error", text)
            raise
        finally:
            busy.release()

    echo = _echo()
    shown.on_click(clicked)
    return shown


def upload(label: str, accept: str, take: Callable[[str, bytes], Any]) -> w.FileUpload:
    """Return a button that asks for a file of this computer.

    accept: how its name may end; take: called with its name and what it holds
    """
    shown = w.FileUpload(accept=accept, multiple=False, description=label, tooltip=label)
    shown.add_class("ii-button")
    shown.add_class("ii-upload")
    shown.layout = w.Layout(width="auto", height="auto")

    def chosen(change: Any) -> None:
        for file in change["new"]:
            try:
                take(file["name"], bytes(file["content"]))
            finally:
                shown.value = ()  # the same file can be chosen again

    shown.observe(chosen, "value")
    return shown


def land_on(widget: w.DOMWidget, after: float = 1.0) -> None:
    """Put the focus here once the page is drawn: Run All leaves a page at its end.

    widget: one that a browser can focus, such as a button
    """
    if loop := kernel_loop():
        loop.call_later(after, focus, widget)


def live(
    wb: Workbook, key: str, make: Callable[[], str], tables: Iterable[str] | None = None
) -> w.VBox:
    """Return a panel of HTML that is made again after each save, when it then differs.

    make: returns the HTML; tables: the only tables whose rows it shows, all when not given
    """
    watched = None if tables is None else set(tables)
    shown = markup(make())

    def changed(table: str) -> None:
        if watched is None or table in watched:
            html = make()
            if html != shown.value:
                shown.value = html

    watch(wb, f"live {key}", changed)
    return panel(shown)
