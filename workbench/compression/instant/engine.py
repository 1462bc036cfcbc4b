"""A recipe without retraining to its deployable file and its answers, within a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.compression.answers import answers_of
from workbench.compression.instant.activation_noise import ActivationNoise
from workbench.compression.instant.base import Base
from workbench.compression.instant.edit import Edited, Kept, edit_of, edited, kept_channels
from workbench.compression.instant.quantize import calibrated, quantized
from workbench.compression.instant.ranges import Range, activation_ranges, input_range
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.graph.rewrite import Template
from workbench.jobs import Cancelled

Floats = NDArray[np.float32]

AT_ONCE = (Quantization.FLOAT32, Quantization.INT8, Quantization.INT8_FLOAT_IO)


@dataclass(frozen=True, eq=False)
class Answer:
    """The model of a recipe: its .tflite file, its graph, and its outputs (N, outputs) to the windows.

    ``kept`` says what is left of each layer, by operator of the float model; ``runtime`` what computed the outputs.
    """

    model: bytes = field(repr=False)
    graph: Graph = field(repr=False)
    kept: Mapping[int, Kept] = field(repr=False)
    outputs: Floats = field(repr=False)
    runtime: str


class InstantCompressor:
    """Answers one recipe after the other; not for two threads at once."""

    def __init__(self, base: Base, calibration: Floats, windows: Floats, threads: ThreadPoolExecutor) -> None:
        """``calibration`` and ``windows`` are model inputs (N, *input shape), of different splits.

        A recipe takes the first of the calibration windows, as many as it asks for.
        """
        self.base = base
        self._float32 = Template(base.float32)
        self._whole = {
            Quantization.INT8: Template(base.int8),
            Quantization.INT8_FLOAT_IO: Template(base.int8_float_io),
        }
        self._calibration, self._windows = calibration, windows
        self._threads = threads
        self._noise = ActivationNoise(self._float32, calibration)
        self._input_ranges: dict[tuple[int, float | None], Range] = {}

    @property
    def float_graph(self) -> Graph:
        """The trained model's."""
        return self._float32.graph

    def answer(self, recipe: Recipe, wanted: Callable[[], bool] = lambda: True) -> Answer:
        """The model of a recipe, without fine-tuning.

        Raises NotSupported when it is not one that can be answered at once, Cancelled when it is not wanted any more.
        """
        if recipe.kind not in AT_ONCE:
            raise NotSupported(f"{recipe.kind.words} takes a conversion, so a few seconds.")
        edit = edited(self._float32.graph, edit_of(recipe, self.base.names), self.base.ranks)
        if recipe.kind is Quantization.FLOAT32:
            model = self._float32.file_with(edit.tensors) if edit.tensors else self._float32.bytes
        else:
            template = self._whole[recipe.kind]
            ranges = self._ranges(recipe, edit)
            if not wanted():
                raise Cancelled
            float_graph = self._float32.graph_with(edit.tensors)
            model = template.file_with(quantized(float_graph, template.graph, ranges))
        graph = read_graph(model)
        outputs, runtime = answers_of(model, self._windows, graph=graph, threads=self._threads, wanted=wanted)
        return Answer(model, graph, edit.kept, outputs, runtime)

    def activation_sqnr(self, recipe: Recipe, model: bytes) -> tuple[float, ...]:
        """How far the outputs of each layer of ``model``, made by this recipe, are from the trained ones', in dB.

        Takes some ten milliseconds. Raises NotSupported.
        """
        return self._noise.of(model, kept_channels(self.float_graph, edit_of(recipe, self.base.names)))

    def _ranges(self, recipe: Recipe, edit: Edited) -> dict[int, Range]:
        windows = self._calibration[: recipe.calibration_windows]
        percentile = percentile_of(recipe)
        place = (len(windows), percentile)
        if place not in self._input_ranges:
            self._input_ranges[place] = input_range(windows, percentile)
        graph = self._float32.graph
        telling = self._float32.file_with(edit.tensors, outputs=calibrated(graph))
        found = {graph.main.inputs[0]: self._input_ranges[place]}
        return found | dict(activation_ranges(telling, windows, percentile, self._threads))


def percentile_of(recipe: Recipe) -> float | None:
    """The percentile that ranges end at; None for the extremes."""
    return recipe.percentile if recipe.calibration == "percentile" else None
