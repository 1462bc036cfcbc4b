"""A trained model and a recipe to a deployable file with its evaluation. For child processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.answers import answers_of
from workbench.compression.fine_tune import fine_tune
from workbench.compression.instant.base import make_base
from workbench.compression.instant.engine import AT_ONCE, InstantCompressor
from workbench.compression.one_shot import one_shot
from workbench.compression.recipe import Recipe
from workbench.compression.sparsity import measured_sparsity
from workbench.convert.convert import Quantization, convert
from workbench.errors import NotSupported
from workbench.jobs import Job, share
from workbench.training.evaluation import Evaluation
from workbench.training.judge import judge
from workbench.training.prepare import Prepared
from workbench.training.settings import TrainingSettings


@dataclass(frozen=True)
class Compressed:
    """A .tflite file, the share of zero weights in it, and its evaluation on the validation split."""

    tflite: bytes
    quantization: Quantization
    sparsity: float
    evaluation: Evaluation


def compress_model(model: Any, prepared: Prepared, recipe: Recipe, settings: TrainingSettings, job: Job) -> Compressed:
    """Make it smaller, fine-tune if the recipe says so, convert and judge.

    ``model`` (tf_keras) stays as it is; ``settings`` are those it was trained with. Raises NotSupported.
    """
    check_recipe(recipe)
    if recipe.trains:
        job.progress("Starting TensorFlow", 0.0)
        model = fine_tune(model, prepared, recipe, settings, share(job, 0.0, 0.8))
    elif recipe.changes_weights:
        model = one_shot(model, recipe)
    job.progress(f"Converting to {recipe.kind.words}", 0.8)
    tflite = _converted(model, calibration_windows(prepared, settings.seed)[: recipe.calibration_windows], recipe)
    job.progress("Evaluating on the validation split", 0.95)
    answers, runtime = answers_of(tflite, prepared.inputs("validation"))
    evaluation = judge(prepared, "validation", answers, runtime)
    return Compressed(tflite, recipe.kind, measured_sparsity(tflite), evaluation)


def check_recipe(recipe: Recipe) -> None:
    """Raise NotSupported for choices that exclude each other."""
    if recipe.qat and recipe.trains and not recipe.takes_qat:
        raise NotSupported(
            f"Quantization-aware training is for int8; {recipe.kind.words} gains nothing by it.",
            to_do="Choose int8, or switch it off.",
        )
    if recipe.calibration == "percentile" and not recipe.takes_percentiles:
        raise NotSupported(
            "int16 has steps to spare: clipping rare values would only lose them.", to_do="Calibrate by min/max."
        )


def calibration_windows(prepared: Prepared, seed: int) -> NDArray[np.float32]:
    """Model inputs (N, …) of the training split in random order, never from what the model is judged on."""
    indices = prepared.indices("train")
    order = np.random.default_rng(seed).permutation(len(indices))[:_POOL]
    return prepared.as_inputs(prepared.dataset.windows[indices[order]])


_POOL = 5000  # as many as a recipe may ask for


def _converted(model: Any, calibration: NDArray[np.float32], recipe: Recipe) -> bytes:
    if recipe.trains and recipe.qat:  # the network has learnt its ranges
        return convert(model, calibration[:0], recipe.kind, knows_ranges=True)
    if recipe.calibration == "percentile" and recipe.kind in AT_ONCE and recipe.kind.is_calibrated:
        # The converter knows the extremes only.
        plain = Recipe(
            quantization=recipe.quantization,
            calibration=recipe.calibration,
            percentile=recipe.percentile,
            calibration_windows=recipe.calibration_windows,
        )
        with ThreadPoolExecutor(1) as threads:
            compressor = InstantCompressor(make_base(model, calibration), calibration, calibration[:1], threads)
            return compressor.answer(plain).model
    return convert(model, calibration, recipe.kind)
