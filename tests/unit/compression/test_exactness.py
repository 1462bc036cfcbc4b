"""Random recipes on random networks: what is answered at once is what the converter and the device make of them.

What may differ, and how far: the calibrator that TensorFlow brings sums in another order than the runtime that is used
here, so a scale of an activation may be off in its last places (5e-7 of it), and with it a value that lies exactly
between two steps. Then a window's output moves by a step or two of its scale.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from device_runtime import on_the_device

from workbench.boards import find_board
from workbench.compression.answers import ON_THE_DEVICE, answers_of
from workbench.compression.cluster import cluster
from workbench.compression.instant.base import make_base
from workbench.compression.instant.engine import InstantCompressor
from workbench.compression.one_shot import one_shot
from workbench.compression.qat import train_for_int8
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization, convert
from workbench.convert.run import run_tflite
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.memory.fit import report
from workbench.training.fit import Examples, FitPlan
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

NETWORKS, RECIPES, WINDOWS = 10, 5, 200
SHAPES = ((100, 6), (60, 3), (24, 20, 1), (16, 16, 3))
STEPS = 3  # of the output's scale
CHANGED = 0.005  # share of windows whose class may change


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(NETWORKS))
def test_random_recipes_on_a_random_network(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model, inputs = random_network(rng)
    calibration, windows = inputs[WINDOWS:], inputs[:WINDOWS]
    base = make_base(model, calibration[:8])
    board = find_board("nano33ble_sense")
    with ThreadPoolExecutor(2) as threads:
        compressor = InstantCompressor(base, calibration, windows, threads)
        for _ in range(RECIPES):
            recipe = random_recipe(rng, tuple(base.names.values()))
            slow = convert(one_shot(model, recipe), calibration[: recipe.calibration_windows], recipe.kind)
            answer = compressor.answer(recipe)
            assert len(answer.model) == len(slow), recipe
            ours, theirs = report(answer.graph, board), report(read_graph(slow), board)
            assert ours.flash.used == theirs.flash.used, recipe
            assert ours.arena.required == theirs.arena.required, recipe
            same_answers(answer.outputs, slow, windows, recipe)


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("clustered", [False, True])
def test_a_network_that_knows_its_ranges_answers_as_on_the_device(clustered: bool) -> None:
    """Quantization-aware training leaves a change of scale inside the model."""
    rng = np.random.default_rng(4)
    layers = network(TrainingSettings(width=6, layers=2), (60, 3), 3, "classification")
    model = build_model(layers, model_input_shape((60, 3)), seed=3)
    inputs = rng.normal(0, 1, (120, *model_input_shape((60, 3)))).astype(np.float32)
    lessons = Examples(inputs, rng.integers(0, 3, 120), np.ones(120, np.float32))
    plan = FitPlan("classification", epochs=2, patience=2, batch_size=16, learning_rate=0.01, seed=1)
    if clustered:
        names = [layer.name for layer in model.layers if hasattr(layer, "kernel")]
        model = cluster(model, lessons, lessons, clusters=8, layers=names, plan=plan, job=QuietJob())
    aware = train_for_int8(model, lessons, lessons, sparse=False, clustered=clustered, plan=plan, job=QuietJob())
    file = convert(aware, inputs[:0], Quantization.INT8, knows_ranges=True)
    answers, runtime = answers_of(file, inputs)
    assert runtime == ON_THE_DEVICE
    np.testing.assert_array_equal(answers, on_the_device(file, inputs))


def random_network(rng: np.random.Generator) -> tuple[Any, np.ndarray]:
    """A network whose channels differ as after a training, and inputs for it."""
    shape = SHAPES[rng.integers(len(SHAPES))]
    settings = TrainingSettings(
        architecture=str(rng.choice(["convolutional", "separable", "dense"])),
        downsampling=str(rng.choice(["pooling", "strides"])),
        layers=int(rng.integers(1, 4)),
        width=int(rng.integers(4, 20)),
        kernel=int(rng.integers(3, 8)),
    )
    layers = network(settings, shape, int(rng.integers(2, 8)), "classification")
    model = build_model(layers, model_input_shape(shape), seed=int(rng.integers(1000)))
    model.set_weights(
        [w + np.abs(rng.normal(0, 0.2, w.shape)) * (1 if w.ndim == 1 else 0.3) for w in model.get_weights()]
    )
    return model, rng.normal(0.1, 1.2, (WINDOWS + 100, *model_input_shape(shape))).astype(np.float32)


def random_recipe(rng: np.random.Generator, layers: tuple[str, ...]) -> Recipe:
    plain = Recipe(
        sparsity=round(float(rng.uniform(0, 0.95)), 2),
        sparsity_over=str(rng.choice(["layer", "model"])),
        calibration_windows=int(rng.integers(8, 100)),
        quantization=str(rng.choice(["int8", "int8", "int8_float_io", "float32"])),
        exempt=(str(rng.choice(layers)),) if rng.random() < 0.3 else (),
    )
    channels = round(float(rng.uniform(0, 0.8)), 2) if rng.random() < 0.5 else 0.0
    clusters = int(rng.integers(4, 64)) if rng.random() < 0.3 else 0
    return dataclasses.replace(plain, channels=channels, clusters=clusters)


def same_answers(ours: np.ndarray, slow: bytes, windows: np.ndarray, recipe: Recipe) -> None:
    theirs = run_tflite(slow, windows) if recipe.quantization == "float32" else on_the_device(slow, windows)
    np.testing.assert_allclose(ours, theirs, atol=1e-6 if recipe.quantization == "float32" else STEPS / 256)
    assert np.mean(ours.argmax(axis=1) != theirs.argmax(axis=1)) <= CHANGED, recipe
