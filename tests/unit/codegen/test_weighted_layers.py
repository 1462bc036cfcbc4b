"""Convolutions, depthwise and dense layers: seeded random ones, each with the bytes of TensorFlow Lite Micro."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.codegen.fixed_point import Multiplier, requantize
from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.codegen.operators.channels import channels
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.memory.plain_c.call import Call
from workbench.target.core import target_core
from workbench.target.reference import reference
from workbench.target.verify import random_windows, verify

GCC = shutil.which("gcc") or ""
pytestmark = [
    pytest.mark.skipif(not GCC, reason="no gcc"),
    pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro"),
]
LAYERS = 40
IN_ASSEMBLY = {"conv_2d": 4, "depthwise_conv_2d": 12, "fully_connected": 8}
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3}


class Layers:
    """Random layers of one kind, each a model of its own."""

    def __init__(self, files: ModuleType, seed: int) -> None:
        self.files = files
        self.random = np.random.default_rng(seed)

    def pick(self, *values: Any) -> Any:
        return values[self.random.integers(len(values))]

    def model(self, *kinds: str) -> bytes:
        """Layers side by side, each with an input and an output of its own."""
        tensors, operators = [], []
        for kind in kinds:
            of_layer, operator = self.layer(kind, len(tensors))
            tensors += of_layer
            operators.append(operator)
        return self.files.build(
            self.files.G(tensors, operators, [op.inputs[0] for op in operators], [op.outputs[0] for op in operators])
        )

    def layer(self, kind: str, first: int) -> tuple[list[Any], Any]:
        """Its tensors, numbered from ``first``, and its operator."""
        made = getattr(self, kind)()
        given, weights, result, table, options, count, reach, axis = made
        per_channel = self.random.random() < 0.7
        scales = self.random.uniform(0.002, 0.02, count if per_channel else 1)
        input_scale = self.random.uniform(0.01, 0.1)
        # So that sums of this many products fill the output's range, now and then beyond it.
        spread = input_scale * scales.mean() * np.sqrt(reach) * 5000 * self.random.uniform(0.3, 3)
        zero_point = self.pick(-128, -128, int(self.random.integers(-128, 128)))
        out_zero_point = self.pick(-128, -128, int(self.random.integers(-128, 128)))
        bias = self.random.integers(-4000, 4000, count).astype(np.int32)
        values = self.random.integers(-127, 128, weights).astype(np.int8)
        tensors = [
            self.files.T(given, scales=(input_scale,), zero_point=zero_point),
            self.files.T(weights, scales=tuple(scales), constant=values, axis=axis if per_channel else 0),
            self.files.T((count,), "int32", scales=tuple(input_scale * scales), constant=bias),
            self.files.T(result, scales=(spread / 60,), zero_point=out_zero_point),
        ]
        options |= {"FusedActivationFunction": ACTIVATIONS[self.pick("RELU", "RELU", *ACTIVATIONS)]}
        inputs = self.pick((0, 1, 2), (0, 1, 2), (0, 1))
        return tensors, self.files.Op(kind.upper(), [first + place for place in inputs], [first + 3], table, options)

    def plane(self) -> tuple[list[int], list[int], list[int], dict[str, int]]:
        """Sizes of input, output and kernel, and the options of the window."""
        padded = bool(self.random.random() < 0.6)
        given, made, kernels, options = [], [], [], {"Padding": 0 if padded else 1}
        for side in "HW":
            size, kernel = int(self.random.integers(1, 15)), int(self.pick(1, 2, 3, 3, 4))
            stride, dilation = self.pick((1, 1), (1, 1), (2, 1), (3, 1), (1, 2))
            reach = (kernel - 1) * dilation + 1
            size = size if padded else max(size, reach)
            given.append(size)
            kernels.append(kernel)
            made.append(-(-size // stride) if padded else -(-(size - reach + 1) // stride))
            options |= {f"Stride{side}": stride, f"Dilation{side}Factor": dilation}
        return given, made, kernels, options

    def conv_2d(self) -> tuple[Any, ...]:
        given, made, kernels, options = self.plane()
        depth, count = (int(self.pick(1, 2, 3, 4, 6, 8, 16)) for _ in range(2))
        if self.random.random() < 0.3:
            given, made, kernels = [5, 7], [5, 7], [1, 1]
            options |= {"StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1}
        batches = int(self.pick(1, 1, 2))
        shapes = (batches, *given, depth), (count, *kernels, depth), (batches, *made, count)
        return *shapes, "Conv2DOptions", options, count, depth * kernels[0] * kernels[1], 0

    def depthwise_conv_2d(self) -> tuple[Any, ...]:
        given, made, kernels, options = self.plane()
        depth, multiplier = int(self.pick(1, 2, 3, 4, 8)), int(self.pick(1, 1, 1, 2, 3))
        if self.random.random() < 0.5:
            multiplier, kernels = 1, [3, 3]
            given, stride = [int(self.random.integers(1, 20)) for _ in range(2)], int(self.pick(1, 1, 2))
            made = [-(-size // stride) for size in given]
            options |= {"StrideH": stride, "StrideW": stride, "DilationHFactor": 1, "DilationWFactor": 1, "Padding": 0}
        count = depth * multiplier
        batches = int(self.pick(1, 1, 2))
        shapes = (batches, *given, depth), (1, *kernels, count), (batches, *made, count)
        options |= {"DepthMultiplier": multiplier}
        return *shapes, "DepthwiseConv2DOptions", options, count, kernels[0] * kernels[1], 3

    def fully_connected(self) -> tuple[Any, ...]:
        rows, depth, count = int(self.pick(1, 1, 3)), int(self.random.integers(1, 70)), int(self.random.integers(1, 20))
        depth = int(self.pick(depth, depth, depth * 17))
        shapes = (rows, depth), (count, depth), (rows, count)
        return *shapes, "FullyConnectedOptions", {}, count, depth, 0


@pytest.mark.parametrize("option", list(Option))
@pytest.mark.parametrize("kind", ["conv_2d", "depthwise_conv_2d", "fully_connected"])
def test_random_layers_as_on_the_device(
    kind: str, option: Option, files: ModuleType, host: ModuleType, tmp_path: Path
) -> None:
    layers = Layers(files, seed=5)
    models = {f"layer {number}": layers.model(kind) for number in range(LAYERS)}
    library = host.host_library(GCC, models, tmp_path, option)
    filled = 0
    for name, model in models.items():
        values = layers.random.integers(-128, 128, library.networks[name].inputs[0].shape).astype(np.int8)
        (found,), (expected,) = library.run(name, [values]), host.tflm(model)([values])
        np.testing.assert_array_equal(found, expected, err_msg=f"{name}: {read_graph(model).main.operators[0]}")
        filled += np.unique(expected).size > min(8, expected.size // 4)
    assert filled > LAYERS // 2  # most layers answer with more than a few values


def test_the_scales_of_a_dense_layer_are_multiplied_in_double_precision(files: ModuleType) -> None:
    scale, weights_scale, output_scale = 0.05, 0.005, 0.064  # rounded to float32, their product makes 5.5 of this bias
    tensors = [
        files.T((1, 4), scales=(scale,)),
        files.T((1, 4), scales=(weights_scale,), constant=np.ones((1, 4), np.int8)),
        files.T((1,), "int32", scales=(scale * weights_scale,), constant=np.array([1407], np.int32)),
        files.T((1, 1), scales=(output_scale,)),
    ]
    op = files.Op("FULLY_CONNECTED", [0, 1, 2], [3], "FullyConnectedOptions", {})
    model = files.build(files.G(tensors, [op], [0], [3]))
    generated = Network(read_graph(model)).generate(Option.SPEED)
    answer = reference(model, generated)[1]((bytes(4),))
    constants = channels(Call(read_graph(model).main.operators[0], read_graph(model).main), 1)
    factor = Multiplier(int(constants.multiplier[0]), int(constants.shift[0]))
    assert requantize(1407, factor) == np.frombuffer(answer[0], np.int8)[0] == 5


def test_in_assembly_as_on_the_device(files: ModuleType) -> None:
    model = Layers(files, seed=7).model(*(kind for kind, count in IN_ASSEMBLY.items() for _ in range(count)))
    generated = Network(read_graph(model)).generate(Option.SPEED)
    assert sum(file.name.endswith(".S") for file in generated.files) >= len(IN_ASSEMBLY)
    windows = random_windows(generated, 2)
    found, _ = verify(generated, target_core("cortex-m4"), windows, reference(model, generated), job=QuietJob())
    assert found.bit_exact, found.difference
