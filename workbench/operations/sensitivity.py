"""Which layer suffers: each is changed alone, without retraining, and the whole model is judged again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.compression.recipe import Recipe
from workbench.jobs import Job, share
from workbench.operations.outcome import Outcome
from workbench.operations.sliders import Sliders, Tried, read_slider_data
from workbench.operations.work import chosen_run
from workbench.project.store import Project
from workbench.training.evaluation import Evaluation


@dataclass(frozen=True)
class Probe:
    """A change that is made to one layer at a time."""

    id: str
    title: str
    words: str
    changes: dict[str, Any]


PROBES = (
    Probe("bits", "4 bits", "16 different weights in the layer, as many as 4 bits tell apart", {"clusters": 16}),
    Probe(
        "channels", "Half the channels", "the weaker half of the layer's filters or units removed", {"channels": 0.5}
    ),
    Probe("sparsity", "Half the weights", "the smaller half of the layer's weights set to zero", {"sparsity": 0.5}),
)


@dataclass(frozen=True)
class LayerSensitivity:
    """One layer: the signal-to-quantization-noise ratios of its int8 weights and of its outputs in dB, and the probes.

    ``drops`` are by how much the model's accuracy (a share of 1) falls, or its mean absolute error rises; None where
    the probe changes nothing of this layer. ``sqnr_db`` under the probe of fewer bits is ``bits_sqnr_db``.
    """

    name: str
    kind: str
    weights: int
    sqnr_db: float
    output_sqnr_db: float | None
    bits_sqnr_db: float | None
    drops: dict[str, float | None]


@dataclass(frozen=True)
class Sensitivity:
    """All layers of a run's model in their order; ``quality`` is that of the int8 model as it is."""

    run_id: int
    task: str
    unit: str
    quality: float
    windows: int
    layers: tuple[LayerSensitivity, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return dataclasses.asdict(self) | {"probes": {probe.id: probe.words for probe in PROBES}}


def sensitivity(folder: Path, run_id: int | None = None, *, job: Job) -> Outcome[Sensitivity]:
    """Probe every layer of a run's model (the latest run's when None), on all windows of the validation split.

    Runs in a child process: some seconds to read, then a fraction of a second for each layer and probe. Raises
    NotPossible without a run, NotSupported when the model is none that recipes are tried on at once.
    """
    with Project.open(folder) as project:
        chosen = chosen_run(project, run_id).id
    data = read_slider_data(folder, chosen, job=share(job, 0.0, 0.4))
    sliders = Sliders(data)
    try:
        found = _probe(sliders, chosen, job)
    finally:
        sliders.close()
    return Outcome(found, messages=data.messages)


def _probe(sliders: Sliders, run_id: int, job: Job) -> Sensitivity:
    plain = Recipe(fine_tune_epochs=0)
    before = sliders.with_output_noise(sliders.try_recipe(plain))
    names = [view.name for view in before.layers]
    layers = []
    for place, view in enumerate(before.layers):
        job.progress(f"Layer {view.name}", 0.4 + 0.6 * place / len(names))
        others = tuple(name for name in names if name != view.name)
        tried = {
            probe.id: sliders.try_recipe(dataclasses.replace(plain, exempt=others, **probe.changes)) for probe in PROBES
        }
        drops = {name: _drop(before, after) for name, after in tried.items()}
        bits = tried["bits"].layers[place].sqnr_db if drops["bits"] is not None else None
        noise = (view.sqnr_db, view.output_sqnr_db, bits)
        layers.append(LayerSensitivity(view.name, view.kind, view.weights, *noise, drops))
    judged = before.compressed.evaluation
    return Sensitivity(run_id, judged.task, judged.unit, _quality(judged), judged.count, tuple(layers))


def _drop(before: Tried, after: Tried) -> float | None:
    """How much worse; None when the file is the same, so that there was nothing to change."""
    if after.compressed.tflite == before.compressed.tflite:
        return None
    old, new = before.compressed.evaluation, after.compressed.evaluation
    change = _quality(new) - _quality(old)
    return -change if old.accuracy is not None else change


def _quality(judged: Evaluation) -> float:
    return judged.accuracy if judged.accuracy is not None else judged.mae or 0.0
