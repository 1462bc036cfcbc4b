"""The parent's side: start a child, read its events, cancel it."""

from __future__ import annotations

import atexit
import contextlib
import math
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from workbench.errors import JobDied
from workbench.jobs import child
from workbench.jobs.events import Event, Failed, Finished, Progress
from workbench.jobs.job import Cancelled

# fork after TensorFlow is loaded hangs, and Windows has none.
_SPAWN = multiprocessing.get_context("spawn")
_PATIENCE_S = 0.1  # how long a cancelled child may take to end by itself
_ENDING_S = 2.0  # how long one may take that has told its result, or has children of its own to end
_LOOK_S = 0.01


class RunningJob:
    """A child process and the events it has sent.

    One thread uses it: ``poll`` from a timer, or ``wait`` to block. Events end with Finished or Failed;
    after ``cancel`` none arrive, so a stale result cannot. A child that has loaded TensorFlow takes up to a second
    to end: where nothing may stall, call ``gone`` until it has; ``wait`` and ``cancel`` wait for it.
    """

    def __init__(self, *, starts_processes: bool = False) -> None:
        """``starts_processes``: the work has children of its own, which multiprocessing forbids to daemons."""
        self._connection, child_end = _SPAWN.Pipe()
        # TensorFlow leaves temporary files behind, above all in a process that is killed.
        self._scratch = tempfile.mkdtemp(prefix="workbench-job-")
        daemon = not starts_processes
        self._process: SpawnProcess = _SPAWN.Process(target=child.main, args=(child_end, self._scratch), daemon=daemon)
        self._process.start()
        if starts_processes:
            atexit.register(self.cancel)  # the interpreter waits for what is no daemon
        child_end.close()
        self._starts_processes = starts_processes
        self._last_text = ""
        self._told_all = False  # nothing more is wanted of it
        self._reaped = False
        self._patience_ends = math.inf

    @property
    def connection(self) -> Connection:
        """For ``multiprocessing.connection.wait``."""
        return self._connection

    @property
    def alive(self) -> bool:
        """Whether more events can come."""
        return not self._told_all and self._process.is_alive()

    def preload(self, modules: tuple[str, ...]) -> None:
        """Ask the idle child to import modules ahead of its task."""
        self._connection.send(("import", modules))

    def begin(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Give the idle child its task."""
        self._connection.send(("run", function, args, kwargs))

    def poll(self, timeout: float = 0.0) -> list[Event]:
        """The events that have arrived, waiting up to ``timeout`` seconds for the first."""
        events: list[Event] = []
        while not self._told_all and self._connection.poll(0.0 if events else timeout):
            try:
                event: Event = self._connection.recv()
            except (EOFError, OSError):
                event = Failed(self._death())
            if isinstance(event, Progress):
                self._last_text = event.text
            if isinstance(event, Finished | Failed):
                self._leave(_ENDING_S)
            events.append(event)
        return events

    def wait(self, on_event: Callable[[Event], None] | None = None) -> Any:
        """The job's result; raises its error. Every event but the last two kinds goes to ``on_event``."""
        try:
            while not self._told_all:
                for event in self.poll(timeout=0.2):
                    if isinstance(event, Finished):
                        return event.result
                    if isinstance(event, Failed):
                        raise event.error
                    if on_event is not None:
                        on_event(event)
            raise Cancelled
        finally:  # also when Ctrl+C is pressed, or what listens fails
            self.cancel()

    def cancel(self) -> None:
        """End the child: asked first, killed when it does not answer. Returns within a few tenths of a second."""
        if not self._told_all:
            self.let_go()
        while not self.gone():
            self._process.join(_LOOK_S)

    def let_go(self) -> None:
        """Ask the child to end without waiting for it, where nothing may stall; then call ``gone`` until it is."""
        if self._told_all:
            return
        with contextlib.suppress(OSError, ValueError):
            self._connection.send("cancel")
        self._leave(_ENDING_S if self._starts_processes else _PATIENCE_S)

    def gone(self) -> bool:
        """Whether a child that was let go or has told its result has ended; one that does not in time is killed."""
        if self._reaped or not self._told_all:
            return self._reaped
        if self._process.is_alive():
            if time.monotonic() > self._patience_ends:
                self._process.kill()
            return False
        self._process.join()
        self._process.close()
        self._reaped = True
        shutil.rmtree(self._scratch, ignore_errors=True)
        atexit.unregister(self.cancel)
        return True

    def _leave(self, patience: float) -> None:
        self._told_all = True
        self._connection.close()
        self._patience_ends = time.monotonic() + patience

    def _death(self) -> JobDied:
        self._process.join(1.0)
        while_doing = f" while: {self._last_text}" if self._last_text else ""
        return JobDied(
            f"The work's own process ended unexpectedly (exit code {self._process.exitcode}){while_doing}.",
            to_do="Nothing else was touched; try other settings or a smaller model.",
        )


@dataclass(frozen=True)
class _Spare:
    job: RunningJob
    serves: frozenset[str]  # functions; empty for any


_spares: list[_Spare] = []  # at most one


def warm_up(*modules: str, serves: Iterable[str] = ()) -> None:
    """Keep one child ready that has imported ``modules``.

    start() takes it for the functions that it ``serves``, or for any when none is named: a spare that took
    seconds to warm is not spent on work that does not need it.
    """
    if _spares and not _spares[0].job.alive:
        cool_down()
    if not _spares:
        spare = RunningJob()
        spare.preload(modules)
        _spares.append(_Spare(spare, frozenset(serves)))


def cool_down() -> None:
    """End the warm spare, if there is one."""
    spare = release_spare()
    if spare is not None:
        spare.cancel()


def release_spare() -> RunningJob | None:
    """Let the warm spare go without waiting for its end; call ``gone`` of what is returned until it has."""
    if not _spares:
        return None
    spare = _spares.pop().job
    spare.let_go()
    return spare


def _take_spare(function: str) -> RunningJob | None:
    if not _spares or (_spares[0].serves and function not in _spares[0].serves):
        return None
    spare = _spares.pop().job
    return spare if spare.alive else None


def start(function: str, *args: Any, starts_processes: bool = False, **kwargs: Any) -> RunningJob:
    """Run ``package.module:name`` with these arguments and ``job=`` in a child process.

    The function must stand at module level; arguments and result travel by pickle between our own
    processes (never from a file or a wire). With ``starts_processes`` it may start processes of its own, and has
    to see to it that they end when it does, killed or not.
    """
    spare = None if starts_processes else _take_spare(function)
    running = spare or RunningJob(starts_processes=starts_processes)
    running.begin(function, args, kwargs)
    return running


def run(function: str, *args: Any, on_event: Callable[[Event], None] | None = None, **kwargs: Any) -> Any:
    """start() and wait()."""
    return start(function, *args, **kwargs).wait(on_event)
