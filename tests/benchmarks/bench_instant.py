"""A slider's five figures, against pruning with tfmot, converting and running the file on the device's runtime."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from device_runtime import on_the_device
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from stall_meter import StallMeter

from workbench import jobs
from workbench.boards import find_board
from workbench.compression.instant.base import make_base
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization, convert
from workbench.graph.read import read_graph
from workbench.operations.fit_figures import Deployment, FitInputs
from workbench.operations.memory import read_model
from workbench.operations.projects import copy_sample
from workbench.operations.sliders import SliderData, Sliders
from workbench.project.store import Project
from workbench.target.estimate import estimate
from workbench.training.judge import Truth
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network
from workbench.ui.app import make_application
from workbench.ui.main_window import MainWindow
from workbench.ui.session import Session
from workbench.ui.slider_bench import State

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

Figure = Callable[[str, str, str], None]

WINDOWS, CALIBRATION, CLASSES = 1000, 400, 7
# Around 20,000 parameters each.
NETWORKS = (
    ((100, 6), TrainingSettings(width=18, layers=3)),
    ((100, 6), TrainingSettings(architecture="dense", width=8, layers=2)),
    ((24, 24, 1), TrainingSettings(width=14, layers=3)),
)
POSITIONS = 20  # of each network's sliders
BOARD = find_board("nano33ble_sense")


def test_sliders(figure: Figure) -> None:
    """Random positions of the sliders of random networks; accuracy, flash, RAM, latency and energy of each."""
    rng = np.random.default_rng(2)
    times, busy, same, parameters, slow = [], [], 0, [], []
    for shape, settings in NETWORKS:
        model = build_model(network(settings, shape, CLASSES, "classification"), model_input_shape(shape), seed=1)
        inputs = rng.normal(0, 1, (WINDOWS + CALIBRATION, *model_input_shape(shape))).astype(np.float32)
        windows, calibration = inputs[:WINDOWS], inputs[WINDOWS:]
        sliders = Sliders(SliderData(1, make_base(model, calibration[:8]), calibration, windows, truth(rng)))
        sliders.try_recipe(Recipe(), surroundings())
        for number in range(POSITIONS):
            recipe = random_recipe(rng, number)
            start, began = time.perf_counter(), time.process_time()
            tried = sliders.try_recipe(recipe, surroundings())
            times.append(time.perf_counter() - start)
            busy.append(time.process_time() - began)
            assert tried.figures is not None and tried.figures.energy.value
            if number < 2:
                answers = sliders._compressor.answer(recipe)
                same += bool((answers.outputs == on_the_device(tried.compressed.tflite, windows)).all())
        sliders.close()
        parameters.append(model.count_params())
        slow.append(slow_path(model, calibration, windows))
    p95, usual = float(np.percentile(times, 95)), float(np.median(slow))
    counts = ", ".join(f"{count:,}" for count in parameters)
    figure("parameters of the networks; windows evaluated", f"{counts}; {WINDOWS:,}", "20,000, ≥ 1,000")
    took = f"{np.median(times) * 1e3:.0f}, {p95 * 1e3:.0f} ms"
    figure("slider to all five figures, median and 95th percentile", took, "≤ 100 ms")
    spent = f"{np.median(busy) * 1e3:.0f}, {np.percentile(busy, 95) * 1e3:.0f} ms"
    figure("processor time of that, over both processors", spent, "")
    figure(
        "tfmot, converter, TensorFlow Lite Micro: time for one recipe",
        f"{usual:.2f} s: {usual / np.median(times):.0f} times the median, {usual / p95:.0f} times the 95th percentile",
        "≥ 30 times",
    )
    figure("outputs as the device's, bit for bit", f"{same} of {2 * len(NETWORKS)} recipes", f"{2 * len(NETWORKS)}")


def random_recipe(rng: np.random.Generator, number: int) -> Recipe:
    return Recipe(
        sparsity=float(rng.uniform(0, 0.95)),
        sparsity_over="model" if number % 3 == 0 else "layer",
        channels=float(rng.uniform(0, 0.7)) if number % 2 else 0.0,
        clusters=int(rng.integers(4, 64)) if number % 5 == 0 else 0,
        quantization="int8_float_io" if number % 4 == 0 else "int8",
    )


def truth(rng: np.random.Generator) -> Truth:
    names = tuple(f"class {i}" for i in range(CLASSES))
    places = np.arange(WINDOWS)
    return Truth(
        "validation", "classification", names, "", rng.integers(0, CLASSES, WINDOWS), places // 20, places, 100
    )


def surroundings() -> FitInputs:
    """A board with nothing else on it."""
    from workbench.memory.budget import Buffers, Firmware

    nothing: Any = None
    return FitInputs(nothing, Path(), BOARD, Buffers(), Firmware(), None, Deployment())


def slow_path(model: Any, calibration: np.ndarray, windows: np.ndarray) -> float:
    """Seconds for one recipe the usual way, without fine-tuning."""
    import tf_keras
    from tensorflow_model_optimization.sparsity import keras as sparsity_keras

    start = time.perf_counter()
    clone = tf_keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    schedule = sparsity_keras.ConstantSparsity(0.5, begin_step=0, frequency=1)
    wrapped = sparsity_keras.prune_low_magnitude(clone, pruning_schedule=schedule)
    converted = convert(sparsity_keras.strip_pruning(wrapped), calibration, Quantization.INT8)
    on_the_device(converted, windows)
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def trained(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shoulder exercises with the network that the program proposes."""
    folder = copy_sample(samples / "shoulder_exercises", tmp_path_factory.mktemp("bench") / "shoulder")
    jobs.run("workbench.operations.train:train", folder)
    return folder


