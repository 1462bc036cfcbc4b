"""A few choices of which one holds, as buttons side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Segmented(QWidget):
    """Buttons that share their borders; the chosen one is marked."""

    chosen = Signal(int)  # its place

    def __init__(self, titles: Sequence[str], *, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, title in enumerate(titles):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setToolTip(tip)
            if len(titles) > 1:
                at = "first" if place == 0 else "last" if place == len(titles) - 1 else "middle"
                button.setProperty("segment", at)
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.idClicked.connect(self.chosen)

    def choose(self, place: int) -> None:
        """Mark a choice without telling."""
        self.button(place).setChecked(True)

    @property
    def current(self) -> int:
        """The place of the chosen one."""
        return self._group.checkedId()

    def button(self, place: int) -> QPushButton:
        """The button at a place."""
        found = self._group.button(place)
        assert isinstance(found, QPushButton)  # noqa: S101  # only such are added
        return found
