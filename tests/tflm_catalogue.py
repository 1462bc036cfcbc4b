"""Small models, one operator or a few each, that use every operator TensorFlow Lite Micro has a kernel for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import tflite_files
from flatbuffers import flexbuffers


class Catalogue:
    """Small models by name."""

    def __init__(self, files: ModuleType) -> None:
        self.files = files
        self.models: dict[str, bytes] = {}

    def tensor(self, dtype: str, *shape: int, scale: float = 0.5, zero_point: int = 0) -> Any:
        quantized = dtype in {"int8", "int16"}
        return self.files.T(shape, dtype, scales=(scale,) if quantized else (), zero_point=zero_point)

    def constant(self, values: object, dtype: str = "int32") -> Any:
        array = np.asarray(values, dtype)
        return self.files.T(array.shape, dtype, constant=array)

    def add(
        self,
        operator: str,
        variant: str,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        table: str = "",
        *,
        custom: Mapping[str, object] | None = None,
        **options: object,
    ) -> None:
        """A model of one operator; its computed inputs are the model's inputs."""
        tensors = [*inputs, *outputs]
        made = list(range(len(inputs), len(tensors)))
        given = [i for i, tensor in enumerate(inputs) if tensor.constant is False and not tensor.variable]
        given_custom = b"" if custom is None else bytes(flexbuffers.Dumps(custom))
        op = self.files.Op(operator, list(range(len(inputs))), made, table, options, custom_options=given_custom)
        self.models[f"{operator} {variant}"] = self.files.build(self.files.G(tensors, [op], given, made))


def elementwise(c: Catalogue) -> None:
    plain = ("ABS", "SIN", "COS", "LOG", "SQUARE", "RSQRT", "SQRT", "CEIL", "FLOOR", "ROUND", "NEG", "EXP")
    for name in (*plain, "RELU", "RELU6", "LOGISTIC", "TANH", "HARD_SWISH", "ELU", "ZEROS_LIKE"):
        c.add(name, "float32", [c.tensor("float32", 1, 4, 8)], [c.tensor("float32", 1, 4, 8)])
    for name in ("ABS", "RSQRT", "RELU", "RELU6", "HARD_SWISH", "ELU"):
        c.add(name, "int8", [c.tensor("int8", 1, 4, 8)], [c.tensor("int8", 1, 4, 8)])
    for dtype, low, high in (("int8", -128, 8), ("int16", 0, 16)):
        scale = 1 / (1 << high) if dtype == "int8" else 1 / 32768
        c.add("LOGISTIC", dtype, [c.tensor(dtype, 1, 8)], [c.tensor(dtype, 1, 8, scale=scale, zero_point=low)])
        tanh_in = c.tensor(dtype, 1, 8, scale=1 / 4096)
        c.add("TANH", dtype, [tanh_in], [c.tensor(dtype, 1, 8, scale=1 / (1 << (7 if high == 8 else 15)))])
        softmax_out = c.tensor(dtype, 1, 8, scale=scale, zero_point=low)
        c.add("SOFTMAX", dtype, [c.tensor(dtype, 1, 8)], [softmax_out], "SoftmaxOptions", Beta=1.0)
    c.add("SOFTMAX", "float32", [c.tensor("float32", 1, 8)], [c.tensor("float32", 1, 8)], "SoftmaxOptions", Beta=1.0)
    c.add("LOG_SOFTMAX", "float32", [c.tensor("float32", 1, 8)], [c.tensor("float32", 1, 8)])
    log_out = c.tensor("int8", 1, 8, scale=1 / 16, zero_point=127)
    c.add("LOG_SOFTMAX", "int8", [c.tensor("int8", 1, 8)], [log_out])
    for dtype in ("float32", "int8", "int16"):
        both = [c.tensor(dtype, 1, 4, 8)], [c.tensor(dtype, 1, 4, 8)]
        c.add("LEAKY_RELU", dtype, *both, "LeakyReluOptions", Alpha=0.1)
    c.add("L2_NORMALIZATION", "float32", [c.tensor("float32", 1, 8)], [c.tensor("float32", 1, 8)], "L2NormOptions")
    c.add("LOGICAL_NOT", "bool", [c.tensor("bool", 1, 8)], [c.tensor("bool", 1, 8)])


