"""Names and numbers below each other: what a connection has counted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.quantities import NOTHING
from workbench.ui import theme
from workbench.ui.widgets.roles import give_role, words


class CounterList(QWidget):
    """A row a counter: its name, and its value in tabular digits."""

    def __init__(self, counters: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """``counters`` are (key, name, tip)."""
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        self._titles: dict[str, QLabel] = {}
        for row, (key, name, tip) in enumerate(counters):
            title = words(name, "muted")
            value = words(NOTHING)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setWordWrap(True)  # a format with its whole layout is long
            for label in (title, value):
                label.setToolTip(tip)
            grid.addWidget(title, row, 0)
            grid.addWidget(value, row, 1)
            self._values[key], self._titles[key] = value, title

    def show_value(self, key: str, text: str, role: str = "") -> None:
        """Show a value; ``role`` is "", "warn" or "bad"."""
        label = self._values[key]
        if label.text() != text:
            label.setText(text)
        give_role(label, role)

    def set_visible(self, key: str, visible: bool) -> None:
        """Leave a counter out while it has nothing to count."""
        for label in (self._values[key], self._titles[key]):
            label.setVisible(visible)

    def text_of(self, key: str) -> str:
        """What is shown."""
        return self._values[key].text()

    def clear(self) -> None:
        """Nothing has been counted."""
        for key in self._values:
            self.show_value(key, NOTHING)
