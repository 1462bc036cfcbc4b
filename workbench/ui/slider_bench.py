"""Behind the sliders: what was moved last is answered in a thread, and fine-tuned in a child once it rests."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from workbench.compression.instant.engine import AT_ONCE
from workbench.compression.recipe import Recipe
from workbench.errors import WorkbenchError
from workbench.operations.fit_figures import FitInputs
from workbench.operations.sliders import SliderData, Sliders, Tried
from workbench.ui.background import Background
from workbench.ui.job_bridge import JobView, plain_error
from workbench.ui.session import Session

READ = "workbench.operations.sliders:read_slider_data"
FINE_TUNE = "workbench.operations.compress:fine_tuned"


class State(Enum):
    """How far the answer to the current recipe is."""

    OFF = auto()  # no model, or its data cannot be read
    READING = auto()
    ANSWERING = auto()  # what is shown belongs to a recipe before
    EXACT = auto()  # the file of this recipe, not fine-tuned
    SLOW = auto()  # this number format takes a conversion
    FINE_TUNED = auto()


@dataclass(frozen=True, eq=False)
class Shown:
    """A result on the screen; ``fine_tuned`` says whether it was trained on."""

    tried: Tried
    fine_tuned: bool = False


class SliderBench(QObject):
    """Answers recipes of one run; a later recipe takes the place of an earlier one.

    A recipe that comes while another is answered waits for it, at most a tenth of a second, and only the last one
    waits: so figures follow a slider that is dragged on and on, and at rest they are those of its place.
    """

    changed = Signal()  # `state`, `shown` or `reason`
    failed = Signal(object)  # a WorkbenchError of fine-tuning

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background(self)
        self._sliders: Sliders | None = None
        self._run_id: int | None = None
        self._recipe: Recipe | None = None
        self._next: Recipe | None = None  # what waits while another is answered
        self._answering = False
        self._round = 0  # answers of an earlier one are not wanted any more
        self._inputs: FitInputs | None = None
        self._reading: JobView | None = None
        self._tuning: JobView | None = None
        self.state = State.OFF
        self.shown: Shown | None = None
        self.reason = ""  # why there is no answer
        self.refusals: dict[str, str] = {}  # settings of a recipe that make no sense for this model, and why

    # --- which model -------------------------------------------------------------------------------

    @property
    def run_id(self) -> int | None:
        """The run whose recipes are answered."""
        return self._run_id

    def show_run(self, run_id: int | None, inputs: FitInputs | None, recipe: Recipe) -> None:
        """Answer recipes of a run from now on, with figures for what ``inputs`` says; None for no run."""
        if run_id is not None and run_id == self._run_id:
            if recipe != self._recipe or _place(inputs) != _place(self._inputs):
                self._inputs = inputs
                self.try_recipe(recipe)
            return
        self.forget()
        project = self._session.project
        if run_id is None or project is None:
            return
        self._run_id, self._inputs, self._recipe = run_id, inputs, recipe
        self._become(State.READING)
        self._reading = self._session.start(
            "Prepare the sliders",
            READ,
            project.folder,
            run_id,
            on_done=self._take_data,
            on_failed=self._no_data,
            key="sliders.read",
        )

    def forget(self) -> None:
        """There is no model any more: nothing that was asked arrives."""
        self._stop_tuning()
        if self._reading is not None:
            self._reading.cancel()
        self._reading = None
        self._round += 1
        self._background.forget()
        self._answering, self._next, self._recipe = False, None, None
        if self._sliders is not None:
            self._sliders.close()
        self._sliders, self._run_id, self.shown, self.refusals = None, None, None, {}
        self._become(State.OFF)

    def leave(self) -> None:
        """The window is closing."""
        self._round += 1
        self._background.stop()
        if self._sliders is not None:
            self._sliders.close()
            self._sliders = None

    def _take_data(self, data: SliderData) -> None:
        self._reading = None
        self._sliders = Sliders(data)
        self.refusals = self._sliders.refusals()
        if self._recipe is not None:
            self.try_recipe(self._recipe)

    def _no_data(self, error: WorkbenchError) -> None:
        self._reading = None
        self._become(State.OFF, f"No immediate figures: {error.what}")

    # --- answering ---------------------------------------------------------------------------------

    def try_recipe(self, recipe: Recipe) -> None:
        """Show what this recipe gives; fine-tuning of another is cancelled."""
        self._stop_tuning()
        self._recipe = recipe
        if self._sliders is None:
            return
        if recipe.kind not in AT_ONCE:
            self._next = None
            self._become(State.SLOW)
            return
        self._become(State.ANSWERING)
        self._next = recipe
        if not self._answering:
            self._answer_next()

    def _answer_next(self) -> None:
        recipe, sliders, number = self._next, self._sliders, self._round
        self._next = None
        if recipe is None or sliders is None:
            return
        self._answering = True
        self._background.ask(
            sliders.try_recipe,
            recipe,
            self._inputs,
            lambda: self._round == number,
            then=self._take_answer,
            failed=self._no_answer,
        )

    def _take_answer(self, tried: Tried) -> None:
        self._answering = False
        self.shown = Shown(tried)
        if self._next is not None:
            self.changed.emit()
            self._answer_next()
        elif tried.recipe == self._recipe:
            self._become(State.EXACT)
            if self._sliders is not None:  # nothing waits, so there is time for a closer look
                self._background.ask(self._sliders.with_output_noise, tried, then=self._take_noise)

    def _take_noise(self, tried: Tried) -> None:
        if self.shown is not None and self.shown.tried.recipe == tried.recipe:
            shown = dataclasses.replace(self.shown.tried, layers=tried.layers)
            self.shown = dataclasses.replace(self.shown, tried=shown)
            self.changed.emit()

    def _no_answer(self, error: Exception) -> None:
        self._answering = False
        if self._next is not None:
            self._answer_next()
            return
        self.shown = None
        self._become(State.SLOW, plain_error(error).what)

    # --- fine-tuning -------------------------------------------------------------------------------

    def settle(self) -> None:
        """The sliders rest: make what takes longer, if the recipe asks for it."""
        project, recipe = self._session.project, self._recipe
        if project is None or recipe is None or self._sliders is None or self._tuning is not None:
            return
        if recipe.kind in AT_ONCE and not recipe.trains:
            return
        if self.shown is not None and self.shown.fine_tuned and self.shown.tried.recipe == recipe:
            return
        tuning = self._tuning = self._session.start(
            f"Fine-tune {recipe.name}" if recipe.trains else f"Convert to {recipe.kind.words}",
            FINE_TUNE,
            project.folder,
            recipe,
            self._inputs,
            on_done=lambda tuned: self._take_tuned(recipe, tuned),
            on_failed=self._no_tuned,
            key="sliders.fine_tune",
            run_id=self._run_id,
        )
        tuning.cancelled.connect(lambda: self._tuning_stopped(tuning))
        self.changed.emit()

    @property
    def tuning(self) -> JobView | None:
        """Fine-tuning under way."""
        return self._tuning

    def cancel_tuning(self) -> None:
        """Stay with what is shown."""
        self._stop_tuning()
        self.changed.emit()

    def _stop_tuning(self) -> None:
        if self._tuning is not None:
            self._tuning.cancel()
        self._tuning = None

    def _tuning_stopped(self, tuning: JobView) -> None:
        if tuning is self._tuning:  # word of an earlier one may come while the next is under way
            self._tuning = None
            self.changed.emit()

    def _take_tuned(self, recipe: Recipe, tuned: Tried) -> None:
        self._tuning = None
        if recipe != self._recipe:
            return
        before = self.shown
        layers = before.tried.layers if before is not None and before.tried.recipe == recipe else ()
        self.shown = Shown(dataclasses.replace(tuned, layers=layers), fine_tuned=recipe.trains)
        self._become(State.FINE_TUNED if recipe.trains else State.EXACT)

    def _no_tuned(self, error: WorkbenchError) -> None:
        self._tuning = None
        self.changed.emit()
        self.failed.emit(error)

    def _become(self, state: State, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self.changed.emit()


def _place(inputs: FitInputs | None) -> tuple[object, ...]:
    """What figures depend on, beside the model and what feeds it."""
    return () if inputs is None else (inputs.board, inputs.buffers, inputs.firmware, inputs.deployment)
