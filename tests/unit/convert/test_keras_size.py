"""Weights counted from a configuration, before Keras builds anything."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.convert.keras_size import stated_weights


def layer(name: str, shape: list[int | None] | None = None, **config: Any) -> dict[str, Any]:
    built = {"build_config": {"input_shape": shape}} if shape else {}
    return {"class_name": name, "config": config} | built


@pytest.mark.parametrize(
    ("config", "weights"),
    [
        (layer("Dense", [None, 56], units=3), 168),
        (layer("Conv1D", [None, 16, 2], filters=4, kernel_size=[3]), 24),
        (layer("Conv2D", [None, 8, 8, 6], filters=4, kernel_size=[3, 5], groups=2), 180),
        (layer("DepthwiseConv2D", [None, 8, 8, 4], kernel_size=[3, 3], depth_multiplier=2), 72),
        (layer("SeparableConv2D", [None, 4, 4, 4], kernel_size=[3, 3], depth_multiplier=1, filters=6), 60),
        (layer("Embedding", input_dim=100, output_dim=8), 800),
        (layer("Bidirectional", [None, 14, 4], layer=layer("LSTM", units=5)), 180),
        (layer("GRU", [None, 14, 4], units=5), 135),
        (layer("MultiHeadAttention", [None, 4, 8], num_heads=2, key_dim=4), 256),
        (layer("Sequential", layers=[layer("Dense", [None, 4], units=2), layer("Dense", [None, 2], units=3)]), 14),
        (layer("BatchNormalization", [None, 64]), 0),
    ],
)
def test_each_kind_of_layer(config: dict[str, Any], weights: int) -> None:
    assert stated_weights(config) == weights


@pytest.mark.parametrize("units", [None, -4, "many", 2.5, True, [3]])
def test_what_is_no_size_counts_as_one(units: object) -> None:
    assert stated_weights(layer("Dense", [None, 7], units=units)) == 7
    assert stated_weights(layer("Dense", ["x", {}], units=3)) == 3  # type: ignore[list-item]  # broken on purpose


def test_an_enormous_layer_costs_nothing_to_count() -> None:
    assert stated_weights(layer("Dense", [None, 10**9], units=10**9)) == 10**18
