"""Between child processes and the window: a timer reads their events and tells them as Qt signals."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench import jobs
from workbench.errors import WorkbenchError
from workbench.jobs import Event, Failed, Finished, Progress, Report, RunningJob

POLL_MS = 25
SHOW_AFTER_S = 0.5  # shorter work ends before anyone could read its progress


class JobView(QObject):
    """One piece of long work as the window sees it.

    Ends with exactly one of ``finished``, ``failed`` and ``cancelled``; nothing arrives after that.
    """

    progressed = Signal(str, object)  # what is being done, and the fraction 0..1 or None
    reported = Signal(str, dict)  # kind and values
    finished = Signal(object)  # the function's result
    failed = Signal(object)  # a WorkbenchError
    cancelled = Signal()

    def __init__(self, title: str, key: str, running: RunningJob, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.key = key
        self.text = title
        self.fraction: float | None = None
        self._running = running
        self._started = time.monotonic()
        self._active = True

    @property
    def active(self) -> bool:
        """Whether the work goes on."""
        return self._active

    @property
    def worth_showing(self) -> bool:
        """Whether the work has taken long enough for its progress to be shown."""
        return self._active and time.monotonic() - self._started >= SHOW_AFTER_S

    def cancel(self) -> None:
        """Stop the work at once; the child ends on its own time."""
        if self._active:
            self._active = False
            self._running.let_go()
            self.cancelled.emit()

    def _tell(self, event: Event) -> None:
        if not self._active:
            return
        if isinstance(event, Progress):
            self.text, self.fraction = event.text, event.fraction
            self.progressed.emit(event.text, event.fraction)
        elif isinstance(event, Report):
            self.reported.emit(event.kind, event.values)
        elif isinstance(event, Finished):
            self._active = False
            self.finished.emit(event.result)
        elif isinstance(event, Failed):
            self._active = False
            self.failed.emit(event.error)

    def poll(self) -> bool:
        """Tell what has arrived; False when there is nothing more to wait for."""
        if self._active:
            for event in self._running.poll():
                self._tell(event)
            return True
        return not self._running.gone()


class JobBridge(QObject):
    """Starts child processes and reads them; a new start under the same key cancels the old work."""

    changed = Signal()  # a piece of work was started or has ended

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[JobView] = []
        self._leaving: list[RunningJob] = []  # spares that are not needed any more
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def active(self) -> list[JobView]:
        """The work going on, the latest last."""
        return [view for view in self._views if view.active]

    def start(self, title: str, key: str, function: str, *args: Any, **kwargs: Any) -> JobView:
        """Run ``package.module:name`` in a child process in place of whatever ran under ``key``."""
        for view in self.active:
            if view.key == key:
                view.cancel()
        view = JobView(title, key, jobs.start(function, *args, **kwargs), self)
        for signal in (view.finished, view.failed, view.cancelled):
            signal.connect(self.changed)
        self._views.append(view)
        self._timer.start()
        self.changed.emit()
        return view

    def cancel_all(self) -> None:
        """Cancel everything, without waiting."""
        for view in self.active:
            view.cancel()

    def release_spare(self) -> None:
        """Let the child that stands by go, without waiting."""
        spare = jobs.release_spare()
        if spare is not None:
            self._leaving.append(spare)
            self._timer.start()

    def shut_down(self) -> None:
        """Cancel everything and wait until every child has ended: at most a few tenths of a second."""
        self.cancel_all()
        self.release_spare()
        while self._views or self._leaving:
            self._poll()
            time.sleep(0.005)

    def _poll(self) -> None:
        self._leaving = [job for job in self._leaving if not job.gone()]
        for view in list(self._views):
            if not view.poll():
                self._views.remove(view)
                view.deleteLater()
        if not self._views and not self._leaving:
            self._timer.stop()


def plain_error(error: BaseException) -> WorkbenchError:
    """``error`` as something a person can read; a defect of ours is one line, never a traceback."""
    if isinstance(error, WorkbenchError):
        return error
    return WorkbenchError(
        f"Something unexpected happened: {type(error).__name__}: {error}.",
        to_do="Your project is safe; the details are in the log.",
    )
