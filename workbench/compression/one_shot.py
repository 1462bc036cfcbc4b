"""Pruning without training: there are no data to fine-tune with."""

from __future__ import annotations

import numpy as np

from workbench.convert.keras_file import LoadedModel


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
