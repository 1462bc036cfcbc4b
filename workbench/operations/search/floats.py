"""Float models that trials have trained, in files: a worker compresses what another one has trained."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench import fields
from workbench.features.settings import FeatureSettings
from workbench.files import write_atomically
from workbench.jobs import Job
from workbench.training.fit import predict
from workbench.training.judge import judge
from workbench.training.keras_model import load_model, model_bytes
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings
from workbench.training.train import RUNTIME, Trained, train_model


@dataclass(frozen=True)
class FloatModels:
    """The trained models of one run of a search, by settings and validation fold.

    They are not kept longer than it: recordings and labels may be others when it goes on.
    """

    folder: Path

    def trained(
        self, training: TrainingSettings, features: FeatureSettings, fold: int, prepared: Prepared, job: Job
    ) -> Trained:
        """The model for these settings; trained unless somebody has done so. ``prepared`` has the features and fold."""
        asked = json.dumps([fields.to_json(training), fields.to_json(features), fold], sort_keys=True)
        model_file = self.folder / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.keras"
        history_file = model_file.with_suffix(".json")
        if history_file.is_file():  # written last
            return _loaded(model_file, history_file, prepared)
        made = train_model(prepared, training, job)
        write_atomically(model_file, model_bytes(made.model))
        write_atomically(history_file, json.dumps(made.history).encode())
        return made


def _loaded(model_file: Path, history_file: Path, prepared: Prepared) -> Trained:
    model = load_model(model_file)
    answers = predict(lambda inputs: model(inputs, training=False), prepared.inputs("validation"))
    history = json.loads(history_file.read_bytes())
    return Trained(model, history, judge(prepared, "validation", answers, RUNTIME))


@contextlib.contextmanager
def float_models(search: Path) -> Iterator[FloatModels]:
    """An empty place for them in the folder of a search, gone at the end; what a killed search has left goes first."""
    place = search / "floats"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield FloatModels(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
