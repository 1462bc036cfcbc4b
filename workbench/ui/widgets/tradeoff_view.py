"""One figure of the variants against another: a point a variant, the board's limits as walls, the Pareto front."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.compression.pareto import pareto_front
from workbench.ui import theme
from workbench.ui.widgets.chart import Axis, Chart
from workbench.ui.widgets.plot_arithmetic import number, round_range

_REACH = 14.0  # px around a point within which the pointer finds it
_FAR = 3.0  # a wall that is further away than this would press all points into a corner; it is named at the edge
_FORMATS = {
    "float32": "float32",
    "float16": "float16",
    "dynamic_range": "dynamic range",
    "int8": "int8",
    "int16x8": "int16x8",
    "int8_float_io": "int8, float I/O",
}


@dataclass(frozen=True)
class TradeoffPoint:
    """One variant, where it lies on both axes; ``format`` is its number format, drawn as a shape."""

    id: int
    name: str
    x: float
    y: float
    format: str
    current: bool = False
    pinned: bool = False
    faint: bool = False  # seen, but no variant yet
    tip: str = ""


@dataclass(frozen=True)
class Scale:
    """What an axis shows: less is better unless it says otherwise; ``limit`` is where the board ends."""

    title: str
    text: Callable[[float], str] = number
    higher_is_better: bool = False
    from_zero: bool = True
    limit: float | None = None
    limit_text: str = ""


def front_of(points: Sequence[TradeoffPoint], x: Scale, y: Scale) -> list[TradeoffPoint]:
    """The points that no other beats on both axes, from the left."""
    signs = (-1.0 if x.higher_is_better else 1.0, -1.0 if y.higher_is_better else 1.0)
    found = pareto_front([(signs[0] * point.x, signs[1] * point.y) for point in points])
    return sorted((points[place] for place in found), key=lambda point: point.x)


class TradeoffView(Chart):
    """Points can be chosen with the pointer, or with the arrow keys and Enter."""

    chosen = Signal(int)  # the id of the variant that was clicked
    hovered = Signal(object)  # its id, or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[TradeoffPoint, ...] = ()
        self._front: list[TradeoffPoint] = []
        self._scales = (Scale(""), Scale("", higher_is_better=True, from_zero=False))
        self._under: int | None = None
        self._live: TradeoffPoint | None = None
        self._live_is_stale = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Variants: one figure against another")

    def show_points(self, points: Sequence[TradeoffPoint], x: Scale, y: Scale) -> None:
        """Draw these."""
        self._points = tuple(points)
        self._scales = (x, y)
        self._front = front_of(points, x, y)
        if self._under not in {point.id for point in points}:
            self._under = None
        self._scale()
        best = ", ".join(point.name for point in self._front)
        self.setAccessibleDescription(f"{len(points)} variants, {y.title} against {x.title}. On the front: {best}.")

    def show_live(self, point: TradeoffPoint | None, *, stale: bool) -> None:
        """Mark where a recipe lies that is no variant yet: no point to be chosen, dimmed when its sliders moved on."""
        if point != self._live or stale != self._live_is_stale:
            self._live, self._live_is_stale = point, stale
            self._scale()

    @property
    def live(self) -> TradeoffPoint | None:
        """The recipe that is marked."""
        return self._live

    def _scale(self) -> None:
        """Axes that hold everything that is drawn."""
        x, y = self._scales
        shown = [*self._points, *([self._live] if self._live is not None else [])]
        across, upwards = _range([p.x for p in shown], x), _range([p.y for p in shown], y)
        self.set_axes(Axis(x.title, *across, x.text), Axis(y.title, *upwards, y.text))

    @property
    def points(self) -> tuple[TradeoffPoint, ...]:
        """What is drawn."""
        return self._points

    @property
    def front(self) -> list[TradeoffPoint]:
        """The points on the Pareto front, from the left."""
        return list(self._front)

    @property
    def scales(self) -> tuple[Scale, Scale]:
        """What the axes show, across and upwards."""
        return self._scales

    def place_of(self, point: TradeoffPoint) -> QPointF:
        """Where a point is drawn."""
        return self.at(point.x, point.y)

    def _find(self, position: QPointF) -> TradeoffPoint | None:
        def distance(point: TradeoffPoint) -> float:
            gap = self.place_of(point) - position
            return math.hypot(gap.x(), gap.y())

        nearest = min(self._points, key=distance, default=None)
        return nearest if nearest is not None and distance(nearest) <= _REACH else None

    def _point_at(self, point: TradeoffPoint | None) -> None:
        under = None if point is None else point.id
        if under != self._under:
            self._under = under
            self.hovered.emit(under)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._find(event.position())
        self._point_at(point)
        self.setCursor(Qt.CursorShape.ArrowCursor if point is None else Qt.CursorShape.PointingHandCursor)
        if point is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), point.tip or point.name, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = self._find(event.position())
        if point is not None:
            self.chosen.emit(point.id)

    def leaveEvent(self, _event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ordered = sorted(self._points, key=lambda point: (point.x, point.y))
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and ordered:
            place = next((i for i, point in enumerate(ordered) if point.id == self._under), None)
            if place is None:
                place = next((i for i, point in enumerate(ordered) if point.current), 0)
            else:
                place += 1 if event.key() == Qt.Key.Key_Right else -1
            self._point_at(ordered[min(max(place, 0), len(ordered) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._under is not None:
            self.chosen.emit(self._under)
        else:
            super().keyPressEvent(event)

    def paint_data(self, painter: QPainter) -> None:
        for upright, scale in ((True, self._scales[0]), (False, self._scales[1])):
            if scale.limit is not None and self._points:
                self._paint_wall(painter, scale, upright=upright)
        painter.setClipRect(self.area.adjusted(-_REACH, -_REACH, _REACH, _REACH))  # points on an axis are whole
        now = theme.now()
        if len(self._front) > 1:
            corners = [self.place_of(self._front[0])]
            for point in self._front[1:]:
                place = self.place_of(point)
                corners += [QPointF(place.x(), corners[-1].y()), place]
            painter.setPen(QPen(QColor(now.muted), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(corners))
        for point in sorted(self._points, key=lambda p: (not p.faint, p.current, p.id == self._under)):
            self._paint_point(painter, point)
        if self._live is not None:
            self._paint_live(painter, self._live)

    def _paint_live(self, painter: QPainter, point: TradeoffPoint) -> None:
        """Cross hairs on the axes and an open shape."""
        accent, area, place = QColor(theme.now().accent), self.area, self.place_of(point)
        accent.setAlphaF(0.4 if self._live_is_stale else 1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(area.left(), place.y()), place)
        painter.drawLine(place, QPointF(place.x(), area.bottom()))
        painter.setPen(QPen(accent, 2))
        painter.drawPath(marker(point.format, place, 7.0))

    def _paint_wall(self, painter: QPainter, scale: Scale, *, upright: bool) -> None:
        """The part of the picture that the board has no room for, upright for the axis across."""
        now, area, metrics = theme.now(), self.area, self.fontMetrics()
        limit = scale.limit or 0.0
        axis = self.x_axis if upright else self.y_axis
        beyond = limit >= axis.high
        if not beyond:
            at = self.at(max(limit, 0.0), max(limit, 0.0))
            wall = QRectF(at.x(), area.top(), area.right() - at.x(), area.height())
            edge = (wall.topLeft(), wall.bottomLeft())
            if not upright:
                wall = QRectF(area.left(), area.top(), area.width(), at.y() - area.top())
                edge = (wall.bottomLeft(), wall.bottomRight())
            bad = QColor(now.bad)
            bad.setAlphaF(0.12)
            painter.fillRect(wall, bad)
            painter.setPen(QPen(QColor(now.bad), 1.5))
            painter.drawLine(*edge)
        text = f"{scale.limit_text} {'→' if upright else '↑'}" if beyond else scale.limit_text
        width = metrics.horizontalAdvance(text)
        painter.setPen(QColor(now.muted if beyond else now.bad))
        if upright:
            wall_x = area.right() if beyond else self.at(limit, 0).x()
            x = wall_x - width - 8
            place = QPointF(wall_x + 8 if x < area.left() + 4 else x, area.bottom() - 8)
        else:
            wall_y = area.top() if beyond else self.at(0, limit).y()
            place = QPointF(area.left() + 8, wall_y + metrics.ascent() + 4)
        painter.drawText(place, text)

    def _paint_point(self, painter: QPainter, point: TradeoffPoint) -> None:
        now = theme.now()
        place = self.place_of(point)
        colour = format_colour(point.format)
        size = 7.0 if point.current or point.id == self._under else 3.5 if point.faint else 5.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if point.current:
            painter.setPen(QPen(QColor(now.text), 2))
            painter.drawEllipse(place, size + 4, size + 4)
        elif point.id == self._under:
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.drawEllipse(place, size + 4, size + 4)
        if point.pinned:  # a pin: a stem and a head
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.drawLine(place, place + QPointF(0, -size - 9))
            painter.setBrush(QColor(now.accent))
            painter.drawEllipse(place + QPointF(0, -size - 11), 3, 3)
        if point.faint:
            colour = QColor(colour)
            colour.setAlphaF(0.6)
        painter.setPen(QPen(theme.outline_of(colour), 1))
        painter.setBrush(colour)
        painter.drawPath(marker(point.format, place, size))

    def paint_above(self, painter: QPainter) -> None:
        """The shapes of the number formats that occur, and the names of the current and the pinned variants."""
        now = theme.now()
        metrics = self.fontMetrics()
        right = self.width() - 12.0
        for name in reversed([f for f in _FORMATS if any(point.format == f for point in self._points)]):
            text = _FORMATS[name]
            width = metrics.horizontalAdvance(text)
            slot = QRectF(right - width, 0, width + 1, metrics.height() + 2)
            painter.setPen(QColor(now.muted))
            painter.drawText(slot, Qt.AlignmentFlag.AlignVCenter, text)
            colour = format_colour(name)
            painter.setPen(QPen(theme.outline_of(colour), 1))
            painter.setBrush(colour)
            painter.drawPath(marker(name, QPointF(slot.left() - 10, slot.center().y()), 4.5))
            right = slot.left() - 28
        painter.setPen(QColor(now.text))
        for slot, name in self._labels():
            painter.drawText(slot, Qt.AlignmentFlag.AlignVCenter, name)

    def _labels(self) -> Iterator[tuple[QRectF, str]]:
        """Names with a place beside their points, where none covers another; the current one's comes first."""
        metrics = self.fontMetrics()
        room = QRectF(0, 0, self.width(), self.height())
        marks = [QRectF(-8, -8, 16, 16).translated(self.place_of(point)) for point in self._points]
        taken: list[QRectF] = []
        for point in sorted((p for p in self._points if p.current or p.pinned), key=lambda p: not p.current):
            place, name = self.place_of(point), metrics.elidedText(point.name, Qt.TextElideMode.ElideRight, 220)
            width, height = metrics.horizontalAdvance(name) + 2.0, float(metrics.height())
            slots = [
                QRectF(place.x() + 16, place.y() - height / 2, width, height),
                QRectF(place.x() - 16 - width, place.y() - height / 2, width, height),
                QRectF(place.x() + 8, place.y() - height - 12, width, height),
                QRectF(place.x() + 8, place.y() + 12, width, height),
            ]
            free = [slot for slot in slots if room.contains(slot) and not any(slot.intersects(t) for t in taken)]
            clear = (slot for slot in free if not any(slot.intersects(mark) for mark in marks))
            slot = next(clear, free[0] if free else None)
            if slot is not None or point.current:
                taken.append(slot or slots[0])
                yield slot or slots[0], name


