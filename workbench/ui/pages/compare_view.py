"""Any two variants side by side: both matrices, and what has changed from one to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from workbench.operations.compare_variants import caution, confusion_change, recall_change
from workbench.project.model import Recording, Variant
from workbench.quantities import percent
from workbench.training.evaluation import Evaluation
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.ui import theme
from workbench.ui.pages.variant_figures import Row, comparison
from workbench.ui.widgets.comparison_table import ComparisonRow, ComparisonTable
from workbench.ui.widgets.confusion_view import ConfusionView
from workbench.ui.widgets.evaluation_view import EvaluationView
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.segmented import Segmented


class CompareView(QWidget):
    """The float model and the current variant at first; boxes choose others."""

    window_chosen = Signal(int, int, int)  # a recording, and the rows of it to look at: the first, and the end

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, Row] = {}
        self._usual: tuple[int | None, int | None] = (None, None)
        self._recordings: Mapping[int, Recording] = {}
        self.first, self.second = _chooser("First variant"), _chooser("Second variant")
        self.views = (EvaluationView("No such variant."), EvaluationView("No such variant."))
        self.change = ConfusionView()
        self.change.setAccessibleName("Change of the confusion matrix")
        self.cell = words("", "muted")
        self.cell.setWordWrap(True)
        self.figures = ComparisonTable()
        self.caution = words("", "warn")
        self.caution.setWordWrap(True)
        self.which = Segmented(["Both", "Difference"], tip="The two matrices, or what has changed between them")
        self.which.choose(0)
        self._lay_out()
        for box in (self.first, self.second):
            box.activated.connect(lambda _index: self._show())
        for view in self.views:
            view.window_chosen.connect(self.window_chosen)
        self.which.chosen.connect(self.pages.setCurrentIndex)
        self.change.cell_chosen.connect(lambda true, taken: self.cell.setText(self.change.described(true, taken)))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.first, 1)
        head.addWidget(words("against", "muted"))
        head.addWidget(self.second, 1)
        head.addWidget(self.which)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        for title, view in zip(("First", "Second"), self.views, strict=True):
            row.addWidget(panel(title, view), 1)
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.figures)
        inner.addStretch(1)
        scrolled.setWidget(inside)
        difference = QWidget()
        halves = QHBoxLayout(difference)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(theme.GRID)
        matrix = QWidget()
        column = QVBoxLayout(matrix)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.change, 1)
        column.addWidget(self.cell)
        halves.addWidget(panel("Windows more or fewer", matrix), 1)
        halves.addWidget(panel("Figures and recall of each class", scrolled), 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(both)
        self.pages.addWidget(difference)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GRID)
        whole.addLayout(head)
        whole.addWidget(self.caution)
        whole.addWidget(self.pages, 1)

    def show_rows(
        self,
        rows: Sequence[Row],
        base: Variant | None,
        current: Variant | None,
        recordings: Mapping[int, Recording],
    ) -> None:
        """Offer these variants; what was chosen stays, and what was not follows the float model and the current one."""
        self._rows = {row.variant.id: row for row in rows}
        self._recordings = recordings
        usual = (base.id if base else None, current.id if current else None)
        for box, old, new in zip((self.first, self.second), self._usual, usual, strict=True):
            wanted = box.currentData() if box.currentData() in self._rows and box.currentData() != old else new
            box.clear()
            for row in rows:
                box.addItem(f"{row.variant.id}: {row.variant.name}", row.variant.id)
            box.setCurrentIndex(box.findData(wanted))
        self._usual = usual
        self._show()

    def _show(self) -> None:
        rows = [self._rows.get(box.currentData()) for box in (self.first, self.second)]
        judged = [_evaluation(row) for row in rows]
        for view, evaluation in zip(self.views, judged, strict=True):
            view.show_evaluation(evaluation, self._recordings)
        one, other = judged
        self.cell.setText("")
        self.caution.setText("" if one is None or other is None else caution(one, other))
        self.caution.setVisible(bool(self.caution.text()))
        comparable = one is not None and other is not None and one.classes == other.classes
        if one is not None and other is not None and comparable:
            self.change.show_change(one.classes, confusion_change(one, other))
        else:
            self.change.show_counts((), ())
        shown = [row for row in rows if row is not None]
        _, lines = comparison(shown, None, None)
        heads = [str(row.variant.id) for row in shown]
        recalls = _recalls(one, other) if one is not None and other is not None and comparable else []
        self.figures.show_rows(heads, [*lines, *recalls])


def _chooser(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)  # names may be long
    box.setMinimumContentsLength(12)
    return box


def _evaluation(row: Row | None) -> Evaluation | None:
    return evaluation_from_json(row.variant.evaluation) if row is not None and row.variant.evaluation else None


def _recalls(one: Evaluation, other: Evaluation) -> list[ComparisonRow]:
    """The recall of each class in both; the better one is seen at once."""
    made = []
    changes = recall_change(one, other)
    for before, after, change in zip(one.per_class, other.per_class, changes, strict=True):
        roles = ("", "good" if change > 0 else "bad" if change < 0 else "")
        made.append(ComparisonRow(f"Recall: {before.name}", (percent(before.recall), percent(after.recall)), roles))
    return made
