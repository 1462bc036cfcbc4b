"""An int8 model on many windows at once, with the bits of TensorFlow Lite Micro.

Sums of products are whole numbers below 2^24, which float32 holds exactly, so a fast float32 matrix product computes
them; what does not fit is split. tests/unit/compression compares the outputs with the runtime's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.patches import padded, patches, window_axes
from workbench.compression.instant.quantize import WEIGHTED
from workbench.compression.instant.requantization import Requantization
from workbench.compression.instant.softmax import softmax_table
from workbench.errors import NotSupported
from workbench.graph.model import Graph, Quantization, Tensor
from workbench.jobs import Cancelled
from workbench.memory.plain_c.call import Call
from workbench.memory.plain_c.walks import Axis

Floats = NDArray[np.float32]
Kernel = Callable[[Floats], Floats]

CHUNK = 64  # windows at a time, fewer where an activation is large: they stay near the processor
_CHUNK_VALUES = 1 << 19
_EXACT = 1 << 24


class Int8Network:
    """A chain of int8 operators, prepared once; raises NotSupported for anything else."""

    def __init__(self, graph: Graph) -> None:
        main = graph.main
        if len(graph.subgraphs) != 1:
            raise NotSupported("Only models with one graph are answered at once.")
        calls = [Call(operator, main) for operator in main.operators]
        _check_chain(calls, main.inputs, main.outputs)
        self._round: Kernel = np.rint  # as the firmware does; the operator QUANTIZE rounds halves away from zero
        self._input, self._output = main.input_tensors[0], main.output_tensors[0]
        if calls and calls[0].operator.name == "QUANTIZE":
            self._input, self._round = calls.pop(0).output, _round_away
        if calls and calls[-1].operator.name == "DEQUANTIZE":
            self._output = calls.pop().input(0)
        self._calls = calls
        self._kernels = list(_kernels(calls))
        largest = max((call.output.elements for call in calls), default=1)
        self._chunk = max(1, min(CHUNK, _CHUNK_VALUES // max(largest, 1)))

    def answers(
        self, inputs: Floats, threads: ThreadPoolExecutor | None = None, wanted: Callable[[], bool] = lambda: True
    ) -> Floats:
        """Real-valued outputs (N, outputs) to real-valued inputs (N, *input shape); Cancelled when no more wanted."""

        def chunk(start: int) -> Floats:
            if not wanted():
                raise Cancelled
            return self._run(inputs[start : start + self._chunk])

        run = map if threads is None else threads.map
        outputs = list(run(chunk, range(0, len(inputs), self._chunk)))
        quantization = quantization_of(self._output)
        answers: Floats = np.concatenate(outputs) - np.float32(quantization.zero_points[0])
        answers *= np.float32(quantization.scales[0])
        return answers

    def activations(self, inputs: Floats) -> Iterator[Floats]:
        """What each operator with weights makes of inputs (N, *input shape), in their order; all are real-valued."""
        values = self._taken(inputs)
        for call in self._calls:
            values = _kernel(call)(values)
            if call.operator.name in WEIGHTED:
                given = quantization_of(call.output)
                yield (values - np.float32(given.zero_points[0])) * np.float32(given.scales[0])

    def _taken(self, inputs: Floats) -> Floats:
        """Inputs as int8 values."""
        quantization = quantization_of(self._input)
        values = self._round(inputs / np.float32(quantization.scales[0])) + np.float32(quantization.zero_points[0])
        taken: Floats = np.clip(values, -128, 127).astype(np.float32, copy=False)
        return taken

    def _run(self, inputs: Floats) -> Floats:
        values = self._taken(inputs)
        for kernel in self._kernels:
            values = kernel(values)
        flat: Floats = values.reshape(len(values), -1)
        return flat


def _round_away(values: Floats) -> Floats:
    rounded: Floats = np.trunc(values + np.copysign(np.float32(0.5), values))
    return rounded


def quantization_of(tensor: Tensor) -> Quantization:
    """A tensor's scale and zero point; NotSupported when it has none."""
    if tensor.quantization is None or tensor.dtype not in ("int8", "int32"):
        raise NotSupported(f"{tensor.name!r} is {tensor.dtype}; only full int8 models are answered at once.")
    return tensor.quantization


def _check_chain(calls: Sequence[Call], inputs: Sequence[int], outputs: Sequence[int]) -> None:
    if len(inputs) != 1 or len(outputs) != 1:
        raise NotSupported("Only models with one input and one output are answered at once.")
    last = inputs[0]
    for call in calls:
        place = call.operator.inputs[0] if call.operator.inputs else -1
        if place != last or len(call.operator.outputs) != 1:
            raise call.refusal("does not follow its predecessor; only chains of layers are answered at once.")
        last = call.operator.outputs[0]
    if last != outputs[0]:
        raise NotSupported("The model's output is not that of its last operator.")


