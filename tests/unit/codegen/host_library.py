"""Generated networks in one shared library of the host, next to the same models in TensorFlow Lite Micro."""

from __future__ import annotations

import ctypes
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    networks = generated(models, option)
    sources = write_together(networks.values(), folder)
    library = folder / "networks.so"
    subprocess.run([gcc, *STRICT, *(flags or ("-O0",)), "-shared", "-fPIC", "-o", str(library), *sources], check=True)
    return HostLibrary(ctypes.CDLL(str(library)), networks)


def generated(models: Mapping[str, bytes], option: Option) -> dict[str, Generated]:
    """The models' C by name, each under a prefix of its own."""
    return {
        name: Network(read_graph(model)).generate(option, f"n{place}")
        for place, (name, model) in enumerate(models.items())
    }


def write_together(networks: Iterable[Generated], folder: Path) -> list[str]:
    """Write networks with one copy of the kernels for all of them; the C files to compile."""
    kernels: dict[str, str] = {}
    own: dict[str, str] = {}
    for network in networks:
        prefix = network.prefix
        texts = {file.name: file.content for file in network.files}
        shared = {name for name in texts if name.split(".")[0] not in (prefix, f"{prefix}_weights")}
        in_kernels = "\n".join((*shared, *(texts[name] for name in shared)))
        names = set(re.findall(rf"\b(?i:{prefix})_\w+", in_kernels))
        pattern = re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b")
        for name, text in texts.items():
            (kernels if name in shared else own)[pattern.sub(_shared, name)] = pattern.sub(_shared, text)
    own["all.c"] = "".join(f'#include "{name}"\n' for name in own if name.endswith(".c"))
    for name, text in (own | kernels).items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in ("all.c", *kernels) if name.endswith(".c")]


def _shared(found: re.Match[str]) -> str:
    """A kernel's name under the prefix that all networks share."""
    prefix, _, rest = found[0].partition("_")
    return f"{'KERNEL' if prefix.isupper() else 'kernel'}_{rest}"


def tflm(model: bytes) -> Callable[[Sequence[Values]], list[Values]]:
    """TensorFlow Lite Micro with a model: from inputs to outputs; it keeps its state."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=_TFLM_ARENA)
    outputs = len(read_graph(model).output_tensors)

    def run(inputs: Sequence[Values]) -> list[Values]:
        for place, values in enumerate(inputs):
            interpreter.set_input(values, place)
        interpreter.invoke()
        return [interpreter.get_output(place) for place in range(outputs)]

    return run


def random_inputs(network: Generated, seed: int, rounds: int = 3) -> Iterator[list[Values]]:
    """Inputs over the whole range, the extremes first."""
    rng = np.random.default_rng(seed)
    yield [np.full(port.shape, _extreme(port, -1), _TYPES[port.dtype]) for port in network.inputs]
    yield [np.full(port.shape, _extreme(port, 1), _TYPES[port.dtype]) for port in network.inputs]
    for _ in range(rounds):
        yield [_as(port, _random(rng, port)) for port in network.inputs]


def _random(rng: np.random.Generator, port: Port) -> Values:
    if port.dtype == "float32":
        return rng.normal(0, 3, port.shape)
    return rng.integers(np.iinfo(port.dtype).min, np.iinfo(port.dtype).max, port.shape, endpoint=True)


def _extreme(port: Port, sign: int) -> float:
    if port.dtype == "float32":
        return sign * 1e3
    limits = np.iinfo(port.dtype)
    return limits.min if sign < 0 else limits.max


def _as(port: Port, values: Values) -> Values:
    return np.ascontiguousarray(values).astype(_TYPES[port.dtype])


def _bytes(port: Port) -> int:
    return int(np.prod(port.shape)) * np.dtype(_TYPES[port.dtype]).itemsize
