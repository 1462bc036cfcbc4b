"""An address map: the whole memory to scale at the left, the part in use enlarged beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.boards import MemoryRegion
from workbench.quantities import bare_kilobytes, exact_bytes, kilobytes
from workbench.ui import theme
from workbench.ui.widgets.hatching import hatch

_WHOLE = 36  # px: width of the column to scale
_FUNNEL = 24
_ENLARGED = 48
_HEAD = 44  # px above the columns
_LABEL_STEP = 15
_MOST_LABELS = 11
_SMALLEST = 2.0  # px; a block that exists is seen


@dataclass(frozen=True)
class Block:
    """A stretch of memory, from low to high addresses; ``key`` is what it is highlighted by."""

    key: str
    name: str
    kind: str
    bytes: int
    exact: bool = True
    detail: str = ""  # the whole name, where ``name`` is a short one


def kind_colour(kind: str) -> QColor:
    """The colour of a kind of memory: the same in both maps and in the legend."""
    tokens = theme.now()
    colours = {
        "code": theme.OKABE_ITO[4],
        "vectors": theme.mixed(theme.OKABE_ITO[4], tokens.panel, 0.4),
        "weights": theme.OKABE_ITO[1],
        "model": theme.OKABE_ITO[6],
        "strings": theme.mixed(theme.OKABE_ITO[6], tokens.panel, 0.45),
        "arena": theme.OKABE_ITO[0],
        "spare": theme.mixed(theme.OKABE_ITO[0], tokens.panel, 0.45),
        "interpreter": theme.mixed(theme.OKABE_ITO[0], tokens.text, 0.45),
        "stack": theme.OKABE_ITO[3],
        "window": theme.OKABE_ITO[2],
        "features": theme.OKABE_ITO[5],
        "frame": theme.mixed(theme.OKABE_ITO[2], tokens.panel, 0.4),
        "firmware": theme.mixed(tokens.muted, tokens.text, 0.2),
        "reserved": tokens.muted,
    }
    return QColor(colours[kind])


class MemoryMap(QWidget):
    """Flash or RAM of a board with what lies in it."""

    hovered = Signal(str)  # a block's key, "" for none
    clicked = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        self._title = title
        self._blocks: tuple[Block, ...] = ()
        self._limit = 0
        self._regions: tuple[MemoryRegion, ...] = ()
        self._lit: frozenset[str] = frozenset()

    def sizeHint(self) -> QSize:
        return QSize(272, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(232, 180)

    def show_blocks(self, blocks: Sequence[Block], limit: int, regions: Sequence[MemoryRegion] = ()) -> None:
        """Show these blocks from low to high addresses against ``limit`` bytes, which ``regions`` make up together."""
        self._blocks = tuple(block for block in blocks if block.bytes > 0)
        self._limit = limit
        self._regions = tuple(regions) if len(regions) > 1 else ()
        self.setAccessibleDescription(f"{kilobytes(self.used)} of {kilobytes(limit)}")
        self.update()

    def highlight(self, keys: Iterable[str]) -> None:
        """Light these blocks up and let the others step back; none lights all."""
        self._lit = frozenset(keys)
        self.update()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What is shown."""
        return self._blocks

    @property
    def used(self) -> int:
        """Bytes of all blocks."""
        return sum(block.bytes for block in self._blocks)

    # --- geometry ----------------------------------------------------------------------------------

    def _columns(self) -> tuple[QRectF, QRectF]:
        height = self.height() - _HEAD - 8
        whole = QRectF(1, _HEAD, _WHOLE, height)
        return whole, QRectF(whole.right() + _FUNNEL, _HEAD, _ENLARGED, height)

    def _enlarged_boxes(self) -> list[tuple[Block, QRectF]]:
        """The blocks in the enlarged column from the bottom upwards; small ones get a few pixels from the others."""
        _, column = self._columns()
        total = max(1, self.used)
        sizes = [max(_SMALLEST, column.height() * block.bytes / total) for block in self._blocks]
        surplus = sum(sizes) - column.height()
        room = sum(size for size in sizes if size > 3 * _SMALLEST)
        if surplus > 0 and room > 0:
            sizes = [size - surplus * size / room if size > 3 * _SMALLEST else size for size in sizes]
        boxes, bottom = [], column.bottom()
        for block, size in zip(self._blocks, sizes, strict=True):
            boxes.append((block, QRectF(column.left(), bottom - size, column.width(), size)))
            bottom -= size
        return boxes

    def block_at(self, point: QPointF) -> Block | None:
        """The block under a point, its label included."""
        for block, box in self._enlarged_boxes():
            if box.adjusted(-_FUNNEL / 2, 0, 0, 0).contains(point):
                return block
        for block, middle in self._labels():
            _, column = self._columns()
            if point.x() > column.right() and abs(point.y() - middle) <= _LABEL_STEP / 2:
                return block
        return None

    def _labels(self) -> list[tuple[Block, float]]:
        """The blocks that get a label and where: beside their middle, moved apart where they would overlap."""
        boxes = self._enlarged_boxes()
        _, column = self._columns()
        most = min(_MOST_LABELS, max(1, int(column.height() // _LABEL_STEP)))
        largest = sorted(boxes, key=lambda entry: -entry[0].bytes)[:most]
        chosen = {block.key for block, _ in largest}
        wanted = [(block, box.center().y()) for block, box in boxes if block.key in chosen]  # from the bottom up
        places: list[float] = []
        ceiling = column.bottom() + _LABEL_STEP / 2
        for _, middle in wanted:
            ceiling = min(middle, ceiling - _LABEL_STEP)
            places.append(ceiling)
        # What was pushed out at the top pushes the rest back down.
        floor = column.top() - _LABEL_STEP / 2
        for i in reversed(range(len(places))):
            places[i] = floor = max(places[i], floor + _LABEL_STEP)
        return [(block, place) for (block, _), place in zip(wanted, places, strict=True)]

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.paint(QPainter(self))

    def paint(self, painter: QPainter) -> None:
        """Draw the map at the widget's size, on the screen or into a file."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_head(painter)
        if not self._limit:
            return
        self._draw_whole(painter)
        for block, box in self._enlarged_boxes():
            self._draw_block(painter, block, box)
        self._draw_labels(painter)

    def _draw_head(self, painter: QPainter) -> None:
        tokens = theme.now()
        over = self.used - self._limit
        painter.setFont(theme.scaled_font(self.font(), 0.9, bold=True))
        painter.setPen(QColor(tokens.muted))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), 18), left, self._title)
        if not self._limit:
            return
        painter.setFont(self.font())
        painter.setPen(QColor(tokens.bad if over > 0 else tokens.text))
        words = bare_kilobytes(self.used)
        painter.drawText(QRectF(0, 18, self.width(), 18), left, words)
        x = painter.fontMetrics().horizontalAdvance(words)
        painter.setPen(QColor(tokens.muted))
        rest = f" of {kilobytes(self._limit)}"
        painter.drawText(QRectF(x, 18, self.width(), 18), left, rest)
        x += painter.fontMetrics().horizontalAdvance(rest) + 8
        painter.setPen(QColor(tokens.bad if over > 0 else tokens.good))
        state = f"{kilobytes(over)} over" if over > 0 else f"{kilobytes(-over)} free"
        painter.drawText(QRectF(x, 18, self.width() - x, 18), left, state)

    def _draw_whole(self, painter: QPainter) -> None:
        """The column to scale: what is in use at the bottom, free above; the limit as a line when it is passed."""
        tokens = theme.now()
        whole, enlarged = self._columns()
        scale = whole.height() / max(self._limit, self.used)
        painter.setPen(QPen(QColor(tokens.edge), 1))
        painter.setBrush(QColor(tokens.panel))
        limit_top = whole.bottom() - self._limit * scale
        painter.drawRect(QRectF(whole.left(), limit_top, whole.width(), whole.bottom() - limit_top))
        top = whole.bottom()
        painter.setPen(Qt.PenStyle.NoPen)
        for block in self._blocks:
            height = block.bytes * scale
            top -= height
            self._fill_area(painter, QRectF(whole.left(), top, whole.width(), height), block)
        self._draw_regions(painter, whole, scale)
        # A sliver of memory in use is still seen.
        top = min(top, whole.bottom() - _SMALLEST)
        painter.fillRect(QRectF(whole.left(), whole.bottom() - _SMALLEST, whole.width(), _SMALLEST), self._sliver())
        funnel = QColor(tokens.muted)
        funnel.setAlphaF(0.14)
        painter.setBrush(funnel)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(whole.right() + 1, top),
                    QPointF(enlarged.left(), enlarged.top()),
                    QPointF(enlarged.left(), enlarged.bottom()),
                    QPointF(whole.right() + 1, whole.bottom()),
                ]
            )
        )
        if self.used > self._limit:
            painter.setPen(QPen(QColor(tokens.bad), 2))
            painter.drawLine(QPointF(whole.left() - 1, limit_top), QPointF(whole.right() + 6, limit_top))

    def _draw_regions(self, painter: QPainter, whole: QRectF, scale: float) -> None:
        """Where one region ends and the next begins."""
        painter.setPen(QPen(QColor(theme.now().text), 1, Qt.PenStyle.DotLine))
        for end in self._region_ends()[:-1]:
            y = whole.bottom() - end * scale
            painter.drawLine(QPointF(whole.left(), y), QPointF(whole.right(), y))

    def _region_ends(self) -> list[int]:
        return list(itertools.accumulate(region.bytes for region in self._regions))

    def region_at(self, point: QPointF) -> MemoryRegion | None:
        """The region whose part of the column to scale a point is in; None where there is but one."""
        whole, _ = self._columns()
        if not self._regions or not whole.contains(point):
            return None
        byte = (whole.bottom() - point.y()) / whole.height() * max(self._limit, self.used)
        return next((r for r, end in zip(self._regions, self._region_ends(), strict=True) if byte < end), None)

    def _sliver(self) -> QColor:
        return kind_colour(self._blocks[0].kind) if self._blocks else QColor(theme.now().line)

    def _fill(self, block: Block) -> QColor:
        colour = kind_colour(block.kind)
        colour.setAlphaF(1.0 if not self._lit or block.key in self._lit else 0.3)
        return colour

    def _fill_area(self, painter: QPainter, area: QRectF, block: Block) -> None:
        # What is not ours to fill is hatched: told apart without colour.
        if block.kind in ("reserved", "firmware"):
            hatch(painter, area, self._fill(block), width=1.0)
        else:
            painter.fillRect(area, self._fill(block))

    def _draw_block(self, painter: QPainter, block: Block, box: QRectF) -> None:
        tokens = theme.now()
        lit = block.key in self._lit
        self._fill_area(painter, box, block)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if lit:
            painter.setPen(QPen(QColor(tokens.text), 2))
            painter.drawRect(box.adjusted(1, 0, -1, 0))
        elif theme.is_pale(kind_colour(block.kind)):
            painter.setPen(QPen(theme.outline_of(kind_colour(block.kind)), 1))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        elif box.height() > 3:
            painter.setPen(QPen(QColor(tokens.window), 1))
            painter.drawLine(box.topLeft(), box.topRight())

    def _draw_labels(self, painter: QPainter) -> None:
        tokens = theme.now()
        _, column = self._columns()
        small = theme.scaled_font(self.font(), 0.9)
        metrics = QFontMetrics(small)
        middles = {block.key: box.center().y() for block, box in self._enlarged_boxes()}
        painter.setFont(small)
        left = column.right() + 20
        room = self.width() - left
        for block, y in self._labels():
            faded = bool(self._lit) and block.key not in self._lit
            painter.setPen(QPen(QColor(tokens.line if faded else tokens.edge), 1))
            painter.drawPolyline(
                [
                    QPointF(column.right() + 2, middles[block.key]),
                    QPointF(column.right() + 8, middles[block.key]),
                    QPointF(column.right() + 12, y),
                    QPointF(column.right() + 17, y),
                ]
            )
            size = ("" if block.exact else "~") + bare_kilobytes(block.bytes)
            size_width = metrics.horizontalAdvance(size)
            name = metrics.elidedText(block.name, Qt.TextElideMode.ElideRight, round(room - size_width - 8))
            line = QRectF(left, y - _LABEL_STEP / 2, room, _LABEL_STEP)
            painter.setPen(QColor(tokens.muted if faded else tokens.text))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, size)

    # --- pointer -----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        block = self.block_at(event.position())
        self.hovered.emit(block.key if block else "")
        region = self.region_at(event.position())
        tip = self._tip(block) if block else f"{region.name}: {exact_bytes(region.bytes)}" if region else ""
        QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    def _tip(self, block: Block) -> str:
        below = 0
        for other in self._blocks:
            if other.key == block.key:
                break
            below += other.bytes
        known = "exact" if block.exact else "estimated"
        share = block.bytes / self._limit
        size = f"{exact_bytes(block.bytes)} ({known}), {share:.1%} of the memory"
        return f"{block.detail or block.name}\n{size}\nfrom byte {below:,}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        block = self.block_at(event.position())
        self.clicked.emit(block.key if block else "")

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit("")
        super().leaveEvent(event)
