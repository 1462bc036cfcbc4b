"""How far the activations of a deployed model are from the trained model's, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.edit import Kept
from workbench.compression.instant.float_run import outputs_of
from workbench.compression.instant.int8_network import Int8Network
from workbench.compression.instant.layer_views import sqnr_db
from workbench.compression.instant.quantize import WEIGHTED, calibrated
from workbench.graph.read import read_graph
from workbench.graph.rewrite import Template

Floats = NDArray[np.float32]

_WINDOWS = 64
_MOST_VALUES = 1 << 23  # of the trained model's activations, which are held in memory; large ones from fewer windows
_FEWEST = 4


class ActivationNoise:
    """Compares models of one training; the trained model's activations are computed once, when first asked for."""

    def __init__(self, trained: Template, windows: Floats) -> None:
        """``windows`` are model inputs (N, *input shape), such as those for calibration; the first ones are taken."""
        layers = calibrated(trained.graph)
        values = sum(trained.graph.main.tensors[tensor].elements for tensor in layers)
        self._windows = windows[: max(_FEWEST, min(_WINDOWS, _MOST_VALUES // max(values, 1)))]
        self._trained = trained
        self._wanted: Sequence[Floats] = ()

    def of(self, deployed: bytes, kept: Mapping[int, Kept]) -> tuple[float, ...]:
        """The signal-to-noise ratio in dB of each layer's output, after its activation function, in their order.

        ``deployed`` is a .tflite file, float32 or int8, of which ``kept`` says what is left of each layer, by operator
        of the trained model. The noise is what the recipe has changed up to this layer. Raises NotSupported.
        """
        if not self._wanted:
            self._wanted = tuple(_of_float(self._trained, self._windows))
        operators = [one for one in self._trained.graph.main.operators if one.name in WEIGHTED]
        answers = _activations(deployed, self._windows)
        return tuple(
            sqnr_db(_left(wanted, kept.get(operator.index)), found)
            for operator, wanted, found in zip(operators, self._wanted, answers, strict=True)
        )


def _activations(model: bytes, windows: Floats) -> Iterator[Floats]:
    graph = read_graph(model)
    if graph.main.tensors[calibrated(graph)[0]].dtype == "float32":
        return _of_float(Template(model), windows)
    return Int8Network(graph).activations(windows)


def _of_float(model: Template, windows: Floats) -> Iterator[Floats]:
    seen: dict[int, list[Floats]] = {tensor: [] for tensor in calibrated(model.graph)}
    for tensor, values in outputs_of(model.file_with({}, outputs=tuple(seen)), windows):
        seen[tensor].append(values)
    return (np.concatenate(values) for values in seen.values())


def _left(values: Floats, kept: Kept | None) -> Floats:
    return values if kept is None or kept.outputs is None else values[..., kept.outputs]
