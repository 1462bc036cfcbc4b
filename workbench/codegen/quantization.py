"""How values lie in the arena, and the range an activation leaves them.

int8 is stored as uint8 = q + 128, int16 as it is. All rules that involve rounding are those of TensorFlow Lite
(kernels/kernel_util.cc), in float32 where it computes in float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.graph.model import Tensor
from workbench.memory.plain_c.call import Call

ACTIVATIONS = ("int8", "int16")
_SHIFT = {"int8": 128, "int16": 0, "int32": 0}
_LIMITS = {"int8": (0, 255), "int16": (-32768, 32767), "int32": (-(1 << 31), (1 << 31) - 1)}


@dataclass(frozen=True)
class Stored:
    """A tensor in the arena: real = scale · (stored − zero_point), stored from ``lowest`` to ``highest``.

    ``scale`` is a float32 value.
    """

    scale: float
    zero_point: int
    lowest: int
    highest: int

    def quantized(self, real: float) -> int:
        """The stored value of a real one, halves away from zero, not held within the limits."""
        return self.zero_point + round_away(float(np.float32(real) / np.float32(self.scale)))


def stored(call: Call, tensor: Tensor, able: tuple[str, ...] = ACTIVATIONS) -> Stored:
    """How a quantized tensor lies in the arena; refuses one of another type, or with a scale for each channel."""
    given = tensor.quantization
    if tensor.dtype not in able or given is None:
        raise call.refusal(f"needs {tensor.name!r} as {' or '.join(able)} with a scale, not {tensor.dtype}.")
    if given.per_channel or given.scales[0] <= 0:
        raise call.refusal(f"needs one positive scale for {tensor.name!r}.")
    shift = _SHIFT[tensor.dtype]
    lowest, highest = _LIMITS[tensor.dtype]
    zero_point = given.zero_points[0] + shift
    if not lowest <= zero_point <= highest:
        raise call.refusal(
            f"has a zero point of {given.zero_points[0]} in {tensor.name!r}, which {tensor.dtype} lacks."
        )
    return Stored(given.scales[0], zero_point, lowest, highest)


def activation_limits(call: Call) -> tuple[int, int]:
    """(lowest, highest) stored value of the first output under the operator's fused activation."""
    output = stored(call, call.output)
    activation = call.option("fused_activation_function", "NONE")
    lowest, highest = output.lowest, output.highest
    if activation == "NONE":
        return lowest, highest
    if activation not in ("RELU", "RELU6", "RELU_N1_TO_1"):
        raise call.refusal(f"with the fused activation {activation} has no kernel here.")
    if activation == "RELU_N1_TO_1":
        return max(lowest, output.quantized(-1)), min(highest, output.quantized(1))
    if activation == "RELU6":
        highest = min(highest, output.quantized(6))
    return max(lowest, output.quantized(0)), highest


def is_wide(tensor: Tensor) -> int:
    """1 for int16, 0 for int8, as kernels of both take it."""
    return int(tensor.dtype == "int16")


def stored_values(tensor: Tensor) -> NDArray[np.uint8] | NDArray[np.int16]:
    """The content of a constant int8 or int16 tensor as it would lie in the arena, in its shape."""
    if tensor.data is None:
        raise ValueError(f"{tensor.name!r} is not constant")
    if tensor.dtype == "int16":
        return np.frombuffer(tensor.data, "<i2", tensor.elements).reshape(tensor.shape).astype(np.int16)
    signed = np.frombuffer(tensor.data, np.int8, tensor.elements).reshape(tensor.shape)
    return (signed.astype(np.int16) + _SHIFT["int8"]).astype(np.uint8)


def round_away(value: float) -> int:
    """The nearest whole number, halves away from zero, as C's round()."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