def _kernels(calls: Sequence[Call]) -> Iterator[Kernel]:
    """One after the other; a convolution and the largest of its outputs are taken together.

    Requantization never turns the order of two sums around, so the largest sum gives the largest output, and only that
    is requantized.
    """
    place = 0
    while place < len(calls):
        call, after = calls[place], calls[place + 1] if place + 1 < len(calls) else None
        if call.operator.name in _SUMS and after is not None and after.operator.name == "MAX_POOL_2D":
            yield _pooled(*_SUMS[call.operator.name](call), after)
            place += 2
        else:
            yield _kernel(call)
            place += 1


def _pooled(sums: Kernel, requantize: Requantization, pool: Call) -> Kernel:
    largest = _largest(pool, -np.inf)
    lowest, highest = _limits(pool)

    def run(values: Floats) -> Floats:
        best = requantize(largest(sums(values)))
        return np.clip(best, lowest, highest, out=best)

    return run


def _kernel(call: Call) -> Kernel:
    if call.operator.name in _SUMS:
        sums, requantize = _SUMS[call.operator.name](call)
        return lambda values: requantize(sums(values))
    prepare = _PREPARE.get(call.operator.name)
    if prepare is None:
        raise call.refusal("is not among the operators that are answered at once.")
    return prepare(call)


def _stored(tensor: Tensor, dtype: type[np.generic]) -> NDArray[np.generic]:
    if tensor.dtype != np.dtype(dtype).name:
        raise NotSupported(f"{tensor.name!r} is {tensor.dtype}; only full int8 models are answered at once.")
    return np.frombuffer(tensor.data or b"", dtype).reshape(tensor.shape)


def _limits(call: Call) -> tuple[int, int]:
    """(lowest, highest) int8 value under the fused activation."""
    given = quantization_of(call.output)
    scale, zero_point = np.float32(given.scales[0]), given.zero_points[0]
    activation = call.option("fused_activation_function", "NONE")
    if activation == "NONE":
        return -128, 127
    if activation == "RELU":
        return max(-128, zero_point), 127
    if activation == "RELU6":
        return max(-128, zero_point), min(127, zero_point + int(np.floor(np.float32(6) / scale + np.float32(0.5))))
    raise call.refusal(f"with the fused activation {activation} is not answered at once.")


def _requantization(call: Call, weights: NDArray[np.int64]) -> Requantization:
    """For weights (C, taps): the zero point of the input is folded into the bias."""
    taken, given = quantization_of(call.input(0)), quantization_of(call.output)
    scales = np.array(quantization_of(call.input(1)).scales, np.float32).astype(np.float64)
    scales = np.broadcast_to(scales, len(weights))
    bias_tensor = call.inputs[2] if len(call.operator.inputs) > 2 else None
    bias = np.zeros(len(weights), np.int64) if bias_tensor is None else _stored(bias_tensor, np.int32).astype(np.int64)
    factors = float(np.float32(taken.scales[0])) * scales / float(np.float32(given.scales[0]))
    folded = bias.reshape(-1) - taken.zero_points[0] * weights.sum(axis=1)
    return Requantization(factors, folded, given.zero_points[0], *_limits(call))


def _product(weights: NDArray[np.int64]) -> Kernel:
    """Sums of products of int8 values (…, taps) with weights (C, taps), exact in float32."""
    matrix = np.ascontiguousarray(weights.T.astype(np.float32))
    largest = int(128 * np.abs(weights).sum(axis=1).max(initial=0))
    if largest < _EXACT:
        return lambda values: values @ matrix
    wide = matrix.astype(np.float64)
    return lambda values: (values.astype(np.float64) @ wide).astype(np.float32)


def _convolution(call: Call) -> tuple[Kernel, Requantization]:
    weights = _stored(call.input(1), np.int8).astype(np.int64)
    filters, kernel_height, kernel_width, depth = weights.shape
    if depth != call.input(0).shape[3]:
        raise call.refusal("with groups of channels is not answered at once.")
    down, across = window_axes(call, (kernel_height, kernel_width))
    flat = weights.reshape(filters, -1)
    product, requantize = _product(flat), _requantization(call, flat)
    padding = float(quantization_of(call.input(0)).zero_points[0])
    shape = (down.outputs, across.outputs, filters)
    gather = _tap_by_tap if depth == 1 else _window_by_window

    def run(values: Floats) -> Floats:
        seen = patches(values, down, across, padding)
        return product(gather(seen)).reshape(len(values), *shape)

    return run, requantize


def _window_by_window(seen: Floats) -> Floats:
    """Patches (N, rows, columns, kernel rows, kernel columns, C) as a matrix (N · rows · columns, taps)."""
    return seen.reshape(-1, seen.shape[3] * seen.shape[4] * seen.shape[5])


