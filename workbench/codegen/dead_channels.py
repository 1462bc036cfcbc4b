"""Channels that never change a model's answer: which they are.

A channel can go when every operator that reads it can do without. A convolution or dense layer can when the channel is
constant (channel_ranges.py), since the bias can hold what it adds, or when all its weights on it are zero. An operator
that computes each channel from the same channel of its inputs can when its own goes too. channel_removal.py takes them
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.codegen.channel_ranges import Range, has_channels, is_padded
from workbench.codegen.quantization import stored
from workbench.errors import NotSupported
from workbench.graph.model import Subgraph, Tensor
from workbench.memory.plain_c.call import Call, is_computed
from workbench.memory.plain_c.storage import is_alias

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

# Their weights, (outputs, …), lead from all channels of the input to each of the output.
MIXING = ("CONV_2D", "FULLY_CONNECTED")
_ELEMENT_BY_ELEMENT = (
    *("ADD", "MAXIMUM", "MINIMUM", "MUL", "SUB"),
    *("HARD_SWISH", "LEAKY_RELU", "LOGISTIC", "QUANTIZE", "RELU", "RELU6", "TANH"),
)
# The factor of a dense layer is rounded in another way when there is one scale only.
_LEAST_CHANNELS = 2


class DeadChannels:
    """The channels of a subgraph, numbered through all its tensors, and which of them go only together."""

    def __init__(self, subgraph: Subgraph, ranges: Mapping[int, Range]) -> None:
        self._numbers: dict[int, Numbers] = {}
        count = 0
        for tensor in filter(has_channels, subgraph.tensors):
            self._numbers[tensor.index] = np.arange(count, count + tensor.shape[-1])
            count += tensor.shape[-1]
        self._pinned = np.zeros(count, bool)  # stay, whatever they hold
        self._parent = list(range(count))  # towards the channel that stands for all that go together
        self._mixing: list[tuple[Call, Mask]] = []
        for index in (*subgraph.inputs, *subgraph.outputs):
            self._pin(index)
        for operator in subgraph.operators:
            self._add(Call(operator, subgraph), ranges)

    def kept(self) -> Mapping[int, Mask]:
        """Which channels of each tensor stay, by the tensor's index."""
        pinned = self._pinned.copy()
        while True:
            kept = self._needed(pinned)
            least = np.concatenate(
                [np.zeros(0, np.int64)]
                + [own[:_LEAST_CHANNELS] for own in self._numbers.values() if kept[own].sum() < _LEAST_CHANNELS]
            )
            if kept[least].all():
                return {tensor: kept[own] for tensor, own in self._numbers.items()}
            pinned[least] = True

    def _needed(self, pinned: Mask) -> Mask:
        """The channels that stay; fewer of them need fewer in turn."""
        groups = np.array([self._group(channel) for channel in range(pinned.size)], np.int64)
        kept = np.ones(pinned.size, bool)
        while True:
            free = ~pinned
            for call, foldable in self._mixing:
                weights = weight_values(call.input(1))[kept[self._numbers[call.output.index]]]
                used = (weights != 0).reshape(-1, foldable.size).any(0)
                free[self._numbers[call.input(0).index]] &= foldable | ~used
            going = np.ones(pinned.size, bool)
            np.logical_and.at(going, groups, free)
            if (going[groups] == ~kept).all():
                return kept
            kept = ~going[groups]

    def _add(self, call: Call, ranges: Mapping[int, Range]) -> None:
        """What an operator asks of the channels it reads and writes."""
        if self._mixes(call):
            self._mixing.append((call, _foldable(call, ranges[call.input(0).index])))
            return
        links = list(self._links(call))
        if not links:
            for index in (*call.operator.inputs, *call.operator.outputs):
                self._pin(index)
        for inputs, outputs in links:
            for one, other in zip(inputs.tolist(), outputs.tolist(), strict=True):
                self._parent[self._group(other)] = self._group(one)

    def _mixes(self, call: Call) -> bool:
        if call.operator.name not in MIXING or len(call.operator.outputs) != 1:
            return False
        given, weights = call.input(0), call.input(1)
        if given.index not in self._numbers or call.output.index not in self._numbers:
            return False
        fits = weights.shape[0] == call.output.shape[-1] and weights.shape[-1] % given.shape[-1] == 0
        return fits and weights.dtype == "int8" and not is_computed(weights)

    def _links(self, call: Call) -> Iterator[tuple[Numbers, Numbers]]:
        """For each input, its channels and those of the output that are made of them; nothing for other operators."""
        read = [tensor for tensor in call.inputs if tensor is not None and is_computed(tensor)]
        if any(end.index not in self._numbers for end in (*read, *call.outputs)) or not _is_channel_by_channel(call):
            return
        outputs = self._numbers[call.output.index]
        for tensor in read:
            inputs = self._numbers[tensor.index]
            times = outputs.size // inputs.size
            yield np.tile(inputs, times) if is_alias(call) else np.repeat(inputs, times), outputs

    def _pin(self, tensor: int) -> None:
        if tensor in self._numbers:
            self._pinned[self._numbers[tensor]] = True

    def _group(self, channel: int) -> int:
        while self._parent[channel] != channel:
            self._parent[channel] = channel = self._parent[self._parent[channel]]
        return channel


def weight_values(tensor: Tensor) -> NDArray[np.int8]:
    """Stored int8 weights in their shape."""
    return np.frombuffer(tensor.data or b"", np.int8, tensor.elements).reshape(tensor.shape)


def _is_channel_by_channel(call: Call) -> bool:
    """Whether channels of the output can be told to come from channels of the inputs, one after the other."""
    if len(call.outputs) != 1:
        return False
    given, made = call.input(0).shape, call.output.shape
    if is_alias(call):
        return made[-1] % given[-1] == 0
    match call.operator.name:
        case "DEPTHWISE_CONV_2D":
            return len(given) == 4 and made[-1] % given[-1] == 0 and not is_computed(call.input(1))
        case "AVERAGE_POOL_2D" | "MAX_POOL_2D" | "PAD":
            return made[-1] == given[-1]
        case "MEAN":
            axes = {axis % len(given) for axis in call.constant(1)}
            return len(given) - 1 not in axes and made[-1] == given[-1]
        case name:
            alike = all(t is not None and is_computed(t) and t.shape == made for t in call.inputs)
            return alike and name in _ELEMENT_BY_ELEMENT


def _foldable(call: Call, given: Range) -> Mask:
    """Which channels of a layer's input add the same to every output pixel, so that the bias can hold it."""
    try:
        zero = stored(call, call.input(0)).zero_point
        padded = call.operator.name == "CONV_2D" and is_padded(call)
    except NotSupported:
        return np.zeros(given.least.size, bool)
    return given.constant & (given.least == zero) if padded else given.constant
