"""The kernels in assembly, on an emulated Cortex-M4: the bytes of TensorFlow Lite Micro.

test_weighted_layers.py holds the same kernels in C against it; here, one network has a layer for each form that the
assembly treats in a way of its own.
"""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pytest

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.graph.read import read_graph
from workbench.target.build import build
from workbench.target.core import target_core
from workbench.target.emulator import Emulator

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("tflite_micro", "unicorn", "ziglang")),
    reason="no tflite_micro, or not the extra target",
)

DEPTHS = (1, 2, 3, 4, 6, 17, 34)  # with 1x1, loops over pairs of taps of every length until they repeat
# Height and width of the kernel, stride and dilation, padding: windows that share rows and windows that do not.
WINDOWS = (
    ((1, 1), (1, 1), (1, 1), 0),
    ((3, 3), (1, 1), (1, 1), 0),
    ((2, 4), (2, 1), (1, 1), 1),
    ((1, 3), (1, 2), (1, 2), 0),
    ((2, 2), (1, 1), (2, 2), 0),
    ((5, 9), (1, 1), (1, 1), 1),  # one to four pixels in all
)
FILTERS = (1, 2, 3, 8)


def convolutions(files: ModuleType) -> bytes:
    """A network with an input for each depth, and a convolution with each window of each."""
    random = np.random.default_rng(2)
    sizes = [(int(height), 9) for height in random.integers(5, 9, len(DEPTHS))]
    tensors = [
        files.T((1, *size, depth), scales=(0.04,), zero_point=int(random.integers(-128, 128)))
        for size, depth in zip(sizes, DEPTHS, strict=True)
    ]
    operators, outputs = [], []
    for given, (size, depth) in enumerate(zip(sizes, DEPTHS, strict=True)):
        for kernel, stride, dilation, padding in WINDOWS:
            filters = FILTERS[len(operators) % len(FILTERS)]
            reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
            covered = [s - r + 1 if padding else s for s, r in zip(size, reach, strict=True)]
            made = [-(-length // step) for length, step in zip(covered, stride, strict=True)]
            scales = random.uniform(0.005, 0.01, filters)
            relu = bool(random.integers(2))
            spread = 0.04 * 0.0075 * np.sqrt(depth * kernel[0] * kernel[1]) * 30
            first = len(tensors)
            values = random.normal(0, 30, (filters, *kernel, depth)).clip(-127, 127).astype(np.int8)
            tensors += [
                files.T(values.shape, scales=tuple(scales), constant=values),
                files.T(
                    (filters,),
                    "int32",
                    scales=tuple(0.04 * scales),
                    constant=random.integers(-3000, 3000, filters).astype(np.int32),
                ),
                files.T((1, *made, filters), scales=(spread,), zero_point=-128 if relu else 11),
            ]
            options = {"Padding": padding, "FusedActivationFunction": int(relu)}
            for side, step, apart in zip("HW", stride, dilation, strict=True):
                options |= {f"Stride{side}": step, f"Dilation{side}Factor": apart}
            inputs = [given, first, first + 1]
            operators.append(files.Op("CONV_2D", inputs, [first + 2], "Conv2DOptions", options))
            outputs.append(first + 2)
    return bytes(files.build(files.G(tensors, operators, list(range(len(DEPTHS))), outputs)))


@pytest.mark.parametrize("core", ["cortex-m4", pytest.param("cortex-m33", marks=pytest.mark.nightly)])
def test_convolutions(core: str, files: ModuleType, host: ModuleType) -> None:
    model = convolutions(files)
    generated = Network(read_graph(model)).generate(Option.SPEED)
    assert "convolution_general" not in generated.file("model.c").content
    on_tflm = host.tflm(model)
    with Emulator(build(generated, target_core(core))) as emulator:
        for inputs in host.random_inputs(generated, seed=4):
            run = emulator.run(tuple(values.tobytes() for values in inputs))
            for step, found, expected in zip(generated.steps, run.outputs, on_tflm(inputs), strict=True):
                made = np.frombuffer(found, np.int8)
                np.testing.assert_array_equal(made, expected.reshape(-1), err_msg=step.symbol)
