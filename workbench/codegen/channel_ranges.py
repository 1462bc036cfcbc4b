"""Between which values each channel of a tensor lies, whatever the model's input: interval analysis.

Values are as stored in the arena (quantization.py). A range holds for every input there is, so a channel whose least
value is its greatest is constant on the device too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.fixed_point import high_multiply, multiplier, requantize, shift_right
from workbench.codegen.operators.channels import Channels, channels
from workbench.codegen.operators.mean import divided
from workbench.codegen.quantization import activation_limits, stored
from workbench.errors import NotSupported
from workbench.graph.model import Subgraph, Tensor
from workbench.memory.plain_c.call import Call, is_computed
from workbench.memory.plain_c.storage import is_alias
from workbench.memory.plain_c.walks import axes

Values = NDArray[np.int64]

_INT32 = 1 << 31


@dataclass(frozen=True, eq=False)
class Range:
    """The least and the greatest value of each channel; int64 of shape (channels,)."""

    least: Values
    most: Values

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Which channels have one value only."""
        return np.asarray(self.least == self.most)

    def held(self, lowest: int, highest: int) -> Range:
        """The range of values that are clamped."""
        return Range(np.clip(self.least, lowest, highest), np.clip(self.most, lowest, highest))


def channel_ranges(subgraph: Subgraph) -> Mapping[int, Range]:
    """The range of each computed int8 tensor, by index; its channels are its last axis."""
    found = {tensor.index: _any_value(tensor) for tensor in subgraph.tensors if has_channels(tensor)}
    for operator in subgraph.operators:
        call = Call(operator, subgraph)
        rule = _same if is_alias(call) else _RULES.get(operator.name)
        if rule is None or call.output.index not in found or call.input(0).index not in found:
            continue
        try:
            found[call.output.index] = rule(call, found[call.input(0).index])
        except NotSupported:
            continue  # whoever generates code for it says so; until then it may take any value
    return found


def has_channels(tensor: Tensor) -> bool:
    """Whether a tensor is computed and has int8 channels."""
    return is_computed(tensor) and tensor.dtype == "int8" and tensor.elements > 0 and len(tensor.shape) > 0


def is_padded(call: Call) -> bool:
    """Whether some window of a convolution reaches beyond its input."""
    _, height, width, _ = call.shape(call.input(0), 4)
    _, kernel_height, kernel_width, _ = call.shape(call.input(1), 4)
    _, out_height, out_width, _ = call.shape(call.output, 4)
    both = axes(call, (kernel_height, kernel_width), (height, width), (out_height, out_width))
    return any(axis.before > 0 or axis.padded > axis.inputs for axis in both)


def _any_value(tensor: Tensor) -> Range:
    count = tensor.shape[-1]
    return Range(np.zeros(count, np.int64), np.full(count, 255, np.int64))


def _convolution(call: Call, given: Range) -> Range:
    found = channels(call, call.shape(call.output, 4)[3])
    taps = found.weights.reshape(found.count, -1, given.least.size)
    return _activations(found, taps, _less_zero_point(found, given, is_padded(call)))


def _depthwise(call: Call, given: Range) -> Range:
    found = channels(call, call.shape(call.output, 4)[3])
    taps = found.weights.reshape(-1, found.count).T[:, :, None]
    each = found.count // given.least.size  # output channels of an input channel
    inputs = _less_zero_point(found, given, is_padded(call))
    return _activations(
        found, taps, Range(np.repeat(inputs.least, each)[:, None], np.repeat(inputs.most, each)[:, None])
    )


def _fully_connected(call: Call, given: Range) -> Range:
    found = channels(call, call.shape(call.input(1), 2)[0])
    taps = found.weights.reshape(found.count, -1, given.least.size)
    return _activations(found, taps, _less_zero_point(found, given, padded=False))


def _less_zero_point(found: Channels, given: Range, padded: bool) -> Range:
    """What is multiplied with weights; padding is 0."""
    least, most = given.least - found.given.zero_point, given.most - found.given.zero_point
    return Range(np.minimum(least, 0), np.maximum(most, 0)) if padded else Range(least, most)


def _activations(found: Channels, taps: Values, inputs: Range) -> Range:
    """Weights (filters, taps, channels) times inputs, requantized. Inputs are (channels,) or (filters, channels)."""
    positive, negative = np.maximum(taps, 0).sum(1), np.minimum(taps, 0).sum(1)
    least = (positive * inputs.least + negative * inputs.most).sum(1) + found.bias
    most = (positive * inputs.most + negative * inputs.least).sum(1) + found.bias
    left, right = np.maximum(found.shift, 0).astype(np.int64), np.maximum(-found.shift, 0).astype(np.int64)
    wraps = np.maximum(np.abs(least), np.abs(most)) >= _INT32 >> left
    ends = (shift_right(high_multiply(end << left, found.multiplier.astype(np.int64)), right) for end in (least, most))
    low, high = (np.where(wraps, other, end + found.made.zero_point) for end, other in zip(ends, (0, 255), strict=True))
    return Range(low, high).held(found.lowest, found.highest)


def _pooled(call: Call, given: Range) -> Range:
    """Averages and maxima of stored values lie among them."""
    return given.held(*activation_limits(call))


def _mean(call: Call, given: Range) -> Range:
    """Sums of as many equal values, requantized."""
    source = call.input(0)
    if (len(source.shape) - 1) in {axis % len(source.shape) for axis in call.constant(1)}:
        raise call.refusal("over channels has no range here.")
    taken, made = stored(call, source), stored(call, call.output)
    count = source.elements // call.output.elements
    factor = divided(multiplier(taken.scale / made.scale), count)
    least, most = (
        requantize(count * (end - taken.zero_point), factor) + made.zero_point for end in (given.least, given.most)
    )
    return Range(least, most).held(made.lowest, made.highest)


def _pad(call: Call, given: Range) -> Range:
    """What is there, and the zero point around it; around the channels too, where they are padded."""
    zero = stored(call, call.output).zero_point
    before, after = call.constant(1)[-2:]
    ends = (np.minimum(given.least, zero), np.maximum(given.most, zero))
    return Range(*(np.pad(end, (before, after), constant_values=zero) for end in ends))


def _same(call: Call, given: Range) -> Range:
    """Another shape of the same bytes: the channels as they are, or those of several pixels in a row."""
    times, left = divmod(call.output.shape[-1], given.least.size)
    if left:
        raise call.refusal("cuts channels.")
    return Range(np.tile(given.least, times), np.tile(given.most, times))


_RULES: Mapping[str, Callable[[Call, Range], Range]] = {
    "AVERAGE_POOL_2D": _pooled,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _fully_connected,
    "MAX_POOL_2D": _pooled,
    "MEAN": _mean,
    "PAD": _pad,
}
