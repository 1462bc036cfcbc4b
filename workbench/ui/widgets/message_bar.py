"""Inline messages at the bottom of a page: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench.errors import WorkbenchError
from workbench.ui import theme

_MOST = 3  # more than three at once and nobody reads any


class Kind(StrEnum):
    """How a message is meant."""

    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


_GLYPHS = {Kind.INFO: "i", Kind.GOOD: "✓", Kind.WARN: "!", Kind.BAD: "×"}


def colour_of(kind: Kind) -> QColor:
    """The colour a kind of message has in the theme in use."""
    tokens = theme.now()
    return QColor(
        {Kind.INFO: tokens.accent, Kind.GOOD: tokens.good, Kind.WARN: tokens.warn, Kind.BAD: tokens.bad}[kind]
    )


class _Badge(QWidget):
    """A small ring with the kind's sign: told apart by shape as well as by colour."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour_of(self._kind), 1.4))
        painter.drawEllipse(self.rect().adjusted(1, 1, -2, -2))
        painter.setFont(theme.scaled_font(self.font(), 0.9, bold=True))
        painter.drawText(self.rect().adjusted(0, 0, -1, -1), Qt.AlignmentFlag.AlignCenter, _GLYPHS[self._kind])


class Message(QWidget):
    """One message with its action and a way to put it away."""

    gone = Signal()

    def __init__(self, kind: Kind, text: str, action: tuple[str, Callable[[], None]] | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.text = text
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(theme.GRID)
        row.addWidget(_Badge(kind), 0, Qt.AlignmentFlag.AlignVCenter)
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)  # names from files must not become markup
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(label, 1)
        if action is not None:
            title, callback = action
            button = QPushButton(title)
            button.setObjectName("message_action")
            button.clicked.connect(self.put_away)
            button.clicked.connect(lambda _checked: callback())
            row.addWidget(button)
        close = QToolButton()
        close.setText("×")
        close.setProperty("role", "flat")
        close.setToolTip("Put this message away")
        close.setAccessibleName("Put this message away")
        close.clicked.connect(self.put_away)
        row.addWidget(close)

    def put_away(self) -> None:
        """Take the message off the page."""
        self.gone.emit()
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = colour_of(self.kind)
        painter.setBrush(QColor(theme.mixed(theme.now().panel, colour.name(), 0.08)))
        painter.setPen(QPen(QColor(theme.mixed(theme.now().line, colour.name(), 0.6)), 1))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)


class MessageBar(QWidget):
    """The messages of one page, the newest at the bottom; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[Message] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def messages(self) -> list[Message]:
        """What is shown, the oldest first."""
        return list(self._shown)

    def show_message(
        self, kind: Kind | str, text: str, action: tuple[str, Callable[[], None]] | None = None
    ) -> Message:
        """Add a message; the same words replace the older message, and the oldest goes when there are too many."""
        others = [message for message in self.messages() if message.text != text]
        kept = others[max(0, len(others) - _MOST + 1) :]
        for old in self.messages():
            if old not in kept:
                old.put_away()
        message = Message(Kind(kind), text, action)
        message.gone.connect(lambda: self._shown.remove(message))
        self._shown = [*kept, message]
        self._column.addWidget(message)
        return message

    def show_error(self, error: WorkbenchError, action: tuple[str, Callable[[], None]] | None = None) -> Message:
        """Show what happened, where, and what to do."""
        return self.show_message(Kind.BAD, str(error), action)

    def clear(self) -> None:
        """Put all messages away."""
        for message in self.messages():
            message.put_away()
