"""The arena against figures measured on an emulated Cortex-M4F."""

from __future__ import annotations

import itertools
import json
import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.errors import NotSupported
from workbench.graph.read import read_graph
from workbench.memory.tflm.node import CMSIS_NN, REFERENCE, KernelSet
from workbench.memory.tflm_arena import ArenaEstimate, tflm_arena

ENGINES = {"tflm": REFERENCE, "tflm-cmsis": CMSIS_NN}


def measured(shared: Path) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = json.loads((shared / "models" / "tflm_memory.json").read_text())
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_to_the_byte(shared: Path, engine: str) -> None:
    """Used, required, planned and scratch of every model that was measured."""
    for name, truths in measured(shared).items():
        truth = truths[engine]
        graph = read_graph((shared / "models" / f"{name}.tflite").read_bytes())
        arena = tflm_arena(graph, ENGINES[engine])
        assert (arena.used, arena.required) == (truth["arena_used"], truth["arena_required"]), name
        assert arena.planned == truth["planned_head"], name
        assert [[request.operator, request.bytes] for request in arena.scratch] == truth["scratch"], name


def dense(files: ModuleType, **weights: Any) -> bytes:
    tensors = [
        files.T((1, 16), scales=(0.5,)),
        files.T((8, 16), scales=(0.1,), constant=True, **weights),
        files.T((8,), "int32", scales=(0.05,), constant=True),
        files.T((1, 8), scales=(0.5,)),
    ]
    op = files.Op("FULLY_CONNECTED", [0, 1, 2], [3], "FullyConnectedOptions")
    return bytes(files.build(files.G(tensors, [op], [0], [3])))


def test_the_parts_add_up(files: ModuleType) -> None:
    arena = tflm_arena(read_graph(dense(files)))
    assert arena.used == arena.planned + arena.tail
    assert arena.tail == sum(arena.by_kind.values())
    assert arena.required % 16 == 0
    assert arena.required >= arena.used


def test_one_more_operator_costs_more(files: ModuleType) -> None:
    def chain(length: int) -> ArenaEstimate:
        tensors = [files.T((1, 16), "float32") for _ in range(length + 1)]
        operators = [files.Op("RELU", [i], [i + 1]) for i in range(length)]
        return tflm_arena(read_graph(files.build(files.G(tensors, operators, [0], [length]))))

    arenas = [chain(length) for length in range(1, 40)]
    assert all(a.used < b.used and a.required < b.required for a, b in itertools.pairwise(arenas))
    assert len({arena.planned for arena in arenas}) == 1  # two tensors are alive, however long the chain


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("HashTable", "HashTable is a custom operator"),
        ("GELU", "no kernel for GELU"),
        ("ethos-u", "Ethos-U processor, which no board here has"),
    ],
)
def test_an_operator_without_a_rule_is_a_message(files: ModuleType, name: str, says: str) -> None:
    data = files.build(files.G([files.T((4,)), files.T((4,))], [files.Op(name, [0], [1])], [0], [1]))
    with pytest.raises(NotSupported, match=says) as caught:
        tflm_arena(read_graph(data))
    assert "operator 0" in caught.value.where


def test_weights_that_only_their_maker_can_decode_are_a_message(files: ModuleType) -> None:
    ancillary = np.array([200, 1, *[0] * 14], np.uint8)
    tensors = [files.T((4,), "uint8", constant=True), files.T((16,), "uint8", constant=ancillary), files.T((16,))]
    data = files.build(files.G(tensors, [files.Op("TFLM_DECODE", [0, 1], [2])], [], [2]))
    with pytest.raises(NotSupported, match="of its maker's own"):
        tflm_arena(read_graph(data))


