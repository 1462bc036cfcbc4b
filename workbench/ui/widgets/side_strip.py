"""A column of settings and figures at the side of a page: it scrolls where the window is low, its foot stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from workbench.ui import theme

_BAR = 12  # px beside the contents, for the scroll bar


class SideStrip(QWidget):
    """``width`` px of contents, section below section."""

    def __init__(self, width: int, foot: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(width + _BAR)
        contents = QWidget()
        contents.setFixedWidth(width)
        self._contents = QVBoxLayout(contents)
        self._contents.setContentsMargins(0, 0, 0, 0)
        self._contents.setSpacing(theme.GRID)
        self._contents.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(contents)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(scroll, 1)
        foot.setFixedWidth(width)
        column.addWidget(foot)

    def add(self, title: QWidget, *widgets: QWidget) -> None:
        """One more section."""
        last = self._contents.count() - 1  # the stretch
        if last:
            self._contents.insertSpacing(last, theme.GRID)
        for widget in (title, *widgets):
            self._contents.insertWidget(self._contents.count() - 1, widget)
