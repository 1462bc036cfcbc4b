"""Running a .tflite file on this computer."""

from __future__ import annotations

import os
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import BadModel


def runtime_name() -> str:
    """What run_tflite runs models with, for people."""
    return f"LiteRT {metadata.version('ai-edge-litert')} on this computer, built-in kernels without delegates"


def run_tflite(model: bytes, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The model's answers (N, outputs) float32 to ``inputs`` (N, *its input shape).

    Inputs of an int8 model are quantized and its outputs dequantized with the model's own scales, as the firmware
    does. Delegates are off: their arithmetic differs from every microcontroller's. The microcontroller runtime
    may still differ by a step or two of the output's scale. Raises BadModel when the model cannot be run or does
    not take such inputs.
    """
    interpreter = _interpreter(model)
    taken, given = interpreter.get_input_details(), interpreter.get_output_details()
    if len(taken) != 1 or len(given) != 1:
        raise BadModel(f"The model has {len(taken)} inputs and {len(given)} outputs; one of each is needed.")
    shape = tuple(int(n) for n in taken[0]["shape"])
    if shape[1:] != inputs.shape[1:] or shape[0] != 1:
        raise BadModel(f"The model takes {shape}, not (1, {', '.join(str(n) for n in inputs.shape[1:])}).")
    values = _quantized(inputs, taken[0])
    answers = np.zeros((len(inputs), int(np.prod(given[0]["shape"]))), dtype=given[0]["dtype"])
    for index in range(len(values)):
        interpreter.set_tensor(taken[0]["index"], values[index : index + 1])
        interpreter.invoke()
        answers[index] = interpreter.get_tensor(given[0]["index"]).reshape(-1)
    scale, zero_point = given[0]["quantization"]
    if answers.dtype == np.float32:
        return answers
    return (answers.astype(np.float32) - np.float32(zero_point)) * np.float32(scale)


def _interpreter(model: bytes) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        interpreter = Interpreter(
            model_content=model,
            num_threads=min(2, os.cpu_count() or 1),
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise BadModel(f"The model cannot be run: {str(error).strip().splitlines()[0]}") from error
    return interpreter


def _quantized(inputs: NDArray[np.float32], details: Any) -> NDArray[Any]:
    """Inputs in the model's own type: round(x / scale) + zero point, clipped, for integers."""
    if details["dtype"] == np.float32:
        return inputs.astype(np.float32, copy=False)
    scale, zero_point = details["quantization"]
    limits = np.iinfo(details["dtype"])
    steps = np.rint(inputs / np.float32(scale)) + zero_point
    quantized: NDArray[Any] = np.clip(steps, limits.min, limits.max).astype(details["dtype"])
    return quantized
