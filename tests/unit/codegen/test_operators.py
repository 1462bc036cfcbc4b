"""Every operator gives the bytes of TensorFlow Lite Micro, on random values and at the ends of the range."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

GCC = shutil.which("gcc") or ""
pytestmark = [
    pytest.mark.skipif(not GCC, reason="no gcc"),
    pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro"),
]

Shape = tuple[int, ...]


class Cases:
    """Models of one operator each."""

    def __init__(self, files: ModuleType) -> None:
        self.files = files
        self.models: dict[str, bytes] = {}

    def q(self, shape: Shape, scale: float = 0.05, zero_point: int = -3, **more: Any) -> Any:
        return self.files.T(shape, scales=(scale,), zero_point=zero_point, **more)

    def whole(self, *values: int) -> Any:
        return self.files.T((len(values),), "int32", constant=np.array(values, np.int32))

    def add(
        self, name: str, tensors: list[Any], inputs: list[int], outputs: list[int], table: str = "", **options: Any
    ) -> None:
        """An operator over all tensors but its outputs; ``inputs`` are those of the model."""
        given = [place for place in range(len(tensors)) if place not in outputs]
        operator = self.files.Op(name, given, outputs, table, options)
        model = self.files.build(self.files.G(tensors, [operator], inputs, outputs))
        self.models[f"{name} {len(self.models)}"] = model


def _softmax(cases: Cases) -> None:
    for scale, length in ((0.05, 10), (0.3, 200), (1.7, 3), (0.01, 1), (0.1, 64)):
        tensors = [cases.q((3, length), scale), cases.q((3, length), 1 / 256, -128)]
        cases.add("SOFTMAX", tensors, [0], [1], "SoftmaxOptions", Beta=1.0)


_PAIRS: tuple[tuple[Shape, Shape, Shape], ...] = (
    ((2, 3, 4, 5), (2, 3, 4, 5), (2, 3, 4, 5)),
    ((2, 3, 4, 5), (5,), (2, 3, 4, 5)),
    ((1, 3, 1, 5), (2, 1, 4, 1), (2, 3, 4, 5)),
)


def _sums(cases: Cases) -> None:
    for name, table in (("ADD", "AddOptions"), ("SUB", "SubOptions")):
        for activation, (a, b, made) in enumerate(_PAIRS):
            tensors = [cases.q(a, 0.05, 3), cases.q(b, 0.031, -7), cases.q(made, 0.07, 9)]
            cases.add(name, tensors, [0, 1], [2], table, FusedActivationFunction=activation)


_POOLS: tuple[tuple[Shape, Shape, Shape, int, Shape], ...] = (
    ((1, 8, 6, 3), (3, 2), (2, 1), 0, (1, 4, 6, 3)),
    ((2, 7, 5, 4), (7, 5), (1, 1), 1, (2, 1, 1, 4)),
    ((1, 9, 9, 2), (2, 3), (2, 2), 1, (1, 4, 4, 2)),
)


def _pools(cases: Cases) -> None:
    for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        for activation, (given, kernel, stride, padding, made) in zip((0, 3, 1), _POOLS, strict=True):
            options = {"FilterHeight": kernel[0], "FilterWidth": kernel[1], "StrideH": stride[0], "StrideW": stride[1]}
            options |= {"Padding": padding, "FusedActivationFunction": activation}
            cases.add(name, [cases.q(given), cases.q(made)], [0], [1], "Pool2DOptions", **options)


def _means(cases: Cases) -> None:
    several: tuple[tuple[Shape, Shape, Shape, float], ...] = (
        ((1, 5, 6, 7), (1, 2), (1, 7), 0.03),
        ((2, 5, 6, 8), (1, 2), (2, 8), 0.04),
        ((2, 5, 6, 7), (1, 2), (2, 1, 1, 7), 0.05),
        ((2, 3, 4, 5), (3,), (2, 3, 4), 0.03),
        ((2, 3, 4, 5), (0, 2), (3, 5), 0.2),
        ((4, 9), (-1,), (4,), 0.05),
    )
    for given, axes, made, scale in several:
        tensors = [cases.q(given), cases.whole(*axes), cases.q(made, scale)]
        cases.add("MEAN", tensors, [0], [2], "ReducerOptions", KeepDims=len(made) == len(given))


def _products(cases: Cases) -> None:
    for name, table in (("MUL", "MulOptions"), ("MINIMUM", ""), ("MAXIMUM", "")):
        for activation, (a, b, made) in enumerate(_PAIRS):
            same = name != "MUL"
            tensors = [
                cases.q(a),
                cases.q(b, *(() if same else (0.031, -7))),
                cases.q(made, *(() if same else (0.01, 9))),
            ]
            options = {} if same else {"FusedActivationFunction": activation}
            cases.add(name, tensors, [0, 1], [2], table, **options)


def _tables(cases: Cases) -> None:
    for scale, zero_point in ((0.05, -3), (0.002, 100), (0.3, -128)):
        given = cases.q((1, 256), scale, zero_point)
        cases.add("LOGISTIC", [given, cases.q((1, 256), 1 / 256, -128)], [0], [1])
        cases.add("TANH", [given, cases.q((1, 256), 1 / 128, 0)], [0], [1])
        cases.add("HARD_SWISH", [given, cases.q((1, 256), scale * 0.7, -10)], [0], [1])
        cases.add("QUANTIZE", [given, cases.q((1, 256), scale * 1.3, 5)], [0], [1])


def _moves(cases: Cases) -> None:
    whole = cases.whole
    for order, turned in (((0, 2, 3, 1), (2, 4, 5, 3)), ((3, 1, 0, 2), (5, 3, 2, 4)), ((0, 1, 2, 3), (2, 3, 4, 5))):
        cases.add("TRANSPOSE", [cases.q((2, 3, 4, 5)), whole(*order), cases.q(turned)], [0], [2], "TransposeOptions")
    tensors = [cases.q((2, 6, 5)), whole(0, 1, 2), whole(2, 4, -1), cases.q((2, 4, 3))]
    cases.add("SLICE", tensors, [0], [3], "SliceOptions")
    slices: tuple[tuple[Shape, Shape, Shape, Shape, Shape], ...] = (
        ((0, 1, 0), (2, 6, 5), (1, 2, 2), (2, 3, 3), (0, 0, 0)),
        ((1, 5, 0), (2, 0, 0), (1, -1, 1), (5, 5), (0, 4, 1)),
    )
    for begin, end, stride, made, masks in slices:
        tensors = [cases.q((2, 6, 5)), whole(*begin), whole(*end), whole(*stride), cases.q(made)]
        options = dict(zip(("BeginMask", "EndMask", "ShrinkAxisMask"), masks, strict=True))
        cases.add("STRIDED_SLICE", tensors, [0], [4], "StridedSliceOptions", **options)
    tensors = [whole(2), cases.q((2, 3, 6)), *(cases.q((2, 3, 2)) for _ in range(3))]
    cases.add("SPLIT", tensors, [1], [2, 3, 4], "SplitOptions", NumSplits=3)


def _joins(cases: Cases) -> None:
    for axis, made in ((0, (2, 3, 4)), (1, (1, 6, 4)), (-1, (1, 3, 8))):
        tensors = [cases.q((1, 3, 4)), cases.q((1, 3, 4)), cases.q(made)]
        cases.add("CONCATENATION", tensors, [0, 1], [2], "ConcatenationOptions", Axis=axis)
    around = cases.files.T((4, 2), "int32", constant=np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32))
    cases.add("PAD", [cases.q((2, 3, 4, 2)), around, cases.q((2, 6, 5, 2))], [0], [2], "PadOptions")


def _wide(cases: Cases, shape: Shape, scale: float = 0.001) -> Any:
    return cases.q(shape, scale, 0, dtype="int16")


def _real(cases: Cases) -> None:
    real = cases.files.T((1, 300), "float32")
    for given, made in (
        (real, cases.q((1, 300), 0.05, 11)),
        (real, _wide(cases, (1, 300))),
        (_wide(cases, (1, 300)), cases.q((1, 300), 0.2, -3)),
        (_wide(cases, (1, 300)), _wide(cases, (1, 300), 0.0007)),
        (cases.q((1, 300), 0.05, 11), _wide(cases, (1, 300))),
    ):
        cases.add("QUANTIZE", [given, made], [0], [1])
    for given in (cases.q((1, 300), 0.05, 11), _wide(cases, (1, 300))):
        cases.add("DEQUANTIZE", [given, real], [0], [1])


def _resizes(cases: Cases) -> None:
    for made, aligned, centred in (((7, 10), 0, 0), ((11, 3), 1, 0), ((4, 14), 0, 1), ((1, 1), 1, 0)):
        options = {"AlignCorners": bool(aligned), "HalfPixelCenters": bool(centred)}
        for one in (cases.q, lambda shape: _wide(cases, shape)):
            tensors = [one((2, 5, 7, 3)), cases.whole(*made), one((2, *made, 3))]
            cases.add("RESIZE_NEAREST_NEIGHBOR", tensors, [0], [2], "ResizeNearestNeighborOptions", **options)


def _stored(cases: Cases) -> None:
    """A RESHAPE of a constant, which needs a copy; a padding with a value of its own."""
    values = np.arange(-6, 6, dtype=np.int8).reshape(3, 4)
    tensors = [cases.q((3, 4), constant=values), cases.whole(2, 6), cases.q((2, 6)), cases.q((2, 6)), cases.q((2, 6))]
    reshape = cases.files.Op("RESHAPE", [0, 1], [2], "ReshapeOptions")
    add = cases.files.Op("ADD", [2, 3], [4], "AddOptions")
    cases.models["RESHAPE"] = cases.files.build(cases.files.G(tensors, [reshape, add], [3], [4]))
    around = cases.files.T((3, 2), "int32", constant=np.array([[1, 0], [1, 2], [0, 1]], np.int32))
    fill = cases.q((1,), constant=np.array([-77], np.int8))
    cases.add("PADV2", [cases.q((2, 3, 4)), around, fill, cases.q((3, 6, 5))], [0], [3], "PadV2Options")
    tensors = [_wide(cases, (2, 3, 4)), around, _wide(cases, (3, 6, 5))]
    cases.add("PAD", tensors, [0], [2], "PadOptions")
    cases.add("TRANSPOSE", [_wide(cases, (2, 3, 4)), cases.whole(2, 0, 1), _wide(cases, (4, 2, 3))], [0], [2])
    tensors = [_wide(cases, (1, 3, 4)), _wide(cases, (1, 3, 4)), _wide(cases, (1, 3, 8))]
    cases.add("CONCATENATION", tensors, [0, 1], [2], "ConcatenationOptions", Axis=-1)


FAMILIES: tuple[Callable[[Cases], None], ...] = (
    _softmax,
    _sums,
    _pools,
    _means,
    _products,
    _tables,
    _moves,
    _joins,
    _real,
    _resizes,
    _stored,
)


def test_operators_as_on_the_device(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    cases = Cases(files)
    for family in FAMILIES:
        family(cases)
    library = host.host_library(GCC, cases.models, tmp_path)
    for name, model in cases.models.items():
        on_tflm = host.tflm(model)
        for inputs in host.random_inputs(library.networks[name], seed=1):
            made, wanted = library.run(name, inputs), on_tflm(inputs)
            for one, other in zip(made, wanted, strict=True):
                np.testing.assert_array_equal(one, other, err_msg=name)