def _tap_by_tap(seen: Floats) -> Floats:
    """The same matrix, stored by columns: with one channel, a whole row of windows lies side by side for each tap."""
    taps = seen.transpose(3, 4, 5, 0, 1, 2)
    return np.ascontiguousarray(taps).reshape(seen.shape[3] * seen.shape[4] * seen.shape[5], -1).T


def _depthwise(call: Call) -> tuple[Kernel, Requantization]:
    weights = _stored(call.input(1), np.int8).astype(np.int64)[0]
    height, width, made = weights.shape
    multiplier = made // max(call.input(0).shape[3], 1)
    down, across = window_axes(call, (height, width))
    requantize = _requantization(call, weights.reshape(-1, made).T)
    padding = float(quantization_of(call.input(0)).zero_points[0])
    taps = weights.astype(np.float32)

    def run(values: Floats) -> Floats:
        seen = patches(values, down, across, padding)
        sums = np.zeros((len(values), down.outputs, across.outputs, made), np.float32)
        for row in range(height):
            for column in range(width):
                taken = seen[:, :, :, row, column]
                sums += (np.repeat(taken, multiplier, axis=3) if multiplier > 1 else taken) * taps[row, column]
        return sums

    return run, requantize


def _fully_connected(call: Call) -> Kernel:
    weights = _stored(call.input(1), np.int8).astype(np.int64)
    product, requantize = _product(weights), _requantization(call, weights)
    return lambda values: requantize(product(values.reshape(-1, weights.shape[1]))).reshape(len(values), -1)


def _pool_axes(call: Call) -> tuple[int, int]:
    return int(call.option("filter_height", 1)), int(call.option("filter_width", 1))


def _largest(call: Call, padding: float) -> Kernel:
    """The largest value under each window of a pooling: down the rows first, where neighbours lie side by side."""
    down, across = window_axes(call, _pool_axes(call))

    def run(values: Floats) -> Floats:
        values = padded(values, down, across, padding)
        for axis, number in ((down, 1), (across, 2)):
            seen = (_every(values, axis, place, number) for place in range(axis.kernel))
            best = next(seen).copy()
            for other in seen:
                np.maximum(best, other, out=best)
            values = best
        return values

    return run


def _every(values: Floats, axis: Axis, place: int, number: int) -> Floats:
    """What lies under one place of each window along an axis: a view."""
    start = place * axis.dilation
    taken = slice(start, start + axis.stride * (axis.outputs - 1) + 1, axis.stride)
    return values[:, taken] if number == 1 else values[:, :, taken]


def _max_pool(call: Call) -> Kernel:
    largest = _largest(call, -128.0)
    lowest, highest = _limits(call)

    def run(values: Floats) -> Floats:
        best = largest(values)
        return np.clip(best, lowest, highest, out=best)

    return run


def _average_pool(call: Call) -> Kernel:
    """The device divides the sum by the count of values inside, halves away from zero."""
    down, across = window_axes(call, _pool_axes(call))
    lowest, highest = _limits(call)
    _, height, width, _ = call.input(0).shape
    inside = patches(np.ones((1, height, width, 1), np.float32), down, across, 0.0).sum(axis=(3, 4))

    def run(values: Floats) -> Floats:
        sums = patches(values, down, across, 0.0).sum(axis=(3, 4))
        means: Floats = np.trunc((sums + np.copysign(np.floor(inside / 2), sums)) / inside)
        return np.clip(means, lowest, highest, out=means)

    return run


def _quantize(call: Call) -> Kernel:
    """From one scale to another inside the model, as after quantization-aware training."""
    taken, given = quantization_of(call.input(0)), quantization_of(call.output)
    factor = np.array([float(np.float32(taken.scales[0])) / float(np.float32(given.scales[0]))])
    bias = np.array([-taken.zero_points[0]], np.int64)
    return Requantization(factor, bias, given.zero_points[0], -128, 127)


def _reshape(call: Call) -> Kernel:
    shape = call.output.shape[1:]
    return lambda values: values.reshape(len(values), *shape)


def _softmax(call: Call) -> Kernel:
    taken = quantization_of(call.input(0))
    answer = softmax_table(float(np.float32(taken.scales[0])), float(call.option("beta", 1.0)))
    return lambda values: answer(values.reshape(len(values), -1))


# Operators whose sums are requantized; given apart, because a pooling may come in between.
_SUMS: Mapping[str, Callable[[Call], tuple[Kernel, Requantization]]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
}
_PREPARE: Mapping[str, Callable[[Call], Kernel]] = {
    "AVERAGE_POOL_2D": _average_pool,
    "EXPAND_DIMS": _reshape,
    "FULLY_CONNECTED": _fully_connected,
    "MAX_POOL_2D": _max_pool,
    "QUANTIZE": _quantize,
    "RESHAPE": _reshape,
    "SOFTMAX": _softmax,
    "SQUEEZE": _reshape,
}
