"""The network: operators as nodes from the top down, with what comes out of each and how large that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from workbench.ui import theme
from workbench.ui.widgets.graph_layout import GraphLayout, lay_out

_WIDTH, _HEIGHT, _ROW = 180.0, 42.0, 66.0  # of a node, and from rank to rank
_GAP = 16.0
_MARGIN = 12.0
_LEGIBLE = 0.55  # the scale below which words are left out
_LARGEST, _SMALLEST = 2.0, 0.02
_ZOOM = 1.25
_NOTCH = 120  # the wheel's angle, in eighths of a degree
_FADED = 0.3


@dataclass(frozen=True)
class GraphNode:
    """An operator (``operator`` its index), or an input or output of the model (-1)."""

    operator: int
    title: str
    shape: str
    size: str
    tip: str
    colour: QColor


@dataclass(frozen=True)
class GraphLine:
    """A tensor from a node to another, by their places; ``share`` of the largest tensor decides how thick it is."""

    source: int
    target: int
    share: float


class GraphView(QWidget):
    """Draws the nodes; hovering tells, clicking chooses, the wheel zooms, dragging moves, up and down walk."""

    operator_hovered = Signal(int)  # -1 for none
    operator_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Network")
        self._nodes: tuple[GraphNode, ...] = ()
        self._lines: tuple[GraphLine, ...] = ()
        self._boxes: list[QRectF] = []
        self._paths: list[QPainterPath] = []
        self._lit: frozenset[int] = frozenset()
        self._scale, self._origin = 1.0, QPointF()  # screen = world * scale + origin
        self._fitted = True  # all in view, and so after a resize
        self._pressed: QPointF | None = None
        self._dragged = False

    def sizeHint(self) -> QSize:
        return QSize(280, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 160)

    def show_graph(self, nodes: Sequence[GraphNode], lines: Sequence[GraphLine]) -> None:
        """Lay this network out; the same in other colours stays where it is."""
        before = [(line.source, line.target) for line in self._lines], len(self._nodes)
        self._nodes, self._lines = tuple(nodes), tuple(lines)
        pairs = [(line.source, line.target) for line in lines]
        if (pairs, len(nodes)) != before:
            self._place(lay_out([_WIDTH + _GAP] * len(nodes), pairs))
            self._lit = frozenset()
            self.fit()
        self.update()

    def highlight(self, operators: Iterable[int]) -> None:
        """Light these operators up and bring them into view; none lights all."""
        self._lit = frozenset(operators)
        if not self._fitted:
            self._reveal()
        self.update()

    @property
    def lit(self) -> frozenset[int]:
        """The operators that are lit."""
        return self._lit

    def fit(self) -> None:
        """All in view, as large as fits; a network that would be illegible so from its top, as wide as the view."""
        world = self._world()
        if world.isEmpty():
            return
        self._fitted = True
        whole = min(self.width() / world.width(), self.height() / world.height())
        across = self.width() / world.width()
        self._scale = min(1.0, whole if whole >= _LEGIBLE else max(_LEGIBLE, across))
        left = (self.width() - world.width() * self._scale) / 2 - world.left() * self._scale
        top = max(0.0, (self.height() - world.height() * self._scale) / 2)
        self._origin = QPointF(left, top - world.top() * self._scale)
        self.update()

    # --- geometry ----------------------------------------------------------------------------------

    def _place(self, layout: GraphLayout) -> None:
        def top(rank: int) -> float:
            return rank * _ROW

        self._boxes = [
            QRectF(x - _WIDTH / 2, top(rank), _WIDTH, _HEIGHT) for x, rank in zip(layout.x, layout.rank, strict=True)
        ]
        arrivals: dict[int, list[int]] = {}  # the lines that end at a node, from left to right
        for number, line in enumerate(self._lines):
            arrivals.setdefault(line.target, []).append(number)
        ports = {}
        for target, numbers in arrivals.items():
            numbers.sort(key=lambda n: (layout.lanes[n] or (layout.x[self._lines[n].source],))[-1])
            for place, number in enumerate(numbers, start=1):
                share = place / (len(numbers) + 1)
                ports[number] = self._boxes[target].left() + share * _WIDTH
        self._paths = []
        for number, line in enumerate(self._lines):
            box = self._boxes[line.source]
            path = QPainterPath(QPointF(box.center().x(), box.bottom()))
            for step, x in enumerate(layout.lanes[number], start=layout.rank[line.source] + 1):
                _bend(path, QPointF(x, top(step)))
                path.lineTo(QPointF(x, top(step) + _HEIGHT))
            _bend(path, QPointF(ports[number], self._boxes[line.target].top()))
            self._paths.append(path)

    def _world(self) -> QRectF:
        world = QRectF()
        for box in self._boxes:
            world |= box
        for path in self._paths:
            world |= path.controlPointRect()
        return world.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN) if self._boxes else world

    def box_of(self, operator: int) -> QRectF:
        """Where an operator's node is on the screen."""
        place = next(i for i, node in enumerate(self._nodes) if node.operator == operator)
        box = self._boxes[place]
        return QRectF(box.topLeft() * self._scale + self._origin, box.size() * self._scale)

    def node_at(self, point: QPointF) -> GraphNode | None:
        """The node under a point of the screen."""
        inside = (point - self._origin) / self._scale
        return next((node for node, box in zip(self._nodes, self._boxes, strict=True) if box.contains(inside)), None)

    def _reveal(self) -> None:
        boxes = [
            self.box_of(node.operator) for node in self._nodes if node.operator >= 0 and node.operator in self._lit
        ]
        if boxes and not self.rect().toRectF().contains(boxes[0]):
            self._origin += self.rect().toRectF().center() - boxes[0].center()

    def _zoom(self, factor: float, around: QPointF) -> None:
        scale = min(_LARGEST, max(_SMALLEST, self._scale * factor))
        self._origin = around - (around - self._origin) * (scale / self._scale)
        self._scale, self._fitted = scale, False
        self.update()

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.paint(QPainter(self))

    def paint(self, painter: QPainter) -> None:
        """Draw the part in view."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.now()
        painter.fillRect(self.rect(), QColor(tokens.panel))
        painter.save()
        painter.translate(self._origin)
        painter.scale(self._scale, self._scale)
        view = QRectF(-self._origin / self._scale, self.size().toSizeF() / self._scale)
        for line, path in zip(self._lines, self._paths, strict=True):
            if path.controlPointRect().adjusted(-2, -2, 2, 2).intersects(view):
                lit = not self._lit or bool({self._operator(line.source), self._operator(line.target)} & self._lit)
                ink = QColor(tokens.muted)
                ink.setAlphaF(0.9 if lit else _FADED)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(ink, 1.0 + 3.0 * line.share))
                painter.drawPath(path)
        for node, box in zip(self._nodes, self._boxes, strict=True):
            if box.intersects(view):
                self._draw_node(painter, node, box)
        painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), theme.CORNER, theme.CORNER)

    def _operator(self, place: int) -> int:
        return self._nodes[place].operator

    def _draw_node(self, painter: QPainter, node: GraphNode, box: QRectF) -> None:
        tokens = theme.now()
        lit = node.operator >= 0 and node.operator in self._lit
        painter.setOpacity(1.0 if lit or not self._lit else 0.45)
        painter.setPen(QPen(QColor(tokens.text if lit else tokens.edge), 2 if lit else 1))
        painter.setBrush(QColor(tokens.selected if lit else tokens.window))
        radius = theme.CORNER if node.operator >= 0 else _HEIGHT / 2
        painter.drawRoundedRect(box, radius, radius)
        if node.operator >= 0:
            painter.fillRect(QRectF(box.left() + 5, box.top() + 6, 4, box.height() - 12), node.colour)
        if self._scale >= _LEGIBLE:
            inside = box.adjusted(15, 3, -9, -3)
            upper, lower = QRectF(inside), QRectF(inside)
            upper.setHeight(inside.height() / 2)
            lower.setTop(inside.center().y())
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.setFont(theme.scaled_font(self.font(), 0.86, bold=True))
            painter.setPen(QColor(tokens.text))
            painter.drawText(upper, left, _fitting(painter, node.title, upper.width()))
            painter.setFont(theme.scaled_font(self.font(), 0.86))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(lower, left, _fitting(painter, node.shape, lower.width() - 52))
            painter.drawText(lower, right, node.size)
        painter.setOpacity(1.0)

    # --- pointer and keys --------------------------------------------------------------------------

    def resizeEvent(self, _event: QEvent) -> None:
        if self._fitted:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if self._dragged or far:
                self._origin += point - self._pressed
                self._pressed, self._dragged, self._fitted = point, True, False
                self.update()
            return
        node = self.node_at(point)
        self.operator_hovered.emit(node.operator if node else -1)
        QToolTip.showText(event.globalPosition().toPoint(), node.tip if node else "", self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            node = self.node_at(event.position())
            self.operator_chosen.emit(node.operator if node else -1)
        self._pressed = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(_ZOOM ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        operators = [node.operator for node in self._nodes if node.operator >= 0]
        walks = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        zooms = {Qt.Key.Key_Plus: _ZOOM, Qt.Key.Key_Equal: _ZOOM, Qt.Key.Key_Minus: 1 / _ZOOM}
        if key in walks and operators:
            here = min(self._lit, default=-1 if walks[key] > 0 else len(operators))
            self.operator_chosen.emit(min(len(operators) - 1, max(0, here + walks[key])))
        elif key in zooms:
            self._zoom(zooms[key], self.rect().toRectF().center())
        elif key is Qt.Key.Key_Home:
            self.fit()
        elif key is Qt.Key.Key_Escape:
            self.operator_chosen.emit(-1)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.operator_hovered.emit(-1)
        super().leaveEvent(event)


def _bend(path: QPainterPath, end: QPointF) -> None:
    """On to a point below, leaving and arriving upright."""
    start = path.currentPosition()
    half = (end.y() - start.y()) / 2
    path.cubicTo(start + QPointF(0, half), end - QPointF(0, half), end)


def _fitting(painter: QPainter, words: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, width)
