"""How good a model is: the figure with its interval, the matrix or the errors, and the windows behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from workbench.project.model import Recording
from workbench.quantities import NOTHING, THIN_SPACE, percent, quantity, three_digits
from workbench.training.evaluation import Evaluation
from workbench.ui import theme
from workbench.ui.widgets.class_bars import ClassBars, ClassRow
from workbench.ui.widgets.confusion_view import ConfusionView
from workbench.ui.widgets.residuals_view import ResidualsView
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.wrap_row import WrapRow

_BOTH_FROM = 540  # px of height that show the matrix and the classes below each other


@dataclass(frozen=True)
class _Window:
    """One window that was taken for another class."""

    recording: Recording
    start: int
    stop: int

    @property
    def key(self) -> tuple[int, int, int]:
        return self.recording.id, self.start, self.stop

    @property
    def when(self) -> str:
        """From when to when in its recording; nothing for a picture."""
        rate = self.recording.rate_hz
        return f"{self.start / rate:.2f} to {self.stop / rate:.2f}{THIN_SPACE}s" if rate else NOTHING


def headline(evaluation: Evaluation) -> tuple[str, str]:
    """The one figure, and the words that go with it."""
    split = f"{evaluation.count:,} {evaluation.split or 'validation'} windows"
    if evaluation.accuracy is not None:
        low, high = evaluation.accuracy_low, evaluation.accuracy_high
        interval = f"{low * 100:.1f} to {percent(high)}, " if low is not None and high is not None else ""
        return percent(evaluation.accuracy), f"accuracy ({interval}{split})"
    r2 = three_digits(evaluation.r2) if evaluation.r2 is not None else NOTHING
    rmse = quantity(evaluation.rmse, evaluation.unit)
    return quantity(evaluation.mae, evaluation.unit), f"mean absolute error (RMSE {rmse}, R²{THIN_SPACE}{r2}, {split})"


class EvaluationView(QWidget):
    """Shows an evaluation, or says why there is none."""

    window_chosen = Signal(int, int, int)  # a recording, and the rows of it to look at: the first, and the end

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._evaluation: Evaluation | None = None
        self.figure = words("", "headline")
        self.about = words("", "muted")
        self.about.setWordWrap(True)
        self.which = Segmented(["Confusion", "Classes"], tip="The confusion matrix, or recall and precision by class")
        self.which.choose(0)
        self.confusion = ConfusionView()
        self.cell = words("", "muted")
        self.cell.setWordWrap(True)
        self._recordings: Mapping[int, Recording] = {}
        self.windows = RowTable(_window_columns(), key=lambda window: window.key)
        self.windows.setAccessibleName("Windows behind the chosen cell")
        self.windows.setToolTip("Click a window to see it in its recording")
        self.classes = ClassBars()
        self.residuals = ResidualsView()
        self._lay_out()
        self.which.chosen.connect(lambda _place: self._arrange())
        self.confusion.cell_chosen.connect(self._show_cell)
        self.windows.clicked.connect(lambda _index: self._tell_window(self.windows.current()))
        self.windows.opened.connect(self._tell_window)
        self.show_evaluation(None)

    def _lay_out(self) -> None:
        head = WrapRow([self.figure], [self.which])
        self._bars = QScrollArea()
        self._bars.setWidgetResizable(True)
        self._bars.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bars.setWidget(self.classes)
        both = QWidget()
        matrix = QVBoxLayout(both)
        matrix.setContentsMargins(0, 0, 0, 0)
        matrix.setSpacing(theme.GRID)
        matrix.addWidget(self.confusion, 4)
        matrix.addWidget(self.cell)
        matrix.addWidget(self.windows, 3)
        matrix.addWidget(self._bars, 3)
        self.nothing = words(self._empty, "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.pages = QStackedWidget()
        for page in (self.nothing, both, self.residuals):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(head)
        column.addWidget(self.about)
        column.addWidget(self.pages, 1)

    @property
    def evaluation(self) -> Evaluation | None:
        """What is shown."""
        return self._evaluation

    def show_evaluation(self, evaluation: Evaluation | None, recordings: Mapping[int, Recording] | None = None) -> None:
        """Show this, or that there is none; ``recordings`` by their id, to name the windows of a cell."""
        self._evaluation = evaluation
        self._recordings = recordings or {}
        self.cell.setText("")
        self.windows.set_rows(())
        if evaluation is None:
            self.figure.setText("")
            self.about.setText("")
            self.pages.setCurrentIndex(0)
        else:
            figure, about = headline(evaluation)
            self.figure.setText(figure)
            self.about.setText(about)
            if evaluation.task == "classification":
                self.confusion.show_counts(evaluation.classes, evaluation.confusion)
                self.classes.show_rows(
                    [ClassRow(r.name, r.precision, r.recall, r.support) for r in evaluation.per_class]
                )
                self.pages.setCurrentIndex(1)
            else:
                self.residuals.show_pairs(evaluation.residuals, evaluation.unit)
                self.pages.setCurrentIndex(2)
        self._arrange()

    def _show_cell(self, true: int, predicted: int) -> None:
        """Say what a cell counts, and list the windows that were taken for another class."""
        assert self._evaluation is not None  # noqa: S101 - there is a cell
        found = [
            _Window(self._recordings[recording], start, start + self._evaluation.window_rows)
            for recording, start, is_class, taken_for in self._evaluation.mistakes
            if (is_class, taken_for) == (true, predicted) and recording in self._recordings
        ]
        said = self.confusion.described(true, predicted)
        count = self._evaluation.confusion[true][predicted]
        if found and len(found) < count:
            said += f" {len(found)} of them are listed."
        elif not found and count and true != predicted:
            said += " Which ones was not kept: train again, or make the variant anew, to see them."
        self.cell.setText(said)
        self.windows.set_rows(sorted(found, key=lambda window: (window.recording.name, window.start)))
        self._arrange()

    def _tell_window(self, key: object) -> None:
        if isinstance(key, tuple):
            self.window_chosen.emit(*key)

    def _arrange(self) -> None:
        """Both views where there is room, the chosen one where there is not."""
        is_classes = self._evaluation is not None and self._evaluation.task == "classification"
        roomy = self.height() >= _BOTH_FROM
        self.which.setVisible(is_classes and not roomy)
        self.confusion.setVisible(roomy or self.which.current == 0)
        self.cell.setVisible(roomy or self.which.current == 0)
        has_windows = bool(self.windows.rows) and self.confusion.isVisibleTo(self)
        self.windows.setVisible(has_windows)
        self._bars.setVisible(self.which.current == 1 if not roomy else not has_windows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _window_columns() -> list[Column]:
    return [
        Column("Recording", lambda window: window.recording.name, stretch=True),
        Column("Window", lambda window: window.when, sort=lambda window: window.start, numeric=True),
    ]
