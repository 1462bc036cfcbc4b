"""Help for the page in view, beside it: what it is for, and its keys."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.actions import Action

_WIDTH = 320  # px


class HelpPanel(QWidget):
    """Opened and closed with F1."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help")
        self.setProperty("role", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        head = QHBoxLayout()
        self.heading = QLabel()
        self.heading.setProperty("role", "title")
        head.addWidget(self.heading, 1)
        close = QToolButton()
        close.setText("×")
        close.setProperty("role", "flat")
        close.setToolTip("Close the help (F1)")
        close.setAccessibleName("Close the help")
        close.clicked.connect(self.closed)
        head.addWidget(close)
        column.addLayout(head)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        area.setWidget(self.text)
        column.addWidget(area, 1)

    def show_help(self, title: str, text: str, actions: Sequence[Action]) -> None:
        """Show a page's help text (paragraphs separated by blank lines) and the keys of these actions."""
        self.heading.setText(title)
        paragraphs = "".join(f"<p>{html.escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip())
        native = QKeySequence.SequenceFormat.NativeText
        muted = theme.now().muted
        rows = "".join(
            f"<tr><td style='color:{muted}'>{html.escape(QKeySequence(action.shortcut).toString(native))}&nbsp;&nbsp;"
            f"</td><td>{html.escape(action.title)}</td></tr>"
            for action in actions
            if action.shortcut
        )
        keys = f"<p style='color:{muted}'><b>Keys</b></p><table cellspacing='3'>{rows}</table>"
        self.text.setText(paragraphs + (keys if rows else ""))
