"""Counted work, checked by hand and by running the loops."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.graph.model import DTYPE_BYTES, Graph, Operator, Subgraph, Tensor
from workbench.graph.read import read_graph
from workbench.target.cost import COUNTED_OPERATORS, OperatorCost, count_operations
from workbench.target.costs import load_costs

Shape = tuple[int, ...]


def tensor(index: int, shape: Shape, dtype: str = "int8", constant: bool = False) -> Tensor:
    size = math.prod(shape) * DTYPE_BYTES[dtype]
    return Tensor(index, f"t{index}", shape, dtype, size, data=bytes(size) if constant else None)


def one(name: str, *shapes: Shape, out: Shape, dtype: str = "int8", constants: Shape = (1, 2), **options: Any) -> Graph:
    """A model of one operator whose inputs have ``shapes``; those numbered in ``constants`` are stored."""
    inputs = [tensor(i, shape, dtype, i in constants) for i, shape in enumerate(shapes)]
    output = tensor(len(inputs), out, dtype)
    operator = Operator(0, name, 1, tuple(range(len(inputs))), (len(inputs),), options=options)
    return Graph((Subgraph("main", (*inputs, output), (operator,), (0,), (len(inputs),)),))


def cost(graph: Graph) -> OperatorCost:
    (found,) = count_operations(graph)
    return found


def loops(size: Shape, out: Shape, kernel: Shape, *, stride: Shape, dilation: Shape, same: bool) -> int:
    """Filter positions inside the picture, by looking at each; padding as in TensorFlow's documentation."""
    before = [
        max(0, (out[i] - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - size[i]) // 2 if same else 0
        for i in (0, 1)
    ]
    return sum(
        0 <= y * stride[0] - before[0] + ky * dilation[0] < size[0]
        and 0 <= x * stride[1] - before[1] + kx * dilation[1] < size[1]
        for y, x, ky, kx in itertools.product(*(range(n) for n in (*out, *kernel)))
    )


def windows() -> Iterator[tuple[Shape, Shape, Shape, Shape, bool]]:
    for size, kernel, stride, dilation, same in itertools.product(
        [(7, 5), (6, 6), (1, 9)],
        [(1, 1), (3, 3), (2, 4), (1, 5)],
        [(1, 1), (2, 2), (3, 1)],
        [(1, 1), (2, 3)],
        [True, False],
    ):
        if same or all((kernel[i] - 1) * dilation[i] + 1 <= size[i] for i in (0, 1)):
            yield size, kernel, stride, dilation, same


def test_convolution_inside_the_picture() -> None:
    for size, kernel, stride, dilation, same in windows():
        reach = [0 if same else (kernel[i] - 1) * dilation[i] for i in (0, 1)]
        out = tuple(-(-(size[i] - reach[i]) // stride[i]) for i in (0, 1))
        options = {
            "padding": "SAME" if same else "VALID",
            "stride_h": stride[0],
            "stride_w": stride[1],
            "dilation_h_factor": dilation[0],
            "dilation_w_factor": dilation[1],
        }
        found = cost(one("CONV_2D", (1, *size, 3), (4, *kernel, 3), (4,), out=(1, *out, 4), **options))
        inside = loops(size, out, kernel, stride=stride, dilation=dilation, same=same)
        assert found.terms is not None
        assert found.macs == math.prod(out) * math.prod(kernel) * 3 * 4
        assert found.terms.get("conv.mac_inside", 0) == inside * 3 * 4, (size, kernel, options)
        assert found.terms["conv.output"] == math.prod(out) * 4


def test_a_plain_1x1_convolution_gathers_nothing() -> None:
    found = cost(one("CONV_2D", (1, 5, 5, 8), (16, 1, 1, 8), (16,), out=(1, 5, 5, 16), stride_h=1, stride_w=1))
    assert found.macs == 25 * 8 * 16
    assert found.terms is not None and "conv.gathered" not in found.terms


def test_depthwise_convolution_with_and_without_a_multiplier() -> None:
    single = cost(one("DEPTHWISE_CONV_2D", (1, 5, 5, 8), (1, 3, 3, 8), (8,), out=(1, 3, 3, 8), padding="VALID"))
    assert single.terms == {
        "operator": 1,
        "depthwise.mac": 9 * 9 * 8,
        "depthwise.mac_inside": 9 * 9 * 8,
        "depthwise.output": 72,
    }
    double = cost(one("DEPTHWISE_CONV_2D", (1, 5, 5, 8), (1, 3, 3, 16), (16,), out=(1, 3, 3, 16), padding="VALID"))
    assert double.macs == 9 * 9 * 16
    assert double.terms is not None and "depthwise_multiplied.mac" in double.terms


def test_fully_connected_counts_every_output_and_its_depth() -> None:
    found = cost(one("FULLY_CONNECTED", (1, 25, 20), (4, 500), (4,), out=(1, 4)))
    assert found.macs == 4 * 500
    assert found.weight_bytes == 4 * 500 + 4
    assert found.activation_bytes == 500 + 4


def test_transpose_convolution_works_from_its_input() -> None:
    found = cost(one("TRANSPOSE_CONV", (4,), (6, 3, 3, 2), (1, 5, 5, 2), out=(1, 10, 10, 6), constants=(0, 1)))
    assert found.macs == 5 * 5 * 3 * 3 * 2 * 6


def test_pooling_counts_what_it_reads() -> None:
    options = {"filter_height": 2, "filter_width": 2, "stride_h": 2, "stride_w": 2, "padding": "VALID"}
    found = cost(one("MAX_POOL_2D", (1, 6, 6, 4), out=(1, 3, 3, 4), **options))
    assert found.macs == 0
    assert found.terms == {"operator": 1, "pool.input": 3 * 3 * 4 * 4, "pool.output": 36}


def test_an_lstm_counts_four_gates_a_step() -> None:
    width, cells, steps = 5, 3, 7
    shapes: list[Shape] = [(1, steps, width), *[(cells, width)] * 4, *[(cells, cells)] * 4]
    graph = one("UNIDIRECTIONAL_SEQUENCE_LSTM", *shapes, out=(1, steps, cells), constants=tuple(range(1, 9)))
    found = cost(graph)
    assert found.macs == steps * 4 * cells * (width + cells)
    assert found.terms is not None
    assert (found.terms["lstm.gate"], found.terms["lstm.cell"]) == (steps * 4 * cells, steps * cells)


def test_whole_numbers_of_32_bits_are_not_requantized() -> None:
    plain = cost(one("ADD", (1, 9), (1, 9), out=(1, 9), dtype="int32", constants=()))
    quantized = cost(one("ADD", (1, 9), (1, 9), out=(1, 9), constants=()))
    assert plain.terms == {"operator": 1, "plain_elementwise.output": 9}
    assert quantized.terms == {"operator": 1, "elementwise.output": 9}


def test_softmax_and_copies() -> None:
    assert cost(one("SOFTMAX", (1, 10), out=(1, 10))).terms == {"operator": 1, "softmax.output": 10}
    assert cost(one("RESHAPE", (2, 5), out=(10,), dtype="float32")).terms == {"operator": 1, "copy.byte": 40}


def test_an_operator_nobody_counted_has_no_terms() -> None:
    found = cost(one("NON_MAX_SUPPRESSION_V5", (1, 4), out=(1, 4)))
    assert found.terms is None and found.macs == 0


def test_stored_integers_in_a_float_layer_are_hybrid() -> None:
    inputs = tensor(0, (1, 4), "float32"), tensor(1, (2, 4), "int8", constant=True)
    operator = Operator(0, "FULLY_CONNECTED", 1, (0, 1, -1), (2,))
    graph = Graph((Subgraph("main", (*inputs, tensor(2, (1, 2), "float32")), (operator,), (0,), (2,)),))
    assert cost(graph).hybrid
    assert not cost(one("FULLY_CONNECTED", (1, 4), (2, 4), (2,), out=(1, 2))).hybrid


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3, 4, 5, 6)])
def test_no_shape_breaks_a_counter(shape: Shape) -> None:
    """Models come from anywhere: an operator may have any shapes, or no inputs at all."""
    for name in COUNTED_OPERATORS:
        for graph in (one(name, shape, shape, shape, out=shape), one(name, out=shape)):
            (found,) = count_operations(graph)
            assert found.macs >= 0, name
            assert all(times >= 0 for times in (found.terms or {}).values()), name


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("kernels", ["reference", "cmsis-nn"])
def test_every_counted_operator_costs_more_than_its_call(dtype: str, kernels: str) -> None:
    """A step that no table prices would make an operator free."""
    for name in COUNTED_OPERATORS - {"SHAPE", "VAR_HANDLE", "CALL_ONCE"}:
        shapes: list[Shape] = [(1, 4, 4, 2)] + [(2, 2)] * 8 if "LSTM" in name else [(1, 4, 4, 2)] * 3
        found = cost(one(name, *shapes, out=(1, 4, 4, 2), dtype=dtype, constants=tuple(range(1, 9))))
        assert found.terms is not None
        priced = {term for term in found.terms if load_costs().step(kernels, found.arithmetic, term)}
        assert priced - {"operator"}, name


@pytest.mark.parametrize(
    ("model", "macs"),
    # MLPerf Tiny's models as published; ad01 is 264,192 by its layers' sizes.
    [
        ("mlperf_ad01_int8", 264_192),
        ("mlperf_kws_ref_int8", 2_656_768),
        ("mlperf_vww_96_int8", 7_489_664),
        ("mlperf_ic_resnet8_int8", 12_501_632),
    ],
)
def test_multiply_accumulates_of_known_models(shared: Path, model: str, macs: int) -> None:
    graph = read_graph((shared / "models" / f"{model}.tflite").read_bytes())
    assert sum(count.macs for count in count_operations(graph)) == macs


def test_every_reference_model_can_be_counted(shared: Path) -> None:
    for path in sorted((shared / "models").glob("*.tflite")):
        counts = count_operations(read_graph(path.read_bytes()))
        assert all(count.terms is not None for count in counts), path.name
