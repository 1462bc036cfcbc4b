"""What a network should answer: TensorFlow Lite Micro where it is installed, else the same C on this computer."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from importlib import metadata, util

import numpy as np

from workbench.codegen.generated import Generated, port_function
from workbench.errors import BadModel
from workbench.target.build import build_for_host
from workbench.target.emulator import port_bytes

Reference = Callable[[Sequence[bytes]], tuple[bytes, ...]]
_ARENA_BYTES = 64 << 20


def reference(model: bytes, generated: Generated) -> tuple[str, Reference]:
    """Who answers, in words, and a function from the inputs' bytes to the outputs' bytes, which keeps its state."""
    if util.find_spec("tflite_micro") is not None:
        return f"TensorFlow Lite Micro {metadata.version('tflite-micro')}", _microcontroller_runtime(model, generated)
    return "the same C on this computer (tflite-micro is not installed)", _host_build(generated)


def _microcontroller_runtime(model: bytes, generated: Generated) -> Reference:
    from tflite_micro import runtime

    try:
        interpreter = runtime.Interpreter.from_bytes(model, arena_size=_ARENA_BYTES)
    except RuntimeError as error:
        raise BadModel(f"TensorFlow Lite Micro does not take the model: {error}") from error

    def answer(inputs: Sequence[bytes]) -> tuple[bytes, ...]:
        for place, (given, port) in enumerate(zip(inputs, generated.inputs, strict=True)):
            interpreter.set_input(np.frombuffer(given, port.dtype).reshape(port.shape), place)
        interpreter.invoke()
        return tuple(interpreter.get_output(place).tobytes() for place in range(len(generated.outputs)))

    return answer


def _host_build(generated: Generated) -> Reference:
    library = ctypes.CDLL(str(build_for_host(generated)))

    def port(kind: str, place: int) -> int:
        function = getattr(library, port_function(generated.prefix, kind, place))
        function.restype = ctypes.c_void_p
        return int(function())

    def answer(inputs: Sequence[bytes]) -> tuple[bytes, ...]:
        for place, given in enumerate(inputs):
            ctypes.memmove(port("input", place), given, len(given))
        getattr(library, f"{generated.prefix}_invoke")()
        return tuple(
            ctypes.string_at(port("output", place), port_bytes(one)) for place, one in enumerate(generated.outputs)
        )

    return answer
