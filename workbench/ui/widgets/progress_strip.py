"""The slim strip above the fit bar that shows work going on and cancels it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from workbench.ui import theme
from workbench.ui.job_bridge import JobBridge, JobView

_STEPS = 1000
_LOOK_MS = 100


class ProgressStrip(QWidget):
    """Appears when work has taken half a second; shows the latest started."""

    def __init__(self, bridge: JobBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(40)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, 4, 2 * theme.GRID, 4)
        row.setSpacing(2 * theme.GRID)
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setMinimumWidth(280)
        row.addWidget(self.label)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        row.addWidget(self.bar, 1)
        self.share = QLabel()
        self.share.setProperty("role", "muted")
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.share.setMinimumWidth(48)
        row.addWidget(self.share)
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("cancel_job")
        self.cancel.clicked.connect(self._cancel)
        row.addWidget(self.cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        bridge.changed.connect(self._start)
        self.hide()

    def _start(self) -> None:
        self._timer.start()
        self.refresh()

    def _shown(self) -> JobView | None:
        worth = [view for view in self._bridge.active if view.worth_showing]
        return worth[-1] if worth else None

    def refresh(self) -> None:
        """Show how far the work is, or nothing."""
        view = self._shown()
        self.setVisible(view is not None)
        if view is None:
            if not self._bridge.active:
                self._timer.stop()
            return
        others = len(self._bridge.active) - 1
        told = view.text.casefold().startswith(view.title.casefold())  # "Train: Training: epoch 3" says it twice
        words = view.text if told else f"{view.title}: {view.text}"
        self.label.setText(f"{words}  (and {others} more)" if others else words)
        known = view.fraction is not None
        self.bar.setRange(0, _STEPS if known else 0)
        if view.fraction is not None:
            self.bar.setValue(round(view.fraction * _STEPS))
        self.share.setText(f"{view.fraction * 100:.0f}\u2009%" if view.fraction is not None else "")

    def _cancel(self) -> None:
        view = self._shown()
        if view is not None:
            view.cancel()
