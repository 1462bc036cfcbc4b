"""Where readings are missing: a dashed line at each place, and how much, told when one points at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from workbench.quantities import THIN_SPACE
from workbench.ui import theme
from workbench.ui.widgets.plot_arithmetic import duration

_SHORTEST_S = 1.0  # told in seconds; less in milliseconds


@dataclass(frozen=True)
class GapMark:
    """A place where so many readings are missing (0: nobody knows), which take so long."""

    at_s: float
    readings: int
    seconds: float

    @property
    def words(self) -> str:
        """How many are missing, and how long that is."""
        count = "Readings are missing" if not self.readings else f"{self.readings:,} readings are missing"
        if self.readings == 1:
            count = "One reading is missing"
        if self.seconds <= 0:
            return f"{count} here."
        short = self.seconds < _SHORTEST_S
        time = f"{1000 * self.seconds:.3g}{THIN_SPACE}ms" if short else duration(self.seconds)
        return f"{count} here: {time}."


class GapMarks:
    """The lines in a plot."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._item = pg.PlotCurveItem(connect="pairs")
        self._item.setZValue(10)
        plot.addItem(self._item, ignoreBounds=True)
        self.marks: tuple[GapMark, ...] = ()
        self._drawn: tuple[tuple[GapMark, ...], int] = ((), 0)

    def show(self, marks: Sequence[GapMark], lanes: int) -> None:
        """Draw these over so many lanes."""
        self.marks = tuple(marks)
        if self._drawn == (self.marks, lanes):
            return
        self._drawn = self.marks, lanes
        times = np.repeat([mark.at_s for mark in self.marks], 2)
        self._item.setData(times, np.tile([0.0, float(lanes)], len(self.marks)), connect="pairs")

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self._item.setPen(pg.mkPen(theme.now().warn, width=1, style=Qt.PenStyle.DashLine))

    def near(self, seconds: float, within_s: float) -> GapMark | None:
        """The nearest mark, if there is one so close."""
        nearest = min(self.marks, key=lambda mark: abs(mark.at_s - seconds), default=None)
        return nearest if nearest is not None and abs(nearest.at_s - seconds) <= within_s else None
