"""What the sliders need of a trained model, made once. Making it is for child processes; reading it is not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.compression.instant.quantize import WEIGHTED
from workbench.errors import BadModel, NotSupported
from workbench.graph.read import read_graph

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Base:
    """A model's float32 and int8 .tflite files, made by the converter.

    ``ranks`` are the trained weights of each layer that can be pruned, by operator, in the file's layout.
    """

    float32: bytes = field(repr=False)
    int8: bytes = field(repr=False)
    ranks: Mapping[int, Floats] = field(repr=False)

    def to_bytes(self) -> bytes:
        """An .npz file, without pickled objects."""
        held = io.BytesIO()
        files: dict[str, Any] = {name: np.frombuffer(getattr(self, name), np.uint8) for name in ("float32", "int8")}
        files |= {f"rank_{layer}": rank for layer, rank in self.ranks.items()}
        np.savez_compressed(held, **files)
        return held.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Base:
        """What ``to_bytes`` wrote; raises BadModel for anything else."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as held:
                ranks = {int(name[5:]): held[name] for name in held.files if name.startswith("rank_")}
                return cls(held["float32"].tobytes(), held["int8"].tobytes(), ranks)
        except Exception as error:  # zipfile and numpy raise whatever their parsers meet
            raise BadModel("What the sliders need of this model cannot be read.", to_do="Train again.") from error


def trained_weights(model: Any, float32: bytes) -> dict[int, Floats]:
    """The kernels of a tf_keras model in the layout of its float32 .tflite file, by operator.

    Layers and operators correspond by their order. Raises NotSupported when they do not.
    """
    main = read_graph(float32).main
    operators = [operator for operator in main.operators if operator.name in WEIGHTED]
    # (rows, columns, in, out) and (in, out) to the output first, as the file has them.
    kernels = [np.moveaxis(np.asarray(layer.kernel), -1, 0) for layer in model.layers if hasattr(layer, "kernel")]
    stored = [main.tensors[operator.inputs[1]].shape for operator in operators]
    if [kernel.shape for kernel in kernels] != stored:
        raise NotSupported("The layers of this model are not those of its file, so its recipes take a conversion each.")
    return {
        operator.index: np.ascontiguousarray(kernel, np.float32)
        for operator, kernel in zip(operators, kernels, strict=True)
    }
