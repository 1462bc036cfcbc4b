"""Models that a microcontroller's runtime does not take are refused with what to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from workbench.errors import NotSupported
from workbench.firmware.deployable import check_deployable
from workbench.graph.model import Graph, Operator, Quantization, Subgraph, Tensor

FLOAT_INPUT = Tensor(0, "input", (1, 8), "float32", 32)
FLOAT_OUTPUT = Tensor(1, "output", (1, 2), "float32", 8)


def dense(weights: Tensor, operator: str = "FULLY_CONNECTED") -> Graph:
    chain = (Operator(0, operator, 1, (0, 2, -1), (1,)),)
    return Graph((Subgraph("main", (FLOAT_INPUT, FLOAT_OUTPUT, weights), chain, (0,), (1,)),))


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_int8_and_float32_models_are_taken(graph: Callable[..., Graph], dtype: str) -> None:
    check_deployable(graph(dtype=dtype))


def test_a_dynamic_range_model_is_refused() -> None:
    weights = Tensor(2, "weights", (2, 8), "int8", 16, Quantization((0.1,), (0,)), data=bytes(16))
    with pytest.raises(NotSupported, match="Dynamic-range") as caught:
        check_deployable(dense(weights))
    assert "int8 or float32" in caught.value.to_do


def test_a_float16_model_is_refused() -> None:
    weights = Tensor(2, "weights", (2, 8), "float16", 32, data=bytes(32))
    with pytest.raises(NotSupported, match="float16") as caught:
        check_deployable(dense(weights, "DEQUANTIZE"))
    assert "int8 or float32" in caught.value.to_do


def test_a_model_with_two_inputs_is_refused(graph: Callable[..., Graph]) -> None:
    main = graph().main
    with pytest.raises(NotSupported, match="2 inputs"):
        check_deployable(Graph((dataclasses.replace(main, inputs=(0, 1)),)))


@pytest.mark.parametrize(
    ("change", "words"),
    [({"dtype": "int64"}, "int64"), ({"quantization": None}, "no scale"), ({"shape": (0, 6)}, "fixed shape")],
)
def test_an_input_the_sketch_cannot_fill_is_refused(
    graph: Callable[..., Graph], change: dict[str, object], words: str
) -> None:
    main = graph().main
    tensors = (dataclasses.replace(main.tensors[0], **change), main.tensors[1])  # type: ignore[arg-type]  # any field
    with pytest.raises(NotSupported, match=words):
        check_deployable(Graph((dataclasses.replace(main, tensors=tensors),)))
