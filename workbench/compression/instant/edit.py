"""What a recipe does to a float model before it is quantized: channels taken out, weights set to zero or shared.

The model is a chain of operators. Which weights and channels matter least is told by their magnitude.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.quantize import SAME_STEPS, WEIGHTED, asking_for, floats
from workbench.compression.palette import shared_values
from workbench.compression.recipe import Recipe
from workbench.errors import BadSetting, NotSupported
from workbench.graph.model import Graph, Operator, Tensor
from workbench.graph.rewrite import changed

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Edit:
    """Shares from 0 to below 1; layers are operators by index.

    ``channels`` removes the weakest filters or units of each layer but the last. Of what is left, ``sparsity`` sets the
    smallest weights to zero, in each layer or (``everywhere``) over all layers together, and ``clusters`` lets a layer
    have that many different weights (0: any). ``exempt`` layers stay as they are.
    """

    sparsity: float = 0.0
    everywhere: bool = False
    channels: float = 0.0
    clusters: int = 0
    exempt: frozenset[int] = field(default_factory=frozenset)


def edit_of(recipe: Recipe, names: Mapping[int, str]) -> Edit:
    """What a recipe does to a float model whose layers have these names; BadSetting for one that is not there."""
    layers = {name: layer for layer, name in names.items()}
    unknown = [name for name in recipe.exempt if name not in layers]
    if unknown:
        raise BadSetting(
            f"There is no layer {unknown[0]!r}.", where="exempt", to_do=f"The layers are: {', '.join(layers)}."
        )
    return Edit(
        sparsity=recipe.sparsity,
        everywhere=recipe.sparsity_over == "model",
        channels=recipe.channels,
        clusters=recipe.clusters,
        exempt=frozenset(layers[name] for name in recipe.exempt),
    )


@dataclass(frozen=True)
class Kept:
    """Which inputs and outputs of a layer stay, in the file's order; None for all."""

    inputs: Places | None
    outputs: Places | None


@dataclass(frozen=True)
class Edited:
    """Tensors that an edit changes, by index, and what it kept of each layer, by operator."""

    tensors: Mapping[int, Tensor]
    kept: Mapping[int, Kept]


def edited(graph: Graph, edit: Edit, ranks: Mapping[int, Floats]) -> Edited:
    """The tensors of a float model that an edit changes.

    ``ranks`` are the values that weights are ranked by, for each layer, in the layout of the file: those of the
    trained layer, before batch normalization was folded into them.
    """
    main = graph.main
    changes, kept = _without_channels(graph, edit) if edit.channels else ({}, {})
    for layer, (before, after) in new_weights(edit, ranks, kept).items():
        index = main.operators[layer].inputs[1]
        tensor = changes.get(index, main.tensors[index])
        stored = floats(tensor)
        values = stored * (after != 0) if not edit.clusters else after * _gains(before, stored)
        changes[index] = changed(tensor, data=values.astype("<f4").tobytes())
    return Edited(changes, kept)


def kept_channels(graph: Graph, edit: Edit) -> dict[int, Kept]:
    """What stays of each layer of a float model, by operator; empty when no channels are removed."""
    return _without_channels(graph, edit)[1] if edit.channels else {}


def new_weights(edit: Edit, ranks: Mapping[int, Floats], kept: Mapping[int, Kept]) -> dict[int, tuple[Floats, Floats]]:
    """Trained weights of the channels that stay, before and after pruning and sharing, for each layer they change."""
    left = {layer: _left(rank, kept.get(layer)) for layer, rank in ranks.items() if layer not in edit.exempt}
    masks = weight_masks(edit, left)
    if not masks and not edit.clusters:
        return {}
    found = {}
    for layer, rank in left.items():
        weights = rank * masks[layer] if layer in masks else rank
        found[layer] = (rank, shared_values(weights, edit.clusters) if edit.clusters else weights)
    return found


def weight_masks(edit: Edit, ranks: Mapping[int, Floats]) -> dict[int, NDArray[np.bool_]]:
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