def test_dragging(figure: Figure, trained: Path, qtbot: QtBot) -> None:
    """A slider of the real window is moved 60 times a second for four seconds, while figures and layers follow."""
    make_application()
    session = Session()
    window = MainWindow(session, spare_child=False)
    window.show()
    session.open(trained)
    window.show_place("compress")
    page: Any = window.page
    bench = page.sliding.bench
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=120_000)
    page.views.button(1).click()
    page.recipe.set_recipe(Recipe(fine_tune_epochs=0))
    turns, answers, moves = [], [], 240
    bench.changed.connect(lambda: bench.shown is not None and answers.append(bench.shown.tried.recipe.sparsity))
    timer = QTimer()

    def move() -> None:
        turns.append(time.perf_counter())
        page.recipe.sparsity.setValue(10 + len(turns) % 80)

    timer.timeout.connect(move)
    timer.setTimerType(timer.timerType().PreciseTimer)
    with StallMeter() as meter:
        timer.start(1000 // 60)
        qtbot.waitUntil(lambda: len(turns) >= moves, timeout=60_000)
    timer.stop()
    qtbot.waitUntil(lambda: bench.state is State.EXACT, timeout=10_000)
    window.close()
    session.deleteLater()
    gaps = np.diff(turns)
    seen = len(set(answers))
    figure("frames a second while a slider is dragged", f"{1 / np.mean(gaps):.0f}, of a timer of 62", "60")
    figure("95 % of frames within", f"{np.percentile(gaps, 95) * 1e3:.0f} ms", "≤ 17 ms and a turn")
    figure("longest turn of the event loop meanwhile", f"{meter.longest}", "≤ 50 ms")
    figure("positions answered during these four seconds", f"{seen}", "")


def test_half_of_the_channels(figure: Figure, trained: Path) -> None:
    """Structured pruning by half, fine-tuned as long as the model was trained."""
    whole = jobs.run("workbench.operations.compress:compress", trained, Recipe()).value
    recipe = Recipe(channels=0.5, fine_tune_epochs=TrainingSettings().epochs)
    half = jobs.run("workbench.operations.compress:compress", trained, recipe).value
    found = []
    with Project.open(trained) as project:
        for key in (whole, half):
            variant = project.variant(key)
            graph = read_graph(read_model(project.path(variant.model_file)))
            weights = sum(len(tensor.data or b"") for tensor in graph.main.tensors if tensor.is_constant)
            found.append((weights, estimate(graph, BOARD).instructions.value or 0, variant.evaluation["accuracy"]))
    (all_weights, all_instructions, before), (weights, instructions, after) = found
    figure("flash for weights, half of the channels gone", f"{1 - weights / all_weights:.0%} less", "≥ 40 % less")
    figure(
        "instructions, half of the channels gone", f"{1 - instructions / all_instructions:.0%} fewer", "≥ 35 % fewer"
    )
    moved = f"{(after - before) * 100:+.1f} points ({before:.1%} to {after:.1%}), validation"
    figure("accuracy after fine-tuning", moved, "≥ −1.5 points")
