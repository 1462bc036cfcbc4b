"""Random networks of int8 or int16: a few operators each, odd shapes, branches; the same seed gives the same bytes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from tflite_files import G, Op, T, build

# The schema's numbers of fused activations, and the real values each leaves at most.
_ACTIVATIONS = {0: math.inf, 1: math.inf, 2: 2.0, 3: 6.0}
_NONE, _RELU = 0, 1

Shape = tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Value:
    """A computed tensor: its place among the tensors, and how it is quantized."""

    place: int
    shape: Shape
    scale: float
    zero_point: int

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


class RandomNetwork:
    """A network that grows operator by operator from one or two inputs; its activations are int16 if it is ``wide``."""

    def __init__(self, seed: int, *, wide: bool = False) -> None:
        self.wide = wide
        self.finer = 256 if wide else 1  # steps in one of int8
        self.random = np.random.default_rng(seed)
        self.tensors: list[T] = []
        self.operators: list[Op] = []
        self.values: list[Value] = []
        self.unread: set[int] = set()
        self.inputs = [self._input() for _ in range(self.pick(1, 1, 1, 2))]

    def model(self) -> bytes:
        """The file, after three to nine operators; what nothing reads are its outputs."""
        wanted = int(self.random.integers(3, 10))
        for _ in range(20 * wanted):
            if len(self.operators) >= wanted:
                break
            # Most grow from the newest value, so that networks are deep; some branch off.
            source = self.values[-1] if self.random.random() < 0.7 else self.pick(*self.values)
            self.pick(*(_WIDE_STEPS if self.wide else _STEPS))(self, source)
        inputs = [value.place for value in self.inputs]
        outputs = sorted(self.unread - set(inputs))
        return build(G(self.tensors, self.operators, [one for one in inputs if one not in self.unread], outputs))

    # --- choices ------------------------------------------------------------------------------------------

    def pick(self, *of: Any) -> Any:
        return of[self.random.integers(len(of))]

    def zero_point(self, activation: int = _NONE) -> int:
        if self.wide:
            return 0
        return int(self.pick(-128, -128, self.random.integers(-128, 128 if activation == _NONE else 30)))

    def activation(self) -> int:
        return int(self.pick(_RELU, _RELU, *_ACTIVATIONS))

    def scale(self, spread: float, activation: int) -> float:
        """Of a result that reaches ``spread`` or what the activation leaves, as a converter would find it."""
        return min(spread / 60, _ACTIVATIONS[activation] / 200) * self.random.uniform(0.4, 1.5) / self.finer

    # --- tensors ------------------------------------------------------------------------------------------

    def _input(self) -> Value:
        height, width, depth = (int(self.random.integers(1, most)) for most in (15, 13, 9))
        shape = (int(self.pick(1, 1, 1, 2)), height, width, depth)
        return self.computed(shape, float(self.random.uniform(0.01, 0.1)) / self.finer, self.zero_point())

    def computed(self, shape: Sequence[int], scale: float, zero_point: int) -> Value:
        scale = float(np.float32(scale))
        self.tensors.append(T(tuple(shape), "int16" if self.wide else "int8", scales=(scale,), zero_point=zero_point))
        value = Value(len(self.tensors) - 1, tuple(shape), scale, zero_point)
        self.values.append(value)
        self.unread.add(value.place)
        return value

    def constant(self, values: np.ndarray, scales: tuple[float, ...] = (), axis: int = 0, zero_point: int = 0) -> int:
        more = {"scales": scales, "axis": axis, "zero_point": zero_point}
        self.tensors.append(T(values.shape, str(values.dtype), constant=values, **more))
        return len(self.tensors) - 1

    def whole(self, *numbers: int) -> int:
        return self.constant(np.array(numbers, np.int32))

    def operate(self, name: str, inputs: Sequence[int], output: Value, table: str = "", **options: Any) -> None:
        self.operators.append(Op(name, inputs, [output.place], table, options))
        self.unread -= set(inputs)

    def same(self, value: Value, shape: Sequence[int]) -> Value:
        """A result quantized as ``value`` is."""
        return self.computed(shape, value.scale, value.zero_point)

    def similar(self, value: Value, shape: Sequence[int]) -> Value:
        """A result quantized otherwise, in about the same range."""
        return self.computed(shape, value.scale * self.random.uniform(0.6, 1.6), self.zero_point())


def _window(net: RandomNetwork, sizes: Sequence[int], kernels: Sequence[int], *, dilated: bool) -> Any:
    """(sizes of the output, kernel, options) of a window that slides over a plane; None when it does not fit."""
    padded = bool(net.random.random() < 0.6)
    made, taken, options = [], [], {"Padding": 0 if padded else 1}
    for side, size in zip("HW", sizes, strict=True):
        kernel = int(net.pick(*kernels))
        stride, dilation = net.pick((1, 1), (1, 1), (2, 1), (3, 1), (1, 2))
        dilation = dilation if dilated else 1
        reach = (kernel - 1) * dilation + 1
        if not padded and reach > size:
            return None
        made.append(-(-size // stride) if padded else -(-(size - reach + 1) // stride))
        taken.append(kernel)
        options |= {f"Stride{side}": stride} | ({f"Dilation{side}Factor": dilation} if dilated else {})
    return tuple(made), tuple(taken), options


def _weighted(net: RandomNetwork, source: Value, shape: Shape, made: Shape, *, axis: int, activation: int) -> Any:
    """Weights, mostly a bias, and a result that the sums of products fill, now and then beyond its range."""
    count = shape[axis]
    scales = net.random.uniform(0.002, 0.02, count if net.random.random() < 0.7 else 1)
    scales = scales.astype(np.float32).astype(float)
    reach = math.prod(shape) / count
    spread = source.scale * net.finer * scales.mean() * math.sqrt(reach) * 4000
    values = net.random.integers(-127, 128, shape).astype(np.int8)
    if net.random.random() < 0.2:
        values[net.random.random(shape) < 0.7] = 0
    weights = net.constant(values, tuple(scales), axis if scales.size > 1 else 0)
    biases = []
    if net.random.random() < 0.8:
        numbers = net.random.integers(-4000, 4000, count) * net.finer
        numbers = numbers.astype(np.int64 if net.wide else np.int32)
        biases = [net.constant(numbers, tuple(source.scale * scales))]
    result = net.computed(made, net.scale(spread, activation), net.zero_point(activation))
    return [source.place, weights, *biases], result


def convolution(net: RandomNetwork, source: Value) -> None:
    if len(source.shape) != 4:
        return
    found = _window(net, source.shape[1:3], (1, 1, 2, 3, 3, 4), dilated=True)
    if found is None:
        return
    made, kernel, options = found
    count = int(net.pick(1, 2, 3, 4, 6, 8, 16))
    shape = (count, *kernel, source.shape[3])
    activation = net.activation()
    inputs, result = _weighted(net, source, shape, (source.shape[0], *made, count), axis=0, activation=activation)
    net.operate("CONV_2D", inputs, result, "Conv2DOptions", FusedActivationFunction=activation, **options)


def depthwise(net: RandomNetwork, source: Value) -> None:
    if len(source.shape) != 4:
        return
    found = _window(net, source.shape[1:3], (1, 2, 3, 3, 3, 4), dilated=True)
    multiplier = int(net.pick(1, 1, 1, 2, 3))
    count = source.shape[3] * multiplier
    if found is None or count > 32:
        return
    made, kernel, options = found
    shape = (1, *kernel, count)
    activation = net.activation()
    # Without a bias the input is left out (tflite_micro crashes on one that is -1).
    inputs, result = _weighted(net, source, shape, (source.shape[0], *made, count), axis=3, activation=activation)
    options |= {"DepthMultiplier": multiplier, "FusedActivationFunction": activation}
    net.operate("DEPTHWISE_CONV_2D", inputs, result, "DepthwiseConv2DOptions", **options)


def fully_connected(net: RandomNetwork, source: Value) -> None:
    if source.elements > 600:
        return
    if len(source.shape) != 2:
        source = flattened(net, source)
    rows, depth = source.shape
    count = int(net.random.integers(1, 24))
    activation = net.activation()
    inputs, result = _weighted(net, source, (count, depth), (rows, count), axis=0, activation=activation)
    net.operate("FULLY_CONNECTED", inputs, result, "FullyConnectedOptions", FusedActivationFunction=activation)


def _pool(name: str) -> Callable[[RandomNetwork, Value], None]:
    def pool(net: RandomNetwork, source: Value) -> None:
        if len(source.shape) != 4:
            return
        found = _window(net, source.shape[1:3], (1, 2, 3, 4), dilated=False)
        if found is None:
            return
        (height, width), kernel, options = found
        options |= {
            "FilterHeight": kernel[0],
            "FilterWidth": kernel[1],
            "FusedActivationFunction": net.pick(_NONE, _RELU),
        }
        result = net.same(source, (source.shape[0], height, width, source.shape[3]))
        net.operate(name, [source.place], result, "Pool2DOptions", **options)

    return pool


def _pair(name: str, table: str) -> Callable[[RandomNetwork, Value], None]:
    def pair(net: RandomNetwork, source: Value) -> None:
        alike = [value for value in net.values if value.shape == source.shape]
        other = net.pick(*alike)
        place, scale = other.place, other.scale
        if other is source or net.random.random() < 0.3:  # a constant, one for each channel or for each element
            shape = net.pick(source.shape, source.shape[-1:])
            scale = float(np.float32(source.scale * net.random.uniform(0.3, 3)))
            values = net.random.integers(-128, 128, shape) * net.finer
            values = values.astype(np.int16 if net.wide else np.int8)
            place = net.constant(values, (scale,), zero_point=net.zero_point())
        spread = 60 * net.finer * (60 * net.finer * source.scale * scale if name == "MUL" else source.scale + scale)
        activation = net.activation()
        result = net.computed(source.shape, net.scale(spread, activation), net.zero_point(activation))
        inputs = [source.place, place] if net.random.random() < 0.5 else [place, source.place]
        net.operate(name, inputs, result, table, FusedActivationFunction=activation)

    return pair


def extreme(net: RandomNetwork, source: Value) -> None:
    values = net.random.integers(-128, 128, net.pick(source.shape, source.shape[-1:])) * net.finer
    values = values.astype(np.int16 if net.wide else np.int8)
    other = net.constant(values, (source.scale,), zero_point=source.zero_point)
    result = net.same(source, source.shape)
    net.operate(net.pick("MINIMUM", "MAXIMUM"), [source.place, other], result, "MaximumMinimumOptions")


def mean(net: RandomNetwork, source: Value) -> None:
    if len(source.shape) != 4 or source.elements > 2000:
        return
    axes, keep = net.pick((1, 2), (1, 2), (3,), (2,)), bool(net.pick(0, 1))
    kept = [1 if axis in axes else size for axis, size in enumerate(source.shape)]
    shape = kept if keep else [size for axis, size in enumerate(source.shape) if axis not in axes]
    result = net.similar(source, shape)
    net.operate("MEAN", [source.place, net.whole(*axes)], result, "ReducerOptions", KeepDims=keep)


def pad(net: RandomNetwork, source: Value) -> None:
    if not 2 <= len(source.shape) <= 4 or source.elements > 1000:
        return
    amounts = net.random.integers(0, 3, (len(source.shape), 2)).astype(np.int32)
    amounts[0] = 0
    result = net.same(source, [size + int(sum(pair)) for size, pair in zip(source.shape, amounts, strict=True)])
    net.operate("PAD", [source.place, net.constant(amounts)], result, "PadOptions")


def flattened(net: RandomNetwork, source: Value) -> Value:
    return _reshaped(net, source, (1, source.elements))


def reshape(net: RandomNetwork, source: Value) -> None:
    if len(source.shape) == 4:
        _reshaped(net, source, (source.shape[0], source.shape[2], source.shape[1], source.shape[3]))
    else:
        _reshaped(net, source, (1, 1, math.prod(source.shape[:-1]), source.shape[-1]))


def _reshaped(net: RandomNetwork, source: Value, shape: Shape) -> Value:
    result = net.same(source, shape)
    net.operate("RESHAPE", [source.place, net.whole(*shape)], result, "ReshapeOptions")
    return result


def concatenation(net: RandomNetwork, source: Value) -> None:
    axis = int(net.random.integers(len(source.shape)))

    def fits(value: Value) -> bool:
        same = (value.scale, value.zero_point, len(value.shape)) == (source.scale, source.zero_point, len(source.shape))
        return same and all(a == b for i, (a, b) in enumerate(zip(value.shape, source.shape, strict=True)) if i != axis)

    others = [value for value in net.values if fits(value)]
    parts = [source, *(net.pick(*others) for _ in range(net.pick(1, 1, 2)))]
    shape = list(source.shape)
    shape[axis] = sum(part.shape[axis] for part in parts)
    result = net.same(source, shape)
    net.operate("CONCATENATION", [part.place for part in parts], result, "ConcatenationOptions", Axis=axis)


def transpose(net: RandomNetwork, source: Value) -> None:
    order = [int(axis) for axis in net.random.permutation(len(source.shape))]
    result = net.same(source, [source.shape[axis] for axis in order])
    net.operate("TRANSPOSE", [source.place, net.whole(*order)], result, "TransposeOptions")


def strided_slice(net: RandomNetwork, source: Value) -> None:
    begins, ends, strides, shape = [], [], [], []
    for size in source.shape:
        begin = int(net.random.integers(0, (size + 1) // 2))
        stride = int(net.pick(1, 1, 2))
        begins.append(begin)
        ends.append(size)
        strides.append(stride)
        shape.append(-(-(size - begin) // stride))
    places = [net.whole(*numbers) for numbers in (begins, ends, strides)]
    net.operate("STRIDED_SLICE", [source.place, *places], net.same(source, shape), "StridedSliceOptions")


def split(net: RandomNetwork, source: Value) -> None:
    axis, parts = int(net.random.integers(len(source.shape))), int(net.pick(2, 3))
    if source.shape[axis] % parts:
        return
    shape = list(source.shape)
    shape[axis] //= parts
    results = [net.same(source, shape) for _ in range(parts)]
    inputs = [net.whole(axis), source.place]
    net.operators.append(Op("SPLIT", inputs, [one.place for one in results], "SplitOptions", {"NumSplits": parts}))
    net.unread -= set(inputs)


def _requantizing(name: str, table: str = "", **options: float) -> Callable[[RandomNetwork, Value], None]:
    def step(net: RandomNetwork, source: Value) -> None:
        net.operate(name, [source.place], net.similar(source, source.shape), table, **options)

    return step


def _fixed(name: str, scale: float, zero_point: int, **options: float) -> Callable[[RandomNetwork, Value], None]:
    def step(net: RandomNetwork, source: Value) -> None:
        table = "SoftmaxOptions" if name == "SOFTMAX" else ""
        if name == "SOFTMAX" and source.shape[-1] > 400:
            return  # tflite_micro asserts that a row's exponentials add up to less than 512
        result = net.computed(source.shape, *((1 / 32768, 0) if net.wide else (scale, zero_point)))
        net.operate(name, [source.place], result, table, **options)

    return step


def relu6(net: RandomNetwork, source: Value) -> None:
    net.operate("RELU6", [source.place], net.same(source, source.shape))


def hard_swish(net: RandomNetwork, source: Value) -> None:
    # A scale below the input's times 1/128 is beyond the device's int16 steps.
    result = net.computed(source.shape, source.scale * net.random.uniform(0.6, 1.2), net.zero_point())
    net.operate("HARD_SWISH", [source.place], result)


_STEPS: tuple[Callable[[RandomNetwork, Value], None], ...] = (
    *(convolution,) * 5,
    *(depthwise,) * 4,
    *(fully_connected,) * 3,
    *(_pair("ADD", "AddOptions"),) * 3,
    _pair("SUB", "SubOptions"),
    _pair("MUL", "MulOptions"),
    extreme,
    _pool("AVERAGE_POOL_2D"),
    _pool("MAX_POOL_2D"),
    mean,
    pad,
    reshape,
    *(concatenation,) * 2,
    transpose,
    strided_slice,
    split,
    _requantizing("RELU"),
    _requantizing("LEAKY_RELU", "LeakyReluOptions", Alpha=0.2),
    _requantizing("QUANTIZE"),
    relu6,
    hard_swish,
    _fixed("LOGISTIC", 1 / 256, -128),
    _fixed("TANH", 1 / 128, 0),
    _fixed("SOFTMAX", 1 / 256, -128, Beta=1.0),
)


_WIDE_STEPS = (
    *(convolution,) * 4,
    *(depthwise,) * 3,
    *(fully_connected,) * 3,
    *(_pair("ADD", "AddOptions"),) * 2,
    _pair("SUB", "SubOptions"),
    _pair("MUL", "MulOptions"),
    _pool("AVERAGE_POOL_2D"),
    _pool("MAX_POOL_2D"),
    mean,
    pad,
    reshape,
    *(concatenation,) * 2,
    transpose,
    strided_slice,
    split,
    extreme,
    _requantizing("RELU"),
    _requantizing("LEAKY_RELU", "LeakyReluOptions", Alpha=0.2),
    _requantizing("QUANTIZE"),
    relu6,
    _fixed("LOGISTIC", 0, 0),
    _fixed("TANH", 0, 0),
    _fixed("SOFTMAX", 0, 0, Beta=1.0),
)


def random_network(seed: int, *, wide: bool = False) -> bytes:
    """The .tflite file of a random network; ``wide`` has int16 activations."""
    return RandomNetwork(seed, wide=wide).model()