def _threshold(sizes: Floats, sparsity: float) -> float:
    kept = max(1, round(np.float32(sizes.size) * np.float32(1 - sparsity)))
    return float(np.partition(sizes, sizes.size - kept)[sizes.size - kept])


def _gains(trained: Floats, stored: Floats) -> Floats:
    """What batch normalization multiplied each output's weights by, (outputs, 1, …), so that the product is exact.

    A quotient of two float32 is off by a rounding; of all weights' quotients the one is taken that gives most of the
    stored weights back.
    """
    flat, folded = trained.reshape(len(trained), -1), stored.reshape(len(stored), -1)
    largest = np.argsort(-np.abs(flat), axis=1)[:, :8]
    with np.errstate(divide="ignore", invalid="ignore"):
        tried = np.take_along_axis(folded, largest, 1) / np.take_along_axis(flat, largest, 1)
    tried = np.nan_to_num(tried, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    hits = np.stack([(flat * tried[:, i : i + 1] == folded).sum(axis=1) for i in range(tried.shape[1])])
    gains: Floats = tried[np.arange(len(tried)), hits.argmax(axis=0)]
    return gains.reshape(-1, *[1] * (stored.ndim - 1))


def _left(rank: Floats, kept: Kept | None) -> Floats:
    if kept is None:
        return rank
    rank = rank if kept.outputs is None else rank[kept.outputs]
    return _taken(rank, kept.inputs)


def _without_channels(graph: Graph, edit: Edit) -> tuple[dict[int, Tensor], dict[int, Kept]]:
    """Channels removed with everything that depends on them: the shapes and weights down to the next layer."""
    main = graph.main
    changes: dict[int, Tensor] = {}
    found: dict[int, Kept] = {}
    layers = [operator for operator in main.operators if operator.name in WEIGHTED]
    kept: Places | None = None  # channels of the current activation that stay, None for all
    for operator in main.operators:
        output = main.tensors[operator.outputs[0]]
        if operator.name in WEIGHTED:
            before = kept
            if (
                operator.name == "DEPTHWISE_CONV_2D"
                and kept is not None
                and operator.options.get("depth_multiplier", 1) > 1
            ):
                raise NotSupported("Channels cannot be removed in front of a depthwise layer that multiplies them.")
            weights = _taken(floats(main.tensors[operator.inputs[1]]), kept)
            removable = operator is not layers[-1] and operator.name != "DEPTHWISE_CONV_2D"
            if removable and operator.index not in edit.exempt:
                kept = strongest(weights, edit.channels)
                weights = weights[kept]
            elif operator.name != "DEPTHWISE_CONV_2D":
                kept = None
            found[operator.index] = Kept(before, kept)
            changes.update(_stored(main.tensors, operator, weights, kept))
        elif operator.name == "RESHAPE" and kept is not None:
            kept = _flattened(main.tensors[operator.inputs[0]], output, kept)
        elif operator.name not in SAME_STEPS and kept is not None:
            raise NotSupported(f"Channels cannot be removed in front of {operator.name}.")
        if kept is not None:
            shape = (*output.shape[:-1], len(kept))
            changes[output.index] = changed(output, shape=shape)
            if operator.name == "RESHAPE" and len(operator.inputs) > 1:
                target = main.tensors[operator.inputs[1]]
                changes[target.index] = asking_for(target, shape)
    return changes, found


def strongest(weights: Floats, removed: float) -> Places:
    """The output channels (first axis) with the largest sums of magnitudes, in their order; at least one."""
    norms = np.abs(weights).reshape(len(weights), -1).sum(axis=1)
    count = max(1, len(weights) - round(len(weights) * removed))
    return np.sort(np.argsort(-norms, kind="stable")[:count])


def _taken(weights: Floats, kept: Places | None) -> Floats:
    """Weights for the inputs that are left; those of a depthwise layer follow its channels."""
    return weights if kept is None else np.ascontiguousarray(weights[..., kept])


def _stored(tensors: tuple[Tensor, ...], operator: Operator, weights: Floats, kept: Places | None) -> dict[int, Tensor]:
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