def arithmetic(c: Catalogue) -> None:
    tables = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
    others = dict.fromkeys(("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "PRELU", "ADD_N"), "")
    for name, table in (tables | others).items():
        for dtype in ("float32", "int8"):
            two = [c.tensor(dtype, 1, 4, 8), c.tensor(dtype, 1, 4, 8)]
            c.add(name, dtype, two, [c.tensor(dtype, 1, 4, 8)], table)
    c.add("ADD_N", "four", [c.tensor("int8", 1, 8)] * 4, [c.tensor("int8", 1, 8)])
    for name in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
        c.add(name, "int8", [c.tensor("int8", 1, 8), c.tensor("int8", 1, 8)], [c.tensor("bool", 1, 8)])
    for name in ("LOGICAL_AND", "LOGICAL_OR"):
        c.add(name, "bool", [c.tensor("bool", 1, 8), c.tensor("bool", 1, 8)], [c.tensor("bool", 1, 8)])
    for name in ("FLOOR_DIV", "FLOOR_MOD"):
        c.add(name, "float32", [c.tensor("float32", 1, 8)] * 2, [c.tensor("float32", 1, 8)])
    for dtype in ("float32", "int8"):
        axis = c.files.T((), "int32", constant=np.int32(0))
        c.add("CUMSUM", dtype, [c.tensor(dtype, 4, 8), axis], [c.tensor(dtype, 4, 8)], "CumsumOptions")
        left, right, out = c.tensor(dtype, 1, 4, 6), c.tensor(dtype, 1, 6, 5), c.tensor(dtype, 1, 4, 5)
        c.add("BATCH_MATMUL", dtype, [left, right], [out], "BatchMatMulOptions")
        turned = c.tensor(dtype, 1, 6, 4), c.tensor(dtype, 1, 5, 6)
        c.add("BATCH_MATMUL", f"{dtype} turned", turned, [out], "BatchMatMulOptions", AdjX=True, AdjY=True)


def reductions(c: Catalogue) -> None:
    for dtype in ("float32", "int8", "int16"):
        for name in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"):
            source, axes = c.tensor(dtype, 1, 4, 4, 3, 8), c.constant([1, 2, 3, 1, 2])
            c.add(name, dtype, [source, axes], [c.tensor(dtype, 1, 8)], "ReducerOptions")
        for name, table in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
            ends = [c.tensor(dtype, 1, 8), c.constant([1])], [c.tensor("int32", 1)]
            c.add(name, dtype, *ends, table, OutputType=2)
    c.add(
        "REDUCE_ALL", "bool", [c.tensor("bool", 1, 4, 8), c.constant([1])], [c.tensor("bool", 1, 8)], "ReducerOptions"
    )


def pools(c: Catalogue) -> None:
    options = {"Padding": 1, "StrideW": 2, "StrideH": 2, "FilterWidth": 2, "FilterHeight": 2}
    for dtype in ("float32", "int8", "int16"):
        for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
            ends = [c.tensor(dtype, 1, 4, 4, 8)], [c.tensor(dtype, 1, 2, 2, 8)]
            c.add(name, dtype, *ends, "Pool2DOptions", **options)
    ends = [c.tensor("float32", 1, 4, 4, 8)], [c.tensor("float32", 1, 2, 2, 8)]
    c.add("L2_POOL_2D", "float32", *ends, "Pool2DOptions", **options)


def weights(c: Catalogue) -> None:
    kinds = (("float32", "float32", "float32"), ("int8", "int8", "int32"), ("int16", "int8", "int64"))
    for source, weight, bias in (*kinds, ("int8", "int4", "int32")):
        variant = f"{source} {weight}"
        scales = () if source == "float32" else (0.1,)

        def stored(
            shape: tuple[int, ...], axis: int, count: int, dtype: str = weight, scales: tuple[float, ...] = scales
        ) -> Any:
            return c.files.T(shape, dtype, scales=scales * count, constant=True, axis=axis)

        def biases(
            count: int, scaled: int, dtype: str = bias, scales: tuple[float, ...] = tuple(s / 2 for s in scales)
        ) -> Any:
            return c.files.T((count,), dtype, scales=scales * scaled, constant=True)

        strides = {"StrideW": 1, "StrideH": 1}
        picture = c.tensor(source, 1, 8, 8, 4)
        inputs = [picture, stored((8, 3, 3, 4), 0, 8), biases(8, 8)]
        c.add("CONV_2D", variant, inputs, [c.tensor(source, 1, 8, 8, 8)], "Conv2DOptions", **strides)
        inputs = [picture, stored((1, 3, 3, 4), 3, 4), biases(4, 4)]
        c.add("DEPTHWISE_CONV_2D", variant, inputs, [c.tensor(source, 1, 8, 8, 4)], "DepthwiseConv2DOptions", **strides)
        inputs = [c.tensor(source, 1, 16), stored((8, 16), 0, 1), biases(8, 1)]
        c.add("FULLY_CONNECTED", variant, inputs, [c.tensor(source, 1, 8)], "FullyConnectedOptions")
        if weight != "int4":
            small = c.tensor(source, 1, 4, 4, 4)
            inputs = [c.constant([1, 8, 8, 8]), stored((8, 3, 3, 4), 0, 8), small, biases(8, 8)]
            doubled = {"StrideW": 2, "StrideH": 2}
            c.add("TRANSPOSE_CONV", variant, inputs, [c.tensor(source, 1, 8, 8, 8)], "TransposeConvOptions", **doubled)
    per_output = c.files.T((8, 16), "int8", scales=(0.1,) * 8, constant=True)
    bias = c.files.T((8,), "int32", scales=(0.05,) * 8, constant=True)
    inputs = [c.tensor("int8", 1, 16), per_output, bias]
    c.add("FULLY_CONNECTED", "per output", inputs, [c.tensor("int8", 1, 8)], "FullyConnectedOptions")
    for source, state in (("float32", "float32"), ("int8", "int16"), ("int8", "int8")):
        scales = () if source == "float32" else (0.1,)
        constant = partial(c.files.T, scales=scales, constant=True)
        inputs = [
            c.files.T((1, 10), source, scales=scales),
            constant((8, 10), source),
            constant((8, 6), state),
            c.files.T((4,), "float32" if not scales else "int32", scales=(0.01,) if scales else (), constant=True),
            c.files.T((1, 48), state, scales=scales, variable=True),
        ]
        output = c.files.T((1, 4), source, scales=scales)
        c.add("SVDF", f"{source} {state}", inputs, [output], "SVDFOptions", Rank=2)


def quantization(c: Catalogue) -> None:
    for dtype in ("int8", "int16"):
        c.add("DEQUANTIZE", dtype, [c.tensor(dtype, 1, 8)], [c.tensor("float32", 1, 8)])
        c.add("QUANTIZE", f"to {dtype}", [c.tensor("float32", 1, 8)], [c.tensor(dtype, 1, 8)])
        c.add("QUANTIZE", f"{dtype} to int8", [c.tensor(dtype, 1, 8)], [c.tensor("int8", 1, 8)])
    c.add("CAST", "int8", [c.tensor("int8", 1, 8)], [c.tensor("int32", 1, 8)], "CastOptions")


def shapes(c: Catalogue) -> None:
    for dtype in ("float32", "int8"):
        t = partial(c.tensor, dtype)
        padding = c.constant([[0, 0], [1, 1], [1, 1], [0, 0]])
        block, crop = c.constant([2, 2]), c.constant([[0, 0], [0, 0]])
        cases: tuple[tuple[str, list[Any], list[Any], str, dict[str, object]], ...] = (
            ("CONCATENATION", [t(1, 4), t(1, 4)], [t(1, 8)], "ConcatenationOptions", {"Axis": 1}),
            ("PAD", [t(1, 4, 4, 2), padding], [t(1, 6, 6, 2)], "PadOptions", {}),
            ("PADV2", [t(1, 4, 4, 2), padding, t()], [t(1, 6, 6, 2)], "PadV2Options", {}),
            ("MIRROR_PAD", [t(1, 4, 4, 2), padding], [t(1, 6, 6, 2)], "MirrorPadOptions", {"Mode": 0}),
            ("TRANSPOSE", [t(1, 4, 6), c.constant([0, 2, 1])], [t(1, 6, 4)], "TransposeOptions", {}),
            ("SLICE", [t(4, 6), c.constant([0, 0]), c.constant([2, 3])], [t(2, 3)], "SliceOptions", {}),
            (
                "STRIDED_SLICE",
                [t(4, 6), c.constant([0, 0]), c.constant([2, 3]), c.constant([1, 1])],
                [t(2, 3)],
                "StridedSliceOptions",
                {},
            ),
            ("SPLIT", [c.constant([1]), t(1, 8)], [t(1, 4), t(1, 4)], "SplitOptions", {"NumSplits": 2}),
            (
                "SPLIT_V",
                [t(1, 8), c.constant([3, 5]), c.constant([1])],
                [t(1, 3), t(1, 5)],
                "SplitVOptions",
                {"NumSplits": 2},
            ),
            ("PACK", [t(4), t(4)], [t(2, 4)], "PackOptions", {"ValuesCount": 2}),
            ("UNPACK", [t(2, 4)], [t(4), t(4)], "UnpackOptions", {"Num": 2}),
            ("RESHAPE", [t(2, 4), c.constant([8])], [t(8)], "ReshapeOptions", {"NewShape": [8]}),
            ("SQUEEZE", [t(1, 4)], [t(4)], "SqueezeOptions", {"SqueezeDims": [0]}),
            ("EXPAND_DIMS", [t(4), c.constant([0])], [t(1, 4)], "ExpandDimsOptions", {}),
            ("GATHER", [t(4, 3), c.constant([0, 2])], [t(2, 3)], "GatherOptions", {"Axis": 0}),
            ("GATHER_ND", [t(4, 3), c.constant([[0], [2]])], [t(2, 3)], "GatherNdOptions", {}),
            ("RESIZE_NEAREST_NEIGHBOR", [t(1, 4, 4, 2), c.constant([8, 8])], [t(1, 8, 8, 2)], "", {}),
            ("RESIZE_BILINEAR", [t(1, 4, 4, 2), c.constant([8, 8])], [t(1, 8, 8, 2)], "", {}),
            ("SPACE_TO_BATCH_ND", [t(1, 4, 4, 2), block, crop], [t(4, 2, 2, 2)], "SpaceToBatchNDOptions", {}),
            ("BATCH_TO_SPACE_ND", [t(4, 2, 2, 2), block, crop], [t(1, 4, 4, 2)], "BatchToSpaceNDOptions", {}),
            ("SPACE_TO_DEPTH", [t(1, 4, 4, 2)], [t(1, 2, 2, 8)], "SpaceToDepthOptions", {"BlockSize": 2}),
            ("DEPTH_TO_SPACE", [t(1, 2, 2, 8)], [t(1, 4, 4, 2)], "DepthToSpaceOptions", {"BlockSize": 2}),
            ("SHAPE", [t(1, 8)], [c.tensor("int32", 2)], "ShapeOptions", {"OutType": 2}),
            ("SELECT_V2", [c.tensor("bool", 1, 8), t(1, 8), t(1, 8)], [t(1, 8)], "SelectV2Options", {}),
            ("BROADCAST_TO", [t(1, 8), c.constant([4, 8])], [t(4, 8)], "BroadcastToOptions", {}),
            ("FILL", [c.constant([4, 8]), t()], [t(4, 8)], "FillOptions", {}),
            ("REVERSE_V2", [t(4, 8), c.constant([0])], [t(4, 8)], "ReverseV2Options", {}),
            ("DYNAMIC_UPDATE_SLICE", [t(4, 8), t(1, 8), c.constant([0, 0])], [t(4, 8)], "", {}),
        )
        for name, inputs, outputs, table, options in cases:
            c.add(name, dtype, inputs, outputs, table, **options)
    c.add("BROADCAST_ARGS", "int32", [c.constant([1, 8]), c.constant([4, 8])], [c.tensor("int32", 2)])
    table = c.files.T((4, 8), "float32", constant=True)
    c.add("EMBEDDING_LOOKUP", "float32", [c.constant([0, 2]), table], [c.tensor("float32", 2, 8)])


def variables(c: Catalogue) -> None:
    """Two variables, one of them assigned twice."""
    op, tensor = c.files.Op, c.tensor
    handle = "VarHandleOptions"
    operators = [
        op("VAR_HANDLE", [], [0], handle, {"Container": "", "SharedName": "a"}),
        op("VAR_HANDLE", [], [1], handle, {"Container": "", "SharedName": "b"}),
        op("ASSIGN_VARIABLE", [0, 2], []),
        op("ASSIGN_VARIABLE", [0, 2], []),
        op("ASSIGN_VARIABLE", [1, 3], []),
        op("READ_VARIABLE", [0], [4]),
    ]
    handles = [tensor("resource"), tensor("resource")]
    tensors = [*handles, tensor("int8", 1, 100), tensor("int8", 1, 40), tensor("int8", 1, 100)]
    for name in ("VAR_HANDLE", "ASSIGN_VARIABLE", "READ_VARIABLE"):
        c.models[f"{name} two"] = c.files.build(c.files.G(tensors, operators, [2, 3], [4]))


def subgraphs(c: Catalogue) -> None:
    """Operators that run other subgraphs; what those need is planned into the gaps of the first."""
    graph, op = c.files.G, c.files.Op
    t = partial(c.tensor, "float32")
    chain = [op("RELU", [0], [1]), op("LOGISTIC", [1], [2]), op("RELU", [2], [3])]
    long = graph([t(1, 40)] * 4, chain, [0], [3])
    short = graph([t(1, 40)] * 2, chain[:1], [0], [1])
    before, after = op("RELU", [1], [2]), op("ADD", [3, 2], [4], "AddOptions")
    tensors = [c.tensor("bool", 1), *[t(1, 40)] * 4]
    branch = op("IF", [0, 1], [3], "IfOptions", {"ThenSubgraphIndex": 1, "ElseSubgraphIndex": 2})
    c.models["IF branch"] = c.files.build(graph(tensors, [before, branch, after], [0, 1], [4]), long, short)
    limit = c.files.T((1, 40), "float32", constant=True)
    test = graph([t(1, 40), limit, c.tensor("bool", 1, 40)], [op("LESS", [0, 1], [2])], [0], [2])
    loop = op("WHILE", [1], [3], "WhileOptions", {"CondSubgraphIndex": 1, "BodySubgraphIndex": 2})
    c.models["WHILE loop"] = c.files.build(graph(tensors, [before, loop, after], [0, 1], [4]), test, long)
    once = op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 1})
    through = op("RELU", [1], [3])
    quiet = graph([t(1, 40), t(1, 40)], [op("RELU", [0], [1])], [0], [1])
    c.models["CALL_ONCE first"] = c.files.build(graph(tensors, [once, before, through, after], [0, 1], [4]), quiet)


