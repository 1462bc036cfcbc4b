"""A model without the channels that never change its answer: the outputs stay the same, bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.codegen.channel_ranges import Range, channel_ranges
from workbench.codegen.constant_channels import with_constants_in_biases
from workbench.codegen.dead_channels import MIXING, DeadChannels, Mask, weight_values
from workbench.codegen.operators.channels import wrapped
from workbench.codegen.quantization import stored
from workbench.graph.model import Graph, Operator, Quantization, Subgraph, Tensor
from workbench.memory.plain_c.call import Call
from workbench.quantities import exact_bytes

_DTYPES = {"int8": "<i1", "int32": "<i4", "int64": "<i8"}
_LAYERS = (*MIXING, "DEPTHWISE_CONV_2D")


@dataclass(frozen=True)
class Reduced:
    """A graph with the same answers, how many channels of its layers are gone, and bytes of weights and biases."""

    graph: Graph
    channels: int = 0
    bytes: int = 0

    @property
    def in_words(self) -> str:
        """What is gone, for people; empty when nothing is."""
        if not self.channels:
            return ""
        what = "channel that never changes" if self.channels == 1 else "channels that never change"
        return f"Removed {self.channels:,} {what} the answer: {exact_bytes(self.bytes)} less of weights and biases."


def without_dead_channels(graph: Graph) -> Reduced:
    """The graph without them; operators and tensors keep their numbers, what a layer stores is stored anew."""
    ranges = channel_ranges(graph.main)
    main = with_constants_in_biases(graph.main, ranges)
    kept = DeadChannels(main, ranges).kept()
    smaller = _Smaller(main, ranges, kept).subgraph
    layers = [operator for operator in main.operators if operator.name in _LAYERS]
    return Reduced(
        dataclasses.replace(graph, subgraphs=(smaller, *graph.subgraphs[1:])),
        sum(int((~kept[operator.outputs[0]]).sum()) for operator in layers if operator.outputs[0] in kept),
        sum(
            _constant_bytes(layer, main) - _constant_bytes(smaller.operators[layer.index], smaller) for layer in layers
        ),
    )


class _Smaller:
    """Builds ``subgraph`` with the channels of ``kept``."""

    def __init__(self, main: Subgraph, ranges: Mapping[int, Range], kept: Mapping[int, Mask]) -> None:
        self._main, self._ranges, self._kept = main, ranges, kept
        self._tensors = [self._activations(tensor) for tensor in main.tensors]
        operators = tuple(self._operator(Call(operator, main)) for operator in main.operators)
        self.subgraph = dataclasses.replace(main, tensors=tuple(self._tensors), operators=operators)

    def _activations(self, tensor: Tensor) -> Tensor:
        if tensor.index not in self._kept:
            return tensor
        left = int(self._kept[tensor.index].sum())
        size = tensor.bytes // tensor.shape[-1] * left
        return dataclasses.replace(tensor, shape=(*tensor.shape[:-1], left), bytes=size)

    def _operator(self, call: Call) -> Operator:
        operator = call.operator
        if operator.name not in _LAYERS or any(
            end not in self._kept for end in (operator.inputs[0], operator.outputs[0])
        ):
            return operator
        given, made = self._kept[operator.inputs[0]], self._kept[operator.outputs[0]]
        if given.all() and made.all():
            return operator
        depthwise = operator.name == "DEPTHWISE_CONV_2D"
        weights = call.input(1)
        last = made if depthwise else np.tile(given, weights.shape[-1] // given.size)
        masks = {len(weights.shape) - 1: last} | ({} if depthwise else {0: made})
        added = np.zeros(made.size, np.int64) if depthwise else self._added(call, given)
        return dataclasses.replace(
            operator,
            inputs=(operator.inputs[0], self._stored(weights, masks), *self._bias(call, made, added)),
        )

    def _added(self, call: Call, given: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """What the channels that go have always added to each output."""
        values = self._ranges[call.input(0).index].least - stored(call, call.input(0)).zero_point
        weights = weight_values(call.input(1)).astype(np.int64)
        sums = weights.reshape(weights.shape[0], -1, given.size).sum(1)
        return np.asarray(sums @ np.where(given, 0, values))

    def _bias(self, call: Call, made: Mask, added: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Sequence[int]:
        """The inputs behind the weights."""
        index = call.operator.inputs[2] if len(call.operator.inputs) > 2 else -1
        if index >= 0:
            tensor = self._main.tensors[index]
            values = np.frombuffer(tensor.data or b"", _DTYPES[tensor.dtype], made.size) + added
            moved = wrapped(values) if tensor.dtype == "int32" else values
            return (
                self._stored(
                    dataclasses.replace(tensor, data=moved.astype(_DTYPES[tensor.dtype]).tobytes()), {0: made}
                ),
            )
        if not added[made].any():
            return call.operator.inputs[2:]
        data = wrapped(added).astype("<i4").tobytes()
        return (
            self._stored(
                Tensor(-1, f"bias of {call.output.name}", (made.size,), "int32", len(data), data=data), {0: made}
            ),
        )

    def _stored(self, tensor: Tensor, masks: Mapping[int, Mask]) -> int:
        """A new constant with what the masks leave of one, along their axes; its index."""
        values = np.frombuffer(tensor.data or b"", _DTYPES[tensor.dtype], tensor.elements).reshape(tensor.shape)
        for axis, mask in masks.items():
            values = np.compress(mask, values, axis)
        index, data = len(self._tensors), values.tobytes()
        self._tensors.append(
            dataclasses.replace(
                tensor,
                index=index,
                shape=values.shape,
                bytes=len(data),
                data=data,
                quantization=tensor.quantization and _sliced(tensor.quantization, masks),
            )
        )
        return index


def _sliced(given: Quantization, masks: Mapping[int, Mask]) -> Quantization:
    """The scales of what the masks leave; a scale for all stays one."""
    mask = masks.get(given.axis)
    if mask is None or not given.per_channel:
        return given
    scales = tuple(scale for scale, stays in zip(given.scales, mask, strict=True) if stays)
    points = given.zero_points
    if len(points) == mask.size:
        points = tuple(point for point, stays in zip(points, mask, strict=True) if stays)
    return Quantization(scales, points, given.axis)


def _constant_bytes(layer: Operator, subgraph: Subgraph) -> int:
    """Bytes of a layer's weights and bias."""
    return sum(subgraph.tensors[index].bytes for index in layer.inputs[1:] if index >= 0)
