"""A recipe answered at once, against pruning with tfmot, converting and running the file on the device's runtime."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from workbench.compression.instant.base import Base, trained_weights
from workbench.compression.instant.edit import Edit
from workbench.compression.instant.engine import InstantCompressor
from workbench.convert.convert import Quantization, convert
from workbench.graph.read import read_graph
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

pytestmark = pytest.mark.bench

SHAPE = (100, 6)  # of shoulder_exercises
WINDOWS = 1000
CALIBRATION = 400


def test_sliders(figure: Any) -> None:
    """Random positions of the sliders, on a network of 20,000 parameters with random weights."""
    settings = TrainingSettings(width=18, layers=3)
    model = build_model(network(settings, SHAPE, 7, "classification"), model_input_shape(SHAPE), seed=1)
    rng = np.random.default_rng(2)
    inputs = rng.normal(0, 1, (WINDOWS + CALIBRATION, *model_input_shape(SHAPE))).astype(np.float32)
    windows, calibration = inputs[:WINDOWS], inputs[WINDOWS:]
    float32, int8 = (convert(model, calibration, kind) for kind in (Quantization.FLOAT32, Quantization.INT8))
    base = Base(float32, int8, trained_weights(model, float32))
    with ThreadPoolExecutor(2) as threads, threadpool_limits(1):
        compressor = InstantCompressor(base, calibration, windows, threads)
        compressor.answer(Edit())
        times, same = [], 0
        for number in range(40):
            channels = float(rng.uniform(0, 0.7)) if number % 2 else 0.0
            edit = Edit(sparsity=float(rng.uniform(0, 0.95)), everywhere=number % 3 == 0, channels=channels)
            start = time.perf_counter()
            answer = compressor.answer(edit)
            times.append(time.perf_counter() - start)
            if number < 4:
                same += bool((answer.outputs == on_the_device(answer.model, windows)).all())
    slow = slow_path(model, calibration, windows)
    p95 = float(np.percentile(times, 95))
    figure("parameters of the network, windows evaluated", f"{model.count_params():,}, {WINDOWS:,}", "20,000, ≥ 1,000")
    figure(
        "slider to file and outputs, median and 95th percentile",
        f"{np.median(times) * 1e3:.0f}, {p95 * 1e3:.0f} ms",
        "≤ 100 ms",
    )
    figure(
        "tfmot, converter, TensorFlow Lite Micro: time for one recipe",
        f"{slow:.2f} s, {slow / p95:.0f} times as long",
        "≥ 30 times",
    )
    figure("outputs as the device's, bit for bit", f"{same} of 4 recipes", "4")


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


def on_the_device(model: bytes, inputs: np.ndarray) -> np.ndarray:
    """The outputs of TensorFlow Lite Micro, as real values."""
    runtime = pytest.importorskip("tflite_micro", reason="there is no wheel of tflite-micro outside Linux").runtime
    main = read_graph(model).main
    taken, given = main.input_tensors[0].quantization, main.output_tensors[0].quantization
    assert taken and given
    stored = np.clip(np.rint(inputs / np.float32(taken.scales[0])) + taken.zero_points[0], -128, 127).astype(np.int8)
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=400_000)
    answers = []
    for window in stored:
        interpreter.set_input(window[np.newaxis], 0)
        interpreter.invoke()
        answers.append(interpreter.get_output(0).reshape(-1).astype(np.float32))
    return (np.array(answers) - np.float32(given.zero_points[0])) * np.float32(given.scales[0])
