"""The lane of labelled segments under a waveform: drag to add, move and resize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import duration

_EDGE = 6  # px on either side of an edge that take hold of it
_SHORTEST = 4  # px; a shorter drag is a click
LANE_HEIGHT = 40  # px


@dataclass(frozen=True)
class LaneSegment:
    """A labelled stretch of rows, ``stop`` exclusive."""

    id: int
    start: int
    stop: int
    label: str


class _Grip(Enum):
    """What a drag does."""

    NEW = auto()
    MOVE = auto()
    START = auto()
    STOP = auto()


@dataclass
class _Drag:
    """A drag under way: what it holds and where that would be if the button came up now."""

    grip: _Grip
    from_row: float
    segment: LaneSegment | None
    start: int
    stop: int
    moved: bool = False


class SegmentLane(QWidget):
    """Shows segments in rows; asks for changes, and shows what it is given next.

    Nothing is changed here: the owner performs what the signals ask for and calls ``set_segments``.
    """

    added = Signal(int, int)  # start, stop
    resized = Signal(int, int, int)  # id, start, stop
    selected = Signal(object)  # id or None
    opened = Signal(int)  # id, double-clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(LANE_HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName("Segments")
        self._segments: tuple[LaneSegment, ...] = ()
        self._colours: Mapping[str, QColor] = {}
        self._rows = 0
        self._rate = 1.0
        self._view = (0.0, 1.0)  # rows
        self._chosen: int | None = None
        self._hover: tuple[LaneSegment, _Grip] | None = None
        self._drag: _Drag | None = None

    @property
    def chosen(self) -> int | None:
        """The id of the selected segment."""
        return self._chosen

    def set_recording(self, rows: int, rate_hz: float) -> None:
        """How long the recording is; segments cannot leave it."""
        self._rows, self._rate = rows, rate_hz
        self._drag = None
        self.update()

    def set_segments(self, segments: Sequence[LaneSegment], colours: Mapping[str, QColor]) -> None:
        """Show these, with a colour a label."""
        self._segments = tuple(sorted(segments, key=lambda segment: segment.start))
        self._colours = colours
        self._drag = None
        self._hover = None
        if self._chosen not in {segment.id for segment in segments}:
            self._chosen = None
        self.update()

    def set_view(self, first: float, last: float) -> None:
        """The rows at the left and right edge."""
        self._view = (first, last)
        self.update()

    def choose(self, segment_id: int | None) -> None:
        """Select without telling."""
        self._chosen = segment_id
        self.update()

    def pixel_of(self, row: float) -> float:
        """The x of a row."""
        first, last = self._view
        return (row - first) / max(1e-9, last - first) * self.width()

    def row_at(self, x: float) -> float:
        """The row under an x."""
        first, last = self._view
        return first + (last - first) * x / max(1, self.width())

    def _hit(self, position: QPointF) -> tuple[LaneSegment, _Grip] | None:
        x = position.x()
        # The chosen one first: its edges stay within reach where segments touch.
        order = sorted(self._segments, key=lambda segment: segment.id != self._chosen)
        for segment in order:
            left, right = self.pixel_of(segment.start), self.pixel_of(segment.stop)
            reach = min(_EDGE, (right - left) / 3)
            if abs(x - left) <= reach or left <= x <= left + reach:
                return segment, _Grip.START
            if abs(x - right) <= reach or right - reach <= x <= right:
                return segment, _Grip.STOP
        for segment in order:
            if self.pixel_of(segment.start) <= x <= self.pixel_of(segment.stop):
                return segment, _Grip.MOVE
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self._rows:
            return
        row = self.row_at(event.position().x())
        hit = self._hit(event.position())
        if hit is None:
            at = round(min(max(row, 0), self._rows))
            self._drag = _Drag(_Grip.NEW, row, None, at, at)
            return
        segment, grip = hit
        self._drag = _Drag(grip, row, segment, segment.start, segment.stop)
        self._select(segment.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self._point_at(event.position())
            return
        drag, row = self._drag, self.row_at(event.position().x())
        if not drag.moved and abs(self.pixel_of(row) - self.pixel_of(drag.from_row)) < _SHORTEST:
            return
        drag.moved = True
        self._follow(drag, row)
        seconds = (drag.stop - drag.start) / self._rate
        text = f"{duration(drag.start / self._rate)} – {duration(drag.stop / self._rate)} · {duration(seconds)}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self.update()

    def _follow(self, drag: _Drag, row: float) -> None:
        inside = round(min(max(row, 0), self._rows))
        if drag.segment is None:
            origin = round(min(max(drag.from_row, 0), self._rows))
            drag.start, drag.stop = min(origin, inside), max(origin, inside)
        elif drag.grip is _Grip.START:
            drag.start = min(inside, drag.segment.stop - 1)
        elif drag.grip is _Grip.STOP:
            drag.stop = max(inside, drag.segment.start + 1)
        else:
            length = drag.segment.stop - drag.segment.start
            start = round(drag.segment.start + row - drag.from_row)
            drag.start = min(max(start, 0), self._rows - length)
            drag.stop = drag.start + length

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if event.button() is not Qt.MouseButton.LeftButton or drag is None:
            return
        if drag.segment is None:
            if drag.moved and drag.stop > drag.start:
                self.added.emit(drag.start, drag.stop)
            else:
                self._select(None)
        elif drag.moved and (drag.start, drag.stop) != (drag.segment.start, drag.segment.stop):
            self.resized.emit(drag.segment.id, drag.start, drag.stop)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if hit is not None:
            self.opened.emit(hit[0].id)

    def cancel_drag(self) -> bool:
        """Forget the drag under way; False when there is none."""
        active, self._drag = self._drag is not None, None
        self.update()
        return active

    def _select(self, segment_id: int | None) -> None:
        if segment_id != self._chosen:
            self._chosen = segment_id
            self.selected.emit(segment_id)
        self.update()

    def _point_at(self, position: QPointF) -> None:
        self._hover = self._hit(position)
        if self._hover is None:
            shape, tip = Qt.CursorShape.CrossCursor, "Drag to add a segment."
        elif self._hover[1] is _Grip.MOVE:
            shape, tip = Qt.CursorShape.OpenHandCursor, _described(self._hover[0], self._rate)
        else:
            shape, tip = Qt.CursorShape.SizeHorCursor, _described(self._hover[0], self._rate)
        self.setCursor(shape)
        self.setToolTip(tip)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, _event: QEvent) -> None:
        self._hover = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        painter.fillRect(self.rect(), QColor(now.window))
        if self._rows and not self._segments and self._drag is None:
            painter.setPen(QColor(now.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Drag here to add a labelled segment")
        for segment in self._segments:
            start, stop = segment.start, segment.stop
            if self._drag is not None and self._drag.segment is segment:
                start, stop = self._drag.start, self._drag.stop
            self._paint_segment(painter, start, stop, segment)
        if self._drag is not None and self._drag.segment is None and self._drag.moved:
            area = self._area(self._drag.start, self._drag.stop)
            fill = QColor(now.accent)
            fill.setAlphaF(0.25)
            painter.setPen(QPen(QColor(now.accent), 1, Qt.PenStyle.DashLine))
            painter.setBrush(fill)
            painter.drawRoundedRect(area, 4, 4)

    def _area(self, start: int, stop: int) -> QRectF:
        left, right = self.pixel_of(start), self.pixel_of(stop)
        return QRectF(left + 0.5, 4.5, max(2.0, right - left - 1), self.height() - 9)

    def _paint_segment(self, painter: QPainter, start: int, stop: int, segment: LaneSegment) -> None:
        now = theme.now()
        area = self._area(start, stop)
        if area.right() < 0 or area.left() > self.width():
            return
        colour = QColor(self._colours.get(segment.label, QColor(now.muted)))
        chosen = segment.id == self._chosen
        under = self._hover is not None and self._hover[0].id == segment.id
        painter.setBrush(colour)
        painter.setPen(QPen(QColor(now.text), 2) if chosen else QPen(theme.outline_of(colour), 2 if under else 1))
        painter.drawRoundedRect(area, 4, 4)
        visible = area.intersected(QRectF(0, 0, self.width(), self.height())).adjusted(10, 0, -10, 0)
        if visible.width() > 16:
            painter.setPen(theme.text_on(colour))
            metrics = painter.fontMetrics()
            text = metrics.elidedText(segment.label or "no label", Qt.TextElideMode.ElideRight, int(visible.width()))
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(visible, align, text)
        if (chosen or under) and area.width() > 24:
            painter.setPen(QPen(theme.text_on(colour), 1))
            for x in (area.left() + 4, area.right() - 4):
                painter.drawLine(QPointF(x, area.center().y() - 6), QPointF(x, area.center().y() + 6))


def _described(segment: LaneSegment, rate_hz: float) -> str:
    start, stop = segment.start / rate_hz, segment.stop / rate_hz
    return f"{segment.label or 'no label'} · {duration(start)} to {duration(stop)} · {duration(stop - start)}"
