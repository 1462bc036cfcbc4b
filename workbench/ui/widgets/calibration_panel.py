"""Which examples the int8 form of a given model takes its ranges from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.ui import theme
from workbench.ui.widgets.roles import words

_NONE = (
    "int8 takes its ranges from recordings of this project that fit the input, else from random values: then size, "
    "memory and time are right, accuracy is unknown."
)


class CalibrationPanel(QWidget):
    """A file of examples, or none; ``changed`` when it was chosen or left out."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: Path | None = None
        self.sense = words("", "muted")
        self.sense.setWordWrap(True)
        self.choose = QPushButton("Examples…")
        self.choose.setToolTip("An .npy file of inputs to the model, one example a row")
        self.forget = QPushButton("Without")
        self.forget.setToolTip("Take no file")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.sense)
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addWidget(self.forget)
        row.addStretch(1)
        column.addLayout(row)
        self.choose.clicked.connect(self._ask)
        self.forget.clicked.connect(lambda: self.set_file(None))
        self.set_file(None)

    @property
    def file(self) -> Path | None:
        """The chosen .npy file."""
        return self._file

    def set_file(self, file: Path | None) -> None:
        """Take this file, or none."""
        self._file = file
        self.sense.setText(_NONE if file is None else f"int8 takes its ranges from {file.name}.")
        self.sense.setToolTip("" if file is None else str(file))
        self.forget.setVisible(file is not None)
        self.changed.emit()

    def _ask(self) -> None:
        start = str(self._file.parent if self._file is not None else Path.home())
        chosen, _ = QFileDialog.getOpenFileName(self, "Examples of the model's input", start, "NumPy arrays (*.npy)")
        if chosen:
            self.set_file(Path(chosen))