def test_an_operator_without_its_options_is_a_message(files: ModuleType) -> None:
    data = files.build(files.G([files.T((1, 8), "int16")] * 2, [files.Op("SignalDelay", [0], [1])], [0], [1]))
    with pytest.raises(NotSupported, match="SignalDelay does not say its delay_length"):
        tflm_arena(read_graph(data))


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_weights_of_another_kind_are_refused(files: ModuleType, dtype: str) -> None:
    """As dynamic range quantization leaves them."""
    tensors = [files.T((1, 16), dtype), files.T((8, 16), "uint8", constant=True), files.T((1, 8), dtype)]
    op = files.Op("FULLY_CONNECTED", [0, 1, -1], [2], "FullyConnectedOptions")
    with pytest.raises(NotSupported, match=f"{dtype} input and uint8 weights"):
        tflm_arena(read_graph(files.build(files.G(tensors, [op], [0], [2]))))


def test_float16_weights_are_refused(files: ModuleType) -> None:
    tensors = [files.T((8,), "float16", constant=True), files.T((8,), "float32")]
    data = files.build(files.G(tensors, [files.Op("DEQUANTIZE", [0], [1])], [], [1]))
    with pytest.raises(NotSupported, match="float16"):
        tflm_arena(read_graph(data))


def test_shapes_a_kernel_cannot_take_are_a_message(files: ModuleType) -> None:
    tensors = [files.T((4,), scales=(0.1,)), files.T((8,), scales=(0.1,), constant=True), files.T((4,), scales=(0.1,))]
    op = files.Op("CONV_2D", [0, 1], [2], "Conv2DOptions")
    with pytest.raises(NotSupported, match="cannot take shape"):
        tflm_arena(read_graph(files.build(files.G(tensors, [op], [0], [2]))), CMSIS_NN)


def test_a_plan_stored_in_the_model_is_followed(files: ModuleType) -> None:
    """Offsets that an offline planner wrote: version, subgraph, count, and one a tensor (-1: TFLM's own)."""
    tensors = [files.T((1, 64), "float32") for _ in range(3)]
    operators = [files.Op("RELU", [0], [1]), files.Op("RELU", [1], [2])]
    graph = files.G(tensors, operators, [0], [2])
    stored = struct.pack("<6i", 1, 0, 3, 1024, 0, -1)
    arena = tflm_arena(read_graph(files.build(graph, metadata={"OfflineMemoryAllocation": stored})))
    assert [placement.offset for placement in arena.plan.placements] == [1024, 0, 256]
    assert arena.planned == 1024 + 256
    for offset in (-16, 8):
        stored = struct.pack("<6i", 1, 0, 3, offset, 0, -1)
        with pytest.raises(NotSupported, match="puts a tensor at byte"):
            tflm_arena(read_graph(files.build(graph, metadata={"OfflineMemoryAllocation": stored})))
    for wrong in (struct.pack("<4i", 1, 0, 1, 0), b"", struct.pack("<3i", 1, 0, 3)):
        data = files.build(graph, metadata={"OfflineMemoryAllocation": wrong or b"\0"})
        with pytest.raises(NotSupported, match="not for its 3 tensors"):
            tflm_arena(read_graph(data))


def test_extensions_of_the_core_decide_scratch(files: ModuleType) -> None:
    """A plain Cortex-M0 needs no sums for averaging; one with vectors needs wider columns."""
    tensors = [files.T((1, 8, 8, 24), scales=(0.1,)), files.T((1, 1, 1, 24), scales=(0.1,))]
    options = {"Padding": 1, "StrideW": 8, "StrideH": 8, "FilterWidth": 8, "FilterHeight": 8}
    op = files.Op("AVERAGE_POOL_2D", [0], [1], "Pool2DOptions", options)
    graph = read_graph(files.build(files.G(tensors, [op], [0], [1])))
    scratch = [
        sum(request.bytes for request in tflm_arena(graph, KernelSet(True, dsp, mve)).scratch)
        for dsp, mve in ((False, False), (True, False), (True, True))
    ]
    assert scratch == [0, 96, 0]
