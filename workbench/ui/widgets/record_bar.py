"""The record button with what the take will be called, and how long it has been running."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench import settings
from workbench.ui import theme
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.take_form import TakeForm
from workbench.ui.widgets.wrap_row import WrapRow

_SUBJECT = "subject"  # the preference
_CLOCK_WIDTH = 88  # px: of a take of minutes, so that nothing moves while it runs


class RecordButton(QAbstractButton):
    """A red dot to start, a red square to stop; the word beside it says which."""

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText("Record")

    def sizeHint(self) -> QSize:
        return QSize(132, 48)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.now()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        running = self.isChecked()
        red = QColor(now.bad if self.isEnabled() else now.muted)
        ground = theme.mixed(now.panel, now.bad, 0.18 if running else 0.10 if self.underMouse() else 0.0)
        painter.setBrush(QColor(ground if self.isEnabled() else now.window))
        edge = now.accent if self.hasFocus() else now.bad if running else now.edge if self.isEnabled() else now.line
        painter.setPen(QPen(QColor(edge), 1.5))
        painter.drawRoundedRect(box, theme.CORNER, theme.CORNER)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(red)
        middle = box.center().y()
        if running:
            painter.drawRoundedRect(QRectF(18, middle - 8, 16, 16), 2, 2)
        else:
            painter.drawEllipse(QRectF(17, middle - 9, 18, 18))
        painter.setPen(QColor(now.text if self.isEnabled() else now.muted))
        painter.setFont(theme.scaled_font(self.font(), 1.1, bold=True))
        painter.drawText(box.adjusted(46, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class RecordBar(QWidget):
    """Label and subject of the next take, the button, the clock, and the settings of a series when asked for."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = RecordButton()
        self.button.setCheckable(True)
        self.button.setAccessibleName("Record")
        self.label = QComboBox()
        self.label.setEditable(True)
        self.label.setMinimumWidth(176)
        self.label.setAccessibleName("Label of the next take")
        line = self.label.lineEdit()
        if line is not None:
            line.setPlaceholderText("what happens in it")
        self.subject = QLineEdit()
        self.subject.setPlaceholderText("who or which one")
        self.subject.setMaximumWidth(180)
        self.subject.setAccessibleName("Subject of the next take")
        self.subject.setToolTip("Kept with the take, so that a split by subject can keep people apart")
        self.subject.setText(str(settings.preference(_SUBJECT, "")))
        self.subject.editingFinished.connect(lambda: settings.remember(_SUBJECT, self.subject.text().strip()))
        self.form = TakeForm()
        self.form.hide()
        self.more = QPushButton()
        self.more.setCheckable(True)
        self.more.setToolTip("Length, number and countdown of takes, trigger, session and placement")
        self.clock = QLabel("0.0\u2009s")
        self.clock.setProperty("role", "headline")
        self.clock.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.clock.setMinimumWidth(_CLOCK_WIDTH)
        self.progress = words("")
        self.progress.setWordWrap(True)
        self.progress.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # it takes what is there
        self.what = QStackedWidget()
        self.what.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.button.clicked.connect(self._clicked)
        self.more.toggled.connect(self.form.setVisible)
        self.form.changed.connect(lambda _value: self._show_summary())
        self._show_summary()
        self.set_possible(False, "Connect to a board first")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        fields = QWidget()
        row = QHBoxLayout(fields)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        for title, field in (("Label", self.label), ("Subject", self.subject)):
            caption = words(title, "muted")
            caption.setBuddy(field)
            row.addWidget(caption)
            row.addWidget(field)
        self.what.addWidget(fields)
        self.what.addWidget(self.progress)
        column.addWidget(WrapRow((self.button, self.what), (self.more, self.clock)))
        column.addWidget(self.form)

    @property
    def label_text(self) -> str:
        """The label of the next take."""
        return self.label.currentText().strip()

    @property
    def metadata(self) -> dict[str, str]:
        """What else is noted of the next take."""
        subject = self.subject.text().strip()
        return ({"subject": subject} if subject else {}) | self.form.value.metadata

    def set_pictures(self, pictures: bool) -> None:
        """Whether pictures are to be taken, not readings recorded."""
        self.form.set_pictures(pictures)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Offer these; what is typed stays."""
        typed = self.label.currentText()
        self.label.clear()
        self.label.addItems(list(labels))
        self.label.setCurrentText(typed)

    def set_possible(self, possible: bool, why_not: str = "") -> None:
        """Whether recording can start, and why it cannot."""
        self.button.setEnabled(possible)
        self.button.setToolTip("Start or stop a take (Space while the plot has the focus)" if possible else why_not)
        self.button.update()

    def _show_summary(self) -> None:
        self.more.setText(self.form.summary or "Series, trigger…")

    def show_take(self, seconds: float | None, doing: str = "") -> None:
        """How long the take has been running, or is to wait, and where it stands; None when there is none.

        The words stand where the label and the subject were set, so that nothing moves.
        """
        running = seconds is not None
        self.button.setChecked(running)
        self.button.setText("Stop" if running else "Record")
        self.clock.setText(f"{seconds or 0.0:.1f}\u2009s")
        about = " · ".join(part for part in (self.label_text, self.subject.text().strip(), doing) if part)
        self.progress.setText(about if running else "")
        self.what.setCurrentIndex(1 if running else 0)
        for field in (self.label, self.subject, self.form):
            field.setEnabled(not running)

    def _clicked(self) -> None:
        # What the button shows follows from the take, not from the click: it may fail to start.
        self.button.setChecked(not self.button.isChecked())
        self.toggled.emit()
