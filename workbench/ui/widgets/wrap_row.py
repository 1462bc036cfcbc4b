"""A row of widgets of which the right half goes to a second line where the window is too narrow for both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.ui import theme


class WrapRow(QWidget):
    """``left`` widgets, and ``right`` ones at the right edge or, wrapped, below."""

    def __init__(self, left: Sequence[QWidget], right: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left, self._right = tuple(left), tuple(right)
        self.wrapped = False
        self._lines = (QHBoxLayout(), QHBoxLayout())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # narrower than one line wants
        for line in self._lines:
            line.setSpacing(theme.GRID)
            column.addLayout(line)
        for widget in self._left:
            self._lines[0].addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._lines[0].addStretch(1)
        self._lines[1].addStretch(1)
        for widget in self._right:
            self._lines[0].addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider half: it wraps before it is squeezed."""
        widest = max(_width_of(self._left), _width_of(self._right))
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # something came, went or changed its size
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        wrapped = _width_of((*self._left, *self._right)) > self.width()
        if wrapped == self.wrapped:
            return
        self.wrapped = wrapped
        for widget in self._right:
            self._lines[not wrapped].removeWidget(widget)
            self._lines[wrapped].addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)


def _width_of(widgets: Sequence[QWidget]) -> int:
    """The room that those want that are shown, with the gaps between."""
    shown = [widget for widget in widgets if not widget.isHidden()]
    widths = [max(min(one.sizeHint().width(), one.maximumWidth()), one.minimumWidth()) for one in shown]
    return sum(widths) + theme.GRID * max(0, len(shown) - 1)
