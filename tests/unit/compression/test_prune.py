"""Pruning reaches the sparsity that was asked for, in the file, and leaves the model it started from alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.compression.prune import prune
from workbench.compression.sparsity import measured_sparsity
from workbench.convert.convert import Quantization, convert
from workbench.errors import BadModel
from workbench.jobs import QuietJob
from workbench.training.fit import Examples, FitPlan
from workbench.training.keras_model import build_model
from workbench.training.settings import TrainingSettings
from workbench.training.sketch import model_input_shape, network

SHAPE = (32, 2)


def model() -> Any:
    layers = network(TrainingSettings(width=8, layers=2), SHAPE, 2, "classification")
    return build_model(layers, model_input_shape(SHAPE), seed=1)


def waves(count: int, seed: int) -> Examples:
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 2, count)
    t = np.arange(32) / 32
    wave = np.sin(2 * np.pi * (2 + 4 * classes[:, None]) * t + rng.uniform(0, 6, (count, 1)))
    x = np.stack([wave, -wave], axis=2) + rng.normal(0, 0.2, (count, 32, 2))
    return Examples(x[:, None].astype(np.float32), classes.astype(np.int64), np.ones(count, dtype=np.float32))


def plan(epochs: int, batch_size: int = 16) -> FitPlan:
    return FitPlan(
        task="classification", epochs=epochs, patience=epochs, batch_size=batch_size, learning_rate=0.01, seed=1
    )


@pytest.mark.parametrize(
    ("sparsity", "epochs", "batch_size"),
    [(0.8, 3, 7), (0.5, 1, 500)],  # the last: a single step in all
)
def test_the_file_is_as_sparse_as_asked(sparsity: float, epochs: int, batch_size: int) -> None:
    start = model()
    before = [weights.copy() for weights in start.get_weights()]
    wanted = {layer.name: sparsity for layer in start.layers if hasattr(layer, "kernel")}
    pruned = prune(start, waves(96, 1), waves(40, 2), sparsity=wanted, plan=plan(epochs, batch_size), job=QuietJob())
    for old, now in zip(before, start.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)
    assert [layer.name for layer in pruned.layers] == [layer.name for layer in start.layers]
    for kind in (Quantization.FLOAT32, Quantization.INT8):
        found = measured_sparsity(convert(pruned, waves(50, 3).inputs, kind))
        assert found >= sparsity - 0.02
        assert found < sparsity + 0.08  # int8 rounds some small weights to zero


def test_an_unpruned_file_is_hardly_sparse() -> None:
    assert measured_sparsity(convert(model(), waves(1, 1).inputs, Quantization.FLOAT32)) == 0.0
    assert measured_sparsity(convert(model(), waves(1, 1).inputs, Quantization.FLOAT16)) < 0.01


def test_no_model_no_sparsity() -> None:
    with pytest.raises(BadModel):
        measured_sparsity(b"not a model")
