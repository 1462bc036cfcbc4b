"""How near the predicted arena comes to the measured one, how small plans get, and how long it takes to know."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.graph.model import Graph, Operator, Subgraph, Tensor
from workbench.graph.read import read_graph
from workbench.memory.greedy import Buffer, place
from workbench.memory.plain_c.plan import plan_plain_c
from workbench.memory.plain_c.prove import check_plain_c
from workbench.memory.tflm.node import CMSIS_NN, REFERENCE
from workbench.memory.tflm_arena import tflm_arena

Print = Callable[[str, str, str], None]
ENGINES = {"tflm": REFERENCE, "tflm-cmsis": CMSIS_NN}


@pytest.mark.bench
def test_arena(shared: Path, figure: Print) -> None:
    worst_used, worst_required = 0.0, 0
    for name, truths in json.loads((shared / "models" / "tflm_memory.json").read_text()).items():
        graph = read_graph((shared / "models" / f"{name}.tflite").read_bytes())
        for engine, kernels in ENGINES.items():
            arena, truth = tflm_arena(graph, kernels), truths[engine]
            used, required = truth["arena_used"], truth["arena_required"]
            assert arena.required >= required
            worst_used = max(worst_used, abs(arena.used / used - 1))
            worst_required = max(worst_required, arena.required - required)
            figure(
                f"{name}, {engine}: arena in bytes, predicted (measured)",
                f"used {arena.used:,} ({used:,}), smallest that works {arena.required:,} ({required:,}), "
                f"planned {arena.planned:,} ({truth['planned_head']:,})",
                "",
            )
    figure("used: worst error", f"{worst_used:.2%}", "1 %")
    figure("smallest that works: worst excess, never below", f"{worst_required} bytes", "64 bytes")


def fastest(action: Callable[[], object], rounds: int = 20) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


PLAIN_C_TARGETS = {"kws_ref": 8_700, "vww_96": 37_600, "ic_resnet8": 34_700, "ad01": 800}


@pytest.mark.bench
def test_plain_c(shared: Path, figure: Print) -> None:
    for name, target in PLAIN_C_TARGETS.items():
        graph = read_graph((shared / "models" / f"mlperf_{name}_int8.tflite").read_bytes())
        found = plan_plain_c(graph)
        check_plain_c(found, graph)
        planned = tflm_arena(graph, REFERENCE).planned
        assert found.plan.arena_bytes <= target
        figure(
            f"{name}: plain-C arena, input, output and scratch included",
            f"{found.plan.arena_bytes:,} bytes, proven; lower bound {found.lower_bound_bytes:,}, alive at once "
            f"{found.plan.live_set_bytes:,}, planned by TFLM {planned:,}",
            f"{target:,} bytes",
        )


def residual_network(operators: int) -> Graph:
    """Convolutions, depthwise convolutions and sums with what lies three operators back, on 32 x 32 x 16."""
    size = 32 * 32 * 16
    shape, options = (1, 32, 32, 16), {"stride_w": 1, "stride_h": 1, "padding": "SAME"}
    weights = [((16, 3, 3, 16), 16 * 9 * 16), ((1, 3, 3, 16), 9 * 16)]
    stored = [Tensor(i, f"w{i}", shape, "int8", n, data=bytes(n), buffer=i) for i, (shape, n) in enumerate(weights)]
    tensors = [*stored, *(Tensor(2 + i, f"t{i}", shape, "int8", size) for i in range(operators + 1))]
    kinds = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD")
    seconds = (lambda _: 0, lambda _: 1, lambda i: i)  # of operator i: the weights, or its tensor two back
    made = tuple(
        Operator(i, kinds[i % 3], 1, (2 + i, seconds[i % 3](i)), (3 + i,), options=options) for i in range(operators)
    )
    return Graph((Subgraph("main", tuple(tensors), made, (2,), (2 + operators,)),))


@pytest.mark.bench
def test_planning_300_operators(figure: Print) -> None:
    graph = residual_network(300)
    planning = fastest(lambda: plan_plain_c(graph), 3)
    found = plan_plain_c(graph)
    proving = fastest(lambda: check_plain_c(found, graph), 3)
    assert planning + proving < 1
    figure("plain-C plan of 300 operators, proof included", f"{(planning + proving) * 1e3:.0f} ms", "1 s")


@pytest.mark.bench
def test_speed(shared: Path, figure: Print) -> None:
    for name in ("mlperf_kws_ref_int8", "mlperf_vww_96_int8"):
        data = (shared / "models" / f"{name}.tflite").read_bytes()
        reading = fastest(lambda data=data: read_graph(data))  # type: ignore[misc]  # bound here on purpose
        graph = read_graph(data)
        planning = fastest(lambda graph=graph: tflm_arena(graph, CMSIS_NN))  # type: ignore[misc]  # bound here
        figure(f"{name}: read, arena", f"{reading * 1e3:.1f} ms, {planning * 1e3:.1f} ms", "20 ms together")
    chain = [Buffer(16 * (1 + i * 7919 % 200), i, i + 1 + i % 3) for i in range(300)]
    figure("plan of 300 buffers", f"{fastest(lambda: place(chain), 5) * 1e3:.1f} ms", "1 s")
