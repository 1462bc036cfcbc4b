"""How near the predicted arena comes to the measured one, and how long it takes to know."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.graph.read import read_graph
from workbench.memory.greedy import Buffer, place
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
