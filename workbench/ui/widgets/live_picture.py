"""The newest picture of a camera, drawn again and again; never in the way of what is recorded."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.capture.picture_slot import SeenPicture
from workbench.capture.status import CaptureStatus
from workbench.quantities import THIN_SPACE, three_digits
from workbench.ui import theme
from workbench.ui.widgets.picture_grid import to_image
from workbench.ui.widgets.roles import words

_EDGE = 2.0  # px, the frame's


class Camera(Protocol):
    """The part of a capture session that is looked at."""

    def picture_after(self, number: int) -> SeenPicture | None: ...


class PictureView(QWidget):
    """One picture, as large as it fits; Space, while it has the focus, asks to record."""

    record_asked = Signal()
    pause_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Live picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image: QImage | None = None
        self._recording = False
        theme.appearance().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(480, 400)

    def show_image(self, image: QImage | None) -> None:
        """Draw another one."""
        self.image = image
        self.update()

    def mark_take(self, recording: bool) -> None:
        """A red frame while pictures are taken."""
        self._recording = recording
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.record_asked.emit()
        elif event.key() == Qt.Key.Key_P and not event.modifiers():
            self.pause_asked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.now()
        painter.fillRect(self.rect(), QColor(now.panel))
        area = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        if self.image is None:
            painter.setPen(QColor(now.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "Waiting for a whole picture.")
        else:
            scale = min(area.width() / self.image.width(), area.height() / self.image.height())
            scale = float(int(scale)) if scale >= 2 else scale  # whole pixels, as the model sees them
            width, height = self.image.width() * scale, self.image.height() * scale
            place = QRectF(area.center().x() - width / 2, area.center().y() - height / 2, width, height)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
            painter.drawImage(place, self.image)
        colour = now.bad if self._recording else now.accent if self.hasFocus() else now.line
        painter.setPen(QPen(QColor(colour), _EDGE if self._recording else 1.0))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class LivePicture(QWidget):
    """The picture with its size and rate above it. Call ``show_frame`` some tens of times a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PictureView()
        self.facts = words("", "muted")
        self.pause = QPushButton("Pause")
        self.pause.setCheckable(True)
        self.pause.setToolTip("Hold the last picture; reading and recording go on (P)")
        self._number = 0
        bar = QHBoxLayout()
        bar.setSpacing(theme.GRID)
        bar.addWidget(self.facts, 1)
        bar.addWidget(self.pause)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.pause.toggled.connect(lambda paused: self.pause.setText("Go on" if paused else "Pause"))
        self.view.pause_asked.connect(self.pause.toggle)

    def start_over(self) -> None:
        """Another capture begins."""
        self._number = 0
        self.view.show_image(None)
        self.facts.clear()
        self.pause.setChecked(False)

    def show_frame(self, camera: Camera, status: CaptureStatus) -> None:
        """Draw what is new, unless the picture is held."""
        if self.pause.isChecked():
            return
        text = facts_in_words(status)
        if text != self.facts.text():
            self.facts.setText(text)
        seen = camera.picture_after(self._number)
        if seen is not None:
            self._number = seen.number
            self.view.show_image(to_image(seen.pixels))


def facts_in_words(status: CaptureStatus) -> str:
    """Size, colours and rate: ``96 × 96 · grey · 10.0 pictures/s``."""
    if status.picture_shape is None:
        return ""
    height, width, colours = status.picture_shape
    parts = [f"{width}{THIN_SPACE}×{THIN_SPACE}{height}", "grey" if colours == 1 else "colour"]
    if status.picture_hz:
        parts.append(f"{three_digits(status.picture_hz)} pictures/s")
    return " · ".join(parts)
