"""What a recipe does to the weights of each layer, to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.edit import Kept
from workbench.compression.instant.quantize import WEIGHTED, floats
from workbench.graph.model import Graph, Operator, Tensor

Floats = NDArray[np.float32]

BINS = 61  # odd, so that zero has a bar of its own
STAYS, ZERO, REMOVED = 0, 1, 2  # of the map
_WIDEST = 512  # cells of the map in either direction; more cannot be told apart on a screen
BEST_DB = 120.0  # of what is as trained


@dataclass(frozen=True, eq=False)
class LayerView:
    """One layer with weights.

    ``counts`` (BINS,) is the histogram of the weights as deployed from -``reach`` to ``reach``, ``trained`` that of the
    trained ones; ``zero_map`` (outputs, inputs) says of each trained weight whether it STAYS, is ZERO or REMOVED.
    ``sqnr_db`` is 10·log10 of the energy of the trained weights that are left over that of their difference from the
    deployed ones: pruning, sharing and rounding together. ``output_sqnr_db`` is the same ratio of what the layer
    answers (activation_noise.py), None while nobody has asked for it.
    """

    name: str
    kind: str
    weights: int
    zeros: int
    values: int
    sqnr_db: float
    reach: float
    counts: NDArray[np.int64] = field(repr=False)
    trained: NDArray[np.int64] = field(repr=False)
    zero_map: NDArray[np.uint8] = field(repr=False)
    output_sqnr_db: float | None = None


def layer_views(
    trained: Graph, names: Mapping[int, str], deployed: Graph, kept: Mapping[int, Kept]
) -> tuple[LayerView, ...]:
    """A view of each layer that ``names`` has, by operator of the ``trained`` float model.

    ``deployed`` is the model that was made of it, float32 or int8; ``kept`` what is left of each layer.
    """
    made = [operator for operator in deployed.main.operators if operator.name in WEIGHTED]
    layers = [operator for operator in trained.main.operators if operator.name in WEIGHTED]
    return tuple(
        _view(names[old.index], old, floats(_weights(trained, old)), _weights(deployed, new), kept.get(old.index))
        for old, new in zip(layers, made, strict=True)
    )


def sqnr_db(wanted: Floats, found: Floats) -> float:
    """Signal-to-quantization-noise ratio in dB, between -120 and 120: 10·log10 of the energy of ``wanted`` over that of
    its distance from ``found``.
    """
    signal, noise = float(np.sum(wanted**2)), float(np.sum((wanted - found) ** 2))
    if noise == 0:
        return BEST_DB
    return float(np.clip(10 * np.log10(signal / noise), -BEST_DB, BEST_DB)) if signal > 0 else -BEST_DB


def _weights(graph: Graph, operator: Operator) -> Tensor:
    return graph.main.tensors[operator.inputs[1]]


def _view(name: str, operator: Operator, trained: Floats, tensor: Tensor, kept: Kept | None) -> LayerView:
    stored = np.frombuffer(tensor.data or b"", np.int8 if tensor.dtype == "int8" else "<f4").reshape(tensor.shape)
    deployed = _real(stored, tensor)
    depthwise = operator.name == "DEPTHWISE_CONV_2D"
    left = _left(trained, kept, depthwise)
    reach = float(np.abs(trained).max(initial=0.0)) or 1.0
    return LayerView(
        name,
        operator.name,
        stored.size,
        int(stored.size - np.count_nonzero(stored)),
        len(np.unique(stored)),
        sqnr_db(left, deployed),
        reach,
        _histogram(deployed, reach),
        _histogram(trained, reach),
        _zero_map(trained, stored, kept, depthwise),
    )


def _real(stored: NDArray[np.generic], tensor: Tensor) -> Floats:
    if tensor.quantization is None or tensor.dtype != "int8":
        return stored.astype(np.float32)
    along = [1] * stored.ndim
    along[tensor.quantization.axis if len(tensor.quantization.scales) > 1 else 0] = len(tensor.quantization.scales)
    return stored.astype(np.float32) * np.array(tensor.quantization.scales, np.float32).reshape(along)


def _left(trained: Floats, kept: Kept | None, depthwise: bool) -> Floats:
    if kept is None:
        return trained
    if not depthwise and kept.outputs is not None:
        trained = trained[kept.outputs]
    return trained if kept.inputs is None else trained[..., kept.inputs]


def _histogram(weights: Floats, reach: float) -> NDArray[np.int64]:
    places = np.rint(weights.reshape(-1) * np.float32((BINS // 2) / reach)).astype(np.int64) + BINS // 2
    return np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS)


def _zero_map(trained: Floats, stored: NDArray[np.generic], kept: Kept | None, depthwise: bool) -> NDArray[np.uint8]:
    state = np.full(trained.shape, REMOVED, np.uint8)
    zero = (stored == 0).astype(np.uint8)  # STAYS or ZERO
    outputs = slice(None) if kept is None or kept.outputs is None or depthwise else kept.outputs
    inputs = slice(None) if kept is None or kept.inputs is None else kept.inputs
    part = state[outputs]
    part[..., inputs] = zero
    state[outputs] = part
    flat = state.reshape(-1, trained.shape[-1]).T if depthwise else state.reshape(len(trained), -1)
    rows, columns = (max(1, -(-size // _WIDEST)) for size in flat.shape)
    return np.ascontiguousarray(flat[::rows, ::columns])
