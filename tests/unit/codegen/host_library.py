"""Generated networks in one shared library of the host, next to the same models in TensorFlow Lite Micro."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.generated import Generated, Option, Port
from workbench.codegen.network import Network
from workbench.graph.read import read_graph

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
_TYPES = {"int8": np.int8, "int16": np.int16, "int32": np.int32, "float32": np.float32}
_TFLM_ARENA = 1 << 20

Values = NDArray[np.generic]


@dataclass(frozen=True)
class HostLibrary:
    """``networks`` by name, each with a prefix of its own in one library: one start of the compiler for all."""

    library: ctypes.CDLL
    networks: Mapping[str, Generated]

    def run(self, name: str, inputs: Sequence[Values]) -> list[Values]:
        """The outputs of a network for these inputs, in their own types."""
        network = self.networks[name]
        for place, (port, values) in enumerate(zip(network.inputs, inputs, strict=True)):
            ctypes.memmove(self._port(network, "input", place), _as(port, values).tobytes(), _bytes(port))
        assert getattr(self.library, f"{network.prefix}_invoke")() == 0
        return [
            np.frombuffer(
                ctypes.string_at(self._port(network, "output", place), _bytes(port)), _TYPES[port.dtype]
            ).reshape(port.shape)
            for place, port in enumerate(network.outputs)
        ]

    def _port(self, network: Generated, kind: str, place: int) -> int:
        function = getattr(self.library, f"{network.prefix}_{kind}" + (f"_{place + 1}" if place else ""))
        function.restype = ctypes.c_void_p
        return int(function())


def host_library(
    gcc: str, models: Mapping[str, bytes], folder: Path, option: Option = Option.SPEED, *flags: str
) -> HostLibrary:
    """The models' C in one library; a warning fails."""
    networks = {
        name: Network(read_graph(model)).generate(option, f"n{place}")
        for place, (name, model) in enumerate(models.items())
    }
    for network in networks.values():
        for file in network.files:
            (folder / file.name).write_text(file.content, encoding="utf-8")
    library = folder / "networks.so"
    sources = [str(path) for path in sorted(folder.glob("*.c"))]
    subprocess.run([gcc, *STRICT, *(flags or ("-O1",)), "-shared", "-fPIC", "-o", str(library), *sources], check=True)
    return HostLibrary(ctypes.CDLL(str(library)), networks)


def on_tflm(model: bytes, inputs: Sequence[Values]) -> list[Values]:
    """The outputs of TensorFlow Lite Micro."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=_TFLM_ARENA)
    for place, values in enumerate(inputs):
        interpreter.set_input(values, place)
    interpreter.invoke()
    return [interpreter.get_output(place) for place in range(len(read_graph(model).output_tensors))]


def random_inputs(network: Generated, seed: int, rounds: int = 3) -> Iterator[list[Values]]:
    """Inputs over the whole range, the extremes first."""
    rng = np.random.default_rng(seed)
    yield [np.full(port.shape, _extreme(port, -1), _TYPES[port.dtype]) for port in network.inputs]
    yield [np.full(port.shape, _extreme(port, 1), _TYPES[port.dtype]) for port in network.inputs]
    for _ in range(rounds):
        yield [
            _as(port, rng.normal(0, 3, port.shape) if port.dtype == "float32" else rng.integers(-128, 128, port.shape))
            for port in network.inputs
        ]


def _extreme(port: Port, sign: int) -> float:
    return sign * 1e3 if port.dtype == "float32" else (-128 if sign < 0 else 127)


def _as(port: Port, values: Values) -> Values:
    return np.ascontiguousarray(values).astype(_TYPES[port.dtype])


def _bytes(port: Port) -> int:
    return int(np.prod(port.shape)) * np.dtype(_TYPES[port.dtype]).itemsize
