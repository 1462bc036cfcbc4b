"""The work in a model, counted operator by operator.

Every operator is broken down into *terms*: how often its kernel runs each kind of inner step, such as one
multiply-accumulate of a convolution or one requantized output. ``resources/cores.toml`` says what a step costs.
A number of steps is exact; it follows from shapes and options alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.graph.model import Graph, Operator, Subgraph, Tensor

Terms = dict[str, float]


@dataclass(frozen=True)
class OperatorCost:
    """The work of one operator in one inference.

    ``macs`` are multiply-accumulates as papers count them, padding included. ``terms`` is None when nobody has
    said how to count this operator; ``arithmetic`` is ``int`` or ``float``. ``hybrid`` operators compute in float on
    weights stored as integers or float16.
    """

    op_index: int
    name: str
    macs: int
    weight_bytes: int
    activation_bytes: int
    arithmetic: str = "int"
    terms: Mapping[str, float] | None = field(default_factory=dict)
    hybrid: bool = False


def count_operations(graph: Graph) -> list[OperatorCost]:
    """The work of each operator of the main subgraph, in the order they run."""
    return [_count(graph.main, operator) for operator in graph.main.operators]


def _count(subgraph: Subgraph, operator: Operator) -> OperatorCost:
    step = _Step(subgraph, operator)
    inputs = [tensor for index in operator.inputs if (tensor := subgraph.tensor(index)) is not None]
    outputs = [subgraph.tensors[index] for index in operator.outputs]
    floats = any(tensor.dtype in ("float32", "float16") for tensor in (*inputs, *outputs))
    count = _COUNTERS.get(operator.name)
    macs, terms = count(step) if count else (0, None)
    return OperatorCost(
        op_index=operator.index,
        name=operator.name,
        macs=macs,
        weight_bytes=sum(tensor.bytes for tensor in inputs if tensor.is_constant),
        activation_bytes=sum(tensor.bytes for tensor in (*inputs, *outputs) if not tensor.is_constant),
        arithmetic="float" if floats else "int",
        terms=None if terms is None else {"operator": 1, **{name: n for name, n in terms.items() if n}},
        hybrid=_is_hybrid(operator.name, inputs),
    )


def _is_hybrid(name: str, inputs: list[Tensor]) -> bool:
    if any(tensor.dtype == "float16" for tensor in inputs):
        return True
    computed = {tensor.dtype for tensor in inputs if not tensor.is_constant}
    stored = {tensor.dtype for tensor in inputs if tensor.is_constant}
    return _COUNTERS.get(name) in _COMPUTES_WITH_WEIGHTS and "float32" in computed and "int8" in stored


class _Step:
    """One operator with its tensors at hand. Shapes are padded with ones, so that broken models cannot crash it."""

    def __init__(self, subgraph: Subgraph, operator: Operator) -> None:
        self.operator = operator
        self._subgraph = subgraph

    def input(self, number: int) -> Tensor | None:
        inputs = self.operator.inputs
        return self._subgraph.tensor(inputs[number]) if number < len(inputs) else None

    def output(self, number: int = 0) -> Tensor | None:
        outputs = self.operator.outputs
        return self._subgraph.tensors[outputs[number]] if number < len(outputs) else None

    def option(self, name: str, default: int) -> int:
        value = self.operator.options.get(name, default)
        return value if isinstance(value, int) and value > 0 else default

    @property
    def outputs(self) -> int:
        """Elements of all outputs."""
        return sum(self._subgraph.tensors[index].elements for index in self.operator.outputs)

    @property
    def inputs(self) -> int:
        """Elements of all computed inputs."""
        tensors = (self._subgraph.tensor(index) for index in self.operator.inputs)
        return sum(tensor.elements for tensor in tensors if tensor is not None and not tensor.is_constant)


def _elements(tensor: Tensor | None) -> int:
    return tensor.elements if tensor is not None else 0


def _dimensions(tensor: Tensor | None) -> tuple[int, int, int, int]:
    """A shape as batch, height, width, channels."""
    shape = (tensor.shape if tensor is not None else ())[-4:]
    batch, height, width, channels = (1,) * (4 - len(shape)) + shape
    return batch, height, width, channels


def _inside(size: int, out: int, kernel: int, *, stride: int, dilation: int, same: bool) -> int:
    """Filter positions that lie inside the picture, summed over all outputs along one axis."""
    reach = (kernel - 1) * dilation + 1
    before = max(0, (out - 1) * stride + reach - size) // 2 if same else 0
    total = 0
    for tap in range(kernel):
        # Outputs o with 0 <= o * stride - before + tap * dilation < size.
        offset = tap * dilation - before
        first = max(0, -(offset // stride))
        last = min(out - 1, (size - 1 - offset) // stride)
        total += max(0, last - first + 1)
    return total


@dataclass(frozen=True)
class _Window:
    """How a filter slides over a picture: outputs, filter positions, and those of them inside the picture."""

    pixels: int  # output pixels of all pictures
    taps: int  # filter positions of one output
    inside: int  # filter positions inside the picture, over all output pixels
    plain: bool  # 1 x 1 with stride 1: nothing to gather

    @classmethod
    def of(cls, step: _Step, kernel: tuple[int, int]) -> _Window:
        _, in_height, in_width, _ = _dimensions(step.input(0))
        batch, height, width, _ = _dimensions(step.output())
        same = step.operator.options.get("padding") == "SAME"
        strides = step.option("stride_h", 1), step.option("stride_w", 1)
        dilations = step.option("dilation_h_factor", 1), step.option("dilation_w_factor", 1)
        rows = _inside(in_height, height, kernel[0], stride=strides[0], dilation=dilations[0], same=same)
        columns = _inside(in_width, width, kernel[1], stride=strides[1], dilation=dilations[1], same=same)
        return cls(
            pixels=batch * height * width,
            taps=kernel[0] * kernel[1],
            inside=batch * rows * columns,
            plain=kernel == (1, 1) and strides == (1, 1),
        )


def _conv_2d(step: _Step) -> tuple[int, Terms]:
    channels_out, kernel_h, kernel_w, channels_in = _dimensions(step.input(1))
    window = _Window.of(step, (kernel_h, kernel_w))
    macs = window.pixels * window.taps * channels_in * channels_out
    return macs, {
        "conv.mac": macs,
        "conv.mac_inside": window.inside * channels_in * channels_out,
        "conv.tap": window.pixels * window.taps * channels_out,
        "conv.gathered": 0 if window.plain else window.pixels * window.taps * channels_in,
        "conv.output": window.pixels * channels_out,
    }


def _depthwise_conv_2d(step: _Step) -> tuple[int, Terms]:
    _, kernel_h, kernel_w, channels = _dimensions(step.input(1))
    window = _Window.of(step, (kernel_h, kernel_w))
    macs = window.pixels * window.taps * channels
    # Optimized kernels have a fast path for one output channel an input channel.
    path = "depthwise" if channels == _dimensions(step.input(0))[3] else "depthwise_multiplied"
    return macs, {
        f"{path}.mac": macs,
        f"{path}.mac_inside": window.inside * channels,
        f"{path}.output": window.pixels * channels,
    }


def _transpose_conv(step: _Step) -> tuple[int, Terms]:
    channels_out, kernel_h, kernel_w, channels_in = _dimensions(step.input(1))
    batch, height, width, _ = _dimensions(step.input(2))
    macs = batch * height * width * kernel_h * kernel_w * channels_in * channels_out
    return macs, {"transpose_conv.mac": macs, "transpose_conv.output": step.outputs}


def _fully_connected(step: _Step) -> tuple[int, Terms]:
    weights = step.input(1)
    depth = weights.shape[-1] if weights is not None and weights.shape else 1
    macs = step.outputs * depth
    return macs, {"fully_connected.mac": macs, "fully_connected.output": step.outputs}


def _batch_matmul(step: _Step) -> tuple[int, Terms]:
    left = step.input(0)
    shape = left.shape if left is not None and len(left.shape) > 1 else (1, 1)
    depth = shape[-2] if step.operator.options.get("adj_x") else shape[-1]
    macs = step.outputs * depth
    return macs, {"batch_matmul.mac": macs, "batch_matmul.output": step.outputs}


def _lstm(step: _Step) -> tuple[int, Terms]:
    """Four gates; a gate reads the input and the last output, and ends in a sigmoid or tanh."""
    source, weights, recurrent = step.input(0), step.input(1), step.input(5)
    if source is None or weights is None or recurrent is None or len(weights.shape) != 2:
        return 0, {}
    cells, width = weights.shape
    steps = source.elements // max(1, width)
    macs = steps * 4 * (weights.elements + recurrent.elements)
    return macs, {"lstm.mac": macs, "lstm.gate": steps * 4 * cells, "lstm.cell": steps * cells}


def _svdf(step: _Step) -> tuple[int, Terms]:
    features, times = step.input(1), step.input(2)
    macs = _elements(features) + _elements(times)
    return macs, {"svdf.mac": macs, "svdf.output": step.outputs}


def _pool(step: _Step) -> tuple[int, Terms]:
    kernel = step.option("filter_height", 1), step.option("filter_width", 1)
    window = _Window.of(step, kernel)
    channels = _dimensions(step.output())[3]
    return 0, {"pool.input": window.inside * channels, "pool.output": step.outputs}


def _reduce(step: _Step) -> tuple[int, Terms]:
    return 0, {"reduce.input": _elements(step.input(0)), "reduce.output": step.outputs}


def _elementwise(step: _Step) -> tuple[int, Terms]:
    return 0, {"elementwise.output": step.outputs}


def _wide_elementwise(step: _Step) -> tuple[int, Terms]:
    """On 32-bit integers nothing is requantized; on everything else it is."""
    output = step.output()
    plain = output is not None and output.dtype in ("int32", "uint32", "int64", "uint64", "bool")
    return 0, {"plain_elementwise.output" if plain else "elementwise.output": step.outputs}


def _activation(step: _Step) -> tuple[int, Terms]:
    return 0, {"activation.output": step.outputs}


def _table(step: _Step) -> tuple[int, Terms]:
    """Sigmoid, tanh and the like."""
    return 0, {"transcendental.output": step.outputs}


def _softmax(step: _Step) -> tuple[int, Terms]:
    return 0, {"softmax.output": step.outputs}


def _rescale(step: _Step) -> tuple[int, Terms]:
    return 0, {"rescale.output": step.outputs}


def _cast(step: _Step) -> tuple[int, Terms]:
    return 0, {"plain_elementwise.output": step.outputs}


def _copy(step: _Step) -> tuple[int, Terms]:
    """Whole rows are copied."""
    return 0, {"copy.byte": sum(t.bytes for t in (step.output(n) for n in range(len(step.operator.outputs))) if t)}


def _gather(step: _Step) -> tuple[int, Terms]:
    """Each element's place is computed."""
    return 0, {"gather.output": step.outputs}


