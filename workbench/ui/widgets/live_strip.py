"""The five figures of the recipe under the sliders, and how they are known."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.figures import Figure
from workbench.ui import theme
from workbench.ui.fit_bar import CELLS, FigureCell
from workbench.ui.widgets.elided_label import ElidedLabel
from workbench.ui.widgets.roles import flat_button, give_role, words

HEIGHT = 132  # px
_STRETCH = {"accuracy": 36, "flash": 61, "ram": 53, "latency": 42, "energy": 40}
NAMES = tuple(_STRETCH)


class LiveStrip(QFrame):
    """A line that names the recipe, its figures in a row, and how they are known; buttons to keep it, or to stop.

    The name tells these figures from those of the fit bar, which are the current variant's.
    """

    kept = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        by_name = {cell.name: cell for cell in CELLS}
        self.cells = {name: FigureCell(by_name[name]) for name in NAMES}
        figures = QHBoxLayout()
        figures.setSpacing(0)
        for cell in self.cells.values():
            cell.unsetCursor()  # leads nowhere: it tells what it is made of
            cell.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            figures.addWidget(cell, _STRETCH[cell.cell.name])
        self.title = ElidedLabel("section")
        self.title.setContentsMargins(12, 8, 12, 0)
        self.status = words("")
        self.about = ElidedLabel("muted")
        self.stop_button = flat_button("Stop", "Stay with the figures before fine-tuning")
        self.keep_button = QPushButton("Keep as variant")
        self.keep_button.setToolTip("Keep what these figures are of, and make it the current variant")
        self._below = below = QHBoxLayout()
        below.setContentsMargins(12, 0, 12, 8)
        below.setSpacing(theme.GRID)
        below.addWidget(self.status)
        below.addWidget(self.about, 1)
        below.addWidget(self.stop_button)
        below.addWidget(self.keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addLayout(figures, 1)
        column.addLayout(below)
        self.setFixedHeight(HEIGHT)
        self.keep_button.clicked.connect(self.kept)
        self.stop_button.clicked.connect(self.stopped)

    def show_figures(self, figures: Mapping[str, Figure], captions: Mapping[str, str], *, stale: bool) -> None:
        """Show figures by name, dimmed when they are not those of the sliders' place."""
        for name, cell in self.cells.items():
            if (cell.figure, cell.caption, cell.dimmed) == (figures[name], captions[name], stale):
                continue
            cell.dimmed = stale
            cell.show_figure(figures[name], captions[name])

    def add_in_front(self, widget: QWidget) -> None:
        """Put a switch at the beginning of the line below the figures."""
        self._below.insertWidget(0, widget)

    def say(self, title: str, status: str, role: str, about: str) -> None:
        """What the figures are of, how they are known, and what else there is to say."""
        self.title.setText(title)
        self.status.setText(status)
        give_role(self.status, role)
        self.about.setText(about)
