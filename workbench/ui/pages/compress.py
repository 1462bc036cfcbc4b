"""Compress: prune and quantize, see what it costs and what it saves, choose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QComboBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from workbench.compression.recipe import Recipe
from workbench.operations.outcome import Topic
from workbench.operations.settings import change_settings
from workbench.project.model import GivenModel, Run, Variant
from workbench.project.store import Project
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.job_bridge import JobView
from workbench.ui.pages.compress_sliders import Sliding
from workbench.ui.pages.compress_variants import VariantsView
from workbench.ui.pages.final_test import FinalTest
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.calibration_panel import CalibrationPanel
from workbench.ui.widgets.segmented import Segmented

_TRAIN_FIRST = "Train a model first; then make it smaller here until it fits the board."
_GIVEN = 0  # in place of a run's id: the model that the project was made for


class CompressPage(Page):
    """Sliders at the edge, the trade-off in the middle, float and current side by side."""

    id: ClassVar[str] = "compress"
    title: ClassVar[str] = "Compress"
    help_text: ClassVar[str] = (
        "Move a slider: the strip shows at once what the model takes and how good it is, on all validation windows, "
        "by the very file that would be deployed, with the device's own arithmetic. Let go, and fine-tuning starts in "
        "the background; its figures take the place of the first ones. Another move cancels it. Dimmed figures belong "
        "to a place the sliders have left. The bar at the bottom stays with the current variant, which it names.\n\n"
        "Keep as variant keeps what the strip shows; Make variant carries out the whole recipe. Layers shows what "
        "happens to each layer, and leaves a sensitive one alone with a click. SQNR is signal to quantization noise in "
        "decibels, 6 for each bit that counts: of the weights, it says what happened to this layer alone; of the "
        "outputs, how far its answers to calibration windows are from the trained model's, all layers before it "
        "included.\n\n"
        "The chart sets what a variant is worth against what it costs on the chosen board; the shaded wall is the "
        "board's limit, the dashed line joins the variants that no other beats in both. Hover to compare, click to "
        "make a variant the current one: the fit bar, Memory and Export follow.\n\n"
        "Small points are variants of other trainings. Pin a variant and its name stays in the chart; F2 renames, Del "
        "deletes, Ctrl+Z takes that back. Compare sets any two beside each other and shows what has changed, window "
        "by window; Report writes all of it into one HTML file. Sensitivity changes one layer at a time and shows what "
        "that costs: leave alone what suffers most.\n\n"
        "Search tries one model after the other, of other networks, features and recipes, yours first, and keeps those "
        "that no other beats. Pause when you like, it goes on where it was, even after a restart. Each is judged on "
        "several splits of what is not kept for the test. Latency and energy count computing the features as well, so "
        "a spectrum has to earn its time. Take it makes a training and a variant of the one you choose.\n\n"
        "A .keras file from elsewhere came without data: its variants have sizes and times, but no accuracy. Nothing "
        "is trained; int8 takes its ranges from an .npy of examples, recordings that fit, or random values.\n\n"
        "Zeros alone save no flash and no time, with TensorFlow Lite Micro as in plain C; nor do weights that share "
        "their values. Both shrink an update that is packed for the air. Removed channels save flash, RAM and time "
        "everywhere. int16x8, float16 and dynamic range take a conversion, so a moment.\n\n"
        "The final test looks at the test split, once. Choose by validation first: a test that is used for choosing "
        "proves nothing any more."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._job: JobView | None = None
        self._recipe_of: Path | None = None  # the project whose recipe was shown first
        self._runs: dict[int, Run] = {}
        self._build()
        self._connect()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sliding = Sliding(self.session, self)
        self.recipe = self.sliding.recipe
        self.make_button = QPushButton("Make variant")
        self.make_button.setProperty("role", "primary")
        self.make_button.setMinimumHeight(40)
        self.add_settings(self.recipe, "Prune and quantize")
        self.calibration = CalibrationPanel()
        self.add_settings(self.calibration)
        self.add_settings(self.make_button)
        self.test = FinalTest()
        self.add_settings(self.test, "Test split, kept for the end")
        self.run = QComboBox()
        self.run.setAccessibleName("Training whose variants are shown")
        self.run.setToolTip("The training whose variants are shown")
        self.empty = EmptyState(
            "Nothing to compress yet",
            _TRAIN_FIRST,
            ("Go to Train", lambda: self.trigger("station.train")),
        )
        self.variants = VariantsView(self.session)
        self.variants.head.addWidget(self.run)
        self.views = Segmented(["Variants", "Layers"], tip="The variants, or what the sliders do to each layer")
        self.views.choose(0)
        self.sliding.strip.add_in_front(self.views)
        self.bodies = QStackedWidget()
        self.bodies.addWidget(self.variants)
        self.bodies.addWidget(self.sliding.layers)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(self.sliding.strip)
        column.addWidget(self.bodies, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(whole)
        self.content.addWidget(self.pages)

    def _connect(self) -> None:
        self.variants.failed.connect(self.show_error)
        self.sliding.failed.connect(self.show_error)
        self.variants.sensitivity.exempt_changed.connect(self.recipe.set_exempt)
        self.recipe.changed.connect(lambda recipe: self.variants.sensitivity.show_exempt(recipe.exempt))
        self.sliding.bench.changed.connect(self._compare_live)
        self.views.chosen.connect(self.bodies.setCurrentIndex)
        self.make_button.clicked.connect(self.make_or_cancel)
        self.run.currentIndexChanged.connect(lambda _index: self._show_variants())
        self.test.button.clicked.connect(self._final_test)

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
                enabled=self.test.button.isEnabled,
            ),
            *self.variants.page_actions(),
        )

    # --- showing -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        if project is None:
            return
        if changed is None:
            self.variants.forget_figures()
            if project.folder != self._recipe_of:  # else the sliders stay where they are
                self._recipe_of = project.folder
                self.recipe.set_recipe(project.settings(Recipe))
        elif Topic.SETTINGS in changed:
            self.variants.forget_figures()  # the firmware's own share of the board may have changed
        if changed is None or changed & {Topic.RUNS, Topic.VARIANTS, Topic.SETTINGS}:
            self._show_runs(project, project.runs(), project.current_variant())
            self._show_variants()
        self._show_buttons()

    def board_changed(self) -> None:
        self._show_variants()

    def leave(self) -> None:
        self.variants.leave()
        self.sliding.leave()

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
        found: Sequence[Variant] = ()
        if run_id is not None:
            found = project.given_variants() if self._is_given else project.variants(run_id)
        self.recipe.set_trains(not self._is_given)
        self.calibration.setVisible(self._is_given)
        self.variants.show_variants(self._runs.get(run_id), found)
        any_variant = self.variants.base or next(iter(found), None)  # the float one may have been deleted
        self.sliding.show_run(None if self._is_given else any_variant)
        if self._is_given:
            self.bodies.setCurrentIndex(0)
        self._show_test()

    def _compare_live(self) -> None:
        """The figures under the sliders stand beside those of the float model, and on the chart."""
        base, shown = self.variants.base, self.sliding.bench.shown
        self.variants.show_live(shown.tried if shown is not None else None, stale=not self.sliding.is_settled)
        self.sliding.show_base(self.variants.figures_of(base) if base is not None else None)

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
        if self.sliding.has_answer:
            self.sliding.keep()
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

    def _final_test(self) -> None:
        project, current = self.session.project, self.variants.current
        if project is None or current is None:
            return
        self.test.button.setEnabled(False)
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
        shown = self.variants
        self.test.show_variant(shown.current, shown.base, any_variant=bool(shown.variants))
