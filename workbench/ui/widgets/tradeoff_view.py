"""Accuracy (or error) against a cost: a point a variant, the board's limit as a wall, the Pareto front."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.ui import theme
from workbench.ui.widgets.chart import Axis, Chart
from workbench.ui.widgets.plot_arithmetic import number, round_range

_REACH = 14.0  # px around a point within which the pointer finds it
_FORMATS = ("float32", "float16", "dynamic_range", "int8")


@dataclass(frozen=True)
class TradeoffPoint:
    """One variant: its cost and its quality, both as shown on the axes."""

    id: int
    name: str
    cost: float
    quality: float
    format: str  # the number format, drawn as a shape
    current: bool = False
    tip: str = ""


def pareto_front(points: Sequence[TradeoffPoint], *, higher_is_better: bool) -> list[TradeoffPoint]:
    """The points that no other beats in both cost and quality, from the cheapest on."""
    sign = -1.0 if higher_is_better else 1.0
    front: list[TradeoffPoint] = []
    for point in sorted(points, key=lambda p: (p.cost, sign * p.quality)):
        if not front or sign * point.quality < sign * front[-1].quality:
            front.append(point)
    return front


class TradeoffView(Chart):
    """Points can be chosen with the pointer, or with the arrow keys and Enter."""

    chosen = Signal(int)  # the id of the variant that was clicked
    hovered = Signal(object)  # its id, or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[TradeoffPoint, ...] = ()
        self._front: list[TradeoffPoint] = []
        self._limit: float | None = None
        self._limit_text = ""
        self._higher = True
        self._under: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Variants: quality against cost")

    def show_points(
        self,
        points: Sequence[TradeoffPoint],
        *,
        cost_title: str,
        quality_title: str,
        higher_is_better: bool,
        limit: float | None = None,
        limit_text: str = "",
        quality_text: Callable[[float], str] = number,
    ) -> None:
        """Draw these; ``limit`` is where the board ends, in the unit of the costs."""
        self._points = tuple(points)
        self._front = pareto_front(points, higher_is_better=higher_is_better)
        self._limit, self._limit_text, self._higher = limit, limit_text, higher_is_better
        self._under = None
        costs = [point.cost for point in points]
        most = max(costs, default=1.0)
        # A far wall would press all points into a corner; it is then named at the edge instead.
        shown_limit = limit if limit is not None and limit <= 3 * most else None
        top = round_range(0.0, max([most * 1.12, *([shown_limit * 1.08] if shown_limit else [])]) or 1.0)[1]
        qualities = [point.quality for point in points] or [0.0, 1.0]
        low, high = min(qualities), max(qualities)
        room = max((high - low) * 0.15, abs(high) * 0.01, 1e-6)
        low, high = round_range(low - room, high + room)
        if not higher_is_better:
            low = max(0.0, low)
        self.set_axes(Axis(cost_title, 0.0, top), Axis(quality_title, low, high, quality_text))

    @property
    def points(self) -> tuple[TradeoffPoint, ...]:
        """What is drawn."""
        return self._points

    @property
    def front(self) -> list[TradeoffPoint]:
        """The points on the Pareto front, from the cheapest on."""
        return list(self._front)

    def place_of(self, point: TradeoffPoint) -> QPointF:
        """Where a point is drawn."""
        return self.at(point.cost, point.quality)

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
        ordered = sorted(self._points, key=lambda point: (point.cost, point.quality))
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
        self._paint_wall(painter)
        now = theme.now()
        if len(self._front) > 1:
            corners = [self.place_of(self._front[0])]
            for point in self._front[1:]:
                place = self.place_of(point)
                corners += [QPointF(place.x(), corners[-1].y()), place]
            painter.setPen(QPen(QColor(now.muted), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(corners))
        for point in sorted(self._points, key=lambda p: (p.current, p.id == self._under)):
            self._paint_point(painter, point)

    def _paint_wall(self, painter: QPainter) -> None:
        now, area = theme.now(), self.area
        if self._limit is None:
            return
        bad = QColor(now.bad)
        if self._limit < self.x_axis.high:
            x = self.at(max(self._limit, 0.0), 0).x()
            wall = QRectF(x, area.top(), area.right() - x, area.height())
            bad.setAlphaF(0.12)
            painter.fillRect(wall, bad)
            painter.setPen(QPen(QColor(now.bad), 1.5))
            painter.drawLine(wall.topLeft(), wall.bottomLeft())
        metrics = self.fontMetrics()
        beyond = self._limit >= self.x_axis.high
        text = f"{self._limit_text} →" if beyond else self._limit_text
        width = metrics.horizontalAdvance(text)
        wall_x = area.right() if beyond else self.at(self._limit, 0).x()
        x = wall_x - width - 8
        if x < area.left() + 4:  # no room before the wall
            x = wall_x + 8
        painter.setPen(QColor(now.muted if beyond else now.bad))
        painter.drawText(QPointF(x, area.bottom() - 8), text)

    def _paint_point(self, painter: QPainter, point: TradeoffPoint) -> None:
        now = theme.now()
        place = self.place_of(point)
        colour = format_colour(point.format)
        size = 7.0 if point.current or point.id == self._under else 5.0
        if point.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.text), 2))
            painter.drawEllipse(place, size + 4, size + 4)
        elif point.id == self._under:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.drawEllipse(place, size + 4, size + 4)
        painter.setPen(QPen(theme.outline_of(colour), 1))
        painter.setBrush(colour)
        painter.drawPath(marker(point.format, place, size))

    def paint_above(self, painter: QPainter) -> None:
        """The shapes of the number formats that occur, and the name of the current variant."""
        now = theme.now()
        metrics = self.fontMetrics()
        right = self.width() - 12.0
        for name in reversed([f for f in _FORMATS if any(point.format == f for point in self._points)]):
            text = name.replace("_", " ")
            width = metrics.horizontalAdvance(text)
            slot = QRectF(right - width, 0, width + 1, metrics.height() + 2)
            painter.setPen(QColor(now.muted))
            painter.drawText(slot, Qt.AlignmentFlag.AlignVCenter, text)
            colour = format_colour(name)
            painter.setPen(QPen(theme.outline_of(colour), 1))
            painter.setBrush(colour)
            painter.drawPath(marker(name, QPointF(slot.left() - 10, slot.center().y()), 4.5))
            right = slot.left() - 28
        current = next((point for point in self._points if point.current), None)
        if current is not None:
            place = self.place_of(current)
            width = metrics.horizontalAdvance(current.name)
            x = place.x() + 16 if place.x() + 20 + width < self.width() else place.x() - 16 - width
            painter.setPen(QColor(now.text))
            painter.drawText(QPointF(x, place.y() + metrics.ascent() / 2 - 1), current.name)


def format_colour(name: str) -> QColor:
    """The colour of a number format, the same on every page."""
    return theme.series_colour(_FORMATS.index(name) if name in _FORMATS else len(_FORMATS))


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
    else:
        path.addEllipse(centre, size, size)
    return path
