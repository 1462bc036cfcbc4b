"""How windows are split: a bar for the whole, the groups of each part, a bar a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.quantities import percent
from workbench.ui import theme

_ROW = 26.0  # px
_NUMBERS = 132.0  # px
_GROUPS_NAMED = 12  # of a part; more are counted

PART_WORDS = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class PartCounts:
    """One part of a split: its windows, the groups they come from, windows per class."""

    name: str
    windows: int
    groups: tuple[str, ...]
    per_class: Mapping[str, int]


def part_brush(part: str) -> QBrush:
    """Training solid, validation lighter, test hatched: it stays sealed until the final report."""
    now = theme.now()
    if part == "train":
        return QBrush(QColor(now.accent))
    if part == "validation":
        return QBrush(QColor(theme.mixed(now.panel, now.accent, 0.5)))
    return QBrush(QColor(now.accent), Qt.BrushStyle.BDiagPattern)


def statement(by: str, parts: Sequence[PartCounts]) -> str:
    """How the split is made, in plain words."""
    told = []
    for part in parts:
        count = len(part.groups)
        named = ", ".join(sorted(part.groups, key=_natural))
        counted = f"{count:,} {by}{'' if count == 1 else 's'}"
        what = counted if by == "recording" or count > _GROUPS_NAMED else f"{by} {named}"
        told.append(f"{PART_WORDS[part.name]} {what}")
    return f"By {by}: {'; '.join(told)}. No {by} is in two of them."


def _natural(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text


class SplitView(QWidget):
    """Painted bars: the whole first, then one a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[PartCounts, ...] = ()
        self._classes: tuple[str, ...] = ()
        self.dimmed = False
        self.setAccessibleName("Windows in each part of the split")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[PartCounts], classes: Sequence[str]) -> None:
        """Draw these; ``classes`` is empty for a regression."""
        self._parts, self._classes = tuple(parts), tuple(classes)
        self.dimmed = False
        self.setAccessibleDescription(", ".join(f"{PART_WORDS[p.name]} {p.windows}" for p in parts))
        self.updateGeometry()
        self.update()

    @property
    def parts(self) -> tuple[PartCounts, ...]:
        """What is drawn."""
        return self._parts

    def sizeHint(self) -> QSize:
        return QSize(480, int(_ROW * (2.4 + len(self._classes))))

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.dimmed:
            painter.setOpacity(0.4)
        if not self._parts:
            return
        metrics = self.fontMetrics()
        names = min(180.0, max([metrics.horizontalAdvance(n) for n in (*self._classes, "all windows")]) + 16.0)
        self._paint_legend(painter, names)
        counts = [part.windows for part in self._parts]
        self._paint_row(painter, self._row(1.2), "all windows", counts, (sum(counts) or 1, names))
        most = max((sum(p.per_class.get(c, 0) for p in self._parts) for c in self._classes), default=1) or 1
        for index, name in enumerate(self._classes):
            counts = [part.per_class.get(name, 0) for part in self._parts]
            self._paint_row(painter, self._row(2.4 + index), name, counts, (most, names))

    def _row(self, place: float) -> QRectF:
        return QRectF(0, _ROW * place, self.width(), _ROW)

    def _paint_legend(self, painter: QPainter, left: float) -> None:
        now, metrics = theme.now(), self.fontMetrics()
        total = sum(part.windows for part in self._parts) or 1
        x = left
        for part in self._parts:
            painter.setPen(QPen(QColor(now.accent), 1))
            painter.setBrush(part_brush(part.name))
            painter.drawRoundedRect(QRectF(x, _ROW / 2 - 5, 10, 10), 2, 2)
            text = f"{PART_WORDS[part.name]} {percent(part.windows / total)}"
            painter.setPen(QColor(now.text))
            painter.drawText(QRectF(x + 16, 0, 300, _ROW), Qt.AlignmentFlag.AlignVCenter, text)
            x += metrics.horizontalAdvance(text) + 40

    def _paint_row(
        self, painter: QPainter, row: QRectF, name: str, counts: Sequence[int], scale: tuple[int, float]
    ) -> None:
        """``scale`` is how many windows fill the row, and where the bar starts."""
        most, names = scale
        now, metrics = theme.now(), self.fontMetrics()
        painter.setPen(QColor(now.text))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(names - 8))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, shown)
        room = self.width() - names - _NUMBERS
        x = names
        for part, count in zip(self._parts, counts, strict=True):
            width = room * count / most
            if width > 0.5:
                painter.setPen(QPen(QColor(now.accent), 1))
                painter.setBrush(part_brush(part.name))
                painter.drawRect(QRectF(x + 0.5, row.center().y() - 6, max(1.0, width - 2), 12))
            x += width
        painter.setPen(QColor(now.muted))
        numbers = " · ".join(f"{count:,}" for count in counts)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, numbers)
