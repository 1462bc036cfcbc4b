"""What a .tflite file answers: with the device's own arithmetic where that is known, else with LiteRT's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.int8_network import Int8Network
from workbench.convert.run import run_tflite, runtime_name
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.jobs import Cancelled

Floats = NDArray[np.float32]

ON_THE_DEVICE = "TensorFlow Lite Micro's integer arithmetic on this computer, bit for bit"


def answers_of(
    model: bytes,
    inputs: Floats,
    *,
    graph: Graph | None = None,
    threads: ThreadPoolExecutor | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> tuple[Floats, str]:
    """A model's real-valued answers (N, outputs) to ``inputs`` (N, *its input shape), and what computed them.

    ``graph`` is the model's, when it was read already. Raises BadModel as run_tflite does, and Cancelled when the
    answers are not ``wanted`` any more.
    """
    try:
        network = Int8Network(read_graph(model) if graph is None else graph)
    except NotSupported:
        return _of_runtime(model, inputs, threads, wanted), runtime_name()
    return network.answers(inputs, threads, wanted), ON_THE_DEVICE


def _of_runtime(model: bytes, inputs: Floats, threads: ThreadPoolExecutor | None, wanted: Callable[[], bool]) -> Floats:
    def part(some: Floats) -> Floats:
        if not wanted():
            raise Cancelled
        return run_tflite(model, some)

    if threads is None or len(inputs) < 2:
        return part(inputs)
    return np.concatenate(list(threads.map(part, np.array_split(inputs, 2))))
