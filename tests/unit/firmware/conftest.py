"""The C twins of the feature blocks, compiled as they are shipped, and inputs of an export without training."""

from __future__ import annotations

import ctypes
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.boards import Board, Core, Sensor
from workbench.features import compute as features
from workbench.features.parameters import FeatureParameters
from workbench.features.settings import FeatureSettings
from workbench.figures import Figure, Source
from workbench.firmware.inputs import FirmwareInputs, NamedFigure
from workbench.graph.model import Graph, Operator, Quantization, Subgraph, Tensor
from workbench.resources import resource

CHANNELS = ("ax", "ay", "az", "wx", "wy", "wz")
BOARD = Board(
    id="bench",
    name="Bench board",
    maker="Test",
    core=Core("cortex-m4", 64_000_000, "single", dsp=True),
    flash_bytes=1_048_576,
    ram_bytes=262_144,
    supply_v=3.3,
    sensors=(Sensor("LSM9DS1", "acceleration, rotation, magnetic field", "I2C"),),
    toolchain={"arduino": "arduino:mbed_nano:nano33ble"},
)

# The strictest reading of the house rule on generated C; contraction on, as arm-none-eabi-gcc has it by default.
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wdouble-promotion", "-Wshadow")
FLAGS = ("-std=c99", "-O2", "-ffp-contract=fast", *WARNINGS, "-Wmissing-prototypes", "-Werror")


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    gcc = shutil.which("gcc")
    assert gcc, "gcc is needed to compile the C twins"
    library = tmp_path_factory.mktemp("twins") / "twins.so"
    sources = sorted(resource("c", "features").glob("*.c"))
    subprocess.run(
        [gcc, *FLAGS, "-fPIC", "-shared", *map(str, sources), "-o", str(library), "-lm"], check=True, timeout=300
    )
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="session")
def feature_sources() -> Path:
    return resource("c", "features")


def _tensor(index: int, shape: tuple[int, ...], dtype: str, quantization: Quantization | None) -> Tensor:
    size = {"float32": 4, "int16": 2}.get(dtype, 1)
    return Tensor(index, f"tensor {index}", shape, dtype, math.prod(shape) * size, quantization)


def make_graph(
    input_shape: tuple[int, ...] = (1, 1, 50, 6),
    outputs: int = 3,
    dtype: str = "int8",
    operators: tuple[str, ...] = ("CONV_2D", "CONV_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"),
) -> Graph:
    """A model's shell: input, output and the operators between them."""
    quantization = None if dtype == "float32" else Quantization((0.05,), (-3,))
    ends = None if dtype == "float32" else Quantization((1 / 256,), (-128,))
    tensors = (_tensor(0, input_shape, dtype, quantization), _tensor(1, (1, outputs), dtype, ends))
    chain = tuple(Operator(place, name, 1, (0,), (1,)) for place, name in enumerate(operators))
    return Graph((Subgraph("main", tensors, chain, (0,), (1,)),))


def make_parameters(block: str = "raw", rows: int = 50, channels: tuple[str, ...] = CHANNELS) -> FeatureParameters:
    settings = FeatureSettings(block=block, spectrum_bins=8)
    windows = np.random.default_rng(3).normal(0.3, 1.1, (20, rows, len(channels))).astype(np.float32)
    return features.fit(windows, settings, rate_hz=50.0, channels=channels, stride_rows=25)


def make_inputs(**changes: Any) -> FirmwareInputs:
    """Inputs of an export for the board of the tests; anything can be given another value."""
    parameters = changes.pop("parameters", make_parameters())
    if "graph" not in changes:
        changes["graph"] = make_graph(_model_input(parameters))
    known = {
        "name": "Shoulder exercises",
        "model": bytes(range(256)) * 5 + b"end",
        "board": BOARD,
        "arena_bytes": 4_096,
        "arena_source": "Simulated.",
        "task": "classification",
        "parameters": parameters,
        "units": ("g", "g", "g", "rad/s", "rad/s", "rad/s"),
        "labels": ("rest", "press", "row"),
        "figures": (NamedFigure("Accuracy", Figure(0.812, "1", Source.EVALUATED, note="120 windows")),),
        "made_by": "Made by the tests",
    }
    return FirmwareInputs(**(known | changes))


def _model_input(parameters: FeatureParameters | None) -> tuple[int, ...]:
    return (1, 1, 50, 6) if parameters is None else (1, *parameters.output_shape)


@pytest.fixture
def inputs() -> Callable[..., FirmwareInputs]:
    return make_inputs


@pytest.fixture
def graph() -> Callable[..., Graph]:
    return make_graph


@pytest.fixture
def parameters() -> Callable[..., FeatureParameters]:
    return make_parameters


@pytest.fixture(scope="session")
def gcc() -> Callable[..., str]:
    """Run gcc with the house's warnings; its messages, empty when it had none."""
    program = shutil.which("gcc")
    assert program, "gcc is needed to compile what is exported"

    def run(*arguments: str | Path) -> str:
        command = [program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False).stderr

    return run
