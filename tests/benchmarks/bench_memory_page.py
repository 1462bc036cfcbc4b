"""How long the pictures of the memory page take for a network of 200 operators."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from workbench.boards import find_board
from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.operations.memory import deployed
from workbench.ui.app import make_application
from workbench.ui.memory_rows import scene_of
from workbench.ui.widgets.arena_view import ArenaView
from workbench.ui.widgets.graph_view import GraphView

Print = Callable[[str, str, str], None]


def network(operators: int) -> Graph:
    """Convolutions with a sum of what lies three operators back after every second, on 32 x 32 x 16."""
    shape, size = (1, 32, 32, 16), 32 * 32 * 16
    weights = Tensor(0, "w", (16, 3, 3, 16), "int8", 2304, data=bytes(2304))
    tensors = [weights, *(Tensor(1 + i, f"t{i}", shape, "int8", size) for i in range(operators + 1))]
    options = {"stride_w": 1, "stride_h": 1, "padding": "SAME"}
    made = tuple(
        Operator(i, "ADD", 1, (1 + i, i - 1), (2 + i,))
        if i % 3 == 2
        else Operator(i, "CONV_2D", 1, (1 + i, 0), (2 + i,), options=options)
        for i in range(operators)
    )
    return Graph((Subgraph("main", tuple(tensors), made, (1,), (1 + operators,)),))


def milliseconds(action: Callable[[], object], rounds: int = 7) -> float:
    """Of the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


@pytest.mark.bench
def test_200_operators(figure: Print) -> None:
    application = make_application()
    board, graph = find_board("nano33ble_sense"), network(200)
    for engine in ("c", "tflm-cmsis"):
        scene = scene_of("200 operators", deployed(graph, board, engine), board)
        arena, view = ArenaView(), GraphView()
        for widget in (arena, view):
            widget.resize(1100, 800)
        arena.show_drawing(scene.drawing())

        def show_both(arena: ArenaView = arena, view: GraphView = view, scene: object = scene) -> None:
            arena.show_drawing(scene.drawing())  # type: ignore[attr-defined]  # bound for the loop
            view.show_graph([], [])
            view.show_graph(*scene.network())  # type: ignore[attr-defined]
            arena.grab()
            view.grab()

        def pan(arena: ArenaView = arena) -> None:
            picture = arena.picture
            assert picture is not None
            picture.bytes = picture.bytes.zoomed(0.9, 1000).moved(10)
            arena.grab()

        def anew(arena: ArenaView = arena) -> None:
            arena._settle()
            arena.grab()

        drawn = milliseconds(show_both)
        figure(f"{engine}: arena and network of 200 operators, laid out and drawn", f"{drawn:.0f} ms", "100 ms")
        figure(f"{engine}: a frame while moving", f"{milliseconds(pan):.1f} ms", "16 ms")
        figure(f"{engine}: the arena alone, drawn anew", f"{milliseconds(anew):.1f} ms", "")
    application.processEvents()
