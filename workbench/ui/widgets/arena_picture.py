"""The arena over time as a picture: operators across, bytes upwards, a block a tensor for as long as it is alive.

Knows nothing of pointer and keys, so that the same is drawn on the screen and into a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from workbench.memory.plan import MemoryPlan, Overlap, Placement
from workbench.quantities import kilobytes, short_bytes
from workbench.ui import theme
from workbench.ui.widgets.hatching import hatch
from workbench.ui.widgets.span import Span

_LEFT, _RIGHT, _TOP, _BOTTOM = 68, 14, 22, 62  # px around the picture
_TICK_ROOM = 36  # px a tick needs
_FADED = 0.22
_HEADROOM = 1.04
_LEAST_BYTES, _LEAST_STEPS = 6.0, 1.0
_NAME_ROOM = 32.0  # px across
_LEAST_LETTERS = 8  # of a name that is cut
_ELEMENT_ROOM = 13.0  # px a byte takes before elements are drawn one by one
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Look:
    """How a placement is drawn: its short name and its colour; ``hatched`` marks scratch buffers.

    ``shape`` and ``element_bytes`` say which element lies at a byte; empty and 1 for scratch.
    """

    name: str
    colour: QColor
    hatched: bool = False
    shape: tuple[int, ...] = ()
    element_bytes: int = 1

    def element_at(self, byte: int) -> str:
        """The element that a byte of the placement belongs to, as ``[0, 3, 17]``; empty for scratch."""
        place, indices = byte // self.element_bytes, []
        for side in reversed(self.shape):
            place, index = divmod(place, side)
            indices.append(index)
        return f"[{', '.join(str(index) for index in reversed(indices))}]" if indices else ""


class Tone(StrEnum):
    """How a level is drawn."""

    PEAK = "peak"  # what the arena takes
    BOUND = "bound"  # what no plan can be below
    OTHER = "other"  # for comparison


@dataclass(frozen=True)
class Level:
    """A height worth a line: the peak, what is alive at once, a bound, another engine's plan."""

    bytes: int
    words: str
    tone: Tone


