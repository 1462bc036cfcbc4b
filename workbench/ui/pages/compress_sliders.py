"""The slider part of the Compress page: recipe, immediate figures, layers; and what is kept of them."""

from __future__ import annotations

import html

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from workbench.figures import UNKNOWN
from workbench.operations.compress import keep_compressed
from workbench.operations.fit_figures import FitFigures, fit_inputs
from workbench.operations.settings import change_settings
from workbench.project.model import Variant
from workbench.ui.pages.slider_words import about, captions, layers_note, no_layers, status, title, zeros_in_words
from workbench.ui.session import Session
from workbench.ui.slider_bench import SliderBench, State
from workbench.ui.widgets.layers_view import LayersView
from workbench.ui.widgets.live_strip import NAMES, LiveStrip
from workbench.ui.widgets.recipe_panel import DIALS, RecipePanel

_LOOK_MS = 300  # somebody who only passes by needs no figures


class Sliding(QObject):
    """Connects the recipe's sliders with what answers them and with what shows the answers."""

    failed = Signal(object)  # a WorkbenchError

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._base: Variant | None = None
        self._base_figures: FitFigures | None = None
        self.recipe = RecipePanel()
        self.strip = LiveStrip()
        self.layers = LayersView()
        self.bench = SliderBench(session, self)
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._begin)
        self.recipe.changed.connect(self.bench.try_recipe)
        self.recipe.settled.connect(self.bench.settle)
        self.layers.exempt_changed.connect(self.recipe.set_exempt)
        self.strip.stopped.connect(self.bench.cancel_tuning)
        self.strip.kept.connect(self.keep)
        self.bench.changed.connect(self._show)
        self.bench.failed.connect(self.failed)
        session.closed.connect(self.forget)
        self._show()

    def show_run(self, base: Variant | None) -> None:
        """Answer for the run of this variant; None when there is nothing to answer for."""
        self._base = base if base is not None and base.run_id is not None else None
        self.strip.setVisible(self._base is not None)
        if self._base is None:
            self.forget()
        elif self.bench.run_id == self._base.run_id:
            self._begin()
        else:
            self.bench.forget()
            self._looking.start()

    def show_base(self, figures: FitFigures | None) -> None:
        """What the figures are compared with."""
        if figures is not self._base_figures:
            self._base_figures = figures
            self._show()

    def forget(self) -> None:
        """Another project, or none."""
        self._looking.stop()
        self._base_figures = None
        self.bench.forget()

    def leave(self) -> None:
        """The window is closing."""
        self._looking.stop()
        self.recipe.leave()
        self.bench.leave()

    def _begin(self) -> None:
        project, base = self._session.project, self._base
        if project is not None and base is not None and base.run_id is not None:
            self.bench.show_run(base.run_id, fit_inputs(project, base, self._session.board), self.recipe.recipe)

    @property
    def has_answer(self) -> bool:
        """Whether what is shown is what making a variant of the recipe would give."""
        shown = self.bench.shown
        if shown is None or shown.tried.recipe != self.recipe.recipe or self.bench.tuning is not None:
            return False
        wanted = State.FINE_TUNED if self.recipe.recipe.trains else State.EXACT
        return self.bench.state is wanted

    def keep(self) -> None:
        """Keep what is shown as a variant."""
        shown, run_id = self.bench.shown, self.bench.run_id
        if shown is None or run_id is None or not self.is_settled:
            return
        recipe = shown.tried.recipe
        if recipe.trains and not shown.fine_tuned:  # the name tells what it is
            recipe = recipe.without_training()
        self._session.perform(change_settings, self.recipe.recipe)
        self._session.perform(keep_compressed, run_id, recipe, shown.tried.compressed)

    @property
    def is_settled(self) -> bool:
        """Whether what is shown belongs to where the sliders are."""
        return self.bench.state in (State.EXACT, State.FINE_TUNED)

    def _show(self) -> None:
        bench, shown = self.bench, self.bench.shown
        stale = not self.is_settled
        known = shown.tried.figures if shown is not None else None
        figures = {name: getattr(known, name) if known is not None else UNKNOWN for name in NAMES}
        self.strip.show_figures(figures, captions(figures, self._base_figures), stale=stale)
        self.strip.say(title(bench), *status(bench), about(bench))
        self.strip.setToolTip(f"<p>{html.escape(zeros_in_words(shown.tried))}</p>" if shown is not None else "")
        for name in DIALS:
            self.recipe.set_refusal(name, bench.refusals.get(name, ""))
        self.strip.stop_button.setVisible(bench.tuning is not None)
        self.strip.keep_button.setEnabled(self.is_settled and shown is not None)
        if shown is None or not shown.tried.layers:
            self.layers.show_none(no_layers(bench))
        else:
            self.layers.show_layers(
                shown.tried.layers, self.recipe.recipe.exempt, layers_note(bench, self.recipe.recipe), stale=stale
            )
