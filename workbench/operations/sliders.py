"""What moving a slider shows: the very figures that the variant of that recipe would have, within a moment."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from workbench.compression.compress import Compressed, calibration_windows
from workbench.compression.instant.base import Base
from workbench.compression.instant.edit import Edit, edited
from workbench.compression.instant.engine import InstantCompressor
from workbench.compression.instant.layer_views import LayerView, layer_views
from workbench.compression.recipe import Recipe
from workbench.compression.sparsity import measured_sparsity
from workbench.errors import NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph
from workbench.jobs import Cancelled, Job
from workbench.operations.fit_figures import FitFigures, FitInputs, elsewhere, evaluation_figure, figures_in_place
from workbench.operations.instant_base import ensure_base
from workbench.project.store import Project
from workbench.training.judge import Truth, truth_of
from workbench.training.prepare import prepare_again, saved_settings
from workbench.training.settings import TrainingSettings

Floats = NDArray[np.float32]

_THREADS = 2
_POOL_BYTES = 64 * 2**20  # of windows to calibrate with


@dataclass(frozen=True, eq=False)
class SliderData:
    """Everything that recipes are tried on, as plain data: it travels from the child that reads it."""

    run_id: int
    base: Base
    calibration: Floats = field(repr=False)
    inputs: Floats = field(repr=False)
    truth: Truth = field(repr=False)
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Tried:
    """A recipe's file as it would be kept, its figures on the board, and what it did to each layer.

    ``figures`` are None when nobody asked for a board's; ``packed_bytes`` is the file's size in an update that is
    packed for the air (DEFLATE).
    """

    recipe: Recipe
    compressed: Compressed
    figures: FitFigures | None
    packed_bytes: int
    layers: tuple[LayerView, ...] = ()


def read_slider_data(folder: Path, run_id: int, *, job: Job) -> SliderData:
    """What the sliders of a run need; makes its base when it is missing. For child processes.

    Raises NotPossible when the run's data are gone, NotSupported when its recipes take a conversion each.
    """
    job.progress("Reading recordings", 0.0)
    with Project.open(folder) as project:
        run = project.run(run_id)
        prepared = prepare_again(project, run)
        base = ensure_base(project, run, prepared, job)
        pool = calibration_windows(prepared, saved_settings(run, TrainingSettings).seed)
        most = max(1, _POOL_BYTES // max(pool[:1].nbytes, 1))
        inputs, truth = prepared.inputs("validation"), truth_of(prepared, "validation")
        return SliderData(run_id, base, pool[:most], inputs, truth, prepared.dataset.messages)


def figures_of(compressed: Compressed, inputs: FitInputs, graph: Graph | None = None) -> FitFigures:
    """The figures that a variant would have, with the same code; ``inputs`` are those of any variant of the run."""
    accuracy = evaluation_figure(compressed.evaluation)
    if not compressed.quantization.runs_on_boards:
        return elsewhere(compressed.quantization.words, accuracy)
    graph = read_graph(compressed.tflite) if graph is None else graph
    return figures_in_place(inputs, graph, compressed.tflite, accuracy)


def packed_bytes(tflite: bytes) -> int:
    """The size of a file packed (DEFLATE): what zeros and shared values save on the way to the board."""
    return len(zlib.compress(tflite))


class Sliders:
    """Tries one recipe after the other; not for two threads at once."""

    def __init__(self, data: SliderData) -> None:
        self.data = data
        # Threads of the BLAS beside ours wait for each other by spinning: several times slower.
        self._blas = threadpool_limits(1, "blas")
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sliders")
        self._compressor = InstantCompressor(data.base, data.calibration, data.inputs, self._threads)

    def try_recipe(
        self, recipe: Recipe, inputs: FitInputs | None = None, wanted: Callable[[], bool] = lambda: True
    ) -> Tried:
        """The recipe's result without fine-tuning, and its figures for the board of ``inputs``.

        Raises NotSupported when it cannot be answered at once, Cancelled when it is not ``wanted`` any more.
        """
        answer = self._compressor.answer(recipe, wanted)
        evaluation = self.data.truth.judge(answer.outputs, answer.runtime)
        compressed = Compressed(answer.model, recipe.kind, measured_sparsity(answer.graph), evaluation)
        if not wanted():
            raise Cancelled
        figures = figures_of(compressed, inputs, answer.graph) if inputs is not None else None
        compressor = self._compressor
        views = layer_views(compressor.float_graph, self.data.base.names, answer.graph, answer.kept)
        return Tried(recipe, compressed, figures, packed_bytes(answer.model), views)

    def with_output_noise(self, tried: Tried) -> Tried:
        """The same with the noise of each layer's outputs, where that can be told; some ten milliseconds."""
        try:
            found = self._compressor.activation_sqnr(tried.recipe, tried.compressed.tflite)
        except NotSupported:
            return tried
        layers = [replace(view, output_sqnr_db=one) for view, one in zip(tried.layers, found, strict=True)]
        return replace(tried, layers=tuple(layers))

    def refusals(self) -> dict[str, str]:
        """Settings of a recipe that make no sense for this model, by name, and why."""
        graph, names = self._compressor.float_graph, self.data.base.names
        if len(names) < 2:
            return {"channels": "The model has one layer with weights, and its outputs are the answer."}
        try:
            edited(graph, Edit(channels=0.5), self.data.base.ranks)
        except NotSupported as reason:
            return {"channels": str(reason)}
        return {}

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)
        self._blas.restore_original_limits()
