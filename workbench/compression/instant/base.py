"""What the sliders need of a trained model, made once. Making it is for child processes; reading it is not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.quantize import WEIGHTED
from workbench.convert.convert import Quantization, convert
from workbench.errors import BadModel, NotSupported
from workbench.graph.model import Graph
from workbench.graph.read import read_graph

Floats = NDArray[np.float32]

_FILES = (Quantization.FLOAT32.value, Quantization.INT8.value, Quantization.INT8_FLOAT_IO.value)


@dataclass(frozen=True, eq=False)
class Base:
    """A model's float32 .tflite file and its int8 ones (whole, and with float32 input and output), by the converter.

    ``ranks`` are the trained weights of each layer that can be pruned, by operator, in the file's layout; ``names``
    are what the model calls its layers with weights.
    """

    float32: bytes = field(repr=False)
    int8: bytes = field(repr=False)
    int8_float_io: bytes = field(repr=False)
    ranks: Mapping[int, Floats] = field(repr=False)
    names: Mapping[int, str]

    def to_bytes(self) -> bytes:
        """An .npz file, without pickled objects."""
        held = io.BytesIO()
        files: dict[str, Any] = {name: np.frombuffer(getattr(self, name), np.uint8) for name in _FILES}
        files |= {f"rank_{layer}": rank for layer, rank in self.ranks.items()}
        files |= {"layers": np.array(list(self.names)), "names": np.array(list(self.names.values()), np.str_)}
        np.savez_compressed(held, **files)
        return held.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Base:
        """What ``to_bytes`` wrote; raises BadModel for anything else."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as held:
                ranks = {int(name[5:]): held[name] for name in held.files if name.startswith("rank_")}
                names = {int(layer): str(name) for layer, name in zip(held["layers"], held["names"], strict=True)}
                files = {name: held[name].tobytes() for name in _FILES}
                return cls(**files, ranks=ranks, names=names)
        except Exception as error:  # zipfile and numpy raise whatever their parsers meet
            raise BadModel("What the sliders need of this model cannot be read.", to_do="Train again.") from error


def make_base(model: Any, calibration: Floats) -> Base:
    """The base of a tf_keras model; ``calibration`` are model inputs (N, …). For child processes, a few seconds.

    Raises NotSupported when the converter cannot express the model or its recipes take a conversion each.
    """
    files = {name: convert(model, calibration, Quantization(name)) for name in _FILES}
    ranks, names = trained_weights(model, read_graph(files["float32"]))
    return Base(**files, ranks=ranks, names=names)


def trained_weights(model: Any, graph: Graph) -> tuple[dict[int, Floats], dict[int, str]]:
    """The kernels of a tf_keras model that can be pruned, in the layout of its float32 .tflite file, and the names of
    its layers with weights; both by operator of the file's ``graph``.

    Layers and operators correspond by their order. Raises NotSupported when they do not.
    """
    main = graph.main
    operators = [operator for operator in main.operators if operator.name in WEIGHTED]
    layers = [layer for layer in model.layers if any(hasattr(layer, name) for name in ("kernel", "depthwise_kernel"))]
    stored = [main.tensors[operator.inputs[1]].shape for operator in operators]
    if [_stored_shape(layer) for layer in layers] != stored:
        raise NotSupported("The layers of this model are not those of its file, so its recipes take a conversion each.")
    pairs = list(zip(operators, layers, strict=True))
    names = {operator.index: str(layer.name) for operator, layer in pairs}
    # (rows, columns, in, out) and (in, out) to the output first, as the file has them.
    ranks = {
        operator.index: np.ascontiguousarray(np.moveaxis(np.asarray(layer.kernel), -1, 0), np.float32)
        for operator, layer in pairs
        if hasattr(layer, "kernel")
    }
    return ranks, names


def _stored_shape(layer: Any) -> tuple[int, ...]:
    """The shape of a layer's weights in the file."""
    if hasattr(layer, "kernel"):
        *inside, outputs = layer.kernel.shape
        return (int(outputs), *(int(size) for size in inside))
    height, width, channels, multiplier = (int(size) for size in layer.depthwise_kernel.shape)
    return (1, height, width, channels * multiplier)