def _resize(step: _Step) -> tuple[int, Terms]:
    return 0, {"resize.output": step.outputs}


def _nothing(step: _Step) -> tuple[int, Terms]:
    return 0, {}


def _signal_filter_bank(step: _Step) -> tuple[int, Terms]:
    weights = _elements(step.input(1))
    return weights, {"signal.mac": weights, "signal.output": step.outputs}


def _signal_fft(step: _Step) -> tuple[int, Terms]:
    length = step.outputs / 2
    return 0, {"signal.butterfly": length / 2 * max(1, int(length).bit_length() - 1)}


def _signal(step: _Step) -> tuple[int, Terms]:
    return 0, {"signal.output": step.outputs}


_Counter = Callable[[_Step], tuple[int, Terms]]


def _table_of(*rows: tuple[_Counter, str]) -> Mapping[str, _Counter]:
    return {name: counter for counter, names in rows for name in names.split()}


_COUNTERS = _table_of(
    (_conv_2d, "CONV_2D"),
    (_depthwise_conv_2d, "DEPTHWISE_CONV_2D"),
    (_transpose_conv, "TRANSPOSE_CONV"),
    (_fully_connected, "FULLY_CONNECTED"),
    (_batch_matmul, "BATCH_MATMUL"),
    (_lstm, "UNIDIRECTIONAL_SEQUENCE_LSTM"),
    (_svdf, "SVDF"),
    (_pool, "AVERAGE_POOL_2D MAX_POOL_2D L2_POOL_2D"),
    (_reduce, "MEAN SUM REDUCE_MAX REDUCE_MIN ARG_MAX ARG_MIN L2_NORMALIZATION CUMSUM"),
    (_wide_elementwise, "ADD SUB MUL DIV MAXIMUM MINIMUM"),
    (_elementwise, "SQUARED_DIFFERENCE PRELU ADD_N"),
    (_cast, "CAST EQUAL NOT_EQUAL GREATER GREATER_EQUAL LESS LESS_EQUAL LOGICAL_AND LOGICAL_OR LOGICAL_NOT"),
    (_cast, "FLOOR CEIL ROUND NEG ABS SQUARE FLOOR_DIV FLOOR_MOD SELECT SELECT_V2 FILL ZEROS_LIKE"),
    (_activation, "RELU RELU6 RELU_N1_TO_1 LEAKY_RELU HARD_SWISH"),
    (_table, "LOGISTIC TANH ELU EXP LOG SIN COS SQRT RSQRT LOG_SOFTMAX"),
    (_softmax, "SOFTMAX"),
    (_rescale, "QUANTIZE DEQUANTIZE"),
    (_copy, "RESHAPE SQUEEZE EXPAND_DIMS CONCATENATION PACK UNPACK SPLIT SPLIT_V READ_VARIABLE ASSIGN_VARIABLE"),
    (_gather, "PAD PADV2 MIRROR_PAD STRIDED_SLICE SLICE TRANSPOSE GATHER GATHER_ND BROADCAST_TO REVERSE_V2"),
    (_gather, "SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND SPACE_TO_DEPTH DEPTH_TO_SPACE EMBEDDING_LOOKUP BROADCAST_ARGS"),
    (_resize, "RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR"),
    (_nothing, "SHAPE VAR_HANDLE CALL_ONCE"),
    (_signal_filter_bank, "SignalFilterBank"),
    (_signal_fft, "SignalRfft SignalIrfft"),
    (_signal, "SignalWindow SignalFftAutoScale SignalEnergy SignalFilterBankSquareRoot SignalFilterBankLog SignalPCAN"),
    (_signal, "SignalFilterBankSpectralSubtraction SignalOverlapAdd SignalFramer SignalStacker SignalDelay"),
)

_COMPUTES_WITH_WEIGHTS = (_conv_2d, _depthwise_conv_2d, _transpose_conv, _fully_connected, _batch_matmul, _lstm, _svdf)

COUNTED_OPERATORS = frozenset(_COUNTERS)