@dataclass(frozen=True)
class ArenaDrawing:
    """All that is drawn of a plan: a look a placement, a name a step."""

    plan: MemoryPlan
    looks: tuple[Look, ...]
    step_names: tuple[str, ...]
    overlaps: tuple[Overlap, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def first_step(self) -> int:
        """-1 when something is alive before the first operator."""
        return min((placement.first_op for placement in self.plan.placements), default=0)

    @property
    def top(self) -> int:
        """The highest byte worth showing."""
        return max(1, self.plan.arena_bytes, *(level.bytes for level in self.levels))


def tick_bytes(length: float, most: int) -> int:
    """Bytes between two lines of the grid: a power of two, so that KB come out round."""
    step = 1
    while length / step > most:
        step *= 2
    return step


class ArenaPicture:
    """A drawing with the part of it in view and what is lit."""

    def __init__(self, drawing: ArenaDrawing) -> None:
        self.drawing = drawing
        first, steps = drawing.first_step, len(drawing.plan.steps)
        self.steps = Span.whole(first, max(steps, first + 1), _LEAST_STEPS)
        self.bytes = Span.whole(0, drawing.top * _HEADROOM, _LEAST_BYTES)
        self.lit: frozenset[int] = frozenset()
        self.step: int | None = None
        self.box = QRectF()  # where the blocks are, in px
        self.resize(QSizeF(480, 360))
        self.font = QFont()
        # What is made later is drawn over what it replaces.
        placements = drawing.plan.placements
        self.order = sorted(range(len(placements)), key=lambda number: placements[number].first_op)
        self._clear_steps = _clear_steps(drawing)
        self._inks: dict[tuple[int, bool], tuple[QColor, QPen]] = {}

    # --- geometry ----------------------------------------------------------------------------------

    def resize(self, size: QSizeF) -> None:
        """Draw into so many px."""
        width, height = size.width() - _LEFT - _RIGHT, size.height() - _TOP - _BOTTOM
        self.box = QRectF(_LEFT, _TOP, max(1.0, width), max(1.0, height))
        # As plain numbers: hundreds of blocks ask for them in every frame.
        self._edges = self.box.left(), self.box.top(), self.box.right(), self.box.bottom()

    def x(self, step: float) -> float:
        """Where a step begins."""
        left, _, right, _ = self._edges
        return left + (step - self.steps.low) / self.steps.length * (right - left)

    def y(self, offset: float) -> float:
        """Where a byte begins; bytes grow upwards."""
        _, top, _, bottom = self._edges
        return bottom - (offset - self.bytes.low) / self.bytes.length * (bottom - top)

    def step_in(self, x: float) -> float:
        """The reverse of ``x``."""
        return self.steps.low + (x - self.box.left()) / self.box.width() * self.steps.length

    def byte_in(self, y: float) -> float:
        """The reverse of ``y``."""
        return self.bytes.low + (self.box.bottom() - y) / self.box.height() * self.bytes.length

    def step_at(self, point: QPointF) -> int | None:
        """The step whose column a point is in, -1 for before the first; None outside."""
        if not self.box.left() <= point.x() < self.box.right():
            return None
        return min(math.floor(self.step_in(point.x())), len(self.drawing.plan.steps) - 1)

    def byte_at(self, point: QPointF) -> int | None:
        """The byte at the height of a point; None outside."""
        return math.floor(self.byte_in(point.y())) if self.box.contains(point) else None

    def rect_of(self, placement: Placement) -> QRectF:
        """Where a placement is drawn, whether in view or not."""
        return self._area(placement.first_op, placement.last_op, placement.offset, placement.end)

    def _area(self, first_op: int, last_op: int, low: int, high: int) -> QRectF:
        left, top = self.x(first_op) + 1, self.y(high) + 0.5
        return QRectF(left, top, self.x(last_op + 1) - 1 - left, self.y(low) - 0.5 - top)

    def _in_view(self, first_op: int, last_op: int, low: int, high: int) -> QRectF | None:
        """The part of an area that is inside the box; None when there is none."""
        left, top, right, bottom = self._edges
        left, right = max(left, self.x(first_op) + 1), min(right, self.x(last_op + 1) - 1)
        top, bottom = max(top, self.y(high) + 0.5), min(bottom, self.y(low) - 0.5)
        return QRectF(left, top, right - left, bottom - top) if left < right and top < bottom else None

    def placements_at(self, point: QPointF) -> list[int]:
        """The placements that hold the byte at a point, the one drawn on top first."""
        byte, step = self.byte_at(point), self.step_at(point)
        if byte is None or step is None:
            return []
        placements = self.drawing.plan.placements
        return [
            number
            for number in reversed(self.order)
            if placements[number].alive_at(step) and placements[number].offset <= byte < placements[number].end
        ]

    def readout(self, point: QPointF) -> str:
        """What lies at a point: ``byte 4,212: activation_1, element [0, 3, 17]``."""
        byte, step = self.byte_at(point), self.step_at(point)
        if byte is None or step is None:
            return ""
        found = []
        for number in self.placements_at(point):
            look, placement = self.drawing.looks[number], self.drawing.plan.placements[number]
            element = look.element_at(byte - placement.offset)
            found.append(f"{look.name}, element {element}" if element else look.name)
        when = f"operator {step} {self.drawing.step_names[step]}" if step >= 0 else "before the first operator"
        return f"byte {byte:,}  ·  {when}  ·  {' over '.join(found) or 'free'}"

    # --- painting ----------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Draw what is in view."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._inks = {}
        self._draw_ground(painter)
        self.paint_axes(painter)
        for number in self.order:
            self._draw_placement(painter, number)
        for overlap in self.drawing.overlaps:
            self._draw_overlap(painter, overlap)
        if self.box.height() / self.bytes.length >= _ELEMENT_ROOM:
            self._draw_elements(painter)
        else:
            self._draw_names(painter)
        self._draw_levels(painter)
        self._draw_thumbs(painter)

    def paint_axes(self, painter: QPainter) -> None:
        """Draw what stands beside and below the blocks."""
        self._draw_bytes_axis(painter)
        self._draw_steps_axis(painter)

    def _small(self) -> QFont:
        return theme.scaled_font(self.font, 0.86)

    def _draw_ground(self, painter: QPainter) -> None:
        tokens = theme.now()
        painter.fillRect(self.box, QColor(tokens.panel))
        marked = ((self.drawing.plan.peak_op, tokens.warn, 0.14), (self.step, tokens.accent, 0.18))
        for step, colour, strength in marked:
            if step is None:
                continue
            tint = QColor(colour)
            tint.setAlphaF(strength)
            column = QRectF(self.x(step), self.box.top(), self.box.width() / self.steps.length, self.box.height())
            painter.fillRect(column & self.box, tint)

    def _draw_bytes_axis(self, painter: QPainter) -> None:
        tokens, box = theme.now(), self.box
        painter.setFont(self._small())
        step = tick_bytes(self.bytes.length, max(2, int(box.height() // _TICK_ROOM)))
        in_kilobytes = step >= 512
        for value in range(math.ceil(self.bytes.low / step) * step, math.floor(self.bytes.high) + 1, step):
            y = self.y(value)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(box.left() - 4, y), QPointF(box.right(), y))
            painter.setPen(QColor(tokens.muted))
            words = kilobytes(value) if in_kilobytes else f"{value:,}"
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), _RIGHT_MIDDLE, words)
        if not in_kilobytes:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(0, 0, _LEFT - 8, 16), _RIGHT_MIDDLE, "byte")

    def _draw_steps_axis(self, painter: QPainter) -> None:
        tokens, box = theme.now(), self.box
        painter.setFont(self._small())
        metrics = QFontMetricsF(self._small())
        width = box.width() / self.steps.length
        every = max(1, math.ceil(24 / width))  # numbers need 24 px each
        for number in range(math.floor(self.steps.low), math.ceil(self.steps.high)):
            if number % every and number >= 0 and number != self.step:
                continue
            column = QRectF(self.x(number), box.bottom() + 4, width, 16)
            if column.center().x() < box.left() or column.center().x() > box.right():
                continue
            chosen = number == self.step
            painter.setPen(QColor(tokens.accent if chosen else tokens.muted))
            crowded = number == 0 and every > 1 and self.steps.low < 0  # "in" stands beside it
            if (number % every == 0 and not crowded) or chosen or number < 0:
                painter.drawText(column.adjusted(-9, 0, 9, 0), _CENTRE, str(number) if number >= 0 else "in")
            if number >= 0 and width > 44:
                name = metrics.elidedText(self.drawing.step_names[number], Qt.TextElideMode.ElideRight, width - 6)
                painter.drawText(column.translated(0, 16), _CENTRE, name)
        if width <= 44:
            painter.setPen(QColor(tokens.muted))
            known = self.step is not None and self.step >= 0
            words = self.drawing.step_names[self.step or 0] if known else "operators in the order they run"
            painter.drawText(QRectF(box.left(), box.bottom() + 20, box.width(), 16), _CENTRE, words)

    def _draw_placement(self, painter: QPainter, number: int) -> None:
        look, placement = self.drawing.looks[number], self.drawing.plan.placements[number]
        area = self._in_view(placement.first_op, placement.last_op, placement.offset, placement.end)
        if area is None:
            return
        fill, outline = self._ink(look.colour, number in self.lit)
        if look.hatched:
            painter.fillRect(area, QColor(theme.now().panel))
            hatch(painter, area, fill)
        else:
            painter.fillRect(area, fill)
        painter.setPen(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _ink(self, colour: QColor, lit: bool) -> tuple[QColor, QPen]:
        """Fill and outline of a block, the same for all of its colour in one frame."""
        key = colour.rgba(), lit
        if key not in self._inks:
            fill, outline = QColor(colour), QColor(theme.now().text) if lit else theme.outline_of(colour)
            if self.lit and not lit:
                fill.setAlphaF(_FADED)
                outline.setAlphaF(_FADED)
            self._inks[key] = fill, QPen(outline, 2 if lit else 1)
        return self._inks[key]

    def _clear_part(self, number: int) -> tuple[QRectF | None, bool]:
        """The part of a block in view where nothing newer covers it, and whether even that is striped."""
        placement, (first, last) = self.drawing.plan.placements[number], self._clear_steps[number]
        striped = first > last
        first = placement.first_op if striped else first
        return self._in_view(first, last, placement.offset, placement.end), striped

    def _draw_names(self, painter: QPainter) -> None:
        """Names and sizes of the blocks that have room for them."""
        font = self._small()
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        for number in self.order:
            area, striped = self._clear_part(number)
            if area is None or self.drawing.looks[number].hatched:
                continue
            inside = area.adjusted(4, 1, -4, -1)
            if inside.width() >= _NAME_ROOM and inside.height() >= metrics.height() - 2:
                self._name(painter, number, inside, metrics, striped=striped)

    def _name(self, painter: QPainter, number: int, inside: QRectF, metrics: QFontMetricsF, *, striped: bool) -> None:
        """A block's name and size; on a ground of its own where stripes run below."""
        look, placement = self.drawing.looks[number], self.drawing.plan.placements[number]
        faded = bool(self.lit) and number not in self.lit
        size = short_bytes(placement.bytes)
        layer = look.name.split("/", maxsplit=1)[0]
        name = next((one for one in (look.name, layer) if metrics.horizontalAdvance(one) <= inside.width()), "")
        name = name or metrics.elidedText(layer, Qt.TextElideMode.ElideMiddle, inside.width())
        readable = len(name) >= min(len(layer), _LEAST_LETTERS)
        shown = [name, size] if readable and inside.height() >= 2 * metrics.height() else [f"{look.name}  {size}"]
        if metrics.horizontalAdvance(shown[-1]) > inside.width():
            shown = [size]
        if metrics.horizontalAdvance(size) > inside.width():
            return  # a number that is cut says something else
        painter.setPen(QColor(theme.now().muted) if faded else theme.text_on(look.colour))
        top = inside.center().y() - len(shown) * metrics.height() / 2
        if striped and not faded:
            ground = QRectF(inside.left() - 2, top - 1, inside.width() + 4, len(shown) * metrics.height() + 2)
            painter.fillRect(ground, look.colour)
        for place, line in enumerate(shown):
            row = QRectF(inside.left(), top + place * metrics.height(), inside.width(), metrics.height())
            painter.drawText(row, _CENTRE, line)

    def _draw_overlap(self, painter: QPainter, overlap: Overlap) -> None:
        """Stripes in the older one's colour where the newer is written over it."""
        area = self._in_view(overlap.first_op, overlap.last_op, overlap.low, overlap.high)
        if area is None:
            return
        pair = {overlap.older, overlap.newer}
        ink = QColor(theme.mixed(self.drawing.looks[overlap.older].colour.name(), theme.now().panel, 0.62))
        if self.lit and not pair & self.lit:
            ink.setAlphaF(_FADED)
        hatch(painter, area, ink, falling=True, width=2.2)

    def _draw_elements(self, painter: QPainter) -> None:
        """So far in that bytes can be told apart: where each element begins, and which it is."""
        painter.setFont(self._small())
        metrics = QFontMetricsF(self._small())
        for number in self.order:
            look, placement = self.drawing.looks[number], self.drawing.plan.placements[number]
            clear, _ = self._clear_part(number)
            if clear is None or not look.shape:
                continue
            size = look.element_bytes
            first = max(0, math.floor((self.bytes.low - placement.offset) / size))
            last = min(placement.bytes // size, math.ceil((self.bytes.high - placement.offset) / size))
            ink = theme.text_on(look.colour)
            line = QColor(ink)
            line.setAlphaF(0.35)
            for element in range(first, last):
                low = placement.offset + element * size
                cell = QRectF(clear.left(), self.y(low + size), clear.width(), self.y(low) - self.y(low + size)) & clear
                painter.setPen(QPen(line, 1))
                painter.drawLine(cell.bottomLeft(), cell.bottomRight())
                words = look.element_at(element * size)
                width = metrics.horizontalAdvance(words) + 8
                if width <= cell.width() and cell.height() > 9:
                    label = QRectF(cell.center().x() - width / 2, cell.top() + 1, width, cell.height() - 2)
                    painter.fillRect(label, look.colour)
                    painter.setPen(ink)
                    painter.drawText(label, _CENTRE, words)

    def _draw_levels(self, painter: QPainter) -> None:
        """Lines across, each with its words; words that would collide give way to the right."""
        tokens, box = theme.now(), self.box
        colours = {Tone.PEAK: tokens.warn, Tone.BOUND: tokens.good, Tone.OTHER: tokens.muted}
        styles = {Tone.PEAK: Qt.PenStyle.DashLine, Tone.BOUND: Qt.PenStyle.DotLine, Tone.OTHER: Qt.PenStyle.DashLine}
        shown = [level for level in self.drawing.levels if self.bytes.low <= level.bytes <= self.bytes.high]
        shown.sort(key=lambda one: one.tone is not Tone.PEAK)  # the peak's words have the first choice
        lines = {level.bytes: QRectF(box.left(), self.y(level.bytes) - 1, box.width(), 2) for level in shown}
        for level in shown:
            y = self.y(level.bytes)
            painter.setPen(QPen(QColor(colours[level.tone]), 1.2, styles[level.tone]))
            painter.drawLine(QPointF(box.left() - 4, y), QPointF(box.right(), y))
        taken: list[QRectF] = []
        for level in shown:
            y = self.y(level.bytes)
            peak = level.tone is Tone.PEAK
            painter.setFont(theme.scaled_font(self.font, 0.86, bold=peak))
            width = QFontMetricsF(painter.font()).horizontalAdvance(level.words) + 8
            middle = self.x(self.drawing.plan.peak_op + 0.5)
            left = max(box.left(), min(middle - width / 2, box.right() - width)) if peak else box.right() - width
            others = [line for size, line in lines.items() if size != level.bytes]
            label = _beside(QRectF(left, y - 17, width, 15), [*taken, *others], box)
            taken.append(label)
            ground = QColor(tokens.panel)
            ground.setAlphaF(0.82)
            painter.fillRect(label, ground)
            painter.setPen(QColor(colours[level.tone]))
            painter.drawText(label, _CENTRE, level.words)

    def _draw_thumbs(self, painter: QPainter) -> None:
        """How much of each axis is in view, where not all is."""
        box, colour = self.box, QColor(theme.now().muted)
        if not self.bytes.is_whole:
            low = box.bottom() - self.bytes.low / self.bytes.last * box.height()
            high = box.bottom() - self.bytes.high / self.bytes.last * box.height()
            painter.fillRect(QRectF(box.right() + 5, high, 4, max(3.0, low - high)), colour)
        if not self.steps.is_whole:
            scale = box.width() / (self.steps.last - self.steps.first)
            left = box.left() + (self.steps.low - self.steps.first) * scale
            painter.fillRect(QRectF(left, box.bottom() + 1, max(3.0, self.steps.length * scale), 3), colour)

    # --- moving about ------------------------------------------------------------------------------

    def fit(self) -> None:
        """All of it in view."""
        self.steps, self.bytes = self.steps.all(), self.bytes.all()

    def look_at(self, numbers: Iterable[int]) -> None:
        """Bring some placements near."""
        shown = [self.drawing.plan.placements[number] for number in numbers]
        if not shown:
            return
        self.steps = self.steps.showing(min(p.first_op for p in shown), max(p.last_op for p in shown) + 1, 0.5)
        self.bytes = self.bytes.showing(min(p.offset for p in shown), max(p.end for p in shown), 0.1)

    def reach(self, step: int) -> None:
        """Move as far as it takes to have a step in view."""
        self.steps = self.steps.reaching(step, step + 1)


def _clear_steps(drawing: ArenaDrawing) -> list[tuple[int, int]]:
    """The steps at which each placement neither lies on another nor is covered by more than half; may be none."""
    steps = [(placement.first_op, placement.last_op) for placement in drawing.plan.placements]
    for overlap in drawing.overlaps:
        first, last = steps[overlap.older]
        if (overlap.high - overlap.low) * 2 > drawing.plan.placements[overlap.older].bytes:
            steps[overlap.older] = first, min(last, overlap.first_op - 1)
        first, last = steps[overlap.newer]
        steps[overlap.newer] = max(first, overlap.last_op + 1), last
    return steps


def _beside(label: QRectF, taken: Sequence[QRectF], box: QRectF) -> QRectF:
    """The label where it meets none of the others: below its line, or moved to the left."""
    places = [label, label.translated(0, 19)]
    for other in taken:
        moved = QRectF(other.left() - label.width() - 8, label.top(), label.width(), label.height())
        places += [moved, moved.translated(0, 19)]
    free = [p for p in places if p.left() >= box.left() and not any(p.intersects(other) for other in taken)]
    return free[0] if free else label
