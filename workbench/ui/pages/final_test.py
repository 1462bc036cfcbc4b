"""The report on the test split, which nothing was chosen by: looked at once, at the end."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from workbench.project.model import Variant
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.ui import theme
from workbench.ui.pages.variant_figures import test_rows
from workbench.ui.widgets.comparison_table import ComparisonTable
from workbench.ui.widgets.roles import words


class FinalTest(QWidget):
    """A button while the test split has not judged the current variant, its report afterwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = words("", "muted")
        self.words.setWordWrap(True)
        self.figures = ComparisonTable()
        self.button = QPushButton("Final test")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        for widget in (self.words, self.figures, self.button):
            column.addWidget(widget)

    def show_variant(self, current: Variant | None, base: Variant | None, *, any_variant: bool) -> None:
        """What the test says of the current variant, beside the float model ``base``."""
        given = current is not None and current.run_id is None
        self.button.setEnabled(current is not None and current.test is None and not given)
        self.figures.setVisible(current is not None and current.test is not None)
        if current is None:
            first = "Choose a variant first" if any_variant else "Train a model first"
            self.words.setText(f"{first}.")
            self.button.setToolTip(first)
        elif given:
            self.words.setText("There is none: the model came without data.")
            self.button.setToolTip("The model came without data")
        elif current.test is None:
            self.button.setToolTip(f"Judge {current.name} on windows that nothing was chosen by")
            self.words.setText(
                f"Not looked at yet for “{current.name}”. Do it once, when you have chosen: everything else on this "
                "page is measured on the validation split."
            )
        else:
            self.button.setToolTip("Done: the test split judges each variant once")
            variant = evaluation_from_json(current.test)
            known = evaluation_from_json(base.test) if base is not None and base.test else None
            self.words.setText(f"“{current.name}” on {variant.count:,} windows that nothing was chosen by:")
            self.figures.show_rows(*test_rows(variant, known))
