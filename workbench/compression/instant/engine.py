"""A recipe without retraining to its deployable file and its answers, within a moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.base import Base
from workbench.compression.instant.edit import Edit, edited
from workbench.compression.instant.int8_network import Int8Network
from workbench.compression.instant.quantize import quantized
from workbench.compression.instant.ranges import activation_ranges
from workbench.graph.model import Graph
from workbench.graph.rewrite import Template

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answer:
    """The int8 model of an edit: its .tflite file, its graph, and its outputs (N, outputs) to the windows."""

    model: bytes = field(repr=False)
    graph: Graph = field(repr=False)
    outputs: Floats = field(repr=False)


class InstantCompressor:
    """Answers one edit after the other; not for two threads at once."""

    def __init__(self, base: Base, calibration: Floats, windows: Floats, threads: ThreadPoolExecutor) -> None:
        """``calibration`` and ``windows`` are model inputs (N, *input shape), of different splits."""
        self._float32, self._int8 = Template(base.float32), Template(base.int8)
        self._ranks, self._calibration, self._windows = base.ranks, calibration, windows
        self._threads = threads
        main = self._float32.graph.main
        self._activations = (*main.inputs, *(operator.outputs[0] for operator in main.operators))

    def answer(self, edit: Edit) -> Answer:
        """The model of an edit; raises NotSupported when it is not one that can be answered at once."""
        float_changes = edited(self._float32.graph, edit, self._ranks)
        float_model = self._float32.file_with(float_changes) if float_changes else self._float32.bytes
        ranges = activation_ranges(float_model, self._activations, self._calibration)
        changes = quantized(self._float32.graph_with(float_changes), self._int8.graph, ranges)
        graph = self._int8.graph_with(changes)
        outputs = Int8Network(graph).answers(self._windows, self._threads)
        return Answer(self._int8.file_with(changes), graph, outputs)