def recurrent(c: Catalogue) -> None:
    """An LSTM of each kind TFLM has, its states kept from one inference to the next."""
    steps, wide, units = 5, 6, 7
    for dtype, state in (("float32", "float32"), ("int8", "int16"), ("int16", "int16")):
        real = dtype == "float32"
        scale = () if real else (1 / 128,)

        def stored(rows: int, columns: int, real: bool = real, scale: tuple[float, ...] = scale) -> Any:
            return c.files.T((rows, columns), "float32" if real else "int8", scales=scale, constant=True)

        bias_type = "float32" if real else "int32" if dtype == "int8" else "int64"
        bias = c.files.T((units,), bias_type, scales=scale, constant=True)
        tensors = [
            c.files.T((1, steps, wide), dtype, scales=scale),
            *(stored(units, wide) for _ in range(4)),
            *(stored(units, units) for _ in range(4)),
            *[bias] * 4,
            c.files.T((1, units), dtype, scales=scale, variable=True),
            c.files.T((1, units), state, scales=() if real else (1 / 32768,), variable=True),
            c.files.T((1, steps, units), dtype, scales=scale),
            *[c.files.T((0,), "float32" if real else "int16", scales=() if real else (1 / 4096,))] * 5,
        ]
        none = -1
        inputs = [0, *range(1, 9), *[none] * 3, *range(9, 13), none, none, 13, 14, *[none] * 4]
        options = {"FusedActivationFunction": 4, "CellClip": 0.0}
        op = c.files.Op(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [15], "UnidirectionalSequenceLSTMOptions", options,
            intermediates=[16, 17, 18, 19, 20],
        )  # fmt: skip
        c.models[f"UNIDIRECTIONAL_SEQUENCE_LSTM {dtype}"] = c.files.build(c.files.G(tensors, [op], [0], [15]))


