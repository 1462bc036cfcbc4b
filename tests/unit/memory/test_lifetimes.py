from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.memory.lifetimes import ScratchRequest, lifetimes


def spans(graph: Graph, *scratch: ScratchRequest) -> list[tuple[int, int]]:
    return [(life.first_op, life.last_op) for life in lifetimes(graph, scratch)[0]]


def test_a_chain(files: ModuleType) -> None:
    tensors = [files.T((4,)) for _ in range(4)]
    operators = [files.Op("RELU", [i], [i + 1]) for i in range(3)]
    graph = read_graph(files.build(files.G(tensors, operators, [0], [3])))
    assert spans(graph) == [(-1, 0), (0, 1), (1, 2), (2, 2)]
    assert [step.name for step in lifetimes(graph)[1]] == ["RELU"] * 3


def test_an_output_lives_to_the_end_and_a_skip_as_long_as_it_is_read(files: ModuleType) -> None:
    tensors = [files.T((4,)) for _ in range(4)]
    operators = [files.Op("RELU", [0], [1]), files.Op("RELU", [1], [2]), files.Op("ADD", [2, 1], [3])]
    graph = read_graph(files.build(files.G(tensors, operators, [0], [1, 3])))
    assert spans(graph) == [(-1, 0), (0, 2), (1, 2), (2, 2)]


def test_constants_variables_and_empty_tensors_are_not_planned(files: ModuleType) -> None:
    tensors = [files.T((4,)), files.T((4,), constant=True), files.T((4,), variable=True), files.T((0,)), files.T((4,))]
    graph = read_graph(files.build(files.G(tensors, [files.Op("ADD", [0, 1], [4])], [0], [4])))
    assert [life.tensor for life in lifetimes(graph)[0]] == [0, 4]


def test_scratch_lives_with_its_operator(files: ModuleType) -> None:
    tensors = [files.T((4,)) for _ in range(3)]
    graph = read_graph(
        files.build(files.G(tensors, [files.Op("RELU", [0], [1]), files.Op("RELU", [1], [2])], [0], [2]))
    )
    life = lifetimes(graph, [ScratchRequest(0, 1, 100)])[0][-1]
    assert (life.name, life.tensor, life.bytes, life.first_op, life.last_op) == ("scratch of RELU", None, 100, 1, 1)


def branches(files: ModuleType, then: int, otherwise: int, inner: Any = None) -> bytes:
    tensors = [files.T((1,), "bool"), files.T((4,)), files.T((4,)), files.T((4,))]
    options = {"ThenSubgraphIndex": then, "ElseSubgraphIndex": otherwise}
    main = files.G(
        tensors,
        [files.Op("RELU", [1], [2]), files.Op("IF", [0, 2], [3], "IfOptions", options)],
        [0, 1],
        [3],
    )
    branch = inner or files.G([files.T((4,)), files.T((4,))], [files.Op("RELU", [0], [1])], [0], [1])
    return bytes(files.build(main, branch))


def test_a_branch_runs_inside_its_operator(files: ModuleType) -> None:
    graph = read_graph(branches(files, 1, 1))
    alive, steps = lifetimes(graph)
    assert [step.name for step in steps] == ["RELU", "IF", "enter subgraph 1", "RELU", "enter subgraph 1", "RELU"]
    main, inner = [life for life in alive if life.subgraph == 0], [life for life in alive if life.subgraph == 1]
    # What IF reads and writes must outlive both branches.
    assert (main[2].first_op, main[2].last_op) == (0, 5)
    assert (main[3].first_op, main[3].last_op) == (1, 5)
    assert (inner[0].first_op, inner[0].last_op) == (2, 5)


def test_subgraphs_that_run_themselves_are_refused(files: ModuleType) -> None:
    with pytest.raises(NotSupported, match="runs itself"):
        lifetimes(read_graph(branches(files, 0, 1)))


def test_subgraphs_that_multiply_are_refused(files: ModuleType) -> None:
    """Thirty subgraphs, each of which runs the next one twice, would be a thousand million steps."""

    def level(number: int) -> Any:
        options = {"ThenSubgraphIndex": number + 1, "ElseSubgraphIndex": number + 1}
        op = files.Op("IF", [0], [], "IfOptions", options)
        return files.G([files.T((1,), "bool")], [op], [0], [])

    last = files.G([files.T((1,), "bool")], [], [0], [])
    graph = read_graph(files.build(*[level(i) for i in range(30)], last))
    with pytest.raises(NotSupported, match="runs more than"):
        lifetimes(graph)


def test_subgraphs_too_deep_are_refused(files: ModuleType) -> None:
    def level(number: int) -> Any:
        op = files.Op("CALL_ONCE", [], [], "CallOnceOptions", {"InitSubgraphIndex": number + 1})
        return files.G([files.T((1,))], [op], [0], [0])

    graph = read_graph(files.build(*[level(i) for i in range(2000)], files.G([files.T((1,))], [], [0], [0])))
    with pytest.raises(NotSupported, match="deep"):
        lifetimes(graph)


def test_operators_with_endless_inputs_are_refused(files: ModuleType) -> None:
    """Called often enough, one long list of inputs would keep the planner busy for hours."""

    def level(number: int, inputs: list[int]) -> Any:
        options = {"ThenSubgraphIndex": number + 1, "ElseSubgraphIndex": number + 1}
        return files.G([files.T((1,), "bool")], [files.Op("IF", inputs, [], "IfOptions", options)], [0], [])

    levels = [level(i, [0]) for i in range(12)]
    last = files.G([files.T((1,), "bool")], [files.Op("ADD_N", [0] * 50_000, [0])], [0], [])
    with pytest.raises(NotSupported, match="use more than"):
        lifetimes(read_graph(files.build(*levels, last)))
