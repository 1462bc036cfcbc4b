"""The labels of a project with their colours and number keys; one of them is used for what is added next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from workbench.ui import theme

_ROW = 28  # px
_KEYS = 9


class LabelButton(QAbstractButton):
    """One label: colour, name, number key."""

    def __init__(self, label: str, colour: QColor, key: int | None) -> None:
        super().__init__()
        self._colour = colour
        self._key = key
        self.setText(label)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Label {label}")
        hint = f" (key {key} while the plot has the focus)" if key else ""
        self.setToolTip(f"Give “{label}” to the selection, and to what is added next{hint}")

    def sizeHint(self) -> QSize:
        return QSize(120, _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        box = QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5)
        painter.setPen(QPen(QColor(now.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        ground = now.selected if self.isChecked() else now.hover if self.underMouse() else now.panel
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        painter.setPen(QPen(theme.outline_of(self._colour), 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(QRectF(10, box.center().y() - 6, 12, 12), 3, 3)
        painter.setPen(QColor(now.text))
        painter.setFont(theme.scaled_font(self.font(), 1.0, bold=self.isChecked()))
        words = box.adjusted(30, 0, -28, 0)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
        if self._key:
            painter.setFont(theme.scaled_font(self.font(), 0.85))
            painter.setPen(QColor(now.muted))
            painter.drawText(
                box.adjusted(0, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(self._key)
            )


class LabelPalette(QWidget):
    """Tells which label was chosen; a new one is typed below the list."""

    label_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._active = ""
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.new_label = QLineEdit()
        self.new_label.setPlaceholderText("New label, then Enter")
        self.new_label.setAccessibleName("New label")
        self.new_label.setMaxLength(60)
        self.new_label.returnPressed.connect(self._typed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(area, 1)
        column.addWidget(self.new_label)

    @property
    def active(self) -> str:
        """The label for what is added next; "" while there is none."""
        return self._active

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in the order of their keys."""
        return self._labels

    def set_labels(self, labels: Sequence[str], colours: Mapping[str, QColor]) -> None:
        """Offer these; the active one stays, even when nothing has it any more."""
        kept = [self._active] if self._active and self._active not in labels else []
        wanted = tuple(sorted({*labels, *kept}))
        self._labels = wanted
        for button in self.buttons():
            self._group.removeButton(button)
            self._column.removeWidget(button)
            button.hide()  # at once; deleting waits for the event loop
            button.deleteLater()
        if not self._active and wanted:
            self._active = wanted[0]
        for index, label in enumerate(wanted):
            key = index + 1 if index < _KEYS else None
            button = LabelButton(label, colours.get(label, QColor(theme.now().muted)), key)
            button.setChecked(label == self._active)
            button.clicked.connect(lambda _checked, name=label: self.choose(name))
            self._group.addButton(button)
            self._column.insertWidget(index, button)

    def forget(self) -> None:
        """Another project: its labels are not known yet, and none of those before is active."""
        self._active = ""

    def buttons(self) -> list[LabelButton]:
        """The buttons, in the order of their keys."""
        return [button for button in self._group.buttons() if isinstance(button, LabelButton)]

    def activate(self, label: str) -> None:
        """Use this label from now on, without telling."""
        if label:
            self._active = label
            for button in self.buttons():
                button.setChecked(button.text() == label)

    def choose(self, label: str) -> None:
        """Use this label from now on, and tell."""
        self.activate(label)
        self.label_chosen.emit(label)

    def choose_key(self, index: int) -> None:
        """What the number key ``index + 1`` does."""
        if index < len(self._labels):
            self.choose(self._labels[index])

    def _typed(self) -> None:
        label = self.new_label.text().strip()
        if label:
            self.new_label.clear()
            self.choose(label)