def streaming(c: Catalogue) -> None:
    """A layer that keeps the frames before, as streaming wake-word models have: set up once, then pushed along."""
    op = c.files.Op
    frames = partial(c.tensor, "int8", scale=0.5)
    handle = {"Container": "", "SharedName": "frames"}
    conv = c.files.T((4, 3, 1, 8), scales=(0.1,) * 4, constant=True)
    bias = c.files.T((4,), "int32", scales=(0.05,) * 4, constant=True)
    tensors = [
        frames(1, 1, 1, 8), c.tensor("resource"), frames(1, 2, 1, 8), frames(1, 3, 1, 8), frames(1, 2, 1, 8),
        conv, bias, frames(1, 1, 1, 4), c.constant([0, 1, 0, 0]), c.constant([1, 3, 1, 8]), c.constant([1, 1, 1, 1]),
    ]  # fmt: skip
    operators = [
        op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": 1}),
        op("VAR_HANDLE", [], [1], "VarHandleOptions", handle),
        op("READ_VARIABLE", [1], [2]),
        op("CONCATENATION", [2, 0], [3], "ConcatenationOptions", {"Axis": 1}),
        op("STRIDED_SLICE", [3, 8, 9, 10], [4], "StridedSliceOptions"),
        op("ASSIGN_VARIABLE", [1, 4], []),
        op("CONV_2D", [3, 5, 6], [7], "Conv2DOptions", {"StrideW": 1, "StrideH": 1, "Padding": 1}),
    ]
    start = c.files.T((1, 2, 1, 8), scales=(0.5,), constant=True)
    once = c.files.G(
        [c.tensor("resource"), start],
        [op("VAR_HANDLE", [], [0], "VarHandleOptions", handle), op("ASSIGN_VARIABLE", [0, 1], [])], [], [],
    )  # fmt: skip
    c.models["CALL_ONCE streaming"] = c.files.build(c.files.G(tensors, operators, [0], [7]), once)


