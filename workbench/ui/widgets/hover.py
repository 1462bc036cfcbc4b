"""Painted buttons that answer to the pointer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton


class HoverButton(QAbstractButton):
    """Is painted anew when the pointer comes and goes; ``underMouse`` tells where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
