"""A recipe's changes of a float model without any training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.compression.instant.base import trained_weights
from workbench.compression.instant.edit import Kept, edit_of, kept_channels, new_weights
from workbench.compression.narrow import narrowed
from workbench.compression.recipe import Recipe
from workbench.convert.convert import Quantization, convert
from workbench.convert.keras_file import LoadedModel
from workbench.graph.read import read_graph

_NO_WINDOWS = np.zeros((0,), np.float32)  # float32 needs no calibration


@dataclass(frozen=True)
class Cut:
    """A tf_keras model without the channels that a recipe removes, and the share of zeros it wants of each layer."""

    model: Any
    sparsity: dict[str, float]


def cut(model: Any, recipe: Recipe) -> Cut:
    """``model`` narrowed as ``recipe`` says; the weights that stay keep their values. For child processes."""
    graph = read_graph(convert(model, _NO_WINDOWS, Quantization.FLOAT32))
    ranks, names = trained_weights(model, graph)
    edit = edit_of(recipe, names)
    kept = kept_channels(graph, edit)
    weights = new_weights(edit, ranks, kept)
    sparsity = {names[layer]: float(np.mean(after == 0)) for layer, (_, after) in weights.items()}
    return Cut(narrowed(model, _by_name(kept, names)) if kept else model, sparsity)


def one_shot(model: Any, recipe: Recipe) -> Any:
    """A copy of ``model`` with channels, weights and clusters as the recipe says, not trained on."""
    graph = read_graph(convert(model, _NO_WINDOWS, Quantization.FLOAT32))
    ranks, names = trained_weights(model, graph)
    edit = edit_of(recipe, names)
    kept = kept_channels(graph, edit)
    made = narrowed(model, _by_name(kept, names))
    for layer, (_, after) in new_weights(edit, ranks, kept).items():
        made.get_layer(names[layer]).kernel.assign(np.moveaxis(after, 0, -1))
    return made


def _by_name(kept: dict[int, Kept], names: dict[int, str]) -> dict[str, Kept]:
    return {names[layer]: one for layer, one in kept.items()}


def zero_smallest(loaded: LoadedModel, sparsity: float) -> None:
    """Set the share ``sparsity`` of each kernel's smallest weights to zero; the others stay as they are.

    One-shot magnitude pruning: without fine-tuning, accuracy falls sooner than the same sparsity costs after training.
    """
    for variable in loaded.kernels:
        weights = np.array(variable.numpy())
        gone = round(sparsity * weights.size)
        smallest = np.argpartition(np.abs(weights).ravel(), max(gone - 1, 0))[:gone]
        weights.ravel()[smallest] = 0.0
        variable.assign(weights)
