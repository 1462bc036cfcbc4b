"""TensorFlow Lite Micro itself, to compare with."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.graph.read import read_graph

ARENA = 400_000  # bytes, more than any model of the tests needs


def on_the_device(model: bytes, inputs: np.ndarray) -> np.ndarray:
    """The real-valued answers (N, outputs) of TensorFlow Lite Micro to inputs (N, …), int8 or float32 outside."""
    runtime = pytest.importorskip("tflite_micro", reason="there is no wheel of tflite-micro outside Linux").runtime
    main = read_graph(model).main
    taken, given = main.input_tensors[0].quantization, main.output_tensors[0].quantization
    stored, scale, zero_point = inputs, np.float32(1), np.float32(0)
    if taken and given:
        steps = np.rint(inputs / np.float32(taken.scales[0])) + taken.zero_points[0]
        stored = np.clip(steps, -128, 127).astype(np.int8)
        scale, zero_point = np.float32(given.scales[0]), np.float32(given.zero_points[0])
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=ARENA)
    answers = []
    for window in stored:
        interpreter.set_input(window[np.newaxis], 0)
        interpreter.invoke()
        answers.append(interpreter.get_output(0).reshape(-1).astype(np.float32))
    return (np.array(answers) - zero_point) * scale
