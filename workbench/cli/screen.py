"""What a person at the terminal sees: answers on standard output, progress on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any, Literal

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from workbench import jobs
from workbench.jobs import Event, Report
from workbench.quantities import quantity

BAR_WIDTH = 28
LOGGED_EVERY_S = 10.0
_WIDEST = 1000  # characters that a line is laid out for at most


class Screen:
    """The terminal; with ``machine`` set nothing but the JSON goes to standard output."""

    def __init__(self, *, machine: bool) -> None:
        self._machine = machine
        self._out = _console()
        self._err = Console(stderr=True, highlight=False)

    def show(self, lines: Sequence[RenderableType]) -> None:
        """Print an answer for people."""
        for line in lines:
            if isinstance(line, str):
                # Names and labels are the user's: square brackets in them are no mark-up.
                self._out.print(Text(line))
            else:
                # In a terminal too narrow for a table its lines break; cut off, a number or a name would be wrong.
                least = _least_width(self._out, line)
                wide = _console(width=least) if least > self._out.width else self._out
                wide.print(line)

    def say(self, text: str) -> None:
        """One line about what is going on."""
        if not self._machine:
            self._err.print(Text(f"· {text}"))

    def job(self, function: str, *args: Any, title: str, **kwargs: Any) -> Any:
        """Run a long operation in a child process with a progress bar; returns its result."""
        running = jobs.start(function, *args, **kwargs)
        if not sys.stderr.isatty():
            return running.wait(None if self._machine else _Log(self._err, title))
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=BAR_WIDTH),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._err, transient=True) as bar:
            return running.wait(_Bar(bar, bar.add_task(title, total=None)))


def _console(width: int | None = None) -> Console:
    """Standard output, as wide as the terminal is or as ``width`` says."""
    return Console(highlight=False, soft_wrap=True, width=width)


def _least_width(console: Console, shown: RenderableType) -> int:
    """Characters that ``shown`` needs; a column that does not wrap needs all of its longest cell."""
    wide = console.options.update(width=_WIDEST)
    for column in shown.columns if isinstance(shown, Table) else ():
        if column.no_wrap:
            cells = (column.header, *column.cells)
            column.min_width = max(Measurement.get(console, wide, cell).maximum for cell in cells)
    return Measurement.get(console, wide, shown).minimum


class _Bar:
    """Events of a job as a moving bar."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def __call__(self, event: Event) -> None:
        if isinstance(event, Report):
            return
        text = getattr(event, "text", "")
        fraction = getattr(event, "fraction", None)
        total = None if fraction is None else 1.0
        self._bar.update(self._task, description=text, total=total, completed=fraction or 0.0)


class _Log:
    """Events of a job as lines, where there is no terminal: each step at once, and how far it is from time to time."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._step = ""
        self._told_s = 0.0
        self._say(title)

    def _say(self, text: str) -> None:
        # "Training: epoch 3 of 40" and "… 4 of 40" are the same step, "Reading a.csv" and "Reading b.csv" as well.
        step = text.split(maxsplit=1)[0] if text else ""
        now_s = time.monotonic()
        if step != self._step or now_s - self._told_s >= LOGGED_EVERY_S:
            self._step, self._told_s = step, now_s
            self._console.print(Text(f"· {text}"))

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Report):
            self._say(getattr(event, "text", ""))


def bar(share: float, *, width: int = BAR_WIDTH) -> Text:
    """A filled bar; red when it is over full."""
    filled = min(width, max(0, round(share * width)))
    return Text("█" * filled + "░" * (width - filled), style="red" if share > 1 else "cyan")


def table(*headings: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """A plain table; the columns named in ``right`` hold numbers, those in ``whole`` what is copied from the screen."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        # Columns keep their width: a narrow terminal wraps names, never numbers, and cuts nothing off.
        justify: Literal["left", "right"] = "right" if heading in right else "left"
        made.add_column(Text(heading), no_wrap=heading in (*right, *whole), justify=justify, overflow="fold")
    return made


def limit_row(name: str, value: float, limit: float) -> tuple[RenderableType, ...]:
    """Name, bar, and "61.2 of 1,024.0 KB" for a table."""
    return name, bar(value / limit if limit else 0.0), f"{quantity(value, 'B')} of {quantity(limit, 'B')}"
