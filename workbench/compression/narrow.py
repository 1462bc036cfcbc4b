"""A Keras model with channels taken out, ready to be trained on. TensorFlow is imported inside: for child processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.edit import Kept, Places

Weights = NDArray[np.float32]


def narrowed(model: Any, kept: Mapping[str, Kept]) -> Any:
    """A copy of ``model`` (tf_keras, a chain of layers) with what ``kept`` says of each layer, by name.

    The filters and units that stay keep their weights; batch normalization follows its convolution. Layers that
    ``kept`` does not name stay whole. ``model`` stays as it is.
    """
    import tf_keras

    config = model.get_config()
    for layer in config["layers"]:
        outputs = kept[layer["config"]["name"]].outputs if layer["config"]["name"] in kept else None
        for size in ("filters", "units"):
            if outputs is not None and size in layer["config"]:
                layer["config"][size] = len(outputs)
    narrow = tf_keras.Model.from_config(config)
    channels: Places | None = None  # of the activation that stay
    for old, new in zip(model.layers, narrow.layers, strict=True):
        found = kept.get(old.name)
        if found is not None:
            new.set_weights([_cut(weights, found, old) for weights in old.get_weights()])
            channels = found.outputs
        else:
            new.set_weights([weights if channels is None else weights[channels] for weights in old.get_weights()])
    return narrow


def _cut(weights: Weights, kept: Kept, layer: Any) -> Weights:
    """A kernel (…, inputs, outputs), or a bias (outputs,); a depthwise kernel (rows, columns, channels, 1)."""
    if weights.ndim > 1 and not hasattr(layer, "kernel"):
        return weights if kept.inputs is None else weights[..., kept.inputs, :]
    if weights.ndim > 1 and kept.inputs is not None:
        weights = weights[..., kept.inputs, :]
    return weights if kept.outputs is None else weights[..., kept.outputs]
