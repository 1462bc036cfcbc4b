"""Plans of real and of random networks: proven, within their targets, and caught when they are spoilt."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from workbench.errors import NotSupported, WorkbenchError
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.plain_c.plan import PlainCPlan, plan_plain_c
from workbench.memory.plain_c.prove import check_plain_c, find_fault
from workbench.memory.plan import Placement

TARGETS = {"kws_ref": 8_700, "vww_96": 37_600, "ic_resnet8": 34_700, "ad01": 800}


@pytest.mark.parametrize("name", TARGETS)
def test_reference_models(shared: Path, name: str) -> None:
    graph = read_graph((shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes())
    plan = plan_plain_c(graph)
    check_plain_c(plan, graph)
    assert plan.lower_bound_bytes <= plan.plan.arena_bytes <= TARGETS[name]
    assert plan.plan.arena_bytes < plan.plan.live_set_bytes
    assert plan.order == tuple(range(len(graph.main.operators)))  # chains and a residual network: their own order
    assert plan_plain_c(graph).plan == plan.plan


class Network:
    """A random network, grown operator by operator on tensors of random shapes."""

    def __init__(self, files: ModuleType, seed: int) -> None:
        self.files = files
        self.chance = random.Random(seed)
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        shape = (self.chance.choice([1, 1, 2]), self.chance.randint(1, 9), self.chance.randint(1, 9))
        self.open = [self._tensor((*shape, self.chance.randint(1, 6)))]
        kinds = [self.convolve, self.convolve, self.depthwise, self.pool, self.add, self.pad]
        kinds += [self.relu, self.reshape, self.concatenate, self.transpose, self.dense]
        for _ in range(self.chance.randint(2, 12)):
            self.chance.choice(kinds)()

    def _tensor(self, shape: tuple[int, ...], **more: Any) -> int:
        self.tensors.append(self.files.T(shape, **more))
        return len(self.tensors) - 1

    def _weights(self, shape: tuple[int, ...]) -> int:
        return self._tensor(shape, constant=True)

    def _values(self, values: Any) -> int:
        array = np.array(values, np.int32)
        return self._tensor(array.shape, dtype="int32", constant=array)

    def _append(self, name: str, inputs: list[int], shape: tuple[int, ...], table: str = "", **options: Any) -> None:
        made = self._tensor(shape)
        self.operators.append(self.files.Op(name, inputs, [made], table, options))
        self.open.append(made)

    def _input(self) -> tuple[int, tuple[int, ...]]:
        """A picture of four sizes, most often the last."""
        pictures = [index for index in self.open if len(self.tensors[index].shape) == 4]
        index = pictures[-1] if self.chance.random() < 0.7 else self.chance.choice(pictures)
        return index, self.tensors[index].shape

    def _sliding(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], dict[str, int], tuple[int, int]]:
        kernel = (self.chance.choice([1, 2, 3]), self.chance.choice([1, 3, 4]))
        stride = (self.chance.choice([1, 1, 2]), self.chance.choice([1, 1, 2]))
        out = (-(-shape[1] // stride[0]), -(-shape[2] // stride[1]))
        return kernel, {"StrideH": stride[0], "StrideW": stride[1]}, out

    def convolve(self) -> None:
        index, shape = self._input()
        kernel, options, out = self._sliding(shape)
        filters = self.chance.randint(1, 8)
        weights = self._weights((filters, *kernel, shape[3]))
        self._append("CONV_2D", [index, weights], (shape[0], *out, filters), "Conv2DOptions", **options)

    def depthwise(self) -> None:
        index, shape = self._input()
        kernel, options, out = self._sliding(shape)
        many = self.chance.choice([1, 1, 2])
        weights = self._weights((1, *kernel, shape[3] * many))
        made = (shape[0], *out, shape[3] * many)
        self._append(
            "DEPTHWISE_CONV_2D", [index, weights], made, "DepthwiseConv2DOptions", DepthMultiplier=many, **options
        )

    def pool(self) -> None:
        index, shape = self._input()
        (height, width), options, out = self._sliding(shape)
        options |= {"FilterHeight": height, "FilterWidth": width}
        self._append("AVERAGE_POOL_2D", [index], (shape[0], *out, shape[3]), "Pool2DOptions", **options)

    def add(self) -> None:
        index, shape = self._input()
        alike = [other for other in self.open if self.tensors[other].shape == shape]
        self._append("ADD", [index, self.chance.choice(alike)], shape, "AddOptions")

    def pad(self) -> None:
        index, shape = self._input()
        pads = [(0, 0), *((self.chance.randint(0, 2), self.chance.randint(0, 2)) for _ in range(2)), (0, 0)]
        made = tuple(size + sum(pair) for size, pair in zip(shape, pads, strict=True))
        self._append("PAD", [index, self._values(pads)], made, "PadOptions")

    def relu(self) -> None:
        index, shape = self._input()
        self._append("RELU", [index], shape)

    def reshape(self) -> None:
        index, shape = self._input()
        made = (shape[0], shape[2], shape[1], shape[3])
        self._append("RESHAPE", [index, self._values(made)], made, "ReshapeOptions")

    def concatenate(self) -> None:
        index, shape = self._input()
        axis = self.chance.randint(0, 3)
        made = tuple(size * (2 if place == axis else 1) for place, size in enumerate(shape))
        alike = [other for other in self.open if self.tensors[other].shape == shape]
        inputs = [index, self.chance.choice(alike)]
        self._append("CONCATENATION", inputs, made, "ConcatenationOptions", Axis=axis)

    def transpose(self) -> None:
        index, shape = self._input()
        order = self.chance.sample(range(4), 4)
        self._append("TRANSPOSE", [index, self._values(order)], tuple(shape[o] for o in order), "TransposeOptions")

    def dense(self) -> None:
        index, shape = self._input()
        depth, outputs = int(np.prod(shape[1:])), self.chance.randint(1, 9)
        inputs = [index, self._weights((outputs, depth))]
        self._append("FULLY_CONNECTED", inputs, (shape[0], outputs), "FullyConnectedOptions")

    def graph(self) -> Graph:
        read = {index for op in self.operators for index in op.inputs}
        ends = [index for index in self.open if index not in read] + [
            index for index in read if self._now_and_then(index)
        ]
        return read_graph(self.files.build(self.files.G(self.tensors, self.operators, [self.open[0]], ends)))

    def _now_and_then(self, index: int) -> bool:
        """Some of the tensors in between are outputs of the model too."""
        return index in self.open[1:] and self.chance.random() < 0.1


def played(plan: PlainCPlan, graph: Graph) -> bool:
    """Whether every read finds its value when the plan is run turn by turn, on a memory of single labelled bytes."""
    subgraph = graph.main
    place = {t: p.offset for p in plan.plan.placements for t in (p.tensor, *p.reshaped) if t is not None}
    memory: list[object] = [None] * plan.plan.arena_bytes
    label = {index: index for index in subgraph.inputs}

    def whole(index: int) -> bool:
        start, size = place[index], subgraph.tensors[index].bytes
        return memory[start : start + size] == [(label[index], byte) for byte in range(size)]

    for index in subgraph.inputs:
        size = subgraph.tensors[index].bytes
        memory[place[index] : place[index] + size] = [(index, byte) for byte in range(size)]
    scratches = {p.first_op: p for p in plan.plan.placements if p.tensor is None}
    for step, (number, access) in enumerate(zip(plan.order, plan.accesses, strict=True)):
        operator = subgraph.operators[number]
        if operator.name == "RESHAPE":
            label[operator.outputs[0]] = label[operator.inputs[0]]
            continue
        (target,) = operator.outputs
        label[target] = target
        written = access.writes[0].by_byte()
        last = [(index, cells.by_byte()) for index, cells in zip(operator.inputs, access.reads, strict=True) if cells]
        junk = range(scratches[step].offset, scratches[step].end) if step in scratches else range(0)
        for turn in range(access.turns):
            for byte in junk:
                memory[byte] = ("scratch", step)
            for index, turns in last:
                for byte in np.flatnonzero(turns == turn):
                    if memory[place[index] + byte] != (label[index], byte):
                        return False
            for byte in np.flatnonzero(written == turn):
                memory[place[target] + byte] = (target, byte)
        for byte in junk:
            memory[byte] = ("scratch", step)
    return all(whole(index) for index in subgraph.outputs)


@pytest.mark.parametrize("seed", range(60))
def test_random_networks(files: ModuleType, seed: int) -> None:
    graph = Network(files, seed).graph()
    plan = plan_plain_c(graph)
    assert find_fault(plan, graph) == ""
    assert played(plan, graph)
    assert plan.lower_bound_bytes <= plan.plan.arena_bytes


def moved(plan: PlainCPlan, place: int, offset: int) -> PlainCPlan:
    placements = list(plan.plan.placements)
    placements[place] = dataclasses.replace(placements[place], offset=offset)
    # Room enough: what is to be found is the overlap, not the end of the arena.
    arena = max(plan.plan.arena_bytes, *(placement.end for placement in placements))
    return dataclasses.replace(
        plan, plan=dataclasses.replace(plan.plan, placements=tuple(placements), arena_bytes=arena)
    )


@pytest.mark.parametrize("seed", range(60, 90))
def test_every_spoilt_place_is_caught(files: ModuleType, seed: int) -> None:
    """Any block at any place: the proof finds a fault exactly where playing it turn by turn does."""
    graph = Network(files, seed).graph()
    plan = plan_plain_c(graph)
    chance = random.Random(seed)
    for _ in range(12):
        place = chance.randrange(len(plan.plan.placements))
        offset = 4 * chance.randrange(plan.plan.arena_bytes // 4 + 1)
        spoilt = moved(plan, place, offset)
        assert (find_fault(spoilt, graph) == "") == played(spoilt, graph)


def handed_over(plan: PlainCPlan, graph: Graph) -> tuple[int, Placement, Placement]:
    """(place of the output, its placement, the input's) where the output partly overlaps the input it replaces."""
    for operator, access in zip(plan.order, plan.accesses, strict=True):
        described = graph.main.operators[operator]
        source = next(p for p in plan.plan.placements if p.tensor == described.inputs[0])
        for place, target in enumerate(plan.plan.placements):
            overlaps = source.offset != target.offset and source.offset < target.end and target.offset < source.end
            if target.tensor == described.outputs[0] and overlaps and access.writes:
                return place, target, source
    raise AssertionError("no output overlaps its input")


@pytest.fixture
def shifting(files: ModuleType) -> Graph:
    """A 3x3 convolution whose input and output overlap by all but a row and a pixel."""
    tensors = [files.T((1, 12, 12, 4)), files.T((4, 3, 3, 4), constant=True), files.T((1, 12, 12, 4))]
    op = files.Op("CONV_2D", [0, 1], [2], "Conv2DOptions", {"StrideH": 1, "StrideW": 1})
    return read_graph(files.build(files.G(tensors, [op], [0], [2])))


def test_one_step_nearer_than_the_safe_distance(shifting: Graph) -> None:
    plan = plan_plain_c(shifting)
    place, target, source = handed_over(plan, shifting)
    limits = plan.accesses[0].handovers[0, 0]
    distance = target.offset - source.offset
    assert distance in (limits.highest_below, limits.lowest_above)
    assert abs(distance) == (12 + 1) * 4  # a row and a pixel
    nearer = target.offset + (4 if distance < 0 else -4)
    assert "before it has read it" in find_fault(moved(plan, place, nearer), shifting)
    with pytest.raises(NotSupported, match="memory plan is wrong"):
        check_plain_c(moved(plan, place, nearer), shifting)


def test_the_other_direction(shifting: Graph) -> None:
    plan = plan_plain_c(shifting)
    turned = dataclasses.replace(plan.accesses[0], backwards=not plan.accesses[0].backwards)
    mirrored = [
        dataclasses.replace(cells, turns=turned.turns - 1 - cells.turns) for cells in (*turned.writes, turned.reads[0])
    ]
    turned = dataclasses.replace(turned, writes=(mirrored[0],), reads=(mirrored[1], None))
    assert "before it has read it" in find_fault(dataclasses.replace(plan, accesses=(turned,)), shifting)


def test_scratch_on_a_tensor_and_too_small(shifting: Graph) -> None:
    plan = plan_plain_c(shifting)
    scratch = next(place for place, p in enumerate(plan.plan.placements) if p.tensor is None)
    tensor = plan.plan.placements[0]
    assert find_fault(moved(plan, scratch, tensor.offset), shifting)
    small = list(plan.plan.placements)
    small[scratch] = dataclasses.replace(small[scratch], bytes=small[scratch].bytes - 1)
    less = dataclasses.replace(plan, plan=dataclasses.replace(plan.plan, placements=tuple(small)))
    assert "has no scratch" in find_fault(less, shifting)


def test_operators_in_a_wrong_order(files: ModuleType) -> None:
    tensors = [files.T((1, 64)) for _ in range(3)]
    ops = [files.Op("RELU", [0], [1]), files.Op("RELU", [1], [2])]
    graph = read_graph(files.build(files.G(tensors, ops, [0], [2])))
    plan = plan_plain_c(graph)
    turned = dataclasses.replace(plan, plan=dataclasses.replace(plan.plan, steps=plan.plan.steps[::-1]))
    assert find_fault(turned, graph)
    once = dataclasses.replace(plan, plan=dataclasses.replace(plan.plan, steps=plan.plan.steps[:1] * 2))
    assert "runs once" in find_fault(once, graph)


def test_operators_change_places_where_that_needs_less(files: ModuleType) -> None:
    """Two branches that swell and shrink: both swollen at once is what the model's own order would need."""
    tensors = [files.T((1, 8, 8, 2)), files.T((16, 1, 1, 2), constant=True), files.T((1, 1, 1, 16), constant=True)]
    swollen, shrunk, end = (1, 8, 8, 16), (1, 8, 8, 1), (1, 8, 8, 1)
    tensors += [files.T(swollen), files.T(swollen), files.T(shrunk), files.T(shrunk), files.T(end)]
    stride = {"StrideH": 1, "StrideW": 1}
    ops = [
        files.Op("CONV_2D", [0, 1], [3], "Conv2DOptions", stride),
        files.Op("CONV_2D", [0, 1], [4], "Conv2DOptions", stride),
        files.Op("CONV_2D", [3, 2], [5], "Conv2DOptions", stride),
        files.Op("CONV_2D", [4, 2], [6], "Conv2DOptions", stride),
        files.Op("ADD", [5, 6], [7], "AddOptions"),
    ]
    graph = read_graph(files.build(files.G(tensors, ops, [0], [7])))
    plan = plan_plain_c(graph)
    check_plain_c(plan, graph)
    assert plan.order in ((0, 2, 1, 3, 4), (1, 3, 0, 2, 4))
    assert plan.plan.arena_bytes < 2 * 8 * 8 * 16


def test_the_ends_of_a_concatenation_lie_in_it_already(files: ModuleType) -> None:
    tensors = [files.T((1, 64)), files.T((1, 64)), files.T((1, 64)), files.T((1, 128))]
    ops = [
        files.Op("RELU", [0], [1]),
        files.Op("RELU", [0], [2]),
        files.Op("CONCATENATION", [1, 2], [3], "ConcatenationOptions", {"Axis": 1}),
    ]
    graph = read_graph(files.build(files.G(tensors, ops, [0], [3])))
    plan = plan_plain_c(graph)
    check_plain_c(plan, graph)
    assert plan.plan.arena_bytes == plan.lower_bound_bytes == 128


def test_a_reshape_takes_no_bytes(files: ModuleType) -> None:
    tensors = [files.T((1, 8, 8)), files.T((1, 64)), files.T((2,), "int32", constant=np.array([1, 64], np.int32))]
    ops = [files.Op("RESHAPE", [0, 2], [1], "ReshapeOptions")]
    plan = plan_plain_c(read_graph(files.build(files.G(tensors, ops, [0], [1]))))
    assert plan.plan.arena_bytes == 64
    assert [(p.tensor, p.reshaped) for p in plan.plan.placements] == [(0, (1,))]


def test_what_the_engine_cannot_do_is_said(files: ModuleType) -> None:
    def refused(op: Any, *tensors: Any) -> str:
        graph = read_graph(files.build(files.G(tensors, [op], [0], [len(tensors) - 1])))
        with pytest.raises(NotSupported) as caught:
            plan_plain_c(graph)
        return str(caught.value)

    assert "CUMSUM has no kernel" in refused(files.Op("CUMSUM", [0], [1]), files.T((1, 4)), files.T((1, 4)))
    floats = files.T((1, 4), "float32")
    assert "computes float32" in refused(files.Op("RELU", [0], [1]), floats, floats)
    assert "cannot broadcast" in refused(files.Op("ADD", [0, 0], [1], "AddOptions"), files.T((1, 3)), files.T((1, 4)))
    huge = files.T((1, 1 << 13, 1 << 13))
    assert "is the limit here" in refused(files.Op("RELU", [0], [1]), huge, huge)


def test_absurd_windows_are_refused_before_anything_is_allocated(files: ModuleType) -> None:
    tensors = [files.T((1, 8, 8, 2)), files.T((1, 3, 3, 2), constant=True), files.T((1, 8, 8, 2))]
    for name, value in (("DilationHFactor", 2**30), ("StrideW", 2**30), ("DilationHFactor", 2**19 - 1)):
        options = {"StrideH": 1, "StrideW": 1, "DepthMultiplier": 1, name: value}
        op = files.Op("DEPTHWISE_CONV_2D", [0, 1], [2], "DepthwiseConv2DOptions", options)
        with pytest.raises(NotSupported, match=r"makes no sense|bytes of scratch"):
            plan_plain_c(read_graph(files.build(files.G(tensors, [op], [0], [2]))))


def test_spoilt_models_give_a_proven_plan_or_one_message(shared: Path) -> None:
    chance = random.Random(7)
    original = (shared / "models" / "mlperf_kws_ref_int8.tflite").read_bytes()
    for _ in range(200):
        data = bytearray(original)
        for _ in range(chance.randint(1, 5)):
            # The operators, tensors and options lie at both ends, the weights between them.
            at = chance.choice([chance.randrange(3000), len(data) - 1 - chance.randrange(9000)])
            data[at] = chance.choice([0, 1, 127, 128, 255, chance.randrange(256)])
        try:
            graph = read_graph(bytes(data))
            check_plain_c(plan_plain_c(graph), graph)
        except WorkbenchError as error:
            assert "memory plan is wrong" not in str(error)
