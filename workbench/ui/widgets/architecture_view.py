"""A network as a row of blocks to scale: height the length of what comes out, width its channels, colour the kind."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.quantities import THIN_SPACE, exact_bytes
from workbench.ui import theme

_LEAST, _MOST = 14.0, 64.0  # px, width of the narrowest and the widest block
_GAP, _WIDEST_GAP = 24.0, 56.0
_CAPTIONS = 56.0  # px below the blocks
_ENDS = 20.0  # px kept free at both ends: a caption may be broader than its block
_LOWEST = 10.0  # px, height of a block of one value


_SHORT = {
    "MaxPooling2D": "MaxPool",
    "AveragePooling2D": "AvgPool",
    "GlobalAveragePooling2D": "AvgPool",
    "DepthwiseConv2D": "DWConv2D",
    "SeparableConv2D": "SepConv2D",
}


@dataclass(frozen=True)
class Block:
    """One layer: its kind ("Conv2D"), the shape it gives, its parameters and multiply-accumulates."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    macs: int


def colour_of_kind(kind: str, kinds: Sequence[str]) -> QColor:
    """A colour an operator kind; the same on every drawing of the same network."""
    return theme.series_colour(list(kinds).index(kind))


class ArchitectureView(QWidget):
    """Draws the blocks; hovering over one tells its shape, parameters, multiply-accumulates and output size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: tuple[Block, ...] = ()
        self._input: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Architecture")

    def sizeHint(self) -> QSize:
        return QSize(480, 172)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 132)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What is drawn, from the input's end on."""
        return self._blocks

    def show_blocks(self, input_shape: tuple[int, ...], blocks: Sequence[Block]) -> None:
        """Draw these, after a block for the input."""
        self._input = input_shape
        self._blocks = tuple(blocks)
        words = ", ".join(f"{block.kind} {_shape(block.shape)}" for block in blocks)
        self.setAccessibleDescription(words)
        self.update()

    def _all(self) -> list[Block]:
        return [Block("input", "Input", self._input, 0, 0), *self._blocks] if self._input else []

    def _places(self) -> list[tuple[Block, QRectF]]:
        blocks = self._all()
        if not blocks:
            return []
        sides = [_sides(block.shape) for block in blocks]
        tallest, broadest = max(length for length, _ in sides), max(width for _, width in sides)
        gaps = max(1, len(blocks) - 1)
        free = self.width() - 2 * _ENDS
        most = min(_MOST, max(_LEAST, (free - _GAP * gaps) / len(blocks)))
        least = min(_LEAST, most)
        # Square roots: areas stay comparable, and one value stays visible beside a thousand.
        widths = [least + (most - least) * math.sqrt(width / broadest) for _, width in sides]
        gap = min(_WIDEST_GAP, max(_GAP, (free - sum(widths)) / gaps))
        height = self.height() - _CAPTIONS - 8
        x = max(_ENDS, (self.width() - sum(widths) - gap * gaps) / 2)
        places = []
        for block, (length, _), w in zip(blocks, sides, widths, strict=True):
            h = _LOWEST + (height - _LOWEST) * math.sqrt(length / tallest)
            places.append((block, QRectF(x, 4 + (height - h) / 2, w, h)))
            x += w + gap
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        places = self._places()
        kinds = list(dict.fromkeys(block.kind for block in self._blocks))
        painter.setPen(QPen(QColor(now.muted), 1))
        for (_, left), (_, right) in itertools.pairwise(places):
            middle = left.center().y()
            tip = QPointF(right.left() - 5, middle)
            painter.drawLine(QPointF(left.right() + 5, middle), tip)
            painter.drawLine(tip, tip + QPointF(-4, -3))
            painter.drawLine(tip, tip + QPointF(-4, 3))
        bottom = self.height() - _CAPTIONS
        for index, (block, area) in enumerate(places):
            fill = QColor(now.line) if block.kind == "Input" else colour_of_kind(block.kind, kinds)
            painter.setBrush(fill)
            painter.setPen(QPen(theme.outline_of(fill), 1))
            painter.drawRoundedRect(area, 3, 3)
            reach = min(_room(places, index), 140.0)
            slot = QRectF(area.center().x() - reach / 2, bottom + 4, reach, _CAPTIONS - 4)
            self._caption(painter, slot, block)

    def _caption(self, painter: QPainter, slot: QRectF, block: Block) -> None:
        now = theme.now()
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setFont(theme.scaled_font(self.font(), 0.8))
        metrics = painter.fontMetrics()
        line = metrics.height()
        painter.setPen(QColor(now.text))
        title = metrics.elidedText(_SHORT.get(block.kind, block.kind), Qt.TextElideMode.ElideRight, int(slot.width()))
        painter.drawText(slot, top, title)
        painter.setPen(QColor(now.muted))
        sides = block.shape[1:] if len(block.shape) == 3 and block.shape[0] == 1 else block.shape
        shape = metrics.elidedText(_shape(sides), Qt.TextElideMode.ElideRight, int(slot.width()))
        painter.drawText(slot.translated(0, line), top, shape)
        if block.parameters:
            painter.drawText(slot.translated(0, 2 * line), top, f"{block.parameters:,}")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            found = next((b for b, area in self._places() if area.adjusted(-8, -8, 8, 60).contains(at)), None)
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), described(found), self)
            return True
        return super().event(event)


def _room(places: list[tuple[Block, QRectF]], index: int) -> float:
    """How wide a caption may be before it meets its neighbours' middles."""
    middle = places[index][1].center().x()
    distances = [abs(places[i][1].center().x() - middle) for i in (index - 1, index + 1) if 0 <= i < len(places)]
    return min(distances, default=200.0) - 4


def _sides(shape: tuple[int, ...]) -> tuple[int, int]:
    """Length (everything but the channels) and channels of an output; a vector has one channel a value."""
    if len(shape) <= 1:
        return 1, max(1, shape[0] if shape else 1)
    return max(1, math.prod(shape[:-1])), max(1, shape[-1])


def _shape(shape: tuple[int, ...]) -> str:
    return f"{THIN_SPACE}×{THIN_SPACE}".join(str(side) for side in shape)


def described(block: Block) -> str:
    """What a block is, in words."""
    size = math.prod(block.shape)
    lines = [
        f"{block.name} ({block.kind})",
        f"gives {_shape(block.shape)} = {size:,} values ({exact_bytes(size)} as int8)",
    ]
    if block.parameters:
        lines.append(f"{block.parameters:,} parameters")
    if block.macs:
        lines.append(f"{block.macs:,} multiply-accumulates")
    return "\n".join(lines)
