"""The window's side of capture: starts the process that reads the port, looks into its ring, tells it to record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from workbench.capture.status import CaptureState, CaptureStatus, Take
from workbench.errors import NotPossible


class CaptureSession:
    """A port being read by a process of its own. Use from one thread; ``stop`` it, or use it in ``with``."""

    def __init__(self) -> None:
        self._status = CaptureStatus(CaptureState.CONNECTING)

    @classmethod
    def start(cls, port: str, baud: int) -> CaptureSession:
        """Begin to read ``port``; returns at once, ``status`` tells what becomes of it.

        Raises BadSetting when the baud rate is not a positive whole number.
        """
        return cls()

    def status(self) -> CaptureStatus:
        """The newest snapshot."""
        return self._status

    def latest(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The newest readings, at most ``rows``: values (n, channels) float32 and their times (n,) float64.

        Times are in seconds since the session started.
        """
        return np.empty((0, 0), np.float32), np.empty(0, np.float64)

    def begin_take(self, samples_path: Path, label: str, metadata: Mapping[str, str] | None = None) -> None:
        """Write what arrives from now on to ``samples_path``; further parts go to files beside it.

        Raises NotPossible when a take already runs or the session has ended.
        """
        raise NotPossible("Nothing has arrived yet.")

    def end_take(self) -> Take:
        """Close the take's files. Raises NotPossible when no take runs or nothing was recorded."""
        raise NotPossible("No take is running.")

    def stop(self) -> None:
        """End the process; a running take is closed and its file stays. Harmless when called again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
