"""Operators of int16 activations: the bytes of TensorFlow Lite Micro."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.errors import NotSupported

GCC = shutil.which("gcc") or ""
pytestmark = [
    pytest.mark.skipif(not GCC, reason="no gcc"),
    pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro"),
]

Shape = tuple[int, ...]


class Models:
    """Models of one operator each."""

    def __init__(self, files: ModuleType) -> None:
        self.files = files
        self.random = np.random.default_rng(4)
        self.models: dict[str, bytes] = {}

    def wide(self, shape: Shape, scale: float = 0.001) -> Any:
        return self.files.T(shape, "int16", scales=(scale,))

    def add(self, name: str, tensors: list[Any], outputs: int, table: str = "", **options: Any) -> None:
        """An operator over all tensors; those before ``outputs`` that are not constant are the model's inputs."""
        given = list(range(outputs))
        operator = self.files.Op(name, given, [outputs], table, options)
        inputs = [place for place in given if tensors[place].constant is False]
        graph = self.files.G(tensors, [operator], inputs, [outputs])
        self.models[f"{name} {len(self.models)}"] = self.files.build(graph)

    def layer(self, name: str, shapes: tuple[Shape, Shape, Shape], axis: int, bias: str, **options: Any) -> None:
        given, weights, made = shapes
        count = weights[axis]
        scales = tuple(self.random.uniform(0.002, 0.02, count if axis or count % 2 else 1).astype(np.float32).tolist())
        values = self.random.integers(-127, 128, weights).astype(np.int8)
        spread = 0.001 * float(np.mean(scales)) * 18000 * 73 * np.sqrt(values.size / count)
        tensors = [self.wide(given), self.files.T(weights, scales=scales, constant=values, axis=axis)]
        if bias:
            numbers = self.random.integers(-(10**6), 10**6, count).astype(bias)
            tensors.append(self.files.T((count,), bias, scales=tuple(0.001 * s for s in scales), constant=numbers))
        tensors.append(self.wide(made, spread / 20000))
        table = {"FULLY_CONNECTED": "FullyConnected", "CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "DepthwiseConv2D"}[name]
        self.add(name, tensors, len(tensors) - 1, f"{table}Options", FusedActivationFunction=count % 2, **options)


def layers(models: Models) -> None:
    steps = {"StrideH": 2, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 2}
    for bias in ("int64", "int32", ""):
        models.layer("CONV_2D", ((2, 9, 7, 3), (5, 3, 2, 3), (2, 5, 7, 5)), 0, bias, **steps)
        models.layer("CONV_2D", ((1, 4, 4, 8), (6, 1, 1, 8), (1, 4, 4, 6)), 0, bias, StrideH=1, StrideW=1)
        models.layer("FULLY_CONNECTED", ((3, 50), (7, 50), (3, 7)), 0, bias)
        models.layer("FULLY_CONNECTED", ((1, 33), (10, 33), (1, 10)), 0, bias)
    for shapes in (((1, 9, 7, 3), (1, 3, 2, 6), (1, 5, 7, 6)), ((2, 8, 1, 4), (1, 3, 1, 4), (2, 4, 1, 4))):
        models.layer("DEPTHWISE_CONV_2D", shapes, 3, "int64", DepthMultiplier=shapes[1][3] // shapes[0][3], **steps)


def pairs(models: Models) -> None:
    for name, made in (("ADD", 0.0018), ("SUB", 0.0015), ("MUL", 0.00003)):
        for activation, (a, b) in enumerate((((2, 3, 4, 5), (2, 3, 4, 5)), ((2, 3, 4, 5), (5,)))):
            tensors = [models.wide(a, 0.001), models.wide(b, 0.0007), models.wide((2, 3, 4, 5), made)]
            table = f"{name.capitalize()}Options"
            models.add(name, tensors, 2, table, FusedActivationFunction=activation)


def pools(models: Models) -> None:
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        options = {"FilterHeight": 3, "FilterWidth": 2, "StrideH": 2, "StrideW": 1, "Padding": 0}
        tensors = [models.wide((2, 8, 6, 3)), models.wide((2, 4, 6, 3))]
        models.add(name, tensors, 1, "Pool2DOptions", FusedActivationFunction=1, **options)


def means(models: Models) -> None:
    several = (((1, 5, 6, 7), (1, 2), (1, 7), 0.0003), ((2, 3, 4, 5), (3,), (2, 3, 4), 0.0013))
    for given, axes, made, scale in several:
        over = models.files.T((len(axes),), "int32", constant=np.array(axes, np.int32))
        models.add("MEAN", [models.wide(given), over, models.wide(made, scale)], 2, "ReducerOptions")


def smooth(models: Models) -> None:
    for scale in (0.001, 0.0002, 2.0**-12, 0.0071):
        size = 16384 if scale == 0.001 else 1024
        for name in ("LOGISTIC", "TANH"):
            models.add(name, [models.wide((4, size), scale), models.wide((4, size), 1 / 32768)], 1)
        for length in (3, 40, 1000):
            tensors = [models.wide((2, length), scale), models.wide((2, length), 1 / 32768)]
            models.add("SOFTMAX", tensors, 1, "SoftmaxOptions", Beta=1.0)


def slopes(models: Models) -> None:
    for scale, made in ((0.001, 0.0007), (0.0002, 0.0031), (0.005, 0.005)):
        given, wanted = models.wide((2, 700), scale), models.wide((2, 700), made)
        models.add("RELU", [given, wanted], 1)
        models.add("RELU6", [given, models.wide((2, 700), scale)], 1)
        for alpha in (0.1, 0.0, 1.7):
            models.add("LEAKY_RELU", [given, wanted], 1, "LeakyReluOptions", Alpha=alpha)


def extremes(models: Models) -> None:
    for name in ("MINIMUM", "MAXIMUM"):
        for other in ((2, 3, 4, 5), (5,)):
            tensors = [models.wide((2, 3, 4, 5)), models.wide(other), models.wide((2, 3, 4, 5))]
            models.add(name, tensors, 2, "MaximumMinimumOptions")


def widened(models: Models) -> None:
    for scale, made in ((0.001, 0.000003), (0.001, 0.02)):
        models.add("QUANTIZE", [models.wide((3, 50), scale), models.files.T((3, 50), "int32", scales=(made,))], 1)
        narrow = models.files.T((3, 50), scales=(scale,), zero_point=-7)
        models.add("QUANTIZE", [narrow, models.files.T((3, 50), "int32", scales=(made,), zero_point=9)], 1)


def test_operators_as_on_the_device(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    models = Models(files)
    for family in (layers, pairs, pools, means, smooth, slopes, extremes, widened):
        family(models)
    library = host.host_library(GCC, models.models, tmp_path)
    wrong = []
    for name, model in models.models.items():
        on_tflm = host.tflm(model)
        for inputs in host.random_inputs(library.networks[name], seed=1):
            made, wanted = library.run(name, inputs), on_tflm(inputs)
            if not all(np.array_equal(one, other) for one, other in zip(made, wanted, strict=True)):
                wrong.append(f"{name}: {made[0].reshape(-1)[:6]} instead of {wanted[0].reshape(-1)[:6]}")
                break
    assert not wrong, "\n".join(wrong)


def test_a_zero_point_is_refused(files: ModuleType, host: ModuleType) -> None:
    tensors = [files.T((1, 8), "int16", scales=(0.1,), zero_point=3), files.T((1, 8), "int16", scales=(1 / 32768,))]
    model = files.build(files.G(tensors, [files.Op("LOGISTIC", [0], [1])], [0], [1]))
    with pytest.raises(NotSupported, match="zero point 0"):
        host.generated({"model": model}, host.Option.SPEED)
