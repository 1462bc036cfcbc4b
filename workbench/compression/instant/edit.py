"""What a recipe does to a float model before it is quantized: weights set to zero, channels taken out.

The model is a chain of operators. Which weights and channels matter least is told by their magnitude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.quantize import SAME_STEPS, WEIGHTED, asking_for, floats
from workbench.errors import NotSupported
from workbench.graph.model import Graph, Operator, Tensor
from workbench.graph.rewrite import changed

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Edit:
    """Shares from 0 to below 1; layers are operators by index.

    ``sparsity`` sets the smallest weights to zero, in each layer or (``everywhere``) over all layers together;
    ``channels`` removes the weakest filters or units of each layer but the last. ``exempt`` layers stay as they are.
    """

    sparsity: float = 0.0
    everywhere: bool = False
    channels: float = 0.0
    exempt: frozenset[int] = field(default_factory=frozenset)


def edited(graph: Graph, edit: Edit, ranks: Mapping[int, NDArray[np.float32]]) -> dict[int, Tensor]:
    """The tensors of a float model that an edit changes.

    ``ranks`` are the values that weights are ranked by, for each layer, in the layout of the file: those of the
    trained layer, before batch normalization was folded into them.
    """
    masks = weight_masks(edit, {layer: rank for layer, rank in ranks.items() if layer not in edit.exempt})
    changes: dict[int, Tensor] = {}
    for layer, mask in masks.items():
        tensor = graph.main.tensors[graph.main.operators[layer].inputs[1]]
        changes[tensor.index] = changed(tensor, data=(floats(tensor) * mask).astype("<f4").tobytes())
    return _without_channels(graph, edit, changes) if edit.channels else changes


def weight_masks(edit: Edit, ranks: Mapping[int, NDArray[np.float32]]) -> dict[int, NDArray[np.bool_]]:
    """True for weights that stay. As many as tfmot's prune_low_magnitude keeps: round(size · (1 − sparsity)).

    Weights as large as the smallest kept one stay too.
    """
    if not edit.sparsity or not ranks:
        return {}
    sizes = {layer: np.abs(rank) for layer, rank in ranks.items()}
    if edit.everywhere:
        threshold = _threshold(np.concatenate([size.reshape(-1) for size in sizes.values()]), edit.sparsity)
        return {layer: size >= threshold for layer, size in sizes.items()}
    return {layer: size >= _threshold(size.reshape(-1), edit.sparsity) for layer, size in sizes.items()}


def _threshold(sizes: NDArray[np.float32], sparsity: float) -> float:
    kept = max(1, round(np.float32(sizes.size) * np.float32(1 - sparsity)))
    return float(np.partition(sizes, sizes.size - kept)[sizes.size - kept])


def _without_channels(graph: Graph, edit: Edit, changes: dict[int, Tensor]) -> dict[int, Tensor]:
    """Channels removed with everything that depends on them: the shapes and weights down to the next layer."""
    main = graph.main

    def now(index: int) -> Tensor:
        return changes.get(index, main.tensors[index])

    layers = [operator for operator in main.operators if operator.name in WEIGHTED]
    kept: Places | None = None  # channels of the current activation that stay, None for all
    for operator in main.operators:
        output = now(operator.outputs[0])
        if operator.name in WEIGHTED:
            weights = _taken(floats(now(operator.inputs[1])), kept)
            removable = operator is not layers[-1] and operator.name != "DEPTHWISE_CONV_2D"
            if removable and operator.index not in edit.exempt:
                kept = strongest(weights, edit.channels)
                weights = weights[kept]
            elif operator.name != "DEPTHWISE_CONV_2D":
                kept = None
            changes.update(_stored(main.tensors, operator, weights, kept))
        elif operator.name == "RESHAPE" and kept is not None:
            source = main.tensors[operator.inputs[0]]
            kept = _flattened(source, output, kept)
        elif operator.name not in SAME_STEPS and kept is not None:
            raise NotSupported(f"Channels cannot be removed in front of {operator.name}.")
        if kept is not None:
            shape = (*output.shape[:-1], len(kept))
            changes[output.index] = changed(output, shape=shape)
            if operator.name == "RESHAPE" and len(operator.inputs) > 1:
                target = main.tensors[operator.inputs[1]]
                changes[target.index] = asking_for(target, shape)
    return changes


def strongest(weights: NDArray[np.float32], removed: float) -> Places:
    """The output channels (first axis) with the largest sums of magnitudes, in their order; at least one."""
    norms = np.abs(weights).reshape(len(weights), -1).sum(axis=1)
    count = max(1, len(weights) - round(len(weights) * removed))
    return np.sort(np.argsort(-norms, kind="stable")[:count])


def _taken(weights: NDArray[np.float32], kept: Places | None) -> NDArray[np.float32]:
    """Weights for the inputs that are left; those of a depthwise layer follow its channels."""
    return weights if kept is None else np.ascontiguousarray(weights[..., kept])


def _stored(
    tensors: tuple[Tensor, ...], operator: Operator, weights: NDArray[np.float32], kept: Places | None
) -> dict[int, Tensor]:
    weight, found = tensors[operator.inputs[1]], {}
    found[weight.index] = changed(weight, shape=weights.shape, data=weights.astype("<f4").tobytes())
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0 and kept is not None:
        bias = tensors[operator.inputs[2]]
        values = floats(bias).reshape(-1)[kept]
        found[bias.index] = changed(bias, shape=values.shape, data=values.astype("<f4").tobytes())
    return found


def _flattened(source: Tensor, output: Tensor, kept: Places) -> Places:
    """Places in a flat list of what is left of channels that lie innermost."""
    channels = source.shape[-1]
    if output.shape[-1] != output.elements or output.elements % channels:
        raise NotSupported("Channels cannot be removed in front of a reshaping that does not flatten.")
    return (np.arange(output.elements // channels)[:, None] * channels + kept[None, :]).reshape(-1)
