"""What the port sends, byte for byte, and a line to send something back."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from workbench.ui import theme

_MOST_LINES = 2000
_MOST_BYTES = 8192  # shown of what comes between two looks: more cannot be read
_LONGEST_LINE = 512
_LONGEST_SENT = 1024
_ENDINGS = (("LF", b"\n"), ("CR LF", b"\r\n"), ("CR", b"\r"), ("nothing", b""))


def visible(data: bytes) -> str:
    """The bytes as text in which each is to be seen: line ends break lines, the rest that is no text is escaped."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "".join(c if c == "\n" or c.isprintable() else "\\t" if c == "\t" else f"\\x{ord(c):02x}" for c in text)


class Console(QWidget):
    """Bounded, whatever arrives: the newest lines stay."""

    send_asked = Signal(bytes)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pending_return = b""
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(_MOST_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(fixed)
        self.text.setAccessibleName("Received text")
        self.line = QLineEdit()
        self.line.setFont(fixed)
        self.line.setMaxLength(_LONGEST_SENT)
        self.line.setPlaceholderText("send a line to the board")
        self.line.setAccessibleName("Line to send")
        self.ending = QComboBox()
        self.ending.addItems([name for name, _ in _ENDINGS])
        self.ending.setAccessibleName("Line ending")
        self.ending.setToolTip("What is sent after the line")
        self.send = QPushButton("Send")
        self.clear = QPushButton("Clear")
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(self.line, 1)
        for widget in (self.ending, self.send, self.clear):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.send.clicked.connect(self._send)
        self.line.returnPressed.connect(self._send)
        self.clear.clicked.connect(self.start_over)

    def start_over(self) -> None:
        """Forget what is shown."""
        self._pending_return = b""
        self.text.clear()

    def show_bytes(self, data: bytes) -> None:
        """Append what has come; of a flood only the newest, with a note of how much is left out."""
        if not data:
            return
        note = ""
        if len(data) > _MOST_BYTES:
            left_out = len(data) - _MOST_BYTES
            data = data[-_MOST_BYTES:]
            note = f"\n… {left_out:,} bytes not shown …\n"
        data = self._pending_return + data
        self._pending_return = b"\r" if data.endswith(b"\r") else b""  # its line feed may be on the way
        self._append(note + visible(data.removesuffix(b"\r")))

    def _append(self, text: str) -> None:
        lines = text.split("\n")
        already = self.text.document().lastBlock().length() - 1  # the block's own end counts too
        broken = [self._broken(lines[0], already), *(self._broken(line, 0) for line in lines[1:])]
        bar = self.text.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("\n".join(broken))
        if follows:
            bar.setValue(bar.maximum())

    @staticmethod
    def _broken(line: str, already: int) -> str:
        """The line with a break where it gets too long to draw."""
        cuts = [0, *range(_LONGEST_LINE - already, len(line), _LONGEST_LINE), len(line)]
        return "\n".join(line[start:stop] for start, stop in pairwise(cuts))

    def _send(self) -> None:
        data = self.line.text().encode() + _ENDINGS[self.ending.currentIndex()][1]
        if data:
            self.send_asked.emit(data)
            self.line.selectAll()
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)
