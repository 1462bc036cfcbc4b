"""Takes one after another: get ready, wait for the trigger, record, keep, and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import Enum

from PySide6.QtCore import QObject, Signal

from workbench.capture.session import CaptureSession
from workbench.capture.status import CaptureState, CaptureStatus, TakeStage
from workbench.capture.take_settings import TakeSettings
from workbench.errors import NotPossible, WorkbenchError
from workbench.operations.capture import begin_pictures, begin_take, end_take
from workbench.ui.session import Session


class Phase(Enum):
    """What a series is doing."""

    IDLE = "idle"
    READY = "ready"  # counting down
    WAITING = "waiting"  # for the trigger
    RECORDING = "recording"


class TakeSeries(QObject):
    """Call ``tick`` with each new status; ``changed`` tells of another phase."""

    changed = Signal()
    failed = Signal(object)  # the WorkbenchError for which a take did not begin

    def __init__(
        self, session: Session, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self.phase = Phase.IDLE
        self.number = 0  # of the take, counted from 1
        self.settings = TakeSettings()
        self._session = session
        self._clock = clock
        self._capture: CaptureSession | None = None
        self._label = ""
        self.pictures = False  # are taken, no readings recorded
        self._metadata: dict[str, str] = {}
        self._awaited = ""  # before a take begins, in words
        self._taken = 0  # rows or pictures of the take under way
        self._since_s = 0.0

    @property
    def active(self) -> bool:
        return self.phase is not Phase.IDLE

    @property
    def seconds(self) -> float:
        """Left of the countdown, or gone since the recording began."""
        gone = self._clock() - self._since_s
        return max(0.0, self.settings.countdown_s - gone) if self.phase is Phase.READY else gone

    @property
    def words(self) -> str:
        """Where it stands, such as ``7 of 20 · get ready``."""
        several = self.settings.count > 1 and not self.pictures
        progress = f"{self.number} of {self.settings.count}" if several else ""
        doing = {Phase.READY: "get ready", Phase.WAITING: self._awaited, Phase.RECORDING: self._taken_in_words}
        return " · ".join(part for part in (progress, doing.get(self.phase, "")) if part)

    @property
    def _taken_in_words(self) -> str:
        if not self.pictures:
            return f"{self._taken:,} rows"
        wanted = self.settings.pictures
        return f"{self._taken:,} of {wanted:,}" if wanted else f"{self._taken:,} pictures"

    def start(
        self,
        capture: CaptureSession,
        label: str,
        metadata: Mapping[str, str],
        settings: TakeSettings,
        *,
        pictures: bool = False,
    ) -> None:
        """Begin the first take; one of ``pictures`` is the only one of its series."""
        self.pictures = pictures
        self._capture, self._label, self._metadata, self.settings = capture, label, dict(metadata), settings
        self.number = 1
        self._next()

    def stop(self) -> None:
        """End it now: what has been recorded is kept, a take that had not begun leaves nothing."""
        phase = self.phase
        self._enter(Phase.IDLE)
        if phase in (Phase.WAITING, Phase.RECORDING):
            self._keep(may_be_empty=phase is Phase.WAITING)

    def forget(self) -> None:
        """The capture is gone."""
        self._capture = None
        self._enter(Phase.IDLE)

    def tick(self, status: CaptureStatus) -> None:
        """Go on where it is time to."""
        if self.phase is Phase.READY:
            if self.seconds <= 0:
                self._begin()
        elif self.active and self._capture is not None:
            if status.state is CaptureState.ENDED:
                self.stop()
            elif status.take_number == self._capture.take_number:  # else it tells of the take before
                self._awaited, self._taken = status.awaited or self._awaited, status.recording_rows or 0
                self._follow(status.take_stage)

    def _follow(self, stage: TakeStage | None) -> None:
        if stage is TakeStage.COMPLETE:
            self._complete()
        elif stage is TakeStage.RUNNING and self.phase is Phase.WAITING:
            self._enter(Phase.RECORDING)

    def _next(self) -> None:
        if self.settings.countdown_s:
            self._enter(Phase.READY)
        else:
            self._begin()

    def _begin(self) -> None:
        project, capture = self._session.project, self._capture
        if project is None or capture is None:
            self._enter(Phase.IDLE)
            return
        seconds, trigger = self.settings.seconds, self.settings.trigger
        try:
            if self.pictures:
                count, every_s = self.settings.pictures, self.settings.every_s
                begin_pictures(project, capture, self._label, self._metadata, count=count, every_s=every_s)
            else:
                begin_take(project, capture, self._label, self._metadata, seconds=seconds, trigger=trigger)
        except WorkbenchError as error:
            self._enter(Phase.IDLE)
            self.failed.emit(error)
            return
        self._awaited, self._taken = f"waiting for {trigger.words}" if trigger is not None else "", 0
        self._enter(Phase.RECORDING if trigger is None or self.pictures else Phase.WAITING)

    def _complete(self) -> None:
        kept = self._keep()
        if kept and self.number < self.settings.count and not self.pictures:
            self.number += 1
            self._next()
        else:
            self._enter(Phase.IDLE)

    def _keep(self, *, may_be_empty: bool = False) -> bool:
        """Add the take to the project; whether that went well."""
        project, capture = self._session.project, self._capture
        if project is None or capture is None:
            return False
        try:
            outcome = end_take(project, capture)
        except NotPossible as error:
            if not may_be_empty:
                self._session.fail(error)
            return False
        except WorkbenchError as error:
            self._session.fail(error)
            return False
        self._session.apply(outcome)
        return True

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._since_s = self._clock()
        self.changed.emit()