def _range(values: Sequence[float], scale: Scale) -> tuple[float, float]:
    """Round ends of an axis: from 0 with room for a wall that is near, or around the values."""
    if scale.from_zero:
        most = max(values, default=1.0)
        near = scale.limit if scale.limit is not None and scale.limit <= _FAR * most else None
        return 0.0, round_range(0.0, max([most * 1.12, *([near * 1.08] if near else [])]) or 1.0)[1]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max((high - low) * 0.15, abs(high) * 0.01, 1e-6)
    low, high = round_range(low - room, high + room)
    return low if scale.higher_is_better else max(0.0, low), high


def format_colour(name: str) -> QColor:
    """The colour of a number format, the same on every page."""
    return theme.series_colour(tuple(_FORMATS).index(name) if name in _FORMATS else len(_FORMATS))


def marker(name: str, centre: QPointF, size: float) -> QPainterPath:
    """The shape of a number format: told apart without colour too."""
    path = QPainterPath()
    x, y = centre.x(), centre.y()
    if name == "float32":
        path.addRect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7)
    elif name == "float16":
        path.addPolygon(
            QPolygonF([QPointF(x, y - size), QPointF(x + size, y + size * 0.8), QPointF(x - size, y + size * 0.8)])
        )
        path.closeSubpath()
    elif name == "dynamic_range":
        path.addPolygon(
            QPolygonF(
                [
                    QPointF(x, y - size * 1.1),
                    QPointF(x + size * 1.1, y),
                    QPointF(x, y + size * 1.1),
                    QPointF(x - size * 1.1, y),
                ]
            )
        )
        path.closeSubpath()
    elif name == "int16x8":
        path.addPolygon(
            QPolygonF([QPointF(x, y + size), QPointF(x + size, y - size * 0.8), QPointF(x - size, y - size * 0.8)])
        )
        path.closeSubpath()
    elif name == "int8_float_io":
        path.addEllipse(centre, size * 1.3, size * 0.8)
    else:
        path.addEllipse(centre, size, size)
    return path
