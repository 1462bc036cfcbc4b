"""Train: choose a network, watch it learn, see what it confuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from workbench.dataset.settings import TargetSettings
from workbench.errors import WorkbenchError
from workbench.operations.outcome import Topic
from workbench.operations.preview import preview_architecture
from workbench.operations.settings import change_settings
from workbench.project.model import Run
from workbench.quantities import NOTHING, THIN_SPACE, percent, quantity
from workbench.training.evaluation import from_json as evaluation_from_json
from workbench.training.prepare import saved_settings
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import LayerSketch
from workbench.ui import theme
from workbench.ui.actions import Action
from workbench.ui.job_bridge import JobView
from workbench.ui.pages.page import EmptyState, Page
from workbench.ui.session import Session
from workbench.ui.widgets.architecture_view import ArchitectureView, Block
from workbench.ui.widgets.curves_view import ACCURACY, CurvesView, Metric
from workbench.ui.widgets.elided_label import ElidedLabel
from workbench.ui.widgets.evaluation_view import EvaluationView
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.row_table import Column, RowTable
from workbench.ui.widgets.settings_form import SettingsForm

# Layers that change no shape and hold nearly no parameters on the board: folded into the layer before them.
_FOLDED = {"BatchNormalization", "ReLU", "Dropout", "Flatten"}


class TrainPage(Page):
    """The network on top, curves and runs at the left, the result at the right."""

    id: ClassVar[str] = "train"
    title: ClassVar[str] = "Train"
    help_text: ClassVar[str] = (
        "The network is drawn to scale: the height of a block is the length of what the layer gives, its width the "
        "number of channels. Change the settings and it is drawn anew at once.\n\n"
        "Training runs in a process of its own and can be cancelled at any moment. The curves are live; the ring "
        "marks the epoch that is kept: the best one by the validation loss, or the last.\n\n"
        "The result is measured on the validation split, on groups that the model was not trained on. Rows of the "
        "matrix are what was true, columns what the model said; click a cell to read it, and a window below it to see "
        "that stretch of its recording on the Label page."
    )

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._job: JobView | None = None
        self._shown_run: int | None = None
        self._build()

    # --- building ----------------------------------------------------------------------------------

    def _build(self) -> None:
        self.architecture = ArchitectureView()
        self.cost = words("", "muted")
        self.curves = CurvesView()
        self.state = ElidedLabel("muted")
        self.runs = RowTable(_run_columns(), key=lambda run: run.id)
        self.runs.setAccessibleName("Trainings")
        self.result = EvaluationView("Train to see what the model gets right, and what it confuses.")
        self.form = SettingsForm(TrainingSettings())
        self.button = QPushButton("Train")
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(40)
        self.add_settings(self.button)
        self.add_settings(self.form, "Network and fit")
        self.empty = EmptyState(
            "Nothing to learn from yet",
            "Record or import some labelled recordings first: a few of each label, from more than two people or days.",
            ("Go to Capture", lambda: self.trigger("station.capture")),
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self._lay_out())
        self.content.addWidget(self.pages)
        self.form.changed.connect(lambda value: self.session.perform(change_settings, value))
        self.button.clicked.connect(self.train_or_cancel)
        self.runs.chosen.connect(self._show_run)
        self.result.window_chosen.connect(self.session.window_wanted)

    def _lay_out(self) -> QWidget:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(panel("Learning", self.state, self.curves))
        left.addWidget(panel("Runs", self.runs))
        left.setSizes([240, 150])
        low = QSplitter(Qt.Orientation.Horizontal)
        low.addWidget(left)
        low.addWidget(panel("Result on the validation split", self.result))
        low.setSizes([420, 400])
        for splitter in (left, low):
            splitter.setHandleWidth(theme.GRID)
            splitter.setChildrenCollapsible(False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(panel("Network", self.architecture, self.cost, stretch=False))
        column.addWidget(low, 1)
        return whole

    def page_actions(self) -> Sequence[Action]:
        return (
            Action(
                "train.train",
                "Train",
                "Train with these settings, or cancel the training under way",
                self.train_or_cancel,
                "Ctrl+T",
                self.button.isEnabled,
                self.button.text,
            ),
        )

    # --- showing -----------------------------------------------------------------------------------

    def refresh(self, changed: frozenset[Topic] | None) -> None:
        project = self.session.project
        if project is None:
            return
        if changed is None:
            self._shown_run = None
        if changed is None or changed & {Topic.RECORDINGS, Topic.SEGMENTS, Topic.SETTINGS}:
            self.empty.suit(project)
            self.pages.setCurrentIndex(1 if project.recordings() else 0)
            self.form.set_value(project.settings(TrainingSettings))
            value: TrainingSettings = self.form.value
            for name in ("kernel", "downsampling"):
                self.form.set_row_visible(name, value.architecture != "dense")
            self.form.set_row_visible("patience", not value.keeps_last)
            self.form.set_row_visible("class_weights", project.settings(TargetSettings).task != "regression")
            self._draw_network()
            if self._shown_run is None:
                self._show_run(None)  # the axis names what the target is judged by
        if changed is None or Topic.RUNS in changed:
            runs = project.runs()
            newest = runs[-1].id if runs else None
            self.runs.set_rows(list(reversed(runs)))
            if changed is None or newest != self._shown_run:
                self.runs.choose(newest)
                self._show_run(newest)
        self._show_button()

    def board_changed(self) -> None:
        """Nothing here depends on the board."""

    def _wanted_metric(self) -> Metric:
        """What the next training is judged by."""
        project = self.session.project
        target = project.settings(TargetSettings) if project is not None else TargetSettings()
        return _metric(target.task, target.unit)

    def _draw_network(self) -> None:
        project = self.session.project
        if project is None:
            return
        try:
            sketch = preview_architecture(project).value
        except WorkbenchError as error:
            self.architecture.show_blocks((), ())
            self.cost.setText(str(error))
            return
        self.architecture.show_blocks(sketch[0].output_shape, _blocks(sketch))
        parameters, macs = sum(layer.parameters for layer in sketch), sum(layer.macs for layer in sketch)
        self.cost.setText(f"{parameters:,} parameters · {macs:,} multiply-accumulates a prediction")

    def _show_button(self) -> None:
        project = self.session.project
        running = self._job is not None and self._job.active
        possible = running or (project is not None and bool(project.recordings()))
        self.button.setEnabled(possible)
        self.button.setText("Cancel training" if running else "Train")
        tip = "Stop and keep nothing of it" if running else "Train with these settings (Ctrl+T)"
        self.button.setToolTip(tip if possible else "There are no recordings to train on")
        self.form.setEnabled(not running)

    def _show_run(self, run_id: Any) -> None:
        project = self.session.project
        if project is None or (self._job is not None and self._job.active):
            return
        self._shown_run = run_id
        if run_id is None:
            self.curves.clear(self._wanted_metric(), 1)
            self.state.setText("Not trained yet. Press Train: it takes about a minute.")
            self.result.show_evaluation(None)
            return
        run = project.run(run_id)
        keeps_last = saved_settings(run, TrainingSettings).keeps_last
        self.curves.show_history(_metric(run.task, run.target_unit), run.history, keeps_last=keeps_last)
        epochs = len(run.history.get("loss", ()))
        self.state.setText(f"Run {run.id}: {run.title}, {epochs} epochs")
        recordings = {recording.id: recording for recording in project.recordings()}
        self.result.show_evaluation(evaluation_from_json(run.evaluation), recordings)

    # --- training ----------------------------------------------------------------------------------

    def train_or_cancel(self) -> None:
        """Start a training, or stop the one under way."""
        project = self.session.project
        if self._job is not None and self._job.active:
            self._job.cancel()
            return
        if project is None:
            return
        settings: TrainingSettings = self.form.value
        self.messages.clear()
        self._job = self.start(
            "Train",
            "workbench.operations.train:train",
            project.folder,
            on_report=self._take_report,
            on_done=self._trained,
        )
        self._job.progressed.connect(lambda text, _fraction: self.state.setText(text))
        self._job.failed.connect(lambda _error: self._ended("Training stopped."))
        self._job.cancelled.connect(lambda: self._ended("Training cancelled; nothing was kept of it."))
        self.curves.clear(self._wanted_metric(), settings.epochs, keeps_last=settings.keeps_last)
        self.state.setText("Starting …")
        self._show_button()

    def _take_report(self, kind: str, values: dict[str, Any]) -> None:
        if kind != "epoch":
            return
        self.curves.add_epoch({key: value for key, value in values.items() if key not in ("epoch", "epochs")})

    def _trained(self, run_id: int) -> None:
        self._job = None
        self.runs.choose(run_id)
        self._show_run(run_id)
        self._show_button()

    def _ended(self, text: str) -> None:
        self._job = None
        self._show_run(self._shown_run)
        self.state.setText(text)
        self._show_button()


def _blocks(sketch: Sequence[LayerSketch]) -> list[Block]:
    """What is drawn of the layers: those that only pass on are counted with the one before them."""
    blocks: list[Block] = []
    for layer in sketch[1:]:
        if layer.kind in _FOLDED:
            if blocks:
                last = blocks[-1]
                parameters, macs = last.parameters + layer.parameters, last.macs + layer.macs
                blocks[-1] = Block(last.name, last.kind, last.shape, parameters, macs)
        else:
            blocks.append(Block(layer.name, layer.kind, layer.output_shape, layer.parameters, layer.macs))
    return blocks


def _metric(task: str, unit: str) -> Metric:
    return ACCURACY if task == "classification" else Metric("mae", f"MAE, {unit}" if unit else "MAE")


def _quality(run: Run) -> str:
    accuracy, mae = run.evaluation.get("accuracy"), run.evaluation.get("mae")
    if accuracy is not None:
        return percent(accuracy)
    return quantity(mae, run.target_unit) if mae is not None else NOTHING


def _run_columns() -> list[Column]:
    return [
        Column("#", lambda run: str(run.id), sort=lambda run: run.id, numeric=True),
        Column("What", lambda run: run.title, stretch=True, tip=_described),
        Column("Validation", _quality, sort=lambda run: run.evaluation.get("accuracy") or 0.0, numeric=True),
        Column("Parameters", lambda run: f"{run.parameters:,}", sort=lambda run: run.parameters, numeric=True),
    ]


def _described(run: Run) -> str:
    counts = ", ".join(f"{part} {run.split.get(part, 0):,}" for part in ("train", "validation", "test"))
    shape = "×".join(str(side) for side in run.input_shape)
    by = run.split.get("by", NOTHING)
    return f"{run.title}\ninput {shape}\nsplit by {by}: {counts} windows\n{run.created.replace('T', ' ')}{THIN_SPACE}"
