"""Which layer of the model suffers from fewer bits, channels or weights; a click leaves it alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.compression.recipe import Recipe
from workbench.errors import WorkbenchError
from workbench.operations.sensitivity import PROBES, LayerSensitivity, Sensitivity
from workbench.project.model import Run
from workbench.quantities import percent, quantity
from workbench.ui import theme
from workbench.ui.job_bridge import JobView
from workbench.ui.session import Session
from workbench.ui.widgets.roles import panel, words
from workbench.ui.widgets.sensitivity_bars import BarRow, SensitivityBars

_FUNCTION = "workbench.operations.sensitivity:sensitivity"
_WORST_DROP = 0.2  # points of accuracy, as a share, or that part of the error, that fill a bar
_WEIGHTS_DB, _OUTPUTS_DB = 50.0, 35.0  # what int8 leaves a sound layer, so that its bars are nearly empty
_FULL_DB = 60.0  # below that: a full bar
_RATIOS = (
    ("SQNR of weights", "Signal of the layer's weights to what rounding them to int8 adds, in decibels"),
    ("SQNR of outputs", "Signal of what the layer answers to what int8 has added up to here, in decibels"),
)
_WHY = (
    "Changes one layer at a time, without retraining, and judges the whole int8 model again: what costs accuracy here "
    "is what to leave alone."
)


class SensitivityView(QWidget):
    """Measures when asked; what was measured stays for the run."""

    failed = Signal(object)  # a WorkbenchError
    exempt_changed = Signal(tuple)  # names of the layers to leave alone

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: Run | None = None
        self._job: JobView | None = None
        self._known: dict[int, Sensitivity] = {}
        self._exempt: tuple[str, ...] = ()
        self.button = QPushButton("Measure")
        self.button.setProperty("role", "primary")
        self.about = words(_WHY, "muted")
        self.about.setWordWrap(True)
        self.bars = SensitivityBars()
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addWidget(self.button)
        head.addWidget(self.about, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.bars)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.GRID)
        whole.addLayout(head)
        whole.addWidget(panel("What each layer suffers", scroll), 1)
        self.button.clicked.connect(self.measure_or_cancel)
        self.bars.exempt_changed.connect(self.exempt_changed)
        session.closed.connect(self._known.clear)

    def show_run(self, run: Run | None) -> None:
        """Show what is known of this run's model; None: there is nothing to measure it by."""
        project = self._session.project
        if project is not None and (run is None or self._run is None or run.id != self._run.id):
            self._exempt = project.settings(Recipe).exempt
        self._run = run
        self._draw()

    def show_exempt(self, exempt: Sequence[str]) -> None:
        """Another place has changed what is left alone."""
        self._exempt = tuple(exempt)
        self.bars.show_exempt(exempt)

    def measure_or_cancel(self) -> None:
        """Probe every layer of the run's model, or stop that."""
        project, run = self._session.project, self._run
        if self._job is not None and self._job.active:
            self._job.cancel()
        elif project is not None and run is not None:
            self._job = self._session.start(
                "Probe the layers",
                _FUNCTION,
                project.folder,
                run.id,
                on_done=self._measured,
                on_failed=self._failed,
                key="sensitivity",
            )
            self._job.cancelled.connect(self._draw)
        self._draw()

    def _measured(self, found: Sensitivity) -> None:
        self._known[found.run_id] = found
        self._job = None
        self._draw()

    def _failed(self, error: WorkbenchError) -> None:
        self._job = None
        self._draw()
        self.failed.emit(error)

    def _draw(self) -> None:
        running = self._job is not None and self._job.active
        self.button.setText("Cancel" if running else "Measure")
        self.button.setEnabled(self._run is not None)
        found = self._known.get(self._run.id) if self._run is not None else None
        if found is None:
            self.about.setText("Some seconds…" if running else _WHY)
            self.bars.show_rows((), (), ())
            return
        quality = percent(found.quality) if found.task == "classification" else quantity(found.quality, found.unit)
        self.about.setText(
            f"Without retraining, on {found.windows:,} validation windows; the int8 model as it is has {quality}. "
            "Sparsity, channels and clusters pass by a layer that is left alone."
        )
        heads = list(_RATIOS)
        heads += [(probe.title, probe.words) for probe in PROBES]
        self.bars.show_rows(heads, [_row(layer, found) for layer in found.layers], self._exempt)


def _row(layer: LayerSensitivity, found: Sensitivity) -> BarRow:
    noise = [_noise(layer.sqnr_db, _WEIGHTS_DB), _noise(layer.output_sqnr_db, _OUTPUTS_DB)]
    bars = [_bar(layer.drops[probe.id], found) for probe in PROBES]
    return BarRow(layer.name, f"{layer.weights:,} weights", (*noise, *bars))


def _noise(ratio: float | None, usual: float) -> tuple[float, str] | None:
    return None if ratio is None else (max(0.0, (usual - ratio) / _FULL_DB), f"{ratio:.1f} dB")


def _bar(drop: float | None, found: Sensitivity) -> tuple[float, str] | None:
    if drop is None:
        return None
    if found.task == "classification":
        return max(0.0, drop / _WORST_DROP), f"{-drop * 100:+.1f} points".replace("-", "−")
    sign = "+" if drop >= 0 else "−"
    return max(0.0, drop / max(found.quality, 1e-12) / _WORST_DROP), f"{sign}{quantity(abs(drop), found.unit)}"
