"""A confusion matrix: rows are the truth, columns the prediction, colour the share of the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import percent
from workbench.ui import theme

_HIGHEST_CELL = 56.0  # px
_SMALLEST_NUMBER = 15.0  # px; numbers in smaller cells could not be read
_HEADING = 20.0  # px, for the words "predicted" and "true"
_LABELS_MOST = 144.0  # px
_SLANTED_MOST = 120.0  # px along a slanted name
_SLANT = 0.7071  # how far a name at 45 degrees reaches up and to the right


@dataclass(frozen=True)
class _Layout:
    """Where the cells are, how large one is, and how the names stand above them."""

    grid: QRectF
    width: float
    height: float
    names: Literal["flat", "slanted", "left out"]


class ConfusionView(QWidget):
    """Draws the counts; a cell can be chosen with the pointer or the arrow keys."""

    cell_chosen = Signal(int, int)  # true class, predicted class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
        self._is_change = False
        self._chosen: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Confusion matrix")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        side = 48 * max(3, len(self._classes)) + int(_LABELS_MOST)
        return QSize(min(560, side), min(480, side))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 200)

    def show_counts(self, classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Draw ``counts[i][j]``: windows of class i that were taken for class j."""
        self._classes = tuple(classes)
        self._counts = tuple(tuple(row) for row in counts)
        self._is_change = False
        self._chosen = None
        self.updateGeometry()
        self.update()

    def show_change(self, classes: Sequence[str], change: Sequence[Sequence[int]]) -> None:
        """Draw how much one matrix has more or less than another: more on the diagonal is good, elsewhere bad."""
        self.show_counts(classes, change)
        self._is_change = True

    @property
    def chosen(self) -> tuple[int, int] | None:
        """The chosen cell: true and predicted class."""
        return self._chosen

    @property
    def _slanted_most(self) -> float:
        """Pixels along a slanted name: names leave the better part of a low place to the cells."""
        return min(_SLANTED_MOST, 0.33 * self.height())

    def _layout(self) -> _Layout:
        """Cells as high as there is room for and up to twice as wide; names lie flat where they fit.

        Columns too narrow for slanted names have none: their order is that of the rows, and hovering tells.
        """
        count = max(1, len(self._classes))
        metrics = self.fontMetrics()
        line = metrics.height()
        longest = float(max((metrics.horizontalAdvance(name) for name in self._classes), default=0))
        left = _HEADING + min(_LABELS_MOST, longest + 12.0, 0.33 * self.width())

        def cells(above: float, beside: float) -> tuple[float, float]:
            height = max(4.0, min((self.height() - above - 4) / count, _HIGHEST_CELL))
            width = max(4.0, min((self.width() - left - beside - 4) / count, 2.2 * height))
            return width, height

        above = _HEADING + line + 8
        width, height = cells(above, 0.0)
        names: Literal["flat", "slanted", "left out"] = "flat"
        if longest > width - 6:
            names = "slanted"
            # The last slanted name reaches up, and over the right edge of the cells.
            reach = min(longest, self._slanted_most) * _SLANT
            above = _HEADING + reach + line
            width, height = cells(above, reach)
            if width < line or height < line:
                names, above = "left out", float(_HEADING)
                width, height = cells(above, 0.0)
        return _Layout(QRectF(left, above, width * count, height * count), width, height, names)

    def cell_rect(self, true: int, predicted: int) -> QRectF:
        """Where a cell is drawn."""
        found = self._layout()
        left, top = found.grid.left() + predicted * found.width, found.grid.top() + true * found.height
        return QRectF(left, top, found.width, found.height)

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        found = self._layout()
        if not self._classes or not found.grid.contains(point):
            return None
        last = len(self._classes) - 1
        row = int((point.y() - found.grid.top()) / found.height)
        return min(last, row), min(last, int((point.x() - found.grid.left()) / found.width))

    def described(self, true: int, predicted: int) -> str:
        """A cell in words."""
        count, total = self._counts[true][predicted], sum(self._counts[true])
        if self._is_change:
            return self._change_described(count, self._classes[true], self._classes[predicted])
        share = percent(count / total) if total else "none"
        if true == predicted:
            return f"{count} of {total} windows of “{self._classes[true]}” were recognised ({share})."
        return (
            f"{count} of {total} windows of “{self._classes[true]}” were taken for "
            f"“{self._classes[predicted]}” ({share})."
        )

    def _change_described(self, count: int, true: str, predicted: str) -> str:
        done = "are recognised" if true == predicted else f"are taken for “{predicted}”"
        if not count:
            return f"As many windows of “{true}” {done}."
        return f"{abs(count)} {'more' if count > 0 else 'fewer'} windows of “{true}” {done}."

    def _choose(self, cell: tuple[int, int]) -> None:
        self._chosen = cell
        self.update()
        self.cell_chosen.emit(*cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None:
            self._choose(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        self.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
        if cell is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), self.described(*cell), self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._classes:
            super().keyPressEvent(event)
            return
        last = len(self._classes) - 1
        row, column = self._chosen or (0, 0)
        if self._chosen is not None:
            row, column = row + step[0], column + step[1]
        self._choose((min(max(row, 0), last), min(max(column, 0), last)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._classes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        found = self._layout()
        self._paint_names(painter, found)
        most = max((abs(count) for row in self._counts for count in row), default=0)
        for true, row in enumerate(self._counts):
            total = most if self._is_change else sum(row)
            for predicted, count in enumerate(row):
                left, top = found.grid.left() + predicted * found.width, found.grid.top() + true * found.height
                area = QRectF(left, top, found.width, found.height)
                self._paint_cell(painter, area, count, count / total if total else 0.0, right=true == predicted)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.now().line), 1))
        painter.drawRect(found.grid)
        if self._chosen is not None:
            painter.setPen(QPen(QColor(theme.now().text), 2))
            painter.drawRect(self.cell_rect(*self._chosen).adjusted(1, 1, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(found.grid.adjusted(-2, -2, 2, 2))

    def _paint_cell(self, painter: QPainter, area: QRectF, count: int, share: float, *, right: bool) -> None:
        now = theme.now()
        hue = now.accent if right else now.bad
        if self._is_change:
            hue, share = now.good if (count > 0) == right else now.bad, abs(share)
        # The square root lifts the few mistakes out of the ground, which is where one looks first.
        fill = QColor(theme.mixed(now.panel, hue, 0.85 * share**0.5 if count else 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        if min(area.width(), area.height()) < _SMALLEST_NUMBER:
            return
        text = f"{count:+d}".replace("-", "−") if self._is_change and count else str(count)
        factor = min(1.0, (area.width() - 4) / max(1, self.fontMetrics().horizontalAdvance(text)))
        painter.setFont(theme.scaled_font(self.font(), max(0.6, factor), bold=count > 0 and right))
        painter.setPen(theme.text_on(fill) if count else QColor(theme.mixed(now.panel, now.muted, 0.6)))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, found: _Layout) -> None:
        now, metrics, grid = theme.now(), self.fontMetrics(), found.grid
        painter.setPen(QColor(now.muted))
        painter.setFont(theme.scaled_font(self.font(), 0.85))
        across = QRectF(grid.left(), 0, max(grid.width(), 80), _HEADING)
        painter.drawText(across, Qt.AlignmentFlag.AlignLeft, "predicted →")
        painter.save()
        painter.translate(0, grid.top())
        painter.rotate(90)
        down = QRectF(0, -_HEADING + 4, max(grid.height(), 80), _HEADING)
        painter.drawText(down, Qt.AlignmentFlag.AlignLeft, "true →")
        painter.restore()
        painter.setFont(self.font())
        painter.setPen(QColor(now.text))
        for index, name in enumerate(self._classes):
            row = QRectF(_HEADING, grid.top() + index * found.height, grid.left() - _HEADING - 8, found.height)
            if found.height >= metrics.height() * 0.8:
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(row.width()))
                painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            column = grid.left() + index * found.width
            if found.names == "slanted":
                painter.save()
                painter.translate(column + found.width / 2, grid.top() - 4)
                painter.rotate(-45)
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(self._slanted_most))
                painter.drawText(QPointF(0, metrics.ascent() / 2 - 2), shown)
                painter.restore()
            elif found.names == "flat":
                above = QRectF(column, grid.top() - metrics.height() - 6, found.width, metrics.height())
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, name)

    def leaveEvent(self, _event: QEvent) -> None:
        QToolTip.hideText()
