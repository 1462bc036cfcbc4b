"""Labels and buttons by their role: what they are for; the style sheet says how that looks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.ui import theme


def words(text: str, role: str = "") -> QLabel:
    """A label of plain text: names from files must not become markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def flat_button(title: str, tip: str = "") -> QPushButton:
    """A button without a frame, for what is seldom needed."""
    button = QPushButton(title)
    button.setProperty("role", "flat")
    button.setToolTip(tip)
    return button


def give_role(widget: QWidget, role: str) -> None:
    """Another role for a widget that is on the screen already."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def titled(title: str, *widgets: QWidget, stretch: bool = True) -> QWidget:
    """Widgets below each other under a section's title; the last one takes the room."""
    section = QWidget()
    column = QVBoxLayout(section)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GRID)
    column.addWidget(words(title, "section"))
    for widget in widgets:
        column.addWidget(widget, 1 if stretch and widget is widgets[-1] else 0)
    return section


def panel(title: str, *widgets: QWidget, stretch: bool = True) -> QFrame:
    """The same on a ground of its own."""
    frame = QFrame()
    frame.setProperty("role", "panel")
    column = QVBoxLayout(frame)
    column.setContentsMargins(2 * theme.GRID, 12, 2 * theme.GRID, 12)
    column.addWidget(titled(title, *widgets, stretch=stretch))
    return frame
