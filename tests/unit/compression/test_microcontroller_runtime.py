"""What the microcontroller runtime makes of the models that are exported."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench import jobs
from workbench.compression.recipe import Recipe
from workbench.convert.run import run_tflite
from workbench.graph.read import read_graph
from workbench.project import Project
from workbench.training.prepare import Prepared, prepare_again

tflm = pytest.importorskip("tflite_micro", reason="the microcontroller runtime has a wheel for Linux on x86-64 only")


def answers_of_tflm(model: bytes, inputs: np.ndarray) -> np.ndarray:
    """The model's int8 answers dequantized, computed by TensorFlow Lite Micro's reference kernels."""
    interpreter = tflm.runtime.Interpreter.from_bytes(model, arena_size=2_000_000)
    graph = read_graph(model).main
    taken, given = graph.input_tensors[0].quantization, graph.output_tensors[0].quantization
    assert taken is not None and given is not None
    steps = np.rint(inputs / np.float32(taken.scales[0])) + taken.zero_points[0]
    answers = []
    for window in np.clip(steps, -128, 127).astype(np.int8):
        interpreter.set_input(window[np.newaxis], 0)
        interpreter.invoke()
        answers.append(interpreter.get_output(0).reshape(-1))
    return (np.array(answers, dtype=np.float32) - given.zero_points[0]) * np.float32(given.scales[0])


def int8_variant(folder: Path) -> tuple[bytes, Prepared]:
    with Project.open(folder) as project:
        variant = next(one for one in project.variants() if one.quantization == "int8")
        return project.path(variant.model_file).read_bytes(), prepare_again(project, project.run(variant.run_id))


def test_it_takes_the_model_and_predicts_the_same_classes(trained: Path) -> None:
    model, prepared = int8_variant(trained)
    inputs = prepared.inputs("train")
    ours, theirs = run_tflite(model, inputs), answers_of_tflm(model, inputs)
    assert np.mean(ours.argmax(axis=1) == theirs.argmax(axis=1)) >= 0.99
    assert np.abs(ours - theirs).max() <= 8 / 256


def test_it_takes_the_float_model(trained: Path) -> None:
    with Project.open(trained) as project:
        variant = project.variant(1)
        assert variant.quantization == "float32" and variant.runs_on_boards
        model = project.path(variant.model_file).read_bytes()
        inputs = prepare_again(project, project.run(variant.run_id)).inputs("validation")
    interpreter = tflm.runtime.Interpreter.from_bytes(model, arena_size=2_000_000)
    expected = run_tflite(model, inputs[:20])
    for window, answer in zip(inputs[:20], expected, strict=True):
        interpreter.set_input(window[np.newaxis], 0)
        interpreter.invoke()
        np.testing.assert_allclose(interpreter.get_output(0)[0], answer, atol=1e-5)


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ["shoulder_exercises", "fan_simulated", "fashion_pictures", "seattle_temperature"])
def test_the_accuracy_of_every_sample_project_holds_on_a_microcontroller(
    samples: Path, tmp_path: Path, name: str
) -> None:
    folder = shutil.copytree(samples / name, tmp_path / name)
    jobs.run("workbench.operations.train:train", folder)
    jobs.run("workbench.operations.compress:compress", folder, Recipe())
    model, prepared = int8_variant(folder)
    inputs, truth = prepared.inputs("validation"), prepared.targets("validation")
    ours, theirs = run_tflite(model, inputs), answers_of_tflm(model, inputs)
    if prepared.dataset.task == "regression":
        errors = [float(np.abs(answers[:, 0] - truth).mean()) for answers in (ours, theirs)]
        assert errors[1] == pytest.approx(errors[0], rel=0.05)
        return
    classes: list[Any] = [answers.argmax(axis=1) for answers in (ours, theirs)]
    assert np.mean(classes[0] == classes[1]) >= 0.99
    assert abs(np.mean(classes[0] == truth) - np.mean(classes[1] == truth)) <= 0.005


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_exercises_are_recognised_on_people_never_seen(samples: Path, tmp_path: Path) -> None:
    """A random forest on simple statistics reaches 0.817 leave-one-subject-out; a leaky split would say 0.99."""
    folder = shutil.copytree(samples / "shoulder_exercises", tmp_path / "shoulder")
    jobs.run("workbench.operations.train:train", folder)
    variant = jobs.run("workbench.operations.compress:compress", folder, Recipe()).value
    report: dict[str, Any] = jobs.run("workbench.operations.evaluate:report_on_test", folder, variant).value
    assert 0.80 <= report["float"]["accuracy"] < 0.99
    assert report["variant"]["accuracy"] >= report["float"]["accuracy"] - 0.015
