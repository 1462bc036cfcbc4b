"""How long training, compressing and evaluating a sample project take."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench import jobs
from workbench.compression.recipe import Recipe
from workbench.convert.run import run_tflite
from workbench.dataset.build import build_dataset
from workbench.dataset.settings import SplitSettings
from workbench.dataset.split import split_dataset
from workbench.features.compute import compute
from workbench.features.settings import FeatureSettings
from workbench.project import Project
from workbench.training.prepare import prepare_again

pytestmark = pytest.mark.bench

Figure = Callable[[str, str, str], None]


def timed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    return function(*args, **kwargs), time.perf_counter() - start


@pytest.fixture
def exercises(samples: Path, tmp_path: Path) -> Path:
    return shutil.copytree(samples / "shoulder_exercises", tmp_path / "exercises")


def test_the_line_on_exercises(exercises: Path, figure: Figure) -> None:
    trained, train_s = timed(jobs.run, "workbench.operations.train:train", exercises)
    int8, int8_s = timed(jobs.run, "workbench.operations.compress:compress", exercises, Recipe())
    _, sparse_s = timed(jobs.run, "workbench.operations.compress:compress", exercises, Recipe(sparsity=0.5))
    report, test_s = timed(jobs.run, "workbench.operations.evaluate:report_on_test", exercises, int8.value)
    with Project.open(exercises) as project:
        epochs = len(project.run(trained.value).history["loss"])
    figure(f"train, {epochs} epochs, and the float variant", f"{train_s:.1f} s", "")
    figure("int8 variant", f"{int8_s:.1f} s", "")
    figure("int8 variant, half of the weights pruned", f"{sparse_s:.1f} s", "")
    figure("train + int8 + report on the test split", f"{train_s + int8_s + test_s:.1f} s", "< 90 s on two cores")
    accuracy = {name: result["accuracy"] for name, result in report.value.items()}
    figure("test accuracy by subject, float", f"{accuracy['float']:.3f}", ">= 0.80")
    figure("test accuracy by subject, int8", f"{accuracy['variant']:.3f}", "within 0.015 of float")


def test_windows_features_and_runtime(exercises: Path, figure: Figure) -> None:
    with Project.open(exercises) as project:
        build_dataset(project)  # imports and the file cache
        dataset, build_s = timed(build_dataset, project)
        _, split_s = timed(split_dataset, dataset, project.settings(SplitSettings))
    figure(f"read and cut {dataset.count} windows of {dataset.input_shape}", f"{build_s * 1e3:.0f} ms", "")
    figure("split them by subject", f"{split_s * 1e3:.0f} ms", "")
    for block in ("statistics", "spectrum"):
        _, seconds = timed(compute, dataset.windows, FeatureSettings(block=block))
        figure(f"{block} features of all of them", f"{seconds * 1e3:.0f} ms", "")
    run_id = jobs.run("workbench.operations.train:train", exercises).value
    variant_id = jobs.run("workbench.operations.compress:compress", exercises, Recipe()).value
    with Project.open(exercises) as project:
        prepared = prepare_again(project, project.run(run_id))
        model = project.path(project.variant(variant_id).model_file).read_bytes()
    inputs = prepared.inputs("train")[:1000]
    run_tflite(model, inputs[:10])
    answers, seconds = timed(run_tflite, model, inputs)
    assert np.isfinite(answers).all()
    figure(f"int8 answers to {len(inputs)} windows, one by one", f"{seconds * 1e3:.0f} ms", "")
