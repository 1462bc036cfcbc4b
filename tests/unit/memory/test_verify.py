"""The verifier must see every kind of fault: a plan is spoilt in one place, and it has to say so."""

from __future__ import annotations

import dataclasses
from types import ModuleType

import pytest

from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.plan import MemoryPlan
from workbench.memory.tflm_arena import tflm_arena
from workbench.memory.verify import check_plan, find_problem


@pytest.fixture
def graph(files: ModuleType) -> Graph:
    tensors = [files.T((1, 64), "float32") for _ in range(4)]
    operators = [files.Op("RELU", [0], [1]), files.Op("RELU", [1], [2]), files.Op("ADD", [2, 1], [3], "AddOptions")]
    return read_graph(files.build(files.G(tensors, operators, [0], [3])))


@pytest.fixture
def plan(graph: Graph) -> MemoryPlan:
    return tflm_arena(graph).plan


def spoilt(plan: MemoryPlan, place: int, **changes: int) -> MemoryPlan:
    placements = list(plan.placements)
    placements[place] = dataclasses.replace(placements[place], **changes)
    return dataclasses.replace(plan, placements=tuple(placements))


def test_the_planners_own_plan_passes(plan: MemoryPlan, graph: Graph) -> None:
    assert find_problem(plan, graph) == ""
    check_plan(plan, graph)


def test_two_alive_tensors_in_one_place(plan: MemoryPlan, graph: Graph) -> None:
    wrong = spoilt(plan, 2, offset=plan.placements[1].offset)
    assert "share bytes" in find_problem(wrong, graph)
    with pytest.raises(NotSupported, match="share bytes"):
        check_plan(wrong, graph)


def test_one_byte_of_overlap(plan: MemoryPlan, graph: Graph) -> None:
    assert plan.placements[2].end == plan.placements[1].offset
    wrong = spoilt(plan, 2, bytes=plan.placements[2].bytes + 1)
    assert "share bytes" in find_problem(wrong, graph)


@pytest.mark.parametrize("offset", [-16, 8, 1 << 20])
def test_places_outside_or_not_aligned(plan: MemoryPlan, graph: Graph, offset: int) -> None:
    assert "lies at" in find_problem(spoilt(plan, 1, offset=offset), graph)


def test_a_lifetime_that_ends_too_early(plan: MemoryPlan, graph: Graph) -> None:
    """The planner would believe it; the verifier reads from the graph what is needed when."""
    assert "not kept for operator 2 (ADD)" in find_problem(spoilt(plan, 1, last_op=1), graph)


def test_a_tensor_without_a_place(plan: MemoryPlan, graph: Graph) -> None:
    wrong = dataclasses.replace(plan, placements=plan.placements[:-1])
    assert "has no place" in find_problem(wrong, graph)


def test_too_small_a_place(plan: MemoryPlan, graph: Graph) -> None:
    assert "has no place of 256 bytes" in find_problem(spoilt(plan, 3, bytes=255), graph)
