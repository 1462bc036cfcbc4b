"""The arena over time on the screen: pointer, wheel and keys on an ArenaPicture."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from workbench.quantities import exact_bytes
from workbench.ui import theme
from workbench.ui.widgets.arena_frame import Frame
from workbench.ui.widgets.arena_picture import ArenaDrawing, ArenaPicture

_ZOOM = 0.8  # a notch of the wheel, a key
_FLUENT_S = 0.012  # a frame that is drawn faster is always drawn anew
_SETTLE_MS = 80
_NOTCH = 120  # the wheel's angle, in eighths of a degree
_STEPS_TOO = Qt.KeyboardModifier.ControlModifier
_FRAME = Qt.KeyboardModifier.ShiftModifier


class ArenaView(QWidget):
    """Placements of a memory plan.

    Hovering tells, clicking chooses. The wheel zooms bytes, with Ctrl operators; dragging moves, with Shift it draws
    the frame to zoom into. Left and right walk along the operators, up and down along what is alive there.
    """

    placement_hovered = Signal(int)  # index into the plan's placements, -1 for none
    placement_chosen = Signal(int)
    step_chosen = Signal(int)  # -1 for none

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Arena over time")
        self.picture: ArenaPicture | None = None
        self._cursor: QPointF | None = None
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None  # where the drag has come to
        self._at: int | None = None  # the step the keys are at
        self._frame: Frame | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self._settle)

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)

    def show_drawing(self, drawing: ArenaDrawing | None) -> None:
        """Show a plan; of the same plan in other colours, the part in view stays."""
        before = self.picture
        self.picture = ArenaPicture(drawing) if drawing is not None else None
        if self.picture and before and drawing and drawing.plan == before.drawing.plan:
            self.picture.steps, self.picture.bytes = before.steps, before.bytes
        else:
            self._at = None
        self.update()

    def highlight(self, placements: Iterable[int], step: int | None = None) -> None:
        """Light these placements up and mark a step; none lights all."""
        if self.picture is None:
            return
        self.picture.lit, self.picture.step = frozenset(placements), step
        if step is not None:
            self._at = step
        elif not self.picture.lit:
            self._at = None
        self.update()

    @property
    def lit(self) -> frozenset[int]:
        """The placements that are lit."""
        return self.picture.lit if self.picture else frozenset()

    @property
    def step(self) -> int | None:
        """The marked step."""
        return self.picture.step if self.picture else None

    def fit(self) -> None:
        """All of the arena in view."""
        if self.picture is not None:
            self.picture.fit()
            self.update()

    def _sized(self) -> ArenaPicture | None:
        """The picture at the size and in the font it is shown in."""
        if self.picture is not None:
            self.picture.resize(QSizeF(self.size()))
            self.picture.font = self.font()
        return self.picture

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        picture = self._sized()
        if picture is None:
            return
        painter = QPainter(self)
        self._draw_picture(painter, picture)
        tokens = theme.now()
        if self._cursor is not None:
            self._draw_readout(painter, picture, self._cursor)
        if self._framing() and self._pressed is not None and self._last is not None:
            tint = QColor(tokens.accent)
            tint.setAlphaF(0.15)
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(tint)
            painter.drawRect(QRectF(self._pressed, self._last).normalized() & picture.box)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), theme.CORNER, theme.CORNER)

    def _draw_picture(self, painter: QPainter, picture: ArenaPicture) -> None:
        """From the frame before where nothing changed; moved from it while the view moves and a new one takes long."""
        frame, self._frame = self._frame, None
        if frame is None or not frame.suits(picture, self):
            frame = Frame.drawn(picture, self)
        elif frame.moved(picture):
            if frame.seconds < _FLUENT_S:
                frame = Frame.drawn(picture, self)
            elif not self._settling.isActive():
                self._settling.start()
        self._frame = frame
        frame.show(painter, picture)

    def _settle(self) -> None:
        """The view has moved from the frame for long enough: draw it anew."""
        self._frame = None
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._settling.stop()
        super().hideEvent(event)

    def _draw_readout(self, painter: QPainter, picture: ArenaPicture, point: QPointF) -> None:
        """The byte under the cursor: a line across, and what lies there below the picture."""
        words = picture.readout(point)
        if not words:
            return
        box, tokens = picture.box, theme.now()
        painter.setPen(QPen(QColor(tokens.text), 0.6, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(box.left(), point.y()), QPointF(box.right(), point.y()))
        font = theme.scaled_font(self.font(), 0.86)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        line = QRectF(8, self.height() - 20, self.width() - 16, 16)
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    # --- pointer -----------------------------------------------------------------------------------

    def _framing(self) -> bool:
        return self._last is not None and bool(QApplication.keyboardModifiers() & _FRAME)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._last = event.position(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        picture, point = self._sized(), event.position()
        if picture is None:
            return
        self._cursor = point
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(picture, point, framing=bool(event.modifiers() & _FRAME))
        else:
            found = picture.placements_at(point)
            self.placement_hovered.emit(found[0] if found else -1)
            QToolTip.showText(event.globalPosition().toPoint(), self.tip_at(point), self)
        self.update()

    def _drag(self, picture: ArenaPicture, point: QPointF, *, framing: bool) -> None:
        start = self._pressed or point
        if self._last is None and (point - start).manhattanLength() < QApplication.startDragDistance():
            return
        if not framing:
            before = self._last or start
            picture.steps = picture.steps.moved(picture.step_in(before.x()) - picture.step_in(point.x()))
            picture.bytes = picture.bytes.moved(picture.byte_in(before.y()) - picture.byte_in(point.y()))
        self._last = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        picture, start, dragged = self._sized(), self._pressed, self._last is not None
        self._pressed = self._last = None
        if picture is None or start is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if dragged:
            if event.modifiers() & _FRAME:
                frame = QRectF(start, event.position()).normalized() & picture.box
                if frame.width() > 4 and frame.height() > 4:
                    picture.bytes = picture.bytes.showing(picture.byte_in(frame.bottom()), picture.byte_in(frame.top()))
                    picture.steps = picture.steps.showing(picture.step_in(frame.left()), picture.step_in(frame.right()))
            self.update()
            return
        found, step = picture.placements_at(event.position()), picture.step_at(event.position())
        if found:
            self._at = step
            self.placement_chosen.emit(found[0])
        else:
            self.step_chosen.emit(-1 if step is None else step)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Near to what is under the pointer, or back to all."""
        picture = self._sized()
        if picture is not None:
            found = picture.placements_at(event.position())
            if found:
                picture.look_at(found[:1])
            else:
                picture.fit()
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        picture = self._sized()
        if picture is None:
            return
        turned = event.angleDelta().y() or event.angleDelta().x()
        factor = _ZOOM ** (turned / _NOTCH)
        if event.modifiers() & _STEPS_TOO:
            picture.steps = picture.steps.zoomed(factor, picture.step_in(event.position().x()))
        else:
            picture.bytes = picture.bytes.zoomed(factor, picture.byte_in(event.position().y()))
        event.accept()
        self.update()

    def tip_at(self, point: QPointF) -> str:
        """What a tool tip says of a point."""
        picture = self._sized()
        if picture is None:
            return ""
        plan, found, step = picture.drawing.plan, picture.placements_at(point), picture.step_at(point)
        if found:
            placement = plan.placements[found[0]]
            start = "the input" if placement.first_op < 0 else f"operator {placement.first_op}"
            return (
                f"{placement.name}\n{exact_bytes(placement.bytes)} at {placement.offset:,} to {placement.end:,}\n"
                f"alive from {start} to operator {placement.last_op}"
            )
        if step is None or step < 0:
            return ""
        alive = sum(placement.bytes for placement in plan.placements if placement.alive_at(step))
        return f"{step}  {picture.drawing.step_names[step]}\n{exact_bytes(alive)} alive"

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.placement_hovered.emit(-1)
        self.update()
        super().leaveEvent(event)

    # --- keys --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picture, key = self._sized(), Qt.Key(event.key())
        if picture is None or not self._act(picture, key, operators=bool(event.modifiers() & _STEPS_TOO)):
            super().keyPressEvent(event)
            return
        self.update()

    def _act(self, picture: ArenaPicture, key: Qt.Key, *, operators: bool) -> bool:
        """Do what a key stands for; False when it stands for nothing."""
        zooms = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}
        pages = {Qt.Key.Key_PageUp: 0.5, Qt.Key.Key_PageDown: -0.5}
        if key in zooms and operators:
            at = picture.steps.low + picture.steps.length / 2 if self._at is None else self._at + 0.5
            picture.steps = picture.steps.zoomed(zooms[key], at)
        elif key in zooms:
            picture.bytes = picture.bytes.zoomed(zooms[key], self._byte_in_mind(picture))
        elif key in pages:
            picture.bytes = picture.bytes.moved(pages[key] * picture.bytes.length)
        elif key is Qt.Key.Key_Home:
            picture.fit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            picture.look_at(picture.lit)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(picture, 1 if key is Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._climb(picture, 1 if key is Qt.Key.Key_Up else -1)
        elif key is Qt.Key.Key_Escape:
            self.step_chosen.emit(-1)
        else:
            return False
        return True

    def _byte_in_mind(self, picture: ArenaPicture) -> float:
        """The middle of what is lit, else of what is in view."""
        if len(picture.lit) == 1:
            placement = picture.drawing.plan.placements[next(iter(picture.lit))]
            return (placement.offset + placement.end) / 2
        return picture.bytes.low + picture.bytes.length / 2

    def _walk(self, picture: ArenaPicture, way: int) -> None:
        last = len(picture.drawing.plan.steps) - 1
        here = self._at if self._at is not None else -1 if way > 0 else last + 1
        self._at = min(last, max(0, here + way))
        picture.reach(self._at)
        self.step_chosen.emit(self._at)

    def _climb(self, picture: ArenaPicture, way: int) -> None:
        """To the next higher or lower buffer that is alive at the step."""
        plan = picture.drawing.plan
        step = plan.peak_op if self._at is None else self._at
        alive = sorted(
            (n for n, p in enumerate(plan.placements) if p.alive_at(step)), key=lambda n: plan.placements[n].offset
        )
        if not alive:
            return
        here = next((place for place, n in enumerate(alive) if picture.lit == {n}), -1 if way > 0 else len(alive))
        chosen = alive[min(len(alive) - 1, max(0, here + way))]
        self._at = step
        placement = plan.placements[chosen]
        picture.bytes = picture.bytes.reaching(placement.offset, placement.end)
        self.placement_chosen.emit(chosen)