def circular_buffer(c: Catalogue) -> None:
    ends = [c.tensor("int8", 1, 1, 1, 8)], [c.tensor("int8", 1, 5, 1, 8)]
    c.add("CIRCULAR_BUFFER", "five", *ends, custom={"cycles_max": 1})


def signals(c: Catalogue) -> None:
    """Streams cut, delayed, stacked and put together again; transforms there and back."""
    plain = c.files.T
    for signals in (1, 3):
        source = plain((signals, 160), "int16")
        variant = f"{signals} signals"
        c.add("SignalDelay", variant, [source], [plain((signals, 160), "int16")], custom={"delay_length": 37})
        frames = [plain((signals, 4, 100), "int16"), plain((), "bool")]
        options = {"frame_size": 100, "frame_step": 40, "prefill": True}
        c.add("SignalFramer", variant, [source], frames, custom=options)
    options = {"num_channels": 40, "stacker_left_context": 2, "stacker_right_context": 0, "stacker_step": 3}
    stacked = [plain((120,), "int16"), plain((), "bool")]
    c.add("SignalStacker", "left", [plain((40,), "int16")], stacked, custom=options)
    for dtype, number in (("int16", 7), ("int32", 2), ("float32", 0)):
        options = {"T": number, "fft_length": 64}
        real, complex_ = plain((2, 64), dtype), plain((2, 66), dtype)
        c.add("SignalRfft", dtype, [real], [complex_], custom=options)
        c.add("SignalIrfft", dtype, [complex_], [real], custom=options)
        if dtype != "int32":
            pieces, whole = c.tensor(dtype, 2, 3, 40), c.tensor(dtype, 2, 48)
            c.add("SignalOverlapAdd", dtype, [pieces], [whole], custom={"T": number, "frame_step": 16})


