"""The arena over time: operators across, bytes upwards, a block a tensor for as long as it is alive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.memory.plan import MemoryPlan, Placement
from workbench.quantities import exact_bytes, kilobytes
from workbench.ui import theme

_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 28, 44  # px around the picture
_TICKS = 6  # at most
_FADED = 0.22


@dataclass(frozen=True)
class Look:
    """How a placement is drawn: its short name and its colour; ``hatched`` marks scratch buffers."""

    name: str
    colour: QColor
    hatched: bool = False


def tick_bytes(largest: int) -> int:
    """Bytes between two lines of the grid: a power of two, so that KB come out round."""
    step = 16
    while largest / step > _TICKS:
        step *= 2
    return step


class ArenaView(QWidget):
    """Placements of a memory plan. Hovering tells, clicking chooses; the arrow keys walk along the operators."""

    placement_hovered = Signal(int)  # index into the plan's placements, -1 for none
    placement_chosen = Signal(int)
    step_chosen = Signal(int)  # -1 for none

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Arena over time")
        self._plan: MemoryPlan | None = None
        self._looks: tuple[Look, ...] = ()
        self._step_names: tuple[str, ...] = ()
        self._first = 0
        self._lit: frozenset[int] = frozenset()
        self._step: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 200)

    def show_plan(self, plan: MemoryPlan | None, looks: Sequence[Look] = (), step_names: Sequence[str] = ()) -> None:
        """Show a plan; ``looks`` has an entry a placement, ``step_names`` one a step."""
        self._plan, self._looks, self._step_names = plan, tuple(looks), tuple(step_names)
        # Inputs are filled before the first operator.
        self._first = min((placement.first_op for placement in plan.placements), default=0) if plan else 0
        self._lit, self._step = frozenset(), None
        self.update()

    def highlight(self, placements: Iterable[int], step: int | None = None) -> None:
        """Light these placements up and mark a step; none lights all."""
        self._lit, self._step = frozenset(placements), step
        self.update()

    # --- geometry ----------------------------------------------------------------------------------

    def _box(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - _TOP - _BOTTOM))

    def _columns(self) -> int:
        return max(1, len(self._plan.steps) - self._first) if self._plan else 1

    def _x(self, step: float) -> float:
        box = self._box()
        return box.left() + (step - self._first) * box.width() / self._columns()

    def _y(self, offset: float) -> float:
        box = self._box()
        top = max(1, self._plan.arena_bytes if self._plan else 1)
        return box.bottom() - offset * box.height() / top

    def rect_of(self, placement: Placement) -> QRectF:
        """Where a placement is drawn."""
        left, right = self._x(placement.first_op), self._x(placement.last_op + 1)
        return QRectF(QPointF(left, self._y(placement.end)), QPointF(right, self._y(placement.offset))).adjusted(
            1, 0.5, -1, -0.5
        )

    def placement_at(self, point: QPointF) -> int:
        """The placement under a point, -1 for none."""
        if self._plan is not None:
            for number, placement in enumerate(self._plan.placements):
                if self.rect_of(placement).contains(point):
                    return number
        return -1

    def step_at(self, point: QPointF) -> int:
        """The step whose column a point is in, -1 for none."""
        box = self._box()
        if self._plan is None or not box.left() <= point.x() < box.right():
            return -1
        step = self._first + int((point.x() - box.left()) * self._columns() / box.width())
        return step if step >= 0 else -1

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(painter, self._plan)
        self._draw_axes(painter, self._plan)
        for number, placement in enumerate(self._plan.placements):
            self._draw_placement(painter, number, placement)
        self._draw_peak(painter, self._plan)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), theme.CORNER, theme.CORNER)

    def _draw_ground(self, painter: QPainter, plan: MemoryPlan) -> None:
        tokens = theme.now()
        box = self._box()
        painter.fillRect(box, QColor(tokens.panel))
        for step, colour, strength in ((plan.peak_op, tokens.warn, 0.14), (self._step, tokens.accent, 0.18)):
            if step is not None:
                tint = QColor(colour)
                tint.setAlphaF(strength)
                painter.fillRect(QRectF(self._x(step), box.top(), box.width() / self._columns(), box.height()), tint)

    def _draw_axes(self, painter: QPainter, plan: MemoryPlan) -> None:
        tokens = theme.now()
        box = self._box()
        small = theme.scaled_font(self.font(), 0.86)
        painter.setFont(small)
        step = tick_bytes(plan.arena_bytes)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in range(0, plan.arena_bytes + 1, step):
            y = self._y(value)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(box.left() - 4, y), QPointF(box.right(), y))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), right, kilobytes(value))
        metrics = QFontMetrics(small)
        width = box.width() / self._columns()
        every = max(1, -(-20 // max(1, int(width))))  # numbers need 20 px each
        for number in range(self._first, len(plan.steps)):
            column = QRectF(self._x(number), box.bottom() + 4, width, 16)
            chosen = number == self._step
            painter.setPen(QColor(tokens.accent if chosen else tokens.muted))
            middle = Qt.AlignmentFlag.AlignCenter
            if number < 0:
                painter.drawText(column, middle, metrics.elidedText("in", Qt.TextElideMode.ElideRight, round(width)))
                continue
            if number % every == 0 or chosen:
                painter.drawText(column.adjusted(-8, 0, 8, 0), middle, str(number))
            if width > 44:
                name = metrics.elidedText(self._step_names[number], Qt.TextElideMode.ElideRight, round(width - 4))
                painter.drawText(column.translated(0, 16), middle, name)
        if width <= 44:
            painter.setPen(QColor(tokens.muted))
            under = QRectF(box.left(), box.bottom() + 22, box.width(), 16)
            words = self._step_names[self._step] if self._step is not None and self._step >= 0 else "operators in order"
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_placement(self, painter: QPainter, number: int, placement: Placement) -> None:
        look = self._looks[number]
        box = self.rect_of(placement)
        lit = number in self._lit
        faded = bool(self._lit) and not lit
        fill = QColor(look.colour)
        fill.setAlphaF(_FADED if faded else 0.9)
        painter.setBrush(QBrush(fill, Qt.BrushStyle.BDiagPattern if look.hatched else Qt.BrushStyle.SolidPattern))
        outline = QColor(theme.now().text) if lit else theme.outline_of(look.colour)
        if faded:
            outline.setAlphaF(_FADED)
        painter.setPen(QPen(outline, 2 if lit else 1))
        painter.drawRect(box)
        small = theme.scaled_font(self.font(), 0.86)
        metrics = QFontMetrics(small)
        if look.hatched or box.width() < 40 or box.height() < metrics.height():
            return
        painter.setFont(small)
        painter.setPen(QColor(theme.now().muted) if faded else theme.text_on(look.colour))
        inside = box.adjusted(4, 1, -4, -1)
        size = kilobytes(placement.bytes)
        lines = [look.name, size] if box.height() >= 2 * metrics.height() else [f"{look.name}  {size}"]
        shown = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, round(inside.width())) for line in lines]
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, "\n".join(shown))

    def _draw_peak(self, painter: QPainter, plan: MemoryPlan) -> None:
        """The height the arena reaches, and at which operator."""
        tokens = theme.now()
        box = self._box()
        y = self._y(plan.arena_bytes)
        painter.setPen(QPen(QColor(tokens.warn), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left() - 4, y), QPointF(box.right(), y))
        painter.setFont(theme.scaled_font(self.font(), 0.9, bold=True))
        painter.setPen(QColor(tokens.warn))
        middle = self._x(plan.peak_op + 0.5)
        words = f"peak {kilobytes(plan.arena_bytes)}"
        width = painter.fontMetrics().horizontalAdvance(words)
        left = min(max(box.left(), middle - width / 2), box.right() - width)
        painter.drawText(QRectF(left, y - 22, width + 4, 16), Qt.AlignmentFlag.AlignCenter, words)

    # --- pointer and keys --------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self.placement_at(event.position())
        self.placement_hovered.emit(number)
        QToolTip.showText(event.globalPosition().toPoint(), self._tip(number, event.position()), self)

    def _tip(self, number: int, point: QPointF) -> str:
        if self._plan is None:
            return ""
        if number < 0:
            step = self.step_at(point)
            if step < 0:
                return ""
            alive = sum(placement.bytes for placement in self._plan.placements if placement.alive_at(step))
            return f"{step}  {self._step_names[step]}\n{exact_bytes(alive)} alive"
        placement = self._plan.placements[number]
        start = "the input" if placement.first_op < 0 else f"operator {placement.first_op}"
        return (
            f"{placement.name}\n{exact_bytes(placement.bytes)} at {placement.offset:,} to {placement.end:,}\n"
            f"alive from {start} to operator {placement.last_op}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.placement_at(event.position())
        if number >= 0:
            self.placement_chosen.emit(number)
        else:
            self.step_chosen.emit(self.step_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if self._plan is None or event.key() not in (*moves, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.step_chosen.emit(-1)
            return
        last = len(self._plan.steps) - 1
        here = self._step if self._step is not None else -1 if event.key() == Qt.Key.Key_Right else last + 1
        self.step_chosen.emit(min(last, max(0, here + moves[Qt.Key(event.key())])))

    def leaveEvent(self, event: QEvent) -> None:
        self.placement_hovered.emit(-1)
        super().leaveEvent(event)
