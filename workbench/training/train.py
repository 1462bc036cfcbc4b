"""From prepared data to a trained and judged model. For child processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.jobs import Job
from workbench.training.evaluation import Evaluation
from workbench.training.fit import fit, predict
from workbench.training.judge import judge
from workbench.training.keras_model import build_model, scale_output
from workbench.training.material import examples, fit_plan, target_scale
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

RUNTIME = "TensorFlow on this computer, float32"


@dataclass(frozen=True)
class Trained:
    """A tf_keras model that answers in the label's unit, its history and its evaluation on the validation split."""

    model: Any
    history: dict[str, list[float]]
    evaluation: Evaluation


def train_model(prepared: Prepared, settings: TrainingSettings, job: Job) -> Trained:
    """Fit the architecture of ``settings`` to the training split; the validation split picks the epoch."""
    shape = prepared.features.output_shape
    layers = network(settings, shape, len(prepared.dataset.classes), prepared.dataset.task)
    job.progress("Starting TensorFlow", 0.0)
    model = build_model(layers, model_input_shape(shape), settings.seed)
    scale = target_scale(prepared)
    history = fit(
        model,
        examples(prepared, "train", settings, scale),
        examples(prepared, "validation", settings, scale),
        fit_plan(prepared, settings, scale),
        job,
        title="Training",
    )
    if prepared.dataset.task == "regression":
        scale_output(model, scale.std, scale.mean)
    answers = predict(lambda inputs: model(inputs, training=False), prepared.inputs("validation"))
    return Trained(model, history, judge(prepared, "validation", answers, RUNTIME))
