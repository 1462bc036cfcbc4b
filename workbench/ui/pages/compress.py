"""Compress: prune and quantize, see what it costs and what it saves, choose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.compression.recipe import Recipe
from workbench.operations.choose_variant import choose_variant
from workbench.operations.fit_figures import FitFigures, compute_figures, fit_inputs, unjudged
from workbench.operations.outcome import Topic
from workbench.operations.settings import change_settings
from workbench.project.model import GivenModel, Run, Variant
from workbench.project.store import Project
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.background import Background
from workbench.ui.job_bridge import JobView, plain_error
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.pages.variant_figures import COSTS, Row, columns, comparison, point, quality_axis, test_rows
from workbench.ui.session import Session
from workbench.ui.widgets.calibration_panel import CalibrationPanel
from workbench.ui.widgets.comparison_table import ComparisonTable
from workbench.ui.widgets.evaluation_view import EvaluationView
from workbench.ui.widgets.recipe_panel import RecipePanel
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.row_table import RowTable
from workbench.ui.widgets.segmented import Segmented
from workbench.ui.widgets.tradeoff_view import TradeoffView

_TRAIN_FIRST = "Train a model first; then make it smaller here until it fits the board."
_GIVEN = 0  # in place of a run's id: the model that the project was made for
_REDRAW_MS = 40


class CompressPage(Page):
    """Sliders at the edge, the trade-off in the middle, float and current side by side."""

    id: ClassVar[str] = "compress"
    title: ClassVar[str] = "Compress"
    help_text: ClassVar[str] = (
        "Set the sparsity and the number format, then make a variant: it takes seconds, fine-tuning a little longer. "
        "Each variant is judged on the validation split, by the very file that will be deployed, beside the float "
        "model it came from.\n\n"
        "The chart sets what a variant is worth against what it costs on the chosen board; the shaded wall is the "
        "board's limit, the dashed line joins the variants that no other beats in both. Hover to compare, click to "
        "make a variant the current one: the fit bar, Memory and Export follow.\n\n"
        "A .keras file from elsewhere came without data: its variants have sizes and times, but no accuracy. Nothing "
        "is trained; int8 takes its ranges from an .npy of examples, recordings that fit, or random values.\n\n"
        "Zeros alone save no flash and no time with usual kernels; they shrink the file when it is packed.\n\n"
        "The final test looks at the test split, once. Choose by validation first: a test that is used for choosing "
        "proves nothing any more."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._job: JobView | None = None
        self._runs: dict[int, Run] = {}
        self._variants: list[Variant] = []
        self._figures: dict[tuple[int, str], FitFigures] = {}
        self._hovered: int | None = None
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.recipe = RecipePanel()
        self.make_button = QPushButton("Make variant")
        self.make_button.setProperty("role", "primary")
        self.make_button.setMinimumHeight(40)
        self.add_settings(self.recipe, "Prune and quantize")
        self.calibration = CalibrationPanel()
        self.add_settings(self.calibration)
        self.add_settings(self.make_button)
        self.run = QComboBox()
        self.run.setAccessibleName("Training whose variants are shown")
        self.run.setToolTip("The training whose variants are shown")
        self.costs = Segmented([cost.title for cost in COSTS], tip="What accuracy is set against")
        self.costs.choose(0)
        self.tradeoff = TradeoffView()
        self.absent = words("", "muted")
        self.compared = ComparisonTable()
        self.table = RowTable(columns(), key=lambda row: row.variant.id, strong=lambda r: r.variant.current)
        self.table.setAccessibleName("Variants")
        self.views = Segmented(["Trade-off", "Side by side"], tip="All variants, or the float model beside the current")
        self.views.choose(0)
        self.float_view = EvaluationView("No float model.")
        self.current_view = EvaluationView("No current variant.")
        self.float_name = words("")
        self.current_name = words("")
        self.test_button = QPushButton("Final test")
        self.test_words = words("", "muted")
        self.test_words.setWordWrap(True)
        self.add_settings(self.test_words, "Test split, kept for the end")
        self.test_figures = ComparisonTable()
        self.add_settings(self.test_figures)
        self.add_settings(self.test_button)
        self.empty = EmptyState(
            "Nothing to compress yet",
            _TRAIN_FIRST,
            ("Go to Train", lambda: self.trigger("station.train")),
        )
        self.unjudged = EmptyState("", "")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self._lay_out())
        self.content.addWidget(self.pages)
        self._computing = Background(self)
        self._redraw = QTimer(self)  # once for all figures that have come meanwhile
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)

    def _lay_out(self) -> QWidget:
        switch = QHBoxLayout()
        switch.setSpacing(theme.GRID)
        switch.addWidget(self.views)
        switch.addStretch(1)
        switch.addWidget(self.run)
        self.screens = QStackedWidget()
        self.screens.addWidget(self._all_variants())
        self.screens.addWidget(self._both_models())
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(switch)
        column.addWidget(self.screens, 1)
        return whole

    def _all_variants(self) -> QWidget:
        chart = QWidget()
        column = QVBoxLayout(chart)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.costs, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.tradeoff, 1)
        column.addWidget(self.unjudged, 1)
        column.addWidget(self.absent)
        top = QSplitter(Qt.Orientation.Horizontal)
        top.addWidget(panel("Quality against cost", chart))
        top.addWidget(panel("Figures", self.compared, QWidget()))
        top.setSizes([540, 280])
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(top)
        both.addWidget(self.table)
        both.setSizes([400, 220])
        for splitter in (top, both):
            splitter.setHandleWidth(theme.GRID)
            splitter.setChildrenCollapsible(False)
        return both

    def _both_models(self) -> QWidget:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(panel("Float model", self.float_name, self.float_view), 1)
        row.addWidget(panel("Current variant", self.current_name, self.current_view), 1)
        return both

    def _connect(self) -> None:
        self.session.closed.connect(self._computing.forget)
        for view in (self.float_view, self.current_view):
            view.window_chosen.connect(self.session.window_wanted)
        self.make_button.clicked.connect(self.make_or_cancel)
        self.run.currentIndexChanged.connect(lambda _index: self._show_variants())
        self.costs.chosen.connect(lambda _place: self._draw())
        self.views.chosen.connect(self.screens.setCurrentIndex)
        self.tradeoff.chosen.connect(self._choose)
        self.tradeoff.hovered.connect(self._hover)
        self.table.clicked.connect(lambda _index: self._choose(self.table.current()))
        self.table.opened.connect(self._choose)
        self.test_button.clicked.connect(self._final_test)

    def page_actions(self) -> Sequence[Action]:
        return (
            Action(
                "compress.make",
                "Make variant",
                "Prune and quantize as set, or cancel that",
                self.make_or_cancel,
                "Ctrl+Return",
                self.make_button.isEnabled,
                self.make_button.text,
            ),
            Action(
                "compress.test",
                "Final test",
                "Judge the current variant on the test split, once",
                self._final_test,
                enabled=self.test_button.isEnabled,
            ),
        )

    # --- showing -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        if project is None:
            return
        if changed is None:
            self._figures = {}
            self.recipe.set_recipe(project.settings(Recipe))
        elif Topic.SETTINGS in changed:
            self._figures = {}  # the firmware's own share of the board may have changed
        if changed is None or changed & {Topic.RUNS, Topic.VARIANTS, Topic.SETTINGS}:
            self._show_runs(project, project.runs(), project.current_variant())
            self._show_variants()
        self._show_buttons()

    def board_changed(self) -> None:
        self._show_variants()

    def leave(self) -> None:
        self._redraw.stop()
        self._computing.stop()

    def _show_runs(self, project: Project, runs: Sequence[Run], current: Variant | None) -> None:
        self._runs = {run.id: run for run in runs}
        given = project.given_model
        keras = given is not None and given.is_keras
        self._say_why_empty(given)
        self.pages.setCurrentIndex(1 if runs or keras else 0)
        self.set_settings_visible(bool(runs) or keras)
        self.run.blockSignals(True)
        self.run.clear()
        for run in reversed(runs):
            self.run.addItem(f"Run {run.id}: {run.title}", run.id)
        if given is not None and keras:
            self.run.addItem(given.name, _GIVEN)
        latest = runs[-1].id if runs else _GIVEN
        wanted = latest if current is None else _GIVEN if current.run_id is None else current.run_id
        self.run.setCurrentIndex(max(0, self.run.findData(wanted)))
        self.run.blockSignals(False)
        self.run.setVisible(self.run.count() > 1)

    def _say_why_empty(self, given: GivenModel | None) -> None:
        if given is None:
            self.empty.set_words("Nothing to compress yet", _TRAIN_FIRST)
            self.empty.lead_to("Go to Train", lambda: self.trigger("station.train"))
        else:
            self.empty.set_words(
                f"{given.name} is final",
                "Pruning and quantizing need the Keras model that a .tflite was made from. Open its .keras file, or "
                "train a model of your own here.",
            )
            self.empty.lead_to("Open model…", lambda: self.trigger("project.open_model"))

    @property
    def _is_given(self) -> bool:
        """Whether the variants of the given model are shown, not those of a run."""
        return bool(self.run.currentData() == _GIVEN)

    def _show_variants(self) -> None:
        project, run_id = self.session.project, self.run.currentData()
        if project is None:
            return
        self._variants = project.given_variants() if self._is_given else project.variants(run_id) if run_id else []
        self.recipe.set_trains(not self._is_given)
        self.calibration.setVisible(self._is_given)
        self._hovered = None
        self._compute_missing()
        self._draw()
        self._show_test()

    def _figures_of(self, variant: Variant) -> FitFigures | None:
        return self._figures.get((variant.id, self.session.board.id))

    def _compute_missing(self) -> None:
        """Ask for the figures that are not known yet; each is drawn when it comes."""
        project = self.session.project
        self._computing.forget()
        if project is None:
            return
        board = self.session.board
        for variant in self._variants:
            if self._figures_of(variant) is None:
                take = partial(self._take_figures, (variant.id, board.id))
                inputs = fit_inputs(project, variant, board)
                self._computing.ask(compute_figures, inputs, then=take, failed=self._no_figures)

    def _take_figures(self, place: tuple[int, str], figures: FitFigures) -> None:
        self._figures[place] = figures
        self._redraw.start()

    def _no_figures(self, error: Exception) -> None:
        self._computing.forget()
        self.show_error(plain_error(error))

    def _float(self) -> Variant | None:
        """The run's first variant: the model as it was trained."""
        return next((one for one in self._variants if one.quantization == "float32"), None)

    def _current(self) -> Variant | None:
        return next((one for one in self._variants if one.current), None)

    def _draw(self) -> None:
        cost = COSTS[self.costs.current]
        rows = [Row(variant, self._figures_of(variant), self._float()) for variant in self._variants]
        self.table.set_rows(rows)
        current = self._current()
        self.table.choose(current.id if current is not None else None)
        found = [(row, point(row, cost)) for row in rows]
        points = [drawn for _, drawn in found if drawn is not None]
        title, higher, text = quality_axis(self._runs.get(self.run.currentData()))
        limit = next((cost.limit(row.figures) for row in rows if row.figures and cost.limit(row.figures)), None)
        self.tradeoff.show_points(
            points,
            cost_title=f"{cost.name}, {cost.unit}",
            quality_title=title,
            higher_is_better=higher,
            limit=limit,
            limit_text=f"{self.session.board.name}: {limit:,.0f} {cost.unit}" if limit is not None else "",
            quality_text=text,
        )
        self._show_whether_judged()
        left_out = [row.variant.name for row, drawn in found if drawn is None and row.figures is not None]
        self.absent.setText(f"Not on this chart: {', '.join(left_out)}. Runs on: phone, CPU." if left_out else "")
        self.absent.setVisible(bool(left_out) and not self._is_given)
        self._compare()
        self._show_models()

    def _show_whether_judged(self) -> None:
        """A chart of quality, or why there is none."""
        for widget in (self.costs, self.tradeoff):
            widget.setVisible(not self._is_given)
        self.unjudged.setVisible(self._is_given)
        if self._is_given:
            current = self._current()
            why = unjudged(current) if current is not None else ""
            self.unjudged.set_words(
                "How good it is, nobody knows", f"{why} What each variant takes on the board stands below."
            )

    def _compare(self) -> None:
        base, current = self._float(), self._current()
        hovered = next((one for one in self._variants if one.id == self._hovered), None)
        shown = [one for one in (base, current, hovered) if one is not None]
        unique = list({one.id: one for one in shown}.values())
        rows = [Row(variant, self._figures_of(variant), base) for variant in unique]
        self.compared.show_rows(*comparison(rows, base, current))

    def _show_models(self) -> None:
        project = self.session.project
        recordings = {recording.id: recording for recording in project.recordings()} if project is not None else {}
        for variant, name, view in (
            (self._float(), self.float_name, self.float_view),
            (self._current(), self.current_name, self.current_view),
        ):
            name.setText(variant.name if variant is not None else "")
            judged = variant.evaluation if variant is not None else None
            view.show_evaluation(evaluation_from_json(judged) if judged else None, recordings)

    def _show_buttons(self) -> None:
        running = self._job is not None and self._job.active
        possible = bool(self._runs) or self._is_given
        self.make_button.setEnabled(running or possible)
        self.make_button.setText("Cancel" if running else "Make variant")
        tip = "Stop; nothing is kept of it" if running else "Prune and quantize as set above (Ctrl+Enter)"
        self.make_button.setToolTip(tip if possible else "Train a model first")
        self.recipe.setEnabled(not running)

    # --- making, choosing, testing -----------------------------------------------------------------

    def make_or_cancel(self) -> None:
        """Make a variant as set, or stop the one being made."""
        project, run_id = self.session.project, self.run.currentData()
        if self._job is not None and self._job.active:
            self._job.cancel()
            return
        if project is None or run_id is None:
            return
        recipe = self.recipe.recipe
        self.session.perform(change_settings, recipe)
        function, options = "compress:compress", {"run_id": run_id}
        if self._is_given:
            function, options = "compress_model:compress_model", {"calibration": self.calibration.file}
        self._job = self.start(
            f"Make variant {recipe.name}",
            f"workbench.operations.{function}",
            project.folder,
            recipe,
            on_done=self._made,
            **options,
        )
        for signal in (self._job.failed, self._job.cancelled):
            signal.connect(lambda *_: self._show_buttons())
        self._show_buttons()

    def _made(self, _variant_id: int) -> None:
        self._job = None
        self._show_buttons()

    def _choose(self, variant_id: Any) -> None:
        current = self._current()
        if isinstance(variant_id, int) and (current is None or current.id != variant_id):
            self.session.perform(choose_variant, variant_id)

    def _hover(self, variant_id: int | None) -> None:
        self._hovered = variant_id
        self._compare()

    def _final_test(self) -> None:
        project, current = self.session.project, self._current()
        if project is None or current is None:
            return
        self.test_button.setEnabled(False)
        view = self.start(
            "Final test",
            "workbench.operations.evaluate:report_on_test",
            project.folder,
            current.id,
            on_done=lambda _report: self._show_test(),
        )
        for signal in (view.failed, view.cancelled):
            signal.connect(lambda *_: self._show_test())

    def _show_test(self) -> None:
        base, current = self._float(), self._current()
        self.test_button.setEnabled(current is not None and current.test is None and not self._is_given)
        self.test_figures.setVisible(current is not None and current.test is not None)
        if current is None:
            first = "Choose a variant first" if self._variants else "Train a model first"
            self.test_words.setText(f"{first}.")
            self.test_button.setToolTip(first)
        elif self._is_given:
            self.test_words.setText("There is none: the model came without data.")
            self.test_button.setToolTip("The model came without data")
        elif current.test is None:
            self.test_button.setToolTip(f"Judge {current.name} on windows that nothing was chosen by")
            self.test_words.setText(
                f"Not looked at yet for “{current.name}”. Do it once, when you have chosen: everything else on this "
                "page is measured on the validation split."
            )
        else:
            self.test_button.setToolTip("Done: the test split judges each variant once")
            variant = evaluation_from_json(current.test)
            known = evaluation_from_json(base.test) if base is not None and base.test else None
            self.test_words.setText(f"“{current.name}” on {variant.count:,} windows that nothing was chosen by:")
            self.test_figures.show_rows(*test_rows(variant, known))
