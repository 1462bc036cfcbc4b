"""What one sets of logs: how fast one is replayed, whether one is kept; and which dropped file is one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QWidget

from workbench.capture.raw_log import is_raw_log

_SPEEDS = {1.0: "As fast as it came", 10.0: "Ten times as fast", 0.0: "As fast as possible"}


class ReplaySpeed(QComboBox):
    """So many times as fast as the log was written; 0: as fast as possible."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for speed, title in _SPEEDS.items():
            self.addItem(title, speed)
        self.setAccessibleName("Speed of the replay")
        self.setToolTip("Whatever the speed, readings and gaps get the times they had in the log")

    @property
    def value(self) -> float:
        return float(self.currentData())


class RawLogSwitch(QCheckBox):
    """Whether the bytes themselves are kept beside what is recorded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Keep the raw bytes too", parent)
        self.setToolTip(
            "Writes what comes, byte by byte, into the project's folder raw_logs, so that any trouble can be replayed"
        )


def ask_for_log(parent: QWidget) -> Path | None:
    """A log that somebody chooses; None when nobody does."""
    chosen, _ = QFileDialog.getOpenFileName(
        parent, "Replay a log", "", "Logs (*.log *.raw *.bin *.part *.txt);;All files (*)"
    )
    return Path(chosen) if chosen else None


def log_in(event: QDropEvent) -> Path | None:
    """The one dropped file, when it is a log of bytes."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and is_raw_log(paths[0]) else None
