"""What a stretch of signal amounts to, channel by channel: least, most, mean, RMS, standard deviation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.quantities import NOTHING, three_digits
from workbench.ui.widgets.lane_headers import Lane

COLUMNS = ("Channel", "Min", "Max", "Mean", "RMS", "Std. dev.", "Unit")


def statistics(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Least, greatest, mean, root mean square and standard deviation (n in the divisor): (channels, 5).

    ``samples`` is (n, channels), n at least 1.
    """
    values = samples.astype(np.float64)
    mean = values.mean(axis=0)
    rms = np.sqrt(np.square(values).mean(axis=0))
    return np.stack((values.min(axis=0), values.max(axis=0), mean, rms, values.std(axis=0)), axis=1)


class LiveStatistics(QTableWidget):
    """A row a channel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self.setHorizontalHeaderLabels(list(COLUMNS))
        self.setAccessibleName("Statistics of what is in view")
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in range(len(COLUMNS)):
            title = self.horizontalHeaderItem(column)
            assert title is not None  # noqa: S101 - set above
            title.setTextAlignment(_alignment(column))

    def show_samples(self, lanes: Sequence[Lane], samples: NDArray[np.float32]) -> None:
        """Work out and show the statistics of ``samples`` (n, channels)."""
        found = statistics(samples) if len(samples) else np.full((len(lanes), 5), np.nan)
        if self.rowCount() != len(lanes):
            self._make_rows(len(lanes))
        for row, lane in enumerate(lanes):
            figures = [three_digits(value) if np.isfinite(value) else NOTHING for value in found[row].tolist()]
            for column, text in enumerate((lane.name, *figures, lane.unit)):
                item = self.item(row, column)
                if item is not None and item.text() != text:
                    item.setText(text)

    def _make_rows(self, count: int) -> None:
        self.setRowCount(count)
        for row in range(count):
            for column in range(len(COLUMNS)):
                item = QTableWidgetItem()
                item.setTextAlignment(_alignment(column))
                self.setItem(row, column, item)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