def heads(c: Catalogue) -> None:
    """What stands behind a network: boxes of a detector, thresholds of a classifier."""
    t = partial(c.tensor, "float32")
    anchors = c.files.T((6, 4), "float32", constant=True)
    options = {"max_detections": 4, "max_classes_per_detection": 1, "num_classes": 3, "detections_per_class": 2}
    options |= {"use_regular_nms": False, "nms_score_threshold": 0.5, "nms_iou_threshold": 0.5}
    options |= {f"{axis}_scale": 5.0 for axis in "yxhw"}
    ends = [t(1, 6, 4), t(1, 6, 4), anchors], [t(1, 4, 4), t(1, 4), t(1, 4), t(1)]
    c.add("TFLite_Detection_PostProcess", "float32", *ends, custom=options)
    i32 = partial(c.files.T, dtype="int32")
    outputs = [c.files.T((2,), "bool"), i32((2,))]
    c.add("BasicClassifier", "two", [i32((1, 8)), c.constant([1, 4]), c.constant([90, 80])], outputs)


def decoding(c: Catalogue) -> None:
    """Weights that lie compressed: looked up, coded by Huffman's method, pruned with a zero point a channel or none."""
    common = [1, 0, 0]  # version; reserved
    for name, kind, own, values in (
        ("looked up", 0, [1, 2, 4], [1, 2, 3, 4]),
        ("Huffman", 1, [1, 0], [0, 0, 0, 0]),
        ("pruned", 2, [1], [5, 6, 7, 8]),
    ):
        header = [kind, *common, *own]
        ancillary = np.array([*header, *[0] * (16 - len(header)), *values], np.uint8)
        packed = np.array([0xAA, 0x55, 0, 0], np.uint8)
        for channels, zero_point in ((1, 0), (4, 0), (4, 3)) if name == "pruned" else ((1, 0),):
            inputs = [c.files.T(array.shape, "uint8", constant=array) for array in (packed, ancillary)]
            output = c.files.T((4, 4), "int8", scales=(0.5,) * channels, zero_point=zero_point)
            # The decoded tensor is an output here; in a network it is the weights of the next operator.
            c.add("TFLM_DECODE", f"{name} {channels} {zero_point}", inputs, [output])


