"""A trained model and a recipe to a deployable file with its evaluation. For child processes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.prune import prune
from workbench.compression.recipe import Recipe
from workbench.compression.sparsity import measured_sparsity
from workbench.convert.convert import Quantization, convert
from workbench.convert.run import run_tflite, runtime_name
from workbench.jobs import Job, share
from workbench.training.evaluation import Evaluation
from workbench.training.judge import judge
from workbench.training.keras_model import scale_output
from workbench.training.material import examples, fit_plan, target_scale
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings

CALIBRATION_WINDOWS = 400  # more move the ranges no further
FINE_TUNING_RATE = 0.5  # of the learning rate that the model was trained with


@dataclass(frozen=True)
class Compressed:
    """A .tflite file, the share of zero weights in it, and its evaluation on the validation split."""

    tflite: bytes
    quantization: Quantization
    sparsity: float
    evaluation: Evaluation


def compress_model(model: Any, prepared: Prepared, recipe: Recipe, settings: TrainingSettings, job: Job) -> Compressed:
    """Prune, convert and judge. ``model`` (tf_keras) stays as it is; ``settings`` are those it was trained with."""
    if recipe.sparsity > 0:
        model = _pruned(model, prepared, recipe, settings, share(job, 0.0, 0.8))
    kind = Quantization(recipe.quantization)
    job.progress(f"Converting to {recipe.quantization.replace('_', ' ')}", 0.8)
    tflite = convert(model, calibration_windows(prepared, settings.seed), kind)
    job.progress("Evaluating on the validation split", 0.95)
    answers = run_tflite(tflite, prepared.inputs("validation"))
    evaluation = judge(prepared, "validation", answers, runtime_name())
    return Compressed(tflite, kind, measured_sparsity(tflite), evaluation)


def calibration_windows(prepared: Prepared, seed: int) -> NDArray[np.float32]:
    """Model inputs (N, …) drawn at random from the training split, never from what the model is judged on."""
    inputs = prepared.inputs("train")
    order = np.random.default_rng(seed).permutation(len(inputs))
    return inputs[np.sort(order[:CALIBRATION_WINDOWS])]


def _pruned(model: Any, prepared: Prepared, recipe: Recipe, settings: TrainingSettings, job: Job) -> Any:
    job.progress("Starting TensorFlow", 0.0)
    scale = target_scale(prepared)
    plan = dataclasses.replace(
        fit_plan(prepared, settings, scale),
        epochs=recipe.fine_tune_epochs,
        patience=recipe.fine_tune_epochs,
        learning_rate=settings.learning_rate * FINE_TUNING_RATE,
    )
    regression = prepared.dataset.task == "regression"
    if regression:  # learn on the scale that the model was trained on, then back to the label's unit
        scale_output(model, 1 / scale.std, -scale.mean / scale.std)
    pruned = prune(
        model,
        examples(prepared, "train", settings, scale),
        examples(prepared, "validation", settings, scale),
        sparsity=recipe.sparsity,
        plan=plan,
        job=job,
    )
    if regression:
        scale_output(model, scale.std, scale.mean)
        scale_output(pruned, scale.std, scale.mean)
    return pruned
