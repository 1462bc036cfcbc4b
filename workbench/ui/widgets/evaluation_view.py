"""How good a model is: the figure with its interval, and the matrix or the errors behind it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from workbench.quantities import NOTHING, THIN_SPACE, percent, quantity, three_digits
from workbench.training.evaluation import Evaluation
from workbench.ui import theme
from workbench.ui.widgets.class_bars import ClassBars, ClassRow
from workbench.ui.widgets.confusion_view import ConfusionView
from workbench.ui.widgets.residuals_view import ResidualsView
from workbench.ui.widgets.roles import words
from workbench.ui.widgets.segmented import Segmented

_BOTH_FROM = 540  # px of height that show the matrix and the classes below each other


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
        self.classes = ClassBars()
        self.residuals = ResidualsView()
        self._lay_out()
        self.which.chosen.connect(lambda _place: self._arrange())
        self.confusion.cell_chosen.connect(lambda true, guess: self.cell.setText(self.confusion.described(true, guess)))
        self.show_evaluation(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.figure)
        head.addStretch(1)
        head.addWidget(self.which)
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
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.pages, 1)

    @property
    def evaluation(self) -> Evaluation | None:
        """What is shown."""
        return self._evaluation

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show this, or that there is none."""
        self._evaluation = evaluation
        self.cell.setText("")
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

    def _arrange(self) -> None:
        """Both views where there is room, the chosen one where there is not."""
        is_classes = self._evaluation is not None and self._evaluation.task == "classification"
        roomy = self.height() >= _BOTH_FROM
        self.which.setVisible(is_classes and not roomy)
        self.confusion.setVisible(roomy or self.which.current == 0)
        self.cell.setVisible(roomy or self.which.current == 0)
        self._bars.setVisible(roomy or self.which.current == 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