def networks(c: Catalogue) -> None:
    """Random graphs of sums with long and short lives, for lifetimes and planner."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tensors, operators = [c.tensor("float32", 1, int(rng.integers(1, 60)))], []
        for _ in range(int(rng.integers(2, 30))):
            one, other = (int(rng.integers(max(0, len(tensors) - 6), len(tensors))) for _ in range(2))
            made = [len(tensors)]
            if rng.random() < 0.2:  # another size from here on
                parts = [one] * int(rng.integers(1, 4))
                tensors.append(c.tensor("float32", 1, len(parts) * tensors[one].shape[1]))
                operators.append(c.files.Op("CONCATENATION", parts, made, "ConcatenationOptions", {"Axis": 1}))
            elif tensors[one].shape == tensors[other].shape:
                tensors.append(c.tensor("float32", *tensors[one].shape))
                operators.append(c.files.Op("ADD", [one, other], made, "AddOptions"))
            else:
                tensors.append(c.tensor("float32", *tensors[one].shape))
                operators.append(c.files.Op("RELU", [one], made))
        outputs = sorted({len(tensors) - 1, int(rng.integers(1, len(tensors)))})
        c.models[f"ADD network {seed}"] = c.files.build(c.files.G(tensors, operators, [0], outputs))


def catalogue() -> dict[str, bytes]:
    """The models by name, which begins with the operator's."""
    made = Catalogue(tflite_files)
    for family in (
        elementwise,
        arithmetic,
        reductions,
        pools,
        weights,
        quantization,
        shapes,
        variables,
        subgraphs,
        recurrent,
        streaming,
        circular_buffer,
        signals,
        heads,
        decoding,
        networks,
    ):
        family(made)
    return made.models
