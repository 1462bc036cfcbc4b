"""LSTM layers: the bytes of TensorFlow Lite Micro, invocation after invocation, since their state stays."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.codegen.generated import Option
from workbench.codegen.network import Network
from workbench.errors import NotSupported
from workbench.graph.read import read_graph
from workbench.jobs import QuietJob
from workbench.target.core import target_core
from workbench.target.reference import reference
from workbench.target.verify import random_windows, verify

GCC = shutil.which("gcc") or ""
needs_device = pytest.mark.skipif(
    not GCC or importlib.util.find_spec("tflite_micro") is None, reason="no gcc or no tflite_micro"
)
INT8 = -128, 128


def layer(files: ModuleType, seed: int, *, batches: int = 1, cells: float = 2.0**-12, **options: Any) -> bytes:
    """One layer with random weights; ``cells`` is the scale of its cells."""
    rng = np.random.default_rng(seed)
    steps, depth, units = (int(rng.integers(2, 9)) for _ in range(3))

    def stored(columns: int, spread: float) -> Any:
        values = rng.integers(*INT8, (units, columns)).astype(np.int8)
        return files.T((units, columns), scales=(spread * float(rng.uniform(0.5, 2)),), constant=values)

    def bias() -> Any:
        return files.T((units,), "int32", scales=(0.0001,), constant=rng.integers(-3000, 3000, units).astype(np.int32))

    first = (steps, batches) if options.get("TimeMajor") else (batches, steps)
    state_zero = int(rng.integers(-30, 30))
    tensors = [
        files.T((*first, depth), scales=(0.02,), zero_point=int(rng.integers(*INT8))),
        *(stored(depth, 0.012) for _ in range(4)),
        *(stored(units, 0.01) for _ in range(4)),
        *(bias() for _ in range(4)),
        files.T((batches, units), scales=(0.0078,), zero_point=state_zero, variable=True),
        files.T((batches, units), "int16", scales=(cells,), variable=True),
        files.T((*first, units), scales=(0.0078,), zero_point=state_zero),
        *[files.T((0,), "int8", scales=(0.0078,))] * 5,
    ]
    inputs = [0, *range(1, 9), -1, -1, -1, *range(9, 13), -1, -1, 13, 14, -1, -1, -1, -1]
    options = {"FusedActivationFunction": 4, "CellClip": 0.0} | options
    table = "UnidirectionalSequenceLSTMOptions"
    operator = files.Op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [15], table, options, intermediates=[*range(16, 21)])
    return bytes(files.build(files.G(tensors, [operator], [0], [15])))


@needs_device
def test_layers_as_on_the_device(files: ModuleType, host: ModuleType, tmp_path: Path) -> None:
    models = {f"seed {seed}": layer(files, seed) for seed in range(6)}
    models |= {
        "three sequences": layer(files, 10, batches=3),
        "time first": layer(files, 11, batches=3, TimeMajor=True),
        "clipped": layer(files, 12, CellClip=0.5),
        "fine cells": layer(files, 13, cells=2.0**-13),
        "coarse cells": layer(files, 14, cells=2.0**-11, CellClip=10.0),
    }
    library = host.host_library(GCC, models, tmp_path)
    values = set()
    for name, model in models.items():
        on_tflm = host.tflm(model)
        for turn, inputs in enumerate(host.random_inputs(library.networks[name], seed=1, rounds=4)):
            (made,), (wanted,) = library.run(name, inputs), on_tflm(inputs)
            np.testing.assert_array_equal(made, wanted, err_msg=f"{name}, invocation {turn}")
            values |= set(wanted.reshape(-1).tolist())
    assert len(values) > 100


@pytest.mark.skipif(not GCC, reason="no gcc")
def test_a_trained_network(shared: Path, host: ModuleType, tmp_path: Path) -> None:
    model = shared / "models" / "trained_lstm_int8.tflite"
    library = host.host_library(GCC, {"model": model.read_bytes()}, tmp_path, Option.SIZE)
    (made,) = library.run("model", [np.load(model.with_suffix(".input.npy"))])
    np.testing.assert_array_equal(made, np.load(model.with_suffix(".tflm_output.npy")))


@pytest.mark.nightly
@needs_device
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m0plus", "rv32imc"])
def test_on_emulated_cores(core: str, files: ModuleType) -> None:
    for seed in range(6):
        model = layer(files, seed, batches=1 + seed % 2)
        generated = Network(read_graph(model)).generate(Option.SPEED)
        windows = random_windows(generated, 4)
        found, _ = verify(generated, target_core(core), windows, reference(model, generated), job=QuietJob())
        assert found.bit_exact, f"seed {seed}: {found.difference}"


def test_what_has_no_kernel_is_named(files: ModuleType, host: ModuleType) -> None:
    with pytest.raises(NotSupported, match="another activation than tanh"):
        host.generated({"model": layer(files, 1, FusedActivationFunction=1)}, Option.SIZE)
    with pytest.raises(NotSupported, match="power of two"):
        host.generated({"model": layer(files, 1, cells=0.001)}, Option.SIZE)
