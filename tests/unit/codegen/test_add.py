"""ADD and SUB: one rounding in place of three, for every two values that inputs can have."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from workbench.codegen.generated import Option

GCC = shutil.which("gcc") or ""
pytestmark = [
    pytest.mark.skipif(not GCC, reason="no gcc"),
    pytest.mark.skipif(importlib.util.find_spec("tflite_micro") is None, reason="no tflite_micro"),
]
RELU = 1
SHAPE = (1, 256, 256, 1)
# Scales of both inputs and of the output, zero points, operator, activation: halves in each direction, then as trained.
SUMS = {
    "halves": ((0.05, 0.05, 0.1), (0, 0, 0), "ADD", 0),
    "quarters": ((0.05, 0.025, 0.1), (3, -100, 50), "SUB", 0),
    "relu": ((0.0473, 0.0812, 0.0911), (-128, 4, -128), "ADD", RELU),
    "apart": ((0.0021, 0.0734, 0.0391), (17, -5, 9), "ADD", 0),
}


def model(files: ModuleType, name: str) -> bytes:
    scales, zero_points, operator, activation = SUMS[name]
    tensors = [
        files.T(SHAPE, scales=(scale,), zero_point=zero) for scale, zero in zip(scales, zero_points, strict=True)
    ]
    options = {"FusedActivationFunction": activation}
    op = files.Op(operator, [0, 1], [2], f"{operator.title()}Options", options)
    return files.build(files.G(tensors, [op], [0, 1], [2]))


def test_every_pair_as_on_the_device(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    models = {name: model(files, name) for name in SUMS}
    library = host.host_library(GCC, models, tmp_path, Option.SPEED)
    every = np.arange(-128, 128).astype(np.int8)
    inputs = [np.broadcast_to(every[:, None], (256, 256)), np.broadcast_to(every, (256, 256))]
    inputs = [np.ascontiguousarray(values).reshape(SHAPE) for values in inputs]
    for name, network in library.networks.items():
        assert any("add_flat" in file.name for file in network.files), name
        wanted = host.tflm(models[name])(inputs)
        np.testing.assert_array_equal(library.run(name, inputs)[0], wanted[0], err_msg=name)
