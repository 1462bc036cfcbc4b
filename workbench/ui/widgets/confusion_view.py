"""A confusion matrix: rows are the truth, columns the prediction, colour the share of the row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import percent
from workbench.ui import theme

_LARGEST_CELL = 72.0  # px
_SMALLEST_NUMBER = 15.0  # px; numbers in smaller cells could not be read
_HEADING = 20.0  # px, for the words "predicted" and "true"
_LABELS_MOST = 112.0  # px
_SLANTED_MOST = 88.0  # px along a slanted name
_SLANT = 0.7071  # how far a name at 45 degrees reaches up and to the right


class ConfusionView(QWidget):
    """Draws the counts; a cell can be chosen with the pointer or the arrow keys."""

    cell_chosen = Signal(int, int)  # true class, predicted class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._counts: tuple[tuple[int, ...], ...] = ()
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
        self._chosen = None
        self.updateGeometry()
        self.update()

    @property
    def chosen(self) -> tuple[int, int] | None:
        """The chosen cell: true and predicted class."""
        return self._chosen

    def _grid(self) -> tuple[QRectF, float]:
        """The area of the cells and the side of one."""
        count = max(1, len(self._classes))
        line, longest = self.fontMetrics().height(), self._longest_name()
        left = _HEADING + min(_LABELS_MOST, longest + 12.0)
        if self._slanted():
            # The last slanted name reaches up, and over the right edge of the cells.
            reach = min(longest, _SLANTED_MOST) * _SLANT
            above, beside = _HEADING + reach + line, reach
        else:
            above, beside = _HEADING + line + 8, 4.0
        side = min((self.width() - left - beside) / count, (self.height() - above - 4) / count, _LARGEST_CELL)
        side = max(4.0, side)
        return QRectF(left, above, side * count, side * count), side

    def _longest_name(self) -> float:
        metrics = self.fontMetrics()
        return float(max((metrics.horizontalAdvance(name) for name in self._classes), default=0))

    def _slanted(self) -> bool:
        """Whether the names above the columns are too long to lie flat."""
        count = max(1, len(self._classes))
        left = _HEADING + min(_LABELS_MOST, self._longest_name() + 12.0)
        below = self.height() - _HEADING - self.fontMetrics().height() - 12
        flat = min((self.width() - left - 4) / count, below / count, _LARGEST_CELL)
        return self._longest_name() > flat - 6

    def cell_rect(self, true: int, predicted: int) -> QRectF:
        """Where a cell is drawn."""
        grid, side = self._grid()
        return QRectF(grid.left() + predicted * side, grid.top() + true * side, side, side)

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        grid, side = self._grid()
        if not self._classes or not grid.contains(point):
            return None
        last = len(self._classes) - 1
        return min(last, int((point.y() - grid.top()) / side)), min(last, int((point.x() - grid.left()) / side))

    def described(self, true: int, predicted: int) -> str:
        """A cell in words."""
        count, total = self._counts[true][predicted], sum(self._counts[true])
        share = percent(count / total) if total else "none"
        if true == predicted:
            return f"{count} of {total} windows of “{self._classes[true]}” were recognised ({share})."
        return (
            f"{count} of {total} windows of “{self._classes[true]}” were taken for "
            f"“{self._classes[predicted]}” ({share})."
        )

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
        grid, side = self._grid()
        self._paint_names(painter, grid, side)
        for true, row in enumerate(self._counts):
            total = sum(row)
            for predicted, count in enumerate(row):
                self._paint_cell(painter, (true, predicted), count, count / total if total else 0.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.now().line), 1))
        painter.drawRect(grid)
        if self._chosen is not None:
            painter.setPen(QPen(QColor(theme.now().text), 2))
            painter.drawRect(self.cell_rect(*self._chosen).adjusted(1, 1, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(grid.adjusted(-2, -2, 2, 2))

    def _paint_cell(self, painter: QPainter, cell: tuple[int, int], count: int, share: float) -> None:
        now = theme.now()
        area = self.cell_rect(*cell)
        hue = now.accent if cell[0] == cell[1] else now.bad
        # The square root lifts the few mistakes out of the ground, which is where one looks first.
        fill = QColor(theme.mixed(now.panel, hue, 0.85 * share**0.5 if count else 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        if area.width() < _SMALLEST_NUMBER:
            return
        text = str(count)
        factor = min(1.1, (area.width() - 4) / max(1, self.fontMetrics().horizontalAdvance(text)))
        painter.setFont(theme.scaled_font(self.font(), max(0.6, factor), bold=count > 0 and cell[0] == cell[1]))
        painter.setPen(theme.text_on(fill) if count else QColor(theme.mixed(now.panel, now.muted, 0.6)))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, grid: QRectF, side: float) -> None:
        now = theme.now()
        metrics = self.fontMetrics()
        painter.setPen(QColor(now.muted))
        small = theme.scaled_font(self.font(), 0.85)
        painter.setFont(small)
        painter.drawText(
            QRectF(grid.left(), 0, max(grid.width(), 80), _HEADING), Qt.AlignmentFlag.AlignLeft, "predicted →"
        )
        painter.save()
        painter.translate(0, grid.top())
        painter.rotate(90)
        painter.drawText(
            QRectF(0, -_HEADING + 4, max(grid.height(), 80), _HEADING), Qt.AlignmentFlag.AlignLeft, "true →"
        )
        painter.restore()
        painter.setFont(self.font())
        painter.setPen(QColor(now.text))
        slanted = self._slanted()
        for index, name in enumerate(self._classes):
            row = QRectF(_HEADING, grid.top() + index * side, grid.left() - _HEADING - 8, side)
            if side >= metrics.height() * 0.8:
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(row.width()))
                painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            if slanted:
                painter.save()
                painter.translate(grid.left() + (index + 0.5) * side, grid.top() - 4)
                painter.rotate(-45)
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(_SLANTED_MOST))
                painter.drawText(QPointF(0, metrics.ascent() / 2 - 2), shown)
                painter.restore()
            elif side >= 24:
                column = QRectF(grid.left() + index * side, grid.top() - metrics.height() - 6, side, metrics.height())
                painter.drawText(column, Qt.AlignmentFlag.AlignCenter, name)

    def leaveEvent(self, _event: QEvent) -> None:
        QToolTip.hideText()
